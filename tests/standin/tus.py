#!/usr/bin/env python3
"""A stand-in for a tus server whose answers can be made wrong; see README.md.

It holds uploads by number and checks checksums.  What it says is ordered:

    {"say": {"PATCH": {"status": 460, "Upload-Offset": "9", "Tus-Resumable": null,
                       "times": 1}}}

replaces status and fields of its answers to that method (null: without it),
so many times (without: always); with "refuse": true the work is not done.
{"checksums": "sha1", "at_once": true} is what it offers.  Beside tus it gives
files: {"files": {"/lies/x": "text"}, "index": ".."} and takes ranges, unless
{"ranges": false}.  Faults are those of loopback.py.
"""

import base64
import hashlib
import json

from loopback import Reply, serve

PLAIN = {"say": {}, "checksums": "", "at_once": False, "files": {},
         "index": "[]", "ranges": True}


class Tus:
    def __init__(self):
        self.reset()

    def reset(self):
        self.uploads = {}
        self.settings = json.loads(json.dumps(PLAIN))
        self.state = {"uploads": [], "metadata": [], "checked": 0}

    def seed(self, given):
        self.settings.update(given)

    def trouble(self, request, status):
        return {}

    def said(self, method):
        say = self.settings["say"].get(method)
        if not say:
            return {}
        if "times" in say:
            if say["times"] <= 0:
                return {}
            say["times"] -= 1
        return say

    def answer(self, request, fault):
        say = self.said(request.method)
        if say.get("refuse"):
            reply = Reply(400, headers={"Tus-Resumable": "1.0.0"})
        elif request.path.startswith("/lies/"):
            reply = self.give(request)
        else:
            reply = self.work(request)
        for name, value in say.items():
            if name == "status":
                reply.status = value
            elif name in ("times", "refuse"):
                pass
            elif value is None:
                reply.headers.pop(name, None)
            else:
                reply.headers[name] = value
        self.state["uploads"] = [
            {"length": u["length"], "offset": len(u["bytes"]),
             "sha256": hashlib.sha256(u["bytes"]).hexdigest()}
            for u in self.uploads.values()]
        return reply

    def work(self, request):
        fields = {"Tus-Resumable": "1.0.0"}
        upload = self.uploads.get(request.path)
        if request.method == "OPTIONS":
            return self.offer()
        if request.method == "POST" and request.path == "/files/":
            path = "/files/%d" % len(self.uploads)
            upload = {"length": int(request.headers["upload-length"]),
                      "bytes": request.body}
            self.uploads[path] = upload
            self.state["metadata"].append(
                request.headers.get("upload-metadata", ""))
            fields["Location"] = path
            fields["Upload-Offset"] = str(len(upload["bytes"]))
            return Reply(201, headers=fields)
        if upload is None:
            return Reply(404, headers=fields)
        if request.method == "PATCH" and not self.append(request, upload):
            return Reply(409 if "upload-checksum" not in request.headers
                         else 460, headers=fields)
        fields["Upload-Offset"] = str(len(upload["bytes"]))
        fields["Upload-Length"] = str(upload["length"])
        return Reply(204 if request.method == "PATCH" else 200,
                     headers=fields)

    def offer(self):
        extensions = ["creation"]
        fields = {"Tus-Version": "1.0.0,0.2.2"}
        if self.settings["at_once"]:
            extensions.append("creation-with-upload")
        if self.settings["checksums"]:
            extensions.append("checksum")
            fields["Tus-Checksum-Algorithm"] = self.settings["checksums"]
        fields["Tus-Extension"] = ",".join(extensions)
        return Reply(204, headers=fields)

    def append(self, request, upload):
        if int(request.headers["upload-offset"]) != len(upload["bytes"]):
            return False
        checksum = request.headers.get("upload-checksum")
        if checksum:
            kind, _, text = checksum.partition(" ")
            if hashlib.new(kind, request.body).digest() != \
                    base64.b64decode(text):
                return False
            self.state["checked"] += 1
        upload["bytes"] += request.body
        return True

    def give(self, request):
        text = self.settings["files"].get(request.path)
        if request.path == "/lies/":
            return Reply(200, text=self.settings["index"])
        if text is None:
            return Reply(404, {})
        asked = request.headers.get("range")
        if not asked or not self.settings["ranges"]:
            return Reply(200, text=text)
        first, _, last = asked.partition("=")[2].partition("-")
        end = min(int(last) + 1 if last else len(text), len(text))
        return Reply(206, text=text[int(first):end], headers={
            "Content-Range": "bytes %s-%d/%d" % (first, end - 1, len(text))})


if __name__ == "__main__":
    serve(Tus)
