#include "systems/place_tus.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/fault.h"
#include "base/folder.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/sha1.h"
#include "systems/http.h"
#include "systems/place_https.h"
#include "systems/place_inside.h"

#define VERSION "1.0.0"
#define AT_ONCE_MAX ((int64_t)64 * 1024)
#define PIECE_MAX ((int64_t)1024 * 1024) /* that one checksum covers */
#define PIECE_MIN ((int64_t)64 * 1024)
#define MISMATCHES 3
/*
 * What is given at once is one record of TLS, and one that broke off is lost:
 * small ones after a break, and larger again each time so much went well.
 */
#define RECORD_MAX ((size_t)16 * 1024)
#define RECORD_MIN ((size_t)2 * 1024)
#define WENT_WELL ((int64_t)1024 * 1024)

struct tus {
	struct place_https files; /* the server, and the way back */
	bool asked;
	struct tus_offer offer;
	int64_t piece;
	size_t record;
	/* Of the file in hand: */
	uint8_t sha256[32];
	bool begun;	/* in this run: so all it can have came from here */
	bool whole;	/* the server said that it has all */
	int64_t given;	/* how far it can have left this machine */
	int64_t handed; /* how far it was given to libcurl */
	/* So much of it, from its beginning, was taken with a checksum. */
	int64_t checked;
};

bool
place_tus_lists(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list != NULL && *list != '\0') {
		size_t here;

		list += strspn(list, ", \t");
		here = strcspn(list, ", \t");
		if (here == len && strncmp(list, word, len) == 0)
			return true;
		list += here;
	}
	return false;
}

int
place_tus_offer(const struct http_answer *a, struct tus_offer *out,
    struct fault *why)
{
	const char *extensions = http_field(a, "Tus-Extension");
	const char *sums = http_field(a, "Tus-Checksum-Algorithm");

	*out = (struct tus_offer){ .max_size = -1 };
	/* Of a front whose server is not up, it may be again in a moment. */
	if (a->status >= 500)
		return http_refusal(a, "asking", why);
	if (a->status != 200 && a->status != 204)
		return FAIL(why, FAULT_PLACE_WRONG, "status %d", a->status);
	if (!place_tus_lists(http_field(a, "Tus-Version"), VERSION))
		return FAIL(why, FAULT_PLACE_WRONG,
		    "it does not speak tus " VERSION);
	if (!place_tus_lists(extensions, "creation"))
		return FAIL(why, FAULT_PLACE_WRONG,
		    "nobody can begin an upload there");
	if (http_field(a, "Tus-Max-Size") != NULL &&
	    !http_number(a, "Tus-Max-Size", &out->max_size))
		return FAIL(why, FAULT_PLACE_WRONG, "Tus-Max-Size");
	/* Most that set no limit say 0. */
	if (out->max_size == 0)
		out->max_size = -1;
	out->at_once = place_tus_lists(extensions, "creation-with-upload");
	if (place_tus_lists(extensions, "checksum") &&
	    place_tus_lists(sums, "sha256"))
		out->checksum = TUS_SHA256;
	else if (place_tus_lists(extensions, "checksum") &&
	    place_tus_lists(sums, "sha1"))
		out->checksum = TUS_SHA1;
	return 0;
}

