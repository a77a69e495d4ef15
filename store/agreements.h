/*
 * agreements: the versions of the sharing agreement this node has adopted.
 *
 * The file and the parties' signatures are kept byte for byte, sealed: the
 * file names staff.
 */
#ifndef SATCHEL_STORE_AGREEMENTS_H
#define SATCHEL_STORE_AGREEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

struct bytes;
struct fault;
struct store;

#define AGREEMENTS_PARTIES_MAX 64

/* A party's signature file, as it was. */
struct agreement_signature {
	char party[17];
	struct bytes *file; /* borrowed */
};

/* What is kept of a version; all of it is borrowed. */
struct agreement_adopted {
	const char *id;
	int64_t version;
	const uint8_t *sha256; /* 32 bytes, of the file */
	moment at;
	const void *file;
	size_t len;
	const struct agreement_signature *signatures;
	size_t count; /* at most AGREEMENTS_PARTIES_MAX */
};

/*
 * Keep a new version with its signatures: all or nothing.  The caller has
 * checked that it may be adopted; one that is not newer than every version
 * adopted before is FAULT_INSIDE.
 */
int agreements_put(struct store *s, const struct agreement_adopted *a,
    struct fault *why);
/*
 * The version in force (the highest adopted): 1, or 0 if none was adopted.
 * The file is added to `file`; signatures are given one by one with
 * agreements_signature.
 */
int agreements_get(struct store *s, struct bytes *file, int64_t *version,
    struct fault *why);
/* The file of one adopted version: 1 and added to out, or 0. */
int agreements_file(struct store *s, int64_t version, struct bytes *out,
    struct fault *why);
/* The i-th signature of a version: 1 and added to out, 0 past the last. */
int agreements_signature(struct store *s, int64_t version, size_t i,
    char party[static 17], struct bytes *out, struct fault *why);
/* The first version this node ever adopted; 0: none. */
int agreements_first(struct store *s, int64_t *version, struct fault *why);
/* The next one above `after`: 1, or 0. */
int agreements_after(struct store *s, int64_t after, int64_t *version,
    struct fault *why);
/*
 * When this version was adopted, or the newest staff list under it, if that
 * came later.
 */
int agreements_changed(struct store *s, int64_t version, moment *at,
    struct fault *why);
/* The recovery copy of the keys is sealed to whom this version names. */
int agreements_recovery_written(struct store *s, int64_t version,
    struct fault *why);
int agreements_has_recovery(struct store *s, int64_t version, bool *has,
    struct fault *why);
/* The SHA-256 of an adopted version: 1, or 0 if it never was adopted. */
int agreements_hash(struct store *s, int64_t version, uint8_t sha256[static 32],
    struct fault *why);

/*
 * The newest version a partner's bundles have named, of those that were adopted
 * here; 0: none yet.
 */
int agreements_partner(struct store *s, const char *node, int64_t *version,
    struct fault *why);
/* A bundle of the partner's names it; an older one than before is ignored. */
int agreements_partner_names(struct store *s, const char *node, int64_t version,
    struct fault *why);

#endif
