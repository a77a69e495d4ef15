#include "formats/agreement_diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/agreement_diff_inside.h"

static const struct {
	const char *name;
	const char *heading;
} groups[] = {
	[AGREEMENT_DIFF_WHOLE] = { "whole", "What it is, and who must sign" },
	[AGREEMENT_DIFF_DATES] = { "dates", "When it begins and ends" },
	[AGREEMENT_DIFF_PARTIES] = { "parties", "Which agencies take part" },
	[AGREEMENT_DIFF_NODES] = { "nodes", "Offices" },
	[AGREEMENT_DIFF_KEYS] = { "keys", "Keys, by their fingerprints" },
	[AGREEMENT_DIFF_USERS] = { "users", "Who may act" },
	[AGREEMENT_DIFF_FLOWS] = { "flows", "Who may ask whom for what" },
	[AGREEMENT_DIFF_FIELDS] = { "fields", "Which fields travel" },
	[AGREEMENT_DIFF_CONSENT] = { "consent", "What is asked of consent" },
	[AGREEMENT_DIFF_SENSITIVE] = { "sensitive", "What is sensitive" },
	[AGREEMENT_DIFF_MAPS] = { "maps", "Code lists" },
	[AGREEMENT_DIFF_DEADLINES] = { "deadlines",
	    "Deadlines, and how long things are kept" },
	[AGREEMENT_DIFF_SYSTEMS] = { "systems", "Numbers of the two systems" },
};

const char *
agreement_diff_group_name(enum agreement_diff_group g)
{
	return groups[g].name;
}

const char *
agreement_diff_heading(enum agreement_diff_group g)
{
	return groups[g].heading;
}

const char *
agreement_diff_effect_name(enum agreement_diff_effect e)
{
	static const char *const names[] = {
		[AGREEMENT_DIFF_NEITHER] = NULL,
		[AGREEMENT_DIFF_LOOSER] = "looser",
		[AGREEMENT_DIFF_STRICTER] = "stricter",
		[AGREEMENT_DIFF_BOTH] = "both",
	};

	return names[e];
}

/* --- tools --- */

struct sentence *
agreement_diff_line(struct agreement_diff_run *r)
{
	if (r->about != NULL)
		sentence_add(&r->line, "%s: ", r->about);
	return &r->line;
}

void
agreement_diff_say(struct agreement_diff_run *r,
    enum agreement_diff_effect effect)
{
	struct agreement_difference d = { .group = r->group, .effect = effect };

	if (r->failed)
		return;
	if ((d.text = sentence_end(&r->line, r->why)) == NULL)
		r->failed = true;
	else
		r->tell(r->context, &d);
}

bool
agreement_diff_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

enum agreement_diff_effect
agreement_diff_opposite(enum agreement_diff_effect e)
{
	switch (e) {
	case AGREEMENT_DIFF_LOOSER:
		return AGREEMENT_DIFF_STRICTER;
	case AGREEMENT_DIFF_STRICTER:
		return AGREEMENT_DIFF_LOOSER;
	case AGREEMENT_DIFF_NEITHER:
	case AGREEMENT_DIFF_BOTH:
		break;
	}
	return e;
}

static const char *
or_nothing(const char *text)
{
	return text != NULL ? text : "nothing";
}

