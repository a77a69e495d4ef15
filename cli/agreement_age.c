#include "cli/agreement_age.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/say.h"
#include "formats/agreement.h"

#define SOON 30 /* days before its end */
#define ROOM 256

static void tell(struct say *say, const char *next, const char *line, ...)
    __attribute__((format(printf, 3, 4)));

static void
tell(struct say *say, const char *next, const char *line, ...)
{
	char text[ROOM];
	va_list ap;

	va_start(ap, line);
	(void)vsnprintf(text, sizeof(text), line, ap);
	va_end(ap);
	say_line(say, "%s", text);
	say_next(say, "%s", next);
	say_member(say, "agreement_age", text);
}

void
agreement_age_say(struct say *say, const struct agreement *a, day today)
{
	static const char ask[] =
	    "Ask the working group for the next version: it comes as a file "
	    "or with a bundle.";
	char on[DAY_TEXT];

	if (a->valid_until < today) {
		day_write(a->valid_until, on);
		tell(say,
		    "No referral leaves, and what comes is held; withdrawals, "
		    "answers, receipts and agreements still travel.  Ask the "
		    "working group for the next version.",
		    "The agreement (version %" PRId64
		    ") ended on %s, %d days ago.",
		    a->version, on, (int)(today - a->valid_until));
	} else if (today < a->valid_from) {
		day_write(a->valid_from, on);
		tell(say,
		    "No referral leaves before that day, and what comes is "
		    "held.",
		    "The agreement (version %" PRId64
		    ") begins on %s, in %d days.",
		    a->version, on, (int)(a->valid_from - today));
	} else if (a->valid_until - today < SOON) {
		day_write(a->valid_until, on);
		tell(say, ask,
		    "The agreement (version %" PRId64
		    ") ends on %s, in %d days.",
		    a->version, on, (int)(a->valid_until - today));
	} else if (a->review_on != DAY_UNKNOWN && a->review_on < today) {
		day_write(a->review_on, on);
		tell(say, ask,
		    "The agreement (version %" PRId64
		    ") was to be looked at again on %s, %d days ago.",
		    a->version, on, (int)(today - a->review_on));
	}
}
