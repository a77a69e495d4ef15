#!/usr/bin/env bats
# What the hub sees of what came, and what it writes for proGres.

load sites

setup_file() {
	world
	# As it is when four referrals of the site are staged at the hub.
	"$satchel" --home site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --only "$(ref_of 1)" "$(ref_of 2)" "$(ref_of 3)" \
	    "$(ref_of 6)" "$(ref_of 8)" "$(ref_of 9)" \
	    --out stick >/dev/null || [ $? -eq 3 ]
	"$satchel" --home hub import stick >/dev/null
}

setup() {
	# What `came` says at the end of a pipe is looked at.
	shopt -s lastpipe
	enter
}

teardown() {
	leaks_nothing
}

# pairs FILE: Name<TAB>Value of a PING body.
pairs() {
	jq -r '.Data[0].Fields[] | "\(.Name)\t\(.Value)"' "$1"
}

# body_of NUMBER: the file that the last load wrote for a case.
body_of() {
	jq -r --arg ref "$(ref_of "$1")" \
	    '.loaded[] | select(.ref == $ref) | .file' <<<"$output"
}

@test "inbox: every referral with its state, emergencies first" {
	sat --json --home hub inbox
	ends 0
	says '.command == "inbox" and (.referrals | length == 4)'
	says '[.referrals[].state] == ["staged", "staged", "staged", "staged"]'
	# Case 6 is asked for within a day.
	says ".referrals[0].ref == \"$(ref_of 6)\""
	sat --home hub inbox
	ends 0
	sed -n 2p <<<"$output" | grep -qF "$(ref_of 6)"
	for n in 1 6 8 9; do
		grep -qF "$(ref_of "$n")" <<<"$output"
	done
	grep -q -- '-> ' <<<"$output"
}

@test "inbox --state shows only those" {
	load_all --only "$(ref_of 1)"
	ends 0
	sat --json --home hub inbox --state loaded
	says ".referrals | map(.ref) == [\"$(ref_of 1)\"]"
	sat --json --home hub inbox --state staged
	says '.referrals | length == 3'
	sat --json --home hub inbox --state held
	ends 0
	says '.referrals == []'
	sat --json --home hub inbox --state sideways
	ends 2 U101
}

@test "an empty inbox says so" {
	sat --home hub inbox --state recalled
	ends 0
	grep -q 'Nothing is here' <<<"$output"
}

@test "why: here and at the sender, with rules and plain words" {
	sat --json --home hub why "$(ref_of 1)"
	ends 0
	says ".referrals | length == 1 and .[0].ref == \"$(ref_of 1)\" and
	    .[0].verdict == \"share\" and .[0].state == \"staged\""
	sat --json --home site why "$(ref_of 2)"
	ends 0
	says '.referrals[0] | .verdict == "refuse" and .state == "refused" and
	    ([.rules[].id] | index("C-STATE") != null and
	    index("C-UNHCR") != null)'
	says '[.referrals[0].rules[].text | length > 10] | all'
	sat --json --home site why "$(ref_of 3)"
	says '.referrals[0] | .state == "held" and .rules[0].id == "C-AGE"'
	sat --json --home site why "$(ref_of 6)"
	says '.referrals[0] | .state == "sent" and .verdict == "strip"'
	sat --home site why "$(ref_of 3)"
	ends 0
	grep -q 'consent is too old' <<<"$output"
}

@test "why: by the case, the individual number, or the start of a ref" {
	case_id=$(case_of 1 | jq -r '.[0].data.case_id')
	number=$(case_of 1 | jq -r '.[0].data.unhcr_individual_no')
	for name in "$case_id" "$number" "primero:${case_id:0:8}"; do
		run --separate-stderr "$satchel" --json --home hub why "$name"
		ends 0
		says ".referrals[0].ref == \"$(ref_of 1)\""
	done
	sat --json --home hub why primero:
	ends 2 R102
	sat --json --home hub why primero:nobody
	ends 2 R101
	# What the site never sent is not known at the hub.
	sat --json --home hub why "$(ref_of 2)"
	ends 2 R101
}

