#!/usr/bin/env bats
# The one command of whoever carries the stick: bring in, put out, what next.

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

# stick HOME [OPTION...]
stick() {
	local home=$1
	shift
	sat --json --home "$home" stick "${@:-stick}"
}

# later DAYS HOME [OPTION...]: stick, with the clock so far ahead.
later() {
	local days=$1 home=$2
	shift 2
	run --separate-stderr faketime -f "+${days}d" "$satchel" --json \
	    --home "$home" stick "${@:-stick}"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

# sent NUMBER: a case of the examples, in a bundle of its own.
sent() {
	send --only "$(ref_of "$1")"
	ends 0
}

@test "threat 9: one stick goes round: referral there, receipt back, nothing twice" {
	sent 1
	stick hub
	ends 0
	says '.stick.brought_in == 1 and .stick.put_out == 1'
	says '.stick.remove_now and .stick.removable == []'
	same "$(bundles_on stick)" 2
	stick site
	says '.stick.brought_in == 1 and .stick.put_out == 0'
	says '.stick.removable | length == 1'
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "staged"'
	# Once more, on either side, nothing comes of it.
	for home in hub site hub; do
		stick "$home"
		says '.stick.brought_in == 0 and .stick.put_out == 0'
	done
	same "$(bundles_on stick)" 2
}

@test "people are told what is next, and when the stick may be removed" {
	sent 1
	sat --home hub stick stick
	ends 0
	grep -q 'read back: you can remove the stick now' <<<"$output"
	grep -q 'satchel load --to FORMAT:DIR' <<<"$output"
	grep -q 'Carry the stick to ET-GMB-03' <<<"$output"
	sat --home site stick stick
	grep -q 'may be removed from the stick' <<<"$output"
}

@test "threat 43: a bundle is known by what it begins with, among a thousand others" {
	sent 1
	mv "$(the_bundle)" 'stick/Holiday photo.JPG'
	for ((n = 0; n < 1000; n++)); do
		echo "$n" >"stick/$n.txt"
	done
	truncate -s 20G stick/film.avi
	mkdir stick/folder.satchel
	ln -s /etc/passwd stick/link
	printf '\0\5\26\7' >stick/._ab12.satchel
	stick hub
	ends 0
	says '.stick.brought_in == 1 and .stick.remove_now'
	[ -e 'stick/Holiday photo.JPG' ]
	same "$(find stick -name '*.txt' | wc -l)" 1000
}

@test "what is called a bundle and begins as none is not passed over" {
	head -c 5000 /dev/zero >stick/ab12cd34.satchel
	stick hub
	ends 5 B103
	sent 1
	rm stick/ab12cd34.satchel
	file=$(the_bundle)
	head -c 2000 "$file" >stick/half
	stick hub
	ends 4 B204
	says '.stick.brought_in == 1'
}

@test "a bundle for another office stays, and is no trouble" {
	letter passing
	post passing stick/passing.satchel TO="$(age-keygen -y second.key) $(
		age-keygen -y recovery.key)"
	sat --home hub stick stick
	ends 0
	grep -q 'passing.satchel .* for another office' <<<"$output"
	[ -e stick/passing.satchel ]
}

