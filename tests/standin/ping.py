#!/usr/bin/env python3
"""A stand-in for PING: made-up people only.

It behaves as UNHCR's integration layer is known to: retrieval in pages, one
row for each language and need of an intervention, "No Data Available" in the
place of a list, a transaction id for what is sent, and its fate told only to
who asks for the status.  Sent twice, a referral is there twice.

Seed it with members of SETTINGS by name, and {"interventions": [..],
"decisions": [..]}, which are added.  Faults are those of loopback.py.

How PING takes a cookie back, and how it words a status, is written down
nowhere in public: those are this stand-in's own.
"""

import json

from loopback import Reply, serve

SETTINGS = {
    "token": "token-one",
    "ping_key": "",  # of a header, beside the token
    "partner": "PNR-0001",
    "interop": "INT-0001",
    "list": "SHP-0001",  # referrals that wait, in the list's shape
    "details": "SHP-0002",  # one in full, a row for each language and need
    "referral_in": "SHP-0003",
    "decision_in": "SHP-0004",
    "decisions_out": "SHP-0005",
    "decision_details": "SHP-0006",
    "decision_synced": "SHP-0007",
    "page": 100,  # rows a page
    "delay": 0,  # times that a status is asked for before it is there
    "marker": True,  # give SPHTransactionId
    "form": "list",  # of Data in a status; see status_answer
    "text": None,  # of a status answer, as it is
    "count_total": False,  # RecordCount of all pages in each of them
    "count_wrong": False,
    "cookie_forgotten": False,  # the first page, whatever cookie comes
    "error": "",  # an ErrorMessage for every retrieval
    "status_errors": 0,  # times that a status is an ErrorMessage instead
    "in_full": True,  # give one decision in full
    "word": "",  # a status word of its own
    "services": ["svc-alternative-care", "svc-other"],
    "needs": ["need-unaccompanied", "need-at-risk"],
}

REFERRAL_FIELDS = {
    "progres_externalguid", "progres_externalid", "progres_offlineid",
    "progres_businessunit", "progres_organizationfrom",
    "progres_orgreferredby", "progres_orgposition", "progres_orgemail",
    "progres_orgphonenumber", "progres_orgreferralid",
    "progres_referraldate", "progres_requestedservice",
    "progres_otherrequestedservices", "progres_spneedcategory",
    "progres_reasonforreferral", "progres_pocfirstname",
    "progres_pocmiddlename", "progres_poclastname",
    "progres_pocdateofbirth", "progres_pocsex", "progres_pocphonenumber",
    "progres_pocaddress", "progres_pocotheridnumber", "progres_unhcrid",
}
DECISION_FIELDS = {
    "progres_lpinterventionid", "progres_businessunit",
    "progres_primerotransferstatus", "progres_primerotransferstatusdate",
    "progres_primeroid", "progres_primerocaseworker",
}
SYNCED_FIELDS = {
    "progres_interoperabilityreferralid",
    "progres_interoperabilityreferralstatus", "progres_comments",
}
SEXES = {"125080000", "125080001", "125080002", "125080003"}
NO_DATA = "No Data Available"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def as_list_row(full):
    """A row of the list that waits: fewer things, under other names."""
    out = {
        "progres_intervention": full.get("progres_lpinterventionid"),
        "progres_lpintervention.int.progres_interventionnumber":
            full.get("progres_interventionnumber"),
        "progres_interventionname": full.get("progres_interventionnumber"),
        "progres_individual.indiv.progres_id":
            full.get("progres_individual.individuals.progres_id"),
        "progres_individual.indiv.progres_givenname":
            full.get("progres_individual.individuals.progres_givenname"),
        "progres_individual.indiv.progres_sex":
            full.get("progres_individual.individuals.progres_sex"),
        "progres_individual.progres_registrationgroupidname":
            full.get("progres_individual.progres_registrationgroupidname"),
        "progres_businessunit": full.get("progres_businessunit"),
        "progres_deliverytype": 125080004,
        "progres_deliverytypename": "Primero Outgoing Referral",
        "statuscode": 1,
    }
    return {name: value for name, value in out.items() if value is not None}


def as_decision_row(full):
    """A row of the list of decisions: why, and by whom, is in full alone."""
    return {name: value for name, value in full.items()
            if "rejection" not in name and name != "progres_reviewby"}


def bare(rows):
    return [{name: value for name, value in row.items()
             if not name.startswith("_")} for row in rows]


def wanted(body):
    for parameter in body.get("QueryParameters") or []:
        if parameter.get("ParameterName") == "{record_ids}":
            text = parameter.get("Value") or ""
            return [one for one in text.strip("[]").split(",") if one]
    return None


