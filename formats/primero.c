#include "formats/primero.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/primero_case.h"
#include "formats/primero_consent.h"
#include "formats/primero_spelling.h"
#include "formats/source_value.h"

/* One case while it is read. */
struct reading {
	const struct source_reader *reader;
	const struct json_node *one_case;
	const char *record_id; /* NULL: none that can be read */
	const char *case_id;
	size_t number; /* in the file */
	struct passed_over *passed;
	struct source_facts scratch; /* of values that are only looked at */
};

/* What a row of services_section is. */
enum row_kind {
	ROW_OURS, /* names no other agency */
	ROW_OTHER_AGENCY,
	ROW_IMPLEMENTED,
	ROW_NOT_REFERRED,
	ROW_KNOWN_THERE,
	ROW_WITHOUT_ID,
	ROW_REFERRAL,
};

struct row {
	enum row_kind kind;
	const char *agency;	/* as written; NULL: cannot be read */
	const struct party *to; /* of a referral */
	const char *service_id;
	const char *ref;
	bool unclear; /* it could not be read whether it is still to be done */
};

static struct source_taker
taker_for(const struct source_reader *reader, struct arena *a,
    struct referral *r, struct source_facts *facts)
{
	return (struct source_taker){ a, reader->agreement, SYSTEM_PRIMERO,
		reader->sender->utc_offset_minutes, r, facts };
}

/* An id as written, or NULL: one that had to be altered names nothing. */
static const char *
read_id(const struct json_node *n)
{
	const char *id = json_text(n);

	if (source_value_absent(n) || id == NULL ||
	    !text_is_clean(id, strlen(id), false) ||
	    !text_is_nfc(id, strlen(id)))
		return NULL;
	return id;
}

/* The two numbers that people call a case by. */
static int
read_numbers(const struct source_reader *reader,
    const struct json_node *one_case, struct arena *a, const char **display,
    const char **individual, struct fault *why)
{
	struct source_facts scratch = { 0 };
	const struct source_taker t = taker_for(reader, a, NULL, &scratch);

	*individual = NULL;
	if (source_value_text(&t, json_get(one_case, "case_id_display"), false,
		display, why) == -1)
		return -1;
	return source_value_text(&t, json_get(one_case, "unhcr_individual_no"),
	    false, individual, why);
}

/* Does any party this node sends for have a flow to that one? */
static bool
flow_from_ours(const struct source_reader *reader, const struct party *to)
{
	const struct agreement *a = reader->agreement;

	for (size_t i = 0; i < a->party_count; i++)
		if (agreement_acts_for(reader->sender, a->parties[i].id) &&
		    agreement_flow(a, &a->parties[i], to) != NULL)
			return true;
	return false;
}

/* Whose service is it?  Fills in the agency and, if it is theirs, the party. */
static int
find_agency(struct reading *in, const struct json_node *n, struct arena *a,
    struct row *row, struct fault *why)
{
	const struct source_reader *reader = in->reader;
	const struct source_taker t = taker_for(reader, a, NULL, &in->scratch);
	const struct json_node *agency =
	    json_get(n, "service_implementing_agency");
	const char *owner = json_get_text(in->one_case, "owned_by_agency_id");
	const struct map_entry *entry;
	const struct party *party;
	bool many = false, ours;

	row->kind = ROW_OURS;
	if (source_value_absent(agency))
		return 0;
	row->kind = ROW_OTHER_AGENCY;
	if (source_value_text(&t, agency, false, &row->agency, why) == -1)
		return -1;
	if (row->agency == NULL)
		return 0;
	entry = agreement_from_source(reader->agreement, MAP_AGENCIES,
	    SYSTEM_PRIMERO, row->agency, &many);
	party = entry == NULL || many ?
	    NULL :
	    agreement_party(reader->agreement, entry->code);
	ours = party != NULL && agreement_acts_for(reader->sender, party->id);
	if (!ours && party != NULL &&
	    agreement_acts_for(reader->receiver, party->id) &&
	    flow_from_ours(reader, party))
		row->to = party;
	else if (ours ||
	    (owner != NULL && text_same_loosely(owner, row->agency)))
		row->kind = ROW_OURS;
	return 0;
}

/* A tick of a row; one that is there but unreadable makes the row unclear. */
static enum answer_given
row_tick(const struct json_node *n, const char *name, struct row *row)
{
	const struct json_node *tick = json_get(n, name);
	enum answer_given answer = source_value_answer(tick);

	if (source_value_absent(tick))
		return ANSWER_NO;
	row->unclear |= answer == ANSWER_UNKNOWN;
	return answer;
}

