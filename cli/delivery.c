#include "cli/delivery.h"

#include <inttypes.h>
#include <string.h>

#include "base/jsonout.h"
#include "cli/say.h"

#define LOOK_THERE                                                             \
	"Look there by its number. If it is there: satchel answer --ref REF "  \
	"--target-id ID; if it is not: satchel match REF --new, then load it " \
	"again. It is never sent twice by itself."

static const struct {
	const char *name;
	const char *words;
	const char *next; /* of several of them */
} texts[STANDING_DELIVERIES] = {
	[DELIVERY_NONE] = { NULL, NULL, NULL },
	[DELIVERY_SENDING] = { "asked",
	    "asked to take it, and no answer is known of",
	    "The same load goes on with what went to Primero; of proGres it "
	    "says where a person has to look." },
	[DELIVERY_UNCONFIRMED] = { "pending",
	    "accepted there, and not confirmed yet",
	    "The same load asks what became of them; what went over DTP counts "
	    "when its decision comes." },
	[DELIVERY_UNKNOWN] = { "lost", "nobody knows whether it is there",
	    "Look there for each: satchel show REF says what to type then." },
	[DELIVERY_REFUSED] = { "failed", "refused there",
	    "Correct what was named, then load each by name, with --only." },
	[DELIVERY_REFER] = { "not_given",
	    "there, and its user has not been given it",
	    "Ask that the case be marked there as one that may be shared; the "
	    "same load then gives it." },
	[DELIVERY_PART] = { "part", "there, and not all of it was kept",
	    "Ask the administrator there to check the role of satchel's user, "
	    "then load again." },
};

const char *
delivery_name(enum standing_delivery d)
{
	return texts[d].name;
}

void
delivery_write(struct jsonout *o, const struct standing *st)
{
	char since[MOMENT_TEXT];

	if (st->delivery == DELIVERY_NONE)
		return;
	jsonout_object(o, "delivery");
	jsonout_text(o, "state", delivery_name(st->delivery));
	if (st->delivery_at != 0) {
		day_write_moment(st->delivery_at, since);
		jsonout_text(o, "since", since);
	}
	jsonout_object_end(o);
}

void
delivery_say(struct say *s, const struct standing *st)
{
	char on[DAY_TEXT] = "";

	if (st->delivery == DELIVERY_NONE)
		return;
	if (st->delivery_at != 0)
		day_write(day_of(st->delivery_at), on);
	say_line(s, "  The other system: %s%s%s.", texts[st->delivery].words,
	    on[0] != '\0' ? ", since " : "", on);
}

/* Into Primero goes what came from proGres, and what is said of our own. */
static bool
is_for_primero(enum direction d, const struct standing *st)
{
	bool of_primero = strncmp(st->ref, "primero:", 8) == 0;

	return (d == REFERRAL_SENT) == of_primero;
}

static void
say_next_unknown(struct say *s, enum direction d)
{
	if (d == REFERRAL_RECEIVED)
		say_next(s, LOOK_THERE);
	else
		say_next(s,
		    "Look there whether the decision is known. If it is: "
		    "satchel match REF --there; if it is not: satchel match "
		    "REF --new, then load it again.");
}

void
delivery_say_next(struct say *s, enum direction d, const struct standing *st)
{
	switch (st->delivery) {
	case DELIVERY_NONE:
		return;
	case DELIVERY_SENDING:
		if (is_for_primero(d, st))
			say_next(s,
			    "satchel load --to primero-api goes on with it: it "
			    "looks first what is there.");
		else
			say_next_unknown(s, d);
		return;
	case DELIVERY_UNKNOWN:
		say_next_unknown(s, d);
		return;
	case DELIVERY_UNCONFIRMED:
		if (st->transaction != NULL)
			say_next(s,
			    "The same load asks what became of it, and sends "
			    "nothing twice.");
		else
			say_next_unknown(s, d);
		return;
	case DELIVERY_REFUSED:
		say_next(s,
		    "Correct what it named, then: satchel load --only REF");
		return;
	case DELIVERY_REFER:
	case DELIVERY_PART:
		say_next(s, "%s", texts[st->delivery].next);
		return;
	}
}

void
delivery_say_counts(struct say *s,
    const int64_t counts[static STANDING_DELIVERIES])
{
	for (int i = DELIVERY_NONE + 1; i < STANDING_DELIVERIES; i++) {
		if (counts[i] == 0)
			continue;
		say_line(s, "loaded into the other system, %s: %" PRId64,
		    texts[i].words, counts[i]);
		say_next(s, "%s", texts[i].next);
	}
}

void
delivery_write_counts(struct jsonout *o,
    const int64_t counts[static STANDING_DELIVERIES])
{
	for (int i = DELIVERY_NONE + 1; i < STANDING_DELIVERIES; i++)
		jsonout_integer(o, texts[i].name, counts[i]);
}
