#include "formats/progres.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/progres_names.h"
#include "formats/progres_notes.h"
#include "formats/source_value.h"

#define NUMBER_MAX 200 /* bytes of an intervention's number */
#define PRIORITY_LINE "Priority in proGres: "
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* One intervention while it is read. */
struct reading {
	const struct source_reader *reader;
	size_t number; /* of the first row, in the file */
	struct progres_names_said said[PROGRES_WHATS];
	struct source_taker t;
};

static bool
is_said(const struct progres_names_said *s)
{
	return s->value != NULL || s->unreadable || s->differs;
}

/* Note for this field what could not be read, or not in one way only. */
static void
note(const struct source_taker *t, enum field f,
    const struct progres_names_said *s)
{
	t->facts->unreadable[f] |= s->unreadable;
	t->facts->differs[f] |= s->differs;
}

/* The text that was said for a field, or part of it; NULL if there is none. */
static int
said_text(const struct source_taker *t, enum field f,
    const struct progres_names_said *s, const char **out, struct fault *why)
{
	note(t, f, s);
	if (source_value_text(t, s->value, false, out, why) == -1)
		return -1;
	t->facts->unreadable[f] |= s->value != NULL && *out == NULL;
	return 0;
}

static int
take(const struct reading *in, enum field f, enum progres_names_what what,
    struct fault *why)
{
	note(&in->t, f, &in->said[what]);
	return source_value_take(&in->t, f, in->said[what].value, why);
}

static int
take_plain(const struct reading *in, struct fault *why)
{
	static const struct {
		enum field field;
		enum progres_names_what what;
	} plain[] = {
		{ FIELD_NAME_FIRST, PROGRES_GIVEN_NAME },
		{ FIELD_NAME_MIDDLE, PROGRES_MIDDLE_NAME },
		{ FIELD_NAME_LAST, PROGRES_FAMILY_NAME },
		{ FIELD_NAME_NICKNAME, PROGRES_COMMON_NAME },
		{ FIELD_DATE_OF_BIRTH, PROGRES_BIRTH },
		{ FIELD_TELEPHONE_CURRENT, PROGRES_PHONE },
		{ FIELD_UNHCR_INDIVIDUAL_NO, PROGRES_INDIVIDUAL },
		{ FIELD_UNHCR_ID_NO, PROGRES_GROUP },
		{ FIELD_SERVICE_TYPE, PROGRES_SERVICE },
		{ FIELD_SERVICE_START_ON, PROGRES_START },
		{ FIELD_OTHER_ID_NO, PROGRES_PRIMERO_ID },
		{ FIELD_SENDER_POSITION, PROGRES_USER_TITLE },
		{ FIELD_SENDER_PHONE, PROGRES_USER_PHONE },
		{ FIELD_SENDER_EMAIL, PROGRES_USER_EMAIL },
	};

	for (size_t i = 0; i < COUNT(plain); i++)
		if (take(in, plain[i].field, plain[i].what, why) == -1)
			return -1;
	return 0;
}

static void
set_text(const struct source_taker *t, enum field f, const char *text)
{
	t->referral->value[f].text = text;
	t->referral->value[f].present = true;
}

/* A text put together here may be longer than any that a bundle carries. */
static void
set_joined(const struct source_taker *t, enum field f, const char *text)
{
	if (strlen(text) > json_record.string)
		t->facts->unreadable[f] = true;
	else
		set_text(t, f, text);
}

/*
 * The code counts.  The label beside it is taken only where there is no code,
 * and where the agreement knows it as another sex, neither is.
 */
static int
take_sex(const struct reading *in, struct fault *why)
{
	const struct progres_names_said *label = &in->said[PROGRES_SEX_NAME];
	struct value *v = &in->t.referral->value[FIELD_SEX];
	const struct map_entry *entry;
	const char *text;
	bool many = false;

	if (!is_said(&in->said[PROGRES_SEX]))
		return take(in, FIELD_SEX, PROGRES_SEX_NAME, why);
	if (take(in, FIELD_SEX, PROGRES_SEX, why) == -1 ||
	    said_text(&in->t, FIELD_SEX, label, &text, why) == -1)
		return -1;
	entry = agreement_from_source(in->t.agreement, MAP_SEX, SYSTEM_PROGRES,
	    text, &many);
	if (v->present && entry != NULL && strcmp(entry->code, v->text) != 0) {
		in->t.facts->differs[FIELD_SEX] = true;
		*v = (struct value){ .present = false };
	}
	return 0;
}

