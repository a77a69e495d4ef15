#include "cli/to_do.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/say.h"
#include "formats/agreement.h"

#define JSON_MAX ((size_t)1024 * 1024)
#define HOUR ((moment)3600)

void
to_do_step(struct incident *in, const char *line, ...)
{
	va_list ap;

	if (in->step_count == TO_DO_MAX)
		return;
	va_start(ap, line);
	(void)vsnprintf(in->steps[in->step_count++], TO_DO_ROOM, line, ap);
	va_end(ap);
}

static moment
report_by(const struct incident *in)
{
	return in->now + in->agreement->breach_report_hours * HOUR;
}

/* As the clock on the wall here has it. */
static void
local_time(const struct incident *in, moment at, char out[static 32])
{
	char text[MOMENT_TEXT];

	day_write_moment(at + (moment)in->home.self->utc_offset_minutes * 60,
	    text);
	(void)snprintf(out, 32, "%.10s at %.5s", text, text + 11);
}

static void
tell_whom(const struct incident *in)
{
	char by[32];

	local_time(in, report_by(in), by);
	say_line(in->say, "Tell these by %s (local time), by phone:", by);
	for (size_t i = 0; i < in->agreement->party_count; i++) {
		const struct party *p = &in->agreement->parties[i];

		for (size_t k = 0; k < p->focal_point_count; k++)
			say_line(in->say, "  %s: %s", p->id,
			    p->focal_points[k].role != NULL ?
				p->focal_points[k].role :
				"focal point");
		if (p->focal_point_count == 0)
			say_line(in->say, "  %s", p->id);
	}
}

static void
write_steps(const struct incident *in, struct jsonout *o)
{
	jsonout_list(o, "steps");
	for (size_t i = 0; i < in->step_count; i++)
		jsonout_text(o, NULL, in->steps[i]);
	jsonout_list_end(o);
	jsonout_list(o, "tell");
	for (size_t i = 0; i < in->agreement->party_count; i++) {
		const struct party *p = &in->agreement->parties[i];

		for (size_t k = 0; k < p->focal_point_count; k++) {
			jsonout_object(o, NULL);
			jsonout_text(o, "party", p->id);
			jsonout_text_or_null(o, "role",
			    p->focal_points[k].role);
			jsonout_object_end(o);
		}
	}
	jsonout_list_end(o);
}

/* What the working group puts into the agreement. */
static void
write_revoked(const struct incident *in, struct jsonout *o, const char *name)
{
	char on[DAY_TEXT];

	day_write(day_of(in->now), on);
	jsonout_object(o, name);
	jsonout_integer(o, "after_sequence", in->after);
	jsonout_text(o, "on", on);
	jsonout_text(o, "reason", "reported stolen");
	jsonout_object_end(o);
}

static void
write_incident(const struct incident *in, struct jsonout *o)
{
	char by[MOMENT_TEXT];

	day_write_moment(report_by(in), by);
	jsonout_object(o, NULL);
	jsonout_text(o, "kind", in->kind);
	jsonout_text_or_null(o, "node",
	    in->node != NULL ? in->node->code : NULL);
	jsonout_text(o, "report_by", by);
	write_steps(in, o);
	if (in->revokes)
		write_revoked(in, o, "revoked");
	jsonout_object_end(o);
}

static void
write_revoked_alone(const struct incident *in, struct jsonout *o)
{
	write_revoked(in, o, NULL);
}

/* What `write` writes, as text in out. */
static int
as_json(const struct incident *in,
    void (*write)(const struct incident *in, struct jsonout *o),
    struct bytes *out, struct fault *why)
{
	struct sink *to = bytes_sink_new(out, why);
	struct jsonout o;
	int rc;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	write(in, &o);
	rc = jsonout_end(&o, why);
	sink_free(to);
	return rc;
}

int
to_do_tell(const struct incident *in, struct fault *why)
{
	struct bytes json;
	int rc = -1;

	bytes_init(&json, JSON_MAX);
	say_line(in->say, "What to do now:");
	for (size_t i = 0; i < in->step_count; i++)
		say_line(in->say, " %zu. %s", i + 1, in->steps[i]);
	if (in->revokes) {
		if (as_json(in, write_revoked_alone, &json, why) == -1)
			goto done;
		say_line(in->say,
		    "For the agreement, at node %s:", in->node->code);
		say_line(in->say, "\"revoked\": %s", (const char *)json.at);
		bytes_empty(&json);
	}
	tell_whom(in);
	if (as_json(in, write_incident, &json, why) == -1)
		goto done;
	say_json(in->say, "incident", &json);
	say_status(in->say, EXIT_LOOK);
	rc = 0;
done:
	bytes_free(&json);
	return rc;
}
