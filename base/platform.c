/*
 * The names below are of Linux and glibc, beyond the POSIX that the rest is
 * held to; the C library asks for this spelling.
 */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-*) */

#include "base/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <termios.h>
#include <unistd.h>

void
platform_protect_memory(void)
{
	const struct rlimit none = { 0, 0 };

	/* Where the system refuses, there is nothing better to be done. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void
platform_wipe(void *bytes, size_t len)
{
	explicit_bzero(bytes, len);
}

int
platform_sync(int fd)
{
	int rc;

	do {
		rc = fsync(fd);
	} while (rc == -1 && errno == EINTR);
	return rc;
}

void
platform_forget_cache(int fd)
{
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

int
platform_rename_new(int dirfd, const char *from, const char *to)
{
	struct stat there;

	if (renameat2(dirfd, from, dirfd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
		return -1;
	/* Memory sticks: the file system may not know that kind of rename. */
	if (linkat(dirfd, from, dirfd, to, 0) == 0)
		return unlinkat(dirfd, from, 0);
	if (errno == EEXIST)
		return -1;
	/* Nor a second name for a file.  Looking first is all that is left. */
	if (fstatat(dirfd, to, &there, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	if (errno != ENOENT)
		return -1;
	return renameat(dirfd, from, dirfd, to);
}

int
platform_private_file(int dirfd)
{
	char name[40];
	uint64_t random[2];
	int fd;

	fd = openat(dirfd, ".", O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd != -1 ||
	    (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL &&
		errno != ENOENT && errno != ENOSYS))
		return fd;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -1;
	(void)snprintf(name, sizeof(name), ".%016llx%016llx",
	    (unsigned long long)random[0], (unsigned long long)random[1]);
	fd = openat(dirfd, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd != -1 && unlinkat(dirfd, name, 0) == -1) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

int
platform_room(int dirfd, uint64_t *bytes, bool *read_only)
{
	struct statvfs drive;

	if (fstatvfs(dirfd, &drive) == -1)
		return -1;
	*bytes = (uint64_t)drive.f_bavail * drive.f_frsize;
	*read_only = (drive.f_flag & ST_RDONLY) != 0;
	return 0;
}

bool
platform_lock(int fd)
{
	int rc;

	do {
		rc = flock(fd, LOCK_EX | LOCK_NB);
	} while (rc == -1 && errno == EINTR);
	return rc == 0;
}

int
platform_socket_bytes(int fd, int64_t *sent, int64_t *received, bool *whole)
{
	enum { ESTABLISHED = 1 }; /* include/net/tcp_states.h of Linux */
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1 ||
	    len < offsetof(struct tcp_info, tcpi_bytes_retrans))
		return -1;
	*sent = (int64_t)info.tcpi_bytes_sent;
	*received = (int64_t)info.tcpi_bytes_received;
	*whole = info.tcpi_state == ESTABLISHED;
	return 0;
}

static mode_t was_masked = 077;

void
platform_keep_private(void)
{
	was_masked = umask(077);
}

unsigned int
platform_shared_mode(void)
{
	return 0644 & ~(unsigned int)was_masked;
}

bool
platform_is_terminal(int fd)
{
	return isatty(fd) == 1;
}

/*
 * Asking.  The signals that end or stop a program are blocked while a
 * question is open and let through only where it waits for a key, so that
 * none slips in between a look and the wait.  The handler just notes which
 * one came; echo is put back outside of it, and the signal raised again.
 */

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define ENDINGS (sizeof(ending) / sizeof(ending[0]))

static volatile sig_atomic_t came;

static void
note(int signal_number)
{
	came = signal_number;
}

struct asking {
	int tty;
	bool quiet;
	struct termios before;
	struct sigaction actions[ENDINGS];
	sigset_t mask; /* as it was, and as it is while waiting */
};

static void
signals_hold(struct asking *a)
{
	struct sigaction noting = { .sa_handler = note };
	sigset_t held;

	(void)sigemptyset(&noting.sa_mask);
	(void)sigemptyset(&held);
	for (size_t i = 0; i < ENDINGS; i++)
		(void)sigaddset(&held, ending[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &a->mask);
	for (size_t i = 0; i < ENDINGS; i++) {
		(void)sigaction(ending[i], NULL, &a->actions[i]);
		/* Who started this with nohup wants it to stay that way. */
		if (a->actions[i].sa_handler != SIG_IGN)
			(void)sigaction(ending[i], &noting, NULL);
	}
}

static void
signals_release(const struct asking *a)
{
	for (size_t i = 0; i < ENDINGS; i++)
		(void)sigaction(ending[i], &a->actions[i], NULL);
	if (came != 0)
		(void)raise(came);
	/* What was raised or held back is delivered here. */
	(void)sigprocmask(SIG_SETMASK, &a->mask, NULL);
}

static int
set_terminal(int tty, int when, const struct termios *as)
{
	int rc;

	do {
		rc = tcsetattr(tty, when, as);
	} while (rc == -1 && errno == EINTR && came == 0);
	return rc;
}

static void
tell(int tty, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	while (left > 0 && (n = write(tty, text, left)) > 0) {
		text += n;
		left -= (size_t)n;
	}
}

/* The line a person types; its length, or -1. */
static int
read_answer(const struct asking *a, char *out, size_t room)
{
	struct pollfd wait = { .fd = a->tty, .events = POLLIN };
	size_t len = 0;
	ssize_t n;
	char c;

	for (;;) {
		if (ppoll(&wait, 1, NULL, &a->mask) == -1) {
			if (errno == EINTR && came == 0)
				continue;
			return -1;
		}
		if ((n = read(a->tty, &c, 1)) == -1)
			return -1;
		if (n == 0 && len == 0)
			return -1;
		if (n == 0 || c == '\n')
			break;
		if (len + 1 >= room) {
			/* The rest must not become the next answer. */
			(void)tcflush(a->tty, TCIFLUSH);
			return -1;
		}
		out[len++] = c;
	}
	out[len] = '\0';
	return (int)len;
}

static int
ask_once(struct asking *a, const char *prompt, char *out, size_t room)
{
	struct termios silent;
	int len = -1;

	came = 0;
	if (tcgetattr(a->tty, &a->before) == -1)
		return -1;
	silent = a->before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	signals_hold(a);
	if (!a->quiet || set_terminal(a->tty, TCSAFLUSH, &silent) == 0) {
		tell(a->tty, prompt);
		len = read_answer(a, out, room);
	}
	if (a->quiet) {
		(void)set_terminal(a->tty, TCSADRAIN, &a->before);
		/* The person's own line end was not shown. */
		tell(a->tty, "\n");
	}
	signals_release(a);
	return len;
}

static int
ask(const char *prompt, char *out, size_t room, bool quiet)
{
	struct asking a = { .quiet = quiet };
	int len;

	if (room == 0)
		return -1;
	a.tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (a.tty == -1)
		return -1;
	do {
		len = ask_once(&a, prompt, out, room);
	} while (len == -1 && came == SIGTSTP);
	if (len == -1)
		platform_wipe(out, room);
	(void)close(a.tty);
	return len;
}

int
platform_ask_secret(const char *prompt, char *out, size_t room)
{
	return ask(prompt, out, room, true);
}

int
platform_ask(const char *prompt, char *out, size_t room)
{
	return ask(prompt, out, room, false);
}
