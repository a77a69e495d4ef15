#include "cli/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "base/source.h"

#define NAME_ROOM 256
#define PIECE ((size_t)64 * 1024)

struct outfile {
	struct folder *dir;
	char name[NAME_ROOM];
	int fd;
	struct sink *to;
};

struct outfile *
outfile_new(const char *path, struct fault *why)
{
	struct outfile *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "file");
		return NULL;
	}
	f->fd = -1;
	if (folder_split(path, &f->dir, f->name, sizeof(f->name), why) == -1)
		goto failed;
	if (folder_has(f->dir, f->name)) {
		fault_set(why, FAULT_DISK_EXISTS, "%s", f->name);
		goto failed;
	}
	if ((f->fd = folder_private_file(f->dir, why)) == -1 ||
	    (f->to = sink_new_file(f->fd, why)) == NULL)
		goto failed;
	return f;
failed:
	outfile_free(f);
	return NULL;
}

void
outfile_free(struct outfile *f)
{
	if (f == NULL)
		return;
	sink_free(f->to);
	if (f->fd != -1)
		(void)close(f->fd);
	folder_close(f->dir);
	free(f);
}

struct sink *
outfile_sink(const struct outfile *f)
{
	return f->to;
}

int
outfile_end(struct outfile *f, struct fault *why)
{
	uint8_t piece[PIECE];
	struct source *from = NULL;
	struct sink *to = NULL;
	size_t got;
	int rc = -1;

	if (sink_finish(f->to, why) == -1)
		return -1;
	if (lseek(f->fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	if ((from = source_from_fd(f->fd, f->name, why)) == NULL ||
	    (to = folder_publish(f->dir, f->name, why)) == NULL)
		goto done;
	do {
		if (source_read(from, piece, sizeof(piece), &got, why) == -1 ||
		    (got > 0 && sink_write(to, piece, got, why) == -1))
			goto done;
	} while (got > 0);
	rc = sink_finish(to, why);
done:
	source_free(from);
	sink_free(to);
	return rc;
}
