#include "export/carry.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "base/source.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/store.h"

#define PIECE (64 * 1024)
#define OUTBOX_NAME (BUNDLE_ID + 16)

/* Do both give the same bytes to their ends?  -1 on a fault. */
static int
same_bytes(struct source *a, struct source *b, struct fault *why)
{
	uint8_t left[PIECE], right[PIECE];
	size_t l, r;

	do {
		if (source_fill(a, left, sizeof(left), &l, why) == -1 ||
		    source_fill(b, right, sizeof(right), &r, why) == -1)
			return -1;
		if (l != r || memcmp(left, right, l) != 0)
			return 0;
	} while (l == sizeof(left));
	return 1;
}

/* 1: the folder has the very same file already; 0: another one; -1: fault. */
static int
already_there(int fd, struct folder *out, const char *name, struct fault *why)
{
	struct source *ours = NULL, *theirs = NULL;
	int there, rc = -1;

	if ((there = folder_open_file(out, name, why)) == -1)
		return -1;
	if ((ours = source_from_fd(fd, "outbox", why)) != NULL &&
	    (theirs = source_from_fd(there, name, why)) != NULL)
		rc = same_bytes(ours, theirs, why);
	source_free(ours);
	source_free(theirs);
	(void)close(there);
	return rc;
}

static int
copy(int fd, struct folder *out, const char *name, struct fault *why)
{
	struct source *from = NULL;
	struct sink *to = NULL;
	uint8_t piece[PIECE];
	size_t got;
	int rc = -1;

	if ((from = source_from_fd(fd, "outbox", why)) == NULL ||
	    (to = folder_publish(out, name, why)) == NULL)
		goto done;
	for (;;) {
		if (source_read(from, piece, sizeof(piece), &got, why) == -1)
			goto done;
		if (got == 0)
			break;
		if (sink_write(to, piece, got, why) == -1)
			goto done;
	}
	rc = sink_finish(to, why);
done:
	sink_free(to);
	source_free(from);
	return rc;
}

int
carry_bundle(const struct folder *outbox, const char *from, struct folder *out,
    const char *name, struct fault *why)
{
	int fd, rc;

	if ((fd = folder_open_file(outbox, from, why)) == -1)
		return -1;
	if (folder_has(out, name)) {
		rc = already_there(fd, out, name, why);
		if (rc == 0)
			rc = FAIL(why, FAULT_DISK_EXISTS, "%s", name);
		else if (rc == 1)
			rc = 0;
	} else {
		rc = copy(fd, out, name, why);
	}
	(void)close(fd);
	return rc;
}

int
carry_is_there(const struct carrier *c, const struct bundle_made *b,
    struct fault *why)
{
	char from[OUTBOX_NAME];
	int fd, rc;

	if (!folder_has(c->out, b->name))
		return 0;
	(void)snprintf(from, sizeof(from), "%s.satchel", b->id);
	if ((fd = folder_open_file(c->outbox, from, why)) == -1)
		return -1;
	rc = already_there(fd, c->out, b->name, why);
	(void)close(fd);
	return rc;
}

int
carry_is_kept(const struct bundle_made *b, struct fault *why)
{
	char on[DAY_TEXT];

	if (b->purged == 0)
		return 0;
	day_write(day_of(b->purged), on);
	return FAIL(why, FAULT_NODE_PURGED, "number %" PRId64 " for %s, on %s",
	    b->sequence, b->receiver, on);
}

struct carrying {
	const struct carrier *by;
	const struct bundle_made *bundle;
};

static int
keep_carried(struct store *s, void *context, struct fault *why)
{
	const struct carrying *c = context;
	const struct bundle_made *b = c->bundle;
	char body[128];

	(void)snprintf(body, sizeof(body),
	    "{\"bundle\":\"%s\",\"seq\":%" PRId64 "}", b->id, b->seq);
	if (bundles_set_carried(s, b->id, why) == -1)
		return -1;
	return journal_add(s, ACT_BUNDLE_CARRIED, c->by->now, c->by->user, body,
	    why);
}

int
carry_made(const struct carrier *c, const struct bundle_made *b,
    struct fault *why)
{
	struct carrying one = { c, b };
	char from[OUTBOX_NAME];
	uint64_t room;

	if (carry_is_kept(b, why) == -1)
		return -1;
	(void)snprintf(from, sizeof(from), "%s.satchel", b->id);
	if ((!folder_has(c->out, b->name) &&
		folder_takes(c->out, (uint64_t)b->bytes, &room, why) == -1) ||
	    carry_bundle(c->outbox, from, c->out, b->name, why) == -1)
		return -1;
	return store_transaction(c->store, keep_carried, &one, why);
}
