#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/source.h"

static int freed;

/* Passes on two bytes at a time, in capitals; fails at an 'x'. */
static int
capitals_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	if (source_read(s->from, out, room < 2 ? room : 2, got, why) == -1)
		return -1;
	for (size_t i = 0; i < *got; i++) {
		if (out[i] == 'x')
			return FAIL(why, FAULT_AGE_PAYLOAD, "an x");
		out[i] = (uint8_t)(out[i] - 'a' + 'A');
	}
	return 0;
}

static void
capitals_free(void *own)
{
	freed++;
	free(own);
}

static const struct source_kind capitals_kind = { "capitals", capitals_read,
	capitals_free };

enum from { MEMORY, FILE_ON_DISK, PIPE };

static const struct reading {
	const char *name;
	enum from from;
	bool capitals;
	const char *text;
	size_t room;
	int want;
	const char *got;
} readings[] = {
	{ "memory is read to its end", MEMORY, false, "abcde", 99, 0, "abcde" },
	{ "no more is read than there is room for", MEMORY, false, "abcde", 3,
	    0, "abc" },
	{ "empty memory ends at once", MEMORY, false, "", 9, 0, "" },
	{ "no room is filled with nothing", MEMORY, false, "abc", 0, 0, "" },
	{ "a file is read to its end", FILE_ON_DISK, false, "abcde", 99, 0,
	    "abcde" },
	{ "an empty file ends at once", FILE_ON_DISK, false, "", 9, 0, "" },
	{ "a file is read up to the room", FILE_ON_DISK, false, "abcde", 2, 0,
	    "ab" },
	{ "a pipe is read to its end", PIPE, false, "abcde", 99, 0, "abcde" },
	{ "short reads are put together", MEMORY, true, "abcde", 99, 0,
	    "ABCDE" },
	{ "a fault behind ends the filling", MEMORY, true, "abcx", 99, -1,
	    NULL },
	{ "a fault that was not reached does not matter", MEMORY, true, "abcdx",
	    4, 0, "ABCD" },
};

/* An open descriptor to read text from. */
static int
open_text(const struct reading *row)
{
	size_t len = strlen(row->text);
	int ends[2];
	FILE *file;

	if (row->from == PIPE) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], row->text, len), len);
		assert_int_equal(close(ends[1]), 0);
		return ends[0];
	}
	assert_non_null(file = tmpfile());
	ends[0] = dup(fileno(file));
	assert_int_not_equal(ends[0], -1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(write(ends[0], row->text, len), len);
	assert_int_equal(lseek(ends[0], 0, SEEK_SET), 0);
	return ends[0];
}

static void
reading_holds(void **state)
{
	const struct reading *row = *state;
	struct fault why = { 0 };
	struct source *s;
	uint8_t out[100];
	size_t got;
	int fd = -1;

	if (row->from == MEMORY)
		s = source_from_bytes(row->text, strlen(row->text), &why);
	else
		s = source_from_fd(fd = open_text(row), "text", &why);
	assert_non_null(s);
	if (row->capitals)
		s = source_new(&capitals_kind, NULL, &s, &why);
	assert_non_null(s);
	freed = 0;
	assert_int_equal(source_fill(s, out, row->room, &got, &why), row->want);
	if (row->want == 0) {
		assert_int_equal(got, strlen(row->got));
		assert_memory_equal(out, row->got, got);
	} else {
		assert_int_equal(why.id, FAULT_AGE_PAYLOAD);
	}
	source_free(s);
	assert_int_equal(freed, row->capitals ? 1 : 0);
	/* The descriptor is still the caller's to close. */
	if (fd != -1)
		assert_int_equal(close(fd), 0);
}

static const struct failing {
	const char *name;
	int fd;
	const char *file;
} failings[] = {
	{ "a descriptor that is closed is a fault with the file's name", -1,
	    "b.satchel" },
};

static void
failing_holds(void **state)
{
	const struct failing *row = *state;
	struct fault why = { 0 };
	struct source *s = source_from_fd(row->fd, row->file, &why);
	uint8_t out[10];
	size_t got = 5;

	assert_non_null(s);
	assert_int_equal(source_read(s, out, sizeof(out), &got, &why), -1);
	assert_int_equal(got, 0);
	assert_int_equal(why.id, FAULT_DISK_NOT_READ);
	assert_non_null(strstr(why.detail, row->file));
	source_free(s);
	source_free(NULL);
}

int
main(void)
{
	return ROWS_RUN("source: reading", readings, reading_holds) +
	    ROWS_RUN("source: failing", failings, failing_holds);
}
