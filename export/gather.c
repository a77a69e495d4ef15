#include "export/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/folder.h"
#include "export/consents.h"
#include "export/numbers.h"
#include "formats/json.h"
#include "formats/primero.h"
#include "formats/progres.h"
#include "formats/progres_join.h"

#define SUBJECTS 3 /* under which a case's consent may be kept */
#define CASE_ARENA ((size_t)64 * 1024 * 1024)

struct gatherer {
	const struct gather_order *order;
	struct source_reader reader;
	struct arena *arena;	 /* of one case */
	struct numbers *numbers; /* noted by the check */
	size_t cases;		 /* noted so far */
	/* Of the reading that goes on; take is NULL in the check. */
	struct passed_over *passed;
	gather_take take;
	void *context;
	struct progres_join *join; /* over all sources; NULL from Primero */
	/* Of Primero's pages: how many there are, and how many were given. */
	int64_t total;
	int64_t given;
	const char *page; /* the file that said so first */
};

/* Is it among those asked for?  The check counts how often each one was met. */
static bool
asked_for(const struct gatherer *g, const struct referral *r)
{
	const struct gather_order *o = g->order;
	bool met = o->only_count == 0;

	for (size_t i = 0; i < o->only_count; i++) {
		if (!source_row_is_named(o->only[i], r->ref,
			r->value[FIELD_CASE_ID_DISPLAY].text,
			r->value[FIELD_UNHCR_INDIVIDUAL_NO].text))
			continue;
		if (g->take == NULL)
			o->only_met[i]++;
		met = true;
	}
	return met;
}

