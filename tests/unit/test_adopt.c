#include "tests/unit/a_store.h"

#include "base/folder.h"
#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/agreement.h"
#include "import/adopt.h"

#define TEXT_ROOM 65536

/* Made anew for each run; which is whose is said in `signers`. */
enum {
	KEY_UNICEF,
	KEY_UNHCR,
	KEY_SITE,
	KEY_HUB,
	KEY_UNICEF_NEXT,
	KEY_UNHCR_NEXT,
	KEY_STRANGER,
	KEYS
};

static struct minisign_key *keys[KEYS];
static char public[KEYS][MINISIGN_PUBLIC_ROOM];
static char site_open[AGEKEY_RECIPIENT_ROOM];
static char hub_open[AGEKEY_RECIPIENT_ROOM];
static const char *const site_opens[] = { site_open };
static const char *const hub_opens[] = { hub_open };

/* One letter a signature file. */
static const struct signer {
	const char *party;
	int key;
	char letter;
	bool other_file; /* over something else than the agreement */
} signers[] = {
	{ "UNICEF", KEY_UNICEF, 'C', false },
	{ "UNICEF", KEY_UNICEF_NEXT, 'c', false },
	{ "UNHCR", KEY_UNHCR, 'R', false },
	{ "UNHCR", KEY_UNHCR_NEXT, 'r', false },
	{ "UNHCR", KEY_UNHCR, 'b', true },
	{ "UNHCR", KEY_STRANGER, 's', false },
	{ "NOBODY", KEY_STRANGER, 'n', false },
	{ "UNHCR", KEY_UNICEF, 'x', false },
};

static void
make_keys(void)
{
	struct minisign_public p;
	struct agekey *k;
	struct fault why;

	for (int i = 0; i < KEYS; i++) {
		keys[i] = minisign_key_new(&why);
		assert_non_null(keys[i]);
		minisign_key_copy_public(keys[i], &p);
		minisign_public_write(&p, public[i]);
	}
	k = agekey_new(&why);
	assert_non_null(k);
	agekey_copy_recipient(k, site_open);
	agekey_free(k);
	k = agekey_new(&why);
	assert_non_null(k);
	agekey_copy_recipient(k, hub_open);
	agekey_free(k);
}

static void
free_keys(void)
{
	for (int i = 0; i < KEYS; i++)
		minisign_key_free(keys[i]);
}

static void
replace(char text[static TEXT_ROOM], const char *from, const char *to)
{
	char *at = strstr(text, from);
	size_t tail;

	if (at == NULL) {
		fail_msg("the example does not hold %s", from);
		return;
	}
	tail = strlen(at) - strlen(from) + 1;
	assert_true((size_t)(at - text) + strlen(to) + tail < TEXT_ROOM);
	memmove(at + strlen(to), at + strlen(from), tail);
	for (size_t i = 0; to[i] != '\0'; i++)
		at[i] = to[i];
}

/* The example of the project, with keys, without space between tokens. */
static void
load_example(char text[static TEXT_ROOM])
{
	FILE *f = fopen("examples/agreement.json", "r");
	bool inside = false;
	size_t len = 0;
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF && len < TEXT_ROOM - 1) {
		if (c == '"')
			inside = !inside; /* the example has no escapes */
		if (inside || (c != ' ' && c != '\n'))
			text[len++] = (char)c;
	}
	text[len] = '\0';
	(void)fclose(f);
	for (int i = 0; i <= KEY_HUB; i++)
		replace(text, "<minisign public key>", public[i]);
	replace(text, "<age recipient>", site_open);
	replace(text, "<age recipient>", hub_open);
}

/* @ and a digit stand for that public key. */
static void
with_keys(const char *from, char *out, size_t room)
{
	size_t len = 0;

	for (; *from != '\0'; from++) {
		if (*from == '@') {
			len += (size_t)snprintf(out + len, room - len, "%s",
			    public[*++from - '0']);
		} else {
			out[len++] = *from;
		}
		assert_true(len < room);
	}
	out[len] = '\0';
}

