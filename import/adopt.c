#include "import/adopt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/agreement.h"
#include "import/rosters.h"
#include "store/agreements.h"
#include "store/journal.h"
#include "store/store.h"

#define SUFFIX ".minisig"
#define NAME_ROOM 256
#define BODY_MAX 4096

_Static_assert(ADOPT_SIGNATURES_MAX <= AGREEMENTS_PARTIES_MAX,
    "what can be adopted can be kept");

const char *
adopt_signature_state(const struct adopt_signature *s)
{
	if (s->good)
		return "good";
	return s->unknown ? "unknown key" : "bad";
}

/* Check one; who is the party that `by` lists under its name, or NULL. */
static void
check_one(struct adopt_signature *s, const struct party *who,
    const uint8_t hash[static MINISIGN_HASH])
{
	struct minisign_signature signature;
	struct fault why;

	s->listed = who != NULL;
	s->good = false;
	s->unknown = false;
	memset(&s->key, 0, sizeof(s->key));
	if (minisign_signature_read_detached(s->file->at, s->file->len,
		&signature, &why) == -1)
		return;
	s->unknown = true;
	for (size_t i = 0; who != NULL && i < who->key_count; i++) {
		const struct minisign_public *key = &who->signs_with[i];

		if (memcmp(key->number, signature.number,
			sizeof(key->number)) != 0)
			continue;
		s->unknown = false;
		s->key = *key;
		s->good = minisign_verify(key, &signature, hash);
		if (s->good)
			return;
	}
}

static bool
has_left(const struct party *who, day before)
{
	return who->left != DAY_UNKNOWN && before != DAY_UNKNOWN &&
	    who->left < before;
}

int
adopt_check_signatures(struct agreement_file *file, const struct agreement *by,
    struct adopt_signature *signatures, size_t count)
{
	struct agreement *own = agreement_of(file);
	uint8_t hash[MINISIGN_HASH];
	const void *bytes;
	int parties = 0;
	size_t len;

	bytes = agreement_bytes(file, &len);
	digest_once(DIGEST_BLAKE2B_512, bytes, len, hash);
	for (size_t i = 0; i < count; i++)
		check_one(&signatures[i],
		    agreement_party(by, signatures[i].party), hash);
	for (size_t p = 0; p < by->party_count; p++) {
		const struct party *who = &by->parties[p];
		bool signed_it = false;

		for (size_t i = 0; i < count && who->id != NULL; i++)
			if (signatures[i].good &&
			    strcmp(signatures[i].party, who->id) == 0 &&
			    !has_left(who, own->valid_from))
				signed_it = true;
		parties += signed_it ? 1 : 0;
		if (by == own && own->party_signed != NULL)
			own->party_signed[p] = signed_it;
	}
	return parties;
}

/* Is it one that can stand in the place of what is in force? */
static int
check_place(const struct adopt_question *q, const struct agreement *new,
    struct fault *why)
{
	const struct agreement *old = q->in_force;

	if (old == NULL)
		return 0;
	if (!q->restart && strcmp(new->id, old->id) != 0)
		return FAIL(why, FAULT_AGREEMENT_OTHER, "%s; %s is in force",
		    new->id, old->id);
	/* Not by starting again, either: made-up children stay among these. */
	if (new->environment != old->environment)
		return FAIL(why, FAULT_AGREEMENT_MIXED,
		    "%s is for %s work; what is in force is for %s work",
		    new->id, agreement_environment_name(new->environment),
		    agreement_environment_name(old->environment));
	if (new->version <= old->version)
		return FAIL(why, FAULT_AGREEMENT_OLDER,
		    "version %" PRId64 "; %" PRId64 " is in force",
		    new->version, old->version);
	if (!q->restart && new->version - old->version >= AGREEMENT_JUMP_MAX)
		return FAIL(why, FAULT_AGREEMENT_JUMP,
		    "version %" PRId64 "; %" PRId64 " is in force",
		    new->version, old->version);
	return 0;
}

/* Is it one for this node? */
static int
check_node(const struct adopt_question *q, const struct agreement *new,
    struct fault *why)
{
	const struct node *n = agreement_node(new, q->node_code);
	bool signs = false, opens = q->node_open_count == 0;

	if (new->environment == AGREEMENT_LIVE && !q->node_protected)
		return FAIL(why, FAULT_AGREEMENT_PRACTICE_NODE, "%s",
		    q->node_code);
	if (n == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED,
		    "version %" PRId64 " does not list %s", new->version,
		    q->node_code);
	for (size_t i = 0; i < n->sign_count; i++)
		for (size_t k = 0; k < q->node_sign_count; k++)
			if (minisign_public_same(&n->sign[i], &q->node_sign[k]))
				signs = true;
	for (size_t i = 0; i < q->node_open_count && n->open_count > 0; i++)
		if (strcmp(n->open[n->open_count - 1], q->node_open[i]) == 0)
			opens = true;
	if (!signs || !opens)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED,
		    "version %" PRId64 " lists %s with other keys",
		    new->version, q->node_code);
	return 0;
}

