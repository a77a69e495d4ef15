#include "systems/ping_api_fetch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/source_value.h"
#include "systems/http.h"
#include "systems/json_span.h"
#include "systems/ping_api.h"

#define PATH "/primes/fetch/paging/v3/retrievedatawithpaging"
#define NO_DATA "\"No Data Available\""
#define REQUEST_MAX 65536

/* Part of an answer, borrowed from it. */
struct span {
	const char *at;
	size_t len;
};

struct page {
	struct span data;
	struct span error;
	struct span count;
	struct span paging;
	size_t records;
	bool more;
};

struct fetch {
	const struct ping_api *api;
	const struct ping_api_wanted *wanted;
	struct bytes cookie; /* of the page before, or none */
	struct bytes data;   /* of the page before, to know it again */
	size_t pages;
	size_t records;
	/* What the answers said of their number, should it be of all pages. */
	int64_t said;
	bool by_page; /* each page said how many are in it */
	bool in_all;  /* each page said the same */
};

static const struct json_limits answer_limits = {
	.bytes = HTTP_BODY_MAX,
	.string = (size_t)1024 * 1024,
	.members = 1000000,
	.depth = 32,
};

/* --- finding the parts of a text that is known to be strict JSON --- */

/* The value at *p; *p goes on to what stands behind it and its comma. */
static struct span
take_value(const char **p, const char *end)
{
	struct span s = { .at = json_span_space(*p, end) };

	*p = json_span_value(s.at, end);
	s.len = (size_t)(*p - s.at);
	*p = json_span_mark(*p, end, ',');
	return s;
}

static void
find_parts(const char *text, const char *end, struct page *page)
{
	const struct {
		const char *name;
		struct span *to;
	} parts[] = {
		{ "\"Data\"", &page->data },
		{ "\"ErrorMessage\"", &page->error },
		{ "\"RecordCount\"", &page->count },
		{ "\"PagingSummary\"", &page->paging },
	};
	const char *p = json_span_space(text, end);
	const char *name, *behind;
	struct span value;

	p = json_span_space(p + 1, end);
	while (p < end && *p != '}') {
		name = p;
		behind = json_span_text(p, end);
		p = json_span_mark(behind, end, ':');
		value = take_value(&p, end);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			if ((size_t)(behind - name) == strlen(parts[i].name) &&
			    memcmp(name, parts[i].name,
				strlen(parts[i].name)) == 0)
				*parts[i].to = value;
	}
}

/* The next record of a list; false at its end. */
static bool
next_record(const struct span *list, const char **p, struct span *record)
{
	const char *end = list->at + list->len;

	if (*p == list->at)
		*p = json_span_space(*p + 1, end);
	if (*p == end || **p == ']')
		return false;
	*record = take_value(p, end);
	return true;
}

/* --- what an answer says beside its records --- */

/* NULL with no fault for a part that is not there. */
static int
read_part(const struct span *s, struct json **out, struct fault *why)
{
	*out = NULL;
	return s->at == NULL ?
	    0 :
	    json_read(s->at, s->len, &answer_limits, out, why);
}

static bool
read_count(const struct json_node *n, int64_t *count)
{
	const char *text = json_text(n);
	char *end;

	if (text == NULL)
		return json_integer(n, count);
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*count = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static int
check_error(const struct page *page, struct fault *why)
{
	struct json *held;
	const struct json_node *n;
	bool wrong;

	if (read_part(&page->error, &held, why) == -1)
		return -1;
	n = held == NULL ? NULL : json_root(held);
	wrong = !source_value_absent(n);
	json_free(held);
	return wrong ? FAIL(why, FAULT_SERVER_ANSWER,
			   "it says that something went wrong (ErrorMessage)") :
		       0;
}

/* It may be the number of this page's records, or that of all pages. */
static int
note_count(struct fetch *f, const struct page *page, struct fault *why)
{
	struct json *held;
	const struct json_node *n;
	int64_t count = 0;
	bool is_there, is_read;

	if (read_part(&page->count, &held, why) == -1)
		return -1;
	n = held == NULL ? NULL : json_root(held);
	is_there = !source_value_absent(n);
	is_read = read_count(n, &count);
	json_free(held);
	if (!is_there)
		return 0;
	if (!is_read || count < 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "RecordCount cannot be read");
	f->by_page &= count == (int64_t)page->records;
	f->in_all &= f->said == -1 || f->said == count;
	f->said = count;
	if (!f->by_page && !f->in_all)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "it holds another number of records than it says");
	return 0;
}

