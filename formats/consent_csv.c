#include "formats/consent_csv.h"

#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/day.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/platform.h"
#include "base/sink.h"
#include "base/source.h"
#include "base/text.h"
#include "crypto/random.h"
#include "formats/consent.h"

#define ROW_MAX 65536 /* bytes, with its line breaks */
#define CELLS_MAX 64
#define COLUMNS_MAX 32
#define LIST_MAX 64 /* items in one cell */
#define NAME_ROOM 32
#define RECORD_SPACE "satchel consent register row"

enum column {
	COLUMN_CASE_ID,
	COLUMN_STATUS,
	COLUMN_KIND,
	COLUMN_BASIS,
	COLUMN_GIVEN_BY,
	COLUMN_RELATION,
	COLUMN_GIVEN_ON,
	COLUMN_EXPIRES_ON,
	COLUMN_METHOD,
	COLUMN_TAKEN_BY_ROLE,
	COLUMN_LANGUAGE,
	COLUMN_NOTICE_VERSION,
	COLUMN_PURPOSE,
	COLUMN_RECIPIENTS,
	COLUMN_SERVICES,
	COLUMN_INFO_CATEGORIES,
	COLUMNS,
	COLUMN_UNNAMED = COLUMNS
};

static const char *const column_names[COLUMNS] = {
	[COLUMN_CASE_ID] = "case_id",
	[COLUMN_STATUS] = "status",
	[COLUMN_KIND] = "kind",
	[COLUMN_BASIS] = "basis",
	[COLUMN_GIVEN_BY] = "given_by",
	[COLUMN_RELATION] = "relation",
	[COLUMN_GIVEN_ON] = "given_on",
	[COLUMN_EXPIRES_ON] = "expires_on",
	[COLUMN_METHOD] = "method",
	[COLUMN_TAKEN_BY_ROLE] = "taken_by_role",
	[COLUMN_LANGUAGE] = "language",
	[COLUMN_NOTICE_VERSION] = "notice_version",
	[COLUMN_PURPOSE] = "purpose",
	[COLUMN_RECIPIENTS] = "recipients",
	[COLUMN_SERVICES] = "services",
	[COLUMN_INFO_CATEGORIES] = "info_categories",
};

/* A cell as it stands in the file, without its quotes. */
struct cell {
	size_t at; /* in consent_csv.text */
	size_t len;
};

struct consent_csv {
	struct source *from; /* borrowed */
	struct csv_parser parser;
	uint8_t delimiter;
	bool ended; /* nothing more can be read */
	uint8_t buffer[8192];
	size_t have;
	size_t at;
	/* Of the next byte that the parser has not seen. */
	uint64_t offset;
	uint64_t line;
	bool after_cr;
	/*
	 * ="0012" at the start of a cell, without quotes around it all, is no
	 * RFC 4180: the = is held back, and let go of before a quote.
	 */
	bool fresh; /* nothing of the cell was seen yet */
	bool held;
	/* The row that is being read, or was read. */
	bool row_begun;
	bool row_blank; /* nothing but space so far */
	bool row_whole;
	uint64_t row_offset;
	uint64_t row_line;
	struct bytes text;
	struct cell cells[CELLS_MAX];
	size_t cell_count;
	bool too_many; /* cells with something in them */
	bool failed;   /* in a call back from the parser; see `trouble` */
	struct fault trouble;
	/* What the first row says. */
	enum column columns[CELLS_MAX];
	size_t column_count;
};

/* --- bytes that look like a table --- */

static bool
is_delimiter(uint8_t c)
{
	return c == ',' || c == ';' || c == '\t' || c == '|';
}

static bool
is_break(uint8_t c)
{
	return c == '\r' || c == '\n';
}

/* The bytes of a space at the start of these, 0 if there is none. */
static size_t
space_at(const uint8_t *at, size_t len)
{
	if (len >= 1 && (at[0] == ' ' || at[0] == '\t' || is_break(at[0])))
		return 1;
	if (len >= 2 && at[0] == 0xc2 && at[1] == 0xa0) /* no-break space */
		return 2;
	return 0;
}

