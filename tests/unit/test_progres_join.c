/*
 * A row is the file as its first and its second reading see it: one letter a
 * record, the same letter for the same intervention.  What is handed out is
 * written as the places of the rows, a space between two interventions.
 */
#include "formats/progres_join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "formats/json.h"
#include "tests/unit/rows.h"

#define TEXT 256

static const struct row {
	const char *name;
	const char *counted;
	const char *read; /* NULL: the same */
	const char *want;
	enum fault_id fault; /* of the record after those handed out */
	enum fault_id end;
} rows[] = {
	{ "an empty file has none", "", NULL, "", FAULT_NONE, FAULT_NONE },
	{ "one row is whole at once", "a", NULL, "1", FAULT_NONE, FAULT_NONE },
	{ "interventions of one row each go on one by one", "abc", NULL,
	    "1 2 3", FAULT_NONE, FAULT_NONE },
	{ "rows that stand together are one", "aaabb", NULL, "123 45",
	    FAULT_NONE, FAULT_NONE },
	{ "rows that stand apart are one, in the file's order", "abacab", NULL,
	    "4 135 26", FAULT_NONE, FAULT_NONE },
	{ "who is whole first goes first", "abba", NULL, "23 14", FAULT_NONE,
	    FAULT_NONE },
	{ "a record that is new the second time faults", "a", "ab", "1",
	    FAULT_DISK_NOT_READ, FAULT_NONE },
	{ "a row more the second time faults, and is no second referral", "aa",
	    "aaa", "12", FAULT_DISK_NOT_READ, FAULT_NONE },
	{ "a record of an empty first reading faults", "", "a", "",
	    FAULT_DISK_NOT_READ, FAULT_NONE },
	{ "a row less the second time is told at the end", "aab", "ab", "2",
	    FAULT_NONE, FAULT_DISK_NOT_READ },
	{ "an intervention that is gone is told at the end", "ab", "a", "1",
	    FAULT_NONE, FAULT_DISK_NOT_READ },
	{ "a file that is gone is told at the end", "ab", "", "", FAULT_NONE,
	    FAULT_DISK_NOT_READ },
};

static struct json *
record_of(char letter, size_t at)
{
	char text[64];
	struct fault why;
	struct json *j;

	(void)snprintf(text, sizeof(text),
	    "{\"number\":\"NUMBER-%c\",\"at\":%zu}", letter, at);
	assert_int_equal(json_read(text, strlen(text), &json_foreign, &j, &why),
	    0);
	return j;
}

static const char *
number_of(const struct json *j)
{
	return json_get_text(json_root(j), "number");
}

static void
append(char *out, const char *text)
{
	size_t len = strlen(out);

	(void)snprintf(out + len, TEXT - len, "%s", text);
}

static void
count_all(struct progres_join *join, const char *letters)
{
	struct fault why;
	struct json *j;

	for (size_t i = 0; letters[i] != '\0'; i++) {
		j = record_of(letters[i], i + 1);
		assert_int_equal(progres_join_count(join, number_of(j), &why),
		    0);
		json_free(j);
	}
}

/* Each handed out row is asked for its place, so it has to be there still. */
static int
add_one(struct progres_join *join, char letter, size_t at, char *got,
    struct fault *why)
{
	struct json *j = record_of(letter, at);
	const struct json_node *const *out = NULL;
	size_t count = 0, first = 0;
	int64_t place;
	char text[32];
	int rc;

	rc = progres_join_add(join, number_of(j), &j, 40, at, &out, &count,
	    &first, why);
	if (rc == -1) {
		json_free(j);
		return -1;
	}
	assert_null(j);
	for (size_t i = 0; rc == 1 && i < count; i++) {
		assert_true(json_integer(json_get(out[i], "at"), &place));
		assert_true(i > 0 || (size_t)place == first);
		(void)snprintf(text, sizeof(text), "%s%d",
		    i == 0 && got[0] != '\0' ? " " : "", (int)place);
		append(got, text);
	}
	return rc;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	const char *read = row->read == NULL ? row->counted : row->read;
	char got[TEXT] = "";
	struct fault why = { .id = FAULT_NONE };
	struct progres_join *join = progres_join_new(&why);
	int rc = 0;

