#include "store/traffic.h"

#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

int
traffic_add(struct store *s, moment at, const struct traffic *more,
    struct fault *why)
{
	struct sql q;

	if (more->sent == 0 && more->received == 0 && more->moved == 0 &&
	    more->milliseconds == 0)
		return 0;
	sql_start(&q, store_db(s),
	    "INSERT INTO traffic (day, sent, received, moved, milliseconds) "
	    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (day) DO UPDATE SET "
	    "sent = traffic.sent + excluded.sent, "
	    "received = traffic.received + excluded.received, "
	    "moved = traffic.moved + excluded.moved, "
	    "milliseconds = traffic.milliseconds + excluded.milliseconds");
	sql_put_integer(&q, 1, day_of(at));
	sql_put_integer(&q, 2, more->sent);
	sql_put_integer(&q, 3, more->received);
	sql_put_integer(&q, 4, more->moved);
	sql_put_integer(&q, 5, more->milliseconds);
	return sql_run(&q, why);
}

int
traffic_since(struct store *s, moment from, struct traffic *out,
    struct fault *why)
{
	struct sql q;
	int more;

	*out = (struct traffic){ 0 };
	sql_start(&q, store_db(s),
	    "SELECT COALESCE(SUM(sent), 0), COALESCE(SUM(received), 0), "
	    "COALESCE(SUM(moved), 0), COALESCE(SUM(milliseconds), 0) "
	    "FROM traffic WHERE day >= ?1");
	sql_put_integer(&q, 1, day_of(from));
	if ((more = sql_next(&q, why)) == 1)
		*out = (struct traffic){ sql_integer(&q, 0), sql_integer(&q, 1),
			sql_integer(&q, 2), sql_integer(&q, 3) };
	sql_end(&q);
	return more == -1 ? -1 : 0;
}
