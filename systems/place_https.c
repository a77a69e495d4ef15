#include "systems/place_https.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "systems/http.h"
#include "systems/place_list.h"

#define STALL_SECONDS 60
#define PATIENCE_SECONDS 60
#define CA_MAX ((size_t)4 * 1024 * 1024)
#define PATH_MAX_BYTES 8192

static int
read_ca(struct place_https *p, const char *path, struct fault *why)
{
	struct folder *dir;
	char name[256];
	int rc;

	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		return -1;
	rc = folder_read(dir, name, &p->ca, why);
	folder_close(dir);
	if (rc == 0 && p->ca.len == 0)
		rc = FAIL(why, FAULT_DISK_NOT_READ, "%s: it is empty", name);
	return rc;
}

/* The address of the server alone goes to http, which judges it. */
static int
reach(struct place_https *p, const struct place_order *o, struct fault *why)
{
	struct http_server server = { .login = o->login,
		.connect_seconds = o->connect_seconds,
		.stall_seconds =
		    o->stall_seconds > 0 ? o->stall_seconds : STALL_SECONDS,
		.patience_seconds = PATIENCE_SECONDS,
		.waiting = o->meter->waiting,
		.with = o->meter->with,
		.ca = (const char *)p->ca.at,
		.meter = o->meter };
	const char *host = strstr(o->url, "://"), *path;
	size_t len;
	char *root;

	/* place_open saw that it is there. */
	host = host == NULL ? o->url : host + 3;
	path = host + strcspn(host, "/?#");
	len = (size_t)(path - o->url);
	if (strpbrk(path, "?#") != NULL)
		return FAIL(why, FAULT_SERVER_ADDRESS,
		    "there is more in it than a server and a path");
	p->url = calloc(1, strlen(o->url) + 2);
	root = calloc(1, len + 1);
	if (p->url != NULL && root != NULL) {
		memcpy(p->url, o->url, strlen(o->url));
		if (*path == '\0')
			p->url[len] = '/';
		p->path = p->url + len;
		memcpy(root, o->url, len);
		server.url = root;
		p->server = http_new(&server, why);
	} else {
		fault_set(why, FAULT_NO_MEMORY, "an address");
	}
	free(root);
	return p->server == NULL ? -1 : 0;
}

int
place_https_open(struct place_https *p, const struct place_order *order,
    struct fault *why)
{
	p->meter = order->meter;
	bytes_init(&p->ca, CA_MAX);
	if ((order->ca == NULL || read_ca(p, order->ca, why) == 0) &&
	    reach(p, order, why) == 0)
		return 0;
	place_https_close(p);
	return -1;
}

void
place_https_close(struct place_https *p)
{
	http_free(p->server);
	free(p->url);
	bytes_free(&p->ca);
}

int
place_https_ask(struct place_https *p, const struct http_request *r,
    struct http_answer *a, struct fault *why)
{
	int rc = http_ask(p->server, r, a, why);

	if (rc == -1 && why->id == FAULT_SERVER_UNREACHABLE && a->reached)
		why->id = FAULT_SERVER_BROKE_OFF;
	return rc;
}

void
place_https_tell(struct place_https *p, int64_t base, int64_t size)
{
	http_tell(p->server, base, size);
}

int64_t
place_https_told(const struct place_https *p, int64_t given)
{
	return http_told(p->server, given);
}

/* --- what lies there --- */

static int
no_list(const struct http_answer *a, struct fault *why)
{
	if (a->status == 403 || a->status >= 500)
		return http_refusal(a, "list", why);
	return FAIL(why, FAULT_PLACE_NO_LIST, "status %d", a->status);
}

static int
list_folder(struct place_https *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const struct http_request r = { .method = "GET", .path = p->path };
	struct http_answer a;
	int rc;

	http_answer_init(&a);
	rc = place_https_ask(p, &r, &a, why);
	if (rc == 0 && a.status != 200)
		rc = no_list(&a, why);
	else if (rc == 0)
		rc =
		    place_list_index(a.body.at, a.body.len, each, context, why);
	http_answer_free(&a);
	return rc;
}

