#include "tests/unit/a_store.h"

#include "formats/agreement.h"
#include "import/receive.h"
#include "import/refusals.h"
#include "store/bundles.h"
#include "store/owed.h"

#define ID "0b1f6c9e-0000-4000-8000-000000000001"

static const uint8_t sha256[32] = { 1 };
static struct minisign_public their_key = { .key = { 7 } };
static const struct node sender = { .code = "ET-GMB-03" };

static struct received
received(void)
{
	struct received r = { .fd = -1, .signer = &sender, .key = &their_key };

	r.outside = (struct bundle_outside){ ID, 5, 1000 };
	memcpy(r.sha256, sha256, sizeof(sha256));
	return r;
}

static struct bundle_inside
inside(void)
{
	return (struct bundle_inside){ .outside = { ID, 5, 1000 },
		.from_node = "ET-GMB-03",
		.from_sign = their_key,
		.to_node = "ET-HUB-01",
		.sequence = 4 };
}

static bool
owe(struct a_store *t, const struct bundle_inside *in, const char *code)
{
	const struct received got = received();
	const struct refusal r = { &got, in, "ET-HUB-01", code, 2000 };
	bool owed;

	assert_int_equal(refusals_owe(t->s, &r, &owed, &t->why), 0);
	return owed;
}

static int64_t
receipts(struct a_store *t)
{
	int64_t all, fresh;

	assert_int_equal(owed_of_kind(t->s, "ET-GMB-03", BUNDLE_RECEIPT, &all,
			     &fresh, &t->why),
	    0);
	assert_int_equal(all, fresh);
	return all;
}

static struct bundle_came
came(struct a_store *t)
{
	struct bundle_came out;

	assert_int_equal(bundles_came(t->s, their_key.key, ID, &out, &t->why),
	    1);
	return out;
}

static void
told_once(struct a_store *t)
{
	struct bundle_inside in = inside();

	assert_true(owe(t, &in, "B110"));
	assert_false(owe(t, &in, "B110"));
	assert_int_equal(receipts(t), 1);
	assert_false(came(t).imported);
	assert_int_equal(came(t).sequence, 4);
	assert_string_equal(came(t).code, "B110");
}

static void
told_why_else(struct a_store *t)
{
	struct bundle_inside in = inside();

	assert_true(owe(t, &in, "B110"));
	assert_true(owe(t, &in, "B111"));
	assert_int_equal(receipts(t), 2);
	assert_string_equal(came(t).code, "B111");
}

static void
imported_stays(struct a_store *t)
{
	struct bundle_came b = { .id = ID,
		.seq = 5,
		.sequence = 4,
		.imported = true };

	assert_int_equal(bundles_put_came(t->s, their_key.key, &b, &t->why), 0);
	assert_false(owe(t, NULL, "B212"));
	assert_int_equal(receipts(t), 0);
	assert_true(came(t).imported);
}

static void
not_read(struct a_store *t)
{
	assert_true(owe(t, NULL, "B105"));
	assert_int_equal(came(t).sequence, 0);
}

static void
not_its_word(struct a_store *t)
{
	struct bundle_inside in = inside();

	in.from_sign.key[0] = 8;
	assert_true(owe(t, &in, "B208"));
	assert_int_equal(came(t).sequence, 0);
	in = inside();
	in.to_node = "ET-HUB-02";
	assert_true(owe(t, &in, "B209"));
	assert_int_equal(came(t).sequence, 0);
	in = inside();
	in.outside.seq = 6;
	assert_true(owe(t, &in, "B207"));
	assert_int_equal(came(t).sequence, 0);
}

/* --- at the sender --- */

static void
make(struct a_store *t, const char *id, const char *to, int64_t seq,
    int64_t sequence)
{
	struct bundle_made b = { .seq = seq, .sequence = sequence };

	(void)snprintf(b.id, sizeof(b.id), "%s", id);
	(void)snprintf(b.receiver, sizeof(b.receiver), "%s", to);
	(void)snprintf(b.name, sizeof(b.name), "%s.satchel", id);
	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
}

