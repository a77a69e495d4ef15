#include "export/pack.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/gzip.h"
#include "formats/ndjson.h"
#include "formats/padding.h"
#include "formats/tar.h"

#define PIECE (64 * 1024)
#define INSIDE_MAX ((size_t)1024 * 1024)

struct pack {
	struct pack_order order;
	int fd; /* the age part, nameless */
	struct digest *signed_hash;
	struct digest *named_hash;
	struct tar *tar;
	struct bundle_totals *totals;
	struct bytes member; /* the records member being filled */
	struct bytes small;  /* bundle.json, totals.json, the four lines */
	int member_number;
};

/* --- building the chain, from its far end --- */

static struct sink *
age_end(struct pack *p, struct fault *why)
{
	const struct bundle_inside *in = p->order.inside;
	const char *recipients[1 + BUNDLE_RECOVERY_MAX];
	struct sink *file = NULL, *first = NULL, *second = NULL, *age = NULL;

	recipients[0] = in->to_open;
	for (size_t i = 0; i < in->recovery_count; i++)
		recipients[1 + i] = in->recovery[i];
	if ((file = sink_new_file(p->fd, why)) != NULL &&
	    (first = digest_sink_new(p->named_hash, &file, why)) != NULL &&
	    (second = digest_sink_new(p->signed_hash, &first, why)) != NULL)
		age = age_encrypt_new(&second, recipients,
		    1 + in->recovery_count, why);
	/* Whatever the next one did not take. */
	sink_free(file);
	sink_free(first);
	sink_free(second);
	return age;
}

static int
build_chain(struct pack *p, struct fault *why)
{
	unsigned recipients = 1 + (unsigned)p->order.inside->recovery_count;
	struct sink *age, *padding = NULL, *gzip = NULL;

	if ((age = age_end(p, why)) == NULL)
		return -1;
	if ((padding = padding_sink_new(&age, recipients, why)) != NULL &&
	    (gzip = gzip_sink_new(&padding, why)) != NULL)
		p->tar = tar_new(&gzip, why);
	sink_free(gzip);
	sink_free(padding);
	sink_free(age);
	return p->tar == NULL ? -1 : 0;
}

static int
add_member(struct pack *p, const char *name, const void *bytes, size_t len,
    struct fault *why)
{
	uint8_t sha256[32];

	digest_once(DIGEST_SHA256, bytes, len, sha256);
	if (bundle_totals_member(p->totals, name, len, sha256, why) == -1)
		return -1;
	return tar_add(p->tar, name, bytes, len, why);
}

static int
add_inside(struct pack *p, struct fault *why)
{
	struct sink *to;
	int rc;

	bytes_empty(&p->small);
	if ((to = bytes_sink_new(&p->small, why)) == NULL)
		return -1;
	rc = bundle_inside_write(p->order.inside, to, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return add_member(p, "bundle.json", p->small.at, p->small.len, why);
}

static int
start(struct pack *p, struct fault *why)
{
	if ((p->fd = folder_private_file(p->order.outbox, why)) == -1)
		return -1;
	p->signed_hash = digest_new(DIGEST_BLAKE2B_512, why);
	if (p->signed_hash == NULL)
		return -1;
	p->named_hash = digest_new(DIGEST_SHA256, why);
	if (p->named_hash == NULL)
		return -1;
	if ((p->totals = bundle_totals_new(why)) == NULL ||
	    build_chain(p, why) == -1 || add_inside(p, why) == -1)
		return -1;
	for (size_t i = 0; i < p->order.member_count; i++) {
		const struct pack_member *m = &p->order.members[i];

		if (add_member(p, m->name, m->bytes, m->len, why) == -1)
			return -1;
	}
	return 0;
}

struct pack *
pack_new(const struct pack_order *order, struct fault *why)
{
	struct pack *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "bundle");
		return NULL;
	}
	p->order = *order;
	p->fd = -1;
	bytes_init(&p->member, BUNDLE_MEMBER_MAX);
	bytes_init(&p->small, 16 * INSIDE_MAX);
	if (start(p, why) == -1) {
		pack_free(p);
		return NULL;
	}
	return p;
}

