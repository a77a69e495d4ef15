#!/usr/bin/env bats
# What the program makes of a command line, before it does anything.

load sites.bash

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >said
}

@test "no command is a wrong use, and shows what there is" {
	run --separate-stderr "$satchel"
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ $stderr == *"usage: satchel"*"agreement check"* ]]
}

@test "with --json help and the version are in the one object" {
	for words in --help --version help 'help export' 'export --help'; do
		# shellcheck disable=SC2086 # the words are several
		run --separate-stderr "$satchel" --json $words
		[ "$status" -eq 0 ]
		jq -se 'length == 1 and .[0].ok and .[0].exit == 0 and
		    (.[0].help | length > 5)' <<<"$output"
	done
}

@test "help and the version go to stdout" {
	run --separate-stderr "$satchel" --help
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *"agreement check"* ]]
	run "$satchel" --version
	[ "$status" -eq 0 ]
	[[ $output =~ ^satchel\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "with --json there is one object on stdout, also for a wrong use" {
	for words in '--json' '--json frobnicate' 'export --to --json' \
	    'init --json' 'doctor --json here' 'import --json' \
	    '--json --passphrase-fd x identity'; do
		# shellcheck disable=SC2086 # the words are words
		sat $words
		ends 2
		says '.satchel == "result/1" and .ok == false and .exit == 2'
		says '.fault.code | test("^U10[12]$")'
		says '(.counts | length) == 7 and .bundles == [] and
		    .referrals == []'
		same "$(wc -l <<<"$output")" 1
		same "$stderr" ''
	done
}

@test "a failure says what happened and what to do, on stderr" {
	run --separate-stderr "$satchel" --home nowhere identity
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[[ ${stderr_lines[0]} == 'satchel: N101 there is no node'* ]]
	[[ ${stderr_lines[1]} == '  -> '* ]]
}

@test "a secret is not taken from the command line" {
	run "$satchel" --passphrase secret identity
	[ "$status" -eq 2 ]
}

@test "what is foreign cannot drive the terminal" {
	printf '{}' >$'\e[2J\u202e.json'
	for words in $'\e[2Jx\u202e' $'agreement check \e[2J\u202e.json' \
	    $'plumbing json nowhere\u009b'; do
		for json in '' --json; do
			# shellcheck disable=SC2086 # the words are words
			run "$satchel" $json $words
			[ "$status" -ne 0 ]
			no grep -qP '\x1b|\xe2\x80\xae|\xc2\x9b' <<<"$output"
		done
	done
}

@test "a full disk and a closed pipe are told, and nothing is called done" {
	"$satchel" --home site init --node AB --no-passphrase >/dev/null
	run bash -c "'$satchel' --home site identity >/dev/full"
	[ "$status" -eq 7 ]
	run bash -c "'$satchel' --json --home site identity >/dev/full"
	[ "$status" -eq 7 ]
	run bash -c "'$satchel' --home site identity >&-"
	[ "$status" -eq 7 ]
	run bash -c "'$satchel' help >/dev/full"
	[ "$status" -eq 7 ]
}

@test "SATCHEL_HOME says where the node is, and --home counts for more" {
	"$satchel" --home one init --node ONE --no-passphrase >/dev/null
	"$satchel" --home two init --node TWO --no-passphrase >/dev/null
	export SATCHEL_HOME=one
	sat --json identity
	says '.identity.node == "ONE"'
	sat --json identity --home=two
	says '.identity.node == "TWO"'
}

@test "without SATCHEL_HOME the node is under HOME, and its folders are made" {
	export HOME=$PWD/me
	mkdir me
	sat --json init --node ME --no-passphrase
	ends 0
	[ -f me/.local/share/satchel/node.json ]
	unset HOME
	sat --json identity
	ends 2 N101
}
