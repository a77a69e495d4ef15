#include "cli/files.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "cli/say.h"
#include "crypto/age.h"
#include "formats/bundle.h"

#define NAMES_MAX ((size_t)64 * 1024 * 1024)
#define ENDING ".satchel"
#define KEPT_MAX 512 /* files held open: below any usual limit */

/* One file of a folder, with the number its sender gave it. */
struct entry {
	const char *name; /* in the folder's list of names */
	int64_t seq;	  /* 0: its lines do not say */
	int fd;		  /* opened once for both; -1: see files_each */
};

static int
by_number(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return strcmp(left->name, right->name);
}

static bool
is_bundle_name(const char *name)
{
	size_t len = strlen(name), end = strlen(ENDING);

	return len > end && strcmp(name + len - end, ENDING) == 0;
}

/* Only for the order: what the lines say is checked when it is imported. */
static int64_t
number_of(int fd, const char *name)
{
	uint8_t head[BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE)];
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct source *from;
	struct fault ignored;
	int64_t seq = 0;
	size_t got, at;

	if ((from = source_from_fd(fd, name, &ignored)) != NULL &&
	    source_fill(from, head, sizeof(head), &got, &ignored) == 0 &&
	    bundle_lines_read(head, got, &signature, &outside, &at, &ignored) ==
		0)
		seq = outside.seq;
	source_free(from);
	return lseek(fd, 0, SEEK_SET) == 0 ? seq : 0;
}

/*
 * Opened once, for its number and for the import: what lies on a stick may
 * change between two looks.  Of a folder with more files than KEPT_MAX the
 * rest are opened again when their turn comes: there only the order could be
 * wrong.
 */
static void
open_entry(const struct folder *dir, struct entry *e, bool keep)
{
	struct fault ignored;

	if ((e->fd = folder_open_file(dir, e->name, &ignored)) == -1)
		return;
	e->seq = number_of(e->fd, e->name);
	if (keep)
		return;
	(void)close(e->fd);
	e->fd = -1;
}

static int
take_one(const struct folder *dir, const struct entry *e, files_take take,
    void *context, struct fault *why)
{
	struct fault trouble = { FAULT_NONE, "" };
	int fd = e->fd, rc;

	if (fd == -1)
		fd = folder_open_file(dir, e->name, &trouble);
	rc = take(fd, e->name, fd == -1 ? &trouble : NULL, context, why);
	if (fd != -1 && fd != e->fd)
		(void)close(fd);
	return rc;
}

/*
 * Does it begin as a bundle does?  A bundle whose beginning is gone is told by
 * its name; the hidden companions that some computers leave on a stick are
 * none.
 */
static bool
is_bundle(const struct folder *dir, const char *name, bool by_content)
{
	static const char first[] = "untrusted comment: " BUNDLE_UNTRUSTED;
	char head[sizeof(first) - 1];
	struct source *from;
	struct fault ignored;
	bool begins = false;
	size_t got = 0;
	int fd;

	if (!by_content)
		return is_bundle_name(name);
	if (is_bundle_name(name) && name[0] != '.')
		return true;
	if ((fd = folder_open_file(dir, name, &ignored)) == -1)
		return false;
	if ((from = source_from_fd(fd, name, &ignored)) != NULL &&
	    source_fill(from, head, sizeof(head), &got, &ignored) == 0)
		begins = got == sizeof(head) &&
		    memcmp(head, first, sizeof(head)) == 0;
	source_free(from);
	(void)close(fd);
	return begins;
}

static int
take_folder(const char *path, bool by_content, struct files_seen *seen,
    files_take take, void *context, struct fault *why)
{
	struct folder *dir = NULL;
	struct entry *entries = NULL;
	struct bytes names;
	size_t count = 0, room = 0, left_alone;
	int rc = -1;

	bytes_init(&names, NAMES_MAX);
	if ((dir = folder_open(path, why)) == NULL ||
	    folder_list(dir, &names, &left_alone, why) == -1)
		goto done;
	seen->others += left_alone;
	for (size_t i = 0; i < names.len; i++)
		room += names.at[i] == '\0';
	if ((entries = calloc(room + 1, sizeof(*entries))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "folder");
		goto done;
	}
	for (size_t i = 0; i < names.len;) {
		const char *name = (const char *)names.at + i;

		i += strlen(name) + 1;
		if (!is_bundle(dir, name, by_content)) {
			seen->others++;
			seen->like_bundles += is_bundle(dir, name, true);
			continue;
		}
		entries[count] = (struct entry){ name, 0, -1 };
		open_entry(dir, &entries[count], count < KEPT_MAX);
		count++;
	}
	seen->empty += count == 0;
	qsort(entries, count, sizeof(*entries), by_number);
	for (size_t i = 0; i < count; i++)
		if (take_one(dir, &entries[i], take, context, why) == -1)
			goto done;
	rc = 0;
done:
	for (size_t i = 0; i < count; i++)
		if (entries[i].fd != -1)
			(void)close(entries[i].fd);
	free(entries);
	bytes_free(&names);
	folder_close(dir);
	return rc;
}

static int
take_file(const char *path, files_take take, void *context, struct fault *why)
{
	struct folder *dir = NULL;
	struct fault trouble;
	char name[256];
	int rc;

	if (folder_split(path, &dir, name, sizeof(name), &trouble) == -1)
		return take(-1, "that file", &trouble, context, why);
	rc = take_one(dir, &(struct entry){ name, 0, -1 }, take, context, why);
	folder_close(dir);
	return rc;
}

int
files_each(char *const *words, int count, struct files_seen *seen,
    files_take take, void *context, struct fault *why)
{
	*seen = (struct files_seen){ 0, 0, 0 };
	for (int i = 0; i < count; i++) {
		struct stat st;
		bool folder = stat(words[i], &st) == 0 && S_ISDIR(st.st_mode);
		int rc;

		rc = folder ?
		    take_folder(words[i], false, seen, take, context, why) :
		    take_file(words[i], take, context, why);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
files_bundles(const char *path, struct files_seen *seen, files_take take,
    void *context, struct fault *why)
{
	*seen = (struct files_seen){ 0, 0, 0 };
	return take_folder(path, true, seen, take, context, why);
}

void
files_say(struct say *say, const struct files_seen *seen)
{
	if (seen->others > 0)
		say_line(say,
		    "%zu other things lie there; they were left alone.",
		    seen->others);
	if (seen->like_bundles > 0)
		say_next(say,
		    "%zu of them %s as a bundle does, under another name: let "
		    "the name end in " ENDING ", or name the file itself.",
		    seen->like_bundles,
		    seen->like_bundles == 1 ? "begins" : "begin");
	if (seen->empty > 0)
		say_notice(say,
		    "no *.satchel file lies in the folder: check that it is "
		    "the right stick");
}
