#include "cli/keycare.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/reader.h"
#include "base/sink.h"
#include "base/source.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/agekey.h"
#include "crypto/passphrase.h"
#include "formats/keysheet.h"
#include "store/journal.h"
#include "store/store.h"

#define NAME_ROOM 256
#define KEY_FILE_MAX ((size_t)1024 * 1024)
#define JSON_MAX ((size_t)1024 * 1024)
#define TEXT_ROOM 512
#define BODY_ROOM 64

struct passphrase *
keycare_new_passphrase(const char *fd, const char *file, struct fault *why)
{
	struct passphrase *p;
	struct reader r;
	uint64_t number;

	if (fd != NULL && file != NULL) {
		fault_set(why, FAULT_USAGE,
		    "give --new-passphrase-fd or --new-passphrase-file, not "
		    "both");
		return NULL;
	}
	if (fd != NULL) {
		r = (struct reader){ (const uint8_t *)fd, strlen(fd) };
		if (!reader_number(&r, INT_MAX, &number) || r.left > 0) {
			fault_set(why, FAULT_USAGE,
			    "--new-passphrase-fd needs the number of a "
			    "descriptor");
			return NULL;
		}
		p = passphrase_from_fd((int)number, why);
	} else if (file != NULL) {
		p = passphrase_from_file(file, why);
	} else {
		p = passphrase_ask("New passphrase for this node: ", 1, why);
		if (p == NULL && why->id == FAULT_PASSPHRASE_NEEDED)
			fault_set(why, FAULT_PASSPHRASE_NEEDED,
			    "the new one: --new-passphrase-file or "
			    "--new-passphrase-fd");
	}
	if (p != NULL && passphrase_check_new(p, why) == -1) {
		passphrase_free(p);
		p = NULL;
	}
	return p;
}

int
keycare_read_keys(const char *path, struct agekey **keys, size_t room,
    size_t *count, struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes text;
	char name[NAME_ROOM];
	size_t more = 0;
	int rc = -1;

	bytes_init(&text, KEY_FILE_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1)
		goto done;
	if (folder_read(dir, name, &text, why) == -1) {
		if (why->id == FAULT_SOURCE_TOO_LARGE)
			fault_set(why, FAULT_KEY_FILE, "%s", name);
		goto done;
	}
	rc = agekey_read_file(&text, keys + *count, room - *count, &more, why);
	if (rc == 0)
		*count += more;

done:
	bytes_free(&text);
	folder_close(dir);
	return rc;
}

static int
read_stdin(struct bytes *out, struct fault *why)
{
	struct source *from =
	    source_from_fd(STDIN_FILENO, "standard input", why);
	uint8_t block[4096];
	size_t got;
	int rc = -1;

	if (from == NULL)
		return -1;
	while ((rc = source_read(from, block, sizeof(block), &got, why)) == 0 &&
	    got > 0)
		if ((rc = bytes_add(out, block, got, why)) == -1)
			break;
	source_free(from);
	return rc;
}

int
keycare_read_file(const char *path, struct bytes *out, struct fault *why)
{
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	int rc = -1;

	if (strcmp(path, "-") == 0)
		rc = read_stdin(out, why);
	else if (folder_split(path, &dir, name, sizeof(name), why) == 0)
		rc = folder_read(dir, name, out, why);
	folder_close(dir);
	return rc;
}

static const char *const is_words[] = {
	[KEYSHEET_MISSING] = "missing",
	[KEYSHEET_LENGTH] = "length",
	[KEYSHEET_UNREADABLE] = "unreadable",
	[KEYSHEET_WRONG] = "wrong",
	[KEYSHEET_TWO] = "two",
	[KEYSHEET_DOUBTED] = "doubted",
};

/* What to tell of a line; name is its number, or SHA. */
static void
say_bad_line(struct say *say, const char *name,
    const struct keysheet_line *line)
{
	const char *end = line->restored ? "; it was restored from others" : "";

	switch (line->is) {
	case KEYSHEET_GOOD:
		return;
	case KEYSHEET_MISSING:
		say_line(say, "Line %s is missing, or is not like a line%s",
		    name, end);
		break;
	case KEYSHEET_LENGTH:
		say_line(say,
		    "Line %s has %zu characters behind its number, not %zu%s",
		    name, line->characters, KEYSHEET_DIGITS, end);
		break;
	case KEYSHEET_UNREADABLE:
		say_line(say, "Line %s has characters that cannot be read%s",
		    name, end);
		break;
	case KEYSHEET_WRONG:
		say_line(say, "Line %s does not fit its check%s", name, end);
		break;
	case KEYSHEET_TWO:
		say_line(say, "Line %s is there twice, with other characters%s",
		    name, end);
		break;
	case KEYSHEET_DOUBTED:
		say_line(say, "Line %s may be wrong, although it fits", name);
		break;
	}
	if (line->group > 0 && !line->restored)
		say_next(say,
		    "Look at group %u, character %u of line %s: it reads %c, "
		    "and %c would fit.",
		    line->group, line->character, name, line->reads,
		    line->fits);
}

/* Lines of a class of which all but one must be read. */
static void
say_needed(struct say *say, const struct keysheet *k)
{
	for (size_t first = 0; first < k->parity; first++) {
		char text[TEXT_ROOM] = "";
		size_t len = 0, count = 0;

		for (size_t i = first; i < k->lines; i += k->parity) {
			if (k->line[i].is == KEYSHEET_GOOD)
				continue;
			count++;
			if (len + sizeof(", 000") < sizeof(text))
				len += (size_t)snprintf(text + len,
				    sizeof(text) - len, "%s%03zu",
				    len > 0 ? ", " : "", i + 1);
		}
		if (count > 1)
			say_next(say, "All but one of these must be read: %s.",
			    text);
	}
}

