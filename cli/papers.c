#include "cli/papers.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/folder.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "formats/agreement.h"

#define NAME_ROOM 256
#define KEY_FILE_MAX ((size_t)64 * 1024)

void
papers_free(struct papers *p)
{
	agreement_free(p->file);
	adopt_signatures_free(p->signatures, p->count);
}

/* The file could be read: its fingerprint is told, whatever else it is. */
static void
tell_no_agreement(struct say *say, const struct bytes *text)
{
	static const struct problem problem = { .error = true,
		.code = "A-FORM",
		.text = "the file is no agreement" };
	char fingerprint[DIGEST_FINGERPRINT];

	digest_fingerprint(text->at, text->len, fingerprint);
	say_no_agreement(say, fingerprint);
	say_problem(say, &problem);
}

struct agreement_file *
papers_agreement(const char *path, struct say *say, struct fault *why)
{
	struct agreement_file *f = NULL;
	struct folder *dir = NULL;
	struct bytes text;
	char name[NAME_ROOM], detail[sizeof(why->detail)];

	bytes_init(&text, AGREEMENT_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1 ||
	    folder_read(dir, name, &text, why) == -1)
		goto done;
	f = agreement_read(text.at, text.len, why);
	if (f == NULL && say != NULL && why->id != FAULT_NO_MEMORY)
		tell_no_agreement(say, &text);
	if (f == NULL &&
	    (why->id == FAULT_JSON || why->id == FAULT_SOURCE_TOO_LARGE)) {
		memcpy(detail, why->detail, sizeof(detail));
		fault_set(why, FAULT_AGREEMENT_FORM, "%s: %s", name, detail);
	}

done:
	if (f == NULL && why->id == FAULT_SOURCE_TOO_LARGE)
		fault_set(why, FAULT_AGREEMENT_FORM, "%s: too large", name);
	bytes_free(&text);
	folder_close(dir);
	return f;
}

