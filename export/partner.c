#include "export/partner.h"

#include <stdbool.h>

#include "base/fault.h"
#include "formats/agreement.h"
#include "store/distrusted.h"

int
partner_find(const struct partner_question *q, const char *code,
    const struct node **out, struct fault *why)
{
	const struct node *to = agreement_node(q->agreement, code);
	bool distrusted;

	if (to == NULL || to == q->self || to->role == NODE_AUDITOR ||
	    to->open_count == 0)
		return FAIL(why, FAULT_AGREEMENT_NOT_LISTED,
		    "no node to send to has that code");
	if (distrusted_now(q->store, to->code, agreement_node_lists, to,
		&distrusted, why) == -1)
		return -1;
	/* Not even a withdrawal: whoever has its keys would read it. */
	if (distrusted || to->revoked)
		return FAIL(why, FAULT_NODE_DISTRUSTED, "%s%s", to->code,
		    distrusted ? "" : ", revoked by the agreement");
	*out = to;
	return 0;
}
