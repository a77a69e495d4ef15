#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/source.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/link.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/age.h"
#include "export/carry.h"
#include "export/upload.h"
#include "formats/agreement.h"
#include "formats/bundle.h"
#include "store/bundles.h"

#define ARENA ((size_t)256 * 1024 * 1024)
#define NAMES_MAX ((size_t)64 * 1024 * 1024)
#define ENDING ".satchel"
#define NAME_ROOM 256

enum { OPT_TO, OPT_LINK, OPT_DRY_RUN = OPT_LINK + LINK_OPTIONS };

/* A file to be sent. */
struct item {
	const struct folder *from;
	const char *name;
	enum made_class class;
	int64_t bytes;
	size_t place; /* as it was given */
};

/* The folder that is meant, or that the file is in. */
struct operand {
	struct folder *dir;
};

struct run {
	const struct args *args;
	struct say *say;
	struct home home;
	struct link link;
	struct link_list list;
	struct uploader *up;
	const char *user;
	struct arena *arena;
	struct operand *operands;
	struct item *items;
	size_t count;
	size_t room;
	size_t left; /* not there yet, of those that nothing is wrong with */
	bool ended;
};

/* --- what is to go --- */

/* Only for the order: what the lines say is read strictly when it is sent. */
static int
class_of(struct run *r, struct item *item, struct fault *why)
{
	uint8_t head[BUNDLE_LINES_MAX + sizeof(AGE_VERSION_LINE)];
	struct minisign_signature signature;
	struct bundle_outside outside;
	struct bundle_made made = { .class = MADE_REST };
	struct fault ignored;
	struct stat is;
	size_t at;
	ssize_t got = -1;
	int fd, found = 0;

	item->class = made.class;
	if ((fd = folder_open_file(item->from, item->name, &ignored)) == -1)
		return 0;
	if (fstat(fd, &is) == 0) {
		item->bytes = is.st_size;
		got = pread(fd, head, sizeof(head), 0);
	}
	(void)close(fd);
	if (got > 0 &&
	    bundle_lines_read(head, (size_t)got, &signature, &outside, &at,
		&ignored) == 0)
		found = bundles_made(r->home.store, outside.id, &made, why);
	item->class = made.class == MADE_UNKNOWN ? MADE_RECALL : made.class;
	return found == -1 ? -1 : 0;
}

static int
add_item(struct run *r, const struct folder *from, const char *name,
    struct fault *why)
{
	struct item *more, item = { .from = from, .place = r->count };

	if (r->count == r->room) {
		r->room = r->room == 0 ? 64 : 2 * r->room;
		more = realloc(r->items, r->room * sizeof(*more));
		if (more == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "files");
		r->items = more;
	}
	item.name = arena_copy(r->arena, name, strlen(name), why);
	if (item.name == NULL || class_of(r, &item, why) == -1)
		return -1;
	r->items[r->count++] = item;
	return 0;
}

static bool
is_bundle_name(const char *name)
{
	size_t len = strlen(name), end = strlen(ENDING);

	return name[0] != '.' && len > end &&
	    strcmp(name + len - end, ENDING) == 0;
}

static int
add_folder(struct run *r, const struct folder *dir, struct fault *why)
{
	struct bytes names;
	size_t others, before = r->count;
	const char *name;
	int rc = -1;

	bytes_init(&names, NAMES_MAX);
	if (folder_list(dir, &names, &others, why) == -1)
		goto done;
	for (size_t i = 0; i < names.len; i += strlen(name) + 1) {
		name = (const char *)names.at + i;
		if (!is_bundle_name(name))
			others++;
		else if (add_item(r, dir, name, why) == -1)
			goto done;
	}
	if (others > 0)
		say_line(r->say,
		    "%zu other things lie there; they were left alone.",
		    others);
	if (r->count == before)
		say_notice(r->say, "no *.satchel file lies in the folder");
	rc = 0;
done:
	bytes_free(&names);
	return rc;
}

static int
add_operand(struct run *r, int i, struct fault *why)
{
	const char *word = r->args->operands[i];
	struct stat is;
	char name[NAME_ROOM];

	if (stat(word, &is) == 0 && S_ISDIR(is.st_mode)) {
		r->operands[i].dir = folder_open(word, why);
		return r->operands[i].dir == NULL ?
		    -1 :
		    add_folder(r, r->operands[i].dir, why);
	}
	if (folder_split(word, &r->operands[i].dir, name, sizeof(name), why) ==
	    -1)
		return -1;
	return add_item(r, r->operands[i].dir, name, why);
}

/* As the outbox orders them; what was not made here goes last. */
static int
by_urgency(const void *a, const void *b)
{
	const struct item *l = a, *r = b;

	if (l->class != r->class)
		return l->class < r->class ? -1 : 1;
	if (l->bytes != r->bytes)
		return l->bytes < r->bytes ? -1 : 1;
	return l->place < r->place ? -1 : 1;
}

/* --- the way --- */

static void
note_sent(struct run *r, const char *name, const struct uploaded *one,
    bool *stop, struct fault *why)
{
	link_list_sent(&r->list, &r->link, name, NULL, one);
	r->left += one->state == UPLOAD_BEGUN || one->state == UPLOAD_NOT_TRIED;
	if (!one->hopeless)
		return;
	*stop = true;
	*why = one->fault;
}

