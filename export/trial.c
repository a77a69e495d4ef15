#include "export/trial.h"

#include <string.h>

#include "base/fault.h"
#include "crypto/tally.h"
#include "policy/rules.h"

struct trying {
	struct trial *out;
	struct tally *seen; /* a file may name a referral twice */
};

/* The count of that name, or NULL if there are too many names. */
static struct trial_field *
field_of(struct trial *t, const char *name)
{
	struct trial_field *f;
	size_t len = strlen(name);

	for (size_t i = 0; i < t->field_count; i++)
		if (strcmp(t->fields[i].name, name) == 0)
			return &t->fields[i];
	if (t->field_count == TRIAL_FIELDS_MAX || len >= TRIAL_NAME_ROOM)
		return NULL;
	f = &t->fields[t->field_count++];
	memcpy(f->name, name, len + 1);
	return f;
}

/* One referral's reasons name fields; each field counts once. */
struct named {
	const struct trial_field *fields[TRIAL_FIELDS_MAX];
	size_t count;
};

static bool
first_time(struct named *n, const struct trial_field *f)
{
	for (size_t i = 0; i < n->count; i++)
		if (n->fields[i] == f)
			return false;
	if (n->count < TRIAL_FIELDS_MAX)
		n->fields[n->count++] = f;
	return true;
}

static void
count_fields(struct trial *t, const struct judgement *j)
{
	struct named removed = { .count = 0 }, waits = { .count = 0 };

	for (size_t i = 0; i < j->count; i++) {
		const struct reason *r = &j->reasons[i];

		for (size_t k = 0; k < r->field_count; k++) {
			struct trial_field *f = field_of(t, r->fields[k]);

			if (f == NULL)
				continue;
			if (r->verdict == VERDICT_STRIP &&
			    first_time(&removed, f))
				f->removed++;
			if (r->verdict >= VERDICT_HOLD && first_time(&waits, f))
				f->waits++;
		}
	}
}

static int
take(const struct gathered *g, void *context, struct fault *why)
{
	struct trying *t = context;
	struct judgement j;
	uint16_t met;

	if (tally_add(t->seen, g->referral->ref, &met, why) == -1)
		return -1;
	g->question->remembered = met > 0 ? SEEN_TWICE : NOT_SEEN;
	rules_judge(g->question, &j);
	t->out->verdict[j.verdict]++;
	for (size_t i = 0; i < j.count; i++)
		t->out->rules[j.reasons[i].rule - rules_all]
			     [j.reasons[i].verdict]++;
	count_fields(t->out, &j);
	return 0;
}

int
trial_run(const struct gather_order *order, struct trial *out,
    struct fault *why)
{
	struct trying t = { .out = out };
	struct gatherer *g = NULL;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	if ((t.seen = tally_new(why)) != NULL &&
	    (g = gather_new(order, why)) != NULL && gather_check(g, why) == 0)
		rc = gather_run(g, &out->passed, take, &t, why);
	gather_free(g);
	tally_free(t.seen);
	return rc;
}
