#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/reader.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/node.h"
#include "cli/say.h"
#include "crypto/secrets.h"
#include "export/unheard.h"
#include "formats/agreement.h"
#include "import/held_files.h"
#include "store/agreements.h"
#include "store/bundles.h"
#include "store/journal.h"
#include "store/store.h"

#define BODY_MAX 4096
#define JSON_MAX ((size_t)4 * 1024 * 1024)
#define NAMES_MAX ((size_t)4 * 1024 * 1024)
#define GAPS_MAX 1000 /* of one partner, that can be given up one by one */
#define GAPS_SHOWN 8

enum { OPT_DRY_RUN, OPT_WITHOUT };

static bool
changes(const struct home *h)
{
	return h->identity.next_sign[0] != '\0';
}

/* --- where the change of keys stands --- */

/* What is known of one partner while keys change. */
struct partner {
	const struct node *node;
	int64_t named; /* version in its newest bundles; 0: none came */
	bool met;      /* something went to it or came from it */
	bool knows;    /* that version has it seal to the new key */
	int64_t gaps[GAPS_MAX];
	size_t gap_count;
	int64_t more_gaps; /* than these */
	size_t given_up;
};

/* A number that never comes, as a person says. */
struct gap {
	int64_t number;
	char node[17];
	bool met; /* it is missing indeed */
};

/* All of it, in one look. */
struct look {
	const struct home *home;
	struct say *say;
	struct jsonout json;
	struct gap *without;
	size_t without_count;
	bool listed;		/* the agreement in force lists the new keys */
	size_t waiting;		/* partners that keep the old keys here */
	size_t held;		/* bundles kept here that were not opened */
	struct unheard unheard; /* what the old key signed */
};

/* Does this version have others seal to that key, and expect that signature? */
static bool
lists_last(const struct node *n, const char *sign, const char *open)
{
	char text[MINISIGN_PUBLIC_ROOM];

	if (n == NULL || n->sign_count == 0 || n->open_count == 0)
		return false;
	minisign_public_write(&n->sign[n->sign_count - 1], text);
	return strcmp(text, sign) == 0 &&
	    strcmp(n->open[n->open_count - 1], open) == 0;
}

/* The same of a version that this node adopted; another one: false. */
static int
version_knows(const struct home *h, int64_t version, bool *knows,
    struct fault *why)
{
	struct agreement_file *file = NULL;
	struct bytes text;
	int found, rc = -1;

	*knows = false;
	bytes_init(&text, AGREEMENT_MAX);
	if ((found = agreements_file(h->store, version, &text, why)) == -1)
		goto done;
	if (found == 1) {
		if ((file = agreement_read(text.at, text.len, why)) == NULL)
			goto done;
		*knows = lists_last(agreement_node(agreement_of(file),
					h->identity.node),
		    h->identity.next_sign, h->identity.next_open);
	}
	rc = 0;

done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

/* Each key of theirs has numbers of its own. */
static int
find_gaps(const struct home *h, const uint8_t sign[static 32],
    struct partner *p, struct fault *why)
{
	size_t room = GAPS_MAX - p->gap_count;
	int64_t count;

