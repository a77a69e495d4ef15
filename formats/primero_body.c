#include "formats/primero_body.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "formats/primero_spelling.h"
#include "formats/reason_text.h"
#include "formats/target_value.h"

#define CASES_PATH "/api/v2/cases"
#define NUMBER_THERE "Number there: "
#define ID_MAX 128     /* characters of an id that stands in a path */
#define NUMBER_LEAST 4 /* letters and digits of a number that is one */
#define MADE_ON_LABEL "Referral made on: "
#define TEXT_MAX ((size_t)2 * 1024 * 1024)

/* As in a new case; of a known one only the service row is written. */
const enum target_keeps primero_body_keeps[FIELD_COUNT] = {
	[FIELD_NAME_FIRST] = KEEPS_FIELD,
	[FIELD_NAME_MIDDLE] = KEEPS_FIELD,
	[FIELD_NAME_LAST] = KEEPS_FIELD,
	[FIELD_NAME_NICKNAME] = KEEPS_FIELD,
	[FIELD_NAME_OTHER] = KEEPS_FIELD,
	[FIELD_SEX] = KEEPS_FIELD,
	[FIELD_DATE_OF_BIRTH] = KEEPS_FIELD,
	[FIELD_AGE] = KEEPS_FIELD,
	[FIELD_ESTIMATED] = KEEPS_FIELD,
	[FIELD_UNHCR_INDIVIDUAL_NO] = KEEPS_FIELD,
	[FIELD_UNHCR_ID_NO] = KEEPS_FIELD,
	[FIELD_CPIMS_ID] = KEEPS_FIELD,
	[FIELD_NATIONAL_ID_NO] = KEEPS_FIELD,
	[FIELD_OTHER_ID_TYPE] = KEEPS_FIELD,
	[FIELD_OTHER_ID_NO] = KEEPS_FIELD,
	/* Primero gives its cases their numbers itself. */
	[FIELD_CASE_ID_DISPLAY] = KEEPS_TEXT,
	[FIELD_NATIONALITY] = KEEPS_FIELD,
	[FIELD_ETHNICITY] = KEEPS_FIELD,
	[FIELD_LANGUAGE] = KEEPS_FIELD,
	[FIELD_DISABILITY] = KEEPS_FIELD,
	[FIELD_ADDRESS_CURRENT] = KEEPS_FIELD,
	[FIELD_LOCATION_CURRENT] = KEEPS_FIELD,
	[FIELD_TELEPHONE_CURRENT] = KEEPS_FIELD,
	[FIELD_PROTECTION_STATUS] = KEEPS_FIELD,
	[FIELD_PROTECTION_CONCERNS] = KEEPS_FIELD,
	[FIELD_PROTECTION_CONCERNS_OTHER] = KEEPS_FIELD,
	[FIELD_SPECIFIC_NEEDS] = KEEPS_FIELD,
	[FIELD_RISK_LEVEL] = KEEPS_FIELD,
	[FIELD_CAREGIVER_NAME] = KEEPS_FIELD,
	[FIELD_CAREGIVER_NICKNAME] = KEEPS_FIELD,
	[FIELD_CAREGIVER_RELATIONSHIP] = KEEPS_FIELD,
	[FIELD_CAREGIVER_AGE] = KEEPS_FIELD,
	[FIELD_CAREGIVER_SEX] = KEEPS_FIELD,
	[FIELD_CAREGIVER_ADDRESS] = KEEPS_FIELD,
	[FIELD_CAREGIVER_TELEPHONE] = KEEPS_FIELD,
	[FIELD_CAREGIVER_INFORMED] = KEEPS_FIELD,
	[FIELD_CAREGIVER_INFORMED_DETAILS] = KEEPS_FIELD,
	[FIELD_SERVICE_TYPE] = KEEPS_FIELD,
	[FIELD_SERVICE_TYPE_OTHER] = KEEPS_FIELD,
	[FIELD_SERVICE_NOTES] = KEEPS_TEXT, /* with the lines below them */
	[FIELD_SERVICE_REQUESTED_ON] = KEEPS_FIELD,
	[FIELD_SERVICE_START_ON] = KEEPS_FIELD,
	[FIELD_SERVICE_TIMEFRAME] = KEEPS_FIELD,
	[FIELD_SERVICE_LOCATION] = KEEPS_FIELD,
	[FIELD_SENDER_USER] = KEEPS_TEXT,
	[FIELD_SENDER_FULL_NAME] = KEEPS_TEXT,
	[FIELD_SENDER_POSITION] = KEEPS_FIELD,
	[FIELD_SENDER_EMAIL] = KEEPS_FIELD,
	[FIELD_SENDER_PHONE] = KEEPS_FIELD,
	[FIELD_SENDER_AGENCY] = KEEPS_TEXT,
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What is found out before anything is written. */
struct body {
	const struct agreement *agreement;
	const struct referral *referral;
	const char *known_record; /* NULL: a new case */
	const char *assigned_to;  /* NULL: nobody yet */
	const char *from, *to;	  /* agencies as this Primero calls them */
	char case_id[RANDOM_UUID];
	struct bytes path;
	struct bytes notes;
	struct bytes number; /* of the intervention, in its three parts */
};

const char *
primero_body_number(const struct referral *r)
{
	static const char digits[] = "0123456789";
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	const char *number = target_value_text(r, FIELD_UNHCR_INDIVIDUAL_NO);
	size_t count = 0;
	bool digit = false;

	for (const char *c = number; c != NULL && *c != '\0'; c++) {
		bool is_digit = strchr(digits, *c) != NULL;

		digit |= is_digit;
		count += is_digit || strchr(letters, *c) != NULL;
	}
	return digit && count >= NUMBER_LEAST ? number : NULL;
}

/* A label of its own for each use, under which the name is hashed. */
void
primero_body_case_id(const struct agreement *a, const struct referral *r,
    char out[static RANDOM_UUID])
{
	const char *number = primero_body_number(r);
	char space[RANDOM_UUID];

	random_named_uuid(number != NULL ? "satchel primero case by number" :
					   "satchel primero case by ref",
	    a->id, space);
	random_named_uuid(space, number != NULL ? number : r->ref, out);
}

void
primero_body_service_id(const char *ref, char out[static RANDOM_UUID])
{
	random_named_uuid("satchel primero service", ref, out);
}

/*
 * The path of a case.  An id of other characters than Primero's ids have could
 * make the path lead somewhere else.
 */
static int
add_case_path(struct bytes *path, const char *id, struct fault *why)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = strlen(id);

	if (len == 0 || len > ID_MAX || strspn(id, fine) != len)
		return FAIL(why, FAULT_TARGET,
		    "the id of the Primero case is none that a path can have");
	if (bytes_add_text(path, CASES_PATH "/", why) == -1)
		return -1;
	return bytes_add_text(path, id, why);
}

