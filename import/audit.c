#include "import/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/day.h"
#include "crypto/digest.h"
#include "formats/agreement.h"

#define NAMES_MAX ((size_t)512 * 1024 * 1024)
#define ROOM_FIRST 256
#define ID_BYTES 16
#define SUM_BYTES 16

/* What is kept of a bundle whose signature is good. */
struct entry {
	int64_t seq;
	size_t name;	 /* where its file's name is */
	uint32_t signer; /* in the list */
	uint8_t id[ID_BYTES];
	uint8_t sum[SUM_BYTES]; /* of what is signed, comment and content */
};

struct audit {
	const struct agreement *agreement;
	struct bytes names;
	struct entry *entry;
	size_t count;
	size_t room;
	struct audit_signer *signer;
	size_t signer_count;
	struct audit_unknown unknown[AUDIT_UNKNOWN_MOST];
	size_t unknown_count;
	size_t unknown_more;
	struct audit_counts counts;
};

const char *
audit_signature_name(enum audit_signature s)
{
	static const char *const names[] = {
		[AUDIT_GOOD] = "good",
		[AUDIT_BAD] = "bad",
		[AUDIT_UNKNOWN_KEY] = "unknown key",
		[AUDIT_REVOKED] = "revoked",
	};

	return names[s];
}

/* Is the file none of ours, as opposed to one of ours gone wrong? */
static bool
is_foreign(const struct audited *b)
{
	return b->fault.id == FAULT_BUNDLE_NOT_ONE && b->got.outside.seq == 0;
}

static void
ask_signature(struct audited *b, const struct agreement *a)
{
	struct fault bad;
	int late = 0, signer;

	signer = receive_signer(&b->got, a, &late, &b->fault);
	if (signer == -1 && b->got.signer == NULL) {
		b->signature = AUDIT_UNKNOWN_KEY;
		return;
	}
	if (receive_signature(&b->got, &bad) == -1) {
		b->signature = AUDIT_BAD;
		b->fault = bad;
		return;
	}
	b->signature = AUDIT_GOOD;
	if (signer == 0 || b->fault.id != FAULT_BUNDLE_KEY_REVOKED)
		return;
	/* Up to that number the key was good when it signed. */
	b->revoked_since = late;
	if (late)
		b->fault.id = FAULT_NONE;
	else
		b->signature = AUDIT_REVOKED;
}

static bool
is_untimely(const struct node *n, moment created)
{
	day made = day_of(created);

	return (n->valid_from != DAY_UNKNOWN && made < n->valid_from) ||
	    (n->valid_until != DAY_UNKNOWN && made > n->valid_until);
}

void
audit_look(struct audited *b, int fd, const struct agreement *a)
{
	memset(b, 0, sizeof(*b));
	receive_start(&b->got);
	b->signature = AUDIT_BAD;
	if (receive_in_place(&b->got, fd, &b->fault) == -1)
		return;
	if (receive_lines(&b->got, &b->fault) == -1) {
		b->foreign = is_foreign(b);
		return;
	}
	ask_signature(b, a);
	b->untimely = b->signature == AUDIT_GOOD &&
	    is_untimely(b->got.signer, b->got.outside.created);
}

void
audit_look_close(struct audited *b)
{
	receive_close(&b->got);
}

struct audit *
audit_new(const struct agreement *a, struct fault *why)
{
	struct audit *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "audit");
		return NULL;
	}
	u->agreement = a;
	bytes_init(&u->names, NAMES_MAX);
	return u;
}

void
audit_free(struct audit *u)
{
	if (u == NULL)
		return;
	bytes_free(&u->names);
	free(u->entry);
	free(u->signer);
	free(u);
}

/* As minisign prints it, and as it stands in a .pub file. */
static void
write_number(const uint8_t number[static 8],
    char out[static MINISIGN_NUMBER_ROOM])
{
	uint64_t n = 0;

	for (size_t i = 8; i > 0; i--)
		n = n << 8 | number[i - 1];
	(void)snprintf(out, MINISIGN_NUMBER_ROOM, "%016" PRIX64, n);
}

static void
add_unknown(struct audit *u, const struct received *r)
{
	char number[MINISIGN_NUMBER_ROOM];

	write_number(r->signature.number, number);
	for (size_t i = 0; i < u->unknown_count; i++) {
		if (strcmp(u->unknown[i].number, number) == 0) {
			u->unknown[i].bundles++;
			return;
		}
	}
	if (u->unknown_count == AUDIT_UNKNOWN_MOST) {
		u->unknown_more++;
		return;
	}
	memcpy(u->unknown[u->unknown_count].number, number, sizeof(number));
	u->unknown[u->unknown_count++].bundles = 1;
}

