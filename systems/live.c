#include "systems/live.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/login.h"
#include "formats/agreement.h"
#include "systems/credentials.h"
#include "systems/http.h"
#include "systems/primero_api.h"

#define FILE_MAX ((size_t)1024 * 1024)
#define NAME_ROOM 256

struct live {
	struct credentials *credentials;
	struct primero_api *primero;
	struct ping_api ping; /* http is NULL where it is not PING */
	struct http *dtp;
};

static struct credentials *
read_credentials(const struct live_order *order, struct fault *why)
{
	struct credentials *c = NULL;
	struct folder *dir = NULL;
	char name[NAME_ROOM];
	struct bytes file;

	bytes_init(&file, FILE_MAX);
	if (folder_split(order->credentials, &dir, name, sizeof(name), why) ==
		0 &&
	    folder_read(dir, name, &file, why) == 0)
		c = credentials_read(file.at, file.len, order->with, why);
	folder_close(dir);
	bytes_free(&file);
	return c;
}

/* A password for one system must not be shown to another. */
static int
check_system(const struct live *l, enum credentials_system wanted,
    struct fault *why)
{
	if (credentials_system(l->credentials) == wanted)
		return 0;
	return FAIL(why, FAULT_CREDENTIALS, "it is for %s, not for %s",
	    credentials_system_name(credentials_system(l->credentials)),
	    credentials_system_name(wanted));
}

static int
reach_ping(struct live *l, const struct agreement *a,
    const struct http_server *server, struct fault *why)
{
	if (!a->has_ping)
		return FAIL(why, FAULT_AGREEMENT_LACKS, "systems.progres-ping");
	l->ping.ids = &a->ping;
	l->ping.http = http_new(server, why);
	return l->ping.http == NULL ? -1 : 0;
}

static int
reach_dtp(struct live *l, const struct http_server *server, struct fault *why)
{
	l->dtp = http_new(server, why);
	return l->dtp == NULL ? -1 : 0;
}

static int
reach(struct live *l, const struct live_order *order, struct fault *why)
{
	const char *url = credentials_url(l->credentials);
	const struct http_server server = { .url = url,
		.login = credentials_login(l->credentials),
		.waiting = order->waiting,
		.with = order->waiting_context };

	if (order->format == FORMAT_PING)
		return check_system(l, CREDENTIALS_PING, why) == -1 ?
		    -1 :
		    reach_ping(l, order->agreement, &server, why);
	if (order->format == FORMAT_DTP)
		return check_system(l, CREDENTIALS_DTP, why) == -1 ?
		    -1 :
		    reach_dtp(l, &server, why);
	if (check_system(l, CREDENTIALS_PRIMERO, why) == -1)
		return -1;
	l->primero = primero_api_new(&server, why);
	return l->primero == NULL ? -1 : 0;
}

/* Can that be asked of such a server at all? */
static int
check_order(const struct live_order *order, struct fault *why)
{
	if (order->format != FORMAT_PRIMERO && order->format != FORMAT_PING &&
	    order->format != FORMAT_DTP)
		return FAIL(why, FAULT_NOT_YET, "a server of %s",
		    recognise_name(order->format));
	if (order->format == FORMAT_DTP && !order->sends)
		return FAIL(why, FAULT_SERVER_GIVES_NOTHING, "DTP");
	if (order->credentials == NULL)
		return FAIL(why, FAULT_USAGE,
		    "--credentials FILE is needed: see docs/credentials.md");
	return 0;
}

struct live *
live_open(const struct live_order *order, struct fault *why)
{
	struct live *l;

	if (check_order(order, why) == -1)
		return NULL;
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "a server");
		return NULL;
	}
	if ((l->credentials = read_credentials(order, why)) == NULL ||
	    reach(l, order, why) == -1) {
		live_close(l);
		return NULL;
	}
	return l;
}

void
live_close(struct live *l)
{
	if (l == NULL)
		return;
	primero_api_free(l->primero);
	http_free(l->ping.http);
	http_free(l->dtp);
	credentials_free(l->credentials);
	free(l);
}

const char *
live_user(const struct live *l)
{
	return login_get(credentials_login(l->credentials), LOGIN_USER);
}

struct primero_api *
live_primero(const struct live *l)
{
	return l->primero;
}

const struct ping_api *
live_ping(const struct live *l)
{
	return l->ping.http == NULL ? NULL : &l->ping;
}

struct http *
live_dtp(const struct live *l)
{
	return l->dtp;
}

const char *
live_url(const struct live *l)
{
	return credentials_url(l->credentials);
}

const char *
live_pending(const struct live *l)
{
	return credentials_pending(l->credentials);
}
