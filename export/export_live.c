#include "export/export_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"
#include "crypto/age.h"
#include "crypto/digest.h"
#include "crypto/secrets.h"
#include "crypto/tally.h"
#include "export/export.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "formats/primero_consent.h"
#include "formats/progres.h"
#include "store/cursors.h"
#include "store/referrals.h"
#include "systems/live.h"
#include "systems/live_spool.h"
#include "systems/ping_api_fetch.h"
#include "systems/primero_api.h"
#include "systems/primero_changes.h"
#include "systems/primero_check.h"
#include "systems/primero_whole.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define IDS_MAX ((size_t)64 * 1024 * 1024)
#define ID "progres_lpinterventionid"
#define NAME_ROOM 128
#define MARK_DIGITS 16

struct export_live {
	const struct exporter *by;
	struct export_live_order order;
	struct live_spool *spool;
	struct live *live;    /* of the spool */
	struct tally *taken;  /* ids of cases, or of interventions */
	char name[NAME_ROOM]; /* of the cursor */
	bool has_next;
	moment next;
	struct bytes ids;  /* id, and ref or number; each ended by NUL */
	struct bytes rows; /* of the one asked for in full; each ended by NUL */
	const char *id;	   /* of it */
	size_t unreadable;
	bool hides; /* not all of what children asked to withhold is shown */
};

/* What did not end it, and a person has to know. */
static void
tell(const struct export_live *l, const struct fault *fault)
{
	if (l->by->unreadable != NULL)
		l->by->unreadable(l->by->context, fault);
}

/* --- records, one after the other --- */

static int
add_text(struct export_live *l, const char *text, struct fault *why)
{
	return live_spool_add(l->spool, text, strlen(text), why);
}

/* Of each id the text that names it for people stands behind it. */
static int
add_id(struct export_live *l, const char *id, const char *named,
    struct fault *why)
{
	if (bytes_add(&l->ids, id, strlen(id) + 1, why) == -1)
		return -1;
	return bytes_add(&l->ids, named, strlen(named) + 1, why);
}

/*
 * A case as it came, and in it the list of its referrals, under a name that no
 * form of Primero has.
 */
static int
add_case(struct export_live *l, const char *text, size_t len, const char *list,
    size_t list_len, struct fault *why)
{
	static const char hidden[] = "\"" PRIMERO_CONSENT_HIDDEN "\":true,";
	const char *open = memchr(text, '{', len);

	if (open == NULL)
		return FAIL(why, FAULT_SERVER_ANSWER, "a case is no object");
	if (list == NULL && !l->hides)
		return live_spool_record(l->spool, text, len, why);
	open++;
	if (live_spool_next(l->spool, why) == -1 ||
	    add_text(l, "{", why) == -1 ||
	    (l->hides && add_text(l, hidden, why) == -1))
		return -1;
	if (list != NULL &&
	    (add_text(l, "\"satchel_referrals\":", why) == -1 ||
		live_spool_add(l->spool, list, list_len, why) == -1 ||
		add_text(l, ",", why) == -1))
		return -1;
	return live_spool_add(l->spool, open, len - (size_t)(open - text), why);
}

static int
take_changed(void *with, const struct primero_changed *c, struct fault *why)
{
	struct export_live *l = with;
	const char *id = json_get_text(c->record, "id");
	uint16_t met;

	if (id != NULL && tally_add(l->taken, id, &met, why) == -1)
		return -1;
	return add_case(l, c->text, c->len, c->referrals_text, c->referrals_len,
	    why);
}

/* --- Primero --- */

/* Whether the question says the same as the agreement is asked first. */
static int
check_form(const struct export_live *l, struct fault *why)
{
	struct primero_wording said;
	struct fault unsure;

	if (l->by->self->polarity == POLARITY_NONE)
		return 0;
	if (primero_check_polarity(live_primero(l->live), l->by->self->polarity,
		&said, why) == -1)
		return -1;
	if (said.polarity == PRIMERO_POLARITY_DISAGREES)
		return FAIL(why, FAULT_SERVER_POLARITY,
		    "unhcr_export_opt_in (%s)", said.language);
	if (said.polarity == PRIMERO_POLARITY_CONTRADICTS)
		return FAIL(why, FAULT_SERVER_POLARITY,
		    "unhcr_export_opt_in: what it says (%s) is the contrary of "
		    "what it says elsewhere (%s)",
		    said.language, said.other);
	if (said.polarity == PRIMERO_POLARITY_UNKNOWN) {
		fault_set(&unsure, FAULT_SERVER_QUESTION, "%s", said.because);
		tell(l, &unsure);
	}
	return 0;
}

