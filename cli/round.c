#include "cli/round.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "cli/node.h"
#include "cli/say.h"
#include "export/export.h"
#include "export/status.h"
#include "formats/agreement.h"
#include "import/distrust.h"

int
round_status(const struct home *h, moment now, struct arena *a,
    struct status *out, struct fault *why)
{
	const struct status_order order = {
		.store = h->store,
		.agreement = agreement_of(h->agreement),
		.self = h->self,
		.now = now,
		.stops = distrust_stops,
	};

	arena_empty(a);
	return status_read(&order, a, out, why);
}

int
round_make(const struct round *r, const struct status_partner *p,
    struct exported *out, struct fault *why)
{
	const struct export_order order = { .to = p->node, .out = r->out };
	const struct exporter by = {
		.home = r->home->folder,
		.secrets = r->home->secrets,
		.store = r->home->store,
		.agreement = r->home->agreement,
		.self = r->home->self,
		.user = r->user,
		.now = r->now,
		.dry_run = r->dry_run,
		.carried = r->carried,
		.context = r->context,
	};

	memset(out, 0, sizeof(*out));
	if (r->dry_run) {
		say_line(r->say, "A bundle for %s would be made.", p->node);
		return 0;
	}
	return export_run(&by, &order, out, why);
}

int
round_trouble(const struct round *r, const struct status_partner *p,
    const struct fault *trouble, struct fault *why)
{
	if (fault_text(trouble->id)->exit_status == EXIT_INSIDE) {
		*why = *trouble;
		return -1;
	}
	say_fault(r->say, p->node, trouble);
	return 0;
}

void
round_say_next(struct say *say, const struct status *s)
{
	if (s->undo > 0)
		say_next(say,
		    "Withdrawn after they were loaded: %" PRId64
		    ". Undo them today: satchel inbox",
		    s->undo);
	if (s->ready > 0)
		say_next(say,
		    "Ready: %" PRId64 ". satchel load --to FORMAT:DIR",
		    s->ready);
	if (s->answers > 0)
		say_next(say,
		    "Decided over there: %" PRId64
		    ". satchel load --to FORMAT:DIR",
		    s->answers);
}
