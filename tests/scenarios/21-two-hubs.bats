#!/usr/bin/env bats
# One child who is referred to both hubs.

load sites

setup_file() {
	world
}

setup() {
	enter
	mkdir second
	case_of 8 >cases.json
}

teardown() {
	leaks_nothing
}

# to HUB FOLDER: what Primero says now.
to() {
	rm -f "$2"/*
	sat --json --home site --user primero_cp export --to "$1" --out "$2" \
	    --from cases.json --consents "$examples/consents.ndjson"
}

# goes N: so many referrals went with the last export.
goes() {
	same "$(jq '[.referrals[] | select(.state == "sent")] | length' \
	    <<<"$output")" "$1"
}

@test "what went to both hubs goes to neither again" {
	to ET-HUB-01 stick
	goes 1
	to ET-HUB-02 second
	goes 1
	for _ in 1 2; do
		to ET-HUB-01 stick
		goes 0
		says '.passed_over.unchanged == 1 and .bundles == []'
		to ET-HUB-02 second
		goes 0
		says '.passed_over.unchanged == 1 and .bundles == []'
	done
}

@test "what changed goes to both hubs, also after the other one has it" {
	to ET-HUB-01 stick
	to ET-HUB-02 second
	case_of 8 '.data.services_section[0].service_referral_notes =
	    "Made up, and written anew."' >cases.json
	to ET-HUB-01 stick
	goes 1
	to ET-HUB-02 second
	goes 1
	to ET-HUB-01 stick
	goes 0
	# Back to what it was: each has the later version, and gets the first.
	case_of 8 >cases.json
	to ET-HUB-02 second
	goes 1
	to ET-HUB-01 stick
	goes 1
}
