#!/usr/bin/env bats
# The parts alone, as tests and other programs use them.

load sites.bash

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >said
}

# form FOLDER FILE: a tar in bundle form of what is in the folder.
form() {
	local members=() name
	members+=(bundle.json)
	while IFS= read -r name; do
		members+=("$name")
	done < <(cd "$1" && find . -mindepth 2 -type f | sed 's/^..//' | sort)
	(
		cd "$1" || exit 1
		for name in "${members[@]}"; do
			jq -cn --arg name "$name" \
			    --argjson size "$(wc -c <"$name")" \
			    --arg sha256 "$(sha256sum <"$name" |
				cut -d ' ' -f 1)" \
			    '{name: $name, size: $size, sha256: $sha256}'
		done | jq -cs --argjson n "${RECALLS:-1}" '{satchel: "totals/1",
		    records: {recall: $n, receipt: 0, answer: 0, status: 0,
		    referral: 0}, members: .}' >totals.json
		tar --format=ustar --owner=0 --group=0 --numeric-owner \
		    --mode=0600 --mtime=@0 -cf - "${members[@]}" totals.json
	) >"$2"
	rm "$1/totals.json"
}

letter_of_one() {
	mkdir -p in/records
	echo '{"satchel":"bundle/1"}' >in/bundle.json
	echo '{"type":"recall","ref":"x"}' >in/records/000001.ndjson
}

@test "json takes what is strict, and ends with 5 for the rest" {
	echo '{"a":[1,2.5,null,"\u00e9"]}' >good.json
	sat --json plumbing json good.json
	ends 0
	run bash -c "'$satchel' plumbing json - <good.json"
	[ "$status" -eq 0 ]
	: >empty.json
	echo '{"a":1,"a":2}' >twice.json
	printf '"\xff"' >latin.json
	echo '[1] x' >after.json
	echo '"\u0000"' >nul.json
	for file in empty twice latin after nul; do
		sat --json plumbing json "$file.json"
		ends 5 J101
	done
}

@test "minisig-verify agrees with stock minisign" {
	new_key one
	new_key two
	head -c 100000 /dev/urandom >file
	minisign -S -H -s one.key -m file -x file.sig >/dev/null
	sat --json plumbing minisig-verify -P "$(public one)" file file.sig
	ends 0
	sat --json plumbing minisig-verify -P "$(public two)" file file.sig
	ends 4 K116
	flip file 50000
	sat --json plumbing minisig-verify -P "$(public one)" file file.sig
	ends 4 K116
	echo x >no.sig
	sat --json plumbing minisig-verify -P "$(public one)" file no.sig
	ends 4 K116
	sat --json plumbing minisig-verify -P RWxxx file file.sig
	ends 2 K113
}

# odd WHAT: odd.sig, from file.sig: an S to which the order of the group was
# added, an R spelled beyond the prime, or another key number.
odd() {
	python3 - "$1" <<-'END'
		import base64, sys
		order = 2**252 + 27742317777372353535851937790883648493
		lines = open("file.sig").read().split("\n")
		what, line = sys.argv[1].split("-")
		line = 1 if line == "second" else 3
		raw = bytearray(base64.b64decode(lines[line]))
		r = 10 if line == 1 else 0
		if what == "S":
		    s = int.from_bytes(raw[r + 32:], "little") + order
		    raw[r + 32:] = s.to_bytes(32, "little")
		elif what == "R":
		    raw[r:r + 32] = b"\xee" + 30 * b"\xff" + b"\x7f"
		elif what == "number":
		    raw[2] ^= 1
		lines[line] = base64.b64encode(bytes(raw)).decode()
		open("odd.sig", "w").write("\n".join(lines))
	END
}

@test "threat 20: minisig-verify takes no second spelling of a signature or key" {
	new_key one
	echo text >file
	minisign -S -H -s one.key -m file -x file.sig >/dev/null
	for what in S-second S-fourth R-second R-fourth number-second; do
		odd "$what"
		no cmp -s file.sig odd.sig
		sat --json plumbing minisig-verify -P "$(public one)" file \
		    odd.sig
		ends 4 K116
	done
	odd none-second
	sat --json plumbing minisig-verify -P "$(public one)" file odd.sig
	ends 0
	for key in 01 '\xee' '\xed' '\xec'; do
		key=$({
			printf 'Ed12345678'
			case $key in
			01) printf '\1' && head -c 31 /dev/zero ;;
			*) printf '%b' "$key" && head -c 30 /dev/zero |
				tr '\0' '\377' && printf '\177' ;;
			esac
		} | base64 -w 0)
		sat --json plumbing minisig-verify -P "$key" file file.sig
		ends 2 K113
	done
}

