#include "cli/log_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/say.h"
#include "crypto/minisign.h"
#include "formats/agreement.h"
#include "import/log_in.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/log_heads.h"

#define KEY_FILE_MAX ((size_t)4096)

void
log_keys_free(struct log_keys *k)
{
	free(k->all);
	*k = (struct log_keys){ NULL, 0 };
}

static int
add(struct log_keys *k, const struct log_key *one, struct fault *why)
{
	struct log_key *more =
	    realloc(k->all, (k->count + 1) * sizeof(*k->all));

	if (more == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "keys of logs");
	more[k->count++] = *one;
	k->all = more;
	return 0;
}

static bool
read_key(const char *text, struct log_key *out)
{
	struct minisign_public p;

	*out = (struct log_key){ .origin = "" };
	if (note_read_key(text, out->origin, out->key))
		return true;
	out->origin[0] = '\0';
	if (!minisign_public_read(text, strlen(text), &p))
		return false;
	memcpy(out->key, p.key, sizeof(out->key));
	return true;
}

static int
read_line(const char *text, struct log_key *out, struct fault *why)
{
	char line[NOTE_KEY_ROOM];
	size_t len = strcspn(text, "\n");

	if (len < sizeof(line)) {
		memcpy(line, text, len);
		line[len] = '\0';
	}
	if (len >= sizeof(line) || !read_key(line, out))
		return FAIL(why, FAULT_LOG_KEY, "the file has no key of a log");
	return 0;
}

int
log_keys_line(struct log_keys *k, const char *text, struct fault *why)
{
	struct log_key one;

	return read_line(text, &one, why) == -1 ? -1 : add(k, &one, why);
}

/* A .pub file of minisign, or the file "key" of a log. */
static int
read_key_file(const char *path, struct log_key *out, struct fault *why)
{
	struct minisign_public p;
	struct fault none;
	struct bytes text;
	int rc = -1;

	bytes_init(&text, KEY_FILE_MAX);
	if (log_in_file(NULL, path, &text, why) != 1) {
		fault_set(why, FAULT_USAGE,
		    "--key needs a log's key, a node's public key, or a file "
		    "with one");
		goto done;
	}
	*out = (struct log_key){ .origin = "" };
	if (minisign_public_read_file(&text, &p, &none) == 0) {
		memcpy(out->key, p.key, sizeof(out->key));
		rc = 0;
		goto done;
	}
	rc = read_line(text.at != NULL ? (const char *)text.at : "", out, why);
done:
	bytes_free(&text);
	return rc;
}

int
log_keys_add(struct log_keys *k, const char *text, struct fault *why)
{
	struct log_key one;

	if (!read_key(text, &one) && read_key_file(text, &one, why) == -1)
		return -1;
	return add(k, &one, why);
}

static int
add_node(struct log_keys *k, const struct agreement *a, const struct node *n,
    struct fault *why)
{
	struct log_key one = { .revoked = n->revoked,
		.revoked_after = n->revoked_after,
		.revoked_on = n->revoked_on };

	if (log_heads_origin(a->id, n->code, one.origin, why) == -1)
		return -1;
	for (size_t i = 0; i < n->sign_count; i++) {
		memcpy(one.key, n->sign[i].key, sizeof(one.key));
		if (add(k, &one, why) == -1)
			return -1;
	}
	return 0;
}

int
log_keys_agreement(struct log_keys *k, const char *path, struct say *say,
    struct fault *why)
{
	const struct agreement *a;
	struct papers p;
	int rc = -1;

	if (papers_read(path, NULL, &p, why) == -1)
		return -1;
	a = agreement_of(p.file);
	if (agreement_has_errors(p.file)) {
		fault_set(why, FAULT_AGREEMENT_ERRORS,
		    "see: satchel agreement check");
		goto done;
	}
	if (p.parties < a->signatures_needed) {
		fault_set(why, FAULT_AGREEMENT_SIGNATURES, "%d good, %d needed",
		    p.parties, a->signatures_needed);
		goto done;
	}
	if (a->environment == AGREEMENT_TEST)
		say_practice(say);
	say_agreement_version(say, a->version, a->fingerprint);
	for (size_t i = 0; i < a->node_count; i++)
		if (add_node(k, a, &a->nodes[i], why) == -1)
			goto done;
	rc = 0;
done:
	papers_free(&p);
	return rc;
}

static int
add_version(struct log_keys *k, const struct home *h, int64_t version,
    struct fault *why)
{
	struct agreement_file *file = NULL;
	const struct node *n;
	struct bytes text;
	int found, rc = -1;

	bytes_init(&text, AGREEMENT_MAX);
	found = agreements_file(h->store, version, &text, why);
	if (found == 0)
		fault_set(why, FAULT_STORE_DAMAGED, "an agreement");
	if (found != 1 ||
	    (file = agreement_read(text.at, text.len, why)) == NULL)
		goto done;
	n = agreement_node(agreement_of(file), h->identity.node);
	rc = n == NULL ? 0 : add_node(k, agreement_of(file), n, why);
done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

/* What made a bundle once, and is in no version that was adopted here. */
static int
add_used(struct log_keys *k, const struct home *h, struct fault *why)
{
	struct log_key one = { .origin = "" };
	int found;

	for (int64_t n = 1;
	     (found = bundles_own_sign(h->store, n, one.key, why)) == 1; n++)
		if (add(k, &one, why) == -1)
			return -1;
	return found;
}

int
log_keys_home(struct log_keys *k, const struct home *h, struct fault *why)
{
	int64_t version = 0;
	int more;

	while ((more = agreements_after(h->store, version, &version, why)) == 1)
		if (add_version(k, h, version, why) == -1)
			return -1;
	return more == -1 ? -1 : add_used(k, h, why);
}

const struct log_key *
log_keys_check(const struct log_keys *k, const char *note,
    struct checkpoint *out)
{
	const struct log_key *found = NULL;

	if (!note_peek(note, out))
		return NULL;
	for (size_t i = 0; i < k->count; i++) {
		const struct log_key *one = &k->all[i];
		char origin[NOTE_NAME_ROOM];

		memcpy(origin,
		    one->origin[0] != '\0' ? one->origin : out->origin,
		    sizeof(origin));
		if (strcmp(origin, out->origin) == 0 &&
		    note_is_checkpoint(note, origin, one->key, out) &&
		    (found == NULL || one->revoked))
			found = one;
	}
	return found;
}
