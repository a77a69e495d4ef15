#include "tests/unit/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "policy/rules.h"
#include "store/standing.h"

static const struct word {
	const char *name;
	enum standing_state state;
	const char *word;
} words[] = {
	{ "sent", STANDING_SENT, "sent" },
	{ "held", STANDING_HELD, "held" },
	{ "staged", STANDING_STAGED, "staged" },
	{ "ready", STANDING_READY, "ready" },
	{ "loaded", STANDING_LOADED, "loaded" },
	{ "refused", STANDING_REFUSED, "refused" },
	{ "recalled", STANDING_RECALLED, "recalled" },
};

static void
word_holds(void **state)
{
	const struct word *row = *state;
	enum standing_state got = STANDING_SENT;

	assert_string_equal(standing_state_name(row->state), row->word);
	assert_true(standing_state_read(row->word, &got));
	assert_int_equal(got, row->state);
	assert_false(standing_state_read("Held", &got));
	assert_false(standing_state_read("", &got));
	assert_false(standing_state_read("helder", &got));
	assert_int_equal(got, row->state);
}

static struct arena *
arena(struct fault *why)
{
	struct arena *a = arena_new((size_t)4 << 20, why);

	assert_non_null(a);
	return a;
}

/* removed, a space after each; nothing about reasons. */
static const struct removal {
	const char *name;
	struct strip strip;
	const char *want;
} removals[] = {
	{ "nothing was taken out", { .concern = 0 }, "" },
	{ "a whole field", { .field = { [FIELD_NAME_NICKNAME] = true } },
	    "name_nickname " },
	{ "fields in the catalogue's order",
	    { .field = { [FIELD_SENDER_PHONE] = true,
		  [FIELD_NAME_FIRST] = true } },
	    "name_first sender.phone " },
	{ "one code of a list", { .concern = 2 }, "protection_concerns " },
	{ "one need of a list", { .specific_need = 1 }, "specific_needs " },
	{ "the last of 64 codes", { .concern = (uint64_t)1 << 63 },
	    "protection_concerns " },
	{ "a list as a whole and in part is said once",
	    { .field = { [FIELD_PROTECTION_CONCERNS] = true }, .concern = 1 },
	    "protection_concerns " },
	{ "attachments", { .attachments = true }, "attachments " },
	{ "who named it makes no difference",
	    { .by_fields_rule = { [FIELD_NAME_FIRST] = true } }, "" },
};

static void
removal_holds(void **state)
{
	const struct removal *row = *state;
	struct judgement *j = calloc(1, sizeof(*j));
	struct fault why = { 0 };
	struct arena *a = arena(&why);
	struct standing st = { 0 };
	char got[256] = "";

	assert_non_null(j);
	j->verdict = VERDICT_STRIP;
	j->strip = row->strip;
	assert_int_equal(standing_from(&st, j, a, &why), 0);
	assert_int_equal(st.verdict, VERDICT_STRIP);
	assert_int_equal(st.reason_count, 0);
	for (size_t i = 0; i < st.removed_count; i++) {
		(void)strcat(got, st.removed[i]);
		(void)strcat(got, " ");
	}
	assert_string_equal(got, row->want);
	arena_free(a);
	free(j);
}

static void
every_field_fits(struct arena *a, struct fault *why)
{
	struct judgement *j = calloc(1, sizeof(*j));
	struct standing st = { 0 };

	assert_non_null(j);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		j->strip.field[i] = true;
	j->strip.attachments = true;
	assert_int_equal(standing_from(&st, j, a, why), 0);
	assert_int_equal(st.removed_count, FIELD_COUNT + 1);
	free(j);
}

