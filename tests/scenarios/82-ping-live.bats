#!/usr/bin/env bats
# A proGres that PING lets satchel reach: nothing counts as sent without a
# status, and nothing is ever sent a second time by itself.

load sites

setup_file() {
	world
	mkdir back
	jq -r '.Data[] | to_entries[] | select(.key |
	    test("givenname|familyname|progres_id$|registrationgroup")) |
	    .value | strings' "$examples/interventions.json" |
	    awk 'length >= 6' >>canaries
}

setup() {
	enter
	coproc ping { exec python3 "$scenarios/../standin/ping.py"; }
	read -r _ port <&"${ping[0]}"
	as_agreed
	credentials token-one >credentials.age
}

teardown() {
	eval "exec ${ping[1]}>&-"
	leaks_nothing
}

# The stand-in with the ids of the agreement, and whatever the map writes.
as_agreed() {
	seed "$(jq -c '.systems["progres-ping"] as $p | {
	    partner: $p.partner, interop: $p.interop,
	    referral_in: $p.processes.referral_in,
	    decision_in: $p.processes.decision_in,
	    decision_synced: $p.processes.decision_synced,
	    details: $p.processes.referral_details,
	    decisions_out: $p.processes.decisions_out,
	    decision_details: $p.processes.decision_details,
	    list: "SHP-0099",
	    services: [.maps.services[].progres_out],
	    needs: [.maps[]? | arrays | .[].progres_out]}' agreement.json)"
}

# credentials TOKEN [MEMBERS]
credentials() {
	printf '{"satchel":"credentials/1","system":"ping",
	    "url":"http://127.0.0.1:%s","bearer":"%s"%s}' \
	    "$port" "$1" "${2-}" | age -r "$(jq -r .open hub.card)"
}

seed() {
	curl -s -f -d "$1" "http://127.0.0.1:$port/standin/seed" >/dev/null
}

order() {
	curl -s -f -d "$1" "http://127.0.0.1:$port/standin/fault" >/dev/null
}

there() {
	curl -s -f "http://127.0.0.1:$port/standin/state" >there.json
	jq -e "$1" there.json >/dev/null || {
		echo "this does not hold there: $1"
		jq -c '{referrals: [.referrals[].ExternalId],
		    refused: [.refused[] | .code], transactions, by_path}' \
		    there.json
		rm there.json
		return 1
	}
	rm there.json
}

# came [N]: referrals from the site wait at the hub.
came() {
	send --only "$(ref_of 1)"
	take stick
}

live() {
	sat --json --home hub --user hub_admin load --to progres-ping-api \
	    --credentials credentials.age "$@"
}

sent='POST /api/ingestion'

# waiting: interventions of proGres, in waiting.json.
waiting() {
	jq '.Data |= map(select(.progres_lpinterventionid)) |
	    .RecordCount = (.Data | length)' "$examples/interventions.json" \
	    >waiting.json
}

@test "a referral that proGres confirms is loaded" {
	came
	live --dry-run
	ends 0
	says '[.plan[].action] == ["create"]'
	there '.referrals == []'
	live
	ends 0
	says '[.loaded[].state] == ["created"]'
	there '(.referrals | length) == 1'
	sat --json --home hub inbox --state loaded
	says '.referrals | length == 1'
	live
	ends 0
	says '.loaded == []'
	there '(.referrals | length) == 1'
}

@test "without a status it is not loaded; it is asked for later" {
	came
	seed '{"delay": 3}'
	live
	ends 3 W113
	says '.loaded[0] | .state == "sent"'
	sat --json --home hub inbox --state loaded
	says '.referrals == []'
	live --dry-run
	says '[.plan[].action] == ["check"]'
	live
	ends 3 W113
	live
	ends 3 W113
	live
	ends 0
	there '(.referrals | length) == 1'
	sat --json --home hub inbox --state loaded
	says '.referrals | length == 1'
}