/*
 * What the role may not read looks like nothing: then it is not known what a
 * child asked to keep private, and C-HIDE holds what comes.
 */
static int
check_hidden(struct export_live *l, struct fault *why)
{
	bool there[PRIMERO_CONSENT_WITHHOLDING];
	char names[sizeof(why->detail)] = "";
	struct fault hidden;
	size_t len = 0;

	if (primero_check_fields(live_primero(l->live),
		primero_consent_withholding, PRIMERO_CONSENT_WITHHOLDING, there,
		why) == -1)
		return -1;
	for (size_t i = 0; i < PRIMERO_CONSENT_WITHHOLDING; i++)
		if (!there[i])
			len += (size_t)snprintf(names + len,
			    sizeof(names) - len, "%s%s", len > 0 ? ", " : "",
			    primero_consent_withholding[i]);
	l->hides = len > 0;
	if (!l->hides)
		return 0;
	fault_set(&hidden, FAULT_SERVER_HIDDEN, "%s", names);
	tell(l, &hidden);
	return 0;
}

/* Could it not be had itself, or is the line or the order at fault? */
static bool
is_of_one(enum fault_id id)
{
	return id == FAULT_SERVER_ANSWER || id == FAULT_SERVER_REFUSED ||
	    id == FAULT_SERVER_FORBIDDEN || id == FAULT_SERVER_TROUBLE ||
	    id == FAULT_JSON;
}

/* What the agreement names and the server's lists do not have is told. */
static int
check_codes(const struct export_live *l, struct fault *why)
{
	struct primero_codes codes;
	struct fault fault;

	if (primero_check_codes(live_primero(l->live),
		agreement_of(l->by->agreement), &codes, &fault) == -1) {
		if (!is_of_one(fault.id)) {
			*why = fault;
			return -1;
		}
		fault_set(&fault, FAULT_SERVER_CODES,
		    "its lists cannot be read: %.150s", fault.detail);
		tell(l, &fault);
	} else if (codes.missing > 0) {
		fault_set(&fault, FAULT_SERVER_CODES, "%zu: %s", codes.missing,
		    codes.text);
		tell(l, &fault);
	}
	return 0;
}

/*
 * May something about it have changed that its case does not say?  What is over
 * for good is not asked for again.
 */
static bool
is_asked_again(const struct standing *st)
{
	if (st->record_id == NULL || strncmp(st->ref, "primero:", 8) != 0 ||
	    !primero_api_is_id(st->record_id))
		return false;
	if (st->state == STANDING_HELD || st->state == STANDING_REFUSED)
		return true;
	return st->state == STANDING_SENT &&
	    (st->decision == NULL || strcmp(st->decision, "accepted") == 0);
}

static int
note_id(const struct standing *st, const struct bytes *record, void *context,
    struct fault *why)
{
	struct export_live *l = context;
	uint16_t met;

	(void)record;
	if (!is_asked_again(st))
		return 0;
	if (tally_add(l->taken, st->record_id, &met, why) == -1)
		return -1;
	return met > 0 ? 0 : add_id(l, st->record_id, st->ref, why);
}

/* It went, or waits, and this user may not see it any more. */
static void
tell_gone(const struct export_live *l, const char *ref)
{
	struct fault gone;

	fault_set(&gone, FAULT_SERVER_GONE, "the case of %.150s", ref);
	tell(l, &gone);
}

static int
add_known(struct export_live *l, const char *id, const char *ref,
    struct fault *why)
{
	struct primero_whole whole;
	const char *list;
	size_t len;
	int rc = 0, got;

	got = primero_whole_get(live_primero(l->live), id, &whole, why);
	if (got == 0)
		tell_gone(l, ref);
	if (got == 1) {
		primero_page_list(&whole.referrals, &list, &len);
		rc = add_case(l, whole.text, whole.len, list, len, why);
	}
	primero_whole_free(&whole);
	return got == -1 ? -1 : rc;
}

