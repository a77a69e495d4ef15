#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/folder.h"
#include "base/jsonout.h"
#include "base/sink.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/outfile.h"
#include "cli/say.h"
#include "cli/verified.h"
#include "formats/agreement.h"
#include "formats/waybill.h"
#include "import/adopt.h"
#include "import/audit.h"
#include "import/audit_csv.h"
#include "import/audit_page.h"
#include "import/custody.h"

#define SIGNATURES_MAX 64
#define NAME_ROOM 256
#define JSON_MAX 4096

enum { OPT_AGREEMENT, OPT_CSV, OPT_REPORT, OPT_WAYBILL, OPT_DRY_RUN };

struct run {
	const struct agreement *agreement;
	struct say *say;
	struct audit *audit;
	bool many;		/* a table, not two lines for each */
	struct outfile *csv;	/* NULL: not asked for */
	struct outfile *report; /* likewise */
	struct audit_page page;
};

/* What an auditor is told of one bundle; nothing of it is decrypted. */
static void
say_one(const struct run *r, const char *name, const struct audited *one)
{
	const struct received *got = &one->got;
	bool wrong = one->fault.id != FAULT_NONE;
	char key[MINISIGN_PUBLIC_ROOM], created[MOMENT_TEXT];
	struct said_bundle b = {
		.file = name,
		.state = wrong ? "refused" : NULL,
		.fault = wrong ? &one->fault : NULL,
		.bytes = got->bytes,
		.signature = audit_signature_name(one->signature),
		.in_table = r->many,
	};

	if (got->outside.seq != 0) {
		b.id = got->outside.id;
		b.seq = got->outside.seq;
		day_write_moment(got->outside.created, created);
		b.created = created;
	}
	/* Whoever alters a file must not make it anybody's. */
	if (got->signer != NULL && one->signature == AUDIT_BAD) {
		b.claimed = got->signer->code;
	} else if (got->signer != NULL) {
		minisign_public_write(got->key, key);
		b.from = got->signer->code;
		b.signed_node = got->signer->code;
		b.signed_party = got->signer->party->id;
		b.signed_key = key;
	}
	say_bundle(r->say, &b);
}

static int
verify_unread(struct run *r, const char *name, const struct fault *trouble,
    struct fault *why)
{
	say_fault(r->say, name, trouble);
	audit_add_unread(r->audit);
	if (r->report != NULL)
		audit_page_add_unread(&r->page, name, trouble);
	return r->csv == NULL ?
	    0 :
	    audit_csv_unread(outfile_sink(r->csv), name, trouble, why);
}

static int
verify_one(int fd, const char *name, const struct fault *trouble, void *context,
    struct fault *why)
{
	struct run *r = context;
	struct audited one;
	int rc;

	if (trouble != NULL)
		return verify_unread(r, name, trouble, why);
	audit_look(&one, fd, r->agreement);
	say_one(r, name, &one);
	rc = audit_add(r->audit, name, &one, why);
	if (r->report != NULL)
		audit_page_add(&r->page, name, &one);
	if (rc == 0 && r->csv != NULL)
		rc = audit_csv_bundle(outfile_sink(r->csv), name, &one, why);
	audit_look_close(&one);
	return rc;
}

static int
read_file(const char *path, struct bytes *out, struct fault *why)
{
	struct folder *dir = NULL;
	char name[256];
	int rc = -1;

	if (folder_split(path, &dir, name, sizeof(name), why) == 0)
		rc = folder_read(dir, name, out, why);
	folder_close(dir);
	return rc;
}

/*
 * Is the agreement itself one to verify by: no errors, and signed by as many
 * of its parties as it asks for?
 */
static int
trust_agreement(struct agreement_file *file, const char *path,
    struct fault *why)
{
	struct adopt_signature signatures[SIGNATURES_MAX];
	const struct agreement *a = agreement_of(file);
	size_t count = 0;
	int signed_by, rc = -1;

