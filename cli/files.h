/*
 * files: the bundles that a command's words name.
 *
 * A word is a file, or a folder whose regular *.satchel files are meant (those
 * directly in it; whatever else is there is counted and left alone).  Bundles
 * are taken in the order of their senders' numbers, so that a folder brought
 * whole shows no gaps on the way; the names say nothing.
 */
#ifndef SATCHEL_CLI_FILES_H
#define SATCHEL_CLI_FILES_H

#include <stddef.h>

struct fault;

/*
 * An open file and its plain name; fd is closed by files_each.  fd -1: it
 * could not be opened, and trouble says why.  -1 ends the walk.
 */
typedef int (*files_take)(int fd, const char *name, const struct fault *trouble,
    void *context, struct fault *why);

/* *others: what lay in the folders beside bundles. */
int files_each(char *const *words, int count, size_t *others, files_take take,
    void *context, struct fault *why);

#endif
