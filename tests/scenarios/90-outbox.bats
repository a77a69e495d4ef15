#!/usr/bin/env bats
# What waits to travel, sent to a place and fetched from one: here a folder.

load sites

setup_file() {
	world
}

setup() {
	enter
	mkdir place back
	place=file://$PWD/place
	back=file://$PWD/back
}

teardown() {
	leaks_nothing
}

# sent NUMBER: a case of the examples, in a bundle of its own.
sent() {
	send --only "$(ref_of "$1")"
	ends 0
}

# sync HOME TO [OPTION...]
sync() {
	local home=$1 to=$2
	shift 2
	sat --json --home "$home" sync --to "$to" "$@"
}

# days DAYS HOME ARGUMENT...: with the clock so far ahead.
days() {
	local days=$1 home=$2
	shift 2
	run --separate-stderr faketime -f "+${days}d" "$satchel" --json \
	    --home "$home" "$@"
	printf '%s\n%s\n' "$output" "$stderr" >>said
}

# waiting: the bundles of the site's outbox as if no stick had ever gone.
waiting() {
	sqlite3 site/store.db 'UPDATE made SET carried = 0'
}

classes() {
	sat --json --home site outbox
	ends 0
	jq -r '[.outbox[].class] | join(" ")' <<<"$output"
}

@test "a bundle goes out and its receipt comes back, without a stick" {
	sent 1
	waiting
	sync site "$place"
	ends 0
	says '.sent | length == 1'
	says '.sent[0].state == "arrived" and .sent[0].proof == "read back"'
	same "$(bundles_on place)" 1
	sync hub "$back" --from "$place"
	ends 0
	says '.fetched[0].state == "came" and .bundles[0].state == "imported"'
	says '.sent[0].state == "arrived"'
	sync site "$place" --from "$back"
	ends 0
	says '.fetched[0].state == "came" and .sent == []'
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "staged"'
	# What was taken in does not lie here twice.
	same "$(bundles_on hub/fetched)" 0
	same "$(bundles_on site/fetched)" 0
	for home in hub site; do
		sync "$home" "$place" --from "$place"
		ends 0
		says '.fetched == [] and .sent == []'
	done
	same "$(bundles_on place)" 1
}

@test "the order is by what is in it: a recall, an answer, an emergency, the rest" {
	# Made in another order, and each larger than the one after it.
	send --only "$(ref_of 1)"
	ends 0
	waiting
	sqlite3 site/store.db "
	    INSERT INTO made (sender, seq, id, receiver, sequence, sha256,
	        bytes, created, name, carried, class)
	    SELECT sender, seq + 1, 'v' || substr(id, 2), receiver,
	        sequence + 1, sha256, 100, created, 'r', 0, 3 FROM made;
	    INSERT INTO made (sender, seq, id, receiver, sequence, sha256,
	        bytes, created, name, carried, class)
	    SELECT sender, seq + 2, 'w' || substr(id, 2), receiver,
	        sequence + 2, sha256, 9000, created, 'r', 0, 2 FROM made
	        WHERE seq = 1;
	    INSERT INTO made (sender, seq, id, receiver, sequence, sha256,
	        bytes, created, name, carried, class)
	    SELECT sender, seq + 3, 'x' || substr(id, 2), receiver,
	        sequence + 3, sha256, 9000, created, 'r', 0, 1 FROM made
	        WHERE seq = 1;
	    INSERT INTO made (sender, seq, id, receiver, sequence, sha256,
	        bytes, created, name, carried, class)
	    SELECT sender, seq + 4, 'y' || substr(id, 2), receiver,
	        sequence + 4, sha256, 9000, created, 'r', 0, -1 FROM made
	        WHERE seq = 1;
	    INSERT INTO made (sender, seq, id, receiver, sequence, sha256,
	        bytes, created, name, carried, class)
	    SELECT sender, seq + 5, 'z' || substr(id, 2), receiver,
	        sequence + 5, sha256, 8000, created, 'r', 0, 0 FROM made
	        WHERE seq = 1"
	same "$(classes)" 'recall not noted answer emergency rest rest'
	sat --json --home site outbox
	says '[.outbox[].bytes] | .[-2] == 100'
	says '.seconds_left == null and .due == []'
}

