/*
 * tar: the archive inside a bundle, written with libarchive as plain ustar.
 *
 * Members are regular files of mode 0600, owner 0, no names of people, time 0.
 */
#ifndef SATCHEL_FORMATS_TAR_H
#define SATCHEL_FORMATS_TAR_H

#include <stddef.h>
#include <stdint.h>

struct fault;
struct sink;
struct tar;

/* Takes *to (sets it to NULL); on failure the caller still has it. */
struct tar *tar_new(struct sink **to, struct fault *why);
int tar_add(struct tar *t, const char *name, const void *bytes, size_t len,
    struct fault *why);
/* Two zero blocks and the padding, then finishes the chain below. */
int tar_finish(struct tar *t, struct fault *why);
void tar_free(struct tar *t); /* unfinished: the chain leaves nothing */

#endif
