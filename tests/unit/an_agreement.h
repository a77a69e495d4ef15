/*
 * an_agreement: the example's agreement with keys, for rows to change.
 *
 * In a header, since a suite is linked with nothing but rows.c.
 */
#ifndef SATCHEL_TESTS_AN_AGREEMENT_H
#define SATCHEL_TESTS_AN_AGREEMENT_H

#include "tests/unit/rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "formats/agreement.h"

/* Made for these tests; nobody has their secret halves. */
#define KEY_0 "RWTIrp4PrGYH0MwJhF8rvP5MeoTaWdtyspmnG4fUgSpdzfbeGgE3wr5j"
#define KEY_1 "RWQP0aRmLkk/eXEuJDnGfQRfEHruufeoLggjKkbVojBbl/hPRqQJO4J3"
#define KEY_2 "RWSJA1ft3EBiXBvaat9cZt1H3y8E7QaI/paaAyx7pt2VyfYkBns0LXz2"
#define KEY_3 "RWQOHSuj8HPJ5Kg7QO3O6C9s2boFucWKfdt5C1WK6m5DPdRY7K4EB6jE"
#define AGE_0 "age134rqlzygrz5kcc65r54xqcvt40wksaanaycqgdhamgwc07q8k5gq0t2rca"
#define AGE_1 "age150yae2suw44yhy38zg6v829d65cy7dzlm54qcksf4n0kq7ppreuqzxtqva"
#define AGE_2 "age1pfgd6e95y9esjhn8xzyqnd04mvurf2dawt9jq0spy8cxwssfnupq794p2g"
#define AGE_3 "age1exqtfcsxzp8f0dyss840ty0unmfw9t34uvsf39qp29c3h0z2kdksdcry5u"

#define AN_AGREEMENT_ROOM 65536

/* The example without the space between its tokens. */
static inline void
an_agreement_load(char text[static AN_AGREEMENT_ROOM])
{
	FILE *f = fopen("examples/agreement.json", "r");
	bool inside = false;
	size_t len = 0;
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF && len < AN_AGREEMENT_ROOM - 1) {
		if (c == '"')
			inside = !inside; /* the example has no escapes */
		if (inside || (c != ' ' && c != '\n'))
			text[len++] = (char)c;
	}
	text[len] = '\0';
	(void)fclose(f);
}

static inline void
an_agreement_change(char text[static AN_AGREEMENT_ROOM], const char *from,
    const char *to)
{
	char *at = strstr(text, from);
	size_t tail;

	if (at == NULL) {
		fail_msg("the example does not hold %s", from);
		return;
	}
	tail = strlen(at) - strlen(from) + 1;
	assert_true(
	    (size_t)(at - text) + strlen(to) + tail < AN_AGREEMENT_ROOM);
	memmove(at + strlen(to), at + strlen(from), tail);
	for (size_t i = 0; to[i] != '\0'; i++)
		at[i] = to[i];
}

static inline void
an_agreement_keys(char text[static AN_AGREEMENT_ROOM])
{
	/* In the order in which the placeholders stand. */
	static const char *const keys[] = { KEY_0, KEY_1, KEY_2, AGE_0, KEY_3,
		AGE_1 };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		an_agreement_change(text,
		    strncmp(keys[i], "age", 3) == 0 ? "<age recipient>" :
						      "<minisign public key>",
		    keys[i]);
	an_agreement_change(text, "\"recovery\":[]",
	    "\"recovery\":[\"" AGE_3 "\"]");
}

/* The text with keys, to be freed. */
static inline char *
an_agreement_text(void)
{
	char *text = malloc(AN_AGREEMENT_ROOM);

	assert_non_null(text);
	an_agreement_load(text);
	an_agreement_keys(text);
	return text;
}

static inline struct agreement_file *
an_agreement_read(const char *text)
{
	struct fault why;
	struct agreement_file *f = agreement_read(text, strlen(text), &why);

	if (f == NULL)
		fail_msg("%s", why.detail);
	return f;
}

/* With one or two changes; what is NULL is left as it is. */
static inline struct agreement_file *
an_agreement_with(const char *from, const char *to, const char *from2,
    const char *to2)
{
	char *text = an_agreement_text();
	struct agreement_file *f;

	if (from != NULL)
		an_agreement_change(text, from, to);
	if (from2 != NULL)
		an_agreement_change(text, from2, to2);
	f = an_agreement_read(text);
	free(text);
	return f;
}

#endif
