#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/reader.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log_entry.h"
#include "cli/log_own.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "store/journal.h"
#include "store/log.h"
#include "store/log_leaf.h"

#define ARENA ((size_t)1024 * 1024)
#define PROOF_MAX ((size_t)4 * NOTE_MAX)
#define LIST_MAX ((size_t)16 * 1024 * 1024)
#define NAME_ROOM 256
#define SUFFIX ".tlog-proof"
#define MANY_MAX 10000

enum { OPT_BUNDLE, OPT_ENTRY, OPT_REF, OPT_OUT, OPT_DRY_RUN };

struct one {
	int64_t number;
	uint8_t salt[LOG_SALT];
};

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct arena *arena;
	struct one *all;
	size_t count;
	struct log_own own;
	struct bytes note;
	struct folder *to;
	char name[NAME_ROOM]; /* without the suffix */
	struct bytes list;    /* as JSON */
	struct sink *sink;
	struct jsonout out;
};

/* --- which entries --- */

static int
add(struct run *r, const struct one *one, struct fault *why)
{
	if (r->count == MANY_MAX)
		return FAIL(why, FAULT_USAGE, "more than %d entries", MANY_MAX);
	r->all[r->count++] = *one;
	return 0;
}

static int
find_entry(struct run *r, const char *text, struct fault *why)
{
	struct reader from = { (const uint8_t *)text, strlen(text) };
	struct one one = { 0 };
	uint64_t number, size;

	if (!reader_number(&from, INT64_MAX, &number) || from.left > 0)
		return FAIL(why, FAULT_USAGE, "--entry needs a number");
	if (log_size(r->home.store, &size, why) == -1)
		return -1;
	if (number == 0 || number > size)
		return FAIL(why, FAULT_REF_UNKNOWN,
		    "the log has the entries 1 to %" PRIu64, size);
	one.number = (int64_t)number;
	return add(r, &one, why);
}

static int
find_bundle(struct run *r, const char *id, struct fault *why)
{
	struct one one = { 0 };
	int more;

	while ((more = journal_of_bundle(r->home.store, id, one.number,
		    &one.number, why)) == 1)
		if (add(r, &one, why) == -1)
			return -1;
	if (more == 0 && r->count == 0)
		return FAIL(why, FAULT_REF_UNKNOWN,
		    "no entry tells of that bundle; its whole id is needed");
	return more;
}

static int
find_about(struct run *r, const char *word, struct fault *why)
{
	const char *ref = log_entry_ref(r->home.store, word, r->arena, why);
	struct log_leaf_about about = { .number = 0 };
	struct one one;
	int more;

	if (ref == NULL)
		return -1;
	while ((more = log_leaf_about(r->home.store, ref, about.number, &about,
		    why)) == 1) {
		one.number = about.number;
		memcpy(one.salt, about.salt, sizeof(one.salt));
		if (add(r, &one, why) == -1)
			return -1;
	}
	if (more == 0 && r->count == 0)
		return FAIL(why, FAULT_REF_UNKNOWN,
		    "no entry is known to be about it; what was purged is not "
		    "known any more");
	return more;
}

static int
find(struct run *r, struct fault *why)
{
	const struct args *a = r->args;
	size_t ways = (size_t)a->given[OPT_BUNDLE] + a->given[OPT_ENTRY] +
	    a->given[OPT_REF];

	if (ways != 1)
		return FAIL(why, FAULT_USAGE,
		    "one of --bundle ID, --entry N and --ref REF is needed");
	if (a->given[OPT_BUNDLE])
		return find_bundle(r, a->option[OPT_BUNDLE], why);
	if (a->given[OPT_ENTRY])
		return find_entry(r, a->option[OPT_ENTRY], why);
	return find_about(r, a->option[OPT_REF], why);
}

/* --- the proofs --- */

static int
write_proof(const struct run *r, const struct one *one, struct bytes *out,
    struct fault *why)
{
	struct note_proof p = { .index = (uint64_t)one->number - 1,
		.note = (const char *)r->note.at };
	struct merkle_hash leaf;
	struct bytes entry;
	int rc = -1;

	bytes_init(&entry, LOG_ENTRY_MAX);
	if (log_leaf_entry(r->home.store, one->number, &entry, why) == -1 ||
	    log_prove_leaf(r->home.store, p.index, r->own.said.size, &p.path,
		why) == -1)
		goto done;
	p.entry = entry.at;
	p.entry_len = entry.len;
	merkle_leaf(entry.at, entry.len, &leaf);
	if (!merkle_includes(p.index, r->own.said.size, &leaf,
		&r->own.said.root, &p.path)) {
		fault_set(why, FAULT_LOG_BROKEN,
		    "entry %" PRId64 " is not what it was", one->number);
		goto done;
	}
	rc = note_write_proof(&p, out, why);
done:
	bytes_free(&entry);
	return rc;
}

