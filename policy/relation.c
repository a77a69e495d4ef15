#include "policy/relation.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define WORD_MAX 32 /* no word below is longer */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Nuer "man" and "mar" are a mother, and so are read as one. */
static const char *const parents[] = { /* English */
	"mother", "father", "parent", "parents", "mum", "mummy", "mom", "mommy",
	"mama", "mamma", "dad", "daddy", "papa",
	/* French */
	"mère", "mere", "père", "pere", "maman",
	/* Spanish */
	"madre", "padre", "padres", "mamá", "papá", "mami", "papi",
	/* Portuguese */
	"mãe", "mae", "mamãe", "mamae", "pai", "pais", "papai",
	/* Swahili */
	"baba", "mzazi", "wazazi", "mamake", "babake", "mamangu", "babangu",
	/* Arabic, and in Latin letters */
	"أم", "الأم", "ام", "الام", "أب", "الأب", "اب", "الاب", "والد",
	"الوالد", "والدة", "الوالدة", "الوالدين", "أبي", "أمي", "umm", "um",
	"ummi", "ab", "abu", "abi", "walid", "waalid", "walida", "walidah",
	"walidain", "walidayn",
	/* Amharic, and in Latin letters */
	"እናት", "አባት", "ወላጅ", "እናቱ", "አባቱ", "እናቷ", "አባቷ", "enat", "ennat",
	"inat", "innat", "enatu", "enatwa", "abat", "abbat", "abatu", "abatwa",
	"welaj", "wolaj", "emaye", "abaye",
	/* Oromo */
	"haadha", "haadhaa", "haadhoo", "hadha", "harmee", "harme", "aayyoo",
	"ayyo", "ayyoo", "abbaa", "abbaan", "abba", "abbee", "warra",
	/* Somali */
	"hooyo", "hooyada", "hooyadii", "hooyadeed", "hooyadiis", "hoyo",
	"aabo", "aabe", "aabbe", "aabbo", "aabaha", "aabihii", "abo", "abe",
	"waalidka", "waalidiin",
	/* Tigrinya, and in Latin letters */
	"ኣደ", "አደ", "ኣቦ", "አቦ", "ወላዲ", "ወለዲ", "ኣዲኡ", "ኣቡኡ", "ade", "adde",
	"adey", "addey", "adeu", "abbo", "aboy", "abboy", "weladi", "weledi",
	/* Nuer */
	"man", "mar", "maar", "gua", "guan", "gwan", "guar", "gwar", "gur"
};

/* Beside one of them, these make it somebody who is not the parent. */
static const char *const others[] = { /* English */
	"foster", "step", "grand", "great", "god", "law", "aunt", "auntie",
	"aunty", "uncle", "sister", "brother", "cousin", "friend", "neighbour",
	"neighbor", "wife", "husband", "partner", "relative", "grandmother",
	"grandfather", "grandparent", "grandparents", "grandma", "grandpa",
	"granny", "stepmother", "stepfather", "stepparent", "godmother",
	"godfather", "sibling", "niece", "nephew", "relatives", "kin",
	"teacher", "pastor", "host",
	/* French */
	"accueil", "belle", "beau", "grande", "marraine", "parrain", "tante",
	"oncle", "soeur", "sœur", "frère", "frere", "ami", "amie", "voisin",
	"voisine", "cousine", "mémé", "pépé", "mamie", "papy",
	/* Spanish */
	"tía", "tia", "tío", "tio", "hermana", "hermano", "abuela", "abuelo",
	"acogida", "vecina", "vecino", "prima", "primo", "madrina", "padrino",
	"madrastra", "padrastro", "amiga", "amigo",
	/* Portuguese */
	"irmã", "irma", "irmão", "irmao", "avó", "avô", "vizinha", "vizinho",
	"madrinha", "padrinho", "madrasta", "acolhimento",
	/* Swahili */
	"bibi", "babu", "nyanya", "shangazi", "mjomba", "kaka", "mdogo",
	"mkubwa", "kambo", "jirani", "mlezi", "rafiki",
	/* Arabic */
	"جدة", "الجدة", "جد", "الجد", "خالة", "الخالة", "عمة", "العمة", "خال",
	"الخال", "عم", "العم", "أخت", "الأخت", "أخ", "الأخ", "جار", "جارة",
	/* Amharic, and in Latin letters */
	"አያት", "አክስት", "አጎት", "እህት", "ወንድም", "ጎረቤት", "ayat", "akist", "agot",
	"ehit", "wendim", "gorebet",
	/* Oromo */
	"akkoo", "adaadaa", "eessuma", "wasiila", "obboleessa", "obboleettii",
	"ollaa",
	/* Somali */
	"ayeeyo", "awoowe", "habaryar", "eeddo", "adeer", "abti", "walaal",
	"deris",
	/* Tigrinya */
	"ዓባይ", "ሓፍቲ", "ሓው", "ሓወቦ", "ሓትኖ", "hatno", "hawobo"
};

