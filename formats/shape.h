/*
 * shape: read a JSON object into a struct, by a table.
 *
 * A table says which members an object may have, of what kind each is and
 * where in the struct it goes; a member that is not in the table is an unknown
 * name.  Reading goes on after something wrong, so that a person sees at once
 * all there is to put right: the caller is told of each with its place, such
 * as "flows[0].services[2]", and decides what follows from it.
 *
 * Texts are copied into the arena.  Text must be NFC, clean and not empty.
 */
#ifndef SATCHEL_FORMATS_SHAPE_H
#define SATCHEL_FORMATS_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/consent.h"

struct arena;
struct fault;
struct json_node;
struct shape_reader;

#define SHAPE_WHERE 96 /* bytes of a place, with NUL; a longer one is cut */

enum shape_kind {
	SHAPE_TEXT,    /* const char *: one line */
	SHAPE_NOTES,   /* const char *: LF and TAB may stand in it */
	SHAPE_FIXED,   /* nothing is stored: the first of words, exactly */
	SHAPE_DATE,    /* day; DAY_UNKNOWN if it is not there */
	SHAPE_INT,     /* int, from min to max */
	SHAPE_INTEGER, /* int64_t, from min to max */
	SHAPE_BOOLEAN, /* bool */
	SHAPE_ANSWER,  /* enum answer_given, from a JSON boolean */
	SHAPE_WORD,    /* an enum, by words */
	SHAPE_TEXTS, /* struct texts: up to max, no repeats; of words, if any */
	SHAPE_OBJECT, /* by `of`, into the struct that begins there */
	SHAPE_LIST,   /* of objects by `of`: pointer, and size_t at count_at */
	SHAPE_TAKE,   /* `take` reads it */
};

enum shape_wrong {
	SHAPE_WRONG_NAME, /* the member is unknown here */
	SHAPE_WRONG_MISSING,
	SHAPE_WRONG_KIND,
	SHAPE_WRONG_TEXT,
	SHAPE_WRONG_DATE,
	SHAPE_WRONG_RANGE,
	SHAPE_WRONG_WORD,
	SHAPE_WRONG_REPEAT,
	SHAPE_WRONG_COUNT,
	SHAPE_WRONG_PLACE, /* fine elsewhere, but not with the rest here */
	SHAPE_WRONGS
};

enum shape_flag {
	SHAPE_REQUIRED = 1,
	SHAPE_NULLABLE = 2, /* null is as good as absent, and not missing */
	SHAPE_FILLED = 4,   /* an object with at least one member */
};

struct shape_word {
	const char *word; /* the last one's is NULL */
	int value;
};

struct shape_member {
	const char *name; /* the last one's is NULL */
	enum shape_kind kind;
	unsigned flags;
	size_t at;	 /* offsetof */
	size_t count_at; /* offsetof, of a list */
	int64_t min;
	int64_t max; /* of a list or texts: how many; 0: any number */
	const struct shape_word *words;
	const struct shape *of;
	/* base is the struct, not the place in it. */
	void (*take)(struct shape_reader *r, const struct json_node *n,
	    const struct shape_member *m, void *base);
};

struct shape {
	size_t size; /* of the struct */
	const struct shape_member *members;
};

struct shape_reader {
	struct arena *arena;
	void (*wrong)(void *own, enum shape_wrong what, const char *where);
	void *own;
	bool failed; /* no memory: `why` is filled in, the rest is not read */
	struct fault *why;
	char where[SHAPE_WHERE];
	size_t where_len;
};

void shape_start(struct shape_reader *r, struct arena *a,
    void (*wrong)(void *own, enum shape_wrong what, const char *where),
    void *own, struct fault *why);

/* Read n, which must be an object, into the struct at base. */
void shape_object(struct shape_reader *r, const struct json_node *n,
    const struct shape *shape, void *base);

/* For those who read a member themselves: SHAPE_TAKE. */

/* Go down to a member or an item; the result is for shape_leave. */
size_t shape_enter(struct shape_reader *r, const char *name);
size_t shape_enter_item(struct shape_reader *r, size_t item);
void shape_leave(struct shape_reader *r, size_t mark);
/* Tell the caller that the present place is wrong. */
void shape_report(struct shape_reader *r, enum shape_wrong what);
/* An unknown member of the present object. */
void shape_report_name(struct shape_reader *r, const char *name);

/* Each is NULL or false after having told the caller what is wrong. */
const char *shape_text(struct shape_reader *r, const struct json_node *n,
    bool lines);
bool shape_day(struct shape_reader *r, const struct json_node *n, day *out);
bool shape_integer(struct shape_reader *r, const struct json_node *n,
    int64_t min, int64_t max, int64_t *out);
bool shape_texts(struct shape_reader *r, const struct json_node *n,
    const struct shape_word *words, size_t max, struct texts *out);
/* Zeroed memory of the arena; NULL sets failed. */
void *shape_room(struct shape_reader *r, size_t count, size_t size);

/* "is missing", "is not a date", ... */
const char *shape_says(enum shape_wrong what);
/* The word for a value, or NULL. */
const char *shape_word(const struct shape_word *words, int value);

#endif
