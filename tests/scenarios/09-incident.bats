#!/usr/bin/env bats
# What to do when a stick is lost or a computer stolen: everything of an office
# is held at once, and people are told what to do, whom to tell, by when.  And
# practice, which must never be taken for the real thing.

load sites

setup_file() {
	world
}

setup() {
	enter
	mkdir nothing # an import of it tries only what waits
}

teardown() {
	leaks_nothing
}

# incident OPTION...: told at the hub.
incident() {
	sat --json --home hub --user hub_admin incident "$@"
}

# distrust: the hub distrusts the site from now on.
distrust() {
	incident --distrust ET-GMB-03 --reason 'the laptop was away for a night'
	ends 3
}

# trust: somebody at the hub says that the site is safe.
trust() {
	incident --trust ET-GMB-03 --reason 'it was in the safe all the time'
	ends 0
}

# renew VERSION [JQ]: the hub adopts that version.
renew() {
	agreement ".version = $1 | ${2:-.}" >"v$1.json"
	sign_agreement "v$1.json"
	sat --json --home hub agreement adopt "v$1.json"
}

# revoked AFTER: JQ that revokes the site.
revoked() {
	echo "(.nodes[] | select(.code == \"ET-GMB-03\")).revoked =
	    {after_sequence: $1, on: \"2026-11-01\", reason: \"stolen\"}"
}

# one NUMBER: a bundle of the site with that case, in a file of its name.
one() {
	rm -rf stick
	mkdir stick
	send --only "$(ref_of "$1")"
	ends 0
	mv stick/*.satchel "$1.satchel"
}

# again: another import tries what waits; of a bundle known before.
again() {
	take known.satchel
	says '[.bundles[] | select(.state == "seen")] | length == 1'
}

# known: a bundle that the hub has already.
known() {
	letter known ".from = {node: \"ET-GMB-04\", sign: \"$(public other)\"}"
	rm -r known/records
	post known known.satchel SIGN="$PWD/other.key"
	take known.satchel
	ends 0
}

# states WORD...: of the bundles that waited.
states() {
	same "$(jq -r '[.bundles[].state] - ["seen"] | join(" ")' \
	    <<<"$output")" "$*"
}

held() {
	find hub/held -name '*.satchel' 2>/dev/null | wc -l
}

inbox() {
	"$satchel" --json --home hub inbox |
		jq -r '.referrals[] | "\(.ref) \(.verdict) \(.state)"' | sort
}

# --- distrust at once ---

@test "everything from a distrusted office is held unread, and kept here" {
	one 8
	distrust
	take 8.satchel
	ends 3 B215
	says '.bundles[0].state == "held" and (.counts | add) == 0'
	says '.bundles[0].fault.remedy | test("withdrawal") and test("phone")'
	same "$(inbox)" ""
	cmp 8.satchel hub/held/*.satchel
	same "$(stat -c %a hub/held hub/held/*.satchel | tr '\n' ' ')" '700 600 '
}

@test "what is kept here need not be carried again, and is kept once" {
	known
	one 8
	one 9
	distrust
	take 8.satchel
	take 8.satchel
	ends 3
	same "$(held)" 1
	rm 8.satchel
	# Whatever is imported next, what waits is tried and told again.
	take 9.satchel
	ends 3
	says '.waiting == 1 and (.bundles | map(.state) == ["held"])'
	sat --home hub import 9.satchel
	grep -q 'still held, from ET-GMB-03, seq 1 (B215)' <<<"$output"
	same "$(held)" 2
	rm 9.satchel
	sat --home hub --user hub_admin incident --trust ET-GMB-03 \
	    --reason 'it was in the safe'
	ends 0
	grep -q 'wait in this node: 2. The next import' <<<"$output"
	take nothing
	ends 3 # the stick was empty
	states imported imported
	says '.counts.share == 2'
	same "$(held)" 0
	again
	states
	take nothing
	ends 3 # the stick was empty
	says '.bundles == [] and .waiting == 0'
}

@test "a dry run keeps nothing, and says to keep the file" {
	one 8
	distrust
	take --dry-run 8.satchel
	ends 3 B215
	same "$(held)" 0
	sat --home hub --user hub_admin import --dry-run 8.satchel
	grep -q 'Keep the file' <<<"$output"
}

@test "a withdrawal by a distrusted office is not acted on" {
	letter a
	post a a.satchel
	take a.satchel
	ends 0
	before=$(inbox)
	letter b "$(follows a a.satchel)"
	rm b/records/000001.ndjson
	jq -cn --arg ref "$(jq -r .ref <a/records/000001.ndjson)" '{type:
	    "recall", ref: $ref, sequence: 1, reason: "consent_withdrawn",
	    on: "2026-11-01"}' >b/records/000001.ndjson
	post b b.satchel
	distrust
	take b.satchel
	ends 3 B215
	same "$(inbox | cut -d ' ' -f 1)" "$(cut -d ' ' -f 1 <<<"$before")"
	no grep -q recalled <<<"$(inbox)"
	trust
	same "$(inbox)" "$before"
	take nothing
	ends 3
	says '.counts.recall == 1'
}

@test "a bundle that is not the office's own is refused, distrusted or not" {
	one 8
	distrust
	flip 8.satchel 3000
	take 8.satchel
	ends 4 B204
	same "$(held)" 0
}

@test "nothing is sealed to a distrusted office, nor to a revoked one" {
	distrust
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --from "$examples/interventions.json" --out stick
	ends 4 N108
	same "$(bundles_on stick)" 0
	renew 2 "$(revoked 3)"
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	ends 4 N108
	same "$(bundles_on stick)" 0
}

@test "what came before an incident and was not loaded waits, too" {
	one 8
	take 8.satchel
	ends 0
	distrust
	says '.incident.steps | map(test("that wait here: 1\\.")) | any'
	load_all
	ends 3
	says '.loaded[0].state == "held"'
	says '.referrals[0].rules | map(select(.id == "B-SIG").verdict) ==
	    ["hold"]'
	same "$(find loaded -type f)" ""
	sat --home hub inbox
	grep -q 'Everything from ET-GMB-03 is held' <<<"$output"
	grep -q '1 of an office that is not trusted now' <<<"$output"
	no grep -q ' ready: ' <<<"$output"
	sat --home hub why "$(ref_of 8)"
	grep -q 'Everything from this office is held' <<<"$output"
	no grep -q 'Every rule passed' <<<"$output"
	sat --json --home hub inbox --state staged
	says '.referrals == []'
	sat --json --home hub inbox
	says '.referrals[0] | .state == "held" and .verdict == "hold"'
	trust
	load_all
	ends 0
	says '.loaded[0].state == "created"'
}

@test "a renewal that was signed before the theft changes nothing" {
	agreement '.version = 2' >v2.json
	sign_agreement v2.json
	one 8
	distrust
	take 8.satchel
	ends 3 B215
	sat --json --home hub agreement adopt v2.json
	ends 3
	says '.notices | any(test("lists ET-GMB-03 as before"))'
	take nothing
	ends 3 # the stick was empty
	says '.bundles == [] and .waiting == 1'
	same "$(inbox)" ""
	incident --list
	ends 0
	says '.incidents | length == 1 and .[0].held'
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	ends 4 N108
	# A key more is a key that the thief has not; the old one still counts.
	new_key next
	renew 3 "(.nodes[] | select(.code == \"ET-GMB-03\")).sign +=
	    [\"$(public next)\"]"
	ends 3
	take nothing
	says '.waiting == 1'
}

# enclosing FOLDER FILE: a bundle of another office brings that version.
enclosing() {
	letter "$1" ".agreement.version = $(jq .version "$2") | .from =
	    {node: \"ET-GMB-04\", sign: \"$(public other)\"} |
	    .agreement.sha256 = \"$(sha256sum <"$2" | cut -d ' ' -f 1)\""
	rm -r "$1/records"
	mkdir "$1/agreement"
	cp "$2" "$1/agreement/agreement.json"
	for party in UNICEF UNHCR; do
		cp "$2.$party.minisig" "$1/agreement/$party.minisig"
	done
	post "$1" "$1.satchel" SIGN="$PWD/other.key"
}

@test "the same where it comes in a bundle: nothing that waits is let in" {
	one 8
	distrust
	take 8.satchel
	agreement '.version = 2' >v2.json
	sign_agreement v2.json
	enclosing a v2.json
	take a.satchel
	ends 3
	says '.bundles | map(.state) == ["imported"]'
	says '.waiting == 1 and
	    (.notices | any(test("lists ET-GMB-03 as before")))'
	same "$(held)" 1
}

@test "a distrust ends with a version that revokes, drops or gives new keys" {
	one 8
	distrust
	take 8.satchel
	cp -a hub hub.first
	age-keygen -o next.age 2>/dev/null
	open=$(age-keygen -y next.age)
	new_key next
	n='(.nodes[] | select(.code == "ET-GMB-03"))'
	# the change ~ what is said ~ what becomes of what waited
	while IFS='~' read -r change said state; do
		rm -rf hub a a.satchel v2.json*
		cp -a hub.first hub
		agreement ".version = 2 | $change" >v2.json
		sign_agreement v2.json
		enclosing a v2.json
		sat --home hub --user hub_admin import a.satchel
		grep -q "told of ET-GMB-03 ends.*$said" <<<"$output" || {
			printf '%s\n' "$change" "$output"
			false
		}
		# It is said before what waited is tried.
		told=$(grep -n 'told of ET-GMB-03 ends' <<<"$output" | cut -d: -f1)
		[ "$state" = held ] ||
			[ "$(grep -n "$state" <<<"$output" | tail -n 1 |
			    cut -d: -f1)" -gt "$told" ]
		incident --list
		says '.incidents[0].held == false'
	done <<-EOF
	$(revoked 1 | tr -d '\n')~revokes it~held
	$(revoked 0 | tr -d '\n')~revokes it~refused
	.nodes -= [$n]~lists it no more~refused
	$n |= (.sign = ["$(public next)"] | .open = ["$open"])~other keys~refused
	EOF
}

@test "who says that an office is safe decides, gives a reason, and is kept" {
	sat --json --home site --user primero_cp incident --trust ET-HUB-01 \
	    --reason 'made up'
	ends 4 N106
	incident --trust ET-GMB-03
	ends 2 U101
	before=$(state_of hub)
	trust
	same "$(state_of hub)" "$before"
	distrust
	before=$(state_of hub)
	incident --trust ET-GMB-03 --reason 'made up' --dry-run
	ends 0
	same "$(state_of hub)" "$before"
	trust
	incident --list
	says '.incidents | map(.kind) == ["distrust", "trust"] and
	    all(.held == false) and .[1].by == "hub_admin"'
	same "$(sqlite3 hub/store.db "SELECT COUNT(*) FROM journal
	    WHERE act = 'incident'")" 2
	# Told again, it holds again.
	distrust
	one 8
	take 8.satchel
	ends 3 B215
}

@test "what is kept of one office has an end, and that is told" {
	one 8
	distrust
	take 8.satchel
	file=$(find hub/held -name '*.satchel')
	for n in $(seq 99); do
		cp "$file" "hub/held/$(printf '%08d' "$n")-${file##*/????????-}"
	done
	one 9
	take 9.satchel
	ends 3 B215
	says '.notices | any(test("keep the file"))'
	same "$(held)" 100
	no cmp -s 9.satchel "hub/held/$(jq -r '.bundles[0].id' <<<"$output").satchel"
	trust
	take 9.satchel
	says '.bundles[0].state == "imported"'
}

