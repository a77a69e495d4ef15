#include "import/audit_csv.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/day.h"
#include "base/fault.h"
#include "formats/agreement.h"
#include "formats/csvout.h"
#include "import/audit.h"

#define NUMBER_ROOM 24

enum column {
	WHAT,
	FILE_NAME,
	SIGNATURE,
	NODE,
	PARTY,
	KEY,
	NUMBER,
	UP_TO,
	ID,
	MADE,
	BYTES,
	CODE,
	SAYS,
	OTHER_FILE,
	COLUMNS
};

/* One row while it is filled in; what is not known stays empty. */
struct row {
	const char *at[COLUMNS];
	char key[MINISIGN_PUBLIC_ROOM];
	char number[NUMBER_ROOM];
	char up_to[NUMBER_ROOM];
	char bytes[NUMBER_ROOM];
	char made[MOMENT_TEXT];
};

int
audit_csv_head(struct sink *to, struct fault *why)
{
	static const char *const names[COLUMNS] = {
		[WHAT] = "what",
		[FILE_NAME] = "file",
		[SIGNATURE] = "signature",
		[NODE] = "node",
		[PARTY] = "party",
		[KEY] = "key",
		[NUMBER] = "seq",
		[UP_TO] = "seq_to",
		[ID] = "id",
		[MADE] = "made",
		[BYTES] = "bytes",
		[CODE] = "code",
		[SAYS] = "says",
		[OTHER_FILE] = "other_file",
	};

	return csvout_row(to, names, COLUMNS, why);
}

static void
put_signer(struct row *r, const struct node *n, const struct minisign_public *k)
{
	minisign_public_write(k, r->key);
	r->at[NODE] = n->code;
	r->at[PARTY] = n->party->id;
	r->at[KEY] = r->key;
}

static void
put_number(struct row *r, enum column c, char room[static NUMBER_ROOM],
    int64_t number)
{
	(void)snprintf(room, NUMBER_ROOM, "%" PRId64, number);
	r->at[c] = room;
}

static void
put_fault(struct row *r, const struct fault *f)
{
	if (f->id == FAULT_NONE)
		return;
	r->at[CODE] = fault_text(f->id)->code;
	r->at[SAYS] = fault_text(f->id)->says;
}

int
audit_csv_bundle(struct sink *to, const char *file, const struct audited *b,
    struct fault *why)
{
	const struct received *got = &b->got;
	struct row r = { .at = { [WHAT] = b->foreign ? "no bundle" : "bundle",
			     [FILE_NAME] = file,
			     [SIGNATURE] =
				 audit_signature_name(b->signature) } };

	if (got->outside.seq != 0) {
		put_number(&r, NUMBER, r.number, got->outside.seq);
		day_write_moment(got->outside.created, r.made);
		r.at[ID] = got->outside.id;
		r.at[MADE] = r.made;
	}
	/* Whose key a bad signature names says nothing of who made it. */
	if (got->signer != NULL && b->signature != AUDIT_BAD)
		put_signer(&r, got->signer, got->key);
	put_number(&r, BYTES, r.bytes, (int64_t)got->bytes);
	put_fault(&r, &b->fault);
	if (b->revoked_since)
		r.at[SAYS] = "the key was revoked later; up to this number it "
			     "counts";
	else if (b->untimely && b->fault.id == FAULT_NONE)
		r.at[SAYS] = "made on a day when its node did not take part";
	return csvout_row(to, r.at, COLUMNS, why);
}

int
audit_csv_unread(struct sink *to, const char *file, const struct fault *trouble,
    struct fault *why)
{
	struct row r = { .at = { [WHAT] = "not read", [FILE_NAME] = file } };

	put_fault(&r, trouble);
	return csvout_row(to, r.at, COLUMNS, why);
}

static int
put_gap(const struct audit_gap *g, void *context, struct fault *why)
{
	struct row r = { .at = { [WHAT] = "gap",
			     [SAYS] = "no bundle here bears these numbers" } };

	put_signer(&r, g->node, g->key);
	put_number(&r, NUMBER, r.number, g->first);
	put_number(&r, UP_TO, r.up_to, g->last);
	return csvout_row(context, r.at, COLUMNS, why);
}

static int
put_twice(const struct audit_twice *t, void *context, struct fault *why)
{
	static const enum fault_id faults[] = {
		[AUDIT_COPY] = FAULT_NONE,
		[AUDIT_NUMBER] = FAULT_BUNDLE_NUMBER_TWICE,
		[AUDIT_ID] = FAULT_BUNDLE_CONTENT_TWICE,
	};
	struct row r = { .at = { [WHAT] =
				     t->kind == AUDIT_COPY ? "copy" : "alarm",
			     [FILE_NAME] = t->file[1],
			     [ID] = t->id[1],
			     [OTHER_FILE] = t->file[0] } };

	put_signer(&r, t->node, t->key);
	put_number(&r, NUMBER, r.number, t->seq[1]);
	put_fault(&r, &(struct fault){ faults[t->kind], "" });
	if (t->kind == AUDIT_COPY)
		r.at[SAYS] = "the same bundle in another file";
	return csvout_row(context, r.at, COLUMNS, why);
}

int
audit_csv_end(struct sink *to, const struct audit *u, struct fault *why)
{
	if (audit_twices(u, put_twice, to, why) == -1)
		return -1;
	return audit_gaps(u, put_gap, to, why);
}