	memset(signatures, 0, sizeof(signatures));
	if (agreement_has_errors(file))
		return FAIL(why, FAULT_AGREEMENT_ERRORS,
		    "see: satchel agreement check");
	if (adopt_find_signatures(path, signatures, SIGNATURES_MAX, &count,
		why) == -1)
		goto done;
	signed_by = adopt_check_signatures(file, a, signatures, count);
	if (signed_by < a->signatures_needed) {
		fault_set(why, FAULT_AGREEMENT_SIGNATURES, "%d good, %d needed",
		    signed_by, a->signatures_needed);
		goto done;
	}
	rc = 0;
done:
	adopt_signatures_free(signatures, count);
	return rc;
}

/* Refused before anything is read if they cannot be written. */
static int
open_files(const struct args *args, struct run *r, struct fault *why)
{
	const char *csv = args->option[OPT_CSV];
	const char *report = args->option[OPT_REPORT];

	if ((csv != NULL && (r->csv = outfile_new(csv, why)) == NULL) ||
	    (report != NULL && (r->report = outfile_new(report, why)) == NULL))
		return -1;
	return r->csv == NULL ? 0 : audit_csv_head(outfile_sink(r->csv), why);
}

static int
end_files(const struct args *args, struct run *r, const struct files_seen *seen,
    struct fault *why)
{
	if (r->csv != NULL &&
	    audit_csv_end(outfile_sink(r->csv), r->audit, why) == -1)
		return -1;
	if (r->report != NULL &&
	    audit_page_write(&r->page, r->audit, seen->others, clock_now(),
		outfile_sink(r->report), why) == -1)
		return -1;
	if (args->given[OPT_DRY_RUN]) {
		if (r->csv != NULL || r->report != NULL)
			say_line(r->say, "Nothing was written.");
		return 0;
	}
	if ((r->csv != NULL && outfile_end(r->csv, why) == -1) ||
	    (r->report != NULL && outfile_end(r->report, why) == -1))
		return -1;
	if (r->csv != NULL)
		say_line(r->say, "The table is in %s",
		    folder_last_part(args->option[OPT_CSV]));
	if (r->report != NULL)
		say_line(r->say, "The report is in %s",
		    folder_last_part(args->option[OPT_REPORT]));
	return 0;
}

static bool
names_many(const struct args *args)
{
	struct stat st;

	return args->count > 1 ||
	    (stat(args->operands[0], &st) == 0 && S_ISDIR(st.st_mode));
}

static int
look_at_all(const struct args *args, struct run *r, struct fault *why)
{
	struct files_seen seen;
	int rc = -1;

	r->many = names_many(args);
	audit_page_start(&r->page);
	if ((r->audit = audit_new(r->agreement, why)) == NULL ||
	    open_files(args, r, why) == -1)
		goto done;
	if (files_each(args->operands, args->count, &seen, verify_one, r,
		why) == -1 ||
	    audit_end(r->audit, why) == -1)
		goto done;
	if (r->many)
		say_line(r->say, "%s", "");
	if (verified_tell(r->say, r->audit, &seen, r->many, why) == -1)
		goto done;
	files_say(r->say, &seen);
	rc = end_files(args, r, &seen, why);
done:
	outfile_free(r->csv);
	outfile_free(r->report);
	audit_page_free(&r->page);
	audit_free(r->audit);
	return rc;
}

static int
say_waybill(struct say *say, const struct waybill *w, bool matches,
    struct fault *why)
{
	struct jsonout o;
	struct bytes text;
	struct sink *to;
	int rc = -1;

	bytes_init(&text, JSON_MAX);
	if ((to = bytes_sink_new(&text, why)) == NULL)
		goto done;
	jsonout_start(&o, to);
	jsonout_object(&o, NULL);
	jsonout_boolean(&o, "matches", matches);
	jsonout_integer(&o, "bytes", (int64_t)w->bytes);
	jsonout_text(&o, "fingerprint", w->fingerprint);
	jsonout_object_end(&o);
	if ((rc = jsonout_end(&o, why)) == 0)
		say_json(say, "waybill", &text);
done:
	sink_free(to);
	bytes_free(&text);
	return rc;
}

