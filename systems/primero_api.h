/*
 * primero_api: Primero's own server, spoken to as a client that is careful.
 *
 * Primero fails silently in several ways (tests/standin/README.md): what is not
 * permitted is dropped with 200, an unknown filter is ignored, a step that is
 * not allowed answers 200 with the old status.  So nothing counts as done
 * until it was read back.  This is what the parts have in common; see
 * primero_check, primero_changes, primero_match, primero_plan, primero_load
 * and primero_transition.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_API_H
#define SATCHEL_SYSTEMS_PRIMERO_API_H

#include <stdbool.h>
#include <stddef.h>

#include "systems/http.h"

#define PRIMERO_API_ID 129 /* of a record, with its NUL */

struct json;
struct json_node;
struct primero_api;

/* As http_new. */
struct primero_api *primero_api_new(const struct http_server *server,
    struct fault *why);
void primero_api_free(struct primero_api *p); /* NULL is fine */

/* Can this be a part of a path as it is?  A-Z a-z 0-9 - and _ alone. */
bool primero_api_is_id(const char *id);

/*
 * GET path into *out, begun before; any answer but 200 is a fault.  what is
 * for the fault: "cases".
 */
int primero_api_get(struct primero_api *p, const char *path, const char *what,
    struct http_answer *out, struct fault *why);

/*
 * GET /api/v2/cases/ID: 1 with *out (json_free) whose root has the case under
 * "data", 0 if there is none.
 */
int primero_api_get_case(struct primero_api *p, const char *id,
    struct json **out, struct fault *why);

/*
 * Send what changes something; 0 for any answer.  body may be empty.
 * FAULT_SERVER_BROKE_OFF: look first, then do it again.
 */
int primero_api_send(struct primero_api *p, const char *method,
    const char *path, const struct bytes *body, struct http_answer *out,
    struct fault *why);

/* The body as JSON; FAULT_SERVER_ANSWER if it is none. */
int primero_api_json(const struct http_answer *a, struct json **out,
    struct fault *why);

#endif