static int
check_threshold(int parties, int needed, const char *under, struct fault *why)
{
	/* An agreement that needs nobody is one that anybody can write. */
	if (needed < 1)
		needed = 1;
	if (parties < needed)
		return FAIL(why, FAULT_AGREEMENT_SIGNATURES,
		    "%d of %d parties, by the keys of %s", parties, needed,
		    under);
	return 0;
}

static int
check_signed(const struct adopt_question *q, const struct agreement *new,
    struct fault *why)
{
	int by_old = 0, by_new;

	if (q->in_force != NULL)
		by_old = adopt_check_signatures(q->file, q->in_force,
		    q->signatures, q->count);
	/* Second, so that this is what the signatures say afterwards. */
	by_new = adopt_check_signatures(q->file, new, q->signatures, q->count);
	for (size_t i = 0; i < q->count; i++) {
		const struct adopt_signature *s = &q->signatures[i];

		if (s->listed && !s->good && !s->unknown)
			return FAIL(why, FAULT_AGREEMENT_SIGNATURES,
			    "the signature of %s is not one of this file",
			    s->party);
	}
	if (check_threshold(by_new, new->signatures_needed, "this version",
		why) == -1)
		return -1;
	if (q->in_force == NULL || q->restart)
		return 0;
	return check_threshold(by_old, q->in_force->signatures_needed,
	    "the version in force", why);
}

/*
 * One that begins on a later day would stop all work at once, and until that
 * day: not while what is in force can be worked under.
 */
static int
check_begun(const struct adopt_question *q, const struct agreement *new,
    struct fault *why)
{
	const struct agreement *old = q->in_force;
	char from[DAY_TEXT];

	if (old == NULL || new->valid_from <= q->today ||
	    old->valid_from > q->today || old->valid_until < q->today)
		return 0;
	day_write(new->valid_from, from);
	return FAIL(why, FAULT_AGREEMENT_AHEAD,
	    "version %" PRId64 " begins on %s; adopt it then", new->version,
	    from);
}

int
adopt_may(const struct adopt_question *q, struct fault *why)
{
	const struct agreement *new = agreement_of(q->file);
	char until[DAY_TEXT];

	if (agreement_has_errors(q->file))
		return FAIL(why, FAULT_AGREEMENT_ERRORS, "version %" PRId64,
		    new->version);
	if (check_place(q, new, why) == -1)
		return -1;
	if (new->valid_until < q->today) {
		day_write(new->valid_until, until);
		return FAIL(why, FAULT_AGREEMENT_ENDED,
		    "version %" PRId64 " ended on %s", new->version, until);
	}
	if (check_node(q, new, why) == -1 || check_signed(q, new, why) == -1 ||
	    check_begun(q, new, why) == -1)
		return -1;
	if ((q->in_force == NULL || q->restart) && !q->confirmed)
		return FAIL(why, FAULT_AGREEMENT_CONFIRM, "%s version %" PRId64,
		    new->id, new->version);
	return 0;
}

struct keeping {
	const struct adopt_question *q;
	moment at;
	const char *user;
};

static int
add_entry(struct store *s, const struct keeping *k, struct fault *why)
{
	const struct agreement *a = agreement_of(k->q->file);
	struct sink *to = NULL;
	struct jsonout o;
	struct bytes body;
	char hash[DIGEST_HEX];
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL)
		goto done;
	digest_hex(a->sha256, sizeof(a->sha256), hash);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "agreement", a->id);
	jsonout_integer(&o, "version", a->version);
	jsonout_text(&o, "sha256", hash);
	jsonout_boolean(&o, "restart", k->q->restart);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == -1)
		goto done;
	rc = journal_add(s, ACT_AGREEMENT_ADOPTED, k->at, k->user,
	    (const char *)body.at, why);

done:
	sink_free(to);
	bytes_free(&body);
	return rc;
}

static int
keep(struct store *s, void *context, struct fault *why)
{
	const struct keeping *k = context;
	const struct agreement *a = agreement_of(k->q->file);
	struct agreement_signature good[ADOPT_SIGNATURES_MAX];
	struct agreement_adopted adopted = {
		.id = a->id,
		.version = a->version,
		.sha256 = a->sha256,
		.at = k->at,
		.signatures = good,
	};

	for (size_t i = 0; i < k->q->count; i++) {
		const struct adopt_signature *from = &k->q->signatures[i];

		if (!from->good || adopted.count == ADOPT_SIGNATURES_MAX)
			continue;
		memcpy(good[adopted.count].party, from->party,
		    sizeof(from->party));
		good[adopted.count++].file = from->file;
	}
	adopted.file = agreement_bytes(k->q->file, &adopted.len);
	if (agreements_put(s, &adopted, why) == -1)
		return -1;
	return add_entry(s, k, why);
}

int
adopt_keep(struct store *s, const struct adopt_question *q, moment at,
    const char *user, struct fault *why)
{
	struct keeping k = { q, at, user };

	return store_within(s, keep, &k, why);
}

