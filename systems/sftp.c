#include "systems/sftp.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "systems/http.h"
#include "systems/http_memory.h"
#include "systems/line.h"
#include "systems/place.h"
#include "systems/place_list.h"

#define CONNECT_SECONDS 30
#define STALL_SECONDS 60
#define URL_MAX 8192
#define DENIALS 3
#define MUTE_TRIES 3
#define MUTE (2 * MUTE_TRIES)
#define PIN_SCHEME "SHA256:"
#define PIN_LENGTH 43 /* of 32 bytes in base64, without the = */

/* --- opening --- */

static char *
copy_text(const char *text, struct fault *why)
{
	size_t len = strlen(text) + 1;
	char *copy = malloc(len);

	if (copy == NULL)
		fault_set(why, FAULT_NO_MEMORY, "an address");
	else
		memcpy(copy, text, len);
	return copy;
}

/* A part of the address, the caller's; NULL if there is none. */
static char *
part_of(CURLU *u, CURLUPart part, unsigned int flags)
{
	struct fault unused = { .id = FAULT_NONE };
	char *text = NULL, *copy;

	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return NULL;
	copy = copy_text(text, &unused);
	curl_free(text);
	return copy;
}

static bool
has_part(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

/* "/~/x/" is x in the home of the user; the server knows it as "x/". */
static int
take_folder(struct sftp *s, char *path, struct fault *why)
{
	size_t len = path == NULL ? 0 : strlen(path);

	if (len == 0)
		return FAIL(why, FAULT_SERVER_ADDRESS, "it names no folder");
	if ((s->path = calloc(1, len + 2)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "an address");
	memcpy(s->path, path, len);
	if (path[len - 1] != '/')
		s->path[len] = '/';
	s->folder =
	    place_list_unescaped(strncmp(s->path, "/~/", 3) == 0 ? s->path + 3 :
								   s->path,
		why);
	if (s->folder == NULL)
		return -1;
	for (const char *c = s->folder; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			return FAIL(why, FAULT_SERVER_ADDRESS,
			    "there is a control character in it");
	return 0;
}

static int
take_root(struct sftp *s, CURLU *u, struct fault *why)
{
	char *port = part_of(u, CURLUPART_PORT, 0);
	size_t room;

	s->host = part_of(u, CURLUPART_HOST, 0);
	if (s->host == NULL) {
		free(port);
		return FAIL(why, FAULT_SERVER_ADDRESS, "it names no server");
	}
	room = strlen(s->host) + 32;
	if ((s->root = malloc(room)) == NULL) {
		free(port);
		return FAIL(why, FAULT_NO_MEMORY, "an address");
	}
	(void)snprintf(s->root, room, "sftp://%s%s%.5s", s->host,
	    port == NULL ? "" : ":", port == NULL ? "" : port);
	free(port);
	return 0;
}

static int
take_address(struct sftp *s, CURLU *u, const char *url, struct fault *why)
{
	char *path;
	int rc;

	if (strlen(url) > URL_MAX / 2 ||
	    curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
		return FAIL(why, FAULT_SERVER_ADDRESS, "it cannot be read");
	if (has_part(u, CURLUPART_PASSWORD) || has_part(u, CURLUPART_QUERY) ||
	    has_part(u, CURLUPART_FRAGMENT) || has_part(u, CURLUPART_OPTIONS))
		return FAIL(why, FAULT_SERVER_ADDRESS,
		    "there is more in it than a user, a server and a folder");
	if ((s->user = part_of(u, CURLUPART_USER, CURLU_URLDECODE)) == NULL)
		return FAIL(why, FAULT_SERVER_ADDRESS,
		    "it names no user: sftp://user@server/folder/");
	path = part_of(u, CURLUPART_PATH, 0);
	rc = take_root(s, u, why) == -1 ? -1 : take_folder(s, path, why);
	free(path);
	return rc;
}

/* "SHA256:" and 43 characters of base64, with or without = at its end. */
static int
take_pin(struct sftp *s, const char *pin, struct fault *why)
{
	const char *text = pin + strlen(PIN_SCHEME);
	size_t len;

	if (strncmp(pin, PIN_SCHEME, strlen(PIN_SCHEME)) != 0)
		return FAIL(why, FAULT_USAGE,
		    "a host key is named by SHA256:..., as ssh-keygen -lf "
		    "shows it");
	len = strspn(text,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
	    "wxyz0123456789+/");
	if (len != PIN_LENGTH ||
	    (text[len] != '\0' && strcmp(text + len, "=") != 0))
		return FAIL(why, FAULT_USAGE,
		    "what stands behind SHA256: is no fingerprint");
	s->pin = copy_text(text, why);
	return s->pin == NULL ? -1 : 0;
}

/* libcurl says of a key that is not there that nobody was let in. */
static int
take_key(struct sftp *s, const char *path, struct fault *why)
{
	struct folder *dir;
	char name[256];
	int fd;

	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		return -1;
	fd = folder_open_file(dir, name, why);
	folder_close(dir);
	if (fd == -1)
		return -1;
	(void)close(fd);
	s->key = copy_text(path, why);
	return s->key == NULL ? -1 : 0;
}

/*
 * A server has host keys of several kinds and shows one that both sides can
 * read; libssh2 likes others than ssh does, whose fingerprints people know.  A
 * list of known hosts is the one way to tell libcurl which kind to ask for.
 * Which key it is, the pin alone decides.
 */
static void
ask_for_kind(struct sftp *s)
{
	if ((s->known = tmpfile()) == NULL)
		return;
	(void)fprintf(s->known,
	    "%s ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAA\n",
	    s->host);
	(void)fflush(s->known);
	s->asks = true;
}

int
sftp_open(struct sftp *s, const struct place_order *o, struct fault *why)
{
	CURLU *u = NULL;
	bool fine = false;

	*s = (struct sftp){ .meter = o->meter };
	bytes_init(&s->url, URL_MAX);
	s->connect_seconds =
	    o->connect_seconds > 0 ? o->connect_seconds : CONNECT_SECONDS;
	s->stall_seconds =
	    o->stall_seconds > 0 ? o->stall_seconds : STALL_SECONDS;
	if (http_memory_start(why) == -1)
		return -1;
	if ((u = curl_url()) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		goto done;
	}
	if (take_address(s, u, o->url, why) == -1 ||
	    take_pin(s, o->ssh_host_key, why) == -1 ||
	    take_key(s, o->ssh_key, why) == -1 ||
	    (s->line = line_new(o->meter, why)) == NULL)
		goto done;
	if ((s->curl = curl_easy_init()) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "libcurl");
		goto done;
	}
	ask_for_kind(s);
	fine = true;

done:
	curl_url_cleanup(u);
	if (fine)
		return 0;
	sftp_close(s);
	return -1;
}

void
sftp_close(struct sftp *s)
{
	curl_easy_cleanup(s->curl);
	line_free(s->line);
	if (s->known != NULL)
		(void)fclose(s->known);
	bytes_free(&s->url);
	free(s->root);
	free(s->host);
	free(s->user);
	free(s->path);
	free(s->folder);
	free(s->key);
	free(s->pin);
}

/* --- one transfer --- */

static CURLcode
set_known(struct sftp *s)
{
	char path[32];

	if (s->known == NULL || !s->asks)
		return CURLE_OK;
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fileno(s->known));
	return curl_easy_setopt(s->curl, CURLOPT_SSH_KNOWNHOSTS, path);
}

static CURLcode
set_all(struct sftp *s)
{
	CURL *c = s->curl;
	CURLcode rc = line_set(s->line, c);
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_SSH_AUTH_TYPES, CURLSSH_AUTH_PUBLICKEY },
		{ CURLOPT_CONNECTTIMEOUT, s->connect_seconds },
	};
	const struct {
		CURLoption option;
		const char *value;
	} texts[] = {
		{ CURLOPT_URL, (const char *)s->url.at },
		{ CURLOPT_PROTOCOLS_STR, "sftp" },
		{ CURLOPT_USERNAME, s->user },
		{ CURLOPT_PASSWORD, "" },
		{ CURLOPT_SSH_PRIVATE_KEYFILE, s->key },
		{ CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, s->pin },
	};

	for (size_t i = 0;
	     i < sizeof(numbers) / sizeof(numbers[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(c, numbers[i].option, numbers[i].value);
	for (size_t i = 0;
	     i < sizeof(texts) / sizeof(texts[0]) && rc == CURLE_OK; i++)
		rc = curl_easy_setopt(c, texts[i].option, texts[i].value);
	return rc == CURLE_OK ? set_known(s) : rc;
}

static CURLcode
set_transfer(struct sftp *s, const struct sftp_transfer *t,
    struct curl_slist *quote)
{
	CURL *c = s->curl;
	CURLcode rc = set_all(s);

	if (rc == CURLE_OK && (t->length != NULL || quote != NULL))
		rc = curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	if (rc == CURLE_OK && quote != NULL)
		rc = curl_easy_setopt(c, CURLOPT_QUOTE, quote);
	if (rc == CURLE_OK && t->fresh)
		rc = curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	if (rc == CURLE_OK && t->write != NULL)
		rc = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, t->write);
	if (rc == CURLE_OK && t->write != NULL)
		rc = curl_easy_setopt(c, CURLOPT_WRITEDATA, t->with);
	if (rc == CURLE_OK && t->range != NULL)
		rc = curl_easy_setopt(c, CURLOPT_RANGE, t->range);
	if (rc != CURLE_OK || t->read == NULL)
		return rc;
	rc = curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_READFUNCTION, t->read);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_READDATA, t->with);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, t->seek);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_SEEKDATA, t->with);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)t->size);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_RESUME_FROM_LARGE,
		    (curl_off_t)t->from);
	return rc;
}