/* Is it the file that the page was printed for, whoever signed it? */
static int
check_waybill(const struct args *args, struct say *say, struct fault *why)
{
	const char *digits = args->option[OPT_WAYBILL];
	struct fault other = { FAULT_NONE, "" };
	struct folder *dir = NULL;
	struct waybill w = { .bytes = 0 };
	char name[NAME_ROOM];
	int fd, rc = -1;

	if (waybill_digits_check(digits, why) == -1)
		return -1;
	if (names_many(args))
		return FAIL(why, FAULT_USAGE, "--waybill is of one FILE");
	if (folder_split(args->operands[0], &dir, name, sizeof(name), why) ==
	    -1)
		return -1;
	if ((fd = folder_open_file(dir, name, why)) == -1)
		goto done;
	rc = custody_fingerprint(fd, &w.bytes, w.fingerprint, why);
	(void)close(fd);
	if (rc == -1)
		goto done;
	(void)waybill_digits_are(digits, w.fingerprint, &other);
	if (other.id != FAULT_NONE)
		say_fault(say, name, &other);
	else
		say_line(say,
		    "%s  is the file that the waybill was printed for", name);
	rc = say_waybill(say, &w, other.id == FAULT_NONE, why);
done:
	folder_close(dir);
	return rc;
}

static int
verify_by(const struct args *args, const char *path, struct say *say,
    struct fault *why)
{
	struct run r = { .say = say };
	struct agreement_file *file = NULL;
	struct bytes text;
	int rc = -1;

	bytes_init(&text, AGREEMENT_MAX);
	if (read_file(path, &text, why) == -1 ||
	    (file = agreement_read(text.at, text.len, why)) == NULL)
		goto done;
	r.agreement = agreement_of(file);
	if (r.agreement->environment == AGREEMENT_TEST)
		say_practice(say);
	say_agreement_version(say, r.agreement->version,
	    r.agreement->fingerprint);
	if (trust_agreement(file, path, why) == 0)
		rc = look_at_all(args, &r, why);
done:
	agreement_free(file);
	bytes_free(&text);
	return rc;
}

static int
run_verify(const struct args *args, struct say *say, struct fault *why)
{
	const char *path = args->option[OPT_AGREEMENT];
	bool waybill = args->given[OPT_WAYBILL];

	if (path == NULL &&
	    (!waybill || args->given[OPT_CSV] || args->given[OPT_REPORT]))
		return FAIL(why, FAULT_USAGE, "--agreement FILE is needed");
	if (waybill && check_waybill(args, say, why) == -1)
		return -1;
	if (path != NULL)
		return verify_by(args, path, say, why);
	say_next(say,
	    "Who made it was not asked: --agreement FILE checks its "
	    "signature too.");
	return 0;
}

const struct command cmd_verify = {
	.name = "verify",
	.operands = "FILE|DIR...",
	.least = 1,
	.most = -1,
	.gist = "for auditors: who signed these bundles, by the agreement's "
		"public keys",
	.more = "Needs no node and no secret, and never decrypts.  The "
		"agreement's own signatures (FILE.<PARTY>.minisig beside it) "
		"are checked first; compare the fingerprint it prints with "
		"the one you were told.  Of a folder it also tells which "
		"numbers are missing, and what came twice.  With --waybill "
		"the agreement may be left out: then only the digits are "
		"compared.",
	.options = {
		[OPT_AGREEMENT] = { .name = "agreement", .value = "FILE",
		    .gist = "the signed agreement", .times = OPTION_ONCE },
		[OPT_CSV] = { .name = "csv", .value = "FILE",
		    .gist = "a new file for a table, safe in a spreadsheet" },
		[OPT_REPORT] = { .name = "report", .value = "FILE",
		    .gist = "a new file for a page to be printed (HTML)" },
		[OPT_WAYBILL] = { .name = "waybill", .value = "DIGITS",
		    .gist = "is FILE the one that this waybill is of?" },
		[OPT_DRY_RUN] = { .name = "dry-run",
		    .gist = "write neither table nor page" },
	},
	.run = run_verify,
};
