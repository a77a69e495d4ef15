/* Bundles that lie in a folder, fetched into another. */
#include "tests/unit/a_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "formats/bundle.h"
#include "import/fetch.h"
#include "systems/gate.h"

#define ID "0a1b2c3d-0000-4000-8000-0000000000"
#define SIZE 3000

/* A node, a place beside it, and the folder that things come into. */
struct here {
	struct a_store t;
	char place[96];
	char url[128];
	char into_path[96];
	struct folder *from;
	struct folder *into;
	struct fetch_total total;
	struct fetched last; /* told of; its name in `name` */
	char name[64];
	size_t told;
};

static void
took(void *context, const struct fetched *f)
{
	struct here *h = context;

	h->last = *f;
	(void)snprintf(h->name, sizeof(h->name), "%s", f->name);
	h->told++;
}

static void
start(struct here *h)
{
	*h = (struct here){ .told = 0 };
	a_store_start(&h->t);
	(void)snprintf(h->place, sizeof(h->place), "%s.place", h->t.path);
	(void)snprintf(h->into_path, sizeof(h->into_path), "%s.into",
	    h->t.path);
	(void)snprintf(h->url, sizeof(h->url), "file://%s", h->place);
	assert_non_null(h->from = folder_make(h->place, &h->t.why));
	assert_non_null(h->into = folder_make(h->into_path, &h->t.why));
}

static void
empty(struct here *h, struct folder *f)
{
	struct bytes names;
	size_t others;

	bytes_init(&names, (size_t)1 << 20);
	assert_int_equal(folder_list(f, &names, &others, &h->t.why), 0);
	for (size_t i = 0; i < names.len; i += strlen((char *)names.at + i) + 1)
		assert_int_equal(folder_remove(f, (char *)names.at + i,
				     &h->t.why),
		    0);
	bytes_free(&names);
}

static void
end(struct here *h)
{
	empty(h, h->from);
	empty(h, h->into);
	folder_close(h->from);
	folder_close(h->into);
	assert_int_equal(rmdir(h->place), 0);
	assert_int_equal(rmdir(h->into_path), 0);
	a_store_end(&h->t);
}

/* What looks like a bundle from outside; its inside is anything. */
static void
lay(struct here *h, const char *name, const char *id, char fill)
{
	const struct minisign_key *key = secrets_signing(h->t.secrets);
	struct bundle_outside out = { .seq = 1, .created = 1000000000 };
	char comment[MINISIGN_COMMENT_MAX];
	const uint8_t hash[MINISIGN_HASH] = { 0 };
	struct bytes file;

	(void)snprintf(out.id, sizeof(out.id), "%s", id);
	bundle_outside_write(&out, comment);
	bytes_init(&file, 2 * SIZE);
	assert_int_equal(minisign_sign(key, hash, BUNDLE_UNTRUSTED, comment,
			     &file, &h->t.why),
	    0);
	assert_int_equal(bytes_add_text(&file, "age-encryption.org/v1\n",
			     &h->t.why),
	    0);
	while (file.len < SIZE)
		assert_int_equal(bytes_add(&file, &fill, 1, &h->t.why), 0);
	assert_int_equal(folder_replace_bytes(h->from, name, file.at, file.len,
			     &h->t.why),
	    0);
	bytes_free(&file);
}

static void
lay_foreign(struct here *h, const char *name)
{
	char text[SIZE];

	memset(text, 'x', sizeof(text));
	assert_int_equal(folder_replace_bytes(h->from, name, text, sizeof(text),
			     &h->t.why),
	    0);
}

static void
fetch(struct here *h, int64_t largest, bool dry_run)
{
	const struct gate_way way = { .url = h->url };
	const struct gate_limits limits = { 0 };
	const struct fetch_order order = {
		.store = h->t.s,
		.from = &way,
		.limits = &limits,
		.into = h->into,
		.largest = largest,
		.now = 1,
		.dry_run = dry_run,
		.took = took,
		.context = h,
	};

	h->told = 0;
	assert_int_equal(fetch_run(&order, &h->total, &h->t.why), 0);
	assert_int_equal(h->total.hopeless.id, FAULT_NONE);
}

static size_t
files(struct here *h)
{
	struct bytes names;
	size_t others, count = 0;

	bytes_init(&names, (size_t)1 << 20);
	assert_int_equal(folder_list(h->into, &names, &others, &h->t.why), 0);
	for (size_t i = 0; i < names.len; i++)
		count += names.at[i] == '\0';
	bytes_free(&names);
	return count;
}

static void
whatever_it_is_called(struct here *h)
{
	lay(h, "Holiday.JPG", ID "01", 'a');
	lay_foreign(h, "notes.satchel");
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 1);
	assert_int_equal(h->total.foreign, 1);
	assert_int_equal(h->last.state, FETCH_CAME);
	assert_string_equal(h->name, "0a1b2c3d.satchel");
	assert_true(folder_has(h->into, h->name));
	assert_int_equal(files(h), 1);
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 0);
	assert_int_equal(h->total.known, 1);
	assert_int_equal(h->total.seen, 1);
	assert_int_equal(h->told, 0);
}