@test "show needs a terminal, or --reveal" {
	sat --home hub show "$(ref_of 1)"
	ends 2
	grep -q R104 <<<"$stderr"
	same "$output" ""
	run --separate-stderr "$satchel" --home hub show --reveal "$(ref_of 1)"
	ends 0
	grep -q Nyakim <<<"$output"
	# In a result object there is nothing of it, with --reveal or without.
	sat --json --home hub show --reveal "$(ref_of 1)"
	ends 0
	sat --json --home hub show "$(ref_of 1)"
	ends 0
}

@test "show prints names in any script, and escapes what drives a terminal" {
	run --separate-stderr "$satchel" --home hub show --reveal "$(ref_of 9)"
	ends 0
	first=$(case_of 9 | jq -r '.[0].data.name_first')
	grep -qF "$first" <<<"$output"
	no env LC_ALL=C grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xaa-\xae]' \
	    <<<"$output"
}

@test "load writes exactly the body that PING takes" {
	load_all
	ends 0
	says '.command == "load" and (.loaded | length == 4)'
	says '[.loaded[] | .state == "created" and .fault == null and
	    (.file | test("^[0-9a-f]{12}\\.json$"))] | all'
	same "$(find loaded -type f | wc -l)" 4
	same "$(find loaded -type f ! -perm 600)" ""
	jq -n --slurpfile case "$examples/cases.json" \
	    --slurpfile a agreement.json '
	    ($case | flatten[0]) as $c | $a[0] as $a | $c.data as $d |
	    $d.services_section[0] as $s |
	    ($a.nodes[0].users[] | select(.user == $d.owned_by)) as $u |
	    {ShippingProcessId: $a.systems["progres-ping"].processes.referral_in,
	    InteropId: $a.systems["progres-ping"].interop, APIVersion: "V2",
	    Data: [{ExternalId: $d.case_id, ExternalGUID: $c.id,
	    Attachments: [], Fields: [
	    ["progres_externalguid", $c.id],
	    ["progres_externalid", $d.case_id],
	    ["progres_offlineid", $d.case_id],
	    ["progres_businessunit", $a.systems["progres-ping"].business_unit],
	    ["progres_organizationfrom",
	        $a.systems["progres-ping"].organization_from],
	    ["progres_orgreferredby", $u.full_name],
	    ["progres_orgposition", $u.position],
	    ["progres_orgemail", $u.email],
	    ["progres_orgphonenumber", $u.phone],
	    ["progres_orgreferralid", $s.unique_id],
	    ["progres_referraldate", $s.service_response_day_time[0:10]],
	    ["progres_requestedservice", ($a.maps.services[] |
	        select(.code == $s.service_type) | .progres_out)],
	    ["progres_spneedcategory", ([$a.maps.protection_concerns[] |
	        select(.code == ("separated", "neglect"))][0].progres_out)],
	    ["progres_pocfirstname", $d.name_first],
	    ["progres_poclastname", $d.name_last],
	    ["progres_pocdateofbirth", $d.date_of_birth],
	    ["progres_pocsex", "125080000"],
	    ["progres_pocaddress", $d.address_current],
	    ["progres_pocotheridnumber", $d.unhcr_id_no],
	    ["progres_unhcrid", $d.unhcr_individual_no]] |
	    map({Name: .[0], Value: .[1]})}]}' >want
	file=loaded/$(body_of 1)
	same "$(jq -S 'del(.Data[0].Fields[] |
	    select(.Name == "progres_reasonforreferral"))' "$file")" \
	    "$(jq -S . want)"
	# The reason carries what PING has no field for.
	jq -r '.Data[0].Fields[] |
	    select(.Name == "progres_reasonforreferral") | .Value' "$file" \
	    >reason
	grep -qxF "$(case_of 1 | jq -r \
	    '.[0].data.services_section[0].service_referral_notes')" reason
	grep -qx 'Protection concerns: separated, neglect' reason
	grep -q 'Nyawal Example' reason
	grep -qx 'Also known as: Kim' reason
}

@test "what was taken out is in no body" {
	load_all
	no grep -rqiE 'sexual|nationality|risk' loaded
}

