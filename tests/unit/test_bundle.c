#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "crypto/random.h"
#include "formats/bundle.h"
#include "formats/json.h"

#define ID "0f8b3a52-6c1d-4e7a-9b20-5d4c3b2a1908"
#define ID_BEFORE "1f8b3a52-6c1d-4e7a-9b20-5d4c3b2a1908"
#define TRUSTED "satchel bundle/1 id=" ID " seq=41 created=2026-03-01T10:00:00Z"
#define NEWER FAULT_BUNDLE_NEWER
#define LINES FAULT_BUNDLE_LINES
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct outside_case {
	const char *name;
	const char *text;
	enum fault_id fault;
};

#define SEQ(n) \
	"satchel bundle/1 id=" ID " seq=" n " created=2026-03-01T10:00:00Z"
#define MADE(m) "satchel bundle/1 id=" ID " seq=41 created=" m
#define NAMED(id) \
	"satchel bundle/1 id=" id " seq=41 created=2026-03-01T10:00:00Z"

static const struct outside_case outsides[] = {
	{ "as it is written", TRUSTED, FAULT_NONE },
	{ "the first number", SEQ("1"), FAULT_NONE },
	{ "the last number", SEQ("9007199254740992"), FAULT_NONE },
	{ "one more than that", SEQ("9007199254740993"), LINES },
	{ "number 0", SEQ("0"), LINES },
	{ "a zero before a number", SEQ("041"), LINES },
	{ "a sign before a number", SEQ("+41"), LINES },
	{ "a negative number", SEQ("-1"), LINES },
	{ "17 digits", SEQ("10000000000000000"), LINES },
	{ "no number", SEQ(""), LINES },
	{ "a UUID of upper case", NAMED("0F8B3A52-6C1D-4E7A-9B20-5D4C3B2A1908"),
	    LINES },
	{ "a UUID without hyphens",
	    NAMED("0f8b3a526c1d4e7a9b205d4c3b2a19081234"), LINES },
	{ "a UUID with a letter too many",
	    NAMED("0f8b3a52-6c1d-4e7a-9b20-5d4c3b2a19080"), LINES },
	{ "a UUID cut short", NAMED("0f8b3a52-6c1d"), LINES },
	{ "a day that does not exist", MADE("2026-02-29T10:00:00Z"), LINES },
	{ "a fraction", MADE("2026-02-01T10:00:00.0Z"), LINES },
	{ "an hour that does not exist", MADE("2026-02-01T24:00:00Z"), LINES },
	{ "a leap second", MADE("2026-12-31T23:59:60Z"), LINES },
	{ "an offset", MADE("2026-02-01T10:00:00+00:00"), LINES },
	{ "a time cut short", MADE("2026-02-01T10:00:0"), LINES },
	{ "a space behind", TRUSTED " ", LINES },
	{ "another member behind", TRUSTED " x=1", LINES },
	{ "a tab between", "satchel bundle/1\tid=" ID, LINES },
	{ "two spaces", "satchel bundle/1  id=" ID, LINES },
	{ "another order", "satchel bundle/1 seq=41 id=" ID, LINES },
	{ "nothing", "", LINES },
	{ "something else", "timestamp:1700000000\tfile:x", LINES },
	{ "version 2", "satchel bundle/2 whatever", NEWER },
	{ "version 2 and no more", "satchel bundle/2", NEWER },
	{ "version 10", "satchel bundle/10 id=" ID, NEWER },
	{ "version 0", "satchel bundle/0 id=" ID, LINES },
	{ "version 01", "satchel bundle/01 id=" ID, LINES },
	{ "version 1x", "satchel bundle/1x id=" ID, LINES },
	{ "no version", "satchel bundle id=" ID, LINES },
	{ "another kind", "satchel totals/1 id=" ID, LINES },
};

static void
outside_holds(void **state)
{
	const struct outside_case *c = *state;
	char text[MINISIGN_COMMENT_MAX];
	struct bundle_outside o;
	struct fault why = { 0 };
	int rc = bundle_outside_read(c->text, &o, &why);

	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (rc == -1)
		return;
	bundle_outside_write(&o, text);
	assert_string_equal(text, c->text);
}

/* The four lines: a signature of anything at all has the right form. */

#define LINE1 "untrusted comment: satchel bundle\n"
#define AGE "age-encryption.org/v1\n"

struct lines_case {
	const char *name;
	const char *line1;
	const char *trusted;
	const char *rest;
	size_t cut; /* 0: nothing */
	enum fault_id fault;
};

#define NOT_ONE FAULT_BUNDLE_NOT_ONE

