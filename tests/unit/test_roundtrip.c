/*
 * A referral is written for a system and read back as if that system had given
 * it: what the target's table says it keeps in a field has the value it had,
 * what it keeps as text is in the text, and nothing else is there.
 *
 * Each field stands alone and with all others, in every awkward value; then all
 * others stand without it.  proGres gives a referral other names than it takes
 * one by: the tables `ping_ways` and `dtp_ways` say which becomes which, and
 * what it never gives again, which is compared as it was written.
 */
#include "formats/target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "base/text.h"
#include "formats/html.h"
#include "formats/json.h"
#include "formats/primero.h"
#include "formats/progres.h"
#include "formats/reason_text.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define BODY_MAX ((size_t)16 * 1024 * 1024)
#define ARENA ((size_t)256 * 1024 * 1024)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define KNOWN "c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"
#define LONG_TIMES 20000 /* of a character of three bytes */
#define ROWS_MAX 4096
#define NAME_ROOM 160
#define TURNS 3

/*
 * The agreement's maps.  Systems have fewer words than people: some values of
 * theirs stand for two codes here, and read back they are neither.
 */
static struct map_entry services[] = {
	{ "alternative_care", SITES_TEXTS("alternative_care"),
	    SITES_TEXTS("Alternative Care"), "svc-care" },
	{ "legal_support", SITES_TEXTS("legal, \"support\" <1>", "legal"),
	    SITES_TEXTS("Legal & \"other\" <Assistance>"), "svc-legal" },
	{ "shared_a", SITES_TEXTS("one_service"), SITES_TEXTS("One Service"),
	    "svc-one" },
	{ "shared_b", SITES_TEXTS("one_service"), SITES_TEXTS("One Service"),
	    "svc-one" },
	{ "half_shared", SITES_TEXTS("half_shared"), SITES_TEXTS("Half"),
	    "svc-one" },
};

static struct map_entry concerns[] = {
	{ "separated", SITES_TEXTS("separated"),
	    SITES_TEXTS("Alone, or not/Separated child"), "need-sep" },
	{ "neglect", SITES_TEXTS("neglect"), SITES_TEXTS("Child at risk"),
	    "need-risk" },
	{ "child_labour", SITES_TEXTS("child_labour"),
	    SITES_TEXTS("Child at risk/Child labour"), "need-risk" },
	{ "orphan", SITES_TEXTS("\xd9\x8a\xd8\xaa\xd9\x8a\xd9\x85"),
	    SITES_TEXTS("Orphan"), "need-orphan" },
	{ "twice_a", SITES_TEXTS("twice"), SITES_TEXTS("Child at risk/Twice"),
	    "need-a" },
	{ "twice_b", SITES_TEXTS("twice"), SITES_TEXTS("Child at risk/Twice"),
	    "need-b" },
};

static struct map_entry languages[] = {
	{ "anyuak", SITES_TEXTS("language1"), SITES_TEXTS("Anyuak"), "Anyuak" },
	{ "nuer", SITES_TEXTS("language2", "language3"),
	    SITES_TEXTS("Nuer", "Nuer, Eastern"), "Nuer, Eastern" },
	{ "other_a", SITES_TEXTS("language6"), SITES_TEXTS("Other, a"),
	    "Other" },
	{ "other_b", SITES_TEXTS("language6"), SITES_TEXTS("Other, b"),
	    "Other" },
};

static struct map_entry sexes[] = {
	{ "female", SITES_TEXTS("female"), SITES_TEXTS("125080000", "Female"),
	    "125080000" },
	{ "male", SITES_TEXTS("male"), SITES_TEXTS("125080001", "Male"),
	    "125080001" },
	{ "other", SITES_TEXTS("unknown_4b34795"), SITES_TEXTS("125080002"),
	    "125080003" },
	{ "unknown", SITES_TEXTS("unknown_4b34795"), SITES_TEXTS("125080003"),
	    "125080003" },
};

static struct agreement agreement;

/* What a field may say; a text that is NULL stands for a very long one. */
struct sample {
	const char *name;
	struct value v;
};

#define TEXT(words)                              \
	{                                        \
		.present = true, .text = (words) \
	}
#define ITEMS(...)                                                         \
	{                                                                  \
		.present = true, .items = (const char *[]){ __VA_ARGS__ }, \
		.count = sizeof((const char *[]){ __VA_ARGS__ }) /         \
		    sizeof(const char *)                                   \
	}

static const struct sample lines_of_text[] = {
	{ "plain", TEXT("Achol Example") },
	{ "Arabic with all its marks",
	    TEXT("\xd8\xa3\xd9\x8e\xd8\xad\xd9\x92\xd9\x85\xd9\x8e\xd8\xaf "
		 "\xd8\xb9\xd9\x8e\xd9\x84\xd9\x90\xd9\x8a\xd9\x91") },
	{ "Ethiopic",
	    TEXT("\xe1\x8a\xa0\xe1\x89\xa0\xe1\x89\xa0 "
		 "\xe1\x8d\xa9\xe1\x8d\xaa \xe1\x8d\xa1") },
	{ "marks that compose to nothing",
	    TEXT("q\xcc\xa3\xcc\x87 M\xcc\xb1\xcc\x88y\xcc\xb1\xc9\x94") },
	{ "both directions, with their marks",
	    TEXT("\xe2\x80\xab\xd8\xa3 12\xe2\x80\xac (a) \xe2\x80\x8f") },
	{ "a family of joined characters",
	    TEXT("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7") },
	{ "quotes", TEXT("\"O'Neil\\\", said \\n she") },
	{ "what looks like HTML",
	    TEXT("<b>A</b> &amp; &lt;i> <script>x</script> <!-- y") },
	{ "what looks like JSON", TEXT("\"},\"owned_by\":{\"me\":[1") },
	{ "commas and other signs between things",
	    TEXT(",a, b; c: d / e # f | g = h,") },
	{ "spaces at both ends and in between", TEXT("  two  spaces  ") },
	{ "leading zeros", TEXT("000123") },
	{ "zero", TEXT("0") },
	{ "a number that floats", TEXT("+1e400") },
	{ "a word that means nothing elsewhere", TEXT("null") },
	{ "a word that means yes elsewhere", TEXT("true") },
	{ "asterisks", TEXT("****") },
	{ "very long", TEXT(NULL) },
};

