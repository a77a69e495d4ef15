#include "import/contents.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/source.h"
#include "crypto/digest.h"
#include "formats/agreement.h"
#include "formats/gzip.h"
#include "formats/json.h"
#include "formats/ndjson.h"
#include "formats/records.h"
#include "formats/referral.h"
#include "formats/ustar.h"

#define INSIDE_MAX ((size_t)1024 * 1024)
#define SIGNATURE_MAX ((size_t)16 * 1024)
#define ATTACHMENTS_MAX 10000 /* in one bundle */
#define PIECE (64 * 1024)
#define RECORD_ARENA ((size_t)16 * 1024 * 1024)
#define MEMBERS_MAX 100000 /* 400 GB of records: more than a bundle holds */

/* SHA-256 values: of the attachments named, and of those enclosed. */
struct hashes {
	uint8_t (*at)[32];
	size_t count;
};

/* One reading, from the first byte to the last. */
struct reading {
	const struct contents_from *from;
	struct contents *contents;
	struct source *source; /* file, age, gzip */
	struct ustar *tar;
	struct bundle_totals *totals;
	struct bundle_name before;
	bool any_before;
	size_t members;
	bool ended;		  /* totals.json was read */
	enum bundle_record order; /* of the record before */
	struct bytes member;
	struct arena *scratch; /* of one record */
	struct hashes named;
	struct hashes enclosed;
	contents_take take; /* NULL: the first reading */
	void *context;
};

static int
hashes_add(struct hashes *h, const uint8_t sha256[static 32], struct fault *why)
{
	if (h->count == ATTACHMENTS_MAX)
		return FAIL(why, FAULT_BUNDLE_ATTACHMENT,
		    "more than %d attachments", ATTACHMENTS_MAX);
	if (h->at == NULL &&
	    (h->at = calloc(ATTACHMENTS_MAX, sizeof(*h->at))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "attachments");
	memcpy(h->at[h->count++], sha256, sizeof(*h->at));
	return 0;
}

static bool
hashes_have(const struct hashes *h, const uint8_t sha256[static 32])
{
	for (size_t i = 0; i < h->count; i++)
		if (memcmp(h->at[i], sha256, sizeof(*h->at)) == 0)
			return true;
	return false;
}

/* Every attachment named is enclosed, and nothing else is. */
static int
hashes_agree(const struct reading *r, struct fault *why)
{
	for (size_t i = 0; i < r->named.count; i++)
		if (!hashes_have(&r->enclosed, r->named.at[i]))
			return FAIL(why, FAULT_BUNDLE_ATTACHMENT,
			    "a referral names one that is not there");
	for (size_t i = 0; i < r->enclosed.count; i++)
		if (!hashes_have(&r->named, r->enclosed.at[i]))
			return FAIL(why, FAULT_BUNDLE_ATTACHMENT,
			    "one belongs to no referral");
	return 0;
}

/* The attachments a record names; a name that is no hash is R-FORM's. */
static int
note_attachments(struct reading *r, const struct json_node *record,
    struct fault *why)
{
	const struct json_node *list = json_get(record, "attachments");
	uint8_t sha256[32];

	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *hex = json_get_text(n, "sha256");

		if (hex != NULL && digest_unhex(hex, sha256, sizeof(sha256)) &&
		    !hashes_have(&r->named, sha256) &&
		    hashes_add(&r->named, sha256, why) == -1)
			return -1;
	}
	return 0;
}

/*
 * Does the record hold a name, at any depth, that this version does not know?
 * Whether what it says is in order is asked when it is judged.
 */
