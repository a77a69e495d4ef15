/* place_tus: what a tus server says, read with care.  See place.h. */
#ifndef SATCHEL_SYSTEMS_PLACE_TUS_H
#define SATCHEL_SYSTEMS_PLACE_TUS_H

#include <stdbool.h>
#include <stdint.h>

#include "systems/place.h"

struct fault;
struct http_answer;

enum tus_checksum { TUS_NO_CHECKSUM, TUS_SHA256, TUS_SHA1 };

/* What the server can do, by its answer to OPTIONS. */
struct tus_offer {
	int64_t max_size; /* -1: it does not say */
	bool at_once;	  /* a file may come with its creation */
	enum tus_checksum checksum;
};

/* FAULT_PLACE_WRONG if it is no tus 1.0.0 server that makes uploads. */
int place_tus_offer(const struct http_answer *a, struct tus_offer *out,
    struct fault *why);

/*
 * The ticket of a Location, which answered a request to url: its path, and a
 * query if it has one.  FAULT_SERVER_ANSWER if it leads to another server.
 */
int place_tus_location(const char *url, const char *location,
    char ticket[static PLACE_TICKET], struct fault *why);

/* Is that word one of a list with commas? */
bool place_tus_lists(const char *list, const char *word);

#endif