static int
find_signer(struct audit *u, const struct received *r, uint32_t *out,
    struct fault *why)
{
	struct audit_signer *more;
	size_t i;

	for (i = 0; i < u->signer_count; i++)
		if (u->signer[i].key == r->key)
			break;
	*out = (uint32_t)i;
	if (i < u->signer_count)
		return 0;
	more = realloc(u->signer, (i + 1) * sizeof(*more));
	if (more == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "audit");
	u->signer = more;
	u->signer[i] =
	    (struct audit_signer){ .node = r->signer, .key = r->key };
	u->signer_count++;
	return 0;
}

/* The id is a lower-case UUID: reading it is strict about that. */
static void
pack_id(const char *id, uint8_t out[static ID_BYTES])
{
	char hex[2 * ID_BYTES + 1];
	size_t len = 0;

	for (; *id != '\0' && len < 2 * (size_t)ID_BYTES; id++)
		if (*id != '-')
			hex[len++] = *id;
	hex[len] = '\0';
	if (!digest_unhex(hex, out, ID_BYTES))
		memset(out, 0, ID_BYTES);
}

static void
unpack_id(const uint8_t id[static ID_BYTES], char out[static BUNDLE_ID])
{
	char hex[2 * ID_BYTES + 1];

	digest_hex(id, ID_BYTES, hex);
	(void)snprintf(out, BUNDLE_ID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
}

static int
add_good(struct audit *u, const char *file, const struct received *r,
    struct fault *why)
{
	uint8_t hash[32];
	struct digest *d;
	struct entry *e;

	if (u->count == u->room) {
		size_t room = u->room == 0 ? ROOM_FIRST : 2 * u->room;

		if ((e = realloc(u->entry, room * sizeof(*e))) == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "audit");
		u->entry = e;
		u->room = room;
	}
	e = &u->entry[u->count];
	if (find_signer(u, r, &e->signer, why) == -1 ||
	    (d = digest_new(DIGEST_BLAKE2B_256, why)) == NULL)
		return -1;
	digest_add(d, r->hash, sizeof(r->hash));
	digest_add_text(d, r->signature.trusted);
	digest_end(d, hash);
	digest_free(d);
	memcpy(e->sum, hash, sizeof(e->sum));
	pack_id(r->outside.id, e->id);
	e->seq = r->outside.seq;
	e->name = u->names.len;
	if (bytes_add(&u->names, file, strlen(file) + 1, why) == -1)
		return -1;
	u->count++;
	return 0;
}

int
audit_add(struct audit *u, const char *file, const struct audited *b,
    struct fault *why)
{
	struct audit_counts *c = &u->counts;

	c->files++;
	if (b->foreign) {
		c->foreign++;
		return 0;
	}
	if (b->fault.id == FAULT_DISK_NOT_READ) {
		c->unread++;
		return 0;
	}
	switch (b->signature) {
	case AUDIT_BAD:
		c->bad++;
		return 0;
	case AUDIT_UNKNOWN_KEY:
		c->unknown_key++;
		add_unknown(u, &b->got);
		return 0;
	case AUDIT_REVOKED:
		c->revoked++;
		return 0;
	case AUDIT_GOOD:
		break;
	}
	c->good++;
	c->revoked_since += b->revoked_since;
	c->untimely += b->untimely;
	c->not_allowed += b->fault.id != FAULT_NONE;
	return add_good(u, file, &b->got, why);
}

void
audit_add_unread(struct audit *u)
{
	u->counts.files++;
	u->counts.unread++;
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By key, number, id and content; files in the order they came in. */
static int
by_number(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int c;

	if ((c = compare_numbers(a->signer, b->signer)) != 0 ||
	    (c = compare_numbers(a->seq, b->seq)) != 0 ||
	    (c = memcmp(a->id, b->id, sizeof(a->id))) != 0 ||
	    (c = memcmp(a->sum, b->sum, sizeof(a->sum))) != 0)
		return c;
	return (a->name > b->name) - (a->name < b->name);
}

static int
by_id(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int c;

	if ((c = compare_numbers(a->signer, b->signer)) != 0 ||
	    (c = memcmp(a->id, b->id, sizeof(a->id))) != 0)
		return c;
	return by_number(left, right);
}

static bool
same_bundle(const struct entry *a, const struct entry *b)
{
	return a->seq == b->seq && memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
	    memcmp(a->sum, b->sum, sizeof(a->sum)) == 0;
}

static int
count_gap(const struct audit_gap *g, void *context, struct fault *why)
{
	struct audit *u = context;
	int64_t missing = g->last - g->first + 1;

	(void)why;
	u->counts.gaps++;
	if (u->counts.missing > INT64_MAX - missing)
		u->counts.missing = INT64_MAX;
	else
		u->counts.missing += missing;
	for (size_t i = 0; i < u->signer_count; i++)
		if (u->signer[i].key == g->key)
			u->signer[i].missing += missing;
	return 0;
}

static int
count_twice(const struct audit_twice *t, void *context, struct fault *why)
{
	struct audit *u = context;

	(void)why;
	if (t->kind != AUDIT_COPY) {
		u->counts.alarms++;
		return 0;
	}
	u->counts.copies++;
	for (size_t i = 0; i < u->signer_count; i++)
		if (u->signer[i].key == t->key) {
			u->signer[i].copies++;
			u->signer[i].bundles--;
		}
	return 0;
}

int
audit_end(struct audit *u, struct fault *why)
{
	if (u->count > 0)
		qsort(u->entry, u->count, sizeof(*u->entry), by_number);
	for (size_t i = 0; i < u->count; i++) {
		struct audit_signer *s = &u->signer[u->entry[i].signer];

		if (s->bundles++ == 0)
			s->first = u->entry[i].seq;
		s->last = u->entry[i].seq;
	}
	u->counts.signers = u->signer_count;
	if (audit_gaps(u, count_gap, u, why) == -1)
		return -1;
	return audit_twices(u, count_twice, u, why);
}

const struct agreement *
audit_agreement(const struct audit *u)
{
	return u->agreement;
}

void
audit_count(const struct audit *u, struct audit_counts *out)
{
	*out = u->counts;
}

size_t
audit_signers(const struct audit *u, const struct audit_signer **out)
{
	*out = u->signer;
	return u->signer_count;
}

int
audit_gaps(const struct audit *u,
    int (*take)(const struct audit_gap *g, void *context, struct fault *why),
    void *context, struct fault *why)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct entry *e = &u->entry[i];
		const struct audit_signer *s = &u->signer[e->signer];
		bool first = i == 0 || e[-1].signer != e->signer;
		struct audit_gap g = {
			.node = s->node,
			.key = s->key,
			.first = first ? 1 : e[-1].seq + 1,
			.last = e->seq - 1,
		};

		if (g.first <= g.last && take(&g, context, why) == -1)
			return -1;
	}
	return 0;
}

