/*
 * A row is a heap of bundles, each a word of three letters or more: the node
 * that signed (a, b), the number, and a letter for its id; a
 * capital is the same id with other content.  What is found is written the same
 * way: a gap as a3-5, two bundles of one number as a3!, of one id as a3?, a
 * copy as a3=.
 */
#include "import/audit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/agreement.h"
#include "import/audit_words.h"
#include "tests/unit/rows.h"

#define FOUND 512

static const struct row {
	const char *name;
	const char *bundles;
	const char *found;
} rows[] = {
	{ "nothing has no gap", "", "" },
	{ "the first alone has none", "a1x", "" },
	{ "all in a row have none", "a1x a2y a3z", "" },
	{ "in any order", "a3z a1x a2y", "" },
	{ "one is missing", "a1x a3y", "a2-2" },
	{ "the first are missing", "a4x", "a1-3" },
	{ "two gaps", "a2x a5y", "a1-1 a3-4" },
	{ "each key has its own numbers", "a1x b2y a2z", "b1-1" },
	{ "the same id of another key is another bundle", "a1x b1x", "" },
	{ "a copy is told, and is no gap", "a1x a1x a2y", "a1=" },
	{ "of three the same two are copies", "a1x a1x a1x", "a1= a1=" },
	{ "two ids of one number are an alarm", "a1x a1y", "a1!" },
	{ "three ids of one number are two", "a1x a1y a1z", "a1! a1!" },
	{ "one id of two numbers is an alarm", "a1x a2x", "a2?" },
	{ "far apart too", "a1x a2y a3x", "a3?" },
	{ "one id and number with other content too", "a1x a1X", "a1?" },
	{ "alarms come before copies", "a1x a1x a2y a2z", "a2! a1=" },
	{ "the largest number", "a9007199254740992x", "a1-9007199254740991" },
};

static struct agreement agreement;
static struct party party = { .id = "UNICEF" };
static struct node nodes[] = {
	{ .code = "a", .party = &party, .role = NODE_SITE },
	{ .code = "b", .party = &party, .role = NODE_HUB },
	{ .code = "c", .party = &party, .role = NODE_AUDITOR },
};
static struct minisign_public keys[] = { { .number = { 1 } },
	{ .number = { 2 } } };

static void
make(const char *word, struct audited *b)
{
	char *end, id;

	memset(b, 0, sizeof(*b));
	b->got.fd = -1;
	b->got.signer = &nodes[word[0] - 'a'];
	b->got.key = &keys[word[0] - 'a'];
	b->got.outside.seq = strtoll(word + 1, &end, 10);
	id = (char)tolower(*end);
	(void)snprintf(b->got.outside.id, BUNDLE_ID,
	    "%08x-0000-4000-8000-000000000000", (unsigned)id);
	b->got.hash[0] = (uint8_t)*end;
	(void)snprintf(b->got.signature.trusted,
	    sizeof(b->got.signature.trusted), "id=%s seq=%" PRId64,
	    b->got.outside.id, b->got.outside.seq);
}

static void
add(char *out, const char *what)
{
	if (*out != '\0')
		(void)strcat(out, " ");
	(void)strcat(out, what);
}

static int
found_gap(const struct audit_gap *g, void *context, struct fault *why)
{
	char text[64];

	(void)why;
	(void)snprintf(text, sizeof(text), "%s%" PRId64 "-%" PRId64,
	    g->node->code, g->first, g->last);
	add(context, text);
	return 0;
}

static int
found_twice(const struct audit_twice *t, void *context, struct fault *why)
{
	static const char marks
	    [] = { [AUDIT_COPY] = '=', [AUDIT_NUMBER] = '!', [AUDIT_ID] = '?' };
	char text[64];

	(void)why;
	assert_string_not_equal(t->file[0], t->file[1]);
	(void)snprintf(text, sizeof(text), "%s%" PRId64 "%c", t->node->code,
	    t->seq[1], marks[t->kind]);
	add(context, text);
	return 0;
}

static struct audit *
heap(const char *bundles)
{
	char words[256], file[32], *next = NULL;
	struct fault why;
	struct audited b;
	struct audit *u;
	int n = 0;

	assert_non_null(u = audit_new(&agreement, &why));
	(void)snprintf(words, sizeof(words), "%s", bundles);
	for (char *w = strtok_r(words, " ", &next); w != NULL;
	     w = strtok_r(NULL, " ", &next)) {
		make(w, &b);
		(void)snprintf(file, sizeof(file), "%d.satchel", n++);
		assert_int_equal(audit_add(u, file, &b, &why), 0);
	}
	assert_int_equal(audit_end(u, &why), 0);
	return u;
}

static void
row_holds(void **state)
{
	const struct row *r = *state;
	char found[FOUND] = "";
	struct audit_counts c;
	struct fault why;
	struct audit *u = heap(r->bundles);

	assert_int_equal(audit_twices(u, found_twice, found, &why), 0);
	assert_int_equal(audit_gaps(u, found_gap, found, &why), 0);
	assert_string_equal(found, r->found);
	audit_count(u, &c);
	assert_int_equal(c.gaps > 0, strchr(found, '-') != NULL);
	assert_int_equal(c.copies > 0, strchr(found, '=') != NULL);
	assert_int_equal(c.alarms > 0, strpbrk(found, "!?") != NULL);
	audit_free(u);
}

static int
keep(const char *sentence, void *context, struct fault *why)
{
	(void)why;
	add(context, sentence);
	return 0;
}

static const struct words_row {
	const char *name;
	const char *bundles;
	const char *says;  /* is among it */
	const char * not ; /* is not */
} words[] = {
	{ "a gap is told in words", "a1x a4y",
	    "2 numbers are missing, in 1 gap:", "ALARM" },
	{ "none too", "a1x", "No number is missing", "numbers are missing" },
	{ "an alarm begins as one", "a1x a1y", "ALARM: 1 time a",
	    "No number was used twice" },
	{ "a node without any is named", "a1x", "there is nothing here: b.",
	    "a," },
	{ "an auditor's node is not", "a1x b1y", "Nothing was opened",
	    "there is nothing here" },
	{ "of nothing no good is said", "", "0 files were looked at",
	    "No number" },
};

static void
words_hold(void **state)
{
	const struct words_row *r = *state;
	struct audit *u = heap(r->bundles);
	char said[8192] = "";
	struct fault why;

	assert_int_equal(audit_words(u, 0, keep, said, &why), 0);
	assert_non_null(strstr(said, r->says));
	assert_null(strstr(said, r->not ));
	audit_free(u);
}

int
main(void)
{
	agreement.nodes = nodes;
	agreement.node_count = sizeof(nodes) / sizeof(nodes[0]);
	return ROWS_RUN("audit", rows, row_holds) +
	    ROWS_RUN("audit in words", words, words_hold);
}