static const struct lines_case lines[] = {
	{ "as it is written", LINE1, TRUSTED, AGE "-> X25519", 0, FAULT_NONE },
	{ "no more than age's line", LINE1, TRUSTED, AGE, 0, FAULT_NONE },
	{ "no age part", LINE1, TRUSTED, "", 0, NOT_ONE },
	{ "half of age's line", LINE1, TRUSTED, "age-encryption.org", 0,
	    NOT_ONE },
	{ "another version of age", LINE1, TRUSTED, "age-encryption.org/v2\n",
	    0, NOT_ONE },
	{ "age's line with CRLF", LINE1, TRUSTED, "age-encryption.org/v1\r\n",
	    0, NOT_ONE },
	{ "armored age", LINE1, TRUSTED, "-----BEGIN AGE ENCRYPTED FILE-----",
	    0, NOT_ONE },
	{ "an empty line before age", LINE1, TRUSTED, "\n" AGE, 0, NOT_ONE },
	{ "a fifth line", LINE1, TRUSTED, "x\n" AGE, 0, NOT_ONE },
	{ "another first line", "untrusted comment: minisign\n", TRUSTED, AGE,
	    0, NOT_ONE },
	{ "age alone", AGE, TRUSTED, AGE, 0, NOT_ONE },
	{ "more on the first line", "untrusted comment: satchel bundles\n",
	    TRUSTED, AGE, 0, LINES },
	{ "CRLF on the first line", "untrusted comment: satchel bundle\r\n",
	    TRUSTED, AGE, 0, LINES },
	{ "a trusted comment of another kind", LINE1, "hello", AGE, 0, LINES },
	{ "a newer bundle", LINE1, "satchel bundle/2 x", AGE, 0, NEWER },
	{ "cut at once", LINE1, TRUSTED, AGE, 5, NOT_ONE },
	{ "cut in the first line's end", LINE1, TRUSTED, AGE, sizeof(LINE1) - 2,
	    LINES },
	{ "cut after the first line", LINE1, TRUSTED, AGE, sizeof(LINE1) - 1,
	    LINES },
	{ "cut in the second line", LINE1, TRUSTED, AGE, sizeof(LINE1) + 20,
	    LINES },
	{ "cut in the third line", LINE1, TRUSTED, AGE, 160, LINES },
	{ "cut in the fourth line", LINE1, TRUSTED, AGE, 270, LINES },
};

static void
make_lines(const struct lines_case *c, struct bytes *out)
{
	struct minisign_key *key;
	uint8_t hash[MINISIGN_HASH] = { 1 };
	struct fault why = { 0 };
	struct bytes signature;
	const char *second;

	key = minisign_key_new(&why);
	assert_non_null(key);
	bytes_init(&signature, 4096);
	assert_int_equal(minisign_sign(key, hash, BUNDLE_UNTRUSTED, c->trusted,
			     &signature, &why),
	    0);
	second = strchr((const char *)signature.at, '\n') + 1;
	assert_int_equal(bytes_add_text(out, c->line1, &why), 0);
	assert_int_equal(bytes_add_text(out, second, &why), 0);
	assert_int_equal(bytes_add_text(out, c->rest, &why), 0);
	bytes_free(&signature);
	minisign_key_free(key);
}

static void
lines_hold(void **state)
{
	const struct lines_case *c = *state;
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct fault why = { 0 };
	struct bytes text;
	size_t age_at = 0;
	int rc;

	bytes_init(&text, 4096);
	make_lines(c, &text);
	rc = bundle_lines_read(text.at, c->cut == 0 ? text.len : c->cut,
	    &signature, &outside, &age_at, &why);
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (rc == 0) {
		assert_int_equal(age_at, text.len - strlen(c->rest));
		assert_int_equal(outside.seq, 41);
		assert_string_equal(outside.id, ID);
	}
	bytes_free(&text);
}

/*
 * bundle.json, spoilt by putting one text in place of another.  SIGN and OPEN
 * stand for keys made for the test.
 */

static char sign_key[MINISIGN_PUBLIC_ROOM];
static char open_key[AGEKEY_RECIPIENT_ROOM];

static const char inside[] =
    "{\"satchel\":\"bundle/1\",\"id\":\"" ID "\",\"seq\":41,"
    "\"created\":\"2026-03-01T10:00:00Z\",\"use_by\":\"2026-05-30T10:00:00Z\","
    "\"environment\":\"live\","
    "\"from\":{\"node\":\"ET-GMB-03\",\"sign\":\"SIGN\"},"
    "\"to\":{\"node\":\"ET-HUB-01\",\"open\":\"OPEN\"},"
    "\"recovery\":[\"OPEN\"],"
    "\"stream\":{\"sequence\":17,\"previous\":{\"id\":\"" ID_BEFORE
    "\",\"sha256\":\"" HEX64 "\"}},"
    "\"agreement\":{\"id\":\"ET-2026\",\"version\":3,\"sha256\":\"" HEX64 "\"},"
    "\"acknowledges\":[{\"sequences\":\"1-4,6\","
    "\"refused\":[{\"sequence\":5,\"code\":\"B101\"}]}],"
    "\"log\":{\"checkpoint\":\"satchel log\\n12\\n\"}}";

