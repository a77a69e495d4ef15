#include "export/consents.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "base/source.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "formats/consent.h"
#include "formats/consent_answer.h"
#include "formats/consent_csv.h"
#include "formats/json.h"
#include "formats/ndjson.h"
#include "store/agreed.h"

#define LINE_ARENA ((size_t)8 * 1024 * 1024)
#define FIRST_ROOM 1024
#define HEAD_BYTES 16384 /* enough to see what kind of file it is */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct entry {
	uint64_t hash; /* keyed, of the subject */
	uint64_t offset;
	uint64_t line;
};

struct consents {
	int fd; /* -1: there is no register */
	struct source *from;
	struct consent_csv *csv; /* NULL: the register is lines of JSON */
	struct bytes line;
	struct store *store; /* borrowed; NULL: nothing was given this node */
	/* Fresh for each run, so that nobody can aim at equal hashes. */
	uint8_t key[DIGEST_SHORT_KEY];
	struct entry *entries; /* by hash, then by place in the file */
	size_t count;
	size_t room;
};

static bool
is_space(char c)
{
	return c != '\0' && strchr(" \t\r\n\v\f", c) != NULL;
}

/* Subjects are compared as text_number writes them. */
static int
hash_subject(const struct consents *c, const char *subject, struct arena *a,
    uint64_t *out, struct fault *why)
{
	const char *number = text_number(a, subject, why);

	if (number == NULL)
		return -1;
	*out = digest_short(c->key, number, strlen(number));
	return 0;
}

/* Read the record that stands in c->line, which is line `number`. */
static int
read_record(struct consents *c, uint64_t number, struct arena *a,
    struct consent *out, struct fault *why)
{
	const struct json_place at = { (size_t)number, 1 };
	struct json *j = NULL;
	struct fault found;
	int rc = -1;

	if (json_read_at(c->line.at, c->line.len, &json_record, &at, &j,
		&found) == -1 ||
	    consent_read(json_root(j), a, out, FAULT_CONSENT_FORM, &found) ==
		-1) {
		if (found.id == FAULT_NO_MEMORY)
			*why = found;
		else
			fault_set(why, FAULT_CONSENT_FORM, "line %zu: %s",
			    (size_t)number, found.detail);
		goto done;
	}
	rc = 0;

done:
	json_free(j);
	return rc;
}

static int
add_entry(struct consents *c, struct entry e, struct fault *why)
{
	size_t room = c->room == 0 ? FIRST_ROOM : c->room * 2;
	struct entry *larger;

	if (c->count == c->room) {
		larger = room > SIZE_MAX / sizeof(*larger) ?
		    NULL :
		    realloc(c->entries, room * sizeof(*larger));
		if (larger == NULL)
			return FAIL(why, FAULT_NO_MEMORY,
			    "consent register of %zu records", c->count);
		c->entries = larger;
		c->room = room;
	}
	c->entries[c->count++] = e;
	return 0;
}

/* Note where a record that was read well stands. */
static int
note(struct consents *c, const struct consent *record, struct arena *a,
    struct entry *e, struct fault *why)
{
	if (hash_subject(c, record->subject_ref, a, &e->hash, why) == -1)
		return -1;
	return add_entry(c, *e, why);
}

/* The first pass: check every line, and note where it stands. */
static int
index_lines(struct consents *c, struct arena *a, struct fault *why)
{
	struct ndjson_file file;
	struct consent record;
	struct entry e;
	int got;

	ndjson_file_start(&file, c->from);
	while ((got = ndjson_file_next(&file, &c->line, &e.offset, why)) == 1) {
		e.line = file.number;
		arena_empty(a);
		if (read_record(c, e.line, a, &record, why) == -1 ||
		    note(c, &record, a, &e, why) == -1)
			return -1;
	}
	return got;
}

/* The same for a table. */
static int
index_rows(struct consents *c, struct arena *a, struct fault *why)
{
	struct consent record;
	struct entry e;
	int got = 1;

	while (got == 1) {
		arena_empty(a);
		got = consent_csv_next(c->csv, a, &record, &e.offset, &e.line,
		    why);
		if (got == 1 && note(c, &record, a, &e, why) == -1)
			return -1;
	}
	return got;
}

static int
by_hash(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return 0;
}

