#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "formats/bundle.h"
#include "formats/bundleform.h"
#include "formats/json.h"

#define AGREEMENT_ID_MAX 64

static void
write_party(struct jsonout *o, const char *name, const char *node,
    const char *key_name, const char *key)
{
	jsonout_object(o, name);
	jsonout_text(o, "node", node);
	jsonout_text(o, key_name, key);
	jsonout_object_end(o);
}

static void
write_moment(struct jsonout *o, const char *name, moment m)
{
	char text[MOMENT_TEXT];

	day_write_moment(m, text);
	jsonout_text(o, name, text);
}

static void
write_sha256(struct jsonout *o, const uint8_t sha256[static 32])
{
	char hex[DIGEST_HEX];

	digest_hex(sha256, 32, hex);
	jsonout_text(o, "sha256", hex);
}

static void
write_stream(struct jsonout *o, const struct bundle_inside *b)
{
	jsonout_object(o, "stream");
	jsonout_integer(o, "sequence", b->sequence);
	if (b->has_previous) {
		jsonout_object(o, "previous");
		jsonout_text(o, "id", b->previous_id);
		write_sha256(o, b->previous_sha256);
		jsonout_object_end(o);
	} else {
		jsonout_null(o, "previous");
	}
	jsonout_object_end(o);
}

/* "1-4,6" */
static int
add_ranges(const struct bundle_inside *b, struct bytes *out, struct fault *why)
{
	char text[2 * 20 + 3];

	for (size_t i = 0; i < b->range_count; i++) {
		const struct bundle_range *r = &b->ranges[i];
		const char *comma = i == 0 ? "" : ",";

		if (r->first == r->last)
			(void)snprintf(text, sizeof(text), "%s%" PRId64, comma,
			    r->first);
		else
			(void)snprintf(text, sizeof(text),
			    "%s%" PRId64 "-%" PRId64, comma, r->first, r->last);
		if (bytes_add_text(out, text, why) == -1)
			return -1;
	}
	return 0;
}

