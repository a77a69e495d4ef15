#include "tests/unit/an_agreement.h"

#include "base/day.h"
#include "formats/agreement_words.h"
#include "tests/unit/written.h"

#define SAID_ROOM 32768

/* "# heading\n" and "sentence\n", in order. */
struct said {
	char text[SAID_ROOM];
	size_t len;
};

static void
add(struct said *s, const char *mark, const char *text)
{
	int len = snprintf(s->text + s->len, SAID_ROOM - s->len, "%s%s\n", mark,
	    text);

	assert_true(len > 0 && (size_t)len < SAID_ROOM - s->len);
	s->len += (size_t)len;
}

static void
hear_part(void *context, const char *heading)
{
	add(context, "# ", heading);
}

static void
hear_sentence(void *context, const char *text)
{
	add(context, "", text);
}

/* What it says on that day; to be freed. */
static struct said *
read_aloud(struct agreement_file *f, day today)
{
	struct said *s = calloc(1, sizeof(*s));
	const struct agreement_words_hearer to = { hear_part, hear_sentence,
		s };
	struct fault why;

	assert_non_null(s);
	assert_int_equal(agreement_words_say(agreement_of(f), today, &to, &why),
	    0);
	return s;
}

struct words_case {
	const char *name;
	const char *from, *to; /* a change to the example */
	const char *from2, *to2;
	const char *today; /* NULL: not known */
	const char *want;  /* pieces, one a line; see written.h */
};

