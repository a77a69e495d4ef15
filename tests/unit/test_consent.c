#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/consent.h"
#include "formats/json.h"

#define ID "0f8fad5b-d9cb-469f-a165-70867728950e"
#define HEAD                                                   \
	"{\"satchel\":\"consent/1\",\"record_id\":\"" ID "\"," \
	"\"subject_ref\":\"case-7\",\"status\":\"given\""
#define WITH(member) HEAD "," member "}"

/* Every member there is, in the order in which a record is written. */
static const char whole[] =
    HEAD ",\"kind\":\"both\",\"basis\":\"consent\","
	 "\"given_by\":[{\"role\":\"caregiver\",\"relation\":\"aunt\","
	 "\"on\":\"2026-02-01\"},{\"role\":\"child\"}],"
	 "\"age_at_consent\":0,\"age_estimated\":false,"
	 "\"taken_by\":{\"agency\":\"UNICEF\",\"role\":\"case worker\"},"
	 "\"method\":\"attested_in_source\","
	 "\"attested_by\":{\"user\":\"hub_admin\",\"on\":\"2026-02-02\"},"
	 "\"language\":\"nuer\",\"notice_version\":\"3\","
	 "\"purpose\":\"refugee_cp_case_management\","
	 "\"recipients\":[\"UNHCR\"],\"services\":[],"
	 "\"info_categories\":[\"identity\",\"contact\",\"family\",\"needs\","
	 "\"health\"],"
	 "\"withheld\":{\"any\":true,\"reviewed_by\":\"cp\","
	 "\"fields_removed\":[\"address_current\"]},"
	 "\"given_on\":\"2026-02-01\",\"expires_on\":\"2027-02-01\","
	 "\"withdrawal_method\":\"at the desk\","
	 "\"events\":[{\"type\":\"given\",\"on\":\"2026-02-01\","
	 "\"by_role\":\"caregiver\"},{\"type\":\"narrowed\","
	 "\"on\":\"2026-02-03\"}],"
	 "\"override\":{\"reason_code\":\"not_safe\",\"reason\":\"a\\nb\","
	 "\"authoriser_name\":\"Bekele\",\"authoriser_role\":\"supervisor\","
	 "\"on\":\"2026-02-01\"},"
	 "\"source_fields\":{\"unhcr_export_opt_in\":true,"
	 "\"disclosure_other_orgs\":false,\"consent_for_services\":true,"
	 "\"consent_info_sharing\":[\"unhcr\"]}}";

static int
read_text(const char *text, struct arena *a, struct consent *out,
    struct fault *why)
{
	struct json *json = NULL;
	int rc;

	assert_int_equal(json_read(text, strlen(text), &json_record, &json,
			     why),
	    0);
	rc = consent_read(json_root(json), a, out, FAULT_CONSENT_FORM, why);
	json_free(json);
	return rc;
}

static void
write_text(const struct consent *c, struct bytes *out)
{
	struct jsonout o;
	struct fault why;
	struct sink *sink = bytes_sink_new(out, &why);

	assert_non_null(sink);
	jsonout_start(&o, sink);
	consent_write(&o, NULL, c);
	assert_int_equal(jsonout_end(&o, &why), 0);
	assert_int_equal(sink_finish(sink, &why), 0);
	sink_free(sink);
}

struct case_ {
	const char *name;
	const char *text;
	const char *wrong; /* begins the detail; NULL: it is read and kept */
};