static void
change(char text[static TEXT_ROOM], const char *from, const char *to)
{
	char old[512], new[512];

	with_keys(from, old, sizeof(old));
	with_keys(to, new, sizeof(new));
	replace(text, old, new);
}

static struct agreement_file *
read_text(const char *text)
{
	struct fault why = { FAULT_NONE, "" };
	struct agreement_file *f = agreement_read(text, strlen(text), &why);

	assert_non_null(f);
	return f;
}

static struct bytes *
sign(const struct signer *by, const char *text)
{
	struct bytes *out = malloc(sizeof(*out));
	const char *over = by->other_file ? "another file" : text;
	uint8_t hash[MINISIGN_HASH];
	struct fault why;

	assert_non_null(out);
	bytes_init(out, MINISIGN_SIGNATURE_ROOM);
	digest_once(DIGEST_BLAKE2B_512, over, strlen(over), hash);
	assert_int_equal(0,
	    minisign_sign(keys[by->key], hash, "a test", "a test", out, &why));
	return out;
}

static size_t
sign_all(const char *letters, const char *text, struct adopt_signature *out)
{
	size_t count = 0;

	for (; *letters != '\0'; letters++) {
		for (size_t i = 0; i < sizeof(signers) / sizeof(signers[0]);
		     i++) {
			if (signers[i].letter != *letters)
				continue;
			memset(&out[count], 0, sizeof(out[count]));
			memcpy(out[count].party, signers[i].party,
			    strlen(signers[i].party) + 1);
			out[count++].file = sign(&signers[i], text);
		}
	}
	return count;
}

enum {
	ALONE = 1, /* nothing is in force yet */
	UNPROTECTED = 2,
	CONFIRMED = 4,
	RESTART = 8,
	LAST_DAY = 16, /* of the new version, and the one after it */
	DAY_AFTER = 32,
	BEFORE = 64, /* the day before the new version begins */
	ENDED = 128, /* what is in force ended long ago */
};

/* In the order in which a row reads best. */
struct may_case { /* NOLINT(clang-analyzer-optin.performance.Padding) */
	const char *name;
	unsigned how;
	const char *from, *to; /* a change to the new version: see with_keys */
	const char *old_from, *old_to; /* and to the one in force */
	const char *signatures;
	enum fault_id want;
};

/* In force is version 5; the new one is 6 unless it says another. */
#define NEXT "\"version\":6"
#define BEGINS "\"valid_from\":\"2026-01-15\""

