#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/log_entry.h"
#include "cli/log_keys.h"
#include "cli/log_own.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "import/log_in.h"
#include "store/log.h"
#include "store/log_heads.h"
#include "store/log_leaf.h"

#define ARENA ((size_t)64 * 1024 * 1024)
#define NAMES_MAX ((size_t)64 * 1024 * 1024)
#define PROOF_MAX ((size_t)4 * NOTE_MAX)
#define LIST_MAX ((size_t)64 * 1024 * 1024)
#define NAME_ROOM 512

enum { OPT_SEEN, OPT_KEY, OPT_AGREEMENT, OPT_PROOF, OPT_REF, OPT_SALT };

struct run {
	const struct args *args;
	struct say *say;
	const char *dir; /* NULL: the home's own log */
	struct home home;
	struct arena *arena;
	struct log_keys keys;
	const char *key_from;
	struct checkpoint said; /* by the log's own head */
	struct log_in_head *heads;
	size_t count;
	size_t unchecked;
	/* Heads that somebody named, and that no known key signed for this. */
	const char **strange;
	size_t strange_count;
	struct log_key revoked; /* that signed one of its heads; or not one */
	struct log_in_found found;
};

/* An empty file has no bytes at all. */
static const char *
text_of(const struct bytes *b)
{
	return b->at != NULL ? (const char *)b->at : "";
}

/* --- keys --- */

static int
read_keys(struct run *r, struct fault *why)
{
	const struct args *a = r->args;

	r->key_from = "given";
	for (int i = 0; i < a->many_count[OPT_KEY]; i++)
		if (log_keys_add(&r->keys, a->many[OPT_KEY][i], why) == -1)
			return -1;
	for (int i = 0; i < a->many_count[OPT_AGREEMENT]; i++) {
		r->key_from = "agreement";
		if (log_keys_agreement(&r->keys, a->many[OPT_AGREEMENT][i],
			r->say, why) == -1)
			return -1;
	}
	return 0;
}

/* --- the heads to hold it against --- */

static int
add_head(struct run *r, const struct log_in_head *one, struct fault *why)
{
	struct log_in_head *more =
	    realloc(r->heads, (r->count + 1) * sizeof(*r->heads));

	if (more == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "heads of a log");
	more[r->count++] = *one;
	r->heads = more;
	return 0;
}

static int
add_strange(struct run *r, const char *name, bool known, struct fault *why)
{
	const char *more = known ? ": it is of another log" : "";
	const size_t room = strlen(name) + strlen(more) + 1;
	const char **list =
	    realloc(r->strange, (r->strange_count + 1) * sizeof(*r->strange));
	char *text;

	if (list == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "heads of a log");
	r->strange = list;
	if ((text = arena_take(r->arena, room, why)) == NULL)
		return -1;
	(void)snprintf(text, room, "%s%s", name, more);
	list[r->strange_count++] = text;
	return 0;
}

static void
note_revoked(struct run *r, const struct log_key *key)
{
	if (key->revoked)
		r->revoked = *key;
}

/*
 * What somebody names is checked, or told of as one that cannot be; of what
 * lies beside the log, heads by keys that are not known here are counted.
 */
static int
take_head(struct run *r, const char *note, const char *name, bool asked,
    struct fault *why)
{
	struct log_in_head one = { .asked = asked };
	const struct log_key *key = log_keys_check(&r->keys, note, &one.said);

	if (key != NULL && strcmp(one.said.origin, r->said.origin) == 0) {
		note_revoked(r, key);
		one.name = arena_copy(r->arena, name, strlen(name), why);
		return one.name == NULL ? -1 : add_head(r, &one, why);
	}
	if (asked)
		return add_strange(r, name, key != NULL, why);
	r->unchecked++;
	return 0;
}

static int
take_file(struct run *r, const char *dir, const char *path, bool asked,
    struct fault *why)
{
	struct bytes note;
	int rc;

	bytes_init(&note, NOTE_MAX);
	rc = log_in_file(dir, path, &note, why);
	if (rc == 0)
		rc = FAIL(why, FAULT_DISK_NOT_FOUND, "%s",
		    folder_last_part(path));
	else if (rc == 1)
		rc = take_head(r, text_of(&note), path, asked, why);
	bytes_free(&note);
	return rc;
}

