#include "tests/unit/rows.h"

#include <stdbool.h>

#include "policy/relation.h"

struct said {
	const char *name;
	const char *relation;
	bool parent;
};

/* clang-format off */
static const struct said rows[] = {
	{ "a mother is a parent", "mother", true },
	{ "letter case does not count", "FATHER", true },
	{ "nor does what stands around it", " (Mother), by telephone", true },
	{ "both parents are parents", "both parents", true },
	{ "a biological father is one", "biological_father", true },
	{ "an adoptive mother is one", "adoptive mother", true },
	{ "in French too", "mère", true },
	{ "in French capitals too", "MÈRE", true },
	{ "in Spanish", "la madre", true },
	{ "in Portuguese", "Mãe", true },
	{ "in Swahili", "mzazi", true },
	{ "in Arabic", "الأم", true },
	{ "in Amharic", "እናት", true },
	{ "an aunt is not", "aunt", false },
	{ "a grandmother is not", "grandmother", false },
	{ "nor written in two words", "grand mother", false },
	{ "nor in French", "grand-mère", false },
	{ "a stepfather is not", "step-father", false },
	{ "a foster mother is not", "foster mother", false },
	{ "a mother's sister is not", "mother's sister", false },
	{ "a mother in law is not", "mother-in-law", false },
	{ "a neighbour is not", "neighbour", false },
	{ "a word that holds another is not that word", "grandfather", false },
	{ "a very long word is no parent",
	    "mothermothermothermothermothermothermother", false },
	{ "signs alone say nothing", "--- 12", false },
	{ "blank says nothing", "  ", false },
	{ "what is not said says nothing", NULL, false },
};
/* clang-format on */

static void
relation_is_as_said(void **state)
{
	const struct said *row = *state;

	assert_int_equal(relation_is_parent(row->relation), row->parent);
}

int
main(void)
{
	return ROWS_RUN("relation", rows, relation_is_as_said);
}
