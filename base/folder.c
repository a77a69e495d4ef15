#include "base/folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/sink.h"

#define NAME_MAX_BYTES ((size_t)255)
#define NAME_ROOM (NAME_MAX_BYTES + 1)
#define PART ".part"
#define BLOCK ((size_t)64 * 1024)
#define FOR_US ((mode_t)0600)

struct folder {
	int fd;
	char path[]; /* as given */
};

static bool
is_plain(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	    strlen(name) <= NAME_MAX_BYTES;
}

static int
check_plain(const char *name, struct fault *why)
{
	if (!is_plain(name))
		return FAIL(why, FAULT_DISK_NOT_FOUND,
		    "\"%s\" is not a plain file name", name);
	return 0;
}

/* Fails for errno's reason, unless it has a fault of its own. */
static int
fail_errno(struct fault *why, enum fault_id otherwise, const char *name)
{
	enum fault_id id = otherwise;

	if (errno == ENOENT)
		id = FAULT_DISK_NOT_FOUND;
	else if (errno == ENOTDIR)
		id = FAULT_DISK_NOT_A_FOLDER;
	else if (errno == EEXIST)
		id = FAULT_DISK_EXISTS;
	return FAIL(why, id, "%s: %s", name, strerror(errno));
}

/* Takes fd, which may be -1 with errno set; name lies in the folder `in`. */
static struct folder *
folder_new(int fd, const char *in, const char *name, struct fault *why)
{
	size_t in_len = strlen(in), room = in_len + strlen(name) + 2;
	const char *between = in_len > 0 && in[in_len - 1] != '/' ? "/" : "";
	struct folder *f;

	if (fd == -1) {
		/* What is there and is a link is not a folder either. */
		if (errno == ELOOP)
			errno = ENOTDIR;
		(void)fail_errno(why, FAULT_DISK_NOT_READ,
		    folder_last_part(name));
		return NULL;
	}
	if ((f = malloc(sizeof(*f) + room)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", folder_last_part(name));
		(void)close(fd);
		return NULL;
	}
	f->fd = fd;
	(void)snprintf(f->path, room, "%s%s%s", in, between, name);
	return f;
}

struct folder *
folder_open(const char *path, struct fault *why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return folder_new(fd, "", path, why);
}

struct folder *
folder_make(const char *path, struct fault *why)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST) {
		(void)fail_errno(why, FAULT_DISK_NOT_WRITTEN,
		    folder_last_part(path));
		return NULL;
	}
	return folder_open(path, why);
}

