#include "base/clock.h"

#include <time.h>

moment
clock_now(void)
{
	struct timespec now;

	/* It cannot fail: POSIX has this clock everywhere. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (moment)now.tv_sec;
}

double
clock_elapsed(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
