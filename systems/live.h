/*
 * live: the server that a command was told to speak to.
 *
 * Opens the credentials file, which must be for that very system, and what
 * speaks to it.  Nothing is asked of the server yet.
 */
#ifndef SATCHEL_SYSTEMS_LIVE_H
#define SATCHEL_SYSTEMS_LIVE_H

#include <stdbool.h>

#include "formats/recognise.h"
#include "systems/ping_api.h"

struct age_opener;
struct agreement;
struct fault;
struct http;
struct live;
struct primero_api;

struct live_order {
	enum format format; /* FORMAT_PRIMERO, FORMAT_PING or FORMAT_DTP */
	bool sends;	    /* nothing is read from there but answers to that */
	const char *credentials; /* path of the sealed file */
	const struct age_opener *with;
	const struct agreement *agreement; /* borrowed */
	/* Told before each wait that the server asks for; may be NULL. */
	void (*waiting)(void *context, long seconds);
	void *waiting_context;
};

/*
 * FAULT_USAGE without credentials, FAULT_CREDENTIALS for those of another
 * system, FAULT_NOT_YET for a format whose server nobody speaks to here,
 * FAULT_SERVER_GIVES_NOTHING for one that can only be sent to.
 */
struct live *live_open(const struct live_order *order, struct fault *why);
void live_close(struct live *l); /* NULL is fine */

/* One of them is there. */
struct primero_api *live_primero(const struct live *l);
const struct ping_api *live_ping(const struct live *l);
struct http *live_dtp(const struct live *l);

const char *live_url(const struct live *l); /* borrowed */
/* Who is let in there; NULL: a token or a certificate says so. */
const char *live_user(const struct live *l);
/* The process of the referrals that wait in proGres; NULL: nobody said. */
const char *live_pending(const struct live *l);

#endif
