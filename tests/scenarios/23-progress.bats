#!/usr/bin/env bats
# How far a long command is: on a terminal, and nowhere else.

load sites

setup_file() {
	world
}

setup() {
	enter
	# Enough to take more than a second; every one is the same child.
	jq -cs 'flatten[0] as $case | [range(30000) | . as $n | $case |
	    .data.case_id |= (.[0:24] + ("000000000000\($n)" | .[-12:]))]' \
	    "$examples/cases.json" >many.json
}

teardown() {
	leaks_nothing
}

# on_terminal FILE ARGUMENT...: stderr is a terminal, stdout is not.
on_terminal() {
	local to=$1
	shift
	script -qec "$satchel $* 2>/dev/tty >said.out" "$to" >/dev/null \
	    </dev/null || [ $? -eq 3 ]
}

@test "on a terminal a long export says how far it is, how fast, how long" {
	on_terminal screen --home site --user primero_cp --json export \
	    --to ET-HUB-01 --from many.json --out stick
	tr '\r' '\n' <screen >lines
	grep -qE 'judging and sealing: [0-9]+ %, [0-9]+ [kMG]?B/s, about [0-9]+ s left' lines
	# The result is as it is without a terminal, and the line is gone.
	jq -e '.command == "export"' said.out
	no grep -q '%' said.out
	rm screen lines
}

@test "without a terminal nothing but the result is said" {
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --from many.json --out stick
	same "$stderr" ""
	says '.referrals | length == 30000'
}

@test "what is quick says nothing of how far it is" {
	on_terminal screen --home site --user primero_cp --json export \
	    --to ET-HUB-01 --from "$examples/cases.json" --out stick
	no grep -q '%' screen
}
