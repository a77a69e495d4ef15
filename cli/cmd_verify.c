#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "import/adopt.h"
#include "import/receive.h"

#define SIGNATURES_MAX 64

enum { OPT_AGREEMENT };

struct run {
	const struct agreement *agreement;
	struct say *say;
};

/* What an auditor is told of one bundle; nothing of it is decrypted. */
static void
say_one(const struct run *r, const char *name, const struct received *got,
    const char *signature, const struct fault *fault)
{
	char key[MINISIGN_PUBLIC_ROOM], created[MOMENT_TEXT];
	struct said_bundle b = {
		.file = name,
		.state = fault == NULL ? NULL : "refused",
		.fault = fault,
		.bytes = got->bytes,
		.signature = signature,
	};

	if (got->outside.seq != 0) {
		b.id = got->outside.id;
		b.seq = got->outside.seq;
		day_write_moment(got->outside.created, created);
		b.created = created;
	}
	if (got->signer != NULL) {
		minisign_public_write(got->key, key);
		b.from = got->signer->code;
		b.signed_node = got->signer->code;
		b.signed_party = got->signer->party->id;
		b.signed_key = key;
	}
	if (fault != NULL)
		say_status(r->say, fault_text(fault->id)->exit_status);
	say_bundle(r->say, &b);
}

/* The word for how the signature stands, and the fault if it is not good. */
static const char *
ask_signature(const struct run *r, struct received *got, struct fault *why)
{
	struct fault revoked;
	int late = 0, signer;

	signer = receive_signer(got, r->agreement, &late, why);
	if (signer == -1 && got->signer == NULL)
		return "unknown key";
	revoked = *why;
	if (receive_signature(got, why) == -1)
		return "bad";
	if (signer == -1) {
		*why = revoked;
		return "revoked";
	}
	return "good";
}

static int
verify_one(int fd, const char *name, const struct fault *trouble, void *context,
    struct fault *why)
{
	const struct run *r = context;
	struct received got;
	struct fault fault = { FAULT_NONE, "" };
	const char *signature;

	if (trouble != NULL) {
		say_fault(r->say, name, trouble);
		return 0;
	}
	(void)why;
	receive_start(&got);
	if (receive_in_place(&got, fd, &fault) == -1 ||
	    receive_lines(&got, &fault) == -1) {
		say_one(r, name, &got, "bad", &fault);
	} else {
		signature = ask_signature(r, &got, &fault);
		say_one(r, name, &got, signature,
		    strcmp(signature, "good") == 0 ? NULL : &fault);
	}
	receive_close(&got);
	return 0;
}

static int
read_file(const char *path, struct bytes *out, struct fault *why)
{
	struct folder *dir = NULL;
	char name[256];
	int rc = -1;

	if (folder_split(path, &dir, name, sizeof(name), why) == 0)
		rc = folder_read(dir, name, out, why);
	folder_close(dir);
	return rc;
}

/*
 * Is the agreement itself one to verify by: no errors, and signed by as many
 * of its parties as it asks for?
 */
static int
trust_agreement(struct agreement_file *file, const char *path,
    struct fault *why)
{
	struct adopt_signature signatures[SIGNATURES_MAX];
	const struct agreement *a = agreement_of(file);
	size_t count = 0;
	int signed_by, rc = -1;

	memset(signatures, 0, sizeof(signatures));
	if (agreement_has_errors(file))
		return FAIL(why, FAULT_AGREEMENT_ERRORS,
		    "see: satchel agreement check");
	if (adopt_find_signatures(path, signatures, SIGNATURES_MAX, &count,
		why) == -1)
		goto done;
	signed_by = adopt_check_signatures(file, a, signatures, count);
	if (signed_by < a->signatures_needed) {
		fault_set(why, FAULT_AGREEMENT_SIGNATURES, "%d good, %d needed",
		    signed_by, a->signatures_needed);
		goto done;
	}
	rc = 0;
done:
	adopt_signatures_free(signatures, count);
	return rc;
}

static int
run_verify(const struct args *args, struct say *say, struct fault *why)
{
	const char *path = args->option[OPT_AGREEMENT];
	struct run r = { .say = say };
	struct agreement_file *file = NULL;
	struct bytes text;
	struct files_seen seen;
	int rc = -1;

	if (path == NULL)
		return FAIL(why, FAULT_USAGE, "--agreement FILE is needed");
	bytes_init(&text, AGREEMENT_MAX);
	if (read_file(path, &text, why) == -1 ||
	    (file = agreement_read(text.at, text.len, why)) == NULL)
		goto done;
	r.agreement = agreement_of(file);
	if (r.agreement->environment == AGREEMENT_TEST)
		say_practice(say);
	say_agreement_version(say, r.agreement->version,
	    r.agreement->fingerprint);
	if (trust_agreement(file, path, why) == -1)
		goto done;
	if (files_each(args->operands, args->count, &seen, verify_one, &r,
		why) == -1)
		goto done;
	files_say(say, &seen);
	rc = 0;
done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

const struct command cmd_verify = {
	.name = "verify",
	.operands = "FILE|DIR...",
	.least = 1,
	.most = -1,
	.gist = "for auditors: who signed these bundles, by the agreement's "
		"public keys",
	.more = "Needs no node and no secret, and never decrypts.  The "
		"agreement's own signatures (FILE.<PARTY>.minisig beside it) "
		"are checked first; compare the fingerprint it prints with "
		"the one you were told.",
	.options = {
		[OPT_AGREEMENT] = { .name = "agreement", .value = "FILE",
		    .gist = "the signed agreement" },
	},
	.run = run_verify,
};
