#!/usr/bin/env bats
# A no that came later than the consent a referral brings: told at the hub, in
# another referral of the child, or as a recall of one.  It counts by whatever
# way it came, and whichever came first (C-NEWER).

load sites

setup_file() {
	world
}

setup() {
	# What `sent` says at the end of a pipe is looked at.
	shopt -s lastpipe
	enter
	id=$(case_of 1 | jq -r '.[0].data.case_id')
	number=$(case_of 1 | jq -r '.[0].data.unhcr_individual_no')
}

teardown() {
	leaks_nothing
}

# told HOME CASE ANSWER...: consent add at a terminal there, which shows what
# was typed: that is not looked through for numbers.
told() {
	local home=$1 user=hub_admin words
	[ "$home" = hub ] || user=primero_cp
	words=("$satchel" --home "$home" --user "$user" consent add "$2")
	shift 2
	printf '%s\n' "$@" >typed
	run script -qec "$(printf '%q ' "${words[@]}")" /dev/null <typed
	rm typed
}

# says_no CASE DAY: at the hub.
says_no() {
	told hub "$1" 'taken back' "$2" yes
}

# agrees DAY SERVICES: at the hub, to what the example's first case asks.
agrees() {
	told hub "$id" yes 'child, caregiver' "$1" 'thumbprint, nuer, 2026-1' \
	    "$2" UNHCR all yes
}

# first [JQ]: the first good referral (consent of 2026-08-17), changed.
first() {
	head -n 1 good.ndjson | jq -c "${1:-.}" | revise
}

# sibling [JQ]: another referral of the same child.
sibling() {
	first '.origin.service_id = "11111111-6023-46e3-a92d-094162fb7308" |
	    .ref = "primero:\(.origin.case_id)#\(.origin.service_id)" | '"${1:-.}"
}

# sent NAME [AFTER]: a bundle of the records on stdin.
sent() {
	if [ -n "${2-}" ]; then
		letter "$1" "$(follows "$2" "$2.satchel")"
	else
		letter "$1"
	fi
	cat >"$1/records/000001.ndjson"
	post "$1" "$1.satchel"
	take "$1.satchel"
}

# newer VERDICT: the last one was judged so, by C-NEWER.
newer() {
	says '[.referrals[-1].rules[] | select(.id == "C-NEWER") | .verdict] ==
	    ["'"$1"'"]'
}

# stays_here: nothing of it can be loaded.
stays_here() {
	load_all
	says '[.loaded[] | select(.file != null)] == []'
	same "$(find loaded -type f)" ""
}

