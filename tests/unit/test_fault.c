/* The catalogue of faults, walked through, and the cutting of details. */
#include "tests/unit/rows.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"

static const struct fault_text *
entry(int id)
{
	return fault_text((enum fault_id)id);
}

static bool
has_code(const struct fault_text *t)
{
	return t->code != NULL && strlen(t->code) == 4 &&
	    strchr("ABDJKLNRSUW", t->code[0]) != NULL &&
	    strspn(t->code + 1, "0123456789") == 3;
}

static bool
code_is_its_own(const struct fault_text *t)
{
	for (int id = FAULT_NONE; id < FAULT_ID_COUNT; id++) {
		const struct fault_text *other = entry(id);

		if (other != t && strcmp(other->code, t->code) == 0)
			return false;
	}
	return true;
}

static bool
has_sentence(const struct fault_text *t)
{
	size_t len = t->says != NULL ? strlen(t->says) : 0;

	/* JSON is the one word that starts a sentence and has no small form. */
	return len > 10 && len < 100 && !isupper((unsigned char)t->says[0]) &&
	    t->says[len - 1] != '.';
}

/* Words that blame, or that only a programmer understands. */
static bool
is_plain(const struct fault_text *t)
{
	static const char *const never[] = { "invalid", "Invalid", "illegal",
		"Illegal", "unable", "Unable", "()", "_", "errno", "  " };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strstr(t->says, never[i]) != NULL ||
		    strstr(t->remedy, never[i]) != NULL)
			return false;
	return true;
}

static bool
starts_with_verb(const struct fault_text *t)
{
	static const char *const verbs[] = { "Add ", "Adopt ", "Ask ", "Check ",
		"Choose ", "Close ", "Compare ", "Copy ", "Correct ", "Export ",
		"Give ", "Go ", "Install ", "Keep ", "Leave ", "Look ", "Make ",
		"Name ", "Read ", "Report ", "Restore ", "Run ", "Send ",
		"Set ", "Show ", "Stop ", "Tell ", "Try ", "Use ", "Wait " };
	size_t len = t->remedy != NULL ? strlen(t->remedy) : 0;

	if (len == 0 || t->remedy[len - 1] != '.')
		return false;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strncmp(t->remedy, verbs[i], strlen(verbs[i])) == 0)
			return true;
	return false;
}

static bool
exit_fits(const struct fault_text *t)
{
	/* 3 is for what was done, so no fault has it; 0 is for no fault. */
	if (strcmp(t->code, "S100") == 0)
		return t->exit_status == EXIT_DONE;
	if (strncmp(t->code, "B1", 2) == 0)
		return t->exit_status == EXIT_NOT_READABLE;
	if (strncmp(t->code, "B2", 2) == 0 || t->code[0] == 'A')
		return t->exit_status == EXIT_NOT_TRUSTED;
	if (t->code[0] == 'J')
		return t->exit_status == EXIT_NOT_READABLE;
	if (t->code[0] == 'R' || t->code[0] == 'U')
		return t->exit_status == EXIT_WRONG_USE;
	return t->exit_status >= EXIT_INSIDE &&
	    t->exit_status <= EXIT_TRY_AGAIN && t->exit_status != EXIT_LOOK;
}

static const struct rule {
	const char *name;
	bool (*holds)(const struct fault_text *);
} rules[] = {
	{ "every fault has a code of a letter and three digits", has_code },
	{ "no code is used twice", code_is_its_own },
	{ "every sentence is lower case without full stop", has_sentence },
	{ "no sentence blames or speaks to programmers", is_plain },
	{ "every remedy is a sentence that starts with a verb",
	    starts_with_verb },
	{ "every exit status is one a fault may have", exit_fits },
};

static void
rule_holds(void **state)
{
	const struct rule *row = *state;

	for (int id = FAULT_NONE; id < FAULT_ID_COUNT; id++)
		if (!row->holds(entry(id)))
			fail_msg("fault %d, code %s: %s", id, entry(id)->code,
			    entry(id)->says);
}

