#!/usr/bin/env bats
# A Primero that is in reach: the plan first, then exactly that, whatever the
# line does meanwhile, and never a second record.

load sites

setup_file() {
	world '(.nodes[].users[] | select(.user == "primero_cp")).may |=
	    (. + ["assign"] | unique)'
	mkdir back written
	jq -r '.Data[] | to_entries[] | select(.key |
	    test("givenname|familyname|progres_id$|registrationgroup")) |
	    .value | strings' "$examples/interventions.json" |
	    awk 'length >= 6' >>canaries
	jq -r '.Data[0]["progres_individual.individuals.progres_id"]' \
	    "$examples/interventions.json" >child
}

setup() {
	enter
	number=$(jq -r '.Data[0].progres_interventionnumber' \
	    "$examples/interventions.json")
	child=$(<child)
	rm child
	# The agreement's own lists, as the server has them.
	coproc primero { exec python3 "$scenarios/../standin/primero.py"; }
	read -r _ port <&"${primero[0]}"
	seed '{"users": [{"id": 1, "user_name": "satchel",
	    "password": "made-up"}, {"id": 2, "user_name": "satchel_intake",
	    "receive_referral": true, "disabled": false},
	    {"id": 3, "user_name": "primero_cp", "receive_referral": true,
	    "disabled": false}], "cases": []}'
	credentials made-up >credentials.age
}

teardown() {
	# Its standard input ends with us, and so does it.
	eval "exec ${primero[1]}>&-"
	rm -f asked.json
	leaks_nothing
}

# credentials PASSWORD
credentials() {
	printf '{"satchel":"credentials/1","system":"primero",
	    "url":"http://127.0.0.1:%s","user":"satchel","password":"%s"}' \
	    "$port" "$1" | age -r "$(jq -r .open site.card)"
}

seed() {
	curl -s -f -d "$1" "http://127.0.0.1:$port/standin/seed" >/dev/null
}

order() {
	curl -s -f -d "$1" "http://127.0.0.1:$port/standin/fault" >/dev/null
}

# there JQ: is this true of the server?
there() {
	curl -s -f "http://127.0.0.1:$port/standin/state" >there.json
	jq -e "$1" there.json >/dev/null || {
		echo "this does not hold there: $1"
		jq -c '{cases: [.cases[] | {id, owned_by, status,
		    services_section}], referrals}' there.json
		rm there.json
		return 1
	}
	rm there.json
}

writes() {
	curl -s "http://127.0.0.1:$port/standin/log" |
	    jq '[.[] | select(.method != "GET")] | length'
}