@test "a no told at the hub refuses what comes with older consent" {
	says_no "$id" 2026-09-01
	[ "$status" -eq 3 ] # nothing of it is here yet
	first | sent a
	ends 3
	newer refuse
	says '.referrals[0].state == "refused"'
	stays_here
	# The sender hears of it.
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out loaded
	peek loaded/*.satchel records/000001.ndjson |
		jq -e '.referrals[0] | .state == "refused" and
		    (.rules | index("C-NEWER") != null)'
	rm loaded/*
}

@test "it counts by the person's number, too" {
	says_no "$number" 2026-09-01
	first | sent a
	ends 3
	newer refuse
}

@test "a no before the consent that comes is none; consent given anew passes" {
	says_no "$id" 2026-08-01
	first | sent a
	ends 0
	says '.referrals[0].state == "staged"'
}

@test "a no of the same day counts" {
	says_no "$id" 2026-08-17
	first | sent a
	ends 3
	newer refuse
}

@test "another child's no is not this one's" {
	says_no "$(case_of 8 | jq -r '.[0].data.case_id')" 2026-09-01
	first | sent a
	ends 0
}

@test "what is staged already is refused at load, and does not leave" {
	first | sent a
	ends 0
	says_no "${id:0:8}" 2026-09-01
	[ "$status" -eq 0 ] # the beginning is enough for what came
	load_all
	ends 3
	says '.loaded[0] | .state == "held" and .file == null'
	newer refuse
	stays_here
	sat --home hub why "$id"
	grep -q 'later withdrawal' <<<"$output"
	sat --json --home hub why "$id"
	says '.referrals[0].state == "held"'
}

@test "a narrower consent told since holds it, whatever is told after" {
	first | sent a
	ends 0
	agrees 2026-09-01 medical
	[ "$status" -eq 0 ]
	load_all --dry-run
	ends 3
	newer hold
	agrees 2026-09-02 'alternative_care, medical'
	# The narrower one still stands beside it, and is for a person.
	load_all --dry-run
	newer hold
}

@test "one that is told after it was let go is heard" {
	agrees 2026-09-01 medical
	first | sent a
	newer hold
	sat --json --home hub --user hub_admin decide \
	    "$(jq -r '.referrals[0].ref' <<<"$output")" --release \
	    --reason 'asked: the later one stands beside it'
	ends 0
	told hub "$id" yes 'child, caregiver' 2026-10-10 \
	    'thumbprint, nuer, 2026-1' medical UNICEF identity yes
	load_all
	same "$(find loaded -type f)" ""
	sat --json --home hub inbox --state held
	newer hold
}

@test "one that covers it lets it pass" {
	agrees 2026-09-01 'alternative_care, medical'
	first | sent a
	ends 0
}

@test "a recall of one referral stops the child's others" {
	sibling | sent a
	ends 0
	{
		jq -cn --arg ref "$(sibling | jq -r .ref)" '{type: "recall",
		    ref: $ref, sequence: 2, reason: "consent_withdrawn",
		    on: "2026-09-01"}'
		first
	} | sent b a
	ends 3
	newer refuse
	says '.referrals[-1].state == "refused"'
	stays_here
}

@test "a recall stops what is staged already, at load" {
	{
		first
		sibling
	} | sent a
	ends 0
	jq -cn --arg ref "$(sibling | jq -r .ref)" '{type: "recall",
	    ref: $ref, sequence: 2, reason: "consent_withdrawn",
	    on: "2026-09-01"}' | sent b a
	ends 3
	load_all
	ends 3
	newer refuse
	same "$(find loaded -type f)" ""
}

@test "a recall of what was sent in error stops nothing else" {
	sibling | sent a
	{
		jq -cn --arg ref "$(sibling | jq -r .ref)" '{type: "recall",
		    ref: $ref, sequence: 2, reason: "sent_in_error",
		    on: "2026-09-01"}'
		first
	} | sent b a
	says '.referrals[-1].state == "staged"'
}

@test "a no in a referral that is refused is remembered without its record" {
	first | sent a
	ends 0
	sibling '.consent.status = "withdrawn" |
	    .consent.given_on = "2026-09-01"' | sent b a
	ends 3
	says '.referrals[0].state == "refused"'
	load_all
	ends 3
	newer refuse
	same "$(find loaded -type f)" ""
}

@test "and refuses what comes after it with older consent" {
	sibling '.consent.events += [{type: "withdrawn", on: "2026-09-01"}]' |
		sent a
	ends 3
	first | sent b a
	ends 3
	newer refuse
}

@test "but not what comes with consent that was given anew" {
	sibling '.consent.status = "withdrawn" |
	    .consent.given_on = "2026-09-01"' | sent a
	first '.consent.given_on = "2026-09-02" |
	    .consent.events |= map(.on = "2026-09-02")' | sent b a
	ends 0
	says '.referrals[0].state == "staged"'
}

@test "a no that was put right at its source is none" {
	sibling '.consent.status = "withdrawn" |
	    .consent.given_on = "2026-09-01"' | sent a
	sibling | sent b a
	says '.referrals[0].state == "staged"'
	first | sent c b
	ends 0
}

@test "consent that was narrowed in another referral counts here too" {
	sibling '.consent.services = ["medical"] | .service.type = "medical" |
	    .consent.events += [{type: "narrowed", on: "2026-09-01"}]' | sent a
	ends 0
	first | sent b a
	ends 3
	newer refuse
}

@test "consent for another service stands beside it" {
	sibling '.consent.services = ["medical"] | .service.type = "medical" |
	    .consent.given_on = "2026-09-01" |
	    .consent.events |= map(.on = "2026-09-01")' | sent a
	ends 0
	first | sent b a
	ends 0
}

@test "a later version with a no stops the one that is staged" {
	first | sent a
	first '.consent.status = "withdrawn" | .consent.given_on =
	    "2026-09-01"' | sent b a
	ends 3
	load_all
	newer refuse
	same "$(find loaded -type f)" ""
}

@test "sending it again is not a way around a no" {
	says_no "$id" 2026-09-01
	first | sent a
	first '.made_on = "2026-10-01"' | sent b a
	ends 3
	newer refuse
	stays_here
}
