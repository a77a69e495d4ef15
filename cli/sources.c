#include "cli/sources.h"

#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "crypto/passphrase.h"

/* Is any of them a zip that needs a password? */
static int
any_locked(const struct sources *s, bool *locked, struct fault *why)
{
	*locked = false;
	for (size_t i = 0; i < s->count && !*locked; i++)
		if (source_file_is_locked(s->files[i].path, locked, why) == -1)
			return -1;
	return 0;
}

/* NULL in *p: nobody could be asked, and the file itself will say so. */
static int
find_password(const struct sources *s, const char *file, struct passphrase **p,
    struct fault *why)
{
	bool locked;

	*p = NULL;
	if (file != NULL) {
		*p = passphrase_from_file(file, why);
		return *p == NULL ? -1 : 0;
	}
	if (any_locked(s, &locked, why) == -1)
		return -1;
	if (!locked)
		return 0;
	*p = passphrase_ask("Password of the zip file: ", 0, why);
	return *p == NULL && why->id != FAULT_PASSPHRASE_NEEDED ? -1 : 0;
}

static int
take_password(struct sources *s, const char *file, struct fault *why)
{
	struct passphrase *p;
	const uint8_t *bytes;
	size_t len;
	int rc = -1;

	if (find_password(s, file, &p, why) == -1)
		return -1;
	if (p == NULL)
		return 0;
	bytes = passphrase_bytes(p, &len);
	if (len > ZIP_PASSWORD_MAX || memchr(bytes, '\0', len) != NULL) {
		fault_set(why, FAULT_ZIP_PASSWORD,
		    "no zip has such a password");
		goto done;
	}
	memcpy(s->password, bytes, len);
	s->password[len] = '\0';
	for (size_t i = 0; i < s->count; i++)
		s->files[i].password = s->password;
	rc = 0;
done:
	passphrase_free(p);
	return rc;
}

int
sources_read(struct sources *s, const char *const *words, size_t count,
    const char *password_file, struct fault *why)
{
	memset(s, 0, sizeof(*s));
	s->count = count;
	for (size_t i = 0; i < count; i++)
		s->files[i].format =
		    recognise_prefix(words[i], &s->files[i].path);
	return take_password(s, password_file, why);
}

void
sources_forget(struct sources *s)
{
	platform_wipe(s->password, sizeof(s->password));
}

enum format
sources_server(const char *word)
{
	static const char end[] = "-api";
	size_t len = strlen(word), tail = sizeof(end) - 1;

	if (len <= tail || strcmp(word + len - tail, end) != 0)
		return FORMAT_NONE;
	return recognise_word(word, len - tail);
}
