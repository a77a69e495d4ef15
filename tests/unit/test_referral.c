#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/json.h"
#include "formats/referral.h"

#define ROOM 8192
#define ARENA_ROOM ((size_t)1024 * 1024)
#define ID "0f8fad5b-d9cb-469f-a165-70867728950e"
#define HASH                               \
	"abababababababababababababababab" \
	"abababababababababababababababab"

/* BLAKE2b-256 of `least` without its revision, made with Python's hashlib. */
#define LEAST_REVISION                     \
	"d18618731dabd13eed8eaa39320fc2ff" \
	"5a145a798e564c10e9ac7c9b5a3820a9"

static const char least[] =
    "{\"type\":\"referral\",\"ref\":\"progres:NAI-20-PRTITV-0000006\","
    "\"revision\":\"" LEAST_REVISION "\",\"made_on\":\"2026-03-01\","
    "\"priority\":\"normal\",\"purpose\":\"refugee_cp_case_management\","
    "\"from_agency\":\"UNHCR\",\"to_agency\":\"UNICEF\","
    "\"origin\":{\"system\":\"progres\","
    "\"intervention_number\":\"NAI-20-PRTITV-0000006\"},"
    "\"service\":{\"type\":\"medical\"}}";

/* Every member there is, in the order in which a record is written. */
static const char whole[] =
    "{\"type\":\"referral\",\"ref\":\"primero:c1#s1\","
    "\"revision\":\"" HASH "\",\"made_on\":\"2026-03-01\","
    "\"priority\":\"emergency\",\"purpose\":\"refugee_cp_case_management\","
    "\"from_agency\":\"UNICEF\",\"to_agency\":\"UNHCR\","
    "\"to_user\":\"hub_admin\","
    "\"origin\":{\"system\":\"primero\",\"record_id\":\"r1\","
    "\"case_id\":\"c1\",\"service_id\":\"s1\"},"
    "\"service\":{\"type\":\"legal_support\",\"type_other\":\"x\","
    "\"notes\":\"line one\\n\\tline two\",\"requested_on\":\"2026-02-28\","
    "\"start_on\":\"2026-03-02\",\"timeframe\":\"1_hour\","
    "\"location\":\"ET-GMB\"},"
    "\"subject\":{\"name_first\":\"Nyakor\",\"name_middle\":\"\xe1\x8a\xa0\","
    "\"name_last\":\"Example\",\"name_nickname\":\"N\","
    "\"name_other\":\"O\",\"sex\":\"female\","
    "\"date_of_birth\":\"2016-02-29\",\"age\":10,\"estimated\":false,"
    "\"unhcr_individual_no\":\"803-100000519\","
    "\"unhcr_id_no\":\"803-23-1000552\",\"cpims_id\":\"p\","
    "\"national_id_no\":\"n\",\"other_id_type\":\"t\","
    "\"other_id_no\":\"o\",\"case_id_display\":\"1234567\","
    "\"nationality\":[\"south_sudan\"],\"ethnicity\":[],"
    "\"language\":[\"nuer\",\"anyuak\"],"
    "\"disability_type_communications\":\"none\","
    "\"address_current\":\"Zone C\",\"location_current\":\"ET-GMB-01\","
    "\"telephone_current\":\"+251\",\"protection_status\":\"separated\","
    "\"protection_concerns\":[\"separated\",\"neglect\"],"
    "\"protection_concerns_other\":\"y\","
    "\"specific_needs\":[\"cr-cp\"],\"risk_level\":\"high\","
    "\"caregiver_informed\":true,"
    "\"caregiver_informed_details\":\"told\\non Monday\","
    "\"caregiver\":{\"name\":\"Mary\",\"nickname\":\"M\","
    "\"relationship\":\"aunt\",\"age\":40,\"sex\":\"unknown\","
    "\"address\":\"Zone D\",\"telephone\":\"+252\"}},"
    "\"sender\":{\"user\":\"primero_cp\",\"full_name\":\"Almaz\","
    "\"position\":\"case worker\",\"email\":\"a@example.invalid\","
    "\"phone\":\"+253\",\"agency\":\"UNICEF\"},"
    "\"attachments\":[{\"sha256\":\"" HASH "\",\"name\":\"a.jpg\","
    "\"kind\":\"photo\",\"media_type\":\"image/jpeg\"}],"
    "\"consent\":{\"satchel\":\"consent/1\",\"record_id\":\"" ID "\","
    "\"subject_ref\":\"c1\",\"status\":\"given\"},"
    "\"removed\":[\"nationality\"],"
    "\"judged\":[{\"rule\":\"C-BAND\",\"user\":\"cp_supervisor\","
    "\"reason\":\"no guardian\\nfound\",\"on\":\"2026-03-01\"}]}";

