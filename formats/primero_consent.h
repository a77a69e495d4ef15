/*
 * primero_consent: what a case's consent form says, as the draft of a record.
 *
 * Primero keeps ticks and lists, but not when, how or by whom consent was
 * taken, so this is only ever a draft; the site's register completes it
 * (docs/consent.md).
 */
#ifndef SATCHEL_FORMATS_PRIMERO_CONSENT_H
#define SATCHEL_FORMATS_PRIMERO_CONSENT_H

#include "formats/primero.h"
#include "formats/source_value.h"

struct fault;
struct json_node;

/* Does the case say anything at all on its consent form? */
bool primero_consent_any(const struct agreement *a,
    const struct json_node *one_case);

/*
 * Draft the record for t's referral, whose origin and made_on are set.  The
 * ticks are read under the sender's declared polarity; with none declared the
 * opt-in is unknown.
 */
int primero_consent_draft(const struct source_reader *reader,
    const struct source_taker *t, const struct json_node *one_case,
    struct consent *out, struct fault *why);

/* The fields of a form for what a child asks to keep private. */
#define PRIMERO_CONSENT_WITHHOLDING 3
extern const char
    *const primero_consent_withholding[PRIMERO_CONSENT_WITHHOLDING];

/*
 * Stands in a case from a server, as true, where satchel's user may not see all
 * of them: a name that no form of Primero has.
 */
#define PRIMERO_CONSENT_HIDDEN "satchel_withheld_hidden"

/* Note in the facts what the child asked to withhold, and if out of fear. */
int primero_consent_withheld(const struct json_node *one_case,
    struct source_facts *facts, struct fault *why);

#endif
