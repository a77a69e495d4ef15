#include "formats/jsonitems.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsongate.h"

#define PIECE ((size_t)16 * 1024)
#define NO_DATA "No Data Available" /* PING writes this in place of a list */
#define AT_END (-1)		    /* in place of a byte */

enum state {
	STATE_START,
	STATE_FIRST_ITEM, /* behind "[" */
	STATE_MORE_ITEMS, /* behind an item */
	STATE_LISTS,	  /* behind a list that stood alone */
	STATE_DATA,	  /* before the value of "data" */
	STATE_ANSWER,	  /* behind that value */
	STATE_OVER,	  /* nothing may follow */
	STATE_END,
};

struct jsonitems {
	struct source *from;	 /* borrowed */
	struct bytes held;	 /* read and still needed */
	size_t at;		 /* of the next byte not taken, in held */
	bool keeping;		 /* what was taken is needed again */
	bool dry;		 /* the source has ended */
	struct json_place place; /* of held.at[at] */
	enum state state;
	enum jsonitems_shape shape;
	size_t number;
	size_t record_bytes; /* of the record last given */
	/*
	 * The names around the records, as an object {"a":0,"b":0}: what the
	 * gate says of it is what it would say of the whole answer.
	 */
	struct bytes names;
	size_t name_at; /* where in names the last one begins */
	size_t name_len;
	/* Those of them that are short, with their values, and read. */
	struct bytes kept;
	struct json *around;
	/* The others, each with 0, and read. */
	struct bytes passed;
	struct json *longs;
};

struct jsonitems *
jsonitems_new(struct source *from, struct fault *why)
{
	struct jsonitems *i = calloc(1, sizeof(*i));

	if (i == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "reading records");
		return NULL;
	}
	i->from = from;
	i->place = (struct json_place){ 1, 1 };
	i->shape = JSONITEMS_NONE;
	/* A record, and the piece it ends in. */
	bytes_init(&i->held, JSONITEMS_RECORD_MAX + PIECE);
	bytes_init(&i->names, JSONITEMS_RECORD_MAX);
	bytes_init(&i->kept, JSONITEMS_RECORD_MAX);
	bytes_init(&i->passed, JSONITEMS_RECORD_MAX);
	return i;
}

void
jsonitems_free(struct jsonitems *items)
{
	if (items == NULL)
		return;
	bytes_free(&items->held);
	bytes_free(&items->names);
	bytes_free(&items->kept);
	bytes_free(&items->passed);
	json_free(items->around);
	json_free(items->longs);
	free(items);
}

enum jsonitems_shape
jsonitems_shape(const struct jsonitems *items)
{
	return items->shape;
}

size_t
jsonitems_record_bytes(const struct jsonitems *items)
{
	return items->record_bytes;
}

const struct json_node *
jsonitems_around(const struct jsonitems *items, const char *name)
{
	if (items->around == NULL || items->state != STATE_END)
		return NULL;
	return json_get(json_root(items->around), name);
}

bool
jsonitems_is_long(const struct jsonitems *items, const char *name)
{
	return items->longs != NULL && items->state == STATE_END &&
	    json_get(json_root(items->longs), name) != NULL;
}

static void
drop_taken(struct jsonitems *i)
{
	if (i->at == 0)
		return;
	i->held.len -= i->at;
	memmove(i->held.at, i->held.at + i->at, i->held.len + 1);
	i->at = 0;
}

/* Hold one piece more, if there is one. */
static int
hold_more(struct jsonitems *i, struct fault *why)
{
	uint8_t piece[PIECE];
	size_t got;

	if (!i->keeping)
		drop_taken(i);
	if (source_fill(i->from, piece, sizeof(piece), &got, why) == -1)
		return -1;
	if (got < sizeof(piece))
		i->dry = true;
	return bytes_add(&i->held, piece, got, why);
}

/* The byte that many behind the next one, or AT_END. */
static int
look(struct jsonitems *i, size_t ahead, int *c, struct fault *why)
{
	*c = AT_END;
	while (i->held.len - i->at <= ahead) {
		if (i->dry)
			return 0;
		if (hold_more(i, why) == -1)
			return -1;
	}
	*c = i->held.at[i->at + ahead];
	return 0;
}

static void
take(struct jsonitems *i, size_t len)
{
	jsongate_advance(&i->place, i->held.at + i->at, len);
	i->at += len;
}

