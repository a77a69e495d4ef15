#include "formats/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/source.h"

#define PIECE ((size_t)64 * 1024)
#define RATIO_FROM ((uint64_t)1024 * 1024)
/*
 * libarchive holds the whole list of entries, which stands at the end of the
 * file: more bytes than this of it are not handed over.
 */
#define LIST_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* --- what the first bytes show --- */

/* Where things stand in front of an entry. */
enum {
	HEADER_FLAGS = 6,
	HEADER_PACKED = 18,
	HEADER_NAME_LEN = 26,
	HEADER_EXTRA_LEN = 28,
	HEADER_LEN = 30,
};

#define FLAG_LOCKED 1

/* And behind the list of them, and where there are very many. */
enum {
	END_COUNT = 10,
	END_LIST_BYTES = 12,
	END_LIST_AT = 16,
	END_COMMENT = 20,
	END_LEN = 22,
	LOCATOR_OFFSET = 8,
	LOCATOR_LEN = 20,
	END64_BYTES = 4,
	END64_REST = 12, /* what END64_BYTES does not count */
	END64_COUNT = 32,
	END64_LIST_BYTES = 40,
	END64_LIST_AT = 48,
	END64_LEN = 56,
};

/* And in the list itself, for each entry. */
enum {
	ITEM_NAME_LEN = 28, /* then of the extra part, then of the comment */
	ITEM_LENGTHS_END = 34,
	ITEM_AT = 42,
	ITEM_LEN = 46,
};

#define COUNT_IS_LARGE 0xffff
#define TAIL ((size_t)16 * 1024) /* in which libarchive looks for it */

static bool
contains(const uint8_t *bytes, size_t len, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; n <= len && i <= len - n; i++)
		if (bytes[i] == (uint8_t)what[0] &&
		    memcmp(bytes + i, what, n) == 0)
			return true;
	return false;
}

static bool
begins(const uint8_t *bytes, size_t len, const char *with)
{
	size_t n = strlen(with);

	return n <= len && memcmp(bytes, with, n) == 0;
}

static size_t
two_bytes(const uint8_t *at)
{
	return (size_t)at[0] | (size_t)at[1] << 8;
}

const char *
zip_office_kind(const void *head, size_t len)
{
	static const struct {
		const char *holds;
		const char *kind;
	} kinds[] = {
		{ "opendocument.spreadsheet", "a spreadsheet" },
		{ "opendocument", "an Office document" },
		{ "xl/", "a spreadsheet" },
		{ "word/", "a Word document" },
	};
	static const char *const firsts[] = { "_rels/", "docProps/", "xl/",
		"word/", "ppt/", "mimetypeapplication/" };
	const uint8_t *at = head;
	bool office = contains(at, len, "[Content_Types].xml");

	if (!begins(at, len, "PK\3\4"))
		return NULL;
	/* What an Office program writes first tells it too. */
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		office |= len > HEADER_LEN &&
		    begins(at + HEADER_LEN, len - HEADER_LEN, firsts[i]);
	if (!office)
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (contains(at, len, kinds[i].holds))
			return kinds[i].kind;
	return "an Office document";
}

/* The first header that is not a folder's, which has no body. */
static const uint8_t *
first_file(const uint8_t *at, size_t len)
{
	size_t name, whole;

	while (len >= HEADER_LEN && begins(at, len, "PK\3\4")) {
		name = two_bytes(at + HEADER_NAME_LEN);
		whole = HEADER_LEN + name + two_bytes(at + HEADER_EXTRA_LEN);
		if (name == 0 || whole >= len ||
		    at[HEADER_LEN + name - 1] != '/' ||
		    memcmp(at + HEADER_PACKED, "\0\0\0\0", 4) != 0)
			return at;
		at += whole;
		len -= whole;
	}
	return len > HEADER_FLAGS && begins(at, len, "PK\3\4") ? at : NULL;
}

bool
zip_looks_like(const void *head, size_t len, bool *locked)
{
	const uint8_t *at = head;
	const uint8_t *file;

	*locked = false;
	if (begins(at, len, "PK\5\6"))
		return true;
	if (!begins(at, len, "PK\3\4") || zip_office_kind(head, len) != NULL)
		return false;
	file = first_file(at, len);
	*locked = file != NULL && (file[HEADER_FLAGS] & FLAG_LOCKED) != 0;
	return true;
}

/* --- reading --- */

