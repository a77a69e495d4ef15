#!/usr/bin/env bats
# A consent register is looked through before it is used: every line that is
# wrong is named, and what stands there is not repeated.

load sites.bash

setup() {
	cd "$BATS_TEST_TMPDIR"
	: >said
	canaries
}

teardown() {
	leaks_nothing
}

# A whole record, and the columns for it.
columns=case_id,status,given_by,given_on,method
whole=,given,child,2026-08-17,written

# check FILE [OPTION...]
check() {
	sat --json consent check "$@"
}

# rows ROW...: a register of these, with the usual columns.
rows() {
	printf '%s\n' "$columns" "$@" >register.csv
}

# number_of CASE: its case_id.
number_of() {
	case_of "$1" | jq -r '.[0].data.case_id'
}

# holds PRINTF-FORMAT: a register of these bytes has one whole record, of 0012.
holds() {
	# shellcheck disable=SC2059 # the bytes are spelt as printf spells them
	printf "$1" >register.csv
	check register.csv
	if [ "$status" -ne 0 ]; then
		printf 'this should be read: %s\n%s\n' "$1" "$output"
		return 1
	fi
	says '.consents == {records: 1, drafts: 0, wrong: 0, draft_lines: [],
	    differ: []}'
	# It is that case's record, and no other's.
	case_of 1 '.data.case_id = "0012"' >one.json
	check register.csv --cases one.json
	ends 0
	says '.consents.without_case == [] and .consents.cases_without == []'
}

# wrong DETAIL PRINTF-FORMAT: is refused with these words in the detail.
wrong() {
	# shellcheck disable=SC2059 # as above
	printf "$2" >register.csv
	check register.csv
	ends 5 J106
	if ! jq -e --arg says "$1" '[.fault, .faults[]?.fault] |
	    any(.detail | contains($says))' <<<"$output" >/dev/null; then
		printf 'this should say %s: %s\n%s\n' "$1" "$2" "$output"
		return 1
	fi
}

@test "the example register fits the example cases" {
	check "$examples/consents.ndjson" --cases "$examples/cases.json" \
	    "$examples/cases-negative.json"
	ends 0
	says '.consents == {records: 16, drafts: 0, wrong: 0, draft_lines: [],
	    differ: [], without_case: [], cases: 16, cases_without: []}'
}

@test "the example register of proGres names its person by number" {
	check "$examples/progres-consents.csv" \
	    --cases "$examples/interventions.json"
	ends 3
	says '.consents | .records == 1 and .without_case == [] and
	    .cases == 4'
	# Rows of one intervention are one case; the person's number is not
	# repeated.
	says '.consents.cases_without | length == 3 and
	    all(test("PRTITV"))'
}

@test "a register is read as spreadsheets save it" {
	head=case_id,status,given_by,given_on,method
	row=0012,given,child,2026-08-17,written
	bom='\xef\xbb\xbf'
	holds "$head\n$row\n"
	holds "$bom$head\r\n$row\r\n"
	holds "$bom${head//,/;}\r\n${row//,/;}\r\n"
	holds "${head//,/\\t}\r\n${row//,/\\t}\r\n"
	holds "sep=;\r\n${head//,/;}\r\n${row//,/;}"
	holds "${bom}sep=,\n$head\n$row\n"
	holds "$head\r$row\r"
	holds "Case ID,STATUS, Given By ,given on,Method\n$row\n"
	holds "$head,,,\n\n,,,,,,,\n$row,,,\n,,,,,,,\n"
	holds "$head\n=\"0012\",given,child,2026-08-17,written\n"
	holds "$head\n\"=\"\"0012\"\"\",given,child,2026-08-17,written\n"
	holds "$head\n'0012,GIVEN,child,'2026-08-17,written\n"
	holds "\"case_id\",\"status\",\"given_by\",\"given_on\",\"method\"\n$row"
	holds "$head\n\xc2\xa00012 ,given,child;,2026-08-17,written\n"
	holds "given_on;method;case_id;status;given_by;relation;services\n2026-08-17;written;0012;given;\"child;caregiver\";\";aunt\";\"medical;legal\"\n"
}

@test "what a spreadsheet has altered is not guessed at" {
	head=case_id,status,given_on
	wrong 'column 3 (given_on): the date is not YYYY-MM-DD: format the column as text' \
	    "$head\na,given,31/01/2026\n"
	wrong 'the date is not YYYY-MM-DD' "$head\na,given,2026-01-31 00:00:00\n"
	wrong 'the date is not YYYY-MM-DD' "$head\na,given,46053\n"
	wrong 'there is no such day' "$head\na,given,2026-02-30\n"
	wrong 'shows an error or ####' "$head\na,given,########\n"
	wrong 'a spreadsheet has shortened the number' \
	    "$head\n1.2E+11,given,2026-01-31\n"
	wrong 'a spreadsheet has shortened the number' \
	    "${head//,/;}\n1,2E+11;given;2026-01-31\n"
	wrong 'save it as "CSV UTF-8"' \
	    "case_id,status,language\na,given,fran\xe7ais\n"
	wrong 'save it as "CSV UTF-8"' '\xff\xfec\0a\0s\0e\0_\0i\0d\0,\0'
	wrong 'this is a workbook' 'PK\3\4\24\0\6\0\10\0'
}