/* Where the child lives: the names of the places, the largest first. */
static int
take_address(const struct reading *in, struct fault *why)
{
	const enum field f = FIELD_ADDRESS_CURRENT;
	const char *place, *address = NULL;
	size_t room;
	char *both;

	for (int what = PROGRES_LEVEL_1; what <= PROGRES_LEVEL_6; what++) {
		if (said_text(&in->t, f, &in->said[what], &place, why) == -1)
			return -1;
		if (place == NULL)
			continue;
		if (address == NULL) {
			address = place;
			continue;
		}
		room = strlen(address) + strlen(", ") + strlen(place) + 1;
		if ((both = arena_take(in->t.arena, room, why)) == NULL)
			return -1;
		(void)snprintf(both, room, "%s, %s", address, place);
		address = both;
	}
	/* Part of an address would look like the whole of it. */
	if (address != NULL && !in->t.facts->unreadable[f] &&
	    !in->t.facts->differs[f])
		set_joined(&in->t, f, address);
	return 0;
}

/* Primero's own number of the case comes back as one of the child's numbers. */
static void
name_other_id(const struct source_taker *t)
{
	if (t->referral->value[FIELD_OTHER_ID_NO].present)
		set_text(t, FIELD_OTHER_ID_TYPE, "primero_case_id");
}

/*
 * Add a code to a list, which has room for one more than may stand in it: a
 * list that came to that is too long (close_list).
 */
static int
add_code(const struct source_taker *t, enum field f, const char *code,
    struct fault *why)
{
	struct value *v = &t->referral->value[f];

	if (v->items == NULL) {
		v->items = arena_take_array(t->arena, REFERRAL_CODES_MAX + 1,
		    sizeof(*v->items), why);
		if (v->items == NULL)
			return -1;
	}
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->items[i], code) == 0)
			return 0;
	if (v->count <= REFERRAL_CODES_MAX)
		v->items[v->count++] = code;
	return 0;
}

/* Part of a list would look like the whole of it. */
static void
close_list(const struct source_taker *t, enum field f)
{
	struct value *v = &t->referral->value[f];

	if (v->count > REFERRAL_CODES_MAX) {
		t->facts->unreadable[f] = true;
		v->count = 0;
	}
	v->present = v->count > 0;
}

static int
take_language(const struct source_taker *t, const struct progres_names_said *s,
    struct fault *why)
{
	const struct map_entry *entry;
	const char *name;
	bool many = false;

	if (said_text(t, FIELD_LANGUAGE, s, &name, why) == -1)
		return -1;
	if (name == NULL)
		return 0;
	entry = agreement_from_source(t->agreement, MAP_LANGUAGES,
	    SYSTEM_PROGRES, name, &many);
	if (entry != NULL)
		return add_code(t, FIELD_LANGUAGE, entry->code, why);
	source_value_unmapped(t->facts, FIELD_LANGUAGE);
	return 0;
}

/* The concern for a need and its detail; *entry is NULL if there is none. */
static int
find_concern(const struct source_taker *t, const char *need, const char *detail,
    const struct map_entry **entry, struct fault *why)
{
	bool many = false;
	size_t room;
	char *both;

	*entry = NULL;
	if (need == NULL)
		return 0;
	if (detail != NULL) {
		room = strlen(need) + strlen("/") + strlen(detail) + 1;
		if ((both = arena_take(t->arena, room, why)) == NULL)
			return -1;
		(void)snprintf(both, room, "%s/%s", need, detail);
		*entry = agreement_from_source(t->agreement, MAP_CONCERNS,
		    SYSTEM_PROGRES, both, &many);
	}
	if (*entry == NULL && !many)
		*entry = agreement_from_source(t->agreement, MAP_CONCERNS,
		    SYSTEM_PROGRES, need, &many);
	return 0;
}

