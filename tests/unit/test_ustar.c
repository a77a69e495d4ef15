#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"
#include "formats/tar.h"
#include "formats/ustar.h"

/*
 * The archive that is spoilt below, as tar.c writes it: headers at FIRST,
 * SECOND and THIRD, the end at END.
 */
#define FIRST 0
#define SECOND 1024
#define THIRD 2560
#define END 3072
#define WHOLE 10240

/* Places in a header. */
#define NAME 0
#define MODE 100
#define UID 108
#define GID 116
#define SIZE 124
#define MTIME 136
#define SUM 148
#define TYPE 156
#define LINK 157
#define MAGIC 257
#define VERSION 263
#define USER 265
#define GROUP 297
#define MAJOR 329
#define MINOR 337
#define PREFIX 345
#define REST 500

static uint8_t good[WHOLE];

static void
make_good(void)
{
	struct fault why = { 0 };
	char second[600];
	struct bytes out;
	struct sink *to;
	struct tar *t;

	memset(second, 'b', sizeof(second));
	bytes_init(&out, WHOLE);
	to = bytes_sink_new(&out, &why);
	t = tar_new(&to, &why);
	if (t == NULL || to != NULL ||
	    tar_add(t, "a.txt", "aaaaa", 5, &why) == -1 ||
	    tar_add(t, "b.txt", second, sizeof(second), &why) == -1 ||
	    tar_add(t, "c.txt", NULL, 0, &why) == -1 ||
	    tar_finish(t, &why) == -1 || out.len != WHOLE) {
		(void)fprintf(stderr, "no archive: %s\n", why.detail);
		abort();
	}
	memcpy(good, out.at, WHOLE);
	tar_free(t);
	bytes_free(&out);
}

struct edit {
	size_t at;
	const char *bytes;
	size_t len;
};

struct tar_case {
	const char *name;
	struct edit edits[2];
	size_t total; /* 0: as it was; more: zeros behind */
	const char *detail;
	enum fault_id fault;
	bool keep_sum; /* else the checksum is made right again */
};

#define B(bytes) (bytes), sizeof(bytes) - 1
#define TAR FAULT_BUNDLE_TAR
#define SHORT FAULT_BUNDLE_CUT_SHORT
#define ONE(at, bytes)                 \
	{                              \
		{                      \
			(at), B(bytes) \
		}                      \
	}
#define REGULAR "no regular file"
#define NUMBER "a number"

