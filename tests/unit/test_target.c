/*
 * What a table says of a field is held against what its writer does: a field
 * that is kept changes what is written and can be found there, one that is not
 * changes nothing.
 */
#include "formats/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)
#define MARK "Zq7"

static const enum format formats[] = { FORMAT_PING, FORMAT_DTP, FORMAT_PRIMERO,
	FORMAT_SHEET };

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static struct map_entry services[] = {
	{ "base", SITES_TEXTS("base"), SITES_TEXTS("base"), "base" },
	{ "Zq7", SITES_TEXTS("Zq7"), SITES_TEXTS("Zq7"), "Zq7" },
};

static struct map_entry sexes[] = {
	{ "female", SITES_TEXTS("female"), SITES_TEXTS("1"), "125080000" },
	{ "other", SITES_TEXTS("other"), SITES_TEXTS("2"), "125080002" },
};

static struct agreement agreement;

/* A system does not take back what came from it. */
static void
make_referral(enum format format, struct referral *r)
{
	referral_clear(r);
	r->ref = "primero:c-1#s-1";
	r->origin = (struct origin){ .system = ORIGIN_PRIMERO,
		.record_id = "r-1",
		.case_id = "c-1",
		.service_id = "s-1" };
	r->from_agency = "UNICEF";
	r->to_agency = "UNHCR";
	if (format == FORMAT_PRIMERO) {
		r->ref = "progres:N-1";
		r->origin = (struct origin){ .system = ORIGIN_PROGRES,
			.intervention_number = "N-1" };
		r->from_agency = "UNHCR";
		r->to_agency = "UNICEF";
	}
	r->purpose = "refugee_cp_case_management";
	assert_true(day_read("2026-02-08", &r->made_on));
	r->value[FIELD_UNHCR_ID_NO].present = true;
	r->value[FIELD_UNHCR_ID_NO].text = "803-23-1000552";
	r->value[FIELD_UNHCR_INDIVIDUAL_NO] = r->value[FIELD_UNHCR_ID_NO];
	r->value[FIELD_SERVICE_TYPE].present = true;
	r->value[FIELD_SERVICE_TYPE].text = "base";
}

static void
make_agreement(void)
{
	agreement = sites_agreement;
	agreement.maps[MAP_SERVICES] =
	    (struct map){ services, SITES_COUNT(services) };
	agreement.maps[MAP_CONCERNS] =
	    (struct map){ services, SITES_COUNT(services) };
	agreement.maps[MAP_LANGUAGES] =
	    (struct map){ services, SITES_COUNT(services) };
	agreement.maps[MAP_SEX] = (struct map){ sexes, SITES_COUNT(sexes) };
	agreement.ping.decision_in = "SHP-0002";
	agreement.has_primero = true;
	agreement.primero =
	    (struct primero_ids){ "primeromodule-cp", "intake" };
}

/* What is looked for in the body once the field is set. */
static const char *
set_field(struct referral *r, enum field f)
{
	static const char *items[] = { MARK, "base" };
	struct value *v = &r->value[f];

	*v = (struct value){ .present = true, .date = DAY_UNKNOWN };
	switch (fields_all[f].kind) {
	case FIELD_TEXT:
	case FIELD_NOTES:
	case FIELD_CODE:
		v->text = MARK;
		if (fields_all[f].words != NULL) {
			v->text = fields_all[f].words[0];
			return NULL;
		}
		return MARK;
	case FIELD_CODES:
		v->items = items;
		v->count = 2;
		return MARK;
	case FIELD_DATE:
		v->text = "1987-06-05";
		assert_true(day_read(v->text, &v->date));
		return v->text;
	case FIELD_INTEGER:
		v->integer = 137;
		return "137";
	case FIELD_BOOLEAN:
		v->yes = true;
		return NULL;
	}
	return NULL;
}

static int
write_one(const struct target *target, const struct referral *r,
    struct bytes *body, struct fault *why)
{
	const struct target_referral t = { .agreement = &agreement,
		.self =
		    target->system == SYSTEM_PROGRES ? &sites_hub : &sites_site,
		.referral = r };
	struct sink *to;
	int rc;

