/*
 * primero_page: an answer of Primero's API, record by record.
 *
 * {"data":[..],"metadata":{"total":..,"per":..,"page":..}}, or one record under
 * "data".  The text is checked whole before anything is taken from it, and each
 * record is given as the bytes that came, so that nothing of it is lost.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_PAGE_H
#define SATCHEL_SYSTEMS_PRIMERO_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/json.h"

struct bytes;
struct fault;

extern const struct json_limits primero_page_limits;

struct primero_page {
	const char *at; /* borrowed from the body */
	const char *end;
	bool list;     /* false: one record */
	int64_t total; /* -1: it does not say */
	int64_t per;   /* the same */
};

/* FAULT_SERVER_ANSWER if it is no such answer. */
int primero_page_open(const struct bytes *body, struct primero_page *out,
    struct fault *why);
/* The next record's text; false at the end. */
bool primero_page_next(struct primero_page *p, const char **text, size_t *len);

/*
 * The list as a whole ("[..]"), before anything was taken from it.
 */
void primero_page_list(const struct primero_page *p, const char **text,
    size_t *len);

#endif
