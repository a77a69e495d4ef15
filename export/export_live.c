#include "export/export_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/age.h"
#include "crypto/digest.h"
#include "crypto/secrets.h"
#include "crypto/spool.h"
#include "crypto/tally.h"
#include "export/export.h"
#include "formats/agreement.h"
#include "formats/json.h"
#include "store/cursors.h"
#include "store/referrals.h"
#include "systems/live.h"
#include "systems/ping_api_fetch.h"
#include "systems/primero_api.h"
#include "systems/primero_changes.h"
#include "systems/primero_check.h"
#include "systems/primero_whole.h"

#define ROWS_ARENA ((size_t)16 * 1024 * 1024)
#define IDS_MAX ((size_t)64 * 1024 * 1024)
#define NAME_ROOM 128
#define MARK_DIGITS 16

struct export_live {
	const struct exporter *by;
	struct export_live_order order;
	struct live *live;
	struct spool *spool;
	struct tally *taken; /* ids of cases, or of interventions */
	size_t count;
	char name[NAME_ROOM]; /* of the cursor */
	bool has_next;
	moment next;
	struct bytes ids; /* each ended by NUL */
};

static struct source *
open_spool(void *with, struct fault *why)
{
	return spool_open(with, why);
}

/* --- records, one after the other --- */

static int
add_text(struct export_live *l, const char *text, struct fault *why)
{
	return spool_add(l->spool, text, strlen(text), why);
}

/*
 * A case as it came, and in it the list of its referrals, under a name that no
 * form of Primero has.
 */
static int
add_case(struct export_live *l, const char *text, size_t len, const char *list,
    size_t list_len, struct fault *why)
{
	const char *open = memchr(text, '{', len);

	if (open == NULL)
		return FAIL(why, FAULT_SERVER_ANSWER, "a case is no object");
	if (l->count++ > 0 && add_text(l, ",", why) == -1)
		return -1;
	if (list == NULL)
		return spool_add(l->spool, text, len, why);
	open++;
	if (add_text(l, "{\"satchel_referrals\":", why) == -1 ||
	    spool_add(l->spool, list, list_len, why) == -1 ||
	    add_text(l, ",", why) == -1)
		return -1;
	return spool_add(l->spool, open, len - (size_t)(open - text), why);
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

	if (l->by->self->polarity == POLARITY_NONE)
		return 0;
	if (primero_check_polarity(live_primero(l->live), l->by->self->polarity,
		&said, why) == -1)
		return -1;
	if (said.polarity != PRIMERO_POLARITY_DISAGREES)
		return 0;
	return FAIL(why, FAULT_SERVER_POLARITY, "unhcr_export_opt_in (%s)",
	    said.language);
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
	return met > 0 ?
	    0 :
	    bytes_add(&l->ids, st->record_id, strlen(st->record_id) + 1, why);
}

/* It went, or waits, and this user may not see it any more. */
static void
tell_gone(const struct export_live *l)
{
	struct fault gone;

	if (l->by->unreadable == NULL)
		return;
	fault_set(&gone, FAULT_SOURCE_FORM,
	    "a case that a referral waits or went out of is not there, or may "
	    "not be read any more");
	l->by->unreadable(l->by->context, &gone);
}

static int
add_known(struct export_live *l, const char *id, struct fault *why)
{
	struct primero_whole whole;
	const char *list;
	size_t len;
	int rc = 0, got;

	got = primero_whole_get(live_primero(l->live), id, &whole, why);
	if (got == 0)
		tell_gone(l);
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

		i += strlen(id) + 1;
		rc = add_known(l, id, why);
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
	if (found == -1 || check_form(l, why) == -1)
		return -1;
	order.has_since =
	    found == 1 && at.agreement == a->version && !l->order.all;
	order.since = found == 1 ? at.at : 0;
	if (add_text(l, "{\"data\":[", why) == -1 ||
	    primero_changes_read(live_primero(l->live), &order, &read, why) ==
		-1 ||
	    add_all_known(l, why) == -1)
		return -1;
	l->has_next = read.has_next && !read.nothing;
	l->next = read.next;
	return add_text(l, "]}", why);
}