static int
take_need(const struct source_taker *t, const struct progres_names_said *said,
    struct fault *why)
{
	const struct progres_names_said *need = &said[PROGRES_NEED];
	const struct progres_names_said *detail = &said[PROGRES_NEED_DETAIL];
	const enum field f = FIELD_PROTECTION_CONCERNS;
	const struct map_entry *entry;
	const char *needs, *details;

	if (said_text(t, f, need, &needs, why) == -1 ||
	    said_text(t, f, detail, &details, why) == -1)
		return -1;
	/* A need whose detail is in doubt is not the need as a whole. */
	if ((needs == NULL && is_said(need)) ||
	    (details == NULL && is_said(detail)) ||
	    (needs == NULL && details == NULL))
		return 0;
	if (find_concern(t, needs, details, &entry, why) == -1)
		return -1;
	if (entry != NULL)
		return add_code(t, f, entry->code, why);
	source_value_unmapped(t->facts, f);
	return 0;
}

/* What the rows say together; languages and needs are one a row. */
static int
join_rows(struct reading *in, const struct json_node *const *rows, size_t count,
    struct fault *why)
{
	struct progres_names_said said[PROGRES_WHATS];

	for (size_t i = 0; i < count; i++) {
		progres_names_read(rows[i], said);
		for (size_t what = 0; what < PROGRES_WHATS; what++)
			progres_names_add(&in->said[what], &said[what]);
		if (take_language(&in->t, &said[PROGRES_LANGUAGE], why) == -1 ||
		    take_need(&in->t, said, why) == -1)
			return -1;
	}
	close_list(&in->t, FIELD_LANGUAGE);
	close_list(&in->t, FIELD_PROTECTION_CONCERNS);
	return 0;
}

/*
 * Only the labels are known; which code stands for which was never settled, so
 * a code says nothing about how urgent it is and is written below the notes.
 */
static int
take_priority(const struct reading *in, const char **unknown, struct fault *why)
{
	static const struct {
		const char *label;
		enum priority priority;
	} labels[] = {
		{ "Emergency", PRIORITY_EMERGENCY },
		{ "High", PRIORITY_URGENT },
		{ "Medium", PRIORITY_NORMAL },
	};

	*unknown = NULL;
	in->t.referral->priority = PRIORITY_NORMAL;
	if (said_text(&in->t, FIELD_SERVICE_NOTES, &in->said[PROGRES_PRIORITY],
		unknown, why) == -1)
		return -1;
	for (size_t i = 0; *unknown != NULL && i < COUNT(labels); i++)
		if (text_same_loosely(*unknown, labels[i].label)) {
			in->t.referral->priority = labels[i].priority;
			*unknown = NULL;
		}
	return 0;
}

/* What one place says.  Line ends mean nothing in HTML, so it is not tidied. */
static int
add_note(const struct source_taker *t, const struct progres_names_said *s,
    struct progres_notes *notes, struct fault *why)
{
	const enum field f = FIELD_SERVICE_NOTES;
	const char *written = json_text(s->value);
	bool readable = true;

	if (written == NULL && said_text(t, f, s, &written, why) == -1)
		return -1;
	if (written != NULL &&
	    progres_notes_add(notes, written, t->arena, &readable, why) == -1)
		return -1;
	t->facts->unreadable[f] |= !readable;
	return 0;
}

