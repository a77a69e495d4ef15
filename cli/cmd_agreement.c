#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/platform.h"
#include "base/sink.h"
#include "cli/agreement_age.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/dropped.h"
#include "cli/incidents.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/papers_roster.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "crypto/passphrase.h"
#include "crypto/secrets.h"
#include "formats/agreement.h"
#include "import/adopt.h"
#include "store/journal.h"
#include "store/store.h"

#define NAME_ROOM 256
#define BODY_MAX 4096

enum { CHECK_AGREEMENT };

static int
run_check(const struct args *args, struct say *say, struct fault *why)
{
	const struct problem *problems;
	enum exit_status status;
	struct papers p;

	if (papers_roster_is(args->operands[0]))
		return papers_roster_check(args, args->option[CHECK_AGREEMENT],
		    say, why);
	if (args->given[CHECK_AGREEMENT])
		return FAIL(why, FAULT_USAGE,
		    "--agreement is for a staff list");
	if (papers_read(args->operands[0], say, &p, why) == -1)
		return -1;
	papers_tell(say, p.file, p.signatures, p.count);
	status = papers_tell_more(say, &p, day_of(clock_now()));
	if (agreement_has_errors(p.file))
		status = EXIT_NOT_TRUSTED;
	else if (status == EXIT_DONE &&
	    agreement_problems(p.file, &problems) > 0)
		status = EXIT_LOOK;
	say_status(say, status);
	papers_free(&p);
	if (status == EXIT_NOT_TRUSTED)
		return FAIL(why, FAULT_AGREEMENT_ERRORS,
		    "it cannot be adopted like this");
	say_next(say,
	    "Compare the fingerprint with the working group, then: satchel "
	    "agreement adopt FILE --confirm FINGERPRINT.");
	return 0;
}

const struct command cmd_agreement_check = {
	.name = "agreement check",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "look for errors in an agreement and its signatures",
	.more =
	    "Errors mean that it cannot be adopted (exit status 4); "
	    "notices (3) are for the working group to look at. Signatures "
	    "are the files FILE.PARTY.minisig beside it. FILE may also be "
	    "a party's staff list, with its signature in FILE.minisig. No "
	    "node is needed.",
	.options = {
		[CHECK_AGREEMENT] = { "agreement", "FILE",
		    "hold a staff list against this agreement", OPTION_LAST },
	},
	.run = run_check,
};

enum { SIGN_PARTY, SIGN_KEY, SIGN_AGREEMENT, SIGN_DRY_RUN };

static int
sign(struct agreement_file *f, const struct party *party,
    const struct minisign_key *key, struct bytes *out, struct fault *why)
{
	const struct agreement *a = agreement_of(f);
	char trusted[MINISIGN_COMMENT_MAX];
	uint8_t hash[MINISIGN_HASH];
	const void *bytes;
	size_t len;

	bytes = agreement_bytes(f, &len);
	digest_once(DIGEST_BLAKE2B_512, bytes, len, hash);
	(void)snprintf(trusted, sizeof(trusted),
	    "satchel agreement %s version %" PRId64 " party %s", a->id,
	    a->version, party->id);
	return minisign_sign(key, hash, "signature of a satchel agreement",
	    trusted, out, why);
}

static int
sign_as(const struct args *args, struct agreement_file *f,
    const struct party *party, struct say *say, struct fault *why)
{
	char name[PAPERS_NAME], suffix[PAPERS_NAME];
	struct minisign_key *key = NULL;
	struct bytes signature;
	int rc = -1;

	bytes_init(&signature, MINISIGN_SIGNATURE_ROOM);
	(void)snprintf(suffix, sizeof(suffix), ".%s.minisig", party->id);
	if ((key = papers_key(args, args->option[SIGN_KEY], why)) == NULL ||
	    papers_check_signer(party, party->id, key, why) == -1 ||
	    sign(f, party, key, &signature, why) == -1 ||
	    papers_put_signature(args->operands[0], suffix, &signature,
		args->given[SIGN_DRY_RUN], name, why) == -1)
		goto done;
	say_line(say, "%s %s",
	    args->given[SIGN_DRY_RUN] ? "would write" : "signed:", name);
	say_next(say,
	    "Send this file to the working group; it lies beside the "
	    "agreement and belongs to exactly this version.");
	rc = 0;

done:
	minisign_key_free(key);
	bytes_free(&signature);
	return rc;
}

