#include "tests/unit/a_store.h"
#include "tests/unit/an_agreement.h"

#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/roster.h"
#include "import/adopt.h"
#include "import/rosters.h"
#include "store/bundles.h"
#include "store/rosters.h"
#include "store/sql.h"

#define CANARY "Almaz Made-Up"

/* UNICEF's key, the one after it, UNHCR's, and nobody's. */
enum { OLD, NEW, UNHCR, STRANGER, KEYS };

static struct minisign_key *keys[KEYS];
static char public[KEYS][MINISIGN_PUBLIC_ROOM];

static void
make_keys(void)
{
	struct minisign_public p;
	struct fault why;

	for (int i = 0; i < KEYS; i++) {
		assert_non_null(keys[i] = minisign_key_new(&why));
		minisign_key_copy_public(keys[i], &p);
		minisign_public_write(&p, public[i]);
	}
}

/* --- what is kept --- */

static int
put(struct a_store *t, const char *party, int64_t version, const char *file)
{
	struct roster_adopted r = { .agreement = "ET-2026",
		.party = party,
		.version = version,
		.at = 1000,
		.file = file,
		.len = strlen(file),
		.signature = "sig of " CANARY,
		.signature_len = strlen("sig of " CANARY) };

	return rosters_put(t->s, &r, &t->why);
}

/* "4 file" of the newest below a version, or "none". */
static void
below_is(struct a_store *t, const char *party, int64_t version,
    const char *want)
{
	struct roster_kept r;
	char got[64] = "none";
	int more;

	bytes_init(&r.file, 1000);
	bytes_init(&r.signature, 1000);
	more = rosters_below(t->s, "ET-2026", party, version, &r, &t->why);
	assert_int_not_equal(more, -1);
	if (more == 1) {
		(void)snprintf(got, sizeof(got), "%d %.*s", (int)r.version,
		    (int)r.file.len, (const char *)r.file.at);
		assert_int_equal(r.at, 1000);
		assert_int_equal(r.signature.len, strlen("sig of " CANARY));
	}
	assert_string_equal(got, want);
	bytes_free(&r.file);
	bytes_free(&r.signature);
}

static void
newest_first(struct a_store *t)
{
	below_is(t, "UNICEF", 0, "none");
	assert_int_equal(put(t, "UNICEF", 4, "four"), 0);
	assert_int_equal(put(t, "UNICEF", 3, "three"), 0);
	assert_int_equal(put(t, "UNHCR", 9, "nine"), 0);
	below_is(t, "UNICEF", 0, "4 four");
	below_is(t, "UNICEF", 5, "4 four");
	below_is(t, "UNICEF", 4, "3 three");
	below_is(t, "UNICEF", 3, "none");
	below_is(t, "UNHCR", 0, "9 nine");
	below_is(t, "DRC", 0, "none");
	/* One of the same version takes the place of the other. */
	assert_int_equal(put(t, "UNICEF", 4, "other"), 0);
	below_is(t, "UNICEF", 0, "4 other");
}

static void
kept_sealed(struct a_store *t)
{
	assert_int_equal(put(t, "UNICEF", 4, "list with " CANARY), 0);
	a_store_open(t, false);
	assert_false(a_store_shows(t, CANARY));
	below_is(t, "UNICEF", 0, "4 list with " CANARY);
}

/* A row that was moved to another party's place does not open. */
static void
moved_is_damage(struct a_store *t)
{
	struct roster_kept r;

	assert_int_equal(put(t, "UNICEF", 4, "four"), 0);
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE rosters SET party = 'UNHCR'", &t->why),
	    0);
	bytes_init(&r.file, 1000);
	bytes_init(&r.signature, 1000);
	assert_int_equal(rosters_below(t->s, "ET-2026", "UNHCR", 0, &r,
			     &t->why),
	    -1);
	bytes_free(&r.file);
	bytes_free(&r.signature);
}

static void
owed_is(struct a_store *t, const char *node, int64_t version, bool want)
{
	bool owed = !want;

	assert_int_equal(rosters_owed(t->s, node, "UNICEF", version, &owed,
			     &t->why),
	    0);
	assert_int_equal(owed, want);
}

static void
sign_with(struct a_store *t, int key, uint8_t out[static 32])
{
	struct minisign_public p;

	minisign_key_copy_public(keys[key], &p);
	memcpy(out, p.key, sizeof(p.key));
	assert_int_equal(bundles_keep_key(t->s, out, &t->why), 0);
	assert_int_equal(bundles_sign_with(t->s, out, &t->why), 0);
}

static void
carried(struct a_store *t, int64_t version, int64_t sequence)
{
	assert_int_equal(rosters_carried(t->s, "A", "UNICEF", version, sequence,
			     &t->why),
	    0);
}

static void
acknowledged(struct a_store *t, const uint8_t key[static 32], int64_t last)
{
	struct bundle_range range = { 1, last };

	assert_int_equal(rosters_acknowledged(t->s, "A", key, &range, 1,
			     &t->why),
	    0);
}

