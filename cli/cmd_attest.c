#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/giving.h"
#include "cli/say.h"
#include "formats/agreement.h"
#include "store/referrals.h"

#define LIST_ROOM 512
#define ROLE_ROOM 16
#define OF_PROGRES "progres:"

enum {
	OPT_GIVEN_BY,
	OPT_ON,
	OPT_INFO,
	OPT_EXPIRES,
	OPT_LANGUAGE,
	OPT_NOTICE,
	OPT_DRY_RUN,
};

/* The referral that is spoken of, and what the agreement says of its way. */
struct spoken {
	struct standing standing;
	const struct flow *flow;
};

/* Only what was judged here on its way out can be attested here. */
static int
find_sent(const struct args *args, struct giving *g, struct spoken *sp,
    struct fault *why)
{
	struct store *s = g->home.store;
	const char *start = args->operands[0], *ref;
	struct fault elsewhere;

	ref = referrals_find(s, REFERRAL_SENT, start, g->arena, why);
	if (ref == NULL) {
		if (why->id == FAULT_REF_UNKNOWN &&
		    referrals_find(s, REFERRAL_RECEIVED, start, g->arena,
			&elsewhere) != NULL)
			return FAIL(why, FAULT_REF_STATE,
			    "it came in: the office that sends it attests");
		return -1;
	}
	if (referrals_get(s, REFERRAL_SENT, ref, g->arena, &sp->standing,
		why) == 1)
		return 0;
	return FAIL(why, FAULT_STORE_DAMAGED, "a referral that was found");
}

static int
check_standing(const struct standing *st, struct fault *why)
{
	if (strncmp(st->ref, OF_PROGRES, strlen(OF_PROGRES)) != 0)
		return FAIL(why, FAULT_REF_STATE,
		    "it is not from proGres: record the consent with satchel "
		    "consent add, or with export --consents FILE");
	if (st->state != STANDING_HELD && st->state != STANDING_REFUSED &&
	    st->state != STANDING_SENT)
		return FAIL(why, FAULT_REF_STATE, "it is %s",
		    standing_state_name(st->state));
	if (st->individual == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "its individual number is not known, so it cannot be said "
		    "whose consent this is");
	if (st->service == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "it is not known which service it asks for");
	return 0;
}

/* Does the agreement take an attestation for this way? */
static int
find_flow(const struct giving *g, struct spoken *sp, struct fault *why)
{
	const struct agreement *a = g->agreement;
	const struct party *to = NULL;

	if (sp->standing.party != NULL)
		to = agreement_party(a, sp->standing.party);
	if (to != NULL)
		sp->flow = agreement_flow(a, g->home.self->party, to);
	if (sp->flow == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "the agreement has no way from here to the agency it is "
		    "for");
	if (sp->flow->evidence != EVIDENCE_ATTESTED)
		return FAIL(why, FAULT_REF_STATE,
		    "the agreement takes no attestation here: record the "
		    "consent, and give it with export --consents FILE");
	return 0;
}

/* "caregiver:aunt": the role, and the relation behind it. */
static int
take_giver(struct giving *g, const char *word, struct fault *why)
{
	const char *colon = strchr(word, ':');
	size_t len = colon != NULL ? (size_t)(colon - word) : strlen(word);
	char role[ROLE_ROOM];
	int rc = 0;

	if (len < sizeof(role)) {
		memcpy(role, word, len);
		role[len] = '\0';
		rc = giving_by(g, role, colon != NULL ? colon + 1 : NULL, why);
	}
	if (rc == 0)
		return FAIL(why, FAULT_USAGE,
		    "--given-by takes child, caregiver, guardian or other, "
		    "each once, with a relation behind a colon if you like");
	return rc == -1 ? -1 : 0;
}

