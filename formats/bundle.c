#include "formats/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/reader.h"
#include "formats/bundleform.h"
#include "formats/json.h"

#define FIRST_LINE "untrusted comment: " BUNDLE_UNTRUSTED
#define AGE_LINE "age-encryption.org/v1\n"

void
bundle_outside_write(const struct bundle_outside *o,
    char out[static MINISIGN_COMMENT_MAX])
{
	char created[MOMENT_TEXT];

	day_write_moment(o->created, created);
	(void)snprintf(out, MINISIGN_COMMENT_MAX,
	    "satchel bundle/1 id=%s seq=%" PRId64 " created=%s", o->id, o->seq,
	    created);
}

static bool
take_id(struct reader *r, char out[static BUNDLE_ID])
{
	struct view id;

	if (!reader_take(r, BUNDLE_ID - 1, &id) ||
	    !bundleform_is_uuid((const char *)id.bytes, id.len))
		return false;
	memcpy(out, id.bytes, id.len);
	out[id.len] = '\0';
	return true;
}

static bool
take_moment(struct reader *r, moment *out)
{
	char text[MOMENT_TEXT];
	struct view created;

	if (!reader_take(r, MOMENT_TEXT - 1, &created))
		return false;
	memcpy(text, created.bytes, created.len);
	text[created.len] = '\0';
	return day_read_moment(text, out);
}

int
bundle_outside_read(const char *trusted, struct bundle_outside *out,
    struct fault *why)
{
	struct reader r = { (const uint8_t *)trusted, strlen(trusted) };
	enum bundleform_version version = BUNDLEFORM_OTHER;
	uint64_t seq = 0;

	if (reader_word(&r, "satchel "))
		version = bundleform_take_version(&r, "bundle");
	if (version == BUNDLEFORM_NEWER)
		return FAIL(why, FAULT_BUNDLE_NEWER, "line 3");
	if (version == BUNDLEFORM_OTHER)
		return FAIL(why, FAULT_BUNDLE_LINES, "line 3: version");
	if (!reader_word(&r, " id=") || !take_id(&r, out->id))
		return FAIL(why, FAULT_BUNDLE_LINES, "line 3: id");
	if (!reader_word(&r, " seq=") ||
	    !reader_number(&r, (uint64_t)BUNDLE_NUMBER_MAX, &seq) || seq == 0)
		return FAIL(why, FAULT_BUNDLE_LINES, "line 3: seq");
	out->seq = (int64_t)seq;
	if (!reader_word(&r, " created=") || !take_moment(&r, &out->created))
		return FAIL(why, FAULT_BUNDLE_LINES, "line 3: created");
	if (r.left != 0)
		return FAIL(why, FAULT_BUNDLE_LINES, "line 3: its end");
	return 0;
}

int
bundle_lines_read(const void *head, size_t len,
    struct minisign_signature *signature, struct bundle_outside *outside,
    size_t *age_at, struct fault *why)
{
	struct reader r = { head, len };
	struct reader look = r;
	struct view line;

	if (!reader_word(&look, FIRST_LINE))
		return FAIL(why, FAULT_BUNDLE_NOT_ONE, "its first line");
	for (int i = 1; i <= 4; i++)
		if (!reader_line(&r, BUNDLE_LINES_MAX, &line))
			return FAIL(why, FAULT_BUNDLE_LINES,
			    "line %d does not end", i);
	*age_at = len - r.left;
	if (*age_at > BUNDLE_LINES_MAX)
		return FAIL(why, FAULT_BUNDLE_LINES, "more than %d bytes",
		    BUNDLE_LINES_MAX);
	if (minisign_signature_read(head, *age_at, signature, why) == -1) {
		if (why->id == FAULT_SIGNATURE_FORM)
			why->id = FAULT_BUNDLE_LINES;
		return -1;
	}
	if (strcmp(signature->untrusted, BUNDLE_UNTRUSTED) != 0)
		return FAIL(why, FAULT_BUNDLE_LINES, "line 1");
	if (bundle_outside_read(signature->trusted, outside, why) == -1)
		return -1;
	if (!reader_word(&r, AGE_LINE))
		return FAIL(why, FAULT_BUNDLE_NOT_ONE,
		    "no age file after the four lines");
	return 0;
}

static const char *const record_names[BUNDLE_RECORDS] = {
	[BUNDLE_RECALL] = "recall",
	[BUNDLE_RECEIPT] = "receipt",
	[BUNDLE_ANSWER] = "answer",
	[BUNDLE_STATUS] = "status",
	[BUNDLE_REFERRAL] = "referral",
};

const char *
bundle_record_name(enum bundle_record kind)
{
	return record_names[kind];
}

bool
bundle_record_kind(const struct json_node *record, enum bundle_record *out)
{
	const char *type = json_get_text(record, "type");

	if (type == NULL)
		return false;
	for (int i = 0; i < BUNDLE_RECORDS; i++) {
		if (strcmp(type, record_names[i]) == 0) {
			*out = (enum bundle_record)i;
			return true;
		}
	}
	return false;
}
