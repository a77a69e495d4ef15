#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"
#include "formats/gzip.h"

#define B(bytes) (bytes), sizeof(bytes) - 1
#define OK FAULT_NONE, ""
#define GZIP FAULT_BUNDLE_GZIP
#define SHORT FAULT_BUNDLE_CUT_SHORT

/* "hello", deflated raw, and what stands behind it. */
#define DEFLATED "\xcb\x48\xcd\xc9\xc9\x07\x00"
#define TRAILER "\x86\xa6\x10\x36\x05\0\0\0"
#define HEADER(flags) "\x1f\x8b\x08" flags "\0\0\0\0\0\x03"
#define MEMBER HEADER("\0") DEFLATED TRAILER

struct gzip_case {
	const char *name;
	const char *text;
	size_t len;
	const char *want;
	enum fault_id fault;
	const char *detail;
};

static const struct gzip_case cases[] = {
	{ "one member", B(MEMBER), "hello", OK },
	{ "two members", B(MEMBER MEMBER), "hellohello", OK },
	{ "an empty member between",
	    B(MEMBER HEADER("\0") "\x03\0"
				  "\0\0\0\0\0\0\0\0" MEMBER),
	    "hellohello", OK },
	{ "zeros behind", B(MEMBER "\0\0\0\0\0"), "hello", OK },
	{ "zeros behind two members", B(MEMBER MEMBER "\0"), "hellohello", OK },
	{ "a file name is read over",
	    B(HEADER("\x08") "name.tar\0" DEFLATED TRAILER), "hello", OK },
	{ "a comment is read over",
	    B(HEADER("\x10") "by me\0" DEFLATED TRAILER), "hello", OK },
	{ "an extra field is read over",
	    B(HEADER("\x04") "\6\0AB\2\0xy" DEFLATED TRAILER), "hello", OK },
	{ "a header checksum is read over",
	    B(HEADER("\x02") "\xa7\x77" DEFLATED TRAILER), "hello", FAULT_NONE,
	    "" },
	{ "the mark of text is read over", B(HEADER("\x01") DEFLATED TRAILER),
	    "hello", OK },

	{ "nothing", B(""), "", SHORT, "header" },
	{ "one byte", B("\x1f"), "", SHORT, "header" },
	{ "half a header", B("\x1f\x8b\x08\0"), "", SHORT, "does not end" },
	{ "a header alone", B(HEADER("\0")), "", SHORT, "does not end" },
	{ "cut in a name", B(HEADER("\x08") "nam"), "", SHORT, "" },
	{ "cut in an extra field", B(HEADER("\x04") "\xff\xffx"), "", SHORT,
	    "" },
	{ "cut in the content", B(HEADER("\0") "\xcb\x48"), "h", SHORT, "" },
	{ "cut before the trailer", B(HEADER("\0") DEFLATED), "hello", SHORT,
	    "" },
	{ "cut in the trailer", B(HEADER("\0") DEFLATED "\x86\xa6\x10\x36\5"),
	    "hello", SHORT, "" },
	{ "a second member cut in its mark", B(MEMBER "\x1f"), "hello", SHORT,
	    "" },
	{ "a second member cut short", B(MEMBER HEADER("\0") "\xcb"), "hello",
	    SHORT, "" },
	{ "zeros in place of the trailer",
	    B(HEADER("\0") DEFLATED "\0\0\0\0\0\0\0\0"), "hello", GZIP,
	    "data check" },
	{ "a wrong checksum",
	    B(HEADER("\0") DEFLATED "\x87\xa6\x10\x36"
				    "\5\0\0\0"),
	    "hello", GZIP, "data check" },
	{ "a wrong length",
	    B(HEADER("\0") DEFLATED "\x86\xa6\x10\x36"
				    "\6\0\0\0"),
	    "hello", GZIP, "length check" },
	{ "a wrong header checksum",
	    B(HEADER("\x02") "\xff\xff" DEFLATED TRAILER), "", GZIP,
	    "header crc" },
	{ "a flag that is reserved", B(HEADER("\x20") DEFLATED TRAILER), "",
	    GZIP, "flags" },
	{ "another method", B("\x1f\x8b\x07\0\0\0\0\0\0\3" DEFLATED TRAILER),
	    "", GZIP, "method" },
	{ "a block of a reserved kind", B(HEADER("\0") "\x07"), "", GZIP,
	    "block type" },
	{ "a distance too far back", B(HEADER("\0") "\x4b\x04\x12\x00"), "a",
	    GZIP, "" },
	{ "something behind", B(MEMBER "x"), "hello", GZIP, "other than" },
	{ "something behind the zeros", B(MEMBER "\0\0x"), "hello", GZIP,
	    "other than" },
	{ "a member behind zeros", B(MEMBER "\0" MEMBER), "hello", GZIP,
	    "other than" },
	{ "1f and something else behind", B(MEMBER "\x1f\x8c\x08"), "hello",
	    GZIP, "header" },
	{ "zeros alone", B("\0\0\0\0"), "", GZIP, "no gzip header" },
	{ "plain tar", B("bundle.json\0\0"), "", GZIP, "no gzip header" },
	{ "zlib", B("\x78\x9c\x03\0\0\0\0\1"), "", GZIP, "no gzip header" },
	{ "zstd is newer", B("\x28\xb5\x2f\xfd"), "", FAULT_BUNDLE_NEWER,
	    "zstd" },
	{ "xz is newer",
	    B("\xfd"
	      "7zXZ\0"),
	    "", FAULT_BUNDLE_NEWER, "xz" },
	{ "bzip2 is newer", B("BZh9"), "", FAULT_BUNDLE_NEWER, "bzip2" },
	{ "lz4 is newer", B("\x04\x22\x4d\x18"), "", FAULT_BUNDLE_NEWER,
	    "lz4" },
	{ "zstd behind a member is not", B(MEMBER "\x28\xb5\x2f\xfd"), "hello",
	    GZIP, "" },
};

