/*
 * agreement: the signed sharing agreement (DPISP) as far as a program can be
 * held to it (docs/agreement.5).
 *
 * Read once, then only looked at.  Everything hangs on its own arena.  What it
 * does not list is not allowed.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_H
#define SATCHEL_FORMATS_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/consent.h"
#include "formats/fields.h"

struct arena;
struct fault;

#define AGREEMENT_MAX ((size_t)4 * 1024 * 1024) /* bytes of the file */
#define AGREEMENT_CODE_ROOM 17			/* [A-Z0-9-]{2,16} and NUL */
#define AGREEMENT_JUMP_MAX 1000 /* a version is newer by less than this */

enum agreement_environment { AGREEMENT_TEST, AGREEMENT_LIVE };
enum system_kind { SYSTEM_PRIMERO, SYSTEM_PROGRES };
enum node_role { NODE_SITE, NODE_HUB, NODE_AUDITOR };
enum polarity { POLARITY_NONE, POLARITY_POSITIVE, POLARITY_NEGATIVE };
enum free_text { FREE_TEXT_ALLOW, FREE_TEXT_REVIEW, FREE_TEXT_STRIP };
enum evidence { EVIDENCE_RECORD, EVIDENCE_ATTESTED };

enum user_right {
	MAY_EXPORT = 1,
	MAY_DECIDE = 2,
	MAY_ASSIGN = 4,
	MAY_LOAD = 8,
	MAY_OVERRIDE = 16,
};

struct focal_point {
	const char *name;
	const char *role;
};

struct party {
	const char *id;
	const char *name;
	enum system_kind system;
	struct focal_point *focal_points;
	size_t focal_point_count;
	struct minisign_public *signs_with;
	size_t key_count;
	day joined; /* DAY_UNKNOWN: not said */
	day left;
	/*
	 * Not in the file: the version of the roster that says who the users
	 * of this party's nodes are (0: the file does), and that of an adopted
	 * one that does not count, since no key listed here signed it.
	 */
	int64_t roster;
	int64_t roster_left_out;
};

struct user {
	const char *user;
	const char *full_name;
	const char *position;
	const char *role;
	const char *email;
	const char *phone;
	unsigned may; /* of enum user_right */
};

struct node {
	const char *code;
	const struct party *party;
	struct texts acts_for; /* party ids */
	enum node_role role;
	enum system_kind system;
	struct minisign_public *sign;
	size_t sign_count;
	const char **open; /* age recipients; sealed to the last */
	size_t open_count;
	day valid_from;
	day valid_until;
	bool revoked;
	int64_t revoked_after; /* sequence */
	day revoked_on;
	const char *revoked_reason;
	int utc_offset_minutes;
	enum polarity polarity;
	struct user *users;
	size_t user_count;
};

struct flow {
	const struct party *from;
	const struct party *to;
	struct texts services;
	struct texts purposes;
	bool field[FIELD_COUNT];    /* may travel */
	bool required[FIELD_COUNT]; /* D-MIN */
	struct texts sensitive;
	bool attachments;
	enum free_text free_text;
	enum evidence evidence;
	struct texts bases;
};

struct age_rule {
	int from; /* whole years, both ends in it */
	int to;
	struct texts needs; /* "child", "caregiver", "guardian", "override" */
	struct texts *alternatives;
	size_t alternative_count;
};

struct map_entry {
	const char *code;
	struct texts primero;
	struct texts progres_in;
	const char *progres_out; /* NULL: no translation */
};

struct map {
	struct map_entry *entries;
	size_t count;
};

struct scope_entry {
	const char *scope;
	struct texts services;
};

/* The site's own form fields that hold parts of a consent record, or NULL. */
struct primero_fields {
	const char *given_on;
	const char *given_by;
	const char *method;
	const char *language;
	const char *notice_version;
};

struct ping_ids {
	const char *partner;
	const char *interop;
	const char *referral_in;
	const char *decision_in;
	const char *decision_synced;
	const char *referral_details;
	const char *decisions_out;
	const char *decision_details;
	const char *business_unit;
	const char *organization_from;
};

struct primero_ids {
	const char *module_id;
	const char *intake_user;
};

