#!/usr/bin/env bats
# A site's computer is stolen.  What the site sent before counts, what a thief
# sends does not, and it is numbers that tell them apart, not clocks.

load sites

setup_file() {
	world
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# chain COUNT: bundles 1 to COUNT of the site, each naming the one before it.
chain() {
	local n
	letter b1
	post b1 b1.satchel
	for ((n = 2; n <= $1; n++)); do
		letter "b$n" "$(follows "b$((n - 1))" "b$((n - 1)).satchel")"
		if [ "$n" -le 6 ]; then
			sed -n "${n}p" good.ndjson >"b$n/records/000001.ndjson"
		fi
		post "b$n" "b$n.satchel"
	done
}

# renew VERSION [JQ]: the hub adopts that version.
renew() {
	agreement ".version = $1 | ${2:-.}" >"v$1.json"
	sign_agreement "v$1.json"
	sat --json --home hub agreement adopt "v$1.json"
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
}

# revoke AFTER: both parties revoke the site.
revoke() {
	renew 2 '(.nodes[] | select(.code == "ET-GMB-03")).revoked =
	    {after_sequence: '"$1"', on: "2026-11-01", reason: "stolen"}'
}

# node JQ: of the site, in the agreement.
of_site() {
	echo "(.nodes[] | select(.code == \"ET-GMB-03\")) |= ($1)"
}

taken() {
	take "$@"
	ends 0
	says '.bundles | all(.state == "imported")'
}

held() {
	find hub/held -name '*.satchel' 2>/dev/null | wc -l
}

@test "a stolen site: 1 to 3 stay, 4 waits, 5 and 6 are refused" {
	chain 6
	taken b1.satchel b2.satchel b3.satchel
	revoke 4
	take b6.satchel
	ends 4 B202
	take b4.satchel
	ends 3 B216
	same "$(held)" 1
	# 5 names 4 as the one before it, but counts no more than 6 does.
	take b5.satchel
	ends 4 B202
	says '.waiting == 1 and (.bundles | map(.state) == ["refused"])'
	same "$(held)" 1
	load_all
	ends 0
	says '.loaded | length == 3 and all(.state == "created")'
}

@test "a bundle that waits is taken once a later one that counts names it" {
	chain 6
	taken b1.satchel b2.satchel b3.satchel b6.satchel
	revoke 6
	take b4.satchel
	ends 3 B216
	same "$(held)" 1
	rm b4.satchel
	# 6 is here and names 5; 5 names 4, which follows it in the same run.
	take b5.satchel
	ends 0
	says '.bundles | map(.sequence) == [5, 4]'
	says '.counts.share == 2'
	same "$(held)" 0
}

@test "another bundle of that number, which none that counts names, waits on" {
	chain 3
	taken b1.satchel b3.satchel
	revoke 3
	letter forged "$(follows b1 b1.satchel)"
	post forged forged.satchel
	take forged.satchel
	ends 3 B216
	taken b2.satchel
	says '.waiting == 1'
}

@test "a later agreement that takes the revocation back lets in what waits" {
	chain 4
	taken b1.satchel b2.satchel b3.satchel
	revoke 4
	take b4.satchel
	ends 3 B216
	renew 3
	take b3.satchel
	ends 0
	says '.bundles | map(.state) == ["imported", "seen"]'
	same "$(held)" 0
}

@test "what came under a number that counts no more is not loaded" {
	chain 5
	taken b1.satchel b2.satchel b3.satchel b4.satchel b5.satchel
	revoke 4
	ends 3
	says '.notices | any(test("nobody can load.*: 1$"))'
	# It is not said to be ready anywhere.
	stopped=$(jq -r .ref b5/records/000001.ndjson)
	sat --json --home hub inbox
	says '[.referrals[] | select(.state == "held").ref] == ["'"$stopped"'"]'
	sat --home hub inbox
	grep -q '1 of an office that is not trusted now' <<<"$output"
	grep -q '4 ready' <<<"$output"
	sat --json --home hub why "$stopped"
	says '.referrals[0].rules | map(select(.id == "B-SIG").verdict) ==
	    ["hold"]'
	sat --json --home hub status
	says '[.status | .. | objects | select(has("ready")) |
	    .held, .ready] == [1, 4]'
	load_all
	ends 3
	says '[.loaded[] | select(.state == "held").ref] == ["'"$(
		jq -r .ref b5/records/000001.ndjson)"'"]'
	says '.loaded | map(select(.state == "created")) | length == 4'
	# The next version gives it back: it can be loaded then.
	renew 3
	load_all
	ends 0
	says '.loaded | map(.state) == ["created"]'
}

