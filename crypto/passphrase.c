#include "crypto/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/platform.h"

#define ASK_AGAIN "The same again: "

struct passphrase {
	size_t len;
	uint8_t bytes[PASSPHRASE_MAX + 1]; /* the terminal adds a NUL */
};

static struct passphrase *
allocate(struct fault *why)
{
	struct passphrase *p = sodium_malloc(sizeof(*p));

	if (p == NULL)
		fault_set(why, FAULT_NO_MEMORY, "passphrase");
	else
		p->len = 0;
	return p;
}

/* Judges what was taken; p is freed if it cannot be a passphrase. */
static struct passphrase *
accept(struct passphrase *p, struct fault *why)
{
	if (p->len == 0)
		fault_set(why, FAULT_PASSPHRASE_NEEDED, "it is empty");
	/* Other tools end it there, and then it would open nothing. */
	else if (memchr(p->bytes, '\0', p->len) != NULL)
		fault_set(why, FAULT_PASSPHRASE_WRONG, "a NUL byte in it");
	else
		return p;
	passphrase_free(p);
	return NULL;
}

/* One byte at a time: what follows the LF is somebody else's. */
static int
take_line(struct passphrase *p, int fd, struct fault *why)
{
	uint8_t c;
	ssize_t n;

	for (;;) {
		do
			n = read(fd, &c, 1);
		while (n == -1 && errno == EINTR);
		if (n == -1)
			return FAIL(why, FAULT_DISK_NOT_READ, "passphrase: %s",
			    strerror(errno));
		if (n == 0)
			break;
		if (c == '\n') {
			if (p->len > 0 && p->bytes[p->len - 1] == '\r')
				p->len--;
			break;
		}
		/* One more than the most, for a CR that will be dropped. */
		if (p->len == sizeof(p->bytes))
			break;
		p->bytes[p->len++] = c;
	}
	sodium_memzero(&c, 1);
	if (p->len > PASSPHRASE_MAX)
		return FAIL(why, FAULT_PASSPHRASE_WRONG, "longer than %d bytes",
		    PASSPHRASE_MAX);
	return 0;
}

struct passphrase *
passphrase_from_fd(int fd, struct fault *why)
{
	struct passphrase *p = allocate(why);

	if (p == NULL)
		return NULL;
	if (take_line(p, fd, why) == -1) {
		passphrase_free(p);
		return NULL;
	}
	return accept(p, why);
}

struct passphrase *
passphrase_from_file(const char *path, struct fault *why)
{
	const char *slash = strrchr(path, '/');
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct passphrase *p;

	if (fd == -1) {
		fault_set(why,
		    errno == ENOENT ? FAULT_DISK_NOT_FOUND :
				      FAULT_DISK_NOT_READ,
		    "%s: %s", slash == NULL ? path : slash + 1,
		    strerror(errno));
		return NULL;
	}
	p = passphrase_from_fd(fd, why);
	(void)close(fd);
	return p;
}

static struct passphrase *
ask_once(const char *prompt, struct fault *why)
{
	struct passphrase *p = allocate(why);
	int len;

	if (p == NULL)
		return NULL;
	len = platform_ask_secret(prompt, (char *)p->bytes, sizeof(p->bytes));
	if (len == -1) {
		passphrase_free(p);
		fault_set(why, FAULT_PASSPHRASE_NEEDED,
		    "one may have up to %d bytes", PASSPHRASE_MAX);
		return NULL;
	}
	p->len = (size_t)len;
	return accept(p, why);
}

struct passphrase *
passphrase_ask(const char *prompt, int twice, struct fault *why)
{
	struct passphrase *p = ask_once(prompt, why), *again;
	bool same;

	if (p == NULL || !twice)
		return p;
	if ((again = ask_once(ASK_AGAIN, why)) == NULL) {
		passphrase_free(p);
		return NULL;
	}
	same = p->len == again->len &&
	    sodium_memcmp(p->bytes, again->bytes, p->len) == 0;
	passphrase_free(again);
	if (same)
		return p;
	passphrase_free(p);
	fault_set(why, FAULT_PASSPHRASE_DIFFERS, "nothing was kept");
	return NULL;
}

struct passphrase *
passphrase_from_bytes(const void *bytes, size_t len, struct fault *why)
{
	struct passphrase *p;

	if (len > PASSPHRASE_MAX) {
		fault_set(why, FAULT_PASSPHRASE_WRONG, "longer than %d bytes",
		    PASSPHRASE_MAX);
		return NULL;
	}
	if ((p = allocate(why)) == NULL)
		return NULL;
	if (len > 0)
		memcpy(p->bytes, bytes, len);
	p->len = len;
	return accept(p, why);
}

int
passphrase_check_new(const struct passphrase *p, struct fault *why)
{
	if (p->len < PASSPHRASE_NEW_MIN)
		return FAIL(why, FAULT_PASSPHRASE_SHORT,
		    "at least %d characters", PASSPHRASE_NEW_MIN);
	return 0;
}

void
passphrase_free(struct passphrase *p)
{
	sodium_free(p);
}

const uint8_t *
passphrase_bytes(const struct passphrase *p, size_t *len)
{
	*len = p->len;
	return p->bytes;
}
