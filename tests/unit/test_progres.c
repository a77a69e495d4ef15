/*
 * A row writes members into one or two rows of an intervention, in one of the
 * three shapes, and says what is to be read, one "name=value" a line.
 */
#include "formats/progres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/fault.h"
#include "base/source.h"
#include "formats/json.h"
#include "formats/jsonitems.h"
#include "tests/unit/rows.h"
#include "tests/unit/sites.h"

#define ARENA ((size_t)64 * 1024 * 1024)
#define TEXT 8192
#define SAMPLE_ROWS 8
#define NUMBER "803-26-PRTITV-1000642"
#define ID "68b20e2a-4879-ee11-8179-000d3a43f6eb"
#define UNIT "577ccdf6-86de-e811-80d8-001dd8b71fe3"
#define INT "progres_lpintervention.int."
#define INDIV "progres_individual.indiv."
#define PERSON "progres_individual.individuals."

enum { DETAILS, LIST, DTP, SHAPES };
enum { SITE, SHARED, ASIDE };

static const struct node *const receivers[] = {
	[SITE] = &sites_site,
	[SHARED] = &sites_shared,
	[ASIDE] = &sites_aside,
};

static const char *const usual[SHAPES][24] = {
	[DETAILS] = {
	    "\"progres_interventionnumber\":\"" NUMBER "\"",
	    "\"progres_lpinterventionid\":\"" ID "\"",
	    "\"progres_businessunit\":\"" UNIT "\"",
	    "\"" PERSON "progres_id\":\"803-100016547\"",
	    "\"progres_individual.progres_registrationgroupidname\":"
	    "\"803-26-1009229\"",
	    "\"" PERSON "progres_givenname\":\"Achol\"",
	    "\"" PERSON "progres_familyname\":\"Example\"",
	    "\"" PERSON "progres_dateofbirth\":\"2015-05-04T00:00:00\"",
	    "\"" PERSON "progres_sex\":125080000",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"Alternative Care\"",
	    "\"progres_interventionstartdate\":\"2026-02-10\"",
	    "\"progres_primerotransferstatusdate\":\"2026-02-09\"",
	    "\"progres_language.progres_languagecodeidname\":\"Anyuak\"",
	    NULL,
	},
	[LIST] = {
	    "\"" INT "progres_interventionnumber\":\"" NUMBER "\"",
	    "\"progres_interventionname\":\"" NUMBER "\"",
	    "\"progres_intervention\":\"" ID "\"",
	    "\"progres_businessunit\":\"" UNIT "\"",
	    "\"progres_businessunitname\":\"Kenya - Dadaab\"",
	    "\"" INDIV "progres_id\":\"803-100016547\"",
	    "\"progres_lpintervention.progres_individualname\":"
	    "\"803-100016547\"",
	    "\"progres_individual.progres_registrationgroupidname\":"
	    "\"803-26-1009229\"",
	    "\"" INDIV "progres_registrationgroupid\":"
	    "\"951513c4-7772-ee11-8179-000d3a43f82f\"",
	    "\"" INDIV "progres_givenname\":\"Achol\"",
	    "\"" INDIV "progres_sex\":125080000",
	    "\"progres_individual.progres_sexname\":\"Female\"",
	    "\"" INT "progres_interventionstartdate\":\"2026-02-10\"",
	    "\"progres_statusdate\":\"2026-02-09\"",
	    NULL,
	},
	[DTP] = {
	    "\"progres_interventionnumber\":\"" NUMBER "\"",
	    "\"progres_lpinterventionid\":\"" ID "\"",
	    "\"progres_businessunit\":\"" UNIT "\"",
	    "\"individuals.progres_id\":\"803-100016547\"",
	    "\"individuals.progres_registrationgroupid\":{\"Id\":"
	    "\"951513c4-7772-ee11-8179-000d3a43f82f\",\"KeyAttributes\":[],"
	    "\"Name\":\"803-26-1009229\",\"RowVersion\":null}",
	    "\"individuals.progres_givenname\":\"Achol\"",
	    "\"individuals.progres_familyname\":\"Example\"",
	    "\"individuals.progres_dateofbirth\":\"2015-05-04T00:00:00Z\"",
	    "\"individuals.progres_sex\":\"125080000\"",
	    "\"interventiontype.progres_description\":\"Alternative Care\"",
	    "\"progres_interventionstartdate\":\"2026-02-10T00:00:00Z\"",
	    "\"languages.progres_languagecodeid\":{\"Name\":\"Anyuak\"}",
	    NULL,
	},
};

