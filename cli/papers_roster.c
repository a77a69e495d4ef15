#include "cli/papers_roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/papers.h"
#include "cli/say.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "formats/agreement.h"
#include "formats/roster.h"
#include "import/rosters.h"
#include "store/store.h"

#define NAME_ROOM 256
#define SUFFIX ".minisig"
#define JSON_MAX ((size_t)1024 * 1024)
#define NO_MORE                                                          \
	"does not count: the agreement lists the key that signed it no " \
	"more; its offices have the users of the agreement"

/* The list and its signature, and the agreement it is held against. */
struct paper {
	struct roster_file *file;
	struct bytes signature;		  /* empty: there is none */
	struct agreement_file *agreement; /* NULL: none */
};

static void
paper_free(struct paper *p)
{
	roster_free(p->file);
	agreement_free(p->agreement);
	bytes_free(&p->signature);
}

bool
papers_roster_is(const char *path)
{
	struct folder *dir = NULL;
	struct fault why;
	struct bytes text;
	char name[NAME_ROOM];
	bool is = false;

	bytes_init(&text, ROSTER_MAX);
	if (folder_split(path, &dir, name, sizeof(name), &why) == 0 &&
	    folder_read(dir, name, &text, &why) == 0)
		is = roster_is_one(text.at, text.len);
	bytes_free(&text);
	folder_close(dir);
	return is;
}

/* FILE.minisig; it may be missing, and what is too large is no signature. */
static int
read_signature(const struct folder *dir, const char *file, struct bytes *out,
    struct fault *why)
{
	char name[NAME_ROOM + sizeof(SUFFIX)];

	(void)snprintf(name, sizeof(name), "%s" SUFFIX, file);
	if (!folder_has(dir, name) || folder_read(dir, name, out, why) == 0)
		return 0;
	if (why->id != FAULT_SOURCE_TOO_LARGE)
		return -1;
	bytes_empty(out);
	return bytes_add_text(out, "?", why);
}

static int
paper_read(const char *path, const char *agreement, struct paper *out,
    struct fault *why)
{
	struct folder *dir = NULL;
	struct bytes text;
	char name[NAME_ROOM];
	int rc = -1;

	*out = (struct paper){ .file = NULL };
	bytes_init(&out->signature, MINISIGN_SIGNATURE_ROOM);
	bytes_init(&text, ROSTER_MAX);
	if (folder_split(path, &dir, name, sizeof(name), why) == -1 ||
	    folder_read(dir, name, &text, why) == -1 ||
	    read_signature(dir, name, &out->signature, why) == -1 ||
	    (out->file = roster_read(text.at, text.len, why)) == NULL)
		goto done;
	if (agreement != NULL) {
		out->agreement = papers_agreement(agreement, NULL, why);
		if (out->agreement == NULL)
			goto done;
		if (agreement_has_errors(out->agreement)) {
			fault_set(why, FAULT_AGREEMENT_ERRORS,
			    "nothing is held against it");
			goto done;
		}
		roster_check(out->file, agreement_of(out->agreement));
	}
	rc = 0;

done:
	if (rc == -1)
		paper_free(out);
	bytes_free(&text);
	folder_close(dir);
	return rc;
}

/* --- telling --- */

