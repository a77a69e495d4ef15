#include "policy/relation.h"

#include <string.h>

#define WORD_MAX 32 /* no word below is longer */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* English, French, Spanish, Portuguese, Swahili, Arabic and Amharic. */
static const char *const parents[] = { "mother", "father", "parent", "parents",
	"mum", "mummy", "mom", "mommy", "mama", "mamma", "dad", "daddy", "papa",
	"mère", "mere", "père", "pere", "maman", "madre", "padre", "padres",
	"mamá", "papá", "mãe", "mae", "pai", "pais", "baba", "mzazi", "wazazi",
	"أم", "الأم", "ام", "الام", "أب", "الأب", "اب", "الاب", "والد",
	"الوالد", "والدة", "الوالدة", "الوالدين", "እናት", "አባት", "ወላጅ" };

/* Beside one of them, these make it somebody who is not the parent. */
static const char *const others[] = { "foster", "step", "grand", "great", "god",
	"law", "aunt", "uncle", "sister", "brother", "cousin", "friend",
	"neighbour", "neighbor", "wife", "husband", "partner", "relative",
	"accueil", "belle", "beau", "grande", "marraine", "tante", "oncle",
	"soeur", "sœur", "frère", "frere", "ami", "amie", "voisin", "voisine",
	"tía", "tia", "tío", "tio", "hermana", "hermano", "abuela", "abuelo",
	"acogida", "vecina", "vecino", "irmã", "irma", "irmão", "irmao", "avó",
	"avô" };

/* Letters of other scripts are bytes above 127, and part of a word. */
static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
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

/* The next word in small letters; a longer one than any we know is cut. */
static bool
next_word(const char **at, char word[static WORD_MAX])
{
	unsigned char before = 0;
	size_t len = 0;

	while (**at != '\0' && !is_letter((unsigned char)**at))
		(*at)++;
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

bool
relation_is_parent(const char *relation)
{
	char word[WORD_MAX];
	bool parent = false;

	if (relation == NULL)
		return false;
	while (next_word(&relation, word)) {
		if (among(others, COUNT(others), word))
			return false;
		parent |= among(parents, COUNT(parents), word);
	}
	return parent;
}
