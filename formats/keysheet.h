/*
 * keysheet: a small file as text to be printed, and read back from paper.
 *
 * "satchel key sheet/1", described byte for byte in docs/keys.md.  A sheet is
 * for an encrypted file: it hides nothing by itself.  Its lines hold
 * KEYSHEET_LINE bytes each and four characters of check; the last ones are
 * parity, so that as many neighbouring lines as there are of those may be lost.
 * It is whole only if its SHA-256 says so: what cannot be read is never
 * guessed.
 */
#ifndef SATCHEL_FORMATS_KEYSHEET_H
#define SATCHEL_FORMATS_KEYSHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct fault;

#define KEYSHEET_LINE ((size_t)20)   /* bytes of one line */
#define KEYSHEET_DIGITS ((size_t)36) /* characters, the last 4 its check */
#define KEYSHEET_MAX ((size_t)16384) /* bytes of the file */
#define KEYSHEET_TEXT_MAX ((size_t)131072) /* bytes of what is read */
#define KEYSHEET_SUMS_MAX 4 /* lines marked SHA, told one by one */

/* What stands above the lines, for people alone.  All texts are ASCII. */
struct keysheet_head {
	const char *node;
	const char *fingerprint; /* six groups of five digits */
	const char *date;
	const char *file;  /* what is printed */
	const char *opens; /* what opens it: "the passphrase of this node" */
	bool practice;	   /* says so, above and below */
};

/* Adds the sheet to out.  FAULT_KEYSHEET_SIZE if len is 0 or over the most. */
int keysheet_write(const struct keysheet_head *head, const void *file,
    size_t len, struct bytes *out, struct fault *why);

enum keysheet_is {
	KEYSHEET_GOOD,
	KEYSHEET_MISSING,    /* no line has that number */
	KEYSHEET_LENGTH,     /* too few or too many characters */
	KEYSHEET_UNREADABLE, /* has a ?, or what is no character of a sheet */
	KEYSHEET_WRONG,	     /* its check does not fit */
	KEYSHEET_TWO,	     /* two lines of that number fit, and differ */
	KEYSHEET_DOUBTED,    /* fits, but not to the others of its class */
};

/*
 * What was found of one line.  If exactly one change of one character makes it
 * fit, that is offered: group and character count from 1, and are 0 else.
 */
struct keysheet_line {
	enum keysheet_is is;
	bool restored;	   /* made of the others of its class */
	size_t characters; /* KEYSHEET_LENGTH: behind the number */
	unsigned group;
	unsigned character;
	char reads;
	char fits;
};

enum keysheet_state {
	KEYSHEET_WHOLE,
	KEYSHEET_LACKS,	 /* lines, more than parity can make up for */
	KEYSHEET_NO_SUM, /* a line marked SHA: without both, no other is known */
	KEYSHEET_MIXED,	 /* the lines marked SHA are of two sheets */
	KEYSHEET_DIFFERS, /* all lines fit, and the SHA-256 does not */
};

struct keysheet {
	enum keysheet_state state;
	bool practice;		    /* a line of it says so */
	struct bytes file;	    /* KEYSHEET_WHOLE */
	struct keysheet_line *line; /* number 1 is at 0 */
	size_t lines;		    /* parity too; 0 if it is not known */
	size_t parity;
	/* KEYSHEET_NO_SUM: lines marked SHA that do not fit. */
	struct keysheet_line sums[KEYSHEET_SUMS_MAX];
	size_t sum_count;
	/* Lines like those of a sheet whose number it does not have. */
	size_t strays;
};

/*
 * Read what a person typed or a scanner saw: letter case, spaces, hyphens, the
 * order, doubled lines and other text around do not count; O is 0, I and L are
 * 1.  *out is to be freed if it returns 0, and says by its state what it is.
 * FAULT_KEYSHEET_SIZE if the text is over KEYSHEET_TEXT_MAX.
 */
int keysheet_read(const void *text, size_t len, struct keysheet *out,
    struct fault *why);
void keysheet_free(struct keysheet *k);

#endif
