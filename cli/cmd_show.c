#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/found.h"
#include "cli/say.h"
#include "formats/json.h"
#include "formats/referral.h"

#define RECORD_MAX ((size_t)4 * 1024 * 1024)

enum { OPT_REVEAL };

/* The one place where a person's data are printed, each through text_show. */
static void
show_value(const char *name, const struct value *v, const struct field_spec *f)
{
	char safe[1024];

	if (!v->present)
		return;
	if (f->kind == FIELD_CODES) {
		for (size_t i = 0; i < v->count; i++)
			printf("  %-28s %s\n", i == 0 ? name : "",
			    text_show(v->items[i], strlen(v->items[i]), safe,
				sizeof(safe)));
		return;
	}
	if (f->kind == FIELD_INTEGER)
		printf("  %-28s %" PRId64 "\n", name, v->integer);
	else if (f->kind == FIELD_BOOLEAN)
		printf("  %-28s %s\n", name, v->yes ? "yes" : "no");
	else
		printf("  %-28s %s\n", name,
		    text_show(v->text, strlen(v->text), safe, sizeof(safe)));
}

static int
show_record(const struct found *f, struct fault *why)
{
	struct bytes record;
	struct json *j = NULL;
	struct referral r;
	const char *form;
	int rc;

	bytes_init(&record, RECORD_MAX);
	rc = referrals_record(f->home.store, f->direction, f->standing.ref,
	    &record, why);
	if (rc != 1)
		goto done;
	rc = -1;
	if (json_read(record.at, record.len, &json_record, &j, why) == -1)
		goto done;
	referral_clear(&r);
	if (referral_read(json_root(j), f->arena, &r, &form, why) == -1)
		goto done;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		show_value(fields_all[i].name, &r.value[i], &fields_all[i]);
	rc = fflush(stdout) == 0 ?
	    0 :
	    FAIL(why, FAULT_DISK_NOT_WRITTEN, "the screen");
done:
	json_free(j);
	bytes_free(&record);
	return rc;
}

/* An answer or status as it came: ids, a decision and its reason. */
static int
show_word(const struct found *f, struct fault *why)
{
	struct bytes record;
	char safe[4096];
	int rc;

	bytes_init(&record, RECORD_MAX);
	rc = referrals_record(f->home.store, f->direction, f->standing.ref,
	    &record, why);
	if (rc == 1 && record.len > 0)
		printf("  %s\n",
		    text_show(record.at, record.len, safe, sizeof(safe)));
	bytes_free(&record);
	return rc == -1 ? -1 : 0;
}

static int
run_show(const struct args *args, struct say *say, struct fault *why)
{
	struct found f = { 0 };
	int rc = -1;

	if (!args->globals->json && !args->given[OPT_REVEAL] &&
	    !platform_is_terminal(STDOUT_FILENO))
		return FAIL(why, FAULT_REVEAL,
		    "the output goes to a file or another program");
	if (found_open(args, &f, why) == -1)
		goto done;
	if (found_explain(say, &f, true, why) == -1)
		goto done;
	/* The result object never holds anything about a person. */
	rc = args->globals->json	     ? 0 :
	    f.direction == REFERRAL_RECEIVED ? show_record(&f, why) :
					       show_word(&f, why);
done:
	found_close(&f);
	return rc;
}

const struct command cmd_show = {
	.name = "show",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "a referral with everything that is known of it here",
	.more = "Prints data about a child: only on a terminal, or with "
		"--reveal.",
	.options = {
		[OPT_REVEAL] = { .name = "reveal",
		    .gist = "also into a file or another program" },
	},
	.run = run_show,
};
