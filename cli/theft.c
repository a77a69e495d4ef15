#include "cli/theft.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "cli/incidents.h"
#include "cli/say.h"
#include "cli/to_do.h"
#include "formats/agreement.h"
#include "import/decide.h"
#include "import/impact.h"
#include "store/distrusted.h"
#include "store/journal.h"
#include "store/store.h"

/* The highest number that came of the node, whichever of its keys signed. */
static int
find_after(struct incident *in, struct fault *why)
{
	int64_t seq;

	in->after = 0;
	for (size_t i = 0; i < in->node->sign_count; i++) {
		if (impact_highest(in->home.store, in->node, i, &seq, why) ==
		    -1)
			return -1;
		if (in->node->sign_count > 1)
			say_line(in->say,
			    "Of its key %zu of %zu, number %" PRId64
			    " is the highest that came here.",
			    i + 1, in->node->sign_count, seq);
		in->after = seq > in->after ? seq : in->after;
	}
	return 0;
}

static void
plan(struct incident *in, const struct impact *here)
{
	const char *code = in->node->code;
	bool stolen = in->revokes;

	to_do_step(in,
	    "Phone the people listed below. Do not write to %s, and do not "
	    "trust what is written from there.",
	    code);
	to_do_step(in,
	    "Phone the supervisor of %s on a number that you knew before: "
	    "which children no longer agree, and who waits for help? What that "
	    "office sends is held here unread, withdrawals too.",
	    code);
	to_do_step(in,
	    "Have every other office run, too: satchel incident %s %s%s. They "
	    "do not learn of it from here by themselves.",
	    stolen ? "--stolen" : "--distrust", code,
	    stolen ? "" : " --reason TEXT");
	if (stolen)
		to_do_step(in,
		    "Ask every other office for the highest number that it "
		    "has of %s (here it is %" PRId64 "): the highest of all, "
		    "or more if the office can prove that it made more, goes "
		    "into the agreement. Leave out numbers that came after "
		    "the theft: whoever has the computer made those. Too low "
		    "a number shuts out what the office itself sent.",
		    code, in->after);
	to_do_step(in,
	    "Ask the working group for a new version of the agreement that "
	    "%s. Until this node adopts it, nothing from %s is taken, and "
	    "nothing is sealed to it. A version that lists it as before "
	    "changes nothing: it may have been signed before anybody knew.",
	    stolen ? "revokes that office as below" :
		     "revokes that office or lists new keys for it",
	    code);
	if (here->waiting > 0)
		to_do_step(in,
		    "Referrals of that office that wait here: %zu. None of "
		    "them can be loaded now; ask the supervisor about the "
		    "urgent ones.",
		    here->waiting);
	if (here->loaded > 0)
		to_do_step(in,
		    "Referrals of that office that were loaded before: %zu. "
		    "Go through them with the supervisor (satchel inbox "
		    "--state loaded); whoever has the computer may have made "
		    "some.",
		    here->loaded);
	if (here->bundles_sent > 0)
		to_do_step(in,
		    "This cannot be undone: referrals that went to that "
		    "office from here: %zu (in all, bundles: %zu). Who has "
		    "the computer and its passphrase can read them. Think "
		    "with the supervisor whom that puts in danger.",
		    here->sent, here->bundles_sent);
}

struct telling {
	const struct incident *in;
	struct distrust told;
};

static int
keep(struct store *s, void *context, struct fault *why)
{
	const struct telling *t = context;
	char body[160];

	(void)snprintf(body, sizeof(body),
	    "{\"kind\":\"%s\",\"node\":\"%s\",\"agreement\":%" PRId64 "}",
	    t->told.kind, t->told.node, t->told.agreement);
	if (distrusted_put(s, &t->told, why) == -1)
		return -1;
	return journal_add(s, ACT_INCIDENT, t->told.at, t->told.user, body,
	    why);
}

static int
keep_told(const struct incident *in, struct fault *why)
{
	struct telling t = {
		.in = in,
		.told = {
			.node = in->node->code,
			.agreement = in->agreement->version,
			.at = in->now,
			.user = in->user,
			.kind = in->kind,
			.reason = in->reason,
		},
	};

	if (in->dry_run)
		return 0;
	if (agreement_node_keys(in->node, in->arena, &t.told.keys,
		&t.told.key_count, why) == -1)
		return -1;
	return store_transaction(in->home.store, keep, &t, why);
}

/* The node that is named, and whether it is held now. */
static int
find_node(struct incident *in, bool *held, struct fault *why)
{
	in->node = agreement_node(in->agreement, in->named);
	if (in->node == NULL)
		return FAIL(why, FAULT_AGREEMENT_NO_NODE, "%.16s", in->named);
	if (in->node == in->home.self)
		return FAIL(why, FAULT_NODE_SELF, "%s", in->named);
	return distrusted_now(in->home.store, in->node->code,
	    agreement_node_lists, in->node, held, why);
}

static int
distrust(struct incident *in, struct fault *why)
{
	struct impact here = { .bundles = NULL };
	bool held;
	int rc = -1;

	if (decide_reason(in->arena, in->reason, &in->reason, why) == -1 ||
	    find_node(in, &held, why) == -1 ||
	    impact_read(in->home.store, in->node, &here, why) == -1 ||
	    find_after(in, why) == -1)
		goto done;
	plan(in, &here);
	if (!held && keep_told(in, why) == -1)
		goto done;
	if (held)
		say_line(in->say,
		    "Everything from %s is held here already; nothing was "
		    "changed.",
		    in->named);
	else
		say_line(in->say,
		    "%s everything from %s %s held here, and nothing is "
		    "sealed to it, until the agreement is renewed.",
		    in->dry_run ? "This was a dry run. Else" : "From now on",
		    in->named, in->dry_run ? "would be" : "is");
	rc = to_do_tell(in, why);
done:
	impact_free(&here);
	return rc;
}

int
theft_distrust(struct incident *in, struct fault *why)
{
	return distrust(in, why);
}

int
theft_stolen(struct incident *in, struct fault *why)
{
	in->revokes = true;
	if (in->reason == NULL)
		in->reason = "reported stolen";
	return distrust(in, why);
}

int
theft_trust(struct incident *in, struct fault *why)
{
	bool held;

	if (decide_reason(in->arena, in->reason, &in->reason, why) == -1 ||
	    find_node(in, &held, why) == -1)
		return -1;
	if (!held) {
		say_line(in->say,
		    "Nothing from %s is held for an incident; nothing was "
		    "changed.",
		    in->named);
		return 0;
	}
	if (keep_told(in, why) == -1)
		return -1;
	if (in->dry_run) {
		say_line(in->say,
		    "This was a dry run. Else %s would be trusted again.",
		    in->named);
		return 0;
	}
	say_line(in->say,
	    "From now on %s is trusted again: what it sends is taken, and "
	    "what waits can be loaded.",
	    in->named);
	return incidents_say_waiting(in->say, &in->home, in->agreement, why);
}