static const struct case_ cases[] = {
	{ "the least there must be", HEAD "}", NULL },
	{ "everything there can be", whole, NULL },
	{ "an empty list stays one", WITH("\"given_by\":[],\"events\":[]"),
	    NULL },
	{ "nothing withheld is said", WITH("\"withheld\":{\"any\":false}"),
	    NULL },
	{ "an override without anything is for a rule", WITH("\"override\":{}"),
	    NULL },
	{ "a case that says nothing", WITH("\"source_fields\":{}"), NULL },
	{ "no status is not unknown",
	    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID
	    "\",\"subject_ref\":\"x\"}",
	    "status is missing" },
	{ "no list of any kind", "[]", "the record" },
	{ "of another version",
	    "{\"satchel\":\"consent/2\",\"record_id\":\"" ID
	    "\",\"subject_ref\":\"x\",\"status\":\"given\"}",
	    "satchel" },
	{ "an id in capitals",
	    "{\"satchel\":\"consent/1\",\"record_id\":"
	    "\"0F8FAD5B-D9CB-469F-A165-70867728950E\","
	    "\"subject_ref\":\"x\",\"status\":\"given\"}",
	    "record_id" },
	{ "an id that is too short",
	    "{\"satchel\":\"consent/1\",\"record_id\":"
	    "\"0f8fad5b-d9cb-469f-a165-70867728950\","
	    "\"subject_ref\":\"x\",\"status\":\"given\"}",
	    "record_id" },
	{ "an id without hyphens",
	    "{\"satchel\":\"consent/1\",\"record_id\":"
	    "\"0f8fad5bad9cba469faa165a70867728950e\","
	    "\"subject_ref\":\"x\",\"status\":\"given\"}",
	    "record_id" },
	{ "a status of our own",
	    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID
	    "\",\"subject_ref\":\"x\",\"status\":\"yes\"}",
	    "status" },
	{ "an unknown name", WITH("\"gave\":true"), "gave is unknown" },
	{ "an unknown name deep down",
	    WITH("\"given_by\":[{\"role\":\"child\",\"when\":1}]"),
	    "given_by[0].when is unknown" },
	{ "a null", WITH("\"expires_on\":null"), "expires_on" },
	{ "a kind of consent that is none", WITH("\"kind\":\"unknown\""),
	    "kind" },
	{ "a giver without a role", WITH("\"given_by\":[{}]"),
	    "given_by[0].role is missing" },
	{ "a giver of a role that is none",
	    WITH("\"given_by\":[{\"role\":\"teacher\"}]"), "given_by[0].role" },
	{ "an age of 151", WITH("\"age_at_consent\":151"), "age_at_consent" },
	{ "an age below 0", WITH("\"age_at_consent\":-1"), "age_at_consent" },
	{ "an age as text", WITH("\"age_at_consent\":\"12\""),
	    "age_at_consent" },
	{ "an answer as text", WITH("\"age_estimated\":\"true\""),
	    "age_estimated" },
	{ "taken by nobody", WITH("\"taken_by\":{}"), "taken_by" },
	{ "a method that is none", WITH("\"method\":\"verbal\""), "method" },
	{ "attested by nobody", WITH("\"method\":\"attested_in_source\""),
	    "attested_by is missing" },
	{ "attested, but written",
	    WITH("\"method\":\"written\",\"attested_by\":{\"user\":\"u\","
		 "\"on\":\"2026-01-01\"}"),
	    "attested_by does not go" },
	{ "attested, but no method",
	    WITH("\"attested_by\":{\"user\":\"u\",\"on\":\"2026-01-01\"}"),
	    "attested_by does not go" },
	{ "attested on no day",
	    WITH("\"method\":\"attested_in_source\",\"attested_by\":"
		 "{\"user\":\"u\"}"),
	    "attested_by.on is missing" },
	{ "a category that is none",
	    WITH("\"info_categories\":[\"identity\",\"money\"]"),
	    "info_categories[1]" },
	{ "a category twice",
	    WITH("\"info_categories\":[\"health\",\"health\"]"),
	    "info_categories" },
	{ "withheld, but not said if any", WITH("\"withheld\":{}"),
	    "withheld.any is missing" },
	{ "a day that does not exist", WITH("\"given_on\":\"2026-02-30\""),
	    "given_on" },
	{ "a moment where a day should be",
	    WITH("\"given_on\":\"2026-02-03T00:00:00Z\""), "given_on" },
	{ "an event without a day", WITH("\"events\":[{\"type\":\"given\"}]"),
	    "events[0].on is missing" },
	{ "an event of a type that is none",
	    WITH("\"events\":[{\"type\":\"read\",\"on\":\"2026-01-01\"}]"),
	    "events[0].type" },
	{ "lines in a relation",
	    WITH("\"given_by\":[{\"role\":\"other\",\"relation\":\"a\\nb\"}]"),
	    "given_by[0].relation" },
	{ "a control character in a reason",
	    WITH("\"override\":{\"reason\":\"a\\u0007\"}"), "override.reason" },
	{ "a number with a mark that cannot be seen",
	    "{\"satchel\":\"consent/1\",\"record_id\":\"" ID
	    "\",\"subject_ref\":\"803\xe2\x80\x8e-1\",\"status\":\"given\"}",
	    "subject_ref has a character in it that cannot be seen" },
	{ "text that is not NFC", WITH("\"purpose\":\"e\xcc\x81\""),
	    "purpose" },
	{ "an empty text", WITH("\"purpose\":\"\""), "purpose" },
	{ "what the case says, as text",
	    WITH("\"source_fields\":{\"unhcr_export_opt_in\":\"true\"}"),
	    "source_fields.unhcr_export_opt_in" },
	{ "what the case does not say",
	    WITH("\"source_fields\":{\"consent_reporting\":true}"),
	    "source_fields.consent_reporting is unknown" },
};

static void
case_holds(void **state)
{
	const struct case_ *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new((size_t)1024 * 1024, &why);
	struct bytes out;
	struct consent consent;

	assert_non_null(a);
	bytes_init(&out, (size_t)1024 * 1024);
	if (c->wrong == NULL) {
		if (read_text(c->text, a, &consent, &why) != 0)
			fail_msg("%s", why.detail);
		write_text(&consent, &out);
		assert_string_equal((const char *)out.at, c->text);
	} else {
		assert_int_equal(read_text(c->text, a, &consent, &why), -1);
		assert_int_equal(why.id, FAULT_CONSENT_FORM);
		if (strncmp(why.detail, c->wrong, strlen(c->wrong)) != 0)
			assert_string_equal(why.detail, c->wrong);
	}
	bytes_free(&out);
	arena_free(a);
}