static void
write_acknowledges(struct jsonout *o, const struct bundle_inside *b,
    const char *sequences)
{
	jsonout_list(o, "acknowledges");
	if (b->acknowledges) {
		jsonout_object(o, NULL);
		jsonout_text(o, "sequences", sequences);
		jsonout_list(o, "refused");
		for (size_t i = 0; i < b->refused_count; i++) {
			jsonout_object(o, NULL);
			jsonout_integer(o, "sequence", b->refused[i].sequence);
			jsonout_text(o, "code", b->refused[i].code);
			jsonout_object_end(o);
		}
		jsonout_list_end(o);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

static void
write_all(struct jsonout *o, const struct bundle_inside *b,
    const char *sequences)
{
	char sign[MINISIGN_PUBLIC_ROOM];

	minisign_public_write(&b->from_sign, sign);
	jsonout_object(o, NULL);
	jsonout_text(o, "satchel", "bundle/1");
	jsonout_text(o, "id", b->outside.id);
	jsonout_integer(o, "seq", b->outside.seq);
	write_moment(o, "created", b->outside.created);
	write_moment(o, "use_by", b->use_by);
	jsonout_text(o, "environment",
	    b->environment == BUNDLE_LIVE ? "live" : "test");
	write_party(o, "from", b->from_node, "sign", sign);
	write_party(o, "to", b->to_node, "open", b->to_open);
	jsonout_list(o, "recovery");
	for (size_t i = 0; i < b->recovery_count; i++)
		jsonout_text(o, NULL, b->recovery[i]);
	jsonout_list_end(o);
	write_stream(o, b);
	jsonout_object(o, "agreement");
	jsonout_text(o, "id", b->agreement_id);
	jsonout_integer(o, "version", b->agreement_version);
	write_sha256(o, b->agreement_sha256);
	jsonout_object_end(o);
	write_acknowledges(o, b, sequences);
	if (b->checkpoint != NULL) {
		jsonout_object(o, "log");
		jsonout_text(o, "checkpoint", b->checkpoint);
		jsonout_object_end(o);
	}
	jsonout_object_end(o);
}

int
bundle_inside_write(const struct bundle_inside *b, struct sink *to,
    struct fault *why)
{
	struct bytes sequences;
	struct jsonout o;
	int rc = -1;

	bytes_init(&sequences, json_record.string);
	if (add_ranges(b, &sequences, why) == -1)
		goto done;
	jsonout_start(&o, to);
	write_all(&o, b,
	    sequences.at == NULL ? "" : (const char *)sequences.at);
	rc = jsonout_end(&o, why);

done:
	bytes_free(&sequences);
	return rc;
}

/*
 * Below, a member is named by its path ("stream.sequence"), which is what a
 * fault says; it is looked up in o by the last part of it.
 */

static int
wrong(const char *path, struct fault *why)
{
	return FAIL(why, FAULT_BUNDLE_INSIDE, "%s", path);
}

static const struct json_node *
member(const struct json_node *o, const char *path)
{
	const char *dot = strrchr(path, '.');

	return json_get(o, dot == NULL ? path : dot + 1);
}

/* n must be an object of no other members than these. */
static int
expect_object(const struct json_node *n, const char *path,
    const char *const *names, struct fault *why)
{
	if (json_kind(n) != JSON_OBJECT)
		return wrong(path, why);
	if (json_unknown_name(n, names) != NULL)
		return FAIL(why, FAULT_BUNDLE_INSIDE,
		    "%s has a member of a name that is not known", path);
	return 0;
}

static int
read_number(const struct json_node *o, const char *path, int64_t *out,
    struct fault *why)
{
	if (!json_integer(member(o, path), out) || *out < 1)
		return wrong(path, why);
	return 0;
}

static int
read_moment(const struct json_node *o, const char *path, moment *out,
    struct fault *why)
{
	const char *text = json_text(member(o, path));

	if (text == NULL || !day_read_moment(text, out))
		return wrong(path, why);
	return 0;
}

static int
read_id(const struct json_node *o, const char *path, char out[static BUNDLE_ID],
    struct fault *why)
{
	const char *text = json_text(member(o, path));

	if (text == NULL || !bundleform_is_uuid(text, strlen(text)))
		return wrong(path, why);
	memcpy(out, text, BUNDLE_ID);
	return 0;
}

static int
read_sha256(const struct json_node *o, const char *path, uint8_t out[static 32],
    struct fault *why)
{
	const char *text = json_text(member(o, path));

	if (text == NULL || !digest_unhex(text, out, 32))
		return wrong(path, why);
	return 0;
}

static int
keep(struct arena *a, const char *text, const char **out, struct fault *why)
{
	*out = arena_copy(a, text, strlen(text), why);
	return *out == NULL ? -1 : 0;
}

static int
read_node(const struct json_node *o, const char *path, struct arena *a,
    const char **out, struct fault *why)
{
	const char *text = json_text(member(o, path));

	if (text == NULL || !bundleform_is_node(text, strlen(text)))
		return wrong(path, why);
	return keep(a, text, out, why);
}

/* n, not a member of it: recipients also stand in a list. */
static int
read_recipient(const struct json_node *n, const char *path, struct arena *a,
    const char **out, struct fault *why)
{
	const char *text = json_text(n);
	uint8_t key[AGEKEY_BYTES];

	if (text == NULL || !agekey_recipient_read(text, key))
		return wrong(path, why);
	return keep(a, text, out, why);
}

static int
read_parties(const struct json_node *root, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	static const char *const from_names[] = { "node", "sign", NULL };
	static const char *const to_names[] = { "node", "open", NULL };
	const struct json_node *from = json_get(root, "from");
	const struct json_node *to = json_get(root, "to");
	const char *sign = json_get_text(from, "sign");

	if (expect_object(from, "from", from_names, why) == -1 ||
	    read_node(from, "from.node", a, &b->from_node, why) == -1)
		return -1;
	if (sign == NULL ||
	    !minisign_public_read(sign, strlen(sign), &b->from_sign))
		return wrong("from.sign", why);
	if (expect_object(to, "to", to_names, why) == -1 ||
	    read_node(to, "to.node", a, &b->to_node, why) == -1)
		return -1;
	return read_recipient(json_get(to, "open"), "to.open", a, &b->to_open,
	    why);
}

static int
read_recovery(const struct json_node *root, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	const struct json_node *list = json_get(root, "recovery");

	if (json_kind(list) != JSON_LIST ||
	    json_count(list) > BUNDLE_RECOVERY_MAX)
		return wrong("recovery", why);
	for (list = json_first(list); list != NULL; list = json_next(list))
		if (read_recipient(list, "recovery", a,
			&b->recovery[b->recovery_count++], why) == -1)
			return -1;
	return 0;
}

static int
read_stream(const struct json_node *root, struct bundle_inside *b,
    struct fault *why)
{
	static const char *const names[] = { "sequence", "previous", NULL };
	static const char *const previous_names[] = { "id", "sha256", NULL };
	const struct json_node *stream = json_get(root, "stream");
	const struct json_node *previous = json_get(stream, "previous");

	if (expect_object(stream, "stream", names, why) == -1 ||
	    read_number(stream, "stream.sequence", &b->sequence, why) == -1)
		return -1;
	/* Both count from 1, and seq counts the bundles of all streams. */
	if (b->sequence > b->outside.seq)
		return FAIL(why, FAULT_BUNDLE_INSIDE,
		    "stream.sequence is larger than seq");
	b->has_previous = !json_is_null(previous);
	if (b->has_previous != (b->sequence > 1))
		return wrong("stream.previous", why);
	if (!b->has_previous)
		return 0;
	if (expect_object(previous, "stream.previous", previous_names, why) ==
		-1 ||
	    read_id(previous, "stream.previous.id", b->previous_id, why) == -1)
		return -1;
	return read_sha256(previous, "stream.previous.sha256",
	    b->previous_sha256, why);
}

static int
read_agreement(const struct json_node *root, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	static const char *const names[] = { "id", "version", "sha256", NULL };
	const struct json_node *o = json_get(root, "agreement");
	const char *id = json_get_text(o, "id");

	if (expect_object(o, "agreement", names, why) == -1)
		return -1;
	if (id == NULL || *id == '\0' || strlen(id) > AGREEMENT_ID_MAX ||
	    !text_is_clean(id, strlen(id), false))
		return wrong("agreement.id", why);
	if (keep(a, id, &b->agreement_id, why) == -1 ||
	    read_number(o, "agreement.version", &b->agreement_version, why) ==
		-1)
		return -1;
	return read_sha256(o, "agreement.sha256", b->agreement_sha256, why);
}

/* "3" or "1-4", beginning after `after`. */
static bool
take_range(struct reader *r, int64_t after, struct bundle_range *out)
{
	uint64_t first;
	uint64_t last;

	if (!reader_number(r, (uint64_t)BUNDLE_NUMBER_MAX, &first) ||
	    first <= (uint64_t)after)
		return false;
	last = first;
	if (reader_word(r, "-") &&
	    (!reader_number(r, (uint64_t)BUNDLE_NUMBER_MAX, &last) ||
		last <= first))
		return false;
	*out = (struct bundle_range){ (int64_t)first, (int64_t)last };
	return true;
}

static int
read_ranges(const char *text, struct arena *a, struct bundle_inside *b,
    struct fault *why)
{
	struct reader r = { (const uint8_t *)text, strlen(text) };
	int64_t last = 0;
	size_t room = 1;

	if (r.left == 0)
		return 0;
	for (const char *c = text; *c != '\0'; c++)
		if (*c == ',')
			room++;
	b->ranges = arena_take_array(a, room, sizeof(*b->ranges), why);
	if (b->ranges == NULL)
		return -1;
	do {
		if (!take_range(&r, last, &b->ranges[b->range_count]))
			return wrong("acknowledges.sequences", why);
		last = b->ranges[b->range_count++].last;
	} while (reader_word(&r, ","));
	if (r.left != 0)
		return wrong("acknowledges.sequences", why);
	return 0;
}

/* Ranges ascend, so one look at the middle halves them. */
static bool
in_ranges(const struct bundle_inside *b, int64_t sequence)
{
	size_t low = 0;
	size_t high = b->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sequence > b->ranges[middle].last)
			low = middle + 1;
		else if (sequence < b->ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

static bool
is_code(const char *text)
{
	return text != NULL && *text >= 'A' && *text <= 'Z' &&
	    bundleform_is_node(text, strlen(text));
}

static int
read_refused(const struct json_node *list, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	static const char *const names[] = { "sequence", "code", NULL };
	static const char path[] = "acknowledges.refused";

	if (json_kind(list) != JSON_LIST)
		return wrong(path, why);
	if (json_first(list) == NULL)
		return 0;
	b->refused =
	    arena_take_array(a, json_count(list), sizeof(*b->refused), why);
	if (b->refused == NULL)
		return -1;
	for (list = json_first(list); list != NULL; list = json_next(list)) {
		struct bundle_refused *r = &b->refused[b->refused_count++];
		const char *code = json_get_text(list, "code");

		if (expect_object(list, path, names, why) == -1 ||
		    read_number(list, "acknowledges.refused.sequence",
			&r->sequence, why) == -1)
			return -1;
		if (in_ranges(b, r->sequence))
			return FAIL(why, FAULT_BUNDLE_INSIDE,
			    "acknowledges: both imported and refused");
		if (!is_code(code))
			return wrong("acknowledges.refused.code", why);
		if (keep(a, code, &r->code, why) == -1)
			return -1;
	}
	return 0;
}

static int
read_acknowledges(const struct json_node *root, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	static const char *const names[] = { "sequences", "refused", NULL };
	const struct json_node *list = json_get(root, "acknowledges");
	const struct json_node *entry = json_first(list);
	const char *sequences = json_get_text(entry, "sequences");

	if (json_kind(list) != JSON_LIST || json_count(list) > 1)
		return wrong("acknowledges", why);
	if (entry == NULL)
		return 0;
	b->acknowledges = true;
	if (expect_object(entry, "acknowledges", names, why) == -1)
		return -1;
	if (sequences == NULL)
		return wrong("acknowledges.sequences", why);
	if (read_ranges(sequences, a, b, why) == -1)
		return -1;
	return read_refused(json_get(entry, "refused"), a, b, why);
}

/* The only member that may be missing. */
static int
read_log(const struct json_node *root, struct arena *a, struct bundle_inside *b,
    struct fault *why)
{
	static const char *const names[] = { "checkpoint", NULL };
	const struct json_node *log = json_get(root, "log");
	const char *text = json_get_text(log, "checkpoint");

	if (log == NULL)
		return 0;
	if (expect_object(log, "log", names, why) == -1)
		return -1;
	if (text == NULL || *text == '\0' ||
	    !text_is_clean(text, strlen(text), true))
		return wrong("log.checkpoint", why);
	return keep(a, text, &b->checkpoint, why);
}

static int
read_environment(const struct json_node *root, struct bundle_inside *b,
    struct fault *why)
{
	const char *text = json_get_text(root, "environment");

	if (text != NULL && strcmp(text, "live") == 0)
		b->environment = BUNDLE_LIVE;
	else if (text != NULL && strcmp(text, "test") == 0)
		b->environment = BUNDLE_TEST;
	else
		return wrong("environment", why);
	return 0;
}

static int
read_root(const struct json_node *root, struct arena *a,
    struct bundle_inside *b, struct fault *why)
{
	static const char *const names[] = { "satchel", "id", "seq", "created",
		"use_by", "environment", "from", "to", "recovery", "stream",
		"agreement", "acknowledges", "log", NULL };

	/* The version is asked first: a later one may have other members. */
	switch (
	    bundleform_version_of(json_get_text(root, "satchel"), "bundle")) {
	case BUNDLEFORM_NEWER:
		return FAIL(why, FAULT_BUNDLE_NEWER, "bundle.json");
	case BUNDLEFORM_OTHER:
		return wrong("satchel", why);
	case BUNDLEFORM_OURS:
		break;
	}
	if (expect_object(root, "bundle.json", names, why) == -1 ||
	    read_id(root, "id", b->outside.id, why) == -1 ||
	    read_number(root, "seq", &b->outside.seq, why) == -1 ||
	    read_moment(root, "created", &b->outside.created, why) == -1 ||
	    read_moment(root, "use_by", &b->use_by, why) == -1 ||
	    read_environment(root, b, why) == -1 ||
	    read_parties(root, a, b, why) == -1 ||
	    read_recovery(root, a, b, why) == -1 ||
	    read_stream(root, b, why) == -1 ||
	    read_agreement(root, a, b, why) == -1 ||
	    read_acknowledges(root, a, b, why) == -1)
		return -1;
	return read_log(root, a, b, why);
}

int
bundle_inside_read(const void *text, size_t len, struct arena *a,
    struct bundle_inside *out, struct fault *why)
{
	struct json *j = NULL;
	int rc;

	*out = (struct bundle_inside){ 0 };
	if (json_read(text, len, &json_record, &j, why) == -1) {
		if (why->id == FAULT_JSON)
			why->id = FAULT_BUNDLE_INSIDE;
		return -1;
	}
	rc = read_root(json_root(j), a, out, why);
	json_free(j);
	return rc;
}
