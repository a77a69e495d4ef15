/*
 * credentials: the file that says where a server is and how to be let in.
 *
 * Sealed with stock age to this node's own recipient (docs/credentials.md):
 *
 *	{"satchel":"credentials/1","system":"primero","url":"https://..",
 *	 "user":"..","password":".."}
 *
 * or "bearer", or "client_certificate" and "client_key" (PEM), or "header" and
 * "value" (a subscription key); a certificate or a header may stand beside one
 * of the others.  "ca" (PEM) names whom to trust instead of the system's list.
 * For ping, "pending_referrals" is the process that lists the referrals which
 * wait in proGres: agreements have no place for it yet.
 */
#ifndef SATCHEL_SYSTEMS_CREDENTIALS_H
#define SATCHEL_SYSTEMS_CREDENTIALS_H

#include <stddef.h>

struct age_opener;
struct credentials;
struct fault;
struct login;

enum credentials_system {
	CREDENTIALS_PRIMERO,
	CREDENTIALS_PING,
	CREDENTIALS_DTP,
	CREDENTIALS_UPLOAD,
};

/*
 * From the bytes of the sealed file.  FAULT_CREDENTIALS names the member at
 * fault, never what it says; or a fault of age.
 */
struct credentials *credentials_read(const void *bytes, size_t len,
    const struct age_opener *with, struct fault *why);
void credentials_free(struct credentials *c); /* wipes; NULL is fine */

enum credentials_system credentials_system(const struct credentials *c);
/* "primero", "ping", "dtp", "upload" */
const char *credentials_system_name(enum credentials_system s);
const char *credentials_url(const struct credentials *c); /* borrowed */
/* NULL: not said. */
const char *credentials_pending(const struct credentials *c); /* borrowed */
const struct login *credentials_login(const struct credentials *c);

#endif
