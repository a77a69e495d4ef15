#include "import/custody.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/source.h"
#include "crypto/digest.h"
#include "formats/waybill.h"
#include "import/receive.h"

#define PIECE ((size_t)64 * 1024)

int
custody_fingerprint(int fd, uint64_t *bytes,
    char out[static DIGEST_FINGERPRINT], struct fault *why)
{
	uint8_t piece[PIECE], hash[32];
	struct source *from = NULL;
	struct digest *d = NULL;
	size_t got;
	int rc = -1;

	*bytes = 0;
	if (lseek(fd, 0, SEEK_SET) == -1)
		return FAIL(why, FAULT_DISK_NOT_READ, "%s", strerror(errno));
	if ((from = source_from_fd(fd, "the bundle", why)) == NULL ||
	    (d = digest_new(DIGEST_BLAKE2B_256, why)) == NULL)
		goto done;
	for (;;) {
		if (source_read(from, piece, sizeof(piece), &got, why) == -1)
			goto done;
		if (got == 0)
			break;
		digest_add(d, piece, got);
		*bytes += got;
	}
	digest_end(d, hash);
	digest_fingerprint_of(hash, out);
	rc = 0;
done:
	digest_free(d);
	source_free(from);
	return rc;
}

int
custody_look(int fd, struct waybill *out, struct fault *why)
{
	struct received got;
	uint64_t bytes;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	receive_start(&got);
	if (receive_in_place(&got, fd, why) == 0 &&
	    receive_lines(&got, why) == 0) {
		out->outside = got.outside;
		out->bytes = got.bytes;
		rc = custody_fingerprint(fd, &bytes, out->fingerprint, why);
		if (rc == 0 && bytes != out->bytes)
			rc = FAIL(why, FAULT_DISK_NOT_READ,
			    "its size changed while it was read");
	}
	receive_close(&got);
	return rc;
}
