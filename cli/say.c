#include "cli/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/jsonout.h"
#include "base/platform.h"
#include "base/sink.h"
#include "base/text.h"
#include "cli/delivery.h"
#include "policy/rules.h"
#include "store/reached.h"

#define PART_MAX ((size_t)256 << 20) /* what is kept for the end */
#define COLUMNS 79
#define SHOWN_MOST 8 /* bytes that text_show makes of one */
#define PRACTICE \
	"PRACTICE: for made-up data only; nothing done here reaches a child."
#define TEXT_ROOM 1024

/* A list, or an object, of the result that is kept until the end. */
struct part {
	bool begun;
	struct bytes text;
	struct sink *to;
	struct jsonout out;
};

/* What streams while the command works; one of them can. */
enum stream {
	STREAM_NONE,
	STREAM_REFERRALS,
	STREAM_LOADED,
	STREAM_ANSWERS,
	STREAM_BUNDLES, /* of verify: there may be very many */
	STREAM_COUNT
};

static const char *const stream_names[STREAM_COUNT] = {
	[STREAM_REFERRALS] = "referrals",
	[STREAM_LOADED] = "loaded",
	[STREAM_ANSWERS] = "answers",
	[STREAM_BUNDLES] = "bundles",
};

/* The command whose result always has that list. */
static const char *const stream_commands[STREAM_COUNT] = {
	[STREAM_LOADED] = "load",
	[STREAM_ANSWERS] = "answer",
};

struct say {
	const char *command;
	bool json;
	enum exit_status status;
	struct fault own; /* what went wrong in here */
	bool practice;	  /* said already */
	bool wrap_out;
	bool wrap_err;
	struct sink *to;
	struct jsonout out;
	enum stream stream;
	struct part referrals;
	struct part loaded;
	struct part answers;
	struct part bundles;
	struct part faults;
	struct part notices;
	struct part identity;
	struct part agreement;
	struct part problems;
	struct part members;
	bool counted;
	int64_t counts[SAID_COUNTS];
	struct passed_over passed;
	bool passed_told;
	struct fault worst; /* of single files: the result's, if it decides */
	bool loaded_some;
	struct fault not_loaded; /* the worst of what could not be loaded */
};

static const char *const count_names[SAID_COUNTS] = {
	[SAID_SHARE] = "share",
	[SAID_STRIP] = "strip",
	[SAID_HOLD] = "hold",
	[SAID_REFUSE] = "refuse",
	[SAID_DUPLICATE] = "duplicate",
	[SAID_RECALL] = "recall",
	[SAID_ANSWER] = "answer",
};

static const char *const count_words[SAID_COUNTS] = {
	[SAID_SHARE] = "to share",
	[SAID_STRIP] = "to share with something taken out",
	[SAID_HOLD] = "held",
	[SAID_REFUSE] = "refused",
	[SAID_DUPLICATE] = "known already",
	[SAID_RECALL] = "recalled",
	[SAID_ANSWER] = "answered",
};

/*
 * The result as plain ASCII: all else can only stand in a string, where \u
 * says the same and cannot drive a terminal that it is printed on.
 */
