/*
 * agreement_diff_who: agencies, offices, keys and the people who may act.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/agekey.h"
#include "crypto/digest.h"
#include "formats/agreement_diff_inside.h"
#include "formats/agreement_words.h"

#define CARD_ROOM \
	(AGREEMENT_CODE_ROOM + MINISIGN_PUBLIC_ROOM + AGEKEY_RECIPIENT_ROOM)

/* --- parties --- */

static bool
same_focal_points(const struct party *b, const struct party *a)
{
	if (b->focal_point_count != a->focal_point_count)
		return false;
	for (size_t i = 0; i < b->focal_point_count; i++)
		if (!agreement_diff_same(b->focal_points[i].name,
			a->focal_points[i].name) ||
		    !agreement_diff_same(b->focal_points[i].role,
			a->focal_points[i].role))
			return false;
	return true;
}

static void
compare_party(struct agreement_diff_run *r, const struct party *b,
    const struct party *a)
{
	r->about = a->id;
	agreement_diff_text(r, "its name", b->name, a->name);
	agreement_diff_text(r, "the system it works with",
	    agreement_words_system(b->system),
	    agreement_words_system(a->system));
	agreement_diff_day(r, AGREEMENT_DIFF_STRICTER,
	    "the day it takes part from", b->joined, a->joined);
	agreement_diff_day(r, AGREEMENT_DIFF_LOOSER, "the day it leaves",
	    b->left, a->left);
	if (!same_focal_points(b, a)) {
		sentence_add(agreement_diff_line(r),
		    "its focal points have changed");
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
	r->about = NULL;
}

void
agreement_diff_who_parties(struct agreement_diff_run *r)
{
	const struct agreement *b = r->before, *a = r->after;

	for (size_t i = 0; i < a->party_count; i++) {
		const struct party *p = &a->parties[i];
		const struct party *old = agreement_party(b, p->id);

		if (old != NULL) {
			compare_party(r, old, p);
			continue;
		}
		sentence_add(agreement_diff_line(r),
		    "%s takes part now: %s, which works with %s", p->id,
		    p->name, agreement_words_system(p->system));
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
	for (size_t i = 0; i < b->party_count; i++) {
		if (agreement_party(a, b->parties[i].id) != NULL)
			continue;
		sentence_add(agreement_diff_line(r), "%s no longer takes part",
		    b->parties[i].id);
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
}

/* --- nodes --- */

static void
compare_revoked(struct agreement_diff_run *r, const struct node *b,
    const struct node *a)
{
	if (a->revoked && !b->revoked) {
		sentence_add(agreement_diff_line(r),
		    "it is REVOKED now: what it signed with a number above "
		    "%" PRId64 " is refused, since ",
		    a->revoked_after);
		sentence_day(&r->line, a->revoked_on);
		agreement_diff_say(r, AGREEMENT_DIFF_STRICTER);
	} else if (b->revoked && !a->revoked) {
		sentence_add(agreement_diff_line(r), "it is no longer revoked");
		agreement_diff_say(r, AGREEMENT_DIFF_LOOSER);
	} else if (a->revoked) {
		agreement_diff_number(r, AGREEMENT_DIFF_LOOSER,
		    "the last number that still counts", b->revoked_after,
		    a->revoked_after);
		agreement_diff_day(r, AGREEMENT_DIFF_NEITHER,
		    "the day it is revoked from", b->revoked_on, a->revoked_on);
		if (!agreement_diff_same(b->revoked_reason,
			a->revoked_reason)) {
			sentence_add(agreement_diff_line(r),
			    "the reason for revoking it has changed");
			agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
		}
	}
}

static void
compare_node(struct agreement_diff_run *r, const struct node *b,
    const struct node *a)
{
	static const char *const acts_for[] = { "it also holds cases of",
		"it no longer holds cases of" };

	r->about = a->code;
	agreement_diff_text(r, "whose it is", b->party->id, a->party->id);
	agreement_diff_texts(r, AGREEMENT_DIFF_LOOSER, acts_for, &b->acts_for,
	    &a->acts_for);
	agreement_diff_text(r, "what it is", agreement_words_role(b->role),
	    agreement_words_role(a->role));
	agreement_diff_text(r, "the system it works with",
	    agreement_words_system(b->system),
	    agreement_words_system(a->system));
	agreement_diff_day(r, AGREEMENT_DIFF_STRICTER, "its first day",
	    b->valid_from, a->valid_from);
	agreement_diff_day(r, AGREEMENT_DIFF_LOOSER, "its last day",
	    b->valid_until, a->valid_until);
	compare_revoked(r, b, a);
	agreement_diff_number(r, AGREEMENT_DIFF_NEITHER,
	    "minutes that its clock is ahead of UTC", b->utc_offset_minutes,
	    a->utc_offset_minutes);
	r->about = NULL;
}

void
agreement_diff_who_nodes(struct agreement_diff_run *r)
{
	const struct agreement *b = r->before, *a = r->after;

	for (size_t i = 0; i < a->node_count; i++) {
		const struct node *n = &a->nodes[i];
		const struct node *old = agreement_node(b, n->code);
		struct sentence *s;

		if (old != NULL) {
			compare_node(r, old, n);
			continue;
		}
		s = agreement_diff_line(r);
		sentence_add(s, "%s is new: %s of %s, which works with %s",
		    n->code, agreement_words_role(n->role), n->party->id,
		    agreement_words_system(n->system));
		if (n->acts_for.count > 0)
			sentence_add(s, ", and also holds cases of ");
		agreement_words_list(s, &n->acts_for, "");
		if (n->revoked)
			sentence_add(s, "; it is REVOKED");
		agreement_diff_say(r, AGREEMENT_DIFF_LOOSER);
	}
	for (size_t i = 0; i < b->node_count; i++) {
		if (agreement_node(a, b->nodes[i].code) != NULL)
			continue;
		sentence_add(agreement_diff_line(r),
		    "%s is no longer there: nothing goes there, and what it "
		    "sends is refused",
		    b->nodes[i].code);
		agreement_diff_say(r, AGREEMENT_DIFF_STRICTER);
	}
}

/* --- keys --- */

/* Keys as texts, of one kind; the room is freed by who asked for them. */
struct key_texts {
	char (*text)[AGEKEY_RECIPIENT_ROOM];
	size_t count;
};

static bool
take_room(struct agreement_diff_run *r, struct key_texts *k, size_t count)
{
	*k = (struct key_texts){ .count = count };
	if (r->failed)
		return false;
	k->text = calloc(count + 1, sizeof(*k->text));
	if (k->text != NULL)
		return true;
	fault_set(r->why, FAULT_NO_MEMORY, "keys");
	r->failed = true;
	return false;
}

static bool
signing_keys(struct agreement_diff_run *r, struct key_texts *k,
    const struct minisign_public *keys, size_t count)
{
	if (!take_room(r, k, count))
		return false;
	for (size_t i = 0; i < count; i++)
		minisign_public_write(&keys[i], k->text[i]);
	return true;
}

static bool
opening_keys(struct agreement_diff_run *r, struct key_texts *k,
    const char *const *keys, size_t count)
{
	if (!take_room(r, k, count))
		return false;
	for (size_t i = 0; i < count; i++)
		(void)snprintf(k->text[i], sizeof(k->text[i]), "%s", keys[i]);
	return true;
}

static bool
has_key(const struct key_texts *k, const char *key)
{
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->text[i], key) == 0)
			return true;
	return false;
}

static void
say_key(struct agreement_diff_run *r, enum agreement_diff_effect effect,
    const char *words, const char *key)
{
	char fingerprint[DIGEST_FINGERPRINT];

	digest_fingerprint(key, strlen(key), fingerprint);
	sentence_add(agreement_diff_line(r), "%s %s, fingerprint %s", words,
	    key, fingerprint);
	agreement_diff_say(r, effect);
}

/* words: of a key that is new, and of one that is gone. */
static void
compare_keys(struct agreement_diff_run *r, const char *const words[static 2],
    const struct key_texts *b, const struct key_texts *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has_key(b, a->text[i]))
			say_key(r, AGREEMENT_DIFF_LOOSER, words[0], a->text[i]);
	for (size_t i = 0; i < b->count; i++)
		if (!has_key(a, b->text[i]))
			say_key(r, AGREEMENT_DIFF_STRICTER, words[1],
			    b->text[i]);
}

