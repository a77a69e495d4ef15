/*
 * A folder of this machine, by the stick's rules: whole file or no file, read
 * back past the cache, never in the place of another.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/json.h"
#include "systems/place_inside.h"
#include "systems/place_list.h"

#define SCHEME "file://"
#define BLOCK ((size_t)64 * 1024)
#define BESIDE_MAX ((size_t)64 * 1024)
#define NAMES_MAX ((size_t)64 * 1024 * 1024)

struct place_dir {
	struct folder *folder;
	struct place_meter *meter;
};

static void *
dir_open(const struct place_order *order, struct fault *why)
{
	struct place_dir *d;
	char *path = NULL;

	if ((d = calloc(1, sizeof(*d))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a folder");
		return NULL;
	}
	d->meter = order->meter;
	if (order->url[strlen(SCHEME)] != '/')
		fault_set(why, FAULT_SERVER_ADDRESS,
		    "write file:///folder, with the whole path");
	else if ((path = place_list_unescaped(order->url + strlen(SCHEME),
		      why)) != NULL)
		d->folder = folder_open(path, why);
	free(path);
	if (d->folder != NULL)
		return d;
	free(d);
	return NULL;
}

static void
dir_close(void *own)
{
	struct place_dir *d = own;

	if (d == NULL)
		return;
	folder_close(d->folder);
	free(d);
}

/* Hand those bytes to each. */
static int
walk(int fd, const char *name, const struct place_span *span,
    int (
	*each)(void *with, const uint8_t *bytes, size_t len, struct fault *why),
    void *with, struct fault *why)
{
	uint8_t *block = malloc(BLOCK);
	int64_t from = span->from, to = span->to;
	int rc = -1;

	if (block == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "a copy");
	while (to == -1 || from < to) {
		size_t want = to == -1 || to - from > (int64_t)BLOCK ?
		    BLOCK :
		    (size_t)(to - from);
		ssize_t got = pread(fd, block, want, (off_t)from);

		if (got == -1) {
			fault_set(why, FAULT_DISK_NOT_READ, "%s", name);
			goto done;
		}
		if (got == 0)
			break;
		if (each(with, block, (size_t)got, why) == -1)
			goto done;
		from += got;
	}
	rc = 0;

done:
	free(block);
	return rc;
}

static int
add_to_digest(void *with, const uint8_t *bytes, size_t len, struct fault *why)
{
	(void)why;
	digest_add(with, bytes, len);
	return 0;
}

/* Does the very file lie there?  1, or FAULT_PLACE_TAKEN, or 0. */
static int
lies_there(const struct place_dir *d, const struct place_item *item,
    struct fault *why)
{
	static const struct place_span whole = { 0, -1 };
	struct digest *digest;
	uint8_t found[32];
	struct stat st;
	int fd, rc;

	if (!folder_has(d->folder, item->name))
		return 0;
	if ((fd = folder_open_file(d->folder, item->name, why)) == -1)
		return -1;
	platform_forget_cache(fd);
	if ((digest = digest_new(DIGEST_SHA256, why)) == NULL) {
		(void)close(fd);
		return -1;
	}
	rc = walk(fd, item->name, &whole, add_to_digest, digest, why);
	digest_end(digest, found);
	digest_free(digest);
	if (rc == 0 && fstat(fd, &st) == 0 && st.st_size == item->size &&
	    memcmp(found, item->sha256, sizeof(found)) == 0)
		rc = 1;
	else if (rc == 0)
		rc = FAIL(why, FAULT_PLACE_TAKEN, "%s", item->name);
	(void)close(fd);
	return rc;
}

static int
dir_offset(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	int rc = lies_there(own, item, why);

	(void)ticket;
	if (rc == 1)
		*offset = item->size;
	return rc;
}

static int
dir_begin(void *own, const struct place_item *item,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why)
{
	return dir_offset(own, item, ticket, offset, why) == -1 ? -1 : 0;
}

static int
add_to_sink(void *with, const uint8_t *bytes, size_t len, struct fault *why)
{
	return sink_write(with, bytes, len, why);
}

static int
copy_whole(struct place_dir *d, const struct place_item *item, int fd,
    struct fault *why)
{
	const struct place_span all = { 0, item->size };
	/* It is sealed, and who serves it is another user. */
	struct sink *to = folder_publish_open(d->folder, item->name, why);
	int rc = -1;