static const struct may_case mays[] = {
	/* the first */
	{ "the first one is adopted when it is signed and confirmed",
	    ALONE | CONFIRMED, NULL, NULL, NULL, NULL, "CR", FAULT_NONE },
	{ "the first one waits for a person", ALONE, NULL, NULL, NULL, NULL,
	    "CR", FAULT_AGREEMENT_CONFIRM },
	{ "the first one needs its own signatures too", ALONE | CONFIRMED, NULL,
	    NULL, NULL, NULL, "C", FAULT_AGREEMENT_SIGNATURES },
	{ "too few signatures are told before a person is asked", ALONE, NULL,
	    NULL, NULL, NULL, "C", FAULT_AGREEMENT_SIGNATURES },
	{ "the first one may have any version", ALONE | CONFIRMED, NEXT,
	    "\"version\":123456", NULL, NULL, "CR", FAULT_NONE },

	/* signatures */
	{ "a newer version with both signatures needs no person", 0, NULL, NULL,
	    NULL, NULL, "CR", FAULT_NONE },
	{ "no signature at all", 0, NULL, NULL, NULL, NULL, "",
	    FAULT_AGREEMENT_SIGNATURES },
	{ "a party with two keys counts once", 0, "[\"@0\"]", "[\"@0\",\"@4\"]",
	    "[\"@0\"]", "[\"@0\",\"@4\"]", "Cc", FAULT_AGREEMENT_SIGNATURES },
	{ "the same signature twice counts once", 0, NULL, NULL, NULL, NULL,
	    "CC", FAULT_AGREEMENT_SIGNATURES },
	{ "a stranger's signature does not count", 0, NULL, NULL, NULL, NULL,
	    "Cs", FAULT_AGREEMENT_SIGNATURES },
	{ "a stranger's signature beside enough others does not matter", 0,
	    "\"signatures_needed\":2", "\"signatures_needed\":1",
	    "\"signatures_needed\":2", "\"signatures_needed\":1", "Cs",
	    FAULT_NONE },
	{ "one party cannot sign in the name of another", 0, NULL, NULL, NULL,
	    NULL, "Cx", FAULT_AGREEMENT_SIGNATURES },
	{ "a party that is not listed does not count", 0, NULL, NULL, NULL,
	    NULL, "Cn", FAULT_AGREEMENT_SIGNATURES },
	{ "a signature over another file refuses it, whatever else is there", 0,
	    "\"signatures_needed\":2", "\"signatures_needed\":1",
	    "\"signatures_needed\":2", "\"signatures_needed\":1", "Cb",
	    FAULT_AGREEMENT_SIGNATURES },
	{ "the new version's own threshold counts", 0, NULL, NULL,
	    "\"signatures_needed\":2", "\"signatures_needed\":1", "C",
	    FAULT_AGREEMENT_SIGNATURES },
	{ "the threshold of the version in force counts", 0,
	    "\"signatures_needed\":2", "\"signatures_needed\":1", NULL, NULL,
	    "C", FAULT_AGREEMENT_SIGNATURES },
	{ "keys that only the new version lists do not count for the old one",
	    0, "@1", "@5", NULL, NULL, "Cr", FAULT_AGREEMENT_SIGNATURES },
	{ "keys that only the old version lists do not count for the new one",
	    0, "@1", "@5", NULL, NULL, "CR", FAULT_AGREEMENT_SIGNATURES },
	{ "a party changes its key with the old one beside the new", 0,
	    "[\"@1\"]", "[\"@1\",\"@5\"]", NULL, NULL, "CR", FAULT_NONE },
	{ "a party that has left does not count", 0,
	    "\"joined\":\"2026-01-15\",\"left\":null",
	    "\"joined\":\"2025-01-15\",\"left\":\"2026-01-14\"", NULL, NULL,
	    "CR", FAULT_AGREEMENT_SIGNATURES },

	/* its place */
	{ "the same version is not newer", 0, NEXT, "\"version\":5", NULL, NULL,
	    "CR", FAULT_AGREEMENT_OLDER },
	{ "an older version", 0, NEXT, "\"version\":4", NULL, NULL, "CR",
	    FAULT_AGREEMENT_OLDER },
	{ "999 versions ahead", 0, NEXT, "\"version\":1004", NULL, NULL, "CR",
	    FAULT_NONE },
	{ "1000 versions ahead", 0, NEXT, "\"version\":1005", NULL, NULL, "CR",
	    FAULT_AGREEMENT_JUMP },
	{ "another agreement", 0, "ET-GMB-EXAMPLE", "ET-OTHER", NULL, NULL,
	    "CR", FAULT_AGREEMENT_OTHER },
	{ "from test to live", 0, "\"environment\":\"test\"",
	    "\"environment\":\"live\"", NULL, NULL, "CR",
	    FAULT_AGREEMENT_MIXED },

	/* starting again */
	{ "starting again asks a person", RESTART, NULL, NULL, NULL, NULL, "CR",
	    FAULT_AGREEMENT_CONFIRM },
	{ "starting again does without the old version's keys",
	    RESTART | CONFIRMED, "@1", "@5", NULL, NULL, "Cr", FAULT_NONE },
	{ "starting again needs the new version's own signatures",
	    RESTART | CONFIRMED, NULL, NULL, NULL, NULL, "C",
	    FAULT_AGREEMENT_SIGNATURES },
	{ "starting again takes another agreement", RESTART | CONFIRMED,
	    "ET-GMB-EXAMPLE", "ET-OTHER", NULL, NULL, "CR", FAULT_NONE },
	{ "starting again takes no older version", RESTART | CONFIRMED, NEXT,
	    "\"version\":5", NULL, NULL, "CR", FAULT_AGREEMENT_OLDER },
	{ "starting again does not turn practice into live work",
	    RESTART | CONFIRMED, "\"environment\":\"test\"",
	    "\"environment\":\"live\"", NULL, NULL, "CR",
	    FAULT_AGREEMENT_MIXED },
	{ "a confirmation without starting again changes nothing", CONFIRMED,
	    "@1", "@5", NULL, NULL, "Cr", FAULT_AGREEMENT_SIGNATURES },

	/* this node */
	{ "a live one is for a node with a passphrase", ALONE | CONFIRMED,
	    "\"environment\":\"test\"", "\"environment\":\"live\"", NULL, NULL,
	    "CR", FAULT_NONE },
	{ "a live one refuses a practice node", ALONE | CONFIRMED | UNPROTECTED,
	    "\"environment\":\"test\"", "\"environment\":\"live\"", NULL, NULL,
	    "CR", FAULT_AGREEMENT_PRACTICE_NODE },
	{ "a test one takes a practice node", ALONE | CONFIRMED | UNPROTECTED,
	    NULL, NULL, NULL, NULL, "CR", FAULT_NONE },
	{ "a node that is not listed", 0, "\"code\":\"ET-GMB-03\"",
	    "\"code\":\"ET-GMB-04\"", NULL, NULL, "CR",
	    FAULT_AGREEMENT_NOT_LISTED },
	{ "a node that is listed with another signing key", 0, "@2", "@6", NULL,
	    NULL, "CR", FAULT_AGREEMENT_NOT_LISTED },
	{ "a node that is listed with its next key as well", 0, "[\"@2\"]",
	    "[\"@6\",\"@2\"]", NULL, NULL, "CR", FAULT_NONE },

	/* the rest */
	{ "errors in it come first", 0, "\"title\":", "\"titel\":", NULL, NULL,
	    "CR", FAULT_AGREEMENT_ERRORS },
	{ "on its last day", LAST_DAY, NULL, NULL, NULL, NULL, "CR",
	    FAULT_NONE },
	{ "begins tomorrow, and the one in force is valid", BEFORE, BEGINS,
	    "\"valid_from\":\"2026-02-15\"", NULL, NULL, "CR",
	    FAULT_AGREEMENT_AHEAD },
	{ "begins tomorrow, starting again", BEFORE | RESTART | CONFIRMED,
	    BEGINS, "\"valid_from\":\"2026-02-15\"", NULL, NULL, "CR",
	    FAULT_AGREEMENT_AHEAD },
	{ "begins tomorrow, and so does the one in force", BEFORE, NULL, NULL,
	    NULL, NULL, "CR", FAULT_NONE },
	{ "begins tomorrow, and the one in force has ended", BEFORE | ENDED,
	    BEGINS, "\"valid_from\":\"2026-02-15\"", NULL, NULL, "CR",
	    FAULT_NONE },
	{ "begins tomorrow, and it is the first", BEFORE | ALONE | CONFIRMED,
	    NULL, NULL, NULL, NULL, "CR", FAULT_NONE },
	{ "begins tomorrow, and is not signed", BEFORE, BEGINS,
	    "\"valid_from\":\"2026-02-15\"", NULL, NULL, "C",
	    FAULT_AGREEMENT_SIGNATURES },
	{ "the day after", DAY_AFTER, NULL, NULL, NULL, NULL, "CR",
	    FAULT_AGREEMENT_ENDED },
};

