#include "import/match.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/sink.h"
#include "crypto/age.h"
#include "crypto/secrets.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"
#include "formats/target.h"
#include "formats/target_value.h"
#include "import/into_ping.h"
#include "import/judge.h"
#include "store/decisions.h"
#include "store/journal.h"
#include "store/referrals.h"
#include "store/store.h"
#include "systems/live.h"
#include "systems/primero_api.h"
#include "systems/primero_match.h"
#include "systems/primero_plan.h"

#define RECORD_MAX ((size_t)4 * 1024 * 1024)
#define ROWS_ARENA ((size_t)16 * 1024 * 1024)

/* One referral whose case is chosen. */
struct work {
	const struct match *by;
	struct arena *a;
	const char *link;
	struct standing st;
	struct referral referral;
	bool found;
};

static bool
is_from_progres(const struct standing *st)
{
	return strncmp(st->ref, "progres:", 8) == 0;
}

static int
find(struct work *w, const char *name, struct fault *why)
{
	const char *ref =
	    referrals_find(w->by->store, REFERRAL_RECEIVED, name, w->a, why);
	struct bytes room;
	int rc;

	if (ref == NULL)
		return -1;
	if (referrals_get(w->by->store, REFERRAL_RECEIVED, ref, w->a, &w->st,
		why) != 1)
		return -1;
	if (w->st.state != STANDING_HELD && w->st.state != STANDING_STAGED &&
	    w->st.state != STANDING_READY)
		return FAIL(why, FAULT_REF_STATE, "it is %s",
		    standing_state_name(w->st.state));
	bytes_init(&room, RECORD_MAX);
	rc = judge_read(w->by->store, ref, w->a, &room, &w->referral, why);
	bytes_free(&room);
	return rc;
}

/* --- is that case the child's? --- */

static int
is_that_case(const struct standing *st, void *context, struct fault *why)
{
	struct work *w = context;

	(void)why;
	w->found |=
	    st->record_id != NULL && strcmp(st->record_id, w->link) == 0;
	return 0;
}

/* Of our own cases that went, and of what came and has one here. */
static int
ask_store(struct work *w, struct fault *why)
{
	static const enum direction both[] = { REFERRAL_SENT,
		REFERRAL_RECEIVED };
	struct arena *rows = arena_new(ROWS_ARENA, why);
	int rc = rows == NULL ? -1 : 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		const struct referrals_query q = { both[i],
			REFERRALS_INDIVIDUAL,
			primero_body_number(&w->referral) };

		if (q.name != NULL)
			rc = referrals_of(w->by->store, &q, rows, is_that_case,
			    w, why);
	}
	arena_free(rows);
	if (rc == -1 || w->found)
		return rc;
	return FAIL(why, FAULT_TARGET_CASE,
	    "this node does not know that case as this child's: let it look, "
	    "with --credentials");
}

static const char *
sex_there(const struct work *w)
{
	const char *code = target_value_text(&w->referral, FIELD_SEX);
	const char *there = NULL;
	struct fault none;

	if (code != NULL)
		(void)target_value_code(w->by->agreement, SYSTEM_PRIMERO,
		    FIELD_SEX, code, &there, &none);
	return there;
}

/* It does not bear the number: then who it is must not say otherwise. */
static int
compare(const struct work *w, const struct json *j, struct fault *why)
{
	const struct primero_likeness like =
	    primero_match_compare(json_get(json_root(j), "data"), &w->referral,
		sex_there(w));
	const char *differs = like.name == PRIMERO_SAME_NO ? "name" :
	    like.birth == PRIMERO_SAME_NO		   ? "birth date" :
	    like.sex == PRIMERO_SAME_NO			   ? "sex" :
							     NULL;

	if (differs != NULL)
		return FAIL(why, FAULT_TARGET_CASE,
		    "that case does not bear this child's number, and its %s "
		    "differs",
		    differs);
	if (like.name != PRIMERO_SAME_YES && like.birth != PRIMERO_SAME_YES)
		return FAIL(why, FAULT_TARGET_CASE,
		    "nothing in that case says that it is this child's");
	return 0;
}

static int
ask_case(struct work *w, struct primero_api *api, struct fault *why)
{
	struct json *j = NULL;
	int got, rc;

	if (!primero_api_is_id(w->link))
		return FAIL(why, FAULT_TARGET_CASE, "no case has such an id");
	if ((got = primero_api_get_case(api, w->link, &j, why)) == -1)
		return -1;
	rc = got == 1 ? compare(w, j, why) :
			FAIL(why, FAULT_TARGET_CASE, "that case is not there");
	json_free(j);
	return rc;
}

