#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-*) */

#include "tests/sim/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static long *calls; /* shared with the children */
static bool armed;
static bool half;
static long dies_at;

int
crash_start(void)
{
	calls = mmap(NULL, sizeof(*calls), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return calls == MAP_FAILED ? -1 : 0;
}

void
crash_arm(long at, bool torn)
{
	*calls = 0;
	dies_at = at;
	half = torn;
	armed = true;
}

long
crash_calls(void)
{
	return *calls;
}

static bool
is_last(void)
{
	if (!armed)
		return false;
	++*calls;
	return *calls == dies_at;
}

static void
die(void)
{
	(void)syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		(void)pause();
}

/* What a person is told is nothing on a disk. */
static bool
is_disk(int fd)
{
	return fd > STDERR_FILENO;
}

/* One of those that write: a last one may be half done. */
static bool
is_last_write(int fd, size_t len, size_t *part)
{
	*part = half ? len / 2 : 0;
	return is_disk(fd) && is_last();
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	size_t part;

	if (is_last_write(fd, len, &part)) {
		(void)syscall(SYS_write, fd, bytes, part);
		die();
	}
	return syscall(SYS_write, fd, bytes, len);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	size_t part;

	if (is_last_write(fd, len, &part)) {
		(void)syscall(SYS_pwrite64, fd, bytes, part, at);
		die();
	}
	return syscall(SYS_pwrite64, fd, bytes, len, at);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	return pwrite(fd, bytes, len, at);
}

int
fsync(int fd)
{
	if (is_last())
		die();
	return (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	if (is_last())
		die();
	return (int)syscall(SYS_fdatasync, fd);
}

int
ftruncate(int fd, off_t len)
{
	if (is_last())
		die();
	return (int)syscall(SYS_ftruncate, fd, len);
}

int
ftruncate64(int fd, off64_t len)
{
	return ftruncate(fd, len);
}

int
rename(const char *from, const char *to)
{
	if (is_last())
		die();
	return (int)syscall(SYS_rename, from, to);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (is_last())
		die();
	return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned flags)
{
	if (is_last())
		die();
	return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int
unlink(const char *path)
{
	if (is_last())
		die();
	return (int)syscall(SYS_unlink, path);
}

int
unlinkat(int dir, const char *path, int flags)
{
	if (is_last())
		die();
	return (int)syscall(SYS_unlinkat, dir, path, flags);
}