static const struct row {
	const char *name;
	const char *first;  /* members added, or in place of usual ones */
	const char *second; /* of another row; NULL: there is none */
	const char *want;
	int shape; /* DETAILS if not said */
	int receiver;
} rows[] = {
	/* The three shapes. */
	{ "PING's full details are a whole referral", "", NULL,
	    "ref=progres:" NUMBER "\nnumber=" NUMBER "\nid=" ID "\nunit=" UNIT
	    "\nfrom=UNHCR\nto=UNICEF\npurpose=refugee_cp_case_management\n"
	    "priority=normal\nname_first=Achol\nname_last=Example\n"
	    "sex=female\ndate_of_birth=2015-05-04\n"
	    "unhcr_individual_no=803-100016547\nunhcr_id_no=803-26-1009229\n"
	    "service.type=alternative_care\nservice.start_on=2026-02-10\n"
	    "service.requested_on=2026-02-09\nmade_on=2026-02-09\n"
	    "language=anyuak\nsender.agency=UNHCR\nsender.user=\n"
	    "sender.full_name=\nservice.notes=\nunmapped=\nunreadable=\n"
	    "differs=\nmasked=no\ndraft=no\nmodule=\nlive=unknown",
	    DETAILS, 0 },
	{ "PING's list lacks family name, birth date and service", "", NULL,
	    "ref=progres:" NUMBER "\nid=" ID "\nunit=" UNIT
	    "\nname_first=Achol\nname_last=\ndate_of_birth=\nsex=female\n"
	    "unhcr_individual_no=803-100016547\nunhcr_id_no=803-26-1009229\n"
	    "service.type=\nmade_on=2026-02-09\nunmapped=\nunreadable=\n"
	    "differs=",
	    LIST, 0 },
	{ "DTP's objects are read by their names", "", NULL,
	    "ref=progres:" NUMBER "\nid=" ID "\nunit=" UNIT
	    "\nname_last=Example\ndate_of_birth=2015-05-04\nsex=female\n"
	    "unhcr_id_no=803-26-1009229\nlanguage=anyuak\n"
	    "service.type=alternative_care\nmade_on=2026-02-10\n"
	    "service.requested_on=\nservice.start_on=2026-02-10\n"
	    "unmapped=\nunreadable=\ndiffers=",
	    DTP, 0 },

	/* One intervention, several rows. */
	{ "the same in every row is said once", "", "",
	    "name_first=Achol\nlanguage=anyuak\ndiffers=\nunreadable=", 0, 0 },
	{ "languages of all rows are united", "",
	    "\"progres_language.progres_languagecodeidname\":\"Nuer\"",
	    "language=anyuak,nuer\ndiffers=\nunmapped=", 0, 0 },
	{ "two names of one language are one",
	    "\"progres_language.progres_languagecodeidname\":\"Nuer\"",
	    "\"progres_language.progres_languagecodeidname\":\"Nuer, Eastern\"",
	    "language=nuer\ndiffers=\nunmapped=", 0, 0 },
	{ "needs of all rows are united",
	    "\"progres_specificneed.progres_spncategory2name\":\"Alone\","
	    "\"progres_specificneed.progres_spnsubcategory2name\":"
	    "\"Separated child\"",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\"",
	    "protection_concerns=separated,neglect\nspecific_needs=\n"
	    "differs=\nunmapped=",
	    0, 0 },
	{ "silent failure 8: rows with two given names have none", "",
	    "\"" PERSON "progres_givenname\":\"Nyawal\"",
	    "name_first=\nname_last=Example\ndiffers=name_first", 0, 0 },
	{ "silent failure 8: rows with two birth dates have none", "",
	    "\"" PERSON "progres_dateofbirth\":\"2014-05-04T00:00:00\"",
	    "date_of_birth=\ndiffers=date_of_birth", 0, 0 },
	{ "silent failure 8: rows of two people name nobody", "",
	    "\"" PERSON "progres_id\":\"803-100016548\"",
	    "unhcr_individual_no=\ndiffers=unhcr_individual_no", 0, 0 },
	{ "rows of two services ask for none", "",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"Legal Assistance\"",
	    "service.type=\ndiffers=service.type\nto=UNICEF", 0, 0 },
	{ "a row that lacks a value does not contradict it",
	    "\"" PERSON "progres_middlename\":null",
	    "\"" PERSON "progres_middlename\":\"Abuk\"",
	    "name_middle=Abuk\ndiffers=", 0, 0 },
	{ "a number and its digits are the same code", "",
	    "\"" PERSON "progres_sex\":\"125080000\"",
	    "sex=female\ndiffers=", 0, 0 },
	{ "two status dates are none", "",
	    "\"progres_primerotransferstatusdate\":\"2026-02-11\"",
	    "made_on=\nservice.requested_on=\ndiffers=service.requested_on\n"
	    "unreadable=",
	    0, 0 },
	{ "two priorities are none",
	    "\"childprotection.progres_priority\":\"Emergency\"",
	    "\"childprotection.progres_priority\":\"High\"",
	    "priority=normal\ndiffers=service.notes", 0, 0 },
	{ "two ids of one number are two interventions", "",
	    "\"progres_lpinterventionid\":"
	    "\"00000000-4879-ee11-8179-000d3a43f6eb\"",
	    "fault=record 7: one number names two interventions", 0, 0 },
	{ "two business units leave no way back", "",
	    "\"progres_businessunit\":\"other\"",
	    "fault=record 7: one intervention has two business units", 0, 0 },

	/* The same said twice in one row. */
	{ "two names for one person that differ name nobody",
	    "\"progres_lpintervention.progres_individualname\":\"803-1\"", NULL,
	    "unhcr_individual_no=\ndiffers=unhcr_individual_no", LIST, 0 },
	{ "two numbers of one intervention that differ are no number",
	    "\"progres_interventionname\":\"803-26-PRTITV-1000643\"", NULL,
	    "fault=record 7 has two different intervention numbers", LIST, 0 },
	{ "one of two keys is enough",
	    "\"progres_interventionname\":null,"
	    "\"progres_lpintervention.progres_individualname\":\" \"",
	    NULL,
	    "number=" NUMBER "\nunhcr_individual_no=803-100016547\n"
	    "differs=\nunreadable=",
	    LIST, 0 },
	{ "a sex whose label means another is none",
	    "\"progres_individual.progres_sexname\":\"Male\"", NULL,
	    "sex=\ndiffers=sex", LIST, 0 },
	{ "a label that the agreement does not know takes nothing away",
	    "\"progres_individual.progres_sexname\":\"Woman\"", NULL,
	    "sex=female\ndiffers=\nunmapped=", LIST, 0 },
	{ "a label alone is read by the agreement",
	    "\"" INDIV "progres_sex\":null", NULL,
	    "sex=female\nunmapped=", LIST, 0 },

	/* Codes. */
	{ "silent failure 12: a sex outside the map is not unknown",
	    "\"" PERSON "progres_sex\":125080003", NULL, "sex=\nunmapped=sex",
	    0, 0 },
	{ "silent failure 5: a service outside the map is left out and noted",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"alternative care\"",
	    NULL, "service.type=\nunmapped=service.type\nto=UNICEF", 0, 0 },
	{ "a service with two entries in the map is left out and noted",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"Twice Served\"",
	    NULL, "service.type=\nunmapped=service.type", 0, 0 },
	{ "silent failure 7: an unknown language does not become other", "",
	    "\"progres_language.progres_languagecodeidname\":\"Elvish\"",
	    "language=anyuak\nunmapped=language", 0, 0 },
	{ "silent failure 13: an unknown need is noted beside the known",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\"",
	    "\"progres_specificneed.progres_spncategory2name\":\"Dragons\"",
	    "protection_concerns=neglect\nunmapped=protection_concerns", 0, 0 },
	{ "a need with a detail of its own is that concern",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\","
	    "\"progres_specificneed.progres_spnsubcategory2name\":"
	    "\"Child labour\"",
	    NULL, "protection_concerns=child_labour\nunmapped=", 0, 0 },
	{ "a detail without an entry falls back to the need alone",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\","
	    "\"progres_specificneed.progres_spnsubcategory2name\":\"Neglect\"",
	    NULL, "protection_concerns=neglect\nunmapped=", 0, 0 },
	{ "a need with a detail of two entries has none",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\","
	    "\"progres_specificneed.progres_spnsubcategory2name\":"
	    "\"Twice listed\"",
	    NULL, "protection_concerns=\nunmapped=protection_concerns", 0, 0 },
	{ "a need whose detail cannot be read is not the need as a whole",
	    "\"progres_specificneed.progres_spncategory2name\":"
	    "\"Child at risk\","
	    "\"progres_specificneed.progres_spnsubcategory2name\":[1]",
	    NULL, "protection_concerns=\nunreadable=protection_concerns", 0,
	    0 },
	{ "a detail without its need is noted",
	    "\"progres_specificneed.progres_spnsubcategory2name\":"
	    "\"Child labour\"",
	    NULL, "protection_concerns=\nunmapped=protection_concerns", 0, 0 },
	{ "needs of DTP are read by their names",
	    "\"specificneeds.progres_spncategory2\":{\"Id\":\"a\",\"Name\":"
	    "\"Alone\"},\"specificneeds.progres_spnsubcategory2\":{\"Name\":"
	    "\"Separated child\"}",
	    NULL, "protection_concerns=separated\nunmapped=", DTP, 0 },

	/* Birth dates (the hazard of D.3). */
	{ "midnight in UTC is the date as written",
	    "\"" PERSON "progres_dateofbirth\":\"2015-05-04T00:00:00Z\"", NULL,
	    "date_of_birth=2015-05-04\nunclear=no", 0, 0 },
	{ "midnight of the site, in UTC, is the site's date",
	    "\"" PERSON "progres_dateofbirth\":\"2015-05-03T21:00:00Z\"", NULL,
	    "date_of_birth=2015-05-04\nunclear=no", 0, 0 },
	{ "another time of day leaves two days possible",
	    "\"" PERSON "progres_dateofbirth\":\"2015-05-03T17:00:00Z\"", NULL,
	    "date_of_birth=\nunclear=yes", 0, 0 },
	{ "what is no date is not read",
	    "\"" PERSON "progres_dateofbirth\":\"2015-02-30\"", NULL,
	    "date_of_birth=\nunreadable=date_of_birth", 0, 0 },

	/* When it was referred. */
	{ "the list's status date comes first",
	    "\"progres_statusdate\":\"2026-02-08\"", NULL,
	    "made_on=2026-02-08\nservice.requested_on=2026-02-08", 0, 0 },
	{ "without a status date the start is the day, and not the request's",
	    "\"progres_primerotransferstatusdate\":null", NULL,
	    "made_on=2026-02-10\nservice.requested_on=\nunreadable=", 0, 0 },
	{ "a status date that is none is noted, not replaced",
	    "\"progres_primerotransferstatusdate\":\"yesterday\"", NULL,
	    "made_on=\nservice.requested_on=\n"
	    "unreadable=service.requested_on",
	    0, 0 },
	{ "without any day none is invented",
	    "\"progres_primerotransferstatusdate\":null,"
	    "\"progres_interventionstartdate\":null",
	    NULL, "made_on=\nunreadable=service.requested_on", 0, 0 },

	/* How urgent it is. */
	{ "the label emergency is one",
	    "\"childprotection.progres_priority\":\"Emergency\"", NULL,
	    "priority=emergency\nservice.notes=", DTP, 0 },
	{ "the label high is urgent",
	    "\"childprotection.progres_priority\":\"High\"", NULL,
	    "priority=urgent\nservice.notes=", DTP, 0 },
	{ "the label medium is normal",
	    "\"childprotection.progres_priority\":\"Medium\"", NULL,
	    "priority=normal\nservice.notes=", DTP, 0 },
	{ "a code has no known label and is written below the notes",
	    "\"childprotection.progres_priority\":\"125080000\","
	    "\"progres_interventiondescription\":\"<p>Alone.</p>\"",
	    NULL,
	    "priority=normal\n"
	    "service.notes=Alone.\n\nPriority in proGres: 125080000",
	    DTP, 0 },
	{ "a priority that cannot be read is noted",
	    "\"childprotection.progres_priority\":true", NULL,
	    "priority=normal\nservice.notes=\nunreadable=service.notes", DTP,
	    0 },

	/* Notes. */
	{ "HTML becomes text, and the reason follows the description",
	    "\"progres_interventiondescription\":\"<p>Lives &amp; works "
	    "alone.</p>\\r\\n\",\"progres_reasonforreferral\":"
	    "\"<div>No<b>body</b> cares.</div>\"",
	    NULL,
	    "service.notes=Lives & works alone.\n\nNobody cares.\naltered=no",
	    0, 0 },
	{ "the same text in two places stands once",
	    "\"progres_interventiondescription\":\"<p>Alone.</p>\","
	    "\"progres_reasonforreferral\":\"Alone.\"",
	    NULL, "service.notes=Alone.", 0, 0 },
	{ "a list in a string gives its texts without who wrote them",
	    "\"progres_reasonforreferral\":\"[{\\\"CreatedBy\\\":\\\"Staff "
	    "Name\\\",\\\"Text\\\":\\\"<p>One</p>\\\",\\\"CreatedOn\\\":"
	    "\\\"x\\\"},{\\\"Text\\\":\\\"Two\\\"},{\\\"Text\\\":null},"
	    "{\\\"CreatedBy\\\":\\\"Nobody\\\"}]\","
	    "\"progres_comments_nonrestrictedstore\":\" [ {\\\"Text\\\":"
	    "\\\"One\\\"}, {\\\"Text\\\":\\\"Three\\\"} ] \"",
	    NULL, "service.notes=One\n\nTwo\n\nThree\nunreadable=", DTP, 0 },
	{ "an empty list in a string is nothing",
	    "\"progres_reasonforreferral\":\"[]\"", NULL,
	    "service.notes=\nunreadable=", DTP, 0 },
	{ "a list cut short is never passed on",
	    "\"progres_reasonforreferral\":\"[{\\\"CreatedBy\\\":\\\"Staff "
	    "Name\\\",\\\"Te\"",
	    NULL, "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "a list inside HTML is never passed on",
	    "\"progres_reasonforreferral\":\"<p>[{&quot;Createdby&quot;:"
	    "&quot;Staff Name&quot;}]</p>\"",
	    NULL, "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "a list inside a list's text is never passed on",
	    "\"progres_reasonforreferral\":\"[{\\\"Text\\\":\\\"[{"
	    "\\\\\\\"Author\\\\\\\":\\\\\\\"Staff Name\\\\\\\"}]\\\"}]\"",
	    NULL, "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "one entry without its list is never passed on",
	    "\"progres_reasonforreferral\":\"{\\\"Text\\\":\\\"a\\\"}\"", NULL,
	    "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "a list of other things is never passed on",
	    "\"progres_reasonforreferral\":\"[{\\\"Text\\\":\\\"a\\\"},"
	    "\\\"CreatedBy\\\"]\"",
	    NULL, "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "a list whose text is a number is never passed on",
	    "\"progres_reasonforreferral\":\"[{\\\"Text\\\":5}]\"", NULL,
	    "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "notes of which a part cannot be read are not given in part",
	    "\"progres_interventiondescription\":\"Alone.\","
	    "\"progres_reasonforreferral\":[]",
	    NULL, "service.notes=\nunreadable=service.notes", DTP, 0 },
	{ "words in brackets are a text like any other",
	    "\"progres_reasonforreferral\":\"[urgent] a < b\"", NULL,
	    "service.notes=[urgent] a < b\nunreadable=", DTP, 0 },
	{ "two descriptions are none",
	    "\"progres_interventiondescription\":\"One.\"",
	    "\"progres_interventiondescription\":\"Two.\"",
	    "service.notes=\ndiffers=service.notes", 0, 0 },
	{ "a control character is taken out of notes, and that is noted",
	    "\"progres_interventiondescription\":\"Al\\u0007one.\"", NULL,
	    "service.notes=Alone.\naltered=yes", 0, 0 },

	/* Where the child lives, and numbers. */
	{ "an address is the places, the largest first",
	    "\"individuals.progres_coalocationlevel2\":{\"Name\":\"Katerini\"},"
	    "\"individuals.progres_coalocationlevel1\":{\"Name\":\"North\"},"
	    "\"individuals.progres_coalocationlevel4\":null,"
	    "\"individuals.progres_coalocationlevel6\":\"tent 5\"",
	    NULL, "address_current=North, Katerini, tent 5", DTP, 0 },
	{ "an address of which a part cannot be read is none",
	    "\"individuals.progres_coalocationlevel1\":{\"Name\":\"North\"},"
	    "\"individuals.progres_coalocationlevel2\":{\"Id\":\"x\"}",
	    NULL, "address_current=\nunreadable=address_current", DTP, 0 },
	{ "an address of which a part differs is none",
	    "\"individuals.progres_coalocationlevel1\":{\"Name\":\"North\"}",
	    "\"individuals.progres_coalocationlevel1\":{\"Name\":\"South\"}",
	    "address_current=\ndiffers=address_current", DTP, 0 },
	{ "an id in the place of a name says nothing",
	    "\"individuals.progres_registrationgroupid\":"
	    "\"951513c4-7772-ee11-8179-000d3a43f82f\"",
	    NULL, "unhcr_id_no=\nunreadable=unhcr_id_no", DTP, 0 },
	{ "silent failure 15: the family's number stays the family's",
	    "\"" PERSON "progres_id\":null", NULL,
	    "unhcr_individual_no=\nunhcr_id_no=803-26-1009229", 0, 0 },
	{ "a case that Primero knows is named as such",
	    "\"progres_primeroid\":\"234bbac3-7278\"", NULL,
	    "other_id_type=primero_case_id\nother_id_no=234bbac3-7278", 0, 0 },
	{ "without a case in Primero there is no other number", "", NULL,
	    "other_id_type=\nother_id_no=", 0, 0 },
	{ "a telephone number that is a number keeps its digits",
	    "\"" PERSON "progres_primaryphonenumber\":446598451512", NULL,
	    "telephone_current=446598451512", 0, 0 },

	/* Who sends it, and to whom. */
	{ "the requesting officer is what proGres says of them",
	    "\"systemuser.title\":\"Protection Associate\","
	    "\"systemuser.su.mobilephone\":\"+2519\","
	    "\"systemuser.su.internalemailaddress\":\"a@example.invalid\"",
	    NULL,
	    "sender.position=Protection Associate\nsender.phone=+2519\n"
	    "sender.email=a@example.invalid\nsender.full_name=\n"
	    "sender.user=\nsender.agency=UNHCR",
	    0, 0 },
	{ "the officer's partner number is put nowhere",
	    "\"user.title\":\"Mr\",\"user.progres_partner\":{\"Name\":"
	    "\"DAD-17-PNR-00011\"}",
	    NULL, "sender.position=Mr\nsender.agency=UNHCR", DTP, 0 },
	{ "of two agencies the one with this service is asked", "", NULL,
	    "to=UNICEF\npurpose=refugee_cp_case_management\nunmapped=", 0,
	    SHARED },
	{ "of two agencies the other one with that service is asked",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"Legal Assistance\"",
	    NULL, "to=DRC\npurpose=\nunmapped=", 0, SHARED },
	{ "of two agencies with the same service neither is guessed",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":\"Family Tracing\"",
	    NULL, "to=\npurpose=\nunmapped=sender.agency", 0, SHARED },
	{ "of two agencies neither is guessed without a service",
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":null",
	    NULL, "to=\nunmapped=sender.agency", 0, SHARED },
	{ "an agency nobody may refer to is named, for the rules to refuse", "",
	    NULL, "to=IRC\npurpose=\nunmapped=", 0, ASIDE },

	/* What is missing, hidden, or of another kind. */
	{ "an intervention with nothing but its number is one",
	    "#{\"progres_interventionnumber\":\"" NUMBER "\"}", NULL,
	    "ref=progres:" NUMBER "\nid=\nunit=\nname_first=\nlanguage=\n"
	    "service.type=\nmade_on=\nsender.agency=UNHCR\nunmapped=\n"
	    "unreadable=service.requested_on\ndiffers=",
	    0, 0 },
	{ "null, nothing and white space are absent, not unreadable",
	    "\"" PERSON "progres_givenname\":null,"
	    "\"" PERSON "progres_familyname\":\"\","
	    "\"" PERSON "progres_middlename\":\" \\n\"",
	    NULL, "name_first=\nname_last=\nname_middle=\nunreadable=", 0, 0 },
	{ "other kinds of value are unreadable, each by its field",
	    "\"" PERSON "progres_givenname\":true,"
	    "\"" PERSON "progres_familyname\":[\"Example\"],"
	    "\"" PERSON "progres_middlename\":1.5,"
	    "\"" PERSON "progres_commonyusedname\":{},"
	    "\"" PERSON "progres_sex\":{\"Name\":null},"
	    "\"" PERSON "progres_dateofbirth\":{\"Name\":5},"
	    "\"" PERSON "progres_id\":-4,"
	    "\"progres_individual.progres_registrationgroupidname\":"
	    "{\"Name\":[]},"
	    "\"" PERSON "progres_primaryphonenumber\":false,"
	    "\"progres_language.progres_languagecodeidname\":-1,"
	    "\"progres_specificneed.progres_spncategory2name\":[],"
	    "\"progres_interventiontype2.interventiontype."
	    "progres_description\":{\"Name\":{\"Name\":\"x\"}},"
	    "\"progres_interventiondescription\":-7,"
	    "\"progres_primerotransferstatusdate\":20260209,"
	    "\"progres_interventionstartdate\":false",
	    NULL,
	    "name_first=\nlanguage=\nmade_on=\nunreadable=name_first,"
	    "name_middle,name_last,name_nickname,sex,date_of_birth,"
	    "unhcr_individual_no,unhcr_id_no,language,telephone_current,"
	    "protection_concerns,service.type,service.notes,"
	    "service.requested_on,service.start_on\ndiffers=",
	    0, 0 },
	{ "a name of asterisks is masked",
	    "\"" PERSON "progres_familyname\":\"*****\"", NULL, "masked=yes", 0,
	    0 },
	{ "a name with an asterisk is not",
	    "\"" PERSON "progres_familyname\":\"Ex*\"", NULL, "masked=no", 0,
	    0 },
	{ "a control character is taken out of a name, and that is noted",
	    "\"" PERSON "progres_givenname\":\"Ac\\u0007hol\"", NULL,
	    "name_first=Achol\naltered=yes", 0, 0 },
	{ "ids with anything to take out name nothing",
	    "\"progres_lpinterventionid\":\"a\\u0007b\","
	    "\"progres_businessunit\":[\"x\"]",
	    NULL, "id=\nunit=\nnumber=" NUMBER, 0, 0 },
	{ "an id that is an object is read by its id",
	    "\"progres_businessunit\":{\"Id\":\"" UNIT "\",\"Name\":\"x\"}",
	    NULL, "unit=" UNIT, DTP, 0 },

	/* What is no intervention. */
	{ "a record without a number is told by its place",
	    "\"progres_interventionnumber\":null", NULL,
	    "fault=record 7 has no intervention number", 0, 0 },
	{ "a number with a comma would break Primero's list",
	    "\"progres_interventionnumber\":\"803,26\"", NULL,
	    "fault=record 7 has an intervention number that cannot be read", 0,
	    0 },
	{ "a number with what cannot be seen is none",
	    "\"progres_interventionnumber\":\"803\\u202e26\"", NULL,
	    "fault=record 7 has an intervention number that cannot be read", 0,
	    0 },
	{ "a number that is no text is none",
	    "\"progres_interventionnumber\":80326", NULL,
	    "fault=record 7 has an intervention number that cannot be read", 0,
	    0 },
	{ "a decision is for another command",
	    "\"progres_interoperabilityreferralid\":\"x\"", NULL,
	    "fault=record 7 is a decision: give it to satchel answer", 0, 0 },
	{ "a decision in any of its rows is one", "",
	    "\"progres_reviewdecision\":125080000",
	    "fault=record 7 is a decision: give it to satchel answer", 0, 0 },
	{ "a decision that Primero sent is one",
	    "#{\"case_id\":\"x\",\"primero_user\":\"u\","
	    "\"progres_interventionnumber\":\"" NUMBER "\","
	    "\"status\":\"rejected\"}",
	    NULL, "fault=record 7 is a decision: give it to satchel answer", 0,
	    0 },
	{ "what is no object has no number", "#[]", NULL,
	    "fault=record 7 has no intervention number", 0, 0 },
};

