#include "systems/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "systems/place_inside.h"

struct place {
	enum place_kind kind;
	const struct place_way *way;
	void *own;
};

static const struct {
	const char *scheme;
	enum place_kind kind;
	const struct place_way *way;
} schemes[] = {
	{ "https://", PLACE_TUS, &place_tus },
	{ "http://", PLACE_TUS, &place_tus },
	{ "sftp://", PLACE_SFTP, &place_sftp },
	{ "file://", PLACE_FOLDER, &place_folder },
};

static const char *const proofs[] = {
	[PLACE_READ_BACK] = "read back",
	[PLACE_CHECKSUM] = "checksum",
	[PLACE_LENGTH] = "length",
};

/* What is given and means nothing there may be what somebody counts on. */
static int
check_options(const struct place_order *o, enum place_kind kind,
    struct fault *why)
{
	bool ssh = o->ssh_key != NULL || o->ssh_host_key != NULL;

	if (ssh && kind != PLACE_SFTP)
		return FAIL(why, FAULT_USAGE,
		    "an SSH key is for an address that begins with sftp://");
	if ((o->login != NULL || o->ca != NULL) && kind != PLACE_TUS)
		return FAIL(why, FAULT_USAGE,
		    "credentials and a CA are for an address that begins with "
		    "https://");
	if (kind == PLACE_SFTP && o->ssh_host_key == NULL)
		return FAIL(why, FAULT_USAGE,
		    "sftp:// needs --ssh-host-key SHA256:..., so that it is "
		    "known who is spoken to");
	if (kind == PLACE_SFTP && o->ssh_key == NULL)
		return FAIL(why, FAULT_USAGE,
		    "sftp:// needs --ssh-key, the file of an ed25519 key");
	return 0;
}

struct place *
place_open(const struct place_order *order, struct fault *why)
{
	size_t count = sizeof(schemes) / sizeof(schemes[0]), i;
	struct place *p;

	for (i = 0; i < count; i++)
		if (strncmp(order->url, schemes[i].scheme,
			strlen(schemes[i].scheme)) == 0)
			break;
	if (i == count) {
		fault_set(why, FAULT_SERVER_ADDRESS,
		    "it does not begin with https://, sftp:// or file://");
		return NULL;
	}
	if (check_options(order, schemes[i].kind, why) == -1)
		return NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a place");
		return NULL;
	}
	p->kind = schemes[i].kind;
	p->way = schemes[i].way;
	if ((p->own = p->way->open(order, why)) == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

void
place_close(struct place *p)
{
	if (p == NULL)
		return;
	p->way->close(p->own);
	free(p);
}

enum place_kind
place_kind(const struct place *p)
{
	return p->kind;
}

const char *
place_proof_name(enum place_proof p)
{
	return proofs[p];
}

bool
place_hopeless(const struct fault *why)
{
	static const enum fault_id all[] = { FAULT_SERVER_UNREACHABLE,
		FAULT_SERVER_TLS, FAULT_SERVER_LOGIN, FAULT_SERVER_FORBIDDEN,
		FAULT_SERVER_ADDRESS, FAULT_CREDENTIALS, FAULT_PLACE_HOST_KEY,
		FAULT_PLACE_WRONG, FAULT_PLACE_FULL, FAULT_PLACE_NO_LIST,
		FAULT_STICK_FULL, FAULT_STICK_READ_ONLY, FAULT_STICK_CLOSED };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (why->id == all[i])
			return true;
	return false;
}

int
place_begin(struct place *p, const struct place_item *item,
    char ticket[static PLACE_TICKET], int64_t *offset, struct fault *why)
{
	ticket[0] = '\0';
	*offset = 0;
	return p->way->begin(p->own, item, ticket, offset, why);
}

int
place_offset(struct place *p, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	*offset = 0;
	return p->way->offset(p->own, item, ticket, offset, why);
}

int
place_send(struct place *p, const struct place_item *item, const char *ticket,
    int64_t *offset, struct fault *why)
{
	return p->way->send(p->own, item, ticket, offset, why);
}

int
place_prove(struct place *p, const struct place_item *item, const char *ticket,
    int64_t *proven, enum place_proof *proof, struct fault *why)
{
	return p->way->prove(p->own, item, ticket, proven, proof, why);
}

int
place_list(struct place *p,
    int (*each)(const struct place_found *f, void *context, struct fault *why),
    void *context, struct fault *why)
{
	return p->way->list(p->own, each, context, why);
}

int
place_get(struct place *p, const struct place_found *f,
    const struct place_span *span, struct sink *into, int64_t *got,
    struct fault *why)
{
	*got = 0;
	return p->way->get(p->own, f, span, into, got, why);
}
