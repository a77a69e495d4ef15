/*
 * referral: one request by one agency to another to serve a child.
 *
 * The neutral shape that every source is read into and every target is made
 * from (docs/referral.md).  Its texts belong to the arena it was made in.  A
 * value that is absent is not known; nothing here has a default.
 */
#ifndef SATCHEL_FORMATS_REFERRAL_H
#define SATCHEL_FORMATS_REFERRAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/consent.h"
#include "formats/fields.h"

struct arena;
struct bytes;
struct fault;
struct json_node;
struct jsonout;

#define REFERRAL_REVISION 65  /* 64 hex digits and NUL */
#define REFERRAL_CODES_MAX 64 /* in one list */

/* One field's value; which member counts follows from the field's kind. */
struct value {
	bool present;
	const char *text;   /* TEXT, NOTES, CODE, DATE as written */
	day date;	    /* DATE */
	int64_t integer;    /* INTEGER */
	bool yes;	    /* BOOLEAN */
	const char **items; /* CODES */
	size_t count;
};

enum priority { PRIORITY_NORMAL, PRIORITY_URGENT, PRIORITY_EMERGENCY };

enum origin_system { ORIGIN_PRIMERO, ORIGIN_PROGRES };

struct origin {
	enum origin_system system;
	const char *record_id; /* Primero: what its paths use */
	const char *case_id;
	const char *service_id;
	const char *intervention_number; /* proGres */
	const char *intervention_id;
	const char *business_unit;
};

struct attachment {
	const char *sha256;
	const char *name;
	const char *kind;
	const char *media_type;
};

/* A hold that a person released. */
struct judged {
	const char *rule;
	const char *user;
	const char *reason;
	day on;
};

struct referral {
	const char *ref;
	char revision[REFERRAL_REVISION]; /* "" until referral_revise */
	day made_on;
	enum priority priority;
	const char *purpose;
	const char *from_agency;
	const char *to_agency;
	const char *to_user; /* NULL: not named */
	struct origin origin;
	struct value value[FIELD_COUNT];
	struct attachment *attachments;
	size_t attachment_count;
	bool has_consent;
	struct consent consent;
	struct texts removed; /* names of fields left out by P-FIELDS */
	struct judged *judged;
	size_t judged_count;
};

void referral_clear(struct referral *r);

/* "emergency", "urgent", "normal" */
const char *referral_priority_name(enum priority p);

/*
 * The ref that origin yields, in the arena; NULL after filling in why.
 * FAULT_SOURCE_FORM if an id is missing, or one of Primero's has a # in it.
 */
const char *referral_make_ref(const struct origin *origin, struct arena *a,
    struct fault *why);

/*
 * A record of a bundle.  FAULT_BUNDLE_RECORD (the bundle is refused) for an
 * unknown name at any depth; *form says whether it is a referral whose form
 * is wrong (rule R-FORM: refused alone): wrong kinds, a word outside its
 * vocabulary, text that is not NFC or not clean, a ref unlike its origin, a
 * revision unlike its content.  Even then ref is filled in if it could be
 * read, and *form names the member at fault.
 */
int referral_read(const struct json_node *n, struct arena *a,
    struct referral *out, const char **form, struct fault *why);

/*
 * Write the record, `type` first; NULL name at the top.  Sets nothing: call
 * referral_revise before.
 */
void referral_write(struct jsonout *o, const char *name,
    const struct referral *r);

/*
 * Compute revision: BLAKE2b-256 over the RFC 8785 form of the record without
 * `revision`, `removed` and `judged`.
 */
int referral_revise(struct referral *r, struct fault *why);

#endif
