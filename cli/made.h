/*
 * made: what is told of a bundle of this node's own.
 */
#ifndef SATCHEL_CLI_MADE_H
#define SATCHEL_CLI_MADE_H

struct bundle_made;
struct fault;
struct say;

/* from: this node; fault NULL: none.  The bundle's state is "made". */
void made_say(struct say *say, const struct bundle_made *b, const char *from,
    const struct fault *fault);

#endif