struct readout {
	struct arena *arena;
	struct json *json[2];
	struct source_row row;
	struct fault why;
	int rc;
};

static void
append(char *out, const char *text)
{
	size_t len = strlen(out);

	(void)snprintf(out + len, TEXT - len, "%s", text == NULL ? "" : text);
}

/* The members, and of the usual ones those that are not written anew. */
static void
write_record(int shape, const char *extra, char *out)
{
	char name[128];
	size_t len;

	out[0] = '\0';
	if (extra[0] == '#') {
		append(out, extra + 1);
		return;
	}
	append(out, "{");
	for (const char *const *at = usual[shape]; *at != NULL; at++) {
		len = (size_t)(strstr(*at, "\":") - *at) + 2;
		memcpy(name, *at, len);
		name[len] = '\0';
		if (strstr(extra, name) != NULL)
			continue;
		append(out, *at);
		append(out, ",");
	}
	append(out, extra);
	len = strlen(out);
	if (out[len - 1] == ',')
		out[len - 1] = '\0';
	append(out, "}");
}

static struct json *
read_json(const char *text)
{
	struct fault why;
	struct json *j;

	if (json_read(text, strlen(text), &json_foreign, &j, &why) == -1)
		fail_msg("%s: %s", text, why.detail);
	return j;
}

