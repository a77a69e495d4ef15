#include "store/cursors.h"

#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

int
cursors_get(struct store *s, const char *name, struct cursor *out,
    struct fault *why)
{
	struct sql q;
	int more;

	sql_start(&q, store_db(s),
	    "SELECT at, agreement FROM cursors WHERE name = ?1");
	sql_put_text(&q, 1, name);
	more = sql_next(&q, why);
	if (more == 1)
		*out =
		    (struct cursor){ sql_integer(&q, 0), sql_integer(&q, 1) };
	sql_end(&q);
	return more;
}

int
cursors_put(struct store *s, const char *name, const struct cursor *c,
    struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "INSERT INTO cursors (name, at, agreement) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT (name) DO UPDATE SET at = excluded.at, "
	    "agreement = excluded.agreement");
	sql_put_text(&q, 1, name);
	sql_put_integer(&q, 2, c->at);
	sql_put_integer(&q, 3, c->agreement);
	return sql_run(&q, why);
}
