/*
 * Made-up Primero cases, or their consent register, in any number: record i is
 * always the same.
 *
 *	cases COUNT >cases.json		as Primero's JSON export, a list a 500
 *	cases COUNT register >consents.ndjson
 *
 * Every case has one referral that the examples' agreement lets through, with
 * free text of as many different words as notes have, so that it compresses no
 * better than real ones.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 500 /* Primero closes its list after so many cases */

static const char *const words[] = { "visit", "school", "family", "water",
	"market", "brother", "sister", "uncle", "block", "clinic", "teacher",
	"road", "night", "morning", "shelter", "food", "blanket", "ration",
	"card", "transfer", "agency", "meeting", "agreed", "asked", "waiting",
	"urgent", "calm", "sleeping", "fever", "letter", "photo", "number",
	"lost", "found", "missing", "grandmother", "neighbour", "field",
	"trader", "border", "returned", "travel", "bus", "document", "birth",
	"court", "record", "consent", "verbal", "written", "translator",
	"group", "session", "friend", "playing", "football", "church", "mosque",
	"twins", "hospital", "referral", "walking", "hours", "rain", "tent",
	"lamp", "firewood", "village", "chief", "elder", "committee",
	"volunteer", "register", "pending", "approved", "closed", "plan",
	"goal", "progress", "improved", "stable", "quiet", "appetite", "weight",
	"books", "exam", "grade", "absent", "training", "livestock", "garden",
	"seeds", "harvest", "shop", "kiosk", "cooking", "cleaning", "repair" };
#define WORDS (sizeof(words) / sizeof(words[0]))

static uint64_t state;

/* splitmix64: the same on every machine. */
static uint64_t
next(void)
{
	uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static unsigned
below(unsigned n)
{
	return (unsigned)((next() >> 32) * n >> 32);
}

static void
uuid(char out[static 37])
{
	uint64_t a = next(), b = next();

	(void)snprintf(out, 37, "%08x-%04x-4%03x-%c%03x-%012" PRIx64,
	    (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
	    (unsigned)(a & 0xfff), "89ab"[b >> 62], (unsigned)(b >> 48 & 0xfff),
	    b & UINT64_C(0xffffffffffff));
}

static void
notes(unsigned least)
{
	unsigned n = least + below(least);

	for (unsigned i = 0; i < n; i++)
		printf("%s%s", i == 0 ? "" : " ", words[below(WORDS)]);
}

/* The ids come first, so that the register finds them without the rest. */
struct ids {
	char record[37];
	char case_id[37];
	char service[37];
	char consent[37];
};

static void
begin(uint64_t i, struct ids *ids)
{
	state = (i + 7) * UINT64_C(0xD1B54A32D192ED03);
	uuid(ids->record);
	uuid(ids->case_id);
	uuid(ids->service);
	uuid(ids->consent);
}

static void
one_case(uint64_t i, const struct ids *ids)
{
	printf("{\"id\":\"%s\",\"data\":{\"enabled\":true,\"status\":\"open\","
	       "\"module_id\":\"primeromodule-cp\",\"case_id\":\"%s\","
	       "\"short_id\":\"%s\",\"owned_by\":\"primero_cp\","
	       "\"owned_by_agency_id\":\"UNICEF\",",
	    ids->record, ids->case_id, ids->case_id + 29);
	printf("\"workflow\":\"service_provision\",\"name\":\"%s Example\","
	       "\"name_first\":\"%s\",\"name_last\":\"Example\","
	       "\"sex\":\"%s\",\"date_of_birth\":\"%u-%02u-%02u\","
	       "\"language\":[\"language2\"],",
	    words[below(WORDS)], words[below(WORDS)],
	    below(2) == 0 ? "female" : "male", 2013 + below(6), 1 + below(12),
	    1 + below(28));
	printf("\"unhcr_individual_no\":\"900-%08" PRIu64 "\","
	       "\"unhcr_id_no\":\"900-26-%07" PRIu64 "\","
	       "\"address_current\":\"Zone %c, block %u, shelter %u\","
	       "\"telephone_current\":\"+2519%08u\",",
	    i, i / 3, 'A' + (int)below(6), below(60), below(400),
	    below(100000000));
	printf(
	    "\"protection_status\":\"separated\","
	    "\"protection_concerns\":[\"separated\",\"neglect\"],"
	    "\"consent_for_services\":true,\"disclosure_other_orgs\":true,"
	    "\"unhcr_export_opt_in\":true,\"legitimate_basis\":[\"consent\"],"
	    "\"interview_subject\":\"caregiver\","
	    "\"information_shared_services\":[\"alternative_care\"],");
	printf("\"notes_section\":[{\"note_date\":\"2026-08-%02u\","
	       "\"note_text\":\"",
	    1 + below(28));
	notes(30);
	printf("\"}],\"services_section\":[{\"unique_id\":\"%s\","
	       "\"service_response_type\":\"service_provision\","
	       "\"service_type\":\"alternative_care\","
	       "\"service_implementing_agency\":\"UNHCR\","
	       "\"service_response_day_time\":\"2026-08-%02uT07:15:00.000Z\","
	       "\"service_status_referred\":true,"
	       "\"service_implemented\":\"not_implemented\","
	       "\"service_referral_notes\":\"",
	    ids->service, 1 + below(28));
	notes(20);
	printf("\"}]},\"srch_name\":\"x\",\"phonetic_data\":null}");
}

static void
one_record(const struct ids *ids)
{
	printf("{\"satchel\":\"consent/1\",\"record_id\":\"%s\","
	       "\"subject_ref\":\"%s\",\"status\":\"given\",\"kind\":\"both\","
	       "\"basis\":\"consent\",\"given_by\":[{\"role\":\"child\"},"
	       "{\"role\":\"caregiver\",\"relation\":\"aunt\"}],",
	    ids->consent, ids->case_id);
	printf("\"taken_by\":{\"agency\":\"UNICEF\",\"role\":\"case worker\"},"
	       "\"method\":\"written\",\"language\":\"nuer\","
	       "\"notice_version\":\"2026-1\","
	       "\"purpose\":\"refugee_cp_case_management\","
	       "\"recipients\":[\"UNHCR\"],\"services\":[\"alternative_care\"],"
	       "\"info_categories\":[\"identity\",\"contact\",\"family\","
	       "\"needs\",\"health\"],\"withheld\":{\"any\":false},"
	       "\"given_on\":\"2026-08-%02u\"}\n",
	    1 + below(28));
}

int
main(int argc, char *argv[])
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	int is_register = argc > 2 && strcmp(argv[2], "register") == 0;
	struct ids ids;

	if (count == 0) {
		(void)fputs("usage: cases COUNT [register]\n", stderr);
		return 2;
	}
	for (uint64_t i = 0; i < count; i++) {
		begin(i, &ids);
		if (is_register) {
			one_record(&ids);
			continue;
		}
		(void)fputs(i % BATCH == 0 ? "[" : ",", stdout);
		one_case(i, &ids);
		if (i + 1 == count || (i + 1) % BATCH == 0)
			(void)fputs("]\n", stdout);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
