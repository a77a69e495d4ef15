#include "formats/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "base/text.h"
#include "formats/html.h"
#include "formats/reason_text.h"

#define PAGE_MAX ((size_t)32 * 1024 * 1024)
#define NUMBER_ROOM 96
#define LINE_SEPARATOR 0x2028
#define PARAGRAPH_SEPARATOR 0x2029
#define BLANK_LINES_MAX 1 /* one after another */
#define BLANKS_MAX 16	  /* likewise, of those that do not fall together */
#define PRACTICE "<p class=\"practice\">PRACTICE - made-up data</p>\n"

/* A line for a person to read; nothing is lost but the field itself. */
const enum target_keeps sheet_keeps[FIELD_COUNT] = {
	[FIELD_NAME_FIRST] = KEEPS_TEXT,
	[FIELD_NAME_MIDDLE] = KEEPS_TEXT,
	[FIELD_NAME_LAST] = KEEPS_TEXT,
	[FIELD_NAME_NICKNAME] = KEEPS_TEXT,
	[FIELD_NAME_OTHER] = KEEPS_TEXT,
	[FIELD_SEX] = KEEPS_TEXT,
	[FIELD_DATE_OF_BIRTH] = KEEPS_TEXT,
	[FIELD_AGE] = KEEPS_TEXT,
	[FIELD_ESTIMATED] = KEEPS_TEXT,
	[FIELD_UNHCR_INDIVIDUAL_NO] = KEEPS_TEXT,
	[FIELD_UNHCR_ID_NO] = KEEPS_TEXT,
	[FIELD_CPIMS_ID] = KEEPS_TEXT,
	[FIELD_NATIONAL_ID_NO] = KEEPS_TEXT,
	[FIELD_OTHER_ID_TYPE] = KEEPS_TEXT,
	[FIELD_OTHER_ID_NO] = KEEPS_TEXT,
	[FIELD_CASE_ID_DISPLAY] = KEEPS_TEXT,
	[FIELD_NATIONALITY] = KEEPS_TEXT,
	[FIELD_ETHNICITY] = KEEPS_TEXT,
	[FIELD_LANGUAGE] = KEEPS_TEXT,
	[FIELD_DISABILITY] = KEEPS_TEXT,
	[FIELD_ADDRESS_CURRENT] = KEEPS_TEXT,
	[FIELD_LOCATION_CURRENT] = KEEPS_TEXT,
	[FIELD_TELEPHONE_CURRENT] = KEEPS_TEXT,
	[FIELD_PROTECTION_STATUS] = KEEPS_TEXT,
	[FIELD_PROTECTION_CONCERNS] = KEEPS_TEXT,
	[FIELD_PROTECTION_CONCERNS_OTHER] = KEEPS_TEXT,
	[FIELD_SPECIFIC_NEEDS] = KEEPS_TEXT,
	[FIELD_RISK_LEVEL] = KEEPS_TEXT,
	[FIELD_CAREGIVER_NAME] = KEEPS_TEXT,
	[FIELD_CAREGIVER_NICKNAME] = KEEPS_TEXT,
	[FIELD_CAREGIVER_RELATIONSHIP] = KEEPS_TEXT,
	[FIELD_CAREGIVER_AGE] = KEEPS_TEXT,
	[FIELD_CAREGIVER_SEX] = KEEPS_TEXT,
	[FIELD_CAREGIVER_ADDRESS] = KEEPS_TEXT,
	[FIELD_CAREGIVER_TELEPHONE] = KEEPS_TEXT,
	[FIELD_CAREGIVER_INFORMED] = KEEPS_TEXT,
	[FIELD_CAREGIVER_INFORMED_DETAILS] = KEEPS_TEXT,
	[FIELD_SERVICE_TYPE] = KEEPS_TEXT,
	[FIELD_SERVICE_TYPE_OTHER] = KEEPS_TEXT,
	[FIELD_SERVICE_NOTES] = KEEPS_TEXT,
	[FIELD_SERVICE_REQUESTED_ON] = KEEPS_TEXT,
	[FIELD_SERVICE_START_ON] = KEEPS_TEXT,
	[FIELD_SERVICE_TIMEFRAME] = KEEPS_TEXT,
	[FIELD_SERVICE_LOCATION] = KEEPS_TEXT,
	[FIELD_SENDER_USER] = KEEPS_TEXT,
	[FIELD_SENDER_FULL_NAME] = KEEPS_TEXT,
	[FIELD_SENDER_POSITION] = KEEPS_TEXT,
	[FIELD_SENDER_EMAIL] = KEEPS_TEXT,
	[FIELD_SENDER_PHONE] = KEEPS_TEXT,
	[FIELD_SENDER_AGENCY] = KEEPS_TEXT,
};

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"format-detection\" content=\"telephone=no\">\n"
    "<title>Referral sheet</title>\n"
    "<style>\n"
    "@page { size: A4; margin: 14mm; }\n"
    "* { box-sizing: border-box; }\n"
    "body { font: 11pt/1.35 sans-serif; color: #000; background: #fff;\n"
    " max-width: 182mm; margin: 0 auto; padding: 4mm; }\n"
    "h1 { font-size: 17pt; margin: 0 0 2mm; }\n"
    "h2 { font-size: 12pt; margin: 4mm 0 1mm; break-after: avoid; }\n"
    "table { width: 100%; table-layout: fixed; border-collapse: collapse; }\n"
    "th, td { border: 0.3mm solid #777; padding: 1mm 2mm;\n"
    " text-align: start; vertical-align: top; overflow: hidden;\n"
    " overflow-wrap: anywhere; }\n"
    "th { width: 32%; font-weight: normal; background: #eee; }\n"
    "tr, .keep { break-inside: avoid; }\n"
    ".lines { white-space: pre-line; }\n"
    ".practice { border: 1mm solid #000; padding: 2mm; font-weight: bold;\n"
    " text-align: center; letter-spacing: 0.1em; }\n"
    ".priority { font-size: 18pt; font-weight: bold; margin: 2mm 0;\n"
    " padding: 1mm 3mm; border: 0.6mm solid #000; }\n"
    ".emergency { background: #000; color: #fff; }\n"
    ".missing { border: 0.8mm solid #000; height: 11mm;\n"
    " font-style: italic; }\n"
    ".onward { font-weight: bold; }\n"
    ".tear { border-top: 0.5mm dashed #000; margin-top: 6mm; }\n"
    ".box { height: 10mm; }\n"
    ".tall { height: 18mm; }\n"
    ".tick { display: inline-block; width: 5mm; height: 5mm;\n"
    " border: 0.4mm solid #000; vertical-align: middle;\n"
    " margin-inline: 4mm 1mm; }\n"
    "@media print { body { max-width: none; padding: 0; }\n"
    " .emergency, th { print-color-adjust: exact;\n"
    " -webkit-print-color-adjust: exact; } }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n";

