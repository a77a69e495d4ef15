#include "cli/log_own.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/node.h"
#include "crypto/minisign.h"
#include "formats/agreement.h"
#include "store/log.h"
#include "store/log_heads.h"
#include "store/store.h"

int
log_own_read(const struct home *h, struct log_own *out, struct fault *why)
{
	struct minisign_public p;

	*out = (struct log_own){ .key = "" };
	if (node_need_agreement(h, why) == -1 ||
	    log_heads_origin(agreement_of(h->agreement)->id, h->self->code,
		out->said.origin, why) == -1)
		return -1;
	minisign_key_copy_public(h->signing, &p);
	note_write_key(out->said.origin, p.key, out->key);
	if (log_size(h->store, &out->said.size, why) == -1)
		return -1;
	return log_root(h->store, out->said.size, &out->said.root, why);
}

int
log_own_sign(const struct home *h, struct log_own *out, struct bytes *note,
    struct fault *why)
{
	if (log_own_read(h, out, why) == -1 || store_begin(h->store, why) == -1)
		return -1;
	if (log_heads_sign(h->store, out->said.origin, h->signing, clock_now(),
		note, why) == -1) {
		store_roll_back(h->store);
		return -1;
	}
	return store_commit(h->store, why);
}
