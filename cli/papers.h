/*
 * papers: an agreement file with the signature files beside it, as a command
 * is given them.
 */
#ifndef SATCHEL_CLI_PAPERS_H
#define SATCHEL_CLI_PAPERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "base/fault.h"
#include "import/adopt.h"

struct agreement_file;
struct args;
struct bytes;
struct minisign_key;
struct party;
struct say;

#define PAPERS_NAME 256

struct papers {
	struct agreement_file *file;
	struct adopt_signature signatures[ADOPT_SIGNATURES_MAX];
	size_t count;
	int parties; /* that signed, by its own keys */
};

/*
 * The agreement alone.  say may be NULL: then nothing is told of a file that
 * is no agreement; otherwise its fingerprint is.
 */
struct agreement_file *papers_agreement(const char *path, struct say *say,
    struct fault *why);

/* The secret key of a party; asks for its passphrase if it has one. */
struct minisign_key *papers_key(const struct args *args, const char *path,
    struct fault *why);

/*
 * FAULT_KEY_NOT_PARTY unless the party of that id (NULL: there is none) signs
 * with this key.
 */
int papers_check_signer(const struct party *party, const char *id,
    const struct minisign_key *key, struct fault *why);

/*
 * Put a signature beside what it signs: name is that one's with the suffix.
 * Never in the place of a file; a dry run finds out no more than that.
 */
int papers_put_signature(const char *path, const char *suffix,
    const struct bytes *signature, bool dry_run, char name[static PAPERS_NAME],
    struct fault *why);

int papers_read(const char *path, struct say *say, struct papers *out,
    struct fault *why);
void papers_free(struct papers *p);

/* Tell the agreement, its signatures and its problems. */
void papers_tell(struct say *say, struct agreement_file *file,
    const struct adopt_signature *signatures, size_t count);
/*
 * Tell what only the signature files and today's date show; the worst of it as
 * a status.
 */
enum exit_status papers_tell_more(struct say *say, const struct papers *p,
    day today);

/*
 * Can it be read out, compared and tried?  A draft may still lack keys, and
 * *keys_missing says so; any other error is told, and refused.
 */
int papers_need_whole(struct agreement_file *file, struct say *say,
    bool *keys_missing, struct fault *why);

#endif
