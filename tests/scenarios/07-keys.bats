# Keys that change: new ones beside the old, streams that belong to a key, and
# old keys that go when everybody has the new ones.

bats_require_minimum_version 1.5.0

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

# rotate: the site makes new keys; its card is new.card.
rotate() {
	sat --json --home site keys rotate
	ends 0
	rm -f new.card
	"$satchel" --home site identity --out new.card >/dev/null
}

# with_new [SIGN [OPEN]]: agreement version 2, v2.json, that lists the new keys
# behind the old ones, or these lists instead.
with_new() {
	local sign=${1:-'[$o, $n.next_sign]'} open=${2:-'.open + [$n.next_open]'}
	agreement '.version = 2' | jq --slurpfile card new.card '
	    $card[0] as $n |
	    (.nodes[] | select(.code == "ET-GMB-03")) |= (
	        .sign[-1] as $o | .sign = '"$sign"' | .open = ('"$open"'))' \
	    >v2.json
	sign_agreement v2.json
}

# v2 NODE...: adopted from the file.
v2() {
	local home
	for home in "$@"; do
		sat --json --home "$home" agreement adopt v2.json
		ends 0
	done
}

# signer BUNDLE: who it says signed it; signed BUNDLE KEY: and did.
signer() {
	peek "$1" bundle.json | jq -r .from.sign
}

signed() {
	same "$(signer "$1")" "$2"
	head -n 4 "$1" >x.minisig
	tail -n +5 "$1" >x.age
	minisign -V -P "$2" -m x.age -x x.minisig >/dev/null
}

inside() {
	peek "$1" bundle.json | jq -e "$2" >/dev/null
}

old() {
	jq -r .sign site.card
}

new() {
	jq -r .next_sign new.card
}

# back: what the hub has for the site, into stick.
back() {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick
	ends 0
}

