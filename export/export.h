/*
 * export: referrals out of a system's files into one bundle for one node.
 *
 * The one call that a command line or a console makes.  Order of writing
 * (docs/bundle.5): gather and judge; seal into the outbox; one transaction;
 * then carry.  Nothing numbered exists outside before it is durable inside.
 */
#ifndef SATCHEL_EXPORT_EXPORT_H
#define SATCHEL_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/fault.h"
#include "export/gather.h"
#include "store/bundles.h"

struct agreement_file;
struct folder;
struct node;
struct secrets;
struct store;

/* This node and who acts; all borrowed. */
struct exporter {
	struct folder *home;
	const struct secrets *secrets;
	struct store *store;
	struct agreement_file *agreement;
	const struct node *self;
	const char *user;
	moment now;
	bool dry_run; /* judge and show; nothing is written anywhere */
	/* Told of each referral as it is judged. */
	void (*referral)(void *context, const char *ref, const char *state,
	    const struct judgement *j);
	/* Told of a case that no referral could be made of. */
	void (*unreadable)(void *context, const struct fault *fault);
	/* Told of a file that is not all there is (pages). */
	void (*incomplete)(void *context, const char *file);
	/*
	 * Told of a referral that is held or refused now, of which an earlier
	 * version has gone to that node: nobody there knows of the change.
	 */
	void (
	    *gone_before)(void *context, const char *ref, const char *partner);
	/*
	 * Told instead where it is a no that came since: a recall is to be
	 * given.  Once for each node that got an earlier version.
	 */
	void (*drafted)(void *context, const char *ref, const char *partner);
	/* Told now and then how far it is, in bytes of the files. */
	void (*progress)(void *context, const char *what, uint64_t done,
	    uint64_t all);
	/* Told before each wait that a server asks for; may be NULL. */
	void (*waiting)(void *context, long seconds);
	/* Told of each bundle that was carried to the folder. */
	void (*carried)(void *context, const struct bundle_made *b);
	void *context;
};

struct export_order {
	const char *to; /* node code */
	const struct source_file_order *sources;
	size_t source_count;
	/* Instead of sources, the server of the system of that format. */
	bool live;
	enum format server;
	const char *credentials; /* path of the sealed file */
	bool all;		 /* whatever was read of that server before */
	const char *consents;	 /* path; NULL: no register */
	const char *const *only;
	size_t only_count;
	struct folder *out; /* NULL: nothing is carried */
	bool readable_name;
};

struct exported {
	bool made; /* false: there was nothing to send */
	struct bundle_made bundle;
	int64_t verdict[VERDICT_REFUSE + 1];
	struct passed_over passed;
	int64_t owed;	   /* records beside referrals that went with it */
	int64_t agreement; /* the version that it encloses; 0: none */
	size_t rosters;	   /* staff lists that it encloses */
	size_t carried;	   /* bundles carried, earlier ones included */
	/*
	 * The bundle is made, and it could not be carried: its fault.  The
	 * next export to the same node carries it.
	 */
	struct fault not_carried;
};

/*
 * 0 if it ended well, also with nothing to send, or made and not carried; -1
 * if nothing was made: then the store is as it was.
 */
int export_run(const struct exporter *by, const struct export_order *order,
    struct exported *out, struct fault *why);

#endif