static void
compare_party_keys(struct agreement_diff_run *r, const struct party *b,
    const struct party *a)
{
	static const char *const words[] = { "it signs with a new key,",
		"it no longer signs with the key" };
	struct key_texts before = { NULL, 0 }, after = { NULL, 0 };

	if (signing_keys(r, &before, b != NULL ? b->signs_with : NULL,
		b != NULL ? b->key_count : 0) &&
	    signing_keys(r, &after, a->signs_with, a->key_count)) {
		r->about = a->id;
		compare_keys(r, words, &before, &after);
		r->about = NULL;
	}
	free(before.text);
	free(after.text);
}

/* The fingerprint that the office reads from its own screen. */
static bool
card_of(const struct node *n, char out[static DIGEST_FINGERPRINT])
{
	char text[CARD_ROOM], sign[MINISIGN_PUBLIC_ROOM];
	int len;

	if (n == NULL || n->sign_count == 0 || n->open_count == 0)
		return false;
	minisign_public_write(&n->sign[n->sign_count - 1], sign);
	len = snprintf(text, sizeof(text), "%s\n%s\n%s\n", n->code, sign,
	    n->open[n->open_count - 1]);
	if (len < 0 || (size_t)len >= sizeof(text))
		return false;
	digest_fingerprint(text, (size_t)len, out);
	return true;
}