void
agreement_diff_text(struct agreement_diff_run *r, const char *what,
    const char *before, const char *after)
{
	if (agreement_diff_same(before, after))
		return;
	sentence_add(agreement_diff_line(r), "%s: it was %s, now it is %s",
	    what, or_nothing(before), or_nothing(after));
	agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

void
agreement_diff_number(struct agreement_diff_run *r,
    enum agreement_diff_effect if_more, const char *what, int64_t before,
    int64_t after)
{
	if (before == after)
		return;
	sentence_add(agreement_diff_line(r),
	    "%s: it was %" PRId64 ", now it is %" PRId64, what, before, after);
	agreement_diff_say(r,
	    after > before ? if_more : agreement_diff_opposite(if_more));
}

static void
add_day(struct sentence *s, day d)
{
	if (d == DAY_UNKNOWN)
		sentence_add(s, "not said");
	else
		sentence_day(s, d);
}

void
agreement_diff_day(struct agreement_diff_run *r,
    enum agreement_diff_effect if_later, const char *what, day before,
    day after)
{
	struct sentence *s;

	if (before == after)
		return;
	s = agreement_diff_line(r);
	sentence_add(s, "%s: it was ", what);
	add_day(s, before);
	sentence_add(s, ", now it is ");
	add_day(s, after);
	if (before == DAY_UNKNOWN || after == DAY_UNKNOWN)
		if_later = AGREEMENT_DIFF_NEITHER;
	agreement_diff_say(r,
	    after > before ? if_later : agreement_diff_opposite(if_later));
}

/* One line of the items of one list that the other lacks. */
static void
say_lacking(struct agreement_diff_run *r, enum agreement_diff_effect effect,
    const char *words, const struct texts *list, const struct texts *other)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (agreement_lists(other, list->items[i]))
			continue;
		if (count++ == 0)
			sentence_add(agreement_diff_line(r), "%s: ", words);
		sentence_add(&r->line, "%s%s", count > 1 ? ", " : "",
		    list->items[i]);
	}
	if (count > 0)
		agreement_diff_say(r, effect);
}

void
agreement_diff_texts(struct agreement_diff_run *r,
    enum agreement_diff_effect if_new, const char *const words[static 2],
    const struct texts *before, const struct texts *after)
{
	say_lacking(r, if_new, words[0], after, before);
	say_lacking(r, agreement_diff_opposite(if_new), words[1], before,
	    after);
}

const struct flow *
agreement_diff_flow(const struct agreement *in, const struct flow *like)
{
	return agreement_flow(in, agreement_party(in, like->from->id),
	    agreement_party(in, like->to->id));
}

const struct flow *
agreement_diff_no_flow(void)
{
	static const struct flow none = { .free_text = FREE_TEXT_STRIP };

	return &none;
}

void
agreement_diff_flow_name(const struct flow *f,
    char out[static AGREEMENT_DIFF_FLOW_ROOM])
{
	(void)snprintf(out, AGREEMENT_DIFF_FLOW_ROOM, "%s to %s", f->from->id,
	    f->to->id);
}

/* --- the whole --- */

static void
compare_whole(struct agreement_diff_run *r)
{
	const struct agreement *b = r->before, *a = r->after;

	agreement_diff_text(r, "its name", b->id, a->id);
	agreement_diff_text(r, "its title", b->title, a->title);
	agreement_diff_text(r, "the country", b->country, a->country);
	agreement_diff_text(r, "practice (test) or real data (live)",
	    agreement_environment_name(b->environment),
	    agreement_environment_name(a->environment));
	agreement_diff_number(r, AGREEMENT_DIFF_STRICTER,
	    "how many agencies must sign", b->signatures_needed,
	    a->signatures_needed);
}

static void
compare_dates(struct agreement_diff_run *r)
{
	const struct agreement *b = r->before, *a = r->after;

	agreement_diff_day(r, AGREEMENT_DIFF_STRICTER, "its first day",
	    b->valid_from, a->valid_from);
	agreement_diff_day(r, AGREEMENT_DIFF_LOOSER, "its last day",
	    b->valid_until, a->valid_until);
	agreement_diff_day(r, AGREEMENT_DIFF_NEITHER,
	    "the day on which it is looked at again", b->review_on,
	    a->review_on);
}

