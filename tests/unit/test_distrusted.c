#include "tests/unit/a_store.h"

#include "store/distrusted.h"
#include "store/sql.h"

#define CANARY "the laptop of Selamawit"

/* Told under a version: the keys of then are K1 and K2. */
static void
put(struct a_store *t, const char *node, int64_t version, const char *kind)
{
	static const char *keys[] = { "K1", "K2" };
	const struct distrust d = {
		.node = node,
		.agreement = version,
		.at = 1000 + version,
		.user = "hub_admin",
		.kind = kind,
		.reason = CANARY,
		.keys = keys,
		.key_count = version == 0 ? 0 : 2,
	};

	assert_int_equal(distrusted_put(t->s, &d, &t->why), 0);
}

/* As an agreement lists it: "K1 K3", "" (without keys), NULL (not at all). */
static bool
lists(const void *listed, const char *key)
{
	const char *keys = listed;

	return keys != NULL && (key == NULL || strstr(keys, key) != NULL);
}

static bool
now(struct a_store *t, const char *node, const char *listed)
{
	bool out;

	assert_int_equal(distrusted_now(t->s, node, lists, listed, &out,
			     &t->why),
	    0);
	return out;
}

static int
join(const struct distrust *d, void *context, struct fault *why)
{
	struct bytes *all = context;
	char line[200];

	(void)snprintf(line, sizeof(line), "%s %d %d %s %s %s\n", d->node,
	    (int)d->agreement, (int)d->at, d->user, d->kind, d->reason);
	return bytes_add_text(all, line, why);
}

static void
as_told(struct a_store *t)
{
	struct bytes all;

	bytes_init(&all, 4096);
	put(t, "ET-GMB-03", 3, "distrust");
	put(t, "ET-HUB-02", 4, "stolen");
	a_store_open(t, false);
	assert_int_equal(distrusted_walk(t->s, join, &all, &t->why), 0);
	assert_string_equal((const char *)all.at,
	    "ET-GMB-03 3 1003 hub_admin distrust " CANARY "\n"
	    "ET-HUB-02 4 1004 hub_admin stolen " CANARY "\n");
	bytes_free(&all);
}

static void
none(struct a_store *t)
{
	struct bytes all;

	bytes_init(&all, 4096);
	assert_false(now(t, "ET-GMB-03", "K1 K2"));
	assert_int_equal(distrusted_walk(t->s, join, &all, &t->why), 0);
	assert_int_equal(all.len, 0);
	bytes_free(&all);
}

static void
until_other_keys(struct a_store *t)
{
	put(t, "ET-GMB-03", 3, "distrust");
	assert_true(now(t, "ET-GMB-03", "K1 K2"));
	assert_true(now(t, "ET-GMB-03", "K1"));
	assert_true(now(t, "ET-GMB-03", "K3 K2"));
	assert_false(now(t, "ET-GMB-03", "K3 K4"));
	assert_false(now(t, "ET-GMB-03", NULL));
	/* It is not over for good: these are the keys of then again. */
	assert_true(now(t, "ET-GMB-03", "K1 K2"));
}

static void
until_trusted(struct a_store *t)
{
	put(t, "ET-GMB-03", 3, "distrust");
	put(t, "ET-GMB-04", 3, "stolen");
	put(t, "ET-GMB-03", 3, "trust");
	assert_false(now(t, "ET-GMB-03", "K1 K2"));
	assert_true(now(t, "ET-GMB-04", "K1 K2"));
	put(t, "ET-GMB-03", 4, "stolen");
	assert_true(now(t, "ET-GMB-03", "K1 K2"));
}

static void
without_keys(struct a_store *t)
{
	put(t, "ET-GMB-03", 0, "distrust");
	assert_true(now(t, "ET-GMB-03", "K9"));
	assert_false(now(t, "ET-GMB-03", NULL));
}

static void
damage_is_no_trust(struct a_store *t)
{
	bool out = false;

	put(t, "ET-GMB-03", 3, "distrust");
	assert_int_equal(sql_do(store_db(t->s),
			     "UPDATE distrusted SET agreement = 2", &t->why),
	    0);
	assert_int_equal(distrusted_now(t->s, "ET-GMB-03", lists, "K1", &out,
			     &t->why),
	    -1);
	assert_true(out);
}

static void
that_node_alone(struct a_store *t)
{
	put(t, "ET-GMB-03", 3, "distrust");
	assert_false(now(t, "ET-GMB-04", "K1 K2"));
	assert_false(now(t, "ET-GMB-0", "K1 K2"));
	assert_false(now(t, "et-gmb-03", "K1 K2"));
	assert_false(now(t, "", "K1 K2"));
}

static void
rolled_back(struct a_store *t)
{
	assert_int_equal(store_begin(t->s, &t->why), 0);
	put(t, "ET-GMB-03", 3, "distrust");
	store_roll_back(t->s);
	assert_false(now(t, "ET-GMB-03", "K1 K2"));
}

static void
sealed(struct a_store *t)
{
	put(t, "ET-GMB-03", 3, "distrust");
	assert_false(a_store_shows(t, CANARY));
}

static void
damage_is_told(struct a_store *t, const char *statement)
{
	struct bytes all;

	bytes_init(&all, 4096);
	put(t, "ET-GMB-03", 3, "distrust");
	put(t, "ET-GMB-04", 3, "distrust");
	assert_int_equal(sql_do(store_db(t->s), statement, &t->why), 0);
	assert_int_equal(distrusted_walk(t->s, join, &all, &t->why), -1);
	assert_int_equal(t->why.id, FAULT_STORE_DAMAGED);
	bytes_free(&all);
}

static void
of_another_node(struct a_store *t)
{
	damage_is_told(t,
	    "UPDATE distrusted SET node = 'ET-HUB-01' WHERE number = 1");
}

static void
moved(struct a_store *t)
{
	damage_is_told(t,
	    "UPDATE distrusted SET body = (SELECT body FROM distrusted WHERE "
	    "number = 2) WHERE number = 1");
}

static void
of_another_version(struct a_store *t)
{
	damage_is_told(t,
	    "UPDATE distrusted SET agreement = 2 WHERE number = 1");
}

static const struct a_store_case cases[] = {
	{ "nobody is distrusted in a new store", none },
	{ "what was told is kept as it was told", as_told },
	{ "it counts as long as one of the keys of then is listed",
	    until_other_keys },
	{ "it counts until a person says that it is safe", until_trusted },
	{ "told without keys, it counts as long as the node is listed",
	    without_keys },
	{ "what nobody can read is not trusted", damage_is_no_trust },
	{ "it is about that node alone", that_node_alone },
	{ "what was rolled back was never told", rolled_back },
	{ "a reason is not readable on the disk", sealed },
	{ "a row of another node is damage", of_another_node },
	{ "a body moved to another row is damage", moved },
	{ "a row of another version is damage", of_another_version },
};

int
main(void)
{
	return ROWS_RUN("distrusted", cases, a_store_case_holds);
}
