/*
 * A row is the text of a credentials file; it is sealed as stock age would and
 * read back.  What it must give, or the word that the fault's detail has.
 */
#include "systems/credentials.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "crypto/agekey.h"
#include "crypto/login.h"
#include "crypto/random.h"
#include "tests/unit/rows.h"

#define SECRET "made-up-secret"
#define START "{\"satchel\":\"credentials/1\",\"system\":\"primero\","
#define URL "\"url\":\"https://primero.example.invalid\""
#define USER ",\"user\":\"satchel\",\"password\":\"" SECRET "\""

struct file {
	const char *name;
	const char *text;
	const char *fault; /* NULL: it can be read */
	enum credentials_system system;
	enum login_part part; /* that holds the secret */
};

static const struct file files[] = {
	{ "user and password", START URL USER "}", NULL, CREDENTIALS_PRIMERO,
	    LOGIN_PASSWORD },
	{ "a bearer token",
	    "{\"satchel\":\"credentials/1\",\"system\":\"ping\"," URL
	    ",\"bearer\":\"" SECRET "\"}",
	    NULL, CREDENTIALS_PING, LOGIN_BEARER },
	{ "a certificate and a subscription key",
	    "{\"satchel\":\"credentials/1\",\"system\":\"dtp\"," URL
	    ",\"client_certificate\":\"-----BEGIN\\nx\\n\",\"client_key\":"
	    "\"-----BEGIN\\ny\\n\",\"header\":\"Ocp-Apim-Subscription-Key\","
	    "\"value\":\"" SECRET "\"}",
	    NULL, CREDENTIALS_DTP, LOGIN_VALUE },
	{ "with an authority of its own",
	    START URL USER ",\"ca\":\"-----BEGIN\\nz\\n\"}", NULL,
	    CREDENTIALS_PRIMERO, LOGIN_PASSWORD },
	{ "no JSON", "user: " SECRET, "line 1", 0, 0 },
	{ "a list", "[]", "no object", 0, 0 },
	{ "another form", "{\"satchel\":\"credentials/2\"}", "satchel", 0, 0 },
	{ "an unknown system",
	    "{\"satchel\":\"credentials/1\",\"system\":\"proGres\"}", "system",
	    0, 0 },
	{ "no address", START "\"user\":\"a\",\"password\":\"b\"}", "url", 0,
	    0 },
	{ "an unknown member", START URL USER ",\"" SECRET "\":1}", "not known",
	    0, 0 },
	{ "nothing to show", START URL "}", "nothing", 0, 0 },
	{ "a password without a user",
	    START URL ",\"password\":\"" SECRET "\"}", "go together", 0, 0 },
	{ "a certificate without its key",
	    START URL USER ",\"client_certificate\":\"x\"}", "go together", 0,
	    0 },
	{ "a header without a value", START URL USER ",\"header\":\"X\"}",
	    "go together", 0, 0 },
	{ "two ways in", START URL USER ",\"bearer\":\"" SECRET "\"}", "both",
	    0, 0 },
	{ "a password that is a number",
	    START URL ",\"user\":\"a\",\"password\":12345}", "password", 0, 0 },
	{ "an empty password", START URL ",\"user\":\"a\",\"password\":\"\"}",
	    "password", 0, 0 },
	{ "a token that would begin another header",
	    START URL ",\"bearer\":\"" SECRET "\\r\\nX: y\"}", "one line", 0,
	    0 },
	{ "a header that would begin another",
	    START URL ",\"header\":\"A: b\",\"value\":\"" SECRET "\"}",
	    "header", 0, 0 },
	{ "a process that waits, of another system than PING",
	    START URL USER ",\"pending_referrals\":\"SHP-1\"}", "ping alone", 0,
	    0 },
	{ "a process that is none",
	    START URL USER ",\"pending_referrals\":\"SHP 1/../\"}",
	    "no process", 0, 0 },
	{ "a user with a colon",
	    START URL ",\"user\":\"a:b\",\"password\":\"" SECRET "\"}", "user",
	    0, 0 },
};

static void
seal(const struct agekey *key, const char *text, struct bytes *out)
{
	struct fault why = { .id = FAULT_NONE };
	char recipient[AGEKEY_RECIPIENT_ROOM];
	const char *const to[] = { recipient };
	struct sink *end, *s;

	agekey_copy_recipient(key, recipient);
	end = bytes_sink_new(out, &why);
	assert_non_null(end);
	s = age_encrypt_new(&end, to, 1, &why);
	assert_non_null(s);
	assert_int_equal(sink_write(s, text, strlen(text), &why), 0);
	assert_int_equal(sink_finish(s, &why), 0);
	sink_free(s);
}

static void
file_holds(void **state)
{
	const struct file *c = *state;
	struct fault why = { .id = FAULT_NONE };
	struct agekey *key = agekey_new(&why);
	const struct agekey *keys[] = { key };
	const struct age_opener with = { .keys = keys, .key_count = 1 };
	struct credentials *got;
	struct bytes sealed;

	assert_non_null(key);
	bytes_init(&sealed, 1 << 20);
	seal(key, c->text, &sealed);
	got = credentials_read(sealed.at, sealed.len, &with, &why);
	if (c->fault != NULL) {
		assert_null(got);
		assert_int_equal(why.id, FAULT_CREDENTIALS);
		if (strstr(why.detail, c->fault) == NULL)
			fail_msg("said: %s", why.detail);
		assert_null(strstr(why.detail, SECRET));
	} else {
		if (got == NULL)
			fail_msg("%s", why.detail);
		assert_int_equal(credentials_system(got), c->system);
		assert_string_equal(credentials_url(got),
		    "https://primero.example.invalid");
		assert_string_equal(login_get(credentials_login(got), c->part),
		    SECRET);
	}
	credentials_free(got);
	bytes_free(&sealed);
	agekey_free(key);
}

/* Sealed to somebody else, and not sealed at all. */
static void
only_for_us(void **state)
{
	struct fault why = { .id = FAULT_NONE };
	struct agekey *key = agekey_new(&why), *other = agekey_new(&why);
	const struct agekey *keys[] = { other };
	const struct age_opener with = { .keys = keys, .key_count = 1 };
	struct bytes sealed;

	(void)state;
	bytes_init(&sealed, 1 << 20);
	seal(key, files[0].text, &sealed);
	assert_null(credentials_read(sealed.at, sealed.len, &with, &why));
	assert_int_equal(why.id, FAULT_AGE_NO_MATCH);
	assert_null(credentials_read(files[0].text, strlen(files[0].text),
	    &with, &why));
	assert_int_equal(why.id, FAULT_AGE_HEADER);
	bytes_free(&sealed);
	agekey_free(key);
	agekey_free(other);
}

int
main(void)
{
	static const struct {
		const char *name;
	} once[] = { { "sealed to us alone" } };

	if (random_start() == -1)
		return 1;
	return ROWS_RUN("credentials", files, file_holds) +
	    ROWS_RUN("for us", once, only_for_us);
}
