#include "cli/node.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/say.h"
#include "crypto/passphrase.h"
#include "crypto/secrets.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "import/adopt.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/store.h"

#define IDENTITY_FILE "node.json"
#define IDENTITY_MAX 4096
#define SECRETS_FILE NODE_SECRETS_FILE
#define PRACTICE_FILE NODE_PRACTICE_FILE
#define SECRETS_MAX ((size_t)64 * 1024)
/* There while a node is being made; what lies beside it is nobody's yet. */
#define MAKING_FILE "node.making"
#define OUTBOX "outbox"
#define NODE_FORM "node/1"
#define CARD_FORM "identity/1"

static bool
is_code(const char *code)
{
	size_t len = strlen(code);

	return len >= 2 && len <= 16 &&
	    strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == len;
}

static int
set_fingerprint(struct identity *id, struct fault *why)
{
	const char *const lines[] = { id->node, id->sign, id->open,
		id->next_sign, id->next_open };
	struct bytes text;
	int rc = -1;

	bytes_init(&text, IDENTITY_MAX);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i][0] != '\0' &&
		    (bytes_add_text(&text, lines[i], why) == -1 ||
			bytes_add_text(&text, "\n", why) == -1))
			goto done;
	digest_fingerprint(text.at, text.len, id->fingerprint);
	rc = 0;

done:
	bytes_free(&text);
	return rc;
}

static void
write_public(const struct minisign_key *key,
    char out[static MINISIGN_PUBLIC_ROOM])
{
	struct minisign_public public;

	minisign_key_copy_public(key, &public);
	minisign_public_write(&public, out);
}

static bool
read_pair(const char *sign, const char *open,
    char sign_out[static MINISIGN_PUBLIC_ROOM],
    char open_out[static AGEKEY_RECIPIENT_ROOM])
{
	struct minisign_public public;
	uint8_t point[AGEKEY_BYTES];

	if (sign == NULL || open == NULL ||
	    !minisign_public_read(sign, strlen(sign), &public) ||
	    !agekey_recipient_read(open, point) ||
	    strlen(open) >= AGEKEY_RECIPIENT_ROOM)
		return false;
	memcpy(open_out, open, strlen(open) + 1);
	minisign_public_write(&public, sign_out);
	return true;
}

static bool
read_node(const struct json_node *n, const char *form, struct identity *id)
{
	const char *satchel = json_get_text(n, "satchel");
	const char *node = json_get_text(n, "node");

	if (satchel == NULL || strcmp(satchel, form) != 0 || node == NULL ||
	    !is_code(node))
		return false;
	memcpy(id->node, node, strlen(node) + 1);
	return read_pair(json_get_text(n, "sign"), json_get_text(n, "open"),
	    id->sign, id->open);
}

static bool
read_members(const struct json_node *n, struct identity *id)
{
	const struct json_node *next = json_get(n, "next");

	if (!read_node(n, NODE_FORM, id) ||
	    !json_boolean(json_get(n, "protected"), &id->protected))
		return false;
	return next == NULL ||
	    read_pair(json_get_text(next, "sign"), json_get_text(next, "open"),
		id->next_sign, id->next_open);
}

static int
read_identity(const struct folder *f, struct identity *id, struct fault *why)
{
	struct bytes text;
	struct json *j = NULL;
	int rc = -1;

	*id = (struct identity){ .protected = false };
	bytes_init(&text, IDENTITY_MAX);
	if (folder_read(f, IDENTITY_FILE, &text, why) == -1)
		goto done;
	if (json_read(text.at, text.len, &json_record, &j, why) == -1 ||
	    !read_members(json_root(j), id)) {
		fault_set(why, FAULT_STORE_DAMAGED,
		    IDENTITY_FILE " is not what satchel init wrote");
		goto done;
	}
	rc = set_fingerprint(id, why);

done:
	json_free(j);
	bytes_free(&text);
	return rc;
}

static const char *
secrets_name(const struct home *h)
{
	return h->identity.protected ? SECRETS_FILE : PRACTICE_FILE;
}

