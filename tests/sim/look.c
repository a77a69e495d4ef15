#include "tests/sim/look.h"

#include "base/fault.h"
#include "cli/command.h"
#include "cli/node.h"
#include "tests/sim/world.h"

int
look_into(struct world *w, int office,
    int (*look)(struct home *h, void *context, struct fault *why),
    void *context)
{
	const char *code = w->office[office].code;
	struct globals globals = { .passphrase_fd = -1 };
	struct args args = { .globals = &globals };
	struct fault why = { FAULT_NONE, "" };
	struct home h;
	int rc;

	globals.home = world_path(w, "home/%s", code);
	if (node_open(&args, HOME_READ, &h, &why) == -1) {
		world_differ(w, code, "-", "its store can be opened",
		    fault_text(why.id)->code);
		return -1;
	}
	rc = look(&h, context, &why);
	if (rc == -1)
		world_differ(w, code, "-", "its store can be read",
		    fault_text(why.id)->code);
	node_close(&h);
	return rc;
}