static void
reasons_outlive_the_judgement(struct arena *a, struct fault *why)
{
	static const struct rule hold = { .id = "C-STATE" };
	static const struct rule note = { .id = "B-OLDER" };
	struct judgement *j = calloc(1, sizeof(*j));
	struct standing st = { 0 };

	assert_non_null(j);
	j->verdict = VERDICT_HOLD;
	j->count = 2;
	j->reasons[0] = (struct reason){ &hold, VERDICT_HOLD, "says", "do this",
		{ "sex", "age" }, 2, false, NULL };
	j->reasons[1] = (struct reason){ &note, VERDICT_NOTE, "note", "nothing",
		{ 0 }, 0, false, NULL };
	assert_int_equal(standing_from(&st, j, a, why), 0);
	memset(j, 0xff, sizeof(*j));
	free(j);
	assert_int_equal(st.verdict, VERDICT_HOLD);
	assert_int_equal(st.reason_count, 2);
	assert_string_equal(st.reasons[0].rule, "C-STATE");
	assert_int_equal(st.reasons[0].verdict, VERDICT_HOLD);
	assert_string_equal(st.reasons[0].text, "says");
	assert_string_equal(st.reasons[0].remedy, "do this");
	assert_int_equal(st.reasons[0].field_count, 2);
	assert_string_equal(st.reasons[0].fields[1], "age");
	assert_string_equal(st.reasons[1].rule, "B-OLDER");
	assert_int_equal(st.reasons[1].verdict, VERDICT_NOTE);
	assert_int_equal(st.reasons[1].field_count, 0);
}

static void
no_room(struct arena *a, struct fault *why)
{
	struct arena *small = arena_new(16, why);
	struct judgement *j = calloc(1, sizeof(*j));
	struct standing st = { 0 };

	(void)a;
	assert_non_null(small);
	assert_non_null(j);
	assert_int_equal(standing_from(&st, j, small, why), -1);
	assert_int_equal(why->id, FAULT_NO_MEMORY);
	arena_free(small);
	free(j);
}

static const char *fields[] = { "sex", "age" };
static struct standing_reason reasons[] = {
	{ "C-STATE", VERDICT_HOLD, "it's \"so\"", "line 1\nline 2", fields, 2,
	    true },
	{ "B-OLDER", VERDICT_NOTE, "note", "nothing", NULL, 0, false },
};

static const struct standing whole = {
	.ref = "primero:\xe1\x88\xb0#2",
	.case_id = "c",
	.case_display = "d",
	.individual = "i",
	.name_index = "ni",
	.birth_index = "bi",
	.sex_index = "si",
	.revision = "r",
	.service = "food",
	.priority = "urgent",
	.state = STANDING_HELD,
	.verdict = VERDICT_HOLD,
	.partner = "ET-HUB-01",
	.bundle = "b",
	.sequence = 17,
	.agreement = 3,
	.judged_on = 20500,
	.made_on = 20490,
	.told = "loaded",
	.target = "t",
	.record_id = "rec",
	.intervention_id = "int",
	.business_unit = "bu",
	.decision = "rejected",
	.decision_reason = "no \"room\"\nleft",
	.decided_on = 20510,
	.target_id = "REF-1",
	.answer_in = 9,
	.answer_written = 8,
	.reasons = reasons,
	.reason_count = 2,
	.removed = fields,
	.removed_count = 2,
	.whole_revision = "w",
	.facts = "f",
	.refers = "u",
	.refers_name = "n",
	.their_agreement = 2,
	.use_by = 1795000000,
	.created = 20495,
	.assigned_to = "hub_officer",
	.said_no = true,
	.no_on = 20480,
};

/* Through JSON and back into a. */
static struct standing
there_and_back(const struct standing *st, struct arena *a, struct fault *why)
{
	struct standing got;
	struct bytes json;

	bytes_init(&json, (size_t)1 << 20);
	assert_int_equal(standing_write(st, &json, why), 0);
	assert_int_equal(standing_read(json.at, json.len, a, &got, why), 0);
	bytes_free(&json);
	return got;
}