static int
add_all_known(struct export_live *l, struct fault *why)
{
	struct arena *rows = arena_new(ROWS_ARENA, why);
	int rc = -1;

	if (rows == NULL)
		return -1;
	if (referrals_walk(l->by->store, REFERRAL_SENT, rows, note_id, l,
		why) == 0)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < l->ids.len;) {
		const char *id = (const char *)l->ids.at + i;
		const char *ref = id + strlen(id) + 1;

		i += strlen(id) + 1 + strlen(ref) + 1;
		rc = add_known(l, id, ref, why);
	}
	arena_free(rows);
	return rc;
}

/* Another server, or another receiver, has a cursor of its own. */
static void
name_cursor(struct export_live *l)
{
	const char *url = live_url(l->live);
	uint8_t hash[DIGEST_MAX];
	char hex[DIGEST_HEX];

	digest_once(DIGEST_SHA256, url, strlen(url), hash);
	digest_hex(hash, 32, hex);
	(void)snprintf(l->name, sizeof(l->name), "primero %s %.*s",
	    l->order.receiver->code, MARK_DIGITS, hex);
}

/*
 * Also the newest case of the last time comes again, so where there was one
 * something comes; and a system without any case sends no referral.
 */
static void
tell_nothing(const struct export_live *l, bool has_since)
{
	struct fault nothing;

	fault_set(&nothing, FAULT_SERVER_SEARCH,
	    has_since ? "GET cases: not even the case that changed last" :
			"GET cases: no case at all");
	tell(l, &nothing);
}

static int
read_primero(struct export_live *l, struct fault *why)
{
	struct primero_changes_order order = { .take = take_changed,
		.with = l };
	const struct agreement *a = agreement_of(l->by->agreement);
	struct primero_changes read;
	struct cursor at;
	int found;

	name_cursor(l);
	found = cursors_get(l->by->store, l->name, &at, why);
	if (found == -1 || check_form(l, why) == -1 ||
	    check_hidden(l, why) == -1 || check_codes(l, why) == -1)
		return -1;
	order.has_since =
	    found == 1 && at.agreement == a->version && !l->order.all;
	order.since = found == 1 ? at.at : 0;
	if (primero_changes_read(live_primero(l->live), &order, &read, why) ==
		-1 ||
	    add_all_known(l, why) == -1)
		return -1;
	if (read.nothing)
		tell_nothing(l, order.has_since);
	l->has_next = read.has_next && !read.nothing;
	l->next = read.next;
	return 0;
}

/* --- proGres --- */

static void
tell_not_whole(struct export_live *l, const char *number, const char *because)
{
	struct fault fault;

	fault_set(&fault, FAULT_SERVER_NOT_WHOLE, "%.100s: %.200s", number,
	    because);
	l->unreadable++;
	tell(l, &fault);
}

/* Kept until all of it is there: half of it would say less than is known. */
static int
take_row(void *with, const char *record, size_t len, struct fault *why)
{
	struct export_live *l = with;
	struct json *j;
	const char *id;
	int rc = -1;

	if (json_read(record, len, &json_foreign, &j, why) == -1)
		return -1;
	id = json_get_text(json_root(j), ID);
	if (id == NULL || !text_same_loosely(id, l->id))
		fault_set(why, FAULT_SERVER_ANSWER,
		    "another one came than was asked for");
	else if (bytes_add(&l->rows, record, len, why) == 0)
		rc = bytes_add(&l->rows, "", 1, why);
	json_free(j);
	return rc;
}

/* Of the list only the ids: the record in full says the rest. */
static int
take_pending(void *with, const char *record, size_t len, struct fault *why)
{
	struct export_live *l = with;
	const char *id, *number;
	uint16_t met = 0;
	struct json *j;
	int rc = -1;

	if (json_read(record, len, &json_foreign, &j, why) == -1)
		return -1;
	id = json_get_text(json_root(j), ID);
	if (id == NULL)
		id = json_get_text(json_root(j), "progres_intervention");
	number = progres_number(json_root(j));
	if (number == NULL)
		number = "one without a number";
	if (id == NULL) {
		tell_not_whole(l, number, "the list gives no id of it");
		rc = 0;
	} else if (tally_add(l->taken, id, &met, why) == 0)
		rc = met > 0 ? 0 : add_id(l, id, number, why);
	json_free(j);
	return rc;
}

