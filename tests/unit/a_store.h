/*
 * a_store: a new node's folder with an empty store, for rows to fill.
 *
 * In a header, since a suite is linked with nothing but rows.c.
 */
#ifndef SATCHEL_TESTS_A_STORE_H
#define SATCHEL_TESTS_A_STORE_H

#include "tests/unit/rows.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "base/folder.h"
#include "crypto/random.h"
#include "crypto/secrets.h"
#include "store/bundles.h"
#include "store/store.h"

struct a_store {
	char path[64];
	struct folder *home;
	struct secrets *secrets;
	struct store *s;
	struct arena *arena;
	struct fault why;
};

/* Text and length of a literal. */
#define TEXT(literal) (literal), sizeof(literal) - 1

static inline void
a_store_open(struct a_store *t, bool writes)
{
	struct minisign_public own;

	store_close(t->s);
	t->s = store_open(t->home, t->secrets, writes, &t->why);
	assert_non_null(t->s);
	minisign_key_copy_public(secrets_signing(t->secrets), &own);
	assert_int_equal(bundles_sign_with(t->s, own.key, &t->why), 0);
}

static inline void
a_store_start(struct a_store *t)
{
	const char *in = getenv("TMPDIR");

	*t = (struct a_store){ 0 };
	assert_int_equal(random_start(), 0);
	(void)snprintf(t->path, sizeof(t->path), "%s/satchel-XXXXXX",
	    in != NULL && strlen(in) < 30 ? in : "/tmp");
	assert_non_null(mkdtemp(t->path));
	assert_non_null(t->home = folder_open(t->path, &t->why));
	assert_non_null(t->secrets = secrets_new(&t->why));
	assert_non_null(t->arena = arena_new((size_t)8 << 20, &t->why));
	assert_int_equal(store_make(t->home, &t->why), 0);
	a_store_open(t, true);
}

static inline void
a_store_end(struct a_store *t)
{
	struct bytes names;
	size_t others;

	store_close(t->s);
	bytes_init(&names, 4096);
	assert_int_equal(folder_list(t->home, &names, &others, &t->why), 0);
	for (size_t i = 0; i < names.len; i += strlen((char *)names.at + i) + 1)
		assert_int_equal(folder_remove(t->home,
				     (const char *)names.at + i, &t->why),
		    0);
	bytes_free(&names);
	folder_close(t->home);
	secrets_free(t->secrets);
	arena_free(t->arena);
	assert_int_equal(rmdir(t->path), 0);
}

/* A row that does something with a new store. */
struct a_store_case {
	const char *name;
	void (*holds)(struct a_store *t);
};

static inline void
a_store_case_holds(void **state)
{
	const struct a_store_case *row = *state;
	struct a_store t;

	a_store_start(&t);
	row->holds(&t);
	a_store_end(&t);
}

/* Is the text in any file of the folder?  Sealed values must not show it. */
static inline bool
a_store_shows(struct a_store *t, const char *text)
{
	size_t others, len = strlen(text);
	struct bytes names, file;
	bool shown = false;
	const char *name;

	bytes_init(&names, 4096);
	assert_int_equal(folder_list(t->home, &names, &others, &t->why), 0);
	for (size_t n = 0; n < names.len; n += strlen(name) + 1) {
		name = (const char *)names.at + n;
		bytes_init(&file, (size_t)64 << 20);
		assert_int_equal(folder_read(t->home, name, &file, &t->why), 0);
		for (size_t i = 0; i + len <= file.len; i++) {
			if (memcmp(file.at + i, text, len) == 0)
				shown = true;
		}
		bytes_free(&file);
	}
	bytes_free(&names);
	return shown;
}

#endif
