/*
 * ping_status: what PING says became of one record that was sent.
 *
 * How it says so is written down nowhere in public.  What is read here is the
 * one entry of Data, which may be a list, an object, or a string that holds
 * them, with one status word out of a short table.  Any other word, a second
 * one that differs, an error beside a success, the ExternalId of another
 * record, more entries than one: all of that is unknown, which is for a person.
 * An error in the place of a status is none: it is asked again later.
 * An answer that cannot be read is never a success.  The table has to be held
 * against answers of the real server before it is relied on.
 */
#ifndef SATCHEL_SYSTEMS_PING_STATUS_H
#define SATCHEL_SYSTEMS_PING_STATUS_H

#include <stdbool.h>
#include <stddef.h>

struct fault;

enum ping_status {
	PING_STATUS_UNKNOWN, /* a word that is in no table: for a person */
	PING_STATUS_PENDING, /* none yet: ask again later */
	PING_STATUS_TAKEN,
	PING_STATUS_REFUSED,
	PING_STATUS_UNREADABLE, /* for a person too */
};

#define PING_STATUS_CODE 64

struct ping_status_said {
	enum ping_status status;
	/* The reason's code or the unknown word, if it may be shown; or "". */
	char code[PING_STATUS_CODE];
};

/* "unknown", "pending", "taken", "refused", "unreadable" */
const char *ping_status_name(enum ping_status s);

/*
 * The whole answer to a status question about one record: external_id as it
 * was sent, and the transaction.  FAULT_NO_MEMORY alone.
 */
int ping_status_read(const void *text, size_t len, const char *external_id,
    const char *transaction, struct ping_status_said *out, struct fault *why);

#endif
