/* Counts that are a few are hidden, and cannot be worked out. */
#include "tests/unit/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/figures.h"

#define MOST 8

struct row {
	const char *name;
	bool overlap;
	int64_t counts[MOST]; /* ends at -1 */
	const char *want;     /* a letter each: shown, hidden; or "withheld" */
	bool total_hidden;
};

static const struct row rows[] = {
	{ "threat 63: large ones are shown", false, { 5, 60, 700, -1 }, "sss",
	    false },
	{ "nothing is shown as nothing", false, { 0, 0, -1 }, "ss", false },
	{ "a zero beside large ones is shown", false, { 0, 9, -1 }, "ss",
	    false },
	{ "one that is a few takes the smallest other along", false,
	    { 3, 50, 8, -1 }, "hsh", false },
	{ "two that are a few can be each other's", false, { 4, 2, 50, -1 },
	    "hhs", false },
	{ "two ones would be known by their sum", false, { 1, 1, 50, 70, -1 },
	    "hhhs", false },
	{ "three that leave a few at most take another along", false,
	    { 2, 2, 2, 9, 30, -1 }, "hhhhs", false },
	{ "a zero hides nothing", false, { 0, 2, 9, -1 }, "shh", false },
	{ "a few that stand alone and are the sum: all is withheld", false,
	    { 0, 3, -1 }, "withheld", true },
	{ "a few in all: not even the sum", false, { 1, 2, 1, -1 }, "withheld",
	    true },
	{ "ones in all, and more than a few: the sum alone", false,
	    { 1, 1, 1, 1, 1, 1, -1 }, "withheld", false },
	{ "two that are the sum may be shown as hidden", false, { 2, 4, -1 },
	    "hh", false },
	{ "rows that overlap hide only themselves", true, { 1, 50, 7, -1 },
	    "hss", true },
};

static void
hides(void **state)
{
	const struct row *row = *state;
	struct figures f = { .parts = !row->overlap, .ordered = true };
	struct arena *a;
	struct fault why;
	char label[2] = "a";
	bool withheld = strcmp(row->want, "withheld") == 0;

	assert_non_null(a = arena_new(65536, &why));
	for (int i = 0; row->counts[i] != -1; i++, label[0]++)
		assert_int_equal(figures_add(&f, a, label, row->counts[i],
				     &why),
		    0);
	figures_hide(&f);
	assert_int_equal(f.withheld, withheld);
	assert_int_equal(f.total_hidden, row->total_hidden);
	for (size_t i = 0; i < f.count; i++)
		assert_int_equal(f.rows[i].hidden,
		    withheld || row->want[i] == 'h');
	arena_free(a);
}

/* No table of up to four small counts lets anybody work out a few. */
static void
cannot_be_worked_out(void)
{
	static const char *const labels[] = { "a", "b", "c", "d" };
	struct arena *a;
	struct fault why;

	assert_non_null(a = arena_new(65536, &why));
	for (int n = 0; n < 12 * 12 * 12 * 12; n++) {
		struct figures f = { .parts = true, .ordered = true };
		int64_t sum = 0, hidden = 0;

		arena_empty(a);
		for (int i = 0, left = n; i < 4; i++, left /= 12)
			assert_int_equal(figures_add(&f, a, labels[i],
					     left % 12, &why),
			    0);
		figures_hide(&f);
		for (size_t i = 0; i < f.count; i++) {
			assert_true(f.rows[i].hidden || f.rows[i].count == 0 ||
			    f.rows[i].count >= FIGURES_LEAST);
			sum += f.rows[i].hidden ? f.rows[i].count : 0;
			hidden += f.rows[i].hidden;
		}
		/* Alone, or all ones, or all a few by what their sum leaves. */
		if (!f.withheld && hidden > 0)
			assert_true(
			    hidden > 1 && sum - (hidden - 1) >= FIGURES_LEAST);
		if (f.total > 0 && f.total < FIGURES_LEAST)
			assert_true(f.total_hidden && f.withheld);
	}
	arena_free(a);
}

static void
adds_up(void)
{
	struct figures f = { .parts = true };
	struct arena *a;
	struct fault why;
	char label[16];

	assert_non_null(a = arena_new((size_t)1 << 20, &why));
	for (int i = 99; i >= 0; i--) {
		(void)snprintf(label, sizeof(label), "%02d", i % 50);
		assert_int_equal(figures_add(&f, a, label, 5, &why), 0);
	}
	assert_int_equal(f.count, 50);
	assert_int_equal(f.total, 500);
	assert_null(figures_find(&f, "50"));
	figures_hide(&f);
	assert_string_equal(f.rows[0].label, "00");
	assert_string_equal(f.rows[49].label, "49");
	assert_int_equal(figures_find(&f, "07")->count, 10);
	arena_free(a);
}

static const struct plain {
	const char *name;
	void (*holds)(void);
} plain[] = {
	{ "no small count can be worked out of any small table",
	    cannot_be_worked_out },
	{ "what has one label is one row; they are sorted", adds_up },
};

static void
plain_holds(void **state)
{
	((const struct plain *)*state)->holds();
}

int
main(void)
{
	return ROWS_RUN("figures: hiding", rows, hides) +
	    ROWS_RUN("figures: rows", plain, plain_holds);
}
