/*
 * padding: zeros behind the gzip stream, so that a size does not count
 * children.
 *
 * The age file is to be PADDING_LEAST bytes at least, and above that a Padme
 * size (Nikitin et al., PETS 2019: all but the top log2(log2 L)+1 bits zero,
 * at most 12 % more).
 */
#ifndef SATCHEL_FORMATS_PADDING_H
#define SATCHEL_FORMATS_PADDING_H

#include <stdint.h>

struct fault;
struct sink;

#define PADDING_LEAST 4096

/* The Padme size for len, or PADDING_LEAST if that is more. */
uint64_t padding_size(uint64_t len);

/*
 * A sink that passes everything on and, when finished, adds zeros so that an
 * age file of that plaintext for that many X25519 recipients has a padded
 * size (age adds 70 + 98 a recipient + 16 + 16 for each 64 KiB chunk).
 */
struct sink *padding_sink_new(struct sink **next, unsigned recipients,
    struct fault *why);

#endif