/* What was withdrawn since goes first: 1, it is there; 0, it is not. */
static int
send_ahead(struct run *r, const char *id, bool *stop, struct fault *why)
{
	struct folder *outbox =
	    folder_make_in(r->home.folder, CARRY_OUTBOX, why);
	char file[BUNDLE_ID + 16];
	struct uploaded one;
	int rc;

	if (outbox == NULL)
		return -1;
	say_line(r->say,
	    "What was withdrawn since is in %.8s.satchel: that goes first.",
	    id);
	(void)snprintf(file, sizeof(file), "%s.satchel", id);
	rc = upload_file(r->up, outbox, file, &one, why);
	folder_close(outbox);
	if (rc == -1)
		return -1;
	note_sent(r, file, &one, stop, why);
	return one.state == UPLOAD_ARRIVED || one.state == UPLOAD_THERE ||
	    (one.state == UPLOAD_NOT_TRIED && r->args->given[OPT_DRY_RUN]);
}

static int
send_one(struct run *r, const struct item *item, bool *stop, struct fault *why)
{
	struct uploaded one;
	int went = 0;

	if (upload_file(r->up, item->from, item->name, &one, why) == -1)
		return -1;
	if (one.ahead[0] != '\0')
		went = send_ahead(r, one.ahead, stop, why);
	if (went == -1 ||
	    (went == 1 &&
		upload_file(r->up, item->from, item->name, &one, why) == -1))
		return -1;
	if (went == 0 && one.ahead[0] != '\0' && upload_ended(r->up)) {
		one.state = UPLOAD_NOT_TRIED;
		one.fault.id = FAULT_NONE;
	}
	/* Why not this one either is told once, by the one ahead. */
	if (one.ahead[0] == '\0' || !*stop)
		note_sent(r, item->name, &one, stop, why);
	return 0;
}

static int
send_all(struct run *r, struct fault *why)
{
	const struct upload_order order = {
		.store = r->home.store,
		.to = &r->link.way,
		.limits = &r->link.limits,
		.agreement = agreement_of(r->home.agreement),
		.self = r->home.self,
		.user = r->user,
		.now = clock_now(),
		.dry_run = r->args->given[OPT_DRY_RUN],
	};
	struct upload_cost cost;
	struct fault second;
	bool stop = false;
	int rc = 0;

	if ((r->up = upload_open(&order, why)) == NULL)
		return -1;
	for (size_t i = 0; i < r->count && rc == 0 && !stop; i++)
		rc = send_one(r, &r->items[i], &stop, why);
	if (stop)
		rc = -1;
	r->ended = upload_ended(r->up);
	cost = upload_cost(r->up);
	r->link.sent = cost.sent;
	r->link.received = cost.received;
	r->link.twice = cost.twice;
	if (upload_close(r->up, rc == 0 ? why : &second) == -1)
		rc = -1;
	return rc;
}

static int
send_listed(struct run *r, struct fault *why)
{
	struct fault second;
	int rc;

	if (link_list_begin(&r->list, r->args->globals->json, why) == -1)
		return -1;
	rc = send_all(r, why);
	if (link_list_end(&r->list, r->say, "sent", rc == 0 ? why : &second) ==
		-1 ||
	    link_say_traffic(&r->link, rc == 0 ? why : &second) == -1)
		rc = -1;
	link_say_ended(&r->link, r->ended, r->left > 0);
	if (r->args->given[OPT_DRY_RUN])
		say_line(r->say, "Nothing was sent: this was a dry run.");
	return rc;
}

static int
run_send(const struct args *args, struct say *say, struct fault *why)
{
	struct run r = { .args = args, .say = say };
	int rc = -1;

	if (args->option[OPT_TO] == NULL)
		return FAIL(why, FAULT_USAGE, "--to URL is needed");
	if (node_open(args, HOME_WRITE, &r.home, why) == -1)
		return -1;
	if (node_need_agreement(&r.home, why) == -1 ||
	    node_acting(&r.home, args, 0, &r.user, why) == -1 ||
	    link_start(&r.link, args, OPT_LINK, &r.home, say, why) == -1 ||
	    (r.arena = arena_new(ARENA, why)) == NULL)
		goto done;
	r.link.way.url = args->option[OPT_TO];
	r.operands = calloc((size_t)args->count + 1, sizeof(*r.operands));
	if (r.operands == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "files");
		goto done;
	}
	for (int i = 0; i < args->count; i++)
		if (add_operand(&r, i, why) == -1)
			goto done;
	if (r.count > 0)
		qsort(r.items, r.count, sizeof(*r.items), by_urgency);
	rc = send_listed(&r, why);
done:
	link_end(&r.link);
	for (int i = 0; r.operands != NULL && i < args->count; i++)
		folder_close(r.operands[i].dir);
	free(r.operands);
	free(r.items);
	arena_free(r.arena);
	node_close(&r.home);
	return rc;
}

const struct command cmd_send = {
	.name = "send",
	.operands = "FILE|DIR...",
	.least = 1,
	.most = -1,
	.gist = "send bundles to an upload server, from where they broke off",
	.more = "Only bundles are sent, and the urgent and small ones first.  "
		"What breaks off goes on where the server says it is, also "
		"after days and over another network.  What arrived is not "
		"sent again; that an office took it in is known when its "
		"receipt comes.  What was withdrawn since goes first, or "
		"nothing that it is about.  URL is https://... (tus), sftp://user@host/"
		"folder/ or file:///folder.",
	.options = {
		[OPT_TO] = { .name = "to", .value = "URL",
		    .gist = "the upload server" },
		LINK_SPECS(OPT_LINK),
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be sent; speak to nobody" },
	},
	.run = run_send,
};
