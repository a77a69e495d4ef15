#include "formats/ustar.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/source.h"

#define BLOCK 512

/* A header block (IEEE Std 1003.1-2008, pax, "ustar Interchange Format"). */
struct header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char rest[12];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is one block");

struct ustar {
	struct source *from; /* borrowed */
	uint64_t left;	     /* of the present member */
	size_t padding;	     /* after it */
	bool ended;
};

struct ustar *
ustar_new(struct source *from, struct fault *why)
{
	struct ustar *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "tar");
		return NULL;
	}
	u->from = from;
	return u;
}

void
ustar_free(struct ustar *u)
{
	free(u);
}

static bool
all_zero(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		if (b[i] != 0)
			return false;
	return true;
}

/* Text, then NULs to the end, if it does not fill the field. */
static bool
is_text(const char *field, size_t room)
{
	const char *end = memchr(field, '\0', room);

	return end == NULL || all_zero(end, room - (size_t)(end - field));
}

/* A number that is not looked at: spaces, octal digits, spaces, NULs. */
static bool
is_octal(const char *field, size_t room)
{
	size_t i = 0;

	while (i < room && field[i] == ' ')
		i++;
	while (i < room && field[i] >= '0' && field[i] <= '7')
		i++;
	while (i < room && field[i] == ' ')
		i++;
	return all_zero(field + i, room - i);
}

/* Exactly `digits` octal digits. */
static bool
read_octal(const char *field, size_t digits, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		*out = *out << 3 | (uint64_t)(field[i] - '0');
	}
	return true;
}

/* The sum of all bytes, the checksum itself counted as spaces. */
static bool
checksum_holds(const struct header *h)
{
	const uint8_t *b = (const uint8_t *)h;
	uint64_t said;
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++)
		sum += b[i];
	for (size_t i = 0; i < sizeof(h->checksum); i++)
		sum += ' ' - (uint64_t)(uint8_t)h->checksum[i];
	return read_octal(h->checksum, 6, &said) && h->checksum[6] == '\0' &&
	    h->checksum[7] == ' ' && said == sum;
}

/* What is wrong with this header, or NULL. */
static const char *
header_trouble(const struct header *h)
{
	uint64_t size;

	if (!checksum_holds(h))
		return "the checksum of a header";
	if (memcmp(h->magic, "ustar", 6) != 0 ||
	    memcmp(h->version, "00", 2) != 0)
		return "a header that is not ustar";
	if (h->type != '0')
		return "a member that is no regular file";
	if (h->name[0] == '\0' || !is_text(h->name, sizeof(h->name)))
		return "the name in a header";
	if (!all_zero(h->link, sizeof(h->link)))
		return "a link name";
	if (!all_zero(h->prefix, sizeof(h->prefix)))
		return "a prefix";
	if (!read_octal(h->size, 11, &size) ||
	    (h->size[11] != '\0' && h->size[11] != ' '))
		return "the size in a header";
	if (!is_octal(h->mode, sizeof(h->mode)) ||
	    !is_octal(h->uid, sizeof(h->uid)) ||
	    !is_octal(h->gid, sizeof(h->gid)) ||
	    !is_octal(h->mtime, sizeof(h->mtime)) ||
	    !is_octal(h->major, sizeof(h->major)) ||
	    !is_octal(h->minor, sizeof(h->minor)))
		return "a number in a header";
	if (!is_text(h->user, sizeof(h->user)) ||
	    !is_text(h->group, sizeof(h->group)))
		return "a user or group in a header";
	if (!all_zero(h->rest, sizeof(h->rest)))
		return "the end of a header";
	return NULL;
}

/* One block; *got is 0 at the end of the source. */
static int
read_block(struct ustar *u, uint8_t out[static BLOCK], size_t *got,
    struct fault *why)
{
	if (source_fill(u->from, out, BLOCK, got, why) == -1)
		return -1;
	if (*got != 0 && *got != BLOCK)
		return FAIL(why,
		    u->ended ? FAULT_BUNDLE_TAR : FAULT_BUNDLE_CUT_SHORT,
		    "the last block of the archive is not whole");
	return 0;
}

/* Read over what is left of the present member, and its padding. */
static int
leave_member(struct ustar *u, struct fault *why)
{
	uint8_t block[BLOCK];
	size_t got;

	while (u->left > 0)
		if (ustar_read(u, block, sizeof(block), &got, why) == -1)
			return -1;
	if (source_fill(u->from, block, u->padding, &got, why) == -1)
		return -1;
	if (got < u->padding)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT, "within a member");
	if (!all_zero(block, u->padding))
		return FAIL(why, FAULT_BUNDLE_TAR,
		    "the padding of a member is not zero");
	u->padding = 0;
	return 0;
}

/* After the first zero block: a second one, and zeros to the end. */
static int
leave_archive(struct ustar *u, struct fault *why)
{
	uint8_t block[BLOCK];
	size_t got;

	if (read_block(u, block, &got, why) == -1)
		return -1;
	if (got == 0)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT,
		    "the second block of the archive's end");
	u->ended = true;
	while (got > 0) {
		if (!all_zero(block, sizeof(block)))
			return FAIL(why, FAULT_BUNDLE_TAR,
			    "something other than zeros after the end");
		if (read_block(u, block, &got, why) == -1)
			return -1;
	}
	return 0;
}

int
ustar_next(struct ustar *u, struct ustar_member *out, struct fault *why)
{
	union {
		uint8_t block[BLOCK];
		struct header header;
	} h;
	const char *trouble;
	size_t got;

	if (u->ended)
		return 0;
	if (leave_member(u, why) == -1 ||
	    read_block(u, h.block, &got, why) == -1)
		return -1;
	if (got == 0)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT,
		    "the archive's end is missing");
	if (all_zero(h.block, sizeof(h.block)))
		return leave_archive(u, why);
	if ((trouble = header_trouble(&h.header)) != NULL)
		return FAIL(why, FAULT_BUNDLE_TAR, "%s", trouble);
	memcpy(out->name, h.header.name, sizeof(h.header.name));
	out->name[sizeof(h.header.name)] = '\0';
	(void)read_octal(h.header.size, 11, &out->size);
	u->left = out->size;
	u->padding = (size_t)(-out->size % BLOCK);
	return 1;
}

int
ustar_read(struct ustar *u, void *out, size_t room, size_t *got,
    struct fault *why)
{
	*got = 0;
	if (room > u->left)
		room = (size_t)u->left;
	if (room == 0)
		return 0;
	if (source_read(u->from, out, room, got, why) == -1)
		return -1;
	if (*got == 0)
		return FAIL(why, FAULT_BUNDLE_CUT_SHORT, "within a member");
	u->left -= *got;
	return 0;
}
