#include "base/source.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"

/* POSIX leaves reads above SSIZE_MAX open; no reader here wants that much. */
#define READ_MAX ((size_t)1 << 30)

struct source *
source_new(const struct source_kind *kind, void *own, struct source **from,
    struct fault *why)
{
	struct source *s = malloc(sizeof(*s));

	if (s == NULL) {
		kind->free(own);
		fault_set(why, FAULT_NO_MEMORY, "%s", kind->name);
		return NULL;
	}
	*s = (struct source){ .kind = kind, .own = own };
	if (from != NULL) {
		s->from = *from;
		*from = NULL;
	}
	return s;
}

int
source_read(struct source *s, void *out, size_t room, size_t *got,
    struct fault *why)
{
	*got = 0;
	/* Without room nothing can come, and that is not the end. */
	assert(room > 0);
	return s->kind->read(s, out, room, got, why);
}

int
source_fill(struct source *s, void *out, size_t room, size_t *got,
    struct fault *why)
{
	uint8_t *at = out;
	size_t more;

	*got = 0;
	while (*got < room) {
		if (source_read(s, at + *got, room - *got, &more, why) == -1)
			return -1;
		if (more == 0)
			break;
		*got += more;
	}
	return 0;
}

void
source_free(struct source *s)
{
	struct source *from;

	for (; s != NULL; s = from) {
		from = s->from;
		s->kind->free(s->own);
		free(s);
	}
}

struct from_fd {
	int fd;
	char name[]; /* for faults */
};

static int
from_fd_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	const struct from_fd *own = s->own;
	ssize_t n;

	if (room > READ_MAX)
		room = READ_MAX;
	do {
		n = read(own->fd, out, room);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s: %s", own->name,
		    strerror(errno));
	*got = (size_t)n;
	return 0;
}

static const struct source_kind from_fd_kind = {
	.name = "file",
	.read = from_fd_read,
	.free = free,
};

struct source *
source_from_fd(int fd, const char *name, struct fault *why)
{
	size_t room = strlen(name) + 1;
	struct from_fd *own = malloc(sizeof(*own) + room);

	if (own == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", name);
		return NULL;
	}
	own->fd = fd;
	memcpy(own->name, name, room);
	return source_new(&from_fd_kind, own, NULL, why);
}

struct from_bytes {
	const uint8_t *next;
	size_t left;
};

static int
from_bytes_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	struct from_bytes *own = s->own;
	size_t n = room < own->left ? room : own->left;

	(void)why;
	if (n == 0)
		return 0;
	memcpy(out, own->next, n);
	own->next += n;
	own->left -= n;
	*got = n;
	return 0;
}

static const struct source_kind from_bytes_kind = {
	.name = "bytes in memory",
	.read = from_bytes_read,
	.free = free,
};

struct source *
source_from_bytes(const void *bytes, size_t len, struct fault *why)
{
	struct from_bytes *own = malloc(sizeof(*own));

	if (own == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "bytes in memory");
		return NULL;
	}
	*own = (struct from_bytes){ .next = bytes, .left = len };
	return source_new(&from_bytes_kind, own, NULL, why);
}