# on_the_way STATE WORDS NEXT: as inbox, show and status tell it.
on_the_way() {
	sat --json --home hub inbox
	says ".referrals[0] | .delivery.state == \"$1\" and
	    (.delivery.since | test(\"^20\"))"
	sat --json --home hub show "$(ref_of 1)"
	says ".referrals[0].delivery.state == \"$1\""
	sat --home hub why "$(ref_of 1)"
	grep -q "The other system: $2" <<<"$output"
	tr -s ' \n' ' ' <<<"$output" | grep -q "$3"
	sat --json --home hub status
	says ".status.here.delivery.$1 == 1"
	sat --home hub status
	tr -s ' \n' ' ' <<<"$output" | grep -q "$2"
}

@test "how far it has come is told, and what to do next" {
	came
	seed '{"delay": 2}'
	live
	ends 3 W113
	on_the_way pending "accepted there, and not confirmed yet" \
	    "asks what became of it"
	sat --json --home hub status
	says '.status.here.delivery.beyond_a_day == 0'
	at "@$(($(date +%s) + 100000))" --json --home hub status
	ends 3
	says '.status.here.delivery.beyond_a_day == 1'
	at "@$(($(date +%s) + 100000))" --home hub status
	grep -q 'without a word for more than a day: 1' <<<"$output"
	live
	live
	ends 0
	sat --json --home hub inbox
	says '.referrals[0] | has("delivery") | not'
}

@test "what nobody knows of, and what was refused, is told with what to do" {
	came
	cp -a hub before
	order "{\"kind\": \"drop\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	on_the_way lost "nobody knows whether it is there" "satchel match REF --new"
	sat --json --home hub status
	ends 3
	rm -rf hub
	mv before hub
	seed '{"services": []}'
	live
	ends 3 W114
	on_the_way failed "refused there" "load --only REF"
}

@test "threat 64: a lost answer is for a person, and nothing is sent again" {
	came
	order "{\"kind\": \"drop\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	says '.loaded[0].fault.remedy | test("match REF --new")'
	live
	ends 3 W112
	there '(.referrals | length) == 1'
	live --dry-run
	says '[.plan[].action] == ["ask"]'
	# Into a file or on a sheet it would become a second one, too.
	load_all
	ends 3 W112
	same "$(find loaded -type f)" ""
	# A person looks: it is there.
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --target-id 4711
	ends 0
	live
	ends 0
	says '.loaded == []'
	sat --json --home hub inbox --state loaded
	says '.referrals | length == 1'
	there '(.referrals | length) == 1'
}

@test "threat 64: busy is no word that it was not done" {
	came
	order "{\"kind\": \"status\", \"status\": 503, \"retry_after\": 1,
	    \"done\": true, \"on\": \"$sent\"}"
	live
	ends 3 W112
	there '(.referrals | length) == 1'
	live
	there '(.referrals | length) == 1'
}

@test "threat 64: an error in the place of a status is asked about again" {
	came
	seed '{"status_errors": 2}'
	live
	ends 3 W113
	live --dry-run
	says '[.plan[].action] == ["check"]'
	live
	ends 3 W113
	live
	ends 0
	there '(.referrals | length) == 1'
	sat --json --home hub inbox --state loaded
	says '.referrals | length == 1'
}

@test "threat 64: while proGres can be asked, nobody's word sends it again" {
	came
	seed '{"delay": 2}'
	live
	ends 3 W113
	again() {
		sat --json --home hub --user hub_admin match "$(ref_of 1)" \
		    --new "$@"
	}
	again
	ends 2 R103
	says '.fault.detail | test("--credentials")'
	again --credentials credentials.age
	ends 2 R103
	says '.fault.detail | test("at work")'
	again --credentials credentials.age
	ends 2 R103
	says '.fault.detail | test("has it")'
	live
	ends 0
	there '(.referrals | length) == 1'
}

@test "threat 64: what PING says nothing clear of is asked for again" {
	came
	seed '{"word": "Perhaps"}'
	live
	ends 3 W112
	live --dry-run
	says '[.plan[].action] == ["check"]'
	live
	ends 3 W112
	# It is not clear for ever: the person's word counts then.
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --new \
	    --credentials credentials.age --dry-run
	ends 0
	seed '{"word": ""}'
	live
	ends 0
	there '(.referrals | length) == 1'
}

@test "a person looked and it is not there: it is sent again" {
	came
	order "{\"kind\": \"lose\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	there '.referrals == []'
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --link 4711
	ends 2 R103
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --new
	ends 0
	live
	ends 0
	there '(.referrals | length) == 1'
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --new
	ends 2 R103
}

@test "threat 64: a run that was killed while it sent is for a person" {
	came
	order "{\"kind\": \"stall\", \"seconds\": 5, \"on\": \"$sent\"}"
	run timeout -s KILL 2 "$satchel" --home hub --user hub_admin load \
	    --to progres-ping-api --credentials credentials.age
	same "$status" 137
	live
	ends 3 W112
	live --dry-run
	says '[.plan[].action] == ["ask"]'
	# The work was done before the silence.
	there '(.referrals | length) == 1'
	sat --json --home hub inbox --state loaded
	says '.referrals == []'
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --target-id 4711
	ends 0
	live
	ends 0
	there '(.referrals | length) == 1'
}

# bats test_tags=long
@test "threat 64: a line cut at any byte makes no second referral" {
	local n all asked sent=0 unknown=0
	came
	cp -a hub before
	# So many bytes go over a line that holds.
	order '{"kind": "link", "after": 1000000}'
	live
	ends 0
	all=$((1000000 - $(curl -s "http://127.0.0.1:$port/standin/line" |
	    jq .link)))
	[ "$all" -gt 1000 ]
	for ((n = 7; n < all; n += all / 100 + 1)); do
		rm -rf hub
		cp -a before hub
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		as_agreed
		order "{\"kind\": \"link\", \"after\": $n}"
		live
		same "$(curl -s "http://127.0.0.1:$port/standin/line" |
		    jq .link)" null
		live
		# Asked again, it ends in one of two: loaded, or for a person.
		asked=$(jq -r '[.plan[].action] | first // "none"' <<<"$output")
		sat --json --home hub inbox --state loaded
		case $(jq '.referrals | length' <<<"$output") in
		1)
			there '(.referrals | length) == 1'
			sent=$((sent + 1))
			;;
		*)
			same "$asked" ask
			there '(.referrals | length) <= 1'
			unknown=$((unknown + 1))
			;;
		esac
		live
		there '(.referrals | length) <= 1'
	done
	# Both happened, or nothing was tried here.
	[ "$sent" -gt 0 ]
	[ "$unknown" -gt 0 ]
}

