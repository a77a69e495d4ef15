#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

/* All of them are made up. */
static const char *const firsts[] = { "Nyakim", "Gatluak", "Ojulu", "Tesfa",
	"Nyamal", "Deng", "Achol", "Bol" };
static const char *const lasts[] = { "Example", "Sample", "Madeup",
	"Practice" };

#define TO_BOTH 120  /* of a thousand whom a site refers */
#define BY_DRAFT 400 /* of a thousand who take consent back */
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static enum child_kind
draw_kind(struct world *w)
{
	uint64_t n = draw_below(&w->draw, 100);

	if (n < 6)
		return CHILD_NO_RECORD;
	if (n < 11)
		return CHILD_LACKS;
	return n < 15 ? CHILD_NEVER : CHILD_GOOD;
}

static void
refer_to_other(struct world *w, const struct child *c)
{
	struct child *other;

	if (w->child_count == WORLD_CHILDREN)
		return;
	other = &w->child[w->child_count];
	*other = *c;
	other->number = w->child_count++;
	other->to = 1 - c->to;
	w->office[other->origin].sources_changed[other->to] = true;
}

struct child *
world_child(struct world *w)
{
	struct child *c;
	int sites = w->nodes - WORLD_HUBS;
	int site = WORLD_HUBS + (int)draw_below(&w->draw, (uint64_t)sites);

	if (w->child_count == WORLD_CHILDREN)
		return NULL;
	c = &w->child[w->child_count];
	c->number = w->child_count++;
	c->person = c->number;
	c->kind = draw_kind(w);
	c->from_hub = draw_chance(&w->draw, 300);
	c->origin = c->from_hub ? w->office[site].hub_index : site;
	c->to = c->from_hub ? site : w->office[site].hub_index;
	draw_uuid(&w->draw, c->case_id);
	draw_uuid(&w->draw, c->service_id);
	(void)snprintf(c->individual, sizeof(c->individual), "900-%08d",
	    c->number + 1000);
	if (c->from_hub)
		(void)snprintf(c->ref, sizeof(c->ref),
		    "progres:900-27-PRTITV-%07d", c->number);
	else
		(void)snprintf(c->ref, sizeof(c->ref), "primero:%s#%s",
		    c->case_id, c->service_id);
	/* From seven to twelve years old, and a child all the year. */
	c->born_on = world_day(w) - 7 * 366 -
	    (day)draw_below(&w->draw, (uint64_t)5 * 365);
	c->given_on = world_day(w);
	w->office[c->origin].sources_changed[c->to] = true;
	w->counts.children++;
	/* The first one links the two hubs in any year, however short. */
	if (!c->from_hub && c->kind == CHILD_GOOD &&
	    (!w->linked || draw_chance(&w->draw, TO_BOTH))) {
		w->linked = true;
		refer_to_other(w, c);
	}
	return c;
}

void
world_why(long number, char out[static WHY_ROOM])
{
	(void)snprintf(out, WHY_ROOM, "made up: because of %ld", number);
}

bool
world_same(const struct child *a, const struct child *b)
{
	return strcmp(a->ref, b->ref) == 0;
}

struct child *
world_by_ref(struct world *w, int office, const char *ref)
{
	for (int i = 0; ref != NULL && i < w->child_count; i++) {
		struct child *c = &w->child[i];

		/* A version that is kept beside the first has a longer one. */
		if ((c->to == office || c->origin == office) &&
		    strncmp(c->ref, ref, strlen(c->ref)) == 0)
			return c;
	}
	return NULL;
}

struct child *
world_whose(struct world *w, int at, const char *text, bool answer)
{
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if ((answer ? c->origin : c->to) != at)
			continue;
		if (strstr(text, c->individual) != NULL ||
		    strstr(text, c->service_id) != NULL ||
		    (!c->from_hub && strstr(text, c->case_id) != NULL))
			return c;
	}
	return NULL;
}

void
world_say_no(struct world *w, const struct child *who)
{
	bool by_draft = draw_chance(&w->draw, BY_DRAFT);

	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (!world_same(c, who))
			continue;
		c->no = true;
		c->no_on = world_day(w);
		c->by_draft = by_draft;
		w->office[c->origin].sources_changed[c->to] = true;
	}
}

