#include "tests/unit/a_referral.h"
#include "tests/unit/a_store.h"

#include "formats/consent.h"
#include "import/later_no.h"
#include "import/stage.h"
#include "store/agreed.h"
#include "store/referrals.h"
#include "store/tombstones.h"

/* The referral asks with consent of ten days ago: 2026-02-06. */
#define RECORD(rest)                                                     \
	"{\"satchel\":\"consent/1\",\"record_id\":"                      \
	"\"0b1f6c9e-0000-4000-8000-000000000001\",\"subject_ref\":\"x\"" \
	"," rest "}"
#define GIVEN(on) "\"status\":\"given\",\"given_on\":\"" on "\""
#define EVENT(type, on) \
	",\"events\":[{\"type\":\"" type "\",\"on\":\"" on "\"}]"
#define FOR_SHELTER ",\"services\":[\"shelter\"]"

/* A row received here; NULLs and zeros are as most rows have them. */
struct there {
	const char *ref;
	const char *version_of;
	const char *case_id;
	const char *display;
	const char *individual;
	enum standing_state state;
	const char *partner;
	const char *party;
	int64_t sequence;
	const char *consent; /* NULL: no record is kept */
	bool said_no;
	day no_on;
};

static void
put(struct a_store *t, const struct there *like)
{
	struct standing st = {
		.ref = like->ref,
		.version_of = like->version_of,
		.case_id = like->case_id,
		.case_display = like->display,
		.individual = like->individual,
		.revision = "r",
		.priority = "normal",
		.state = like->state,
		.partner = like->partner != NULL ? like->partner : "ET-GMB-03",
		.party = like->party != NULL ? like->party : "UNICEF",
		.sequence = like->sequence,
		.made_on = TODAY,
		.decided_on = DAY_UNKNOWN,
		.said_no = like->said_no,
		.no_on = like->no_on,
	};
	char record[1024];
	int len = 0;

	if (like->consent != NULL) {
		len = snprintf(record, sizeof(record), "{\"consent\":%s}",
		    like->consent);
		assert_in_range(len, 1, sizeof(record) - 1);
	}
	assert_int_equal(referrals_put(t->s, REFERRAL_RECEIVED, &st,
			     len > 0 ? record : NULL, (size_t)len, &t->why),
	    0);
}

static void
tell(struct a_store *t, enum agreed_of of, const char *name, const char *record)
{
	assert_int_equal(agreed_put(t->s, of, name, record, strlen(record),
			     &t->why),
	    0);
}

static void
bury(struct a_store *t, const char *party, const char *ref, const char *reason,
    day on)
{
	const struct tombstone stone = { 7, reason, on };
	uint8_t who[32];

	stage_party_key(party, who);
	assert_int_equal(tombstones_put(t->s, who, ref, &stone, &t->why), 0);
}

/* --- what people told this node --- */

static void
told_no(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c",
	    RECORD("\"status\":\"withdrawn\",\"given_on\":\"2026-02-10\""));
}

static void
told_no_of_number(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "803-1",
	    RECORD("\"status\":\"refused\",\"given_on\":\"2026-02-10\""));
}

static void
told_no_of_display(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "cas7", RECORD("\"status\":\"refused\""));
}

static void
told_no_before(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c",
	    RECORD("\"status\":\"refused\",\"given_on\":\"2026-02-01\""));
}

static void
told_no_of_ref(struct a_store *t)
{
	tell(t, AGREED_OF_REF, "primero:4f5c#77",
	    RECORD("\"status\":\"withdrawn\""));
}

static void
told_of_another(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5d", RECORD("\"status\":\"withdrawn\""));
	tell(t, AGREED_OF_REF, "primero:4f5c#78",
	    RECORD("\"status\":\"withdrawn\""));
}

static void
told_narrower(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c",
	    RECORD(GIVEN("2026-02-01")
		    FOR_SHELTER EVENT("narrowed", "2026-02-10")));
}

static void
told_other_later(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c",
	    RECORD(GIVEN("2026-02-10") FOR_SHELTER));
}

static void
told_the_same(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c", RECORD(GIVEN("2026-02-10")));
}

static void
told_nonsense(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c", "{\"satchel\":\"consent/2\"}");
}

static void
told_no_json(struct a_store *t)
{
	tell(t, AGREED_OF_CASE, "4f5c", "withdrawn");
}

/* --- recalls of other referrals of the child --- */

static void
recalled(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1",
		.case_id = "4f5c",
		.state = STANDING_RECALLED });
}

static void
recalled_since(struct a_store *t)
{
	recalled(t);
	bury(t, "UNICEF", "primero:4f5c#1", "consent_withdrawn", TODAY - 5);
}

