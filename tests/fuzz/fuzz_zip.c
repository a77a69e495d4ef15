/* Any bytes as a zip, with a password and without: caps hold, faults stay. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/source.h"
#include "formats/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_all(int fd, size_t len, const char *password)
{
	static uint8_t out[30000];
	struct fault why = { .id = FAULT_NONE };
	struct zip *z = zip_open(fd, password, &why);
	struct source *entry;
	uint64_t total = 0;
	size_t files = 0;
	size_t got = 0;
	int rc = -1;

	while (z != NULL && (rc = zip_next(z, &entry, &why)) == 1) {
		while ((rc = source_read(entry, out, sizeof(out), &got,
			    &why)) == 0 &&
		    got > 0)
			total += got;
		files++;
	}
	if ((rc == -1) != (why.id != FAULT_NONE) || files > ZIP_ENTRIES_MAX ||
	    (total > (uint64_t)2 << 20 && total / ZIP_RATIO_MAX > len))
		abort();
	/* What has failed must not look like an end. */
	if (z != NULL && rc == -1 && zip_next(z, &entry, &why) != -1)
		abort();
	zip_close(z);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static FILE *file;
	bool locked;
	int fd;

	if (file == NULL && (file = tmpfile()) == NULL)
		abort();
	fd = fileno(file);
	if (ftruncate(fd, 0) == -1 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
		abort();
	if (zip_looks_like(bytes, len, &locked) &&
	    zip_office_kind(bytes, len) != NULL)
		abort();
	read_all(fd, len, "open-sesame");
	read_all(fd, len, NULL);
	return 0;
}