/* How a value is shown. */
enum how {
	AS_TEXT,  /* in the direction of its first letters */
	AS_LINES, /* likewise, and its line ends count */
	AS_WORDS, /* a code, its underscores as spaces */
	AS_IS,	  /* numbers and ids: left to right, character by character */
};

/* What is wrong first is kept, and everything after it ignored. */
struct page {
	const struct target_referral *t;
	struct bytes out;
	struct bytes value; /* one, while it is made ready */
	struct fault *why;
	bool failed;
};

static void
markup(struct page *p, const char *html)
{
	p->failed = p->failed || bytes_add_text(&p->out, html, p->why) == -1;
}

/* Is c the end of a line, in whichever way it is written? */
static bool
ends_line(uint32_t c)
{
	return c == '\n' || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
}

/*
 * Copies text into p->value.  Line ends become plain ones, or spaces, and empty
 * lines after the first are left out, and long runs of blanks: whoever writes
 * many of them could push what follows onto a page that looks like one of its
 * own.
 */
static int
copy_value(struct page *p, const char *text, enum how how)
{
	const uint8_t *at = (const uint8_t *)text, *before;
	const uint8_t *end = at + strlen(text);
	size_t line_ends = 0; /* since something that can be seen was there */
	size_t blanks = 0;
	uint32_t c;
	int rc = 0;

	bytes_empty(&p->value);
	while (rc == 0 && at < end) {
		before = at;
		c = text_next(&at, end);
		if (ends_line(c) && how == AS_LINES) {
			if (line_ends++ <= BLANK_LINES_MAX)
				rc = bytes_add_text(&p->value, "\n", p->why);
			continue;
		}
		if (!text_is_blank(c))
			line_ends = blanks = 0;
		else if (c != ' ' && c != '\t' && blanks++ >= BLANKS_MAX)
			continue;
		if (ends_line(c) || (c == '_' && how == AS_WORDS))
			rc = bytes_add_text(&p->value, " ", p->why);
		else
			rc = bytes_add(&p->value, before, (size_t)(at - before),
			    p->why);
	}
	return rc;
}