static const struct known {
	const char *name;
	enum fault_id id;
	enum exit_status exit_status;
	const char *code;
	const char *remedy_says;
} knowns[] = {
	{ "a bundle cut short is B101", FAULT_BUNDLE_CUT_SHORT, 5, "B101",
	    "Copy the file again" },
	{ "a bad bundle signature asks for another copy first",
	    FAULT_BUNDLE_SIGNATURE, 4, "B204",
	    "copy it again from where you got it; if it is refused again, do "
	    "not load it and tell the focal point" },
	{ "a bad signature file asks for another copy first",
	    FAULT_SIGNATURE_BAD, 4, "K116",
	    "copy it again from where you got it; if it is refused again, do "
	    "not load it and tell the focal point" },
	{ "wrong use is U101", FAULT_USAGE, 2, "U101", "satchel help" },
	{ "a key that does not fit is exit 6", FAULT_AGE_NO_MATCH, 6, "K104",
	    "key" },
	{ "a secrets file that is damaged is exit 6", FAULT_SECRETS_FORM, 6,
	    "K117", "backup" },
	{ "a recipient that is none is wrong use", FAULT_KEY_RECIPIENT, 2,
	    "K112", "age1" },
	{ "a busy store is exit 7", FAULT_STORE_BUSY, 7, "D107", "Wait" },
	{ "a damaged store is exit 1", FAULT_STORE_DAMAGED, 1, "D108",
	    "focal point" },
	{ "a newer store is exit 5", FAULT_STORE_NEWER, 5, "D109", "newer" },
	{ "what does not fit the other system is not for trying again",
	    FAULT_TARGET, 5, "D111", "by hand" },
	{ "nor is a child that may have several cases", FAULT_TARGET_CASE, 5,
	    "D112", "settle" },
	{ "a word that the agreement lacks is the working group's",
	    FAULT_AGREEMENT_LACKS, 4, "A115", "Ask the working group" },
	{ "a clock that is behind is exit 7", FAULT_NODE_CLOCK, 7, "N107",
	    "date" },
	{ "a user without the right is exit 4", FAULT_NODE_USER_RIGHT, 4,
	    "N106", "Ask" },
	{ "no memory is exit 1", FAULT_NO_MEMORY, 1, "S101", "again" },
};

static void
known_holds(void **state)
{
	const struct known *row = *state;
	const struct fault_text *t = fault_text(row->id);

	assert_string_equal(t->code, row->code);
	assert_int_equal(t->exit_status, row->exit_status);
	assert_non_null(strstr(t->remedy, row->remedy_says));
}

static const struct cut {
	const char *name;
	size_t before; /* letters in front of */
	const char *text;
	size_t want; /* length of the detail */
} cuts[] = {
	{ "a detail that fits is whole", 156, "abc", 159 },
	{ "a longer one is cut at the room", 158, "abc", 159 },
	{ "two bytes of one character are not parted", 158, "\xc3\xa9", 158 },
	{ "two bytes that just fit stay", 157, "\xc3\xa9x", 159 },
	{ "three bytes are not parted after the first", 158, "\xe1\x88\xb0",
	    158 },
	{ "three bytes are not parted after the second", 157, "\xe1\x88\xb0",
	    157 },
	{ "three bytes that just fit stay", 156, "\xe1\x88\xb0x", 159 },
	{ "four bytes are not parted", 156, "\xf0\x9f\x8e\x92", 156 },
	{ "four bytes that just fit stay", 155, "\xf0\x9f\x8e\x92x", 159 },
};

static void
cut_holds(void **state)
{
	const struct cut *row = *state;
	char long_text[200] = { 0 };
	struct fault why = { 0 };

	memset(long_text, 'a', row->before);
	assert_int_equal(FAIL(&why, FAULT_USAGE, "%s%s", long_text, row->text),
	    -1);
	assert_int_equal(why.id, FAULT_USAGE);
	assert_int_equal(strlen(why.detail), row->want);
	assert_true(text_is_utf8(why.detail, row->want));
}

static void
quoting_holds(void **state)
{
	struct fault why = { 0 };

	(void)state;
	fault_set(&why, FAULT_JSON, "line %d", 7);
	fault_set(&why, why.id, "cases.json: %s", why.detail);
	assert_string_equal(why.detail, "cases.json: line 7");
}

static const struct {
	const char *name;
} quotings[] = { { "a detail may quote the one before it" } };

int
main(void)
{
	return ROWS_RUN("fault: catalogue", rules, rule_holds) +
	    ROWS_RUN("fault: known", knowns, known_holds) +
	    ROWS_RUN("fault: cut", cuts, cut_holds) +
	    ROWS_RUN("fault: quoting", quotings, quoting_holds);
}
