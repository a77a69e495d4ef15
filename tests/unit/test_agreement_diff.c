#include "tests/unit/an_agreement.h"

#include <ctype.h>

#include "formats/agreement_diff.h"

#define SAID_ROOM 65536

/* "fields looser the text\n" for each difference. */
struct said {
	char text[SAID_ROOM];
	size_t len;
	size_t count;
};

static void
hear(void *context, const struct agreement_difference *d)
{
	const char *effect = agreement_diff_effect_name(d->effect);
	struct said *s = context;
	int len;

	assert_non_null(agreement_diff_heading(d->group));
	len = snprintf(s->text + s->len, SAID_ROOM - s->len, "%s %s %s\n",
	    agreement_diff_group_name(d->group), effect != NULL ? effect : "-",
	    d->text);
	assert_true(len > 0 && (size_t)len < SAID_ROOM - s->len);
	s->len += (size_t)len;
	s->count++;
}

static struct said *
compare(struct agreement_file *before, struct agreement_file *after)
{
	struct said *s = calloc(1, sizeof(*s));
	struct fault why;

	assert_non_null(s);
	assert_int_equal(agreement_diff(agreement_of(before),
			     agreement_of(after), hear, s, &why),
	    0);
	return s;
}

struct diff_case {
	const char *name;
	const char *from, *to; /* a change to the example */
	const char *from2, *to2;
	const char *want; /* all that is said; NULL: see has */
	const char *has;  /* a part of it */
};

#define ANOTHER_KEY "RWR0tv0ljELItkVLuGepkAKmtpGD9AvzeIt1wzrQX3tZhcEH0OSqIQSf"
#define SERVICES                                                             \
	"\"services\":[\"alternative_care\",\"basic_psychosocial_support\"," \
	"\"cash_assistance\","
#define SITE_QUESTION "\"opt_in_polarity\":\"positive\""
#define BAND_0 "\"to\":5,\"needs\":[\"caregiver\"]"
#define BAND_2 "\"from\":15,\"to\":17,\"needs\":[\"child\"]"
#define ALTERNATIVES_2 "\"alternatives\":[[\"override\"]]"

