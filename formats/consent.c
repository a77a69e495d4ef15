#include "formats/consent.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/jsonout.h"
#include "base/text.h"
#include "formats/consent_inside.h"
#include "formats/json.h"
#include "formats/shape.h"

#define ITEMS_MAX 64   /* of one list of texts */
#define EVENTS_MAX 256 /* of givers or events */
#define AGE_MAX 150
#define UUID_LEN 36

static const struct shape_word form_words[] = { { "consent/1", 0 },
	{ NULL, 0 } };
static const struct shape_word status_words[] = { { "given", CONSENT_GIVEN },
	{ "refused", CONSENT_REFUSED }, { "withdrawn", CONSENT_WITHDRAWN },
	{ "expired", CONSENT_EXPIRED }, { "not_asked", CONSENT_NOT_ASKED },
	{ "unknown", CONSENT_UNKNOWN }, { NULL, 0 } };
static const struct shape_word kind_words[] = {
	{ "consent", CONSENT_KIND_CONSENT }, { "assent", CONSENT_KIND_ASSENT },
	{ "both", CONSENT_KIND_BOTH }, { NULL, 0 }
};
static const struct shape_word role_words[] = { { "child", CONSENT_BY_CHILD },
	{ "caregiver", CONSENT_BY_CAREGIVER },
	{ "guardian", CONSENT_BY_GUARDIAN }, { "other", CONSENT_BY_OTHER },
	{ NULL, 0 } };
static const struct shape_word method_words[] = {
	{ "written", CONSENT_WRITTEN }, { "thumbprint", CONSENT_THUMBPRINT },
	{ "verbal_witnessed", CONSENT_VERBAL_WITNESSED },
	{ "attested_in_source", CONSENT_ATTESTED }, { NULL, 0 }
};
static const struct shape_word event_words[] = { { "given",
						     CONSENT_EVENT_GIVEN },
	{ "confirmed", CONSENT_EVENT_CONFIRMED },
	{ "narrowed", CONSENT_EVENT_NARROWED },
	{ "withdrawn", CONSENT_EVENT_WITHDRAWN }, { NULL, 0 } };
static const struct shape_word category_words[] = { { "identity", 0 },
	{ "contact", 0 }, { "family", 0 }, { "needs", 0 }, { "health", 0 },
	{ NULL, 0 } };

static void
take_record_id(struct shape_reader *r, const struct json_node *n,
    const struct shape_member *m, void *base)
{
	static const char digits[] = "0123456789abcdef";
	struct consent *c = base;
	const char *text = shape_text(r, n, false);
	bool good = text != NULL && strlen(text) == UUID_LEN;

	(void)m;
	for (size_t i = 0; good && i < UUID_LEN; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23)
			good = text[i] == '-';
		else
			good = strchr(digits, text[i]) != NULL;
	if (good)
		c->record_id = text;
	else if (text != NULL)
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
#define ANSWER(name_, type, member_) { .name = (name_), \
	.kind = SHAPE_ANSWER, .at = IN(type, member_) }
#define WORD(name_, type, member_, flags_, words_) { .name = (name_), \
	.kind = SHAPE_WORD, .flags = (flags_), .at = IN(type, member_), \
	.words = (words_) }
#define TEXTS(name_, type, member_, words_) { .name = (name_), \
	.kind = SHAPE_TEXTS, .at = IN(type, member_), .max = ITEMS_MAX, \
	.words = (words_) }
#define LIST(name_, type, member_, count_, of_) { .name = (name_), \
	.kind = SHAPE_LIST, .at = IN(type, member_), \
	.count_at = IN(type, count_), .max = EVENTS_MAX, .of = &(of_) }
#define PART(name_, flags_, at_, of_) { .name = (name_), \
	.kind = SHAPE_OBJECT, .flags = (flags_), .at = (at_), .of = &(of_) }

static const struct shape_member giver_members[] = {
	WORD("role", consent_giver, role, MUST, role_words),
	TEXT("relation", consent_giver, relation, 0),
	DATE("on", consent_giver, on, 0),
	END
};
static const struct shape giver = {
	sizeof(struct consent_giver), giver_members
};

