#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier,cert-*) */

#include "tests/sim/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "tests/sim/crash.h"
#include "tests/sim/draw.h"

/* The linker wants this name for what stands in the place of clock_now. */
moment __wrap_clock_now(void); /* NOLINT(bugprone-reserved-identifier,cert-*) */

static moment simulated;

moment
__wrap_clock_now(void)
{
	return simulated;
}

void
run_set_clock(moment now)
{
	simulated = now;
}

void
run_words(struct run *r, ...)
{
	const char *word;
	va_list words;

	va_start(words, r);
	while ((word = va_arg(words, const char *)) != NULL)
		if (r->count < RUN_WORDS)
			r->word[r->count++] = word;
	va_end(words);
}

static void
give_up(const char *what)
{
	perror(what);
	exit(2);
}

static void
be_it(const struct run *r, int told)
{
	static char program[] = "satchel", json[] = "--json";
	char *words[RUN_WORDS + 3] = { program, json };
	int quiet = open("/dev/null", O_WRONLY), status;

	for (int i = 0; i < r->count; i++)
		words[i + 2] = strdup(r->word[i]);
	if (dup2(told, STDOUT_FILENO) == -1 ||
	    (getenv("SIM_STDERR") == NULL && dup2(quiet, STDERR_FILENO) == -1))
		_exit(99);
	(void)close(quiet);
	run_set_clock(r->now);
	draw_for_program(r->random);
	crash_arm(r->crash_at, r->torn);
	status = command_main(r->count + 2, words);
	(void)fflush(stdout);
	_exit(status);
}

static cJSON *
read_result(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	cJSON *j = NULL;
	char *text;

	if (len <= 0 || (text = malloc((size_t)len + 1)) == NULL)
		return NULL;
	if (pread(fd, text, (size_t)len, 0) == len) {
		text[len] = '\0';
		j = cJSON_Parse(text);
	}
	free(text);
	return j;
}

void
run_it(const struct run *r, struct ran *out)
{
	int fd = memfd_create("told", MFD_CLOEXEC), status;
	pid_t child;

	memset(out, 0, sizeof(*out));
	if (fd == -1)
		give_up("memfd");
	(void)fflush(NULL);
	if ((child = fork()) == -1)
		give_up("fork");
	if (child == 0)
		be_it(r, fd);
	while (waitpid(child, &status, 0) == -1)
		;
	out->calls = crash_calls();
	out->crashed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	    r->crash_at > 0;
	if (!out->crashed) {
		out->status = WIFEXITED(status) ? WEXITSTATUS(status) :
						  128 + WTERMSIG(status);
		out->result = read_result(fd);
		out->fault =
		    run_text(cJSON_GetObjectItem(out->result, "fault"), "code");
	}
	(void)close(fd);
}

void
run_forget(struct ran *r)
{
	cJSON_Delete(r->result);
	r->result = NULL;
}

const char *
run_text(const cJSON *of, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(of, name));
}