@test "unpack writes a good archive into a new folder" {
	letter_of_one
	form in good.tar
	sat --json plumbing unpack good.tar out --dry-run
	ends 0
	[ ! -e out ]
	sat --json plumbing unpack good.tar out
	ends 0
	cmp in/bundle.json out/bundle.json
	cmp in/records/000001.ndjson out/records/000001.ndjson
	[ -f out/totals.json ]
	same "$(find out -perm /077 | wc -l)" 0
	sat --json plumbing unpack good.tar out
	ends 7 D104
}

@test "unpack takes its own name for a new folder with a slash, too" {
	letter_of_one
	form in good.tar
	sat --json plumbing unpack good.tar out/
	ends 0
}

@test "unpack writes nothing of an archive that is not good to its end" {
	letter_of_one
	form in good.tar
	head -c 2048 good.tar >cut.tar
	cp good.tar flipped.tar
	flip flipped.tar 1540
	RECALLS=2 form in counts.tar
	tar --format=ustar -C in -cf bare.tar bundle.json
	tar --format=ustar -C in -cf order.tar records/000001.ndjson bundle.json
	(cd in && tar --format=ustar -cf ../up.tar --transform='s,^,../,' \
	    -P bundle.json)
	for bad in cut flipped counts bare order up; do
		sat --json plumbing unpack "$bad.tar" out
		ends 5
		[ ! -e out ]
		[ ! -e bundle.json ]
	done
}

@test "unpack wants records in order, each of a known type" {
	letter_of_one
	echo '{"type":"other"}' >in/records/000001.ndjson
	form in bad.tar
	sat --json plumbing unpack bad.tar out
	ends 5 B110
	printf '{"type":"receipt"}\n{"type":"recall"}\n' \
	    >in/records/000001.ndjson
	form in bad.tar
	sat --json plumbing unpack bad.tar out
	ends 5 B110
}

@test "an attachment is what its name says" {
	letter_of_one
	mkdir in/files
	echo picture >in/one
	name=$(sha256sum <in/one | cut -d ' ' -f 1)
	mv in/one "in/files/$name"
	mv in/records later
	RECALLS=0 form in good.tar
	sat --json plumbing unpack good.tar out
	ends 0
	echo other >"in/files/$name"
	RECALLS=0 form in bad.tar
	sat --json plumbing unpack bad.tar out2
	ends 5 B112
}

@test "vectors answers line by line" {
	run "$satchel" plumbing vectors <<-END
		hkdf-sha256 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b 000102030405060708090a0b0c f0f1f2f3f4f5f6f7f8f9 42
		nonsense
	END
	[ "$status" -eq 0 ]
	same "${lines[0]}" "ok 3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c\
5db02d56ecc4c5bf34007208d5b887185865"
	same "${lines[1]}" fail
}

@test "state-hash needs no passphrase and changes nothing" {
	echo 'a made-up passphrase' >words
	"$satchel" --home site --passphrase-file words init --node AB >/dev/null
	one=$(state_of site)
	[[ $one =~ ^[0-9a-f]{64}$ ]]
	same "$(state_of site)" "$one"
	sat --json --home site plumbing state-hash
	says ".state_hash == \"$one\""
}

@test "the pages of the manual are printed from the tables" {
	run "$satchel" plumbing print rules
	[ "$status" -eq 0 ]
	[[ $output == *'| C-UNHCR |'* ]]
	run "$satchel" plumbing print faults
	[ "$status" -eq 0 ]
	[[ $output == *'| B101 |'* ]]
	{
		printf '.Dd $Mdocdate$\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd x\n'
		printf '.Sh COMMANDS\n'
		"$satchel" plumbing print commands
	} >page.1
	mandoc -Tlint -Wwarning page.1
	sat plumbing print nonsense
	ends 2
}

@test "data on stdout leaves no room for a result object" {
	for words in 'age-decrypt x' 'age-encrypt x' 'plumbing vectors' \
	    'plumbing print rules'; do
		# shellcheck disable=SC2086 # the words are words
		sat --json $words
		ends 2 U101
	done
}
