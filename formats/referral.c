#include "formats/referral.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "crypto/digest.h"
#include "formats/consent_inside.h"
#include "formats/json.h"
#include "formats/shape.h"

#define AGE_MAX 150
#define FILES_MAX 64
#define RELEASES_MAX 256
#define CANONICAL_MAX ((size_t)2 * 1024 * 1024)

static const struct shape_word type_words[] = { { "referral", 0 },
	{ NULL, 0 } };
static const struct shape_word priority_words[] = {
	{ "emergency", PRIORITY_EMERGENCY }, { "urgent", PRIORITY_URGENT },
	{ "normal", PRIORITY_NORMAL }, { NULL, 0 }
};
static const struct shape_word system_words[] = { { "primero", ORIGIN_PRIMERO },
	{ "progres", ORIGIN_PROGRES }, { NULL, 0 } };

/* What a revision does not cover. */
static const char *const uncovered[] = { "revision", "removed", "judged",
	NULL };

void
referral_clear(struct referral *r)
{
	*r = (struct referral){ .made_on = DAY_UNKNOWN };
	for (size_t i = 0; i < FIELD_COUNT; i++)
		r->value[i].date = DAY_UNKNOWN;
	consent_clear(&r->consent);
}

const char *
referral_priority_name(enum priority p)
{
	return shape_word(priority_words, (int)p);
}

static bool
has_mark(const char *id)
{
	return id != NULL && strchr(id, '#') != NULL;
}

const char *
referral_make_ref(const struct origin *origin, struct arena *a,
    struct fault *why)
{
	bool primero = origin->system == ORIGIN_PRIMERO;
	const char *first =
	    primero ? origin->case_id : origin->intervention_number;
	const char *second = primero ? origin->service_id : "";
	size_t room;
	char *ref;

	if (first == NULL || second == NULL) {
		fault_set(why, FAULT_SOURCE_FORM, "an id of its origin");
		return NULL;
	}
	/* The service row is found again by what stands behind the mark. */
	if (primero && (has_mark(first) || has_mark(second))) {
		fault_set(why, FAULT_SOURCE_FORM,
		    "an id of its origin has a # in it");
		return NULL;
	}
	room = strlen("primero:#") + strlen(first) + strlen(second) + 1;
	if ((ref = arena_take(a, room, why)) != NULL)
		(void)snprintf(ref, room, "%s:%s%s%s",
		    shape_word(system_words, (int)origin->system), first,
		    primero ? "#" : "", second);
	return ref;
}

static void
read_codes(struct shape_reader *r, const struct json_node *n,
    struct value *value)
{
	struct texts codes = { NULL, 0, false };

	(void)shape_texts(r, n, NULL, REFERRAL_CODES_MAX, &codes);
	value->items = codes.items;
	value->count = codes.count;
}

