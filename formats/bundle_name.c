#include <inttypes.h>
#include <string.h>

#include "base/fault.h"
#include "base/reader.h"
#include "formats/bundle.h"
#include "formats/bundleform.h"

#define AGREEMENT "agreement/"
#define ROSTER "roster-"
#define SIGNED ".minisig"

/* Whatever is left of a name must be a party's code and this end. */
static bool
take_party(struct reader *r, const char *end, char out[static 17])
{
	size_t tail = strlen(end);
	struct view party;

	if (r->left < tail || !reader_take(r, r->left - tail, &party) ||
	    !reader_word(r, end) ||
	    !bundleform_is_node((const char *)party.bytes, party.len))
		return false;
	memcpy(out, party.bytes, party.len);
	out[party.len] = '\0';
	return true;
}

/* A part of the agreement, by what stands behind "agreement/". */
static bool
read_agreement(const struct reader *name, struct bundle_name *out)
{
	struct reader r = *name;

	if (reader_word(&r, "agreement.json")) {
		out->kind = BUNDLE_MEMBER_AGREEMENT;
		return r.left == 0;
	}
	if (reader_word(&r, ROSTER)) {
		struct reader again = r;

		out->kind = BUNDLE_MEMBER_ROSTER_SIGNATURE;
		if (take_party(&r, ".json" SIGNED, out->party))
			return true;
		out->kind = BUNDLE_MEMBER_ROSTER;
		return take_party(&again, ".json", out->party);
	}
	out->kind = BUNDLE_MEMBER_SIGNATURE;
	return take_party(&r, SIGNED, out->party);
}

/* "000001.ndjson" and on. */
static bool
read_records(struct reader *r, struct bundle_name *out)
{
	struct view digits;

	out->kind = BUNDLE_MEMBER_RECORDS;
	if (!reader_take(r, 6, &digits) || !reader_word(r, ".ndjson"))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
			return false;
		out->number = out->number * 10 + (digits.bytes[i] - '0');
	}
	return r->left == 0;
}

static bool
read_file(struct reader *r, struct bundle_name *out)
{
	struct view hex;

	out->kind = BUNDLE_MEMBER_FILE;
	if (!reader_take(r, sizeof(out->sha256) - 1, &hex) || r->left != 0 ||
	    !bundleform_is_hex((const char *)hex.bytes, hex.len))
		return false;
	memcpy(out->sha256, hex.bytes, hex.len);
	return true;
}

static bool
read_name(const char *name, struct bundle_name *out)
{
	struct reader r = { (const uint8_t *)name, strlen(name) };

	*out = (struct bundle_name){ .kind = BUNDLE_MEMBER_INSIDE };
	if (strcmp(name, "bundle.json") == 0)
		return true;
	if (strcmp(name, "totals.json") == 0) {
		out->kind = BUNDLE_MEMBER_TOTALS;
		return true;
	}
	if (reader_word(&r, AGREEMENT))
		return read_agreement(&r, out);
	if (reader_word(&r, "records/"))
		return read_records(&r, out);
	return reader_word(&r, "files/") && read_file(&r, out);
}

/*
 * Signatures go by their names as they are written, and there the '.' behind
 * the shorter of two codes comes after the '-' in the longer one.
 */
static bool
signature_after(const char *party, const char *before)
{
	size_t i = 0;
	char p;
	char b;

	while (party[i] != '\0' && party[i] == before[i])
		i++;
	p = party[i] == '\0' ? '.' : party[i];
	b = before[i] == '\0' ? '.' : before[i];
	return p > b;
}

/* May a member follow one of the same kind? */
static bool
follows_its_like(const struct bundle_name *before,
    const struct bundle_name *now)
{
	switch (now->kind) {
	case BUNDLE_MEMBER_SIGNATURE:
		return signature_after(now->party, before->party);
	case BUNDLE_MEMBER_RECORDS:
		return now->number == before->number + 1;
	case BUNDLE_MEMBER_FILE:
		return strcmp(now->sha256, before->sha256) > 0;
	default:
		return false;
	}
}

/* May a member follow one of another kind? */
static bool
follows_other(const struct bundle_name *before, const struct bundle_name *now)
{
	/* A roster and its signature are a pair. */
	if ((before->kind == BUNDLE_MEMBER_ROSTER) !=
	    (now->kind == BUNDLE_MEMBER_ROSTER_SIGNATURE))
		return false;
	if (now->kind == BUNDLE_MEMBER_ROSTER_SIGNATURE)
		return strcmp(now->party, before->party) == 0;
	if (now->kind == BUNDLE_MEMBER_ROSTER &&
	    before->kind == BUNDLE_MEMBER_ROSTER_SIGNATURE)
		return strcmp(now->party, before->party) > 0;
	if (now->kind == BUNDLE_MEMBER_SIGNATURE)
		return before->kind == BUNDLE_MEMBER_AGREEMENT;
	if (now->kind == BUNDLE_MEMBER_RECORDS && now->number != 1)
		return false;
	/* Otherwise the kinds are declared in the order of the archive. */
	return now->kind > before->kind;
}

int
bundle_name_read(const char *name, const struct bundle_name *before,
    struct bundle_name *out, struct fault *why)
{
	bool follows;

	if (!read_name(name, out))
		return FAIL(why, FAULT_BUNDLE_TAR,
		    "a member of a name that is none of a bundle's");
	if (before == NULL)
		follows = out->kind == BUNDLE_MEMBER_INSIDE;
	else if (before->kind == out->kind)
		follows = follows_its_like(before, out);
	else
		follows = follows_other(before, out);
	if (!follows)
		return FAIL(why, FAULT_BUNDLE_TAR,
		    "the member %s is not where it should be", name);
	return 0;
}
