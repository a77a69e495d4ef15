/*
 * command: what the user can ask for.
 *
 * One file a command (or family of commands), each exporting one of these.
 * The usage text, the man page's synopsis and shell completion are all read
 * from it, so a command cannot be described in two ways.
 */
#ifndef SATCHEL_CLI_COMMAND_H
#define SATCHEL_CLI_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"

#define COMMAND_OPTIONS_MAX 16
#define COMMAND_MANY_MAX 64 /* values of an option that may come again */

struct say;

/* What becomes of an option that is given a second time. */
enum option_times {
	OPTION_LAST, /* the last one counts */
	OPTION_MANY, /* all do; or it takes several words */
	OPTION_ONCE, /* refused: the last would win unseen */
};

/*
 * A name of one letter is given with one dash (-i KEY) and takes one word at a
 * time; a longer one with two (--only REF..., --only=REF).  With OPTION_MANY a
 * long one also takes the words after it, up to the next that begins with a
 * dash.
 */
struct option_spec {
	const char *name;  /* without the dashes */
	const char *value; /* what it takes, in capitals; NULL for a switch */
	const char *gist;
	enum option_times times;
};

/* What every command understands; it may stand anywhere. */
struct globals {
	const char *home; /* never NULL; "" if nothing says where */
	bool json;
	const char *user;  /* NULL: not given */
	int passphrase_fd; /* -1: not given */
	const char *passphrase_file;
};

/* The command line after parsing; options sit where their spec sits. */
struct args {
	const struct globals *globals;
	struct say *say; /* of this command; NULL: nobody is told */
	bool given[COMMAND_OPTIONS_MAX];
	const char *option[COMMAND_OPTIONS_MAX]; /* the last one given */
	const char *many[COMMAND_OPTIONS_MAX][COMMAND_MANY_MAX];
	int many_count[COMMAND_OPTIONS_MAX];
	int count;
	char *const *operands;
};

struct command {
	const char *name;     /* "export", or two words: "agreement check" */
	const char *operands; /* NULL or "": none */
	int least;	      /* operands */
	int most;	      /* -1: no limit */
	const char *gist;
	const char *more; /* a paragraph for --help; NULL: none */
	struct option_spec options[COMMAND_OPTIONS_MAX]; /* ends at no name */
	/*
	 * Does the work and tells `say`.  0, or -1 with why filled in: the
	 * fault then decides the exit status.  With 0, the worst that say was
	 * told decides.
	 */
	int (*run)(const struct args *args, struct say *say, struct fault *why);
};

/*
 * Print text, folded at words to lines of less than 80 columns that begin with
 * indent spaces; the first line stands there already.
 */
void command_paragraph(FILE *to, int indent, const char *text);

/* Parse argv and run the command it names; the exit status. */
int command_main(int argc, char *argv[]);

#endif
