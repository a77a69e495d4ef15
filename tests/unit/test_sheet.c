/*
 * A row changes a plain referral and says what must (or, after "!", must not)
 * stand on the sheet, one piece a line.
 */
#include "formats/sheet.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define SHEET_MAX ((size_t)64 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define REF "progres:NAI-20-PRTITV-0000006"
#define LTR(text) "<bdi dir=\"ltr\">" text "</bdi>"
#define AUTO(text) "<bdi>" text "</bdi>"

static struct agreement agreement;
static struct party parties[2];

struct scene {
	struct referral referral;
	struct consent_giver giver[2];
	struct target_referral order;
};

static void
set(struct scene *s, enum field f, const char *text)
{
	s->referral.value[f].present = text != NULL;
	s->referral.value[f].text = text;
}

static void
set_day(struct scene *s, enum field f, const char *text)
{
	set(s, f, text);
	assert_true(day_read(text, &s->referral.value[f].date));
}

static void
set_items(struct scene *s, enum field f, const char **items, size_t count)
{
	s->referral.value[f].present = true;
	s->referral.value[f].items = items;
	s->referral.value[f].count = count;
}

static void
consent(struct scene *s)
{
	static const char *services[] = { "alternative_care" };
	static const char *about[] = { "identity", "needs" };
	static const char *removed[] = { "protection_concerns" };
	static const char *recipients[] = { "UNHCR" };
	struct consent *c = &s->referral.consent;

	consent_clear(c);
	s->referral.has_consent = true;
	c->status = CONSENT_GIVEN;
	c->kind = CONSENT_KIND_BOTH;
	s->giver[0].role = CONSENT_BY_CHILD;
	s->giver[0].on = DAY_UNKNOWN;
	s->giver[1].role = CONSENT_BY_CAREGIVER;
	s->giver[1].relation = "mother";
	assert_true(day_read("2026-02-01", &s->giver[1].on));
	c->given_by = s->giver;
	c->given_by_count = 2;
	c->method = CONSENT_THUMBPRINT;
	assert_true(day_read("2026-02-02", &c->given_on));
	assert_true(day_read("2027-02-01", &c->expires_on));
	c->services = (struct texts){ services, 1, true };
	c->info_categories = (struct texts){ about, 2, true };
	c->recipients = (struct texts){ recipients, 1, true };
	c->withheld_said = true;
	c->withheld_any = true;
	c->withheld_removed = (struct texts){ removed, 1, true };
}

static void
start(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	parties[0] = sites_parties[SITES_UNICEF];
	parties[0].name = "Children's Fund";
	parties[1] = sites_parties[SITES_UNHCR];
	parties[1].name = "Refugee Agency";
	agreement = sites_agreement;
	agreement.environment = AGREEMENT_LIVE;
	agreement.parties = parties;
	agreement.party_count = 2;
	agreement.emergency_hours = 24;
	agreement.urgent_hours = 72;
	agreement.normal_days = 14;
	referral_clear(&s->referral);
	s->referral.ref = REF;
	s->referral.from_agency = "UNHCR";
	s->referral.to_agency = "UNICEF";
	s->referral.purpose = "refugee_cp_case_management";
	assert_true(day_read("2026-02-08", &s->referral.made_on));
	set(s, FIELD_NAME_FIRST, "Achol");
	set(s, FIELD_SERVICE_TYPE, "alternative_care");
	consent(s);
	s->order = (struct target_referral){ .agreement = &agreement,
		.self = &sites_hub,
		.referral = &s->referral };
}

static void
nothing(struct scene *s)
{
	(void)s;
}

static void
practice(struct scene *s)
{
	(void)s;
	agreement.environment = AGREEMENT_TEST;
}

static void
assigned(struct scene *s)
{
	s->order.assigned_to = "case_worker_2";
}

static void
urgent(struct scene *s)
{
	s->referral.priority = PRIORITY_URGENT;
}