/*
 * A column's name without letter case, spaces, underlines and quotes, so that
 * "Case ID" is case_id; false if it does not fit.
 */
static bool
fold_name(const uint8_t *at, size_t len, char out[static NAME_ROOM])
{
	size_t used = 0, space;

	for (size_t i = 0; i < len; i += space) {
		if ((space = space_at(at + i, len - i)) > 0)
			continue;
		space = 1;
		if (at[i] == '_' || at[i] == '"')
			continue;
		if (used == NAME_ROOM - 1)
			return false;
		out[used++] = (char)at[i];
		if (at[i] >= 'A' && at[i] <= 'Z')
			out[used - 1] = (char)(at[i] - 'A' + 'a');
	}
	out[used] = '\0';
	return true;
}

static enum column
column_called(const uint8_t *at, size_t len)
{
	char wanted[NAME_ROOM], known[NAME_ROOM];

	if (!fold_name(at, len, wanted))
		return COLUMNS;
	for (int c = 0; c < COLUMNS; c++) {
		const char *name = column_names[c];

		if (fold_name((const uint8_t *)name, strlen(name), known) &&
		    strcmp(wanted, known) == 0)
			return (enum column)c;
	}
	return COLUMNS;
}

/* Does this row, so divided, have a column called case_id? */
static bool
names_case_id(const uint8_t *row, size_t len, uint8_t delimiter)
{
	const uint8_t *end = row + len, *next;

	for (; row <= end; row = next + 1) {
		next = memchr(row, delimiter, (size_t)(end - row));
		if (next == NULL)
			next = end;
		if (column_called(row, (size_t)(next - row)) == COLUMN_CASE_ID)
			return true;
	}
	return false;
}

/* The length of the line at the start of these bytes. */
static size_t
line_length(const uint8_t *at, size_t len)
{
	size_t i = 0;

	while (i < len && !is_break(at[i]))
		i++;
	return i;
}

/* Rows of nothing may stand above the names. */
static bool
is_nothing(const uint8_t *row, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_delimiter(row[i]) && row[i] != '"' && row[i] != ' ')
			return false;
	return true;
}

