#include "systems/primero_request.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/target.h"
#include "systems/primero_compare.h"
#include "systems/primero_page.h"

#define BODY_MAX ((size_t)8 * 1024 * 1024)

/* Reads what was written into text and finds its data. */
static int
read_request(const struct bytes *text, struct json **out,
    const struct json_node **data, struct fault *why)
{
	if (json_read(text->at, text->len, &primero_page_limits, out, why) ==
	    -1)
		return -1;
	*data = json_get(json_get(json_root(*out), "body"), "data");
	if (*data != NULL)
		return 0;
	json_free(*out);
	*out = NULL;
	return FAIL(why, FAULT_INSIDE, "a body for Primero without data");
}

/* Writes what it is given, of either kind. */
typedef int (*write_body)(const void *what, struct sink *to, struct fault *why);

static int
write_referral(const void *what, struct sink *to, struct fault *why)
{
	return primero_body_write_referral(what, to, why);
}

static int
write_answer(const void *what, struct sink *to, struct fault *why)
{
	return primero_body_write_answer(what, to, why);
}

static int
make(write_body body, const void *what, struct json **out,
    const struct json_node **data, struct fault *why)
{
	struct bytes text;
	struct sink *to;
	int rc = -1;

	*out = NULL;
	bytes_init(&text, BODY_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		goto done;
	rc = body(what, to, why);
	if (rc == 0)
		rc = sink_finish(to, why);
	sink_free(to);
	if (rc == 0)
		rc = read_request(&text, out, data, why);

done:
	bytes_free(&text);
	return rc;
}

int
primero_request_make(const struct target_referral *t, struct json **out,
    const struct json_node **data, struct fault *why)
{
	return make(write_referral, t, out, data, why);
}

int
primero_request_make_answer(const struct target_answer *t, struct json **out,
    const struct json_node **data, struct fault *why)
{
	return make(write_answer, t, out, data, why);
}

/* One member, whatever it is. */
static int
write_raw(struct jsonout *o, const struct json_node *n, struct fault *why)
{
	struct bytes text;
	int rc;

	bytes_init(&text, BODY_MAX);
	rc = json_canonical(n, NULL, &text, why);
	if (rc == 0)
		jsonout_raw(o, json_name(n), (const char *)text.at, text.len);
	bytes_free(&text);
	return rc;
}

int
primero_request_write(const struct json_node *data, struct bytes *out,
    struct fault *why)
{
	struct jsonout o;
	struct sink *to = bytes_sink_new(out, why);
	int rc = -1;

	if (to == NULL)
		return -1;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_object(&o, "data");
	for (const struct json_node *n = json_first(data); n != NULL;
	     n = json_next(n))
		if (write_raw(&o, n, why) == -1)
			goto done;
	jsonout_object_end(&o);
	jsonout_object_end(&o);
	rc = jsonout_end(&o, why);
	if (rc == 0)
		rc = sink_finish(to, why);

done:
	sink_free(to);
	return rc;
}
