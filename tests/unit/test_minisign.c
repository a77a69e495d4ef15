#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

/* Made by minisign 0.11: keys that protect nothing, and a signature. */
#define STOCK_PUBLIC "RWQxaGPn7C1LFa1LTKciUOPnk6eXr3KFFh92vNk//Gpk3mEtS1puyGP1"
#define STOCK_SECRET                                                   \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAMWhj5+wtSxXQ3X1VXKrHixvGp35FgpKP6yK47YpAUx91nXJY" \
	"lVVxdq1LTKciUOPnk6eXr3KFFh92vNk//Gpk3mEtS1puyGP1AAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define STOCK_PROTECTED                                                \
	"RWRTY0IyqBC/ca471ejdoywEDIoBR6DyePHGSSImtWSA/UKZKW8AAAACAAAA" \
	"AAAAAEAAAAAA5waZkUymTMxU8RK0DNyAsXLLJG9vBj5NRELNcYIwOjBVce7X" \
	"pd52hxIueu1eIPfbx+fgMEk3SCXD3/mvmhVmoEIPVbSCSegJMZwG80BC+XLp" \
	"iWqHB6ycSd526/9SdJL5u4cKKys+cBY="
#define STOCK_PROTECTED_PUBLIC \
	"RWQ0r0zuJMVfFnnR5c6dCtd7bVBrr0yHHYfj/DERRU0kCybbKGe1ezTa"
#define STOCK_WORDS "pass word pass"
#define STOCK_FILE "a file that minisign signed\n"
#define STOCK_LINE2                                                    \
	"RUQxaGPn7C1LFezEv+WxK7xgAlRcfhkJYl7sqXl4OD/vOE3RXp6Rla/svqnZ" \
	"jgciSsqEcRNVjmt+aDV0rotHy3dv8+hq4CgFgAo="
#define STOCK_LINE4                                                    \
	"yB2cDKfdEADurYnFbrs2R8w30taSVYNGQOsNb7hAvJxhfpr6JHJvuI0+t2/q" \
	"2ybuBspDeeZkZSwohkUgMgVKAA=="
#define STOCK_TRUSTED "timestamp:1795364072\tfile:stock.txt\thashed"
#define STOCK_LEGACY_LINE2                                             \
	"RWQxaGPn7C1LFbcBsjPbvluv9z/MmQEF3qyicu9uGr00Q/Y1tCG6tj5eXcyJ" \
	"jyZUXkhh0Qc/mTn5jfc5Z0oGLSLN4c+H3dirVAw="
#define STOCK_LEGACY_LINE4                                             \
	"MRW7FFTCt1FDQsIdKU2OGi4tcsxXzpF4qM50K/yC73J6ljhA6otpgC0ZkrC3" \
	"9e6WZfA7dbeCpcP1YyPPLGIhAw=="

#define ROOM 4096 /* for any text of these */
#define U "untrusted comment: "
#define T "trusted comment: "
#define UNTRUSTED "satchel bundle"
#define TRUSTED "satchel bundle/1 id=x seq=1"
#define SECRET_COMMENT U "minisign encrypted secret key\n"

static struct minisign_key *ours;
static struct minisign_public public;
static uint8_t hash[MINISIGN_HASH];
static struct bytes good; /* our signature of hash */

/* What becomes of a text in which one thing is changed. */
enum fate {
	VERIFIES,
	FAILS,		   /* well formed, but not a good signature */
	MALFORMED,	   /* refused by both readers */
	DETACHED_VERIFIES, /* refused by the strict reader alone */
	DETACHED_FAILS,
};

