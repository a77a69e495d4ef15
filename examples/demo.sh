#!/bin/sh
# The main job, played in front of your eyes in a scratch folder: two nodes, an
# auditor and a memory stick.  Every person in it is made up.  Each command is
# shown before its output; the demo ends with exit 0 only if every step did
# what it says.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
satchel=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
cd "$scratch"
PATH=$(dirname "$satchel"):$PATH
mkdir stick loaded
umask 077

say() {
	printf '\n== %s\n' "$*"
}

# run EXIT COMMAND...: show it, run it, and insist on its exit status.
run() {
	want=$1
	shift
	printf '\n$ %s\n' "$*"
	got=0
	"$@" || got=$?
	if [ "$got" -ne "$want" ]; then
		echo "demo: this ended with $got; it should end with $want" >&2
		exit 1
	fi
	[ "$got" -eq 0 ] || echo "(exit $got, as it should be)"
}

must() {
	"$@" || {
		echo "demo: this does not hold: $*" >&2
		exit 1
	}
}

say 'Two offices make their nodes. Their keys never leave them.'
echo 'a made-up passphrase for the site' >site.words
echo 'a made-up passphrase for the hub' >hub.words
site="--home site --passphrase-file site.words"
hub="--home hub --passphrase-file hub.words"
# shellcheck disable=SC2086 # the options are words of their own
{
	run 0 satchel $site init --node ET-GMB-03
	run 0 satchel $hub init --node ET-HUB-01
	run 0 satchel --home site identity --out site.card
	run 0 satchel --home hub identity --out hub.card
}

say 'The working group writes both cards into the agreement.'
printf '\n$ minisign -G ...   (a key for each party, kept by its focal point)\n'
minisign -G -W -p unicef.pub -s unicef.key >/dev/null
minisign -G -W -p unhcr.pub -s unhcr.key >/dev/null
printf '$ age-keygen -o recovery.key   (for the day a hub is lost)\n'
age-keygen -o recovery.key 2>/dev/null
jq --arg recovery "$(age-keygen -y recovery.key)" \
    --arg unicef "$(tail -n 1 unicef.pub)" --arg unhcr "$(tail -n 1 unhcr.pub)" \
    --slurpfile site site.card --slurpfile hub hub.card '
    .recovery = [$recovery] |
    (.parties[] | select(.id == "UNICEF")).signs_with = [$unicef] |
    (.parties[] | select(.id == "UNHCR")).signs_with = [$unhcr] |
    (.nodes[] | select(.code == "ET-GMB-03")) |=
        (.sign = [$site[0].sign] | .open = [$site[0].open]) |
    (.nodes[] | select(.code == "ET-HUB-01")) |=
        (.sign = [$hub[0].sign] | .open = [$hub[0].open])' \
    "$here/agreement.json" >agreement.json

say 'Both parties sign it: one with satchel, one with stock minisign.'
run 0 satchel agreement sign agreement.json --party UNICEF --key unicef.key
run 0 minisign -S -W -s unhcr.key -m agreement.json \
    -x agreement.json.UNHCR.minisig -t 'signed by UNHCR'
check=0
satchel agreement check agreement.json || check=$?
must [ "$check" -eq 0 ] || [ "$check" -eq 3 ]
fingerprint=$(satchel --json agreement check agreement.json |
    jq -r .agreement.fingerprint)

say 'Each office adopts it, after comparing its fingerprint with the others.'
# shellcheck disable=SC2086
{
	run 4 satchel $site agreement adopt agreement.json \
	    --confirm '00000 00000 00000 00000 00000 00000'
	run 0 satchel $site agreement adopt agreement.json \
	    --confirm "$fingerprint"
	run 0 satchel $hub agreement adopt agreement.json \
	    --confirm "$fingerprint"
}

say 'The site: ten cases out of Primero, and the consent register.'
# shellcheck disable=SC2086
run 3 satchel $site --user primero_cp export --to ET-HUB-01 \
    --from "$here/cases.json" --consents "$here/consents.ndjson" --out stick