/* Only a day later than all that was said of the no: before, it counts more. */
static bool
may_say_yes(const struct world *w, const struct child *who)
{
	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];

		if (world_same(c, who) &&
		    (!c->no || c->again != 0 || c->recall_op == 0 ||
			!c->recall_dated || world_day(w) <= c->recall_day + 1))
			return false;
	}
	return true;
}

bool
world_say_yes(struct world *w, const struct child *who)
{
	if (!may_say_yes(w, who))
		return false;
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (!world_same(c, who))
			continue;
		c->no = false;
		c->given_on = world_day(w);
		c->again = ++c->revision;
		c->old_recall_op = c->recall_op;
		c->old_recall_known_op = c->recall_known_op;
		c->old_loads = c->loads;
		c->recall_op = 0;
		c->recall_arrived = false;
		c->recall_known_op = 0;
		c->loads = 0;
		w->office[c->origin].sources_changed[c->to] = true;
	}
	return true;
}

/* --- as the systems write them --- */

static void
write_case(FILE *f, const struct child *c)
{
	const char *yes = c->no || c->kind == CHILD_NEVER ? "false" : "true";
	char born[DAY_TEXT], given[DAY_TEXT];
	const char *first = firsts[(size_t)c->person % COUNT(firsts)];
	const char *last = lasts[(size_t)c->person % COUNT(lasts)];

	day_write(c->born_on, born);
	day_write(c->given_on, given);
	(void)fprintf(f,
	    "{\"id\":\"%s\",\"data\":{\"enabled\":true,\"status\":\"open\","
	    "\"module_id\":\"primeromodule-cp\",\"case_id\":\"%s\","
	    "\"short_id\":\"%s\",\"owned_by\":\"primero_cp\","
	    "\"owned_by_agency_id\":\"UNICEF\",\"name\":\"%s %s%d\","
	    "\"name_first\":\"%s\",\"name_last\":\"%s%d\",\"sex\":\"%s\","
	    "\"date_of_birth\":\"%s\",\"estimated\":false,"
	    "\"unhcr_individual_no\":\"%s\","
	    "\"protection_concerns\":[\"separated\"],"
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":%s,\"legitimate_basis\":[\"consent\"],"
	    "\"interview_subject\":\"caregiver\","
	    "\"information_shared_services\":[\"alternative_care\"],"
	    "\"referral_caregiver_informed\":\"true\","
	    "\"services_section\":[{\"unique_id\":\"%s\","
	    "\"service_response_type\":\"service_provision\","
	    "\"service_type\":\"alternative_care\","
	    "\"service_referral\":\"external_referral\","
	    "\"service_implementing_agency\":\"UNHCR\","
	    "\"service_referral_notes\":\"Made-up request, version %d.\","
	    "\"service_response_day_time\":\"%sT07:15:00.000Z\","
	    "\"service_status_referred\":true,"
	    "\"service_implemented\":\"not_implemented\"}]}}",
	    c->case_id, c->case_id, c->case_id + 29, first, last, c->person,
	    first, last, c->person, c->person % 2 ? "male" : "female", born,
	    c->kind == CHILD_LACKS ? "" : c->individual, yes, c->service_id,
	    c->revision, given);
}

static void
write_intervention(FILE *f, const struct child *c)
{
	char born[DAY_TEXT], given[DAY_TEXT];

	day_write(c->born_on, born);
	day_write(c->given_on, given);
	(void)fprintf(f,
	    "{\"progres_interventionnumber\":\"%s\","
	    "\"progres_lpinterventionid\":\"%s\","
	    "\"progres_individual.individuals.progres_id\":\"%s\","
	    "\"progres_individual.individuals.progres_givenname\":\"%s\","
	    "\"progres_individual.individuals.progres_familyname\":"
	    "\"%s%d\",\"progres_individual.individuals.progres_sex\":%s,"
	    "\"progres_individual.individuals.progres_dateofbirth\":\"%s\","
	    "\"progres_interventiontype2.interventiontype.progres_description"
	    "\":\"Alternative Care\",\"progres_interventiondescription\":"
	    "\"<p>Made-up request, version %d.</p>\","
	    "\"progres_interventionstartdate\":\"%s\","
	    "\"progres_businessunit\":"
	    "\"5a000004-001d-4000-8000-0000e000001d\"}",
	    strchr(c->ref, ':') + 1, c->service_id, c->individual,
	    firsts[(size_t)c->person % COUNT(firsts)],
	    lasts[(size_t)c->person % COUNT(lasts)], c->number,
	    c->kind == CHILD_LACKS ? "null" :
		c->number % 2	   ? "125080001" :
				     "125080000",
	    born, c->revision, given);
}