static int
read_text(const char *text, struct arena *a, struct referral *out,
    const char **form, struct fault *why)
{
	struct json *json = NULL;
	int rc;

	assert_int_equal(json_read(text, strlen(text), &json_record, &json,
			     why),
	    0);
	rc = referral_read(json_root(json), a, out, form, why);
	json_free(json);
	return rc;
}

static void
write_text(const struct referral *r, char out[static ROOM])
{
	struct jsonout o;
	struct fault why;
	struct bytes text;
	struct sink *sink;

	bytes_init(&text, ROOM - 1);
	assert_non_null(sink = bytes_sink_new(&text, &why));
	jsonout_start(&o, sink);
	referral_write(&o, NULL, r);
	assert_int_equal(jsonout_end(&o, &why), 0);
	assert_int_equal(sink_finish(sink, &why), 0);
	memcpy(out, text.at, text.len);
	out[text.len] = '\0';
	sink_free(sink);
	bytes_free(&text);
}

static void
replace(char text[static ROOM], const char *from, const char *to)
{
	char *at = strstr(text, from);
	size_t tail;

	if (at == NULL) {
		fail_msg("the record does not hold %s", from);
		return;
	}
	tail = strlen(at) - strlen(from) + 1;
	assert_true((size_t)(at - text) + strlen(to) + tail < ROOM);
	memmove(at + strlen(to), at + strlen(from), tail);
	for (size_t i = 0; to[i] != '\0'; i++)
		at[i] = to[i];
}

struct change {
	const char *name;
	const char *from, *to; /* in `whole` */
	const char *form;      /* begins what is said; NULL: it is read */
};

static const struct change good[] = {
	{ "everything there can be", "c1", "c1", NULL },
	{ "without a consent record",
	    ",\"consent\":{\"satchel\":\"consent/1\",\"record_id\":\"" ID
	    "\",\"subject_ref\":\"c1\",\"status\":\"given\"}",
	    "", NULL },
	{ "without a caregiver",
	    ",\"caregiver\":{\"name\":\"Mary\",\"nickname\":\"M\","
	    "\"relationship\":\"aunt\",\"age\":40,\"sex\":\"unknown\","
	    "\"address\":\"Zone D\",\"telephone\":\"+252\"}",
	    "", NULL },
	{ "a caregiver with an age only",
	    "\"name\":\"Mary\",\"nickname\":\"M\",\"relationship\":\"aunt\","
	    "\"age\":40,\"sex\":\"unknown\",\"address\":\"Zone D\","
	    "\"telephone\":\"+252\"",
	    "\"age\":0", NULL },
	{ "empty lists stay", "[\"nationality\"]", "[]", NULL },
	{ "a file without kind and type",
	    ",\"kind\":\"photo\",\"media_type\":\"image/jpeg\"", "", NULL },
};

