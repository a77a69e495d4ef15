/*
 * agreement_inside: what the agreement's own files share.
 *
 * agreement.c keeps and looks up, agreement_read.c reads the form, and
 * agreement_check.c asks what no form can say: do the names name something, do
 * the dates follow each other, is a key there twice.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_INSIDE_H
#define SATCHEL_FORMATS_AGREEMENT_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/agreement.h"

struct arena;
struct fault;
struct shape;

#define AGREEMENT_PROBLEMS_MAX 200

enum agreement_problem {
	PROBLEM_NAME,
	PROBLEM_MISSING,
	PROBLEM_KIND,
	PROBLEM_TEXT,
	PROBLEM_DATE,
	PROBLEM_RANGE,
	PROBLEM_WORD,
	PROBLEM_REPEAT,
	PROBLEM_COUNT,
	PROBLEM_NEWER,
	PROBLEM_CODE,
	PROBLEM_KEY_MISSING,
	PROBLEM_KEY_NONE,
	PROBLEM_KEY_FORM,
	PROBLEM_KEY_TWICE,
	PROBLEM_KEY_NUMBER,
	PROBLEM_PARTY_TWICE,
	PROBLEM_PARTY_UNKNOWN,
	PROBLEM_NODE_TWICE,
	PROBLEM_USER_TWICE,
	PROBLEM_FLOW_TWICE,
	PROBLEM_FLOW_SELF,
	PROBLEM_FIELD_UNKNOWN,
	PROBLEM_CODE_TWICE,
	PROBLEM_SEX_CODE,
	PROBLEM_DATES,
	PROBLEM_THRESHOLD,
	PROBLEM_LIVE_PARTIES,
	PROBLEM_AGE_ORDER,
	PROBLEM_AGE_OVERLAP,
	PROBLEM_AGE_NEEDS,
	PROBLEM_AGE_GAP,
	PROBLEM_MAP_NONE,
	PROBLEM_MAP_SOURCE,
	PROBLEM_MAP_TARGET,
	PROBLEM_MAP_MANY,
	PROBLEM_FLOW_NODE,
	PROBLEM_FLOW_EMPTY,
	PROBLEM_REQUIRED,
	PROBLEM_SENSITIVE,
	PROBLEM_SCOPE,
	PROBLEM_POLARITY,
	PROBLEM_REVIEW,
	PROBLEM_AGE_NONE,
	PROBLEM_FLOW_NONE,
	PROBLEM_RECOVERY,
	PROBLEM_MORE,
	PROBLEM_KINDS
};

struct agreement_file {
	struct agreement agreement;
	struct arena *arena;
	uint8_t *bytes; /* the arena's */
	size_t len;
	struct problem problems[AGREEMENT_PROBLEMS_MAX];
	size_t problem_count;
	bool errors;
	bool
	    newer; /* of a form this program does not know: nothing else is said */
};

/* Adds a problem; past the last but one, only that there are more. */
void agreement_problem_add(struct agreement_file *f,
    enum agreement_problem kind, const char *where);

/* One of a node's users: a roster lists them in the same form. */
extern const struct shape agreement_read_user;

/* [A-Z0-9-]{2,16} */
bool agreement_code_form(const char *text);

/* Adds what is wrong or worth knowing in an agreement that was read. */
int agreement_check(struct agreement_file *f, struct fault *why);

#endif
