#include "formats/decision.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/referral.h"
#include "formats/source_value.h"

#define DTP_TAIL 12
#define CODE_DIGITS_MAX 9
#define CODE_WORD_MAX 24
#define CODE_WORD_DIGITS_MAX 4

/* One record while it is read. */
struct reading {
	const struct json_node *record;
	size_t number; /* in the file */
	struct arena *arena;
	struct source_facts scratch; /* of values that are only looked at */
};

/* A word or code of a system, and what it means there; ends with NULL. */
struct meaning {
	const char *code;
	enum decided decided;
};

static const struct meaning ping_codes[] = {
	{ "125080000", DECIDED_ACCEPTED },
	{ "125080001", DECIDED_ACCEPTED },
	{ "125080002", DECIDED_REJECTED },
	{ "125080003", DECIDED_SYNCED },
	{ NULL, DECIDED_UNKNOWN },
};

/* Not PING's: the same code means the opposite there. */
static const struct meaning dtp_codes[] = {
	{ "125080000", DECIDED_ACCEPTED },
	{ "125080001", DECIDED_REJECTED },
	{ "accepted", DECIDED_ACCEPTED },
	{ "rejected", DECIDED_REJECTED },
	{ NULL, DECIDED_UNKNOWN },
};

static const struct meaning service_words[] = {
	{ "pending", DECIDED_PENDING },
	{ "accepted", DECIDED_ACCEPTED },
	{ "rejected", DECIDED_REJECTED },
	{ NULL, DECIDED_UNKNOWN },
};

static const struct meaning transition_words[] = {
	{ "in_progress", DECIDED_PENDING },
	{ "accepted", DECIDED_ACCEPTED },
	{ "rejected", DECIDED_REJECTED },
	{ "done", DECIDED_DONE },
	{ "revoked", DECIDED_REVOKED },
	{ NULL, DECIDED_UNKNOWN },
};

static const struct {
	const char *code;
	const char *words;
} dtp_reasons[] = {
	{ "125080000", "Individual Not Found" },
	{ "125080001", "Individual Not Match UNHCR ID" },
	{ "125080002", "Not applicable" },
};

/* As proGres spells them, and as they would be without the slips. */
static const char *const reason_names[] = {
	"progres_interoperabiltyreferralrejectionreasonname",
	"progres_interoperabilityreferralrejectionreasonname",
	NULL,
};
static const char *const reason_codes[] = {
	"progres_interoperabiltyreferralrejectionreason",
	"progres_interoperabilityreferralrejectionreason",
	NULL,
};
static const char *const reason_comments[] = {
	"progres_interoperabilityreferralrejectionomment",
	"progres_interoperabilityreferralrejectioncomment",
	"progres_interoperabiltyreferralrejectionomment",
	"progres_interoperabiltyreferralrejectioncomment",
	NULL,
};

const char *
decision_name(enum decided d)
{
	static const char *const names[] = {
		[DECIDED_UNKNOWN] = "unknown",
		[DECIDED_PENDING] = "pending",
		[DECIDED_ACCEPTED] = "accepted",
		[DECIDED_REJECTED] = "rejected",
		[DECIDED_DONE] = "done",
		[DECIDED_SYNCED] = "synced",
		[DECIDED_REVOKED] = "revoked",
	};

	return names[d];
}

bool
decision_is_of_service(const char *tail, const char *service_id)
{
	size_t len = strlen(service_id);
	const char *end = service_id;

	if (len > DTP_TAIL)
		end += len - DTP_TAIL;
	/* Never half a character. */
	while (((unsigned char)*end & 0xc0) == 0x80)
		end++;
	return strcmp(end, tail) == 0 || strcmp(service_id, tail) == 0;
}

/* What was written there may be anything, also a name or a telephone. */
static bool
is_code(const char *text, size_t len)
{
	static const char letters_and_marks[] = "abcdefghijklmnopqrstuvwxyz._-";
	static const char digits[] = "0123456789";
	size_t digit_count = 0;

	if (len == 0 || len > CODE_WORD_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (strchr(digits, text[i]) != NULL)
			digit_count++;
		else if (strchr(letters_and_marks, text[i]) == NULL)
			return false;
	}
	return digit_count == len ? len <= CODE_DIGITS_MAX :
				    digit_count <= CODE_WORD_DIGITS_MAX;
}

