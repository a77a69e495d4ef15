#include "cli/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "cli/commands.h"
#include "cli/say.h"

#define HOME_UNDER "/.local/share/satchel"
#define PATH_ROOM 4096
#define COLUMNS 78
#define WORD_WIDTH 24 /* of a command or option in a list */
#define WORD_MAX 32   /* no command or option is longer */

enum {
	GLOBAL_HOME,
	GLOBAL_JSON,
	GLOBAL_USER,
	GLOBAL_PASSPHRASE_FD,
	GLOBAL_PASSPHRASE_FILE,
	GLOBAL_HELP,
	GLOBAL_VERSION,
};

static const struct option_spec global_options[] = {
	[GLOBAL_HOME] = { "home", "DIR", "the folder of this node", false },
	[GLOBAL_JSON] = { "json", NULL, "print one JSON object", false },
	[GLOBAL_USER] = { "user", "U", "who acts, as the agreement spells it",
	    false },
	[GLOBAL_PASSPHRASE_FD] = { "passphrase-fd", "N",
	    "read the passphrase from this descriptor", false },
	[GLOBAL_PASSPHRASE_FILE] = { "passphrase-file", "FILE",
	    "read the passphrase from this file", false },
	[GLOBAL_HELP] = { "help", NULL, "show this", false },
	[GLOBAL_VERSION] = { "version", NULL, "show the program's version",
	    false },
	{ NULL, NULL, NULL, false },
};

/* The command line, and what was understood of it so far. */
struct line {
	int count;
	char **words; /* borrowed */
	int next;
	const struct command *command;
	const char *name; /* of the command, or as typed */
	bool help;
	bool version;
	struct globals globals;
	struct args args;
	char home[PATH_ROOM];
	char **operands; /* owned */
};

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/*
 * How many letters to put in, take out, change or swap to come from a to b;
 * more than WORD_MAX if one of them is too long to be meant.
 */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b), cost, best;
	size_t *now = rows[0], *before = rows[1], *older = rows[2], *spare;

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return WORD_MAX + 1;
	for (size_t j = 0; j <= b_len; j++)
		now[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		spare = older;
		older = before;
		before = now;
		now = spare;
		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			cost = a[i - 1] == b[j - 1] ? 0 : 1;
			best = before[j - 1] + cost;
			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			now[j] = best;
		}
	}
	return now[b_len];
}

/* The word that is nearest to what was typed; "" if none is near. */
struct guess {
	char word[WORD_MAX + 1];
	size_t distance;
};

/* Try the first len letters of word. */
static void
guess_try(struct guess *g, const char *typed, const char *word, size_t len)
{
	size_t typed_len = strlen(typed), d;
	/* Of a short word, little may be wrong before it is another one. */
	size_t most = typed_len > 4 ? 2 : 1;
	char part[WORD_MAX + 1];

	if (len > WORD_MAX)
		return;
	memcpy(part, word, len);
	part[len] = '\0';
	d = distance(typed, part);
	if (typed_len >= 3 && strncmp(typed, part, typed_len) == 0)
		d = 1;
	if (d > most || (g->word[0] != '\0' && d >= g->distance))
		return;
	memcpy(g->word, part, len + 1);
	g->distance = d;
}

static void
guess_options(struct guess *g, const char *typed, const struct option_spec *o)
{
	for (; o->name != NULL; o++)
		guess_try(g, typed, o->name, strlen(o->name));
}

static int
fail_unknown(struct fault *why, const char *what, const char *typed,
    const struct guess *g)
{
	if (g->word[0] == '\0')
		return FAIL(why, FAULT_USAGE, "there is no %s \"%.40s\"", what,
		    typed);
	return FAIL(why, FAULT_USAGE,
	    "there is no %s \"%.40s\"; did you mean \"%s\"?", what, typed,
	    g->word);
}

/*
 * Is word this option?  *value is what is written in the same word, or NULL.
 */
