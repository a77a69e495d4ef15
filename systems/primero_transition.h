/*
 * primero_transition: referrals within a Primero: given to a user, answered,
 * taken back.
 *
 * A step that Primero does not allow is answered with 200 and the old status;
 * so the status is always compared with what was asked.  Primero looks a
 * referral up by its id alone: that it belongs to the case is checked here.
 */
#ifndef SATCHEL_SYSTEMS_PRIMERO_TRANSITION_H
#define SATCHEL_SYSTEMS_PRIMERO_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

#include "systems/primero_api.h"

#define PRIMERO_TRANSITION_STATUS 24

struct agreement;
struct fault;

struct primero_transition {
	char id[PRIMERO_API_ID];
	char status[PRIMERO_TRANSITION_STATUS]; /* as it is now */
	bool was_there; /* nothing was changed by this run */
};

struct primero_transition_order {
	const char *record_id;
	const char *service_id;
	const char *user;      /* who is to take it */
	const char *module_id; /* of the agreement */
	const char *service;   /* its type as this Primero calls it; or NULL */
	const char *notes;     /* or NULL */
};

/*
 * Give the service to a user, unless an open referral has done so already.
 * FAULT_SERVER_REFUSED if there is no such user, or one that may not receive
 * it, or if the case has no consent to be shared: a person chooses.
 */
int primero_transition_create(struct primero_api *p,
    const struct primero_transition_order *order,
    struct primero_transition *out, struct fault *why);

/* One service of one case. */
struct primero_service {
	const char *record_id;
	const char *service_id;
};

/* Whose referral of a service is answered by a decision of proGres. */
struct primero_transition_whose {
	const char *user; /* as satchel is let in; NULL: not known */
	const struct agreement *agreement;
};

struct primero_transition_open {
	struct primero_transition one; /* filled in where ours is 1 */
	size_t ours;   /* open, and given to another system or to satchel */
	size_t others; /* open, and given to other people there */
};

/*
 * The open referrals of that service.  Ours are the remote ones, those to
 * satchel's user or the intake user, and those to an agency that the agreement
 * has as a party of proGres: nobody else's may be answered.
 */
int primero_transition_find(struct primero_api *p,
    const struct primero_service *service,
    const struct primero_transition_whose *whose,
    struct primero_transition_open *out, struct fault *why);

enum primero_transition_answer {
	PRIMERO_ACCEPTED,
	PRIMERO_REJECTED,
	PRIMERO_DONE,
};

struct primero_transition_reply {
	const char *record_id;
	const char *referral_id;
	enum primero_transition_answer answer;
	const char *reason; /* with a rejection; NULL: none */
	const char *note;   /* NULL: none */
};

/*
 * FAULT_SERVER_REFUSED if the status did not become what was asked, with what
 * it is; FAULT_TARGET_CASE if the case has no such referral.
 */
int primero_transition_reply(struct primero_api *p,
    const struct primero_transition_reply *reply,
    struct primero_transition *out, struct fault *why);

/* What of a service is there, before anything is taken back. */
struct primero_given {
	bool gone;	 /* the case is not there */
	bool row;	 /* the case has a row of that service */
	bool ticked;	 /* it says that it is referred */
	bool no_consent; /* the case says that it may not be shared */
	size_t open;	 /* referrals of that service */
	size_t done;	 /* likewise; it was given already */
	size_t unclear;	 /* open, but say not for which service */
};

/*
 * Only looks.  FAULT_TARGET_CASE if the case may not be read by this user.
 */
int primero_transition_look(struct primero_api *p, const char *record_id,
    const char *service_id, struct primero_given *out, struct fault *why);

struct primero_revoked {
	size_t revoked; /* by this run */
	size_t closed;	/* were not open any more */
	size_t done;	/* of those: the service was given already */
	size_t unclear; /* open, but say not for which service: for a person */
	bool unticked;	/* the row says no longer that it is referred */
	bool row;	/* there is one, which stays */
};

/*
 * A recall: every open referral of that service is revoked, and only then is
 * the row's own tick taken off.  The other order fails: the consent of the
 * case is looked at whenever a referral is saved.  The row itself stays.  What
 * was revoked is read back: FAULT_SERVER_REFUSED if one is open all the same.
 */
int primero_transition_revoke(struct primero_api *p, const char *record_id,
    const char *service_id, struct primero_revoked *out, struct fault *why);

#endif
