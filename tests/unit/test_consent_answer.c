#include "tests/unit/rows.h"

#include <stdbool.h>
#include <string.h>

#include "base/fault.h"
#include "formats/consent.h"
#include "formats/consent_answer.h"

#define MANY 3

/* A record with something in each member that counts, and its lists. */
struct one {
	const char *recipient[MANY];
	const char *service[MANY];
	const char *category[MANY];
	const char *removed[MANY];
	struct consent_giver giver[MANY];
	struct consent_event event[MANY];
	struct consent c;
};

static void
start(struct one *o)
{
	*o = (struct one){
		.recipient = { "UNHCR", "SCI" },
		.service = { "medical", "shelter" },
		.category = { "identity", "needs" },
		.removed = { "address_current", "name_nickname" },
		.giver = { { CONSENT_BY_CHILD, NULL, 20000 },
		    { CONSENT_BY_CAREGIVER, "aunt", DAY_UNKNOWN } },
		.event = { { CONSENT_EVENT_GIVEN, 20000, NULL },
		    { CONSENT_EVENT_NARROWED, 20010, NULL } },
	};
	consent_clear(&o->c);
	o->c.status = CONSENT_GIVEN;
	o->c.kind = CONSENT_KIND_BOTH;
	o->c.basis = "consent";
	o->c.purpose = "case management";
	o->c.recipients = (struct texts){ o->recipient, 2, true };
	o->c.services = (struct texts){ o->service, 2, true };
	o->c.info_categories = (struct texts){ o->category, 2, true };
	o->c.withheld_said = true;
	o->c.withheld_any = true;
	o->c.withheld_removed = (struct texts){ o->removed, 2, true };
	o->c.given_by = o->giver;
	o->c.given_by_count = 2;
	o->c.given_on = 20000;
	o->c.events = o->event;
	o->c.event_count = 2;
	o->c.override = (struct consent_override){ true, "urgent", "text",
		"A Name", "supervisor", 20000 };
}

static void
swap_lists(struct one *o)
{
	const char *first = o->service[0];
	struct consent_giver giver = o->giver[0];
	struct consent_event event = o->event[0];

	o->service[0] = o->service[1];
	o->service[1] = first;
	o->giver[0] = o->giver[1];
	o->giver[1] = giver;
	o->event[0] = o->event[1];
	o->event[1] = event;
}

static void
say_twice(struct one *o)
{
	o->service[2] = o->service[0];
	o->c.services.count = 3;
	o->giver[2] = o->giver[1];
	o->c.given_by_count = 3;
	o->event[2] = o->event[1];
	o->c.event_count = 3;
}

static void
again_later(struct one *o)
{
	o->c.record_id = "another";
	o->c.given_on = 20100;
	o->c.method = CONSENT_THUMBPRINT;
	o->c.language = "nuer";
	o->c.notice_version = "2";
	o->c.taken_by_role = "another";
	o->c.age_at_consent = 12;
	o->giver[0].on = 20100;
	o->event[0] =
	    (struct consent_event){ CONSENT_EVENT_CONFIRMED, 20100, "child" };
	o->c.override.reason = "other words";
	o->c.override.on = 20100;
}

static void
withdraw_before(struct one *o)
{
	o->event[2] =
	    (struct consent_event){ CONSENT_EVENT_WITHDRAWN, 19990, NULL };
	o->c.event_count = 3;
}

static void
withdraw(struct one *o)
{
	o->event[2] =
	    (struct consent_event){ CONSENT_EVENT_WITHDRAWN, 20000, NULL };
	o->c.event_count = 3;
}

static void
status(struct one *o)
{
	o->c.status = CONSENT_REFUSED;
}

static void
kind(struct one *o)
{
	o->c.kind = CONSENT_KIND_ASSENT;
}

static void
basis(struct one *o)
{
	o->c.basis = "vital_interests";
}