static const struct sample notes[] = {
	{ "lines, empty ones too", TEXT("one\n\n\ttwo\n three \n") },
	{ "what looks like a line of another field",
	    TEXT("one\nPriority: emergency\nSex: male") },
	{ "what looks like a list of notes",
	    TEXT("[{\"CreatedBy\":\"x\",\"Text\":\"y\"}]") },
};

static const struct sample dates[] = {
	{ "29 February", TEXT("2016-02-29") },
	{ "29 February of a century", TEXT("2000-02-29") },
	{ "the first day there is", TEXT("0001-01-01") },
	{ "the last day there is", TEXT("9999-12-31") },
	{ "the day it was referred", TEXT("2026-02-08") },
};

static const struct sample ages[] = {
	{ "nine", { .present = true, .integer = 9 } },
	{ "nought", { .present = true } },
	{ "the highest", { .present = true, .integer = 150 } },
};

static const struct sample ticks[] = {
	{ "yes", { .present = true, .yes = true } },
	{ "no", { .present = true } },
};

static const struct sample lists[] = {
	{ "one", ITEMS("Sudanese, \"South\"") },
	{ "several, in their order",
	    ITEMS("z <b>", "a & b", "0007", "\xd8\xa3", "q\xcc\xa3\xcc\x87") },
	{ "as many as there may be",
	    ITEMS("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
		"13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
		"23", "24", "25", "26", "27", "28", "29", "30", "31", "32",
		"33", "34", "35", "36", "37", "38", "39", "40", "41", "42",
		"43", "44", "45", "46", "47", "48", "49", "50", "51", "52",
		"53", "54", "55", "56", "57", "58", "59", "60", "61", "62",
		"63", "64") },
};

static const struct sample sex_codes[] = {
	{ "female", TEXT("female") },
	{ "male", TEXT("male") },
	{ "other", TEXT("other") },
	{ "unknown", TEXT("unknown") },
};

static const struct sample status_codes[] = {
	{ "separated", TEXT("separated") },
	{ "unaccompanied", TEXT("unaccompanied") },
};

static const struct sample timeframe_codes[] = {
	{ "an hour", TEXT("1_hour") },
	{ "three hours", TEXT("3_hours") },
	{ "a day", TEXT("1_day") },
	{ "three days", TEXT("3_days") },
};

static const struct sample service_codes[] = {
	{ "one of its own", TEXT("alternative_care") },
	{ "one with signs in its names", TEXT("legal_support") },
	{ "the first of two with one name", TEXT("shared_a") },
	{ "the second of two with one name", TEXT("shared_b") },
	{ "one whose number is another's too", TEXT("half_shared") },
};

static const struct sample concern_codes[] = {
	{ "one of its own", ITEMS("separated") },
	{ "one whose name is in another script", ITEMS("orphan") },
	{ "the first of two with one need", ITEMS("neglect") },
	{ "the second of two with one need", ITEMS("child_labour") },
	{ "the first of two with one name", ITEMS("twice_a") },
	{ "the second of two with one name", ITEMS("twice_b") },
	{ "several, in their order",
	    ITEMS("orphan", "child_labour", "separated") },
	{ "two with one need", ITEMS("child_labour", "neglect") },
	{ "two with one name", ITEMS("twice_b", "twice_a") },
};

static const struct sample language_codes[] = {
	{ "one", ITEMS("anyuak") },
	{ "one with a comma in its name", ITEMS("nuer") },
	{ "several, in their order", ITEMS("nuer", "anyuak") },
	{ "the second of two with one name", ITEMS("other_b", "anyuak") },
};

static const struct samples {
	const struct sample *all;
	size_t count;
} of_kind[] = {
	[FIELD_TEXT] = { lines_of_text, COUNT(lines_of_text) },
	[FIELD_NOTES] = { lines_of_text, COUNT(lines_of_text) },
	[FIELD_CODE] = { lines_of_text, COUNT(lines_of_text) },
	[FIELD_CODES] = { lists, COUNT(lists) },
	[FIELD_DATE] = { dates, COUNT(dates) },
	[FIELD_INTEGER] = { ages, COUNT(ages) },
	[FIELD_BOOLEAN] = { ticks, COUNT(ticks) },
};

/* Fields that take only words of their own. */
static const struct samples of_field[FIELD_COUNT] = {
	[FIELD_SEX] = { sex_codes, COUNT(sex_codes) },
	[FIELD_CAREGIVER_SEX] = { sex_codes, COUNT(sex_codes) },
	[FIELD_PROTECTION_STATUS] = { status_codes, COUNT(status_codes) },
	[FIELD_SERVICE_TIMEFRAME] = { timeframe_codes, COUNT(timeframe_codes) },
	[FIELD_SERVICE_TYPE] = { service_codes, COUNT(service_codes) },
	[FIELD_PROTECTION_CONCERNS] = { concern_codes, COUNT(concern_codes) },
	[FIELD_LANGUAGE] = { language_codes, COUNT(language_codes) },
};

static size_t
samples_of(enum field f)
{
	if (of_field[f].count > 0)
		return of_field[f].count;
	return of_kind[fields_all[f].kind].count +
	    (fields_all[f].kind == FIELD_NOTES ? COUNT(notes) : 0);
}

static const struct sample *
sample_of(enum field f, size_t i)
{
	const struct samples *s =
	    of_field[f].count > 0 ? &of_field[f] : &of_kind[fields_all[f].kind];

	return i < s->count ? &s->all[i] : &notes[i - s->count];
}

static const char *
very_long(void)
{
	static char text[3 * LONG_TIMES + 1];

	for (size_t i = 0; i < LONG_TIMES; i++)
		memcpy(text + 3 * i, "\xe1\x88\x80", 3);
	return text;
}

/* What the referral says is what could have travelled in a bundle. */
static void
set(struct referral *r, enum field f, size_t i)
{
	struct value *v = &r->value[f];

	*v = sample_of(f, i)->v;
	if (fields_all[f].kind == FIELD_DATE)
		assert_true(day_read(v->text, &v->date));
	if (v->text == NULL &&
	    (fields_all[f].kind == FIELD_TEXT ||
		fields_all[f].kind == FIELD_NOTES ||
		fields_all[f].kind == FIELD_CODE))
		v->text = very_long();
	if (v->text != NULL)
		assert_true(text_is_nfc(v->text, strlen(v->text)) &&
		    text_is_clean(v->text, strlen(v->text),
			fields_all[f].kind == FIELD_NOTES));
	for (size_t k = 0; k < v->count; k++)
		assert_true(text_is_nfc(v->items[k], strlen(v->items[k])));
}

