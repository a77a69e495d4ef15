/*
 * sites: a made-up agreement for the tests of formats, as a C value.
 *
 * UNICEF's site sends to UNHCR's hub and to IRC; DRC has a flow to UNHCR too,
 * but only the shared site, ET-SHARED, acts for it.  UNHCR's hub sends to
 * UNICEF and to DRC.
 */
#ifndef SATCHEL_TESTS_SITES_H
#define SATCHEL_TESTS_SITES_H

#include "formats/agreement.h"

#define SITES_TEXTS(...)                                           \
	{                                                          \
		.items = (const char *[]){ __VA_ARGS__ },          \
		.count = sizeof((const char *[]){ __VA_ARGS__ }) / \
		    sizeof(const char *),                          \
		.present = true                                    \
	}

enum { SITES_UNICEF, SITES_UNHCR, SITES_DRC, SITES_IRC, SITES_PARTIES };

static struct party sites_parties[SITES_PARTIES] = {
	[SITES_UNICEF] = { .id = "UNICEF", .system = SYSTEM_PRIMERO },
	[SITES_UNHCR] = { .id = "UNHCR", .system = SYSTEM_PROGRES },
	[SITES_DRC] = { .id = "DRC", .system = SYSTEM_PRIMERO },
	[SITES_IRC] = { .id = "IRC", .system = SYSTEM_PRIMERO },
};

static struct user sites_users[] = {
	{ .user = "gmb_worker",
	    .full_name = "Almaz Example",
	    .position = "case worker",
	    .email = "almaz@example.invalid",
	    .phone = "+251900000001",
	    .may = MAY_EXPORT },
	{ .user = "gmb_admin",
	    .full_name = "Admin Example",
	    .position = "administrator",
	    .email = "admin@example.invalid",
	    .phone = "+251900000002",
	    .may = MAY_EXPORT | MAY_DECIDE },
};

static const struct node sites_site = { .code = "ET-GMB-03",
	.party = &sites_parties[SITES_UNICEF],
	.utc_offset_minutes = 180,
	.polarity = POLARITY_POSITIVE,
	.users = sites_users,
	.user_count = 2 };

/* An office of an agency that UNHCR does not refer to. */
static const struct node sites_aside = { .code = "ET-IRC-01",
	.party = &sites_parties[SITES_IRC] };

static const struct node sites_hub = { .code = "ET-HUB-01",
	.party = &sites_parties[SITES_UNHCR],
	.role = NODE_HUB,
	.system = SYSTEM_PROGRES,
	.utc_offset_minutes = 180 };

static const struct node sites_shared = { .code = "ET-SHARED",
	.party = &sites_parties[SITES_UNICEF],
	.acts_for = SITES_TEXTS("DRC"),
	.polarity = POLARITY_POSITIVE };

static const struct node sites_negative = { .code = "BD-CXB-01",
	.party = &sites_parties[SITES_UNICEF],
	.polarity = POLARITY_NEGATIVE };

static struct flow sites_flows[] = {
	{ .from = &sites_parties[SITES_UNICEF],
	    .to = &sites_parties[SITES_UNHCR],
	    .purposes = SITES_TEXTS("refugee_cp_case_management") },
	{ .from = &sites_parties[SITES_DRC],
	    .to = &sites_parties[SITES_UNHCR],
	    .purposes = SITES_TEXTS("one", "two") },
	{ .from = &sites_parties[SITES_UNICEF],
	    .to = &sites_parties[SITES_IRC] },
	{ .from = &sites_parties[SITES_UNHCR],
	    .to = &sites_parties[SITES_UNICEF],
	    .services = SITES_TEXTS("alternative_care", "family_tracing"),
	    .purposes = SITES_TEXTS("refugee_cp_case_management") },
	{ .from = &sites_parties[SITES_UNHCR],
	    .to = &sites_parties[SITES_DRC],
	    .services = SITES_TEXTS("legal_support", "family_tracing"),
	    .purposes = SITES_TEXTS("one", "two") },
};

