/*
 * A row is one record of a system, and what is read from it: a line for each
 * decision, made of "word ref|case#tail|service@record code on target reason",
 * with "-" for what is not there; a ref out of Primero is followed by the ids of
 * its row, as ref=service@record.
 */
#include "formats/decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "tests/unit/rows.h"

#define ARENA ((size_t)16 * 1024 * 1024)
#define TEXT 4096

/* A decision out of proGres about the service "s-1" of the case "c-1". */
#define PING(members)                                                              \
	"{\"progres_offlineid\":\"c-1\",\"progres_orgreferralid\":\"s-1\"" members \
	"}"
#define STATUS(value) ",\"progres_interoperabilityreferralstatus\":" value
#define REVIEW(value) ",\"progres_reviewdecision\":" value
#define DTP(members) \
	"{\"progres_orgreferralid\":\"c-1#eb097be51d89\"" members "}"
/* A case of Primero with the id "r-1". */
#define CASE(rows) \
	"{\"id\":\"r-1\",\"case_id\":\"c-9\",\"services_section\":[" rows "]}"
#define ROW(members) \
	"{\"unique_id\":\"u-1\",\"service_request_external\":true" members "}"
#define NUMBER ",\"progres_interventionnumber\":\"N-1,int-guid,unit-guid\""
#define REFERRAL(members)                                              \
	"{\"id\":\"t-1\",\"type\":\"Referral\",\"record_id\":\"r-1\"," \
	"\"record_type\":\"case\"" members "}"
#define SERVICE ",\"service_record_id\":\"s-1\""