const char *
decision_code_to_show(const char *code)
{
	static const char between[] = " / ";
	const char *part = code, *end;

	while (part != NULL) {
		end = strstr(part, between);
		if (!is_code(part,
			end == NULL ? strlen(part) : (size_t)(end - part)))
			return NULL;
		part = end == NULL ? NULL : end + strlen(between);
	}
	return code;
}

static bool
has(const struct json_node *n, const char *name)
{
	return !source_value_absent(json_get(n, name));
}

static bool
has_any(const struct json_node *n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (has(n, *names))
			return true;
	return false;
}

/* A text or whole number, tidied; NULL if it is absent or something else. */
static int
take_text(struct reading *in, const struct json_node *n, bool lines,
    const char **out, struct fault *why)
{
	const struct source_taker t = { .arena = in->arena,
		.facts = &in->scratch };

	return source_value_text(&t, n, lines, out, why);
}

/* An id as written; *out is NULL for one that had to be altered. */
static int
take_id(struct reading *in, const struct json_node *n, const char **out,
    struct fault *why)
{
	const char *id = json_text(n);

	*out = NULL;
	if (source_value_absent(n) || id == NULL ||
	    !text_is_clean(id, strlen(id), false) ||
	    !text_is_nfc(id, strlen(id)))
		return 0;
	*out = arena_copy(in->arena, id, strlen(id), why);
	return *out == NULL ? -1 : 0;
}

/*
 * What a word or code means.  One that is in no table, or of a kind that no
 * code has, is unknown: never an acceptance.
 */
static int
take_code(struct reading *in, const struct json_node *n,
    const struct meaning *table, struct decision *d, struct fault *why)
{
	d->decided = DECIDED_UNKNOWN;
	if (take_text(in, n, false, &d->code, why) == -1)
		return -1;
	for (; d->code != NULL && table->code != NULL; table++)
		if (strcmp(table->code, d->code) == 0)
			d->decided = table->decided;
	return 0;
}

/*
 * The day of the decision.  One that is there and no date leaves the decision
 * to a person: of two decisions the later one counts.
 */
static int
take_day(struct reading *in, const struct json_node *n, struct decision *d,
    struct fault *why)
{
	if (source_value_absent(n) || source_value_day(n, 0, &d->decided_on))
		return 0;
	d->decided = DECIDED_UNKNOWN;
	return take_text(in, n, false, &d->code, why);
}

static int
join(struct reading *in, const char *first, const char *between,
    const char *second, const char **out, struct fault *why)
{
	size_t room = strlen(first) + strlen(between) + strlen(second) + 1;
	char *both = arena_take(in->arena, room, why);

	if (both == NULL)
		return -1;
	(void)snprintf(both, room, "%s%s%s", first, between, second);
	*out = both;
	return 0;
}

/* Add to the reason what it does not say yet; text may be NULL. */
static int
add_reason(struct reading *in, const char *text, struct decision *d,
    struct fault *why)
{
	if (text == NULL || *text == '\0' ||
	    (d->reason != NULL && strcmp(d->reason, text) == 0))
		return 0;
	if (d->reason != NULL)
		return join(in, d->reason, ": ", text, &d->reason, why);
	d->reason = text;
	return 0;
}

/* Two that cannot both be: a person is shown what each of them says. */
static int
disagree(struct reading *in, struct decision *d, const struct decision *other,
    struct fault *why)
{
	d->decided = DECIDED_UNKNOWN;
	if (d->code == NULL || other->code == NULL)
		return 0;
	return join(in, d->code, " / ", other->code, &d->code, why);
}

static int
add_reasons(struct reading *in, const char *const *names, struct decision *d,
    struct fault *why)
{
	const char *text;

	for (; *names != NULL; names++)
		if (take_text(in, json_get(in->record, *names), true, &text,
			why) == -1 ||
		    add_reason(in, text, d, why) == -1)
			return -1;
	return 0;
}

