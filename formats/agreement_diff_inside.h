/*
 * agreement_diff_inside: what the files of the comparison share.
 *
 * agreement_diff.c keeps the tools and compares the whole, _who parties,
 * offices, keys and users, _what flows, fields, codes and lists, and _consent
 * who must agree.
 */
#ifndef SATCHEL_FORMATS_AGREEMENT_DIFF_INSIDE_H
#define SATCHEL_FORMATS_AGREEMENT_DIFF_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "formats/agreement.h"
#include "formats/agreement_diff.h"
#include "formats/sentence.h"

struct agreement_diff_run {
	const struct agreement *before;
	const struct agreement *after;
	enum agreement_diff_group group;
	const char *about; /* begins each line; NULL: nothing does */
	struct sentence line;
	void (*tell)(void *context, const struct agreement_difference *d);
	void *context;
	struct fault *why;
	bool failed;
};

/* Begin a line with what it is about; it is put together in r->line. */
struct sentence *agreement_diff_line(struct agreement_diff_run *r);
void agreement_diff_say(struct agreement_diff_run *r,
    enum agreement_diff_effect effect);

bool agreement_diff_same(const char *a, const char *b); /* or both NULL */
enum agreement_diff_effect agreement_diff_opposite(
    enum agreement_diff_effect e);

/* Each says nothing where both are the same. */
void agreement_diff_text(struct agreement_diff_run *r, const char *what,
    const char *before, const char *after);
void agreement_diff_number(struct agreement_diff_run *r,
    enum agreement_diff_effect if_more, const char *what, int64_t before,
    int64_t after);
void agreement_diff_day(struct agreement_diff_run *r,
    enum agreement_diff_effect if_later, const char *what, day before,
    day after);
/* One line of the items that are new, and one of those that are gone. */
void agreement_diff_texts(struct agreement_diff_run *r,
    enum agreement_diff_effect if_new, const char *const words[static 2],
    const struct texts *before, const struct texts *after);

/* The same flow before; NULL if there was none. */
const struct flow *agreement_diff_flow(const struct agreement *in,
    const struct flow *like);
/* What a flow that is new is compared with: nothing may travel in it. */
const struct flow *agreement_diff_no_flow(void);
#define AGREEMENT_DIFF_FLOW_ROOM 48
/* "UNICEF to UNHCR" */
void agreement_diff_flow_name(const struct flow *f,
    char out[static AGREEMENT_DIFF_FLOW_ROOM]);

void agreement_diff_who_parties(struct agreement_diff_run *r);
void agreement_diff_who_nodes(struct agreement_diff_run *r);
void agreement_diff_who_keys(struct agreement_diff_run *r);
void agreement_diff_who_users(struct agreement_diff_run *r);
void agreement_diff_what_flows(struct agreement_diff_run *r);
void agreement_diff_what_fields(struct agreement_diff_run *r);
void agreement_diff_what_sensitive(struct agreement_diff_run *r);
void agreement_diff_what_maps(struct agreement_diff_run *r);
void agreement_diff_consent(struct agreement_diff_run *r);

#endif