static int
take_day(const struct args *args, struct giving *g, struct fault *why)
{
	day on;

	if (args->option[OPT_ON] == NULL)
		return FAIL(why, FAULT_USAGE, "--on DATE is needed");
	if (!day_read(args->option[OPT_ON], &on))
		return FAIL(why, FAULT_USAGE,
		    "--on needs a date, like 2026-01-31");
	if (on > g->today)
		return FAIL(why, FAULT_USAGE, "--on is a day to come");
	giving_when(g, on);
	return 0;
}

/* What is not said is all that this way carries. */
static int
default_info(struct giving *g, const struct flow *flow, struct fault *why)
{
	for (size_t i = 0; i < GIVING_CATEGORIES; i++) {
		const char *name = giving_category(i);
		bool carried = false;

		for (size_t f = 0; f < FIELD_COUNT; f++) {
			const char *of =
			    fields_category_name(fields_all[f].category);

			carried |= flow->field[f] && of != NULL &&
			    strcmp(of, name) == 0;
		}
		if (carried && giving_info(g, name, why) == -1)
			return -1;
	}
	g->record.info_categories.present = true;
	return 0;
}

static int
take_info(const struct args *args, struct giving *g, const struct flow *flow,
    struct fault *why)
{
	int rc;

	if (!args->given[OPT_INFO])
		return default_info(g, flow, why);
	for (int i = 0; i < args->many_count[OPT_INFO]; i++) {
		if ((rc = giving_info(g, args->many[OPT_INFO][i], why)) == -1)
			return -1;
		if (rc == 0)
			return FAIL(why, FAULT_USAGE,
			    "--info takes identity, contact, family, needs "
			    "and health");
	}
	return 0;
}

static int
take_options(const struct args *args, struct giving *g, struct fault *why)
{
	struct consent *c = &g->record;

	if (args->many_count[OPT_GIVEN_BY] == 0)
		return FAIL(why, FAULT_USAGE, "--given-by ROLE is needed");
	for (int i = 0; i < args->many_count[OPT_GIVEN_BY]; i++)
		if (take_giver(g, args->many[OPT_GIVEN_BY][i], why) == -1)
			return -1;
	if (take_day(args, g, why) == -1 ||
	    giving_expires(g, args->option[OPT_EXPIRES], why) == -1 ||
	    giving_option(g, "--language", args->option[OPT_LANGUAGE],
		&c->language, why) == -1)
		return -1;
	return giving_option(g, "--notice-version", args->option[OPT_NOTICE],
	    &c->notice_version, why);
}

/* What the referral and the agreement say, and nobody has to. */
static int
fill_in(struct giving *g, const struct spoken *sp, struct fault *why)
{
	struct consent *c = &g->record;
	bool there;

	c->subject_ref = sp->standing.individual;
	c->status = CONSENT_GIVEN;
	c->basis = "consent";
	c->method = CONSENT_ATTESTED;
	c->attested_by_user = g->user;
	c->attested_on = g->today;
	if (sp->flow->purposes.count == 1)
		c->purpose = sp->flow->purposes.items[0];
	if (giving_item(g, &c->services, sp->standing.service, &there, why) ==
	    -1)
		return -1;
	return giving_item(g, &c->recipients, sp->flow->to->id, &there, why);
}

/* The whole of it: what was typed may have been the start of another one. */
static void
tell_which(const struct spoken *sp, struct say *say)
{
	struct standing bare = sp->standing;

	/* Why it was held before is no news here. */
	bare.reason_count = 0;
	bare.removed_count = 0;
	say_line(say, "The referral, as it was judged last:");
	say_standing(say, &bare);
}

static void
tell(const struct giving *g, const struct spoken *sp, struct say *say)
{
	const struct consent *c = &g->record;
	char givers[LIST_ROOM], info[LIST_ROOM], on[DAY_TEXT], until[DAY_TEXT];

	giving_write_roles(c, givers, sizeof(givers));
	giving_write_list(&c->info_categories, info, sizeof(info));
	day_write(c->given_on, on);
	day_write(c->expires_on, until);
	say_line(say, "Consent was given on %s by: %s.", on, givers);
	say_line(say,
	    "It covers the service %s by %s, and this information: %s.",
	    sp->standing.service, sp->flow->to->id, info);
	if (*until != '\0')
		say_line(say, "It ends after %s.", until);
	say_line(say, "Attested by %s, for this referral alone.", g->user);
	tell_which(sp, say);
}