	if (to != NULL && walk(fd, item->file, &all, add_to_sink, to, why) == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	if (rc == -1 && why->id == FAULT_DISK_EXISTS)
		return FAIL(why, FAULT_PLACE_TAKEN, "%s", item->name);
	if (rc == -1 && why->id == FAULT_DISK_READ_BACK)
		return FAIL(why, FAULT_PLACE_DIFFERS, "%s", item->name);
	return rc;
}

static int
dir_send(void *own, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	struct place_dir *d = own;
	uint64_t room;
	int fd, rc = lies_there(d, item, why);

	(void)ticket;
	*offset = rc == 1 ? item->size : 0;
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (d->meter->ends_at > 0 && clock_elapsed() >= d->meter->ends_at) {
		d->meter->ended = true;
		return 0;
	}
	if (folder_takes(d->folder, (uint64_t)item->size, &room, why) == -1 ||
	    (fd = folder_open_file(item->from, item->file, why)) == -1)
		return -1;
	rc = copy_whole(d, item, fd, why);
	(void)close(fd);
	if (rc == -1)
		return -1;
	*offset = item->size;
	d->meter->file += item->size;
	if (d->meter->moved != NULL)
		d->meter->moved(d->meter->with, item->size, item->size);
	return 0;
}

static int
dir_prove(void *own, const struct place_item *item, const char *ticket,
    int64_t *proven, enum place_proof *proof, struct fault *why)
{
	int rc = lies_there(own, item, why);

	(void)ticket;
	if (rc == -1)
		return -1;
	if (rc == 0)
		return FAIL(why, FAULT_PLACE_DIFFERS, "it is not there");
	*proven = item->size;
	*proof = PLACE_READ_BACK;
	return 0;
}

/*
 * Is it an upload that is not whole yet?  Upload servers keep it under the name
 * that it will have, and say beside it how long it is to be: tusd in NAME.info,
 * @tus/file-store in NAME.json.  Where nothing is said, it is whole.
 */
static bool
still_coming(const struct folder *in, const char *name, int64_t size)
{
	static const struct {
		const char *end, *member;
	} beside[] = { { ".info", "Size" }, { ".json", "size" } };
	char other[PLACE_FOUND_NAME + sizeof(".info")];
	struct fault unread = { .id = FAULT_NONE };
	bool coming = false;

	for (size_t i = 0; i < 2 && !coming; i++) {
		struct json *j = NULL;
		struct bytes text;
		int64_t whole;

		bytes_init(&text, BESIDE_MAX);
		(void)snprintf(other, sizeof(other), "%s%s", name,
		    beside[i].end);
		if (folder_read(in, other, &text, &unread) == 0 &&
		    json_read(text.at, text.len, &json_foreign, &j, &unread) ==
			0 &&
		    json_integer(json_get(json_root(j), beside[i].member),
			&whole))
			coming = whole != size;
		json_free(j);
		bytes_free(&text);
	}
	return coming;
}

/* What vanishes or cannot be opened meanwhile is nothing to fetch. */
static int
tell_one(const struct place_dir *d, const char *name,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct fault unread = { .id = FAULT_NONE };
	struct place_found f = { .size = -1 };
	struct stat st;
	int fd = folder_open_file(d->folder, name, &unread);

	if (fd == -1)
		return 0;
	if (fstat(fd, &st) == 0) {
		f.size = st.st_size;
		f.changed = (int64_t)st.st_mtime;
	}
	(void)close(fd);
	if (!place_list_wanted(name, f.size) ||
	    still_coming(d->folder, name, f.size))
		return 0;
	memcpy(f.name, name, strlen(name) + 1);
	return each(&f, context, why);
}

static int
dir_list(void *own,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct place_dir *d = own;
	struct bytes names;
	size_t others;
	int rc;

	bytes_init(&names, NAMES_MAX);
	rc = folder_list(d->folder, &names, &others, why);
	for (size_t i = 0; rc == 0 && i < names.len;
	     i += strlen((const char *)names.at + i) + 1)
		rc =
		    tell_one(d, (const char *)names.at + i, each, context, why);
	bytes_free(&names);
	return rc;
}

struct taking {
	struct place_meter *meter;
	struct sink *into;
	int64_t got;
};

static int
take(void *with, const uint8_t *bytes, size_t len, struct fault *why)
{
	struct taking *t = with;

	if (sink_write(t->into, bytes, len, why) == -1)
		return -1;
	t->got += (int64_t)len;
	t->meter->file += (int64_t)len;
	return 0;
}

static int
dir_get(void *own, const struct place_found *f, const struct place_span *span,
    struct sink *into, int64_t *got, struct fault *why)
{
	struct place_dir *d = own;
	struct taking t = { d->meter, into, 0 };
	struct stat st;
	int fd, rc;

	if ((fd = folder_open_file(d->folder, f->name, why)) == -1)
		return -1;
	if (fstat(fd, &st) == 0 && (f->size == -1 || st.st_size == f->size) &&
	    (f->changed == 0 || f->changed == (int64_t)st.st_mtime))
		rc = walk(fd, f->name, span, take, &t, why);
	else
		rc = FAIL(why, FAULT_PLACE_CHANGED, "%s", f->name);
	*got = t.got;
	(void)close(fd);
	return rc;
}

const struct place_way place_folder = {
	.open = dir_open,
	.close = dir_close,
	.begin = dir_begin,
	.offset = dir_offset,
	.send = dir_send,
	.prove = dir_prove,
	.list = dir_list,
	.get = dir_get,
};
