#!/usr/bin/env bats
# An agreement in plain words: read aloud, compared, filled in from a site's
# own lists, and tried on a file before anybody signs it.

load sites.bash

setup_file() {
	world
}

setup() {
	enter
	jq -r '.. | objects | .full_name?, .email?, .phone?, .name? |
	    select(. != null)' agreement.json |
		grep -v -e '^United' >staff
}

teardown() {
	leaks_nothing
}

# names_nobody: the last command said nothing about staff.
names_nobody() {
	no grep -qFf staff <<<"$output"
	no grep -qFf staff <<<"$stderr"
}

# trial [WORD...]: what would become of the example cases.
trial() {
	sat --json --home site --user primero_cp agreement try "$@" \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --to ET-HUB-01
}

# --- explain ---

@test "the agreement in force is read aloud, and names nobody" {
	sat --home site agreement explain
	ends 0
	[[ $output == *'UNICEF may ask UNHCR for these services: alternative_care'* ]]
	[[ $output == *'Of these 2 agencies at least 2 must sign'* ]]
	[[ $output == *'primero_cp (case_worker) may export'* ]]
	[[ $output == *'From 0 to 5 years these must agree: caregiver'* ]]
	names_nobody
}

@test "a file is read aloud without a node, in parts for other programs" {
	sat --json agreement explain agreement.json
	ends 0
	says '.explained | map(.part) | index("Consent") != null'
	says '.explained | all(.sentences | length > 0)'
	names_nobody
}

@test "a reversed question about UNHCR stands out, with its office" {
	agreement '.nodes[0].opt_in_polarity = "negative"' >reversed.json
	sat agreement explain reversed.json
	ends 0
	grep -q 'At ET-GMB-03, .*REVERSED: yes means .* NOT be shared' \
	    <<<"$output"
	no grep -q 'At ET-GMB-04, .*REVERSED' <<<"$output"
}

@test "a draft without keys is read aloud; one with errors is not" {
	sat --json agreement explain "$examples/agreement.json"
	ends 3
	says '.notices | any(test("keys are still missing"))'
	agreement '.valid_until = "2020-01-01"' >wrong.json
	sat --json agreement explain wrong.json
	ends 4 A103
	says '.agreement.problems | any(.code == "A-DATES")'
	echo '[]' >none.json
	sat --json agreement explain none.json
	ends 4 A102
}

@test "without an agreement there is nothing to read or compare" {
	"$satchel" --home new init --node ET-NEW-01 --no-passphrase >/dev/null
	sat --json --home new agreement explain
	ends 4 A101
	sat --json --home new agreement diff agreement.json
	ends 4 A101
	sat --json --home new agreement try --from x.json --to ET-HUB-01
	ends 4 A101
}

# --- check ---

@test "check notices what nobody would miss until it is too late" {
	agreement '.recovery = [] | .flows = [] | .consent.age_rules = [] |
	    .valid_from = "2029-01-01" | .review_on = "2030-01-01"' >odd.json
	sign_agreement odd.json
	sat --json agreement check odd.json
	ends 3
	says '.agreement.problems | all(.kind == "notice") and (map(.code) |
	    contains(["A-AGE-NONE", "A-FLOW-NONE", "A-NOT-BEGUN", "A-RECOVERY",
	    "A-REVIEW"]))'
}

# --- diff ---

@test "the same agreement in another form says the same" {
	jq -c '.version = 2 | .flows[0].services |= reverse' agreement.json \
	    >same.json
	sat --home site agreement diff same.json
	ends 0
	[[ $output == *'They say the same.'* ]]
	sat --json agreement diff agreement.json same.json
	ends 0
	says '.differences == []'
}

@test "what a new version changes is said, looser and stricter" {
	agreement '.version = 2 | .flows[0].fields += ["nationality"] |
	    .consent.age_rules[0].needs = ["caregiver", "child"] |
	    .nodes[0].users[0].may += ["override"] |
	    .nodes[0].users[0].full_name = "Sara Example"' >two.json
	sat --home site agreement diff two.json
	ends 3
	[[ $output == *'LOOSER: UNICEF to UNHCR: now travelling: nationality'* ]]
	[[ $output == *'STRICTER: who must agree from 0 to 5 years'* ]]
	[[ $output == *'LOOSER: ET-GMB-03: primero_cp may now also override'* ]]
	[[ $output != *'Sara'* ]]
	names_nobody
	sat --json agreement diff agreement.json two.json
	ends 3
	says '.differences | map(select(.effect == "looser") | .group) |
	    sort == ["fields", "users"]'
	# The other way round each of them is the opposite.
	sat --json agreement diff two.json agreement.json
	ends 3
	says '.differences | any(.group == "fields" and .effect == "stricter")'
	says '.notices | any(test("not newer"))'
}

