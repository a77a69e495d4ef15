#!/usr/bin/env bats
# The auditor's walk: each command on the page does what the page says.

load sites

setup_file() {
	world '(.nodes[] | select(.code == "ET-GMB-03")).sign |= reverse'
	mkdir back
	send
	take stick
	load_all
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	send --only "$(ref_of 2)"
	mkdir bundles
	cp stick/* back/* bundles
	"$satchel" --home site log export --out log-site >/dev/null
	"$satchel" --home hub log export --out log-hub >/dev/null
}

setup() {
	enter
	page=$scenarios/../../docs/audit.md
	mkdir bin
	ln -s "$satchel" bin/satchel
	PATH=$PWD/bin:$PATH
	ref=$(ref_of 1)
}

teardown() {
	rm -f ref.tlog-proof
	leaks_nothing
	no env LC_ALL=C grep -raFof canaries bundles
	no env LC_ALL=C grep -raFof numbers bundles
	for out in bundles.* report log-* entries made carried waybill.html; do
		[ -e "$out" ] || continue
		plain_leaks_nothing "$out"
	done
}

# step NUMBER: the commands of that part of the page, as one shell runs them.
step() {
	awk -v n="## $1." 'index($0, "## ") == 1 { on = index($0, n) == 1 }
	    on && sub(/^    /, "")' "$page" >"step$1"
	[ -s "step$1" ]
	run env ref="$ref" salt="${salt-}" digits= bash -euo pipefail "step$1"
	if [ "$status" -ne 0 ]; then
		cat "step$1"
		printf '%s\n' "$output"
		return 1
	fi
}

@test "1: the agreement's signatures, and its digits by two programs" {
	step 1
	digits=$(fingerprint agreement.json)
	[[ $output == *"$digits"* ]]
	[[ $output == *'Signature and comment signature verified'* ]]
}

@test "2: who signed each bundle, by two programs" {
	step 2
	same "$(grep -c '^bundles/.*: RW' <<<"$output")" \
	    "$(bundles_on bundles)"
	[ -s bundles.html ]
	[ -s bundles.csv ]
}

@test "3: the digits of a waybill, by two programs" {
	step 3
	[[ $output == *"$(b2sum -l 256 "$(find bundles -name '*.satchel' |
	    LC_ALL=C sort | head -n 1)" | head -c 10 |
	    { read -r hex && printf '%05d' $((16#$hex % 100000)); })"* ]]
}

@test "4: a log and the heads that partners have, by two programs" {
	step 4
	[[ $output == *'the log goes on from it'* ]]
	same "$(grep -c '^by RW' <<<"$output")" 1
	same "$(tail -n 2 <<<"$output" | uniq | wc -l)" 1
}

@test "5: a damaged bundle and a second copy of one accuse nobody" {
	cp "$(find bundles -name '*.satchel' | LC_ALL=C sort | head -n 1)" \
	    bundles/copy.satchel
	# A courier with a text editor: another id, and a key that is theirs.
	sed '3s/id=......../id=deadbeef/' bundles/copy.satchel \
	    >bundles/other.satchel
	no cmp -s bundles/copy.satchel bundles/other.satchel
	"$satchel" --json verify bundles --agreement agreement.json \
	    >bundles.json || [ $? -eq 4 ]
	grep -q deadbeef bundles.json
	step 5
	[ -s carried ]
	same "$(comm -13 made carried | wc -l)" 0
	no grep -q deadbeef carried
	sat verify bundles --agreement agreement.json
	ends 4
	grep -qE 'other\.satchel +bad +\(ET-[A-Z]+-[0-9]+\?\)' <<<"$output"
	rm bundles/copy.satchel bundles/other.satchel
}

@test "5 and 6: what the log says, held against the bundles, and a proof" {
	step 2
	step 5
	[ -s entries ]
	[ -s told ]
	same "$(comm -23 told kept | wc -l)" 0
	same "$(comm -13 made carried | wc -l)" 0
	step 6
	[[ $output == *'bundle made'* ]]
}

@test "7: an entry is about that referral, by two programs" {
	run "$satchel" --home site log prove --ref "$ref" --out ref.tlog-proof
	salt=$(sed -n 's/.*salt //p' <<<"$output" | head -n 1)
	rm -f ref*.tlog-proof
	# The page asks for the proof anew: salts stay the same.
	step 7
	hash=$(grep -oE '^[0-9a-f]{64}$' <<<"$output")
	same "$(uniq <<<"$hash" | wc -l)" 1
	same "$(wc -l <<<"$hash")" 2
}

@test "8 and 9: the report and the purge, that change nothing" {
	before=$(state_of hub)
	# Nobody is named in practice; a live node wants --user.
	step 8
	grep -q '"UNICEF to UNHCR"' report/received-flow.csv
	step 9
	same "$(state_of hub)" "$before"
}