/* The next byte that is not white space, not taken. */
static int
peek(struct jsonitems *i, int *c, struct fault *why)
{
	for (;;) {
		if (look(i, 0, c, why) == -1)
			return -1;
		if (*c != ' ' && *c != '\t' && *c != '\n' && *c != '\r')
			return 0;
		take(i, 1);
	}
}

static int
unexpected(const struct jsonitems *i, int c, struct fault *why)
{
	return jsongate_fault(why, &i->place,
	    c == AT_END ? "an end that comes too early" :
			  "something where it cannot be");
}

/* How far into a value we are, by its brackets and quotes alone. */
struct extent {
	size_t len;
	size_t depth;
	bool quoted;
	bool escaped;
};

/* Count c in, unless the value ended before it.  True at the end. */
static bool
extend(struct extent *e, int c)
{
	if (!e->quoted && e->depth == 0 && e->len > 0 &&
	    strchr(",:]} \t\r\n", c) != NULL)
		return true;
	e->len++;
	if (e->quoted) {
		e->quoted = e->escaped || c != '"';
		e->escaped = !e->escaped && c == '\\';
		return !e->quoted && e->depth == 0;
	}
	if (c == '"')
		e->quoted = true;
	else if (c == '{' || c == '[')
		e->depth++;
	else if ((c == '}' || c == ']') && e->depth > 0)
		return --e->depth == 0;
	return false;
}

/*
 * How long the value is that begins here, or what there is of it at the end of
 * the file: the gate then says whether it is one.
 */
static int
value_length(struct jsonitems *i, size_t *len, struct fault *why)
{
	struct extent e = { 0 };
	int c;

	do {
		if (e.len == JSONITEMS_RECORD_MAX)
			return FAIL(why, FAULT_SOURCE_TOO_LARGE,
			    "line %zu: more than %d bytes in one record",
			    i->place.line, JSONITEMS_RECORD_MAX);
		if (look(i, e.len, &c, why) == -1)
			return -1;
	} while (c != AT_END && !extend(&e, c));
	*len = e.len;
	return 0;
}

/* Hold a whole value and check it, without taking it. */
static int
check_value(struct jsonitems *i, size_t *len, struct fault *why)
{
	int c;

	*len = 0;
	if (peek(i, &c, why) == -1)
		return -1;
	if (c == AT_END)
		return unexpected(i, c, why);
	if (value_length(i, len, why) == -1)
		return -1;
	return json_check_at(i->held.at + i->at, *len, &json_foreign, &i->place,
	    why);
}

/* Take a value that is of no further interest. */
static int
pass_value(struct jsonitems *i, struct fault *why)
{
	size_t len;

	if (check_value(i, &len, why) == -1)
		return -1;
	take(i, len);
	return 0;
}

/* Add the last name with this value to an object that grows in out. */
static int
add_member(const struct jsonitems *i, struct bytes *out, const void *value,
    size_t len, struct fault *why)
{
	if (bytes_add_text(out, out->len == 0 ? "{" : ",", why) == -1 ||
	    bytes_add(out, i->names.at + i->name_at, i->name_len, why) == -1 ||
	    bytes_add_text(out, ":", why) == -1)
		return -1;
	return bytes_add(out, value, len, why);
}

/*
 * Take the value of the last name; if both are short, keep them.  That a name
 * was there is kept even if its value is not.
 */
static int
keep_value(struct jsonitems *i, struct fault *why)
{
	size_t len;
	int rc;

	if (check_value(i, &len, why) == -1)
		return -1;
	if (i->name_len + len <= JSONITEMS_AROUND_MAX)
		rc = add_member(i, &i->kept, i->held.at + i->at, len, why);
	else
		rc = add_member(i, &i->passed, "0", 1, why);
	if (rc == -1)
		return -1;
	take(i, len);
	return 0;
}

/* Take a value of *len bytes and read it. */
static int
read_value(struct jsonitems *i, struct json **out, size_t *len,
    struct fault *why)
{
	if (value_length(i, len, why) == -1 ||
	    json_read_at(i->held.at + i->at, *len, &json_foreign, &i->place,
		out, why) == -1)
		return -1;
	take(i, *len);
	return 0;
}

static int
take_record(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	if (read_value(i, record, &i->record_bytes, why) == -1)
		return -1;
	*number = ++i->number;
	return 1;
}

/* Note one of the names around the records. */
static int
note_name(struct jsonitems *i, const void *quoted, size_t len,
    struct fault *why)
{
	const char *before = i->names.len == 0 ? "{" : ",";

