/*
 * Any text as a key sheet: what is whole has the SHA-256 that it names, so
 * printed again it reads back the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "formats/keysheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct keysheet_head head = {
	.node = "ET-GMB-03",
	.fingerprint = "12345 67890 12345 67890 12345 67890",
	.date = "2026-11-22",
	.file = "a file",
	.opens = "a key",
	.practice = false,
};

static void
print_again(const struct bytes *file)
{
	struct bytes sheet;
	struct keysheet k;
	struct fault why;

	bytes_init(&sheet, KEYSHEET_TEXT_MAX);
	if (keysheet_write(&head, file->at, file->len, &sheet, &why) == -1 ||
	    keysheet_read(sheet.at, sheet.len, &k, &why) == -1 ||
	    k.state != KEYSHEET_WHOLE || k.file.len != file->len ||
	    memcmp(k.file.at, file->at, file->len) != 0)
		abort();
	keysheet_free(&k);
	bytes_free(&sheet);
}

/* The sheet of some bytes, then with a byte of it changed for each two more. */
static void
damage(const uint8_t *bytes, size_t len)
{
	uint8_t file[64];
	struct bytes sheet;
	struct keysheet k;
	struct fault why;

	if (len < sizeof(file))
		return;
	memcpy(file, bytes, sizeof(file));
	bytes_init(&sheet, KEYSHEET_TEXT_MAX);
	if (keysheet_write(&head, file, sizeof(file), &sheet, &why) == -1)
		abort();
	for (size_t i = sizeof(file); i + 2 < len; i += 3)
		sheet.at[((size_t)bytes[i] << 8 | bytes[i + 1]) % sheet.len] =
		    bytes[i + 2];
	if (keysheet_read(sheet.at, sheet.len, &k, &why) == -1)
		abort();
	if (k.state == KEYSHEET_WHOLE &&
	    (k.file.len != sizeof(file) ||
		memcmp(k.file.at, file, sizeof(file)) != 0))
		abort();
	keysheet_free(&k);
	bytes_free(&sheet);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct keysheet k;
	struct fault why;

	damage(bytes, len);
	if (keysheet_read(bytes, len, &k, &why) == -1)
		return 0;
	if ((k.state == KEYSHEET_WHOLE) != (k.file.len > 0))
		abort();
	if (k.state == KEYSHEET_WHOLE)
		print_again(&k.file);
	keysheet_free(&k);
	return 0;
}