static struct bytes *
bytes_new(size_t ceiling, struct fault *why)
{
	struct bytes *b = malloc(sizeof(*b));

	if (b == NULL)
		fault_set(why, FAULT_NO_MEMORY, "a signature");
	else
		bytes_init(b, ceiling);
	return b;
}

int
adopt_kept_signatures(struct store *s, int64_t version,
    struct adopt_signature *out, size_t *count, struct fault *why)
{
	int more = 0;

	for (*count = 0; *count < ADOPT_SIGNATURES_MAX; (*count)++) {
		struct adopt_signature *next = &out[*count];

		*next = (struct adopt_signature){ .listed = false };
		next->file = bytes_new(MINISIGN_SIGNATURE_ROOM, why);
		if (next->file == NULL) {
			more = -1;
			break;
		}
		more = agreements_signature(s, version, *count, next->party,
		    next->file, why);
		if (more == 1)
			continue;
		bytes_free(next->file);
		free(next->file);
		break;
	}
	if (more != -1)
		return 0;
	adopt_signatures_free(out, *count);
	*count = 0;
	return -1;
}

/* What is kept must still be what was signed. */
static int
check_kept(struct store *s, struct agreement_file *file, struct fault *why)
{
	struct adopt_signature signatures[ADOPT_SIGNATURES_MAX];
	const struct agreement *a = agreement_of(file);
	struct fault few;
	size_t count;
	int parties;

	if (agreement_has_errors(file))
		return FAIL(why, FAULT_AGREEMENT_ERRORS,
		    "the version in force, for this program");
	if (adopt_kept_signatures(s, a->version, signatures, &count, why) == -1)
		return -1;
	parties = adopt_check_signatures(file, a, signatures, count);
	adopt_signatures_free(signatures, count);
	if (check_threshold(parties, a->signatures_needed, "the store", &few) ==
	    -1)
		return FAIL(why, FAULT_STORE_DAMAGED,
		    "the agreement in force: %s", few.detail);
	return 0;
}

int
adopt_in_force(struct store *s, struct agreement_file **out, struct fault *why)
{
	struct agreement_file *file = NULL;
	struct bytes text;
	int64_t version;
	int rc;

	*out = NULL;
	bytes_init(&text, AGREEMENT_MAX);
	if ((rc = agreements_get(s, &text, &version, why)) != 1)
		goto done;
	rc = -1;
	if ((file = agreement_read(text.at, text.len, why)) == NULL ||
	    check_kept(s, file, why) == -1 || rosters_apply(s, file, why) == -1)
		goto done;
	*out = file;
	file = NULL;
	rc = 1;

done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

/* The party in "<file>.<PARTY>.minisig"; false if the name is not like that. */
static bool
party_of(const char *name, const char *file, char out[static 17])
{
	size_t len = strlen(name), before = strlen(file);
	size_t suffix = sizeof(SUFFIX) - 1, room;

	if (len <= before + 1 + suffix || strncmp(name, file, before) != 0 ||
	    name[before] != '.' || strcmp(name + len - suffix, SUFFIX) != 0)
		return false;
	room = len - before - 1 - suffix;
	if (room > 16)
		return false;
	memcpy(out, name + before + 1, room);
	out[room] = '\0';
	return true;
}

static int
read_one(const struct folder *dir, const char *name, struct bytes *out,
    struct fault *why)
{
	if (folder_read(dir, name, out, why) == 0)
		return 0;
	if (why->id != FAULT_SOURCE_TOO_LARGE)
		return -1;
	/* Something that big is no signature; empty, it counts as a bad one. */
	bytes_empty(out);
	return 0;
}

int
adopt_find_signatures(const char *path, struct adopt_signature *out, size_t max,
    size_t *count, struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes names;
	char file[NAME_ROOM];
	size_t others;
	int rc = -1;

	*count = 0;
	bytes_init(&names, (size_t)64 << 20);
	if (folder_split(path, &dir, file, sizeof(file), why) == -1 ||
	    folder_list(dir, &names, &others, why) == -1)
		goto done;
	for (size_t at = 0; at < names.len;
	     at += strlen((const char *)names.at + at) + 1) {
		const char *name = (const char *)names.at + at;
		struct adopt_signature next = { .listed = false };

		if (!party_of(name, file, next.party))
			continue;
		if (*count == max) {
			fault_set(why, FAULT_SOURCE_TOO_LARGE,
			    "more than %zu signature files", max);
			goto done;
		}
		next.file = bytes_new(MINISIGN_SIGNATURE_ROOM, why);
		if (next.file == NULL)
			goto done;
		out[(*count)++] = next;
		if (read_one(dir, name, next.file, why) == -1)
			goto done;
	}
	rc = 0;

done:
	if (rc == -1) {
		adopt_signatures_free(out, *count);
		*count = 0;
	}
	bytes_free(&names);
	folder_close(dir);
	return rc;
}

void
adopt_signatures_free(struct adopt_signature *signatures, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (signatures[i].file == NULL)
			continue;
		bytes_free(signatures[i].file);
		free(signatures[i].file);
		signatures[i].file = NULL;
	}
}