static int
sign_roster(const struct args *args, struct say *say, struct fault *why)
{
	const struct papers_roster_signing by = {
		.party = args->option[SIGN_PARTY],
		.key = args->option[SIGN_KEY],
		.agreement = args->option[SIGN_AGREEMENT],
		.dry_run = args->given[SIGN_DRY_RUN],
	};

	return papers_roster_sign(args, &by, say, why);
}

static int
run_sign(const struct args *args, struct say *say, struct fault *why)
{
	const struct agreement *a;
	const struct party *party;
	struct agreement_file *f;
	int rc = -1;

	if (!args->given[SIGN_PARTY] || !args->given[SIGN_KEY])
		return FAIL(why, FAULT_USAGE,
		    "agreement sign needs --party and --key");
	if (papers_roster_is(args->operands[0]))
		return sign_roster(args, say, why);
	if (args->given[SIGN_AGREEMENT])
		return FAIL(why, FAULT_USAGE,
		    "--agreement is for a staff list");
	if ((f = papers_agreement(args->operands[0], NULL, why)) == NULL)
		return -1;
	a = agreement_of(f);
	if (agreement_has_errors(f)) {
		fault_set(why, FAULT_AGREEMENT_ERRORS, "nothing was signed");
		goto done;
	}
	party = agreement_party(a, args->option[SIGN_PARTY]);
	if (party == NULL) {
		fault_set(why, FAULT_AGREEMENT_PARTY, "%.40s",
		    args->option[SIGN_PARTY]);
		goto done;
	}
	if (a->environment == AGREEMENT_TEST)
		say_practice(say);
	say_line(say, "%s version %" PRId64 ", %s", a->id, a->version,
	    agreement_environment_name(a->environment));
	rc = sign_as(args, f, party, say, why);

done:
	agreement_free(f);
	return rc;
}

const struct command cmd_agreement_sign = {
	.name = "agreement sign",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "sign an agreement for one of its parties",
	.more = "Writes FILE.PARTY.minisig beside FILE. The key is a secret key "
		"file of minisign (minisign -G makes one); the agreement must "
		"list its public half for the party. Of a party's own staff "
		"list the signature is FILE.minisig, and that party alone "
		"signs it.",
	.options = {
		[SIGN_PARTY] = { "party", "P", "the party that signs", OPTION_LAST },
		[SIGN_KEY] = { "key", "K", "its secret key file", OPTION_LAST },
		[SIGN_AGREEMENT] = { "agreement", "FILE",
		    "hold a staff list against this agreement", OPTION_LAST },
		[SIGN_DRY_RUN] = { "dry-run", NULL,
		    "check everything, but write nothing", OPTION_LAST },
	},
	.run = run_sign,
};

enum { ADOPT_CONFIRM, ADOPT_RESTART, ADOPT_DRY_RUN };

/* Is it the very file that is in force? */
static bool
is_in_force(struct agreement_file *file, const struct agreement *in_force)
{
	const struct agreement *a = agreement_of(file);

	return in_force != NULL &&
	    memcmp(a->sha256, in_force->sha256, sizeof(a->sha256)) == 0;
}

/*
 * The fingerprint is not shown before it is asked for: who types it must have
 * it from the working group and not from this screen.
 */