static int
ascii_write(struct sink *s, const uint8_t *bytes, size_t len, struct fault *why)
{
	const uint8_t *at = bytes, *end = bytes + len;
	uint32_t c;

	(void)s;
	(void)why;
	while (at < end) {
		c = text_next(&at, end);
		if (c < 0x7f)
			(void)putchar((int)c);
		else if (c < 0x10000)
			(void)printf("\\u%04x", (unsigned)c);
		else if (c <= 0x10ffff)
			(void)printf("\\u%04x\\u%04x",
			    (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
		else
			(void)fputs("\\ufffd", stdout);
	}
	/* Whether stdout took it is asked once, at the end. */
	return 0;
}

static void
leave(void *own)
{
	(void)own;
}

static const struct sink_kind ascii_kind = {
	.name = "result",
	.write = ascii_write,
	.free = leave,
};

/* How bad a status is, in the order 1 6 7 4 5 3 0. */
static int
rank(enum exit_status status)
{
	static const int ranks[] = {
		[EXIT_DONE] = 0,
		[EXIT_LOOK] = 1,
		[EXIT_NOT_READABLE] = 2,
		[EXIT_NOT_TRUSTED] = 3,
		[EXIT_TRY_AGAIN] = 4,
		[EXIT_NO_KEY] = 5,
		[EXIT_INSIDE] = 6,
		[EXIT_WRONG_USE] = 7,
	};

	return ranks[status];
}

void
say_status(struct say *s, enum exit_status status)
{
	if (rank(status) > rank(s->status))
		s->status = status;
}

/* Keep why if it is worse than what is kept. */
static void
keep_worst(struct fault *worst, const struct fault *why)
{
	if (worst->id == FAULT_NONE ||
	    rank(fault_text(why->id)->exit_status) >
		rank(fault_text(worst->id)->exit_status))
		*worst = *why;
}

/* The trouble of one file; the worst of them is the result's too. */
static void
blame(struct say *s, const struct fault *why)
{
	keep_worst(&s->worst, why);
	say_status(s, fault_text(why->id)->exit_status);
}

/* Trouble in here is told at the end, and never passes for success. */
static void
keep_own(struct say *s, const struct fault *why)
{
	if (s->own.id == FAULT_NONE)
		s->own = *why;
	say_status(s, fault_text(why->id)->exit_status);
}

struct say *
say_new(const char *command, bool json)
{
	struct say *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->command = command;
	s->json = json;
	if (!json) {
		s->wrap_out = platform_is_terminal(STDOUT_FILENO);
		s->wrap_err = platform_is_terminal(STDERR_FILENO);
		return s;
	}
	if ((s->to = sink_new(&ascii_kind, NULL, NULL, &s->own)) == NULL) {
		free(s);
		return NULL;
	}
	jsonout_start(&s->out, s->to);
	jsonout_object(&s->out, NULL);
	jsonout_text(&s->out, "satchel", "result/1");
	jsonout_text_or_null(&s->out, "command", command);
	return s;
}

static void
part_free(struct part *p)
{
	sink_free(p->to);
	if (p->begun)
		bytes_free(&p->text);
}

void
say_free(struct say *s)
{
	if (s == NULL)
		return;
	part_free(&s->referrals);
	part_free(&s->loaded);
	part_free(&s->answers);
	part_free(&s->bundles);
	part_free(&s->faults);
	part_free(&s->notices);
	part_free(&s->identity);
	part_free(&s->agreement);
	part_free(&s->problems);
	part_free(&s->members);
	sink_free(s->to);
	free(s);
}

/* The part's writer, opened as a list or as an object; NULL on a fault. */
static struct jsonout *
part_out(struct say *s, struct part *p, bool list)
{
	struct fault why;

	if (p->begun)
		return p->to != NULL ? &p->out : NULL;
	bytes_init(&p->text, PART_MAX);
	p->begun = true;
	if ((p->to = bytes_sink_new(&p->text, &why)) == NULL) {
		keep_own(s, &why);
		return NULL;
	}
	jsonout_start(&p->out, p->to);
	if (list)
		jsonout_list(&p->out, NULL);
	else
		jsonout_object(&p->out, NULL);
	return &p->out;
}

/*
 * What the part holds, closed; "[]" or "{}" if it broke off, which is then
 * this result's fault.  NULL if it was never begun.
 */
static const char *
part_close(struct say *s, struct part *p, bool list)
{
	struct fault why;

	if (!p->begun)
		return NULL;
	if (p->to != NULL) {
		if (list)
			jsonout_list_end(&p->out);
		else
			jsonout_object_end(&p->out);
		if (jsonout_end(&p->out, &why) == 0)
			return (const char *)p->text.at;
		keep_own(s, &why);
	}
	return list ? "[]" : "{}";
}

/* The list of one stream, wherever it is written to. */
static struct jsonout *
stream_out(struct say *s, enum stream which, struct part *otherwise)
{
	if (s->stream == STREAM_NONE) {
		s->stream = which;
		jsonout_list(&s->out, stream_names[which]);
	}
	return s->stream == which ? &s->out : part_out(s, otherwise, true);
}

/*
 * One line for people: after first, folded at words if wrap is set, so that
 * the lines that follow begin with indent spaces.
 */
static void
put_line(FILE *to, bool wrap, const char *first, int indent, const char *text)
{
	size_t column = strlen(first), len, gap;

	(void)fputs(first, to);
	while (wrap && column + strlen(text) > COLUMNS) {
		gap = strspn(text, " ");
		len = gap + strcspn(text + gap, " ");
		if (column + len > COLUMNS && column > (size_t)indent) {
			(void)fprintf(to, "\n%*s", indent, "");
			column = (size_t)indent;
			text += gap;
			len -= gap;
		}
		(void)fprintf(to, "%.*s", (int)len, text);
		column += len;
		text += len;
	}
	(void)fprintf(to, "%s\n", text);
}

/* The text as it may be shown; the caller's, NULL without memory. */
static char *
shown(struct say *s, const char *text)
{
	size_t len = strlen(text), room = len * SHOWN_MOST + 1;
	char *out = malloc(room);

	if (out == NULL) {
		fault_set(&s->own, FAULT_NO_MEMORY, "a line to print");
		say_status(s, EXIT_INSIDE);
		return NULL;
	}
	(void)text_show(text, len, out, room);
	return out;
}

__attribute__((format(printf, 2, 0))) static char *
format(struct say *s, const char *line, va_list ap)
{
	va_list again;
	char *text, *out = NULL;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, line, again);
	va_end(again);
	if (len < 0 || (text = malloc((size_t)len + 1)) == NULL) {
		fault_set(&s->own, FAULT_NO_MEMORY, "a line to print");
		say_status(s, EXIT_INSIDE);
		return NULL;
	}
	(void)vsnprintf(text, (size_t)len + 1, line, ap);
	out = shown(s, text);
	platform_wipe(text, (size_t)len);
	free(text);
	return out;
}

/* Print and free a line that is safe to show. */
static void
put_shown(struct say *s, const char *first, int indent, char *text)
{
	if (text == NULL)
		return;
	put_line(stdout, s->wrap_out, first, indent, text);
	platform_wipe(text, strlen(text));
	free(text);
}

void
say_line(struct say *s, const char *line, ...)
{
	va_list ap;

	if (s->json)
		return;
	va_start(ap, line);
	put_shown(s, "", 4, format(s, line, ap));
	va_end(ap);
}

void
say_practice(struct say *s)
{
	if (s == NULL || s->json || s->practice ||
	    (s->command != NULL && strncmp(s->command, "plumbing ", 9) == 0))
		return;
	s->practice = true;
	put_line(stdout, s->wrap_out, "", 10, PRACTICE);
}

void
say_next(struct say *s, const char *line, ...)
{
	va_list ap;

	if (s->json)
		return;
	va_start(ap, line);
	put_shown(s, "  -> ", 5, format(s, line, ap));
	va_end(ap);
}

void
say_notice(struct say *s, const char *line, ...)
{
	char text[TEXT_ROOM];
	struct jsonout *o;
	va_list ap;

	say_status(s, EXIT_LOOK);
	va_start(ap, line);
	if (!s->json) {
		put_shown(s, "note: ", 6, format(s, line, ap));
	} else if ((o = part_out(s, &s->notices, true)) != NULL) {
		(void)vsnprintf(text, sizeof(text), line, ap);
		jsonout_text(o, NULL, text);
	}
	va_end(ap);
}

static void
write_fault(struct jsonout *o, const char *name, const struct fault *why)
{
	const struct fault_text *text;

	if (why == NULL) {
		jsonout_null(o, name);
		return;
	}
	text = fault_text(why->id);
	jsonout_object(o, name);
	jsonout_text(o, "code", text->code);
	jsonout_text(o, "text", text->says);
	jsonout_text(o, "remedy", text->remedy);
	jsonout_text(o, "detail", why->detail);
	jsonout_object_end(o);
}

/* On stderr, after everything that was said before; file may be NULL. */
static void
print_fault(struct say *s, const char *file, const struct fault *why)
{
	const struct fault_text *text = fault_text(why->id);
	char line[TEXT_ROOM], out[TEXT_ROOM * 2];
	const char *detail = why->detail;

	(void)fflush(stdout);
	/* Most details begin with the file's name already. */
	if (file != NULL && strncmp(detail, file, strlen(file)) == 0)
		file = NULL;
	if (file != NULL && detail[0] != '\0')
		(void)snprintf(line, sizeof(line), "%s %s (%s: %s)", text->code,
		    text->says, file, detail);
	else if (file != NULL || detail[0] != '\0')
		(void)snprintf(line, sizeof(line), "%s %s (%s)", text->code,
		    text->says, file != NULL ? file : detail);
	else
		(void)snprintf(line, sizeof(line), "%s %s", text->code,
		    text->says);
	put_line(stderr, s->wrap_err, "satchel: ", 9,
	    text_show(line, strlen(line), out, sizeof(out)));
	put_line(stderr, s->wrap_err, "  -> ", 5, text->remedy);
}

void
say_fault(struct say *s, const char *file, const struct fault *why)
{
	struct jsonout *o;

	blame(s, why);
	if (!s->json) {
		print_fault(s, file, why);
	} else if ((o = part_out(s, &s->faults, true)) != NULL) {
		jsonout_object(o, NULL);
		jsonout_text_or_null(o, "file", file);
		write_fault(o, "fault", why);
		jsonout_object_end(o);
	}
}

void
say_count(struct say *s, enum said_count what, int64_t more)
{
	s->counts[what] += more;
	s->counted = true;
}

void
say_passed_over(struct say *s, const struct passed_over *p)
{
	s->passed = *p;
	s->passed_told = true;
	/* These name another agency and cannot go: somebody must look. */
	if (p->without_id + p->unreadable > 0)
		say_status(s, EXIT_LOOK);
}

static void
integer_or_null(struct jsonout *o, const char *name, int64_t value)
{
	if (value != 0)
		jsonout_integer(o, name, value);
	else
		jsonout_null(o, name);
}

static void
write_signed_by(struct jsonout *o, const struct said_bundle *b)
{
	if (b->signed_node == NULL) {
		jsonout_null(o, "signed_by");
		return;
	}
	jsonout_object(o, "signed_by");
	jsonout_text(o, "node", b->signed_node);
	jsonout_text(o, "party", b->signed_party);
	jsonout_text(o, "key", b->signed_key);
	jsonout_object_end(o);
}

static void
write_bundle(struct jsonout *o, const struct said_bundle *b)
{
	jsonout_object(o, NULL);
	jsonout_text_or_null(o, "file", b->file);
	jsonout_text_or_null(o, "id", b->id);
	integer_or_null(o, "seq", b->seq);
	jsonout_text_or_null(o, "from", b->from);
	jsonout_list(o, "to");
	for (size_t i = 0; i < b->to_count; i++)
		jsonout_text(o, NULL, b->to[i]);
	jsonout_list_end(o);
	integer_or_null(o, "sequence", b->sequence);
	jsonout_text_or_null(o, "state", b->state);
	write_fault(o, "fault", b->fault);
	jsonout_integer(o, "bytes", (int64_t)b->bytes);
	jsonout_list(o, "missing");
	for (size_t i = 0; i < b->missing_count; i++)
		jsonout_integer(o, NULL, b->missing[i]);
	jsonout_list_end(o);
	if (b->signature != NULL) {
		write_signed_by(o, b);
		jsonout_text(o, "signature", b->signature);
		jsonout_text_or_null(o, "created", b->created);
	}
	jsonout_object_end(o);
}

static void
print_missing(struct say *s, const struct said_bundle *b)
{
	char text[TEXT_ROOM] = "";
	size_t used = 0;
	int len;

	for (size_t i = 0; i < b->missing_count; i++) {
		len = snprintf(text + used, sizeof(text) - used, "%s%" PRId64,
		    i > 0 ? ", " : "", b->missing[i]);
		if (len < 0 || (size_t)len >= sizeof(text) - used) {
			text[used] = '\0';
			break;
		}
		used += (size_t)len;
	}
	say_line(s, "  not here yet (%zu): %s", b->missing_count, text);
	say_next(s,
	    "Ask the sender for these numbers; there: satchel resend NUMBER "
	    "--to %s --out DIR.",
	    b->to_count == 1 ? b->to[0] : "NODE");
}

/* As one of many: file, signature, node, number, time. */
static void
print_row(struct say *s, const struct said_bundle *b)
{
	char seq[32] = "-", node[64] = "-";

	if (b->seq != 0)
		(void)snprintf(seq, sizeof(seq), "%" PRId64, b->seq);
	if (b->signed_node != NULL)
		(void)snprintf(node, sizeof(node), "%s", b->signed_node);
	else if (b->claimed != NULL)
		(void)snprintf(node, sizeof(node), "(%s?)", b->claimed);
	say_line(s, "%-17s  %-11s  %-16s  %6s  %s", b->file, b->signature, node,
	    seq, b->created != NULL ? b->created : "-");
	if (b->fault != NULL)
		print_fault(s, b->file, b->fault);
}

static void
print_signature(struct say *s, const struct said_bundle *b)
{
	say_line(s, "  signature %s%s%s%s%s%s%s%s", b->signature,
	    b->signed_node != NULL ? ", node " : "",
	    b->signed_node != NULL ? b->signed_node : "",
	    b->signed_party != NULL ? ", party " : "",
	    b->signed_party != NULL ? b->signed_party : "",
	    b->created != NULL ? ", made " : "",
	    b->created != NULL ? b->created : "",
	    b->signed_key != NULL || b->claimed != NULL ? "" :
							  ", key not known");
}

static void
print_bundle(struct say *s, const struct said_bundle *b)
{
	char number[32] = "", seq[32] = "";

	if (b->sequence != 0)
		(void)snprintf(number, sizeof(number), ", number %" PRId64,
		    b->sequence);
	if (b->seq != 0)
		(void)snprintf(seq, sizeof(seq), ", seq %" PRId64, b->seq);
	say_line(s, "%s  %s%s%s%s%s%s%s", b->file != NULL ? b->file : "bundle",
	    b->state != NULL ? b->state : "checked",
	    b->from != NULL ? ", from " : "", b->from != NULL ? b->from : "",
	    b->to_count > 0 ? ", to " : "", b->to_count > 0 ? b->to[0] : "",
	    number, seq);
	if (b->signature != NULL)
		print_signature(s, b);
	if (b->missing_count > 0)
		print_missing(s, b);
	if (b->fault != NULL)
		print_fault(s, b->file, b->fault);
}

void
say_bundle(struct say *s, const struct said_bundle *b)
{
	struct jsonout *o;

	if (b->fault != NULL && strcmp(b->state, "held") == 0)
		say_status(s, EXIT_LOOK);
	else if (b->fault != NULL)
		blame(s, b->fault);
	if (!s->json && b->in_table)
		print_row(s, b);
	else if (!s->json)
		print_bundle(s, b);
	else if ((o = b->signature != NULL ?
			 stream_out(s, STREAM_BUNDLES, &s->bundles) :
			 part_out(s, &s->bundles, true)) != NULL)
		write_bundle(o, b);
}

static void
write_rule(struct jsonout *o, const char *id, enum verdict verdict,
    const char *text)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "id", id);
	jsonout_text(o, "verdict", verdict_name(verdict));
	jsonout_text(o, "text", text != NULL ? text : "");
	jsonout_list(o, "fields");
}

