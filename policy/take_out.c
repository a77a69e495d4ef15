#include "policy/take_out.h"

#include "formats/referral.h"
#include "policy/verdict.h"

static void
clear(struct value *v)
{
	*v = (struct value){ .date = DAY_UNKNOWN };
}

/* A list of which nothing is left is absent, not empty. */
static void
take_codes(struct value *v, uint64_t gone)
{
	size_t kept = 0;

	if (gone == 0 || !v->present)
		return;
	for (size_t i = 0; i < v->count; i++)
		if (i >= REFERRAL_CODES_MAX || (gone >> i & 1) == 0)
			v->items[kept++] = v->items[i];
	v->count = kept;
	if (kept == 0)
		clear(v);
}

void
take_out(struct referral *r, const struct strip *strip)
{
	take_codes(&r->value[FIELD_PROTECTION_CONCERNS], strip->concern);
	take_codes(&r->value[FIELD_SPECIFIC_NEEDS], strip->specific_need);
	take_codes(&r->value[FIELD_LANGUAGE], strip->language);
	for (size_t f = 0; f < FIELD_COUNT; f++)
		if (strip->field[f])
			clear(&r->value[f]);
	if (strip->attachments) {
		r->attachments = NULL;
		r->attachment_count = 0;
	}
}