static void
emergency(struct scene *s)
{
	s->referral.priority = PRIORITY_EMERGENCY;
}

static void
within_an_hour(struct scene *s)
{
	emergency(s);
	agreement.emergency_hours = 1;
}

static void
no_deadlines(struct scene *s)
{
	emergency(s);
	agreement.emergency_hours = 0;
}

static void
unknown_agencies(struct scene *s)
{
	s->referral.from_agency = "ACME<1>";
	s->referral.to_agency = NULL;
}

static void
tags(struct scene *s)
{
	set(s, FIELD_NAME_FIRST,
	    "</bdi></td><script>x()</script><style>a{}</style>");
	set(s, FIELD_NAME_LAST, "\" onload='x()' & &lt;");
	set(s, FIELD_SERVICE_TYPE, "<b>_</b>");
	set(s, FIELD_SERVICE_NOTES, "<!-- <!DOCTYPE html><html>");
	s->referral.purpose = "<i>";
	s->referral.consent.basis = "<u>";
	s->giver[1].relation = "<img src=x>";
	parties[0].name = "<h1>Fund</h1>";
}

static void
turned(struct scene *s)
{
	set(s, FIELD_NAME_FIRST,
	    "A\xe2\x80\xae"
	    "B\xe2\x81\xa7"
	    "C\xe2\x80\x8f"
	    "D");
}

static void
arabic(struct scene *s)
{
	set(s, FIELD_NAME_FIRST, "\xd8\xa2\xd9\x85\xd9\x86\xd8\xa9");
	set(s, FIELD_TELEPHONE_CURRENT, "+251 900 000001");
}

static void
controls(struct scene *s)
{
	set(s, FIELD_NAME_FIRST,
	    "A\f\v\x1b[2J\x7f"
	    "B");
	set(s, FIELD_NAME_LAST, "\xff");
}

static void
notes_of_lines(struct scene *s)
{
	set(s, FIELD_SERVICE_NOTES, "one\ntwo\n\nthree");
}

static void
notes_that_push_down(struct scene *s)
{
	set(s, FIELD_SERVICE_NOTES,
	    "one\n\n \n\t\n\xe2\x80\xa8\xe2\x80\xa9\n\n\ntwo");
}

/* Lines of what leaves no ink: each is one more empty line. */
static void
unseen_lines_that_push_down(struct scene *s)
{
	set(s, FIELD_SERVICE_NOTES,
	    "one\n\xc2\xa0\n\xe2\x80\x83\n\xe3\x80\x80\n\xe2\x80\x8b\n"
	    "\xe2\xa0\x80\n\xe3\x85\xa4\n\xef\xb8\x8f\n\xcd\x8f\ntwo");
}

#define SIX_EM_SPACES                          \
	"\xe2\x80\x83\xe2\x80\x83\xe2\x80\x83" \
	"\xe2\x80\x83\xe2\x80\x83\xe2\x80\x83"

/* They do not fall together as plain spaces do. */
static void
spaces_that_push_down(struct scene *s)
{
	set(s, FIELD_SERVICE_NOTES,
	    "one" SIX_EM_SPACES SIX_EM_SPACES SIX_EM_SPACES "two");
	set(s, FIELD_NAME_FIRST,
	    "A\xc2\xa0"
	    "B\xc2\xa0"
	    "C");
}

static void
name_with_lines(struct scene *s)
{
	set(s, FIELD_NAME_FIRST,
	    "A\n\n\nB\xe2\x80\xa8"
	    "C");
}

static void
codes_in_lists(struct scene *s)
{
	static const char *items[] = { "child_labour", "separated" };

	set_items(s, FIELD_PROTECTION_CONCERNS, items, 2);
	set(s, FIELD_SERVICE_TIMEFRAME, "3_days");
	set(s, FIELD_LOCATION_CURRENT, "ET_GMB_01");
}

static void
sender_agency(struct scene *s)
{
	set(s, FIELD_SENDER_AGENCY, "UNHCR");
}

