/* What the log has of a judgement, and what nobody can read from it. */
#include "tests/unit/a_store.h"

#include "store/journal.h"
#include "store/judging.h"
#include "store/log_leaf.h"

#define REASONS 3

struct said {
	const char *rule;
	enum verdict verdict;
	bool released;
};

/* Two children of two worlds: the leaves are the same but for the ref. */
struct pair {
	const char *name;
	struct said one[REASONS];
	struct said other[REASONS];
};

#define STRIPS(id)                       \
	{                                \
		id, VERDICT_STRIP, false \
	}
#define HOLDS(id)                       \
	{                               \
		id, VERDICT_HOLD, false \
	}
#define LET_GO(id)                     \
	{                              \
		id, VERDICT_NOTE, true \
	}

static const struct pair pairs[] = {
	{ "threat 61: what S-GBV leaves out is left out like other fields",
	    { STRIPS("S-GBV") }, { STRIPS("P-FIELDS") } },
	{ "threat 61: and is not told beside P-FIELDS",
	    { STRIPS("P-FIELDS"), STRIPS("S-GBV") }, { STRIPS("P-FIELDS") } },
	{ "threat 61: a place in the order of the rules does not tell it",
	    { STRIPS("C-INFO"), STRIPS("S-GBV") },
	    { STRIPS("P-FIELDS"), STRIPS("C-INFO") } },
	{ "threat 61: what C-HIDE leaves out is left out like other fields",
	    { STRIPS("C-HIDE") }, { STRIPS("P-FIELDS") } },
	{ "threat 61: a hold of C-HIDE is like one of consent",
	    { HOLDS("C-HIDE") }, { HOLDS("C-TOLD") } },
	{ "threat 61: a hold of S-GBV is like one of consent",
	    { HOLDS("S-GBV") }, { HOLDS("C-AGE") } },
	{ "threat 61: a hold of S-FEAR is like one of consent",
	    { HOLDS("S-FEAR") }, { HOLDS("C-HAVE") } },
	{ "threat 61: a hold of L-MAND is like one of consent",
	    { HOLDS("D-AGE"), HOLDS("L-MAND") },
	    { HOLDS("C-EDGE"), HOLDS("D-AGE") } },
	{ "threat 61: two such holds are like one",
	    { HOLDS("C-HIDE"), HOLDS("S-FEAR"), HOLDS("L-MAND") },
	    { HOLDS("C-HOW") } },
	{ "threat 61: what a person let go is like what of consent was",
	    { HOLDS("D-AGE"), LET_GO("L-MAND") },
	    { LET_GO("C-CARE"), HOLDS("D-AGE") } },
	{ "threat 61: what was let go and left out is, too",
	    { { "S-GBV", VERDICT_STRIP, true } },
	    { STRIPS("P-FIELDS"), LET_GO("C-CARE") } },
};

static void
judge(const struct said *said, struct judgement *out)
{
	static const struct judged released = { .rule = "R-AGAIN" };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < REASONS && said[i].rule != NULL; i++) {
		struct reason *r = &out->reasons[out->count++];

		r->rule = rules_find(said[i].rule);
		assert_non_null(r->rule);
		r->verdict = said[i].verdict;
		r->released = said[i].released ? &released : NULL;
		if (r->verdict > out->verdict)
			out->verdict = r->verdict;
	}
}

/* The leaf without the hash that no two have the same. */
static void
leaf_of(const struct said *said, char out[static 1024])
{
	static struct judgement judgement;
	struct judging j = { .end = AT_EXPORT,
		.at = 86400,
		.ref = "progres:INT-0042",
		.bundle = "b",
		.judgement = &judgement };
	struct bytes entry;
	struct a_store t;
	char *ref;

	a_store_start(&t);
	judge(said, &judgement);
	assert_int_equal(judging_note(t.s, &j, &t.why), 0);
	bytes_init(&entry, LOG_ENTRY_MAX);
	assert_int_equal(log_leaf_entry(t.s, 1, &entry, &t.why), 0);
	(void)snprintf(out, 1024, "%s", (const char *)entry.at);
	ref = strstr(out, "\"ref\":\"");
	assert_non_null(ref);
	memset(ref + 7, '-', 64);
	bytes_free(&entry);
	a_store_end(&t);
}

static void
pair_looks_alike(void **state)
{
	const struct pair *row = *state;
	char one[1024], other[1024];

	leaf_of(row->one, one);
	leaf_of(row->other, other);
	assert_string_equal(one, other);
}

int
main(void)
{
	return ROWS_RUN("judging: alike", pairs, pair_looks_alike);
}