static int
ask_fingerprint(const struct agreement *a, bool *confirmed, struct fault *why)
{
	char typed[128];

	if (platform_ask("Type the fingerprint that the working group gave "
			 "you: ",
		typed, sizeof(typed)) == -1)
		return FAIL(why, FAULT_AGREEMENT_CONFIRM, "%s", a->id);
	*confirmed = digest_fingerprint_is(a->fingerprint, typed);
	if (!*confirmed)
		return FAIL(why, FAULT_AGREEMENT_FINGERPRINT, "%s", a->id);
	return 0;
}

/* A fingerprint that is given must fit, whatever else is asked. */
static int
ask_confirmed(const struct args *args, struct adopt_question *q,
    struct fault *why)
{
	const struct agreement *a = agreement_of(q->file);
	const char *typed = args->option[ADOPT_CONFIRM];

	if (typed != NULL && !digest_fingerprint_is(a->fingerprint, typed))
		return FAIL(why, FAULT_AGREEMENT_FINGERPRINT, "%s", a->id);
	q->confirmed = typed != NULL;
	return 0;
}

/* Ask the question, and a person if only that is missing. */
static int
ask_may(const struct args *args, struct adopt_question *q, struct fault *why)
{
	const struct agreement *a = agreement_of(q->file);

	if (ask_confirmed(args, q, why) == -1)
		return -1;
	if (adopt_may(q, why) == 0)
		return 0;
	if (why->id != FAULT_AGREEMENT_CONFIRM || args->globals->json ||
	    !platform_is_terminal(STDIN_FILENO) ||
	    !platform_is_terminal(STDOUT_FILENO))
		return -1;
	if (ask_fingerprint(a, &q->confirmed, why) == -1)
		return -1;
	return adopt_may(q, why);
}

/* A refusal that says something about the file goes into the journal. */
static int
note_refusal(struct store *s, const struct agreement *a, const char *user,
    const struct fault *refused, struct fault *why)
{
	struct sink *to = NULL;
	struct jsonout o;
	struct bytes body;
	char hash[DIGEST_HEX];
	int rc = -1;

	bytes_init(&body, BODY_MAX);
	if ((to = bytes_sink_new(&body, why)) == NULL)
		goto done;
	digest_hex(a->sha256, sizeof(a->sha256), hash);
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_integer(&o, "version", a->version);
	jsonout_text(&o, "sha256", hash);
	jsonout_text(&o, "code", fault_text(refused->id)->code);
	jsonout_object_end(&o);
	if (jsonout_end(&o, why) == -1)
		goto done;
	rc = journal_add(s, ACT_AGREEMENT_REFUSED, clock_now(), user,
	    (const char *)body.at, why);

done:
	sink_free(to);
	bytes_free(&body);
	return rc;
}

/*
 * The journal names who tried, if the version in force lists them: one that is
 * refused names nobody.
 */
static void
refuse(const struct args *args, const struct home *h,
    const struct adopt_question *q, struct say *say, const struct fault *why)
{
	const struct agreement *a = agreement_of(q->file);
	const struct node *listed = q->in_force != NULL ?
	    agreement_node(q->in_force, h->identity.node) :
	    NULL;
	const char *user;
	struct fault other;

	/* Nobody confirmed it yet: that says nothing about the file. */
	if (args->given[ADOPT_DRY_RUN] || why->id == FAULT_AGREEMENT_CONFIRM)
		return;
	if (node_user(listed, args, &user, &other) == -1)
		user = "unnamed";
	if (note_refusal(h->store, a, user, why, &other) == -1)
		say_fault(say, NULL, &other);
}

static void
tell_adopted(struct say *say, const struct agreement *a)
{
	char from[DAY_TEXT];

	if (a->valid_from > day_of(clock_now())) {
		day_write(a->valid_from, from);
		say_notice(say,
		    "Adopted. It begins on %s: until then no referral leaves, "
		    "and what comes is held.",
		    from);
	} else {
		say_line(say, "Adopted. It is in force from now on.");
	}
	if (a->recovery_count > 0)
		say_line(say,
		    "The keys of this node are also in " NODE_RECOVERY_FILE
		    ", which only the working group can open.");
}

