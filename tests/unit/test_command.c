#include "tests/unit/captured.h"

#include <stdlib.h>

#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"

#define WORDS_MAX 160

struct line_case {
	const char *name;
	const char *words; /* separated by spaces; "" for none */
	int want;	   /* exit status */
	const char *out;   /* part of stdout, or NULL for an empty one */
	const char *err;   /* likewise of stderr */
};

#define JSON_FAULT(command, code)                                             \
	"{\"satchel\":\"result/1\",\"command\":" command ",\"referrals\":[]," \
	"\"bundles\":[],\"counts\":{\"share\":0,\"strip\":0,\"hold\":0,"      \
	"\"refuse\":0,\"duplicate\":0,\"recall\":0,\"answer\":0},"            \
	"\"passed_over\":{\"implemented\":0,\"not_referred\":0,"              \
	"\"known_there\":0,\"unchanged\":0,\"without_id\":0,"                 \
	"\"unreadable\":0,\"other_agency\":[]},"                              \
	"\"ok\":false,\"exit\":2,\"fault\":{\"code\":\"" code "\""

static const struct line_case lines[] = {
	/* which command */
	{ "no command shows all of them on stderr", "", 2, NULL,
	    "usage: satchel [options] COMMAND" },
	{ "no command, as JSON", "--json", 2, JSON_FAULT("null", "U101"),
	    NULL },
	{ "an unknown word", "frobnicate", 2, NULL,
	    "satchel: U101 the command was not understood (there is no "
	    "command \"frobnicate\")\n  -> " },
	{ "a letter too few", "exprt --to X", 2, NULL,
	    "did you mean \"export\"?" },
	{ "two letters swapped", "improt x", 2, NULL,
	    "did you mean \"import\"?" },
	{ "a family misspelt", "agreemnt check", 2, NULL,
	    "did you mean \"agreement\"?" },
	{ "a member of a family misspelt", "agreement chekc x", 2, NULL,
	    "did you mean \"check\"?" },
	{ "the beginning of a word", "ident", 2, NULL,
	    "did you mean \"identity\"?" },
	{ "a family alone", "plumbing", 2, NULL,
	    "plumbing needs one more word" },
	{ "a word of a later version", "doctor here", 2, NULL,
	    "satchel: U102 this version of satchel does not have that "
	    "command yet (doctor)" },
	{ "two words that an earlier version only planned", "agreement diff", 2,
	    NULL, "agreement diff needs [OLD] NEW" },
	{ "a word of a later version, as JSON", "--json doctor", 2,
	    JSON_FAULT("\"doctor\"", "U102"), NULL },

	/* help */
	{ "--help of all", "--help", 0, "  agreement check", NULL },
	{ "help of all", "help", 0, "  identity", NULL },
	{ "help about a command", "help init", 0, "usage: satchel init", NULL },
	{ "--help of a command", "init --help", 0, "--no-passphrase", NULL },
	{ "-h of a command", "init -h", 0, "--no-passphrase", NULL },
	{ "--help of a command that lacks its operands", "plumbing json --help",
	    0, "usage: satchel plumbing json FILE", NULL },
	{ "help about a family", "help agreement", 0, "  agreement sign",
	    NULL },
	{ "--help of a family", "agreement --help", 0, "  agreement sign",
	    NULL },
	{ "help about an unknown word", "help frobnicate", 2, NULL, "U101" },
	{ "--version", "--version", 0, "satchel " SATCHEL_VERSION "\n", NULL },

	/* options */
	{ "an unknown option", "init --nod X", 2, NULL,
	    "there is no option \"--nod\"; did you mean \"node\"?" },
	{ "an option without its value", "init --node", 2, NULL,
	    "--node needs CODE" },
	{ "another option is no value", "init --node --dry-run", 2, NULL,
	    "--node needs CODE" },
	{ "a value for a switch", "init --node AB --dry-run=yes", 2, NULL,
	    "--dry-run takes no value" },
	{ "an unknown option after an understood one, as JSON",
	    "init --json --nod X", 2, JSON_FAULT("\"init\"", "U101"), NULL },
	{ "--json after the fault", "init --nod X --json", 2,
	    JSON_FAULT("\"init\"", "U101"), NULL },
	{ "--json behind -- is an operand", "init --nod X -- --json", 2, NULL,
	    "U101" },
	{ "an option before its command is not understood", "--node AB init", 2,
	    NULL, "there is no option \"--node\"" },
	{ "an option of one letter", "age-decrypt -x", 2, NULL,
	    "there is no option \"-x\"" },
	{ "a passphrase on the command line", "--passphrase x identity", 2,
	    NULL, "there is no option \"--passphrase\"" },
	{ "a descriptor that is no number", "--passphrase-fd x identity", 2,
	    NULL, "--passphrase-fd needs the number" },
	{ "a descriptor that is too large",
	    "--passphrase-fd 99999999999 identity", 2, NULL,
	    "--passphrase-fd needs the number" },
	{ "a descriptor and a file",
	    "identity --passphrase-fd 3 --passphrase-file f", 2, NULL,
	    "not both" },

	/* operands */
	{ "an operand too few", "agreement check", 2, NULL,
	    "agreement check needs FILE" },
	{ "an operand too many", "agreement check a b", 2, NULL,
	    "takes FILE, and nothing more" },
	{ "an operand where there is none", "identity x", 2, NULL,
	    "identity takes options only" },

	/* global options stand anywhere */
	{ "--home before the command", "--home nowhere identity", 2, NULL,
	    "N101" },
	{ "--home after the command", "identity --home nowhere", 2, NULL,
	    "(nowhere)" },
	{ "--home between the words", "agreement --home nowhere show", 2, NULL,
	    "(nowhere)" },
	{ "--home=nowhere", "identity --home=nowhere", 2, NULL, "(nowhere)" },
	{ "operands and options are mixed", "plumbing json --json nowhere.json",
	    7, "\"code\":\"D103\"", NULL },
	{ "after -- a dash is a letter", "plumbing json -- --nowhere", 7, NULL,
	    "D103" },
	{ "what is foreign is shown escaped", "\x1b[2Jx", 2, NULL,
	    "\"<U+001B>[2Jx\"" },
};