/* A code that has no words here still says more than nothing. */
static int
add_dtp_reason(struct reading *in, struct decision *d, struct fault *why)
{
	const char *text;

	for (const char *const *name = reason_codes; *name != NULL; name++) {
		if (take_text(in, json_get(in->record, *name), true, &text,
			why) == -1)
			return -1;
		for (size_t i = 0; text != NULL &&
		     i < sizeof(dtp_reasons) / sizeof(dtp_reasons[0]);
		     i++)
			if (strcmp(dtp_reasons[i].code, text) == 0) {
				text = dtp_reasons[i].words;
				break;
			}
		if (add_reason(in, text, d, why) == -1)
			return -1;
	}
	return 0;
}

/*
 * Two keys can say what was decided.  That it is synchronised says only that
 * it was told here before, so the other one then has the decision; whatever
 * else they disagree about is for a person.
 */
static int
take_ping_code(struct reading *in, struct decision *d, struct fault *why)
{
	static const char status_key[] =
	    "progres_interoperabilityreferralstatus";
	const struct json_node *status = json_get(in->record, status_key);
	const struct json_node *review =
	    json_get(in->record, "progres_reviewdecision");
	struct decision other;

	if (source_value_absent(status))
		status = review;
	if (source_value_absent(status)) {
		d->decided = DECIDED_PENDING;
		return 0;
	}
	if (take_code(in, status, ping_codes, d, why) == -1)
		return -1;
	if (source_value_absent(review))
		return 0;
	other = *d;
	if (take_code(in, review, ping_codes, &other, why) == -1)
		return -1;
	if (d->decided == other.decided || other.decided == DECIDED_SYNCED)
		return 0;
	if (d->decided == DECIDED_SYNCED || other.decided == DECIDED_UNKNOWN)
		*d = other;
	else if (d->decided != DECIDED_UNKNOWN)
		return disagree(in, d, &other, why);
	return 0;
}

/*
 * Why it was rejected is in a code alone, and no table says what PING's codes
 * of that mean: a person looks, and nobody is told a number for a reason.
 */
static int
check_ping_reason(struct reading *in, struct decision *d, struct fault *why)
{
	struct decision other = { .code = d->reason };

	if (d->reason == NULL || has_any(in->record, reason_names) ||
	    has_any(in->record, reason_comments))
		return 0;
	d->reason = NULL;
	if (d->decided != DECIDED_REJECTED)
		return 0;
	return disagree(in, d, &other, why);
}

static int
not_a_decision(const struct reading *in, bool referral, struct fault *why)
{
	if (referral)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu is a referral, not a decision: it is for "
		    "satchel export",
		    in->number);
	return FAIL(why, FAULT_SOURCE_FORM, "record %zu is no decision",
	    in->number);
}

static int
names_none(const struct reading *in, const char *keys, struct fault *why)
{
	return FAIL(why, FAULT_SOURCE_FORM,
	    "record %zu names no referral: it has no readable %s", in->number,
	    keys);
}

static int
read_ping(struct reading *in, struct decision *d, struct fault *why)
{
	static const char *const ours[] = { "progres_orgreferralid",
		"progres_reviewdecision", "progres_interoperabilityreferralid",
		"progres_interoperabilityreferralnumber",
		"progres_interoperabilityreferralstatus", NULL };
	static const char *const of_a_referral[] = {
		"progres_interventionnumber", "progres_interventionname",
		"progres_lpintervention.int.progres_interventionnumber", NULL
	};
	struct origin origin = { .system = ORIGIN_PRIMERO };

	if (!has_any(in->record, ours))
		return not_a_decision(in, has_any(in->record, of_a_referral),
		    why);
	if (take_id(in, json_get(in->record, "progres_offlineid"),
		&origin.case_id, why) == -1 ||
	    take_id(in, json_get(in->record, "progres_orgreferralid"),
		&origin.service_id, why) == -1)
		return -1;
	if (origin.case_id == NULL || origin.service_id == NULL)
		return names_none(in,
		    origin.case_id == NULL ? "progres_offlineid" :
					     "progres_orgreferralid",
		    why);
	/* No ref has a mark in its ids, so no referral is named by one. */
	if (strchr(origin.case_id, '#') != NULL ||
	    strchr(origin.service_id, '#') != NULL)
		return names_none(in, "id without a # in it", why);
	if ((d->ref = referral_make_ref(&origin, in->arena, why)) == NULL ||
	    take_ping_code(in, d, why) == -1 ||
	    add_reasons(in,
		has_any(in->record, reason_names) ? reason_names : reason_codes,
		d, why) == -1 ||
	    add_reasons(in, reason_comments, d, why) == -1 ||
	    check_ping_reason(in, d, why) == -1 ||
	    take_id(in,
		json_get(in->record, "progres_interoperabilityreferralnumber"),
		&d->target_id, why) == -1)
		return -1;
	return take_day(in, json_get(in->record, "progres_reviewdate"), d, why);
}