static int
check_names(struct reading *r, enum bundle_record kind,
    const struct json_node *record, struct fault *why)
{
	union {
		struct recall recall;
		struct receipt receipt;
		struct answer answer;
		struct status status;
		struct referral referral;
	} out;
	const char *form;

	arena_empty(r->scratch);
	switch (kind) {
	case BUNDLE_RECALL:
		return records_read_recall(record, &out.recall, &form, why);
	case BUNDLE_RECEIPT:
		return records_read_receipt(record, r->scratch, &out.receipt,
		    &form, why);
	case BUNDLE_ANSWER:
		return records_read_answer(record, &out.answer, &form, why);
	case BUNDLE_STATUS:
		return records_read_status(record, &out.status, &form, why);
	case BUNDLE_REFERRAL:
		referral_clear(&out.referral);
		return referral_read(record, r->scratch, &out.referral, &form,
		    why);
	case BUNDLE_RECORDS:
		break;
	}
	return FAIL(why, FAULT_INSIDE, "a record of no kind");
}

/* One line of a records member: what kind, and in its place. */
static int
read_record(struct reading *r, const struct view *line, struct fault *why)
{
	struct json *j = NULL;
	enum bundle_record kind;
	int rc = -1;

	if (json_read(line->bytes, line->len, &json_line, &j, why) == -1)
		goto done;
	if (!bundle_record_kind(json_root(j), &kind)) {
		fault_set(why, FAULT_BUNDLE_NEWER,
		    "a record is of a type that this version does not know");
		goto done;
	}
	if (kind < r->order) {
		fault_set(why, FAULT_BUNDLE_RECORD, "a %s after a %s",
		    bundle_record_name(kind), bundle_record_name(r->order));
		goto done;
	}
	r->order = kind;
	if (r->take != NULL) {
		rc = r->take(kind, json_root(j), r->context, why);
		goto done;
	}
	bundle_totals_record(r->totals, kind);
	r->contents->records[kind]++;
	if (check_names(r, kind, json_root(j), why) == -1)
		goto done;
	rc = note_attachments(r, json_root(j), why);
done:
	json_free(j);
	return rc;
}

/*
 * The lines of one member.  In the first reading a line that is no record is
 * remembered, not acted on: the steps in between come first.
 */
static int
read_records(struct reading *r, struct fault *why)
{
	struct reader lines = { r->member.at, r->member.len };
	struct view line;
	int more;

	if (r->member.len == 0)
		return FAIL(why, FAULT_BUNDLE_RECORD, "an empty member");
	while ((more = ndjson_next(&lines, &line, why)) == 1)
		if (read_record(r, &line, why) == -1)
			return -1;
	return more;
}

static int
take_records(struct reading *r, struct fault *why)
{
	struct fault first;

	if (r->take != NULL)
		return read_records(r, why);
	if (r->contents->record_fault.id != FAULT_NONE)
		return 0;
	if (read_records(r, &first) == 0)
		return 0;
	if (first.id == FAULT_NO_MEMORY || first.id == FAULT_INSIDE) {
		*why = first;
		return -1;
	}
	r->contents->record_fault = first;
	return 0;
}

static size_t
most_bytes(enum bundle_member kind)
{
	switch (kind) {
	case BUNDLE_MEMBER_INSIDE:
	case BUNDLE_MEMBER_ROSTER:
		return INSIDE_MAX;
	case BUNDLE_MEMBER_AGREEMENT:
		return AGREEMENT_MAX;
	case BUNDLE_MEMBER_SIGNATURE:
	case BUNDLE_MEMBER_ROSTER_SIGNATURE:
		return SIGNATURE_MAX;
	case BUNDLE_MEMBER_RECORDS:
		return BUNDLE_MEMBER_MAX;
	case BUNDLE_MEMBER_FILE:
		return BUNDLE_ATTACHMENT_MAX;
	case BUNDLE_MEMBER_TOTALS:
		return 16 * INSIDE_MAX;
	}
	return 0;
}

/* The bytes of the present member, hashed; into r->member if it is kept. */
static int
read_member(struct reading *r, const struct ustar_member *m,
    const struct bundle_name *name, uint8_t sha256[static 32],
    struct fault *why)
{
	bool keep = name->kind != BUNDLE_MEMBER_FILE;
	struct digest *d = NULL;
	uint8_t piece[PIECE];
	size_t got;
	int rc = -1;