@test "what is in a bundle is noted when it is made" {
	sent 1
	sat --json --home site outbox
	says '.outbox == []'
	waiting
	same "$(classes)" rest
	sat --json --home site recall "$(ref_of 1)" --reason sent_in_error
	ends 3
	sat --json --home site outbox
	says '.due == ["ET-HUB-01"] and (.outbox | length == 1)'
	sync site "$place" --dry-run
	ends 0
	says '.sent[0].state == "not tried"'
	same "$(bundles_on place)" 0
	sync site "$place"
	ends 0
	# The recall was made last, and went first.
	says '(.sent | length == 2) and .bundles[0].state == "made"'
	says '.sent[0].id == .bundles[0].id'
	# At the hub, whose answers have no referral with them.
	take place
	sync hub "$back"
	ends 0
	sqlite3 hub/store.db 'UPDATE made SET carried = 0'
	sat --json --home hub outbox
	says '[.outbox[].class] == ["answer"]'
}

@test "an emergency referral makes its bundle one" {
	case_of 1 '.data.services_section[0].service_response_timeframe =
	    "1_hour"' >emergency.json
	send --from emergency.json --consents "$examples/consents.ndjson"
	ends 0
	waiting
	same "$(classes)" emergency
}

@test "nothing but a bundle is sent, and one bad file does not stop the others" {
	sent 1
	waiting
	echo 'a letter' >stick/letter.satchel
	head -c 300 "$(ls stick/*.satchel | head -n 1)" >stick/short.satchel
	cp "$examples/cases.json" stick/cases.satchel
	echo 'not looked at' >stick/notes.txt
	sat --json --home site send --to "$place" stick
	ends 5
	says '[.sent[].state] | sort == ["arrived", "failed", "failed", "failed"]'
	same "$(bundles_on place)" 1
	same "$(find place -type f | wc -l)" 1
	sat --json --home site send --to "$place" "$examples/cases.json"
	ends 5
	says '.sent[0].fault.code == "B103" and .sent[0].id == null'
	rm stick/cases.satchel
}

@test "a bundle of ours that is not what was made is not sent" {
	sent 1
	waiting
	flip "$(the_bundle)" 900
	sat --json --home site send --to "$place" stick
	ends 4
	says '.sent[0].fault.code == "B204"'
	same "$(bundles_on place)" 0
}

