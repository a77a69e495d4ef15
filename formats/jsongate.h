/*
 * jsongate: what a JSON text must be before cJSON may see it.
 *
 * One pass over the text, with a list of open objects instead of recursion, so
 * that no nesting reaches the stack.  The rules are those of json.h.
 */
#ifndef SATCHEL_FORMATS_JSONGATE_H
#define SATCHEL_FORMATS_JSONGATE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/json.h"

struct fault;

/*
 * FAULT_JSON or FAULT_NO_MEMORY.  plain is NULL or a copy of the text, in
 * which every real number is overwritten with 0.5 and spaces: cJSON cannot
 * take long ones, and nothing ever asks for the value of one.
 */
int jsongate_check(const void *text, size_t len,
    const struct json_limits *limits, const struct json_place *start,
    uint8_t *plain, struct fault *why);

/* Move a place past these bytes. */
void jsongate_advance(struct json_place *p, const void *bytes, size_t len);

/* FAULT_JSON: "line 3, column 17: <found>".  Always -1. */
int jsongate_fault(struct fault *why, const struct json_place *at,
    const char *found);

#endif
