#!/usr/bin/env bats
# Making a node, and the agreement it works under.

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

# join HOME [JQ]: a new practice node in the place of the site, and an
# agreement that lists it, signed by both parties, as new.json.
join() {
	"$satchel" --home "$1" init --node ET-GMB-03 --no-passphrase >/dev/null
	rm site.card
	"$satchel" --home "$1" identity --out site.card >/dev/null
	agreement "${2:-.}" >new.json
	sign_agreement new.json
}

@test "init makes a node, once, that only its owner can read" {
	echo 'a made-up passphrase' >words
	sat --json --home new --passphrase-file words init --node ET-NEW-01
	ends 0
	says '.identity | .node == "ET-NEW-01" and
	    (.sign | startswith("RW")) and (.open | startswith("age1")) and
	    (.fingerprint | test("^([0-9]{5} ){5}[0-9]{5}$"))'
	same "$(find new -perm /077 | wc -l)" 0
	[ ! -e new/node.making ]
	head -n 1 new/secrets.age | grep -qx 'age-encryption.org/v1'
	before=$(sha256sum new/*.*)
	sat --json --home new --passphrase-file words init --node ET-NEW-02
	ends 2 N102
	same "$(sha256sum new/*.*)" "$before"
}

@test "the fingerprint of a node is over its code and its public keys" {
	sat --json --home site identity
	hash=$(jq -rj '.identity | "\(.node)\n\(.sign)\n\(.open)\n"' \
	    <<<"$output" | b2sum -l 256)
	want=
	for i in 0 1 2 3 4 5; do
		want+=$(printf ' %05d' $((0x${hash:$((i * 10)):10} % 100000)))
	done
	says ".identity.fingerprint == \"${want# }\""
}

@test "init refuses what it cannot use, and leaves nothing" {
	for code in x et-gmb ET_GMB THIS-IS-SEVENTEEN ''; do
		sat --json --home new init --node "$code" --no-passphrase
		ends 2 N103
	done
	echo 'too short' >words
	sat --json --home new --passphrase-file words init --node AB
	ends 6 K109
	: >words
	sat --json --home new --passphrase-file words init --node AB
	ends 6 K108
	sat --json --home new init --node AB --no-passphrase --dry-run
	ends 0
	[ ! -e new ]
}

@test "without a terminal and a passphrase init does not hang" {
	run setsid "$satchel" --json --home new init --node AB </dev/null
	ends 6 K108
}

@test "an init that broke off is not in the way of the next" {
	mkdir new
	touch new/node.making new/secrets.practice new/store.db
	sat --json --home new identity
	ends 2 N101
	sat --json --home new init --node AB --no-passphrase
	ends 0
	sat --json --home new identity
	ends 0
	[ ! -e new/node.making ]
}

@test "keys without a node.json are never overwritten" {
	rm site/node.json
	before=$(sha256sum site/secrets.practice)
	sat --json --home site init --node ET-GMB-03 --no-passphrase
	ends 2 N102
	same "$(sha256sum site/secrets.practice)" "$before"
}

@test "the card is public, written once, and holds no secret" {
	sat --json --home site identity --out again.card
	ends 0
	cmp again.card site.card
	same "$(jq -r 'keys_unsorted | join(" ")' site.card)" \
	    'satchel node sign open fingerprint'
	sat --json --home site identity --out again.card
	ends 7 D104
	sat --json --home site identity --out other.card --dry-run
	ends 0
	[ ! -e other.card ]
}

@test "a node opens with its passphrase, and with stock age" {
	echo 'a made-up passphrase' >words
	echo 'another passphrase' >wrong
	"$satchel" --home new --passphrase-file words init --node AB >/dev/null
	sat --json --home new --passphrase-file words agreement show
	ends 4 A101
	sat --json --home new --passphrase-file wrong agreement show
	ends 6 K107
	run bash -c "echo 'a made-up passphrase' |
	    '$satchel' --json --home new --passphrase-fd 0 agreement show"
	ends 4 A101
	run --separate-stderr setsid "$satchel" --json --home new \
	    agreement show </dev/null
	ends 6 K108
}

@test "a practice node cannot pass for another by what node.json says" {
	jq -c '.protected = true' site/node.json >changed
	cat changed >site/node.json
	mv site/secrets.practice site/secrets.age
	echo 'a made-up passphrase' >words
	sat --json --home site --passphrase-file words agreement show
	ends 6 K117
}

@test "check shows the fingerprint, and what keeps it from being adopted" {
	sat --json agreement check agreement.json
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	says '.agreement | .id == "ET-GMB-EXAMPLE" and .version == 1 and
	    .environment == "test" and (.signatures | map(.state) ==
	    ["good", "good"])'
	rm agreement.json.UNHCR.minisig
	sat --json agreement check agreement.json
	ends 4
	says '.ok == false and .fault.code == "A103" and (.agreement.problems |
	    any(.kind == "error" and .code == "A-SIGNATURES"))'
	says '.agreement.fingerprint | test("^([0-9]{5} ){5}[0-9]{5}$")'
}

@test "check tells a bad signature from one by an unknown key" {
	minisign -S -H -s unhcr.key -m said -x agreement.json.UNHCR.minisig \
	    >/dev/null
	minisign -S -H -s stranger.key -m agreement.json \
	    -x agreement.json.UNICEF.minisig >/dev/null
	cp agreement.json.UNICEF.minisig agreement.json.NOBODY.minisig
	sat --json agreement check agreement.json
	ends 4
	says '.agreement.signatures | map({(.party): .state}) | add ==
	    {"UNHCR": "bad", "UNICEF": "unknown key", "NOBODY": "unknown key"}'
	says '.agreement.problems | map(.code) | contains(["A-SIGNATURE-BAD",
	    "A-SIGNATURE-KEY", "A-SIGNATURES"])'
}

@test "check of what is no agreement ends with 4, and of nothing with 7" {
	echo '{"a":1,"a":2}' >file.json
	sat --json agreement check file.json
	ends 4 A102
	says '.agreement | .fingerprint != null and .problems[0].code == "A-FORM"'
	sat --json agreement check nowhere.json
	ends 7 D103
}

@test "sign writes what stock minisign checks, and never over a file" {
	rm agreement.json.*
	sat --json agreement sign agreement.json --party UNHCR \
	    --key unhcr.key --dry-run
	ends 0
	[ ! -e agreement.json.UNHCR.minisig ]
	sat --json agreement sign agreement.json --party UNHCR --key unhcr.key
	ends 0
	run minisign -V -H -p unhcr.pub -m agreement.json \
	    -x agreement.json.UNHCR.minisig
	[ "$status" -eq 0 ]
	[[ $output == *'satchel agreement ET-GMB-EXAMPLE version 1 party UNHCR'* ]]
	sat --json agreement sign agreement.json --party UNHCR --key unhcr.key
	ends 7 D104
}

@test "sign takes only a party and a key that the agreement lists" {
	rm agreement.json.*
	sat --json agreement sign agreement.json --party DRC --key unhcr.key
	ends 4 A114
	sat --json agreement sign agreement.json --party UNICEF --key unhcr.key
	ends 4 K114
	sat --json agreement sign agreement.json --party UNICEF --key said
	ends 6 K111
	jq 'del(.title)' agreement.json >bad.json
	sat --json agreement sign bad.json --party UNICEF --key unicef.key
	ends 4 A103
	same "$(find . -name '*.minisig' | wc -l)" 0
}

@test "the first agreement waits for the right fingerprint" {
	join new
	sat --json --home new agreement adopt new.json
	ends 4 A107
	says '.agreement.fingerprint | length == 35'
	sat --json --home new agreement adopt new.json --confirm '00000 00000'
	ends 4 A108
	sat --json --home new agreement show
	ends 4 A101
	confirm=$(fingerprint new.json)
	sat --json --home new agreement adopt new.json --confirm "$confirm" \
	    --dry-run
	ends 0
	sat --json --home new agreement show
	ends 4 A101
	sat --json --home new agreement adopt new.json \
	    --confirm "${confirm// /}"
	ends 0
	sat --json --home new agreement show
	ends 0
	says '.agreement | .version == 1 and
	    (.signatures | map(.state) == ["good", "good"])'
}

@test "the fingerprint is taken as it is printed, check digits and all" {
	join new
	confirm=$("$satchel" agreement check new.json |
	    sed -n 's/^\(fingerprint\)\{0,1\}  *\([0-9 -]*\)$/\2/p' |
	    tr '\n' ' ')
	sat --json --home new agreement adopt new.json --confirm "$confirm"
	ends 0
}

@test "adopting the same again changes nothing" {
	before=$(state_of site)
	sat --json --home site agreement adopt agreement.json
	ends 0
	same "$(state_of site)" "$before"
}

# refused_last: by whom the last refused adoption was tried, and why not.
refused_last() {
	sqlite3 -separator ' ' "$1/store.db" "SELECT by_user,
	    json_extract(body, '\$.code') FROM journal
	    WHERE act = 'agreement refused' ORDER BY number DESC LIMIT 1"
}

@test "a wrong fingerprint is refused whatever is in force, and noted" {
	sat --json --home site agreement adopt agreement.json \
	    --confirm '00000 00000 00000 00000 00000 00000'
	ends 4 A108
	same "$(refused_last site)" 'unnamed A108'
	sat --json --home site agreement adopt agreement.json \
	    --confirm "$(fingerprint agreement.json)"
	ends 0
	agreement '.version = 2' >two.json
	sign_agreement two.json
	sat --json --home site --user primero_cp agreement adopt two.json \
	    --confirm "$(fingerprint agreement.json)"
	ends 4 A108
	same "$(refused_last site)" 'primero_cp A108'
	sat --json --home site agreement show
	says '.agreement.version == 1'
}

@test "a refused adoption names who tried, if the agreement lists them" {
	agreement '.title = "another"' >one.json
	sign_agreement one.json
	sat --json --home site --user primero_cp agreement adopt one.json
	[ "$status" -eq 4 ]
	[[ "$(refused_last site)" == 'primero_cp '* ]]
	sat --json --home site --user nobody agreement adopt one.json
	[ "$status" -eq 4 ]
	[[ "$(refused_last site)" == 'unnamed '* ]]
}

@test "a newer version needs no person, an older one is refused" {
	agreement '.version = 2' >two.json
	sign_agreement two.json
	sat --json --home site agreement adopt two.json
	ends 0
	sat --json --home site agreement adopt agreement.json
	ends 4 A105
	agreement '.version = 1002' >far.json
	sign_agreement far.json
	sat --json --home site agreement adopt far.json
	ends 4 A106
	sat --json --home site agreement show
	says '.agreement.version == 2'
	same "$(sqlite3 site/store.db "SELECT COUNT(*) FROM journal
	    WHERE act = 'agreement refused'")" 2
}

@test "a newer version with too few signatures is refused" {
	agreement '.version = 2' >two.json
	sign_agreement two.json
	rm two.json.UNICEF.minisig
	sat --json --home site agreement adopt two.json
	ends 4 A104
	cp two.json.UNHCR.minisig two.json.UNICEF.minisig
	sat --json --home site agreement adopt two.json
	ends 4 A104
}

@test "starting again is confirmed by a person" {
	new_key later
	agreement '.version = 2 |
	    .parties[1].signs_with = ["'"$(public later)"'"]' >two.json
	minisign -S -H -s unicef.key -m two.json -x two.json.UNICEF.minisig \
	    >/dev/null
	minisign -S -H -s later.key -m two.json -x two.json.UNHCR.minisig \
	    >/dev/null
	sat --json --home site agreement adopt two.json
	ends 4 A104
	sat --json --home site agreement adopt two.json --restart
	ends 4 A107
	sat --json --home site agreement adopt two.json --restart \
	    --confirm "$(fingerprint two.json)"
	ends 0
}

@test "a live agreement refuses a practice node" {
	join new '.environment = "live"'
	sat --json --home new agreement adopt new.json \
	    --confirm "$(fingerprint new.json)"
	ends 4 A109
}

@test "an agreement that does not list this node is not adopted" {
	"$satchel" --home new init --node ET-NEW-01 --no-passphrase >/dev/null
	sat --json --home new agreement adopt agreement.json \
	    --confirm "$(fingerprint agreement.json)"
	ends 4 A112
	# The code alone does not make a node.
	"$satchel" --home false init --node ET-GMB-03 --no-passphrase >/dev/null
	sat --json --home false agreement adopt agreement.json \
	    --confirm "$(fingerprint agreement.json)"
	ends 4 A112
}

@test "an agreement that has ended is not adopted" {
	join new
	until=$(jq -r .valid_until new.json)
	at "$(date -d "$until + 1 day" +%F) 12:00:00" --json --home new \
	    agreement adopt new.json --confirm "$(fingerprint new.json)"
	ends 4 A111
}

@test "who may recover has the node's keys, with stock age" {
	age -d -i recovery.key site/secrets.recovery.age >recovered
	cmp recovered site/secrets.practice
}

@test "show names parties and nodes, and nobody's name" {
	sat --home site agreement show
	ends 0
	[[ $output == *'UNICEF'*'ET-GMB-03'*'UNICEF to UNHCR'* ]]
	jq -r '.. | objects | .full_name?, .email?, .phone? |
	    select(. != null)' agreement.json >staff
	no grep -qFf staff <<<"$output"
}

@test "a version in the store that nobody signed is damage" {
	sqlite3 site/store.db 'DELETE FROM agreement_signatures'
	sat --json --home site agreement show
	ends 1 D108
}