/* It is read at several places, so it has to be a plain file. */
static int
open_file(struct consents *c, const char *path, struct fault *why)
{
	struct stat is;

	c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (c->fd == -1)
		return FAIL(why,
		    errno == ENOENT ? FAULT_DISK_NOT_FOUND :
				      FAULT_DISK_NOT_READ,
		    "%s: %s", folder_last_part(path), strerror(errno));
	if (fstat(c->fd, &is) == -1 || !S_ISREG(is.st_mode))
		return FAIL(why, FAULT_DISK_NOT_READ, "%s is not a plain file",
		    folder_last_part(path));
	c->from = source_from_fd(c->fd, folder_last_part(path), why);
	return c->from == NULL ? -1 : 0;
}

/* The first thing in it but space; NUL if there is none. */
static char
begins_with(const char *head, size_t len)
{
	static const size_t mark = sizeof(BYTE_ORDER_MARK) - 1;
	size_t at = 0;

	if (len >= mark && memcmp(head, BYTE_ORDER_MARK, mark) == 0)
		at = mark;
	while (at < len && is_space(head[at]))
		at++;
	return at < len ? head[at] : '\0';
}

/*
 * Lines of JSON, or a table?  Told by what is in the file: its name says
 * nothing.  An empty file has no records, whatever it was meant to be.
 */
static int
tell_apart(struct consents *c, const char *name, bool *table, struct fault *why)
{
	char head[HEAD_BYTES], first;
	size_t len;

	if (source_fill(c->from, head, sizeof(head), &len, why) == -1)
		return -1;
	first = begins_with(head, len);
	*table = first != '{' && consent_csv_looks_like(head, len);
	platform_wipe(head, sizeof(head));
	if (!*table && first != '{' && first != '\0')
		return FAIL(why, FAULT_CONSENT_FORM,
		    "%s is neither lines of JSON nor a table with a column "
		    "case_id",
		    name);
	if (lseek(c->fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s: %s", name,
		    strerror(errno));
	source_free(c->from);
	c->from = source_from_fd(c->fd, name, why);
	return c->from == NULL ? -1 : 0;
}

static int
index_file(struct consents *c, const char *path, struct fault *why)
{
	struct arena *a = NULL;
	bool table;
	int rc = -1;

	if (open_file(c, path, why) == -1 ||
	    tell_apart(c, folder_last_part(path), &table, why) == -1 ||
	    (a = arena_new(LINE_ARENA, why)) == NULL)
		goto done;
	if (table && (c->csv = consent_csv_new(c->from, why)) == NULL)
		goto done;
	rc = table ? index_rows(c, a, why) : index_lines(c, a, why);
	if (rc == 0 && c->count > 0)
		qsort(c->entries, c->count, sizeof(*c->entries), by_hash);

done:
	arena_free(a);
	return rc;
}

struct consents *
consents_open(const char *path, struct store *store, struct fault *why)
{
	struct consents *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "consent register");
		return NULL;
	}
	c->fd = -1;
	c->store = store;
	/* A line, and the CR that may end it. */
	bytes_init(&c->line, NDJSON_LINE_MAX + 2);
	random_bytes(c->key, sizeof(c->key));
	if (path != NULL && index_file(c, path, why) == -1) {
		consents_close(c);
		return NULL;
	}
	return c;
}

void
consents_close(struct consents *c)
{
	if (c == NULL)
		return;
	consent_csv_free(c->csv);
	source_free(c->from);
	if (c->fd != -1)
		(void)close(c->fd);
	bytes_free(&c->line);
	platform_wipe(c->key, sizeof(c->key));
	free(c->entries);
	free(c);
}

/* The first entry of that hash, or c->count. */
static size_t
first_of(const struct consents *c, uint64_t hash)
{
	size_t low = 0, high = c->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (c->entries[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The line that `from` stands at, which is the entry's: 1, 0: it is gone. */
static int
reread_line(struct consents *c, const struct entry *e, struct source *from,
    struct arena *a, struct consent *out, struct fault *why)
{
	struct ndjson_file file;
	uint64_t offset;
	int got;

	ndjson_file_start(&file, from);
	got = ndjson_file_next(&file, &c->line, &offset, why);
	if (got == 1 && read_record(c, e->line, a, out, why) == -1)
		return -1;
	return got;
}

static int
reread_row(struct consents *c, const struct entry *e, struct source *from,
    struct arena *a, struct consent *out, struct fault *why)
{
	uint64_t offset, line;

	consent_csv_resume(c->csv, from, e->offset, e->line);
	return consent_csv_next(c->csv, a, out, &offset, &line, why);
}

/*
 * The second pass: the record of this entry, as the file has it now.  A file
 * that somebody changed meanwhile must not let a record go unseen.
 */
static int
read_entry(struct consents *c, const struct entry *e, struct arena *a,
    struct consent *out, struct fault *why)
{
	struct source *again;
	uint64_t hash = 0;
	int got;

	if (lseek(c->fd, (off_t)e->offset, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "consent register: %s",
		    strerror(errno));
	if ((again = source_from_fd(c->fd, "consent register", why)) == NULL)
		return -1;
	got = c->csv != NULL ? reread_row(c, e, again, a, out, why) :
			       reread_line(c, e, again, a, out, why);
	source_free(again);
	if (got == -1 ||
	    (got == 1 &&
		hash_subject(c, out->subject_ref, a, &hash, why) == -1))
		return -1;
	if (got == 0 || hash != e->hash)
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line %zu was changed while it was being read",
		    (size_t)e->line);
	return 0;
}

bool
consents_no(const struct consent *c)
{
	return c->status == CONSENT_REFUSED || c->status == CONSENT_WITHDRAWN ||
	    consent_taken_back(c);
}

static bool
has_item(const struct texts *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], item) == 0)
			return true;
	return false;
}