class Ping:
    def __init__(self):
        self.reset()

    def reset(self):
        self.settings = json.loads(json.dumps(SETTINGS))
        self.state = {
            "interventions": [],  # full rows, several of one intervention
            "decisions": [],
            "referrals": [],  # what came in, once for each time it was sent
            "refused": [],
            "answers": [],  # decisions that came in
            "transactions": {},
            "by_path": {},  # requests that were answered
        }

    def seed(self, given):
        for name, value in given.items():
            if name in ("interventions", "decisions"):
                self.state[name].extend(value)
            elif name in self.settings:
                self.settings[name] = value
            else:
                raise KeyError(name)

    @staticmethod
    def trouble(request, status):
        del request
        return {"statusCode": status, "message": "It did not work"}

    def waiting(self):
        """The interventions that no decision came for, each of them once."""
        seen = {}
        for row in self.state["interventions"]:
            if not row.get("_decided"):
                seen.setdefault(row["progres_lpinterventionid"], row)
        return [as_list_row(row) for row in seen.values()]

    def rows_for(self, body):
        process = body.get("ShippingProcessId")
        ids = wanted(body)
        if process == self.settings["list"]:
            return self.waiting()
        if process == self.settings["details"]:
            return bare(row for row in self.state["interventions"]
                        if row["progres_lpinterventionid"] in (ids or []))
        key = "progres_interoperabilityreferralid"
        if process == self.settings["decisions_out"]:
            return [as_decision_row(row) for row in
                    bare(row for row in self.state["decisions"]
                         if not row.get("_synced"))]
        if process == self.settings["decision_details"]:
            return bare(row for row in self.state["decisions"]
                        if row[key] in (ids or []) and
                        self.settings["in_full"])
        return None

    def retrieve(self, body):
        """An answer to retrievedatawithpaging; it minds how InteropID is
        spelt."""
        asked = sum(self.state["by_path"].values())
        answer = {
            "Data": NO_DATA, "ErrorMessage": None, "RecordCount": 0,
            "SPHTransactionId": "fetch-%d" % asked,
            "PagingSummary": {"PagingCookie": None, "PageNumber": 0,
                              "IsMoreRecordsAvailable": False},
        }
        rows = self.rows_for(body)
        if self.settings["error"]:
            answer["ErrorMessage"] = self.settings["error"]
        elif (body.get("InteropID") != self.settings["interop"] or
              body.get("PartnerId") != self.settings["partner"] or
              body.get("APIVersion") != "V3" or rows is None):
            answer["ErrorMessage"] = "The request is not valid"
        if answer["ErrorMessage"] or not rows:
            return answer
        cookie = body.get("PagingCookie")
        at = 0
        if cookie and not self.settings["cookie_forgotten"]:
            at = int(cookie.rsplit("/", 1)[1])
        here = rows[at:at + self.settings["page"]]
        more = at + len(here) < len(rows)
        answer["Data"] = here
        answer["RecordCount"] = len(
            rows if self.settings["count_total"] else here)
        if self.settings["count_wrong"]:
            answer["RecordCount"] += 1
        answer["PagingSummary"] = {
            "PagingCookie": "<cookie page=\"x\"/>/%d" % (at + len(here))
            if more else None,
            "PageNumber": at // self.settings["page"],
            "IsMoreRecordsAvailable": more,
        }
        return answer

    def refer(self, fields):
        """Why proGres does not take this referral, or nothing."""
        allowed = {
            "service": ("progres_requestedservice", self.settings["services"]),
            "need": ("progres_spneedcategory", self.settings["needs"]),
            "sex": ("progres_pocsex", SEXES),
        }
        if set(fields) - REFERRAL_FIELDS:
            return "unknown_field"
        for what, (name, values) in allowed.items():
            if name in fields and fields[name] not in values:
                return "unknown_" + what
        if "progres_requestedservice" not in fields:
            return "missing_field"
        if not fields.get("progres_orgreferralid"):
            return "missing_field"
        return ""

    def decide(self, fields):
        if set(fields) - DECISION_FIELDS:
            return "unknown_field"
        if fields.get("progres_primerotransferstatus") not in (
                "125080001", "125080002", "125080003", "125080004"):
            return "unknown_status"
        rows = [row for row in self.state["interventions"]
                if row["progres_lpinterventionid"] ==
                fields.get("progres_lpinterventionid")]
        if not rows:
            return "no_intervention"
        for row in rows:
            row["_decided"] = fields["progres_primerotransferstatus"]
        return ""

    def synced(self, fields):
        if set(fields) - SYNCED_FIELDS:
            return "unknown_field"
        if fields.get("progres_interoperabilityreferralstatus") != "125080003":
            return "unknown_status"
        rows = [row for row in self.state["decisions"]
                if row["progres_interoperabilityreferralid"] ==
                fields.get("progres_interoperabilityreferralid")]
        if not rows:
            return "no_referral"
        for row in rows:
            row["_synced"] = True
        return ""

    def take(self, body, item):
        """Take one item as far as it goes; what was wrong, or nothing."""
        fields = {one.get("Name"): one.get("Value")
                  for one in item.get("Fields", [])}
        process = body.get("ShippingProcessId")
        if process == self.settings["decision_in"]:
            self.state["answers"].append(
                {"ExternalId": item.get("ExternalId"), "Fields": fields,
                 "Attachments": item.get("Attachments")})
            return self.decide(fields)
        if process == self.settings["decision_synced"]:
            return self.synced(fields)
        if process != self.settings["referral_in"]:
            return "unknown_process"
        wrong = self.refer(fields)
        self.state["refused" if wrong else "referrals"].append(
            {"ExternalId": item.get("ExternalId"), "Fields": fields,
             "code": wrong})
        return wrong

    def ingest(self, body):
        """Every item is taken; what was wrong is told to who asks."""
        if body.get("InteropId") != self.settings["interop"]:
            return {"SPHTransactionId": None,
                    "ErrorMessage": "The request is not valid"}
        number = len(self.state["transactions"]) + 1
        transaction = "%08x-0000-4000-8000-%012x" % (number, number)
        self.state["transactions"][transaction] = {
            "process": body.get("ShippingProcessId"),
            "asked": 0,
            "items": [{"ExternalId": item.get("ExternalId"),
                       "wrong": self.take(body, item)}
                      for item in body.get("Data", [])],
        }
        if not self.settings["marker"]:
            return {"Message": "Data received"}
        return {"SPHTransactionId": transaction, "ErrorMessage": None}

    def status_answer(self, body):
        """The fate of a transaction; Data in the form that was asked for."""
        known = self.state["transactions"].get(body.get("SPHTransactionId"))
        answer = {"SPHTransactionId": body.get("SPHTransactionId"),
                  "ErrorMessage": None, "RecordCount": 0, "Data": None}
        if (known is None or
                body.get("InteropID") != self.settings["interop"] or
                body.get("PartnerId") != self.settings["partner"] or
                body.get("ShippingProcessId") != known["process"]):
            answer["ErrorMessage"] = "The transaction is not known"
            return compact(answer)
        if self.settings["status_errors"] > 0:
            self.settings["status_errors"] -= 1
            return compact(dict(answer, SPHTransactionId=None,
                                ErrorMessage="Timeout, try again"))
        known["asked"] += 1
        if self.settings["text"] is not None:
            return self.settings["text"]
        if known["asked"] <= self.settings["delay"]:
            return compact(answer)
        rows = []
        for item in known["items"]:
            row = {"ExternalId": item["ExternalId"],
                   "Data": compact({"ExternalId": item["ExternalId"]}),
                   "Status": self.settings["word"] or
                   ("Failed" if item["wrong"] else "Success")}
            if item["wrong"]:
                row["ErrorCode"] = item["wrong"]
                row["ErrorMessage"] = "The record of Made Up was not taken"
            rows.append(row)
        answer["RecordCount"] = len(rows)
        form = self.settings["form"]
        if form == "list":
            answer["Data"] = rows
        elif form == "text":
            answer["Data"] = compact(rows)
        elif form == "half":  # the Data within loses its backslashes
            answer["Data"] = compact(rows).replace("\\\"", "\"")
        elif form == "bare":  # so does the Data without
            return compact(dict(answer, Data="@")).replace(
                "@", compact(rows).replace("\\\"", "\""))
        return compact(answer)

    def may(self, request):
        key = request.headers.get("ocp-apim-subscription-key")
        if self.settings["ping_key"] and self.settings["ping_key"] != key:
            return False
        return request.headers.get("authorization") == \
            "Bearer " + self.settings["token"]

    def answer(self, request, fault):
        del fault
        if not self.may(request):
            return Reply(401, {"statusCode": 401, "message": "Unauthorized"})
        counts = self.state["by_path"]
        counts[request.path] = counts.get(request.path, 0) + 1
        ingestion = "/api/ingestion/v2/%s/" % self.settings["partner"]
        if request.method != "POST":
            return Reply(404, self.trouble(request, 404))
        if request.path == "/primes/fetch/paging/v3/retrievedatawithpaging":
            return Reply(200, text=compact(self.retrieve(request.json())))
        if request.path in (ingestion + "data", ingestion + "asyncdata"):
            return Reply(200, text=compact(self.ingest(request.json())))
        if request.path == "/primes/ingestion/checkstatus/v1/pingdata":
            return Reply(200, text=self.status_answer(request.json()))
        return Reply(404, self.trouble(request, 404))


if __name__ == "__main__":
    serve(Ping)