static const struct tar_case cases[] = {
	{ "as it is written", ONE(NAME, "a"), 0, "", FAULT_NONE, false },
	{ "a size that ends in a space", ONE(SIZE + 11, " "), 0, "", FAULT_NONE,
	    false },
	{ "a mode of somebody else", ONE(MODE, "0000644"), 0, "", FAULT_NONE,
	    false },
	{ "a mode with spaces before", ONE(MODE, "   644 "), 0, "", FAULT_NONE,
	    false },
	{ "an owner",
	    ONE(UID,
		"0001750\0"
		"0001750\0"),
	    0, "", FAULT_NONE, false },
	{ "a time", ONE(MTIME, "14712345670\0"), 0, "", FAULT_NONE, false },
	{ "a user and group", ONE(USER, "root"), 0, "", FAULT_NONE, false },
	{ "a user that fills its field",
	    ONE(USER, "abcdefghijklmnopqrstuvwxyz012345"), 0, "", FAULT_NONE,
	    false },
	{ "device numbers of zero",
	    ONE(MAJOR,
		"0000000\0"
		"0000000\0"),
	    0, "", FAULT_NONE, false },
	{ "device numbers of NULs", ONE(MAJOR, "\0\0\0\0\0\0\0\0"), 0, "",
	    FAULT_NONE, false },
	{ "two zero blocks and no more", ONE(NAME, "a"), END + 1024, "",
	    FAULT_NONE, false },
	{ "three zero blocks", ONE(NAME, "a"), END + 1536, "", FAULT_NONE,
	    false },
	{ "a great many zero blocks", ONE(NAME, "a"), 1 << 20, "", FAULT_NONE,
	    false },
	{ "a name of 100 bytes",
	    ONE(NAME,
		"0123456789012345678901234567890123456789012345678901234"
		"567890123456789012345678901234567890123456789"),
	    0, "", FAULT_NONE, false },
	{ "no member at all", ONE(0, ""), 1, "", SHORT, false },

	/* cut short, or too long */
	{ "an empty file", ONE(0, ""), (size_t)-1, "missing", SHORT, false },
	{ "cut in a header", ONE(0, ""), 100, "last block", SHORT, false },
	{ "cut after a header", ONE(0, ""), 512, "within", SHORT, false },
	{ "cut in a member", ONE(0, ""), 515, "within", SHORT, false },
	{ "cut after a member's content", ONE(0, ""), 517, "within", SHORT,
	    false },
	{ "cut in a member's padding", ONE(0, ""), 1023, "within", SHORT,
	    false },
	{ "cut between members", ONE(0, ""), SECOND, "missing", SHORT, false },
	{ "cut before the end", ONE(0, ""), END, "missing", SHORT, false },
	{ "cut after one zero block", ONE(0, ""), END + 512, "second block",
	    SHORT, false },
	{ "cut in the second zero block", ONE(0, ""), END + 600, "last block",
	    SHORT, false },
	{ "a length that is no multiple of 512", ONE(0, ""), END + 1025,
	    "last block", TAR, false },
	{ "one byte behind everything", ONE(0, ""), WHOLE + 1, "last block",
	    TAR, false },
	{ "one zero block, then something", ONE(END + 512, "x"), 0,
	    "after the end", TAR, true },
	{ "something in the last zero block", ONE(WHOLE - 1, "x"), 0,
	    "after the end", TAR, true },
	{ "something behind the zero blocks", ONE(WHOLE + 511, "x"),
	    WHOLE + 512, "after the end", TAR, true },
	{ "a second archive", ONE(WHOLE, "a.txt"), 20480, "after the end", TAR,
	    true },
	{ "a first zero block with a byte in it", ONE(END + 511, "x"), 0,
	    "checksum", TAR, true },

	/* checksums */
	{ "a wrong checksum", ONE(SUM + 5, "7"), 0, "checksum", TAR, true },
	{ "a byte changed and the checksum not", ONE(USER, "x"), 0, "checksum",
	    TAR, true },
	{ "a checksum of spaces", ONE(SUM, "        "), 0, "checksum", TAR,
	    true },
	{ "a checksum of NULs", ONE(SUM, "\0\0\0\0\0\0\0\0"), 0, "checksum",
	    TAR, true },
	{ "a checksum that ends in spaces", ONE(SUM + 6, "  "), 0, "checksum",
	    TAR, true },
	{ "a checksum with a digit that is none", ONE(SUM, "8"), 0, "checksum",
	    TAR, true },
	{ "a checksum of signed bytes",
	    { { USER, B("\xff") }, { SUM + 3, B("7") } }, 0, "checksum", TAR,
	    true },

	/* types */
	{ "an old regular file", ONE(TYPE, "\0"), 0, REGULAR, TAR, false },
	{ "a hard link", ONE(TYPE, "1"), 0, REGULAR, TAR, false },
	{ "a symbolic link", ONE(TYPE, "2"), 0, REGULAR, TAR, false },
	{ "a character device", ONE(TYPE, "3"), 0, REGULAR, TAR, false },
	{ "a block device", ONE(TYPE, "4"), 0, REGULAR, TAR, false },
	{ "a folder", ONE(TYPE, "5"), 0, REGULAR, TAR, false },
	{ "a FIFO", ONE(TYPE, "6"), 0, REGULAR, TAR, false },
	{ "a contiguous file", ONE(TYPE, "7"), 0, REGULAR, TAR, false },
	{ "a pax header", ONE(TYPE, "x"), 0, REGULAR, TAR, false },
	{ "a global pax header", ONE(TYPE, "g"), 0, REGULAR, TAR, false },
	{ "a Solaris header", ONE(TYPE, "X"), 0, REGULAR, TAR, false },
	{ "a GNU long name", ONE(TYPE, "L"), 0, REGULAR, TAR, false },
	{ "a GNU long link", ONE(TYPE, "K"), 0, REGULAR, TAR, false },
	{ "a GNU sparse file", ONE(TYPE, "S"), 0, REGULAR, TAR, false },
	{ "a GNU multi-volume file", ONE(TYPE, "M"), 0, REGULAR, TAR, false },
	{ "a GNU volume name", ONE(TYPE, "V"), 0, REGULAR, TAR, false },
	{ "a GNU folder dump", ONE(TYPE, "D"), 0, REGULAR, TAR, false },
	{ "an access list", ONE(TYPE, "A"), 0, REGULAR, TAR, false },
	{ "a type that nobody has", ONE(TYPE, "\xff"), 0, REGULAR, TAR, false },
	{ "a folder in the second header", ONE(SECOND + TYPE, "5"), 0, REGULAR,
	    TAR, false },

	/* magic */
	{ "no magic, as before POSIX", ONE(MAGIC, "\0\0\0\0\0\0\0\0"), 0,
	    "not ustar", TAR, false },
	{ "GNU's magic", ONE(MAGIC, "ustar  \0"), 0, "not ustar", TAR, false },
	{ "a magic without NUL", ONE(MAGIC, "ustar0"), 0, "not ustar", TAR,
	    false },
	{ "another version", ONE(VERSION, "01"), 0, "not ustar", TAR, false },
	{ "a version of NULs", ONE(VERSION, "\0\0"), 0, "not ustar", TAR,
	    false },
	{ "star's trailer", ONE(508, "tar\0"), 0, "the end of", TAR, false },

	/* names */
	{ "an empty name", ONE(NAME, "\0\0\0\0\0"), 0, "name", TAR, false },
	{ "an empty name with something behind", ONE(NAME, "\0"), 0, "name",
	    TAR, false },
	{ "something behind a name", ONE(NAME + 6, "x"), 0, "name", TAR,
	    false },
	{ "something at the end of a name's field", ONE(NAME + 99, "x"), 0,
	    "name", TAR, false },
	{ "a link name", ONE(LINK, "/etc/passwd"), 0, "link", TAR, false },
	{ "a link name behind a NUL", ONE(LINK + 99, "x"), 0, "link", TAR,
	    false },
	{ "a prefix", ONE(PREFIX, ".."), 0, "prefix", TAR, false },
	{ "a prefix behind a NUL", ONE(PREFIX + 154, "x"), 0, "prefix", TAR,
	    false },
	{ "something behind a user", ONE(USER, "a\0b"), 0, "user or group", TAR,
	    false },
	{ "something behind a group", ONE(GROUP + 31, "b"), 0, "user or group",
	    TAR, false },
	{ "something at the end of a header", ONE(REST, "x"), 0,
	    "the end of a header", TAR, false },
	{ "something at the very end of a header", ONE(511, "x"), 0,
	    "the end of a header", TAR, false },

	/* numbers */
	{ "a size of base 256", ONE(SIZE, "\x80\0\0\0\0\0\0\0\0\0\0\x05"), 0,
	    "size", TAR, false },
	{ "a negative size", ONE(SIZE, "-0000000005"), 0, "size", TAR, false },
	{ "a size with spaces before", ONE(SIZE, "         5 "), 0, "size", TAR,
	    false },
	{ "a size of twelve digits", ONE(SIZE, "000000000005"), 0, "size", TAR,
	    false },
	{ "a size of ten digits", ONE(SIZE, "0000000005\0\0"), 0, "size", TAR,
	    false },
	{ "a size with a digit 8", ONE(SIZE, "00000000008"), 0, "size", TAR,
	    false },
	{ "a size of hex", ONE(SIZE, "0x000000005"), 0, "size", TAR, false },
	{ "a size of NULs", ONE(SIZE, "\0\0\0\0\0\0\0\0\0\0\0\0"), 0, "size",
	    TAR, false },
	{ "a size that ends in something", ONE(SIZE + 11, "x"), 0, "size", TAR,
	    false },
	{ "the largest size", ONE(SIZE, "77777777777"), 0, "within", SHORT,
	    false },
	{ "a size one block too large", ONE(SIZE, "00000001005"), 0, "", TAR,
	    false },
	{ "a size too small for its content", ONE(SECOND + SIZE, "00000000400"),
	    0, "padding", TAR, false },
	{ "a size of nothing for some content", ONE(SIZE, "00000000000"), 0,
	    "checksum", TAR, false },
	{ "a mode of base 256", ONE(MODE, "\x80\0\0\0\0\0\1\xff"), 0, NUMBER,
	    TAR, false },
	{ "a user of base 256", ONE(UID, "\xff\xff\xff\xff\xff\xff\xff\xff"), 0,
	    NUMBER, TAR, false },
	{ "a group that is no number", ONE(GID, "staff\0\0\0"), 0, NUMBER, TAR,
	    false },
	{ "a time of base 256", ONE(MTIME, "\x80"), 0, NUMBER, TAR, false },
	{ "a time before 1970", ONE(MTIME, "-0000000001"), 0, NUMBER, TAR,
	    false },
	{ "something behind a mode",
	    ONE(MODE,
		"0644\0"
		"77\0"),
	    0, NUMBER, TAR, false },
	{ "a device that is no number", ONE(MAJOR, "x"), 0, NUMBER, TAR,
	    false },
	{ "a minor device that is no number", ONE(MINOR + 7, "x"), 0, NUMBER,
	    TAR, false },

	/* padding */
	{ "something in a member's padding", ONE(517, "x"), 0, "padding", TAR,
	    true },
	{ "something at the end of the padding", ONE(SECOND - 1, "x"), 0,
	    "padding", TAR, true },
	{ "something in the second member's padding", ONE(THIRD - 1, "\1"), 0,
	    "padding", TAR, true },
	{ "content in a member that is empty", ONE(END, "x"), 0, "checksum",
	    TAR, true },
};