static size_t
mark_length(const uint8_t *head, size_t len)
{
	return len >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/*
 * `sep=;` as the first line is for Excel, and not a row.  Its length, with the
 * delimiter it names; 0 if these bytes do not begin so.
 */
static size_t
separator_line(const uint8_t *at, size_t len, uint8_t *delimiter)
{
	size_t end = line_length(at, len), i = 0;
	const char *word = "sep=";

	i += end > 0 && at[0] == '"';
	for (; *word != '\0'; i++, word++)
		if (i >= end || (at[i] | 0x20) != (*word | 0x20))
			return 0;
	if (i >= end || !is_delimiter(at[i]) ||
	    !is_nothing(at + i + 1, end - i - 1))
		return 0;
	*delimiter = at[i];
	return end;
}

/*
 * What divides the cells, told by which of them makes a column case_id; 0 if
 * none does.  *skip is where the first row may begin: behind `sep=;`.
 */
static uint8_t
find_delimiter(const uint8_t *head, size_t len, size_t *skip)
{
	static const uint8_t each[] = { ';', ',', '\t', '|' };
	size_t at = mark_length(head, len), line;
	uint8_t said = 0;

	*skip = at + separator_line(head + at, len - at, &said);
	for (at = *skip; at < len; at += line + 1) {
		line = line_length(head + at, len - at);
		if (!is_nothing(head + at, line))
			break;
	}
	if (at >= len)
		return 0;
	for (size_t i = 0; i < sizeof(each); i++)
		if ((said == 0 || said == each[i]) &&
		    names_case_id(head + at, line_length(head + at, len - at),
			each[i]))
			return each[i];
	return 0;
}

bool
consent_csv_looks_like(const void *head, size_t len)
{
	size_t skip;

	return find_delimiter(head, len, &skip) != 0;
}

/* --- rows of cells --- */

static void
take_cell(void *bytes, size_t len, void *own)
{
	struct consent_csv *c = own;

	c->fresh = true;
	if (c->cell_count == CELLS_MAX) {
		c->too_many |= len > 0;
		return;
	}
	c->cells[c->cell_count] = (struct cell){ c->text.len, len };
	c->cell_count++;
	if (len > 0 && bytes_add(&c->text, bytes, len, &c->trouble) == -1)
		c->failed = true;
}

static void
take_row_end(int ended_by, void *own)
{
	struct consent_csv *c = own;

	(void)ended_by;
	c->fresh = true;
	c->row_whole = true;
}

static int
start_parser(struct consent_csv *c, struct fault *why)
{
	if (csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return FAIL(why, FAULT_INSIDE, "consent register: no parser");
	csv_set_delim(&c->parser, c->delimiter);
	/* One block for a whole row, so that it is wiped where it lies. */
	csv_set_blk_size(&c->parser, ROW_MAX + 1);
	return 0;
}

static void
stop_parser(struct consent_csv *c)
{
	if (c->parser.entry_buf != NULL)
		platform_wipe(c->parser.entry_buf, c->parser.entry_size);
	csv_free(&c->parser);
}

/* What cannot be read past ends the register. */
static int
broken(struct consent_csv *c, struct fault *why, const char *what)
{
	c->ended = true;
	return FAIL(why, FAULT_CONSENT_FORM,
	    "line %" PRIu64 ": %s; nothing after it was read", c->row_line,
	    what);
}

static int
feed(struct consent_csv *c, uint8_t byte, struct fault *why)
{
	if (csv_parse(&c->parser, &byte, 1, take_cell, take_row_end, c) == 1)
		return 0;
	if (csv_error(&c->parser) == CSV_EPARSE)
		return broken(c, why, "a quotation mark stands where none can");
	c->ended = true;
	return FAIL(why, FAULT_NO_MEMORY, "consent register");
}

/* The = that was held back was only a character of the cell. */
static int
let_go(struct consent_csv *c, struct fault *why)
{
	c->held = false;
	return feed(c, '=', why);
}

/* Where the next byte stands. */
static void
step(struct consent_csv *c, uint8_t byte)
{
	c->offset++;
	if (byte == '\r' || (byte == '\n' && !c->after_cr))
		c->line++;
	c->after_cr = byte == '\r';
}

static int
take_byte(struct consent_csv *c, uint8_t byte, struct fault *why)
{
	bool space = byte != c->delimiter && (byte == ' ' || byte == '\t');

	if (!c->row_begun && !is_break(byte)) {
		c->row_begun = c->row_blank = true;
		c->row_offset = c->offset;
		c->row_line = c->line;
	}
	if (is_break(byte) && c->row_blank)
		c->row_begun = false;
	else if (!space && !is_break(byte))
		c->row_blank = false;
	step(c, byte);
	if (c->row_begun && c->offset - c->row_offset > ROW_MAX)
		return broken(c, why,
		    "the row is longer than 64 KiB (is a quotation mark "
		    "missing?)");
	if (byte == '=' && c->fresh) {
		c->fresh = false;
		c->held = true;
		return 0;
	}
	if (c->held && byte == '"')
		c->held = false;
	else if (c->held && let_go(c, why) == -1)
		return -1;
	if (!space && !is_break(byte))
		c->fresh = false;
	return feed(c, byte, why);
}

/* Have bytes at hand, or know (have is 0) that there are no more. */
static int
refill(struct consent_csv *c, struct fault *why)
{
	if (c->at < c->have)
		return 0;
	c->at = 0;
	if (source_fill(c->from, c->buffer, sizeof(c->buffer), &c->have, why) ==
	    -1) {
		c->ended = true;
		return -1;
	}
	return 0;
}

/* The last row may end without a line break, but not within quotes. */
static int
finish(struct consent_csv *c, struct fault *why)
{
	if (c->held && let_go(c, why) == -1)
		return -1;
	if (csv_fini(&c->parser, take_cell, take_row_end, c) != 0)
		return broken(c, why,
		    "a quotation mark is opened and never closed");
	c->ended = true;
	return c->row_whole ? 1 : 0;
}

/* The next row that is not an empty line: 1, 0 at the end, -1. */
static int
next_row(struct consent_csv *c, struct fault *why)
{
	int got = 1;

	bytes_empty(&c->text);
	c->cell_count = 0;
	c->too_many = false;
	c->row_begun = false;
	c->row_blank = false;
	c->row_whole = false;
	c->fresh = true;
	if (c->ended)
		return 0;
	while (got == 1 && !c->row_whole) {
		if (refill(c, why) == -1)
			return -1;
		if (c->have == 0)
			got = finish(c, why);
		else if (take_byte(c, c->buffer[c->at++], why) == -1)
			return -1;
	}
	if (c->failed) {
		c->ended = true;
		*why = c->trouble;
		return -1;
	}
	return got;
}

/* --- what stands in a cell --- */

struct view_of {
	const uint8_t *at;
	size_t len;
};

static void
trim(struct view_of *v)
{
	size_t space;

	while ((space = space_at(v->at, v->len)) > 0) {
		v->at += space;
		v->len -= space;
	}
	while (v->len > 0) {
		if (space_at(v->at + v->len - 1, 1) == 1)
			v->len -= 1;
		else if (v->len >= 2 && space_at(v->at + v->len - 2, 2) == 2)
			v->len -= 2;
		else
			break;
	}
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/*
 * A cell without what spreadsheets put around it: space, ="..." and the
 * apostrophe that keeps a number or a sign from being worked out.
 */
static struct view_of
unwrap(const struct consent_csv *c, size_t cell)
{
	struct view_of v = { NULL, 0 };

	if (cell >= c->cell_count || c->cells[cell].len == 0)
		return v;
	v.at = c->text.at + c->cells[cell].at;
	v.len = c->cells[cell].len;
	trim(&v);
	if (v.len >= 3 && v.at[0] == '=' && v.at[1] == '"' &&
	    v.at[v.len - 1] == '"') {
		v.at += 2;
		v.len -= 3;
		trim(&v);
	}
	if (v.len >= 2 && v.at[0] == '\'' &&
	    (is_digit(v.at[1]) || strchr("+=-@", v.at[1]) != NULL)) {
		v.at++;
		v.len--;
	}
	return v;
}

/* The row that is being read. */
struct row {
	struct consent_csv *csv;
	struct arena *arena;
	struct consent *out;
	struct fault *why;
	const char *value[COLUMNS]; /* NULL: nothing stands there */
	size_t cell[COLUMNS];	    /* which cell that is, from 0 */
};

/* Line and column, and nothing that stands there. */
static int
wrong_cell(const struct consent_csv *c, size_t cell, const char *what,
    struct fault *why)
{
	enum column col =
	    cell < c->column_count ? c->columns[cell] : COLUMN_UNNAMED;

	if (col == COLUMN_UNNAMED)
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line %" PRIu64 ", column %zu: %s", c->row_line, cell + 1,
		    what);
	return FAIL(why, FAULT_CONSENT_FORM,
	    "line %" PRIu64 ", column %zu (%s): %s", c->row_line, cell + 1,
	    column_names[col], what);
}

static int
wrong(const struct row *r, enum column col, const char *what)
{
	return wrong_cell(r->csv, r->cell[col], what, r->why);
}

static int
missing(const struct row *r, enum column col)
{
	return wrong(r, col, "nothing stands there, and something must");
}

/* #REF!, #N/A, #NAME?, or a column too narrow to show its number. */
static bool
is_sheet_error(const struct view_of *v)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ/0!?#_";

	if (v->len < 2 || v->at[0] != '#')
		return false;
	for (size_t i = 1; i < v->len; i++)
		if (memchr(letters, v->at[i], sizeof(letters) - 1) == NULL)
			return false;
	return v->at[v->len - 1] == '!' || v->at[v->len - 1] == '?' ||
	    v->at[1] == '#' || (v->len == 4 && memcmp(v->at, "#N/A", 4) == 0);
}

/* The cell as a text of the arena, or NULL in *out if it is empty. */
static int
read_cell(const struct row *r, size_t cell, const char **out)
{
	struct view_of v = unwrap(r->csv, cell);
	bool changed;

	*out = NULL;
	if (v.len == 0)
		return 0;
	if (!text_is_utf8(v.at, v.len))
		return wrong_cell(r->csv, cell,
		    "the file is not in UTF-8: save it as \"CSV UTF-8\"",
		    r->why);
	if (memchr(v.at, '\0', v.len) != NULL ||
	    !text_is_clean((const char *)v.at, v.len, false))
		return wrong_cell(r->csv, cell,
		    "a line break or another control character", r->why);
	if (is_sheet_error(&v))
		return wrong_cell(r->csv, cell,
		    "the spreadsheet shows an error or ####", r->why);
	if ((*out = arena_copy(r->arena, v.at, v.len, r->why)) == NULL)
		return -1;
	*out = text_tidy(r->arena, *out, false, &changed, r->why);
	return *out == NULL ? -1 : 0;
}

/*
 * Does it look like 1.2E+11?  Without a fraction only E+ does: 12E-3 may be
 * somebody's number of a case.
 */
static bool
is_shortened(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	bool fraction;

	if (digits == 0)
		return false;
	text += digits;
	fraction = *text == '.' || *text == ',';
	if (fraction)
		text += 1 + strspn(text + 1, "0123456789");
	if ((*text != 'E' && *text != 'e') ||
	    (text[1] != '+' && (text[1] != '-' || !fraction)))
		return false;
	text += 2;
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int
take_subject(const struct row *r)
{
	const char *text = r->value[COLUMN_CASE_ID];

	if (text == NULL)
		return missing(r, COLUMN_CASE_ID);
	if (is_shortened(text))
		return wrong(r, COLUMN_CASE_ID,
		    "a spreadsheet has shortened the number: format the column "
		    "as text and write it again");
	if (text_has_unseen(text))
		return wrong(r, COLUMN_CASE_ID,
		    "a character that cannot be seen: write the number again");
	r->out->subject_ref = text;
	return 0;
}

static int
not_a_word(const struct row *r, enum column col)
{
	return wrong(r, col, "not one of the words of this column");
}

/* In the status alone letter case does not count. */
static int
take_status(const struct row *r)
{
	const char *text = r->value[COLUMN_STATUS];
	char low[NAME_ROOM];
	size_t len;
	int value;

	if (text == NULL)
		return missing(r, COLUMN_STATUS);
	if ((len = strlen(text)) >= sizeof(low))
		return not_a_word(r, COLUMN_STATUS);
	for (size_t i = 0; i <= len; i++)
		low[i] = text[i] >= 'A' && text[i] <= 'Z' ?
		    (char)(text[i] - 'A' + 'a') :
		    text[i];
	if (!consent_word_read(CONSENT_WORDS_STATUS, low, &value))
		return not_a_word(r, COLUMN_STATUS);
	r->out->status = (enum consent_status)value;
	return 0;
}

static int
take_words(const struct row *r)
{
	const char *kind = r->value[COLUMN_KIND];
	const char *method = r->value[COLUMN_METHOD];
	int value;

	if (kind != NULL) {
		if (!consent_word_read(CONSENT_WORDS_KIND, kind, &value))
			return not_a_word(r, COLUMN_KIND);
		r->out->kind = (enum consent_kind)value;
	}
	if (method != NULL) {
		if (!consent_word_read(CONSENT_WORDS_METHOD, method, &value))
			return not_a_word(r, COLUMN_METHOD);
		r->out->method = (enum consent_method)value;
	}
	if (r->out->method == CONSENT_ATTESTED)
		return wrong(r, COLUMN_METHOD,
		    "a table cannot say who attested it: use satchel attest");
	return 0;
}

static int
take_day(const struct row *r, enum column col, day *out)
{
	const char *text = r->value[col];

	if (text == NULL || day_read(text, out))
		return 0;
	if (strlen(text) == DAY_TEXT - 1 && text[4] == '-' && text[7] == '-' &&
	    strspn(text, "0123456789-") == DAY_TEXT - 1)
		return wrong(r, col, "there is no such day");
	return wrong(r, col,
	    "the date is not YYYY-MM-DD: format the column as text");
}

/* A cell's items between ; as they stand, empty ones too. */
static int
split(const struct row *r, enum column col, struct texts *out)
{
	const char *text = r->value[col];
	struct view_of v;

	*out = (struct texts){ NULL, 0, text != NULL };
	if (text == NULL)
		return 0;
	out->items =
	    arena_take_array(r->arena, LIST_MAX, sizeof(*out->items), r->why);
	if (out->items == NULL)
		return -1;
	for (;; text++) {
		if (out->count == LIST_MAX)
			return wrong(r, col, "more than 64 items");
		v.at = (const uint8_t *)text;
		v.len = strcspn(text, ";");
		text += v.len;
		trim(&v);
		out->items[out->count] =
		    arena_copy(r->arena, v.at, v.len, r->why);
		if (out->items[out->count++] == NULL)
			return -1;
		if (*text == '\0')
			return 0;
	}
}

/* An empty item, as after a last ;, says nothing; the same twice is odd. */
static int
take_list(const struct row *r, enum column col, struct texts *out)
{
	struct texts all;

	if (split(r, col, &all) == -1)
		return -1;
	*out = all;
	out->count = 0;
	for (size_t i = 0; i < all.count; i++) {
		if (all.items[i][0] == '\0')
			continue;
		for (size_t k = 0; k < out->count; k++)
			if (strcmp(out->items[k], all.items[i]) == 0)
				return wrong(r, col,
				    "the same stands there twice");
		out->items[out->count++] = all.items[i];
	}
	return 0;
}

static int
take_categories(const struct row *r)
{
	struct texts *list = &r->out->info_categories;
	int ignored;

	if (take_list(r, COLUMN_INFO_CATEGORIES, list) == -1)
		return -1;
	for (size_t i = 0; i < list->count; i++)
		if (!consent_word_read(CONSENT_WORDS_CATEGORY, list->items[i],
			&ignored))
			return not_a_word(r, COLUMN_INFO_CATEGORIES);
	return 0;
}

/* Who agreed, and how each is related: the two lists go side by side. */
static int
take_givers(const struct row *r)
{
	struct consent *out = r->out;
	struct texts roles, relations;
	const char *relation;
	int value;

	if (split(r, COLUMN_GIVEN_BY, &roles) == -1 ||
	    split(r, COLUMN_RELATION, &relations) == -1)
		return -1;
	if (roles.count == 0 && relations.count > 0)
		return wrong(r, COLUMN_RELATION,
		    "there is no giver for it in given_by");
	if (roles.count == 0)
		return 0;
	out->given_by = arena_take_array(r->arena, roles.count,
	    sizeof(*out->given_by), r->why);
	if (out->given_by == NULL)
		return -1;
	for (size_t i = 0; i < roles.count || i < relations.count; i++) {
		relation = i < relations.count ? relations.items[i] : "";
		if ((i >= roles.count || roles.items[i][0] == '\0') &&
		    relation[0] != '\0')
			return wrong(r, COLUMN_RELATION,
			    "there is no giver for it in given_by");
		if (i >= roles.count || roles.items[i][0] == '\0')
			continue;
		if (!consent_word_read(CONSENT_WORDS_ROLE, roles.items[i],
			&value))
			return not_a_word(r, COLUMN_GIVEN_BY);
		out->given_by[out->given_by_count++] = (struct consent_giver){
			.role = (enum consent_role)value,
			.relation = relation[0] != '\0' ? relation : NULL,
			.on = DAY_UNKNOWN,
		};
	}
	return 0;
}

/* The same row always has the same id, wherever it stands in the file. */
static int
take_identity(const struct row *r)
{
	char id[RANDOM_UUID];
	struct bytes says;
	struct sink *to;
	struct jsonout o;
	int rc = -1;

	bytes_init(&says, (size_t)ROW_MAX * 8);
	if ((to = bytes_sink_new(&says, r->why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	consent_write(&o, NULL, r->out);
	if (jsonout_end(&o, r->why) == -1 || sink_finish(to, r->why) == -1)
		goto done;
	random_named_uuid(RECORD_SPACE, (const char *)says.at, id);
	r->out->record_id = arena_copy(r->arena, id, strlen(id), r->why);
	rc = r->out->record_id == NULL ? -1 : 0;

done:
	sink_free(to);
	bytes_free(&says);
	return rc;
}

static bool
is_empty_row(const struct consent_csv *c)
{
	for (size_t i = 0; i < c->cell_count; i++)
		if (unwrap(c, i).len > 0)
			return false;
	return !c->too_many;
}

static int
read_cells(struct row *r)
{
	const struct consent_csv *c = r->csv;

	if (c->too_many)
		return FAIL(r->why, FAULT_CONSENT_FORM,
		    "line %" PRIu64 ": more than %d cells", c->row_line,
		    CELLS_MAX);
	for (size_t i = 0; i < c->column_count; i++) {
		if (c->columns[i] == COLUMN_UNNAMED)
			continue;
		r->cell[c->columns[i]] = i;
		if (read_cell(r, i, &r->value[c->columns[i]]) == -1)
			return -1;
	}
	for (size_t i = 0; i < c->cell_count; i++)
		if ((i >= c->column_count || c->columns[i] == COLUMN_UNNAMED) &&
		    unwrap(c, i).len > 0)
			return wrong_cell(c, i,
			    "something stands there, and the column has no "
			    "name",
			    r->why);
	return 0;
}

static int
take_row(struct consent_csv *c, struct arena *a, struct consent *out,
    struct fault *why)
{
	struct row r = { .csv = c, .arena = a, .out = out, .why = why };

	consent_clear(out);
	if (read_cells(&r) == -1 || take_subject(&r) == -1 ||
	    take_status(&r) == -1 || take_words(&r) == -1 ||
	    take_givers(&r) == -1 ||
	    take_day(&r, COLUMN_GIVEN_ON, &out->given_on) == -1 ||
	    take_day(&r, COLUMN_EXPIRES_ON, &out->expires_on) == -1 ||
	    take_list(&r, COLUMN_RECIPIENTS, &out->recipients) == -1 ||
	    take_list(&r, COLUMN_SERVICES, &out->services) == -1 ||
	    take_categories(&r) == -1)
		return -1;
	out->basis = r.value[COLUMN_BASIS];
	out->taken_by_role = r.value[COLUMN_TAKEN_BY_ROLE];
	out->language = r.value[COLUMN_LANGUAGE];
	out->notice_version = r.value[COLUMN_NOTICE_VERSION];
	out->purpose = r.value[COLUMN_PURPOSE];
	return take_identity(&r);
}

/* --- the first row --- */

/* A name from outside is repeated only if it is a plain and short word. */
static int
unknown_name(const struct consent_csv *c, size_t cell, const struct view_of *v,
    struct fault *why)
{
	bool plain = v->len < NAME_ROOM;

	for (size_t i = 0; plain && i < v->len; i++)
		plain = v->at[i] >= 0x20 && v->at[i] < 0x7f;
	return FAIL(why, FAULT_CONSENT_FORM,
	    "line %" PRIu64 ", column %zu%s%.*s%s: no column is called so",
	    c->row_line, cell + 1, plain ? " (" : "", plain ? (int)v->len : 0,
	    (const char *)v->at, plain ? ")" : "");
}

static int
take_names(struct consent_csv *c, struct fault *why)
{
	bool seen[COLUMNS] = { false };
	size_t last = 0;

	for (size_t i = 0; i < c->cell_count; i++) {
		struct view_of v = unwrap(c, i);

		c->columns[i] = COLUMN_UNNAMED;
		if (v.len == 0)
			continue;
		last = i + 1;
		c->columns[i] = column_called(v.at, v.len);
		if (c->columns[i] == COLUMNS)
			return unknown_name(c, i, &v, why);
		if (seen[c->columns[i]])
			return FAIL(why, FAULT_CONSENT_FORM,
			    "line %" PRIu64 ", column %zu (%s): there are two "
			    "columns of this name",
			    c->row_line, i + 1, column_names[c->columns[i]]);
		seen[c->columns[i]] = true;
	}
	if (last > COLUMNS_MAX || c->too_many)
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line %" PRIu64 ": more than %d columns", c->row_line,
		    COLUMNS_MAX);
	c->column_count = last;
	if (!seen[COLUMN_CASE_ID] || !seen[COLUMN_STATUS])
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line %" PRIu64 ": no column is called %s", c->row_line,
		    seen[COLUMN_CASE_ID] ? "status" : "case_id");
	return 0;
}

/* What other programs save when they are not asked for CSV in UTF-8. */
static int
refuse_others(const uint8_t *head, size_t len, struct fault *why)
{
	if (len >= 4 &&
	    (memcmp(head, "PK\3\4", 4) == 0 ||
		memcmp(head, "\xd0\xcf\x11\xe0", 4) == 0))
		return FAIL(why, FAULT_CONSENT_FORM,
		    "this is a workbook: save the sheet as \"CSV UTF-8\"");
	if (len > 0 && memchr(head, '\0', len) != NULL)
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line 1: the file is not in UTF-8: save it as \"CSV "
		    "UTF-8\"");
	return 0;
}

static int
start(struct consent_csv *c, struct fault *why)
{
	size_t skip;
	int got;

	c->line = 1;
	if (refill(c, why) == -1 ||
	    refuse_others(c->buffer, c->have, why) == -1)
		return -1;
	c->delimiter = find_delimiter(c->buffer, c->have, &skip);
	if (c->delimiter == 0)
		return FAIL(why, FAULT_CONSENT_FORM,
		    "line 1: no column is called case_id");
	/* Behind the mark and `sep=;`; the line break there is read as any. */
	c->at = skip;
	c->offset = skip;
	if (start_parser(c, why) == -1)
		return -1;
	do {
		if ((got = next_row(c, why)) == -1)
			return -1;
	} while (got == 1 && is_empty_row(c));
	return take_names(c, why);
}

struct consent_csv *
consent_csv_new(struct source *from, struct fault *why)
{
	struct consent_csv *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "consent register");
		return NULL;
	}
	c->from = from;
	bytes_init(&c->text, ROW_MAX);
	if (start(c, why) == -1) {
		consent_csv_free(c);
		return NULL;
	}
	return c;
}

