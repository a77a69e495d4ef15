/* Chains of sinks that write down what is asked of them. */
#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"

static char journal[100];

static void
enter(char what, char who)
{
	size_t len = strlen(journal);

	assert_true(len + 3 < sizeof(journal));
	journal[len] = what;
	journal[len + 1] = who;
	journal[len + 2] = '\0';
}

static int
stage_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	const char *name = s->own;

	enter('w', *name);
	if (*name == 'X')
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "%s", name);
	return s->next != NULL ? sink_write(s->next, bytes, len, why) : 0;
}

/* Holds one byte back until the end, as a sink that seals would. */
static int
stage_finish(struct sink *s, struct fault *why)
{
	const char *name = s->own;

	enter('f', *name);
	if (*name == 'Y')
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "%s", name);
	return s->next != NULL ? sink_write(s->next, ".", 1, why) : 0;
}

static void
stage_free(void *own)
{
	enter('-', *(const char *)own);
	free(own);
}

static const struct sink_kind stage_kind = { "stage", stage_write, stage_finish,
	stage_free };
static const struct sink_kind no_finish_kind = { "plain", stage_write, NULL,
	stage_free };

static const struct chain {
	const char *name;
	const char *stages; /* front first; a lower-case one has no finish */
	const char *text;
	bool finish;
	int want;
	const char *journal;
} chains[] = {
	{ "a write goes down the chain, freeing too", "AB", "x", false, 0,
	    "wAwB-A-B" },
	{ "finishing goes from front to end and writes what was held", "AB",
	    "x", true, 0, "wAwBfAwBfB-A-B" },
	{ "a kind without finish is passed over", "AbC", "x", true, 0,
	    "wAwbwCfAwbwCfC-A-b-C" },
	{ "writing nothing reaches nobody", "AB", "", false, 0, "-A-B" },
	{ "a failed write is passed up", "AX", "x", false, -1, "wAwX-A-X" },
	{ "a failed finish stops the rest", "AYC", "x", true, -1,
	    "wAwYwCfAwYwCfY-A-Y-C" },
	{ "one sink is a chain", "A", "x", true, 0, "wAfA-A" },
};

static struct sink *
build(const char *stages, struct fault *why)
{
	struct sink *s = NULL;
	size_t i = strlen(stages);

	while (i-- > 0) {
		char *own = malloc(2);

		assert_non_null(own);
		own[0] = stages[i];
		own[1] = '\0';
		s = sink_new(stages[i] >= 'a' ? &no_finish_kind : &stage_kind,
		    own, &s, why);
		assert_non_null(s);
	}
	return s;
}

static void
chain_holds(void **state)
{
	const struct chain *row = *state;
	struct fault why = { 0 };
	struct sink *s = build(row->stages, &why);
	int rc;

	journal[0] = '\0';
	rc = sink_write(s, row->text, strlen(row->text), &why);
	if (rc == 0 && row->finish)
		rc = sink_finish(s, &why);
	sink_free(s);
	assert_int_equal(rc, row->want);
	assert_int_equal(why.id,
	    row->want == 0 ? FAULT_NONE : FAULT_DISK_NOT_WRITTEN);
	assert_string_equal(journal, row->journal);
}

static const struct edge {
	const char *name;
	bool pointer; /* there is a pointer to the next, which is NULL */
} edges[] = {
	{ "the end of a chain may be given as no pointer", false },
	{ "the end of a chain may be given as a pointer to none", true },
};

static void
edge_holds(void **state)
{
	const struct edge *row = *state;
	struct fault why = { 0 };
	struct sink *none = NULL, *s;
	char *own = malloc(2);

	assert_non_null(own);
	memcpy(own, "A", 2);
	journal[0] = '\0';
	s = sink_new(&stage_kind, own, row->pointer ? &none : NULL, &why);
	assert_non_null(s);
	assert_null(s->next);
	sink_free(s);
	sink_free(NULL);
	assert_string_equal(journal, "-A");
}

static const struct {
	const char *name;
} takings[] = { { "making a sink takes the next one from its holder" } };

static void
taking_holds(void **state)
{
	struct fault why = { 0 };
	struct bytes b;
	struct sink *next, *kept, *s;
	char *own = malloc(2);

	(void)state;
	assert_non_null(own);
	memcpy(own, "A", 2);
	bytes_init(&b, 100);
	kept = next = bytes_sink_new(&b, &why);
	assert_non_null(next);
	s = sink_new(&stage_kind, own, &next, &why);
	assert_non_null(s);
	assert_null(next);
	assert_ptr_equal(s->next, kept);
	assert_int_equal(sink_write(s, "x", 1, &why), 0);
	assert_int_equal(sink_finish(s, &why), 0);
	assert_string_equal((const char *)b.at, "x.");
	sink_free(s);
	bytes_free(&b);
}

int
main(void)
{
	return ROWS_RUN("sink: chains", chains, chain_holds) +
	    ROWS_RUN("sink: ends", edges, edge_holds) +
	    ROWS_RUN("sink: ownership", takings, taking_holds);
}
