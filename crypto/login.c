#include "crypto/login.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

struct login {
	char *part[LOGIN_PARTS]; /* each in guarded memory, or NULL */
};

struct login *
login_new(struct fault *why)
{
	struct login *l = calloc(1, sizeof(*l));

	if (l == NULL)
		fault_set(why, FAULT_NO_MEMORY, "a login");
	return l;
}

void
login_free(struct login *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < LOGIN_PARTS; i++)
		sodium_free(l->part[i]);
	free(l);
}

int
login_set(struct login *l, enum login_part part, const char *text,
    struct fault *why)
{
	size_t len = strlen(text);
	char *copy;

	if (len > LOGIN_PART_MAX)
		return FAIL(why, FAULT_CREDENTIALS,
		    "a part of it is longer than %d bytes", LOGIN_PART_MAX);
	if ((copy = sodium_malloc(len + 1)) == NULL)
		return FAIL(why, FAULT_NO_MEMORY, "a login");
	memcpy(copy, text, len + 1);
	sodium_free(l->part[part]);
	l->part[part] = copy;
	return 0;
}

const char *
login_get(const struct login *l, enum login_part part)
{
	return l == NULL ? NULL : l->part[part];
}