@test "a new key comes with the fingerprint that its office reads out" {
	"$satchel" --home new init --node ET-GMB-03 --no-passphrase >/dev/null
	rm site.card
	"$satchel" --home new identity --out site.card >/dev/null
	card=$("$satchel" --json --home new identity |
	    jq -r .identity.fingerprint)
	agreement '.version = 2' >two.json
	sat --json --home site agreement diff two.json
	ends 3
	says ".differences | any(.group == \"keys\" and (.text |
	    startswith(\"ET-GMB-03: satchel identity must now show\") and
	    endswith(\"$card\")))"
}

@test "a file with errors is not compared" {
	agreement '.version = 2 | .flows[0].to = "IRC"' >wrong.json
	sat --json --home site agreement diff wrong.json
	ends 4 A103
}

# --- fill ---

# lookups: what the site's server answered.
lookups() {
	jq -n '{data: [
	    {id: 1, unique_id: "lookup-service-type", name: {en: "Services"},
	    values: [{id: "shelter", display_text: {en: "Shelter"}},
	        {id: "wash", display_text: {en: "Water and hygiene"}},
	        {id: "food", display_text: {en: "Food"}}]},
	    {id: 2, unique_id: "lookup-protection-concerns", name: {},
	    values: [{id: "rape", display_text: {en: "Rape"}}]},
	    {id: 3, unique_id: "lookup-language", name: {},
	    values: [{id: "language9", display_text: {en: "Murle"}}]}],
	    metadata: {total: 3, per: 20, page: 1}}' >lookups.json
	jq -n '{data: [{id: 1, unique_id: "DRC", agency_code: "DRC", order: 1,
	    name: {en: "Danish Refugee Council"}, services: []},
	    {id: 2, unique_id: "unhcr", agency_code: "UNHCR", order: 2,
	    name: {en: "UNHCR"}, services: []}],
	    metadata: {total: 2, per: 20, page: 1}}' >agencies.json
}

@test "the four lists are drafted, labels beside codes" {
	lookups
	sat agreement fill agreement.json --lookups lookups.json agencies.json \
	    --out two.json
	ends 3
	[[ $output == *'services  wash  "Water and hygiene"  drafted'* ]]
	[[ $output == *'languages  language9  "Murle"  drafted'* ]]
	[[ $output == *'agencies  DRC  "Danish Refugee Council"  drafted'* ]]
	# What was there stands where it was; nothing is made up.
	same "$(jq -c '.maps.services[:-2]' two.json)" \
	    "$(jq -c .maps.services agreement.json)"
	same "$(jq -c '.maps.services[-2:] | map(.code)' two.json)" \
	    '["wash","food"]'
	same "$(jq -c '[.maps | del(.sex) | .[] | .[-1]] |
	    map(select(.code == "food" or .code == "language9" or
	    .code == "DRC")) | map([.progres_in, .progres_out])' two.json)" \
	    '[[[],null],[[],null],[[],null]]'
	same "$(jq -S 'del(.maps, .version)' two.json)" \
	    "$(jq -S 'del(.maps, .version)' agreement.json)"
	same "$(jq .version two.json)" 2
	[ ! -e two.json.UNICEF.minisig ]
}

@test "a draft is an agreement, and differs by its lists alone" {
	lookups
	sat --json agreement fill agreement.json --lookups lookups.json \
	    agencies.json --out two.json
	ends 3
	says '.to_complete | any(.list == "services" and .code == "wash" and
	    .label == "Water and hygiene" and .drafted and
	    (.missing | contains(["progres_out", "progres_in"])))'
	says '.to_complete | any(.code == "DRC" and
	    (.missing | index("no_party") != null))'
	sat --json agreement diff agreement.json two.json
	ends 3
	says '.differences | length > 0 and all(.group == "maps")'
	sign_agreement two.json
	sat --json agreement check two.json
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
}

@test "a draft is never written over a file, and not at all in a dry run" {
	lookups
	before=$(sha256sum agreement.json)
	sat --json agreement fill agreement.json --lookups lookups.json \
	    --out agreement.json
	ends 7 D104
	same "$(sha256sum agreement.json)" "$before"
	sat --json agreement fill agreement.json --lookups lookups.json \
	    --out two.json --dry-run
	ends 3
	[ ! -e two.json ]
	sat agreement fill agreement.json --lookups lookups.json
	ends 3
	[[ $output == *'Nothing was written.'* ]]
}