	if (m->size > most_bytes(name->kind))
		return FAIL(why, FAULT_BUNDLE_TOO_LARGE,
		    "a member of %" PRIu64 " bytes; at most %zu", m->size,
		    most_bytes(name->kind));
	bytes_empty(&r->member);
	if ((d = digest_new(DIGEST_SHA256, why)) == NULL)
		return -1;
	for (;;) {
		if (ustar_read(r->tar, piece, sizeof(piece), &got, why) == -1)
			goto done;
		if (got == 0)
			break;
		digest_add(d, piece, got);
		if (keep && bytes_add(&r->member, piece, got, why) == -1)
			goto done;
	}
	digest_end(d, sha256);
	rc = 0;
done:
	digest_free(d);
	return rc;
}

static int
keep_enclosed(struct enclosed *list, size_t *count, const char *party,
    const struct bytes *file, struct fault *why)
{
	struct enclosed *e;

	if (*count == CONTENTS_PARTIES_MAX)
		return FAIL(why, FAULT_BUNDLE_TAR, "more than %d parties",
		    CONTENTS_PARTIES_MAX);
	e = &list[*count];
	memset(e, 0, sizeof(*e));
	memcpy(e->party, party, sizeof(e->party));
	bytes_init(&e->file, INSIDE_MAX);
	bytes_init(&e->signature, SIGNATURE_MAX);
	(*count)++;
	return bytes_add(&e->file, file->at, file->len, why);
}

/* What is kept of a member in the first reading. */
static int
take_member(struct reading *r, const struct bundle_name *name,
    const uint8_t sha256[static 32], struct fault *why)
{
	struct contents *c = r->contents;
	struct enclosed *roster;
	uint8_t named[32];

	switch (name->kind) {
	case BUNDLE_MEMBER_INSIDE:
		return bundle_inside_read(r->member.at, r->member.len, c->arena,
		    &c->inside, why);
	case BUNDLE_MEMBER_AGREEMENT:
		c->has_agreement = true;
		return bytes_add(&c->agreement, r->member.at, r->member.len,
		    why);
	case BUNDLE_MEMBER_SIGNATURE:
		return keep_enclosed(c->signatures, &c->signature_count,
		    name->party, &r->member, why);
	case BUNDLE_MEMBER_ROSTER:
		return keep_enclosed(c->rosters, &c->roster_count, name->party,
		    &r->member, why);
	case BUNDLE_MEMBER_ROSTER_SIGNATURE:
		/* The name rules put it right behind its roster. */
		roster = &c->rosters[c->roster_count - 1];
		return bytes_add(&roster->signature, r->member.at,
		    r->member.len, why);
	case BUNDLE_MEMBER_RECORDS:
		return take_records(r, why);
	case BUNDLE_MEMBER_FILE:
		if (!digest_unhex(name->sha256, named, sizeof(named)) ||
		    memcmp(named, sha256, sizeof(named)) != 0)
			return FAIL(why, FAULT_BUNDLE_ATTACHMENT,
			    "one is not what its name says");
		return hashes_add(&r->enclosed, sha256, why);
	case BUNDLE_MEMBER_TOTALS:
		r->ended = true;
		return bundle_totals_agree(r->totals, r->member.at,
		    r->member.len, c->record_fault.id == FAULT_NONE, why);
	}
	return FAIL(why, FAULT_INSIDE, "a member of no kind");
}

static void
tell_progress(const struct contents_from *from)
{
	off_t at;

	if (from->progress != NULL && (at = lseek(from->fd, 0, SEEK_CUR)) > 0)
		from->progress(from->context, (uint64_t)at);
}