/* The register's record and the case's draft, put together. */
static int
join_consent(struct gatherer *g, struct source_row *row, struct fault *why)
{
	const char *subjects[SUBJECTS] = {
		row->referral.origin.case_id,
		row->referral.value[FIELD_CASE_ID_DISPLAY].text,
		row->referral.value[FIELD_UNHCR_INDIVIDUAL_NO].text,
	};
	bool shared[SUBJECTS] = { false };
	const struct consents_query query = { subjects, SUBJECTS,
		row->referral.ref, shared };
	struct consent recorded;
	bool differ = false;
	int found = 0;

	for (size_t i = 0; i < SUBJECTS; i++)
		if (subjects[i] != NULL &&
		    numbers_shared(g->numbers, subjects[i], &shared[i], why) ==
			-1)
			return -1;
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
hand_on(struct gatherer *g, struct source_row *row, struct fault *why)
{
	const struct gather_order *o = g->order;
	struct question q = {
		.end = AT_EXPORT,
		.user = o->user,
		.today = o->today,
		.referral = &row->referral,
		.agreement = o->agreement,
		.sender = o->sender,
		.receiver = o->receiver,
		.flow = flow_of(o, &row->referral),
		.source = &row->facts,
	};
	struct gathered one = { &row->referral, &q, g->arena };

	if (!asked_for(g, &row->referral) || g->take == NULL)
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
pass_over_case(struct gatherer *g, const struct fault *why)
{
	if (why->id != FAULT_SOURCE_FORM)
		return -1;
	g->passed->unreadable++;
	if (g->order->unreadable != NULL && g->take != NULL)
		g->order->unreadable(g->order->told_context, why);
	return 0;
}

/*
 * A case without an id that can be read is one of its own.  A case without any
 * referral counts too: the register has its record all the same.
 */
static int
note_case(struct gatherer *g, const struct json_node *record, struct fault *why)
{
	struct primero_names names;
	const char *who;
	char nameless[32];

	if (primero_names_read(&g->reader, record, g->arena, &names, why) == -1)
		return -1;
	(void)snprintf(nameless, sizeof(nameless), "#%zu", ++g->cases);
	who = names.case_id;
	if (who == NULL)
		who = names.record_id != NULL ? names.record_id : nameless;
	if (names.display != NULL &&
	    numbers_note(g->numbers, names.display, NUMBERS_BY_CASE, who,
		why) == -1)
		return -1;
	if (names.individual == NULL)
		return 0;
	return numbers_note(g->numbers, names.individual, NUMBERS_BY_CASE, who,
	    why);
}

/*
 * One person has several interventions; but where the names or the birth dates
 * under one individual number differ, they are several people's.
 */
static int
note_person(struct gatherer *g, const struct referral *r, struct fault *why)
{
	const struct value *individual = &r->value[FIELD_UNHCR_INDIVIDUAL_NO];
	const struct value *first = &r->value[FIELD_NAME_FIRST];
	const struct value *last = &r->value[FIELD_NAME_LAST];
	const struct value *birth = &r->value[FIELD_DATE_OF_BIRTH];
	char text[DAY_TEXT], *whole;
	size_t room;

	if (!individual->present)
		return 0;
	if (first->present && last->present) {
		room =
		    strlen(first->text) + strlen("/") + strlen(last->text) + 1;
		if ((whole = arena_take(g->arena, room, why)) == NULL)
			return -1;
		(void)snprintf(whole, room, "%s/%s", first->text, last->text);
		if (numbers_note(g->numbers, individual->text, NUMBERS_BY_NAME,
			whole, why) == -1)
			return -1;
	}
	if (!birth->present)
		return 0;
	day_write(birth->date, text);
	return numbers_note(g->numbers, individual->text, NUMBERS_BY_BIRTH,
	    text, why);
}

static int
read_case(struct gatherer *g, const struct json_node *record, size_t number,
    struct fault *why)
{
	struct source_row *rows;
	size_t count;

	arena_empty(g->arena);
	if (g->take == NULL && note_case(g, record, why) == -1)
		return -1;
	if (primero_read(&g->reader, record, number, g->arena, &rows, &count,
		g->passed, why) == -1)
		return pass_over_case(g, why);
	for (size_t i = 0; i < count; i++)
		if (hand_on(g, &rows[i], why) == -1)
			return -1;
	return 0;
}

static int
read_intervention(struct gatherer *g, const struct json_node *const *rows,
    size_t count, size_t number, struct fault *why)
{
	struct source_row row;

	arena_empty(g->arena);
	if (progres_read(&g->reader, rows, count, number, g->arena, &row,
		why) == -1)
		return pass_over_case(g, why);
	if (g->take == NULL && note_person(g, &row.referral, why) == -1)
		return -1;
	return hand_on(g, &row, why);
}

/* One row of the join; what is whole with it is handed on. */
static int
read_row(struct gatherer *g, struct json **record, size_t bytes, size_t number,
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
of_our_system(const struct gatherer *g, enum format format, struct fault *why)
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
read_record(struct gatherer *g, const struct source_file *f,
    struct json **record, size_t number, struct fault *why)
{
	if (of_our_system(g, source_file_format(f), why) == -1)
		return -1;
	if (source_file_format(f) == FORMAT_PRIMERO)
		return read_case(g, json_root(*record), number, why);
	return read_row(g, record, source_file_record_bytes(f), number, why);
}

static int
count_record(struct gatherer *g, const struct source_file *f,
    struct json **record, size_t number, struct fault *why)
{
	const char *which = progres_number(json_root(*record));

	(void)number;
	if (of_our_system(g, source_file_format(f), why) == -1)
		return -1;
	return which == NULL ? 0 : progres_join_count(g->join, which, why);
}

static void
tell_progress(const struct gatherer *g, const struct source_file *f)
{
	uint64_t done, all;

	if (g->order->progress == NULL)
		return;
	source_file_at(f, &done, &all);
	g->order->progress(g->order->told_context, done, all);
}

/* May keep the record by setting it to NULL. */
typedef int (*take_record)(struct gatherer *g, const struct source_file *f,
    struct json **record, size_t number, struct fault *why);

static int
each_record(struct gatherer *g, struct source_file *f, take_record take,
    struct fault *why)
{
	struct json *record = NULL;
	size_t number;
	int more;

	while ((more = source_file_next(f, &record, &number, why)) == 1) {
		int rc = take(g, f, &record, number, why);

		json_free(record);
		record = NULL;
		if (rc == -1)
			return -1;
		tell_progress(g, f);
	}
	return more;
}

static void
tell_incomplete(const struct gatherer *g, const char *path)
{
	if (g->order->incomplete != NULL)
		g->order->incomplete(g->order->told_context,
		    folder_last_part(path));
}

/*
 * Is this file all there is?  Pages of Primero say how many there are on all of
 * them, so that is asked once all sources are read.
 */
static void
ask_whole(struct gatherer *g, const struct source_file *f, const char *path)
{
	int64_t here, total = source_file_total(f, &here);

	if (total > 0 && total > here) {
		g->given += here;
		if (total > g->total)
			g->total = total;
		if (g->page == NULL)
			g->page = path;
	} else if (source_file_has_more(f)) {
		tell_incomplete(g, path);
	}
}

static int
each_source(struct gatherer *g, take_record take, struct fault *why)
{
	const struct gather_order *o = g->order;

	for (size_t i = 0; i < o->source_count; i++) {
		struct source_file *f = source_file_open(&o->sources[i], why);
		int rc = f == NULL ? -1 : each_record(g, f, take, why);

		if (rc == 0 && take == read_record && g->take != NULL)
			ask_whole(g, f, o->sources[i].path);
		source_file_close(f);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/*
 * All interventions are counted before the first is read: pages may part the
 * rows of one, and half of it would look like all of it.
 */
static int
read_sources(struct gatherer *g, struct fault *why)
{
	int rc = -1;

	if (g->order->sender->system == SYSTEM_PRIMERO)
		return each_source(g, read_record, why);
	if ((g->join = progres_join_new(why)) == NULL)
		return -1;
	if (each_source(g, count_record, why) == 0 &&
	    each_source(g, read_record, why) == 0 &&
	    progres_join_end(g->join, why) == 0)
		rc = 0;
	progres_join_free(g->join);
	g->join = NULL;
	return rc;
}

struct gatherer *
gather_new(const struct gather_order *order, struct fault *why)
{
	struct gatherer *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "source files");
		return NULL;
	}
	g->order = order;
	g->reader = (struct source_reader){
		.agreement = order->agreement,
		.sender = order->sender,
		.receiver = order->receiver,
		.only = order->only,
		.only_count = order->only_count,
	};
	if ((g->arena = arena_new(CASE_ARENA, why)) == NULL ||
	    (g->numbers = numbers_new(why)) == NULL) {
		gather_free(g);
		return NULL;
	}
	return g;
}

void
gather_free(struct gatherer *g)
{
	if (g == NULL)
		return;
	arena_free(g->arena);
	numbers_free(g->numbers);
	free(g);
}

int
gather_check(struct gatherer *g, struct fault *why)
{
	struct passed_over *passed = calloc(1, sizeof(*passed));
	int rc;

	if (passed == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "source files");
	g->passed = passed;
	g->take = NULL;
	rc = read_sources(g, why);
	numbers_close(g->numbers);
	g->passed = NULL;
	free(passed);
	return rc;
}

int
gather_run(struct gatherer *g, struct passed_over *passed, gather_take take,
    void *context, struct fault *why)
{
	g->passed = passed;
	g->take = take;
	g->context = context;
	if (read_sources(g, why) == -1)
		return -1;
	if (g->given < g->total)
		tell_incomplete(g, g->page);
	return 0;
}