/* The one way in which a text from outside comes onto the page. */
static void
show(struct page *p, const char *text, enum how how)
{
	if (p->failed)
		return;
	markup(p,
	    how == AS_IS || how == AS_WORDS ? "<bdi dir=\"ltr\">" : "<bdi>");
	if (copy_value(p, text, how) == -1 ||
	    (p->value.len > 0 &&
		html_add_text(&p->out, (const char *)p->value.at, p->why) ==
		    -1))
		p->failed = true;
	markup(p, "</bdi>");
}

static void
show_number(struct page *p, int64_t number)
{
	char text[NUMBER_ROOM];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	show(p, text, AS_IS);
}

static void
show_day(struct page *p, day d)
{
	char text[DAY_TEXT];

	day_write(d, text);
	show(p, text, AS_IS);
}

/* The agency's name where the agreement has one, with its id. */
static void
show_agency(struct page *p, const char *id)
{
	const struct party *party = agreement_party(p->t->agreement, id);

	if (party == NULL || party->name == NULL) {
		show(p, id, AS_IS);
		return;
	}
	show(p, party->name, AS_TEXT);
	markup(p, " (");
	show(p, id, AS_IS);
	markup(p, ")");
}

static void
start_row(struct page *p, const char *label)
{
	markup(p, "<tr><th scope=\"row\">");
	markup(p, label);
	markup(p, "</th><td>");
}

static void
end_row(struct page *p)
{
	markup(p, "</td></tr>\n");
}

static void
start_table(struct page *p, const char *title)
{
	markup(p, "<h2>");
	markup(p, title);
	markup(p, "</h2>\n<table>\n");
}

static void
end_table(struct page *p)
{
	markup(p, "</table>\n");
}

/* Nothing is said of what is not known. */
static void
row_text(struct page *p, const char *label, const char *text, enum how how)
{
	if (text == NULL || *text == '\0')
		return;
	start_row(p, label);
	show(p, text, how);
	end_row(p);
}

static void
row_agency(struct page *p, const char *label, const char *id)
{
	if (id == NULL)
		return;
	start_row(p, label);
	show_agency(p, id);
	end_row(p);
}

static void
row_day(struct page *p, const char *label, day d)
{
	char text[DAY_TEXT];

	day_write(d, text);
	row_text(p, label, text, AS_IS);
}

static void
row_list(struct page *p, const char *label, const struct texts *list,
    enum how how)
{
	if (list->count == 0)
		return;
	start_row(p, label);
	for (size_t i = 0; i < list->count; i++) {
		markup(p, i > 0 ? ", " : "");
		show(p, list->items[i], how);
	}
	end_row(p);
}

/* A field on the form; where label is NULL, reason_text has one for it. */
struct line {
	enum field field;
	enum how how;
	const char *label;
};