@test "what was made and never left goes out; what was sent is not judged" {
	sent 1
	mv "$(the_bundle)" elsewhere
	sat --json --home site resend 1 --to ET-HUB-01 --out stick
	rm stick/*
	# As an export leaves it whose stick was full.
	sat --home site incident --lost-stick
	stick site
	says '.stick.put_out == 1'
	cmp elsewhere "$(the_bundle)"
	says '.referrals == []'
}

@test "what left long ago and nobody acknowledged goes out again" {
	sent 1
	mv "$(the_bundle)" lost
	stick site
	says '.stick.put_out == 0'
	same "$(bundles_on stick)" 0
	later 8 site
	says '.stick.put_out == 1'
	cmp lost "$(the_bundle)"
	later 8 site
	says '.stick.put_out == 0 and .stick.there_already == 1'
}

@test "a stick that is locked: what is on it comes in, nothing goes out" {
	sent 1
	mkdir locked
	mount -t tmpfs none locked 2>/dev/null || skip "cannot mount here"
	cp stick/* locked
	mount -o remount,ro locked
	stick hub locked
	umount locked
	ends 7 D114
	says '.stick.brought_in == 1 and .stick.put_out == 0'
	says '.stick.remove_now | not'
}

@test "threat 45: a stick that is full: what waits is safe, and says so" {
	sent 1
	mkdir full
	mount -t tmpfs -o size=64k none full 2>/dev/null ||
		skip "cannot mount here"
	cp stick/* full
	stick hub full
	umount full
	ends 7 D116
	says '.stick.brought_in == 1 and (.stick.remove_now | not)'
	# The next stick has it.
	stick hub
	says '.stick.put_out == 1 and .stick.remove_now'
}

@test "no stick, or something else, is said before anything is done" {
	before=$(state_of site)
	stick site nowhere
	ends 7 D103
	: >file
	stick site file
	ends 7 D105
	same "$(state_of site)" "$before"
}

@test "a dry run writes nothing, here or there" {
	sent 1
	before=$(state_of hub)
	stick hub stick --dry-run
	says '.stick | .put_out == 0 and .brought_in == 0'
	says '.stick | .would_bring_in == 1 and (.remove_now | not)'
	same "$(state_of hub)" "$before"
	same "$(bundles_on stick)" 1
	rm stick/*
	later 8 site stick --dry-run
	says '.stick | .put_out == 0 and .would_put_out == 1'
	says '.stick.remove_now | not'
	same "$(bundles_on stick)" 0
	sat --home site stick stick --dry-run
	grep -q 'Would be put out' <<<"$output"
	no grep -q 'Carry the stick' <<<"$output"
}

@test "what left long ago does not go without what was withdrawn since" {
	sent 1
	mkdir lost new
	mv stick/* lost
	run --separate-stderr faketime -f +6d "$satchel" --home site \
	    --user primero_cp recall "$(ref_of 1)" --reason consent_withdrawn
	run --separate-stderr faketime -f +6d "$satchel" --home site \
	    --user primero_cp export --to ET-HUB-01 --out stick
	rm stick/*
	later 8 site new --dry-run
	says '.stick.would_put_out == 2'
	later 8 site new
	says '.bundles | map(.sequence) == [2, 1]'
	says '.stick.put_out == 2 and .stick.remove_now'
	later 8 hub new
	load_all
	says '[.loaded[] | select(.file != null)] == []'
	# Another time it lies there already.
	later 8 site new
	says '.stick.put_out == 0'
}

@test "only the very bytes count as there; another file of that name is told" {
	sent 1
	file=$(the_bundle)
	cp "$file" whole
	for bytes in 0 900; do
		head -c "$bytes" whole >"$file"
		rm -f stick/*-2.satchel
		later 8 site
		[ "$status" -eq 5 ] || [ "$status" -eq 4 ]
		says '.stick | .put_out == 1 and .there_already == 0'
		says '.notices | tostring | test("is not the bundle of that")'
		cmp whole "${file%.satchel}-2.satchel"
		same "$(stat -c %s "$file")" "$bytes"
		later 8 site
		says '.stick | .put_out == 0 and .there_already == 1'
	done
	rm "$file"
	cp whole "$file"
	later 8 site
	ends 0
	says '.stick.there_already == 1'
	stick hub
	says '.stick.brought_in == 1'
}

@test "a renewed agreement goes out once, not with every stick" {
	sent 1
	stick hub
	stick site
	agreement '.version = 2' >v2.json
	sign_agreement v2.json
	adopt v2.json hub
	rm stick/*
	sleep 1
	stick hub
	says '.stick.put_out == 1'
	stick hub
	says '.stick.put_out == 0'
	stick site
	says '.stick.brought_in == 1'
	sat --json --home site agreement show
	says '.agreement.version == 2'
}

@test "what a thief's node is owed stays here" {
	sent 1
	stick hub
	rm stick/*
	sat --home hub incident --distrust ET-GMB-03 --reason "stolen"
	ends 3
	later 8 hub
	says '.stick.put_out == 0'
	same "$(bundles_on stick)" 0
}
