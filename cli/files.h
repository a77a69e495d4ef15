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
struct say;

/*
 * An open file and its plain name; fd is closed by files_each.  fd -1: it
 * could not be opened, and trouble says why.  -1 ends the walk.
 */
typedef int (*files_take)(int fd, const char *name, const struct fault *trouble,
    void *context, struct fault *why);

/* What lay in the folders, beside the bundles that were taken. */
struct files_seen {
	size_t others;
	size_t like_bundles; /* of those: they begin as a bundle does */
	size_t empty;	     /* folders without any bundle */
};

int files_each(char *const *words, int count, struct files_seen *seen,
    files_take take, void *context, struct fault *why);

/*
 * The same of one folder, of which a bundle is whatever begins as one, however
 * it is called; and what is called a bundle and does not begin as one.
 */
int files_bundles(const char *path, struct files_seen *seen, files_take take,
    void *context, struct fault *why);

/* Tell what was left alone, and that a folder held nothing to take. */
void files_say(struct say *say, const struct files_seen *seen);

#endif