/* What it changes for staff lists, for offices that are held, for what waits. */
static int
tell_changed(const struct home *h, int64_t before, struct say *say,
    struct fault *why)
{
	struct agreement_file *now = NULL;
	int rc = -1;

	if (adopt_in_force(h->store, &now, why) != 1)
		goto done;
	papers_roster_left_out(say, agreement_of(now));
	rc =
	    incidents_say_change(say, h->store, before, agreement_of(now), why);
	if (rc == 0)
		rc = incidents_say_waiting(say, h, agreement_of(now), why);
	if (rc == 0)
		rc = dropped_say(say, h->store, agreement_of(now),
		    h->identity.node, why);

done:
	agreement_free(now);
	return rc;
}

static int
adopt(const struct args *args, const struct home *h, struct adopt_question *q,
    struct say *say, struct fault *why)
{
	const struct agreement *a = agreement_of(q->file);
	bool dry_run = args->given[ADOPT_DRY_RUN];
	const char *user;
	int may = ask_may(args, q, why);

	/* After the question, which must not be answered from the screen. */
	papers_tell(say, q->file, q->signatures, q->count);
	if (may == -1) {
		refuse(args, h, q, say, why);
		return -1;
	}
	/* It is the new version that says who works here. */
	if (node_user(agreement_node(a, h->identity.node), args, &user, why) ==
	    -1)
		return -1;
	if (dry_run) {
		say_line(say, "It can be adopted; nothing was changed.");
		return 0;
	}
	if (adopt_keep(h->store, q, clock_now(), user, why) == -1 ||
	    node_write_recovery(h, a, why) == -1)
		return -1;
	tell_adopted(say, a);
	return tell_changed(h, q->in_force != NULL ? q->in_force->version : 0,
	    say, why);
}

static int
adopt_papers(const struct args *args, struct home *h, struct papers *p,
    struct say *say, struct fault *why)
{
	const char *const opens[] = { h->identity.open, h->identity.next_open };
	struct adopt_question q = {
		.file = p->file,
		.signatures = p->signatures,
		.count = p->count,
		.in_force =
		    h->agreement != NULL ? agreement_of(h->agreement) : NULL,
		.node_protected = h->identity.protected,
		.restart = args->given[ADOPT_RESTART],
		.node_code = h->identity.node,
		.node_open = opens,
		.node_open_count = h->identity.next_open[0] != '\0' ? 2 : 1,
		.today = day_of(clock_now()),
	};

	q.node_sign_count = secrets_publics(h->secrets, q.node_sign);
	if (is_in_force(p->file, q.in_force)) {
		int confirmed = ask_confirmed(args, &q, why);

		papers_tell(say, p->file, p->signatures, p->count);
		if (confirmed == -1) {
			refuse(args, h, &q, say, why);
			return -1;
		}
		say_line(say, "It is already in force.");
		/* Also if writing this broke off the last time. */
		return args->given[ADOPT_DRY_RUN] ?
		    0 :
		    node_write_recovery(h, q.in_force, why);
	}
	return adopt(args, h, &q, say, why);
}

static int
run_adopt(const struct args *args, struct say *say, struct fault *why)
{
	enum home_need need =
	    args->given[ADOPT_DRY_RUN] ? HOME_READ : HOME_WRITE;
	struct papers p;
	struct home h;
	int rc;

	if (papers_roster_is(args->operands[0])) {
		if (args->given[ADOPT_CONFIRM] || args->given[ADOPT_RESTART])
			return FAIL(why, FAULT_USAGE,
			    "a staff list is not confirmed by a person");
		return papers_roster_adopt(args, args->given[ADOPT_DRY_RUN],
		    say, why);
	}
	if (papers_read(args->operands[0], NULL, &p, why) == -1)
		return -1;
	if ((rc = node_open(args, need, &h, why)) == 0) {
		rc = adopt_papers(args, &h, &p, say, why);
		node_close(&h);
	}
	papers_free(&p);
	return rc;
}

