/*
 * An SFTP account.
 *
 * A file is written as "<name>.part" from where it ended, each byte at its own
 * offset, so that an older connection that is still being worked off there
 * writes the very same.  Read back and compared, it gets its name, which no
 * rename of OpenSSH's server takes from another file.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "systems/line.h"
#include "systems/place_inside.h"
#include "systems/place_list.h"
#include "systems/sftp.h"

#define PART ".part"
#define COMMAND_MAX 8192
#define LIST_MAX ((size_t)4 * 1024 * 1024)
#define COMPARED ((size_t)16 * 1024)
#define BARREN_SENDS 3 /* in which nothing at all was written */
#define BARREN_READS 2

struct drop {
	struct sftp on;
	struct bytes listing;
	/* What is there of that file is not its beginning. */
	uint8_t spoilt[32];
	uint8_t sha256[32]; /* of the file in hand */
	int64_t given;	    /* how far it left this machine */
	int64_t barren_at;
	int barren; /* sendings from there that added nothing */
};

static void *
drop_open(const struct place_order *order, struct fault *why)
{
	struct drop *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	if (sftp_open(&s->on, order, why) == -1) {
		free(s);
		return NULL;
	}
	bytes_init(&s->listing, LIST_MAX);
	return s;
}

static void
drop_close(void *own)
{
	struct drop *s = own;

	if (s == NULL)
		return;
	sftp_close(&s->on);
	bytes_free(&s->listing);
	free(s);
}

/* --- what lies there --- */

static size_t
add_listing(char *at, size_t size, size_t count, void *with)
{
	struct drop *s = with;

	if (bytes_add(&s->listing, at, size * count, &s->on.full) == 0)
		return size * count;
	s->on.stopped = true;
	if (s->on.full.id == FAULT_SOURCE_TOO_LARGE)
		fault_set(&s->on.full, FAULT_PLACE_NO_LIST,
		    "it is longer than %d MiB", (int)(LIST_MAX >> 20));
	return 0;
}

static size_t /* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's */
add_nothing(char *at, size_t size, size_t count, void *with)
{
	(void)at;
	(void)with;
	return size * count;
}

static int
drop_list(void *own,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct drop *s = own;
	const struct sftp_transfer t = { .write = add_listing, .with = s };
	struct place_found f = { .size = -1 };
	char *line, *end;
	CURLcode said;

	bytes_empty(&s->listing);
	if (sftp_run(&s->on, &t, &said, why) == -1)
		return said == CURLE_REMOTE_ACCESS_DENIED ?
		    FAIL(why, FAULT_PLACE_NO_LIST, "it does not allow it") :
		    -1;
	for (line = (char *)s->listing.at;
	     line != NULL && (end = strchr(line, '\n')) != NULL;
	     line = end + 1) {
		*end = '\0';
		if (place_list_long(line, &f) && each(&f, context, why) == -1)
			return -1;
	}
	return 0;
}

/* A listing has the length of what may not be opened to read. */
static int
length_listed(struct drop *s, const char *name, const char *end,
    int64_t *length, struct fault *why)
{
	const struct sftp_transfer t = { .write = add_listing, .with = s };
	char *line, *next, *at, want[PLACE_NAME + 16];
	size_t len;
	CURLcode said;

	bytes_empty(&s->listing);
	if (sftp_run(&s->on, &t, &said, why) == -1)
		return said == CURLE_REMOTE_ACCESS_DENIED ? 0 : -1;
	len = (size_t)snprintf(want, sizeof(want), " %s%s", name, end);
	for (line = (char *)s->listing.at;
	     line != NULL && (next = strchr(line, '\n')) != NULL;
	     line = next + 1) {
		struct place_found f;

		*next = '\0';
		at = next - len;
		if ((size_t)(next - line) <= len || strcmp(at, want) != 0)
			continue;
		/* Under a name that place_list_long does not pass over. */
		memcpy(at + 1, "x\0", 2);
		if (!place_list_long(line, &f))
			return 0;
		*length = f.size;
		return 1;
	}
	return 0;
}

