#!/usr/bin/env bats
# Every shape in which a site has its data: password zips as Primero makes
# them, both shapes of PING, DTP, whatever the file is called.

load sites

setup_file() {
	world
}

setup() {
	enter
	echo made-up-password >words
	echo another-password >wrong
}

teardown() {
	leaks_nothing
}

# verdicts: what was said of each referral, for comparing.
verdicts() {
	jq -cS '[.referrals[] | {ref, verdict, rules: [.rules[].id]}]' \
	    <<<"$output"
}

# plain: the verdicts of the examples as a plain file.
plain() {
	send --dry-run
	ends 3
	verdicts
}

# zip_of KIND FILE: the examples' cases in a zip of that kind.
zip_of() {
	cp "$examples/cases.json" cases.json
	case $1 in
	stored) zip -q -0 "$2" cases.json ;;
	deflated) zip -q "$2" cases.json ;;
	zipcrypto) zip -q -P made-up-password "$2" cases.json ;;
	streamed) zip -q -P made-up-password - - <cases.json >"$2" ;;
	aes*) 7z a -bd -tzip "-mem=${1^^}" -pmade-up-password "$2" \
	    cases.json >/dev/null ;;
	esac
	rm cases.json
}

# to_site [OPTION...]: the hub exports to the site.
to_site() {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out stick "$@"
}

@test "a zip gives what the file in it gives, however it is locked" {
	want=$(plain)
	for kind in stored deflated zipcrypto streamed aes128 aes192 aes256; do
		echo "$kind"
		rm -f export.bin
		zip_of "$kind" export.bin.zip
		mv export.bin.zip export.bin
		send --from export.bin --consents "$examples/consents.ndjson" \
		    --zip-password-file words --dry-run
		ends 3
		same "$(verdicts)" "$want"
	done
}

@test "a locked zip leaves nothing unpacked anywhere" {
	zip_of aes256 cases.zip
	send --from cases.zip --consents "$examples/consents.ndjson" \
	    --zip-password-file words
	ends 3
	same "$(find . -name '*.json' -newer cases.zip | sort)" ""
}

@test "without its password a zip is refused, and it is said how to give it" {
	for kind in zipcrypto streamed aes256; do
		zip_of "$kind" "$kind.zip"
		send --from "$kind.zip"
		ends 6 K119
		says '.fault.remedy | test("--zip-password-file")'
		same "$(bundles_on stick)" 0
	done
}

@test "with another password nothing of a zip is used" {
	for kind in zipcrypto streamed aes256; do
		zip_of "$kind" "$kind.zip"
		send --from "$kind.zip" --zip-password-file wrong
		ends 6 K118
		says '.referrals == []'
		same "$(bundles_on stick)" 0
	done
}

@test "a zip that was cut or changed is refused, wherever" {
	zip_of aes256 good.zip
	size=$(wc -c <good.zip)
	for part in 10 50 90; do
		head -c $((size * part / 100)) good.zip >cut.zip
		send --from cut.zip --zip-password-file words
		[ "$status" -eq 5 ] || ends 6
		says '.referrals == [] and .fault != null'
	done
	cp good.zip flipped.zip
	flip flipped.zip $((size / 2))
	send --from flipped.zip --zip-password-file words
	[ "$status" -eq 5 ] || ends 6
	same "$(bundles_on stick)" 0
}

@test "a zip that inflates without end is refused early" {
	{
		printf '[{"id":"x","data":{"case_id":"y","notes":"'
		head -c 300000000 /dev/zero | tr '\0' ' '
		printf '"}}]'
	} | zip -q - - >bomb.zip
	send --from bomb.zip
	ends 5 J105
}

@test "a 7z is told what to do about it" {
	cp "$examples/cases.json" cases.json
	7z a -bd -t7z -pmade-up-password cases.7z cases.json >/dev/null
	rm cases.json
	send --from cases.7z --zip-password-file words
	ends 5 J102
	says '.fault.detail | test("7z|7-Zip")'
}