static void
good_holds(void **state)
{
	const struct change *c = *state;
	char text[ROOM], revised[ROOM], again[ROOM];
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form;

	assert_non_null(a);
	memcpy(text, whole, sizeof(whole));
	replace(text, c->from, c->to);
	assert_int_equal(read_text(text, a, &r, &form, &why), 0);
	/* Everything was read: only the revision is not that of the text. */
	assert_non_null(form);
	assert_string_equal(form, "revision does not go with the rest");
	write_text(&r, again);
	assert_string_equal(again, text);
	assert_int_equal(referral_revise(&r, &why), 0);
	assert_int_equal(strspn(r.revision, "0123456789abcdef"), 64);
	assert_string_not_equal(r.revision, HASH);
	write_text(&r, revised);
	if (read_text(revised, a, &r, &form, &why) != 0 || form != NULL)
		fail_msg("%s", form != NULL ? form : why.detail);
	write_text(&r, again);
	assert_string_equal(again, revised);
	arena_free(a);
}

static const struct change wrongs[] = {
	{ "a ref of another case", "primero:c1#s1", "primero:c2#s1",
	    "ref does not" },
	{ "a ref without its service", "primero:c1#s1", "primero:c1",
	    "ref does not" },
	{ "no ref", "\"ref\":\"primero:c1#s1\",", "", "ref is missing" },
	{ "no revision", "\"revision\":\"" HASH "\",", "",
	    "revision is missing" },
	{ "a revision of another text", "Nyakor", "Nyakim",
	    "revision does not" },
	{ "no day", "\"made_on\":\"2026-03-01\",", "", "made_on is missing" },
	{ "no priority", "\"priority\":\"emergency\",", "",
	    "priority is missing" },
	{ "no purpose", "\"purpose\":\"refugee_cp_case_management\",", "",
	    "purpose is missing" },
	{ "from nobody", "\"from_agency\":\"UNICEF\",", "",
	    "from_agency is missing" },
	{ "to nobody", "\"to_agency\":\"UNHCR\",", "", "to_agency is missing" },
	{ "no origin",
	    "\"origin\":{\"system\":\"primero\",\"record_id\":\"r1\","
	    "\"case_id\":\"c1\",\"service_id\":\"s1\"},",
	    "", "origin is missing" },
	{ "an origin without its case", "\"case_id\":\"c1\",", "",
	    "origin.case_id is missing" },
	{ "a service with a # in its id", "\"service_id\":\"s1\"",
	    "\"service_id\":\"x#s1\"", "origin.service_id is not" },
	{ "a case with a # in its id", "\"case_id\":\"c1\"",
	    "\"case_id\":\"c#1\"", "origin.case_id is not" },
	{ "an origin with the other system's id", "\"case_id\":\"c1\",",
	    "\"case_id\":\"c1\",\"intervention_number\":\"i\",",
	    "origin.intervention_number does not" },
	{ "an origin of no system we know", "\"system\":\"primero\"",
	    "\"system\":\"excel\"", "origin.system" },
	{ "no type of service", "\"type\":\"legal_support\",", "",
	    "service.type is missing" },
	{ "a caregiver that is a text",
	    "{\"name\":\"Mary\",\"nickname\":\"M\","
	    "\"relationship\":\"aunt\",\"age\":40,\"sex\":\"unknown\","
	    "\"address\":\"Zone D\",\"telephone\":\"+252\"}",
	    "\"Mary\"", "subject.caregiver is of the wrong kind" },
	{ "removed fields as a text", "\"removed\":[\"nationality\"]",
	    "\"removed\":\"nationality\"", "removed is of the wrong kind" },
	{ "another type of record", "\"type\":\"referral\"",
	    "\"type\":\"recall\"", "type is not a word" },
	{ "a priority of our own", "\"emergency\"", "\"high\"", "priority" },
	{ "a day that does not exist", "2016-02-29", "2015-02-29",
	    "subject.date_of_birth is not a date" },
	{ "a sex that is none", "\"sex\":\"female\"", "\"sex\":\"F\"",
	    "subject.sex is not a word" },
	{ "a timeframe that is none", "1_hour", "2_hours",
	    "service.timeframe" },
	{ "a protection status that is none",
	    "\"protection_status\":\"separated\"",
	    "\"protection_status\":\"orphan\"", "subject.protection_status" },
	{ "an age as text", "\"age\":10", "\"age\":\"10\"",
	    "subject.age is of the wrong kind" },
	{ "an age of 151", "\"age\":40", "\"age\":151",
	    "subject.caregiver.age is out of range" },
	{ "an answer as text", "\"estimated\":false", "\"estimated\":\"false\"",
	    "subject.estimated" },
	{ "one language as text", "[\"nuer\",\"anyuak\"]", "\"nuer\"",
	    "subject.language" },
	{ "a language twice", "[\"nuer\",\"anyuak\"]", "[\"nuer\",\"nuer\"]",
	    "subject.language says the same twice" },
	{ "a null", "\"name_nickname\":\"N\"", "\"name_nickname\":null",
	    "subject.name_nickname" },
	{ "an empty text", "\"name_nickname\":\"N\"", "\"name_nickname\":\"\"",
	    "subject.name_nickname" },
	{ "lines in a name", "Nyakor", "Nya\\nkor", "subject.name_first" },
	{ "a control character in notes", "line one", "line\\u001b[2J",
	    "service.notes" },
	{ "a carriage return in notes", "line one", "line\\r",
	    "service.notes" },
	{ "text that is not NFC", "Nyakor", "Nyako\xcc\x88r",
	    "subject.name_first" },
	{ "an empty sender",
	    "\"user\":\"primero_cp\",\"full_name\":\"Almaz\","
	    "\"position\":\"case worker\",\"email\":\"a@example.invalid\","
	    "\"phone\":\"+253\",\"agency\":\"UNICEF\"",
	    "", "sender has too many or too few" },
	{ "a hash of a file in capitals", "[{\"sha256\":\"ab",
	    "[{\"sha256\":\"AB", "attachments[0].sha256" },
	{ "a file without a name", "\"name\":\"a.jpg\",", "",
	    "attachments[0].name is missing" },
	{ "a release without a reason", "\"reason\":\"no guardian\\nfound\",",
	    "", "judged[0].reason is missing" },
	{ "a consent that is wrong", "\"status\":\"given\"",
	    "\"status\":\"yes\"", "consent.status" },
	{ "a consent of no record", "\"record_id\":\"" ID "\",", "",
	    "consent.record_id is missing" },
};