static void
read_rows(const struct row *row, struct readout *out)
{
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_hub,
		.receiver = receivers[row->receiver] };
	const struct json_node *roots[2];
	char text[TEXT];

	memset(out, 0, sizeof(*out));
	assert_non_null(out->arena = arena_new(ARENA, &out->why));
	write_record(row->shape, row->first, text);
	out->json[0] = read_json(text);
	roots[0] = json_root(out->json[0]);
	if (row->second != NULL) {
		write_record(row->shape, row->second, text);
		out->json[1] = read_json(text);
		roots[1] = json_root(out->json[1]);
	}
	out->rc = progres_read(&reader, roots, row->second == NULL ? 1 : 2, 7,
	    out->arena, &out->row, &out->why);
}

static void
free_readout(struct readout *r)
{
	json_free(r->json[0]);
	json_free(r->json[1]);
	arena_free(r->arena);
}

static void
show_field(const struct value *v, enum field f, char *out)
{
	if (!v->present)
		return;
	if (fields_all[f].kind != FIELD_CODES) {
		append(out, v->text);
		return;
	}
	for (size_t i = 0; i < v->count; i++) {
		append(out, i > 0 ? "," : "");
		append(out, v->items[i]);
	}
}

static void
show_fields(const bool set[static FIELD_COUNT], char *out)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		if (set[i]) {
			append(out, out[0] != '\0' ? "," : "");
			append(out, fields_all[i].name);
		}
}

