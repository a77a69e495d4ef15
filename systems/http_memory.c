#include "systems/http_memory.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"

/* In front of every piece; as wide as the strictest alignment. */
union head {
	size_t len;
	max_align_t align;
};

static void *
take(size_t len)
{
	union head *h;

	if (len > SIZE_MAX - sizeof(*h) ||
	    (h = malloc(sizeof(*h) + len)) == NULL)
		return NULL;
	h->len = len;
	return h + 1;
}

static void
give_back(void *piece)
{
	union head *h;

	if (piece == NULL)
		return;
	h = (union head *)piece - 1;
	platform_wipe(piece, h->len);
	free(h);
}

static void *
take_more(void *piece, size_t len)
{
	void *more = take(len);
	size_t old;

	if (piece == NULL || more == NULL)
		return more;
	old = ((union head *)piece - 1)->len;
	memcpy(more, piece, old < len ? old : len);
	give_back(piece);
	return more;
}

static void *
take_array(size_t count, size_t size)
{
	void *array;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	if ((array = take(count * size)) != NULL)
		memset(array, 0, count * size);
	return array;
}

static char *
take_text(const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = take(len);

	if (copy != NULL)
		memcpy(copy, text, len);
	return copy;
}

int
http_memory_start(struct fault *why)
{
	static bool started;

	if (started)
		return 0;
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, give_back,
		take_more, take_text, take_array) != CURLE_OK)
		return FAIL(why, FAULT_INSIDE, "libcurl does not start");
	started = true;
	return 0;
}
