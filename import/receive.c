#include "import/receive.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "crypto/age.h"
#include "crypto/digest.h"
#include "formats/agreement.h"

#define PIECE (64 * 1024)
#define HEAD (BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE))

void
receive_start(struct received *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = -1;
}

void
receive_close(struct received *r)
{
	if (r->fd != -1)
		(void)close(r->fd);
	receive_start(r);
}

/* Up to room bytes; less only at the end of the file.  -1 with errno. */
static ssize_t
read_all(int fd, uint8_t *out, size_t room)
{
	size_t have = 0;

	while (have < room) {
		ssize_t n = read(fd, out + have, room - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static int
write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
size_is_allowed(int fd, struct fault *why)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return FAIL(why, FAULT_DISK_NOT_READ, "not a regular file");
	if ((uint64_t)st.st_size > BUNDLE_SIZE_MAX)
		return FAIL(why, FAULT_BUNDLE_TOO_LARGE,
		    "%jd bytes; at most %" PRIu64, (intmax_t)st.st_size,
		    BUNDLE_SIZE_MAX);
	return 0;
}

/* The first piece alone shows what is no bundle, however long it goes on. */
static int
begins_well(const uint8_t *piece, size_t len, struct fault *why)
{
	struct minisign_signature signature;
	struct bundle_outside outside;
	size_t at;

	return bundle_lines_read(piece, len < HEAD ? len : HEAD, &signature,
	    &outside, &at, why);
}

int
receive_copy(struct received *r, struct folder *spool, int from,
    struct fault *why)
{
	uint8_t piece[PIECE];
	ssize_t n;

	if (size_is_allowed(from, why) == -1)
		return -1;
	if ((r->fd = folder_private_file(spool, why)) == -1)
		return -1;
	while ((n = read_all(from, piece, sizeof(piece))) > 0) {
		if (r->bytes == 0 && begins_well(piece, (size_t)n, why) == -1)
			return -1;
		r->bytes += (uint64_t)n;
		if (r->bytes > BUNDLE_SIZE_MAX)
			return FAIL(why, FAULT_BUNDLE_TOO_LARGE,
			    "more than %" PRIu64 " bytes", BUNDLE_SIZE_MAX);
		if (write_all(r->fd, piece, (size_t)n) == -1)
			return FAIL(why, FAULT_DISK_NOT_WRITTEN,
			    "the private copy: %s", strerror(errno));
	}
	if (n == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	return 0;
}

int
receive_in_place(struct received *r, int from, struct fault *why)
{
	struct stat st;

	if (size_is_allowed(from, why) == -1)
		return -1;
	if (fstat(from, &st) == -1 || (r->fd = dup(from)) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	r->bytes = (uint64_t)st.st_size;
	return 0;
}

/* Hash everything from the present place of fd to its end. */
static int
hash_rest(struct received *r, struct fault *why)
{
	struct digest *signed_hash = NULL, *named_hash = NULL;
	uint8_t piece[PIECE];
	ssize_t n;
	int rc = -1;

	signed_hash = digest_new(DIGEST_BLAKE2B_512, why);
	if (signed_hash == NULL)
		goto done;
	if ((named_hash = digest_new(DIGEST_SHA256, why)) == NULL)
		goto done;
	while ((n = read_all(r->fd, piece, sizeof(piece))) > 0) {
		digest_add(signed_hash, piece, (size_t)n);
		digest_add(named_hash, piece, (size_t)n);
	}
	if (n == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
		goto done;
	}
	digest_end(signed_hash, r->hash);
	digest_end(named_hash, r->sha256);
	rc = 0;
done:
	digest_free(signed_hash);
	digest_free(named_hash);
	return rc;
}

int
receive_lines(struct received *r, struct fault *why)
{
	uint8_t head[HEAD];
	ssize_t n;

	if (lseek(r->fd, 0, SEEK_SET) == -1 ||
	    (n = read_all(r->fd, head, sizeof(head))) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	if (bundle_lines_read(head, (size_t)n, &r->signature, &r->outside,
		&r->age_at, why) == -1)
		return -1;
	if (lseek(r->fd, (off_t)r->age_at, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	return hash_rest(r, why);
}

int
receive_signer(struct received *r, const struct agreement *a, int *late,
    struct fault *why)
{
	*late = 0;
	r->signer = agreement_node_by_number(a, r->signature.number, &r->key);
	if (r->signer == NULL)
		return FAIL(why, FAULT_BUNDLE_KEY_UNKNOWN,
		    "agreement %s version %" PRId64, a->id, a->version);
	if (r->signer->revoked) {
		*late = r->outside.seq <= r->signer->revoked_after;
		return FAIL(why, FAULT_BUNDLE_KEY_REVOKED,
		    "%s, after number %" PRId64 "; this one is %" PRId64,
		    r->signer->code, r->signer->revoked_after, r->outside.seq);
	}
	if (r->signer->role == NODE_AUDITOR)
		return FAIL(why, FAULT_BUNDLE_MAY_NOT_SEND, "%s is an auditor",
		    r->signer->code);
	return 0;
}

int
receive_signature(const struct received *r, struct fault *why)
{
	if (!minisign_verify(r->key, &r->signature, r->hash))
		return FAIL(why, FAULT_BUNDLE_SIGNATURE,
		    "it names the key of %s", r->signer->code);
	return 0;
}