struct inside_case {
	const char *name;
	const char *from;
	const char *to;
	enum fault_id fault;
	const char *detail;
};

#define INSIDE FAULT_BUNDLE_INSIDE
#define PREVIOUS "{\"id\":\"" ID_BEFORE "\",\"sha256\":\"" HEX64 "\"}"
#define SEQUENCES "\"sequences\":\"1-4,6\""
#define REFUSED "[{\"sequence\":5,\"code\":\"B101\"}]"
#define ENTRY "{" SEQUENCES ",\"refused\":" REFUSED "}"

static const struct inside_case insides[] = {
	{ "as it is written", "", "", FAULT_NONE, "" },
	{ "no log yet", ",\"log\":{\"checkpoint\":\"satchel log\\n12\\n\"}", "",
	    FAULT_NONE, "" },
	{ "a test", "\"live\"", "\"test\"", FAULT_NONE, "" },
	{ "no recovery", "[\"OPEN\"]", "[]", FAULT_NONE, "" },
	{ "nothing acknowledged", "[" ENTRY "]", "[]", FAULT_NONE, "" },
	{ "only refused ones", SEQUENCES, "\"sequences\":\"\"", FAULT_NONE,
	    "" },
	{ "none refused", REFUSED, "[]", FAULT_NONE, "" },
	{ "one range", SEQUENCES, "\"sequences\":\"1-4\"", FAULT_NONE, "" },
	{ "a node of sixteen letters", "ET-HUB-01", "ET-HUB-012345678",
	    FAULT_NONE, "" },

	{ "a newer one", "bundle/1", "bundle/2", NEWER, "bundle.json" },
	{ "a newer one with other members", "{\"satchel\":\"bundle/1\"",
	    "{\"new\":1.5,\"satchel\":\"bundle/3\"", INSIDE, "not whole" },
	{ "a newer one with new members", "{\"satchel\":\"bundle/1\"",
	    "{\"new\":1,\"satchel\":\"bundle/3\"", NEWER, "" },
	{ "another kind", "bundle/1", "totals/1", INSIDE, "satchel" },
	{ "a version that is a number", "\"bundle/1\"", "1", INSIDE,
	    "satchel" },
	{ "something behind the version", "bundle/1", "bundle/1 ", INSIDE,
	    "satchel" },
	{ "a list", inside, "[]", INSIDE, "satchel" },
	{ "no JSON", "{\"satchel\"", "{satchel", INSIDE, "line 1, column 2" },
	{ "a name twice", "\"seq\":41", "\"seq\":41,\"seq\":41", INSIDE,
	    "second member" },
	{ "a name that is unknown", "\"seq\":41", "\"seq\":41,\"Seq\":1",
	    INSIDE, "bundle.json has a member" },
	{ "an unknown name in from", "\"node\":\"ET-GMB-03\"",
	    "\"node\":\"ET-GMB-03\",\"x\":1", INSIDE, "from has" },
	{ "an unknown name in to", "\"node\":\"ET-HUB-01\"",
	    "\"node\":\"ET-HUB-01\",\"x\":1", INSIDE, "to has" },
	{ "an unknown name in stream", "\"sequence\":17",
	    "\"sequence\":17,\"x\":1", INSIDE, "stream has" },
	{ "an unknown name in previous", "{\"id\":\"" ID_BEFORE,
	    "{\"x\":1,\"id\":\"" ID_BEFORE, INSIDE, "stream.previous has" },
	{ "an unknown name in agreement", "\"version\":3",
	    "\"version\":3,\"x\":1", INSIDE, "agreement has" },
	{ "an unknown name in acknowledges", SEQUENCES, SEQUENCES ",\"x\":1",
	    INSIDE, "acknowledges has" },
	{ "an unknown name in refused", "\"sequence\":5",
	    "\"sequence\":5,\"x\":1", INSIDE, "acknowledges.refused has" },
	{ "an unknown name in log", "{\"checkpoint\"",
	    "{\"x\":1,\"checkpoint\"", INSIDE, "log has" },

	{ "no id", "\"id\":\"" ID "\",", "", INSIDE, "id" },
	{ "an id of upper case", "\"id\":\"0f8b", "\"id\":\"0F8B", INSIDE,
	    "id" },
	{ "seq 0", "\"seq\":41", "\"seq\":0", INSIDE, "seq" },
	{ "seq as text", "\"seq\":41", "\"seq\":\"41\"", INSIDE, "seq" },
	{ "seq as a fraction", "\"seq\":41", "\"seq\":41.0", INSIDE, "" },
	{ "seq null", "\"seq\":41", "\"seq\":null", INSIDE, "seq" },
	{ "created with a fraction", "01T10:00:00Z", "01T10:00:00.5Z", INSIDE,
	    "created" },
	{ "use_by on a day that does not exist", "2026-05-30", "2026-06-31",
	    INSIDE, "use_by" },
	{ "use_by as a day", "2026-05-30T10:00:00Z", "2026-05-30", INSIDE,
	    "use_by" },
	{ "another environment", "\"live\"", "\"Live\"", INSIDE,
	    "environment" },
	{ "no environment", "\"environment\":\"live\",", "", INSIDE,
	    "environment" },
	{ "from as text", "{\"node\":\"ET-GMB-03\",\"sign\":\"SIGN\"}", "\"x\"",
	    INSIDE, "from" },
	{ "a node of lower case", "ET-GMB-03", "et-gmb-03", INSIDE,
	    "from.node" },
	{ "a node of one letter", "ET-GMB-03", "E", INSIDE, "from.node" },
	{ "a node of seventeen letters", "ET-GMB-03", "ET-GMB-0312345678",
	    INSIDE, "from.node" },
	{ "a node with a slash", "ET-GMB-03", "ET/GMB", INSIDE, "from.node" },
	{ "no signing key", "\"SIGN\"", "null", INSIDE, "from.sign" },
	{ "half a signing key", "\"SIGN\"", "\"RWQ\"", INSIDE, "from.sign" },
	{ "an opening key as signing key", "\"SIGN\"", "\"OPEN\"", INSIDE,
	    "from.sign" },
	{ "no opening key", ",\"open\":\"OPEN\"", "", INSIDE, "to.open" },
	{ "an opening key of another kind", "\"open\":\"OPEN\"",
	    "\"open\":\"age1yubikey1x\"", INSIDE, "to.open" },
	{ "recovery as text", "[\"OPEN\"]", "\"OPEN\"", INSIDE, "recovery" },
	{ "recovery null", "[\"OPEN\"]", "null", INSIDE, "recovery" },
	{ "no recovery list", "\"recovery\":[\"OPEN\"],", "", INSIDE,
	    "recovery" },
	{ "a recovery key that is none", "[\"OPEN\"]", "[\"OPEN\",\"age1\"]",
	    INSIDE, "recovery" },
	{ "too many recovery keys", "[\"OPEN\"]",
	    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", INSIDE, "recovery" },
	{ "a sequence above seq", "\"sequence\":17", "\"sequence\":42", INSIDE,
	    "larger than seq" },
	{ "sequence 0", "\"sequence\":17", "\"sequence\":0", INSIDE,
	    "stream.sequence" },
	{ "the first with a previous", "\"sequence\":17", "\"sequence\":1",
	    INSIDE, "stream.previous" },
	{ "not the first without a previous", PREVIOUS, "null", INSIDE,
	    "stream.previous" },
	{ "the first", "17,\"previous\":" PREVIOUS, "1,\"previous\":null",
	    FAULT_NONE, "" },
	{ "the first without saying so", "17,\"previous\":" PREVIOUS, "1",
	    INSIDE, "stream.previous" },
	{ "a previous that is text", PREVIOUS, "\"x\"", INSIDE,
	    "stream.previous" },
	{ "a previous hash of upper case",
	    "\"sha256\":\"00112233445566778899aa",
	    "\"sha256\":\"00112233445566778899AA", INSIDE,
	    "stream.previous.sha256" },
	{ "a previous hash cut short", "eeff\"}},", "ee\"}},", INSIDE,
	    "stream.previous.sha256" },
	{ "no agreement id", "\"id\":\"ET-2026\",", "", INSIDE,
	    "agreement.id" },
	{ "an empty agreement id", "ET-2026", "", INSIDE, "agreement.id" },
	{ "an agreement id with a line feed", "ET-2026", "ET\\n", INSIDE,
	    "agreement.id" },
	{ "version 0 of the agreement", "\"version\":3", "\"version\":0",
	    INSIDE, "agreement.version" },
	{ "an agreement without a hash",
	    "\"version\":3,\"sha256\":\"" HEX64 "\"", "\"version\":3", INSIDE,
	    "agreement.sha256" },
	{ "two entries acknowledged", ENTRY, ENTRY "," ENTRY, INSIDE,
	    "acknowledges" },
	{ "acknowledges as an object", "[" ENTRY "]", ENTRY, INSIDE,
	    "acknowledges" },
	{ "acknowledges missing", "\"acknowledges\":[" ENTRY "],", "", INSIDE,
	    "acknowledges" },
	{ "an entry that is text", ENTRY, "\"1-4\"", INSIDE, "acknowledges" },
	{ "no sequences", SEQUENCES ",", "", INSIDE, "acknowledges.sequences" },
	{ "no refused", ",\"refused\":" REFUSED, "", INSIDE,
	    "acknowledges.refused" },
	{ "sequences that descend", "1-4,6", "6,1-4", INSIDE, "sequences" },
	{ "sequences that overlap", "1-4,6", "1-4,4-7", INSIDE, "sequences" },
	{ "a range the wrong way round", "1-4,6", "4-1", INSIDE, "sequences" },
	{ "a range of one", "1-4,6", "4-4", INSIDE, "sequences" },
	{ "a range without an end", "1-4,6", "1-", INSIDE, "sequences" },
	{ "a range from 0", "1-4,6", "0-4", INSIDE, "sequences" },
	{ "a zero before a number", "1-4,6", "01-4", INSIDE, "sequences" },
	{ "a comma at the end", "1-4,6", "1-4,", INSIDE, "sequences" },
	{ "a comma first", "1-4,6", ",1-4", INSIDE, "sequences" },
	{ "a space between", "1-4,6", "1-4, 6", INSIDE, "sequences" },
	{ "a range of three", "1-4,6", "1-4-6", INSIDE, "sequences" },
	{ "a number beyond 2^53", "1-4,6", "1-9007199254740993", INSIDE,
	    "sequences" },
	{ "imported and refused", "1-4,6", "1-6", INSIDE, "both" },
	{ "imported and refused, at an end", "1-4,6", "5-6", INSIDE, "both" },
	{ "a refused number 0", "\"sequence\":5", "\"sequence\":0", INSIDE,
	    "acknowledges.refused.sequence" },
	{ "no code", ",\"code\":\"B101\"", "", INSIDE,
	    "acknowledges.refused.code" },
	{ "a code of lower case", "B101", "b101", INSIDE,
	    "acknowledges.refused.code" },
	{ "log null", "{\"checkpoint\":\"satchel log\\n12\\n\"}", "null",
	    INSIDE, "log" },
	{ "an empty checkpoint", "satchel log\\n12\\n", "", INSIDE,
	    "log.checkpoint" },
};

/* Add text to out, with keys in place of SIGN and OPEN. */
static void
add_keys(struct bytes *out, const char *text)
{
	struct fault why = { 0 };
	size_t len;

	for (; *text != '\0'; text += len) {
		if (strncmp(text, "SIGN", len = 4) == 0)
			assert_int_equal(bytes_add_text(out, sign_key, &why),
			    0);
		else if (strncmp(text, "OPEN", len = 4) == 0)
			assert_int_equal(bytes_add_text(out, open_key, &why),
			    0);
		else
			assert_int_equal(bytes_add(out, text, len = 1, &why),
			    0);
	}
}

static void
spoil(struct bytes *out, const struct inside_case *c)
{
	const char *at = strstr(inside, c->from);
	struct bytes text;
	struct fault why;

	assert_non_null(at);
	bytes_init(&text, 8192);
	bytes_init(out, 8192);
	assert_int_equal(bytes_add(&text, inside, (size_t)(at - inside), &why),
	    0);
	assert_int_equal(bytes_add_text(&text, c->to, &why), 0);
	assert_int_equal(bytes_add_text(&text, at + strlen(c->from), &why), 0);
	add_keys(out, (const char *)text.at);
	bytes_free(&text);
}

static void
inside_holds(void **state)
{
	const struct inside_case *c = *state;
	struct fault why = { 0 };
	struct arena *a = arena_new(65536, &why);
	struct bundle_inside b;
	struct bytes text;
	struct bytes again;
	struct sink *to;
	int rc;

	spoil(&text, c);
	bytes_init(&again, 8192);
	rc = bundle_inside_read(text.at, text.len, a, &b, &why);
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (rc == -1)
		assert_non_null(strstr(why.detail, c->detail));
	if (rc == 0) {
		to = bytes_sink_new(&again, &why);
		assert_int_equal(bundle_inside_write(&b, to, &why), 0);
		assert_string_equal((const char *)again.at,
		    (const char *)text.at);
		sink_free(to);
	}
	bytes_free(&text);
	bytes_free(&again);
	arena_free(a);
}

struct order_case {
	const char *name;
	const char *names[8];
	const char *wrong; /* the one refused, or NULL */
};

#define J "bundle.json"
#define A "agreement/agreement.json"
#define T "totals.json"
#define R1 "records/000001.ndjson"
#define R2 "records/000002.ndjson"
#define F1 "files/" HEX64
#define F2        \
	"files/1" \
	"0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const struct order_case orders[] = {
	{ "the least", { J, T }, NULL },
	{ "records", { J, R1, R2, T }, NULL },
	{ "files", { J, R1, F1, F2, T }, NULL },
	{ "an agreement",
	    { J, A, "agreement/AA.minisig", "agreement/BB.minisig", R1, T },
	    NULL },
	{ "an agreement and rosters",
	    { J, A, "agreement/AA.minisig", "agreement/roster-AA.json",
		"agreement/roster-AA.json.minisig", "agreement/roster-BB.json",
		"agreement/roster-BB.json.minisig", T },
	    NULL },
	{ "rosters alone",
	    { J, "agreement/roster-AA.json", "agreement/roster-AA.json.minisig",
		T },
	    NULL },
	{ "names in the order of their bytes",
	    { J, A, "agreement/A-B.minisig", "agreement/AB.minisig", T },
	    NULL },
	{ "a code that begins another comes behind it",
	    { J, A, "agreement/AB-C.minisig", "agreement/AB.minisig",
		"agreement/ABC.minisig", T },
	    NULL },
	{ "nothing before bundle.json", { T }, T },
	{ "records first", { R1, J }, R1 },
	{ "bundle.json twice", { J, J }, J },
	{ "totals twice", { J, T, T }, T },
	{ "something behind the totals", { J, T, R1 }, R1 },
	{ "a file behind the totals", { J, T, F1 }, F1 },
	{ "records from 2", { J, R2 }, R2 },
	{ "records from 0", { J, "records/000000.ndjson" },
	    "records/000000.ndjson" },
	{ "a gap in the records", { J, R1, "records/000003.ndjson" },
	    "records/000003.ndjson" },
	{ "records twice", { J, R1, R1 }, R1 },
	{ "records behind files", { J, F1, R1 }, R1 },
	{ "files that descend", { J, F2, F1 }, F1 },
	{ "a file twice", { J, F1, F1 }, F1 },
	{ "an agreement behind records", { J, R1, A }, A },
	{ "an agreement twice", { J, A, A }, A },
	{ "a signature without agreement", { J, "agreement/AA.minisig" },
	    "agreement/AA.minisig" },
	{ "signatures that descend",
	    { J, A, "agreement/BB.minisig", "agreement/AA.minisig" },
	    "agreement/AA.minisig" },
	{ "signatures in the order of the codes",
	    { J, A, "agreement/AB.minisig", "agreement/AB-C.minisig" },
	    "agreement/AB-C.minisig" },
	{ "a signature twice",
	    { J, A, "agreement/AA.minisig", "agreement/AA.minisig" },
	    "agreement/AA.minisig" },
	{ "a signature behind rosters",
	    { J, A, "agreement/roster-AA.json",
		"agreement/roster-AA.json.minisig", "agreement/AA.minisig" },
	    "agreement/AA.minisig" },
	{ "a roster without signature", { J, "agreement/roster-AA.json", T },
	    T },
	{ "a roster without signature before a roster",
	    { J, "agreement/roster-AA.json", "agreement/roster-BB.json" },
	    "agreement/roster-BB.json" },
	{ "a roster signed for another",
	    { J, "agreement/roster-AA.json",
		"agreement/roster-BB.json.minisig" },
	    "agreement/roster-BB.json.minisig" },
	{ "a roster's signature alone",
	    { J, "agreement/roster-AA.json.minisig" },
	    "agreement/roster-AA.json.minisig" },
	{ "a roster's signature twice",
	    { J, "agreement/roster-AA.json", "agreement/roster-AA.json.minisig",
		"agreement/roster-AA.json.minisig" },
	    "agreement/roster-AA.json.minisig" },
	{ "rosters that descend",
	    { J, "agreement/roster-BB.json", "agreement/roster-BB.json.minisig",
		"agreement/roster-AA.json" },
	    "agreement/roster-AA.json" },
	{ "a roster behind records", { J, R1, "agreement/roster-AA.json" },
	    "agreement/roster-AA.json" },
	{ "an empty name", { J, "" }, "" },
	{ "another name", { J, "readme.txt" }, "readme.txt" },
	{ "upper case", { "Bundle.json" }, "Bundle.json" },
	{ "a folder before", { "./bundle.json" }, "./bundle.json" },
	{ "an absolute name", { "/bundle.json" }, "/bundle.json" },
	{ "something behind a name", { J, "totals.json/" }, "totals.json/" },
	{ "five digits", { J, "records/00001.ndjson" },
	    "records/00001.ndjson" },
	{ "seven digits", { J, "records/0000001.ndjson" },
	    "records/0000001.ndjson" },
	{ "a digit that is none", { J, "records/00000a.ndjson" },
	    "records/00000a.ndjson" },
	{ "something behind records", { J, "records/000001.ndjson~" },
	    "records/000001.ndjson~" },
	{ "records of another kind", { J, "records/000001.json" },
	    "records/000001.json" },
	{ "a file's hash of upper case",
	    { J,
		"files/A0112233445566778899aabbcc"
		"ddeeff00112233445566778899aabbccddeeff" },
	    "files/A" },
	{ "a file's hash cut short", { J, "files/00112233" }, "files/0011" },
	{ "something behind a file", { J, F1 ".jpg" }, F1 ".jpg" },
	{ "a step up", { J, "files/../../etc/passwd" }, "files/.." },
	{ "a party of lower case", { J, A, "agreement/aa.minisig" },
	    "agreement/aa" },
	{ "a party of one letter", { J, A, "agreement/A.minisig" },
	    "agreement/A." },
	{ "a party of seventeen letters",
	    { J, A, "agreement/ABCDEFGHIJKLMNOPQ.minisig" }, "agreement/ABC" },
	{ "a signature of no party", { J, A, "agreement/.minisig" },
	    "agreement/." },
	{ "a roster of no party", { J, "agreement/roster-.json" },
	    "agreement/roster-" },
};

