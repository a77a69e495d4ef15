#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "cli/sources.h"
#include "crypto/digest.h"
#include "export/consents.h"
#include "formats/consent.h"
#include "formats/consent_answer.h"
#include "formats/consent_csv.h"
#include "formats/json.h"
#include "formats/ndjson.h"
#include "formats/progres.h"
#include "formats/progres_names.h"

#define RECORD_ROOM ((size_t)8 * 1024 * 1024)
#define NAME_ROOM 256
#define HASH 16
#define FIRST_ROOM 1024
#define NO_CASE SIZE_MAX
#define SHOWN_MAX 20 /* numbers of a list that people are shown */
#define LINES_ROOM ((size_t)SHOWN_MAX * 24)
#define ID_ROOM 64
#define SUBJECTS 3

/* What C-HAVE asks for. */
enum lack { LACKS_WHO = 1, LACKS_WHEN = 2, LACKS_HOW = 4 };

/* One record of the register, as little of it as can be compared. */
struct record {
	uint8_t subject[HASH];
	/* Of what was agreed: two of one subject that are unlike differ. */
	uint8_t answer[CONSENT_ANSWER];
	uint64_t line;
	size_t of_case; /* the first it fits, or NO_CASE */
	unsigned lacks;
	bool no;
	bool shared; /* it fits several */
};

/* One case of the system's files; known by its id, or by its place. */
struct one_case {
	uint8_t id[HASH];
	size_t place; /* from 0, through all files */
	char *name;
	bool known; /* the register has a record of it */
};

struct lines {
	uint64_t *at;
	size_t count;
};

struct check {
	struct say *say;
	const char *name; /* of the register */
	struct arena *arena;
	struct record *records;
	size_t count;
	size_t room;
	size_t wrong;
	bool compared;
	struct one_case *cases;
	size_t case_count;
	size_t case_room;
	const char **without; /* names of cases, borrowed */
	size_t without_count;
	struct lines drafts;
	struct lines differ;
	struct lines no_case;
	struct lines shared;
};

/* Room for one more; the list where it is now, or NULL. */
static void *
grow(void *list, size_t count, size_t *room, size_t size, struct fault *why)
{
	size_t more = *room == 0 ? FIRST_ROOM : *room * 2;
	void *larger;

	if (count < *room)
		return list;
	larger = more > SIZE_MAX / size ? NULL : realloc(list, more * size);
	if (larger == NULL)
		fault_set(why, FAULT_NO_MEMORY, "%zu records", count);
	else
		*room = more;
	return larger;
}

/* --- what is compared --- */

static bool
is_space(char c)
{
	return c != '\0' && strchr(" \t\r\n\v\f", c) != NULL;
}

/* Subjects are compared as the export does: text_number. */
static int
hash_subject(const struct check *c, const char *subject,
    uint8_t out[static HASH], struct fault *why)
{
	const char *number = text_number(c->arena, subject, why);
	uint8_t hash[32];
	struct digest *d;

	if (number == NULL || (d = digest_new(DIGEST_BLAKE2B_256, why)) == NULL)
		return -1;
	digest_add(d, number, strlen(number));
	digest_end(d, hash);
	digest_free(d);
	memcpy(out, hash, HASH);
	return 0;
}

/* --- the register --- */

/* Only of a yes are who, when and how asked for. */
static unsigned
what_lacks(const struct consent *c)
{
	unsigned lacks = 0;

	if (c->status != CONSENT_GIVEN)
		return 0;
	if (c->given_by_count == 0)
		lacks |= LACKS_WHO;
	if (c->given_on == DAY_UNKNOWN)
		lacks |= LACKS_WHEN;
	if (c->method == CONSENT_METHOD_UNKNOWN)
		lacks |= LACKS_HOW;
	return lacks;
}

static int
add_record(struct check *c, const struct consent *record, uint64_t line,
    struct fault *why)
{
	struct record r = { .line = line,
		.of_case = NO_CASE,
		.lacks = what_lacks(record),
		.no = consents_no(record) };
	void *larger =
	    grow(c->records, c->count, &c->room, sizeof(*c->records), why);