static void
all_comes_back(struct arena *a, struct fault *why)
{
	struct standing got = there_and_back(&whole, a, why);

	assert_string_equal(got.ref, whole.ref);
	assert_string_equal(got.case_id, "c");
	assert_string_equal(got.case_display, "d");
	assert_string_equal(got.individual, "i");
	assert_string_equal(got.name_index, "ni");
	assert_string_equal(got.birth_index, "bi");
	assert_string_equal(got.sex_index, "si");
	assert_string_equal(got.revision, "r");
	assert_string_equal(got.service, "food");
	assert_string_equal(got.priority, "urgent");
	assert_int_equal(got.state, STANDING_HELD);
	assert_int_equal(got.verdict, VERDICT_HOLD);
	assert_string_equal(got.partner, "ET-HUB-01");
	assert_string_equal(got.bundle, "b");
	assert_int_equal(got.sequence, 17);
	assert_int_equal(got.agreement, 3);
	assert_int_equal(got.judged_on, 20500);
	assert_int_equal(got.made_on, 20490);
	assert_string_equal(got.told, "loaded");
	assert_string_equal(got.target, "t");
	assert_string_equal(got.record_id, "rec");
	assert_string_equal(got.intervention_id, "int");
	assert_string_equal(got.business_unit, "bu");
	assert_string_equal(got.decision, "rejected");
	assert_string_equal(got.decision_reason, "no \"room\"\nleft");
	assert_int_equal(got.decided_on, 20510);
	assert_string_equal(got.target_id, "REF-1");
	assert_int_equal(got.answer_in, 9);
	assert_int_equal(got.answer_written, 8);
	assert_int_equal(got.reason_count, 2);
	assert_string_equal(got.reasons[0].rule, "C-STATE");
	assert_string_equal(got.reasons[0].text, "it's \"so\"");
	assert_string_equal(got.reasons[0].remedy, "line 1\nline 2");
	assert_int_equal(got.reasons[0].field_count, 2);
	assert_string_equal(got.reasons[0].fields[0], "sex");
	assert_int_equal(got.reasons[1].verdict, VERDICT_NOTE);
	assert_int_equal(got.reasons[1].field_count, 0);
	assert_int_equal(got.removed_count, 2);
	assert_string_equal(got.removed[1], "age");
	assert_string_equal(got.whole_revision, "w");
	assert_string_equal(got.facts, "f");
	assert_string_equal(got.refers, "u");
	assert_string_equal(got.refers_name, "n");
	assert_int_equal(got.their_agreement, 2);
	assert_int_equal(got.use_by, 1795000000);
	assert_true(got.reasons[0].final);
	assert_false(got.reasons[1].final);
	assert_int_equal(got.created, 20495);
	assert_string_equal(got.assigned_to, "hub_officer");
	assert_true(got.said_no);
	assert_int_equal(got.no_on, 20480);
}

static void
no_without_a_day(struct arena *a, struct fault *why)
{
	struct standing st = whole;

	st.no_on = DAY_UNKNOWN;
	st = there_and_back(&st, a, why);
	assert_true(st.said_no);
	assert_int_equal(st.no_on, DAY_UNKNOWN);
	st.said_no = false;
	assert_false(there_and_back(&st, a, why).said_no);
}

static void
absent_stays_absent(struct arena *a, struct fault *why)
{
	struct standing bare = { .ref = "x",
		.revision = "",
		.service = "",
		.priority = "",
		.partner = "",
		.judged_on = DAY_UNKNOWN,
		.made_on = DAY_UNKNOWN };
	struct standing got = there_and_back(&bare, a, why);

	assert_null(got.case_id);
	assert_null(got.case_display);
	assert_null(got.individual);
	assert_null(got.name_index);
	assert_null(got.birth_index);
	assert_null(got.sex_index);
	assert_int_equal(got.made_on, DAY_UNKNOWN);
	assert_null(got.bundle);
	assert_null(got.told);
	assert_null(got.target);
	assert_null(got.record_id);
	assert_null(got.intervention_id);
	assert_null(got.business_unit);
	assert_null(got.decision);
	assert_null(got.decision_reason);
	assert_int_equal(got.decided_on, DAY_UNKNOWN);
	assert_null(got.target_id);
	assert_int_equal(got.answer_in, 0);
	assert_int_equal(got.answer_written, 0);
	assert_string_equal(got.service, "");
	assert_int_equal(got.judged_on, DAY_UNKNOWN);
	assert_int_equal(got.reason_count, 0);
	assert_int_equal(got.removed_count, 0);
}

