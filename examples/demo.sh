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
mkdir stick loaded decided primero sheets
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

say 'The site: fifteen cases out of Primero, in the locked zip that it makes.'
echo made-up-password >zip.words
zip -q -j -P made-up-password cases.zip "$here/cases.json"
# shellcheck disable=SC2086
run 3 satchel $site --user primero_cp export --to ET-HUB-01 \
    --from cases.zip --zip-password-file zip.words \
    --consents "$here/consents.ndjson" --out stick
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

say 'proGres decides: one accepted, one not, one with a code nobody knows.'
printf '\n$ (what proGres gives out through PING, made from the bodies above)\n'
n=0
for body in $(find loaded -name '*.json' | sort | head -n 3); do
	n=$((n + 1))
	jq --argjson n "$n" '.Data[0].Fields | from_entries? // (map({(.Name):
	    .Value}) | add) | {progres_offlineid, progres_orgreferralid,
	    progres_interoperabilityreferralnumber: "REF-IOP-DEMO-\($n)",
	    progres_reviewdate: "2026-11-20", progres_reviewdecision:
	    (125080000 + [0, 2, 9][$n - 1])} + (if $n == 2 then
	    {progres_interoperabiltyreferralrejectionreasonname:
	    "No place is free"} else {} end)' "$body"
done | jq -s '{Data: ., ErrorMessage: null, RecordCount: length,
    SPHTransactionId: "demo"}' >decisions.json
# shellcheck disable=SC2086
run 3 satchel $hub --user hub_admin answer --from decisions.json

say 'The other way: proGres refers children to the Primero site.'
# shellcheck disable=SC2086
{
	run 3 satchel $hub --user hub_admin export --to ET-GMB-03 \
	    --from "$here/interventions.json" \
	    --consents "$here/progres-consents.csv" --out stick
	printf '\n(proGres sends no consent. The officer who took it says so:)\n'
	run 0 satchel $hub --user hub_officer attest \
	    progres:900-26-PRTITV-0000002 --given-by child caregiver:mother \
	    --on 2026-09-01
	run 3 satchel $hub --user hub_admin export --to ET-GMB-03 \
	    --from "$here/interventions.json" \
	    --consents "$here/progres-consents.csv" --out stick
}

say 'The stick comes back: answers, receipts and referrals for the site.'
# shellcheck disable=SC2086
{
	run 3 satchel $site --user primero_cp import stick
	run 0 satchel $site --user primero_cp load --to sheet:sheets \
	    --only progres:900-26-PRTITV-0000001
	run 0 satchel $site --user primero_cp load --to primero:primero
}
must [ "$(find sheets -name '*.html' | wc -l)" -eq 1 ]
printf '\n$ jq ... primero/*.json   (methods, paths, and names of fields only)\n'
jq -r '"\(.method) \(.path)  \(.body.data | keys | join(", "))"' primero/*.json

say 'The site answers: typed back from the sheet, and from a file of Primero.'
number=primero:made-up-0042
# shellcheck disable=SC2086
run 0 satchel $site --user primero_cp answer \
    --ref progres:900-26-PRTITV-0000001 --target-id "$number" \
    --decision accepted --on 2026-11-20
jq -s '[.[] | select(.method == "POST") | .body.data |
    {id, data: (. + {case_id: .id} | .services_section[0].service_implemented =
    "implemented" | .services_section[0].service_implemented_day_time =
    "2026-11-21T09:00:00.000Z")}]' primero/*.json >answered.json
# shellcheck disable=SC2086
{
	run 0 satchel $site --user primero_cp answer --from answered.json
	run 0 satchel $site --user primero_cp export --to ET-HUB-01 --out stick
	run 3 satchel $hub --user hub_admin import stick
	run 0 satchel $hub --user hub_admin load --to progres-ping:decided
}
printf '\n$ jq ... decided/*.json   (the codes that proGres is told)\n'
jq -r '.Data[0].Fields[] | select(.Name == "progres_primerotransferstatus") |
    .Value' decided/*.json
must [ "$(find decided -name '*.json' | wc -l)" -eq 2 ]

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
    select(. != null) | select(utf8bytelength >= 6)' "$here/cases.json" \
    >strings.all
jq -r '.Data[] | .[] | strings | select(test("Example|900-0000020|Lives with"))' \
    "$here/interventions.json" >>strings.all
sort -u strings.all >strings.txt
rm -f b.tgz
printf '\n$ grep -r <each of the %s strings about them> site hub stick\n' \
    "$(wc -l <strings.txt)"
if grep -rqaFf strings.txt site hub stick; then
	echo "demo: something about a child lies open" >&2
	exit 1
fi
echo "(nothing found)"

printf '\nThe demo did all it said.\n'
