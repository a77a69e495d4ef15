#include "cli/verified.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/files.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/audit.h"
#include "import/audit_words.h"

#define JSON_MAX ((size_t)256 * 1024 * 1024)
#define GAPS_SHOWN 20 /* for people; --json and --csv have all */

struct telling {
	struct say *say;
	struct jsonout json;
	const struct audit *audit;
	const struct files_seen *seen;
	bool people; /* lines for them are told too */
	size_t gaps;
};

static void
write_signer(struct jsonout *o, const struct node *n,
    const struct minisign_public *k)
{
	char key[MINISIGN_PUBLIC_ROOM];

	minisign_public_write(k, key);
	jsonout_object(o, NULL);
	jsonout_text(o, "node", n->code);
	jsonout_text(o, "party", n->party->id);
	jsonout_text(o, "key", key);
}

static int
tell_sentence(const char *sentence, void *context, struct fault *why)
{
	struct telling *t = context;

	(void)why;
	if (t->people)
		say_line(t->say, "%s", sentence);
	jsonout_text(&t->json, NULL, sentence);
	return 0;
}

static int
write_summary(struct telling *t, struct fault *why)
{
	return audit_words(t->audit, t->seen->others, tell_sentence, t, why);
}

static int
write_signers(struct telling *t, struct fault *why)
{
	const struct audit_signer *s;
	size_t count = audit_signers(t->audit, &s);
	struct jsonout *o = &t->json;

	(void)why;
	for (size_t i = 0; i < count; i++, s++) {
		if (t->people)
			say_line(t->say,
			    "%s: %zu bundles, numbers %" PRId64 " to %" PRId64
			    ", %" PRId64 " missing",
			    s->node->code, s->bundles, s->first, s->last,
			    s->missing);
		write_signer(o, s->node, s->key);
		jsonout_integer(o, "bundles", (int64_t)s->bundles);
		jsonout_integer(o, "copies", (int64_t)s->copies);
		jsonout_integer(o, "first", s->first);
		jsonout_integer(o, "last", s->last);
		jsonout_integer(o, "missing", s->missing);
		if (s->node->revoked)
			jsonout_integer(o, "revoked_after",
			    s->node->revoked_after);
		else
			jsonout_null(o, "revoked_after");
		jsonout_object_end(o);
	}
	return 0;
}

static int
write_gap(const struct audit_gap *g, void *context, struct fault *why)
{
	struct telling *t = context;

	(void)why;
	if (!t->people)
		;
	else if (t->gaps++ < GAPS_SHOWN && g->first == g->last)
		say_line(t->say, "%s: %" PRId64 " is missing", g->node->code,
		    g->first);
	else if (t->gaps <= GAPS_SHOWN)
		say_line(t->say, "%s: %" PRId64 " to %" PRId64 " are missing",
		    g->node->code, g->first, g->last);
	write_signer(&t->json, g->node, g->key);
	jsonout_integer(&t->json, "first", g->first);
	jsonout_integer(&t->json, "last", g->last);
	jsonout_object_end(&t->json);
	return 0;
}

static int
write_gaps(struct telling *t, struct fault *why)
{
	if (audit_gaps(t->audit, write_gap, t, why) == -1)
		return -1;
	if (t->gaps > GAPS_SHOWN)
		say_next(t->say, "%zu more gaps: --csv FILE has them all.",
		    t->gaps - GAPS_SHOWN);
	return 0;
}

static int
write_twice(const struct audit_twice *d, void *context, struct fault *why)
{
	static const char *const kinds[] = {
		[AUDIT_COPY] = "copy",
		[AUDIT_NUMBER] = "number",
		[AUDIT_ID] = "id",
	};
	struct telling *t = context;
	struct jsonout *o = &t->json;
	struct fault alarm;

	(void)why;
	write_signer(o, d->node, d->key);
	jsonout_text(o, "kind", kinds[d->kind]);
	jsonout_integer(o, "seq", d->seq[1]);
	jsonout_list(o, "files");
	jsonout_text(o, NULL, d->file[0]);
	jsonout_text(o, NULL, d->file[1]);
	jsonout_list_end(o);
	jsonout_list(o, "ids");
	jsonout_text(o, NULL, d->id[0]);
	jsonout_text(o, NULL, d->id[1]);
	jsonout_list_end(o);
	jsonout_object_end(o);
	if (d->kind == AUDIT_COPY) {
		say_line(t->say, "%s is a copy of %s", d->file[1], d->file[0]);
		return 0;
	}
	fault_set(&alarm,
	    d->kind == AUDIT_NUMBER ? FAULT_BUNDLE_NUMBER_TWICE :
				      FAULT_BUNDLE_CONTENT_TWICE,
	    "%s, number %" PRId64 "; the other is %s", d->node->code, d->seq[1],
	    d->file[0]);
	say_fault(t->say, d->file[1], &alarm);
	return 0;
}