struct folder *
folder_make_in(const struct folder *f, const char *name, struct fault *why)
{
	int fd;

	if (check_plain(name, why) == -1)
		return NULL;
	if (mkdirat(f->fd, name, 0700) == -1 && errno != EEXIST) {
		(void)fail_errno(why, FAULT_DISK_NOT_WRITTEN, name);
		return NULL;
	}
	fd = openat(f->fd, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return folder_new(fd, f->path, name, why);
}

void
folder_close(struct folder *f)
{
	if (f == NULL)
		return;
	(void)close(f->fd);
	free(f);
}

const char *
folder_path(const struct folder *f)
{
	return f->path;
}

bool
folder_has(const struct folder *f, const char *name)
{
	struct stat is;

	return is_plain(name) &&
	    fstatat(f->fd, name, &is, AT_SYMLINK_NOFOLLOW) == 0;
}

int
folder_takes(const struct folder *f, uint64_t need, uint64_t *room,
    struct fault *why)
{
	const char *name = folder_last_part(f->path);
	bool read_only;

	*room = 0;
	if (platform_room(f->fd, room, &read_only) == -1)
		return fail_errno(why, FAULT_DISK_NOT_READ, name);
	if (read_only)
		return FAIL(why, FAULT_STICK_READ_ONLY, "%s", name);
	if (faccessat(f->fd, ".", W_OK | X_OK, 0) == -1)
		return FAIL(why,
		    errno == EROFS ? FAULT_STICK_READ_ONLY : FAULT_STICK_CLOSED,
		    "%s", name);
	if (*room < need)
		return FAIL(why, FAULT_STICK_FULL,
		    "%" PRIu64 " bytes are free, %" PRIu64 " are needed", *room,
		    need);
	return 0;
}

int
folder_open_file(const struct folder *f, const char *name, struct fault *why)
{
	struct stat is;
	int fd;

	if (check_plain(name, why) == -1)
		return -1;
	/* Not to wait for the other end of a pipe that has a file's name. */
	fd = openat(f->fd, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && errno != ELOOP && errno != ENXIO)
		return fail_errno(why, FAULT_DISK_NOT_READ, name);
	if (fd == -1 || fstat(fd, &is) == -1 || !S_ISREG(is.st_mode)) {
		fault_set(why, FAULT_DISK_NOT_READ, "%s: not a regular file",
		    name);
		if (fd != -1)
			(void)close(fd);
		return -1;
	}
	return fd;
}

/* As read, but not ended by a signal. */
static ssize_t
read_some(int fd, void *out, size_t room)
{
	ssize_t n;

	do {
		n = read(fd, out, room);
	} while (n == -1 && errno == EINTR);
	return n;
}

int
folder_read(const struct folder *f, const char *name, struct bytes *out,
    struct fault *why)
{
	uint8_t block[4096];
	size_t before = out->len;
	ssize_t n;
	int fd, rc = -1;

	if ((fd = folder_open_file(f, name, why)) == -1)
		return -1;
	while ((n = read_some(fd, block, sizeof(block))) > 0) {
		if (bytes_add(out, block, (size_t)n, why) == -1) {
			fault_set(why, why->id, "%s: %s", name, why->detail);
			goto done;
		}
	}
	if (n == -1) {
		(void)fail_errno(why, FAULT_DISK_NOT_READ, name);
		goto done;
	}
	rc = 0;

done:
	/* Half a file is not kept; out's freeing wipes it with the rest. */
	if (rc == -1 && out->at != NULL) {
		out->len = before;
		out->at[before] = '\0';
	}
	platform_wipe(block, sizeof(block));
	(void)close(fd);
	return rc;
}

int
folder_remove(const struct folder *f, const char *name, struct fault *why)
{
	if (check_plain(name, why) == -1)
		return -1;
	if (unlinkat(f->fd, name, 0) == -1)
		return fail_errno(why, FAULT_DISK_NOT_WRITTEN, name);
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* Adds the count names that lie one after the other in `from`, sorted. */
static int
add_sorted(const struct bytes *from, size_t count, struct bytes *names,
    struct fault *why)
{
	const char *at = (const char *)from->at;
	const char **sorted;
	int rc = 0;

	if (count == 0)
		return 0;
	if ((sorted = calloc(count, sizeof(*sorted))) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu names", count);
	for (size_t i = 0; i < count; i++) {
		sorted[i] = at;
		at += strlen(at) + 1;
	}
	qsort(sorted, count, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = bytes_add(names, sorted[i], strlen(sorted[i]) + 1, why);
	free(sorted);
	return rc;
}

/* Names of the regular files, in the drive's own order. */
static int
collect(DIR *dir, struct bytes *names, size_t *count, size_t *others,
    struct fault *why)
{
	const struct dirent *entry;
	struct stat is;

	for (;;) {
		/* Only errno tells the end from a drive that was pulled. */
		errno = 0;
		if ((entry = readdir(dir)) == NULL)
			break;
		if (!is_plain(entry->d_name))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &is,
			AT_SYMLINK_NOFOLLOW) == -1) {
			/* It may have been taken away meanwhile. */
			if (errno != ENOENT)
				++*others;
			continue;
		}
		if (!S_ISREG(is.st_mode)) {
			++*others;
			continue;
		}
		if (bytes_add(names, entry->d_name, strlen(entry->d_name) + 1,
			why) == -1)
			return -1;
		++*count;
	}
	if (errno != 0)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	return 0;
}

int
folder_list(const struct folder *f, struct bytes *names, size_t *others,
    struct fault *why)
{
	struct bytes found;
	size_t count = 0;
	DIR *dir = NULL;
	int fd, rc = -1;

	*others = 0;
	bytes_init(&found, names->ceiling - names->len);
	/* A descriptor of its own, so that each listing starts at the top. */
	fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL) {
		(void)fail_errno(why, FAULT_DISK_NOT_READ,
		    folder_last_part(f->path));
		if (fd != -1)
			(void)close(fd);
		goto done;
	}
	if (collect(dir, &found, &count, others, why) == -1)
		goto done;
	rc = add_sorted(&found, count, names, why);

done:
	if (dir != NULL)
		(void)closedir(dir);
	bytes_free(&found);
	return rc;
}

/*
 * A sum of what was written, to be compared with what the drive gives back.
 * It finds the errors of a failing or false-sized stick, not those of someone
 * who wants to deceive: against them bundles are signed.  Two unlike 64-bit
 * sums over every byte in its place: FNV-1a, and a polynomial.
 */
struct sum {
	uint64_t fnv;
	uint64_t polynomial;
	uint64_t len;
};

static const struct sum sum_of_nothing = { 0xcbf29ce484222325, 0, 0 };

static void
sum_add(struct sum *s, const uint8_t *bytes, size_t len)
{
	uint64_t fnv = s->fnv, polynomial = s->polynomial;

	for (size_t i = 0; i < len; i++) {
		fnv = (fnv ^ bytes[i]) * 0x100000001b3;
		polynomial = (polynomial + bytes[i] + 1) * 0x9e3779b97f4a7c15;
	}
	s->fnv = fnv;
	s->polynomial = polynomial;
	s->len += len;
}

static bool
sum_same(const struct sum *a, const struct sum *b)
{
	return a->fnv == b->fnv && a->polynomial == b->polynomial &&
	    a->len == b->len;
}

/* A file on its way to its name. */
struct part {
	const struct folder *in;
	int fd;
	bool half_written; /* "<name>.part" is there */
	bool over;	   /* may take an older file's place */
	mode_t mode;
	char name[NAME_ROOM];
	char part[NAME_ROOM];
	struct sum sum;
	size_t held;
	uint8_t block[BLOCK]; /* the held bytes, not yet written */
};

static int
fail_step(const struct part *p, const char *step, struct fault *why)
{
	/* Found here, ENOENT means a drive that is gone, not a wrong name. */
	return FAIL(why, FAULT_DISK_NOT_WRITTEN, "%s: could not %s: %s",
	    p->name, step, strerror(errno));
}

static int
write_all(int fd, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
part_flush(struct part *p, struct fault *why)
{
	if (write_all(p->fd, p->block, p->held) == -1)
		return fail_step(p, "write all of it", why);
	p->held = 0;
	return 0;
}

static int
part_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	struct part *p = s->own;
	size_t n;

	assert(p->fd != -1);
	sum_add(&p->sum, bytes, len);
	while (len > 0) {
		n = BLOCK - p->held < len ? BLOCK - p->held : len;
		memcpy(p->block + p->held, bytes, n);
		p->held += n;
		bytes += n;
		len -= n;
		if (p->held == BLOCK && part_flush(p, why) == -1)
			return -1;
	}
	return 0;
}

/* Read it all again, from the drive itself, and compare. */
static int
part_read_back(struct part *p, struct fault *why)
{
	struct sum sum = sum_of_nothing;
	ssize_t n;

	platform_forget_cache(p->fd);
	if (lseek(p->fd, 0, SEEK_SET) == -1)
		return fail_step(p, "go back to its start", why);
	while ((n = read_some(p->fd, p->block, BLOCK)) > 0)
		sum_add(&sum, p->block, (size_t)n);
	if (n == -1)
		return FAIL(why, FAULT_DISK_READ_BACK, "%s: %s", p->name,
		    strerror(errno));
	if (!sum_same(&sum, &p->sum))
		return FAIL(why, FAULT_DISK_READ_BACK, "%s", p->name);
	return 0;
}

/* Give it its name: its bytes are on the drive now. */
static int
part_rename(struct part *p, struct fault *why)
{
	int dir = p->in->fd, rc;

	if (p->over)
		rc = renameat(dir, p->part, dir, p->name);
	else
		rc = platform_rename_new(dir, p->part, p->name);
	if (rc == -1 && errno == EEXIST)
		return FAIL(why, FAULT_DISK_EXISTS, "%s", p->name);
	if (rc == -1)
		return fail_step(p, "give it its name", why);
	p->half_written = false;
	/* Some file systems have no such thing for folders. */
	if (platform_sync(dir) == 0 || errno == EINVAL || errno == ENOSYS)
		return 0;
	(void)fail_step(p, "keep its name", why);
	/* Who is told that it failed must not find it there. */
	if (!p->over)
		(void)unlinkat(dir, p->name, 0);
	return -1;
}

static int
part_finish(struct sink *s, struct fault *why)
{
	struct part *p = s->own;

	assert(p->fd != -1);
	if (part_flush(p, why) == -1)
		return -1;
	if (platform_sync(p->fd) == -1)
		return fail_step(p, "bring it to the drive", why);
	if (part_read_back(p, why) == -1 || part_rename(p, why) == -1)
		return -1;
	(void)close(p->fd);
	p->fd = -1;
	return 0;
}

static void
part_free(void *own)
{
	struct part *p = own;

	if (p->half_written)
		(void)unlinkat(p->in->fd, p->part, 0);
	if (p->fd != -1)
		(void)close(p->fd);
	platform_wipe(p->block, BLOCK);
	free(p);
}

static const struct sink_kind part_kind = {
	.name = "file",
	.write = part_write,
	.finish = part_finish,
	.free = part_free,
};

/* Start "<name>.part"; one that a crash has left is removed first. */
static int
part_open(struct part *p, struct fault *why)
{
	const int how = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	struct stat is;
	int dir = p->in->fd;

	p->fd = openat(dir, p->part, how, FOR_US);
	if (p->fd == -1 && errno == EEXIST) {
		if (fstatat(dir, p->part, &is, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(is.st_mode))
			return FAIL(why, FAULT_DISK_EXISTS, "%s", p->part);
		if (unlinkat(dir, p->part, 0) == -1)
			return fail_step(p, "remove an older part", why);
		p->fd = openat(dir, p->part, how, FOR_US);
	}
	if (p->fd == -1)
		return fail_step(p, "start the file", why);
	p->half_written = true;
	/* A drive that knows no modes lets everybody read. */
	if (p->mode != FOR_US)
		(void)fchmod(p->fd, p->mode);
	return 0;
}

/* One of that name, and nothing done yet; NULL after filling in why. */
static struct part *
part_of(const struct folder *f, const char *name, struct fault *why)
{
	size_t len = strlen(name);
	struct part *p;

	if (!is_plain(name) || len > NAME_MAX_BYTES - strlen(PART)) {
		fault_set(why, FAULT_DISK_NOT_WRITTEN,
		    "\"%s\" is not a plain file name, or too long", name);
		return NULL;
	}
	if ((p = malloc(sizeof(*p))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", name);
		return NULL;
	}
	p->in = f;
	p->fd = -1;
	p->half_written = false;
	p->over = false;
	p->mode = FOR_US;
	p->sum = sum_of_nothing;
	p->held = 0;
	memcpy(p->name, name, len + 1);
	memcpy(p->part, name, len);
	memcpy(p->part + len, PART, sizeof(PART));
	return p;
}

static struct sink *
part_new(const struct folder *f, const char *name, bool over, mode_t mode,
    struct fault *why)
{
	struct part *p = part_of(f, name, why);

	if (p == NULL)
		return NULL;
	if (!over && folder_has(f, name)) {
		fault_set(why, FAULT_DISK_EXISTS, "%s", name);
		part_free(p);
		return NULL;
	}
	p->over = over;
	p->mode = mode;
	if (part_open(p, why) == -1) {
		part_free(p);
		return NULL;
	}
	return sink_new(&part_kind, p, NULL, why);
}

/* Takes s, which may be NULL. */
static int
part_write_whole(struct sink *s, const void *bytes, size_t len,
    struct fault *why)
{
	int rc = -1;

	if (s != NULL && sink_write(s, bytes, len, why) == 0)
		rc = sink_finish(s, why);
	sink_free(s);
	return rc;
}

struct sink *
folder_publish(struct folder *f, const char *name, struct fault *why)
{
	return part_new(f, name, false, FOR_US, why);
}

struct sink *
folder_publish_open(struct folder *f, const char *name, struct fault *why)
{
	return part_new(f, name, false, (mode_t)platform_shared_mode(), why);
}

int
folder_publish_bytes(struct folder *f, const char *name, const void *bytes,
    size_t len, struct fault *why)
{
	return part_write_whole(folder_publish(f, name, why), bytes, len, why);
}

struct sink *
folder_replace(struct folder *f, const char *name, struct fault *why)
{
	return part_new(f, name, true, FOR_US, why);
}

int
folder_replace_bytes(struct folder *f, const char *name, const void *bytes,
    size_t len, struct fault *why)
{
	return part_write_whole(folder_replace(f, name, why), bytes, len, why);
}

int
folder_open_part(const struct folder *f, const char *name, int64_t *has,
    struct fault *why)
{
	struct part *p = part_of(f, name, why);
	struct stat is;
	int fd;

	if (p == NULL)
		return -1;
	fd = openat(f->fd, p->part,
	    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC,
	    0600);
	if (fd == -1) {
		(void)fail_step(p, "start the file", why);
	} else if (fstat(fd, &is) == -1 || !S_ISREG(is.st_mode)) {
		fault_set(why, FAULT_DISK_EXISTS, "%s", p->part);
		(void)close(fd);
		fd = -1;
	} else {
		*has = is.st_size;
	}
	free(p);
	return fd;
}

int
folder_end_part(const struct folder *f, const char *name, int fd,
    struct fault *why)
{
	struct part *p = part_of(f, name, why);
	int rc;

	if (p == NULL)
		return -1;
	rc = platform_sync(fd) == -1 ?
	    fail_step(p, "bring it to the drive", why) :
	    part_rename(p, why);
	free(p);
	return rc;
}

int
folder_private_file(const struct folder *f, struct fault *why)
{
	int fd = platform_private_file(f->fd);

	if (fd == -1)
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "a private file: %s",
		    strerror(errno));
	return fd;
}

const char *
folder_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

int
folder_split(const char *path, struct folder **dir, char *name, size_t room,
    struct fault *why)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash != NULL ? slash + 1 : path;
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;
	char *of;

	*dir = NULL;
	if (check_plain(last, why) == -1)
		return -1;
	if (strlen(last) >= room)
		return FAIL(why, FAULT_DISK_NOT_FOUND, "%s: name too long",
		    last);
	if ((of = malloc(len + 2)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%s", last);
	if (len > 0) {
		memcpy(of, path, len);
		of[len] = '\0';
	} else {
		/* "/x" lies in "/", and "x" where we are. */
		memcpy(of, slash != NULL ? "/" : ".", 2);
	}
	*dir = folder_open(of, why);
	free(of);
	if (*dir == NULL)
		return -1;
	memcpy(name, last, strlen(last) + 1);
	return 0;
}
