#include "import/rosters.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/agreement.h"
#include "formats/roster.h"
#include "store/journal.h"
#include "store/rosters.h"
#include "store/store.h"

#define BODY_MAX 4096

/* One out of the store, read. */
struct kept {
	struct roster_kept row;
	struct roster_file *read;
};

static void
kept_start(struct kept *k)
{
	*k = (struct kept){ .read = NULL };
	bytes_init(&k->row.file, ROSTER_MAX);
	bytes_init(&k->row.signature, MINISIGN_SIGNATURE_ROOM);
}

static void
kept_end(struct kept *k)
{
	roster_free(k->read);
	bytes_free(&k->row.file);
	bytes_free(&k->row.signature);
	k->read = NULL;
}

enum rosters_signature
rosters_signed(const struct rosters_question *q)
{
	const struct roster *r = roster_of(q->file);
	const struct party *who =
	    r->party != NULL ? agreement_party(q->agreement, r->party) : NULL;
	enum rosters_signature state = ROSTERS_UNKNOWN_KEY;
	struct minisign_signature s;
	uint8_t hash[MINISIGN_HASH];
	struct fault why;
	const void *bytes;
	size_t len;

	if (q->signature->len == 0)
		return ROSTERS_UNSIGNED;
	if (minisign_signature_read_detached(q->signature->at,
		q->signature->len, &s, &why) == -1)
		return ROSTERS_BAD;
	bytes = roster_bytes(q->file, &len);
	digest_once(DIGEST_BLAKE2B_512, bytes, len, hash);
	for (size_t i = 0; who != NULL && i < who->key_count; i++) {
		const struct minisign_public *key = &who->signs_with[i];

		if (memcmp(key->number, s.number, sizeof(s.number)) != 0)
			continue;
		if (minisign_verify(key, &s, hash))
			return ROSTERS_GOOD;
		state = ROSTERS_BAD;
	}
	return state;
}

const char *
rosters_signed_name(enum rosters_signature s)
{
	static const char *const names[] = {
		[ROSTERS_UNSIGNED] = "missing",
		[ROSTERS_BAD] = "bad",
		[ROSTERS_UNKNOWN_KEY] = "unknown key",
		[ROSTERS_GOOD] = "good",
	};

	return names[s];
}

/* The newest one kept of the party below a version (0: of all), read. */
static int
find_kept(struct store *s, const struct agreement *a, const char *party,
    int64_t below, struct kept *out, struct fault *why)
{
	struct fault form;
	int more;

	kept_end(out);
	kept_start(out);
	more = rosters_below(s, a->id, party, below, &out->row, why);
	if (more != 1)
		return more;
	out->read = roster_read(out->row.file.at, out->row.file.len, &form);
	if (out->read == NULL && form.id == FAULT_NO_MEMORY) {
		*why = form;
		return -1;
	}
	/* What is kept must still be what was adopted. */
	if (out->read == NULL || roster_has_errors(out->read))
		return FAIL(why, FAULT_STORE_DAMAGED,
		    "the staff list of %s, version %" PRId64, party,
		    out->row.version);
	return 1;
}

static bool
counts(const struct kept *k, const struct agreement *a)
{
	const struct rosters_question q = { k->read, &k->row.signature, a };

	return rosters_signed(&q) == ROSTERS_GOOD;
}

/*
 * Is its number greater than that of any ever adopted, by not too much?  Also
 * than one that does not count: else the lists before a dropped key would come
 * back in force, with people on them who have left.
 */
static int
check_number(const struct roster *r, const struct kept *newest, bool its_counts,
    struct fault *why)
{
	int64_t last = newest->row.version;

	if (r->version <= last && !its_counts)
		return FAIL(why, FAULT_ROSTER_NUMBER,
		    "%s version %" PRId64 "; %" PRId64 " was adopted, and does "
		    "not count any more",
		    r->party, r->version, last);
	if (r->version < last)
		return FAIL(why, FAULT_ROSTER_OLDER,
		    "%s version %" PRId64 "; %" PRId64 " is in force", r->party,
		    r->version, last);
	if (r->version - last >= ROSTER_JUMP_MAX)
		return FAIL(why, FAULT_ROSTER_JUMP,
		    "%s version %" PRId64 "; %" PRId64 " was the last",
		    r->party, r->version, last);
	return 0;
}

/* Is there another one of that number, which the party signed as well? */
static int
check_twice(const struct roster *r, const struct kept *same,
    const struct agreement *a, struct fault *why)
{
	if (memcmp(roster_of(same->read)->sha256, r->sha256,
		sizeof(r->sha256)) == 0 ||
	    !counts(same, a))
		return 0;
	return FAIL(why, FAULT_ROSTER_TWICE, "%s version %" PRId64, r->party,
	    r->version);
}

static int
check_place(struct store *s, const struct rosters_question *q, bool *here,
    struct fault *why)
{
	const struct roster *r = roster_of(q->file);
	struct kept newest, same;
	int found, rc = -1;