static const struct row {
	const char *name;
	enum format format;
	const char *record;
	const char *want;  /* "": no decisions */
	const char *fault; /* a word of the detail; NULL: none */
} rows[] = {
	{ "PING: accepted, in full", FORMAT_PING,
	    PING(REVIEW(
		"\"125080000\"") ",\"progres_reviewdate\":"
				 "\"2026-03-01T00:00:00Z\","
				 "\"progres_interoperabilityreferralnumber\":\"REF-IOP-1\""),
	    "accepted primero:c-1#s-1 125080000 2026-03-01 REF-IOP-1 -\n",
	    NULL },
	{ "PING: a code can be an integer", FORMAT_PING,
	    PING(STATUS("125080001")),
	    "accepted primero:c-1#s-1 125080001 - - -\n", NULL },
	{ "PING: 125080002 is a rejection", FORMAT_PING,
	    PING(STATUS("\"125080002\"")),
	    "rejected primero:c-1#s-1 125080002 - - -\n", NULL },
	{ "PING: 125080003 is known here already", FORMAT_PING,
	    PING(STATUS("125080003")),
	    "synced primero:c-1#s-1 125080003 - - -\n", NULL },
	{ "silent failure 6: a code of no table is no acceptance", FORMAT_PING,
	    PING(STATUS("125080004")),
	    "unknown primero:c-1#s-1 125080004 - - -\n", NULL },
	{ "PING: DTP's word is none of its codes", FORMAT_PING,
	    PING(REVIEW("\"accepted\"")),
	    "unknown primero:c-1#s-1 accepted - - -\n", NULL },
	{ "PING: a code of another kind is unknown", FORMAT_PING,
	    PING(STATUS("true")), "unknown primero:c-1#s-1 - - - -\n", NULL },
	{ "PING: a number with a fraction is no code", FORMAT_PING,
	    PING(STATUS("125080000.0")), "unknown primero:c-1#s-1 - - - -\n",
	    NULL },
	{ "PING: no code is no decision yet", FORMAT_PING,
	    PING(STATUS("null") REVIEW("\"\"")),
	    "pending primero:c-1#s-1 - - - -\n", NULL },
	{ "PING: two keys that mean the same", FORMAT_PING,
	    PING(STATUS("125080000") REVIEW("125080001")),
	    "accepted primero:c-1#s-1 125080000 - - -\n", NULL },
	{ "PING: two keys that disagree are for a person", FORMAT_PING,
	    PING(STATUS("125080000") REVIEW("125080002")),
	    "unknown primero:c-1#s-1 125080000 / 125080002 - - -\n", NULL },
	{ "PING: one known and one unknown code is unknown", FORMAT_PING,
	    PING(STATUS("125080000") REVIEW("125080009")),
	    "unknown primero:c-1#s-1 125080009 - - -\n", NULL },
	{ "PING: and the other way round", FORMAT_PING,
	    PING(STATUS("125080009") REVIEW("125080000")),
	    "unknown primero:c-1#s-1 125080009 - - -\n", NULL },
	{ "PING: synchronised, and what was decided is beside it", FORMAT_PING,
	    PING(STATUS("125080003") REVIEW("125080002")),
	    "rejected primero:c-1#s-1 125080002 - - -\n", NULL },
	{ "PING: likewise in the other key", FORMAT_PING,
	    PING(STATUS("125080000") REVIEW("125080003")),
	    "accepted primero:c-1#s-1 125080000 - - -\n", NULL },
	{ "PING: the reason is its name and the comment", FORMAT_PING,
	    PING(STATUS(
		"125080002") ",\"progres_interoperabiltyreferralrejectionreason\":125080001,"
			     "\"progres_interoperabiltyreferralrejectionreasonname\":"
			     "\"No match\","
			     "\"progres_interoperabilityreferralrejectionomment\":\"Try\\r\\n"
			     "again\""),
	    "rejected primero:c-1#s-1 125080002 - - No match: Try\nagain\n",
	    NULL },
	{ "PING: without a name, its code", FORMAT_PING,
	    PING(STATUS(
		"125080002") ",\"progres_interoperabiltyreferralrejectionreason\":125080001,"
			     "\"progres_interoperabilityreferralrejectioncomment\":\"x\""),
	    "rejected primero:c-1#s-1 125080002 - - 125080001: x\n", NULL },
	{ "PING: a reason that is a code alone is for a person", FORMAT_PING,
	    PING(STATUS(
		"125080002") ",\"progres_interoperabiltyreferralrejectionreason\":125080001"),
	    "unknown primero:c-1#s-1 125080002 / 125080001 - - -\n", NULL },
	{ "PING: of an acceptance such a code changes nothing", FORMAT_PING,
	    PING(STATUS(
		"125080000") ",\"progres_interoperabiltyreferralrejectionreason\":125080002"),
	    "accepted primero:c-1#s-1 125080000 - - -\n", NULL },
	{ "PING: a comment alone", FORMAT_PING,
	    PING(STATUS(
		"125080002") ",\"progres_interoperabilityreferralrejectionomment\":\"x\","
			     "\"progres_interoperabilityreferralrejectioncomment\":\"x\""),
	    "rejected primero:c-1#s-1 125080002 - - x\n", NULL },
	{ "PING: a date without a time", FORMAT_PING,
	    PING(STATUS("125080000") ",\"progres_reviewdate\":\"2026-03-01\""),
	    "accepted primero:c-1#s-1 125080000 2026-03-01 - -\n", NULL },
	{ "PING: what is no date leaves it to a person", FORMAT_PING,
	    PING(STATUS("125080000") ",\"progres_reviewdate\":\"01/03/2026\""),
	    "unknown primero:c-1#s-1 01/03/2026 - - -\n", NULL },
	{ "PING: a referral is no decision", FORMAT_PING,
	    "{\"progres_lpintervention.int.progres_interventionnumber\":"
	    "\"N-1\",\"progres_businessunit\":\"x\"}",
	    NULL, "record 7 is a referral" },
	{ "silent failure 14: an answer without records is no decision",
	    FORMAT_PING, "{\"SPHTransactionId\":\"x\",\"ErrorMessage\":null}",
	    NULL, "no decision" },
	{ "PING: without a case nothing is named", FORMAT_PING,
	    "{\"progres_orgreferralid\":\"s-1\"" STATUS("125080000") "}", NULL,
	    "progres_offlineid" },
	{ "PING: without a service nothing is named", FORMAT_PING,
	    "{\"progres_offlineid\":\"c-1\"" STATUS("125080000") "}", NULL,
	    "progres_orgreferralid" },
	{ "PING: an id that would have to be altered names nothing",
	    FORMAT_PING,
	    "{\"progres_offlineid\":\"c\\u0007\","
	    "\"progres_orgreferralid\":\"s-1\"}",
	    NULL, "progres_offlineid" },
	{ "PING: an id of another kind names nothing", FORMAT_PING,
	    "{\"progres_offlineid\":12,\"progres_orgreferralid\":\"s-1\"}",
	    NULL, "progres_offlineid" },
	{ "PING: a service with a # in its id names nothing", FORMAT_PING,
	    "{\"progres_offlineid\":\"c-1\","
	    "\"progres_orgreferralid\":\"x#s-1\"" STATUS("125080000") "}",
	    NULL, "without a #" },
	{ "PING: a case with a # in its id likewise", FORMAT_PING,
	    "{\"progres_offlineid\":\"c#1\","
	    "\"progres_orgreferralid\":\"s-1\"" STATUS("125080000") "}",
	    NULL, "without a #" },
	{ "PING: an empty record", FORMAT_PING, "{}", NULL, "no decision" },
	{ "PING: a list", FORMAT_PING, "[]", NULL, "no decision" },

	{ "DTP: accepted, as in the sample", FORMAT_DTP,
	    DTP(REVIEW(
		"\"125080000\"") ",\"progres_reviewdate\":\"2021-08-25T00:00:00Z\","
				 "\"progres_interoperabilityreferralnumber\":\"REF-IOP-2\""),
	    "accepted c-1#eb097be51d89 125080000 2021-08-25 REF-IOP-2 -\n",
	    NULL },
	{ "DTP: 125080001 is a rejection, not as in PING", FORMAT_DTP,
	    DTP(REVIEW("125080001")),
	    "rejected c-1#eb097be51d89 125080001 - - -\n", NULL },
	{ "silent failure 6: 125080003 has no known meaning", FORMAT_DTP,
	    DTP(REVIEW("\"125080003\"")),
	    "unknown c-1#eb097be51d89 125080003 - - -\n", NULL },
	{ "DTP: 125080002 has none either", FORMAT_DTP,
	    DTP(REVIEW("\"125080002\"")),
	    "unknown c-1#eb097be51d89 125080002 - - -\n", NULL },
	{ "DTP: an old file has words", FORMAT_DTP, DTP(REVIEW("\"accepted\"")),
	    "accepted c-1#eb097be51d89 accepted - - -\n", NULL },
	{ "DTP: rejected likewise", FORMAT_DTP, DTP(REVIEW("\"rejected\"")),
	    "rejected c-1#eb097be51d89 rejected - - -\n", NULL },
	{ "DTP: another word is unknown", FORMAT_DTP,
	    DTP(REVIEW("\"Accepted \"")),
	    "unknown c-1#eb097be51d89 Accepted  - - -\n", NULL },
	{ "DTP: no code is no decision yet", FORMAT_DTP, DTP(""),
	    "pending c-1#eb097be51d89 - - - -\n", NULL },
	{ "DTP: an old file has the case alone", FORMAT_DTP,
	    "{\"progres_orgreferralid\":\"c-1\"" REVIEW("125080000") "}",
	    "accepted c-1#- 125080000 - - -\n", NULL },
	{ "DTP: the reason's code in words, and the comment", FORMAT_DTP,
	    DTP(REVIEW(
		"125080001") ",\"progres_interoperabiltyreferralrejectionreason\":"
			     "\"125080000\","
			     "\"progres_interoperabilityreferralrejectionomment\":\"x\""),
	    "rejected c-1#eb097be51d89 125080001 - - "
	    "Individual Not Found: x\n",
	    NULL },
	{ "DTP: the second reason", FORMAT_DTP,
	    DTP(REVIEW(
		"125080001") ",\"progres_interoperabiltyreferralrejectionreason\":125080001"),
	    "rejected c-1#eb097be51d89 125080001 - - "
	    "Individual Not Match UNHCR ID\n",
	    NULL },
	{ "DTP: the third reason", FORMAT_DTP,
	    DTP(REVIEW(
		"125080001") ",\"progres_interoperabiltyreferralrejectionreason\":125080002"),
	    "rejected c-1#eb097be51d89 125080001 - - Not applicable\n", NULL },
	{ "DTP: a reason of an unknown code is told as its code", FORMAT_DTP,
	    DTP(REVIEW(
		"125080001") ",\"progres_interoperabiltyreferralrejectionreason\":125080009"),
	    "rejected c-1#eb097be51d89 125080001 - - 125080009\n", NULL },
	{ "DTP: an id that ends at its mark names nothing", FORMAT_DTP,
	    "{\"progres_orgreferralid\":\"c-1#\"}", NULL,
	    "progres_orgreferralid" },
	{ "DTP: one that begins with it likewise", FORMAT_DTP,
	    "{\"progres_orgreferralid\":\"#eb097be51d89\"}", NULL,
	    "progres_orgreferralid" },
	{ "DTP: one with two marks likewise", FORMAT_DTP,
	    "{\"progres_orgreferralid\":\"c#1#eb097be51d89\"}", NULL,
	    "progres_orgreferralid" },
	{ "DTP: a decision without an id names nothing", FORMAT_DTP,
	    "{\"progres_reviewdecision\":\"125080000\"}", NULL,
	    "progres_orgreferralid" },
	{ "DTP: a receipt is a message to proGres", FORMAT_DTP,
	    "{\"case_id\":\"c-1\",\"primero_user\":\"x\","
	    "\"progres_interventionnumber\":\"N-1\","
	    "\"status\":\"Pending Acknowledgement\"}",
	    NULL, "message to proGres" },
	{ "DTP: a delivery failure likewise", FORMAT_DTP,
	    "{\"progres_interventionnumber\":\"N-1\",\"status\":"
	    "\"Delivery Fail\",\"request_type\":\"Feedback\"}",
	    NULL, "message to proGres" },
	{ "DTP: our own decision likewise, whatever it is called", FORMAT_DTP,
	    "{\"progres_interventionnumber\":\"N-1\",\"status\":\"rejected\","
	    "\"request_type\":\"PrimeroIncomingReferralDecision\"}",
	    NULL, "message to proGres" },
	{ "DTP: a referral of proGres is no decision", FORMAT_DTP,
	    "{\"progres_interventionnumber\":\"N-1\","
	    "\"individuals.progres_id\":\"x\"}",
	    NULL, "is a referral" },

	{ "a case: accepted", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"")),
	    "accepted progres:N-1=u-1@r-1 accepted - c-9 -\n", NULL },
	{ "a case: rejected, and why", FORMAT_PRIMERO,
	    CASE(
		ROW(NUMBER ",\"unhcr_referral_status\":\"rejected\","
			   "\"unhcr_referral_rejection_reason\":\"No place\"")),
	    "rejected progres:N-1=u-1@r-1 rejected - c-9 No place\n", NULL },
	{ "a case: not decided yet", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"pending\"")),
	    "pending progres:N-1=u-1@r-1 pending - c-9 -\n", NULL },
	{ "a case: nothing said", FORMAT_PRIMERO, CASE(ROW(NUMBER)),
	    "pending progres:N-1=u-1@r-1 - - c-9 -\n", NULL },
	{ "a case: the day it last changed is not when it was decided",
	    FORMAT_PRIMERO,
	    "{\"case_id\":\"c-9\",\"last_updated_at\":\"2026-03-01\","
	    "\"services_section\":[" ROW(
		NUMBER ",\"unhcr_referral_status\":\"accepted\"") "]}",
	    "accepted progres:N-1=u-1@- accepted - c-9 -\n", NULL },
	{ "a case: the id around an exported case is the one paths have",
	    FORMAT_PRIMERO,
	    "{\"id\":\"r-2\",\"data\":" CASE(
		ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"")) "}",
	    "accepted progres:N-1=u-1@r-2 accepted - c-9 -\n", NULL },
	{ "a case: a row without number and id names nothing", FORMAT_PRIMERO,
	    CASE("{\"service_request_external\":true,"
		 "\"unhcr_referral_status\":\"accepted\"}"),
	    "accepted -@- accepted - c-9 -\n", NULL },
	{ "silent failure 6: another word is no acceptance", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"approved\"")),
	    "unknown progres:N-1=u-1@r-1 approved - c-9 -\n", NULL },
	{ "a case: done, with its day", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\","
			    "\"service_implemented\":\"implemented\","
			    "\"service_implemented_day_time\":"
			    "\"2026-03-02T09:30:00.000Z\"")),
	    "done progres:N-1=u-1@r-1 implemented 2026-03-02 c-9 -\n", NULL },
	{ "a case: not done says nothing yet", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\","
			    "\"service_implemented\":\"not_implemented\"")),
	    "accepted progres:N-1=u-1@r-1 accepted - c-9 -\n", NULL },
	{ "a case: done in a word that nobody knows", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\","
			    "\"service_implemented\":\"partly\"")),
	    "unknown progres:N-1=u-1@r-1 partly - c-9 -\n", NULL },
	{ "a case: done on a day that is none", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"service_implemented\":\"implemented\","
			    "\"service_implemented_day_time\":\"soon\"")),
	    "unknown progres:N-1=u-1@r-1 soon - c-9 -\n", NULL },
	{ "silent failure 2: the number alone is enough", FORMAT_PRIMERO,
	    CASE(ROW(",\"progres_interventionnumber\":\" N-1 \"")),
	    "pending progres:N-1=u-1@r-1 - - c-9 -\n", NULL },
	{ "a case: a row without a number is named by its own id",
	    FORMAT_PRIMERO, CASE(ROW(",\"progres_interventionnumber\":\",x\"")),
	    "pending u-1@r-1 - - c-9 -\n", NULL },
	{ "a case: our own rows are no decisions", FORMAT_PRIMERO,
	    CASE("{\"unique_id\":\"u-1\"" NUMBER "},{\"unique_id\":\"u-2\","
		 "\"service_request_external\":false" NUMBER "},3,null"),
	    "", NULL },
	{ "a case: a tick as text", FORMAT_PRIMERO,
	    CASE("{\"service_request_external\":\"true\"" NUMBER "}"),
	    "pending progres:N-1=-@r-1 - - c-9 -\n", NULL },
	{ "a case: a tick that cannot be read is for a person", FORMAT_PRIMERO,
	    CASE("{\"service_request_external\":\"yes\"" NUMBER
		 ",\"unhcr_referral_status\":\"accepted\"}"),
	    "unknown progres:N-1=-@r-1 yes - c-9 -\n", NULL },
	{ "a case: each row has its own", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"") "," ROW(
		",\"progres_interventionnumber\":\"N-2\","
		"\"unhcr_referral_status\":\"rejected\"")),
	    "accepted progres:N-1=u-1@r-1 accepted - c-9 -\n"
	    "rejected progres:N-2=u-1@r-1 rejected - c-9 -\n",
	    NULL },
	{ "a case: two rows of one number that disagree", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"") "," ROW(
		NUMBER ",\"unhcr_referral_status\":\"rejected\"")),
	    "unknown progres:N-1=u-1@r-1 accepted / rejected - c-9 -\n"
	    "unknown progres:N-1=u-1@r-1 rejected / accepted - c-9 -\n",
	    NULL },
	{ "a case: one of two rows that has no word yet", FORMAT_PRIMERO,
	    CASE(ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"") "," ROW(
		NUMBER)),
	    "accepted progres:N-1=u-1@r-1 accepted - c-9 -\n"
	    "pending progres:N-1=u-1@r-1 - - c-9 -\n",
	    NULL },
	{ "a case as in an export", FORMAT_PRIMERO,
	    "{\"id\":\"r-1\",\"data\":" CASE(
		ROW(NUMBER ",\"unhcr_referral_status\":\"accepted\"")) "}",
	    "accepted progres:N-1=u-1@r-1 accepted - c-9 -\n", NULL },
	{ "a case without services", FORMAT_PRIMERO, "{\"case_id\":\"c-9\"}",
	    "", NULL },
	{ "a case whose services are no list", FORMAT_PRIMERO,
	    "{\"case_id\":\"c-9\",\"services_section\":{}}", NULL, "services" },

	{ "Primero's list: not answered yet", FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"in_progress\""),
	    "pending s-1@r-1 in_progress - - -\n", NULL },
	{ "Primero's list: accepted, with its day", FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"accepted\","
			     "\"responded_at\":\"2021-10-07T14:46:28.586Z\""),
	    "accepted s-1@r-1 accepted 2021-10-07 - -\n", NULL },
	{ "Primero's list: rejected, and why", FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"rejected\","
			     "\"rejected_reason\":\"No place\","
			     "\"rejection_note\":\"until May\""),
	    "rejected s-1@r-1 rejected - - No place: until May\n", NULL },
	{ "Primero's list: done, and not on the day of the response",
	    FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"done\","
			     "\"responded_at\":\"2021-10-07\""),
	    "done s-1@r-1 done - - -\n", NULL },
	{ "Primero's list: taken back", FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"revoked\""),
	    "revoked s-1@r-1 revoked - - -\n", NULL },
	{ "Primero's list: another word is unknown", FORMAT_PRIMERO,
	    REFERRAL(SERVICE ",\"status\":\"acceptted\""),
	    "unknown s-1@r-1 acceptted - - -\n", NULL },
	{ "Primero's list: no word is unknown", FORMAT_PRIMERO,
	    REFERRAL(SERVICE), "unknown s-1@r-1 - - - -\n", NULL },
	{ "Primero's list: without a service there is the case", FORMAT_PRIMERO,
	    REFERRAL(",\"service_record_id\":\"\",\"status\":\"accepted\""),
	    "accepted -@r-1 accepted - - -\n", NULL },
	{ "Primero's list: an answer to one change", FORMAT_PRIMERO,
	    "{\"data\":" REFERRAL(",\"status\":\"accepted\"") "}",
	    "accepted -@r-1 accepted - - -\n", NULL },
	{ "Primero's list: a transfer is no referral", FORMAT_PRIMERO,
	    "{\"type\":\"Transfer\",\"record_id\":\"r-1\","
	    "\"record_type\":\"case\",\"status\":\"accepted\"}",
	    NULL, "no referral" },
	{ "Primero's list: an incident's is not a case's", FORMAT_PRIMERO,
	    "{\"type\":\"Referral\",\"record_id\":\"r-1\","
	    "\"record_type\":\"incident\",\"status\":\"accepted\"}",
	    NULL, "no referral" },
	{ "Primero's list: one without ids names nothing", FORMAT_PRIMERO,
	    "{\"record_type\":\"case\",\"status\":\"accepted\"}", NULL,
	    "record_id" },
	{ "something else of Primero's", FORMAT_PRIMERO,
	    "{\"user_name\":\"gmb_worker\"}", NULL, "no decision" },

	{ "a sheet has no decisions in it", FORMAT_SHEET, "{}", NULL, "kind" },
	{ "nor has what is of no known kind", FORMAT_NONE, "{}", NULL, "kind" },
};

