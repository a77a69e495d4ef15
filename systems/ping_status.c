#include "systems/ping_status.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "formats/decision.h"
#include "formats/json.h"
#include "formats/source_value.h"
#include "systems/ping_text.h"

#define NO_DATA "No Data Available"
#define INNER_MAX 4 /* JSON in a string in JSON in a string */
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * "Processed" and "Completed" are not among them: they are also said of what
 * was processed and refused.  "Accepted" is what a queue says.
 */
static const struct {
	const char *word;
	enum ping_status status;
} words[] = {
	{ "success", PING_STATUS_TAKEN },
	{ "succeeded", PING_STATUS_TAKEN },
	{ "successful", PING_STATUS_TAKEN },
	{ "created", PING_STATUS_TAKEN },
	{ "pending", PING_STATUS_PENDING },
	{ "queued", PING_STATUS_PENDING },
	{ "received", PING_STATUS_PENDING },
	{ "accepted", PING_STATUS_PENDING },
	{ "processing", PING_STATUS_PENDING },
	{ "in progress", PING_STATUS_PENDING },
	{ "inprogress", PING_STATUS_PENDING },
	{ "failed", PING_STATUS_REFUSED },
	{ "failure", PING_STATUS_REFUSED },
	{ "rejected", PING_STATUS_REFUSED },
};

static const char *const status_names[] = { "status", "recordstatus",
	"ingestionstatus", "processingstatus" };

/* What was found in the entry so far. */
struct entry {
	const char *external_id;
	const char *transaction;
	bool has_status;
	enum ping_status status;
	bool differs; /* two words, or it is about another record */
	bool has_error;
	char word[PING_STATUS_CODE];
	char code[PING_STATUS_CODE];
};

const char *
ping_status_name(enum ping_status s)
{
	static const char *const names[] = {
		[PING_STATUS_UNKNOWN] = "unknown",
		[PING_STATUS_PENDING] = "pending",
		[PING_STATUS_TAKEN] = "taken",
		[PING_STATUS_REFUSED] = "refused",
		[PING_STATUS_UNREADABLE] = "unreadable",
	};

	return names[s];
}

static bool
is_status_name(const char *name)
{
	for (size_t i = 0; i < COUNT(status_names); i++)
		if (text_same_loosely(name, status_names[i]))
			return true;
	return false;
}

static enum ping_status
meaning(const struct json_node *n)
{
	const char *word = json_text(n);

	for (size_t i = 0; word != NULL && i < COUNT(words); i++)
		if (text_same_loosely(word, words[i].word))
			return words[i].status;
	return PING_STATUS_UNKNOWN;
}

/* Kept only if it can be shown where nothing about a person may be. */
static void
keep_code(const struct json_node *n, char out[static PING_STATUS_CODE])
{
	char text[PING_STATUS_CODE] = "";
	int64_t number;

	if (json_integer(n, &number))
		(void)snprintf(text, sizeof(text), "%" PRId64, number);
	else if (json_text(n) != NULL && strlen(json_text(n)) < sizeof(text))
		(void)snprintf(text, sizeof(text), "%s", json_text(n));
	if (decision_code_to_show(text) != NULL)
		memcpy(out, text, sizeof(text));
}

/* An error member that says there is none. */
static bool
is_nothing(const struct json_node *n)
{
	const char *text = json_text(n);
	int64_t number;
	bool yes;

	if (source_value_absent(n))
		return true;
	if (json_integer(n, &number))
		return number == 0;
	if (json_boolean(n, &yes))
		return !yes;
	if (text != NULL)
		return strcmp(text, "0") == 0 ||
		    text_same_loosely(text, "none") ||
		    text_same_loosely(text, "false");
	return (json_kind(n) == JSON_LIST || json_kind(n) == JSON_OBJECT) &&
	    json_count(n) == 0;
}

/* Without regard to letter case. */
static bool
has_part(const char *name, const char *part)
{
	size_t len = strlen(part);
	char piece[16];

	for (; strlen(name) >= len; name++) {
		(void)snprintf(piece, sizeof(piece), "%.*s", (int)len, name);
		if (text_same_loosely(piece, part))
			return true;
	}
	return false;
}

static void
take_status(const struct json_node *n, struct entry *e)
{
	enum ping_status said = meaning(n);

	if (e->has_status && e->status != said)
		e->differs = true;
	e->has_status = true;
	e->status = said;
	if (said == PING_STATUS_UNKNOWN)
		keep_code(n, e->word);
}

static void
take_error(const struct json_node *n, struct entry *e)
{
	if (is_nothing(n))
		return;
	e->has_error = true;
	if (has_part(json_name(n), "code"))
		keep_code(n, e->code);
}

/* It is ours, or it does not say whose it is. */
static bool
is_same(const struct json_node *n, const char *ours)
{
	const char *text = json_text(n);

	return source_value_absent(n) ||
	    (text != NULL && strcmp(text, ours) == 0);
}

static void
take_member(const struct json_node *n, struct entry *e)
{
	const char *name = json_name(n);

	if (is_status_name(name))
		take_status(n, e);
	else if (has_part(name, "error"))
		take_error(n, e);
	else if (text_same_loosely(name, "reasoncode"))
		keep_code(n, e->code);
	else if (text_same_loosely(name, "externalid"))
		e->differs |= !is_same(n, e->external_id);
	else if (text_same_loosely(name, "sphtransactionid"))
		e->differs |= !is_same(n, e->transaction);
}