@test "names in Ethiopic and Arabic letters arrive as they are" {
	load_all
	same "$(pairs "loaded/$(body_of 9)" |
	    sed -n 's/^progres_pocfirstname.//p')" \
	    "$(case_of 9 | jq -r '.[0].data.name_first')"
}

@test "load again has nothing to do" {
	load_all
	find loaded -type f -exec sha256sum {} + | sort >first
	load_all
	ends 0
	says '(.loaded // []) == []'
	same "$(find loaded -type f -exec sha256sum {} + | sort)" "$(cat first)"
	sat --json --home hub inbox
	says '[.referrals[].state] | unique == ["loaded"]'
}

@test "load never writes over another file; the others go on" {
	load_all --dry-run
	file=$(body_of 1)
	[ -n "$file" ]
	echo mine >"loaded/$file"
	load_all
	ends 3
	says ".loaded[] | select(.ref == \"$(ref_of 1)\") |
	    .state == \"failed\" and .fault.code == \"D104\""
	says '[.loaded[] | select(.state == "created")] | length == 3'
	same "$(cat "loaded/$file")" mine
	rm "loaded/$file"
	load_all
	ends 0
	says ".loaded | length == 1 and .[0].ref == \"$(ref_of 1)\" and
	    .[0].state == \"created\""
}

@test "a load that broke off goes on where it was" {
	cp -a hub before
	load_all
	# Two bodies were written when the power went, before the store knew.
	rm -r hub
	mv before hub
	find loaded -type f | sort | tail -n 2 | xargs rm
	load_all
	ends 0
	says '[.loaded[].state] | sort ==
	    ["created", "created", "unchanged", "unchanged"]'
	same "$(find loaded -type f | wc -l)" 4
	sat --json --home hub inbox --state loaded
	says '.referrals | length == 4'
}

@test "load --dry-run writes nothing" {
	before=$(state_of hub)
	load_all --dry-run
	ends 0
	says '.loaded | length == 4'
	same "$(find loaded -type f)" ""
	same "$(state_of hub)" "$before"
}

@test "load --only takes those and no others" {
	load_all --only "$(ref_of 8)" --only "primero:ba8753fb"
	ends 0
	says '.loaded | length == 2'
	same "$(find loaded -type f | wc -l)" 2
	load_all --only primero:nobody
	ends 2 R101
	load_all --only primero:
	ends 2 R102
	load_all --only "$(ref_of 8)"
	ends 2 R103
	same "$(find loaded -type f | wc -l)" 2
}

@test "consent that ran out since is held, and not loaded" {
	# Consent of August 2026 is two years old then; the agreement goes on.
	at '2028-10-01 12:00:00' --json --home hub --user hub_admin load \
	    --to progres-ping:loaded
	ends 3
	says '[.loaded[].state] == ["held", "held", "held", "held"]'
	says '[.referrals[] | .state == "held" and
	    ([.rules[].id] | index("C-AGE") != null)] | length == 4 and all'
	same "$(find loaded -type f)" ""
	sat --json --home hub inbox --state held
	says '.referrals | length == 4'
	sat --json --home hub why "$(ref_of 1)"
	says '[.referrals[0].rules[].id] | index("C-AGE") != null'
}

@test "what is held is not loaded, and cannot be by name" {
	letter a
	head -n 1 good.ndjson | jq -c '.consent.given_on = "2023-01-01" |
	    .consent.given_by |= map(.on = "2023-01-01") |
	    .consent.events |= map(.on = "2023-01-01") |
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .origin.service_id = "e2adc824" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1'
	load_all
	ends 0
	says '.loaded | length == 4'
	load_all --only primero:99999999
	ends 2 R103
	same "$(find loaded -type f | wc -l)" 4
}

@test "a folder that is missing is 7; a format that is not there is 2" {
	before=$(state_of hub)
	sat --json --home hub load --to progres-ping:nowhere
	ends 7
	sat --json --home hub load --to loaded
	ends 2 U101
	sat --json --home hub load --to csv:loaded
	ends 2
	sat --json --home hub load
	ends 2 U101
	same "$(state_of hub)" "$before"
	same "$(find loaded -type f)" ""
}

