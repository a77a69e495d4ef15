#!/usr/bin/env bats
# A party's own staff list: who may sign it, what it takes the place of, and
# that it counts the same everywhere.

load sites.bash

setup_file() {
	world
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# user NAME RIGHT...: one entry of a staff list.
user() {
	local name=$1
	shift
	jq -cn --arg name "$name" --arg may "$*" '{user: $name,
	    full_name: "Made Up \($name)", position: "case worker",
	    role: "cp_caseworker", email: "\($name)@example.invalid",
	    phone: "+251900000077", may: ($may | split(" "))}'
}

# roster VERSION USER...: of UNICEF's site, signed by UNICEF alone.
roster() {
	local version=$1 file=roster-UNICEF.json
	shift
	rm -f "$file.minisig"
	printf '%s\n' "$@" | jq -cs --argjson version "$version" '{
	    satchel: "roster/1", agreement: "ET-GMB-EXAMPLE",
	    party: "UNICEF", version: $version, users: {"ET-GMB-03": .}}' \
	    >"$file"
	sign_roster unicef "$file"
}

# sign_roster KEY FILE
sign_roster() {
	minisign -S -H -s "$1.key" -m "$2" -x "$2.minisig" >/dev/null
}

# acts USER: may the site's user export?
acts() {
	"$satchel" --home site --user "$1" export --to ET-HUB-01 --dry-run \
	    >/dev/null
}

in_journal() {
	sqlite3 "$1/store.db" \
	    "SELECT COUNT(*) FROM journal WHERE act = '$2'"
}

@test "a party's staff list takes the place of the agreement's users" {
	roster 4 "$(user newcomer export)"
	acts primero_cp
	no acts newcomer
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	says '.roster | .party == "UNICEF" and .version == 4 and
	    .agreement == "ET-GMB-EXAMPLE" and .signature == "good" and
	    (.fingerprint | test("^([0-9]{5} ){5}[0-9]{5}$"))'
	acts newcomer
	no acts primero_cp
	same "$(in_journal site 'roster adopted')" 1
	sat --json --home site agreement show
	says '.rosters == [{party: "UNICEF", version: 4, not_counted: 0}]'
	sat --home site agreement show
	grep -q 'UNICEF, version 4: the users' <<<"$output"
	sat --home site agreement explain
	grep -q 'UNICEF, version 4' <<<"$output"
	sat --json --home site agreement explain
	says '.rosters | length == 1'
	# Of the other party's node nothing changes.
	no grep -rq 'Made Up' site
}

@test "check and sign take a staff list, with an agreement or without" {
	roster 4 "$(user newcomer export)"
	rm roster-UNICEF.json.minisig
	sat --json agreement check roster-UNICEF.json
	ends 3
	says '.roster.signature == "missing"'
	sat --json agreement sign roster-UNICEF.json --party UNICEF \
	    --key unicef.key --agreement agreement.json --dry-run
	ends 0
	[ ! -e roster-UNICEF.json.minisig ]
	for wrong in 'UNICEF unhcr K114' 'UNHCR unhcr A114' \
	    'UNICEF stock K114'; do
		read -r party key code <<<"$wrong"
		sat --json agreement sign roster-UNICEF.json --party "$party" \
		    --key "$key.key" --agreement agreement.json
		ends 4 "$code"
	done
	sat --json agreement sign roster-UNICEF.json --party UNICEF \
	    --key unicef.key
	ends 0
	run minisign -V -H -p unicef.pub -m roster-UNICEF.json
	[ "$status" -eq 0 ]
	sat --json agreement check roster-UNICEF.json \
	    --agreement agreement.json
	ends 0
	says '.roster.signature == "good" and .roster.problems == []'
	sat --json agreement sign roster-UNICEF.json --party UNICEF \
	    --key unicef.key
	ends 7 D104
	sat --json agreement check agreement.json --agreement agreement.json
	ends 2
}

