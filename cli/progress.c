#include "cli/progress.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/platform.h"

#define FIRST_AFTER 1.0	 /* seconds: what is quicker needs no line */
#define EVERY 0.25	 /* seconds between two lines */
#define TIME_LEFT_FROM 3 /* per cent done: before, it would be a guess */
#define MINUTE 60
#define HOUR 3600

struct progress {
	const char *what;
	const char *unit;
	double began;
	double last; /* when a line was written */
	bool shown;
};

struct progress *
progress_new(const char *what, const char *unit)
{
	struct progress *p;

	if (!platform_is_terminal(STDERR_FILENO) ||
	    (p = calloc(1, sizeof(*p))) == NULL)
		return NULL;
	p->unit = unit;
	progress_next(p, what);
	return p;
}

void
progress_next(struct progress *p, const char *what)
{
	if (p == NULL)
		return;
	p->what = what;
	p->began = clock_elapsed();
}

/* "about 2 min left": nobody can tell more exactly than that. */
static void
time_left(double seconds, char *out, size_t room)
{
	if (seconds < MINUTE)
		(void)snprintf(out, room, "about %.0f s left", seconds + 1);
	else if (seconds < HOUR)
		(void)snprintf(out, room, "about %.0f min left",
		    seconds / MINUTE + 1);
	else
		(void)snprintf(out, room, "about %.1f h left", seconds / HOUR);
}

static void
amount(double n, char *out, size_t room)
{
	static const char *const units[] = { "", "k", "M", "G", "T" };
	size_t u = 0;

	while (n >= 10000 && u + 1 < sizeof(units) / sizeof(units[0])) {
		n /= 1000;
		u++;
	}
	(void)snprintf(out, room, "%.0f %s", n, units[u]);
}

static void
show(struct progress *p, double now, uint64_t done, uint64_t all)
{
	double took = now - p->began;
	double rate = (double)done / took;
	char left[32] = "", per_second[16];

	amount(rate, per_second, sizeof(per_second));
	if (all == 0 || done > all) {
		char so_far[16];

		amount((double)done, so_far, sizeof(so_far));
		(void)fprintf(stderr, "\r\033[K%s: %s%s, %s%s/s", p->what,
		    so_far, p->unit, per_second, p->unit);
	} else {
		double share = 100.0 * (double)done / (double)all;

		if (share >= TIME_LEFT_FROM)
			time_left((double)(all - done) / rate, left,
			    sizeof(left));
		(void)fprintf(stderr, "\r\033[K%s: %.0f %%, %s%s/s%s%s",
		    p->what, share, per_second, p->unit,
		    left[0] == '\0' ? "" : ", ", left);
	}
	(void)fflush(stderr);
	p->shown = true;
	p->last = now;
}

void
progress_at(struct progress *p, uint64_t done, uint64_t all)
{
	double now;

	if (p == NULL)
		return;
	now = clock_elapsed();
	if (now - p->began >= FIRST_AFTER && now - p->last >= EVERY)
		show(p, now, done, all);
}

void
progress_wait(struct progress *p, long seconds)
{
	if (p == NULL)
		return;
	(void)fprintf(stderr, "\r\033[Kthe server asks to wait %ld s", seconds);
	(void)fflush(stderr);
	p->shown = true;
	p->last = clock_elapsed();
}

void
progress_hide(struct progress *p)
{
	if (p == NULL || !p->shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	p->shown = false;
}

void
progress_free(struct progress *p)
{
	progress_hide(p);
	free(p);
}
