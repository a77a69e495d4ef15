#include "import/answers_live.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/age.h"
#include "crypto/secrets.h"
#include "crypto/tally.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "import/judge.h"
#include "store/referrals.h"
#include "systems/live.h"
#include "systems/live_spool.h"
#include "systems/ping_api_fetch.h"
#include "systems/ping_api_send.h"
#include "systems/primero_api.h"
#include "systems/primero_whole.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define IDS_MAX ((size_t)64 * 1024 * 1024)
#define KEY "progres_interoperabilityreferralid"

struct answers_live {
	const struct answers_taker *by;
	const struct answers_server *from;
	struct live_spool *spool;
	struct live *live; /* of the spool */
	struct tally *taken;
	struct bytes listed; /* PING: id, offline id and the record, each NUL */
	const char *id;	     /* PING: of the one that is asked for in full */
	struct bytes ids; /* Primero: case and ref; PING: id and offline id */
	bool *settled;	  /* by record */
	size_t settled_room;
};

static int
add_id(struct answers_live *l, const char *id, struct fault *why)
{
	return bytes_add(&l->ids, id, strlen(id) + 1, why);
}

/* --- Primero --- */

/* Loaded into it, and not done or rejected yet. */
static int
note_loaded(const struct standing *st, const struct bytes *record,
    void *context, struct fault *why)
{
	struct answers_live *l = context;

	(void)record;
	if (st->state != STANDING_LOADED || st->record_id == NULL ||
	    strncmp(st->ref, "progres:", 8) != 0 ||
	    !primero_api_is_id(st->record_id) ||
	    (st->decision != NULL && strcmp(st->decision, "accepted") != 0))
		return 0;
	if (add_id(l, st->record_id, why) == -1)
		return -1;
	return add_id(l, judge_true_ref(st), why);
}

static void
tell_gone(const struct answers_live *l, const char *ref)
{
	struct fault gone;

	if (l->by->unreadable == NULL)
		return;
	fault_set(&gone, FAULT_SERVER_GONE, "the case of %.150s", ref);
	l->by->unreadable(l->by->context, &gone);
}

/* Of the case's referrals, those of this service alone. */
static int
add_own(struct answers_live *l, struct primero_page *list,
    const char *service_id, struct fault *why)
{
	const char *text;
	size_t len;
	int rc = 0;

	while (rc == 0 && primero_page_next(list, &text, &len)) {
		const char *service;
		struct json *j;

		if (json_read(text, len, &primero_page_limits, &j, why) == -1)
			return -1;
		service = json_get_text(json_root(j), "service_record_id");
		if (service != NULL && strcmp(service, service_id) == 0)
			rc = live_spool_record(l->spool, text, len, why);
		json_free(j);
	}
	return rc;
}

/* A case counts once, however many referrals were loaded into it. */
static int
add_whole(struct answers_live *l, const char *id, struct primero_whole *whole,
    const char *ref, struct fault *why)
{
	char service_id[RANDOM_UUID];
	uint16_t met;

	primero_body_service_id(ref, service_id);
	if (tally_add(l->taken, id, &met, why) == -1 ||
	    (met == 0 &&
		live_spool_record(l->spool, whole->text, whole->len, why) ==
		    -1))
		return -1;
	return add_own(l, &whole->referrals, service_id, why);
}

static int
add_case(struct answers_live *l, const char *id, const char *ref,
    struct fault *why)
{
	struct primero_whole whole;
	int rc = 0, got;

	got = primero_whole_get(live_primero(l->live), id, &whole, why);
	if (got == 0)
		tell_gone(l, ref);
	if (got == 1)
		rc = add_whole(l, id, &whole, ref, why);
	primero_whole_free(&whole);
	return got == -1 ? -1 : rc;
}

