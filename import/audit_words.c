#include "import/audit_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/agreement.h"
#include "import/audit.h"

#define SENTENCE_ROOM 1024
#define NAMED_MOST 40 /* nodes of whom there is nothing */

struct telling {
	audit_words_take take;
	void *context;
	struct fault *why;
	bool failed;
};

static void tell(struct telling *t, const char *form, ...)
    __attribute__((format(printf, 2, 3)));

static void
tell(struct telling *t, const char *form, ...)
{
	char sentence[SENTENCE_ROOM];
	va_list ap;

	va_start(ap, form);
	(void)vsnprintf(sentence, sizeof(sentence), form, ap);
	va_end(ap);
	t->failed = t->failed || t->take(sentence, t->context, t->why) == -1;
}

static void
tell_if(struct telling *t, size_t count, const char *one, const char *many)
{
	if (count > 0)
		tell(t, "%zu %s.", count, count == 1 ? one : many);
}

static void
tell_files(struct telling *t, const struct audit_counts *c, size_t others)
{
	tell(t, "%zu %s looked at; %zu %s a good signature.", c->files,
	    c->files == 1 ? "file was" : "files were", c->good,
	    c->good == 1 ? "bears" : "bear");
	tell_if(t, c->bad, "does not match its signature, or is damaged",
	    "do not match their signatures, or are damaged");
	tell_if(t, c->unknown_key,
	    "is signed with a key that the agreement does not know",
	    "are signed with keys that the agreement does not know");
	tell_if(t, c->revoked,
	    "is signed with a revoked key, above its last number",
	    "are signed with revoked keys, above their last numbers");
	tell_if(t, c->not_allowed, "is signed by a node that may not send",
	    "are signed by nodes that may not send");
	tell_if(t, c->foreign, "is called a bundle and is none",
	    "are called bundles and are none");
	tell_if(t, c->unread, "could not be read", "could not be read");
	tell_if(t, others, "other thing lies there and was left alone",
	    "other things lie there and were left alone");
}

static void
tell_numbers(struct telling *t, const struct audit_counts *c)
{
	if (c->alarms > 0)
		tell(t,
		    "ALARM: %zu %s a number or an id was used for two "
		    "different bundles. The computer of that office may have "
		    "been copied, set back, or be in other hands.",
		    c->alarms, c->alarms == 1 ? "time" : "times");
	else if (c->good > 0)
		tell(t, "No number was used twice.");
	if (c->gaps > 0)
		tell(t,
		    "%" PRId64 " %s missing, in %zu %s: made by that key and "
		    "not here. They may be lost, kept back, or in another "
		    "folder.",
		    c->missing, c->missing == 1 ? "number is" : "numbers are",
		    c->gaps, c->gaps == 1 ? "gap" : "gaps");
	else if (c->good > 0)
		tell(t,
		    "No number is missing from 1 to the highest of each key.");
	tell_if(t, c->copies, "file is a copy of another one here",
	    "files are copies of others here");
	tell_if(t, c->untimely,
	    "bundle was made on a day when its node did not take part",
	    "bundles were made on days when their nodes did not take part");
	if (c->revoked_since > 0)
		tell(t,
		    "%zu of the good ones %s a key that was revoked later: "
		    "they count up to its last number, but whoever stole the "
		    "key could write such a number too.",
		    c->revoked_since, c->revoked_since == 1 ? "bears" : "bear");
}

bool
audit_words_silent(const struct audit *u, const struct node *n)
{
	const struct audit_signer *signers;
	size_t count = audit_signers(u, &signers);

	for (size_t i = 0; i < count; i++)
		if (signers[i].node == n)
			return false;
	return n->role != NODE_AUDITOR;
}

/* A node whose every bundle is missing shows no gap: it is named. */
static void
tell_silent(struct telling *t, const struct audit *u)
{
	const struct agreement *a = audit_agreement(u);
	char names[SENTENCE_ROOM / 2] = "";
	size_t len = 0, count = 0;

	for (size_t i = 0; i < a->node_count; i++) {
		if (!audit_words_silent(u, &a->nodes[i]))
			continue;
		if (count++ >= NAMED_MOST ||
		    len + strlen(a->nodes[i].code) + 3 >= sizeof(names))
			continue;
		len += (size_t)snprintf(names + len, sizeof(names) - len,
		    "%s%s", len > 0 ? ", " : "", a->nodes[i].code);
	}
	if (count > 0)
		tell(t,
		    "Of %zu %s of the agreement there is nothing here: %s%s.",
		    count, count == 1 ? "node" : "nodes", names,
		    count > NAMED_MOST ? " and more" : "");
}

int
audit_words(const struct audit *u, size_t others, audit_words_take take,
    void *context, struct fault *why)
{
	struct telling t = { take, context, why, false };
	struct audit_counts c;

	audit_count(u, &c);
	tell_files(&t, &c, others);
	tell_numbers(&t, &c);
	tell_silent(&t, u);
	tell(&t,
	    "Numbers above the highest one of a key cannot be missed here; the "
	    "head of that office's log tells how far it came.");
	tell(&t,
	    "Nothing was opened: to whom they go and what is in them is "
	    "not known here.");
	return t.failed ? -1 : 0;
}
