#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/folder.h"
#include "base/platform.h"
#include "base/sink.h"
#include "base/source.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keycare.h"
#include "cli/node.h"
#include "crypto/age.h"
#include "crypto/agekey.h"
#include "crypto/passphrase.h"

#define NAME_ROOM 256
#define KEYS_MAX 64
#define BUFFER 65536

/* "-" is stdin.  The caller closes it, unless it is that. */
static int
open_input(const char *path, struct fault *why)
{
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int fd = -1;

	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	if (folder_split(path, &dir, name, sizeof(name), why) == 0)
		fd = folder_open_file(dir, name, why);
	folder_close(dir);
	return fd;
}

static void
close_input(int fd)
{
	if (fd > STDERR_FILENO)
		(void)close(fd);
}

/* stdout carries the data here, so there is no room for a result object. */
static int
refuse_json(const struct args *args, struct fault *why)
{
	if (args->globals->json)
		return FAIL(why, FAULT_USAGE,
		    "--json: stdout is for the data of this command");
	return 0;
}

static int
write_out(const void *bytes, size_t len, struct fault *why)
{
	if (fwrite(bytes, 1, len, stdout) != len)
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "standard output");
	return 0;
}

static int
flush_out(struct fault *why)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return FAIL(why, FAULT_DISK_NOT_WRITTEN, "standard output");
	return 0;
}

static int
out_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	(void)s;
	return write_out(bytes, len, why);
}

static int
out_finish(struct sink *s, struct fault *why)
{
	(void)s;
	return flush_out(why);
}

static void
leave(void *own)
{
	(void)own;
}

static const struct sink_kind out_kind = {
	.name = "standard output",
	.write = out_write,
	.finish = out_finish,
	.free = leave,
};

static bool
has_passphrase(const struct args *args)
{
	return args->globals->passphrase_fd != -1 ||
	    args->globals->passphrase_file != NULL;
}

enum { DECRYPT_KEY };

static int
copy_out(struct source *from, struct fault *why)
{
	uint8_t buffer[BUFFER];
	size_t got;
	int rc;

	while (
	    (rc = source_read(from, buffer, sizeof(buffer), &got, why)) == 0 &&
	    got > 0)
		if ((rc = write_out(buffer, got, why)) == -1)
			break;
	platform_wipe(buffer, sizeof(buffer));
	/* What was authenticated is given out, also if the rest is not. */
	if (rc == 0)
		return flush_out(why);
	(void)fflush(stdout);
	return -1;
}

static int
decrypt(const char *path, const struct age_opener *with, struct fault *why)
{
	struct source *file = NULL, *age = NULL;
	int fd, rc = -1;

	if ((fd = open_input(path, why)) == -1)
		return -1;
	if ((file = source_from_fd(fd, "the encrypted file", why)) != NULL &&
	    (age = age_decrypt_new(&file, with, NULL, why)) != NULL)
		rc = copy_out(age, why);
	source_free(age);
	source_free(file);
	close_input(fd);
	return rc;
}

static int
run_decrypt(const struct args *args, struct say *say, struct fault *why)
{
	struct agekey *keys[KEYS_MAX];
	const struct agekey *lent[KEYS_MAX];
	struct passphrase *p = NULL;
	struct age_opener with = { lent, 0, NULL };
	size_t count = 0;
	int rc = -1;

	(void)say;
	if (refuse_json(args, why) == -1)
		return -1;
	for (int i = 0; i < args->many_count[DECRYPT_KEY]; i++)
		if (keycare_read_keys(args->many[DECRYPT_KEY][i], keys,
			KEYS_MAX, &count, why) == -1)
			goto done;
	if ((count == 0 || has_passphrase(args)) &&
	    (p = node_passphrase(args, "Passphrase of the file: ", 0, why)) ==
		NULL)
		goto done;
	for (size_t i = 0; i < count; i++)
		lent[i] = keys[i];
	with.key_count = count;
	with.passphrase = p;
	rc = decrypt(args->operands[0], &with, why);

done:
	for (size_t i = 0; i < count; i++)
		agekey_free(keys[i]);
	passphrase_free(p);
	return rc;
}

const struct command cmd_age_decrypt = {
	.name = "age-decrypt",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "decrypt an age file to standard output",
	.more = "FILE may be - for standard input. Without -i the file is "
		"opened with a passphrase. What comes out is authenticated "
		"piece by piece: if the exit status is not 0, the end is "
		"missing or was changed.",
	.options = {
		[DECRYPT_KEY] = { "i", "KEY",
		    "a file of age identities; may come again", OPTION_MANY },
	},
	.run = run_decrypt,
};

enum { ENCRYPT_TO };

static int
encrypt(const char *path, struct sink *age, struct fault *why)
{
	struct source *file = NULL;
	uint8_t buffer[BUFFER];
	size_t got;
	int fd, rc = -1;

	if ((fd = open_input(path, why)) == -1)
		return -1;
	if ((file = source_from_fd(fd, "the file", why)) == NULL)
		goto done;
	while (
	    (rc = source_read(file, buffer, sizeof(buffer), &got, why)) == 0 &&
	    got > 0)
		if ((rc = sink_write(age, buffer, got, why)) == -1)
			break;
	if (rc == 0)
		rc = sink_finish(age, why);
	platform_wipe(buffer, sizeof(buffer));

done:
	source_free(file);
	close_input(fd);
	return rc;
}

static int
run_encrypt(const struct args *args, struct say *say, struct fault *why)
{
	int count = args->many_count[ENCRYPT_TO];
	struct sink *out = NULL, *age = NULL;
	struct passphrase *p = NULL;
	int rc = -1;

	(void)say;
	if (refuse_json(args, why) == -1)
		return -1;
	if (count > 0 && has_passphrase(args))
		return FAIL(why, FAULT_USAGE,
		    "give -r or a passphrase, not both");
	if (platform_is_terminal(STDOUT_FILENO))
		return FAIL(why, FAULT_USAGE,
		    "the result is not text: send it to a file with >");
	if (count == 0 &&
	    (p = node_passphrase(args, "New passphrase for the file: ", 1,
		 why)) == NULL)
		goto done;
	if ((out = sink_new(&out_kind, NULL, NULL, why)) == NULL)
		goto done;
	age = count > 0 ?
	    age_encrypt_new(&out, args->many[ENCRYPT_TO], (size_t)count, why) :
	    age_encrypt_passphrase_new(&out, p, why);
	if (age != NULL)
		rc = encrypt(args->operands[0], age, why);

done:
	sink_free(age);
	sink_free(out);
	passphrase_free(p);
	return rc;
}

const struct command cmd_age_encrypt = {
	.name = "age-encrypt",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "encrypt a file to standard output, as age does",
	.more = "FILE may be - for standard input. Without -r the file is "
		"sealed with a passphrase.",
	.options = {
		[ENCRYPT_TO] = { "r", "RECIPIENT",
		    "who may open it (age1...); may come again", OPTION_MANY },
	},
	.run = run_encrypt,
};
