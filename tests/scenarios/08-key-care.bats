#!/usr/bin/env bats
# Keys that are not lost: another passphrase, a sheet on paper, and recovery.

load sites.bash

setup_file() {
	world
	cd "$BATS_FILE_TMPDIR/world" || return 1
	echo 'the first passphrase' >first
	echo 'another passphrase' >second
	echo 'a third passphrase' >third
	cp -a site practice
	"$satchel" --home site keys passphrase --new-passphrase-file first \
	    >/dev/null
	age -d -i recovery.key site/secrets.recovery.age |
	    awk 'length($NF) > 20 { print $NF }' >secrets
	[ "$(wc -l <secrets)" -eq 3 ]
	cat first second third >>secrets
}

setup() {
	enter
}

teardown() {
	leaks_nothing
	no grep -Fof secrets said
	# Neither a key in the clear, nor a passphrase, anywhere it was written.
	no grep -rFlf secrets site stick loaded
}

# opens HOME FILE: does that passphrase open the node?
opens() {
	sat --json --home "$1" --passphrase-file "$2" agreement show
	ends 0
}

does_not_open() {
	sat --json --home "$1" --passphrase-file "$2" agreement show
	ends 6 K107
}

change() {
	sat --json --home site --passphrase-file "$1" keys passphrase \
	    --new-passphrase-file "$2" "${@:3}"
}

# sheet FILE [OPTION...]
sheet() {
	sat --json --home site --passphrase-file first keys sheet --out "$@"
}

# blot FILE NUMBER...: lines that nobody can read any more.
blot() {
	local file=$1 n
	shift
	for n; do
		sed -i "s/^$(printf %03d "$n") .*/  ~~ ~~~ ~~/" "$file"
	done
}

entries() {
	sqlite3 "$1/store.db" "SELECT body FROM journal
	    WHERE act = 'keys changed' ORDER BY number"
}

@test "a practice node gets a passphrase, and nothing is left without one" {
	sat --json --home practice keys passphrase --new-passphrase-file first \
	    --dry-run
	ends 0
	[ -e practice/secrets.practice ]
	sat --json --home practice keys passphrase --new-passphrase-file first
	ends 0
	[ ! -e practice/secrets.practice ]
	jq -e .protected practice/node.json
	same "$(find practice -perm /077 | wc -l)" 0
	opens practice first
	no grep -rFlf secrets practice
}

@test "a passphrase is changed: the new one opens, the old one does not" {
	before=$(sha256sum <site/secrets.age)
	change first second --dry-run
	ends 0
	same "$(sha256sum <site/secrets.age)" "$before"
	card=$("$satchel" --home site identity)
	change first second
	ends 0
	opens site second
	does_not_open site first
	same "$("$satchel" --home site identity)" "$card"
	# The copy for the working group is of the same keys.
	age -d -i recovery.key site/secrets.recovery.age |
	    cmp - <(age -d -i recovery.key practice/secrets.recovery.age)
	[[ "$(entries site)" == *'{"what":"passphrase"}'* ]]
}

@test "who changes a passphrase is told that old copies open with the old one" {
	run -0 --separate-stderr "$satchel" --home site --passphrase-file first \
	    keys passphrase --new-passphrase-file second
	printf '%s\n' "$output" >>said
	tr -s ' \n' ' ' <<<"$output" |
	    grep -q 'still open with the old passphrase'
}

@test "a passphrase change refuses what it cannot use, and changes nothing" {
	before=$(sha256sum <site/secrets.age)
	change second third
	ends 6 K107
	echo short >few
	change first few
	ends 6 K109
	change first missing
	ends 7 D103
	sat --json --home site --passphrase-file first keys passphrase \
	    --new-passphrase-file second --new-passphrase-fd 0
	ends 2
	sat --json --home site --passphrase-file first keys passphrase \
	    --new-passphrase-fd x
	ends 2
	# Nobody may type it where others can read it.
	sat --json --home site --passphrase-file first keys passphrase \
	    --new-passphrase 'some words'
	ends 2
	run --separate-stderr setsid "$satchel" --json --home site \
	    --passphrase-file first keys passphrase </dev/null
	ends 6 K108
	sat --json --home site --passphrase-file first --user nobody \
	    keys passphrase --new-passphrase-file second
	ends 4 N105
	same "$(sha256sum <site/secrets.age)" "$before"
}