/*
 * "<case>#<tail>", or the bare case_id that older files have, which says too
 * little to be taken.
 */
static int
split_id(struct reading *in, const char *id, struct decision *d,
    struct fault *why)
{
	const char *mark = strchr(id, '#');

	if (mark == NULL) {
		d->case_id = id;
		return 0;
	}
	if (mark == id || mark[1] == '\0' || strchr(mark + 1, '#') != NULL)
		return names_none(in, "progres_orgreferralid", why);
	d->case_id = arena_copy(in->arena, id, (size_t)(mark - id), why);
	d->service_tail = mark + 1;
	return d->case_id == NULL ? -1 : 0;
}

/*
 * What DTP's other messages are.  They are told apart by their members: the
 * same request_type stands over messages of both directions.
 */
static int
other_dtp_message(const struct reading *in, struct fault *why)
{
	static const char *const to_progres[] = { "status", "closure_reason",
		"primero_user", "request_type", NULL };
	static const char *const of_a_decision[] = { "progres_reviewdecision",
		"progres_interoperabilityreferralid",
		"progres_interoperabilityreferralnumber", NULL };

	if (has_any(in->record, of_a_decision))
		return names_none(in, "progres_orgreferralid", why);
	if (has_any(in->record, to_progres))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu is a message to proGres, not a decision of it",
		    in->number);
	return not_a_decision(in, has(in->record, "progres_interventionnumber"),
	    why);
}

static int
read_dtp(struct reading *in, struct decision *d, struct fault *why)
{
	const struct json_node *code =
	    json_get(in->record, "progres_reviewdecision");
	const char *id;

	if (!has(in->record, "progres_orgreferralid"))
		return other_dtp_message(in, why);
	if (take_id(in, json_get(in->record, "progres_orgreferralid"), &id,
		why) == -1)
		return -1;
	if (id == NULL)
		return names_none(in, "progres_orgreferralid", why);
	if (split_id(in, id, d, why) == -1)
		return -1;
	if (!source_value_absent(code) &&
	    take_code(in, code, dtp_codes, d, why) == -1)
		return -1;
	if (add_dtp_reason(in, d, why) == -1 ||
	    add_reasons(in, reason_comments, d, why) == -1 ||
	    take_id(in,
		json_get(in->record, "progres_interoperabilityreferralnumber"),
		&d->target_id, why) == -1)
		return -1;
	return take_day(in, json_get(in->record, "progres_reviewdate"), d, why);
}

/* "number,intervention id,business unit", of which older rows have one. */
static int
take_ref(struct reading *in, const struct json_node *n, struct decision *d,
    struct fault *why)
{
	struct origin origin = { .system = ORIGIN_PROGRES };
	const char *all, *end;
	char *number;

	if (take_id(in, n, &all, why) == -1)
		return -1;
	if (all == NULL)
		return 0;
	all += strspn(all, " ");
	end = all + strcspn(all, ",");
	while (end > all && end[-1] == ' ')
		end--;
	if (end == all)
		return 0;
	number = arena_copy(in->arena, all, (size_t)(end - all), why);
	if (number == NULL)
		return -1;
	origin.intervention_number = number;
	d->ref = referral_make_ref(&origin, in->arena, why);
	return d->ref == NULL ? -1 : 0;
}

static int
take_service_status(struct reading *in, const struct json_node *row,
    struct decision *d, struct fault *why)
{
	static const char rejection[] = "unhcr_referral_rejection_reason";
	const struct json_node *done = json_get(row, "service_implemented");
	const struct json_node *status = json_get(row, "unhcr_referral_status");
	const char *text;

