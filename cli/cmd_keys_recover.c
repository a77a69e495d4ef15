#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keycare.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/age.h"
#include "crypto/agekey.h"
#include "crypto/passphrase.h"
#include "crypto/secrets.h"
#include "formats/keysheet.h"

#define KEYS_MAX 64
#define BEFORE NODE_SECRETS_FILE ".before"
#define BEFORE_ROOM 32
#define BEFORE_MOST 99

enum { OPT_FROM, OPT_IDENTITY, OPT_NEW_FD, OPT_NEW_FILE, OPT_DRY_RUN };

static bool
is_age(const struct bytes *b)
{
	size_t len = strlen(AGE_VERSION_LINE);

	return b->len >= len && memcmp(b->at, AGE_VERSION_LINE, len) == 0;
}

/* The encrypted copy: as a file, or as the text of a sheet. */
static int
take_copy(const char *path, struct say *say, struct bytes *out,
    struct fault *why)
{
	struct bytes text;
	int rc = -1;

	bytes_init(&text, KEYSHEET_TEXT_MAX);
	if (keycare_read_file(path, &text, why) == -1) {
		if (why->id == FAULT_SOURCE_TOO_LARGE)
			fault_set(why, FAULT_KEYSHEET_SIZE, "the copy");
		goto done;
	}
	rc = is_age(&text) ? bytes_add(out, text.at, text.len, why) :
			     keycare_read_sheet(&text, say, out, why);

done:
	bytes_free(&text);
	return rc;
}

static struct secrets *
open_copy(const struct args *args, const struct bytes *copy, struct fault *why)
{
	struct agekey *keys[KEYS_MAX];
	const struct agekey *lent[KEYS_MAX];
	struct age_opener with = { lent, 0, NULL };
	struct passphrase *p = NULL;
	struct secrets *s = NULL;
	size_t count = 0;

	for (int i = 0; i < args->many_count[OPT_IDENTITY]; i++)
		if (keycare_read_keys(args->many[OPT_IDENTITY][i], keys,
			KEYS_MAX, &count, why) == -1)
			goto done;
	if (count == 0 &&
	    (p = node_passphrase(args, "Passphrase of the copy: ", 0, why)) ==
		NULL)
		goto done;
	for (size_t i = 0; i < count; i++)
		lent[i] = keys[i];
	with.key_count = count;
	with.passphrase = p;
	s = secrets_read_copy(copy->at, copy->len, &with, why);

done:
	for (size_t i = 0; i < count; i++)
		agekey_free(keys[i]);
	passphrase_free(p);
	return s;
}

/* Nothing that may hold keys is thrown away: it gets a name of its own. */
static int
keep_before(const struct home *h, char name[static BEFORE_ROOM],
    struct fault *why)
{
	struct bytes file;
	int rc = -1;

	name[0] = '\0';
	if (!folder_has(h->folder, NODE_SECRETS_FILE))
		return 0;
	bytes_init(&file, KEYSHEET_TEXT_MAX);
	if (folder_read(h->folder, NODE_SECRETS_FILE, &file, why) == -1)
		goto done;
	(void)snprintf(name, BEFORE_ROOM, BEFORE);
	for (int i = 2; folder_has(h->folder, name) && i <= BEFORE_MOST; i++)
		(void)snprintf(name, BEFORE_ROOM, BEFORE ".%d", i);
	rc = folder_publish_bytes(h->folder, name, file.at, file.len, why);

done:
	bytes_free(&file);
	return rc;
}

static void
tell(struct say *say, const char *before)
{
	say_line(say,
	    "The keys of this node are in " NODE_SECRETS_FILE " again, under "
	    "the new passphrase.");
	if (before[0] != '\0')
		say_line(say, "What was there before is kept as %s", before);
	say_next(say,
	    "If a passphrase was forgotten, that is all. If somebody else may "
	    "have the keys, it is not: satchel incident.");
	say_next(say,
	    "Print a new sheet, and keep it apart from the passphrase: satchel "
	    "keys sheet --out FILE.");
}

static int
recover(const struct args *args, struct home *h, struct say *say,
    struct fault *why)
{
	struct passphrase *p = NULL;
	char before[BEFORE_ROOM];
	const char *user;
	int rc = -1;

	if (node_user(h->self, args, &user, why) == -1 ||
	    (p = keycare_new_passphrase(args->option[OPT_NEW_FD],
		 args->option[OPT_NEW_FILE], why)) == NULL)
		goto done;
	if (args->given[OPT_DRY_RUN]) {
		say_line(say,
		    "The keys of this node can be put back; nothing was "
		    "changed.");
		rc = 0;
		goto done;
	}
	if (keep_before(h, before, why) == -1)
		goto done;
	/* A copy from while keys changed has old ones that were let go since. */
	node_drop_leftovers(h);
	rc = keycare_put_down(h, p, user, "recovered", say, why);
	if (rc == 0)
		tell(say, before);

done:
	passphrase_free(p);
	return rc;
}

static int
run_recover(const struct args *args, struct say *say, struct fault *why)
{
	enum home_need need = args->given[OPT_DRY_RUN] ? HOME_READ : HOME_WRITE;
	uint8_t file[sizeof(((struct home *)NULL)->secrets_file)];
	struct secrets *s = NULL;
	struct bytes copy;
	struct home h;
	int rc = -1;

	if (!args->given[OPT_FROM])
		return FAIL(why, FAULT_USAGE, "keys recover needs --from FILE");
	/* Before anybody has to fetch a key. */
	if (node_open(args, HOME_IDENTITY, &h, why) == -1)
		return -1;
	memcpy(file, h.secrets_file, sizeof(file));
	node_close(&h);
	bytes_init(&copy, KEYSHEET_TEXT_MAX);
	if (take_copy(args->option[OPT_FROM], say, &copy, why) == -1 ||
	    (s = open_copy(args, &copy, why)) == NULL ||
	    node_open_with(args, need, &s, &h, why) == -1)
		goto done;
	if (memcmp(file, h.secrets_file, sizeof(file)) != 0)
		fault_set(why, FAULT_STORE_BUSY,
		    "its keys were changed at this moment");
	else
		rc = recover(args, &h, say, why);
	node_close(&h);

done:
	secrets_free(s);
	bytes_free(&copy);
	return rc;
}

const struct command cmd_keys_recover = {
	.name = "keys recover",
	.gist = "put this node's keys back from a copy",
	.more = "The copy is secrets.recovery.age, opened with the identity "
		"file of the working group, or another copy of secrets.age, "
		"opened with its passphrase; either may come as the text of a "
		"key sheet. A new passphrase is asked for twice. What is there "
		"is kept, and only the keys that this node has are put back.",
	.options = {
		[OPT_FROM] = { "from", "FILE",
		    "the copy, or a sheet; - is standard input", OPTION_LAST },
		[OPT_IDENTITY] = { "identity", "KEYFILE",
		    "a file of age identities that opens it", OPTION_MANY },
		[OPT_NEW_FD] = KEYCARE_NEW_FD,
		[OPT_NEW_FILE] = KEYCARE_NEW_FILE,
		[OPT_DRY_RUN] = { "dry-run", NULL,
		    "check everything, and change nothing", OPTION_LAST },
	},
	.run = run_recover,
};
