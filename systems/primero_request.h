/*
 * primero_request: the bodies of formats/primero_body as they go to the server.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_REQUEST_H
#define SATCHEL_SYSTEMS_PRIMERO_REQUEST_H

struct bytes;
struct fault;
struct json;
struct json_node;
struct target_answer;
struct target_referral;

/*
 * What primero_body writes, read back: *out (json_free) with method and path,
 * and *data, what is below body.data.
 */
int primero_request_make(const struct target_referral *t, struct json **out,
    const struct json_node **data, struct fault *why);
int primero_request_make_answer(const struct target_answer *t,
    struct json **out, const struct json_node **data, struct fault *why);

/* {"data":..} as it was made. */
int primero_request_write(const struct json_node *data, struct bytes *out,
    struct fault *why);

#endif
