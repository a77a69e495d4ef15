#include "formats/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/sink.h"

struct tar {
	struct archive *archive;
	struct sink *to;
	struct fault why; /* FAULT_NONE, or what went wrong below */
	bool deaf;	  /* nothing more is passed on */
};

/*
 * libarchive is never told that a write failed: it would leave its buffer
 * behind (3.6.2 does).  The fault waits in t->why for whoever called.
 */
static la_ssize_t
pass_on(struct archive *a, void *own, const void *bytes, size_t len)
{
	struct tar *t = own;

	(void)a;
	if (!t->deaf && sink_write(t->to, bytes, len, &t->why) == -1)
		t->deaf = true;
	return (la_ssize_t)len;
}

/* How a call went: what the sink said, or what libarchive did not like. */
static int
outcome(const struct tar *t, bool fine, struct fault *why)
{
	if (t->why.id != FAULT_NONE) {
		*why = t->why;
		return -1;
	}
	if (!fine)
		return FAIL(why, FAULT_INSIDE, "tar: %s",
		    archive_error_string(t->archive));
	return 0;
}

struct tar *
tar_new(struct sink **to, struct fault *why)
{
	struct tar *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->archive = archive_write_new()) == NULL ||
	    archive_write_add_filter_none(t->archive) != ARCHIVE_OK ||
	    archive_write_set_format_ustar(t->archive) != ARCHIVE_OK ||
	    archive_write_open(t->archive, t, NULL, pass_on, NULL) !=
		ARCHIVE_OK) {
		fault_set(why, FAULT_NO_MEMORY, "tar");
		tar_free(t);
		return NULL;
	}
	t->to = *to;
	*to = NULL;
	return t;
}

int
tar_add(struct tar *t, const char *name, const void *bytes, size_t len,
    struct fault *why)
{
	struct archive_entry *e = archive_entry_new();
	bool fine;

	if (e == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "tar");
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_size(e, (la_int64_t)len);
	fine = archive_write_header(t->archive, e) == ARCHIVE_OK &&
	    (len == 0 ||
		archive_write_data(t->archive, bytes, len) ==
		    (la_ssize_t)len) &&
	    archive_write_finish_entry(t->archive) == ARCHIVE_OK;
	archive_entry_free(e);
	return outcome(t, fine, why);
}

int
tar_finish(struct tar *t, struct fault *why)
{
	bool fine = archive_write_close(t->archive) == ARCHIVE_OK;

	if (outcome(t, fine, why) == -1)
		return -1;
	return sink_finish(t->to, why);
}

void
tar_free(struct tar *t)
{
	if (t == NULL)
		return;
	if (t->archive != NULL) {
		/* Freeing writes what is still held back: to nobody. */
		t->deaf = true;
		(void)archive_write_free(t->archive);
	}
	sink_free(t->to);
	free(t);
}
