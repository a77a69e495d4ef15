/*
 * log_own: the head of this node's log, for whoever is to keep it.
 */
#ifndef SATCHEL_CLI_LOG_OWN_H
#define SATCHEL_CLI_LOG_OWN_H

#include "crypto/note.h"

struct bytes;
struct fault;
struct home;

struct log_own {
	struct checkpoint said;
	char key[NOTE_KEY_ROOM]; /* "<origin>+<hex>+<base64>" */
};

/* What a head would say now, and the key that signs it; signs nothing. */
int log_own_read(const struct home *h, struct log_own *out, struct fault *why);
/* The same, signed and kept: added to note.  The home is open to be written. */
int log_own_sign(const struct home *h, struct log_own *out, struct bytes *note,
    struct fault *why);

#endif