static bool
is_word(const char *const *words, const char *text)
{
	if (words == NULL)
		return true;
	for (; *words != NULL; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

/* One field's value, of the kind that the catalogue says. */
static void
read_field(struct shape_reader *r, const struct json_node *n, enum field field,
    struct value *value)
{
	const struct field_spec *spec = &fields_all[field];

	value->present = true;
	switch (spec->kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		value->text = shape_text(r, n, spec->kind == FIELD_NOTES);
		if (value->text != NULL && !is_word(spec->words, value->text))
			shape_report(r, SHAPE_WRONG_WORD);
		break;
	case FIELD_CODES:
		read_codes(r, n, value);
		break;
	case FIELD_DATE:
		if (shape_day(r, n, &value->date))
			value->text = shape_text(r, n, false);
		break;
	case FIELD_INTEGER:
		(void)shape_integer(r, n, 0, AGE_MAX, &value->integer);
		break;
	case FIELD_BOOLEAN:
		if (!json_boolean(n, &value->yes))
			shape_report(r, SHAPE_WRONG_KIND);
		break;
	}
}

static const struct json_node *
read_group(struct shape_reader *r, const struct json_node *n, const char *group,
    const char *inner, struct referral *out)
{
	const struct json_node *found = NULL;

	if (json_kind(n) != JSON_OBJECT) {
		shape_report(r, SHAPE_WRONG_KIND);
		return NULL;
	}
	if (json_count(n) == 0)
		shape_report(r, SHAPE_WRONG_COUNT);
	for (const struct json_node *i = json_first(n); i != NULL && !r->failed;
	     i = json_next(i)) {
		const char *name = json_name(i);
		size_t mark;
		enum field field;

		if (inner != NULL && strcmp(name, inner) == 0) {
			found = i;
		} else if (!fields_find_member(group, name, &field)) {
			shape_report_name(r, name);
		} else {
			mark = shape_enter(r, name);
			read_field(r, i, field, &out->value[field]);
			shape_leave(r, mark);
		}
	}
	return found;
}

/* A member of the record that is a group of fields has the group's name. */
static void
take_group(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	(void)read_group(r, n, m->name, NULL, base);
}

/* The caregiver is a group of its own, inside the subject. */
static void
take_subject(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const struct json_node *caregiver =
	    read_group(r, n, m->name, "caregiver", base);
	size_t mark;

	if (caregiver == NULL)
		return;
	mark = shape_enter(r, "caregiver");
	(void)read_group(r, caregiver, "caregiver", NULL, base);
	shape_leave(r, mark);
}

static void
take_service(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const struct referral *out = base;
	size_t mark;

	(void)read_group(r, n, m->name, NULL, base);
	if (json_kind(n) != JSON_OBJECT ||
	    out->value[FIELD_SERVICE_TYPE].present)
		return;
	mark = shape_enter(r, "type");
	shape_report(r, SHAPE_WRONG_MISSING);
	shape_leave(r, mark);
}

static void
take_consent(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct referral *out = base;

	(void)m;
	out->has_consent = true;
	consent_take(r, n, &out->consent);
}

static void
take_hash(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	const char *text = shape_text(r, n, false);
	uint8_t hash[32];

	if (text != NULL &&
	    (strlen(text) != 2 * sizeof(hash) ||
		!digest_unhex(text, hash, sizeof(hash))))
		shape_report(r, SHAPE_WRONG_WORD);
	memcpy((uint8_t *)base + m->at, &text, sizeof(text));
}

static void
take_revision(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	struct referral *out = base;
	const char *text = shape_text(r, n, false);

	(void)m;
	if (text == NULL)
		return;
	if (strlen(text) < sizeof(out->revision))
		memcpy(out->revision, text, strlen(text) + 1);
	else
		shape_report(r, SHAPE_WRONG_WORD);
}

/* clang-format off */
#define IN(type, member) offsetof(struct type, member)
#define MUST SHAPE_REQUIRED
#define END { .name = NULL }
#define TEXT(name_, type, member_, flags_) { .name = (name_), \
	.kind = SHAPE_TEXT, .flags = (flags_), .at = IN(type, member_) }
#define DATE(name_, type, member_, flags_) { .name = (name_), \
	.kind = SHAPE_DATE, .flags = (flags_), .at = IN(type, member_) }
#define WORD(name_, type, member_, words_) { .name = (name_), \
	.kind = SHAPE_WORD, .flags = MUST, .at = IN(type, member_), \
	.words = (words_) }
#define LIST(name_, type, member_, count_, max_, of_) { .name = (name_), \
	.kind = SHAPE_LIST, .at = IN(type, member_), \
	.count_at = IN(type, count_), .max = (max_), .of = &(of_) }
#define TAKE(name_, flags_, take_) { .name = (name_), .kind = SHAPE_TAKE, \
	.flags = (flags_), .take = (take_) }

static const struct shape_member origin_members[] = {
	WORD("system", origin, system, system_words),
	TEXT("record_id", origin, record_id, 0),
	TEXT("case_id", origin, case_id, 0),
	TEXT("service_id", origin, service_id, 0),
	TEXT("intervention_number", origin, intervention_number, 0),
	TEXT("intervention_id", origin, intervention_id, 0),
	TEXT("business_unit", origin, business_unit, 0),
	END
};
static const struct shape origin = { sizeof(struct origin), origin_members };

