/*
 * link: the options of the commands that speak to an upload server, and what
 * those commands tell of it.
 */
#ifndef SATCHEL_CLI_LINK_H
#define SATCHEL_CLI_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/jsonout.h"
#include "crypto/age.h"
#include "systems/gate.h"

struct args;
struct fault;
struct fetched;
struct home;
struct progress;
struct say;
struct uploaded;

/* Where they stand from a command's own first one on. */
enum {
	LINK_CREDENTIALS,
	LINK_CA,
	LINK_SSH_KEY,
	LINK_SSH_HOST_KEY,
	LINK_FOR,
	LINK_RATE,
	LINK_OPTIONS
};

/* clang-format off */
#define LINK_SPECS(first)                                                \
	[(first) + LINK_CREDENTIALS] = { .name = "credentials",          \
	    .value = "FILE",                                             \
	    .gist = "how to be let in by an https server; sealed" },     \
	[(first) + LINK_CA] = { .name = "ca", .value = "FILE",           \
	    .gist = "whom to trust instead of the system's list; PEM" }, \
	[(first) + LINK_SSH_KEY] = { .name = "ssh-key",                  \
	    .value = "FILE",                                             \
	    .gist = "this node's ed25519 key for an sftp server" },      \
	[(first) + LINK_SSH_HOST_KEY] = { .name = "ssh-host-key",        \
	    .value = "SHA256:...",                                       \
	    .gist = "the key that the sftp server must show" },          \
	[(first) + LINK_FOR] = { .name = "for", .value = "TIME",         \
	    .gist = "stop then, as 90s, 20m or 2h" },                    \
	[(first) + LINK_RATE] = { .name = "rate", .value = "RATE",       \
	    .gist = "use no more: 20k is 20 kilobits a second, so 3 "    \
		    "MB in 20 minutes" }
/* clang-format on */

/* One run of such a command. */
struct link {
	struct gate_way way;
	struct gate_limits limits;
	struct age_opener opener;
	struct say *say;
	struct progress *progress;
	/* In all, over the places of the run: */
	int64_t sent;
	int64_t received;
	int64_t twice;
};

/*
 * Reads the options from `first` on.  h and say are borrowed; link_end also
 * after a fault.
 */
int link_start(struct link *l, const struct args *args, int first,
    const struct home *h, struct say *say, struct fault *why);
void link_end(struct link *l);
/* Of the options given for two places, those that fit this one's scheme. */
void link_fit(struct gate_way *way);
/* "10M": bytes; k, M and G are thousands.  FAULT_USAGE. */
int link_read_size(const char *text, const char *option, int64_t *out,
    struct fault *why);
/* That the time was up, if it was. */
void link_say_ended(struct link *l, bool ended, bool left);
/* What it cost, for people and as the member traffic. */
int link_say_traffic(struct link *l, struct fault *why);

/* A list of the result, filled while it comes to pass. */
struct link_list {
	struct bytes text;
	struct sink *to; /* NULL: people alone are told */
	struct jsonout o;
};

int link_list_begin(struct link_list *list, bool json, struct fault *why);
/* file: as people are told it; to: a node, or NULL. */
void link_list_sent(struct link_list *list, struct link *l, const char *file,
    const char *to, const struct uploaded *u);
void link_list_fetched(struct link_list *list, struct link *l,
    const struct fetched *f);
/* Once; the list is the member `name`.  Frees it, also after a fault. */
int link_list_end(struct link_list *list, struct say *say, const char *name,
    struct fault *why);

#endif