static const struct diff_case cases[] = {
	{ "a version alone is no difference", "\"version\":1", "\"version\":2",
	    NULL, NULL, "", NULL },
	{ "the order of a list that has none is no difference",
	    "\"purposes\":[\"refugee_cp_case_management\"]",
	    "\"purposes\":[\"refugee_cp_case_management\"]",
	    "\"caregiver\",\"child\"]", "\"child\",\"caregiver\"]", "", NULL },
	{ "fewer signatures are enough", "\"signatures_needed\":2",
	    "\"signatures_needed\":1", NULL, NULL,
	    "whole looser how many agencies must sign: it was 2, now it is "
	    "1\n",
	    NULL },
	{ "practice becomes real", "\"environment\":\"test\"",
	    "\"environment\":\"live\"", NULL, NULL,
	    "whole - practice (test) or real data (live): it was test, now it "
	    "is live\n",
	    NULL },
	{ "it lasts longer", "2029-12-31\",\"review", "2030-06-30\",\"review",
	    NULL, NULL,
	    "dates looser its last day: it was 2029-12-31, now it is "
	    "2030-06-30\n",
	    NULL },
	{ "it is no longer said when it is looked at again",
	    "\"review_on\":\"2027-01-15\"", "\"review_on\":null", NULL, NULL,
	    "dates - the day on which it is looked at again: it was "
	    "2027-01-15, now it is not said\n",
	    NULL },

	/* agencies and offices */
	{ "an agency is new", "\"parties\":[",
	    "\"parties\":[{\"id\":\"DRC\",\"name\":\"Danish Refugee Council\","
	    "\"system\":\"primero\",\"focal_points\":[],\"signs_with\":[],"
	    "\"joined\":null,\"left\":null},",
	    NULL, NULL,
	    "parties - DRC takes part now: Danish Refugee Council, which "
	    "works with Primero\n",
	    NULL },
	{ "an agency leaves", "\"left\":null", "\"left\":\"2027-01-01\"", NULL,
	    NULL,
	    "parties - UNICEF: the day it leaves: it was not said, now it is "
	    "2027-01-01\n",
	    NULL },
	{ "whoever is a focal point is not named",
	    "Focal point for case management", "Somebody else", NULL, NULL,
	    "parties - UNICEF: its focal points have changed\n", NULL },
	{ "an office has another code: one gone, one new", "ET-HUB-01",
	    "ET-HUB-09", NULL, NULL, NULL,
	    "nodes looser ET-HUB-09 is new: a hub of UNHCR, which works with "
	    "proGres\nnodes stricter ET-HUB-01 is no longer there" },
	{ "an office is revoked", "\"revoked\":null",
	    "\"revoked\":{\"after_sequence\":4,\"on\":\"2026-02-01\","
	    "\"reason\":\"stolen from Almaz\"}",
	    NULL, NULL,
	    "nodes stricter ET-GMB-03: it is REVOKED now: what it signed with "
	    "a number above 4 is refused, since 2026-02-01\n",
	    NULL },
	{ "an office also holds others' cases", "\"acts_for\":[]",
	    "\"acts_for\":[\"UNHCR\"]", NULL, NULL,
	    "nodes looser ET-GMB-03: it also holds cases of: UNHCR\n", NULL },

	/* keys and users */
	{ "an agency signs with another key", KEY_1, ANOTHER_KEY, NULL, NULL,
	    NULL,
	    "keys looser UNHCR: it signs with a new key, " ANOTHER_KEY
	    ", fingerprint " },
	{ "a key is named by its fingerprint", AGE_3, AGE_2, NULL, NULL, NULL,
	    "keys looser a new recovery key, " AGE_2 ", fingerprint " },
	{ "a key that is gone, too", AGE_3, AGE_2, NULL, NULL, NULL,
	    "keys stricter no longer a recovery key: " AGE_3 ", fingerprint " },
	{ "an office with a new key shows a new card", AGE_0, AGE_2, NULL, NULL,
	    NULL, "keys - ET-GMB-03: satchel identity must now show there: " },
	{ "an office that is sealed to another of its keys shows it, too",
	    "\"open\":[\"" AGE_0 "\"]",
	    "\"open\":[\"" AGE_0 "\",\"" AGE_2 "\"]", NULL, NULL, NULL,
	    "keys looser ET-GMB-03: it opens with a new key, " AGE_2 },
	{ "somebody may do more", "[\"export\",\"load\"]",
	    "[\"export\",\"load\",\"override\"]", NULL, NULL,
	    "users looser ET-GMB-03: primero_cp may now also override\n",
	    NULL },
	{ "somebody may do less", "[\"export\",\"load\"]", "[\"load\"]", NULL,
	    NULL, "users stricter ET-GMB-03: primero_cp may no longer export\n",
	    NULL },
	{ "somebody is new and somebody gone", "\"user\":\"primero_cp\"",
	    "\"user\":\"another\"", NULL, NULL,
	    "users looser ET-GMB-03: another (case_worker) is new, and may "
	    "export and load\n"
	    "users stricter ET-GMB-03: primero_cp (case_worker) is no longer "
	    "listed\n",
	    NULL },
	{ "nobody's name is said", "Almaz Example", "Sara Example", NULL, NULL,
	    "users - ET-GMB-03: name, position, e-mail or telephone of "
	    "primero_cp have changed\n",
	    NULL },

	/* flows and fields */
	{ "a service may no longer be asked for", SERVICES,
	    "\"services\":[\"alternative_care\",\"basic_psychosocial_support"
	    "\",",
	    NULL, NULL,
	    "flows stricter UNICEF to UNHCR: these services may no longer be "
	    "asked for: cash_assistance\n",
	    NULL },
	{ "a service may be asked for", SERVICES,
	    "\"services\":[\"wash\",\"alternative_care\","
	    "\"basic_psychosocial_support\",\"cash_assistance\",",
	    NULL, NULL,
	    "flows looser UNICEF to UNHCR: these services may be asked for "
	    "now: wash\n",
	    NULL },
	{ "a field travels now", "\"name_first\",\"name_middle\"",
	    "\"nationality\",\"name_first\",\"name_middle\"", NULL, NULL,
	    "fields looser UNICEF to UNHCR: now travelling: nationality\n",
	    NULL },
	{ "a field travels no longer", "\"name_first\",\"name_middle\"",
	    "\"name_first\"", NULL, NULL,
	    "fields stricter UNICEF to UNHCR: no longer travelling: "
	    "name_middle\n",
	    NULL },
	{ "a way is closed, another opened",
	    "\"from\":\"UNHCR\",\"to\":\"UNICEF\"",
	    "\"from\":\"UNHCR\",\"to\":\"DRC\"", "\"parties\":[",
	    "\"parties\":[{\"id\":\"DRC\",\"name\":\"Danish Refugee Council\","
	    "\"system\":\"primero\",\"focal_points\":[],\"signs_with\":[],"
	    "\"joined\":null,\"left\":null},",
	    NULL,
	    "flows stricter UNHCR to UNICEF: no referral may go this way any "
	    "more\n" },

	/* consent, by what it means */
	{ "consent counts for less long", "\"max_age_days\":730",
	    "\"max_age_days\":365", NULL, NULL,
	    "consent stricter days for which a consent counts: it was 730, now "
	    "it is 365\n",
	    NULL },
	{ "the child must agree, too", BAND_0,
	    "\"to\":5,\"needs\":[\"caregiver\",\"child\"]", NULL, NULL,
	    "consent stricter who must agree from 0 to 5 years: it was "
	    "caregiver, or else guardian, or else somebody who may decide "
	    "without them; now it is child and caregiver, or else guardian, "
	    "or else somebody who may decide without them\n",
	    NULL },
	{ "a band split in two that ask for the same is no difference", BAND_0,
	    "\"to\":3,\"needs\":[\"caregiver\"],\"alternatives\":"
	    "[[\"guardian\"],[\"override\"]]},{\"from\":4,"
	    "\"to\":5,\"needs\":[\"caregiver\"]",
	    NULL, NULL, "", NULL },
	{ "an alternative that asks for more than is needed is no difference",
	    ALTERNATIVES_2,
	    "\"alternatives\":[[\"override\"],[\"child\",\"caregiver\"]]", NULL,
	    NULL, NULL, NULL },
	{ "a wider band is stricter where it takes over, by its ages", BAND_2,
	    "\"from\":16,\"to\":17,\"needs\":[\"child\"]", "\"to\":14,",
	    "\"to\":15,",
	    "consent stricter who must agree from 15 to 15 years: it was "
	    "child, or else somebody who may decide without them; now it is "
	    "child and caregiver, or else child and guardian, or else somebody "
	    "who may decide without them\n",
	    NULL },
	{ "ages that no band holds are held", BAND_2,
	    "\"from\":16,\"to\":17,\"needs\":[\"child\"]", NULL, NULL,
	    "consent stricter who must agree from 15 to 15 years: it was "
	    "child, or else somebody who may decide without them; now it is "
	    "nobody, so that everything is held\n",
	    NULL },
	{ "one for another is looser for some and stricter for others", BAND_2,
	    "\"from\":15,\"to\":17,\"needs\":[\"caregiver\"]", NULL, NULL,
	    "consent both who must agree from 15 to 17 years: it was child, or "
	    "else somebody who may decide without them; now it is caregiver, "
	    "or else somebody who may decide without them\n",
	    NULL },
	{ "one role more may decide without them",
	    "\"override_roles\":[\"supervisor\"]",
	    "\"override_roles\":[\"supervisor\",\"manager\"]", NULL, NULL,
	    "consent looser may now decide without those who must agree: "
	    "manager\n",
	    NULL },
	{ "a question that is reversed stands out", SITE_QUESTION,
	    "\"opt_in_polarity\":\"negative\"", NULL, NULL,
	    "consent both ET-GMB-03: in Primero's question about UNHCR, the "
	    "question is REVERSED: yes means that the case may NOT be shared "
	    "with UNHCR\n",
	    NULL },
	{ "a question whose meaning is no longer said", SITE_QUESTION,
	    "\"opt_in_polarity\":null", NULL, NULL,
	    "consent stricter ET-GMB-03: in Primero's question about UNHCR, "
	    "what yes means is not said, so nothing is sent from there\n",
	    NULL },
	{ "an attestation is looser than a record", "\"evidence\":\"record\"",
	    "\"evidence\":\"attested\"", NULL, NULL, NULL,
	    "consent looser UNICEF to UNHCR: a referral now needs " },
	{ "a scope covers one service less",
	    "\"legal_support\":[\"legal_support\",\"documentation\"]",
	    "\"legal_support\":[\"legal_support\"]", NULL, NULL,
	    "consent stricter legal_support: a yes to it no longer "
	    "covers: documentation\n",
	    NULL },

	/* what is sensitive */
	{ "a code is sensitive no longer", "\"rape\",", "", NULL, NULL,
	    "sensitive looser no longer taken out before sending: rape\n",
	    NULL },
	{ "a sensitive code may travel one way", "\"sensitive\":[]",
	    "\"sensitive\":[\"rape\"]", NULL, NULL,
	    "sensitive looser UNICEF to UNHCR: these sensitive codes may "
	    "travel now: rape\n",
	    NULL },
	{ "notes are read first", "\"free_text\":\"allow\"",
	    "\"free_text\":\"review\"", NULL, NULL,
	    "sensitive stricter UNICEF to UNHCR: texts that people write "
	    "freely now travel once a person has read them\n",
	    NULL },
	{ "attachments travel", "\"attachments\":false", "\"attachments\":true",
	    NULL, NULL,
	    "sensitive looser UNICEF to UNHCR: attachments may travel now\n",
	    NULL },

	/* lists and numbers */
	{ "another value is written to Primero", "\"primero\":[\"UNICEF\"]",
	    "\"primero\":[\"unicef-et\",\"UNICEF\"]", NULL, NULL,
	    "maps - agencies: UNICEF is now also read from Primero's: "
	    "unicef-et\n"
	    "maps - agencies: UNICEF is written to Primero as unicef-et, no "
	    "longer as UNICEF\n",
	    NULL },
	{ "PING's partner is another", "PNR-", "PNR-9", NULL, NULL, NULL,
	    "systems - PING: the partner: it was PNR-" },
	{ "old bundles are taken for longer", "\"use_by_days\":180",
	    "\"use_by_days\":365", NULL, NULL,
	    "deadlines looser days after which a sealed file's referrals are "
	    "held: it was 180, now it is 365\n",
	    NULL },
};