@test "what was not fetched is missed, not taken for empty" {
	lookups
	sat --json agreement fill agreement.json --lookups lookups.json
	ends 3
	says '.notices | any(test("agencies was not among what was given"))'
	jq '.metadata.total = 90' lookups.json >first.json
	sat --json agreement fill agreement.json --lookups first.json
	ends 3
	says '.notices | any(test("more pages"))'
}

@test "a file that holds no lookups drafts nothing" {
	sat --json agreement fill agreement.json \
	    --lookups "$examples/cases.json" --out two.json
	ends 5
	[ ! -e two.json ]
	sat --json agreement fill agreement.json
	ends 2 U101
}

@test "a draft can be made before anybody has a key" {
	lookups
	sat --json agreement fill "$examples/agreement.json" \
	    --lookups lookups.json --out two.json
	ends 3
	[ -e two.json ]
}

# --- try ---

@test "a trial counts what a dry run shows" {
	send --dry-run
	jq -c .counts <<<"$output" >dry
	jq -c '[.referrals[].rules[] | [.id, .verdict]] | group_by(.) |
	    map([.[0], length])' <<<"$output" >dry.rules
	jq -c .passed_over <<<"$output" >dry.passed
	trial
	ends 3
	same "$(jq -c .counts <<<"$output")" "$(cat dry)"
	same "$(jq -c .passed_over <<<"$output")" "$(cat dry.passed)"
	same "$(jq -c '[.tried.rules[] | [[.id, .verdict], .referrals]] |
	    sort' <<<"$output")" "$(jq -c sort dry.rules)"
	says '.tried.fields | any(.field == "nationality" and .removed > 0)'
	says '.referrals == []'
}

@test "a trial writes nothing and remembers nothing" {
	before=$(state_of site)
	journal=$(sqlite3 site/store.db 'SELECT COUNT(*) FROM journal')
	files=$(find site -type f ! -name 'store.db-*' | sort |
	    xargs sha256sum)
	trial
	ends 3
	same "$(find site -type f ! -name 'store.db-*' | sort |
	    xargs sha256sum)" "$files"
	same "$(state_of site)" "$before"
	same "$(sqlite3 site/store.db 'SELECT COUNT(*) FROM journal')" \
	    "$journal"
}

@test "what was sent before counts like the rest" {
	trial
	jq -c .counts <<<"$output" >before
	send --consents "$examples/consents.ndjson"
	ends 3
	trial
	same "$(jq -c .counts <<<"$output")" "$(cat before)"
	says '.passed_over.unchanged == 0'
}

@test "one file twice shows each referral twice" {
	case_of 1 >one.json
	sat --json --home site --user primero_cp agreement try \
	    --from one.json one.json --to ET-HUB-01 \
	    --consents "$examples/consents.ndjson"
	ends 3
	says '.tried.rules | any(.id == "D-DUP" and .referrals >= 1)'
}

@test "a draft nobody has signed is tried as if all had" {
	agreement '.version = 2 | .flows[0].services = ["medical"]' >two.json
	trial
	was=$(jq .counts.share <<<"$output")
	trial two.json
	ends 3
	says '.tried.agreement_version == 2'
	says '.tried.rules | any(.id == "P-MATRIX" and .verdict == "refuse")'
	says '.tried.rules | all(.id != "P-SIGNED")'
	[ "$(jq .counts.share <<<"$output")" -lt "$was" ]
	# The one in force is as it was.
	sat --json --home site agreement show
	says '.agreement.version == 1'
}

@test "a draft that has not begun is tried on its first day" {
	from=$(date -d '+30 days' +%F)
	agreement ".version = 2 | .valid_from = \"$from\"" >two.json
	trial two.json
	says ".tried.on == \"$from\""
	says '.tried.rules | all(.id != "P-FORCE")'
}

@test "a trial asks who may export, and for an office that is listed" {
	sat --json --home site --user nobody agreement try \
	    --from "$examples/cases.json" --to ET-HUB-01
	ends 4 N105
	sat --json --home site --user primero_cp agreement try \
	    --from "$examples/cases.json" --to ET-XXX-01
	ends 4 A113
	agreement 'del(.nodes[0])' >without.json
	trial without.json
	ends 4 A113
	sat --json --home site agreement try --to ET-HUB-01
	ends 2 U101
}

@test "a case that cannot be read is counted and told, not skipped" {
	case_of 1 'del(.data.case_id, .id, .data.id)' >odd.json
	sat --json --home site --user primero_cp agreement try \
	    --from odd.json --to ET-HUB-01
	ends 3
	says '.passed_over.unreadable == 1 and (.notices | length > 0)'
}
