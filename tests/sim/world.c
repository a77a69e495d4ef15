#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-*) */

#include "tests/sim/world.h"

#include <cjson/cJSON.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "crypto/digest.h"
#include "crypto/minisign.h"
#include "tests/sim/run.h"

#define ROOMS 32
#define SKEW_MOST ((moment)3 * 3600)

static const char *const parties[] = { "UNICEF", "UNHCR" };

const char *
world_path(const struct world *w, const char *format, ...)
{
	static char room[ROOMS][WORLD_PATH];
	static unsigned next;
	char *at = room[next++ % ROOMS];
	va_list args;
	int len;

	len = snprintf(at, WORLD_PATH, "%s/", w->root);
	va_start(args, format);
	(void)vsnprintf(at + len, WORLD_PATH - (size_t)len, format, args);
	va_end(args);
	return at;
}

day
world_day(const struct world *w)
{
	return day_of(w->start) + w->today;
}

moment
world_clock(struct world *w, int office)
{
	const struct office *o = &w->office[office];
	moment seconds, now;

	/* From six in the morning, one thing after the other. */
	if (w->clock_day != w->today) {
		w->clock_day = w->today;
		w->clock_op = w->op;
	}
	seconds = DAY_SECONDS / 4 + (w->op - w->clock_op) * 20;
	now = w->start + (moment)w->today * DAY_SECONDS + seconds;
	if (w->reliable)
		return now;
	switch (o->clock) {
	case CLOCK_1970:
		return seconds + (moment)w->today * DAY_SECONDS;
	case CLOCK_2098:
		return now + (moment)71 * 365 * DAY_SECONDS;
	case CLOCK_OFF:
		return now + o->off;
	default:
		return now + o->skew;
	}
}

void
world_differ(struct world *w, const char *node, const char *ref,
    const char *model, const char *program)
{
	w->failed = true;
	printf("sim: DIFFERENT seed=%" PRIu64 " day=%d op=%ld node=%s ref=%s\n"
	       "     the model: %s\n     the program: %s\n",
	    w->seed, w->today, w->op, node, ref, model, program);
	(void)fflush(stdout);
}

/* --- the agreement --- */

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t len = 0;

	if (f == NULL)
		return NULL;
	if ((text = calloc(1, (size_t)1 << 20)) != NULL)
		len = fread(text, 1, ((size_t)1 << 20) - 1, f);
	(void)fclose(f);
	if (len == 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int
write_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "w");
	size_t n;

	if (f == NULL)
		return -1;
	n = fwrite(bytes, 1, len, f);
	return fclose(f) == 0 && n == len ? 0 : -1;
}

static void
set_text(cJSON *of, const char *name, const char *value)
{
	cJSON_ReplaceItemInObject(of, name, cJSON_CreateString(value));
}

static void
set_one(cJSON *of, const char *name, const char *value)
{
	cJSON *list = cJSON_CreateArray();

	cJSON_AddItemToArray(list, cJSON_CreateString(value));
	cJSON_ReplaceItemInObject(of, name, list);
}

static int
make_node(struct world *w, int i, cJSON *listed)
{
	struct office *o = &w->office[i];
	const char *home = world_path(w, "home/%s", o->code);
	struct run r = { .now = w->start, .random = draw_next(&w->draw) };
	const cJSON *identity;
	struct ran ran;
	int rc = -1;

	run_words(&r, "--home", home, "init", "--node", o->code,
	    "--no-passphrase", NULL);
	run_it(&r, &ran);
	identity = cJSON_GetObjectItem(ran.result, "identity");
	if (ran.status == 0 && identity != NULL) {
		set_text(listed, "code", o->code);
		set_one(listed, "sign", run_text(identity, "sign"));
		set_one(listed, "open", run_text(identity, "open"));
		rc = 0;
	}
	run_forget(&ran);
	return rc;
}