static int
ask_found(struct work *w, struct primero_api *api, struct fault *why)
{
	const struct target_referral t = { .agreement = w->by->agreement,
		.self = w->by->self,
		.referral = &w->referral };
	const struct primero_plan_order order = { .target = &t };
	struct primero_plan plan;

	if (primero_plan_make(api, &order, &plan, why) == -1)
		return -1;
	for (size_t i = 0; i < plan.match.count && i < PRIMERO_MATCH_SHOWN; i++)
		if (strcmp(plan.match.record_id[i], w->link) == 0)
			return 0;
	if (plan.step != PRIMERO_CREATE && strcmp(plan.record_id, w->link) == 0)
		return 0;
	return ask_case(w, api, why);
}

static int
ask_server(struct work *w, struct fault *why)
{
	struct age_opener with;
	const struct live_order order = {
		.format = FORMAT_PRIMERO,
		.credentials = w->by->credentials,
		.with = &with,
		.agreement = w->by->agreement,
	};
	struct live *live;
	int rc;

	secrets_opener(w->by->secrets, &with);
	if ((live = live_open(&order, why)) == NULL)
		return -1;
	rc = ask_found(w, live_primero(live), why);
	live_close(live);
	return rc;
}

/* --- keeping it --- */

static int
log_it(const struct work *w, struct fault *why)
{
	char body[160];

	(void)snprintf(body, sizeof(body),
	    "{\"decision\":\"match\",\"bundle\":\"%.36s\",\"new\":%s}",
	    w->st.bundle != NULL ? w->st.bundle : "",
	    w->link == NULL ? "true" : "false");
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_DECIDED, w->by->now, w->by->user, body,
		&(struct journal_about){ .ref = standing_true_ref(&w->st) },
		1 },
	    why);
}

static int
write_body(struct work *w, struct bytes *out, struct fault *why)
{
	const struct target_referral t = { .agreement = w->by->agreement,
		.self = w->by->self,
		.referral = &w->referral };
	struct sink *to = bytes_sink_new(out, why);
	int rc;

	if (to == NULL)
		return -1;
	rc = target_find(FORMAT_PING)->referral(&t, to, why);
	sink_free(to);
	return rc;
}

/* 0: PING does not say that proGres has it, or is at work on it. */
static int
ask_ping(struct work *w, const struct bytes *body, struct fault *why)
{
	struct age_opener with;
	const struct live_order order = {
		.format = FORMAT_PING,
		.credentials = w->by->credentials,
		.with = &with,
		.agreement = w->by->agreement,
	};
	char transaction[INTO_PING_TRANSACTION];
	struct standing as_said = w->st;
	struct live *live;
	int rc;

	secrets_opener(w->by->secrets, &with);
	if ((live = live_open(&order, why)) == NULL)
		return -1;
	rc = into_ping_ask(live_ping(live), body, &as_said, transaction, why);
	live_close(live);
	if (rc == 0)
		return FAIL(why, FAULT_REF_STATE,
		    "proGres says that it has it: the same load notes that");
	if (why->id == FAULT_SERVER_PENDING)
		return FAIL(why, FAULT_REF_STATE,
		    "proGres is still at work on it: run the same load later");
	return why->id == FAULT_SERVER_UNSURE ||
		why->id == FAULT_SERVER_REJECTED ?
	    0 :
	    -1;
}

/*
 * A person may look while proGres is still at work on it, and a second one of
 * it would be made: as long as it can be asked, it is asked once more.
 */
static int
ask_once_more(struct work *w, struct fault *why)
{
	struct bytes body;
	int rc;

	if (w->link != NULL || w->st.transaction == NULL ||
	    !standing_may_be_there(&w->st) || is_from_progres(&w->st))
		return 0;
	if (w->by->credentials == NULL)
		return FAIL(why, FAULT_REF_STATE,
		    "proGres took it in, and can be asked what became of it: "
		    "with --credentials");
	bytes_init(&body, RECORD_MAX);
	rc = write_body(w, &body, why);
	if (rc == 0)
		rc = ask_ping(w, &body, why);
	bytes_free(&body);
	return rc;
}

