#include "cli/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/sink.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/node.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "crypto/secrets.h"
#include "export/upload.h"
#include "import/fetch.h"

#define JSON_MAX ((size_t)64 * 1024 * 1024)
#define K ((int64_t)1000)
#define NUMBER_MAX (K * K * K)
#define NAME_SHOWN 128

/* --- options --- */

/* A whole number with one of these letters; *unit is which. */
static bool
read_number(const char *text, const char *units, int64_t *number, size_t *unit)
{
	const char *at = text, *found;

	*number = 0;
	for (; *at >= '0' && *at <= '9' && *number < NUMBER_MAX; at++)
		*number = *number * 10 + (*at - '0');
	found = *at == '\0' ? NULL : strchr(units, *at);
	if (*number == 0 || found == NULL || at[1] != '\0')
		return false;
	*unit = (size_t)(found - units);
	return true;
}

static int
read_time(const char *text, int64_t *seconds, struct fault *why)
{
	static const int64_t each[] = { 1, 60, 3600 };
	size_t unit;

	if (!read_number(text, "smh", seconds, &unit))
		return FAIL(why, FAULT_USAGE,
		    "--for takes a time like 90s, 20m or 2h");
	*seconds *= each[unit];
	return 0;
}

/* Lines are sold in bits, files are counted in bytes. */
static int
read_rate(const char *text, int64_t *bytes, struct fault *why)
{
	static const int64_t each[] = { K, K * K };
	size_t unit;

	if (!read_number(text, "kM", bytes, &unit))
		return FAIL(why, FAULT_USAGE,
		    "--rate takes a rate like 20k or 2M, in bits a second");
	*bytes = *bytes * each[unit] / 8;
	return 0;
}

int
link_read_size(const char *text, const char *option, int64_t *out,
    struct fault *why)
{
	static const int64_t each[] = { K, K * K, K * K * K };
	size_t unit;

	if (!read_number(text, "kMG", out, &unit) ||
	    *out > INT64_MAX / each[unit])
		return FAIL(why, FAULT_USAGE,
		    "%s takes a size like 500k or 10M", option);
	*out *= each[unit];
	return 0;
}

static void
moved(void *with, int64_t done, int64_t size)
{
	const struct link *l = with;

	progress_at(l->progress, (uint64_t)done, size > 0 ? (uint64_t)size : 0);
}

static void
waiting(void *with, long seconds)
{
	const struct link *l = with;

	progress_hide(l->progress);
	say_line(l->say, "It broke off; trying again in %ld s.", seconds);
}

int
link_start(struct link *l, const struct args *args, int first,
    const struct home *h, struct say *say, struct fault *why)
{
	const char *const *given = &args->option[first];

	*l = (struct link){ .say = say };
	if (given[LINK_FOR] != NULL &&
	    read_time(given[LINK_FOR], &l->limits.seconds, why) == -1)
		return -1;
	if (given[LINK_RATE] != NULL &&
	    read_rate(given[LINK_RATE], &l->limits.rate, why) == -1)
		return -1;
	secrets_opener(h->secrets, &l->opener);
	l->way.credentials = given[LINK_CREDENTIALS];
	l->way.ca = given[LINK_CA];
	l->way.ssh_key = given[LINK_SSH_KEY];
	l->way.ssh_host_key = given[LINK_SSH_HOST_KEY];
	l->way.with = &l->opener;
	l->limits.moved = moved;
	l->limits.waiting = waiting;
	l->limits.with = l;
	l->progress = progress_new("sending", "B");
	return 0;
}

void
link_end(struct link *l)
{
	progress_free(l->progress);
	l->progress = NULL;
}

void
link_fit(struct gate_way *way)
{
	const bool ssh = strncmp(way->url, "sftp:", 5) == 0;
	const bool http = strncmp(way->url, "http", 4) == 0;

	if (!ssh)
		way->ssh_key = way->ssh_host_key = NULL;
	if (!http)
		way->credentials = way->ca = NULL;
}

/* --- what is told --- */

void
link_say_ended(struct link *l, bool ended, bool left)
{
	progress_hide(l->progress);
	if (ended && left)
		say_line(l->say,
		    "The time is up; what is left goes on the next time.");
}

int
link_say_traffic(struct link *l, struct fault *why)
{
	struct bytes text;
	struct jsonout o;
	struct sink *to;
	int rc;

	progress_hide(l->progress);
	say_line(l->say,
	    "On the line: %" PRId64 " bytes sent, %" PRId64 " received.",
	    l->sent, l->received);
	if (l->twice > 0)
		say_line(l->say,
		    "%" PRId64 " bytes of files went a second time, as they "
		    "were lost when the line broke.",
		    l->twice);
	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_integer(&o, "sent", l->sent);
	jsonout_integer(&o, "received", l->received);
	jsonout_integer(&o, "twice", l->twice);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(l->say, "traffic", &text);
	sink_free(to);
	bytes_free(&text);
	return rc;
}

int
link_list_begin(struct link_list *list, bool json, struct fault *why)
{
	list->to = NULL;
	bytes_init(&list->text, JSON_MAX);
	if (!json)
		return 0;
	if ((list->to = bytes_sink_new(&list->text, why)) == NULL)
		return -1;
	jsonout_start(&list->o, list->to);
	jsonout_list(&list->o, NULL);
	return 0;
}

