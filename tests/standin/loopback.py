"""What the stand-in servers share: HTTP/1.1 on loopback, and faults to order.

A stand-in is a class with `answer(request) -> Reply`; `serve` runs it on
127.0.0.1, prints "port N" and goes on until standard input ends, so that no
test can leave one behind.  Everything is deterministic: no clock, no chance.

Every stand-in has these beside its own paths:

    GET  /standin/state   what it holds, as JSON
    POST /standin/seed    {..}: put that into its state (the stand-in says how)
    POST /standin/reset   as it was at its start; orders of faults are gone
    POST /standin/put     {..}: that is its state now, as /standin/state gave it
    GET  /standin/log     the requests since then: [{"method", "path", "status"}]
    GET  /standin/line    {"link": bytes until the line is cut, null: no such
                          order is left, "orders": faults that did not come yet}
    POST /standin/fault   order one, or a list of them (added to the others):

      {"kind": "cut", "after": N}    the answer breaks off after N bytes
      {"kind": "drop"}               the work is done, the answer never sent
      {"kind": "lose"}               closed before the work is done
      {"kind": "stall", "seconds": S, "after": N}   silence within the answer
      {"kind": "status", "status": 503, "retry_after": 1}  not done, that status;
                                     with "done": true the work is done first
      {"kind": "body", "body": "..", "status": 200}  not done, that text
                                     (and so many "spaces" behind it)
      {"kind": "expired"}            401, as for a token that ran out
      {"kind": "link", "after": N}   the line is cut when N more bytes, of
                                     requests and answers together, went over it
      {"kind": "none"}               all orders are taken back

    each with "on": "POST /api/v2/cases" (a method and the start of a path;
    without: any request), "skip": requests to let pass first (0), and
    "times": how often (1).
"""

import argparse
import json
import re
import socket
import socketserver
import ssl
import sys
import threading
import time
from urllib.parse import parse_qsl, unquote, urlsplit

REASONS = {200: "OK", 204: "No Content", 401: "Unauthorized", 403: "Forbidden",
           404: "Not Found", 409: "Conflict", 422: "Unprocessable Entity",
           429: "Too Many Requests", 500: "Internal Server Error",
           503: "Service Unavailable"}


class Cut(Exception):
    """The line is to be cut here."""


class Request:
    def __init__(self, method, target, headers, body):
        parts = urlsplit(target)
        self.method = method
        self.target = target
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body.decode("utf-8")) if self.body else {}


class Reply:
    def __init__(self, status, value=None, text=None, headers=None):
        self.status = status
        self.headers = dict(headers or {})
        if text is not None:
            self.body = text.encode("utf-8")
        elif value is not None:
            self.body = json.dumps(value, ensure_ascii=False).encode("utf-8")
        else:
            self.body = b""

    def bytes(self):
        lines = ["HTTP/1.1 %d %s" % (self.status,
                                     REASONS.get(self.status, "Status"))]
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers.update(self.headers)
        if self.status != 204:
            headers["Content-Length"] = str(len(self.body))
        lines += ["%s: %s" % pair for pair in headers.items()]
        head = "\r\n".join(lines) + "\r\n\r\n"
        return head.encode("ascii") + self.body