/* One byte at a time, so that every cut between reads is tried. */
static int
drip_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	return source_read(s->from, out, room > 1 ? 1 : room, got, why);
}

static void
drip_free(void *own)
{
	(void)own;
}

static const struct source_kind drip_kind = { "drip", drip_read, drip_free };

static void
read_case(const struct gzip_case *c, bool drip, size_t piece)
{
	struct fault why = { 0 };
	struct source *from = source_from_bytes(c->text, c->len, &why);
	struct source *s;
	uint8_t out[64];
	size_t have = 0;
	size_t got;
	int rc;

	if (drip)
		from = source_new(&drip_kind, NULL, &from, &why);
	s = gzip_source_new(&from, 1000, &why);
	assert_non_null(s);
	do {
		rc = source_read(s, out + have, piece, &got, &why);
		if (rc == 0)
			have += got;
	} while (rc == 0 && got > 0);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, c->fault);
	if (rc == -1)
		assert_non_null(strstr(why.detail, c->detail));
	else
		assert_int_equal(have, strlen(c->want));
	assert_true(have <= strlen(c->want));
	assert_memory_equal(out, c->want, have);
	source_free(s);
}

static void
case_holds(void **state)
{
	const struct gzip_case *c = *state;

	read_case(c, false, 20);
	read_case(c, false, 1);
	read_case(c, true, 20);
	read_case(c, true, 1);
}

/* The gzip sink's output for len bytes, all zero or hard to compress. */
static void
pack(struct bytes *out, size_t len, bool zero)
{
	uint8_t piece[4096] = { 0 };
	struct fault why = { 0 };
	struct sink *end = bytes_sink_new(out, &why);
	struct sink *s = gzip_sink_new(&end, &why);
	uint32_t random = 1;

	assert_non_null(s);
	while (len > 0) {
		size_t part = len > sizeof(piece) ? sizeof(piece) : len;

		for (size_t i = 0; !zero && i < part; i++) {
			random = random * 1664525 + 1013904223;
			piece[i] = (uint8_t)(random >> 24);
		}
		assert_int_equal(sink_write(s, piece, part, &why), 0);
		len -= part;
	}
	assert_int_equal(sink_finish(s, &why), 0);
	sink_free(s);
}

