/* audit_words: what an audit found, in sentences that can be read aloud. */
#ifndef SATCHEL_IMPORT_AUDIT_WORDS_H
#define SATCHEL_IMPORT_AUDIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct audit;
struct fault;
struct node;

typedef int (
    *audit_words_take)(const char *sentence, void *context, struct fault *why);

/*
 * After audit_end.  others: things that lay beside the bundles.  The last
 * sentences say what was not looked at.
 */
int audit_words(const struct audit *u, size_t others, audit_words_take take,
    void *context, struct fault *why);

/* Is there no bundle here that a key of this node signed?  Auditors: false. */
bool audit_words_silent(const struct audit *u, const struct node *n);

#endif
