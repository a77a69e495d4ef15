#include "export/gather.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "export/consents.h"
#include "formats/json.h"
#include "formats/jsonitems.h"

#define CASE_ARENA ((size_t)64 * 1024 * 1024)

/* One gathering, while it runs. */
struct gathering {
	const struct gather_order *order;
	struct passed_over *passed;
	gather_take take;
	void *context;
	struct arena *arena; /* of one case */
	struct primero_reader reader;
};

static bool
begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool
same(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

/* By the start of its ref, or by a whole name of its case. */
static bool
is_named(const struct referral *r, const char *word)
{
	const char *colon = strchr(r->ref, ':');

	return begins(r->ref, word) ||
	    (colon != NULL && begins(colon + 1, word)) ||
	    same(r->value[FIELD_CASE_ID_DISPLAY].text, word) ||
	    same(r->value[FIELD_UNHCR_INDIVIDUAL_NO].text, word);
}

/* Is it among those asked for?  Counts how often each one was met. */
static bool
asked_for(const struct gather_order *o, const struct referral *r)
{
	bool met = o->only_count == 0;

	for (size_t i = 0; i < o->only_count; i++) {
		if (!is_named(r, o->only[i]))
			continue;
		o->only_met[i]++;
		met = true;
	}
	return met;
}

/* The register's record and the case's draft, put together. */
static int
join_consent(struct gathering *g, struct primero_row *row, struct fault *why)
{
	const char *subjects[] = {
		row->referral.origin.case_id,
		row->referral.value[FIELD_CASE_ID_DISPLAY].text,
		row->referral.value[FIELD_UNHCR_INDIVIDUAL_NO].text,
	};
	struct consent recorded;
	bool differ = false;
	int found = 0;

	consent_clear(&recorded);
	if (g->order->consents != NULL)
		found = consents_find(g->order->consents, subjects,
		    sizeof(subjects) / sizeof(subjects[0]), g->arena, &recorded,
		    &differ, why);
	if (found == -1)
		return -1;
	row->facts.consents_differ = differ;
	row->referral.has_consent = found == 1 || row->has_draft;
	if (!row->referral.has_consent)
		return 0;
	return consents_merge(row->has_draft ? &row->draft : NULL,
	    found == 1 ? &recorded : NULL, g->arena, &row->referral.consent,
	    why);
}

static const struct flow *
flow_of(const struct gather_order *o, const struct referral *r)
{
	if (r->from_agency == NULL || r->to_agency == NULL)
		return NULL;
	return agreement_flow(o->agreement,
	    agreement_party(o->agreement, r->from_agency),
	    agreement_party(o->agreement, r->to_agency));
}

static int
hand_on(struct gathering *g, struct primero_row *row, struct fault *why)
{
	const struct gather_order *o = g->order;
	struct question q = {
		.end = AT_EXPORT,
		.today = o->today,
		.referral = &row->referral,
		.agreement = o->agreement,
		.sender = o->sender,
		.receiver = o->receiver,
		.flow = flow_of(o, &row->referral),
		.source = &row->facts,
	};
	struct gathered one = { &row->referral, &q, g->arena };

	if (!asked_for(o, &row->referral) || g->take == NULL)
		return 0;
	if (join_consent(g, row, why) == -1)
		return -1;
	return g->take(&one, g->context, why);
}

/*
 * A case without ids gives no ref, so there is nothing to hold: it is counted
 * and told, and the others go on.
 */
static int
pass_over_case(struct gathering *g, const struct fault *why)
{
	if (why->id != FAULT_SOURCE_FORM)
		return -1;
	g->passed->unreadable++;
	if (g->order->unreadable != NULL && g->take != NULL)
		g->order->unreadable(g->order->unreadable_context, why);
	return 0;
}

static int
read_case(struct gathering *g, const struct json_node *record, size_t number,
    struct fault *why)
{
	struct primero_row *rows;
	size_t count;

	arena_empty(g->arena);
	if (primero_read(&g->reader, record, number, g->arena, &rows, &count,
		g->passed, why) == -1)
		return pass_over_case(g, why);
	for (size_t i = 0; i < count; i++)
		if (hand_on(g, &rows[i], why) == -1)
			return -1;
	return 0;
}

static int
read_cases(struct gathering *g, struct source *from, struct fault *why)
{
	struct jsonitems *items;
	struct json *record = NULL;
	size_t number;
	int more;

	if ((items = jsonitems_new(from, why)) == NULL)
		return -1;
	while ((more = jsonitems_next(items, &record, &number, why)) == 1) {
		int rc = read_case(g, json_root(record), number, why);

		json_free(record);
		record = NULL;
		if (rc == -1) {
			more = -1;
			break;
		}
	}
	jsonitems_free(items);
	return more;
}

/* What kind is it?  Looks at the first bytes and goes back to the start. */
static int
find_format(int fd, const char *name, enum format *format, struct fault *why)
{
	uint8_t *head = malloc(RECOGNISE_BYTES);
	struct source *from = NULL;
	size_t got;
	int rc = -1;

	if (head == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "source file");
	if ((from = source_from_fd(fd, name, why)) == NULL ||
	    source_fill(from, head, RECOGNISE_BYTES, &got, why) == -1)
		goto done;
	if (recognise(head, got, format, why) == -1)
		goto done;
	if (lseek(fd, 0, SEEK_SET) == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "it cannot be read twice");
		goto done;
	}
	rc = 0;
done:
	source_free(from);
	free(head);
	return rc;
}

