#include "tests/unit/standin.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/rows.h"

#define ANSWER_MAX ((size_t)64 * 1024 * 1024)
#define ARGUMENTS_MAX 16

extern char **environ;

struct standin {
	pid_t pid;
	int hold; /* its standard input: it ends when this is closed */
	int port;
};

static bool
spawn(struct standin *s, char **argv, int in, int out)
{
	posix_spawn_file_actions_t actions;
	bool good;

	(void)setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, in, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, out, 1);
	good =
	    posix_spawnp(&s->pid, argv[0], &actions, NULL, argv, environ) == 0;
	(void)posix_spawn_file_actions_destroy(&actions);
	return good;
}

/* "port 40123": -1 if it says something else, or nothing. */
static int
read_port(int from)
{
	FILE *f = fdopen(from, "r");
	int port = -1;
	char line[64];

	if (f == NULL)
		return -1;
	if (fgets(line, sizeof(line), f) != NULL &&
	    strncmp(line, "port ", 5) == 0)
		port = (int)strtol(line + 5, NULL, 10);
	(void)fclose(f);
	return port;
}

struct standin *
standin_start(const char *script, const char *const *arguments)
{
	struct standin *s = calloc(1, sizeof(*s));
	char path[128], python[] = "python3";
	char *argv[ARGUMENTS_MAX + 3] = { python, path };
	int in[2], out[2];
	bool started;

	if (s == NULL || pipe(in) == -1 || pipe(out) == -1)
		abort();
	(void)snprintf(path, sizeof(path), "tests/standin/%s", script);
	for (size_t i = 0;
	     arguments != NULL && arguments[i] != NULL && i < ARGUMENTS_MAX;
	     i++)
		if ((argv[i + 2] = strdup(arguments[i])) == NULL)
			abort();
	(void)signal(SIGPIPE, SIG_IGN);
	/* Another stand-in must not hold this one's end. */
	s->hold = in[1];
	(void)fcntl(s->hold, F_SETFD, FD_CLOEXEC);
	started = spawn(s, argv, in[0], out[1]);
	for (size_t i = 2; argv[i] != NULL; i++)
		free(argv[i]);
	(void)close(in[0]);
	(void)close(out[1]);
	s->port = read_port(out[0]);
	if (started && s->port > 0)
		return s;
	(void)fprintf(stderr, "python3 or %s did not start\n", path);
	(void)close(s->hold);
	free(s);
	return NULL;
}

void
standin_stop(struct standin *s)
{
	if (s == NULL)
		return;
	(void)close(s->hold);
	(void)waitpid(s->pid, NULL, 0);
	free(s);
}

int
standin_port(const struct standin *s)
{
	return s->port;
}

static int
reach(const struct standin *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons((uint16_t)s->port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_not_equal(fd, -1);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)),
	    0);
	return fd;
}

static void
send_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len > 0; text += n, len -= (size_t)n)
		if ((n = write(fd, text, len)) <= 0)
			fail_msg("the stand-in does not listen");
}

/* The body of an answer of 200; the caller's. */
static char *
ask(const struct standin *s, const char *method, const char *path,
    const char *body)
{
	char *text = malloc(ANSWER_MAX), *start;
	size_t len = 0;
	char head[512];
	int fd = reach(s);
	ssize_t n;

	assert_non_null(text);
	(void)snprintf(head, sizeof(head),
	    "%s %s HTTP/1.1\r\nConnection: close\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    method, path, strlen(body));
	send_all(fd, head, strlen(head));
	send_all(fd, body, strlen(body));
	(void)shutdown(fd, SHUT_WR);
	while ((n = read(fd, text + len, ANSWER_MAX - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	text[len] = '\0';
	if (strncmp(text, "HTTP/1.1 200", 12) != 0)
		fail_msg("%s %s: %.200s", method, path, text);
	start = strstr(text, "\r\n\r\n");
	assert_non_null(start);
	memmove(text, start + 4, strlen(start + 4) + 1);
	return text;
}

void
standin_post(const struct standin *s, const char *path, const char *json)
{
	free(ask(s, "POST", path, json));
}

char *
standin_get(const struct standin *s, const char *path)
{
	return ask(s, "GET", path, "");
}
