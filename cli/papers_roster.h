/*
 * papers_roster: a party's staff list with its signature file beside it, as
 * agreement check, sign and adopt are given it.
 */
#ifndef SATCHEL_CLI_PAPERS_ROSTER_H
#define SATCHEL_CLI_PAPERS_ROSTER_H

#include <stdbool.h>

struct agreement;
struct args;
struct fault;
struct say;

/*
 * Does the file say of itself that it is a staff list?  Not so if it cannot be
 * read: to read it as an agreement says why.
 */
bool papers_roster_is(const char *path);

/* agreement: the path of one to hold it against; NULL: its form alone. */
int papers_roster_check(const struct args *args, const char *agreement,
    struct say *say, struct fault *why);

struct papers_roster_signing {
	const char *party;
	const char *key;
	const char *agreement; /* as above */
	bool dry_run;
};

int papers_roster_sign(const struct args *args,
    const struct papers_roster_signing *by, struct say *say, struct fault *why);

int papers_roster_adopt(const struct args *args, bool dry_run, struct say *say,
    struct fault *why);

/* Notice the staff lists that do not count any more. */
void papers_roster_left_out(struct say *say, const struct agreement *a);
/* Tell which staff lists are in force, and which do not count. */
int papers_roster_in_force(struct say *say, const struct agreement *a,
    struct fault *why);

#endif
