/*
 * partner: the node that something is to be sent to.
 */
#ifndef SATCHEL_EXPORT_PARTNER_H
#define SATCHEL_EXPORT_PARTNER_H

struct agreement;
struct fault;
struct node;
struct store;

struct partner_question {
	struct store *store;
	const struct agreement *agreement;
	const struct node *self;
};

/*
 * The node of that code, if anything may be sealed to it: FAULT_AGREEMENT_...
 * if it is not listed as one that receives, FAULT_NODE_DISTRUSTED if it is
 * distrusted here or revoked.
 */
int partner_find(const struct partner_question *q, const char *code,
    const struct node **out, struct fault *why);

#endif
