#include "tests/unit/rows.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/source.h"
#include "formats/zip.h"

#define MIB ((size_t)1 << 20)
#define ROOM (8 * MIB) /* for an archive made here, and what is in it */
#define PASSWORD "open-sesame"
#define CASES "[{\"case_id\":\"x\"}]\n"
#define A_CASE "{\"case_id\":\"y\"}"

/* --- archives as other programs write them --- */

/* rubyzip, as Primero calls it: sizes and checksum follow the file */
static const char ruby[] =
    "PK\003\004\024\000\011\000\010\000\203\232v]\000\000\000\000\000\000"
    "\000\000\000\000\000\000\015\000\000\000\331\205\330\253\330\247\331"
    "\204.json\2232\220\233\320Y\032\266\305\367O\305#xY\220I\334\226\227"
    "\243h\026\212\260;\374\244n\3450\352PK\007\010\376Nr\360 \000\000"
    "\000\022\000\000\000PK\001\0024\003\024\000\011\000\010\000\203\232v"
    "]\376Nr\360 \000\000\000\022\000\000\000\015\000\000\000\000\000\000"
    "\000\000\000\000\000\244\201\000\000\000\000\331\205\330\253\330\247"
    "\331\204.jsonPK\005\006\000\000\000\000\001\000\001\000;\000\000\000"
    "[\000\000\000\000\000";

/* zip -e -P open-sesame - - <cases */
static const char pipe_zip[] =
    "PK\003\004-\000\011\000\000\000Z\233v]\376Nr\360\377\377\377\377\377"
    "\377\377\377\001\000\024\000-\001\000\020\000\022\000\000\000\000"
    "\000\000\000\036\000\000\000\000\000\000\0001\024\212\321\352\313u"
    "\021\325\314\361\024iI\263E\345\315\261\026\305\035-\221}\214!\245y"
    "\237PK\007\010\376Nr\360\036\000\000\000\000\000\000\000\022\000\000"
    "\000\000\000\000\000PK\001\002\036\003-\000\011\000\000\000Z\233v]"
    "\376Nr\360\036\000\000\000\022\000\000\000\001\000\000\000\000\000"
    "\000\000\001\000\000\000\244\201\000\000\000\000-PK\006\006,\000\000"
    "\000\000\000\000\000\036\003-\000\000\000\000\000\000\000\000\000"
    "\001\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000/"
    "\000\000\000\000\000\000\000i\000\000\000\000\000\000\000PK\006\007"
    "\000\000\000\000\230\000\000\000\000\000\000\000\001\000\000\000PK"
    "\005\006\000\000\000\000\001\000\001\000/\000\000\000i\000\000\000"
    "\000\000";

/* 7z a -tzip -mem=AES256 -popen-sesame */
static const char aes[] =
    "PK\003\0043\000\001\000c\000Z\233v]\000\000\000\000.\000\000\000\022"
    "\000\000\000\006\000\013\000c.json\001\231\007\000\002\000AE\003\000"
    "\000\204\010\025\213\020K\305\305\017\077\332\350ph\032<iBL\231\352"
    "\006\335\253\304+\215\003\037\3305K\244\241i1Y&-\2346.\263\037H\272P"
    "K\001\002\077\0033\000\001\000c\000Z\233v]\000\000\000\000.\000\000"
    "\000\022\000\000\000\006\000/\000\000\000\000\000\000\000 \200\244"
    "\201\000\000\000\000c.json\012\000 \000\000\000\000\000\001\000\030"
    "\000\010K\003m\267z\335\001\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\001\231\007\000\002\000AE\003\000\000PK\005"
    "\006\000\000\000\000\001\000\001\000c\000\000\000]\000\000\000\000"
    "\000";