static void
write_rule_end(struct jsonout *o)
{
	jsonout_list_end(o);
	jsonout_object_end(o);
}

static void
print_rule(struct say *s, const char *id, enum verdict verdict,
    const char *text, const char *remedy)
{
	char line[TEXT_ROOM], out[TEXT_ROOM * 2];

	(void)snprintf(line, sizeof(line), "%s %s", id,
	    text != NULL ? text : "");
	put_line(stdout, s->wrap_out, "    ", 8,
	    text_show(line, strlen(line), out, sizeof(out)));
	if (verdict == VERDICT_NOTE || remedy == NULL)
		return;
	put_line(stdout, s->wrap_out, "      -> ", 9,
	    text_show(remedy, strlen(remedy), out, sizeof(out)));
}

/* Every field that is taken out, once; a code counts as its field. */
static size_t
removed_fields(const struct strip *strip,
    const char *names[static FIELD_COUNT + 1])
{
	size_t count = 0;

	for (int i = 0; i < FIELD_COUNT; i++)
		if (strip->field[i] ||
		    (i == FIELD_PROTECTION_CONCERNS && strip->concern != 0) ||
		    (i == FIELD_SPECIFIC_NEEDS && strip->specific_need != 0))
			names[count++] = fields_all[i].name;
	if (strip->attachments)
		names[count++] = "attachments";
	return count;
}