# newest: the file on the stick that came last.
newest() {
	# shellcheck disable=SC2012 # our own names
	ls -t stick/*.satchel | head -n 1
}

# only_owed: the site sends what is owed, into stick.
only_owed() {
	rm -f stick/*
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick "$@"
}

@test "keys rotate makes new keys beside the old, and shows both" {
	rotate
	says '.identity.sign != .identity.next_sign and
	    .identity.open != .identity.next_open'
	same "$(jq -r .sign new.card)" "$(jq -r .sign site.card)"
	jq -e '.next_sign and .next_open and .fingerprint' new.card
	no same "$(jq -r .fingerprint new.card)" \
	    "$(jq -r .fingerprint site.card)"
	sat --json --home site keys rotate
	ends 2 K136
	sat --json --home site keys show
	ends 0
	says '.keys.changing and .keys.signs_now == .keys.sign and
	    (.keys.listed | not)'
	no grep -q AGE-SECRET said
}

@test "a node without new keys has the card and fingerprint it always had" {
	jq -e 'keys == ["fingerprint", "node", "open", "satchel", "sign"]' \
	    site.card
	digits=$(printf '%s\n' ET-GMB-03 "$(jq -r .sign site.card)" \
	    "$(jq -r .open site.card)" | b2sum -l 256 | cut -c 1-60 |
	    fold -w 10 | while read -r hex; do
		printf '%05d' $((16#$hex % 100000))
	done)
	same "$(jq -r .fingerprint site.card | tr -d ' ')" "$digits"
}

@test "keys rotate --dry-run makes none" {
	before=$(find site -type f -exec sha256sum {} + | sort)
	sat --json --home site keys rotate --dry-run
	ends 0
	same "$(find site -type f ! -name '*-wal' ! -name '*-shm' \
	    -exec sha256sum {} + | sort)" "$before"
}

@test "the digits that somebody reads out are typed in, and must fit the card" {
	rotate
	digits=$(jq -r .fingerprint new.card)
	sat --json identity --check new.card --confirm "$digits"
	ends 0
	says '.identity.node == "ET-GMB-03" and .identity.next_sign'
	sat --json identity --check new.card --confirm "${digits//[0-4]/5}"
	ends 4 K135
	sat --json identity --check new.card \
	    --confirm "$(jq -r .fingerprint site.card)"
	ends 4 K135
	sat --json identity --check new.card
	ends 2
	# Whoever changes a key in the card changes the digits with it.
	jq --slurpfile hub hub.card '.next_open = $hub[0].open' new.card >forged
	sat --json identity --check forged --confirm "$digits"
	ends 4 K134
	jq --slurpfile hub hub.card '.open = $hub[0].open' new.card >forged
	sat --json identity --check forged --confirm "$digits"
	ends 4 K134
}

@test "until an agreement lists the new key the old one signs" {
	rotate
	send
	ends 3
	signed "$(newest)" "$(old)"
	take stick
	ends 0
}

@test "with the new agreement the new key signs, in a stream of its own" {
	send
	take stick
	rm stick/*
	rotate
	with_new
	v2 site hub
	back
	sat --json --home site --user primero_cp import stick
	ends 0
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	ends 0
	bundle=$(newest)
	signed "$bundle" "$(new)"
	inside "$bundle" '.seq == 1 and .stream ==
	    {"sequence":1,"previous":null} and .agreement.version == 2'
	take "$bundle"
	ends 0
	says '.bundles[0].state == "imported" and
	    .bundles[0].missing == []'
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	inside "$(newest)" '.seq == 2 and .stream.sequence == 2 and
	    .stream.previous != null'
	take "$(newest)"
	ends 0
	sat --json --home site keys show
	says '.keys.signs_now == .keys.next_sign and .keys.listed'
}

# ref_sent: a case that goes to the hub.
ref_sent() {
	head -n 1 good.ndjson | jq -r .ref
}

@test "a partner with the older agreement gets the older key's signature" {
	send
	take stick
	rm stick/*
	back
	sat --json --home site --user primero_cp import stick
	rotate
	with_new
	v2 site
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	ends 0
	bundle=$(newest)
	signed "$bundle" "$(old)"
	inside "$bundle" '.agreement.version == 2 and .seq == 2'
	take "$bundle"
	ends 0
	"$satchel" --json --home hub agreement show |
	    jq -e '.agreement.version == 2'
	rm stick/*
	back
	inside "$(newest)" '.agreement.version == 2'
	sat --json --home site --user primero_cp import stick
	ends 0
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	signed "$(newest)" "$(new)"
	take "$(newest)"
	ends 0
}

@test "threat 17: a key that is not valid yet is refused, and imports once it is" {
	cp -a hub hub.old
	send
	take stick
	rm stick/*
	rotate
	with_new
	v2 site hub
	back
	sat --json --home site --user primero_cp import stick
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	bundle=$(newest)
	signed "$bundle" "$(new)"
	sat --json --home hub.old --user hub_admin import "$bundle"
	ends 4 B201
	v2 hub.old
	sat --json --home hub.old --user hub_admin import "$bundle"
	# It is an older copy of the hub, and is told so, too.
	ends 3
	says '.bundles[0].state == "imported"'
	says '[.notices[] | select(test("put back from a backup"))] | length == 1'
}

@test "threat 17: a key that the agreement no longer lists is refused" {
	rotate
	send
	bundle=$(newest)
	signed "$bundle" "$(old)"
	with_new '[$n.next_sign]' '[$n.next_open]'
	v2 hub
	take "$bundle"
	ends 4 B201
	# And an agreement that lists only the new keys is this node's all right;
	# what lies in that bundle has to go again.
	sat --json --home site agreement adopt v2.json
	ends 3
	says '.unheard == 6'
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	signed "$(newest)" "$(new)"
	take "$(newest)"
	ends 0
}

@test "what was sealed to the old key opens while keys change" {
	send
	take stick
	rm stick/*
	back
	sealed=$(newest)
	same "$(peek "$sealed" bundle.json | jq -r .to.open)" \
	    "$(jq -r .open site.card)"
	rotate
	with_new
	v2 site
	sat --json --home site --user primero_cp import "$sealed"
	ends 0
	rm stick/*
	v2 hub
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick
	same "$(peek "$(the_bundle)" bundle.json | jq -r .to.open)" \
	    "$(jq -r .next_open new.card)"
}

@test "an agreement that has others seal to a key that is not ours is refused" {
	jq '. + {next_sign: .sign, next_open: .open}' site.card >new.card
	age-keygen -o nobody.key 2>/dev/null
	with_new '[$o]' ".open + [\"$(age-keygen -y nobody.key)\"]"
	sat --json --home site agreement adopt v2.json
	ends 4 A112
}

@test "what was sent with the old key and comes late does not undo the new" {
	send
	first=$(newest)
	cp "$first" late.satchel
	rotate
	with_new
	v2 site hub
	rm -f stick/*
	forge_from_new
	take stick
	says '.counts.share == 1'
	take late.satchel
	says '.referrals[] | select(.ref == "'"$(ref_sent)"'") |
	    .state == "unchanged"'
}

# forge_from_new: a referral with new content under the new key, as 1 of 1.
forge_from_new() {
	local new_copy
	new_copy=$BATS_TEST_TMPDIR/other
	cp -a site "$new_copy"
	# A partner that named version 2 gets the new key's signature.
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	sat --json --home "$new_copy" --user primero_cp import "$(the_bundle)"
	rm -f stick/*
	sat --json --home "$new_copy" --user primero_cp export \
	    --to ET-HUB-01 --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)" \
	    --out stick
	signed "$(newest)" "$(new)"
}

# two_keys: both nodes under an agreement in which the site's newer key is the
# stock one, so that a scenario can send with it.
two_keys() {
	agreement '.version = 2 | (.nodes[] | select(.code == "ET-GMB-03")) |=
	    (.sign |= reverse)' >v2.json
	sign_agreement v2.json
	v2 site hub
}

# with_stock FOLDER FILE [JQ]: a first bundle of the newer key.
with_stock() {
	letter "$1" ".agreement = {id: \"ET-GMB-EXAMPLE\", version: 2,
	    sha256: \"$(sha256sum <v2.json | cut -d ' ' -f 1)\"} |
	    ${3:-.}"
	[ ! -e "$1.ndjson" ] || cp "$1.ndjson" "$1/records/000001.ndjson"
	post "$1" "$2"
}

# recall SEQUENCE: of the case that goes to the hub.
recall() {
	jq -cn --arg ref "$(ref_sent)" --argjson sequence "$1" \
	    '{type: "recall", ref: $ref, sequence: $sequence,
	    reason: "consent_withdrawn", on: "2026-11-01"}'
}

# behind_others: the case goes to the hub in number 3, others before it.
behind_others() {
	local other
	other=$(sed -n 2p good.ndjson | jq -r .ref)
	send --only "$other"
	send --only "$other"
	send --only "$(ref_sent)"
	take stick
}

# is REF STATE: at the hub.
is() {
	"$satchel" --json --home hub --user hub_admin inbox |
	    jq -e --arg ref "$1" --arg state "$2" \
	    '.referrals[] | select(.ref == $ref) | .state == $state'
}

@test "a withdrawal with a new key counts, though numbers begin anew" {
	two_keys
	behind_others
	is "$(ref_sent)" staged
	recall 1 >a.ndjson
	with_stock a a.satchel
	take a.satchel
	ends 3
	says '.counts.recall == 1'
	is "$(ref_sent)" recalled
}

@test "a withdrawal of the old stream, repeated in the new, keeps its place" {
	two_keys
	send --only "$(ref_sent)"
	cp "$(newest)" late.satchel
	rm stick/*
	# Number 5 of the old stream is lost; the new one repeats it.
	recall 5 >a.ndjson
	with_stock a a.satchel
	take a.satchel
	says '.counts.recall == 1'
	# What was sent again since, under the new key, is not undone by it.
	head -n 1 good.ndjson |
	    jq -c '.consent.given_on = "2026-11-20"' | revise >b.ndjson
	with_stock b b.satchel "$(follows a a.satchel)"
	take b.satchel
	ends 3
	is "$(ref_sent)" held
	{ recall 5; cat b.ndjson; } >c.ndjson
	with_stock c c.satchel "$(follows b b.satchel)"
	take c.satchel
	is "$(ref_sent)" held
	# And what the old key signed before it is refused whenever it comes.
	take late.satchel
	is "$(ref_sent)" held
	no says '.counts.share > 0'
}

@test "what a new key sends is not taken for something older" {
	two_keys
	behind_others
	head -n 1 good.ndjson |
	    jq -c '.consent.given_on = "2026-11-20"' | revise >a.ndjson
	with_stock a a.satchel
	take a.satchel
	ends 3
	says '.counts.duplicate == 0 and .counts.hold == 1'
}

@test "keys finish says who is missing, and changes nothing" {
	sat --json --home site keys finish
	ends 2 K137
	send
	take stick
	rm stick/*
	rotate
	before=$(cat site/node.json)
	sat --json --home site keys finish
	ends 3
	says '.keys.listed | not'
	with_new
	v2 site
	sat --json --home site keys finish
	ends 3
	says '.keys.partners[] | select(.node == "ET-HUB-01") |
	    .met and (.has_new | not)'
	same "$(cat site/node.json)" "$before"
	sat --home site keys finish
	ends 3
	grep -q 'ET-HUB-01 .*not known to have the new keys' <<<"$output"
}

@test "keys finish waits for a bundle that has not arrived" {
	send
	take stick
	rm stick/*
	back
	cp "$(newest)" lost.satchel
	rm stick/*
	rotate
	with_new
	v2 site hub
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	take stick
	rm stick/*
	back
	sat --json --home site --user primero_cp import stick
	ends 0
	sat --json --home site keys finish
	ends 3
	says '.keys.partners[] | select(.node == "ET-HUB-01") |
	    .has_new and .missing == [1]'
	sat --json --home site --user primero_cp import lost.satchel
	ends 0
	sat --json --home site keys finish
	ends 0
}

# on_its_way: all that the site sends is on way/, and its keys are changing;
# the hub has the new ones, and says so.
on_its_way() {
	send
	mkdir way
	mv stick/* way/
	rotate
	with_new
	v2 hub
	back
	sat --json --home site --user primero_cp import stick
	ends 0
	rm stick/*
}

# v3: the agreement lists the new keys alone.
v3() {
	local home
	agreement '.version = 3' | jq --slurpfile card new.card '
	    (.nodes[] | select(.code == "ET-GMB-03")) |= (
	        .sign = [$card[0].next_sign] | .open = [$card[0].next_open])' \
	    >v3.json
	sign_agreement v3.json
	for home in "$@"; do
		sat --json --home "$home" agreement adopt v3.json
	done
}

@test "keys finish waits for what the old key signed, until it was heard of" {
	on_its_way
	sat --json --home site keys finish
	ends 3
	says '.keys.unheard == [{node: "ET-HUB-01", number: 1, referrals: 6}] and
	    .keys.unheard_referrals == 6'
	jq -e .next site/node.json
	take way
	ends 0
	back
	sat --json --home site --user primero_cp import stick
	sat --json --home site keys finish
	ends 0
	says '.keys.unheard == []'
}

@test "what the old key signed and the new one sent again is not waited for" {
	on_its_way
	while read -r ref; do
		only_owed --from "$examples/cases.json" --only "$ref" \
		    --consents "$examples/consents.ndjson"
		ends 0
	done < <(jq -r .ref good.ndjson)
	sat --json --home site keys finish
	ends 0
}

@test "what was signed with a key that is listed no more goes again" {
	on_its_way
	v3 site
	ends 3
	says '.unheard == 6'
	v3 hub
	ends 0
	says 'has("unheard") | not'
	sat --json --home hub --user hub_admin import way
	ends 4 B201
	send
	says '.passed.unchanged // 0 == 0'
	signed "$(newest)" "$(new)"
	take "$(newest)"
	says '.counts.share + .counts.strip + .counts.hold >= 6'
	# Once, and no more.
	rm stick/*
	back
	sat --json --home site --user primero_cp import stick
	rm stick/*
	send
	no says '.counts.share > 0'
}

@test "a renewal in a bundle says it, too, when it lists a key of ours no more" {
	on_its_way
	v3 hub
	back
	sat --json --home site --user primero_cp import stick
	ends 3
	says '.unheard == 6'
}

@test "after keys finish the old keys are gone, and the node works" {
	send
	take stick
	rm stick/*
	rotate
	with_new
	v2 site hub
	back
	sat --json --home site --user primero_cp import stick
	ends 0
	sat --json --home site keys finish --dry-run
	ends 0
	jq -e .next site/node.json
	sat --json --home site keys finish
	ends 0
	jq -e 'has("next") | not' site/node.json
	same "$(jq -r .sign site/node.json)" "$(new)"
	same "$(grep -c '^open ' site/secrets.practice)" 1
	no grep -q '^next ' site/secrets.practice
	only_owed --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
	signed "$(newest)" "$(new)"
	take stick
	ends 0
	# And again: a second change begins where the first ended.
	rotate
	same "$(jq -r .sign new.card)" "$(jq -r .sign site/node.json)"
}

@test "a change of keys that broke off is begun or ended again" {
	cp site/node.json before.json
	rotate
	# The keys were there, and node.json did not know them yet.
	cp before.json site/node.json
	sat --json --home site keys show
	ends 0
	says '.keys.changing | not'
	sat --json --home site keys finish
	ends 2 K137
	sat --json --home site keys rotate
	ends 0
	says ".identity.next_sign == \"$(new)\""
	# node.json had dropped the old keys, and the secrets had not.
	with_new '[$n.next_sign]' '[$n.next_open]'
	v2 site
	cp site/secrets.practice both
	sat --json --home site keys finish
	ends 0
	cp both site/secrets.practice
	send
	signed "$(newest)" "$(new)"
	sat --json --home site keys show
	says '.keys.leftovers == "old"'
	sat --json --home site keys finish
	ends 0
	no grep -q '^next ' site/secrets.practice
	same "$(sqlite3 site/store.db "SELECT body FROM journal
	    WHERE act = 'keys changed' ORDER BY number DESC LIMIT 1" |
	    jq -r .keys)" 'finished again'
	sat --json --home site keys finish
	ends 2 K137
	cp both site/secrets.practice
	sat --json --home site keys rotate
	ends 0
	same "$(grep -c '^open ' site/secrets.practice)" 2
}

# gap: numbers 1 and 2 of the hub do not arrive, 3 does and names the new keys.
gap() {
	send
	take stick
	rm stick/*
	rotate
	with_new
	v2 site hub
	for _ in 1 2 3; do
		only_owed --from "$examples/cases.json" \
		    --consents "$examples/consents.ndjson" --only "$(ref_sent)"
		take stick
		rm stick/*
		back
	done
	sat --json --home site --user primero_cp import "$(newest)"
	ends 0
	says '.bundles[0].missing == [1, 2]'
}

@test "a bundle that is lost for good is given up, one by one" {
	gap
	sat --json --home site keys finish
	ends 3
	for wrong in ET-HUB-01:3 ET-HUB-02:1 ET-HUB-01 ET-HUB-01: :1 \
	    ET-HUB-01:x; do
		sat --json --home site keys finish --without "$wrong"
		ends 2
	done
	sat --json --home site keys finish --without ET-HUB-01:1
	ends 3
	says '.keys.partners[] | select(.node == "ET-HUB-01") | .missing == [2]'
	sat --json --home site keys finish --without ET-HUB-01:1 \
	    --without ET-HUB-01:2
	ends 0
	sqlite3 site/store.db "SELECT body FROM journal
	    WHERE act = 'keys changed' ORDER BY number DESC LIMIT 1" |
	    jq -e '.without == [{node: "ET-HUB-01", number: 1},
	    {node: "ET-HUB-01", number: 2}]'
}

@test "a bundle that was refused did arrive, and holds up no keys finish" {
	letter a
	echo 'not json' >>a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 5
	letter b "$(follows a a.satchel)"
	post b b.satchel
	take b.satchel
	says '.bundles[0].missing == []'
	sat --json --home hub keys rotate
	"$satchel" --home hub identity --out hub2.card >/dev/null
	agreement '.version = 2' | jq --slurpfile card hub2.card '
	    (.nodes[] | select(.code == "ET-HUB-01")) |= (
	        .sign += [$card[0].next_sign] | .open += [$card[0].next_open])' \
	    >v2.json
	sign_agreement v2.json
	v2 hub
	letter c "$(follows b b.satchel) | .agreement.version = 2 |
	    .agreement.sha256 = \"$(sha256sum <v2.json | cut -d ' ' -f 1)\" |
	    .to.open = \"$(jq -r .next_open hub2.card)\""
	post c c.satchel "TO=$(jq -r .next_open hub2.card) $(
		age-keygen -y recovery.key)"
	take c.satchel
	ends 0
	sat --json --home hub keys finish
	ends 0
}

@test "keys change under a passphrase, and the recovery copy follows" {
	printf 'correct horse battery staple\n' >words
	sat --json --home kept --passphrase-file words init --node ET-GMB-03
	ends 0
	rm site.card
	"$satchel" --home kept identity --out site.card >/dev/null
	agreement >kept.json
	sign_agreement kept.json
	sat --json --home kept --passphrase-file words agreement adopt \
	    kept.json --confirm "$(fingerprint kept.json)"
	ends 0
	sat --json --home kept --passphrase-file words keys rotate
	ends 0
	same "$(age -d -i recovery.key kept/secrets.recovery.age |
	    grep -c -e '^sign ' -e '^next ' -e '^open ')" 4
	sat --json --home kept --passphrase-file words keys show
	ends 0
	says '.keys.changing'
	sat --json --home kept keys show </dev/null
	no [ "$status" -eq 0 ]
}

@test "threat 20: a card with a key of small order or the legacy form is refused" {
	digits=$(jq -r .fingerprint site.card)
	for key in $(printf 'Ed12345678%032d' 0 | base64 -w 0) \
	    "$(printf 'ED12345678%032d' 0 | base64 -w 0)" \
	    "$({ printf 'Ed12345678\001'; head -c 31 /dev/zero; } | base64 -w 0)" \
	    "$({ printf 'Ed12345678'; head -c 32 /dev/zero; } | base64 -w 0)"; do
		jq --arg key "$key" '.sign = $key' site.card >bad.card
		sat --json identity --check bad.card --confirm "$digits"
		ends 4 K134
		agreement >bad.json
		jq --arg key "$key" '.version = 2 |
		    (.nodes[] | select(.code == "ET-GMB-03")).sign = [$key]' \
		    bad.json >v2.json
		sign_agreement v2.json
		sat --json agreement check v2.json
		ends 4
		sat --json --home site agreement adopt v2.json
		ends 4
	done
}

# bats test_tags=long
@test "threat 20: a signature of the legacy form signs no agreement" {
	agreement '.version = 2' >v2.json
	sign_agreement v2.json
	minisign -S -l -s unicef.key -m v2.json -x v2.json.UNICEF.minisig \
	    >/dev/null
	sat --json --home site agreement adopt v2.json
	ends 4
	"$satchel" --json --home site agreement show |
	    jq -e '.agreement.version == 1'
}

# --- crashes ---

# sweep JQ COMMAND...: killed at each call that changes something, in a copy of
# the folder sweep.  Then there is a node that opens, and once it ran again
# undisturbed, keys show says JQ.
sweep() {
	cat >check <<-END
		#!/bin/sh
		says=\$("$satchel" --json --home site keys show) || exit 1
		[ "\$1" = killed ] || printf '%s' "\$says" | jq -e '$1' >/dev/null
	END
	chmod +x check
	shift
	strace -qq -o /dev/null true 2>/dev/null ||
	    skip "this machine does not let strace look"
	run timeout 200 "$scenarios/../tools/kill_sweep.sh" sweep \
	    "$PWD/check" "$@"
	echo "# $(tail -n 1 <<<"$output")" >&3
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
}

@test "killed anywhere, keys rotate leaves a node, and the next one ends well" {
	mkdir sweep
	cp -a site sweep
	sweep '.keys.changing' "$satchel" --home site keys rotate
}

@test "killed anywhere, keys finish leaves a node, and the next one ends well" {
	rotate
	with_new '[$n.next_sign]' '[$n.next_open]'
	v2 site
	mkdir sweep
	cp -a site sweep
	sweep ".keys.changing == false and .keys.sign == \"$(new)\" and
	    .keys.signs_now == \"$(new)\"" "$satchel" --home site keys finish
}
