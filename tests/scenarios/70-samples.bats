#!/usr/bin/env bats
# Files of the real shapes, from public repositories, where they lie beside the
# checkout: each one is read, and each referral in it ends with a verdict and
# reasons, or the file with a fault.  Some are not valid JSON, and stay so.

load sites

samples=$scenarios/../../../shared/samples

setup_file() {
	[ ! -d "$samples" ] || world
}

setup() {
	[ -d "$samples" ] || skip "no samples here"
	enter
}

teardown() {
	[ ! -d "$samples" ] || leaks_nothing
}

# settled: the last export ended with a verdict for each, or with a fault.
settled() {
	if [ "$(jq '.fault != null' <<<"$output")" = true ]; then
		says '.fault.code != "" and .fault.text != "" and
		    .fault.remedy != ""'
		[ "$status" -ne 0 ]
		return
	fi
	says '[.referrals[] | select(.verdict == "hold" or
	    .verdict == "refuse") | .rules | length > 0 and
	    all(.[]; .text != "")] | all'
	says '(.referrals | length) == ([.counts.share, .counts.strip,
	    .counts.hold, .counts.refuse] | add)'
	# The one service of this case is the site's own.
	[ "${file##*/}" != response__postToPrimeroCases.json ] || return 0
	# What else gave no referral at all was told.
	says '(.referrals | length) > 0 or .exit == 3 or
	    ([.passed_over | .. | numbers] | add) > 0'
}

@test "every sample of Primero is read at a site" {
	for file in "$samples"/primero/*; do
		echo "${file##*/}"
		sat --json --home site --user primero_cp export \
		    --to ET-HUB-01 --out stick --from "$file" --dry-run
		settled
	done
}

@test "every sample of proGres is read at a hub" {
	for file in "$samples"/progres-ping/* "$samples"/progres-dtp/*; do
		echo "${file##*/}"
		sat --json --home hub --user hub_admin export \
		    --to ET-GMB-03 --out stick --from "$file" --dry-run
		settled
	done
}

@test "every sample is read as an answer, and none by chance is one" {
	for file in "$samples"/*/*; do
		echo "${file##*/}"
		sat --json --home hub --user hub_admin answer \
		    --from "$file" --dry-run
		says '.counts.answer == 0'
		[ "$status" -ne 1 ]
	done
}

@test "the list of PING gives three referrals, each with what is missing" {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick --from "$samples/progres-ping/referral-from-progres.json"
	ends 3
	says '.referrals | length == 3'
	says '[.referrals[].rules | map(.id) | index("D-MIN") != null] | all'
}

@test "the two rows of DTP are one referral in two languages" {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick --from "$samples/progres-dtp/progresReferral__flow1-1.json"
	ends 3
	says '.referrals | length == 1'
}