static void
fix_checksum(uint8_t *header)
{
	unsigned sum = 0;

	memset(header + SUM, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += header[i];
	(void)snprintf((char *)header + SUM, 7, "%06o", sum);
}

/* Reads some of each member and leaves the rest to ustar_next. */
static int
read_all(struct source *from, size_t *members, struct fault *why)
{
	struct ustar *u = ustar_new(from, why);
	struct ustar_member m;
	uint8_t some[100];
	size_t got;
	int rc;

	assert_non_null(u);
	while ((rc = ustar_next(u, &m, why)) == 1) {
		++*members;
		rc = ustar_read(u, some, sizeof(some), &got, why);
		if (rc == -1)
			break;
		assert_int_equal(got == 0, m.size == 0);
	}
	if (rc == 0)
		assert_int_equal(ustar_next(u, &m, why), 0);
	ustar_free(u);
	return rc;
}

static void
case_holds(void **state)
{
	const struct tar_case *c = *state;
	size_t total = c->total == 0 ? WHOLE : c->total;
	struct fault why = { 0 };
	struct source *from;
	size_t members = 0;
	size_t room;
	uint8_t *text;
	int rc;

	if (total == (size_t)-1)
		total = 0;
	room = (total > WHOLE ? total : WHOLE) + 512;
	text = calloc(1, room);
	assert_non_null(text);
	memcpy(text, good, WHOLE);
	for (size_t i = 0; i < 2; i++)
		memcpy(text + c->edits[i].at,
		    c->edits[i].bytes == NULL ? "" : c->edits[i].bytes,
		    c->edits[i].len);
	if (!c->keep_sum)
		fix_checksum(text + c->edits[0].at / 512 * 512);
	from = source_from_bytes(text, total, &why);
	rc = read_all(from, &members, &why);
	assert_int_equal(why.id, c->fault);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	if (c->fault == FAULT_NONE)
		assert_int_equal(members, 3);
	else
		assert_non_null(strstr(why.detail, c->detail));
	source_free(from);
	free(text);
}

static void
content_comes_back(void)
{
	struct fault why = { 0 };
	struct source *from = source_from_bytes(good, sizeof(good), &why);
	struct ustar *u = ustar_new(from, &why);
	struct ustar_member m;
	uint8_t bytes[7];
	size_t total = 0;
	size_t got;

	assert_int_equal(ustar_next(u, &m, &why), 1);
	assert_string_equal(m.name, "a.txt");
	assert_int_equal(m.size, 5);
	assert_int_equal(ustar_read(u, bytes, sizeof(bytes), &got, &why), 0);
	assert_int_equal(got, 5);
	assert_memory_equal(bytes, "aaaaa", 5);
	assert_int_equal(ustar_read(u, bytes, sizeof(bytes), &got, &why), 0);
	assert_int_equal(got, 0);
	assert_int_equal(ustar_next(u, &m, &why), 1);
	do {
		assert_int_equal(ustar_read(u, bytes, sizeof(bytes), &got,
				     &why),
		    0);
		for (size_t i = 0; i < got; i++)
			assert_int_equal(bytes[i], 'b');
		total += got;
	} while (got > 0);
	assert_int_equal(total, 600);
	assert_int_equal(ustar_next(u, &m, &why), 1);
	assert_int_equal(m.size, 0);
	assert_int_equal(ustar_next(u, &m, &why), 0);
	ustar_free(u);
	ustar_free(NULL);
	source_free(from);
}

static void
headers_name_nobody(void)
{
	for (size_t at = 0; at < END; at += at == SECOND ? 1536 : 1024) {
		const char *h = (const char *)good + at;

		assert_memory_equal(h + MODE, "000600 \0", 8);
		assert_memory_equal(h + UID, "000000 \0", 8);
		assert_memory_equal(h + GID, "000000 \0", 8);
		assert_memory_equal(h + MTIME, "00000000000 ", 12);
		assert_int_equal(h[TYPE], '0');
		for (size_t i = USER; i < MAJOR; i++)
			assert_int_equal(h[i], 0);
	}
}

static void
an_empty_archive_ends(void)
{
	static const uint8_t zeros[1024];
	struct fault why = { 0 };
	struct source *from = source_from_bytes(zeros, sizeof(zeros), &why);
	size_t members = 0;

	assert_int_equal(read_all(from, &members, &why), 0);
	assert_int_equal(members, 0);
	source_free(from);
}

/* Takes so many bytes and then has no room. */
struct full {
	size_t left;
	bool finished;
};

static int
full_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	struct full *f = s->own;

	(void)bytes;
	if (len > f->left)
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "full");
	f->left -= len;
	return 0;
}