/* Why the child is referred, from all the places where that is written. */
static int
take_notes(const struct reading *in, struct fault *why)
{
	static const enum progres_names_what places[] = { PROGRES_DESCRIPTION,
		PROGRES_REASON, PROGRES_COMMENTS };
	const struct source_taker *t = &in->t;
	struct progres_notes notes = { .count = 0 };
	const char *priority, *text;
	bool altered = false;
	size_t room;
	char *line;

	for (size_t i = 0; i < COUNT(places); i++)
		if (add_note(t, &in->said[places[i]], &notes, why) == -1)
			return -1;
	/* Part of the notes would look like the whole of them. */
	if (t->facts->unreadable[FIELD_SERVICE_NOTES] ||
	    t->facts->differs[FIELD_SERVICE_NOTES])
		notes.count = 0;
	if (take_priority(in, &priority, why) == -1)
		return -1;
	if (priority != NULL) {
		room = strlen(PRIORITY_LINE) + strlen(priority) + 1;
		if ((line = arena_take(t->arena, room, why)) == NULL)
			return -1;
		(void)snprintf(line, room, "%s%s", PRIORITY_LINE, priority);
		progres_notes_last(&notes, line);
	}
	if (progres_notes_join(&notes, t->arena, &text, why) == -1)
		return -1;
	if (text == NULL)
		return 0;
	if ((text = text_tidy(t->arena, text, true, &altered, why)) == NULL)
		return -1;
	t->facts->text_altered |= altered;
	set_joined(t, FIELD_SERVICE_NOTES, text);
	return 0;
}

/*
 * When it was referred: the day of the list's status or of the transfer's; the
 * day the service is to begin says only that it was asked for by then.
 */
static int
take_day(const struct reading *in, struct fault *why)
{
	const enum field f = FIELD_SERVICE_REQUESTED_ON;
	const struct value *asked, *start;

	if (take(in, f,
		is_said(&in->said[PROGRES_STATUS_DATE]) ? PROGRES_STATUS_DATE :
							  PROGRES_TRANSFER_DATE,
		why) == -1)
		return -1;
	asked = &in->t.referral->value[f];
	start = &in->t.referral->value[FIELD_SERVICE_START_ON];
	in->t.referral->made_on = DAY_UNKNOWN;
	if (asked->present)
		in->t.referral->made_on = asked->date;
	else if (!in->t.facts->unreadable[f] && !in->t.facts->differs[f] &&
	    start->present)
		in->t.referral->made_on = start->date;
	if (in->t.referral->made_on == DAY_UNKNOWN)
		in->t.facts->unreadable[f] |= !in->t.facts->differs[f];
	return 0;
}

/*
 * To whom: the one agency the receiver acts for that the agreement lets ours
 * refer to; of several, the one that has this service.  With no flow at all
 * it is the receiver's own, so that P-MATRIX can say what is missing.
 */
static void
take_agencies(const struct reading *in)
{
	const struct source_reader *reader = in->reader;
	const struct agreement *a = reader->agreement;
	const struct party *from = reader->sender->party, *to, *any = NULL;
	const struct party *serving = NULL;
	struct referral *r = in->t.referral;
	const struct value *service = &r->value[FIELD_SERVICE_TYPE];
	const struct flow *flow;
	size_t flows = 0, services = 0;

	for (size_t i = 0; i < a->party_count; i++) {
		to = &a->parties[i];
		if (!agreement_acts_for(reader->receiver, to->id) ||
		    (flow = agreement_flow(a, from, to)) == NULL)
			continue;
		any = to;
		flows++;
		if (!service->present ||
		    !agreement_lists(&flow->services, service->text))
			continue;
		serving = to;
		services++;
	}
	r->from_agency = from->id;
	set_text(&in->t, FIELD_SENDER_AGENCY, from->id);
	if (flows == 0)
		any = reader->receiver->party;
	else if (flows > 1)
		any = services == 1 ? serving : NULL;
	if (any == NULL) {
		source_value_unmapped(in->t.facts, FIELD_SENDER_AGENCY);
		return;
	}
	r->to_agency = any->id;
	/* A flow that names one purpose leaves no choice; else a person says. */
	flow = agreement_flow(a, from, any);
	if (flow != NULL && flow->purposes.count == 1)
		r->purpose = flow->purposes.items[0];
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

/*
 * Like any id, but it is compared and read out, and Primero keeps it in a list
 * separated by commas: nothing stands in it that is not seen.
 */
static const char *
read_number(const struct json_node *n)
{
	const char *number = read_id(n);

	if (number == NULL || strlen(number) > NUMBER_MAX)
		return NULL;
	for (const char *at = number; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || *at == ',')
			return NULL;
	return number;
}

static int
copy_text(const struct source_taker *t, const char *text, const char **out,
    struct fault *why)
{
	*out = NULL;
	if (text == NULL)
		return 0;
	*out = arena_copy(t->arena, text, strlen(text), why);
	return *out == NULL ? -1 : 0;
}

/* Is it an intervention, and one only?  Says why not. */
static int
check_rows(const struct reading *in, struct fault *why)
{
	const struct progres_names_said *number = &in->said[PROGRES_NUMBER];

	if (is_said(&in->said[PROGRES_DECISION]))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu is a decision: give it to satchel answer",
		    in->number);
	if (number->differs)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu has two different intervention numbers",
		    in->number);
	if (!is_said(number))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu has no intervention number", in->number);
	if (read_number(number->value) == NULL)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu has an intervention number that cannot be read",
		    in->number);
	/* What comes of the referral would go to the wrong one of them. */
	if (in->said[PROGRES_ID].differs)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu: one number names two interventions",
		    in->number);
	if (in->said[PROGRES_BUSINESS_UNIT].differs)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "record %zu: one intervention has two business units",
		    in->number);
	return 0;
}