static void
start_referral(struct jsonout *o, const char *ref, enum verdict verdict,
    const char *state, const char *reached, const struct standing *st)
{
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", ref);
	jsonout_text(o, "verdict", verdict_name(verdict));
	jsonout_text(o, "state", state);
	jsonout_text_if(o, "progress", reached);
	if (st != NULL) {
		jsonout_text_if(o, "newer",
		    reached != NULL ? reached_newer(st) : NULL);
		jsonout_text_if(o, "assigned_to", st->assigned_to);
		delivery_write(o, st);
	}
	jsonout_list(o, "rules");
}

static void
end_referral(struct jsonout *o, const char *const *removed, size_t count)
{
	jsonout_list_end(o);
	jsonout_list(o, "removed");
	for (size_t i = 0; i < count; i++)
		jsonout_text(o, NULL, removed[i]);
	jsonout_list_end(o);
	jsonout_object_end(o);
}

/* Names of fields, after a label. */
static void
print_names(struct say *s, const char *label, const char *const *names,
    size_t count)
{
	char line[TEXT_ROOM * 4];
	size_t used = 0;
	int len;

	if (count == 0)
		return;
	line[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		len = snprintf(line + used, sizeof(line) - used, "%s%s",
		    i > 0 ? ", " : "", names[i]);
		if (len < 0 || (size_t)len >= sizeof(line) - used)
			break;
		used += (size_t)len;
	}
	put_line(stdout, s->wrap_out, label, 8, line);
}

