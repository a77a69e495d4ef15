/* A folder of our own under the system's place for such, made for each row. */
#include "tests/unit/rows.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"

/* What a row finds: a folder with one of each kind of thing. */
struct site {
	char path[64];
	int fd;
	struct folder *f;
	struct fault why;
};

static void
put(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void
site_make(struct site *s)
{
	const char *in = getenv("TMPDIR");

	memset(s, 0, sizeof(*s));
	(void)snprintf(s->path, sizeof(s->path), "%s/satchel-test-XXXXXX",
	    in != NULL && strlen(in) < 30 ? in : "/tmp");
	assert_non_null(mkdtemp(s->path));
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY);
	assert_int_not_equal(s->fd, -1);
	put(s->fd, "b.satchel", "second");
	put(s->fd, "a.satchel", "first");
	assert_int_equal(mkdirat(s->fd, "deeper", 0700), 0);
	assert_int_equal(symlinkat("a.satchel", s->fd, "link"), 0);
	assert_int_equal(symlinkat("deeper", s->fd, "folder-link"), 0);
	assert_int_equal(mkfifoat(s->fd, "pipe", 0600), 0);
	s->f = folder_open(s->path, &s->why);
	assert_non_null(s->f);
}

static void
site_remove(struct site *s)
{
	DIR *dir = fdopendir(s->fd);
	const struct dirent *entry;

	assert_non_null(dir);
	rewinddir(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(s->fd, entry->d_name, 0) == -1)
			(void)unlinkat(s->fd, entry->d_name, AT_REMOVEDIR);
	}
	assert_int_equal(closedir(dir), 0);
	folder_close(s->f);
	assert_int_equal(rmdir(s->path), 0);
}

/* The whole file must be exactly text. */
static void
file_is(struct site *s, const char *name, const char *text)
{
	struct bytes b;

	bytes_init(&b, 1 << 20);
	assert_int_equal(folder_read(s->f, name, &b, &s->why), 0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.at, text, b.len);
	bytes_free(&b);
}

static const char long_name[] = /* 256 bytes */
    "0123456789012345678901234567890123456789012345678901234567890123"
    "0123456789012345678901234567890123456789012345678901234567890123"
    "0123456789012345678901234567890123456789012345678901234567890123"
    "0123456789012345678901234567890123456789012345678901234567890123";

static const struct opening {
	const char *name;
	const char *file;
	enum fault_id want;
} openings[] = {
	{ "a regular file opens", "a.satchel", FAULT_NONE },
	{ "what is not there is not found", "c", FAULT_DISK_NOT_FOUND },
	{ "a link is not followed", "link", FAULT_DISK_NOT_READ },
	{ "a folder is not read", "deeper", FAULT_DISK_NOT_READ },
	{ "a pipe is not read and not waited for", "pipe",
	    FAULT_DISK_NOT_READ },
	{ "no name is refused", "", FAULT_DISK_NOT_FOUND },
	{ "the folder itself is refused", ".", FAULT_DISK_NOT_FOUND },
	{ "the one above is refused", "..", FAULT_DISK_NOT_FOUND },
	{ "a path is refused", "deeper/x", FAULT_DISK_NOT_FOUND },
	{ "a path back to the file is refused", "deeper/../a.satchel",
	    FAULT_DISK_NOT_FOUND },
	{ "a path from the top is refused", "/etc/passwd",
	    FAULT_DISK_NOT_FOUND },
	{ "a name of 256 bytes is refused", long_name, FAULT_DISK_NOT_FOUND },
	{ "a name of 255 bytes is looked for", long_name + 1,
	    FAULT_DISK_NOT_FOUND },
};

static void
opening_holds(void **state)
{
	const struct opening *row = *state;
	struct site s;
	struct bytes b;
	int fd;

	site_make(&s);
	bytes_init(&b, 100);
	fd = folder_open_file(s.f, row->file, &s.why);
	assert_int_equal(s.why.id, row->want);
	assert_int_equal(fd != -1, row->want == FAULT_NONE);
	if (fd != -1)
		assert_int_equal(close(fd), 0);
	assert_int_equal(folder_read(s.f, row->file, &b, &s.why),
	    row->want == FAULT_NONE ? 0 : -1);
	bytes_free(&b);
	site_remove(&s);
}

