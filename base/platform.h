/*
 * platform: what differs between operating systems, all of it.
 *
 * Every call here is one that Windows lacks or spells otherwise; the rest of
 * the program uses C11 and the file calls of base/folder.c.
 */
#ifndef SATCHEL_BASE_PLATFORM_H
#define SATCHEL_BASE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No core dump, no ptrace by others.  Call once, before any secret exists. */
void platform_protect_memory(void);

/* Set len bytes to zero, also where the compiler sees no use for it. */
void platform_wipe(void *bytes, size_t len);

/* Write what is buffered for fd to the drive; 0 or -1 with errno. */
int platform_sync(int fd);

/* Drop fd's pages from the cache, so that the next read asks the drive. */
void platform_forget_cache(int fd);

/*
 * Give the file `from` in the folder dirfd the name `to`, but never in place
 * of a file that has it: -1 with EEXIST then.
 */
int platform_rename_new(int dirfd, const char *from, const char *to);

/*
 * A file in the folder dirfd, open for reading and writing, that has no name
 * and is gone when it is closed; -1 with errno.
 */
int platform_private_file(int dirfd);

/*
 * A lock on fd that dies with the process; false if another process holds it.
 */
bool platform_lock(int fd);

/*
 * How many bytes may still be written to the drive of the folder dirfd, and is
 * it mounted to be read only?  -1 with errno.
 */
int platform_room(int dirfd, uint64_t *bytes, bool *read_only);

bool platform_is_terminal(int fd);

/*
 * What a TCP connection has carried so far, by the system's own count; *whole:
 * nobody has closed or cut it.  -1: the system does not say.
 */
int platform_socket_bytes(int fd, int64_t *sent, int64_t *received,
    bool *whole);

/*
 * From here on, what is made is for this user alone; but what is to be handed
 * over has the mode that the user's own umask gives a file.
 */
void platform_keep_private(void);
unsigned int platform_shared_mode(void);

/*
 * Ask on the terminal (not stdin) without echo; echo is put back also on
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGTSTP; after a stop it asks again.
 * The answer, without its LF, goes to out with a NUL; returns its length, or
 * -1 when there is no terminal, no answer, or one that is too long.
 */
int platform_ask_secret(const char *prompt, char *out, size_t room);

/* The text a person typed on the terminal, with echo; as above. */
int platform_ask(const char *prompt, char *out, size_t room);

#endif
