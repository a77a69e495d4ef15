#include "formats/consent_answer.h"

#include <stddef.h>
#include <string.h>

#include "crypto/digest.h"
#include "formats/consent.h"

/* As strcmp, with what is not said before every text. */
static int
compare_texts(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/*
 * Lists are short and the caller's, so they are read in order without being
 * sorted: each time the least that comes after the one before.
 */
static const char *
next_item(const struct texts *list, const char *after)
{
	const char *least = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const char *item = list->items[i];

		if (compare_texts(item, after) > 0 &&
		    (least == NULL || strcmp(item, least) < 0))
			least = item;
	}
	return least;
}

static void
add_list(struct digest *d, const struct texts *list)
{
	const char *item = NULL;

	digest_add_number(d, list->present);
	while ((item = next_item(list, item)) != NULL)
		digest_add_text(d, item);
	digest_add_text(d, NULL);
}

static int
compare_givers(const struct consent_giver *a, const struct consent_giver *b)
{
	if (a->role != b->role)
		return a->role < b->role ? -1 : 1;
	return compare_texts(a->relation, b->relation);
}

static const struct consent_giver *
next_giver(const struct consent *c, const struct consent_giver *after)
{
	const struct consent_giver *least = NULL;

	for (size_t i = 0; i < c->given_by_count; i++) {
		const struct consent_giver *g = &c->given_by[i];

		if ((after == NULL || compare_givers(g, after) > 0) &&
		    (least == NULL || compare_givers(g, least) < 0))
			least = g;
	}
	return least;
}

static void
add_givers(struct digest *d, const struct consent *c)
{
	const struct consent_giver *g = NULL;

	while ((g = next_giver(c, g)) != NULL) {
		digest_add_number(d, 1);
		digest_add_number(d, (int64_t)g->role);
		digest_add_text(d, g->relation);
	}
	digest_add_number(d, 0);
}

static const struct consent_event *
next_narrowing(const struct consent *c, const struct consent_event *after)
{
	const struct consent_event *least = NULL;

	for (size_t i = 0; i < c->event_count; i++) {
		const struct consent_event *e = &c->events[i];

		if (e->type == CONSENT_EVENT_NARROWED &&
		    (after == NULL || e->on > after->on) &&
		    (least == NULL || e->on < least->on))
			least = e;
	}
	return least;
}

/*
 * Those that took something away.  When it was given or confirmed says nothing
 * of what was agreed.
 */
static void
add_events(struct digest *d, const struct consent *c)
{
	const struct consent_event *e = NULL;

	while ((e = next_narrowing(c, e)) != NULL) {
		digest_add_number(d, 1);
		digest_add_number(d, e->on);
	}
	digest_add_number(d, 0);
	digest_add_number(d, consent_taken_back(c));
}

int
consent_answer_hash(const struct consent *c, uint8_t out[static CONSENT_ANSWER],
    struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);

	if (d == NULL)
		return -1;
	digest_add_number(d, (int64_t)c->status);
	digest_add_number(d, (int64_t)c->kind);
	digest_add_text(d, c->basis);
	digest_add_text(d, c->purpose);
	add_list(d, &c->recipients);
	add_list(d, &c->services);
	add_list(d, &c->info_categories);
	digest_add_number(d, c->withheld_said);
	digest_add_number(d, c->withheld_any);
	add_list(d, &c->withheld_removed);
	digest_add_number(d, c->override.present);
	digest_add_text(d, c->override.reason_code);
	digest_add_text(d, c->override.authoriser_name);
	digest_add_text(d, c->override.authoriser_role);
	add_givers(d, c);
	add_events(d, c);
	digest_end(d, out);
	digest_free(d);
	return 0;
}

int
consent_answer_same(const struct consent *a, const struct consent *b,
    bool *same, struct fault *why)
{
	uint8_t left[CONSENT_ANSWER], right[CONSENT_ANSWER];

	*same = false;
	if (consent_answer_hash(a, left, why) == -1 ||
	    consent_answer_hash(b, right, why) == -1)
		return -1;
	*same = memcmp(left, right, sizeof(left)) == 0;
	return 0;
}
