#!/usr/bin/env bats
# A clock that stood ahead must not keep a recall from leaving for good.

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

right_now() {
	sat --json --home site --user "${1-cp_supervisor}" incident --clock
}

# ahead: one export while the clock stands in the year after next.
ahead() {
	at "$(date -u -d '+400 days' '+%F %T')" --json --home site \
	    --user primero_cp export --to ET-HUB-01 --out stick \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	[ -n "$(the_bundle)" ]
	rm stick/*
}

@test "threat wrong clock: after one that stood ahead nothing leaves, until a person says that it is right" {
	ahead
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 7 N107
	says '.fault.remedy | test("incident --clock")'
	right_now
	ends 0
	sat --json --home site --user cp_supervisor recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	peek "$(the_bundle)" records/000001.ndjson | grep -q '"recall"'
}

@test "a clock in doubt stops no recall, and its day is told" {
	ahead
	sat --json --home site --user cp_supervisor recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	ends 3
	says ".recalled[0] | .news and .on == \"$(date -u +%F)\""
	sat --home site --user cp_supervisor recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	tr -s ' \n' ' ' <<<"$output" | grep -q 'incident --clock; no bundle'
	# A clock from before the agreement says nothing: the newest act does.
	at '1970-01-02 00:00:00' --json --home site --user cp_supervisor \
	    recall "$(ref_of 8)" --reason consent_withdrawn
	ends 3
	says '.recalled[0].on > "2026"'
}

@test "a recall of a clock that was ahead refuses no later consent" {
	local then
	send
	take stick
	rm stick/*
	then=$(date -u -d '+400 days' '+%F %T')
	at "$then" --json --home site --user cp_supervisor recall \
	    "$(ref_of 1)" --reason consent_withdrawn
	says ".recalled[0].on == \"${then% *}\""
	right_now
	ends 0
	sat --json --home site --user cp_supervisor recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	says ".recalled[0] | .on == \"$(date -u +%F)\""
	# Over there it is of the day that it was read on, at the latest.
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	peek "$(the_bundle)" records/000001.ndjson |
	    grep -q "\"on\":\"${then% *}\""
	take stick
	ends 3
	sat --home hub why "$(ref_of 1)"
	grep -q "$(date -u -d '+2 days' +%F)" <<<"$output"
	no grep -q "${then% *}" <<<"$output"
}

@test "that the clock is right is said by who may decide" {
	ahead
	right_now primero_cp
	ends 4 N106
	right_now nobody
	ends 4
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 7 N107
}

@test "where the clock is not behind, or from before the agreement, nothing is put right" {
	sat --home site --user cp_supervisor incident --clock
	ends 0
	grep -q 'nothing to put right' <<<"$output"
	ahead
	at '1970-01-02 00:00:00' --json --home site --user cp_supervisor \
	    incident --clock
	ends 7 N107
	sat --home site --user cp_supervisor incident --clock --dry-run
	ends 0
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 7 N107
}