	kept_start(&newest);
	kept_start(&same);
	found = find_kept(s, q->agreement, r->party, 0, &newest, why);
	if (found == 1)
		found = find_kept(s, q->agreement, r->party, r->version + 1,
		    &same, why);
	else if (found == 0)
		rc = check_number(r, &newest, true, why);
	if (newest.read == NULL || found == -1)
		goto done;
	if (found == 1 && same.row.version == r->version &&
	    check_twice(r, &same, q->agreement, why) == -1)
		goto done;
	rc = check_number(r, &newest, counts(&newest, q->agreement), why);
	*here = rc == 0 && r->version == newest.row.version;

done:
	kept_end(&newest);
	kept_end(&same);
	return rc;
}

int
rosters_may(struct store *s, const struct rosters_question *q, bool *here,
    struct fault *why)
{
	const struct problem *problems;

	*here = false;
	roster_check(q->file, q->agreement);
	if (roster_problems(q->file, &problems) > 0)
		return FAIL(why, FAULT_ROSTER_ERRORS, "%s: %s",
		    problems[0].where, problems[0].text);
	if (rosters_signed(q) != ROSTERS_GOOD)
		return FAIL(why, FAULT_ROSTER_SIGNATURE,
		    "%s version %" PRId64 ", signature: %s",
		    roster_of(q->file)->party, roster_of(q->file)->version,
		    rosters_signed_name(rosters_signed(q)));
	return check_place(s, q, here, why);
}

struct entry {
	enum act act;
	const struct roster *roster;
	const char *code; /* of a refusal; NULL: none */
	moment at;
	const char *user;
};

/* Of any roster, also one with errors: what is not there is left out. */
static int
add_entry(struct store *s, const struct entry *e, struct fault *why)
{
	const struct roster *r = e->roster;
	char hash[DIGEST_HEX];
	struct sink *to = NULL;
	struct jsonout o;
	struct bytes body;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL)
		goto done;
	digest_hex(r->sha256, sizeof(r->sha256), hash);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text_if(&o, "party", r->party);
	jsonout_integer(&o, "version", r->version);
	jsonout_text(&o, "sha256", hash);
	jsonout_text_if(&o, "code", e->code);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == -1)
		goto done;
	rc = journal_add(s, e->act, e->at, e->user, (const char *)body.at, why);

done:
	sink_free(to);
	bytes_free(&body);
	return rc;
}

int
rosters_note_refusal(struct store *s, const struct roster *r,
    const struct fault *refused, moment at, const char *user, struct fault *why)
{
	const struct entry e = { ACT_ROSTER_REFUSED, r,
		fault_text(refused->id)->code, at, user };

	return add_entry(s, &e, why);
}

struct keeping {
	const struct rosters_question *q;
	moment at;
	const char *user;
};

static int
keep(struct store *s, void *context, struct fault *why)
{
	const struct keeping *k = context;
	const struct roster *r = roster_of(k->q->file);
	struct roster_adopted adopted = {
		.agreement = r->agreement,
		.party = r->party,
		.version = r->version,
		.at = k->at,
		.signature = k->q->signature->at,
		.signature_len = k->q->signature->len,
	};
	const struct entry e = { ACT_ROSTER_ADOPTED, r, NULL, k->at, k->user };

	adopted.file = roster_bytes(k->q->file, &adopted.len);
	if (rosters_put(s, &adopted, why) == -1)
		return -1;
	return add_entry(s, &e, why);
}

int
rosters_keep(struct store *s, const struct rosters_question *q, moment at,
    const char *user, struct fault *why)
{
	struct keeping k = { q, at, user };

	return store_within(s, keep, &k, why);
}

/* A node that is another party's by now keeps what the agreement says. */
static int
apply_one(struct agreement_file *f, const struct party *p,
    const struct roster *r, struct fault *why)
{
	for (size_t i = 0; i < r->node_count; i++) {
		const struct roster_node *from = &r->nodes[i];
		const struct node *n =
		    agreement_node(agreement_of(f), from->code);

		if (n != NULL && n->party == p &&
		    agreement_replace_users(f, n, from->users, from->user_count,
			why) == -1)
			return -1;
	}
	return 0;
}

int
rosters_apply(struct store *s, struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = agreement_of(f);
	struct kept k;
	int more = 0;

	kept_start(&k);
	for (size_t i = 0; i < a->party_count && more != -1; i++) {
		struct party *p = &a->parties[i];

		p->roster = 0;
		p->roster_left_out = 0;
		more = find_kept(s, a, p->id, 0, &k, why);
		if (more != 1)
			continue;
		if (counts(&k, a)) {
			p->roster = k.row.version;
			more = apply_one(f, p, roster_of(k.read), why);
		} else {
			p->roster_left_out = k.row.version;
		}
	}
	kept_end(&k);
	return more == -1 ? -1 : 0;
}
