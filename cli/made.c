#include "cli/made.h"

#include "cli/say.h"
#include "store/bundles.h"

void
made_say(struct say *say, const struct bundle_made *b, const char *from,
    const struct fault *fault)
{
	struct said_bundle said = {
		.file = b->name,
		.id = b->id,
		.seq = b->seq,
		.from = from,
		.to = { b->receiver },
		.to_count = 1,
		.sequence = b->sequence,
		.state = "made",
		.fault = fault,
		.bytes = (uint64_t)b->bytes,
	};

	say_bundle(say, &said);
}