static void
must_be_whole(struct arena *a, struct fault *why)
{
	static struct standing_reason lacking = { .rule = "C-STATE" };
	struct standing each[5] = { whole, whole, whole, whole, whole };
	struct bytes json;

	(void)a;
	each[0].ref = NULL;
	each[1].revision = NULL;
	each[2].priority = NULL;
	each[3].partner = NULL;
	each[4].reasons = &lacking;
	each[4].reason_count = 1;
	bytes_init(&json, (size_t)1 << 20);
	for (size_t i = 0; i < 5; i++) {
		why->id = FAULT_NONE;
		assert_int_equal(standing_write(&each[i], &json, why), -1);
		assert_int_equal(why->id, FAULT_INSIDE);
	}
	bytes_free(&json);
}

static void
too_much(struct arena *a, struct fault *why)
{
	static char text[65 * 1024 + 1];
	struct standing st = whole;
	struct bytes json;

	(void)a;
	memset(text, 'x', sizeof(text) - 1);
	st.service = text;
	bytes_init(&json, (size_t)1 << 20);
	assert_int_equal(standing_write(&st, &json, why), -1);
	assert_int_equal(why->id, FAULT_INSIDE);
	bytes_free(&json);
}

static const struct use {
	const char *name;
	void (*holds)(struct arena *a, struct fault *why);
} uses[] = {
	{ "every field at once can be removed", every_field_fits },
	{ "reasons, notes too, outlive the judgement",
	    reasons_outlive_the_judgement },
	{ "an arena without room faults", no_room },
	{ "all of it comes back from JSON", all_comes_back },
	{ "a no of no day stays one", no_without_a_day },
	{ "what is absent is absent again", absent_stays_absent },
	{ "a text that must be there is asked for", must_be_whole },
	{ "what could not be read again is not written", too_much },
};

static void
use_holds(void **state)
{
	const struct use *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena(&why);

	row->holds(a, &why);
	arena_free(a);
}

#define HEAD "{\"ref\":\"x\",\"revision\":\"\",\"service\":\"\","
#define MIDDLE                                                       \
	"\"priority\":\"\",\"state\":\"held\",\"verdict\":\"hold\"," \
	"\"partner\":\"\",\"sequence\":0,\"told_sequence\":0,"       \
	"\"agreement\":0,"
#define TAIL "\"judged_on\":\"\",\"reasons\":[],\"removed\":[]}"