@test "a user without the right may not load" {
	sat --json --home hub --user nobody load --to progres-ping:loaded
	ends 4 N105
	same "$(find loaded -type f)" ""
}

@test "the site learns what became of what it sent" {
	load_all
	mkdir back
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	ends 0
	says '.bundles[0].state == "made"'
	sat --json --home site import back
	ends 0
	sat --json --home site why "$(ref_of 1)"
	ends 0
	sat --home site why "$(ref_of 1)"
	grep -q 'other side says: loaded' <<<"$output"
	# Acknowledged: it is not sent for ever.
	mkdir again
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out again
	ends 0
}

@test "text for people names no child, and tells what to do next" {
	sat --home hub --user hub_admin load --to progres-ping:loaded
	ends 0
	grep -q 'data about children' <<<"$output"
	sat --home hub why "$(ref_of 1)"
	ends 0
	sat --home hub why primero:nobody
	ends 2
	grep -q '^satchel: R101 ' <<<"$stderr"
	grep -q '^  -> ' <<<"$stderr"
}

@test "1: what was stripped when it came is loaded without it" {
	letter a
	head -n 1 good.ndjson | jq -c '.service.location = "Addis 12" |
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id' | revise \
	    >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	says '.counts.strip == 1 and .referrals[0].state == "staged"'
	load_all --only primero:99999999
	ends 0
	says '.loaded | length == 1 and .[0].state == "created"'
	no grep -rq 'Addis 12' loaded
}

# another [JQ]: the first good referral as that of a child not known here.
another() {
	head -n 1 good.ndjson | jq -c '
	    .origin.case_id = "99999999-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" |
	    .consent.subject_ref = .origin.case_id | '"${1:-.}" | revise
}

# came NAME [AFTER]: the records on stdin have come in a bundle of their own.
came() {
	[ -e "$1" ] || letter "$1" "${2:+$(follows "$2" "$2.satchel")}"
	cat >"$1/records/000001.ndjson"
	post "$1" "$1.satchel"
	take "$1.satchel"
}

# let_in REF RULES: by the administrator, who is asked about just these rules.
let_in() {
	sat --json --home hub --user hub_admin decide "$1" --release \
	    --reason "asked over there"
	ends 0
	says '.referrals[0].state == "ready"'
	sat --json --home hub why "$1"
	same "$(jq -r '[.decided[0].rules[]] | join(" ")' <<<"$output")" "$2"
	load_all --only "$1"
	ends 0
	says '.loaded[0].state == "created"'
}

@test "what came anew after a recall is let in as just that" {
	another | came a
	ends 0
	jq -cn --arg ref "$(another | jq -r .ref)" '{type: "recall",
	    ref: $ref, sequence: 2, reason: "sent_in_error",
	    on: "2026-09-01"}' | came b a
	another '.made_on = "2026-10-01"' | came c b
	ends 3
	says '[.referrals[-1].rules[] | select(.verdict == "hold") | .id] ==
	    ["L-TOMB"]'
	let_in primero:99999999 L-TOMB
}

@test "what came past its use-by date is let in as just that" {
	letter a '.created = "2026-01-01T00:00:00Z" |
	    .use_by = "2026-02-01T00:00:00Z"'
	another '.made_on = "2026-01-01" | .service.requested_on = "2026-01-01" |
	    .consent.given_on = "2026-01-01" |
	    .consent.given_by |= map(.on = "2026-01-01") |
	    .consent.events |= map(.on = "2026-01-01")' | came a
	ends 3
	says '[.referrals[0].rules[] | select(.verdict == "hold") | .id] ==
	    ["B-AGE"]'
	let_in primero:99999999 B-AGE
}

@test "of two in one bundle it stays said that the same is there twice" {
	{
		another
		another '.subject.name_nickname = "Another"'
	} | came a
	ends 3
	sat --json --home hub inbox --state held
	says '.referrals | length == 1'
	second=$(jq -r '.referrals[0].ref' <<<"$output")
	sat --json --home hub --user hub_admin decide "$second" --release \
	    --reason "asked over there"
	ends 0
	says '[.referrals[0].rules[] | select(.id == "D-DUP") | .text] ==
	    ["The same referral is there twice."]'
}