@test "a broken register is told, with line and column" {
	head=case_id,status
	wrong 'line 1: no column is called case_id' 'id,status\n1,given\n'
	wrong 'line 1: no column is called status' 'case_id,kind\n1,both\n'
	wrong 'line 1, column 3 (remarks): no column is called so' \
	    "$head,remarks\na,given,x\n"
	wrong 'line 1, column 3 (status): there are two' \
	    "$head,Status\na,given,given\n"
	wrong 'line 2, column 2 (status): not one of the words' "$head\na,yes\n"
	wrong 'line 3, column 1 (case_id): nothing stands there' \
	    "$head\n\n,given\n"
	wrong 'line 2, column 3: something stands there' "$head\na,given,x\n"
	wrong 'line 2, column 3 (relation): there is no giver' \
	    "$head,relation\na,given,aunt\n"
	wrong 'line 2: a quotation mark stands where none can; nothing after it was read' \
	    "$head\na\"b,given\nc,given\n"
	wrong 'line 3: a quotation mark is opened and never closed' \
	    "$head\na,given\n\"b,given\nc,given\n"
}

@test "every line that is wrong is named, and the others are counted" {
	rows "a$whole" "b,yes,,," "c$whole" 'd,given,child,17.08.2026,written' \
	    "e,given,aunt,2026-08-17,written" "f$whole"
	check register.csv
	ends 5 J106
	says '[.faults[].fault.detail | capture("line (?<n>[0-9]+)").n] ==
	    ["3", "5", "6"]'
	says '.faults | all(.file == "register.csv" and .fault.code == "J106")'
	says '.consents.records == 3 and .consents.wrong == 3'
	sed 's/"status":"[a-z_]*"/"status":"maybe"/' \
	    "$examples/consents.ndjson" | sed -n '2p;4p' >register.ndjson
	echo '{not JSON' >>register.ndjson
	head -n 1 "$examples/consents.ndjson" >>register.ndjson
	check register.ndjson
	ends 5 J106
	says '[.faults[].fault.detail | capture("line (?<n>[0-9]+)").n] ==
	    ["1", "2", "3"]'
	says '.consents.records == 1 and .consents.wrong == 3'
}

@test "nothing that stands in a register is repeated" {
	rows 'Zanab Abdurahman,yes,,,' 'b,given,Zanab Abdurahman,,' \
	    'c,given,child,Zanab Abdurahman,' 'd,given,child,,Zanab Abdurahman'
	check register.csv
	ends 5
	no grep -q Zanab said
	sat consent check register.csv
	ends 5
	no grep -q Zanab said
}

@test "a yes without who, when and how is a draft" {
	rows 'a,given,,,' 'b,given,child,,written' 'c,refused,,,' "d$whole"
	check register.csv
	ends 3
	says '.consents.drafts == 2 and .consents.draft_lines == [2, 3]'
	sat consent check register.csv
	ends 3
	grep -qx '  line 2 lacks given_by given_on method' <<<"$output"
	grep -qx '  line 3 lacks given_on' <<<"$output"
}

@test "records of one case that differ are told" {
	rows "a$whole" "b$whole" 'A ,refused,,2026-09-01,' \
	    'b,given,child,2026-09-01,thumbprint'
	check register.csv
	ends 3
	says '.consents.differ == [2, 4]'
	# By whatever number they name the case.
	case_of 1 '.data.case_id_display = "show-1"' >one.json
	rows "$(number_of 1)$whole" 'SHOW-1,refused,,,'
	check register.csv
	ends 0
	check register.csv --cases one.json
	ends 3
	says '.consents.differ == [2, 3] and .consents.without_case == []'
}

@test "a record that fits no case, and a case without a record, are told" {
	rows "$(number_of 1)$whole" "misspelt$whole" "$(number_of 3)$whole"
	check register.csv --cases "$examples/cases.json"
	ends 3
	says '.consents.without_case == [3] and .consents.cases == 15 and
	    (.consents.cases_without | length == 13)'
	says ".consents.cases_without[0] == \"$(number_of 2)\""
	sat consent check register.csv --cases "$examples/cases.json"
	ends 3
	grep -q 'fit no case' <<<"$output"
	grep -qx '  line 3' <<<"$output"
	grep -qx "  $(number_of 2)" <<<"$output"
}

@test "the individual number fits a case, too" {
	case_of 1 '.data.unhcr_individual_no = "900-11111111"' >one.json
	rows "900-11111111$whole"
	check register.csv --cases one.json
	ends 0
	says '.consents.without_case == [] and .consents.cases_without == []'
}

@test "a record whose number several cases bear is told" {
	case_of 1 '.data.unhcr_individual_no = "900-11111111"' >one.json
	case_of 2 '.data.unhcr_individual_no = "900-11111111"' >two.json
	rows "900-11111111$whole"
	check register.csv --cases one.json two.json
	ends 3
	says '.notices | any(contains("several cases bear: 1 (line 2)"))'
	# Neither of them has a record that is surely its own.
	says '.consents.cases_without | length == 2'
	# The same case in two files is one.
	check register.csv --cases one.json one.json
	ends 0
	# A no is everybody's.
	rows '900-11111111,refused,,,'
	check register.csv --cases one.json two.json
	ends 3
	says '.consents.cases_without == []'
}

@test "what was taken back and what was narrowed are differences" {
	for event in withdrawn narrowed; do
		head -n 1 "$examples/consents.ndjson" |
			jq -c --arg event "$event" '.,
			    (.record_id |= sub("^.{4}"; "0b1f") |
			    .events = [{type: $event, on: "2026-09-01"}])' \
			    >register.ndjson
		check register.ndjson
		ends 3
		says '.consents.differ == [1, 2]'
	done
}

@test "an empty register is something to look at" {
	: >register.csv
	check register.csv
	ends 3
	says '.consents.records == 0'
	rows
	check register.csv
	ends 3
}

@test "cases that cannot be read, or a register that is not there" {
	rows "a$whole"
	echo 'no cases' >cases.json
	check register.csv --cases cases.json
	ends 5
	says '.consents == null'
	check nosuch.csv
	ends 7
	sat consent check
	ends 2
}
