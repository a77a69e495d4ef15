/*
 * A row writes members into a case and one of its service rows, and says what
 * is to be read from it, one "name=value" a line.
 */
#include "formats/primero.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsonitems.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define ARENA ((size_t)64 * 1024 * 1024)
#define TEXT 4096
#define CASE_ID "234bbac3-7278-430a-98b5-1abc460671ec"

enum { SITE, SHARED, NEGATIVE };

static const struct node *const senders[] = {
	[SITE] = &sites_site,
	[SHARED] = &sites_shared,
	[NEGATIVE] = &sites_negative,
};

static const char *const usual_case[] = {
	"\"id\":\"c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a\"",
	"\"case_id\":\"234bbac3-7278-430a-98b5-1abc460671ec\"",
	"\"enabled\":true",
	"\"status\":\"open\"",
	"\"module_id\":\"primeromodule-cp\"",
	"\"owned_by\":\"gmb_worker\"",
	"\"owned_by_agency_id\":\"UNICEF\"",
	NULL,
};

static const char *const usual_row[] = {
	"\"unique_id\":\"66299d30-7d59-40aa-a4fc-289669d0e16a\"",
	"\"service_type\":\"alternative_care\"",
	"\"service_implementing_agency\":\"UNHCR\"",
	"\"service_status_referred\":true",
	"\"service_response_day_time\":\"2026-02-08T16:40:17.000Z\"",
	NULL,
};

