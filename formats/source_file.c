#include "formats/source_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsonitems.h"
#include "formats/zip.h"

#define NAME_ROOM 256

struct source_file {
	const struct source_file_order *order;
	struct folder *dir;
	int fd;
	char name[NAME_ROOM];
	uint64_t all;	     /* bytes of the file */
	struct source *file; /* its bytes; NULL in a zip */
	struct zip *zip;     /* NULL: not in one */
	bool any_entry;
	/* One file, or one entry of the zip, while it is read: */
	struct source *whole; /* its bytes from the first on */
	struct jsonitems *items;
	enum format format;
	size_t before; /* records of the entries before it */
	size_t here;   /* of its own */
	bool has_more;
};

/* --- the first bytes, looked at and then read again --- */

/* What was taken to look at, and where the rest comes from. */
struct again {
	uint8_t *head;
	size_t len;
	size_t at;
	struct source *rest; /* borrowed */
};

static int
again_read(struct source *s, uint8_t *out, size_t room, size_t *got,
    struct fault *why)
{
	struct again *a = s->own;

	if (a->at == a->len)
		return source_read(a->rest, out, room, got, why);
	*got = a->len - a->at < room ? a->len - a->at : room;
	memcpy(out, a->head + a->at, *got);
	a->at += *got;
	return 0;
}

static void
again_free(void *own)
{
	struct again *a = own;

	free(a->head);
	free(a);
}

static const struct source_kind again_kind = {
	.name = "source file",
	.read = again_read,
	.free = again_free,
};

/* The first bytes of rest, and a source that gives them and all the others. */
static struct source *
look_ahead(struct source *rest, const uint8_t **head, size_t *len,
    struct fault *why)
{
	struct again *a = calloc(1, sizeof(*a));
	struct source *none = NULL;

	if (a == NULL || (a->head = malloc(RECOGNISE_BYTES)) == NULL) {
		free(a);
		fault_set(why, FAULT_NO_MEMORY, "source file");
		return NULL;
	}
	a->rest = rest;
	if (source_fill(rest, a->head, RECOGNISE_BYTES, &a->len, why) == -1) {
		again_free(a);
		return NULL;
	}
	*head = a->head;
	*len = a->len;
	return source_new(&again_kind, a, &none, why);
}

/* --- opening --- */

static int
open_file(struct source_file *f, struct fault *why)
{
	struct stat is;

	if (folder_split(f->order->path, &f->dir, f->name, sizeof(f->name),
		why) == -1 ||
	    (f->fd = folder_open_file(f->dir, f->name, why)) == -1)
		return -1;
	if (fstat(f->fd, &is) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%.100s", f->name);
	f->all = (uint64_t)is.st_size;
	f->file = source_from_fd(f->fd, f->name, why);
	return f->file == NULL ? -1 : 0;
}

static void
close_entry(struct source_file *f)
{
	jsonitems_free(f->items);
	f->items = NULL;
	source_free(f->whole);
	f->whole = NULL;
	f->before += f->here;
	f->here = 0;
}

/* What kind is it?  Asked of what is in it, never of its name. */
static int
begin_records(struct source_file *f, const uint8_t *head, size_t len,
    struct fault *why)
{
	enum format said = f->order->format;

	if (recognise(head, len, &f->format, why) == -1)
		return -1;
	if (said != FORMAT_NONE && said != f->format)
		return FAIL(why, FAULT_SOURCE_UNKNOWN,
		    "it was called %s and looks like %s", recognise_name(said),
		    recognise_name(f->format));
	f->items = jsonitems_new(f->whole, why);
	return f->items == NULL ? -1 : 0;
}

static int
open_bytes(struct source_file *f, struct source *from, struct fault *why)
{
	const uint8_t *head;
	size_t len;

	if ((f->whole = look_ahead(from, &head, &len, why)) == NULL)
		return -1;
	return begin_records(f, head, len, why);
}

/* The next file in the zip: 1, or 0 if there is none. */
static int
open_entry(struct source_file *f, struct fault *why)
{
	struct source *entry;
	int more = zip_next(f->zip, &entry, why);

	if (more != 1) {
		if (more == 0 && !f->any_entry)
			return FAIL(why, FAULT_SOURCE_EMPTY,
			    "there is no file in the zip");
		return more;
	}
	f->any_entry = true;
	return open_bytes(f, entry, why) == -1 ? -1 : 1;
}

static int
open_whole(struct source_file *f, struct fault *why)
{
	const uint8_t *head;
	bool locked;
	size_t len;

	if (open_file(f, why) == -1 ||
	    (f->whole = look_ahead(f->file, &head, &len, why)) == NULL)
		return -1;
	if (!zip_looks_like(head, len, &locked))
		return begin_records(f, head, len, why);
	source_free(f->whole);
	f->whole = NULL;
	if (lseek(f->fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ,
		    "%.100s cannot be read from its start again", f->name);
	if ((f->zip = zip_open(f->fd, f->order->password, why)) == NULL)
		return -1;
	return open_entry(f, why) == -1 ? -1 : 0;
}

struct source_file *
source_file_open(const struct source_file_order *order, struct fault *why)
{
	struct source_file *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "source file");
		return NULL;
	}
	f->order = order;
	f->fd = -1;
	f->format = FORMAT_NONE;
	if (open_whole(f, why) == -1) {
		source_file_close(f);
		return NULL;
	}
	return f;
}