/* In the order of the inter-agency referral form. */
static const struct line of_the_child[] = {
	{ FIELD_CASE_ID_DISPLAY, AS_IS, NULL },
	{ FIELD_NAME_FIRST, AS_TEXT, NULL },
	{ FIELD_NAME_MIDDLE, AS_TEXT, NULL },
	{ FIELD_NAME_LAST, AS_TEXT, NULL },
	{ FIELD_NAME_NICKNAME, AS_TEXT, NULL },
	{ FIELD_NAME_OTHER, AS_TEXT, NULL },
	{ FIELD_AGE, AS_IS, NULL },
	{ FIELD_ESTIMATED, AS_TEXT, NULL },
	{ FIELD_DATE_OF_BIRTH, AS_IS, NULL },
	{ FIELD_SEX, AS_WORDS, NULL },
	{ FIELD_CPIMS_ID, AS_IS, NULL },
	{ FIELD_NATIONAL_ID_NO, AS_IS, NULL },
	{ FIELD_UNHCR_INDIVIDUAL_NO, AS_IS, NULL },
	{ FIELD_UNHCR_ID_NO, AS_IS, NULL },
	{ FIELD_OTHER_ID_TYPE, AS_TEXT, NULL },
	{ FIELD_OTHER_ID_NO, AS_IS, NULL },
	{ FIELD_NATIONALITY, AS_WORDS, NULL },
	{ FIELD_ETHNICITY, AS_WORDS, NULL },
	{ FIELD_LANGUAGE, AS_WORDS, NULL },
	{ FIELD_DISABILITY, AS_TEXT, NULL },
	{ FIELD_ADDRESS_CURRENT, AS_TEXT, NULL },
	{ FIELD_LOCATION_CURRENT, AS_IS, NULL },
	{ FIELD_TELEPHONE_CURRENT, AS_IS, NULL },
};

static const struct line of_the_needs[] = {
	{ FIELD_PROTECTION_CONCERNS, AS_WORDS, NULL },
	{ FIELD_PROTECTION_CONCERNS_OTHER, AS_TEXT, NULL },
	{ FIELD_PROTECTION_STATUS, AS_WORDS, NULL },
	{ FIELD_SPECIFIC_NEEDS, AS_WORDS, NULL },
	{ FIELD_RISK_LEVEL, AS_WORDS, NULL },
};

static const struct line of_the_caregiver[] = {
	{ FIELD_CAREGIVER_INFORMED, AS_TEXT, NULL },
	{ FIELD_CAREGIVER_INFORMED_DETAILS, AS_LINES, NULL },
	{ FIELD_CAREGIVER_NAME, AS_TEXT, NULL },
	{ FIELD_CAREGIVER_NICKNAME, AS_TEXT, NULL },
	{ FIELD_CAREGIVER_AGE, AS_IS, NULL },
	{ FIELD_CAREGIVER_SEX, AS_WORDS, NULL },
	{ FIELD_CAREGIVER_RELATIONSHIP, AS_WORDS, NULL },
	{ FIELD_CAREGIVER_ADDRESS, AS_TEXT, NULL },
	{ FIELD_CAREGIVER_TELEPHONE, AS_IS, NULL },
};

static const struct line of_the_service[] = {
	{ FIELD_SERVICE_TYPE, AS_WORDS, NULL },
	{ FIELD_SERVICE_TYPE_OTHER, AS_TEXT, NULL },
	{ FIELD_SERVICE_NOTES, AS_LINES, "Reason for the referral" },
	{ FIELD_SERVICE_REQUESTED_ON, AS_IS, NULL },
	{ FIELD_SERVICE_START_ON, AS_IS, NULL },
	{ FIELD_SERVICE_TIMEFRAME, AS_WORDS, NULL },
	{ FIELD_SERVICE_LOCATION, AS_IS, NULL },
};

