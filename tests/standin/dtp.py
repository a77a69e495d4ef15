#!/usr/bin/env python3
"""A stand-in for DTP, the layer that PING replaced: made-up people only.

It takes two kinds of messages, each at a path of its own, and nothing can be
asked of it.  What it answers is written down nowhere in public: here it is an
empty text, or the one of "reply".  Whatever it answers, it may have dropped the
message ("drops", or a referral without a number of the child), and the one who
sent it is never told.  Sent twice, a referral is there twice.

What proGres has to say it would send by itself, to whoever it was set up for:
here it lies in the state, under "outgoing", as it would come.

Seed it with members of SETTINGS by name, and {"reviews": [{"id", "decision",
"reason", "comment", "on"}]}: what people there decide about referrals.  Faults
are those of loopback.py.
"""

import json

from loopback import Reply, serve

SETTINGS = {
    "key": "key-one",
    "base": "/primero-uat",
    "reply": "",
    "drops": False,  # every message, and answers as if it had kept it
}
NUMBERS = ("unhcr_individual_no", "unhcr_id_no")


class Dtp:
    def __init__(self):
        self.reset()

    def reset(self):
        self.settings = dict(SETTINGS)
        self.state = {
            "referrals": [],  # once for each time they were sent
            "decisions": [],
            "dropped": [],  # without a word
            "outgoing": [],
        }

    def seed(self, given):
        for name, value in given.items():
            if name == "reviews":
                self.state["outgoing"].extend(
                    self.review(one) for one in value)
            elif name in self.settings:
                self.settings[name] = value
            else:
                raise KeyError(name)

    @staticmethod
    def trouble(request, status):
        del request
        return {"statusCode": status, "message": "It did not work"}

    def review(self, one):
        """proGres decided: the message that DTP would send."""
        number = len(self.state["outgoing"]) + 1
        row = {
            "progres_interoperabilityreferralid":
                "00000000-0000-4000-8000-%012x" % number,
            "progres_interoperabilityreferralnumber":
                "REF-IOP-XX-%09d" % number,
            "progres_orgreferralid": one["id"],
            "progres_reviewdecision": one["decision"],
            "progres_reviewdate": one["on"] + "T00:00:00Z",
        }
        if "reason" in one:
            row["progres_interoperabiltyreferralrejectionreason"] = \
                one["reason"]
        if "comment" in one:
            row["progres_interoperabilityreferralrejectionomment"] = \
                one["comment"]
        return {"interventions": [row], "__query_params": {},
                "request_type": "PrimeroIncomingReferralDecision"}

    def take(self, kind, message):
        lacks = kind == "referrals" and (
            not message.get("id") or
            not any(message.get(name) for name in NUMBERS))
        if self.settings["drops"] or lacks:
            kind = "dropped"
        self.state[kind].append(message)

    def answer(self, request, fault):
        del fault
        key = request.headers.get("ocp-apim-subscription-key")
        if key != self.settings["key"]:
            return Reply(401, {
                "statusCode": 401,
                "message": "Access denied due to invalid subscription key."})
        kinds = {
            "ReceiveIncomingReferral": "referrals",
            "ReceiveDecisionOutgoingReferral": "decisions",
        }
        base, _, name = request.path.rpartition("/")
        if request.method != "POST" or base != self.settings["base"] or \
                name not in kinds:
            return Reply(404, self.trouble(request, 404))
        try:
            message = request.json()
        except json.JSONDecodeError:
            return Reply(400, self.trouble(request, 400))
        if message.get("request_type") != name:
            return Reply(400, self.trouble(request, 400))
        self.take(kinds[name], message)
        return Reply(200, text=self.settings["reply"])


if __name__ == "__main__":
    serve(Dtp)