/* The code as this Primero has it; check_codes has seen that there is one. */
static const char *
code_there(const struct body *b, enum field f, const char *code)
{
	struct fault none;
	const char *there = NULL;

	if (fields_all[f].map == MAP_NONE)
		return code;
	(void)target_value_code(b->agreement, SYSTEM_PRIMERO, f, code, &there,
	    &none);
	return there;
}

static int
check_code(const struct body *b, enum field f, const char *code,
    struct fault *why)
{
	const char *there;

	return target_value_code(b->agreement, SYSTEM_PRIMERO, f, code, &there,
	    why);
}

/* A code that has no translation stops the referral. */
static int
check_codes(const struct body *b, const struct primero_spelling_list *list,
    struct fault *why)
{
	const struct value *v;
	enum field f;

	for (size_t i = 0; i < list->count; i++) {
		f = list->items[i].field;
		v = &b->referral->value[f];
		if (!v->present || fields_all[f].map == MAP_NONE)
			continue;
		if (fields_all[f].kind == FIELD_CODE &&
		    check_code(b, f, v->text, why) == -1)
			return -1;
		for (size_t k = 0;
		     fields_all[f].kind == FIELD_CODES && k < v->count; k++)
			if (check_code(b, f, v->items[k], why) == -1)
				return -1;
	}
	return 0;
}

static int
find_agency(const struct body *b, const char *name, const char *party,
    const char **out, struct fault *why)
{
	const struct map_entry *e = party == NULL ?
	    NULL :
	    agreement_code(b->agreement, MAP_AGENCIES, party);

	*out = e == NULL ? NULL : agreement_to_target(e, SYSTEM_PRIMERO);
	if (*out == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "%s: the agreement has no primero value for it", name);
	return 0;
}