	if (take_text(in, done, false, &text, why) == -1)
		return -1;
	if (text != NULL && strcmp(text, "implemented") == 0) {
		d->decided = DECIDED_DONE;
		d->code = text;
		return take_day(in,
		    json_get(row, "service_implemented_day_time"), d, why);
	}
	if (!source_value_absent(done) &&
	    (text == NULL || strcmp(text, "not_implemented") != 0)) {
		d->decided = DECIDED_UNKNOWN;
		d->code = text;
		return 0;
	}
	if (!source_value_absent(status) &&
	    take_code(in, status, service_words, d, why) == -1)
		return -1;
	if (d->decided == DECIDED_ACCEPTED || d->decided == DECIDED_PENDING)
		return 0;
	/* A row has no day for this, and the case's own last day is another. */
	if (take_text(in, json_get(row, rejection), true, &text, why) == -1)
		return -1;
	return add_reason(in, text, d, why);
}

/* Did another system ask for this service?  Unknown if it says so unclearly. */
static enum answer_given
is_external(const struct json_node *row)
{
	const struct json_node *tick =
	    json_get(row, "service_request_external");

	if (json_kind(row) != JSON_OBJECT || source_value_absent(tick))
		return ANSWER_NO;
	return source_value_answer(tick);
}

/* The ids of the case in which the services stand. */
struct case_ids {
	const char *record_id;
	const char *case_id;
};

static int
read_service(struct reading *in, const struct json_node *row,
    const struct case_ids *of, struct decision *d, struct fault *why)
{
	*d = (struct decision){ .decided = DECIDED_PENDING,
		.decided_on = DAY_UNKNOWN,
		.target_id = of->case_id };
	if (take_ref(in, json_get(row, "progres_interventionnumber"), d, why) ==
		-1 ||
	    take_id(in, json_get(row, "unique_id"), &d->service_id, why) == -1)
		return -1;
	/* The case alone would not tell: another system can have asked. */
	if (d->ref != NULL || d->service_id != NULL)
		d->record_id = of->record_id;
	if (is_external(row) == ANSWER_UNKNOWN) {
		d->decided = DECIDED_UNKNOWN;
		return take_text(in, json_get(row, "service_request_external"),
		    false, &d->code, why);
	}
	return take_service_status(in, row, d, why);
}

/*
 * Two rows can bear one number, as when a row was made twice.  If they do not
 * say the same, neither is taken for the decision.
 */
static bool
rows_disagree(const struct decision *a, const struct decision *b)
{
	return a->ref != NULL && b->ref != NULL &&
	    strcmp(a->ref, b->ref) == 0 && a->decided != b->decided &&
	    a->decided != DECIDED_PENDING && b->decided != DECIDED_PENDING;
}

static int
compare_rows(struct reading *in, struct decision *d, size_t count,
    struct fault *why)
{
	struct decision before;

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++) {
			if (!rows_disagree(&d[i], &d[k]))
				continue;
			before = d[i];
			if ((d[i].decided != DECIDED_UNKNOWN &&
				disagree(in, &d[i], &d[k], why) == -1) ||
			    (d[k].decided != DECIDED_UNKNOWN &&
				disagree(in, &d[k], &before, why) == -1))
				return -1;
		}
	return 0;
}

/* In an export a case lies under "data", and so does an answer of the API. */
static const struct json_node *
content_of(const struct json_node *record)
{
	const struct json_node *data = json_get(record, "data");

	if (data != NULL && json_kind(data) == JSON_OBJECT &&
	    json_get(record, "case_id") == NULL)
		return data;
	return record;
}

static int
read_case(struct reading *in, const struct json_node *one_case,
    struct decision **out, size_t *count, struct fault *why)
{
	const struct json_node *rows = json_get(one_case, "services_section");
	const struct json_node *id = json_get(in->record, "id");
	struct case_ids of;
	size_t rows_that_count = 0;

	if (source_value_absent(rows))
		return 0;
	if (json_kind(rows) != JSON_LIST)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "the services of case %zu are no list", in->number);
	if (source_value_absent(id))
		id = json_get(one_case, "id");
	if (take_id(in, id, &of.record_id, why) == -1 ||
	    take_id(in, json_get(one_case, "case_id"), &of.case_id, why) == -1)
		return -1;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n))
		rows_that_count += is_external(n) != ANSWER_NO;
	if (rows_that_count > DECISIONS_MAX)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "case %zu has more than %d services from elsewhere",
		    in->number, DECISIONS_MAX);
	if (rows_that_count == 0)
		return 0;
	*out = arena_take_array(in->arena, rows_that_count, sizeof(**out), why);
	if (*out == NULL)
		return -1;
	for (const struct json_node *n = json_first(rows); n != NULL;
	     n = json_next(n))
		if (is_external(n) != ANSWER_NO &&
		    read_service(in, n, &of, &(*out)[(*count)++], why) == -1)
			return -1;
	return compare_rows(in, *out, *count, why);
}