static const struct row {
	const char *name;
	const char *in_case; /* members added, or put in place of usual ones */
	const char *in_row;
	const char *want;
	int sender;	  /* SITE if not said */
	const char *only; /* "#self": the whole ref */
} rows[] = {
	/* What a referral is made of. */
	{ "a row for UNHCR that was referred is a referral", "", "",
	    "count=1\nfrom=UNICEF\nto=UNHCR\nservice.type=alternative_care\n"
	    "made_on=2026-02-08\npurpose=refugee_cp_case_management\n"
	    "priority=normal\nin_progress=yes\nenabled=yes\nopen=yes\n"
	    "module=primeromodule-cp\nunmapped=\nunreadable=\n"
	    "case_id=" CASE_ID "\nhas_draft=no",
	    0, NULL },
	{ "texts, codes, lists and ticks are read by their kind",
	    "\"name_first\":\"Achol\",\"sex\":\"female\",\"date_of_birth\":"
	    "\"2015-05-04\",\"estimated\":\"true\",\"nationality\":[\"ssd\"],"
	    "\"unhcr_needs_codes\":[\"cr-cp\"],\"risk_level\":\"high\"",
	    "",
	    "name_first=Achol\nsex=female\ndate_of_birth=2015-05-04\n"
	    "estimated=yes\nnationality=ssd\nspecific_needs=cr-cp\n"
	    "risk_level=high\nunreadable=",
	    0, NULL },
	{ "a telephone number that is a number keeps its digits",
	    "\"telephone_current\":446598451512", "",
	    "telephone_current=446598451512\nunreadable=", 0, NULL },
	{ "a number with a fraction is no telephone number",
	    "\"telephone_current\":4.5", "",
	    "telephone_current=\nunreadable=telephone_current", 0, NULL },
	{ "an age may be an integer or its digits", "\"age\":\"12\"", "",
	    "age=12\nunreadable=", 0, NULL },
	{ "an age that no person has is not read", "\"age\":151", "",
	    "age=\nunreadable=age", 0, NULL },
	{ "an age in words is not read", "\"age\":\"twelve\"", "",
	    "age=\nunreadable=age", 0, NULL },
	{ "null, nothing and white space are absent, not unreadable",
	    "\"name_first\":null,\"name_last\":\"\",\"language\":[],"
	    "\"age\":\" \"",
	    "", "name_first=\nname_last=\nlanguage=\nage=\nunreadable=", 0,
	    NULL },
	{ "a name is never split into first and last",
	    "\"name\":\"Aicha Example\"", "",
	    "name_first=\nname_last=\nmasked=no", 0, NULL },
	{ "a control character is taken out, and that is noted",
	    "\"name_first\":\"Ac\\u0007hol\"", "",
	    "name_first=Achol\naltered=yes", 0, NULL },
	{ "notes keep their lines", "",
	    "\"service_referral_notes\":\"one\\ntwo\"",
	    "service.notes=one\ntwo", 0, NULL },

	/* When the child was born: a day is never guessed. */
	{ "a birth date is a date", "\"date_of_birth\":\"2015-05-04\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "a midnight in UTC is a birth date as written",
	    "\"date_of_birth\":\"2015-05-04T00:00:00Z\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "thousandths of nothing change nothing",
	    "\"date_of_birth\":\"2015-05-04T00:00:00.000Z\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "UTC may be spelled with digits",
	    "\"date_of_birth\":\"2015-05-04T00:00:00-00:00\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "a birth date without a zone is the date as written",
	    "\"date_of_birth\":\"2015-05-04T00:00:00\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "without a zone the time does not count",
	    "\"date_of_birth\":\"2015-05-04T17:00:00.5\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "a midnight at the site is the site's own date",
	    "\"date_of_birth\":\"2015-05-03T21:00:00Z\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "a midnight in the site's zone is as well",
	    "\"date_of_birth\":\"2015-05-04T00:00:00+03:00\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "so is the site's midnight told in another zone",
	    "\"date_of_birth\":\"2015-05-04T04:00:00.000+07:00\"", "",
	    "date_of_birth=2015-05-04\nunreadable=\nunclear=", 0, NULL },
	{ "the site's midnight may be in another year",
	    "\"date_of_birth\":\"2014-12-31T21:00:00Z\"", "",
	    "date_of_birth=2015-01-01\nunreadable=\nunclear=", 0, NULL },
	{ "a midnight elsewhere leaves two days possible",
	    "\"date_of_birth\":\"1982-10-09T17:00:00Z\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "nor is a midnight of another zone the child's day",
	    "\"date_of_birth\":\"2015-05-04T00:00:00+07:00\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "a second after midnight is none",
	    "\"date_of_birth\":\"2015-05-04T00:00:01Z\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "nor is a part of a second after it",
	    "\"date_of_birth\":\"2015-05-04T00:00:00.001Z\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "nor is a part of a second after the site's",
	    "\"date_of_birth\":\"2015-05-03T21:00:00.5Z\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "what UTC calls midnight in another zone is no midnight",
	    "\"date_of_birth\":\"2015-05-04T03:00:00+03:00\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", 0, NULL },
	{ "another site has its midnight elsewhere",
	    "\"date_of_birth\":\"2015-05-03T21:00:00Z\"", "",
	    "date_of_birth=\nunreadable=\nunclear=birth", SHARED, NULL },
	{ "a birth date that is no date is not read",
	    "\"date_of_birth\":\"2015-02-30\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor is one with a time that is none",
	    "\"date_of_birth\":\"2015-05-04T24:00:00Z\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor one with a zone that is none",
	    "\"date_of_birth\":\"2015-05-04T00:00:00 UTC\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor one with a point and no digits",
	    "\"date_of_birth\":\"2015-05-04T00:00:00.Z\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor one in another order", "\"date_of_birth\":\"04/05/2015\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor a year alone", "\"date_of_birth\":\"2015\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor a day past the last that can be written",
	    "\"date_of_birth\":\"9999-12-31T22:00:00Z\"", "",
	    "date_of_birth=\nunclear=birth", 0, NULL },
	{ "nor the midnight after it",
	    "\"date_of_birth\":\"9999-12-31T21:00:00Z\"", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },
	{ "nor a number", "\"date_of_birth\":2015", "",
	    "date_of_birth=\nunreadable=date_of_birth\nunclear=", 0, NULL },

	{ "in an export only id and data are used",
	    "\"srch_name\":\"never\",\"name_first\":\"Achol\"", "#export",
	    "count=1\nname_first=Achol", 0, NULL },

	/* When it was asked for. */
	{ "an evening in UTC is the next day at the site", "",
	    "\"service_response_day_time\":\"2026-02-08T22:00:00.000Z\"",
	    "made_on=2026-02-09\nservice.requested_on=2026-02-09", 0, NULL },
	{ "midnight in UTC is a date without a time", "",
	    "\"service_response_day_time\":\"2026-02-08T00:00:00Z\"",
	    "made_on=2026-02-08", 0, NULL },
	{ "a time without a zone is the date as written", "",
	    "\"service_response_day_time\":\"2026-02-08T23:00:00\"",
	    "made_on=2026-02-08", 0, NULL },
	{ "a zone of its own is turned into the site's date", "",
	    "\"service_response_day_time\":\"2026-02-08T23:30:00-02:00\"",
	    "made_on=2026-02-09", 0, NULL },
	{ "a plain date will do", "",
	    "\"service_response_day_time\":\"2026-02-08\"",
	    "made_on=2026-02-08", 0, NULL },
	{ "a missing day is noted, not invented", "",
	    "\"service_response_day_time\":null",
	    "made_on=\nunreadable=service.requested_on", 0, NULL },
	{ "a day in another form is noted, not guessed", "",
	    "\"service_response_day_time\":\"08/02/2026\"",
	    "made_on=\nunreadable=service.requested_on", 0, NULL },

	/* How urgent it is. */
	{ "within a day is an emergency", "",
	    "\"service_response_timeframe\":\"1_day\"", "priority=emergency", 0,
	    NULL },
	{ "within three days is urgent", "",
	    "\"service_response_timeframe\":\"3_days\"", "priority=urgent", 0,
	    NULL },
	{ "an urgent protection concern is at least urgent",
	    "\"urgent_protection_concern\":\"true\"", "", "priority=urgent", 0,
	    NULL },
	{ "an urgent concern does not slow an emergency down",
	    "\"urgent_protection_concern\":true",
	    "\"service_response_timeframe\":\"1_hour\"", "priority=emergency",
	    0, NULL },
	{ "a timeframe outside the four words is noted", "",
	    "\"service_response_timeframe\":\"soon\"",
	    "priority=normal\nunreadable=service.timeframe\n"
	    "unclear=priority",
	    0, NULL },
	{ "an urgent concern that is neither yes nor no is noted",
	    "\"urgent_protection_concern\":\"maybe\"", "",
	    "priority=normal\nunclear=priority", 0, NULL },
	{ "an urgent concern that is not said is none",
	    "\"urgent_protection_concern\":null", "",
	    "priority=normal\nunclear=", 0, NULL },

	/* Which rows are referrals, and what becomes of the others. */
	{ "silent failure 3: an agency in small letters is the same agency", "",
	    "\"service_implementing_agency\":\"unhcr \"",
	    "count=1\nto=UNHCR\npassed=", 0, NULL },
	{ "another agency is counted as it is written", "",
	    "\"service_implementing_agency\":\"Unhrc\"",
	    "count=0\npassed=Unhrc:1", 0, NULL },
	{ "an agency with a flow that is not this receiver's is counted", "",
	    "\"service_implementing_agency\":\"IRC\"", "count=0\npassed=IRC:1",
	    0, NULL },
	{ "an agency's name that cannot be read is counted without a name", "",
	    "\"service_implementing_agency\":{}", "count=0\npassed=:1", 0,
	    NULL },
	{ "a service of our own is not counted", "",
	    "\"service_implementing_agency\":\"Unicef\"", "count=0\npassed=", 0,
	    NULL },
	{ "a service of an agency we act for is not counted", "",
	    "\"service_implementing_agency\":\"DRC\"",
	    "count=0\npassed=", SHARED, NULL },
	{ "a service without agency is not counted", "",
	    "\"service_implementing_agency\":null", "count=0\npassed=", 0,
	    NULL },
	{ "a service done already is passed over", "",
	    "\"service_implemented\":\"implemented\"",
	    "count=0\npassed=implemented", 0, NULL },
	{ "a service not done yet is a referral", "",
	    "\"service_implemented\":\"not_implemented\"",
	    "count=1\nin_progress=yes", 0, NULL },
	{ "a word about it that is not known holds it, and does not lose it",
	    "", "\"service_implemented\":\"maybe\"",
	    "count=1\nin_progress=unknown", 0, NULL },
	{ "a service that was not referred is passed over", "",
	    "\"service_status_referred\":false", "count=0\npassed=not_referred",
	    0, NULL },
	{ "a service that does not say so was not referred", "",
	    "\"service_status_referred\":null", "count=0\npassed=not_referred",
	    0, NULL },
	{ "the word true is a tick too", "",
	    "\"service_status_referred\":\"true\"", "count=1\nin_progress=yes",
	    0, NULL },
	{ "another kind of tick holds it, and does not lose it", "",
	    "\"service_status_referred\":1", "count=1\nin_progress=unknown", 0,
	    NULL },
	{ "what came from the other system is not sent back", "",
	    "\"service_request_external\":true", "count=0\npassed=known_there",
	    0, NULL },
	{ "what bears an intervention number is known there", "",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=0\npassed=known_there", 0, NULL },
	{ "what is known there is read when it is named", "",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=1", 0, "#self" },
	{ "it is named by its case_id alone", "",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=1", 0, CASE_ID },
	{ "and by the start of that", "",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=1", 0, "234bbac3" },
	{ "and by its display number", "\"case_id_display\":\"0671ec7\"",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=1", 0, "0671ec7" },
	{ "and by its individual number",
	    "\"unhcr_individual_no\":\"900-00C00001\"",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=1", 0, "900-00C00001" },
	{ "the start of a number names nothing",
	    "\"unhcr_individual_no\":\"900-00C00001\"",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=0\npassed=known_there", 0, "900-00C0" },
	{ "and so does the empty word", "",
	    "\"progres_interventionnumber\":\"612-26-PRTITV-0000038\"",
	    "count=0\npassed=known_there", 0, "" },
	{ "a row without an id of its own is counted", "", "\"unique_id\":\"\"",
	    "count=0\npassed=without_id", 0, NULL },
	{ "a case without a list of services has none",
	    "\"services_section\":null", "#none", "count=0\npassed=", 0, NULL },
	{ "a case with a referral but no case_id faults", "\"case_id\":null",
	    "", "fault=FORM", 0, NULL },
	{ "a case with a referral but no id faults", "\"id\":\"\"", "",
	    "fault=FORM", 0, NULL },
	{ "a case without id and without a referral does not", "\"id\":null",
	    "\"service_implementing_agency\":null", "count=0", 0, NULL },
	{ "services that are no list fault", "\"services_section\":{}", "#none",
	    "fault=FORM", 0, NULL },

	/* Codes. */
	{ "silent failure 5: a service outside the map is left out and noted",
	    "", "\"service_type\":\"food\"",
	    "count=1\nservice.type=\nunmapped=service.type", 0, NULL },
	{ "silent failure 7: an unknown language does not become other",
	    "\"language\":[\"language1\",\"language99\"]", "",
	    "language=anyuak\nunmapped=language", 0, NULL },
	{ "two values of one code are one item",
	    "\"language\":[\"language2\",\"language3\"]", "",
	    "language=nuer\nunmapped=", 0, NULL },
	{ "a code with two entries in the map is left out and noted",
	    "\"protection_concerns\":[\"twice\",\"neglect\"]", "",
	    "protection_concerns=neglect\nunmapped=protection_concerns", 0,
	    NULL },
	{ "silent failure 13: every concern that has an entry is read",
	    "\"protection_concerns\":[\"child_labour\",\"separated\"]", "",
	    "protection_concerns=child_labour,separated\nunmapped=", 0, NULL },
	{ "silent failure 12: a sex outside the map is not unknown",
	    "\"sex\":\"x_17\"", "", "sex=\nunmapped=sex", 0, NULL },
	{ "a field is noted once however many values it has",
	    "\"language\":[\"a\",\"b\",\"c\"]", "",
	    "language=\nunmapped=language", 0, NULL },
	{ "a status outside the two words is noted",
	    "\"protection_status\":\"lost\"", "",
	    "protection_status=\nunreadable=protection_status", 0, NULL },
	{ "silent failure 15: the family's number stays the family's",
	    "\"unhcr_id_no\":\"803-23-1000552\"", "",
	    "unhcr_individual_no=\nunhcr_id_no=803-23-1000552", 0, NULL },

	/* The caregiver. */
	{ "the caregiver is the one marked for the referral form",
	    "\"care_arrangements_section\":[{\"name_caregiver\":\"No\"},"
	    "{\"name_caregiver\":\"Nyawal\",\"relationship_caregiver\":"
	    "\"aunt\",\"care_arrangements_include_referral_form\":true}]",
	    "", "caregiver.name=Nyawal\ncaregiver.relationship=aunt", 0, NULL },
	{ "with two marked none is taken, and that is noted",
	    "\"care_arrangements_section\":[{\"name_caregiver\":\"A\","
	    "\"care_arrangements_include_referral_form\":true},"
	    "{\"name_caregiver\":\"B\","
	    "\"care_arrangements_include_referral_form\":\"true\"}]",
	    "", "caregiver.name=\nunreadable=caregiver.name", 0, NULL },
	{ "with none marked there is none",
	    "\"care_arrangements_section\":[{\"name_caregiver\":\"A\"}]", "",
	    "caregiver.name=\nunreadable=", 0, NULL },
	{ "whether the caregiver was told, and if not why",
	    "\"referral_caregiver_informed\":\"false\","
	    "\"referral_caregiver_informed_details\":\"not safe\"",
	    "", "caregiver_informed=no\ncaregiver_informed_details=not safe", 0,
	    NULL },

	/* Who sends it. */
	{ "the sender is the owner as this node lists them", "", "",
	    "sender.user=gmb_worker\nsender.full_name=Almaz Example\n"
	    "sender.email=almaz@example.invalid\nsender.agency=UNICEF",
	    0, NULL },
	{ "the case's own user record of the owner comes first",
	    "\"user\":{\"user_name\":\"gmb_worker\",\"full_name\":\"Almaz "
	    "E.\"}",
	    "", "sender.full_name=Almaz E.\nsender.email=", 0, NULL },
	{ "silent failure 4: another user's record is not put in its place",
	    "\"owned_by\":\"gmb_new\",\"user\":{\"user_name\":\"gmb_admin\","
	    "\"full_name\":\"Admin\",\"email\":\"a@example.invalid\"}",
	    "", "sender.user=gmb_new\nsender.full_name=\nsender.email=", 0,
	    NULL },
	{ "silent failure 4: an owner nobody lists is only a user name",
	    "\"owned_by\":\"gmb_new\"", "",
	    "sender.user=gmb_new\nsender.full_name=\nsender.phone=", 0, NULL },
	{ "without an owner the user record is taken",
	    "\"owned_by\":null,\"user\":{\"user_name\":\"x\",\"phone\":12}", "",
	    "sender.user=x\nsender.phone=12", 0, NULL },
	{ "without an owning agency the node's own party is meant",
	    "\"owned_by_agency_id\":null", "", "from=UNICEF\nunmapped=", 0,
	    NULL },
	{ "a node that acts for others needs the owning agency",
	    "\"owned_by_agency_id\":null", "",
	    "count=1\nfrom=\nsender.agency=\nunmapped=sender.agency", SHARED,
	    NULL },
	{ "a case of an agency the node acts for is that agency's",
	    "\"owned_by_agency_id\":\"danish council\"", "",
	    "from=DRC\npurpose=\nunmapped=", SHARED, NULL },
	{ "a case of another party says so, for the rules to refuse",
	    "\"owned_by_agency_id\":\"IRC\"", "", "from=IRC\ncount=1", 0,
	    NULL },
	{ "an owning agency outside the map is noted",
	    "\"owned_by_agency_id\":\"Nobody\"", "",
	    "from=\nunmapped=sender.agency", 0, NULL },
	{ "the person asked for is kept", "",
	    "\"service_implementing_agency_individual\":\"tabide\"",
	    "to_user=tabide", 0, NULL },

	/* Facts beside the referral. */
	{ "a name of asterisks is masked", "\"name\":\"*******\"", "",
	    "masked=yes", 0, NULL },
	{ "a name marked as hidden is masked",
	    "\"name\":\"Aicha\",\"hidden_name\":\"true\"", "", "masked=yes", 0,
	    NULL },
	{ "a closed case is not open", "\"status\":\"closed\"", "", "open=no",
	    0, NULL },
	{ "a status that is not known is unknown", "\"status\":\"sleeping\"",
	    "", "open=unknown", 0, NULL },
	{ "no word about enabled is unknown", "\"enabled\":null", "",
	    "enabled=unknown", 0, NULL },
	{ "a note about what to withhold is noted",
	    "\"withhold_details\":\"my address\"", "", "withheld=note", 0,
	    NULL },
	{ "a reason to withhold is noted",
	    "\"withholding_info_reason\":[\"fear\"]", "", "withheld=note", 0,
	    NULL },
	{ "empty notes withhold nothing",
	    "\"withhold_details\":\"\",\"withholding_info_reason\":[],"
	    "\"disclosure_deny_details\":null",
	    "", "withheld=", 0, NULL },
	{ "a withholding of another kind is noted as unread",
	    "\"disclosure_deny_details\":{\"a\":1}", "", "withheld=unread", 0,
	    NULL },
	{ "fear among the reasons is told",
	    "\"withholding_info_reason\":[\"others\",\"fear\"]", "",
	    "fears=yes", 0, NULL },
	{ "however a site spells it",
	    "\"withholding_info_reason\":\"Fear_of_harm\"", "", "fears=yes", 0,
	    NULL },
	{ "another reason is no fear",
	    "\"withholding_info_reason\":[\"communicate_information\"]", "",
	    "fears=no", 0, NULL },
	{ "no reason is no fear", "\"withholding_info_reason\":null", "",
	    "fears=no", 0, NULL },
	{ "a reason of another kind may be fear",
	    "\"withholding_info_reason\":7", "", "fears=unknown", 0, NULL },
	{ "one of another kind among them may be too",
	    "\"withholding_info_reason\":[\"others\",7]", "", "fears=unknown",
	    0, NULL },
	{ "beside fear it does not matter",
	    "\"withholding_info_reason\":[7,\"fear\"]", "", "fears=yes", 0,
	    NULL },
	{ "every basis the case names is told",
	    "\"legitimate_basis\":[\"contract\",\"consent\"]", "",
	    "bases=contract,consent", 0, NULL },
	{ "a basis of another kind is told as unread",
	    "\"legitimate_basis\":{\"a\":1}", "", "bases=unread", 0, NULL },
	{ "no basis is none", "\"consent_for_services\":true", "", "bases=", 0,
	    NULL },
	{ "an override of consent is told", "\"consent_overridden\":true", "",
	    "overridden=yes", 0, NULL },

	/* The draft of a consent record. */
	{ "consent is given when every tick says yes",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":\"true\","
	    "\"unhcr_export_opt_in\":true,\"legitimate_basis\":[\"consent\"],"
	    "\"information_shared_services\":[\"alternative_care\"]",
	    "",
	    "has_draft=yes\nstatus=given\nbasis=consent\n"
	    "services=alternative_care\nrecipients=UNHCR\nopt_in=yes\n"
	    "subject=" CASE_ID,
	    0, NULL },
	{ "one no refuses",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":false",
	    "", "status=refused\nrecipients=\nopt_in=no", 0, NULL },
	{ "a missing tick is unknown, never a yes",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true", "",
	    "status=unknown\nrecipients=\nopt_in=unknown", 0, NULL },
	{ "a tick in another word is unknown, never a yes",
	    "\"consent_for_services\":\"yes\",\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true",
	    "", "status=unknown", 0, NULL },
	{ "under negative polarity yes means no",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":\"true\"",
	    "", "status=refused\nopt_in=yes\nrecipients=", NEGATIVE, NULL },
	{ "under negative polarity no means yes",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":false",
	    "", "status=given\nopt_in=no\nrecipients=UNHCR", NEGATIVE, NULL },
	{ "without the opt-in field the list of those to share with counts",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"consent_info_sharing\":[\"family\",\"unhcr\"]",
	    "", "status=given\nrecipients=UNHCR\nopt_in=unknown", 0, NULL },
	{ "an opt-in that cannot be read is not made good by the list",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":\"maybe\","
	    "\"consent_info_sharing\":[\"unhcr\"]",
	    "", "status=unknown\nrecipients=", 0, NULL },
	{ "a list of services that holds something else is unknown",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true,"
	    "\"information_shared_services\":[\"medical\",{\"a\":1}]",
	    "", "status=unknown\nservices=", 0, NULL },
	{ "services that are no list are unknown",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true,"
	    "\"information_shared_services\":{\"a\":1}",
	    "", "status=unknown\nservices=", 0, NULL },
	{ "services that are not there may be said by the register",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true,"
	    "\"information_shared_services\":null",
	    "", "status=given\nservices=", 0, NULL },
	{ "a basis that cannot be read makes consent unknown",
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true,\"legitimate_basis\":{\"a\":1}",
	    "", "status=unknown\nbasis=", 0, NULL },
	{ "a basis that cannot be read leaves a no a no",
	    "\"consent_for_services\":false,\"legitimate_basis\":[true]", "",
	    "status=refused\nbasis=", 0, NULL },
	{ "a number of the case with a mark that cannot be seen is unreadable",
	    "\"unhcr_individual_no\":\"803\\u200b-1\"", "",
	    "unreadable=unhcr_individual_no", 0, NULL },
	{ "a display form with one, too",
	    "\"case_id_display\":\"\\u200eab12345\"", "",
	    "unreadable=case_id_display", 0, NULL },
	{ "a name with one is read", "\"name_last\":\"Ab\\u200bd\"", "",
	    "unreadable=", 0, NULL },
	{ "several bases are for a person to choose from",
	    "\"legitimate_basis\":[\"consent\",\"vital_interests\"]", "",
	    "has_draft=yes\nbasis=", 0, NULL },
	{ "the site's own fields fill in who, when and how",
	    "\"interview_subject\":\"caregiver\",\"consent_date\":"
	    "\"2026-01-30\",\"consent_method\":\"thumbprint\"",
	    "",
	    "has_draft=yes\ngivers=caregiver\ngiven_on=2026-01-30\n"
	    "method=thumbprint",
	    0, NULL },
	{ "a giver or method that is not known is left out",
	    "\"interview_subject\":\"neighbour\",\"consent_method\":\"nod\"",
	    "", "givers=\nmethod=", 0, NULL },
};

struct readout {
	struct arena *arena;
	struct json *json;
	struct source_row *rows;
	size_t count;
	struct passed_over passed;
	struct fault why;
	int rc;
};

static void
append(char *out, const char *text)
{
	size_t len = strlen(out);

	(void)snprintf(out + len, TEXT - len, "%s", text);
}

/* The members, and of the usual ones those that are not written anew. */
static void
write_members(char *out, const char *const *usual, const char *extra)
{
	char name[64];
	size_t len;

	for (; *usual != NULL; usual++) {
		len = (size_t)(strchr(*usual, ':') - *usual) + 1;
		memcpy(name, *usual, len);
		name[len] = '\0';
		if (strstr(extra, name) != NULL)
			continue;
		append(out, *usual);
		append(out, ",");
	}
	append(out, extra);
	len = strlen(out);
	if (out[len - 1] == ',')
		out[len - 1] = '\0';
}

static void
write_case(const struct row *row, char *out)
{
	bool export = strcmp(row->in_row, "#export") == 0;

	out[0] = '\0';
	if (export)
		append(out,
		    "{\"id\":\"c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a\","
		    "\"srch_x\":1,\"data\":");
	append(out, "{");
	write_members(out, usual_case, row->in_case);
	if (strcmp(row->in_row, "#none") != 0) {
		append(out, ",\"services_section\":[{");
		write_members(out, usual_row, export ? "" : row->in_row);
		append(out, "}]");
	}
	append(out, export ? "}}" : "}");
}

static void
read_case(const struct row *row, const char *only, struct readout *out)
{
	struct source_reader reader = { .agreement = &sites_agreement,
		.sender = senders[row->sender],
		.receiver = &sites_hub,
		.only = &only,
		.only_count = only == NULL ? 0 : 1 };
	char text[TEXT];

	memset(out, 0, sizeof(*out));
	write_case(row, text);
	assert_non_null(out->arena = arena_new(ARENA, &out->why));
	if (json_read(text, strlen(text), &json_foreign, &out->json,
		&out->why) == -1)
		fail_msg("%s: %s", text, out->why.detail);
	out->rc = primero_read(&reader, json_root(out->json), 7, out->arena,
	    &out->rows, &out->count, &out->passed, &out->why);
}

static void
free_readout(struct readout *r)
{
	json_free(r->json);
	arena_free(r->arena);
}

static const char *
answer(enum answer_given a)
{
	return a == ANSWER_YES ? "yes" : a == ANSWER_NO ? "no" : "unknown";
}

static void
show_items(const char *const *items, size_t count, char *out)
{
	for (size_t i = 0; i < count; i++) {
		append(out, i > 0 ? "," : "");
		append(out, items[i]);
	}
}

static void
show_field(const struct value *v, enum field f, char *out)
{
	if (!v->present)
		return;
	switch (fields_all[f].kind) {
	case FIELD_CODES:
		show_items(v->items, v->count, out);
		break;
	case FIELD_INTEGER:
		(void)snprintf(out, TEXT, "%" PRId64, v->integer);
		break;
	case FIELD_BOOLEAN:
		append(out, v->yes ? "yes" : "no");
		break;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
	case FIELD_DATE:
		append(out, v->text);
		break;
	}
}

static void
show_day(day d, char *out)
{
	char text[DAY_TEXT];

	day_write(d, text);
	append(out, text);
}

static void
show_passed(const struct passed_over *p, char *out)
{
	append(out, p->implemented > 0 ? "implemented" : "");
	append(out, p->not_referred > 0 ? "not_referred" : "");
	append(out, p->known_there > 0 ? "known_there" : "");
	append(out, p->without_id > 0 ? "without_id" : "");
	for (size_t i = 0; i < p->other_agencies; i++) {
		append(out, p->other_agency[i].value);
		append(out, p->other_agency[i].rows == 1 ? ":1" : ":many");
	}
}

static void
show_facts(const struct source_facts *f, const char *name, char *out)
{
	if (strcmp(name, "unmapped") == 0)
		for (size_t i = 0; i < f->unmapped_count; i++) {
			append(out, i > 0 ? "," : "");
			append(out, fields_all[f->unmapped[i]].name);
		}
	else if (strcmp(name, "unreadable") == 0)
		for (int i = 0; i < FIELD_COUNT; i++)
			append(out, f->unreadable[i] ? fields_all[i].name : "");
	else if (strcmp(name, "unclear") == 0)
		append(out,
		    f->birth_unclear	    ? "birth" :
			f->priority_unclear ? "priority" :
					      "");
	else if (strcmp(name, "masked") == 0)
		append(out, answer(f->name_masked));
	else if (strcmp(name, "enabled") == 0)
		append(out, answer(f->enabled));
	else if (strcmp(name, "open") == 0)
		append(out, answer(f->open));
	else if (strcmp(name, "in_progress") == 0)
		append(out, answer(f->in_progress));
	else if (strcmp(name, "overridden") == 0)
		append(out, answer(f->overridden));
	else if (strcmp(name, "fears") == 0)
		append(out, answer(f->fears_harm));
	else if (strcmp(name, "bases") == 0 && f->bases_unread)
		append(out, "unread");
	else if (strcmp(name, "bases") == 0)
		show_items(f->bases.items, f->bases.count, out);
	else if (strcmp(name, "module") == 0)
		append(out, f->module_id);
	else if (strcmp(name, "altered") == 0)
		append(out, f->text_altered ? "yes" : "no");
	else if (strcmp(name, "withheld") == 0)
		append(out,
		    f->withheld_note	   ? "note" :
			f->withheld_unread ? "unread" :
					     "");
	else
		fail_msg("nobody knows %s", name);
}

static bool
show_draft(const struct consent *c, const char *name, char *out)
{
	static const char *const statuses[] = { "unknown", "given", "refused",
		"withdrawn", "expired", "not_asked" };
	static const char *const roles[] = { "child", "caregiver", "guardian",
		"other" };
	static const char *const methods[] = { "", "written", "thumbprint",
		"verbal_witnessed", "attested_in_source" };

	if (strcmp(name, "status") == 0)
		append(out, statuses[c->status]);
	else if (strcmp(name, "basis") == 0)
		append(out, c->basis == NULL ? "" : c->basis);
	else if (strcmp(name, "services") == 0)
		show_items(c->services.items, c->services.count, out);
	else if (strcmp(name, "recipients") == 0)
		show_items(c->recipients.items, c->recipients.count, out);
	else if (strcmp(name, "opt_in") == 0)
		append(out, answer(c->source.unhcr_export_opt_in));
	else if (strcmp(name, "subject") == 0)
		append(out, c->subject_ref);
	else if (strcmp(name, "given_on") == 0)
		show_day(c->given_on, out);
	else if (strcmp(name, "method") == 0)
		append(out, methods[c->method]);
	else if (strcmp(name, "givers") == 0)
		for (size_t i = 0; i < c->given_by_count; i++)
			append(out, roles[c->given_by[i].role]);
	else
		return false;
	return true;
}

static bool
show_referral(const struct referral *r, const char *name, char *out)
{
	const char *text;
	enum field f;

	if (fields_find(name, &f)) {
		show_field(&r->value[f], f, out);
		return true;
	}
	if (strcmp(name, "made_on") == 0) {
		show_day(r->made_on, out);
		return true;
	}
	if (strcmp(name, "from") == 0)
		text = r->from_agency;
	else if (strcmp(name, "to") == 0)
		text = r->to_agency;
	else if (strcmp(name, "to_user") == 0)
		text = r->to_user;
	else if (strcmp(name, "purpose") == 0)
		text = r->purpose;
	else if (strcmp(name, "case_id") == 0)
		text = r->origin.case_id;
	else if (strcmp(name, "priority") == 0)
		text = referral_priority_name(r->priority);
	else
		return false;
	append(out, text == NULL ? "" : text);
	return true;
}

static void
show(const struct readout *r, const char *name, char *out)
{
	out[0] = '\0';
	if (strcmp(name, "fault") == 0) {
		append(out, r->rc == 0 ? "none" : "");
		append(out, r->why.id == FAULT_SOURCE_FORM ? "FORM" : "");
		return;
	}
	if (r->rc == -1)
		fail_msg("%s", r->why.detail);
	if (strcmp(name, "count") == 0) {
		(void)snprintf(out, TEXT, "%zu", r->count);
		return;
	}
	if (strcmp(name, "passed") == 0) {
		show_passed(&r->passed, out);
		return;
	}
	assert_int_equal(r->count, 1);
	if (strcmp(name, "has_draft") == 0)
		append(out, r->rows[0].has_draft ? "yes" : "no");
	else if (!show_draft(&r->rows[0].draft, name, out) &&
	    !show_referral(&r->rows[0].referral, name, out))
		show_facts(&r->rows[0].facts, name, out);
}

/* Notes may hold a line end: only a line with "=" begins a new want. */
static const char *
next_want(const char *want, char *name, char *value)
{
	const char *equals = strchr(want, '='), *end = strchr(want, '\n');

	while (end != NULL &&
	    (strchr(end + 1, '=') == NULL ||
		memchr(end + 1, '\n',
		    (size_t)(strchr(end + 1, '=') - end - 1)) != NULL))
		end = strchr(end + 1, '\n');
	assert_non_null(equals);
	(void)snprintf(name, 64, "%.*s", (int)(equals - want), want);
	(void)snprintf(value, TEXT, "%.*s",
	    end == NULL ? (int)strlen(equals + 1) : (int)(end - equals - 1),
	    equals + 1);
	return end == NULL ? NULL : end + 1;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	char name[64], value[TEXT], got[TEXT];
	struct row without = *row;
	struct readout r;
	char *ref = NULL;

	if (row->only != NULL && strcmp(row->only, "#self") != 0) {
		assert_non_null(ref = strdup(row->only));
	} else if (row->only != NULL) {
		/* Its ref, from the same case before it was known there. */
		without.in_row = "";
		read_case(&without, NULL, &r);
		assert_int_equal(r.count, 1);
		ref = strdup(r.rows[0].referral.ref);
		free_readout(&r);
	}
	read_case(row, ref, &r);
	for (const char *want = row->want; want != NULL;) {
		want = next_want(want, name, value);
		show(&r, name, got);
		if (strcmp(got, value) != 0)
			fail_msg("%s is \"%s\", not \"%s\"", name, got, value);
	}
	free(ref);
	free_readout(&r);
}

/* Every sample of the systems that is a case, in whatever shape it comes. */
static const struct sample {
	const char *name;
	size_t cases;
	bool json; /* some files of theirs are not */
	bool faults;
} samples[] = {
	{ "flow2_primeroReferraltoUNHCR.json", 1, true, false },
	{ "getPrimeroCases.json", 0, false, true },
	{ "getPrimeroReferral.json", 2, true, true },
	{ "response__postToPrimeroCases.json", 1, true, false },
};

static void
read_items(const struct sample *s, struct jsonitems *items, struct arena *a)
{
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_site,
		.receiver = &sites_hub };
	struct passed_over passed = { 0 };
	struct source_row *read;
	size_t count, number, cases = 0;
	struct fault why;
	struct json *j;
	int got, rc;

	while ((got = jsonitems_next(items, &j, &number, &why)) == 1) {
		rc = primero_read(&reader, json_root(j), number, a, &read,
		    &count, &passed, &why);
		assert_int_equal(rc, s->faults ? -1 : 0);
		cases++;
		json_free(j);
	}
	assert_int_equal(got, s->json ? 0 : -1);
	assert_int_equal(cases, s->cases);
}

static void
sample_holds(void **state)
{
	const struct sample *s = *state;
	char path[256];
	struct jsonitems *items;
	struct source *from;
	struct arena *a;
	struct fault why;
	FILE *f;

	(void)snprintf(path, sizeof(path), "../shared/samples/primero/%s",
	    s->name);
	if ((f = fopen(path, "r")) == NULL) {
		skip();
		return;
	}
	assert_non_null(a = arena_new(ARENA, &why));
	assert_non_null(from = source_from_fd(fileno(f), s->name, &why));
	assert_non_null(items = jsonitems_new(from, &why));
	read_items(s, items, a);
	jsonitems_free(items);
	source_free(from);
	arena_free(a);
	(void)fclose(f);
}

/* What is no case at all, and what it is named as. */
static const struct whole {
	const char *name;
	const char *text;
	enum fault_id want;
} wholes[] = {
	{ "an object without any mark of a case is none",
	    "{\"id\":\"x\",\"name\":\"y\"}", FAULT_SOURCE_FORM },
	{ "an export row without a case is none", "{\"id\":\"x\",\"data\":{}}",
	    FAULT_SOURCE_FORM },
	{ "a case with nothing but its module is one without services",
	    "{\"module_id\":\"primeromodule-cp\"}", FAULT_NONE },
	{ "a service row that is no object is counted, not read",
	    "{\"services_section\":[1,null,\"x\"]}", FAULT_NONE },
};

static void
whole_holds(void **state)
{
	const struct whole *w = *state;
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_site,
		.receiver = &sites_hub };
	struct passed_over passed = { 0 };
	struct fault why = { .id = FAULT_NONE };
	struct source_row *read;
	struct json *j = NULL;
	struct arena *a;
	size_t count;

	assert_non_null(a = arena_new(ARENA, &why));
	assert_int_equal(json_read(w->text, strlen(w->text), &json_foreign, &j,
			     &why),
	    0);
	assert_int_equal(primero_read(&reader, json_root(j), 3, a, &read,
			     &count, &passed, &why),
	    w->want == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, w->want);
	assert_int_equal(count, 0);
	if (strstr(w->text, "[1") != NULL)
		assert_int_equal(passed.without_id, 3);
	json_free(j);
	arena_free(a);
}

int
main(void)
{
	int failed = 0;

	failed += ROWS_RUN("primero", rows, row_holds);
	failed += ROWS_RUN("primero samples", samples, sample_holds);
	failed += ROWS_RUN("primero wholes", wholes, whole_holds);
	return failed;
}
