#include "store/lying.h"

#include "base/fault.h"
#include "store/sql.h"
#include "store/store.h"

int
lying_get(struct store *s, const char *url, const struct lying *l,
    struct lying_known *out, struct fault *why)
{
	uint8_t place[SEAL_INDEX], name[SEAL_INDEX];
	struct sql q;
	int more;

	store_index_exactly(s, "place", url, place);
	store_index_exactly(s, "lying", l->name, name);
	sql_start(&q, store_db(s),
	    "SELECT bundle, file FROM lying WHERE place = ?1 AND name = ?2 "
	    "AND bytes = ?3 AND changed = ?4");
	sql_put_blob(&q, 1, place, sizeof(place));
	sql_put_blob(&q, 2, name, sizeof(name));
	sql_put_integer(&q, 3, l->size);
	sql_put_integer(&q, 4, l->changed);
	if ((more = sql_next(&q, why)) == 1 &&
	    (sql_copy_text(&q, 0, out->bundle, sizeof(out->bundle), why) ==
		    -1 ||
		sql_copy_text(&q, 1, out->file, sizeof(out->file), why) == -1))
		more = -1;
	sql_end(&q);
	return more;
}

int
lying_put(struct store *s, const char *url, const struct lying *l,
    const struct lying_known *found, moment at, struct fault *why)
{
	uint8_t place[SEAL_INDEX], name[SEAL_INDEX];
	struct sql q;

	store_index_exactly(s, "place", url, place);
	store_index_exactly(s, "lying", l->name, name);
	sql_start(&q, store_db(s),
	    "INSERT INTO lying (place, name, bytes, changed, at, bundle, file) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
	    "ON CONFLICT (place, name) DO UPDATE SET bytes = excluded.bytes, "
	    "changed = excluded.changed, at = excluded.at, "
	    "bundle = excluded.bundle, file = excluded.file");
	sql_put_blob(&q, 1, place, sizeof(place));
	sql_put_blob(&q, 2, name, sizeof(name));
	sql_put_integer(&q, 3, l->size);
	sql_put_integer(&q, 4, l->changed);
	sql_put_integer(&q, 5, at);
	sql_put_text(&q, 6, found->bundle);
	sql_put_text(&q, 7, found->file);
	return sql_run(&q, why);
}

int
lying_settle(struct store *s, const char *file, struct fault *why)
{
	struct sql q;

	sql_start(&q, store_db(s),
	    "UPDATE lying SET bundle = '', file = '' WHERE file = ?1");
	sql_put_text(&q, 1, file);
	return sql_run(&q, why);
}
