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
	says '.bundles[0] | .signature == "bad" and .fault.code == "B204"'
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
