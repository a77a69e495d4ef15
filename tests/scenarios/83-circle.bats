#!/usr/bin/env bats
# The whole circle, in both directions, with recalls in the middle: once with
# nothing wrong, and once with everything wrong that lines and sticks can do.
# Both end in the same state.

load sites
load circle

setup_file() {
	export whole=$BATS_FILE_TMPDIR/whole
	world '(.nodes[].users[] | select(.user == "primero_cp")).may |=
	    (. + ["assign"] | unique)'
	cp -a "$BATS_FILE_TMPDIR/world" "$whole"
	cd "$whole" || return 1
	: >said
	MODE=whole play
	leaks_nothing
}

setup() {
	enter
}

# at_the_end JQ: is that true of both systems and both nodes?
at_the_end() {
	jq -es --arg of1 "$(ref_of 1)" --arg of6 "$(ref_of 6)" \
	    --arg of8 "$(ref_of 8)" --arg of9 "$(ref_of 9)" \
	    --arg of11 "$(ref_of 11)" --arg of12 "$(ref_of 12)" \
	    --arg of15 "$(ref_of 15)" '
	    .[0] as $primero | .[1] as $proGres | .[2] as $site | .[4] as $hub |
	    [.[6:][] | .node as $node | .referrals[] + {$node}] as $known |
	    def service($ref): $ref | sub(".*#"; "");
	    def row($ref): $primero.cases[].services_section[] |
	        select(.unique_id == service($ref));
	    def given($ref): [$primero.referrals[] |
	        select(.service_record_id == service($ref)) | .status];
	    def arrived($ref): [$proGres.referrals[] | select(
	        .Fields.progres_orgreferralid == service($ref))] | length;
	    def child($n): [$primero.cases[] |
	        select(.unhcr_individual_no == "900-0000020\($n)")];
	    def of_child($n): child($n)[0].id as $id | [$primero.referrals[] |
	        select(.record_id == $id) | .status];
	    def decided($n): [$proGres.answers[] | select(.ExternalId ==
	        "900-26-PRTITV-000000\($n)") |
	        .Fields.progres_primerotransferstatus];
	    def progress($ref): [$known[] | select(.ref == $ref) | .progress];
	    '"$1" "$whole/end" >/dev/null
}

@test "with nothing wrong each child gets what was decided" {
	local name holds failed=0
	while IFS=: read -r name holds; do
		at_the_end "$holds" || {
			echo "$name: this does not hold: $holds"
			failed=1
		}
	done <<-'EOF'
		accepted by proGres: given($of1) == ["accepted"]
		its number there came: row($of1) | .note_on_referral_from_provider | test("IR-")
		rejected by proGres: given($of8) == ["rejected"]
		why came: row($of8) | tostring | test("Made-up: cared for already")
		let go at both ends, accepted: given($of11) == ["accepted"]
		accepted too: given($of15) == ["accepted"]
		nobody decided: given($of6) == ["in_progress"] and arrived($of6) == 1
		each arrived once: [$of1, $of8, $of11, $of12, $of15] | map(arrived(.)) == [1, 1, 1, 1, 1]
		recalled before it was loaded: arrived($of9) == 0
		and both know: progress($of9) == ["recalled", "recalled"]
		recalled after it was loaded: progress($of12) == ["recalled", "recalled"]
		no recall waits: $site.recalls == [] and $hub.recalls == []
		nothing else went: ($proGres.referrals | length) == 6 and $proGres.refused == []
		every decision is marked as known: [$proGres.decisions[]._synced] == [true, true, true, true]
		a new child in Primero: child(1) | length == 1 and (.[0].services_section | length) == 1
		accepted in Primero: of_child(1) == ["accepted"] and decided(1) == ["125080003"]
		a child that Primero knew: child(2) | length == 1 and (.[0] | .owned_by == "primero_cp" and (.services_section | length) == 1)
		rejected in Primero: of_child(2) == ["rejected"] and decided(2) == ["125080004"]
		why it was: $proGres.answers | tostring | test("Made-up: moved to another camp")
		never loaded into Primero: child(3) == [] and decided(3) == []
		and both know that: progress("progres:900-26-PRTITV-0000003") == ["recalled", "recalled"]
		undone in Primero: child(4) | length == 1
		nobody decides it: decided(4) == [] and progress("progres:900-26-PRTITV-0000004") == ["recalled", "recalled"]
	EOF
	same "$failed" 0
}

# bats test_tags=long
@test "threat 64: a hundred cuts and bad sticks end in the very same state" {
	MODE=broken play
	diff -u "$whole/end" end
	cat cuts
	# shellcheck disable=SC2154 # circle.bash counts
	echo "cuts: $cuts; answers that were lost: $people_asked; sticks" \
	    "lost: $lost, mixed up: $mixed, damaged: $damaged"
	[ "$cuts" -ge 100 ]
	# Most of them libcurl cannot mend by itself.
	[ "$(awk -F '\t' '$4 != ""' cuts | wc -l)" -ge 80 ]
	# Every step was cut, and each kind of trouble came.
	same "$(cut -f 1 cuts | sort -u)" \
	    "$(cd "$whole" && printf '%s\n' bytes.* | cut -d . -f 2)"
	[ "$people_asked" -ge 1 ]
	[ "$lost" -ge 3 ]
	[ "$mixed" -ge 1 ]
	[ "$damaged" -ge 3 ]
	leaks_nothing
}