	if (bytes_add_text(&i->names, before, why) == -1)
		return -1;
	i->name_at = i->names.len;
	i->name_len = len;
	if (bytes_add(&i->names, quoted, len, why) == -1)
		return -1;
	return bytes_add_text(&i->names, ":0", why);
}

/* A name and its colon; *data tells whether the records are under it. */
static int
take_name(struct jsonitems *i, bool *data, struct fault *why)
{
	struct json *name = NULL;
	const char *text;
	size_t len;
	int c;
	int rc = -1;

	if (peek(i, &c, why) == -1)
		return -1;
	if (c != '"')
		return unexpected(i, c, why);
	if (value_length(i, &len, why) == -1 ||
	    json_read_at(i->held.at + i->at, len, &json_foreign, &i->place,
		&name, why) == -1)
		return -1;
	text = json_text(json_root(name));
	*data = strcmp(text, "data") == 0 || strcmp(text, "Data") == 0 ||
	    strcmp(text, "interventions") == 0;
	if (note_name(i, i->held.at + i->at, len, why) == -1)
		goto done;
	take(i, len);
	if (peek(i, &c, why) == -1)
		goto done;
	if (c != ':') {
		(void)unexpected(i, c, why);
		goto done;
	}
	take(i, 1);
	rc = 0;

done:
	json_free(name);
	return rc;
}

/*
 * From "{" to the value of "data" (*found), or to the end of the object, all
 * of which is kept: without such a member it is itself the record.
 */
static int
find_data(struct jsonitems *i, bool *found, struct fault *why)
{
	int c;

	take(i, 1);
	*found = false;
	if (peek(i, &c, why) == -1)
		return -1;
	while (c != '}') {
		if (take_name(i, found, why) == -1)
			return -1;
		if (*found)
			return 0;
		if (keep_value(i, why) == -1 || peek(i, &c, why) == -1)
			return -1;
		if (c != '}' && c != ',')
			return unexpected(i, c, why);
		if (c == ',') {
			take(i, 1);
			c = '"';
		}
	}
	take(i, 1);
	return 0;
}

/* An object at the top: an answer, or a record by itself (1). */
static int
start_object(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	struct json_place place = i->place;
	bool data;

	drop_taken(i);
	i->keeping = true;
	if (find_data(i, &data, why) == -1)
		return -1;
	i->keeping = false;
	if (data) {
		i->shape = JSONITEMS_DATA;
		i->state = STATE_DATA;
		return 0;
	}
	if (i->at > JSONITEMS_RECORD_MAX)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "more than %d bytes in one record", JSONITEMS_RECORD_MAX);
	if (json_read_at(i->held.at, i->at, &json_foreign, &place, record,
		why) == -1)
		return -1;
	i->shape = JSONITEMS_OBJECT;
	i->state = STATE_OVER;
	i->record_bytes = i->at;
	*number = ++i->number;
	return 1;
}

static int
start(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	int c;

	/* Windows tools put a byte order mark at the start of a file. */
	if (look(i, 2, &c, why) == -1)
		return -1;
	if (c != AT_END && memcmp(i->held.at, "\xef\xbb\xbf", 3) == 0)
		i->at = 3;
	if (peek(i, &c, why) == -1)
		return -1;
	switch (c) {
	case AT_END:
		i->state = STATE_END;
		return 0;
	case '[':
		take(i, 1);
		i->shape = JSONITEMS_LISTS;
		i->state = STATE_FIRST_ITEM;
		return 0;
	case '{':
		return start_object(i, record, number, why);
	default:
		return FAIL(why, FAULT_SOURCE_FORM,
		    "the file begins with neither a list nor an object");
	}
}

/* An item of a list: nothing but an object is a record. */
static int
item(struct jsonitems *i, int c, struct json **record, size_t *number,
    struct fault *why)
{
	if (c == '{') {
		i->state = STATE_MORE_ITEMS;
		return take_record(i, record, number, why);
	}
	/* What is no value at all is said to be so. */
	if (pass_value(i, why) == -1)
		return -1;
	return FAIL(why, FAULT_SOURCE_FORM, "item %zu is not an object",
	    i->number + 1);
}

static int
next_item(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	int c;

	if (peek(i, &c, why) == -1)
		return -1;
	if (c == ']') {
		take(i, 1);
		i->state =
		    i->shape == JSONITEMS_DATA ? STATE_ANSWER : STATE_LISTS;
		return 0;
	}
	if (i->state == STATE_MORE_ITEMS) {
		if (c != ',')
			return unexpected(i, c, why);
		take(i, 1);
		if (peek(i, &c, why) == -1)
			return -1;
	}
	if (c == AT_END)
		return unexpected(i, c, why);
	return item(i, c, record, number, why);
}

