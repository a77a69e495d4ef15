/*
 * keycare: what the commands share that keep a node's keys from being lost.
 */
#ifndef SATCHEL_CLI_KEYCARE_H
#define SATCHEL_CLI_KEYCARE_H

#include <stdbool.h>
#include <stddef.h>

struct agekey;
struct args;
struct bytes;
struct fault;
struct home;
struct say;

#define KEYCARE_NEW_FD                                                    \
	{                                                                 \
		"new-passphrase-fd", "N",                                 \
		    "read the new passphrase from this descriptor", false \
	}
#define KEYCARE_NEW_FILE                                            \
	{                                                           \
		"new-passphrase-file", "FILE",                      \
		    "read the new passphrase from this file", false \
	}

/*
 * A new passphrase: from the descriptor or the file if one is given, else asked
 * twice.  FAULT_PASSPHRASE_SHORT if it is too short.
 */
struct passphrase *keycare_new_passphrase(const char *fd, const char *file,
    struct fault *why);

/* Add the identities of an age key file to those there are; room for `room`. */
int keycare_read_keys(const char *path, struct agekey **keys, size_t room,
    size_t *count, struct fault *why);

/* The whole file, or all of stdin for "-", added to out. */
int keycare_read_file(const char *path, struct bytes *out, struct fault *why);

/*
 * The file that a text typed from a key sheet holds, added to out; tells what
 * is wrong with which line.  FAULT_KEYSHEET if it is not whole.
 */
int keycare_read_sheet(const struct bytes *text, struct say *say,
    struct bytes *out, struct fault *why);

/*
 * Put the keys of h down under p, which may be the first passphrase that this
 * node gets, and note that in the journal as `what`.  Whatever breaks off, the
 * node opens as before, or with p.
 */
int keycare_put_down(struct home *h, const struct passphrase *p,
    const char *user, const char *what, struct say *say, struct fault *why);

#endif