/* What the keys' file is now, whoever may open it. */
static int
hash_secrets(const struct home *h, uint8_t out[static 32], struct fault *why)
{
	struct bytes file;
	int rc = 0;

	memset(out, 0, 32);
	bytes_init(&file, SECRETS_MAX);
	if (folder_read(h->folder, secrets_name(h), &file, why) == 0)
		digest_once(DIGEST_SHA256, file.at, file.len, out);
	else if (why->id != FAULT_DISK_NOT_FOUND &&
	    why->id != FAULT_SOURCE_TOO_LARGE)
		rc = -1;
	bytes_free(&file);
	return rc;
}

/* The home folder of a node that is there; FAULT_NODE_NONE else. */
static struct folder *
open_folder(const char *path, struct fault *why)
{
	struct folder *f;

	if (path[0] == '\0') {
		fault_set(why, FAULT_NODE_NONE, "say where with --home");
		return NULL;
	}
	if ((f = folder_open(path, why)) == NULL) {
		if (why->id == FAULT_DISK_NOT_FOUND)
			fault_set(why, FAULT_NODE_NONE, "%s",
			    folder_last_part(path));
		return NULL;
	}
	if (!folder_has(f, IDENTITY_FILE)) {
		fault_set(why, FAULT_NODE_NONE, "%s", folder_last_part(path));
		folder_close(f);
		return NULL;
	}
	return f;
}

struct passphrase *
node_passphrase(const struct args *args, const char *prompt, int twice,
    struct fault *why)
{
	const struct globals *g = args->globals;

	if (g->passphrase_fd != -1)
		return passphrase_from_fd(g->passphrase_fd, why);
	if (g->passphrase_file != NULL)
		return passphrase_from_file(g->passphrase_file, why);
	return passphrase_ask(prompt, twice, why);
}

static bool
has_sign(const struct secrets *s, const char *sign)
{
	const struct minisign_key *const keys[] = { secrets_signing(s),
		secrets_next(s) };
	char text[MINISIGN_PUBLIC_ROOM];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i] == NULL)
			continue;
		write_public(keys[i], text);
		if (strcmp(text, sign) == 0)
			return true;
	}
	return false;
}

static bool
has_open(const struct secrets *s, const char *open)
{
	struct age_opener with;
	char text[AGEKEY_RECIPIENT_ROOM];

	secrets_opener(s, &with);
	for (size_t i = 0; i < with.key_count; i++) {
		agekey_copy_recipient(with.keys[i], text);
		if (strcmp(text, open) == 0)
			return true;
	}
	return false;
}

/*
 * Are the keys that node.json speaks of here?  There may be others: keys that
 * were made, or not yet dropped, when something broke off.
 */
static int
check_keys(const struct home *h, struct fault *why)
{
	const struct identity *id = &h->identity;

	if (!has_sign(h->secrets, id->sign) ||
	    !has_open(h->secrets, id->open) ||
	    (id->next_sign[0] != '\0' &&
		(!has_sign(h->secrets, id->next_sign) ||
		    !has_open(h->secrets, id->next_open))))
		return FAIL(why, FAULT_SECRETS_FORM,
		    "the keys are not those of node %s", id->node);
	return 0;
}

static int
open_secrets(const struct args *args, struct home *h, bool keep,
    struct fault *why)
{
	const char *name = secrets_name(h);
	struct passphrase *p = NULL;
	struct bytes file;
	int rc = -1;

	bytes_init(&file, SECRETS_MAX);
	if (folder_read(h->folder, name, &file, why) == -1) {
		if (why->id == FAULT_DISK_NOT_FOUND)
			fault_set(why, FAULT_SECRETS_FORM, "%s is missing",
			    name);
		goto done;
	}
	digest_once(DIGEST_SHA256, file.at, file.len, h->secrets_file);
	/* Editing node.json must not make a practice node pass for another. */
	if (secrets_unprotected(file.at, file.len) == h->identity.protected) {
		fault_set(why, FAULT_SECRETS_FORM, "%s", name);
		goto done;
	}
	if (h->identity.protected &&
	    (p = node_passphrase(args, "Passphrase of this node: ", 0, why)) ==
		NULL)
		goto done;
	h->secrets = secrets_read(file.at, file.len, p, why);
	if (h->secrets == NULL || check_keys(h, why) == -1)
		goto done;
	if (keep) {
		h->passphrase = p;
		p = NULL;
	}
	rc = 0;

done:
	passphrase_free(p);
	bytes_free(&file);
	return rc;
}

