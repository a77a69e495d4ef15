#include "import/held_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/reader.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "import/receive.h"

#define HELD "held"
#define PATH_ROOM 4096
#define NAME_ROOM (BUNDLE_ID + sizeof(".satchel"))
#define MARK_MAX 32
#define NAMES_MAX ((size_t)16 * 1024 * 1024)
#define PIECE (64 * 1024)

/* The folder, or NULL with why->id FAULT_NONE if nothing was ever held. */
static struct folder *
open_held(const struct folder *home, struct fault *why)
{
	struct folder *f;
	char path[PATH_ROOM];
	int len = snprintf(path, sizeof(path), "%s/" HELD, folder_path(home));

	if (len < 0 || (size_t)len >= sizeof(path)) {
		fault_set(why, FAULT_USAGE, "the path of the home is too long");
		return NULL;
	}
	f = folder_open(path, why);
	if (f == NULL && why->id == FAULT_DISK_NOT_FOUND)
		why->id = FAULT_NONE;
	return f;
}

/* The name of the mark beside a bundle; false: name is none of a bundle. */
static bool
mark_of(const char *name, char out[static NAME_ROOM])
{
	static const char ending[] = ".satchel";
	size_t len = strlen(name), end = sizeof(ending) - 1;

	if (len != NAME_ROOM - 2 || strcmp(name + len - end, ending) != 0)
		return false;
	(void)snprintf(out, NAME_ROOM, "%.*s.refused", (int)(len - end), name);
	return true;
}

static int
copy_to(int fd, struct sink *to, struct fault *why)
{
	uint8_t piece[PIECE];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return FAIL(why, FAULT_DISK_NOT_READ, "%s",
			    strerror(errno));
		if (sink_write(to, piece, (size_t)n, why) == -1)
			return -1;
	}
	return sink_finish(to, why);
}

/* Is what is kept under this name the same bundle? */
static int
is_same(struct folder *f, const char *name, const struct received *r,
    struct fault *why)
{
	struct received kept;
	int fd, rc = -1;

	receive_start(&kept);
	if ((fd = folder_open_file(f, name, why)) == -1 ||
	    receive_in_place(&kept, fd, why) == -1 ||
	    receive_lines(&kept, why) == -1)
		goto done;
	rc = memcmp(kept.sha256, r->sha256, sizeof(kept.sha256)) == 0;
done:
	receive_close(&kept);
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/* The lines of a bundle that is kept; false: they cannot be read. */
static bool
read_lines(int fd, struct minisign_signature *signature,
    struct bundle_outside *outside)
{
	uint8_t head[BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE)];
	struct fault ignored;
	size_t got = 0, at;
	ssize_t n;

	while (got < sizeof(head) &&
	    (n = read(fd, head + got, sizeof(head) - got)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		got += (size_t)n;
	}
	return bundle_lines_read(head, got, signature, outside, &at,
		   &ignored) == 0;
}

/* What is kept already of the key that signed this one. */
struct hoard {
	const struct minisign_signature *like;
	size_t count;
	uint64_t bytes;
};

static int
count_one(const struct folder *f, const char *name, struct hoard *h,
    struct fault *why)
{
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct stat st;
	int fd = folder_open_file(f, name, why), rc = 0;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		rc = FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	else if (read_lines(fd, &signature, &outside) &&
	    memcmp(signature.number, h->like->number,
		sizeof(signature.number)) == 0) {
		h->count++;
		h->bytes += (uint64_t)st.st_size;
	}
	(void)close(fd);
	return rc;
}

/* 1: there is room for it; 0: there is none. */
static int
has_room(const struct folder *f, const struct received *r, struct fault *why)
{
	struct hoard h = { .like = &r->signature };
	struct bytes all;
	char mark[NAME_ROOM];
	size_t others;
	int rc = -1;

	bytes_init(&all, NAMES_MAX);
	if (folder_list(f, &all, &others, why) == -1)
		goto done;
	for (size_t i = 0; i < all.len;) {
		const char *name = (const char *)all.at + i;

		i += strlen(name) + 1;
		if (mark_of(name, mark) && count_one(f, name, &h, why) == -1)
			goto done;
	}
	rc = h.count < HELD_FILES_MAX && h.bytes <= HELD_FILES_BYTES &&
	    r->bytes <= HELD_FILES_BYTES - h.bytes;
done:
	bytes_free(&all);
	return rc;
}

int
held_files_keep(struct folder *home, const struct received *r,
    struct fault *why)
{
	struct folder *f = folder_make_in(home, HELD, why);
	struct sink *to = NULL;
	char name[NAME_ROOM];
	int rc = -1, same;