static const struct damage {
	const char *name;
	const char *json;
	bool good;
} damages[] = {
	{ "the least a standing can be is read", HEAD MIDDLE TAIL, true },
	{ "no JSON", "sent", false },
	{ "nothing", "", false },
	{ "cut short", HEAD MIDDLE, false },
	{ "a list", "[]", false },
	{ "an empty object", "{}", false },
	{ "no ref", "{" MIDDLE TAIL, false },
	{ "a number for a text", HEAD "\"case_id\":1," MIDDLE TAIL, false },
	{ "null for a text", HEAD "\"case_id\":null," MIDDLE TAIL, false },
	{ "a name twice", HEAD HEAD MIDDLE TAIL, false },
	{ "an unknown state",
	    HEAD "\"priority\":\"\",\"state\":\"x\",\"verdict\":\"hold\","
		 "\"partner\":\"\",\"sequence\":0,\"told_sequence\":0,"
		 "\"agreement\":0," TAIL,
	    false },
	{ "an unknown verdict",
	    HEAD "\"priority\":\"\",\"state\":\"held\",\"verdict\":\"ok\","
		 "\"partner\":\"\",\"sequence\":0,\"told_sequence\":0,"
		 "\"agreement\":0," TAIL,
	    false },
	{ "a day that is none",
	    HEAD MIDDLE "\"judged_on\":\"2026-02-30\",\"reasons\":[],"
			"\"removed\":[]}",
	    false },
	{ "a decision with its day",
	    HEAD MIDDLE "\"decision\":\"done\","
			"\"decided_on\":\"2026-02-28\"," TAIL,
	    true },
	{ "a decision without a day", HEAD MIDDLE "\"decision\":\"done\"," TAIL,
	    false },
	{ "a decision on a day that is none",
	    HEAD MIDDLE "\"decision\":\"done\","
			"\"decided_on\":\"2026-02-30\"," TAIL,
	    false },
	{ "a number of the other system that is a number",
	    HEAD MIDDLE "\"target_id\":7," TAIL, false },
	{ "a sequence that is a text", HEAD MIDDLE "\"answer_in\":\"7\"," TAIL,
	    false },
	{ "an index that is a number", HEAD MIDDLE "\"name_index\":7," TAIL,
	    false },
	{ "a referral made on a day that is none",
	    HEAD MIDDLE "\"made_on\":\"2026-02-30\"," TAIL, false },
	{ "a no on a day that is none", HEAD MIDDLE "\"no_on\":\"soon\"," TAIL,
	    false },
	{ "a no on a day that is a number", HEAD MIDDLE "\"no_on\":7," TAIL,
	    false },
	{ "a whole revision that is a number",
	    HEAD MIDDLE "\"whole_revision\":7," TAIL, false },
	{ "their agreement as a text",
	    HEAD MIDDLE "\"their_agreement\":\"2\"," TAIL, false },
	{ "a bundle of a day that is none",
	    HEAD MIDDLE "\"created\":\"2026-02-30\"," TAIL, false },
	{ "somebody who takes it, as a number",
	    HEAD MIDDLE "\"assigned_to\":7," TAIL, false },
	{ "no list of reasons",
	    HEAD MIDDLE "\"judged_on\":\"\","
			"\"removed\":[]}",
	    false },
	{ "a reason that is a text",
	    HEAD MIDDLE "\"judged_on\":\"\",\"reasons\":[\"x\"],"
			"\"removed\":[]}",
	    false },
	{ "removed that is an object",
	    HEAD MIDDLE "\"judged_on\":\"\",\"reasons\":[],\"removed\":{}}",
	    false },
	{ "removed that holds a number",
	    HEAD MIDDLE "\"judged_on\":\"\",\"reasons\":[],\"removed\":[1]}",
	    false },
};

static void
damage_holds(void **state)
{
	const struct damage *row = *state;
	struct fault why = { 0 };
	struct arena *a = arena(&why);
	struct standing st;

	assert_int_equal(standing_read(row->json, strlen(row->json), a, &st,
			     &why),
	    row->good ? 0 : -1);
	assert_int_equal(why.id, row->good ? FAULT_NONE : FAULT_STORE_DAMAGED);
	/* What older stores do not have is not known. */
	if (row->good) {
		assert_int_equal(st.made_on, DAY_UNKNOWN);
		assert_null(st.name_index);
		assert_null(st.assigned_to);
		assert_null(st.whole_revision);
		assert_null(st.facts);
		assert_int_equal(st.their_agreement, 0);
		assert_int_equal(st.use_by, 0);
		assert_int_equal(st.created, DAY_UNKNOWN);
		assert_false(st.said_no);
	}
	arena_free(a);
}

int
main(void)
{
	return ROWS_RUN("standing: words", words, word_holds) +
	    ROWS_RUN("standing: removed", removals, removal_holds) +
	    ROWS_RUN("standing: use", uses, use_holds) +
	    ROWS_RUN("standing: damage", damages, damage_holds);
}
