#include "systems/primero_whole.h"

#include <stdio.h>

#include "base/fault.h"
#include "systems/primero_api.h"

#define PATH_ROOM 256

/* 1, 0 if it may not be had, or -1. */
static int
get(struct primero_api *p, const char *path, const char *what,
    struct http_answer *a, struct primero_page *page, struct fault *why)
{
	if (primero_api_get(p, path, what, a, why) == 0)
		return primero_page_open(&a->body, page, why) == -1 ? -1 : 1;
	return why->id == FAULT_SERVER_FORBIDDEN || a->status == 404 ? 0 : -1;
}

int
primero_whole_get(struct primero_api *p, const char *id,
    struct primero_whole *out, struct fault *why)
{
	struct primero_page page;
	char path[PATH_ROOM];
	int got;

	*out = (struct primero_whole){ .text = NULL };
	http_answer_init(&out->answers[0]);
	http_answer_init(&out->answers[1]);
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s", id);
	got = get(p, path, "case", &out->answers[0], &page, why);
	if (got != 1)
		return got;
	(void)snprintf(path, sizeof(path), "/api/v2/cases/%s/referrals", id);
	got = get(p, path, "referrals", &out->answers[1], &out->referrals, why);
	if (got != 1)
		return got;
	return primero_page_next(&page, &out->text, &out->len) ? 1 : 0;
}

void
primero_whole_free(struct primero_whole *w)
{
	http_answer_free(&w->answers[0]);
	http_answer_free(&w->answers[1]);
}