static void
order_holds(void **state)
{
	const struct order_case *c = *state;
	struct bundle_name before;
	struct bundle_name now;
	struct fault why = { 0 };

	for (size_t i = 0; i < 8 && c->names[i] != NULL; i++) {
		int rc = bundle_name_read(c->names[i], i == 0 ? NULL : &before,
		    &now, &why);

		if (rc == -1) {
			assert_int_equal(why.id, FAULT_BUNDLE_TAR);
			assert_non_null(c->wrong);
			assert_memory_equal(c->names[i], c->wrong,
			    strlen(c->wrong));
			assert_true(i == 7 || c->names[i + 1] == NULL ||
			    strcmp(c->wrong, c->names[i]) == 0);
			return;
		}
		before = now;
	}
	assert_null(c->wrong);
}

static const char totals[] =
    "{\"satchel\":\"totals/1\",\"records\":{\"recall\":0,\"receipt\":0,"
    "\"answer\":0,\"status\":0,\"referral\":2},\"members\":["
    "{\"name\":\"bundle.json\",\"size\":812,\"sha256\":\"" HEX64 "\"},"
    "{\"name\":\"records/000001.ndjson\",\"size\":99,\"sha256\":\"" HEX64
    "\"}]}";

struct totals_case {
	const char *name;
	const char *from;
	const char *to;
	const char *detail;
	enum fault_id fault;
	bool without_records;
};