static int
write_twices(struct telling *t, struct fault *why)
{
	return audit_twices(t->audit, write_twice, t, why);
}

static int
write_unknown(struct telling *t, struct fault *why)
{
	const struct audit_unknown *k;
	size_t more, count = audit_unknown(t->audit, &k, &more);

	(void)why;
	for (size_t i = 0; i < count; i++) {
		jsonout_object(&t->json, NULL);
		jsonout_text(&t->json, "number", k[i].number);
		jsonout_integer(&t->json, "bundles", (int64_t)k[i].bundles);
		jsonout_object_end(&t->json);
	}
	return 0;
}

static int
write_silent(struct telling *t, struct fault *why)
{
	const struct agreement *a = audit_agreement(t->audit);

	(void)why;
	for (size_t i = 0; i < a->node_count; i++)
		if (audit_words_silent(t->audit, &a->nodes[i]))
			jsonout_text(&t->json, NULL, a->nodes[i].code);
	return 0;
}

/* One list of the result; its lines for people are told on the way. */
static int
tell_list(struct telling *t, const char *name,
    int (*write)(struct telling *t, struct fault *why), struct fault *why)
{
	struct bytes text;
	struct sink *to;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		goto done;
	jsonout_start(&t->json, to);
	jsonout_list(&t->json, NULL);
	if (write(t, why) == -1)
		goto done;
	jsonout_list_end(&t->json);
	if ((rc = jsonout_end(&t->json, why)) == 0)
		say_json(t->say, name, &text);
done:
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static int
tell_counts(struct telling *t, const struct audit_counts *c, struct fault *why)
{
	const struct {
		const char *name;
		size_t count;
	} counts[] = {
		{ "files", c->files },
		{ "good", c->good },
		{ "bad", c->bad },
		{ "unknown_key", c->unknown_key },
		{ "revoked", c->revoked },
		{ "revoked_since", c->revoked_since },
		{ "untimely", c->untimely },
		{ "copies", c->copies },
		{ "alarms", c->alarms },
		{ "foreign", c->foreign },
		{ "unread", c->unread },
		{ "others", t->seen->others },
		{ "others_like_bundles", t->seen->like_bundles },
	};
	struct bytes text;
	struct sink *to;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		goto done;
	jsonout_start(&t->json, to);
	jsonout_object(&t->json, NULL);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		jsonout_integer(&t->json, counts[i].name,
		    (int64_t)counts[i].count);
	jsonout_integer(&t->json, "missing", c->missing);
	jsonout_object_end(&t->json);
	if ((rc = jsonout_end(&t->json, why)) == 0)
		say_json(t->say, "looked_at", &text);
done:
	sink_free(to);
	bytes_free(&text);
	return rc;
}

int
verified_tell(struct say *say, const struct audit *u,
    const struct files_seen *seen, bool people, struct fault *why)
{
	struct telling t = { .say = say,
		.audit = u,
		.seen = seen,
		.people = people };
	struct audit_counts c;

	audit_count(u, &c);
	if (tell_counts(&t, &c, why) == -1 ||
	    tell_list(&t, "signers", write_signers, why) == -1 ||
	    tell_list(&t, "gaps", write_gaps, why) == -1 ||
	    tell_list(&t, "duplicates", write_twices, why) == -1 ||
	    tell_list(&t, "unknown_keys", write_unknown, why) == -1 ||
	    tell_list(&t, "nodes_without", write_silent, why) == -1 ||
	    tell_list(&t, "summary", write_summary, why) == -1)
		return -1;
	if (c.untimely > 0)
		say_notice(say,
		    "%zu with a good signature made on a day when their node "
		    "did not take part: ask the focal point whether its clock "
		    "was wrong, or its key in other hands.",
		    c.untimely);
	return 0;
}
