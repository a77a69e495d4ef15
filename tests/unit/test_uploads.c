/* How far files came on their way, what it cost, and what lies at a place. */
#include "tests/unit/a_store.h"

#include <sqlite3.h>

#include "store/lying.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/traffic.h"
#include "store/uploads.h"

#define PLACE "https://hub.example.org/files/"
#define DAY ((moment)24 * 60 * 60)

static const uint8_t one[32] = { 1 }, other[32] = { 2 };

static struct upload
upload(const uint8_t sha256[static 32], const char *bundle)
{
	struct upload u = { .bytes = 1000, .offset = 300, .begun = 5 };

	memcpy(u.sha256, sha256, sizeof(u.sha256));
	(void)snprintf(u.bundle, sizeof(u.bundle), "%s", bundle);
	(void)snprintf(u.ticket, sizeof(u.ticket), "%s", PLACE "secret-ticket");
	return u;
}

static void
put(struct a_store *t, const char *url, const struct upload *u)
{
	assert_int_equal(uploads_put(t->s, url, u, &t->why), 0);
}

static int
get(struct a_store *t, const char *url, const uint8_t sha256[static 32],
    struct upload *out)
{
	int rc = uploads_get(t->s, url, sha256, out, &t->why);

	assert_int_not_equal(rc, -1);
	return rc;
}

static void
goes_on(struct a_store *t)
{
	struct upload u = upload(one, "b1"), got;

	assert_int_equal(get(t, PLACE, one, &got), 0);
	put(t, PLACE, &u);
	a_store_open(t, true);
	assert_int_equal(get(t, PLACE, one, &got), 1);
	assert_int_equal(got.offset, 300);
	assert_int_equal(got.bytes, 1000);
	assert_int_equal(got.begun, 5);
	assert_string_equal(got.bundle, "b1");
	assert_string_equal(got.ticket, u.ticket);
	u.offset = 900;
	u.proven = 64;
	u.ticket[0] = '\0';
	put(t, PLACE, &u);
	assert_int_equal(get(t, PLACE, one, &got), 1);
	assert_int_equal(got.offset, 900);
	assert_int_equal(got.proven, 64);
	assert_string_equal(got.ticket, "");
	assert_int_equal(uploads_drop(t->s, PLACE, one, &t->why), 0);
	assert_int_equal(get(t, PLACE, one, &got), 0);
}

/* What was acknowledged long ago, and nothing else, is forgotten. */
static void
prunes(struct a_store *t)
{
	struct upload u = upload(one, "b1"), got;
	struct sql q;

	u.begun = 100;
	u.arrived = 120;
	u.given = 77;
	put(t, PLACE, &u);
	assert_int_equal(uploads_prune(t->s, 101, &t->why), 0);
	assert_int_equal(get(t, PLACE, one, &got), 1);
	assert_int_equal(got.given, 77);
	assert_int_equal(uploads_arrived(t->s, PLACE, "b1", &t->why), 1);
	assert_int_equal(uploads_arrived(t->s, PLACE, "b2", &t->why), 0);
	assert_int_equal(uploads_arrived(t->s, PLACE "x", "b1", &t->why), 0);
	sql_start(&q, store_db(t->s),
	    "INSERT INTO made (sender, seq, id, receiver, sequence, sha256, "
	    "bytes, created, name, carried, acknowledged) "
	    "VALUES (1, 1, 'b1', 'HUB', 1, x'00', 1, 1, '', 1, 500)");
	assert_int_equal(sql_run(&q, &t->why), 0);
	assert_int_equal(uploads_prune(t->s, 100, &t->why), 0);
	assert_int_equal(get(t, PLACE, one, &got), 1);
	assert_int_equal(uploads_prune(t->s, 101, &t->why), 0);
	assert_int_equal(get(t, PLACE, one, &got), 0);
}

/* An address is known letter by letter, though an index is loose. */
static void
places_apart(struct a_store *t)
{
	struct upload u = upload(one, "b1"), got;

	put(t, PLACE, &u);
	assert_int_equal(get(t, "https://hub.example.org/FILES/", one, &got),
	    0);
	assert_int_equal(get(t, PLACE " ", one, &got), 0);
	assert_int_equal(get(t, PLACE, other, &got), 0);
}

static void
nothing_lies_open(struct a_store *t)
{
	const struct lying l = { "Name of a child.jpg", 10, 20 };
	const struct lying_known none = { "", "" };
	struct upload u = upload(one, "b1");

	put(t, PLACE, &u);
	assert_int_equal(lying_put(t->s, PLACE, &l, &none, 1, &t->why), 0);
	a_store_open(t, true);
	assert_false(a_store_shows(t, "hub.example.org"));
	assert_false(a_store_shows(t, "secret-ticket"));
	assert_false(a_store_shows(t, "Name of a child"));
}

