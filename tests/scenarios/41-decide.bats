#!/usr/bin/env bats
# People decide what a program must not: who may let go what, what goes with it,
# and what nobody can let go.

load sites

reason='The grandmother could not be found before dark, the clinic was told'

setup_file() {
	world
	echo "$reason" >>canaries
	mkdir back written
}

setup() {
	enter
	child=$(jq -rs 'flatten[10].data.case_id' "$examples/cases.json")
	ref=$(ref_of 11)
}

teardown() {
	rm -f night.json night.ndjson case.json
	leaks_nothing
}

# night [JQ] [JQ]: a child alone, who spoke before a witness; nobody who cares
# for it is there.  The case and its consent record, changed.
night() {
	case_of 11 '.data.services_section[0].service_response_timeframe =
	    "1_hour" | '"${1:-.}" >night.json
	jq -c --arg child "$child" 'select(.subject_ref == $child) |
	    .method = "verbal_witnessed" | del(.taken_by, .language) |
	    '"${2:-.}" "$examples/consents.ndjson" >night.ndjson
	send --from night.json --consents night.ndjson
}

# decide NODE USER OPTION...
decide() {
	local home=$1 user=$2
	shift 2
	sat --json --home "$home" --user "$user" decide "$@"
}

release() {
	decide "$1" "$2" "${3:-$ref}" --release --reason "$reason"
}

refuse() {
	decide "$1" "$2" "${3:-$ref}" --refuse --reason "$reason"
}

# holds IDS: of the one referral of the last command, what holds or refuses it.
holds() {
	same "$(jq -r '[.referrals[-1].rules[] |
	    select(.verdict == "hold" or .verdict == "refuse") | .id] |
	    join(" ")' <<<"$output")" "$1"
}

# released: the night's emergency, let go at the site and arrived at the hub.
released() {
	night
	release site cp_supervisor
	night
	take stick
}