static const struct line of_the_sender[] = {
	{ FIELD_SENDER_FULL_NAME, AS_TEXT, NULL },
	{ FIELD_SENDER_POSITION, AS_TEXT, NULL },
	{ FIELD_SENDER_AGENCY, AS_TEXT, NULL },
	{ FIELD_SENDER_EMAIL, AS_IS, NULL },
	{ FIELD_SENDER_PHONE, AS_IS, NULL },
	{ FIELD_SENDER_USER, AS_IS, NULL },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool
is_missing(const struct target_referral *t, enum field f)
{
	if (t->referral->value[f].present)
		return false;
	for (size_t i = 0; i < t->missing_count; i++)
		if (strcmp(t->missing[i], fields_all[f].name) == 0)
			return true;
	return false;
}

static void
show_field(struct page *p, const struct line *line)
{
	const struct value *v = &p->t->referral->value[line->field];

	switch (fields_all[line->field].kind) {
	case FIELD_CODES:
		for (size_t i = 0; i < v->count; i++) {
			markup(p, i > 0 ? ", " : "");
			show(p, v->items[i], line->how);
		}
		break;
	case FIELD_DATE:
		show_day(p, v->date);
		break;
	case FIELD_INTEGER:
		show_number(p, v->integer);
		break;
	case FIELD_BOOLEAN:
		markup(p, v->yes ? "yes" : "no");
		break;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		if (line->field == FIELD_SENDER_AGENCY)
			show_agency(p, v->text);
		else
			show(p, v->text, line->how);
		break;
	}
}

static void
write_line(struct page *p, const struct line *line)
{
	const char *label =
	    line->label != NULL ? line->label : reason_text_label(line->field);
	bool missing = is_missing(p->t, line->field);

	if (!missing && !p->t->referral->value[line->field].present)
		return;
	markup(p, "<tr><th scope=\"row\">");
	markup(p, label);
	if (missing)
		markup(p, "</th><td class=\"missing\">Missing: fill in");
	else
		markup(p,
		    line->how == AS_LINES ? "</th><td class=\"lines\">" :
					    "</th><td>");
	if (!missing)
		show_field(p, line);
	end_row(p);
}

static void
write_lines(struct page *p, const char *title, const struct line *lines,
    size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++)
		any |= p->t->referral->value[lines[i].field].present ||
		    is_missing(p->t, lines[i].field);
	if (!any)
		return;
	start_table(p, title);
	for (size_t i = 0; i < count; i++)
		write_line(p, &lines[i]);
	end_table(p);
}

/* What is asked for but is no field of the form. */
static void
write_other_missing(struct page *p)
{
	const struct target_referral *t = p->t;
	bool started = false;
	enum field f;

	for (size_t i = 0; i < t->missing_count; i++) {
		if (fields_find(t->missing[i], &f))
			continue;
		if (!started)
			start_table(p, "Also missing");
		started = true;
		markup(p, "<tr><th scope=\"row\">");
		show(p, t->missing[i], AS_WORDS);
		markup(p, "</th><td class=\"missing\">Missing: fill in");
		end_row(p);
	}
	if (started)
		end_table(p);
}

static void
write_priority(struct page *p)
{
	const struct agreement *a = p->t->agreement;
	char within[NUMBER_ROOM] = "";
	int count;

	switch (p->t->referral->priority) {
	case PRIORITY_EMERGENCY:
		markup(p, "<p class=\"priority emergency\">Emergency");
		count = a->emergency_hours;
		break;
	case PRIORITY_URGENT:
		markup(p, "<p class=\"priority\">Urgent");
		count = a->urgent_hours;
		break;
	case PRIORITY_NORMAL:
	default:
		markup(p, "<p class=\"priority\">Normal");
		count = a->normal_days;
		break;
	}
	if (count > 0)
		(void)snprintf(within, sizeof(within), ": within %d %s%s",
		    count,
		    p->t->referral->priority == PRIORITY_NORMAL ? "day" :
								  "hour",
		    count == 1 ? "" : "s");
	markup(p, within);
	markup(p, "</p>\n");
}

static void
write_header(struct page *p)
{
	const struct target_referral *t = p->t;
	const struct referral *r = t->referral;

	markup(p, head);
	markup(p, "<h1>Referral sheet</h1>\n");
	if (t->agreement->environment == AGREEMENT_TEST)
		markup(p, PRACTICE);
	write_priority(p);
	if (t->missing_count > 0)
		markup(p,
		    "<p class=\"onward\">Something is missing. Fill it "
		    "in before this is keyed in.</p>\n");
	markup(p, "<table>\n");
	row_text(p, "Reference", r->ref, AS_IS);
	row_day(p, "Made on", r->made_on);
	row_agency(p, "From", r->from_agency);
	row_agency(p, "To", r->to_agency);
	row_text(p, "Purpose", r->purpose, AS_WORDS);
	end_table(p);
	markup(p,
	    "<p class=\"onward\">Not to be shared further without new "
	    "consent.</p>\n");
}

