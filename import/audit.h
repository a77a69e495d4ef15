/*
 * audit: what a heap of bundles shows to who has the agreement and no secret.
 *
 * Each bundle is looked at alone (audit_look) and added; then the numbers of
 * each key are gone through: which are missing, and which came twice.  Only a
 * bundle whose signature is good counts for its number: what anybody can write
 * on the outside fills no gap.  Nothing is decrypted.
 *
 * Kept of a bundle are some 60 bytes and its file's name.
 */
#ifndef SATCHEL_IMPORT_AUDIT_H
#define SATCHEL_IMPORT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "import/receive.h"

struct agreement;
struct audit;
struct node;

enum audit_signature {
	AUDIT_GOOD,
	AUDIT_BAD,
	AUDIT_UNKNOWN_KEY,
	AUDIT_REVOKED, /* above the last number of a revoked key */
};

/* "good", "bad", "unknown key", "revoked" */
const char *audit_signature_name(enum audit_signature s);

/* One bundle, looked at. */
struct audited {
	struct received got;
	enum audit_signature signature;
	struct fault fault; /* FAULT_NONE: nothing is wrong with it */
	bool foreign;	    /* it does not begin as a bundle: not read on */
	bool revoked_since; /* good, and its key was revoked later */
	bool untimely;	    /* made when the agreement did not list its node */
};

/* Always to be closed; got is as far as it could be read. */
void audit_look(struct audited *b, int fd, const struct agreement *a);
void audit_look_close(struct audited *b);

struct audit *audit_new(const struct agreement *a, struct fault *why);
void audit_free(struct audit *u); /* NULL is fine */
int audit_add(struct audit *u, const char *file, const struct audited *b,
    struct fault *why);
/* One that could not be opened. */
void audit_add_unread(struct audit *u);

/* What was added, counted. */
struct audit_counts {
	size_t files;
	size_t good; /* copies too */
	size_t bad;  /* signature or outside; damaged ones */
	size_t unknown_key;
	size_t revoked;
	size_t foreign;
	size_t unread;
	size_t revoked_since; /* of the good */
	size_t untimely;      /* likewise */
	size_t not_allowed;   /* likewise: their node may not send */
	/* After audit_end: */
	size_t copies;
	size_t alarms;
	size_t gaps;
	int64_t missing; /* numbers, at most INT64_MAX */
	size_t signers;
};

/* A key that signed something here. */
struct audit_signer {
	const struct node *node;
	const struct minisign_public *key;
	size_t bundles; /* with a good signature, without copies */
	size_t copies;
	int64_t first; /* lowest and highest number */
	int64_t last;
	int64_t missing; /* of those from 1 to last */
};

/* Numbers that no bundle here bears, both ends in it. */
struct audit_gap {
	const struct node *node;
	const struct minisign_public *key;
	int64_t first;
	int64_t last;
};

enum audit_kind {
	AUDIT_COPY,   /* the same bundle in two files */
	AUDIT_NUMBER, /* one number, two ids */
	AUDIT_ID,     /* one id, two numbers or two contents */
};

struct audit_twice {
	enum audit_kind kind;
	const struct node *node;
	const struct minisign_public *key;
	int64_t seq[2];
	const char *file[2];
	const char *id[2]; /* valid until the next one */
};

/* Go through what was added; nothing can be added any more. */
int audit_end(struct audit *u, struct fault *why);

const struct agreement *audit_agreement(const struct audit *u);
void audit_count(const struct audit *u, struct audit_counts *out);
size_t audit_signers(const struct audit *u, const struct audit_signer **out);

/* By key and number; -1 of take ends the walk. */
int audit_gaps(const struct audit *u,
    int (*take)(const struct audit_gap *g, void *context, struct fault *why),
    void *context, struct fault *why);
/*
 * A bundle of which there are three copies comes twice.  Alarms (all but
 * AUDIT_COPY) come first.
 */
int audit_twices(const struct audit *u,
    int (*take)(const struct audit_twice *t, void *context, struct fault *why),
    void *context, struct fault *why);

/*
 * Keys that the agreement does not know, by the number that minisign prints of
 * a key; *more counts bundles of keys beyond the first AUDIT_UNKNOWN_MOST.
 */
#define AUDIT_UNKNOWN_MOST 100

struct audit_unknown {
	char number[MINISIGN_NUMBER_ROOM];
	size_t bundles;
};

size_t audit_unknown(const struct audit *u, const struct audit_unknown **out,
    size_t *more);

#endif