static bool
is_implemented(const struct json_node *n, struct row *row)
{
	const struct json_node *said = json_get(n, "service_implemented");
	const char *text = json_text(said);

	if (source_value_absent(said))
		return false;
	if (text != NULL && strcmp(text, "implemented") == 0)
		return true;
	row->unclear |= text == NULL || strcmp(text, "not_implemented") != 0;
	return false;
}

/* Is it asked for, by its ref or by a number of its case? */
static int
is_asked_for(struct reading *in, const char *ref, struct arena *a, bool *asked,
    struct fault *why)
{
	const struct source_reader *reader = in->reader;
	const char *display, *individual;

	*asked = false;
	if (reader->only_count == 0)
		return 0;
	if (read_numbers(reader, in->one_case, a, &display, &individual, why) ==
	    -1)
		return -1;
	for (size_t i = 0; i < reader->only_count && !*asked; i++)
		*asked = source_row_is_named(reader->only[i], ref, display,
		    individual);
	return 0;
}

/*
 * Which rows are referrals (docs/referral.md, "From Primero").  Nothing is
 * counted or kept here: the same row always gives the same answer.
 */
static int
classify(struct reading *in, const struct json_node *n, struct arena *a,
    struct row *row, struct fault *why)
{
	struct origin origin = { .system = ORIGIN_PRIMERO };
	bool known, external, asked = false;

	*row = (struct row){ .kind = ROW_WITHOUT_ID };
	if (json_kind(n) != JSON_OBJECT)
		return 0;
	if (find_agency(in, n, a, row, why) == -1)
		return -1;
	if (row->to == NULL)
		return 0;
	external = row_tick(n, "service_request_external", row) == ANSWER_YES;
	known = !source_value_absent(json_get(n, "progres_interventionnumber"));
	if (is_implemented(n, row)) {
		row->kind = ROW_IMPLEMENTED;
		return 0;
	}
	if (row_tick(n, "service_status_referred", row) == ANSWER_NO) {
		row->kind = ROW_NOT_REFERRED;
		return 0;
	}
	row->service_id = read_id(json_get(n, "unique_id"));
	if (external || (known && row->service_id == NULL)) {
		row->kind = ROW_KNOWN_THERE;
		return 0;
	}
	if (row->service_id == NULL) {
		row->kind = ROW_WITHOUT_ID;
		return 0;
	}
	if (in->record_id == NULL || in->case_id == NULL)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "case %zu has a referral but no readable %s", in->number,
		    in->case_id == NULL ? "case_id" : "id");
	origin.record_id = in->record_id;
	origin.case_id = in->case_id;
	origin.service_id = row->service_id;
	if ((row->ref = referral_make_ref(&origin, a, why)) == NULL)
		return why->id != FAULT_SOURCE_FORM ?
		    -1 :
		    FAIL(why, FAULT_SOURCE_FORM, "case %zu: %s", in->number,
			why->detail);
	if (known && is_asked_for(in, row->ref, a, &asked, why) == -1)
		return -1;
	row->kind = known && !asked ? ROW_KNOWN_THERE : ROW_REFERRAL;
	return 0;
}

/* Copy as many whole characters of an agency's name as fit. */
static void
copy_cut(const char *text, char *out, size_t room)
{
	const uint8_t *at = (const uint8_t *)text, *before;
	const uint8_t *end = at + strlen(text);
	size_t len = 0;

	while (at < end) {
		before = at;
		(void)text_next(&at, end);
		if (len + (size_t)(at - before) >= room)
			break;
		memcpy(out + len, before, (size_t)(at - before));
		len += (size_t)(at - before);
	}
	out[len] = '\0';
}

static void
count_agency(struct passed_over *passed, const char *agency)
{
	char value[sizeof(passed->other_agency[0].value)];
	size_t i;

	copy_cut(agency == NULL ? "" : agency, value, sizeof(value));
	for (i = 0; i < passed->other_agencies; i++)
		if (strcmp(passed->other_agency[i].value, value) == 0)
			break;
	if (i == PASSED_AGENCIES_MAX) {
		passed->other_agency_more++;
		return;
	}
	if (i == passed->other_agencies) {
		memcpy(passed->other_agency[i].value, value, sizeof(value));
		passed->other_agency[i].rows = 0;
		passed->other_agencies++;
	}
	passed->other_agency[i].rows++;
}

static void
count_passed(struct passed_over *passed, const struct row *row)
{
	switch (row->kind) {
	case ROW_OTHER_AGENCY:
		count_agency(passed, row->agency);
		break;
	case ROW_IMPLEMENTED:
		passed->implemented++;
		break;
	case ROW_NOT_REFERRED:
		passed->not_referred++;
		break;
	case ROW_KNOWN_THERE:
		passed->known_there++;
		break;
	case ROW_WITHOUT_ID:
		passed->without_id++;
		break;
	case ROW_OURS:
	case ROW_REFERRAL:
		break;
	}
}