static const struct shape_member taken_by_members[] = {
	TEXT("agency", consent, taken_by_agency, 0),
	TEXT("role", consent, taken_by_role, 0),
	END
};
static const struct shape taken_by = {
	sizeof(struct consent), taken_by_members
};

static const struct shape_member attested_by_members[] = {
	TEXT("user", consent, attested_by_user, MUST),
	DATE("on", consent, attested_on, MUST),
	END
};
static const struct shape attested_by = {
	sizeof(struct consent), attested_by_members
};

static const struct shape_member withheld_members[] = {
	{ .name = "any", .kind = SHAPE_BOOLEAN, .flags = MUST,
	    .at = IN(consent, withheld_any) },
	TEXT("reviewed_by", consent, withheld_reviewed_by, 0),
	TEXTS("fields_removed", consent, withheld_removed, NULL),
	END
};
static const struct shape withheld = {
	sizeof(struct consent), withheld_members
};

static const struct shape_member event_members[] = {
	WORD("type", consent_event, type, MUST, event_words),
	DATE("on", consent_event, on, MUST),
	TEXT("by_role", consent_event, by_role, 0),
	END
};
static const struct shape event = {
	sizeof(struct consent_event), event_members
};

/* What is missing here is for rule C-OVR to say. */
static const struct shape_member override_members[] = {
	TEXT("reason_code", consent_override, reason_code, 0),
	{ .name = "reason", .kind = SHAPE_NOTES,
	    .at = IN(consent_override, reason) },
	TEXT("authoriser_name", consent_override, authoriser_name, 0),
	TEXT("authoriser_role", consent_override, authoriser_role, 0),
	DATE("on", consent_override, on, 0),
	END
};
static const struct shape override = {
	sizeof(struct consent_override), override_members
};

static const struct shape_member source_members[] = {
	ANSWER("unhcr_export_opt_in", consent_source, unhcr_export_opt_in),
	ANSWER("disclosure_other_orgs", consent_source,
	    disclosure_other_orgs),
	ANSWER("consent_for_services", consent_source, consent_for_services),
	TEXTS("consent_info_sharing", consent_source, consent_info_sharing,
	    NULL),
	END
};
static const struct shape source = {
	sizeof(struct consent_source), source_members
};

static const struct shape_member consent_members[] = {
	{ .name = "satchel", .kind = SHAPE_FIXED, .flags = MUST,
	    .words = form_words },
	{ .name = "record_id", .kind = SHAPE_TAKE, .flags = MUST,
	    .take = take_record_id },
	TEXT("subject_ref", consent, subject_ref, MUST),
	WORD("status", consent, status, MUST, status_words),
	WORD("kind", consent, kind, 0, kind_words),
	TEXT("basis", consent, basis, 0),
	LIST("given_by", consent, given_by, given_by_count, giver),
	{ .name = "age_at_consent", .kind = SHAPE_INTEGER,
	    .at = IN(consent, age_at_consent), .max = AGE_MAX },
	ANSWER("age_estimated", consent, age_estimated),
	PART("taken_by", SHAPE_FILLED, 0, taken_by),
	WORD("method", consent, method, 0, method_words),
	PART("attested_by", 0, 0, attested_by),
	TEXT("language", consent, language, 0),
	TEXT("notice_version", consent, notice_version, 0),
	TEXT("purpose", consent, purpose, 0),
	TEXTS("recipients", consent, recipients, NULL),
	TEXTS("services", consent, services, NULL),
	TEXTS("info_categories", consent, info_categories, category_words),
	PART("withheld", 0, 0, withheld),
	DATE("given_on", consent, given_on, 0),
	DATE("expires_on", consent, expires_on, 0),
	TEXT("withdrawal_method", consent, withdrawal_method, 0),
	LIST("events", consent, events, event_count, event),
	PART("override", 0, IN(consent, override), override),
	PART("source_fields", 0, IN(consent, source), source),
	END
};
static const struct shape whole = { sizeof(struct consent), consent_members };
/* clang-format on */

