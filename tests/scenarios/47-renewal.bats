#!/usr/bin/env bats
# The agreement is renewed in the field: by bundles alone, from hop to hop; an
# older, a forged, a frozen or a far one has no place; a crash at any point
# leaves the old one or the new one.  Rows of docs/threats.md by their number.

load sites.bash

# Three nodes: site B is ET-GMB-04, a real one here.
setup_file() {
	mkdir -p "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return 1
	"$satchel" --home b init --node ET-GMB-04 --no-passphrase >/dev/null
	"$satchel" --home b identity --out b.card >/dev/null
	world "$(with_b)"
	adopt agreement.json b
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# with_b [JQ]: for agreement: with the keys of site B.
with_b() {
	echo "(.nodes[] | select(.code == \"ET-GMB-04\")) |= (
	    .sign = [\"$(jq -r .sign b.card)\"] |
	    .open = [\"$(jq -r .open b.card)\"]) | ${1:-.}"
}

# renewed VERSION [JQ]: signed by both parties, as vVERSION.json.
renewed() {
	agreement "$(with_b ".version = $1 | ${2:-.}")" >"v$1.json"
	sign_agreement "v$1.json"
}

# hop FROM NODE-CODE TO: export and import by what is owed alone.
hop() {
	local dir
	dir=$(mktemp -d "$PWD/hop.XXXXXX")
	sat --json --home "$1" export --to "$2" --out "$dir"
	ends 0
	hopped=$(bundles_on "$dir")
	[ "$hopped" -gt 0 ] || return 0
	sat --json --home "$3" import "$dir"
	ends 0
}

# version HOME
version() {
	"$satchel" --json --home "$1" agreement show | jq .agreement.version
}

is_version() {
	same "$(version "$1")" "$2"
}

# far_future: a day after the agreement has ended for long.
far_future() {
	date -u -d "$(jq -r .valid_until agreement.json) + 400 days" \
	    '+%F 12:00:00'
}

@test "a renewal goes from the working group to hub, site and site by bundles" {
	renewed 2
	sat --json --home hub agreement adopt v2.json
	ends 0
	# The hub has nothing else to tell, and tells this.
	hop hub ET-GMB-03 site
	same "$hopped" 1
	is_version site 2
	is_version b 1
	# There is no flow between the two sites: the agreement travels all
	# the same.
	hop site ET-GMB-04 b
	same "$hopped" 1
	is_version b 2
	for home in site b; do
		same "$(sqlite3 "$home/store.db" "SELECT COUNT(*) FROM journal
		    WHERE act = 'agreement adopted'")" 2
	done
	# Until it has heard from site B, the hub goes on enclosing it.
	sat --json --home hub export --to ET-GMB-04 --out stick
	ends 0
	peek "$(the_bundle)" agreement/agreement.json | cmp - v2.json
	rm stick/*
	hop b ET-HUB-01 hub
	same "$hopped" 1
	sat --json --home hub export --to ET-GMB-04 --out stick
	ends 0
	no peek "$(the_bundle)" agreement/agreement.json
}

@test "who brought the renewal is told that it came, and stops" {
	renewed 2
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	hop hub ET-GMB-03 site
	hop site ET-HUB-01 hub
	same "$hopped" 1
	hop hub ET-GMB-03 site
	same "$hopped" 0
}

@test "a node's first agreement is nothing to send by itself" {
	sat --json --home hub export --to ET-GMB-03 --out stick
	ends 0
	same "$(bundles_on stick)" 0
	sat --home hub export --to ET-GMB-03 --out stick
	grep -q 'nothing to send' <<<"$output"
}

@test "an office several versions behind needs the newest alone" {
	for n in 2 3 4; do
		renewed "$n"
		"$satchel" --home hub agreement adopt "v$n.json" >/dev/null
	done
	hop hub ET-GMB-03 site
	is_version site 4
}

@test "a staff list goes from office to office by bundles, too" {
	jq -cn '{satchel: "roster/1", agreement: "ET-GMB-EXAMPLE",
	    party: "UNHCR", version: 1, users: {"ET-HUB-01": [{
	    user: "new_at_hub", full_name: "Made Up", position: "officer",
	    role: "unhcr_cp", email: "made-up@example.invalid",
	    phone: "+251900000078", may: ["export"]}]}}' >roster-UNHCR.json
	minisign -S -H -s unhcr.key -m roster-UNHCR.json \
	    -x roster-UNHCR.json.minisig >/dev/null
	"$satchel" --home hub agreement adopt roster-UNHCR.json >/dev/null
	hop hub ET-GMB-03 site
	same "$hopped" 1
	hop site ET-GMB-04 b
	same "$hopped" 1
	for home in hub site b; do
		sat --json --home "$home" agreement show
		says '.rosters == [{party: "UNHCR", version: 1,
		    not_counted: 0}]'
	done
	# Each says that it came, and that is that.
	hop b ET-GMB-03 site
	same "$hopped" 1
	hop site ET-GMB-04 b
	same "$hopped" 0
	hop site ET-HUB-01 hub
	hop hub ET-GMB-03 site
	same "$hopped" 0
}

@test "agreement and staff list arrive together, the agreement first" {
	cp unhcr.key old.key
	cp unhcr.pub old.pub
	new_key unhcr
	agreement "$(with_b '.version = 2 | (.parties[] |
	    select(.id == "UNHCR")).signs_with =
	    ["'"$(public old)"'", "'"$(public unhcr)"'"]')" >v2.json
	minisign -S -H -s unicef.key -m v2.json -x v2.json.UNICEF.minisig \
	    >/dev/null
	minisign -S -H -s old.key -m v2.json -x v2.json.UNHCR.minisig \
	    >/dev/null
	jq -cn '{satchel: "roster/1", agreement: "ET-GMB-EXAMPLE",
	    party: "UNHCR", version: 1, users: {"ET-HUB-01": []}}' >r.json
	minisign -S -H -s unhcr.key -m r.json -x r.json.minisig >/dev/null
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	"$satchel" --home hub agreement adopt r.json >/dev/null
	hop hub ET-GMB-03 site
	sat --json --home site agreement show
	says '.agreement.version == 2 and .rosters[0].version == 1'
}

@test "who may recover keys follows the renewed agreement" {
	age-keygen -o next.key 2>/dev/null
	renewed 2 ".recovery = [\"$(age-keygen -y next.key)\"]"
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	hop hub ET-GMB-03 site
	age -d -i next.key site/secrets.recovery.age | cmp - \
	    site/secrets.practice
	no age -d -i recovery.key site/secrets.recovery.age
}

@test "a recovery copy that could not be written is written the next time" {
	age-keygen -o next.key 2>/dev/null
	renewed 2 ".recovery = [\"$(age-keygen -y next.key)\"]"
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	"$satchel" --home hub export --to ET-GMB-03 --out stick >/dev/null
	mv site/secrets.recovery.age keep
	mkdir site/secrets.recovery.age
	sat --json --home site import stick
	no [ "$status" -eq 0 ]
	rmdir site/secrets.recovery.age
	mv keep site/secrets.recovery.age
	"$satchel" --json --home site agreement show |
	    jq -e '.agreement.version == 2'
	sat --json --home site import stick
	ends 0
	age -d -i next.key site/secrets.recovery.age | cmp - \
	    site/secrets.practice
	no age -d -i recovery.key site/secrets.recovery.age
}

# --- refused ---

@test "threat 12: an older agreement is refused, as a file and in a bundle" {
	renewed 2
	renewed 3
	"$satchel" --home hub agreement adopt v3.json >/dev/null
	for old in agreement.json v2.json; do
		sat --json --home hub agreement adopt "$old"
		ends 4 A105
	done
	sat --json --home hub agreement adopt agreement.json --restart \
	    --confirm "$(fingerprint agreement.json)"
	ends 4 A105
	# A bundle that encloses an older one is judged by ours.
	letter a ".agreement.version = 2 | .agreement.sha256 =
	    \"$(sha256sum <v2.json | cut -d ' ' -f 1)\""
	mkdir a/agreement
	cp v2.json a/agreement/agreement.json
	for party in UNHCR UNICEF; do
		cp "v2.json.$party.minisig" "a/agreement/$party.minisig"
	done
	post a a.satchel
	take a.satchel
	ends 0
	says '.bundles[0].state == "imported"'
	is_version hub 3
	same "$(sqlite3 hub/store.db "SELECT COUNT(*) FROM journal
	    WHERE act = 'agreement refused'")" 3
}

@test "threat 13: an agreement far ahead is refused, and a person recovers" {
	far=9007199254740991
	renewed "$far"
	sat --json --home hub agreement adopt "v$far.json"
	ends 4 A106
	renewed 1001
	sat --json --home hub agreement adopt v1001.json
	ends 4 A106
	renewed 1000
	sat --json --home hub agreement adopt v1000.json
	ends 0
	# If the parties did number one so, a person starts from it again.
	sat --json --home site agreement adopt v1001.json
	ends 4 A106
	sat --json --home site agreement adopt v1001.json --restart
	ends 4 A107
	sat --json --home site agreement adopt v1001.json --restart \
	    --confirm "$(fingerprint v1001.json)"
	ends 0
	is_version site 1001
	# And from there on as ever.
	renewed 1002
	sat --json --home site agreement adopt v1002.json
	ends 0
}

@test "threat 13: a version that nobody adopted cuts no partner off" {
	# Somebody with the site's key names one from the far future, once.
	letter a ".agreement.version = 9007199254740991 |
	    .agreement.sha256 = \"$(echo x | sha256sum | cut -d ' ' -f 1)\""
	post a a.satchel
	take a.satchel
	ends 3
	renewed 2
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	hop hub ET-GMB-03 site
	same "$hopped" 1
	is_version site 2
	# The number it has, with another hash, is not it either.
	is_version hub 2
	same "$(sqlite3 hub/store.db "SELECT COUNT(*) FROM partners
	    WHERE node = 'ET-GMB-03'")" 0
	hop site ET-HUB-01 hub
	same "$(sqlite3 hub/store.db "SELECT agreement FROM partners
	    WHERE node = 'ET-GMB-03'")" 2
}

# later VERSION: one that begins in ten days.
later() {
	renewed "$1" ".valid_from = \"$(date -u -d '+10 days' +%F)\""
}

@test "a renewal that begins later waits for its day, and work goes on" {
	later 2
	sat --json --home hub agreement adopt v2.json
	ends 4 A128
	says '.fault.detail | test("begins on '"$(
		date -u -d '+10 days' +%F)"'; adopt it then")'
	is_version hub 1
	sat --json --home hub agreement adopt v2.json --restart \
	    --confirm "$(fingerprint v2.json)"
	ends 4 A128
	# In a bundle: told, and what it judges is held.
	letter a ".agreement.version = 2 | .agreement.sha256 =
	    \"$(sha256sum <v2.json | cut -d ' ' -f 1)\""
	mkdir a/agreement
	cp v2.json a/agreement/agreement.json
	for party in UNHCR UNICEF; do
		cp "v2.json.$party.minisig" "a/agreement/$party.minisig"
	done
	post a a.satchel
	cp -a hub second
	take a.satchel
	ends 3
	says '.counts.hold == 1 and (.notices | any(test("A128")))'
	says '[.referrals[].rules[] | select(.verdict == "hold").id] ==
	    ["P-SAME"]'
	is_version hub 1
	sat --home second --user hub_admin import a.satchel
	grep -q 'begins on' <<<"$output"
	# Nothing has stopped.
	send --only "$(ref_of 8)"
	ends 0
	# On its day it is adopted.
	at "$(date -u -d '+10 days' '+%F 12:00:00')" --json --home hub \
	    agreement adopt v2.json
	ends 0
}

@test "where nothing is valid, one that begins later is adopted and told" {
	until=$(date -u -d "$(jq -r .valid_until agreement.json) + 700 days" \
	    +%F)
	begin=$(date -u -d "$(jq -r .valid_until agreement.json) + 500 days" \
	    +%F)
	renewed 2 ".valid_from = \"$begin\" | .valid_until = \"$until\" |
	    .review_on = null"
	at "$(far_future)" --home hub agreement adopt v2.json
	ends 3
	grep -q "It begins on $begin" <<<"$output"
	no grep -q 'in force from now on' <<<"$output"
}

@test "threat 14: where no renewal arrives, the commands say how old it is" {
	send --only "$(ref_of 1)"
	ends 0
	then=$(far_future)
	for command in inbox 'agreement show' \
	    'export --to ET-GMB-03 --dry-run' \
	    'load --to progres-ping:loaded' 'import stick'; do
		# shellcheck disable=SC2086 # words
		at "$then" --home hub $command
		grep -q 'ended on .*, 400 days ago' <<<"$output" || {
			echo "not in $command"
			printf '%s\n' "$output"
			false
		}
		# shellcheck disable=SC2086 # words
		at "$then" --json --home hub $command
		says '.agreement_age | test("400 days ago")'
	done
	# What came is held, and only that; what was carried out before stays.
	at "$then" --json --home hub inbox
	says '.referrals | length == 1 and .[0].state == "held"'
	# No referral leaves.
	mkdir out
	at "$then" --json --home site --user primero_cp export \
	    --to ET-HUB-01 --out out --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.share == 0 and .counts.strip == 0'
	# Receipts, and the renewal itself, still travel.
	at "$then" --json --home hub export --to ET-GMB-03 --out out
	ends 0
	same "$(bundles_on out)" 1
	peek out/*.satchel records/000001.ndjson |
	    jq -se 'map(.type) == ["receipt"]' >/dev/null
	at "$then" --json --home site import out
	ends 0
	until=$(date -u -d "$(jq -r .valid_until agreement.json) + 700 days" \
	    +%F)
	renewed 2 ".valid_until = \"$until\" | .review_on = null"
	at "$then" --json --home hub agreement adopt v2.json
	ends 0
	rm out/*
	at "$then" --json --home hub export --to ET-GMB-03 --out out
	ends 0
	at "$then" --json --home site import out
	ends 0
	at "$then" --json --home site agreement show
	says '.agreement.version == 2 and (has("agreement_age") | not)'
}

@test "the agreement's age is told only when there is something to do" {
	end=$(jq -r .valid_until agreement.json)
	review=$(jq -r .review_on agreement.json)
	begin=$(jq -r .valid_from agreement.json)
	while read -r day said; do
		at "$day 12:00:00" --home hub inbox
		ends 0
		if [ "$said" = nothing ]; then
			no grep -q 'The agreement' <<<"$output"
		else
			grep -q "$said" <<<"$output" || {
				echo "$day: $said"
				printf '%s\n' "$output"
				false
			}
		fi
	done <<-END
	$begin nothing
	$(date -d "$begin - 1 day" +%F) begins on $begin, in 1 days
	$review nothing
	$(date -d "$review + 1 day" +%F) looked at again on $review, 1 days ago
	$(date -d "$end - 30 days" +%F) looked at again
	$(date -d "$end - 29 days" +%F) ends on $end, in 29 days
	$end ends on $end, in 0 days
	$(date -d "$end + 1 day" +%F) ended on $end, 1 days ago
	END
}

@test "threat 15: version and signatures of two agreements do not mix" {
	renewed 2 '.title = "the second"'
	renewed 3 '.title = "the third"'
	for party in UNHCR UNICEF; do
		cp "v3.json.$party.minisig" "v2.json.$party.minisig"
	done
	sat --json --home hub agreement adopt v2.json
	ends 4 A104
	says '[.agreement.signatures[].state] == ["bad", "bad"]'
	# One of each is not one of both.
	renewed 2 '.title = "the second"'
	cp v3.json.UNICEF.minisig v2.json.UNICEF.minisig
	sat --json --home hub agreement adopt v2.json
	ends 4 A104
	# The same in a bundle: the file of one, the signatures of the other.
	letter a ".agreement.version = 2 | .agreement.sha256 =
	    \"$(sha256sum <v2.json | cut -d ' ' -f 1)\""
	mkdir a/agreement
	cp v2.json a/agreement/agreement.json
	for party in UNHCR UNICEF; do
		cp "v3.json.$party.minisig" "a/agreement/$party.minisig"
	done
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1'
	is_version hub 1
	# A bundle that names one and encloses the other.
	letter b "$(follows a a.satchel) | .agreement.version = 2 |
	    .agreement.sha256 = \"$(sha256sum <v2.json | cut -d ' ' -f 1)\""
	mkdir b/agreement
	cp v3.json b/agreement/agreement.json
	for party in UNHCR UNICEF; do
		cp "v3.json.$party.minisig" "b/agreement/$party.minisig"
	done
	post b b.satchel
	take b.satchel
	ends 4 B211
	is_version hub 1
}

@test "threat 15: two files under one version are refused, and told" {
	renewed 2 '.title = "the one"'
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	renewed 2 '.title = "the other"'
	sat --json --home hub agreement adopt v2.json
	ends 4 A105
	letter a ".agreement.version = 2 | .agreement.sha256 =
	    \"$(sha256sum <v2.json | cut -d ' ' -f 1)\""
	post a a.satchel
	take a.satchel
	ends 4 B211
	says '.bundles[0].state == "refused" and .counts.share == 0'
	same "$(sqlite3 hub/store.db "SELECT COUNT(*) FROM journal
	    WHERE act = 'bundle refused' AND body LIKE '%B211%'")" 1
}

@test "threat 19: nothing signed passes for something else that is signed" {
	renewed 2
	jq -cn '{satchel: "roster/1", agreement: "ET-GMB-EXAMPLE",
	    party: "UNICEF", version: 1, users: {"ET-GMB-03": []}}' >roster.json
	minisign -S -H -s unicef.key -m roster.json -x roster.json.minisig \
	    >/dev/null
	letter a
	post a bundle.satchel
	head -n 4 bundle.satchel >bundle.minisig
	tail -n +5 bundle.satchel >bundle.age
	printf 'satchel/ET-GMB-EXAMPLE/ET-GMB-03\n1\n%s\n\n%s %s\n' \
	    "$(head -c 32 /dev/zero | base64)" \
	    "$(printf '\342\200\224') ET-GMB-03" \
	    "$(head -c 68 /dev/zero | base64 -w 0)" >checkpoint
	cp site.card card
	things=(v2.json roster.json bundle.satchel bundle.age card checkpoint
		v2.json.UNICEF.minisig roster.json.minisig bundle.minisig)

	before=$(state_of hub)
	# as an agreement or a staff list, with whatever signature there is
	for thing in "${things[@]}"; do
		for signature in v2.json.UNICEF.minisig roster.json.minisig \
		    bundle.minisig; do
			[ "$thing $signature" != \
			    'roster.json roster.json.minisig' ] || continue
			cp "$thing" x
			cp "$signature" x.minisig
			cp "$signature" x.UNICEF.minisig
			cp "$signature" x.UNHCR.minisig
			sat --json --home hub agreement adopt x
			ends 4
			sat --json --home hub agreement adopt x --restart \
			    --confirm "$(b2sum -l 256 <x | head -c 30)"
			[ "$status" -eq 4 ] || [ "$status" -eq 2 ]
		done
	done
	rm x x.*
	# as a bundle, alone and behind the four lines of another thing
	for thing in "${things[@]}"; do
		[ "$thing" != bundle.satchel ] || continue
		sat --json --home hub import "$thing"
		[ "$status" -eq 4 ] || [ "$status" -eq 5 ]
		for signature in v2.json.UNICEF.minisig roster.json.minisig \
		    bundle.minisig; do
			[ "$signature $thing" != \
			    'bundle.minisig bundle.age' ] || continue
			cat "$signature" "$thing" >y.satchel
			sat --json --home hub import y.satchel
			[ "$status" -eq 4 ] || [ "$status" -eq 5 ]
		done
	done
	# inside a bundle, each in the place of the other
	n=1
	for pair in 'agreement.json roster.json UNICEF.minisig' \
	    'roster-UNICEF.json v2.json roster-UNICEF.json.minisig' \
	    'roster-UNICEF.json card roster-UNICEF.json.minisig' \
	    'agreement.json card UNICEF.minisig'; do
		read -r as what signature <<<"$pair"
		rm -rf c
		letter c ".seq = $n | .agreement.version = 2 |
		    .agreement.sha256 =
		    \"$(sha256sum <"$what" | cut -d ' ' -f 1)\""
		[[ $as == agreement.json ]] ||
			letter c ".seq = $n"
		mkdir c/agreement
		cp "$what" "c/agreement/$as"
		cp v2.json.UNICEF.minisig "c/agreement/$signature"
		post c c.satchel
		cp -a hub kept
		sat --json --home hub import c.satchel
		ends 3
		is_version hub 1
		sat --json --home hub agreement show
		says '.rosters == []'
		rm -r hub
		mv kept hub
	done
	same "$(state_of hub)" "$before"
	# Signed by a node: no party has said so.
	minisign -S -H -s stock.key -m v2.json -x v2.json.UNICEF.minisig \
	    >/dev/null
	sat --json --home hub agreement adopt v2.json
	ends 4 A104
	# A bundle that a party signs is nobody's.
	post a party.satchel SIGN="$PWD/unicef.key"
	take party.satchel
	ends 4 B201
}

# bats test_tags=long
@test "another agreement, or one for live work, is refused by its name" {
	agreement "$(with_b '.version = 2 | .id = "ET-OTHER"')" >other.json
	sign_agreement other.json
	sat --json --home hub agreement adopt other.json
	ends 4 A110
	agreement "$(with_b '.version = 2 | .environment = "live"')" >live.json
	sign_agreement live.json
	sat --json --home hub agreement adopt live.json
	ends 4 A116
	for file in other.json live.json; do
		id=$(jq -r .id "$file")
		rm -rf a
		letter a ".agreement.version = 2 | .agreement.id = \"$id\" |
		    .agreement.sha256 =
		    \"$(sha256sum <"$file" | cut -d ' ' -f 1)\""
		mkdir a/agreement
		cp "$file" a/agreement/agreement.json
		for party in UNHCR UNICEF; do
			cp "$file.$party.minisig" "a/agreement/$party.minisig"
		done
		post a a.satchel
		take a.satchel
		[ "$status" -eq 3 ] || [ "$status" -eq 4 ]
		is_version hub 1
	done
	# A person may start again with another one, and it stays practice.
	sat --json --home hub agreement adopt other.json --restart \
	    --confirm "$(fingerprint other.json)"
	ends 0
	sat --json --home hub agreement adopt live.json --restart \
	    --confirm "$(fingerprint live.json)"
	ends 4
}

# --- crashes ---

# sweep MOST CHECK COMMAND...: in a copy of the folder sweep.
sweep() {
	local most=$1
	shift
	strace -qq -o /dev/null true 2>/dev/null ||
	    skip "this machine does not let strace look"
	run timeout 300 "$scenarios/../tools/kill_sweep.sh" -n "$most" sweep \
	    "$PWD/check" "$@"
	echo "# $(tail -n 1 <<<"$output")" >&3
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
}

@test "threat 12: killed anywhere while adopting, the old or the new is in force" {
	renewed 2
	mkdir sweep
	cp -a site v2.json* sweep
	cat >check <<-END
	#!/bin/sh
	set -e
	version=\$("$satchel" --json --home site agreement show |
	    jq .agreement.version)
	case "\$1 \$version" in
	'killed 1' | 'killed 2' | 'again 2') ;;
	*) echo "\$1: version \$version"; exit 1 ;;
	esac
	[ "\$1" = killed ] || age -d -i "$PWD/recovery.key" \
	    site/secrets.recovery.age | cmp - site/secrets.practice
	END
	chmod +x check
	sweep 0 "$satchel" --json --home site agreement adopt v2.json
}

@test "threat 12: killed anywhere while importing one, the old or the new is in force" {
	age-keygen -o next.key 2>/dev/null
	renewed 2 ".recovery = [\"$(age-keygen -y next.key)\"]"
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	jq -cn '{satchel: "roster/1", agreement: "ET-GMB-EXAMPLE",
	    party: "UNHCR", version: 1, users: {"ET-HUB-01": []}}' >r.json
	minisign -S -H -s unhcr.key -m r.json -x r.json.minisig >/dev/null
	"$satchel" --home hub agreement adopt r.json >/dev/null
	"$satchel" --home hub export --to ET-GMB-03 --out stick >/dev/null
	mkdir sweep
	cp -a site stick sweep
	cat >check <<-END
	#!/bin/sh
	set -e
	now=\$("$satchel" --json --home site agreement show |
	    jq -r '"\(.agreement.version) \(.rosters[0].version)"')
	case "\$1 \$now" in
	'killed 1 null' | 'killed 2 null' | 'killed 2 1' | 'again 2 1') ;;
	*) echo "\$1: \$now"; exit 1 ;;
	esac
	[ "\$1" = killed ] || "$satchel" --json --home site import stick |
	    jq -e '.bundles[0].state == "seen"' >/dev/null
	[ "\$1" = killed ] || age -d -i "$PWD/next.key" \
	    site/secrets.recovery.age | cmp - site/secrets.practice
	END
	chmod +x check
	sweep 64 "$satchel" --json --home site import stick
}