static void
write_line(struct jsonout *o, int64_t number, const struct keysheet_line *line)
{
	const char reads[] = { line->reads, '\0' };
	const char fits[] = { line->fits, '\0' };

	jsonout_object(o, NULL);
	if (number > 0)
		jsonout_integer(o, "line", number);
	else
		jsonout_text(o, "line", "SHA");
	jsonout_text(o, "is", is_words[line->is]);
	jsonout_boolean(o, "restored", line->restored);
	if (line->group > 0) {
		jsonout_integer(o, "group", line->group);
		jsonout_integer(o, "character", line->character);
		jsonout_text(o, "reads", reads);
		jsonout_text(o, "fits", fits);
	}
	jsonout_object_end(o);
}

static int
tell_json(struct say *say, const struct keysheet *k, struct fault *why)
{
	struct bytes text;
	struct sink *to;
	struct jsonout o;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_boolean(&o, "whole", k->state == KEYSHEET_WHOLE);
	jsonout_integer(&o, "lines", (int64_t)k->lines);
	jsonout_integer(&o, "parity", (int64_t)(k->lines > 0 ? k->parity : 0));
	jsonout_list(&o, "look");
	for (size_t i = 0; i < k->sum_count; i++)
		write_line(&o, 0, &k->sums[i]);
	for (size_t i = 0; i < k->lines; i++)
		if (k->line[i].is != KEYSHEET_GOOD)
			write_line(&o, (int64_t)i + 1, &k->line[i]);
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(say, "sheet", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static void
tell_sheet(struct say *say, const struct keysheet *k)
{
	size_t bad = 0;
	char name[32];

	/* One that is there twice needs no word once the other half is had. */
	if (k->state == KEYSHEET_NO_SUM)
		for (size_t i = 0; i < k->sum_count; i++)
			say_bad_line(say, "SHA", &k->sums[i]);
	for (size_t i = 0; i < k->lines; i++) {
		if (k->line[i].is == KEYSHEET_GOOD)
			continue;
		bad++;
		(void)snprintf(name, sizeof(name), "%03zu", i + 1);
		say_bad_line(say, name, &k->line[i]);
	}
	if (k->strays > 0)
		say_line(say,
		    "%zu more have a number that this sheet does not have, or "
		    "none that can be read",
		    k->strays);
	if (k->state == KEYSHEET_LACKS)
		say_needed(say, k);
	if (k->state == KEYSHEET_WHOLE)
		say_line(say,
		    "The sheet is whole: its SHA-256 agrees. %zu of %zu lines "
		    "were restored.",
		    bad, k->lines);
}

static int
fail_sheet(const struct keysheet *k, struct fault *why)
{
	size_t bad = 0;

	for (size_t i = 0; i < k->lines; i++)
		bad += k->line[i].is != KEYSHEET_GOOD;
	switch (k->state) {
	case KEYSHEET_NO_SUM:
		return FAIL(why, FAULT_KEYSHEET,
		    "both lines marked SHA are needed, from above or from "
		    "below");
	case KEYSHEET_MIXED:
		return FAIL(why, FAULT_KEYSHEET,
		    "there are lines of two sheets in it");
	case KEYSHEET_DIFFERS:
		return FAIL(why, FAULT_KEYSHEET,
		    "all lines fit, and the whole does not");
	default:
		return FAIL(why, FAULT_KEYSHEET, "%zu of %zu lines", bad,
		    k->lines);
	}
}

int
keycare_read_sheet(const struct bytes *text, struct say *say, struct bytes *out,
    struct fault *why)
{
	struct keysheet k;
	int rc = -1;

	if (keysheet_read(text->at, text->len, &k, why) == -1)
		return -1;
	if (k.practice)
		say_practice(say);
	tell_sheet(say, &k);
	if (tell_json(say, &k, why) == -1)
		goto done;
	if (k.state == KEYSHEET_WHOLE)
		rc = bytes_add(out, k.file.at, k.file.len, why);
	else
		rc = fail_sheet(&k, why);

done:
	keysheet_free(&k);
	return rc;
}

/* From now on the node opens with its passphrase, and not without. */
static int
protect(struct home *h, struct fault *why)
{
	if (!h->identity.protected) {
		h->identity.protected = true;
		if (node_replace_identity(h, why) == -1)
			return -1;
	}
	/* Only now: until here the node opened with this one. */
	if (folder_has(h->folder, NODE_PRACTICE_FILE))
		return folder_remove(h->folder, NODE_PRACTICE_FILE, why);
	return 0;
}

int
keycare_put_down(struct home *h, const struct passphrase *p, const char *user,
    const char *what, struct say *say, struct fault *why)
{
	char body[BODY_ROOM];

	(void)snprintf(body, sizeof(body), "{\"what\":\"%s\"}", what);
	if (store_begin(h->store, why) == -1)
		return -1;
	if (journal_add(h->store, ACT_KEYS_CHANGED, clock_now(), user, body,
		why) == -1 ||
	    node_replace_secrets(h, p, why) == -1) {
		store_roll_back(h->store);
		return -1;
	}
	if (protect(h, why) == -1 || store_commit(h->store, why) == -1) {
		store_roll_back(h->store);
		say_line(say,
		    "The keys are under the new passphrase already; what came "
		    "after that failed. Do it again.");
		return -1;
	}
	return 0;
}