static void
dry_run(struct here *h)
{
	lay(h, "a", ID "01", 'a');
	fetch(h, 0, true);
	assert_int_equal(h->last.state, FETCH_NOT_TRIED);
	assert_int_equal(files(h), 0);
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 1);
}

static void
two_of_one_id(struct here *h)
{
	lay(h, "a", ID "01", 'a');
	lay(h, "b", ID "01", 'b');
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 2);
	assert_true(folder_has(h->into, "0a1b2c3d.satchel"));
	assert_true(folder_has(h->into, "0a1b2c3d-2.satchel"));
}

static void
gone_on_with(struct here *h)
{
	struct bytes file;

	lay(h, "a", ID "01", 'a');
	fetch(h, 0, false);
	bytes_init(&file, SIZE);
	assert_int_equal(folder_read(h->into, h->name, &file, &h->t.why), 0);
	assert_int_equal(folder_remove(h->into, h->name, &h->t.why), 0);
	/* A mark that is not there: it shows that this part was kept. */
	file.at[2000] = 'b';
	assert_int_equal(folder_replace_bytes(h->into, "0a1b2c3d.satchel.part",
			     file.at, 2500, &h->t.why),
	    0);
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 1);
	bytes_empty(&file);
	assert_int_equal(folder_read(h->into, h->name, &file, &h->t.why), 0);
	assert_int_equal(file.len, SIZE);
	assert_int_equal(file.at[2000], 'b');
	assert_int_equal(file.at[2600], 'a');
	assert_int_equal(files(h), 1);
	bytes_free(&file);
}

/* Who removes it before it was imported gets it again. */
static void
lost_is_fetched_again(struct here *h)
{
	lay(h, "a", ID "01", 'a');
	fetch(h, 0, false);
	assert_int_equal(folder_remove(h->into, h->name, &h->t.why), 0);
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 1);
	assert_int_equal(fetch_settle(h->t.s, h->name, &h->t.why), 0);
	assert_int_equal(folder_remove(h->into, h->name, &h->t.why), 0);
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 0);
	assert_int_equal(h->total.seen, 1);
}

/* Written at another time, as its server says it. */
static void
make_older(struct here *h, const char *name)
{
	const struct timespec then[2] = { { 5, 0 }, { 5, 0 } };
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", h->place, name);
	assert_int_equal(utimensat(AT_FDCWD, path, then, 0), 0);
}

static void
another_under_its_name(struct here *h)
{
	lay(h, "a", ID "01", 'a');
	fetch(h, 0, false);
	lay(h, "a", ID "02", 'a');
	make_older(h, "a");
	fetch(h, 0, false);
	assert_int_equal(h->total.came, 1);
	assert_string_equal(h->last.id, ID "02");
}

static void
too_large(struct here *h)
{
	lay(h, "a", ID "01", 'a');
	fetch(h, SIZE - 1, false);
	assert_int_equal(h->last.state, FETCH_FAILED);
	assert_int_equal(h->last.fault.id, FAULT_BUNDLE_TOO_LARGE);
	assert_int_equal(files(h), 0);
	fetch(h, SIZE, false);
	assert_int_equal(h->total.came, 1);
}

static void
ours_stays_there(struct here *h)
{
	struct bundle_made b = { .receiver = "HUB", .name = "n" };

	(void)snprintf(b.id, sizeof(b.id), "%s", ID "01");
	assert_int_equal(bundles_next(h->t.s, "HUB", &b.seq, &b.sequence,
			     &h->t.why),
	    0);
	assert_int_equal(bundles_put_made(h->t.s, &b, &h->t.why), 0);
	lay(h, "a", ID "01", 'a');
	fetch(h, 0, false);
	assert_int_equal(h->total.known, 1);
	assert_int_equal(files(h), 0);
	fetch(h, 0, false);
	assert_int_equal(h->total.seen, 1);
}

static const struct row {
	const char *name;
	void (*holds)(struct here *h);
} rows[] = {
	{ "a bundle comes whatever it is called, and only a bundle",
	    whatever_it_is_called },
	{ "a dry run brings nothing, and forgets it", dry_run },
	{ "two files of one id both come", two_of_one_id },
	{ "a part is gone on with", gone_on_with },
	{ "what was lost before it was dealt with comes again",
	    lost_is_fetched_again },
	{ "another bundle under its old name comes", another_under_its_name },
	{ "what is too large is not begun", too_large },
	{ "our own is left there", ours_stays_there },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct here h;

	start(&h);
	row->holds(&h);
	end(&h);
}

int
main(void)
{
	return ROWS_RUN("fetch", rows, row_holds);
}