@test "both passphrases may come from one descriptor, a line each" {
	run -0 --separate-stderr bash -c "cat first second |
	    '$satchel' --json --home site --passphrase-fd 0 keys passphrase \
	    --new-passphrase-fd 0"
	opens site second
}

# The first passphrase, given only after the change to another one is done.
late() {
	mkfifo late
	run --separate-stderr bash -c "
	    { sleep 2; '$satchel' --home site --passphrase-file first \
	        keys passphrase --new-passphrase-file second >/dev/null &&
	      cat first; } >late &
	    '$satchel' --json --home site --passphrase-fd 0 $* <late; end=\$?
	    wait; exit \$end"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

@test "a change made while somebody was asked for the passphrase is not undone" {
	late keys rotate
	ends 7
	says '.fault.code == "D107"'
	opens site second
	does_not_open site first
	jq -e 'has("next") | not' site/node.json
}

@test "a passphrase change is not undone by another one, or by a recovery" {
	cp site/secrets.age copy
	late keys passphrase --new-passphrase-file third
	ends 7
	opens site second
	rm late
	cp copy site/secrets.age
	late keys recover --from copy --new-passphrase-file third
	ends 7
	opens site second
	does_not_open site third
}

@test "whenever a passphrase change is killed, the old or the new one opens" {
	for after in 0.6 0.9 1.1 1.3 1.6; do
		rm -rf killed
		cp -a site killed
		timeout -s KILL "$after" "$satchel" --home killed \
		    --passphrase-file first keys passphrase \
		    --new-passphrase-file second >/dev/null || true
		"$satchel" --home killed --passphrase-file first \
		    agreement show >/dev/null 2>&1 || opens killed second
	done
}

@test "a first passphrase that broke off leaves a node that opens" {
	# The encrypted file is there, and node.json does not know yet.
	cp site/secrets.age practice/secrets.age
	sat --json --home practice agreement show
	ends 0
	sat --json --home practice keys passphrase --new-passphrase-file second
	ends 0
	opens practice second
	# node.json knows, and the unprotected file is still there.
	"$satchel" --home hub identity >/dev/null
	cp hub/secrets.practice site/secrets.practice
	opens site first
	change first second
	ends 0
	[ ! -e site/secrets.practice ]
}

@test "a forgotten passphrase: the working group's key puts the keys back" {
	send --dry-run --passphrase-file first
	ends 3
	before=$(sha256sum <site/secrets.age)
	sat --json --home site keys recover --from site/secrets.recovery.age \
	    --identity recovery.key --new-passphrase-file second --dry-run
	ends 0
	same "$(sha256sum <site/secrets.age)" "$before"
	sat --json --home site keys recover --from site/secrets.recovery.age \
	    --identity recovery.key --new-passphrase-file second
	ends 0
	opens site second
	does_not_open site first
	same "$(sha256sum <site/secrets.age.before)" "$before"
	[[ "$(entries site)" == *'{"what":"recovered"}'* ]]
	send --passphrase-file second
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	take stick
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
}

@test "a copy from while keys changed brings no old keys back" {
	sat --json --home site --passphrase-file first keys rotate
	ends 0
	cp site/secrets.recovery.age during
	"$satchel" --home site identity --out new.card >/dev/null
	agreement '.version = 2' | jq --slurpfile card new.card '
	    (.nodes[] | select(.code == "ET-GMB-03")) |= (
	        .sign += [$card[0].next_sign] | .open += [$card[0].next_open])' \
	    >v2.json
	sign_agreement v2.json
	sat --json --home site --passphrase-file first agreement adopt v2.json
	ends 0
	sat --json --home site --passphrase-file first keys finish
	ends 0
	sat --json --home site keys recover --from during \
	    --identity recovery.key --new-passphrase-file second
	ends 0
	same "$(age -d -i recovery.key site/secrets.recovery.age |
	    grep -c -e '^sign ' -e '^next ' -e '^open ')" 2
	sat --json --home site --passphrase-file second keys show
	ends 0
	says '.keys.leftovers == null and (.keys.changing | not)'
}

