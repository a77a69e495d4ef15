#!/usr/bin/env python3
"""A stand-in for a Primero v2 server, silent failures included.

It behaves as Primero's code was read to behave (see README.md beside it):
fields the role may not write are dropped with 200, unknown filters are
ignored, `per` is capped, a transition that is not allowed answers 200 with the
old status, the consent check runs whenever a referral is saved, and so on.

Seed it with {"cases": [..], "users": [..], "permitted": [..], "forms": [..],
"lookups": [..], "agencies": [..], "per_max": 1000, "ignored": [names of
filters, or "order_by"], "search_fails": times, or true: from now on,
"frozen": no case changes,
"stuck": "quiet" (no referral is revoked, with 200) or "lie" (it says it was),
"saved": {number of a case from 0: its new last_updated_at}}; what is left out
stays.
A case with "_hidden": true is one that the role may not read: 403, and only the
search for identifiers finds it.
Made-up people only.
"""

import base64
import copy
import re
import uuid

from loopback import Reply, matches, serve

ID_FIELDS = ("case_id", "case_id_display", "short_id", "unhcr_id_no",
             "unhcr_individual_no", "national_id_no")
NEVER_WRITTEN = ("id", "unique_identifier", "unique_id", "short_id",
                 "created_at", "created_by", "case_id", "case_id_display",
                 "last_updated_at")
ALWAYS_READ = ("id", "enabled", "last_updated_at", "created_at")
TEXT = ("name name_first name_middle name_last name_nickname name_other "
        "unhcr_individual_no unhcr_id_no cpims_id national_id_no "
        "other_id_type other_id_no address_current location_current "
        "telephone_current protection_concerns_other module_id owned_by "
        "owned_by_agency_id case_id case_id_display short_id risk_level "
        "referral_caregiver_informed referral_caregiver_informed_details "
        "created_by protection_status workflow interview_subject "
        "consent_reporting withhold_details "
        "disclosure_deny_details").split()
CHOICES = {"sex": ["male", "female", "other"],
           "status": ["open", "closed", "transferred", "identified"]}
TICKS = ("consent_for_services disclosure_other_orgs unhcr_export_opt_in "
         "estimated urgent_protection_concern hidden_name").split()
NUMBERS = ["age"]
DATES = ["date_of_birth", "registration_date"]
LISTS = ("protection_concerns language nationality ethnicity "
         "assigned_user_names consent_info_sharing unhcr_needs_codes "
         "disability_type_communications specific_needs legitimate_basis "
         "information_shared_services withholding_info_reason").split()
SUBFORMS = ["services_section", "care_arrangements_section"]
OTHERS = ["enabled", "last_updated_at", "created_at", "record_state"]
KNOWN = set(TEXT) | set(CHOICES) | set(TICKS) | set(NUMBERS) | set(DATES) | \
    set(LISTS) | set(SUBFORMS) | set(OTHERS)
STEPS = {("in_progress", "accepted"), ("in_progress", "rejected"),
         ("accepted", "done")}
POSTED = ("transitioned_to transitioned_to_remote transitioned_to_agency "
          "service service_record_id remote type_of_export notes "
          "consent_overridden authorized_role_unique_id "
          "allow_case_creation").split()
LOGINS = 6

FORMS = [{"id": 1, "unique_id": "consent", "name": {"en": "Consent"},
          "fields": [{"name": "unhcr_export_opt_in", "type": "tick_box",
                      "display_name": {"en":
                          "The individual providing consent agrees to share "
                          "information about this case with UNHCR for the "
                          "purposes of refugee protection case "
                          "management."}},
                     {"name": "withhold_details", "type": "textarea"},
                     {"name": "disclosure_deny_details",
                      "type": "textarea"},
                     {"name": "withholding_info_reason",
                      "type": "select_box"}]}]
ROW_TICKS = ("service_status_referred service_request_external "
             "care_arrangements_include_referral_form").split()
ROW_CHOICES = {
    "service_response_type": ["service_provision", "care_plan",
                              "action_plan"],
    "service_referral": ["no_referral", "external_referral"],
    "service_implemented": ["implemented", "not_implemented"]}
