#!/usr/bin/env bats
# A site writes referrals out of its Primero file into a bundle: what travels,
# what does not, what files are taken, and what happens when the disk does not
# play along.

load sites

setup_file() {
	world
}

setup() {
	enter
}

teardown() {
	if mountpoint -q "$BATS_TEST_TMPDIR/full"; then
		umount "$BATS_TEST_TMPDIR/full"
	fi
	leaks_nothing
}

# verdict NUMBER: what export said of a case's first referral, in one line.
verdict() {
	jq -r --arg ref "$(ref_of "$1")" '.referrals[] | select(.ref == $ref) |
	    "\(.verdict) \(.state) \([.rules[].id] | join(" ")) / " +
	    (.removed | join(" "))' <<<"$output"
}

# refuses_file CODE FILE: exit 5, a remedy, nothing sent, nothing remembered.
refuses_file() {
	local before
	before=$(state_of site)
	send --from "$2"
	ends 5 "$1"
	says '.ok == false and .exit == 5 and .bundles == []'
	says '.fault | .text != "" and .remedy != ""'
	same "$(state_of site)" "$before"
	same "$(find stick site/outbox -type f)" ""
}

@test "the example cases end as examples/README.md says" {
	send
	ends 3
	says '.command == "export" and .ok and .exit == 3 and .fault == null'
	says '.counts == {share: 5, strip: 1, hold: 6, refuse: 4, duplicate: 0,
	    recall: 0, answer: 0}'
	says '.passed_over | .implemented == 1 and .not_referred == 1 and
	    .known_there == 0 and .unchanged == 0 and
	    .other_agency == [{value: "DRC", rows: 1}]'
	says '.referrals | length == 16'
	same "$(verdict 1)" "share sent  / "
	same "$(verdict 2)" "refuse refused C-STATE C-UNHCR / "
	same "$(verdict 3)" "hold held C-AGE / "
	same "$(verdict 4)" "refuse refused P-MATRIX D-MAP / "
	same "$(verdict 5)" "hold held D-MAP / "
	same "$(verdict 6)" "strip sent P-FIELDS S-GBV / nationality protection_concerns risk_level"
	same "$(verdict 7)" "hold held C-BAND D-ADULT / "
	same "$(verdict 8)" "share sent  / "
	same "$(verdict 9)" "share sent  / "
	same "$(verdict 10)" "hold held C-HIDE / "
	same "$(verdict 11)" "hold held C-BAND C-CARE / "
	same "$(verdict 12)" "share sent  / "
	same "$(jq -r '.referrals[12] | .verdict, .rules[0].id' <<<"$output" |
	    paste -sd ' ')" "refuse C-SVC"
	same "$(verdict 13)" "refuse refused S-NAME / "
	same "$(verdict 14)" "hold held D-MIN D-DATE / "
	same "$(verdict 15)" "share sent  / "
	says '.bundles | length == 1 and .[0].state == "made" and
	    .[0].seq == 1 and .[0].sequence == 1 and .[0].missing == [] and
	    .[0].from == "ET-GMB-03" and .[0].to == ["ET-HUB-01"] and
	    .[0].fault == null'
	same "$(wc -c <"$(the_bundle)")" "$(jq .bundles[0].bytes <<<"$output")"
	same "$(basename "$(the_bundle)")" \
	    "$(jq -r .bundles[0].id <<<"$output" | cut -c 1-8).satchel"
}

@test "only what may travel is in the bundle" {
	send
	same "$(peek "$(the_bundle)" records/000001.ndjson | jq -r .ref | sort)" \
	    "$(for n in 1 6 8 9 12 15; do ref_of "$n"; done | sort)"
	peek "$(the_bundle)" records/000001.ndjson |
	    jq -s --arg ref "$(ref_of 6)" '.[] | select(.ref == $ref)' >six
	jq -e '.subject | has("nationality") or has("risk_level") | not' six
	jq -e '.subject.protection_concerns == ["neglect"]' six
	# Fields the agreement leaves out are named; the sensitive one is not.
	jq -e '.removed == ["nationality", "risk_level"]' six
	no grep -q sexual six
}