static bool
is_named(const char *word, const struct option_spec *o, const char **value)
{
	size_t len = strlen(o->name);

	*value = NULL;
	if (len == 1) {
		if (word[0] != '-' || word[1] != o->name[0])
			return false;
		if (word[2] != '\0')
			*value = word + 2;
		return true;
	}
	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, o->name, len) != 0)
		return false;
	if (word[2 + len] == '=')
		*value = word + 2 + len + 1;
	return word[2 + len] == '=' || word[2 + len] == '\0';
}

static int
find_option(const struct option_spec *options, const char *word,
    const char **value)
{
	for (int i = 0; options[i].name != NULL; i++)
		if (is_named(word, &options[i], value))
			return i;
	return -1;
}

static const char *
dashes(const struct option_spec *o)
{
	return o->name[1] == '\0' ? "-" : "--";
}

/* The value of option o, whose word was taken; `with` came in that word. */
static int
take_value(struct line *l, const struct option_spec *o, const char *with,
    const char **value, struct fault *why)
{
	*value = with;
	if (o->value == NULL) {
		if (with != NULL)
			return FAIL(why, FAULT_USAGE, "%s%s takes no value",
			    dashes(o), o->name);
		return 0;
	}
	if (with != NULL)
		return 0;
	if (l->next == l->count || strncmp(l->words[l->next], "--", 2) == 0)
		return FAIL(why, FAULT_USAGE, "%s%s needs %s", dashes(o),
		    o->name, o->value);
	*value = l->words[l->next++];
	return 0;
}

static int
set_passphrase_fd(struct globals *g, const char *value, struct fault *why)
{
	struct reader r = { (const uint8_t *)value, strlen(value) };
	uint64_t fd;

	if (!reader_number(&r, INT_MAX, &fd) || r.left > 0)
		return FAIL(why, FAULT_USAGE,
		    "--passphrase-fd needs the number of a descriptor");
	g->passphrase_fd = (int)fd;
	return 0;
}

static int
set_global(struct line *l, int at, const char *value, struct fault *why)
{
	switch (at) {
	case GLOBAL_HOME:
		l->globals.home = value;
		break;
	case GLOBAL_JSON:
		l->globals.json = true;
		break;
	case GLOBAL_USER:
		l->globals.user = value;
		break;
	case GLOBAL_PASSPHRASE_FD:
		return set_passphrase_fd(&l->globals, value, why);
	case GLOBAL_PASSPHRASE_FILE:
		l->globals.passphrase_file = value;
		break;
	case GLOBAL_HELP:
		l->help = true;
		break;
	default:
		l->version = true;
		break;
	}
	return 0;
}

static int
add_many(struct args *args, int at, const struct option_spec *o,
    const char *value, struct fault *why)
{
	if (args->many_count[at] == COMMAND_MANY_MAX)
		return FAIL(why, FAULT_USAGE,
		    "%s%s takes no more than %d at a time", dashes(o), o->name,
		    COMMAND_MANY_MAX);
	args->many[at][args->many_count[at]++] = value;
	return 0;
}

static int
take_own(struct line *l, int at, const char *with, struct fault *why)
{
	const struct option_spec *o = &l->command->options[at];
	struct args *args = &l->args;
	const char *value;

	if (take_value(l, o, with, &value, why) == -1)
		return -1;
	if (o->times == OPTION_ONCE && args->given[at])
		return FAIL(why, FAULT_USAGE, "%s%s is given once", dashes(o),
		    o->name);
	args->given[at] = true;
	args->option[at] = value;
	if (o->times != OPTION_MANY)
		return 0;
	if (add_many(args, at, o, value, why) == -1)
		return -1;
	if (with != NULL || o->name[1] == '\0')
		return 0;
	while (l->next < l->count && !is_option(l->words[l->next]))
		if (add_many(args, at, o, l->words[l->next++], why) == -1)
			return -1;
	return 0;
}