/* Commas stand between the parts: with one inside, it names another. */
static int
add_part(struct bytes *to, const char *part, struct fault *why)
{
	if (strchr(part, ',') != NULL)
		return FAIL(why, FAULT_TARGET,
		    "a part of the intervention number has a comma in it");
	if (to->len > 0 && bytes_add_text(to, ",", why) == -1)
		return -1;
	return bytes_add_text(to, part, why);
}

/* What the answer will need on its way back; two parts would be misread. */
static int
find_number(struct body *b, struct fault *why)
{
	const struct origin *from = &b->referral->origin;

	if (add_part(&b->number, from->intervention_number, why) == -1)
		return -1;
	if (from->intervention_id == NULL || from->business_unit == NULL)
		return 0;
	if (add_part(&b->number, from->intervention_id, why) == -1)
		return -1;
	return add_part(&b->number, from->business_unit, why);
}

/* Does this Primero have one value for a code of this field and another? */
static bool
is_blurred(const struct body *b, enum field f)
{
	const struct value *v = &b->referral->value[f];
	bool list = fields_all[f].kind == FIELD_CODES;
	const char *code, *there;

	if (!v->present || fields_all[f].map == MAP_NONE)
		return false;
	for (size_t i = 0; i < (list ? v->count : 1); i++) {
		code = list ? v->items[i] : v->text;
		there = code_there(b, f, code);
		if (there != NULL &&
		    target_value_shared(b->agreement, SYSTEM_PRIMERO, f, code,
			there))
			return true;
	}
	return false;
}

/* The row's own day is the one on which the service was asked for. */
static int
add_made_on(struct body *b, struct fault *why)
{
	const struct value *asked =
	    &b->referral->value[FIELD_SERVICE_REQUESTED_ON];
	char on[DAY_TEXT];

	if (b->referral->made_on == DAY_UNKNOWN ||
	    (asked->present && asked->date == b->referral->made_on))
		return 0;
	day_write(b->referral->made_on, on);
	if (bytes_add_text(&b->notes, "\n" MADE_ON_LABEL, why) == -1)
		return -1;
	return bytes_add_text(&b->notes, on, why);
}

static int
write_notes(struct body *b, struct fault *why)
{
	struct reason_text_order order = { .agreement = b->agreement,
		.referral = b->referral,
		.system = SYSTEM_PRIMERO,
		.keeps = primero_body_keeps };

	/* The child's own particulars stay as the known case has them. */
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		order.blurred[f] = is_blurred(b, (enum field)f);
		order.apart[f] = b->known_record != NULL &&
		    strcmp(fields_all[f].group, "service") != 0 &&
		    strcmp(fields_all[f].group, "sender") != 0;
	}
	if (reason_text_write(&order, &b->notes, why) == -1)
		return -1;
	return add_made_on(b, why);
}

/* Can this referral, under this agreement, go into a Primero at all? */
static int
check_order(const struct agreement *a, const struct referral *r,
    struct fault *why)
{
	if (r->origin.system != ORIGIN_PROGRES)
		return FAIL(why, FAULT_TARGET,
		    "only a referral from proGres goes into Primero");
	if (r->ref == NULL || r->origin.intervention_number == NULL ||
	    *r->origin.intervention_number == '\0')
		return FAIL(why, FAULT_TARGET,
		    "the referral came without its intervention number");
	if (!a->has_primero || a->primero.module_id == NULL ||
	    a->primero.intake_user == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "the agreement lacks identifiers in systems.primero");
	if (target_value_text(r, FIELD_SERVICE_TYPE) == NULL)
		return FAIL(why, FAULT_TARGET, "service.type is missing");
	return 0;
}

/* Everything that can be missing is found out here, before any byte goes. */
static int
prepare(struct body *b, struct fault *why)
{
	const struct referral *r = b->referral;

	if (check_order(b->agreement, r, why) == -1 ||
	    check_codes(b, &primero_spelling_service, why) == -1 ||
	    find_agency(b, "from_agency", r->from_agency, &b->from, why) ==
		-1 ||
	    find_agency(b, "to_agency", r->to_agency, &b->to, why) == -1 ||
	    find_number(b, why) == -1 || write_notes(b, why) == -1)
		return -1;
	if (b->known_record != NULL)
		return add_case_path(&b->path, b->known_record, why);
	primero_body_case_id(b->agreement, r, b->case_id);
	if (check_codes(b, &primero_spelling_child, why) == -1 ||
	    check_codes(b, &primero_spelling_caregiver, why) == -1)
		return -1;
	return bytes_add_text(&b->path, CASES_PATH, why);
}

