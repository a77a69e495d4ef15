#include "policy/rules.h"

#include <string.h>

#include "policy/band_rules.h"
#include "policy/bundle_rules.h"
#include "policy/consent_rules.h"
#include "policy/data_rules.h"
#include "policy/hearing.h"
#include "policy/protocol_rules.h"
#include "policy/record_rules.h"
#include "policy/scope_rules.h"
#include "policy/sensitive_rules.h"

/*
 * In the order in which they are asked.  P-FIELDS comes first and the rules
 * that strip come before those that look at what is left.
 */
/* clang-format off */
const struct rule rules_all[] = {
	{ "P-FIELDS", AT_BOTH, VERDICT_STRIP,
	    "Is every field on the agreement's list for this direction?",
	    protocol_rules_fields,
	    "Left out before sending: the agreement does not include it.",
	    "Leave it so: if the other agency needs it, ask for the agreement "
	    "to be changed.",
	    "Inter-agency DPISP template (need to know); CPIMS+ data "
	    "minimisation; ODRL",
	    RELEASE_NEVER },

	{ "B-SIG", AT_IMPORT, VERDICT_REFUSE,
	    "Was the file signed by a partner we know, with a key that still "
	    "counts?",
	    bundle_rules_signed,
	    "This file was not signed by a partner we know.",
	    "Do not load it.  Tell the focal point.",
	    "GBVIMS sample information sharing protocol (security)",
	    RELEASE_NEVER },
	{ "B-TO", AT_IMPORT, VERDICT_REFUSE,
	    "Is the file meant for this office?",
	    bundle_rules_to_us,
	    "This file is meant for another office, not for us.",
	    "Hand it back to who brought it.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "B-ENV", AT_BOTH, VERDICT_REFUSE,
	    "Are practice files kept apart from real ones?",
	    bundle_rules_environment,
	    "Either this is a practice file or this is a practice system; "
	    "the two do not mix.",
	    "Load practice files into the practice system only.",
	    "CPIMS+ and proGres v4 interoperability (test environments)",
	    RELEASE_NEVER },
	{ "B-SEEN", AT_IMPORT, VERDICT_REFUSE,
	    "Is this number free of any other file?",
	    bundle_rules_seen,
	    "Two different files carry the same number.",
	    "Do not load it.  Tell the focal point: one of the two may be "
	    "forged.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "B-FORM", AT_IMPORT, VERDICT_REFUSE,
	    "Is the file whole and of a kind this program knows?",
	    bundle_rules_form,
	    "The file is damaged or from a newer program.",
	    "Ask the sender to copy it again; if that does not help, bring "
	    "this program up to date.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "B-AGE", AT_IMPORT, VERDICT_HOLD,
	    "Is the file still within its use-by date?",
	    bundle_rules_in_time,
	    "This file is past its use-by date: consent may have changed.",
	    "Ask the sender for a new one, or whether nothing has changed.",
	    "satchel's own",
	    RELEASE_DECIDE },

	{ "P-FORCE", AT_BOTH, VERDICT_REFUSE,
	    "Is the agreement in force today?",
	    protocol_rules_in_force,
	    "The agreement is not in force today, so referrals stop going "
	    "out.",
	    "Ask the focal points to renew the agreement.",
	    "Inter-agency DPISP template; CPIMS+ interoperability, step 3",
	    RELEASE_NEVER },
	{ "P-SIGNED", AT_BOTH, VERDICT_REFUSE,
	    "Have all agencies concerned signed this version, and do both "
	    "offices take part today?",
	    protocol_rules_signed,
	    "One of the agencies has not signed this version of the "
	    "agreement, has not joined yet, or has left.",
	    "Ask the focal point of that agency.",
	    "CPIMS+ interoperability (all agencies agree and sign)",
	    RELEASE_NEVER },
	{ "P-SAME", AT_IMPORT, VERDICT_HOLD,
	    "Did the sender judge by the agreement that we hold?",
	    protocol_rules_same,
	    "The sender used a newer version of the agreement than we have.",
	    "Get the newer version from the sender and adopt it.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "P-MATRIX", AT_BOTH, VERDICT_REFUSE,
	    "Does the agreement let this agency refer to that one for this "
	    "service?",
	    protocol_rules_matrix,
	    "The agreement does not let this service be asked for in this "
	    "direction.",
	    "Refer the child in another way, or ask for the agreement to be "
	    "changed.",
	    "Inter-agency DPISP template (with whom, what)",
	    RELEASE_NEVER },
	{ "P-PURPOSE", AT_BOTH, VERDICT_REFUSE,
	    "Is the purpose one that the agreement lists, and the one that "
	    "consent was given for?  Where the agreement lists several, a "
	    "consent record that names none is held.",
	    protocol_rules_purpose,
	    "The reason for sharing is missing, or is not one the agreement "
	    "allows.",
	    "Give a purpose that the agreement lists.",
	    "Inter-agency DPISP template; UNHCR data protection policy; GDPR "
	    "Art. 5",
	    RELEASE_NEVER },
	{ "P-WHO", AT_EXPORT, VERDICT_REFUSE,
	    "Is who sends this listed as somebody who may?",
	    protocol_rules_who,
	    "You are not listed as somebody who may send.",
	    "Ask the focal point to have you listed, or have a colleague who "
	    "is listed send it.",
	    "CPIMS+ and proGres v4 interoperability (focal points); OpenFn "
	    "security list",
	    RELEASE_NEVER },

	{ "C-HAVE", AT_BOTH, VERDICT_REFUSE,
	    "Is there a consent record: who agreed, when and how?",
	    consent_rules_have,
	    "There is no consent record.",
	    "Ask for consent first, and record it.",
	    "CPIMS+ interoperability (only with a child's consent)",
	    RELEASE_NEVER },
	{ "C-STATE", AT_BOTH, VERDICT_REFUSE,
	    "Was consent given, and not taken back since?  Refused, withdrawn "
	    "or never asked is refused; expired or unknown is held.",
	    consent_rules_state,
	    "The child or caregiver has said no, or has taken back "
	    "permission.",
	    "Do not send or use it.",
	    "GDPR Art. 7; GBVIMS sample information sharing protocol",
	    RELEASE_NEVER },
	{ "C-AGE", AT_BOTH, VERDICT_HOLD,
	    "Is the consent recent enough?",
	    consent_rules_age,
	    "The consent is too old, or its last day is past.",
	    "Confirm it again with the child or caregiver.",
	    "ISO/IEC TS 27560 (duration)",
	    RELEASE_NEVER },
	{ "C-DATE", AT_BOTH, VERDICT_HOLD,
	    "Can the dates of the consent be right?",
	    consent_rules_dates,
	    "A date of the consent cannot be right.",
	    "Correct the date in the consent record.",
	    "satchel's own",
	    RELEASE_DECIDE },
	{ "C-UNHCR", AT_BOTH, VERDICT_REFUSE,
	    "Does Primero say that the child or caregiver agrees to share "
	    "with UNHCR?  No answer is a no, or is held if the consent record "
	    "names the agency.",
	    consent_rules_unhcr,
	    "Permission to share with UNHCR is not recorded.",
	    "Ask the child or caregiver, and record the answer in Primero.",
	    "CPIMS+ consent form (unhcr_export_opt_in, consent_info_sharing)",
	    RELEASE_NEVER },
	{ "C-POL", AT_BOTH, VERDICT_REFUSE,
	    "Does the agreement say what this site's UNHCR question means?",
	    consent_rules_polarity,
	    "We cannot tell what this site's UNHCR question means.",
	    "Ask the administrator to have it declared in the agreement.",
	    "CPIMS+ consent form as configured in different countries",
	    RELEASE_NEVER },
	{ "C-CASE", AT_BOTH, VERDICT_REFUSE,
	    "Does Primero say yes to services and to sharing with others?  No "
	    "answer is a no, or is held if there is a consent record.",
	    consent_rules_case,
	    "Consent for services or for sharing with others is not ticked in "
	    "Primero.",
	    "Ask the child or caregiver, and tick it in Primero if they "
	    "agree.",
	    "Primero transition.rb, referral.rb",
	    RELEASE_NEVER },
	{ "C-OVRP", AT_EXPORT, VERDICT_HOLD,
	    "Is there more than Primero's mark that consent was overridden?",
	    consent_rules_overridden,
	    "Primero says that consent was overridden, but not by whom or "
	    "why.",
	    "Find out who decided that and why, and record it.",
	    "Primero transition.rb (consent_overridden)",
	    RELEASE_NEVER },
	{ "C-SVC", AT_BOTH, VERDICT_REFUSE,
	    "Does the consent cover this service?",
	    scope_rules_service,
	    "The consent does not cover this service.",
	    "Ask the child or caregiver about this service, and record the "
	    "answer.",
	    "CPIMS+ consent form (information_shared_services)",
	    RELEASE_DECIDE },
	{ "C-ORG", AT_BOTH, VERDICT_REFUSE,
	    "Does the consent name the agency that gets this?",
	    scope_rules_agency,
	    "The consent does not name the agency that would get this.",
	    "Ask the child or caregiver about this agency, and record the "
	    "answer.",
	    "Inter-agency DPISP template; ISO/IEC TS 27560 (recipients)",
	    RELEASE_NEVER },
	{ "C-BAND", AT_BOTH, VERDICT_HOLD,
	    "Have all agreed whom the agreement asks for at this child's age?",
	    band_rules_givers,
	    "Not everybody has agreed whom the agreement asks for at this "
	    "age.",
	    "Ask those who have not agreed yet, and record it.",
	    "Inter-agency case management guidelines 2014; UNHCR guidance "
	    "(assent)",
	    RELEASE_DECIDE },
	{ "C-EDGE", AT_BOTH, VERDICT_HOLD,
	    "If the age is an estimate: have those agreed who must a year "
	    "either way?",
	    band_rules_edge,
	    "The age is an estimate close to a limit of who must agree.",
	    "Decide with a supervisor which side of the limit counts.",
	    "satchel's own",
	    RELEASE_DECIDE },
	{ "C-CARE", AT_BOTH, VERDICT_HOLD,
	    "Did the caregiver or a guardian agree where the agreement asks "
	    "for one, or does the record say why not and who approved that?",
	    band_rules_caregiver,
	    "The caregiver has not agreed, and it is not recorded why not and "
	    "who approved that.",
	    "Ask the caregiver.  Where that is not safe or they cannot be "
	    "reached, record why, and who approved it.",
	    "Case management training, module C; inter-agency case management "
	    "guidelines 2014",
	    RELEASE_DECIDE },
	{ "C-UASC", AT_BOTH, VERDICT_HOLD,
	    "If the child is without their parents and a caregiver must "
	    "agree: was that a guardian, or a caregiver who is no parent?",
	    band_rules_alone,
	    "This child is without their parents, and nobody who can speak "
	    "for them has agreed.",
	    "Find out who gives consent for this child, and record it.  Do "
	    "not ask about the family for this.",
	    "Inter-agency referral form (separated or unaccompanied)",
	    RELEASE_DECIDE },
	{ "C-OVR", AT_BOTH, VERDICT_HOLD,
	    "If it was decided without all who must agree: is it recorded "
	    "whole, and by somebody else than the sender?  If not it is "
	    "refused; even then a person confirms it.",
	    record_rules_override,
	    "This was decided without all who must agree; a named person "
	    "approved it.",
	    "Read who approved it and why, and confirm or reject it.",
	    "Primero (consent_overridden keeps no name and no reason); "
	    "satchel's own",
	    RELEASE_OVERRIDE },
	{ "C-BASIS", AT_BOTH, VERDICT_HOLD,
	    "Is it based on consent, or on what the agreement lists and a "
	    "named person approved?  Nobody can let go a basis that the "
	    "agreement does not list.",
	    record_rules_basis,
	    "This is not based on consent, and nobody is named who approved "
	    "that.",
	    "Have a named person confirm it in the consent record, or ask for "
	    "consent.",
	    "CPIMS+ consent form (legitimate_basis); inter-agency DPISP "
	    "template; ICRC handbook on data protection",
	    RELEASE_OVERRIDE },
	{ "C-NEWER", AT_IMPORT, VERDICT_REFUSE,
	    "Is there no later withdrawal or narrower consent of this child "
	    "here?",
	    record_rules_newer,
	    "We already have a later withdrawal for this child.",
	    "Do not load it.  Tell the sender that consent was taken back.",
	    "GDPR Art. 7",
	    RELEASE_DECIDE },
	{ "C-TOLD", AT_EXPORT, VERDICT_HOLD,
	    "Was the caregiver told of this referral, or does the case say "
	    "why not?",
	    record_rules_told,
	    "The caregiver was not told of this referral, and it does not say "
	    "why.",
	    "Tell the caregiver, or write in the case why not.",
	    "CPIMS+ inter-agency referral form (referral_caregiver_informed)",
	    RELEASE_DECIDE },
	{ "C-HOW", AT_EXPORT, VERDICT_HOLD,
	    "Is it recorded how, by whom and in which language consent was "
	    "taken, and which notice was explained?",
	    record_rules_how,
	    "It is not recorded how, by whom or in which language consent was "
	    "taken, or which notice was explained.",
	    "Complete the consent record.",
	    "Case management training, module C; ISO/IEC TS 27560",
	    RELEASE_DECIDE },
	{ "C-HIDE", AT_BOTH, VERDICT_HOLD,
	    "Is there nothing the child asked to keep private, or has a "
	    "person recorded what was removed?",
	    scope_rules_withheld,
	    "The child asked to keep something private.",
	    "Read the note, remove what it is about, and record who did so.",
	    "CPIMS+ consent form (withhold_details, disclosure_deny_details, "
	    "withholding_info_reason)",
	    RELEASE_DECIDE },
	{ "C-INFO", AT_BOTH, VERDICT_STRIP,
	    "Does the consent cover this kind of information?",
	    scope_rules_categories,
	    "Left out because the consent does not cover it.",
	    "Leave it so: if the other agency needs it, ask the child or "
	    "caregiver.",
	    "ISO/IEC TS 27560; inter-agency DPISP template",
	    RELEASE_NEVER },

	{ "S-GBV", AT_BOTH, VERDICT_STRIP,
	    "Do sensitive codes leave only where the agreement says so?  "
	    "Nobody can let go a service that is itself sensitive.",
	    sensitive_rules_codes,
	    "Sensitive information was left out.",
	    "Leave it so: the other agency is not told what was left out.",
	    "GBVIMS sample information sharing protocol; OCHA data "
	    "responsibility guidelines",
	    RELEASE_DECIDE },
	{ "S-OTHER", AT_BOTH, VERDICT_STRIP,
	    "Are notes free of who wrote them?  Other fields about third "
	    "persons are P-FIELDS' to take out, and their names in a text are "
	    "S-TEXT's to read for.",
	    sensitive_rules_others,
	    "A note that names who wrote it was left out.",
	    "Leave it so: write what the other agency needs into the reason "
	    "for referral.",
	    "OpenFn primero-progres (CreatedBy in notes); CPIMS+ data "
	    "minimisation",
	    RELEASE_NEVER },
	{ "S-FILE", AT_BOTH, VERDICT_STRIP,
	    "Are photos and documents only there where the agreement lists "
	    "them, and pictures free of what tells where they were taken?",
	    sensitive_rules_files,
	    "Photos and documents are not included in the agreement.",
	    "Leave it so: if the other agency needs them, ask for the "
	    "agreement to be changed.",
	    "Primero attachments; satchel's own",
	    RELEASE_NEVER },
	{ "S-STAFF", AT_BOTH, VERDICT_STRIP,
	    "Do the contacts of staff travel only where the agreement lists "
	    "them?",
	    sensitive_rules_staff,
	    "Left out: the agreement does not list the contacts of staff.",
	    "Leave it so: the other agency answers through satchel.",
	    "OpenFn security list; satchel's own",
	    RELEASE_NEVER },
	{ "S-MOD", AT_EXPORT, VERDICT_REFUSE,
	    "Is the case in the module the agreement is about, and not a GBV "
	    "case?",
	    sensitive_rules_module,
	    "GBV cases are not sent this way.",
	    "Refer the survivor as the GBV referral pathway says.",
	    "Primero transition.rb (GBV consent); GBVIMS sample information "
	    "sharing protocol",
	    RELEASE_NEVER },
	{ "S-NAME", AT_BOTH, VERDICT_REFUSE,
	    "Is the name free to travel, not protected in Primero?",
	    sensitive_rules_name,
	    "The name is protected in Primero.",
	    "Ask who protected it and why before anything is sent.",
	    "Primero (hidden_name)",
	    RELEASE_NEVER },
	{ "S-TEXT", AT_EXPORT, VERDICT_HOLD,
	    "Has a person read the notes, where the agreement asks for that?",
	    sensitive_rules_notes,
	    "A person must read the notes first.",
	    "Read the notes: nothing that is not needed may stand in them.",
	    "Inter-agency DPISP template (need to know)",
	    RELEASE_DECIDE },
	{ "S-FEAR", AT_EXPORT, VERDICT_HOLD,
	    "If the child fears harm: has a person looked whether address, "
	    "place and telephone may travel?",
	    sensitive_rules_fear,
	    "The child fears harm: a person must say whether the address and "
	    "the telephone number may be sent.",
	    "Look at the note with a supervisor, and record in the consent "
	    "record what is to be left out and who looked.",
	    "CPIMS+ consent form (withholding_info_reason)",
	    RELEASE_DECIDE },

	{ "D-MAP", AT_BOTH, VERDICT_HOLD,
	    "Has every code exactly one translation in the agreement?",
	    data_rules_mapped,
	    "A value has no approved translation.",
	    "Ask for the agreement's list to be completed, or have a person "
	    "send the referral without this value.",
	    "OpenFn primero-progres (value maps); CPIMS+ interoperability, "
	    "step 4",
	    RELEASE_DECIDE },
	{ "D-MIN", AT_BOTH, VERDICT_HOLD,
	    "Is everything there that the agreement requires?",
	    data_rules_required,
	    "Something that the other agency needs is missing.",
	    "Add what is missing, or print the hand-over sheet; never fill in "
	    "made-up values.",
	    "OpenFn primero-progres and ping-primero (required fields)",
	    RELEASE_NEVER },
	{ "D-DATE", AT_EXPORT, VERDICT_HOLD,
	    "Are the dates real, and is the birth date one day only?",
	    data_rules_dates,
	    "The birth date may be one day off: it was written with a time of "
	    "day that fits no midnight here.",
	    "Look at the papers or ask the family, and correct it at its "
	    "source.",
	    "OpenFn primero-progres (sample data: one person, two birth "
	    "dates)",
	    RELEASE_DECIDE },
	{ "D-ADULT", AT_BOTH, VERDICT_HOLD,
	    "Is this a child, under 18 when referred?",
	    data_rules_adult,
	    "This person is 18 or older.",
	    "Check the age, and whether this is the right way to refer an "
	    "adult.",
	    "OpenFn primero-progres (sample data with adults)",
	    RELEASE_DECIDE },
	{ "D-AGE", AT_BOTH, VERDICT_HOLD,
	    "Do the age and the birth date agree within a year?",
	    data_rules_ages_agree,
	    "The age and the birth date do not agree.",
	    "Find out which of them is right, and correct the other.",
	    "satchel's own",
	    RELEASE_DECIDE },
	{ "D-LIVE", AT_EXPORT, VERDICT_REFUSE,
	    "Are the case and the referral still open in Primero?",
	    data_rules_live,
	    "The case or the referral was closed or cancelled in Primero.",
	    "Open it again in Primero if the child still needs the service.",
	    "Primero referral.rb; OpenFn primero-progres",
	    RELEASE_NEVER },
	{ "D-DUP", AT_BOTH, VERDICT_HOLD,
	    "Is this the first time we see this referral?",
	    data_rules_twice,
	    "This is an updated version of a referral we already have.",
	    "Compare the two, and decide whether the new one replaces the "
	    "old.",
	    "satchel's own",
	    RELEASE_DECIDE },
	{ "D-TEXT", AT_EXPORT, VERDICT_STRIP,
	    "Could every value be read as it stands?",
	    data_rules_text,
	    "Signs that cannot be printed were taken out of a text.",
	    "Look whether the text still says what was meant.",
	    "Primero exporters (CSV safety)",
	    RELEASE_NEVER },

	{ "R-FORM", AT_BOTH, VERDICT_REFUSE,
	    "Is the record well formed, and from whom it says it is?",
	    bundle_rules_record,
	    "The form, the origin, the agency or the revision of this record "
	    "is wrong.",
	    "Ask the sender to make this referral again.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "R-SAID", AT_BOTH, VERDICT_REFUSE,
	    "Has nobody here decided that exactly this goes no further?",
	    record_rules_refused,
	    "A person here decided that this goes no further.",
	    "Leave it so.  Once something in it has been changed at its "
	    "source, it is judged anew; a mistake is taken back with satchel "
	    "decide --release.",
	    "satchel's own",
	    RELEASE_NEVER },
	{ "R-AGAIN", AT_IMPORT, VERDICT_HOLD,
	    "Was nothing let go over there in spite of a hold?  If so, a "
	    "second person confirms it.",
	    record_rules_again,
	    "Over there a person let this go in spite of what stood against "
	    "it.",
	    "Read with satchel why who let what go, and decide: somebody else "
	    "than who did it over there.",
	    "satchel's own",
	    RELEASE_DECIDE },
	{ "L-TOMB", AT_BOTH, VERDICT_REFUSE,
	    "Has this referral not been withdrawn?",
	    bundle_rules_tombstone,
	    "This referral was withdrawn.",
	    "Do not send or load it.  Ask for new consent if the child still "
	    "needs the service.",
	    "GDPR Art. 7",
	    RELEASE_DECIDE },
	{ "L-MAND", AT_BOTH, VERDICT_HOLD,
	    "Is there no concern that the law may require to be reported?",
	    sensitive_rules_report,
	    "The law may require a report.  That needs no consent, and is "
	    "separate from this referral.",
	    "Check with your supervisor whether a report must be made; then "
	    "decide on this referral.",
	    "Inter-agency DPISP template (circumstances of sharing); CPIMS+ "
	    "consent form (legal_obligation)",
	    RELEASE_DECIDE },
};
/* clang-format on */