	assert_non_null(join);
	count_all(join, row->counted);
	for (size_t i = 0; read[i] != '\0' && rc != -1; i++)
		rc = add_one(join, read[i], i + 1, got, &why);
	assert_string_equal(got, row->want);
	assert_int_equal(why.id, row->fault);
	if (rc != -1) {
		assert_int_equal(progres_join_end(join, &why),
		    row->end == FAULT_NONE ? 0 : -1);
		assert_int_equal(why.id, row->end);
	}
	progres_join_free(join);
}

/* How much may wait, and how many there may be. */
static const struct large {
	const char *name;
	size_t interventions;
	size_t rows;	   /* of each */
	size_t bytes;	   /* that each row is said to have */
	bool apart;	   /* all first rows, then all second rows, .. */
	bool count_faults; /* in the first reading already */
	enum fault_id fault;
} larges[] = {
	{ "many interventions of one row each", 20000, 1, 3000, false, false,
	    FAULT_NONE },
	{ "many interventions of three rows each", 5000, 3, 3000, false, false,
	    FAULT_NONE },
	{ "rows that wait apart and are few enough", 1000, 3, 3000, true, false,
	    FAULT_NONE },
	{ "rows that wait apart and are too many", 10000, 3, 3000, true, false,
	    FAULT_SOURCE_APART },
	{ "short rows are not free", 100000, 2, 1, true, false,
	    FAULT_SOURCE_APART },
	{ "one row alone never waits, however long it is", 2, 1,
	    PROGRES_JOIN_WAITING * 2, false, false, FAULT_NONE },
	{ "the last row never waits either", 1, 2, PROGRES_JOIN_WAITING / 2,
	    false, false, FAULT_NONE },
	{ "a row too long to wait", 1, 2, PROGRES_JOIN_WAITING, false, false,
	    FAULT_SOURCE_APART },
	{ "as many rows as can be counted", 1, 65535, 0, false, false,
	    FAULT_NONE },
	{ "one row more than can be counted", 1, 65536, 0, false, true,
	    FAULT_SOURCE_TOO_LARGE },
};

/* Which intervention the record at that place belongs to. */
static size_t
which(const struct large *l, size_t at)
{
	return l->apart ? at % l->interventions : at / l->rows;
}

static int
count_large(const struct large *l, struct progres_join *join, struct fault *why)
{
	char number[32];

	for (size_t i = 0; i < l->interventions * l->rows; i++) {
		(void)snprintf(number, sizeof(number), "N-%zu", which(l, i));
		if (progres_join_count(join, number, why) == -1)
			return -1;
	}
	assert_int_equal(progres_join_interventions(join), l->interventions);
	return 0;
}

static int
add_large(const struct large *l, struct progres_join *join, struct fault *why)
{
	const struct json_node *const *out;
	size_t count, first, whole = 0;
	struct json *j = NULL;
	char number[32];
	int rc = 0;

	for (size_t i = 0; i < l->interventions * l->rows && rc != -1; i++) {
		(void)snprintf(number, sizeof(number), "N-%zu", which(l, i));
		assert_int_equal(json_read("{}", 2, &json_foreign, &j, why), 0);
		rc = progres_join_add(join, number, &j, l->bytes, i + 1, &out,
		    &count, &first, why);
		json_free(j);
		if (rc != 1)
			continue;
		assert_int_equal(count, l->rows);
		whole++;
	}
	if (rc == -1)
		return -1;
	assert_int_equal(whole, l->interventions);
	return progres_join_end(join, why);
}

static void
large_holds(void **state)
{
	const struct large *l = *state;
	struct fault why = { .id = FAULT_NONE };
	struct progres_join *join = progres_join_new(&why);
	int rc;

	assert_non_null(join);
	rc = count_large(l, join, &why);
	assert_int_equal(rc, l->count_faults ? -1 : 0);
	if (rc == 0)
		rc = add_large(l, join, &why);
	assert_int_equal(rc, l->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, l->fault);
	progres_join_free(join);
}

int
main(void)
{
	int failed = 0;

	progres_join_free(NULL);
	failed += ROWS_RUN("progres_join", rows, row_holds);
	failed += ROWS_RUN("progres_join large", larges, large_holds);
	return failed;
}
