#!/usr/bin/env bats
# proGres sends no consent: a named user of the hub says who gave it, and when,
# and the next export to the site sends the referral.

load sites

setup_file() {
	world
}

setup() {
	enter
	referral >one.json
	printf '%s\n' Quillfeather 803-77700123 'Nuerlang' >>canaries
	day=$(date -u -d '-3 days' +%F)
}

teardown() {
	leaks_nothing
	no grep -raFqi -e Quillfeather -e Nuerlang -e 77700123 hub stick
}

# referral [JQ]: one intervention, as PING gives its full details.
referral() {
	jq -n --arg born "$(date -u -d '-16 years -40 days' +%F)" '{
	    ErrorMessage: null, RecordCount: 1, PagingSummary: {
	    PagingCookie: null, PageNumber: 0, IsMoreRecordsAvailable: false},
	    Data: [{
	    progres_interventionnumber: "803-26-PRTITV-0000777",
	    progres_lpinterventionid: "5b00c1a1-0001-4000-8000-00000000a001",
	    progres_businessunit: "5b00c1a1-0002-4000-8000-00000000a002",
	    progres_statusdate: "2026-08-20",
	    progres_interventionstartdate: "2026-08-19",
	    "progres_individual.individuals.progres_id": "803-77700123",
	    "progres_individual.individuals.progres_givenname": "Tesfa",
	    "progres_individual.individuals.progres_familyname":
	        "Quillfeather",
	    "progres_individual.individuals.progres_dateofbirth": $born,
	    "progres_individual.individuals.progres_sex": 125080000,
	    "progres_interventiontype2.interventiontype.progres_description":
	        "Alternative Care"}]} | '"${1:-.}"
}

# export_it [FILE]: from the hub to the site.
export_it() {
	sat --json --home hub --user hub_officer export --to ET-GMB-03 \
	    --from progres-ping:"${1:-one.json}" --out stick "${@:2}"
}

ref=progres:803-26-PRTITV-0000777

attest() {
	sat --json --home hub --user hub_officer attest "$ref" "$@"
}

attest_well() {
	attest --given-by child --on "$day" "$@"
}

held() {
	export_it
	ends 3
	says '.counts.hold == 1'
	says '[.referrals[0].rules[].id] | index("'"$1"'") != null'
}

@test "what is attested is what the next export sends" {
	held C-HAVE
	sat --home hub --user hub_officer attest "$ref" --given-by child \
	    caregiver:Quillfeather-aunt --on "$day" --language Nuerlang
	ends 0
	grep -q "given on $day by: child, caregiver" <<<"$output"
	tr -s ' \n' ' ' <<<"$output" | grep -q "service alternative_care by \
UNICEF, and this information: identity, contact, needs"
	grep -q "hub_officer" <<<"$output"
	export_it
	ends 0
	says '.counts.share == 1'
	peek "$(the_bundle)" records/000001.ndjson >sent
	jq -e --arg day "$day" --arg today "$(date -u +%F)" '.consent |
	    .status == "given" and .kind == "both" and
	    .method == "attested_in_source" and .basis == "consent" and
	    .attested_by == {user: "hub_officer", on: $today} and
	    .subject_ref == "803-77700123" and .given_on == $day and
	    .services == ["alternative_care"] and
	    .recipients == ["UNICEF"] and
	    .purpose == "refugee_cp_case_management" and
	    .info_categories == ["identity", "contact", "needs"]' sent
	sat --json --home site --user primero_cp import stick
	ends 0
	says '.counts.hold == 0 and .counts.refuse == 0'
	rm sent
}

@test "information that is not named stays here" {
	held C-HAVE
	attest_well --info needs
	ends 0
	export_it
	says '.referrals[0].removed | index("name_last") != null'
}

@test "to attest the same again changes nothing" {
	held C-HAVE
	attest_well --info identity contact needs
	ends 0
	before=$(state_of hub)
	attest_well
	ends 0
	sat --home hub --user hub_admin attest "$ref" --on "$day" \
	    --given-by child
	ends 0
	grep -q 'attested before; nothing was changed' <<<"$output"
	same "$(state_of hub)" "$before"
}

@test "a second one that says something else is told, and held" {
	held C-HAVE
	attest_well
	attest --given-by caregiver --on "$day"
	ends 3
	says '.notices | length == 1'
	held C-HAVE
}

@test "the same on a later day is a newer consent" {
	held C-HAVE
	attest --given-by child --on 2020-01-31
	ends 0
	held C-AGE
	attest_well
	ends 0
	export_it
	ends 0
	says '.counts.share == 1'
}

@test "who had to agree is still asked" {
	referral '.Data[0]."progres_individual.individuals.progres_dateofbirth"
	    = "2024-01-01"' >one.json
	held C-HAVE
	attest_well
	ends 0
	held C-BAND
}

