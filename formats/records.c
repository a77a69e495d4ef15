#include "formats/records.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/bundle.h"
#include "formats/json.h"

static int
known_names(const struct json_node *n, const char *const *names,
    const char *what, struct fault *why)
{
	if (json_unknown_name(n, names) != NULL)
		return FAIL(why, FAULT_BUNDLE_RECORD,
		    "a %s has a member that this version does not know", what);
	return 0;
}

/* A text that is there, clean and not empty; else *form names the member. */
static const char *
need_text(const struct json_node *n, const char *name, const char **form)
{
	const char *text = json_get_text(n, name);

	if (text == NULL || text[0] == '\0' ||
	    !text_is_clean(text, strlen(text), strcmp(name, "reason") == 0) ||
	    !text_is_nfc(text, strlen(text)))
		*form = name;
	return text;
}

static const char *
may_text(const struct json_node *n, const char *name, const char **form)
{
	if (json_get(n, name) == NULL)
		return NULL;
	return need_text(n, name, form);
}

/* A text out of a vocabulary that ends with NULL. */
static const char *
need_word(const struct json_node *n, const char *name, const char *const *words,
    const char **form)
{
	const char *text = need_text(n, name, form);

	for (; text != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return text;
	*form = name;
	return text;
}

static day
need_day(const struct json_node *n, const char *name, const char **form)
{
	const char *text = json_get_text(n, name);
	day d = DAY_UNKNOWN;

	if (text == NULL || !day_read(text, &d))
		*form = name;
	return d;
}

int
records_read_recall(const struct json_node *n, struct recall *out,
    const char **form, struct fault *why)
{
	static const char *const names[] = { "type", "ref", "sequence",
		"reason", "on", NULL };
	static const char *const reasons[] = { "consent_withdrawn",
		"sent_in_error", "duplicate", "other", NULL };

	*form = NULL;
	memset(out, 0, sizeof(*out));
	if (known_names(n, names, "recall", why) == -1)
		return -1;
	out->ref = need_text(n, "ref", form);
	if (!json_integer(json_get(n, "sequence"), &out->sequence) ||
	    out->sequence < 1)
		*form = "sequence";
	out->reason = need_word(n, "reason", reasons, form);
	out->on = need_day(n, "on", form);
	return 0;
}

static int
read_line(const struct json_node *n, struct arena *a, struct receipt_line *out,
    const char **form, struct fault *why)
{
	static const char *const names[] = { "ref", "state", "rules", NULL };
	static const char *const states[] = { "staged", "held", "loaded",
		"refused", "duplicate", "recalled", NULL };
	const struct json_node *rules = json_get(n, "rules");

	if (json_kind(n) != JSON_OBJECT) {
		*form = "referrals";
		return 0;
	}
	if (known_names(n, names, "receipt", why) == -1)
		return -1;
	out->ref = need_text(n, "ref", form);
	out->state = need_word(n, "state", states, form);
	if (rules == NULL)
		return 0;
	if (json_kind(rules) != JSON_LIST) {
		*form = "rules";
		return 0;
	}
	out->rules.present = true;
	out->rules.items =
	    arena_take_array(a, json_count(rules) + 1, sizeof(char *), why);
	if (out->rules.items == NULL)
		return -1;
	for (const struct json_node *r = json_first(rules); r != NULL;
	     r = json_next(r)) {
		const char *id = json_text(r);

		if (id == NULL || !text_is_clean(id, strlen(id), false))
			*form = "rules";
		out->rules.items[out->rules.count++] = id;
	}
	return 0;
}

int
records_read_receipt(const struct json_node *n, struct arena *a,
    struct receipt *out, const char **form, struct fault *why)
{
	static const char *const names[] = { "type", "bundle", "state", "code",
		"referrals", NULL };
	static const char *const states[] = { "imported", "held", "refused",
		NULL };
	const struct json_node *list = json_get(n, "referrals");

	*form = NULL;
	memset(out, 0, sizeof(*out));
	if (known_names(n, names, "receipt", why) == -1)
		return -1;
	out->bundle = need_text(n, "bundle", form);
	out->state = need_word(n, "state", states, form);
	out->code = may_text(n, "code", form);
	if (list == NULL)
		return 0;
	if (json_kind(list) != JSON_LIST) {
		*form = "referrals";
		return 0;
	}
	out->lines =
	    arena_take_array(a, json_count(list) + 1, sizeof(*out->lines), why);
	if (out->lines == NULL)
		return -1;
	for (const struct json_node *l = json_first(list); l != NULL;
	     l = json_next(l))
		if (read_line(l, a, &out->lines[out->count++], form, why) == -1)
			return -1;
	return 0;
}

int
records_read_answer(const struct json_node *n, struct answer *out,
    const char **form, struct fault *why)
{
	static const char *const names[] = { "type", "ref", "decision",
		"reason", "decided_on", "target_id", NULL };
	static const char *const decisions[] = { "accepted", "rejected", "done",
		NULL };

	*form = NULL;
	memset(out, 0, sizeof(*out));
	if (known_names(n, names, "answer", why) == -1)
		return -1;
	out->ref = need_text(n, "ref", form);
	out->decision = need_word(n, "decision", decisions, form);
	out->reason = may_text(n, "reason", form);
	out->decided_on = need_day(n, "decided_on", form);
	out->target_id = may_text(n, "target_id", form);
	return 0;
}

int
records_read_status(const struct json_node *n, struct status *out,
    const char **form, struct fault *why)
{
	static const char *const names[] = { "type", "ref",
		"service_implemented", "on", NULL };
	static const char *const words[] = { "not_implemented", "implemented",
		NULL };

	*form = NULL;
	memset(out, 0, sizeof(*out));
	if (known_names(n, names, "status", why) == -1)
		return -1;
	out->ref = need_text(n, "ref", form);
	out->service_implemented =
	    need_word(n, "service_implemented", words, form);
	out->on = need_day(n, "on", form);
	return 0;
}