static void
recalled_on_the_day(struct a_store *t)
{
	recalled(t);
	bury(t, "UNICEF", "primero:4f5c#1", "consent_withdrawn", TODAY - 10);
}

static void
recalled_before(struct a_store *t)
{
	recalled(t);
	bury(t, "UNICEF", "primero:4f5c#1", "consent_withdrawn", TODAY - 11);
}

static void
recalled_no_day(struct a_store *t)
{
	recalled_before(t);
	put(t,
	    &(struct there){ .ref = "primero:77#1",
		.individual = "803-1",
		.party = "SCI",
		.state = STANDING_RECALLED });
	bury(t, "SCI", "primero:77#1", "consent_withdrawn", DAY_UNKNOWN);
}

static void
recalled_by_mistake(struct a_store *t)
{
	recalled(t);
	bury(t, "UNICEF", "primero:4f5c#1", "sent_in_error", TODAY - 5);
}

static void
recalled_by_another(struct a_store *t)
{
	recalled(t);
	bury(t, "SCI", "primero:4f5c#1", "consent_withdrawn", TODAY - 5);
}

static void
recalled_version(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1+12345678",
		.version_of = "primero:4f5c#1",
		.individual = "803-1",
		.state = STANDING_RECALLED });
	bury(t, "UNICEF", "primero:4f5c#1", "consent_withdrawn", TODAY);
}

static void
recalled_and_come_again(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1",
		.case_id = "4f5c",
		.state = STANDING_LOADED });
	bury(t, "UNICEF", "primero:4f5c#1", "consent_withdrawn", TODAY - 5);
}

static void
recalled_of_another(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5d#1",
		.case_id = "4f5d",
		.individual = "803-2",
		.state = STANDING_RECALLED });
	bury(t, "UNICEF", "primero:4f5d#1", "consent_withdrawn", TODAY);
}

/* --- what other referrals of the child said --- */

static void
with(struct a_store *t, enum standing_state state, const char *consent)
{
	put(t,
	    &(struct there){ .ref = "primero:77#1",
		.individual = "803-1",
		.state = state,
		.consent = consent });
}

static void
narrowed_staged(struct a_store *t)
{
	with(t, STANDING_STAGED,
	    RECORD(GIVEN("2026-02-01")
		    FOR_SHELTER EVENT("narrowed", "2026-02-10")));
}

static void
narrowed_held(struct a_store *t)
{
	with(t, STANDING_HELD,
	    RECORD(GIVEN("2026-02-01")
		    FOR_SHELTER EVENT("narrowed", "2026-02-10")));
}

static void
narrowed_loaded(struct a_store *t)
{
	with(t, STANDING_LOADED,
	    RECORD(GIVEN("2026-02-01")
		    FOR_SHELTER EVENT("narrowed", "2026-02-10")));
}

static void
withdrawn_ready(struct a_store *t)
{
	with(t, STANDING_READY,
	    RECORD(GIVEN("2026-02-01") EVENT("withdrawn", "2026-02-10")));
}

static void
other_service(struct a_store *t)
{
	with(t, STANDING_STAGED, RECORD(GIVEN("2026-02-10") FOR_SHELTER));
}

static void
record_is_nonsense(struct a_store *t)
{
	with(t, STANDING_STAGED, "{\"status\":\"given\"}");
}

static void
record_without_consent(struct a_store *t)
{
	with(t, STANDING_STAGED, NULL);
}

static void
refused_with_a_no(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1",
		.case_id = "4f5c",
		.state = STANDING_REFUSED,
		.said_no = true,
		.no_on = TODAY - 5 });
}

static void
refused_with_a_no_before(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1",
		.case_id = "4f5c",
		.state = STANDING_REFUSED,
		.said_no = true,
		.no_on = TODAY - 11 });
}

static void
refused_with_a_no_of_no_day(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:4f5c#1",
		.case_id = "4f5c",
		.state = STANDING_REFUSED,
		.said_no = true,
		.no_on = DAY_UNKNOWN });
}

static void
no_of_display(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:9#1",
		.display = "CAS7",
		.state = STANDING_REFUSED,
		.said_no = true,
		.no_on = TODAY });
}

/* Its own earlier versions, and a later one. */
static void
own(struct a_store *t, const char *ref, int64_t sequence, bool no)
{
	put(t,
	    &(struct there){ .ref = ref,
		.version_of =
		    strchr(ref, '+') != NULL ? "primero:4f5c#77" : NULL,
		.case_id = "4f5c",
		.state = no ? STANDING_REFUSED : STANDING_STAGED,
		.sequence = sequence,
		.said_no = no,
		.no_on = TODAY });
}