static const struct shape_member attachment_members[] = {
	{ .name = "sha256", .kind = SHAPE_TAKE, .flags = MUST,
	    .at = IN(attachment, sha256), .take = take_hash },
	TEXT("name", attachment, name, MUST),
	TEXT("kind", attachment, kind, 0),
	TEXT("media_type", attachment, media_type, 0),
	END
};
static const struct shape attachment = {
	sizeof(struct attachment), attachment_members
};

static const struct shape_member judged_members[] = {
	TEXT("rule", judged, rule, MUST),
	TEXT("user", judged, user, MUST),
	{ .name = "reason", .kind = SHAPE_NOTES, .flags = MUST,
	    .at = IN(judged, reason) },
	DATE("on", judged, on, MUST),
	END
};
static const struct shape judged = { sizeof(struct judged), judged_members };

static const struct shape_member referral_members[] = {
	{ .name = "type", .kind = SHAPE_FIXED, .flags = MUST,
	    .words = type_words },
	TEXT("ref", referral, ref, MUST),
	TAKE("revision", MUST, take_revision),
	DATE("made_on", referral, made_on, MUST),
	WORD("priority", referral, priority, priority_words),
	TEXT("purpose", referral, purpose, MUST),
	TEXT("from_agency", referral, from_agency, MUST),
	TEXT("to_agency", referral, to_agency, MUST),
	TEXT("to_user", referral, to_user, 0),
	{ .name = "origin", .kind = SHAPE_OBJECT, .flags = MUST,
	    .at = IN(referral, origin), .of = &origin },
	TAKE("service", MUST, take_service),
	TAKE("subject", 0, take_subject),
	TAKE("sender", 0, take_group),
	LIST("attachments", referral, attachments, attachment_count,
	    FILES_MAX, attachment),
	TAKE("consent", 0, take_consent),
	{ .name = "removed", .kind = SHAPE_TEXTS, .at = IN(referral, removed),
	    .max = REFERRAL_CODES_MAX },
	LIST("judged", referral, judged, judged_count, RELEASES_MAX, judged),
	END
};
static const struct shape whole = { sizeof(struct referral),
	referral_members };
/* clang-format on */

/* The first of what is wrong: of names that are unknown, and of the rest. */
struct first {
	bool unknown;
	bool form;
	char says[160];
};

static void
wrong(void *own, enum shape_wrong what, const char *where)
{
	struct first *first = own;

	if (what == SHAPE_WRONG_NAME) {
		first->unknown = true;
		return;
	}
	if (!first->form)
		(void)snprintf(first->says, sizeof(first->says), "%s %s",
		    where[0] != '\0' ? where : "the record", shape_says(what));
	first->form = true;
}

static void
report_at(struct shape_reader *r, const char *group, const char *member,
    enum shape_wrong what)
{
	size_t mark = shape_enter(r, group);

	if (member != NULL)
		(void)shape_enter(r, member);
	shape_report(r, what);
	shape_leave(r, mark);
}

/*
 * Each system has its own ids: those that make up the ref must be there, and
 * those of the other system must not.  In a ref of Primero a mark parts them,
 * which none of them may have in it.
 */
