#!/usr/bin/env bats
# Decisions, both ways: taken out of the system they were made in, carried back,
# and written for the system that asked.

load sites

reason='The child was found to live with an uncle already'

setup_file() {
	world
	# Case 1, 8 and 9 are in proGres, as bodies of PING.
	send --only "$(ref_of 1)" --only "$(ref_of 8)" --only "$(ref_of 9)"
	take stick
	load_all
	rm stick/* loaded/*
	echo "$reason" >>canaries
	mkdir back written
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# ping RECORD...: what proGres answers with.
ping() {
	printf '%s\n' "$@" | jq -s '{Data: ., ErrorMessage: null,
	    RecordCount: length, SPHTransactionId: "made-up",
	    PagingSummary: {PagingCookie: null, PageNumber: 0,
	    IsMoreRecordsAvailable: false}}'
}

# decided NUMBER CODE [JQ]: how proGres tells what became of a case.
decided() {
	case_of "$1" | jq -c --arg code "$2" '.[0].data |
	    {progres_interoperabilityreferralid: "guid",
	    progres_interoperabilityreferralnumber: "REF-IOP-1",
	    progres_offlineid: .case_id,
	    progres_orgreferralid: .services_section[0].unique_id,
	    progres_interoperabilityreferralstatus: $code,
	    progres_reviewdate: "2026-11-18T00:00:00Z"} | '"${3:-.}"
}

accepted() {
	decided 1 125080000
}

rejected() {
	decided 8 125080002 \
	    ".progres_interoperabilityreferralrejectionomment = \"$reason\""
}

# answer FILE [OPTION...]: the hub takes what proGres says.
answer() {
	sat --json --home hub --user hub_admin answer \
	    --from "progres-ping:$1" "${@:2}"
}

by_hand() {
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" "$@"
}

# go_back: what the hub owes arrives at the site.
go_back() {
	rm -f back/*
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	ends 0
	sat --json --home site --user primero_cp import back
}

# owed JQ: of the answers in the bundle that would go back.
owed() {
	rm -f back/*
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	peek back/*.satchel records/000001.ndjson |
	    jq -cs '[.[] | select(.type == "answer")]' >owed.json
	rm back/*
	jq -e "$1" owed.json >/dev/null || {
		jq 'map(del(.reason))' owed.json
		return 1
	}
	rm owed.json
}

write_all() {
	sat --json --home site --user primero_cp load --to primero:written
}

# written_for NUMBER: the body of the decision about a case.
written_for() {
	cat "written/$(jq -r --arg ref "$(ref_of "$1")" \
	    '.loaded[] | select(.ref == $ref) | .file' <<<"$output")"
}

@test "decisions of proGres go back and are written for Primero" {
	ping "$(accepted)" "$(rejected)" "$(decided 9 125080007)" \
	    "$(decided 9 125080000 '.progres_orgreferralid = "0123"')" \
	    "$(decided 2 125080000)" >decisions.json
	answer decisions.json
	ends 3
	says '.counts.answer == 2'
	says '[.answers[] | [.state, .decision, .code]] == [
	    ["taken", "accepted", "125080000"],
	    ["taken", "rejected", "125080002"],
	    ["held", null, "125080007"],
	    ["not_ours", null, "125080000"],
	    ["not_ours", null, "125080000"]]'
	says ".answers[0].ref == \"$(ref_of 1)\""
	says '.answers[2].text | test("does not know: code 125080007")'
	go_back
	ends 3
	says '.counts.answer == 2'
	sat --home site why "$(ref_of 1)"
	grep -q 'Decided over there on 2026-11-18: accepted' <<<"$output"
	grep -q 'REF-IOP-1' <<<"$output"
	sat --home site inbox
	grep -q '2 decided over there: satchel load --to primero:DIR' \
	    <<<"$output"
	write_all
	ends 0
	says '[.loaded[] | [.answer, .state, .fault]] ==
	    [[true, "created", null], [true, "created", null]]'
	says '[.loaded[].file | test("^[0-9a-f]{12}-answer\\.json$")] | all'
	same "$(find written -type f ! -perm 600)" ""
	written_for 1 >body
	same "$(jq -r '"\(.method) \(.path)"' body)" \
	    "PATCH /api/v2/cases/$(case_of 1 | jq -r '.[0].id')"
	same "$(jq -r '.body.data.services_section[0].unique_id' body)" \
	    "$(ref_of 1 | sed 's/.*#//')"
	jq -e '.body.data | keys == ["services_section"]' body
	grep -q 'REF-IOP-1' body
	written_for 8 | grep -qF "$reason"
	rm body
	write_all
	ends 0
	says '(.loaded // []) == []'
}

@test "the same again, from the file or the bundle, changes nothing" {
	ping "$(accepted)" "$(rejected)" >decisions.json
	answer decisions.json
	ends 0
	before=$(state_of hub)
	answer decisions.json
	ends 0
	says '[.answers[].state] == ["unchanged", "unchanged"]'
	same "$(state_of hub)" "$before"
	# Not acknowledged yet: it comes in the next bundle, too.
	go_back
	write_all
	says '.loaded | length == 2'
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 9)" \
	    --target-id REF-9 --decision accepted
	ends 0
	go_back
	says '.counts.answer == 3'
	write_all
	says ".loaded | length == 1 and .[0].ref == \"$(ref_of 9)\""
	# Once the site has acknowledged them they stop coming.
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
	go_back
	says '.counts.answer == 0'
}

@test "a later decision takes the place of an earlier one, and no other way" {
	ping "$(accepted)" >first.json
	answer first.json
	ping "$(decided 1 125080002 '.progres_reviewdate = "2026-11-17"')" \
	    >older.json
	answer older.json
	ends 0
	says '[.answers[].state] == ["unchanged"]'
	go_back
	write_all
	ping "$(decided 1 125080002 '.progres_reviewdate = "2026-11-19"')" \
	    >newer.json
	answer newer.json
	ends 0
	says '[.answers[].state] == ["taken"]'
	go_back
	sat --home site why "$(ref_of 1)"
	grep -q '2026-11-19: rejected' <<<"$output"
	# The older file is still there, and is not written over.
	cp -r written before
	write_all
	ends 3
	says '.loaded[0] | .state == "created" and
	    (.file | endswith("-answer-2.json")) and
	    (.older | length == 1 and (.[0] | endswith("-answer.json")))'
	same "$(cd before && cat ./*)" "$(cd written && cat ./*-answer.json)"
	grep -q 'Not accepted' written/*-answer-2.json
	rm -r before
	write_all
	ends 0
	says '(.loaded // []) == []'
}

@test "an answer that changed while its file was written and no row said so" {
	local other
	ping "$(accepted)" >first.json
	answer first.json
	go_back
	cp -a site before
	write_all
	ends 0
	# The power went before the row was there; then another decision came.
	rm -r site
	mv before site
	ping "$(decided 1 125080002 '.progres_reviewdate = "2026-11-19"')" \
	    >newer.json
	answer newer.json
	go_back
	sat --home site --user primero_cp load --to primero:written --dry-run
	grep -q 'remove [0-9a-f]*-answer.json' <<<"$(tr -s ' \n' ' ' <<<"$output")"
	cp -a site before
	write_all
	ends 3
	says '.loaded[0] | (.file | endswith("-answer-2.json"))'
	other=$(jq -r '.loaded[0].older[0]' <<<"$output")
	# The very same once more: it counts as written.
	rm -r site
	mv before site
	write_all
	ends 3
	says '.loaded[0] | .state == "unchanged" and
	    (.file | endswith("-answer-2.json"))'
	same "$(find written -type f | wc -l)" 2
	rm "written/$other"
	grep -q 'Not accepted' written/*
	write_all
	says '(.loaded // []) == []'
}

@test "pending, synchronised and taken back are no decisions" {
	ping "$(decided 1 null 'del(.progres_interoperabilityreferralstatus)')" \
	    "$(decided 8 125080003)" >decisions.json
	answer decisions.json
	ends 3
	says '[.answers[] | [.state, .decision]] == [["pending", null],
	    ["held", null]]'
	owed '. == []'
}

@test "a record that is no decision is told, and never an acceptance" {
	# What PING answers to an ingestion: it decides nothing (14).
	ping '{"Status":"Success","Message":"Processed"}' "$(accepted)" \
	    >mixed.json
	answer mixed.json
	ends 3
	says '.notices | map(select(test("J104"))) | length == 1'
	says '[.answers[].state] == ["taken"]'
	echo '{"Status":"Success"}' >response.json
	answer response.json
	[ "$status" -eq 3 ] || ends 5
	says '(.answers // []) == []'
}

@test "a file that breaks off changes nothing" {
	ping "$(accepted)" "$(rejected)" >decisions.json
	before=$(state_of hub)
	head -c -20 decisions.json >cut.json
	answer cut.json
	ends 5
	says '(.answers // []) == []'
	same "$(state_of hub)" "$before"
}

@test "answer --dry-run writes nothing" {
	ping "$(accepted)" >decisions.json
	before=$(state_of hub)
	answer decisions.json --dry-run
	ends 0
	says '[.answers[].state] == ["taken"]'
	by_hand --decision accepted --dry-run
	ends 0
	same "$(state_of hub)" "$before"
}

@test "a day that is not said, or not yet come, waits for a person" {
	ping "$(decided 1 125080000 'del(.progres_reviewdate)')" \
	    "$(decided 8 125080000 '.progres_reviewdate = "2199-01-01"')" \
	    >decisions.json
	answer decisions.json
	ends 3
	says '[.answers[].state] == ["held", "held"]'
	owed '. == []'
}

@test "what is not loaded has no decision" {
	letter a
	head -n 1 good.ndjson | jq -c '
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .origin.service_id = "e2adc824" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 0
	decided 1 125080000 '.progres_offlineid =
	    "99999999-6023-46e3-a92d-094162fb7308" |
	    .progres_orgreferralid = "e2adc824"' >one
	ping "$(cat one)" >decisions.json
	answer decisions.json
	ends 3
	says '.answers[0] | .state == "held" and (.text | test("not been loaded"))'
	sat --json --home hub --user hub_admin answer --ref primero:99999999 \
	    --decision accepted
	ends 2 R103
}

@test "by hand: the number first, the decision later" {
	by_hand --target-id REF-7
	ends 0
	says '.answers[0] | .state == "pending" and .decision == null'
	owed '. == []'
	by_hand --decision accepted --on 2026-11-10
	ends 0
	says '.answers[0].state == "taken"'
	owed 'length == 1 and (.[0] | .decision == "accepted" and
	    .target_id == "REF-7" and .decided_on == "2026-11-10")'
	by_hand --decision accepted --on 2026-11-10
	says '.answers[0].state == "unchanged"'
	by_hand --decision rejected --reason "$reason" --on 2026-11-11
	ends 0
	says '.answers[0].state == "taken"'
	owed '.[-1] | .decision == "rejected" and .reason != null'
	# Another number renews what was said.
	by_hand --target-id REF-8
	says '.answers[0] | .state == "taken" and .decision == "rejected"'
	owed '.[-1].target_id == "REF-8"'
	sat --home hub why "$(ref_of 1)"
	grep -q 'Decided here on 2026-11-11: rejected' <<<"$output"
}

@test "by hand: a start of the ref is enough if it is one referral's" {
	sat --json --home hub --user hub_admin answer --decision "done" \
	    --ref "primero:$(case_of 1 | jq -r '.[0].data.case_id[0:8]')"
	ends 0
	says ".answers[0].ref == \"$(ref_of 1)\""
	sat --json --home hub --user hub_admin answer --ref primero: \
	    --decision "done"
	ends 2 R102
	sat --json --home hub --user hub_admin answer --ref primero:nobody \
	    --decision "done"
	ends 2 R101
}

@test "wrong use is told, and changes nothing" {
	before=$(state_of hub)
	ping "$(accepted)" >one.json
	while read -r words; do
		echo "$words"
		# shellcheck disable=SC2086 # several words
		sat --json --home hub --user hub_admin answer $words
		ends 2
	done <<-EOF
		
		--ref $(ref_of 1)
		--ref $(ref_of 1) --decision maybe
		--ref $(ref_of 1) --decision accepted --on 31/12/2025
		--ref $(ref_of 1) --decision accepted --on 2199-12-31
		--ref $(ref_of 1) --reason words
		--ref $(ref_of 1) --target-id Somebody
		--ref $(ref_of 1) --from one.json
		--from one.json --decision accepted
		--from progres-ping-api
	EOF
	sat --json --home hub --user nobody answer --from one.json
	ends 4 N105
	same "$(state_of hub)" "$before"
}

@test "more pages than were fetched are told" {
	ping "$(accepted)" |
	    jq '.PagingSummary.IsMoreRecordsAvailable = true' >page.json
	answer page.json
	ends 3
	says '.notices | map(select(test("more pages"))) | length == 1'
	says '[.answers[].state] == ["taken"]'
}

# --- the other way: what proGres asked for is decided in Primero ---

# asked: intervention 1 of the examples is at the site, staged.
asked() {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from "$examples/interventions.json" \
	    --consents "$examples/progres-consents.csv"
	says '.counts.share + .counts.strip >= 1'
	sat --json --home site --user primero_cp import back
	rm back/*
	number=$(jq -r '.Data[0].progres_interventionnumber' \
	    "$examples/interventions.json")
}

# primero WORD [JQ]: the case that was made of it, as Primero exports it later.
primero() {
	jq --arg word "$1" '[{id: .body.data.id, data: (.body.data |
	    .case_id = "c0ffee00-0000-4000-8000-000000000001" |
	    .services_section[0].unhcr_referral_status = $word |
	    '"${2:-.}"')}]' body
}

# site_answers FILE
site_answers() {
	sat --json --home site --user primero_cp answer --from "$1" "${@:2}"
}

@test "a decision of Primero goes back and is written for proGres" {
	asked
	write_all
	[ "$status" -le 3 ]
	says ".loaded[0] | .ref == \"progres:$number\" and .state == \"created\""
	cp "written/$(jq -r '.loaded[0].file' <<<"$output")" body
	id=$(jq -r '.body.data.id' body)
	says ".loaded[0].target_id == \"$id\""
	primero accepted >cases.json
	site_answers cases.json
	ends 0
	says ".answers | length == 1 and (.[0] | .state == \"taken\" and
	    .decision == \"accepted\" and .ref == \"progres:$number\")"
	site_answers cases.json
	says '[.answers[].state] == ["unchanged"]'
	primero maybe >unknown.json
	site_answers unknown.json
	ends 3
	says '[.answers[].state] == ["held"]'
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	take stick
	ends 3
	says '.counts.answer == 1'
	load_all
	ends 0
	says ".loaded | length == 1 and (.[0] | .answer and .state == \"created\"
	    and .ref == \"progres:$number\")"
	file=loaded/$(jq -r '.loaded[0].file' <<<"$output")
	jq -r '.Data[0].Fields[] | "\(.Name) \(.Value)"' "$file" >pairs
	grep -qx 'progres_primerotransferstatus 125080003' pairs
	grep -qx "progres_lpinterventionid $(jq -r \
	    '.Data[0].progres_lpinterventionid' \
	    "$examples/interventions.json")" pairs
	grep -qx 'progres_primeroid c0ffee00-0000-4000-8000-000000000001' pairs
	load_all
	says '(.loaded // []) == []'
	rm pairs body
}

@test "Primero's own list of referrals is matched by the service row" {
	asked
	write_all
	cp "written/$(jq -r '.loaded[0].file' <<<"$output")" body
	jq --arg status rejected '{data: [{id: "t1", type: "Referral",
	    status: $status, record_id: .body.data.id, record_type: "case",
	    service_record_id: .body.data.services_section[0].unique_id,
	    transitioned_to: "somebody", responded_at: "2026-11-12T08:00:00Z",
	    rejected_reason: "'"$reason"'"}]}' body >list.json
	site_answers primero:list.json
	ends 0
	says ".answers | length == 1 and (.[0] | .state == \"taken\" and
	    .decision == \"rejected\" and .ref == \"progres:$number\")"
	jq '.data[0].service_record_id = "0dd00000-0000-4000-8000-000000000001"' \
	    list.json >other.json
	site_answers primero:other.json
	ends 3
	says '[.answers[].state] == ["not_ours"]'
	# Without its service row it may be about another's referral.
	jq '.data[0] |= (.service_record_id = "" |
	    .responded_at = "2026-11-13T08:00:00Z")' list.json >bare.json
	site_answers primero:bare.json
	ends 3
	says '[.answers[].state] == ["held"]'
	jq '.data[0].status = "revoked"' list.json >revoked.json
	site_answers primero:revoked.json
	ends 3
	says '[.answers[].state] == ["held"]'
	rm body
}

@test "DTP's codes mean what they mean in DTP" {
	case_of 1 | jq '.[0].data | {request_type:
	    "PrimeroIncomingReferralDecision", interventions: [{
	    progres_interoperabilityreferralnumber: "REF-IOP-2",
	    progres_reviewdate: "2026-11-18T00:00:00Z",
	    progres_orgreferralid:
	    "\(.case_id)#\(.services_section[0].unique_id[-12:])",
	    progres_reviewdecision: "125080001",
	    progres_interoperabiltyreferralrejectionreason: "125080000"}]}' \
	    >dtp.json
	sat --json --home hub --user hub_admin answer --from progres-dtp:dtp.json
	ends 0
	says ".answers[0] | .state == \"taken\" and .decision == \"rejected\" and
	    .ref == \"$(ref_of 1)\""
	owed '.[0].reason == "Individual Not Found"'
	# Older files have the bare case: which of its services, nobody knows.
	jq '.interventions[0] |= (.progres_orgreferralid |= .[:36] |
	    .progres_reviewdate = "2026-11-19")' dtp.json >bare.json
	sat --json --home hub --user hub_admin answer --from progres-dtp:bare.json
	ends 3
	says '.answers[0] | .state == "held" and (.text | test("no service"))'
	# The end of an id is 12 characters; a shorter one fits by chance.
	jq '.interventions[0] |= (.progres_orgreferralid |= .[:37] + .[-3:] |
	    .progres_reviewdate = "2026-11-20")' dtp.json >short.json
	sat --json --home hub --user hub_admin answer \
	    --from progres-dtp:short.json
	ends 3
	says '.answers[0] | .state == "not_ours" and .ref == null'
	jq '.interventions[0].progres_orgreferralid |= .[:37] + "0123456789ab"' \
	    dtp.json >other.json
	sat --json --home hub --user hub_admin answer \
	    --from progres-dtp:other.json
	ends 3
	says '.answers[0] | .state == "not_ours" and .ref == null'
}

@test "what fits two referrals is held, and changes neither" {
	# Two services of one child, in one bundle to the hub.
	letter a
	head -n 1 good.ndjson | jq -c '
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .consent.subject_ref = .origin.case_id |
	    (.origin.service_id = "11111111-aaaabbbbcccc",
	    .origin.service_id = "22222222-aaaabbbbcccc") |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)"' |
	    revise >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	load_all
	says '.loaded | length == 2'
	for id in '#aaaabbbbcccc' ''; do
		jq -n --arg id "99999999-6023-46e3-a92d-094162fb7308$id" '{
		    request_type: "PrimeroIncomingReferralDecision",
		    interventions: [{progres_orgreferralid: $id,
		    progres_reviewdate: "2026-11-18T00:00:00Z",
		    progres_interoperabilityreferralnumber: "REF-IOP-2",
		    progres_reviewdecision: "125080000"}]}' >two.json
		sat --json --home hub --user hub_admin answer \
		    --from progres-dtp:two.json
		ends 3
		says '.answers == [.answers[0]] and (.answers[0] |
		    .state == "held" and .ref == null and
		    (.text | test("more than one|no service")))'
	done
	owed '. == []'
}

# written_case WORD [JQ]: one is in Primero; cases.json is what came of it.
written_case() {
	asked
	write_all
	cp "written/$(jq -r '.loaded[0].file' <<<"$output")" body
	primero "$@" >cases.json
}

@test "a decision in another child's case is held, whatever its number" {
	written_case rejected '.id = "0dd00000-0000-4000-8000-000000000001"'
	jq '.[0].id = .[0].data.id' cases.json >other.json
	site_answers other.json
	ends 3
	says ".answers[0] | .state == \"held\" and .ref == \"progres:$number\" and
	    (.text | test(\"another case\"))"
	# Nor another row of the same case.
	primero rejected '.services_section[0].unique_id =
	    "0dd00000-0000-4000-8000-000000000002"' >row.json
	site_answers row.json
	ends 3
	says '[.answers[].state] == ["held"]'
	# Nor one that does not say which case it is.
	jq 'del(.[0].id, .[0].data.id, .[0].data.services_section[0].unique_id)' \
	    cases.json >none.json
	site_answers none.json
	ends 3
	says '[.answers[].state] == ["held"]'
	primero rejected >own.json
	site_answers own.json
	ends 0
	says '[.answers[].state] == ["taken"]'
	rm body
}

@test "what a file writes in place of a code or a number is never shown" {
	echo 'Amina Hassan' >>canaries
	echo 'AminaHassan2011' >>canaries
	ping "$(decided 1 'Amina Hassan, uncle in Addis 0911')" \
	    "$(decided 8 125080000 '.progres_reviewdate = "Amina Hassan 0911"')" \
	    "$(decided 9 125080000 \
	        '.progres_interoperabilityreferralnumber = "AminaHassan2011"')" \
	    "$(decided 1 125080000 '.progres_offlineid = "AminaHassan2011"')" \
	    >decisions.json
	answer decisions.json
	ends 3
	says '[.answers[] | [.state, .code, .ref == null]] == [
	    ["held", null, false], ["held", null, false],
	    ["taken", "125080000", false], ["not_ours", "125080000", true]]'
	sat --home hub --user hub_admin answer --from progres-ping:decisions.json
	sat --home hub why "$(ref_of 9)"
	grep -q 'Its number here: (not shown)' <<<"$output"
	# It is kept and travels all the same.
	owed '.[0].target_id == "AminaHassan2011"'
	go_back
	sat --home site why "$(ref_of 9)"
	grep -q 'Its number there: (not shown)' <<<"$output"
	for name in Amina 'Amina 2011' $'4711\n4712' ''; do
		by_hand --target-id "$name" --decision accepted
		ends 2
	done
	by_hand --target-id NAI-20-PRTITV-0000006 --decision accepted
	ends 0
}

@test "an answer of which nothing came is an empty list" {
	ping >none.json
	answer none.json
	says '.answers == []'
	answer there-is-no-such-file.json
	says '.answers == []'
}

@test "4: of two decisions of one day the first stays, and a person looks" {
	ping "$(accepted)" "$(decided 1 125080002)" >both.json
	answer both.json
	ends 3
	says '[.answers[] | [.state, .decision]] ==
	    [["taken", "accepted"], ["held", "rejected"]]'
	says '.answers[1].text | test("same day")'
	before=$(state_of hub)
	answer both.json
	ends 3
	says '[.answers[].state] == ["unchanged", "held"]'
	same "$(state_of hub)" "$before"
	# Nor two numbers for one referral.
	ping "$(decided 1 125080000 '
	    .progres_interoperabilityreferralnumber = "REF-IOP-2"')" >two.json
	answer two.json
	ends 3
	says '[.answers[].state] == ["held"]'
	# A person may say which.
	by_hand --decision rejected --on 2026-11-18
	ends 0
	says '.answers[0].state == "taken"'
	owed 'length == 2 and .[-1].decision == "rejected"'
	go_back
	sat --home site why "$(ref_of 1)"
	grep -q '2026-11-18: rejected' <<<"$output"
}

@test "4: of two reasons of one day the first stays, and a person looks" {
	ping "$(rejected)" "$(decided 8 125080002 \
	    '.progres_interoperabilityreferralrejectionomment = "another"')" \
	    >both.json
	for state in taken unchanged unchanged; do
		answer both.json
		ends 3
		says "[.answers[].state] == [\"$state\", \"held\"]"
	done
}

@test "4: by hand, what is of an earlier day and ignored is told" {
	by_hand --decision accepted --on 2026-11-12
	ends 0
	by_hand --decision rejected --on 2026-11-11
	ends 3
	says '.answers[0] | .state == "held" and (.text | test("later day"))'
	owed '[.[].decision] == ["accepted"]'
}

@test "8: what is done stays done, whatever day it was accepted on" {
	by_hand --decision "done" --on 2026-11-10
	ends 0
	ping "$(decided 1 125080000 '.progres_reviewdate = "2026-11-12"')" \
	    >late.json
	answer late.json
	ends 0
	says '[.answers[].state] == ["unchanged"]'
	owed '[.[].decision] == ["done"]'
}

@test "8: what was accepted becomes done, whatever day that was" {
	ping "$(accepted)" >one.json
	answer one.json
	ends 0
	go_back
	by_hand --decision "done" --on 2026-11-10
	ends 0
	says '.answers[0].state == "taken"'
	go_back
	sat --home site why "$(ref_of 1)"
	grep -q '2026-11-10: done' <<<"$output"
	write_all
	says '.loaded | length == 1'
}

@test "13: a clock that is behind takes no decision" {
	before=$(state_of hub)
	ping "$(accepted)" >one.json
	at '2026-01-01 12:00:00' --json --home hub --user hub_admin answer \
	    --from progres-ping:one.json
	[ "$status" -ne 0 ]
	says '.fault.code == "N107" and .answers == []'
	at '2026-01-01 12:00:00' --json --home hub --user hub_admin answer \
	    --ref "$(ref_of 1)" --decision accepted
	says '.fault.code == "N107" and .answers == []'
	same "$(state_of hub)" "$before"
}

# second_hub ON: the other hub of the party says that it was accepted on that
# day.
second_hub() {
	rm -rf second
	letter second '.from = {node: "ET-HUB-02", sign: "'"$(public unused)"'"} |
	    .to = {node: "ET-GMB-03", open: "'"$(jq -r .open site.card)"'"}'
	jq -cn --arg ref "$(ref_of 1)" --arg on "$1" '{type: "answer",
	    ref: $ref, decision: "accepted", decided_on: $on}' \
	    >second/records/000001.ndjson
	post second second.satchel SIGN="$PWD/unused.key" \
	    TO="$(jq -r .open site.card) $(age-keygen -y recovery.key)"
	sat --json --home site --user primero_cp import second.satchel
}

@test "13: an answer of a day that has not come counts as of today, and is told" {
	cp -a site before
	second_hub "$(date -u -d '+200 days' +%F)"
	ends 3
	says '.counts.answer == 1 and
	    (.notices | map(select(test("has not come"))) | length == 1)'
	sat --home site why "$(ref_of 1)"
	grep -q "Decided over there on $(date -u +%F): accepted" <<<"$output"
	# Clocks are not in step everywhere: a day more is taken.
	rm -r site
	mv before site
	second_hub "$(date -u -d '+1 day' +%F)"
	ends 3
	says '.counts.answer == 1'
	sat --home site why "$(ref_of 1)"
	grep -q 'Decided over there' <<<"$output"
}

@test "17: a decision from before the referral waits for a person" {
	ping "$(decided 1 125080000 '.progres_reviewdate = "1900-01-01"')" \
	    >old.json
	answer old.json
	ends 3
	says '.answers[0] | .state == "held" and (.text | test("before"))'
	by_hand --decision accepted --on 1900-01-01
	ends 2 U101
	owed '. == []'
}
