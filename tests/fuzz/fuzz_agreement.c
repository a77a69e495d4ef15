/*
 * Any bytes at all: they are no agreement, or one whose problems can be listed
 * and whose tables can be asked, with errors in it or not.
 */
#include <stdlib.h>

#include "base/fault.h"
#include "formats/agreement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
ask(const struct agreement *a)
{
	bool many;

	for (size_t i = 0; i < a->node_count; i++)
		for (size_t k = 0; k < a->party_count; k++) {
			(void)agreement_acts_for(&a->nodes[i],
			    a->parties[k].id);
			(void)agreement_flow(a, a->nodes[i].party,
			    &a->parties[k]);
		}
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		(void)agreement_from_source(a, (enum map_section)i,
		    SYSTEM_PRIMERO, "medical", &many);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fault why;
	struct agreement_file *f = agreement_read(bytes, len, &why);
	const struct problem *problems;
	bool errors = false;

	if (f == NULL)
		return 0;
	for (size_t i = agreement_problems(f, &problems); i > 0; i--)
		errors = errors || problems[i - 1].error;
	if (errors != agreement_has_errors(f))
		abort();
	ask(agreement_of(f));
	agreement_free(f);
	return 0;
}