static void
check_origin(struct shape_reader *r, const struct origin *o)
{
	const struct {
		const char *name;
		const char *text;
		enum origin_system system;
		bool required;
	} ids[] = {
		{ "record_id", o->record_id, ORIGIN_PRIMERO, false },
		{ "case_id", o->case_id, ORIGIN_PRIMERO, true },
		{ "service_id", o->service_id, ORIGIN_PRIMERO, true },
		{ "intervention_number", o->intervention_number, ORIGIN_PROGRES,
		    true },
		{ "intervention_id", o->intervention_id, ORIGIN_PROGRES,
		    false },
		{ "business_unit", o->business_unit, ORIGIN_PROGRES, false },
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (ids[i].system != o->system && ids[i].text != NULL)
			report_at(r, "origin", ids[i].name, SHAPE_WRONG_PLACE);
		else if (ids[i].system == o->system && ids[i].required &&
		    ids[i].text == NULL)
			report_at(r, "origin", ids[i].name,
			    SHAPE_WRONG_MISSING);
		else if (o->system == ORIGIN_PRIMERO && ids[i].required &&
		    has_mark(ids[i].text))
			report_at(r, "origin", ids[i].name, SHAPE_WRONG_WORD);
}

/* The revision of a record, as 64 hex digits. */
static int
revision_of(const struct json_node *n, char out[static REFERRAL_REVISION],
    struct fault *why)
{
	struct bytes canonical;
	uint8_t hash[32];
	int rc;

	bytes_init(&canonical, CANONICAL_MAX);
	if ((rc = json_canonical(n, uncovered, &canonical, why)) == 0) {
		digest_once(DIGEST_BLAKE2B_256, canonical.at, canonical.len,
		    hash);
		digest_hex(hash, sizeof(hash), out);
	}
	bytes_free(&canonical);
	return rc;
}

/* What holds between members: only asked of members that were read well. */
static int
check_whole(struct shape_reader *r, const struct json_node *n,
    const struct referral *out)
{
	char revision[REFERRAL_REVISION] = "";
	const char *ref;

	if ((ref = referral_make_ref(&out->origin, r->arena, r->why)) == NULL)
		return -1;
	if (strcmp(ref, out->ref) != 0)
		report_at(r, "ref", NULL, SHAPE_WRONG_PLACE);
	if (revision_of(n, revision, r->why) != 0)
		return -1;
	if (strcmp(revision, out->revision) != 0)
		report_at(r, "revision", NULL, SHAPE_WRONG_PLACE);
	return 0;
}

int
referral_read(const struct json_node *n, struct arena *a, struct referral *out,
    const char **form, struct fault *why)
{
	struct shape_reader r;
	struct first first = { .unknown = false, .form = false };

	*form = NULL;
	referral_clear(out);
	shape_start(&r, a, wrong, &first, why);
	shape_object(&r, n, &whole, out);
	if (r.failed)
		return -1;
	if (first.unknown)
		/* The name itself is foreign text: it may say anything. */
		return FAIL(why, FAULT_BUNDLE_RECORD,
		    "a referral has a member that this version does not "
		    "know");
	check_origin(&r, &out->origin);
	if (!first.form && check_whole(&r, n, out) != 0)
		return -1;
	if (first.form)
		*form = arena_copy(a, first.says, strlen(first.says), why);
	return first.form && *form == NULL ? -1 : 0;
}

/* What is not said is not written, and an empty text says nothing. */
static void
write_text(struct jsonout *o, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		jsonout_text(o, name, text);
}

static void
write_day(struct jsonout *o, const char *name, day d)
{
	char text[DAY_TEXT];

	day_write(d, text);
	write_text(o, name, text);
}

static void
write_items(struct jsonout *o, const char *name, const char *const *items,
    size_t count)
{
	jsonout_list(o, name);
	for (size_t i = 0; i < count; i++)
		jsonout_text(o, NULL, items[i]);
	jsonout_list_end(o);
}

/* Is there something to write? */
static bool
says(enum field field, const struct value *v)
{
	if (!v->present)
		return false;
	switch (fields_all[field].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		return v->text != NULL && v->text[0] != '\0';
	case FIELD_DATE:
		return v->date != DAY_UNKNOWN;
	case FIELD_CODES:
	case FIELD_INTEGER:
	case FIELD_BOOLEAN:
		break;
	}
	return true;
}

static void
write_field(struct jsonout *o, enum field field, const struct value *v)
{
	const char *name = fields_all[field].member;

	switch (fields_all[field].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		jsonout_text(o, name, v->text);
		break;
	case FIELD_DATE:
		write_day(o, name, v->date);
		break;
	case FIELD_CODES:
		write_items(o, name, v->items, v->count);
		break;
	case FIELD_INTEGER:
		jsonout_integer(o, name, v->integer);
		break;
	case FIELD_BOOLEAN:
		jsonout_boolean(o, name, v->yes);
		break;
	}
}

static bool
group_says(const struct referral *r, const char *group)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strcmp(fields_all[i].group, group) == 0 &&
		    says((enum field)i, &r->value[i]))
			return true;
	return false;
}