static void
missing(struct scene *s)
{
	static const char *const names[] = { "date_of_birth", "service.notes",
		"caregiver.name", "proof_of_<age>" };

	s->order.missing = names;
	s->order.missing_count = 4;
}

static void
missing_but_there(struct scene *s)
{
	static const char *const names[] = { "name_first" };

	s->order.missing = names;
	s->order.missing_count = 1;
}

static void
no_consent(struct scene *s)
{
	s->referral.has_consent = false;
}

static void
attested(struct scene *s)
{
	struct consent *c = &s->referral.consent;

	c->method = CONSENT_ATTESTED;
	c->attested_by_user = "hub_admin";
	assert_true(day_read("2026-02-07", &c->attested_on));
}

static void
overridden(struct scene *s)
{
	struct consent_override *o = &s->referral.consent.override;

	s->referral.consent.status = CONSENT_NOT_ASKED;
	o->present = true;
	o->reason_code = "danger_to_life";
	o->reason = "Nobody could be asked.";
	o->authoriser_name = "Supervisor Example";
	o->authoriser_role = "cp_supervisor";
	assert_true(day_read("2026-02-03", &o->on));
}

static const struct row {
	const char *name;
	void (*change)(struct scene *s);
	const char *want;
} rows[] = {
	{
	    "a page fetches nothing and runs nothing",
	    nothing,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "@page\n@media print\n!<script\n!src=\n!href=\n!url(\n!@import\n"
	    "!http://\n!https://",
	},
	{ "the window's title says nothing of the child", nothing,
	    "<title>Referral sheet</title>" },
	{ "it says what it is, whose and from when", nothing,
	    LTR(REF) "\n" LTR("2026-02-08") "\n" AUTO("Refugee Agency") " (" LTR(
		"UNHCR") ")\n" AUTO("Children&#39;s "
				    "Fund") "\n" LTR("refugee cp case management") },
	{ "an agency outside the agreement is its id, one unknown is none",
	    unknown_agencies, LTR("ACME&lt;1&gt;") "\n!Children" },
	{ "a real one is no practice", nothing, "!PRACTICE" },
	{ "practice is said, on the part to hand back too", practice,
	    "PRACTICE - made-up data" },
	{ "normal is within the days of the agreement", nothing,
	    "\">Normal: within 14 days<\n!Urgent\n!Emergency" },
	{ "urgent is within the hours of the agreement", urgent,
	    "\">Urgent: within 72 hours<\n!Normal:" },
	{ "an emergency stands out", emergency,
	    "\"priority emergency\">Emergency: within 24 hours<" },
	{ "one hour is one hour", within_an_hour, "within 1 hour<" },
	{ "hours that are not agreed are not invented", no_deadlines,
	    "\">Emergency<\n!within" },
	{ "it is not to be passed on", nothing,
	    "Not to be shared further without new consent." },
	{ "a value that is not known has no line", nothing,
	    "First name\n!Last name\n!Sex\n!Caregiver<\n!Protection<\n"
	    "!Missing: fill in" },
	{ "a code is shown as words", nothing, LTR("alternative care") },
	{ "lists of codes keep their order, places their spelling",
	    codes_in_lists,
	    LTR("child labour") ", " LTR("separated") "\n" LTR(
		"3 days") "\n" LTR("ET_GMB_01") },
	{ "who takes it here is shown", assigned,
	    "Taken by</th><td>" LTR("case_worker_2") },
	{ "and is no line while nobody does", nothing, "!Taken by" },
	{ "an agency that refers has its name", sender_agency,
	    "Referring agency</th><td>" AUTO("Refugee Agency") },

	/* What comes from outside. */
	{ "a value that looks like HTML stays a text", tags,
	    AUTO(
		"&lt;/bdi&gt;&lt;/td&gt;&lt;script&gt;x()&lt;/script&gt;"
		"&lt;style&gt;a{}&lt;/style&gt;") "\n" AUTO("&quot; onload=&#39;x()&#39; &amp; &amp;lt;") "\n" LTR("&lt;b&gt; &lt;/b&gt;") "\n" AUTO("&lt;!-- &lt;!DOCTYPE html&gt;&lt;html&gt;") "\n"
																								  "!<script\n!<b>\n!<i>\n!<u>\n!<img\n!<h1>F\n!<!--" },
	{ "a direction mark is shown and turns nothing", turned,
	    AUTO(
		"A&lt;U+202E&gt;B&lt;U+2067&gt;C&lt;U+200F&gt;D") "\n"
								  "!\xe2\x80\xae" },
	{ "a name finds its own direction, a number keeps its", arabic,
	    AUTO("\xd8\xa2\xd9\x85\xd9\x86\xd8\xa9") "\n" LTR(
		"+251 900 000001") },
	{ "controls are left out, bytes that are no text are shown", controls,
	    AUTO("A[2JB") "\n" AUTO("&lt;0xFF&gt;") "\n!\f\n!\v\n!\x1b" },
	{ "notes are shown with their lines", notes_of_lines,
	    "white-space: pre-line\n<td class=\"lines\"><bdi>one\ntwo\n"
	    "three</bdi>" },
	{ "empty lines cannot push the rest onto another page",
	    notes_that_push_down,
	    "<bdi>one\ntwo</bdi>\n!\xe2\x80\xa8\n"
	    "!\xe2\x80\xa9" },
	{ "nor can long runs of spaces", spaces_that_push_down,
	    SIX_EM_SPACES "two\n!" SIX_EM_SPACES SIX_EM_SPACES SIX_EM_SPACES
			  "\n" AUTO("A\xc2\xa0"
				    "B\xc2\xa0"
				    "C") },
	{ "a name has one line", name_with_lines, AUTO("A   B C") },
	{ "long words are broken", nothing, "overflow-wrap: anywhere" },

	/* What is missing. */
	{ "what is missing has a box where it belongs", missing,
	    "Date of birth</th><td class=\"missing\">Missing: fill in\n"
	    "Reason for the referral</th><td class=\"missing\">Missing\n"
	    "Caregiver</th><td class=\"missing\">Missing: fill in\n"
	    "Also missing\nproof of &lt;age&gt;</bdi></th><td class=\"missing"
	    "\nSomething is missing." },
	{ "what is there is shown, whatever is said of it", missing_but_there,
	    AUTO("Achol") "\n!Missing: fill in" },

	/* Consent. */
	{ "who agreed to what, when and how is said by role", nothing,
	    "Consent</th><td><bdi>Given</bdi>\n<td>The child</td>\n"
	    "<td>The caregiver (" AUTO("mother") "), on " LTR("2026-02-01") "\n" AUTO(
		"With a thumbprint") "\n"
				     "Valid until</th><td>" LTR(
					 "2027-02-01") "\n"
						       "Given on</th><td>" LTR("2026-02-02") "\n" LTR(
							   "identity") ", " LTR("needs") "\n"
											 "May be given to</th><td>" AUTO(
											     "Refugee Agency") },
	{ "what was withheld is not named", nothing,
	    "!withheld\n!Withheld\n!protection concerns\n!Protection" },
	{ "without a record that is said", no_consent,
	    "There is no record of consent.\n!Given" },
	{ "an attestation says whose it is", attested,
	    "Attested by user</th><td>" LTR("hub_admin") "\n" LTR(
		"2026-02-07") },
	{ "what was decided without consent says by whom and why", overridden,
	    "Not asked for\n" LTR("danger to life") "\n" AUTO("Nobody could be asked.") "\n" AUTO(
		"Supervisor Example") "\n" LTR("2026-02-03") },

	/* The part to hand back. */
	{ "the part to hand back has all that an answer needs", nothing,
	    "To hand back\nET-HUB-01\nNumber in the other system</th>\n"
	    ">accepted\n>not accepted\n>done\nReason</th>\nName</th>\n"
	    "Date</th>\nSignature</th>\n"
	    "satchel answer --ref " LTR(REF) " --target-id ____" },
};