static const char *
status_words(enum consent_status status)
{
	static const char *const words[] = {
		[CONSENT_UNKNOWN] = "Not known",
		[CONSENT_GIVEN] = "Given",
		[CONSENT_REFUSED] = "Refused",
		[CONSENT_WITHDRAWN] = "Withdrawn",
		[CONSENT_EXPIRED] = "Has run out",
		[CONSENT_NOT_ASKED] = "Not asked for",
	};

	return words[status];
}

static const char *
kind_words(enum consent_kind kind)
{
	static const char *const words[] = {
		[CONSENT_KIND_UNKNOWN] = NULL,
		[CONSENT_KIND_CONSENT] = "Consent",
		[CONSENT_KIND_ASSENT] = "Assent of the child",
		[CONSENT_KIND_BOTH] = "Consent, and assent of the child",
	};

	return words[kind];
}

static const char *
role_words(enum consent_role role)
{
	static const char *const words[] = {
		[CONSENT_BY_CHILD] = "The child",
		[CONSENT_BY_CAREGIVER] = "The caregiver",
		[CONSENT_BY_GUARDIAN] = "The guardian",
		[CONSENT_BY_OTHER] = "Another person",
	};

	return words[role];
}

static const char *
method_words(enum consent_method method)
{
	static const char *const words[] = {
		[CONSENT_METHOD_UNKNOWN] = NULL,
		[CONSENT_WRITTEN] = "In writing",
		[CONSENT_THUMBPRINT] = "With a thumbprint",
		[CONSENT_VERBAL_WITNESSED] = "By word, before a witness",
		[CONSENT_ATTESTED] =
		    "Attested by a user of the sender's system",
	};

	return words[method];
}

/* One line each: who, as whose relation, and when. */
static void
write_givers(struct page *p, const struct consent *c)
{
	const struct consent_giver *g;

	for (size_t i = 0; i < c->given_by_count; i++) {
		g = &c->given_by[i];
		start_row(p, "Agreed");
		markup(p, role_words(g->role));
		if (g->relation != NULL) {
			markup(p, " (");
			show(p, g->relation, AS_TEXT);
			markup(p, ")");
		}
		if (g->on != DAY_UNKNOWN) {
			markup(p, ", on ");
			show_day(p, g->on);
		}
		end_row(p);
	}
}

/* Sent though consent was missing: who answers for that, and why. */
static void
write_override(struct page *p, const struct consent_override *o)
{
	if (!o->present)
		return;
	row_text(p, "Sent without it, because", o->reason_code, AS_WORDS);
	row_text(p, "In words", o->reason, AS_TEXT);
	row_text(p, "Decided by", o->authoriser_name, AS_TEXT);
	row_text(p, "As", o->authoriser_role, AS_WORDS);
	row_day(p, "Decided on", o->on);
}

static void
write_recipients(struct page *p, const struct consent *c)
{
	for (size_t i = 0; i < c->recipients.count; i++)
		row_agency(p, "May be given to", c->recipients.items[i]);
}

static void
write_consent(struct page *p)
{
	const struct consent *c = &p->t->referral->consent;

	start_table(p, "Consent");
	if (!p->t->referral->has_consent) {
		row_text(p, "Consent", "There is no record of consent.",
		    AS_TEXT);
		end_table(p);
		return;
	}
	row_text(p, "Consent", status_words(c->status), AS_TEXT);
	row_text(p, "Kind", kind_words(c->kind), AS_TEXT);
	row_text(p, "Basis", c->basis, AS_WORDS);
	write_givers(p, c);
	row_day(p, "Given on", c->given_on);
	row_text(p, "How", method_words(c->method), AS_TEXT);
	row_text(p, "Attested by user", c->attested_by_user, AS_IS);
	row_day(p, "Attested on", c->attested_on);
	if (c->age_at_consent >= 0) {
		start_row(p, "Age then");
		show_number(p, c->age_at_consent);
		end_row(p);
	}
	row_day(p, "Valid until", c->expires_on);
	row_text(p, "For the purpose", c->purpose, AS_WORDS);
	write_recipients(p, c);
	row_list(p, "For the services", &c->services, AS_WORDS);
	row_list(p, "About", &c->info_categories, AS_WORDS);
	row_text(p, "Asked in the language", c->language, AS_WORDS);
	row_text(p, "Can be withdrawn", c->withdrawal_method, AS_TEXT);
	write_override(p, &c->override);
	end_table(p);
}

