/*
 * answers_live: the decisions that a system's own server has, as a source that
 * answers reads like a file.
 *
 * Of Primero: each case that something was loaded into and that no last word is
 * known of, with the referrals of its service.  Of proGres: the decisions of its
 * list, each in full, as the list does not say why one was rejected; those that
 * are known here are marked there as known, after they are stored.
 */
#ifndef SATCHEL_IMPORT_ANSWERS_LIVE_H
#define SATCHEL_IMPORT_ANSWERS_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "formats/source_file.h"
#include "import/answers.h"

struct answers_live;

struct answers_live *answers_live_read(const struct answers_taker *by,
    const struct answers_server *from, struct fault *why);
void answers_live_free(struct answers_live *l); /* NULL is fine */

/* To be read; false: there is nothing. */
bool answers_live_source(struct answers_live *l, struct source_file_order *out);

/* The record of that number (from 1) is known here, and nothing is to ask. */
void answers_live_settled(struct answers_live *l, size_t number);
/* After what is known is stored. */
int answers_live_tell(struct answers_live *l, struct fault *why);

#endif
