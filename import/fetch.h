/*
 * fetch: bundles that lie at a place, into a folder of this machine.
 *
 * They are known by their first bytes, whatever they are called; a thousand
 * other files there do no harm, and are looked at once.  A file comes in as
 * "<name>.part", goes on where it broke off, and gets its name when it is as
 * long as it was listed and its four lines are a bundle's.  Nothing is opened
 * here: import does that, and trusts nobody's folder.
 */
#ifndef SATCHEL_IMPORT_FETCH_H
#define SATCHEL_IMPORT_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/fault.h"
#include "formats/bundle.h"

struct folder;
struct gate_limits;
struct gate_way;
struct store;

/* In the home: what is fetched and not imported yet. */
#define FETCH_FOLDER "fetched"

enum fetch_state {
	FETCH_CAME,  /* whole, under its name in the folder */
	FETCH_BEGUN, /* a part of it; it goes on the next time */
	FETCH_FAILED,
	FETCH_NOT_TRIED /* a dry run, or the time is up */
};
/* "came", "begun", "failed", "not tried" */
const char *fetch_state_name(enum fetch_state s);

/* One file that is a bundle by its first bytes, and not in this node yet. */
struct fetched {
	enum fetch_state state;
	char id[BUNDLE_ID]; /* as it says itself; "" if it does not */
	const char *name;   /* in the folder: "1a2b3c4d.satchel"; or "" */
	int64_t bytes;	    /* -1: nobody said */
	int64_t have;
	bool hopeless; /* nothing else need be tried there now */
	struct fault fault;
};

struct fetch_order {
	struct store *store;
	const struct gate_way *from;
	const struct gate_limits *limits;
	struct folder *into;
	int64_t largest; /* bytes of one bundle; 0: the format's own limit */
	moment now;
	bool dry_run;
	void (*took)(void *context, const struct fetched *f);
	void *context;
};

struct fetch_total {
	size_t came;
	size_t begun; /* and those that were not tried */
	size_t failed;
	size_t known;	/* in this node, or in the folder, already */
	size_t foreign; /* no bundles; left alone */
	size_t seen;	/* looked at in an earlier run; left alone */
	int64_t sent;	/* bytes on the wire */
	int64_t received;
	bool ended;	       /* the time was up */
	struct fault hopeless; /* what stopped it; FAULT_NONE */
};

/* 0 with *out for whatever the server did; -1 if this node itself failed. */
int fetch_run(const struct fetch_order *order, struct fetch_total *out,
    struct fault *why);

/* A file of that name has been dealt with here: it is not fetched again. */
int fetch_settle(struct store *s, const char *name, struct fault *why);

#endif