void
source_file_close(struct source_file *f)
{
	if (f == NULL)
		return;
	close_entry(f);
	zip_close(f->zip);
	source_free(f->file);
	if (f->fd != -1)
		(void)close(f->fd);
	folder_close(f->dir);
	free(f);
}

/* --- records --- */

static bool
says_yes(const struct json_node *n)
{
	const char *text = json_text(n);
	bool yes = false;

	if (text != NULL)
		return strcmp(text, "true") == 0;
	return json_boolean(n, &yes) && yes;
}

/*
 * An answer that reports an error, or that was cut, would else look like one
 * in which nothing was waiting.
 */
static int
check_answer(struct source_file *f, struct fault *why)
{
	const struct json_node *n = jsonitems_around(f->items, "ErrorMessage");
	int64_t count;

	if (jsonitems_shape(f->items) != JSONITEMS_DATA)
		return 0;
	if (n != NULL && !json_is_null(n) &&
	    (json_text(n) == NULL || *json_text(n) != '\0'))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "the answer says that something went wrong (ErrorMessage)");
	n = jsonitems_around(f->items, "RecordCount");
	if (json_integer(n, &count) && count != (int64_t)f->here)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "it says that it holds %" PRId64
		    " records, and %zu are there",
		    count, f->here);
	n = jsonitems_around(f->items, "PagingSummary");
	f->has_more |= says_yes(json_get(n, "IsMoreRecordsAvailable"));
	return 0;
}

int
source_file_next(struct source_file *f, struct json **record, size_t *number,
    struct fault *why)
{
	size_t here;
	int more;

	*record = NULL;
	while (f->items != NULL) {
		more = jsonitems_next(f->items, record, &here, why);
		if (more == 1) {
			f->here = here;
			*number = f->before + here;
		}
		if (more != 0)
			return more;
		if (f->format == FORMAT_PING && check_answer(f, why) == -1)
			return -1;
		close_entry(f);
		if (f->zip != NULL && open_entry(f, why) == -1)
			return -1;
	}
	return 0;
}

enum format
source_file_format(const struct source_file *f)
{
	return f->format;
}

size_t
source_file_record_bytes(const struct source_file *f)
{
	return f->items == NULL ? 0 : jsonitems_record_bytes(f->items);
}

bool
source_file_has_more(const struct source_file *f)
{
	return f->has_more;
}

void
source_file_at(const struct source_file *f, uint64_t *read, uint64_t *all)
{
	off_t at = lseek(f->fd, 0, SEEK_CUR);

	*read = at < 0 ? 0 : (uint64_t)at;
	*all = f->all;
}

int
source_file_is_locked(const char *path, bool *locked, struct fault *why)
{
	const struct source_file_order order = { FORMAT_NONE, path, NULL };
	struct source_file f = { .order = &order, .fd = -1 };
	const uint8_t *head;
	size_t len;
	int rc = -1;

	*locked = false;
	if (open_file(&f, why) == -1 ||
	    (f.whole = look_ahead(f.file, &head, &len, why)) == NULL)
		goto done;
	rc = 0;
	if (!zip_looks_like(head, len, locked))
		*locked = false;
done:
	source_free(f.whole);
	source_free(f.file);
	if (f.fd != -1)
		(void)close(f.fd);
	folder_close(f.dir);
	return rc;
}