	bytes_init(body, BODY_MAX);
	assert_non_null(to = bytes_sink_new(body, why));
	rc = target->referral(&t, to, why);
	sink_free(to);
	return rc;
}

static void
check_field(const struct target *target, enum field f)
{
	struct bytes plain, again, with;
	struct fault why = { .id = FAULT_NONE };
	struct referral r;
	const char *mark;
	bool same;

	make_agreement();
	make_referral(target->format, &r);
	if (write_one(target, &r, &plain, &why) == -1 ||
	    write_one(target, &r, &again, &why) == -1)
		fail_msg("%s", why.detail);
	assert_int_equal(plain.len, again.len);
	assert_memory_equal(plain.at, again.at, plain.len);
	mark = set_field(&r, f);
	if (write_one(target, &r, &with, &why) == -1)
		fail_msg("%s: %s", fields_all[f].name, why.detail);
	same =
	    plain.len == with.len && memcmp(plain.at, with.at, plain.len) == 0;
	if (same != (target->keeps[f] == KEEPS_NOT))
		fail_msg("%s: the table is wrong about %s",
		    recognise_name(target->format), fields_all[f].name);
	if (target->keeps[f] != KEEPS_NOT && mark != NULL &&
	    (strstr((const char *)plain.at, mark) != NULL ||
		strstr((const char *)with.at, mark) == NULL))
		fail_msg("%s: %s is not to be found",
		    recognise_name(target->format), fields_all[f].name);
	bytes_free(&plain);
	bytes_free(&again);
	bytes_free(&with);
}

struct row {
	const char *name;
	enum format format;
	enum field field;
};

static void
field_holds(void **state)
{
	const struct row *row = *state;
	const struct target *target = target_find(row->format);

	assert_non_null(target);
	check_field(target, row->field);
}

static const struct target_row {
	const char *name;
	enum format format;
	const char *ending; /* NULL: nothing is written in it */
	bool any_system;
	enum system_kind system;
	bool answers;
} target_rows[] = {
	{ "PING is for proGres and takes answers", FORMAT_PING, ".json", false,
	    SYSTEM_PROGRES, true },
	{ "DTP is for proGres and takes answers", FORMAT_DTP, ".json", false,
	    SYSTEM_PROGRES, true },
	{ "Primero takes answers", FORMAT_PRIMERO, ".json", false,
	    SYSTEM_PRIMERO, true },
	{ "a sheet is for people, whatever they have", FORMAT_SHEET, ".html",
	    true, SYSTEM_PRIMERO, false },
	{ "nothing is written in no format", FORMAT_NONE, NULL, false,
	    SYSTEM_PRIMERO, false },
};

static void
target_holds(void **state)
{
	const struct target_row *row = *state;
	const struct target *t = target_find(row->format);

	if (row->ending == NULL) {
		assert_null(t);
		return;
	}
	assert_non_null(t);
	assert_int_equal(t->format, row->format);
	assert_string_equal(t->ending, row->ending);
	assert_int_equal(t->any_system, row->any_system);
	if (!t->any_system)
		assert_int_equal(t->system, row->system);
	assert_non_null(t->referral);
	assert_int_equal(t->answer != NULL, row->answers);
	assert_non_null(t->keeps);
}

int
main(void)
{
	static struct row rows[FORMATS * FIELD_COUNT];
	static char names[FORMATS * FIELD_COUNT][64];
	size_t n = 0;

	for (size_t i = 0; i < FORMATS; i++)
		for (size_t f = 0; f < FIELD_COUNT; f++, n++) {
			(void)snprintf(names[n], sizeof(names[n]), "%s: %s",
			    recognise_name(formats[i]), fields_all[f].name);
			rows[n] =
			    (struct row){ names[n], formats[i], (enum field)f };
		}
	return ROWS_RUN("target", target_rows, target_holds) +
	    ROWS_RUN("target: fields", rows, field_holds);
}
