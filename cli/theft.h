/*
 * theft: an office that is not to be trusted, and one that is again.
 */
#ifndef SATCHEL_CLI_THEFT_H
#define SATCHEL_CLI_THEFT_H

struct fault;
struct incident;

/* Hold everything from the node that is named, and say what to do. */
int theft_distrust(struct incident *in, struct fault *why);
/* The same; and what the agreement is to say of its numbers. */
int theft_stolen(struct incident *in, struct fault *why);
/* It may be trusted again. */
int theft_trust(struct incident *in, struct fault *why);

#endif