@test "what could not be reached was not sent, and goes the next time" {
	came
	credentials wrong >credentials.age
	live
	ends 6 W103
	credentials token-one >credentials.age
	live
	ends 0
	there '(.referrals | length) == 1'
}

@test "what proGres refused is told with its code, and goes again by name" {
	came
	seed '{"services": []}'
	live
	ends 3 W114
	says '.loaded[0].fault.detail | test("unknown_service")'
	live
	ends 3 W114
	there '(.refused | length) == 1'
	as_agreed
	live --only "$(ref_of 1)"
	ends 0
	there '(.referrals | length) == 1'
}

@test "what is recalled while nobody knows is to be undone by a person" {
	came
	order "{\"kind\": \"drop\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	rm stick/*
	sat --json --home site --user primero_cp recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
	ends 3
	live
	says '.loaded[0] | .undo and .state == "held" and
	    (.fault.detail | test("load --to sheet"))'
	sat --json --home hub --user hub_admin load --to sheet:loaded
	says '.loaded[0] | .undo and .state == "created"'
	there '(.referrals | length) == 1'
}

@test "a decision of proGres comes back, and is marked as known" {
	came
	live
	ends 0
	ref=$(ref_of 1)
	seed "$(jq -cn --arg today "$(now)" --arg service "${ref#*#}" --arg case \
	    "$(sed 's/^primero://; s/#.*//' <<<"$ref")" '{decisions: [{
	    progres_interoperabilityreferralid: "d-1",
	    progres_orgreferralid: $service, progres_offlineid: $case,
	    progres_interoperabilityreferralnumber: "IR-0001",
	    progres_reviewdecision: 125080000, progres_reviewdate: $today,
	    progres_interoperabilityreferralstatus: 125080001}]}')"
	answer() {
		sat --json --home hub --user hub_admin answer \
		    --from progres-ping-api --credentials credentials.age "$@"
	}
	answer --dry-run
	there '[.decisions[]._synced] == [null]'
	answer
	says '[.answers[] | [.ref, .state]] == [["'"$ref"'", "taken"]]'
	there '[.decisions[]._synced] == [true]'
	answer
	says '.answers == []'
}

@test "a mark that was lost is told, and made the next time" {
	came
	live
	ref=$(ref_of 1)
	seed "$(jq -cn --arg service "${ref#*#}" --arg case \
	    "$(sed 's/^primero://; s/#.*//' <<<"$ref")" '{decisions: [{
	    progres_interoperabilityreferralid: "d-1",
	    progres_orgreferralid: $service, progres_offlineid: $case,
	    progres_reviewdecision: 125080000,
	    progres_reviewdate: "2026-11-18T00:00:00Z"}]}')"
	answer() {
		sat --json --home hub --user hub_admin answer \
		    --from progres-ping-api --credentials credentials.age
	}
	order "{\"kind\": \"lose\", \"on\": \"$sent\"}"
	answer
	ends 7
	says '([.answers[].state] == ["taken"]) and
	    ([.faults[].fault.code] == ["W106"])'
	there '[.decisions[]._synced] == [null]'
	answer
	ends 0
	says '[.answers[].state] == ["unchanged"]'
	there '[.decisions[]._synced] == [true]'
}

