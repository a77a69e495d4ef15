/*
 * gzip: compress what goes into a bundle; inflate, with a cap, what comes out.
 */
#ifndef SATCHEL_FORMATS_GZIP_H
#define SATCHEL_FORMATS_GZIP_H

#include <stdint.h>

struct fault;
struct sink;
struct source;

#define GZIP_RATIO_MAX 200	/* output to input ... */
#define GZIP_RATIO_FROM 1048576 /* ... asked above this (1 MiB) */

/* One gzip member (no name, time 0) passed on to *next. */
struct sink *gzip_sink_new(struct sink **next, struct fault *why);

/*
 * Inflates one or several gzip members, then takes zero bytes (any number) up
 * to the end of *from; anything else there is FAULT_BUNDLE_GZIP, an early end
 * FAULT_BUNDLE_CUT_SHORT, more than max bytes or more than GZIP_RATIO_MAX
 * times the gzip bytes read so far (once output passes GZIP_RATIO_FROM) is
 * FAULT_BUNDLE_INFLATES.  A first byte pair other than 1f 8b that is the mark
 * of another compression is FAULT_BUNDLE_NEWER.
 */
struct source *gzip_source_new(struct source **from, uint64_t max,
    struct fault *why);

#endif
