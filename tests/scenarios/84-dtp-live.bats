#!/usr/bin/env bats
# A proGres that DTP lets satchel reach.  DTP proves nothing and can be asked
# nothing: what it took is sent, and counts when proGres decides or when a
# person has looked.

load sites

setup_file() {
	world
	mkdir back
	jq -r '.Data[] | to_entries[] | select(.key |
	    test("givenname|familyname|progres_id$|registrationgroup")) |
	    .value | strings' "$examples/interventions.json" |
	    awk 'length >= 6' >>canaries
	certificates
}

setup() {
	enter
	start
	credentials key-one >credentials.age
}

teardown() {
	stop
	leaks_nothing
}

# certificates: an authority, a server for this machine, and a client.
certificates() {
	local new=(openssl req -x509 -newkey ec -nodes -days 30
		-pkeyopt ec_paramgen_curve:prime256v1)
	local by=(-CA tls/ca.pem -CAkey tls/ca.key
		-addext basicConstraints=CA:FALSE)
	mkdir tls
	"${new[@]}" -keyout tls/ca.key -out tls/ca.pem -subj /CN=authority
	"${new[@]}" "${by[@]}" -keyout tls/server.key -out tls/server.pem \
	    -subj /CN=server -addext subjectAltName=IP:127.0.0.1
	"${new[@]}" "${by[@]}" -keyout tls/client.key -out tls/client.pem \
	    -subj /CN=client
} 2>/dev/null

# start [OPTION...]: the stand-in.
start() {
	coproc dtp {
		exec python3 "$scenarios/../standin/dtp.py" "$@"
	}
	read -r _ port <&"${dtp[0]}"
}

stop() {
	eval "exec ${dtp[1]}>&-"
	wait "${dtp_PID-}" 2>/dev/null || true
}

# credentials KEY [MEMBERS [http|https]]
credentials() {
	printf '{"satchel":"credentials/1","system":"dtp",
	    "url":"%s://127.0.0.1:%s/primero-uat",
	    "header":"Ocp-Apim-Subscription-Key","value":"%s"%s}' \
	    "${3-http}" "$port" "$1" "${2-}" |
	    age -r "$(jq -r .open hub.card)"
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
		jq -c 'map_values(length)' there.json
		rm there.json
		return 1
	}
	rm there.json
}

# came: a referral from the site waits at the hub.
came() {
	send --only "$(ref_of 1)"
	take stick
}

# decided: one that went to the site from proGres was decided there.
decided() {
	jq '.Data |= map(select(.progres_lpinterventionid)) |
	    .RecordCount = (.Data | length)' "$examples/interventions.json" \
	    >waiting.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --consents "$examples/progres-consents.csv" \
	    --from waiting.json
	rm waiting.json
	mkdir sheets
	sat --json --home site --user primero_cp import back
	sat --json --home site --user primero_cp load --to sheet:sheets
	number=$(jq -r '.loaded[0].ref' <<<"$output")
	rm -r sheets
	answered accepted CASE-1
}