@test "it names the whole referral that it took" {
	held C-HAVE
	whole=$ref
	ref=${whole%7}
	attest_well --dry-run
	ends 0
	says '[.referrals[].ref] == ["'"$whole"'"]'
	sat --home hub --user hub_officer attest "${whole%77}" \
	    --given-by child --on "$day"
	ends 0
	grep -qF "$whole " <<<"$output"
	# Also where it was attested before.
	attest_well
	ends 0
	says '[.referrals[].ref] == ["'"$whole"'"]'
}

@test "a record of the child narrows what is attested, and never widens it" {
	row="803-77700123,given,both,consent,child;caregiver,$day,written"
	head=case_id,status,kind,basis,given_by,given_on,method
	held C-HAVE
	attest_well
	printf '%s\n' "$head,info_categories" "$row,needs" >register.csv
	export_it one.json --consents register.csv
	says '.referrals[0].removed | index("name_last") != null'
	printf '%s\n' "$head,services,recipients" "$row,medical,IRC" \
	    >register.csv
	export_it one.json --consents register.csv
	ends 3
	says '[.referrals[0].rules[].id] | contains(["C-SVC", "C-ORG"])'
	for status in unknown expired not_asked; do
		printf '%s\n' "$head" "${row/given/$status}" >register.csv
		export_it one.json --consents register.csv
		ends 3
		says '[.referrals[0].rules[].id] | index("C-STATE") != null'
	done
}

@test "a no that is kept for the child counts over it" {
	held C-HAVE
	printf '%s\n' no 2026-08-21 yes >typed
	script -qec "$satchel --home hub --user hub_officer consent add \
803-77700123" /dev/null <typed >/dev/null
	attest_well
	ends 3
	export_it
	ends 3
	says '.counts.refuse == 1'
	says '[.referrals[0].rules[].id] | index("C-STATE") != null'
}

@test "it counts for its referral alone" {
	referral '.RecordCount = 2 | .Data += [.Data[0] |
	    .progres_interventionnumber = "803-26-PRTITV-0000778" |
	    .progres_lpinterventionid = "5b00c1a1-0001-4000-8000-00000000a009"]
	    ' >one.json
	export_it
	says '.counts.hold == 2'
	attest_well
	export_it
	ends 3
	says '.counts.share == 1 and .counts.hold == 1'
	sat --json --home hub --user hub_officer attest 803-77700123 \
	    --given-by child --on "$day"
	ends 2 R102
}

@test "dry-run says it and writes nothing" {
	held C-HAVE
	before=$(state_of hub)
	sat --home hub --user hub_officer attest "$ref" --given-by child \
	    --on "$day" --dry-run
	ends 0
	grep -q 'Nothing was written' <<<"$output"
	grep -q 'Consent was given' <<<"$output"
	same "$(state_of hub)" "$before"
}

@test "the journal names who, and neither record nor referral" {
	held C-HAVE
	attest_well
	says '.consent | length == 36'
	same "$(sqlite3 hub/store.db "SELECT act, by_user, body FROM journal
	    ORDER BY number DESC LIMIT 1")" "attested|hub_officer|{}"
}

@test "wrong words are told, and change nothing" {
	held C-HAVE
	before=$(state_of hub)
	attest --on "$day"
	ends 2 U101
	attest --given-by child
	ends 2 U101
	for wrong in 2099-01-01 2026-02-30 yesterday; do
		attest --given-by child --on "$wrong"
		ends 2 U101
	done
	for wrong in uncle Child child:$'\a' ''; do
		attest --given-by "$wrong" --on "$day"
		ends 2 U101
	done
	attest --given-by child child --on "$day"
	ends 2 U101
	attest_well --info names
	ends 2 U101
	attest_well --expires "$day"
	ends 2 U101
	attest_well --language ''
	ends 2 U101
	same "$(state_of hub)" "$before"
}

@test "only a referral that was judged here, from proGres, is attested" {
	attest_well
	ends 2 R101
	send
	sat --json --home site --user primero_cp attest "$(ref_of 3)" \
	    --given-by child --on "$day"
	ends 2 R103
	says '.fault.detail | contains("not from proGres")'
	take stick
	sat --json --home hub --user hub_officer attest "$(ref_of 1)" \
	    --given-by child --on "$day"
	ends 2 R103
	says '.fault.detail | contains("came in")'
}

@test "whose number is not known is not attested" {
	referral 'del(.Data[0]."progres_individual.individuals.progres_id")' \
	    >one.json
	held D-MIN
	attest_well
	ends 2 R103
}

@test "where the agreement takes a record alone, nothing is attested" {
	held C-HAVE
	agreement '(.flows[] | select(.from == "UNHCR")).consent.evidence =
	    "record" | .version = 2' >next.json
	sign_agreement next.json
	adopt next.json hub
	attest_well
	ends 2 R103
	says '.fault.detail | contains("takes no attestation")'
}

@test "who may not export may not attest" {
	held C-HAVE
	sat --json --home hub --user nobody attest "$ref" --given-by child \
	    --on "$day"
	ends 4 N105
}
