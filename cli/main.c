#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/platform.h"
#include "cli/command.h"
#include "crypto/random.h"

/*
 * A closed stdin, stdout or stderr would be the next file that is opened, and
 * what is printed would go into it.  These stand in, open the wrong way round,
 * so that using one still fails.
 */
static int
keep_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) != -1)
			continue;
		if (open("/dev/null",
			fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	platform_keep_private();
	if (keep_standard_files() == -1)
		return EXIT_INSIDE;
	platform_protect_memory();
	/* A full disk or a closed pipe is a fault to be told, not an end. */
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (random_start() == -1) {
		(void)fputs("satchel: S102 this computer gives no random "
			    "numbers\n",
		    stderr);
		return EXIT_INSIDE;
	}
	return command_main(argc, argv);
}
