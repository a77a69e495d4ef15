#include "tests/unit/a_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "import/held_files.h"
#include "import/receive.h"

#define FIRST "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"

/* The four lines of a bundle with that id, and some bytes that are no age. */
#define ZEROS24 "AAAAAAAAAAAAAAAAAAAAAAAA"
#define LINES(id)                                                       \
	"untrusted comment: satchel bundle\n"                           \
	"RUQA" ZEROS24 ZEROS24 ZEROS24 "AAAAAAAAAAAAAAAAAAAAAAA=\n"     \
	"trusted comment: satchel bundle/1 id=" id                      \
	" seq=4 created=2026-11-01T10:00:00Z\n" ZEROS24 ZEROS24 ZEROS24 \
	"AAAAAAAAAAAAAA==\n"                                            \
	"age-encryption.org/v1\n"

/* A received bundle that holds these bytes; *r is closed by the caller. */
static void
receive(struct a_store *t, const char *text, struct received *r)
{
	receive_start(r);
	assert_int_not_equal(r->fd = folder_private_file(t->home, &t->why), -1);
	assert_int_equal(write(r->fd, text, strlen(text)), strlen(text));
	if (receive_lines(r, &t->why) == -1)
		fail_msg("%s", t->why.detail);
}

static int
keep(struct a_store *t, const char *text)
{
	struct received r;
	int rc;

	receive(t, text, &r);
	rc = held_files_keep(t->home, &r, &t->why);
	receive_close(&r);
	return rc;
}

/* Those to be tried under a version, each followed by a space. */
static void
listed(struct a_store *t, int64_t version, const char *want)
{
	struct bytes names;

	bytes_init(&names, 4096);
	assert_int_equal(held_files_list(t->home, version, &names, &t->why), 0);
	for (size_t i = 0; i < names.len; i++)
		if (names.at[i] == '\0')
			names.at[i] = ' ';
	assert_string_equal(names.len > 0 ? (const char *)names.at : "", want);
	bytes_free(&names);
}

/* Everything of held/ is taken away, so that the folder can go. */
static void
clear(struct a_store *t)
{
	struct folder *f = folder_make_in(t->home, "held", &t->why);
	struct bytes names;
	char path[100];
	size_t others;

	assert_non_null(f);
	bytes_init(&names, 65536);
	assert_int_equal(folder_list(f, &names, &others, &t->why), 0);
	for (size_t i = 0; i < names.len; i += strlen((char *)names.at + i) + 1)
		assert_int_equal(folder_remove(f, (char *)names.at + i,
				     &t->why),
		    0);
	bytes_free(&names);
	folder_close(f);
	(void)snprintf(path, sizeof(path), "%s/held", t->path);
	assert_int_equal(rmdir(path), 0);
}

static void
nothing(struct a_store *t)
{
	char path[100];

	listed(t, 1, "");
	(void)snprintf(path, sizeof(path), "%s/held", t->path);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(held_files_open(t->home, FIRST ".satchel", &t->why),
	    -1);
	assert_int_equal(t->why.id, FAULT_DISK_NOT_FOUND);
}

static void
byte_for_byte(struct a_store *t)
{
	static const char text[] = LINES(FIRST) "as it came";
	char back[sizeof(text)] = "";
	struct stat st;
	int fd;

	assert_int_equal(keep(t, text), 1);
	listed(t, 1, FIRST ".satchel ");
	fd = held_files_open(t->home, FIRST ".satchel", &t->why);
	assert_int_not_equal(fd, -1);
	assert_int_equal(read(fd, back, sizeof(back)), sizeof(text) - 1);
	assert_string_equal(back, text);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)close(fd);
	clear(t);
}

static void
once(struct a_store *t)
{
	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	assert_int_equal(keep(t, LINES(SECOND) "a"), 1);
	listed(t, 1, FIRST ".satchel " SECOND ".satchel ");
	clear(t);
}