static void
start(enum format format, struct referral *r)
{
	agreement = sites_agreement;
	agreement.maps[MAP_SERVICES] =
	    (struct map){ services, COUNT(services) };
	agreement.maps[MAP_CONCERNS] =
	    (struct map){ concerns, COUNT(concerns) };
	agreement.maps[MAP_LANGUAGES] =
	    (struct map){ languages, COUNT(languages) };
	agreement.maps[MAP_SEX] = (struct map){ sexes, COUNT(sexes) };
	agreement.has_primero = true;
	agreement.primero =
	    (struct primero_ids){ "primeromodule-cp", "intake" };
	referral_clear(r);
	assert_true(day_read("2026-02-08", &r->made_on));
	r->to_user = "another_worker";
	if (format == FORMAT_PRIMERO) {
		r->ref = "progres:N-1";
		r->origin = (struct origin){ .system = ORIGIN_PROGRES,
			.intervention_number = "N-1" };
		r->from_agency = "UNHCR";
		r->to_agency = "UNICEF";
		return;
	}
	r->ref = "primero:c-1#s-1";
	r->origin = (struct origin){ .system = ORIGIN_PRIMERO,
		.record_id = "r-1",
		.case_id = "c-1",
		.service_id = "s-1" };
	r->from_agency = "UNICEF";
	r->to_agency = "UNHCR";
}

/* What no target does without: a service, and proGres a number. */
static void
add_needed(enum format format, struct referral *r)
{
	if (!r->value[FIELD_SERVICE_TYPE].present)
		set(r, FIELD_SERVICE_TYPE, 0);
	if (format != FORMAT_PRIMERO &&
	    !r->value[FIELD_UNHCR_INDIVIDUAL_NO].present &&
	    !r->value[FIELD_UNHCR_ID_NO].present)
		set(r, FIELD_UNHCR_ID_NO, 0);
}

/* Every other field, each in another of its values. */
static void
add_others(struct referral *r, enum field but, size_t turn)
{
	for (size_t f = 0; f < FIELD_COUNT; f++)
		if (f != but)
			set(r, (enum field)f,
			    (f + turn) % samples_of((enum field)f));
}

/* Everything one body is looked at with. */
struct scene {
	const struct target *target;
	const struct referral *r;
	struct referral back;
	struct source_facts facts;
	struct arena *arena;
	struct bytes body;
	struct json *json;		 /* of the body */
	const struct json_node *written; /* where the fields are in it */
	char what[NAME_ROOM];
};

static void
lost(const struct scene *s, enum field f, const char *how)
{
	fail_msg("%s: %s %s in %.*s", s->what, fields_all[f].name, how,
	    (int)(s->body.len < 6000 ? s->body.len : 6000),
	    (const char *)s->body.at);
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_value(enum field f, const struct value *a, const struct value *b)
{
	if (!a->present || !b->present)
		return a->present == b->present;
	switch (fields_all[f].kind) {
	case FIELD_DATE:
		return a->date == b->date && same_text(a->text, b->text);
	case FIELD_INTEGER:
		return a->integer == b->integer;
	case FIELD_BOOLEAN:
		return a->yes == b->yes;
	case FIELD_CODES:
		for (size_t i = 0; i < a->count && i < b->count; i++)
			if (!same_text(a->items[i], b->items[i]))
				return false;
		return a->count == b->count;
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		return same_text(a->text, b->text);
	}
	return false;
}

/* Does another entry of the map have this value of the system too? */
static bool
is_shared(enum field f, enum format format, const char *code)
{
	const struct map *m = &agreement.maps[fields_all[f].map];
	const struct map_entry *e =
	    agreement_code(&agreement, fields_all[f].map, code);
	const char *out;

	assert_non_null(e);
	if (format == FORMAT_DTP)
		out = e->progres_in.items[0];
	else
		out = format == FORMAT_PING ? e->progres_out :
					      e->primero.items[0];
	for (size_t i = 0; i < m->count; i++) {
		const struct map_entry *o = &m->entries[i];

		if (o != e &&
		    (format == FORMAT_PRIMERO ?
			    agreement_lists(&o->primero, out) :
			    agreement_lists(&o->progres_in, out) ||
				same_text(o->progres_out, out)))
			return true;
	}
	return false;
}

/* The field holds a value that stands for more than this. */
static bool
is_blurred(const struct scene *s, enum field f)
{
	const struct value *v = &s->r->value[f];
	bool any = false;

	/* DTP has Primero's words for the sex. */
	if (!v->present || fields_all[f].map == MAP_NONE ||
	    (s->target->format == FORMAT_DTP && fields_all[f].map == MAP_SEX))
		return false;
	if (fields_all[f].kind == FIELD_CODE)
		return is_shared(f, s->target->format, v->text);
	for (size_t i = 0; i < v->count; i++)
		any |= is_shared(f, s->target->format, v->items[i]);
	return any;
}

static void
add(struct bytes *to, const char *text)
{
	struct fault why = { .id = FAULT_NONE };

	assert_int_equal(bytes_add_text(to, text, &why), 0);
}

/* As the system calls it; in a line also which, where that names two. */
static void
add_language(const struct scene *s, const char *code, bool line,
    struct bytes *to)
{
	const struct map_entry *e =
	    agreement_code(&agreement, MAP_LANGUAGES, code);

	add(to, agreement_to_target(e, s->target->system));
	if (!line ||
	    !is_shared(FIELD_LANGUAGE,
		s->target->format == FORMAT_DTP ? FORMAT_PING :
						  s->target->format,
		code))
		return;
	add(to, " (");
	add(to, code);
	add(to, ")");
}

/* The words that stand for a value in a line of text. */
static const char *
in_words(const struct scene *s, enum field f)
{
	const struct value *v = &s->r->value[f];
	struct fault why = { .id = FAULT_NONE };
	struct bytes words;
	const char *copy;
	char number[24];

	switch (fields_all[f].kind) {
	case FIELD_CODES:
		break;
	case FIELD_INTEGER:
		(void)snprintf(number, sizeof(number), "%" PRId64, v->integer);
		return arena_copy(s->arena, number, strlen(number), &why);
	case FIELD_BOOLEAN:
		return v->yes ? "yes" : "no";
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
	case FIELD_DATE:
		return v->text;
	}
	bytes_init(&words, BODY_MAX);
	for (size_t i = 0; i < v->count; i++) {
		if (i > 0)
			add(&words, ", ");
		if (f == FIELD_LANGUAGE)
			add_language(s, v->items[i], true, &words);
		else
			add(&words, v->items[i]);
	}
	copy = arena_copy(s->arena, (const char *)words.at, words.len, &why);
	assert_non_null(copy);
	bytes_free(&words);
	return copy;
}

static bool
names_two_languages(const struct scene *s)
{
	const struct value *v = &s->r->value[FIELD_LANGUAGE];
	bool any = false;

	for (size_t i = 0; i < v->count; i++)
		any |= is_shared(FIELD_LANGUAGE, FORMAT_PING, v->items[i]);
	return any;
}

/* Is there to be a line for it below the notes? */
static bool
has_line(const struct scene *s, enum field f)
{
	const struct value *v = &s->r->value[f];
	enum format format = s->target->format;

	if (!v->present || f == FIELD_SERVICE_NOTES)
		return false;
	if (s->target->keeps[f] == KEEPS_FIELD)
		return is_blurred(s, f);
	if (format == FORMAT_PING && f == FIELD_PROTECTION_CONCERNS)
		return v->count > 1 || is_blurred(s, f);
	if (format == FORMAT_DTP && f == FIELD_LANGUAGE)
		return names_two_languages(s); /* else in its member alone */
	/* The referral's own day is written in any case. */
	return s->target->keeps[f] == KEEPS_TEXT &&
	    (f != FIELD_SERVICE_REQUESTED_ON || v->date != s->r->made_on);
}

/* How many bytes of the text are lines that no field has. */
static size_t
check_own_lines(const struct scene *s, const char *text)
{
	static const char meant[] = "\nMeant for user: another_worker";
	static const char made[] = "\nReferral made on: 2026-02-08";
	const struct value *asked = &s->r->value[FIELD_SERVICE_REQUESTED_ON];

	assert_non_null(strstr(text, meant));
	if (s->target->format != FORMAT_PRIMERO ||
	    (asked->present && asked->date == s->r->made_on))
		return sizeof(meant) - 1;
	assert_non_null(strstr(text, made));
	return sizeof(meant) - 1 + sizeof(made) - 1;
}

/* The notes, the priority, a line for each that has one, and no more. */
static void
check_text(const struct scene *s, const char *text)
{
	const struct value *v = &s->r->value[FIELD_SERVICE_NOTES];
	struct fault why = { .id = FAULT_NONE };
	size_t len = strlen("Priority: normal"), room;
	const char *words, *label, *at;
	char *line;

	assert_non_null(text);
	if (v->present && s->target->keeps[FIELD_SERVICE_NOTES] != KEEPS_NOT) {
		len += strlen(v->text) + 1;
		if (strncmp(text, v->text, strlen(v->text)) != 0)
			lost(s, FIELD_SERVICE_NOTES, "is not");
		text += strlen(v->text) + 1;
		len -= strlen(v->text) + 1;
	}
	assert_int_equal(strncmp(text, "Priority: normal", len), 0);
	len += check_own_lines(s, text);
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		if (!has_line(s, (enum field)f))
			continue;
		words = in_words(s, (enum field)f);
		label = reason_text_label((enum field)f);
		room = strlen(label) + strlen(words) + 4;
		line = arena_take(s->arena, room, &why);
		assert_non_null(line);
		(void)snprintf(line, room, "\n%s: %s", label, words);
		len += strlen(line);
		at = strstr(text, line);
		if (at == NULL ||
		    (at[strlen(line)] != '\0' && at[strlen(line)] != '\n'))
			lost(s, (enum field)f, "has no line");
	}
	if (strlen(text) != len)
		fail_msg("%s: there are other lines in %.*s", s->what, 6000,
		    text);
}