const struct command cmd_agreement_adopt = {
	.name = "agreement adopt",
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.gist = "work under a signed agreement from now on",
	.more = "The first agreement of a node is confirmed by a person, who "
		"has its fingerprint from the working group by phone or on "
		"paper. Later versions need the signatures that the version "
		"in force and the new one ask for, and no confirmation. A "
		"party's staff list takes the place of the users of that "
		"party's offices.",
	.options = {
		[ADOPT_CONFIRM] = { "confirm", "FINGERPRINT",
		    "the 30 digits, with or without spaces", OPTION_LAST },
		[ADOPT_RESTART] = { "restart", NULL,
		    "start again, confirmed by a person", OPTION_LAST },
		[ADOPT_DRY_RUN] = { "dry-run", NULL,
		    "say whether it can be adopted", OPTION_LAST },
	},
	.run = run_adopt,
};

static void
tell_parties(struct say *say, const struct agreement *a)
{
	for (size_t i = 0; i < a->party_count; i++)
		say_line(say, "party        %s, %s, %s%s", a->parties[i].id,
		    a->parties[i].name,
		    agreement_system_name(a->parties[i].system),
		    a->party_signed != NULL && a->party_signed[i] ?
			"" :
			", did not sign");
	for (size_t i = 0; i < a->node_count; i++) {
		const struct node *n = &a->nodes[i];

		say_line(say, "node         %s, %s of %s, %s, %zu users%s",
		    n->code, agreement_role_name(n->role), n->party->id,
		    agreement_system_name(n->system), n->user_count,
		    n->revoked ? ", revoked" : "");
	}
	for (size_t i = 0; i < a->flow_count; i++) {
		const struct flow *f = &a->flows[i];
		size_t fields = 0;

		for (int k = 0; k < FIELD_COUNT; k++)
			fields += f->field[k] ? 1 : 0;
		say_line(say,
		    "flow         %s to %s: %zu services, %zu fields, %s",
		    f->from->id, f->to->id, f->services.count, fields,
		    f->evidence == EVIDENCE_RECORD ? "consent record" :
						     "attested consent");
	}
}

static void
tell_dates(struct say *say, const struct agreement *a)
{
	char from[DAY_TEXT], until[DAY_TEXT], review[DAY_TEXT];
	day today = day_of(clock_now());

	day_write(a->valid_from, from);
	day_write(a->valid_until, until);
	day_write(a->review_on, review);
	say_line(say, "valid        %s to %s, to be reviewed on %s", from,
	    until, review);
	if (today >= a->valid_from && today <= a->valid_until)
		say_line(say, "days left    %d", (int)(a->valid_until - today));
	agreement_age_say(say, a, today);
}

static int
run_show(const struct args *args, struct say *say, struct fault *why)
{
	struct adopt_signature signatures[ADOPT_SIGNATURES_MAX];
	struct agreement *a;
	struct home h;
	size_t count;
	int rc = -1;

	if (node_open(args, HOME_READ, &h, why) == -1)
		return -1;
	if (h.agreement == NULL) {
		(void)node_need_agreement(&h, why);
		goto done;
	}
	a = agreement_of(h.agreement);
	if (adopt_kept_signatures(h.store, a->version, signatures, &count,
		why) == -1)
		goto done;
	(void)adopt_check_signatures(h.agreement, a, signatures, count);
	papers_tell(say, h.agreement, signatures, count);
	adopt_signatures_free(signatures, count);
	tell_dates(say, a);
	tell_parties(say, a);
	rc = papers_roster_in_force(say, a, why);

done:
	node_close(&h);
	return rc;
}

const struct command cmd_agreement_show = {
	.name = "agreement show",
	.gist = "show the agreement that is in force at this node",
	.run = run_show,
};