static void
print_removed(struct say *s, const char *const *removed, size_t count)
{
	print_names(s, "    taken out: ", removed, count);
}

void
say_referral(struct say *s, const char *ref, const char *state,
    const struct judgement *j)
{
	const char *removed[FIELD_COUNT + 1];
	size_t count = removed_fields(&j->strip, removed);
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "%s  %s -> %s", ref, verdict_name(j->verdict),
		    state);
		for (size_t i = 0; i < j->count; i++)
			print_rule(s, j->reasons[i].rule->id,
			    j->reasons[i].verdict, j->reasons[i].text,
			    j->reasons[i].remedy);
		print_removed(s, removed, count);
		return;
	}
	if ((o = stream_out(s, STREAM_REFERRALS, &s->referrals)) == NULL)
		return;
	start_referral(o, ref, j->verdict, state, NULL, NULL);
	for (size_t i = 0; i < j->count; i++) {
		const struct reason *r = &j->reasons[i];

		write_rule(o, r->rule->id, r->verdict, r->text);
		for (size_t k = 0; k < r->field_count; k++)
			jsonout_text(o, NULL, r->fields[k]);
		write_rule_end(o);
	}
	end_referral(o, removed, count);
}

void
say_standing_reached(struct say *s, const struct standing *st,
    const char *reached, const char *words)
{
	const char *state = standing_state_name(st->state);
	struct jsonout *o;

	if (!s->json) {
		bool more = words != NULL && strcmp(words, state) != 0;

		say_line(s, "%s  %s -> %s%s%s%s", st->ref,
		    verdict_name(st->verdict), state, more ? " (" : "",
		    more ? words : "", more ? ")" : "");
		for (size_t i = 0; i < st->reason_count; i++)
			print_rule(s, st->reasons[i].rule,
			    st->reasons[i].verdict, st->reasons[i].text,
			    st->reasons[i].remedy);
		print_removed(s, st->removed, st->removed_count);
		if (st->assigned_to != NULL)
			say_line(s, "  taken by %s", st->assigned_to);
		if (reached != NULL && reached_newer(st) != NULL)
			say_line(s,
			    "  An earlier version is loaded there; of the "
			    "newer one they say: %s.",
			    reached_newer(st));
		delivery_say(s, st);
		return;
	}
	if ((o = stream_out(s, STREAM_REFERRALS, &s->referrals)) == NULL)
		return;
	start_referral(o, st->ref, st->verdict, state, reached, st);
	for (size_t i = 0; i < st->reason_count; i++) {
		const struct standing_reason *r = &st->reasons[i];

		write_rule(o, r->rule, r->verdict, r->text);
		for (size_t k = 0; k < r->field_count; k++)
			jsonout_text(o, NULL, r->fields[k]);
		write_rule_end(o);
	}
	end_referral(o, st->removed, st->removed_count);
}

void
say_standing(struct say *s, const struct standing *st)
{
	say_standing_reached(s, st, NULL, NULL);
}

const char *
say_number(const char *number)
{
	return text_is_number(number) ? number : "(not shown)";
}

/* What failed is the command's own failure only if nothing else was done. */
static void
count_loaded(struct say *s, const struct said_loaded *l)
{
	s->loaded_some |=
	    strcmp(l->state, "held") != 0 && strcmp(l->state, "failed") != 0;
	if (l->older_count > 0)
		say_status(s, EXIT_LOOK);
	if (l->fault == NULL)
		return;
	say_status(s, EXIT_LOOK);
	/* It waits for a person, or for the other system. */
	if (strcmp(l->state, "held") == 0 || strcmp(l->state, "sent") == 0)
		return;
	if (fault_text(l->fault->id)->exit_status == EXIT_INSIDE)
		blame(s, l->fault);
	else
		keep_worst(&s->not_loaded, l->fault);
}

static void
print_loaded(struct say *s, const struct said_loaded *l)
{
	say_line(s, "%s  %s%s%s%s%s%s", l->ref,
	    l->answer	? "decision " :
		l->undo ? "to be undone " :
			  "",
	    l->state, l->file != NULL ? "  " : "",
	    l->file != NULL ? l->file : "", l->target_id != NULL ? "  as " : "",
	    l->target_id != NULL ? say_number(l->target_id) : "");
	print_names(s, "    The other system has no place for: ", l->not_kept,
	    l->not_kept_count);
	for (size_t i = 0; i < l->older_count; i++)
		say_next(s,
		    "An older one of it is there: remove %s, so that it is not "
		    "loaded after this one.",
		    l->older[i]);
	if (l->fault != NULL)
		print_fault(s, l->file, l->fault);
}