	if (larger == NULL)
		return -1;
	c->records = larger;
	if (hash_subject(c, record->subject_ref, r.subject, why) == -1 ||
	    consent_answer_hash(record, r.answer, why) == -1)
		return -1;
	c->records[c->count++] = r;
	return 0;
}

/* One line that is wrong is told, and the others are still looked at. */
static int
tell_wrong(struct check *c, const struct fault *found, struct fault *why)
{
	if (found->id != FAULT_CONSENT_FORM) {
		*why = *found;
		return -1;
	}
	say_fault(c->say, c->name, found);
	c->wrong++;
	return 0;
}

static int
read_line(struct check *c, const struct bytes *line, size_t number,
    struct consent *out, struct fault *why)
{
	const struct json_place at = { number, 1 };
	struct json *j = NULL;
	struct fault found;
	int rc = -1;

	if (json_read_at(line->at, line->len, &json_record, &at, &j, &found) ==
	    -1) {
		if (found.id == FAULT_NO_MEMORY)
			*why = found;
		else /* the place is in its detail */
			fault_set(why, FAULT_CONSENT_FORM, "%s", found.detail);
		goto done;
	}
	if (consent_read(json_root(j), c->arena, out, FAULT_CONSENT_FORM,
		&found) == -1) {
		if (found.id == FAULT_NO_MEMORY)
			*why = found;
		else
			fault_set(why, FAULT_CONSENT_FORM, "line %zu: %s",
			    number, found.detail);
		goto done;
	}
	rc = 0;

done:
	json_free(j);
	return rc;
}

static int
read_lines(struct check *c, struct source *from, struct fault *why)
{
	struct ndjson_file file;
	struct consent record;
	struct fault found;
	struct bytes line;
	uint64_t offset;
	int got;

	bytes_init(&line, NDJSON_LINE_MAX + 2);
	ndjson_file_start(&file, from);
	while ((got = ndjson_file_next(&file, &line, &offset, why)) == 1) {
		arena_empty(c->arena);
		if (read_line(c, &line, file.number, &record, &found) == 0)
			got = add_record(c, &record, file.number, why);
		else
			got = tell_wrong(c, &found, why);
		if (got == -1)
			break;
	}
	bytes_free(&line);
	return got;
}

static int
read_table(struct check *c, struct source *from, struct fault *why)
{
	struct consent_csv *csv = consent_csv_new(from, why);
	struct consent record;
	struct fault found;
	uint64_t offset, line;
	int got = -1;

	if (csv == NULL)
		return -1;
	while ((got = consent_csv_next(csv, c->arena, &record, &offset, &line,
		    &found)) != 0) {
		if (got == 1)
			got = add_record(c, &record, line, why);
		else
			got = tell_wrong(c, &found, why);
		if (got == -1)
			break;
		arena_empty(c->arena);
	}
	consent_csv_free(csv);
	return got;
}

/* Records are objects, so { is the first thing in a register of them. */
static bool
is_table(const char *head, size_t len)
{
	size_t i = len >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < len && is_space(head[i]))
		i++;
	return i < len && head[i] != '{';
}

static int
read_register(struct check *c, int fd, struct fault *why)
{
	struct source *from = source_from_fd(fd, c->name, why);
	char head[4096];
	size_t len;
	int rc = -1;

	if (from == NULL ||
	    source_fill(from, head, sizeof(head), &len, why) == -1)
		goto done;
	if (lseek(fd, 0, SEEK_SET) == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "%.100s is not a file",
		    c->name);
		goto done;
	}
	if (is_table(head, len))
		rc = read_table(c, from, why);
	else
		rc = read_lines(c, from, why);

done:
	source_free(from);
	return rc;
}

/* --- the cases --- */

/* A number of a case, as a text or as digits; false if it says none. */
static bool
id_text(const struct json_node *n, char out[static ID_ROOM])
{
	const char *text = json_text(n);
	int64_t number;
	int len = 0;

	if (text != NULL) {
		while (is_space(*text))
			text++;
		len = snprintf(out, ID_ROOM, "%s", text);
	} else if (json_integer(n, &number)) {
		len = snprintf(out, ID_ROOM, "%" PRId64, number);
	}
	return len > 0 && len < ID_ROOM;
}