	if (bundles_missing(h->store, sign, p->gaps + p->gap_count, room,
		&count, why) == -1)
		return -1;
	if (count > (int64_t)room) {
		p->more_gaps += count - (int64_t)room;
		count = (int64_t)room;
	}
	p->gap_count += (size_t)count;
	return 0;
}

static bool
is_given_up(const struct look *l, const struct partner *p, int64_t number)
{
	bool is = false;

	for (size_t i = 0; i < l->without_count; i++) {
		struct gap *g = &l->without[i];

		if (g->number == number &&
		    strcmp(g->node, p->node->code) == 0) {
			g->met = true;
			is = true;
		}
	}
	return is;
}

/* What somebody gives up is no gap any more. */
static void
give_up(const struct look *l, struct partner *p)
{
	size_t left = 0;

	for (size_t i = 0; i < p->gap_count; i++) {
		if (is_given_up(l, p, p->gaps[i]))
			p->given_up++;
		else
			p->gaps[left++] = p->gaps[i];
	}
	p->gap_count = left;
}

static int
look_at(const struct look *l, struct partner *p, struct fault *why)
{
	const struct home *h = l->home;
	struct bundle_made made;
	int went;

	if (agreements_partner(h->store, p->node->code, &p->named, why) == -1 ||
	    (went = bundles_made_after(h->store, p->node->code, NULL, &made,
		 why)) == -1 ||
	    version_knows(h, p->named, &p->knows, why) == -1)
		return -1;
	p->met = went == 1 || p->named > 0;
	for (size_t i = 0; i < p->node->sign_count; i++)
		if (find_gaps(h, p->node->sign[i].key, p, why) == -1)
			return -1;
	give_up(l, p);
	return 0;
}

static void
tell_partner(struct say *say, const struct partner *p)
{
	if (!p->met)
		say_line(say, "%-16s nothing went to it or came from it yet",
		    p->node->code);
	else if (p->knows)
		say_line(say, "%-16s has the new keys (version %" PRId64 ")",
		    p->node->code, p->named);
	else if (p->named > 0)
		say_line(say,
		    "%-16s still seals to the old key: its newest bundle "
		    "names version %" PRId64,
		    p->node->code, p->named);
	else
		say_line(say,
		    "%-16s is not known to have the new keys: no bundle of it "
		    "came yet",
		    p->node->code);
	for (size_t i = 0; i < p->gap_count && i < GAPS_SHOWN; i++)
		say_line(say,
		    "%-16s number %" PRId64 " of its bundles has not arrived, "
		    "and may be sealed to the old key",
		    p->node->code, p->gaps[i]);
	if (p->gap_count > GAPS_SHOWN)
		say_line(say, "%-16s and %" PRId64 " more have not arrived",
		    p->node->code,
		    (int64_t)(p->gap_count - GAPS_SHOWN) + p->more_gaps);
	if (p->given_up > 0)
		say_line(say,
		    "%-16s %zu of its bundles are given up: what is in them "
		    "cannot be opened here any more, and is sent again or lost",
		    p->node->code, p->given_up);
}

static void
write_partner(struct jsonout *o, const struct partner *p)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "node", p->node->code);
	jsonout_integer(o, "named", p->named);
	jsonout_boolean(o, "met", p->met);
	jsonout_boolean(o, "has_new", p->knows);
	jsonout_list(o, "missing");
	for (size_t i = 0; i < p->gap_count; i++)
		jsonout_integer(o, NULL, p->gaps[i]);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static int
look_at_partners(struct look *l, struct fault *why)
{
	const struct agreement *a = agreement_of(l->home->agreement);

	for (size_t i = 0; i < a->node_count; i++) {
		struct partner p = { .node = &a->nodes[i] };

		if (p.node == l->home->self || p.node->revoked ||
		    p.node->role == NODE_AUDITOR)
			continue;
		if (look_at(l, &p, why) == -1)
			return -1;
		if (p.met && (!p.knows || p.gap_count > 0 || p.more_gaps > 0))
			l->waiting++;
		tell_partner(l->say, &p);
		write_partner(&l->json, &p);
	}
	return 0;
}

static int
count_held(struct look *l, struct fault *why)
{
	const struct agreement *a = agreement_of(l->home->agreement);
	struct bytes names;
	int rc;

	bytes_init(&names, NAMES_MAX);
	rc = held_files_list(l->home->folder, a->version, &names, why);
	for (size_t i = 0; i < names.len; i++)
		l->held += names.at[i] == '\0' ? 1 : 0;
	if (l->held > 0)
		say_line(l->say,
		    "%zu bundles are kept here unopened, and may be sealed to "
		    "the old key",
		    l->held);
	bytes_free(&names);
	return rc;
}

/*
 * Once the agreement lists the old key no more, others refuse what it signed,
 * and cannot tell us.
 */
