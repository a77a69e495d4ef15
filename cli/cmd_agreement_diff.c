/*
 * agreement diff: what is different in a new version, in plain words.
 */
#include <inttypes.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/agreement_diff.h"

#define WORDS_MAX ((size_t)64 * 1024 * 1024)

struct telling {
	struct say *say;
	struct jsonout out;
	bool begun;
	enum agreement_diff_group group; /* of the line before */
	size_t count;
	size_t looser;
	size_t stricter;
};

static void
tell_difference(void *context, const struct agreement_difference *d)
{
	static const char *const labels[] = {
		[AGREEMENT_DIFF_NEITHER] = "",
		[AGREEMENT_DIFF_LOOSER] = "LOOSER: ",
		[AGREEMENT_DIFF_STRICTER] = "STRICTER: ",
		[AGREEMENT_DIFF_BOTH] = ("LOOSER for some, STRICTER "
					 "for others: "),
	};
	struct telling *t = context;

	if (!t->begun || t->group != d->group)
		say_line(t->say, "%s", agreement_diff_heading(d->group));
	t->begun = true;
	t->group = d->group;
	say_line(t->say, "  %s%s", labels[d->effect], d->text);
	t->count++;
	t->looser += d->effect == AGREEMENT_DIFF_LOOSER ||
	    d->effect == AGREEMENT_DIFF_BOTH;
	t->stricter += d->effect == AGREEMENT_DIFF_STRICTER ||
	    d->effect == AGREEMENT_DIFF_BOTH;
	jsonout_object(&t->out, NULL);
	jsonout_text(&t->out, "group", agreement_diff_group_name(d->group));
	jsonout_text_or_null(&t->out, "effect",
	    agreement_diff_effect_name(d->effect));
	jsonout_text(&t->out, "text", d->text);
	jsonout_object_end(&t->out);
}

static void
tell_end(struct say *say, const struct agreement *before,
    const struct agreement *after, const struct telling *t)
{
	if (after->version <= before->version)
		say_notice(say,
		    "version %" PRId64 " is not newer than version %" PRId64
		    ": nobody could adopt it after that one",
		    after->version, before->version);
	if (t->count == 0) {
		say_line(say, "They say the same.");
		return;
	}
	say_line(say, "in all: %zu different, %zu LOOSER, %zu STRICTER",
	    t->count, t->looser, t->stricter);
	say_status(say, EXIT_LOOK);
}

static int
compare(const struct agreement *before, const struct agreement *after,
    struct say *say, struct fault *why)
{
	struct telling t = { .say = say };
	struct sink *sink = NULL;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, WORDS_MAX);
	if ((sink = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&t.out, sink);
	jsonout_list(&t.out, NULL);
	say_line(say, "version %" PRId64 " and version %" PRId64,
	    before->version, after->version);
	if (agreement_diff(before, after, tell_difference, &t, why) == -1)
		goto done;
	jsonout_list_end(&t.out);
	if ((rc = jsonout_end(&t.out, why)) == 0) {
		say_json(say, "differences", &json);
		tell_end(say, before, after, &t);
	}
done:
	sink_free(sink);
	bytes_free(&json);
	return rc;
}

static struct agreement_file *
read_whole(const char *path, struct say *say, struct fault *why)
{
	struct agreement_file *f = papers_agreement(path, NULL, why);
	bool keys_missing;

	if (f != NULL && papers_need_whole(f, say, &keys_missing, why) == -1) {
		agreement_free(f);
		f = NULL;
	}
	return f;
}

static int
run_diff(const struct args *args, struct say *say, struct fault *why)
{
	struct agreement_file *before = NULL, *after;
	struct home h = { .folder = NULL };
	int rc = -1;

	after = read_whole(args->operands[args->count - 1], say, why);
	if (after == NULL)
		return -1;
	if (args->count == 2) {
		before = read_whole(args->operands[0], say, why);
		if (before == NULL)
			goto done;
	} else if (node_open(args, HOME_READ, &h, why) == -1) {
		goto done;
	} else if (h.agreement == NULL) {
		(void)node_need_agreement(&h, why);
		goto done;
	}
	rc = compare(agreement_of(before != NULL ? before : h.agreement),
	    agreement_of(after), say, why);
done:
	agreement_free(before);
	agreement_free(after);
	node_close(&h);
	return rc;
}

const struct command cmd_agreement_diff = {
	.name = "agreement diff",
	.operands = "[OLD] NEW",
	.least = 1,
	.most = 2,
	.gist = "say in plain words what a new version changes",
	.more =
	    "By what it means: agencies, offices, keys by their fingerprints, "
	    "users, who may ask whom for what, fields, consent, code lists, "
	    "dates. LOOSER: more gets through than before. STRICTER: less "
	    "does. Without OLD it is compared with the one in force at this "
	    "node. Exit status 0: they say the same; 3: they do not.",
	.run = run_diff,
};