# asked [JQ]: interventions of proGres come to the site.
asked() {
	jq --arg n "$number" '.Data |= map(select(
	    .progres_interventionnumber == $n)) | '"${1:-.}"' |
	    .RecordCount = (.Data | length)' "$examples/interventions.json" \
	    >asked.json
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from asked.json \
	    --consents "$examples/progres-consents.csv"
	sat --json --home site --user primero_cp import back
	rm back/*
}

twice='.Data |= (. + map(.progres_interventionnumber = "900-26-PRTITV-0000077" |
    .progres_lpinterventionid = "77777777-269e-4d37-b2a7-4de452e6b438"))'

# a_case ID [JQ]: the child, as a case that somebody else made.
a_case() {
	jq -n --arg id "$1" --arg child "$child" '{id: $id,
	    name_first: "Nyakuoth", name_last: "Example",
	    name: "Nyakuoth Example", sex: "female",
	    date_of_birth: "2015-05-11", unhcr_individual_no: $child,
	    owned_by: "primero_cp", status: "open",
	    consent_for_services: true, disclosure_other_orgs: true} |
	    '"${2:-.}"
}

live() {
	sat --json --home site --user primero_cp load --to primero-api \
	    --credentials credentials.age "$@"
}

@test "a dry run says what would be done, and asks the server alone" {
	asked "$twice"
	before=$(state_of site)
	live --dry-run
	ends 0
	says '[.plan[].action] == ["create", "add service"]'
	planned=$(jq -c '[.plan[] | [.ref, .action, .target_id]]' <<<"$output")
	same "$(state_of site)" "$before"
	same "$(writes)" 0
	there '.cases == {}'
	sat --home site --user primero_cp load --to primero-api \
	    --credentials credentials.age --dry-run
	grep -q 'create' <<<"$output"
	# And exactly that is done.
	live
	ends 0
	same "$(jq -c '[.plan[] | [.ref, .action, .target_id]]' <<<"$output")" \
	    "$planned"
}

@test "a new child becomes a case, its next referral a row of it" {
	asked "$twice"
	live
	ends 0
	says '[.plan[].action] == ["create", "add service"]'
	says '[.loaded[] | .state] == ["created", "added"]'
	says '[.loaded[] | .target_id] | unique | length == 1'
	there '(.cases | length) == 1 and
	    (.cases[] | .owned_by == "satchel_intake" and
	    (.services_section | length) == 2)'
	sat --json --home site inbox --state loaded
	says '.referrals | length == 2'
	live
	ends 0
	says '.loaded == []'
}

@test "the one case that agrees gets the service and is otherwise left" {
	asked
	seed "{\"cases\": [$(a_case case-1 '.nationality = ["else"] |
	    .address_current = "elsewhere"')]}"
	live --dry-run
	says '.plan | length == 1 and (.[0] | .action == "link" and
	    .target_id == "case-1")'
	live
	ends 0
	says '.loaded[0] | .state == "linked" and .target_id == "case-1" and
	    (.not_kept | index("name_first") != null)'
	there '(.cases | length) == 1 and (.cases["case-1"] |
	    .owned_by == "primero_cp" and .address_current == "elsewhere" and
	    (.services_section | length) == 1)'
}

@test "several cases, or one that differs, are for a person" {
	asked
	seed "{\"cases\": [$(a_case case-1), $(a_case case-2)]}"
	live --dry-run
	says '.plan[0] | .action == "ask" and ([.found[].id] | sort ==
	    ["case-1", "case-2"]) and (.found[0] | .name == "yes")'
	live
	ends 3 D112
	same "$(writes)" 0
	sat --json --home site inbox --state staged
	says '.referrals | length == 1'
}

@test "a person chooses one of them, and load does that" {
	asked
	seed "{\"cases\": [$(a_case case-1), $(a_case case-2), $(a_case case-3 \
	    '.unhcr_individual_no = "803-1" | .name_first = "Nyakim"')]}"
	match() {
		sat --json --home site --user primero_cp match \
		    "progres:$number" --credentials credentials.age "$@"
	}
	match --link case-9
	ends 5 D112
	match --link case-3
	ends 5 D112
	match
	ends 2 U101
	match --link case-2 --new
	ends 2 U101
	match --link case-2 --dry-run
	ends 0
	live
	ends 3 D112
	match --link case-2
	ends 0
	live
	ends 0
	says '.loaded[0] | .state == "added" and .target_id == "case-2"'
	there '[.cases[] | select(.services_section != null) | .id] == ["case-2"]'
	sat --json --home site why "progres:$number"
	says '[.decided[].decision] == ["match"]'
}

@test "a person says that it is new" {
	asked
	seed "{\"cases\": [$(a_case case-1 '.name_first = "Nyakim"')]}"
	live
	ends 3 D112
	sat --json --home site --user primero_cp match "progres:$number" --new
	ends 0
	live
	ends 0
	says '.loaded[0].state == "created"'
	there '(.cases | length) == 2 and (.cases["case-1"].services_section == null)'
}

@test "threat 64: a search that fails twice makes no second case" {
	asked
	seed "{\"cases\": [$(a_case case-1)], \"search_fails\": 2}"
	live
	ends 0
	says '.loaded[0] | .state == "linked" and .target_id == "case-1"'
	there '(.cases | keys) == ["case-1"]'
}

@test "threat 64: while the search fails nothing is made, and it says why" {
	the_cases
	from
	asked
	n=$(curl -s "http://127.0.0.1:$port/standin/state" | jq '.cases | length')
	seed '{"search_fails": true}'
	live
	[ "$status" -ne 0 ]
	says '[.loaded[].fault.code] == ["W152"]'
	there "(.cases | length) == $n"
	seed '{"search_fails": 0}'
	live
	ends 0
	there "(.cases | length) == $((n + 1))"
}

@test "a case that satchel's user may not read is for a person" {
	asked
	seed "{\"cases\": [$(a_case case-1 '._hidden = true')]}"
	live
	[ "$status" -ne 0 ]
	says '.plan[0].action == "ask" and .loaded[0].fault.code == "D112"'
	same "$(writes)" 0
}

@test "a code that its list does not have is refused there, and told" {
	asked
	seed '{"lookups": [{"id": 1, "unique_id": "lookup-service-type",
	    "name": {"en": "S"}, "values": [{"id": "food",
	    "display_text": {"en": "Food"}}]}]}'
	live
	[ "$status" -ne 0 ]
	says '.loaded[0] | .state == "failed" and
	    (.fault.detail | test("services_section"))'
	there '.cases == {}'
}

@test "an id that nobody looked at is no link without the server" {
	asked
	sat --json --home site --user primero_cp match "progres:$number" \
	    --link case-1
	ends 5 D112
}

@test "threat 64: a lost answer makes no second record" {
	local fault
	asked
	cp -a site before
	for fault in '"kind": "drop", "on": "POST /api/v2/cases"' \
	    '"kind": "lose", "on": "POST /api/v2/cases"' \
	    '"kind": "drop", "on": "POST /api/v2/cases", "times": 5' \
	    '"kind": "cut", "after": 3, "on": "GET /api/v2/cases/", "skip": 1' \
	    '"kind": "lose", "on": "GET /api/v2/cases/", "skip": 1, "times": 9'
	do
		rm -rf site
		cp -a before site
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		seed '{"users": [{"id": 1, "user_name": "satchel",
		    "password": "made-up"}, {"id": 2,
		    "user_name": "satchel_intake"}]}'
		order "{$fault}"
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			live
			[ "$status" -ne 0 ] || break
		done
		ends 0
		live
		ends 0
		says '.loaded == []'
		there '(.cases | length) == 1 and
		    ([.cases[].services_section[]] | length) == 1'
		sat --json --home site inbox --state loaded
		says '.referrals | length == 1'
	done
}

# bats test_tags=long
@test "threat 64: a line cut at any byte ends in one record" {
	local n all again=0
	asked
	cp -a site before
	begin_again() {
		rm -rf site
		cp -a before site
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		seed '{"users": [{"id": 1, "user_name": "satchel",
		    "password": "made-up"}, {"id": 2,
		    "user_name": "satchel_intake"}]}'
	}
	left() {
		curl -s "http://127.0.0.1:$port/standin/line" | jq .link
	}
	# So many bytes go over a line that holds.
	begin_again
	order '{"kind": "link", "after": 1000000}'
	live
	ends 0
	all=$((1000000 - $(left)))
	[ "$all" -gt 1000 ]
	for ((n = 7; n < all; n += all / 100 + 1)); do
		begin_again
		order "{\"kind\": \"link\", \"after\": $n}"
		live
		same "$(left)" null
		[ "$status" -eq 0 ] || again=$((again + 1))
		order '{"kind": "none"}'
		live
		ends 0
		live
		ends 0
		says '.loaded == []'
		there '(.cases | length) == 1 and
		    ([.cases[].services_section[]] | length) == 1'
	done
	[ "$again" -gt 0 ]
}

@test "a run that was killed is gone on with" {
	asked "$twice"
	order '{"kind": "stall", "seconds": 3, "on": "POST /api/v2/cases"}'
	run timeout -s KILL 1 "$satchel" --home site --user primero_cp load \
	    --to primero-api --credentials credentials.age
	same "$status" 137
	live
	ends 0
	there '(.cases | length) == 1 and
	    ([.cases[].services_section[]] | length) == 2'
	sat --json --home site inbox --state loaded
	says '.referrals | length == 2'
}

@test "what Primero drops is told, and it is not called loaded" {
	asked
	seed '{"permitted": ["name", "name_first", "name_last", "sex",
	    "unhcr_individual_no", "module_id", "status", "owned_by",
	    "services_section"]}'
	live
	ends 3 W115
	says '.loaded[0] | .state == "held" and
	    (.fault.detail | test("date_of_birth"))'
	sat --json --home site inbox --state loaded
	says '.referrals == []'
	live
	ends 3 W115
	# Somebody puts it in there by hand.
	seed '{"permitted": null}'
	id=$(curl -s "http://127.0.0.1:$port/standin/state" |
	    jq -r '.cases | keys[0]')
	curl -s -f -u satchel:made-up -X PATCH -H 'Content-Type: application/json' \
	    -d '{"data": {"date_of_birth": "2015-05-11"}}' \
	    "http://127.0.0.1:$port/api/v2/cases/$id" >/dev/null
	live
	there '(.cases | length) == 1'
}

@test "a wrong password stops it at once" {
	asked "$twice"
	credentials wrong >credentials.age
	live
	ends 6 W103
	says '.loaded | length == 1'
	same "$(curl -s "http://127.0.0.1:$port/standin/log" |
	    jq '[.[] | select(.status == 401)] | length')" 1
	live --dry-run
	ends 6 W103
}

@test "credentials are needed, and those of that system" {
	asked
	sat --json --home site --user primero_cp load --to primero-api
	ends 2 U101
	printf '{"satchel":"credentials/1","system":"ping",
	    "url":"http://127.0.0.1:1","bearer":"x"}' |
	    age -r "$(jq -r .open site.card)" >other.age
	sat --json --home site --user primero_cp load --to primero-api \
	    --credentials other.age
	ends 6 W111
	sat --json --home site --user primero_cp load --to progres-dtp-api \
	    --credentials other.age
	ends 6 W111
	sat --json --home site --user primero_cp load --to primero:written \
	    --credentials other.age
	ends 2 U101
	same "$(writes)" 0
}

@test "a user gets the service when the case may be shared" {
	asked
	sat --json --home site --user primero_cp assign "progres:$number" \
	    --to primero_cp
	ends 0
	live
	ends 3
	says '.loaded[0] | .state == "created" and .fault.code == "W116"'
	there '.referrals == {}'
	id=$(jq -r '.loaded[0].target_id' <<<"$output")
	live --dry-run
	says '[.plan[].action] == ["refer"]'
	curl -s -f -u satchel:made-up -X PATCH -H 'Content-Type: application/json' \
	    -d '{"data": {"consent_for_services": true,
	    "disclosure_other_orgs": true}}' \
	    "http://127.0.0.1:$port/api/v2/cases/$id" >/dev/null
	live
	ends 0
	there '[.referrals[] | .transitioned_to] == ["primero_cp"]'
	live
	ends 0
	says '.loaded == []'
}

# recalled: what came from proGres and was loaded is withdrawn there.
recalled() {
	sat --json --home hub --user hub_admin recall "progres:$number" \
	    --reason consent_withdrawn
	ends 3
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	rm back/*
}

@test "what is withdrawn is revoked there before its tick is taken off" {
	asked
	seed "{\"cases\": [$(a_case case-1)]}"
	sat --json --home site --user primero_cp assign "progres:$number" \
	    --to primero_cp
	live
	ends 0
	there '[.referrals[] | .status] == ["in_progress"]'
	recalled
	live --dry-run
	says '[.plan[].action] == ["revoke"]'
	there '[.referrals[] | .status] == ["in_progress"]'
	live
	ends 3
	says '.loaded[0] | .state == "revoked" and .undo and
	    .fault.code == "W140"'
	there '[.referrals[] | .status] == ["revoked"] and
	    ([.cases["case-1"].services_section[].service_status_referred] == [false])'
	n=$(writes)
	live
	ends 3
	says '.plan[0].action == "ask" and .loaded[0].state == "held"'
	same "$(writes)" "$n"
}

# given: the referral is loaded into case-1, its service given to a user.
given() {
	asked
	seed "{\"cases\": [$(a_case case-1)]}"
	sat --json --home site --user primero_cp assign "progres:$number" \
	    --to primero_cp
	live
	ends 0
}

# there_now METHOD PATH [BODY]: somebody does that in Primero.
there_now() {
	curl -s -f -u satchel:made-up -X "$1" \
	    -H 'Content-Type: application/json' -d "${3:-}" \
	    "http://127.0.0.1:$port/api/v2/cases/case-1$2" >/dev/null
}

the_referral() {
	curl -s "http://127.0.0.1:$port/standin/state" |
	    jq -r '.referrals | keys[0]'
}

# told_back: the hub hears of the site.
told_back() {
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out back
	ends 0
	sat --json --home hub --user hub_admin import back
	rm -f back/*
}

@test "what was taken back there is confirmed when its row is out, too" {
	given
	recalled
	told_back
	sat --json --home hub inbox
	says '.recalls[0].waiting_for == ["ET-GMB-03"]'
	live
	ends 3
	says '.loaded[0] | .state == "revoked" and .target_id == "case-1"'
	told_back
	sat --json --home hub inbox
	says '.recalls[0].waiting_for == ["ET-GMB-03"]'
	sat --json --home site --user primero_cp load --to sheet:written
	ends 3
	grep -q 'case-1' written/*-undo.html
	grep -q 'the row of the service is still' <(tr '\n' ' ' \
	    <written/*-undo.html)
	rm written/*
	n=$(writes)
	live
	ends 0
	same "$(writes)" "$n"
	sat --json --home site --user primero_cp recall --undone \
	    "progres:$number"
	ends 0
	told_back
	sat --json --home hub inbox
	says '.recalls == []'
	sat --json --home site inbox
	says '[.referrals[].state] == ["recalled"]'
}

@test "consent taken off too early: nothing is said to be undone" {
	given
	there_now PATCH "" '{"data": {"disclosure_other_orgs": false}}'
	recalled
	live --dry-run
	says '.plan[0] | .action == "revoke" and
	    (.why | test("may not be shared"))'
	live
	ends 3 W140
	says '.loaded[0] | .state == "held" and
	    (.fault.detail | test("consent.*administrator ends"))'
	there '[.referrals[].status] == ["in_progress"] and
	    ([.cases["case-1"].services_section[].service_status_referred] ==
	    [true])'
	told_back
	sat --json --home hub inbox
	says '.recalls[0].waiting_for == ["ET-GMB-03"]'
	# A person gets the page, which says why; then satchel asks no more.
	sat --json --home site --user primero_cp load --to sheet:written \
	    --only "progres:$number"
	ends 3
	grep -q 'Not done by the server.*consent' <(tr '\n' ' ' \
	    <written/*-undo.html)
	rm written/*
	n=$(writes)
	live
	ends 0
	same "$(writes)" "$n"
	sat --json --home site --user primero_cp recall --undone \
	    "progres:$number"
	ends 0
}

@test "a page that was written keeps nobody from asking the server" {
	given
	recalled
	sat --json --home site --user primero_cp load --to sheet:written
	ends 3
	rm written/*
	live
	ends 3
	says '.loaded[0].state == "revoked"'
	there '[.referrals[].status] == ["revoked"]'
}

@test "what was given already, and what is not clear, is for a person" {
	local referral
	given
	referral=$(the_referral)
	there_now PATCH "/referrals/$referral" '{"data": {"status": "accepted"}}'
	there_now PATCH "/referrals/$referral" '{"data": {"status": "done"}}'
	recalled
	n=$(writes)
	live --dry-run
	ends 3 W140
	says '.plan[0] | .action == "ask" and (.why | test("given there"))'
	live
	ends 3 W140
	same "$(writes)" "$n"
	there '[.referrals[].status] == ["done"]'
	sat --json --home site --user primero_cp load --to sheet:written \
	    --only "progres:$number"
	grep -q 'given there already' written/*-undo.html
	rm written/*
}

@test "an open referral that does not say its service is for a person" {
	local referral
	given
	referral=$(the_referral)
	curl -s "http://127.0.0.1:$port/standin/state" |
	    jq --arg id "$referral" '{referrals: (.referrals | .x = (.[$id] |
	    .id = "x" | .service_record_id = ""))}' >seed.json
	seed "$(<seed.json)"
	rm seed.json
	recalled
	live --dry-run
	says '.plan[0] | .action == "revoke" and (.why | test("which service"))'
	live
	ends 3 W140
	there '[.referrals[].status] | sort == ["in_progress", "revoked"]'
	live --only "progres:$number"
	ends 3 W140
	says '.plan[0].action == "ask"'
}

@test "satchel's user may not revoke: a person does" {
	given
	recalled
	order '{"kind": "status", "status": 403, "on": "DELETE"}'
	live
	ends 3 W140
	there '[.referrals[].status] == ["in_progress"]'
	sat --json --home site inbox
	ends 3
	# The role is put right meanwhile.
	live --only "progres:$number"
	ends 3
	says '.loaded[0].state == "revoked"'
	there '[.referrals[].status] == ["revoked"]'
}

@test "a case that is gone, and one without its row, are for a person" {
	given
	recalled
	seed '{"cases": [{"id": "case-1", "services_section": []}],
	    "referrals": {}}'
	live
	ends 3 W140
	seed '{"cases": []}'
	curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
	seed '{"users": [{"id": 1, "user_name": "satchel",
	    "password": "made-up"}]}'
	live --only "progres:$number"
	ends 3 W140
	says '.loaded[0].fault.detail | test("not there")'
}

@test "a revocation that is ignored with 200 is no revocation" {
	local kind
	given
	recalled
	cp -a site before
	for kind in quiet lie; do
		rm -rf site
		cp -a before site
		seed "{\"stuck\": \"$kind\"}"
		live
		ends 3 W140
		there '[.cases["case-1"].services_section[].service_status_referred] ==
		    [true]'
		sat --json --home site inbox
		says '[.referrals[].state] == ["recalled"]'
		told_back
		sat --json --home hub inbox
		says '.recalls[0].waiting_for == ["ET-GMB-03"]'
	done
}

@test "withdrawn after a load that was killed: its case is known" {
	asked
	order '{"kind": "stall", "seconds": 3, "on": "GET /api/v2/cases/",
	    "skip": 1}'
	run timeout -s KILL 1 "$satchel" --home site --user primero_cp load \
	    --to primero-api --credentials credentials.age
	same "$status" 137
	there '(.cases | length) == 1'
	recalled
	id=$(curl -s "http://127.0.0.1:$port/standin/state" |
	    jq -r '.cases | keys[0]')
	# Nobody has it in Primero yet: a person takes out case and row.
	live
	ends 3 W140
	says '.plan[0].action == "ask" and .loaded[0].state == "held"'
	sat --json --home site --user primero_cp load --to sheet:written
	ends 3
	grep -q "$id" written/*-undo.html
	! grep -q 'Loaded from the file' written/*-undo.html
	rm written/*
	told_back
	sat --json --home hub inbox
	says '.recalls[0].waiting_for == ["ET-GMB-03"]'
}

@test "a load that was killed while it added: that case and no other" {
	asked
	seed "{\"cases\": [$(a_case case-1)]}"
	order '{"kind": "stall", "seconds": 3, "on": "PATCH"}'
	run timeout -s KILL 1 "$satchel" --home site --user primero_cp load \
	    --to primero-api --credentials credentials.age
	same "$status" 137
	recalled
	cp -a site before
	curl -s "http://127.0.0.1:$port/standin/state" |
	    jq '{cases: [.cases["case-1"] | .services_section[0] |=
	    (.service_status_referred = true)]}' >seed.json
	seed "$(<seed.json)"
	rm seed.json
	live
	ends 3
	says '.loaded[0] | .state == "revoked" and .target_id == "case-1"'
	# Where nothing of it arrived, nothing is left to do.
	rm -rf site
	mv before site
	seed '{"cases": [{"id": "case-1", "services_section": []}]}'
	live
	ends 0
	says '.loaded[0].state == "revoked"'
	told_back
	sat --json --home hub inbox
	says '.recalls == []'
}

@test "a case that was made and given to nobody is not undone by itself" {
	asked
	live
	ends 0
	recalled
	live
	ends 3 W140
	says '.plan[0].action == "ask" and .loaded[0].state == "held"'
	there '(.cases | length) == 1'
	told_back
	sat --json --home hub inbox
	says '.recalls[0].waiting_for == ["ET-GMB-03"]'
}

@test "a case that was made and cannot be read back is there" {
	local code
	asked
	mkdir before
	cp -a site hub before
	for code in 401 403 422; do
		rm -rf site hub
		cp -a before/. .
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		seed '{"users": [{"id": 1, "user_name": "satchel",
		    "password": "made-up"}, {"id": 2, "user_name":
		    "satchel_intake", "receive_referral": true}]}'
		order "{\"kind\": \"status\", \"status\": $code,
		    \"on\": \"GET /api/v2/cases/\", \"skip\": 1, \"times\": 9}"
		live
		[ "$status" -gt 3 ]
		there '(.cases | length) == 1'
		recalled
		sat --json --home site status
		says '.status.here.undo == 1'
		told_back
		sat --json --home hub inbox
		says '.recalls[0].waiting_for == ["ET-GMB-03"]'
	done
}

# bats test_tags=long
@test "threat 64: a line cut at any byte revokes once, and ends the same" {
	local n
	given
	recalled
	cp -a site before
	curl -s "http://127.0.0.1:$port/standin/state" |
	    jq '{cases: [.cases[]], referrals}' >loaded.json
	for n in 100 500 900 1300 1700 2100 2500 3000 3500 4000 5000; do
		rm -rf site
		cp -a before site
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		seed '{"users": [{"id": 1, "user_name": "satchel",
		    "password": "made-up"}]}'
		curl -s -f -d @loaded.json \
		    "http://127.0.0.1:$port/standin/seed" >/dev/null
		order "{\"kind\": \"link\", \"after\": $n}"
		live
		order '{"kind": "link", "after": 100000000}'
		live
		live
		ends 3
		says '.plan[0].action == "ask" and
		    (.loaded[0].fault.detail | test("nothing of it is open"))'
		there '[.referrals[].status] == ["revoked"] and
		    ([.cases["case-1"].services_section[].service_status_referred] ==
		    [false])'
		same "$(curl -s "http://127.0.0.1:$port/standin/log" |
		    jq '[.[] | select(.method == "DELETE" and .status == 200)] |
		    length')" 1
		told_back
		sat --json --home site inbox
		says '[.referrals[].state] == ["recalled"]'
	done
	rm loaded.json
}

@test "what was recalled before it was loaded is never loaded" {
	asked
	recalled
	live
	says '[.loaded[] | select(.undo | not)] == []'
	there '.cases == {}'
}

# --- out of it ---

from() {
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from primero-api --credentials credentials.age \
	    --consents "$examples/consents.ndjson" "$@"
}

# the_cases [JQ]: of the examples, in the server.
the_cases() {
	jq -s '{cases: [flatten[] | {id} + .data | '"${1:-.}"']}' \
	    "$examples/cases.json" >seed.json
	curl -s -f -d @seed.json "http://127.0.0.1:$port/standin/seed" \
	    >/dev/null
	rm seed.json
}

asked_cases() {
	curl -s "http://127.0.0.1:$port/standin/log" |
	    jq '[.[] | select(.path | test("cases/[^/?]+$"))] | length'
}

@test "what a server says goes as what its file says" {
	the_cases
	cp -a site before
	curl -s -f -u satchel:made-up \
	    "http://127.0.0.1:$port/api/v2/cases?per=1000" >page.json
	send --from page.json --consents "$examples/consents.ndjson"
	rm page.json
	jq -S '[.referrals[] | {ref, verdict, state}] | sort' <<<"$output" >one
	rm -r site stick/*
	mv before site
	from
	jq -S '[.referrals[] | {ref, verdict, state}] | sort' <<<"$output" >two
	diff one two
	rm one two
	says '.bundles | length == 1'
	same "$(find site -name "*.part")" ""
}

@test "the second time only what changed is read, and what waits" {
	the_cases
	from
	first=$(jq '.referrals | length' <<<"$output")
	rm stick/*
	from
	says '[.referrals[] | select(.state == "sent")] == []'
	same "$(bundles_on stick)" 0
	id=$(case_of 1 | jq -r '.[0].id')
	curl -s -f -u satchel:made-up -X PATCH -H 'Content-Type: application/json' \
	    -d '{"data": {"telephone_current": "+251 00 000 0777"}}' \
	    "http://127.0.0.1:$port/api/v2/cases/$id" >/dev/null
	from
	says '[.referrals[] | select(.state == "sent") | .ref] |
	    length >= 1 and all(. == "'"$(ref_of 1)"'")'
	[ "$first" -gt 1 ]
}

@test "a bundle that was not made leaves the cursor where it was" {
	the_cases
	from --dry-run
	from --only "$(ref_of 1)"
	says '[.referrals[].ref] == ["'"$(ref_of 1)"'"]'
	order '{"kind": "link", "after": 3000}'
	from
	ends 7 W101
	order '{"kind": "link", "after": 100000000}'
	from
	says '.referrals | length > 1'
}

@test "a referral that was revoked there does not go" {
	the_cases
	id=$(case_of 1 | jq -r '.[0].id')
	service=$(case_of 1 | jq -r '.[0].data.services_section[0].unique_id')
	for word in revoked rejected 'done' accepted in_progress; do
		seed "{\"referrals\": {\"r-1\": {\"id\": \"r-1\",
		    \"record_id\": \"$id\", \"service_record_id\":
		    \"$service\", \"status\": \"$word\"}}}"
		from --dry-run --only "$(ref_of 1)"
		case $word in
		accepted | in_progress)
			says '[.referrals[].rules[].id] |
			    index("D-LIVE") == null' ;;
		*)
			says '[.referrals[].rules[].id] |
			    index("D-LIVE") != null' ;;
		esac
	done
}

@test "a form that asks the other way round lets nothing out" {
	the_cases
	seed '{"forms": [{"id": 1, "unique_id": "consent", "name": {"en": "C"},
	    "fields": [{"name": "unhcr_export_opt_in", "type": "tick_box",
	    "display_name": {"en": "The individual does not agree to share information about this case with UNHCR."}}]}]}'
	from
	ends 4 W117
	same "$(bundles_on stick)" 0
}

@test "a form that contradicts itself lets nothing out" {
	the_cases
	seed '{"forms": [{"id": 1, "unique_id": "consent", "name": {"en": "C"},
	    "fields": [{"name": "unhcr_export_opt_in", "type": "radio_button",
	    "display_name": {"en": "Has the child stated that he/she does NOT want to share with UNHCR?", "fr": "L enfant consent"}}]}]}'
	from
	ends 4 W117
	says '.fault.detail | test("en.*fr")'
	same "$(bundles_on stick)" 0
}

@test "a question that cannot be read is told, and why" {
	local form
	the_cases
	for form in '' '{"fields": [{"name": "unhcr_export_opt_in",
	    "type": "tick_box", "display_name": {"sw": "Mtoto anakubali"}}]}'
	do
		seed "{\"forms\": [$form]}"
		from --dry-run --all
		ends 3
		says '[.notices[] | select(test("W153"))] | length == 1'
	done
}

@test "threat 62: a search that fails is not called nothing to send" {
	the_cases
	seed '{"search_fails": true}'
	from
	ends 3
	says '[.notices[] | select(test("W152"))] | length == 1'
	same "$(bundles_on stick)" 0
	seed '{"search_fails": 0}'
	from
	same "$(bundles_on stick)" 1
	rm stick/*
	# Nothing changed since: the case that was newest comes again all the same.
	from
	says '[.notices[]? | select(test("W152"))] == []'
	seed '{"search_fails": true}'
	from
	ends 3
	says '[.notices[] | select(test("W152"))] | length == 1'
}

@test "a case that is gone is named by its referral" {
	the_cases
	from
	id=$(case_of 1 | jq -r '.[0].id')
	seed "{\"cases\": [{\"id\": \"$id\", \"_hidden\": true}]}"
	from
	ends 3
	ref=$(ref_of 1)
	says '[.notices[] | select(test("W150") and test("'"${ref%%#*}"'"))] |
	    length == 1'
	asked
	live
	ends 0
	id=$(jq -r '.loaded[0].target_id' <<<"$output")
	seed "{\"cases\": [{\"id\": \"$id\", \"_hidden\": true}]}"
	sat --json --home site --user primero_cp answer --from primero-api \
	    --credentials credentials.age
	ends 3
	says '[.notices[] | select(test("W150") and test("'"$number"'"))] |
	    length == 1'
}

@test "who asks to wait is waited for, and it is said on the terminal" {
	asked
	order '{"kind": "status", "status": 503, "retry_after": 1}'
	script -qec "$satchel --home site --user primero_cp load \
	    --to primero-api --credentials credentials.age >said.out" screen \
	    >/dev/null </dev/null
	grep -q 'asks to wait 1 s' screen
	there '(.cases | length) == 1'
	rm said.out screen
	asked "$twice"
	order '{"kind": "status", "status": 503, "retry_after": 3600,
	    "times": 9}'
	n=$SECONDS
	live
	ends 7 W107
	[ $((SECONDS - n)) -lt 60 ]
	says '[.. | .detail? // empty | select(test("3600 s"))] | length > 0'
}

@test "held for its consent, it goes when the register has one" {
	the_cases
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from primero-api --credentials credentials.age
	same "$(jq '[.referrals[] | select(.state == "sent")] | length' \
	    <<<"$output")" 0
	from
	says '[.referrals[] | select(.state == "sent")] | length > 0'
}

@test "a case that gave no referral is read again until it does" {
	the_cases 'if .services_section then .services_section[0] |=
	    (.unique_id |= "x#" + .) else . end'
	from
	from
	says '.passed_over.unreadable + .passed_over.without_id > 0'
}

@test "a server is read alone, and by the node of that system" {
	from --from "$examples/cases.json"
	ends 2 U101
	sat --json --home hub --user hub_admin export --to ET-GMB-03 \
	    --out back --from primero-api --credentials credentials.age
	ends 5 J102
	send --all
	ends 2 U101
}

# --- and back ---

@test "what people of Primero decide comes back" {
	asked
	seed "{\"cases\": [$(a_case case-1)]}"
	sat --json --home site --user primero_cp assign "progres:$number" \
	    --to primero_cp
	live
	ends 0
	answer() {
		sat --json --home site --user primero_cp answer \
		    --from primero-api --credentials credentials.age "$@"
	}
	answer
	ends 0
	says '[.answers[].state] | all(. == "pending")'
	curl -s -f "http://127.0.0.1:$port/standin/state" >there.json
	id=$(jq -r '.referrals | keys[0]' there.json)
	rm there.json
	curl -s -f -u satchel:made-up -X PATCH \
	    -H 'Content-Type: application/json' \
	    -d '{"data": {"status": "accepted"}}' \
	    "http://127.0.0.1:$port/api/v2/cases/case-1/referrals/$id" \
	    >/dev/null
	answer --dry-run
	says '[.answers[] | select(.state == "taken")] | length == 1'
	answer
	says '[.answers[] | select(.state == "taken") | .decision] ==
	    ["accepted"]'
	answer
	says '[.answers[] | select(.state == "taken")] == []'
}

@test "a decision of proGres reaches the row and the referral it was for" {
	the_cases '.consent_for_services = true | .disclosure_other_orgs = true'
	ref=$(ref_of 1)
	id=$(case_of 1 | jq -r '.[0].id')
	seed "{\"referrals\": {\"r-1\": {\"id\": \"r-1\", \"record_id\":
	    \"$id\", \"service_record_id\": \"${ref#*#}\",
	    \"transitioned_to\": \"satchel_intake\", \"remote\": false,
	    \"status\": \"in_progress\"}}}"
	from --only "$ref"
	take stick
	load_all
	sat --json --home hub --user hub_admin answer --ref "$ref" \
	    --target-id 4711 --decision done
	ends 0
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	live --dry-run
	says '[.plan[].action] == ["answer"]'
	there '.referrals["r-1"].status == "in_progress"'
	order '{"kind": "drop", "on": "PATCH /api/v2/cases/", "times": 2}'
	live
	live
	ends 0
	there '.referrals["r-1"].status == "done"'
	there "[.cases[\"$id\"].services_section[] |
	    select(.unique_id == \"${ref#*#}\") | .service_implemented] ==
	    [\"implemented\"]"
	live
	says '.loaded == []'
}

# decided DECISION [REFERRAL...]: of proGres, about the first case; those open
# referrals of its service are there, as JSON members that differ.
decided() {
	local decision=$1 n=0 one all=
	shift
	the_cases '.consent_for_services = true | .disclosure_other_orgs = true |
	    .assigned_user_names = ["another_worker"]'
	ref=$(ref_of 1)
	id=$(case_of 1 | jq -r '.[0].id')
	for one; do
		((n += 1))
		all+=",\"r-$n\": ({id: \"r-$n\", record_id: \"$id\",
		    service_record_id: \"${ref#*#}\", remote: false,
		    transitioned_to: \"another_worker\",
		    status: \"in_progress\"} + $one)"
	done
	seed "$(jq -cn "{referrals: {${all#,}}}")"
	from --only "$ref"
	take stick
	load_all
	sat --json --home hub --user hub_admin answer --ref "$ref" \
	    --target-id 4711 --decision "$decision"
	ends 0
	sat --json --home hub --user hub_admin export --to ET-GMB-03 --out back
	sat --json --home site --user primero_cp import back
	live
}

@test "a decision of proGres answers nobody else's referral" {
	local decision
	for decision in accepted rejected done; do
		decided $decision '{}'
		ends 3
		says '.loaded[0] | .state == "created" and .fault.code == "W155" and
		    (.fault.detail | test("other people"))'
		there ".referrals[\"r-1\"].status == \"in_progress\" and
		    .cases[\"$id\"].assigned_user_names == [\"another_worker\"]"
		live
		ends 0
		says '.loaded == []'
		rm -rf ./*
		enter
		mkdir -p back written
		credentials made-up >credentials.age
		curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
		seed '{"users": [{"id": 1, "user_name": "satchel",
		    "password": "made-up"}]}'
	done
}

@test "of two open referrals the one that went to the other system is answered" {
	decided accepted '{}' '{transitioned_to: "satchel"}'
	ends 0
	there '.referrals["r-1"].status == "in_progress" and
	    .referrals["r-2"].status == "accepted"'
}

@test "of several that may be ours none is answered" {
	decided accepted '{remote: true}' '{transitioned_to: "satchel"}'
	ends 3
	says '.loaded[0].fault | .code == "W155" and (.detail | test("2 open"))'
	there '[.referrals[].status] == ["in_progress", "in_progress"]'
}

@test "an agency of proGres is the other system, too" {
	decided accepted '{transitioned_to_agency: "UNHCR"}'
	ends 0
	there '[.referrals[].status] == ["accepted"]'
}

@test "rejected, and accepted there before: a person ends it, told once" {
	decided rejected '{remote: true, status: "accepted"}'
	ends 3
	says '.loaded[0] | .state == "created" and .fault.code == "W155" and
	    (.fault.detail | test("accepted there"))'
	there '[.referrals[].status] == ["accepted"]'
	live
	ends 0
	says '.loaded == []'
}

@test "a case was made and the line broke then: it says that it is there" {
	asked
	sat --json --home site --user primero_cp assign "progres:$number" \
	    --to primero_cp
	live --dry-run
	id=$(jq -r '.plan[0].target_id' <<<"$output")
	order "{\"kind\": \"lose\", \"times\": 9,
	    \"on\": \"GET /api/v2/cases/$id/referrals\"}"
	live
	ends 7 W106
	says '.loaded[0] | .state == "created" and .fault.code == "W116" and
	    .target_id != null'
	there '(.cases | length) == 1'
	recalled
	sat --json --home site status
	says '.status.here.undo == 1'
}

@test "a case that is closed, or disabled, takes no service unseen" {
	local how
	asked
	for how in '.status = "closed"' '.enabled = false' \
	    '.record_state = false'; do
		seed "{\"cases\": [$(a_case case-1 "$how")]}"
		live
		ends 3 D112
		says '.plan[0] | .action == "ask" and
		    (.why | test("closed or disabled")) and
		    ([.found[].id] == ["case-1"])'
		there '[.cases[].services_section[]?] == []'
	done
	# A person who looked may say that it is the one all the same.
	sat --json --home site --user primero_cp match "progres:$number" \
	    --link case-1 --credentials credentials.age
	ends 0
	live
	ends 0
	there '[.cases[].services_section[]] | length == 1'
}

# withheld WORDS JQ: the forms there without the fields that WORDS name, and the
# consent records changed by JQ.
hidden() {
	curl -s "http://127.0.0.1:$port/standin/state" | jq --arg w "$1" \
	    '{forms: (.forms | .[].fields |= map(select(
	    .name | IN($w | splits(" ")) | not)))}' >seed.json
	seed "$(<seed.json)"
	jq -c "$2" "$examples/consents.ndjson" >consents.ndjson
	rm seed.json
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out stick --from primero-api --credentials credentials.age \
	    --consents consents.ndjson --only "$(ref_of 1)"
	rm consents.ndjson
}

@test "C-HIDE: what the role may not read is no word that nothing is private" {
	local names='withhold_details disclosure_deny_details
	    withholding_info_reason' name
	the_cases
	cp -a site before
	for name in $names; do
		rm -rf site stick
		cp -a before site
		mkdir stick
		hidden "$name" 'del(.withheld)'
		ends 3
		says ".notices | tostring | test(\"W156.*$name\")"
		says '[.referrals[] | select(.state == "held") |
		    .rules[].id] | index("C-HIDE") != null'
		same "$(find stick -type f)" ""
	done
	# Somebody recorded that nothing is: then it is known.
	rm -rf site
	cp -a before site
	hidden "$names" .
	says '[.referrals[].state] == ["sent"]'
	# And where the role may read them all it goes, as from a file.
	rm -rf site stick
	mv before site
	mkdir stick
	curl -s -d '{}' "http://127.0.0.1:$port/standin/reset" >/dev/null
	seed '{"users": [{"id": 1, "user_name": "satchel",
	    "password": "made-up"}]}'
	the_cases
	hidden "" 'del(.withheld)'
	says '[.referrals[].state] == ["sent"]'
}