static int
take_option(struct line *l, struct fault *why)
{
	const char *word = l->words[l->next++], *with, *value;
	struct guess g = { "", 0 };
	int at;

	if (l->command != NULL &&
	    (at = find_option(l->command->options, word, &with)) != -1)
		return take_own(l, at, with, why);
	if ((at = find_option(global_options, word, &with)) != -1) {
		if (take_value(l, &global_options[at], with, &value, why) == -1)
			return -1;
		return set_global(l, at, value, why);
	}
	if (strcmp(word, "-h") == 0)
		return set_global(l, GLOBAL_HELP, NULL, why);
	if (strncmp(word, "--", 2) == 0) {
		guess_options(&g, word + 2, global_options);
		if (l->command != NULL)
			guess_options(&g, word + 2, l->command->options);
	}
	return fail_unknown(why, "option", word, &g);
}

/* The next word that is no option; NULL if there is none, or on a fault. */
static char *
next_word(struct line *l, struct fault *why)
{
	why->id = FAULT_NONE;
	while (l->next < l->count && is_option(l->words[l->next]))
		if (take_option(l, why) == -1)
			return NULL;
	return l->next < l->count ? l->words[l->next++] : NULL;
}

/* Is name "<first> <second>"?  With second NULL: does it begin so? */
static bool
is_name(const char *name, const char *first, const char *second)
{
	size_t len = strlen(first);

	if (strncmp(name, first, len) != 0)
		return false;
	if (second == NULL)
		return name[len] == ' ';
	return name[len] == ' ' && strcmp(name + len + 1, second) == 0;
}

static bool
is_family(const char *first)
{
	for (size_t i = 0; i < commands_count; i++)
		if (is_name(commands_all[i]->name, first, NULL))
			return true;
	return false;
}

static int
fail_later(struct fault *why, const char *first, const char *second)
{
	return FAIL(why, FAULT_NOT_YET, "%.40s%s%.40s", first,
	    second != NULL ? " " : "", second != NULL ? second : "");
}

/* The second word of a family, which may have been "agreement --json sign". */
static int
find_in_family(struct line *l, const char *first, struct fault *why)
{
	struct guess g = { "", 0 };
	const char *second = next_word(l, why);

	if (second == NULL) {
		if (why->id != FAULT_NONE)
			return -1;
		if (l->help)
			return 0;
		return FAIL(why, FAULT_USAGE,
		    "%s needs one more word; satchel help %s lists them", first,
		    first);
	}
	for (size_t i = 0; i < commands_count; i++) {
		const char *name = commands_all[i]->name;

		if (is_name(name, first, second)) {
			l->command = commands_all[i];
			l->name = name;
			return 0;
		}
		if (is_name(name, first, NULL))
			guess_try(&g, second, name + strlen(first) + 1,
			    strlen(name + strlen(first) + 1));
	}
	for (size_t i = 0; commands_later[i] != NULL; i++)
		if (is_name(commands_later[i], first, second))
			return fail_later(why, first, second);
	return fail_unknown(why, first, second, &g);
}

static int
find_command(struct line *l, const char *first, struct fault *why)
{
	struct guess g = { "", 0 };

	l->name = first;
	for (size_t i = 0; i < commands_count; i++) {
		if (strcmp(commands_all[i]->name, first) == 0) {
			l->command = commands_all[i];
			return 0;
		}
	}
	if (is_family(first))
		return find_in_family(l, first, why);
	for (size_t i = 0; commands_later[i] != NULL; i++)
		if (strcmp(commands_later[i], first) == 0)
			return fail_later(why, first, NULL);
	for (size_t i = 0; i < commands_count; i++) {
		const char *name = commands_all[i]->name;

		guess_try(&g, first, name, strcspn(name, " "));
	}
	guess_try(&g, first, "help", 4);
	return fail_unknown(why, "command", first, &g);
}

