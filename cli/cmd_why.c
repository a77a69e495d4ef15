#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/found.h"
#include "cli/say.h"

static int
run_why(const struct args *args, struct say *say, struct fault *why)
{
	struct found f = { 0 };
	int rc;

	if ((rc = found_open(args, &f, why)) == 0)
		rc = found_explain(say, &f, false, why);
	found_close(&f);
	return rc;
}

const struct command cmd_why = {
	.name = "why",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "why a referral stands where it stands, in plain words",
	.more = "REF may be shortened to what is unique; a case is also named "
		"by its case_id, its display form or an individual number.",
	.run = run_why,
};