/* By what numbers a record of the register may name this case. */
struct numbers {
	char subject[SUBJECTS][ID_ROOM];
	size_t count;
	char id[ID_ROOM]; /* to name it to people; "": it has none */
};

static void
add_number_of(struct numbers *out, const struct json_node *n)
{
	if (id_text(n, out->subject[out->count]))
		out->count++;
}

static void
numbers_of_primero(const struct json_node *record, struct numbers *out)
{
	const struct json_node *data = json_get(record, "data");

	if (data == NULL || json_get(record, "case_id") != NULL)
		data = record;
	if (!id_text(json_get(data, "case_id"), out->id))
		out->id[0] = '\0';
	add_number_of(out, json_get(data, "case_id"));
	add_number_of(out, json_get(data, "case_id_display"));
	add_number_of(out, json_get(data, "unhcr_individual_no"));
}

/* The intervention names it: the person's own number is not for printing. */
static void
numbers_of_progres(const struct json_node *record, struct numbers *out)
{
	struct progres_names_said said[PROGRES_WHATS];
	const char *number = progres_number(record);

	if (number != NULL && strlen(number) < ID_ROOM)
		memcpy(out->id, number, strlen(number) + 1);
	progres_names_read(record, said);
	add_number_of(out, said[PROGRES_INDIVIDUAL].value);
}