static void
show_facts(const struct source_row *r, const char *name, char *out)
{
	const struct source_facts *f = &r->facts;

	if (strcmp(name, "unmapped") == 0)
		for (size_t i = 0; i < f->unmapped_count; i++) {
			append(out, i > 0 ? "," : "");
			append(out, fields_all[f->unmapped[i]].name);
		}
	else if (strcmp(name, "unreadable") == 0)
		show_fields(f->unreadable, out);
	else if (strcmp(name, "differs") == 0)
		show_fields(f->differs, out);
	else if (strcmp(name, "masked") == 0)
		append(out, f->name_masked == ANSWER_YES ? "yes" : "no");
	else if (strcmp(name, "unclear") == 0)
		append(out, f->birth_unclear ? "yes" : "no");
	else if (strcmp(name, "altered") == 0)
		append(out, f->text_altered ? "yes" : "no");
	else if (strcmp(name, "draft") == 0)
		append(out,
		    r->has_draft || r->referral.has_consent ? "yes" : "no");
	else if (strcmp(name, "module") == 0)
		append(out, f->module_id);
	else if (strcmp(name, "live") == 0)
		append(out,
		    f->enabled == ANSWER_UNKNOWN && f->open == ANSWER_UNKNOWN &&
			    f->in_progress == ANSWER_UNKNOWN &&
			    f->overridden == ANSWER_UNKNOWN ?
			"unknown" :
			"known");
	else
		fail_msg("nobody knows %s", name);
}

