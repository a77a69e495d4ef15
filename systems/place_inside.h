/* place_inside: what each kind of place gives to place.c. */
#ifndef SATCHEL_SYSTEMS_PLACE_INSIDE_H
#define SATCHEL_SYSTEMS_PLACE_INSIDE_H

#include <stdint.h>

#include "systems/place.h"

/* As the functions of place.h, with what open gave in the place of p. */
struct place_way {
	void *(*open)(const struct place_order *order, struct fault *why);
	void (*close)(void *own); /* NULL is fine */
	int (*begin)(void *own, const struct place_item *item,
	    char ticket[static PLACE_TICKET], int64_t *offset,
	    struct fault *why);
	int (*offset)(void *own, const struct place_item *item,
	    const char *ticket, int64_t *offset, struct fault *why);
	int (*send)(void *own, const struct place_item *item,
	    const char *ticket, int64_t *offset, struct fault *why);
	int (*prove)(void *own, const struct place_item *item,
	    const char *ticket, int64_t *proven, enum place_proof *proof,
	    struct fault *why);
	int (*list)(void *own,
	    int (*each)(const struct place_found *f, void *context,
		struct fault *why),
	    void *context, struct fault *why);
	int (*get)(void *own, const struct place_found *f,
	    const struct place_span *span, struct sink *into, int64_t *got,
	    struct fault *why);
};

extern const struct place_way place_tus;
extern const struct place_way place_sftp;
extern const struct place_way place_folder;

#endif