static int
look_at_unheard(struct look *l, struct fault *why)
{
	const struct identity *id = &l->home->identity;
	struct minisign_public next;
	const struct unheard_keys keys = { &next, 1 };
	struct unheard *u = &l->unheard;

	(void)minisign_public_read(id->next_sign, strlen(id->next_sign), &next);
	if (unheard_find(l->home->store, agreement_of(l->home->agreement),
		&keys, u, why) == -1)
		return -1;
	jsonout_list(&l->json, "unheard");
	for (size_t i = 0; i < u->listed; i++) {
		const struct unheard_in *in = &u->in[i];

		say_line(l->say,
		    "%-16s has not spoken of %zu referrals in number %" PRId64
		    " of our bundles to it, which the old key signed",
		    in->node, in->referrals, in->sequence);
		jsonout_object(&l->json, NULL);
		jsonout_text(&l->json, "node", in->node);
		jsonout_integer(&l->json, "number", in->sequence);
		jsonout_integer(&l->json, "referrals", (int64_t)in->referrals);
		jsonout_object_end(&l->json);
	}
	jsonout_list_end(&l->json);
	jsonout_integer(&l->json, "unheard_referrals", (int64_t)u->referrals);
	return 0;
}

/* When a key of ours began to sign: the day of its first bundle. */
static int
tell_key(const struct home *h, struct say *say, const char *what,
    const char *sign, bool signs, struct fault *why)
{
	struct minisign_public public;
	struct bundle_made b = { .sender = 0 };
	char text[MOMENT_TEXT];
	int64_t number;
	int more;

	(void)minisign_public_read(sign, strlen(sign), &public);
	if (bundles_own_key(h->store, public.key, &number, why) == -1)
		return -1;
	do {
		more = bundles_made_after(h->store, NULL, &b, &b, why);
	} while (more == 1 && b.sender < number);
	if (more == -1)
		return -1;
	if (number != 0 && more == 1 && b.sender == number)
		day_write_moment(b.created, text);
	else
		(void)snprintf(text, sizeof(text), "not yet");
	say_line(say, "%s %s", what, sign);
	say_line(say, "             %s; first bundle: %s",
	    signs ? "signs now" : "does not sign now", text);
	return 0;
}

static int
tell_keys(const struct home *h, struct say *say, struct fault *why)
{
	const struct identity *id = &h->identity;
	char signing[MINISIGN_PUBLIC_ROOM] = "";
	struct minisign_public public;

	if (h->signing != NULL) {
		minisign_key_copy_public(h->signing, &public);
		minisign_public_write(&public, signing);
	}
	say_line(say, "node         %s", id->node);
	if (tell_key(h, say, changes(h) ? "old signing " : "signing     ",
		id->sign, strcmp(signing, id->sign) == 0, why) == -1)
		return -1;
	say_line(say, "%s %s", changes(h) ? "old opening " : "opening     ",
	    id->open);
	if (!changes(h))
		return 0;
	if (tell_key(h, say, "new signing ", id->next_sign,
		strcmp(signing, id->next_sign) == 0, why) == -1)
		return -1;
	say_line(say, "new opening  %s", id->next_open);
	return 0;
}

static void
write_keys(struct look *l)
{
	const struct identity *id = &l->home->identity;
	struct minisign_public public;
	char signing[MINISIGN_PUBLIC_ROOM];

	jsonout_text(&l->json, "node", id->node);
	jsonout_text(&l->json, "sign", id->sign);
	jsonout_text(&l->json, "open", id->open);
	if (changes(l->home)) {
		jsonout_text(&l->json, "next_sign", id->next_sign);
		jsonout_text(&l->json, "next_open", id->next_open);
	}
	if (l->home->signing != NULL) {
		minisign_key_copy_public(l->home->signing, &public);
		minisign_public_write(&public, signing);
		jsonout_text(&l->json, "signs_now", signing);
	}
	jsonout_boolean(&l->json, "changing", changes(l->home));
	jsonout_text_or_null(&l->json, "leftovers",
	    node_leftovers(l->home) == LEFTOVERS_OLD	 ? "old" :
		node_leftovers(l->home) == LEFTOVERS_NEW ? "new" :
							   NULL);
}