#define TOTALS FAULT_BUNDLE_TOTALS
#define ENTRY2                                                                 \
	",{\"name\":\"records/000001.ndjson\",\"size\":99,\"sha256\":\"" HEX64 \
	"\"}"

static const struct totals_case totals_cases[] = {
	{ "as it is written", "", "", "", FAULT_NONE, false },
	{ "another order of members", "\"recall\":0,\"receipt\":0",
	    "\"receipt\":0,\"recall\":0", "", FAULT_NONE, false },
	{ "a newer one", "totals/1", "totals/2", "totals.json", NEWER, false },
	{ "another kind", "totals/1", "bundle/1", "form", TOTALS, false },
	{ "no version", "\"satchel\":\"totals/1\",", "", "form", TOTALS,
	    false },
	{ "no JSON", "{\"satchel\"", "{satchel", "line 1", TOTALS, false },
	{ "a list", totals, "[]", "form", TOTALS, false },
	{ "an unknown name", "\"records\":{", "\"x\":1,\"records\":{", "form",
	    TOTALS, false },
	{ "an unknown type", "\"recall\":0", "\"recall\":0,\"x\":0", "records",
	    TOTALS, false },
	{ "another type in place of one", "\"recall\":0", "\"x\":0",
	    "records.recall", TOTALS, false },
	{ "a type missing", "\"status\":0,", "", "records", TOTALS, false },
	{ "records missing",
	    "\"records\":{\"recall\":0,\"receipt\":0,"
	    "\"answer\":0,\"status\":0,\"referral\":2},",
	    "", "records", TOTALS, false },
	{ "a referral more", "\"referral\":2", "\"referral\":3",
	    "records.referral says 3, there are 2", TOTALS, false },
	{ "a referral more, not compared", "\"referral\":2", "\"referral\":3",
	    "", FAULT_NONE, true },
	{ "a negative number", "\"status\":0", "\"status\":-1",
	    "records.status", TOTALS, true },
	{ "a number as text", "\"status\":0", "\"status\":\"0\"",
	    "records.status", TOTALS, true },
	{ "a member missing", ENTRY2, "", "lists 1 members, there are 2",
	    TOTALS, false },
	{ "a member more", ENTRY2, ENTRY2 ENTRY2,
	    "lists 3 members, there are 2", TOTALS, false },
	{ "another name", "\"bundle.json\"", "\"Bundle.json\"",
	    "member bundle.json: name", TOTALS, false },
	{ "another size", "812", "813", "member bundle.json: size", TOTALS,
	    false },
	{ "another hash", "ddeeff\"}]", "ddeef0\"}]",
	    "member records/000001.ndjson: sha256", TOTALS, false },
	{ "a hash of upper case", "ddeeff\"}]", "ddeeFF\"}]", "sha256", TOTALS,
	    false },
	{ "an unknown name in a member", "\"size\":99", "\"size\":99,\"x\":1",
	    "member records/000001.ndjson: form", TOTALS, false },
	{ "a member that is text", ENTRY2, ",\"x\"", "form", TOTALS, false },
	{ "no members", ",\"members\":[", ",\"x\":[", "form", TOTALS, false },
	{ "members null",
	    "\"members\":[{\"name\":\"bundle.json\",\"size\":812,"
	    "\"sha256\":\"" HEX64 "\"}" ENTRY2 "]",
	    "\"members\":null", "members", TOTALS, false },
};