/* 7z a -tzip -mm=LZMA */
static const char lzma[] =
    "PK\003\004\077\000\002\000\016\000Z\233v]\207(\077\023\134\000\000"
    "\000\364\001\000\000\010\000\000\000big.json\032\002\005\000]\000"
    "\020\000\000\000=\210\210fTl\005V\0057\202a\247Q\327\177YgSd\366\332"
    "\323\276\302\231\334\277\222\022\204\277\352\323+i(t`q\301\303\210"
    "\277l:I`\274\013\223B{\324\362!\372\323\322\001VM\362\346\202\030"
    "\215\335\222\214\332\233\024\247$\303\377\3771\001 \000PK\001\002"
    "\077\003\077\000\002\000\016\000Z\233v]\207(\077\023\134\000\000\000"
    "\364\001\000\000\010\000$\000\000\000\000\000\000\000 \200\244\201"
    "\000\000\000\000big.json\012\000 \000\000\000\000\000\001\000\030"
    "\000v\241\006m\267z\335\001\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000PK\005\006\000\000\000\000\001\000\001\000Z"
    "\000\000\000\202\000\000\000\000\000";

/* the same with -mem=AES256 */
static const char lzma_aes[] =
    "PK\003\004\077\000\003\000c\000Z\233v]\000\000\000\000x\000\000\000"
    "\364\001\000\000\010\000\013\000big.json\001\231\007\000\002\000AE"
    "\003\016\000\246\324\312\237\356\304\240E\250\221\016TU\356g\235@p"
    "\351@\364\242}VDr\264@:,\206\026f\266$\042\243[Sl\357\010a\077\235"
    "\334&\012~\232\343\210\013\022\204\222P/\210\321v:\321-=i\240\310"
    "\202\230\303\017X6\364\370b\014\270\347*>h(\223\267\341\217\224\237"
    "\306\375(\253T\017\250o+*\201E\012#\363\036%\246\247\350\235\216\364"
    "'L\376\3571\277\213PK\001\002\077\003\077\000\003\000c\000Z\233v]"
    "\000\000\000\000x\000\000\000\364\001\000\000\010\000/\000\000\000"
    "\000\000\000\000 \200\244\201\000\000\000\000big.json\012\000 \000"
    "\000\000\000\000\001\000\030\000v\241\006m\267z\335\001\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\001\231\007\000"
    "\002\000AE\003\016\000PK\005\006\000\000\000\000\001\000\001\000e"
    "\000\000\000\251\000\000\000\000\000";

/* 7z a -tzip -mm=Deflate64 */
static const char deflate64[] =
    "PK\003\004\025\000\000\000\011\000Z\233v]\207(\077\023Z\000\000\000"
    "\364\001\000\000\010\000\000\000big.jsone\3201\016\2000\014\004\301"
    "\277\270\246H\234\3046|\006!\240\240\246D\374\035\321E\233r\247:\335"
    "#\373v\237\353u\310\042I\336\251\357\214VtAWtC\033\332\321\201\236"
    "\271g\030\230\011J(\204Jh\004#8!\010\134\252\2110|\251\204B\250\204F"
    "0\202\023\202\360/\375\000PK\001\002\077\003\025\000\000\000\011\000"
    "Z\233v]\207(\077\023Z\000\000\000\364\001\000\000\010\000$\000\000"
    "\000\000\000\000\000 \200\244\201\000\000\000\000big.json\012\000 "
    "\000\000\000\000\000\001\000\030\000v\241\006m\267z\335\001\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000PK\005\006"
    "\000\000\000\000\001\000\001\000Z\000\000\000\200\000\000\000\000"
    "\000";

/* 7z a -tzip -mm=PPMd */
static const char ppmd[] =
    "PK\003\004\077\000\000\000b\000Z\233v]\207(\077\023H\000\000\000\364"
    "\001\000\000\010\000\000\000big.json\007\000z\247\024\023\034e\035"
    "\205!\035,'\322\311<\217,\205QC~\373\376B\375\362q\333\232B\334\237"
    "\203\275\020\376\024.\243\264\241\320^\243/\205I\235>\360\253J\251|"
    "\373\342\215\004\274\366\042<m^\224g\276\225\030\000PK\001\002\077"
    "\003\077\000\000\000b\000Z\233v]\207(\077\023H\000\000\000\364\001"
    "\000\000\010\000$\000\000\000\000\000\000\000 \200\244\201\000\000"
    "\000\000big.json\012\000 \000\000\000\000\000\001\000\030\000v\241"
    "\006m\267z\335\001\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000PK\005\006\000\000\000\000\001\000\001\000Z\000\000"
    "\000n\000\000\000\000\000";

/* --- archives made here --- */