static int
add_rows(struct export_live *l, struct fault *why)
{
	for (size_t i = 0; i < l->rows.len;) {
		const char *row = (const char *)l->rows.at + i;

		i += strlen(row) + 1;
		if (live_spool_record(l->spool, row, strlen(row), why) == -1)
			return -1;
	}
	return 0;
}

/* One in full; that it cannot be had keeps no other one back. */
static int
read_one(struct export_live *l, const char *process, const char *id,
    const char *number, struct fault *why)
{
	const struct ping_api_wanted wanted = { .process = process,
		.record_id = id,
		.take = take_row,
		.with = l };
	struct fault fault;
	size_t count;

	l->id = id;
	bytes_empty(&l->rows);
	if (ping_api_fetch(live_ping(l->live), &wanted, &count, &fault) == -1) {
		if (!is_of_one(fault.id)) {
			*why = fault;
			return -1;
		}
		tell_not_whole(l, number, fault.detail);
		return 0;
	}
	if (count == 0) {
		tell_not_whole(l, number,
		    "it was in the list a moment ago, and is not there now");
		return 0;
	}
	return add_rows(l, why);
}

static int
read_details(struct export_live *l, const char *process, struct fault *why)
{
	for (size_t i = 0; i < l->ids.len;) {
		const char *id = (const char *)l->ids.at + i;
		const char *number = id + strlen(id) + 1;

		i += strlen(id) + 1 + strlen(number) + 1;
		if (read_one(l, process, id, number, why) == -1)
			return -1;
	}
	return 0;
}

static int
read_ping(struct export_live *l, struct fault *why)
{
	const struct ping_ids *ids = live_ping(l->live)->ids;
	const struct ping_api_wanted wanted = { .process =
						    live_pending(l->live),
		.take = take_pending,
		.with = l };
	size_t count;

	if (wanted.process == NULL)
		return FAIL(why, FAULT_CREDENTIALS,
		    "pending_referrals, the process that lists what waits, is "
		    "not in it");
	if (ids->referral_details == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "referral_details in systems.progres-ping");
	if (ping_api_fetch(live_ping(l->live), &wanted, &count, why) == -1)
		return -1;
	return read_details(l, ids->referral_details, why);
}

/* --- both --- */

static int
start(struct export_live *l, struct fault *why)
{
	struct age_opener with;
	const struct live_order order = {
		.format = l->order.format,
		.credentials = l->order.credentials,
		.with = &with,
		.agreement = agreement_of(l->by->agreement),
		.waiting = l->by->waiting,
		.waiting_context = l->by->context,
	};

	secrets_opener(l->by->secrets, &with);
	l->spool = live_spool_open(&order, l->by->home, why);
	if (l->spool == NULL)
		return -1;
	l->live = live_spool_server(l->spool);
	return (l->taken = tally_new(why)) == NULL ? -1 : 0;
}

struct export_live *
export_live_read(const struct exporter *by,
    const struct export_live_order *order, struct fault *why)
{
	struct export_live *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	l->by = by;
	l->order = *order;
	bytes_init(&l->ids, IDS_MAX);
	bytes_init(&l->rows, IDS_MAX);
	if (start(l, why) == -1 ||
	    (order->format == FORMAT_PRIMERO ? read_primero(l, why) :
					       read_ping(l, why)) == -1 ||
	    live_spool_end(l->spool, why) == -1) {
		export_live_free(l);
		return NULL;
	}
	return l;
}

void
export_live_free(struct export_live *l)
{
	if (l == NULL)
		return;
	live_spool_close(l->spool);
	tally_free(l->taken);
	bytes_free(&l->ids);
	bytes_free(&l->rows);
	free(l);
}

bool
export_live_source(struct export_live *l, struct source_file_order *out)
{
	return live_spool_source(l->spool, out);
}

size_t
export_live_unreadable(const struct export_live *l)
{
	return l->unreadable;
}

int
export_live_done(struct export_live *l, struct fault *why)
{
	const struct cursor at = { l->next,
		agreement_of(l->by->agreement)->version };

	return l->has_next ? cursors_put(l->by->store, l->name, &at, why) : 0;
}