/* The words after the command: options and operands, mixed. */
static int
take_rest(struct line *l, struct fault *why)
{
	while (l->next < l->count) {
		char *word = l->words[l->next];

		if (strcmp(word, "--") == 0) {
			for (l->next++; l->next < l->count; l->next++)
				l->operands[l->args.count++] =
				    l->words[l->next];
		} else if (is_option(word)) {
			if (take_option(l, why) == -1)
				return -1;
		} else {
			l->operands[l->args.count++] = word;
			l->next++;
		}
	}
	return 0;
}

static int
check_counts(const struct line *l, struct fault *why)
{
	const struct command *c = l->command;

	if (l->globals.passphrase_fd != -1 &&
	    l->globals.passphrase_file != NULL)
		return FAIL(why, FAULT_USAGE,
		    "give --passphrase-fd or --passphrase-file, not both");
	if (l->args.count < c->least)
		return FAIL(why, FAULT_USAGE, "%s needs %s", c->name,
		    c->operands);
	if (c->most != -1 && l->args.count > c->most)
		return FAIL(why, FAULT_USAGE, "%s takes %s%s, and nothing more",
		    c->name, c->most == 0 ? "options" : c->operands,
		    c->most == 0 ? " only" : "");
	return 0;
}

static void
find_home(struct line *l)
{
	const char *home = getenv("SATCHEL_HOME"), *user = getenv("HOME");
	int len;

	l->globals.home = "";
	if (home != NULL && home[0] != '\0') {
		l->globals.home = home;
	} else if (user != NULL && user[0] != '\0') {
		len = snprintf(l->home, sizeof(l->home), "%s" HOME_UNDER, user);
		if (len > 0 && (size_t)len < sizeof(l->home))
			l->globals.home = l->home;
	}
}