static void
write_consent(FILE *f, const struct child *c)
{
	bool no = c->no || c->kind == CHILD_NEVER;
	char given[DAY_TEXT], taken[DAY_TEXT];

	if (c->kind == CHILD_NO_RECORD)
		return;
	day_write(c->given_on, given);
	day_write(c->no ? c->no_on : c->given_on, taken);
	(void)fprintf(f,
	    "{\"satchel\":\"consent/1\",\"record_id\":\"%s\","
	    "\"subject_ref\":\"%s\",\"status\":\"%s\",\"kind\":\"both\","
	    "\"basis\":\"consent\",\"given_by\":[{\"role\":\"child\","
	    "\"on\":\"%s\"},{\"role\":\"caregiver\",\"relation\":\"aunt\","
	    "\"on\":\"%s\"}],\"taken_by\":{\"agency\":\"%s\","
	    "\"role\":\"case worker\"},\"method\":\"thumbprint\","
	    "\"language\":\"nuer\",\"notice_version\":\"2026-1\","
	    "\"purpose\":\"refugee_cp_case_management\","
	    "\"recipients\":[\"%s\"],\"services\":[\"alternative_care\"],"
	    "\"info_categories\":[\"identity\",\"contact\",\"family\","
	    "\"needs\",\"health\"],\"withheld\":{\"any\":false},"
	    "\"given_on\":\"%s\",\"withdrawal_method\":"
	    "\"tell any case worker\",\"events\":[{\"type\":\"given\","
	    "\"on\":\"%s\",\"by_role\":\"child\"}",
	    c->service_id, c->from_hub ? c->individual : c->case_id,
	    no ? "withdrawn" : "given", given, given,
	    c->from_hub ? "UNHCR" : "UNICEF", c->from_hub ? "UNICEF" : "UNHCR",
	    given, given);
	if (no)
		(void)fprintf(f,
		    ",{\"type\":\"withdrawn\",\"on\":\"%s\","
		    "\"by_role\":\"child\"}",
		    taken);
	(void)fputs("]}\n", f);
}

int
world_sources(struct world *w, int from, int to)
{
	const char *codes[] = { w->office[from].code, w->office[to].code };
	FILE *f, *consents;
	bool any = false, hub = w->office[from].hub;

	if (!w->office[from].sources_changed[to])
		return 0;
	f = fopen(world_path(w, "source/%s-%s.json", codes[0], codes[1]), "w");
	consents =
	    fopen(world_path(w, "source/%s-%s.ndjson", codes[0], codes[1]),
		"w");
	if (f == NULL || consents == NULL)
		return -1;
	(void)fputs(hub ? "{\"Data\":[" : "[", f);
	for (int i = 0; i < w->child_count; i++) {
		const struct child *c = &w->child[i];

		if (c->origin != from || c->to != to)
			continue;
		if (any)
			(void)fputs(",\n", f);
		any = true;
		if (hub)
			write_intervention(f, c);
		else
			write_case(f, c);
		write_consent(consents, c);
	}
	(void)fputs(hub ? "],\"ErrorMessage\":null,\"PagingSummary\":{"
			  "\"PagingCookie\":null,\"PageNumber\":0,"
			  "\"IsMoreRecordsAvailable\":false}}\n" :
			  "]\n",
	    f);
	w->office[from].sources_changed[to] = false;
	return fclose(f) == 0 && fclose(consents) == 0 ? 0 : -1;
}