static int
take_folder(struct run *r, struct folder *f, const char *called, bool asked,
    struct fault *why)
{
	char name[NAME_ROOM];
	struct bytes names, note;
	size_t others;
	int rc = -1;

	bytes_init(&names, NAMES_MAX);
	bytes_init(&note, NOTE_MAX);
	if (folder_list(f, &names, &others, why) == -1)
		goto done;
	for (size_t i = 0; i < names.len;) {
		const char *one = (const char *)names.at + i;

		i += strlen(one) + 1;
		(void)snprintf(name, sizeof(name), "%s/%s", called, one);
		bytes_empty(&note);
		if (folder_read(f, one, &note, why) == -1 ||
		    take_head(r, text_of(&note), name, asked, why) == -1)
			goto done;
	}
	rc = 0;
done:
	bytes_free(&note);
	bytes_free(&names);
	return rc;
}

static int
take_seen(struct run *r, struct fault *why)
{
	const struct args *a = r->args;

	for (int i = 0; i < a->many_count[OPT_SEEN]; i++) {
		const char *path = a->many[OPT_SEEN][i];
		struct fault none;
		struct folder *f = folder_open(path, &none);
		int rc = f != NULL ? take_folder(r, f, path, true, why) :
				     take_file(r, NULL, path, true, why);

		folder_close(f);
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* --- a folder --- */

static int
read_checkpoint(struct run *r, struct fault *why)
{
	const struct log_key *by;
	struct bytes note, key;
	int rc;

	bytes_init(&note, NOTE_MAX);
	bytes_init(&key, NOTE_MAX);
	rc = log_in_file(r->dir, "checkpoint", &note, why);
	if (rc == 0)
		fault_set(why, FAULT_DISK_NOT_FOUND,
		    "checkpoint: no log was exported into that folder");
	if (rc != 1) {
		rc = -1;
		goto done;
	}
	rc = 0;
	if (r->keys.count == 0) {
		r->key_from = "folder";
		if (log_in_file(r->dir, "key", &key, why) == 1) {
			rc = log_keys_line(&r->keys, text_of(&key), why);
		} else {
			rc = FAIL(why, FAULT_LOG_KEY, "no key was given");
		}
	}
	if (rc == -1)
		goto done;
	if ((by = log_keys_check(&r->keys, text_of(&note), &r->said)) == NULL)
		rc = FAIL(why, FAULT_LOG_KEY, "checkpoint");
	else
		note_revoked(r, by);
done:
	bytes_free(&note);
	bytes_free(&key);
	return rc;
}

static int
take_beside(struct run *r, struct fault *why)
{
	char path[NAME_ROOM * 8];
	struct folder *f;
	int rc = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/heads", r->dir) >=
	    sizeof(path))
		return FAIL(why, FAULT_DISK_NOT_FOUND, "heads");
	if ((f = folder_open(path, why)) != NULL)
		rc = take_folder(r, f, "heads", false, why);
	else if (why->id != FAULT_DISK_NOT_FOUND)
		rc = -1;
	folder_close(f);
	return rc;
}

static int
check_folder(struct run *r, struct fault *why)
{
	if (read_checkpoint(r, why) == -1 || take_beside(r, why) == -1 ||
	    take_seen(r, why) == -1)
		return -1;
	if (r->count > 0)
		qsort(r->heads, r->count, sizeof(*r->heads), log_in_by_size);
	return log_in_check(r->dir, &r->said, r->heads, r->count, &r->found,
	    why);
}

/* --- the home's own --- */

static int
take_own(struct run *r, struct fault *why)
{
	struct log_head h = { .size = 0 };
	char name[64];
	struct bytes note;
	int more;

	bytes_init(&note, NOTE_MAX);
	while ((more = log_heads_own_after(r->home.store, h.size, &h, &note,
		    why)) == 1) {
		(void)snprintf(name, sizeof(name), "its head of %" PRIu64,
		    h.size);
		if (take_head(r, (const char *)note.at, name, false, why) ==
		    -1) {
			more = -1;
			break;
		}
		bytes_empty(&note);
	}
	bytes_free(&note);
	return more;
}

static int
hold_own(struct run *r, struct fault *why)
{
	struct merkle_hash root;

	for (size_t i = 0; i < r->count; i++) {
		struct log_in_head *h = &r->heads[i];

		if (h->said.size > r->said.size)
			continue;
		if (log_root(r->home.store, h->said.size, &root, why) == -1)
			return -1;
		h->holds = merkle_same(&root, &h->said.root);
	}
	return 0;
}

/* Without an agreement the log has no name yet, and nobody else has a head. */
static int
check_home(struct run *r, struct fault *why)
{
	struct log_own own;

	if (node_open(r->args, HOME_READ, &r->home, why) == -1)
		return -1;
	if (r->keys.count == 0)
		r->key_from = "home";
	if (log_check(r->home.store, why) == -1 ||
	    log_heads_alarms(r->home.store, &r->found.alarms, why) == -1 ||
	    log_keys_home(&r->keys, &r->home, why) == -1)
		return -1;
	if (r->home.self == NULL)
		return log_size(r->home.store, &r->said.size, why);
	if (log_own_read(&r->home, &own, why) == -1)
		return -1;
	r->said = own.said;
	if (take_own(r, why) == -1 || take_seen(r, why) == -1)
		return -1;
	return hold_own(r, why);
}

/* --- what came of it --- */

static void
tell_head(const struct run *r, const struct log_in_head *h)
{
	if (h->holds && h->asked)
		say_line(r->say,
		    "%s: the log goes on from it (%" PRIu64 " entries).",
		    h->name, h->said.size);
	else if (!h->holds && h->said.size > r->said.size)
		say_line(r->say,
		    "%s is of %" PRIu64 " entries, and this log has %" PRIu64
		    ": it was shortened, or this copy is older than the head.",
		    h->name, h->said.size, r->said.size);
	else if (!h->holds)
		say_line(r->say,
		    "%s: the first %" PRIu64
		    " entries are not those that it speaks of.",
		    h->name, h->said.size);
}

static void
tell_earlier(const struct run *r, size_t asked, size_t own, uint64_t to)
{
	if (own > 0)
		say_line(r->say, "%zu heads that it signed before hold.", own);
	if (r->unchecked > 0)
		say_line(r->say,
		    "%zu heads beside it were not checked: their keys are not "
		    "known here.  After a change of keys each version of the "
		    "agreement is needed: --agreement OLD --agreement NEW",
		    r->unchecked);
	if (asked > 0) {
		if (to < r->said.size)
			say_line(r->say,
			    "Entries after number %" PRIu64
			    " are in no head that was given: ask for newer "
			    "ones.",
			    to);
		return;
	}
	say_line(r->say,
	    "It was not checked against an earlier head: whether all of it was "
	    "written anew, nobody can tell.");
	say_next(r->say,
	    "--seen HEAD-FILE names one that somebody else kept: a partner's "
	    "log export has them in seen/");
}

static int
say_heads(const struct run *r, struct fault *why)
{
	struct bytes list;
	struct sink *to;
	struct jsonout o;
	int rc;

	bytes_init(&list, LIST_MAX);
	if ((to = bytes_sink_new(&list, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_list(&o, NULL);
	for (size_t i = 0; i < r->count; i++) {
		const struct log_in_head *h = &r->heads[i];

		jsonout_object(&o, NULL);
		jsonout_text(&o, "file", h->name);
		jsonout_integer(&o, "size", (int64_t)h->said.size);
		jsonout_boolean(&o, "seen", h->asked);
		jsonout_boolean(&o, "holds", h->holds);
		jsonout_object_end(&o);
	}
	for (size_t i = 0; i < r->strange_count; i++) {
		jsonout_object(&o, NULL);
		jsonout_text(&o, "file", r->strange[i]);
		jsonout_null(&o, "size");
		jsonout_boolean(&o, "seen", true);
		jsonout_null(&o, "holds");
		jsonout_object_end(&o);
	}
	jsonout_list_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(r->say, "heads", &list);
	sink_free(to);
	bytes_free(&list);
	return rc;
}

/* A head by such a key says what its thief wants it to. */
static void
tell_revoked(const struct run *r)
{
	char on[DAY_TEXT];

	if (!r->revoked.revoked)
		return;
	day_write(r->revoked.revoked_on, on);
	say_member(r->say, "revoked_on", on);
	say_number_of(r->say, "revoked_after", r->revoked.revoked_after);
	say_notice(r->say,
	    "The agreement revoked its key on %s, and whoever has that key can "
	    "sign any log: only what a head confirms counts that somebody else "
	    "kept since before that day.",
	    on);
}

static void
tell_strange(const struct run *r)
{
	for (size_t i = 0; i < r->strange_count; i++)
		say_line(r->say,
		    "%s: not held against the log, since no key that is known "
		    "here signed it for this log.",
		    r->strange[i]);
	if (r->strange_count > 0)
		say_next(r->say,
		    "after a change of keys each version of the agreement is "
		    "needed: --agreement OLD --agreement NEW");
}

static void
tell_log(const struct run *r)
{
	if (r->said.origin[0] != '\0')
		say_member(r->say, "origin", r->said.origin);
	say_number_of(r->say, "size", (int64_t)r->said.size);
	say_member(r->say, "key_from", r->key_from);
	say_number_of(r->say, "alarms", r->found.alarms);
	say_number_of(r->say, "not_checked", (int64_t)r->unchecked);
	say_line(r->say,
	    "The log %s: %" PRIu64
	    " entries, and every one is what it was when it was signed for.",
	    r->said.origin[0] != '\0' ? r->said.origin : "of this node",
	    r->said.size);
	if (strcmp(r->key_from, "folder") == 0)
		say_line(r->say,
		    "The key lies beside the log, and nobody vouches for it: "
		    "give --agreement FILE or --key KEY.");
	if (r->found.alarms > 0)
		say_notice(r->say,
		    "It tells of %" PRId64
		    " heads of partners' logs that contradict what was seen: "
		    "satchel log show --alarms",
		    r->found.alarms);
}

static int
tell(const struct run *r, struct fault *why)
{
	const struct log_in_head *bad = NULL;
	size_t asked = 0, own = 0, wrong = 0;
	uint64_t to = 0; /* the largest head that was given and holds */

	tell_log(r);
	tell_revoked(r);
	for (size_t i = 0; i < r->count; i++) {
		const struct log_in_head *h = &r->heads[i];

		tell_head(r, h);
		asked += h->asked;
		if (h->asked && h->holds && h->said.size > to)
			to = h->said.size;
		own += !h->asked && h->holds;
		wrong += !h->holds;
		if (!h->holds && bad == NULL)
			bad = h;
	}
	tell_strange(r);
	tell_earlier(r, asked, own, to);
	say_member(r->say, "earlier", asked > 0 ? "checked" : "none");
	if (asked > 0)
		say_number_of(r->say, "checked_to", (int64_t)to);
	if (say_heads(r, why) == -1)
		return -1;
	if (bad == NULL && r->strange_count == 0)
		return 0;
	if (bad == NULL)
		return FAIL(why, FAULT_LOG_KEY, "%s%s", r->strange[0],
		    r->strange_count > 1 ? ", and others" : "");
	return FAIL(why, FAULT_LOG_HEAD, "%s%s", bad->name,
	    wrong > 1 ? ", and others" : "");
}

/* --- one proof --- */

static int
check_reference(const struct run *r, const struct log_entry *e,
    struct fault *why)
{
	const char *ref = r->args->option[OPT_REF];
	const char *text = r->args->option[OPT_SALT];
	uint8_t salt[LOG_SALT], hash[32];

	if (ref == NULL)
		return 0;
	if (strlen(text) != 2 * sizeof(salt) ||
	    !digest_unhex(text, salt, sizeof(salt)))
		return FAIL(why, FAULT_USAGE, "--salt needs 64 hex digits");
	if (log_leaf_ref(salt, ref, hash, why) == -1)
		return -1;
	if (!log_entry_is_about(e, hash))
		return FAIL(why, FAULT_LOG_PROOF,
		    "its entry is not about that reference with that salt");
	say_line(r->say, "It is about the reference that was given.");
	return 0;
}

static int
tell_proof(const struct run *r, const struct note_proof *p,
    const struct checkpoint *head, struct fault *why)
{
	struct log_entry e;
	int rc = -1;

	if (log_entry_read(p->entry, p->entry_len, &e, why) == -1)
		return -1;
	if ((uint64_t)e.number != p->index + 1) {
		fault_set(why, FAULT_LOG_PROOF, "its entry has another number");
		goto done;
	}
	say_member(r->say, "origin", head->origin);
	say_number_of(r->say, "size", (int64_t)head->size);
	say_number_of(r->say, "entry", e.number);
	say_member(r->say, "act", e.act);
	say_member(r->say, "at", e.at);
	say_line(r->say,
	    "The log %s, of %" PRIu64 " entries then, has this as its %" PRId64
	    ":",
	    head->origin, head->size, e.number);
	say_line(r->say, "    %s  %s  %s  %s", e.at, e.act,
	    e.by != NULL ? e.by : "-", e.what);
	tell_revoked(r);
	rc = check_reference(r, &e, why);
done:
	log_entry_free(&e);
	return rc;
}

static int
check_proof(struct run *r, struct fault *why)
{
	const struct log_key *key;
	struct checkpoint head;
	struct note_proof p;
	struct bytes text, entry;
	int rc = -1;

	if (r->keys.count == 0)
		return FAIL(why, FAULT_USAGE,
		    "--proof needs --key KEY or --agreement FILE");
	bytes_init(&text, PROOF_MAX);
	bytes_init(&entry, LOG_ENTRY_MAX);
	switch (log_in_file(NULL, r->args->option[OPT_PROOF], &text, why)) {
	case 0:
		fault_set(why, FAULT_DISK_NOT_FOUND, "%s",
		    folder_last_part(r->args->option[OPT_PROOF]));
		goto done;
	case -1:
		goto done;
	}
	if (note_read_proof(text_of(&text), &p, &entry, why) == -1)
		goto done;
	if ((key = log_keys_check(&r->keys, p.note, &head)) == NULL) {
		fault_set(why, FAULT_LOG_KEY, "its head");
	} else if (!note_proof_holds(&p, head.origin, key->key, &head)) {
		fault_set(why, FAULT_LOG_PROOF, "its path leads elsewhere");
	} else {
		note_revoked(r, key);
		rc = tell_proof(r, &p, &head, why);
	}
done:
	bytes_free(&entry);
	bytes_free(&text);
	return rc;
}

static int
check_usage(const struct args *a, struct fault *why)
{
	if (a->given[OPT_PROOF] && (a->count > 0 || a->given[OPT_SEEN]))
		return FAIL(why, FAULT_USAGE,
		    "--proof stands without DIR and --seen");
	if ((a->given[OPT_REF] || a->given[OPT_SALT]) &&
	    (!a->given[OPT_PROOF] || !a->given[OPT_REF] || !a->given[OPT_SALT]))
		return FAIL(why, FAULT_USAGE,
		    "--ref REF and --salt SALT go together, with --proof");
	return 0;
}

static int
run_log_verify(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	if (check_usage(args, why) == -1)
		return -1;
	if (args->count == 1)
		r.dir = args->operands[0];
	if ((r.arena = arena_new(ARENA, why)) == NULL ||
	    read_keys(&r, why) == -1)
		goto done;
	if (args->given[OPT_PROOF])
		rc = check_proof(&r, why);
	else if ((r.dir != NULL ? check_folder(&r, why) :
				  check_home(&r, why)) == 0)
		rc = tell(&r, why);
done:
	free(r.heads);
	free(r.strange);
	log_keys_free(&r.keys);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_log_verify = {
	.name = "log verify",
	.operands = "[DIR]",
	.least = 0,
	.most = 1,
	.gist = "is the log whole, and the one that others have seen?",
	.more = "DIR is what log export made: needs no node and no secret. "
		"Without it this node's own log is checked.  Each head that "
		"is given with --seen (a file, or a folder of them) must be "
		"one that the log goes on from: heads that different partners "
		"kept show a log that was forked.  --proof checks what log "
		"prove wrote.",
	.options = {
		[OPT_SEEN] = { "seen", "HEAD-FILE",
		    "heads that somebody else kept", OPTION_MANY },
		[OPT_KEY] = { "key", "KEY",
		    "the log's key, or its node's public key", OPTION_MANY },
		[OPT_AGREEMENT] = { "agreement", "FILE",
		    "the signed agreement that lists the node", OPTION_MANY },
		[OPT_PROOF] = { "proof", "FILE", "check one proof instead",
		    false },
		[OPT_REF] = { "ref", "REF", "is its entry about this", OPTION_LAST },
		[OPT_SALT] = { "salt", "SALT", "with this salt?", OPTION_LAST },
	},
	.run = run_log_verify,
};
