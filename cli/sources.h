/*
 * sources: the system's files that a command's words name, and the password of
 * those that are locked.
 */
#ifndef SATCHEL_CLI_SOURCES_H
#define SATCHEL_CLI_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/command.h"
#include "formats/source_file.h"
#include "formats/zip.h"

struct fault;

struct sources {
	struct source_file_order files[COMMAND_MANY_MAX];
	size_t count;
	char password[ZIP_PASSWORD_MAX + 1]; /* wiped by sources_forget */
};

/*
 * Words of the form [FORMAT:]FILE.  The password is the first line of
 * password_file; without one (NULL) the terminal is asked if a file is locked
 * and there is a terminal.
 */
int sources_read(struct sources *s, const char *const *words, size_t count,
    const char *password_file, struct fault *why);
void sources_forget(struct sources *s); /* also after a fault */

/* The word for a system's server, FORMAT-api; FORMAT_NONE: it is none. */
enum format sources_server(const char *word);

#endif