struct zip {
	int fd;	       /* the caller's */
	uint64_t size; /* of the file */
	bool has_password;
	struct archive *archive;
	struct fault why; /* FAULT_NONE, or what ended it: for good */
	bool at_end;
	bool listed;	/* the list of entries was read */
	uint64_t taken; /* bytes handed to libarchive */
	uint64_t given; /* bytes unpacked */
	uint64_t count; /* entries that the end of the file promises */
	size_t number;	/* of the entry, from 1 */
	/* The entry that is being read: */
	struct source *entry;
	bool encrypted;
	bool has_size;
	uint64_t bytes;	       /* that it should have */
	uint64_t entry_given;  /* that it had so far */
	bool is_open;	       /* it may have more */
	const uint8_t *block;  /* libarchive's */
	size_t left;	       /* not yet taken of the block */
	uint8_t buffer[PIECE]; /* of the file, for libarchive */
};

/* Nothing is read after a fault: what comes then could look like an end. */
static int
failed(struct zip *z, struct fault *why)
{
	*why = z->why;
	z->is_open = false;
	z->left = 0;
	return -1;
}

static la_ssize_t
give_bytes(struct archive *a, void *own, const void **bytes)
{
	struct zip *z = own;
	ssize_t n;

	do {
		n = read(z->fd, z->buffer, sizeof(z->buffer));
	} while (n == -1 && errno == EINTR);
	*bytes = z->buffer;
	if (n > 0)
		z->taken += (uint64_t)n;
	if (n == -1)
		fault_set(&z->why, FAULT_DISK_NOT_READ, "zip: %s",
		    strerror(errno));
	else if (!z->listed && z->taken > LIST_BYTES_MAX)
		fault_set(&z->why, FAULT_SOURCE_TOO_LARGE,
		    "the zip has a list of files that is too long");
	if (z->why.id == FAULT_NONE)
		return n;
	archive_set_error(a, EIO, "the file cannot be read");
	return ARCHIVE_FATAL;
}

static la_int64_t
go_to(struct archive *a, void *own, la_int64_t offset, int whence)
{
	struct zip *z = own;
	off_t at = lseek(z->fd, (off_t)offset, whence);

	if (at != -1)
		return at;
	/* libarchive tries places that a damaged list names: no fault yet. */
	archive_set_error(a, errno, "a place outside the file");
	return ARCHIVE_FATAL;
}

/*
 * The old zip encryption checks one byte: one wrong password in 256 gets past
 * that and unpacks to nonsense.  AES checks two, and hardly any does.
 */
static bool
may_be_password(const struct zip *z, const char *text)
{
	const char *name = archive_format_name(z->archive);

	return z->encrypted && z->is_open &&
	    (name == NULL || strstr(name, "(aes)") == NULL) &&
	    strstr(text, "nsupported") == NULL &&
	    strncmp(text, "Truncated", 9) != 0;
}

/* Say what libarchive did not like. */
static int
refuse(struct zip *z, struct fault *why)
{
	const char *text = archive_error_string(z->archive);

	if (z->why.id != FAULT_NONE)
		return failed(z, why);
	if (text == NULL)
		text = "it cannot be read";
	if (archive_errno(z->archive) == ENOMEM)
		fault_set(&z->why, FAULT_NO_MEMORY, "zip");
	else if (strncmp(text, "Incorrect passphrase", 20) == 0)
		fault_set(&z->why, FAULT_ZIP_PASSWORD, "entry %zu", z->number);
	else if (strncmp(text, "Passphrase required", 19) == 0)
		fault_set(&z->why, FAULT_ZIP_PASSWORD_NEEDED, "entry %zu",
		    z->number);
	else if (may_be_password(z, text))
		fault_set(&z->why, FAULT_ZIP_PASSWORD,
		    "entry %zu does not unpack with it, or it is damaged",
		    z->number);
	else if (z->number == 0)
		fault_set(&z->why, FAULT_ZIP,
		    "its list of files, at the end, is missing or damaged: was "
		    "it copied whole?");
	else
		fault_set(&z->why, FAULT_ZIP, "entry %zu: %.100s", z->number,
		    text);
	return failed(z, why);
}

/* The same for what this file does not like. */
static int
refuse_entry(struct zip *z, const char *words, struct fault *why)
{
	fault_set(&z->why, FAULT_ZIP, "entry %zu: %s", z->number, words);
	return failed(z, why);
}

static int
check_caps(struct zip *z, struct fault *why)
{
	/* Entries that share their bytes are read more than once. */
	uint64_t packed = z->taken < z->size ? z->taken : z->size;

	if (z->given > ZIP_BYTES_MAX)
		fault_set(&z->why, FAULT_SOURCE_TOO_LARGE,
		    "more than 16 GiB come out of the zip");
	else if (z->given > RATIO_FROM && z->given / ZIP_RATIO_MAX > packed)
		fault_set(&z->why, FAULT_SOURCE_TOO_LARGE,
		    "more than %d times its size come out of the zip",
		    ZIP_RATIO_MAX);
	return z->why.id == FAULT_NONE ? 0 : failed(z, why);
}