static int
write_body(struct scene *s, const char *known_record, struct fault *why)
{
	const struct target_referral t = { .agreement = &agreement,
		.self = s->target->system == SYSTEM_PROGRES ? &sites_hub :
							      &sites_site,
		.referral = s->r,
		.known_record = known_record };
	struct sink *to;
	int rc;

	bytes_init(&s->body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(&s->body, why));
	rc = s->target->referral(&t, to, why);
	sink_free(to);
	return rc;
}

/* Notes with all that stands below them may be longer than one text may. */
static void
read_json(const struct bytes *text, struct json **out)
{
	static const struct json_limits wide = { .bytes = BODY_MAX,
		.string = BODY_MAX,
		.depth = 32 };
	struct fault why = { .id = FAULT_NONE };

	if (json_read(text->at, text->len, &wide, out, &why) == -1)
		fail_msg("%s", why.detail);
}

/* It comes back as it was, and for a person: nobody can see all of it. */
static bool
is_disguised(const struct scene *s, enum field f)
{
	const struct value *v = &s->r->value[f];

	return (f == FIELD_UNHCR_INDIVIDUAL_NO || f == FIELD_CASE_ID_DISPLAY ||
		   f == FIELD_CPIMS_ID) &&
	    v->present && text_has_unseen(v->text);
}

/* Nothing was unreadable, untranslatable or changed on the way. */
static void
check_facts(const struct scene *s)
{
	size_t blurred = 0;

	for (size_t f = 0; f < FIELD_COUNT; f++) {
		blurred += s->target->keeps[f] == KEEPS_FIELD &&
		    is_blurred(s, (enum field)f);
		if (s->facts.differs[f])
			lost(s, (enum field)f, "differs");
		if (s->facts.unreadable[f] && f != FIELD_SERVICE_NOTES &&
		    f != FIELD_SERVICE_REQUESTED_ON &&
		    !is_disguised(s, (enum field)f))
			lost(s, (enum field)f, "is not readable");
	}
	assert_true(blurred > 0 || s->facts.unmapped_count == 0);
	assert_false(s->facts.text_altered || s->facts.birth_unclear);
}

/*
 * Primero.
 */

static const struct {
	enum field field;
	const char *member;
} asked_by[] = {
	{ FIELD_SENDER_POSITION, "service_request_title" },
	{ FIELD_SENDER_PHONE, "service_request_phone" },
	{ FIELD_SENDER_EMAIL, "service_request_email" },
};

/* Copy the members of an object; those named in but (ends with NULL) not. */
static void
copy_members(struct jsonout *o, const struct json_node *from,
    const char *const *but)
{
	struct fault why = { .id = FAULT_NONE };
	struct bytes one;
	bool leave;

	for (const struct json_node *n = json_first(from); n != NULL;
	     n = json_next(n)) {
		leave = false;
		for (size_t i = 0; but[i] != NULL; i++)
			leave |= strcmp(but[i], json_name(n)) == 0;
		if (leave)
			continue;
		bytes_init(&one, BODY_MAX);
		assert_int_equal(json_canonical(n, NULL, &one, &why), 0);
		jsonout_raw(o, json_name(n), (const char *)one.at, one.len);
		bytes_free(&one);
	}
}

