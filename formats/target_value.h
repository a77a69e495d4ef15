/*
 * target_value: single values as another system is to have them.
 *
 * Shared by the writers of all targets.  A code that has no translation is
 * never written as another.
 */
#ifndef SATCHEL_FORMATS_TARGET_VALUE_H
#define SATCHEL_FORMATS_TARGET_VALUE_H

#include <stdbool.h>

#include "formats/agreement.h"
#include "formats/fields.h"
#include "formats/referral.h"

struct bytes;
struct fault;
struct jsonout;

/* The text of a field of any text kind, or NULL. */
const char *target_value_text(const struct referral *r, enum field f);

/*
 * What the system has for this code.  FAULT_AGREEMENT_LACKS names the field:
 * there is no translation, and nothing to fall back on.
 */
int target_value_code(const struct agreement *a, enum system_kind system,
    enum field f, const char *code, const char **out, struct fault *why);

/*
 * What proGres calls this code where it has a name and no number: the one
 * progres_in of its entry.  FAULT_AGREEMENT_LACKS if there is none, or a choice.
 */
int target_value_label(const struct agreement *a, enum field f,
    const char *code, const char **out, struct fault *why);

/*
 * Does what is written for this code stand for another code of the agreement
 * too?  A field that holds it does not say which of them was meant.
 */
bool target_value_shared(const struct agreement *a, enum system_kind system,
    enum field f, const char *code, const char *written);

/* Add the languages' names there, in order, with ", " between them. */
int target_value_languages(const struct agreement *a, enum system_kind system,
    const struct referral *r, struct bytes *to, struct fault *why);

/* A member of that name, left out when there is nothing to say. */
void target_value_write(struct jsonout *o, const char *name, const char *value);

#endif