int
link_list_end(struct link_list *list, struct say *say, const char *name,
    struct fault *why)
{
	int rc = 0;

	if (list->to != NULL) {
		jsonout_list_end(&list->o);
		rc = jsonout_end(&list->o, why);
		if (rc == 0)
			say_json(say, name, &list->text);
	}
	sink_free(list->to);
	list->to = NULL;
	bytes_free(&list->text);
	return rc;
}

static void
write_fault(struct jsonout *o, const struct fault *fault)
{
	const struct fault_text *text = fault_text(fault->id);

	if (fault->id == FAULT_NONE) {
		jsonout_text_or_null(o, "fault", NULL);
		return;
	}
	jsonout_object(o, "fault");
	jsonout_text(o, "code", text->code);
	jsonout_text(o, "text", text->says);
	jsonout_text(o, "remedy", text->remedy);
	jsonout_text(o, "detail", fault->detail);
	jsonout_object_end(o);
}

static const char *
proof_words(const char *proof)
{
	if (proof == NULL)
		return "";
	if (strcmp(proof, "checksum") == 0)
		return "; the server checked every piece";
	if (strcmp(proof, "length") == 0)
		return "; its length is right, and it may not be read there";
	return "; every byte was read back and compared";
}

static void
print_sent(const struct link *l, const char *name, const struct uploaded *u)
{
	switch (u->state) {
	case UPLOAD_ARRIVED:
		say_line(l->say, "%s: arrived, %" PRId64 " bytes%s.", name,
		    u->bytes, proof_words(u->proof));
		break;
	case UPLOAD_THERE:
		if (!u->untaken) {
			say_line(l->say, "%s: had arrived there before.", name);
			break;
		}
		say_notice(l->say,
		    "%s still lies there as it arrived long ago: nobody has "
		    "taken it in. It was not sent again.",
		    name);
		say_next(l->say,
		    "Ask the office that it is for to fetch what lies there.");
		break;
	case UPLOAD_BEGUN:
		say_line(l->say,
		    "%s: %s%" PRId64 " of %" PRId64
		    " bytes are there; it goes on the next time.",
		    name, u->estimated ? "at most " : "", u->offset, u->bytes);
		break;
	case UPLOAD_NOT_TRIED:
		say_line(l->say, "%s: %" PRId64 " bytes are to be sent%s.",
		    name, u->bytes - u->offset,
		    u->offset > 0 ? ", the rest of it" : "");
		break;
	case UPLOAD_FAILED:
		break;
	}
}

void
link_list_sent(struct link_list *list, struct link *l, const char *file,
    const char *to, const struct uploaded *u)
{
	char safe[NAME_SHOWN], name[NAME_SHOWN + 32];

	if (list->to != NULL) {
		jsonout_object(&list->o, NULL);
		jsonout_text_or_null(&list->o, "id",
		    u->id[0] == '\0' ? NULL : u->id);
		jsonout_integer(&list->o, "bytes", u->bytes);
		jsonout_integer(&list->o, "offset", u->offset);
		jsonout_text(&list->o, "state", upload_state_name(u->state));
		jsonout_text_or_null(&list->o, "proof", u->proof);
		write_fault(&list->o, &u->fault);
		jsonout_object_end(&list->o);
	}
	progress_hide(l->progress);
	(void)text_show(file, strlen(file), safe, sizeof(safe));
	(void)snprintf(name, sizeof(name), "%s%s%s", safe,
	    to == NULL ? "" : ", to ", to == NULL ? "" : to);
	print_sent(l, name, u);
	/* What stops all of it is told once, at the end. */
	if (u->fault.id != FAULT_NONE && !u->hopeless)
		say_fault(l->say, file, &u->fault);
}

void
link_list_fetched(struct link_list *list, struct link *l,
    const struct fetched *f)
{
	const char *name = f->name[0] != '\0' ? f->name : f->id;

	if (list->to != NULL) {
		jsonout_object(&list->o, NULL);
		jsonout_text_or_null(&list->o, "id",
		    f->id[0] == '\0' ? NULL : f->id);
		jsonout_text_or_null(&list->o, "file",
		    f->name[0] == '\0' ? NULL : f->name);
		if (f->bytes >= 0)
			jsonout_integer(&list->o, "bytes", f->bytes);
		else
			jsonout_text_or_null(&list->o, "bytes", NULL);
		jsonout_integer(&list->o, "have", f->have);
		jsonout_text(&list->o, "state", fetch_state_name(f->state));
		write_fault(&list->o, &f->fault);
		jsonout_object_end(&list->o);
	}
	progress_hide(l->progress);
	if (f->state == FETCH_CAME)
		say_line(l->say, "%s: fetched, %" PRId64 " bytes.", name,
		    f->have);
	else if (f->state == FETCH_BEGUN)
		say_line(l->say,
		    "%s: %" PRId64 " of %" PRId64
		    " bytes are here; it goes on the next time.",
		    name, f->have, f->bytes);
	else if (f->state == FETCH_NOT_TRIED && name[0] != '\0')
		say_line(l->say, "%s: %" PRId64 " bytes are to be fetched.",
		    name, f->bytes);
}
