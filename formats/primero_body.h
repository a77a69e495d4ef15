/*
 * primero_body: what is to be POSTed or PATCHed to Primero for a referral that
 * came from proGres.
 *
 * A new case gets an id that the same child always yields, and its service row
 * one that the same intervention always yields, so that sending it twice makes
 * nothing twice.  A known case gets nothing but the new service row: its owner,
 * status, identity and consent are never touched (docs/formats.md).
 */
#ifndef SATCHEL_FORMATS_PRIMERO_BODY_H
#define SATCHEL_FORMATS_PRIMERO_BODY_H

#include "crypto/random.h"
#include "formats/target.h"

extern const enum target_keeps primero_body_keeps[FIELD_COUNT];

/*
 * The child's individual number; NULL if there is none, or one that stands for
 * none ("N/A", "000"): without a digit, or with fewer than four characters that
 * are ASCII letters or digits.  Such a number identifies nobody.
 */
const char *primero_body_number(const struct referral *r);
/* The id of a new case: by the child's individual number, else by the ref. */
void primero_body_case_id(const struct agreement *a, const struct referral *r,
    char out[static RANDOM_UUID]);
/* The unique_id of the service row of this ref. */
void primero_body_service_id(const char *ref, char out[static RANDOM_UUID]);

/* {"method":"POST|PATCH","path":"/api/v2/cases..","body":{"data":{..}}} */
int primero_body_write_referral(const struct target_referral *t,
    struct sink *to, struct fault *why);
/*
 * PATCH of the service row that the referral was made from: the decision as a
 * note from the provider, in words, and service_implemented when done.
 */
int primero_body_write_answer(const struct target_answer *t, struct sink *to,
    struct fault *why);

#endif