/* Somebody looked, and it is not there. */
static int
send_again(struct work *w, bool *again, struct fault *why)
{
	*again = w->link == NULL && w->st.delivery != DELIVERY_NONE &&
	    !is_from_progres(&w->st);
	if (!*again)
		return 0;
	w->st.delivery = DELIVERY_NONE;
	w->st.transaction = NULL;
	w->st.sent_into = NULL;
	w->st.target = NULL;
	return referrals_put(w->by->store, REFERRAL_RECEIVED, &w->st, NULL, 0,
	    why);
}

/* --- of a decision, whether it is there --- */

/* Did it go from here?  Then w->st says where it stands. */
static bool
find_sent(struct work *w, const char *name)
{
	struct fault none;
	const char *ref =
	    referrals_find(w->by->store, REFERRAL_SENT, name, w->a, &none);

	return ref != NULL &&
	    referrals_get(w->by->store, REFERRAL_SENT, ref, w->a, &w->st,
		&none) == 1;
}

static int
log_answer(const struct work *w, struct fault *why)
{
	char body[160];

	(void)snprintf(body, sizeof(body),
	    "{\"decision\":\"match\",\"answer\":true,\"there\":%s}",
	    w->by->there ? "true" : "false");
	return journal_put(w->by->store,
	    &(struct journal_entry){ ACT_DECIDED, w->by->now, w->by->user, body,
		&(struct journal_about){ .ref = standing_true_ref(&w->st) },
		1 },
	    why);
}

/* What was sent and not proved, a person has looked at. */
static int
settle_answer(struct work *w, struct matched *out, struct fault *why)
{
	struct standing *st = &w->st;

	if (st->decision == NULL || st->answer_in <= st->answer_written ||
	    st->delivery == DELIVERY_NONE)
		return FAIL(why, FAULT_REF_STATE,
		    "it was sent from here, and no decision about it is on "
		    "its way into the other system");
	out->answer = true;
	out->sent_again = !w->by->there;
	st->delivery = DELIVERY_NONE;
	st->transaction = NULL;
	if (w->by->there)
		st->answer_written = st->answer_in;
	if (store_begin(w->by->store, why) == -1)
		return -1;
	if (referrals_put(w->by->store, REFERRAL_SENT, st, NULL, 0, why) ==
		-1 ||
	    log_answer(w, why) == -1) {
		store_roll_back(w->by->store);
		return -1;
	}
	if (!w->by->dry_run)
		return store_commit(w->by->store, why);
	store_roll_back(w->by->store);
	return 0;
}

/* --- keeping a choice --- */

static int
put(struct work *w, struct matched *out, struct fault *why)
{
	const struct decision d = {
		.kind = DECISION_MATCH,
		.direction = REFERRAL_RECEIVED,
		.ref = judge_true_ref(&w->st),
		.revision = w->st.revision,
		.user = w->by->user,
		.link = w->link,
		.at = w->by->now,
	};

	if (store_begin(w->by->store, why) == -1)
		return -1;
	if (decisions_put(w->by->store, &d, why) == -1 ||
	    send_again(w, &out->sent_again, why) == -1 ||
	    log_it(w, why) == -1) {
		store_roll_back(w->by->store);
		return -1;
	}
	if (!w->by->dry_run)
		return store_commit(w->by->store, why);
	store_roll_back(w->by->store);
	return 0;
}

int
match_keep(const struct match *by, const char *name, const char *link,
    struct arena *a, struct matched *out, struct fault *why)
{
	struct work w = { .by = by, .a = a, .link = link };

	*out = (struct matched){ .ref = NULL };
	if (find(&w, name, why) == -1) {
		if (why->id != FAULT_REF_UNKNOWN || link != NULL ||
		    !find_sent(&w, name))
			return -1;
		out->ref = w.st.ref;
		return settle_answer(&w, out, why);
	}
	if (by->there)
		return FAIL(why, FAULT_REF_STATE,
		    "that is for decisions: of a referral, satchel answer "
		    "--ref REF --target-id ID");
	out->ref = judge_true_ref(&w.st);
	if (link != NULL && !is_from_progres(&w.st))
		return FAIL(why, FAULT_REF_STATE,
		    "in proGres nothing is linked: if it is there already, "
		    "satchel answer --ref REF --target-id ID");
	if (link == NULL && !is_from_progres(&w.st) &&
	    w.st.delivery == DELIVERY_NONE)
		return FAIL(why, FAULT_REF_STATE,
		    "it goes to proGres, and was not sent there yet");
	if (link != NULL &&
	    (by->credentials != NULL ? ask_server(&w, why) :
				       ask_store(&w, why)) == -1)
		return -1;
	if (ask_once_more(&w, why) == -1)
		return -1;
	return put(&w, out, why);
}
