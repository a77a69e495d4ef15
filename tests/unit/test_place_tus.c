/*
 * Against the tus stand-in, whose answers are made wrong as a row says; and
 * what is read of an answer, alone.
 */
#include "systems/place_tus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "systems/place.h"
#include "tests/unit/rows.h"
#include "tests/unit/standin.h"

#define SIZE 300000
#define NAME "1a2b3c4d.satchel"

static struct standin *standin;
static char folder[] = "/tmp/satchel-test-place-XXXXXX";
static uint8_t content[SIZE];

struct sent_row {
	const char *name;
	const char *seed;   /* of the stand-in */
	const char *broken; /* orders of faults; NULL: none */
	int64_t size;
	enum fault_id fault; /* at the end of it all */
	enum place_proof proof;
	int64_t twice_most;
	const char *state; /* a part of the stand-in's afterwards; or NULL */
};

static const struct sent_row sends[] = {
	{ "a file arrives", "{}", NULL, SIZE, FAULT_NONE, PLACE_LENGTH, 0,
	    "\"offset\": 300000" },
	{ "its metadata name its eight digits alone", "{}", NULL, SIZE,
	    FAULT_NONE, PLACE_LENGTH, 0,
	    "\"metadata\": [\"filename MWEyYjNjNGQuc2F0Y2hlbA==\"]" },
	{ "a small one comes with its creation", "{\"at_once\":true}", NULL,
	    30000, FAULT_NONE, PLACE_LENGTH, 0, "\"offset\": 30000" },
	{ "each piece is checked where that is offered",
	    "{\"checksums\":\"sha1,sha256\"}", NULL, SIZE, FAULT_NONE,
	    PLACE_CHECKSUM, 0, "\"checked\": 1" },
	{ "with SHA-1, if that is all it knows", "{\"checksums\":\"md5,sha1\"}",
	    NULL, SIZE, FAULT_NONE, PLACE_CHECKSUM, 0, "\"checked\": 1" },
	{ "a checksum that it cannot know is not sent",
	    "{\"checksums\":\"crc32\"}", NULL, SIZE, FAULT_NONE, PLACE_LENGTH,
	    0, "\"checked\": 0" },
	{ "a piece that arrived wrong is sent again",
	    "{\"checksums\":\"sha1\",\"say\":{\"PATCH\":{\"status\":460,"
	    "\"refuse\":true,\"times\":1}}}",
	    NULL, SIZE, FAULT_NONE, PLACE_CHECKSUM, SIZE, "\"checked\": 1" },
	{ "one that never arrives right is not sent for ever",
	    "{\"checksums\":\"sha1\",\"say\":{\"PATCH\":{\"status\":460,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_SERVER_BROKE_OFF, 0, 99 * SIZE, NULL },
	{ "a line that is cut goes on where the server says", "{}",
	    "{\"kind\":\"link\",\"after\":100000}", SIZE, FAULT_NONE,
	    PLACE_LENGTH, SIZE, "\"offset\": 300000" },
	{ "an answer that is lost is not the loss of the file", "{}",
	    "{\"kind\":\"drop\",\"on\":\"PATCH\"}", SIZE, FAULT_NONE,
	    PLACE_LENGTH, 0, "\"offset\": 300000" },
	{ "an upload the server has lost is begun anew", "{}",
	    "[{\"kind\":\"lose\",\"on\":\"PATCH\"},{\"kind\":\"status\","
	    "\"status\":404,\"on\":\"HEAD\"}]",
	    SIZE, FAULT_NONE, PLACE_LENGTH, SIZE, "\"offset\": 300000" },
	{ "so is one that is gone, and one that is kept from us", "{}",
	    "[{\"kind\":\"lose\",\"on\":\"PATCH\"},{\"kind\":\"status\","
	    "\"status\":410,\"on\":\"HEAD\"},{\"kind\":\"lose\",\"on\":"
	    "\"PATCH\"},{\"kind\":\"status\",\"status\":403,\"on\":\"HEAD\"}]",
	    SIZE, FAULT_NONE, PLACE_LENGTH, 2 * SIZE, "\"offset\": 300000" },
	{ "a place that moved on is asked for", "{}",
	    "{\"kind\":\"status\",\"status\":409,\"done\":true,\"on\":"
	    "\"PATCH\"}",
	    SIZE, FAULT_NONE, PLACE_LENGTH, 0, "\"offset\": 300000" },
	{ "a locked upload is tried later", "{}",
	    "{\"kind\":\"status\",\"status\":423,\"on\":\"PATCH\"}", SIZE,
	    FAULT_NONE, PLACE_LENGTH, SIZE, "\"offset\": 300000" },
	{ "an upload that has run out is begun anew",
	    "{\"say\":{\"HEAD\":{\"Date\":\"Mon, 02 Nov 2026 10:00:00 GMT\","
	    "\"Upload-Expires\":\"Sun, 01 Nov 2026 10:00:00 GMT\","
	    "\"times\":1}}}",
	    "{\"kind\":\"lose\",\"on\":\"PATCH\"}", SIZE, FAULT_NONE,
	    PLACE_LENGTH, SIZE, "\"offset\": 300000" },
	{ "an upload of another length is not this one",
	    "{\"say\":{\"HEAD\":{\"Upload-Length\":\"299999\",\"times\":1}}}",
	    "{\"kind\":\"lose\",\"on\":\"PATCH\"}", SIZE, FAULT_NONE,
	    PLACE_LENGTH, SIZE, "\"offset\": 300000" },
	{ "an offset beyond what was sent is never believed",
	    "{\"say\":{\"HEAD\":{\"Upload-Offset\":\"299999\"},"
	    "\"PATCH\":{\"status\":423,\"refuse\":true}}}",
	    "{\"kind\":\"link\",\"after\":1500}", SIZE, FAULT_SERVER_ANSWER, 0,
	    SIZE, NULL },
	{ "nor one beyond the file",
	    "{\"say\":{\"PATCH\":{\"Upload-Offset\":\"300001\"}}}", NULL, SIZE,
	    FAULT_SERVER_ANSWER, 0, 0, NULL },
	{ "nor one that is no number",
	    "{\"say\":{\"PATCH\":{\"Upload-Offset\":\"+9\"}}}", NULL, SIZE,
	    FAULT_SERVER_ANSWER, 0, 0, NULL },
	{ "a server that speaks another tus is none",
	    "{\"say\":{\"OPTIONS\":{\"Tus-Version\":\"0.2.2\"}}}", NULL, SIZE,
	    FAULT_PLACE_WRONG, 0, 0, "\"uploads\": []" },
	{ "nor is one that never says it",
	    "{\"say\":{\"OPTIONS\":{\"status\":200,\"Tus-Version\":null}}}",
	    NULL, SIZE, FAULT_PLACE_WRONG, 0, 0, "\"uploads\": []" },
	{ "nor one where nobody can begin",
	    "{\"say\":{\"OPTIONS\":{\"Tus-Extension\":\"expiration\"}}}", NULL,
	    SIZE, FAULT_PLACE_WRONG, 0, 0, "\"uploads\": []" },
	{ "a page in between is no tus answer",
	    "{\"say\":{\"POST\":{\"Tus-Resumable\":null}}}", NULL, SIZE,
	    FAULT_PLACE_WRONG, 0, 0, "\"offset\": 0" },
	{ "a version that is refused is the wrong server",
	    "{\"say\":{\"POST\":{\"status\":412,\"refuse\":true}}}", NULL, SIZE,
	    FAULT_PLACE_WRONG, 0, 0, "\"uploads\": []" },
	{ "a redirect is the wrong server",
	    "{\"say\":{\"OPTIONS\":{\"status\":302}}}", NULL, SIZE,
	    FAULT_PLACE_WRONG, 0, 0, "\"uploads\": []" },
	{ "a front whose server is not up is tried again",
	    "{\"say\":{\"OPTIONS\":{\"status\":502,\"Tus-Version\":null}}}",
	    NULL, SIZE, FAULT_SERVER_TROUBLE, 0, 0, "\"uploads\": []" },
	{ "so is one that waits for it in vain",
	    "{\"say\":{\"OPTIONS\":{\"status\":504,\"Tus-Version\":null}}}",
	    NULL, SIZE, FAULT_SERVER_TROUBLE, 0, 0, "\"uploads\": []" },
	{ "also when it begins",
	    "{\"say\":{\"POST\":{\"status\":502,\"Tus-Resumable\":null,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_SERVER_TROUBLE, 0, 0, "\"uploads\": []" },
	{ "too large a file is not begun",
	    "{\"say\":{\"OPTIONS\":{\"Tus-Max-Size\":\"299999\"}}}", NULL, SIZE,
	    FAULT_PLACE_TOO_LARGE, 0, 0, "\"uploads\": []" },
	{ "or is refused",
	    "{\"say\":{\"POST\":{\"status\":413,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_PLACE_TOO_LARGE, 0, 0, "\"uploads\": []" },
	{ "a full server says so",
	    "{\"say\":{\"POST\":{\"status\":507,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_PLACE_FULL, 0, 0, "\"uploads\": []" },
	{ "who may not is told so",
	    "{\"say\":{\"POST\":{\"status\":403,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_SERVER_FORBIDDEN, 0, 0, NULL },
	{ "who is not known is told so",
	    "{\"say\":{\"POST\":{\"status\":401,"
	    "\"refuse\":true}}}",
	    NULL, SIZE, FAULT_SERVER_LOGIN, 0, 0, NULL },
	{ "threat 64: another server's address for it gets nothing",
	    "{\"say\":{\"POST\":{\"Location\":\"http://127.0.0.2/x\"}}}", NULL,
	    SIZE, FAULT_SERVER_ANSWER, 0, 0, "\"offset\": 0" },
};

static struct place *
reach(struct place_meter *meter, const char *path)
{
	struct fault why = { .id = FAULT_NONE };
	char url[64];
	const struct place_order order = { .url = url,
		.connect_seconds = 5,
		.stall_seconds = 5,
		.meter = meter };
	struct place *p;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
	    standin_port(standin), path);
	if ((p = place_open(&order, &why)) == NULL)
		fail_msg("%s", why.detail);
	return p;
}

/* As who sends does it: ask, begin if need be, send, prove. */
static int
send_it(struct place *p, const struct place_item *item, enum place_proof *proof,
    struct fault *why)
{
	char ticket[PLACE_TICKET] = "";
	int64_t offset = 0, proven = 0;
	int rc = -1;

	for (int tries = 0; tries < 8; tries++) {
		rc = place_offset(p, item, ticket, &offset, why);
		if (rc == 0)
			rc = place_begin(p, item, ticket, &offset, why);
		if (rc != -1)
			rc = place_send(p, item, ticket, &offset, why);
		if (rc == 0) {
			assert_int_equal(offset, item->size);
			rc = place_prove(p, item, ticket, &proven, proof, why);
		}
		if (rc == 0 ||
		    (why->id != FAULT_SERVER_BROKE_OFF &&
			why->id != FAULT_SERVER_BUSY))
			break;
	}
	return rc;
}

static void
send_holds(void **state)
{
	const struct sent_row *r = *state;
	struct fault why = { .id = FAULT_NONE };
	struct place_meter meter = { .sent = 0 };
	struct folder *from = folder_open(folder, &why);
	enum place_proof proof = PLACE_READ_BACK;
	uint8_t hash[32];
	char hex[DIGEST_HEX], *after;
	struct place_item item = { from, "file", NAME, r->size, hash, true };
	struct place *p;
	int rc;

	assert_non_null(from);
	standin_post(standin, "/standin/reset", "{}");
	standin_post(standin, "/standin/seed", r->seed);
	if (r->broken != NULL)
		standin_post(standin, "/standin/fault", r->broken);
	digest_once(DIGEST_SHA256, content, (size_t)r->size, hash);
	assert_int_equal(folder_replace_bytes(from, "file", content,
			     (size_t)r->size, &why),
	    0);
	p = reach(&meter, "/files/");
	rc = send_it(p, &item, &proof, &why);
	place_close(p);
	folder_close(from);
	after = standin_get(standin, "/standin/state");
	if ((rc == -1 ? why.id : FAULT_NONE) != r->fault ||
	    meter.twice > r->twice_most ||
	    (r->state != NULL && strstr(after, r->state) == NULL))
		fail_msg("%s (%s), %lld twice, %s",
		    rc == -1 ? fault_text(why.id)->code : "no fault",
		    why.detail, (long long)meter.twice, after);
	if (r->fault == FAULT_NONE) {
		assert_int_equal(proof, r->proof);
		digest_hex(hash, sizeof(hash), hex);
		assert_non_null(strstr(after, hex));
		assert_true(meter.sent >= r->size && meter.file >= r->size);
	}
	free(after);
}

static const struct location_row {
	const char *name;
	const char *location;
	const char *ticket; /* NULL: refused */
} locations[] = {
	{ "the whole address", "https://hub.example.org/up/x1", "/up/x1" },
	{ "in other letters, with its port", "HTTPS://HUB.example.org:443/up/x",
	    "/up/x" },
	{ "a path", "/other/x1", "/other/x1" },
	{ "a name beside it", "x1", "/up/x1" },
	{ "a query stays with it", "/up?id=1", "/up?id=1" },
	{ "another server", "https://evil.example.org/up/x1", NULL },
	{ "another server, without its scheme", "//evil.example.org/x", NULL },
	{ "another port", "https://hub.example.org:8443/up/x1", NULL },
	{ "another scheme", "http://hub.example.org/up/x1", NULL },
	{ "another scheme altogether", "file:///etc/passwd", NULL },
	{ "a user in it", "https://a@hub.example.org/up/x1", NULL },
	{ "a fragment", "/up/x#1", NULL },
	{ "a space", "/up/x 1", NULL },
	{ "nothing", NULL, NULL },
};

static void
location_holds(void **state)
{
	const struct location_row *r = *state;
	struct fault why = { .id = FAULT_NONE };
	char ticket[PLACE_TICKET];
	int rc = place_tus_location("https://hub.example.org/up/", r->location,
	    ticket, &why);

	assert_int_equal(rc, r->ticket == NULL ? -1 : 0);
	assert_string_equal(ticket, r->ticket == NULL ? "" : r->ticket);
	if (rc == -1)
		assert_int_equal(why.id, FAULT_SERVER_ANSWER);
}

static const struct list_row {
	const char *name;
	const char *list;
	const char *word;
	bool there;
} lists[] = {
	{ "alone", "sha1", "sha1", true },
	{ "among others", "md5, sha1 ,crc32", "sha1", true },
	{ "as a part of another", "xsha1,sha11", "sha1", false },
	{ "nothing", "", "sha1", false },
	{ "no list", NULL, "sha1", false },
};

static void
list_holds(void **state)
{
	const struct list_row *r = *state;

	assert_int_equal(place_tus_lists(r->list, r->word), r->there);
}

static const struct got_row {
	const char *name;
	const char *seed;
	int64_t listed;
	int64_t from, to;
	enum fault_id fault;
	const char *text;
} gets[] = {
	{ "the whole file", "{}", 10, 0, -1, FAULT_NONE, "0123456789" },
	{ "its beginning", "{}", 10, 0, 4, FAULT_NONE, "0123" },
	{ "the rest of it", "{}", 10, 4, -1, FAULT_NONE, "456789" },
	{ "no size was listed", "{}", -1, 0, -1, FAULT_NONE, "0123456789" },
	{ "a server without ranges: its beginning", "{\"ranges\":false}", 10, 0,
	    4, FAULT_NONE, "0123" },
	{ "a server without ranges: the rest of it", "{\"ranges\":false}", 10,
	    4, -1, FAULT_NONE, "456789" },
	{ "another size than was listed", "{}", 11, 0, -1, FAULT_PLACE_CHANGED,
	    "" },
	{ "another size, in the middle", "{}", 11, 4, 6, FAULT_PLACE_CHANGED,
	    "" },
	{ "another part than was asked for",
	    "{\"say\":{\"GET\":{\"Content-Range\":\"bytes 3-9/10\"}}}", 10, 4,
	    -1, FAULT_SERVER_ANSWER, "" },
	{ "it is gone", "{\"files\":{}}", 10, 0, -1, FAULT_PLACE_CHANGED, "" },
	{ "it is refused", "{\"say\":{\"GET\":{\"status\":403}}}", 10, 0, -1,
	    FAULT_SERVER_FORBIDDEN, "" },
};

static void
get_holds(void **state)
{
	const struct got_row *r = *state;
	struct fault why = { .id = FAULT_NONE };
	struct place_meter meter = { .sent = 0 };
	const struct place_found f = { .name = "a b", .size = r->listed };
	const struct place_span span = { r->from, r->to };
	struct bytes out;
	struct sink *into;
	struct place *p;
	int64_t got = -1;
	int rc;

	bytes_init(&out, 1000);
	into = bytes_sink_new(&out, &why);
	assert_non_null(into);
	standin_post(standin, "/standin/reset", "{}");
	standin_post(standin, "/standin/seed",
	    "{\"files\":{\"/lies/a b\":\"0123456789\"}}");
	standin_post(standin, "/standin/seed", r->seed);
	p = reach(&meter, "/lies/");
	rc = place_get(p, &f, &span, into, &got, &why);
	place_close(p);
	sink_free(into);
	assert_int_equal(rc == -1 ? why.id : FAULT_NONE, r->fault);
	assert_int_equal(got, (int64_t)out.len);
	assert_string_equal(out.at == NULL ? "" : (const char *)out.at,
	    r->text);
	bytes_free(&out);
}

int
main(void)
{
	char command[128];
	int failed = 0;

	if (random_start() == -1 || mkdtemp(folder) == NULL ||
	    (standin = standin_start("tus.py", NULL)) == NULL)
		return 1;
	random_bytes(content, sizeof(content));
	failed += ROWS_RUN("sent over tus", sends, send_holds);
	failed += ROWS_RUN("location", locations, location_holds);
	failed += ROWS_RUN("list of words", lists, list_holds);
	failed += ROWS_RUN("fetched over https", gets, get_holds);
	standin_stop(standin);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	/* NOLINTNEXTLINE(cert-env33-c): a made-up folder, in a test */
	if (system(command) != 0)
		failed++;
	return failed;
}