/* The first record of that subject, or c->count. */
static size_t
first_of(const struct check *c, const uint8_t subject[static HASH])
{
	size_t low = 0, high = c->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (memcmp(c->records[middle].subject, subject, HASH) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Give the subject's records to this case.  One that a case has already is
 * nobody's own, unless it is the same case, or they are interventions of one
 * person.
 */
static void
give_records(struct check *c, const uint8_t subject[static HASH],
    bool of_person, struct one_case *to)
{
	for (size_t i = first_of(c, subject);
	     i < c->count && memcmp(c->records[i].subject, subject, HASH) == 0;
	     i++) {
		struct record *r = &c->records[i];

		if (of_person || r->no)
			to->known = true;
		if (r->of_case == NO_CASE)
			r->of_case = to->place;
		else if (r->of_case != to->place && !of_person)
			r->shared |=
			    memcmp(c->cases[r->of_case].id, to->id, HASH) != 0;
	}
}

static int
add_case(struct check *c, const struct numbers *numbers, bool of_person,
    struct fault *why)
{
	struct one_case one = { .place = c->case_count };
	char name[ID_ROOM];
	uint8_t subject[HASH];
	void *larger = grow(c->cases, c->case_count, &c->case_room,
	    sizeof(*c->cases), why);

	if (larger == NULL)
		return -1;
	c->cases = larger;
	arena_empty(c->arena);
	(void)snprintf(name, sizeof(name), "%s", numbers->id);
	if (name[0] == '\0')
		(void)snprintf(name, sizeof(name), "record %zu", one.place + 1);
	if (hash_subject(c, name, one.id, why) == -1)
		return -1;
	for (size_t i = 0; i < numbers->count; i++) {
		if (hash_subject(c, numbers->subject[i], subject, why) == -1)
			return -1;
		give_records(c, subject, of_person, &one);
	}
	if ((one.name = strdup(name)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu cases", c->case_count);
	c->cases[c->case_count++] = one;
	return 0;
}

static int
read_case(struct check *c, enum format format, const struct json_node *record,
    size_t number, struct fault *why)
{
	struct numbers numbers = { .count = 0 };

	switch (format) {
	case FORMAT_PRIMERO:
		numbers_of_primero(record, &numbers);
		break;
	case FORMAT_PING:
	case FORMAT_DTP:
		numbers_of_progres(record, &numbers);
		break;
	default:
		return FAIL(why, FAULT_SOURCE_UNKNOWN,
		    "record %zu: only a file of Primero or proGres holds cases",
		    number);
	}
	return add_case(c, &numbers, format != FORMAT_PRIMERO, why);
}

static int
read_cases(struct check *c, const struct source_file_order *order,
    struct progress *progress, struct fault *why)
{
	struct source_file *f = source_file_open(order, why);
	struct json *record;
	uint64_t done, all;
	size_t number;
	int got = -1;

	if (f == NULL)
		return -1;
	while ((got = source_file_next(f, &record, &number, why)) == 1) {
		got = read_case(c, source_file_format(f), json_root(record),
		    number, why);
		json_free(record);
		if (got == -1)
			break;
		source_file_at(f, &done, &all);
		progress_at(progress, done, all);
	}
	source_file_close(f);
	return got;
}

static int
by_subject(const void *left, const void *right)
{
	const struct record *a = left, *b = right;
	int order = memcmp(a->subject, b->subject, HASH);

	if (order != 0)
		return order;
	return a->line < b->line ? -1 : a->line > b->line;
}

static int
by_id(const void *left, const void *right)
{
	const struct one_case *a = left, *b = right;
	int order = memcmp(a->id, b->id, HASH);

	if (order != 0)
		return order;
	return a->place < b->place ? -1 : a->place > b->place;
}

static int
by_place(const void *left, const void *right)
{
	const struct one_case *a = left, *b = right;

	return a->place < b->place ? -1 : a->place > b->place;
}

/* A case is known by a record that is its own. */
static void
know_cases(struct check *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->records[i].of_case != NO_CASE && !c->records[i].shared)
			c->cases[c->records[i].of_case].known = true;
}

/* proGres writes a case once for each of its languages and needs. */
static void
unite_cases(struct check *c)
{
	size_t kept = 0;

	if (c->case_count == 0)
		return;
	qsort(c->cases, c->case_count, sizeof(*c->cases), by_id);
	for (size_t i = 1; i < c->case_count; i++) {
		struct one_case *first = &c->cases[kept];
		struct one_case *next = &c->cases[i];

		if (memcmp(first->id, next->id, HASH) != 0) {
			c->cases[++kept] = *next;
			continue;
		}
		first->known |= next->known;
		free(next->name);
	}
	c->case_count = kept + 1;
	qsort(c->cases, c->case_count, sizeof(*c->cases), by_place);
}

static int
compare(struct check *c, const struct args *args, int option, int password,
    struct fault *why)
{
	struct sources sources;
	struct progress *progress = NULL;
	int rc = -1;

	if (sources_read(&sources, args->many[option],
		(size_t)args->many_count[option], args->option[password],
		why) == -1)
		goto done;
	if (c->count > 0)
		qsort(c->records, c->count, sizeof(*c->records), by_subject);
	progress = progress_new("reading the cases", "B");
	for (size_t i = 0; i < sources.count; i++)
		if (read_cases(c, &sources.files[i], progress, why) == -1)
			goto done;
	know_cases(c);
	unite_cases(c);
	c->compared = true;
	rc = 0;

done:
	progress_free(progress);
	sources_forget(&sources);
	return rc;
}

/* --- what came of it --- */

/* Records of one case together; without cases, those of one subject. */
static int
by_case(const void *left, const void *right)
{
	const struct record *a = left, *b = right;

	if (a->of_case != b->of_case)
		return a->of_case < b->of_case ? -1 : 1;
	return by_subject(left, right);
}

static bool
same_case(const struct record *a, const struct record *b)
{
	if (a->of_case != b->of_case)
		return false;
	return a->of_case != NO_CASE ||
	    memcmp(a->subject, b->subject, HASH) == 0;
}

static int
by_line(const void *left, const void *right)
{
	const struct record *a = left, *b = right;

	return a->line < b->line ? -1 : a->line > b->line;
}

static int
by_number(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Add the lines from..to to differ if what they say is not the same. */
static void
judge_group(struct check *c, size_t from, size_t to)
{
	bool same = true;

	for (size_t i = from + 1; i < to; i++)
		same = same &&
		    memcmp(c->records[from].answer, c->records[i].answer,
			CONSENT_ANSWER) == 0;
	for (size_t i = from; !same && i < to; i++)
		c->differ.at[c->differ.count++] = c->records[i].line;
}

static int
sort_out(struct check *c, struct fault *why)
{
	size_t from = 0;

	c->drafts.at = calloc(c->count + 1, sizeof(uint64_t));
	c->differ.at = calloc(c->count + 1, sizeof(uint64_t));
	c->no_case.at = calloc(c->count + 1, sizeof(uint64_t));
	c->shared.at = calloc(c->count + 1, sizeof(uint64_t));
	c->without = calloc(c->case_count + 1, sizeof(*c->without));
	if (c->drafts.at == NULL || c->differ.at == NULL ||
	    c->no_case.at == NULL || c->shared.at == NULL || c->without == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "%zu records", c->count);
	for (size_t i = 0; i < c->case_count; i++)
		if (!c->cases[i].known)
			c->without[c->without_count++] = c->cases[i].name;
	if (c->count == 0)
		return 0;
	qsort(c->records, c->count, sizeof(*c->records), by_case);
	for (size_t i = 1; i <= c->count; i++)
		if (i == c->count ||
		    !same_case(&c->records[from], &c->records[i])) {
			judge_group(c, from, i);
			from = i;
		}
	qsort(c->differ.at, c->differ.count, sizeof(uint64_t), by_number);
	qsort(c->records, c->count, sizeof(*c->records), by_line);
	for (size_t i = 0; i < c->count; i++) {
		if (c->records[i].lacks != 0)
			c->drafts.at[c->drafts.count++] = c->records[i].line;
		if (c->records[i].of_case == NO_CASE)
			c->no_case.at[c->no_case.count++] = c->records[i].line;
		if (c->records[i].shared)
			c->shared.at[c->shared.count++] = c->records[i].line;
	}
	return 0;
}

/* Only so many of them, so that a long list stays readable. */
static void
write_lines(const struct lines *lines, char out[static LINES_ROOM])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < lines->count && i < SHOWN_MAX; i++)
		used += (size_t)snprintf(out + used, LINES_ROOM - used,
		    "%s%" PRIu64, i > 0 ? ", " : "", lines->at[i]);
}

static void
tell_lines(struct say *say, const struct lines *lines)
{
	char text[LINES_ROOM];

	write_lines(lines, text);
	if (lines->count > SHOWN_MAX)
		say_line(say, "  lines %s and %zu more (--json lists all)",
		    text, lines->count - SHOWN_MAX);
	else
		say_line(say, "  line%s %s", lines->count > 1 ? "s" : "", text);
}

static void
tell_drafts(const struct check *c)
{
	if (c->drafts.count == 0)
		return;
	say_notice(c->say,
	    "records that say yes without who, when or how: %zu (the referral "
	    "is held, unless its case says it)",
	    c->drafts.count);
	for (size_t i = 0; i < c->count; i++) {
		const struct record *r = &c->records[i];

		if (r->lacks != 0)
			say_line(c->say, "  line %" PRIu64 " lacks%s%s%s",
			    r->line,
			    (r->lacks & LACKS_WHO) != 0 ? " given_by" : "",
			    (r->lacks & LACKS_WHEN) != 0 ? " given_on" : "",
			    (r->lacks & LACKS_HOW) != 0 ? " method" : "");
	}
}

/* The lines stand in the sentence, for want of a list of their own. */
static void
tell_shared(const struct check *c)
{
	char text[LINES_ROOM];

	if (c->shared.count == 0)
		return;
	write_lines(&c->shared, text);
	say_notice(c->say,
	    "records whose number several cases bear: %zu (line%s %s%s): a no "
	    "counts for each of the cases, and a yes is held; name the case by "
	    "its case_id",
	    c->shared.count, c->shared.count > 1 ? "s" : "", text,
	    c->shared.count > SHOWN_MAX ? ", ..." : "");
}

static void
tell_cases(const struct check *c)
{
	if (!c->compared)
		return;
	say_line(c->say, "cases: %zu", c->case_count);
	if (c->no_case.count > 0) {
		say_notice(c->say,
		    "records that fit no case of the file: %zu (is a number "
		    "misspelt, or has a spreadsheet taken its zeros?)",
		    c->no_case.count);
		tell_lines(c->say, &c->no_case);
	}
	tell_shared(c);
	if (c->without_count == 0)
		return;
	say_notice(c->say, "cases without a record in the register: %zu%s",
	    c->without_count,
	    c->wrong > 0 ? " (or with one on a line that is wrong)" : "");
	for (size_t i = 0; i < c->without_count && i < SHOWN_MAX; i++)
		say_line(c->say, "  %s", c->without[i]);
	if (c->without_count > SHOWN_MAX)
		say_line(c->say, "  and %zu more (--json lists all)",
		    c->without_count - SHOWN_MAX);
}

static void
tell(const struct check *c)
{
	const struct said_consents said = {
		.records = c->count,
		.drafts = c->drafts.count,
		.wrong = c->wrong,
		.draft_lines = { c->drafts.at, c->drafts.count },
		.differ = { c->differ.at, c->differ.count },
		.compared = c->compared,
		.without_case = { c->no_case.at, c->no_case.count },
		.cases = c->case_count,
		.cases_without = c->without,
		.cases_without_count = c->without_count,
	};

	say_consents(c->say, &said);
	say_line(c->say, "records: %zu; lines that are wrong: %zu", c->count,
	    c->wrong);
	if (c->count + c->wrong == 0)
		say_notice(c->say, "the register holds no record");
	tell_drafts(c);
	if (c->differ.count > 0) {
		say_notice(c->say,
		    "records that differ from another one of their case: %zu "
		    "(any no counts; else the referral is held)",
		    c->differ.count);
		tell_lines(c->say, &c->differ);
	}
	tell_cases(c);
}

enum { OPT_CASES, OPT_ZIP_PASSWORD };

static int
open_register(const char *path, char name[static NAME_ROOM], int *fd,
    struct fault *why)
{
	struct folder *dir = NULL;

	if (folder_split(path, &dir, name, NAME_ROOM, why) == 0)
		*fd = folder_open_file(dir, name, why);
	folder_close(dir);
	return *fd == -1 ? -1 : 0;
}

static void
forget(struct check *c)
{
	for (size_t i = 0; i < c->case_count; i++)
		free(c->cases[i].name);
	free(c->cases);
	free(c->without);
	free(c->records);
	free(c->drafts.at);
	free(c->differ.at);
	free(c->no_case.at);
	free(c->shared.at);
	arena_free(c->arena);
}

static int
run_consent_check(const struct args *args, struct say *say, struct fault *why)
{
	struct check c = { .say = say };
	char name[NAME_ROOM];
	int fd = -1, rc = -1;

	c.name = name;
	if (open_register(args->operands[0], name, &fd, why) == -1 ||
	    (c.arena = arena_new(RECORD_ROOM, why)) == NULL ||
	    read_register(&c, fd, why) == -1)
		goto done;
	if (args->given[OPT_CASES] &&
	    compare(&c, args, OPT_CASES, OPT_ZIP_PASSWORD, why) == -1)
		goto done;
	if (sort_out(&c, why) == -1)
		goto done;
	tell(&c);
	rc = 0;

done:
	if (fd != -1)
		(void)close(fd);
	forget(&c);
	return rc;
}

const struct command cmd_consent_check = {
	.name = "consent check",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "look through a consent register before it is used",
	.more = "FILE is a table (CSV) or one record a line (NDJSON).  Every "
		"line that is wrong is named with what is wrong in it.  With "
		"--cases it also tells which records fit no case, and which "
		"cases have no record.  Needs no node; exit status 0, 3 or 5.",
	.options = {
		[OPT_CASES] = { .name = "cases", .value = "[FORMAT:]FILE",
		    .gist = "what the system wrote", .times = OPTION_MANY },
		[OPT_ZIP_PASSWORD] = { .name = "zip-password-file",
		    .value = "FILE",
		    .gist = "its first line opens a locked zip" },
	},
	.run = run_consent_check,
};