static bool
holds_json(const char *text)
{
	size_t len;

	if (text == NULL)
		return false;
	text = text_trim(text, &len);
	return len > 0 && (*text == '{' || *text == '[');
}

static int walk(const struct json_node *n, int inner, struct entry *e,
    bool *readable, struct fault *why);

/* What a text of JSON holds, which may be JSON with bare quotes again. */
static int
walk_text(const char *text, int inner, struct entry *e, bool *readable,
    struct fault *why)
{
	struct json *held = NULL;
	int rc;

	if (inner == INNER_MAX) {
		*readable = false;
		return 0;
	}
	if (ping_text_read(text, strlen(text), &held, why) == -1) {
		*readable = false;
		return why->id == FAULT_NO_MEMORY ? -1 : 0;
	}
	rc = walk(json_root(held), inner + 1, e, readable, why);
	json_free(held);
	return rc;
}

/* Everything below n; *readable becomes false if a Data in it is not. */
static int
walk(const struct json_node *n, int inner, struct entry *e, bool *readable,
    struct fault *why)
{
	const char *name;
	int rc = 0;

	for (n = json_first(n); n != NULL && rc == 0; n = json_next(n)) {
		if ((name = json_name(n)) != NULL)
			take_member(n, e);
		if (json_kind(n) == JSON_LIST || json_kind(n) == JSON_OBJECT)
			rc = walk(n, inner, e, readable, why);
		else if (name != NULL && text_same_loosely(name, "data") &&
		    holds_json(json_text(n)))
			rc = walk_text(json_text(n), inner, e, readable, why);
	}
	return rc;
}

static enum ping_status
judge(const struct entry *e)
{
	if (e->differs || !e->has_status)
		return PING_STATUS_UNKNOWN;
	if (e->has_error && e->status != PING_STATUS_REFUSED)
		return PING_STATUS_UNKNOWN;
	return e->status;
}

/* The one entry that a list has, or the object itself; else NULL. */
static const struct json_node *
only_entry(const struct json_node *data)
{
	if (json_kind(data) == JSON_LIST)
		data = json_count(data) == 1 ? json_first(data) : NULL;
	return json_kind(data) == JSON_OBJECT ? data : NULL;
}

static int
read_entry(const struct json_node *data, struct entry *e,
    struct ping_status_said *out, struct fault *why)
{
	const struct json_node *one = only_entry(data);
	bool readable = true;

	if (json_kind(data) != JSON_LIST && json_kind(data) != JSON_OBJECT)
		return 0;
	if (json_count(data) == 0) {
		out->status = PING_STATUS_PENDING;
		return 0;
	}
	if (one == NULL) {
		e->differs = true;
		out->status = judge(e);
		return 0;
	}
	if (walk(one, 0, e, &readable, why) == -1)
		return -1;
	if (!readable)
		return 0;
	out->status = judge(e);
	(void)snprintf(out->code, sizeof(out->code), "%s",
	    e->code[0] != '\0' ? e->code : e->word);
	return 0;
}

/* Data as it is, or the JSON in its text; *out is NULL if there is none. */
static int
open_data(const struct json_node *data, struct json **held,
    const struct json_node **out, struct fault *why)
{
	const char *text = json_text(data);

	*out = data;
	if (!holds_json(text))
		return 0;
	if (ping_text_read(text, strlen(text), held, why) == -1) {
		*out = NULL;
		return why->id == FAULT_NO_MEMORY ? -1 : 0;
	}
	*out = json_root(*held);
	return 0;
}

/*
 * The question was not answered.  That says nothing of the record, so it is
 * asked again; a status beside it is one that nobody can rely on.
 */
static void
beside_error(const struct entry *e, struct ping_status_said *out)
{
	if (out->status == PING_STATUS_UNREADABLE)
		return;
	out->status = e->has_status || e->differs ? PING_STATUS_UNKNOWN :
						    PING_STATUS_PENDING;
	if (out->status == PING_STATUS_PENDING)
		out->code[0] = '\0';
}

int
ping_status_read(const void *text, size_t len, const char *external_id,
    const char *transaction, struct ping_status_said *out, struct fault *why)
{
	struct entry e = { .external_id = external_id,
		.transaction = transaction };
	const struct json_node *root, *data;
	struct json *whole = NULL, *held = NULL;
	int rc = 0;

	*out = (struct ping_status_said){ PING_STATUS_UNREADABLE, "" };
	if (ping_text_read(text, len, &whole, why) == -1)
		return why->id == FAULT_NO_MEMORY ? -1 : 0;
	root = json_root(whole);
	if (json_kind(root) != JSON_OBJECT)
		goto done;
	data = json_get(root, "Data");
	if (!is_same(json_get(root, "SPHTransactionId"), transaction)) {
		out->status = PING_STATUS_UNKNOWN;
		goto done;
	}
	if (source_value_absent(data) ||
	    (json_text(data) != NULL &&
		strcmp(json_text(data), NO_DATA) == 0)) {
		out->status = PING_STATUS_PENDING;
		goto done;
	}
	if ((rc = open_data(data, &held, &data, why)) == 0)
		rc = read_entry(data, &e, out, why);
	if (rc == 0 && !is_nothing(json_get(root, "ErrorMessage")))
		beside_error(&e, out);

done:
	json_free(held);
	json_free(whole);
	return rc;
}