static void
diff_holds(void **state)
{
	const struct diff_case *c = *state;
	struct agreement_file *before =
	    an_agreement_with(NULL, NULL, NULL, NULL);
	struct agreement_file *after =
	    an_agreement_with(c->from, c->to, c->from2, c->to2);
	struct said *s = compare(before, after);

	if (c->want != NULL)
		assert_string_equal(s->text, c->want);
	if (c->has != NULL && strstr(s->text, c->has) == NULL)
		fail_msg("%s is not in %s", c->has, s->text);
	/* Nobody's name, whatever changed. */
	assert_null(strstr(s->text, "Almaz"));
	assert_null(strstr(s->text, "Sara"));
	free(s);
	agreement_free(before);
	agreement_free(after);
}

/* Backwards, each LOOSER is a STRICTER. */
static void
backwards_it_is_the_opposite(void **state)
{
	struct agreement_file *before =
	    an_agreement_with(NULL, NULL, NULL, NULL);
	struct agreement_file *after = an_agreement_with("\"rape\",", "",
	    "\"max_age_days\":730", "\"max_age_days\":900");
	struct said *there = compare(before, after);
	struct said *back = compare(after, before);

	(void)state;
	assert_int_equal(there->count, 2);
	assert_int_equal(back->count, 2);
	assert_null(strstr(there->text, " stricter "));
	assert_null(strstr(back->text, " looser "));
	free(there);
	free(back);
	agreement_free(before);
	agreement_free(after);
}