static void
write_sheet(const struct scene *s, struct bytes *out)
{
	struct fault why = { .id = FAULT_NONE };
	struct sink *to = bytes_sink_new(out, &why);

	assert_non_null(to);
	if (sheet_write_referral(&s->order, to, &why) == -1)
		fail_msg("%s", why.detail);
	sink_free(to);
}

static void
check_pieces(const char *want, const char *page)
{
	char piece[1024];
	size_t len;

	for (; *want != '\0'; want += len + (want[len] == '\n')) {
		len = strcspn(want, "\n");
		(void)snprintf(piece, sizeof(piece), "%.*s", (int)len, want);
		if (piece[0] == '!' && strlen(piece) > 1 &&
		    strstr(page, piece + 1) != NULL)
			fail_msg("%s is in %s", piece + 1, page);
		if (piece[0] != '!' && strstr(page, piece) == NULL)
			fail_msg("%s is not in %s", piece, page);
	}
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	static struct scene s;
	struct bytes page, again;

	start(&s);
	row->change(&s);
	bytes_init(&page, SHEET_MAX);
	bytes_init(&again, SHEET_MAX);
	write_sheet(&s, &page);
	check_pieces(row->want, (const char *)page.at);
	write_sheet(&s, &again);
	assert_string_equal(page.at, again.at);
	bytes_free(&page);
	bytes_free(&again);
}