static int
look_once(struct drop *s, const char *name, const char *end, bool fresh,
    int64_t *length, struct fault *why)
{
	const struct sftp_transfer t = { .name = name,
		.end = end,
		.write = add_nothing,
		.length = length,
		.fresh = fresh };
	CURLcode said;

	if (sftp_run(&s->on, &t, &said, why) == 0)
		return 1;
	if (said == CURLE_REMOTE_FILE_NOT_FOUND)
		return 0;
	if (said == CURLE_REMOTE_ACCESS_DENIED)
		return length_listed(s, name, end, length, why);
	return -1;
}

/* The length of a file there: 1; or 0, it is not there, or not to be seen. */
static int
look_up(struct drop *s, const char *name, const char *end, int64_t *length,
    struct fault *why)
{
	int rc = look_once(s, name, end, false, length, why);

	/* libcurl does not tell an empty file from one it heard nothing of. */
	if (rc == 1 && *length < 0)
		rc = look_once(s, name, end, true, length, why);
	if (rc == 1 && *length < 0)
		*length = 0;
	return rc;
}

/* --- sending --- */

/* What left this machine and is not there goes again. */
static void
note_lost(struct drop *s, const struct place_item *item, int64_t offset)
{
	if (memcmp(s->sha256, item->sha256, sizeof(s->sha256)) == 0 &&
	    s->given > offset)
		s->on.meter->twice += s->given - offset;
	memcpy(s->sha256, item->sha256, sizeof(s->sha256));
	s->given = offset;
}

static int
drop_begin(void *own, const struct place_item *item,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why)
{
	struct drop *s = own;
	int64_t length;
	int rc = look_up(s, item->name, "", &length, why);

	ticket[0] = '\0'; /* the name is all it takes */
	if (rc == -1)
		return -1;
	if (rc == 1 && length != item->size)
		return FAIL(why, FAULT_PLACE_TAKEN, "%s", item->name);
	/* From 0 on, what is there of it is cut off first. */
	memset(s->spoilt, 0, sizeof(s->spoilt));
	*offset = rc == 1 ? length : 0;
	note_lost(s, item, *offset);
	return 0;
}

static int
drop_offset(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	struct drop *s = own;
	int64_t length = 0;
	int rc = look_up(s, item->name, "", &length, why);

	(void)ticket;
	if (rc == -1)
		return -1;
	if (rc == 1 && length != item->size)
		return FAIL(why, FAULT_PLACE_TAKEN, "%s", item->name);
	if (rc == 0)
		rc = look_up(s, item->name, PART, &length, why);
	/* What is begun anew loses what is there: that is asked twice. */
	if (rc == 0)
		rc = look_once(s, item->name, PART, true, &length, why);
	if (rc != 1)
		return rc;
	if (length < 0 || length > item->size ||
	    memcmp(s->spoilt, item->sha256, sizeof(s->spoilt)) == 0)
		return 0;
	note_lost(s, item, length);
	*offset = length;
	return 1;
}

struct giving {
	struct drop *drop;
	const char *file;
	int fd;
	int64_t from, at, size;
	int64_t heard; /* received before the first of it went; -1 */
};

static size_t
give(char *out, size_t size, size_t count, void *with)
{
	struct giving *g = with;
	size_t room = line_piece(g->drop->on.line, size * count);
	ssize_t n;

	if (g->at >= g->size)
		return 0;
	if (g->heard == -1) {
		line_count(g->drop->on.line);
		g->heard = g->drop->on.meter->received;
	}
	if ((int64_t)room > g->size - g->at)
		room = (size_t)(g->size - g->at);
	if ((n = pread(g->fd, out, room, (off_t)g->at)) <= 0) {
		fault_set(&g->drop->on.full, FAULT_DISK_NOT_READ, "%s",
		    g->file);
		g->drop->on.stopped = true;
		return CURL_READFUNC_ABORT;
	}
	g->at += n;
	return (size_t)n;
}