static int
read_summary(struct fetch *f, const struct json_node *summary,
    struct page *page, struct fault *why)
{
	const struct json_node *more =
	    json_get(summary, "IsMoreRecordsAvailable");
	const char *cookie = json_get_text(summary, "PagingCookie");
	const char *text = json_text(more);

	if (json_kind(summary) != JSON_OBJECT)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "PagingSummary cannot be read");
	if (text != NULL && text_same_loosely(text, "true"))
		page->more = true;
	else if (!json_boolean(more, &page->more) &&
	    !source_value_absent(more) &&
	    (text == NULL || !text_same_loosely(text, "false")))
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "IsMoreRecordsAvailable cannot be read");
	if (!page->more)
		return 0;
	if (cookie == NULL || *cookie == '\0')
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "more pages are there, and no cookie to ask with");
	if (f->cookie.len == strlen(cookie) && f->cookie.len > 0 &&
	    memcmp(f->cookie.at, cookie, f->cookie.len) == 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "it gives the same page again");
	bytes_empty(&f->cookie);
	return bytes_add_text(&f->cookie, cookie, why);
}

/* An object, or the text of one; not there: there are no more pages. */
static int
read_paging(struct fetch *f, struct page *page, struct fault *why)
{
	struct json *held = NULL, *inner = NULL;
	const struct json_node *n;
	const char *text;
	int rc = -1;

	if (read_part(&page->paging, &held, why) == -1)
		return -1;
	n = held == NULL ? NULL : json_root(held);
	if (source_value_absent(n)) {
		rc = 0;
		goto done;
	}
	if ((text = json_text(n)) != NULL) {
		if (json_read(text, strlen(text), &answer_limits, &inner,
			why) == -1) {
			if (why->id != FAULT_NO_MEMORY)
				(void)FAIL(why, FAULT_SERVER_ANSWER,
				    "PagingSummary cannot be read");
			goto done;
		}
		n = json_root(inner);
	}
	rc = read_summary(f, n, page, why);

done:
	json_free(inner);
	json_free(held);
	return rc;
}

/* --- records --- */

static bool
is_no_data(const struct span *data)
{
	return data->len == strlen(NO_DATA) &&
	    memcmp(data->at, NO_DATA, data->len) == 0;
}

/* How many objects the list has; FAULT_SERVER_ANSWER for anything else. */
static int
count_records(struct page *page, struct fault *why)
{
	const char *p = page->data.at;
	struct span record;

	page->records = 0;
	if (page->data.at == NULL ||
	    (*page->data.at != '[' && !is_no_data(&page->data)))
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "Data holds neither records nor the words for none");
	if (*page->data.at != '[')
		return 0;
	while (next_record(&page->data, &p, &record)) {
		if (*record.at != '{')
			return FAIL(why, FAULT_SERVER_ANSWER,
			    "Data holds something that is no record");
		page->records++;
	}
	return 0;
}

static int
hand_on(struct fetch *f, const struct page *page, struct fault *why)
{
	const char *p = page->data.at;
	struct span record;

	if (page->records == 0)
		return 0;
	while (next_record(&page->data, &p, &record)) {
		if (f->wanted->take(f->wanted->with, record.at, record.len,
			why) == -1)
			return -1;
		f->records++;
	}
	return 0;
}

/* A server that forgets its cookie gives the first page for ever. */
static int
check_new(struct fetch *f, const struct page *page, struct fault *why)
{
	if (f->pages > 0 && page->data.len == f->data.len &&
	    memcmp(page->data.at, f->data.at, f->data.len) == 0)
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "it gives the same page again");
	bytes_empty(&f->data);
	return bytes_add(&f->data, page->data.at, page->data.len, why);
}

/* --- asking --- */

/*
 * How a cookie is handed back is written down nowhere in public: it goes back
 * under the name it came with.  A server that wants it elsewhere gives the
 * first page again, which is noticed.
 */