static struct map_entry sites_services[] = {
	{ "alternative_care", SITES_TEXTS("alternative_care"),
	    SITES_TEXTS("Alternative Care", "BIA"), "svc-care" },
	{ "legal_support", SITES_TEXTS("legal_support"),
	    SITES_TEXTS("Legal Assistance", "Twice Served"), "svc-legal" },
	{ "family_tracing", SITES_TEXTS("family_tracing"),
	    SITES_TEXTS("Family Tracing", "Twice Served"), NULL },
};

static struct map_entry sites_concerns[] = {
	{ "separated", SITES_TEXTS("separated"),
	    SITES_TEXTS("Alone/Separated child"), "need-sep" },
	{ "neglect", SITES_TEXTS("neglect"), SITES_TEXTS("Child at risk"),
	    "need-risk" },
	{ "child_labour", SITES_TEXTS("child_labour"),
	    SITES_TEXTS("Child at risk/Child labour"), "need-risk" },
	{ "orphan", SITES_TEXTS("orphan"), { NULL, 0, false }, NULL },
	{ "twice_a", SITES_TEXTS("twice"),
	    SITES_TEXTS("Child at risk/Twice listed"), "need-a" },
	{ "twice_b", SITES_TEXTS("twice"),
	    SITES_TEXTS("Child at risk/Twice listed"), "need-b" },
};

static struct map_entry sites_languages[] = {
	{ "anyuak", SITES_TEXTS("language1"), SITES_TEXTS("Anyuak"), "Anyuak" },
	{ "nuer", SITES_TEXTS("language2", "language3"),
	    SITES_TEXTS("Nuer", "Nuer, Eastern"), "Nuer" },
	{ "other", SITES_TEXTS("language6"), { NULL, 0, false }, "Other" },
	{ "bari", SITES_TEXTS("language4"), { NULL, 0, false }, NULL },
};

static struct map_entry sites_agencies[] = {
	{ "UNICEF", SITES_TEXTS("UNICEF"), { NULL, 0, false }, "org-1" },
	{ "UNHCR", SITES_TEXTS("UNHCR"), { NULL, 0, false }, "org-2" },
	{ "DRC", SITES_TEXTS("DRC", "Danish Council"), { NULL, 0, false },
	    NULL },
	{ "IRC", SITES_TEXTS("IRC"), { NULL, 0, false }, NULL },
};

static struct map_entry sites_sex[] = {
	{ "female", SITES_TEXTS("female"), SITES_TEXTS("125080000", "Female"),
	    "125080000" },
	{ "male", SITES_TEXTS("male"), SITES_TEXTS("125080001", "Male"),
	    "125080001" },
	{ "other", SITES_TEXTS("other"), SITES_TEXTS("125080002"),
	    "125080002" },
	{ "unknown", SITES_TEXTS("unknown_4b34795"), { NULL, 0, false }, NULL },
};

#define SITES_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct agreement sites_agreement = {
	.id = "ET-TEST",
	.version = 1,
	.parties = sites_parties,
	.party_count = SITES_PARTIES,
	.flows = sites_flows,
	.flow_count = SITES_COUNT(sites_flows),
	.primero_fields = { .given_on = "consent_date",
	    .given_by = "interview_subject",
	    .method = "consent_method" },
	.maps = {
	    [MAP_SERVICES] = { sites_services, SITES_COUNT(sites_services) },
	    [MAP_CONCERNS] = { sites_concerns, SITES_COUNT(sites_concerns) },
	    [MAP_LANGUAGES] = { sites_languages,
		SITES_COUNT(sites_languages) },
	    [MAP_AGENCIES] = { sites_agencies, SITES_COUNT(sites_agencies) },
	    [MAP_SEX] = { sites_sex, SITES_COUNT(sites_sex) },
	},
	.has_ping = true,
	.ping = { .interop = "INT-0000",
	    .referral_in = "SHP-0001",
	    .business_unit = "bu-guid",
	    .organization_from = "org-guid" },
};

#endif
