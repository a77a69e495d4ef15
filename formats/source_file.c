#include "formats/source_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/jsonitems.h"
#include "formats/source_value.h"
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
	int64_t total; /* that Primero says there are */
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

	if (f->order->open != NULL) {
		f->file = f->order->open(f->order->with, why);
		return f->file == NULL ? -1 : 0;
	}
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
	if (f->order->open != NULL || !zip_looks_like(head, len, &locked))
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

/* Whatever stands there says yes, unless it is plainly a no. */
static bool
may_be_yes(const struct json_node *n)
{
	const char *text = json_text(n);
	bool yes = true;

	if (source_value_absent(n))
		return false;
	if (text != NULL)
		return !text_same_loosely(text, "false");
	return !json_boolean(n, &yes) || yes;
}

/* What PING says of its pages, as an object or as the text of one. */
static int
pages_left(const struct json_node *summary, bool *left, struct fault *why)
{
	static const char name[] = "IsMoreRecordsAvailable";
	const char *text = json_text(summary);
	struct json *inner = NULL;
	struct fault found;

	*left = false;
	if (source_value_absent(summary))
		return 0;
	if (text == NULL) {
		*left = json_kind(summary) != JSON_OBJECT ||
		    may_be_yes(json_get(summary, name));
		return 0;
	}
	if (json_read(text, strlen(text), &json_foreign, &inner, &found) ==
	    -1) {
		*left = true;
		if (found.id != FAULT_NO_MEMORY)
			return 0;
		*why = found;
		return -1;
	}
	summary = json_root(inner);
	*left = !json_is_null(summary) &&
	    (json_kind(summary) != JSON_OBJECT ||
		may_be_yes(json_get(summary, name)));
	json_free(inner);
	return 0;
}

/* A count, as a number or as its digits.  False for anything else. */
static bool
read_count(const struct json_node *n, int64_t *count)
{
	const char *text = json_text(n);
	char *end;

	if (text == NULL)
		return json_integer(n, count);
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*count = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

/*
 * An answer of PING that reports an error, or that was cut, would else look
 * like one in which nothing was waiting.
 */
static int
check_ping(struct source_file *f, struct fault *why)
{
	const struct json_node *n = jsonitems_around(f->items, "ErrorMessage");
	int64_t count = 0;
	bool left;

	if (jsonitems_is_long(f->items, "ErrorMessage") ||
	    (n != NULL && !json_is_null(n) &&
		(json_text(n) == NULL || *json_text(n) != '\0')))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "the answer says that something went wrong (ErrorMessage)");
	n = jsonitems_around(f->items, "RecordCount");
	if (jsonitems_is_long(f->items, "RecordCount") ||
	    (!source_value_absent(n) && !read_count(n, &count)))
		return FAIL(why, FAULT_SOURCE_FORM,
		    "it says how many records it holds (RecordCount) in a form "
		    "that cannot be read");
	if (!source_value_absent(n) && count != (int64_t)f->here)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "it says that it holds %" PRId64
		    " records, and %zu are there",
		    count, f->here);
	if (pages_left(jsonitems_around(f->items, "PagingSummary"), &left,
		why) == -1)
		return -1;
	f->has_more |= left || jsonitems_is_long(f->items, "PagingSummary");
	return 0;
}

/* Primero's API says beside the cases of a page how many there are in all. */
static void
check_primero(struct source_file *f)
{
	const struct json_node *n = jsonitems_around(f->items, "metadata");
	const struct json_node *total = json_get(n, "total");
	int64_t count = 0;

	f->has_more |= jsonitems_is_long(f->items, "metadata") ||
	    (!source_value_absent(n) && json_kind(n) != JSON_OBJECT) ||
	    (!source_value_absent(total) &&
		(!read_count(total, &count) || count > (int64_t)f->here));
	if (count > f->total)
		f->total = count;
}

/* What stands around the records, at the end of one file of them. */
static int
check_answer(struct source_file *f, struct fault *why)
{
	if (jsonitems_shape(f->items) != JSONITEMS_DATA)
		return 0;
	if (f->format == FORMAT_PING)
		return check_ping(f, why);
	if (f->format == FORMAT_PRIMERO)
		check_primero(f);
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
		if (check_answer(f, why) == -1)
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

int64_t
source_file_total(const struct source_file *f, int64_t *here)
{
	*here = (int64_t)f->before;
	return f->total;
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
	const struct source_file_order order = { .format = FORMAT_NONE,
		.path = path };
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