void
consent_csv_free(struct consent_csv *c)
{
	if (c == NULL)
		return;
	stop_parser(c);
	bytes_free(&c->text);
	platform_wipe(c->buffer, sizeof(c->buffer));
	free(c);
}

int
consent_csv_next(struct consent_csv *c, struct arena *a, struct consent *out,
    uint64_t *offset, uint64_t *line, struct fault *why)
{
	int got;

	do {
		got = next_row(c, why);
		*offset = c->row_offset;
		*line = c->row_line;
		if (got != 1)
			return got;
	} while (is_empty_row(c));
	return take_row(c, a, out, why) == -1 ? -1 : 1;
}

void
consent_csv_resume(struct consent_csv *c, struct source *from, uint64_t offset,
    uint64_t line)
{
	unsigned char options = (unsigned char)csv_get_opts(&c->parser);

	c->from = from;
	c->have = 0;
	c->at = 0;
	c->offset = offset;
	c->line = line;
	c->after_cr = false;
	c->held = false;
	c->failed = false;
	c->ended = false;
	/*
	 * A parser that broke off within a row is brought back to a start; no
	 * strictness, so that it has nothing to say about what was cut.
	 */
	(void)csv_set_opts(&c->parser, 0);
	(void)csv_fini(&c->parser, NULL, NULL, NULL);
	(void)csv_set_opts(&c->parser, options);
}