void
say_loaded(struct say *s, const struct said_loaded *l)
{
	struct jsonout *o;

	count_loaded(s, l);
	if (!s->json) {
		print_loaded(s, l);
		return;
	}
	if ((o = stream_out(s, STREAM_LOADED, &s->loaded)) == NULL)
		return;
	jsonout_object(o, NULL);
	jsonout_text(o, "ref", l->ref);
	jsonout_text_or_null(o, "file", l->file);
	jsonout_text_or_null(o, "target_id",
	    l->target_id != NULL && text_is_number(l->target_id) ?
		l->target_id :
		NULL);
	jsonout_boolean(o, "answer", l->answer);
	jsonout_boolean(o, "undo", l->undo);
	jsonout_text(o, "state", l->state);
	jsonout_list(o, "not_kept");
	for (size_t i = 0; i < l->not_kept_count; i++)
		jsonout_text(o, NULL, l->not_kept[i]);
	jsonout_list_end(o);
	if (l->older_count > 0) {
		jsonout_list(o, "older");
		for (size_t i = 0; i < l->older_count; i++)
			jsonout_text(o, NULL, l->older[i]);
		jsonout_list_end(o);
	}
	write_fault(o, "fault", l->fault);
	jsonout_object_end(o);
}

void
say_answer(struct say *s, const struct said_answer *a)
{
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "%s  %s%s%s",
		    a->ref != NULL ? a->ref : "a referral that is not known",
		    a->decision != NULL ? a->decision : "",
		    a->decision != NULL ? " -> " : "", a->state);
		if (a->text != NULL)
			say_line(s, "  %s", a->text);
		if (a->remedy != NULL)
			say_next(s, "%s", a->remedy);
		return;
	}
	if ((o = stream_out(s, STREAM_ANSWERS, &s->answers)) == NULL)
		return;
	jsonout_object(o, NULL);
	jsonout_text_or_null(o, "ref", a->ref);
	jsonout_text_or_null(o, "decision", a->decision);
	jsonout_text_or_null(o, "code", a->code);
	jsonout_text(o, "state", a->state);
	jsonout_text_or_null(o, "text", a->text);
	jsonout_object_end(o);
}

/*
 * The two lines of a fingerprint, each with its check digit after a dash; a
 * person may give it back with all of that.
 */
static void
print_fingerprint(struct say *s, const char *fingerprint)
{
	size_t half = (DIGEST_FINGERPRINT - 2) / 2;
	const char *second = fingerprint + half + 1;

	say_line(s, "fingerprint  %.*s - %c", (int)half, fingerprint,
	    digest_check_digit(fingerprint, half));
	say_line(s, "             %.*s - %c", (int)half, second,
	    digest_check_digit(second, half));
}

void
say_identity(struct say *s, const char *node, const char *sign,
    const char *open, const char *fingerprint)
{
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "node         %s", node);
		say_line(s, "signs with   %s", sign);
		say_line(s, "opens with   %s", open);
		print_fingerprint(s, fingerprint);
		return;
	}
	if ((o = part_out(s, &s->identity, false)) == NULL)
		return;
	jsonout_text(o, "node", node);
	jsonout_text(o, "sign", sign);
	jsonout_text(o, "open", open);
	jsonout_text(o, "fingerprint", fingerprint);
}

void
say_identity_next(struct say *s, const char *sign, const char *open)
{
	struct jsonout *o;

	say_line(s, "signs next   %s", sign);
	say_line(s, "opens next   %s", open);
	if (!s->json || (o = part_out(s, &s->identity, false)) == NULL)
		return;
	jsonout_text(o, "next_sign", sign);
	jsonout_text(o, "next_open", open);
}

void
say_problem(struct say *s, const struct problem *p)
{
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "%s  %s%s%s%s %s", p->error ? "error " : "notice",
		    p->code, p->where[0] != '\0' ? " (" : "", p->where,
		    p->where[0] != '\0' ? ")" : "", p->text);
		return;
	}
	if ((o = part_out(s, &s->problems, true)) == NULL)
		return;
	jsonout_object(o, NULL);
	jsonout_text(o, "kind", p->error ? "error" : "notice");
	jsonout_text(o, "code", p->code);
	jsonout_text(o, "text", p->text);
	jsonout_text(o, "where", p->where);
	jsonout_object_end(o);
}

static void
print_agreement(struct say *s, const struct agreement *a,
    const struct said_signature *signatures, size_t count)
{
	say_line(s, "agreement    %s, version %" PRId64 ", %s",
	    a->id != NULL ? a->id : "?", a->version,
	    agreement_environment_name(a->environment));
	print_fingerprint(s, a->fingerprint);
	for (size_t i = 0; i < count; i++)
		say_line(s, "signature    %s: %s%s%s", signatures[i].party,
		    signatures[i].state,
		    signatures[i].key[0] != '\0' ? ", " : "",
		    signatures[i].key);
}