static void
owed_until_acknowledged(struct a_store *t)
{
	uint8_t key[32];

	sign_with(t, OLD, key);
	owed_is(t, "A", 4, true);
	carried(t, 4, 7);
	carried(t, 4, 8);
	acknowledged(t, key, 6);
	owed_is(t, "A", 4, true);
	acknowledged(t, key, 7);
	owed_is(t, "A", 4, false);
	owed_is(t, "B", 4, true);
	/* The next version is owed again, and its own number counts. */
	owed_is(t, "A", 5, true);
	carried(t, 5, 9);
	acknowledged(t, key, 8);
	owed_is(t, "A", 5, true);
	acknowledged(t, key, 9);
	owed_is(t, "A", 5, false);
	/* Adopted anew, nobody has it yet. */
	assert_int_equal(put(t, "UNICEF", 5, "five"), 0);
	owed_is(t, "A", 5, true);
}

static void
not_owed_to_the_giver(struct a_store *t)
{
	uint8_t key[32];

	sign_with(t, OLD, key);
	assert_int_equal(rosters_has(t->s, "A", "UNICEF", 4, &t->why), 0);
	owed_is(t, "A", 4, false);
	owed_is(t, "A", 5, true);
	carried(t, 5, 1);
	owed_is(t, "A", 5, true);
}

/* Numbers of the old key's stream say nothing of the new one's. */
static void
another_stream(struct a_store *t)
{
	uint8_t old[32], new[32];

	sign_with(t, OLD, old);
	carried(t, 4, 5);
	sign_with(t, NEW, new);
	carried(t, 4, 1);
	acknowledged(t, old, 5);
	owed_is(t, "A", 4, true);
	acknowledged(t, new, 1);
	owed_is(t, "A", 4, false);
}

/* --- what counts --- */

struct listing {
	int64_t version;
	int key; /* that signs */
	const char *user;
};

static struct roster_file *
make(const struct listing *l, struct bytes *signature)
{
	char text[1024];
	uint8_t hash[MINISIGN_HASH];
	struct roster_file *f;
	struct fault why;

	(void)snprintf(text, sizeof(text),
	    "{\"satchel\":\"roster/1\",\"agreement\":\"ET-GMB-EXAMPLE\","
	    "\"party\":\"UNICEF\",\"version\":%d,\"users\":{\"ET-GMB-03\":["
	    "{\"user\":\"%s\",\"full_name\":\"Made Up\",\"position\":\"p\","
	    "\"role\":\"r\",\"email\":\"e\",\"phone\":\"1\",\"may\":[]}]}}",
	    (int)l->version, l->user);
	assert_non_null(f = roster_read(text, strlen(text), &why));
	digest_once(DIGEST_BLAKE2B_512, text, strlen(text), hash);
	bytes_init(signature, MINISIGN_SIGNATURE_ROOM);
	assert_int_equal(minisign_sign(keys[l->key], hash, "a", "b", signature,
			     &why),
	    0);
	return f;
}

/* An agreement under which UNICEF signs with these keys. */
static struct agreement_file *
under(const char *signs_with)
{
	char list[256] = "";

	for (const char *k = signs_with; *k != '\0'; k++)
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list),
		    "%s\"%s\"", k == signs_with ? "" : ",",
		    public[*k == 'o' ? OLD : NEW]);
	return an_agreement_with("\"" KEY_0 "\"", list, KEY_1, public[UNHCR]);
}

/* FAULT_NONE: it is adopted, or *here. */
static enum fault_id
offer(struct a_store *t, struct agreement_file *a, const struct listing *l,
    bool *here)
{
	struct bytes signature;
	struct roster_file *f = make(l, &signature);
	struct rosters_question q = { f, &signature, agreement_of(a) };
	enum fault_id id = FAULT_NONE;

	if (rosters_may(t->s, &q, here, &t->why) == -1)
		id = t->why.id;
	else if (!*here)
		assert_int_equal(rosters_keep(t->s, &q, 1, "u", &t->why), 0);
	roster_free(f);
	bytes_free(&signature);
	return id;
}

/* Who is the site's one user, by what is kept here? */
static void
user_is(struct a_store *t, const char *signs_with, const char *want)
{
	struct agreement_file *a = under(signs_with);
	const struct node *n = agreement_node(agreement_of(a), "ET-GMB-03");

	assert_int_equal(rosters_apply(t->s, a, &t->why), 0);
	assert_non_null(agreement_user(n, want));
	agreement_free(a);
}