static int
run_words(const char *words, struct captured *c)
{
	char text[1024], name[] = "satchel";
	char *argv[WORDS_MAX + 2] = { name };
	int argc = 1, status;
	char *save = NULL;

	(void)snprintf(text, sizeof(text), "%s", words);
	for (char *w = strtok_r(text, " ", &save);
	     w != NULL && argc < WORDS_MAX; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	captured_start(c);
	status = command_main(argc, argv);
	captured_end(c);
	return status;
}

static void
line_holds(void **state)
{
	const struct line_case *row = *state;
	struct captured c;

	assert_int_equal(run_words(row->words, &c), row->want);
	captured_holds(c.out, row->out);
	captured_holds(c.err, row->err);
	if (row->out == NULL)
		assert_string_equal(c.out, "");
	if (row->err == NULL)
		assert_string_equal(c.err, "");
}

struct fact {
	const char *name;
	void (*holds)(void);
};

static void
table_is_sorted(void)
{
	for (size_t i = 1; i < commands_count; i++)
		assert_true(strcmp(commands_all[i - 1]->name,
				commands_all[i]->name) < 0);
	for (size_t i = 1; commands_later[i] != NULL; i++)
		assert_true(
		    strcmp(commands_later[i - 1], commands_later[i]) < 0);
}

static void
table_is_whole(void)
{
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *c = commands_all[i];

		assert_non_null(c->run);
		assert_non_null(c->gist);
		assert_true(c->most == -1 || c->least <= c->most);
		assert_true((c->operands == NULL || c->operands[0] == '\0') ==
		    (c->most == 0));
		for (size_t k = 0; commands_later[k] != NULL; k++)
			assert_string_not_equal(c->name, commands_later[k]);
	}
}

/* Then it would depend on where it stands what an option means. */
static void
no_option_hides_a_global_one(void)
{
	static const char *const globals[] = { "home", "json", "user",
		"passphrase-fd", "passphrase-file", "help", "version" };

	for (size_t i = 0; i < commands_count; i++)
		for (const struct option_spec *o = commands_all[i]->options;
		     o->name != NULL; o++)
			for (size_t k = 0;
			     k < sizeof(globals) / sizeof(globals[0]); k++)
				assert_string_not_equal(o->name, globals[k]);
}

static void
every_command_has_help(void)
{
	struct captured c;
	char words[64];

	for (size_t i = 0; i < commands_count; i++) {
		(void)snprintf(words, sizeof(words), "%s --help",
		    commands_all[i]->name);
		assert_int_equal(run_words(words, &c), 0);
		captured_holds(c.out, commands_all[i]->name);
		assert_string_equal(c.err, "");
		for (char *at = c.out, *end; (end = strchr(at, '\n')) != NULL;
		     at = end + 1)
			assert_true(end - at < 80);
	}
}

/* Whether more than the most is given to an option that may come again. */
static void
many_has_a_most(void)
{
	char words[1024] = "age-encrypt x";
	struct captured c;

	for (int i = 0; i <= COMMAND_MANY_MAX; i++)
		(void)strncat(words, " -r a",
		    sizeof(words) - strlen(words) - 1);
	assert_int_equal(run_words(words, &c), 2);
	captured_holds(c.err, "-r takes no more than 64");
}

static const struct fact facts[] = {
	{ "the table is sorted", table_is_sorted },
	{ "the table is whole", table_is_whole },
	{ "no option hides one of every command",
	    no_option_hides_a_global_one },
	{ "every command has help that fits a terminal",
	    every_command_has_help },
	{ "an option that may come again has a most", many_has_a_most },
};

static void
fact_holds(void **state)
{
	const struct fact *f = *state;

	f->holds();
}

int
main(void)
{
	int failed = ROWS_RUN("command", lines, line_holds);

	return failed + ROWS_RUN("command: facts", facts, fact_holds);
}
