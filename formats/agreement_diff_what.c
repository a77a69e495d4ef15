/*
 * agreement_diff_what: flows, fields, sensitive codes and the code lists.
 */
#include <string.h>

#include "formats/agreement_diff_inside.h"
#include "formats/agreement_words.h"
#include "formats/fields.h"

/* Every flow there is now, with what it was before; about names it. */
static void
each_flow(struct agreement_diff_run *r,
    void (*compare)(struct agreement_diff_run *r, const struct flow *before,
	const struct flow *after))
{
	char name[AGREEMENT_DIFF_FLOW_ROOM];

	for (size_t i = 0; i < r->after->flow_count; i++) {
		const struct flow *f = &r->after->flows[i];
		const struct flow *old = agreement_diff_flow(r->before, f);

		agreement_diff_flow_name(f, name);
		r->about = name;
		compare(r, old != NULL ? old : agreement_diff_no_flow(), f);
		r->about = NULL;
	}
}

static void
compare_flow(struct agreement_diff_run *r, const struct flow *b,
    const struct flow *a)
{
	static const char *const services[] = {
		"these services may be asked for now",
		"these services may no longer be asked for"
	};
	static const char *const purposes[] = { "a new purpose",
		"no longer a purpose" };

	if (b->from == NULL) {
		sentence_add(agreement_diff_line(r),
		    "referrals may now go this way");
		agreement_diff_say(r, AGREEMENT_DIFF_LOOSER);
	}
	agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, services, &b->services,
	    &a->services);
	agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, purposes, &b->purposes,
	    &a->purposes);
}

void
agreement_diff_what_flows(struct agreement_diff_run *r)
{
	char name[AGREEMENT_DIFF_FLOW_ROOM];

	each_flow(r, compare_flow);
	for (size_t i = 0; i < r->before->flow_count; i++) {
		const struct flow *f = &r->before->flows[i];

		if (agreement_diff_flow(r->after, f) != NULL)
			continue;
		agreement_diff_flow_name(f, name);
		sentence_add(agreement_diff_line(r),
		    "%s: no referral may go this way any more", name);
		agreement_diff_say(r, AGREEMENT_DIFF_STRICTER);
	}
}

static void
say_fields(struct agreement_diff_run *r, enum agreement_diff_effect effect,
    const char *words, const bool *here, const bool *there)
{
	bool only[FIELD_COUNT], any = false;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		only[i] = here[i] && !there[i];
		any = any || only[i];
	}
	if (!any)
		return;
	sentence_add(agreement_diff_line(r), "%s: ", words);
	agreement_words_fields(&r->line, only, "");
	agreement_diff_say(r, effect);
}

static void
compare_fields(struct agreement_diff_run *r, const struct flow *b,
    const struct flow *a)
{
	say_fields(r, AGREEMENT_DIFF_LOOSER, "now travelling", a->field,
	    b->field);
	say_fields(r, AGREEMENT_DIFF_STRICTER, "no longer travelling", b->field,
	    a->field);
	say_fields(r,
	    b->from != NULL ? AGREEMENT_DIFF_STRICTER : AGREEMENT_DIFF_NEITHER,
	    "must be there now, or the referral waits", a->required,
	    b->required);
	say_fields(r, AGREEMENT_DIFF_LOOSER, "need no longer be there",
	    b->required, a->required);
}

void
agreement_diff_what_fields(struct agreement_diff_run *r)
{
	each_flow(r, compare_fields);
}

/* --- what is sensitive --- */

static void
compare_flow_sensitive(struct agreement_diff_run *r, const struct flow *b,
    const struct flow *a)
{
	static const char *const codes[] = {
		"these sensitive codes may travel now",
		"these sensitive codes may no longer travel"
	};

	agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, codes, &b->sensitive,
	    &a->sensitive);
	/* allow, review, strip: each is stricter than the one before it. */
	if (a->free_text != b->free_text) {
		sentence_add(agreement_diff_line(r),
		    "texts that people write freely now %s",
		    agreement_words_free_text(a->free_text));
		agreement_diff_say(r,
		    a->free_text < b->free_text ? AGREEMENT_DIFF_LOOSER :
						  AGREEMENT_DIFF_STRICTER);
	}
	if (a->attachments != b->attachments) {
		sentence_add(agreement_diff_line(r), "attachments %s",
		    a->attachments ? "may travel now" : "no longer travel");
		agreement_diff_say(r,
		    a->attachments ? AGREEMENT_DIFF_LOOSER :
				     AGREEMENT_DIFF_STRICTER);
	}
}