static int
read_members(struct reading *r, struct fault *why)
{
	struct ustar_member m;
	struct bundle_name name;
	uint8_t sha256[32];
	int more;

	while ((more = ustar_next(r->tar, &m, why)) == 1) {
		if (++r->members > MEMBERS_MAX)
			return FAIL(why, FAULT_BUNDLE_TOO_LARGE,
			    "more than %d members", MEMBERS_MAX);
		if (bundle_name_read(m.name, r->any_before ? &r->before : NULL,
			&name, why) == -1 ||
		    read_member(r, &m, &name, sha256, why) == -1)
			return -1;
		if (r->take != NULL) {
			if (name.kind == BUNDLE_MEMBER_RECORDS &&
			    take_records(r, why) == -1)
				return -1;
		} else {
			if (take_member(r, &name, sha256, why) == -1)
				return -1;
			if (name.kind != BUNDLE_MEMBER_TOTALS &&
			    bundle_totals_member(r->totals, m.name, m.size,
				sha256, why) == -1)
				return -1;
		}
		r->before = name;
		r->any_before = true;
		tell_progress(r->from);
	}
	if (more == 0 && r->take == NULL && !r->ended)
		return FAIL(why, FAULT_BUNDLE_TAR, "totals.json is missing");
	return more;
}

/* Step 5: the age header, our key and the MAC. */
static int
open_age(struct reading *r, struct fault *why)
{
	const struct contents_from *from = r->from;
	struct source *file = NULL;

	if (lseek(from->fd, (off_t)from->age_at, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	if ((file = source_from_fd(from->fd, "bundle", why)) == NULL)
		return -1;
	r->source = age_decrypt_new(&file, from->keys,
	    r->take == NULL ? &r->contents->header : NULL, why);
	source_free(file);
	if (r->source == NULL) {
		/* In a bundle this means: sealed for somebody else. */
		if (why->id == FAULT_AGE_NO_MATCH)
			fault_set(why, FAULT_BUNDLE_NOT_OURS,
			    "%zu recipients, none of them this node",
			    r->contents != NULL ? r->contents->header.stanzas :
						  0);
		return -1;
	}
	return 0;
}

/* Step 6: STREAM to the end, inflate with caps, tar, totals. */
static int
read_through(struct reading *r, struct fault *why)
{
	struct source *inflated;

	inflated = gzip_source_new(&r->source, BUNDLE_INFLATED_MAX, why);
	if (inflated == NULL)
		return -1;
	r->source = inflated;
	if ((r->tar = ustar_new(r->source, why)) == NULL ||
	    (r->totals = bundle_totals_new(why)) == NULL)
		return -1;
	if (read_members(r, why) == -1)
		return -1;
	return r->take == NULL ? hashes_agree(r, why) : 0;
}

static int
read_bundle(struct reading *r, struct fault *why)
{
	int rc = -1;

	bytes_init(&r->member, 16 * INSIDE_MAX);
	r->order = BUNDLE_RECALL;
	if ((r->scratch = arena_new(RECORD_ARENA, why)) != NULL &&
	    open_age(r, why) == 0)
		rc = read_through(r, why);
	ustar_free(r->tar);
	bundle_totals_free(r->totals);
	source_free(r->source);
	bytes_free(&r->member);
	arena_free(r->scratch);
	free(r->named.at);
	free(r->enclosed.at);
	return rc;
}

int
contents_read(const struct contents_from *from, struct contents **out,
    struct fault *why)
{
	struct contents *c = calloc(1, sizeof(*c));
	struct reading r = { .from = from, .contents = c };

	*out = c;
	if (c == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "bundle");
	bytes_init(&c->agreement, AGREEMENT_MAX);
	if ((c->arena = arena_new(4 * INSIDE_MAX, why)) == NULL)
		return -1;
	return read_bundle(&r, why);
}

void
contents_free(struct contents *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->signature_count; i++) {
		bytes_free(&c->signatures[i].file);
		bytes_free(&c->signatures[i].signature);
	}
	for (size_t i = 0; i < c->roster_count; i++) {
		bytes_free(&c->rosters[i].file);
		bytes_free(&c->rosters[i].signature);
	}
	bytes_free(&c->agreement);
	arena_free(c->arena);
	free(c);
}

int
contents_records(const struct contents_from *from, contents_take take,
    void *context, struct fault *why)
{
	struct reading r = { .from = from, .take = take, .context = context };

	return read_bundle(&r, why);
}