/* Which say nothing of who it is. */
static const char *const beside[] = { "a", "an", "the", "s", "of", "to", "in",
	"his", "her", "hers", "my", "their", "child", "children", "girl", "boy",
	"maternal", "paternal", "older", "elder", "eldest", "younger", "big",
	"little", "old", "young", "half", "distant", "close", "adult", "family",
	"woman", "caregiver", "carer", "by", "de", "del", "du", "des", "d",
	"la", "le", "les", "l", "el", "da", "do", "das", "dos", "o", "materna",
	"materno", "paterna", "paterno", "maternelle", "maternel", "paternelle",
	"paternel", "mayor", "menor", "wa", "ya", "kike" };

/* Letters of other scripts are bytes above 127, and part of a word. */
static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* What comes after it is about another person. */
static bool
parts(unsigned char c)
{
	return c != '\0' && strchr(",;/+&()|:.\n", c) != NULL;
}

/* Small letters, those of Latin-1 too: C3 80 to C3 9E stand for À to Þ. */
static char
small(unsigned char before, unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	if (before == 0xc3 && c >= 0x80 && c <= 0x9e)
		return (char)(c + 0x20);
	return (char)c;
}

/*
 * The next word of this part in small letters; a longer one than any we know is
 * cut.  *capital: it was written like a name.  False at the end of the part.
 */
static bool
next_word(const char **at, char word[static WORD_MAX], bool *capital)
{
	unsigned char before = 0;
	size_t len = 0;

	while (**at != '\0' && !is_letter((unsigned char)**at) &&
	    !parts((unsigned char)**at))
		(*at)++;
	*capital = **at >= 'A' && **at <= 'Z';
	for (; is_letter((unsigned char)**at); (*at)++) {
		if (len < WORD_MAX - 1)
			word[len++] = small(before, (unsigned char)**at);
		before = (unsigned char)**at;
	}
	word[len] = '\0';
	return len > 0;
}

static bool
among(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* These part two people as a comma does. */
static bool
is_and(const char *word)
{
	static const char *const words[] = { "and", "or", "et", "ou", "y", "e",
		"na", "fi", "iyo", "و", "እና" };

	return among(words, COUNT(words), word);
}

/* What one part says; *any: it says something.  Names come after the word. */
static enum relation
read_part(const char **at, bool *any)
{
	bool parent = false, other = false, unknown = false, capital;
	char word[WORD_MAX];

	*any = false;
	while (next_word(at, word, &capital) && !is_and(word)) {
		*any = true;
		if (among(others, COUNT(others), word))
			other = true;
		else if (among(parents, COUNT(parents), word))
			parent = true;
		else if (!among(beside, COUNT(beside), word))
			unknown |= !other || parent || !capital;
	}
	while (parts((unsigned char)**at))
		(*at)++;
	if (parent && !other)
		return RELATION_PARENT;
	return other && !unknown ? RELATION_OTHER : RELATION_UNKNOWN;
}

enum relation
relation_of(const char *text)
{
	enum relation all = RELATION_UNKNOWN;
	bool any, first = true;

	while (text != NULL && *text != '\0') {
		enum relation one = read_part(&text, &any);

		if (!any)
			continue;
		if (one == RELATION_PARENT)
			return RELATION_PARENT;
		all = first || one == all ? one : RELATION_UNKNOWN;
		first = false;
	}
	return all;
}