static bool
same_part(CURLU *one, CURLU *other, CURLUPart part)
{
	char *a = NULL, *b = NULL;
	bool same;

	(void)curl_url_get(one, part, &a, CURLU_DEFAULT_PORT);
	(void)curl_url_get(other, part, &b, CURLU_DEFAULT_PORT);
	same = a != NULL && b != NULL ? strcasecmp(a, b) == 0 : a == b;
	curl_free(a);
	curl_free(b);
	return same;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

/* u is the address that the Location names, seen from base. */
static int
take_ticket(CURLU *base, CURLU *u, char ticket[static PLACE_TICKET],
    struct fault *why)
{
	static const CURLUPart same[] = { CURLUPART_SCHEME, CURLUPART_HOST,
		CURLUPART_PORT, CURLUPART_USER, CURLUPART_PASSWORD,
		CURLUPART_FRAGMENT };
	char *path = NULL, *query = NULL;
	int len, rc = 0;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (!same_part(base, u, same[i]))
			return FAIL(why, FAULT_SERVER_ANSWER,
			    "its Location leads to another server");
	(void)curl_url_get(u, CURLUPART_PATH, &path, 0);
	(void)curl_url_get(u, CURLUPART_QUERY, &query, 0);
	len = snprintf(ticket, PLACE_TICKET, "%s%s%s", path == NULL ? "" : path,
	    query == NULL ? "" : "?", query == NULL ? "" : query);
	if (len < 1 || len >= PLACE_TICKET || !is_plain(ticket)) {
		ticket[0] = '\0';
		rc = FAIL(why, FAULT_SERVER_ANSWER,
		    "its Location cannot be used");
	}
	curl_free(path);
	curl_free(query);
	return rc;
}

int
place_tus_location(const char *url, const char *location,
    char ticket[static PLACE_TICKET], struct fault *why)
{
	CURLU *base = curl_url(), *u = curl_url();
	int rc;

	ticket[0] = '\0';
	if (base == NULL || u == NULL)
		rc = FAIL(why, FAULT_NO_MEMORY, "an address");
	else if (curl_url_set(base, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    location == NULL || !is_plain(location) ||
	    curl_url_set(u, CURLUPART_URL, location,
		CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		rc = FAIL(why, FAULT_SERVER_ANSWER,
		    "its Location cannot be read");
	else
		rc = take_ticket(base, u, ticket, why);
	curl_url_cleanup(base);
	curl_url_cleanup(u);
	return rc;
}

static void *
tus_open(const struct place_order *order, struct fault *why)
{
	struct tus *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	t->piece = PIECE_MAX;
	t->record = RECORD_MAX;
	if (place_https_open(&t->files, order, why) == -1) {
		free(t);
		return NULL;
	}
	return t;
}

static void
tus_close(void *own)
{
	struct tus *t = own;

	if (t == NULL)
		return;
	place_https_close(&t->files);
	free(t);
}

/* Another file than the last one: nothing is known of it. */
static void
take_in_hand(struct tus *t, const struct place_item *item)
{
	if (memcmp(t->sha256, item->sha256, sizeof(t->sha256)) == 0)
		return;
	memcpy(t->sha256, item->sha256, sizeof(t->sha256));
	t->begun = t->whole = false;
	t->given = t->handed = t->checked = 0;
}

/* What left this machine and is not there goes again. */
static void
note_lost(struct tus *t, int64_t offset)
{
	if (t->given > offset)
		t->files.meter->twice += t->given - offset;
	t->given = offset;
	if (t->checked > offset)
		t->checked = offset;
	if (t->handed < offset)
		t->handed = offset;
}

/* The fault of a status that ends what was tried. */
static int
refuse(const struct http_answer *a, const char *what, struct fault *why)
{
	switch (a->status) {
	case 413:
		return FAIL(why, FAULT_PLACE_TOO_LARGE, "%s: status 413", what);
	case 507:
		return FAIL(why, FAULT_PLACE_FULL, "%s: status 507", what);
	case 412:
	case 415:
		return FAIL(why, FAULT_PLACE_WRONG, "%s: status %d", what,
		    a->status);
	case 423: /* it still holds the line that broke off */
		return FAIL(why, FAULT_SERVER_BUSY, "%s: status 423", what);
	default:
		return http_refusal(a, what, why);
	}
}

static bool
speaks_tus(const struct http_answer *a)
{
	const char *version = http_field(a, "Tus-Resumable");

	return version != NULL && strcmp(version, VERSION) == 0;
}

static int
ask_offer(struct tus *t, struct fault *why)
{
	const struct http_request r = { .method = "OPTIONS",
		.path = t->files.path,
		.changes = true,
		.harmless = true,
		.fields = true };
	struct http_answer a;
	int rc;

	if (t->asked)
		return 0;
	http_answer_init(&a);
	rc = place_https_ask(&t->files, &r, &a, why);
	if (rc == 0)
		rc = place_tus_offer(&a, &t->offer, why);
	else if (a.status >= 300 && a.status <= 399)
		rc = FAIL(why, FAULT_PLACE_WRONG,
		    "status %d: it points to another address", a.status);
	t->asked = rc == 0;
	http_answer_free(&a);
	return rc;
}

/* --- a part of the file, on its way --- */

struct sending {
	struct tus *tus;
	int fd;
	const char *file;
	int64_t at, to;
	int64_t well; /* up to here it went well */
};

static int
read_part(void *with, uint8_t *out, size_t room, size_t *got, struct fault *why)
{
	struct sending *s = with;
	int64_t left = s->to - s->at;
	ssize_t n;

	*got = 0;
	if (left <= 0)
		return 0;
	if (s->at - s->well >= WENT_WELL) {
		s->well = s->at;
		if (s->tus->record < RECORD_MAX)
			s->tus->record *= 2;
	}
	if (room > s->tus->record)
		room = s->tus->record;
	if ((int64_t)room > left)
		room = (size_t)left;
	if ((n = pread(s->fd, out, room, (off_t)s->at)) <= 0)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", s->file);
	*got = (size_t)n;
	s->at += n;
	return 0;
}

/* It was on its way from `from` on, and is over: how far can it have come? */
static void
note_given(struct sending *s, int64_t from)
{
	struct tus *t = s->tus;
	int64_t left = place_https_told(&t->files, s->at - from);

	if (s->at > t->handed)
		t->handed = s->at;
	t->given = from + left;
	t->files.meter->file += left;
	place_https_tell(&t->files, 0, 0);
}

/* The field for the bytes from s->at to s->to, which covers them alone. */
static int
make_checksum(const struct sending *s, char *out, size_t room,
    struct fault *why)
{
	enum tus_checksum kind = s->tus->offer.checksum;
	size_t len = (size_t)(s->to - s->at), done = 0;
	char text[BASE64_ROOM(32)];
	uint8_t *piece = malloc(len), hash[32];

	if (piece == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "a piece");
	while (done < len) {
		ssize_t n = pread(s->fd, piece + done, len - done,
		    (off_t)(s->at + (int64_t)done));

		if (n <= 0) {
			free(piece);
			return FAIL(why, FAULT_DISK_NOT_READ, "%s", s->file);
		}
		done += (size_t)n;
	}
	if (kind == TUS_SHA256)
		digest_once(DIGEST_SHA256, piece, len, hash);
	else
		sha1_once(piece, len, hash);
	free(piece);
	base64_write(hash, kind == TUS_SHA256 ? 32 : SHA1_BYTES, BASE64_PADDED,
	    text);
	(void)snprintf(out, room, "Upload-Checksum: %s %s",
	    kind == TUS_SHA256 ? "sha256" : "sha1", text);
	return 0;
}

/* --- beginning --- */

/* Only the name that it will have there: eight digits say nothing. */
static int
make_metadata(const struct place_item *item, char *out, size_t room,
    struct fault *why)
{
	char text[BASE64_ROOM(PLACE_NAME)];

	if (strlen(item->name) >= PLACE_NAME)
		return FAIL(why, FAULT_INSIDE, "a name");
	base64_write((const uint8_t *)item->name, strlen(item->name),
	    BASE64_PADDED, text);
	(void)snprintf(out, room, "Upload-Metadata: filename %s", text);
	return 0;
}

static int
take_created(struct tus *t, const struct http_answer *a, int64_t given,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why)
{
	int64_t has = 0;

	if (a->status != 201)
		return a->status == 404 || a->status == 405 ||
			a->status == 410 || a->status == 501 ?
		    FAIL(why, FAULT_PLACE_WRONG, "creation: status %d",
			a->status) :
		    refuse(a, "creation", why);
	if (!speaks_tus(a))
		return FAIL(why, FAULT_PLACE_WRONG,
		    "creation: it does not answer in tus " VERSION);
	if (place_tus_location(t->files.url, http_field(a, "Location"), ticket,
		why) == -1)
		return -1;
	/* Without the field it took nothing with the creation. */
	if (given > 0 && http_field(a, "Upload-Offset") != NULL &&
	    (!http_number(a, "Upload-Offset", &has) || has > given)) {
		ticket[0] = '\0';
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "creation: an offset that cannot be");
	}
	*offset = has;
	return 0;
}

static int
tus_begin(void *own, const struct place_item *item,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why)
{
	struct tus *t = own;
	struct sending s = { .tus = t, .fd = -1, .file = item->file };
	struct http_upload body = { .type = "application/offset+octet-stream",
		.read = read_part,
		.with = &s };
	char length[48], metadata[256];
	const char *const headers[] = { "Tus-Resumable: " VERSION, length,
		metadata, NULL };
	struct http_request r = { .method = "POST",
		.path = t->files.path,
		.changes = true,
		.harmless = true,
		.headers = headers,
		.fields = true };
	struct http_answer a;
	int rc = -1;

	take_in_hand(t, item);
	note_lost(t, 0);
	t->whole = false;
	if (ask_offer(t, why) == -1 ||
	    make_metadata(item, metadata, sizeof(metadata), why) == -1)
		return -1;
	if (t->offer.max_size >= 0 && item->size > t->offer.max_size)
		return FAIL(why, FAULT_PLACE_TOO_LARGE,
		    "at most %" PRId64 " bytes", t->offer.max_size);
	(void)snprintf(length, sizeof(length), "Upload-Length: %" PRId64,
	    item->size);
	http_answer_init(&a);
	/* A checksum for each piece is worth one more question. */
	if (t->offer.at_once && t->offer.checksum == TUS_NO_CHECKSUM &&
	    item->size <= AT_ONCE_MAX) {
		if ((s.fd = folder_open_file(item->from, item->file, why)) ==
		    -1)
			goto done;
		body.size = s.to = item->size;
		r.upload = &body;
		place_https_tell(&t->files, 0, item->size);
	}
	rc = place_https_ask(&t->files, &r, &a, why);
	note_given(&s, 0);
	if (rc == -1 && a.status >= 300 && a.status <= 399)
		rc = FAIL(why, FAULT_PLACE_WRONG,
		    "status %d: it points to another address", a.status);
	else if (rc == 0)
		rc = take_created(t, &a, s.to, ticket, offset, why);
	if (rc == 0) {
		t->begun = true;
		note_lost(t, *offset);
		t->whole = *offset == item->size;
	}

done:
	http_answer_free(&a);
	if (s.fd != -1)
		(void)close(s.fd);
	return rc;
}

/* --- how far it came --- */

/* Says by its own clock that it keeps the upload no longer. */
static bool
has_expired(const struct http_answer *a)
{
	const char *end = http_field(a, "Upload-Expires");
	const char *now = http_field(a, "Date");
	time_t until = end == NULL ? -1 : curl_getdate(end, NULL);
	time_t at = now == NULL ? -1 : curl_getdate(now, NULL);

	return until != -1 && at != -1 && until <= at;
}

static int
take_offset(struct tus *t, const struct place_item *item,
    const struct http_answer *a, int64_t *offset, struct fault *why)
{
	int64_t has, length;

	if (a->status == 404 || a->status == 410 ||
	    (a->status == 403 && http_field(a, "Upload-Offset") == NULL))
		return 0;
	if (a->status != 200 && a->status != 204)
		return refuse(a, "offset", why);
	if (!speaks_tus(a))
		return FAIL(why, FAULT_PLACE_WRONG,
		    "offset: it does not answer in tus " VERSION);
	if (!http_number(a, "Upload-Offset", &has) || has > item->size ||
	    (t->begun && has > t->handed))
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "an offset that cannot be");
	/* The upload of another file, or one that is about to go. */
	if ((http_number(a, "Upload-Length", &length) &&
		length != item->size) ||
	    (has < item->size && has_expired(a)))
		return 0;
	*offset = has;
	t->whole = has == item->size;
	note_lost(t, has);
	return 1;
}

static int
tus_offset(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	struct tus *t = own;
	static const char *const headers[] = { "Tus-Resumable: " VERSION,
		NULL };
	const struct http_request r = { .method = "HEAD",
		.path = ticket,
		.changes = true,
		.harmless = true,
		.headers = headers,
		.fields = true };
	struct http_answer a;
	int rc;

	take_in_hand(t, item);
	t->whole = false;
	if (ticket[0] != '/')
		return 0;
	if (ask_offer(t, why) == -1)
		return -1;
	http_answer_init(&a);
	rc = place_https_ask(&t->files, &r, &a, why);
	if (rc == 0)
		rc = take_offset(t, item, &a, offset, why);
	http_answer_free(&a);
	return rc;
}

/* --- sending --- */

/* 1: the piece is to be sent again.  *offset: what the server said. */
static int
take_sent(struct tus *t, const struct place_item *item,
    const struct http_answer *a, int64_t *offset, struct fault *why)
{
	int64_t has;

	switch (a->status) {
	case 204:
	case 200:
		break;
	case 460:
		note_lost(t, *offset);
		return 1;
	case 409: /* it stands elsewhere, or knows nothing of it any more */
	case 404:
	case 410:
		return FAIL(why, FAULT_SERVER_BROKE_OFF, "status %d",
		    a->status);
	default:
		return refuse(a, "sending", why);
	}
	if (!speaks_tus(a))
		return FAIL(why, FAULT_PLACE_WRONG,
		    "sending: it does not answer in tus " VERSION);
	if (!http_number(a, "Upload-Offset", &has) || has > item->size ||
	    has > t->handed)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "an offset that cannot be");
	if (has <= *offset)
		return FAIL(why, FAULT_SERVER_BROKE_OFF,
		    "it took nothing of what was sent");
	if (t->offer.checksum != TUS_NO_CHECKSUM && t->checked == *offset)
		t->checked = has;
	*offset = has;
	note_lost(t, has);
	t->whole = has == item->size;
	return 0;
}

static int
send_piece(struct tus *t, const struct place_item *item, const char *ticket,
    struct sending *s, int64_t *offset, struct fault *why)
{
	const struct http_upload body = { .size = s->to - s->at,
		.type = "application/offset+octet-stream",
		.read = read_part,
		.with = s };
	char at[48], checksum[96];
	const char *headers[] = { "Tus-Resumable: " VERSION, at, NULL, NULL };
	const struct http_request r = { .method = "PATCH",
		.path = ticket,
		.changes = true,
		.harmless = true,
		.headers = headers,
		.fields = true,
		.upload = &body };
	struct http_answer a;
	int rc;

	(void)snprintf(at, sizeof(at), "Upload-Offset: %" PRId64, *offset);
	if (t->offer.checksum != TUS_NO_CHECKSUM) {
		if (make_checksum(s, checksum, sizeof(checksum), why) == -1)
			return -1;
		headers[2] = checksum;
	}
	http_answer_init(&a);
	place_https_tell(&t->files, *offset, item->size);
	rc = place_https_ask(&t->files, &r, &a, why);
	note_given(s, *offset);
	if (rc == 0)
		rc = take_sent(t, item, &a, offset, why);
	http_answer_free(&a);
	return rc;
}

/* A break costs what one checksum covers: where it breaks often, less. */
static void
fit_piece(struct tus *t, bool broke)
{
	t->piece = broke ? t->piece / 2 : t->piece * 2;
	if (broke)
		t->record = RECORD_MIN;
	if (t->piece < PIECE_MIN)
		t->piece = PIECE_MIN;
	if (t->piece > PIECE_MAX)
		t->piece = PIECE_MAX;
}

static int
tus_send(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	struct tus *t = own;
	struct sending s = { .tus = t, .file = item->file, .well = *offset };
	int rc = 0, mismatches = 0;

	take_in_hand(t, item);
	if (t->given < *offset)
		t->given = *offset;
	if (t->handed < *offset)
		t->handed = *offset;
	if (ask_offer(t, why) == -1)
		return -1;
	if ((s.fd = folder_open_file(item->from, item->file, why)) == -1)
		return -1;
	while (rc != -1 && *offset < item->size) {
		int64_t left = item->size - *offset;

		if (t->offer.checksum != TUS_NO_CHECKSUM && left > t->piece)
			left = t->piece;
		s.at = *offset;
		s.to = *offset + left;
		rc = send_piece(t, item, ticket, &s, offset, why);
		if (rc == 1 && ++mismatches == MISMATCHES)
			rc = FAIL(why, FAULT_SERVER_BROKE_OFF,
			    "it never took a piece as it was sent");
		else if (rc == 0)
			mismatches = 0;
		fit_piece(t, rc != 0);
	}
	(void)close(s.fd);
	return rc == -1 && t->files.meter->ended &&
		why->id == FAULT_SERVER_BROKE_OFF ?
	    0 :
	    rc;
}

/* The server said that it has all: by each piece's checksum, or by length. */
static int
tus_prove(void *own, const struct place_item *item, const char *ticket,
    int64_t *proven, enum place_proof *proof, struct fault *why)
{
	struct tus *t = own;
	int64_t offset = 0;
	int rc = 1;

	/* Nothing is read back. */
	*proven = 0;
	take_in_hand(t, item);
	if (!t->whole)
		rc = tus_offset(t, item, ticket, &offset, why);
	if (rc == -1)
		return -1;
	if (!t->whole)
		return FAIL(why, FAULT_PLACE_DIFFERS, "it has not all of it");
	/* What went in an earlier run is known by the server's word alone. */
	*proof = t->checked == item->size ? PLACE_CHECKSUM : PLACE_LENGTH;
	return 0;
}

static int
tus_list(void *own,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct tus *t = own;

	return place_https_list(&t->files, each, context, why);
}

static int
tus_get(void *own, const struct place_found *f, const struct place_span *span,
    struct sink *into, int64_t *got, struct fault *why)
{
	struct tus *t = own;

	return place_https_get(&t->files, f, span, into, got, why);
}

const struct place_way place_tus = {
	.open = tus_open,
	.close = tus_close,
	.begin = tus_begin,
	.offset = tus_offset,
	.send = tus_send,
	.prove = tus_prove,
	.list = tus_list,
	.get = tus_get,
};