@test "what the new version refuses stays here, until a later one takes it" {
	known
	one 8
	one 9
	distrust
	take 8.satchel 9.satchel
	renew 2 "$(revoked 1)"
	ends 3
	again
	ends 4 B202
	states refused
	says '.waiting == 1'
	same "$(held)" 2
	# Told once; the number in the agreement was too low.
	again
	ends 0
	states
	says '.waiting == 1'
	# Not revoked any more and with the same keys, it is held again.
	renew 3
	ends 3
	trust
	again
	ends 0
	states imported imported
	same "$(held)" 0
	same "$(find hub/held -type f)" ""
}

@test "to distrust needs the right to decide, a node and a reason" {
	before=$(state_of hub)
	sat --json --home site --user primero_cp incident \
	    --distrust ET-HUB-01 --reason 'made up'
	ends 4 N106
	incident --distrust ET-GMB-03
	ends 2 U101
	incident --distrust ET-GMB-03 --reason '   '
	ends 2 U101
	incident --distrust ET-GMB-03 --reason $'two\nlines'
	ends 2 U101
	incident --distrust ET-GMB-99 --reason 'made up'
	ends 4 A113
	incident
	ends 2 U101
	incident --list --lost-stick
	ends 2 U101
	incident --list some.satchel
	ends 2 U101
	incident --lost-stick --reason 'made up'
	ends 2 U101
	same "$(state_of hub)" "$before"
}