static void
place(struct a_store *t)
{
	static const struct {
		struct listing offered;
		enum fault_id want;
		bool here;
	} steps[] = {
		{ { 1000, OLD, "far" }, FAULT_ROSTER_JUMP, false },
		{ { 4, UNHCR, "forged" }, FAULT_ROSTER_SIGNATURE, false },
		{ { 4, STRANGER, "forged" }, FAULT_ROSTER_SIGNATURE, false },
		{ { 4, NEW, "early" }, FAULT_ROSTER_SIGNATURE, false },
		{ { 4, OLD, "four" }, FAULT_NONE, false },
		{ { 4, OLD, "four" }, FAULT_NONE, true },
		{ { 4, OLD, "other" }, FAULT_ROSTER_TWICE, false },
		{ { 3, OLD, "three" }, FAULT_ROSTER_OLDER, false },
		{ { 1004, OLD, "far" }, FAULT_ROSTER_JUMP, false },
		{ { 1003, OLD, "next" }, FAULT_NONE, false },
		{ { 4, OLD, "four" }, FAULT_ROSTER_OLDER, false },
		{ { 4, OLD, "other" }, FAULT_ROSTER_TWICE, false },
	};
	struct agreement_file *a = under("o");
	bool here;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_int_equal(offer(t, a, &steps[i].offered, &here),
		    steps[i].want);
		assert_int_equal(here, steps[i].here);
	}
	agreement_free(a);
	user_is(t, "o", "next");
}

/*
 * A key that is listed no more: what it signed does not count, and no older
 * list comes back in its place.
 */
static void
withdrawn_key(struct a_store *t)
{
	static const struct {
		struct listing offered;
		enum fault_id want;
	} steps[] = {
		{ { 4, NEW, "four" }, FAULT_ROSTER_NUMBER },
		{ { 3, NEW, "three" }, FAULT_ROSTER_NUMBER },
		{ { 3, NEW, "other" }, FAULT_ROSTER_TWICE },
		{ { 900, NEW, "thief" }, FAULT_ROSTER_NUMBER },
		{ { 900, NEW, "new" }, FAULT_ROSTER_NUMBER },
		{ { 901, NEW, "new" }, FAULT_NONE },
	};
	struct agreement_file *both = under("on"), *new = under("n");
	const struct party *p = agreement_party(agreement_of(new), "UNICEF");
	bool here;

	assert_int_equal(offer(t, both, &(struct listing){ 3, NEW, "three" },
			     &here),
	    FAULT_NONE);
	assert_int_equal(offer(t, both, &(struct listing){ 900, OLD, "thief" },
			     &here),
	    FAULT_NONE);
	user_is(t, "on", "thief");
	user_is(t, "n", "primero_cp");
	assert_int_equal(rosters_apply(t->s, new, &t->why), 0);
	assert_int_equal(p->roster, 0);
	assert_int_equal(p->roster_left_out, 900);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_int_equal(offer(t, new, &steps[i].offered, &here),
		    steps[i].want);
	user_is(t, "n", "new");
	agreement_free(both);
	agreement_free(new);
}

/* Two nodes, the same papers in different order: the same is in force. */
static void
converges(struct a_store *t)
{
	static const struct listing all[] = { { 1, OLD, "one" },
		{ 2, NEW, "two" }, { 3, NEW, "three" } };
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct agreement_file *both = under("on"), *new = under("n");
	bool here;

	for (size_t o = 0; o < 6; o++)
		for (int change = 0; change <= 3; change++) {
			assert_int_equal(sql_do(store_db(t->s),
					     "DELETE FROM rosters", &t->why),
			    0);
			/* The agreement changes before the change-th. */
			for (int i = 0; i < 3; i++)
				(void)offer(t, i < change ? both : new,
				    &all[orders[o][i]], &here);
			/* Those before came again with later bundles. */
			for (int i = 0; i < 3; i++)
				(void)offer(t, new, &all[i], &here);
			user_is(t, "n", "three");
		}
	agreement_free(both);
	agreement_free(new);
}

/* Another party's node by now: it keeps what the agreement says. */
static void
moved_node(struct a_store *t)
{
	struct agreement_file *a = under("o");
	struct agreement *moved = agreement_of(a);
	bool here;

	assert_int_equal(offer(t, a, &(struct listing){ 1, OLD, "one" }, &here),
	    FAULT_NONE);
	for (size_t i = 0; i < moved->node_count; i++)
		moved->nodes[i].party = agreement_party(moved, "UNHCR");
	assert_int_equal(rosters_apply(t->s, a, &t->why), 0);
	assert_non_null(
	    agreement_user(agreement_node(moved, "ET-GMB-03"), "primero_cp"));
	agreement_free(a);
}

static const struct a_store_case cases[] = {
	{ "the newest of a party comes first", newest_first },
	{ "what names staff lies sealed", kept_sealed },
	{ "a row in another party's place does not open", moved_is_damage },
	{ "a partner is owed a list until it acknowledges one with it",
	    owed_until_acknowledged },
	{ "who gave us a list is not owed it", not_owed_to_the_giver },
	{ "another key's numbers acknowledge nothing", another_stream },
	{ "threats 12, 13 and 19: signature, version and jump", place },
	{ "a list signed with a withdrawn key counts no more", withdrawn_key },
	{ "whatever comes first, the same is in force in the end", converges },
	{ "a node that has moved keeps the agreement's users", moved_node },
};

int
main(void)
{
	int failed;

	if (random_start() == -1)
		return 1;
	make_keys();
	failed = ROWS_RUN("rosters", cases, a_store_case_holds);
	for (int i = 0; i < KEYS; i++)
		minisign_key_free(keys[i]);
	return failed;
}