const size_t rules_count = sizeof(rules_all) / sizeof(rules_all[0]);

_Static_assert(sizeof(rules_all) / sizeof(rules_all[0]) <= VERDICT_REASONS_MAX,
    "every rule may have a reason");

const struct rule *
rules_find(const char *id)
{
	for (size_t i = 0; i < rules_count; i++)
		if (strcmp(rules_all[i].id, id) == 0)
			return &rules_all[i];
	return NULL;
}

bool
rules_may_release(const struct rule *rule, enum end end,
    const struct node *here, const char *user)
{
	const struct user *u;

	if (rule->release == RELEASE_NEVER || user == NULL)
		return false;
	if (rule->release == RELEASE_DECIDE || end == AT_IMPORT)
		return true;
	u = agreement_user(here, user);
	return u != NULL && (u->may & MAY_OVERRIDE) != 0;
}

bool
rules_may_be_told(const struct rule *rule)
{
	static const char *const untold[] = { "C-HIDE", "S-GBV", "S-FEAR",
		"L-MAND" };

	for (size_t i = 0; i < sizeof(untold) / sizeof(untold[0]); i++)
		if (strcmp(rule->id, untold[i]) == 0)
			return false;
	return true;
}

size_t
rules_words(const struct rule *rule, enum verdict verdict, bool released,
    const char *out[static RULES_WORDS])
{
	bool told = rules_may_be_told(rule);
	bool looked_at =
	    released || verdict == VERDICT_HOLD || verdict == VERDICT_NOTE;
	size_t count = 0;

	if (told && (!looked_at || strncmp(rule->id, "C-", 2) != 0)) {
		out[count++] = rule->id;
		return count;
	}
	if (looked_at)
		out[count++] = RULES_PERSON;
	/* What a person let go may be left out all the same. */
	if (!looked_at || verdict == VERDICT_STRIP)
		out[count++] = told ? rule->id : "P-FIELDS";
	return count;
}