/* find is replaced by put; {2} and the like are lines, see fill_in. */
static const struct game_row {
	const char *name;
	const char *find; /* NULL: put goes to the end */
	const char *put;
	enum fate fate;
} games[] = {
	{ "as it was written", "satchel", "satchel", VERIFIES },
	{ "another untrusted comment, which nothing covers", U UNTRUSTED,
	    U "anything", VERIFIES },
	{ "an untrusted comment that is empty", U UNTRUSTED, U, VERIFIES },
	{ "another trusted comment", "seq=1", "seq=2", FAILS },
	{ "an empty trusted comment", T TRUSTED, T, FAILS },
	{ "a letter of the signature", "{2a}", "{2b}", FAILS },
	{ "a letter of the global signature", "{4a}", "{4b}", FAILS },
	{ "relabelled as legacy", "{2}", "{legacy}", MALFORMED },
	{ "another algorithm", "{2}", "{other}", MALFORMED },
	{ "another key number", "{2}", "{number}", FAILS },
	{ "CRLF on line 1", UNTRUSTED "\n", UNTRUSTED "\r\n", MALFORMED },
	{ "CRLF on line 2", "\n" T, "\r\n" T, MALFORMED },
	{ "CRLF on line 3", "seq=1\n", "seq=1\r\n", MALFORMED },
	{ "CR and a forged text in the trusted comment", "seq=1",
	    "seq=1\rforged", MALFORMED },
	{ "a line more at the end", NULL, "more\n", MALFORMED },
	{ "an empty line at the end", NULL, "\n", MALFORMED },
	{ "a byte more at the end", NULL, "x", MALFORMED },
	{ "the same again", NULL, U UNTRUSTED "\n", MALFORMED },
	{ "an empty line first", U, "\n" U, MALFORMED },
	{ "no last LF", "{4}\n", "{4}", MALFORMED },
	{ "line 4 is missing", "{4}\n", "", MALFORMED },
	{ "line 3 is missing", T TRUSTED "\n", "", MALFORMED },
	{ "line 2 is not canonical", "{2}", "{crooked2}", MALFORMED },
	{ "line 4 is not canonical", "{4}", "{crooked4}", MALFORMED },
	{ "line 2 without padding", "=\n" T, "\n" T, MALFORMED },
	{ "a space after line 2", "\n" T, " \n" T, MALFORMED },
	{ "another prefix on line 1", "untrusted", "Untrusted", MALFORMED },
	{ "another prefix on line 3", "\n" T,
	    "\ntrusted  comment: ", MALFORMED },
	{ "ESC in the untrusted comment", UNTRUSTED "\n", "\x1b[2J\n",
	    MALFORMED },
	{ "DEL in the untrusted comment", UNTRUSTED "\n", "\x7f\n", MALFORMED },
	{ "C1 in the untrusted comment", UNTRUSTED "\n", "\xc2\x9b\n",
	    MALFORMED },
	{ "a byte that is not UTF-8", UNTRUSTED "\n", "\xff\n", MALFORMED },
	{ "UTF-8 in the untrusted comment", UNTRUSTED "\n", "\xc3\xa4\n",
	    DETACHED_VERIFIES },
	{ "TAB in the untrusted comment", UNTRUSTED "\n", "a\tb\n",
	    DETACHED_VERIFIES },
	{ "TAB in the trusted comment", "seq=1", "seq\t1", DETACHED_FAILS },
	{ "ESC in the trusted comment", "seq=1", "seq=\x1b", MALFORMED },
};

/* Line `number` of the good signature, without its LF. */
static size_t
good_line(int number, char *out)
{
	const char *at = (const char *)good.at;
	size_t len;

	while (--number > 0)
		at = strchr(at, '\n') + 1;
	len = strcspn(at, "\n");
	memcpy(out, at, len);
	out[len] = '\0';
	return len;
}

/* Line 2 with other first bytes. */
static void
line2_with(const char *algorithm, int number_change, char *out)
{
	uint8_t bytes[74];
	size_t len = good_line(2, out);

	assert_true(base64_read(out, len, BASE64_PADDED, bytes, sizeof(bytes)));
	memcpy(bytes, algorithm, 2);
	bytes[2] ^= (uint8_t)number_change;
	base64_write(bytes, sizeof(bytes), BASE64_PADDED, out);
}

/* One letter of a line made another; crooked: the one with unused bits. */
static void
line_changed(int number, bool crooked, char *out)
{
	size_t len = good_line(number, out);
	char *at = strchr(out, '=');

	assert_non_null(at);
	if (crooked)
		at[-1]++;
	else
		out[len / 2] = out[len / 2] == 'A' ? 'B' : 'A';
}