static const struct words_case cases[] = {
	{ "every part has its heading, in order", NULL, NULL, NULL, NULL, NULL,
	    "# What this is\nET-GMB-EXAMPLE, version 1, for ET: \n"
	    "# Who takes part\n# Offices\n# What may be sent\n# Consent\n"
	    "# What is sensitive\n# Code lists\n"
	    "# Deadlines, and how long things are kept" },
	{ "who must sign, and what happens to who does not", NULL, NULL, NULL,
	    NULL, NULL,
	    "Of these 2 agencies at least 2 must sign each version.\n"
	    "An agency that has not signed it can neither send nor receive.\n"
	    "UNICEF: United Nations Children's Fund. It works with Primero "
	    "and signs with 1 key." },
	{ "practice says so", NULL, NULL, NULL, NULL, NULL,
	    "It is for practice: nothing about real people" },
	{ "real data says so", "\"environment\":\"test\"",
	    "\"environment\":\"live\"", NULL, NULL, NULL,
	    "It is for real data.\n!practice" },
	{ "when it ends, and what then", NULL, NULL, NULL, NULL, "2029-12-30",
	    "It begins on 2026-01-15 and its last day is 2029-12-31.\n"
	    "Days left, with today: 2.\nlook at it again on 2027-01-15" },
	{ "on its last day it is still in force", NULL, NULL, NULL, NULL,
	    "2029-12-31", "Days left, with today: 1." },
	{ "the day after, it is not", NULL, NULL, NULL, NULL, "2030-01-01",
	    "It has ended: referrals wait until it is renewed.\n!Days left" },
	{ "before it begins, neither", NULL, NULL, NULL, NULL, "2026-01-14",
	    "It has not begun yet: referrals wait.\n!Days left" },
	{ "without a day nothing is said of it", NULL, NULL, NULL, NULL, NULL,
	    "!Days left\n!has ended\n!not begun" },
	{ "no day to look at it again", "\"review_on\":\"2027-01-15\"",
	    "\"review_on\":null", NULL, NULL, NULL,
	    "It does not say when the agencies look at it again." },
	{ "an agency that leaves", "\"left\":null", "\"left\":\"2027-01-01\"",
	    NULL, NULL, NULL, "It leaves on 2027-01-01." },

	/* offices */
	{ "users by their codes and roles, and nobody's name", NULL, NULL, NULL,
	    NULL, NULL,
	    "At ET-GMB-03, primero_cp (case_worker) may export and load.\n"
	    "!Almaz\n!example.invalid\n!+251\n!made up)" },
	{ "a user without a right", "[\"export\",\"load\"]", "[]", NULL, NULL,
	    NULL,
	    "primero_cp (case_worker) may do only what asks for no right." },
	{ "a question that means what it says", NULL, NULL, NULL, NULL, NULL,
	    "At ET-GMB-03, in Primero's question about UNHCR, yes means that "
	    "the case may be shared with UNHCR.\n!REVERSED" },
	{ "a reversed question stands out", "\"positive\"", "\"negative\"",
	    NULL, NULL, NULL,
	    "At ET-GMB-03, in Primero's question about UNHCR, the question is "
	    "REVERSED: yes means that the case may NOT be shared" },
	{ "a question whose meaning is not said", "\"positive\"", "null", NULL,
	    NULL, NULL, "not said, so nothing is sent from there" },
	{ "proGres has no such question", NULL, NULL, NULL, NULL, NULL,
	    "!At ET-HUB-01, in Primero" },
	{ "a revoked office, and not why", "\"revoked\":null",
	    "\"revoked\":{\"after_sequence\":4,\"on\":\"2026-02-01\","
	    "\"reason\":\"stolen from Almaz\"}",
	    NULL, NULL, NULL,
	    "ET-GMB-03 is REVOKED since 2026-02-01: what it signed with a "
	    "number above 4 is refused.\n!stolen" },
	{ "an office that holds others' cases", "\"acts_for\":[]",
	    "\"acts_for\":[\"UNHCR\"]", NULL, NULL, NULL,
	    "It also holds cases of UNHCR." },
	{ "who can open everything", NULL, NULL, NULL, NULL, NULL,
	    "whoever holds the 1 recovery key can open every file" },
	{ "that nobody can", "\"recovery\":[\"" AGE_3 "\"]", "\"recovery\":[]",
	    NULL, NULL, NULL, "There is no recovery key" },

	/* what may be sent */
	{ "who may ask whom for what, and why", NULL, NULL, NULL, NULL, NULL,
	    "UNICEF may ask UNHCR for these services: alternative_care,\n"
	    "The purpose: refugee_cp_case_management.\n"
	    "Nothing else may be sent to anybody." },
	{ "which fields travel and which must be there", NULL, NULL, NULL, NULL,
	    NULL,
	    "These fields may travel, and no others: name_first, \n"
	    "Without one of these the referral waits: name_first, name_last, "
	    "sex, date_of_birth, unhcr_individual_no, service.type, "
	    "sender.full_name and sender.email." },
	{ "what becomes of free text", "\"free_text\":\"allow\"",
	    "\"free_text\":\"strip\"", NULL, NULL, NULL,
	    "service.notes) do not travel. Attachments do not travel." },
	{ "free text that a person reads first", "\"free_text\":\"allow\"",
	    "\"free_text\":\"review\"", NULL, NULL, NULL,
	    "travel once a person has read them" },
	{ "what is needed of consent", NULL, NULL, NULL, NULL, NULL,
	    "Each referral needs a record of who agreed, when and how. It may "
	    "rest on: consent and vital_interests.\n"
	    "a named user of the sending office attests it. It may rest on: "
	    "consent, vital_interests and beneficiary_interests." },

	/* consent and what is sensitive */
	{ "what is asked at each age", NULL, NULL, NULL, NULL, NULL,
	    "From 0 to 5 years these must agree: caregiver; or else guardian; "
	    "or else somebody who may decide without them\n"
	    "From 6 to 14 years these must agree: caregiver and child; or else "
	    "guardian and child;\n"
	    "!it is not said who must agree" },
	{ "an age in no band", "\"from\":15,", "\"from\":16,", NULL, NULL, NULL,
	    "At 15 years it is not said who must agree: everything about "
	    "children of that age is held." },
	{ "ages in no band", "\"from\":6,", "\"from\":9,", NULL, NULL, NULL,
	    "From 6 to 8 years it is not said who must agree" },
	{ "nobody may decide without them",
	    "\"override_roles\":[\"supervisor\"]", "\"override_roles\":[]",
	    NULL, NULL, NULL,
	    "To decide without those who must agree is for: nobody." },
	{ "what a yes covers beside itself", NULL, NULL, NULL, NULL, NULL,
	    "A yes to legal_support also covers: legal_support and "
	    "documentation.\nA yes to other also covers: nothing else." },
	{ "what is taken out, and what travels all the same",
	    "\"sensitive\":[]", "\"sensitive\":[\"rape\"]", NULL, NULL, NULL,
	    "These codes are taken out before sending: "
	    "sexual_abuse_violence, rape,\n"
	    "From UNICEF to UNHCR these travel all the same: rape." },

	/* the rest */
	{ "what proGres has no word for", NULL, NULL, NULL, NULL, NULL,
	    "services: 9 entries; proGres has no word for 1 of them: "
	    "family_tracing_and_reunification." },
	{ "deadlines and how long things are kept", NULL, NULL, NULL, NULL,
	    NULL,
	    "An emergency is answered within 24 hours, what is urgent within "
	    "72 hours, all else within 14 days.\n"
	    "is reported within 72 hours.\n"
	    "kept for 30 days, what was received for 30 days, the record of "
	    "what was done for 730 days." },
	{ "a key that is still to be filled in", KEY_0, "<minisign public key>",
	    NULL, NULL, NULL, "It works with Primero and signs with 0 keys." },
};

static void
words_hold(void **state)
{
	const struct words_case *c = *state;
	struct agreement_file *f =
	    an_agreement_with(c->from, c->to, c->from2, c->to2);
	day today = DAY_UNKNOWN;
	struct said *s;

	if (c->today != NULL)
		assert_true(day_read(c->today, &today));
	s = read_aloud(f, today);
	written_has(c->want, s->text);
	free(s);
	agreement_free(f);
}

static void
without_flows_nothing_may_be_sent(void **state)
{
	char *text = an_agreement_text();
	char *start = strstr(text, "\"flows\":["), *end;
	struct agreement_file *f;
	struct said *s;

	(void)state;
	assert_non_null(start);
	start += strlen("\"flows\":[");
	assert_non_null(end = strstr(start, "],\"consent\":{\"max"));
	memmove(start, end, strlen(end) + 1);
	f = an_agreement_read(text);
	s = read_aloud(f, DAY_UNKNOWN);
	written_has("Nothing may be sent: no agency may send to any other.",
	    s->text);
	free(s);
	agreement_free(f);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_flows_nothing_may_be_sent),
	};

	return ROWS_RUN("agreement words", cases, words_hold) +
	    cmocka_run_group_tests_name("read aloud", tests, NULL, NULL);
}