static struct bundle_totals *
counted(void)
{
	uint8_t sha256[32];
	struct fault why = { 0 };
	struct bundle_totals *t = bundle_totals_new(&why);

	assert_non_null(t);
	assert_true(digest_unhex(HEX64, sha256, sizeof(sha256)));
	assert_int_equal(bundle_totals_member(t, J, 812, sha256, &why), 0);
	assert_int_equal(bundle_totals_member(t, R1, 99, sha256, &why), 0);
	bundle_totals_record(t, BUNDLE_REFERRAL);
	bundle_totals_record(t, BUNDLE_REFERRAL);
	assert_int_equal(bundle_totals_count(t, BUNDLE_REFERRAL), 2);
	assert_int_equal(bundle_totals_count(t, BUNDLE_RECALL), 0);
	return t;
}

static void
totals_hold(void **state)
{
	const struct totals_case *c = *state;
	struct bundle_totals *t = counted();
	const char *at = strstr(totals, c->from);
	struct fault why = { 0 };
	struct bytes text;
	struct sink *to;
	int rc;

	assert_non_null(at);
	bytes_init(&text, 4096);
	assert_int_equal(bytes_add(&text, totals, (size_t)(at - totals), &why),
	    0);
	assert_int_equal(bytes_add_text(&text, c->to, &why), 0);
	assert_int_equal(bytes_add_text(&text, at + strlen(c->from), &why), 0);
	rc = bundle_totals_agree(t, text.at, text.len, !c->without_records,
	    &why);
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_non_null(strstr(why.detail, c->detail));
	bytes_empty(&text);
	to = bytes_sink_new(&text, &why);
	assert_int_equal(bundle_totals_write(t, to, &why), 0);
	assert_string_equal((const char *)text.at, totals);
	sink_free(to);
	bytes_free(&text);
	bundle_totals_free(t);
	bundle_totals_free(NULL);
}

