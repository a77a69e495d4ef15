/*
 * ustar: the strict reader of the archive inside a bundle.
 *
 * It knows POSIX ustar regular files and nothing else: any other type, pax or
 * GNU extension, prefix, link name, dirty padding, missing end blocks or
 * trailing bytes that are not zero are refused, whatever a tar library would
 * make of them.  Which names may come in which order is bundle.h's business.
 */
#ifndef SATCHEL_FORMATS_USTAR_H
#define SATCHEL_FORMATS_USTAR_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct source;
struct ustar;

#define USTAR_NAME_ROOM 101 /* 100 bytes and NUL */

struct ustar_member {
	char name[USTAR_NAME_ROOM];
	uint64_t size;
};

/* Borrows from. */
struct ustar *ustar_new(struct source *from, struct fault *why);
void ustar_free(struct ustar *u); /* NULL is fine */

/*
 * The next member: 1, 0 at a clean end (which takes everything to the end of
 * the source), -1 on FAULT_BUNDLE_TAR or _CUT_SHORT.  What was not read of the
 * member before is read over, its padding checked.
 */
int ustar_next(struct ustar *u, struct ustar_member *out, struct fault *why);
/* Bytes of the present member; *got is 0 at its end. */
int ustar_read(struct ustar *u, void *out, size_t room, size_t *got,
    struct fault *why);

#endif