@test "stock minisign and age open what was sent" {
	send
	head -n 4 "$(the_bundle)" >b.minisig
	tail -n +5 "$(the_bundle)" >b.age
	minisign -V -H -P "$(jq -r .sign site.card)" -m b.age -x b.minisig
	age -d -i recovery.key b.age | tar -tzf - >members
	same "$(cat members)" "bundle.json
agreement/agreement.json
agreement/UNHCR.minisig
agreement/UNICEF.minisig
records/000001.ndjson
totals.json"
	same "$(peek "$(the_bundle)" agreement/agreement.json | sha256sum)" \
	    "$(sha256sum <agreement.json)"
	same "$(sed -n 1p b.minisig)" "untrusted comment: satchel bundle"
	sed -n 3p b.minisig | grep -Eqx 'trusted comment: satchel bundle/1 id=[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12} seq=1 created=[-0-9]{10}T[:0-9]{8}Z'
	# One stanza for the hub, one for recovery, no other.
	same "$(sed -n '/^---/q; /^-> X25519 /p' b.age | wc -l)" 2
	same "$(LC_ALL=C sed -n '/^---/q; /^-> /p' b.age | wc -l)" 2
}

@test "the same again sends nothing" {
	send
	rm stick/*.satchel
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --only "$(ref_of 1)" --dry-run
	ends 0
	send
	says '.passed_over.unchanged == 6 and .bundles == []'
	same "$(bundles_on stick)" 0
	same "$(find site/outbox -type f | wc -l)" 1
	# Nothing needs anybody once what is held and refused is not in the file.
	for n in 1 6 8 9; do case_of "$n"; done | jq -s flatten >four.json
	send --from four.json --consents "$examples/consents.ndjson"
	ends 0
	says '.bundles == [] and .passed_over.unchanged == 4 and
	    .counts.share + .counts.strip == 0'
	sat --home site --user primero_cp export --to ET-HUB-01 --out stick \
	    --from four.json --consents "$examples/consents.ndjson"
	ends 0
	grep -qi 'nothing to send' <<<"$output"
}

@test "a referral held after it was sent is not sent twice as it was" {
	send
	rm stick/*.satchel
	# The register was forgotten: all that went is held now ...
	send --from "$examples/cases.json"
	says '.bundles == [] and .passed_over.unchanged == 0'
	sat --home site why "$(ref_of 1)"
	grep -q 'An earlier version of it has gone out' <<<"$output"
	# ... and with the register again it is what went before.
	send
	says '.bundles == [] and .passed_over.unchanged == 6'
	same "$(bundles_on stick)" 0
}

@test "a dry run calls nothing sent, nor does a file that breaks off" {
	send --dry-run
	says '[.referrals[] | select(.state == "ready")] | length == 6'
	says '[.referrals[] | select(.state == "sent")] == []'
	head -c 9000 "$examples/cases.json" >cut.json
	send --from cut.json --consents "$examples/consents.ndjson"
	ends 5
	says '.referrals == []'
}

@test "--only takes a whole case_id" {
	send --only "$(case_of 1 | jq -r '.[0].data.case_id')"
	ends 0
	says '.referrals | length == 1'
}

@test "without --from nothing owed is nothing sent" {
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	says '.bundles == []'
	same "$(bundles_on stick)" 0
}

@test "a case that changed is sent again, alone, as number 2" {
	send
	rm stick/*.satchel
	case_of 1 '.data.services_section[0].service_referral_notes =
	    "Made up, and changed since."' >changed.json
	send --from changed.json --consents "$examples/consents.ndjson"
	ends 0
	says '.counts.share == 1 and .bundles[0].seq == 2 and
	    .bundles[0].sequence == 2'
	peek "$(the_bundle)" bundle.json | jq -e '.stream.previous.id != null'
}

@test "--only takes a whole ref, and the start of one" {
	send --only "$(ref_of 8)"
	ends 0
	says '.referrals | length == 1'
	says ".referrals[0].ref == \"$(ref_of 8)\""
	send --only "primero:38fcde7f"
	ends 0
	says ".referrals | length == 1 and .[0].ref == \"$(ref_of 1)\""
	same "$(bundles_on stick)" 2
}

@test "--only sends what was sent before" {
	send
	send --only "$(ref_of 1)"
	ends 0
	says '.counts.share == 1 and .bundles[0].sequence == 2'
}

@test "--only for something unknown or ambiguous sends nothing" {
	before=$(state_of site)
	send --only primero:00000000
	ends 2 R101
	send --only primero:
	ends 2 R102
	send --only primero:26
	ends 2 R102
	send --only "$(ref_of 1)" --only primero:nobody
	ends 2 R101
	same "$(state_of site)" "$before"
	same "$(bundles_on stick)" 0
}

@test "--dry-run judges and writes nothing" {
	before=$(state_of site)
	find stick site/outbox -printf '%p %s %T+\n' | sort >listed
	send --dry-run
	ends 3
	says '.counts.share == 5 and .counts.hold == 6'
	same "$(state_of site)" "$before"
	same "$(find stick site/outbox -printf '%p %s %T+\n' | sort)" \
	    "$(cat listed)"
}

@test "--readable-name names the sender and the number" {
	send --readable-name
	ends 3
	same "$(ls stick)" ET-GMB-03_000001.satchel
}

@test "no node of that code is 4" {
	sat --json --home site --user primero_cp export --to XX-YY-99 \
	    --from "$examples/cases.json" --out stick
	ends 4 A112
	sat --json --home site --user primero_cp export --to ET-GMB-03 \
	    --from "$examples/cases.json" --out stick
	ends 4
	same "$(bundles_on stick)" 0
}

@test "wrong use is 2, and nothing is sent" {
	sat --json --home site export --from "$examples/cases.json" --out stick
	ends 2 U101
	sat --json --home site export --to ET-HUB-01 --from x
	ends 2 U101
	sat --json --home site export --to ET-HUB-01 --sideways --out stick
	ends 2 U101
	same "$(bundles_on stick)" 0
}

# --- what is not a Primero file ---

@test "an empty file is refused" {
	: >empty.json
	refuses_file J103 empty.json
}

@test "a file with an empty list holds no case" {
	echo '[]' >none.json
	refuses_file J103 none.json
}

@test "random bytes are refused" {
	head -c 100000 /dev/urandom >noise.json
	refuses_file J102 noise.json
}

@test "an xlsx is refused, and said to be a spreadsheet" {
	command -v zip >/dev/null || skip "zip is not installed"
	mkdir -p book/xl
	echo '<Types/>' >'book/[Content_Types].xml'
	echo '<workbook/>' >book/xl/workbook.xml
	(cd book && zip -q -0 -r ../cases.xlsx .)
	refuses_file J102 cases.xlsx
	says '.fault.detail | test("spreadsheet")'
}

@test "a PDF is refused, and said to be one" {
	printf '%%PDF-1.7\n%%\342\343\317\323\n' >form.pdf
	refuses_file J102 form.pdf
	says '.fault.detail | test("PDF")'
}

@test "a bundle is refused, and import is named" {
	letter a
	post a a.satchel
	refuses_file J102 a.satchel
	says '.fault.detail | test("import")'
}

@test "JSON that breaks off is refused, wherever it does" {
	size=$(wc -c <"$examples/cases.json")
	for part in 1 2 50 90 99; do
		head -c $((size * part / 100)) "$examples/cases.json" >cut.json
		send --from cut.json --consents "$examples/consents.ndjson"
		ends 5
		says '.bundles == [] and .fault.remedy != ""'
		same "$(find stick site/outbox -type f)" ""
	done
	# What was read before the break counts for nothing either.
	send
	ends 3
	says '.passed_over.unchanged == 0 and .counts.share == 5'
}

@test "what is not JSON is refused" {
	echo 'case_id,name' >cases.csv
	echo '1,x' >>cases.csv
	refuses_file J102 cases.csv
	echo "{'data': {}}" >single.json
	send --from single.json
	ends 5
	same "$(bundles_on stick)" 0
}

@test "JSON with a name twice is refused" {
	case_of 1 >one.json
	sed -i 's/"unhcr_export_opt_in": true,/&"unhcr_export_opt_in": false,/' \
	    one.json
	grep -q false one.json
	refuses_file J101 one.json
}

@test "nesting without end is refused" {
	{
		printf '[{"id":"x","data":{"case_id":"x","a":'
		head -c 200000 /dev/zero | tr '\0' '['
	} >deep.json
	refuses_file J101 deep.json
	head -c 200000 /dev/zero | tr '\0' '[' >deeper.json
	send --from deeper.json
	ends 5
}

@test "a file of proGres is no file of this site's" {
	jq -n '{Data: [{"progres_interventionnumber": "INT-1",
	    "progres_individual.individuals.progres_id": "900-1"}],
	    ErrorMessage: null, RecordCount: 1, SPHTransactionId: "x"}' >ping.json
	before=$(state_of site)
	send --from ping.json
	[ "$status" -eq 5 ] || [ "$status" -eq 2 ] || ends 5
	says '.fault.remedy != "" and .bundles == []'
	same "$(state_of site)" "$before"
	same "$(bundles_on stick)" 0
}

@test "a file that is not there is 7" {
	before=$(state_of site)
	send --from nowhere.json
	ends 7 D103
	same "$(state_of site)" "$before"
}

@test "of two files one bad one stops both" {
	before=$(state_of site)
	: >empty.json
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" --from empty.json \
	    --consents "$examples/consents.ndjson" --out stick
	ends 5
	same "$(state_of site)" "$before"
	same "$(bundles_on stick)" 0
}

# --- the shapes a Primero file may have ---

@test "one list, several lists, data as a list and data as a case are taken" {
	jq -s flatten "$examples/cases.json" >list.json
	jq -s 'flatten | .[0:3], .[3:4], .[4:]' "$examples/cases.json" >lists.json
	jq -s '{data: [flatten[] | .data + {id}]}' "$examples/cases.json" \
	    >data.json
	jq -s '{data: (flatten[0] | .data + {id})}' "$examples/cases.json" >one.json
	for shape in list lists data; do
		sat --json --home site --user primero_cp export --dry-run \
		    --to ET-HUB-01 --from $shape.json \
		    --consents "$examples/consents.ndjson"
		ends 3
		echo "$shape"
		says '.referrals | length == 16'
	done
	sat --json --home site --user primero_cp export --dry-run \
	    --to ET-HUB-01 --from one.json \
	    --consents "$examples/consents.ndjson"
	echo one
	says ".referrals | length == 1 and .[0].ref == \"$(ref_of 1)\""
}

@test "the same ref twice in a file: the second is held" {
	{
		case_of 1
		case_of 1
	} >twice.json
	send --from twice.json --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.share == 1 and .counts.hold == 1'
	says '[.referrals[] | select(.state == "held") | .rules[].id] ==
	    ["D-DUP"]'
	same "$(peek "$(the_bundle)" records/000001.ndjson | wc -l)" 1
}

@test "the same ref twice, the first as it was sent: the second is held" {
	case_of 1 >new.json
	case_of 1 '.data.services_section[0].service_referral_notes =
	    "Made up, and older."' >old.json
	send --from new.json --consents "$examples/consents.ndjson"
	ends 0
	rm stick/*.satchel
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from new.json --from old.json \
	    --consents "$examples/consents.ndjson"
	ends 3
	says '.passed_over.unchanged == 1 and .counts.share == 0 and
	    .counts.hold == 1 and .bundles == []'
	says '[.referrals[] | select(.state == "held") | .rules[].id] ==
	    ["D-DUP"]'
	same "$(bundles_on stick)" 0
}

@test "a no after sending is told, with who has the earlier version" {
	case_of 1 >one.json
	head -n 1 "$examples/consents.ndjson" |
	    jq -c '.status = "withdrawn" | .events += [{type: "withdrawn",
	    on: "2026-09-01", by_role: "child"}]' >no
	# Nothing went yet: nothing to be told.
	send --from one.json --consents no
	ends 3
	says '.counts.refuse == 1 and (.notices // [] | length == 0)'
	send --from one.json --consents "$examples/consents.ndjson"
	ends 0
	says '.counts.share == 1 and (.notices // [] | length == 0)'
	rm stick/*.satchel
	for again in 1 2; do
		send --from one.json --consents no
		ends 3
		says ".counts.refuse == 1 and (.notices | length == 1 and
		    (.[0] | contains(\"$(ref_of 1)\") and
		    contains(\"ET-HUB-01\")))"
	done
	sat --home site --user primero_cp export --to ET-HUB-01 --out stick \
	    --from one.json --consents no
	ends 3
	grep -q 'Consent changed after .* was sent to ET-HUB-01' <<<"$output"
	grep -q 'satchel recall .* --reason consent_withdrawn' <<<"$output"
	rm no
}

@test "held for another hub than it went to, it goes there when it may" {
	case_of 1 >one.json
	send --from one.json --consents "$examples/consents.ndjson"
	rm stick/*.satchel
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --out stick --from one.json
	ends 3
	says '.notices | length == 1 and (.[0] | contains("ET-HUB-01"))'
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --out stick --from one.json --consents "$examples/consents.ndjson"
	ends 0
	says '.counts.share == 1 and .passed_over.unchanged == 0'
	same "$(bundles_on stick)" 1
}

@test "what is known there is reached by --only, by ref or case_id alike" {
	case_of 1 '.data.services_section[0].progres_interventionnumber =
	    "900-26-PRTITV-0000009"' >known.json
	send --from known.json --consents "$examples/consents.ndjson"
	ends 0
	says '.referrals == [] and .passed_over.known_there == 1'
	for word in "$(ref_of 1)" "$(jq -r '.[0].data.case_id' known.json)" \
	    900-00000101; do
		send --from known.json --only "$word" --dry-run \
		    --consents "$examples/consents.ndjson"
		echo "$word"
		ends 0
		says '.referrals | length == 1'
	done
	send --from known.json --only 900-0000010
	ends 2 R101
}

@test "whatever is missing or odd in a case, export judges it" {
	case_of 1 >one.json
	# One of its members taken out or replaced, as a file of its own each.
	jq -c '.[0] as $case | ($case.data | keys[]) as $key |
	    (("", null, [], {}, 1, true, "x", ["x"]) as $odd |
	    [$case | .data[$key] = $odd]), [$case | del(.data[$key])]' \
	    one.json >odd
	jq -c '.[0] as $case | ($case.data.services_section[0] | keys[]) as $key |
	    (("", null, [], {}, 1, "x") as $odd |
	    [$case | .data.services_section[0][$key] = $odd]),
	    [$case | del(.data.services_section[0][$key])]' one.json >>odd
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		printf '%s\n' "$line" >odd.json
		"$satchel" --json --home site --user primero_cp export \
		    --to ET-HUB-01 --dry-run --from odd.json \
		    --consents "$examples/consents.ndjson" >odd.out \
		    2>>said && rc=0 || rc=$?
		cat odd.out >>said
		case $rc in
		0 | 3 | 5) ;;
		*)
			diff <(jq -S . one.json) <(jq -S . odd.json) | head
			jq -c .fault odd.out
			echo "it ended with $rc"
			echo "$n" >>failed
			;;
		esac
	done <odd
	[ "$n" -gt 300 ]
	[ ! -e failed ]
}

# --- consent ---

@test "a bad line in the consent register stops the export, and is numbered" {
	before=$(state_of site)
	{
		head -n 2 "$examples/consents.ndjson"
		echo '{"satchel":"consent/1","status":"perhaps"}'
	} >register
	send --from "$examples/cases.json" --consents register
	ends 5 J106
	says '.fault.detail | test("3")'
	same "$(state_of site)" "$before"
	same "$(bundles_on stick)" 0
}

@test "without a register nobody's consent is made up" {
	send --from "$examples/cases.json"
	ends 3
	says '.counts.share == 0 and .counts.strip == 0 and .bundles == []'
	says '[.referrals[].rules | map(.id) | index("C-HAVE") != null] |
	    length == 16 and all'
	same "$(bundles_on stick)" 0
}

@test "a newer no in the register counts" {
	{
		cat "$examples/consents.ndjson"
		head -n 1 "$examples/consents.ndjson" |
		    jq -c --arg id "$(uuid)" '.record_id = $id |
		    .status = "withdrawn" | .given_on = "2026-09-01" |
		    .events = [{type: "withdrawn", on: "2026-09-01",
		    by_role: "child"}]'
	} >register
	send --from "$examples/cases.json" --consents register
	says ".referrals[] | select(.ref == \"$(ref_of 1)\") |
	    .verdict == \"refuse\" and ([.rules[].id] | index(\"C-STATE\") != null)"
}

@test "no in the case's own list counts against yes in the register" {
	case_of 1 '.data.disclosure_other_orgs = false' >no.json
	send --from no.json --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.refuse == 1 and ([.referrals[0].rules[].id] |
	    index("C-CASE") != null)'
	same "$(bundles_on stick)" 0
}

@test "consent that is text where yes or no belongs is no yes" {
	for value in '"yes"' '1' '[true]' '"TRUE "'; do
		case_of 1 ".data.unhcr_export_opt_in = $value" >text.json
		sat --json --home site --user primero_cp export --to ET-HUB-01 \
		    --dry-run --from text.json \
		    --consents "$examples/consents.ndjson"
		echo "$value"
		says '.counts.share + .counts.strip == 0'
	done
}

# by_number: case 1 and another child's under its individual number, and a
# register that knows only the number.
by_number() {
	case_of 1 >one.json
	case_of 1 '.id = "11111111-2222-4333-8444-555555555555" |
	    .data.case_id = "99999999-2222-4333-8444-555555555555" |
	    .data.services_section[0].unique_id =
	        "99999999-0000-4333-8444-555555555555"' >other.json
	head -n 1 "$examples/consents.ndjson" |
	    jq -c '.subject_ref = "900-00000101"' >register
}

@test "a yes under a number that two cases bear is neither's" {
	by_number
	send --from one.json --consents register --dry-run
	ends 0
	says '.counts.share == 1'
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from one.json --from other.json --consents register
	ends 3
	says '.counts.share == 0 and .counts.hold == 2'
	same "$(bundles_on stick)" 0
	# Also if the other child has nothing to be referred for.
	jq '.[0].data.services_section = []' other.json >idle.json
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from idle.json --from one.json --consents register
	ends 3
	says '.counts.share == 0 and .counts.hold == 1'
	# The same case in two files is one case.
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --dry-run --from one.json --from one.json --consents register
	says '.counts.share == 1 and .counts.hold == 1'
	rm register
}

@test "a yes under a case's own id counts, whoever else bears its number" {
	by_number
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from one.json --from other.json \
	    --consents "$examples/consents.ndjson"
	ends 3
	says ".counts.share == 1 and ([.referrals[] |
	    select(.verdict == \"share\") | .ref] == [\"$(ref_of 1)\"])"
	rm register
}

@test "a no under a number that two cases bear is a no to both" {
	by_number
	jq -c '.status = "withdrawn" | .events = [{type: "withdrawn",
	    on: "2026-09-01", by_role: "child"}]' register >no
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from one.json --from other.json --consents no
	ends 3
	says '.counts.refuse == 2'
	rm register no
}

# --- the agreement ---

# under JQ: both nodes under an agreement that was changed so, version 2.
under() {
	agreement "$1 | .version = 2" >next.json
	sign_agreement next.json
	adopt next.json site
}

@test "with negative polarity exactly the other children's answer is yes" {
	case_of 1 >yes.json
	case_of 1 '.data.unhcr_export_opt_in = false' >no.json
	under '(.nodes[] | select(.code == "ET-GMB-03")).opt_in_polarity =
	    "negative"'
	send --from yes.json --consents "$examples/consents.ndjson" --dry-run
	says '.counts.refuse == 1 and ([.referrals[0].rules[].id] |
	    index("C-UNHCR") != null)'
	send --from no.json --consents "$examples/consents.ndjson" --dry-run
	says '.counts.share == 1'
}

@test "without a declared polarity nothing is exported" {
	under '(.nodes[] | select(.code == "ET-GMB-03")).opt_in_polarity = null'
	send
	ends 3
	says '.counts.share + .counts.strip == 0'
	# What goes is the renewed agreement alone.
	no peek "$(the_bundle)" records/000001.ndjson
	says '[.referrals[].rules | map(.id) | index("C-POL") != null] | all'
}

@test "past the agreement's end referrals stop going out" {
	at '2030-02-01 12:00:00' --json --home site --user primero_cp export \
	    --to ET-HUB-01 --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	[ "$status" -eq 3 ] || ends 4
	says '.counts.share + .counts.strip == 0 and .bundles == []'
	says '(.fault.code == "A111") or
	    ([.referrals[].rules | map(.id) | index("P-FORCE") != null] | all)'
	same "$(bundles_on stick)" 0
}

@test "a clock behind our own acts stops the export with 7" {
	send
	rm stick/*
	before=$(state_of site)
	at '2026-09-01 12:00:00' --json --home site --user primero_cp export \
	    --to ET-HUB-01 --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	ends 7 N107
	same "$(state_of site)" "$before"
	same "$(bundles_on stick)" 0
}

@test "a user the agreement does not list may not export" {
	sat --json --home site --user nobody export --to ET-HUB-01 \
	    --from "$examples/cases.json" --out stick
	ends 4 N105
	same "$(bundles_on stick)" 0
}

@test "under a test agreement nobody need be named" {
	sat --json --home site export --to ET-HUB-01 --out stick \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.share == 5'
}

# --- the disk ---

@test "an out folder that is missing, or a file, is 7 and changes nothing" {
	before=$(state_of site)
	send --out nowhere
	ends 7
	says '.fault.code | startswith("D")'
	: >plain
	send --out plain
	ends 7 D105
	same "$(state_of site)" "$before"
	same "$(find site/outbox -type f)" ""
}

# full_stick SIZE: a small file system at ./full, unmounted at the end.
full_stick() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	mkdir full
	mount -t tmpfs -o "size=$1" none full 2>/dev/null ||
	    skip "nothing can be mounted here"
}

# not_carried FOLDER: it was made, it is in the outbox, nothing is out there.
not_carried() {
	send --out "$1"
	ends 7
	says '.bundles[0].state == "made" and .bundles[0].fault != null'
	same "$(find site/outbox -name '*.satchel' | wc -l)" 1
	same "$(find "$1" -name '*.satchel' | wc -l)" 0
}

# carried_next: the same bundle goes out with the next export, and no other.
carried_next() {
	local made
	made=$(jq -r .bundles[0].id <<<"$output")
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	same "$(ls stick)" "${made:0:8}.satchel"
	cmp stick/*.satchel site/outbox/*.satchel
	take stick
	ends 0
	says '.bundles[0].state == "imported" and .counts.share == 6'
}

@test "a full stick is 7, and the next export carries the bundle" {
	full_stick 4k
	not_carried full
	carried_next
}

@test "a read-only stick is 7, and the next export carries the bundle" {
	full_stick 1m
	mount -o remount,ro full
	not_carried full
	carried_next
}

@test "a folder one may not write to is 7, and the next export carries it" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	mkdir locked
	chmod 500 locked
	not_carried locked
	carried_next
}

@test "a full disk at home is 7, and nothing was made" {
	full_stick 600k
	cp -a site full/site
	before=$(state_of full/site)
	head -c 10M /dev/zero >full/fill 2>/dev/null || true
	sat --json --home full/site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	ends 7
	says '.bundles == []'
	rm full/fill
	same "$(state_of full/site)" "$before"
	same "$(find full/site/outbox stick -type f)" ""
	sat --json --home full/site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	ends 3
	says '.bundles[0].seq == 1 and .counts.share == 5'
}

@test "another file of that name on the stick is left as it is" {
	echo mine >stick/ET-GMB-03_000001.satchel
	send --readable-name
	ends 7 D104
	same "$(cat stick/ET-GMB-03_000001.satchel)" mine
	rm stick/*
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick
	ends 0
	same "$(bundles_on stick)" 1
}

@test "no part file is left on the stick" {
	send
	same "$(find stick -type f ! -name '*.satchel')" ""
}

# --- what the stick tells ---

@test "several small exports have one size, and one comment" {
	# Once the hub has said that it has the agreement, bundles are small.
	send --only "$(ref_of 1)"
	take stick
	mkdir back
	sat --home hub --user hub_admin export --to ET-GMB-03 --out back
	ends 0
	sat --home site import back
	ends 0
	rm stick/*
	for refs in 1 8 9 '1 8' '1 8 9'; do
		only=()
		for n in $refs; do
			only+=(--only "$(ref_of "$n")")
		done
		send "${only[@]}"
		ends 0
	done
	same "$(bundles_on stick)" 5
	for bundle in stick/*.satchel; do
		tail -n +5 "$bundle" | wc -c
		head -n 1 "$bundle" >>comments
		basename "$bundle" | grep -Eqx '[0-9a-f]{8}\.satchel'
	done | sort -u >sizes
	same "$(cat sizes)" 4096
	same "$(sort -u comments)" "untrusted comment: satchel bundle"
}

@test "the outside of a bundle names nobody" {
	send
	for word in ET-GMB-03 ET-HUB-01 UNHCR UNICEF primero referral; do
		no grep -aqi "$word" "$(the_bundle)"
	done
}

@test "with a passphrase, and not with another" {
	echo 'a made-up passphrase for the site' >words
	echo 'some other made-up words' >other.words
	sat --home locked --passphrase-file words init --node ET-GMB-04
	ends 0
	sat --json --home locked identity
	sign=$(jq -r .identity.sign <<<"$output")
	open=$(jq -r .identity.open <<<"$output")
	agreement "(.nodes[] | select(.code == \"ET-GMB-04\")) |=
	    (.sign = [\"$sign\"] | .open = [\"$open\"])" >next.json
	sign_agreement next.json
	confirm=$(fingerprint next.json)
	sat --home locked --passphrase-file words agreement adopt next.json \
	    --confirm "$confirm"
	ends 0
	sat --json --home locked --passphrase-file other.words \
	    --user primero_cp export --to ET-HUB-01 --out stick \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	ends 6 K107
	same "$(bundles_on stick)" 0
	sat --json --home locked --user primero_cp export --to ET-HUB-01 \
	    --out stick --from "$examples/cases.json" </dev/null
	ends 6
	sat --json --home locked --passphrase-file words \
	    --user primero_cp export --to ET-HUB-01 --out stick \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.share == 5'
	no grep -raq 'made-up passphrase' locked
}
