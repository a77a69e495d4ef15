#include "systems/primero_changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/json.h"
#include "systems/primero_api.h"
#include "systems/primero_page.h"

#define PATH_ROOM 256
#define STAMP 40 /* "2026-01-31T10:00:00.000Z" with room */
#define SECONDS ((size_t)19)

/* One version of one case that was taken. */
struct taken {
	char id[PRIMERO_API_ID];
	char stamp[STAMP];
	moment at;
};

struct run {
	struct primero_api *api;
	const struct primero_changes_order *order;
	struct primero_changes *out;
	bool has_from;
	moment from; /* of the question now asked */
	long page;
	long per;
	struct taken *seen; /* those that the question may bring again */
	size_t seen_count;
	size_t seen_room;
	bool has_newest;
	moment newest; /* of all that came */
	bool has_last;
	moment last; /* of the page, to see its order */
	size_t here; /* on this page */
};

/* Whole seconds; Primero writes parts of them behind. */
static bool
read_stamp(const char *text, moment *out)
{
	char whole[MOMENT_TEXT];

	if (text == NULL || strlen(text) < SECONDS)
		return false;
	memcpy(whole, text, SECONDS);
	whole[SECONDS] = 'Z';
	whole[SECONDS + 1] = '\0';
	return day_read_moment(whole, out);
}

static bool
was_taken(const struct run *r, const char *id, const char *stamp)
{
	for (size_t i = 0; i < r->seen_count; i++)
		if (strcmp(r->seen[i].id, id) == 0 &&
		    strcmp(r->seen[i].stamp, stamp) == 0)
			return true;
	return false;
}

static int
remember(struct run *r, const char *id, const char *stamp, moment at,
    struct fault *why)
{
	struct taken *more;
	size_t room = r->seen_room > 0 ? r->seen_room * 2 : 256;

	if (r->seen_count == r->seen_room) {
		more = realloc(r->seen, room * sizeof(*more));
		if (more == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "cases that came");
		r->seen = more;
		r->seen_room = room;
	}
	more = &r->seen[r->seen_count++];
	memcpy(more->id, id, strlen(id) + 1);
	memcpy(more->stamp, stamp, strlen(stamp) + 1);
	more->at = at;
	return 0;
}

/* What is earlier than the next question asks for cannot come again. */
static void
forget(struct run *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->seen_count; i++)
		if (r->seen[i].at >= r->from)
			r->seen[kept++] = r->seen[i];
	r->seen_count = kept;
}

/* Is any of its services said to be referred, or asked for from outside? */
static bool
has_referred(const struct json_node *record)
{
	const struct json_node *rows = json_get(record, "services_section");

	if (rows == NULL || json_kind(rows) != JSON_LIST)
		return false;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n)) {
		const struct json_node *tick =
		    json_get(n, "service_status_referred");
		bool yes;

		/* What is there in any other form than a no is asked for. */
		if (tick != NULL && !json_is_null(tick) &&
		    !(json_boolean(tick, &yes) && !yes))
			return true;
		if (json_get(n, "service_request_external") != NULL)
			return true;
	}
	return false;
}

/* Hand the case on, with its referrals. */
static int
hand_on(struct run *r, struct primero_changed *c, const char *id,
    struct fault *why)
{
	struct http_answer a;
	struct primero_page page;
	struct json *list = NULL;
	char path[PATH_ROOM];
	int rc = -1;

	if (id == NULL || !primero_api_is_id(id) || !has_referred(c->record))
		return r->order->take(r->order->with, c, why);
	http_answer_init(&a);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s/referrals", id);
	if (primero_api_get(r->api, path, "referrals", &a, why) == -1 ||
	    primero_page_open(&a.body, &page, why) == -1)
		goto done;
	primero_page_list(&page, &c->referrals_text, &c->referrals_len);
	if (json_read(c->referrals_text, c->referrals_len, &primero_page_limits,
		&list, why) == -1)
		goto done;
	c->referrals = json_root(list);
	rc = r->order->take(r->order->with, c, why);

done:
	json_free(list);
	http_answer_free(&a);
	return rc;
}

/* Does the server do what it was asked?  An unknown filter is no error there */
static int
check_order(struct run *r, moment at, struct fault *why)
{
	if (r->has_from && at < r->from)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "GET cases: it does not look at last_updated_at");
	if (r->has_last && at < r->last)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "GET cases: they are not in the order of their change");
	r->has_last = true;
	r->last = at;
	if (!r->has_newest || at > r->newest)
		r->newest = at;
	r->has_newest = true;
	return 0;
}

