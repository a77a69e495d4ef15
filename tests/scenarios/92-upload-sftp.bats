#!/usr/bin/env bats
# Bundles to a real OpenSSH server: an account that can be read, and one where
# things can only be dropped.

load sites
load servers

setup_file() {
	needs_sshd
	world
	letter small
	post small small.satchel
	a_large 10000000 large.satchel
}

setup() {
	# libcurl leaves an SSH session behind whose line has gone dead.
	export ASAN_OPTIONS=detect_leaks=0:$ASAN_OPTIONS
	needs_sshd
	enter
}

teardown() {
	stop_all
	nothing_open
	leaks_nothing
}

to() {
	echo "sftp://$(id -un)@127.0.0.1:${port[$1]}$PWD/there/"
}

# up NAME FILE... [OPTION...]
up() {
	local name=$1
	shift
	sat --json --home site send "$@" --to "$(to "$name")" \
	    --ssh-key keys/id --ssh-host-key "$(<keys/fingerprint)"
}

name_of() {
	"$satchel" --json verify "$1" --agreement agreement.json |
	    jq -r '.bundles[0].id[:8]'
}

@test "a bundle arrives under its own name, is read back, and goes in" {
	sshd
	up sshd small.satchel
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "read back"'
	arrived small.satchel
	same "$(ls there)" "$(jq -r '.sent[0].id[:8]' <<<"$output").satchel"
	up sshd small.satchel
	ends 0
	says '.sent[0].state == "there"'
	mkdir -p came
	sat --json --home hub fetch "$(to sshd)" --ssh-key keys/id \
	    --ssh-host-key "$(<keys/fingerprint)" --out came
	ends 0
	says '.fetched | length == 1'
	take came
	ends 0
	says '.counts.share == 1'
}

@test "an account that can write and not read: its length is what is known" {
	sshd requests=drop
	line sshd --cut-after 300000 --rate 4000000
	up line large.satchel
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "length"'
	arrived large.satchel
}

# bats test_tags=long
@test "10 MB through a hundred cuts, ten kills and two restarts, a packet each" {
	sshd
	line sshd --rate 1200000 --cuts 100 --within 10000000 --seed 20261124
	echo "# cut after: $(told line '.places | join(" ")')" >&3
	size=$(size_of large.satchel)
	killed=0
	for ((run = 1; run <= 20 && killed < 10; run++)); do
		"$satchel" --json --home site send large.satchel \
		    --to "$(to line)" --ssh-key keys/id \
		    --ssh-host-key "$(<keys/fingerprint)" >>said 2>&1 3>&- &
		client=$!
		sleep "1.$((run * 7 % 10))"
		# One that gave up before counts for nothing.
		if kill -9 "$client"; then
			killed=$((killed + 1))
		fi
		wait "$client" || true
		if [ "$run" -eq 4 ] || [ "$run" -eq 8 ]; then
			was=${port[sshd]}
			stop sshd
			sshd port="$was"
		fi
	done
	same "$killed" 10
	for ((try = 0; try < 20; try++)); do
		up line large.satchel
		[ "$status" -ne 0 ] || break
	done
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "read back"'
	arrived large.satchel
	tells line '.cuts == 100'
	all=$(told line .up)
	connections=$(told line .connections)
	echo "# $size bytes; $all in $connections connections crossed the" \
	    "line" >&3
	# SSH's own: 1 % and the requests of reading it back; a packet of 16
	# KiB a cut at most; 4 KB for each login.
	[ "$all" -le $((size + size / 20 + 110 * 17000 +
	    connections * 4500)) ]
	take there
	ends 0
	says '.bundles[0].state == "imported" and .counts.share > 400'
}

@test "threat 64: the answer never comes: the file is there, once" {
	sshd
	line sshd
	for after in 3000 4000 6000 8000 9000 9500 10000 11000; do
		rm -rf there site
		mkdir there
		cp -a "$BATS_FILE_TMPDIR/world/site" .
		ask line "set drop-reply $after"
		up line small.satchel
		ends 0
		arrived small.satchel
	done
}