static const char *
hear(struct a_store *t, const char *id, const char *code, bool *foreign)
{
	static char sentence[REFUSALS_SENTENCE];
	const struct refused_there r = { .from = "ET-HUB-01",
		.bundle = id,
		.code = code };

	assert_int_equal(refusals_hear(t->s, &r, sentence, foreign, &t->why),
	    0);
	return sentence;
}

static void
heard_once(struct a_store *t)
{
	const char *said;
	bool foreign;

	make(t, "one", "ET-HUB-01", 1, 1);
	said = hear(t, "one", "B111", &foreign);
	assert_false(foreign);
	assert_non_null(strstr(said,
	    "number 1 (one.satchel): B111 the bundle"
	    " was made by a newer program"));
	assert_non_null(strstr(said, "satchel resend 1 --to ET-HUB-01"));
	assert_string_equal(hear(t, "one", "B111", &foreign), "");
}

static void
heard_of_others(struct a_store *t)
{
	bool foreign;

	make(t, "one", "ET-HUB-02", 1, 1);
	assert_string_equal(hear(t, "one", "B111", &foreign), "");
	assert_true(foreign);
	assert_string_equal(hear(t, "none", "B111", &foreign), "");
	assert_true(foreign);
}

static void
acknowledge(struct a_store *t, int64_t first, int64_t last)
{
	const struct bundle_range range = { first, last };
	struct minisign_public own;

	minisign_key_copy_public(secrets_signing(t->secrets), &own);
	assert_int_equal(bundles_acknowledged(t->s,
			     &(struct bundles_heard){ "ET-HUB-01", own.key,
				 &range, 1, 3000 },
			     &t->why),
	    0);
}

static void
superseded(struct a_store *t)
{
	struct bundle_made b;
	bool foreign;

	make(t, "one", "ET-HUB-01", 1, 1);
	(void)hear(t, "one", "B111", &foreign);
	acknowledge(t, 1, 9);
	assert_int_equal(bundles_made(t->s, "one", &b, &t->why), 1);
	assert_int_equal(b.acknowledged, 3000);
	assert_string_equal(b.refused, "");
	assert_string_equal(hear(t, "one", "B111", &foreign), "");
}

static void
number_twice(struct a_store *t)
{
	struct bundle_made b;
	bool foreign;

	make(t, "one", "ET-HUB-01", 1, 1);
	acknowledge(t, 1, 1);
	assert_non_null(strstr(hear(t, "one", "B212", &foreign), "backup"));
	acknowledge(t, 1, 1);
	assert_int_equal(bundles_made(t->s, "one", &b, &t->why), 1);
	assert_int_equal(b.acknowledged, 0);
	assert_string_equal(b.refused, "B212");
}

static void
strange_code(struct a_store *t)
{
	bool foreign;

	make(t, "one", "ET-HUB-01", 1, 1);
	assert_non_null(
	    strstr(hear(t, "one", "Almaz", &foreign), ": ? for a reason"));
	assert_string_equal(hear(t, "one", NULL, &foreign), "");
}

static const struct a_store_case cases[] = {
	{ "a refusal is told once", told_once },
	{ "refused for another reason is told again", told_why_else },
	{ "what was imported is not told as refused", imported_stays },
	{ "without its inside it has no number", not_read },
	{ "a number that is not the signer's word to us is not kept",
	    not_its_word },
	{ "its sender hears which, why and what to do, once", heard_once },
	{ "of a bundle for others nothing is heard", heard_of_others },
	{ "imported after all, it is refused no more", superseded },
	{ "another bundle's acknowledgement hides no refusal", number_twice },
	{ "a code that is none is not repeated", strange_code },
};

int
main(void)
{
	return ROWS_RUN("refusals", cases, a_store_case_holds);
}