static int
read_source(struct gathering *g, const struct gather_source *s,
    struct fault *why)
{
	struct folder *dir = NULL;
	struct source *from = NULL;
	enum format format;
	char name[256];
	int fd = -1, rc = -1;

	if (folder_split(s->path, &dir, name, sizeof(name), why) == -1 ||
	    (fd = folder_open_file(dir, name, why)) == -1 ||
	    find_format(fd, name, &format, why) == -1)
		goto done;
	if (s->format != FORMAT_NONE && s->format != format) {
		fault_set(why, FAULT_SOURCE_UNKNOWN,
		    "it was called %s and looks like %s",
		    recognise_name(s->format), recognise_name(format));
		goto done;
	}
	if (format != FORMAT_PRIMERO) {
		fault_set(why, FAULT_SOURCE_UNKNOWN,
		    "it looks like %s, which this version does not read",
		    recognise_name(format));
		goto done;
	}
	if ((from = source_from_fd(fd, name, why)) == NULL)
		goto done;
	rc = read_cases(g, from, why);
done:
	source_free(from);
	if (fd != -1)
		(void)close(fd);
	folder_close(dir);
	return rc;
}

/* take NULL: only to the end of every source. */
static int
gather_all(const struct gather_order *order, struct passed_over *passed,
    gather_take take, void *context, struct fault *why)
{
	struct gathering g = {
		.order = order,
		.passed = passed,
		.take = take,
		.context = context,
		.reader = {
			.agreement = order->agreement,
			.sender = order->sender,
			.receiver = order->receiver,
			.only = order->only,
			.only_count = order->only_count,
		},
	};
	int rc = 0;

	if ((g.arena = arena_new(CASE_ARENA, why)) == NULL)
		return -1;
	for (size_t i = 0; i < order->source_count && rc == 0; i++)
		rc = read_source(&g, &order->sources[i], why);
	arena_free(g.arena);
	return rc;
}

int
gather_check(const struct gather_order *order, struct fault *why)
{
	struct passed_over *passed = calloc(1, sizeof(*passed));
	int rc;

	if (passed == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "source files");
	rc = gather_all(order, passed, NULL, NULL, why);
	free(passed);
	return rc;
}

int
gather(const struct gather_order *order, struct passed_over *passed,
    gather_take take, void *context, struct fault *why)
{
	return gather_all(order, passed, take, context, why);
}