void
agreement_diff_what_sensitive(struct agreement_diff_run *r)
{
	static const char *const codes[] = { "now taken out before sending",
		"no longer taken out before sending" };
	static const char *const reporting[] = {
		"the law may now ask for a report about",
		"no longer listed for a report that the law asks for"
	};

	agreement_diff_texts(r, AGREEMENT_DIFF_STRICTER, codes,
	    &r->before->sensitive_codes, &r->after->sensitive_codes);
	agreement_diff_texts(r, AGREEMENT_DIFF_NEITHER, reporting,
	    &r->before->mandatory_reporting_codes,
	    &r->after->mandatory_reporting_codes);
	each_flow(r, compare_flow_sensitive);
}

/* --- code lists --- */

static const struct map_entry *
find(const struct map *m, const char *code)
{
	for (size_t i = 0; i < m->count; i++)
		if (agreement_diff_same(m->entries[i].code, code))
			return &m->entries[i];
	return NULL;
}

static void
say_new_entry(struct agreement_diff_run *r, const struct map_entry *e)
{
	struct sentence *s = agreement_diff_line(r);

	sentence_add(s, "%s is new: in Primero ", e->code);
	agreement_words_list(s, &e->primero, "nothing");
	sentence_add(s, ", from proGres ");
	agreement_words_list(s, &e->progres_in, "nothing");
	sentence_add(s, ", to proGres %s",
	    e->progres_out != NULL ? e->progres_out : "nothing");
	agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

static void
say_values(struct agreement_diff_run *r, const char *code, const char *words,
    const struct texts *here, const struct texts *there)
{
	size_t count = 0;

	for (size_t i = 0; i < here->count; i++) {
		if (agreement_lists(there, here->items[i]))
			continue;
		if (count++ == 0)
			sentence_add(agreement_diff_line(r), "%s %s: ", code,
			    words);
		sentence_add(&r->line, "%s%s", count > 1 ? ", " : "",
		    here->items[i]);
	}
	if (count > 0)
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

static void
say_written(struct agreement_diff_run *r, const char *code,
    enum system_kind system, const char *before, const char *after)
{
	if (agreement_diff_same(before, after))
		return;
	sentence_add(agreement_diff_line(r),
	    "%s is written to %s as %s, no longer as %s", code,
	    agreement_words_system(system), after != NULL ? after : "nothing",
	    before != NULL ? before : "nothing");
	agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

static void
compare_entry(struct agreement_diff_run *r, const struct map_entry *b,
    const struct map_entry *a)
{
	say_values(r, a->code, "is now also read from Primero's", &a->primero,
	    &b->primero);
	say_values(r, a->code, "is no longer read from Primero's", &b->primero,
	    &a->primero);
	say_values(r, a->code, "is now also read from proGres's",
	    &a->progres_in, &b->progres_in);
	say_values(r, a->code, "is no longer read from proGres's",
	    &b->progres_in, &a->progres_in);
	say_written(r, a->code, SYSTEM_PRIMERO,
	    agreement_to_target(b, SYSTEM_PRIMERO),
	    agreement_to_target(a, SYSTEM_PRIMERO));
	say_written(r, a->code, SYSTEM_PROGRES, b->progres_out, a->progres_out);
}

/* Of what both hold, is anything in another order? */
static bool
other_order(const struct map *b, const struct map *a)
{
	size_t next = 0;

	for (size_t i = 0; i < a->count; i++) {
		const struct map_entry *old = find(b, a->entries[i].code);

		if (old == NULL)
			continue;
		if ((size_t)(old - b->entries) < next)
			return true;
		next = (size_t)(old - b->entries);
	}
	return false;
}

static void
compare_map(struct agreement_diff_run *r, enum map_section section)
{
	const struct map *b = &r->before->maps[section];
	const struct map *a = &r->after->maps[section];

	r->about = fields_map_name(section);
	for (size_t i = 0; i < a->count; i++) {
		const struct map_entry *old = find(b, a->entries[i].code);

		if (old == NULL)
			say_new_entry(r, &a->entries[i]);
		else
			compare_entry(r, old, &a->entries[i]);
	}
	for (size_t i = 0; i < b->count; i++) {
		if (find(a, b->entries[i].code) != NULL)
			continue;
		sentence_add(agreement_diff_line(r), "%s is no longer there",
		    b->entries[i].code);
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
	if (section == MAP_CONCERNS && other_order(b, a)) {
		sentence_add(agreement_diff_line(r),
		    "the order has changed, which decides which concern goes "
		    "into PING's one field for a need");
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
	r->about = NULL;
}

void
agreement_diff_what_maps(struct agreement_diff_run *r)
{
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		compare_map(r, (enum map_section)i);
}
