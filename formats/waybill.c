#include "formats/waybill.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/page.h"
#include "formats/qr.h"

#define HANDS 7
#define LINE_AT 18 /* where the second line begins in a fingerprint */
#define LINE_LEN 17
#define MARK "fingerprint"

void
waybill_line(const struct waybill *w, int line, char out[static WAYBILL_DIGITS])
{
	const char *digits = w->fingerprint + (line == 0 ? 0 : LINE_AT);

	(void)snprintf(out, WAYBILL_DIGITS, "%.*s - %c", LINE_LEN, digits,
	    digest_check_digit(digits, LINE_LEN));
}

void
waybill_text(const struct waybill *w, char out[static WAYBILL_TEXT])
{
	char sealed[MOMENT_TEXT], line[2][WAYBILL_DIGITS];

	day_write_moment(w->outside.created, sealed);
	waybill_line(w, 0, line[0]);
	waybill_line(w, 1, line[1]);
	(void)snprintf(out, WAYBILL_TEXT,
	    "satchel waybill/1\n"
	    "id %s\n"
	    "number %" PRId64 "\n"
	    "bytes %" PRIu64 "\n"
	    "sealed %s\n" MARK " %s\n"
	    "            %s\n",
	    w->outside.id, w->outside.seq, w->bytes, sealed, line[0], line[1]);
}

static void
put_values(struct page *p, const struct waybill *w)
{
	char line[WAYBILL_DIGITS];

	page_markup(p, "<table style=\"width: auto\">\n");
	page_row(p, "Bundle");
	page_code(p, w->outside.id);
	page_row_end(p);
	page_row(p, "Number (seq)");
	page_number(p, w->outside.seq);
	page_row_end(p);
	page_row(p, "Size in bytes");
	page_number(p, (int64_t)w->bytes);
	page_row_end(p);
	page_row(p, "Sealed on (UTC)");
	page_moment(p, w->outside.created);
	page_row_end(p);
	page_markup(p,
	    "</table>\n<h2>Fingerprint of the file</h2>\n"
	    "<p class=\"digits\">");
	waybill_line(w, 0, line);
	page_code(p, line);
	page_markup(p, "<br>");
	waybill_line(w, 1, line);
	page_code(p, line);
	page_markup(p, "</p>\n");
}

static void
put_hands(struct page *p)
{
	page_markup(p,
	    "<h2>Hands it passes</h2>\n"
	    "<p>Whoever gives it and whoever takes it sign each time. Count "
	    "the pieces, look at the seal, and write what is not right "
	    "under Remarks. Do not write here whom the bundle is about.</p>\n"
	    "<table class=\"sign\">\n<tr><th scope=\"col\"></th>"
	    "<th scope=\"col\">Date, time, place</th>"
	    "<th scope=\"col\">Given by (name, signature)</th>"
	    "<th scope=\"col\">Taken by (name, signature)</th>"
	    "<th scope=\"col\">Remarks</th></tr>\n");
	for (int i = 1; i <= HANDS; i++) {
		page_markup(p, "<tr><td>");
		page_number(p, i);
		page_markup(p,
		    "</td><td></td><td></td><td></td><td></td>"
		    "</tr>\n");
	}
	page_markup(p, "</table>\n");
}

static void
put_check(struct page *p, const struct waybill *w)
{
	char text[2 * WAYBILL_DIGITS + 64], line[2][WAYBILL_DIGITS];

	waybill_line(w, 0, line[0]);
	waybill_line(w, 1, line[1]);
	(void)snprintf(text, sizeof(text),
	    "satchel verify --waybill \"%s %s\" FILE", line[0], line[1]);
	page_markup(p,
	    "<h2>Is it the file that was sealed?</h2>\n"
	    "<p>Type the digits, not the file's name:</p>\n"
	    "<p class=\"command\">");
	page_code(p, text);
	page_markup(p,
	    "</p>\n<p>A digit after a hyphen checks its line. If the digits "
	    "do not fit the file, it is another one or was changed on the "
	    "way: do not load it, keep it, and tell the focal point. Who "
	    "exchanges the file can print another page too: the sender has "
	    "a copy of this one, and can read its digits out. Who made the "
	    "bundle is not shown here; its signature does that.</p>\n");
}

int
waybill_write(const struct waybill *w, struct sink *to, struct fault *why)
{
	char text[WAYBILL_TEXT];
	struct page p;

	waybill_text(w, text);
	page_start(&p, "Waybill", false);
	page_markup(&p, "<div class=\"code\">\n");
	p.failed = p.failed || qr_add_svg(&p.out, text, &p.why) == -1;
	page_markup(&p, "</div>\n");
	put_values(&p, w);
	put_check(&p, w);
	put_hands(&p);
	page_markup(&p,
	    "<h2>What the QR code says</h2>\n<pre class=\"exact\" "
	    "dir=\"ltr\">");
	page_markup(&p, text);
	page_markup(&p, "</pre>\n");
	return page_end(&p, to, why);
}

/* The digits in what was typed, or in what a scanner read. */
static const char *
digits_in(const char *typed, char *out, size_t room)
{
	const char *mark = strstr(typed, MARK);
	size_t len = 0;

	if (mark != NULL)
		typed = mark + strlen(MARK);
	for (; *typed != '\0' && len + 1 < room; typed++)
		out[len++] =
		    *typed == '\n' || *typed == '\r' || *typed == '\t' ? ' ' :
									 *typed;
	out[len] = '\0';
	return *typed == '\0' ? out : "";
}

int
waybill_digits_check(const char *typed, struct fault *why)
{
	char digits[WAYBILL_TEXT];

	switch (
	    digest_fingerprint_form(digits_in(typed, digits, sizeof(digits)))) {
	case 0:
		return 0;
	case 1:
		return FAIL(why, FAULT_WAYBILL_DIGITS,
		    "the check digit of the first line does not fit");
	case 2:
		return FAIL(why, FAULT_WAYBILL_DIGITS,
		    "the check digit of the second line does not fit");
	default:
		return FAIL(why, FAULT_WAYBILL_DIGITS,
		    "two lines of 15 digits and a check digit are needed");
	}
}

int
waybill_digits_are(const char *typed, const char *fingerprint,
    struct fault *why)
{
	char digits[WAYBILL_TEXT];

	if (waybill_digits_check(typed, why) == -1)
		return -1;
	if (!digest_fingerprint_is(fingerprint,
		digits_in(typed, digits, sizeof(digits))))
		return FAIL(why, FAULT_WAYBILL_OTHER, "its digits differ");
	return 0;
}