void
pack_free(struct pack *p)
{
	if (p == NULL)
		return;
	tar_free(p->tar);
	bundle_totals_free(p->totals);
	digest_free(p->signed_hash);
	digest_free(p->named_hash);
	bytes_free(&p->member);
	bytes_free(&p->small);
	if (p->fd != -1)
		(void)close(p->fd);
	free(p);
}

static int
end_member(struct pack *p, struct fault *why)
{
	char name[32];

	if (p->member.len == 0)
		return 0;
	(void)snprintf(name, sizeof(name), "records/%06d.ndjson",
	    ++p->member_number);
	if (add_member(p, name, p->member.at, p->member.len, why) == -1)
		return -1;
	bytes_empty(&p->member);
	return 0;
}

int
pack_record(struct pack *p, enum bundle_record kind, const void *json,
    size_t len, struct fault *why)
{
	if (len > NDJSON_LINE_MAX)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "a record of %zu bytes; at most %d", len, NDJSON_LINE_MAX);
	if (p->member.len + len + 1 > BUNDLE_MEMBER_MAX &&
	    end_member(p, why) == -1)
		return -1;
	if (bytes_add(&p->member, json, len, why) == -1 ||
	    bytes_add(&p->member, "\n", 1, why) == -1)
		return -1;
	bundle_totals_record(p->totals, kind);
	return 0;
}

/* totals.json names every member but itself. */
static int
add_totals(struct pack *p, struct fault *why)
{
	struct sink *to;
	int rc;

	bytes_empty(&p->small);
	if ((to = bytes_sink_new(&p->small, why)) == NULL)
		return -1;
	rc = bundle_totals_write(p->totals, to, why);
	sink_free(to);
	if (rc == -1)
		return -1;
	return tar_add(p->tar, "totals.json", p->small.at, p->small.len, why);
}

static int
sign(struct pack *p, struct packed *out, struct fault *why)
{
	char comment[MINISIGN_COMMENT_MAX];
	uint8_t hash[MINISIGN_HASH];

	digest_end(p->signed_hash, hash);
	digest_end(p->named_hash, out->sha256);
	bundle_outside_write(&p->order.inside->outside, comment);
	bytes_empty(&p->small);
	return minisign_sign(p->order.signs, hash, BUNDLE_UNTRUSTED, comment,
	    &p->small, why);
}

/* The four lines, then the age part, as one file that appears whole. */
static int
put_out(struct pack *p, struct packed *out, struct fault *why)
{
	struct sink *file = NULL;
	uint8_t piece[PIECE];
	ssize_t n = 0;
	int rc = -1;

	file = folder_publish(p->order.outbox, p->order.name, why);
	if (file == NULL)
		return -1;
	if (lseek(p->fd, 0, SEEK_SET) == -1 ||
	    sink_write(file, p->small.at, p->small.len, why) == -1)
		goto done;
	out->bytes = p->small.len;
	for (;;) {
		n = read(p->fd, piece, sizeof(piece));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (sink_write(file, piece, (size_t)n, why) == -1)
			goto done;
		out->bytes += (uint64_t)n;
	}
	if (n == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "the outbox: %s",
		    strerror(errno));
		goto done;
	}
	if (out->bytes > BUNDLE_SIZE_MAX) {
		fault_set(why, FAULT_BUNDLE_TOO_LARGE, "%" PRIu64 " bytes",
		    out->bytes);
		goto done;
	}
	rc = sink_finish(file, why);
done:
	sink_free(file);
	return rc;
}

int
pack_finish(struct pack *p, struct packed *out, struct fault *why)
{
	if (end_member(p, why) == -1 || add_totals(p, why) == -1 ||
	    tar_finish(p->tar, why) == -1 || sign(p, out, why) == -1)
		return -1;
	return put_out(p, out, why);
}