static const struct publishing {
	const char *name;
	const char *file;
	const char *before; /* what "<file>.part" holds, or NULL */
	bool over;
	enum fault_id want;
} publishings[] = {
	{ "a new file appears", "c.satchel", NULL, false, FAULT_NONE },
	{ "an existing file is never written over", "a.satchel", NULL, false,
	    FAULT_DISK_EXISTS },
	{ "unless it is to be replaced", "a.satchel", NULL, true, FAULT_NONE },
	{ "replacing may make a new file", "c.satchel", NULL, true,
	    FAULT_NONE },
	{ "a link is not written over", "link", NULL, false,
	    FAULT_DISK_EXISTS },
	{ "replacing a link leaves what it pointed to", "link", NULL, true,
	    FAULT_NONE },
	{ "a folder is not written over", "deeper", NULL, false,
	    FAULT_DISK_EXISTS },
	{ "nor replaced", "deeper", NULL, true, FAULT_DISK_NOT_WRITTEN },
	{ "a part left over from a crash is started anew", "c.satchel",
	    "half, and longer than what comes now", false, FAULT_NONE },
	{ "no name is refused", "", NULL, false, FAULT_DISK_NOT_WRITTEN },
	{ "the one above is refused", "..", NULL, false,
	    FAULT_DISK_NOT_WRITTEN },
	{ "a path is refused", "deeper/x", NULL, false,
	    FAULT_DISK_NOT_WRITTEN },
	{ "a path is refused for replacing too", "deeper/x", NULL, true,
	    FAULT_DISK_NOT_WRITTEN },
	{ "a name without room for .part is refused", long_name + 5, NULL,
	    false, FAULT_DISK_NOT_WRITTEN },
	{ "a name with just that room is taken", long_name + 6, NULL, false,
	    FAULT_NONE },
};

static void
publishing_holds(void **state)
{
	const struct publishing *row = *state;
	char part[300];
	struct site s;
	struct stat is;
	int rc;

	site_make(&s);
	(void)snprintf(part, sizeof(part), "%s.part", row->file);
	if (row->before != NULL)
		put(s.fd, part, row->before);
	rc = (row->over ? folder_replace_bytes : folder_publish_bytes)(s.f,
	    row->file, "third", 5, &s.why);
	assert_int_equal(s.why.id, row->want);
	assert_int_equal(rc, row->want == FAULT_NONE ? 0 : -1);
	if (rc == 0) {
		file_is(&s, row->file, "third");
		assert_int_equal(fstatat(s.fd, row->file, &is,
				     AT_SYMLINK_NOFOLLOW),
		    0);
		assert_int_equal(is.st_mode & 07777, 0600);
	}
	if (rc == -1 || strcmp(row->file, "a.satchel") != 0)
		file_is(&s, "a.satchel", "first");
	assert_false(folder_has(s.f, part));
	site_remove(&s);
}

static void
large_files_are_whole(struct site *s)
{
	static uint8_t much[300001];
	struct sink *out = folder_publish(s->f, "large", &s->why);
	struct bytes b;

	assert_non_null(out);
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (uint8_t)(i * 31 + i / 251);
	for (size_t at = 0, n = 1; at < sizeof(much); at += n, n = n * 3 + 1) {
		if (n > sizeof(much) - at)
			n = sizeof(much) - at;
		assert_int_equal(sink_write(out, much + at, n, &s->why), 0);
	}
	assert_false(folder_has(s->f, "large"));
	assert_true(folder_has(s->f, "large.part"));
	assert_int_equal(sink_finish(out, &s->why), 0);
	sink_free(out);
	assert_true(folder_has(s->f, "large"));
	assert_false(folder_has(s->f, "large.part"));
	bytes_init(&b, sizeof(much));
	assert_int_equal(folder_read(s->f, "large", &b, &s->why), 0);
	assert_int_equal(b.len, sizeof(much));
	assert_memory_equal(b.at, much, sizeof(much));
	bytes_free(&b);
}

static void
empty_files_appear(struct site *s)
{
	assert_int_equal(folder_publish_bytes(s->f, "empty", NULL, 0, &s->why),
	    0);
	file_is(s, "empty", "");
}

static void
unfinished_leaves_nothing(struct site *s)
{
	struct sink *out = folder_publish(s->f, "c", &s->why);

	assert_non_null(out);
	assert_int_equal(sink_write(out, "half", 4, &s->why), 0);
	assert_true(folder_has(s->f, "c.part"));
	sink_free(out);
	assert_false(folder_has(s->f, "c.part"));
	assert_false(folder_has(s->f, "c"));
}

static void
unfinished_replacing_keeps(struct site *s)
{
	struct sink *out = folder_replace(s->f, "a.satchel", &s->why);

	assert_non_null(out);
	assert_int_equal(sink_write(out, "half", 4, &s->why), 0);
	sink_free(out);
	file_is(s, "a.satchel", "first");
}