static int
full_finish(struct sink *s, struct fault *why)
{
	struct full *f = s->own;

	(void)why;
	f->finished = true;
	return 0;
}

static void
full_free(void *own)
{
	(void)own;
}

static const struct sink_kind full_kind = { "full", full_write, full_finish,
	full_free };

static void
a_fault_below_is_carried(void)
{
	static const char content[30000];

	for (size_t room = 0; room < 60000; room += 9999) {
		struct full f = { room, false };
		struct fault why = { 0 };
		struct sink *to = sink_new(&full_kind, &f, NULL, &why);
		struct tar *t = tar_new(&to, &why);
		int rc;

		assert_non_null(t);
		rc = tar_add(t, "a", content, sizeof(content), &why);
		if (rc == 0)
			rc = tar_finish(t, &why);
		assert_int_equal(rc, room < 40960 ? -1 : 0);
		assert_int_equal(f.finished, rc == 0);
		if (rc == -1)
			assert_int_equal(why.id, FAULT_DISK_NOT_WRITTEN);
		tar_free(t);
	}
}

static void
an_unfinished_archive_writes_no_end(void)
{
	struct fault why = { 0 };
	struct bytes out;
	struct sink *to;
	struct tar *t;

	bytes_init(&out, WHOLE);
	to = bytes_sink_new(&out, &why);
	t = tar_new(&to, &why);
	assert_int_equal(tar_add(t, "a", "b", 1, &why), 0);
	tar_free(t);
	assert_int_equal(out.len, 0);
	bytes_free(&out);
	tar_free(NULL);
}

static const struct {
	const char *name;
	void (*holds)(void);
} others[] = {
	{ "what was written is read", content_comes_back },
	{ "headers name nobody and no time", headers_name_nobody },
	{ "an archive without members ends", an_empty_archive_ends },
	{ "a fault of the sink below is carried", a_fault_below_is_carried },
	{ "an unfinished archive is left as it is",
	    an_unfinished_archive_writes_no_end },
};

static void
other_holds(void **state)
{
	const void *row = *state;
	void (*holds)(void);

	memcpy(&holds, (const char *)row + sizeof(const char *), sizeof(holds));
	holds();
}

int
main(void)
{
	make_good();
	return ROWS_RUN("ustar", cases, case_holds) +
	    ROWS_RUN("ustar more", others, other_holds);
}
