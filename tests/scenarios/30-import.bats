#!/usr/bin/env bats
# The hub takes bundles off a stick: honest ones in any order and any number
# of times, and every dishonest or broken one we could think of.  Rows of
# docs/threats.md that have no bundle in them are tested elsewhere.

load sites

setup_file() {
	world
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# kept HOME: its state, of which refused bundles are no part.
kept() {
	"$satchel" --home "$1" plumbing state-hash
}

# refused STATUS CODE FILE: as a whole, and nothing is remembered of it but, if
# the sender is known, that it was refused.
refused() {
	local before files
	before=$(kept hub)
	files=$(find hub -type f | sort)
	take "$3"
	ends "$1" "$2"
	says '.bundles | length == 1 and .[0].state == "refused" and
	    (.[0].fault.remedy | length > 0)'
	says '.counts | add == 0'
	says '.referrals == [] or ([.referrals[].state] | index("staged") == null)'
	same "$(kept hub)" "$before"
	same "$(find hub -type f | sort)" "$files"
}

# taken FILE: imported, with nothing that needs anybody.
taken() {
	take "$1"
	ends 0
	says '.bundles[0].state == "imported"'
}

# inbox: refs and states at the hub, sorted.
inbox() {
	"$satchel" --json --home "${1:-hub}" inbox |
		jq -r '.referrals[] | "\(.ref) \(.verdict) \(.state)"' | sort
}

# three: bundles 1, 2 and 3 of the site on the stick, named so.
three() {
	local n
	for n in 1 8 9; do
		send --only "$(ref_of "$n")" --readable-name
		ends 0
	done
	one=stick/ET-GMB-03_000001.satchel
	two=stick/ET-GMB-03_000002.satchel
	three=stick/ET-GMB-03_000003.satchel
}

# --- honest bundles ---

@test "a bundle made by stock tools alone is imported" {
	letter a
	post a a.satchel
	taken a.satchel
	says '.bundles[0] | .from == "ET-GMB-03" and .to == ["ET-HUB-01"] and
	    .seq == 1 and .sequence == 1 and .missing == []'
	says '.counts.share == 1 and .referrals[0].state == "staged"'
	same "$(inbox)" "$(ref_of 1) share staged"
}

@test "padding is ignored, and so are several gzip members" {
	letter a
	post a a.satchel PAD=10000
	taken a.satchel
	letter b "$(follows a a.satchel)"
	post b b.satchel
	tail -n +5 b.satchel | age -d -i recovery.key | gzip -dc >b.tar
	{
		head -c 1000 b.tar | gzip -c
		tail -c +1001 b.tar | gzip -c
	} >b.gz
	post b c.satchel GZ="$PWD/b.gz"
	take c.satchel
	ends 0
	says '.bundles[0].state == "imported" and .counts.duplicate == 1'
}

@test "what the site sent is staged as it was sent" {
	send
	take stick
	ends 0
	says '.command == "import" and .ok and .fault == null'
	says '.bundles | length == 1 and .[0].state == "imported"'
	says '.counts == {share: 6, strip: 0, hold: 0, refuse: 0, duplicate: 0,
	    recall: 0, answer: 0}'
	same "$(inbox)" "$(for n in 1 6 8 9 12 15; do
		echo "$(ref_of $n) share staged"
	done | sort)"
}

@test "import twice changes nothing the second time" {
	send
	take stick
	ends 0
	before=$(state_of hub)
	take stick
	ends 0
	says '.bundles[0].state == "seen" and (.counts | add) == 0'
	same "$(state_of hub)" "$before"
}

@test "import twice at the same time is one import" {
	send
	for n in 1 2 3 4; do
		{
			"$satchel" --json --home hub import stick >"said.$n" \
			    2>&1 && echo 0 >"rc.$n" || echo $? >"rc.$n"
		} &
	done
	wait
	cat said.? >>said
	# Busy is not an error of the data: the same command works later.
	for n in 1 2 3 4; do
		grep -qx '[07]' "rc.$n" || {
			cat "rc.$n" "said.$n"
			false
		}
	done
	same "$(cat said.? | jq -r '.bundles[] | select(.fault == null) |
	    .state' | grep -c imported)" 1
	take stick
	ends 0
	says '.bundles[0].state == "seen"'
	same "$(inbox | wc -l)" 6
}

@test "of a folder the bundles are taken and the rest is left alone" {
	send
	bundle=$(the_bundle)
	mkdir stick/folder stick/dir.satchel
	cp "$bundle" stick/half.satchel.part
	cp "$bundle" stick/other.SATCHEL
	cp "$bundle" stick/folder/inside.satchel
	echo photo >stick/photo.jpg
	echo hidden >stick/.hidden
	ln -s ../agreement.json stick/link.satchel
	find stick | sort >listed
	take stick
	ends 0
	says '.bundles | length == 1 and .[0].state == "imported"'
	same "$(find stick | sort)" "$(cat listed)"
	sat --home hub import stick
	ends 0
	grep -q '7 other things' <<<"$output"
}

@test "1, 3, 2 shows that 2 is missing, and then converges" {
	three
	take "$one"
	ends 0
	says '.bundles[0].missing == []'
	take "$three"
	ends 0
	says '.bundles[0] | .state == "imported" and .missing == [2] and
	    .sequence == 3'
	# What came behind the gap is not held for it.
	same "$(inbox | wc -l)" 2
	take "$two"
	ends 0
	says '.bundles[0].missing == []'
	cp -a "$BATS_FILE_TMPDIR/world/hub" hub2
	sat --home hub2 --user hub_admin import "$one" "$two" "$three"
	ends 0
	same "$(inbox)" "$(inbox hub2)"
	same "$(inbox | wc -l)" 3
}

@test "3 alone shows that 1 and 2 are missing" {
	three
	take "$three"
	ends 0
	says '.bundles[0].missing == [1, 2]'
}

@test "a folder is read in the order of the numbers" {
	three
	mv "$one" stick/zz.satchel
	take stick
	ends 0
	says '[.bundles[].sequence] == [1, 2, 3]'
	says '[.bundles[].missing] | flatten == []'
}

