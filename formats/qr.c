#include "formats/qr.h"

#include <stdio.h>
#include <string.h>

#include <qrencode.h>

#include "base/bytes.h"
#include "base/fault.h"

#define QUIET 4 /* modules of white around it, as the standard wants */
#define RUN_ROOM 64

/* Dark modules that stand side by side are drawn as one piece. */
static int
add_line(struct bytes *out, const unsigned char *line, int width, int y,
    struct fault *why)
{
	char run[RUN_ROOM];
	int from;

	for (int x = 0; x < width; x++) {
		if ((line[x] & 1) == 0)
			continue;
		for (from = x; x < width && (line[x] & 1) != 0;)
			x++;
		(void)snprintf(run, sizeof(run), "M%d %dh%dv1h-%dz",
		    from + QUIET, y + QUIET, x - from, x - from);
		if (bytes_add_text(out, run, why) == -1)
			return -1;
	}
	return 0;
}

int
qr_add_svg(struct bytes *out, const char *text, struct fault *why)
{
	size_t len = strlen(text);
	char begin[512];
	const unsigned char *line;
	QRcode *code;
	int size, rc = -1;

	if (len > QR_MOST)
		return FAIL(why, FAULT_INSIDE, "a QR code of %zu bytes", len);
	code = QRcode_encodeData((int)len, (const unsigned char *)text, 0,
	    QR_ECLEVEL_M);
	if (code == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "QR code");
	size = code->width + 2 * QUIET;
	(void)snprintf(begin, sizeof(begin),
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" "
	    "viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" "
	    "role=\"img\" aria-label=\"QR code\">"
	    "<path fill=\"#fff\" d=\"M0 0h%dv%dh-%dz\"/>"
	    "<path fill=\"#000\" d=\"",
	    size, size, size, size, size);
	if (bytes_add_text(out, begin, why) == -1)
		goto done;
	line = code->data;
	for (int y = 0; y < code->width; y++, line += code->width)
		if (add_line(out, line, code->width, y, why) == -1)
			goto done;
	rc = bytes_add_text(out, "\"/></svg>\n", why);
done:
	QRcode_free(code);
	return rc;
}
