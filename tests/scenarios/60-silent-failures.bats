#!/usr/bin/env bats
# Fifteen ways in which the online integration of Primero and proGres fails
# without a word.  Each has a scenario here, named by its number, that shows what
# happens instead.

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

# send_one FILE: a file of one case with the examples' register.
send_one() {
	send --from "$1" --consents "$examples/consents.ndjson"
}

# rule ID [FIELD]: the one referral was held by that rule, for that field.
held_by() {
	ends 3
	says '.counts.hold == 1 and .counts.share + .counts.strip == 0'
	says ".referrals[0].rules | map(select(.id == \"$1\")) | .[0] |
	    .text != \"\" and (.fields | index(\"${2:-}\") != null or
	    \"${2:-}\" == \"\")"
	same "$(bundles_on stick)" 0
}

# arrives: what is on the stick is staged and loaded; its body is at ./body.
arrives() {
	take stick
	ends 0
	load_all
	ends 0
	says '.loaded | length == 1'
	cp "loaded/$(jq -r '.loaded[0].file' <<<"$output")" body
}

# value NAME: of a field in the body; empty if it is not there.
value() {
	jq -r --arg name "$1" '.Data[0].Fields[] | select(.Name == $name) |
	    .Value' body
}

# under NODES JQ: they adopt version 2 of the agreement, changed so.
under() {
	agreement "$2 | .version = 2" >next.json
	sign_agreement next.json
	# shellcheck disable=SC2086 # several nodes are several words
	adopt next.json $1
}

# answered JQ: the second hub tells the site something about a referral.
answered() {
	letter back '.from = {node: "ET-HUB-02", sign: "'"$(public unused)"'"} |
	    .to = {node: "ET-GMB-03", open: "'"$(jq -r .open site.card)"'"}'
	jq -cn --arg ref "$(ref_of 1)" "$1" >back/records/000001.ndjson
	post back back.satchel SIGN="$PWD/unused.key" \
	    TO="$(jq -r .open site.card) $(age-keygen -y recovery.key)"
	sat --json --home site --user primero_cp import back.satchel
}

# refer [JQ]: the hub sends the first intervention of proGres, its file changed
# so, and the site takes it.
refer() {
	jq ".Data |= .[:2] | .RecordCount = 2 | ${1:-.}" \
	    "$examples/interventions.json" >pg.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick --from pg.json \
	    --consents "$examples/progres-consents.csv"
	ends 0
	sat --json --home site --user primero_cp import stick
	ends 0
	rm pg.json
}

number=900-26-PRTITV-0000001

# to_primero: what came is written for Primero.
to_primero() {
	sat --json --home site --user primero_cp load --to primero:loaded
}

# primero_said JQ: Primero's own file of the case that was made of it, changed.
primero_said() {
	jq -s "map(select(.method == \"POST\").body.data) | map(. + {case_id: .id}
	    | $1)" loaded/*.json >answered.json
	sat --json --home site --user primero_cp answer --from answered.json
}

