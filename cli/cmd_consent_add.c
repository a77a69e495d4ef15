#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/platform.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/giving.h"
#include "cli/say.h"
#include "formats/agreement.h"

#define ANSWER_ROOM 1024
#define PROMPT_MAX ((size_t)256 * 1024)
#define SHOWN_ROOM 256
#define LIST_ROOM 1024
#define TRIES 3
#define FOLD 60 /* bytes of a line of codes */

enum { OPT_LANGUAGE, OPT_NOTICE, OPT_EXPIRES, OPT_DRY_RUN };

/* One person at the terminal, and what they have said so far. */
struct interview {
	struct giving giving;
	struct giving_case known; /* the case, if anything is known of it */
	bool asked; /* there is a terminal: one answer came already */
	bool right; /* the person says that this is what was meant */
	char answer[ANSWER_ROOM];
	struct bytes prompt;
};

/* Takes an answer: 1; 0 if it is none of those asked for; -1 is a fault. */
typedef int (
    *take_answer)(struct interview *i, char *answer, struct fault *why);

/* --- asking --- */

static char *
trimmed(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

/* The next of several that commas part; NULL after the last. */
static char *
next_item(char **rest)
{
	char *item = *rest, *comma;

	if (item == NULL)
		return NULL;
	if ((comma = strchr(item, ',')) != NULL)
		*comma = '\0';
	*rest = comma != NULL ? comma + 1 : NULL;
	return trimmed(item);
}

static int
no_answer(const struct interview *i, struct fault *why)
{
	if (i->asked)
		return FAIL(why, FAULT_USAGE,
		    "a question got no answer; nothing was kept");
	return FAIL(why, FAULT_USAGE,
	    "this asks on a terminal, and there is none: put the record into "
	    "a file, and give it with export --consents FILE");
}

/* Ask what stands in the prompt, until it is answered. */
static int
ask(struct interview *i, take_answer take, struct fault *why)
{
	static const char again[] = "That is none of the answers asked for.\n";
	struct bytes repeated;
	int rc = 0;

	bytes_init(&repeated, PROMPT_MAX);
	if (bytes_add_text(&repeated, again, why) == -1 ||
	    bytes_add(&repeated, i->prompt.at, i->prompt.len, why) == -1)
		rc = -1;
	for (int try = 0; rc == 0 && try < TRIES; try++) {
		const char *prompt =
		    (const char *)(try == 0 ? i->prompt.at : repeated.at);

		if (platform_ask(prompt, i->answer, sizeof(i->answer)) == -1) {
			rc = no_answer(i, why);
			break;
		}
		i->asked = true;
		rc = take(i, trimmed(i->answer), why);
		platform_wipe(i->answer, sizeof(i->answer));
	}
	bytes_free(&repeated);
	bytes_empty(&i->prompt);
	if (rc == 0)
		return FAIL(why, FAULT_USAGE,
		    "an answer was not understood %d times; nothing was kept",
		    TRIES);
	return rc == 1 ? 0 : -1;
}

static int
ask_plainly(struct interview *i, const char *question, take_answer take,
    struct fault *why)
{
	bytes_empty(&i->prompt);
	if (bytes_add_text(&i->prompt, question, why) == -1)
		return -1;
	return ask(i, take, why);
}

/* --- answers --- */

static int
take_status(struct interview *i, char *answer, struct fault *why)
{
	static const struct {
		const char *word;
		enum consent_status status;
	} words[] = {
		{ "yes", CONSENT_GIVEN },
		{ "no", CONSENT_REFUSED },
		{ "taken back", CONSENT_WITHDRAWN },
	};

	(void)why;
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (text_same_loosely(answer, words[k].word)) {
			i->giving.record.status = words[k].status;
			return 1;
		}
	return 0;
}

/* Forget a list of givers that turned out not to be one. */
static int
nobody(struct interview *i, int rc)
{
	i->giving.record.given_by_count = 0;
	return rc;
}

static void
lower(char *word)
{
	for (; *word != '\0'; word++)
		if (*word >= 'A' && *word <= 'Z')
			*word = (char)(*word - 'A' + 'a');
}

/* "child, caregiver aunt" */
static int
take_givers(struct interview *i, char *answer, struct fault *why)
{
	char *item, *relation;
	int rc;

	while ((item = next_item(&answer)) != NULL) {
		relation = item + strcspn(item, " \t");
		if (*relation != '\0')
			*relation++ = '\0';
		lower(item);
		rc = giving_by(&i->giving, item, trimmed(relation), why);
		if (rc != 1)
			return nobody(i, rc);
	}
	return 1;
}

static int
take_day(struct interview *i, char *answer, struct fault *why)
{
	struct consent *c = &i->giving.record;
	day on;

	if (!day_read(answer, &on) || on > i->giving.today)
		return 0;
	if (c->status != CONSENT_WITHDRAWN) {
		giving_when(&i->giving, on);
		/* Who said no is not known to be of any kind. */
		if (c->status == CONSENT_REFUSED)
			c->kind = CONSENT_KIND_UNKNOWN;
		return 1;
	}
	c->events = arena_take(i->giving.arena, sizeof(*c->events), why);
	if (c->events == NULL)
		return -1;
	*c->events =
	    (struct consent_event){ .type = CONSENT_EVENT_WITHDRAWN, .on = on };
	c->event_count = 1;
	return 1;
}

static bool
read_method(const char *word, enum consent_method *out)
{
	static const struct {
		const char *word;
		enum consent_method method;
	} words[] = {
		{ "written", CONSENT_WRITTEN },
		{ "thumbprint", CONSENT_THUMBPRINT },
		{ "witnessed", CONSENT_VERBAL_WITNESSED },
	};

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (text_same_loosely(word, words[k].word)) {
			*out = words[k].method;
			return true;
		}
	return false;
}

/* The next item, unless it was said with an option; 0: not there. */
static int
take_text(struct interview *i, char **answer, const char **out,
    struct fault *why)
{
	const char *item;

	if (*out != NULL)
		return 1;
	if ((item = next_item(answer)) == NULL)
		return 0;
	return giving_text(&i->giving, item, out, why);
}

/* "thumbprint, nuer, 2026-1": who does not know the notice may leave it out. */
static int
take_how(struct interview *i, char *answer, struct fault *why)
{
	struct consent *c = &i->giving.record;
	const char *language = c->language, *notice = c->notice_version;
	int rc;

	if (!read_method(next_item(&answer), &c->method))
		return 0;
	if ((rc = take_text(i, &answer, &language, why)) != 1)
		return rc;
	if (answer != NULL && (rc = take_text(i, &answer, &notice, why)) != 1)
		return rc;
	if (answer != NULL)
		return 0;
	c->language = language;
	c->notice_version = notice;
	return 1;
}

/* As the agreement spells it, or NULL. */
typedef const char *(*spelling)(const struct agreement *a, const char *word);

static const char *
service_of(const struct agreement *a, const char *word)
{
	const struct map *m = &a->maps[MAP_SERVICES];

	for (size_t k = 0; k < m->count; k++)
		if (text_same_loosely(m->entries[k].code, word))
			return m->entries[k].code;
	for (size_t k = 0; k < a->scope_count; k++)
		if (text_same_loosely(a->scope_map[k].scope, word))
			return a->scope_map[k].scope;
	return NULL;
}

static const char *
agency_of(const struct agreement *a, const char *word)
{
	for (size_t k = 0; k < a->party_count; k++)
		if (text_same_loosely(a->parties[k].id, word))
			return a->parties[k].id;
	return NULL;
}

static int
take_list(struct interview *i, char *answer, struct texts *list, spelling of,
    struct fault *why)
{
	const char *item, *known;
	bool there;

	list->count = 0;
	while ((item = next_item(&answer)) != NULL) {
		if ((known = of(i->giving.agreement, item)) == NULL)
			return 0;
		if (giving_item(&i->giving, list, known, &there, why) == -1)
			return -1;
	}
	return 1;
}

static int
take_services(struct interview *i, char *answer, struct fault *why)
{
	return take_list(i, answer, &i->giving.record.services, service_of,
	    why);
}

static int
take_agencies(struct interview *i, char *answer, struct fault *why)
{
	return take_list(i, answer, &i->giving.record.recipients, agency_of,
	    why);
}

static int
take_info(struct interview *i, char *answer, struct fault *why)
{
	struct texts *list = &i->giving.record.info_categories;
	const char *item;
	int rc = 1;

	list->count = 0;
	if (text_same_loosely(answer, "all")) {
		for (size_t k = 0; k < GIVING_CATEGORIES && rc == 1; k++)
			rc = giving_info(&i->giving, giving_category(k), why);
		return rc;
	}
	while (rc == 1 && (item = next_item(&answer)) != NULL)
		rc = giving_info(&i->giving, item, why);
	return rc;
}

static int
take_right(struct interview *i, char *answer, struct fault *why)
{
	(void)why;
	i->right = text_same_loosely(answer, "yes");
	return i->right || text_same_loosely(answer, "no") ? 1 : 0;
}

/* --- questions --- */

/* One more code of a list, folded; *column is how far the line is. */
static int
add_code(struct interview *i, const char *code, size_t *column,
    struct fault *why)
{
	char shown[SHOWN_ROOM];
	const char *before = *column == 0 ? "  " : ", ";

	(void)text_show(code, strlen(code), shown, sizeof(shown));
	if (*column > FOLD) {
		before = ",\n  ";
		*column = 0;
	}
	*column += strlen(shown) + 2;
	if (bytes_add_text(&i->prompt, before, why) == -1)
		return -1;
	return bytes_add_text(&i->prompt, shown, why);
}

static int
ask_services(struct interview *i, struct fault *why)
{
	const struct agreement *a = i->giving.agreement;
	const struct map *m = &a->maps[MAP_SERVICES];
	size_t column = 0;

	bytes_empty(&i->prompt);
	if (bytes_add_text(&i->prompt,
		"5. For which services?  The agreement names:\n", why) == -1)
		return -1;
	for (size_t k = 0; k < m->count; k++)
		if (add_code(i, m->entries[k].code, &column, why) == -1)
			return -1;
	for (size_t k = 0; k < a->scope_count; k++)
		if (agreement_code(a, MAP_SERVICES, a->scope_map[k].scope) ==
			NULL &&
		    add_code(i, a->scope_map[k].scope, &column, why) == -1)
			return -1;
	if (bytes_add_text(&i->prompt, "\n   Services, with commas: ", why) ==
	    -1)
		return -1;
	return ask(i, take_services, why);
}

static int
ask_agencies(struct interview *i, struct fault *why)
{
	const struct agreement *a = i->giving.agreement;
	size_t column = 0;

	bytes_empty(&i->prompt);
	if (bytes_add_text(&i->prompt,
		"   And which agencies may get it?  The agreement names:\n",
		why) == -1)
		return -1;
	for (size_t k = 0; k < a->party_count; k++)
		if (add_code(i, a->parties[k].id, &column, why) == -1)
			return -1;
	if (bytes_add_text(&i->prompt, "\n   Agencies, with commas: ", why) ==
	    -1)
		return -1;
	return ask(i, take_agencies, why);
}

static int
ask_how(struct interview *i, struct fault *why)
{
	const struct consent *c = &i->giving.record;

	if (c->language != NULL && c->notice_version != NULL)
		return ask_plainly(i,
		    "4. How was it given?\n"
		    "   written, thumbprint or witnessed: ",
		    take_how, why);
	if (c->language != NULL)
		return ask_plainly(i,
		    "4. How was it given, and which notice was explained?\n"
		    "   written, thumbprint or witnessed, a comma, the version "
		    "of the notice: ",
		    take_how, why);
	if (c->notice_version != NULL)
		return ask_plainly(i,
		    "4. How was it given, and in which language?\n"
		    "   written, thumbprint or witnessed, a comma, the "
		    "language: ",
		    take_how, why);
	return ask_plainly(i,
	    "4. How was it given, in which language, and which notice was "
	    "explained?\n"
	    "   written, thumbprint or witnessed, a comma, the language, a "
	    "comma,\n   the version of the notice: ",
	    take_how, why);
}

static int
ask_all(struct interview *i, struct fault *why)
{
	if (ask_plainly(i,
		"1. Was consent given?\n"
		"   yes, no or taken back: ",
		take_status, why) == -1)
		return -1;
	if (i->giving.record.status != CONSENT_GIVEN)
		return ask_plainly(i,
		    "   On which day was that said?\n"
		    "   YYYY-MM-DD, not a day to come: ",
		    take_day, why);
	if (ask_plainly(i,
		"2. Who agreed?\n"
		"   child, caregiver, guardian or other; several with commas;"
		"\n   what the person is to the child may follow, as in "
		"caregiver aunt: ",
		take_givers, why) == -1 ||
	    ask_plainly(i,
		"3. On which day?\n"
		"   YYYY-MM-DD, not a day to come: ",
		take_day, why) == -1 ||
	    ask_how(i, why) == -1 || ask_services(i, why) == -1 ||
	    ask_agencies(i, why) == -1)
		return -1;
	return ask_plainly(i,
	    "6. Which information may be shared?\n"
	    "   identity, contact, family, needs, health, with commas, or "
	    "all: ",
	    take_info, why);
}

/* --- what was understood --- */

static int
add_line(struct interview *i, const char *what, const char *value,
    struct fault *why)
{
	char shown[LIST_ROOM];

	(void)text_show(value, strlen(value), shown, sizeof(shown));
	if (bytes_add_text(&i->prompt, what, why) == -1 ||
	    bytes_add_text(&i->prompt, shown, why) == -1)
		return -1;
	return bytes_add_text(&i->prompt, "\n", why);
}

/* On the terminal alone: a relation may be of few people. */
static int
add_givers(struct interview *i, struct fault *why)
{
	const struct consent *c = &i->giving.record;
	struct consent one = *c;
	char role[SHOWN_ROOM], line[LIST_ROOM];

	one.given_by_count = 1;
	for (size_t k = 0; k < c->given_by_count; k++) {
		const char *relation = c->given_by[k].relation;

		one.given_by = &c->given_by[k];
		giving_write_roles(&one, role, sizeof(role));
		(void)snprintf(line, sizeof(line), "%s%s%s", role,
		    relation != NULL ? ": " : "",
		    relation != NULL ? relation : "");
		if (add_line(i, k == 0 ? "  By:          " : "               ",
			line, why) == -1)
			return -1;
	}
	return 0;
}

static int
add_list(struct interview *i, const char *what, const struct texts *list,
    struct fault *why)
{
	char text[LIST_ROOM];

	giving_write_list(list, text, sizeof(text));
	return add_line(i, what, text, why);
}

static const char *
method_word(enum consent_method method)
{
	switch (method) {
	case CONSENT_WRITTEN:
		return "written";
	case CONSENT_THUMBPRINT:
		return "thumbprint";
	case CONSENT_VERBAL_WITNESSED:
		return "witnessed";
	default:
		return "unknown";
	}
}

static int
add_yes(struct interview *i, struct fault *why)
{
	const struct consent *c = &i->giving.record;

	if (add_givers(i, why) == -1 ||
	    add_line(i, "  How:         ", method_word(c->method), why) == -1 ||
	    add_line(i, "  Language:    ", c->language, why) == -1 ||
	    add_line(i, "  Notice:      ",
		c->notice_version != NULL ? c->notice_version : "not said",
		why) == -1 ||
	    add_list(i, "  Services:    ", &c->services, why) == -1 ||
	    add_list(i, "  Agencies:    ", &c->recipients, why) == -1)
		return -1;
	return add_list(i, "  Information: ", &c->info_categories, why);
}

/* So that nobody answers for another case than was meant. */
static const char *
said_of_case(const struct interview *i)
{
	if (i->known.name == NULL)
		return "               (no referral of it was judged here yet:\n"
		       "               is it the whole number?)\n";
	if (i->known.shortened)
		return "               (you gave the beginning of it)\n";
	return "";
}

static int
confirm(struct interview *i, struct fault *why)
{
	const struct consent *c = &i->giving.record;
	bool given = c->status == CONSENT_GIVEN;
	char on[DAY_TEXT];

	day_write(c->event_count > 0 ? c->events[0].on : c->given_on, on);
	bytes_empty(&i->prompt);
	if (bytes_add_text(&i->prompt, "This was understood:\n", why) == -1 ||
	    add_line(i, "  Case:        ", c->subject_ref, why) == -1 ||
	    bytes_add_text(&i->prompt, said_of_case(i), why) == -1 ||
	    add_line(i, "  Consent:     ",
		given				 ? "given" :
		    c->status == CONSENT_REFUSED ? "refused" :
						   "taken back",
		why) == -1 ||
	    add_line(i, "  On:          ", on, why) == -1 ||
	    (given && add_yes(i, why) == -1) ||
	    bytes_add_text(&i->prompt, "Is that right?  yes or no: ", why) ==
		-1)
		return -1;
	return ask(i, take_right, why);
}

/* --- the whole of it --- */

/*
 * An id has a digit; what has none may be a child's name.  A record under a
 * number that is not whole is one that export does not find.
 */
static int
take_case(struct interview *i, const char *word, struct fault *why)
{
	const char **subject = &i->giving.record.subject_ref;
	int rc = 0;

	if (strpbrk(word, "0123456789") != NULL)
		rc = giving_text(&i->giving, word, subject, why);
	if (rc == 0)
		return FAIL(why, FAULT_USAGE,
		    "CASE is the number of a case, not a name: it has a digit "
		    "in it");
	if (rc == -1)
		return -1;
	if (text_has_unseen(*subject))
		return FAIL(why, FAULT_USAGE,
		    "CASE has a character in it that cannot be seen: type the "
		    "number instead of copying it");
	if (giving_find_case(&i->giving, *subject, &i->known, why) == -1)
		return -1;
	if (i->known.name != NULL)
		*subject = i->known.name;
	return 0;
}

/* The purpose, if the whole agreement knows but one. */
static const char *
only_purpose(const struct agreement *a)
{
	const char *only = NULL;

	for (size_t f = 0; f < a->flow_count; f++)
		for (size_t p = 0; p < a->flows[f].purposes.count; p++) {
			const char *one = a->flows[f].purposes.items[p];

			if (only != NULL && strcmp(only, one) != 0)
				return NULL;
			only = one;
		}
	return only;
}

static void
fill_in(struct giving *g)
{
	const struct user *u = agreement_user(g->home.self, g->user);
	struct consent *c = &g->record;

	c->taken_by_agency = g->home.self->party->id;
	if (u != NULL)
		c->taken_by_role = u->role;
	if (c->status != CONSENT_GIVEN)
		return;
	c->basis = "consent";
	c->purpose = only_purpose(g->agreement);
}

static void
tell_case(const struct giving_case *known, struct say *say)
{
	if (known->name == NULL)
		say_notice(say,
		    "No referral of a case with this number was judged here "
		    "yet.  If the number is misspelt or not whole, export "
		    "will not find this record: compare it with the case.");
	else if (known->shared)
		say_notice(say,
		    "Several cases bear this number: a no counts for each of "
		    "them, and a yes is held.  Name the case by its case_id.");
}

static void
tell(const struct giving *g, const struct giving_seen *seen, bool dry_run,
    struct say *say)
{
	if (!dry_run) {
		say_line(say, "The record is kept, sealed, in this node.");
		say_member(say, "consent", g->record_id);
		say_next(say,
		    "The next export of this case takes it into account, and "
		    "so does this node for what has come of the child.");
	}
	if (seen->no && g->record.status == CONSENT_GIVEN)
		say_notice(say,
		    "An earlier record of this case says no or taken back, "
		    "and a no counts: export will refuse the case.");
	else if (seen->differ)
		say_notice(say,
		    "An earlier record of this case says something else: "
		    "export will hold the case until a person has decided "
		    "which one counts.");
	if (dry_run)
		say_line(say, "Nothing was written: this was a dry run.");
}

static int
add(const struct args *args, struct interview *i, struct say *say,
    struct fault *why)
{
	bool dry_run = args->given[OPT_DRY_RUN];
	struct giving *g = &i->giving;
	struct consent *c = &g->record;
	struct giving_seen seen;

	if (take_case(i, args->operands[0], why) == -1 ||
	    giving_option(g, "--language", args->option[OPT_LANGUAGE],
		&c->language, why) == -1 ||
	    giving_option(g, "--notice-version", args->option[OPT_NOTICE],
		&c->notice_version, why) == -1 ||
	    giving_expires(g, args->option[OPT_EXPIRES], why) == -1 ||
	    ask_all(i, why) == -1 || confirm(i, why) == -1)
		return -1;
	if (!i->right) {
		say_line(say, "Nothing was kept.");
		return 0;
	}
	fill_in(g);
	if (giving_keep(g, AGREED_OF_CASE, c->subject_ref, dry_run, &seen,
		why) == -1)
		return -1;
	tell_case(&i->known, say);
	tell(g, &seen, dry_run, say);
	return 0;
}

static int
run_consent_add(const struct args *args, struct say *say, struct fault *why)
{
	struct interview i = { .asked = false };
	int rc = -1;

	bytes_init(&i.prompt, PROMPT_MAX);
	if (giving_open(args, &i.giving, why) == 0)
		rc = add(args, &i, say, why);
	giving_close(&i.giving);
	bytes_free(&i.prompt);
	platform_wipe(&i, sizeof(i));
	return rc;
}

const struct command cmd_consent_add = {
	.name = "consent add",
	.operands = "CASE",
	.least = 1,
	.most = 1,
	.gist = "ask who agreed to what, and keep the answers sealed",
	.more = "Asks six questions on the terminal.  CASE is the "
		"case_id, display form or individual number of a case; of one "
		"that was judged here it may be shortened to what is "
		"unique.  The next export of the case takes the "
		"record into account, as if it stood in the register; and a "
		"later no stops what came for the child (C-NEWER).",
	.options = {
		[OPT_LANGUAGE] = { .name = "language", .value = "LANGUAGE",
		    .gist = "in which it was asked: then it is not asked" },
		[OPT_NOTICE] = { .name = "notice-version", .value = "VERSION",
		    .gist = "of the privacy notice that was explained" },
		[OPT_EXPIRES] = { .name = "expires", .value = "DATE",
		    .gist = "the last day on which it holds" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "ask and show; write nothing" },
	},
	.run = run_consent_add,
};