/* The paper form's three: within a day, within three days, or later. */
static enum priority
priority_of(const struct referral *r, const struct json_node *one_case,
    struct source_facts *facts)
{
	const struct value *frame = &r->value[FIELD_SERVICE_TIMEFRAME];
	const struct json_node *tick =
	    json_get(one_case, "urgent_protection_concern");
	enum answer_given urgent = source_value_answer(tick);

	facts->priority_unclear = facts->unreadable[FIELD_SERVICE_TIMEFRAME] ||
	    (!source_value_absent(tick) && urgent == ANSWER_UNKNOWN);
	if (frame->present && strcmp(frame->text, "3_days") != 0)
		return PRIORITY_EMERGENCY;
	if (frame->present || urgent == ANSWER_YES)
		return PRIORITY_URGENT;
	return PRIORITY_NORMAL;
}

/* A flow that names one purpose leaves no choice; with more, a person says. */
static const char *
purpose_of(const struct agreement *a, const struct referral *r)
{
	const struct flow *flow;

	if (r->from_agency == NULL)
		return NULL;
	flow = agreement_flow(a, agreement_party(a, r->from_agency),
	    agreement_party(a, r->to_agency));
	if (flow == NULL || flow->purposes.count != 1)
		return NULL;
	return flow->purposes.items[0];
}

static int
take_service(const struct source_taker *t, const struct json_node *n,
    struct fault *why)
{
	const struct primero_spelling_list *all = &primero_spelling_service;

	for (size_t i = 0; i < all->count; i++)
		if (source_value_take(t, all->items[i].field,
			json_get(n, all->items[i].name), why) == -1)
			return -1;
	return source_value_text(t,
	    json_get(n, "service_implementing_agency_individual"), false,
	    &t->referral->to_user, why);
}

/*
 * From its server a case comes with the list of its referrals: one that was
 * revoked, rejected or done there is over, though the row's tick stays.  A row
 * that no referral is of is as its tick says, as in a file.
 */
static enum answer_given
ask_referrals(const struct json_node *one_case, const char *service_id)
{
	const struct json_node *list = json_get(one_case, "satchel_referrals");
	bool any = false, unclear = false;

	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *of = json_get_text(n, "service_record_id");
		const char *status = json_get_text(n, "status");

		if (of == NULL || strcmp(of, service_id) != 0)
			continue;
		any = true;
		if (status == NULL) {
			unclear = true;
			continue;
		}
		if (strcmp(status, "in_progress") == 0 ||
		    strcmp(status, "accepted") == 0)
			return ANSWER_YES;
		unclear |= strcmp(status, "revoked") != 0 &&
		    strcmp(status, "rejected") != 0 &&
		    strcmp(status, "done") != 0;
	}
	if (!any)
		return ANSWER_YES;
	return unclear ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* out holds what the case says already; add what this row says. */
static int
take_row(const struct reading *in, const struct json_node *n,
    const struct row *row, struct arena *a, struct source_row *out,
    struct fault *why)
{
	struct referral *r = &out->referral;
	struct source_facts *facts = &out->facts;
	const struct source_taker t = taker_for(in->reader, a, r, facts);
	const struct value *asked_on = &r->value[FIELD_SERVICE_REQUESTED_ON];

	if (take_service(&t, n, why) == -1)
		return -1;
	r->ref = row->ref;
	r->origin.system = ORIGIN_PRIMERO;
	r->origin.record_id = in->record_id;
	r->origin.case_id = in->case_id;
	r->origin.service_id =
	    arena_copy(a, row->service_id, strlen(row->service_id), why);
	if (r->origin.service_id == NULL)
		return -1;
	r->made_on = asked_on->present ? asked_on->date : DAY_UNKNOWN;
	if (!asked_on->present)
		facts->unreadable[FIELD_SERVICE_REQUESTED_ON] = true;
	r->to_agency = row->to->id;
	r->priority = priority_of(r, in->one_case, facts);
	r->purpose = purpose_of(in->reader->agreement, r);
	facts->in_progress = row->unclear ?
	    ANSWER_UNKNOWN :
	    ask_referrals(in->one_case, row->service_id);
	if (source_value_answer(json_get(n, "consent_overridden")) ==
	    ANSWER_YES)
		facts->overridden = ANSWER_YES;
	out->has_draft =
	    primero_consent_any(in->reader->agreement, in->one_case);
	if (!out->has_draft)
		return 0;
	return primero_consent_draft(in->reader, &t, in->one_case, &out->draft,
	    why);
}