static void
write_receiver(struct page *p)
{
	const struct referral *r = p->t->referral;

	if (r->to_agency == NULL && r->to_user == NULL &&
	    p->t->assigned_to == NULL)
		return;
	start_table(p, "Referred to");
	row_agency(p, "Agency", r->to_agency);
	row_text(p, "User", r->to_user, AS_IS);
	row_text(p, "Taken by", p->t->assigned_to, AS_IS);
	end_table(p);
}

static void
row_box(struct page *p, const char *label, const char *class)
{
	markup(p, "<tr><th scope=\"row\">");
	markup(p, label);
	markup(p, "</th><td class=\"");
	markup(p, class);
	markup(p, "\"></td></tr>\n");
}

/* What comes back: nothing in it says who the child is. */
static void
write_tear_off(struct page *p)
{
	const struct target_referral *t = p->t;

	markup(p,
	    "<section class=\"tear keep\">\n"
	    "<h2>To hand back</h2>\n");
	if (t->agreement->environment == AGREEMENT_TEST)
		markup(p, PRACTICE);
	markup(p, "<table>\n");
	row_text(p, "Reference", t->referral->ref, AS_IS);
	if (t->self != NULL)
		row_text(p, "Give back to", t->self->code, AS_IS);
	row_box(p, "Number in the other system", "box");
	start_row(p, "Decision");
	markup(p,
	    "<span class=\"tick\"></span>accepted "
	    "<span class=\"tick\"></span>not accepted "
	    "<span class=\"tick\"></span>done");
	end_row(p);
	row_box(p, "Reason", "tall");
	row_box(p, "Name", "box");
	row_box(p, "Date", "box");
	row_box(p, "Signature", "tall");
	end_table(p);
	markup(p, "<p>Then type: <code>satchel answer --ref ");
	show(p, t->referral->ref, AS_IS);
	markup(p, " --target-id ____</code></p>\n</section>\n");
}

static void
write_page(struct page *p)
{
	write_header(p);
	write_lines(p, "The child", of_the_child, COUNT(of_the_child));
	write_consent(p);
	write_lines(p, "Protection", of_the_needs, COUNT(of_the_needs));
	write_lines(p, "Caregiver", of_the_caregiver, COUNT(of_the_caregiver));
	write_lines(p, "Service asked for", of_the_service,
	    COUNT(of_the_service));
	write_lines(p, "Referred by", of_the_sender, COUNT(of_the_sender));
	write_receiver(p);
	write_other_missing(p);
	write_tear_off(p);
	markup(p, "</body>\n</html>\n");
}

int
sheet_write_referral(const struct target_referral *t, struct sink *to,
    struct fault *why)
{
	struct page p = { .t = t, .why = why };
	int rc = -1;

	bytes_init(&p.out, PAGE_MAX);
	bytes_init(&p.value, PAGE_MAX);
	write_page(&p);
	if (!p.failed)
		rc = sink_write(to, p.out.at, p.out.len, why);
	bytes_free(&p.out);
	bytes_free(&p.value);
	return rc;
}

/* --- what is to be undone --- */

static const char *
recall_words(const char *reason)
{
	if (strcmp(reason, "consent_withdrawn") == 0)
		return "The child or caregiver took consent back";
	if (strcmp(reason, "sent_in_error") == 0)
		return "It was sent by mistake";
	return strcmp(reason, "duplicate") == 0 ? "It was sent twice" :
						  "Its sender recalled it";
}

/*
 * Primero asks for consent on every save: an open referral can be revoked only
 * as long as the boxes are ticked.
 */