static size_t
times(const char *page, const char *text)
{
	size_t count = 0;

	while ((page = strstr(page, text)) != NULL) {
		count++;
		page += strlen(text);
	}
	return count;
}

/* Each field of the catalogue stands on the sheet, once, whatever its kind. */
static void
field_holds(void **state)
{
	const struct field_spec *spec = *state;
	const char *items[] = { "mark1", "mark2" };
	const char *mark = "mark1";
	static struct scene s;
	struct bytes page;
	enum field f;

	assert_true(fields_find(spec->name, &f));
	assert_int_equal(sheet_keeps[f], KEEPS_TEXT);
	start(&s);
	switch (spec->kind) {
	case FIELD_CODES:
		set_items(&s, f, items, COUNT(items));
		break;
	case FIELD_DATE:
		set_day(&s, f, "2011-11-11");
		mark = "2011-11-11";
		break;
	case FIELD_INTEGER:
		s.referral.value[f] =
		    (struct value){ .present = true, .integer = 107 };
		mark = ">107<";
		break;
	case FIELD_BOOLEAN:
		s.referral.value[f] =
		    (struct value){ .present = true, .yes = true };
		mark = "<td>yes<";
		break;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		set(&s, f, "mark1");
		break;
	}
	bytes_init(&page, SHEET_MAX);
	write_sheet(&s, &page);
	assert_int_equal(times((const char *)page.at, mark), 1);
	bytes_free(&page);
}

/* In the order of the inter-agency referral form. */
static const struct order {
	const char *name;
	const char *before, *after;
} orders[] = {
	{ "the priority is above everything", ">Normal: ", "First name" },
	{ "the child is before the consent", "<h2>The child<", "<h2>Consent<" },
	{ "the consent is before the needs", "<h2>Consent<",
	    "<h2>Protection<" },
	{ "the needs are before the caregiver", "<h2>Protection<",
	    "<h2>Caregiver<" },
	{ "the caregiver is before the service", "<h2>Caregiver<",
	    "<h2>Service asked for<" },
	{ "the service is before who refers", "<h2>Service asked for<",
	    "<h2>Referred by<" },
	{ "who refers is before who is referred to", "<h2>Referred by<",
	    "<h2>Referred to<" },
	{ "the part to hand back is last", "<h2>Referred to<",
	    "<h2>To hand back<" },
	{ "the age is before the birth date", "Age is an estimate",
	    "Date of birth" },
	{ "the case number is before the name", "Case number", "First name" },
};

