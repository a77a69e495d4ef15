/*
 * login: what a server wants to be shown, in guarded memory.
 *
 * A password, a token, a client's certificate and key, or a header with a
 * subscription key.  systems/credentials fills it from a sealed file; only
 * crypto/ looks inside, and who hands it to the TLS library.
 */
#ifndef SATCHEL_CRYPTO_LOGIN_H
#define SATCHEL_CRYPTO_LOGIN_H

#include <stddef.h>

struct fault;
struct login;

enum login_part {
	LOGIN_USER,
	LOGIN_PASSWORD,
	LOGIN_BEARER,
	LOGIN_CERTIFICATE, /* PEM, the chain too */
	LOGIN_KEY,	   /* PEM */
	LOGIN_HEADER,	   /* its name */
	LOGIN_VALUE,
	LOGIN_CA, /* PEM; no secret: whom to trust instead of the system's */
	LOGIN_PARTS
};

#define LOGIN_PART_MAX 65536

struct login *login_new(struct fault *why);
void login_free(struct login *l); /* wipes; NULL is fine */

/* A copy; what was there before is wiped.  FAULT_CREDENTIALS if too long. */
int login_set(struct login *l, enum login_part part, const char *text,
    struct fault *why);
/* Borrowed; NULL if there is none. */
const char *login_get(const struct login *l, enum login_part part);

#endif
