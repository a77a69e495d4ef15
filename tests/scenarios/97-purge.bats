#!/usr/bin/env bats
# What is older than the agreement keeps it is removed: never what somebody
# waits for, nothing is done twice for it, and the log verifies as before.

load sites

setup_file() {
	world '.retention_days = {bundle: 30, staged: 60, ledger: 400} |
	    (.nodes[] | select(.code == "ET-HUB-01")).users |= . + [
	    .[0] | .user = "hub_reader" | .may = ["export", "load"]] |
	    .valid_until = "2032-12-31" | .review_on = "2031-12-31"'
	# Case 1 and 8 are in proGres and answered, case 9 is not answered.
	send --only "$(ref_of 1)" --only "$(ref_of 8)" --only "$(ref_of 9)"
	take stick
	load_all
	for number in 1 8; do
		sat --json --home hub --user hub_admin answer \
		    --ref "$(ref_of "$number")" --decision accepted
		ends 0
	done
	rm -f stick/*
	mkdir back forth written
	# The site hears it, tells its own system, and says that it heard.
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	sat --json --home site --user primero_cp load --to primero:written
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out forth
	sat --json --home hub --user hub_admin import forth
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
}

setup() {
	enter
}

teardown() {
	leaks_nothing
}

# purge HOME USER DAYS [OPTION...]: of a clock that is right.
purge() {
	at "+$3 days" --json --home "$1" --user "$2" purge \
	    --today "$(date -u -d "+$3 days" +%F)" "${@:4}"
}

hub_purges() {
	purge hub hub_admin "$@"
}

site_purges() {
	purge site cp_supervisor "$@"
}

outbox_of() {
	find "$1/outbox" -name '*.satchel' | sort
}

log_verifies() {
	"$satchel" --home "$1" log verify || [ $? -eq 3 ]
}

entries() {
	sqlite3 "$1/store.db" "SELECT COUNT(*) FROM journal WHERE act = '$2'"
}

@test "nothing is old yet: nothing is removed, and nothing noted" {
	before=$(state_of hub)
	hub_purges 1
	ends 0
	says '.purged | .bundles + .records + .referrals + .files == 0'
	same "$(entries hub purged)" 0
	same "$(state_of hub)" "$before"
}

@test "bundles go when their receiver has had them so long, and no other" {
	before=$(outbox_of site | wc -l)
	site_purges 20
	same "$(outbox_of site | wc -l)" "$before"
	site_purges 40
	says '.purged.bundles >= 1'
	gone=$(jq .purged.bundles <<<"$output")
	same "$(outbox_of site | wc -l)" $((before - gone))
	same "$(entries site purged)" 1
	# The last one nobody has acknowledged: it stays, and that is told.
	ends 3
	says '.purged.bundles_kept >= 1'
	log_verifies site
}

@test "a resend of what was removed says so, and carries nothing" {
	site_purges 40
	sat --json --home site --user primero_cp resend 1 --to ET-HUB-01 \
	    --out stick
	ends 2 N122
	same "$(bundles_on stick)" 0
	sat --json --home site --user primero_cp resend 1 --to ET-HUB-01 \
	    --dry-run
	ends 2 N122
	# And no stick is in its way.
	sat --json --home site --user primero_cp stick stick
	no says '.fault != null'
}

@test "what was removed counts on: the next number is the next one" {
	sequence=$(sqlite3 site/store.db "SELECT MAX(sequence) FROM made")
	site_purges 40
	at '+41 days' --json --home site --user primero_cp export \
	    --to ET-HUB-01 --out stick --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson"
	says ".bundles[0].sequence == $((sequence + 1))"
}

@test "records of ended referrals go, those that wait for an answer stay" {
	hub_purges 50
	says '.purged.records == 0'
	hub_purges 70
	ends 3
	says '.purged.records == 2 and .purged.records_kept == 1'
	# It is still known, and why.
	sat --json --home hub why "$(ref_of 1)"
	ends 0
	sat --home hub show --reveal "$(ref_of 1)"
	ends 0
	grep -q 'removed here' <<<"$output"
	log_verifies hub
	hub_purges 71
	says '.purged | .records + .bundles == 0'
	# One entry for the bundles, and one for these.
	same "$(entries hub purged)" 2
}

@test "threat 10: a bundle that was purged of changes nothing when it comes again" {
	cp site/outbox/*.satchel stick
	hub_purges 70
	before=$(state_of hub)
	take stick
	says '[.bundles[] | select(.state == "seen")] | length >= 1'
	says '[.referrals[]? | select(.state == "staged")] == []'
	same "$(sqlite3 hub/store.db "SELECT COUNT(*) FROM received WHERE
	    record IS NOT NULL")" 1
	same "$(state_of hub)" "$before"
	load_all
	says '[.loaded[]? | select(.file != null)] == []'
}

@test "the same referral in a new bundle is known, and is not loaded twice" {
	hub_purges 500
	letter again ".seq = 40 | .stream.sequence = 1"
	jq -c --arg ref "$(ref_of 1)" 'select(.ref == $ref)' good.ndjson \
	    >again/records/000001.ndjson
	[ -s again/records/000001.ndjson ]
	post again stick/again.satchel
	take stick
	says '[.referrals[] | .state] | index("staged") == null'
	load_all
	says '[.loaded[]? | select(.file != null)] == []'
}

@test "after the ledger's days reasons, decisions and salts go; the log verifies" {
	salts="SELECT COUNT(*) FROM leaf_about WHERE salt IS NOT NULL"
	before=$(sqlite3 hub/store.db "$salts")
	leaves=$(sqlite3 hub/store.db 'SELECT COUNT(*) FROM leaves')
	[ "$before" -gt 0 ]
	hub_purges 500
	says '.purged.referrals == 2 and .purged.salts > 0'
	gone=$(jq .purged.salts <<<"$output")
	same "$(sqlite3 hub/store.db "$salts")" $((before - gone))
	same "$(sqlite3 hub/store.db 'SELECT COUNT(*) FROM leaves')" \
	    $((leaves + 1))
	log_verifies hub
	# The state and the ids are there, so that nothing is done twice.
	sat --json --home hub inbox
	says "[.referrals[] | select(.ref == \"$(ref_of 1)\") | .state] ==
	    [\"loaded\"]"
	hub_purges 501
	says '.purged.referrals == 0 and .purged.salts == 0'
}

@test "an entry of consent says no id of a record, and is nobody's after the ledger's days" {
	case_id=$(case_of 1 | jq -r '.[0].data.case_id')
	printf '%s\n' yes child 2026-08-17 'thumbprint, Nuerlang, 2026-1' \
	    alternative_care UNHCR all yes >answers
	run script -qec "$(printf '%q ' "$satchel" --home site \
	    --user primero_cp consent add "$case_id")" /dev/null <answers
	printf '%s\n' "$output" >>said
	same "$(entries site 'consent added')" 1
	same "$(sqlite3 site/store.db "SELECT body FROM journal WHERE act IN
	    ('consent added', 'attested')" | sort -u)" '{}'
	salts="SELECT COUNT(*) FROM leaf_about a JOIN journal j
	    ON a.number = j.number WHERE j.act = 'consent added' AND
	    a.salt IS NOT NULL"
	site_purges 300
	same "$(sqlite3 site/store.db "$salts")" 1
	site_purges 900
	same "$(sqlite3 site/store.db "$salts")" 0
	log_verifies site
}

@test "what was to go and waits is named by purge at the site, too" {
	case_of 8 '.data.services_section[0] |= (.unique_id += "-2" |
	    .service_type = "unheard_of")' >held.json
	send --from held.json --consents "$examples/consents.ndjson"
	rm held.json
	site_purges 10 --dry-run
	says '.purged.sent_kept == 0'
	site_purges 70 --dry-run
	ends 3
	says '.purged.sent_kept >= 1'
	at '+70 days' --home site --user cp_supervisor purge --dry-run
	ends 3
	grep -q 'that went, or were to go, are older' <<<"$output"
}

@test "what was withdrawn and is not confirmed stays, and its bundles" {
	case_id=$(case_of 1 | jq -r '.[0].data.case_id')
	sat --json --home site --user primero_cp recall "$case_id" \
	    --reason consent_withdrawn
	mkdir recalled
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out recalled
	sat --json --home hub --user hub_admin import recalled
	ends 3
	# The hub is to undo it: neither side may forget.
	site_purges 800
	same "$(jq .purged.referrals <<<"$output")" 1
	sat --json --home site inbox
	says '.recalls | length == 1'
	hub_purges 800
	sat --json --home hub inbox
	says "[.referrals[] | select(.ref == \"$(ref_of 1)\") | .state] ==
	    [\"recalled\"]"
	same "$(sqlite3 hub/store.db 'SELECT COUNT(*) > 0 FROM tombstones')" 1
}

@test "a withdrawal still refuses what comes after everything was purged" {
	case_id=$(case_of 9 | jq -r '.[0].data.case_id')
	cp site/outbox/*.satchel stick
	sat --json --home site --user primero_cp recall "$case_id" \
	    --reason consent_withdrawn
	mkdir recalled
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out recalled
	sat --json --home hub --user hub_admin import recalled
	hub_purges 2000
	letter again ".seq = 40 | .stream.sequence = 1"
	jq -c --arg ref "$(ref_of 9)" 'select(.ref == $ref)' good.ndjson \
	    >again/records/000001.ndjson
	post again stick/again.satchel
	take stick
	says '[.referrals[] | .state] | index("staged") == null'
}

@test "threat 63: files that load wrote go with --files, those still needed stay" {
	same "$(find loaded -type f | wc -l)" 3
	echo 'not ours' >loaded/aaaaaaaaaaaa.json
	echo 'not ours' >loaded/notes.html
	hub_purges 70 --dry-run --files loaded
	says '.purged.files == 2'
	same "$(find loaded -type f | wc -l)" 5
	hub_purges 70
	same "$(find loaded -type f | wc -l)" 5
	hub_purges 70 --files loaded
	says '.purged.files == 2'
	same "$(find loaded -type f | wc -l)" 3
	grep -q 'not ours' loaded/aaaaaaaaaaaa.json
}

@test "nothing of what was removed is left in the store's file" {
	before=$(stat -c %s hub/store.db)
	hub_purges 500
	[ "$(stat -c %s hub/store.db)" -le "$before" ]
	same "$(sqlite3 hub/store.db 'PRAGMA freelist_count')" 0
	[ ! -s hub/store.db-wal ]
}

@test "a dry run counts, and changes nothing" {
	before=$(state_of hub)
	sqlite3 hub/store.db .dump >before.sql
	hub_purges 500 --dry-run
	says '.purged.referrals == 2 and .purged.dry_run'
	sqlite3 hub/store.db .dump >after.sql
	cmp before.sql after.sql
	same "$(state_of hub)" "$before"
	same "$(entries hub purged)" 0
}

@test "who may not decide may not purge; a clock that is behind purges nothing" {
	purge hub hub_reader 500
	ends 4 N106
	at '-10 days' --json --home hub --user hub_admin purge
	ends 7 N107
}

# ahead DAYS [OPTION...]: the hub purges, and nobody looked at the clock.
ahead() {
	at "+$1 days" --json --home hub --user hub_admin purge "${@:2}"
}

@test "a clock that is ahead purges nothing unless somebody types the date" {
	before=$(state_of hub)
	# Longer after the newest act than anything is kept; and years after
	# the agreement.
	for days in 402 10950; do
		ahead "$days"
		ends 7 N123
		ahead "$days" --dry-run
		ends 7 N123
		ahead "$days" --today "$(date -u +%F)"
		ends 7 N123
	done
	ahead 402 --today tomorrow
	ends 2
	ahead 10 --today "$(date -u +%F)"
	ends 7 N123
	same "$(state_of hub)" "$before"
	same "$(entries hub purged)" 0
	# An agreement that has ended, and work went on until then.
	sqlite3 hub/store.db "SELECT 'DROP TRIGGER ' || name || ';'
	    FROM sqlite_master WHERE type = 'trigger'" >drop
	sqlite3 hub/store.db "$(cat drop) UPDATE journal SET at = at +
	    86400 * 3000 WHERE number = (SELECT MAX(number) FROM journal)"
	ahead 3001
	ends 7 N123
	ahead 3001 --today "$(date -u -d '+3001 days' +%F)"
	ends 3
	same "$(entries hub purged)" 1
}

# bats test_tags=long
@test "killed anywhere, a second run does the rest" {
	strace -qq -o /dev/null true 2>/dev/null ||
	    skip "this machine does not let strace look"
	mkdir sweep
	cp -a hub site loaded sweep
	cat >check <<-EOS
		#!/bin/bash
		set -e
		faketime '+500 days' "$satchel" --home hub plumbing state-hash \
		    >/dev/null
		same=\$(sqlite3 hub/store.db 'SELECT COUNT(*) FROM leaves')
		[ "\$same" = "\$(sqlite3 hub/store.db \
		    'SELECT COUNT(*) FROM journal')" ]
		[ "\$1" = again ] || exit 0
		[ "\$(sqlite3 hub/store.db "SELECT COUNT(*) FROM journal
		    WHERE act = 'purged'")" -ge 1 ]
		[ "\$(sqlite3 hub/store.db "SELECT COUNT(*) FROM received
		    WHERE record IS NOT NULL")" = 1 ]
		[ "\$(find loaded -type f | wc -l)" = 1 ]
		for id in \$(sqlite3 hub/store.db \
		    'SELECT id FROM made WHERE purged <> 0'); do
			[ ! -e "hub/outbox/\$id.satchel" ]
		done
	EOS
	chmod +x check
	# In one process, so that each run makes the same calls.
	preload=$(faketime now printenv LD_PRELOAD)
	run timeout 300 "$scenarios/../tools/kill_sweep.sh" -n 40 sweep \
	    "$PWD/check" env LD_PRELOAD="$preload" FAKETIME=+500d \
	    "$satchel" --home hub --user hub_admin purge \
	    --today "$(date -u -d '+500 days' +%F)" --files loaded
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'findings 0'* ]]
}
