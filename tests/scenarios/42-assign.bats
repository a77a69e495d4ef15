#!/usr/bin/env bats
# Who takes a referral that came: said by a person, from those whom the
# agreement lists, with suggestions; and told where the other system has a
# place for it.

load sites

setup_file() {
	world '(.nodes[] | select(.code == "ET-GMB-03")).users += [
	    {user: "case_worker_2", full_name: "Eyerus Example",
	    position: "case worker", role: "case_worker",
	    email: "eyerus@example.invalid", phone: "+251 00 000 0009",
	    may: []}]'
	"$satchel" --home site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --only "$(ref_of 1)" "$(ref_of 6)" "$(ref_of 8)" "$(ref_of 15)" \
	    --out stick \
	    >/dev/null || [ $? -eq 3 ]
	"$satchel" --home hub import stick >/dev/null
	mkdir back written
}

setup() {
	enter
}

teardown() {
	rm -f asked.json
	leaks_nothing
	# Who is listed is named; how to reach them is nobody's to print.
	no grep -qE 'example.invalid|\+251' said
}

# assign ARGUMENT...: at the hub, by somebody who may.
assign() {
	sat --json --home hub --user hub_officer assign "$@"
}

# to_site: the first intervention of the examples comes to the site.
to_site() {
	jq '.Data |= map(select(.progres_interventionnumber ==
	    "'"$(intervention)"'")) | .RecordCount = (.Data | length)' \
	    "$examples/interventions.json" >asked.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from asked.json \
	    --consents "$examples/progres-consents.csv"
	sat --json --home site --user primero_cp import back
	says '.referrals[0].state == "staged"'
}

intervention() {
	jq -r '.Data[0].progres_interventionnumber' "$examples/interventions.json"
}

# at_site ARGUMENT...: by the supervisor there.
at_site() {
	sat --json --home site --user cp_supervisor assign \
	    "progres:$(intervention)" "$@"
}

@test "without --to it names who could take it, and changes nothing" {
	before=$(state_of hub)
	sat --json --home hub assign "$(ref_of 1)"
	ends 0
	says '.assigned == [] and (.suggestions | length == 2 and
	    map(.user) == ["hub_admin", "hub_officer"] and
	    map(.reason) == ["listed", "listed"] and
	    map(.role) == ["supervisor", "officer"])'
	sat --home hub assign "$(ref_of 1)"
	ends 0
	grep -q 'hub_officer  officer, child protection officer: is listed' \
	    <<<"$output"
	grep -q -- '-> satchel assign REF --to USER' <<<"$output"
	same "$(state_of hub)" "$before"
}

