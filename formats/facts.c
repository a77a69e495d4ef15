#include "formats/facts.h"

#include <stddef.h>

#include "crypto/digest.h"
#include "formats/json.h"

static void
add_yes(struct digest *d, const bool *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		digest_add_number(d, list[i]);
}

/* The kind of a value says enough of one that no reader can read. */
static void
add_said(struct digest *d, const struct json_node *n)
{
	digest_add_number(d, (int64_t)json_kind(n));
	digest_add_text(d, json_name(n));
	digest_add_text(d, json_text(n));
	digest_add_number(d, (int64_t)json_count(n));
}

int
facts_note_withheld(struct source_facts *f, const struct json_node *const *said,
    size_t count, struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);

	if (d == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		digest_add_number(d, said[i] != NULL);
		if (said[i] == NULL)
			continue;
		add_said(d, said[i]);
		for (const struct json_node *n = json_first(said[i]); n != NULL;
		     n = json_next(n))
			add_said(d, n);
	}
	digest_end(d, f->withheld);
	digest_free(d);
	return 0;
}

int
facts_digest(const struct source_facts *f, char out[static FACTS_DIGEST],
    struct fault *why)
{
	struct digest *d = digest_new(DIGEST_BLAKE2B_256, why);
	uint8_t end[FACTS_DIGEST / 2];

	if (d == NULL)
		return -1;
	digest_add_text(d, f->module_id);
	digest_add_number(d, (int64_t)f->name_masked);
	digest_add_number(d, (int64_t)f->enabled);
	digest_add_number(d, (int64_t)f->open);
	digest_add_number(d, (int64_t)f->in_progress);
	digest_add_number(d, (int64_t)f->overridden);
	digest_add_number(d, f->withheld_note);
	digest_add_number(d, f->withheld_unread);
	digest_add(d, f->withheld, sizeof(f->withheld));
	digest_add_number(d, (int64_t)f->fears_harm);
	digest_add_number(d, f->bases.present);
	for (size_t i = 0; i < f->bases.count; i++)
		digest_add_text(d, f->bases.items[i]);
	digest_add_text(d, NULL);
	digest_add_number(d, f->bases_unread);
	digest_add_number(d, f->text_altered);
	digest_add_number(d, (int64_t)f->unmapped_count);
	for (size_t i = 0; i < f->unmapped_count; i++)
		digest_add_text(d, fields_all[f->unmapped[i]].name);
	digest_add_number(d, f->unmapped_many);
	add_yes(d, f->unreadable, FIELD_COUNT);
	add_yes(d, f->differs, FIELD_COUNT);
	digest_add_number(d, f->priority_unclear);
	digest_add_number(d, f->birth_unclear);
	digest_add_number(d, f->consents_differ);
	/* What was decided before this was known of stays decided. */
	if (f->withheld_hidden)
		digest_add_text(d, "withheld_hidden");
	digest_end(d, end);
	digest_free(d);
	digest_hex(end, sizeof(end), out);
	return 0;
}