static const char *
or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static void
describe(const struct decision *d, char *out, size_t room)
{
	char day_text[DAY_TEXT], names[TEXT / 4];

	day_write(d->decided_on, day_text);
	if (d->ref != NULL && (d->service_id != NULL || d->record_id != NULL))
		(void)snprintf(names, sizeof(names), "%s=%s@%s", d->ref,
		    or_dash(d->service_id), or_dash(d->record_id));
	else if (d->ref != NULL)
		(void)snprintf(names, sizeof(names), "%s", d->ref);
	else if (d->case_id != NULL)
		(void)snprintf(names, sizeof(names), "%s#%s", d->case_id,
		    or_dash(d->service_tail));
	else
		(void)snprintf(names, sizeof(names), "%s@%s",
		    or_dash(d->service_id), or_dash(d->record_id));
	(void)snprintf(out, room, "%s %s %s %s %s %s\n",
	    decision_name(d->decided), names, or_dash(d->code),
	    day_text[0] == '\0' ? "-" : day_text, or_dash(d->target_id),
	    or_dash(d->reason));
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	struct decision *decisions;
	char got[TEXT] = "";
	struct arena *a;
	struct json *j;
	size_t count, used;
	int rc;

	assert_non_null(a = arena_new(ARENA, &why));
	assert_int_equal(json_read(row->record, strlen(row->record),
			     &json_foreign, &j, &why),
	    0);
	rc = decision_read(row->format, json_root(j), 7, a, &decisions, &count,
	    &why);
	/* What was read does not hang on the document. */
	json_free(j);
	if (row->fault != NULL) {
		assert_int_equal(rc, -1);
		assert_int_equal(why.id, FAULT_SOURCE_FORM);
		if (strstr(why.detail, row->fault) == NULL)
			fail_msg("%s is not in %s", row->fault, why.detail);
		assert_int_equal(count, 0);
		assert_null(decisions);
	} else {
		if (rc == -1)
			fail_msg("%s", why.detail);
		for (size_t i = 0; i < count; i++) {
			used = strlen(got);
			describe(&decisions[i], got + used, TEXT - used);
		}
		assert_string_equal(got, row->want);
	}
	arena_free(a);
}