static void
late_file_is_kept(struct site *s)
{
	struct sink *out = folder_publish(s->f, "c", &s->why);

	assert_non_null(out);
	assert_int_equal(sink_write(out, "ours", 4, &s->why), 0);
	put(s->fd, "c", "theirs");
	assert_int_equal(sink_finish(out, &s->why), -1);
	assert_int_equal(s->why.id, FAULT_DISK_EXISTS);
	sink_free(out);
	file_is(s, "c", "theirs");
	assert_false(folder_has(s->f, "c.part"));
}

/* As a stick does that has less memory than it says. */
static void
read_back_finds_changes(struct site *s)
{
	struct sink *out = folder_publish(s->f, "c", &s->why);
	static const uint8_t block[64 * 1024];
	int fd;

	assert_non_null(out);
	assert_int_equal(sink_write(out, block, sizeof(block), &s->why), 0);
	fd = openat(s->fd, "c.part", O_WRONLY);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, "\1", 1, 4711), 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(sink_finish(out, &s->why), -1);
	assert_int_equal(s->why.id, FAULT_DISK_READ_BACK);
	sink_free(out);
	assert_false(folder_has(s->f, "c"));
	assert_false(folder_has(s->f, "c.part"));
}

static void
part_that_is_a_link_is_left(struct site *s)
{
	assert_int_equal(symlinkat("a.satchel", s->fd, "c.part"), 0);
	assert_null(folder_publish(s->f, "c", &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_EXISTS);
	file_is(s, "a.satchel", "first");
}

static void
list_is_sorted(struct site *s)
{
	static const char want[] = "B\0a.satchel\0b.satchel\0\xc3\xa9";
	struct bytes names;
	size_t others = 99;

	put(s->fd, "\xc3\xa9", "");
	put(s->fd, "B", "");
	bytes_init(&names, 1000);
	for (int i = 0; i < 2; i++) {
		bytes_empty(&names);
		assert_int_equal(folder_list(s->f, &names, &others, &s->why),
		    0);
		assert_int_equal(names.len, sizeof(want));
		assert_memory_equal(names.at, want, sizeof(want));
		/* Two links, a pipe, a folder. */
		assert_int_equal(others, 4);
	}
	bytes_free(&names);
}

static void
list_has_a_ceiling(struct site *s)
{
	struct bytes names;
	size_t others;

	bytes_init(&names, 12);
	assert_int_equal(folder_list(s->f, &names, &others, &s->why), -1);
	assert_int_equal(s->why.id, FAULT_SOURCE_TOO_LARGE);
	assert_int_equal(names.len, 0);
	bytes_free(&names);
}

static void
read_has_a_ceiling(struct site *s)
{
	struct bytes b;

	bytes_init(&b, 7);
	assert_int_equal(bytes_add_text(&b, "kept", &s->why), 0);
	assert_int_equal(folder_read(s->f, "a.satchel", &b, &s->why), -1);
	assert_int_equal(s->why.id, FAULT_SOURCE_TOO_LARGE);
	assert_non_null(strstr(s->why.detail, "a.satchel"));
	assert_string_equal((const char *)b.at, "kept");
	bytes_free(&b);
}

static void
removing(struct site *s)
{
	assert_int_equal(folder_remove(s->f, "link", &s->why), 0);
	assert_int_equal(folder_remove(s->f, "a.satchel", &s->why), 0);
	assert_false(folder_has(s->f, "a.satchel"));
	assert_int_equal(folder_remove(s->f, "a.satchel", &s->why), -1);
	assert_int_equal(s->why.id, FAULT_DISK_NOT_FOUND);
	assert_int_equal(folder_remove(s->f, "deeper", &s->why), -1);
	assert_int_equal(folder_remove(s->f, "deeper/../b.satchel", &s->why),
	    -1);
	assert_true(folder_has(s->f, "b.satchel"));
}

static void
having(struct site *s)
{
	assert_true(folder_has(s->f, "a.satchel"));
	assert_true(folder_has(s->f, "deeper"));
	assert_false(folder_has(s->f, "c"));
	assert_false(folder_has(s->f, ".."));
	assert_false(folder_has(s->f, "deeper/../a.satchel"));
}

static void
making(struct site *s)
{
	char want[100];
	struct folder *in = folder_make_in(s->f, "new", &s->why), *again;
	struct stat is;

	assert_non_null(in);
	(void)snprintf(want, sizeof(want), "%s/new", s->path);
	assert_string_equal(folder_path(in), want);
	assert_int_equal(fstatat(s->fd, "new", &is, 0), 0);
	assert_int_equal(is.st_mode & 07777, 0700);
	again = folder_make(want, &s->why);
	assert_non_null(again);
	folder_close(again);
	folder_close(in);
	assert_null(folder_make_in(s->f, "folder-link", &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_NOT_A_FOLDER);
	assert_null(folder_make_in(s->f, "a.satchel", &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_NOT_A_FOLDER);
	assert_null(folder_make_in(s->f, "../x", &s->why));
	(void)snprintf(want, sizeof(want), "%s/not/there", s->path);
	assert_null(folder_make(want, &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_NOT_FOUND);
	assert_null(folder_open(want, &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_NOT_FOUND);
	(void)snprintf(want, sizeof(want), "%s/a.satchel", s->path);
	assert_null(folder_open(want, &s->why));
	assert_int_equal(s->why.id, FAULT_DISK_NOT_A_FOLDER);
	/* A detail names the last part only, not where people keep things. */
	assert_null(strstr(s->why.detail, s->path));
	folder_close(NULL);
}

static void
private_has_no_name(struct site *s)
{
	struct bytes names;
	size_t others;
	struct stat is;
	char back[7] = { 0 };
	int fd = folder_private_file(s->f, &s->why);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "secret", 6), 6);
	assert_int_equal(pread(fd, back, 6, 0), 6);
	assert_string_equal(back, "secret");
	assert_int_equal(fstat(fd, &is), 0);
	assert_int_equal(is.st_nlink, 0);
	assert_int_equal(is.st_mode & 07777, 0600);
	bytes_init(&names, 1000);
	assert_int_equal(folder_list(s->f, &names, &others, &s->why), 0);
	assert_int_equal(names.len, strlen("a.satchel") * 2 + 2);
	bytes_free(&names);
	assert_int_equal(close(fd), 0);
}

static const struct use {
	const char *name;
	void (*holds)(struct site *s);
} uses[] = {
	{ "a large file is whole however it is written",
	    large_files_are_whole },
	{ "an empty file appears", empty_files_appear },
	{ "an unfinished file leaves nothing", unfinished_leaves_nothing },
	{ "an unfinished replacement keeps the old file",
	    unfinished_replacing_keeps },
	{ "a file that came meanwhile is not written over", late_file_is_kept },
	{ "reading back finds what changed on the drive",
	    read_back_finds_changes },
	{ "a part that is a link is left alone", part_that_is_a_link_is_left },
	{ "a list is sorted by bytes and counts the rest", list_is_sorted },
	{ "a list has a ceiling", list_has_a_ceiling },
	{ "a file over the ceiling leaves the buffer as it was",
	    read_has_a_ceiling },
	{ "files and links are removed, folders are not", removing },
	{ "what is there is there, outside is not", having },
	{ "folders are made once and never through links", making },
	{ "a private file has no name", private_has_no_name },
};

static void
use_holds(void **state)
{
	const struct use *row = *state;
	struct site s;

	site_make(&s);
	row->holds(&s);
	site_remove(&s);
}

static const struct splitting {
	const char *name;
	const char *path;
	const char *dir; /* NULL: refused */
	const char *file;
} splittings[] = {
	{ "a plain name lies where we are", "x", ".", "x" },
	{ "a path is parted at its last slash", "/dev/./x", "/dev/.", "x" },
	{ "a name at the top lies in the top", "/x", "/", "x" },
	{ "a folder alone is no file", "/dev/", NULL, NULL },
	{ "the folder above is no file", "/dev/..", NULL, NULL },
	{ "nothing is no file", "", NULL, NULL },
	{ "a folder that is not there is a fault", "/no/such/x", NULL, NULL },
	{ "a name without room for its NUL is a fault", "12345678", NULL,
	    NULL },
	{ "a name that just fits is fine", "1234567", ".", "1234567" },
};

static void
splitting_holds(void **state)
{
	const struct splitting *row = *state;
	struct fault why = { 0 };
	struct folder *dir = NULL;
	char name[8];
	int rc = folder_split(row->path, &dir, name, sizeof(name), &why);

	assert_int_equal(rc, row->dir != NULL ? 0 : -1);
	if (row->dir == NULL) {
		assert_null(dir);
		assert_int_equal(why.id, FAULT_DISK_NOT_FOUND);
		return;
	}
	assert_string_equal(folder_path(dir), row->dir);
	assert_string_equal(name, row->file);
	folder_close(dir);
}

int
main(void)
{
	(void)umask(022);
	return ROWS_RUN("folder: opening", openings, opening_holds) +
	    ROWS_RUN("folder: publishing", publishings, publishing_holds) +
	    ROWS_RUN("folder: use", uses, use_holds) +
	    ROWS_RUN("folder: splitting", splittings, splitting_holds);
}
