#include "systems/primero_match.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/primero_body.h"
#include "formats/referral.h"

#define NUMBER "unhcr_individual_no"
#define PATH_MAX_HERE 4096
#define PER 100
#define NAME_MAX_HERE 1024

static const char *
field(const struct referral *r, enum field f)
{
	const struct value *v = &r->value[f];

	return v->present && v->text != NULL && *v->text != '\0' ? v->text :
								   NULL;
}

static enum primero_same
same_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL || *a == '\0' || *b == '\0')
		return PRIMERO_SAME_UNKNOWN;
	return text_same_loosely(a, b) ? PRIMERO_SAME_YES : PRIMERO_SAME_NO;
}

/* "First Middle Last" of what there is; false if it does not fit. */
static bool
join(const char *const *parts, size_t count, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		int more;

		if (parts[i] == NULL)
			continue;
		more = snprintf(out + len, room - len, "%s%s",
		    len > 0 ? " " : "", parts[i]);
		if (more < 0 || (size_t)more >= room - len)
			return false;
		len += (size_t)more;
	}
	return true;
}

/*
 * A name that Primero hides is no name.  First and last name decide where both
 * sides have them; otherwise the name as a whole.
 */
static enum primero_same
same_name(const struct json_node *one_case, const struct referral *r)
{
	const char *const ours[] = { field(r, FIELD_NAME_FIRST),
		field(r, FIELD_NAME_MIDDLE), field(r, FIELD_NAME_LAST) };
	const char *whole = json_get_text(one_case, "name");
	enum primero_same first =
	    same_text(ours[0], json_get_text(one_case, "name_first"));
	enum primero_same last =
	    same_text(ours[2], json_get_text(one_case, "name_last"));
	char joined[NAME_MAX_HERE];

	if (first == PRIMERO_SAME_NO || last == PRIMERO_SAME_NO)
		return PRIMERO_SAME_NO;
	if (first == PRIMERO_SAME_YES && last == PRIMERO_SAME_YES)
		return PRIMERO_SAME_YES;
	if (whole == NULL || strchr(whole, '*') != NULL ||
	    !join(ours, 3, joined, sizeof(joined)))
		return PRIMERO_SAME_UNKNOWN;
	return same_text(joined, whole);
}

/* Primero may write a time behind the day. */
static enum primero_same
same_birth(const struct json_node *one_case, const struct referral *r)
{
	const struct value *v = &r->value[FIELD_DATE_OF_BIRTH];
	const char *theirs = json_get_text(one_case, "date_of_birth");
	char on[DAY_TEXT];
	day born;

	if (!v->present || v->date == DAY_UNKNOWN || theirs == NULL ||
	    strlen(theirs) < DAY_TEXT - 1)
		return PRIMERO_SAME_UNKNOWN;
	memcpy(on, theirs, DAY_TEXT - 1);
	on[DAY_TEXT - 1] = '\0';
	if (!day_read(on, &born))
		return PRIMERO_SAME_UNKNOWN;
	return born == v->date ? PRIMERO_SAME_YES : PRIMERO_SAME_NO;
}

struct primero_likeness
primero_match_compare(const struct json_node *one_case,
    const struct referral *r, const char *sex)
{
	return (struct primero_likeness){
		.name = same_name(one_case, r),
		.birth = same_birth(one_case, r),
		.sex = same_text(sex, json_get_text(one_case, "sex")),
	};
}

/* One search for the number. */
struct search {
	struct primero_api *api;
	const struct referral *referral;
	const char *number; /* of the child, or of a case that is there */
	const char *sex;
	struct primero_match *out;
};

static bool
is_in(const struct primero_match *m, const char *id)
{
	size_t shown =
	    m->count < PRIMERO_MATCH_SHOWN ? m->count : PRIMERO_MATCH_SHOWN;

	for (size_t i = 0; i < shown; i++)
		if (strcmp(m->record_id[i], id) == 0)
			return true;
	return false;
}

static void
add_match(const struct search *s, const char *id,
    const struct json_node *one_case)
{
	struct primero_match *m = s->out;

	if (is_in(m, id))
		return;
	if (m->count < PRIMERO_MATCH_SHOWN) {
		memcpy(m->record_id[m->count], id, strlen(id) + 1);
		m->like[m->count] =
		    primero_match_compare(one_case, s->referral, s->sex);
	}
	m->count++;
}

/* GET a list; the caller frees *out. */
static int
search_for(const struct search *s, const char *before, const char *after,
    struct json **out, const struct json_node **list, struct fault *why)
{
	struct http_answer a;
	struct bytes path;
	int rc = -1;

	*out = NULL;
	http_answer_init(&a);
	bytes_init(&path, PATH_MAX_HERE);
	if (bytes_add_text(&path, before, why) == -1 ||
	    http_add_escaped(&path, s->number, why) == -1 ||
	    bytes_add_text(&path, after, why) == -1 ||
	    primero_api_get(s->api, (char *)path.at, "cases", &a, why) == -1 ||
	    primero_api_json(&a, out, why) == -1)
		goto done;
	*list = json_get(json_root(*out), "data");
	if (*list == NULL || json_kind(*list) != JSON_LIST)
		(void)FAIL(why, FAULT_SERVER_ANSWER, "GET cases: no list");
	else
		rc = 0;

done:
	if (rc == -1) {
		json_free(*out);
		*out = NULL;
	}
	bytes_free(&path);
	http_answer_free(&a);
	return rc;
}

