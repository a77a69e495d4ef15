#include "cli/log_entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "formats/json.h"
#include "store/log_leaf.h"
#include "store/referrals.h"

static void
add(struct log_entry *e, const char *between, const char *text)
{
	size_t used = strlen(e->what);

	/* What does not fit is in the JSON. */
	(void)snprintf(e->what + used, sizeof(e->what) - used, "%s%s",
	    used > 0 ? between : "", text);
}

static void
add_value(struct log_entry *e, const struct json_node *n)
{
	char number[32];
	int64_t value;
	bool yes;

	if (json_text(n) != NULL)
		add(e, " ", json_text(n));
	else if (json_integer(n, &value)) {
		(void)snprintf(number, sizeof(number), "%" PRId64, value);
		add(e, " ", number);
	} else if (json_boolean(n, &yes))
		add(e, " ", yes ? "yes" : "no");
	else
		for (const struct json_node *i = json_first(n); i != NULL;
		     i = json_next(i))
			if (json_text(i) != NULL)
				add(e, " ", json_text(i));
}

static void
write_what(struct log_entry *e, const struct json_node *root)
{
	const struct json_node *n;

	for (n = json_first(json_get(root, "about")); n != NULL;
	     n = json_next(n)) {
		const char *verdict = json_get_text(n, "verdict");

		if (verdict != NULL)
			add(e, "; ", verdict);
		add_value(e, json_get(n, "rules"));
	}
	for (n = json_first(json_get(root, "body")); n != NULL;
	     n = json_next(n)) {
		add(e, "; ", json_name(n));
		add_value(e, n);
	}
}

int
log_entry_read(const void *text, size_t len, struct log_entry *out,
    struct fault *why)
{
	const struct json_node *root;

	*out = (struct log_entry){ .json = NULL };
	if (json_read(text, len, &json_record, &out->json, why) == -1) {
		if (why->id == FAULT_NO_MEMORY)
			return -1;
		return FAIL(why, FAULT_LOG_PROOF, "what is in it is no entry");
	}
	root = json_root(out->json);
	out->act = json_get_text(root, "act");
	out->at = json_get_text(root, "at");
	out->by = json_get_text(root, "by");
	if (out->act == NULL || out->at == NULL ||
	    !json_integer(json_get(root, "number"), &out->number)) {
		log_entry_free(out);
		return FAIL(why, FAULT_LOG_PROOF, "what is in it is no entry");
	}
	write_what(out, root);
	return 0;
}

void
log_entry_free(struct log_entry *e)
{
	json_free(e->json);
	*e = (struct log_entry){ .json = NULL };
}

bool
log_entry_is_about(const struct log_entry *e, const uint8_t hash[32])
{
	const struct json_node *n;
	char hex[DIGEST_HEX];

	digest_hex(hash, 32, hex);
	n = json_first(json_get(json_root(e->json), "about"));
	for (; n != NULL; n = json_next(n)) {
		const char *ref = json_get_text(n, "ref");

		if (ref != NULL && strcmp(ref, hex) == 0)
			return true;
	}
	return false;
}

/* --- which entries --- */

/* Of what went, or came: its true reference; NULL without a fault: none. */
static const char *
find_one(struct store *s, enum direction d, const char *word, struct arena *a,
    struct fault *why)
{
	const char *ref = referrals_find(s, d, word, a, why);
	struct standing st;

	if (ref == NULL && why->id == FAULT_REF_UNKNOWN)
		why->id = FAULT_NONE;
	if (ref == NULL)
		return NULL;
	if (referrals_get(s, d, ref, a, &st, why) != 1)
		return NULL;
	return standing_true_ref(&st);
}

const char *
log_entry_ref(struct store *s, const char *word, struct arena *a,
    struct fault *why)
{
	struct log_leaf_about about;
	const char *sent, *received;

	switch (log_leaf_about(s, word, 0, &about, why)) {
	case -1:
		return NULL;
	case 1:
		return word;
	}
	why->id = FAULT_NONE;
	sent = find_one(s, REFERRAL_SENT, word, a, why);
	if (sent == NULL && why->id != FAULT_NONE)
		return NULL;
	received = find_one(s, REFERRAL_RECEIVED, word, a, why);
	if (received == NULL && why->id != FAULT_NONE)
		return NULL;
	if (sent != NULL && received != NULL && strcmp(sent, received) != 0) {
		fault_set(why, FAULT_REF_AMBIGUOUS, "one went and one came");
		return NULL;
	}
	if (sent == NULL && received == NULL)
		fault_set(why, FAULT_REF_UNKNOWN,
		    "the log has nothing that is still known to be about it");
	return sent != NULL ? sent : received;
}