# rejected [MEMBERS]: proGres has rejected the one that came, for this reason.
rejected() {
	came
	live
	ref=$(ref_of 1)
	seed "$(jq -cn --arg today "$(now)" --arg service "${ref#*#}" --arg case \
	    "$(sed 's/^primero://; s/#.*//' <<<"$ref")" '{decisions: [{
	    progres_interoperabilityreferralid: "d-1",
	    progres_orgreferralid: $service, progres_offlineid: $case,
	    progres_interoperabilityreferralnumber: "IR-0001",
	    progres_reviewdecision: 125080002, progres_reviewdate: $today,
	    progres_interoperabilityreferralstatus: 125080002} +
	    '"$1"']}')"
	sat --json --home hub --user hub_admin answer \
	    --from progres-ping-api --credentials credentials.age
}

@test "why it was rejected is fetched, and travels with the answer" {
	rejected '{progres_interoperabiltyreferralrejectionreason: 125080001,
	    progres_interoperabiltyreferralrejectionreasonname: "No match",
	    progres_interoperabilityreferralrejectionomment: "Look again"}'
	ends 0
	says '[.answers[] | [.state, .decision]] == [["taken", "rejected"]]'
	there '[.decisions[]._synced] == [true]'
	mkdir -p back
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	peek back/*.satchel records/000001.ndjson | grep -q \
	    '"reason":"No match: Look again"'
	rm -r back
}

@test "a reason that is a code nobody knows is for a person" {
	rejected '{progres_interoperabiltyreferralrejectionreason: 125080077}'
	ends 3
	says '[.answers[] | [.state, .code]] ==
	    [["held", "125080002 / 125080077"]]'
	there '[.decisions[]._synced] == [null]'
}

@test "a decision that cannot be had in full is taken as the list has it" {
	seed '{"in_full": false}'
	rejected '{progres_interoperabilityreferralrejectionomment: "Look"}'
	ends 0
	says '[.answers[] | [.state, .decision]] == [["taken", "rejected"]]'
}

@test "a decision whose line breaks off in the middle changes nothing" {
	rejected '{progres_interoperabilityreferralrejectionomment: "Look"}'
	ends 0
	seed '{"decisions": [{"progres_interoperabilityreferralid": "d-2",
	    "progres_orgreferralid": "x", "progres_offlineid": "y",
	    "progres_reviewdecision": 125080000}]}'
	order '{"kind": "cut", "after": 5, "on": "POST /primes/fetch", "skip": 1,
	    "times": 9}'
	before=$(state_of hub)
	sat --json --home hub --user hub_admin answer \
	    --from progres-ping-api --credentials credentials.age
	ends 7 W101
	same "$(state_of hub)" "$before"
}

@test "a decision that a person has to look at is not marked as known" {
	came
	live
	ref=$(ref_of 1)
	seed "$(jq -cn --arg service "${ref#*#}" --arg case \
	    "$(sed 's/^primero://; s/#.*//' <<<"$ref")" '{decisions: [{
	    progres_interoperabilityreferralid: "d-1",
	    progres_orgreferralid: $service, progres_offlineid: $case,
	    progres_interoperabilityreferralnumber: "IR-0001",
	    progres_interoperabilityreferralstatus: 125089999}]}')"
	sat --json --home hub --user hub_admin answer \
	    --from progres-ping-api --credentials credentials.age
	ends 3
	says '[.answers[].state] == ["held"]'
	there '[.decisions[]._synced] == [null]'
}

# the_answer DECISION: of the site, about what came from proGres; number is its.
the_answer() {
	waiting
	jq -c '{interventions: .Data}' waiting.json >seed.json
	seed "$(cat seed.json)"
	rm seed.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --consents "$examples/progres-consents.csv" \
	    --from waiting.json
	rm waiting.json
	mkdir sheets
	sat --json --home site --user primero_cp import back
	sat --json --home site --user primero_cp load --to sheet:sheets
	number=$(jq -r '.loaded[0].ref' <<<"$output")
	sat --json --home site --user primero_cp answer --ref "$number" \
	    --target-id CASE-1 --decision "$1"
	ends 0
	rm -r sheets
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
}