static int
no_data(struct jsonitems *i, struct fault *why)
{
	struct json *said = NULL;
	size_t len;
	bool none;

	if (read_value(i, &said, &len, why) == -1)
		return -1;
	none = strcmp(json_text(json_root(said)), NO_DATA) == 0;
	json_free(said);
	if (!none)
		return FAIL(why, FAULT_SOURCE_FORM,
		    "a text where the records should be");
	return 0;
}

static int
data(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	int c;

	if (peek(i, &c, why) == -1)
		return -1;
	i->state = STATE_ANSWER;
	switch (c) {
	case AT_END:
		return unexpected(i, c, why);
	case '[':
		take(i, 1);
		i->state = STATE_FIRST_ITEM;
		return 0;
	case '{':
		return take_record(i, record, number, why);
	case '"':
		return no_data(i, why);
	default:
		if (pass_value(i, why) == -1)
			return -1;
		return FAIL(why, FAULT_SOURCE_FORM,
		    "neither a list nor an object where the records should be");
	}
}

/* Close an object that grew, and read it; there may be none. */
static int
close_members(struct bytes *text, const struct json_limits *limits,
    struct json **out, struct fault *why)
{
	if (text->len == 0)
		return 0;
	if (bytes_add_text(text, "}", why) == -1)
		return -1;
	return json_read(text->at, text->len, limits, out, why);
}

/* The object around the records has ended. */
static int
end_of_answer(struct jsonitems *i, struct fault *why)
{
	/* Every value was checked alone; here it lies one level deeper. */
	static const struct json_limits limits = {
		.bytes = JSONITEMS_RECORD_MAX,
		.string = JSONITEMS_RECORD_MAX,
		.depth = 64,
	};

	if (bytes_add_text(&i->names, "}", why) == -1)
		return -1;
	if (json_check(i->names.at, i->names.len, &limits, why) == -1) {
		/* All else was checked: it can only be a name that is twice. */
		if (why->id == FAULT_JSON)
			fault_set(why, FAULT_JSON,
			    "two members of the outermost object have the same "
			    "name");
		return -1;
	}
	i->state = STATE_OVER;
	if (close_members(&i->kept, &limits, &i->around, why) == -1)
		return -1;
	return close_members(&i->passed, &limits, &i->longs, why);
}

/* The members behind "data", of which none may be that again. */
static int
rest_of_answer(struct jsonitems *i, struct fault *why)
{
	bool again = false;
	int c;

	for (;;) {
		if (peek(i, &c, why) == -1)
			return -1;
		if (c == '}')
			break;
		if (c != ',')
			return unexpected(i, c, why);
		take(i, 1);
		if (take_name(i, &again, why) == -1)
			return -1;
		if (again)
			return jsongate_fault(why, &i->place,
			    "a second member for the records");
		if (keep_value(i, why) == -1)
			return -1;
	}
	take(i, 1);
	return end_of_answer(i, why);
}

/* Between lists, and after everything. */
static int
after(struct jsonitems *i, struct fault *why)
{
	int c;

	if (peek(i, &c, why) == -1)
		return -1;
	if (c == AT_END) {
		i->state = STATE_END;
		return 0;
	}
	if (i->state == STATE_OVER || c != '[')
		return jsongate_fault(why, &i->place,
		    "something after the end");
	take(i, 1);
	i->state = STATE_FIRST_ITEM;
	return 0;
}

static int
step(struct jsonitems *i, struct json **record, size_t *number,
    struct fault *why)
{
	switch (i->state) {
	case STATE_START:
		return start(i, record, number, why);
	case STATE_FIRST_ITEM:
	case STATE_MORE_ITEMS:
		return next_item(i, record, number, why);
	case STATE_DATA:
		return data(i, record, number, why);
	case STATE_ANSWER:
		return rest_of_answer(i, why);
	case STATE_LISTS:
	case STATE_OVER:
		return after(i, why);
	case STATE_END:
		break;
	}
	return 0;
}

int
jsonitems_next(struct jsonitems *items, struct json **record, size_t *number,
    struct fault *why)
{
	int rc = 0;

	*record = NULL;
	while (rc == 0 && items->state != STATE_END)
		rc = step(items, record, number, why);
	return rc;
}