static int
read_primero(struct answers_live *l, struct fault *why)
{
	struct arena *rows = arena_new(ROWS_ARENA, why);
	int rc = -1;

	if (rows == NULL)
		return -1;
	if (referrals_walk(l->by->store, REFERRAL_RECEIVED, rows, note_loaded,
		l, why) == 0)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < l->ids.len;) {
		const char *id = (const char *)l->ids.at + i;
		const char *ref = id + strlen(id) + 1;

		i += strlen(id) + 1 + strlen(ref) + 1;
		rc = add_case(l, id, ref, why);
	}
	arena_free(rows);
	return rc;
}

/* --- proGres --- */

static int
add_listed(struct answers_live *l, const char *text, size_t len,
    struct fault *why)
{
	if (bytes_add(&l->listed, text, len, why) == -1)
		return -1;
	return bytes_add(&l->listed, "", 1, why);
}

/* What is in the list twice is asked for once. */
static int
note_listed(void *with, const char *record, size_t len, struct fault *why)
{
	struct answers_live *l = with;
	const char *id, *offline;
	uint16_t met = 0;
	struct json *j;
	int rc = -1;

	if (json_read(record, len, &json_foreign, &j, why) == -1)
		return -1;
	id = json_get_text(json_root(j), KEY);
	offline = json_get_text(json_root(j), "progres_offlineid");
	if (id == NULL)
		id = "";
	if (offline == NULL)
		offline = "";
	if (*id != '\0' && tally_add(l->taken, id, &met, why) == -1)
		goto done;
	rc = 0;
	if (met == 0 &&
	    (add_listed(l, id, strlen(id), why) == -1 ||
		add_listed(l, offline, strlen(offline), why) == -1 ||
		add_listed(l, record, len, why) == -1))
		rc = -1;
done:
	json_free(j);
	return rc;
}

/* As it is in full: its reason, and who decided. */
static int
take_in_full(void *with, const char *record, size_t len, struct fault *why)
{
	struct answers_live *l = with;
	const char *id, *offline;
	struct json *j;
	int rc = -1;

	if (json_read(record, len, &json_foreign, &j, why) == -1)
		return -1;
	id = json_get_text(json_root(j), KEY);
	offline = json_get_text(json_root(j), "progres_offlineid");
	if (id == NULL || strcmp(id, l->id) != 0)
		fault_set(why, FAULT_SERVER_ANSWER,
		    "another decision came than the one that was asked for");
	else if (add_id(l, id, why) == 0 &&
	    add_id(l, offline != NULL ? offline : "", why) == 0)
		rc = live_spool_record(l->spool, record, len, why);
	json_free(j);
	return rc;
}

/*
 * What has no id cannot be asked for, nor marked as known: it is taken as the
 * list has it.  So is what cannot be had in full; that it is rejected counts
 * though nobody says why.
 */
static int
read_listed(struct answers_live *l, const char *id, const char *offline,
    const char *record, struct fault *why)
{
	struct ping_api_wanted wanted = {
		.process = live_ping(l->live)->ids->decision_details,
		.record_id = id,
		.take = take_in_full,
		.with = l
	};
	size_t count = 0;

	l->id = id;
	if (*id != '\0' &&
	    ping_api_fetch(live_ping(l->live), &wanted, &count, why) == -1)
		return -1;
	if (count > 0)
		return 0;
	if (add_id(l, id, why) == -1 || add_id(l, offline, why) == -1)
		return -1;
	return live_spool_record(l->spool, record, strlen(record), why);
}

static int
read_all_listed(struct answers_live *l, struct fault *why)
{
	for (size_t i = 0; i < l->listed.len;) {
		const char *id = (const char *)l->listed.at + i;
		const char *offline = id + strlen(id) + 1;
		const char *record = offline + strlen(offline) + 1;

		i += strlen(id) + strlen(offline) + strlen(record) + 3;
		if (read_listed(l, id, offline, record, why) == -1)
			return -1;
	}
	return 0;
}

static int
read_ping(struct answers_live *l, struct fault *why)
{
	const struct ping_ids *ids = live_ping(l->live)->ids;
	const struct ping_api_wanted wanted = { .process = ids->decisions_out,
		.take = note_listed,
		.with = l };
	size_t count;

	if (wanted.process == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "decisions_out in systems.progres-ping");
	if (ids->decision_details == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "decision_details in systems.progres-ping");
	if (ping_api_fetch(live_ping(l->live), &wanted, &count, why) == -1)
		return -1;
	return read_all_listed(l, why);
}