struct minisign_key *
papers_key(const struct args *args, const char *path, struct fault *why)
{
	struct minisign_key *key = NULL;
	struct passphrase *p = NULL;
	struct folder *dir = NULL;
	struct bytes text;
	char name[NAME_ROOM];

	bytes_init(&text, KEY_FILE_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		goto done;
	if (folder_read(dir, name, &text, why) == -1) {
		if (why->id == FAULT_SOURCE_TOO_LARGE)
			fault_set(why, FAULT_KEY_FILE, "%s", name);
		goto done;
	}
	if (minisign_key_file_protected(&text) &&
	    (p = node_passphrase(args, "Passphrase of the signing key: ", 0,
		 why)) == NULL)
		goto done;
	key = minisign_key_read_file(&text, p, why);

done:
	passphrase_free(p);
	bytes_free(&text);
	folder_close(dir);
	return key;
}

int
papers_check_signer(const struct party *party, const char *id,
    const struct minisign_key *key, struct fault *why)
{
	struct minisign_public public;
	char text[MINISIGN_PUBLIC_ROOM];

	minisign_key_copy_public(key, &public);
	for (size_t i = 0; party != NULL && i < party->key_count; i++)
		if (minisign_public_same(&party->signs_with[i], &public))
			return 0;
	minisign_public_write(&public, text);
	return FAIL(why, FAULT_KEY_NOT_PARTY, "%s, %s", id, text);
}

int
papers_put_signature(const char *path, const char *suffix,
    const struct bytes *signature, bool dry_run, char name[static PAPERS_NAME],
    struct fault *why)
{
	char file[PAPERS_NAME];
	struct folder *dir = NULL;
	int len, rc = -1;

	if (folder_split(path, &dir, file, sizeof(file), why) == -1)
		return -1;
	len = snprintf(name, PAPERS_NAME, "%s%s", file, suffix);
	if (len < 0 || len >= PAPERS_NAME)
		fault_set(why, FAULT_USAGE, "the file's name is too long");
	else if (folder_has(dir, name))
		fault_set(why, FAULT_DISK_EXISTS, "%s", name);
	else if (dry_run)
		rc = 0;
	else
		rc = folder_publish_bytes(dir, name, signature->at,
		    signature->len, why);
	folder_close(dir);
	return rc;
}

int
papers_read(const char *path, struct say *say, struct papers *out,
    struct fault *why)
{
	*out = (struct papers){ .file = NULL };
	if ((out->file = papers_agreement(path, say, why)) == NULL)
		return -1;
	if (adopt_find_signatures(path, out->signatures, ADOPT_SIGNATURES_MAX,
		&out->count, why) == -1) {
		papers_free(out);
		return -1;
	}
	out->parties = adopt_check_signatures(out->file,
	    agreement_of(out->file), out->signatures, out->count);
	return 0;
}

void
papers_tell(struct say *say, struct agreement_file *file,
    const struct adopt_signature *signatures, size_t count)
{
	static const struct minisign_public none;
	struct said_signature said[ADOPT_SIGNATURES_MAX];

	for (size_t i = 0; i < count; i++) {
		const struct adopt_signature *s = &signatures[i];

		memcpy(said[i].party, s->party, sizeof(said[i].party));
		said[i].state = adopt_signature_state(s);
		said[i].key[0] = '\0';
		if (!minisign_public_same(&s->key, &none))
			minisign_public_write(&s->key, said[i].key);
	}
	say_agreement(say, file, said, count);
}

/* Of the signatures; the worst as a status. */
static enum exit_status
tell_signatures(struct say *say, const struct papers *p)
{
	enum exit_status worst = EXIT_DONE;

	for (size_t i = 0; i < p->count; i++) {
		const struct adopt_signature *s = &p->signatures[i];
		struct problem problem = { .error = !s->unknown,
			.code =
			    s->unknown ? "A-SIGNATURE-KEY" : "A-SIGNATURE-BAD",
			.text = s->unknown ?
			    "the signature is by no key that is listed for "
			    "the party, so it does not count" :
			    "the signature does not match the file" };

		if (s->good)
			continue;
		(void)snprintf(problem.where, sizeof(problem.where),
		    "signatures.%s", s->party);
		say_problem(say, &problem);
		if (problem.error)
			worst = EXIT_NOT_TRUSTED;
		else if (worst == EXIT_DONE)
			worst = EXIT_LOOK;
	}
	return worst;
}

/* Of today's date; the worst as a status. */
static enum exit_status
tell_dates(struct say *say, const struct agreement *a, day today)
{
	static const struct problem ended = { .error = true,
		.code = "A-ENDED",
		.text = "the agreement has ended",
		.where = "valid_until" };
	static const struct problem not_begun = { .error = false,
		.code = "A-NOT-BEGUN",
		.text = "the agreement has not begun yet: until that day no "
			"referral leaves, and what comes is held",
		.where = "valid_from" };

	if (a->valid_until != DAY_UNKNOWN && a->valid_until < today) {
		say_problem(say, &ended);
		return EXIT_NOT_TRUSTED;
	}
	if (a->valid_from != DAY_UNKNOWN && today < a->valid_from) {
		say_problem(say, &not_begun);
		return EXIT_LOOK;
	}
	return EXIT_DONE;
}

enum exit_status
papers_tell_more(struct say *say, const struct papers *p, day today)
{
	const struct agreement *a = agreement_of(p->file);
	enum exit_status worst = tell_signatures(say, p);
	enum exit_status dates = tell_dates(say, a, today);
	struct problem problem = { .error = true,
		.code = "A-SIGNATURES",
		.text = "fewer parties have signed than it needs" };

	if (dates == EXIT_NOT_TRUSTED || worst == EXIT_DONE)
		worst = dates;
	if (p->parties < a->signatures_needed || p->parties < 1) {
		(void)snprintf(problem.where, sizeof(problem.where),
		    "signatures_needed: %d of %d", p->parties,
		    a->signatures_needed);
		say_problem(say, &problem);
		worst = EXIT_NOT_TRUSTED;
	}
	return worst;
}

int
papers_need_whole(struct agreement_file *file, struct say *say,
    bool *keys_missing, struct fault *why)
{
	const struct problem *problems;
	size_t count = agreement_problems(file, &problems);
	bool other = false;

	if (agreement_of(file)->environment == AGREEMENT_TEST)
		say_practice(say);
	*keys_missing = false;
	for (size_t i = 0; i < count; i++) {
		bool missing = strcmp(problems[i].code, "A-KEY-MISSING") == 0;

		*keys_missing = *keys_missing || missing;
		other = other || (problems[i].error && !missing);
	}
	if (!other)
		return 0;
	say_agreement(say, file, NULL, 0);
	return FAIL(why, FAULT_AGREEMENT_ERRORS,
	    "only keys may still be missing");
}