static void
may_holds(void **state)
{
	static char text[TEXT_ROOM], old[TEXT_ROOM];
	const struct may_case *c = *state;
	struct adopt_signature signatures[8];
	struct agreement_file *file, *in_force;
	struct fault why = { FAULT_NONE, "" };
	struct adopt_question q = {
		.signatures = signatures,
		.node_protected = (c->how & UNPROTECTED) == 0,
		.confirmed = (c->how & CONFIRMED) != 0,
		.restart = (c->how & RESTART) != 0,
		.node_code = "ET-GMB-03",
		.node_sign_count = 1,
		.node_open = site_opens,
		.node_open_count = 1,
	};
	int rc;

	load_example(old);
	replace(old, "\"version\":1", "\"version\":5");
	load_example(text);
	replace(text, "\"version\":1", NEXT);
	if (c->old_from != NULL)
		change(old, c->old_from, c->old_to);
	if (c->from != NULL)
		change(text, c->from, c->to);
	in_force = read_text(old);
	file = read_text(text);
	assert_false(agreement_has_errors(in_force));
	q.file = file;
	q.in_force = (c->how & ALONE) != 0 ? NULL : agreement_of(in_force);
	q.count = sign_all(c->signatures, text, signatures);
	minisign_key_copy_public(keys[KEY_SITE], &q.node_sign[0]);
	q.today =
	    agreement_of(file)->valid_from - ((c->how & BEFORE) != 0 ? 1 : 0);
	if ((c->how & ENDED) != 0)
		agreement_of(in_force)->valid_until = q.today - 1;
	if ((c->how & (LAST_DAY | DAY_AFTER)) != 0)
		q.today = agreement_of(file)->valid_until +
		    ((c->how & DAY_AFTER) != 0 ? 1 : 0);

	rc = adopt_may(&q, &why);
	assert_int_equal(why.id, c->want);
	assert_int_equal(rc, c->want == FAULT_NONE ? 0 : -1);

	adopt_signatures_free(signatures, q.count);
	agreement_free(file);
	agreement_free(in_force);
}