void
consent_clear(struct consent *c)
{
	*c = (struct consent){
		.status = CONSENT_UNKNOWN,
		.age_at_consent = -1,
		.attested_on = DAY_UNKNOWN,
		.given_on = DAY_UNKNOWN,
		.expires_on = DAY_UNKNOWN,
		.override = { .on = DAY_UNKNOWN },
	};
}

bool
consent_taken_back(const struct consent *c)
{
	for (size_t i = 0; i < c->event_count; i++)
		if (c->events[i].type == CONSENT_EVENT_WITHDRAWN &&
		    (c->events[i].on == DAY_UNKNOWN ||
			c->given_on == DAY_UNKNOWN ||
			c->events[i].on >= c->given_on))
			return true;
	return false;
}

bool
consent_word_read(enum consent_words list, const char *word, int *out)
{
	static const struct shape_word *const lists[] = {
		[CONSENT_WORDS_STATUS] = status_words,
		[CONSENT_WORDS_KIND] = kind_words,
		[CONSENT_WORDS_ROLE] = role_words,
		[CONSENT_WORDS_METHOD] = method_words,
		[CONSENT_WORDS_CATEGORY] = category_words,
	};

	for (const struct shape_word *w = lists[list]; w->word != NULL; w++)
		if (strcmp(w->word, word) == 0) {
			*out = w->value;
			return true;
		}
	return false;
}

void
consent_take(struct shape_reader *r, const struct json_node *n,
    struct consent *out)
{
	bool attested = json_get(n, "attested_by") != NULL;
	size_t mark;

	consent_clear(out);
	shape_object(r, n, &whole, out);
	out->withheld_said = json_get(n, "withheld") != NULL;
	out->override.present = json_get(n, "override") != NULL;
	out->source.present = json_get(n, "source_fields") != NULL;
	mark = shape_enter(r, "attested_by");
	if (out->method == CONSENT_ATTESTED && !attested)
		shape_report(r, SHAPE_WRONG_MISSING);
	else if (out->method != CONSENT_ATTESTED && attested)
		shape_report(r, SHAPE_WRONG_PLACE);
	shape_leave(r, mark);
}

/* The first thing that is wrong. */
struct first {
	bool any;
	char says[128];
};

static void
wrong(void *own, enum shape_wrong what, const char *where)
{
	struct first *first = own;

	if (!first->any)
		(void)snprintf(first->says, sizeof(first->says), "%s %s",
		    where[0] != '\0' ? where : "the record", shape_says(what));
	first->any = true;
}

int
consent_read(const struct json_node *n, struct arena *a, struct consent *out,
    int form, struct fault *why)
{
	struct shape_reader r;
	struct first first = { false, "" };

	shape_start(&r, a, wrong, &first, why);
	consent_take(&r, n, out);
	if (r.failed)
		return -1;
	if (first.any)
		return FAIL(why, (enum fault_id)form, "%s", first.says);
	if (text_has_unseen(out->subject_ref))
		return FAIL(why, (enum fault_id)form,
		    "subject_ref has a character in it that cannot be seen: "
		    "write the number again");
	return 0;
}

