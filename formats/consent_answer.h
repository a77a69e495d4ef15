/*
 * consent_answer: what a consent record says was agreed, as one hash.
 *
 * Two records of one child that agree in it need nobody to choose between
 * them.  When it was agreed, who asked and how is not in it: agreeing to the
 * same again is no disagreement.
 */
#ifndef SATCHEL_FORMATS_CONSENT_ANSWER_H
#define SATCHEL_FORMATS_CONSENT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

struct consent;
struct fault;

#define CONSENT_ANSWER 32

/*
 * Lists count as sets: neither their order nor a thing said twice is a
 * difference.  A list that is absent is not one that is empty.
 */
int consent_answer_hash(const struct consent *c,
    uint8_t out[static CONSENT_ANSWER], struct fault *why);

/* Was the same agreed? */
int consent_answer_same(const struct consent *a, const struct consent *b,
    bool *same, struct fault *why);

#endif
