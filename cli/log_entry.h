/*
 * log_entry: an entry of a log as people read it, and which entries a word
 * means.
 */
#ifndef SATCHEL_CLI_LOG_ENTRY_H
#define SATCHEL_CLI_LOG_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct bytes;
struct fault;
struct json;
struct store;

#define LOG_ENTRY_WHAT 1024

struct log_entry {
	struct json *json; /* the texts are its */
	int64_t number;
	const char *at;
	const char *act;
	const char *by;		   /* NULL: nobody */
	char what[LOG_ENTRY_WHAT]; /* verdicts, rules, ids, counts and codes */
};

/* FAULT_LOG_PROOF if it is no entry of a log. */
int log_entry_read(const void *text, size_t len, struct log_entry *out,
    struct fault *why);
void log_entry_free(struct log_entry *e);
/* Is it about what this salt and reference hash to? */
bool log_entry_is_about(const struct log_entry *e, const uint8_t hash[32]);

/*
 * The reference as it stands in the log, of the word that a person gave: as it
 * is, or of what was sent or received here.  FAULT_REF_UNKNOWN,
 * FAULT_REF_AMBIGUOUS.
 */
const char *log_entry_ref(struct store *s, const char *word, struct arena *a,
    struct fault *why);

#endif