@test "ten bundles with three bad ones: seven are taken" {
	three
	for n in 4 5 6 7 8 9 10; do
		send --only "$(ref_of 1)" --readable-name
		ends 0
	done
	flip stick/ET-GMB-03_000002.satchel 2000
	head -c 2000 stick/ET-GMB-03_000005.satchel >half
	mv half stick/ET-GMB-03_000005.satchel
	echo 'no bundle' >stick/ET-GMB-03_000009.satchel
	take stick
	ends 4
	says '[.bundles[] | select(.state == "imported")] | length == 7'
	says '[.bundles[] | select(.state == "refused") |
	    .fault.code | length > 0] == [true, true, true]'
	says '.bundles | length == 10'
}

@test "--dry-run judges and keeps nothing" {
	send
	before=$(state_of hub)
	take --dry-run stick
	ends 0
	says '.counts.share == 6'
	same "$(state_of hub)" "$before"
	take stick
	ends 0
	says '.bundles[0].state == "imported"'
}

@test "a node without an agreement imports nothing" {
	send
	sat --home fresh init --node ET-HUB-01 --no-passphrase
	ends 0
	sat --json --home fresh import stick
	ends 4 A101
}

@test "a file that is not there is 7; the others go on" {
	send
	take nowhere.satchel stick
	ends 7
	says '[.bundles[] | select(.state == "imported")] | length == 1'
}

# --- broken on the way ---

@test "a copy cut short is refused, wherever it ends" {
	send
	cp "$(the_bundle)" b
	head=$(head -n 4 b | wc -c)
	size=$(wc -c <b)
	mkdir cut
	# Step 2: in the four lines, or before the age header is there.
	for at in 0 1 20 33 34 60 100 $((head / 2)) $((head - 1)) $head \
	    $((head + 1)) $((head + 10)); do
		head -c "$at" b >cut/cut.satchel
		refused 5 "" cut/cut.satchel || {
			echo "cut at $at of $size"
			false
		}
	done
	# Steps 3 and 4: the signature is over all of it.
	for at in $((head + 22)) $((head + 60)) $((head + 300)) \
	    $((size / 2)) $((size - 17)) $((size - 1)); do
		head -c "$at" b >cut/cut.satchel
		refused 4 B204 cut/cut.satchel || {
			echo "cut at $at of $size"
			false
		}
		says '.bundles[0].fault.remedy | test("copy it again")'
	done
}

@test "one flipped bit anywhere refuses the bundle" {
	send
	cp "$(the_bundle)" b
	size=$(wc -c <b)
	mkdir flipped
	n=0
	# Densely over the lines and the header, then over the whole file.
	for at in $(seq 0 16 480) $(seq 500 $((size / 40)) $((size - 1))) \
	    $((size - 1)); do
		n=$((n + 1))
		cp b "flipped/$at.satchel"
		flip "flipped/$at.satchel" "$at"
	done
	[ "$n" -gt 60 ]
	before=$(state_of hub)
	take flipped
	[ "$status" -eq 4 ] || ends 5
	says ".bundles | length == $n"
	says '[.bundles[] | select(.state != "refused" or
	    (.fault.code | test("^(B|K)[0-9]+$") | not))] == []'
	same "$(state_of hub)" "$before"
	same "$(inbox)" ""
	for file in $(find flipped -name '*.satchel' | sort | sed -n '1~9p'); do
		take "$file"
		[ "$status" -eq 4 ] || ends 5
	done
}

@test "whatever is added or taken away is refused" {
	send
	cp "$(the_bundle)" b
	head -n 4 b >lines
	tail -n +5 b >rest
	mkdir changed
	{
		cat b
		printf x
	} >changed/longer.satchel
	cat b b >changed/doubled.satchel
	{
		head -n 4 b
		echo
		cat rest
	} >changed/line.satchel
	{
		sed 's/$/\r/' lines
		cat rest
	} >changed/crlf.satchel
	{
		echo
		cat b
	} >changed/first.satchel
	{
		printf '\357\273\277'
		cat b
	} >changed/bom.satchel
	{
		sed '1s/satchel bundle/a bundle/' lines
		cat rest
	} >changed/untrusted.satchel
	{
		sed '3s/$/ and more/' lines
		cat rest
	} >changed/trusted.satchel
	{
		sed '3s/seq=1/seq=01/' lines
		cat rest
	} >changed/zero.satchel
	{
		sed '3s/$/\r evil/' lines
		cat rest
	} >changed/forged.satchel
	before=$(state_of hub)
	for file in changed/*; do
		echo "$file"
		case $file in
		*/longer.* | */doubled.*)
			refused 4 B204 "$file"
			;;
		*)
			refused 5 "" "$file"
			;;
		esac
	done
	same "$(state_of hub)" "$before"
	# After all of that the good one is taken still, and once.
	take stick changed
	says '[.bundles[] | select(.state == "imported")] | length == 1'
	same "$(inbox | wc -l)" 6
}

@test "a seq changed outside is not believed" {
	send
	{
		head -n 4 "$(the_bundle)" | sed '3s/seq=1 /seq=7 /'
		tail -n +5 "$(the_bundle)"
	} >c.satchel
	refused 4 B204 c.satchel
}