static void
write_fields(struct jsonout *o, const struct referral *r, const char *group)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (strcmp(fields_all[i].group, group) == 0 &&
		    says((enum field)i, &r->value[i]))
			write_field(o, (enum field)i, &r->value[i]);
}

static void
write_group(struct jsonout *o, const struct referral *r, const char *group)
{
	if (!group_says(r, group))
		return;
	jsonout_object(o, group);
	write_fields(o, r, group);
	jsonout_object_end(o);
}

static void
write_subject(struct jsonout *o, const struct referral *r)
{
	if (!group_says(r, "subject") && !group_says(r, "caregiver"))
		return;
	jsonout_object(o, "subject");
	write_fields(o, r, "subject");
	write_group(o, r, "caregiver");
	jsonout_object_end(o);
}

static void
write_origin(struct jsonout *o, const struct origin *from)
{
	jsonout_object(o, "origin");
	write_text(o, "system", shape_word(system_words, (int)from->system));
	if (from->system == ORIGIN_PRIMERO) {
		write_text(o, "record_id", from->record_id);
		write_text(o, "case_id", from->case_id);
		write_text(o, "service_id", from->service_id);
	} else {
		write_text(o, "intervention_number", from->intervention_number);
		write_text(o, "intervention_id", from->intervention_id);
		write_text(o, "business_unit", from->business_unit);
	}
	jsonout_object_end(o);
}

static void
write_attachments(struct jsonout *o, const struct referral *r)
{
	if (r->attachments == NULL)
		return;
	jsonout_list(o, "attachments");
	for (size_t i = 0; i < r->attachment_count; i++) {
		const struct attachment *a = &r->attachments[i];

		jsonout_object(o, NULL);
		write_text(o, "sha256", a->sha256);
		write_text(o, "name", a->name);
		write_text(o, "kind", a->kind);
		write_text(o, "media_type", a->media_type);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_judged(struct jsonout *o, const struct referral *r)
{
	if (r->judged == NULL)
		return;
	jsonout_list(o, "judged");
	for (size_t i = 0; i < r->judged_count; i++) {
		const struct judged *j = &r->judged[i];

		jsonout_object(o, NULL);
		write_text(o, "rule", j->rule);
		write_text(o, "user", j->user);
		write_text(o, "reason", j->reason);
		write_day(o, "on", j->on);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

void
referral_write(struct jsonout *o, const char *name, const struct referral *r)
{
	jsonout_object(o, name);
	jsonout_text(o, "type", type_words[0].word);
	write_text(o, "ref", r->ref);
	write_text(o, "revision", r->revision);
	write_day(o, "made_on", r->made_on);
	write_text(o, "priority", referral_priority_name(r->priority));
	write_text(o, "purpose", r->purpose);
	write_text(o, "from_agency", r->from_agency);
	write_text(o, "to_agency", r->to_agency);
	write_text(o, "to_user", r->to_user);
	write_origin(o, &r->origin);
	write_group(o, r, "service");
	write_subject(o, r);
	write_group(o, r, "sender");
	write_attachments(o, r);
	if (r->has_consent)
		consent_write(o, "consent", &r->consent);
	if (r->removed.present)
		write_items(o, "removed", r->removed.items, r->removed.count);
	write_judged(o, r);
	jsonout_object_end(o);
}

int
referral_revise(struct referral *r, struct fault *why)
{
	struct bytes text;
	struct sink *sink = NULL;
	struct json *json = NULL;
	struct jsonout o;
	int rc = -1;

	bytes_init(&text, json_record.bytes);
	if ((sink = bytes_sink_new(&text, why)) == NULL)
		goto done;
	jsonout_start(&o, sink);
	referral_write(&o, NULL, r);
	if (jsonout_end(&o, why) != 0 || sink_finish(sink, why) != 0)
		goto done;
	if (json_read(text.at, text.len, &json_record, &json, why) != 0)
		goto done;
	rc = revision_of(json_root(json), r->revision, why);

done:
	json_free(json);
	sink_free(sink);
	bytes_free(&text);
	return rc;
}