/*
 * Does the new record count before the one chosen so far?  A no before all
 * else; then the newer one, and a record without date is older than any.
 */
static bool
counts_before(const struct consent *new, const struct consent *chosen)
{
	if (consents_no(new) != consents_no(chosen))
		return consents_no(new);
	return new->given_on > chosen->given_on;
}

/* The records of one kind, as they are met. */
struct choice {
	struct consent best;
	bool any;
	bool differ;
};

static int
offer(struct choice *of, const struct consent *record, struct fault *why)
{
	bool same = true;

	if (of->any && consent_answer_same(record, &of->best, &same, why) == -1)
		return -1;
	of->differ |= !same;
	if (!of->any || counts_before(record, &of->best))
		of->best = *record;
	of->any = true;
	return 0;
}

static bool
has_no(const struct choice *of)
{
	return of->any && consents_no(&of->best);
}

/* Where the records of a walk over the store go. */
struct offered {
	struct choice *to;
	struct arena *arena;
};

static int
offer_agreed(const struct bytes *text, void *context, struct fault *why)
{
	const struct offered *o = context;
	struct consent record;
	struct json *j = NULL;
	int rc = -1;

	if (json_read(text->at, text->len, &json_record, &j, why) == -1) {
		if (why->id == FAULT_NO_MEMORY)
			return -1;
		return FAIL(why, FAULT_STORE_DAMAGED, "a consent record");
	}
	if (consent_read(json_root(j), o->arena, &record, FAULT_STORE_DAMAGED,
		why) == 0)
		rc = offer(o->to, &record, why);
	json_free(j);
	return rc;
}

/* Everything kept here under that name. */
static int
offer_kept(struct consents *c, enum agreed_of of, const char *name,
    struct arena *a, struct choice *to, struct fault *why)
{
	struct offered o = { to, a };

	if (c->store == NULL || name == NULL)
		return 0;
	return agreed_walk(c->store, of, name, offer_agreed, &o, why);
}

/* Everything the register says of that subject, which is a text_number. */
static int
offer_registered(struct consents *c, const char *subject, struct arena *a,
    struct choice *to, struct fault *why)
{
	struct consent record;
	const char *of;
	uint64_t hash;

	if (c->count == 0)
		return 0;
	consent_clear(&record);
	if (hash_subject(c, subject, a, &hash, why) == -1)
		return -1;
	for (size_t k = first_of(c, hash);
	     k < c->count && c->entries[k].hash == hash; k++) {
		if (read_entry(c, &c->entries[k], a, &record, why) == -1 ||
		    (of = text_number(a, record.subject_ref, why)) == NULL)
			return -1;
		/* Two subjects may have the same hash. */
		if (strcmp(of, subject) == 0 && offer(to, &record, why) == -1)
			return -1;
	}
	return 0;
}

/* The subjects of a query, as numbers are compared. */
struct subject {
	const char *number; /* NULL: passed over */
	bool shared;
};

/* Each once; shared, if it is so under any of its names. */
static struct subject *
read_subjects(const struct consents_query *q, struct arena *a,
    struct fault *why)
{
	struct subject *all =
	    arena_take_array(a, q->subject_count + 1, sizeof(*all), why);
	const char *number;
	size_t k;

