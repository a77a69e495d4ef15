# shellcheck shell=bash
# shellcheck disable=SC2154 # sites.bash and bats set what is used here
# The whole circle, as 83-circle.bats plays it: a Primero and a PING that are
# stand-ins, the site and the hub between them, a stick that is carried, people
# on both sides.  Played with MODE=whole nothing goes wrong, and what holds after
# each step is kept; played with MODE=broken the line is cut within every step
# that speaks to a server, sticks are lost, copied and mixed up, and after every
# step the very same has to hold.
#
# Which of the examples plays what, by its number there, and the referrals of
# proGres, by the last digit of theirs:
#
#    1  accepted by proGres              1  accepted in Primero, a new child
#    6  loaded, nobody decides           2  rejected there, a child it knows
#    8  rejected, with a reason          3  recalled before it was loaded
#    9  recalled before it was loaded    4  recalled after it was loaded
#   11  held at both ends, let go
#   12  recalled after it was loaded
#   15  accepted

# What is counted with MODE=broken.
cuts=0 people_asked=0 journeys=0 lost=0 mixed=0 damaged=0

# In so many places each step is cut, and cut again while it is gone on with.
places=4
# What else befalls every step, two of them one after the other.
faults=(
	'{"kind": "expired", "skip": 1}'
	'{"kind": "drop", "skip": 1, "times": 2}'
	'{"kind": "status", "status": 502, "skip": 1}'
	'{"kind": "lose", "skip": 2, "times": 2}'
	'{"kind": "cut", "after": 25, "skip": 2}'
	'{"kind": "status", "status": 503, "retry_after": 1, "skip": 2}'
)

# --- the stand-ins ---

# stand_in NAME: one more server; its port in port_of[NAME].  It ends with us,
# as its standard input is a pipe that only we hold open.
declare -gA port_of
stand_in() {
	local hold
	mkfifo "$1.in" "$1.out"
	exec {hold}<>"$1.in"
	python3 "$scenarios/../standin/$1.py" <"$1.in" >"$1.out" \
	    2>"$1.err" 3>&- {hold}>&- &
	read -r _ "port_of[$1]" <"$1.out"
	rm "$1.in" "$1.out"
}

# tell NAME PATH [JSON]: to a stand-in itself, not over the line.
tell() {
	curl -s -f ${3+-d "$3"} "http://127.0.0.1:${port_of[$1]}/standin/$2"
}

# in_primero METHOD PATH JSON: what a person of Primero clicks.
in_primero() {
	curl -s -f -o clicked -u satchel:made-up -X "$1" \
	    -H 'Content-Type: application/json' -d "{\"data\": $3}" \
	    "http://127.0.0.1:${port_of[primero]}/api/v2/$2"
	rm clicked
}

# people_and_cases: what there is before anything is sent.
people_and_cases() {
	jq -cs --argjson known "$(known_child)" '{
	    users: [{id: 1, user_name: "satchel", password: "made-up"},
	        {id: 2, user_name: "satchel_intake", receive_referral: true,
	        disabled: false},
	        {id: 3, user_name: "primero_cp", receive_referral: true,
	        disabled: false}],
	    cases: ([flatten[] | {id} + .data] + [$known]),
	    referrals: ([flatten[] | . as $case | .data.services_section[] |
	        {id: "to-\(.unique_id)", record_id: $case.id,
	        service_record_id: .unique_id, type: "Referral",
	        transitioned_to: "satchel_intake", remote: false,
	        status: "in_progress"}] | map({key: .id, value: .}) |
	        from_entries)}' "$examples/cases.json" >seed
	tell primero seed "$(<seed)" >/dev/null
	jq -c --slurpfile asked asked.json '.systems["progres-ping"] as $p | {
	    partner: $p.partner, interop: $p.interop,
	    referral_in: $p.processes.referral_in,
	    decision_in: $p.processes.decision_in,
	    decision_synced: $p.processes.decision_synced,
	    details: $p.processes.referral_details,
	    decisions_out: $p.processes.decisions_out,
	    decision_details: $p.processes.decision_details, list: "SHP-0099",
	    services: [.maps.services[].progres_out],
	    needs: [.maps[]? | arrays | .[].progres_out],
	    interventions: $asked[0]}' agreement.json >seed
	tell ping seed "$(<seed)" >/dev/null
	rm seed
}