/* A filter on a field that the role may not read is ignored: all cases come. */
static int
take_exact(const struct search *s, const struct json_node *list,
    struct fault *why)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *id = json_get_text(n, "id");
		const char *number = json_get_text(n, NUMBER);

		if (id == NULL || !primero_api_is_id(id) || number == NULL ||
		    !text_same_loosely(number, s->number))
			return FAIL(why, FAULT_SERVER_ANSWER,
			    "GET cases: it does not look for " NUMBER);
		add_match(s, id, n);
	}
	return 0;
}

/* A candidate says only little about itself: the case is asked for. */
static int
take_candidate(const struct search *s, const char *id, struct fault *why)
{
	struct json *j = NULL;
	const struct json_node *one;
	const char *number;
	int got = primero_api_get_case(s->api, id, &j, why);

	if (got == -1 && why->id != FAULT_SERVER_FORBIDDEN)
		return -1;
	if (got == 1) {
		one = json_get(json_root(j), "data");
		number = json_get_text(one, NUMBER);
		if (number == NULL)
			s->out->unreadable++;
		else if (text_same_loosely(number, s->number))
			add_match(s, id, one);
	} else if (got == -1)
		s->out->unreadable++;
	json_free(j);
	return 0;
}

/* Of any identifier that has the number somewhere within. */
static int
take_candidates(const struct search *s, const struct json_node *list,
    struct fault *why)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *id = json_get_text(n, "id");

		if (id == NULL || !primero_api_is_id(id))
			s->out->unreadable++;
		else if (!is_in(s->out, id) && take_candidate(s, id, why) == -1)
			return -1;
	}
	return 0;
}

/* Commas and dots have a meaning of their own in a filter. */
static bool
is_plain(const char *number)
{
	return strchr(number, ',') == NULL && strstr(number, "..") == NULL;
}

static int
search_both(const struct search *s, struct fault *why)
{
	const struct json_node *list;
	struct json *j;
	int rc;

	if (search_for(s, "/api/v2/cases?per=100&" NUMBER "=", "", &j, &list,
		why) == -1)
		return -1;
	rc = take_exact(s, list, why);
	json_free(j);
	if (rc == -1 ||
	    search_for(s, "/api/v2/cases?per=100&id_search=true&query=", "", &j,
		&list, why) == -1)
		return -1;
	if (json_count(list) >= PER)
		s->out->unreadable++;
	rc = take_candidates(s, list, why);
	json_free(j);
	return rc;
}

/* --- does the search find what is there? --- */

static bool
has_case(const struct json_node *list, const char *id)
{
	for (const struct json_node *n = json_first(list); n != NULL;
	     n = json_next(n)) {
		const char *one = json_get_text(n, "id");

		if (one != NULL && strcmp(one, id) == 0)
			return true;
	}
	return false;
}

/* Ask for this case as the child was asked for, or else for its change. */
static int
find_again(const struct search *s, const struct json_node *one,
    struct fault *why)
{
	const char *id = json_get_text(one, "id");
	const char *number = json_get_text(one, NUMBER);
	const char *stamp = json_get_text(one, "last_updated_at");
	bool by_number = number != NULL && *number != '\0' && is_plain(number);
	const struct search other = { .api = s->api,
		.number = by_number ? number : stamp };
	const struct json_node *list;
	struct json *j;
	bool found;

	if (id == NULL || other.number == NULL)
		return FAIL(why, FAULT_SERVER_SEARCH,
		    "a case there says nothing that it could be found by");
	if (search_for(&other,
		by_number ? "/api/v2/cases?per=100&" NUMBER "=" :
			    "/api/v2/cases?per=100&last_updated_at=",
		by_number ? "" : "..", &j, &list, why) == -1)
		return -1;
	found = has_case(list, id) || json_count(list) >= PER;
	json_free(j);
	return found ? 0 :
		       FAIL(why, FAULT_SERVER_SEARCH,
			   "GET cases: it does not find a case that is there");
}

/* By the case that changed last, which this user may read. */
static int
prove(const struct search *s, struct fault *why)
{
	const struct search any = { .api = s->api, .number = "1" };
	const struct json_node *list;
	struct json *j;
	int rc = 0;

	if (search_for(&any,
		"/api/v2/cases?order_by=last_updated_at&order=desc&per=", "",
		&j, &list, why) == -1)
		return -1;
	s->out->none_there = json_count(list) == 0;
	if (!s->out->none_there)
		rc = find_again(s, json_first(list), why);
	json_free(j);
	return rc;
}

int
primero_match_find(struct primero_api *p, const struct referral *r,
    const char *sex, struct primero_match *out, struct fault *why)
{
	const struct search s = { .api = p,
		.referral = r,
		.number = primero_body_number(r),
		.sex = sex,
		.out = out };

	*out = (struct primero_match){ .count = 0 };
	if (s.number == NULL)
		return FAIL(why, FAULT_TARGET, "it has no individual number");
	if (!is_plain(s.number)) {
		out->unreadable = 1;
		return 0;
	}
	if (search_both(&s, why) == -1)
		return -1;
	if (out->count > 0 || out->unreadable > 0)
		return 0;
	if (prove(&s, why) == -1)
		return -1;
	return out->none_there ? 0 : search_both(&s, why);
}