static const char primero_steps[] =
    "<ol>\n"
    "<li>Stop the service, and tell whoever was asked to give it.</li>\n"
    "<li>First revoke the referral that was made from this service, and any "
    "referral of this case that is open because of it (over the interface: "
    "<code>DELETE /api/v2/cases/&hellip;/referrals/&hellip;</code>).</li>\n"
    "<li>Only then take the ticks of consent away.  The other way round "
    "Primero refuses to revoke: where they are off already, ask the "
    "administrator how your office revokes such a referral.</li>\n"
    "<li>Remove the service row, and close the case if it was made for this "
    "referral alone.</li>\n"
    "<li>Look at the case once more: nothing of this referral is open, and "
    "nobody was left assigned because of it.</li>\n"
    "</ol>\n";

static const char progres_steps[] =
    "<ol>\n"
    "<li>Stop the intervention, and tell whoever was asked to give it.</li>\n"
    "<li>proGres undoes nothing by itself: open the referral there and close "
    "it as withdrawn, by hand.</li>\n"
    "<li>Have what was copied from it into the person's record taken out, as "
    "your office does that.</li>\n"
    "<li>Look once more: nothing of this referral is open there.</li>\n"
    "</ol>\n";

static void
write_undo_task(struct page *p, const struct sheet_undo *u)
{
	bool primero = u->system == SYSTEM_PRIMERO;

	start_table(p, "Which");
	row_text(p, "Reference", u->ref, AS_IS);
	row_text(p, "Loaded into", primero ? "Primero" : "proGres", AS_TEXT);
	row_text(p, "Case in Primero", primero ? u->record_id : NULL, AS_IS);
	row_text(p, "Number there", u->target_id, AS_IS);
	row_text(p, "Individual number", u->individual, AS_IS);
	row_text(p, "Case number of the sender", u->case_display, AS_IS);
	row_text(p, "Loaded from the file", u->file, AS_IS);
	row_text(p, "Loaded by",
	    u->over_the_line ? "satchel itself, over the line" : NULL, AS_TEXT);
	end_table(p);
	start_table(p, "Why");
	row_text(p, "Reason", recall_words(u->reason), AS_TEXT);
	row_day(p, "On", u->on);
	row_text(p, "Said by", u->from, AS_IS);
	row_text(p, "Not done by the server", u->not_by_server, AS_TEXT);
	end_table(p);
	markup(p, "<h2>What to do, in this order</h2>\n");
	markup(p, primero ? primero_steps : progres_steps);
}

static void
write_undone(struct page *p, const struct sheet_undo *u)
{
	markup(p, "<section class=\"keep\">\n<h2>Done</h2>\n<table>\n");
	if (u->self != NULL)
		row_text(p, "Give back to", u->self->code, AS_IS);
	row_box(p, "Name", "box");
	row_box(p, "Date", "box");
	row_box(p, "Signature", "tall");
	end_table(p);
	markup(p, "<p>Then type: <code>satchel recall --undone ");
	show(p, u->ref, AS_IS);
	markup(p,
	    "</code>.  Until then the sender hears that it is still "
	    "there.</p>\n</section>\n</body>\n</html>\n");
}

int
sheet_write_undo(const struct sheet_undo *u, struct sink *to, struct fault *why)
{
	const struct target_referral t = { .agreement = u->agreement,
		.self = u->self };
	struct page p = { .t = &t, .why = why };
	int rc = -1;

	bytes_init(&p.out, PAGE_MAX);
	bytes_init(&p.value, PAGE_MAX);
	markup(&p, head);
	markup(&p, "<h1>To be undone</h1>\n");
	if (u->agreement->environment == AGREEMENT_TEST)
		markup(&p, PRACTICE);
	markup(&p,
	    "<p class=\"priority emergency\">Withdrawn: undo it today</p>\n");
	write_undo_task(&p, u);
	write_undone(&p, u);
	if (!p.failed)
		rc = sink_write(to, p.out.at, p.out.len, why);
	bytes_free(&p.out);
	bytes_free(&p.value);
	return rc;
}