static void
another_of_that_id(struct a_store *t)
{
	char back[1000];
	ssize_t n;
	int fd;

	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	assert_int_equal(keep(t, LINES(FIRST) "b"), -1);
	assert_int_equal(t->why.id, FAULT_BUNDLE_NUMBER_TWICE);
	fd = held_files_open(t->home, FIRST ".satchel", &t->why);
	n = read(fd, back, sizeof(back));
	assert_true(n > 0 && back[n - 1] == 'a');
	(void)close(fd);
	clear(t);
}

static void
done_is_gone(struct a_store *t)
{
	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	assert_int_equal(held_files_refused(t->home, FIRST ".satchel", 3,
			     &t->why),
	    0);
	assert_int_equal(held_files_done(t->home, FIRST ".satchel", &t->why),
	    0);
	listed(t, 9, "");
	/* Its mark went, too: a bundle of that name would be tried again. */
	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	listed(t, 1, FIRST ".satchel ");
	clear(t);
}

static void
refused_until_newer(struct a_store *t)
{
	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	assert_int_equal(held_files_refused(t->home, FIRST ".satchel", 3,
			     &t->why),
	    0);
	listed(t, 2, "");
	listed(t, 3, "");
	listed(t, 4, FIRST ".satchel ");
	assert_int_equal(held_files_refused(t->home, FIRST ".satchel", 12,
			     &t->why),
	    0);
	listed(t, 12, "");
	listed(t, 13, FIRST ".satchel ");
	clear(t);
}

static void
others_left_alone(struct a_store *t)
{
	struct folder *f = folder_make_in(t->home, "held", &t->why);

	assert_int_equal(folder_publish_bytes(f, "x.satchel", "a", 1, &t->why),
	    0);
	assert_int_equal(folder_publish_bytes(f, "notes", "a", 1, &t->why), 0);
	folder_close(f);
	listed(t, 1, "");
	clear(t);
}

static void
bad_mark(struct a_store *t)
{
	struct folder *f;

	assert_int_equal(keep(t, LINES(FIRST) "a"), 1);
	f = folder_make_in(t->home, "held", &t->why);
	assert_int_equal(folder_publish_bytes(f, FIRST ".refused", "soon", 4,
			     &t->why),
	    0);
	folder_close(f);
	listed(t, 1, FIRST ".satchel ");
	clear(t);
}

/* Bundles without end from one key, and one of another. */
static void
has_an_end(struct a_store *t)
{
	static const char other[] = LINES(SECOND) "a";
	char text[sizeof(other)], id[40];

	for (int i = 0; i < HELD_FILES_MAX; i++) {
		memcpy(text, LINES(FIRST) "a", sizeof(text));
		(void)snprintf(id, sizeof(id), "%08d", i);
		memcpy(strstr(text, FIRST), id, 8);
		assert_int_equal(keep(t, text), 1);
	}
	assert_int_equal(keep(t, LINES(FIRST) "a"), 0);
	/* One that is there already is there. */
	assert_int_equal(keep(t, text), 1);
	/* The first letters of a signature are of the key. */
	memcpy(text, other, sizeof(text));
	memcpy(strstr(text, "RUQA") + 4, "BBBB", 4);
	assert_int_equal(keep(t, text), 1);
	clear(t);
}

static const struct a_store_case cases[] = {
	{ "nothing is held in a new node, and no folder is made", nothing },
	{ "a bundle is kept byte for byte, for its owner alone",
	    byte_for_byte },
	{ "the same bundle is kept once", once },
	{ "of one key so many are kept and no more", has_an_end },
	{ "another bundle of that id is an alarm, and changes nothing",
	    another_of_that_id },
	{ "what was imported is kept no more", done_is_gone },
	{ "what was refused is tried again under a newer agreement",
	    refused_until_newer },
	{ "other files are left alone", others_left_alone },
	{ "a mark nobody can read keeps nothing from being tried", bad_mark },
};

int
main(void)
{
	return ROWS_RUN("held_files", cases, a_store_case_holds);
}
