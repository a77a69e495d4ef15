/*
 * plumbing print: pages of the manual, printed from the tables they speak of.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "formats/target.h"
#include "policy/rules.h"

/* Text for a table of Markdown, where | would end the cell. */
static void
put_cell(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			(void)putchar('\\');
		(void)putchar(*text);
	}
}

static void
put_row(const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		(void)fputs("| ", stdout);
		put_cell(cells[i] != NULL ? cells[i] : "");
		(void)putchar(' ');
	}
	(void)puts("|");
}

static void
print_rules(void)
{
	static const char *const ends[] = {
		[AT_EXPORT] = "export",
		[AT_IMPORT] = "import",
		[AT_BOTH] = "both",
	};
	static const char *const releases[] = {
		[RELEASE_NEVER] = "no",
		[RELEASE_DECIDE] = "with the right decide",
		[RELEASE_OVERRIDE] = ("with the right decide; where it is sent "
				      "also override, and not who sends it"),
	};

	(void)puts(
	    "# The rules\n\n"
	    "Printed from the table in the code: satchel plumbing print "
	    "rules. Every rule is asked;\n"
	    "the worst answer decides. What is held waits for a person; "
	    "what is put right\n"
	    "at its source and sent again is judged anew. The last column "
	    "says whether a person\n"
	    "may let go what the rule holds (satchel decide): what it "
	    "refuses nobody can, and a\n"
	    "hold for want of consent, of an agreement or of something the "
	    "other side needs is put\n"
	    "right instead.\n\n"
	    "| rule | asked at | question | if not | what is said | what "
	    "to do | source | a person may release it |\n"
	    "|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < rules_count; i++) {
		const struct rule *r = &rules_all[i];
		const char *const cells[] = { r->id, ends[r->at], r->asks,
			verdict_name(r->if_not), r->says, r->remedy, r->source,
			releases[r->release] };

		put_row(cells, sizeof(cells) / sizeof(cells[0]));
	}
}

static void
print_faults(void)
{
	char status[16];

	(void)puts("# The faults\n\n"
		   "Printed from the table in the code: satchel plumbing print "
		   "faults. A code never changes\n"
		   "its meaning and is never used again; the last column is "
		   "the exit status.\n\n"
		   "| code | what happened | what to do | exit |\n"
		   "|---|---|---|---|");
	for (int id = FAULT_NONE + 1; id < FAULT_ID_COUNT; id++) {
		const struct fault_text *t = fault_text((enum fault_id)id);
		const char *const cells[] = { t->code, t->says, t->remedy,
			status };

		(void)snprintf(status, sizeof(status), "%d",
		    (int)t->exit_status);
		put_row(cells, sizeof(cells) / sizeof(cells[0]));
	}
}

static void
print_targets(void)
{
	static const enum format formats[] = { FORMAT_PING, FORMAT_DTP,
		FORMAT_PRIMERO, FORMAT_SHEET };
	static const char *const keeps[] = {
		[KEEPS_NOT] = "no place",
		[KEEPS_FIELD] = "field",
		[KEEPS_TEXT] = "text",
	};

	(void)puts(
	    "# What each target can hold\n\n"
	    "Printed from the tables in the code: satchel plumbing print "
	    "targets. *field*: it has a\n"
	    "field of its own and can be read back as it was; *text*: it "
	    "stands in a text that people\n"
	    "read; *no place*: it does not arrive, and `load` names it. Of "
	    "Primero a new case is\n"
	    "meant: a known case gets nothing but the new service row.\n\n"
	    "| field | progres-ping | progres-dtp | primero | sheet |\n"
	    "|---|---|---|---|---|");
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		const char *cells[5] = { fields_all[f].name };

		for (size_t t = 0; t < sizeof(formats) / sizeof(formats[0]);
		     t++)
			cells[t + 1] = keeps[target_find(formats[t])->keeps[f]];
		put_row(cells, sizeof(cells) / sizeof(cells[0]));
	}
}

/* Options and operands as mdoc spells them. */
static void
print_synopsis(const struct command *c)
{
	(void)printf(".It Cm %s", c->name);
	for (const struct option_spec *o = c->options; o->name != NULL; o++)
		(void)printf(" Oo Fl %s%s%s%s%s Oc",
		    o->name[1] == '\0' ? "" : "-", o->name,
		    o->value != NULL ? " Ar " : "",
		    o->value != NULL ? o->value : "",
		    o->times == OPTION_MANY ? " ..." : "");
	if (c->operands != NULL && c->operands[0] != '\0')
		(void)printf(" Ar %s", c->operands);
	(void)putchar('\n');
}

/* A sentence of its own: as a line, with a capital and a full stop. */
static void
print_sentence(const char *text)
{
	char end = text[strlen(text) - 1];

	(void)printf("%c%s%s\n", toupper((unsigned char)text[0]), text + 1,
	    end == '.' || end == '?' ? "" : ".");
}

/* A paragraph in which, as mandoc wants it, each sentence has its own line. */
static void
print_sentences(const char *text)
{
	char sentence[1024];
	const char *stop;
	size_t len;

	while (*text != '\0') {
		stop = strstr(text, ". ");
		len = stop != NULL ? (size_t)(stop - text) + 1 : strlen(text);
		(void)snprintf(sentence, sizeof(sentence), "%.*s", (int)len,
		    text);
		command_paragraph(stdout, 0, sentence);
		text += len;
		text += strspn(text, " ");
	}
}

static void
print_later(void)
{
	(void)puts(".Pp\nA command that is planned but not in this version "
		   "fails with U102:");
	for (const char *const *name = commands_later; *name != NULL; name++) {
		bool last = name[1] == NULL;

		if (last && name != commands_later)
			(void)puts("and");
		if (last)
			(void)printf(".Cm %s .\n", *name);
		else if (name[2] == NULL)
			(void)printf(".Cm %s\n", *name);
		else
			(void)printf(".Cm %s ,\n", *name);
	}
}

static void
print_commands(void)
{
	(void)puts(".Bl -tag -width Ds");
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *c = commands_all[i];

		print_synopsis(c);
		print_sentence(c->gist);
		if (c->more != NULL)
			print_sentences(c->more);
		if (c->options[0].name == NULL)
			continue;
		(void)puts(".Bl -tag -width Ds -compact");
		for (const struct option_spec *o = c->options; o->name != NULL;
		     o++) {
			(void)printf(".It Fl %s%s%s%s\n",
			    o->name[1] == '\0' ? "" : "-", o->name,
			    o->value != NULL ? " Ar " : "",
			    o->value != NULL ? o->value : "");
			print_sentence(o->gist);
		}
		(void)puts(".El");
	}
	(void)puts(".El");
	if (commands_later[0] != NULL)
		print_later();
}

static int
run_print(const struct args *args, struct say *say, struct fault *why)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} pages[] = {
		{ "commands", print_commands },
		{ "faults", print_faults },
		{ "rules", print_rules },
		{ "targets", print_targets },
	};

	(void)say;
	if (args->globals->json)
		return FAIL(why, FAULT_USAGE,
		    "--json: stdout is for the page itself");
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (strcmp(args->operands[0], pages[i].name) == 0) {
			pages[i].print();
			return 0;
		}
	}
	return FAIL(why, FAULT_USAGE,
	    "plumbing print takes commands, faults, rules or targets");
}

const struct command cmd_plumbing_print = {
	.name = "plumbing print",
	.operands = "commands|faults|rules|targets",
	.least = 1,
	.most = 1,
	.gist = "print a page of the manual from the tables in here",
	.run = run_print,
};
