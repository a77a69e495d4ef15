/*
 * json: JSON from outside, checked strictly and then read.
 *
 * The text is held against RFC 8259 before cJSON sees it: UTF-8, no duplicate
 * name at any depth, no U+0000 (raw or escaped), no half surrogate pair, no
 * byte order mark, nothing after the value, integer literals within 2^53, and
 * the limits given.  This is the only file that includes cJSON; a cJSON tree
 * is never handed out.  Names are compared byte for byte.
 */
#ifndef SATCHEL_FORMATS_JSON_H
#define SATCHEL_FORMATS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct fault;
struct json;	  /* a document; owns its tree */
struct json_node; /* one value in it; borrowed from the document */

struct json_limits {
	size_t bytes;	/* of the whole text */
	size_t string;	/* decoded UTF-8 bytes of one string or name */
	size_t members; /* of one object, or items of one list; 0: no limit */
	int depth;   /* the outermost object or list counts 1; at most 1000 */
	bool record; /* our own: integers only */
	bool no_null;
};

extern const struct json_limits json_foreign; /* 16 MiB, as systems write */
extern const struct json_limits json_record;  /* 1 MiB, bundle.json and such */
extern const struct json_limits json_line;    /* the same, and without null */

enum json_kind {
	JSON_NULL,
	JSON_BOOLEAN,
	JSON_INTEGER, /* a literal without fraction or exponent */
	JSON_REAL,
	JSON_TEXT,
	JSON_LIST,
	JSON_OBJECT,
};

/*
 * FAULT_JSON with line, column and what was found there, never a value.
 * FAULT_NO_MEMORY likewise.  *out is the caller's, freed with json_free.
 */
int json_read(const void *text, size_t len, const struct json_limits *limits,
    struct json **out, struct fault *why);
void json_free(struct json *j); /* wipes the texts; NULL is fine */

/* The gate alone: is this text JSON by our rules?  Builds nothing. */
int json_check(const void *text, size_t len, const struct json_limits *limits,
    struct fault *why);

/* Where in a file something stands, both from 1; a column is a character. */
struct json_place {
	size_t line;
	size_t column;
};

/* The same for a text that is part of a file and begins at this place. */
int json_read_at(const void *text, size_t len, const struct json_limits *limits,
    const struct json_place *start, struct json **out, struct fault *why);
int json_check_at(const void *text, size_t len,
    const struct json_limits *limits, const struct json_place *start,
    struct fault *why);

const struct json_node *json_root(const struct json *j);
enum json_kind json_kind(const struct json_node *n);
/* The member of that name, or NULL; n may be NULL or not an object. */
const struct json_node *json_get(const struct json_node *n, const char *name);
/* First item or member, or NULL; and the one after n. */
const struct json_node *json_first(const struct json_node *n);
const struct json_node *json_next(const struct json_node *n);
size_t json_count(const struct json_node *n);
const char *json_name(const struct json_node *member);

/* Each gives false or NULL if n is NULL or of another kind. */
const char *json_text(const struct json_node *n);
bool json_integer(const struct json_node *n, int64_t *out);
bool json_boolean(const struct json_node *n, bool *out);
bool json_is_null(const struct json_node *n);
/* The text of a member, or NULL. */
const char *json_get_text(const struct json_node *n, const char *name);

/*
 * The name of the first member of object n that is not in names (ends with
 * NULL), or NULL if all are known.
 */
const char *json_unknown_name(const struct json_node *n,
    const char *const *names);

/*
 * Adds the RFC 8785 form of n to out, leaving out the members of n itself
 * (not deeper) named in without (ends with NULL; may be NULL).  A real number
 * faults: records have none.
 */
int json_canonical(const struct json_node *n, const char *const *without,
    struct bytes *out, struct fault *why);

#endif
