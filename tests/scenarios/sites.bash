# shellcheck shell=bash
# Two practice nodes, an auditor, a signed agreement and a stick that is a
# folder.  Made once for a file of scenarios (setup_file: world), copied for
# each scenario (setup: enter), and searched for names at its end (teardown:
# leaks_nothing).
#
#   site  ET-GMB-03, UNICEF.  Beside its own key the agreement lists stock.key,
#         made by minisign, so that a scenario can send as this site
#   hub   ET-HUB-01, UNHCR
#   ET-GMB-04 (other.key) is one more site, ET-HUB-02 (second.key) one more hub

bats_require_minimum_version 1.5.0

scenarios=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
examples=$scenarios/../../examples
forge=$scenarios/../tools/forge.sh
satchel=${SATCHEL:-$scenarios/../../build/satchel}
case $satchel in
/*) ;;
*) satchel=$PWD/$satchel ;;
esac
# libfaketime comes before ASan's runtime, and that is well so.
export ASAN_OPTIONS=verify_asan_link_order=0:${ASAN_OPTIONS-}
# Our own options must not reach the nodes of a scenario.
unset SATCHEL_HOME

public() {
	tail -n 1 "$1.pub"
}

new_key() {
	minisign -G -W -f -p "$1.pub" -s "$1.key" >/dev/null 2>&1
}

# agreement [JQ]: agreement.json from the example, with everybody's keys.
agreement() {
	jq --arg unicef "$(public unicef)" --arg unhcr "$(public unhcr)" \
	    --arg stock "$(public stock)" --arg other "$(public other)" \
	    --arg unused "$(public unused)" \
	    --arg recovery "$(age-keygen -y recovery.key)" \
	    --arg second "$(age-keygen -y second.key)" \
	    --arg third "$(age-keygen -y third.key)" \
	    --slurpfile site site.card --slurpfile hub hub.card '
	    .recovery = [$recovery] |
	    (.parties[] | select(.id == "UNICEF")).signs_with = [$unicef] |
	    (.parties[] | select(.id == "UNHCR")).signs_with = [$unhcr] |
	    (.nodes[] | select(.code == "ET-GMB-03")) |=
	        (.sign = [$stock, $site[0].sign] | .open = [$site[0].open]) |
	    (.nodes[] | select(.code == "ET-HUB-01")) |=
	        (.sign = [$hub[0].sign] | .open = [$hub[0].open]) |
	    .nodes += [
	        (.nodes[] | select(.code == "ET-GMB-03") |
	            .code = "ET-GMB-04" | .sign = [$other] |
	            .open = [$third]),
	        (.nodes[] | select(.code == "ET-HUB-01") |
	            .code = "ET-HUB-02" | .sign = [$unused] |
	            .open = [$second])] |
	    '"${1:-.}" "$examples/agreement.json"
}

# sign_agreement FILE: by both parties, with minisign.
sign_agreement() {
	minisign -S -H -s unicef.key -m "$1" -x "$1.UNICEF.minisig" >/dev/null
	minisign -S -H -s unhcr.key -m "$1" -x "$1.UNHCR.minisig" >/dev/null
}

fingerprint() {
	"$satchel" --json agreement check "$1" |
	    jq -r .agreement.fingerprint
}

# adopt FILE NODE...
adopt() {
	local file=$1 confirm home
	shift
	confirm=$(fingerprint "$file")
	for home in "$@"; do
		"$satchel" --home "$home" agreement adopt "$file" \
		    --confirm "$confirm" >/dev/null
	done
}

# world [JQ]: the folder that each scenario gets a copy of.
world() {
	local key
	mkdir -p "$BATS_FILE_TMPDIR/world"
	cd "$BATS_FILE_TMPDIR/world" || return 1
	mkdir stick loaded
	"$satchel" --home site init --node ET-GMB-03 --no-passphrase >/dev/null
	"$satchel" --home hub init --node ET-HUB-01 --no-passphrase >/dev/null
	"$satchel" --home site identity --out site.card >/dev/null
	"$satchel" --home hub identity --out hub.card >/dev/null
	for key in unicef unhcr stock other unused stranger; do
		new_key "$key"
	done
	age-keygen -o recovery.key 2>/dev/null
	age-keygen -o second.key 2>/dev/null
	age-keygen -o third.key 2>/dev/null
	agreement "${1:-.}" >agreement.json
	sign_agreement agreement.json
	adopt agreement.json site hub
	# Referrals to forge with: what a copy of the site would send today.
	cp -a site scratch
	mkdir scratch.out
	"$satchel" --home scratch --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --out scratch.out >/dev/null || [ $? -eq 3 ]
	peek scratch.out/*.satchel records/000001.ndjson >good.ndjson
	rm -rf scratch scratch.out
	canaries
}

enter() {
	cp -a "$BATS_FILE_TMPDIR/world/." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return 1
	: >said
}

# peek BUNDLE MEMBER: as somebody with the recovery key would.
peek() {
	tail -n +5 "$1" | age -d -i recovery.key | tar -xzOf - "$2"
}

# --- running it ---

# sat ARGUMENT...: run, and keep what was said for leaks_nothing.
sat() {
	run --separate-stderr "$satchel" "$@"
	# shellcheck disable=SC2154 # bats sets stderr
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

# The program of this name keeps a piece of shared memory named after its
# process: what a killed one left behind meets another one day.
fake=$(find /usr/lib /usr/lib64 -name libfaketime.so.1 2>/dev/null | head -n 1)
faketime() {
	local when
	if [ "$1" = -f ]; then
		when=$2
		shift 2
	else
		when=@$(date -d "$1" '+%F %T')
		shift
	fi
	FAKETIME=$when LD_PRELOAD=$fake "$@"
}

# at TIME ARGUMENT...: with the clock at that time.
at() {
	local when=$1
	shift
	run --separate-stderr faketime "$when" "$satchel" "$@"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

# ends STATUS [CODE]: how the last command ended, and why if it says.
ends() {
	# shellcheck disable=SC2154 # bats sets status
	if [ "$status" -ne "$1" ]; then
		echo "it ended with $status; it should end with $1"
		printf '%s\n%s\n' "$output" "$stderr"
		return 1
	fi
	[ -z "${2-}" ] || says "[.fault.code, .bundles[].fault.code,
	    .loaded[]?.fault.code] | index(\"$2\") != null"
}

# says JQ: is this true of the result object?
says() {
	if ! jq -e "$1" <<<"$output" >/dev/null; then
		echo "this does not hold: $1"
		printf '%s\n' "$output"
		return 1
	fi
}

# same A B
same() {
	if [ "$1" != "$2" ]; then
		printf 'it is: %s\nit should be: %s\n' "$1" "$2"
		return 1
	fi
}

# no COMMAND...: must fail (a bare ! is not seen by bats).
no() {
	if "$@"; then
		echo "this should not hold: $*"
		return 1
	fi
}

state_of() {
	"$satchel" --home "$1" plumbing state-hash
}

# --- the commands that every file plays ---

# send [OPTION...]: from the example cases, unless --from is among them.
send() {
	local from=(--from "$examples/cases.json"
		--consents "$examples/consents.ndjson")
	case " $* " in
	*' --from '*) from=() ;;
	esac
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick "${from[@]}" "$@"
}

take() {
	sat --json --home hub --user hub_admin import "$@"
}

load_all() {
	sat --json --home hub --user hub_admin load \
	    --to progres-ping:loaded "$@"
}

# case_of NUMBER [JQ]: one case of the examples as a file of its own, changed.
case_of() {
	jq -s "[flatten[$(($1 - 1))] | ${2:-.}]" "$examples/cases.json"
}

# ref_of NUMBER: of the first service of a case.
ref_of() {
	jq -rs "flatten[$(($1 - 1))].data |
	    \"primero:\" + .case_id + \"#\" + .services_section[0].unique_id" \
	    "$examples/cases.json"
}

# the_bundle: the one on the stick.
the_bundle() {
	local all=(stick/*.satchel)
	[ "${#all[@]}" -eq 1 ] && [ -e "${all[0]}" ] || return 1
	echo "${all[0]}"
}

bundles_on() {
	find "$1" -name '*.satchel' | wc -l
}

# --- forging ---

uuid() {
	cat /proc/sys/kernel/random/uuid
}

now() {
	date -u +%FT%TZ
}

# letter FOLDER [JQ]: a first bundle to the hub with one good referral in it,
# its bundle.json changed.
letter() {
	mkdir -p "$1/records"
	jq -cn --arg id "$(uuid)" --arg now "$(now)" \
	    --arg sign "$(public stock)" --slurpfile hub hub.card \
	    --arg use_by "$(date -u -d '+30 days' +%FT%TZ)" \
	    --arg recovery "$(age-keygen -y recovery.key)" \
	    --arg sha256 "$(sha256sum <agreement.json | cut -d ' ' -f 1)" '
	    {satchel: "bundle/1", id: $id, seq: 1, created: $now,
	    use_by: $use_by, environment: "test",
	    from: {node: "ET-GMB-03", sign: $sign},
	    to: {node: "ET-HUB-01", open: $hub[0].open},
	    recovery: [$recovery], stream: {sequence: 1, previous: null},
	    agreement: {id: "ET-GMB-EXAMPLE", version: 1, sha256: $sha256},
	    acknowledges: []} | '"${2:-.}" >"$1/bundle.json"
	head -n 1 good.ndjson >"$1/records/000001.ndjson"
}

# post FOLDER FILE [VARIABLE=VALUE...]: signed as the site, sealed to the hub
# and to recovery, unless said otherwise.
post() {
	local folder=$1 file=$2
	shift 2
	env SIGN="$PWD/stock.key" TO="$(jq -r .open hub.card) $(
		age-keygen -y recovery.key)" "$@" "$forge" "$folder" "$file"
}

# age_part FILE: the SHA-256 that `previous` names.
age_part() {
	tail -n +5 "$1" | sha256sum | cut -d ' ' -f 1
}

# follows FOLDER FILE: JQ that makes a letter the next of that one's stream.
follows() {
	jq -r --arg sha256 "$(age_part "$2")" '
	    ".seq = \(.seq + 1) | .stream = {
	    sequence: \(.stream.sequence + 1),
	    previous: {id: \"\(.id)\", sha256: \"\($sha256)\"}}"' \
	    "$1/bundle.json"
}

# revise: referrals on stdin, with the revision that their content has.
revise() {
	local line
	cat >revise.in
	jq -cS 'del(.revision, .removed, .judged)' revise.in |
		while IFS= read -r line; do
			printf %s "$line" | b2sum -l 256
		done | cut -d ' ' -f 1 >revise.hash
	jq -cs --rawfile hash revise.hash '($hash | split("\n")) as $hash |
	    to_entries[] | .key as $n | .value | .revision = $hash[$n]' \
	    revise.in
}

# flip FILE OFFSET: change one bit of one byte in place.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((byte ^ 1)))" |
	    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# --- what must not be seen ---

# What is known of the children in the examples: never to be said.  Their
# numbers: not to lie open at home or on the stick either.  Shorter ones than
# six bytes turn up in ciphertext by chance.
canaries() {
	jq -rs 'flatten[].data | [.name, .name_first, .name_nickname,
	    .unhcr_individual_no, .unhcr_id_no, .address_current,
	    .telephone_current, .date_of_birth,
	    (.care_arrangements_section[]? | .name_caregiver),
	    (.services_section[] | .service_referral_notes)] |
	    .[] | select(. != null) | select(utf8bytelength >= 6)' \
	    "$examples/cases.json" | sort -u >canaries
	# As a JSON text may spell them, too.
	jq -Ra . canaries | sed "s/^.//; s/.$//" >spelt
	cat spelt >>canaries
	[ "$(wc -l <canaries)" -gt 50 ]
	jq -rs 'flatten[].data | .case_id, .services_section[].unique_id' \
	    "$examples/cases.json" >numbers
	plain_canaries
}

# All that is known of them, short names too: for what is text and no
# ciphertext, as whole words.
plain_canaries() {
	jq -rs 'flatten[].data | [to_entries[] | select(.key | test(
	    "^name|^unhcr_(individual|id)|_id$|^address|^telephone|^date_of" +
	    "|^withhold_details$|^disclosure_deny|^protection_concerns$")) |
	    select(.key | test("module_id|agency_id") | not) | .value],
	    (.care_arrangements_section[]? | .unique_id, .name_caregiver),
	    (.services_section[] | .unique_id, .service_referral_notes) |
	    .. | strings' "$examples/cases.json" >plain
	jq -r '.Data[] | to_entries[] | select(.key | test("name$|_id$|number" +
	    "|dateofbirth|registrationgroup|interventionid$|reasonforref" +
	    "|description$|spn|individual$")) |
	    select(.key | test("^systemuser|interventiontype|languagecode" +
	    "|sexname|businessunit|interventionname|deliverytype") | not) |
	    .value | strings' "$examples/interventions.json" >>plain
	# Dates with a time of day are written without it as well.
	sed -nE 's/^([0-9]{4}(-[0-9]{2}){2})T.*/\1/p' plain >spelt
	cat spelt >>plain
	jq -Ra . plain | sed "s/^.//; s/.$//" >spelt
	# The family name of all of them is a word of the agreement's title.
	cat spelt plain | grep -vxe '' -e Example | sort -u >plain_canaries
	rm plain
	for name in Kim Chuol Duop Abeba 58a67eb Nyakuoth 900-00000201 \
	    'He does not want his address'; do
		grep -qF "$name" plain_canaries
	done
}

# plain_leaks_nothing PATH...: texts for people and for auditors.
plain_leaks_nothing() {
	if LC_ALL=C grep -rawFof plain_canaries "$@" ||
		LC_ALL=C grep -raFof numbers "$@"; then
		echo "a child can be read in $*"
		return 1
	fi
}

leaks_nothing() {
	local where=()
	[ ! -e said ] || where+=(said)
	[ ! -e site ] || where+=(site)
	[ ! -e hub ] || where+=(hub)
	[ ! -e stick ] || where+=(stick)
	if LC_ALL=C grep -raFof canaries "${where[@]}"; then
		echo 'what is known of a child lies open'
		return 1
	fi
	where=("${where[@]/said/}")
	for dir in site hub stick; do
		[ -e "$dir" ] || continue
		if LC_ALL=C grep -raFof numbers "$dir"; then
			echo "a child's number lies open"
			return 1
		fi
	done
}
