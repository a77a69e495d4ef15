/*
 * a_primero: the Primero stand-in and a referral of proGres to load into it.
 *
 * In a header, as each suite is a program of its own.
 */
#ifndef SATCHEL_TESTS_A_PRIMERO_H
#define SATCHEL_TESTS_A_PRIMERO_H

#include "tests/unit/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/login.h"
#include "crypto/random.h"
#include "formats/json.h"
#include "formats/target.h"
#include "systems/primero_api.h"
#include "tests/unit/sites.h"
#include "tests/unit/standin.h"

#define A_REF "progres:NAI-20-PRTITV-0000006"
#define A_NUMBER "803-100000519"
#define A_CASE "c48bd8ca-b290-4bca-9be9-4fb0f9e7b59a"
/* The child of the referral, as a case that somebody else made. */
#define A_CHILD                                                                \
	"\"id\":\"" A_CASE "\",\"name_first\":\"Achol\",\"name_last\":"        \
	"\"Example\",\"name\":\"Achol Example\",\"sex\":\"female\","           \
	"\"date_of_birth\":\"2015-05-04\",\"unhcr_individual_no\":\"" A_NUMBER \
	"\",\"owned_by\":\"worker\",\"status\":\"identified\","                \
	"\"consent_for_services\":true,\"disclosure_other_orgs\":true,"        \
	"\"protection_concerns\":[\"neglect\"]"

static struct standin *a_primero_server;
static struct login *a_primero_login;

/* One referral and all it points to. */
struct a_primero {
	struct agreement agreement;
	struct flow flows[1];
	struct referral referral;
	struct target_referral target;
};

static inline int
a_primero_start(void)
{
	struct fault why;

	if (random_start() == -1 ||
	    (a_primero_server = standin_start("primero.py", NULL)) == NULL ||
	    (a_primero_login = login_new(&why)) == NULL ||
	    login_set(a_primero_login, LOGIN_USER, "satchel", &why) == -1 ||
	    login_set(a_primero_login, LOGIN_PASSWORD, "made-up", &why) == -1)
		return -1;
	return 0;
}

static inline void
a_primero_stop(void)
{
	standin_stop(a_primero_server);
	login_free(a_primero_login);
}

static inline struct primero_api *
a_primero_reach(void)
{
	struct fault why = { .id = FAULT_NONE };
	char url[64];
	const struct http_server server = { .url = url,
		.login = a_primero_login,
		.stall_seconds = 2,
		.patience_seconds = 3 };
	struct primero_api *p;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d",
	    standin_port(a_primero_server));
	if ((p = primero_api_new(&server, &why)) == NULL)
		fail_msg("%s", why.detail);
	return p;
}

/* As at the start, with this in it; seed and order may be NULL. */
static inline void
a_primero_again(const char *seed, const char *order)
{
	standin_post(a_primero_server, "/standin/reset", "{}");
	if (seed != NULL)
		standin_post(a_primero_server, "/standin/seed", seed);
	if (order != NULL)
		standin_post(a_primero_server, "/standin/fault", order);
}

static inline void
a_primero_set(struct a_primero *s, enum field f, const char *text)
{
	s->referral.value[f].present = text != NULL;
	s->referral.value[f].text = text;
	if (text != NULL && fields_all[f].kind == FIELD_DATE)
		assert_true(day_read(text, &s->referral.value[f].date));
}

static inline void
a_primero_make(struct a_primero *s)
{
	memset(s, 0, sizeof(*s));
	s->flows[0] = (struct flow){ .from = &sites_parties[SITES_UNHCR],
		.to = &sites_parties[SITES_UNICEF] };
	s->agreement = sites_agreement;
	s->agreement.flows = s->flows;
	s->agreement.flow_count = 1;
	s->agreement.has_primero = true;
	s->agreement.primero =
	    (struct primero_ids){ "primeromodule-cp", "intake" };
	referral_clear(&s->referral);
	s->referral.ref = A_REF;
	s->referral.from_agency = "UNHCR";
	s->referral.to_agency = "UNICEF";
	s->referral.origin = (struct origin){ .system = ORIGIN_PROGRES,
		.intervention_number = "NAI-20-PRTITV-0000006",
		.intervention_id = "f1c2",
		.business_unit = "bu-7" };
	assert_true(day_read("2026-02-08", &s->referral.made_on));
	a_primero_set(s, FIELD_NAME_FIRST, "Achol");
	a_primero_set(s, FIELD_NAME_LAST, "Example");
	a_primero_set(s, FIELD_SEX, "female");
	a_primero_set(s, FIELD_DATE_OF_BIRTH, "2015-05-04");
	a_primero_set(s, FIELD_UNHCR_INDIVIDUAL_NO, A_NUMBER);
	a_primero_set(s, FIELD_SERVICE_TYPE, "alternative_care");
	a_primero_set(s, FIELD_SERVICE_NOTES, "Sleeps outside.");
	s->target = (struct target_referral){ .agreement = &s->agreement,
		.self = &sites_site,
		.referral = &s->referral };
}

/* What the stand-in holds; json_free. */
static inline struct json *
a_primero_state(void)
{
	static const struct json_limits limits = {
		.bytes = (size_t)64 * 1024 * 1024,
		.string = (size_t)1024 * 1024,
		.members = 100000,
		.depth = 64,
	};
	struct fault why = { .id = FAULT_NONE };
	char *text = standin_get(a_primero_server, "/standin/state");
	struct json *j;

	if (json_read(text, strlen(text), &limits, &j, &why) == -1)
		fail_msg("%s", why.detail);
	free(text);
	return j;
}

/*
 * What stands in a text: pieces one a line; after "!" one that must not.
 */
static inline void
a_primero_says(const char *text, const char *pieces)
{
	char piece[256];

	while (pieces != NULL && *pieces != '\0') {
		size_t len = strcspn(pieces, "\n");
		bool never = *pieces == '!';

		(void)snprintf(piece, sizeof(piece), "%.*s", (int)(len - never),
		    pieces + never);
		if ((strstr(text, piece) != NULL) == never)
			fail_msg("%s %s in: %s", piece,
			    never ? "stands" : "is not", text);
		pieces += len + (pieces[len] == '\n');
	}
}

#endif