@test "assigned, it says so wherever the referral is seen" {
	assign "$(ref_of 1)" --to hub_admin
	ends 0
	says ".assigned == [{ref: \"$(ref_of 1)\", to: \"hub_admin\",
	    state: \"staged\"}] and .suggestions == []"
	sat --json --home hub inbox
	says "[.referrals[] | select(.assigned_to != null) | .ref] ==
	    [\"$(ref_of 1)\"]"
	for command in 'inbox' "why $(ref_of 1)" "show --reveal $(ref_of 1)"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$satchel" --home hub $command
		ends 0
		grep -q 'taken by hub_admin' <<<"$output"
	done
}

@test "who took the same service from the same agency comes first" {
	assign "$(ref_of 1)" --to hub_officer
	ends 0
	# Case 15 asks for the same service, case 6 for another one.
	sat --json --home hub assign "$(ref_of 15)"
	says '.suggestions | map([.user, .reason]) ==
	    [["hub_officer", "took_before"], ["hub_admin", "listed"]]'
	sat --home hub assign "$(ref_of 15)"
	grep -q 'hub_officer .*: took 1 for alternative_care from UNICEF before' \
	    <<<"$output"
	sat --json --home hub assign "$(ref_of 6)"
	says '.suggestions | map(.reason) == ["listed", "listed"]'
}

@test "whom the sender names comes before all" {
	letter a
	head -n 1 good.ndjson | jq -c '.to_user = "hub_officer" |
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	assign "$(ref_of 1)" --to hub_admin
	sat --json --home hub assign primero:99999999
	says '.suggestions | map([.user, .reason]) ==
	    [["hub_officer", "named_by_sender"], ["hub_admin", "took_before"]]'
}

@test "assigning again is allowed; the last counts, the first is kept" {
	assign "$(ref_of 1)" --to hub_officer
	assign "$(ref_of 1)" --to hub_admin
	ends 0
	sat --json --home hub why "$(ref_of 1)"
	says '.referrals[0].assigned_to == "hub_admin"'
	before=$(state_of hub)
	assign "$(ref_of 1)" --to hub_admin
	ends 0
	same "$(state_of hub)" "$before"
}

@test "several at once: what is wrong with one stops none of the others" {
	assign "$(ref_of 1)" primero:nobody "$(ref_of 8)" --to hub_admin
	ends 2
	says '(.assigned | length == 2) and
	    ([.faults[].fault.code] == ["R101"])'
	assign primero:nobody --to hub_admin
	ends 2 R101
}

@test "only a user who is listed here takes it" {
	before=$(state_of hub)
	for user in cp_supervisor HUB_ADMIN hub 'Dawit Example' ''; do
		assign "$(ref_of 1)" --to "$user"
		ends 2 R106
		says '.fault.remedy | contains("without --to")'
	done
	same "$(state_of hub)" "$before"
}

@test "only a user with the right assigns" {
	before=$(state_of hub)
	sat --json --home hub --user nobody assign "$(ref_of 1)" --to hub_admin
	ends 4 N105
	to_site
	sat --json --home site --user primero_cp assign \
	    "progres:$(intervention)" --to primero_cp
	ends 4 N106
}

@test "what is loaded, refused, withdrawn or was sent is not assigned" {
	load_all --only "$(ref_of 1)"
	assign "$(ref_of 1)" --to hub_admin
	ends 2 R103
	says '.fault.detail == "it is loaded"'
	sat --json --home site --user cp_supervisor assign "$(ref_of 1)" \
	    --to cp_supervisor
	ends 2 R103
	says '.fault.detail | contains("sent from here")'
	letter a
	head -n 1 good.ndjson | jq -c '
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id | .,
	    (.consent.status = "withdrawn" |
	    .origin.case_id = "88888888-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id) |
	    .subject.unhcr_individual_no = .origin.case_id[0:8]' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	says '.counts | .share == 1 and .refuse == 1'
	letter b "$(follows a a.satchel)"
	head -n 1 a/records/000001.ndjson | jq -c '{type: "recall", ref,
	    sequence: 2, reason: "duplicate", on: "2026-11-01"}' \
	    >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	says '.counts.recall == 1'
	for ref in primero:88888888 primero:99999999; do
		assign "$ref" --to hub_admin
		ends 2 R103
	done
}

@test "a dry run writes nothing" {
	before=$(state_of hub)
	assign "$(ref_of 1)" --to hub_admin --dry-run
	ends 0
	says '.assigned | length == 1'
	same "$(state_of hub)" "$before"
}

@test "in Primero the service names who takes it, and the case keeps its owner" {
	to_site
	at_site --to case_worker_2
	ends 0
	sat --json --home site --user primero_cp load --to primero:written
	ends 0
	jq -e '.body.data.owned_by == "satchel_intake" and
	    (.body.data.services_section[0] |
	    .service_implementing_agency_individual == "case_worker_2")' \
	    "written/$(jq -r '.loaded[0].file' <<<"$output")"
}

@test "without anybody it is left out" {
	to_site
	sat --json --home site --user primero_cp load --to primero:written
	ends 0
	jq -e '.body.data.services_section[0] |
	    has("service_implementing_agency_individual") | not' \
	    "written/$(jq -r '.loaded[0].file' <<<"$output")"
}

@test "a sheet shows who takes it" {
	to_site
	at_site --to case_worker_2
	sat --json --home site --user primero_cp load --to sheet:written
	ends 0
	grep -q 'Taken by' written/*.html
	grep -q 'case_worker_2' written/*.html
}

@test "who is not listed any more takes nothing: somebody else is asked for" {
	to_site
	at_site --to case_worker_2
	jq '.version = 2 | (.nodes[].users) |= map(select(.user !=
	    "case_worker_2"))' agreement.json >agreement2.json
	sign_agreement agreement2.json
	adopt agreement2.json site hub
	sat --json --home site --user primero_cp load --to primero:written
	ends 2
	says '.loaded[0] | .state == "failed" and .fault.code == "R106"'
	same "$(find written -type f)" ""
	at_site --to primero_cp
	ends 0
	sat --json --home site --user primero_cp load --to primero:written
	ends 0
}

@test "held ones are assigned too, and keep who takes them when put right" {
	letter a
	head -n 1 good.ndjson | jq -c '.consent.given_on = "2023-01-01" |
	    .consent.given_by |= map(.on = "2023-01-01") |
	    .consent.events |= map(.on = "2023-01-01") |
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	says '.referrals[0].state == "held"'
	assign primero:99999999 --to hub_officer
	ends 0
	says '.assigned[0].state == "held"'
	letter b "$(follows a a.satchel)"
	head -n 1 good.ndjson | jq -c '
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	says '.referrals[0].state == "staged"'
	sat --json --home hub why primero:99999999
	says '.referrals[0].assigned_to == "hub_officer"'
}