static void
show(const struct readout *out_of, const char *name, char *out)
{
	const struct referral *r = &out_of->row.referral;
	char made_on[DAY_TEXT];
	enum field f;

	out[0] = '\0';
	day_write(r->made_on, made_on);
	if (fields_find(name, &f))
		show_field(&r->value[f], f, out);
	else if (strcmp(name, "made_on") == 0)
		append(out, made_on);
	else if (strcmp(name, "ref") == 0)
		append(out, r->ref);
	else if (strcmp(name, "number") == 0)
		append(out, r->origin.intervention_number);
	else if (strcmp(name, "id") == 0)
		append(out, r->origin.intervention_id);
	else if (strcmp(name, "unit") == 0)
		append(out, r->origin.business_unit);
	else if (strcmp(name, "from") == 0)
		append(out, r->from_agency);
	else if (strcmp(name, "to") == 0)
		append(out, r->to_agency);
	else if (strcmp(name, "purpose") == 0)
		append(out, r->purpose);
	else if (strcmp(name, "priority") == 0)
		append(out, referral_priority_name(r->priority));
	else
		show_facts(&out_of->row, name, out);
}

/* Notes may hold a line end: only a line with "=" begins a new want. */
static const char *
next_want(const char *want, char *name, char *value)
{
	const char *equals = strchr(want, '='), *end = strchr(want, '\n');

	while (end != NULL &&
	    (strchr(end + 1, '=') == NULL ||
		memchr(end + 1, '\n',
		    (size_t)(strchr(end + 1, '=') - end - 1)) != NULL))
		end = strchr(end + 1, '\n');
	assert_non_null(equals);
	(void)snprintf(name, 64, "%.*s", (int)(equals - want), want);
	(void)snprintf(value, TEXT, "%.*s",
	    end == NULL ? (int)strlen(equals + 1) : (int)(end - equals - 1),
	    equals + 1);
	return end == NULL ? NULL : end + 1;
}

static void
row_holds(void **state)
{
	const struct row *row = *state;
	char name[64], value[TEXT], got[TEXT];
	struct readout r;

	read_rows(row, &r);
	for (const char *want = row->want; want != NULL;) {
		want = next_want(want, name, value);
		if (strcmp(name, "fault") == 0) {
			assert_int_equal(r.rc, -1);
			assert_int_equal(r.why.id, FAULT_SOURCE_FORM);
			assert_string_equal(r.why.detail, value);
			continue;
		}
		if (r.rc == -1)
			fail_msg("%s", r.why.detail);
		show(&r, name, got);
		if (strcmp(got, value) != 0)
			fail_msg("%s is \"%s\", not \"%s\"", name, got, value);
	}
	free_readout(&r);
}

/* Every key of the table is found, and means what it is to mean. */
static const struct key {
	const char *name;
	const char *value;
	const char *means;
	const char *want;
} keys[] = {
	{ "childprotection.progres_priority", "High", "priority", "urgent" },
	{ "individuals.progres_coalocationlevel1", "x", "address_current",
	    "x" },
	{ "individuals.progres_coalocationlevel2", "x", "address_current",
	    "x" },
	{ "individuals.progres_coalocationlevel3", "x", "address_current",
	    "x" },
	{ "individuals.progres_coalocationlevel4", "x", "address_current",
	    "x" },
	{ "individuals.progres_coalocationlevel5", "x", "address_current",
	    "x" },
	{ "individuals.progres_coalocationlevel6", "x", "address_current",
	    "x" },
	{ "individuals.progres_commonyusedname", "x", "name_nickname", "x" },
	{ "individuals.progres_dateofbirth", "2015-05-04", "date_of_birth",
	    "2015-05-04" },
	{ "individuals.progres_familyname", "x", "name_last", "x" },
	{ "individuals.progres_givenname", "x", "name_first", "x" },
	{ "individuals.progres_id", "x", "unhcr_individual_no", "x" },
	{ "individuals.progres_middlename", "x", "name_middle", "x" },
	{ "individuals.progres_primaryphonenumber", "x", "telephone_current",
	    "x" },
	{ "individuals.progres_registrationgroupid", "x", "unhcr_id_no", "x" },
	{ "individuals.progres_sex", "125080001", "sex", "male" },
	{ "interventiontype.progres_description", "BIA", "service.type",
	    "alternative_care" },
	{ "languages.progres_languagecodeid", "Nuer", "language", "nuer" },
	{ "progres_businessunit", "x", "unit", "x" },
	{ "progres_comments_nonrestrictedstore", "x", "service.notes", "x" },
	{ INDIV "progres_commonyusedname", "x", "name_nickname", "x" },
	{ INDIV "progres_dateofbirth", "2015-05-04", "date_of_birth",
	    "2015-05-04" },
	{ INDIV "progres_familyname", "x", "name_last", "x" },
	{ INDIV "progres_givenname", "x", "name_first", "x" },
	{ INDIV "progres_id", "x", "unhcr_individual_no", "x" },
	{ INDIV "progres_middlename", "x", "name_middle", "x" },
	{ INDIV "progres_primaryphonenumber", "x", "telephone_current", "x" },
	{ INDIV "progres_sex", "125080001", "sex", "male" },
	{ PERSON "progres_commonyusedname", "x", "name_nickname", "x" },
	{ PERSON "progres_dateofbirth", "2015-05-04", "date_of_birth",
	    "2015-05-04" },
	{ PERSON "progres_familyname", "x", "name_last", "x" },
	{ PERSON "progres_givenname", "x", "name_first", "x" },
	{ PERSON "progres_id", "x", "unhcr_individual_no", "x" },
	{ PERSON "progres_middlename", "x", "name_middle", "x" },
	{ PERSON "progres_primaryphonenumber", "x", "telephone_current", "x" },
	{ PERSON "progres_sex", "125080001", "sex", "male" },
	{ "progres_individual.progres_registrationgroupidname", "x",
	    "unhcr_id_no", "x" },
	{ "progres_individual.progres_sexname", "Male", "sex", "male" },
	{ "progres_intervention", "x", "id", "x" },
	{ "progres_interventiondescription", "x", "service.notes", "x" },
	{ "progres_interventionname", NUMBER, "number", NUMBER },
	{ "progres_interventionnumber", NUMBER, "number", NUMBER },
	{ "progres_interventionstartdate", "2026-02-10", "service.start_on",
	    "2026-02-10" },
	{ "progres_interventiontype2.interventiontype.progres_description",
	    "BIA", "service.type", "alternative_care" },
	{ "progres_language.progres_languagecodeidname", "Nuer", "language",
	    "nuer" },
	{ INT "progres_interventiondescription", "x", "service.notes", "x" },
	{ INT "progres_interventionnumber", NUMBER, "number", NUMBER },
	{ INT "progres_interventionstartdate", "2026-02-10", "service.start_on",
	    "2026-02-10" },
	{ "progres_lpintervention.progres_individualname", "x",
	    "unhcr_individual_no", "x" },
	{ "progres_lpinterventionid", "x", "id", "x" },
	{ "progres_primeroid", "x", "other_id_no", "x" },
	{ "progres_primerotransferstatusdate", "2026-02-10",
	    "service.requested_on", "2026-02-10" },
	{ "progres_reasonforreferral", "x", "service.notes", "x" },
	{ "progres_specificneed.progres_spncategory2name", "Child at risk",
	    "protection_concerns", "neglect" },
	{ "progres_statusdate", "2026-02-10", "service.requested_on",
	    "2026-02-10" },
	{ "specificneeds.progres_spncategory2", "Child at risk",
	    "protection_concerns", "neglect" },
	{ "systemuser.su.internalemailaddress", "x", "sender.email", "x" },
	{ "systemuser.su.mobilephone", "x", "sender.phone", "x" },
	{ "systemuser.title", "x", "sender.position", "x" },
	{ "user.internalemailaddress", "x", "sender.email", "x" },
	{ "user.mobilephone", "x", "sender.phone", "x" },
	{ "user.title", "x", "sender.position", "x" },
};