class Faults:
    """The faults that were ordered, in their order."""

    def __init__(self):
        self.orders = []
        self.link = None  # bytes that still go over the line

    def order(self, orders):
        for one in orders if isinstance(orders, list) else [orders]:
            if one["kind"] == "none":
                self.orders = []
                self.link = None
            elif one["kind"] == "link":
                self.link = one["after"]
            else:
                self.orders.append(dict(one))

    def take(self, request):
        """The first that is for this request, counted down; None if none."""
        for one in self.orders:
            on = one.get("on", "")
            method, _, start = on.partition(" ")
            if on and (method != request.method or
                       not request.target.startswith(start)):
                continue
            if one.get("skip", 0) > 0:
                one["skip"] -= 1
                continue
            if one.get("times", 1) <= 0:
                continue
            one["times"] = one.get("times", 1) - 1
            return one
        return None

    def pass_on(self, wanted):
        """How many of so many bytes go over the line before it is cut."""
        if self.link is None:
            return wanted
        passed = min(wanted, self.link)
        self.link -= passed
        return passed

    def left(self):
        return {"link": self.link,
                "orders": sum(one.get("times", 1) for one in self.orders)}

    def is_cut(self):
        return self.link == 0


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        self.held = b""
        try:
            while self.one():
                pass
        except (Cut, OSError):
            pass

    def more(self):
        piece = self.request.recv(65536)
        if piece == b"":
            return False
        with self.server.lock:
            faults = self.server.faults
            control = (self.held + piece).startswith(
                (b"POST /standin/", b"GET /standin/"))
            if not control:
                passed = faults.pass_on(len(piece))
                if passed < len(piece) or faults.is_cut():
                    faults.link = None
                    raise Cut
        self.held += piece
        return True

    def read_request(self):
        while b"\r\n\r\n" not in self.held:
            if not self.more():
                return None
        head, _, self.held = self.held.partition(b"\r\n\r\n")
        lines = head.decode("iso-8859-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", "0"))
        while len(self.held) < length:
            if not self.more():
                return None
        body, self.held = self.held[:length], self.held[length:]
        return Request(method, target, headers, body)

    def send(self, data, control):
        if control:
            self.request.sendall(data)
            return
        with self.server.lock:
            faults = self.server.faults
            passed = faults.pass_on(len(data))
            cut = passed < len(data) or faults.is_cut()
            if cut:
                faults.link = None
        self.request.sendall(data[:passed])
        if cut:
            raise Cut

    def one(self):
        request = self.read_request()
        if request is None:
            return False
        server = self.server
        if request.path.startswith("/standin/"):
            with server.lock:
                reply = server.control(request)
            self.send(reply.bytes(), True)
            return True
        with server.lock:
            fault = server.faults.take(request)
            reply = server.work(request, fault)
        self.answer(reply, fault)
        return request.headers.get("connection", "") != "close"

    def answer(self, reply, fault):
        kind = fault["kind"] if fault else ""
        data = reply.bytes() if reply else b""
        if kind in ("drop", "lose"):
            raise Cut
        if kind == "cut":
            self.send(data[:fault["after"]], False)
            raise Cut
        if kind == "stall":
            self.send(data[:fault.get("after", 0)], False)
            time.sleep(fault["seconds"])
            data = data[fault.get("after", 0):]
        self.send(data, False)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, standin, port, context):
        self.standin = standin
        self.context = context
        self.lock = threading.Lock()
        self.faults = Faults()
        self.log = []
        super().__init__(("127.0.0.1", port), Connection)

    def finish_request(self, request, client_address):
        if self.context is not None:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except (OSError, ssl.SSLError):
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def work(self, request, fault):
        kind = fault["kind"] if fault else ""
        if kind == "lose":
            reply = None
        elif kind == "status":
            if fault.get("done"):
                self.standin.answer(request, fault)
            headers = {}
            if "retry_after" in fault:
                headers["Retry-After"] = str(fault["retry_after"])
            reply = Reply(fault["status"], self.standin.trouble(
                request, fault["status"]), headers=headers)
        elif kind == "body":
            text = fault.get("body", "") + " " * fault.get("spaces", 0)
            reply = Reply(fault.get("status", 200), text=text)
        elif kind == "expired":
            reply = Reply(401, {"error": "You need to sign in"})
        else:
            reply = self.standin.answer(request, fault)
        self.log.append({"method": request.method, "path": request.target,
                         "status": reply.status if reply else 0})
        return reply

    def control(self, request):
        if request.path == "/standin/state":
            return Reply(200, self.standin.state)
        if request.path == "/standin/put":
            self.standin.state = request.json()
            return Reply(200, {})
        if request.path == "/standin/line":
            return Reply(200, self.faults.left())
        if request.path == "/standin/log":
            return Reply(200, self.log)
        if request.path == "/standin/seed":
            self.standin.seed(request.json())
            return Reply(200, {})
        if request.path == "/standin/fault":
            self.faults.order(request.json())
            return Reply(200, {})
        if request.path == "/standin/reset":
            self.standin.reset()
            self.faults = Faults()
            self.log = []
            return Reply(200, {})
        return Reply(404, {})


def matches(pattern, path):
    """The named parts of a path, or None."""
    found = re.fullmatch(pattern, path)
    return None if found is None else found.groupdict()


def serve(make):
    """make(state or None): the stand-in.  Goes on until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", help="a JSON file, as for /standin/seed")
    parser.add_argument("--cert", help="speak TLS: certificate, PEM")
    parser.add_argument("--key", help="its key, PEM")
    parser.add_argument("--client-ca", help="ask for certificates by this CA")
    parser.add_argument("--stay", action="store_true",
                        help="go on after standard input has ended")
    given = parser.parse_args()
    context = None
    if given.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.cert, given.key)
        if given.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(given.client_ca)
    standin = make()
    if given.seed:
        with open(given.seed, encoding="utf-8") as seed:
            standin.seed(json.load(seed))
    server = Server(standin, given.port, context)
    print("port %d" % server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if given.stay:
        threading.Event().wait()
    while sys.stdin.buffer.read(4096):
        pass