bundle=$(ls stick/*.satchel)

say 'The auditor: public keys only, no node, no secret.'
run 0 satchel verify stick --agreement agreement.json

say 'Somebody flips one byte in a copy.'
cp "$bundle" flipped.satchel
size=$(wc -c <flipped.satchel)
printf '\n$ (one byte of flipped.satchel is changed)\n'
byte=$(od -An -tu1 -j $((size / 2)) -N 1 flipped.satchel | tr -d ' ')
# shellcheck disable=SC2059 # the format is the byte
printf "\\$(printf %o $((byte ^ 1)))" |
    dd of=flipped.satchel bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
must [ "$(wc -c <flipped.satchel)" -eq "$size" ]
run 4 satchel verify flipped.satchel --agreement agreement.json
# shellcheck disable=SC2086
run 4 satchel $hub import flipped.satchel

say 'The hub: verify, open, check everything again, stage.'
# shellcheck disable=SC2086
{
	run 0 satchel $hub import stick
	run 0 satchel $hub import stick
	run 0 satchel $hub inbox
	run 0 satchel $hub --user hub_admin load --to progres-ping:loaded
}
must [ "$(find loaded -name '*.json' | wc -l)" -gt 0 ]
first=$(find loaded -name '*.json' | sort | head -n 1)
printf '\n$ jq ... %s   (names of the fields only)\n' "$first"
jq -r '.Data[0].Fields[].Name' "$first"

say 'A case changes after it was sent: the hub holds the newer version.'
printf '\n$ (in Primero, the reason for referral of case 8 is written anew)\n'
jq 'map(if .data.case_id == "11749ffb-1212-47ba-9bb1-f72966ab65a6" then
    .data.services_section[0].service_referral_notes =
        "The family has moved; the first visit is urgent."
    else . end)' "$here/cases.json" >cases.json
# shellcheck disable=SC2086
{
	run 3 satchel $site --user primero_cp export --to ET-HUB-01 \
	    --from cases.json --consents "$here/consents.ndjson" --out stick
	run 3 satchel $hub import stick
	run 0 satchel $hub inbox --state held
	held=$(satchel $hub --json inbox --state held | jq -r '.referrals[0].ref')
	run 0 satchel $hub why "$held"
}

say 'Without satchel: nothing but head, tail, minisign, age and tar.'
jq -r '.nodes[] | select(.code == "ET-GMB-03").sign[0]' agreement.json >site.pub.line
printf '\n$ head -n 4 %s >b.minisig; tail -n +5 %s >b.age\n' "$bundle" "$bundle"
head -n 4 "$bundle" >b.minisig
tail -n +5 "$bundle" >b.age
run 0 minisign -V -H -P "$(cat site.pub.line)" -m b.age -x b.minisig
printf '\n$ age -d -i recovery.key b.age | tar tz\n'
age -d -i recovery.key b.age >b.tgz
tar tzf b.tgz
printf '\n$ age -d -i recovery.key b.age | tar xzO records/000001.ndjson | wc -l\n'
tar xzOf b.tgz records/000001.ndjson | wc -l
must [ "$(tar xzOf b.tgz records/000001.ndjson | wc -l)" -gt 0 ]

say 'Nothing about a child lies open in either home, or on the stick.'
jq -r '.[].data | [.name, .name_first, .name_last, .name_nickname,
    .unhcr_individual_no, .unhcr_id_no, .address_current, .telephone_current,
    .date_of_birth, .case_id, (.care_arrangements_section[]? | .name_caregiver),
    (.services_section[] | .service_referral_notes, .unique_id)] | .[] |
    select(. != null) | select(utf8bytelength >= 6)' "$here/cases.json" |
    sort -u >strings.txt
rm -f b.tgz
printf '\n$ grep -r <each of the %s strings of the ten cases> site hub stick\n' \
    "$(wc -l <strings.txt)"
if grep -rqaFf strings.txt site hub stick; then
	echo "demo: something about a child lies open" >&2
	exit 1
fi
echo "(nothing found)"

printf '\nThe demo did all it said.\n'