/* Have bytes of the entry, or know that it ended as it should. */
static int
fill_block(struct zip *z, struct fault *why)
{
	const void *block;
	la_int64_t offset;
	size_t len;
	int rc;

	while (z->is_open && z->left == 0) {
		rc = archive_read_data_block(z->archive, &block, &len, &offset);
		if (rc == ARCHIVE_EOF) {
			z->is_open = false;
			if (z->has_size && z->entry_given != z->bytes)
				return refuse_entry(z, "it has another length",
				    why);
			return 0;
		}
		/* A checksum that does not fit is but a warning to it. */
		if (rc != ARCHIVE_OK)
			return refuse(z, why);
		if (offset != (la_int64_t)z->entry_given)
			return refuse_entry(z, "a part of it is missing", why);
		z->entry_given += len;
		z->given += len;
		if (check_caps(z, why) == -1)
			return -1;
		z->block = block;
		z->left = len;
	}
	return 0;
}

static int
entry_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	struct zip *z = s->own;

	if (z->why.id != FAULT_NONE)
		return failed(z, why);
	if (fill_block(z, why) == -1)
		return -1;
	*got = room < z->left ? room : z->left;
	if (*got == 0)
		return 0;
	memcpy(out, z->block, *got);
	z->block += *got;
	z->left -= *got;
	return 0;
}

static void
entry_free(void *own)
{
	(void)own; /* the zip, which goes on */
}

static const struct source_kind entry_kind = {
	.name = "zip",
	.read = entry_read,
	.free = entry_free,
};

/*
 * Ways of packing that take as much memory as the file asks for.  (Locked
 * entries tell theirs only inside; there the caps have to do.)
 */
static bool
is_packed_well(const struct zip *z)
{
	static const char *const ways[] = { "(uncompressed)", "(deflation)",
		"(bzip)", "(aes)" };
	const char *name = archive_format_name(z->archive);

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (name != NULL && strstr(name, ways[i]) != NULL)
			return true;
	return false;
}

/*
 * A folder has nothing in it.  A link has no records either, but what it points
 * at may have; and what is neither may be a file whose kind was damaged.
 */
static int
pass_over(struct zip *z, struct archive_entry *e, struct fault *why)
{
	if (archive_entry_filetype(e) != AE_IFDIR)
		return refuse_entry(z,
		    "a link or device; put the file itself in the zip", why);
	if (archive_entry_size_is_set(e) != 0 && archive_entry_size(e) > 0)
		return refuse_entry(z, "a folder that is not empty", why);
	return 0;
}

/* Is there anything to read in this entry?  1, 0 or -1. */
static int
begin_entry(struct zip *z, struct archive_entry *e, struct fault *why)
{
	if (z->number > ZIP_ENTRIES_MAX) {
		fault_set(&z->why, FAULT_SOURCE_TOO_LARGE,
		    "the zip lists more than %d files", ZIP_ENTRIES_MAX);
		return failed(z, why);
	}
	if (archive_entry_filetype(e) != AE_IFREG)
		return pass_over(z, e, why);
	if (!is_packed_well(z))
		return refuse_entry(z,
		    "packed in a way other than Deflate, which is not read",
		    why);
	z->encrypted = archive_entry_is_data_encrypted(e) != 0;
	if (z->encrypted && !z->has_password) {
		fault_set(&z->why, FAULT_ZIP_PASSWORD_NEEDED, "entry %zu",
		    z->number);
		return failed(z, why);
	}
	z->has_size = archive_entry_size_is_set(e) != 0;
	z->bytes = z->has_size ? (uint64_t)archive_entry_size(e) : 0;
	z->entry_given = 0;
	z->is_open = true;
	if (fill_block(z, why) == -1)
		return -1;
	if (z->left > 0)
		return 1;
	fault_set(&z->why, FAULT_SOURCE_EMPTY, "entry %zu of the zip",
	    z->number);
	return failed(z, why);
}

/* libarchive takes what list it finds, even an empty one. */
static int
end_of_entries(struct zip *z, struct fault *why)
{
	if (z->number != z->count) {
		fault_set(&z->why, FAULT_ZIP,
		    "it says that it lists %" PRIu64 " entries, and %zu are "
		    "there",
		    z->count, z->number);
		return failed(z, why);
	}
	z->at_end = true;
	return 0;
}

