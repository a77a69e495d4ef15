#!/bin/sh
# forge.sh FOLDER OUT: what `satchel export` makes, made by stock tools alone
# (tar, gzip, age, minisign), so that a test can send whatever it likes.
#
# FOLDER holds bundle.json and, if wanted, agreement/, records/ and files/;
# totals.json is worked out unless it is there.  In the environment:
#
#   SIGN       the signer's key file, made by minisign -G -W
#   TO         age recipients, with blanks between them
#   TAR GZ AGE a file to take in place of what that step would make
#   TRUSTED    in place of the third line's comment
#   PAD        so many zero bytes behind the gzip
set -eu

folder=$1
case $2 in
/*) out=$2 ;;
*) out=$PWD/$2 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$folder"
LC_ALL=C
export LC_ALL

# The members in the order of the format, one a line.
members() {
	ls bundle.json
	[ ! -f agreement/agreement.json ] || ls agreement/agreement.json
	find agreement -name '*.minisig' ! -name 'roster-*' 2>/dev/null | sort
	find agreement -name 'roster-*' 2>/dev/null | sort
	find records -type f 2>/dev/null | sort
	find files -type f 2>/dev/null | sort
}

count() {
	cat records/*.ndjson 2>/dev/null | grep -c "\"type\":\"$1\"" || true
}

totals() {
	printf '{"satchel":"totals/1","records":{'
	comma=
	for type in recall receipt answer status referral; do
		printf '%s"%s":%s' "$comma" "$type" "$(count "$type")"
		comma=,
	done
	printf '},"members":['
	comma=
	members | while read -r name; do
		printf '%s{"name":"%s","size":%s,"sha256":"%s"}' "$comma" \
		    "$name" "$(wc -c <"$name")" \
		    "$(sha256sum <"$name" | cut -d ' ' -f 1)"
		comma=,
	done
	printf ']}'
}

tar=${TAR:-}
gz=${GZ:-}
age=${AGE:-}
if [ -z "$tar$gz$age" ]; then
	members >"$work/members"
	if [ -f totals.json ]; then
		cp totals.json "$work/totals.json"
	else
		totals >"$work/totals.json"
	fi
	tar=$work/tar
	tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=0600 \
	    --mtime=@0 -cf "$tar" --no-recursion -T "$work/members" \
	    -C "$work" totals.json
fi
if [ -z "$gz$age" ]; then
	gz=$work/gz
	gzip -cn "$tar" >"$gz"
	head -c "${PAD:-0}" /dev/zero >>"$gz"
fi
if [ -z "$age" ]; then
	age=$work/age
	set --
	for recipient in ${TO:-}; do
		set -- "$@" -r "$recipient"
	done
	age "$@" -o "$age" "$gz"
fi
[ -n "${TRUSTED:-}" ] || TRUSTED=$(jq -r \
    '"satchel bundle/1 id=\(.id) seq=\(.seq) created=\(.created)"' bundle.json)
minisign -S -H -s "$SIGN" -m "$age" -x "$work/sig" -c 'satchel bundle' \
    -t "$TRUSTED" >/dev/null
cat "$work/sig" "$age" >"$out"