# answered DECISION ID: at the site, and brought to the hub.
answered() {
	sat --json --home site --user primero_cp answer --ref "$number" \
	    --target-id "$2" --decision "$1"
	ends 0
	rm -f stick/*
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	take stick
}

live() {
	sat --json --home hub --user hub_admin load --to progres-dtp-api \
	    --credentials credentials.age "$@"
}

# unproved: DTP took it just now or before, and that is all.
unproved() {
	ends 3
	says '[.loaded[] | [.state, .fault.code]] == [["sent", "W130"]]'
}

# loaded NUMBER: so many are loaded at the hub.
loaded() {
	sat --json --home hub inbox --state loaded
	says ".referrals | length == $1"
}

# its_id: what DTP calls the first referral.
its_id() {
	local ref
	ref=$(ref_of 1)
	ref=${ref#primero:}
	echo "${ref%%#*}#${ref: -12}"
}

# review DECISION: proGres decides, and what DTP sends is in review.json.
review() {
	seed "$(jq -cn --arg id "$(its_id)" --arg on "$(date -u +%F)" \
	    --arg decision "$1" \
	    '{reviews: [{$id, $on, $decision}]}')"
	curl -s -f "http://127.0.0.1:$port/standin/state" |
	    jq '.outgoing[-1]' >review.json
}

sent='POST /primero-uat'

@test "what DTP took is sent, and not loaded before proGres decides" {
	came
	before=$(state_of hub)
	live --dry-run
	ends 0
	says '[.plan[].action] == ["create"] and [.loaded[].state] == ["sent"]'
	there '.referrals == []'
	same "$(state_of hub)" "$before"
	live
	ends 3
	says '.loaded[0] | .state == "sent" and .fault.code == "W130" and
	    (.fault.remedy | test("answer --from progres-dtp:FILE"))'
	there '.referrals | length == 1'
	loaded 0
	# Again, it waits and sends nothing.
	live --dry-run
	says '[.plan[].action] == ["wait"]'
	live
	ends 3
	says '.loaded[0] | .state == "sent" and .fault.code == "W130"'
	there '.referrals | length == 1'
	review 125080000
	sat --json --home hub --user hub_admin answer \
	    --from progres-dtp:review.json
	ends 0
	says '[.answers[] | [.state, .decision]] == [["taken", "accepted"]]'
	loaded 1
	live
	ends 0
	says '.loaded == []'
	there '.referrals | length == 1'
}

@test "its body is the one that load writes as a file" {
	came
	cp -a hub before
	sat --json --home hub --user hub_admin load --to progres-dtp:loaded
	jq -S . loaded/*.json >one
	rm -rf hub loaded/*
	mv before hub
	live
	curl -s -f "http://127.0.0.1:$port/standin/state" |
	    jq -S '.referrals[0]' >two
	diff one two
	rm one two
}

@test "it counts when a person saw it there" {
	came
	live
	ends 3
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --target-id 4711
	ends 0
	loaded 1
	live
	ends 0
	there '.referrals | length == 1'
}

@test "what DTP dropped without a word is sent again after a person looked" {
	came
	seed '{"drops": true, "reply": "OK"}'
	live
	ends 3
	loaded 0
	seed '{"drops": false}'
	live
	there '.referrals == []'
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --there
	ends 2 R103
	sat --json --home hub --user hub_admin match "$(ref_of 1)" --new
	ends 0
	live
	ends 3
	there '.referrals | length == 1'
}

@test "threat 64: a lost answer is for a person, and nothing is sent again" {
	came
	order "{\"kind\": \"drop\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	live --dry-run
	says '[.plan[].action] == ["ask"]'
	live
	ends 3 W112
	there '.referrals | length == 1'
	# Into a file or on a sheet it would become a second one, too.
	load_all
	ends 3 W112
	same "$(find loaded -type f)" ""
}

@test "threat 64: a run that was killed while it sent is for a person" {
	came
	order "{\"kind\": \"stall\", \"seconds\": 5, \"on\": \"$sent\"}"
	run timeout -s KILL 2 "$satchel" --home hub --user hub_admin load \
	    --to progres-dtp-api --credentials credentials.age
	same "$status" 137
	live
	ends 3 W112
	there '(.referrals | length) <= 1'
}

@test "threat 64: a line cut at any byte makes no second referral" {
	local n
	came
	cp -a hub before
	for n in 1 20 200 500 900 1500 2500 3000; do
		rm -rf hub
		cp -a before hub
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		order "{\"kind\": \"link\", \"after\": $n}"
		live
		order '{"kind": "link", "after": 100000000}'
		live
		live
		there '(.referrals | length) <= 1'
		loaded 0
	done
}

@test "what did not reach it was not sent, and goes the next time" {
	came
	credentials wrong >credentials.age
	live
	ends 6 W103
	order "{\"kind\": \"status\", \"status\": 403, \"on\": \"$sent\"}"
	credentials key-one >credentials.age
	live
	ends 4 W104
	there '.referrals == []'
	live
	unproved
	there '.referrals | length == 1'
}

@test "what is withdrawn is undone there by a person" {
	came
	live
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
	there '.referrals | length == 1'
}

@test "a decision is sent once, and is told when a person saw it" {
	decided
	live --dry-run
	says '[.plan[].action] == ["answer"]'
	live
	unproved
	live
	unproved
	there '.decisions | length == 1'
	there '.decisions[0] | .status == "acknowledged" and
	    .case_id == "CASE-1"'
	before=$(state_of hub)
	sat --json --home hub --user hub_admin match "$number" --there --dry-run
	ends 0
	same "$(state_of hub)" "$before"
	sat --json --home hub --user hub_admin match "$number" --there
	ends 0
	live
	ends 0
	says '.loaded == []'
	there '.decisions | length == 1'
	sat --json --home hub --user hub_admin match "$number" --there
	ends 2 R103
}

@test "a decision that a person did not find there is sent again" {
	decided
	order "{\"kind\": \"lose\", \"on\": \"$sent\"}"
	live
	ends 3 W112
	live
	ends 3 W112
	there '.decisions == []'
	sat --json --home hub --user hub_admin match "$number" --new
	ends 0
	live
	unproved
	there '.decisions | length == 1'
}

@test "a later decision goes, whatever became of the one before" {
	decided
	live
	unproved
	answered "done" CASE-1
	live --dry-run
	says '[.plan[].action] == ["answer"]'
	live
	unproved
	there '.decisions | length == 2'
}

@test "what went through DTP is not asked of PING" {
	came
	live
	ends 3
	jq -cn --arg port "$port" '{satchel: "credentials/1", system: "ping",
	    url: "http://127.0.0.1:\($port)", bearer: "x"}' |
	    age -r "$(jq -r .open hub.card)" >ping.age
	sat --json --home hub --user hub_admin load --to progres-ping-api \
	    --credentials ping.age
	unproved
	says '[.plan[].action] == ["ask"]'
	there '.referrals | length == 1'
}

@test "DTP gives nothing: the command says so, and what to do" {
	for words in 'answer' "export --to ET-GMB-03 --out back"; do
		# shellcheck disable=SC2086 # several words
		sat --json --home hub --user hub_admin $words \
		    --from progres-dtp-api --credentials credentials.age
		ends 2 W131
		says '.fault.remedy | test("--from progres-dtp:FILE")'
	done
	same "$(bundles_on back)" 0
	sat --json --home hub --user hub_admin load --to progres-dtp-api
	ends 2 U101
	jq -cn '{satchel: "credentials/1", system: "ping",
	    url: "http://127.0.0.1:1", bearer: "x"}' |
	    age -r "$(jq -r .open hub.card)" >other.age
	sat --json --home hub --user hub_admin load --to progres-dtp-api \
	    --credentials other.age
	ends 6 W111
}

@test "it asks for a certificate and a key, and both are shown" {
	came
	stop
	start --cert tls/server.pem --key tls/server.key \
	    --client-ca tls/ca.pem
	pem() {
		jq -Rs . "tls/$1"
	}
	cp -a hub before
	credentials key-one ",\"ca\":$(pem ca.pem)" https >credentials.age
	live
	says '.loaded | all(.state != "sent")'
	rm -rf hub
	mv before hub
	credentials key-one ",\"ca\":$(pem ca.pem),
	    \"client_certificate\":$(pem client.pem),
	    \"client_key\":$(pem client.key)" https >credentials.age
	live
	unproved
}