/*
 * The case as if it had been entered there and referred on: a row that came
 * from outside would be passed over.
 */
static void
make_case(const struct scene *s, struct bytes *out)
{
	static const char *const of_case[] = { "services_section", NULL };
	static const char *const of_row[] = { "service_request_external",
		"progres_interventionnumber", NULL };
	const struct json_node *data =
	    json_get(json_get(json_root(s->json), "body"), "data");
	struct fault why = { .id = FAULT_NONE };
	struct jsonout o;
	struct sink *to;

	bytes_init(out, BODY_MAX);
	assert_non_null(to = bytes_sink_new(out, &why));
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	copy_members(&o, data, of_case);
	jsonout_text(&o, "case_id", "case-1");
	jsonout_list(&o, "services_section");
	jsonout_object(&o, NULL);
	copy_members(&o, s->written, of_row);
	jsonout_boolean(&o, "service_status_referred", true);
	jsonout_object_end(&o);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	assert_int_equal(jsonout_end(&o, &why), 0);
	sink_free(to);
}

static void
read_case(struct scene *s)
{
	const struct source_reader reader = { .agreement = &agreement,
		.sender = &sites_hub,
		.receiver = &sites_site };
	struct passed_over passed = { 0 };
	struct fault why = { .id = FAULT_NONE };
	struct source_row *found;
	struct json *json;
	struct bytes text;
	size_t count;

	s->written = json_first(
	    json_get(json_get(json_get(json_root(s->json), "body"), "data"),
		"services_section"));
	make_case(s, &text);
	read_json(&text, &json);
	if (primero_read(&reader, json_root(json), 1, s->arena, &found, &count,
		&passed, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(count, 1);
	s->back = found[0].referral;
	s->facts = found[0].facts;
	json_free(json);
	bytes_free(&text);
}

/* Who asked there is not who would refer it on from there. */
static void
check_asked_by(const struct scene *s)
{
	for (size_t i = 0; i < COUNT(asked_by); i++) {
		enum field f = asked_by[i].field;

		if (!same_text(json_get_text(s->written, asked_by[i].member),
			s->r->value[f].text))
			lost(s, f, "is not as it was");
	}
}

/*
 * A value that stands for two codes is held by Primero as it is; which of the
 * two it was is in the notes, and read back it is neither.
 */
static void
check_case(struct scene *s)
{
	const struct value none = { .present = false };

	read_case(s);
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		if (f == FIELD_SERVICE_NOTES ||
		    strcmp(fields_all[f].group, "sender") == 0 ||
		    is_blurred(s, (enum field)f))
			continue;
		if (!same_value((enum field)f, &s->back.value[f],
			s->target->keeps[f] == KEEPS_FIELD ? &s->r->value[f] :
							     &none))
			lost(s, (enum field)f, "is not as it was");
	}
	check_asked_by(s);
	check_text(s, s->back.value[FIELD_SERVICE_NOTES].text);
	check_facts(s);
}

/*
 * proGres.
 */

enum how {
	AS_IS,
	AS_NAME,   /* in an object with a Name */
	AS_MOMENT, /* a day with a time of day */
	AS_ZULU,   /* likewise, and with its zone */
	AS_HTML,   /* as a browser would show it */
	AS_LABEL,  /* a number goes in, what it is called comes out */
	AS_SEX,	   /* a word goes in, a number comes out */
	AS_NEEDS,  /* several go in, one a row comes out */
	NOT_GIVEN, /* proGres has no such thing in what it gives */
};

/* How a field is written, and what proGres calls it when it gives it. */
struct way {
	enum field field;
	const char *written;
	enum how how;
	const char *given;
};

#define PERSON "progres_individual.individuals."

static const struct way ping_ways[] = {
	{ FIELD_NAME_FIRST, "progres_pocfirstname", AS_IS,
	    PERSON "progres_givenname" },
	{ FIELD_NAME_MIDDLE, "progres_pocmiddlename", AS_IS,
	    PERSON "progres_middlename" },
	{ FIELD_NAME_LAST, "progres_poclastname", AS_IS,
	    PERSON "progres_familyname" },
	{ FIELD_SEX, "progres_pocsex", AS_IS, PERSON "progres_sex" },
	{ FIELD_DATE_OF_BIRTH, "progres_pocdateofbirth", AS_MOMENT,
	    PERSON "progres_dateofbirth" },
	{ FIELD_UNHCR_INDIVIDUAL_NO, "progres_unhcrid", AS_IS,
	    PERSON "progres_id" },
	{ FIELD_UNHCR_ID_NO, "progres_pocotheridnumber", AS_IS,
	    "progres_individual.progres_registrationgroupidname" },
	{ FIELD_ADDRESS_CURRENT, "progres_pocaddress", NOT_GIVEN, NULL },
	{ FIELD_TELEPHONE_CURRENT, "progres_pocphonenumber", AS_IS,
	    PERSON "progres_primaryphonenumber" },
	{ FIELD_SERVICE_TYPE, "progres_requestedservice", AS_LABEL,
	    "progres_interventiontype2.interventiontype."
	    "progres_description" },
	{ FIELD_SERVICE_TYPE_OTHER, "progres_otherrequestedservices", NOT_GIVEN,
	    NULL },
	{ FIELD_SERVICE_NOTES, "progres_reasonforreferral", AS_HTML,
	    "progres_reasonforreferral" },
	{ FIELD_SENDER_FULL_NAME, "progres_orgreferredby", NOT_GIVEN, NULL },
	{ FIELD_SENDER_POSITION, "progres_orgposition", AS_IS,
	    "systemuser.title" },
	{ FIELD_SENDER_EMAIL, "progres_orgemail", AS_IS,
	    "systemuser.su.internalemailaddress" },
	{ FIELD_SENDER_PHONE, "progres_orgphonenumber", AS_IS,
	    "systemuser.su.mobilephone" },
};

static const struct way dtp_ways[] = {
	{ FIELD_NAME_FIRST, "name_first", AS_IS,
	    "individuals.progres_givenname" },
	{ FIELD_NAME_MIDDLE, "name_middle", AS_IS,
	    "individuals.progres_middlename" },
	{ FIELD_NAME_LAST, "name_last", AS_IS,
	    "individuals.progres_familyname" },
	{ FIELD_NAME_NICKNAME, "name_nickname", AS_IS,
	    "individuals.progres_commonyusedname" },
	{ FIELD_SEX, "sex", AS_SEX, "individuals.progres_sex" },
	{ FIELD_DATE_OF_BIRTH, "date_of_birth", AS_ZULU,
	    "individuals.progres_dateofbirth" },
	{ FIELD_UNHCR_INDIVIDUAL_NO, "unhcr_individual_no", AS_IS,
	    "individuals.progres_id" },
	{ FIELD_UNHCR_ID_NO, "unhcr_id_no", AS_NAME,
	    "individuals.progres_registrationgroupid" },
	{ FIELD_ADDRESS_CURRENT, "address_current", AS_IS,
	    "individuals.progres_coalocationlevel6" },
	{ FIELD_TELEPHONE_CURRENT, "telephone_current", AS_IS,
	    "individuals.progres_primaryphonenumber" },
	{ FIELD_PROTECTION_CONCERNS, "protection_concerns", AS_NEEDS, NULL },
	{ FIELD_PROTECTION_CONCERNS_OTHER, "protection_concerns_other",
	    NOT_GIVEN, NULL },
	{ FIELD_RISK_LEVEL, "risk_level", NOT_GIVEN, NULL },
	{ FIELD_SERVICE_TYPE, "service_type", AS_IS,
	    "interventiontype.progres_description" },
	{ FIELD_SERVICE_TYPE_OTHER, "service_type_other", NOT_GIVEN, NULL },
	{ FIELD_SERVICE_NOTES, "service_referral_notes", AS_HTML,
	    "progres_reasonforreferral" },
	{ FIELD_SENDER_USER, "primero_user", NOT_GIVEN, NULL },
	{ FIELD_SENDER_FULL_NAME, "full_name", NOT_GIVEN, NULL },
	{ FIELD_SENDER_POSITION, "position", AS_IS, "user.title" },
	{ FIELD_SENDER_EMAIL, "email", AS_IS, "user.internalemailaddress" },
	{ FIELD_SENDER_PHONE, "phone", AS_IS, "user.mobilephone" },
	{ FIELD_SENDER_AGENCY, "owned_by_agency_id", NOT_GIVEN, NULL },
};

/* What else may stand in a body, and does not come from a field. */
static const char *const ping_others[] = { "progres_externalguid",
	"progres_externalid", "progres_offlineid", "progres_businessunit",
	"progres_organizationfrom", "progres_orgreferralid",
	"progres_referraldate", "progres_spneedcategory", NULL };

static const char *const dtp_others[] = { "request_type", "id",
	"service_implementing_agency", "service_response_day_time", "language",
	NULL };

static const struct way *
ways_of(const struct scene *s, size_t *count)
{
	bool ping = s->target->format == FORMAT_PING;

	*count = ping ? COUNT(ping_ways) : COUNT(dtp_ways);
	return ping ? ping_ways : dtp_ways;
}

/* What was written under that name; NULL if nothing was. */
static const struct json_node *
written(const struct scene *s, const char *name)
{
	const struct json_node *found = NULL;

	if (s->target->format == FORMAT_DTP)
		return json_get(s->written, name);
	for (const struct json_node *n = json_first(s->written); n != NULL;
	     n = json_next(n)) {
		if (!same_text(json_get_text(n, "Name"), name))
			continue;
		assert_null(found);
		found = json_get(n, "Value");
	}
	return found;
}

/* Nothing stands in the body that the tables do not know. */
static void
check_names(const struct scene *s)
{
	bool ping = s->target->format == FORMAT_PING, known;
	const char *const *others = ping ? ping_others : dtp_others;
	const struct way *ways;
	const char *name;
	size_t count;

	ways = ways_of(s, &count);
	for (const struct json_node *n = json_first(s->written); n != NULL;
	     n = json_next(n)) {
		name = ping ? json_get_text(n, "Name") : json_name(n);
		known = false;
		for (size_t i = 0; i < count; i++)
			known |= same_text(ways[i].written, name);
		for (size_t i = 0; others[i] != NULL; i++)
			known |= same_text(others[i], name);
		if (!known)
			fail_msg("%s: %s is written", s->what, name);
	}
}

/* What proGres calls the thing that has this number. */
static const char *
label_of(const char *number)
{
	for (size_t i = 0; i < COUNT(services); i++)
		if (same_text(services[i].progres_out, number))
			return services[i].progres_in.items[0];
	fail_msg("%s is no number of a service", number);
	return NULL;
}

static const char *
number_of(const char *sex)
{
	return agreement_code(&agreement, MAP_SEX, sex)->progres_in.items[0];
}

static void
give_html(struct jsonout *o, const char *name, const char *text)
{
	struct fault why = { .id = FAULT_NONE };
	struct bytes html;

	bytes_init(&html, BODY_MAX);
	assert_int_equal(html_add_text(&html, text, &why), 0);
	jsonout_text(o, name, (const char *)html.at);
	bytes_free(&html);
}

static void
give(struct jsonout *o, const struct way *way, const char *text)
{
	char when[64];

	switch (way->how) {
	case AS_IS:
		jsonout_text(o, way->given, text);
		break;
	case AS_NAME:
		jsonout_object(o, way->given);
		jsonout_text(o, "Id", KNOWN);
		jsonout_text(o, "Name", text);
		jsonout_object_end(o);
		break;
	case AS_MOMENT:
	case AS_ZULU:
		(void)snprintf(when, sizeof(when), "%sT00:00:00%s", text,
		    way->how == AS_ZULU ? "Z" : "");
		jsonout_text(o, way->given, when);
		break;
	case AS_HTML:
		give_html(o, way->given, text);
		break;
	case AS_LABEL:
		jsonout_text(o, way->given, label_of(text));
		break;
	case AS_SEX:
		jsonout_text(o, way->given, number_of(text));
		break;
	case AS_NEEDS:
	case NOT_GIVEN:
		break;
	}
}

/* A need of DTP's, which stands in its two parts. */
static void
give_need(struct jsonout *o, const char *need)
{
	const char *slash = strchr(need, '/');
	char category[128];

	(void)snprintf(category, sizeof(category), "%.*s",
	    (int)strcspn(need, "/"), need);
	jsonout_object(o, "specificneeds.progres_spncategory2");
	jsonout_text(o, "Name", category);
	jsonout_object_end(o);
	if (slash == NULL)
		return;
	jsonout_object(o, "specificneeds.progres_spnsubcategory2");
	jsonout_text(o, "Name", slash + 1);
	jsonout_object_end(o);
}

/* The rows of the intervention that proGres would give for what it took. */
static void
make_rows(const struct scene *s, struct bytes *out)
{
	const struct json_node *needs = json_kind(s->written) == JSON_OBJECT ?
	    json_first(json_get(s->written, "protection_concerns")) :
	    NULL;
	struct fault why = { .id = FAULT_NONE };
	const struct way *ways;
	struct jsonout o;
	struct sink *to;
	size_t count;

	ways = ways_of(s, &count);
	bytes_init(out, BODY_MAX);
	assert_non_null(to = bytes_sink_new(out, &why));
	jsonout_start(&o, to);
	jsonout_list(&o, NULL);
	do {
		jsonout_object(&o, NULL);
		jsonout_text(&o, "progres_interventionnumber", "N-1");
		for (size_t i = 0; i < count; i++)
			if (written(s, ways[i].written) != NULL)
				give(&o, &ways[i],
				    json_text(written(s, ways[i].written)));
		if (needs != NULL) {
			give_need(&o, json_text(needs));
			needs = json_next(needs);
		}
		jsonout_object_end(&o);
	} while (needs != NULL);
	jsonout_list_end(&o);
	assert_int_equal(jsonout_end(&o, &why), 0);
	sink_free(to);
}

static void
read_rows(struct scene *s)
{
	const struct source_reader reader = { .agreement = &agreement,
		.sender = &sites_hub,
		.receiver = &sites_site };
	const struct json_node *rows[REFERRAL_CODES_MAX];
	struct fault why = { .id = FAULT_NONE };
	struct source_row found;
	struct json *json;
	struct bytes text;
	size_t count = 0;

	make_rows(s, &text);
	read_json(&text, &json);
	for (const struct json_node *n = json_first(json_root(json)); n != NULL;
	     n = json_next(n))
		rows[count++] = n;
	if (progres_read(&reader, rows, count, 1, s->arena, &found, &why) == -1)
		fail_msg("%s", why.detail);
	s->back = found.referral;
	s->facts = found.facts;
	json_free(json);
	bytes_free(&text);
}

static const struct way *
way_of(const struct scene *s, enum field f)
{
	const struct way *ways;
	size_t count;

	ways = ways_of(s, &count);
	for (size_t i = 0; i < count; i++)
		if (ways[i].field == f)
			return &ways[i];
	return NULL;
}

/* What proGres never gives again is compared as it was written. */
static void
check_written(const struct scene *s, const struct way *way)
{
	const char *want = s->r->value[way->field].text;

	/* The agency that refers is known in any case. */
	if (way->field == FIELD_SENDER_AGENCY && want == NULL)
		want = s->r->from_agency;
	if (!same_text(json_text(written(s, way->written)), want))
		lost(s, way->field, "is not as it was");
}

/* What the reader says of its own: who sent it, and when if nobody knows. */
static bool
is_readers(enum field f)
{
	return f == FIELD_SENDER_AGENCY || f == FIELD_SERVICE_NOTES;
}

static void
check_progres_field(const struct scene *s, enum field f)
{
	const struct value none = { .present = false };
	const struct way *way = way_of(s, f);
	bool kept = s->target->keeps[f] == KEEPS_FIELD;

	if (kept && way == NULL)
		lost(s, f, "has no way back");
	if (way != NULL && way->how == NOT_GIVEN)
		check_written(s, way);
	if (is_readers(f) || is_blurred(s, f))
		return;
	if (!same_value(f, &s->back.value[f],
		kept && way->how != NOT_GIVEN ? &s->r->value[f] : &none))
		lost(s, f, "is not as it was");
}

/* A need has a member of its own where one is all there is. */
static void
check_need(const struct scene *s)
{
	const struct value *v = &s->r->value[FIELD_PROTECTION_CONCERNS];
	const char *need = json_text(written(s, "progres_spneedcategory"));
	bool found = !v->present && need == NULL;

	if (s->target->format != FORMAT_PING)
		return;
	for (size_t i = 0; i < v->count && need != NULL; i++)
		found |= same_text(agreement_code(&agreement, MAP_CONCERNS,
				       v->items[i])
				       ->progres_out,
		    need);
	if (!found)
		lost(s, FIELD_PROTECTION_CONCERNS, "is not the need");
}

/* DTP has one text for all languages. */
static void
check_languages(const struct scene *s)
{
	const struct value *v = &s->r->value[FIELD_LANGUAGE];
	struct bytes names;

	if (s->target->format != FORMAT_DTP)
		return;
	bytes_init(&names, BODY_MAX);
	for (size_t i = 0; i < v->count; i++) {
		if (i > 0)
			add(&names, ", ");
		add_language(s, v->items[i], false, &names);
	}
	if (!same_text(json_text(written(s, "language")),
		(const char *)names.at))
		lost(s, FIELD_LANGUAGE, "is not as it was");
	bytes_free(&names);
}

static void
check_intervention(struct scene *s)
{
	const struct json_node *item =
	    json_first(json_get(json_root(s->json), "Data"));
	bool ping = s->target->format == FORMAT_PING;

	s->written = ping ? json_get(item, "Fields") : json_root(s->json);
	check_names(s);
	read_rows(s);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		check_progres_field(s, (enum field)f);
	check_need(s);
	check_languages(s);
	check_text(s,
	    json_text(written(s,
		ping ? "progres_reasonforreferral" :
		       "service_referral_notes")));
	assert_string_equal(json_text(written(s,
				ping ? "progres_referraldate" :
				       "service_response_day_time")),
	    ping ? "2026-02-08" : "2026-02-08T00:00:00.000Z");
	check_facts(s);
}

/* Write it, read it back, and hold both against each other. */
static void
go_round(const struct target *target, const struct referral *r,
    const char *what)
{
	static struct scene s;
	struct fault why = { .id = FAULT_NONE };

	s = (struct scene){ .target = target, .r = r };
	(void)snprintf(s.what, sizeof(s.what), "%s", what);
	assert_non_null(s.arena = arena_new(ARENA, &why));
	if (write_body(&s, NULL, &why) == -1)
		fail_msg("%s: %s", what, why.detail);
	read_json(&s.body, &s.json);
	if (target->format == FORMAT_PRIMERO)
		check_case(&s);
	else
		check_intervention(&s);
	json_free(s.json);
	bytes_free(&s.body);
	arena_free(s.arena);
}

/* One field in one of its values: alone, and with every other. */
struct row {
	char name[NAME_ROOM];
	enum format format;
	enum field field;
	size_t sample;
};

struct named_row {
	const char *name;
	const struct row *row;
};

static void
value_goes_round(void **state)
{
	const struct row *row = ((const struct named_row *)*state)->row;
	const struct target *target = target_find(row->format);
	static struct referral r;

	assert_non_null(target);
	start(row->format, &r);
	set(&r, row->field, row->sample);
	add_needed(row->format, &r);
	go_round(target, &r, "alone");
	start(row->format, &r);
	add_others(&r, row->field, row->sample);
	set(&r, row->field, row->sample);
	go_round(target, &r, "with all others");
}

/* All fields but this one, in one set of values after another. */
static void
absence_goes_round(void **state)
{
	const struct row *row = ((const struct named_row *)*state)->row;
	const struct target *target = target_find(row->format);
	static struct referral r;

	assert_non_null(target);
	for (size_t turn = 0; turn < TURNS; turn++) {
		start(row->format, &r);
		add_others(&r, row->field, turn);
		add_needed(row->format, &r);
		go_round(target, &r, "absent");
	}
}

/* What a target cannot hold: its table names it, and it is nowhere. */
static const struct held {
	const char *name;
	enum format format;
	bool known; /* a case that is there already gets no particulars */
	const enum field *nowhere;
	size_t count;
} helds[] = {
	{ "PING holds every field in some way", FORMAT_PING, false, NULL, 0 },
	{ "DTP holds every field in some way", FORMAT_DTP, false, NULL, 0 },
	{ "a new case of Primero holds every field in some way", FORMAT_PRIMERO,
	    false, NULL, 0 },
	{ "a known case of Primero gets the service and who asks, no more",
	    FORMAT_PRIMERO, true, NULL, 0 },
	{ "a sheet holds every field in some way", FORMAT_SHEET, false, NULL,
	    0 },
};

static bool
is_nowhere(const struct held *row, enum field f)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->nowhere[i] == f)
			return true;
	return row->known && strcmp(fields_all[f].group, "service") != 0 &&
	    strcmp(fields_all[f].group, "sender") != 0;
}

