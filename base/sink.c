#include "base/sink.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"

struct sink *
sink_new(const struct sink_kind *kind, void *own, struct sink **next,
    struct fault *why)
{
	struct sink *s = malloc(sizeof(*s));

	if (s == NULL) {
		kind->free(own);
		fault_set(why, FAULT_NO_MEMORY, "%s", kind->name);
		return NULL;
	}
	*s = (struct sink){ .kind = kind, .own = own };
	if (next != NULL) {
		s->next = *next;
		*next = NULL;
	}
	return s;
}

static int
file_write(struct sink *to, const uint8_t *bytes, size_t len, struct fault *why)
{
	const int *fd = to->own;

	while (len > 0) {
		ssize_t n = write(*fd, bytes, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return FAIL(why, FAULT_DISK_NOT_WRITTEN,
			    "a private file: %s", strerror(errno));
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

struct sink *
sink_new_file(int fd, struct fault *why)
{
	static const struct sink_kind kind = {
		.name = "private file",
		.write = file_write,
		.free = free,
	};
	struct sink *none = NULL;
	int *own = malloc(sizeof(*own));

	if (own == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "private file");
		return NULL;
	}
	*own = fd;
	return sink_new(&kind, own, &none, why);
}

int
sink_write(struct sink *s, const void *bytes, size_t len, struct fault *why)
{
	/* Nothing may come with a NULL, which no kind has to expect. */
	if (len == 0)
		return 0;
	assert(bytes != NULL);
	return s->kind->write(s, bytes, len, why);
}

int
sink_finish(struct sink *s, struct fault *why)
{
	for (; s != NULL; s = s->next)
		if (s->kind->finish != NULL && s->kind->finish(s, why) == -1)
			return -1;
	return 0;
}

void
sink_free(struct sink *s)
{
	struct sink *next;

	for (; s != NULL; s = next) {
		next = s->next;
		s->kind->free(s->own);
		free(s);
	}
}
