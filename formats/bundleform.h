/*
 * bundleform: the small grammars that several parts of a bundle share.
 */
#ifndef SATCHEL_FORMATS_BUNDLEFORM_H
#define SATCHEL_FORMATS_BUNDLEFORM_H

#include <stdbool.h>
#include <stddef.h>

struct reader;

#define BUNDLEFORM_NODE_MAX 16

/* 8-4-4-4-12 lower-case hex digits. */
bool bundleform_is_uuid(const char *text, size_t len);
bool bundleform_is_hex(const char *text, size_t len); /* lower-case */
/* The code of a node or a party: [A-Z0-9-]{2,16}. */
bool bundleform_is_node(const char *text, size_t len);

enum bundleform_version {
	BUNDLEFORM_OURS,  /* 1 */
	BUNDLEFORM_NEWER, /* 2 or more */
	BUNDLEFORM_OTHER, /* nothing of the kind; nothing is taken */
};

/* Take "bundle/1" where kind is "bundle". */
enum bundleform_version bundleform_take_version(struct reader *r,
    const char *kind);
/* The same for a whole text, which may be NULL. */
enum bundleform_version bundleform_version_of(const char *text,
    const char *kind);

#endif