static void
key_holds(void **state)
{
	const struct key *k = *state;
	char text[TEXT], got[TEXT];
	struct row row = { .first = text };
	struct readout r;

	/* Beside a number, unless it is one. */
	(void)snprintf(text, sizeof(text), "#{%s\"%s\":\"%s\"}",
	    strcmp(k->means, "number") == 0 ?
		"" :
		"\"progres_interventionnumber\":\"" NUMBER "\",",
	    k->name, k->value);
	read_rows(&row, &r);
	assert_int_equal(r.rc, 0);
	show(&r, k->means, got);
	assert_string_equal(got, k->want);
	free_readout(&r);
}

/* Keys that only what is no referral has. */
static const struct mark {
	const char *name;
} marks[] = {
	{ "closure_reason" },
	{ "primero_user" },
	{ "progres_interoperabilityreferralid" },
	{ "progres_interoperabilityreferralnumber" },
	{ "progres_interoperabilityreferralstatus" },
	{ "progres_orgreferralid" },
	{ "progres_reviewdecision" },
	{ "request_type" },
};

static void
mark_holds(void **state)
{
	const struct mark *m = *state;
	char text[TEXT];
	struct row row = { .first = text };
	struct readout r;

	(void)snprintf(text, sizeof(text), "\"%s\":\"x\"", m->name);
	read_rows(&row, &r);
	assert_int_equal(r.rc, -1);
	assert_int_equal(r.why.id, FAULT_SOURCE_FORM);
	assert_non_null(strstr(r.why.detail, "is a decision"));
	free_readout(&r);
}

/* What there can be too much of. */
static const struct limit {
	const char *name;
	size_t rows;
	size_t languages; /* one a row, each of its own */
	size_t notes;	  /* in one list */
	bool faults;
	bool unreadable;
} limits[] = {
	{ "a thousand rows are one intervention", PROGRES_ROWS_MAX, 0, 0, false,
	    false },
	{ "a row more is none", PROGRES_ROWS_MAX + 1, 0, 0, true, false },
	{ "as many languages as a list holds are read", REFERRAL_CODES_MAX,
	    REFERRAL_CODES_MAX, 0, false, false },
	{ "with one more the list is left out and noted",
	    REFERRAL_CODES_MAX + 1, REFERRAL_CODES_MAX + 1, 0, false, true },
	{ "and with many more", 300, 300, 0, false, true },
	{ "two hundred notes are read", 1, 0, 200, false, false },
	{ "with one more they are left out and noted", 1, 0, 201, false, true },
};

/* Texts that are good alone, and too long for a bundle together. */
static const struct joined {
	const char *name;
	const char *keys[2];
	enum field field;
} joined[] = {
	{ "notes too long for a bundle are left out and noted",
	    { "progres_interventiondescription", "progres_reasonforreferral" },
	    FIELD_SERVICE_NOTES },
	{ "an address too long for a bundle is left out and noted",
	    { "individuals.progres_coalocationlevel1",
		"individuals.progres_coalocationlevel6" },
	    FIELD_ADDRESS_CURRENT },
};

static void
joined_holds(void **state)
{
	const struct joined *row = *state;
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_hub,
		.receiver = &sites_site };
	const size_t room = 2 * json_record.string + TEXT;
	char *text = calloc(1, room), *at = text;
	const struct json_node *root;
	struct source_row read;
	struct arena *a;
	struct fault why;
	struct json *j;

	assert_non_null(text);
	assert_non_null(a = arena_new(ARENA, &why));
	at += snprintf(at, TEXT / 2,
	    "{\"progres_interventionnumber\":\"" NUMBER "\"");
	for (size_t i = 0; i < 2; i++) {
		at += snprintf(at, TEXT / 8, ",\"%s\":\"", row->keys[i]);
		memset(at, i == 0 ? 'a' : 'b', json_record.string);
		at += json_record.string;
		at += snprintf(at, TEXT / 8, "\"");
	}
	(void)snprintf(at, TEXT / 8, "}");
	j = read_json(text);
	root = json_root(j);
	assert_int_equal(progres_read(&reader, &root, 1, 1, a, &read, &why), 0);
	assert_true(read.facts.unreadable[row->field]);
	assert_false(read.referral.value[row->field].present);
	json_free(j);
	arena_free(a);
	free(text);
}

/* An agreement of as many languages: "l0" is read as "c0", and so on. */
static void
make_languages(struct agreement *a, size_t count, struct arena *arena)
{
	struct fault why;
	struct map_entry *entries =
	    arena_take_array(arena, count + 1, sizeof(*entries), &why);
	char text[32];

	assert_non_null(entries);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text), "c%zu", i);
		entries[i].code = arena_copy(arena, text, strlen(text), &why);
		text[0] = 'l';
		entries[i].progres_in.items =
		    arena_take_array(arena, 1, sizeof(const char *), &why);
		entries[i].progres_in.items[0] =
		    arena_copy(arena, text, strlen(text), &why);
		entries[i].progres_in.count = 1;
	}
	a->maps[MAP_LANGUAGES].entries = entries;
	a->maps[MAP_LANGUAGES].count = count;
}

static struct json *
make_limit_row(const struct limit *l, size_t at)
{
	char text[TEXT];
	char note[64];

	(void)snprintf(text, sizeof(text),
	    "{\"progres_interventionnumber\":\"" NUMBER "\","
	    "\"progres_statusdate\":\"2026-02-09\"");
	if (l->languages > 0) {
		(void)snprintf(note, sizeof(note), "l%zu", at);
		append(text,
		    ",\"progres_language.progres_languagecodeidname\":\"");
		append(text, note);
		append(text, "\"");
	}
	if (l->notes > 0)
		append(text, ",\"progres_reasonforreferral\":\"[");
	for (size_t i = 0; i < l->notes; i++) {
		(void)snprintf(note, sizeof(note),
		    "%s{\\\"Text\\\":\\\"%zu\\\"}", i > 0 ? "," : "", i);
		append(text, note);
	}
	append(text, l->notes > 0 ? "]\"}" : "}");
	return read_json(text);
}