@test "1: where several cases bear the child's number, none is chosen" {
	individual=$(jq -r '.Data[0] |
	    .["progres_individual.individuals.progres_id"]' \
	    "$examples/interventions.json")
	for n in 1 8; do
		case_of "$n" ".data.unhcr_individual_no = \"$individual\"" \
		    >"$n.json"
	done
	send --from 1.json 8.json --consents "$examples/consents.ndjson"
	ends 0
	rm stick/*
	refer
	to_primero
	says '.loaded | length == 1 and .[0].state == "held" and
	    .[0].file == null and .[0].fault.code == "D112"'
	same "$(find loaded -type f)" ""
	sat --json --home site inbox --state staged
	says '.referrals | length == 1'
}

@test "1: where one number fits several, none is taken by itself" {
	letter a
	{
		head -n 1 good.ndjson
		sed -n 2p good.ndjson |
		    jq -c --slurpfile one <(head -n 1 good.ndjson) \
		    '.subject.unhcr_individual_no =
		    $one[0].subject.unhcr_individual_no' | revise
	} >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 0
	number=$(head -n 1 good.ndjson | jq -r .subject.unhcr_individual_no)
	run --separate-stderr "$satchel" --json --home hub why "$number"
	ends 2 R102
}

@test "2: a number without its three parts still takes the decision back" {
	refer
	to_primero
	ends 0
	for parts in 1 2 3; do
		cp -a site "site$parts"
	done
	for parts in 1 2 3; do
		rm -r site
		mv "site$parts" site
		primero_said ".services_section[0] |= (.unhcr_referral_status =
		    \"accepted\" | .progres_interventionnumber |=
		    (split(\",\")[:$parts] | join(\",\")))"
		ends 0
		says ".answers == [] or (.answers | length == 1 and
		    .[0].state == \"taken\" and .[0].decision == \"accepted\" and
		    .[0].ref == \"progres:$number\")"
		says '.answers | length == 1'
	done
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	take stick
	says '.counts.answer == 1'
	rm loaded/*
	load_all
	ends 0
	cp loaded/*.json body
	# The three parts came with the referral, and were never lost.
	same "$(value progres_primerotransferstatus)" 125080003
	same "$(value progres_lpinterventionid)" "$(jq -r \
	    '.Data[0].progres_lpinterventionid' "$examples/interventions.json")"
	rm answered.json body
}

@test "2: a decision without the intervention's own ids is told, not dropped" {
	refer '.Data[] |= del(.progres_lpinterventionid)'
	to_primero
	primero_said '.services_section[0].unhcr_referral_status = "accepted"'
	ends 0
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
	rm loaded/*
	load_all
	says '.loaded | length == 1 and .[0].state == "failed" and
	    .[0].fault.code == "D111"'
	[ "$status" -ne 0 ]
	# It waits, and is told again the next time.
	load_all
	says '.loaded | length == 1'
	rm answered.json
}

@test "3: the agency counts in any letter case, and a misspelt one is told" {
	for agency in UNHCR Unhcr unhcr ' UNHCR ' 'unHCR '; do
		case_of 1 '.data.services_section[0].service_implementing_agency =
		    "'"$agency"'"' >one.json
		send --from one.json --consents "$examples/consents.ndjson" \
		    --dry-run
		echo "'$agency'"
		ends 0
		says '.counts.share == 1'
	done
	case_of 1 '.data.services_section[0].service_implementing_agency =
	    "UNHRC"' >one.json
	send_one one.json
	says '.counts.share == 0 and
	    .passed_over.other_agency == [{value: "UNHRC", rows: 1}]'
	sat --home site --user primero_cp export --to ET-HUB-01 --out stick \
	    --from one.json
	grep -q 'UNHRC' <<<"$output"
}

@test "4: an agreement may not leave a case worker's address open" {
	agreement '(.nodes[].users[] | select(.user == "primero_cp")).email =
	    "" | .version = 2' >next.json
	sign_agreement next.json
	sat --json agreement check next.json
	ends 4
	says '[.agreement.problems[] | select(.kind == "error") | .where] |
	    index("nodes[0].users[0].email") != null'
}

@test "4: an owner whom nobody knows is missing, nobody takes the place" {
	case_of 1 '.data.owned_by = "somebody_else"' >one.json
	send_one one.json
	held_by D-MIN sender.full_name
}

@test "4: who it says referred is who owns the case" {
	case_of 1 >one.json
	sat --json --home site --user cp_supervisor export --to ET-HUB-01 \
	    --out stick --from one.json --consents "$examples/consents.ndjson"
	ends 0
	arrives
	same "$(value progres_orgreferredby)" 'Almaz Example'
	same "$(value progres_orgemail)" almaz@example.invalid
	no grep -qE 'Bekele|bekele|000 0002' body
}

@test "5: a service outside the map is never sent as another" {
	case_of 1 '.data.services_section[0].service_type = "horse_riding"' \
	    >one.json
	send_one one.json
	ends 3
	says '.counts.share + .counts.strip == 0'
	says '[.referrals[0].rules[].id] | index("D-MAP") != null or
	    index("P-MATRIX") != null'
	same "$(bundles_on stick)" 0
}

@test "5: without the other system's code for it, nothing is loaded" {
	case_of 1 >one.json
	send_one one.json
	under hub '(.maps.services[] | select(.code == "alternative_care"))
	    .progres_out = null'
	cp -a "$BATS_FILE_TMPDIR/world/hub" later
	take stick
	ends 3
	says '.counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("D-MAP") != null)'
	load_all
	ends 0
	same "$(find loaded -type f)" ""
	# Nor if the code was taken off the list after it had come.
	rm -r hub
	mv later hub
	take stick
	ends 0
	adopt next.json hub
	load_all
	ends 3
	says '[.loaded[].state] == ["held"]'
	same "$(find loaded -type f)" ""
}

@test "6: a decision nobody knows is not an acceptance" {
	send
	answered '{type: "answer", ref: $ref, decision: "125080007",
	    decided_on: "2026-11-20"}'
	[ "$status" -eq 3 ] || ends 5
	says '.counts.answer == 0'
	sat --home site why "$(ref_of 1)"
	no grep -qi accept <<<"$output"
}

@test "6: a status of Primero that nobody knows is held, too" {
	refer
	to_primero
	primero_said '.services_section[0].unhcr_referral_status = "looked at"'
	ends 3
	says '.counts.answer == 0 and [.answers[].state] == ["held"]'
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out back
	no grep -q accepted <<<"$output"
	rm answered.json
}

@test "7: a language of proGres that nobody knows is held" {
	jq '.Data |= (.[:2] | .[1]["progres_language.progres_languagecodeidname"] =
	    "Klingon") | .RecordCount = 2' "$examples/interventions.json" >pg.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick --from pg.json \
	    --consents "$examples/progres-consents.csv"
	held_by D-MAP language
	rm pg.json
}

@test "7: an unknown language is held, not sent as Other" {
	case_of 5 >one.json
	send_one one.json
	held_by D-MAP language
	# Whatever the sender's rules were, the hub asks again.
	letter a
	head -n 1 good.ndjson | jq -c '.subject.language += ["klingon"]' |
	    revise >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("D-MAP") != null)'
}

@test "8: however the join's rows fall, they are one referral or held" {
	# Far apart, in any order, twice the same: one referral, nothing doubled.
	for shape in '[.[1], .[0]]' '[.[0], .[2], .[1]]' '[.[0], .[0], .[1]]'; do
		jq ".Data |= $shape | .RecordCount = (.Data | length)" \
		    "$examples/interventions.json" >pg.json
		sat --json --home hub --user hub_admin export --to ET-GMB-03 \
		    --dry-run --from pg.json \
		    --consents "$examples/progres-consents.csv"
		says "[.referrals[] | select(.ref == \"progres:$number\") |
		    .verdict] == [\"share\"]"
	done
	# Rows that are of one number and two children are not mixed.
	for key in individuals.progres_givenname individuals.progres_id \
	    individuals.progres_dateofbirth; do
		jq --arg key "progres_individual.$key" '.Data |= (.[:2] |
		    .[1][$key] = "2016-01-01") | .RecordCount = 2' \
		    "$examples/interventions.json" >pg.json
		sat --json --home hub --user hub_admin export --to ET-GMB-03 \
		    --out stick --from pg.json \
		    --consents "$examples/progres-consents.csv"
		held_by D-TEXT
	done
	rm pg.json
}

@test "9: a decision about a case that nobody knows is told, not skipped" {
	jq -n '{Data: [{progres_offlineid: "00000000-0000-4000-8000-000000000000",
	    progres_orgreferralid: "00000000-0000-4000-8000-000000000001",
	    progres_reviewdecision: 125080000, progres_reviewdate:
	    "2026-11-20"}], ErrorMessage: null, RecordCount: 1,
	    SPHTransactionId: "x"}' >decisions.json
	sat --json --home hub --user hub_admin answer --from decisions.json
	ends 3
	says '.counts.answer == 0 and [.answers[].state] == ["not_ours"] and
	    .answers[0].text != ""'
}

@test "9: an answer to what was never sent is told, not skipped" {
	answered '{type: "answer", ref: $ref, decision: "accepted",
	    decided_on: "2026-11-20"}'
	ends 3
	says '.notices | length > 0'
}

@test "10: a withdrawn consent reaches who has it already" {
	letter a
	post a a.satchel
	take a.satchel
	load_all
	says '.loaded | length == 1'
	letter b "$(follows a a.satchel)"
	jq -cn --arg ref "$(ref_of 1)" '{type: "recall", ref: $ref,
	    sequence: 2, reason: "consent_withdrawn", on: "2026-11-20"}' \
	    >b/records/000001.ndjson
	post b b.satchel
	sat --home hub import b.satchel
	ends 3
	grep -q withdrawn <<<"$output"
	sat --json --home hub inbox --state recalled
	says '.referrals | length == 1'
}

@test "11: a change to what was sent is sent, and waits for a person" {
	case_of 1 >one.json
	send_one one.json
	arrives
	rm stick/*
	case_of 1 '.data.services_section[0].service_response_timeframe =
	    "1_hour"' >one.json
	send_one one.json
	ends 0
	says '.counts.share == 1'
	take stick
	ends 3
	says '.counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("D-DUP") != null)'
	sat --json --home hub inbox --state held
	says '.referrals | length == 1'
}

@test "12: a sex other than female or male goes out as its code" {
	case_of 1 '.data.sex = "other"' >one.json
	send_one one.json
	arrives
	same "$(value progres_pocsex)" 125080002
}

@test "12: an unknown sex goes out as its code, too" {
	case_of 1 '.data.sex = "unknown"' >one.json
	send_one one.json
	[ "$status" -eq 3 ] || ends 0
	if [ "$(bundles_on stick)" -eq 1 ]; then
		arrives
		same "$(value progres_pocsex)" 125080003
	else
		held_by D-MIN sex
	fi
}

@test "12: a sex outside the map is held" {
	case_of 1 '.data.sex = "something"' >one.json
	send_one one.json
	held_by D-MAP sex
}

@test "13: every protection concern is sent; the agreement says which leads" {
	case_of 1 '.data.protection_concerns =
	    ["child_labour", "neglect", "orphan"]' >one.json
	send_one one.json
	arrives
	value progres_reasonforreferral | grep -qx \
	    'Protection concerns: child_labour, neglect, orphan'
	# orphan is the first of these three in the agreement.
	same "$(value progres_spneedcategory)" "$(jq -r \
	    '.maps.protection_concerns[] | select(.code == "orphan") |
	    .progres_out' agreement.json)"
}

@test "13: a concern outside the map is held, not dropped" {
	case_of 1 '.data.protection_concerns += ["something_new"]' >one.json
	send_one one.json
	held_by D-MAP protection_concerns
}

@test "14: an answer without its transaction counts for nothing" {
	send
	take stick
	load_all
	ends 0
	before=$(state_of hub)
	for said in '{"SPHTransactionId":null,"ErrorMessage":null}' \
	    '{"ErrorMessage":null,"Data":null}' '{"Data":[{"Status":"ok"}]}' \
	    '{"Data":[],"ErrorMessage":"not taken"}' '{}' '[]'; do
		echo "$said" >said.json
		sat --json --home hub --user hub_admin answer --from said.json
		echo "$said"
		[ "$status" -ne 0 ]
		says '.counts.answer == 0'
		no grep -qi accepted <<<"$output"
	done
	same "$(state_of hub)" "$before"
	sat --json --home hub inbox
	says '[.referrals[].state] | unique == ["loaded"]'
}

@test "15: the family's number in proGres is never read as the person's" {
	jq '.Data |= (.[:2] | map(del(.
	    ["progres_individual.individuals.progres_id"]))) | .RecordCount = 2' \
	    "$examples/interventions.json" >pg.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick --from pg.json \
	    --consents "$examples/progres-consents.csv"
	held_by D-MIN unhcr_individual_no
	rm pg.json
}

@test "15: without the person's number it waits, whatever the family's is" {
	case_of 1 'del(.data.unhcr_individual_no)' >one.json
	send_one one.json
	held_by D-MIN unhcr_individual_no
}

@test "15: the family's number is never sent as the person's" {
	under 'site hub' '(.flows[] | select(.from == "UNICEF")).required -=
	    ["unhcr_individual_no"]'
	case_of 1 'del(.data.unhcr_individual_no)' >one.json
	send_one one.json
	arrives
	same "$(value progres_unhcrid)" ""
	same "$(value progres_pocotheridnumber)" \
	    "$(case_of 1 | jq -r '.[0].data.unhcr_id_no')"
}