# The second child of proGres, as Primero has it: no service yet.
known_child() {
	jq -n '{id: "0c1d2e3f-0000-4000-8000-000000000002",
	    name_first: "Nyabuay", name_last: "Example",
	    name: "Nyabuay Example", sex: "female",
	    date_of_birth: "2014-04-12",
	    unhcr_individual_no: "900-00000202", owned_by: "primero_cp",
	    status: "open", consent_for_services: true,
	    disclosure_other_orgs: true}'
}

# requests: the first intervention of the examples, for four children.
requests() {
	jq -r '.Data[:2][] | to_entries[] | select(.key |
	    test("givenname|progres_id$|registrationgroup")) | .value' \
	    "$examples/interventions.json" | sort -u >>canaries
	jq -c '[.Data[:2] as $rows | range(1; 5) as $n | $rows[] |
	    .progres_interventionnumber = "900-26-PRTITV-000000\($n)" |
	    .progres_lpinterventionid |= "\($n)" + .[1:] |
	    ."progres_individual.individuals.progres_id" =
	        "900-0000020\($n)" |
	    ."progres_individual.progres_registrationgroupidname" =
	        "900-26-000010\($n)" |
	    ."progres_individual.individuals.progres_givenname" =
	        ["Nyakuoth", "Nyabuay", "Gatwech", "Chuol"][$n - 1] |
	    ."progres_individual.individuals.progres_dateofbirth" =
	        "201\(6 - $n)-0\($n + 2)-1\($n)T00:00:00"]' \
	    "$examples/interventions.json" >asked.json
	awk -F ';' 'NR == 1 { print; next }
	    { for (n = 1; n < 5; n++) { sub(/^[^;]*/, "900-0000020" n); print } }' \
	    "$examples/progres-consents.csv" >asked.csv
}

credentials() {
	printf '{"satchel":"credentials/1","system":"primero",
	    "url":"http://127.0.0.1:%s","user":"satchel",
	    "password":"made-up"}' "${port_of[primero]}" |
	    age -r "$(jq -r .open site.card)" >primero.age
	printf '{"satchel":"credentials/1","system":"ping",
	    "url":"http://127.0.0.1:%s","bearer":"token-one",
	    "pending_referrals":"SHP-0099"}' "${port_of[ping]}" |
	    age -r "$(jq -r .open hub.card)" >ping.age
}

# --- what holds ---

# facts FILE: of both systems and both nodes, so that two runs can be compared.
# Left out: when something was saved or tried last; the ids that Primero counts
# up for its referrals; PING's transactions, and how often it was asked; numbers
# and times of bundles, as a lost one is one more; and what was said of a
# referral that is recalled now, as that differs where the recall came first.
facts() {
	tell primero state | jq -S '{
	    cases: [.cases[] | del(.last_updated_at, .created_at, .case_id,
	        .case_id_display, .short_id) | .services_section |=
	        (. // [] | map(del(.service_implemented_day_time)))] |
	        sort_by(.id),
	    referrals: [.referrals[] | del(.id, .created_at, .responded_at)] |
	        sort_by(.record_id, .service_record_id, .status)}' >"$1"
	tell ping state | jq -S '{
	    referrals: .referrals | sort_by(.ExternalId), refused,
	    answers: .answers | sort, interventions, decisions}' >>"$1"
	local node
	for node in site hub; do
		"$satchel" --json --home "$node" inbox >inbox.json ||
		    [ $? -eq 3 ]
		jq -S '{referrals: .referrals |
		    map(del(.rules, .delivery.since) |
		    if .state == "recalled" then del(.verdict) else . end) |
		    sort_by(.ref), recalls, drafts}' inbox.json >>"$1"
		"$satchel" --json --home "$node" status >status.json ||
		    [ $? -eq 3 ]
		jq -S '.status | {here, overdue_count, partners: [.partners[] |
		    {node, unanswered_there, unanswered_here, recalls_waiting,
		    recalls_overdue, referrals_waiting, referrals_refused,
		    missing, refused_there, not_carried}]}' status.json >>"$1"
	done
	rm inbox.json status.json
}

# known_of REF...: what each node knows of these, beside.
known_of() {
	local node ref
	for ref in "$@"; do
		for node in site hub; do
			"$satchel" --json --home "$node" why "$ref" |
			    jq -c --arg node "$node" '{node: $node,
			    referrals: [.referrals[] | {ref, state, progress}],
			    decided: [.decided[]? | {decision, user}],
			    answers: [.answers[]? | {decision, target_id,
			    decided_on}]}'
		done
	done
}

# --- a step that speaks to a server ---