@test "threat 64: wherever the line breaks, what is there is gone on with" {
	sshd
	line sshd --rate 300000
	# Whether its part is there is asked some 3 KB into a connection.
	for ((after = 2900; after <= 3500; after += 300)); do
		up line large.satchel --for 1s
		ends 0
		says '.sent[0].state == "begun"'
		before=$(jq '.sent[0].offset' <<<"$output")
		ask line "set drop-reply $after"
		up line large.satchel --for 2s
		ends 0
		says ".sent[0].offset >= $before and .traffic.twice < 60000"
	done
	tells line '.drops >= 2'
}

@test "breaks closer together than a packet are no full disk" {
	sshd
	line sshd --each-after 9000
	up line large.satchel --for 8s
	ends 0
	says '.sent[0].state == "begun"'
	says '[.. | .code? // empty] | index("W120") == null'
	ask line 'set each-after 0'
	up line large.satchel
	ends 0
	arrived large.satchel
}

@test "threat 16: a line that falls silent ends with the time there is" {
	sshd
	line sshd --rate 400000 --stall-after 600000
	start=$SECONDS
	up line large.satchel --for 8s
	[ $((SECONDS - start)) -le 14 ]
	ends 0
	says '.sent[0].state == "begun"'
	ask line 'set rate 0'
	up line large.satchel
	ends 0
	arrived large.satchel
}

@test "a server whose key changed gets nothing, not even a name" {
	sshd
	pinned=$(<keys/fingerprint)
	was=${port[sshd]}
	up sshd small.satchel
	ends 0
	stop sshd
	rm keys/host* keys/log
	sshd port="$was"
	no same "$(<keys/fingerprint)" "$pinned" >/dev/null
	sat --json --home site send large.satchel --to "$(to sshd)" \
	    --ssh-key keys/id --ssh-host-key "$pinned"
	ends 4
	says '[.. | .code? // empty] | index("W118") != null'
	mkdir -p came
	sat --json --home hub fetch "$(to sshd)" --ssh-key keys/id \
	    --ssh-host-key "$pinned" --out came
	ends 4
	grep -q 'Connection from' keys/log
	no grep -E 'userauth-request|Accepted|session opened' keys/log
	arrived small.satchel
	# And without a key to compare with, nobody is asked at all.
	before=$(grep -c 'Connection from' keys/log)
	sat --json --home site send large.satchel --to "$(to sshd)" \
	    --ssh-key keys/id
	ends 2
	same "$(grep -c 'Connection from' keys/log)" "$before"
}

@test "a key that the server does not take ends it at once" {
	sshd
	ssh-keygen -q -t ed25519 -N '' -C '' -f wrong
	sat --json --home site send small.satchel large.satchel \
	    --to "$(to sshd)" --ssh-key wrong \
	    --ssh-host-key "$(<keys/fingerprint)"
	ends 6
	says '[.. | .code? // empty] | index("W103") != null'
	same "$(grep -c 'Connection from' keys/log)" 2 # the first: is it up
	no grep -q 'Accepted' keys/log
}

@test "another file of that name is neither overwritten nor passed over" {
	sshd
	up sshd small.satchel
	name=$(ls there)
	rm -r site
	cp -a "$BATS_FILE_TMPDIR/world/site" .
	head -c "$(size_of small.satchel)" /dev/zero >"there/$name"
	cp "there/$name" kept
	up sshd small.satchel large.satchel
	ends 7
	says '[.. | .code? // empty] | index("W122") != null'
	says '[.sent[].state] | sort == ["arrived", "failed"]'
	cmp kept "there/$name"
}

