/*
 * roster: a party's own list of who works at its offices and what each may do
 * (docs/agreement.5, Staff lists).
 *
 * It takes the place of what the agreement says of the users of that party's
 * own nodes, and is signed by that party alone.  Read once, then only looked
 * at.
 */
#ifndef SATCHEL_FORMATS_ROSTER_H
#define SATCHEL_FORMATS_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/agreement.h"

struct fault;
struct roster_file;

#define ROSTER_MAX ((size_t)1024 * 1024) /* bytes of the file */
#define ROSTER_JUMP_MAX 1000 /* a version is newer by less than this */

struct roster_node {
	const char *code;
	struct user *users;
	size_t user_count;
};

struct roster {
	const char *agreement; /* its id */
	const char *party;     /* its id */
	int64_t version;
	struct roster_node *nodes;
	size_t node_count;
	/* Not in the file: what the exact bytes were. */
	uint8_t sha256[32];
	char fingerprint[DIGEST_FINGERPRINT];
};

/* Does this text say of itself that it is a roster, of whatever version? */
bool roster_is_one(const void *text, size_t len);

/*
 * Fails only if no roster can be made of it at all (not JSON, over a limit, no
 * memory); everything else is a problem, as with an agreement.  With an error
 * among them nothing of it may be used.
 */
struct roster_file *roster_read(const void *text, size_t len,
    struct fault *why);
void roster_free(struct roster_file *f); /* NULL is fine */

const struct roster *roster_of(const struct roster_file *f); /* borrowed */
size_t roster_problems(const struct roster_file *f, const struct problem **out);
bool roster_has_errors(const struct roster_file *f);
/* The exact bytes it was read from; borrowed. */
const void *roster_bytes(const struct roster_file *f, size_t *len);

/*
 * Add what is wrong with it under this agreement: another agreement's, of a
 * party that is none, or about a node that is none or another party's.
 */
void roster_check(struct roster_file *f, const struct agreement *a);

#endif
