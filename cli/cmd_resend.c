#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/reader.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/made.h"
#include "cli/node.h"
#include "cli/say.h"
#include "export/carry.h"
#include "export/overtake.h"
#include "export/partner.h"
#include "formats/agreement.h"
#include "store/bundles.h"

#define DAY_SECONDS 86400

enum { OPT_TO, OPT_OUT, OPT_DRY_RUN };

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct folder *outbox;
	struct folder *out; /* NULL with --dry-run and no --out */
	const struct node *to;
	struct carrier by;
	size_t done;
	char ahead[BUNDLE_ID]; /* what went before the others; or "" */
};

static int
read_number(const char *word, int64_t *out, struct fault *why)
{
	struct reader r = { (const uint8_t *)word, strlen(word) };
	uint64_t number;

	if (!reader_number(&r, (uint64_t)BUNDLE_NUMBER_MAX, &number) ||
	    r.left != 0 || number == 0)
		return FAIL(why, FAULT_USAGE, "%.40s is no bundle's number",
		    word);
	*out = (int64_t)number;
	return 0;
}

/* Whoever named it by the count over all offices is told the right number. */
static int
unknown(const struct run *r, int64_t number, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	int more;

	while ((more = bundles_made_after(r->home.store, NULL, &b, &b, why)) ==
	    1) {
		if (b.seq == number)
			return FAIL(why, FAULT_NODE_NOT_MADE,
			    "number %" PRId64 " for %s; with seq %" PRId64
			    " went number %" PRId64 " to %s",
			    number, r->to->code, number, b.sequence,
			    b.receiver);
	}
	if (more == -1)
		return -1;
	return FAIL(why, FAULT_NODE_NOT_MADE, "number %" PRId64 " for %s",
	    number, r->to->code);
}

static void
say_of(const struct run *r, const struct bundle_made *b)
{
	const moment use_by = b->created +
	    (moment)agreement_of(r->home.agreement)->use_by_days * DAY_SECONDS;

	made_say(r->say, b, r->home.identity.node, NULL);
	if (b->acknowledged != 0)
		say_line(r->say,
		    "  %s has said that it has this one; again it changes "
		    "nothing.",
		    b->receiver);
	else if (use_by < r->by.now)
		say_notice(r->say,
		    "Its time is over: referrals in it will be held there. "
		    "Export the same cases again with --only");
}

static int
carry(struct run *r, const struct bundle_made *b, struct fault *why)
{
	if (carry_is_kept(b, why) == -1 ||
	    (!r->args->given[OPT_DRY_RUN] && carry_made(&r->by, b, why) == -1))
		return -1;
	say_of(r, b);
	r->done++;
	return 0;
}

/* It may hold what was withdrawn since: the bundle that says so goes first. */
static int
carry_ahead(struct run *r, const struct bundle_made *b, struct fault *why)
{
	struct bundle_made ahead;
	int found = overtake_find(r->home.store, r->to->code, &ahead, why);

	if (found == -1)
		return -1;
	if (found == 0 || r->ahead[0] != '\0' || !overtake_is_older(b, &ahead))
		return 0;
	memcpy(r->ahead, ahead.id, sizeof(r->ahead));
	say_line(r->say,
	    "What was withdrawn since is in number %" PRId64 ": that goes with "
	    "it.",
	    ahead.sequence);
	return carry(r, &ahead, why);
}

/*
 * A number belongs to a key, so after a change of keys two bundles may have
 * it: then both go, since nobody can tell which one is meant.
 */
static int
resend_number(struct run *r, int64_t number, struct fault *why)
{
	struct bundle_made b = { .sender = 0 };
	size_t met = 0;
	int more;

	while ((more = bundles_made_after(r->home.store, r->to->code, &b, &b,
		    why)) == 1) {
		if (b.sequence != number)
			continue;
		met++;
		if (strcmp(b.id, r->ahead) == 0)
			continue;
		if (carry_ahead(r, &b, why) == -1 || carry(r, &b, why) == -1)
			return -1;
	}
	if (more == -1)
		return -1;
	return met > 0 ? 0 : unknown(r, number, why);
}

/* All are looked for before one is written. */
static int
check_numbers(const struct run *r, int64_t *numbers, struct fault *why)
{
	for (int i = 0; i < r->args->count; i++) {
		struct bundle_made b = { .sender = 0 };
		int more;

		if (read_number(r->args->operands[i], &numbers[i], why) == -1)
			return -1;
		do {
			more = bundles_made_after(r->home.store, r->to->code,
			    &b, &b, why);
		} while (more == 1 && b.sequence != numbers[i]);
		if (more != 1)
			return more == -1 ? -1 : unknown(r, numbers[i], why);
		if (carry_is_kept(&b, why) == -1)
			return -1;
	}
	return 0;
}

static int
resend_all(struct run *r, struct fault *why)
{
	int64_t *numbers = calloc((size_t)r->args->count, sizeof(*numbers));
	int rc = 0;

	if (numbers == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "numbers");
	if (check_numbers(r, numbers, why) == -1)
		rc = -1;
	for (int i = 0; i < r->args->count && rc == 0; i++)
		rc = resend_number(r, numbers[i], why);
	free(numbers);
	return rc;
}

static int
prepare(struct run *r, struct fault *why)
{
	const struct args *args = r->args;
	struct partner_question q;

	if (args->option[OPT_TO] == NULL)
		return FAIL(why, FAULT_USAGE, "--to NODE is needed");
	if (args->option[OPT_OUT] == NULL && !args->given[OPT_DRY_RUN])
		return FAIL(why, FAULT_USAGE, "--out DIR is needed");
	if (node_open(args, HOME_WRITE, &r->home, why) == -1)
		return -1;
	if (node_need_agreement(&r->home, why) == -1 ||
	    node_acting(&r->home, args, 0, &r->by.user, why) == -1)
		return -1;
	q = (struct partner_question){ r->home.store,
		agreement_of(r->home.agreement), r->home.self };
	if (partner_find(&q, args->option[OPT_TO], &r->to, why) == -1)
		return -1;
	if (args->option[OPT_OUT] != NULL &&
	    (r->out = folder_open(args->option[OPT_OUT], why)) == NULL)
		return -1;
	if ((r->outbox = folder_make_in(r->home.folder, CARRY_OUTBOX, why)) ==
	    NULL)
		return -1;
	r->by.store = r->home.store;
	r->by.outbox = r->outbox;
	r->by.out = r->out;
	r->by.now = clock_now();
	return 0;
}

static int
run_resend(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	if (prepare(&r, why) == -1 || resend_all(&r, why) == -1)
		goto done;
	if (args->given[OPT_DRY_RUN])
		say_line(say, "Nothing was written: this was a dry run.");
	else
		say_line(say,
		    "The same bytes as before, read back and compared: you "
		    "can take the stick out now.");
	rc = 0;
done:
	folder_close(r.out);
	folder_close(r.outbox);
	node_close(&r.home);
	return rc;
}

const struct command cmd_resend = {
	.name = "resend",
	.operands = "NUMBER...",
	.least = 1,
	.most = -1,
	.gist = "carry bundles once more, as they were made",
	.more = "NUMBER is the one that the other office says it misses, and "
		"that status and import print after the word number; not seq. "
		" A bundle that arrives twice changes nothing.  One that is "
		"older than a withdrawal goes with the bundle that has it, or "
		"not at all.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "NODE",
		    .gist = "the node it was made for" },
		[OPT_OUT] = { .name = "out", .value = "DIR",
		    .gist = "the stick, or another folder" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show which; write nothing" },
	},
	.run = run_resend,
};