static void
limit_holds(void **state)
{
	const struct limit *l = *state;
	struct agreement agreement = sites_agreement;
	const struct source_reader reader = { .agreement = &agreement,
		.sender = &sites_hub,
		.receiver = &sites_site };
	const struct json_node *roots[PROGRES_ROWS_MAX + 1];
	struct json *read[PROGRES_ROWS_MAX + 1];
	enum field f = l->notes > 0 ? FIELD_SERVICE_NOTES : FIELD_LANGUAGE;
	struct source_row row;
	struct arena *a;
	struct fault why;

	assert_non_null(a = arena_new(ARENA, &why));
	if (l->languages > 0)
		make_languages(&agreement, l->languages, a);
	for (size_t i = 0; i < l->rows; i++) {
		read[i] = make_limit_row(l, i);
		roots[i] = json_root(read[i]);
	}
	assert_int_equal(progres_read(&reader, roots, l->rows, 1, a, &row,
			     &why),
	    l->faults ? -1 : 0);
	if (l->faults) {
		assert_int_equal(why.id, FAULT_SOURCE_FORM);
	} else {
		assert_int_equal(row.facts.unreadable[f], l->unreadable);
		assert_int_equal(row.referral.value[f].present,
		    !l->unreadable && (l->notes > 0 || l->languages > 0));
		if (row.referral.value[f].present && l->languages > 0)
			assert_int_equal(row.referral.value[f].count,
			    l->languages);
	}
	for (size_t i = 0; i < l->rows; i++)
		json_free(read[i]);
	arena_free(a);
}

/* The systems' own samples, where they are at hand. */
static const struct sample {
	const char *name;
	size_t rows;
	const char *want; /* of all rows together */
	bool each;	  /* each row is an intervention of its own */
} samples[] = {
	{ "progres-ping/referral-from-progres.json", 3,
	    "unhcr_id_no=803-23-1009229\nmade_on=2023-11-02\nsex=female\n"
	    "differs=\nunreadable=",
	    true },
	{ "progres-dtp/progresReferral__flow1-1.json", 2,
	    "number=DAD-21-PRTITV-0000141\nunhcr_id_no=NUR-15-05387\n"
	    "date_of_birth=2002-12-16\nsex=male\n"
	    "unmapped=language,service.type\nprotection_concerns=neglect\n"
	    "name_nickname=Thong\ndiffers=\nunreadable=\n"
	    "address_current=Central Macedonia, Katerini, Katerini, "
	    "Apartments, 16is Oktovriou 44, Katerini 601 00, Greece, location "
	    "level 6\nservice.notes=test dadaab\n\n"
	    "Priority in proGres: 125080002",
	    false },
};

static void
read_sample(const struct sample *s, struct jsonitems *items, struct readout *r)
{
	const struct source_reader reader = { .agreement = &sites_agreement,
		.sender = &sites_hub,
		.receiver = &sites_site };
	const struct json_node *roots[SAMPLE_ROWS];
	struct json *read[SAMPLE_ROWS];
	size_t count = 0, number;
	int got;

	while ((got = jsonitems_next(items, &read[count], &number, &r->why)) ==
	    1) {
		roots[count] = json_root(read[count]);
		assert_non_null(progres_number(roots[count]));
		assert_true(++count < SAMPLE_ROWS);
	}
	assert_int_equal(got, 0);
	assert_int_equal(count, s->rows);
	for (size_t i = s->each ? count - 1 : 0; i > 0; i--)
		assert_int_equal(progres_read(&reader, &roots[i], 1, i,
				     r->arena, &r->row, &r->why),
		    0);
	assert_int_equal(progres_read(&reader, roots, s->each ? 1 : count, 1,
			     r->arena, &r->row, &r->why),
	    0);
	for (size_t i = 0; i < count; i++)
		json_free(read[i]);
}

static void
sample_holds(void **state)
{
	const struct sample *s = *state;
	char path[256], name[64], value[TEXT], got[TEXT];
	struct readout r = { .rc = 0 };
	struct jsonitems *items;
	struct source *from;
	FILE *f;

	(void)snprintf(path, sizeof(path), "../shared/samples/%s", s->name);
	if ((f = fopen(path, "r")) == NULL) {
		skip();
		return;
	}
	assert_non_null(r.arena = arena_new(ARENA, &r.why));
	assert_non_null(from = source_from_fd(fileno(f), s->name, &r.why));
	assert_non_null(items = jsonitems_new(from, &r.why));
	read_sample(s, items, &r);
	for (const char *want = s->want; want != NULL;) {
		want = next_want(want, name, value);
		show(&r, name, got);
		if (strcmp(got, value) != 0)
			fail_msg("%s is \"%s\", not \"%s\"", name, got, value);
	}
	jsonitems_free(items);
	source_free(from);
	arena_free(r.arena);
	(void)fclose(f);
}

/* The number that rows are brought together by. */
static const struct number {
	const char *name;
	const char *text;
	const char *want; /* NULL: none */
} numbers[] = {
	{ "a number is given as it is written",
	    "{\"progres_interventionnumber\":\"A-1\"}", "A-1" },
	{ "two keys that agree give it",
	    "{\"progres_interventionname\":\"A-1\","
	    "\"" INT "progres_interventionnumber\":\"A-1\"}",
	    "A-1" },
	{ "two keys that differ give none",
	    "{\"progres_interventionname\":\"A-1\","
	    "\"" INT "progres_interventionnumber\":\"A-2\"}",
	    NULL },
	{ "one key that cannot be read takes the other with it",
	    "{\"progres_interventionname\":\"A-1\","
	    "\"progres_interventionnumber\":[]}",
	    NULL },
	{ "white space at the end makes it none",
	    "{\"progres_interventionnumber\":\"A-1 \"}", NULL },
	{ "a list has none", "[\"progres_interventionnumber\"]", NULL },
	{ "an object without any has none", "{}", NULL },
};

static void
number_holds(void **state)
{
	const struct number *n = *state;
	struct json *j = read_json(n->text);
	const char *got = progres_number(json_root(j));

	if (n->want == NULL)
		assert_null(got);
	else
		assert_string_equal(got, n->want);
	json_free(j);
}

int
main(void)
{
	int failed = 0;

	failed += ROWS_RUN("progres", rows, row_holds);
	failed += ROWS_RUN("progres keys", keys, key_holds);
	failed += ROWS_RUN("progres marks", marks, mark_holds);
	failed += ROWS_RUN("progres limits", limits, limit_holds);
	failed += ROWS_RUN("progres joined", joined, joined_holds);
	failed += ROWS_RUN("progres numbers", numbers, number_holds);
	failed += ROWS_RUN("progres samples", samples, sample_holds);
	return failed;
}
