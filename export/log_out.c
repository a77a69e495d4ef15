#include "export/log_out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/tiles.h"
#include "store/log_heads.h"
#include "store/log_leaf.h"
#include "store/store.h"

#define PART_ROOM 32

static const char readme[] =
    "This folder is the log of one office (node) that carries referrals with\n"
    "satchel: who did what, when, in the order in which it was done.  It names\n"
    "nobody who is referred.  Staff stand in it by the names that the agreement\n"
    "gives them.\n"
    "\n"
    "  checkpoint             how many entries there are, the root hash over all\n"
    "                         of them, and the office's signature (C2SP\n"
    "                         tlog-checkpoint, signed-note)\n"
    "  tile/entries/...       the entries: JSON, each behind its length in two\n"
    "                         bytes, 256 in a file (C2SP tlog-tiles)\n"
    "  tile/0/..., tile/1/... SHA-256 of the entries and of what is above them\n"
    "                         (RFC 6962: 00 before an entry, 01 before a pair)\n"
    "  heads/<size>           checkpoints that this office signed before\n"
    "  seen/<office>/<n>      checkpoints of other offices' logs, as they came in\n"
    "                         their bundles: hold them against those logs\n"
    "  key                    the key that the checkpoint is signed with.  It is\n"
    "                         here so that tools find it; take it from the signed\n"
    "                         agreement to know whose it is\n"
    "\n"
    "To check it with satchel, without any secret:\n"
    "\n"
    "  satchel log verify DIR --agreement agreement.json --seen HEAD-FILE\n"
    "\n"
    "HEAD-FILE is a checkpoint of this log that somebody else kept: from the\n"
    "folder seen/ of a partner's log, or from an earlier visit.  Without one,\n"
    "nobody can tell whether all of this was written anew.\n"
    "\n"
    "Tools that read C2SP tlog-tiles check the same: give them this folder and\n"
    "the key.  By hand, of the first entry of a log (LEN is the number in its\n"
    "first two bytes):\n"
    "\n"
    "  (printf '\\0'; tail -c +3 tile/entries/000* | head -c LEN) | sha256sum\n"
    "  head -c 32 tile/0/000* | od -An -tx1\n"
    "\n"
    "An entry about a referral has, as \"ref\", SHA-256 of the four lines\n"
    "satchel-ref, SALT, REFERENCE and nothing:\n"
    "\n"
    "  printf 'satchel-ref\\n%s\\n%s\\n' SALT REFERENCE | sha256sum\n"
    "\n"
    "Who is told the salt of one reference in one entry can check that one, and\n"
    "no other.\n";

/* path: folders and a name, of our own making. */
static int
put_file(struct folder *to, const char *path, const void *bytes, size_t len,
    struct fault *why)
{
	const char *slash = strchr(path, '/');
	char part[PART_ROOM];
	struct folder *in;
	int rc;

	if (slash == NULL)
		return folder_publish_bytes(to, path, bytes, len, why);
	if ((size_t)(slash - path) >= sizeof(part))
		return FAIL(why, FAULT_INSIDE, "a name in a log's folder");
	memcpy(part, path, (size_t)(slash - path));
	part[slash - path] = '\0';
	if ((in = folder_make_in(to, part, why)) == NULL)
		return -1;
	rc = put_file(in, slash + 1, bytes, len, why);
	folder_close(in);
	return rc;
}

static int
put_tile(void *with, const char *path, const void *bytes, size_t len,
    struct fault *why)
{
	return put_file(with, path, bytes, len, why);
}

static int
write_tiles(const struct log_out_order *o, struct folder *to, struct fault *why)
{
	struct tiles *t = tiles_new(put_tile, to, why);
	struct merkle_hash root;
	struct bytes entry;
	int rc = -1;

	if (t == NULL)
		return -1;
	bytes_init(&entry, LOG_ENTRY_MAX);
	for (uint64_t n = 1; n <= o->said.size; n++) {
		bytes_empty(&entry);
		if (log_leaf_entry(o->store, (int64_t)n, &entry, why) == -1 ||
		    tiles_add(t, entry.at, entry.len, why) == -1)
			goto done;
	}
	if (tiles_end(t, why) == -1)
		goto done;
	tiles_root(t, &root);
	if (!merkle_same(&root, &o->said.root)) {
		fault_set(why, FAULT_LOG_BROKEN, "see: satchel log verify");
		goto done;
	}
	rc = 0;
done:
	bytes_free(&entry);
	tiles_free(t);
	return rc;
}

static int
write_heads(const struct log_out_order *o, struct folder *to, int64_t *count,
    struct fault *why)
{
	struct log_head h = { .size = 0 };
	char path[64];
	struct bytes note;
	int more;

	bytes_init(&note, NOTE_MAX);
	while ((more = log_heads_own_after(o->store, h.size, &h, &note, why)) ==
	    1) {
		(void)snprintf(path, sizeof(path), "heads/%" PRIu64, h.size);
		if (put_file(to, path, note.at, note.len, why) == -1) {
			more = -1;
			break;
		}
		++*count;
		bytes_empty(&note);
	}
	bytes_free(&note);
	return more;
}

static int
write_seen(const struct log_out_order *o, struct folder *to, int64_t *count,
    struct fault *why)
{
	struct log_head h = { .number = 0 };
	char path[64];
	struct bytes note;
	int more;

	bytes_init(&note, NOTE_MAX);
	while ((more = log_heads_seen_after(o->store, h.number, &h, &note,
		    why)) == 1) {
		(void)snprintf(path, sizeof(path), "seen/%s/%" PRId64, h.node,
		    h.number);
		if (put_file(to, path, note.at, note.len, why) == -1) {
			more = -1;
			break;
		}
		++*count;
		bytes_empty(&note);
	}
	bytes_free(&note);
	return more;
}

static int
write_key(const struct log_out_order *o, struct folder *to, struct fault *why)
{
	char line[NOTE_KEY_ROOM + 1];
	int len = snprintf(line, sizeof(line), "%s\n", o->key);

	return folder_publish_bytes(to, "key", line, (size_t)len, why);
}

int
log_out_write(const struct log_out_order *o, struct folder *to,
    struct log_out_done *out, struct fault *why)
{
	*out = (struct log_out_done){ 0 };
	if (write_tiles(o, to, why) == -1 ||
	    write_heads(o, to, &out->heads, why) == -1 ||
	    write_seen(o, to, &out->seen, why) == -1 ||
	    write_key(o, to, why) == -1 ||
	    folder_publish_bytes(to, "README", readme, sizeof(readme) - 1,
		why) == -1)
		return -1;
	return folder_publish_bytes(to, "checkpoint", o->head, strlen(o->head),
	    why);
}
