/*
 * zip: the archives in which Primero hands out its exports.
 *
 * Plain, ZipCrypto and WinZip-AES, read with libarchive as a stream: nothing
 * is unpacked to the disk, and nothing is given that was not checked.  Names in
 * the archive are never used for anything.  A 7z archive is not read: see
 * recognise.h for what a person is told.
 */
#ifndef SATCHEL_FORMATS_ZIP_H
#define SATCHEL_FORMATS_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault;
struct source;
struct zip;

#define ZIP_ENTRIES_MAX 1000
#define ZIP_BYTES_MAX ((uint64_t)16 * 1024 * 1024 * 1024) /* unpacked, in all */
#define ZIP_RATIO_MAX 200 /* unpacked to packed, above the first MiB */
#define ZIP_PASSWORD_MAX 1024

/*
 * Do these first bytes belong to a zip archive that may hold an export?  Not
 * an Office document.  *locked: its first file needs a password.
 */
bool zip_looks_like(const void *head, size_t len, bool *locked);

/* What kind of Office document these are the first bytes of; NULL: of none. */
const char *zip_office_kind(const void *head, size_t len);

/*
 * Read the open file fd from its start; fd stays the caller's.  password may be
 * NULL; it is borrowed until zip_close.  FAULT_ZIP where anything stands before
 * its first file or behind its end: of archives that were put one behind the
 * other only the last is seen.
 */
struct zip *zip_open(int fd, const char *password, struct fault *why);
void zip_close(struct zip *z); /* NULL is fine */

/*
 * The next regular file in it: 1 and *entry, 0 at the end, -1 on a fault.
 * Folders are passed over; a file without a byte is FAULT_SOURCE_EMPTY, as it
 * is outside a zip.  *entry is borrowed, and good until the next call.  Faults
 * of this and of reading the entry: FAULT_ZIP_PASSWORD_NEEDED,
 * FAULT_ZIP_PASSWORD, FAULT_ZIP (damaged, or packed in a way that libarchive
 * cannot undo), FAULT_SOURCE_TOO_LARGE for a cap.
 */
int zip_next(struct zip *z, struct source **entry, struct fault *why);

#endif