@test "lost keys come back from a copy under its passphrase, and are kept" {
	cp site/secrets.age backup
	change first second
	rm site/secrets.age
	sat --json --home site --passphrase-file second agreement show
	ends 6 K117
	sat --json --home site --passphrase-file first keys recover \
	    --from backup --new-passphrase-file third
	ends 0
	opens site third
	[ ! -e site/secrets.age.before ]
	# What is there is never thrown away, however often.
	for _ in 1 2; do
		sat --json --home site --passphrase-file first keys recover \
		    --from backup --new-passphrase-file third
		ends 0
	done
	[ -e site/secrets.age.before ]
	[ -e site/secrets.age.before.2 ]
}

@test "recover refuses other keys, and leaves everything" {
	"$satchel" --home new --passphrase-file first init --node ET-GMB-03 \
	    >/dev/null
	before=$(sha256sum site/*.*)
	sat --json --home site --passphrase-file first keys recover \
	    --from new/secrets.age --new-passphrase-file second
	ends 6 K130
	sat --json --home site keys recover --from hub/secrets.recovery.age \
	    --identity recovery.key --new-passphrase-file second
	ends 6 K130
	sat --json --home site keys recover --from site/secrets.recovery.age \
	    --identity third.key --new-passphrase-file second
	ends 6 K104
	sat --json --home site --passphrase-file second keys recover \
	    --from site/secrets.age --new-passphrase-file second
	ends 6 K107
	sat --json --home site keys recover --from agreement.json \
	    --identity recovery.key --new-passphrase-file second
	ends 5 K132
	sat --json --home site keys recover --from site/secrets.recovery.age \
	    --identity first --new-passphrase-file second
	ends 6 K111
	sat --json --home missing keys recover \
	    --from site/secrets.recovery.age --identity recovery.key
	ends 2 N101
	same "$(sha256sum site/*.*)" "$before"
}

@test "stock age opens the recovery copy, as docs/keys.md says" {
	age -d -i recovery.key site/secrets.recovery.age >/dev/null
}

@test "a sheet is printed and read back, and is encrypted" {
	sheet sheet.txt --dry-run
	ends 0
	[ ! -e sheet.txt ]
	sheet sheet.txt
	ends 0
	no grep -Fof secrets sheet.txt
	same "$(stat -c %a sheet.txt)" 600
	sat --json keys read sheet.txt
	ends 0
	says '.sheet.whole and .sheet.look == []'
	sat --json keys read sheet.txt --out copy
	ends 0
	cmp copy site/secrets.age
	same "$(stat -c %a copy)" 600
	[[ "$(entries site)" == *'{"what":"sheet"}'* ]]
	# Never over another file.
	sat --json keys read sheet.txt --out copy
	ends 7 D104
	sheet sheet.txt
	ends 7 D104
}

@test "practice is visible on every sheet, and its lines say whose it is" {
	sheet sheet.txt
	sheet recovery.txt --recovery
	for file in sheet.txt recovery.txt; do
		same "$(grep -c PRACTICE "$file")" 2
		grep -q 'ET-GMB-03' "$file"
		no grep -q '[^ -~]' "$file"
		no grep -qE '.{73}' "$file"
	done
}

@test "a practice node's open keys are not printed, its recovery copy is" {
	sat --json --home practice keys sheet --out sheet.txt
	ends 6 K131
	[ ! -e sheet.txt ]
	sat --json --home practice keys sheet --recovery --out sheet.txt
	ends 0
	sat --json keys read sheet.txt --out copy
	ends 0
	cmp copy practice/secrets.recovery.age
}

@test "six neighbouring lines blotted out are restored, wherever they are" {
	sheet sheet.txt
	all=$("$satchel" --json keys read sheet.txt | jq .sheet.lines)
	for start in 1 9 $((all - 5)); do
		cp sheet.txt bad.txt
		# shellcheck disable=SC2046 # numbers
		blot bad.txt $(seq "$start" $((start + 5)))
		sat --json keys read bad.txt
		ends 0
		says '.sheet.whole and ([.sheet.look[] |
		    select(.is == "missing" and .restored)] | length) == 6'
	done
}

@test "a wrong character in one line of each class is restored" {
	sheet sheet.txt
	cp sheet.txt bad.txt
	for n in 01 08 15 22 29 30; do
		sed -i "s/^\(0$n  ....\) .\(.*\)/\1 ?\2/" bad.txt
	done
	sat --json keys read bad.txt --out copy
	ends 0
	says '[.sheet.look[] | .is] | unique == ["unreadable"]'
	cmp copy site/secrets.age
}

@test "of seven blotted lines it says which must be looked at again" {
	sheet sheet.txt
	blot sheet.txt 8 9 10 11 12 13 14
	sat --json keys read sheet.txt --out copy
	ends 5 K132
	says '[.sheet.look[].line] == [8, 9, 10, 11, 12, 13, 14] and
	    [.sheet.look[] | select(.restored | not) | .line] == [8, 14]'
	[ ! -e copy ]
	run -5 --separate-stderr "$satchel" keys read sheet.txt
	printf '%s\n' "$output" >>said
	grep -q 'All but one of these must be read: 008, 014' <<<"$output"
}

@test "a sheet is read as people and scanners write it" {
	sheet sheet.txt
	{
		echo 'Typed by a colleague, on a bad day.'
		tr 0A-Z Oa-z <sheet.txt | sed 's/1/l/g; s/ /-/g' | tac
		grep '^003' sheet.txt
	} >typed.txt
	run -0 --separate-stderr bash -c "'$satchel' --json keys read - \
	    --out copy <typed.txt"
	cmp copy site/secrets.age
}

@test "a character that would fit is offered, and not taken" {
	sheet sheet.txt
	blot sheet.txt 3
	was=$(sed -n 's/^009  ..\(.\).*/\1/p' sheet.txt)
	sed -i 's/^\(009  ..\)./\1?/' sheet.txt
	sat --json keys read sheet.txt
	ends 5 K132
	says ".sheet.look[] | select(.line == 9) | .group == 1 and
	    .character == 3 and .reads == \"?\" and .fits == \"$was\""
}

@test "lines of two sheets are not put together" {
	sheet one.txt
	change first second
	change second first
	sheet two.txt
	cat one.txt two.txt >both.txt
	sat --json keys read both.txt
	ends 5 K132
	{
		grep '^SHA' one.txt
		grep '^0' two.txt
	} >mixed.txt
	sat --json keys read mixed.txt
	ends 5 K132
}

@test "from a sheet alone the keys come back, with passphrase or recovery key" {
	sheet sheet.txt
	sheet recovery.txt --recovery
	rm site/secrets.age site/secrets.recovery.age
	blot sheet.txt 20 21 22 23 24 25
	sat --json --home site --passphrase-file first keys recover \
	    --from sheet.txt --new-passphrase-file second
	ends 0
	opens site second
	[ -e site/secrets.recovery.age ]
	rm site/secrets.age
	sat --json --home site keys recover --from recovery.txt \
	    --identity recovery.key --new-passphrase-file third
	ends 0
	opens site third
}

@test "a sheet of another node is refused by recover" {
	"$satchel" --home new --passphrase-file first init --node ET-NEW-01 \
	    >/dev/null
	"$satchel" --home new --passphrase-file first keys sheet \
	    --out sheet.txt >/dev/null
	# Not of a practice node, and under no agreement yet.
	no grep -q PRACTICE sheet.txt
	before=$(sha256sum site/*.*)
	sat --json --home site --passphrase-file first keys recover \
	    --from sheet.txt --new-passphrase-file second
	ends 6 K130
	same "$(sha256sum site/*.*)" "$before"
}

@test "the few lines of docs/keys.md read a sheet without satchel" {
	command -v python3 >/dev/null || skip 'no python3 here'
	sheet sheet.txt
	sed -n '/^```python/,/^```$/{/^```/d;p;}' \
	    "$scenarios/../../docs/keys.md" >read.py
	[ -s read.py ]
	python3 read.py <sheet.txt >copy
	cmp copy site/secrets.age
	blot sheet.txt 5
	no python3 read.py <sheet.txt >/dev/null 2>message
	grep -q 5 message
}