# run_it COMMAND...: as it is typed at a node; outcomes: the codes it tells.
run_it() {
	"$@"
	outcomes=$(jq -r '[(.. | objects | select(has("remedy")) | .code),
	    ((.notices // [])[] | scan("^[A-Z][0-9]{3}(?= )"))] |
	    unique | join(" ")' <<<"$output")
}

# finds_it: it says that all is well, so all has to be well.  With $asks it
# also says that a person is to do something first.
asks=
finds_it() {
	[ "$outcomes" = "$asks" ] &&
	    { [ "$status" -eq 0 ] || [ "$status" -eq 3 ]; }
}

# look_there: a lost answer of proGres (W112) is for a person, who looks there.
look_there() {
	local ref
	tell ping state >there.json
	jq -r '.loaded[] | select(.fault.code == "W112") | .ref' \
	    <<<"$output" >lost
	while read -r ref; do
		((people_asked += 1))
		case $ref in
		progres:*)
			if jq -e --arg number "${ref#*:}" '.answers[] |
			    select(.ExternalId == $number)' there.json \
			    >/dev/null; then
				at_hub match "$ref" --there
			else
				at_hub match "$ref" --new
			fi
			;;
		*)
			if jq -e --arg service "${ref#*#}" '.referrals[] |
			    select(.Fields.progres_orgreferralid == $service)' \
			    there.json >/dev/null; then
				at_hub answer --ref "$ref" \
				    --target-id "$(number_of "$ref")"
			else
				at_hub match "$ref" --new
			fi
			;;
		esac
		ends 0
	done <lost
	rm there.json lost
}

# until_well TIMES COMMAND...: it is just run again.
until_well() {
	local times=$1
	shift
	while run_it "$@" && ! finds_it && ((--times > 0)); do
		case $outcomes in
		*W112*) look_there ;;
		esac
	done
	finds_it || {
		echo "still not well: $outcomes"
		printf '%s\n%s\n' "$output" "$stderr"
		return 1
	}
}

# is_true STEP: what holds now is what held after that step with nothing wrong.
is_true() {
	facts now
	diff -u "$whole/after.$1" now >difference || {
		echo "step $1 $2: it is not as in the run that nothing broke"
		cat difference
		return 1
	}
	rm now difference
}

# broken STEP SERVER ORDER COMMAND...: once, with that fault in it.
broken() {
	local step=$1 server=$2 order=$3
	shift 3
	tell "$server" fault "$order" >/dev/null
	run_it "$@"
	tell "$server" line >line.json
	if jq -e '.link == null and .orders == 0' line.json >/dev/null; then
		((cuts += 1))
		printf '%s\t%s\t%s\t%s\n' "$step" "$order" "$status" \
		    "$outcomes" >>cuts
	fi
	rm line.json
	tell "$server" fault '{"kind": "none"}' >/dev/null
	if finds_it; then
		is_true "$step" "after $order, and it said that all is well"
	elif [ -z "$outcomes" ] || [ "$status" -eq 0 ]; then
		echo "step $step, $order: it ended with $status: '$outcomes'"
		return 1
	fi
}

keep() {
	mkdir before
	cp -a site hub stick before
	tell primero state >before/primero
	tell ping state >before/ping
}

put_back() {
	rm -rf site hub stick
	cp -a before/site before/hub before/stick .
	tell primero put "$(<before/primero)" >/dev/null
	tell ping put "$(<before/ping)" >/dev/null
}