/* A mark that no other field has, for those that can say anything. */
static bool
mark(struct referral *r, enum field f, char text[static 32], const char **item)
{
	struct value *v = &r->value[f];

	if (fields_all[f].words != NULL || fields_all[f].map != MAP_NONE)
		return false;
	(void)snprintf(text, 32, "mark-%d-", (int)f);
	*item = text;
	switch (fields_all[f].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		*v = (struct value){ .present = true, .text = text };
		return true;
	case FIELD_CODES:
		*v = (struct value){ .present = true,
			.items = item,
			.count = 1 };
		return true;
	case FIELD_DATE:
		(void)snprintf(text, 32, "19%02d-02-03", (int)f);
		*v = (struct value){ .present = true, .text = text };
		return day_read(text, &v->date);
	case FIELD_INTEGER:
	case FIELD_BOOLEAN:
		break;
	}
	return false;
}

static void
held_holds(void **state)
{
	const struct held *row = *state;
	const struct target *target = target_find(row->format);
	struct fault why = { .id = FAULT_NONE };
	const char *item[FIELD_COUNT];
	char text[FIELD_COUNT][32];
	bool marked[FIELD_COUNT], found;
	static struct referral r;
	struct scene s = { .target = target, .r = &r };

	assert_non_null(target);
	start(row->format, &r);
	add_others(&r, FIELD_COUNT, 0);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		marked[f] = mark(&r, (enum field)f, text[f], &item[f]);
	if (write_body(&s, row->known ? KNOWN : NULL, &why) == -1)
		fail_msg("%s", why.detail);
	for (size_t f = 0; f < FIELD_COUNT; f++) {
		if (!row->known)
			assert_int_equal(target->keeps[f] == KEEPS_NOT,
			    is_nowhere(row, (enum field)f));
		found = marked[f] &&
		    strstr((const char *)s.body.at, text[f]) != NULL;
		if (marked[f] && found == is_nowhere(row, (enum field)f))
			fail_msg("%s is%s there", fields_all[f].name,
			    found ? "" : " not");
	}
	bytes_free(&s.body);
}

