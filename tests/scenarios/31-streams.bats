#!/usr/bin/env bats
# Streams of bundles: what is refused is told to its sender, what is missing is
# asked for by its number, what nobody answers is shown.

load sites

setup_file() {
	# The hub also has a key that the scenarios can sign with.
	world '(.nodes[] | select(.code == "ET-HUB-01")).sign |= [$other] + . |
	    .nodes |= map(select(.code != "ET-GMB-04"))'
}

setup() {
	enter
	mkdir back
}

teardown() {
	leaks_nothing
}

# back [OPTION...]: what the hub owes the site, into back/.
back() {
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back "$@"
}

# at_home FILE...: brought to the site.
at_home() {
	sat --json --home site --user primero_cp import "$@"
}

# status HOME [OPTION...]
status() {
	local home=$1
	shift
	sat --json --home "$home" status "$@"
}

# of NODE: JQ of that partner in the status.
of() {
	echo ".status.partners[] | select(.node == \"$1\")"
}

# spoilt [JQ]: the site's other key signs what has no good record inside.
spoilt() {
	letter bad "${1:-.}"
	echo '{"type":"status","unheard":"of"}' >bad/records/000001.ndjson
	post bad bad.satchel
}

# answer FOLDER SEQ RECORD [JQ]: a bundle of the hub's other key to the site.
answer() {
	letter "$1" ".from = {node: \"ET-HUB-01\", sign: \"$(public other)\"} |
	    .to = {node: \"ET-GMB-03\", open: \"$(jq -r .open site.card)\"} |
	    .seq = $2 | .stream.sequence = $2 | ${4:-.}"
	if [ -n "$3" ]; then
		echo "$3" >"$1/records/000001.ndjson"
	else
		rm -r "$1/records"
	fi
	post "$1" "$1.satchel" SIGN="$PWD/other.key" \
	    TO="$(jq -r .open site.card) $(age-keygen -y recovery.key)"
}

# after FOLDER: JQ that names it as the one before.
after() {
	jq -r --arg sha256 "$(age_part "$1.satchel")" \
	    '".stream.previous = {id: \"\(.id)\", sha256: \"\($sha256)\"}"' \
	    "$1/bundle.json"
}

# refusal ID CODE: the receipt.
refusal() {
	printf '{"type":"receipt","bundle":"%s","state":"refused",' "$1"
	printf '"code":"%s"}' "$2"
}

# later DAYS ARGUMENT...: with the clock so far ahead.
later() {
	local days=$1
	shift
	run --separate-stderr faketime -f "+${days}d" "$satchel" "$@"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

# sent NUMBER: a case of the examples, in a bundle of its own; its id.
sent() {
	send --only "$(ref_of "$1")" >/dev/null
	ends 0 >&2
	jq -r '.bundles[-1].id' <<<"$output"
}

@test "a refused bundle is told to its sender, by id and by number" {
	spoilt
	take bad.satchel
	ends 5 B110
	says '.bundles[0].sequence == 1'
	status hub
	ends 3
	says "$(of ET-GMB-03) | .refused_here ==
	    {count: 1, numbers: [1], codes: [\"B110\"]}"
	back
	ends 0
	# The site's last key is another one: this stream is not asked about.
	peek back/*.satchel bundle.json | jq -e '.acknowledges == []'
	peek back/*.satchel records/000001.ndjson |
	    jq -e --arg id "$(jq -r .id bad/bundle.json)" '
	    . == {type: "receipt", bundle: $id, state: "refused",
	    code: "B110"}'
}

@test "of the stream of the last key the number is acknowledged as refused" {
	sent 1
	cp -a hub hub.before
	take "$(the_bundle)"
	ends 0
	# The hub was put back, and another bundle has that number.
	rm -r hub
	mv hub.before hub
	rm -r stick/*
	cp -a site site.now
	take stick
	ends 3
	agreement '.nodes |= map(select(.code != "ET-GMB-04")) |
	    (.nodes[] | select(.code == "ET-HUB-01")).sign |=
	        ['"\"$(public other)\""'] + . |
	    (.nodes[] | select(.code == "ET-GMB-03")).sign |= reverse' \
	    >v2.json
	jq '.version = 2' v2.json >v2 && mv v2 v2.json
	sign_agreement v2.json
	adopt v2.json hub
	spoilt '.agreement = {id: "ET-GMB-EXAMPLE", version: 2,
	    sha256: "'"$(sha256sum <v2.json | cut -d ' ' -f 1)"'"}'
	take bad.satchel
	ends 5 B110
	back
	ends 0
	peek back/*.satchel bundle.json |
	    jq -e '.acknowledges == [{sequences: "",
	    refused: [{sequence: 1, code: "B110"}]}]'
	# What comes well under that number after all is refused no more.
	letter good '.agreement = {id: "ET-GMB-EXAMPLE", version: 2,
	    sha256: "'"$(sha256sum <v2.json | cut -d ' ' -f 1)"'"}'
	post good good.satchel
	take good.satchel
	ends 0
	rm back/*
	back
	peek back/*.satchel bundle.json |
	    jq -e '.acknowledges == [{sequences: "1", refused: []}]'
}

@test "it is told once, however often it is brought" {
	spoilt
	take bad.satchel
	take bad.satchel
	ends 5 B110
	back
	peek back/*.satchel records/000001.ndjson >told
	same "$(wc -l <told)" 1
}

@test "a dry run tells nobody" {
	spoilt
	take --dry-run bad.satchel
	ends 5 B110
	back
	ends 0
	says '.bundles == []'
}

@test "what nobody can be named for is told to nobody" {
	spoilt
	flip bad.satchel 600
	take bad.satchel
	ends 4 B204
	letter strange
	post strange strange.satchel SIGN="$PWD/stranger.key"
	take strange.satchel
	ends 4 B201
	back
	ends 0
	says '.bundles == []'
}

@test "a bundle for another office that passes by is told to nobody" {
	letter passing
	post passing passing.satchel TO="$(age-keygen -y second.key) $(
		age-keygen -y recovery.key)"
	take passing.satchel
	ends 4 B205
	back
	ends 0
	says '.bundles == []'
}

@test "its sender learns which bundle, why, and what to do; and once" {
	id=$(sent 1)
	answer a1 1 "$(refusal "$id" B111)"
	sat --home site import a1.satchel
	ends 3
	grep -q 'ET-HUB-01 refused our bundle number 1 (.*): B111 the bundle' \
	    <<<"$output"
	grep -q 'satchel resend 1 --to ET-HUB-01 --out DIR' <<<"$output"
	status site
	ends 3
	says "$(of ET-HUB-01) | .refused_there ==
	    {count: 1, numbers: [1], codes: [\"B111\"]}"
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "bundle_refused"'
	answer a2 2 "$(refusal "$id" B111)" "$(after a1)"
	at_home a2.satchel
	ends 0
	# Imported after all.
	answer a3 3 "$(refusal "$id" B111)" "$(after a2) |
	    .acknowledges = [{sequences: \"1\", refused: []}]"
	at_home a3.satchel
	ends 0
	status site
	says "$(of ET-HUB-01) | .refused_there.count == 0"
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "received"'
	# What was on its way since before says nothing any more.
	answer a4 4 "$(refusal "$id" B111)" "$(after a3)"
	at_home a4.satchel
	ends 0
}

@test "it learns it from the numbers, too" {
	sent 1
	answer a1 1 "" '.acknowledges = [{sequences: "",
	    refused: [{sequence: 1, code: "Z999"}]}]'
	sat --home site import a1.satchel
	ends 3
	grep -q 'number 1 .* Z999 for a reason that this program does not' \
	    <<<"$output"
}

@test "a refusal of what was made for another office says nothing" {
	id=$(sent 1)
	answer a1 1 "$(refusal "$(uuid)" B111)"
	at_home a1.satchel
	ends 3
	says '.notices | tostring | test("its sender may not say it")'
	status site
	says "$(of ET-HUB-01) | .refused_there.count == 0"
}

@test "two bundles of one number: the one that is there hides no other" {
	cp -a site restored
	first=$(sent 1)
	take stick
	ends 0
	rm -r site stick/*
	mv restored site
	second=$(sent 6)
	take stick
	ends 4 B212
	back
	at_home back/*.satchel
	ends 3
	says '.notices | tostring | test("B212.*backup")'
	sat --json --home site why "$(ref_of 6)"
	says '.referrals[0].progress == "bundle_refused"'
	[ "$first" != "$second" ]
	# Nor does it later.
	back
	at_home back
	says '.notices == null'
	sat --json --home site why "$(ref_of 6)"
	says '.referrals[0].progress == "bundle_refused"'
}

@test "numbers that were never made here are told, and settle nothing" {
	sent 1
	answer a1 1 "" '.acknowledges = [{sequences: "1-5", refused: []}]'
	answer a2 2 "" "$(after a1) |
	    .acknowledges = [{sequences: \"3\", refused: []}]"
	sat --json --home site import a1.satchel --dry-run
	ends 3
	for letter in a1 a2; do
		sat --json --home site import "$letter.satchel"
		ends 3
		says '.notices | tostring | test("number [35], and none was")'
		status site
		says "$(of ET-HUB-01) | .not_acknowledged.numbers == [1]"
	done
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "carried"'
}

@test "from made to answered: how far each referral has come" {
	sent 1
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "carried"'
	take stick
	sat --json --home hub why "$(ref_of 1)"
	says '.referrals[0].progress == "staged"'
	back
	at_home back
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "staged"'
	load_all
	sat --json --home hub why "$(ref_of 1)"
	says '.referrals[0].progress == "loaded"'
	rm back/*
	back
	at_home back
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "loaded"'
	sat --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --decision accepted --target-id CASE-77
	ends 0
	rm back/*
	back
	at_home back
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "answered"'
}

@test "threat 11: a gap is shown by number, and its bytes can be carried again" {
	sent 1
	mv stick/*.satchel one
	sent 6
	mv stick/*.satchel two
	take two
	ends 0
	status hub
	ends 3
	says "$(of ET-GMB-03) | .missing == {count: 1, numbers: [1]}"
	sat --home hub status
	ends 3
	grep -q 'satchel resend NUMBER --to ET-HUB-01 --out DIR' <<<"$output"
	sat --json --home site resend 1 --to ET-HUB-01 --out stick
	ends 0
	says '.bundles | map(.sequence) == [1]'
	cmp one "$(the_bundle)"
	take stick
	ends 0
	status hub
	says "$(of ET-GMB-03) | .missing.count == 0"
}

@test "resend: what was never made for that office is refused" {
	sent 1
	before=$(state_of site)
	sat --json --home site resend 2 --to ET-HUB-01 --out stick
	ends 2 N120
	sat --json --home site resend 1 --to ET-HUB-02 --out stick
	ends 2 N120
	says '.fault.detail | test("went number 1 to ET-HUB-01")'
	sat --json --home site resend 1 --to ET-NOWHERE --out stick
	ends 4 A112
	sat --json --home site resend one --to ET-HUB-01 --out stick
	ends 2
	# All of them, or none.
	rm stick/*
	sat --json --home site resend 1 2 --to ET-HUB-01 --out stick
	ends 2 N120
	same "$(bundles_on stick)" 0
	same "$(state_of site)" "$before"
}

@test "resend: nothing is written in a dry run" {
	sent 1
	rm stick/*
	before=$(state_of site)
	sat --json --home site resend 1 --to ET-HUB-01 --dry-run
	ends 0
	says '.bundles | map(.sequence) == [1]'
	same "$(bundles_on stick)" 0
	same "$(state_of site)" "$before"
}

@test "nothing is carried again to an office that is distrusted" {
	sent 1
	sat --home site incident --distrust ET-HUB-01 \
	    --reason "the computer is gone"
	ends 3
	sat --json --home site resend 1 --to ET-HUB-01 --out stick
	ends 4 N108
	status site
	ends 3
	says "$(of ET-HUB-01) | .distrusted"
}

@test "status: what nobody answers in time is named, the urgent ones first" {
	sent 1
	take stick
	load_all
	later 0 --json --home site status
	says '.status.overdue == []'
	later 20 --json --home site status
	ends 3
	says ".status.overdue | map([.ref, .whose, .progress]) ==
	    [[\"$(ref_of 1)\", \"theirs\", \"carried\"]]"
	later 20 --json --home hub status
	ends 3
	says ".status.overdue | map([.ref, .whose, .progress]) ==
	    [[\"$(ref_of 1)\", \"ours\", \"loaded\"]]"
	sat --json --home hub --user hub_admin answer --ref "$(ref_of 1)" \
	    --decision rejected --reason "no place"
	back
	at_home back
	later 20 --json --home site status
	says '.status.overdue == []'
}

@test "status: one partner alone, and nobody that there is not" {
	sent 1
	status site --partner ET-HUB-02
	ends 0
	says '.status.partners | map(.node) == ["ET-HUB-02"]'
	status site --partner ET-NOWHERE
	ends 4 A113
}

@test "status: nothing waits, and it says so" {
	sat --home site status
	ends 0
	grep -q 'Nothing went to any office, or came' <<<"$output"
}