# over_the_line STEP SERVER COMMAND...: with MODE=broken from the same start
# again and again, the line cut at other bytes each time, and cut once more
# while what was left of it is done.
over_the_line() {
	local step=$1 server=$2 n all
	shift 2
	if [ "$MODE" = whole ]; then
		tell "$server" fault '{"kind": "link", "after": 100000000}' \
		    >/dev/null
		until_well 1 "$@"
		tell "$server" line |
		    jq '100000000 - .link' >"$whole/bytes.$step"
		tell "$server" fault '{"kind": "none"}' >/dev/null
		facts "$whole/after.$step"
		return
	fi
	keep
	all=$(<"$whole/bytes.$step")
	for ((n = 1; n <= places; n++)); do
		put_back
		broken "$step" "$server" "$(cut_after \
		    $((all * n / (places + 1))))" "$@"
		broken "$step" "$server" "$(cut_after \
		    $((all * (places + 1 - n) / (places + 2))))" "$@"
		until_well 6 "$@"
		is_true "$step" "cut at place $n"
	done
	for ((n = 0; n < ${#faults[@]}; n += 2)); do
		put_back
		broken "$step" "$server" "${faults[n]}" "$@"
		broken "$step" "$server" "${faults[n + 1]}" "$@"
		until_well 6 "$@"
		is_true "$step" "after ${faults[n]}, ${faults[n + 1]}"
	done
	rm -rf before
}

cut_after() {
	echo "{\"kind\": \"link\", \"after\": $1}"
}

# --- the stick ---

at_site() {
	sat --json --home site --user primero_cp "$@"
}

at_hub() {
	sat --json --home hub --user hub_admin "$@"
}

# fine: the last command did what it should; 3 says that somebody is asked.
fine() {
	[ "$status" -eq 3 ] || ends 0
}

# write_at NODE: whatever is owed to the other one, onto the stick.
write_at() {
	case $1 in
	site) at_site export --to ET-HUB-01 --out stick ;;
	hub) at_hub export --to ET-GMB-03 --out stick ;;
	esac
	fine
}

read_at() {
	"at_$1" import "${@:2}"
	fine
}

# again_from NODE: by their numbers, what the other one has not acknowledged.
again_from() {
	local to=ET-HUB-01 number
	[ "$1" = site ] || to=ET-GMB-03
	"at_$1" status
	for number in $(jq ".status.partners[] | select(.node == \"$to\") |
	    .not_acknowledged.numbers[]" <<<"$output"); do
		"at_$1" resend "$number" --to $to --out stick
		fine
	done
}

# carry FROM TO: what is on the stick and what is owed.  With MODE=broken no
# stick comes as it should; each kind of trouble has its turn.
carry() {
	local all file
	write_at "$1"
	mapfile -t all < <(find stick -name '*.satchel' -printf '%T@ %p\n' |
	    sort -n | cut -d ' ' -f 2)
	case $MODE/$((journeys++ % 3)) in
	whole/*)
		[ "${#all[@]}" -eq 0 ] || read_at "$2" "${all[@]}"
		;;
	broken/0) # What was written last comes first, and all of it twice.
		mapfile -t all < <(printf '%s\n' "${all[@]}" | tac)
		for file in "${all[@]}" "${all[@]}"; do
			[ -z "$file" ] || read_at "$2" "$file"
		done
		((mixed += ${#all[@]} > 1)) || true
		;;
	broken/1) # The first is lost, asked for again, and comes twice.
		if [ "${#all[@]}" -gt 0 ]; then
			rm "${all[0]}"
			((lost += 1))
		fi
		[ "${#all[@]}" -lt 2 ] || read_at "$2" "${all[@]:1}"
		again_from "$1"
		if [ "$(bundles_on stick)" -gt 0 ]; then
			read_at "$2" stick
			read_at "$2" stick
		fi
		;;
	broken/2) # The stick is damaged.  A good copy comes later.
		for file in "${all[@]}"; do
			cp "$file" good
			flip "$file" $((600 + journeys))
			"at_$2" import "$file"
			[ "$status" -eq 4 ] || ends 5
			mv good "$file"
			((damaged += 1))
		done
		[ "${#all[@]}" -eq 0 ] || read_at "$2" "${all[@]}"
		;;
	esac
	rm -f stick/*
}

# --- the circle ---

# number_of REF: of the referral in proGres, as its people see it.
number_of() {
	echo "IR-${1: -8}"
}

from_primero() {
	over_the_line "$1" primero at_site export --to ET-HUB-01 --out stick \
	    --from primero-api --credentials primero.age \
	    --consents "$examples/consents.ndjson"
}

into_ping() {
	over_the_line "$1" ping at_hub load --to progres-ping-api \
	    --credentials ping.age
}

into_primero() {
	over_the_line "$1" primero at_site load --to primero-api \
	    --credentials primero.age
}

# decision NUMBER CODE [JQ]: of proGres about a case of the examples.
decision() {
	jq -cn --arg ref "$(ref_of "$1")" --arg id "decision-$1" \
	    --arg number "$(number_of "$(ref_of "$1")")" --argjson code "$2" '{
	    progres_interoperabilityreferralid: $id,
	    progres_orgreferralid: ($ref | sub(".*#"; "")),
	    progres_offlineid: ($ref | sub("^primero:"; "") | sub("#.*"; "")),
	    progres_interoperabilityreferralnumber: $number,
	    progres_reviewdecision: $code,
	    progres_reviewdate: "2026-11-18T00:00:00Z",
	    progres_interoperabilityreferralstatus:
	        (if $code == 125080000 then 125080001 else $code end)} |
	    '"${3:-.}"
}

# proGres takes three of them and one it does not.
proGres_decides() {
	tell ping seed "{\"decisions\": [$(decision 1 125080000),
	    $(decision 11 125080000), $(decision 15 125080000),
	    $(decision 8 125080002 '.progres_interoperabilityreferralrejectionomment =
	        "Made-up: cared for already"')]}" >/dev/null
}

# primero_decides NUMBER WORD: the user who got it does.
primero_decides() {
	local case id
	case=$(tell primero state | jq -r --arg n "900-0000020$1" '.cases[] |
	    select(.unhcr_individual_no == $n) | .id')
	id=$(tell primero state | jq -r --arg case "$case" '.referrals[] |
	    select(.record_id == $case) | .id')
	in_primero PATCH "cases/$case/referrals/$id" "$2"
}

asked() {
	echo "progres:900-26-PRTITV-000000$1"
}

withdraw() {
	"at_$1" recall "$2" --reason consent_withdrawn
	fine
}

# undone NODE REF: by a person with the page, if satchel did not do it itself.
undone() {
	sat --json --home "$1" status
	[ "$(jq .status.here.undo <<<"$output")" -gt 0 ] || return 0
	"at_$1" load --to sheet:sheets
	fine
	"at_$1" recall --undone "$2"
	fine
}

play() {
	local ref
	requests
	stand_in primero
	stand_in ping
	people_and_cases
	credentials
	mkdir sheets

	# Out of Primero.  One is held until somebody lets it go.
	from_primero 01-leave-primero
	sat --json --home site --user cp_supervisor decide "$(ref_of 11)" \
	    --release --reason 'Made-up: seen by the supervisor'
	ends 0
	from_primero 02-leave-primero-let-go
	# This may overtake what it withdraws.
	withdraw site "$(ref_of 9)"
	carry site hub
	at_hub decide "$(ref_of 11)" --release --reason 'Made-up: agreed'
	ends 0
	into_ping 03-into-progres
	carry hub site

	# Withdrawn when it is there: a person of proGres undoes it.
	withdraw site "$(ref_of 12)"
	carry site hub
	at_hub load --to progres-ping-api --credentials ping.age
	undone hub "$(ref_of 12)"
	carry hub site

	# And back: what was decided.
	proGres_decides
	over_the_line 04-decided-in-progres ping at_hub answer \
	    --from progres-ping-api --credentials ping.age
	carry hub site
	into_primero 05-decisions-into-primero
	carry site hub

	# The other direction.
	over_the_line 06-leave-progres ping at_hub export --to ET-GMB-03 \
	    --out stick --from progres-ping-api --credentials ping.age \
	    --consents asked.csv
	carry hub site
	for ref in 1 2 3 4; do
		at_site assign "$(asked $ref)" --to primero_cp
		ends 0
	done
	withdraw hub "$(asked 3)"
	carry hub site
	# Two are new children: whether their cases may be shared, a person says.
	asks=W116 into_primero 07-into-primero
	tell primero state | jq -r '.cases[] | select(.unhcr_individual_no |
	    test("^900-0000020[14]$")?) | .id' >new
	for ref in $(<new); do
		in_primero PATCH "cases/$ref" '{"consent_for_services": true,
		    "disclosure_other_orgs": true}'
	done
	rm new
	into_primero 08-given-in-primero
	carry site hub
	withdraw hub "$(asked 4)"
	carry hub site
	# Its row is still there: a person takes it out.
	asks=W140 into_primero 09-revoked-in-primero
	undone site "$(asked 4)"
	carry site hub
	primero_decides 1 '{"status": "accepted"}'
	primero_decides 2 '{"status": "rejected",
	    "rejected_reason": "Made-up: moved to another camp"}'
	over_the_line 10-decided-in-primero primero at_site answer \
	    --from primero-api --credentials primero.age
	carry site hub
	into_ping 11-decisions-into-progres
	carry hub site

	# What came from proGres does not go back there as new.
	from_primero 12-nothing-goes-twice
	carry site hub
	carry hub site
	facts end
	known_of "$(ref_of 1)" "$(ref_of 6)" "$(ref_of 8)" "$(ref_of 9)" \
	    "$(ref_of 11)" "$(ref_of 12)" "$(ref_of 15)" "$(asked 1)" \
	    "$(asked 2)" "$(asked 3)" "$(asked 4)" >>end
}
