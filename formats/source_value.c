#include "formats/source_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"

#define AGE_MAX 150
#define DIGITS_ROOM 24

bool
source_value_absent(const struct json_node *n)
{
	const char *text = json_text(n);

	if (n == NULL || json_is_null(n))
		return true;
	return text != NULL && text[strspn(text, " \t\r\n")] == '\0';
}

enum answer_given
source_value_answer(const struct json_node *n)
{
	const char *text = json_text(n);
	bool yes;

	if (json_boolean(n, &yes))
		return yes ? ANSWER_YES : ANSWER_NO;
	if (text != NULL && strcmp(text, "true") == 0)
		return ANSWER_YES;
	if (text != NULL && strcmp(text, "false") == 0)
		return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

int
source_value_text(const struct source_taker *t, const struct json_node *n,
    bool lines, const char **out, struct fault *why)
{
	const char *text = json_text(n);
	char digits[DIGITS_ROOM];
	bool altered = false;
	int64_t number;

	*out = NULL;
	if (source_value_absent(n))
		return 0;
	if (text == NULL) {
		if (!json_integer(n, &number) || number < 0)
			return 0;
		(void)snprintf(digits, sizeof(digits), "%" PRId64, number);
		text = digits;
	}
	if ((text = text_tidy(t->arena, text, lines, &altered, why)) == NULL)
		return -1;
	t->facts->text_altered |= altered;
	if (*text != '\0')
		*out = text;
	return 0;
}

/* The first item of a list; what is no list stands for its only item. */
static const struct json_node *
first_item(const struct json_node *n)
{
	return json_kind(n) == JSON_LIST ? json_first(n) : n;
}

static const struct json_node *
next_item(const struct json_node *n, const struct json_node *item)
{
	return item == n ? NULL : json_next(item);
}

int
source_value_list(const struct source_taker *t, const struct json_node *n,
    struct texts *out, struct fault *why)
{
	const struct json_node *item;
	const char *text;

	*out = (struct texts){ NULL, 0, false };
	if (source_value_absent(n))
		return 0;
	out->items = arena_take_array(t->arena, REFERRAL_CODES_MAX,
	    sizeof(*out->items), why);
	if (out->items == NULL)
		return -1;
	for (item = first_item(n); item != NULL; item = next_item(n, item)) {
		if (source_value_absent(item))
			continue;
		if (source_value_text(t, item, false, &text, why) == -1)
			return -1;
		if (text == NULL || out->count == REFERRAL_CODES_MAX) {
			*out = (struct texts){ NULL, 0, false };
			return 0;
		}
		out->items[out->count++] = text;
	}
	out->present = true;
	return 0;
}

/* Exactly two digits, at most max. */
static bool
two_digits(const char *at, int max, int *out)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*out = (at[0] - '0') * 10 + (at[1] - '0');
	return *out <= max;
}

/* A date as written, and the time of day with it, if there is one. */
struct written {
	day date;
	int second;    /* of the day; 0 without a time */
	bool fraction; /* and some part of one more */
	bool zoned;
	int zone; /* minutes ahead of UTC */
};

/* What follows the seconds: a fraction, then the zone. */
static bool
read_zone(const char *at, struct written *w)
{
	int hour, minute, sign;
	size_t len;

	if (*at == '.') {
		at++;
		len = strspn(at, "0123456789");
		w->fraction = strspn(at, "0") < len;
		if (len == 0)
			return false;
		at += len;
	}
	if (*at == '\0')
		return true;
	w->zoned = true;
	if (strcmp(at, "Z") == 0)
		return true;
	if (*at != '+' && *at != '-')
		return false;
	sign = *at == '-' ? -1 : 1;
	if (!two_digits(at + 1, 23, &hour) || at[3] != ':' ||
	    !two_digits(at + 4, 59, &minute) || at[6] != '\0')
		return false;
	w->zone = sign * (hour * 60 + minute);
	return true;
}

