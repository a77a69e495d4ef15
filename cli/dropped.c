#include "cli/dropped.h"

#include <inttypes.h>

#include "cli/say.h"
#include "export/unheard.h"
#include "formats/agreement.h"

int
dropped_say(struct say *say, struct store *s, const struct agreement *a,
    const char *code, struct fault *why)
{
	const struct node *self = agreement_node(a, code);
	struct unheard_keys keys;
	struct unheard u = { .listed = 0 };

	if (self == NULL)
		return 0;
	keys = (struct unheard_keys){ self->sign, self->sign_count };
	if (unheard_find(s, a, &keys, &u, why) == -1)
		return -1;
	if (u.referrals == 0)
		return 0;
	for (size_t i = 0; i < u.listed; i++)
		say_line(say,
		    "%-16s number %" PRId64 " of our bundles: %zu referrals",
		    u.in[i].node, u.in[i].sequence, u.in[i].referrals);
	say_notice(say,
	    "The agreement lists a key of this node no more, and %zu referrals "
	    "that it signed were not heard of: where those bundles have not "
	    "arrived yet, they are refused.",
	    u.referrals);
	say_next(say,
	    "Export once more, from all of your cases: these referrals go "
	    "again under the key that is listed.");
	say_number_of(say, "unheard", (int64_t)u.referrals);
	return 0;
}