static void
own_no(struct a_store *t)
{
	own(t, "primero:4f5c#77", 3, true);
}

static void
own_later_no(struct a_store *t)
{
	own(t, "primero:4f5c#77", 3, false);
	own(t, "primero:4f5c#77+00000000", 4, true);
}

static void
own_earlier_no(struct a_store *t)
{
	own(t, "primero:4f5c#77", 3, false);
	own(t, "primero:4f5c#77+00000000", 2, true);
}

static void
no_number(struct a_store *t)
{
	put(t,
	    &(struct there){ .ref = "primero:9#1",
		.individual = "N/A",
		.state = STANDING_REFUSED,
		.said_no = true,
		.no_on = TODAY });
}

static void
very_many(struct a_store *t)
{
	char ref[32];

	assert_int_equal(store_begin(t->s, &t->why), 0);
	for (int i = 0; i < 1001; i++) {
		(void)snprintf(ref, sizeof(ref), "primero:4f5c#n%d", i);
		put(t,
		    &(struct there){ .ref = ref,
			.case_id = "4f5c",
			.state = STANDING_LOADED });
	}
	assert_int_equal(store_commit(t->s, &t->why), 0);
}

static const struct held_row {
	const char *name;
	void (*fill)(struct a_store *t);
	const char *individual; /* of the referral; NULL: 803-1 */
	bool kept;		/* it stands here, from bundle 3 */
	enum verdict want;	/* of C-NEWER */
} table[] = {
	{ "nothing is here", NULL, NULL, false, VERDICT_SHARE },
	{ "a no that was told of the case", told_no, NULL, false,
	    VERDICT_REFUSE },
	{ "of the person's number", told_no_of_number, NULL, false,
	    VERDICT_REFUSE },
	{ "of the display form, in another letter case", told_no_of_display,
	    NULL, false, VERDICT_REFUSE },
	{ "of the referral alone", told_no_of_ref, NULL, false,
	    VERDICT_REFUSE },
	{ "a no before the consent that came is none", told_no_before, NULL,
	    false, VERDICT_SHARE },
	{ "a no of another case or referral is not this child's",
	    told_of_another, NULL, false, VERDICT_SHARE },
	{ "a narrowing since", told_narrower, NULL, false, VERDICT_REFUSE },
	{ "a later consent for something else is held", told_other_later, NULL,
	    false, VERDICT_HOLD },
	{ "a later consent that covers it", told_the_same, NULL, false,
	    VERDICT_SHARE },
	{ "a record that says too little is held", told_nonsense, NULL, false,
	    VERDICT_HOLD },
	{ "a record that cannot be read is held", told_no_json, NULL, false,
	    VERDICT_HOLD },
	{ "a sibling was withdrawn since", recalled_since, NULL, false,
	    VERDICT_REFUSE },
	{ "on the day consent was given", recalled_on_the_day, NULL, false,
	    VERDICT_REFUSE },
	{ "before it was given anew", recalled_before, NULL, false,
	    VERDICT_SHARE },
	{ "of two withdrawals one has no day", recalled_no_day, NULL, false,
	    VERDICT_REFUSE },
	{ "a sibling that was sent in error says nothing", recalled_by_mistake,
	    NULL, false, VERDICT_SHARE },
	{ "a recall whose reason is not found is for a person",
	    recalled_by_another, NULL, false, VERDICT_HOLD },
	{ "a version of a sibling was withdrawn", recalled_version, NULL, false,
	    VERDICT_REFUSE },
	{ "a withdrawal counts though the sibling came again",
	    recalled_and_come_again, NULL, false, VERDICT_REFUSE },
	{ "another child's withdrawal is not this one's", recalled_of_another,
	    NULL, false, VERDICT_SHARE },
	{ "narrowed in a staged sibling", narrowed_staged, NULL, false,
	    VERDICT_REFUSE },
	{ "narrowed in a held sibling", narrowed_held, NULL, false,
	    VERDICT_REFUSE },
	{ "narrowed in a loaded sibling", narrowed_loaded, NULL, false,
	    VERDICT_REFUSE },
	{ "withdrawn in a released sibling", withdrawn_ready, NULL, false,
	    VERDICT_REFUSE },
	{ "a sibling's consent for its own service stands beside ours",
	    other_service, NULL, false, VERDICT_SHARE },
	{ "a sibling's record that cannot be read is held", record_is_nonsense,
	    NULL, false, VERDICT_HOLD },
	{ "a sibling without a record says nothing", record_without_consent,
	    NULL, false, VERDICT_SHARE },
	{ "a sibling was refused, for its record said no", refused_with_a_no,
	    NULL, false, VERDICT_REFUSE },
	{ "and consent was given anew since", refused_with_a_no_before, NULL,
	    false, VERDICT_SHARE },
	{ "its no has no day", refused_with_a_no_of_no_day, NULL, false,
	    VERDICT_REFUSE },
	{ "a sibling is found by its display form", no_of_display, NULL, false,
	    VERDICT_REFUSE },
	{ "its own no is put right at its source", own_no, NULL, false,
	    VERDICT_SHARE },
	{ "what is kept is judged by a later version of it", own_later_no, NULL,
	    true, VERDICT_REFUSE },
	{ "not by an earlier one", own_earlier_no, NULL, true, VERDICT_SHARE },
	{ "a number that stands for none is nobody's", no_number, "N/A", false,
	    VERDICT_SHARE },
	{ "more rows than are looked through are for a person", very_many, NULL,
	    false, VERDICT_HOLD },
};

