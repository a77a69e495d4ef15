#include "formats/progres_join.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/platform.h"
#include "crypto/tally.h"
#include "formats/json.h"

#define BUCKETS ((size_t)4096)
/* What a waiting row costs beside its bytes, however short it is. */
#define ROW_COST ((size_t)256)

/* An intervention of which some rows are still to come. */
struct waiting {
	struct waiting *next; /* in its bucket */
	char *number;
	struct json **rows;
	size_t count;
	size_t room;
	size_t wanted;
	size_t first; /* number of the first row in the file */
	size_t bytes;
};

struct progres_join {
	/* How many rows each intervention has; 0: all were handed out. */
	struct tally *rows;
	size_t given_out;
	struct waiting *buckets[BUCKETS];
	size_t waiting_bytes;
	/* What was handed out last. */
	struct json **given;
	const struct json_node **given_rows;
	size_t given_count;
};

static void
free_rows(struct json **rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_free(rows[i]);
	free(rows);
}

/* What was handed out is good only until the next call. */
static void
free_given(struct progres_join *j)
{
	free_rows(j->given, j->given_count);
	free(j->given_rows);
	j->given = NULL;
	j->given_rows = NULL;
	j->given_count = 0;
}

static void
free_waiting(struct waiting *w)
{
	free_rows(w->rows, w->count);
	if (w->number != NULL)
		platform_wipe(w->number, strlen(w->number));
	free(w->number);
	free(w);
}

struct progres_join *
progres_join_new(struct fault *why)
{
	struct progres_join *j = calloc(1, sizeof(*j));

	if (j == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "rows of interventions");
		return NULL;
	}
	if ((j->rows = tally_new(why)) == NULL) {
		free(j);
		return NULL;
	}
	return j;
}

void
progres_join_free(struct progres_join *j)
{
	struct waiting *w, *next;

	if (j == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (w = j->buckets[i]; w != NULL; w = next) {
			next = w->next;
			free_waiting(w);
		}
	free_given(j);
	tally_free(j->rows);
	free(j);
}

int
progres_join_count(struct progres_join *j, const char *number,
    struct fault *why)
{
	uint16_t met;

	if (tally_add(j->rows, number, &met, why) == -1)
		return -1;
	if (met == TALLY_MOST)
		return FAIL(why, FAULT_SOURCE_TOO_LARGE,
		    "more than %d rows of one intervention", TALLY_MOST);
	return 0;
}

size_t
progres_join_interventions(const struct progres_join *j)
{
	return tally_names(j->rows);
}

/* Where the intervention of that number waits, or the end of its bucket. */
static struct waiting **
find_waiting(struct progres_join *j, const char *number)
{
	struct waiting **at =
	    &j->buckets[tally_hash(j->rows, number) % BUCKETS];

	while (*at != NULL && strcmp((*at)->number, number) != 0)
		at = &(*at)->next;
	return at;
}

static struct waiting *
new_waiting(const char *number, size_t wanted, size_t first, struct fault *why)
{
	struct waiting *w = calloc(1, sizeof(*w));

	if (w == NULL || (w->number = strdup(number)) == NULL) {
		free(w);
		fault_set(why, FAULT_NO_MEMORY, "%zu rows", wanted);
		return NULL;
	}
	w->wanted = wanted;
	w->first = first;
	return w;
}

/* How many rows were counted is no reason to make room for all at once. */
static int
add_row(struct waiting *w, struct json **record, struct fault *why)
{
	size_t room = w->room == 0 ? 1 : w->room * 2;
	struct json **larger;

	if (w->count == w->room) {
		larger = realloc(w->rows, room * sizeof(struct json *));
		if (larger == NULL)
			return FAIL(why, FAULT_NO_MEMORY, "%zu rows", w->count);
		w->rows = larger;
		w->room = room;
	}
	w->rows[w->count++] = *record;
	*record = NULL;
	return 0;
}

/* Hand out the rows of w, which is nowhere else any more. */
static int
give(struct progres_join *j, struct waiting *w, struct fault *why)
{
	j->given_rows = calloc(w->count, sizeof(struct json_node *));
	if (j->given_rows == NULL) {
		fault_set(why, FAULT_NO_MEMORY, "%zu rows", w->count);
		free_waiting(w);
		return -1;
	}
	for (size_t i = 0; i < w->count; i++)
		j->given_rows[i] = json_root(w->rows[i]);
	j->given = w->rows;
	j->given_count = w->count;
	w->rows = NULL;
	w->count = 0;
	free_waiting(w);
	return 1;
}

int /* NOLINTNEXTLINE(readability-function-size): callers know it so */
progres_join_add(struct progres_join *j, const char *number,
    struct json **record, size_t bytes, size_t at,
    const struct json_node *const **rows, size_t *count, size_t *first,
    struct fault *why)
{
	struct waiting **w, *whole;
	uint16_t wanted;

	free_given(j);
	if ((wanted = tally_of(j->rows, number)) == 0)
		return FAIL(why, FAULT_DISK_NOT_READ,
		    "record %zu was not there when the file was first read",
		    at);
	w = find_waiting(j, number);
	if (*w == NULL && (*w = new_waiting(number, wanted, at, why)) == NULL)
		return -1;
	whole = *w;
	if (add_row(whole, record, why) == -1)
		return -1;
	if (whole->count < whole->wanted) {
		whole->bytes += bytes + ROW_COST;
		j->waiting_bytes += bytes + ROW_COST;
		if (j->waiting_bytes > PROGRES_JOIN_WAITING)
			return FAIL(why, FAULT_SOURCE_APART, "record %zu", at);
		return 0;
	}
	*w = whole->next;
	j->waiting_bytes -= whole->bytes;
	tally_forget(j->rows, number);
	j->given_out++;
	*first = whole->first;
	if (give(j, whole, why) == -1)
		return -1;
	*rows = j->given_rows;
	*count = j->given_count;
	return 1;
}

int
progres_join_end(const struct progres_join *j, struct fault *why)
{
	size_t left = tally_names(j->rows) - j->given_out;

	if (left > 0)
		return FAIL(why, FAULT_DISK_NOT_READ,
		    "rows of %zu interventions are gone since the file was "
		    "first read",
		    left);
	return 0;
}
