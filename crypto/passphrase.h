/*
 * passphrase: words a person keeps in mind, in guarded memory.
 *
 * Taken from a descriptor, a file or the terminal; never from an argument or
 * the environment.
 */
#ifndef SATCHEL_CRYPTO_PASSPHRASE_H
#define SATCHEL_CRYPTO_PASSPHRASE_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct passphrase;

#define PASSPHRASE_MAX 1024
#define PASSPHRASE_NEW_MIN 10 /* bytes of a new one */

/* Up to the first LF or the end; one CR before LF is dropped. */
struct passphrase *passphrase_from_fd(int fd, struct fault *why);
struct passphrase *passphrase_from_file(const char *path, struct fault *why);
/* Asks; twice when twice is set, and then they must agree. */
struct passphrase *passphrase_ask(const char *prompt, int twice,
    struct fault *why);
struct passphrase *passphrase_from_bytes(const void *bytes, size_t len,
    struct fault *why);
/* FAULT_PASSPHRASE_SHORT if it is too short for a new one. */
int passphrase_check_new(const struct passphrase *p, struct fault *why);
void passphrase_free(struct passphrase *p); /* wipes; NULL is fine */

/*
 * Borrowed; only crypto/ looks inside, and who hands a zip its password.
 */
const uint8_t *passphrase_bytes(const struct passphrase *p, size_t *len);

#endif