const char rules_let_go[] = "Nothing: a person looked at it and let it go.";

/* What people released is still told, but holds nothing up any more. */
static void
heed_release(struct hearing *h)
{
	if (h->reason == NULL || h->reason->verdict != VERDICT_HOLD ||
	    h->reason->final)
		return;
	h->reason->released = hearing_released(h);
	if (h->reason->released == NULL)
		return;
	h->reason->verdict = h->took ? VERDICT_STRIP : VERDICT_NOTE;
	h->reason->remedy = rules_let_go;
}

void
rules_judge(const struct question *q, struct judgement *out)
{
	struct hearing h = { .q = q, .out = out };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < rules_count; i++) {
		h.rule = &rules_all[i];
		h.reason = NULL;
		h.took = false;
		/* Nothing else can be asked of a record of a wrong form. */
		if (q->form != NULL && strcmp(h.rule->id, "R-FORM") != 0)
			continue;
		if ((h.rule->at & q->end) == 0)
			continue;
		h.rule->judge(&h);
		heed_release(&h);
	}
	for (size_t i = 0; i < out->count; i++)
		if (out->reasons[i].verdict > out->verdict)
			out->verdict = out->reasons[i].verdict;
	if (out->verdict == VERDICT_NOTE)
		out->verdict = VERDICT_SHARE;
}
