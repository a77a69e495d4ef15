/*
 * world: the offices, the children they care for, and what is true of both.
 *
 * This is the plain model that the program is compared with: it is kept from
 * what people did and what the couriers carried, never from the program's own
 * store.
 */
#ifndef SATCHEL_TESTS_SIM_WORLD_H
#define SATCHEL_TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"
#include "tests/sim/draw.h"

#define WORLD_HUBS 2
#define WORLD_NODES 256
#define WORLD_CHILDREN 20000
#define WORLD_LETTERS 20000
#define WORLD_PATH 512
#define DAY_SECONDS 86400

enum clock_state {
	CLOCK_RIGHT, /* but for some hours */
	CLOCK_1970,
	CLOCK_2098,
	CLOCK_OFF, /* some weeks, one way or the other */
};

struct cJSON;
struct minisign_key;

struct office {
	char code[17];
	bool hub;
	moment skew; /* always */
	enum clock_state clock;
	moment off;	/* CLOCK_OFF */
	int clock_days; /* until it is set right */
	int hub_index;	/* of a site: where its referrals go */
	bool was_wrong; /* its clock, at some time */
	/* Of exports to each partner: one crashed, and none ended since. */
	long crashed_export[WORLD_NODES];
	char **files; /* names of what was loaded here */
	size_t file_count;
	bool sources_changed[WORLD_NODES];
	bool load_broke;
	bool may_load;	 /* something came, or was decided, since the last */
	bool may_decide; /* something was held when its store was seen last */
	bool working;	 /* in the last rounds: something was made or came */
};

enum child_kind {
	CHILD_GOOD,
	CHILD_NO_RECORD, /* ticked in the system, and no consent record */
	CHILD_LACKS,	 /* a field that the agreement requires */
	CHILD_NEVER,	 /* said no from the start */
	CHILD_KINDS
};

enum said { SAID_NOTHING, SAID_ACCEPTED, SAID_REJECTED, SAID_DONE };

/*
 * One child, and the one service that is asked for.  Who is referred to both
 * hubs stands here twice, under one ref.
 */
struct child {
	int number;
	int person; /* whom two of them may be about */
	enum child_kind kind;
	int origin; /* office */
	int to;
	bool from_hub;
	char case_id[37];
	char service_id[37];
	char individual[16];
	char ref[96];
	day born_on;
	day given_on; /* consent */
	int revision; /* of the request */
	bool no;      /* consent was taken back */
	day no_on;
	bool by_draft; /* nobody names it: the export finds the no */
	/* Consent was given anew since, with this revision; 0: it was not. */
	int again;
	long tried_op;	   /* first export that had it in its file; 0: none */
	long sent_op;	   /* first export that surely sent it; 0: none */
	int sent_revision; /* the last that surely went */
	int seen_revision; /* the highest that was read at the receiver */
	bool in_drawer;	   /* it went in a bundle that somebody forgot */
	long recall_op;	   /* the recall that ended well; 0: none */
	/* A bundle made after the recall was imported where it had gone. */
	long recall_known_op;
	bool recall_arrived; /* one that may hold it has got there */
	day recall_day;
	bool recall_dated; /* the office's clock was right that day */
	/* The same of what was asked before consent was given anew. */
	long old_recall_known_op;
	long old_recall_op;
	int old_loads;
	int loads;	/* different files at the receiver */
	enum said said; /* what the receiving office decided last */
	long said_why;	/* the number in its reason */
	day said_on;
	int undo_sheets; /* 1: a person was asked to undo it; 2: it is undone */
};

/* A file under way. */
struct letter {
	int number; /* of its file */
	int from;
	int to;
	int day;
	bool whole;   /* neither flipped nor cut short, and to whom it is for */
	long op;      /* it was made in this operation or an earlier one */
	int kept_for; /* bundles.h */
};

struct counts {
	long operations;
	long crashes;
	long refused; /* operations the program would not do */
	long bundles; /* files put on a stick */
	long lost;
	long doubled;
	long damaged;
	long astray;
	long drawers;
	long resent;
	long children;
	long referrals;
	long revisions;
	long noes;
	long recalls;
	long drafted; /* of these, that people did not name */
	long again;   /* consent was given anew */
	long trips;   /* with stick alone */
	long loads;
	long answers;
	long decisions;
	long clock_jumps;
	long clocks_righted;
};

struct world {
	uint64_t seed;
	struct draw draw;
	char root[128];
	int days;
	int sites;
	int nodes; /* hubs first */
	int today;
	int clock_day; /* and its first operation */
	long clock_op;
	moment start;
	long op;
	struct office office[WORLD_NODES];
	struct child *child;
	int child_count;
	struct letter *letter;
	int letter_count;
	int letter_files;
	struct counts counts;
	struct cJSON *agreement; /* in force at the beginning */
	struct minisign_key *party_key[2];
	int rotated;  /* office whose keys change; 0: none yet */
	int keep_for; /* what is collected now stays in a drawer: bundles.h */
	bool drawn;   /* something did */
	bool linked;  /* somebody is referred to both hubs */
	bool drawers_open; /* whatever they hold is found */
	bool reliable;	   /* couriers, computers and clocks, at the end */
	bool decided;	   /* all that will be */
	bool failed;
	const char *op_name; /* of the operation that runs */
};

/* A path under the root, in one of a few rooms that are used in turn. */
const char *world_path(const struct world *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Folders, nodes, the agreement, adopted everywhere.  0 or -1. */
int world_make(struct world *w, const char *example);
/*
 * A site makes new keys, and a hub adopts a version that lists them: everybody
 * else hears of it by bundles.
 */
int world_rotate(struct world *w);
int world_renew(struct world *w);
/* keep: the files stay. */
void world_forget(struct world *w, bool keep);

/* What that office's clock shows at this moment of the day. */
moment world_clock(struct world *w, int office);
day world_day(const struct world *w);

/* A child comes to some office; NULL if there is no room. */
struct child *world_child(struct world *w);
/* The children that this office refers to that one, as its system's file. */
int world_sources(struct world *w, int from, int to);
/* Whose is this text of a file?  NULL: nobody's. */
struct child *world_whose(struct world *w, int at, const char *text,
    bool answer);
/* The one that this office refers, or that is referred to it; or NULL. */
struct child *world_by_ref(struct world *w, int office, const char *ref);
/* They take consent back, or give it anew; may do nothing. */
void world_say_no(struct world *w, const struct child *who);
bool world_say_yes(struct world *w, const struct child *who);
/* The reason that is given with an answer, by its number. */
#define WHY_ROOM 48
void world_why(long number, char out[static WHY_ROOM]);
/* Are these one child, who is referred to both hubs? */
bool world_same(const struct child *a, const struct child *b);

/* A difference between the model and the program: it is told, and kept. */
void world_differ(struct world *w, const char *node, const char *ref,
    const char *model, const char *program);

#endif