static void
tell(struct run *r, const struct one *one, const char *name)
{
	const bool salted = r->args->given[OPT_REF];
	char salt[2 * LOG_SALT + 1];

	digest_hex(one->salt, sizeof(one->salt), salt);
	jsonout_object(&r->out, NULL);
	jsonout_integer(&r->out, "entry", one->number);
	jsonout_text(&r->out, "file", name);
	jsonout_text_if(&r->out, "salt", salted ? salt : NULL);
	jsonout_object_end(&r->out);
	say_line(r->say, "%s proves entry %" PRId64, name, one->number);
	if (salted)
		say_line(r->say, "    salt %s", salt);
}

static int
prove_one(struct run *r, const struct one *one, struct fault *why)
{
	char name[NAME_ROOM + 64];
	struct bytes proof;
	int rc;

	if (r->count == 1)
		(void)snprintf(name, sizeof(name), "%s" SUFFIX, r->name);
	else
		(void)snprintf(name, sizeof(name), "%s-%" PRId64 SUFFIX,
		    r->name, one->number);
	bytes_init(&proof, PROOF_MAX);
	rc = write_proof(r, one, &proof, why);
	if (rc == 0 && !r->args->given[OPT_DRY_RUN])
		rc =
		    folder_publish_bytes(r->to, name, proof.at, proof.len, why);
	if (rc == 0)
		tell(r, one, name);
	bytes_free(&proof);
	return rc;
}

/* FILE may be given with the suffix or without it. */
static int
open_out(struct run *r, struct fault *why)
{
	const size_t suffix = sizeof(SUFFIX) - 1;
	size_t len;

	if (folder_split(r->args->option[OPT_OUT], &r->to, r->name,
		sizeof(r->name), why) == -1)
		return -1;
	len = strlen(r->name);
	if (len > suffix && strcmp(r->name + len - suffix, SUFFIX) == 0)
		r->name[len - suffix] = '\0';
	return 0;
}

/* A dry run signs no head, and so its proofs have none. */
static int
sign(struct run *r, struct fault *why)
{
	if (!r->args->given[OPT_DRY_RUN])
		return log_own_sign(&r->home, &r->own, &r->note, why);
	if (log_own_read(&r->home, &r->own, why) == -1)
		return -1;
	return bytes_add_text(&r->note, "\n", why);
}

static int
prove(struct run *r, struct fault *why)
{
	const char *user;

	if (node_acting(&r->home, r->args, 0, &user, why) == -1 ||
	    (r->arena = arena_new(ARENA, why)) == NULL ||
	    (r->sink = bytes_sink_new(&r->list, why)) == NULL ||
	    (r->all = arena_take_array(r->arena, MANY_MAX, sizeof(*r->all),
		 why)) == NULL ||
	    open_out(r, why) == -1 || find(r, why) == -1 || sign(r, why) == -1)
		return -1;
	jsonout_start(&r->out, r->sink);
	jsonout_list(&r->out, NULL);
	for (size_t i = 0; i < r->count; i++)
		if (prove_one(r, &r->all[i], why) == -1)
			return -1;
	jsonout_list_end(&r->out);
	if (jsonout_end(&r->out, why) == -1)
		return -1;
	say_member(r->say, "origin", r->own.said.origin);
	say_member(r->say, "key", r->own.key);
	say_number_of(r->say, "size", (int64_t)r->own.said.size);
	say_json(r->say, "proofs", &r->list);
	if (r->args->given[OPT_DRY_RUN])
		say_line(r->say, "Nothing was written.");
	else
		say_next(r->say,
		    "Who has the agreement checks it: satchel log verify "
		    "--proof FILE --agreement FILE%s",
		    r->args->given[OPT_REF] ?
			" --ref REF --salt SALT; tell the salt to the auditor "
			"alone." :
			"");
	return 0;
}

static int
run_log_prove(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc;

	if (args->option[OPT_OUT] == NULL)
		return FAIL(why, FAULT_USAGE, "log prove needs --out FILE");
	if (node_open(args, args->given[OPT_DRY_RUN] ? HOME_READ : HOME_WRITE,
		&r.home, why) == -1)
		return -1;
	bytes_init(&r.note, NOTE_MAX);
	bytes_init(&r.list, LIST_MAX);
	rc = prove(&r, why);
	sink_free(r.sink);
	bytes_free(&r.list);
	bytes_free(&r.note);
	folder_close(r.to);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_log_prove = {
	.name = "log prove",
	.operands = "",
	.least = 0,
	.most = 0,
	.gist = "a proof that one entry is in the log, for somebody offline",
	.more = "Writes a C2SP tlog-proof: the entry, its place and a signed "
		"head in one file.  With --ref one for each entry about that "
		"referral (FILE-<number>" SUFFIX
		" if there are several) and the salts: who is told one can "
		"check that entry's reference, and no other.",
	.options = {
		[OPT_BUNDLE] = { "bundle", "ID",
		    "the entries that tell of this bundle", OPTION_LAST },
		[OPT_ENTRY] = { "entry", "N", "the entry of this number",
		    false },
		[OPT_REF] = { "ref", "REF", "the entries about this", OPTION_LAST },
		[OPT_OUT] = { "out", "FILE", "write the proof here", OPTION_LAST },
		[OPT_DRY_RUN] = { "dry-run", NULL, "write nothing", OPTION_LAST },
	},
	.run = run_log_prove,
};