static void
all_of_it_arrives(void **state)
{
	struct fault why;
	struct arena *a = arena_new((size_t)1024 * 1024, &why);
	struct consent c;
	day d;

	(void)state;
	assert_non_null(a);
	assert_int_equal(read_text(whole, a, &c, &why), 0);
	assert_string_equal(c.record_id, ID);
	assert_int_equal(c.status, CONSENT_GIVEN);
	assert_int_equal(c.kind, CONSENT_KIND_BOTH);
	assert_int_equal(c.given_by_count, 2);
	assert_int_equal(c.given_by[0].role, CONSENT_BY_CAREGIVER);
	assert_int_equal(c.given_by[1].on, DAY_UNKNOWN);
	assert_null(c.given_by[1].relation);
	assert_int_equal(c.age_at_consent, 0);
	assert_int_equal(c.age_estimated, ANSWER_NO);
	assert_int_equal(c.method, CONSENT_ATTESTED);
	assert_string_equal(c.attested_by_user, "hub_admin");
	assert_true(day_read("2026-02-02", &d) && c.attested_on == d);
	assert_true(c.services.present);
	assert_int_equal(c.services.count, 0);
	assert_int_equal(c.info_categories.count, 5);
	assert_true(c.withheld_said && c.withheld_any);
	assert_int_equal(c.events[1].type, CONSENT_EVENT_NARROWED);
	assert_true(c.override.present);
	assert_true(day_read("2026-02-01", &d) && c.override.on == d);
	assert_true(c.source.present);
	assert_int_equal(c.source.unhcr_export_opt_in, ANSWER_YES);
	assert_int_equal(c.source.disclosure_other_orgs, ANSWER_NO);
	assert_string_equal(c.source.consent_info_sharing.items[0], "unhcr");
	arena_free(a);
}

static const struct back {
	const char *name;
	const char *rest;
	bool want;
} backs[] = {
	{ "nothing happened to it since", WITH("\"given_on\":\"2026-07-01\""),
	    false },
	{ "it was withdrawn after it was given",
	    WITH("\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		 "\"withdrawn\",\"on\":\"2026-07-02\"}]"),
	    true },
	{ "it was withdrawn on the same day",
	    WITH("\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		 "\"withdrawn\",\"on\":\"2026-07-01\"}]"),
	    true },
	{ "it was withdrawn before, and given again",
	    WITH("\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		 "\"withdrawn\",\"on\":\"2026-06-30\"}]"),
	    false },
	{ "it was withdrawn, and nobody knows when it was given",
	    WITH("\"events\":[{\"type\":\"withdrawn\",\"on\":"
		 "\"2026-06-30\"}]"),
	    true },
	{ "it was narrowed and confirmed, not taken back",
	    WITH("\"given_on\":\"2026-07-01\",\"events\":[{\"type\":"
		 "\"narrowed\",\"on\":\"2026-07-02\"},{\"type\":"
		 "\"confirmed\",\"on\":\"2026-07-03\"}]"),
	    false },
};

static void
back_holds(void **state)
{
	const struct back *row = *state;
	struct fault why;
	struct arena *a = arena_new((size_t)1024 * 1024, &why);
	struct consent c;

	assert_non_null(a);
	assert_int_equal(read_text(row->rest, a, &c, &why), 0);
	assert_int_equal(consent_taken_back(&c), row->want);
	arena_free(a);
}

/* What a record does not say is unknown, and never a yes. */
static void
what_is_absent_is_unknown(void **state)
{
	struct fault why;
	struct arena *a = arena_new((size_t)1024 * 1024, &why);
	struct consent c;

	(void)state;
	assert_non_null(a);
	memset(&c, 1, sizeof(c));
	assert_int_equal(read_text(HEAD "}", a, &c, &why), 0);
	assert_int_equal(c.kind, CONSENT_KIND_UNKNOWN);
	assert_int_equal(c.method, CONSENT_METHOD_UNKNOWN);
	assert_int_equal(c.age_at_consent, -1);
	assert_int_equal(c.age_estimated, ANSWER_UNKNOWN);
	assert_int_equal(c.given_on, DAY_UNKNOWN);
	assert_int_equal(c.expires_on, DAY_UNKNOWN);
	assert_int_equal(c.attested_on, DAY_UNKNOWN);
	assert_int_equal(c.override.on, DAY_UNKNOWN);
	assert_false(c.recipients.present || c.services.present);
	assert_false(c.withheld_said || c.withheld_any);
	assert_false(c.override.present || c.source.present);
	assert_int_equal(c.source.unhcr_export_opt_in, ANSWER_UNKNOWN);
	assert_null(c.given_by);
	assert_null(c.basis);
	arena_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_arrives),
		cmocka_unit_test(what_is_absent_is_unknown),
	};

	return ROWS_RUN("consent records", cases, case_holds) +
	    ROWS_RUN("consent taken back", backs, back_holds) +
	    cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