struct agreement {
	const char *id;
	int64_t version;
	enum agreement_environment environment;
	const char *title;
	const char *country;
	day valid_from;
	day valid_until;
	day review_on;
	int signatures_needed;
	struct party *parties;
	size_t party_count;
	struct node *nodes;
	size_t node_count;
	const char **recovery;
	size_t recovery_count;
	struct flow *flows;
	size_t flow_count;
	int max_age_days;
	struct age_rule *age_rules;
	size_t age_rule_count;
	struct scope_entry *scope_map;
	size_t scope_count;
	struct texts override_roles;
	struct primero_fields primero_fields;
	struct texts sensitive_codes;
	struct texts mandatory_reporting_codes;
	struct map maps[MAP_SECTIONS];
	bool has_ping;
	struct ping_ids ping;
	bool has_primero;
	struct primero_ids primero;
	int emergency_hours;
	int urgent_hours;
	int normal_days;
	int breach_report_hours;
	int use_by_days;
	int retention_bundle_days;
	int retention_staged_days;
	int retention_ledger_days;
	/* Not in the file: what the exact bytes were. */
	uint8_t sha256[32];
	char fingerprint[DIGEST_FINGERPRINT];
	/* Set by whoever checked the signatures: party i signed this version */
	bool *party_signed;
};

/* What `agreement check` found; error: cannot be adopted. */
struct problem {
	bool error;
	const char *code; /* "A-KEY-TWICE": stable */
	const char *text; /* a plain sentence */
	char where[96];	  /* "maps.services[3]" */
};

struct agreement_file; /* an agreement with its arena and problems */

/*
 * Read and check an agreement.  Fails only if no agreement can be made of it
 * at all (not JSON, over a limit, no memory); everything else is a problem.
 * With any error among them the agreement must not be used for judging: what
 * could not be read is NULL, 0 or DAY_UNKNOWN there, also where it never is in
 * an agreement without errors.
 */
struct agreement_file *agreement_read(const void *text, size_t len,
    struct fault *why);
void agreement_free(struct agreement_file *f); /* NULL is fine */

struct agreement *agreement_of(struct agreement_file *f); /* borrowed */
size_t agreement_problems(const struct agreement_file *f,
    const struct problem **out);
bool agreement_has_errors(const struct agreement_file *f);
/*
 * Put a roster's users in the place of those that the file lists for a node;
 * everything is copied.
 */
int agreement_replace_users(struct agreement_file *f, const struct node *n,
    const struct user *users, size_t count, struct fault *why);
/* The exact bytes it was read from; borrowed. */
const void *agreement_bytes(const struct agreement_file *f, size_t *len);

/* NULL if there is none.  Node codes and party ids compare exactly. */
const struct party *agreement_party(const struct agreement *a, const char *id);
const struct node *agreement_node(const struct agreement *a, const char *code);
/* The node that signs with this key; never by its number alone. */
const struct node *agreement_node_by_key(const struct agreement *a,
    const struct minisign_public *key);
/* By the 8-byte hint of a signature; NULL if none or more than one. */
const struct node *agreement_node_by_number(const struct agreement *a,
    const uint8_t number[static 8], const struct minisign_public **key);
const struct flow *agreement_flow(const struct agreement *a,
    const struct party *from, const struct party *to);
/* A user listed at the node; names compare exactly. */
const struct user *agreement_user(const struct node *n, const char *user);
/*
 * Is that one of the node's keys, of either kind?  key NULL: may the node take
 * part at all?  n is a struct node, or NULL for one that is not listed.
 */
bool agreement_node_lists(const void *n, const char *key);
/* All of them as texts, in *out; they are the arena's. */
int agreement_node_keys(const struct node *n, struct arena *a,
    const char ***out, size_t *count, struct fault *why);

/* Is the party `id` this node's own or one it acts for? */
bool agreement_acts_for(const struct node *n, const char *party_id);

/* The entry of that code, or NULL. */
const struct map_entry *agreement_code(const struct agreement *a,
    enum map_section section, const char *code);
/*
 * The one entry that takes this value of the system; NULL if none, and NULL
 * with *many set if more than one does.  Agencies compare loosely.
 */
const struct map_entry *agreement_from_source(const struct agreement *a,
    enum map_section section, enum system_kind system, const char *value,
    bool *many);
/* What is written into the system for this entry; NULL: no translation. */
const char *agreement_to_target(const struct map_entry *e,
    enum system_kind system);

bool agreement_lists(const struct texts *t, const char *item);

/* "test", "live"; "primero", "progres"; "site", "hub", "auditor" */
const char *agreement_environment_name(enum agreement_environment e);
const char *agreement_system_name(enum system_kind s);
const char *agreement_role_name(enum node_role r);

#endif
