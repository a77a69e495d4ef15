#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/reader.h"
#include "base/sink.h"
#include "base/source.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "crypto/vectors.h"
#include "formats/bundle.h"
#include "formats/json.h"
#include "formats/ndjson.h"
#include "formats/ustar.h"
#include "store/store.h"

#define NAME_ROOM 256
#define BUFFER 65536

/* An open file for reading, with the name that a fault may use. */
static int
open_file(const char *path, char name[static NAME_ROOM], struct fault *why)
{
	struct folder *dir = NULL;
	int fd = -1;

	if (strcmp(path, "-") == 0) {
		memcpy(name, "standard input", sizeof("standard input"));
		return STDIN_FILENO;
	}
	if (folder_split(path, &dir, name, NAME_ROOM, why) == 0)
		fd = folder_open_file(dir, name, why);
	folder_close(dir);
	return fd;
}

static void
close_file(int fd)
{
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

/* The whole file, added to out. */
static int
read_file(const char *path, struct bytes *out, struct fault *why)
{
	struct source *from = NULL;
	uint8_t buffer[BUFFER];
	char name[NAME_ROOM];
	size_t got;
	int fd, rc = -1;

	if ((fd = open_file(path, name, why)) == -1)
		return -1;
	if ((from = source_from_fd(fd, name, why)) == NULL)
		goto done;
	while (
	    (rc = source_read(from, buffer, sizeof(buffer), &got, why)) == 0 &&
	    got > 0)
		if ((rc = bytes_add(out, buffer, got, why)) == -1)
			break;

done:
	source_free(from);
	close_file(fd);
	return rc;
}

/* An empty buffer has no bytes to point at. */
static const void *
start_of(const struct bytes *b)
{
	return b->at != NULL ? (const void *)b->at : "";
}

static int
run_json(const struct args *args, struct say *say, struct fault *why)
{
	struct bytes text;
	int rc = -1;

	/* One byte more than it may have, so that the gate says it is large. */
	bytes_init(&text, json_foreign.bytes + 1);
	if (read_file(args->operands[0], &text, why) == 0)
		rc = json_check(start_of(&text), text.len, &json_foreign, why);
	if (rc == 0)
		say_line(say, "This is JSON, and strict.");
	bytes_free(&text);
	return rc;
}

const struct command cmd_plumbing_json = {
	.name = "plumbing json",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "is this JSON, by the rules for files of others?",
	.more = "Exit status 0 or 5. FILE may be - for standard input.",
	.run = run_json,
};

/* One pass over an archive in bundle form. */
struct pass {
	struct ustar *tar;
	struct bundle_totals *totals;
	struct folder *to; /* NULL: only look */
	struct bytes text; /* of the present member, unless it is a file */
	struct bundle_name name;
	struct bundle_name before;
	size_t members;
	bool ended;		 /* totals.json came */
	enum bundle_record last; /* kind of the record before */
};

/* The folder and the sink for one member; both the caller's. */
static int
open_member(const struct pass *p, const char *name, struct folder **dir,
    struct sink **out, struct fault *why)
{
	const char *slash = strchr(name, '/');
	char folder[USTAR_NAME_ROOM];

	*dir = NULL;
	*out = NULL;
	if (p->to == NULL)
		return 0;
	if (slash != NULL) {
		memcpy(folder, name, (size_t)(slash - name));
		folder[slash - name] = '\0';
		if ((*dir = folder_make_in(p->to, folder, why)) == NULL)
			return -1;
		*out = folder_publish(*dir, slash + 1, why);
	} else {
		*out = folder_publish(p->to, name, why);
	}
	return *out != NULL ? 0 : -1;
}

/* Hash, keep and write the bytes of the present member. */
static int
copy_member(struct pass *p, const struct ustar_member *m,
    uint8_t hash[static 32], struct fault *why)
{
	struct digest *d = digest_new(DIGEST_SHA256, why);
	struct folder *dir = NULL;
	struct sink *out = NULL;
	uint8_t buffer[BUFFER];
	size_t got;
	int rc = -1;

	bytes_empty(&p->text);
	if (d == NULL || open_member(p, m->name, &dir, &out, why) == -1)
		goto done;
	for (;;) {
		if (ustar_read(p->tar, buffer, sizeof(buffer), &got, why) == -1)
			goto done;
		if (got == 0)
			break;
		digest_add(d, buffer, got);
		if (p->name.kind != BUNDLE_MEMBER_FILE &&
		    bytes_add(&p->text, buffer, got, why) == -1)
			goto done;
		if (out != NULL && sink_write(out, buffer, got, why) == -1)
			goto done;
	}
	if (out != NULL && sink_finish(out, why) == -1)
		goto done;
	digest_end(d, hash);
	rc = 0;

done:
	digest_free(d);
	sink_free(out);
	folder_close(dir);
	return rc;
}

static int
count_record(struct pass *p, const struct view *line, struct fault *why)
{
	enum bundle_record kind;
	struct json *j = NULL;
	int rc = -1;

	if (json_read(line->bytes, line->len, &json_line, &j, why) == -1)
		return -1;
	if (!bundle_record_kind(json_root(j), &kind))
		fault_set(why, FAULT_BUNDLE_RECORD, "an unknown type");
	else if (kind < p->last)
		fault_set(why, FAULT_BUNDLE_RECORD, "a %s after a %s",
		    bundle_record_name(kind), bundle_record_name(p->last));
	else
		rc = 0;
	if (rc == 0) {
		p->last = kind;
		bundle_totals_record(p->totals, kind);
	}
	json_free(j);
	return rc;
}

static int
count_records(struct pass *p, const char *name, struct fault *why)
{
	struct reader r = { p->text.at, p->text.len };
	struct view line;
	int more;

	if (p->text.len == 0)
		return FAIL(why, FAULT_BUNDLE_RECORD, "%s is empty", name);
	while ((more = ndjson_next(&r, &line, why)) == 1)
		if (count_record(p, &line, why) == -1)
			return -1;
	return more;
}

static uint64_t
most_bytes(enum bundle_member kind)
{
	return kind == BUNDLE_MEMBER_FILE ? BUNDLE_ATTACHMENT_MAX :
	    kind == BUNDLE_MEMBER_TOTALS  ? (uint64_t)64 << 20 :
					    BUNDLE_MEMBER_MAX;
}

static int
check_member(struct pass *p, const struct ustar_member *m,
    const uint8_t hash[static 32], struct fault *why)
{
	char hex[DIGEST_HEX];

	switch (p->name.kind) {
	case BUNDLE_MEMBER_TOTALS:
		p->ended = true;
		return bundle_totals_agree(p->totals, p->text.at, p->text.len,
		    true, why);
	case BUNDLE_MEMBER_INSIDE:
		if (json_check(start_of(&p->text), p->text.len, &json_record,
			why) == -1)
			return -1;
		break;
	case BUNDLE_MEMBER_RECORDS:
		if (count_records(p, m->name, why) == -1)
			return -1;
		break;
	case BUNDLE_MEMBER_FILE:
		digest_hex(hash, 32, hex);
		if (strcmp(hex, p->name.sha256) != 0)
			return FAIL(why, FAULT_BUNDLE_ATTACHMENT, "%s",
			    m->name);
		break;
	default:
		break;
	}
	return bundle_totals_member(p->totals, m->name, m->size, hash, why);
}

static int
take_member(struct pass *p, const struct ustar_member *m, struct fault *why)
{
	uint8_t hash[32];

	if (bundle_name_read(m->name, p->members > 0 ? &p->before : NULL,
		&p->name, why) == -1)
		return -1;
	if (m->size > most_bytes(p->name.kind))
		return FAIL(why, FAULT_BUNDLE_TOO_LARGE, "%s", m->name);
	if (copy_member(p, m, hash, why) == -1 ||
	    check_member(p, m, hash, why) == -1)
		return -1;
	p->before = p->name;
	p->members++;
	return 0;
}

/* Read the archive through; with a folder, also write what is in it. */
static int
go_through(int fd, const char *name, struct folder *to, struct fault *why)
{
	struct pass p = { .to = to };
	struct source *from = NULL;
	struct ustar_member m;
	int more, rc = -1;

	bytes_init(&p.text, (size_t)64 << 20);
	if (lseek(fd, 0, SEEK_SET) == -1) {
		fault_set(why, FAULT_DISK_NOT_READ, "%s", name);
		goto done;
	}
	if ((from = source_from_fd(fd, name, why)) == NULL ||
	    (p.tar = ustar_new(from, why)) == NULL ||
	    (p.totals = bundle_totals_new(why)) == NULL)
		goto done;
	while ((more = ustar_next(p.tar, &m, why)) == 1)
		if (take_member(&p, &m, why) == -1)
			goto done;
	if (more == -1)
		goto done;
	if (!p.ended) {
		fault_set(why, FAULT_BUNDLE_TAR, "totals.json is missing");
		goto done;
	}
	rc = 0;

done:
	ustar_free(p.tar);
	source_free(from);
	bundle_totals_free(p.totals);
	bytes_free(&p.text);
	return rc;
}

/* A new folder, or one that holds nothing yet. */
static struct folder *
open_empty(const char *path, struct fault *why)
{
	struct folder *f = folder_make(path, why);
	struct bytes names;
	size_t others;
	bool empty = false;

	if (f == NULL)
		return NULL;
	bytes_init(&names, (size_t)1 << 20);
	if (folder_list(f, &names, &others, why) == 0) {
		empty = names.len == 0 && others == 0;
		if (!empty)
			fault_set(why, FAULT_DISK_EXISTS,
			    "the folder is not empty");
	}
	bytes_free(&names);
	if (empty)
		return f;
	folder_close(f);
	return NULL;
}

enum { UNPACK_DRY_RUN };

static int
run_unpack(const struct args *args, struct say *say, struct fault *why)
{
	struct folder *to = NULL;
	char name[NAME_ROOM];
	int fd, rc = -1;

	if (strcmp(args->operands[0], "-") == 0)
		return FAIL(why, FAULT_USAGE,
		    "plumbing unpack reads its file twice, so - will not do");
	if ((fd = open_file(args->operands[0], name, why)) == -1)
		return -1;
	/* Looked at to the end before anything of it is written. */
	if (go_through(fd, name, NULL, why) == -1)
		goto done;
	if (!args->given[UNPACK_DRY_RUN] &&
	    ((to = open_empty(args->operands[1], why)) == NULL ||
		go_through(fd, name, to, why) == -1))
		goto done;
	say_line(say, "The archive is in bundle form.");
	rc = 0;

done:
	folder_close(to);
	close_file(fd);
	return rc;
}

const struct command cmd_plumbing_unpack = {
	.name = "plumbing unpack",
	.operands = "FILE DIR",
	.least = 2,
	.most = 2,
	.gist = "check a bare tar in bundle form, and write it into DIR",
	.more = "Exit status 0 or 5. DIR must be new or empty; nothing is "
		"written unless the whole archive is good.",
	.options = {
		[UNPACK_DRY_RUN] = { "dry-run", NULL, "check only", OPTION_LAST },
	},
	.run = run_unpack,
};

enum { VERIFY_KEY };

static int
hash_file(const char *path, uint8_t hash[static MINISIGN_HASH],
    struct fault *why)
{
	struct source *from = NULL;
	struct digest *d = NULL;
	uint8_t buffer[BUFFER];
	char name[NAME_ROOM];
	size_t got;
	int fd, rc = -1;

	if ((fd = open_file(path, name, why)) == -1)
		return -1;
	if ((from = source_from_fd(fd, name, why)) == NULL ||
	    (d = digest_new(DIGEST_BLAKE2B_512, why)) == NULL)
		goto done;
	while (
	    (rc = source_read(from, buffer, sizeof(buffer), &got, why)) == 0 &&
	    got > 0)
		digest_add(d, buffer, got);
	if (rc == 0)
		digest_end(d, hash);

done:
	digest_free(d);
	source_free(from);
	close_file(fd);
	return rc;
}

/* A signature file that is none does not match either. */
static int
read_signature(const char *path, struct minisign_signature *out,
    struct fault *why)
{
	char detail[sizeof(why->detail)];
	struct bytes text;
	int rc = -1;

	bytes_init(&text, MINISIGN_SIGNATURE_ROOM);
	if (read_file(path, &text, why) == 0)
		rc = minisign_signature_read_detached(text.at, text.len, out,
		    why);
	bytes_free(&text);
	if (rc == -1 &&
	    (why->id == FAULT_SIGNATURE_FORM ||
		why->id == FAULT_SOURCE_TOO_LARGE)) {
		memcpy(detail, why->detail, sizeof(detail));
		fault_set(why, FAULT_SIGNATURE_BAD, "%s", detail);
	}
	return rc;
}

static int
run_minisig_verify(const struct args *args, struct say *say, struct fault *why)
{
	struct minisign_signature signature;
	struct minisign_public public;
	uint8_t hash[MINISIGN_HASH];
	const char *key = args->option[VERIFY_KEY];

	if (key == NULL)
		return FAIL(why, FAULT_USAGE,
		    "plumbing minisig-verify needs -P PUBKEY");
	if (!minisign_public_read(key, strlen(key), &public))
		return FAIL(why, FAULT_KEY_PUBLIC, "%.60s", key);
	if (read_signature(args->operands[1], &signature, why) == -1 ||
	    hash_file(args->operands[0], hash, why) == -1)
		return -1;
	if (!minisign_verify(&public, &signature, hash))
		return FAIL(why, FAULT_SIGNATURE_BAD, "%s", "not by this key");
	say_line(say, "The signature is good.");
	say_line(say, "trusted comment: %s", signature.trusted);
	return 0;
}

const struct command cmd_plumbing_minisig_verify = {
	.name = "plumbing minisig-verify",
	.operands = "FILE SIGFILE",
	.least = 2,
	.most = 2,
	.gist = "check a minisign signature",
	.more = "Exit status 0 or 4.",
	.options = {
		[VERIFY_KEY] = { "P", "PUBKEY", "the public key (RW...)",
		    false },
	},
	.run = run_minisig_verify,
};

static int
refuse_json(const struct args *args, struct fault *why)
{
	if (args->globals->json)
		return FAIL(why, FAULT_USAGE,
		    "--json: stdout is for the data of this command");
	return 0;
}

static int
run_vectors(const struct args *args, struct say *say, struct fault *why)
{
	struct bytes answer;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int rc = 0;

	(void)say;
	if (refuse_json(args, why) == -1)
		return -1;
	bytes_init(&answer, (size_t)256 << 20);
	while (rc == 0 && (len = getline(&line, &room, stdin)) != -1) {
		bytes_empty(&answer);
		rc = vectors_answer(line, (size_t)len, &answer, why);
		/* One at a time, for a program that asks as it goes. */
		if (rc == 0 &&
		    (fwrite(answer.at, 1, answer.len, stdout) != answer.len ||
			fflush(stdout) != 0))
			rc = FAIL(why, FAULT_DISK_NOT_WRITTEN,
			    "standard output");
	}
	if (rc == 0 && ferror(stdin))
		rc = FAIL(why, FAULT_DISK_NOT_READ, "standard input");
	free(line);
	bytes_free(&answer);
	return rc;
}

const struct command cmd_plumbing_vectors = {
	.name = "plumbing vectors",
	.gist = "the primitives alone, one line in and one line out",
	.more = "A line is a primitive and its arguments in hex, \"-\" for "
		"empty, numbers in decimal: ed25519-verify PUB SIG MSG; x25519 "
		"PRIV PUB; chacha20poly1305-open K N AAD CT; hkdf-sha256 IKM "
		"SALT INFO LEN; scrypt PASS SALT LOGN. The answer is ok and "
		"hex, or fail.",
	.run = run_vectors,
};

static int
run_state_hash(const struct args *args, struct say *say, struct fault *why)
{
	struct store *s = NULL;
	uint8_t hash[32];
	char hex[DIGEST_HEX];
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_IDENTITY, &h, why) == -1)
		return -1;
	/* Sealed values are hashed as they lie there: no key is needed. */
	if ((s = store_open(h.folder, NULL, false, why)) == NULL ||
	    store_state_hash(s, hash, why) == -1)
		goto done;
	digest_hex(hash, sizeof(hash), hex);
	say_line(say, "%s", hex);
	say_member(say, "state_hash", hex);
	rc = 0;

done:
	store_close(s);
	node_close(&h);
	return rc;
}

const struct command cmd_plumbing_state_hash = {
	.name = "plumbing state-hash",
	.gist = "a hash over what this node remembers",
	.more =
	    "The journal is left out. Two are equal only if nothing else was "
	    "written in between.",
	.run = run_state_hash,
};