static void
compare_deadlines(struct agreement_diff_run *r)
{
	const struct agreement *b = r->before, *a = r->after;

	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "hours to answer an emergency", b->emergency_hours,
	    a->emergency_hours);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "hours to answer what is urgent", b->urgent_hours, a->urgent_hours);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "days to answer all else", b->normal_days, a->normal_days);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "hours to report a loss", b->breach_report_hours,
	    a->breach_report_hours);
	agreement_diff_number(r, AGREEMENT_DIFF_LOOSER,
	    "days after which a sealed file's referrals are held",
	    b->use_by_days, a->use_by_days);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "days that files that were sent are kept", b->retention_bundle_days,
	    a->retention_bundle_days);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "days that what was received is kept", b->retention_staged_days,
	    a->retention_staged_days);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "days that the record of what was done is kept",
	    b->retention_ledger_days, a->retention_ledger_days);
}

static void
compare_ping(struct agreement_diff_run *r)
{
	static const struct {
		const char *what;
		size_t at;
	} parts[] = {
		{ "the partner", offsetof(struct ping_ids, partner) },
		{ "the interop", offsetof(struct ping_ids, interop) },
		{ "referral_in", offsetof(struct ping_ids, referral_in) },
		{ "decision_in", offsetof(struct ping_ids, decision_in) },
		{ "decision_synced",
		    offsetof(struct ping_ids, decision_synced) },
		{ "referral_details",
		    offsetof(struct ping_ids, referral_details) },
		{ "decisions_out", offsetof(struct ping_ids, decisions_out) },
		{ "decision_details",
		    offsetof(struct ping_ids, decision_details) },
		{ "the business unit",
		    offsetof(struct ping_ids, business_unit) },
		{ "organization_from",
		    offsetof(struct ping_ids, organization_from) },
	};

	r->about = "PING";
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *before, *after;

		memcpy(&before, (const uint8_t *)&r->before->ping + parts[i].at,
		    sizeof(before));
		memcpy(&after, (const uint8_t *)&r->after->ping + parts[i].at,
		    sizeof(after));
		agreement_diff_text(r, parts[i].what, before, after);
	}
	r->about = NULL;
}

static void
compare_systems(struct agreement_diff_run *r)
{
	compare_ping(r);
	r->about = "Primero";
	agreement_diff_text(r, "the module", r->before->primero.module_id,
	    r->after->primero.module_id);
	agreement_diff_text(r, "who owns new cases first",
	    r->before->primero.intake_user, r->after->primero.intake_user);
	r->about = NULL;
}

int
agreement_diff(const struct agreement *before, const struct agreement *after,
    void (*tell)(void *context, const struct agreement_difference *d),
    void *context, struct fault *why)
{
	static void (*const compare[])(struct agreement_diff_run *) = {
		[AGREEMENT_DIFF_WHOLE] = compare_whole,
		[AGREEMENT_DIFF_DATES] = compare_dates,
		[AGREEMENT_DIFF_PARTIES] = agreement_diff_who_parties,
		[AGREEMENT_DIFF_NODES] = agreement_diff_who_nodes,
		[AGREEMENT_DIFF_KEYS] = agreement_diff_who_keys,
		[AGREEMENT_DIFF_USERS] = agreement_diff_who_users,
		[AGREEMENT_DIFF_FLOWS] = agreement_diff_what_flows,
		[AGREEMENT_DIFF_FIELDS] = agreement_diff_what_fields,
		[AGREEMENT_DIFF_CONSENT] = agreement_diff_consent,
		[AGREEMENT_DIFF_SENSITIVE] = agreement_diff_what_sensitive,
		[AGREEMENT_DIFF_MAPS] = agreement_diff_what_maps,
		[AGREEMENT_DIFF_DEADLINES] = compare_deadlines,
		[AGREEMENT_DIFF_SYSTEMS] = compare_systems,
	};
	struct agreement_diff_run r = {
		.before = before,
		.after = after,
		.tell = tell,
		.context = context,
		.why = why,
	};

	sentence_start(&r.line);
	for (size_t i = 0; i < sizeof(compare) / sizeof(compare[0]); i++) {
		r.group = (enum agreement_diff_group)i;
		r.about = NULL;
		compare[i](&r);
	}
	sentence_free(&r.line);
	return r.failed ? -1 : 0;
}
