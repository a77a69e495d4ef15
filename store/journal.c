#include "store/journal.h"

#include <assert.h>
#include <stddef.h>

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
};

int
journal_add(struct store *s, enum act act, moment at, const char *user,
    const char *body, struct fault *why)
{
	struct sql q;

	assert(act >= 0 && act < ACT_COUNT);
	sql_start(&q, store_db(s),
	    "INSERT INTO journal (number, act, at, by_user, body) SELECT "
	    "COALESCE(MAX(number), 0) + 1, ?1, ?2, ?3, ?4 FROM journal");
	sql_put_text(&q, 1, names[act]);
	sql_put_integer(&q, 2, at);
	sql_put_text(&q, 3, user);
	sql_put_text(&q, 4, body);
	return sql_run(&q, why);
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
