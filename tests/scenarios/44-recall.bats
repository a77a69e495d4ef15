#!/usr/bin/env bats
# What was sent is withdrawn: by a person, or because a case says no since.
# However the recall and its referral cross, the referral is not loaded.

load sites

setup_file() {
	# One who may export there, and not load.
	world '(.nodes[] | select(.code == "ET-HUB-01")).users |= . + [
	    .[0] | .user = "hub_reader" | .may = ["export"]]'
}

setup() {
	enter
	id=$(case_of 1 | jq -r '.[0].data.case_id')
	ref=$(ref_of 1)
}

teardown() {
	leaks_nothing
}

recall() {
	sat --json --home site --user primero_cp recall "$@"
}

# carry FOLDER [OPTION...]: what is owed, or what is said, as one bundle there.
carry() {
	local to=$1
	shift
	mkdir -p "$to"
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out "$to" "$@"
}

# back FOLDER: what the hub owes the site, and the site takes it.
back() {
	mkdir -p "$1"
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out "$1"
	ends 0
	sat --json --home site --user primero_cp import "$1"
}

# only FILE: the first case, changed by JQ, as a file.
only() {
	case_of 1 "${2:-.}" >"$1"
}

of_example() {
	echo --from "$1" --consents "$examples/consents.ndjson"
}

inbox() {
	sat --json --home "$1" inbox
}

state_at() {
	inbox "$1"
	jq -r --arg ref "$ref" '[.referrals[] | select(.ref == $ref) |
	    .state] | join(",")' <<<"$output"
}

sent_one() {
	only one.json
	# shellcheck disable=SC2046 # several words
	carry "$1" $(of_example one.json)
	says '[.referrals[] | select(.state == "sent")] | length > 0'
}

@test "a recall reaches the node that got it, and is confirmed" {
	sent_one a
	recall "$id" --reason consent_withdrawn
	ends 3
	says '.recalled[0].to == ["ET-HUB-01"] and .counts.recall > 0'
	# The stick may be stopped still.
	says '.under_way[0].carried and (.under_way[0].file | endswith(".satchel"))'
	take a
	carry b
	ends 0
	take b
	ends 3
	same "$(state_at hub)" recalled
	load_all
	says '[.loaded[]? | select(.file != null)] == []'
	inbox site
	says '.recalls[0].waiting_for == ["ET-HUB-01"]'
	back c
	inbox site
	ends 0
	says '.recalls == []'
	# It goes no more, and takes nobody's time.
	carry d
	says '.bundles == []'
}

@test "a recall is for the child: all its referrals, those to come, too" {
	only one.json '.data.services_section += [.data.services_section[0] |
	    .unique_id = "11111111-6023-46e3-a92d-094162fb7308"]'
	# shellcheck disable=SC2046
	carry a $(of_example one.json)
	recall "$(cut -c 1-9 <<<"$id")" --reason consent_withdrawn
	says '.recalled | length == 2'
	only one.json '.data.services_section = [.data.services_section[0] |
	    .unique_id = "22222222-6023-46e3-a92d-094162fb7308"]'
	# shellcheck disable=SC2046
	carry b $(of_example one.json)
	ends 3
	says '[.referrals[] | .rules[] | select(.id == "L-TOMB") | .verdict] ==
	    ["refuse"]'
}