@test "a node does not distrust itself, and says what to do instead" {
	incident --stolen ET-HUB-01
	ends 2 N109
	says '.fault.remedy | test("every other office")'
}

@test "an incident told in a dry run or a second time changes nothing" {
	before=$(state_of hub)
	incident --distrust ET-GMB-03 --reason 'made up' --dry-run
	ends 3
	says '.incident.kind == "distrust"'
	same "$(state_of hub)" "$before"
	distrust
	before=$(state_of hub)
	distrust
	same "$(state_of hub)" "$before"
}

@test "an incident says what to do, whom to tell by role, and by when" {
	hours=$(jq .deadlines.breach_report_hours agreement.json)
	now=$(date +%s)
	distrust
	says ".incident | .kind == \"distrust\" and .node == \"ET-GMB-03\" and
	    (.report_by | fromdateiso8601) - $now - $hours * 3600 < 60"
	says '.incident.steps | length >= 4'
	jq -r '.parties[].focal_points[].role' agreement.json | sort -u >roles
	jq -r '.parties[].focal_points[].name' agreement.json >names
	sat --home hub --user hub_admin incident --stolen ET-GMB-03
	grep -qE '^ 1\. Phone' <<<"$output"
	grep -qE '^Tell these by [0-9-]{10} at [0-9:]{5}' <<<"$output"
	while read -r role; do grep -qF "$role" <<<"$output"; done <roles
	no grep -qFf names <<<"$output"
}