go_back() {
	rm -f back/*
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	ends 0
	sat --json --home site --user primero_cp import back
}

sent() {
	peek "$(the_bundle)" records/000001.ndjson |
	    jq -s '.[] | select(.type == "referral")'
}

@test "an emergency at night: one person lets it go, the hub is the second" {
	night
	ends 3
	holds "C-BAND C-CARE"
	same "$(bundles_on stick)" 0
	release site cp_supervisor
	ends 0
	says '.referrals | length == 1 and .[0].state == "ready"'
	night
	ends 0
	says '.referrals[0].state == "sent"'
	sent >night.json
	jq -e --arg why "$reason" '.priority == "emergency" and
	    ([.judged[] | .rule] | sort) == ["C-BAND", "C-CARE"] and
	    ([.judged[] | .user] | unique) == ["cp_supervisor"] and
	    ([.judged[] | .reason] | unique) == [$why] and
	    all(.judged[]; .on | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"))' night.json
	take stick
	ends 3
	says '.referrals[0].state == "held"'
	holds "C-BAND C-CARE R-AGAIN"
	says '[.referrals[0].rules[] | select(.id == "R-AGAIN") | .fields[]] |
	    sort == ["C-BAND", "C-CARE"]'
	load_all
	says '.loaded == []'
	release hub hub_admin
	ends 0
	says '.referrals[0].state == "ready"'
	load_all
	ends 0
	says '.loaded[0].state == "created"'
	go_back
	sat --json --home site --user primero_cp why "$ref"
	says '.referrals[0].state == "sent"'
	sat --home site why "$ref"
	grep -q 'The other side says: loaded' <<<"$output"
	grep -q 'Let go here by cp_supervisor on 20.* C-BAND, C-CARE' <<<"$output"
}

@test "who let it go over there is not the second person here" {
	# The supervisor of the site is listed at the hub, under another account.
	agreement '.version = 2 | (.nodes[] | select(.code == "ET-HUB-01")).users
	    += [{user: "bekele", full_name: "bekele  EXAMPLE",
	    position: "on loan", role: "supervisor",
	    email: "b@example.invalid", phone: "1", may: ["decide"]},
	    {user: "cp_supervisor", full_name: "Somebody Else",
	    position: "officer", role: "supervisor",
	    email: "c@example.invalid", phone: "2", may: ["decide"]}]' >v2.json
	sign_agreement v2.json
	adopt v2.json site hub
	released
	release hub bekele
	ends 3
	says '.referrals[0].state == "held"'
	holds "R-AGAIN"
	release hub cp_supervisor
	ends 2 R105
	holds "R-AGAIN"
	release hub hub_admin
	ends 0
	says '.referrals[0].state == "ready"'
}

@test "what changes after it was let go is held again" {
	night
	release site cp_supervisor
	night '.data.name_nickname = "Another"'
	ends 3
	holds "C-BAND C-CARE"
	same "$(bundles_on stick)" 0
	# Also a change that would not have travelled.
	night '.data.national_id_no = "NID-1"'
	holds "C-BAND C-CARE"
	# And exactly what was looked at still goes.
	night
	ends 0
	says '.referrals[0].state == "sent"'
}

@test "what changes after it was let in is held again" {
	released
	release hub hub_admin
	rm stick/*
	night '.data.name_nickname = "Another"'
	release site cp_supervisor
	night '.data.name_nickname = "Another"'
	take stick
	ends 3
	holds "C-BAND C-CARE D-DUP R-AGAIN"
	sat --json --home hub --user hub_admin inbox --state ready
	says '.referrals | length == 1'
}

@test "a no cannot be let go, whoever asks" {
	send
	release site cp_supervisor "$(ref_of 2)"
	ends 2 R107
	says '.fault.detail == "C-STATE, C-UNHCR"'
	says '.fault.remedy | contains("satchel why")'
	# A later no: what had been let go is refused.
	night
	release site cp_supervisor
	night . '.status = "refused"'
	ends 3
	holds "C-STATE C-BAND C-CARE"
	release site cp_supervisor
	ends 2 R107
	same "$(bundles_on stick)" 1
}

@test "what was never asked, or has run out, is asked and not decided" {
	local before
	send
	before=$(state_of site)
	release site cp_supervisor "$(ref_of 3)"
	ends 2 R105
	holds "C-AGE"
	says '.fault.detail == "C-AGE"'
	same "$(state_of site)" "$before"
	release site cp_supervisor "$(ref_of 14)"
	ends 3
	holds "D-MIN"
	says '.referrals[0].state == "held"'
}

@test "only who may decide decides, and says why" {
	local before
	night
	before=$(state_of site)
	release site primero_cp
	ends 4 N106
	decide site cp_supervisor "$ref" --release
	ends 2
	decide site cp_supervisor "$ref" --release --reason "  "
	ends 2
	decide site cp_supervisor "$ref" --release --reason "$(printf 'a\001b')"
	ends 2
	decide site cp_supervisor "$ref" --release --reason \
	    "$(printf '%02001d' 0)"
	ends 2
	decide site cp_supervisor "$ref" --reason "$reason"
	ends 2
	decide site cp_supervisor "$ref" --release --refuse --reason "$reason"
	ends 2
	decide site cp_supervisor "$ref" --release --reason "$reason" --dry-run
	ends 0
	same "$(state_of site)" "$before"
	decide site cp_supervisor nothing-like-it --release --reason "$reason"
	ends 2 R101
}

@test "each of several is done or refused for itself" {
	send
	decide site cp_supervisor "$(ref_of 1)" "$(ref_of 11)" "$(ref_of 10)" \
	    --release --reason "$reason"
	ends 2
	says '[.referrals[].state] == ["ready", "ready"]'
	says '[.faults[].fault.code] == ["R103"]'
}

@test "a refusal travels back, and stands for what was refused" {
	released
	refuse hub hub_admin
	ends 0
	says '.referrals[0].state == "refused"'
	# Only a person's own words are left of it, for who asks to see them.
	"$satchel" --home hub show "$ref" --reveal >shown
	grep -qF "because: $reason" shown
	no grep -q name_first shown
	rm shown
	# The same comes again: it stays refused.
	rm stick/*
	send --from night.json --consents night.ndjson --only "$ref"
	take stick
	ends 3
	holds "C-BAND C-CARE R-SAID R-AGAIN"
	says '.referrals[0].state == "refused"'
	go_back
	says '.counts.answer == 1'
	sat --home site why "$ref"
	grep -q 'Decided over there on 20.*: rejected' <<<"$output"
	no grep -qF "$reason" <<<"$output"
	sat --json --home site --user primero_cp load --to primero:written
	says '.loaded[0] | .answer and .state == "created"'
	grep -qF "$reason" written/*
	rm written/*
}

@test "what a person refused at home stays at home until it changes" {
	night
	refuse site cp_supervisor
	ends 0
	says '.referrals[0].state == "refused"'
	night
	ends 3
	holds "C-BAND C-CARE R-SAID"
	says '.referrals[0].state == "refused"'
	night '.data.name_nickname = "Another"'
	holds "C-BAND C-CARE"
}

@test "a refusal by mistake at home is taken back, and lets nothing go" {
	night
	release site cp_supervisor
	refuse site cp_supervisor
	ends 0
	sat --home site --user cp_supervisor decide "$ref" --release \
	    --reason "$reason"
	grep -q 'taken back, and nothing was let go' <<<"$output"
	grep -q 'satchel decide REF --release' <<<"$output"
	sat --json --home site why "$ref"
	says '.referrals[0].state == "held"'
	night
	ends 3
	holds "C-BAND C-CARE"
	release site cp_supervisor
	night
	ends 0
	says '.referrals[0].state == "sent"'
}

@test "a refusal by mistake at the hub is taken back when it comes again" {
	send --only "$(ref_of 1)"
	take stick
	refuse hub hub_admin "$(ref_of 1)"
	sat --home hub --user hub_admin decide "$(ref_of 1)" --release \
	    --reason "$reason"
	ends 0
	grep -q 'ask ET-GMB-03 to export it again with --only' <<<"$output"
	release hub hub_admin "$(ref_of 1)"
	ends 2 R103
	rm stick/*
	send --only "$(ref_of 1)"
	take stick
	ends 0
	says '.referrals[0].state == "staged"'
	load_all
	says '.loaded[0].state == "created"'
}

@test "what the child says after a release is heard" {
	case_of 1 '.data.withhold_details = "call only in the evening"' >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	holds "C-HIDE"
	release site cp_supervisor "$(ref_of 1)"
	ends 0
	case_of 1 '.data.withhold_details =
	    "My stepfather hits me. Do not give anybody my address"' >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	ends 3
	holds "C-HIDE"
	same "$(bundles_on stick)" 0
	release site cp_supervisor "$(ref_of 1)"
	# What else the case says beside the referral asks anew, too.
	case_of 1 '.data.withhold_details =
	    "My stepfather hits me. Do not give anybody my address" |
	    .data.disclosure_deny_details = "not to the police"' >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	holds "C-HIDE"
	release site cp_supervisor "$(ref_of 1)"
	send --from case.json --consents "$examples/consents.ndjson"
	ends 0
	grep -raqF 'stepfather hits' site stick && return 1
	says '.referrals[0].state == "sent"'
}

@test "a release is of the agreement it was given under" {
	night
	release site cp_supervisor
	agreement '.version = 2 | .consent.age_rules = [{from: 0, to: 17,
	    needs: ["guardian", "caregiver", "child"], alternatives: []}]' >v2.json
	sign_agreement v2.json
	adopt v2.json site hub
	night
	ends 3
	holds "C-BAND C-CARE"
	says '[.referrals[] | select(.state == "sent")] == []'
	# What was read is what the rules said under the version in force.
	agreement '.version = 3' >v3.json
	sign_agreement v3.json
	adopt v3.json site
	release site cp_supervisor
	ends 2 R103
}

@test "also where it arrived" {
	released
	release hub hub_admin
	ends 0
	agreement '.version = 2' >v2.json
	sign_agreement v2.json
	adopt v2.json hub
	load_all
	same "$(find loaded -type f)" ""
	sat --json --home hub inbox --state held
	holds "C-BAND C-CARE R-AGAIN"
	release hub hub_admin
	load_all
	says '.loaded[0].state == "created"'
}

@test "what else was let go over there is confirmed anew" {
	local judged='{rule: "C-HOW", user: "primero_cp", reason: "night",
	    on: "2026-11-20"}'
	letter a
	jq -c '.judged = ['"$judged"'] | del(.subject.name_last)' \
	    <a/records/000001.ndjson | revise >changed
	mv changed a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	holds "D-MIN R-AGAIN"
	one=$(jq -r '.referrals[0].ref' <<<"$output")
	release hub hub_admin "$one"
	ends 3
	holds "D-MIN"
	letter b "$(follows a a.satchel)"
	jq -c '.judged += [{rule: "C-TOLD", user: "cp_supervisor",
	    reason: "not yet", on: "2026-11-21"}]' \
	    <a/records/000001.ndjson >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	holds "D-MIN R-AGAIN"
	rm -r a b
}

@test "nobody lets go what the agreement does not list" {
	local another='.override = null | del(.override) |
	    .basis = "legitimate_interest"'
	night . "$another"
	holds "C-BAND C-CARE C-BASIS"
	release site cp_supervisor
	ends 3
	holds "C-BASIS"
	release site cp_supervisor
	ends 2 R105
	agreement '.version = 2 | .sensitive_codes += ["alternative_care"]' >v2.json
	sign_agreement v2.json
	adopt v2.json site hub
	case_of 1 >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	holds "S-GBV"
	release site cp_supervisor "$(ref_of 1)"
	ends 2 R105
	send --from case.json --consents "$examples/consents.ndjson"
	holds "S-GBV"
	says '.referrals[0].state == "held"'
}

@test "consent that was given for another purpose goes nowhere" {
	child=$(jq -rs 'flatten[0].data.case_id' "$examples/cases.json")
	case_of 1 >case.json
	jq -c --arg child "$child" 'select(.subject_ref == $child) |
	    .purpose = "livelihood_research"' "$examples/consents.ndjson" \
	    >night.ndjson
	send --from case.json --consents night.ndjson
	ends 3
	holds "P-PURPOSE"
	says '.referrals[0].state == "refused"'
	release site cp_supervisor "$(ref_of 1)"
	ends 2 R107
}

@test "a reason that may tell what is private stays at home, all of it" {
	local private='She does not want the pregnancy known'
	night '.data.withhold_details = "She is expecting; the uncle must not know"'
	holds "C-BAND C-CARE C-HIDE"
	sat --home site --user cp_supervisor decide "$ref" --release \
	    --reason "$private"
	grep -q 'Why stays here' <<<"$output"
	night '.data.withhold_details = "She is expecting; the uncle must not know"'
	ends 0
	sent >case.json
	jq -e '[.judged[].rule] | sort == ["C-BAND", "C-CARE", "R-AGAIN"]' \
	    case.json
	no grep -qF "$private" case.json
	take stick
	sat --home hub why "$ref"
	no grep -qF "$private" <<<"$output"
	no grep -q 'R-AGAIN is about: .*R-AGAIN' <<<"$output"
}

@test "a reason that tells nothing private goes with it" {
	night
	sat --home site --user cp_supervisor decide "$ref" --release \
	    --reason "$reason"
	grep -q 'who let it go, when and why' <<<"$output"
}

@test "the journal says that somebody decided, and not about what" {
	send
	release site cp_supervisor "$(ref_of 10)"
	refuse site cp_supervisor "$(ref_of 5)"
	# Which rules held it is told where it was judged, but for those that
	# tell what a household is afraid of; of whom is told nowhere.
	no grep -raqF C-HIDE site
	same "$(sqlite3 site/store.db "SELECT COUNT(*) FROM journal
	    WHERE body LIKE '%D-MAP%' AND act = 'decided'")" 0
	grep -raqF '{"decision":"release","direction":"sent","number":1}' site
}

@test "of several that were typed the one that is meant is told by its place" {
	sat --json --home site --user cp_supervisor decide 900-00000777 \
	    "$(ref_of 3)" --release --reason "$reason"
	ends 2
	says '[.faults[].file] == ["REF 1", "REF 2"]'
	no grep -qF 900-00000777 <<<"$output$stderr"
}

@test "who refers the child is not the second person" {
	local override='.override = {reason_code: "not_reachable",
	    reason: "nobody was there", authoriser_name: "Bekele Example",
	    authoriser_role: "supervisor", on: "2026-11-20"}'
	agreement '.version = 2 |
	    (.nodes[] | select(.code == "ET-GMB-03")).users[0].may +=
	        ["decide", "override"]' >v2.json
	sign_agreement v2.json
	adopt v2.json site hub
	night '.data.owned_by = "primero_cp"' "$override"
	holds "C-OVR"
	release site primero_cp
	ends 2 R105
	says '.fault.detail | startswith("C-OVR: it takes somebody else")'
	release site cp_supervisor
	ends 0
}

@test "who approved going without consent is somebody known here" {
	night . '.override = {reason_code: "not_reachable",
	    reason: "nobody was there", authoriser_name: "Somebody Invented",
	    authoriser_role: "supervisor", on: "2026-11-20"}'
	holds "C-OVR"
	says '.referrals[0].state == "refused"'
	release site cp_supervisor
	ends 2 R107
}

@test "a use-by date that passes while it waits holds it" {
	send --only "$(ref_of 1)"
	take stick
	says '.referrals[0].state == "staged"'
	late="$(date -d "+$(($(jq .use_by_days agreement.json) + 5)) days" \
	    +%F) 12:00:00"
	at "$late" --json --home hub --user hub_admin load --to progres-ping:loaded
	same "$(find loaded -type f)" ""
	sat --json --home hub inbox --state held
	holds "B-AGE"
	at "$late" --json --home hub --user hub_admin decide "$(ref_of 1)" \
	    --release --reason "$reason"
	ends 0
	at "$late" --json --home hub --user hub_admin load --to progres-ping:loaded
	says '.loaded[0].state == "created"'
}

@test "without a translation it goes without that value" {
	send
	ends 3
	rm stick/*
	release site cp_supervisor "$(ref_of 5)"
	ends 0
	send
	sent >case.json
	same "$(jq -r .ref case.json)" "$(ref_of 5)"
	jq -e '[.judged[].rule] == ["D-MAP"]' case.json
	take stick
	holds "R-AGAIN"
	release hub hub_admin "$(ref_of 5)"
	ends 0
}

@test "what the child keeps private is not named to the other side" {
	send
	rm stick/*
	release site cp_supervisor "$(ref_of 10)"
	ends 0
	send
	sent >case.json
	jq -e '[.judged[] | .rule, .user] == ["R-AGAIN", "cp_supervisor"]' \
	    case.json
	no grep -qF "$reason" case.json
	take stick
	holds "R-AGAIN"
	sat --home hub why "$(ref_of 10)"
	grep -q 'by cp_supervisor of ET-GMB-03 on 20.*not name' <<<"$output"
}

@test "going without consent takes the approver, and never the sender" {
	local override='.override = {reason_code: "not_reachable",
	    reason: "nobody was there", authoriser_name: "Bekele Example",
	    authoriser_role: "supervisor", on: "2026-11-20"}'
	night . "$override"
	holds "C-OVR"
	release site cp_supervisor
	ends 0
	sat --json --home site --user cp_supervisor export --to ET-HUB-01 \
	    --out stick --from night.json --consents night.ndjson
	same "$(bundles_on stick)" 0
	holds "C-OVR"
	night . "$override"
	ends 0
	take stick
	holds "C-OVR R-AGAIN"
	release hub hub_admin
	ends 0
}

@test "a newer version takes the place of one that waits" {
	send --only "$(ref_of 1)"
	take stick
	rm stick/*
	case_of 1 '.data.name_nickname = "Newer"' >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	take stick
	holds "D-DUP"
	sat --json --home hub inbox --state held
	newer=$(jq -r '.referrals[0].ref' <<<"$output")
	release hub hub_admin "$newer"
	ends 0
	says '.referrals[0].state == "ready"'
	same "$(jq -r '.referrals[0].ref' <<<"$output")" "$(ref_of 1)"
	sat --json --home hub inbox
	says '[.referrals[].state] | sort == ["ready", "refused"]'
	load_all --only "$(ref_of 1)"
	ends 0
	grep -q Newer loaded/*
	# It comes once more, and nothing happens.
	rm stick/*
	send --from case.json --consents "$examples/consents.ndjson" \
	    --only "$(ref_of 1)"
	take stick
	says '.counts.duplicate == 1'
}

@test "beside one that was loaded it becomes no second referral" {
	send --only "$(ref_of 1)"
	take stick
	load_all
	rm stick/* loaded/*
	case_of 1 '.data.name_nickname = "Newer"' >case.json
	send --from case.json --consents "$examples/consents.ndjson"
	take stick
	sat --json --home hub inbox --state held
	newer=$(jq -r '.referrals[0].ref' <<<"$output")
	release hub hub_admin "$newer"
	ends 0
	load_all
	ends 5 D113
	same "$(find loaded -type f)" ""
	sat --json --home hub --user hub_admin load --to sheet:loaded
	ends 0
	grep -q Newer loaded/*
	rm loaded/*
	rm stick/*
	send --from case.json --consents "$examples/consents.ndjson" \
	    --only "$(ref_of 1)"
	take stick
	says '.counts.duplicate == 1'
}

@test "the inbox says that a person may decide, and what waits to go" {
	night
	sat --home site inbox
	grep -q '1 held for a person to decide: .*--release|--refuse' <<<"$output"
	no grep -q 'put right' <<<"$output"
	release site cp_supervisor
	sat --home site inbox
	grep -q '1 let go here' <<<"$output"
	no grep -q 'satchel decide REF' <<<"$output"
}

@test "an older version that waits is not let in beside a newer one" {
	local nickname
	send --only "$(ref_of 1)"
	take stick
	for nickname in Newer Newest; do
		rm stick/*
		case_of 1 ".data.name_nickname = \"$nickname\"" >case.json
		send --from case.json --consents "$examples/consents.ndjson"
		take stick
		holds "D-DUP"
		sat --json --home hub inbox --state held
		[ "$nickname" = Newest ] ||
			older=$(jq -r '.referrals[0].ref' <<<"$output")
	done
	newest=$(jq -r --arg older "$older" '.referrals[].ref |
	    select(. != $older)' <<<"$output")
	release hub hub_admin "$older"
	ends 2 R103
	load_all
	no grep -rq Newer loaded
	rm loaded/*
	release hub hub_admin "$newest"
	ends 0
}

@test "the inbox tells apart what can only be put right" {
	send
	sat --home site inbox
	grep -Eq '[0-9]+ held for something to be put right' <<<"$output"
	grep -Eq '[0-9]+ held for a person to decide' <<<"$output"
}