static void
compare_cards(struct agreement_diff_run *r, const struct node *b,
    const struct node *a)
{
	char before[DIGEST_FINGERPRINT], after[DIGEST_FINGERPRINT];
	bool had = card_of(b, before), has = card_of(a, after);

	if (!has || (had && strcmp(before, after) == 0))
		return;
	sentence_add(agreement_diff_line(r),
	    "satchel identity must now show there: %s", after);
	agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

static void
compare_node_keys(struct agreement_diff_run *r, const struct node *b,
    const struct node *a)
{
	static const char *const signs[] = { "it signs with a new key,",
		"it no longer signs with the key" };
	static const char *const opens[] = { "it opens with a new key,",
		"it no longer opens with the key" };
	struct key_texts before[2] = { { NULL, 0 } },
			 after[2] = { { NULL, 0 } };

	r->about = a->code;
	if (signing_keys(r, &before[0], b != NULL ? b->sign : NULL,
		b != NULL ? b->sign_count : 0) &&
	    signing_keys(r, &after[0], a->sign, a->sign_count))
		compare_keys(r, signs, &before[0], &after[0]);
	if (opening_keys(r, &before[1], b != NULL ? b->open : NULL,
		b != NULL ? b->open_count : 0) &&
	    opening_keys(r, &after[1], a->open, a->open_count))
		compare_keys(r, opens, &before[1], &after[1]);
	compare_cards(r, b, a);
	r->about = NULL;
	for (size_t i = 0; i < 2; i++) {
		free(before[i].text);
		free(after[i].text);
	}
}

void
agreement_diff_who_keys(struct agreement_diff_run *r)
{
	static const char *const words[] = { "a new recovery key,",
		"no longer a recovery key:" };
	const struct agreement *b = r->before, *a = r->after;
	struct key_texts before = { NULL, 0 }, after = { NULL, 0 };

	for (size_t i = 0; i < a->party_count; i++)
		compare_party_keys(r, agreement_party(b, a->parties[i].id),
		    &a->parties[i]);
	for (size_t i = 0; i < a->node_count; i++)
		compare_node_keys(r, agreement_node(b, a->nodes[i].code),
		    &a->nodes[i]);
	if (opening_keys(r, &before, b->recovery, b->recovery_count) &&
	    opening_keys(r, &after, a->recovery, a->recovery_count))
		compare_keys(r, words, &before, &after);
	free(before.text);
	free(after.text);
}

/* --- users --- */

static void
say_user(struct agreement_diff_run *r, enum agreement_diff_effect effect,
    const struct user *u, const char *words)
{
	sentence_add(agreement_diff_line(r), "%s (%s) %s", u->user, u->role,
	    words);
	if (effect == AGREEMENT_DIFF_LOOSER)
		agreement_words_rights(&r->line, u->may, "nothing");
	agreement_diff_say(r, effect);
}

static void
say_rights(struct agreement_diff_run *r, enum agreement_diff_effect effect,
    const struct user *u, unsigned rights)
{
	if (rights == 0)
		return;
	sentence_add(agreement_diff_line(r), "%s may %s ", u->user,
	    effect == AGREEMENT_DIFF_LOOSER ? "now also" : "no longer");
	agreement_words_rights(&r->line, rights, "");
	agreement_diff_say(r, effect);
}

static void
compare_user(struct agreement_diff_run *r, const struct user *b,
    const struct user *a)
{
	if (!agreement_diff_same(b->role, a->role)) {
		sentence_add(agreement_diff_line(r),
		    "the role of %s: it was %s, now it is %s", a->user, b->role,
		    a->role);
		agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
	}
	say_rights(r, AGREEMENT_DIFF_LOOSER, a, a->may & ~b->may);
	say_rights(r, AGREEMENT_DIFF_STRICTER, a, b->may & ~a->may);
	if (agreement_diff_same(b->full_name, a->full_name) &&
	    agreement_diff_same(b->position, a->position) &&
	    agreement_diff_same(b->email, a->email) &&
	    agreement_diff_same(b->phone, a->phone))
		return;
	sentence_add(agreement_diff_line(r),
	    "name, position, e-mail or telephone of %s have changed", a->user);
	agreement_diff_say(r, AGREEMENT_DIFF_NEITHER);
}

static void
compare_users(struct agreement_diff_run *r, const struct node *b,
    const struct node *a)
{
	r->about = a->code;
	for (size_t i = 0; i < a->user_count; i++) {
		const struct user *u = &a->users[i];
		const struct user *old =
		    b != NULL ? agreement_user(b, u->user) : NULL;

		if (old != NULL)
			compare_user(r, old, u);
		else
			say_user(r, AGREEMENT_DIFF_LOOSER, u,
			    "is new, and may ");
	}
	for (size_t i = 0; b != NULL && i < b->user_count; i++)
		if (agreement_user(a, b->users[i].user) == NULL)
			say_user(r, AGREEMENT_DIFF_STRICTER, &b->users[i],
			    "is no longer listed");
	r->about = NULL;
}

void
agreement_diff_who_users(struct agreement_diff_run *r)
{
	const struct agreement *a = r->after;

	for (size_t i = 0; i < a->node_count; i++)
		compare_users(r, agreement_node(r->before, a->nodes[i].code),
		    &a->nodes[i]);
}