static int
make_folders(const struct world *w)
{
	static const char *const all[] = { "home", "in", "out", "load",
		"source", "post", "keep" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (mkdir(world_path(w, "%s", all[i]), 0700) == -1)
			return -1;
	for (int i = 0; i < w->nodes; i++) {
		const char *code = w->office[i].code;

		if (mkdir(world_path(w, "in/%s", code), 0700) == -1 ||
		    mkdir(world_path(w, "load/%s", code), 0700) == -1 ||
		    mkdir(world_path(w, "out/%s", code), 0700) == -1)
			return -1;
		for (int k = 0; k < w->nodes; k++)
			if (w->office[k].hub != w->office[i].hub &&
			    mkdir(world_path(w, "out/%s/%s", code,
				      w->office[k].code),
				0700) == -1)
				return -1;
	}
	return 0;
}

static int
sign(const struct minisign_key *key, const char *path, const char *text)
{
	uint8_t hash[MINISIGN_HASH];
	struct bytes signature;
	struct fault why;
	int rc;

	digest_once(DIGEST_BLAKE2B_512, text, strlen(text), hash);
	bytes_init(&signature, MINISIGN_SIGNATURE_ROOM);
	rc = minisign_sign(key, hash, "signature of a satchel agreement",
	    "made up", &signature, &why);
	if (rc == 0)
		rc = write_file(path, signature.at, signature.len);
	bytes_free(&signature);
	return rc;
}

static int
name_party_keys(struct world *w)
{
	cJSON *party = cJSON_GetObjectItem(w->agreement, "parties")->child;
	char public_text[MINISIGN_PUBLIC_ROOM];
	struct minisign_public public;
	struct fault why;

	for (int i = 0; i < 2; i++, party = party->next) {
		if ((w->party_key[i] = minisign_key_new(&why)) == NULL)
			return -1;
		minisign_key_copy_public(w->party_key[i], &public);
		minisign_public_write(&public, public_text);
		set_one(party, "signs_with", public_text);
	}
	return 0;
}

/* As it is now, signed by both parties. */
static int
write_agreement(const struct world *w, const char *name)
{
	char *text = cJSON_Print(w->agreement);
	int rc = text == NULL ?
	    -1 :
	    write_file(world_path(w, "%s", name), text, strlen(text));

	for (int i = 0; i < 2 && rc == 0; i++)
		rc = sign(w->party_key[i],
		    world_path(w, "%s.%s.minisig", name, parties[i]), text);
	free(text);
	return rc;
}

static int
adopt(struct world *w)
{
	const char *file = world_path(w, "agreement.json");
	char fingerprint[64] = "";
	struct ran ran;
	struct run r = { .now = w->start + 60 };
	const char *said;
	int rc = 0;

	run_words(&r, "agreement", "check", file, NULL);
	run_it(&r, &ran);
	said = run_text(cJSON_GetObjectItem(ran.result, "agreement"),
	    "fingerprint");
	if (said != NULL)
		(void)snprintf(fingerprint, sizeof(fingerprint), "%s", said);
	run_forget(&ran);
	for (int i = 0; i < w->nodes && rc == 0; i++) {
		struct run a = { .now = w->start + 120,
			.random = draw_next(&w->draw) };

		run_words(&a, "--home",
		    world_path(w, "home/%s", w->office[i].code), "agreement",
		    "adopt", world_path(w, "agreement.json"), "--confirm",
		    fingerprint, NULL);
		run_it(&a, &ran);
		rc = ran.status == 0 || ran.status == 3 ? 0 : -1;
		if (rc == -1)
			printf("sim: %s cannot adopt: %s\n", w->office[i].code,
			    ran.fault != NULL ? ran.fault : "?");
		run_forget(&ran);
	}
	return rc;
}

/* --- it is renewed --- */

static int
run_well(struct world *w, int office, struct run *r, struct ran *ran)
{
	w->op++;
	w->counts.operations++;
	r->now = world_clock(w, office);
	r->random = draw_next(&w->draw);
	run_it(r, ran);
	if (ran->status == 0 || ran->status == 3)
		return 0;
	world_differ(w, w->office[office].code, "-",
	    "keys change and agreements are renewed",
	    ran->fault != NULL ? ran->fault : "it does not end well");
	return -1;
}

int
world_rotate(struct world *w)
{
	int site = w->nodes - 1;
	cJSON *listed =
	    cJSON_GetArrayItem(cJSON_GetObjectItem(w->agreement, "nodes"),
		site);
	struct run r = { .now = 0 };
	const cJSON *identity;
	struct ran ran;

	w->office[site].clock = CLOCK_RIGHT;
	w->rotated = site;
	run_words(&r, "--home", world_path(w, "home/%s", w->office[site].code),
	    "keys", "rotate", NULL);
	if (run_well(w, site, &r, &ran) == 0) {
		identity = cJSON_GetObjectItem(ran.result, "identity");
		cJSON_AddItemToArray(cJSON_GetObjectItem(listed, "sign"),
		    cJSON_CreateString(run_text(identity, "next_sign")));
		cJSON_AddItemToArray(cJSON_GetObjectItem(listed, "open"),
		    cJSON_CreateString(run_text(identity, "next_open")));
	}
	run_forget(&ran);
	return 0;
}

int
world_renew(struct world *w)
{
	struct run r = { .now = 0 };
	struct ran ran;

	w->office[0].clock = CLOCK_RIGHT;
	cJSON_SetNumberValue(cJSON_GetObjectItem(w->agreement, "version"), 2);
	if (write_agreement(w, "renewed.json") == -1)
		return -1;
	run_words(&r, "--home", world_path(w, "home/%s", w->office[0].code),
	    "agreement", "adopt", world_path(w, "renewed.json"), NULL);
	(void)run_well(w, 0, &r, &ran);
	run_forget(&ran);
	return 0;
}

/* --- all of it --- */

static void
name_offices(struct world *w)
{
	for (int i = 0; i < w->nodes; i++) {
		struct office *o = &w->office[i];

		o->hub = i < WORLD_HUBS;
		(void)snprintf(o->code, sizeof(o->code),
		    o->hub ? "XX-HUB-%02d" : "XX-SITE-%03d",
		    o->hub ? i + 1 : i + 1 - WORLD_HUBS);
		o->hub_index = i % WORLD_HUBS;
		/* Hours that nobody notices, one way or the other. */
		o->skew =
		    (moment)draw_below(&w->draw, 2 * SKEW_MOST) - SKEW_MOST;
		for (int k = 0; k < w->nodes; k++)
			o->sources_changed[k] = true;
	}
}

int
world_make(struct world *w, const char *example)
{
	cJSON *nodes, *site, *hub, *listed;
	char *text = read_file(example);
	int rc = -1;

	w->child = calloc(WORLD_CHILDREN, sizeof(*w->child));
	w->letter = calloc(WORLD_LETTERS, sizeof(*w->letter));
	w->agreement = text != NULL ? cJSON_Parse(text) : NULL;
	free(text);
	if (w->agreement == NULL || w->child == NULL || w->letter == NULL)
		return -1;
	name_offices(w);
	if (make_folders(w) == -1)
		return -1;
	nodes = cJSON_DetachItemFromObject(w->agreement, "nodes");
	site = cJSON_GetArrayItem(nodes, 0);
	hub = cJSON_GetArrayItem(nodes, 1);
	listed = cJSON_AddArrayToObject(w->agreement, "nodes");
	for (int i = 0; i < w->nodes; i++) {
		cJSON *one =
		    cJSON_Duplicate(w->office[i].hub ? hub : site, true);

		cJSON_AddItemToArray(listed, one);
		if (make_node(w, i, one) == -1)
			goto done;
	}
	if (name_party_keys(w) == 0 &&
	    write_agreement(w, "agreement.json") == 0)
		rc = adopt(w);
done:
	cJSON_Delete(nodes);
	return rc;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
world_forget(struct world *w, bool keep)
{
	if (!keep)
		(void)nftw(w->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (int i = 0; i < w->nodes; i++) {
		for (size_t k = 0; k < w->office[i].file_count; k++)
			free(w->office[i].files[k]);
		free(w->office[i].files);
	}
	cJSON_Delete(w->agreement);
	minisign_key_free(w->party_key[0]);
	minisign_key_free(w->party_key[1]);
	free(w->child);
	free(w->letter);
}