/* 1 and *e, 0 at the end, -1 on a fault. */
static int
next_header(struct zip *z, struct archive_entry **e, struct fault *why)
{
	const char *text;
	int rc = archive_read_next_header(z->archive, e);

	z->encrypted = false;
	if (rc == ARCHIVE_EOF)
		return end_of_entries(z, why);
	text = archive_error_string(z->archive);
	/* Names are not used, so a name it cannot read does not matter. */
	if (rc == ARCHIVE_WARN && text != NULL &&
	    strstr(text, "cannot be converted") != NULL)
		rc = ARCHIVE_OK;
	/* Without its list of files it has no first entry either. */
	if (z->listed || rc == ARCHIVE_OK)
		z->number++;
	z->listed = true;
	if (rc == ARCHIVE_OK)
		return 1;
	return refuse(z, why);
}

/* What was left unread of an entry is still checked. */
static int
finish_entry(struct zip *z, struct fault *why)
{
	source_free(z->entry);
	z->entry = NULL;
	do {
		z->left = 0;
		if (fill_block(z, why) == -1)
			return -1;
	} while (z->left > 0);
	return 0;
}

int
zip_next(struct zip *z, struct source **entry, struct fault *why)
{
	struct archive_entry *e;
	int rc = 0;

	*entry = NULL;
	if (z->why.id != FAULT_NONE)
		return failed(z, why);
	if (z->at_end)
		return 0;
	if (finish_entry(z, why) == -1)
		return -1;
	while (rc == 0) {
		if ((rc = next_header(z, &e, why)) != 1)
			return rc;
		rc = begin_entry(z, e, why);
	}
	if (rc == -1)
		return -1;
	if ((z->entry = source_new(&entry_kind, z, NULL, why)) == NULL)
		return -1;
	*entry = z->entry;
	return 1;
}

/* Fill up to room bytes from that place in the file. */
static int
read_at(const struct zip *z, uint64_t offset, void *out, size_t room,
    size_t *got, struct fault *why)
{
	struct source *file;
	int rc;

	if (lseek(z->fd, (off_t)offset, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "zip: %s",
		    strerror(errno));
	if ((file = source_from_fd(z->fd, "zip", why)) == NULL)
		return -1;
	rc = source_fill(file, out, room, got, why);
	source_free(file);
	return rc;
}

static uint64_t
eight_bytes(const uint8_t *at)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | at[i];
	return n;
}

static uint64_t
four_bytes(const uint8_t *at)
{
	return two_bytes(at) | (uint64_t)two_bytes(at + 2) << 16;
}

/* What the end of the file says of its list of entries. */
struct listing {
	uint64_t at;
	uint64_t bytes;
	uint64_t end; /* where it must end, by what stands behind it */
};

/*
 * Where a zip has more than two or four bytes can say: the bytes in front of
 * its end, which is at `end`, tell where that stands.
 */
static int
read_large(struct zip *z, const uint8_t *locator, uint64_t end,
    struct listing *list, struct fault *why)
{
	uint64_t at = eight_bytes(locator + LOCATOR_OFFSET);
	uint8_t large[END64_LEN];
	size_t got;

	if (!begins(locator, LOCATOR_LEN, "PK\6\7") || at > z->size)
		return 0;
	if (read_at(z, at, large, sizeof(large), &got, why) == -1)
		return -1;
	if (got != sizeof(large) || !begins(large, sizeof(large), "PK\6\6"))
		return 0;
	if (z->count == COUNT_IS_LARGE)
		z->count = eight_bytes(large + END64_COUNT);
	list->at = eight_bytes(large + END64_LIST_AT);
	list->bytes = eight_bytes(large + END64_LIST_BYTES);
	/* Nothing else may stand between the two. */
	if (eight_bytes(large + END64_BYTES) ==
	    end - LOCATOR_LEN - at - END64_REST)
		list->end = at;
	return 0;
}

/* Does an entry of the list lie at the start of the file?  1, 0 or -1. */
static int
begins_at_start(const struct zip *z, const struct listing *list,
    struct fault *why)
{
	uint64_t at = list->at;
	uint8_t item[ITEM_LEN];
	size_t got;

	for (size_t i = 0; i <= ZIP_ENTRIES_MAX && at < list->end; i++) {
		if (read_at(z, at, item, sizeof(item), &got, why) == -1)
			return -1;
		if (got != sizeof(item) || !begins(item, got, "PK\1\2"))
			return 0;
		if (four_bytes(item + ITEM_AT) == 0)
			return 1;
		at += ITEM_LEN;
		for (size_t part = ITEM_NAME_LEN; part < ITEM_LENGTHS_END;
		     part += 2)
			at += two_bytes(item + part);
	}
	/* More are refused for being so many. */
	return at < list->end ? 1 : 0;
}