	if (f == NULL)
		return -1;
	(void)snprintf(name, sizeof(name), "%s.satchel", r->outside.id);
	if (folder_has(f, name)) {
		if ((same = is_same(f, name, r, why)) == 0)
			fault_set(why, FAULT_BUNDLE_NUMBER_TWICE,
			    "the same id with another content is held here");
		rc = same == 1 ? 1 : -1;
		goto done;
	}
	if ((rc = has_room(f, r, why)) != 1)
		goto done;
	rc = -1;
	if ((to = folder_publish(f, name, why)) == NULL)
		goto done;
	if (copy_to(r->fd, to, why) == 0)
		rc = 1;
done:
	sink_free(to);
	folder_close(f);
	return rc;
}

/* Under which version was it refused; 0: under none. */
static int
refused_under(const struct folder *f, const char *mark, int64_t *out,
    struct fault *why)
{
	struct bytes text;
	struct reader r;
	uint64_t version;
	int rc = -1;

	*out = 0;
	if (!folder_has(f, mark))
		return 0;
	bytes_init(&text, MARK_MAX);
	if (folder_read(f, mark, &text, why) == -1)
		goto done;
	r = (struct reader){ text.at, text.len };
	/* A mark that nobody can read keeps nothing from being tried. */
	if (reader_number(&r, INT64_MAX, &version) && r.left == 0)
		*out = (int64_t)version;
	rc = 0;
done:
	bytes_free(&text);
	return rc;
}

int
held_files_list(const struct folder *home, int64_t version, struct bytes *names,
    struct fault *why)
{
	struct folder *f = open_held(home, why);
	struct bytes all;
	size_t others;
	int rc = -1;

	if (f == NULL)
		return why->id == FAULT_NONE ? 0 : -1;
	bytes_init(&all, NAMES_MAX);
	if (folder_list(f, &all, &others, why) == -1)
		goto done;
	for (size_t i = 0; i < all.len;) {
		const char *name = (const char *)all.at + i;
		char mark[NAME_ROOM];
		int64_t refused;

		i += strlen(name) + 1;
		if (!mark_of(name, mark))
			continue;
		if (refused_under(f, mark, &refused, why) == -1)
			goto done;
		if (refused < version &&
		    bytes_add(names, name, strlen(name) + 1, why) == -1)
			goto done;
	}
	rc = 0;
done:
	bytes_free(&all);
	folder_close(f);
	return rc;
}

int
held_files_open(const struct folder *home, const char *name, struct fault *why)
{
	struct folder *f = open_held(home, why);
	int fd;

	if (f == NULL && why->id == FAULT_NONE)
		return FAIL(why, FAULT_DISK_NOT_FOUND, HELD);
	if (f == NULL)
		return -1;
	fd = folder_open_file(f, name, why);
	folder_close(f);
	return fd;
}

int64_t
held_files_number(const struct folder *home, const char *name)
{
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct fault ignored;
	int64_t number = 0;
	int fd = held_files_open(home, name, &ignored);

	if (fd == -1)
		return 0;
	if (read_lines(fd, &signature, &outside))
		number = outside.seq;
	(void)close(fd);
	return number;
}

int
held_files_done(const struct folder *home, const char *name, struct fault *why)
{
	struct folder *f = open_held(home, why);
	char mark[NAME_ROOM];
	int rc = -1;

	if (f == NULL)
		return why->id == FAULT_NONE ? 0 : -1;
	if (folder_remove(f, name, why) == -1)
		goto done;
	rc = 0;
	if (mark_of(name, mark) && folder_has(f, mark))
		rc = folder_remove(f, mark, why);
done:
	folder_close(f);
	return rc;
}

int
held_files_refused(const struct folder *home, const char *name, int64_t version,
    struct fault *why)
{
	struct folder *f = open_held(home, why);
	char mark[NAME_ROOM], text[MARK_MAX];
	int rc = 0;

	if (f == NULL)
		return why->id == FAULT_NONE ? 0 : -1;
	(void)snprintf(text, sizeof(text), "%" PRId64, version);
	if (mark_of(name, mark))
		rc = folder_replace_bytes(f, mark, text, strlen(text), why);
	folder_close(f);
	return rc;
}
