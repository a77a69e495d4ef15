#include "systems/live_spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/folder.h"
#include "crypto/spool.h"
#include "formats/source_file.h"
#include "systems/live.h"

struct live_spool {
	struct live *live;
	struct spool *spool;
	enum format format;
	size_t count;
};

static int
add_text(struct live_spool *s, const char *text, struct fault *why)
{
	return spool_add(s->spool, text, strlen(text), why);
}

static struct source *
open_spool(void *with, struct fault *why)
{
	return spool_open(with, why);
}

static int
start(struct live_spool *s, const struct live_order *order,
    const struct folder *home, struct fault *why)
{
	int fd;

	if ((s->live = live_open(order, why)) == NULL ||
	    (fd = folder_private_file(home, why)) == -1 ||
	    (s->spool = spool_new(fd, why)) == NULL)
		return -1;
	return add_text(s,
	    s->format == FORMAT_PRIMERO ? "{\"data\":[" : "{\"Data\":[", why);
}

struct live_spool *
live_spool_open(const struct live_order *order, const struct folder *home,
    struct fault *why)
{
	struct live_spool *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	s->format = order->format;
	if (start(s, order, home, why) == -1) {
		live_spool_close(s);
		return NULL;
	}
	return s;
}

void
live_spool_close(struct live_spool *s)
{
	if (s == NULL)
		return;
	live_close(s->live);
	spool_free(s->spool);
	free(s);
}

struct live *
live_spool_server(const struct live_spool *s)
{
	return s->live;
}

int
live_spool_next(struct live_spool *s, struct fault *why)
{
	return s->count++ > 0 ? add_text(s, ",", why) : 0;
}

int
live_spool_add(struct live_spool *s, const char *text, size_t len,
    struct fault *why)
{
	return spool_add(s->spool, text, len, why);
}

int
live_spool_record(struct live_spool *s, const char *text, size_t len,
    struct fault *why)
{
	return live_spool_next(s, why) == -1 ?
	    -1 :
	    live_spool_add(s, text, len, why);
}

int
live_spool_end(struct live_spool *s, struct fault *why)
{
	char end[64] = "]}";

	if (s->format != FORMAT_PRIMERO)
		(void)snprintf(end, sizeof(end), "],\"RecordCount\":%zu}",
		    s->count);
	return add_text(s, end, why) == -1 ? -1 : spool_end(s->spool, why);
}

bool
live_spool_source(struct live_spool *s, struct source_file_order *out)
{
	*out = (struct source_file_order){
		.format = s->format,
		.path = s->format == FORMAT_PRIMERO ? "primero-api" :
						      "progres-ping-api",
		.open = open_spool,
		.with = s->spool,
	};
	return s->count > 0;
}

size_t
live_spool_count(const struct live_spool *s)
{
	return s->count;
}
