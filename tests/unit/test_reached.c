#include "tests/unit/a_store.h"

#include "store/bundles.h"
#include "store/reached.h"

/* A standing, what became of its bundle, and the word for both. */
static const struct word_case {
	const char *name;
	enum direction direction;
	enum standing_state state;
	const char *sent_revision;
	const char *told;
	const char *decision;
	bool no_bundle;
	bool loaded_there;
	struct bundle_made made;
	const char *word;
	const char *newer; /* what is said of a newer version; or NULL */
} word_cases[] = {
	{ .name = "let go here: drafted",
	    .state = STANDING_READY,
	    .word = "drafted" },
	{ .name = "held here, and nothing went",
	    .state = STANDING_HELD,
	    .word = "held" },
	{ .name = "refused here, and nothing went",
	    .state = STANDING_REFUSED,
	    .word = "refused" },
	{ .name = "made: sent", .state = STANDING_SENT, .word = "sent" },
	{ .name = "of a bundle that is not known: sent",
	    .state = STANDING_SENT,
	    .no_bundle = true,
	    .word = "sent" },
	{ .name = "carried",
	    .state = STANDING_SENT,
	    .made = { .carried = true },
	    .word = "carried" },
	{ .name = "acknowledged: received",
	    .state = STANDING_SENT,
	    .made = { .carried = true, .acknowledged = 7 },
	    .word = "received" },
	{ .name = "the whole bundle was refused",
	    .state = STANDING_SENT,
	    .made = { .carried = true, .refused = "B111" },
	    .word = "bundle_refused" },
	{ .name = "a receipt outweighs the bundle",
	    .state = STANDING_SENT,
	    .told = "staged",
	    .made = { .carried = true },
	    .word = "staged" },
	{ .name = "the same was there before: staged",
	    .state = STANDING_SENT,
	    .told = "duplicate",
	    .word = "staged" },
	{ .name = "held there",
	    .state = STANDING_SENT,
	    .told = "held",
	    .word = "held_there" },
	{ .name = "refused there",
	    .state = STANDING_SENT,
	    .told = "refused",
	    .word = "refused_there" },
	{ .name = "loaded there",
	    .state = STANDING_SENT,
	    .told = "loaded",
	    .word = "loaded" },
	{ .name = "loaded there, and a newer version of it refused",
	    .state = STANDING_SENT,
	    .told = "refused",
	    .loaded_there = true,
	    .word = "loaded",
	    .newer = "refused" },
	{ .name = "likewise held",
	    .state = STANDING_SENT,
	    .told = "held",
	    .loaded_there = true,
	    .word = "loaded",
	    .newer = "held" },
	{ .name = "the newer version has not been heard of",
	    .state = STANDING_SENT,
	    .loaded_there = true,
	    .made = { .carried = true },
	    .word = "carried" },
	{ .name = "the newer one is loaded too",
	    .state = STANDING_SENT,
	    .told = "loaded",
	    .loaded_there = true,
	    .word = "loaded" },
	{ .name = "recalled there",
	    .state = STANDING_SENT,
	    .told = "recalled",
	    .word = "recalled" },
	{ .name = "a word of a later program changes nothing",
	    .state = STANDING_SENT,
	    .told = "thought about",
	    .made = { .carried = true },
	    .word = "carried" },
	{ .name = "held now: how far the version that went has come",
	    .state = STANDING_HELD,
	    .sent_revision = "r",
	    .told = "loaded",
	    .word = "loaded" },
	{ .name = "accepted: answered",
	    .state = STANDING_SENT,
	    .told = "loaded",
	    .decision = "accepted",
	    .word = "answered" },
	{ .name = "rejected: answered",
	    .state = STANDING_SENT,
	    .decision = "rejected",
	    .word = "answered" },
	{ .name = "done",
	    .state = STANDING_SENT,
	    .decision = "done",
	    .word = "done" },
	{ .name = "recalled here, whatever was answered",
	    .state = STANDING_RECALLED,
	    .sent_revision = "r",
	    .decision = "accepted",
	    .word = "recalled" },

	{ .name = "came: staged",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_STAGED,
	    .no_bundle = true,
	    .word = "staged" },
	{ .name = "came: held",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_HELD,
	    .no_bundle = true,
	    .word = "held" },
	{ .name = "came: ready",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_READY,
	    .no_bundle = true,
	    .word = "ready" },
	{ .name = "came: loaded",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_LOADED,
	    .no_bundle = true,
	    .word = "loaded" },
	{ .name = "came: refused",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_REFUSED,
	    .no_bundle = true,
	    .word = "refused" },
	{ .name = "came: recalled",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_RECALLED,
	    .no_bundle = true,
	    .word = "recalled" },
	{ .name = "came: answered",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_LOADED,
	    .decision = "accepted",
	    .no_bundle = true,
	    .word = "answered" },
	{ .name = "came: done",
	    .direction = REFERRAL_RECEIVED,
	    .state = STANDING_LOADED,
	    .decision = "done",
	    .no_bundle = true,
	    .word = "done" },
};

static void
word_holds(void **state)
{
	const struct word_case *row = *state;
	const struct standing st = {
		.ref = "primero:a#b",
		.state = row->state,
		.sent_revision = row->sent_revision,
		.told = row->told,
		.loaded_there = row->loaded_there,
		.decision = row->decision,
	};

	if (row->newer == NULL)
		assert_null(reached_newer(&st));
	else
		assert_string_equal(reached_newer(&st), row->newer);
	assert_string_equal(reached_name(reached_of(row->direction, &st,
				row->no_bundle ? NULL : &row->made)),
	    row->word);
}

static void
found_by_id(struct a_store *t)
{
	struct bundle_made b = { .id = "one",
		.seq = 1,
		.sequence = 1,
		.receiver = "B",
		.name = "n" };
	struct standing st = { .ref = "primero:a#b",
		.state = STANDING_SENT,
		.bundle = "one" };
	enum reached is;

	assert_int_equal(bundles_put_made(t->s, &b, &t->why), 0);
	assert_int_equal(bundles_set_carried(t->s, "one", &t->why), 0);
	assert_int_equal(reached_find(t->s, REFERRAL_SENT, &st, &is, &t->why),
	    0);
	assert_int_equal(is, REACHED_CARRIED);
	st.bundle = "another";
	assert_int_equal(reached_find(t->s, REFERRAL_SENT, &st, &is, &t->why),
	    0);
	assert_int_equal(is, REACHED_SENT);
}

static const struct a_store_case store_cases[] = {
	{ "the bundle is looked up by its id", found_by_id },
};

int
main(void)
{
	return ROWS_RUN("reached", word_cases, word_holds) +
	    ROWS_RUN("reached", store_cases, a_store_case_holds);
}
