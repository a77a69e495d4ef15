#!/usr/bin/env bats
# What people told this node about consent: six questions on a terminal, kept
# sealed, and a register that is a table; both joined to the cases at export.

load sites

setup_file() {
	world
}

setup() {
	enter
	case_of 1 '.data.case_id_display = "ETGMB-26-0117"' >one.json
	id=$(jq -r '.[0].data.case_id' one.json)
	# Judged once, so that this node knows the case.
	send --from one.json
	ends 3
	# What the example's register says of the first case, in answers.
	yes=(yes 'child, caregiver Aunt-Quillfeather' 2026-08-17
		'thumbprint, Nuerlang, 2026-1' 'alternative_care, medical' UNHCR all)
}

teardown() {
	leaks_nothing
	# Relations and languages are about a person, too.
	no grep -raFqi -e Quillfeather -e Nuerlang site
}

# typed OPTION... -- ANSWER...: consent add at a terminal, with these typed.
typed() {
	local words=("$satchel" --home site --user primero_cp consent add)
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	printf '%s\n' "$@" >typed
	run script -qec "$(printf '%q ' "${words[@]}")" /dev/null <typed
	printf '%s\n' "$output" >>said
}

# ended STATUS: how the command at the terminal ended.
ended() {
	[ "$status" -eq "$1" ] || {
		echo "it ended with $status; it should end with $1"
		printf '%s\n' "$output"
		return 1
	}
}

# shown TEXT: what the person at the terminal read, however it was folded.
shown() {
	tr -s ' \r\n' ' ' <<<"$output" | grep -qF -- "$1" || {
		printf 'not shown: %s\n%s\n' "$1" "$output"
		return 1
	}
}

# goes: the first case is sent, with no register but what is kept here.
goes() {
	send --from one.json "$@"
	ends 0
	# The agreement carries no display form: that is taken out.
	says '.counts.strip == 1'
}

# stays VERDICT RULE
stays() {
	send --from one.json "${@:3}"
	ends 3
	says '.counts.'"$1"' == 1 and
	    ([.referrals[0].rules[].id] | index("'"$2"'") != null)'
}

@test "six answers make the record that the next export needs" {
	stays hold C-HAVE
	typed "$id" -- "${yes[@]}" yes
	ended 0
	shown 'Was consent given?'
	shown 'Who agreed?'
	shown 'On which day?'
	shown 'basic_psychosocial_support'
	shown 'UNICEF, UNHCR'
	shown 'caregiver: Aunt-Quillfeather'
	shown 'The record is kept, sealed, in this node.'
	goes
	peek "$(the_bundle)" records/000001.ndjson >sent
	jq -e '.consent | .status == "given" and .kind == "both" and
	    .method == "thumbprint" and .language == "Nuerlang" and
	    .given_on == "2026-08-17" and .recipients == ["UNHCR"] and
	    .taken_by == {agency: "UNICEF", role: "case_worker"} and
	    .purpose == "refugee_cp_case_management" and
	    (.given_by | map(.role)) == ["child", "caregiver"]' sent
	take stick
	ends 0
}

@test "the display form names the case as well, in any letter case" {
	typed "$(jq -r '.[0].data.case_id_display' one.json |
	    tr '[:upper:]' '[:lower:]')" -- "${yes[@]}" yes
	ended 0
	goes
}

@test "another case is not helped by it" {
	typed "$id-2" -- "${yes[@]}" yes
	ended 3
	stays hold C-HAVE
}

@test "a case may be named by the beginning of its number" {
	typed "${id:0:8}" -- no 2026-08-20 yes
	ended 0
	shown "$id (you gave the beginning of it)"
	stays refuse C-STATE
	typed etgmb-26-01 -- 'taken back' 2026-08-21 yes
	ended 0
	shown 'ETGMB-26-0117 (you gave'
}

