/*
 * place: where bundles are handed over: an upload server, or a folder.
 *
 *	https://host[:port]/path/	 tus 1.0.0; fetching: see place_list
 *	sftp://user@host[:port]/folder/	 an SFTP account
 *	file:///folder			 a folder of this machine
 *
 * http:// is taken for this machine alone.  Nothing secret stands in an
 * address; a server is verified, or nothing at all is said to it: TLS 1.2 and a
 * certificate, or the SSH host key that was named.
 *
 * How far an upload came is always the server's word: no function here takes an
 * offset that it has not just been told.  What a break leaves there is gone on
 * with; nothing is sent under its own name before it is whole.
 *
 * Sources: tus.io resumable upload protocol 1.0.0; OpenSSH's sftp-server.
 */
#ifndef SATCHEL_SYSTEMS_PLACE_H
#define SATCHEL_SYSTEMS_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct folder;
struct login;
struct place;
struct sink;

enum place_kind { PLACE_TUS, PLACE_SFTP, PLACE_FOLDER };

#define PLACE_NAME 64	     /* of what is sent: "1a2b3c4d.satchel" and NUL */
#define PLACE_FOUND_NAME 256 /* of what lies there */
/* Where an upload goes on; a tus server's own address for it.  May be "". */
#define PLACE_TICKET 2048

/*
 * What the way costs and may cost; one for all places of a run.  The bytes are
 * those of the connections, as the system counts them; the looking up of names
 * and the headers of TCP and IP, some 3 in 100, are not in them.  When the time
 * is up, place_send and place_get stop and give 0; all else that is under way
 * gives FAULT_SERVER_BROKE_OFF.
 */
struct place_meter {
	int64_t sent; /* bytes on the line, TLS and SSH included */
	int64_t received;
	int64_t file;	/* of files, that went out or came; those again too */
	int64_t twice;	/* of file: sent again, as the server had lost it */
	int64_t rate;	/* bytes a second each way; 0: as fast as it goes */
	double ends_at; /* seconds of clock_elapsed; 0: no end */
	bool ended;	/* something stopped because ends_at had come */
	/* Told now and then while a file moves; may be NULL. */
	void (*moved)(void *with, int64_t done, int64_t size);
	/* Told before a wait; may be NULL. */
	void (*waiting)(void *with, long seconds);
	void *with;
};

struct place_order {
	const char *url;
	const struct login *login; /* NULL: none */
	const char *ca;		   /* path of a PEM file; NULL: the system's */
	const char *ssh_key;	   /* path of an ed25519 key; for sftp */
	const char *ssh_host_key;  /* "SHA256:<base64>"; for sftp */
	long connect_seconds;	   /* 0: 30 */
	long stall_seconds;	   /* without a byte; 0: 60 */
	struct place_meter *meter;
};

/*
 * Borrows all that the order names, but the url.  FAULT_SERVER_ADDRESS,
 * FAULT_USAGE (an sftp place without its keys, options of another kind), or
 * that a file named in it cannot be read.  Nothing is asked of the server yet.
 */
struct place *place_open(const struct place_order *order, struct fault *why);
void place_close(struct place *p); /* NULL is fine */
enum place_kind place_kind(const struct place *p);

/* One file as it is to arrive; all borrowed. */
struct place_item {
	const struct folder *from;
	const char *file; /* its name in from */
	const char *name; /* its name over there */
	int64_t size;
	const uint8_t *sha256; /* 32 bytes, of the whole file */
	/*
	 * All of it left this machine in this upload: so what is there under
	 * its name and may not be read can be it.
	 */
	bool sent;
};

/*
 * How the server's copy was proven: PLACE_READ_BACK (every byte, by hash),
 * PLACE_CHECKSUM (each piece, by the server), PLACE_LENGTH (its length alone:
 * it could not be read).
 */
enum place_proof { PLACE_READ_BACK, PLACE_CHECKSUM, PLACE_LENGTH };
const char *place_proof_name(enum place_proof p);

/*
 * Faults of all that speak to a server.  Hopeless for the whole place:
 * FAULT_SERVER_TLS, _LOGIN, _FORBIDDEN, FAULT_PLACE_HOST_KEY, FAULT_PLACE_WRONG
 * (it answers, and is none that takes uploads), FAULT_PLACE_FULL, and
 * FAULT_SERVER_UNREACHABLE (no network, or no such server: no connection came
 * about).  Of this one file: FAULT_PLACE_TOO_LARGE, FAULT_PLACE_TAKEN (another
 * file of that name is there), FAULT_PLACE_DIFFERS (read back, it is not what
 * was sent; it was not renamed, and is sent anew), FAULT_SERVER_REFUSED and
 * _ANSWER.  To be tried again: FAULT_SERVER_BROKE_OFF, _BUSY, _TROUBLE, after
 * place_offset.
 */
bool place_hopeless(const struct fault *why);

/*
 * Begin an upload: ticket is to be kept (in the store, synced) before anything
 * else is done with it.  For a small file a tus server may take all of it at
 * once, and in a folder a file of that name and length may lie there already:
 * then *offset is its size.
 */
int place_begin(struct place *p, const struct place_item *item,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why);
/* How much the server has: 1, or 0 if it knows nothing of it (any more). */
int place_offset(struct place *p, const struct place_item *item,
    const char *ticket, int64_t *offset, struct fault *why);
/*
 * Send from *offset, which place_begin or place_offset gave, to the end.
 * Whatever happens, *offset is then what the server last said; 0 once it has
 * all, also if meter->ended stopped it (then *offset is below the size).
 */
int place_send(struct place *p, const struct place_item *item,
    const char *ticket, int64_t *offset, struct fault *why);
/*
 * The whole of it is there: prove it, and give it its name where that is still
 * to be done.  A second time finds it done.  *proven is how many bytes were
 * read back before, 0 at first; it grows, also if the line breaks, and is worth
 * keeping: reading back costs as much as sending.
 */
int place_prove(struct place *p, const struct place_item *item,
    const char *ticket, int64_t *proven, enum place_proof *proof,
    struct fault *why);

/* --- the other way --- */

struct place_found {
	char name[PLACE_FOUND_NAME];
	int64_t size;	 /* -1: not said */
	int64_t changed; /* as the server says it, for comparing only; 0 */
};

/*
 * What lies there and could be a bundle by its size: not our own parts, not
 * those of others (".part"), no folders.  Over https: the one file the address
 * names, or, if it ends in "/", a listing in JSON as nginx's autoindex gives
 * it; anything else there is FAULT_PLACE_NO_LIST.  each may stop the walk with
 * -1.
 */
int place_list(struct place *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why);
struct place_span {
	int64_t from;
	int64_t to; /* not included; -1: the end */
};

/*
 * Those bytes of that file into `into`, which is not finished here.  *got is
 * how many came, also after a fault.
 * FAULT_PLACE_CHANGED if it is not the file that was listed any more, as far
 * as that shows.
 */
int place_get(struct place *p, const struct place_found *f,
    const struct place_span *span, struct sink *into, int64_t *got,
    struct fault *why);

#endif