static const struct limit {
	const char *name;
	size_t rows;
	bool good;
} limits[] = {
	{ "a case can have as many as the limit says", DECISIONS_MAX, true },
	{ "one more than the limit is refused", DECISIONS_MAX + 1, false },
};

static void
limit_holds(void **state)
{
	static const char begin[] = "{\"case_id\":\"c\",\"services_section\":[";
	static const char row[] = "{\"service_request_external\":true}";
	const struct limit *limit = *state;
	struct fault why = { .id = FAULT_NONE };
	struct decision *decisions;
	struct bytes text;
	struct arena *a;
	struct json *j;
	size_t count;
	int rc;

	assert_non_null(a = arena_new(ARENA, &why));
	bytes_init(&text, ARENA);
	assert_int_equal(bytes_add_text(&text, begin, &why), 0);
	for (size_t i = 0; i < limit->rows; i++) {
		if (i > 0)
			assert_int_equal(bytes_add_text(&text, ",", &why), 0);
		assert_int_equal(bytes_add_text(&text, row, &why), 0);
	}
	assert_int_equal(bytes_add_text(&text, "]}", &why), 0);
	assert_int_equal(json_read(text.at, text.len, &json_foreign, &j, &why),
	    0);
	rc = decision_read(FORMAT_PRIMERO, json_root(j), 1, a, &decisions,
	    &count, &why);
	assert_int_equal(rc, limit->good ? 0 : -1);
	assert_int_equal(count, limit->good ? limit->rows : 0);
	if (!limit->good)
		assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	json_free(j);
	bytes_free(&text);
	arena_free(a);
}