static void
write_items(struct jsonout *o, const struct body *b,
    const struct primero_spelling *m)
{
	const struct value *v = &b->referral->value[m->field];

	jsonout_list(o, m->name);
	for (size_t i = 0; i < v->count; i++)
		jsonout_text(o, NULL, code_there(b, m->field, v->items[i]));
	jsonout_list_end(o);
}

/*
 * Primero takes a tick as a truth value only, and the choice between yes and
 * no as the word that is in its list.
 */
static void
write_boolean(struct jsonout *o, const struct primero_spelling *m, bool yes)
{
	if (m->field == FIELD_CAREGIVER_INFORMED)
		jsonout_text(o, m->name, yes ? "true" : "false");
	else
		jsonout_boolean(o, m->name, yes);
}

static void
write_member(struct jsonout *o, const struct body *b,
    const struct primero_spelling *m)
{
	const struct value *v = &b->referral->value[m->field];
	char date[DAY_TEXT];

	if (!v->present)
		return;
	switch (fields_all[m->field].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
		target_value_write(o, m->name, v->text);
		break;
	case FIELD_CODE:
		target_value_write(o, m->name,
		    code_there(b, m->field, v->text));
		break;
	case FIELD_CODES:
		write_items(o, b, m);
		break;
	case FIELD_DATE:
		day_write(v->date, date);
		target_value_write(o, m->name, date);
		break;
	case FIELD_INTEGER:
		jsonout_integer(o, m->name, v->integer);
		break;
	case FIELD_BOOLEAN:
		write_boolean(o, m, v->yes);
		break;
	}
}

static void
write_members(struct jsonout *o, const struct body *b,
    const struct primero_spelling_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (primero_body_keeps[list->items[i].field] == KEEPS_FIELD)
			write_member(o, b, &list->items[i]);
}

/* The one row that the referral form shows; none if nothing is known. */
static void
write_caregiver(struct jsonout *o, const struct body *b)
{
	char id[RANDOM_UUID];
	bool any = false;

	for (size_t i = 0; i < primero_spelling_caregiver.count; i++)
		any |= b->referral
			   ->value[primero_spelling_caregiver.items[i].field]
			   .present;
	if (!any)
		return;
	random_named_uuid("satchel primero caregiver", b->referral->ref, id);
	jsonout_list(o, "care_arrangements_section");
	jsonout_object(o, NULL);
	jsonout_text(o, "unique_id", id);
	jsonout_boolean(o, "care_arrangements_include_referral_form", true);
	write_members(o, b, &primero_spelling_caregiver);
	jsonout_object_end(o);
	jsonout_list_end(o);
}

static void
write_service(struct jsonout *o, const struct body *b)
{
	char id[RANDOM_UUID];

	primero_body_service_id(b->referral->ref, id);
	jsonout_list(o, "services_section");
	jsonout_object(o, NULL);
	jsonout_text(o, "unique_id", id);
	jsonout_text(o, "service_response_type", "service_provision");
	jsonout_text(o, "service_referral", "external_referral");
	jsonout_boolean(o, "service_request_external", true);
	jsonout_text(o, "service_request_agency", b->from);
	jsonout_text(o, "service_implementing_agency", b->to);
	/* Of the service alone: whose case it is stays as it is. */
	jsonout_text_if(o, "service_implementing_agency_individual",
	    b->assigned_to);
	jsonout_text(o, "progres_interventionnumber",
	    (const char *)b->number.at);
	write_members(o, b, &primero_spelling_service);
	write_members(o, b, &primero_spelling_requester);
	jsonout_text(o, "service_referral_notes", (const char *)b->notes.at);
	jsonout_object_end(o);
	jsonout_list_end(o);
}

/* The intake user finds the new case and gives it to whom it concerns. */
static void
write_case(struct jsonout *o, const struct body *b)
{
	jsonout_text(o, "id", b->case_id);
	jsonout_text(o, "module_id", b->agreement->primero.module_id);
	jsonout_text(o, "owned_by", b->agreement->primero.intake_user);
	jsonout_text(o, "status", "open");
	write_members(o, b, &primero_spelling_child);
	write_caregiver(o, b);
}

