#include "tests/unit/rows.h"

#include "policy/relation.h"

#define PARENT RELATION_PARENT
#define OTHER RELATION_OTHER
#define UNKNOWN RELATION_UNKNOWN

struct said {
	const char *name;
	const char *relation;
	enum relation means;
};

/* clang-format off */
static const struct said rows[] = {
	{ "a mother is a parent", "mother", PARENT },
	{ "letter case does not count", "FATHER", PARENT },
	{ "nor does what stands around it", " (Mother), by telephone", PARENT },
	{ "both parents are parents", "both parents", PARENT },
	{ "a biological father is one", "biological_father", PARENT },
	{ "an adoptive mother is one", "adoptive mother", PARENT },
	{ "in French too", "mère", PARENT },
	{ "in French capitals too", "MÈRE", PARENT },
	{ "in Spanish", "la madre", PARENT },
	{ "in Portuguese", "Mãe", PARENT },
	{ "in Swahili", "mzazi", PARENT },
	{ "in Arabic", "الأم", PARENT },
	{ "in Amharic", "እናት", PARENT },
	{ "an aunt is not", "aunt", OTHER },
	{ "a grandmother is not", "grandmother", OTHER },
	{ "nor written in two words", "grand mother", OTHER },
	{ "nor in French", "grand-mère", OTHER },
	{ "a stepfather is not", "step-father", OTHER },
	{ "a foster mother is not", "foster mother", OTHER },
	{ "a mother's sister is not", "mother's sister", OTHER },
	{ "a mother in law is not", "mother-in-law", OTHER },
	{ "a neighbour is not", "neighbour", OTHER },
	{ "a word that holds another is not that word", "grandfather", OTHER },
	{ "a very long word is no parent",
	    "mothermothermothermothermothermothermother", UNKNOWN },
	{ "in Somali", "hooyo", PARENT },
	{ "in Somali too", "Aabbe", PARENT },
	{ "in Oromo", "haadha", PARENT },
	{ "in Oromo too", "abbaa isaa", PARENT },
	{ "in Amharic in Latin letters", "Enat", PARENT },
	{ "in Tigrinya", "ኣደ", PARENT },
	{ "in Tigrinya in Latin letters", "adey", PARENT },
	{ "in Nuer", "gua", PARENT },
	{ "in Arabic in Latin letters", "walid", PARENT },
	{ "in Swahili too", "mama mzazi", PARENT },
	{ "one of several is enough", "aunt and mother", PARENT },
	{ "whatever is told of another", "mother, aunt was away", PARENT },
	{ "in brackets too", "aunt (mother is away)", PARENT },
	{ "several who are not are not", "aunt, uncle", OTHER },
	{ "what makes it sure is heard", "maternal aunt (mother's sister)",
	    OTHER },
	{ "a little mother is an aunt in Swahili", "mama mdogo", OTHER },
	{ "a word that is not known is asked about", "amma", UNKNOWN },
	{ "also beside one that is", "aunt was away", UNKNOWN },
	{ "a name beside one is a name", "aunt Selamawit", OTHER },
	{ "however it is joined", "Aunt-Quillfeather", OTHER },
	{ "not before it", "Selamawit aunt", UNKNOWN },
	{ "a name beside a parent makes nobody else", "mother Selamawit",
	    PARENT },
	{ "and does not make it sure", "mother's sister Selamawit", UNKNOWN },
	{ "also of one of several", "aunt, amma", UNKNOWN },
	{ "in any order", "amma, aunt", UNKNOWN },
	{ "a caregiver is anybody", "caregiver", UNKNOWN },
	{ "signs alone say nothing", "--- 12", UNKNOWN },
	{ "blank says nothing", "  ", UNKNOWN },
	{ "what is not said says nothing", NULL, UNKNOWN },
};
/* clang-format on */

static void
relation_is_as_said(void **state)
{
	const struct said *row = *state;

	assert_int_equal(relation_of(row->relation), row->means);
}

int
main(void)
{
	return ROWS_RUN("relation", rows, relation_is_as_said);
}
