/*
 * agreement fill: draft the four lists from what a Primero site has.
 */
#include <inttypes.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/papers.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "formats/agreement_fill.h"
#include "formats/lookups.h"

#define NAME_ROOM 256
#define LOOKUPS_MAX ((size_t)16 * 1024 * 1024)
#define WORDS_MAX ((size_t)64 * 1024 * 1024)

enum { FILL_LOOKUPS, FILL_OUT, FILL_DRY_RUN };

struct telling {
	struct say *say;
	struct jsonout out;
	size_t count;
	size_t drafted;
};

static void
tell_entry(void *context, const struct agreement_fill_entry *e)
{
	const struct {
		bool said;
		const char *name;
		const char *words;
	} lacks[] = {
		{ e->no_output, "progres_out", "proGres has no word for it" },
		{ e->no_input, "progres_in", "proGres never means it" },
		{ e->not_here, "not_here", "this site has no such value" },
		{ e->no_party, "no_party", "no party of the agreement" },
		{ e->not_taken, "not_taken",
		    "the entry of this code does not take the site's value" },
	};
	struct telling *t = context;
	const char *section = fields_map_name(e->section);

	t->count++;
	t->drafted += e->drafted;
	say_line(t->say, "%s  %s  %s%s%s%s", section, e->code,
	    e->label != NULL ? "\"" : "", e->label != NULL ? e->label : "",
	    e->label != NULL ? "\"  " : "", e->drafted ? "drafted" : "there");
	jsonout_object(&t->out, NULL);
	jsonout_text(&t->out, "list", section);
	jsonout_text(&t->out, "code", e->code);
	jsonout_text_or_null(&t->out, "label", e->label);
	jsonout_boolean(&t->out, "drafted", e->drafted);
	jsonout_list(&t->out, "missing");
	for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
		if (!lacks[i].said)
			continue;
		say_line(t->say, "    %s", lacks[i].words);
		jsonout_text(&t->out, NULL, lacks[i].name);
	}
	jsonout_list_end(&t->out);
	jsonout_object_end(&t->out);
}

static int
read_lookups(const struct args *args, struct arena *arena, struct lookups *l,
    struct fault *why)
{
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	struct bytes text;
	int rc = 0;

	for (int i = 0; rc == 0 && i < args->many_count[FILL_LOOKUPS]; i++) {
		bytes_init(&text, LOOKUPS_MAX);
		rc = folder_split(args->many[FILL_LOOKUPS][i], &dir, name,
		    sizeof(name), why);
		if (rc == 0)
			rc = folder_read(dir, name, &text, why);
		if (rc == 0)
			rc = lookups_read(text.at, text.len, arena, l, why);
		bytes_free(&text);
		folder_close(dir);
		dir = NULL;
	}
	return rc;
}

/* What the files did not have, and so cannot be drafted. */
static void
tell_lookups(struct say *say, const struct lookups *l)
{
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		if (lookups_name((enum map_section)i) != NULL && !l->has[i])
			say_notice(say, "%s: %s was not among what was given",
			    fields_map_name((enum map_section)i),
			    lookups_name((enum map_section)i));
	if (lookups_cut_short(l))
		say_notice(say,
		    "there are more pages than were given: fetch them, too "
		    "(per=1000)");
	if (l->unusable > 0)
		say_notice(say,
		    "%zu codes cannot stand in an agreement: they are empty "
		    "or hold signs that cannot be printed",
		    l->unusable);
}

static int
tell_lacks(struct agreement_file *before, struct agreement_file *after,
    const struct lookups *l, struct say *say, struct fault *why)
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
	agreement_fill_lacks(agreement_of(before), agreement_of(after), l,
	    tell_entry, &t);
	jsonout_list_end(&t.out);
	if ((rc = jsonout_end(&t.out, why)) == -1)
		goto done;
	say_json(say, "to_complete", &json);
	say_line(say, "in all: %zu entries drafted, %zu to look at", t.drafted,
	    t.count);
	if (t.count > 0)
		say_status(say, EXIT_LOOK);
done:
	sink_free(sink);
	bytes_free(&json);
	return rc;
}

static int
write_draft(const char *path, const struct bytes *draft, struct fault *why)
{
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int rc = -1;

	if (folder_split(path, &dir, name, sizeof(name), why) == 0)
		rc =
		    folder_publish_bytes(dir, name, draft->at, draft->len, why);
	folder_close(dir);
	return rc;
}

static int
fill(const struct args *args, struct agreement_file *from,
    const struct lookups *l, struct say *say, struct fault *why)
{
	bool write = args->given[FILL_OUT] && !args->given[FILL_DRY_RUN];
	struct agreement_file *draft = NULL;
	struct bytes text;
	bool keys_missing;
	int rc = -1;

	bytes_init(&text, AGREEMENT_MAX);
	/* What is written is read first, as anybody would read it. */
	if (agreement_fill(from, l, &text, why) == -1 ||
	    (draft = agreement_read(text.at, text.len, why)) == NULL ||
	    papers_need_whole(draft, say, &keys_missing, why) == -1)
		goto done;
	if (write && write_draft(args->option[FILL_OUT], &text, why) == -1)
		goto done;
	tell_lookups(say, l);
	if (tell_lacks(from, draft, l, say, why) == -1)
		goto done;
	if (write) {
		say_line(say, "version %" PRId64 " written, not signed: %s",
		    agreement_of(draft)->version,
		    folder_last_part(args->option[FILL_OUT]));
		say_next(say,
		    "Complete progres_in and progres_out there with UNHCR; "
		    "then: satchel agreement check FILE.");
	} else {
		say_line(say, "Nothing was written.");
		if (!args->given[FILL_OUT])
			say_next(say, "With --out FILE the draft is kept.");
	}
	rc = 0;
done:
	agreement_free(draft);
	bytes_free(&text);
	return rc;
}

static int
run_fill(const struct args *args, struct say *say, struct fault *why)
{
	struct lookups lookups = { .first = NULL };
	struct agreement_file *from = NULL;
	struct arena *arena = NULL;
	bool keys_missing;
	int rc = -1;

	if (!args->given[FILL_LOOKUPS])
		return FAIL(why, FAULT_USAGE,
		    "agreement fill needs --lookups FILE");
	if ((from = papers_agreement(args->operands[0], NULL, why)) == NULL ||
	    papers_need_whole(from, say, &keys_missing, why) == -1 ||
	    (arena = arena_new(LOOKUPS_MAX, why)) == NULL ||
	    read_lookups(args, arena, &lookups, why) == -1)
		goto done;
	rc = fill(args, from, &lookups, say, why);
done:
	arena_free(arena);
	agreement_free(from);
	return rc;
}

const struct command cmd_agreement_fill = {
	.name = "agreement fill",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "draft the four lists from what a Primero site has",
	.more = "Services, protection concerns, languages and agencies that "
		"the site has and FILE does not get an entry each, at the "
		"end of their list; what proGres says for them is left for "
		"people to complete, and every gap is printed with the label "
		"that people read in Primero. Everything else stays as it "
		"is, but the version, which is one higher. Nobody has signed "
		"the new file. No node is needed.",
	.options = {
		[FILL_LOOKUPS] = { "lookups", "FILE",
		    "what GET /lookups and GET /agencies answered", OPTION_MANY },
		[FILL_OUT] = { "out", "FILE", "write the draft to a new file",
		    false },
		[FILL_DRY_RUN] = { "dry-run", NULL,
		    "show, but write nothing", OPTION_LAST },
	},
	.run = run_fill,
};
