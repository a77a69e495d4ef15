#include "formats/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/day.h"
#include "base/sink.h"
#include "formats/html.h"

#define PAGE_MAX ((size_t)32 * 1024 * 1024)
#define NUMBER_ROOM 32

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"format-detection\" content=\"telephone=no\">\n"
    "<title>";

static const char style[] =
    "</title>\n"
    "<style>\n"
    "@page { size: A4; margin: 14mm; }\n"
    "* { box-sizing: border-box; }\n"
    "body { font: 11pt/1.35 sans-serif; color: #000; background: #fff;\n"
    " max-width: 182mm; margin: 0 auto; padding: 4mm; }\n"
    "h1 { font-size: 17pt; margin: 0 0 2mm; }\n"
    "h2 { font-size: 12pt; margin: 4mm 0 1mm; break-after: avoid; }\n"
    "table { width: 100%; border-collapse: collapse; }\n"
    "th, td { border: 0.3mm solid #777; padding: 1mm 2mm;\n"
    " text-align: start; vertical-align: top; overflow-wrap: anywhere; }\n"
    "th { font-weight: normal; background: #eee; }\n"
    "tr, .keep { break-inside: avoid; }\n"
    ".digits { font: bold 15pt/1.5 monospace; white-space: nowrap; }\n"
    ".exact { font: 9pt/1.3 monospace; white-space: pre; margin: 2mm 0;\n"
    " overflow-wrap: normal; }\n"
    ".command { font: 10pt/1.4 monospace; }\n"
    ".practice { border: 1mm solid #000; padding: 2mm; font-weight: bold;\n"
    " text-align: center; letter-spacing: 0.1em; }\n"
    ".alarm { border: 0.6mm solid #000; padding: 1mm 3mm;\n"
    " font-weight: bold; }\n"
    ".code { float: inline-end; margin-inline-start: 4mm; width: 46mm; }\n"
    ".code svg { display: block; width: 46mm; height: 46mm; }\n"
    ".sign td { height: 13mm; }\n"
    "@media print { body { max-width: none; padding: 0; }\n"
    " th { print-color-adjust: exact;\n"
    " -webkit-print-color-adjust: exact; } }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n";

void
page_markup(struct page *p, const char *html)
{
	p->failed = p->failed || bytes_add_text(&p->out, html, &p->why) == -1;
}

void
page_start(struct page *p, const char *title, bool practice)
{
	bytes_init(&p->out, PAGE_MAX);
	p->why = (struct fault){ FAULT_NONE, "" };
	p->failed = false;
	page_markup(p, head);
	page_markup(p, title);
	page_markup(p, style);
	if (practice)
		page_markup(p,
		    "<p class=\"practice\">PRACTICE - made-up data</p>\n");
	page_markup(p, "<h1>");
	page_markup(p, title);
	page_markup(p, "</h1>\n");
}

static void
add_text(struct page *p, const char *before, const char *text)
{
	page_markup(p, before);
	p->failed = p->failed || html_add_text(&p->out, text, &p->why) == -1;
	page_markup(p, "</bdi>");
}

void
page_text(struct page *p, const char *text)
{
	add_text(p, "<bdi>", text);
}

void
page_code(struct page *p, const char *code)
{
	add_text(p, "<bdi dir=\"ltr\">", code);
}

void
page_number(struct page *p, int64_t number)
{
	char text[NUMBER_ROOM];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	page_code(p, text);
}

void
page_moment(struct page *p, int64_t m)
{
	char text[MOMENT_TEXT];

	day_write_moment(m, text);
	page_code(p, text);
}

void
page_row(struct page *p, const char *label)
{
	page_markup(p, "<tr><th scope=\"row\">");
	page_markup(p, label);
	page_markup(p, "</th><td>");
}

void
page_row_end(struct page *p)
{
	page_markup(p, "</td></tr>\n");
}

int
page_end(struct page *p, struct sink *to, struct fault *why)
{
	int rc = -1;

	page_markup(p, "</body>\n</html>\n");
	if (p->failed)
		*why = p->why;
	else
		rc = sink_write(to, p->out.at, p->out.len, why);
	page_free(p);
	return rc;
}

void
page_free(struct page *p)
{
	bytes_free(&p->out);
}
