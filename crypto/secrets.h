/*
 * secrets: the keys of one node, in guarded memory, and their file.
 *
 * The file is an age file under a passphrase (scrypt, 2^18); its text has one
 * line each for the signing key (a minisign secret, base64), every opening key
 * (AGE-SECRET-KEY-1...) and the store key.  Stock `age -d` gives that text.  A
 * practice node may keep the text itself, unprotected; the caller refuses such
 * a node under a live agreement.
 *
 *	# satchel secrets/1
 *	sign <base64 of a 158-byte minisign secret key, unprotected form>
 *	next <the same>				only while keys change
 *	open AGE-SECRET-KEY-1...		one or more, newest last
 *	store <base64 of 32 bytes>
 */
#ifndef SATCHEL_CRYPTO_SECRETS_H
#define SATCHEL_CRYPTO_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "crypto/age.h"
#include "crypto/minisign.h"

struct fault;
struct passphrase;
struct secrets;
struct sink;
struct source;

#define SECRETS_OPENING_MAX 8
#define SECRETS_SIGNING_MAX 2

struct secrets *secrets_new(struct fault *why); /* fresh random keys */
void secrets_free(struct secrets *s);		/* wipes; NULL is fine */

/* Writes the file's bytes to `to` and does not finish it. p NULL: the text. */
int secrets_write(const struct secrets *s, const struct passphrase *p,
    struct sink **to, struct fault *why);
/* The same, sealed to age recipients: the recovery copy. */
int secrets_write_recovery(const struct secrets *s,
    const char *const *recipients, size_t count, struct sink **to,
    struct fault *why);

/* Is this the text itself, without protection?  Looks at the first bytes. */
bool secrets_unprotected(const void *bytes, size_t len);
/*
 * Read either kind.  p may be NULL for an unprotected one.  A wrong passphrase
 * is FAULT_PASSPHRASE_WRONG, other damage FAULT_SECRETS_FORM.
 */
struct secrets *secrets_read(const void *bytes, size_t len,
    const struct passphrase *p, struct fault *why);
/*
 * Read a sealed copy with whatever may open it, such as the recovery copy.
 * FAULT_AGE_NO_MATCH if nothing of it does, FAULT_PASSPHRASE_WRONG as above.
 */
struct secrets *secrets_read_copy(const void *bytes, size_t len,
    const struct age_opener *with, struct fault *why);

/* Borrowed from s. */
const struct minisign_key *secrets_signing(const struct secrets *s);
/* The one that is to follow it; NULL: none. */
const struct minisign_key *secrets_next(const struct secrets *s);
/* The public halves of these two, the next one last; how many there are. */
size_t secrets_publics(const struct secrets *s,
    struct minisign_public out[static SECRETS_SIGNING_MAX]);
/*
 * The one to sign with where these are listed for the node: the last of them
 * that is here.  NULL: none is.
 */
const struct minisign_key *secrets_signer(const struct secrets *s,
    const struct minisign_public *listed, size_t count);
/*
 * Beside the signing and the opening keys, fresh ones that are to follow them.
 * FAULT_INSIDE if there are some already.
 */
int secrets_add_next(struct secrets *s, struct fault *why);
/* Those that were to follow take their place; the older ones are wiped. */
void secrets_drop_old(struct secrets *s);
/* with->keys borrows from s; the newest opening key is the last. */
void secrets_opener(const struct secrets *s, struct age_opener *with);

#endif