static void
tell_next(const struct spoken *sp, const struct giving_seen *seen,
    struct say *say)
{
	if (seen->no)
		say_notice(say,
		    "A record here says no for this child, and a no counts: "
		    "export will refuse the referral.");
	else if (seen->differ)
		say_notice(say,
		    "An earlier attestation of this referral, or a record of "
		    "the child, says something else: export will hold it "
		    "until a person has decided which one counts.");
	else
		say_next(say,
		    "The next export to %s sends it, unless something else "
		    "stands in its way.",
		    sp->standing.partner);
}

static int
attest(const struct args *args, struct giving *g, struct say *say,
    struct fault *why)
{
	struct spoken sp = { .flow = NULL };
	struct giving_seen seen;
	bool kept;

	if (take_options(args, g, why) == -1 ||
	    find_sent(args, g, &sp, why) == -1 ||
	    check_standing(&sp.standing, why) == -1 ||
	    find_flow(g, &sp, why) == -1 ||
	    take_info(args, g, sp.flow, why) == -1 ||
	    fill_in(g, &sp, why) == -1 ||
	    giving_kept(g, AGREED_OF_REF, sp.standing.ref, &kept, why) == -1)
		return -1;
	if (kept) {
		say_line(say, "This was attested before; nothing was changed.");
		tell_which(&sp, say);
		return 0;
	}
	if (giving_keep(g, AGREED_OF_REF, sp.standing.ref,
		args->given[OPT_DRY_RUN], &seen, why) == -1)
		return -1;
	tell(g, &sp, say);
	tell_next(&sp, &seen, say);
	if (args->given[OPT_DRY_RUN])
		say_line(say, "Nothing was written: this was a dry run.");
	else
		say_member(say, "consent", g->record_id);
	return 0;
}

static int
run_attest(const struct args *args, struct say *say, struct fault *why)
{
	struct giving g;
	int rc = -1;

	if (giving_open(args, &g, why) == 0)
		rc = attest(args, &g, say, why);
	giving_close(&g);
	return rc;
}

const struct command cmd_attest = {
	.name = "attest",
	.operands = "REF",
	.least = 1,
	.most = 1,
	.gist = "say who gave consent for a referral from proGres, and when",
	.more = "proGres sends no consent, so a named user of the sending "
		"office says who gave it.  REF is a referral that export has "
		"judged here; it may be shortened to what is unique.  What is "
		"attested counts for that referral, its service and the "
		"agency that gets it, and for the information named by "
		"--info, else for all that the agreement lets travel.",
	.options = {
		[OPT_GIVEN_BY] = { .name = "given-by", .value = "ROLE",
		    .gist = "child, caregiver, guardian or other; "
			    "caregiver:aunt says the relation",
		    .times = OPTION_MANY },
		[OPT_ON] = { .name = "on", .value = "DATE",
		    .gist = "the day on which consent was given" },
		[OPT_INFO] = { .name = "info", .value = "CATEGORY",
		    .gist = "identity, contact, family, needs, health",
		    .times = OPTION_MANY },
		[OPT_EXPIRES] = { .name = "expires", .value = "DATE",
		    .gist = "the last day on which it holds" },
		[OPT_LANGUAGE] = { .name = "language", .value = "LANGUAGE",
		    .gist = "in which it was asked" },
		[OPT_NOTICE] = { .name = "notice-version", .value = "VERSION",
		    .gist = "of the privacy notice that was explained" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "show what would be attested; write nothing" },
	},
	.run = run_attest,
};
