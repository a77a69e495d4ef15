/*
 * log_keys: the public keys by which heads of logs are believed.
 *
 * They come from a verifier key, from a node's minisign key, from a signed
 * agreement, or, where nobody gave one, from the folder itself, which vouches
 * for nothing.
 */
#ifndef SATCHEL_CLI_LOG_KEYS_H
#define SATCHEL_CLI_LOG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "crypto/note.h"

struct agreement;
struct args;
struct fault;
struct home;
struct say;

struct log_key {
	char origin[NOTE_NAME_ROOM]; /* "": of whatever log it signs */
	uint8_t key[32];
	bool revoked; /* who stole it signs as the node does */
	int64_t revoked_after;
	day revoked_on;
};

struct log_keys {
	struct log_key *all;
	size_t count;
};

void log_keys_free(struct log_keys *k);
/* "<origin>+<hex>+<base64>", or a node's minisign key "RW..."; or a file. */
int log_keys_add(struct log_keys *k, const char *text, struct fault *why);
/* The one that is the first line of a text. */
int log_keys_line(struct log_keys *k, const char *text, struct fault *why);
/* Every key that every node of a signed agreement ever signed with. */
int log_keys_agreement(struct log_keys *k, const char *path, struct say *say,
    struct fault *why);
/* This node's own, of now and before, for the log under its agreement. */
int log_keys_home(struct log_keys *k, const struct home *h, struct fault *why);

/*
 * Is it a head that one of these keys signed?  The key, or NULL; the revoked
 * one, if a later version of the agreement says of a key that it is.
 */
const struct log_key *log_keys_check(const struct log_keys *k, const char *note,
    struct checkpoint *out);

#endif