static int
write_request(const struct fetch *f, struct sink *to, struct fault *why)
{
	struct jsonout o;

	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "ShippingProcessId", f->wanted->process);
	jsonout_text(&o, "PartnerId", f->api->ids->partner);
	jsonout_text(&o, "InteropID", f->api->ids->interop);
	jsonout_text(&o, "APIVersion", "V3");
	jsonout_list(&o, "QueryParameters");
	if (f->wanted->record_id != NULL) {
		jsonout_object(&o, NULL);
		jsonout_text(&o, "ParameterName", "{record_ids}");
		jsonout_text(&o, "Value", f->wanted->record_id);
		jsonout_object_end(&o);
	}
	jsonout_list_end(&o);
	if (f->cookie.len > 0) {
		jsonout_text(&o, "PagingCookie", (const char *)f->cookie.at);
		jsonout_integer(&o, "PageNumber", (int64_t)f->pages);
	}
	jsonout_object_end(&o);
	return jsonout_end(&o, why);
}

static int
ask(const struct fetch *f, struct http_answer *answer, struct fault *why)
{
	struct http_request request = { .method = "POST", .path = PATH };
	struct bytes body;
	struct sink *to;
	int rc = -1;

	bytes_init(&body, REQUEST_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL ||
	    write_request(f, to, why) == -1)
		goto done;
	request.body = body.at;
	request.len = body.len;
	if ((rc = http_ask(f->api->http, &request, answer, why)) == 0 &&
	    (answer->status < 200 || answer->status > 299))
		rc = http_refusal(answer, "retrieve", why);

done:
	sink_free(to);
	bytes_free(&body);
	return rc;
}

/* The answer is strict JSON and one object, or it is a fault. */
static int
check_form(const struct bytes *body, struct fault *why)
{
	struct fault found;

	if (body->len == 0)
		return FAIL(why, FAULT_SERVER_ANSWER, "it is empty");
	if (json_check(body->at, body->len, &answer_limits, &found) == -1)
		return FAIL(why,
		    found.id == FAULT_NO_MEMORY ? found.id :
						  FAULT_SERVER_ANSWER,
		    "%s", found.detail);
	if (*json_span_space((const char *)body->at,
		(const char *)body->at + body->len) != '{')
		return FAIL(why, FAULT_SERVER_ANSWER, "it is no object");
	return 0;
}

static int
fetch_page(struct fetch *f, struct http_answer *answer, bool *more,
    struct fault *why)
{
	struct page page = { .more = false };

	if (ask(f, answer, why) == -1 || check_form(&answer->body, why) == -1)
		return -1;
	find_parts((const char *)answer->body.at,
	    (const char *)answer->body.at + answer->body.len, &page);
	if (check_error(&page, why) == -1 || count_records(&page, why) == -1 ||
	    check_new(f, &page, why) == -1 || note_count(f, &page, why) == -1 ||
	    read_paging(f, &page, why) == -1)
		return -1;
	*more = page.more;
	f->pages++;
	return hand_on(f, &page, why);
}

int
ping_api_fetch(const struct ping_api *api, const struct ping_api_wanted *wanted,
    size_t *count, struct fault *why)
{
	struct fetch f = { .api = api,
		.wanted = wanted,
		.said = -1,
		.by_page = true,
		.in_all = true };
	struct http_answer answer;
	bool more = true;
	int rc = -1;

	*count = 0;
	if (ping_api_check(api, why) == -1)
		return -1;
	if (wanted->process == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "the shipping process in systems.progres-ping");
	bytes_init(&f.cookie, REQUEST_MAX / 2);
	bytes_init(&f.data, HTTP_BODY_MAX);
	http_answer_init(&answer);
	while (more) {
		if (f.pages == PING_API_FETCH_PAGES) {
			(void)FAIL(why, FAULT_SERVER_ANSWER,
			    "more than %d pages", PING_API_FETCH_PAGES);
			goto done;
		}
		if (fetch_page(&f, &answer, &more, why) == -1)
			goto done;
	}
	if (!f.by_page && f.said != (int64_t)f.records) {
		(void)FAIL(why, FAULT_SERVER_ANSWER,
		    "it holds another number of records than it says");
		goto done;
	}
	*count = f.records;
	rc = 0;

done:
	http_answer_free(&answer);
	bytes_free(&f.data);
	bytes_free(&f.cookie);
	return rc;
}
