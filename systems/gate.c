#include "systems/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/random.h"
#include "systems/credentials.h"
#include "systems/place.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define NAME_ROOM 256
/* Seconds: after a byte came through; and the first and longest without. */
#define PAUSE_SHORT 0.2
#define PAUSE_FIRST 1.0
#define PAUSE_LONGEST 60.0

struct gate {
	struct credentials *credentials;
	struct place *place;
	struct place_meter meter;
	bool met;
};

/* --- opening --- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_text(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* Of "scheme://user@host:port/...": the scheme, and the host with its port. */
struct server {
	const char *scheme;
	size_t scheme_len;
	const char *host;
	size_t host_len;
};

static bool
find_server(const char *url, struct server *out)
{
	const char *at = strstr(url, "://"), *user;

	if (at == NULL)
		return false;
	*out = (struct server){ url, (size_t)(at - url), at + 3,
		strcspn(at + 3, "/?#") };
	user = memchr(out->host, '@', out->host_len);
	if (user != NULL) {
		out->host_len -= (size_t)(user + 1 - out->host);
		out->host = user + 1;
	}
	return true;
}

/* A password is shown to the server that it was given for, and to no other. */
static bool
same_server(const char *a, const char *b)
{
	struct server l, r;

	return find_server(a, &l) && find_server(b, &r) &&
	    l.scheme_len == r.scheme_len && l.host_len == r.host_len &&
	    same_text(l.scheme, r.scheme, l.scheme_len) &&
	    same_text(l.host, r.host, l.host_len);
}

static int
open_credentials(struct gate *g, const struct gate_way *way, struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes sealed;
	char name[NAME_ROOM];
	int rc = -1;

	bytes_init(&sealed, FILE_MAX);
	if (folder_split(way->credentials, &dir, name, sizeof(name), why) ==
		-1 ||
	    folder_read(dir, name, &sealed, why) == -1)
		goto done;
	g->credentials =
	    credentials_read(sealed.at, sealed.len, way->with, why);
	if (g->credentials == NULL)
		goto done;
	if (credentials_system(g->credentials) != CREDENTIALS_UPLOAD) {
		fault_set(why, FAULT_CREDENTIALS, "they are for %s, not upload",
		    credentials_system_name(
			credentials_system(g->credentials)));
		goto done;
	}
	if (!same_server(credentials_url(g->credentials), way->url)) {
		fault_set(why, FAULT_CREDENTIALS,
		    "they are for another server than the one that was named");
		goto done;
	}
	rc = 0;
done:
	folder_close(dir);
	bytes_free(&sealed);
	return rc;
}

static int
open_place(struct gate *g, const struct gate_way *way, struct fault *why)
{
	const struct place_order order = {
		.url = way->url,
		.login = g->credentials == NULL ?
		    NULL :
		    credentials_login(g->credentials),
		.ca = way->ca,
		.ssh_key = way->ssh_key,
		.ssh_host_key = way->ssh_host_key,
		.meter = &g->meter,
	};

	g->place = place_open(&order, why);
	return g->place == NULL ? -1 : 0;
}

struct gate *
gate_open(const struct gate_way *way, const struct gate_limits *limits,
    struct fault *why)
{
	struct gate *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	g->meter.rate = limits->rate;
	if (limits->seconds > 0)
		g->meter.ends_at = clock_elapsed() + (double)limits->seconds;
	g->meter.moved = limits->moved;
	g->meter.waiting = limits->waiting;
	g->meter.with = limits->with;
	if (way->credentials != NULL && strncmp(way->url, "http", 4) != 0) {
		fault_set(why, FAULT_USAGE, "--credentials are for https://");
		gate_close(g);
		return NULL;
	}
	if ((way->credentials != NULL && open_credentials(g, way, why) == -1) ||
	    open_place(g, way, why) == -1) {
		gate_close(g);
		return NULL;
	}
	return g;
}

void
gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	place_close(g->place);
	credentials_free(g->credentials);
	free(g);
}

struct place *
gate_place(const struct gate *g)
{
	return g->place;
}

struct place_meter *
gate_meter(struct gate *g)
{
	return &g->meter;
}

/* --- patience --- */

bool
gate_ended(struct gate *g)
{
	if (g->meter.ends_at > 0 && clock_elapsed() >= g->meter.ends_at)
		g->meter.ended = true;
	return g->meter.ended;
}

void
gate_met(struct gate *g)
{
	g->met = true;
}

/* Where the server was met, that it is not reached is one more break. */
static bool
may_be_tried(const struct gate *g, const struct fault *broke)
{
	switch (broke->id) {
	case FAULT_SERVER_UNREACHABLE:
		return g->met;
	case FAULT_SERVER_BROKE_OFF:
	case FAULT_SERVER_BUSY:
	case FAULT_SERVER_TROUBLE:
		return true;
	default:
		return false;
	}
}

bool
gate_timed_out(struct gate *g, const struct fault *broke)
{
	if (!gate_ended(g))
		return false;
	switch (broke->id) {
	case FAULT_SERVER_UNREACHABLE:
		return g->met;
	case FAULT_NONE:
	case FAULT_SERVER_BROKE_OFF:
	case FAULT_SERVER_BUSY:
		return true;
	default:
		return false;
	}
}

static double
pause_before(bool came, int64_t tries)
{
	double seconds = PAUSE_FIRST;
	uint32_t chance;

	if (came)
		seconds = PAUSE_SHORT;
	for (int64_t i = 1; !came && i < tries && seconds < PAUSE_LONGEST; i++)
		seconds *= 2;
	if (seconds > PAUSE_LONGEST)
		seconds = PAUSE_LONGEST;
	random_bytes(&chance, sizeof(chance));
	return seconds * (0.5 + (double)chance / (double)UINT32_MAX);
}

static void
sleep_for(double seconds)
{
	struct timespec left;

	left.tv_sec = (time_t)seconds;
	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		;
}

bool
gate_again(struct gate *g, const struct fault *broke, bool came, int64_t *tries)
{
	double seconds;

	*tries = came ? 0 : *tries + 1;
	g->met = g->met || broke->id != FAULT_SERVER_UNREACHABLE;
	if (!may_be_tried(g, broke) || *tries >= GATE_TRIES || gate_ended(g))
		return false;
	seconds = pause_before(came, *tries);
	if (g->meter.ends_at > 0 &&
	    clock_elapsed() + seconds >= g->meter.ends_at) {
		g->meter.ended = true;
		return false;
	}
	if (seconds >= 1 && g->meter.waiting != NULL)
		g->meter.waiting(g->meter.with, (long)seconds);
	sleep_for(seconds);
	return true;
}