static void
wrong_holds(void **state)
{
	const struct change *c = *state;
	char text[ROOM];
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form;

	assert_non_null(a);
	memcpy(text, whole, sizeof(whole));
	replace(text, c->from, c->to);
	assert_int_equal(read_text(text, a, &r, &form, &why), 0);
	assert_non_null(form);
	if (strncmp(form, c->form, strlen(c->form)) != 0)
		assert_string_equal(form, c->form);
	if (strstr(text, "\"ref\":") != NULL)
		assert_int_equal(strncmp(r.ref, "primero:", 8), 0);
	arena_free(a);
}

static const struct change unknown[] = {
	{ "at the top", "\"made_on\"", "\"colour\":1,\"made_on\"", "colour" },
	{ "in the subject", "\"name_other\"", "\"religion\"",
	    "subject.religion" },
	{ "in the caregiver", "\"nickname\":\"M\"", "\"dob\":\"M\"",
	    "subject.caregiver.dob" },
	{ "in the service", "\"type_other\"", "\"status\"", "service.status" },
	{ "in the sender", "\"phone\":\"+253\"", "\"fax\":\"+253\"",
	    "sender.fax" },
	{ "in the origin", "\"record_id\":\"r1\"", "\"path\":\"r1\"",
	    "origin.path" },
	{ "in a file", "\"kind\":\"photo\"", "\"size\":7",
	    "attachments[0].size" },
	{ "in a release", "\"rule\":\"C-BAND\"", "\"id\":\"C-BAND\"",
	    "judged[0].id" },
	{ "in the consent record", "\"status\":\"given\"",
	    "\"status\":\"given\",\"x\":1", "consent.x" },
	{ "a subject's field in the record", "\"to_user\"", "\"age\"", "age" },
	{ "also after something that is wrong", "\"priority\":\"emergency\"",
	    "\"priority\":1,\"zone\":2", "zone" },
};

