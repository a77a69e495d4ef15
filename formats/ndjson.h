/*
 * ndjson: the lines of a records member, or of a consent register.
 */
#ifndef SATCHEL_FORMATS_NDJSON_H
#define SATCHEL_FORMATS_NDJSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"

struct bytes;
struct fault;
struct source;

#define NDJSON_LINE_MAX 1048576 /* bytes (1 MiB), without the LF */

/*
 * The next line of text already in memory, without its LF: 1, 0 at the end,
 * -1 with FAULT_BUNDLE_RECORD for an empty line, a CR, a line over the limit
 * or a last line without LF.
 */
int ndjson_next(struct reader *from, struct view *line, struct fault *why);

/*
 * The next line of a person's file, as a source: CRLF and a missing last LF
 * are taken, empty lines passed over, a byte order mark at the very start too.
 * The line is put into `line` (emptied first; its ceiling must be above
 * NDJSON_LINE_MAX); its place in the file is offset, its number counts from 1.
 * 1, 0 at the end, -1 on a fault; FAULT_SOURCE_TOO_LARGE for a line over the
 * limit.
 */
struct ndjson_file {
	struct source *from; /* borrowed */
	uint64_t offset;     /* of the next byte not taken */
	size_t number;	     /* of the line last given */
	uint8_t buffer[8192];
	size_t have;
	size_t at;
};

void ndjson_file_start(struct ndjson_file *f, struct source *from);
int ndjson_file_next(struct ndjson_file *f, struct bytes *line,
    uint64_t *offset, struct fault *why);

#endif