struct file {
	const char *name;
	const char *text; /* NULL: `zeros` zero bytes */
	size_t zeros;
	int type; /* AE_IF...; 0: a regular file */
};

static char made[ROOM];
static char unpacked[ROOM];

/* Make a zip of them in `made`; its length. */
static size_t
make_zip(const char *options, const struct file *files, size_t count)
{
	static const char nothing[MIB];
	struct archive *a = archive_write_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
	assert_int_equal(archive_write_set_options(a, options), ARCHIVE_OK);
	assert_int_equal(archive_write_set_passphrase(a, PASSWORD), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(a, 1),
	    ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, made, sizeof(made),
			     &used),
	    ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		const struct file *f = &files[i];
		struct archive_entry *e = archive_entry_new();
		size_t len = f->text == NULL ? f->zeros : strlen(f->text);

		archive_entry_set_pathname(e, f->name);
		archive_entry_set_filetype(e,
		    f->type == 0 ? AE_IFREG : (unsigned)f->type);
		archive_entry_set_perm(e, 0600);
		archive_entry_set_size(e, (la_int64_t)len);
		if (f->type == AE_IFLNK)
			archive_entry_set_symlink(e, "elsewhere");
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		for (size_t n = 0; f->text == NULL && n < len; n += MIB)
			assert_true(archive_write_data(a, nothing,
					len - n < MIB ? len - n : MIB) > 0);
		if (f->text != NULL && len > 0)
			assert_int_equal(archive_write_data(a, f->text, len),
			    len);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
	return used;
}

/* A file that holds these bytes, standing somewhere inside. */
static FILE *
file_of(const void *bytes, size_t len)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fflush(f), 0);
	return f;
}

/*
 * All files in it, in `unpacked` with a bar behind each that ended well; what
 * comes before a fault stays there too.
 */
static int
unpack(const void *bytes, size_t len, const char *password, size_t *files,
    struct fault *why)
{
	FILE *f = file_of(bytes, len);
	struct zip *z = zip_open(fileno(f), password, why);
	struct source *entry;
	size_t used = 0;
	size_t got = 0;
	int rc = -1;

	*files = 0;
	unpacked[0] = '\0';
	while (z != NULL && (rc = zip_next(z, &entry, why)) == 1) {
		*files += 1;
		do {
			rc = source_read(entry, unpacked + used,
			    ROOM - used - 2, &got, why);
			used += got;
		} while (rc == 0 && got > 0);
		if (rc == -1)
			break;
		unpacked[used++] = '|';
		unpacked[used] = '\0';
	}
	zip_close(z);
	/* The file stays the caller's. */
	assert_int_equal(fclose(f), 0);
	return rc;
}

static const struct file two[] = { { "a.json", CASES, 0, 0 },
	{ "b.json", A_CASE, 0, 0 } };
static const struct file mixed[] = { { "d/", "", 0, AE_IFDIR },
	{ "../../a.json", CASES, 0, 0 },
	{ "caf\xc3\xa9\xff.json", A_CASE, 0, 0 } };
static const struct file nothing_in[] = { { "d/", "", 0, AE_IFDIR },
	{ "d/e/", "", 0, AE_IFDIR } };
static const struct file one_empty[] = { { "a.json", CASES, 0, 0 },
	{ "b.json", "", 0, 0 }, { "c.json", A_CASE, 0, 0 } };
static const struct file linked[] = { { "a.json", CASES, 0, 0 },
	{ "b.json", "", 0, AE_IFLNK } };
static const struct file inner[] = { { "in.zip", "PK\3\4 and so on", 0, 0 } };

#define MADE(options, files) \
	NULL, 0, options, files, sizeof(files) / sizeof((files)[0])
#define GIVEN(bytes) bytes, sizeof(bytes) - 1, NULL, NULL, 0
#define OK FAULT_NONE, ""
#define TRAD "zip:encryption=traditional"
#define AES "zip:encryption=aes256"
#define BOTH CASES "|" A_CASE "|"