static void
order_holds(void **state)
{
	const struct order *row = *state;
	const char *items[] = { "one" };
	const char *before;
	static struct scene s;
	struct bytes page;

	start(&s);
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		set_day(&s, (enum field)f, "2026-02-08");
		s.referral.value[f].items = items;
		s.referral.value[f].count = COUNT(items);
	}
	bytes_init(&page, SHEET_MAX);
	write_sheet(&s, &page);
	before = strstr((const char *)page.at, row->before);
	assert_non_null(before);
	assert_non_null(strstr(before, row->after));
	assert_int_equal(times((const char *)page.at, row->after), 1);
	bytes_free(&page);
}

/* Only the child's part names the child; the rest can be torn off. */
static void
nothing_personal_is_torn_off(void **state)
{
	static struct scene s;
	struct bytes page;
	const char *tear;

	(void)state;
	start(&s);
	bytes_init(&page, SHEET_MAX);
	write_sheet(&s, &page);
	tear = strstr((const char *)page.at, "<section class=\"tear");
	assert_non_null(tear);
	assert_null(strstr(tear, "Achol"));
	assert_null(strstr(tear, "alternative"));
	bytes_free(&page);
}

/* The page is whole, or nothing is written of it. */
static void
too_large_writes_nothing(void **state)
{
	static char notes[8 * 1024 * 1024];
	struct fault why = { .id = FAULT_NONE };
	static struct scene s;
	struct bytes page;
	struct sink *to;

	(void)state;
	start(&s);
	memset(notes, '"', sizeof(notes) - 1);
	set(&s, FIELD_SERVICE_NOTES, notes);
	bytes_init(&page, SHEET_MAX);
	assert_non_null(to = bytes_sink_new(&page, &why));
	assert_int_equal(sheet_write_referral(&s.order, to, &why), -1);
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	assert_int_equal(page.len, 0);
	sink_free(to);
	bytes_free(&page);
}

static size_t
lines_in(const char *at, const char *end)
{
	size_t count = 0;

	for (; at < end; at++)
		count += *at == '\n';
	return count;
}

/* Looked at in one piece, since a row's pieces are lines. */
static void
empty_lines_are_few(void **state)
{
	static struct scene s;
	const char *at, *end;
	struct bytes page;

	(void)state;
	start(&s);
	notes_that_push_down(&s);
	bytes_init(&page, SHEET_MAX);
	write_sheet(&s, &page);
	assert_non_null(
	    strstr((const char *)page.at, "<bdi>one\n\n \ttwo</bdi>"));
	unseen_lines_that_push_down(&s);
	bytes_empty(&page);
	write_sheet(&s, &page);
	at = strstr((const char *)page.at, "<bdi>one\n");
	assert_non_null(at);
	assert_non_null(end = strstr(at, "two</bdi>"));
	assert_int_equal(lines_in(at, end), 2);
	notes_of_lines(&s);
	bytes_empty(&page);
	write_sheet(&s, &page);
	assert_non_null(
	    strstr((const char *)page.at, "<bdi>one\ntwo\n\nthree</bdi>"));
	bytes_free(&page);
}

static const struct plain {
	const char *name;
} torn[] = { { "nothing about the child is torn off" } },
  empty[] = { { "of empty lines one is left" } },
  large[] = { { "a sheet that is too large is not begun" } };

int
main(void)
{
	int failed;

	failed = ROWS_RUN("sheet", rows, row_holds);
	failed += ROWS_RUN("sheet shows", fields_all, field_holds);
	failed += ROWS_RUN("sheet order", orders, order_holds);
	failed +=
	    ROWS_RUN("sheet tear-off", torn, nothing_personal_is_torn_off);
	failed += ROWS_RUN("sheet lines", empty, empty_lines_are_few);
	failed += ROWS_RUN("sheet limit", large, too_large_writes_nothing);
	return failed;
}