	if (all == NULL)
		return NULL;
	for (size_t i = 0; i < q->subject_count; i++) {
		if (q->subjects[i] == NULL)
			continue;
		if ((number = text_number(a, q->subjects[i], why)) == NULL)
			return NULL;
		if (*number == '\0')
			continue;
		for (k = 0; k < i; k++)
			if (all[k].number != NULL &&
			    strcmp(all[k].number, number) == 0)
				break;
		all[k].number = number;
		all[k].shared |= q->shared != NULL && q->shared[i];
	}
	return all;
}

/*
 * What was found by a number that several cases bear.  A no is everybody's; a
 * yes may be another child's, so it is never used as this one's without a
 * person: it is held, but where it says what the child's own record says.
 */
static int
weigh_shared(const struct choice *shared, struct choice *of_case,
    struct fault *why)
{
	bool same;

	if (!shared->any)
		return 0;
	if (has_no(shared))
		return offer(of_case, &shared->best, why);
	if (!of_case->any) {
		*of_case = *shared;
		of_case->differ = true;
		return 0;
	}
	if (consent_answer_same(&shared->best, &of_case->best, &same, why) ==
	    -1)
		return -1;
	of_case->differ |= shared->differ || !same;
	return 0;
}

/*
 * What was given for the child and for this one referral: the newer says who,
 * when and how, and neither widens the other.
 */
static int
put_together(const struct consent *of_case, const struct consent *of_ref,
    struct arena *a, struct consent *out, struct fault *why)
{
	const struct consent *newer = of_ref, *older = of_case;

	if (of_case->given_on > of_ref->given_on) {
		newer = of_case;
		older = of_ref;
	}
	if (consents_merge(older, newer, a, out, why) == -1)
		return -1;
	out->subject_ref = of_ref->subject_ref;
	out->override = of_case->override;
	return 0;
}

/* Everything that is there of the child. */
static int
offer_all(struct consents *c, const struct consents_query *q, struct arena *a,
    struct choice *of_case, struct fault *why)
{
	struct choice shared = { .any = false };
	struct subject *all = read_subjects(q, a, why);
	struct choice *to;

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < q->subject_count; i++) {
		if (all[i].number == NULL)
			continue;
		to = all[i].shared ? &shared : of_case;
		if (offer_registered(c, all[i].number, a, to, why) == -1 ||
		    offer_kept(c, AGREED_OF_CASE, all[i].number, a, to, why) ==
			-1)
			return -1;
	}
	return weigh_shared(&shared, of_case, why);
}

int
consents_find(struct consents *c, const struct consents_query *q,
    struct arena *a, struct consent *out, bool *differ, struct fault *why)
{
	struct choice of_case = { .any = false }, of_ref = { .any = false };

	*differ = false;
	if (offer_all(c, q, a, &of_case, why) == -1 ||
	    offer_kept(c, AGREED_OF_REF, q->ref, a, &of_ref, why) == -1)
		return -1;
	if (!of_case.any && !of_ref.any)
		return 0;
	/* With a no among them there is nothing left to disagree about. */
	if (has_no(&of_ref)) {
		*out = of_ref.best;
		return 1;
	}
	if (has_no(&of_case)) {
		*out = of_case.best;
		return 1;
	}
	*differ = of_case.differ || of_ref.differ;
	if (of_case.any && of_ref.any)
		return put_together(&of_case.best, &of_ref.best, a, out, why) ==
			-1 ?
		    -1 :
		    1;
	*out = of_ref.any ? of_ref.best : of_case.best;
	return 1;
}

/* From the surest no to the yes that needs both. */
static enum consent_status
merge_status(enum consent_status draft, enum consent_status recorded)
{
	static const enum consent_status order[] = { CONSENT_WITHDRAWN,
		CONSENT_REFUSED, CONSENT_EXPIRED, CONSENT_NOT_ASKED,
		CONSENT_UNKNOWN };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (draft == order[i] || recorded == order[i])
			return order[i];
	return CONSENT_GIVEN;
}

/* What one of the two took back stays so, whatever day the other names. */
static enum consent_status
status_of(const struct consent *c)
{
	return consent_taken_back(c) ? CONSENT_WITHDRAWN : c->status;
}

/* What both name; where only one says anything, what that one names. */
static int
merge_list(const struct texts *draft, struct texts *merged, struct arena *a,
    struct fault *why)
{
	struct texts both = { NULL, 0, true };

	if (!draft->present)
		return 0;
	if (!merged->present) {
		*merged = *draft;
		return 0;
	}
	both.items =
	    arena_take_array(a, merged->count + 1, sizeof(*both.items), why);
	if (both.items == NULL)
		return -1;
	for (size_t i = 0; i < merged->count; i++)
		if (has_item(draft, merged->items[i]))
			both.items[both.count++] = merged->items[i];
	*merged = both;
	return 0;
}