/* Is the value at this place the version's? */
static bool
is_version(const char *text, const char *at)
{
	static const char name[] = "\"version\":";

	return at - text > (ptrdiff_t)sizeof(name) &&
	    strncmp(at - (sizeof(name) - 1), name, sizeof(name) - 1) == 0;
}

/* One value of the text, changed in place of what stood there. */
static char *
changed(const char *text, size_t at, size_t len, const char *to)
{
	char *out = malloc(AN_AGREEMENT_ROOM);

	assert_non_null(out);
	(void)snprintf(out, AN_AGREEMENT_ROOM, "%.*s%s%s", (int)at, text, to,
	    text + at + len);
	return out;
}

/* 1 if it is an agreement still and a difference is told; 0 if it is none. */
static int
tell_of(struct agreement_file *before, const char *text, const char *what)
{
	struct fault why;
	struct agreement_file *after = agreement_read(text, strlen(text), &why);
	struct said *s;
	int told = 0;

	if (after != NULL && !agreement_has_errors(after)) {
		s = compare(before, after);
		if (s->count == 0)
			fail_msg("nothing is said of %s", what);
		free(s);
		told = 1;
	}
	agreement_free(after);
	return told;
}

/* The length of a scalar that begins here as a value, not a name; or 0. */
static size_t
scalar_at(const char *text, size_t at)
{
	const char *p = text + at;
	size_t len;

	if (strchr(":[,", text[at - 1]) == NULL)
		return 0;
	if (*p == '"') {
		len = strcspn(p + 1, "\"") + 2;
		return p[len] == ':' ? 0 : len;
	}
	return isdigit((unsigned char)*p) || strncmp(p, "true", 4) == 0 ||
		strncmp(p, "false", 5) == 0 || strncmp(p, "null", 4) == 0 ?
	    strcspn(p, ",]}") :
	    0;
}