/* --- proGres --- */

static int
take_row(void *with, const char *record, size_t len, struct fault *why)
{
	struct export_live *l = with;

	if (l->count++ > 0 && add_text(l, ",", why) == -1)
		return -1;
	return spool_add(l->spool, record, len, why);
}

/* Of the list only the ids: the record in full says the rest. */
static int
take_pending(void *with, const char *record, size_t len, struct fault *why)
{
	struct export_live *l = with;
	struct json *j;
	const char *id;
	uint16_t met = 0;
	int rc = -1;

	if (json_read(record, len, &json_foreign, &j, why) == -1)
		return -1;
	id = json_get_text(json_root(j), "progres_lpinterventionid");
	if (id == NULL)
		id = json_get_text(json_root(j), "progres_intervention");
	if (id == NULL)
		fault_set(why, FAULT_SERVER_ANSWER,
		    "a referral that waits has no id");
	else if (tally_add(l->taken, id, &met, why) == 0)
		rc = met > 0 ? 0 : bytes_add(&l->ids, id, strlen(id) + 1, why);
	json_free(j);
	return rc;
}

static int
read_details(struct export_live *l, struct ping_api_wanted *wanted,
    struct fault *why)
{
	size_t count;

	for (size_t i = 0; i < l->ids.len;) {
		wanted->record_id = (const char *)l->ids.at + i;
		i += strlen(wanted->record_id) + 1;
		if (ping_api_fetch(live_ping(l->live), wanted, &count, why) ==
		    -1)
			return -1;
		/* It was in the list a moment ago. */
		if (count == 0)
			return FAIL(why, FAULT_SERVER_ANSWER,
			    "a referral that waits cannot be had in full");
	}
	return 0;
}

static int
read_ping(struct export_live *l, struct fault *why)
{
	const struct ping_ids *ids = live_ping(l->live)->ids;
	struct ping_api_wanted wanted = { .process = live_pending(l->live),
		.take = take_pending,
		.with = l };
	char end[64];
	size_t count;

	if (wanted.process == NULL)
		return FAIL(why, FAULT_CREDENTIALS,
		    "pending_referrals, the process that lists what waits, is "
		    "not in it");
	if (ids->referral_details == NULL)
		return FAIL(why, FAULT_AGREEMENT_LACKS,
		    "referral_details in systems.progres-ping");
	if (add_text(l, "{\"Data\":[", why) == -1 ||
	    ping_api_fetch(live_ping(l->live), &wanted, &count, why) == -1)
		return -1;
	wanted.process = ids->referral_details;
	wanted.take = take_row;
	if (read_details(l, &wanted, why) == -1)
		return -1;
	(void)snprintf(end, sizeof(end), "],\"RecordCount\":%zu}", l->count);
	return add_text(l, end, why);
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
	};
	int fd;

	secrets_opener(l->by->secrets, &with);
	if ((l->live = live_open(&order, why)) == NULL ||
	    (l->taken = tally_new(why)) == NULL ||
	    (fd = folder_private_file(l->by->home, why)) == -1)
		return -1;
	l->spool = spool_new(fd, why);
	return l->spool == NULL ? -1 : 0;
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
	if (start(l, why) == -1 ||
	    (order->format == FORMAT_PRIMERO ? read_primero(l, why) :
					       read_ping(l, why)) == -1 ||
	    spool_end(l->spool, why) == -1) {
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
	live_close(l->live);
	spool_free(l->spool);
	tally_free(l->taken);
	bytes_free(&l->ids);
	free(l);
}

bool
export_live_source(struct export_live *l, struct source_file_order *out)
{
	*out = (struct source_file_order){
		.format = l->order.format,
		.path = l->order.format == FORMAT_PRIMERO ? "primero-api" :
							    "progres-ping-api",
		.open = open_spool,
		.with = l->spool,
	};
	return l->count > 0;
}

int
export_live_done(struct export_live *l, struct fault *why)
{
	const struct cursor at = { l->next,
		agreement_of(l->by->agreement)->version };

	return l->has_next ? cursors_put(l->by->store, l->name, &at, why) : 0;
}
