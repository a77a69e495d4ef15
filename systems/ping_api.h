/*
 * ping_api: PING, UNHCR's layer in front of proGres v4, while it is in reach.
 *
 * ping_api_fetch.h takes records out, ping_api_send.h sends and learns what
 * became of it.  Every id that PING wants comes from the agreement
 * (systems.progres-ping), and where it is and how to be let in from the
 * credentials; none from the program.
 */
#ifndef SATCHEL_SYSTEMS_PING_API_H
#define SATCHEL_SYSTEMS_PING_API_H

struct fault;
struct http;
struct ping_ids;

struct ping_api {
	struct http *http; /* borrowed */
	const struct ping_ids *ids;
};

/* FAULT_AGREEMENT_LACKS if partner or interop cannot be used. */
int ping_api_check(const struct ping_api *api, struct fault *why);

#endif