# weeks DAYS FILE: the site sends that file so much later.
weeks() {
	run --separate-stderr faketime -f "+$1d" "$satchel" --json --home site \
	    send "$2" --to "$(to sshd)" --ssh-key keys/id \
	    --ssh-host-key "$(<keys/fingerprint)"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

@test "what was damaged where it cannot be read goes again past its deadline" {
	sshd requests=drop
	up sshd small.satchel
	ends 0
	name=$(ls there)
	flip "there/$name" 2000
	cp "there/$name" damaged
	weeks 9 small.satchel
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "length"'
	cmp damaged "there/$name"
	cmp small.satchel "there/${name%.satchel}-2.satchel"
	same "$(find there -type f | wc -l)" 2
}

@test "what still lies there after a week is read and not sent" {
	sshd
	up sshd large.satchel
	ends 0
	weeks 9 large.satchel
	ends 3
	says '.sent[0].state == "there" and .traffic.sent < 200000'
	arrived large.satchel
	# Damaged there, it goes once more, and what was there is left alone.
	rm there/*
	up sshd small.satchel
	name=$(ls there)
	flip "there/$name" 2000
	weeks 20 small.satchel
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "read back"'
	cmp small.satchel "there/${name%.satchel}-2.satchel"
}

@test "what was changed over there is not called arrived" {
	sshd
	line sshd --rate 400000
	up line large.satchel --for 5s
	says '.sent[0].state == "begun"'
	part=$(find there -name '*.part')
	flip "$part" 20000
	ask line 'set rate 0'
	up line large.satchel
	# Read back it was not what was sent: all of it went once more.
	ends 0
	says '.traffic.twice >= .sent[0].bytes'
	arrived large.satchel
}

@test "a server that is full says so, and goes on where it was" {
	sshd
	mkdir -p there
	mount -t tmpfs -o size=4m none there 2>/dev/null ||
		skip "cannot mount here"
	up sshd large.satchel
	[ "$status" -eq 7 ] || { umount there; ends 7; }
	mount -o remount,size=40m there
	says '.sent[0].state != "arrived"'
	up sshd large.satchel
	[ "$status" -eq 0 ] || { umount there; ends 0; }
	arrived large.satchel
	umount there
}

@test "threat 43: a drop folder with a thousand foreign files does no harm" {
	sshd
	cp small.satchel "there/Holiday photo.JPG"
	cp large.satchel there/ab12cd34.satchel.part
	for ((n = 0; n < 1000; n++)); do
		printf '%05000d' "$n" >"there/$n.txt"
	done
	head -c 5000 /dev/urandom >there/ffffffff.satchel
	truncate -s 20G there/film.avi
	mkdir there/folder.satchel
	ln -s /etc/passwd there/link
	cp small.satchel 'there/..\..\evil; $(reboot).satchel'
	line sshd
	mkdir came
	fetch() {
		sat --json --home hub fetch "$(to line)" --ssh-key keys/id \
		    --ssh-host-key "$(<keys/fingerprint)" --out came
	}
	fetch
	ends 0
	# Both that are one: only import can tell which of them is true.
	same "$(find came -type f ! -name '*.part' | wc -l)" 2
	same "$(find . -maxdepth 2 -name '*evil*' | wc -l)" 1
	first=$(told line .down)
	fetch
	ends 0
	says '[.fetched[] | select(.state == "came")] == []'
	# They were looked at once.
	[ $(($(told line .down) - first)) -lt $((first / 2)) ]
	take came
	ends 0
	says '.counts.share == 1'
}

@test "a fetch goes on where it broke off, and only then has its name" {
	sshd
	cp large.satchel there/ab12cd34.satchel
	line sshd --rate 1000000
	mkdir came
	fetch() {
		sat --json --home hub fetch "$(to line)" --ssh-key keys/id \
		    --ssh-host-key "$(<keys/fingerprint)" --out came "$@"
	}
	fetch --for 4s
	ends 0
	says '.fetched[0].state == "begun"'
	same "$(find came -name '*.satchel')" ""
	part=$(find came -name '*.part')
	[ "$(size_of "$part")" -gt 500000 ]
	before=$(told line .down)
	kept=$(size_of "$part")
	ask line 'set rate 0'
	fetch
	ends 0
	# The rest of it, and 3 % of SSH's own.
	[ $(($(told line .down) - before)) -lt $((($(size_of large.satchel) -
	    kept) * 103 / 100 + 20000)) ]
	cmp large.satchel came/*.satchel
}