static void
merge_text(const char *draft, const char **merged)
{
	if (*merged == NULL)
		*merged = draft;
}

static void
merge_day(day draft, day *merged)
{
	if (*merged == DAY_UNKNOWN)
		*merged = draft;
}

/* What the register does not say and the draft does; no lists. */
static void
merge_rest(const struct consent *draft, struct consent *out)
{
	if (out->kind == CONSENT_KIND_UNKNOWN)
		out->kind = draft->kind;
	merge_text(draft->basis, &out->basis);
	if (out->given_by_count == 0) {
		out->given_by = draft->given_by;
		out->given_by_count = draft->given_by_count;
	}
	if (out->age_at_consent == -1)
		out->age_at_consent = draft->age_at_consent;
	if (out->age_estimated == ANSWER_UNKNOWN)
		out->age_estimated = draft->age_estimated;
	/* Agency and role are one person's: never half of one and the other. */
	if (out->taken_by_agency == NULL && out->taken_by_role == NULL) {
		out->taken_by_agency = draft->taken_by_agency;
		out->taken_by_role = draft->taken_by_role;
	}
	if (out->method == CONSENT_METHOD_UNKNOWN) {
		out->method = draft->method;
		out->attested_by_user = draft->attested_by_user;
		out->attested_on = draft->attested_on;
	}
	merge_text(draft->language, &out->language);
	merge_text(draft->notice_version, &out->notice_version);
	merge_text(draft->purpose, &out->purpose);
	merge_text(draft->withdrawal_method, &out->withdrawal_method);
	merge_day(draft->given_on, &out->given_on);
	/* The earlier end counts. */
	if (out->expires_on == DAY_UNKNOWN ||
	    (draft->expires_on != DAY_UNKNOWN &&
		draft->expires_on < out->expires_on))
		out->expires_on = draft->expires_on;
	if (out->event_count == 0) {
		out->events = draft->events;
		out->event_count = draft->event_count;
	}
}

static bool
withholds(const struct consent *c)
{
	return c->withheld_any || c->withheld_removed.count > 0;
}

/*
 * What the child asked to keep private is the sum of both; and somebody has to
 * have looked at each.
 */
static int
merge_withheld(const struct consent *draft, struct consent *out,
    struct arena *a, struct fault *why)
{
	const struct texts *more = &draft->withheld_removed;
	struct texts *removed = &out->withheld_removed, all;

	if (!draft->withheld_said)
		return 0;
	if (!out->withheld_said ||
	    (withholds(draft) &&
		(!withholds(out) || draft->withheld_reviewed_by == NULL)))
		out->withheld_reviewed_by = draft->withheld_reviewed_by;
	out->withheld_said = true;
	out->withheld_any |= draft->withheld_any;
	if (!more->present)
		return 0;
	all = (struct texts){ .present = true };
	all.items = arena_take_array(a, removed->count + more->count + 1,
	    sizeof(*all.items), why);
	if (all.items == NULL)
		return -1;
	for (size_t i = 0; i < removed->count; i++)
		all.items[all.count++] = removed->items[i];
	for (size_t i = 0; i < more->count; i++)
		if (!has_item(removed, more->items[i]))
			all.items[all.count++] = more->items[i];
	*removed = all;
	return 0;
}

int
consents_merge(const struct consent *draft, const struct consent *recorded,
    struct arena *a, struct consent *out, struct fault *why)
{
	static const struct consent_source unsaid;
	static const struct consent_override none = { .on = DAY_UNKNOWN };

	assert(draft != NULL || recorded != NULL);
	if (recorded == NULL) {
		*out = *draft;
		out->override = none;
		return 0;
	}
	*out = *recorded;
	out->source = draft == NULL ? unsaid : draft->source;
	if (draft == NULL)
		return 0;
	out->status = merge_status(status_of(draft), status_of(recorded));
	merge_text(draft->record_id, &out->record_id);
	if (draft->subject_ref != NULL)
		out->subject_ref = draft->subject_ref;
	merge_rest(draft, out);
	if (merge_withheld(draft, out, a, why) == -1 ||
	    merge_list(&draft->recipients, &out->recipients, a, why) == -1 ||
	    merge_list(&draft->services, &out->services, a, why) == -1)
		return -1;
	return merge_list(&draft->info_categories, &out->info_categories, a,
	    why);
}