/* Is this node listed with keys that it signs and opens with? */
static bool
is_self(const struct node *n, const struct home *h)
{
	for (size_t i = 0; i < n->open_count; i++)
		if (has_open(h->secrets, n->open[i]))
			return secrets_signer(h->secrets, n->sign,
				   n->sign_count) != NULL;
	return false;
}

/* Whose numbers count from now on: those of the key that signs. */
static int
choose_key(struct home *h, struct fault *why)
{
	struct minisign_public public;

	h->signing =
	    secrets_signer(h->secrets, h->self->sign, h->self->sign_count);
	minisign_key_copy_public(h->signing, &public);
	return bundles_sign_with(h->store, public.key, why);
}

static int
open_store(struct home *h, bool writes, struct fault *why)
{
	const struct agreement *a;
	const struct node *n;

	h->store = store_open(h->folder, h->secrets, writes, why);
	if (h->store == NULL ||
	    adopt_in_force(h->store, &h->agreement, why) == -1)
		return -1;
	if (h->agreement == NULL)
		return 0;
	a = agreement_of(h->agreement);
	if (a->environment == AGREEMENT_LIVE && !h->identity.protected)
		return FAIL(why, FAULT_AGREEMENT_PRACTICE_NODE, "%s",
		    h->identity.node);
	n = agreement_node(a, h->identity.node);
	if (n == NULL || !is_self(n, h))
		return 0;
	h->self = n;
	return choose_key(h, why);
}

static int
open_identity(const struct args *args, struct home *out, struct fault *why)
{
	*out = (struct home){ .folder = NULL };
	out->folder = open_folder(args->globals->home, why);
	if (out->folder == NULL ||
	    read_identity(out->folder, &out->identity, why) == -1 ||
	    hash_secrets(out, out->secrets_file, why) == -1)
		return -1;
	if (!out->identity.protected)
		say_practice(args->say);
	return 0;
}

/*
 * The keys were read before the lock was there, and somebody may have been
 * asked for a passphrase in between: another program that changed the keys or
 * their passphrase meanwhile must not have its work undone.
 */
static int
check_unchanged(const struct home *h, struct fault *why)
{
	const struct identity *before = &h->identity;
	struct identity now;
	uint8_t file[32];

	if (read_identity(h->folder, &now, why) == -1 ||
	    hash_secrets(h, file, why) == -1)
		return -1;
	if (strcmp(now.fingerprint, before->fingerprint) != 0 ||
	    now.protected != before->protected ||
	    memcmp(file, h->secrets_file, sizeof(file)) != 0)
		return FAIL(why, FAULT_STORE_BUSY,
		    "its keys were changed at this moment");
	return 0;
}

/* Adopting an agreement may have broken off before its copy was written. */
static int
mend_recovery(const struct home *h, struct fault *why)
{
	const struct agreement *a;
	bool has;

	if (h->agreement == NULL)
		return 0;
	a = agreement_of(h->agreement);
	if (agreements_has_recovery(h->store, a->version, &has, why) == -1)
		return -1;
	return has ? 0 : node_write_recovery(h, a, why);
}

/* With the secrets at hand. */
static int
open_rest(const struct args *args, enum home_need need, struct home *out,
    struct fault *why)
{
	if (open_store(out, need >= HOME_WRITE, why) == -1 ||
	    (need >= HOME_WRITE &&
		(check_unchanged(out, why) == -1 ||
		    mend_recovery(out, why) == -1)))
		return -1;
	if (out->agreement != NULL &&
	    agreement_of(out->agreement)->environment == AGREEMENT_TEST)
		say_practice(args->say);
	/* Left if the node got its passphrase and something broke off. */
	if (need >= HOME_WRITE && out->identity.protected &&
	    folder_has(out->folder, PRACTICE_FILE))
		return folder_remove(out->folder, PRACTICE_FILE, why);
	return 0;
}

int
node_open(const struct args *args, enum home_need need, struct home *out,
    struct fault *why)
{
	if (open_identity(args, out, why) == -1)
		goto done;
	if (need != HOME_IDENTITY &&
	    (open_secrets(args, out, need == HOME_KEYS, why) == -1 ||
		open_rest(args, need, out, why) == -1))
		goto done;
	return 0;

done:
	node_close(out);
	return -1;
}

int
node_open_with(const struct args *args, enum home_need need, struct secrets **s,
    struct home *out, struct fault *why)
{
	struct fault other;