ROW_LOOKUPS = {"service_type": "lookup-service-type"}
ROW_AGENCIES = ["service_implementing_agency"]
ROW_TEXT = ("service_referral_notes note_on_referral_from_provider "
            "service_request_agency "
            "service_implementing_agency_individual").split()


def lookup(number, name, codes):
    return {"id": number, "unique_id": "lookup-" + name,
            "name": {"en": name.replace("-", " ").title()},
            "values": [{"id": code, "display_text": {
                "en": code.strip("_").replace("_", " ").title()}}
                       for code in codes.split()]}


LOOKUPS = [
    lookup(1, "service-type",
           "food alternative_care basic_psychosocial_support "
           "cash_assistance documentation family_tracing_and_reunification "
           "focuses_non_specialized_mhpss_care legal_support medical shelter"),
    lookup(2, "protection-concerns",
           "unaccompanied separated orphan neglect abandonment child_labour "
           "physical_abuse_violence emotional_or_psychological "
           "psychosocial_distress lack_of_documentation_birth_registration "
           "serious_medical_condition associated_with_armed child_marriage "
           "rape sexual_abuse_violence sexual_exploitation mental_disorder"),
    lookup(3, "language", "language1 language2 language3 language5 "
           "_amharic _arabic _english")]
AGENCIES = [{"id": number, "unique_id": name, "agency_code": name,
             "name": {"en": name}}
            for number, name in ((1, "UNICEF"), (2, "UNHCR"))]
USERS = [
    {"id": 1, "user_name": "satchel", "full_name": "Satchel service",
     "disabled": False, "receive_referral": False, "password": "made-up"},
    {"id": 2, "user_name": "intake", "full_name": "Intake desk",
     "disabled": False, "receive_referral": True},
    {"id": 3, "user_name": "left_us", "full_name": "Left last year",
     "disabled": True, "receive_referral": True},
    {"id": 4, "user_name": "clerk", "full_name": "A clerk",
     "disabled": False, "receive_referral": False},
]