/* YYYY-MM-DD, alone or before THH:MM:SS; false for anything else. */
static bool
read_written(const struct json_node *n, struct written *w)
{
	const char *text = json_text(n);
	int hour, minute, second;
	char date[DAY_TEXT];

	*w = (struct written){ .date = DAY_UNKNOWN };
	if (text == NULL || strlen(text) < sizeof(date) - 1)
		return false;
	memcpy(date, text, sizeof(date) - 1);
	date[sizeof(date) - 1] = '\0';
	if (!day_read(date, &w->date))
		return false;
	text += sizeof(date) - 1;
	if (*text == '\0')
		return true;
	if (*text != 'T' || !two_digits(text + 1, 23, &hour) ||
	    text[3] != ':' || !two_digits(text + 4, 59, &minute) ||
	    text[6] != ':' || !two_digits(text + 7, 59, &second))
		return false;
	w->second = (hour * 60 + minute) * 60 + second;
	return read_zone(text + 9, w);
}

/* The same moment by a clock that is so many minutes ahead of UTC. */
static moment
by_clock(const struct written *w, int utc_offset_minutes)
{
	return day_start(w->date) + w->second +
	    (moment)60 * (utc_offset_minutes - w->zone);
}

bool
source_value_day(const struct json_node *n, int utc_offset_minutes, day *out)
{
	struct written w;

	if (!read_written(n, &w))
		return false;
	if (w.zoned && w.second != 0)
		w.date = day_of(by_clock(&w, utc_offset_minutes));
	*out = w.date;
	return true;
}

/*
 * A birth date has no time of day.  One that has was a midnight somewhere
 * before it was turned into a moment: in UTC, or at the site that wrote it.
 * Any other time leaves two days possible, and nobody can tell which is the
 * child's: *unclear.
 */
static bool
read_birth(const struct json_node *n, int utc_offset_minutes, day *out,
    bool *unclear)
{
	struct written w;
	moment local;

	*unclear = false;
	if (!read_written(n, &w))
		return false;
	if (w.zoned && (w.zone != 0 || w.second != 0 || w.fraction)) {
		local = by_clock(&w, utc_offset_minutes);
		w.date = day_of(local);
		*unclear = w.fraction || local != day_start(w.date);
	}
	*out = w.date;
	return !*unclear;
}

void
source_value_unmapped(struct source_facts *facts, enum field f)
{
	for (size_t i = 0; i < facts->unmapped_count; i++)
		if (facts->unmapped[i] == f)
			return;
	if (facts->unmapped_count == SOURCE_UNMAPPED_MAX)
		facts->unmapped_many = true;
	else
		facts->unmapped[facts->unmapped_count++] = f;
}