static const struct row {
	const char *name;
	const char *bytes;
	size_t len;
	const char *options;
	const struct file *files;
	size_t count;
	const char *password;
	const char *want;
	enum fault_id fault;
	const char *detail;
} rows[] = {
	{ "a plain zip gives its files in order", MADE("", two), NULL, BOTH,
	    OK },
	{ "so it does when packed with nothing",
	    MADE("zip:compression=store", two), NULL, BOTH, OK },
	{ "a password that is not needed does no harm", MADE("", two), PASSWORD,
	    BOTH, OK },
	{ "the old encryption is undone", MADE(TRAD, two), PASSWORD, BOTH, OK },
	{ "the old encryption of what is not packed is undone",
	    MADE(TRAD ",zip:compression=store", two), PASSWORD, BOTH, OK },
	{ "AES is undone", MADE(AES, two), PASSWORD, BOTH, OK },
	{ "AES with a short key is undone", MADE("zip:encryption=aes128", two),
	    PASSWORD, BOTH, OK },
	{ "AES of what is not packed is undone",
	    MADE(AES ",zip:compression=store", two), PASSWORD, BOTH, OK },
	{ "rubyzip's stream, with a name in Arabic, is undone", GIVEN(ruby),
	    PASSWORD, CASES "|", OK },
	{ "what zip made of a pipe is undone", GIVEN(pipe_zip), PASSWORD,
	    CASES "|", OK },
	{ "AES by 7-Zip is undone", GIVEN(aes), PASSWORD, CASES "|", OK },

	{ "folders are passed over, names are not looked at", MADE("", mixed),
	    NULL, BOTH, OK },
	{ "so they are in a locked one", MADE(TRAD, mixed), PASSWORD, BOTH,
	    OK },
	{ "an archive of no file ends at once", MADE("", nothing_in), NULL, "",
	    OK },
	{ "an archive of nothing ends at once",
	    GIVEN("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), NULL, "", OK },
	{ "a zip inside is given as it is", MADE("", inner), NULL,
	    "PK\3\4 and so on|", OK },

	{ "an empty file among others is not passed over", MADE("", one_empty),
	    NULL, CASES "|", FAULT_SOURCE_EMPTY, "entry 2" },
	{ "nor is it in a locked one", MADE(AES, one_empty), PASSWORD,
	    CASES "|", FAULT_SOURCE_EMPTY, "entry 2" },

	{ "no password for the old encryption", MADE(TRAD, two), NULL, "",
	    FAULT_ZIP_PASSWORD_NEEDED, "entry 1" },
	{ "no password for AES", MADE(AES, two), NULL, "",
	    FAULT_ZIP_PASSWORD_NEEDED, "entry 1" },
	{ "an empty password is none", MADE(AES, two), "", "",
	    FAULT_ZIP_PASSWORD_NEEDED, "entry 1" },
	{ "no password for rubyzip's", GIVEN(ruby), NULL, "",
	    FAULT_ZIP_PASSWORD_NEEDED, "entry 1" },
	{ "a wrong password for rubyzip's", GIVEN(ruby), "wrong", "",
	    FAULT_ZIP_PASSWORD, "entry 1" },
	{ "a wrong password for a zip of a pipe", GIVEN(pipe_zip), "wrong", "",
	    FAULT_ZIP_PASSWORD, "entry 1" },
	{ "a wrong password for AES", MADE(AES, two), PASSWORD " ", "",
	    FAULT_ZIP_PASSWORD, "entry 1" },
	{ "a password in other letters is wrong", MADE(AES, two), "Open-Sesame",
	    "", FAULT_ZIP_PASSWORD, "entry 1" },

	{ "LZMA is not read", GIVEN(lzma), NULL, "", FAULT_ZIP,
	    "other than Deflate" },
	{ "Deflate64 is not read", GIVEN(deflate64), NULL, "", FAULT_ZIP,
	    "other than Deflate" },
	{ "PPMd is not read", GIVEN(ppmd), NULL, "", FAULT_ZIP,
	    "other than Deflate" },
	{ "LZMA inside AES is not blamed on the password", GIVEN(lzma_aes),
	    PASSWORD, "", FAULT_ZIP, "entry 1" },

	{ "a link is not passed over without a word", MADE("", linked), NULL,
	    CASES "|", FAULT_ZIP, "entry 2: a link" },
	{ "no bytes are no zip", GIVEN(""), NULL, "", FAULT_ZIP, "" },
	{ "the mark alone is no zip", GIVEN("PK\3\4"), NULL, "", FAULT_ZIP,
	    "copied whole?" },
	{ "a text is no zip", GIVEN("[{\"case_id\":\"x\"}]"), NULL, "",
	    FAULT_ZIP, "copied whole?" },
	{ "a list of files that points outside is refused",
	    GIVEN("PK\5\6\0\0\0\0\1\0\1\0\56\0\0\0\xff\xff\0\0\0\0"), NULL, "",
	    FAULT_ZIP, "" },
};

static void
row_holds(void **state)
{
	const struct row *row = *state;
	struct fault why = { 0 };
	const char *bytes = row->bytes;
	size_t len = row->len;
	size_t files;
	int rc;

	if (bytes == NULL) {
		bytes = made;
		len = make_zip(row->options, row->files, row->count);
	}
	rc = unpack(bytes, len, row->password, &files, &why);
	if (rc == -1 && row->fault == FAULT_NONE)
		fail_msg("%s", why.detail);
	assert_int_equal(rc, row->fault == FAULT_NONE ? 0 : -1);
	assert_int_equal(why.id, row->fault);
	assert_string_equal(unpacked, row->want);
	if (strstr(why.detail, row->detail) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", why.detail, row->detail);
}

/*
 * One bit wrong, or some bytes less, anywhere: either all files come out as
 * they were, or there is a fault.  Nothing gets lost without a word.
 */
static const struct damaged {
	const char *name;
	const char *options;
} damages[] = {
	{ "damage in a plain zip shows", "" },
	{ "damage in one that is not packed shows", "zip:compression=store" },
	{ "damage in a locked one shows", TRAD },
	{ "damage in a locked one that is not packed shows",
	    TRAD ",zip:compression=store" },
	{ "damage in AES shows", AES },
};

static void
damage_shows(void **state)
{
	const struct damaged *d = *state;
	static char whole[4096];
	size_t len = make_zip(d->options, two, 2);
	struct fault why;
	size_t files;
	int rc;

	assert_true(len < sizeof(whole));
	memcpy(whole, made, len);
	for (size_t bit = 0; bit < len * 8; bit++) {
		whole[bit / 8] ^= (char)(1U << bit % 8);
		rc = unpack(whole, len, PASSWORD, &files, &why);
		if (rc == 0 && strcmp(unpacked, BOTH) != 0)
			fail_msg("byte %zu, bit %zu: \"%s\"", bit / 8, bit % 8,
			    unpacked);
		whole[bit / 8] ^= (char)(1U << bit % 8);
	}
	for (size_t n = 0; n < len; n++) {
		assert_int_equal(unpack(whole, n, PASSWORD, &files, &why), -1);
		assert_int_equal(why.id, FAULT_ZIP);
	}
}

/* One password in 256 gets past the check of the old encryption. */
static void
wrong_passwords_are_said(void)
{
	size_t len = make_zip(TRAD, two, 2);
	struct fault why;
	char password[32];
	size_t late = 0;
	size_t files;

	for (int i = 0; i < 2000; i++) {
		(void)snprintf(password, sizeof(password), "wrong%d", i);
		assert_int_equal(unpack(made, len, password, &files, &why), -1);
		assert_int_equal(why.id, FAULT_ZIP_PASSWORD);
		late += strstr(why.detail, "or it is damaged") != NULL;
	}
	assert_in_range(late, 1, 100);
}

static void
password_has_a_limit(void)
{
	static char password[ZIP_PASSWORD_MAX + 2];
	size_t len = make_zip("", two, 2);
	struct fault why = { 0 };
	size_t files;

	memset(password, 'a', ZIP_PASSWORD_MAX);
	assert_int_equal(unpack(made, len, password, &files, &why), 0);
	password[ZIP_PASSWORD_MAX] = 'a';
	assert_int_equal(unpack(made, len, password, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP_PASSWORD);
	assert_null(strstr(why.detail, "aaa"));
}

/* What is not read of a file is checked all the same. */
static void
unread_rest_is_checked(void)
{
	size_t len = make_zip("zip:compression=store", two, 2);
	struct fault why = { 0 };
	struct source *entry;
	struct zip *z;
	char text[4];
	size_t got;
	FILE *f;

	for (char *at = made; at < made + len; at++)
		if (memcmp(at, "case_id", 7) == 0) {
			at[6] = 'D';
			break;
		}
	f = file_of(made, len);
	assert_non_null(z = zip_open(fileno(f), NULL, &why));
	assert_int_equal(zip_next(z, &entry, &why), 1);
	assert_int_equal(zip_next(z, &entry, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	assert_null(entry);
	/* Nothing is read after that. */
	why.id = FAULT_NONE;
	assert_int_equal(zip_next(z, &entry, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	zip_close(z);
	assert_int_equal(fclose(f), 0);

	/* A longer one ends badly behind what could be read. */
	len = make_zip("zip:compression=store",
	    (struct file[]){ { "a", NULL, MIB, 0 }, two[0] }, 2);
	made[MIB / 2] = 'x';
	f = file_of(made, len);
	assert_non_null(z = zip_open(fileno(f), NULL, &why));
	assert_int_equal(zip_next(z, &entry, &why), 1);
	assert_int_equal(source_read(entry, text, sizeof(text), &got, &why), 0);
	assert_int_equal(got, sizeof(text));
	assert_int_equal(zip_next(z, &entry, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	zip_close(z);
	assert_int_equal(fclose(f), 0);
}

static void
skipping_reaches_the_next(void)
{
	size_t len =
	    make_zip(AES, (struct file[]){ { "a", NULL, 5000, 0 }, two[0] }, 2);
	struct fault why = { 0 };
	struct source *entry;
	struct zip *z;
	char text[64];
	size_t got;
	FILE *f = file_of(made, len);

	assert_non_null(z = zip_open(fileno(f), PASSWORD, &why));
	assert_int_equal(zip_next(z, &entry, &why), 1);
	assert_int_equal(zip_next(z, &entry, &why), 1);
	assert_int_equal(source_fill(entry, text, sizeof(text), &got, &why), 0);
	assert_int_equal(got, strlen(CASES));
	assert_memory_equal(text, CASES, got);
	/* The end stays the end. */
	assert_int_equal(source_read(entry, text, 1, &got, &why), 0);
	assert_int_equal(got, 0);
	assert_int_equal(zip_next(z, &entry, &why), 0);
	assert_int_equal(zip_next(z, &entry, &why), 0);
	assert_null(entry);
	zip_close(z);
	zip_close(NULL);
	assert_int_equal(fclose(f), 0);
}

static void
what_unpacks_too_far_is_refused(void)
{
	const struct file bomb = { "a", NULL, 300 * MIB, 0 };
	size_t len = make_zip("", &bomb, 1);
	FILE *f = file_of(made, len);
	struct fault why = { 0 };
	struct source *entry;
	size_t total = 0;
	size_t files;
	size_t got;
	struct zip *z;

	assert_non_null(z = zip_open(fileno(f), NULL, &why));
	assert_int_equal(zip_next(z, &entry, &why), 1);
	while (source_read(entry, unpacked, ROOM, &got, &why) == 0)
		total += got;
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	assert_non_null(strstr(why.detail, "200 times"));
	assert_in_range(total, MIB / 2, 64 * MIB);
	zip_close(z);
	assert_int_equal(fclose(f), 0);
	why.id = FAULT_NONE;
	/* Up to the first MiB nobody asks. */
	len = make_zip("", &(struct file){ "a", NULL, MIB, 0 }, 1);
	assert_int_equal(unpack(made, len, NULL, &files, &why), 0);
	/* What is not packed has no ratio. */
	len = make_zip("zip:compression=store",
	    &(struct file){ "a", NULL, 5 * MIB, 0 }, 1);
	assert_int_equal(unpack(made, len, NULL, &files, &why), 0);
}

/* An archive of that many files, however they are packed. */
static int
unpack_many(size_t count, size_t *files, struct fault *why)
{
	struct file *many = calloc(count, sizeof(*many));
	size_t len;

	assert_non_null(many);
	for (size_t i = 0; i < count; i++)
		many[i] = (struct file){ "a", "{}", 0, 0 };
	len = make_zip("zip:compression=store", many, count);
	free(many);
	return unpack(made, len, NULL, files, why);
}

static void
too_many_files_are_refused(void)
{
	struct fault why = { 0 };
	size_t files;

	assert_int_equal(unpack_many(ZIP_ENTRIES_MAX, &files, &why), 0);
	assert_int_equal(files, ZIP_ENTRIES_MAX);
	assert_int_equal(unpack_many(ZIP_ENTRIES_MAX + 1, &files, &why), -1);
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	assert_non_null(strstr(why.detail, "1000"));
}

/* A list of files that would fill the memory is not even read. */
static void
long_list_is_refused(void)
{
	static const char end[] = "PK\5\6\0\0\0\0\xff\xff\xff\xff\0\0\x50\0"
				  "\0\0\0\0\0\0";
	size_t len = 5 * MIB;
	struct fault why = { 0 };
	size_t files;

	memset(made, 0, len);
	for (size_t at = 0; at + 46 <= len; at += 46) {
		memcpy(made + at, "PK\1\2", 4);
		/* Its place in the file makes each another one. */
		memcpy(made + at + 42, &at, 4);
	}
	memcpy(made + len, end, sizeof(end) - 1);
	assert_int_equal(unpack(made, len + sizeof(end) - 1, NULL, &files,
			     &why),
	    -1);
	assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
	assert_non_null(strstr(why.detail, "too long"));
}

/* Some programs write as if there were very many, or think it safer. */
static void
large_counts_are_read(void)
{
	size_t len = make_zip("zip:zip64", two, 2);
	struct fault why = { 0 };
	size_t files;

	assert_int_equal(unpack(made, len, NULL, &files, &why), 0);
	memset(made + len - 22 + 8, 0xff, 4);
	assert_int_equal(unpack(made, len, NULL, &files, &why), 0);
	assert_string_equal(unpacked, BOTH);
	/* The count itself, in front of the locator. */
	made[len - 22 - 20 - 56 + 24] = 3;
	made[len - 22 - 20 - 56 + 32] = 3;
	assert_int_equal(unpack(made, len, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	if (strstr(why.detail, "lists 3 entries, and 2") == NULL)
		fail_msg("%s", why.detail);
	/* And the place where that stands. */
	memset(made + len - 22 - 20 + 8, 0xff, 8);
	assert_int_equal(unpack(made, len, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
}

/* Each of these could hide the children of all but one archive. */
static void
only_a_whole_file_is_read(void)
{
	size_t len = make_zip("", two, 2);
	struct fault why = { 0 };
	size_t files;

	assert_int_equal(unpack(made, len, NULL, &files, &why), 0);
	/* One behind the other, as cat does it. */
	memcpy(made + len, made, len);
	assert_int_equal(unpack(made, 2 * len, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	assert_int_equal(files, 0);
	assert_non_null(strstr(why.detail, "several"));
	/* The same with a second one that was cut. */
	assert_int_equal(unpack(made, 2 * len - 30, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	assert_int_equal(files, 0);
	/* And with the places put right, as zip -A does it. */
	for (size_t at = len + len - 22 - 1; at > len; at--)
		if (memcmp(made + at, "PK\1\2", 4) == 0) {
			made[at + 42] = (char)(made[at + 42] + (char)len);
			made[at + 43] =
			    (char)(made[at + 43] + (char)(len >> 8));
		}
	made[2 * len - 6] = (char)(made[2 * len - 6] + (char)len);
	assert_int_equal(unpack(made, 2 * len, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
	assert_int_equal(files, 0);
	/* A comment belongs to it. */
	len = make_zip("", two, 2);
	made[len - 2] = 4;
	memcpy(made + len, "made", 4);
	assert_int_equal(unpack(made, len + 4, NULL, &files, &why), 0);
	assert_int_equal(files, 2);
	assert_int_equal(unpack(made, len + 5, NULL, &files, &why), -1);
	assert_int_equal(why.id, FAULT_ZIP);
}

static void
pipe_is_not_read(void)
{
	struct fault why = { 0 };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_null(zip_open(ends[0], NULL, &why));
	assert_int_equal(why.id, FAULT_DISK_NOT_READ);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(close(ends[1]), 0);
}

static const struct other {
	const char *name;
	void (*holds)(void);
} others[] = {
	{ "wrong passwords are said to be wrong", wrong_passwords_are_said },
	{ "a password has a limit, and is not repeated", password_has_a_limit },
	{ "what is left unread is checked", unread_rest_is_checked },
	{ "skipping a file reaches the next", skipping_reaches_the_next },
	{ "what unpacks too far is refused", what_unpacks_too_far_is_refused },
	{ "too many files are refused", too_many_files_are_refused },
	{ "a list that fills the memory is refused", long_list_is_refused },
	{ "counts beyond two bytes are read", large_counts_are_read },
	{ "only an archive that is the whole file is read",
	    only_a_whole_file_is_read },
	{ "a pipe is not read", pipe_is_not_read },
};

static void
other_holds(void **state)
{
	const struct other *o = *state;

	o->holds();
}

/* Is it one, does it need a password, and is it an Office document? */
#define BYTES(text) text, sizeof(text) - 1
#define HEADER(flags, name_len)                            \
	"PK\3\4\24\0" flags "\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\0" name_len "\0\0\0"

static const struct look {
	const char *name;
	const char *head;
	size_t len;
	bool is;
	bool locked;
	const char *office;
} looks[] = {
	{ "a zip", BYTES(HEADER("\0", "\1") "a"), true, false, NULL },
	{ "a locked zip", BYTES(HEADER("\1", "\1") "a"), true, true, NULL },
	{ "one written as a stream", BYTES(HEADER("\11", "\1") "-"), true, true,
	    NULL },
	{ "one not locked, written as a stream", BYTES(HEADER("\10", "\1") "-"),
	    true, false, NULL },
	{ "the first file counts, not a folder before it",
	    BYTES(HEADER("\0", "\2") "d/" HEADER("\1", "\1") "a"), true, true,
	    NULL },
	{ "an empty zip", BYTES("PK\5\6\0\0\0\0"), true, false, NULL },
	{ "the mark alone", BYTES("PK\3\4"), true, false, NULL },
	{ "a header cut behind its flags", BYTES("PK\3\4\24\0\1"), true, true,
	    NULL },
	{ "a folder with nothing behind it", BYTES(HEADER("\0", "\2") "d/"),
	    true, false, NULL },
	{ "a name longer than what is there", BYTES(HEADER("\1", "\377") "a"),
	    true, true, NULL },
	{ "half a mark", BYTES("PK\3"), false, false, NULL },
	{ "nothing", BYTES(""), false, false, NULL },
	{ "JSON", BYTES("[{\"case_id\":1}]"), false, false, NULL },
	{ "a list of files without a start", BYTES("PK\1\2\0\0\0\0"), false,
	    false, NULL },
	{ "a spreadsheet",
	    BYTES(HEADER("\0", "\23") "[Content_Types].xml..xl/workbook.xml"),
	    false, false, "a spreadsheet" },
	{ "a spreadsheet that begins otherwise",
	    BYTES(HEADER("\0", "\13") "_rels/.rels..xl/workbook.xml"), false,
	    false, "a spreadsheet" },
	{ "a Word document",
	    BYTES(HEADER("\0", "\23") "[Content_Types].xml..word/document.xml"),
	    false, false, "a Word document" },
	{ "another Office document",
	    BYTES(HEADER("\0", "\23") "[Content_Types].xml..ppt/"), false,
	    false, "an Office document" },
	{ "an OpenDocument text",
	    BYTES(HEADER("\0", "\10") "mimetypeapplication/"
				      "vnd.oasis.opendocument.text"),
	    false, false, "an Office document" },
	{ "an export whose name only begins with a word of theirs",
	    BYTES(HEADER("\1", "\11") "word.json....."), true, true, NULL },
};

static void
look_holds(void **state)
{
	const struct look *l = *state;
	const char *office = zip_office_kind(l->head, l->len);
	bool locked = !l->locked;

	assert_int_equal(zip_looks_like(l->head, l->len, &locked), l->is);
	assert_int_equal(locked, l->locked);
	if (l->office == NULL)
		assert_null(office);
	else
		assert_string_equal(office, l->office);
}

int
main(void)
{
	return ROWS_RUN("zip", rows, row_holds) +
	    ROWS_RUN("zip damage", damages, damage_shows) +
	    ROWS_RUN("zip others", others, other_holds) +
	    ROWS_RUN("zip looks", looks, look_holds);
}