@test "threat 17: whose key it is decides, and the number, never the clock" {
	chain 3
	late=$(date -u -d '+20 days' +%F)
	early=$(date -u -d '-20 days' +%F)
	before=$(date -u -d '-10 days' +%F)
	after=$(date -u -d '+10 days' +%F)
	letter strange ".from.sign = \"$(public stranger)\""
	post strange strange.satchel SIGN="$PWD/stranger.key"
	cp -a hub hub.first
	# signer ~ the agreement ~ the hub's clock ~ bundle ~ exit ~ code ~ held
	while IFS='~' read -r what change when file status code rule; do
		echo "$what"
		rm -rf hub
		cp -a hub.first hub
		[ -z "$change" ] || renew 2 "$change"
		at "$when" --json --home hub --user hub_admin import "$file"
		ends "$status" "$code"
		[ -z "$rule" ] || says "[.referrals[].rules[] |
		    select(.verdict == \"hold\").id] | index(\"$rule\") != null"
	done <<-EOF
	unknown, before~~$early~strange.satchel~4~B201~
	unknown, now~~now~strange.satchel~4~B201~
	unknown, later~~$late~strange.satchel~4~B201~
	known~~now~b1.satchel~0~~
	known, a clock that is behind~~$early~b1.satchel~3~~
	known, a clock that is ahead~~$late~b1.satchel~0~~
	not yet valid~$(of_site ".valid_from = \"$after\"")~now~b1.satchel~3~~P-SIGNED
	not yet valid, once it is~$(of_site ".valid_from = \"$after\"")~$late~b1.satchel~0~~
	expired~$(of_site ".valid_until = \"$before\"")~now~b1.satchel~3~~P-SIGNED
	expired later, before~$(of_site ".valid_until = \"$after\"")~now~b1.satchel~0~~
	expired later, after~$(of_site ".valid_until = \"$after\"")~$late~b1.satchel~3~~P-SIGNED
	revoked, above~$(of_site '.revoked = {after_sequence: 0, on: "2099-01-01", reason: "x"}')~now~b1.satchel~4~B202~
	revoked, above, long ago~$(of_site '.revoked = {after_sequence: 0, on: "2099-01-01", reason: "x"}')~$early~b1.satchel~4~B202~
	revoked, up to it~$(of_site '.revoked = {after_sequence: 1, on: "2001-01-01", reason: "x"}')~now~b1.satchel~3~B216~
	revoked, up to it, later~$(of_site '.revoked = {after_sequence: 1, on: "2001-01-01", reason: "x"}')~$late~b1.satchel~3~B216~
	EOF
}

@test "threat 17: a withdrawal by an office whose days are over still counts" {
	chain 1
	taken b1.satchel
	letter b2 "$(follows b1 b1.satchel)"
	jq -cn --arg ref "$(jq -r .ref b1/records/000001.ndjson)" '{type:
	    "recall", ref: $ref, sequence: 1, reason: "consent_withdrawn",
	    on: "2026-11-01"}' >b2/records/000001.ndjson
	post b2 b2.satchel
	renew 2 "$(of_site ".valid_until = \"$(date -u -d '-10 days' +%F)\"")"
	take b2.satchel
	ends 3
	says '.counts.recall == 1'
	load_all
	says '.loaded == []'
}

@test "threat 18: one site's key cannot send another site's case" {
	# Of another agency: refused alone, whatever it says of itself.
	letter a ".from = {node: \"ET-HUB-02\", sign: \"$(public unused)\"}"
	post a a.satchel SIGN="$PWD/unused.key"
	take a.satchel
	ends 3
	says '.referrals[0].verdict == "refuse" and
	    (.referrals[0].rules | map(.id) | index("R-FORM") != null)'
	# Of its own agency: it does not take the place of the other site's.
	chain 1
	taken b1.satchel
	letter c ".from = {node: \"ET-GMB-04\", sign: \"$(public other)\"}"
	jq -c '.subject.name_first = "Other"' good.ndjson | head -n 1 |
		revise >c/records/000001.ndjson
	post c c.satchel SIGN="$PWD/other.key"
	take c.satchel
	ends 3
	says '.referrals[0].verdict != "share"'
	sat --json --home hub inbox --state staged
	says '.referrals | length == 1'
	# Nor may it sign with its own key as the other site.
	letter d
	post d d.satchel SIGN="$PWD/other.key"
	take d.satchel
	ends 4 B208
}

@test "threat 16: data without end is not read to its end" {
	truncate -s 10G hole.satchel 2>/dev/null ||
	    skip "no room for a hole of 10 GiB"
	{
		printf 'untrusted comment: satchel bundle\n'
		head -c 1000000 /dev/zero
	} >line.satchel
	mkfifo slow.satchel
	(while printf x; do sleep 0.1; done) 2>/dev/null >slow.satchel 3>&- &
	writer=$!
	SECONDS=0
	for file in hole line slow; do
		run timeout 20 "$satchel" --json --home hub import \
		    "$file.satchel"
		[ "$status" -eq 5 ] || [ "$file $status" = 'slow 7' ]
		run timeout 20 "$satchel" --json verify "$file.satchel" \
		    --agreement agreement.json
		[ "$status" -eq 5 ] || [ "$file $status" = 'slow 7' ]
	done
	[ "$SECONDS" -lt 10 ]
	kill "$writer" 2>/dev/null || true
}