@test "a staff list with an error is refused, each error by its code" {
	good=$(user newcomer export)
	while read -r code change; do
		roster 4 "$good"
		jq -c "$change" roster-UNICEF.json >changed
		mv changed roster-UNICEF.json
		rm roster-UNICEF.json.minisig
		sign_roster unicef roster-UNICEF.json
		sat --json agreement check roster-UNICEF.json \
		    --agreement agreement.json
		ends 4 A122
		says "[.roster.problems[].code] | index(\"$code\") != null"
		sat --json --home site agreement adopt roster-UNICEF.json
		ends 4 A122
	done <<-'END'
	ROSTER-AGREEMENT .agreement = "ET-OTHER"
	ROSTER-PARTY .party = "NOBODY"
	ROSTER-NODE .users["ET-NEW-01"] = []
	ROSTER-NODE-PARTY .users["ET-HUB-01"] = .users["ET-GMB-03"]
	ROSTER-NODE-PARTY .party = "UNHCR"
	ROSTER-USER-TWICE .users["ET-GMB-03"] += .users["ET-GMB-03"]
	ROSTER-WORD .users["ET-GMB-03"][0].may = ["everything"]
	ROSTER-REPEAT .users["ET-GMB-03"][0].may = ["export", "export"]
	ROSTER-NAME .colour = "red"
	ROSTER-NAME .users["ET-GMB-03"][0].colour = "red"
	ROSTER-MISSING del(.version)
	ROSTER-MISSING del(.users["ET-GMB-03"][0].phone)
	ROSTER-KIND .users = []
	ROSTER-COUNT .users = {}
	ROSTER-RANGE .version = 0
	ROSTER-TEXT .users["ET-GMB-03"][0].full_name = ""
	ROSTER-CODE .users["et"] = []
	ROSTER-NEWER .satchel = "roster/2"
	END
	same "$(in_journal site 'roster adopted')" 0
	acts primero_cp
}

@test "threat 12: an older staff list is refused, and the same is in force" {
	roster 4 "$(user newcomer export)"
	cp roster-UNICEF.json four.json
	cp roster-UNICEF.json.minisig four.json.minisig
	roster 5 "$(user later export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	sat --json --home site agreement adopt four.json
	ends 4 A124
	same "$(in_journal site 'roster refused')" 1
	before=$(state_of site)
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	same "$(state_of site)" "$before"
	acts later
	no acts newcomer
}

