#include "tests/unit/a_referral.h"

#include "base/arena.h"
#include "base/fault.h"
#include "import/basis.h"

/* What is held here, and what was let go over there; then changed. */
struct held_scene {
	struct scene s;
	struct consent record[2];
	const struct consent *records[2];
	struct held_here held;
	struct judged judged[2];
	const char *recall;
};

struct basis_row {
	const char *name;
	void (*change)(struct held_scene *h);
	bool facts, held; /* which of the two changes */
};

static void
start(struct held_scene *h)
{
	scene_start(&h->s, AT_IMPORT);
	h->record[0] = h->s.referral.consent;
	h->record[1] = h->s.referral.consent;
	h->record[1].status = CONSENT_WITHDRAWN;
	h->records[0] = &h->record[0];
	h->records[1] = &h->record[1];
	h->held =
	    (struct held_here){ h->records, 2, false, false, DAY_UNKNOWN };
	h->judged[0] = (struct judged){ "C-BAND", "one", "why", TODAY };
	h->judged[1] = (struct judged){ "C-CARE", "one", "why", TODAY };
	h->recall = NULL;
	h->s.referral.judged = h->judged;
	h->s.referral.judged_count = 1;
	h->s.question.held = &h->held;
}

static struct decision_basis
basis(struct held_scene *h, struct arena *a)
{
	struct decision_basis out;
	struct fault why;

	assert_int_equal(basis_of(&h->s.question, h->recall, a, &out, &why), 0);
	assert_int_equal(out.agreement, h->s.agreement.version);
	assert_non_null(out.facts);
	return out;
}

static void
other_order(struct held_scene *h)
{
	h->records[0] = &h->record[1];
	h->records[1] = &h->record[0];
}

static void
later(struct held_scene *h)
{
	h->record[0].given_on++;
}

static void
narrower(struct held_scene *h)
{
	h->record[0].info_categories.count = 1;
}

static void
fewer(struct held_scene *h)
{
	h->held.count = 1;
}

static void
unreadable(struct held_scene *h)
{
	h->held.unreadable = true;
}

static void
recalled(struct held_scene *h)
{
	h->held.recalled = true;
}

static void
let_go_more(struct held_scene *h)
{
	h->s.referral.judged_count = 2;
}

static void
let_go_nothing(struct held_scene *h)
{
	h->s.referral.judged_count = 0;
}

static void
let_go_another(struct held_scene *h)
{
	h->judged[0].rule = "C-CARE";
}

static void
by_another(struct held_scene *h)
{
	h->judged[0].user = "two";
}

static void
for_another_reason(struct held_scene *h)
{
	h->judged[0].reason = "because";
}

static void
on_another_day(struct held_scene *h)
{
	h->judged[0].on--;
}

static void
withdrawn_before(struct held_scene *h)
{
	h->recall = "a bundle";
}

static const struct basis_row rows[] = {
	{ "the records in another order are the same", other_order, false,
	    false },
	{ "a later record", later, false, true },
	{ "a narrower one", narrower, false, true },
	{ "one less", fewer, false, true },
	{ "one that cannot be read", unreadable, false, true },
	{ "a recall of the child's", recalled, false, true },
	{ "more was let go over there", let_go_more, true, false },
	{ "nothing was", let_go_nothing, true, false },
	{ "something else was", let_go_another, true, false },
	{ "by somebody else", by_another, true, false },
	{ "for another reason", for_another_reason, true, false },
	{ "on another day", on_another_day, true, false },
	{ "a recall of this one", withdrawn_before, true, false },
};

static void
a_change_shows_where_it_is(void **state)
{
	const struct basis_row *row = *state;
	static struct held_scene h;
	struct decision_basis before, after;
	struct fault why;
	struct arena *a = arena_new(1 << 20, &why);

	assert_non_null(a);
	start(&h);
	before = basis(&h, a);
	row->change(&h);
	after = basis(&h, a);
	assert_int_equal(strcmp(before.facts, after.facts) != 0, row->facts);
	assert_int_equal(strcmp(before.held, after.held) != 0, row->held);
	arena_free(a);
}

static void
where_nothing_was_looked_for_nothing_is_held(void **state)
{
	static struct held_scene h;
	struct fault why;
	struct arena *a = arena_new(1 << 20, &why);

	(void)state;
	assert_non_null(a);
	start(&h);
	h.s.question.held = NULL;
	assert_null(basis(&h, a).held);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nothing_was_looked_for_nothing_is_held),
	};

	return ROWS_RUN("basis", rows, a_change_shows_where_it_is) +
	    cmocka_run_group_tests(tests, NULL, NULL);
}
