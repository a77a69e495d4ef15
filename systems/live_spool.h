/*
 * live_spool: what a server gives, as a source that is read like a file.
 *
 * The records lie sealed in a file of this node's folder that has no name, in
 * the form that the system's own file has.
 */
#ifndef SATCHEL_SYSTEMS_LIVE_SPOOL_H
#define SATCHEL_SYSTEMS_LIVE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

struct fault;
struct folder;
struct live;
struct live_order;
struct live_spool;
struct source_file_order;

/* As live_open, for Primero or PING. */
struct live_spool *live_spool_open(const struct live_order *order,
    const struct folder *home, struct fault *why);
void live_spool_close(struct live_spool *s); /* NULL is fine */

struct live *live_spool_server(const struct live_spool *s);

/* A record begins; what it says follows with live_spool_add. */
int live_spool_next(struct live_spool *s, struct fault *why);
int live_spool_add(struct live_spool *s, const char *text, size_t len,
    struct fault *why);
/* Both in one: a record as it came. */
int live_spool_record(struct live_spool *s, const char *text, size_t len,
    struct fault *why);

/* Nothing more comes; then it may be read, unless it holds no record. */
int live_spool_end(struct live_spool *s, struct fault *why);
bool live_spool_source(struct live_spool *s, struct source_file_order *out);
size_t live_spool_count(const struct live_spool *s); /* of records */

#endif