/*
 * An item of Primero's list of referrals, or what it answers when one of them
 * is changed.  Lists hold transfers too, and those of incidents.
 */
static int
read_transition(struct reading *in, struct decision *d, struct fault *why)
{
	const char *type = json_get_text(in->record, "type");
	const char *record_type = json_get_text(in->record, "record_type");

	if ((type != NULL && strcmp(type, "Referral") != 0) ||
	    (record_type != NULL && strcmp(record_type, "case") != 0))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu is no referral of a case", in->number);
	if (take_id(in, json_get(in->record, "service_record_id"),
		&d->service_id, why) == -1 ||
	    take_id(in, json_get(in->record, "record_id"), &d->record_id,
		why) == -1)
		return -1;
	if (d->service_id == NULL && d->record_id == NULL)
		return names_none(in, "service_record_id or record_id", why);
	if (take_code(in, json_get(in->record, "status"), transition_words, d,
		why) == -1)
		return -1;
	if (d->decided == DECIDED_ACCEPTED || d->decided == DECIDED_REJECTED) {
		/* When it was done is not the day of the response. */
		if (take_day(in, json_get(in->record, "responded_at"), d,
			why) == -1)
			return -1;
	}
	if (d->decided == DECIDED_ACCEPTED || d->decided == DECIDED_PENDING)
		return 0;
	return add_reasons(in,
	    (const char *const[]){ "rejected_reason", "rejection_note", NULL },
	    d, why);
}

static int
read_primero(struct reading *in, struct decision **out, size_t *count,
    struct fault *why)
{
	static const char *const of_a_case[] = { "services_section", "case_id",
		"case_id_display", NULL };
	static const char *const of_a_transition[] = { "transitioned_to",
		"transitioned_to_agency", "service_record_id", "record_type",
		NULL };
	const struct json_node *one_case = content_of(in->record);

	if (has_any(one_case, of_a_case))
		return read_case(in, one_case, out, count, why);
	if (!has_any(one_case, of_a_transition))
		return not_a_decision(in, false, why);
	in->record = one_case;
	if ((*out = arena_take(in->arena, sizeof(**out), why)) == NULL)
		return -1;
	**out = (struct decision){ .decided = DECIDED_UNKNOWN,
		.decided_on = DAY_UNKNOWN };
	*count = 1;
	return read_transition(in, *out, why);
}

static int
read_one(struct reading *in,
    int (*read)(struct reading *in, struct decision *d, struct fault *why),
    struct decision **out, size_t *count, struct fault *why)
{
	if ((*out = arena_take(in->arena, sizeof(**out), why)) == NULL)
		return -1;
	**out = (struct decision){ .decided = DECIDED_PENDING,
		.decided_on = DAY_UNKNOWN };
	*count = 1;
	return read(in, *out, why);
}

int /* NOLINTNEXTLINE(readability-function-size): callers know it so */
decision_read(enum format format, const struct json_node *record, size_t number,
    struct arena *a, struct decision **out, size_t *count, struct fault *why)
{
	struct reading in = { .record = record, .number = number, .arena = a };
	int rc = -1;

	*out = NULL;
	*count = 0;
	if (record == NULL || json_kind(record) != JSON_OBJECT)
		return not_a_decision(&in, false, why);
	switch (format) {
	case FORMAT_PING:
		rc = read_one(&in, read_ping, out, count, why);
		break;
	case FORMAT_DTP:
		rc = read_one(&in, read_dtp, out, count, why);
		break;
	case FORMAT_PRIMERO:
		rc = read_primero(&in, out, count, why);
		break;
	case FORMAT_SHEET:
	case FORMAT_NONE:
		rc = FAIL(why, FAULT_SOURCE_FORM,
		    "no decisions can be read from a file of this kind");
		break;
	}
	if (rc == -1) {
		*out = NULL;
		*count = 0;
	}
	return rc;
}
