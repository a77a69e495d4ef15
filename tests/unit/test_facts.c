#include "tests/unit/rows.h"

#include <string.h>

#include "base/fault.h"
#include "formats/facts.h"
#include "formats/json.h"

/* A change of any one of them is another set of facts. */
struct row {
	const char *name;
	void (*change)(struct source_facts *f);
};

static const char *bases[] = { "consent", "vital_interests" };

#define CHANGE(name, what)                       \
	static void name(struct source_facts *f) \
	{                                        \
		f->what;                         \
	}

/* clang-format off */
CHANGE(module, module_id = "cp")
CHANGE(masked, name_masked = ANSWER_YES)
CHANGE(enabled, enabled = ANSWER_NO)
CHANGE(closed, open = ANSWER_NO)
CHANGE(in_progress, in_progress = ANSWER_NO)
CHANGE(overridden, overridden = ANSWER_YES)
CHANGE(has_note, withheld_note = true)
CHANGE(unread, withheld_unread = true)
CHANGE(hidden, withheld_hidden = true)
CHANGE(withheld, withheld[31] = 1)
CHANGE(fears, fears_harm = ANSWER_YES)
CHANGE(no_bases, bases.present = true)
CHANGE(bases_unread, bases_unread = true)
CHANGE(altered, text_altered = true)
CHANGE(many, unmapped_many = true)
CHANGE(unreadable, unreadable[FIELD_SEX] = true)
CHANGE(other_unreadable, unreadable[FIELD_AGE] = true)
CHANGE(differs, differs[FIELD_SEX] = true)
CHANGE(priority, priority_unclear = true)
CHANGE(birth, birth_unclear = true)
CHANGE(consents, consents_differ = true)
/* clang-format on */

static void
some_bases(struct source_facts *f)
{
	f->bases = (struct texts){ bases, 1, true };
}

static void
more_bases(struct source_facts *f)
{
	f->bases = (struct texts){ bases, 2, true };
}

static void
unmapped(struct source_facts *f)
{
	f->unmapped[0] = FIELD_SEX;
	f->unmapped_count = 1;
}

static const struct row rows[] = {
	{ "the module", module },
	{ "a masked name", masked },
	{ "whether the case is enabled", enabled },
	{ "whether it is open", closed },
	{ "whether the referral is in progress", in_progress },
	{ "the mark of an override", overridden },
	{ "that there is a note to withhold", has_note },
	{ "one that cannot be read", unread },
	{ "one that the server does not show", hidden },
	{ "what the notes say", withheld },
	{ "fear", fears },
	{ "a list of bases", no_bases },
	{ "a basis", some_bases },
	{ "another basis", more_bases },
	{ "a basis that cannot be read", bases_unread },
	{ "a text that was altered", altered },
	{ "a value without a translation", unmapped },
	{ "more than fit", many },
	{ "a field that cannot be read", unreadable },
	{ "another field that cannot", other_unreadable },
	{ "a field of which rows differ", differs },
	{ "an unclear priority", priority },
	{ "an unclear birth date", birth },
	{ "consents that differ", consents },
};

static void
digest(const struct source_facts *f, char out[static FACTS_DIGEST])
{
	struct fault why;

	assert_int_equal(facts_digest(f, out, &why), 0);
	assert_int_equal(strlen(out), FACTS_DIGEST - 1);
}

/* Unlike nothing known, unlike each other, and always the same. */
static void
is_of_its_own(void **state)
{
	const struct row *row = *state;
	char mine[FACTS_DIGEST], other[FACTS_DIGEST];
	struct source_facts f = { 0 }, g = { 0 };

	digest(&f, other);
	row->change(&f);
	digest(&f, mine);
	assert_string_not_equal(mine, other);
	digest(&f, other);
	assert_string_equal(mine, other);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (&rows[i] == row)
			continue;
		g = (struct source_facts){ 0 };
		rows[i].change(&g);
		digest(&g, other);
		assert_string_not_equal(mine, other);
	}
}

/* The withholding fields as a case may have them. */
static const char *const said[] = { "{}", "{\"a\":\"my address\"}",
	"{\"b\":\"my address\"}", "{\"a\":\"my name\"}", "{\"a\":[\"fear\"]}",
	"{\"a\":[\"fear\",\"other\"]}", "{\"a\":[]}", "{\"a\":true}",
	"{\"a\":\"\",\"b\":\"x\"}", "{\"a\":\"x\",\"b\":\"\"}" };

#define SAID (sizeof(said) / sizeof(said[0]))

static void
note(const char *text, uint8_t out[static 32])
{
	struct source_facts f = { 0 };
	struct json *json;
	struct fault why;

	assert_int_equal(json_read(text, strlen(text), &json_record, &json,
			     &why),
	    0);
	const struct json_node *of[] = { json_get(json_root(json), "a"),
		json_get(json_root(json), "b") };
	assert_int_equal(facts_note_withheld(&f, of, 2, &why), 0);
	memcpy(out, f.withheld, sizeof(f.withheld));
	json_free(json);
}

static void
each_note_is_another(void **state)
{
	uint8_t one[32], two[32];

	(void)state;
	for (size_t i = 0; i < SAID; i++)
		for (size_t k = 0; k < SAID; k++) {
			note(said[i], one);
			note(said[k], two);
			assert_int_equal(memcmp(one, two, sizeof(one)) == 0,
			    i == k);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_note_is_another),
	};

	return ROWS_RUN("facts", rows, is_of_its_own) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