/* An empty text says nothing. */
static bool
said(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static void
write_text(struct jsonout *o, const char *name, const char *text)
{
	if (said(text))
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
write_answer(struct jsonout *o, const char *name, enum answer_given a)
{
	if (a != ANSWER_UNKNOWN)
		jsonout_boolean(o, name, a == ANSWER_YES);
}

static void
write_texts(struct jsonout *o, const char *name, const struct texts *t)
{
	if (!t->present)
		return;
	jsonout_list(o, name);
	for (size_t i = 0; i < t->count; i++)
		jsonout_text(o, NULL, t->items[i]);
	jsonout_list_end(o);
}

static void
write_given_by(struct jsonout *o, const struct consent *c)
{
	if (c->given_by == NULL)
		return;
	jsonout_list(o, "given_by");
	for (size_t i = 0; i < c->given_by_count; i++) {
		const struct consent_giver *g = &c->given_by[i];

		jsonout_object(o, NULL);
		write_text(o, "role", shape_word(role_words, (int)g->role));
		write_text(o, "relation", g->relation);
		write_day(o, "on", g->on);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_events(struct jsonout *o, const struct consent *c)
{
	if (c->events == NULL)
		return;
	jsonout_list(o, "events");
	for (size_t i = 0; i < c->event_count; i++) {
		const struct consent_event *e = &c->events[i];

		jsonout_object(o, NULL);
		write_text(o, "type", shape_word(event_words, (int)e->type));
		write_day(o, "on", e->on);
		write_text(o, "by_role", e->by_role);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_who(struct jsonout *o, const struct consent *c)
{
	if (said(c->taken_by_agency) || said(c->taken_by_role)) {
		jsonout_object(o, "taken_by");
		write_text(o, "agency", c->taken_by_agency);
		write_text(o, "role", c->taken_by_role);
		jsonout_object_end(o);
	}
	write_text(o, "method", shape_word(method_words, (int)c->method));
	if (c->method == CONSENT_ATTESTED) {
		jsonout_object(o, "attested_by");
		write_text(o, "user", c->attested_by_user);
		write_day(o, "on", c->attested_on);
		jsonout_object_end(o);
	}
}

static void
write_withheld(struct jsonout *o, const struct consent *c)
{
	if (!c->withheld_said)
		return;
	jsonout_object(o, "withheld");
	jsonout_boolean(o, "any", c->withheld_any);
	write_text(o, "reviewed_by", c->withheld_reviewed_by);
	write_texts(o, "fields_removed", &c->withheld_removed);
	jsonout_object_end(o);
}

static void
write_override(struct jsonout *o, const struct consent_override *v)
{
	if (!v->present)
		return;
	jsonout_object(o, "override");
	write_text(o, "reason_code", v->reason_code);
	write_text(o, "reason", v->reason);
	write_text(o, "authoriser_name", v->authoriser_name);
	write_text(o, "authoriser_role", v->authoriser_role);
	write_day(o, "on", v->on);
	jsonout_object_end(o);
}

static void
write_source(struct jsonout *o, const struct consent_source *s)
{
	if (!s->present)
		return;
	jsonout_object(o, "source_fields");
	write_answer(o, "unhcr_export_opt_in", s->unhcr_export_opt_in);
	write_answer(o, "disclosure_other_orgs", s->disclosure_other_orgs);
	write_answer(o, "consent_for_services", s->consent_for_services);
	write_texts(o, "consent_info_sharing", &s->consent_info_sharing);
	jsonout_object_end(o);
}

void
consent_write(struct jsonout *o, const char *name, const struct consent *c)
{
	jsonout_object(o, name);
	jsonout_text(o, "satchel", form_words[0].word);
	write_text(o, "record_id", c->record_id);
	write_text(o, "subject_ref", c->subject_ref);
	write_text(o, "status", shape_word(status_words, (int)c->status));
	write_text(o, "kind", shape_word(kind_words, (int)c->kind));
	write_text(o, "basis", c->basis);
	write_given_by(o, c);
	if (c->age_at_consent >= 0)
		jsonout_integer(o, "age_at_consent", c->age_at_consent);
	write_answer(o, "age_estimated", c->age_estimated);
	write_who(o, c);
	write_text(o, "language", c->language);
	write_text(o, "notice_version", c->notice_version);
	write_text(o, "purpose", c->purpose);
	write_texts(o, "recipients", &c->recipients);
	write_texts(o, "services", &c->services);
	write_texts(o, "info_categories", &c->info_categories);
	write_withheld(o, c);
	write_day(o, "given_on", c->given_on);
	write_day(o, "expires_on", c->expires_on);
	write_text(o, "withdrawal_method", c->withdrawal_method);
	write_events(o, c);
	write_override(o, &c->override);
	write_source(o, &c->source);
	jsonout_object_end(o);
}
