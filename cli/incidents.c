#include "cli/incidents.h"

#include <inttypes.h>

#include "cli/say.h"
#include "formats/agreement.h"
#include "store/distrusted.h"

struct telling {
	struct say *say;
	const struct agreement *agreement;
	int64_t before;
};

static int
tell_now(const struct distrust *d, void *context, struct fault *why)
{
	const struct telling *t = context;
	char on[DAY_TEXT];

	(void)why;
	if (d->agreement < t->agreement->version)
		return 0;
	day_write(day_of(d->at), on);
	say_line(t->say,
	    "Everything from %s is held here since %s: see satchel incident "
	    "--list.",
	    d->node, on);
	return 0;
}

int
incidents_say(struct say *say, struct store *s, const struct agreement *a,
    struct fault *why)
{
	struct telling t = { .say = say, .agreement = a };

	return distrusted_walk(s, tell_now, &t, why);
}

static int
tell_ended(const struct distrust *d, void *context, struct fault *why)
{
	const struct telling *t = context;
	const struct node *n = agreement_node(t->agreement, d->node);

	(void)why;
	if (d->agreement < t->before || d->agreement >= t->agreement->version ||
	    n == NULL || n->revoked)
		return 0;
	say_notice(t->say,
	    "Version %" PRId64 " of the agreement lists %s and does not revoke "
	    "it: what it sends is not held any more",
	    t->agreement->version, d->node);
	say_next(t->say,
	    "If that is wrong: satchel incident --distrust %s --reason TEXT, "
	    "and phone the working group.",
	    d->node);
	return 0;
}

int
incidents_say_ended(struct say *say, struct store *s, int64_t before,
    const struct agreement *now, struct fault *why)
{
	struct telling t = { say, now, before };

	return distrusted_walk(s, tell_ended, &t, why);
}
