/* place_list: what a server says lies there, read with care. */
#ifndef SATCHEL_SYSTEMS_PLACE_LIST_H
#define SATCHEL_SYSTEMS_PLACE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct place_found;

/*
 * Could it be a bundle?  Not if it is called ".." or "x.part", holds a slash or
 * a control character, has too long a name, or is too small.  size: -1 if it
 * was not said.
 */
bool place_list_wanted(const char *name, int64_t size);

/*
 * One line of an SFTP listing, as OpenSSH's server writes it ("-rw-r--r-- 1
 * hub hub 1234 Nov 23 01:40 name"): false for what is no regular file, and for
 * any line that is not of that form.
 */
bool place_list_long(const char *line, struct place_found *out);

/* A listing as nginx's autoindex_format json gives it; FAULT_PLACE_NO_LIST. */
int place_list_index(const void *text, size_t len,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why);

/* The caller's to free; %00 and a % without two digits: FAULT_SERVER_ADDRESS */
char *place_list_unescaped(const char *text, struct fault *why);

#endif