static void
unknown_holds(void **state)
{
	const struct change *c = *state;
	char text[ROOM];
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form;

	assert_non_null(a);
	memcpy(text, whole, sizeof(whole));
	replace(text, c->from, c->to);
	assert_int_equal(read_text(text, a, &r, &form, &why), -1);
	assert_int_equal(why.id, FAULT_BUNDLE_RECORD);
	/* The unknown name is foreign text, which may name a person. */
	assert_null(strstr(why.detail, c->form));
	assert_string_equal(r.ref, "primero:c1#s1");
	arena_free(a);
}

static void
the_least_has_the_revision_others_compute(void **state)
{
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form = NULL;
	char again[ROOM];

	(void)state;
	assert_non_null(a);
	assert_int_equal(read_text(least, a, &r, &form, &why), 0);
	assert_null(form);
	assert_false(r.has_consent || r.removed.present);
	assert_null(r.to_user);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		assert_int_equal(r.value[i].present, i == FIELD_SERVICE_TYPE);
	write_text(&r, again);
	assert_string_equal(again, least);
	r.revision[0] = '\0';
	assert_int_equal(referral_revise(&r, &why), 0);
	assert_string_equal(r.revision, LEAST_REVISION);
	arena_free(a);
}

static void
a_revision_covers_all_but_three(void **state)
{
	static const struct {
		const char *from, *to;
		bool same;
	} changes[] = {
		{ "\"nationality\"]", "\"ethnicity\"]", true },
		{ "no guardian", "nobody", true },
		{ HASH "\",\"made_on", LEAST_REVISION "\",\"made_on", true },
		{ "Nyakor", "Nyakim", false },
		{ "\"subject_ref\":\"c1\"", "\"subject_ref\":\"c2\"", false },
		{ "a.jpg", "b.jpg", false },
		{ "[\"nuer\",\"anyuak\"]", "[\"anyuak\",\"nuer\"]", false },
	};
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral first, r;
	const char *form;

	(void)state;
	assert_non_null(a);
	assert_int_equal(read_text(whole, a, &first, &form, &why), 0);
	assert_int_equal(referral_revise(&first, &why), 0);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char text[ROOM];

		memcpy(text, whole, sizeof(whole));
		replace(text, changes[i].from, changes[i].to);
		assert_int_equal(read_text(text, a, &r, &form, &why), 0);
		assert_int_equal(referral_revise(&r, &why), 0);
		assert_int_equal(strcmp(first.revision, r.revision) == 0,
		    changes[i].same);
	}
	arena_free(a);
}

static void
values_arrive_by_their_kind(void **state)
{
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form;
	day d;

	(void)state;
	assert_non_null(a);
	assert_int_equal(read_text(whole, a, &r, &form, &why), 0);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (!r.value[i].present)
			fail_msg("%s did not arrive", fields_all[i].name);
	assert_int_equal(r.priority, PRIORITY_EMERGENCY);
	assert_true(day_read("2016-02-29", &d));
	assert_int_equal(r.value[FIELD_DATE_OF_BIRTH].date, d);
	assert_string_equal(r.value[FIELD_DATE_OF_BIRTH].text, "2016-02-29");
	assert_int_equal(r.value[FIELD_AGE].integer, 10);
	assert_int_equal(r.value[FIELD_CAREGIVER_AGE].integer, 40);
	assert_false(r.value[FIELD_ESTIMATED].yes);
	assert_true(r.value[FIELD_CAREGIVER_INFORMED].yes);
	assert_int_equal(r.value[FIELD_LANGUAGE].count, 2);
	assert_string_equal(r.value[FIELD_LANGUAGE].items[1], "anyuak");
	assert_int_equal(r.value[FIELD_ETHNICITY].count, 0);
	assert_string_equal(r.value[FIELD_SERVICE_NOTES].text,
	    "line one\n\tline two");
	assert_int_equal(r.attachment_count, 1);
	assert_int_equal(r.judged_count, 1);
	assert_int_equal(r.consent.status, CONSENT_GIVEN);
	arena_free(a);
}