/* The name of the one file that the address names, without its escapes. */
static int
own_name(const struct place_https *p, struct place_found *f, struct fault *why)
{
	char *name = place_list_unescaped(strrchr(p->path, '/') + 1, why);

	if (name == NULL)
		return -1;
	if (!place_list_wanted(name, -1)) {
		free(name);
		return FAIL(why, FAULT_SERVER_ADDRESS,
		    "it names no file that may be fetched");
	}
	memcpy(f->name, name, strlen(name) + 1);
	free(name);
	return 0;
}

static int
list_one(struct place_https *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	/* In gzip the length would be another. */
	static const char *const headers[] = { "Accept-Encoding: identity",
		NULL };
	const struct http_request r = { .method = "HEAD",
		.path = p->path,
		.headers = headers,
		.fields = true };
	struct place_found f = { .size = -1 };
	struct http_answer a;
	const char *changed;
	time_t at;
	int rc;

	if (own_name(p, &f, why) == -1)
		return -1;
	http_answer_init(&a);
	rc = place_https_ask(p, &r, &a, why);
	if (rc == 0 && a.status != 200) {
		rc = no_list(&a, why);
	} else if (rc == 0) {
		if (!http_number(&a, "Content-Length", &f.size))
			f.size = -1;
		changed = http_field(&a, "Last-Modified");
		at = changed == NULL ? -1 : curl_getdate(changed, NULL);
		f.changed = at == -1 ? 0 : (int64_t)at;
		if (place_list_wanted(f.name, f.size))
			rc = each(&f, context, why);
	}
	http_answer_free(&a);
	return rc;
}

int
place_https_list(struct place_https *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	return p->path[strlen(p->path) - 1] == '/' ?
	    list_folder(p, each, context, why) :
	    list_one(p, each, context, why);
}

/* --- a file of it --- */

bool
place_https_range(const char *text, int64_t *from, int64_t *size)
{
	static const char digits[] = "0123456789";
	size_t first, last, all;

	if (text == NULL || strncmp(text, "bytes ", 6) != 0)
		return false;
	text += 6;
	first = strspn(text, digits);
	if (first == 0 || first > 18 || text[first] != '-')
		return false;
	last = strspn(text + first + 1, digits);
	if (last == 0 || last > 18 || text[first + 1 + last] != '/')
		return false;
	*from = strtoll(text, NULL, 10);
	text += first + last + 2;
	all = strspn(text, digits);
	*size = -1;
	if (strcmp(text, "*") == 0)
		return true;
	if (all == 0 || all > 18 || text[all] != '\0')
		return false;
	*size = strtoll(text, NULL, 10);
	return true;
}

struct taking {
	struct place_https *place;
	const struct place_found *file;
	const struct place_span *span;
	struct sink *into;
	int64_t got;
	int64_t at; /* where in the file the next byte stands */
	bool begun;
};

/* Is it still the file that was listed, and where does this begin? */
static int
check_start(struct taking *t, const struct http_answer *a, struct fault *why)
{
	int64_t size = -1;

	t->at = 0;
	if (a->status == 206 &&
	    (!place_https_range(http_field(a, "Content-Range"), &t->at,
		 &size) ||
		t->at != t->span->from))
		return FAIL(why, FAULT_SERVER_ANSWER,
		    "it gives another part than was asked for");
	if (a->status == 200 && !http_number(a, "Content-Length", &size))
		size = -1;
	if (t->file->size != -1 && size != -1 && size != t->file->size)
		return FAIL(why, FAULT_PLACE_CHANGED, "%" PRId64 " bytes",
		    size);
	t->begun = true;
	return 0;
}

