#include "systems/place_list.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "crypto/digest.h"
#include "formats/json.h"
#include "systems/place.h"

#define SMALLEST 400 /* four lines and an age header are more than that */
#define PART ".part"

bool
place_list_wanted(const char *name, int64_t size)
{
	size_t len = strlen(name);

	if (len == 0 || len >= PLACE_FOUND_NAME || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '/' || *c == 0x7f)
			return false;
	if (len >= strlen(PART) && strcmp(name + len - strlen(PART), PART) == 0)
		return false;
	return size == -1 || size >= SMALLEST;
}

static const char *
skip_word(const char *at)
{
	at += strcspn(at, " ");
	return at + strspn(at, " ");
}

static bool
read_size(const char *at, int64_t *out)
{
	size_t len = strspn(at, "0123456789");

	if (len == 0 || len > 18 || at[len] != ' ')
		return false;
	*out = strtoll(at, NULL, 10);
	return true;
}

bool
place_list_long(const char *line, struct place_found *out)
{
	const char *at = line, *date;
	uint8_t hash[32];
	uint64_t changed = 0;

	if (*line != '-' || strcspn(line, " ") < 10)
		return false;
	for (int words = 0; words < 4; words++)
		at = skip_word(at);
	if (!read_size(at, &out->size))
		return false;
	date = at = skip_word(at);
	for (int words = 0; words < 2; words++)
		at = skip_word(at);
	/* One space stands before the name; what follows is the name's own. */
	at += strcspn(at, " ");
	if (*at != ' ' || !place_list_wanted(at + 1, out->size))
		return false;
	/* The date has no year, or no hour: good for comparing alone. */
	digest_once(DIGEST_SHA256, date, (size_t)(at - date), hash);
	for (int i = 0; i < 7; i++)
		changed = changed << 8 | hash[i];
	out->changed = (int64_t)changed;
	memcpy(out->name, at + 1, strlen(at + 1) + 1);
	return true;
}

static int
tell_entry(const struct json_node *n,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	const char *name = json_get_text(n, "name");
	const char *type = json_get_text(n, "type");
	const char *changed = json_get_text(n, "mtime");
	struct place_found f = { .size = -1 };
	time_t at;

	if (name == NULL || type == NULL)
		return FAIL(why, FAULT_PLACE_NO_LIST,
		    "an entry has no name or no type");
	if (strcmp(type, "file") != 0 ||
	    !json_integer(json_get(n, "size"), &f.size) || f.size < 0 ||
	    !place_list_wanted(name, f.size))
		return 0;
	at = changed == NULL ? -1 : curl_getdate(changed, NULL);
	f.changed = at == -1 ? 0 : (int64_t)at;
	memcpy(f.name, name, strlen(name) + 1);
	return each(&f, context, why);
}

int
place_list_index(const void *text, size_t len,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	struct json *list = NULL;
	int rc = 0;

	if (json_read(text, len, &json_foreign, &list, why) == -1)
		return why->id == FAULT_NO_MEMORY ?
		    -1 :
		    FAIL(why, FAULT_PLACE_NO_LIST, "it is no JSON");
	if (json_kind(json_root(list)) != JSON_LIST)
		rc = FAIL(why, FAULT_PLACE_NO_LIST, "it is no list");
	for (const struct json_node *n = json_first(json_root(list));
	     rc == 0 && n != NULL; n = json_next(n))
		rc = tell_entry(n, each, context, why);
	json_free(list);
	return rc;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *
place_list_unescaped(const char *text, struct fault *why)
{
	char *out = malloc(strlen(text) + 1), *to = out;

	if (out == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "an address");
		return NULL;
	}
	for (const char *at = text; *at != '\0'; at++) {
		int high, low;

		if (*at != '%') {
			*to++ = *at;
			continue;
		}
		high = hex_value(at[1]);
		low = high == -1 ? -1 : hex_value(at[2]);
		if (low == -1 || (high == 0 && low == 0)) {
			free(out);
			fault_set(why, FAULT_SERVER_ADDRESS,
			    "a %% in it does not stand for a character");
			return NULL;
		}
		*to++ = (char)(high * 16 + low);
		at += 2;
	}
	*to = '\0';
	return out;
}