static void
held_holds(void **state)
{
	const struct held_row *row = *state;
	const struct standing kept = { .ref = "primero:4f5c#77",
		.partner = "ET-GMB-03",
		.sequence = 3,
		.made_on = TODAY };
	static struct scene s;
	const struct reason *said;
	struct held_here here;
	struct a_store t;
	struct later_no *h;

	a_store_start(&t);
	scene_start(&s, AT_IMPORT);
	scene_set(&s, FIELD_CASE_ID_DISPLAY, "CAS7");
	if (row->individual != NULL)
		scene_set(&s, FIELD_UNHCR_INDIVIDUAL_NO, row->individual);
	if (row->fill != NULL)
		row->fill(&t);
	assert_non_null(h = later_no_new(t.s, &t.why));
	assert_int_equal(later_no_find(h, &s.referral, row->kept ? &kept : NULL,
			     t.arena, &here, &t.why),
	    0);
	s.question.held = &here;
	scene_judge(&s);
	said = scene_reason(&s, "C-NEWER");
	assert_string_equal(verdict_name(
				said == NULL ? VERDICT_SHARE : said->verdict),
	    verdict_name(row->want));
	later_no_free(h);
	a_store_end(&t);
}

/* --- the no that is remembered when a record is erased --- */

static const struct noting {
	const char *name;
	enum consent_status status;
	day given;
	day withdrawn; /* an event; 0: none */
	bool before;   /* what stood here said no, on... */
	day before_on;
	bool want;
	day want_on;
} notings[] = {
	{ "a yes is no no", CONSENT_GIVEN, 100, 0, false, 0, false,
	    DAY_UNKNOWN },
	{ "refused, on the day it was said", CONSENT_REFUSED, 100, 0, false, 0,
	    true, 100 },
	{ "a withdrawal that is an event", CONSENT_GIVEN, 100, 110, false, 0,
	    true, 110 },
	{ "one before it was given anew is none", CONSENT_GIVEN, 100, 90, false,
	    0, false, DAY_UNKNOWN },
	{ "a no of no day was said before the referral was made",
	    CONSENT_WITHDRAWN, DAY_UNKNOWN, 0, false, 0, true, TODAY },
	{ "the no before stays when they agree anew", CONSENT_GIVEN, 100, 0,
	    true, 90, true, 90 },
	{ "it was none if they had agreed after it", CONSENT_GIVEN, 100, 0,
	    true, 110, false, DAY_UNKNOWN },
	{ "it stays if nobody knows when they agreed", CONSENT_GIVEN,
	    DAY_UNKNOWN, 0, true, 90, true, 90 },
	{ "of two the later", CONSENT_REFUSED, 100, 0, true, 110, true, 110 },
	{ "of two the later, which is new", CONSENT_REFUSED, 120, 0, true, 110,
	    true, 120 },
};

static void
noting_holds(void **state)
{
	const struct noting *row = *state;
	struct consent_event event = { CONSENT_EVENT_WITHDRAWN, row->withdrawn,
		NULL };
	const struct standing before = { .said_no = row->before,
		.no_on = row->before_on };
	struct standing st = { .said_no = false };
	struct referral r;

	referral_clear(&r);
	r.made_on = TODAY;
	r.has_consent = true;
	r.consent.status = row->status;
	r.consent.given_on = row->given;
	r.consent.events = &event;
	r.consent.event_count = row->withdrawn != 0;
	later_no_note_no(&r, row->before ? &before : NULL, &st);
	assert_int_equal(st.said_no, row->want);
	assert_int_equal(st.no_on, row->want_on);
}

int
main(void)
{
	return ROWS_RUN("later_no", table, held_holds) +
	    ROWS_RUN("later_no: a no", notings, noting_holds);
}
