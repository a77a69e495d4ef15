#!/usr/bin/env bats
# What is ready is written for every system there is: for a child whose case is
# known, into that case; for who has no interface, as a sheet.

load sites

setup_file() {
	world '(.flows[] | select(.from == "UNHCR")).fields +=
	    ["other_id_type", "other_id_no"]'
	mkdir back written
	# The children of the interventions must not show anywhere either.
	jq -r '.Data[] | to_entries[] | select(.key |
	    test("givenname|familyname|progres_id$|registrationgroup")) |
	    .value | strings' "$examples/interventions.json" |
	    awk 'length >= 6' >>canaries
}

setup() {
	enter
	number=$(jq -r '.Data[0].progres_interventionnumber' \
	    "$examples/interventions.json")
	child=$(jq -r '.Data[0]["progres_individual.individuals.progres_id"]' \
	    "$examples/interventions.json")
}

teardown() {
	rm -f asked.json
	leaks_nothing
}

# interventions [JQ]: the first of the examples alone, changed.
interventions() {
	jq --arg n "$number" '.Data |= map(select(
	    .progres_interventionnumber == $n)) | '"${1:-.}"' |
	    .RecordCount = (.Data | length)' "$examples/interventions.json"
}

# asked [JQ]: they come to the site.
asked() {
	interventions "${1:-.}" >asked.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from asked.json \
	    --consents "$examples/progres-consents.csv"
	sat --json --home site --user primero_cp import back
	rm back/*
}

# twice: JQ for a second intervention for the same child.
twice='.Data |= (. + map(.progres_interventionnumber = "900-26-PRTITV-0000077" |
    .progres_lpinterventionid = "77777777-269e-4d37-b2a7-4de452e6b438"))'

# known NUMBER...: cases of the site that bear the child's number.
known() {
	local n files=()
	for n in "$@"; do
		case_of "$n" ".data.unhcr_individual_no = \"$child\"" \
		    >"known$n.json"
		files+=(--from "known$n.json")
	done
	send "${files[@]}" --consents "$examples/consents.ndjson"
	rm known*.json
}

to() {
	sat --json --home site --user primero_cp load --to "$1:written" "${@:2}"
}

# body NUMBER: what the last load wrote, by its place in the list.
body() {
	jq -S . "written/$(jq -r ".loaded[$1].file" <<<"$output")"
}

@test "a new child becomes a case of Primero, its next referral a row of it" {
	asked "$twice"
	to primero
	ends 0
	says '[.loaded[].state] == ["created", "added"]'
	says '[.loaded[].target_id] | unique | length == 1'
	says '[.loaded[] | .fault == null and .answer == false and
	    (.file | test("^[0-9a-f]{12}\\.json$"))] | all'
	id=$(jq -r '.loaded[0].target_id' <<<"$output")
	body 0 | jq -e --arg id "$id" '.method == "POST" and
	    .path == "/api/v2/cases" and .body.data.id == $id and
	    .body.data.owned_by == "satchel_intake"'
	body 1 | jq -e --arg id "$id" '.method == "PATCH" and
	    .path == "/api/v2/cases/\($id)" and
	    (.body.data | keys == ["services_section"])'
	same "$(find written -type f ! -perm 600)" ""
	to primero
	says '(.loaded // []) == []'
}

@test "a child whose case is known gets a row in that case and nothing else" {
	known 1
	asked
	to primero
	ends 0
	id=$(case_of 1 | jq -r '.[0].id')
	says ".loaded | length == 1 and (.[0] | .state == \"added\" and
	    .target_id == \"$id\")"
	body 0 | jq -e --arg id "$id" '.method == "PATCH" and
	    .path == "/api/v2/cases/\($id)" and
	    (.body.data | keys == ["services_section"])'
}

@test "1: of several cases with the child's number none is taken" {
	known 1 8
	asked
	to primero
	ends 7
	says '.loaded | length == 1 and (.[0] | .state == "failed" and
	    .file == null and .fault.code == "D112" and
	    (.fault.detail | test("2 cases bear this child")))'
	same "$(find written -type f)" ""
	sat --json --home site inbox --state staged
	says '.referrals | length == 1'
	# A person keys it in.
	to sheet --only "progres:$number"
	ends 0
}

@test "a case that proGres names is the one, or nothing is written" {
	asked '.Data[].progres_primeroid = "nobody-has-seen-this-1"'
	says '.referrals | length == 1'
	to primero
	ends 7
	says '.loaded[0] | .state == "failed" and .fault.code == "D112" and
	    (.fault.detail | test("has not seen"))'
	same "$(find written -type f)" ""
}

@test "a case that proGres names and that was sent from here is found" {
	known 1
	case_id=$(case_of 1 | jq -r '.[0].data.case_id')
	asked ".Data[].progres_primeroid = \"$case_id\""
	to primero
	ends 0
	says ".loaded[0] | .state == \"added\" and
	    .target_id == \"$(case_of 1 | jq -r '.[0].id')\""
}

@test "a case that proGres names and another with the number: neither" {
	known 1
	case_of 8 >eight.json
	send --from eight.json --consents "$examples/consents.ndjson"
	rm eight.json
	asked ".Data[].progres_primeroid =
	    \"$(case_of 8 | jq -r '.[0].data.case_id')\""
	to primero
	ends 7
	says '.loaded[0].fault | .code == "D112" and (.detail | test("another"))'
	same "$(find written -type f)" ""
}

@test "a load that broke off makes the same files again" {
	asked "$twice"
	cp -a site before
	to primero
	ends 0
	rm -r site
	mv before site
	to primero
	ends 0
	says '[.loaded[].state] == ["unchanged", "unchanged"]'
	same "$(find written -type f | wc -l)" 2
	to primero
	says '(.loaded // []) == []'
}

@test "a dry run says the same and writes nothing" {
	asked "$twice"
	before=$(state_of site)
	to primero --dry-run
	ends 0
	says '[.loaded[].state] == ["created", "added"]'
	same "$(find written -type f)" ""
	same "$(state_of site)" "$before"
}

@test "nothing is loaded back into the system it came from" {
	asked
	to progres-ping
	ends 3
	says '(.loaded // []) == [] and (.notices | length == 1)'
	to progres-dtp --only "progres:$number"
	ends 7
	says '.loaded[0] | .state == "failed" and .fault.code == "D111"'
	same "$(find written -type f)" ""
}

@test "a sheet for whoever has no interface" {
	asked
	to sheet
	ends 0
	says '.loaded[0] | .state == "created" and
	    (.file | test("^[0-9a-f]{12}\\.html$"))'
	file=written/$(jq -r '.loaded[0].file' <<<"$output")
	grep -q "satchel answer --ref" "$file"
	no grep -qi '<script' "$file"
	same "$(stat -c %a "$file")" 600
	sat --json --home site --user primero_cp answer \
	    --ref "progres:$number" --target-id 1234 --decision accepted
	ends 0
	says '.answers[0].state == "taken"'
}

@test "a sheet of what is held for missing fields, when it is named" {
	letter a
	head -n 1 good.ndjson | jq -c 'del(.subject.name_last) |
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1'
	says '[.referrals[0].rules[] | select(.verdict == "hold") | .id] ==
	    ["D-MIN"]'
	hub() {
		sat --json --home hub --user hub_admin "$@"
	}
	hub load --to sheet:written --only primero:99999999
	ends 0
	says '.loaded[0] | .state == "created" and .file != null'
	grep -qi 'missing' "written/$(jq -r '.loaded[0].file' <<<"$output")"
	hub inbox --state held
	says '.referrals | length == 1'
	# No other format takes it, and without its name no sheet does.
	hub load --to progres-ping:loaded --only primero:99999999
	ends 2 R103
	hub load --to sheet:written
	says '(.loaded // []) == []'
	hub load --to sheet:written --only primero:99999999
	says '.loaded[0].state == "unchanged"'
	# The sheet comes back: it is in proGres now, and the sender learns it.
	hub answer --ref primero:99999999 --target-id 4711
	ends 0
	hub inbox --state loaded
	says '[.referrals[].ref | test("99999999")] | any'
}

@test "what is held for another reason has no sheet" {
	letter a
	head -n 1 good.ndjson | jq -c 'del(.subject.name_last) |
	    .consent.given_on = "2023-01-01" |
	    .consent.given_by |= map(.on = "2023-01-01") |
	    .consent.events |= map(.on = "2023-01-01")' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	sat --json --home hub --user hub_admin load --to sheet:written \
	    --only "$(ref_of 1)"
	ends 2 R103
	same "$(find written -type f)" ""
}

@test "DTP gets a body of its own" {
	send --only "$(ref_of 1)"
	take stick
	sat --json --home hub --user hub_admin load --to progres-dtp:loaded
	ends 0
	file=loaded/$(jq -r '.loaded[0].file' <<<"$output")
	ref=$(ref_of 1)
	same "$(jq -r .id "$file")" \
	    "$(sed 's/^primero://; s/#.*-/#/' <<<"$ref")"
	same "$(jq -r .request_type "$file")" ReceiveIncomingReferral
}

@test "what is loaded tells people what the other system cannot keep" {
	send --only "$(ref_of 1)"
	take stick
	sat --json --home hub --user hub_admin load --to progres-ping:loaded
	ends 0
	says '.loaded[0].not_kept | type == "array"'
}

@test "the inbox names the system of this node" {
	asked
	sat --home site inbox
	grep -q '1 ready: satchel load --to primero:DIR' <<<"$output"
	send --only "$(ref_of 1)"
	take stick
	sat --home hub inbox
	grep -q '1 ready: satchel load --to progres-ping:DIR' <<<"$output"
}

@test "a server is for a later version; a format must be one" {
	asked
	before=$(state_of site)
	for word in primero-api progres-ping-api; do
		sat --json --home site --user primero_cp load --to "$word"
		ends 2 U102
	done
	sat --json --home site --user primero_cp load --to csv:written
	ends 2 U101
	same "$(state_of site)" "$before"
}