/* Only who has met the server and was let in is told this. */
static bool
was_let_in(CURLcode rc)
{
	return rc == CURLE_OK || rc == CURLE_REMOTE_FILE_NOT_FOUND ||
	    rc == CURLE_REMOTE_ACCESS_DENIED || rc == CURLE_QUOTE_ERROR ||
	    rc == CURLE_BAD_DOWNLOAD_RESUME || rc == CURLE_REMOTE_DISK_FULL;
}

/* Where it is not known to be the server's word, the line broke. */
static CURLcode
believed(const struct sftp *s, const struct sftp_transfer *t, CURLcode rc)
{
	if (s->whole)
		return rc;
	switch (rc) {
	case CURLE_OK:
		return t->length != NULL && *t->length < 0 ? CURLE_RECV_ERROR :
							     rc;
	case CURLE_REMOTE_FILE_NOT_FOUND:
	case CURLE_REMOTE_FILE_EXISTS:
	case CURLE_REMOTE_ACCESS_DENIED:
	case CURLE_REMOTE_DISK_FULL:
	case CURLE_QUOTE_ERROR:
	case CURLE_BAD_DOWNLOAD_RESUME:
		return CURLE_RECV_ERROR;
	default:
		return rc;
	}
}

static CURLcode
perform(struct sftp *s, const struct sftp_transfer *t)
{
	struct curl_slist *quote = NULL;
	curl_off_t length = -1;
	CURLcode rc;

	s->stopped = false;
	if (t->quote != NULL &&
	    (quote = curl_slist_append(NULL, t->quote)) == NULL)
		return CURLE_OUT_OF_MEMORY;
	rc = set_transfer(s, t, quote);
	if (rc == CURLE_OK) {
		line_watch(s->line, s->stall_seconds);
		rc = curl_easy_perform(s->curl);
	} else if (rc != CURLE_OUT_OF_MEMORY) {
		rc = CURLE_UNKNOWN_OPTION;
	}
	line_count(s->line);
	if (was_let_in(rc))
		s->met = true;
	s->mute = rc == CURLE_FAILED_INIT ? s->mute + 1 : 0;
	if (rc == CURLE_OK && t->length != NULL) {
		(void)curl_easy_getinfo(s->curl,
		    CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
		*t->length = (int64_t)length;
	}
	s->whole = line_is_whole(s->line, s->curl);
	curl_slist_free_all(quote);
	return believed(s, t, rc);
}

static int
fault_of(struct sftp *s, CURLcode rc, struct fault *why)
{
	const char *says = curl_easy_strerror(rc);

	if (s->stopped)
		return FAIL(why, s->full.id, "%s", s->full.detail);
	switch (rc) {
	case CURLE_OUT_OF_MEMORY:
		return FAIL(why, FAULT_NO_MEMORY, "libcurl");
	case CURLE_UNKNOWN_OPTION:
		return FAIL(why, FAULT_INSIDE,
		    "libcurl takes not all it is told");
	case CURLE_UNSUPPORTED_PROTOCOL:
		return FAIL(why, FAULT_SERVER_ADDRESS,
		    "this libcurl does not speak SFTP");
	case CURLE_PEER_FAILED_VERIFICATION:
		return FAIL(why, FAULT_PLACE_HOST_KEY,
		    "it is not the key of SHA256:%.8s...", s->pin);
	case CURLE_LOGIN_DENIED:
		s->refused = true;
		return FAIL(why, FAULT_SERVER_LOGIN,
		    "it does not take this user's key (ed25519, without a "
		    "passphrase)");
	case CURLE_REMOTE_ACCESS_DENIED:
		return FAIL(why, FAULT_SERVER_FORBIDDEN, "%s", says);
	case CURLE_REMOTE_DISK_FULL:
		return FAIL(why, FAULT_PLACE_FULL, "%s", says);
	case CURLE_REMOTE_FILE_NOT_FOUND:
		return FAIL(why, FAULT_PLACE_WRONG, "no such folder");
	case CURLE_ABORTED_BY_CALLBACK:
		if (!line_stalled(s->line))
			return FAIL(why, FAULT_SERVER_BROKE_OFF,
			    "the time is up");
		says = "nothing came any more";
		break;
	case CURLE_FAILED_INIT:
		says = "no connection both sides agree on";
		if (!s->met && s->mute >= MUTE)
			return FAIL(why, FAULT_PLACE_WRONG, "%s", says);
		break;
	default:
		break;
	}
	return FAIL(why,
	    line_reached(s->line) ? FAULT_SERVER_BROKE_OFF :
				    FAULT_SERVER_UNREACHABLE,
	    "%s", says);
}

/* The server has shown no key, or one that was not named. */
static bool
showed_none(const struct sftp *s, CURLcode rc)
{
	return !s->met &&
	    (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_FAILED_INIT);
}

/* libcurl says of a cut in the middle of it that the user was not let in. */
static CURLcode
perform_as_user(struct sftp *s, const struct sftp_transfer *t)
{
	CURLcode rc;
	int tries = 0;

	do {
		curl_easy_reset(s->curl);
		rc = perform(s, t);
	} while (rc == CURLE_LOGIN_DENIED && !line_was_whole(s->line) &&
	    ++tries < DENIALS);
	return rc;
}

/*
 * A key of another kind may be the one that was named, and a server without a
 * key of the kind that was asked for ends the line as a cut does.  So it is a
 * wrong key only once both kinds were asked for, more than once if need be.
 */
static CURLcode
perform_as_known(struct sftp *s, const struct sftp_transfer *t)
{
	bool wrong[2] = { false, false };
	int mute = 0;

	for (;;) {
		CURLcode rc = perform_as_user(s, t);

		if (!showed_none(s, rc) || s->known == NULL)
			return rc;
		if (rc == CURLE_PEER_FAILED_VERIFICATION) {
			wrong[s->asks] = true;
			if (wrong[!s->asks])
				return rc;
		} else if (++mute == MUTE_TRIES) {
			return wrong[!s->asks] ?
			    CURLE_PEER_FAILED_VERIFICATION :
			    rc;
		}
		if (!wrong[!s->asks])
			s->asks = !s->asks;
	}
}

static int
make_url(struct sftp *s, const struct sftp_transfer *t, struct fault *why)
{
	bytes_empty(&s->url);
	if (bytes_add_text(&s->url, s->root, why) == -1 ||
	    bytes_add_text(&s->url, s->path, why) == -1)
		return -1;
	if (t->name == NULL)
		return 0;
	if (http_add_escaped(&s->url, t->name, why) == -1)
		return -1;
	return bytes_add_text(&s->url, t->end, why);
}

int
sftp_run(struct sftp *s, const struct sftp_transfer *t, CURLcode *said,
    struct fault *why)
{
	int rc = 0;

	*said = CURLE_OK;
	if (s->refused)
		return FAIL(why, FAULT_SERVER_LOGIN,
		    "it was refused before, so nothing more is asked");
	if (make_url(s, t, why) == -1)
		return -1;
	*said = perform_as_known(s, t);
	if (*said != CURLE_OK)
		rc = fault_of(s, *said, why);
	curl_easy_reset(s->curl);
	return rc;
}