/* {2} and the like stand for a line, or a changed one; the rest stays. */
static void
fill_in(const char *text, char *out)
{
	static const char *const names[] = { "{2a}", "{2b}", "{4a}", "{4b}",
		"{2}", "{4}", "{legacy}", "{other}", "{number}", "{crooked2}",
		"{crooked4}" };
	size_t i = 0, count = sizeof(names) / sizeof(names[0]), len;

	while (i < count && strncmp(text, names[i], strlen(names[i])) != 0)
		i++;
	switch (i) {
	case 0:
	case 4:
		(void)good_line(2, out);
		break;
	case 1:
		line_changed(2, false, out);
		break;
	case 2:
	case 5:
		(void)good_line(4, out);
		break;
	case 3:
		line_changed(4, false, out);
		break;
	case 6:
		line2_with("Ed", 0, out);
		break;
	case 7:
		line2_with("EX", 0, out);
		break;
	case 8:
		line2_with("ED", 1, out);
		break;
	case 9:
		line_changed(2, true, out);
		break;
	case 10:
		line_changed(4, true, out);
		break;
	default:
		assert_true(snprintf(out, ROOM, "%s", text) < ROOM);
		return;
	}
	len = strlen(out);
	assert_true(snprintf(out + len, ROOM - len, "%s",
			text + strlen(names[i])) < ROOM);
}

static void
change(const char *find, const char *put, char *out)
{
	char from[ROOM], to[ROOM];
	const char *text = (const char *)good.at, *at;

	fill_in(put, to);
	if (find == NULL) {
		assert_true(snprintf(out, ROOM, "%s%s", text, to) < ROOM);
		return;
	}
	fill_in(find, from);
	at = strstr(text, from);
	assert_non_null(at);
	assert_true(snprintf(out, ROOM, "%.*s%s%s", (int)(at - text), text, to,
			at + strlen(from)) < ROOM);
}

static void
game_holds(void **state)
{
	const struct game_row *c = *state;
	char text[ROOM];
	struct minisign_signature s;
	struct fault why = { FAULT_NONE, "" };
	bool detached =
	    c->fate == DETACHED_VERIFIES || c->fate == DETACHED_FAILS;
	bool strict = c->fate == VERIFIES || c->fate == FAILS;
	bool verifies = c->fate == VERIFIES || c->fate == DETACHED_VERIFIES;
	int rc;

	change(c->find, c->put, text);
	rc = minisign_signature_read(text, strlen(text), &s, &why);
	assert_int_equal(rc, strict ? 0 : -1);
	if (rc == -1)
		assert_int_equal(why.id, FAULT_SIGNATURE_FORM);
	else
		assert_int_equal(minisign_verify(&public, &s, hash), verifies);
	rc = minisign_signature_read_detached(text, strlen(text), &s, &why);
	assert_int_equal(rc, strict || detached ? 0 : -1);
	if (rc == 0)
		assert_int_equal(minisign_verify(&public, &s, hash), verifies);
}

/* A NUL ends no comment: it is one more thing that is not printable. */
static void
a_nul_is_not_printable(void **state)
{
	char text[2048];
	struct minisign_signature s;
	struct fault why;

	(void)state;
	memcpy(text, good.at, good.len);
	text[sizeof(U)] = '\0';
	assert_int_equal(minisign_signature_read(text, good.len, &s, &why), -1);
	assert_int_equal(minisign_signature_read_detached(text, good.len, &s,
			     &why),
	    -1);
}

static void
every_cut_is_refused(void **state)
{
	struct minisign_signature s;
	struct fault why;

	(void)state;
	for (size_t len = 0; len < good.len; len++) {
		assert_int_equal(minisign_signature_read(good.at, len, &s,
				     &why),
		    -1);
		assert_int_equal(minisign_signature_read_detached(good.at, len,
				     &s, &why),
		    -1);
	}
}

static void
what_was_signed_is_told(void **state)
{
	struct minisign_signature s;
	struct minisign_public other;
	struct minisign_key *k;
	struct fault why;
	uint8_t changed[MINISIGN_HASH];

	(void)state;
	assert_int_equal(minisign_signature_read(good.at, good.len, &s, &why),
	    0);
	assert_string_equal(s.untrusted, UNTRUSTED);
	assert_string_equal(s.trusted, TRUSTED);
	assert_memory_equal(s.number, public.number, sizeof(s.number));
	assert_true(minisign_verify(&public, &s, hash));
	memcpy(changed, hash, sizeof(changed));
	changed[63] ^= 1;
	assert_false(minisign_verify(&public, &s, changed));
	/* Another key under the same number is another key. */
	assert_non_null(k = minisign_key_new(&why));
	minisign_key_copy_public(k, &other);
	memcpy(other.number, public.number, sizeof(other.number));
	assert_false(minisign_verify(&other, &s, hash));
	assert_false(minisign_public_same(&other, &public));
	minisign_key_free(k);
}

