#include "crypto/spool.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/sink.h"
#include "base/source.h"
#include "crypto/age.h"
#include "crypto/agekey.h"

struct spool {
	int fd;
	struct agekey *key;
	struct sink *to; /* NULL after spool_end */
};

static int
start(struct spool *s, struct fault *why)
{
	char recipient[AGEKEY_RECIPIENT_ROOM];
	const char *recipients[] = { recipient };
	struct sink *file;

	if ((s->key = agekey_new(why)) == NULL ||
	    (file = sink_new_file(s->fd, why)) == NULL)
		return -1;
	agekey_copy_recipient(s->key, recipient);
	s->to = age_encrypt_new(&file, recipients, 1, why);
	sink_free(file);
	return s->to == NULL ? -1 : 0;
}

struct spool *
spool_new(int fd, struct fault *why)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		(void)close(fd);
		fault_set(why, FAULT_NO_MEMORY, "private file");
		return NULL;
	}
	s->fd = fd;
	if (start(s, why) == -1) {
		spool_free(s);
		return NULL;
	}
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	sink_free(s->to);
	agekey_free(s->key);
	(void)close(s->fd);
	free(s);
}

int
spool_add(struct spool *s, const void *bytes, size_t len, struct fault *why)
{
	return sink_write(s->to, bytes, len, why);
}

int
spool_end(struct spool *s, struct fault *why)
{
	int rc = sink_finish(s->to, why);

	sink_free(s->to);
	s->to = NULL;
	return rc;
}

struct source *
spool_open(struct spool *s, struct fault *why)
{
	const struct agekey *keys[] = { s->key };
	const struct age_opener with = { keys, 1, NULL };
	struct source *file, *plain;

	if (lseek(s->fd, 0, SEEK_SET) == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "a private file");
		return NULL;
	}
	if ((file = source_from_fd(s->fd, "private file", why)) == NULL)
		return NULL;
	plain = age_decrypt_new(&file, &with, NULL, why);
	source_free(file);
	return plain;
}