/* Tells everything, and finds out whether the older keys may go. */
static int
look_around(struct look *l, struct fault *why)
{
	struct bytes text;
	struct sink *to;
	struct jsonout *o = &l->json;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(o, to);
	jsonout_object(o, NULL);
	write_keys(l);
	if (changes(l->home) && l->home->self != NULL) {
		l->listed = lists_last(l->home->self,
		    l->home->identity.next_sign, l->home->identity.next_open);
		jsonout_list(o, "partners");
		if (look_at_partners(l, why) == -1)
			goto done;
		jsonout_list_end(o);
		if (count_held(l, why) == -1 || look_at_unheard(l, why) == -1)
			goto done;
		jsonout_integer(o, "held", (int64_t)l->held);
	}
	if (changes(l->home))
		jsonout_boolean(o, "listed", l->listed);
	jsonout_object_end(o);
	if (jsonout_end(o, why) == -1)
		goto done;
	say_json(l->say, "keys", &text);
	rc = 0;

done:
	sink_free(to);
	bytes_free(&text);
	return rc;
}

static bool
may_finish(const struct look *l)
{
	return l->listed && l->waiting == 0 && l->held == 0 &&
	    l->unheard.referrals == 0;
}

static void
tell_next(const struct look *l)
{
	if (!l->listed)
		say_next(l->say,
		    "The agreement in force does not have the new keys last "
		    "in this node's lists: send the card (satchel identity "
		    "--out FILE) to the working group, and adopt the version "
		    "that adds them behind the old ones.");
	else if (may_finish(l))
		say_next(l->say,
		    "Everybody has the new keys. End it with: satchel keys "
		    "finish.");
	else
		say_next(l->say,
		    "Go on exchanging bundles with those named; the agreement "
		    "goes with them. What was sealed to the old key could "
		    "not be opened any more without it.");
	if (l->unheard.referrals > 0)
		say_next(l->say,
		    "What the old key signed is refused once the agreement "
		    "lists that key no more. Have those bundles of ours "
		    "brought and an answer brought back; if one is lost, send "
		    "what was in it again under the new key: satchel export "
		    "--only REF.");
}

/* What is left in the secrets when something broke off, or came back. */
static void
tell_leftovers(struct say *say, const struct home *h)
{
	switch (node_leftovers(h)) {
	case LEFTOVERS_NONE:
		return;
	case LEFTOVERS_OLD:
		say_line(say,
		    "Old keys that were let go are still in the secrets.");
		say_next(say, "Take them out: satchel keys finish.");
		return;
	case LEFTOVERS_NEW:
		say_line(say,
		    "New keys are in the secrets, and making them broke off.");
		say_next(say, "Go on with it: satchel keys rotate.");
		return;
	}
}

static int
run_show(const struct args *args, struct say *say, struct fault *why)
{
	struct look l = { .say = say };
	struct home h;
	int rc = -1;

	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	l.home = &h;
	if (tell_keys(&h, say, why) == -1 || look_around(&l, why) == -1)
		goto done;
	if (changes(&h))
		tell_next(&l);
	tell_leftovers(say, &h);
	rc = 0;

done:
	node_close(&h);
	return rc;
}

const struct command cmd_keys_show = {
	.name = "keys show",
	.gist = "show this node's keys, and who has the new ones",
	.more = "Public keys only. While keys change it says which partners "
		"are known to have the new ones, and what may still be on its "
		"way to the old ones.",
	.run = run_show,
};

/* --- changing them --- */

struct entry {
	const char *what;
	struct home *home;
	const char *user;
	const struct gap *without;
	size_t without_count;
};

static int
add_entry(struct store *s, const struct entry *e, struct fault *why)
{
	const struct identity *id = &e->home->identity;
	struct bytes body;
	struct sink *to;
	struct jsonout o;
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text(&o, "keys", e->what);
	jsonout_text(&o, "sign", id->sign);
	jsonout_text(&o, "open", id->open);
	jsonout_text_if(&o, "next_sign",
	    id->next_sign[0] != '\0' ? id->next_sign : NULL);
	jsonout_text_if(&o, "next_open",
	    id->next_open[0] != '\0' ? id->next_open : NULL);
	if (e->without_count > 0)
		jsonout_list(&o, "without");
	for (size_t i = 0; i < e->without_count; i++) {
		jsonout_object(&o, NULL);
		jsonout_text(&o, "node", e->without[i].node);
		jsonout_integer(&o, "number", e->without[i].number);
		jsonout_object_end(&o);
	}
	if (e->without_count > 0)
		jsonout_list_end(&o);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == 0)
		rc = journal_add(s, ACT_KEYS_CHANGED, clock_now(), e->user,
		    (const char *)body.at, why);
	sink_free(to);
	bytes_free(&body);
	return rc;
}