static int
take_origin(const struct reading *in, struct fault *why)
{
	struct referral *r = in->t.referral;
	struct origin *o = &r->origin;

	o->system = ORIGIN_PROGRES;
	if (copy_text(&in->t, read_number(in->said[PROGRES_NUMBER].value),
		&o->intervention_number, why) == -1 ||
	    copy_text(&in->t, read_id(in->said[PROGRES_ID].value),
		&o->intervention_id, why) == -1 ||
	    copy_text(&in->t, read_id(in->said[PROGRES_BUSINESS_UNIT].value),
		&o->business_unit, why) == -1)
		return -1;
	r->ref = referral_make_ref(o, in->t.arena, why);
	return r->ref == NULL ? -1 : 0;
}

/* A name of nothing but asterisks is one that somebody hid. */
static enum answer_given
name_masked(const struct referral *r)
{
	static const enum field names[] = { FIELD_NAME_FIRST, FIELD_NAME_MIDDLE,
		FIELD_NAME_LAST, FIELD_NAME_NICKNAME };

	for (size_t i = 0; i < COUNT(names); i++) {
		const struct value *v = &r->value[names[i]];

		if (v->present && v->text[strspn(v->text, "* ")] == '\0')
			return ANSWER_YES;
	}
	return ANSWER_NO;
}

const char *
progres_number(const struct json_node *record)
{
	struct progres_names_said said[PROGRES_WHATS];

	progres_names_read(record, said);
	return read_number(said[PROGRES_NUMBER].value);
}

int /* NOLINTNEXTLINE(readability-function-size): callers know it so */
progres_read(const struct source_reader *reader,
    const struct json_node *const *rows, size_t count, size_t number,
    struct arena *a, struct source_row *out, struct fault *why)
{
	struct reading in = { .reader = reader, .number = number };

	if (count > PROGRES_ROWS_MAX)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "the intervention of record %zu has more than %d rows",
		    number, PROGRES_ROWS_MAX);
	memset(out, 0, sizeof(*out));
	referral_clear(&out->referral);
	consent_clear(&out->draft);
	in.t = (struct source_taker){ a, reader->agreement, SYSTEM_PROGRES,
		reader->sender->utc_offset_minutes, &out->referral,
		&out->facts };
	if (join_rows(&in, rows, count, why) == -1 ||
	    check_rows(&in, why) == -1 || take_origin(&in, why) == -1 ||
	    take_plain(&in, why) == -1 || take_sex(&in, why) == -1 ||
	    take_address(&in, why) == -1 || take_notes(&in, why) == -1 ||
	    take_day(&in, why) == -1)
		return -1;
	name_other_id(&in.t);
	take_agencies(&in);
	out->facts.name_masked = name_masked(&out->referral);
	return 0;
}