	if (open_identity(args, out, why) == -1)
		goto done;
	out->secrets = *s;
	*s = NULL;
	if (check_keys(out, &other) == -1) {
		fault_set(why, FAULT_SECRETS_OTHER, "node %s",
		    out->identity.node);
		goto done;
	}
	if (open_rest(args, need, out, why) == -1)
		goto done;
	return 0;

done:
	node_close(out);
	return -1;
}

void
node_close(struct home *h)
{
	agreement_free(h->agreement);
	store_close(h->store);
	secrets_free(h->secrets);
	passphrase_free(h->passphrase);
	folder_close(h->folder);
	*h = (struct home){ .folder = NULL };
}

int
node_need_agreement(const struct home *h, struct fault *why)
{
	if (h->agreement == NULL)
		return FAIL(why, FAULT_AGREEMENT_NONE, "%s", h->identity.node);
	if (h->self == NULL)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED, "%s",
		    h->identity.node);
	return 0;
}

int
node_user(const struct node *n, const struct args *args, const char **user,
    struct fault *why)
{
	const char *given = args->globals->user;

	*user = "unnamed";
	if (given == NULL)
		return 0;
	if (n == NULL || agreement_user(n, given) == NULL)
		return FAIL(why, FAULT_NODE_USER_UNKNOWN, "%s", given);
	*user = given;
	return 0;
}

int
node_acting(const struct home *h, const struct args *args, unsigned right,
    const char **user, struct fault *why)
{
	const char *given = args->globals->user;
	const struct user *u;

	if (node_need_agreement(h, why) == -1)
		return -1;
	if (given == NULL) {
		if (right != 0 &&
		    agreement_of(h->agreement)->environment == AGREEMENT_LIVE)
			return FAIL(why, FAULT_NODE_USER_NEEDED, "%s",
			    h->identity.node);
		*user = "unnamed";
		return 0;
	}
	if ((u = agreement_user(h->self, given)) == NULL)
		return FAIL(why, FAULT_NODE_USER_UNKNOWN, "%s", given);
	if ((u->may & right) != right)
		return FAIL(why, FAULT_NODE_USER_RIGHT, "%s", given);
	/* The words of the command line outlive any agreement. */
	*user = given;
	return 0;
}

int
node_check_new(const char *path, const char *code, struct fault *why)
{
	struct folder *f;
	struct fault absent;
	int rc = 0;

	if (!is_code(code))
		return FAIL(why, FAULT_NODE_CODE, "%.40s", code);
	if (path[0] == '\0')
		return FAIL(why, FAULT_NODE_NONE, "say where with --home");
	if ((f = folder_open(path, &absent)) == NULL) {
		if (absent.id == FAULT_DISK_NOT_FOUND)
			return 0;
		*why = absent;
		return -1;
	}
	if (folder_has(f, IDENTITY_FILE) ||
	    (!folder_has(f, MAKING_FILE) &&
		(folder_has(f, SECRETS_FILE) || folder_has(f, PRACTICE_FILE) ||
		    folder_has(f, STORE_FILE))))
		rc = FAIL(why, FAULT_NODE_EXISTS, "%s", folder_last_part(path));
	folder_close(f);
	return rc;
}

/* Like folder_make, but also makes what it lies in. */
static struct folder *
make_folder(const char *path, struct fault *why)
{
	size_t len = strlen(path);
	struct folder *f;
	char *part;

	if ((part = malloc(len + 1)) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%s", folder_last_part(path));
		return NULL;
	}
	memcpy(part, path, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (path[i] != '/')
			continue;
		part[i] = '\0';
		/* What cannot be made here shows when the last one is made. */
		folder_close(folder_make(part, why));
		part[i] = '/';
	}
	f = folder_make(path, why);
	free(part);
	return f;
}

