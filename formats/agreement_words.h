/*
 * agreement_words: an agreement read aloud, in plain sentences.
 *
 * For the people who signed the paper, to hear whether the file says the same.
 * Names nobody: of users their codes and roles, of focal points their roles.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_WORDS_H
#define SATCHEL_FORMATS_AGREEMENT_WORDS_H

#include <stdbool.h>

#include "base/day.h"
#include "formats/agreement.h"

struct fault;
struct sentence;

/* Told of each part's heading and of each sentence under it, in order. */
struct agreement_words_hearer {
	void (*part)(void *context, const char *heading);
	void (*sentence)(void *context, const char *text);
	void *context;
};

/*
 * Of an agreement without errors, but that keys may be missing.  today tells
 * whether it is in force; DAY_UNKNOWN: that is not said.
 */
int agreement_words_say(const struct agreement *a, day today,
    const struct agreement_words_hearer *to, struct fault *why);

/* Pieces that the comparison of two versions says, too. */
const char *agreement_words_system(enum system_kind s);
const char *agreement_words_role(enum node_role r);
/* What a yes to a site's question about UNHCR means. */
const char *agreement_words_polarity(enum polarity p);
const char *agreement_words_evidence(enum evidence e);
const char *agreement_words_free_text(enum free_text t);
/* "export and load"; otherwise where there are none */
void agreement_words_rights(struct sentence *s, unsigned may,
    const char *otherwise);
void agreement_words_list(struct sentence *s, const struct texts *t,
    const char *otherwise);
void agreement_words_fields(struct sentence *s,
    const bool field[static FIELD_COUNT], const char *otherwise);

#endif
