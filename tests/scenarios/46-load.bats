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

# known NUMBER...: cases of the site that bear the child's number, and are of
# that child; but for what $but (JQ) changes.
known() {
	local n files=()
	for n in "$@"; do
		case_of "$n" ".data |= (.unhcr_individual_no = \"$child\" |
		    .name_first = \"Nyakuoth\" | .name_last = \"Example\" |
		    .name = \"Nyakuoth Example\" | .sex = \"female\" |
		    .date_of_birth = \"2015-05-11\") | ${but:-.}" \
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
	ends 3
	says '.loaded | length == 1 and (.[0] | .state == "held" and
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
	ends 3
	says '.loaded[0] | .state == "held" and .fault.code == "D112" and
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
	ends 3
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
	ends 5
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

@test "a server wants credentials; a format must be one" {
	asked
	before=$(state_of site)
	for word in primero-api progres-ping-api; do
		sat --json --home site --user primero_cp load --to "$word"
		ends 2 U101
	done
	sat --json --home site --user primero_cp load --to csv:written
	ends 2 U101
	same "$(state_of site)" "$before"
}

@test "of a load in part each has its own fault, and one looks" {
	asked "$twice | .Data[1].progres_primeroid = \"nobody-has-seen-this-1\""
	to primero
	ends 3
	says '[.loaded[] | [.state, .fault.code]] | sort ==
	    [["created", null], ["held", "D112"]]'
	says '.ok and .fault == null'
	# Now there is only what cannot be loaded.
	to primero
	ends 3 D112
	sat --home site --user primero_cp load --to primero:written
	no grep -q 'Nothing was ready' <<<"$output"
	grep -q 'Nothing was written' <<<"$output"
}

@test "what the agreement lacks is for the working group, not for again" {
	send --only "$(ref_of 1)"
	take stick
	# Which of two names proGres is to have, an agreement does not say.
	agreement '.version += 1 |
	    .maps.services |= map(.progres_in += ["Also \(.code)"])' \
	    >lacking.json
	sign_agreement lacking.json
	adopt lacking.json hub
	sat --json --home hub --user hub_admin load --to progres-dtp:loaded
	ends 4 A115
	says '.loaded[0] | .state == "failed" and
	    (.fault.detail | test("the agreement has more than one"))'
	same "$(find loaded -type f)" ""
}

@test "load lists nothing if there is nothing, and says so" {
	to primero
	ends 0
	says '.loaded == []'
	sat --home site --user primero_cp load --to primero:written
	grep -q 'Nothing was ready to be loaded' <<<"$output"
}

@test "an id with a # in it makes no referral, at either end" {
	case_of 1 '.data.services_section[0].unique_id |= "x#" + .' >mark.json
	send --from mark.json --consents "$examples/consents.ndjson"
	ends 3
	says '.referrals == [] and .passed_over.unreadable == 1'
	letter a
	head -n 1 good.ndjson | jq -c '.origin.service_id |= "x#" + . |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)"' |
	    revise >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	says '.counts.refuse == 1 and
	    ([.referrals[].rules[].id] | index("R-FORM") != null)'
}

@test "2: a case that bears the number and is of another child is left alone" {
	local row
	cp -a site site.before
	cp -a hub hub.before
	for row in 'name:.data.name_first = "Nyakim" | .data.name |= "Nyakim E"' \
	    'birth date:.data.date_of_birth = "2015-11-05"' \
	    'sex:.data.sex = "male"' \
	    'name, birth date:.data.name_last = "Other" |
	    .data.date_of_birth = "2015-04-02"'; do
		rm -rf site hub stick/*
		cp -a site.before site
		cp -a hub.before hub
		but=${row#*:} known 1
		asked
		to primero
		ends 3 D112
		echo "$row"
		says ".loaded[0] | .state == \"held\" and .file == null and
		    (.fault.detail | test(\"differs: ${row%%:*};\"))"
		same "$(find written -type f)" ""
	done
	sat --json --home site inbox --state staged
	says '.referrals | length == 1'
	to sheet --only "progres:$number"
	ends 0
}

@test "2: letter case and spaces of a name make no other child" {
	but='.data.name_first = " nyaKUOTH "' known 1
	asked
	to primero
	ends 0
	says '.loaded[0].state == "added"'
}

@test "2: a case that cannot be compared is left alone" {
	but='del(.data.date_of_birth) | .data.age = 11' known 1
	asked
	to primero
	ends 3 D112
	says '.loaded[0] | .state == "held" and (.fault.detail |
	    test("cannot be compared: birth date not known"))'
	same "$(find written -type f)" ""
}

# forged JQ: two interventions for one child, changed so, as a hub would send
# them that looks at nothing.
forged() {
	interventions "$twice" >asked.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from asked.json \
	    --consents "$examples/progres-consents.csv"
	peek back/*.satchel records/000001.ndjson >came
	letter c '.from = {node: "ET-HUB-02", sign: "'"$(public unused)"'"} |
	    .to = {node: "ET-GMB-03", open: "'"$(jq -r .open site.card)"'"}'
	jq -c "$1" came | revise >c/records/000001.ndjson
	post c c.satchel SIGN="$PWD/unused.key" \
	    TO="$(jq -r .open site.card) $(age-keygen -y recovery.key)"
	rm -r back/* asked.json came c
	sat --json --home site --user primero_cp import c.satchel
	says '[.referrals[].state] == ["staged", "staged"]'
}

@test "2: another child of proGres with the same number has no case yet" {
	forged 'if .ref | endswith("77") then .subject.name_first = "Nyakim"
	    else . end'
	to primero
	ends 3
	says '[.loaded[] | [.state, .fault.code]] | sort ==
	    [["created", null], ["held", "D112"]]'
	same "$(find written -type f | wc -l)" 1
}

@test "2: two children whose number is N/A are two cases" {
	forged '.consent.subject_ref = "N/A" |
	    .subject.unhcr_individual_no = "N/A" |
	    if .ref | endswith("77") then .subject.sex = "male" else . end'
	to primero
	ends 0
	says '[.loaded[].state] == ["created", "created"]'
	says '[.loaded[].target_id] | unique | length == 2'
}

@test "6: after a sheet that was keyed in, the next one makes no second case" {
	asked
	to sheet
	ends 0
	sat --json --home site --user primero_cp answer \
	    --ref "progres:$number" --target-id CASE-77 --decision accepted
	ends 0
	rm written/*
	asked "$twice"
	to primero
	ends 3 D112
	says '.loaded | length == 1 and (.[0].fault.detail |
	    test("its id is not known"))'
	same "$(find written -type f)" ""
	# By sheet it goes as the first one did.
	to sheet
	ends 0
	says '.loaded | length == 1'
}

@test "7: what a known case is not told of the child is listed" {
	known 1
	asked
	to primero
	ends 0
	says '.loaded[0] | .state == "added" and (["name_first", "sex",
	    "date_of_birth", "unhcr_individual_no"] - .not_kept == []) and
	    ([.not_kept[] | test("^(service|sender)")] | any | not)'
}

@test "7: a new case is told all of the child" {
	asked
	to primero
	ends 0
	says '.loaded[0] | .state == "created" and .not_kept == []'
}

@test "7: whom it is meant for reaches proGres as a line" {
	letter a
	head -n 1 good.ndjson | jq -c '.to_user = "hub_admin"' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	load_all
	ends 0
	grep -qF 'Meant for user: hub_admin' "loaded/$(jq -r '.loaded[0].file' \
	    <<<"$output")"
}

@test "11: a sheet of what was held counts when it has been put right" {
	letter a
	head -n 1 good.ndjson >whole
	jq -c 'del(.subject.name_last)' whole | revise >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	sat --json --home hub --user hub_admin load --to sheet:written \
	    --only "$(ref_of 1)"
	ends 0
	letter b "$(follows a a.satchel)"
	cp whole b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	ends 0
	sat --json --home hub inbox --state staged
	says '.referrals | length == 1'
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --target-id 4711
	ends 0
	# It is in proGres: nothing is written for it a second time.
	load_all
	says '.loaded == []'
	same "$(find loaded -type f)" ""
	rm whole
}