/* A ticket that was moved to another file's row does not open there. */
static void
sealed_to_its_row(struct a_store *t)
{
	struct upload u = upload(one, "b1"), got;

	put(t, PLACE, &u);
	u = upload(other, "b2");
	put(t, PLACE, &u);
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE uploads SET ticket = (SELECT ticket FROM "
			     "uploads WHERE bundle = 'b1')",
			     &t->why),
	    0);
	assert_int_equal(uploads_get(t->s, PLACE, other, &got, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
}

static void
of_a_bundle(struct a_store *t)
{
	struct upload u = upload(one, "b1");
	struct upload_reach r;

	assert_int_equal(uploads_of_bundle(t->s, "b1", &r, &t->why), 0);
	assert_int_equal(r.offset, 0);
	assert_int_equal(r.arrived, 0);
	put(t, PLACE, &u);
	u.offset = 700;
	put(t, "sftp://u@hub/", &u);
	u.offset = 1000;
	u.arrived = 77;
	put(t, "file:///srv", &u);
	assert_int_equal(uploads_of_bundle(t->s, "b1", &r, &t->why), 0);
	assert_int_equal(r.offset, 700);
	assert_int_equal(r.arrived, 77);
}

static void
traffic_adds_up(struct a_store *t)
{
	const struct traffic some = { 10, 20, 30, 40 }, none = { 0 };
	struct traffic sum;

	assert_int_equal(traffic_since(t->s, 0, &sum, &t->why), 0);
	assert_int_equal(sum.sent, 0);
	assert_int_equal(traffic_add(t->s, 9 * DAY, &none, &t->why), 0);
	assert_int_equal(traffic_add(t->s, 10 * DAY, &some, &t->why), 0);
	assert_int_equal(traffic_add(t->s, 10 * DAY + 5, &some, &t->why), 0);
	assert_int_equal(traffic_add(t->s, 11 * DAY, &some, &t->why), 0);
	assert_int_equal(traffic_since(t->s, 10 * DAY + 99, &sum, &t->why), 0);
	assert_int_equal(sum.sent, 30);
	assert_int_equal(sum.received, 60);
	assert_int_equal(sum.moved, 90);
	assert_int_equal(sum.milliseconds, 120);
	assert_int_equal(traffic_since(t->s, 11 * DAY, &sum, &t->why), 0);
	assert_int_equal(sum.sent, 10);
}

static void
looked_at_once(struct a_store *t)
{
	struct lying l = { "x", 10, 20 };
	const struct lying_known bundle = { "b1", "b1.satchel" };
	struct lying_known got;

	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 0);
	assert_int_equal(lying_put(t->s, PLACE, &l, &bundle, 1, &t->why), 0);
	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 1);
	assert_string_equal(got.bundle, "b1");
	assert_string_equal(got.file, "b1.satchel");
	assert_int_equal(lying_settle(t->s, "b1.satchel", &t->why), 0);
	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 1);
	assert_string_equal(got.bundle, "");
	l.changed = 21;
	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 0);
	l = (struct lying){ "x", 11, 20 };
	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 0);
	l = (struct lying){ "X", 10, 20 };
	assert_int_equal(lying_get(t->s, PLACE, &l, &got, &t->why), 0);
}

/* None of it is what is remembered of referrals. */
static void
not_in_the_state(struct a_store *t)
{
	const struct traffic some = { 10, 20, 30, 40 };
	struct upload u = upload(one, "b1");
	uint8_t before[32], after[32];

	assert_int_equal(store_state_hash(t->s, before, &t->why), 0);
	put(t, PLACE, &u);
	assert_int_equal(traffic_add(t->s, DAY, &some, &t->why), 0);
	assert_int_equal(store_state_hash(t->s, after, &t->why), 0);
	assert_memory_equal(before, after, 32);
}

/* Of what was made under the third form nobody noted what is in it. */
static void
from_the_third_form(struct a_store *t)
{
	struct bundle_made b = { .receiver = "HUB", .name = "n" };
	struct upload u = upload(one, "b1"), got;
	struct sqlite3 *db;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/" STORE_FILE, t->path);
	store_close(t->s);
	t->s = NULL;
	assert_int_equal(folder_remove(t->home, STORE_FILE, &t->why), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sql_do(db, schema_steps[i], &t->why), 0);
	assert_int_equal(sql_do(db,
			     "INSERT INTO made (sender, seq, id, receiver, "
			     "sequence, sha256, bytes, created, name, carried) "
			     "VALUES (1, 1, 'old', 'HUB', 1, zeroblob(32), 9, "
			     "9, 'n', 0); PRAGMA user_version = 3;"
			     "PRAGMA application_id = 0x73617463",
			     &t->why),
	    0);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	a_store_open(t, true);
	assert_int_equal(bundles_made(t->s, "old", &b, &t->why), 1);
	assert_int_equal(b.class, MADE_UNKNOWN);
	put(t, PLACE, &u);
	assert_int_equal(get(t, PLACE, one, &got), 1);
}

static const struct a_store_case cases[] = {
	{ "an upload goes on in another run", goes_on },
	{ "each place and each file has its own", places_apart },
	{ "what was acknowledged long ago is forgotten", prunes },
	{ "no address, ticket or name can be read", nothing_lies_open },
	{ "a ticket is sealed to its file and place", sealed_to_its_row },
	{ "of a bundle, the furthest and the last arrival", of_a_bundle },
	{ "traffic adds up by days", traffic_adds_up },
	{ "what lies somewhere is known by name, size and time",
	    looked_at_once },
	{ "the state is the same without it", not_in_the_state },
	{ "a store of the third form is brought up", from_the_third_form },
};

int
main(void)
{
	return ROWS_RUN("uploads", cases, a_store_case_holds);
}
