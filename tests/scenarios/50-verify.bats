#!/usr/bin/env bats
# An auditor has the agreement with its signatures, and nothing else.

load sites

setup_file() {
	world
	"$satchel" --home site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --out stick >/dev/null || [ $? -eq 3 ]
}

setup() {
	enter
	mkdir auditor
	cp agreement.json* auditor
	export HOME=$PWD/nobody
}

teardown() {
	leaks_nothing
}

# verify FILE...: by the auditor, who has no node.
verify() {
	sat --json --home nowhere verify "$@" \
	    --agreement auditor/agreement.json
}

@test "a good bundle: who signed it, when, under which agreement" {
	verify "$(the_bundle)"
	ends 0
	trusted=$(sed -n '3s/^trusted comment: //p' "$(the_bundle)")
	says '.command == "verify" and .ok and (.bundles | length == 1)'
	says '.bundles[0] | .signature == "good" and .fault == null and
	    .seq == 1'
	says ".bundles[0].signed_by == {node: \"ET-GMB-03\", party: \"UNICEF\",
	    key: \"$(jq -r .sign site.card)\"}"
	says ".bundles[0] | \"satchel bundle/1 id=\(.id) seq=\(.seq) \" +
	    \"created=\(.created)\" == \"$trusted\""
	says ".agreement_version == 1 and
	    (tojson | contains(\"$(fingerprint agreement.json)\"))"
	says ".bundles[0].bytes == $(wc -c <"$(the_bundle)")"
	# It was not opened: to whom it goes is not known.
	says '.bundles[0].to == []'
	[ ! -e nowhere ]
	[ ! -e nobody ]
}

@test "minisign agrees" {
	head -n 4 "$(the_bundle)" >b.minisig
	tail -n +5 "$(the_bundle)" >b.age
	verify "$(the_bundle)"
	minisign -V -H -P "$(jq -r .bundles[0].signed_by.key <<<"$output")" \
	    -m b.age -x b.minisig
}

@test "a changed bundle is bad" {
	cp "$(the_bundle)" c.satchel
	flip c.satchel 3000
	verify c.satchel
	ends 4 B204
	says '.bundles[0] | .signature == "bad" and .fault.code == "B204"
	    and .signed_by == null and .from == null'
	head -c 3000 "$(the_bundle)" >c.satchel
	verify c.satchel
	ends 4
	says '.bundles[0].signature == "bad"'
}

@test "one flipped bit anywhere is seen" {
	size=$(wc -c <"$(the_bundle)")
	mkdir flipped
	for at in $(seq 0 7 280) $(seq 300 $((size / 30)) $((size - 1))); do
		cp "$(the_bundle)" "flipped/$at.satchel"
		flip "flipped/$at.satchel" "$at"
	done
	verify flipped
	[ "$status" -eq 4 ] || ends 5
	says '.bundles | length > 60'
	says '[.bundles[] | select(.signature == "good" or .fault == null)] == []'
}

@test "what is no bundle is 5" {
	head -c 9000 /dev/urandom >noise
	verify noise
	ends 5
	verify agreement.json
	ends 5
	: >empty
	verify empty
	ends 5
}

@test "an unknown key" {
	letter a
	post a a.satchel SIGN="$PWD/stranger.key"
	verify a.satchel
	ends 4 B201
	says '.bundles[0].signature == "unknown key"'
	says '.bundles[0].signed_by == null or
	    (.bundles[0].signed_by | .node == null)'
}

@test "a revoked key: above its last number" {
	agreement '(.nodes[] | select(.code == "ET-GMB-03")).revoked =
	    {after_sequence: 1, on: "2026-11-01", reason: "lost laptop"} |
	    .version = 2' >auditor/agreement.json
	cp unicef.key unhcr.key auditor
	(cd auditor && sign_agreement agreement.json)
	letter a '.seq = 2'
	post a a.satchel
	verify a.satchel
	ends 4 B202
	says '.bundles[0].signature == "revoked"'
}

@test "a folder: the bundles in it, each with its own result" {
	cp "$(the_bundle)" stick/flipped.satchel
	flip stick/flipped.satchel 4000
	echo photo >stick/photo.jpg
	mkdir stick/folder
	verify stick
	ends 4
	says '[.bundles[].signature] | sort == ["bad", "good"]'
	sat verify stick --agreement auditor/agreement.json
	ends 4
	grep -q '2 other things' <<<"$output"
}

@test "two files: the worst counts" {
	echo x >x
	verify "$(the_bundle)" x
	ends 5
	says '[.bundles[].signature] | sort == ["bad", "good"]'
	cp "$(the_bundle)" c.satchel
	flip c.satchel 3000
	verify x c.satchel "$(the_bundle)"
	ends 4
}

@test "an agreement without enough signatures is 4, and nothing is verified" {
	rm auditor/agreement.json.UNHCR.minisig
	verify "$(the_bundle)"
	ends 4 A104
	says '[.bundles[] | select(.signature == "good")] == []'
	cp agreement.json.UNICEF.minisig auditor/agreement.json.UNHCR.minisig
	verify "$(the_bundle)"
	ends 4 A104
}

@test "an agreement that was changed since is 4" {
	sed -i 's/"max_age_days": 730/"max_age_days": 999/' \
	    auditor/agreement.json
	verify "$(the_bundle)"
	ends 4 A104
}

@test "no agreement, or one that is none" {
	sat --json verify "$(the_bundle)"
	ends 2 U101
	sat --json verify "$(the_bundle)" --agreement nowhere.json
	ends 7
	echo '{}' >none.json
	sat --json verify "$(the_bundle)" --agreement none.json
	ends 4
}

@test "verify needs no key: it works with the homes gone" {
	rm -rf site hub ./*.key
	verify "$(the_bundle)"
	ends 0
	says '.bundles[0].signature == "good"'
}

@test "a bundle sealed to somebody else is verified all the same" {
	letter a '.seq = 9'
	post a a.satchel TO="$(age-keygen -y second.key)"
	verify a.satchel
	ends 0
	says '.bundles[0] | .signature == "good" and .seq == 9'
}

# --- a folder of many ---

# sealed KEY SEQ [ID]: a bundle in folder/ with that number.  What is sealed is
# the same each time: nobody opens it.
sealed() {
	local id=${3:-$(uuid)}
	[ -e age ] || {
		head -c 300 /dev/zero >plain
		age -r "$(jq -r .open hub.card)" -o age plain
	}
	mkdir -p folder
	minisign -S -H -s "$1.key" -m age -x sig -c 'satchel bundle' \
	    -t "satchel bundle/1 id=$id seq=$2 created=2026-11-20T10:00:00Z" \
	    >/dev/null
	cat sig age >"folder/${4:-${id%%-*}.satchel}"
}

# parsed JQ: is this true of the rows of the table?  Python reads it as others
# would.
parsed() {
	python3 -c 'import csv, json, sys
rows = list(csv.reader(open("table.csv", newline="", encoding="utf-8")))
json.dump([dict(zip(rows[0], r)) for r in rows[1:]], sys.stdout)' |
		jq -e "$1" >/dev/null
}

# How much memory the last command took at most, in KiB.
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

# bats test_tags=long
@test "a thousand bundles: who signed, what is missing, what came twice" {
	local n
	for n in $(seq 1 600); do
		[ "$n" -eq 17 ] || [ "$n" -eq 400 ] || [ "$n" -eq 401 ] ||
			sealed stock "$n"
	done
	for n in $(seq 3 400); do
		sealed other "$n"
	done
	sealed stranger 1
	sealed stranger 2
	first=(folder/*.satchel)
	cp "${first[0]}" folder/copy.satchel
	head -c 9000 /dev/urandom >folder/noise.satchel
	cp "${first[1]}" folder/flipped.satchel
	flip folder/flipped.satchel 420
	echo list >folder/list.txt
	cp "${first[2]}" folder/photo.jpg
	[ "$(bundles_on folder)" -eq 1000 ]
	sat --json --home nowhere verify folder --csv table.csv \
	    --report page.html --agreement auditor/agreement.json
	ends 4
	says '.bundles | length == 1000'
	says '.looked_at | .files == 1000 and .good == 996 and
	    .unknown_key == 2 and .foreign == 1 and .bad == 1 and
	    .copies == 1 and .alarms == 0 and .others == 2 and
	    .others_like_bundles == 1 and .missing == 5'
	says '[.gaps[] | [.node, .first, .last]] == [
	    ["ET-GMB-03", 17, 17], ["ET-GMB-03", 400, 401],
	    ["ET-GMB-04", 1, 2]] or
	    [.gaps[] | [.node, .first, .last]] == [["ET-GMB-04", 1, 2],
	    ["ET-GMB-03", 17, 17], ["ET-GMB-03", 400, 401]]'
	says '.duplicates | length == 1 and .[0].kind == "copy" and
	    (.[0].files | index("copy.satchel") != null)'
	says '[.signers[] | [.node, .bundles, .first, .last, .missing]] | sort
	    == [["ET-GMB-03", 597, 1, 600, 3], ["ET-GMB-04", 398, 3, 400, 2]]'
	# The number that minisign prints of that key.
	number=$(sed -n '1s/.* //p' stranger.pub)
	says ".unknown_keys == [{number: \"$number\", bundles: 2}]"
	says '.nodes_without == ["ET-HUB-01", "ET-HUB-02"]'
	says '.summary | map(test("5 numbers are missing, in 3 gaps")) | any'
	parsed 'length == 1004 and
	    ([.[] | select(.what == "gap")] | length == 3) and
	    ([.[] | select(.what == "copy")] | length == 1) and
	    ([.[] | select(.signature == "good")] | length == 996)'
	grep -q '5 numbers are missing, in 3 gaps' page.html
	grep -q 'copy.satchel' page.html
	grep -q 'B204' page.html
	no grep -qi '<script\|http://\|https://' page.html
	plain_leaks_nothing table.csv page.html
	# One line for each for people, and the same in words.
	sat --home nowhere verify folder --agreement auditor/agreement.json
	ends 4
	[ "$(grep -c '  good  ' <<<"$output")" -eq 996 ]
	grep -q '5 numbers are missing, in 3 gaps' <<<"$output"
	grep -q '^ET-GMB-04: 1 to 2 are missing' <<<"$output"
}

# bats test_tags=long
@test "memory does not grow with the bundles but by their names" {
	local n small large
	for n in $(seq 1 50); do
		sealed stock "$n"
	done
	small=$(peak "$satchel" --json verify folder \
	    --agreement auditor/agreement.json)
	for n in $(seq 1 5000); do
		cp folder/"$(ls folder | head -n 1)" "folder/again-$n.satchel"
	done
	large=$(peak "$satchel" --json verify folder \
	    --agreement auditor/agreement.json)
	[ $((large - small)) -lt 6000 ]
}

@test "threat 11: bundles dropped and out of order: the gap is told, status 0" {
	sealed stock 3
	sealed stock 1
	sealed stock 5
	verify folder
	ends 0
	says '[.gaps[] | [.first, .last]] == [[2, 2], [4, 4]]'
	says '.signers[0] | .first == 1 and .last == 5 and .missing == 2'
}

@test "threat 11: no more than the outside says fills no gap" {
	sealed stock 1
	sealed stock 3
	sealed stranger 2
	cp folder/"$(ls folder | head -n 1)" forged.satchel
	sed '3s/seq=[0-9]*/seq=2/' forged.satchel >folder/forged.satchel
	verify folder
	ends 4
	says '[.gaps[] | [.first, .last]] == [[2, 2]]'
}

@test "threat 11: one number for two bundles is an alarm" {
	sealed stock 1
	sealed stock 2
	sealed stock 2
	sat --json --home nowhere verify folder --csv table.csv \
	    --report page.html --agreement auditor/agreement.json
	ends 4
	says '.looked_at.alarms == 1 and .gaps == []'
	says '[.bundles[].signature] == ["good", "good", "good"]'
	says '.duplicates | length == 1 and .[0].kind == "number" and
	    .[0].seq == 2 and .[0].ids[0] != .[0].ids[1]'
	says '.faults[0].fault.code == "B212"'
	parsed '[.[] | select(.what == "alarm" and .code == "B212")] |
	    length == 1'
	grep -q 'class="alarm"' page.html
}

@test "threat 11: one id for two bundles is an alarm too" {
	id=$(uuid)
	sealed stock 1 "$id" one.satchel
	sealed stock 2 "$id" two.satchel
	verify folder
	ends 4
	says '[.duplicates[].kind] == ["id"]'
	says '.faults[0].fault.code == "B217"'
}

@test "the same bundle in three files: two copies, and no alarm" {
	sealed stock 1 "$(uuid)" a.satchel
	cp folder/a.satchel folder/b.satchel
	cp folder/a.satchel folder/c.satchel
	verify folder
	ends 0
	says '[.duplicates[].kind] == ["copy", "copy"]'
	says '.signers[0] | .bundles == 1 and .copies == 2'
}

@test "a revoked key is good up to its last number, and no further" {
	agreement '(.nodes[] | select(.code == "ET-GMB-03")).revoked =
	    {after_sequence: 2, on: "2026-11-21", reason: "lost laptop"} |
	    .version = 2' >auditor/agreement.json
	cp unicef.key unhcr.key auditor
	(cd auditor && sign_agreement agreement.json)
	sealed stock 1
	sealed stock 2
	verify folder
	ends 0
	says '.looked_at | .good == 2 and .revoked_since == 2 and .revoked == 0'
	says '.signers[0].revoked_after == 2'
	says '.summary | map(test("revoked later")) | any'
	sealed stock 3
	sealed stock 5
	verify folder
	ends 4 B202
	says '[.bundles[].signature] | sort ==
	    ["good", "good", "revoked", "revoked"]'
	# What a thief may have numbered makes no gap of ours.
	says '.gaps == []'
}

@test "a bundle from before its node took part is something to look at" {
	agreement '(.nodes[] | select(.code == "ET-GMB-03")).valid_from =
	    "2026-11-21" | .version = 2' >auditor/agreement.json
	cp unicef.key unhcr.key auditor
	(cd auditor && sign_agreement agreement.json)
	sealed stock 1
	verify folder
	ends 3
	says '.bundles[0].signature == "good" and .looked_at.untimely == 1'
}

@test "an office of which everything is missing is named" {
	sealed stock 1
	verify folder
	ends 0
	says '.nodes_without == ["ET-HUB-01", "ET-GMB-04", "ET-HUB-02"]'
}

@test "threat 37: a table whose cells no spreadsheet reckons with" {
	local name
	while IFS= read -r name; do
		sealed stock 1 "$(uuid)" "$name.satchel"
	done <<-'END'
		=1+1
		+1
		-2+3
		@SUM(1)
		 =cmd|'x'!A1
		＝1+1
		a"b,c
	END
	sealed stock 9 "$(uuid)" $'\t=1.satchel'
	sealed stock 9 "$(uuid)" $'\u200b=1.satchel'
	sealed stock 9 "$(uuid)" $'a\n=1.satchel'
	sat --home nowhere verify folder --csv table.csv \
	    --agreement auditor/agreement.json
	ends 4
	parsed 'all(.[] | to_entries[].value;
	    test("^[\\s\\p{Cf}]*[=+@\uff1d\uff0b\uff0d\uff20-]") | not)'
	parsed 'map(.file) | index("a\"b,c.satchel") != null'
	# Every field in quotes, and one row a line.
	no grep -qvP '^("([^"]|"")*",)*"([^"]|"")*"\r$' table.csv
	parsed "length == $(($(wc -l <table.csv) - 1))"
}

@test "threat 39 and 43: hostile names of files, on screen, table and page" {
	sealed stock 1 "$(uuid)" $'\e[2Jgone.satchel'
	sealed stock 2 "$(uuid)" $'\u202emoc.satchel'
	sealed stock 3 "$(uuid)" "<img src=x>.satchel"
	sealed stock 4 "$(uuid)" "$(printf 'x%.0s' $(seq 240)).satchel"
	ln -s ../stick/nothing folder/link.satchel
	mkfifo folder/pipe.satchel
	mkdir folder/dir.satchel
	sat --home nowhere verify folder --csv table.csv --report page.html \
	    --agreement auditor/agreement.json
	ends 0
	for file in table.csv page.html; do
		no grep -qP '[\x00-\x08\x0b\x0c\x0e-\x1f]' "$file"
		no grep -q $'\u202e' "$file"
	done
	no grep -qP '\e' <<<"$output$stderr"
	no grep -q $'\u202e' <<<"$output$stderr"
	no grep -q '<img\|<script' page.html
	grep -q '3 other things' <<<"$output"
}

@test "threat 43: a bundle under another name is told, not passed over" {
	sealed stock 1
	sealed stock 2 "$(uuid)" BUNDLE.DAT
	sat --home nowhere verify folder --agreement auditor/agreement.json
	ends 0
	grep -q '1 of them begins as a bundle does' <<<"$output"
}

@test "table and page: never over another file, never half, none in a dry run" {
	sealed stock 1
	echo mine >table.csv
	sat --json --home nowhere verify folder --csv table.csv \
	    --agreement auditor/agreement.json
	ends 7
	same "$(cat table.csv)" mine
	sat --json --home nowhere verify folder --csv other.csv --dry-run \
	    --report page.html --agreement auditor/agreement.json
	ends 0
	[ ! -e other.csv ]
	[ ! -e page.html ]
	# Into the folder itself: it does not count what it writes.
	verify folder --csv folder/table.csv --report folder/page.html
	ends 0
	says '.looked_at.others == 0'
	[ -s folder/table.csv ]
	[ -s folder/page.html ]
}

@test "a page of practice says so, and one of many faults says how many more" {
	local n
	for n in $(seq 1 510); do
		echo "$n" >"noise-$n.satchel"
	done
	mkdir folder
	mv noise-* folder
	verify folder --report page.html
	ends 5
	grep -q PRACTICE page.html
	grep -q 'And 10 more' page.html
	[ "$(grep -c 'noise-' page.html)" -eq 500 ]
}

@test "of what is no bundle no more than the beginning is read" {
	sealed stock 1
	head -c 3000000 /dev/urandom >folder/noise.satchel
	head -c 3000000 /dev/urandom >folder/photo.jpg
	# A leak is not looked for under another tracer.
	ASAN_OPTIONS=detect_leaks=0 strace -f -y -e trace=read,pread64,mmap \
	    -o trace "$satchel" verify folder \
	    --agreement auditor/agreement.json >/dev/null 2>&1 ||
		[ $? -eq 5 ]
	grep -q noise.satchel trace
	read=$(grep -E 'noise.satchel|photo.jpg' trace |
	    sed -n 's/.* = \([0-9]*\)$/\1/p' |
	    awk '{ all += $1 } END { print all + 0 }')
	[ "$read" -lt 8192 ]
}