/* Another value of the same kind; several are tried. */
static size_t
others_of(const char *scalar, size_t len, char out[static 4][256])
{
	size_t count = 0;

	if (scalar[0] == '"') {
		(void)snprintf(out[count++], 256, "\"%.*sx\"", (int)len - 2,
		    scalar + 1);
		(void)snprintf(out[count++], 256, "\"2028-02-02\"");
		(void)snprintf(out[count++], 256, "null");
		(void)snprintf(out[count++], 256, "\"negative\"");
	} else if (isdigit((unsigned char)scalar[0])) {
		(void)snprintf(out[count++], 256, "%ld",
		    strtol(scalar, NULL, 10) + 1);
	} else {
		(void)snprintf(out[count++], 256, "true");
		(void)snprintf(out[count++], 256, "\"2028-02-02\"");
		(void)snprintf(out[count++], 256, "\"x\"");
	}
	return count;
}

/*
 * Every single value of the file, changed alone: if the file is an agreement
 * still, the change is told.
 */
static void
no_change_goes_unsaid(void **state)
{
	char *text = an_agreement_text();
	struct agreement_file *before = an_agreement_read(text);
	size_t len, told = 0, tried = 0;

	(void)state;
	for (size_t at = 1; text[at] != '\0'; at += len) {
		char others[4][256];
		size_t count;

		if ((len = scalar_at(text, at)) == 0 || len > 200) {
			/* Past a name or a text as a whole. */
			len = text[at] == '"' ?
			    strcspn(text + at + 1, "\"") + 2 :
			    1;
			continue;
		}
		if (is_version(text, text + at))
			continue;
		tried++;
		count = others_of(text + at, len, others);
		for (size_t i = 0; i < count; i++) {
			char what[128], *other;

			if (strncmp(others[i], text + at, len) == 0 &&
			    others[i][len] == '\0')
				continue;
			(void)snprintf(what, sizeof(what), "%.80s -> %.30s",
			    text + at, others[i]);
			other = changed(text, at, len, others[i]);
			told += (size_t)tell_of(before, other, what);
			free(other);
		}
	}
	/* Most values can be changed in one of these ways. */
	if (tried < 350 || told < 600)
		fail_msg("only %zu tried, %zu told", tried, told);
	agreement_free(before);
	free(text);
}

static void
an_order_that_decides_is_said(void **state)
{
	char *text = an_agreement_text();
	struct agreement_file *before = an_agreement_read(text), *after;
	char *list = strstr(text, "\"protection_concerns\":[{");
	char *first, *second, *end, held[4096];
	struct said *s;

	(void)state;
	assert_non_null(list);
	first = strchr(list, '{');
	second = strchr(first + 1, '{');
	end = strchr(second + 1, '{');
	/* "A,B," becomes "B,A,". */
	memcpy(held, first, (size_t)(second - first));
	memmove(first, second, (size_t)(end - second));
	memcpy(first + (end - second), held, (size_t)(second - first));
	after = an_agreement_read(text);
	s = compare(before, after);
	assert_string_equal(s->text,
	    "maps - protection_concerns: the order has changed, which decides "
	    "which concern goes into PING's one field for a need\n");
	free(s);
	agreement_free(before);
	agreement_free(after);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(backwards_it_is_the_opposite),
		cmocka_unit_test(no_change_goes_unsaid),
		cmocka_unit_test(an_order_that_decides_is_said),
	};

	return ROWS_RUN("agreement diff", cases, diff_holds) +
	    cmocka_run_group_tests_name("differences", tests, NULL, NULL);
}