/* All values of all fields, for each of the three. */
static size_t
list_values(struct row *rows, struct named_row *named)
{
	static const enum format formats[] = { FORMAT_PRIMERO, FORMAT_PING,
		FORMAT_DTP };
	size_t n = 0;

	for (size_t i = 0; i < COUNT(formats); i++)
		for (size_t f = 0; f < FIELD_COUNT; f++)
			for (size_t k = 0; k < samples_of((enum field)f); k++) {
				if (n == ROWS_MAX)
					abort();
				rows[n].format = formats[i];
				rows[n].field = (enum field)f;
				rows[n].sample = k;
				(void)snprintf(rows[n].name, NAME_ROOM,
				    "%s: %s: %s", recognise_name(formats[i]),
				    fields_all[f].name,
				    sample_of((enum field)f, k)->name);
				named[n] = (struct named_row){ rows[n].name,
					&rows[n] };
				n++;
			}
	return n;
}

static size_t
list_absences(struct row *rows, struct named_row *named)
{
	static const enum format formats[] = { FORMAT_PRIMERO, FORMAT_PING,
		FORMAT_DTP };
	size_t n = 0;

	for (size_t i = 0; i < COUNT(formats); i++)
		for (size_t f = 0; f < FIELD_COUNT; f++, n++) {
			rows[n].format = formats[i];
			rows[n].field = (enum field)f;
			(void)snprintf(rows[n].name, NAME_ROOM,
			    "%s: without %s nothing stands in its place",
			    recognise_name(formats[i]), fields_all[f].name);
			named[n] = (struct named_row){ rows[n].name, &rows[n] };
		}
	return n;
}

int
main(void)
{
	static struct row rows[ROWS_MAX], absent[3 * FIELD_COUNT];
	static struct named_row named[ROWS_MAX], unnamed[3 * FIELD_COUNT];
	size_t count = list_values(rows, named);
	size_t missing = list_absences(absent, unnamed);

	return rows_run("roundtrip", named, sizeof(named[0]), count,
		   value_goes_round) +
	    rows_run("roundtrip: absent", unnamed, sizeof(unnamed[0]), missing,
		absence_goes_round) +
	    ROWS_RUN("roundtrip: nowhere", helds, held_holds);
}