@test "the reason of an incident stays here, printed only when asked for" {
	incident --distrust ET-GMB-03 --reason 'a made-up reason 4711'
	no grep -q 4711 <<<"$output"
	incident --list
	no grep -q 4711 <<<"$output"
	sat --home hub incident --list
	no grep -q 4711 <<<"$output"
	grep -q '^ET-GMB-03  distrust  held' <<<"$output"
	sat --home hub incident --list --reveal
	grep -q 4711 <<<"$output"
	no grep -raq 4711 hub
}

# --- a stick that was lost ---

@test "a lost stick: what may be on it goes with the next export, unchanged" {
	send --only "$(ref_of 8)"
	bundle=$(the_bundle)
	cp "$bundle" first.satchel
	rm "$bundle"
	send --only "$(ref_of 9)"
	rm stick/*
	sat --json --home site incident --lost-stick
	ends 3
	says '(.bundles | map(.seq) == [1, 2] or map(.seq) == [2, 1]) and
	    .incident.kind == "lost-stick" and .incident.node == null'
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	same "$(bundles_on stick)" 2
	cmp "$bundle" first.satchel
	take stick
	ends 0
	says '.counts.share == 2'
	take first.satchel
	ends 0
	says '.bundles[0].state == "seen"'
}

@test "a lost stick: what the other side spoke of was not lost" {
	send --only "$(ref_of 8)"
	take stick
	rm stick/*
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	ends 0
	sat --json --home site import stick
	sat --json --home site incident --lost-stick
	ends 3
	says '.bundles == []'
	sat --home site incident --lost-stick
	grep -q 'the other side spoke of all that left' <<<"$output"
}

@test "a lost stick: bundles are named by file or id, and by nothing else" {
	send --only "$(ref_of 8)"
	file=$(basename "$(the_bundle)")
	id=$(jq -r '.bundles[0].id' <<<"$output")
	for name in "$file" "/media/a stick/$file" "$id" "${id:0:8}"; do
		sat --json --home site incident --lost-stick "$name"
		ends 3
		says ".bundles | map(.id) == [\"$id\"]"
	done
	before=$(state_of site)
	for name in "${id:0:7}" 00000000 '' "$file.part"; do
		sat --json --home site incident --lost-stick "$name"
		ends 2 U101
	done
	same "$(state_of site)" "$before"
	sat --json --home site incident --lost-stick "$id" --dry-run
	ends 3
	same "$(state_of site)" "$before"
}

@test "a lost stick: what was acknowledged or refused there is not lost" {
	send --only "$(ref_of 8)"
	take stick
	rm stick/*
	# What goes back has receipts alone: no referral that could be told of.
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	sat --json --home site import stick
	rm stick/*
	send --only "$(ref_of 9)"
	take stick
	rm stick/*
	sat --json --home hub --user hub_admin incident --lost-stick --dry-run
	says '.bundles == []'
	sat --json --home hub --user hub_admin incident --lost-stick
	ends 3
	says '.bundles == []'
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out stick
	no grep -q '"state":"made"' <<<"$(jq -c '.bundles[] |
	    select(.seq == 1)' <<<"$output")"
	sqlite3 hub/store.db "UPDATE made SET acknowledged = 0,
	    refused = 'B204', carried = 1"
	sat --json --home hub --user hub_admin incident --lost-stick
	says '.bundles == []'
}

# --- practice ---

# practices ARGUMENT...: in its first line, once, and not in its JSON.
practices() {
	sat "$@"
	if [[ ${lines[0]-} != PRACTICE:* ]] ||
	    [ "$(grep -c PRACTICE: <<<"$output")" -ne 1 ]; then
		echo "this does not say once that it is practice: $*"
		printf '%s\n%s\n' "$output" "$stderr"
		return 1
	fi
	sat --json "$@"
	no grep -q PRACTICE: <<<"$output"
}

@test "practice is told first by every command that works in a home" {
	send --only "$(ref_of 8)"
	ref=$(ref_of 8)
	mkdir out
	at_hub=(--home hub --user hub_admin)
	at_site=(--home site --user primero_cp)
	practices "${at_hub[@]}" import stick
	practices "${at_hub[@]}" inbox
	practices "${at_hub[@]}" why "$ref"
	practices "${at_hub[@]}" show "$ref" --reveal
	: >said
	practices "${at_hub[@]}" load --to progres-ping:loaded --dry-run
	practices "${at_hub[@]}" answer --ref "$ref" --decision accepted \
	    --target-id made-up-1 --on 2026-11-01 --dry-run
	practices "${at_hub[@]}" attest progres:900-26-PRTITV-0000001 \
	    --given-by child --on 2026-11-01 --dry-run
	practices "${at_site[@]}" export --to ET-HUB-01 --out out --dry-run
	practices "${at_site[@]}" identity
	practices "${at_site[@]}" incident --list
	practices "${at_site[@]}" incident --lost-stick --dry-run
	practices "${at_site[@]}" agreement show
	practices "${at_site[@]}" agreement explain
	practices "${at_site[@]}" agreement diff agreement.json
	practices "${at_site[@]}" agreement try --to ET-HUB-01 \
	    --from "$examples/cases.json"
	practices "${at_site[@]}" agreement adopt agreement.json --dry-run
	practices --home another init --node ET-GMB-09 --no-passphrase \
	    --dry-run
	# Whatever else there is: without words of its own it says it, too.
	for command in assign decide 'consent add'; do
		# shellcheck disable=SC2086 # some are two words
		sat "${at_hub[@]}" $command "$ref"
		[[ $status -eq 2 || ${lines[0]-} == PRACTICE:* ]]
	done
}

@test "practice is told of a practice agreement, also without a home" {
	send --only "$(ref_of 8)"
	practices agreement check agreement.json
	practices agreement explain agreement.json
	practices agreement diff agreement.json agreement.json
	practices agreement sign agreement.json --party UNICEF \
	    --key unicef.key --dry-run
	practices verify stick --agreement agreement.json
	"$satchel" --home site keys sheet --recovery --out sheet.txt >/dev/null
	practices keys read sheet.txt
}

@test "a practice node with a passphrase says that it is practice, too" {
	echo 'some made-up words for this' >words
	sat --home new --passphrase-file words init --node ET-GMB-04
	ends 0
	no grep -q PRACTICE <<<"$output"
	"$satchel" --home new identity --out new.card >/dev/null
	agreement '(.nodes[] | select(.code == "ET-GMB-04")) |=
	    (.sign = [$new[0].sign] | .open = [$new[0].open])' 2>/dev/null ||
	    jq --slurpfile new new.card '(.nodes[] |
	    select(.code == "ET-GMB-04")) |= (.sign = [$new[0].sign] |
	    .open = [$new[0].open])' <(agreement) >new.json
	sign_agreement new.json
	sat --home new --passphrase-file words agreement adopt new.json \
	    --confirm "$(fingerprint new.json)"
	ends 0
	sat --home new --passphrase-file words inbox
	[[ ${lines[0]} == PRACTICE:* ]]
}

@test "a live node never says it is practice, and never becomes it" {
	echo 'some made-up words for this' >words
	sat --home new --passphrase-file words init --node ET-GMB-04
	"$satchel" --home new identity --out new.card >/dev/null
	jq --slurpfile new new.card '.environment = "live" | (.nodes[] |
	    select(.code == "ET-GMB-04")) |= (.sign = [$new[0].sign] |
	    .open = [$new[0].open])' <(agreement) >live.json
	sign_agreement live.json
	sat --home new --passphrase-file words agreement adopt live.json \
	    --confirm "$(fingerprint live.json)"
	ends 0
	no grep -q PRACTICE <<<"$output"
	sat --home new --passphrase-file words inbox
	no grep -q PRACTICE <<<"$output"
	jq '.environment = "test" | .version = 2' live.json >test.json
	sign_agreement test.json
	confirm=$(fingerprint test.json)
	for restart in '' --restart; do
		# shellcheck disable=SC2086 # none or one
		sat --json --home new --passphrase-file words \
		    agreement adopt test.json --confirm "$confirm" $restart
		ends 4 A116
	done
	# Who reports there must say who it is.
	sat --json --home new --passphrase-file words incident --lost-stick
	ends 2 N104
}