static void
write_agreement(struct jsonout *o, const struct agreement *a,
    const struct said_signature *signatures, size_t count)
{
	jsonout_text_or_null(o, "id", a->id);
	jsonout_integer(o, "version", a->version);
	jsonout_text(o, "environment",
	    agreement_environment_name(a->environment));
	jsonout_text(o, "fingerprint", a->fingerprint);
	jsonout_list(o, "signatures");
	for (size_t i = 0; i < count; i++) {
		jsonout_object(o, NULL);
		jsonout_text(o, "party", signatures[i].party);
		jsonout_text_or_null(o, "key",
		    signatures[i].key[0] != '\0' ? signatures[i].key : NULL);
		jsonout_text(o, "state", signatures[i].state);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
}

void
say_no_agreement(struct say *s, const char *fingerprint)
{
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "fingerprint  %s", fingerprint);
		return;
	}
	if ((o = part_out(s, &s->agreement, false)) == NULL)
		return;
	jsonout_null(o, "id");
	jsonout_null(o, "version");
	jsonout_null(o, "environment");
	jsonout_text(o, "fingerprint", fingerprint);
	jsonout_list(o, "signatures");
	jsonout_list_end(o);
}

void
say_agreement(struct say *s, struct agreement_file *f,
    const struct said_signature *signatures, size_t count)
{
	const struct agreement *a = agreement_of(f);
	const struct problem *problems;
	size_t problem_count = agreement_problems(f, &problems);
	struct jsonout *o;

	if (a->environment == AGREEMENT_TEST)
		say_practice(s);
	if (!s->json)
		print_agreement(s, a, signatures, count);
	else if ((o = part_out(s, &s->agreement, false)) != NULL)
		write_agreement(o, a, signatures, count);
	for (size_t i = 0; i < problem_count; i++)
		say_problem(s, &problems[i]);
}

void
say_fingerprint(struct say *s, const char *fingerprint)
{
	print_fingerprint(s, fingerprint);
}

void
say_agreement_version(struct say *s, int64_t version, const char *fingerprint)
{
	struct jsonout *o;

	if (!s->json) {
		say_line(s, "agreement    version %" PRId64, version);
		print_fingerprint(s, fingerprint);
	} else if ((o = part_out(s, &s->members, false)) != NULL) {
		jsonout_integer(o, "agreement_version", version);
		jsonout_text(o, "agreement_fingerprint", fingerprint);
	}
}

void
say_member(struct say *s, const char *name, const char *value)
{
	struct jsonout *o;

	if (s->json && (o = part_out(s, &s->members, false)) != NULL)
		jsonout_text(o, name, value);
}

void
say_number_of(struct say *s, const char *name, int64_t value)
{
	struct jsonout *o;

	if (s->json && (o = part_out(s, &s->members, false)) != NULL)
		jsonout_integer(o, name, value);
}

void
say_json(struct say *s, const char *name, const struct bytes *json)
{
	struct jsonout *o;

	if (s->json && (o = part_out(s, &s->members, false)) != NULL)
		jsonout_raw(o, name, (const char *)json->at, json->len);
}

static void
write_lines(struct jsonout *o, const char *name, const struct said_lines *lines)
{
	jsonout_list(o, name);
	for (size_t i = 0; i < lines->count; i++)
		jsonout_integer(o, NULL, (int64_t)lines->at[i]);
	jsonout_list_end(o);
}

void
say_consents(struct say *s, const struct said_consents *c)
{
	struct jsonout *o;

	if (!s->json || (o = part_out(s, &s->members, false)) == NULL)
		return;
	jsonout_object(o, "consents");
	jsonout_integer(o, "records", (int64_t)c->records);
	jsonout_integer(o, "drafts", (int64_t)c->drafts);
	jsonout_integer(o, "wrong", (int64_t)c->wrong);
	write_lines(o, "draft_lines", &c->draft_lines);
	write_lines(o, "differ", &c->differ);
	if (c->compared) {
		write_lines(o, "without_case", &c->without_case);
		jsonout_integer(o, "cases", (int64_t)c->cases);
		jsonout_list(o, "cases_without");
		for (size_t i = 0; i < c->cases_without_count; i++)
			jsonout_text(o, NULL, c->cases_without[i]);
		jsonout_list_end(o);
	}
	jsonout_object_end(o);
}

static void
print_passed_over(struct say *s)
{
	const struct passed_over *p = &s->passed;
	const struct {
		size_t rows;
		const char *what;
	} kinds[] = {
		{ p->implemented, "implemented already" },
		{ p->not_referred, "not referred now" },
		{ p->known_there, "come from the other system" },
		{ p->unchanged, "sent before and unchanged" },
		{ p->without_id,
		    "without an id of their own: they cannot be "
		    "sent" },
		{ p->unreadable,
		    "cases that cannot be read: they cannot be "
		    "sent" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].rows > 0)
			say_line(s, "passed over: %zu %s", kinds[i].rows,
			    kinds[i].what);
	for (size_t i = 0; i < p->other_agencies; i++)
		say_line(s, "passed over: %zu for agency \"%s\"",
		    p->other_agency[i].rows, p->other_agency[i].value);
	if (p->other_agency_more > 0)
		say_line(s, "passed over: %zu for still other agencies",
		    p->other_agency_more);
}