struct size_case {
	const char *name;
	size_t len;
	uint64_t max;
	size_t least; /* given before it stops */
	size_t most;
	enum fault_id fault;
	bool zero;
};

#define MIB ((size_t)1 << 20)

static const struct size_case sizes[] = {
	{ "nothing comes back", 0, 10, 0, 0, FAULT_NONE, true },
	{ "just the cap", 1000, 1000, 1000, 1000, FAULT_NONE, false },
	{ "one more than the cap", 1001, 1000, 0, 1000, FAULT_BUNDLE_INFLATES,
	    false },
	{ "much that does not compress comes back", 5000000, (uint64_t)64 << 20,
	    5000000, 5000000, FAULT_NONE, false },
	{ "zeros up to the first MiB come back", MIB, (uint64_t)64 << 20, MIB,
	    MIB, FAULT_NONE, true },
	{ "a little more than that does not", MIB + 1, (uint64_t)64 << 20,
	    MIB - 65536, MIB, FAULT_BUNDLE_INFLATES, true },
	{ "300 MiB of zeros stop after the first", 300 * MIB,
	    (uint64_t)64 << 30, MIB - 65536, MIB, FAULT_BUNDLE_INFLATES, true },
	{ "300 MiB of zeros stop at a lower cap", 300 * MIB, 65536, 0, 65536,
	    FAULT_BUNDLE_INFLATES, true },
};

static void
size_holds(void **state)
{
	const struct size_case *c = *state;
	struct fault why = { 0 };
	struct source *from;
	struct source *s;
	struct bytes packed;
	uint8_t out[8192];
	size_t have = 0;
	size_t got;
	int rc;

	bytes_init(&packed, 16 * MIB);
	pack(&packed, c->len, c->zero);
	from = source_from_bytes(packed.at, packed.len, &why);
	s = gzip_source_new(&from, c->max, &why);
	do {
		rc = source_read(s, out, sizeof(out), &got, &why);
		if (rc == 0)
			have += got;
	} while (rc == 0 && got > 0);
	assert_int_equal(rc, c->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, c->fault);
	assert_true(have >= c->least && have <= c->most);
	source_free(s);
	bytes_free(&packed);
}

static void
header_names_nobody(void)
{
	struct bytes packed;

	bytes_init(&packed, 1000);
	pack(&packed, 10, true);
	assert_memory_equal(packed.at, "\x1f\x8b\x08\0\0\0\0\0", 8);
	assert_true(packed.at[9] == 3 || packed.at[9] == 255);
	bytes_free(&packed);
}

/* A member of 16 MiB that inflates 1,000 times, behind one that does not. */
static void
ratio_counts_everything(void)
{
	struct fault why = { 0 };
	struct source *from;
	struct source *s;
	struct bytes packed;
	uint8_t out[65536];
	size_t have = 0;
	size_t got;

	bytes_init(&packed, 16 * MIB);
	pack(&packed, 200000, false);
	pack(&packed, 16 * MIB, true);
	from = source_from_bytes(packed.at, packed.len, &why);
	s = gzip_source_new(&from, 64 * MIB, &why);
	do {
		assert_int_equal(source_read(s, out, sizeof(out), &got, &why),
		    0);
		have += got;
	} while (got > 0);
	assert_int_equal(have, 200000 + 16 * MIB);
	source_free(s);
	bytes_free(&packed);
}

static const struct {
	const char *name;
	void (*holds)(void);
} others[] = {
	{ "the header has no name and no time", header_names_nobody },
	{ "the ratio is of everything so far", ratio_counts_everything },
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
	return ROWS_RUN("gzip", cases, case_holds) +
	    ROWS_RUN("gzip sizes", sizes, size_holds) +
	    ROWS_RUN("gzip more", others, other_holds);
}