static void
other_opening_key_is_not_us(void)
{
	static char text[TEXT_ROOM];
	struct adopt_signature signatures[8];
	struct fault why = { FAULT_NONE, "" };
	struct adopt_question q = { .signatures = signatures,
		.node_protected = true,
		.confirmed = true,
		.node_code = "ET-GMB-03",
		.node_sign_count = 1,
		.node_open = hub_opens,
		.node_open_count = 1 };

	load_example(text);
	q.file = read_text(text);
	q.count = sign_all("CR", text, signatures);
	minisign_key_copy_public(keys[KEY_SITE], &q.node_sign[0]);
	q.today = agreement_of(q.file)->valid_from;
	assert_int_equal(-1, adopt_may(&q, &why));
	assert_int_equal(why.id, FAULT_AGREEMENT_NOT_LISTED);
	adopt_signatures_free(signatures, q.count);
	agreement_free(q.file);
}

static void
states_are_told_apart(void)
{
	static char text[TEXT_ROOM];
	struct adopt_signature s[4];
	struct agreement_file *file;
	size_t count;

	load_example(text);
	file = read_text(text);
	count = sign_all("Cbs", text, s);
	assert_int_equal(1,
	    adopt_check_signatures(file, agreement_of(file), s, count));
	assert_string_equal("good", adopt_signature_state(&s[0]));
	assert_string_equal("bad", adopt_signature_state(&s[1]));
	assert_string_equal("unknown key", adopt_signature_state(&s[2]));
	assert_true(agreement_of(file)->party_signed[0]);
	assert_false(agreement_of(file)->party_signed[1]);
	/* A file that is no signature is a bad one. */
	bytes_empty(s[0].file);
	assert_int_equal(0,
	    adopt_check_signatures(file, agreement_of(file), s, count));
	assert_string_equal("bad", adopt_signature_state(&s[0]));
	assert_false(agreement_of(file)->party_signed[0]);
	adopt_signatures_free(s, count);
	agreement_free(file);
}