/*
 * Of archives that were put one behind the other, libarchive sees only the
 * last: the children in the others would be passed over without a word.
 */
static int
check_alone(const struct zip *z, const uint8_t *end, uint64_t end_at,
    const struct listing *list, struct fault *why)
{
	int starts;

	if (end_at + END_LEN + two_bytes(end + END_COMMENT) != z->size)
		return FAIL(why, FAULT_ZIP,
		    "something stands behind its end: was it put together of "
		    "several?");
	if (list->at > list->end || list->end - list->at != list->bytes)
		starts = 0;
	else if (z->count == 0)
		starts = list->at == 0;
	else
		starts = begins_at_start(z, list, why);
	if (starts == 0)
		return FAIL(why, FAULT_ZIP,
		    "its list of files, at the end, does not reach back to its "
		    "start: was it put together of several, or damaged?");
	return starts == 1 ? 0 : -1;
}

/*
 * How many entries does the file say it has, and are they all of it?  What
 * follows its list is sought where libarchive seeks it; if there is none, libarchive refuses the file.
 */
static int
read_count(struct zip *z, struct fault *why)
{
	uint64_t start = z->size > TAIL ? z->size - TAIL : 0;
	struct listing list;
	const uint8_t *end;
	size_t at;
	size_t got;

	if (read_at(z, start, z->buffer, TAIL, &got, why) == -1)
		return -1;
	for (at = got < END_LEN ? 0 : got - END_LEN; at > 0; at--)
		if (memcmp(z->buffer + at, "PK\5\6", 4) == 0)
			break;
	end = z->buffer + at;
	if (!begins(end, got - at < END_LEN ? 0 : END_LEN, "PK\5\6"))
		return 0;
	z->count = two_bytes(end + END_COUNT);
	/* An archive of nothing, which libarchive does not know. */
	z->at_end = start + at == 0 && z->count == 0;
	list = (struct listing){ four_bytes(end + END_LIST_AT),
		four_bytes(end + END_LIST_BYTES), start + at };
	if (at >= LOCATOR_LEN &&
	    read_large(z, end - LOCATOR_LEN, start + at, &list, why) == -1)
		return -1;
	return check_alone(z, end, start + at, &list, why);
}

/* The reader of libarchive, with what it may be asked for. */
static int
set_up(struct zip *z, const char *password, struct fault *why)
{
	if ((z->archive = archive_read_new()) == NULL ||
	    archive_read_support_format_zip_seekable(z->archive) !=
		ARCHIVE_OK ||
	    (z->has_password &&
		archive_read_add_passphrase(z->archive, password) !=
		    ARCHIVE_OK) ||
	    archive_read_set_read_callback(z->archive, give_bytes) !=
		ARCHIVE_OK ||
	    archive_read_set_seek_callback(z->archive, go_to) != ARCHIVE_OK ||
	    archive_read_set_callback_data(z->archive, z) != ARCHIVE_OK)
		return FAIL(why, FAULT_NO_MEMORY, "zip");
	if (lseek(z->fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "zip: %s",
		    strerror(errno));
	if (archive_read_open1(z->archive) != ARCHIVE_OK)
		return refuse(z, why);
	return 0;
}

struct zip *
zip_open(int fd, const char *password, struct fault *why)
{
	struct zip *z = NULL;
	off_t size = lseek(fd, 0, SEEK_END);

	if (password != NULL && strlen(password) > ZIP_PASSWORD_MAX) {
		fault_set(why, FAULT_ZIP_PASSWORD, "it has more than %d bytes",
		    ZIP_PASSWORD_MAX);
		return NULL;
	}
	if (size == -1) {
		fault_set(why, FAULT_DISK_NOT_READ,
		    "zip: it cannot be read from its start");
		return NULL;
	}
	if ((z = calloc(1, sizeof(*z))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "zip");
		return NULL;
	}
	z->fd = fd;
	z->size = (uint64_t)size;
	z->has_password = password != NULL && *password != '\0';
	if (read_count(z, why) == -1 ||
	    (!z->at_end && set_up(z, password, why) == -1)) {
		zip_close(z);
		return NULL;
	}
	return z;
}

void
zip_close(struct zip *z)
{
	if (z == NULL)
		return;
	source_free(z->entry);
	if (z->archive != NULL)
		(void)archive_read_free(z->archive);
	free(z);
}
