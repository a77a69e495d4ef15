#include "systems/credentials.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/login.h"
#include "formats/json.h"

#define FORM "credentials/1"
#define TEXT_MAX ((size_t)256 * 1024)
#define PIECE 4096
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct credentials {
	enum credentials_system system;
	char *url;
	char *pending; /* NULL: not said */
	struct login *login;
};

/* Which member goes where, and whether it may have several lines. */
static const struct {
	const char *name;
	enum login_part part;
	bool lines;
} parts[] = {
	{ "user", LOGIN_USER, false },
	{ "password", LOGIN_PASSWORD, false },
	{ "bearer", LOGIN_BEARER, false },
	{ "client_certificate", LOGIN_CERTIFICATE, true },
	{ "client_key", LOGIN_KEY, true },
	{ "header", LOGIN_HEADER, false },
	{ "value", LOGIN_VALUE, false },
	{ "ca", LOGIN_CA, true },
};

static const char *const members[] = { "satchel", "system", "url", "user",
	"password", "bearer", "client_certificate", "client_key", "header",
	"value", "ca", "pending_referrals", NULL };

static const char *const systems[] = {
	[CREDENTIALS_PRIMERO] = "primero",
	[CREDENTIALS_PING] = "ping",
	[CREDENTIALS_DTP] = "dtp",
	[CREDENTIALS_UPLOAD] = "upload",
};

/* A line end in one of these would begin another header. */
static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool
is_header_name(const char *text)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_";

	return strspn(text, fine) == strlen(text);
}

static int
take_part(struct login *l, const struct json_node *root, size_t i,
    struct fault *why)
{
	const struct json_node *n = json_get(root, parts[i].name);
	const char *text = json_text(n);

	if (n == NULL)
		return 0;
	if (text == NULL || *text == '\0')
		return FAIL(why, FAULT_CREDENTIALS, "%s is no text",
		    parts[i].name);
	if (!parts[i].lines && !is_one_line(text))
		return FAIL(why, FAULT_CREDENTIALS, "%s is not one line",
		    parts[i].name);
	return login_set(l, parts[i].part, text, why);
}

/* Both or neither. */
static int
check_pair(const struct login *l, enum login_part a, enum login_part b,
    const char *names, struct fault *why)
{
	if ((login_get(l, a) == NULL) != (login_get(l, b) == NULL))
		return FAIL(why, FAULT_CREDENTIALS, "%s go together", names);
	return 0;
}

static int
check_login(const struct login *l, struct fault *why)
{
	const char *user = login_get(l, LOGIN_USER);
	const char *header = login_get(l, LOGIN_HEADER);

	if (check_pair(l, LOGIN_USER, LOGIN_PASSWORD, "user and password",
		why) == -1 ||
	    check_pair(l, LOGIN_CERTIFICATE, LOGIN_KEY,
		"client_certificate and client_key", why) == -1 ||
	    check_pair(l, LOGIN_HEADER, LOGIN_VALUE, "header and value", why) ==
		-1)
		return -1;
	if (user != NULL && login_get(l, LOGIN_BEARER) != NULL)
		return FAIL(why, FAULT_CREDENTIALS,
		    "it has both a password and a bearer token");
	if (user == NULL && login_get(l, LOGIN_BEARER) == NULL &&
	    login_get(l, LOGIN_CERTIFICATE) == NULL && header == NULL)
		return FAIL(why, FAULT_CREDENTIALS, "it has nothing to show");
	/* The header of a login ends the user at the first of these. */
	if (user != NULL && strchr(user, ':') != NULL)
		return FAIL(why, FAULT_CREDENTIALS, "user has a : in it");
	if (header != NULL && !is_header_name(header))
		return FAIL(why, FAULT_CREDENTIALS,
		    "header is no name of a header");
	return 0;
}

static int
take_system(struct credentials *c, const struct json_node *root,
    struct fault *why)
{
	const char *form = json_get_text(root, "satchel");
	const char *system = json_get_text(root, "system");
	const char *url = json_get_text(root, "url");
	size_t i;