@test "threat 13: a staff list far ahead is refused, and a new key recovers" {
	roster 1000 "$(user newcomer export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A125
	roster 999 "$(user thief export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	roster 1999 "$(user newcomer export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A125
	# The key that went so far is replaced by all parties: what it signed
	# counts no more, and the party begins at 1 again.
	cp unicef.key old.key
	cp unicef.pub old.pub
	new_key unicef
	agreement '.version = 2' >two.json
	minisign -S -H -s unicef.key -m two.json -x two.json.UNICEF.minisig \
	    >/dev/null
	minisign -S -H -s unhcr.key -m two.json -x two.json.UNHCR.minisig \
	    >/dev/null
	sat --json --home site agreement adopt two.json --restart \
	    --confirm "$(fingerprint two.json)"
	ends 3
	says '.notices | any(test("UNICEF, version 999 does not count"))'
	no acts thief
	acts primero_cp
	sat --json --home site agreement show
	says '.rosters == [{party: "UNICEF", version: 0, not_counted: 999}]'
	sat --home site agreement show
	grep -q 'version 999 does not count' <<<"$output"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	# Forward only, also from a list that does not count.
	for n in 1 998 999; do
		roster "$n" "$(user newcomer export)"
		sat --json --home site agreement adopt roster-UNICEF.json
		ends 4 A127
	done
	roster 1000 "$(user newcomer export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	acts newcomer
}

# with_keys VERSION KEY...: an agreement under which UNICEF signs with these.
with_keys() {
	local version=$1 list
	shift
	list=$(for key in "$@"; do public "$key"; done | jq -Rnc '[inputs]')
	agreement ".version = $version | (.parties[] |
	    select(.id == \"UNICEF\")).signs_with = $list" >"v$version.json"
	minisign -S -H -s first.key -m "v$version.json" \
	    -x "v$version.json.UNICEF.minisig" >/dev/null
	minisign -S -H -s unhcr.key -m "v$version.json" \
	    -x "v$version.json.UNHCR.minisig" >/dev/null
}

@test "threat 12: dropping a key does not bring back who has left" {
	cp unicef.key first.key
	cp unicef.pub first.pub
	roster 1 "$(user leaver export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	acts leaver
	new_key unicef
	with_keys 2 first unicef
	"$satchel" --home site agreement adopt v2.json >/dev/null
	roster 2 "$(user stayer export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	no acts leaver
	# The newer key is dropped: its list counts no more, and no older one.
	with_keys 3 first
	cp -a site other
	sat --json --home site agreement adopt v3.json
	ends 3
	says '.notices | any(test("UNICEF, version 2 does not count"))'
	no acts leaver
	no acts stayer
	acts primero_cp
	sat --json --home site agreement show
	says '.rosters == [{party: "UNICEF", version: 0, not_counted: 2}]'
	# The same out of a bundle.
	"$satchel" --home hub agreement adopt v2.json >/dev/null
	"$satchel" --home hub agreement adopt v3.json >/dev/null
	"$satchel" --home hub export --to ET-GMB-03 --out stick >/dev/null
	sat --json --home other import stick
	ends 3
	says '.notices | any(test("UNICEF, version 2 does not count"))'
	run "$satchel" --home other --user leaver export --to ET-HUB-01 --dry-run
	[ "$status" -eq 4 ]
}

@test "two staff lists of one version are an alarm" {
	roster 4 "$(user newcomer export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	roster 4 "$(user other export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A126
	roster 5 "$(user third export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 0
	# Also when neither of them is the newest any more.
	roster 4 "$(user other export)"
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A126
	same "$(in_journal site 'roster refused')" 2
	acts third
}

@test "threat 15: a staff list with the signature of another is refused" {
	roster 4 "$(user newcomer export)"
	cp roster-UNICEF.json.minisig four.minisig
	roster 5 "$(user newcomer export)"
	cp four.minisig roster-UNICEF.json.minisig
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	says '.roster.signature == "bad"'
}

@test "threat 19: nobody but the party signs its staff list" {
	roster 4 "$(user newcomer export)"
	# by another party, a node, a stranger
	for key in unhcr stock stranger; do
		sign_roster "$key" roster-UNICEF.json
		sat --json --home site agreement adopt roster-UNICEF.json
		ends 4 A123
		says '.roster.signature == "unknown key"'
	done
	# of the agreement, of a bundle, of nothing
	cp agreement.json.UNICEF.minisig roster-UNICEF.json.minisig
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	says '.roster.signature == "bad"'
	letter a
	post a a.satchel
	head -n 4 a.satchel >roster-UNICEF.json.minisig
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	rm roster-UNICEF.json.minisig
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	says '.roster.signature == "missing"'
	head -c 5000 /dev/zero >roster-UNICEF.json.minisig
	sat --json --home site agreement adopt roster-UNICEF.json
	ends 4 A123
	same "$(in_journal site 'roster adopted')" 0
	acts primero_cp
}

@test "a staff list needs no fingerprint, and an agreement to belong to" {
	roster 4 "$(user newcomer export)"
	sat --json --home site agreement adopt roster-UNICEF.json \
	    --confirm '00000 00000'
	ends 2
	"$satchel" --home new init --node ET-NEW-01 --no-passphrase >/dev/null
	sat --json --home new agreement adopt roster-UNICEF.json
	ends 4 A101
	sat --json --home site --user nobody agreement adopt roster-UNICEF.json
	ends 4 N105
	before=$(state_of site)
	sat --json --home site agreement adopt roster-UNICEF.json --dry-run
	ends 0
	same "$(state_of site)" "$before"
	acts primero_cp
}

@test "a renewed agreement keeps the staff list, whichever comes first" {
	roster 4 "$(user newcomer export)"
	agreement '.version = 2' >two.json
	sign_agreement two.json
	cp -a site other
	for home in site other; do
		first=roster-UNICEF.json second=two.json
		[ "$home" = site ] || first=two.json second=roster-UNICEF.json
		sat --json --home "$home" agreement adopt "$first"
		ends 0
		sat --json --home "$home" agreement adopt "$second"
		ends 0
		sat --json --home "$home" agreement show
		says '.agreement.version == 2 and .rosters[0].version == 4'
		run "$satchel" --home "$home" --user newcomer export \
		    --to ET-HUB-01 --dry-run
		[ "$status" -eq 0 ]
	done
}

# --- in bundles ---

# enclose FOLDER FILE: a staff list with its signature, as the member's name
# says.
enclose() {
	mkdir -p "$1/agreement"
	cp "$2" "$1/agreement/roster-UNICEF.json"
	cp "$2.minisig" "$1/agreement/roster-UNICEF.json.minisig"
}

@test "a staff list travels until it is acknowledged" {
	roster 4 "$(user newcomer export)"
	"$satchel" --home site agreement adopt roster-UNICEF.json >/dev/null
	sat --json --home site --user newcomer export --to ET-HUB-01 \
	    --out stick
	ends 0
	same "$(peek "$(the_bundle)" agreement/roster-UNICEF.json | sha256sum)" \
	    "$(sha256sum <roster-UNICEF.json)"
	take stick
	ends 0
	says '.bundles[0].state == "imported"'
	sat --json --home hub agreement show
	says '.rosters == [{party: "UNICEF", version: 4, not_counted: 0}]'
	same "$(in_journal hub 'roster adopted')" 1
	# Not acknowledged yet: once more.
	rm stick/*
	sat --json --home site --user newcomer export --to ET-HUB-01 \
	    --out stick
	ends 0
	peek "$(the_bundle)" agreement/roster-UNICEF.json >/dev/null
	# The hub says that it came, and was given it by the site: it does not
	# send it back.
	mkdir back
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	ends 0
	no peek back/*.satchel agreement/roster-UNICEF.json
	sat --json --home site import back
	ends 0
	rm stick/*
	sat --json --home site --user newcomer export --to ET-HUB-01 \
	    --out stick
	ends 0
	same "$(bundles_on stick)" 0
}

@test "a bad staff list in a bundle is told; the rest of it goes on" {
	roster 4 "$(user newcomer export)"
	sign_roster stranger roster-UNICEF.json
	letter a
	enclose a roster-UNICEF.json
	post a a.satchel
	take a.satchel
	ends 3
	says '.bundles[0].state == "imported" and .counts.share == 1'
	same "$(in_journal hub 'roster refused')" 1
	sat --json --home hub agreement show
	says '.rosters == []'
	sat --home hub --user hub_admin import a.satchel
	ends 0
}

@test "what a bundle says of a staff list is not believed" {
	roster 4 "$(user newcomer export)"
	"$satchel" --home hub agreement adopt roster-UNICEF.json >/dev/null
	# an older one: passed over
	roster 3 "$(user older export)"
	letter a
	enclose a roster-UNICEF.json
	post a a.satchel
	take a.satchel
	ends 0
	# another one of the same version: an alarm
	roster 4 "$(user other export)"
	letter b "$(follows a a.satchel)"
	enclose b roster-UNICEF.json
	post b b.satchel
	take b.satchel
	ends 4
	says '.bundles[0].state == "imported"'
	# no JSON at all
	roster 5 "$(user third export)"
	echo '{' >roster-UNICEF.json
	sign_roster unicef roster-UNICEF.json
	letter c "$(follows b b.satchel)"
	enclose c roster-UNICEF.json
	post c c.satchel
	take c.satchel
	ends 3
	# of UNICEF's, under another party's name
	roster 6 "$(user third export)"
	letter d "$(follows c c.satchel)"
	mkdir d/agreement
	cp roster-UNICEF.json d/agreement/roster-UNHCR.json
	cp roster-UNICEF.json.minisig d/agreement/roster-UNHCR.json.minisig
	post d d.satchel
	take d.satchel
	ends 3
	sat --json --home hub agreement show
	says '.rosters == [{party: "UNICEF", version: 4, not_counted: 0}]'
}

@test "an enclosed agreement comes before the staff lists beside it" {
	# Version 2 lists a new key for UNICEF, and the list is signed with it.
	cp unicef.key old.key
	cp unicef.pub old.pub
	new_key unicef
	agreement '.version = 2 | (.parties[] | select(.id == "UNICEF")
	    ).signs_with = ["'"$(public old)"'", "'"$(public unicef)"'"]' \
	    >two.json
	roster 1 "$(user newcomer export)"
	letter a '.agreement.version = 2 |
	    .agreement.sha256 = "'"$(sha256sum <two.json | cut -d ' ' -f 1)"'"'
	enclose a roster-UNICEF.json
	cp two.json a/agreement/agreement.json
	minisign -S -H -s old.key -m two.json -x a/agreement/UNICEF.minisig \
	    >/dev/null
	minisign -S -H -s unhcr.key -m two.json -x a/agreement/UNHCR.minisig \
	    >/dev/null
	post a a.satchel
	cp -a hub dry
	sat --json --home dry import a.satchel --dry-run
	same "$(state_of dry)" "$(state_of hub)"
	take a.satchel
	ends 0
	sat --json --home hub agreement show
	says '.agreement.version == 2 and .rosters[0].version == 1'
}