@test "a beginning that several cases have is asked to be longer" {
	jq -s '[.[][]]' one.json <(case_of 2 '.data.case_id_display =
	    "ETGMB-26-0118"') >two.json
	send --from two.json
	before=$(state_of site)
	typed ETGMB-26-011 -- no 2026-08-20 yes
	ended 2
	shown R102
	same "$(state_of site)" "$before"
	# One that is whole is that one, though another begins with it.
	case_of 3 '.data.case_id_display = "ETGMB-26-01178"' >three.json
	send --from three.json
	typed ETGMB-26-0117 -- no 2026-08-20 yes
	ended 0
	stays refuse C-STATE
}

@test "a number under which nothing is known is told, and kept" {
	typed "${id:0:8}9" -- no 2026-08-20 yes
	ended 3
	shown 'no referral of it was judged here yet'
	shown 'export will not find this record'
	typed $'38fcde7f\u200b' -- no 2026-08-20 yes
	ended 2
	shown 'cannot be seen'
}

@test "a no by a number that several cases bear is told" {
	case_of 1 '.data.unhcr_individual_no = "900-11111111"' >one.json
	case_of 2 '.data.unhcr_individual_no = "900-11111111"' >two.json
	jq -s 'add' one.json two.json >both.json
	send --from both.json
	typed 900-11111111 -- no 2026-08-20 yes
	ended 3
	shown 'Several cases bear this number'
	stays refuse C-STATE
}

@test "a withdrawal that is an event of an older record is a no" {
	jq -c --arg id "$id" 'select(.subject_ref == $id) |
	    (.given_on = "2026-07-01" | .events = [{type: "withdrawn",
	        on: "2026-09-01"}]),
	    (.record_id |= sub("^.{4}"; "0b1f") | .given_on = "2026-08-17")' \
	    "$examples/consents.ndjson" >register.ndjson
	same "$(wc -l <register.ndjson)" 2
	stays refuse C-STATE --consents register.ndjson
	# One record of both, and given again, is the way on.
	jq -c --arg id "$id" 'select(.subject_ref == $id) | .events =
	    [{type: "withdrawn", on: "2026-07-20"}]' \
	    "$examples/consents.ndjson" >register.ndjson
	goes --consents register.ndjson
}

@test "a mark that cannot be seen does not part a no from its case" {
	case_of 1 '.data.case_id_display = "ETGMB-26\u200b-0117"' >one.json
	{
		head -n 1 "$examples/consents.ndjson"
		head -n 1 "$examples/consents.ndjson" |
			jq -c '.record_id |= sub("^.{4}"; "0b1f") |
			    .status = "refused" |
			    .subject_ref = "\u00a0etgmb-26-0117"'
	} >register.ndjson
	stays refuse C-STATE --consents register.ndjson
	sed 's/etgmb/\xe2\x80\x8eetgmb/' register.ndjson >hidden.ndjson
	send --from one.json --consents hidden.ndjson
	ends 5 J106
	says '.fault.detail | contains("line 2") and contains("seen")'
}

@test "services that cannot be read are not made good by the register" {
	case_of 1 '.data.information_shared_services = ["medical", {"a": 1}]' \
	    >one.json
	stays hold C-STATE --consents "$examples/consents.ndjson"
}

@test "a no is a no, whatever the register says" {
	typed "$id" -- no 2026-08-20 yes
	ended 0
	shown 'refused'
	stays refuse C-STATE --consents "$examples/consents.ndjson"
	typed "$id" -- "${yes[@]}" yes
	ended 3
	shown 'a no counts'
	stays refuse C-STATE
}

@test "what is taken back is not used again" {
	typed "$id" -- "${yes[@]}" yes
	ended 0
	typed "$id" -- 'taken back' 2026-08-20 yes
	ended 0
	stays refuse C-STATE
}

@test "a record that differs from the register's is held" {
	yes[4]=alternative_care
	typed "$id" -- "${yes[@]}" yes
	stays hold C-HAVE --consents "$examples/consents.ndjson"
}

@test "two answers that differ are told at once, and held" {
	typed "$id" -- "${yes[@]}" yes
	yes[5]='UNHCR, UNICEF'
	typed "$id" -- "${yes[@]}" yes
	ended 3
	shown 'says something else'
	stays hold C-HAVE
}

@test "an answer that it does not know is asked for again" {
	typed "$id" -- maybe y yes somebody 'caregiver,' child \
	    tomorrow 2026-02-30 2026-08-17 thumbprint 'spoken, x' \
	    'witnessed, Nuerlang' horse_riding '' 'Medical' \
	    Nobody unhcr everything 'identity,names' 'identity, needs' \
	    perhaps yes
	ended 0
	shown 'That is none of the answers asked for.'
	shown 'Information: identity, needs'
	shown 'Services: medical'
	shown 'Agencies: UNHCR'
}

@test "an answer that is not known three times keeps nothing" {
	before=$(state_of site)
	typed "$id" -- yes child 2099-01-01 31.12.2025 2026-8-17 2026-08-17
	ended 2
	shown 'not understood 3 times; nothing was kept'
	same "$(state_of site)" "$before"
}

@test "answers that break off keep nothing" {
	before=$(state_of site)
	typed "$id" -- yes child
	ended 2
	shown 'nothing was kept'
	same "$(state_of site)" "$before"
}

@test "only what is said to be right is kept" {
	before=$(state_of site)
	typed "$id" -- "${yes[@]}" no
	ended 0
	shown 'Nothing was kept.'
	typed "$id" --dry-run -- "${yes[@]}" yes
	ended 0
	shown 'Nothing was written: this was a dry run.'
	same "$(state_of site)" "$before"
}

@test "language, notice and last day may be said beforehand" {
	yes[3]=written
	typed "$id" --language Nuerlang --notice-version 2026-1 \
	    --expires 2029-01-31 -- "${yes[@]}" yes
	ended 0
	goes
	peek "$(the_bundle)" records/000001.ndjson |
		jq -e '.consent | .language == "Nuerlang" and
		    .notice_version == "2026-1" and
		    .expires_on == "2029-01-31" and .method == "written"'
	typed "$id" --expires 2020-01-31 -- "${yes[@]}" yes
	ended 2
	shown 'past already'
}

@test "without the notice that was explained it is kept, and held" {
	yes[3]='thumbprint, Nuerlang'
	typed "$id" -- "${yes[@]}" yes
	ended 0
	shown 'Notice: not said'
	stays hold C-HOW
	says '.referrals[0].rules | map(select(.id == "C-HOW"))[0].fields ==
	    ["consent.notice_version"]'
}

@test "a name is no case" {
	before=$(state_of site)
	typed Quillfeather -- "${yes[@]}" yes
	ended 2
	shown 'not a name'
	no grep -q 'Was consent' <<<"$output"
	same "$(state_of site)" "$before"
}

@test "without a terminal it names the other way" {
	run setsid -w "$satchel" --home site --user primero_cp consent add \
	    "$id" </dev/null
	ended 2
	shown 'U101'
	shown '--consents FILE'
}

@test "only who may export is asked, and it is in the journal" {
	typed "$id" -- "${yes[@]}" yes
	ended 0
	same "$(sqlite3 site/store.db "SELECT act, by_user FROM journal
	    ORDER BY number DESC LIMIT 1")" 'consent added|primero_cp'
	run script -qec "$satchel --home site --user nobody consent add $id" \
	    /dev/null </dev/null
	ended 4
	shown N105
}

@test "a register may be a table" {
	cat >register.csv <<-END
		case_id,status,kind,basis,given_by,relation,given_on,method,taken_by_role,language,notice_version,purpose,recipients,services,info_categories
		$id,given,both,consent,child;caregiver,;aunt,2026-08-17,thumbprint,case worker,nuer,2026-1,refugee_cp_case_management,UNHCR,alternative_care;medical,identity;contact;family;needs;health
	END
	goes --consents register.csv
	# As a spreadsheet writes it where commas are for decimals.
	{
		printf '\xef\xbb\xbfcase_id;status;given_on;services\r\n'
		printf '%s;refused;2026-08-17;"alternative_care;medical"\r\n' \
		    "$id"
	} >excel.csv
	stays refuse C-STATE --consents excel.csv
}

@test "one row that is no record, and nothing of the table is used" {
	printf 'case_id,status\n%s,given\nx1,yes\n' "$id" >register.csv
	before=$(state_of site)
	send --from one.json --consents register.csv
	ends 5 J106
	says '.fault.detail | contains("line 3")'
	same "$(state_of site)" "$before"
}
