/*
 * bundle: what a bundle looks like, outside and inside (docs/bundle.5).
 *
 * Only forms: what is written, and what a reader takes for well written.  Who
 * signed, who may, and whether it is true is asked in import/.
 */
#ifndef SATCHEL_FORMATS_BUNDLE_H
#define SATCHEL_FORMATS_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/minisign.h"

struct arena;
struct fault;
struct json_node;
struct sink;

#define BUNDLE_ID 37 /* lower-case UUID and NUL */
#define BUNDLE_NUMBER_MAX ((int64_t)1 << 53)
#define BUNDLE_UNTRUSTED "satchel bundle"
#define BUNDLE_LINES_MAX 1024 /* bytes the four lines may take */
#define BUNDLE_SIZE_MAX ((uint64_t)16 << 30)
#define BUNDLE_MEMBER_MAX ((uint64_t)4 << 20) /* of records */
#define BUNDLE_INFLATED_MAX ((uint64_t)64 << 30)
#define BUNDLE_ATTACHMENT_MAX ((uint64_t)20 << 20)
#define BUNDLE_RECOVERY_MAX 16

/* What the third line says. */
struct bundle_outside {
	char id[BUNDLE_ID];
	int64_t seq;
	moment created;
};

/* "satchel bundle/1 id=... seq=... created=..." for the trusted comment. */
void bundle_outside_write(const struct bundle_outside *o,
    char out[static MINISIGN_COMMENT_MAX]);
/*
 * The trusted comment, exactly by the grammar: FAULT_BUNDLE_LINES, or
 * FAULT_BUNDLE_NEWER when it says another bundle version.
 */
int bundle_outside_read(const char *trusted, struct bundle_outside *out,
    struct fault *why);

/*
 * Find the four lines in the first bytes of a file (len up to
 * BUNDLE_LINES_MAX + the version line of age), read them strictly, and say
 * where the age part begins.  What is no bundle at all is
 * FAULT_BUNDLE_NOT_ONE; a rest that does not begin with age's version line is
 * FAULT_BUNDLE_NOT_ONE too (exit 5: step 2 of reading).
 */
int bundle_lines_read(const void *head, size_t len,
    struct minisign_signature *signature, struct bundle_outside *outside,
    size_t *age_at, struct fault *why);

enum bundle_environment { BUNDLE_TEST, BUNDLE_LIVE };

/* A range of stream numbers, both ends in it. */
struct bundle_range {
	int64_t first;
	int64_t last;
};

struct bundle_refused {
	int64_t sequence;
	const char *code; /* the fault's */
};

/* bundle.json.  Texts belong to the arena it was read into. */
struct bundle_inside {
	struct bundle_outside outside; /* id, seq, created */
	moment use_by;
	enum bundle_environment environment;
	const char *from_node;
	struct minisign_public from_sign;
	const char *to_node;
	const char *to_open; /* age recipient */
	const char *recovery[BUNDLE_RECOVERY_MAX];
	size_t recovery_count;
	int64_t sequence;
	bool has_previous;
	char previous_id[BUNDLE_ID];
	uint8_t previous_sha256[32];
	const char *agreement_id;
	int64_t agreement_version;
	uint8_t agreement_sha256[32];
	bool acknowledges; /* is there an entry? */
	struct bundle_range *ranges;
	size_t range_count;
	struct bundle_refused *refused;
	size_t refused_count;
	const char *checkpoint; /* NULL: no log yet */
};

int bundle_inside_write(const struct bundle_inside *b, struct sink *to,
    struct fault *why);
/* FAULT_BUNDLE_INSIDE names the member that is wrong; _NEWER for a version. */
int bundle_inside_read(const void *text, size_t len, struct arena *a,
    struct bundle_inside *out, struct fault *why);

/* In the order in which they stand in a bundle. */
enum bundle_record {
	BUNDLE_RECALL,
	BUNDLE_RECEIPT,
	BUNDLE_ANSWER,
	BUNDLE_STATUS,
	BUNDLE_REFERRAL,
	BUNDLE_RECORDS
};

/* "recall", "receipt", ... */
const char *bundle_record_name(enum bundle_record kind);
/* By the member "type" of a record; false if it is none of ours. */
bool bundle_record_kind(const struct json_node *record,
    enum bundle_record *out);

/* What a member is, by its name alone; and where it may stand. */
enum bundle_member {
	BUNDLE_MEMBER_INSIDE,	 /* bundle.json */
	BUNDLE_MEMBER_AGREEMENT, /* agreement/agreement.json */
	BUNDLE_MEMBER_SIGNATURE, /* agreement/<PARTY>.minisig */
	BUNDLE_MEMBER_ROSTER,	 /* agreement/roster-<PARTY>.json */
	BUNDLE_MEMBER_ROSTER_SIGNATURE,
	BUNDLE_MEMBER_RECORDS, /* records/000001.ndjson */
	BUNDLE_MEMBER_FILE,    /* files/<sha256> */
	BUNDLE_MEMBER_TOTALS,  /* totals.json */
};

struct bundle_name {
	enum bundle_member kind;
	char party[17];	 /* of a signature or roster */
	int64_t number;	 /* of a records member */
	char sha256[65]; /* of a file, hex */
};

/*
 * Exactly the names of the format, and each only after those it may follow
 * (before: the member before, NULL at the first).  FAULT_BUNDLE_TAR.
 * Signatures ascend by the bytes of their names ("A-B.minisig" comes before
 * "A.minisig"), rosters by those of the party's code.
 */
int bundle_name_read(const char *name, const struct bundle_name *before,
    struct bundle_name *out, struct fault *why);

/* totals.json, built while members are written or read, and compared. */
struct bundle_totals;

struct bundle_totals *bundle_totals_new(struct fault *why);
void bundle_totals_free(struct bundle_totals *t); /* NULL is fine */
int bundle_totals_member(struct bundle_totals *t, const char *name,
    uint64_t size, const uint8_t sha256[static 32], struct fault *why);
void bundle_totals_record(struct bundle_totals *t, enum bundle_record kind);
int64_t bundle_totals_count(const struct bundle_totals *t,
    enum bundle_record kind);
int bundle_totals_write(const struct bundle_totals *t, struct sink *to,
    struct fault *why);
/*
 * Does totals.json say what t counted?  FAULT_BUNDLE_TOTALS names the first
 * difference.  with_records false: the counts of records are not compared (a
 * line was unreadable, which is a fault of its own).
 */
int bundle_totals_agree(const struct bundle_totals *t, const void *text,
    size_t len, bool with_records, struct fault *why);

#endif