static void
kept_comes_back(struct a_store *t)
{
	static char text[TEXT_ROOM];
	struct adopt_signature signatures[4];
	struct adopt_question q = { .signatures = signatures };
	struct agreement_file *back = NULL;

	assert_int_equal(0, adopt_in_force(t->s, &back, &t->why));
	assert_null(back);
	load_example(text);
	q.file = read_text(text);
	q.count = sign_all("CR", text, signatures);
	(void)adopt_check_signatures(q.file, agreement_of(q.file), signatures,
	    q.count);
	assert_int_equal(0, adopt_keep(t->s, &q, 1, "unnamed", &t->why));
	assert_int_equal(1, adopt_in_force(t->s, &back, &t->why));
	assert_int_equal(1, agreement_of(back)->version);
	assert_true(agreement_of(back)->party_signed[0]);
	assert_true(agreement_of(back)->party_signed[1]);
	adopt_signatures_free(signatures, q.count);
	agreement_free(back);
	agreement_free(q.file);
}

static void
kept_unsigned_is_damage(struct a_store *t)
{
	static char text[TEXT_ROOM];
	struct adopt_question q = { .count = 0 };
	struct agreement_file *back = NULL;

	load_example(text);
	q.file = read_text(text);
	assert_int_equal(0, adopt_keep(t->s, &q, 1, "unnamed", &t->why));
	assert_int_equal(-1, adopt_in_force(t->s, &back, &t->why));
	assert_int_equal(FAULT_STORE_DAMAGED, t->why.id);
	assert_null(back);
	agreement_free(q.file);
}

static void
signature_files_are_found(struct a_store *t)
{
	static const char *const names[] = { "a.json", "a.json.UNHCR.minisig",
		"a.json.UNICEF.minisig", "a.json.minisig", "a.json..minisig",
		"b.json.UNHCR.minisig", "a.json.UNHCR.minisig.old",
		"a.json.MORE-THAN-SIXTEEN-LETTERS.minisig" };
	struct adopt_signature found[4];
	char path[128];
	size_t count;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(0,
		    folder_publish_bytes(t->home, names[i], "x", 1, &t->why));
	(void)snprintf(path, sizeof(path), "%s/a.json", t->path);
	assert_int_equal(0,
	    adopt_find_signatures(path, found, 4, &count, &t->why));
	assert_int_equal(2, count);
	assert_string_equal("UNHCR", found[0].party);
	assert_string_equal("UNICEF", found[1].party);
	adopt_signatures_free(found, count);
	assert_int_equal(-1,
	    adopt_find_signatures(path, found, 1, &count, &t->why));
	assert_int_equal(0, count);
}

static const struct a_store_case stores[] = {
	{ "what is kept comes back with who signed it", kept_comes_back },
	{ "what was kept unsigned was adopted by nobody",
	    kept_unsigned_is_damage },
	{ "signature files are found by their names, up to the most",
	    signature_files_are_found },
};

struct fact {
	const char *name;
	void (*holds)(void);
};

static const struct fact facts[] = {
	{ "a node that is listed with another opening key",
	    other_opening_key_is_not_us },
	{ "good, bad and unknown are told apart", states_are_told_apart },
};

static void
fact_holds(void **state)
{
	const struct fact *f = *state;

	f->holds();
}

int
main(void)
{
	int failed;

	if (random_start() == -1)
		return 1;
	make_keys();
	failed = ROWS_RUN("adopt", mays, may_holds);
	failed += ROWS_RUN("adopt: facts", facts, fact_holds);
	failed += ROWS_RUN("adopt: kept", stores, a_store_case_holds);
	free_keys();
	return failed;
}