struct pairing {
	const struct audit *audit;
	int (*take)(const struct audit_twice *t, void *context,
	    struct fault *why);
	void *context;
};

static int
give_pair(const struct pairing *p, enum audit_kind kind, const struct entry *a,
    const struct entry *b, struct fault *why)
{
	const struct audit_signer *s = &p->audit->signer[a->signer];
	const char *names = (const char *)p->audit->names.at;
	char id[2][BUNDLE_ID];
	struct audit_twice t = {
		.kind = kind,
		.node = s->node,
		.key = s->key,
		.seq = { a->seq, b->seq },
		.file = { names + a->name, names + b->name },
		.id = { id[0], id[1] },
	};

	unpack_id(a->id, id[0]);
	unpack_id(b->id, id[1]);
	return p->take(&t, p->context, why);
}

/* Neighbours with the same id that are not the same bundle. */
static int
give_ids(const struct pairing *p, struct fault *why)
{
	size_t count = p->audit->count;
	struct entry *sorted;
	int rc = 0;

	if (count < 2)
		return 0;
	if ((sorted = malloc(count * sizeof(*sorted))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "audit");
	memcpy(sorted, p->audit->entry, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_id);
	for (size_t i = 1; rc == 0 && i < count; i++) {
		const struct entry *a = &sorted[i - 1], *b = &sorted[i];

		if (a->signer == b->signer &&
		    memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
		    !same_bundle(a, b))
			rc = give_pair(p, AUDIT_ID, a, b, why);
	}
	free(sorted);
	return rc;
}

int
audit_twices(const struct audit *u,
    int (*take)(const struct audit_twice *t, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const struct pairing p = { u, take, context };

	for (size_t i = 1; i < u->count; i++) {
		const struct entry *a = &u->entry[i - 1], *b = &u->entry[i];

		if (a->signer == b->signer && a->seq == b->seq &&
		    memcmp(a->id, b->id, sizeof(a->id)) != 0 &&
		    give_pair(&p, AUDIT_NUMBER, a, b, why) == -1)
			return -1;
	}
	if (give_ids(&p, why) == -1)
		return -1;
	for (size_t i = 1; i < u->count; i++) {
		const struct entry *a = &u->entry[i - 1], *b = &u->entry[i];

		if (a->signer == b->signer && same_bundle(a, b) &&
		    give_pair(&p, AUDIT_COPY, a, b, why) == -1)
			return -1;
	}
	return 0;
}

size_t
audit_unknown(const struct audit *u, const struct audit_unknown **out,
    size_t *more)
{
	*out = u->unknown;
	*more = u->unknown_more;
	return u->unknown_count;
}
