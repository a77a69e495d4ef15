/*
 * measure FILE COMMAND...: run it, and add a line to FILE:
 *
 *	<seconds by the wall> <seconds of processor> <KiB resident at most>
 *
 * of the command and all it started and waited for.  Exits as the command did.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char *argv[])
{
	struct rusage used;
	double began = now();
	FILE *to;
	pid_t child;
	int status;

	if (argc < 3 || (child = fork()) == -1)
		return 2;
	if (child == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (waitpid(child, &status, 0) == -1 ||
	    getrusage(RUSAGE_CHILDREN, &used) == -1 ||
	    (to = fopen(argv[1], "a")) == NULL)
		return 2;
	(void)fprintf(to, "%.3f %.3f %ld\n", now() - began,
	    seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
	if (fclose(to) != 0)
		return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
