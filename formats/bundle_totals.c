#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/jsonout.h"
#include "crypto/digest.h"
#include "formats/bundle.h"
#include "formats/bundleform.h"
#include "formats/json.h"
#include "formats/ustar.h"

struct member {
	char name[USTAR_NAME_ROOM];
	uint64_t size;
	uint8_t sha256[32];
};

struct bundle_totals {
	int64_t records[BUNDLE_RECORDS];
	struct member *members;
	size_t count;
	size_t room;
};

/* One line of about 150 bytes for each member of an archive of 64 GiB. */
static const struct json_limits limits = {
	.bytes = (size_t)64 * 1024 * 1024,
	.string = 1024,
	.depth = 3,
	.record = true,
};

struct bundle_totals *
bundle_totals_new(struct fault *why)
{
	struct bundle_totals *t = calloc(1, sizeof(*t));

	if (t == NULL)
		fault_set(why, FAULT_NO_MEMORY, "totals.json");
	return t;
}

void
bundle_totals_free(struct bundle_totals *t)
{
	if (t == NULL)
		return;
	free(t->members);
	free(t);
}

int
bundle_totals_member(struct bundle_totals *t, const char *name, uint64_t size,
    const uint8_t sha256[static 32], struct fault *why)
{
	struct member *m;

	if (strlen(name) >= sizeof(m->name) ||
	    size > (uint64_t)BUNDLE_NUMBER_MAX)
		return FAIL(why, FAULT_INSIDE, "totals.json: a member");
	if (t->count == t->room) {
		size_t room = t->room == 0 ? 16 : t->room * 2;

		m = room > SIZE_MAX / sizeof(*m) ?
		    NULL :
		    realloc(t->members, room * sizeof(*m));
		if (m == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "totals.json");
		t->members = m;
		t->room = room;
	}
	m = &t->members[t->count++];
	memset(m, 0, sizeof(*m));
	memcpy(m->name, name, strlen(name));
	m->size = size;
	memcpy(m->sha256, sha256, sizeof(m->sha256));
	return 0;
}

void
bundle_totals_record(struct bundle_totals *t, enum bundle_record kind)
{
	t->records[kind]++;
}

int64_t
bundle_totals_count(const struct bundle_totals *t, enum bundle_record kind)
{
	return t->records[kind];
}

int
bundle_totals_write(const struct bundle_totals *t, struct sink *to,
    struct fault *why)
{
	struct jsonout o;
	char hex[DIGEST_HEX];

	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "satchel", "totals/1");
	jsonout_object(&o, "records");
	for (int i = 0; i < BUNDLE_RECORDS; i++)
		jsonout_integer(&o, bundle_record_name((enum bundle_record)i),
		    t->records[i]);
	jsonout_object_end(&o);
	jsonout_list(&o, "members");
	for (size_t i = 0; i < t->count; i++) {
		const struct member *m = &t->members[i];

		digest_hex(m->sha256, sizeof(m->sha256), hex);
		jsonout_object(&o, NULL);
		jsonout_text(&o, "name", m->name);
		jsonout_integer(&o, "size", (int64_t)m->size);
		jsonout_text(&o, "sha256", hex);
		jsonout_object_end(&o);
	}
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	return jsonout_end(&o, why);
}

static int
records_agree(const struct bundle_totals *t, const struct json_node *records,
    bool compare, struct fault *why)
{
	if (json_kind(records) != JSON_OBJECT ||
	    json_count(records) != BUNDLE_RECORDS)
		return FAIL(why, FAULT_BUNDLE_TOTALS, "records");
	for (int i = 0; i < BUNDLE_RECORDS; i++) {
		const char *name = bundle_record_name((enum bundle_record)i);
		int64_t said;

		if (!json_integer(json_get(records, name), &said) || said < 0)
			return FAIL(why, FAULT_BUNDLE_TOTALS, "records.%s",
			    name);
		if (compare && said != t->records[i])
			return FAIL(why, FAULT_BUNDLE_TOTALS,
			    "records.%s says %" PRId64 ", there are %" PRId64,
			    name, said, t->records[i]);
	}
	return 0;
}

/* What is unlike in this entry, or NULL. */
static const char *
member_difference(const struct member *m, const struct json_node *said)
{
	static const char *const names[] = { "name", "size", "sha256", NULL };
	const char *name = json_get_text(said, "name");
	const char *hex = json_get_text(said, "sha256");
	uint8_t sha256[32];
	int64_t size;

	if (json_kind(said) != JSON_OBJECT ||
	    json_unknown_name(said, names) != NULL)
		return "form";
	if (name == NULL || strcmp(name, m->name) != 0)
		return "name";
	if (!json_integer(json_get(said, "size"), &size) || size < 0 ||
	    (uint64_t)size != m->size)
		return "size";
	if (hex == NULL || !digest_unhex(hex, sha256, sizeof(sha256)) ||
	    memcmp(sha256, m->sha256, sizeof(sha256)) != 0)
		return "sha256";
	return NULL;
}

static int
members_agree(const struct bundle_totals *t, const struct json_node *members,
    struct fault *why)
{
	const struct json_node *said = json_first(members);
	size_t count = json_count(members);

	if (json_kind(members) != JSON_LIST)
		return FAIL(why, FAULT_BUNDLE_TOTALS, "members");
	for (size_t i = 0; i < t->count && said != NULL; i++) {
		const char *unlike = member_difference(&t->members[i], said);

		if (unlike != NULL)
			return FAIL(why, FAULT_BUNDLE_TOTALS, "member %s: %s",
			    t->members[i].name, unlike);
		said = json_next(said);
	}
	if (count != t->count)
		return FAIL(why, FAULT_BUNDLE_TOTALS,
		    "it lists %zu members, there are %zu", count, t->count);
	return 0;
}

int
bundle_totals_agree(const struct bundle_totals *t, const void *text, size_t len,
    bool with_records, struct fault *why)
{
	static const char *const names[] = { "satchel", "records", "members",
		NULL };
	struct json *j = NULL;
	const struct json_node *root;
	enum bundleform_version version;
	int rc = -1;

	if (json_read(text, len, &limits, &j, why) == -1) {
		if (why->id == FAULT_JSON)
			why->id = FAULT_BUNDLE_TOTALS;
		return -1;
	}
	root = json_root(j);
	version =
	    bundleform_version_of(json_get_text(root, "satchel"), "totals");
	if (version == BUNDLEFORM_NEWER) {
		fault_set(why, FAULT_BUNDLE_NEWER, "totals.json");
		goto done;
	}
	if (version == BUNDLEFORM_OTHER ||
	    json_unknown_name(root, names) != NULL) {
		fault_set(why, FAULT_BUNDLE_TOTALS, "form");
		goto done;
	}
	if (records_agree(t, json_get(root, "records"), with_records, why) ==
		-1 ||
	    members_agree(t, json_get(root, "members"), why) == -1)
		goto done;
	rc = 0;

done:
	json_free(j);
	return rc;
}