/* What DTP writes behind the mark, and the service it may be about. */
static const struct tail {
	const char *name;
	const char *tail;
	const char *service_id;
	bool want;
} tails[] = {
	{ "the last 12 characters are a service's", "6b52fd8a0b33",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", true },
	{ "and so is the whole id", "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", true },
	{ "the last one alone is not", "3",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", false },
	{ "nor are the last 11", "b52fd8a0b33",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", false },
	{ "nor the last 13", "-6b52fd8a0b33",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", false },
	{ "nor its beginning", "e2adc824-6dc",
	    "e2adc824-6dc4-4f2b-9cd1-6b52fd8a0b33", false },
	{ "a short id is itself", "0123", "0123", true },
	{ "and not its end", "123", "0123", false },
	{ "half a character is left out", "abcdefghij",
	    "x\xe1\x88\xb0"
	    "abcdefghij",
	    true },
};

static void
tail_holds(void **state)
{
	const struct tail *row = *state;

	assert_int_equal(decision_is_of_service(row->tail, row->service_id),
	    row->want);
}

static const struct code {
	const char *name;
	const char *code;
	bool want;
} codes[] = {
	{ "a code of proGres is shown", "125080007", true },
	{ "two that disagree are", "125080000 / 125080002", true },
	{ "a word of Primero is", "not_implemented", true },
	{ "none is none", NULL, false },
	{ "an empty one is none", "", false },
	{ "a name is not shown", "Amina", false },
	{ "words are not", "uncle in addis", false },
	{ "a name with a telephone is not", "Amina Hassan, uncle in Addis 0911",
	    false },
	{ "a telephone is not", "0911223344", false },
	{ "nor behind a word", "amina_0911223344", false },
	{ "a day is not", "01/03/2026", false },
	{ "25 characters are not", "abcdefghijklmnopqrstuvwxy", false },
	{ "24 are", "abcdefghijklmnopqrstuvwx", true },
	{ "beside a code a name is not", "125080000 / Amina", false },
	{ "a code with nothing beside it is not", "125080000 / ", false },
	{ "a control character is not", "acc\x1b", false },
};

static void
code_holds(void **state)
{
	const struct code *row = *state;

	assert_ptr_equal(decision_code_to_show(row->code),
	    row->want ? row->code : NULL);
}

int
main(void)
{
	return ROWS_RUN("decision", rows, row_holds) +
	    ROWS_RUN("decision: limits", limits, limit_holds) +
	    ROWS_RUN("decision: tails", tails, tail_holds) +
	    ROWS_RUN("decision: codes", codes, code_holds);
}