@test "what arrived is not sent again, and is looked at after a week" {
	sent 1
	waiting
	sat --json --home site send --to "$place" stick
	ends 0
	says '.sent[0].state == "arrived"'
	sat --json --home site outbox
	says '.outbox == []'
	sat --json --home site send --to "$place" stick
	ends 0
	says '.sent[0].state == "there" and .sent[0].fault == null'
	# Nobody took it in: it still lies there, and is told, not sent.
	days 8 site outbox
	says '.outbox[0].again'
	days 8 site sync --to "$place"
	ends 3
	says '.sent[0].state == "there" and .sent[0].offset == .sent[0].bytes'
	days 9 site sync --to "$place"
	ends 0
	says '.sent == []'
	# It was taken away over there, and no receipt came: then it is sent.
	rm place/*
	days 16 site sync --to "$place"
	ends 0
	says '.sent[0].state == "arrived"'
	same "$(bundles_on place)" 1
}

@test "another file of its name is left alone, and told" {
	sent 1
	waiting
	echo other >"place/$(basename "$(the_bundle)")"
	sync site "$place"
	ends 7
	says '.sent[0].fault.code == "W122" and .sent[0].state == "failed"'
	same "$(cat place/*)" other
}

@test "nothing goes to an office that is distrusted" {
	sent 1
	take stick
	sync hub "$back"
	ends 0
	rm back/*
	sqlite3 hub/store.db 'UPDATE made SET carried = 0'
	sat --json --home hub --user hub_admin incident \
	    --distrust ET-GMB-03 --reason 'the laptop is gone'
	ends 3
	sat --json --home hub outbox
	ends 0
	says '.outbox[0].stopped'
	sync hub "$back"
	ends 0
	says '.sent == []'
	same "$(bundles_on back)" 0
	# Nor by whatever folder it lies in.
	sat --json --home hub send --to "$back" hub/outbox
	ends 4
	says '.sent | length > 0 and all(.state == "failed")'
	same "$(bundles_on back)" 0
}

@test "send: a withdrawn referral never goes without its withdrawal" {
	sent 1
	waiting
	sat --json --home site recall "$(ref_of 1)" --reason consent_withdrawn
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	# It is in no bundle yet.
	sat --json --home site send --to "$place" stick
	ends 2
	says '.sent[0].state == "failed" and .sent[0].fault.code == "N121"'
	same "$(bundles_on place)" 0
	# Once it is, it goes first, though it was not named.
	mkdir late
	sat --json --home site export --to ET-HUB-01 --out late
	ends 0
	sat --json --home site send --to "$place" stick --dry-run
	ends 0
	says '[.sent[].state] == ["not tried", "not tried"]'
	sat --json --home site send --to "$place" stick
	ends 0
	says '[.sent[].state] == ["arrived", "arrived"]'
	says '.sent[0].bytes != .sent[1].bytes'
	[ ! -e "stick/$(jq -r '.sent[0].id[:8]' <<<"$output").satchel" ]
	[ -e "stick/$(jq -r '.sent[1].id[:8]' <<<"$output").satchel" ]
}

@test "what lies at a folder for others may be read by them" {
	sent 1
	waiting
	umask 022
	sync site "$place"
	ends 0
	same "$(stat -c %a place/*)" 644
	rm -r site/outbox place
	mkdir place
}

@test "one / more or less is the same place" {
	sent 1
	waiting
	sat --json --home site send --to "$place" stick
	ends 0
	sat --json --home site send --to "${place%/}/" stick
	ends 0
	says '.sent[0].state == "there"'
	sat --json --home site send --to "${place%/}" stick
	ends 0
	says '.sent[0].state == "there"'
}

@test "threat 43: bundles are found by their first bytes, among a thousand others" {
	sent 1
	mv "$(the_bundle)" 'place/Holiday photo.JPG'
	for ((n = 0; n < 1000; n++)); do
		printf '%0600d' "$n" >"place/$n.satchel"
	done
	mkdir place/folder.satchel
	ln -s /etc/passwd place/link.satchel
	echo part >place/abcdef01.satchel.part
	sat --json --home hub fetch "$place"
	ends 0
	says '(.fetched | length == 1) and .fetched[0].state == "came"'
	same "$(find hub/fetched -type f | wc -l)" 1
	# They are looked at once.
	same "$(sqlite3 hub/store.db 'SELECT COUNT(*) FROM lying')" 1001
	sat --home hub fetch "$place"
	grep -q '1000 other things lie there; they were left alone' <<<"$output"
	take hub/fetched
	ends 0
	says '.bundles[0].state == "imported"'
}

@test "threat 16: what is larger than it may be is not read" {
	sent 1
	mv "$(the_bundle)" place/a
	cp place/a place/b
	truncate -s 20G place/b
	truncate -s 20G place/film.avi
	sat --json --home hub fetch "$place"
	ends 5
	says '[.fetched[] | .state] | sort == ["came", "failed"]'
	says '[.fetched[].fault.code] | index("B102") != null'
	sat --json --home hub fetch "$place" --largest 1k --out stick
	ends 5
	same "$(bundles_on stick)" 0
	# Nobody who can drop a file decides what a sync costs.
	cp place/a place/c
	truncate -s 150M place/c
	sync hub "$back" --from "$place"
	says '[.fetched[] | select(.fault.code == "B102")] | length == 2'
	same "$(find hub/fetched -size +1M | wc -l)" 0
}

@test "a file goes on where it broke off, and never under its name before" {
	sent 1
	mv "$(the_bundle)" place/a
	sat --json --home hub fetch "$place" --dry-run
	ends 0
	says '.fetched[0].state == "not tried"'
	same "$(find hub/fetched -type f | wc -l)" 0
	# As a kill leaves it: noted, and a part of it here.
	sat --json --home hub fetch "$place"
	name=$(jq -r '.fetched[0].file' <<<"$output")
	head -c 2000 "hub/fetched/$name" >"hub/fetched/$name.part"
	rm "hub/fetched/$name"
	sat --json --home hub fetch "$place"
	ends 0
	says '.fetched[0].state == "came" and .fetched[0].have == .fetched[0].bytes'
	cmp "hub/fetched/$name" place/a
	no test -e "hub/fetched/$name.part"
}

@test "a damaged copy is told once, and a good one under another name is taken" {
	sent 1
	cp "$(the_bundle)" place/a
	flip place/a 3000
	sync hub "$back" --from "$place"
	ends 4
	same "$(find hub/fetched -type f | wc -l)" 0
	sync hub "$back" --from "$place"
	ends 0
	says '.fetched == []'
	cp "$(the_bundle)" place/b
	sync hub "$back" --from "$place"
	ends 0
	says '.bundles[0].state == "imported"'
}

@test "a kill at any point of a sync is made good by the next" {
	kill_points=0
	sent 1
	waiting
	cp -a site site.before
	for delay in 0.002 0.005 0.01 0.02 0.03 0.05 0.08; do
		rm -rf site place
		cp -a site.before site
		mkdir place
		timeout -s KILL "$delay" "$satchel" --home site sync \
		    --to "$place" >/dev/null 2>&1 || kill_points=1
		sync site "$place"
		ends 0
		same "$(bundles_on place)" 1
		same "$(find place -type f | wc -l)" 1
		sat --json --home site outbox
		says '.outbox == []'
	done
	same "$kill_points" 1
	rm -rf site.before
}

@test "what the way costs is counted, and what options say is read strictly" {
	sent 1
	waiting
	sync site "$place"
	says '.traffic | keys == ["received", "sent", "twice"]'
	sat --json --home site outbox
	says '.traffic.today | has("sent") and has("received")'
	for bad in --for=20 --for=m --for=0m --rate=20 --rate=-1k --rate=20kb \
	    --for=1d; do
		sync site "$place" "$bad"
		ends 2
	done
	sat --json --home site fetch "$place" --largest 5x
	ends 2
	sync site "$place" --ssh-host-key SHA256:abc
	ends 2
	sync site "$place" --credentials nothing
	ends 2
	sync site "$place" --from-credentials nothing
	ends 2
	sync site 'http://hub.example.org/'
	ends 2
	sat --json --home site sync
	ends 2
}

# sealed SYSTEM URL: credentials of the site for that server.
sealed() {
	jq -cn --arg system "$1" --arg url "$2" '{satchel: "credentials/1",
	    system: $system, url: $url, user: "u", password: "made-up-word"}' |
	    age -r "$(jq -r .open site.card)" >credentials.age
}

@test "a password is shown to no server but the one that it was given for" {
	sent 1
	waiting
	for url in https://localhost:2/files/ https://localhost:11/files/ \
	    https://localhost.example.org:1/ http://localhost:1/files/; do
		sealed upload "$url"
		sync site https://localhost:1/files/ --credentials credentials.age
		ends 6 W111
	done
	sealed primero https://localhost:1/
	sync site https://localhost:1/files/ --credentials credentials.age
	ends 6 W111
	# The right one: only that nobody listens there.
	sealed upload https://LOCALHOST:1/
	sync site https://localhost:1/files/ --credentials credentials.age
	ends 7 W101
	says '.sent[0].state == "failed"'
	no grep -rqaF made-up-word said site
}

@test "people are told what arrived, what it cost and what is next" {
	sent 1
	waiting
	sat --home site outbox
	ends 0
	grep -q 'satchel sync --to URL' <<<"$output"
	grep -q 'bytes are still to go' <<<"$output"
	sat --home site sync --to "$place"
	ends 0
	grep -q 'to ET-HUB-01: arrived' <<<"$output"
	grep -q 'every byte was read back' <<<"$output"
	grep -q 'Nothing waits to be sent any more' <<<"$output"
	sat --home hub fetch "$place"
	grep -q 'satchel import' <<<"$output"
	sat --home site outbox
	grep -q 'No bundle waits' <<<"$output"
}

@test "no address, and nothing of a name at a place, lies open in the store" {
	sent 1
	waiting
	echo "$(seq 1 200)" >"place/Amina's photo.jpg"
	sync site "$place" --from "$place"
	no grep -rqaF "$PWD/place" site
	no grep -rqaF Amina site
}
