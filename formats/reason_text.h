/*
 * reason_text: the text that people read where a system has no field.
 *
 * What travels under the agreement is not to vanish on its last step: it
 * stands below the notes of the service, a line each.
 */
#ifndef SATCHEL_FORMATS_REASON_TEXT_H
#define SATCHEL_FORMATS_REASON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/target.h"

struct bytes;
struct fault;

#define REASON_TEXT_MAX ((size_t)1024 * 1024)

struct reason_text_order {
	const struct agreement *agreement;
	const struct referral *referral;
	enum system_kind system;	/* in whose words languages are named */
	const enum target_keeps *keeps; /* a line for each that is KEEPS_TEXT */
	bool apart[FIELD_COUNT];	/* but the writer has it elsewhere */
	bool blurred[FIELD_COUNT];	/* its field stands for several codes */
};

/*
 * The notes, then the lines; the priority is always one of them.  A field that
 * is kept but blurred has a line too, with the code that was meant.
 */
int reason_text_write(const struct reason_text_order *order, struct bytes *to,
    struct fault *why);

/* How the lines call a field: "Also known as". */
const char *reason_text_label(enum field f);

/*
 * What is said beside a decision: its reason, and that the service was done
 * where the system has no word for that.  Nothing is added if there is none.
 */
int reason_text_answer(const struct answer *answer, struct bytes *to,
    struct fault *why);

#endif