static void
an_empty_text_is_not_written(void **state)
{
	struct referral r;
	char text[ROOM];

	(void)state;
	referral_clear(&r);
	r.value[FIELD_SENDER_PHONE].present = true;
	r.value[FIELD_SENDER_PHONE].text = "";
	r.value[FIELD_DATE_OF_BIRTH].present = true;
	r.consent.taken_by_role = "";
	write_text(&r, text);
	assert_string_equal(text,
	    "{\"type\":\"referral\",\"priority\":\"normal\","
	    "\"origin\":{\"system\":\"primero\"}}");
}

static void
a_ref_needs_the_ids_of_its_system(void **state)
{
	struct origin o = { .system = ORIGIN_PRIMERO, .case_id = "c" };
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new(ARENA_ROOM, &why);

	(void)state;
	assert_non_null(a);
	assert_null(referral_make_ref(&o, a, &why));
	assert_int_equal(why.id, FAULT_SOURCE_FORM);
	o.service_id = "s";
	assert_string_equal(referral_make_ref(&o, a, &why), "primero:c#s");
	/* The service row is found by what stands behind the one mark. */
	o.service_id = "x#s";
	assert_null(referral_make_ref(&o, a, &why));
	assert_int_equal(why.id, FAULT_SOURCE_FORM);
	o.service_id = "s";
	o.case_id = "c#";
	assert_null(referral_make_ref(&o, a, &why));
	o.case_id = "c";
	o.system = ORIGIN_PROGRES;
	assert_null(referral_make_ref(&o, a, &why));
	o.intervention_number = "i";
	assert_string_equal(referral_make_ref(&o, a, &why), "progres:i");
	arena_free(a);
}

static void
a_list_has_at_most_sixty_four_codes(void **state)
{
	char text[ROOM], list[1024] = "[\"c00\"";
	struct fault why;
	struct arena *a = arena_new(ARENA_ROOM, &why);
	struct referral r;
	const char *form;

	(void)state;
	assert_non_null(a);
	for (int i = 1; i <= REFERRAL_CODES_MAX; i++) {
		size_t len = strlen(list);

		(void)snprintf(list + len, sizeof(list) - len, ",\"c%02d\"", i);
		memcpy(text, whole, sizeof(whole));
		replace(text, "[\"cr-cp\"", list);
		assert_int_equal(read_text(text, a, &r, &form, &why), 0);
		assert_string_equal(form,
		    i < REFERRAL_CODES_MAX ?
			"revision does not go with the rest" :
			"subject.specific_needs has too many or too few "
			"entries");
	}
	arena_free(a);
}

static void
priorities_have_names(void **state)
{
	(void)state;
	assert_string_equal(referral_priority_name(PRIORITY_EMERGENCY),
	    "emergency");
	assert_string_equal(referral_priority_name(PRIORITY_URGENT), "urgent");
	assert_string_equal(referral_priority_name(PRIORITY_NORMAL), "normal");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_has_the_revision_others_compute),
		cmocka_unit_test(a_revision_covers_all_but_three),
		cmocka_unit_test(values_arrive_by_their_kind),
		cmocka_unit_test(an_empty_text_is_not_written),
		cmocka_unit_test(a_ref_needs_the_ids_of_its_system),
		cmocka_unit_test(a_list_has_at_most_sixty_four_codes),
		cmocka_unit_test(priorities_have_names),
	};

	return ROWS_RUN("referrals there and back", good, good_holds) +
	    ROWS_RUN("wrong referrals", wrongs, wrong_holds) +
	    ROWS_RUN("unknown names", unknown, unknown_holds) +
	    cmocka_run_group_tests_name("referral", tests, NULL, NULL);
}