static void
write_passed_over(struct say *s)
{
	const struct passed_over *p = &s->passed;
	struct jsonout *o = &s->out;

	jsonout_object(o, "passed_over");
	jsonout_integer(o, "implemented", (int64_t)p->implemented);
	jsonout_integer(o, "not_referred", (int64_t)p->not_referred);
	jsonout_integer(o, "known_there", (int64_t)p->known_there);
	jsonout_integer(o, "unchanged", (int64_t)p->unchanged);
	jsonout_integer(o, "without_id", (int64_t)p->without_id);
	jsonout_integer(o, "unreadable", (int64_t)p->unreadable);
	jsonout_list(o, "other_agency");
	for (size_t i = 0; i < p->other_agencies; i++) {
		jsonout_object(o, NULL);
		jsonout_text(o, "value", p->other_agency[i].value);
		jsonout_integer(o, "rows", (int64_t)p->other_agency[i].rows);
		jsonout_object_end(o);
	}
	jsonout_list_end(o);
	if (p->other_agency_more > 0)
		jsonout_integer(o, "other_agency_more",
		    (int64_t)p->other_agency_more);
	jsonout_object_end(o);
}

static void
print_counts(struct say *s)
{
	char line[TEXT_ROOM] = "";
	size_t used = 0;
	int len;

	for (int i = 0; i < SAID_COUNTS; i++) {
		if (s->counts[i] == 0)
			continue;
		len = snprintf(line + used, sizeof(line) - used,
		    "%s%" PRId64 " %s", used > 0 ? ", " : "", s->counts[i],
		    count_words[i]);
		if (len > 0 && (size_t)len < sizeof(line) - used)
			used += (size_t)len;
	}
	if (used > 0)
		put_line(stdout, s->wrap_out, "in all: ", 8, line);
}

static void
write_part(struct say *s, const char *name, struct part *p, bool list)
{
	const char *text = part_close(s, p, list);

	if (text != NULL)
		jsonout_raw(&s->out, name, text, strlen(text));
}

/* A list that is always there, streamed or kept or empty. */
static void
write_always(struct say *s, const char *name, enum stream which, struct part *p)
{
	if (s->stream == which && which != STREAM_NONE)
		return;
	if (p->begun) {
		write_part(s, name, p, true);
		return;
	}
	jsonout_list(&s->out, name);
	jsonout_list_end(&s->out);
}

/* A list that is always there in the result of its own command. */
static void
write_own(struct say *s, enum stream which, struct part *p)
{
	const char *command = stream_commands[which];

	if (p->begun ||
	    (s->command != NULL && strcmp(s->command, command) == 0))
		write_always(s, stream_names[which], which, p);
}

static void
write_agreement_part(struct say *s)
{
	const char *problems = part_close(s, &s->problems, true);

	if (problems == NULL)
		problems = "[]";
	if (s->agreement.to != NULL)
		jsonout_raw(&s->agreement.out, "problems", problems,
		    strlen(problems));
	write_part(s, "agreement", &s->agreement, false);
}

/* The members of the object `members` go among the result's own. */
static void
write_members(struct say *s)
{
	const char *text = part_close(s, &s->members, false);

	/* jsonout puts the comma; the braces stay behind. */
	if (text != NULL && strlen(text) > 2)
		jsonout_raw(&s->out, NULL, text + 1, strlen(text) - 2);
}

static void
write_result(struct say *s)
{
	struct jsonout *o = &s->out;

	if (s->stream != STREAM_NONE)
		jsonout_list_end(o);
	write_always(s, "referrals", STREAM_REFERRALS, &s->referrals);
	write_own(s, STREAM_LOADED, &s->loaded);
	write_own(s, STREAM_ANSWERS, &s->answers);
	write_always(s, "bundles", STREAM_BUNDLES, &s->bundles);
	jsonout_object(o, "counts");
	for (int i = 0; i < SAID_COUNTS; i++)
		jsonout_integer(o, count_names[i], s->counts[i]);
	jsonout_object_end(o);
	write_passed_over(s);
	write_part(s, "identity", &s->identity, false);
	if (s->agreement.begun)
		write_agreement_part(s);
	write_members(s);
	write_part(s, "notices", &s->notices, true);
	write_part(s, "faults", &s->faults, true);
}

static enum exit_status
status_of(const struct say *s, const struct fault *why)
{
	return why != NULL ? fault_text(why->id)->exit_status : s->status;
}

int
say_end(struct say *s, const struct fault *why)
{
	enum exit_status status;

	if (s->not_loaded.id != FAULT_NONE && !s->loaded_some)
		blame(s, &s->not_loaded);
	if (s->json)
		write_result(s);
	else if (s->counted)
		print_counts(s);
	if (!s->json && s->passed_told)
		print_passed_over(s);
	if (why == NULL && s->own.id != FAULT_NONE)
		why = &s->own;
	status = status_of(s, why);
	if (s->json) {
		jsonout_boolean(&s->out, "ok",
		    status == EXIT_DONE || status == EXIT_LOOK);
		jsonout_integer(&s->out, "exit", status);
		if (why == NULL && s->worst.id != FAULT_NONE)
			why = &s->worst;
		write_fault(&s->out, "fault", why);
		jsonout_object_end(&s->out);
		jsonout_newline(&s->out);
	} else if (why != NULL) {
		print_fault(s, NULL, why);
	}
	if ((fflush(stdout) != 0 || ferror(stdout)) &&
	    rank(status) < rank(EXIT_TRY_AGAIN)) {
		(void)fprintf(stderr,
		    "satchel: %s the result could not be "
		    "printed\n",
		    fault_text(FAULT_DISK_NOT_WRITTEN)->code);
		status = EXIT_TRY_AGAIN;
	}
	return (int)status;
}