@test "what was recalled is not sent again; consent given later is looked at" {
	sent_one a
	recall "$ref" --reason consent_withdrawn --on 2026-09-01
	# shellcheck disable=SC2046
	carry b $(of_example one.json)
	ends 3
	says '.referrals[0].state == "recalled" and .counts.refuse == 1'
	no grep -q . <(peek b/*.satchel records/000001.ndjson |
	    jq -c 'select(.type == "referral")')
	jq -c --arg id "$id" 'select(.subject_ref == $id) |
	    .given_on = "2026-09-02" | (.given_by[]?.on) = "2026-09-02"' \
	    "$examples/consents.ndjson" >later.ndjson
	carry c --from one.json --consents later.ndjson
	says '[.referrals[].rules[] | select(.id == "L-TOMB") | .verdict] ==
	    ["hold"]'
}

@test "what never went is marked, and does not go" {
	only one.json
	sat --home site --user primero_cp export --to ET-HUB-01 --dry-run \
	    --from one.json --consents "$examples/consents.ndjson"
	recall "$id" --reason consent_withdrawn
	ends 2 R101
	only one.json '.data.consent_for_services = false'
	# shellcheck disable=SC2046
	carry a $(of_example one.json)
	recall "$id" --reason consent_withdrawn
	ends 0
	says '.recalled[0].to == []'
	sent_one_refused
}

sent_one_refused() {
	only one.json
	# shellcheck disable=SC2046
	carry b $(of_example one.json)
	ends 3
	says '[.referrals[] | select(.state == "sent")] == []'
}

@test "a case that says no since drafts a recall; nothing is sent by itself" {
	sent_one a
	only one.json '.data.disclosure_other_orgs = false'
	# shellcheck disable=SC2046
	carry b $(of_example one.json)
	ends 3
	inbox site
	ends 3
	says '.drafts[0].to == ["ET-HUB-01"] and .drafts[0].rule != null'
	carry c
	says '.bundles == []'
	sat --home site inbox
	[[ $output == *'consent changed after sending to ET-HUB-01'* ]]
	recall --drafted --dry-run
	inbox site
	says '.drafts | length == 1'
	recall --drafted
	says '.recalled[0].reason == "consent_withdrawn"'
	inbox site
	says '.drafts == [] and (.recalls | length == 1)'
}

@test "a case that is not in the file any more drafts nothing" {
	sent_one a
	case_of 2 >two.json
	# shellcheck disable=SC2046
	carry b $(of_example two.json)
	inbox site
	says '.drafts == []'
}

@test "a yes that is back takes the draft away" {
	sent_one a
	only one.json '.data.disclosure_other_orgs = false'
	# shellcheck disable=SC2046
	carry b $(of_example one.json)
	only one.json
	# shellcheck disable=SC2046
	carry c $(of_example one.json)
	inbox site
	says '.drafts == []'
}

@test "what was loaded is undone by a person, and only then confirmed" {
	sent_one a
	take a
	load_all
	recall "$id" --reason consent_withdrawn
	carry b
	take b
	ends 3
	inbox hub
	ends 3
	says '.referrals[0].state == "recalled"'
	back c
	ends 3
	inbox site
	says '.recalls[0].waiting_for == ["ET-HUB-01"]'
	sat --json --home hub --user hub_admin load --to progres-ping:loaded
	ends 3
	says '.loaded[0].undo and (.loaded[0].file | endswith("-undo.html"))'
	same "$(stat -c %a loaded/*-undo.html)" 600
	grep -q 'closed\|close it' loaded/*-undo.html
	grep -qF "$ref" loaded/*-undo.html
	# Once is enough, unless it is asked for.
	sat --json --home hub --user hub_admin load --to progres-ping:loaded
	says '.loaded == []'
	sat --json --home hub --user hub_admin recall --undone "$ref"
	ends 0
	back d
	ends 0
	inbox site
	ends 0
	says '.recalls == []'
	inbox hub
	ends 0
	sat --json --home hub --user hub_admin recall --undone "$ref"
	ends 2 R103
}

@test "a newer version that is refused there does not unsay what is loaded" {
	sent_one a
	take a
	load_all
	back b
	sat --json --home site why "$ref"
	says '.referrals[0] | .progress == "loaded" and (has("newer") | not)'
	only one.json '.data.name_first = "Renamed"'
	# shellcheck disable=SC2046 # several words
	carry c $(of_example one.json)
	take c
	sat --json --home hub inbox --state held
	held=$(jq -r '.referrals[0].ref' <<<"$output")
	back d
	sat --json --home site why "$ref"
	says '.referrals[0] | .progress == "loaded" and .newer == "held"'
	sat --json --home hub --user hub_admin decide "$held" --refuse \
	    --reason "another child's name"
	back e
	sat --json --home site why "$ref"
	says '.referrals[0] | .progress == "loaded" and .newer == "refused"'
	sat --home site why "$ref"
	grep -q 'An earlier version is loaded there' <<<"$output"
	sat --json --home site status
	says '.status.partners[0].referrals_refused == 1'
	# A withdrawal ends both.
	recall "$id" --reason consent_withdrawn
	carry f
	take f
	sat --json --home hub --user hub_admin load --to progres-ping:loaded
	sat --json --home hub --user hub_admin recall --undone "$ref"
	back g
	sat --json --home site why "$ref"
	says '.referrals[0] | .progress == "recalled" and (has("newer") | not)'
}

@test "threat 11: a load that was killed at any write, and then a recall" {
	local n with=0
	sent_one a
	take a
	recall "$id" --reason consent_withdrawn
	carry b
	mkdir before
	cp -a hub site before
	for n in 4 8 12 16 20 24 28 32 36 40 48 56 64 80 96 128; do
		rm -rf hub site loaded c
		cp -a before/. .
		mkdir loaded
		# The write that goes beyond is its last one.
		run bash -c "ulimit -c 0 -f $n && exec '$satchel' --home hub \
		    --user hub_admin load --to progres-ping:loaded"
		take b
		sat --json --home hub status
		if [ -n "$(find loaded -name '*.json')" ]; then
			says '.status.here.undo == 1'
			with=$((with + 1))
		fi
		back c
		inbox site
		[ -z "$(find loaded -name '*.json')" ] ||
		    says '.recalls[0].waiting_for == ["ET-HUB-01"]'
	done
	[ "$with" -gt 0 ]
}

@test "undoing needs the right to load" {
	sent_one a
	take a
	load_all
	recall "$id" --reason sent_in_error
	carry b
	take b
	sat --json --home hub --user hub_reader recall --undone "$ref"
	ends 4 N106
}

@test "not confirmed in time: overdue, and it says so" {
	sent_one a
	take a
	recall "$id" --reason consent_withdrawn
	at '+2 days' --json --home site inbox
	ends 3
	says '.recalls[0].overdue'
}

@test "threat 11: whatever order they come in, the referral is not loaded" {
	sent_one a
	recall "$id" --reason consent_withdrawn
	carry b
	case_of 2 >two.json
	# shellcheck disable=SC2046
	carry c $(of_example two.json)
	cp -a hub fresh
	for order in 'a b c' 'a c b' 'b a c' 'b c a' 'c a b' 'c b a' \
	    'b a' 'c a' 'a c' 'a b' 'b a b a' 'a a b b c' 'c b a c b a'; do
		rm -rf hub
		cp -a fresh hub
		for name in $order; do
			take "$name"
			[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
		done
		rm -f loaded/*
		load_all
		says '[.loaded[] | select(.ref == "'"$ref"'" and
		    .file != null)] == []' || {
			echo "order: $order"
			return 1
		}
	done
}

@test "a name that fits two children recalls nothing" {
	only one.json
	case_of 2 | jq -c --arg number "$(case_of 1 |
		jq -r '.[0].data.unhcr_individual_no')" \
	    '.[0].data.unhcr_individual_no = $number' >two.json
	carry a --from one.json --from two.json \
	    --consents "$examples/consents.ndjson"
	before=$(state_of site)
	recall "$(case_of 1 | jq -r '.[0].data.unhcr_individual_no')" \
	    --reason other
	ends 2 R102
	same "$(state_of site)" "$before"
}

@test "what came here is not recalled here" {
	sent_one a
	take a
	sat --json --home hub --user hub_admin recall "$ref" --reason other
	ends 2 R103
}

@test "it goes to every node that ever got it" {
	sent_one a
	only one.json '.data.services_section[0].service_referral_notes = "x"'
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --out stick --from one.json --consents "$examples/consents.ndjson"
	says '.referrals[0].state == "sent"'
	recall "$ref" --reason duplicate
	says '.recalled[0].to == ["ET-HUB-01", "ET-HUB-02"]'
	for node in ET-HUB-01 ET-HUB-02; do
		mkdir "to-$node"
		sat --json --home site --user primero_cp export --to "$node" \
		    --out "to-$node"
		peek "to-$node"/*.satchel records/000001.ndjson |
			jq -e --arg ref "$ref" 'select(.type == "recall") |
			    .ref == $ref and .sequence == 2'
	done
}

@test "a bundle that has not left this node is named" {
	sent_one a
	# As after a stick that was full: it was made, and is here alone.
	if ! command -v sqlite3 >/dev/null; then
		skip "no sqlite3 here"
	fi
	sqlite3 site/store.db 'UPDATE made SET carried = 0'
	sat --home site --user primero_cp recall "$id" --reason other
	ends 3
	[[ $output == *"$(basename a/*.satchel), number 1 to ET-HUB-01"* ]]
	[[ $output == *'has not left this node'* ]]
}

@test "a bundle that is known to have arrived is not looked for" {
	sent_one a
	take a
	back b
	recall "$id" --reason other
	ends 0
	says '.under_way == []'
}

@test "a recall that comes twice, and one that adds nothing" {
	sent_one a
	recall "$id" --reason consent_withdrawn
	says '.counts.recall == 1'
	before=$(state_of site)
	recall "$id" --reason consent_withdrawn
	says '[.recalled[].news] | any | not'
	says '.counts.recall == 0'
	recall "$id" --reason duplicate
	same "$(state_of site)" "$before"
	recall "$id" --reason consent_withdrawn --dry-run
	same "$(state_of site)" "$before"
}

@test "wrong words change nothing" {
	sent_one a
	before=$(state_of site)
	for words in "$ref" "$ref --reason because" "--reason other" \
	    "$ref --reason other --on yesterday" "$ref --drafted" \
	    "$ref --reason other --on 2099-01-01" "--undone" \
	    "$ref --undone --reason other"; do
		# shellcheck disable=SC2086
		recall $words
		ends 2
	done
	same "$(state_of site)" "$before"
}

@test "a case that Primero took over is undone there: revoke before untick" {
	mkdir back written
	jq '.Data |= .[:1] | .RecordCount = 1' "$examples/interventions.json" \
	    >asked.json
	number=$(jq -r '.Data[0].progres_interventionnumber' asked.json)
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from asked.json \
	    --consents "$examples/progres-consents.csv"
	rm asked.json
	sat --json --home site --user primero_cp import back
	sat --json --home site --user primero_cp load --to primero:written \
	    --only "progres:$number"
	says '.loaded[0].state == "created"'
	sat --json --home hub --user hub_admin recall "progres:$number" \
	    --reason consent_withdrawn
	ends 3
	rm back/*
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	ends 3
	sat --home site inbox
	[[ $output == *'recall --undone REF'* ]]
	sat --json --home site --user primero_cp load --to sheet:written \
	    --dry-run
	same "$(find written -name '*-undo.html')" ""
	sat --json --home site --user primero_cp load --to primero:written
	ends 3
	# First the referral, then the ticks.
	tr '\n' ' ' <written/*-undo.html |
		grep -q 'DELETE /api/v2/cases/.*take the ticks of consent away'
	rm -r back written
	sat --json --home site --user primero_cp recall --undone "$number"
	ends 0
}

@test "what is to be undone stands before everything else" {
	send
	take stick
	load_all --only "$ref"
	recall "$ref" --reason consent_withdrawn
	carry b
	take b
	inbox hub
	ends 3
	says '.referrals[0].ref == "'"$ref"'" and (.referrals | length > 1)'
	says '[.referrals[] | select(.ref == "'"$ref"'")] | length == 1'
}

@test "withdrawn at its source, it is not loaded though the recall is late" {
	sent_one a
	take a
	recall "$id" --reason consent_withdrawn
	carry lost
	rm -r lost
	carry b
	take b
	ends 3
	says '.bundles[0].missing == [2]'
	same "$(state_at hub)" recalled
}

# recalls FILE: how many are in a bundle.
recalls() {
	peek "$1" totals.json | jq .records.recall
}

@test "that it was read is not that it is done: it goes until it is" {
	sent_one a
	take a
	load_all
	recall "$id" --reason consent_withdrawn
	carry b
	take b
	back c
	ends 3
	# It has acknowledged the bundle, and the child's data is there still.
	for folder in d e; do
		carry "$folder"
		same "$(recalls "$folder"/*.satchel)" 1
		take "$folder"
		ends 0
	done
	load_all
	sat --json --home hub --user hub_admin recall --undone "$ref"
	back f
	ends 0
	inbox site
	says '.recalls == []'
	carry g
	says '.bundles == []'
}

@test "read, and then done, in one bundle: what is said is that it is done" {
	sent_one a
	take a
	load_all
	recall "$id" --reason consent_withdrawn
	carry b
	take b
	load_all
	sat --json --home hub --user hub_admin recall --undone "$ref"
	mkdir c
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out c
	peek c/*.satchel records/000001.ndjson |
		jq -es --arg ref "$ref" '[.[].referrals[]? |
		    select(.ref == $ref) | .state][-2:] == ["loaded", "recalled"]'
	sat --home site --user primero_cp import c
	ends 0
	same "$(grep -c 'is confirmed' <<<"$output")" 1
	no grep -q 'to be undone' <<<"$output"
}

@test "put back from a backup: no number that was used twice hides a recall" {
	sent_one a
	cp -a site backup
	take a
	load_all
	# shellcheck disable=SC2046
	carry b $(of_example "$examples/cases.json")
	take b
	rm -r site
	mv backup site
	recall "$id" --reason consent_withdrawn
	carry c
	take c
	ends 4 B212
	# The hub says that it has number 2: that is another bundle.
	back d
	ends 3
	says '.notices | tostring | test("B212")'
	sat --json --home site status
	says '.status.partners[] | select(.node == "ET-HUB-01") |
	    .owed.recall == 1 and .recalls_waiting == 1'
	# Number 3 names our own number 2 as the one before it.
	carry e
	take e
	ends 4 B213
	carry f
	same "$(recalls f/*.satchel)" 1
	take f
	ends 3
	same "$(state_at hub)" recalled
	inbox hub
	says '.referrals[0].ref == "'"$ref"'"'
	load_all
	sat --json --home hub --user hub_admin recall --undone "$ref"
	back g
	inbox site
	says '.recalls == []'
}

@test "what waits here goes to the stick after what withdraws it" {
	sent_one lost
	sat --home site incident --lost-stick
	recall "$ref" --reason consent_withdrawn
	carry a
	says '.bundles | map(.sequence) == [2, 1]'
	take a
	load_all
	says '[.loaded[] | select(.file != null)] == []'
}

@test "resend: what was withdrawn since does not go without its withdrawal" {
	sent_one a
	recall "$ref" --reason consent_withdrawn
	before=$(state_of site)
	mkdir new
	sat --json --home site resend 1 --to ET-HUB-01 --out new
	ends 2 N121
	same "$(bundles_on new)" 0
	same "$(state_of site)" "$before"
	sat --json --home site resend 1 --to ET-HUB-01 --dry-run
	ends 2 N121
	# It was carried, and that stick was lost.
	carry lost
	sat --json --home site resend 1 --to ET-HUB-01 --dry-run
	ends 0
	says '.bundles | map(.sequence) == [2, 1]'
	same "$(bundles_on new)" 0
	sat --json --home site resend 1 2 --to ET-HUB-01 --out new
	ends 0
	says '.bundles | map(.sequence) == [2, 1]'
	take new
	load_all
	says '[.loaded[] | select(.file != null)] == []'
	# Known over there, it need not go with it any more.
	back c
	rm new/*
	sat --json --home site resend 1 --to ET-HUB-01 --out new
	says '.bundles | map(.sequence) == [1]'
}

@test "what may still be stopped is named by its number, and not sent again" {
	case_of 2 >two.json
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --out stick --from two.json --consents "$examples/consents.ndjson"
	sent_one a
	sat --home site --user primero_cp recall "$ref" --reason other
	ends 3
	grep -qF "$(basename a/*.satchel), number 1 to ET-HUB-01" <<<"$output"
	grep -q -- 'export --to ET-HUB-01 .* --only REF' <<<"$output"
	no grep -q resend <<<"$output"
}