/* What was made up to now stays with the key that made it. */
static int
keep(struct store *s, void *context, struct fault *why)
{
	const struct entry *e = context;
	struct minisign_public public;

	minisign_key_copy_public(secrets_signing(e->home->secrets), &public);
	if (bundles_keep_key(s, public.key, why) == -1)
		return -1;
	return add_entry(s, e, why);
}

static int
rotate(struct home *h, const char *user, struct fault *why)
{
	struct entry e = { .what = "rotated", .home = h, .user = user };

	/* A key that node.json names must be there, so it comes last. */
	if (node_add_next(h, why) == -1 ||
	    node_replace_secrets(h, h->passphrase, why) == -1 ||
	    store_transaction(h->store, keep, &e, why) == -1)
		return -1;
	return node_replace_identity(h, why);
}

static int
run_rotate(const struct args *args, struct say *say, struct fault *why)
{
	bool dry_run = args->given[OPT_DRY_RUN];
	const struct identity *id;
	const char *user;
	struct home h;
	int rc = -1;

	if (node_open(args, dry_run ? HOME_READ : HOME_KEYS, &h, why) == -1)
		return -1;
	id = &h.identity;
	if (node_user(h.self, args, &user, why) == -1)
		goto done;
	if (changes(&h)) {
		fault_set(why, FAULT_KEYS_CHANGE, "%s", id->node);
		goto done;
	}
	if (dry_run) {
		say_line(say,
		    "New keys would be made beside those in use; "
		    "nothing was changed.");
		rc = 0;
		goto done;
	}
	if (rotate(&h, user, why) == -1)
		goto done;
	say_identity(say, id->node, id->sign, id->open, id->fingerprint);
	say_identity_next(say, id->next_sign, id->next_open);
	say_line(say,
	    "This node goes on signing with the old key until an "
	    "agreement that lists the new one is in force here, and "
	    "for each partner until that partner has it too.");
	say_next(say,
	    "Send the card to the working group (satchel identity --out "
	    "FILE), and read them the fingerprint by phone: they check the "
	    "card with satchel identity --check CARD and add the new keys "
	    "behind the old ones. Keep old backups and key sheets until "
	    "satchel keys finish, and make new ones now.");
	rc = 0;

done:
	node_close(&h);
	return rc;
}

const struct command cmd_keys_rotate = {
	.name = "keys rotate",
	.gist = "make new keys that are to follow those in use",
	.more = "Nothing changes for others until the agreement lists the new "
		"keys. Then this node signs with the new one for every "
		"partner that has that version, and opens what was sealed to "
		"either, until satchel keys finish.",
	.options = {
		[OPT_DRY_RUN] = { "dry-run", NULL, "make no keys", OPTION_LAST },
	},
	.run = run_rotate,
};

static int
note_finished(struct store *s, void *context, struct fault *why)
{
	return add_entry(s, context, why);
}

static int
finish(struct home *h, const struct look *l, const char *user,
    struct fault *why)
{
	struct entry e = { "finished", h, user, l->without, l->without_count };

	/* node.json first: it must not name a key that is gone. */
	if (node_drop_old(h, why) == -1 ||
	    store_transaction(h->store, note_finished, &e, why) == -1 ||
	    node_replace_identity(h, why) == -1)
		return -1;
	return node_replace_secrets(h, h->passphrase, why);
}

static int
drop_leftovers(struct store *s, void *context, struct fault *why)
{
	struct entry *e = context;

	node_drop_leftovers(e->home);
	if (add_entry(s, e, why) == -1)
		return -1;
	return node_replace_secrets(e->home, e->home->passphrase, why);
}

