#include "systems/line.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/platform.h"
#include "systems/place.h"

#define LINES 8
#define AHEAD (16 * 1024) /* bytes that wait in the system to be sent */
#define PIECE_MIN 1024

struct line {
	struct place_meter *meter;
	struct {
		curl_socket_t at; /* CURL_SOCKET_BAD: free */
		int64_t sent, received;
	} open[LINES];
	int64_t base, size;
	int64_t sent;	/* of the meter, when that was said */
	int64_t before; /* of the meter, when this transfer began */
	bool was_whole;
	bool stays;	    /* this transfer opens no more */
	long stall_seconds; /* 0: libcurl watches over it */
	int64_t heard;	    /* received when something last came */
	double heard_at;
	bool stalled;
};

struct line *
line_new(struct place_meter *meter, struct fault *why)
{
	struct line *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a line");
		return NULL;
	}
	l->meter = meter;
	for (size_t i = 0; i < LINES; i++)
		l->open[i].at = CURL_SOCKET_BAD;
	return l;
}

void
line_free(struct line *l)
{
	free(l);
}

/* LINES: it is not among them. */
static size_t
find(const struct line *l, curl_socket_t s)
{
	size_t i = 0;

	while (i < LINES && l->open[i].at != s)
		i++;
	return i;
}

/* Is the connection still whole? */
static bool
count_one(struct line *l, curl_socket_t s)
{
	int64_t sent, received;
	size_t i = find(l, s);
	bool whole;

	/* None of TCP, as one that looks up a name: it carries no file. */
	if (platform_socket_bytes(s, &sent, &received, &whole) == -1)
		return false;
	if (i < LINES) {
		l->meter->sent += sent - l->open[i].sent;
		l->meter->received += received - l->open[i].received;
		l->open[i].sent = sent;
		l->open[i].received = received;
	} else {
		l->meter->sent += sent;
		l->meter->received += received;
	}
	return whole;
}

void
line_count(struct line *l)
{
	for (size_t i = 0; i < LINES; i++)
		if (l->open[i].at != CURL_SOCKET_BAD)
			(void)count_one(l, l->open[i].at);
}

static curl_socket_t
open_socket(void *with, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct line *l = with;
	size_t i = find(l, CURL_SOCKET_BAD);
	int ahead = AHEAD;
	curl_socket_t s;

	(void)purpose;
	if (l->stays ||
	    (s = socket(to->family, to->socktype, to->protocol)) == -1)
		return CURL_SOCKET_BAD;
	/* Without it more is lost in a cut, and nothing else. */
	(void)setsockopt(s, SOL_SOCKET, SO_SNDBUF, &ahead, sizeof(ahead));
	if (i < LINES) {
		l->open[i].at = s;
		l->open[i].sent = l->open[i].received = 0;
	}
	return s;
}

static int
close_socket(void *with, curl_socket_t s)
{
	struct line *l = with;
	size_t i = find(l, s);

	l->was_whole = count_one(l, s);
	if (i < LINES)
		l->open[i].at = CURL_SOCKET_BAD;
	return close(s);
}

bool
line_ended(struct line *l)
{
	if (l->meter->ends_at > 0 && clock_elapsed() >= l->meter->ends_at)
		l->meter->ended = true;
	return l->meter->ended;
}

long
line_left(const struct line *l, long otherwise)
{
	double left = l->meter->ends_at - clock_elapsed();

	if (l->meter->ends_at <= 0 || left > (double)otherwise)
		return otherwise;
	return left > 0 ? (long)left : 0;
}

void
line_watch(struct line *l, long stall_seconds)
{
	l->stall_seconds = stall_seconds;
	l->heard_at = clock_elapsed();
	l->stalled = false;
}

bool
line_stalled(const struct line *l)
{
	return l->stalled;
}

/* Everything an SSH server is told, it answers. */
static bool
hears_nothing(struct line *l)
{
	double now = clock_elapsed();

	if (l->stall_seconds == 0)
		return false;
	line_count(l);
	if (l->meter->received != l->heard) {
		l->heard = l->meter->received;
		l->heard_at = now;
	}
	l->stalled = now - l->heard_at > (double)l->stall_seconds;
	return l->stalled;
}

static int
progress(void *with, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
    curl_off_t up)
{
	struct line *l = with;

	(void)down_all;
	(void)up_all;
	if (l->size > 0 && l->meter->moved != NULL)
		l->meter->moved(l->meter->with,
		    l->base + (int64_t)(up > down ? up : down), l->size);
	return line_ended(l) || hears_nothing(l) ? 1 : 0;
}

void
line_tell(struct line *l, int64_t base, int64_t size)
{
	l->base = base;
	l->size = size;
	l->sent = l->meter->sent;
}

int64_t
line_told(const struct line *l, int64_t given)
{
	int64_t sent = l->meter->sent - l->sent;

	return given < sent ? given : sent;
}

size_t
line_piece(const struct line *l, size_t room)
{
	int64_t piece = l->meter->rate / 2;

	if (l->meter->rate <= 0 || piece > (int64_t)room)
		return room;
	return piece < PIECE_MIN ? (room < PIECE_MIN ? room : PIECE_MIN) :
				   (size_t)piece;
}

void
line_stay(struct line *l)
{
	l->stays = true;
}

bool
line_reached(const struct line *l)
{
	return l->meter->sent > l->before;
}

bool
line_was_whole(const struct line *l)
{
	return l->was_whole;
}

bool
line_is_whole(const struct line *l, CURL *c)
{
	curl_socket_t s = CURL_SOCKET_BAD;
	int64_t sent, received;
	bool whole;

	if (curl_easy_getinfo(c, CURLINFO_ACTIVESOCKET, &s) != CURLE_OK ||
	    s == CURL_SOCKET_BAD)
		return l->was_whole;
	return platform_socket_bytes(s, &sent, &received, &whole) == 0 && whole;
}

CURLcode
line_set(struct line *l, CURL *c)
{
	CURLcode rc =
	    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_off_t rate = (curl_off_t)l->meter->rate;

	l->stays = false;
	l->before = l->meter->sent;
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, l);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION,
		    close_socket);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, l);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_XFERINFODATA, l);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	if (rc == CURLE_OK)
		rc =
		    curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, (long)AHEAD);
	if (rc == CURLE_OK && rate > 0)
		rc = curl_easy_setopt(c, CURLOPT_MAX_SEND_SPEED_LARGE, rate);
	if (rc == CURLE_OK && rate > 0)
		rc = curl_easy_setopt(c, CURLOPT_MAX_RECV_SPEED_LARGE, rate);
	return rc;
}