def moment(seconds, millis=0):
    hours, rest = divmod(seconds, 3600)
    days, hours = divmod(10 + hours, 24)
    return "2026-11-%02dT%02d:%02d:%02d.%03dZ" % (
        22 + days, hours, rest // 60, rest % 60, millis)


def is_uuid(text):
    try:
        return str(uuid.UUID(text)) == text.lower()
    except (ValueError, AttributeError, TypeError):
        return False


class Refused(Exception):
    """A 4xx with its errors."""

    def __init__(self, status, errors):
        super().__init__(status)
        self.status = status
        self.errors = errors


class Primero:
    def __init__(self):
        self.reset()

    def reset(self):
        self.state = {
            "cases": {}, "referrals": {}, "users": copy.deepcopy(USERS),
            "forms": copy.deepcopy(FORMS), "lookups": copy.deepcopy(LOOKUPS),
            "agencies": copy.deepcopy(AGENCIES), "permitted": None,
            "per_max": 1000, "ignored": [], "frozen": False, "stuck": "",
            "search_fails": 0, "failures": {}, "tokens": {},
            "clock": 0, "made": 0, "order": []}

    def seed(self, given):
        for case in given.pop("cases", []):
            self.put_case(dict(case))
        for number, stamp in given.pop("saved", {}).items():
            case = self.state["cases"][self.state["order"][int(number)]]
            case["last_updated_at"] = stamp
        self.state.update(given)

    def put_case(self, case):
        self.state["made"] += 1
        made = self.state["made"]
        case.setdefault("id", str(uuid.UUID(int=made)))
        case.setdefault("case_id", str(uuid.UUID(int=(1 << 64) + made)))
        case.setdefault("short_id", case["case_id"][-7:])
        case.setdefault("case_id_display", case["short_id"])
        case.setdefault("enabled", True)
        case.setdefault("status", "open")
        case.setdefault("module_id", "primeromodule-cp")
        case.setdefault("created_at", moment(0))
        case.setdefault("last_updated_at", moment(0))
        self.state["cases"][case["id"]] = case
        self.state["order"].append(case["id"])

    def now(self):
        self.state["clock"] += 1
        return moment(self.state["clock"])

    # -- envelopes ---------------------------------------------------------

    @staticmethod
    def refusal(status, resource, detail, message):
        return {"status": status, "resource": resource, "detail": detail,
                "message": message}

    def trouble(self, request, status):
        if status == 429:
            return None
        detail = "Retry-After: 60" if status == 503 else "made-up name in it"
        return {"errors": [self.refusal(status, request.path, detail,
                                        "Service Unavailable")]}

    def field_refused(self, request, fields):
        raise Refused(422, [self.refusal(422, request.path, name, messages)
                            for name, messages in fields])

    # -- requests ----------------------------------------------------------

    def answer(self, request, fault):
        del fault
        try:
            return self.route(request)
        except Refused as no:
            return Reply(no.status, {"errors": no.errors})

    def route(self, request):
        if request.path == "/health":
            return Reply(204)
        if request.path == "/api/v2/primero":
            return Reply(200, {"data": {"agencies": [], "version": "2.15.2",
                                        "config_ui": "full"}})
        if request.path == "/api/v2/tokens":
            return self.login(request)
        user = self.who(request)
        if user is None:
            return Reply(401, {"error": "You need to sign in or sign up."})
        paths = [
            (r"/api/v2/cases", "GET", self.list_cases),
            (r"/api/v2/cases", "POST", self.create_case),
            (r"/api/v2/cases/(?P<case>[^/]+)", "GET", self.show_case),
            (r"/api/v2/cases/(?P<case>[^/]+)", "PATCH", self.update_case),
            (r"/api/v2/cases/(?P<case>[^/]+)/referrals", "GET",
             self.list_referrals),
            (r"/api/v2/cases/(?P<case>[^/]+)/referrals", "POST",
             self.create_referral),
            (r"/api/v2/cases/(?P<case>[^/]+)/referrals/(?P<referral>[^/]+)",
             "PATCH", self.update_referral),
            (r"/api/v2/cases/(?P<case>[^/]+)/referrals/(?P<referral>[^/]+)",
             "DELETE", self.revoke_referral),
            (r"/api/v2/users", "GET", self.list_users),
            (r"/api/v2/users/refer-to", "GET", self.list_recipients),
            (r"/api/v2/(?P<what>forms|lookups|agencies)", "GET",
             self.list_things),
        ]
        for pattern, method, work in paths:
            parts = matches(pattern, request.path)
            if parts is not None and method == request.method:
                return work(request, user, **parts)
        raise Refused(404, [self.refusal(404, request.path, "no such path",
                                         "Not Found")])

    def who(self, request):
        """By HTTP Basic; six wrong passwords lock the user."""
        said = request.headers.get("authorization", "")
        if not said.startswith("Basic "):
            return None
        try:
            text = base64.b64decode(said[6:]).decode("utf-8")
        except ValueError:
            return None
        name, _, password = text.partition(":")
        failures = self.state["failures"]
        for user in self.state["users"]:
            if user["user_name"] != name or user.get("disabled"):
                continue
            if failures.get(name, 0) >= LOGINS:
                return None
            if user.get("password") == password:
                failures.pop(name, None)
                return user
        failures[name] = failures.get(name, 0) + 1
        return None

    def login(self, request):
        if request.method == "DELETE":
            return Reply(200, {})
        given = request.json().get("user", {})
        name = given.get("user_name", "")
        tokens = self.state["tokens"]
        tokens[name] = tokens.get(name, 0) + 1
        if tokens[name] > LOGINS:
            return Reply(429, text="Retry later\n")
        for user in self.state["users"]:
            if user["user_name"] == name and \
               user.get("password") == given.get("password"):
                return Reply(200, {"id": user["id"], "user_name": name,
                                   "group_permission": "all"})
        return Reply(401, {"error": "Invalid User name or password."})

    # -- cases -------------------------------------------------------------

    def may(self, name):
        permitted = self.state["permitted"]
        if name in ALWAYS_READ:
            return True
        return name in KNOWN if permitted is None else name in permitted

    def shown(self, case, fields=None):
        out = {name: value for name, value in case.items()
               if self.may(name) and (fields is None or name in fields or
                                      name == "id")}
        if case.get("hidden_name") is True and "name" in out:
            out["name"] = "*******"
        return out

    @staticmethod
    def holds(value, wanted):
        """One filter, as Primero takes its text apart."""
        if ".." in wanted:
            low, _, high = wanted.partition("..")
            value = str(value or "")[:19]
            return value != "" and value >= low[:19] and \
                (high == "" or value <= high[:19])
        values = value if isinstance(value, list) else [value]
        some = wanted.split(",")
        for one in values:
            text = {True: "true", False: "false"}.get(one, one) \
                if isinstance(one, bool) else str(one)
            if one is not None and text in some:
                return True
        return False

    def list_cases(self, request, user):
        del user
        query = request.query
        fails = self.state["search_fails"]
        if fails:
            self.state["search_fails"] = fails is True or fails - 1
            return self.page([], query)
        found = [self.state["cases"][i] for i in self.state["order"]
                 if query.get("id_search") or
                 not self.state["cases"][i].get("_hidden")]
        for name, wanted in query.items():
            if name in KNOWN and self.may(name) and \
               name not in self.state["ignored"]:
                found = [c for c in found if self.holds(c.get(name), wanted)]
        if query.get("query"):
            part = query["query"].strip().lower()
            found = [c for c in found
                     if any(part in str(c.get(f) or "").lower()
                            for f in ID_FIELDS)]
        by = query.get("order_by", "created_at")
        if "order_by" in self.state["ignored"]:
            by, query = "age", dict(query, order="desc")
        found = sorted(found, key=lambda c: str(c.get(by) or ""),
                       reverse=query.get("order", "desc") != "asc")
        fields = None
        if query.get("id_search"):
            fields = ("id", "enabled", "name", "case_id_display", "sex", "age",
                      "owned_by")
        elif "fields" in query and query["fields"] != "short":
            fields = query["fields"].split(",")
        return self.page([self.shown(c, fields) for c in found], query)

    def page(self, found, query):
        number = max(int(query.get("page") or 1), 1)
        per = min(int(query.get("per") or 20), self.state["per_max"])
        start = (number - 1) * per
        return Reply(200, {"data": found[start:start + per],
                           "metadata": {"total": len(found), "per": per,
                                        "page": number}})

    def find(self, request, case):
        found = self.state["cases"].get(case)
        if found is None:
            raise Refused(404, [self.refusal(404, request.path,
                                             "Couldn't find Child",
                                             "Not Found")])
        if found.get("_hidden"):
            raise Refused(403, [self.refusal(403, request.path, "",
                                             "Forbidden")])
        return found

    def show_case(self, request, user, case):
        del user
        return Reply(200, {"data": self.shown(self.find(request, case))})

    def data_of(self, request):
        try:
            data = request.json().get("data")
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise Refused(422, [self.refusal(422, request.path, "data",
                                             "param is missing")])
        return {name: value for name, value in data.items() if self.may(name)}

    def check(self, request, data):
        bad = ["/" + name for name, value in data.items()
               if not self.fits(name, value)]
        for name in SUBFORMS:
            if "/" + name not in bad:
                bad += ["/%s/%d/%s" % (name, number, field)
                        for number, row in enumerate(data.get(name) or [])
                        for field, value in row.items()
                        if not self.row_fits(field, value)]
        if bad:
            raise Refused(422, [self.refusal(422, request.path, bad,
                                             "Invalid Record JSON")])
        born = data.get("date_of_birth")
        if born is not None and born[:4] > "2026":
            self.field_refused(request, [
                ("date_of_birth", ["errors.models.child.date_of_birth"])])

    @staticmethod
    def fits(name, value):
        if name in TICKS:
            return isinstance(value, bool)
        if value is None:
            return True
        if name in NUMBERS:
            return isinstance(value, int) and not isinstance(value, bool)
        if name in CHOICES:
            return value in CHOICES[name]
        if name in DATES:
            return isinstance(value, str) and \
                re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
        if name in LISTS:
            return isinstance(value, list)
        if name in SUBFORMS:
            return isinstance(value, list) and all(
                isinstance(row, dict) and
                ("unique_id" not in row or is_uuid(row["unique_id"]))
                for row in value)
        if name in TEXT:
            return isinstance(value, str)
        return True

    def values_of(self, lookup):
        for one in self.state["lookups"]:
            if one["unique_id"] == lookup:
                return [value["id"] for value in one["values"]]
        return []

    def row_fits(self, name, value):
        """A field of a row of a subform."""
        if name in ROW_TICKS:
            return isinstance(value, bool)
        if value is None:
            return True
        if name in ROW_CHOICES:
            return value in ROW_CHOICES[name]
        if name in ROW_LOOKUPS:
            return value in self.values_of(ROW_LOOKUPS[name])
        if name in ROW_AGENCIES:
            return value in [one["unique_id"]
                             for one in self.state["agencies"]]
        if name in ROW_TEXT:
            return isinstance(value, str)
        return True

    def owner_exists(self, name):
        return any(u["user_name"] == name and not u.get("disabled")
                   for u in self.state["users"])

    def rows(self, old, new):
        """Rows of a subform: merged by unique_id, appended without one."""
        out = [dict(row) for row in old or []]
        for row in new:
            same = [o for o in out if "unique_id" in row and
                    o.get("unique_id") == row["unique_id"]]
            if row.get("_destroy") is True:
                out = [o for o in out if o not in same]
            elif same:
                same[0].update(row)
            else:
                row = dict(row)
                if "unique_id" not in row:
                    self.state["made"] += 1
                    row["unique_id"] = str(
                        uuid.UUID(int=(2 << 64) + self.state["made"]))
                out.append(row)
        return out

    @staticmethod
    def derive(case):
        """What Primero works out by itself on every save."""
        for row in case.get("services_section") or []:
            if not row.get("service_implemented"):
                row["service_implemented"] = "not_implemented"
        names = [case.get("name_" + part) for part in
                 ("first", "middle", "last")]
        if any(names):
            case["name"] = " ".join(n for n in names if n)

    def create_case(self, request, user):
        posted = request.json().get("data") \
            if isinstance(request.json(), dict) else None
        own_id = posted.get("id") if isinstance(posted, dict) else None
        data = self.data_of(request)
        self.check(request, data)
        if own_id in self.state["cases"]:
            raise Refused(409, [self.refusal(
                409, request.path, "",
                "Conflict: A record with this id already exists")])
        if own_id is not None and not is_uuid(own_id):
            raise Refused(422, [self.refusal(422, request.path, ["/id"],
                                             "Invalid Record JSON")])
        case = {name: value for name, value in data.items()
                if name not in NEVER_WRITTEN}
        if own_id is not None:
            case["id"] = own_id
        for name in SUBFORMS:
            if isinstance(case.get(name), list):
                case[name] = self.rows([], case[name])
        if case.get("owned_by") is None:
            case["owned_by"] = user["user_name"]
        elif not self.owner_exists(case["owned_by"]):
            case["owned_by"] = None
        case["created_by"] = user["user_name"]
        case["created_at"] = case["last_updated_at"] = self.now()
        self.derive(case)
        self.put_case(case)
        if own_id is not None:
            return Reply(204)
        return Reply(200, {"data": self.shown(case)})

    def update_case(self, request, user, case):
        del user
        found = self.find(request, case)
        data = self.data_of(request)
        self.check(request, data)
        before = copy.deepcopy(found)
        for name, value in data.items():
            if name in NEVER_WRITTEN or self.state["frozen"]:
                continue
            if name == "owned_by" and not self.owner_exists(value):
                continue
            if name in SUBFORMS and isinstance(value, list):
                found[name] = self.rows(found.get(name), value)
            else:
                found[name] = value
        self.derive(found)
        found["last_updated_at"] = self.now()
        changed = {name: value for name, value in found.items()
                   if before.get(name) != value}
        return Reply(200, {"data": self.shown(changed)})

    # -- referrals ---------------------------------------------------------

    def list_referrals(self, request, user, case):
        del user
        self.find(request, case)
        return Reply(200, {"data": [
            r for r in self.state["referrals"].values()
            if r["record_id"] == case]})

    def consent(self, request, referral):
        case = self.state["cases"][referral["record_id"]]
        if case.get("module_id") == "primeromodule-gbv":
            given = case.get("consent_for_services")
        else:
            given = case.get("disclosure_other_orgs") and \
                case.get("consent_for_services")
        if given is not True and referral.get("consent_overridden") is not True:
            self.field_refused(request, [
                ("consent", ["transition.errors.consent"])])

    def can_receive(self, name, sender):
        return any(u["user_name"] == name and not u.get("disabled") and
                   u.get("receive_referral") and
                   u["user_name"] != sender["user_name"]
                   for u in self.state["users"])

    @staticmethod
    def service_row(case, referral):
        for row in case.get("services_section") or []:
            if referral.get("service_record_id") and \
               row.get("unique_id") == referral["service_record_id"]:
                return row
        return None

    def saved(self, referral, case):
        case["last_updated_at"] = self.now()
        out = dict(referral)
        out["record"] = {"id": case["id"]}
        return Reply(200, {"data": out})

    def create_referral(self, request, user, case):
        found = self.find(request, case)
        data = request.json().get("data") or {}
        referral = {name: data[name] for name in POSTED
                    if data.get(name) is not None}
        self.state["made"] += 1
        referral.update({
            "id": str(uuid.UUID(int=(3 << 64) + self.state["made"])),
            "type": "Referral", "status": "in_progress", "record_id": case,
            "record_type": "case", "transitioned_by": user["user_name"],
            "created_at": moment(self.state["clock"])})
        referral.setdefault("remote", False)
        referral.setdefault("consent_overridden", False)
        to = referral.get("transitioned_to")
        if not referral["remote"] and not self.can_receive(to, user):
            self.field_refused(request, [
                ("transitioned_to",
                 ["transition.errors.to_user_can_receive"])])
        self.consent(request, referral)
        row = self.service_row(found, referral)
        if row is not None:
            row["service_status_referred"] = True
        if not referral["remote"]:
            names = found.setdefault("assigned_user_names", [])
            if to not in names:
                names.append(to)
        self.state["referrals"][referral["id"]] = referral
        return self.saved(referral, found)

    def find_referral(self, request, referral):
        """By its id alone: the case in the path is not looked at."""
        found = self.state["referrals"].get(referral)
        if found is None:
            raise Refused(404, [self.refusal(404, request.path,
                                             "Couldn't find Transition",
                                             "Not Found")])
        return found, self.state["cases"][found["record_id"]]

    def leave(self, referral, case):
        names = case.get("assigned_user_names") or []
        if referral.get("transitioned_to") in names:
            names.remove(referral["transitioned_to"])

    def update_referral(self, request, user, case, referral):
        del user, case
        found, record = self.find_referral(request, referral)
        data = request.json().get("data") or {}
        wanted = data.get("status")
        self.consent(request, found)
        if (found["status"], wanted) in STEPS:
            found["status"] = wanted
            for name in ("rejected_reason", "rejection_note"):
                if data.get(name) is not None:
                    found[name] = data[name]
            if wanted in ("accepted", "rejected"):
                found["responded_at"] = moment(self.state["clock"])
            if wanted == "rejected":
                self.leave(found, record)
            row = self.service_row(record, found)
            if wanted == "done" and row is not None:
                row["service_implemented"] = "implemented"
                row.setdefault("service_implemented_day_time",
                               moment(self.state["clock"]))
                if data.get("rejection_note"):
                    row["note_on_referral_from_provider"] = \
                        data["rejection_note"]
        return self.saved(found, record)

    def revoke_referral(self, request, user, case, referral):
        del user, case
        found, record = self.find_referral(request, referral)
        self.consent(request, found)
        if self.state["stuck"]:
            told = dict(found)
            if self.state["stuck"] == "lie":
                told["status"] = "revoked"
            return self.saved(told, record)
        found["status"] = "revoked"
        self.leave(found, record)
        return self.saved(found, record)

    # -- the rest ----------------------------------------------------------

    @staticmethod
    def user_shown(user):
        return {name: value for name, value in user.items()
                if name not in ("password", "receive_referral")}

    def list_users(self, request, user):
        del user
        wanted = request.query.get("user_name")
        found = [self.user_shown(u) for u in self.state["users"]
                 if wanted is None or u["user_name"] == wanted]
        return self.page(found, request.query)

    def list_recipients(self, request, user):
        return Reply(200, {"data": [
            {"id": u["id"], "user_name": u["user_name"]}
            for u in self.state["users"]
            if self.can_receive(u["user_name"], user)]})

    def list_things(self, request, user, what):
        del user
        return self.page(self.state[what], request.query)


if __name__ == "__main__":
    serve(Primero)