static const struct comment_row {
	const char *name;
	size_t untrusted, trusted; /* lengths */
	char with;		   /* 0: letters */
	bool good;
} comments[] = {
	{ "empty comments", 0, 0, 0, true },
	{ "the longest that minisign reads", 1004, 1006, 0, true },
	{ "an untrusted one too long", 1005, 1, 0, false },
	{ "a trusted one too long", 1, 1007, 0, false },
	{ "a line end in them", 5, 5, '\n', false },
	{ "a TAB in them", 5, 5, '\t', false },
	{ "a byte above ASCII in them", 5, 5, (char)0xe4, false },
};

static void
comment_holds(void **state)
{
	const struct comment_row *c = *state;
	char untrusted[2000] = "", trusted[2000] = "";
	struct minisign_signature s;
	struct fault why;
	struct bytes out;
	int rc;

	memset(untrusted, 'u', c->untrusted);
	memset(trusted, 't', c->trusted);
	if (c->with != 0)
		untrusted[2] = trusted[2] = c->with;
	bytes_init(&out, MINISIGN_SIGNATURE_ROOM);
	rc = minisign_sign(ours, hash, untrusted, trusted, &out, &why);
	assert_int_equal(rc, c->good ? 0 : -1);
	if (rc == 0) {
		assert_int_equal(minisign_signature_read(out.at, out.len, &s,
				     &why),
		    0);
		assert_true(minisign_verify(&public, &s, hash));
	} else {
		assert_int_equal(out.len, 0);
	}
	bytes_free(&out);
}