/* The rows that are referrals, from the list of all. */
static int
take_rows(struct reading *in, const struct json_node *rows, struct arena *a,
    struct source_row *out, size_t count, struct fault *why)
{
	struct source_taker t;
	struct row row;
	size_t i = 0;

	referral_clear(&out[0].referral);
	consent_clear(&out[0].draft);
	t = taker_for(in->reader, a, &out[0].referral, &out[0].facts);
	if (primero_case_take(in->reader, &t, in->one_case, why) == -1)
		return -1;
	for (i = 1; i < count; i++)
		out[i] = out[0];
	i = 0;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n)) {
		if (classify(in, n, a, &row, why) == -1)
			return -1;
		if (row.kind != ROW_REFERRAL)
			continue;
		assert(i < count);
		if (take_row(in, n, &row, a, &out[i], why) == -1)
			return -1;
		i++;
	}
	return 0;
}

/* How many rows are referrals; what is passed over is added to *passed. */
static int
look_over(struct reading *in, const struct json_node *rows, struct arena *a,
    struct passed_over *passed, size_t *count, struct fault *why)
{
	struct row row;

	*count = 0;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n)) {
		if (classify(in, n, a, &row, why) == -1)
			return -1;
		if (row.kind != ROW_REFERRAL)
			count_passed(passed, &row);
		else if (++*count > PRIMERO_ROWS_MAX)
			return FAIL(why, FAULT_SOURCE_TOO_LARGE,
			    "case %zu has more than %d referrals", in->number,
			    PRIMERO_ROWS_MAX);
	}
	return 0;
}

/*
 * In an export the case lies under "data"; what stands around it are columns
 * for searching, which say more than the person exporting may see.
 */
static const struct json_node *
case_of(const struct json_node *record)
{
	const struct json_node *data = json_get(record, "data");

	if (data != NULL && json_kind(data) == JSON_OBJECT &&
	    json_get(record, "case_id") == NULL)
		return data;
	return record;
}

/* The id of the whole record, wherever it stands. */
static const struct json_node *
id_of(const struct json_node *record, const struct json_node *one_case)
{
	const struct json_node *id = json_get(record, "id");

	return source_value_absent(id) ? json_get(one_case, "id") : id;
}

int
primero_names_read(const struct source_reader *reader,
    const struct json_node *record, struct arena *a, struct primero_names *out,
    struct fault *why)
{
	const struct json_node *one_case = case_of(record);

	out->record_id = read_id(id_of(record, one_case));
	out->case_id = read_id(json_get(one_case, "case_id"));
	return read_numbers(reader, one_case, a, &out->display,
	    &out->individual, why);
}

/* A copy of the id in the arena; *out is NULL for one that cannot be read. */
static int
copy_id(const struct json_node *n, struct arena *a, const char **out,
    struct fault *why)
{
	const char *id = read_id(n);

	*out = NULL;
	if (id == NULL)
		return 0;
	*out = arena_copy(a, id, strlen(id), why);
	return *out == NULL ? -1 : 0;
}

int /* NOLINTNEXTLINE(readability-function-size): callers know it so */
primero_read(const struct source_reader *reader, const struct json_node *record,
    size_t number, struct arena *a, struct source_row **rows, size_t *count,
    struct passed_over *passed, struct fault *why)
{
	const struct json_node *one_case = case_of(record);
	const struct json_node *services;
	struct passed_over seen = *passed;
	struct reading in = { .reader = reader,
		.one_case = one_case,
		.number = number };

	*rows = NULL;
	*count = 0;
	services = json_get(one_case, "services_section");
	if (services == NULL && json_get(one_case, "case_id") == NULL &&
	    json_get(one_case, "module_id") == NULL)
		return FAIL(why, FAULT_SOURCE_FORM, "record %zu is not a case",
		    number);
	if (services == NULL || json_is_null(services))
		return 0;
	if (json_kind(services) != JSON_LIST)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "case %zu: services_section is not a list", number);
	if (copy_id(id_of(record, one_case), a, &in.record_id, why) == -1 ||
	    copy_id(json_get(one_case, "case_id"), a, &in.case_id, why) == -1 ||
	    look_over(&in, services, a, &seen, count, why) == -1)
		goto failed;
	if (*count > 0) {
		*rows = arena_take_array(a, *count, sizeof(**rows), why);
		if (*rows == NULL ||
		    take_rows(&in, services, a, *rows, *count, why) == -1)
			goto failed;
	}
	*passed = seen;
	return 0;

failed:
	*rows = NULL;
	*count = 0;
	return -1;
}
