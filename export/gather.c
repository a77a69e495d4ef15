#include "export/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/folder.h"
#include "export/consents.h"
#include "formats/json.h"
#include "formats/primero.h"
#include "formats/progres.h"
#include "formats/progres_join.h"

#define CASE_ARENA ((size_t)64 * 1024 * 1024)

/* One gathering, while it runs. */
struct gathering {
	const struct gather_order *order;
	struct passed_over *passed;
	gather_take take;
	void *context;
	struct arena *arena; /* of one case */
	struct source_reader reader;
	/* Of the file being read; NULL until it shows an intervention. */
	struct progres_join *join;
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
join_consent(struct gathering *g, struct source_row *row, struct fault *why)
{
	const char *subjects[] = {
		row->referral.origin.case_id,
		row->referral.value[FIELD_CASE_ID_DISPLAY].text,
		row->referral.value[FIELD_UNHCR_INDIVIDUAL_NO].text,
	};
	const struct consents_query query = { subjects,
		sizeof(subjects) / sizeof(subjects[0]), row->referral.ref };
	struct consent recorded;
	bool differ = false;
	int found = 0;

	consent_clear(&recorded);
	if (g->order->consents != NULL)
		found = consents_find(g->order->consents, &query, g->arena,
		    &recorded, &differ, why);
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
hand_on(struct gathering *g, struct source_row *row, struct fault *why)
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
		g->order->unreadable(g->order->told_context, why);
	return 0;
}

static int
read_case(struct gathering *g, const struct json_node *record, size_t number,
    struct fault *why)
{
	struct source_row *rows;
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
read_intervention(struct gathering *g, const struct json_node *const *rows,
    size_t count, size_t number, struct fault *why)
{
	struct source_row row;

	arena_empty(g->arena);
	if (progres_read(&g->reader, rows, count, number, g->arena, &row,
		why) == -1)
		return pass_over_case(g, why);
	return hand_on(g, &row, why);
}

/* How many rows each intervention of this file has: read it once before. */
static int
count_rows(struct gathering *g, const struct source_file_order *s,
    struct fault *why)
{
	struct source_file *f = source_file_open(s, why);
	struct json *record = NULL;
	size_t number;
	int more = -1;

	if (f == NULL || (g->join = progres_join_new(why)) == NULL)
		goto done;
	while ((more = source_file_next(f, &record, &number, why)) == 1) {
		const char *which = progres_number(json_root(record));
		int rc = 0;

		if (which != NULL && source_file_format(f) != FORMAT_PRIMERO)
			rc = progres_join_count(g->join, which, why);
		json_free(record);
		record = NULL;
		if (rc == -1) {
			more = -1;
			break;
		}
	}
done:
	source_file_close(f);
	return more;
}

/* One row of the join; what is whole with it is handed on. */
static int
read_row(struct gathering *g, struct json **record, size_t bytes, size_t number,
    struct fault *why)
{
	const struct json_node *const *rows;
	const struct json_node *alone = json_root(*record);
	const char *which = progres_number(alone);
	size_t count, first;
	int whole;

	/* Without a number it belongs to nothing, and the reader says so. */
	if (which == NULL)
		return read_intervention(g, &alone, 1, number, why);
	whole = progres_join_add(g->join, which, record, bytes, number, &rows,
	    &count, &first, why);
	if (whole != 1)
		return whole;
	return read_intervention(g, rows, count, first, why);
}

/* A node speaks for one system: another one's referrals are not its own. */
static int
of_our_system(const struct gathering *g, enum format format, struct fault *why)
{
	enum system_kind system =
	    format == FORMAT_PRIMERO ? SYSTEM_PRIMERO : SYSTEM_PROGRES;

	if (system == g->order->sender->system)
		return 0;
	return FAIL(why, FAULT_SOURCE_UNKNOWN,
	    "it is a file of %s, and this node works with %s",
	    agreement_system_name(system),
	    agreement_system_name(g->order->sender->system));
}

static int
read_record(struct gathering *g, const struct source_file_order *s,
    const struct source_file *f, struct json **record, size_t number,
    struct fault *why)
{
	if (of_our_system(g, source_file_format(f), why) == -1)
		return -1;
	if (source_file_format(f) == FORMAT_PRIMERO)
		return read_case(g, json_root(*record), number, why);
	if (g->join == NULL && count_rows(g, s, why) == -1)
		return -1;
	return read_row(g, record, source_file_record_bytes(f), number, why);
}

static void
tell_progress(const struct gathering *g, const struct source_file *f)
{
	uint64_t done, all;

	if (g->order->progress == NULL)
		return;
	source_file_at(f, &done, &all);
	g->order->progress(g->order->told_context, done, all);
}

static int
read_records(struct gathering *g, const struct source_file_order *s,
    struct source_file *f, struct fault *why)
{
	struct json *record = NULL;
	size_t number;
	int more;

	while ((more = source_file_next(f, &record, &number, why)) == 1) {
		int rc = read_record(g, s, f, &record, number, why);

		json_free(record);
		record = NULL;
		if (rc == -1)
			return -1;
		tell_progress(g, f);
	}
	if (more == 0 && g->join != NULL)
		more = progres_join_end(g->join, why);
	return more;
}

static int
read_source(struct gathering *g, const struct source_file_order *s,
    struct fault *why)
{
	const struct gather_order *o = g->order;
	struct source_file *f = source_file_open(s, why);
	int rc;

	if (f == NULL)
		return -1;
	rc = read_records(g, s, f, why);
	if (rc == 0 && g->take != NULL && o->incomplete != NULL &&
	    source_file_has_more(f))
		o->incomplete(o->told_context, folder_last_part(s->path));
	progres_join_free(g->join);
	g->join = NULL;
	source_file_close(f);
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