static const struct public_row {
	const char *name;
	const char *text;
	bool good;
} publics[] = {
	{ "minisign's own file",
	    U "minisign public key 154B2DECE7636831\n" STOCK_PUBLIC "\n",
	    true },
	{ "the line alone", STOCK_PUBLIC, true },
	{ "the line alone with LF", STOCK_PUBLIC "\n", true },
	{ "with CRLF", STOCK_PUBLIC "\r\n", false },
	{ "a line more", STOCK_PUBLIC "\nmore\n", false },
	{ "only a comment", U "x\n", false },
	{ "a secret key", SECRET_COMMENT STOCK_SECRET "\n", false },
	{ "a letter short", "RWQ", false },
	{ "nothing", "", false },
	{ "a key of small order: zero",
	    "RWQBAgMEBQYHCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "a key of small order: one",
	    "RWQBAgMEBQYHCAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "a key of small order: eight",
	    "RWQBAgMEBQYHCCbolY/CsiewRcP0ifLvmPDV36wF08YzObE4AohtU/wF", false },
	{ "a key that is spelled another way",
	    "RWQBAgMEBQYHCPD///////////////////////////////////////9/", false },
	{ "a key that is on no curve",
	    "RWQBAgMEBQYHCAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false },
	{ "a key of mixed order",
	    "RWQBAgMEBQYHCJWZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZkZ", false },
	{ "another algorithm",
	    "RUQxaGPn7C1LFa1LTKciUOPnk6eXr3KFFh92vNk//Gpk3mEtS1puyGP1", false },
};

static void
public_holds(void **state)
{
	const struct public_row *c = *state;
	struct minisign_public p;
	struct fault why = { FAULT_NONE, "" };
	struct bytes text;
	char out[MINISIGN_PUBLIC_ROOM];
	int rc;

	bytes_init(&text, 1000);
	assert_int_equal(bytes_add_text(&text, c->text, &why), 0);
	rc = minisign_public_read_file(&text, &p, &why);
	assert_int_equal(rc, c->good ? 0 : -1);
	if (rc == 0) {
		minisign_public_write(&p, out);
		assert_string_equal(out, STOCK_PUBLIC);
	} else {
		assert_int_equal(why.id, FAULT_KEY_PUBLIC);
	}
	bytes_free(&text);
}

static const struct secret_row {
	const char *name;
	const char *text;
	const char *words; /* NULL: none */
	enum fault_id want;
	bool protected;
	const char *public;
} secrets[] = {
	{ "minisign -W's file", SECRET_COMMENT STOCK_SECRET "\n", NULL,
	    FAULT_NONE, false, STOCK_PUBLIC },
	{ "without its last LF", SECRET_COMMENT STOCK_SECRET, NULL, FAULT_NONE,
	    false, STOCK_PUBLIC },
	{ "a passphrase it does not need", SECRET_COMMENT STOCK_SECRET "\n",
	    "words", FAULT_NONE, false, STOCK_PUBLIC },
	{ "minisign's protected file", SECRET_COMMENT STOCK_PROTECTED "\n",
	    STOCK_WORDS, FAULT_NONE, true, STOCK_PROTECTED_PUBLIC },
	{ "the wrong passphrase", SECRET_COMMENT STOCK_PROTECTED "\n",
	    "pass word", FAULT_PASSPHRASE_WRONG, true, NULL },
	{ "no passphrase", SECRET_COMMENT STOCK_PROTECTED "\n", NULL,
	    FAULT_PASSPHRASE_NEEDED, true, NULL },
	{ "more work than minisign asks for",
	    SECRET_COMMENT

	    "RWRTY0IyqBC/ca471ejdoywEDIoBR6DyePHGSSImtWSA/UKZKW8BAAACAAAA"
	    "AAAAAEAAAAAA5waZkUymTMxU8RK0DNyAsXLLJG9vBj5NRELNcYIwOjBVce7X"
	    "pd52hxIueu1eIPfbx+fgMEk3SCXD3/mvmhVmoEIPVbSCSegJMZwG80BC+XLp"
	    "iWqHB6ycSd526/9SdJL5u4cKKys+cBY=\n",
	    STOCK_WORDS, FAULT_KEY_FILE, true, NULL },
	{ "more memory than minisign asks for",
	    SECRET_COMMENT

	    "RWRTY0IyqBC/ca471ejdoywEDIoBR6DyePHGSSImtWSA/UKZKW8AAAACAAAA"
	    "AAEAAEAAAAAA5waZkUymTMxU8RK0DNyAsXLLJG9vBj5NRELNcYIwOjBVce7X"
	    "pd52hxIueu1eIPfbx+fgMEk3SCXD3/mvmhVmoEIPVbSCSegJMZwG80BC+XLp"
	    "iWqHB6ycSd526/9SdJL5u4cKKys+cBY=\n",
	    STOCK_WORDS, FAULT_KEY_FILE, true, NULL },
	{ "another way to derive the key",
	    SECRET_COMMENT

	    "RWRYY0IyqBC/ca471ejdoywEDIoBR6DyePHGSSImtWSA/UKZKW8AAAACAAAA"
	    "AAAAAEAAAAAA5waZkUymTMxU8RK0DNyAsXLLJG9vBj5NRELNcYIwOjBVce7X"
	    "pd52hxIueu1eIPfbx+fgMEk3SCXD3/mvmhVmoEIPVbSCSegJMZwG80BC+XLp"
	    "iWqHB6ycSd526/9SdJL5u4cKKys+cBY=\n",
	    STOCK_WORDS, FAULT_KEY_FILE, false, NULL },
	{ "halves that do not match",
	    SECRET_COMMENT

	    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAMWhj5+wtSxXQ3X1VXKrHixvGp35FgpKP6yK47YpAUx91nXJY"
	    "lVVxdqxLTKciUOPnk6eXr3KFFh92vNk//Gpk3mEtS1puyGP1AAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    NULL, FAULT_KEY_FILE, false, NULL },
	{ "a check that does not match",
	    SECRET_COMMENT

	    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAMWhj5+wtSxXQ3X1VXKrHixvGp35FgpKP6yK47YpAUx91nXJY"
	    "lVVxdq1LTKciUOPnk6eXr3KFFh92vNk//Gpk3mEtS1puyGP1eAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    NULL, FAULT_KEY_FILE, false, NULL },
	{ "no comment", STOCK_SECRET "\n", NULL, FAULT_KEY_FILE, false, NULL },
	{ "a line more", SECRET_COMMENT STOCK_SECRET "\n\n", NULL,
	    FAULT_KEY_FILE, false, NULL },
	{ "a public key", U "x\n" STOCK_PUBLIC "\n", NULL, FAULT_KEY_FILE,
	    false, NULL },
	{ "nothing", "", NULL, FAULT_KEY_FILE, false, NULL },
};

static void
secret_holds(void **state)
{
	const struct secret_row *c = *state;
	struct fault why = { FAULT_NONE, "" };
	struct passphrase *words = NULL;
	struct minisign_public p;
	struct minisign_key *k;
	struct bytes text;
	char out[MINISIGN_PUBLIC_ROOM];

	bytes_init(&text, 2000);
	assert_int_equal(bytes_add_text(&text, c->text, &why), 0);
	if (c->words != NULL)
		words = passphrase_from_bytes(c->words, strlen(c->words), &why);
	assert_int_equal(minisign_key_file_protected(&text), c->protected);
	k = minisign_key_read_file(&text, words, &why);
	assert_int_equal(why.id, c->want);
	assert_int_equal(k != NULL, c->want == FAULT_NONE);
	if (k != NULL) {
		minisign_key_copy_public(k, &p);
		minisign_public_write(&p, out);
		assert_string_equal(out, c->public);
	}
	minisign_key_free(k);
	passphrase_free(words);
	bytes_free(&text);
}

static const struct kept_row {
	const char *name;
	const char *words;
} kept[] = {
	{ "a key kept openly is the same key", NULL },
	{ "a key kept under a passphrase is the same key", "some words" },
};

static void
kept_holds(void **state)
{
	const struct kept_row *c = *state;
	struct fault why = { FAULT_NONE, "" };
	struct passphrase *words = NULL;
	struct minisign_public p;
	struct minisign_key *k;
	struct bytes text;

	bytes_init(&text, 2000);
	if (c->words != NULL)
		words = passphrase_from_bytes(c->words, strlen(c->words), &why);
	assert_int_equal(minisign_key_write_file(ours, words, &text, &why), 0);
	assert_int_equal(minisign_key_file_protected(&text), words != NULL);
	assert_non_null(k = minisign_key_read_file(&text, words, &why));
	minisign_key_copy_public(k, &p);
	assert_memory_equal(p.number, public.number, sizeof(p.number));
	assert_true(minisign_public_same(&p, &public));
	minisign_key_free(k);
	passphrase_free(words);
	bytes_free(&text);
}

static const struct stock_row {
	const char *name;
	const char *text;
	bool readable;
	bool good;
} stock[] = {
	{ "minisign's own signature",
	    U "signature from minisign secret key\n" STOCK_LINE2
	      "\n" T STOCK_TRUSTED "\n" STOCK_LINE4 "\n",
	    true, true },
	{ "its comment changed",
	    U "x\n" STOCK_LINE2 "\n" T STOCK_TRUSTED "!\n" STOCK_LINE4 "\n",
	    true, false },
	{ "minisign's legacy form",
	    U "x\n" STOCK_LEGACY_LINE2 "\n" T STOCK_TRUSTED
	      "\n" STOCK_LEGACY_LINE4 "\n",
	    false, false },
};

static void
stock_holds(void **state)
{
	const struct stock_row *c = *state;
	struct minisign_signature s;
	struct minisign_public p;
	struct fault why;
	uint8_t file[MINISIGN_HASH];
	int rc;

	assert_true(
	    minisign_public_read(STOCK_PUBLIC, sizeof(STOCK_PUBLIC) - 1, &p));
	digest_once(DIGEST_BLAKE2B_512, STOCK_FILE, sizeof(STOCK_FILE) - 1,
	    file);
	rc = minisign_signature_read_detached(c->text, strlen(c->text), &s,
	    &why);
	assert_int_equal(rc, c->readable ? 0 : -1);
	if (rc == 0)
		assert_int_equal(minisign_verify(&p, &s, file), c->good);
	/* Its trusted comment has TABs, which a bundle's never has. */
	assert_int_equal(minisign_signature_read(c->text, strlen(c->text), &s,
			     &why),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest more[] = {
		cmocka_unit_test(a_nul_is_not_printable),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(what_was_signed_is_told),
	};
	struct fault why;
	int failed;

	if (random_start() != 0 || (ours = minisign_key_new(&why)) == NULL)
		return 1;
	minisign_key_copy_public(ours, &public);
	random_bytes(hash, sizeof(hash));
	bytes_init(&good, MINISIGN_SIGNATURE_ROOM);
	if (minisign_sign(ours, hash, UNTRUSTED, TRUSTED, &good, &why) == -1)
		return 1;
	failed = ROWS_RUN("minisign text", games, game_holds) +
	    ROWS_RUN("minisign comments", comments, comment_holds) +
	    ROWS_RUN("minisign public key", publics, public_holds) +
	    ROWS_RUN("minisign secret key", secrets, secret_holds) +
	    ROWS_RUN("minisign kept key", kept, kept_holds) +
	    ROWS_RUN("minisign's own", stock, stock_holds) +
	    cmocka_run_group_tests_name("minisign", more, NULL, NULL);
	bytes_free(&good);
	minisign_key_free(ours);
	return failed;
}