static int
go_to(void *with, curl_off_t offset, int origin)
{
	struct giving *g = with;

	if (origin != SEEK_SET || offset < 0 || offset > (curl_off_t)g->size)
		return CURL_SEEKFUNC_FAIL;
	g->at = (int64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/*
 * It could not be opened, or not written, or the line broke.  OpenSSH says of a
 * full disk only that it failed, and libcurl ends the line then.  A server that
 * wrote none of it has answered that; on a bad line nothing came back at all.
 */
static int
not_sent(struct drop *s, const struct giving *g, CURLcode said,
    struct fault *why)
{
	if (s->on.stopped || why->id != FAULT_SERVER_BROKE_OFF)
		return -1;
	if (s->on.meter->ended)
		return 0;
	if (g->at == g->from || said == CURLE_ABORTED_BY_CALLBACK ||
	    s->on.meter->received == g->heard)
		return -1;
	s->barren = g->from == s->barren_at ? s->barren + 1 : 1;
	s->barren_at = g->from;
	if (s->barren == BARREN_SENDS)
		return FAIL(why, FAULT_PLACE_FULL,
		    "it writes nothing of what is sent");
	return -1;
}

static int
drop_send(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	struct drop *s = own;
	struct giving g = { .drop = s,
		.file = item->file,
		.from = *offset,
		.at = *offset,
		.size = item->size,
		.heard = -1 };
	const struct sftp_transfer t = { .name = item->name,
		.end = PART,
		.read = give,
		.seek = go_to,
		.with = &g,
		.size = item->size,
		.from = *offset };
	CURLcode said;
	int rc;

	(void)ticket;
	if (*offset >= item->size)
		return 0;
	if ((g.fd = folder_open_file(item->from, item->file, why)) == -1)
		return -1;
	note_lost(s, item, *offset);
	line_tell(s->on.line, *offset, item->size);
	rc = sftp_run(&s->on, &t, &said, why);
	s->given = *offset + line_told(s->on.line, g.at - *offset);
	s->on.meter->file += s->given - *offset;
	line_tell(s->on.line, 0, 0);
	(void)close(g.fd);
	if (rc == -1)
		return not_sent(s, &g, said, why);
	*offset = item->size;
	return 0;
}

/* --- reading back --- */

struct comparing {
	struct drop *drop;
	const char *file;
	int fd;
	int64_t *at;
	bool differs;
};

static size_t
compare(char *bytes, size_t size, size_t count, void *with)
{
	struct comparing *c = with;
	size_t len = size * count, done = 0;
	char ours[COMPARED];

	while (done < len && !c->differs) {
		size_t want =
		    len - done > sizeof(ours) ? sizeof(ours) : len - done;
		ssize_t n = pread(c->fd, ours, want, (off_t)*c->at);

		if (n == -1) {
			fault_set(&c->drop->on.full, FAULT_DISK_NOT_READ, "%s",
			    c->file);
			c->drop->on.stopped = true;
			return 0;
		}
		if (n == 0 || memcmp(ours, bytes + done, (size_t)n) != 0) {
			c->differs = true;
			return 0;
		}
		done += (size_t)n;
		*c->at += n;
	}
	return len;
}

/* 1: all of it is the same; 0: not a byte of it came, and nothing else did. */
static int
read_once(struct drop *s, const struct place_item *item, const char *end,
    int64_t *proven, struct fault *why)
{
	struct comparing c = { .drop = s, .file = item->file, .at = proven };
	char range[32];
	const struct sftp_transfer t = { .name = item->name,
		.end = end,
		.write = compare,
		.with = &c,
		.range = range };
	int64_t before = *proven;
	CURLcode said;
	int rc;

	(void)snprintf(range, sizeof(range), "%" PRId64 "-", *proven);
	if ((c.fd = folder_open_file(item->from, item->file, why)) == -1)
		return -1;
	rc = sftp_run(&s->on, &t, &said, why);
	(void)close(c.fd);
	if (rc == 0 && *proven < item->size && !s->on.whole)
		return FAIL(why, FAULT_SERVER_BROKE_OFF, "reading back");
	if (c.differs || (rc == 0 && *proven < item->size)) {
		*proven = 0;
		return FAIL(why, FAULT_PLACE_DIFFERS, "read back");
	}
	if (rc == 0)
		return 1;
	if (said == CURLE_REMOTE_ACCESS_DENIED ||
	    (why->id == FAULT_SERVER_BROKE_OFF && !s->on.stopped &&
		said != CURLE_ABORTED_BY_CALLBACK && *proven == before))
		return 0;
	return -1;
}

/*
 * Read it back from *proven on: 1, all of it is the same; 0, it may not be
 * read.  libcurl says of that what it says of a cut, so it is asked again, and
 * in between whether the server is there.
 */
static int
read_back(struct drop *s, const struct place_item *item, const char *end,
    int64_t *proven, struct fault *why)
{
	int64_t length;
	int rc = 1;

	for (int tries = 0; *proven < item->size && tries < BARREN_READS;
	     tries++) {
		if ((rc = read_once(s, item, end, proven, why)) != 0)
			return rc;
		if (look_up(s, item->name, end, &length, why) == -1)
			return -1;
	}
	return rc;
}

static int
add_quoted(struct bytes *to, const struct drop *s, const char *name,
    const char *end, struct fault *why)
{
	const char *const parts[] = { s->on.folder, name, end };

	if (bytes_add_text(to, " \"", why) == -1)
		return -1;
	for (size_t i = 0; i < 3; i++)
		for (const char *c = parts[i]; *c != '\0'; c++)
			if (((*c == '"' || *c == '\\') &&
				bytes_add_text(to, "\\", why) == -1) ||
			    bytes_add(to, c, 1, why) == -1)
				return -1;
	return bytes_add_text(to, "\"", why);
}

/* A command over the part of the file; `to` also names the file itself. */
static int
command(struct drop *s, const char *word, const struct place_item *item,
    bool to, CURLcode *said, struct fault *why)
{
	struct sftp_transfer t = { .write = add_nothing };
	struct bytes text;
	int rc = -1;

	*said = CURLE_OK;
	bytes_init(&text, COMMAND_MAX);
	if (bytes_add_text(&text, word, why) == 0 &&
	    add_quoted(&text, s, item->name, PART, why) == 0 &&
	    (!to || add_quoted(&text, s, item->name, "", why) == 0)) {
		t.quote = (const char *)text.at;
		rc = sftp_run(&s->on, &t, said, why);
	}
	bytes_free(&text);
	return rc;
}

/* Its own name, if no other file has it; 1: there is one of that name. */
static int
give_name(struct drop *s, const struct place_item *item, struct fault *why)
{
	struct fault refused;
	int64_t length;
	CURLcode said;
	int rc;

	if (command(s, "rename", item, true, &said, why) == 0)
		return 0;
	if (said != CURLE_QUOTE_ERROR)
		return -1;
	refused = *why;
	rc = look_up(s, item->name, "", &length, why);
	if (rc == 0)
		return FAIL(why, FAULT_SERVER_FORBIDDEN, "renaming: %s",
		    refused.detail);
	return rc;
}

/* What is there is not what was sent: away with it, and from the beginning. */
static int
give_up_part(struct drop *s, const struct place_item *item)
{
	struct fault unheard = { .id = FAULT_NONE };
	CURLcode said;

	memcpy(s->spoilt, item->sha256, sizeof(s->spoilt));
	/* Where it cannot be removed, it is cut off when it is sent anew. */
	(void)command(s, "rm", item, false, &said, &unheard);
	return -1;
}

/* The file itself is there, so nobody needs it. */
static int
remove_part(struct drop *s, const struct place_item *item, struct fault *why)
{
	CURLcode said;

	if (command(s, "rm", item, false, &said, why) == 0 ||
	    said == CURLE_QUOTE_ERROR)
		return 0;
	return -1;
}

/* It has its name: is it this very file? */
static int
prove_named(struct drop *s, const struct place_item *item, int64_t length,
    int64_t *proven, enum place_proof *proof, struct fault *why)
{
	int rc = length == item->size ?
	    read_back(s, item, "", proven, why) :
	    FAIL(why, FAULT_PLACE_DIFFERS, "length");

	if (rc == -1)
		return why->id == FAULT_PLACE_DIFFERS ?
		    FAIL(why, FAULT_PLACE_TAKEN, "%s", item->name) :
		    -1;
	if (rc == 0 && !item->sent)
		return FAIL(why, FAULT_PLACE_TAKEN,
		    "%s, and it may not be read", item->name);
	*proof = rc == 1 ? PLACE_READ_BACK : PLACE_LENGTH;
	return 0;
}

static int
prove_part(struct drop *s, const struct place_item *item, int64_t *proven,
    enum place_proof *proof, struct fault *why)
{
	int64_t length = 0;
	int rc = look_up(s, item->name, PART, &length, why);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return FAIL(why, FAULT_SERVER_BROKE_OFF,
		    "it is not there any more");
	if (length != item->size) {
		*proven = 0;
		(void)FAIL(why, FAULT_PLACE_DIFFERS, "length");
		return give_up_part(s, item);
	}
	rc = read_back(s, item, PART, proven, why);
	if (rc == -1)
		return why->id == FAULT_PLACE_DIFFERS ? give_up_part(s, item) :
							-1;
	if (rc == 0 && !item->sent) {
		(void)FAIL(why, FAULT_PLACE_DIFFERS,
		    "nobody knows who wrote it");
		return give_up_part(s, item);
	}
	*proof = rc == 1 ? PLACE_READ_BACK : PLACE_LENGTH;
	return give_name(s, item, why);
}

static int
drop_prove(void *own, const struct place_item *item, const char *ticket,
    int64_t *proven, enum place_proof *proof, struct fault *why)
{
	struct drop *s = own;
	int64_t length = 0;
	int rc = look_up(s, item->name, "", &length, why);

	(void)ticket;
	if (*proven < 0 || *proven > item->size)
		*proven = 0;
	if (rc == 0)
		rc = prove_part(s, item, proven, proof, why);
	else if (rc == 1)
		return prove_named(s, item, length, proven, proof, why);
	if (rc != 1)
		return rc;
	/* A file of that name came in between. */
	*proven = 0;
	rc = look_up(s, item->name, "", &length, why);
	if (rc == 0)
		return FAIL(why, FAULT_SERVER_BROKE_OFF,
		    "it is not there any more");
	if (rc == -1 || prove_named(s, item, length, proven, proof, why) == -1)
		return -1;
	return remove_part(s, item, why);
}

/* --- fetching --- */

struct fetching {
	struct drop *drop;
	struct sink *into;
	int64_t got;
	int64_t most; /* -1: all there is */
};

static size_t
take(char *at, size_t size, size_t count, void *with)
{
	struct fetching *f = with;
	size_t len = size * count;

	if (f->most != -1 && (int64_t)len > f->most - f->got)
		len = (size_t)(f->most - f->got);
	if (sink_write(f->into, at, len, &f->drop->on.full) == -1) {
		f->drop->on.stopped = true;
		return 0;
	}
	f->got += (int64_t)len;
	f->drop->on.meter->file += (int64_t)len;
	return size * count;
}

static int
not_got(const struct drop *s, CURLcode said, struct fault *why)
{
	if (said == CURLE_REMOTE_FILE_NOT_FOUND ||
	    said == CURLE_BAD_DOWNLOAD_RESUME)
		return FAIL(why, FAULT_PLACE_CHANGED, "it is gone, or shorter");
	return s->on.meter->ended && !s->on.stopped &&
		why->id == FAULT_SERVER_BROKE_OFF ?
	    0 :
	    -1;
}

static int
drop_get(void *own, const struct place_found *found,
    const struct place_span *span, struct sink *into, int64_t *got,
    struct fault *why)
{
	struct drop *s = own;
	const int64_t from = span->from, to = span->to;
	struct fetching f = { .drop = s,
		.into = into,
		.most = to == -1 ? -1 : to - from };
	char range[64], end[24] = "";
	const struct sftp_transfer t = { .name = found->name,
		.end = "",
		.write = take,
		.with = &f,
		.range = range };
	int64_t until = to == -1 || (found->size != -1 && to > found->size) ?
	    found->size :
	    to;
	CURLcode said;
	int rc;

	if (to != -1)
		(void)snprintf(end, sizeof(end), "%" PRId64, to - 1);
	(void)snprintf(range, sizeof(range), "%" PRId64 "-%s", from, end);
	line_tell(s->on.line, from, found->size > 0 ? found->size : 0);
	rc = sftp_run(&s->on, &t, &said, why);
	line_tell(s->on.line, 0, 0);
	*got = f.got;
	if (rc == -1)
		return not_got(s, said, why);
	if (until != -1 && from + *got != until)
		return FAIL(why, FAULT_PLACE_CHANGED,
		    "it is not as long as it was");
	return 0;
}

const struct place_way place_sftp = {
	.open = drop_open,
	.close = drop_close,
	.begin = drop_begin,
	.offset = drop_offset,
	.send = drop_send,
	.prove = drop_prove,
	.list = drop_list,
	.get = drop_get,
};