@test "several files in one zip are all read" {
	case_of 1 >a.json
	case_of 8 >b.json
	zip -q both.zip a.json b.json
	send --from both.zip --consents "$examples/consents.ndjson"
	ends 0
	says '.counts.share == 2'
}

@test "an empty file in a zip is not passed over, as it is not outside" {
	case_of 1 >a.json
	: >b.json
	zip -q both.zip a.json b.json
	send --from both.zip --consents "$examples/consents.ndjson"
	ends 5 J103
	says '.referrals == [] and .bundles == []'
}

@test "two zips put one behind the other are not read as the second" {
	case_of 1 >a.json
	case_of 8 >b.json
	zip -q a.zip a.json
	zip -q b.zip b.json
	cat a.zip b.zip >both.zip
	send --from both.zip --consents "$examples/consents.ndjson"
	ends 5 J107
	says '.fault.detail | test("several")'
	same "$(bundles_on stick)" 0
}

@test "a zip without a file, or with one of another kind, says so" {
	mkdir folder
	zip -q empty.zip folder
	send --from empty.zip
	ends 5 J103
	echo 'a letter to a friend' >letter.txt
	zip -q letter.zip letter.txt
	send --from letter.zip
	ends 5 J102
}

@test "proGres interventions go to a Primero site, one referral each" {
	to_site --from "$examples/interventions.json" \
	    --consents "$examples/progres-consents.csv"
	ends 3
	says '.counts.share + .counts.strip == 1 and .counts.hold == 3'
	says '[.referrals[].ref] == [range(1; 5) |
	    "progres:900-26-PRTITV-000000\(.)"]'
	peek stick/*.satchel records/000001.ndjson >came.ndjson
	same "$(wc -l <came.ndjson)" 1
	same "$(jq -c '.subject.language' came.ndjson)" '["nuer","arabic"]'
	same "$(jq -c '.subject.protection_concerns' came.ndjson)" \
	    '["separated","neglect"]'
	same "$(jq -r '.service.notes' came.ndjson | grep -c '[<&]' )" 1
	no jq -e '.service.notes | test("<p>|<br>|&amp;")' came.ndjson
	rm came.ndjson
}

@test "the short list of PING names all that is missing at once" {
	to_site --from "$examples/interventions.json" --dry-run
	says '.referrals[3].rules | map(select(.id == "D-MIN"))[0].fields |
	    (index("name_last") != null) and (index("date_of_birth") != null)'
}

@test "No Data Available is no fault, and nothing to send" {
	echo '{"Data":"No Data Available","ErrorMessage":null,"RecordCount":0,
	    "SPHTransactionId":"x","PagingSummary":null}' >none.json
	to_site --from none.json
	ends 0
	says '.bundles == [] and .referrals == []'
}

@test "an answer of PING that reports an error is not an empty one" {
	echo '{"Data":"No Data Available","ErrorMessage":"failed",
	    "RecordCount":0,"SPHTransactionId":"x"}' >error.json
	to_site --from error.json
	ends 5 J104
	no grep -q failed <<<"$output"
}

@test "an answer of PING with fewer records than it says is refused" {
	jq '.Data |= .[:2]' "$examples/interventions.json" >fewer.json
	to_site --from fewer.json
	ends 5 J104
	says '.referrals == []'
}

@test "pages that were not fetched are told" {
	jq '.PagingSummary.IsMoreRecordsAvailable = true' \
	    "$examples/interventions.json" >first.json
	sat --home hub --user hub_admin export --to ET-GMB-03 --out stick \
	    --from first.json
	ends 3
	grep -q 'more pages' <<<"$output"
}

@test "pages that say so in another way are told just the same" {
	for summary in '{IsMoreRecordsAvailable: "True"}' \
	    '({IsMoreRecordsAvailable: true} | tojson)' \
	    '{IsMoreRecordsAvailable: true, PagingCookie: [range(20000)]}'; do
		jq ".PagingSummary = $summary" "$examples/interventions.json" \
		    >first.json
		to_site --from first.json --dry-run
		echo "$summary"
		ends 3
		says '.notices | length == 1 and (.[0] | test("more pages"))'
	done
	jq '.ErrorMessage = [range(20000)]' \
	    "$examples/interventions.json" >error.json
	to_site --from error.json
	ends 5 J104
	jq '.RecordCount = "9"' "$examples/interventions.json" >fewer.json
	to_site --from fewer.json
	ends 5 J104
}

@test "one page of an answer of Primero is not taken for all of it" {
	case_of 1 '.data + {id}' | jq '{data: ., metadata:
	    {total: 300, per: 1, page: 1}}' >page.json
	send --from page.json --consents "$examples/consents.ndjson"
	ends 3
	says '.counts.share == 1 and (.notices | length == 1)'
	jq '.metadata.total = 1' page.json >whole.json
	send --from whole.json --consents "$examples/consents.ndjson"
	ends 0
	says '.notices // [] | length == 0'
}

@test "all pages of an answer of Primero are all of it" {
	for n in 1 8; do
		case_of "$n" '.data + {id}' | jq '{data: ., metadata:
		    {total: 2, per: 1, page: 1}}' >"$n.json"
	done
	send --from 1.json 8.json --consents "$examples/consents.ndjson"
	ends 0
	says '.counts.share == 2 and (.notices // [] | length == 0)'
	send --from 1.json --consents "$examples/consents.ndjson"
	says '.notices | length == 1'
}

# page PLACES: these records of the examples' answer as an answer of its own.
page() {
	jq "(.Data | [.[$1]]) as \$rows | .Data = \$rows |
	    .RecordCount = (\$rows | length)" "$examples/interventions.json"
}

@test "rows of one intervention in two files are one whole referral" {
	page 1,2 >later.json
	page 0,3 >first.json
	for order in 'first later' 'later first'; do
		read -r one two <<<"$order"
		sat --json --home hub --user hub_admin export --dry-run \
		    --to ET-GMB-03 --from "$one.json" --from "$two.json" \
		    --consents "$examples/progres-consents.csv"
		ends 3
		says '.referrals | length == 3 and
		    ([.[].rules[].id] | index("D-DUP") == null)'
	done
	sat --json --home hub --user hub_admin export --out stick \
	    --to ET-GMB-03 --from first.json --from later.json \
	    --consents "$examples/progres-consents.csv"
	same "$(peek stick/*.satchel records/000001.ndjson |
	    jq -c .subject.language)" '["nuer","arabic"]'
	# As they stand in one zip, too; and then nothing has changed.
	zip -q pages.zip first.json later.json
	to_site --from pages.zip --consents "$examples/progres-consents.csv"
	says '.passed_over.unchanged == 1 and .counts.share == 0'
}

@test "rows too far apart are told to be sorted, not to be split" {
	jq '.Data[0] as $row | [range(16000)] as $all | .Data = [
	    ("Nuer", "Arabic") as $language | $all[] | tostring as $n |
	    {"progres_interventionnumber": ("900-26-PRTITV-" + $n),
	    "progres_interventiondescription": ("made up " * 125),
	    "progres_language.progres_languagecodeidname": $language}] |
	    .RecordCount = 32000' "$examples/interventions.json" >apart.json
	to_site --from apart.json
	ends 5 J108
	says '.fault.remedy | test("sorted by intervention number")'
}

@test "two children under one individual number do not share a yes" {
	# The same child in two interventions is one person ...
	jq '.Data |= (.[:1] + [.[0] | .progres_interventionnumber += "9"]) |
	    .RecordCount = 2' "$examples/interventions.json" >one.json
	to_site --from one.json --dry-run \
	    --consents "$examples/progres-consents.csv"
	ends 0
	says '.counts.share + .counts.strip == 2'
	# ... and another name or birth date under the number is another.
	for other in '."progres_individual.individuals.progres_givenname" =
	    "Nyamal"' '."progres_individual.individuals.progres_dateofbirth" =
	    "2014-01-02T00:00:00"'; do
		jq ".Data[1] |= ($other)" one.json >two.json
		to_site --from two.json --dry-run \
		    --consents "$examples/progres-consents.csv"
		echo "$other"
		ends 3
		says '.counts.hold == 2'
	done
}

@test "DTP: objects with a name, codes as text, notes as JSON in a string" {
	jq '{request_type: "PrimeroOutgoingReferral", interventions: [.Data[:2][] |
	    {progres_interventionnumber, progres_lpinterventionid,
	    progres_businessunit, progres_interventionstartdate,
	    "interventiontype.progres_description": "Alternative Care",
	    "individuals.progres_id":
	        .["progres_individual.individuals.progres_id"],
	    "individuals.progres_registrationgroupid": {Id: "x", Name:
	        .["progres_individual.progres_registrationgroupidname"]},
	    "individuals.progres_givenname": "Nyakuoth",
	    "individuals.progres_familyname": "Example",
	    "individuals.progres_sex": "125080000",
	    "individuals.progres_dateofbirth": "2015-05-11T00:00:00",
	    "languages.progres_languagecodeid": {Id: "y", Name:
	        .["progres_language.progres_languagecodeidname"]},
	    progres_reasonforreferral:
	        ([{CreatedBy: "Staff Member", Text: "Needs a family.",
	        CreatedOn: "2026-09-01"}] | tojson)}]}' \
	    "$examples/interventions.json" >dtp.txt
	to_site --from dtp.txt --consents "$examples/progres-consents.csv"
	ends 0
	says '.counts.share + .counts.strip == 1'
	peek stick/*.satchel records/000001.ndjson >came.ndjson
	grep -q 'Needs a family' came.ndjson
	no grep -q 'Staff Member' came.ndjson
	same "$(jq -c '.subject.language' came.ndjson)" '["nuer","arabic"]'
	rm came.ndjson dtp.txt
}

@test "a site with the opposite question sends exactly the other children" {
	agreement '.nodes |= map(if .code == "ET-GMB-03" then
	    .opt_in_polarity = "negative" else . end) | .version = 2' >next.json
	sign_agreement next.json
	for said in true false '"true"' '"false"' null '""' '"yes"' 1; do
		case_of 1 ".data.unhcr_export_opt_in = $said" >one.json
		cp -a site positive
		sat --json --home positive --user primero_cp export \
		    --to ET-HUB-01 --dry-run --from one.json \
		    --consents "$examples/consents.ndjson"
		yes=$(jq .counts.share <<<"$output")
		adopt next.json positive
		sat --json --home positive --user primero_cp export \
		    --to ET-HUB-01 --dry-run --from one.json \
		    --consents "$examples/consents.ndjson"
		no=$(jq .counts.share <<<"$output")
		rm -r positive
		echo "$said: $yes $no"
		case $said in
		true | '"true"') same "$yes $no" '1 0' ;;
		false | '"false"') same "$yes $no" '0 1' ;;
		*) same "$yes $no" '0 0' ;;
		esac
	done
}

@test "the example of the opposite question is refused there and only there" {
	send --from "$examples/cases-negative.json" \
	    --consents "$examples/consents.ndjson" --dry-run
	ends 0
	says '.counts.share == 1'
	agreement '.nodes |= map(if .code == "ET-GMB-03" then
	    .opt_in_polarity = "negative" else . end) | .version = 2' >next.json
	sign_agreement next.json
	adopt next.json site
	send --from "$examples/cases-negative.json" \
	    --consents "$examples/consents.ndjson" --dry-run
	ends 3
	says '.counts.refuse == 1 and
	    ([.referrals[0].rules[].id] | index("C-UNHCR") != null)'
}