static void
start_request(struct jsonout *o, const char *method, const struct bytes *path,
    struct sink *to)
{
	jsonout_start(o, to);
	jsonout_object(o, NULL);
	jsonout_text(o, "method", method);
	jsonout_text(o, "path", (const char *)path->at);
	jsonout_object(o, "body");
	jsonout_object(o, "data");
}

static int
end_request(struct jsonout *o, struct fault *why)
{
	jsonout_object_end(o);
	jsonout_object_end(o);
	jsonout_object_end(o);
	return jsonout_end(o, why);
}

int
primero_body_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why)
{
	struct body b = { .agreement = t->agreement,
		.referral = t->referral,
		.known_record = t->known_record,
		.assigned_to = t->assigned_to };
	struct jsonout o;
	int rc = -1;

	bytes_init(&b.path, TEXT_MAX);
	bytes_init(&b.notes, REASON_TEXT_MAX);
	bytes_init(&b.number, TEXT_MAX);
	if (prepare(&b, why) == -1)
		goto done;
	start_request(&o, b.known_record == NULL ? "POST" : "PATCH", &b.path,
	    to);
	if (b.known_record == NULL)
		write_case(&o, &b);
	write_service(&o, &b);
	rc = end_request(&o, why);

done:
	bytes_free(&b.path);
	bytes_free(&b.notes);
	bytes_free(&b.number);
	return rc;
}

static const char *
decision_words(const char *decision)
{
	static const char *const words[][2] = {
		{ "accepted", "Accepted" },
		{ "rejected", "Not accepted" },
		{ "done", "Done" },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i][0], decision) == 0)
			return words[i][1];
	return NULL;
}

static int
add_after(struct bytes *to, const char *before, const char *text,
    struct fault *why)
{
	if (text == NULL || *text == '\0')
		return 0;
	if (bytes_add_text(to, before, why) == -1)
		return -1;
	return bytes_add_text(to, text, why);
}

/* "Not accepted on 2026-11-20: the reason", and the number on a line below. */
static int
write_decision(const struct answer *answer, struct bytes *note,
    struct fault *why)
{
	const char *words = decision_words(answer->decision);
	const char *reason = answer->reason;
	char on[DAY_TEXT];

	if (words == NULL)
		return FAIL(why, FAULT_TARGET,
		    "the decision is none that Primero can be told");
	day_write(answer->decided_on, on);
	if (add_after(note, "", words, why) == -1 ||
	    add_after(note, " on ", on, why) == -1 ||
	    add_after(note, ": ", reason, why) == -1)
		return -1;
	return add_after(note,
	    reason == NULL || *reason == '\0' ? ". " NUMBER_THERE :
						"\n" NUMBER_THERE,
	    answer->target_id, why);
}

static void
write_answer_row(struct jsonout *o, const struct target_answer *t,
    const struct bytes *note)
{
	char on[DAY_TEXT];

	day_write(t->answer->decided_on, on);
	jsonout_list(o, "services_section");
	jsonout_object(o, NULL);
	jsonout_text(o, "unique_id", t->origin->service_id);
	jsonout_text(o, "note_on_referral_from_provider",
	    (const char *)note->at);
	if (strcmp(t->answer->decision, "done") == 0) {
		jsonout_text(o, "service_implemented", "implemented");
		target_value_write(o, "service_implemented_day_time", on);
	}
	jsonout_object_end(o);
	jsonout_list_end(o);
}

int
primero_body_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why)
{
	const struct origin *origin = t->origin;
	struct bytes note, path;
	struct jsonout o;
	int rc = -1;

	bytes_init(&note, TEXT_MAX);
	bytes_init(&path, TEXT_MAX);
	if (origin->system != ORIGIN_PRIMERO) {
		(void)FAIL(why, FAULT_TARGET,
		    "only a referral from Primero is answered there");
		goto done;
	}
	if (origin->record_id == NULL || origin->service_id == NULL) {
		(void)FAIL(why, FAULT_TARGET,
		    "the referral came without its %s",
		    origin->record_id == NULL ? "record_id" : "service_id");
		goto done;
	}
	if (add_case_path(&path, origin->record_id, why) == -1 ||
	    write_decision(t->answer, &note, why) == -1)
		goto done;
	start_request(&o, "PATCH", &path, to);
	write_answer_row(&o, t, &note);
	rc = end_request(&o, why);

done:
	bytes_free(&note);
	bytes_free(&path);
	return rc;
}
