/*
 * agreement explain: read the agreement aloud, in plain sentences.
 */
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/papers_roster.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/agreement_words.h"

#define WORDS_MAX ((size_t)64 * 1024 * 1024)

/* Lines for people, and a list of parts for other programs. */
struct telling {
	struct say *say;
	struct jsonout out;
	bool in_part;
};

static void
end_part(struct telling *t)
{
	if (!t->in_part)
		return;
	jsonout_list_end(&t->out);
	jsonout_object_end(&t->out);
	t->in_part = false;
}

static void
hear_part(void *context, const char *heading)
{
	struct telling *t = context;

	end_part(t);
	say_line(t->say, "%s", "");
	say_line(t->say, "%s", heading);
	jsonout_object(&t->out, NULL);
	jsonout_text(&t->out, "part", heading);
	jsonout_list(&t->out, "sentences");
	t->in_part = true;
}

static void
hear_sentence(void *context, const char *text)
{
	struct telling *t = context;

	say_line(t->say, "  %s", text);
	jsonout_text(&t->out, NULL, text);
}

static int
read_aloud(const struct agreement *a, struct say *say, struct fault *why)
{
	struct telling t = { .say = say };
	const struct agreement_words_hearer to = { hear_part, hear_sentence,
		&t };
	struct sink *sink = NULL;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, WORDS_MAX);
	if ((sink = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&t.out, sink);
	jsonout_list(&t.out, NULL);
	if (agreement_words_say(a, day_of(clock_now()), &to, why) == -1)
		goto done;
	end_part(&t);
	jsonout_list_end(&t.out);
	if ((rc = jsonout_end(&t.out, why)) == 0)
		say_json(say, "explained", &json);
done:
	sink_free(sink);
	bytes_free(&json);
	return rc;
}

static int
explain_file(const char *path, struct say *say, struct fault *why)
{
	bool keys_missing;
	struct papers p;
	int rc = -1;

	if (papers_read(path, say, &p, why) == -1)
		return -1;
	if (papers_need_whole(p.file, say, &keys_missing, why) == 0) {
		papers_tell(say, p.file, p.signatures, p.count);
		rc = read_aloud(agreement_of(p.file), say, why);
		if (rc == 0 && keys_missing)
			say_notice(say,
			    "keys are still missing: it cannot be adopted "
			    "like this");
	}
	papers_free(&p);
	return rc;
}

static int
explain_in_force(const struct args *args, struct say *say, struct fault *why)
{
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	if (h.agreement == NULL) {
		(void)node_need_agreement(&h, why);
	} else {
		papers_tell(say, h.agreement, NULL, 0);
		rc = read_aloud(agreement_of(h.agreement), say, why);
		if (rc == 0)
			rc = papers_roster_in_force(say,
			    agreement_of(h.agreement), why);
	}
	node_close(&h);
	return rc;
}

static int
run_explain(const struct args *args, struct say *say, struct fault *why)
{
	return args->count > 0 ? explain_file(args->operands[0], say, why) :
				 explain_in_force(args, say, why);
}

const struct command cmd_agreement_explain = {
	.name = "agreement explain",
	.operands = "[FILE]",
	.most = 1,
	.gist = "read an agreement aloud, in plain sentences",
	.more = "For the people who signed the paper, to hear whether the file "
		"says the same: who takes part, who may ask whom for what, "
		"which fields travel, what is asked of consent, what is "
		"sensitive, when it ends. Names nobody. Without FILE it is "
		"the one in force at this node; keys may still be missing in "
		"FILE.",
	.run = run_explain,
};