struct record_case {
	const char *name;
	const char *text;
	bool known;
	enum bundle_record kind;
};

static const struct record_case records[] = {
	{ "a recall", "{\"type\":\"recall\"}", true, BUNDLE_RECALL },
	{ "a receipt", "{\"type\":\"receipt\"}", true, BUNDLE_RECEIPT },
	{ "an answer", "{\"type\":\"answer\"}", true, BUNDLE_ANSWER },
	{ "a status", "{\"type\":\"status\"}", true, BUNDLE_STATUS },
	{ "a referral", "{\"ref\":1,\"type\":\"referral\"}", true,
	    BUNDLE_REFERRAL },
	{ "another type", "{\"type\":\"Referral\"}", false, BUNDLE_RECALL },
	{ "a type that is a number", "{\"type\":4}", false, BUNDLE_RECALL },
	{ "no type", "{\"Type\":\"referral\"}", false, BUNDLE_RECALL },
	{ "a list", "[\"type\",\"referral\"]", false, BUNDLE_RECALL },
};

static void
record_holds(void **state)
{
	const struct record_case *c = *state;
	enum bundle_record kind = BUNDLE_RECORDS;
	struct fault why = { 0 };
	struct json *j;

	assert_int_equal(json_read(c->text, strlen(c->text), &json_record, &j,
			     &why),
	    0);
	assert_int_equal(bundle_record_kind(json_root(j), &kind), c->known);
	if (c->known) {
		assert_int_equal(kind, c->kind);
		assert_non_null(strstr(c->text, bundle_record_name(kind)));
	}
	json_free(j);
}

static void
make_keys(void)
{
	struct fault why = { 0 };
	struct minisign_key *sign;
	struct agekey *opening;
	struct minisign_public public;

	if (random_start() != 0 || (sign = minisign_key_new(&why)) == NULL ||
	    (opening = agekey_new(&why)) == NULL)
		abort();
	minisign_key_copy_public(sign, &public);
	minisign_public_write(&public, sign_key);
	agekey_copy_recipient(opening, open_key);
	minisign_key_free(sign);
	agekey_free(opening);
}

int
main(void)
{
	make_keys();
	return ROWS_RUN("bundle outside", outsides, outside_holds) +
	    ROWS_RUN("bundle lines", lines, lines_hold) +
	    ROWS_RUN("bundle inside", insides, inside_holds) +
	    ROWS_RUN("bundle names", orders, order_holds) +
	    ROWS_RUN("bundle totals", totals_cases, totals_hold) +
	    ROWS_RUN("bundle records", records, record_holds);
}
