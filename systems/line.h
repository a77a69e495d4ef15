/*
 * line: what a connection of libcurl's costs, and how it is kept short.
 *
 * Bytes are counted as the system counts them for each TCP connection, with
 * TLS and SSH and what was sent again, and the time and the rate of a meter
 * hold for all that moves.  Little is given to the system ahead of what the
 * network takes, so that a cut costs little.
 */
#ifndef SATCHEL_SYSTEMS_LINE_H
#define SATCHEL_SYSTEMS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

struct fault;
struct line;
struct place_meter;

/* For one libcurl handle, which is to be cleaned up before it. */
struct line *line_new(struct place_meter *meter, struct fault *why);
void line_free(struct line *l); /* NULL is fine */

/* Before a transfer, and after it. */
CURLcode line_set(struct line *l, CURL *c);
void line_count(struct line *l);

/* Of the next transfers: what is told as moved begins here.  size 0: nothing */
void line_tell(struct line *l, int64_t base, int64_t size);
/*
 * How much of what was given to it since then can have left this machine: in
 * a cut the rest was still waiting here.
 */
int64_t line_told(const struct line *l, int64_t given);

/* The time is up; notes it in the meter. */
bool line_ended(struct line *l);
/* Seconds until then; or `otherwise`, if that is less or there is no end. */
long line_left(const struct line *l, long otherwise);

/*
 * Ends a transfer that hears nothing for so long, in each of its phases; where
 * libcurl watches over the bytes of a file alone, as with SSH.
 */
void line_watch(struct line *l, long stall_seconds);
bool line_stalled(const struct line *l);

/* How much of a file may be handed over at once. */
size_t line_piece(const struct line *l, size_t room);

/*
 * This transfer gets no other connection: what it gave away cannot be taken
 * back, and libcurl would find that out only once it had made one.
 */
void line_stay(struct line *l);

/* Did anything go out in this transfer, so that somebody was there? */
bool line_reached(const struct line *l);

/* Was the connection that was closed last still whole on our side? */
bool line_was_whole(const struct line *l);
/*
 * And that of the transfer just over?  Where it is not, what libcurl says the
 * server said may be older than the break.
 */
bool line_is_whole(const struct line *l, CURL *c);

#endif