static int
tell_json(struct say *say, const struct roster_file *f, const char *signature,
    struct fault *why)
{
	const struct roster *r = roster_of(f);
	const struct problem *problems;
	size_t count = roster_problems(f, &problems);
	struct sink *to = NULL;
	struct jsonout o;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, JSON_MAX);
	if ((to = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_text_or_null(&o, "party", r->party);
	jsonout_integer(&o, "version", r->version);
	jsonout_text_or_null(&o, "agreement", r->agreement);
	jsonout_text(&o, "fingerprint", r->fingerprint);
	jsonout_text(&o, "signature", signature);
	jsonout_list(&o, "problems");
	for (size_t i = 0; i < count; i++) {
		jsonout_object(&o, NULL);
		jsonout_text(&o, "code", problems[i].code);
		jsonout_text(&o, "text", problems[i].text);
		jsonout_text(&o, "where", problems[i].where);
		jsonout_object_end(&o);
	}
	jsonout_list_end(&o);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(say, "roster", &json);

done:
	sink_free(to);
	bytes_free(&json);
	return rc;
}

static int
tell(struct say *say, const struct roster_file *f, const char *signature,
    struct fault *why)
{
	const struct roster *r = roster_of(f);
	const struct problem *problems;
	size_t count = roster_problems(f, &problems);

	say_line(say, "staff list   %s, version %" PRId64 ", of agreement %s",
	    r->party != NULL ? r->party : "?", r->version,
	    r->agreement != NULL ? r->agreement : "?");
	say_fingerprint(say, r->fingerprint);
	say_line(say, "signature    %s", signature);
	for (size_t i = 0; i < r->node_count; i++)
		say_line(say, "node         %s, %zu users", r->nodes[i].code,
		    r->nodes[i].user_count);
	for (size_t i = 0; i < count; i++)
		say_line(say, "error   %s (%s) %s", problems[i].code,
		    problems[i].where, problems[i].text);
	return tell_json(say, f, signature, why);
}

void
papers_roster_left_out(struct say *say, const struct agreement *a)
{
	for (size_t i = 0; i < a->party_count; i++) {
		const struct party *p = &a->parties[i];

		if (p->roster_left_out == 0)
			continue;
		say_notice(say,
		    "The staff list of %s, version %" PRId64 " " NO_MORE, p->id,
		    p->roster_left_out);
		say_next(say,
		    "Ask %s for a list with a greater number, signed with a "
		    "key that the agreement lists.",
		    p->id);
	}
}

int
papers_roster_in_force(struct say *say, const struct agreement *a,
    struct fault *why)
{
	struct sink *to = NULL;
	struct jsonout o;
	struct bytes json;
	int rc = -1;

	bytes_init(&json, JSON_MAX);
	if ((to = bytes_sink_new(&json, why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	jsonout_list(&o, NULL);
	for (size_t i = 0; i < a->party_count; i++) {
		const struct party *p = &a->parties[i];

		if (p->roster == 0 && p->roster_left_out == 0)
			continue;
		jsonout_object(&o, NULL);
		jsonout_text(&o, "party", p->id);
		jsonout_integer(&o, "version", p->roster);
		jsonout_integer(&o, "not_counted", p->roster_left_out);
		jsonout_object_end(&o);
		if (p->roster != 0)
			say_line(say,
			    "staff list   %s, version %" PRId64 ": the users "
			    "of its offices are those of this list, not those "
			    "of the agreement",
			    p->id, p->roster);
		if (p->roster_left_out != 0)
			say_line(say,
			    "staff list   %s, version %" PRId64 " " NO_MORE,
			    p->id, p->roster_left_out);
	}
	jsonout_list_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(say, "rosters", &json);

done:
	sink_free(to);
	bytes_free(&json);
	return rc;
}

/* --- check --- */

int
papers_roster_check(const struct args *args, const char *agreement,
    struct say *say, struct fault *why)
{
	enum rosters_signature signature = ROSTERS_UNSIGNED;
	const char *state = "not checked";
	struct paper p;
	int rc = -1;

	if (paper_read(args->operands[0], agreement, &p, why) == -1)
		return -1;
	if (p.agreement != NULL) {
		const struct rosters_question q = { p.file, &p.signature,
			agreement_of(p.agreement) };

		signature = rosters_signed(&q);
		state = rosters_signed_name(signature);
	} else if (p.signature.len == 0) {
		state = rosters_signed_name(signature);
	}
	if (tell(say, p.file, state, why) == -1)
		goto done;
	if (roster_has_errors(p.file)) {
		fault_set(why, FAULT_ROSTER_ERRORS,
		    "it cannot be adopted like this");
		goto done;
	}
	if (p.agreement != NULL && signature != ROSTERS_GOOD) {
		fault_set(why, FAULT_ROSTER_SIGNATURE, "signature: %s", state);
		goto done;
	}
	if (p.agreement == NULL)
		say_notice(say,
		    "Only its form was looked at: with --agreement FILE it is "
		    "held against the agreement, too.");
	else
		say_next(say,
		    "Each office adopts it: satchel agreement adopt FILE.  It "
		    "also travels with the next bundles.");
	rc = 0;

done:
	paper_free(&p);
	return rc;
}

/* --- sign --- */

static int
check_signer(const struct paper *p, const struct papers_roster_signing *by,
    const struct minisign_key *key, struct fault *why)
{
	if (p->agreement == NULL)
		return 0;
	return papers_check_signer(agreement_party(agreement_of(p->agreement),
				       by->party),
	    by->party, key, why);
}

static int
make_signature(const struct paper *p, const struct minisign_key *key,
    struct bytes *out, struct fault *why)
{
	const struct roster *r = roster_of(p->file);
	char trusted[MINISIGN_COMMENT_MAX];
	uint8_t hash[MINISIGN_HASH];
	const void *bytes;
	size_t len;

	bytes = roster_bytes(p->file, &len);
	digest_once(DIGEST_BLAKE2B_512, bytes, len, hash);
	(void)snprintf(trusted, sizeof(trusted),
	    "satchel staff list %s party %s version %" PRId64, r->agreement,
	    r->party, r->version);
	return minisign_sign(key, hash, "signature of a satchel staff list",
	    trusted, out, why);
}

static int
sign_paper(const struct args *args, const struct papers_roster_signing *by,
    const struct paper *p, char name[static PAPERS_NAME], struct fault *why)
{
	struct minisign_key *key = NULL;
	struct bytes signature;
	int rc = -1;

	bytes_init(&signature, MINISIGN_SIGNATURE_ROOM);
	if (roster_has_errors(p->file))
		fault_set(why, FAULT_ROSTER_ERRORS, "nothing was signed");
	else if (strcmp(roster_of(p->file)->party, by->party) != 0)
		fault_set(why, FAULT_AGREEMENT_PARTY,
		    "%.40s; the staff list is of %s", by->party,
		    roster_of(p->file)->party);
	else if ((key = papers_key(args, by->key, why)) != NULL &&
	    check_signer(p, by, key, why) == 0 &&
	    make_signature(p, key, &signature, why) == 0)
		rc = papers_put_signature(args->operands[0], SUFFIX, &signature,
		    by->dry_run, name, why);
	minisign_key_free(key);
	bytes_free(&signature);
	return rc;
}

int
papers_roster_sign(const struct args *args,
    const struct papers_roster_signing *by, struct say *say, struct fault *why)
{
	char name[PAPERS_NAME];
	struct paper p;
	int rc = -1;

	if (paper_read(args->operands[0], by->agreement, &p, why) == -1)
		return -1;
	if (tell(say, p.file, "not checked", why) == -1 ||
	    sign_paper(args, by, &p, name, why) == -1)
		goto done;
	say_line(say, "%s %s", by->dry_run ? "would write" : "signed:", name);
	if (p.agreement == NULL)
		say_line(say,
		    "Whether the agreement lists this key for %s was not "
		    "looked at.",
		    by->party);
	say_next(say,
	    "Hand out both files side by side; each office adopts them: "
	    "satchel agreement adopt FILE.");
	rc = 0;

done:
	paper_free(&p);
	return rc;
}

/* --- adopt --- */

static int
adopt(struct home *h, const struct rosters_question *q, const char *user,
    bool dry_run, struct say *say, struct fault *why)
{
	struct fault refused;
	bool here;

	if (rosters_may(h->store, q, &here, &refused) == -1) {
		if (tell(say, q->file, rosters_signed_name(rosters_signed(q)),
			why) == -1 ||
		    (!dry_run &&
			rosters_note_refusal(h->store, roster_of(q->file),
			    &refused, clock_now(), user, why) == -1))
			return -1;
		*why = refused;
		return -1;
	}
	if (tell(say, q->file, rosters_signed_name(ROSTERS_GOOD), why) == -1)
		return -1;
	if (here) {
		say_line(say, "It is already in force.");
		return 0;
	}
	if (dry_run) {
		say_line(say, "It can be adopted; nothing was changed.");
		return 0;
	}
	if (rosters_keep(h->store, q, clock_now(), user, why) == -1)
		return -1;
	say_line(say, "Adopted. It is in force from now on.");
	say_next(say,
	    "It travels to every other office with the next bundle there.");
	return 0;
}

int
papers_roster_adopt(const struct args *args, bool dry_run, struct say *say,
    struct fault *why)
{
	const char *user;
	struct paper p;
	struct home h;
	int rc = -1;

	if (paper_read(args->operands[0], NULL, &p, why) == -1)
		return -1;
	if (node_open(args, dry_run ? HOME_READ : HOME_WRITE, &h, why) == -1)
		goto done;
	if (node_need_agreement(&h, why) == 0 &&
	    node_acting(&h, args, 0, &user, why) == 0) {
		const struct rosters_question q = { p.file, &p.signature,
			agreement_of(h.agreement) };

		rc = adopt(&h, &q, user, dry_run, say, why);
	}
	node_close(&h);

done:
	paper_free(&p);
	return rc;
}