/* A server without ranges gives all: what is there already is passed over. */
static int
take_bytes(void *with, const struct http_answer *so_far, const uint8_t *bytes,
    size_t len, struct fault *why)
{
	struct taking *t = with;
	int64_t skip, end = t->span->to;
	size_t use;

	if (!t->begun && check_start(t, so_far, why) == -1)
		return -1;
	t->place->meter->file += (int64_t)len;
	skip = t->span->from - t->at;
	if (skip > (int64_t)len)
		skip = (int64_t)len;
	if (skip < 0)
		skip = 0;
	t->place->meter->twice += skip;
	use = len - (size_t)skip;
	if (end != -1 && t->at + skip + (int64_t)use > end)
		use = (size_t)(end - t->at - skip);
	t->at += (int64_t)len;
	if (use > 0 && sink_write(t->into, bytes + skip, use, why) == -1)
		return -1;
	t->got += (int64_t)use;
	return end != -1 && t->at >= end ? 1 : 0;
}

/* Folder of the address and the name, escaped. */
static int
make_path(const struct place_https *p, const struct place_found *f,
    struct bytes *path, struct fault *why)
{
	size_t folder = (size_t)(strrchr(p->path, '/') + 1 - p->path);

	if (bytes_add(path, p->path, folder, why) == -1)
		return -1;
	return http_add_escaped(path, f->name, why);
}

static void
make_since(int64_t changed, char *out, size_t room)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t at = (time_t)changed;
	struct tm tm;

	out[0] = '\0';
	if (changed == 0 || gmtime_r(&at, &tm) == NULL)
		return;
	(void)snprintf(out, room,
	    "If-Unmodified-Since: %s, %02d %s %d %02d:%02d:%02d GMT",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* What came of it; a->status of a 2xx is 200 or 206 here. */
static int
judge(const struct taking *t, const struct http_answer *a, struct fault *why)
{
	int64_t end = t->span->to == -1 ? t->file->size : t->span->to;

	if (a->status == 412 || a->status == 416 || a->status == 404 ||
	    a->status == 410)
		return FAIL(why, FAULT_PLACE_CHANGED, "status %d", a->status);
	if (a->status != 200 && a->status != 206)
		return http_refusal(a, "fetching", why);
	if (end != -1 && t->file->size != -1 && end > t->file->size)
		end = t->file->size;
	if (end != -1 && t->span->from + t->got < end)
		return FAIL(why, FAULT_PLACE_CHANGED,
		    "it ended before its end");
	return 0;
}

int
place_https_get(struct place_https *p, const struct place_found *f,
    const struct place_span *span, struct sink *into, int64_t *got,
    struct fault *why)
{
	struct taking t = { .place = p, .file = f, .span = span, .into = into };
	const struct http_download to = { take_bytes, &t };
	char range[64], since[80], end[24] = "";
	const char *headers[] = { range, NULL, NULL };
	struct http_request r = { .method = "GET",
		.headers = headers,
		.fields = true,
		.download = &to };
	struct http_answer a;
	struct bytes path;
	int rc = -1;

	if (span->to != -1)
		(void)snprintf(end, sizeof(end), "%" PRId64, span->to - 1);
	(void)snprintf(range, sizeof(range), "Range: bytes=%" PRId64 "-%s",
	    span->from, end);
	make_since(f->changed, since, sizeof(since));
	if (since[0] != '\0')
		headers[1] = since;
	bytes_init(&path, PATH_MAX_BYTES);
	http_answer_init(&a);
	if (make_path(p, f, &path, why) == 0) {
		r.path = (const char *)path.at;
		place_https_tell(p, span->from, f->size > 0 ? f->size : 0);
		rc = place_https_ask(p, &r, &a, why);
		place_https_tell(p, 0, 0);
		if (rc == 0)
			rc = judge(&t, &a, why);
	}
	*got = t.got;
	http_answer_free(&a);
	bytes_free(&path);
	return rc == -1 && p->meter->ended &&
		why->id == FAULT_SERVER_BROKE_OFF ?
	    0 :
	    rc;
}