/* Take away what an earlier try left; it never was a node. */
static int
clear_leftovers(const struct folder *f, struct fault *why)
{
	static const char *const names[] = { SECRETS_FILE, PRACTICE_FILE,
		STORE_FILE, STORE_FILE "-wal", STORE_FILE "-shm" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (folder_has(f, names[i]) &&
		    folder_remove(f, names[i], why) == -1)
			return -1;
	return 0;
}

static int
write_secrets(struct folder *f, const struct secrets *s,
    const struct passphrase *p, bool anew, struct fault *why)
{
	const char *name = p != NULL ? SECRETS_FILE : PRACTICE_FILE;
	struct sink *to =
	    anew ? folder_replace(f, name, why) : folder_publish(f, name, why);
	int rc = -1;

	if (to != NULL && secrets_write(s, p, &to, why) == 0 &&
	    sink_finish(to, why) == 0)
		rc = 0;
	sink_free(to);
	return rc;
}

/* The keys of an identity are those that s has, its code is there already. */
static int
set_identity(struct identity *id, const struct secrets *s, struct fault *why)
{
	struct age_opener with;

	secrets_opener(s, &with);
	write_public(secrets_signing(s), id->sign);
	agekey_copy_recipient(with.keys[0], id->open);
	id->next_sign[0] = '\0';
	id->next_open[0] = '\0';
	if (secrets_next(s) != NULL) {
		write_public(secrets_next(s), id->next_sign);
		agekey_copy_recipient(with.keys[with.key_count - 1],
		    id->next_open);
	}
	return set_fingerprint(id, why);
}

static void
write_next(struct jsonout *o, const struct identity *id, bool is_card)
{
	if (id->next_sign[0] == '\0')
		return;
	if (!is_card)
		jsonout_object(o, "next");
	jsonout_text(o, is_card ? "next_sign" : "sign", id->next_sign);
	jsonout_text(o, is_card ? "next_open" : "open", id->next_open);
	if (!is_card)
		jsonout_object_end(o);
}

/* The members of the card; node.json also says whether it is protected. */
static int
write_members(const struct identity *id, bool is_card, struct bytes *out,
    struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "satchel", is_card ? CARD_FORM : NODE_FORM);
	jsonout_text(&o, "node", id->node);
	jsonout_text(&o, "sign", id->sign);
	jsonout_text(&o, "open", id->open);
	write_next(&o, id, is_card);
	if (is_card)
		jsonout_text(&o, "fingerprint", id->fingerprint);
	else
		jsonout_boolean(&o, "protected", id->protected);
	jsonout_object_end(&o);
	jsonout_newline(&o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

int
node_write_card(const struct identity *id, struct bytes *out, struct fault *why)
{
	return write_members(id, true, out, why);
}

static bool
read_card(const struct json_node *n, struct identity *id)
{
	const char *sign = json_get_text(n, "next_sign");
	const char *open = json_get_text(n, "next_open");

	if (!read_node(n, CARD_FORM, id))
		return false;
	return (sign == NULL && open == NULL) ||
	    read_pair(sign, open, id->next_sign, id->next_open);
}

int
node_read_card(const struct bytes *card, struct identity *out,
    struct fault *why)
{
	const char *given;
	struct json *j = NULL;
	int rc = -1;

	*out = (struct identity){ .protected = false };
	if (json_read(card->at, card->len, &json_record, &j, why) == -1 ||
	    !read_card(json_root(j), out)) {
		fault_set(why, FAULT_CARD,
		    "not a card, or a key in it is none");
		goto done;
	}
	if (set_fingerprint(out, why) == -1)
		goto done;
	given = json_get_text(json_root(j), "fingerprint");
	if (given == NULL || !digest_fingerprint_is(out->fingerprint, given)) {
		fault_set(why, FAULT_CARD,
		    "its fingerprint is not that of its keys");
		goto done;
	}
	rc = 0;

done:
	json_free(j);
	return rc;
}

/* The store, with its first journal entry. */
static int
make_store(struct folder *f, const struct secrets *secrets,
    const struct identity *id, struct fault *why)
{
	struct store *s = NULL;
	struct bytes body;
	int rc = -1;

	bytes_init(&body, IDENTITY_MAX);
	if (store_make(f, why) == -1 ||
	    (s = store_open(f, secrets, true, why)) == NULL ||
	    node_write_card(id, &body, why) == -1 ||
	    journal_add(s, ACT_NODE_MADE, clock_now(), "unnamed",
		(const char *)body.at, why) == -1)
		goto done;
	rc = 0;

done:
	store_close(s);
	bytes_free(&body);
	return rc;
}

int
node_make(const char *path, const char *code, const struct passphrase *p,
    struct identity *out, struct fault *why)
{
	struct folder *f = NULL, *outbox = NULL;
	struct secrets *s = NULL;
	struct bytes text;
	int rc = -1;

	bytes_init(&text, IDENTITY_MAX);
	*out = (struct identity){ .protected = p != NULL };
	if (node_check_new(path, code, why) == -1 ||
	    (f = make_folder(path, why)) == NULL ||
	    clear_leftovers(f, why) == -1)
		goto done;
	memcpy(out->node, code, strlen(code) + 1);
	if (folder_replace_bytes(f, MAKING_FILE, "", 0, why) == -1 ||
	    (s = secrets_new(why)) == NULL || set_identity(out, s, why) == -1 ||
	    write_secrets(f, s, p, false, why) == -1 ||
	    make_store(f, s, out, why) == -1 ||
	    (outbox = folder_make_in(f, OUTBOX, why)) == NULL ||
	    write_members(out, false, &text, why) == -1)
		goto done;
	/* With this file there is a node, and not before. */
	if (folder_publish_bytes(f, IDENTITY_FILE, text.at, text.len, why) ==
		-1 ||
	    folder_remove(f, MAKING_FILE, why) == -1)
		goto done;
	rc = 0;

done:
	bytes_free(&text);
	secrets_free(s);
	folder_close(outbox);
	folder_close(f);
	return rc;
}

int
node_write_recovery(const struct home *h, const struct agreement *a,
    struct fault *why)
{
	struct sink *to;
	int rc = -1;

	if (a->recovery_count == 0)
		return agreements_recovery_written(h->store, a->version, why);
	to = folder_replace(h->folder, NODE_RECOVERY_FILE, why);
	if (to != NULL &&
	    secrets_write_recovery(h->secrets, a->recovery, a->recovery_count,
		&to, why) == 0 &&
	    sink_finish(to, why) == 0)
		rc = agreements_recovery_written(h->store, a->version, why);
	sink_free(to);
	return rc;
}

int
node_replace_secrets(struct home *h, const struct passphrase *p,
    struct fault *why)
{
	if (p == NULL && h->identity.protected)
		return FAIL(why, FAULT_INSIDE, "keys without a passphrase");
	/* Last what counts: if this fails, what opened the node still does. */
	if (h->agreement != NULL &&
	    node_write_recovery(h, agreement_of(h->agreement), why) == -1)
		return -1;
	return write_secrets(h->folder, h->secrets, p, true, why);
}

int
node_replace_identity(struct home *h, struct fault *why)
{
	struct bytes text;
	int rc = -1;

	bytes_init(&text, IDENTITY_MAX);
	if (write_members(&h->identity, false, &text, why) == 0)
		rc = folder_replace_bytes(h->folder, IDENTITY_FILE, text.at,
		    text.len, why);
	bytes_free(&text);
	return rc;
}

int
node_add_next(struct home *h, struct fault *why)
{
	char sign[MINISIGN_PUBLIC_ROOM];

	/* Dropping the older ones broke off. */
	write_public(secrets_signing(h->secrets), sign);
	if (strcmp(sign, h->identity.sign) != 0)
		secrets_drop_old(h->secrets);
	/* If there are next ones, adding them broke off: nobody knows them. */
	if (secrets_next(h->secrets) == NULL &&
	    secrets_add_next(h->secrets, why) == -1)
		return -1;
	return set_identity(&h->identity, h->secrets, why);
}

int
node_drop_old(struct home *h, struct fault *why)
{
	secrets_drop_old(h->secrets);
	return set_identity(&h->identity, h->secrets, why);
}

enum node_leftovers
node_leftovers(const struct home *h)
{
	struct age_opener with;
	char sign[MINISIGN_PUBLIC_ROOM];

	secrets_opener(h->secrets, &with);
	if (h->identity.next_sign[0] != '\0' ||
	    (secrets_next(h->secrets) == NULL && with.key_count == 1))
		return LEFTOVERS_NONE;
	write_public(secrets_signing(h->secrets), sign);
	return strcmp(sign, h->identity.sign) == 0 &&
		secrets_next(h->secrets) != NULL ?
	    LEFTOVERS_NEW :
	    LEFTOVERS_OLD;
}

void
node_drop_leftovers(struct home *h)
{
	if (node_leftovers(h) != LEFTOVERS_OLD)
		return;
	secrets_drop_old(h->secrets);
	if (h->self != NULL)
		h->signing = secrets_signer(h->secrets, h->self->sign,
		    h->self->sign_count);
}
