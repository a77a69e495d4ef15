#include "tests/sim/courier.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/sim/bundles.h"
#include "tests/sim/world.h"

#define FILE_MAX ((size_t)16 << 20)

/* Half of a few days, and now and then some that lie somewhere for months. */
static int
draw_delay(struct world *w)
{
	uint64_t n = draw_below(&w->draw, 1000);

	if (w->reliable)
		return 0;
	if (n < 5)
		return 150 + (int)draw_below(&w->draw, 100);
	if (n < 60)
		return 20 + (int)draw_below(&w->draw, 40);
	return 1 + (int)draw_below(&w->draw, 9);
}

static bool
is_bundle(const char *name)
{
	size_t len = strlen(name);

	return len > 8 && strcmp(name + len - 8, ".satchel") == 0;
}

static char *
read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *bytes = malloc(FILE_MAX);

	if (f != NULL && bytes != NULL) {
		*len = fread(bytes, 1, FILE_MAX, f);
		(void)fclose(f);
		return bytes;
	}
	free(bytes);
	if (f != NULL)
		(void)fclose(f);
	return NULL;
}

static int
write_whole(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");
	bool all;

	if (f == NULL)
		return -1;
	all = fwrite(bytes, 1, len, f) == len;
	return fclose(f) == 0 && all ? 0 : -1;
}

/* Somebody forgot it there; a copy that is made later lies beside it. */
static bool
is_in_drawer(const struct world *w, const struct letter *l)
{
	const struct child *c;

	if (l->kept_for == 0 || w->drawers_open)
		return false;
	c = &w->child[l->kept_for - 1];
	return c->recall_known_op == 0 && c->old_recall_known_op == 0;
}

bool
courier_keeps(const struct world *w)
{
	for (int i = 0; i < w->letter_count; i++)
		if (w->letter[i].kept_for != 0)
			return true;
	return false;
}

/* One copy of it goes on its way; good: as it was. */
static int
post(struct world *w, const struct letter *like, char *bytes, size_t len,
    bool good)
{
	struct letter *l;
	size_t at;

	if (w->letter_count == WORLD_LETTERS || len == 0)
		return -1;
	l = &w->letter[w->letter_count++];
	*l = *like;
	l->number = w->letter_files++;
	l->day = w->today + draw_delay(w);
	l->whole = good;
	l->op = w->op;
	if (good)
		return write_whole(world_path(w, "post/%d", l->number), bytes,
		    len);
	w->counts.damaged++;
	at = draw_below(&w->draw, len);
	if (draw_chance(&w->draw, 500))
		return write_whole(world_path(w, "post/%d", l->number), bytes,
		    at);
	/* A damaged copy is the last one that is made. */
	bytes[at] = (char)(bytes[at] ^ (1 << draw_below(&w->draw, 8)));
	return write_whole(world_path(w, "post/%d", l->number), bytes, len);
}

/* To an office that it is not for. */
static int
post_astray(struct world *w, const struct letter *like, char *bytes, size_t len)
{
	struct letter other = *like;

	other.to = (int)draw_below(&w->draw, (uint64_t)w->nodes);
	if (other.to == like->to || other.to == like->from)
		return 0;
	w->counts.astray++;
	if (post(w, &other, bytes, len, true) == -1)
		return -1;
	w->letter[w->letter_count - 1].whole = false;
	return 0;
}

static int
send_one(struct world *w, const struct letter *like, const char *path)
{
	size_t len = 0;
	char *bytes = read_whole(path, &len);
	int rc = bytes == NULL ? -1 : 0;

	w->counts.bundles++;
	if (rc == 0 && is_in_drawer(w, like)) {
		rc = post(w, like, bytes, len, true);
		free(bytes);
		w->counts.drawers++;
		return rc == 0 ? unlink(path) : -1;
	}
	if (rc == 0 && !w->reliable && draw_chance(&w->draw, 50))
		w->counts.lost++;
	else if (rc == 0)
		rc = post(w, like, bytes, len, true);
	if (rc == 0 && !w->reliable && draw_chance(&w->draw, 80)) {
		w->counts.doubled++;
		rc = post(w, like, bytes, len, true);
	}
	if (rc == 0 && !w->reliable && draw_chance(&w->draw, 10))
		rc = post_astray(w, like, bytes, len);
	if (rc == 0 && !w->reliable && draw_chance(&w->draw, 25))
		rc = post(w, like, bytes, len, false);
	free(bytes);
	return rc == 0 ? unlink(path) : -1;
}

/* In the order of their names, since a folder has none of its own. */
static int
names_of(const char *path, struct dirent ***names)
{
	return scandir(path, names, NULL, alphasort);
}

int
courier_collect(struct world *w, int from, int to)
{
	struct letter like = { .from = from, .to = to };
	const struct sent_bundle *sent;
	char dir[WORLD_PATH], path[WORLD_PATH + 257];
	struct dirent **names;
	int n, rc = 0;

	(void)snprintf(dir, sizeof(dir), "%s",
	    world_path(w, "out/%s/%s", w->office[from].code,
		w->office[to].code));
	if ((n = names_of(dir, &names)) == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir,
		    names[i]->d_name);
		sent = bundles_is_name(names[i]->d_name) ?
		    bundles_find(names[i]->d_name) :
		    NULL;
		like.kept_for = sent != NULL ? sent->kept_for : 0;
		if (rc == 0 && is_bundle(names[i]->d_name))
			rc = send_one(w, &like, path);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* From here on it may be read, and done, whatever is said of it. */
static void
note_recalls(struct world *w, const struct letter *l)
{
	for (int i = 0; i < w->child_count; i++) {
		struct child *c = &w->child[i];

		if (c->origin == l->from && c->to == l->to &&
		    c->recall_op != 0 && c->recall_op <= l->op)
			c->recall_arrived = true;
	}
}

int
courier_arrive(struct world *w)
{
	int kept = 0;

	for (int i = 0; i < w->letter_count; i++) {
		const struct letter l = w->letter[i];

		if (is_in_drawer(w, &l) || (l.day > w->today && !w->reliable)) {
			w->letter[kept++] = l;
			continue;
		}
		if (rename(world_path(w, "post/%d", l.number),
			world_path(w, "in/%s/%06d%c.satchel",
			    w->office[l.to].code, l.number,
			    l.whole ? COURIER_WHOLE : COURIER_BROKEN)) == -1)
			return -1;
		note_recalls(w, &l);
	}
	w->letter_count = kept;
	return 0;
}

int
courier_waiting(struct world *w, int office)
{
	struct dirent **names;
	int n, count = 0;

	n = names_of(world_path(w, "in/%s", w->office[office].code), &names);
	for (int i = 0; i < n; i++) {
		count += is_bundle(names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return count;
}

void
courier_clear(struct world *w, int office)
{
	struct dirent **names;
	int n;

	n = names_of(world_path(w, "in/%s", w->office[office].code), &names);
	for (int i = 0; i < n; i++) {
		if (is_bundle(names[i]->d_name))
			(void)unlink(world_path(w, "in/%s/%s",
			    w->office[office].code, names[i]->d_name));
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}
