/*
 * source_value: single values as systems spell them.
 *
 * Fields are filled by forms that differ from site to site: a tick may be true
 * or "true", a telephone number a number.  What can be read in exactly one way
 * is taken; the rest is noted in the facts and left out.
 */
#ifndef SATCHEL_FORMATS_SOURCE_VALUE_H
#define SATCHEL_FORMATS_SOURCE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "formats/agreement.h"
#include "formats/facts.h"
#include "formats/referral.h"

struct arena;
struct fault;
struct json_node;

/* Where values are put, and what is needed to read them. */
struct source_taker {
	struct arena *arena;
	const struct agreement *agreement;
	enum system_kind system; /* whose values these are */
	int utc_offset_minutes;	 /* of the site that wrote them */
	struct referral *referral;
	struct source_facts *facts;
};

/* Not there: no such member, null, or nothing but white space. */
bool source_value_absent(const struct json_node *n);

/* Exactly {true, "true"} is yes and {false, "false"} is no. */
enum answer_given source_value_answer(const struct json_node *n);

/*
 * A text, tidied; the digits of a whole number likewise.  *out is NULL for
 * what is absent or of another kind.
 */
int source_value_text(const struct source_taker *t, const struct json_node *n,
    bool lines, const char **out, struct fault *why);

/*
 * A list of texts, or one text for a list of one, tidied and in order.  Not
 * present if it is absent, too long or holds anything else.
 */
int source_value_list(const struct source_taker *t, const struct json_node *n,
    struct texts *out, struct fault *why);

/*
 * The day of a date or a date-time.  A time of 00:00:00 or one without zone
 * is the date as written; any other is turned into the site's own date.
 */
bool source_value_day(const struct json_node *n, int utc_offset_minutes,
    day *out);

/*
 * Put n into the referral's field, or note in the facts why it is not.  A
 * number of a case or person with a mark in it that cannot be seen is put, and
 * noted as unreadable.  A
 * birth date may come with a time of day only if it is a midnight: in UTC, or
 * by the site's clock.
 */
int source_value_take(const struct source_taker *t, enum field f,
    const struct json_node *n, struct fault *why);

/* Note that a value of this field has no single entry in its map. */
void source_value_unmapped(struct source_facts *facts, enum field f);

#endif