	if (form == NULL || strcmp(form, FORM) != 0)
		return FAIL(why, FAULT_CREDENTIALS, "satchel is not %s", FORM);
	for (i = 0; system != NULL && i < COUNT(systems); i++)
		if (strcmp(system, systems[i]) == 0)
			break;
	if (system == NULL || i == COUNT(systems))
		return FAIL(why, FAULT_CREDENTIALS,
		    "system is none of primero, ping, dtp, upload");
	if (url == NULL || *url == '\0' || !is_one_line(url))
		return FAIL(why, FAULT_CREDENTIALS, "url is missing");
	c->system = (enum credentials_system)i;
	if ((c->url = malloc(strlen(url) + 1)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "credentials");
	memcpy(c->url, url, strlen(url) + 1);
	return 0;
}

/* An id that PING has for a process of its own; never part of a secret. */
static int
take_pending(struct credentials *c, const struct json_node *root,
    struct fault *why)
{
	const struct json_node *n = json_get(root, "pending_referrals");
	const char *text = json_text(n);

	if (n == NULL)
		return 0;
	if (text == NULL || *text == '\0' || !is_header_name(text))
		return FAIL(why, FAULT_CREDENTIALS,
		    "pending_referrals is no process, like SHP-2000");
	if (c->system != CREDENTIALS_PING)
		return FAIL(why, FAULT_CREDENTIALS,
		    "pending_referrals is for ping alone");
	if ((c->pending = malloc(strlen(text) + 1)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "credentials");
	memcpy(c->pending, text, strlen(text) + 1);
	return 0;
}

static int
take_all(struct credentials *c, const struct json_node *root, struct fault *why)
{
	if (json_kind(root) != JSON_OBJECT)
		return FAIL(why, FAULT_CREDENTIALS, "it is no object");
	/* The unknown name itself may be a slip of something secret. */
	if (json_unknown_name(root, members) != NULL)
		return FAIL(why, FAULT_CREDENTIALS,
		    "it has a member that is not known");
	if (take_system(c, root, why) == -1 || take_pending(c, root, why) == -1)
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (take_part(c->login, root, i, why) == -1)
			return -1;
	return check_login(c->login, why);
}

static int
open_file(const void *bytes, size_t len, const struct age_opener *with,
    struct bytes *out, struct fault *why)
{
	struct source *from = source_from_bytes(bytes, len, why), *plain = NULL;
	uint8_t piece[PIECE];
	size_t got = 0;
	int rc = -1;

	if (from == NULL)
		return -1;
	if ((plain = age_decrypt_new(&from, with, NULL, why)) == NULL)
		goto done;
	do {
		if (source_read(plain, piece, sizeof(piece), &got, why) == -1)
			goto done;
		if (bytes_add(out, piece, got, why) == -1)
			goto done;
	} while (got > 0);
	rc = 0;

done:
	platform_wipe(piece, sizeof(piece));
	source_free(plain);
	source_free(from);
	return rc;
}

struct credentials *
credentials_read(const void *bytes, size_t len, const struct age_opener *with,
    struct fault *why)
{
	struct credentials *c = calloc(1, sizeof(*c));
	struct json *file = NULL;
	struct bytes text;
	bool fine = false;

	if (c == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "credentials");
		return NULL;
	}
	bytes_init(&text, TEXT_MAX);
	if ((c->login = login_new(why)) == NULL ||
	    open_file(bytes, len, with, &text, why) == -1)
		goto done;
	if (json_read(text.at, text.len, &json_record, &file, why) == -1) {
		if (why->id == FAULT_JSON)
			fault_set(why, FAULT_CREDENTIALS, "%s", why->detail);
		goto done;
	}
	fine = take_all(c, json_root(file), why) == 0;

done:
	json_free(file);
	bytes_free(&text);
	if (fine)
		return c;
	credentials_free(c);
	return NULL;
}

void
credentials_free(struct credentials *c)
{
	if (c == NULL)
		return;
	login_free(c->login);
	free(c->url);
	free(c->pending);
	free(c);
}

enum credentials_system
credentials_system(const struct credentials *c)
{
	return c->system;
}

const char *
credentials_system_name(enum credentials_system s)
{
	return systems[s];
}

const char *
credentials_url(const struct credentials *c)
{
	return c->url;
}

const char *
credentials_pending(const struct credentials *c)
{
	return c->pending;
}

const struct login *
credentials_login(const struct credentials *c)
{
	return c->login;
}
