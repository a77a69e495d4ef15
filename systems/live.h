/*
 * live: the server that a command was told to speak to.
 *
 * Opens the credentials file, which must be for that very system, and what
 * speaks to it.  Nothing is asked of the server yet.
 */
#ifndef SATCHEL_SYSTEMS_LIVE_H
#define SATCHEL_SYSTEMS_LIVE_H

#include "formats/recognise.h"
#include "systems/ping_api.h"

struct age_opener;
struct agreement;
struct fault;
struct live;
struct primero_api;

struct live_order {
	enum format format;	 /* FORMAT_PRIMERO or FORMAT_PING */
	const char *credentials; /* path of the sealed file */
	const struct age_opener *with;
	const struct agreement *agreement; /* borrowed */
};

/*
 * FAULT_USAGE without credentials, FAULT_CREDENTIALS for those of another
 * system, FAULT_NOT_YET for a format whose server nobody speaks to here.
 */
struct live *live_open(const struct live_order *order, struct fault *why);
void live_close(struct live *l); /* NULL is fine */

/* One of them is there. */
struct primero_api *live_primero(const struct live *l);
const struct ping_api *live_ping(const struct live *l);

const char *live_url(const struct live *l); /* borrowed */
/* The process of the referrals that wait in proGres; NULL: nobody said. */
const char *live_pending(const struct live *l);

#endif