static bool
is_one_of(const char *const *words, const char *word)
{
	if (words == NULL)
		return true;
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/*
 * The code that travels for a value as the source writes it; *code is NULL if
 * there is none, which is noted.  There is no code to fall back on: what has
 * no single translation is for a person to look at.
 */
static int
translate(const struct source_taker *t, enum field f, const struct json_node *n,
    const char **code, struct fault *why)
{
	const struct field_spec *spec = &fields_all[f];
	const struct map_entry *entry;
	const char *text;
	bool many = false;

	*code = NULL;
	if (source_value_text(t, n, false, &text, why) == -1)
		return -1;
	if (text == NULL) {
		t->facts->unreadable[f] = true;
		return 0;
	}
	if (spec->map == MAP_NONE) {
		if (is_one_of(spec->words, text))
			*code = text;
		else
			t->facts->unreadable[f] = true;
		return 0;
	}
	entry = agreement_from_source(t->agreement, spec->map, t->system, text,
	    &many);
	if (entry == NULL || many || !is_one_of(spec->words, entry->code))
		source_value_unmapped(t->facts, f);
	else
		*code = entry->code;
	return 0;
}

static int
take_code(const struct source_taker *t, enum field f, const struct json_node *n,
    struct fault *why)
{
	struct value *v = &t->referral->value[f];

	if (translate(t, f, n, &v->text, why) == -1)
		return -1;
	v->present = v->text != NULL;
	return 0;
}

static int
take_codes(const struct source_taker *t, enum field f,
    const struct json_node *n, struct fault *why)
{
	struct value *v = &t->referral->value[f];
	const struct json_node *item;
	const char *code;
	size_t i;

	v->items = arena_take_array(t->arena, REFERRAL_CODES_MAX,
	    sizeof(*v->items), why);
	if (v->items == NULL)
		return -1;
	v->count = 0;
	for (item = first_item(n); item != NULL; item = next_item(n, item)) {
		if (source_value_absent(item))
			continue;
		if (translate(t, f, item, &code, why) == -1)
			return -1;
		for (i = 0; code != NULL && i < v->count; i++)
			if (strcmp(v->items[i], code) == 0)
				code = NULL;
		if (code == NULL)
			continue;
		/* Part of a list would look like the whole of it. */
		if (v->count == REFERRAL_CODES_MAX) {
			t->facts->unreadable[f] = true;
			v->count = 0;
			break;
		}
		v->items[v->count++] = code;
	}
	v->present = v->count > 0;
	return 0;
}

/*
 * A number by which consent records are found: with a mark in it that nobody
 * can see it looks like another, and a person has to put it right.
 */
static bool
is_disguised(enum field f, const char *text)
{
	return (f == FIELD_UNHCR_INDIVIDUAL_NO || f == FIELD_CASE_ID_DISPLAY ||
		   f == FIELD_CPIMS_ID) &&
	    text_has_unseen(text);
}

static int
take_text(const struct source_taker *t, enum field f, const struct json_node *n,
    struct fault *why)
{
	struct value *v = &t->referral->value[f];
	bool lines = fields_all[f].kind == FIELD_NOTES;

	if (source_value_text(t, n, lines, &v->text, why) == -1)
		return -1;
	v->present = v->text != NULL;
	t->facts->unreadable[f] |= !v->present || is_disguised(f, v->text);
	return 0;
}

static int
take_date(const struct source_taker *t, enum field f, const struct json_node *n,
    struct fault *why)
{
	struct value *v = &t->referral->value[f];
	bool good, unclear = false;
	char written[DAY_TEXT];
	day read = DAY_UNKNOWN;

	if (f == FIELD_DATE_OF_BIRTH)
		good = read_birth(n, t->utc_offset_minutes, &read, &unclear);
	else
		good = source_value_day(n, t->utc_offset_minutes, &read);
	if (unclear) {
		t->facts->birth_unclear = true;
		return 0;
	}
	day_write(good ? read : DAY_UNKNOWN, written);
	if (written[0] == '\0') {
		t->facts->unreadable[f] = true;
		return 0;
	}
	v->date = read;
	v->text = arena_copy(t->arena, written, strlen(written), why);
	if (v->text == NULL)
		return -1;
	v->present = true;
	return 0;
}

static void
take_integer(const struct source_taker *t, enum field f,
    const struct json_node *n)
{
	struct value *v = &t->referral->value[f];
	const char *text = json_text(n);
	int64_t number = -1;
	size_t len;

	if (text != NULL) {
		len = strspn(text, "0123456789");
		if (len > 0 && len <= 3 && text[len] == '\0') {
			number = 0;
			for (size_t i = 0; i < len; i++)
				number = number * 10 + (text[i] - '0');
		}
	} else if (!json_integer(n, &number)) {
		number = -1;
	}
	if (number < 0 || number > AGE_MAX) {
		t->facts->unreadable[f] = true;
		return;
	}
	v->integer = number;
	v->present = true;
}

static void
take_boolean(const struct source_taker *t, enum field f,
    const struct json_node *n)
{
	struct value *v = &t->referral->value[f];
	enum answer_given answer = source_value_answer(n);

	if (answer == ANSWER_UNKNOWN) {
		t->facts->unreadable[f] = true;
		return;
	}
	v->yes = answer == ANSWER_YES;
	v->present = true;
}

int
source_value_take(const struct source_taker *t, enum field f,
    const struct json_node *n, struct fault *why)
{
	if (source_value_absent(n))
		return 0;
	switch (fields_all[f].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
		return take_text(t, f, n, why);
	case FIELD_CODE:
		return take_code(t, f, n, why);
	case FIELD_CODES:
		return take_codes(t, f, n, why);
	case FIELD_DATE:
		return take_date(t, f, n, why);
	case FIELD_INTEGER:
		take_integer(t, f, n);
		return 0;
	case FIELD_BOOLEAN:
		take_boolean(t, f, n);
		return 0;
	}
	return 0;
}
