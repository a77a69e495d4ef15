#include "formats/target_value.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"

const char *
target_value_text(const struct referral *r, enum field f)
{
	return r->value[f].present ? r->value[f].text : NULL;
}

int
target_value_code(const struct agreement *a, enum system_kind system,
    enum field f, const char *code, const char **out, struct fault *why)
{
	const struct map_entry *e = agreement_code(a, fields_all[f].map, code);

	*out = e == NULL ? NULL : agreement_to_target(e, system);
	if (*out == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "%s: the agreement has no %s for its code",
		    fields_all[f].name,
		    system == SYSTEM_PROGRES ? "progres_out" : "primero value");
	return 0;
}

int
target_value_label(const struct agreement *a, enum field f, const char *code,
    const char **out, struct fault *why)
{
	const struct map_entry *e = agreement_code(a, fields_all[f].map, code);

	*out = NULL;
	if (e == NULL || e->progres_in.count != 1)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "%s: the agreement has %s progres_in for its code",
		    fields_all[f].name,
		    e == NULL || e->progres_in.count == 0 ? "no" :
							    "more than one");
	*out = e->progres_in.items[0];
	return 0;
}

bool
target_value_shared(const struct agreement *a, enum system_kind system,
    enum field f, const char *code, const char *written)
{
	const struct map *map = &a->maps[fields_all[f].map];
	const struct map_entry *e;

	for (size_t i = 0; i < map->count; i++) {
		e = &map->entries[i];
		if (strcmp(e->code, code) == 0)
			continue;
		if (system == SYSTEM_PRIMERO ?
			agreement_lists(&e->primero, written) :
			agreement_lists(&e->progres_in, written) ||
			    (e->progres_out != NULL &&
				strcmp(e->progres_out, written) == 0))
			return true;
	}
	return false;
}

int
target_value_languages(const struct agreement *a, enum system_kind system,
    const struct referral *r, struct bytes *to, struct fault *why)
{
	const struct value *v = &r->value[FIELD_LANGUAGE];
	const char *name;

	for (size_t i = 0; v->present && i < v->count; i++) {
		if (target_value_code(a, system, FIELD_LANGUAGE, v->items[i],
			&name, why) == -1)
			return -1;
		if (i > 0 && bytes_add_text(to, ", ", why) == -1)
			return -1;
		if (bytes_add_text(to, name, why) == -1)
			return -1;
	}
	return 0;
}

void
target_value_write(struct jsonout *o, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		jsonout_text(o, name, value);
}