@test "our decision about what came from proGres is sent once" {
	the_answer accepted
	order "{\"kind\": \"drop\", \"on\": \"$sent\"}"
	live --dry-run
	says '[.plan[].action] == ["answer"]'
	live
	ends 3 W112
	live
	ends 3 W112
	there '(.answers | length) == 1'
	# A person looks: it is there.
	sat --json --home hub --user hub_admin match "$number" --there
	ends 0
	live
	ends 0
	says '.loaded == []'
	there '(.answers | length) == 1'
}

@test "a decision that changes while the first is not confirmed goes, too" {
	the_answer accepted
	seed '{"delay": 2}'
	live
	ends 3 W113
	seed '{"delay": 0}'
	rm -f stick/*
	sat --json --home site --user primero_cp answer --ref "$number" \
	    --target-id CASE-1 --decision rejected
	ends 0
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
	live
	ends 0
	there '[.answers[].Fields.progres_primerotransferstatus] ==
	    ["125080003", "125080004"]'
	live
	ends 0
	says '.loaded == []'
}

@test "a decision whose run was killed has a way out" {
	the_answer accepted
	order "{\"kind\": \"stall\", \"seconds\": 5, \"on\": \"$sent\"}"
	run timeout -s KILL 2 "$satchel" --home hub --user hub_admin load \
	    --to progres-ping-api --credentials credentials.age
	same "$status" 137
	live
	ends 3 W112
	# A file would be a second one: it says whose load is not settled.
	load_all
	ends 3 W112
	same "$(find loaded -type f)" ""
	sat --json --home hub --user hub_admin match "$number" --there
	ends 0
	live
	ends 0
	says '.loaded == []'
}

@test "threat 62: one that cannot be had in full keeps no other one back" {
	local full answer
	waiting
	credentials token-one ',"pending_referrals":"SHP-0099"' \
	    >credentials.age
	from() {
		sat --json --home hub --user hub_admin export --to ET-GMB-03 \
		    --out back --consents "$examples/progres-consents.csv" \
		    --from progres-ping-api --credentials credentials.age "$@"
	}
	jq -c '{interventions: .Data}' waiting.json >seed.json
	seed "$(cat seed.json)"
	rm waiting.json seed.json
	from --dry-run
	full=$(jq '.referrals | length' <<<"$output")
	[ "$full" -gt 1 ]
	# Closed since, an error, and an answer about another one.
	for answer in '{\"Data\":\"No Data Available\"}' \
	    '{\"Data\":null,\"ErrorMessage\":\"Timeout\"}' \
	    '{\"Data\":[{\"progres_lpinterventionid\":\"other\"}]}' '<html>'
	do
		order "{\"kind\": \"body\", \"skip\": 1, \"status\": 200,
		    \"body\": \"$answer\", \"on\": \"POST /primes/fetch\"}"
		from --dry-run
		ends 3
		says '[.referrals[]] | length == '$((full - 1))
		says '.passed_over.unreadable == 1'
		says '[.notices[] | select(test("W151"))] | length == 1'
	done
	# The line itself ends it.
	order '{"kind": "lose", "skip": 1, "times": 9,
	    "on": "POST /primes/fetch"}'
	from --dry-run
	ends 7 W101
}

@test "what waits in proGres goes out, each in full" {
	waiting
	jq -c '{interventions: .Data}' waiting.json >seed.json
	seed "$(cat seed.json)"
	rm seed.json
	from() {
		sat --json --home hub --user hub_admin export --to ET-GMB-03 \
		    --out back --consents "$examples/progres-consents.csv" \
		    --from "$@"
	}
	from progres-ping-api --credentials credentials.age
	ends 6 W111
	says '.fault.detail | test("pending_referrals")'
	credentials token-one ',"pending_referrals":"SHP-0099"' \
	    >credentials.age
	cp -a hub before
	from progres-ping-api --credentials credentials.age
	jq -S '[.referrals[] | {ref, verdict, state}] | sort' <<<"$output" >one
	rm -rf hub back/*
	mv before hub
	from waiting.json
	rm waiting.json
	jq -S '[.referrals[] | {ref, verdict, state}] | sort' <<<"$output" >two
	diff one two
	rm one two
}
