/*
 * primero_error: why Primero did not take something, in names of fields.
 *
 * Primero says it in several shapes, and its texts can repeat what was sent
 * about a person; so only what looks like the name of a field is kept.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_ERROR_H
#define SATCHEL_SYSTEMS_PRIMERO_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#define PRIMERO_ERROR_FIELDS 16
#define PRIMERO_ERROR_NAME 65

struct fault;
struct http_answer;

struct primero_error {
	int status;
	size_t count;
	char field[PRIMERO_ERROR_FIELDS][PRIMERO_ERROR_NAME];
};

/* Of any answer; a body that cannot be read has no names. */
void primero_error_read(const struct http_answer *a, struct primero_error *out);

/* As http_refusal, with the names behind it.  Always -1. */
int primero_error_fault(const struct http_answer *a, const char *what,
    struct fault *why);

#endif