static int
parse(struct line *l, struct fault *why)
{
	const char *first;

	find_home(l);
	l->operands = calloc((size_t)l->count + 1, sizeof(*l->operands));
	if (l->operands == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%d words", l->count);
	if ((first = next_word(l, why)) == NULL && why->id != FAULT_NONE)
		return -1;
	if (first != NULL && strcmp(first, "help") == 0) {
		l->help = true;
		if ((first = next_word(l, why)) == NULL &&
		    why->id != FAULT_NONE)
			return -1;
	}
	if (first == NULL)
		return l->help || l->version ?
		    0 :
		    FAIL(why, FAULT_USAGE, "no command was given");
	if (find_command(l, first, why) == -1)
		return -1;
	if (l->command == NULL)
		return 0; /* help about a family */
	if (take_rest(l, why) == -1)
		return -1;
	l->args.globals = &l->globals;
	l->args.operands = l->operands;
	return l->help || l->version ? 0 : check_counts(l, why);
}

void
command_paragraph(FILE *to, int indent, const char *text)
{
	size_t column = 0, len;

	for (; *text != '\0'; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (column > 0 && (size_t)indent + column + 1 + len > COLUMNS) {
			(void)fprintf(to, "\n%*s", indent, "");
			column = 0;
		}
		(void)fprintf(to, "%s%.*s", column > 0 ? " " : "", (int)len,
		    text);
		column += (column > 0) + len;
	}
	(void)fputc('\n', to);
}

/* One line of a list: a word, and beside it what it means. */
static void
print_item(FILE *to, const char *word, const char *gist)
{
	int beside = (int)strlen("  ") + WORD_WIDTH + (int)strlen("  ");

	(void)fprintf(to, "  %-*s  ", WORD_WIDTH, word);
	if (strlen(word) > WORD_WIDTH)
		(void)fprintf(to, "\n%*s", beside, "");
	command_paragraph(to, beside, gist);
}

static void
print_options(FILE *to, const struct option_spec *options)
{
	char text[64];

	for (const struct option_spec *o = options; o->name != NULL; o++) {
		(void)snprintf(text, sizeof(text), "%s%s%s%s%s", dashes(o),
		    o->name, o->value != NULL ? " " : "",
		    o->value != NULL ? o->value : "",
		    o->times == OPTION_MANY && o->name[1] != '\0' ? "..." : "");
		print_item(to, text, o->gist);
	}
}

static bool
has_operands(const struct command *c)
{
	return c->operands != NULL && c->operands[0] != '\0';
}

static void
print_usage(FILE *to, const struct command *c)
{
	(void)fprintf(to, "usage: satchel %s%s%s%s\n", c->name,
	    c->options[0].name != NULL ? " [options]" : "",
	    has_operands(c) ? " " : "", has_operands(c) ? c->operands : "");
}

static void
print_help(FILE *to, const struct command *c)
{
	print_usage(to, c);
	(void)fputc('\n', to);
	command_paragraph(to, 0, c->gist);
	if (c->more != NULL) {
		(void)fputc('\n', to);
		command_paragraph(to, 0, c->more);
	}
	if (c->options[0].name != NULL) {
		(void)fputs("\noptions:\n", to);
		print_options(to, c->options);
	}
	(void)fputs("\nwith every command:\n", to);
	print_options(to, global_options);
}

/* family NULL: every command. */
static void
print_commands(FILE *to, const char *family)
{
	(void)fprintf(to, "usage: satchel [options] %s\n\n",
	    family != NULL ? family : "COMMAND ...");
	for (size_t i = 0; i < commands_count; i++) {
		const struct command *c = commands_all[i];

		if (family == NULL || is_name(c->name, family, NULL))
			print_item(to, c->name, c->gist);
	}
	(void)fputs("\noptions:\n", to);
	print_options(to, global_options);
	(void)fputs("\nsatchel help COMMAND says more about one of them.\n",
	    to);
}

static void
write_about(FILE *to, const struct line *l)
{
	if (l->version && !l->help)
		(void)fprintf(to, "satchel %s\n", SATCHEL_VERSION);
	else if (l->command != NULL)
		print_help(to, l->command);
	else
		print_commands(to, l->name);
}

static int
tell_about(const struct line *l)
{
	write_about(stdout, l);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE :
							EXIT_TRY_AGAIN;
}

/* With --json the text is a member of the one object that is printed. */
static int
tell_about_json(const struct line *l)
{
	struct say *say = say_new(l->name, true);
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int status = EXIT_INSIDE;

	if (to != NULL) {
		write_about(to, l);
		if (fclose(to) == 0 && say != NULL) {
			say_member(say, "help", text);
			status = say_end(say, NULL);
		}
	}
	free(text);
	say_free(say);
	return status;
}

/* Also a line that cannot be understood is answered as it asks to be. */
static bool
asks_for_json(int argc, char *argv[])
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int
run(struct line *l, bool understood, bool json, struct fault *why)
{
	struct say *say = say_new(l->name, json || l->globals.json);
	int status;

	if (say == NULL) {
		(void)fprintf(stderr, "satchel: %s %s\n",
		    fault_text(FAULT_NO_MEMORY)->code,
		    fault_text(FAULT_NO_MEMORY)->says);
		return EXIT_INSIDE;
	}
	l->args.say = say;
	if (understood && l->command->run(&l->args, say, why) == 0)
		status = say_end(say, NULL);
	else
		status = say_end(say, why);
	say_free(say);
	return status;
}

int
command_main(int argc, char *argv[])
{
	struct line l = { .globals = { .passphrase_fd = -1 } };
	struct fault why = { FAULT_NONE, "" };
	bool json = asks_for_json(argc, argv), understood;
	int status;

	if (argc > 1) {
		l.count = argc - 1;
		l.words = argv + 1;
	}
	understood = parse(&l, &why) == 0;
	if (understood && (l.help || l.version))
		status = json ? tell_about_json(&l) : tell_about(&l);
	else
		status = run(&l, understood, json, &why);
	if (why.id == FAULT_USAGE && !json) {
		if (l.command != NULL)
			print_usage(stderr, l.command);
		else if (l.name == NULL)
			print_commands(stderr, NULL);
	}
	free(l.operands);
	return status;
}