static int
take_record(struct run *r, const char *text, size_t len, struct fault *why)
{
	struct primero_changed c = { .text = text, .len = len };
	const char *id, *stamp;
	struct json *j;
	moment at = 0;
	bool dated;
	int rc = -1;

	if (json_read(text, len, &primero_page_limits, &j, why) == -1)
		return -1;
	c.record = json_root(j);
	id = json_get_text(c.record, "id");
	stamp = json_get_text(c.record, "last_updated_at");
	dated = read_stamp(stamp, &at);
	r->here++;
	if (dated && check_order(r, at, why) == -1)
		goto done;
	dated = dated && id != NULL && strlen(id) < PRIMERO_API_ID &&
	    strlen(stamp) < STAMP;
	if (dated && was_taken(r, id, stamp)) {
		r->out->repeated++;
		rc = 0;
		goto done;
	}
	if (hand_on(r, &c, id, why) == -1 ||
	    (dated && remember(r, id, stamp, at, why) == -1))
		goto done;
	r->out->taken++;
	rc = 0;

done:
	json_free(j);
	return rc;
}

static void
write_path(const struct run *r, char *out, size_t room)
{
	char from[MOMENT_TEXT] = "", filter[PATH_ROOM] = "";

	if (r->has_from) {
		day_write_moment(r->from, from);
		/* The colons of the time, as a query has to write them. */
		(void)snprintf(filter, sizeof(filter),
		    "last_updated_at=%.13s%%3A%.2s%%3A%.2s.000Z..&", from,
		    from + 14, from + 17);
	}
	(void)snprintf(out, room,
	    "/api/v2/cases?%sorder_by=last_updated_at&order=asc&per=%ld"
	    "&page=%ld",
	    filter, r->per, r->page);
}

/* Is that all?  If not, where the next question begins. */
static int
go_on(struct run *r, const struct primero_page *page, bool *more,
    struct fault *why)
{
	int64_t per = page->per > 0 ? page->per : (int64_t)r->here;

	/* What was asked for began where a case was known to be. */
	if (r->here == 0 && r->out->pages > 1)
		return FAIL(why, FAULT_SERVER_SEARCH,
		    "GET cases: nothing came where there was more");
	*more = page->total < 0 ? r->here > 0 :
				  (int64_t)r->page * per < page->total;
	if (!*more)
		return 0;
	if (r->here == 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "GET cases: fewer came than there are said to be");
	if (r->has_newest && (!r->has_from || r->newest > r->from)) {
		r->has_from = true;
		r->from = r->newest;
		r->page = 1;
		forget(r);
	} else
		r->page++;
	return 0;
}

/* One page; *more: there is another. */
static int
read_page(struct run *r, bool *more, struct fault *why)
{
	struct http_answer a;
	struct primero_page page, records;
	char path[PATH_ROOM * 2];
	const char *text;
	size_t len;
	int rc = -1;

	http_answer_init(&a);
	write_path(r, path, sizeof(path));
	*more = true;
	if (primero_api_get(r->api, path, "cases", &a, why) == -1) {
		/* Half as many; what came twice is known by then. */
		if (a.too_large && r->per > 1) {
			r->per /= 2;
			r->page = 1;
			rc = 0;
		}
		goto done;
	}
	if (primero_page_open(&a.body, &page, why) == -1)
		goto done;
	if (!page.list) {
		(void)FAIL(why, FAULT_SERVER_ANSWER, "GET cases: no list");
		goto done;
	}
	r->out->pages++;
	r->here = 0;
	r->has_last = false;
	records = page;
	while (primero_page_next(&records, &text, &len))
		if (take_record(r, text, len, why) == -1)
			goto done;
	rc = go_on(r, &page, more, why);

done:
	http_answer_free(&a);
	return rc;
}

int
primero_changes_read(struct primero_api *p,
    const struct primero_changes_order *order, struct primero_changes *out,
    struct fault *why)
{
	struct run r = { .api = p,
		.order = order,
		.out = out,
		.has_from = order->has_since,
		.from = order->since - PRIMERO_CHANGES_OVERLAP,
		.page = 1,
		.per = order->per > 0 ? order->per : PRIMERO_CHANGES_PER };
	bool more = true;
	int rc = 0;

	*out = (struct primero_changes){ .taken = 0 };
	while (rc == 0 && more)
		rc = read_page(&r, &more, why);
	free(r.seen);
	if (rc == -1)
		return -1;
	out->nothing = out->taken == 0;
	out->has_next = r.has_newest || order->has_since;
	out->next = order->since;
	if (r.has_newest && (!order->has_since || r.newest > order->since))
		out->next = r.newest;
	return 0;
}