/* --- both --- */

static int
start(struct answers_live *l, struct fault *why)
{
	struct age_opener with;
	const struct live_order order = {
		.format = l->from->format,
		.credentials = l->from->credentials,
		.with = &with,
		.agreement = l->by->agreement,
		.waiting = l->by->waiting,
		.waiting_context = l->by->context,
	};

	secrets_opener(l->from->secrets, &with);
	l->spool = live_spool_open(&order, l->from->home, why);
	if (l->spool == NULL)
		return -1;
	l->live = live_spool_server(l->spool);
	return (l->taken = tally_new(why)) == NULL ? -1 : 0;
}

static int
make_settled(struct answers_live *l, struct fault *why)
{
	l->settled_room = live_spool_count(l->spool) + 1;
	l->settled = calloc(l->settled_room, sizeof(*l->settled));
	return l->settled != NULL ? 0 : FAIL(why, FAULT_NO_MEMORY, "answers");
}

struct answers_live *
answers_live_read(const struct answers_taker *by,
    const struct answers_server *from, struct fault *why)
{
	struct answers_live *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "answers");
		return NULL;
	}
	l->by = by;
	l->from = from;
	bytes_init(&l->ids, IDS_MAX);
	bytes_init(&l->listed, IDS_MAX);
	if (start(l, why) == -1 ||
	    (from->format == FORMAT_PRIMERO ? read_primero(l, why) :
					      read_ping(l, why)) == -1 ||
	    live_spool_end(l->spool, why) == -1 || make_settled(l, why) == -1) {
		answers_live_free(l);
		return NULL;
	}
	return l;
}

void
answers_live_free(struct answers_live *l)
{
	if (l == NULL)
		return;
	live_spool_close(l->spool);
	tally_free(l->taken);
	bytes_free(&l->ids);
	bytes_free(&l->listed);
	free(l->settled);
	free(l);
}

bool
answers_live_source(struct answers_live *l, struct source_file_order *out)
{
	return live_spool_source(l->spool, out);
}

void
answers_live_settled(struct answers_live *l, size_t number)
{
	if (number < l->settled_room)
		l->settled[number] = true;
}

/* Was it told?  Without a status yet it counts: else it is listed again. */
static int
was_told(const struct ping_api_outcome *o, struct fault *why)
{
	if (o->state == PING_API_REFUSED)
		return FAIL(why, FAULT_SERVER_REJECTED, "%s",
		    o->code[0] != '\0' ? o->code : "it does not say why");
	if (o->state != PING_API_UNKNOWN)
		return 0;
	return FAIL(why, FAULT_SERVER_BROKE_OFF, "%s",
	    o->why.id != FAULT_NONE ? o->why.detail : "no status");
}

/* One that could not be told is in the list again the next time. */
int
answers_live_tell(struct answers_live *l, struct fault *why)
{
	const struct ping_api *api = live_ping(l->live);
	bool settled = true;
	size_t number = 0;
	int rc = 0;

	if (api == NULL || api->ids->decision_synced == NULL)
		return 0;
	for (size_t i = 0; i < l->ids.len;) {
		const char *id = (const char *)l->ids.at + i;
		const char *offline = id + strlen(id) + 1;
		struct ping_api_outcome out;

		i += strlen(id) + 1 + strlen(offline) + 1;
		settled &= l->settled[++number];
		/* The rows of one decision follow each other. */
		if (i < l->ids.len &&
		    strcmp((const char *)l->ids.at + i, id) == 0)
			continue;
		if (*id == '\0' || *offline == '\0' || !settled) {
			settled = true;
			continue;
		}
		if (ping_api_send_synced(api, id, offline, NULL, &out, why) ==
		    -1)
			return -1;
		if (was_told(&out, why) == -1)
			rc = -1;
	}
	return rc;
}