/* It broke off the last time, after node.json had changed. */
static int
finish_again(struct home *h, const char *user, bool dry_run, struct fault *why)
{
	struct entry e = { .what = "finished again", .home = h, .user = user };

	switch (node_leftovers(h)) {
	case LEFTOVERS_NONE:
		return FAIL(why, FAULT_KEYS_REST, "%s", h->identity.node);
	case LEFTOVERS_NEW:
		return FAIL(why, FAULT_KEYS_REST,
		    "%s: making new ones broke off", h->identity.node);
	case LEFTOVERS_OLD:
		break;
	}
	return dry_run ? 0 :
			 store_transaction(h->store, drop_leftovers, &e, why);
}

/* NODE:NUMBER, each of them. */
static int
read_without(const struct args *args, struct look *l, struct fault *why)
{
	for (int i = 0; i < args->many_count[OPT_WITHOUT]; i++) {
		const char *word = args->many[OPT_WITHOUT][i];
		size_t len = strcspn(word, ":");
		struct gap *g = &l->without[l->without_count++];
		struct reader r;
		uint64_t number;

		*g = (struct gap){ .met = false };
		r = (struct reader){ (const uint8_t *)word + len + 1,
			word[len] == ':' ? strlen(word + len + 1) : 0 };
		if (len >= sizeof(g->node) ||
		    !reader_number(&r, BUNDLE_NUMBER_MAX, &number) ||
		    r.left > 0)
			return FAIL(why, FAULT_USAGE,
			    "--without needs NODE:NUMBER");
		memcpy(g->node, word, len);
		g->number = (int64_t)number;
	}
	return 0;
}

/* A slip must not give up another bundle than the one that is lost. */
static int
check_without(const struct look *l, struct fault *why)
{
	for (size_t i = 0; i < l->without_count; i++)
		if (!l->without[i].met)
			return FAIL(why, FAULT_USAGE,
			    "--without %s:%" PRId64 ": it is not missing",
			    l->without[i].node, l->without[i].number);
	return 0;
}

static int
finish_if_all_know(struct home *h, const struct args *args, struct say *say,
    const char *user, struct fault *why)
{
	struct gap without[COMMAND_MANY_MAX];
	struct look l = { .home = h, .say = say, .without = without };

	if (read_without(args, &l, why) == -1 || look_around(&l, why) == -1 ||
	    check_without(&l, why) == -1)
		return -1;
	if (!may_finish(&l)) {
		say_notice(say, "The old keys are kept; nothing was changed.");
		tell_next(&l);
		return 0;
	}
	if (args->given[OPT_DRY_RUN]) {
		say_line(say, "The old keys can go; nothing was changed.");
		return 0;
	}
	if (finish(h, &l, user, why) == -1)
		return -1;
	say_line(say, "The old keys are gone from this node.");
	say_next(say,
	    "Ask the working group to take them out of the next version, and "
	    "destroy old backups and key sheets when new ones are made.");
	return 0;
}

static int
run_finish(const struct args *args, struct say *say, struct fault *why)
{
	bool dry_run = args->given[OPT_DRY_RUN];
	const char *user;
	struct home h;
	int rc = -1;

	if (node_open(args, dry_run ? HOME_READ : HOME_KEYS, &h, why) == -1)
		return -1;
	if (node_user(h.self, args, &user, why) == -1)
		goto done;
	if (!changes(&h)) {
		rc = finish_again(&h, user, dry_run, why);
		if (rc == 0)
			say_line(say, "The old keys %s.",
			    dry_run ? "can go; nothing was changed" :
				      "are gone from this node");
	} else {
		rc = finish_if_all_know(&h, args, say, user, why);
	}

done:
	node_close(&h);
	return rc;
}

const struct command cmd_keys_finish = {
	.name = "keys finish",
	.gist = "let the old keys go, once everybody has the new ones",
	.more = "Only when the agreement in force lists the new keys, every "
		"partner of this node is known to have them, nothing that may "
		"be sealed to the old key is missing or waits here, and every "
		"referral that the old key signed was heard of. Else it says "
		"who is missing, changes nothing, and ends with 3.",
	.options = {
		[OPT_DRY_RUN] = { "dry-run", NULL,
		    "say whether they can go", OPTION_LAST },
		[OPT_WITHOUT] = { "without", "NODE:NUMBER",
		    "do not wait for this bundle of theirs, which is lost",
		    true },
	},
	.run = run_finish,
};
