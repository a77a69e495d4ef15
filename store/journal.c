#include "store/journal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/log.h"
#include "store/sql.h"
#include "store/store.h"

/* These words stand in stores: never renamed, never used again. */
static const char *const names[ACT_COUNT] = {
	[ACT_NODE_MADE] = "node made",
	[ACT_AGREEMENT_ADOPTED] = "agreement adopted",
	[ACT_AGREEMENT_REFUSED] = "agreement refused",
	[ACT_BUNDLE_MADE] = "bundle made",
	[ACT_BUNDLE_CARRIED] = "bundle carried",
	[ACT_BUNDLE_IMPORTED] = "bundle imported",
	[ACT_BUNDLE_REFUSED] = "bundle refused",
	[ACT_BUNDLE_HELD] = "bundle held",
	[ACT_LOADED] = "loaded",
	[ACT_CONSENT_ADDED] = "consent added",
	[ACT_ATTESTED] = "attested",
	[ACT_ANSWERED] = "answered",
	[ACT_DECIDED] = "decided",
	[ACT_ASSIGNED] = "assigned",
	[ACT_ROSTER_ADOPTED] = "roster adopted",
	[ACT_ROSTER_REFUSED] = "roster refused",
	[ACT_KEYS_CHANGED] = "keys changed",
	[ACT_INCIDENT] = "incident",
	[ACT_RECALLED] = "recalled",
	[ACT_UNDONE] = "undone",
	[ACT_CLOCK_SET] = "clock set",
	[ACT_JUDGED] = "judged",
	[ACT_CONFIRMED] = "recall confirmed",
	[ACT_PURGED] = "purged",
	[ACT_LOG_ALARM] = "log alarm",
};

static int
put_row(struct store *s, const struct journal_entry *e, struct fault *why)
{
	struct sql *q = store_kept(s, KEPT_JOURNAL_PUT,
	    "INSERT INTO journal (number, act, at, by_user, body) SELECT "
	    "COALESCE(MAX(number), 0) + 1, ?1, ?2, ?3, ?4 FROM journal");

	sql_put_text(q, 1, names[e->act]);
	sql_put_integer(q, 2, e->at);
	sql_put_text(q, 3, e->user);
	sql_put_text(q, 4, e->body);
	return sql_run(q, why);
}

static int
put(struct store *s, void *context, struct fault *why)
{
	const struct journal_entry *e = context;
	int64_t number;

	if (put_row(s, e, why) == -1)
		return -1;
	if (sql_number(store_kept(s, KEPT_JOURNAL_LAST,
			   "SELECT MAX(number) FROM journal"),
		&number, why) == -1)
		return -1;
	return log_append(s, number, e->about, e->count, why);
}

int
journal_put(struct store *s, const struct journal_entry *e, struct fault *why)
{
	struct journal_entry entry = *e;

	assert(e->act >= 0 && e->act < ACT_COUNT);
	return store_within(s, put, &entry, why);
}

int
journal_add(struct store *s, enum act act, moment at, const char *user,
    const char *body, struct fault *why)
{
	const struct journal_entry e = { act, at, user, body, NULL, 0 };

	return journal_put(s, &e, why);
}

int
journal_newest(struct store *s, moment *out, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT COALESCE(MAX(at), 0) FROM journal WHERE number >= (SELECT "
	    "COALESCE(MAX(number), 0) FROM journal WHERE act = ?1)");
	sql_put_text(&q, 1, names[ACT_CLOCK_SET]);
	return sql_number(&q, out, why) == -1 ? -1 : 0;
}

int
journal_of_bundle(struct store *s, const char *id, int64_t after,
    int64_t *number, struct fault *why)
{
	char like[64];
	struct sql q;

	if (strspn(id, "0123456789abcdef-") != strlen(id) ||
	    (size_t)snprintf(like, sizeof(like), "%%\"bundle\":\"%s\"%%", id) >=
		sizeof(like))
		return 0;
	sql_start(&q, store_db(s),
	    "SELECT number FROM journal WHERE number > ?1 AND body LIKE ?2 AND "
	    "act IN (?3, ?4, ?5, ?6) ORDER BY number LIMIT 1");
	sql_put_integer(&q, 1, after);
	sql_put_text(&q, 2, like);
	sql_put_text(&q, 3, names[ACT_BUNDLE_MADE]);
	sql_put_text(&q, 4, names[ACT_BUNDLE_IMPORTED]);
	sql_put_text(&q, 5, names[ACT_BUNDLE_HELD]);
	sql_put_text(&q, 6, names[ACT_BUNDLE_REFUSED]);
	return sql_number(&q, number, why);
}

int
journal_any(struct store *s, enum act act, bool *any, struct fault *why)
{
	int64_t found;
	struct sql q;

	sql_start(&q, store_db(s),
	    "SELECT EXISTS (SELECT 1 FROM journal WHERE act = ?1)");
	sql_put_text(&q, 1, names[act]);
	if (sql_number(&q, &found, why) == -1)
		return -1;
	*any = found == 1;
	return 0;
}