@test "files that are no bundles at all are 5" {
	mkdir odd
	: >odd/empty.satchel
	head -c 5000 /dev/urandom >odd/noise.satchel
	head -c 5000 /dev/zero >odd/zero.satchel
	cp agreement.json odd/agreement.satchel
	cp agreement.json.UNHCR.minisig odd/signature.satchel
	age -r "$(jq -r .open hub.card)" -o odd/age.satchel agreement.json
	for file in odd/*; do
		echo "$file"
		refused 5 "" "$file"
	done
}

@test "a signed agreement, and a signed anything, is no bundle" {
	# Another kind of object, well signed by a key the agreement knows.
	minisign -S -H -s stock.key -m agreement.json -x sig \
	    -c 'satchel bundle' -t 'signed by UNICEF' >/dev/null
	cat sig agreement.json >x.satchel
	refused 5 "" x.satchel
	letter a
	post a a.satchel TRUSTED='signed by UNICEF'
	refused 5 "" a.satchel
	post a b.satchel TRUSTED="satchel log/1 id=$(uuid) seq=1 created=$(now)"
	refused 5 "" b.satchel
}

@test "a bundle of a later version is 5, and says so" {
	letter a
	post a a.satchel TRUSTED="$(jq -r \
	    '"satchel bundle/2 id=\(.id) seq=1 created=\(.created)"' \
	    a/bundle.json)"
	refused 5 B111 a.satchel
	letter b '.satchel = "bundle/2"'
	post b b.satchel
	refused 5 B111 b.satchel
}

@test "a file larger than the format allows is refused unread" {
	truncate -s 20G huge.satchel 2>/dev/null ||
	    skip "no room for a hole of 20 GiB"
	SECONDS=0
	refused 5 B102 huge.satchel
	[ "$SECONDS" -lt 5 ]
}

# --- signatures and keys ---

@test "of two bundles and two signatures only the diagonal passes" {
	three
	for lines in one two; do
		for rest in one two; do
			{
				head -n 4 "${!lines}"
				tail -n +5 "${!rest}"
			} >$lines.$rest.satchel
		done
	done
	refused 4 B204 one.two.satchel
	refused 4 B204 two.one.satchel
	taken one.one.satchel
	taken two.two.satchel
}

@test "an unknown key is 4" {
	letter a
	post a a.satchel SIGN="$PWD/stranger.key"
	refused 4 B201 a.satchel
	# A party's key is no node's key.
	post a b.satchel SIGN="$PWD/unicef.key"
	refused 4 B201 b.satchel
}

@test "the legacy form of a signature is not taken" {
	letter a
	post a a.satchel
	tail -n +5 a.satchel >a.age
	minisign -S -l -s stock.key -m a.age -x sig -c 'satchel bundle' \
	    -t "$(sed -n '3s/^trusted comment: //p' a.satchel)" >/dev/null
	cat sig a.age >l.satchel
	take l.satchel
	[ "$status" -eq 5 ] || ends 4
	says '.bundles[0].state == "refused"'
}

@test "re-signed by another trusted site: the signer is another" {
	send
	tail -n +5 "$(the_bundle)" >b.age
	letter a
	trusted=$(sed -n '3s/^trusted comment: //p' "$(the_bundle)")
	post a c.satchel SIGN="$PWD/other.key" AGE="$PWD/b.age" \
	    TRUSTED="$trusted"
	refused 4 B208 c.satchel
	# The other site may not speak in the first one's name either.
	letter d '.from.sign = "'"$(public other)"'"'
	post d d.satchel SIGN="$PWD/other.key"
	refused 4 B208 d.satchel
}

@test "a bundle for another hub is not opened" {
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	ends 3
	refused 4 B205 "$(the_bundle)"
}

@test "another hub cannot seal what it got to us" {
	sat --json --home site --user primero_cp export --to ET-HUB-02 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" --out stick
	ends 3
	tail -n +5 "$(the_bundle)" | age -d -i second.key >inside.gz
	age -r "$(jq -r .open hub.card)" -r "$(age-keygen -y recovery.key)" \
	    -o again.age inside.gz
	trusted=$(sed -n '3s/^trusted comment: //p' "$(the_bundle)")
	letter a
	# With the site's signature of the first sealing.
	{
		head -n 4 "$(the_bundle)"
		cat again.age
	} >b.satchel
	refused 4 B204 b.satchel
	# With the hub's own.
	post a c.satchel SIGN="$PWD/unused.key" AGE="$PWD/again.age" \
	    TRUSTED="$trusted"
	refused 4 B208 c.satchel
	# Even if the site itself signed that.
	letter d '.to = {node: "ET-HUB-02",
	    open: "'"$(age-keygen -y second.key)"'"}'
	post d d.satchel
	refused 4 B209 d.satchel
	letter e '.to.node = "ET-HUB-02"'
	post e e.satchel
	refused 4 B209 e.satchel
}

@test "one stanza too many or too few is refused" {
	hub=$(jq -r .open hub.card)
	recovery=$(age-keygen -y recovery.key)
	second=$(age-keygen -y second.key)
	letter a
	post a many.satchel TO="$hub $recovery $second"
	refused 4 B206 many.satchel
	post a few.satchel TO="$hub"
	refused 4 B206 few.satchel
	post a twice.satchel TO="$hub $recovery $hub"
	refused 4 B206 twice.satchel
	letter b '.recovery = []'
	post b none.satchel TO="$hub"
	refused 4 B206 none.satchel
	letter c ".recovery += [\"$second\"]"
	post c more.satchel TO="$hub $recovery $second"
	refused 4 B206 more.satchel
	letter d ".recovery = [\"$hub\"]"
	post d self.satchel TO="$hub $hub"
	refused 4 B206 self.satchel
}

@test "a stanza of another kind is refused" {
	command -v ssh-keygen >/dev/null || skip "ssh-keygen is not installed"
	ssh-keygen -q -t ed25519 -N '' -f ssh
	letter a
	post a good.satchel
	tail -n +5 good.satchel | age -d -i recovery.key >good.gz
	age -r "$(jq -r .open hub.card)" -R ssh.pub -o ssh.age good.gz
	post a ssh.satchel AGE="$PWD/ssh.age"
	refused 4 B206 ssh.satchel
}

@test "what the outside says differs from the inside" {
	letter a
	id=$(jq -r .id a/bundle.json)
	created=$(jq -r .created a/bundle.json)
	post a id.satchel \
	    TRUSTED="satchel bundle/1 id=$(uuid) seq=1 created=$created"
	refused 4 B207 id.satchel
	post a seq.satchel \
	    TRUSTED="satchel bundle/1 id=$id seq=2 created=$created"
	refused 4 B207 seq.satchel
	post a created.satchel \
	    TRUSTED="satchel bundle/1 id=$id seq=1 created=2026-01-01T00:00:00Z"
	refused 4 B207 created.satchel
}

@test "live and practice do not mix" {
	letter a '.environment = "live"'
	post a a.satchel
	refused 4 B210 a.satchel
}

# revoke AFTER: the hub adopts an agreement in which the site is revoked.
revoke() {
	agreement '(.nodes[] | select(.code == "ET-GMB-03")).revoked =
	    {after_sequence: '"$1"', on: "2026-11-01", reason: "lost laptop"} |
	    .version = 2' >next.json
	sign_agreement next.json
	adopt next.json hub
}

@test "a revoked key: what came before stays, later is refused or held" {
	letter a
	post a a.satchel
	letter b "$(follows a a.satchel)"
	tail -n 1 good.ndjson >b/records/000001.ndjson
	post b b.satchel
	letter c "$(follows b b.satchel)"
	post c c.satchel
	taken a.satchel
	revoke 2
	refused 4 B202 c.satchel
	before=$(inbox)
	take b.satchel
	ends 3 B216
	says '.bundles[0].state == "held" and (.counts | add) == 0'
	same "$(inbox)" "$before"
}

@test "a late bundle that an accepted one commits to is taken all the same" {
	letter a
	post a a.satchel
	letter b "$(follows a a.satchel)"
	sed -n 2p good.ndjson >b/records/000001.ndjson
	post b b.satchel
	letter c "$(follows b b.satchel)"
	sed -n 3p good.ndjson >c/records/000001.ndjson
	post c c.satchel
	taken a.satchel
	taken c.satchel
	revoke 3
	# Another bundle of that number is not what was committed to.
	letter d "$(follows a a.satchel)"
	post d d.satchel
	take d.satchel
	no test "$status" -eq 0
	taken b.satchel
	says '.counts.share == 1'
}

# --- numbers ---

@test "one number twice is refused" {
	letter a
	post a a.satchel
	taken a.satchel
	letter seq "$(follows a a.satchel) | .seq = 1"
	post seq seq.satchel
	# The form comes first: a stream is never ahead of the sender's counter.
	refused 5 B109 seq.satchel
	letter other
	post other other.satchel
	refused 4 B212 other.satchel
	letter sequence '.seq = 2'
	post sequence sequence.satchel
	refused 4 B212 sequence.satchel
	letter id '.id = "'"$(jq -r .id a/bundle.json)"'"'
	tail -n 1 good.ndjson >id/records/000001.ndjson
	post id id.satchel
	refused 4 B212 id.satchel
	letter good "$(follows a a.satchel)"
	tail -n 1 good.ndjson >good/records/000001.ndjson
	post good good.satchel
	taken good.satchel
}

@test "one seq for two streams is refused" {
	letter a '.seq = 5'
	post a a.satchel
	taken a.satchel
	letter b "$(follows a a.satchel) | .seq = 5"
	post b b.satchel
	refused 4 B212 b.satchel
}

@test "a previous that is not what we hold is refused" {
	letter a
	post a a.satchel
	taken a.satchel
	letter b "$(follows a a.satchel) | .stream.previous.id = \"$(uuid)\""
	post b b.satchel
	refused 4 B213 b.satchel
	letter c "$(follows a agreement.json)"
	post c c.satchel
	refused 4 B213 c.satchel
}

@test "numbers that cannot be are 5" {
	sha=$(age_part agreement.json)
	n=0
	for form in '.stream.sequence = 2' \
	    '.seq = 2 | .stream.sequence = 2' \
	    ".stream.previous = {id: \"$(uuid)\", sha256: \"$sha\"}" \
	    ".stream = {sequence: 2, previous: {id: \"$(uuid)\", sha256: \"$sha\"}}" \
	    '.seq = 0 | .stream.sequence = 0' \
	    '.seq = -1' '.seq = 1.5' '.seq = "1"' \
	    '.seq = 9007199254740994' \
	    '.created = "2026-02-30T00:00:00Z"' \
	    '.created = "2026-11-01T00:00:00.5Z"' \
	    '.use_by = "soon"' '.id = "x"' \
	    '.id = (.id | ascii_upcase)' \
	    'del(.acknowledges)' 'del(.to)' '.extra = 1' '.to.extra = 1' \
	    '.recovery = null' '.from.sign = "x"' '.environment = "Test"' \
	    '.acknowledges = [{sequences: "4-1", refused: []}]'; do
		n=$((n + 1))
		letter "f$n" "$form"
		post "f$n" "f$n.satchel"
		echo "$form"
		refused 5 "" "f$n.satchel"
	done
	[ "$n" -eq 22 ]
}

# --- the agreement ---

# enclose FOLDER FILE PARTY...: put an agreement into a letter.
enclose() {
	local folder=$1 file=$2 party
	shift 2
	mkdir -p "$folder/agreement"
	cp "$file" "$folder/agreement/agreement.json"
	for party in "$@"; do
		cp "$file.$party.minisig" "$folder/agreement/$party.minisig"
	done
	jq -c --arg sha256 "$(sha256sum <"$file" | cut -d ' ' -f 1)" \
	    --argjson version "$(jq .version "$file")" \
	    '.agreement.version = $version | .agreement.sha256 = $sha256' \
	    "$folder/bundle.json" >inside.json
	mv inside.json "$folder/bundle.json"
}

version_at_hub() {
	"$satchel" --json --home hub agreement show | jq .agreement.version
}

@test "an agreement unlike the one we hold is refused" {
	letter a '.agreement.sha256 = (.agreement.sha256 | explode | reverse |
	    implode)'
	post a a.satchel
	refused 4 B211 a.satchel
	letter b '.agreement.id = "XX-OTHER"'
	post b b.satchel
	refused 4 B211 b.satchel
	# What is enclosed is not what is named.
	letter c
	enclose c agreement.json UNHCR UNICEF
	echo >>c/agreement/agreement.json
	post c c.satchel
	refused 4 B211 c.satchel
}

@test "a newer agreement in a bundle is adopted, and the referral staged" {
	agreement '.version = 2' >next.json
	sign_agreement next.json
	letter a
	enclose a next.json UNHCR UNICEF
	post a a.satchel
	taken a.satchel
	says '.counts.share == 1'
	same "$(version_at_hub)" 2
}

@test "a newer agreement without enough signatures is not; all is held" {
	agreement '.version = 2' >next.json
	sign_agreement next.json
	letter a
	enclose a next.json UNHCR
	post a a.satchel
	take a.satchel
	ends 3
	says '.bundles[0].state == "imported" and .counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("P-SAME") != null)'
	same "$(version_at_hub)" 1
}

@test "a newer agreement signed by a stranger, or twice by one, is not" {
	agreement '.version = 2' >next.json
	sign_agreement next.json
	minisign -S -H -s stranger.key -m next.json \
	    -x next.json.UNICEF.minisig >/dev/null
	letter a
	enclose a next.json UNHCR UNICEF
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1'
	same "$(version_at_hub)" 1
	cp next.json.UNHCR.minisig next.json.UNICEF.minisig
	letter b "$(follows a a.satchel)"
	enclose b next.json UNHCR UNICEF
	tail -n 1 good.ndjson >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	ends 3
	same "$(version_at_hub)" 1
}

@test "an agreement far ahead is not adopted" {
	agreement '.version = 4000' >next.json
	sign_agreement next.json
	letter a
	enclose a next.json UNHCR UNICEF
	post a a.satchel
	take a.satchel
	ends 3
	same "$(version_at_hub)" 1
}

@test "a newer agreement that is not there: held" {
	letter a '.agreement.version = 2 | .agreement.sha256 =
	    (.agreement.sha256 | explode | reverse | implode)'
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("P-SAME") != null)'
}

@test "under an older agreement it is judged by ours, and that is noted" {
	agreement '.version = 2' >next.json
	sign_agreement next.json
	adopt next.json hub
	letter a
	post a a.satchel
	taken a.satchel
	says '.counts.share == 1'
	# An older one that is enclosed is not gone back to.
	letter b "$(follows a a.satchel)"
	enclose b agreement.json UNHCR UNICEF
	tail -n 1 good.ndjson >b/records/000001.ndjson
	post b b.satchel
	taken b.satchel
	same "$(version_at_hub)" 2
}

# --- time ---

@test "past its use-by date the bundle is taken and its referrals held" {
	letter a
	post a a.satchel
	at "$(date -u -d '+40 days' '+%F %T')" --json --home hub import a.satchel
	ends 3
	says '.bundles[0].state == "imported" and .counts.hold == 1 and
	    ([.referrals[0].rules[].id] | index("B-AGE") != null)'
}

@test "dated three days ahead: taken, and noted with 3" {
	letter a '.created = "'"$(date -u -d '+3 days' +%FT%TZ)"'"'
	post a a.satchel
	take a.satchel
	ends 3
	says '.bundles[0].state == "imported" and .counts.share == 1'
}

@test "a hub whose clock stands at 1970 still tells bundles apart" {
	letter a
	post a a.satchel
	{
		head -n 4 a.satchel
		tail -n +5 a.satchel
		echo
	} >b.satchel
	at '1970-01-02 00:00:00' --json --home hub import b.satchel
	ends 4 B204
	at '1970-01-02 00:00:00' --json --home hub import a.satchel
	# Dates of consent lie ahead of that clock: nothing is staged by it.
	[ "$status" -eq 3 ] || ends 4
	same "$(inbox | grep -c staged || true)" 0
}

# --- withdrawals ---

# recall NUMBER SEQUENCE [REASON [ON]]
recall() {
	jq -cn --arg ref "$(ref_of "$1")" --argjson sequence "$2" \
	    --arg reason "${3:-consent_withdrawn}" --arg on "${4:-2026-11-01}" \
	    '{type: "recall", ref: $ref, sequence: $sequence,
	    reason: $reason, on: $on}'
}

@test "a recall that comes first refuses the referral that comes later" {
	letter a
	post a a.satchel
	letter b "$(follows a a.satchel)"
	recall 1 2 >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	ends 0
	says '.counts.recall == 1'
	take a.satchel
	ends 3
	says '.counts.refuse == 1 and .counts.share == 0 and
	    ([.referrals[0].rules[].id] | index("L-TOMB") != null)'
	same "$(inbox | grep -c staged || true)" 0
	load_all
	same "$(find loaded -type f)" ""
}

@test "a recall beside its referral in one bundle wins" {
	letter a
	{
		recall 1 1
		cat good.ndjson
	} >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts == {share: 5, strip: 0, hold: 0, refuse: 1, duplicate: 0,
	    recall: 1, answer: 0}'
}

@test "a recall of what is staged here takes it out, and says so with 3" {
	letter a
	post a a.satchel
	taken a.satchel
	letter b "$(follows a a.satchel)"
	recall 1 2 >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	ends 3
	same "$(inbox | grep -o '[a-z]*$')" recalled
	load_all
	same "$(find loaded -type f)" ""
}

@test "behind a recall only newer consent may come, and is held" {
	letter a
	recall 1 1 consent_withdrawn 2026-08-01 >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 0
	letter b "$(follows a a.satchel)"
	post b b.satchel
	take b.satchel
	ends 3
	says '.counts.hold == 1 and .counts.share == 0'
	letter c "$(follows b b.satchel)"
	{
		recall 8 3 consent_withdrawn 2026-11-01
		jq -c --arg ref "$(ref_of 8)" 'select(.ref == $ref)' good.ndjson
	} >c/records/000001.ndjson
	post c c.satchel
	take c.satchel
	ends 3
	says '.counts.refuse == 1'
}

@test "a site of another party may not recall" {
	letter a
	post a a.satchel
	taken a.satchel
	before=$(inbox)
	letter b '.from = {node: "ET-HUB-02", sign: "'"$(public unused)"'"}'
	recall 1 1 >b/records/000001.ndjson
	post b b.satchel SIGN="$PWD/unused.key"
	take b.satchel
	ends 3
	same "$(inbox)" "$before"
}

# --- records ---

# with_record JQ: a bundle with the second referral changed, the first good.
with_record() {
	letter a
	{
		head -n 1 good.ndjson
		sed -n 2p good.ndjson | jq -c "$1" | revise
	} >a/records/000001.ndjson
	post a a.satchel
}

# refused_alone [RULE]: and the other one is staged.
refused_alone() {
	take a.satchel
	ends 3
	says '.bundles[0].state == "imported" and .counts.share == 1 and
	    .counts.refuse == 1'
	says '[.referrals[] | select(.verdict == "refuse") | .rules[].id] |
	    index("'"${1:-R-FORM}"'") != null'
	same "$(inbox | grep -c staged)" 1
}

@test "the record as such, with its revision worked out again, is staged" {
	with_record .
	take a.satchel
	ends 0
	says '.counts.share == 2'
}

@test "a referral that says it is from another agency is refused alone" {
	with_record '.from_agency = "UNHCR"'
	refused_alone
}

@test "a referral to another agency than ours is refused alone" {
	with_record '.to_agency = "UNICEF"'
	refused_alone P-MATRIX
}

@test "a ref that its origin does not yield is refused alone" {
	with_record '.ref = "primero:00000000-0000-4000-8000-000000000000#x"'
	refused_alone
}

@test "an origin of the other system is refused alone" {
	with_record '.origin = {system: "progres", intervention_number: "I-1",
	    intervention_id: "x", business_unit: "y"} | .ref = "progres:I-1"'
	refused_alone
}

@test "a referral whose revision is not its content's is refused alone" {
	with_record .
	letter a
	{
		head -n 1 good.ndjson
		sed -n 2p good.ndjson | jq -c '.subject.sex = "other"'
	} >a/records/000001.ndjson
	post a a.satchel
	refused_alone
}

@test "text with control characters is refused alone" {
	with_record '.subject.name_first = "a\u001b[2Jb"'
	refused_alone
}

@test "consent that is text, a number or a list is no consent" {
	for value in '"true"' '1' '[true]' '{"a":true}'; do
		rm -rf a hub
		cp -a "$BATS_FILE_TMPDIR/world/hub" hub
		with_record ".consent.source_fields.unhcr_export_opt_in = $value"
		echo "$value"
		refused_alone
	done
}

@test "a status of consent that does not exist is refused alone" {
	with_record '.consent.status = "GIVEN"'
	refused_alone
}

@test "the sender's verdict is not relied on" {
	with_record '.consent.status = "refused"'
	take a.satchel
	ends 3
	says '.counts.refuse == 1 and ([.referrals[] |
	    select(.verdict == "refuse") | .rules[].id] |
	    index("C-STATE") != null)'
	no grep -q "$(sed -n 2p good.ndjson | jq -r .ref)" <<<"$(
		inbox | grep staged)"
}

@test "without any consent record it is refused" {
	with_record 'del(.consent)'
	take a.satchel
	ends 3
	says '.counts.share == 1 and .counts.refuse == 1'
}

@test "the hub knows the site's polarity itself" {
	with_record '.consent.source_fields.unhcr_export_opt_in = false'
	take a.satchel
	ends 3
	says '[.referrals[] | select(.verdict == "refuse") | .rules[].id] |
	    index("C-UNHCR") != null'
}

@test "a field the agreement does not list is taken out at the hub too" {
	with_record '.subject.risk_level = "high"'
	take a.satchel
	ends 0
	says '.counts.strip == 1 and ([.referrals[] |
	    select(.verdict == "strip") | .removed] == [["risk_level"]])'
}

@test "one ref twice in a bundle: the second is held" {
	letter a
	{
		head -n 1 good.ndjson
		head -n 1 good.ndjson |
		    jq -c '.subject.name_first = "Other"' | revise
	} >a/records/000001.ndjson
	post a a.satchel
	take a.satchel
	ends 3
	says '.counts.share == 1 and .counts.hold == 1'
}

@test "a changed version of what is here is held, and the same is a duplicate" {
	letter a
	post a a.satchel
	taken a.satchel
	letter b "$(follows a a.satchel)"
	{
		head -n 1 good.ndjson |
		    jq -c '.subject.name_first = "Other"' | revise
	} >b/records/000001.ndjson
	post b b.satchel
	take b.satchel
	ends 3
	says '.counts.hold == 1 and ([.referrals[0].rules[].id] |
	    index("D-DUP") != null)'
	letter c "$(follows b b.satchel)"
	post c c.satchel
	take c.satchel
	says '.bundles[0].state == "imported" and .counts.share == 0'
}

@test "without the service it asks for it is not staged" {
	with_record 'del(.service.type)'
	take a.satchel
	ends 3
	says '.counts.share == 1 and .counts.hold + .counts.refuse == 1'
}

@test "whatever is missing or odd in a record, the others go on" {
	letter a
	# One of its values taken out or replaced; a case of its own each.
	jq -cn --slurpfile good good.ndjson '$good[0] as $r |
	    [$r | paths] as $paths | range($paths | length) as $n |
	    $paths[$n] as $path |
	    (100000 + $n | tostring | .[1:]) as $digits |
	    range(6) as $way |
	    ("\($way)\($digits)00-6023-46e3-a92d-094162fb7308") as $id |
	    $r | .origin.case_id = $id | .consent.subject_ref = $id |
	    .ref = "primero:\($id)#\(.origin.service_id)" |
	    if $path == ["type"] then empty
	    elif $way == 0 then delpaths([$path])
	    else setpath($path; ["", 1, true, [], "x"][$way - 1]) end' |
	    revise >a/records/000001.ndjson
	n=$(wc -l <a/records/000001.ndjson)
	[ "$n" -gt 300 ]
	post a a.satchel
	take a.satchel
	ends 3
	says ".counts | .share + .strip + .hold + .refuse == $n"
	says '[.referrals[].ref] | length > 300'
}

# lines COMMAND...: a bundle whose records member is what the command prints.
lines() {
	rm -rf a
	letter a
	"$@" >a/records/000001.ndjson
	post a a.satchel
}

@test "records that are not strict refuse the whole bundle with 5" {
	good=$(head -n 1 good.ndjson)
	declare -A bad=(
		[unknown name]="$(jq -c '.extra = 1' <<<"$good")"
		[unknown name below]="$(jq -c '.subject.extra = 1' <<<"$good")"
		[unknown name in consent]="$(
			jq -c '.consent.extra = 1' <<<"$good")"
		[unknown type]='{"type":"gift","ref":"x"}'
		[no type]="$(jq -c 'del(.type)' <<<"$good")"
		[name twice]="${good%\}},\"ref\":\"x\"}"
		[fraction]="$(jq -c '.subject.age = 11.5' <<<"$good")"
		[exponent]="${good/\"estimated\"/\"age\":1e1,\"estimated\"}"
		[large number]="${good/\"estimated\"/\"age\":9007199254740993,\"estimated\"}"
		[half a pair]="${good/\"name_first\":\"/\"name_first\":\"\\ud800}"
		[NUL]="${good/\"name_first\":\"/\"name_first\":\"\\u0000}"
		[not JSON]='type=referral'
		[cut]="${good%??????????}"
		[more behind]="$good x"
		[empty line]=$'\n'"$good"
		[CRLF]="$good"$'\r'
		[bad UTF-8]="${good/\"name_first\":\"/\"name_first\":\"$'\xff'}"
		[BOM]=$'\xef\xbb\xbf'"$good"
		[a list]="[$good]"
	)
	for name in "${!bad[@]}"; do
		lines printf '%s\n' "${bad[$name]}"
		echo "$name"
		refused 5 "" a.satchel
	done
	[ "${#bad[@]}" -eq 19 ]
	lines printf '%s' "$good"
	refused 5 "" a.satchel
	lines true
	refused 5 "" a.satchel
}

@test "null is no value: it refuses the whole bundle with 5" {
	lines jq -c '.subject.age = null' <<<"$(head -n 1 good.ndjson)"
	refused 5 "" a.satchel
}

@test "nesting deeper than 32 is refused with 5" {
	deep=$(head -c 40 /dev/zero | tr '\0' '[')
	lines printf '{"type":"referral","subject":{"x":%s}}\n' "$deep${deep//\[/]}"
	refused 5 "" a.satchel
	deep=$(head -c 100000 /dev/zero | tr '\0' '[')
	lines printf '{"type":"referral","subject":{"x":%s\n' "$deep"
	refused 5 "" a.satchel
}

@test "a line longer than a mebibyte is refused with 5" {
	long() {
		printf '{"type":"referral","ref":"'
		head -c 900000 /dev/urandom | base64 -w 0
		echo '"}'
	}
	lines long
	refused 5 "" a.satchel
}

@test "types out of order refuse the bundle with 5" {
	wrong() {
		head -n 1 good.ndjson
		recall 8 1
	}
	lines wrong
	refused 5 "" a.satchel
}

@test "one bad line refuses all, the good ones too" {
	mixed() {
		cat good.ndjson
		echo '{"type":"referral","extra":1}'
	}
	lines mixed
	refused 5 "" a.satchel
	same "$(inbox)" ""
}

# --- totals ---

@test "totals that do not agree are refused with 5" {
	letter a
	post a good.satchel
	peek good.satchel totals.json >good.json
	n=0
	for form in '.records.referral = 2' '.records.recall = 1' \
	    '.members[0].size += 1' \
	    '.members[1].sha256 = (.members[1].sha256 | explode | reverse |
		implode)' \
	    '.members |= reverse' 'del(.members[1])' 'del(.records.status)' \
	    '.members += [.members[0]]' '.extra = 1' '.records = {}' \
	    '.members += [{name: "totals.json", size: 1,
		sha256: .members[0].sha256}]' \
	    '.satchel = "totals/2"' '.records.referral = "1"'; do
		n=$((n + 1))
		jq -c "$form" good.json >a/totals.json
		post a "t$n.satchel"
		echo "$form"
		refused 5 "" "t$n.satchel"
	done
	[ "$n" -eq 13 ]
	cp good.json a/totals.json
	post a again.satchel
	taken again.satchel
}

# --- hostile archives ---

# arc OPTION...: a ustar of what is in a/, as forge.sh makes it.
arc() {
	tar -C a --format=ustar --owner=0 --group=0 --numeric-owner \
	    --mode=0600 --mtime=@0 --no-recursion -cf a.tar "$@" 2>tar.log
}

# hostile NAME: a.tar as the archive of a bundle is refused with 5.
hostile() {
	post a a.satchel TAR="$PWD/a.tar"
	echo "$1"
	refused 5 "" a.satchel
}

@test "hostile archives are refused with 5" {
	letter a
	post a good.satchel
	peek good.satchel totals.json >a/totals.json
	r=records/000001.ndjson
	arc bundle.json $r totals.json
	cp a.tar good.tar

	ln -s 000001.ndjson a/records/000002.ndjson
	arc bundle.json $r records/000002.ndjson totals.json
	hostile 'a symbolic link'
	rm a/records/000002.ndjson
	ln a/$r a/records/000002.ndjson
	arc bundle.json $r records/000002.ndjson totals.json
	hostile 'a hard link'
	rm a/records/000002.ndjson
	mkfifo a/records/000002.ndjson
	arc bundle.json $r records/000002.ndjson totals.json
	hostile 'a fifo'
	rm a/records/000002.ndjson
	arc bundle.json records $r totals.json
	hostile 'a folder'
	arc --format=gnu bundle.json $r totals.json
	hostile 'the GNU form'
	arc --format=v7 bundle.json $r totals.json
	hostile 'the form of 1979'
	arc --format=pax --pax-option=comment=x bundle.json $r totals.json
	hostile 'pax headers'
	arc --format=pax --pax-option="path:=totals.json" bundle.json $r
	hostile 'a pax path'
	arc -P --transform='s,^records,../records,' bundle.json $r totals.json
	hostile 'a name that goes up'
	arc -P --transform='s,^records,/tmp/records,' bundle.json $r totals.json
	hostile 'an absolute name'
	arc --transform='s,^,./,' bundle.json $r totals.json
	hostile 'a name with a dot'
	arc --transform='s,000001,000002,' bundle.json $r totals.json
	hostile 'records that begin at 2'
	arc --transform='s,ndjson,NDJSON,' bundle.json $r totals.json
	hostile 'another letter case'
	arc bundle.json $r $r totals.json
	hostile 'a member twice'
	arc bundle.json bundle.json $r totals.json
	hostile 'bundle.json twice'
	echo hello >a/notes.txt
	arc bundle.json $r notes.txt totals.json
	hostile 'one more member'
	arc bundle.json $r totals.json notes.txt
	hostile 'one more member at the end'
	arc bundle.json $r
	hostile 'no totals'
	arc $r bundle.json totals.json
	hostile 'another order'
	arc bundle.json totals.json $r
	hostile 'totals before the records'
	arc $r totals.json
	hostile 'no bundle.json'
	arc -T /dev/null
	hostile 'an empty archive'
	: >a.tar
	hostile 'no archive'
	{
		cat good.tar
		printf x
	} >a.tar
	hostile 'a byte behind it'
	cat good.tar good.tar >a.tar
	hostile 'a second archive behind it'
	head -c 2000 good.tar >a.tar
	hostile 'an archive cut in a member'
	head -c 4096 good.tar >a.tar
	hostile 'an archive cut at a block'
	cp good.tar a.tar
	printf 'evil' | dd of=a.tar bs=1 seek=200 conv=notrunc status=none
	hostile 'a link name on a file'
	cp good.tar a.tar
	printf '9' | dd of=a.tar bs=1 seek=130 conv=notrunc status=none
	hostile 'a size that is not'
	size=$(wc -c <a/bundle.json)
	cp good.tar a.tar
	printf 'x' | dd of=a.tar bs=1 seek=$((512 + size)) conv=notrunc \
	    status=none
	hostile 'dirt in the padding'

	cp good.tar a.tar
	post a a.satchel TAR="$PWD/a.tar"
	taken a.satchel
}

@test "an attachment that no referral names is refused with 5" {
	letter a
	mkdir a/files
	echo photo >photo
	cp photo "a/files/$(sha256sum <photo | cut -d ' ' -f 1)"
	post a a.satchel
	refused 5 B112 a.satchel
}

# squeezed: a.gz as the compressed part of a bundle is refused with 5.
squeezed() {
	post a a.satchel GZ="$PWD/a.gz"
	echo "$1"
	refused 5 "" a.satchel
}

@test "hostile compression is refused with 5" {
	letter a
	post a good.satchel
	tail -n +5 good.satchel | age -d -i recovery.key >good.gz
	SECONDS=0
	head -c 100M /dev/zero | gzip -c >a.gz
	squeezed 'a bomb of zeros'
	mkdir b
	cp a/bundle.json b
	mkdir b/records
	truncate -s 100M b/records/000001.ndjson
	post b bomb.satchel
	refused 5 "" bomb.satchel
	[ "$SECONDS" -lt 20 ]
	rm -r b bomb.satchel
	gzip -dc good.gz >a.gz
	squeezed 'not compressed'
	head -c $(($(wc -c <good.gz) - 9)) good.gz >a.gz
	squeezed 'cut short'
	{
		cat good.gz
		printf 'x'
	} >a.gz
	squeezed 'a byte behind it'
	{
		cat good.gz
		head -c 100 /dev/zero
		printf 'x'
	} >a.gz
	squeezed 'a byte behind the padding'
	{
		cat good.gz
		head -c 100 /dev/zero
		cat good.gz
	} >a.gz
	squeezed 'once more behind the padding'
	cp good.gz a.gz
	flip a.gz $(($(wc -c <good.gz) - 7))
	squeezed 'another checksum'
	: >a.gz
	squeezed nothing
	{
		printf '\050\265\057\375'
		head -c 100 /dev/urandom
	} >a.gz
	squeezed 'zstd'
}

@test "an age file of another kind is refused" {
	letter a
	post a good.satchel
	tail -n +5 good.satchel | age -d -i recovery.key >good.gz
	age -a -r "$(jq -r .open hub.card)" -r "$(age-keygen -y recovery.key)" \
	    -o armored good.gz
	post a a.satchel AGE="$PWD/armored"
	refused 5 "" a.satchel
	# The last chunk dropped, and then well signed.
	head -c 200000 /dev/urandom >>good.gz
	age -r "$(jq -r .open hub.card)" -r "$(age-keygen -y recovery.key)" \
	    -o long.age good.gz
	head -c $(($(wc -c <long.age) - 3000)) long.age >cut.age
	post a b.satchel AGE="$PWD/cut.age"
	refused 5 "" b.satchel
	flip long.age 150000
	post a c.satchel AGE="$PWD/long.age"
	refused 5 "" c.satchel
}

# --- what is left behind ---

@test "after all sorts of refusals only the journal and the receipts have grown" {
	letter a
	post a a.satchel
	mkdir bad
	cp a.satchel bad/flipped.satchel
	flip bad/flipped.satchel 1000
	head -c 300 a.satchel >bad/cut.satchel
	post a bad/stranger.satchel SIGN="$PWD/stranger.key"
	echo '{"extra":1}' >a/records/000001.ndjson
	post a bad/record.satchel
	before=$(kept hub)
	files=$(find hub -type f | sort)
	take bad
	ends 4
	says '[.bundles[].state] == ["refused", "refused", "refused", "refused"]'
	same "$(kept hub)" "$before"
	same "$(find hub -type f | sort)" "$files"
	# A refusal is never final: the good copy comes through.
	taken a.satchel
}

@test "homes are closed to others" {
	send
	take stick
	same "$(find site hub -type f -perm /077)" ""
	same "$(find site hub -type d -perm /077)" ""
}

@test "a full disk at the hub is 7, changes nothing, and it works later" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	send
	mkdir full
	mount -t tmpfs -o size=600k none full 2>/dev/null ||
	    skip "nothing can be mounted here"
	cp -a hub full/hub
	before=$(state_of full/hub)
	head -c 10M /dev/zero >full/fill 2>/dev/null || true
	sat --json --home full/hub import stick
	rm full/fill
	after=$(state_of full/hub)
	first=$status
	sat --json --home full/hub import stick
	umount full
	same "$first" 7
	same "$after" "$before"
	ends 0
	says '.bundles[0].state == "imported" and .counts.share == 6'
}

@test "a folder without a bundle is told, not passed over in silence" {
	mkdir nothing
	take nothing
	ends 3
	says '.bundles == [] and (.notices | length == 1)'
}

@test "a stick that goes both ways: our own bundle is known, not an alarm" {
	send
	sat --json --home site import stick
	ends 0
	says '.bundles[0].state == "made" and .bundles[0].fault == null'
}