static void
no_purpose(struct one *o)
{
	o->c.purpose = NULL;
}

static void
empty_purpose(struct one *o)
{
	o->c.purpose = "";
}

static void
one_service_less(struct one *o)
{
	o->c.services.count = 1;
}

static void
no_services_said(struct one *o)
{
	o->c.services = (struct texts){ NULL, 0, false };
}

static void
no_services(struct one *o)
{
	o->c.services = (struct texts){ NULL, 0, true };
}

/* The same items in two lists, cut elsewhere. */
static void
moved(struct one *o)
{
	o->service[2] = "identity";
	o->c.services.count = 3;
	o->category[0] = "needs";
	o->c.info_categories.count = 1;
}

static void
another_recipient(struct one *o)
{
	o->recipient[1] = "DRC";
}

static void
nothing_withheld(struct one *o)
{
	o->c.withheld_any = false;
}

static void
withheld_not_said(struct one *o)
{
	o->c.withheld_said = false;
}

static void
more_removed(struct one *o)
{
	o->removed[2] = "name_last";
	o->c.withheld_removed.count = 3;
}

static void
giver_less(struct one *o)
{
	o->c.given_by_count = 1;
}

static void
other_relation(struct one *o)
{
	o->giver[1].relation = "mother";
}

static void
no_relation(struct one *o)
{
	o->giver[1].relation = NULL;
}

static void
narrowed_again(struct one *o)
{
	o->event[0].type = CONSENT_EVENT_NARROWED;
}

static void
never_narrowed(struct one *o)
{
	o->c.event_count = 1;
}

static void
other_authoriser(struct one *o)
{
	o->c.override.authoriser_name = "Another";
}

static void
no_override(struct one *o)
{
	o->c.override = (struct consent_override){ .on = DAY_UNKNOWN };
}

static const struct row {
	const char *name;
	void (*change)(struct one *o);
	bool same;
} rows[] = {
	{ "two that say the same", NULL, true },
	{ "in whatever order lists are", swap_lists, true },
	{ "what is said twice is said once", say_twice, true },
	{ "when, how and to whom it was said is no difference", again_later,
	    true },
	{ "a withdrawal before it was given is none", withdraw_before, true },
	{ "a withdrawal of the day it was given is one", withdraw, false },
	{ "the status", status, false },
	{ "the kind", kind, false },
	{ "the basis", basis, false },
	{ "a purpose that is not said", no_purpose, false },
	{ "a purpose of no text is not one that is not said", empty_purpose,
	    false },
	{ "a service less", one_service_less, false },
	{ "no list of services is not all that the other lists",
	    no_services_said, false },
	{ "nor is an empty one", no_services, false },
	{ "an item that moves from list to list", moved, false },
	{ "another agency", another_recipient, false },
	{ "nothing withheld", nothing_withheld, false },
	{ "withheld is not said", withheld_not_said, false },
	{ "a field more taken out", more_removed, false },
	{ "a giver less", giver_less, false },
	{ "another relation", other_relation, false },
	{ "a relation that is not said", no_relation, false },
	{ "a narrowing more", narrowed_again, false },
	{ "never narrowed", never_narrowed, false },
	{ "another authoriser", other_authoriser, false },
	{ "no override", no_override, false },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct one left, right, before;
	struct fault why = { .id = FAULT_NONE };
	bool same;

	start(&left);
	start(&right);
	if (row->change != NULL)
		row->change(&right);
	before = right;
	assert_int_equal(consent_answer_same(&left.c, &right.c, &same, &why),
	    0);
	assert_int_equal(same, row->same);
	assert_int_equal(consent_answer_same(&right.c, &left.c, &same, &why),
	    0);
	assert_int_equal(same, row->same);
	/* The lists are the caller's, and stay as they were. */
	assert_memory_equal(&before, &right, sizeof(before));
}

int
main(void)
{
	return ROWS_RUN("consent_answer", rows, row_holds);
}
