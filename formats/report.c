#include "formats/report.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/csvout.h"
#include "formats/page.h"

#define NUMBER_ROOM 32
#define BAR_ROOM 256
#define BAR_WIDTH 100 /* of the largest one, in the picture's own units */
#define FEW "fewer than 5, or hidden with one that is"
#define WITHHELD "withheld: too few to be told apart"

static const char what_it_is[] =
    "<p>Only counts; nothing about anybody. Counts below 5 are hidden, and so "
    "are others from which a hidden one could be worked out: they are all "
    "marked <b>*</b>. Compare this report only with one of another time that "
    "does not overlap with it: two that differ by a few days tell what is "
    "hidden in each. What was removed because it is older than the agreement "
    "keeps it is not counted any more.</p>\n";

static int64_t
largest(const struct figures *f)
{
	int64_t most = 1;

	for (size_t i = 0; i < f->count; i++)
		if (!f->rows[i].hidden && f->rows[i].count > most)
			most = f->rows[i].count;
	return most;
}

/* The bar begins where the line begins, whichever side that is. */
static void
write_bar(struct page *p, int64_t count, int64_t most)
{
	char bar[BAR_ROOM];

	(void)snprintf(bar, sizeof(bar),
	    "<svg role=\"presentation\" width=\"%" PRId64
	    "%%\" height=\"12\" viewBox=\"0 0 10 10\" "
	    "preserveAspectRatio=\"none\"><rect width=\"10\" height=\"10\" "
	    "fill=\"#357\"/></svg>",
	    count * BAR_WIDTH / most);
	page_markup(p, bar);
}

static void
write_row(struct page *p, const struct figure *row, int64_t most)
{
	page_markup(p, "<tr><th scope=\"row\" style=\"width:45%\">");
	page_text(p, row->label);
	page_markup(p, "</th><td style=\"width:10%\">");
	if (row->hidden)
		page_markup(p, "*");
	else
		page_number(p, row->count);
	page_markup(p, "</td><td>");
	if (!row->hidden && row->count > 0)
		write_bar(p, row->count, most);
	page_markup(p, "</td></tr>\n");
}

static void
write_sum(struct page *p, const struct figures *f)
{
	if (!f->parts)
		return;
	page_markup(p, "<p>In all: ");
	if (f->total_hidden)
		page_markup(p, f->withheld ? "fewer than 5, or hidden" : "*");
	else
		page_number(p, f->total);
	page_markup(p, "</p>\n");
}

static void
write_table(struct page *p, const struct figures *f)
{
	page_markup(p, "<section class=\"keep\">\n<h2>");
	page_text(p, f->title);
	page_markup(p, "</h2>\n");
	if (f->parts && f->total == 0 && !f->withheld) {
		page_markup(p, "<p>None.</p>\n</section>\n");
		return;
	}
	write_sum(p, f);
	if (f->withheld) {
		page_markup(p, "<p>" WITHHELD ".</p>\n</section>\n");
		return;
	}
	if (f->count == 0) {
		page_markup(p, "<p>None.</p>\n</section>\n");
		return;
	}
	page_markup(p, "<table>\n<tr><th scope=\"col\">");
	page_text(p, f->of);
	page_markup(p,
	    "</th><th scope=\"col\">Count</th><th scope=\"col\"></th></tr>\n");
	for (size_t i = 0; i < f->count; i++)
		write_row(p, &f->rows[i], largest(f));
	page_markup(p, "</table>\n</section>\n");
}

static void
write_time(struct page *p, const struct report *r)
{
	char text[DAY_TEXT];

	page_row(p, "Time");
	if (r->from == DAY_UNKNOWN) {
		page_markup(p, "from the first on");
	} else {
		day_write(r->from, text);
		page_code(p, text);
	}
	page_markup(p, " to ");
	day_write(r->to == DAY_UNKNOWN ? day_of(r->made) : r->to, text);
	page_code(p, text);
	page_row_end(p);
}

int
report_write_page(const struct report *r, struct sink *to, struct fault *why)
{
	struct page p;

	page_start(&p, "Referrals in numbers", r->practice);
	page_markup(&p, "<table>\n");
	page_row(&p, "Office");
	page_code(&p, r->node);
	page_row_end(&p);
	page_row(&p, "Agreement");
	page_text(&p, r->title);
	page_markup(&p, " ");
	page_code(&p, r->agreement);
	page_row_end(&p);
	write_time(&p, r);
	page_row(&p, "Made");
	page_moment(&p, r->made);
	page_row_end(&p);
	page_markup(&p, "</table>\n");
	page_markup(&p, what_it_is);
	for (size_t i = 0; i < r->count; i++)
		write_table(&p, &r->tables[i]);
	return page_end(&p, to, why);
}

/* --- tables --- */

static int
csv_row(struct sink *to, const char *label, const char *count, const char *note,
    struct fault *why)
{
	const char *const fields[] = { label, count, note };

	return csvout_row(to, fields, 3, why);
}

int
report_write_csv(const struct figures *f, struct sink *to, struct fault *why)
{
	char number[NUMBER_ROOM];

	if (csv_row(to, f->of, "Count", "Note", why) == -1)
		return -1;
	for (size_t i = 0; i < f->count && !f->withheld; i++) {
		const struct figure *row = &f->rows[i];

		(void)snprintf(number, sizeof(number), "%" PRId64, row->count);
		if (csv_row(to, row->label, row->hidden ? "" : number,
			row->hidden ? FEW : "", why) == -1)
			return -1;
	}
	if (!f->parts)
		return 0;
	(void)snprintf(number, sizeof(number), "%" PRId64, f->total);
	return csv_row(to, "In all", f->total_hidden ? "" : number,
	    f->withheld		? WITHHELD :
		f->total_hidden ? FEW :
				  "",
	    why);
}

/* --- for programs --- */

static void
write_count(struct jsonout *o, const char *name, int64_t count, bool hidden)
{
	if (hidden)
		jsonout_null(o, name);
	else
		jsonout_integer(o, name, count);
}

static void
write_figures(struct jsonout *o, const struct figures *f)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "id", f->id);
	jsonout_text(o, "title", f->title);
	if (f->parts)
		write_count(o, "total", f->total, f->total_hidden);
	jsonout_boolean(o, "withheld", f->withheld);
	jsonout_list(o, "rows");
	for (size_t i = 0; i < f->count && !f->withheld; i++) {
		jsonout_object(o, NULL);
		jsonout_text(o, "label", f->rows[i].label);
		write_count(o, "count", f->rows[i].count, f->rows[i].hidden);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static void
write_day(struct jsonout *o, const char *name, day d)
{
	char text[DAY_TEXT];

	day_write(d, text);
	jsonout_text_or_null(o, name, d == DAY_UNKNOWN ? NULL : text);
}

void
report_write_json(const struct report *r, struct jsonout *o)
{
	char made[MOMENT_TEXT];

	day_write_moment(r->made, made);
	jsonout_object(o, NULL);
	jsonout_text(o, "node", r->node);
	jsonout_text(o, "agreement", r->agreement);
	jsonout_text(o, "made", made);
	write_day(o, "from", r->from);
	write_day(o, "to", r->to);
	jsonout_integer(o, "least", FIGURES_LEAST);
	jsonout_list(o, "tables");
	for (size_t i = 0; i < r->count; i++)
		write_figures(o, &r->tables[i]);
	jsonout_list_end(o);
	jsonout_object_end(o);
}
