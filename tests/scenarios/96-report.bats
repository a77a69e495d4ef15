#!/usr/bin/env bats
# Counts for the working group: only numbers, none that is about a few, and
# nothing of anybody in any file of it.

load sites

setup_file() {
	world
	send
	take stick
	load_all
}

setup() {
	enter
}

teardown() {
	leaks_nothing
	for dir in rep*; do
		[ -d "$dir" ] || continue
		plain_leaks_nothing "$dir"
	done
}

report() {
	sat --json --home "$1" --user "$2" report "${@:3}"
}

hub_reports() {
	report hub hub_admin "$@"
}

site_reports() {
	report site primero_cp "$@"
}

# table ID JQ: is this true of that table?
table() {
	says ".report.tables[] | select(.id == \"$1\") | $2"
}

# row ID LABEL COUNT: shown as that (null: hidden).
row() {
	table "$1" ".rows[] | select(.label == \"$2\") | .count == $3"
}

# decide_held: the supervisor lets nothing of what is held go.
decide_held() {
	local ref
	sat --json --home site inbox
	jq -r '.referrals[] | select(.state == "held") | .ref' <<<"$output" |
	    sort -u >held
	while IFS= read -r ref; do
		sat --json --home site --user cp_supervisor decide "$ref" \
		    --refuse --reason 'not without a new consent'
	done <held
	wc -l <held
}

@test "a page with charts and a table of each, for whoever made them alone" {
	hub_reports --out rep
	ends 0
	[ -s rep/report.html ]
	same "$(find rep -name '*.csv' | wc -l)" \
	    "$(jq '.report.tables | length' <<<"$output")"
	same "$(find rep -type f ! -perm 600 | wc -l)" 0
	row received-flow 'UNICEF to UNHCR' 6
	row received-reached loaded 6
	grep -q '<svg ' rep/report.html
	grep -q PRACTICE rep/report.html
	grep -q "default-src 'none'" rep/report.html
	no grep -qiE '<script|src=|href=|url\(|text-align: *(left|right)' \
	    rep/report.html
	python3 - rep/report.html <<-'EOS'
		import html.parser, sys
		void = {'meta'}
		class Page(html.parser.HTMLParser):
		    open = []
		    def handle_starttag(self, tag, attrs):
		        if tag not in void:
		            self.open.append(tag)
		    def handle_endtag(self, tag):
		        assert self.open.pop() == tag, tag
		page = Page()
		page.feed(open(sys.argv[1], encoding='utf-8').read())
		assert page.open == [], page.open
	EOS
}

@test "nothing is written over, and a report that exists stays as it is" {
	hub_reports --out rep
	cp -a rep before
	hub_reports --out rep
	ends 7
	diff -r rep before
	hub_reports
	ends 2
	hub_reports --out rep2 --from 2026-02-01 --to 2026-01-01
	ends 2
	hub_reports --out rep2 --from yesterday
	ends 2
	[ ! -e rep2 ]
	hub_reports --dry-run --out rep2
	ends 0
	[ ! -e rep2 ]
}

@test "threat 63: no count of a few is in any file or in the JSON" {
	site_reports --out rep
	says '[.report.tables[] | .rows[].count, .total | numbers |
	    select(. > 0 and . < 5)] == []'
	# Somebody's six services are too few each to be told apart.
	hub_reports --out rep2
	table received-service '.withheld and .rows == [] and .total == 6'
	no grep -hE '^"[^"]*","[1-4]"' rep/*.csv rep2/*.csv
	no grep -E '<bdi dir="ltr">[1-4]</bdi>' rep/report.html rep2/report.html
	grep -q 'hidden' rep/report.html
}

@test "a hidden count cannot be had by taking the others from the sum" {
	for home in site hub; do
		report "$home" "$([ "$home" = hub ] && echo hub_admin ||
		    echo primero_cp)" --dry-run
		# Where rows are hidden and the sum is shown, two are, at least,
		# and what the sum leaves them is more than a few for each.
		says '[.report.tables[] | select(.total != null) |
		    [.rows[] | select(.count == null)] as $hidden |
		    select($hidden != []) |
		    (.total - ([.rows[].count | numbers] | add // 0)) as $left |
		    ($hidden | length) > 1 and
		    $left - ($hidden | length) + 1 >= 5] | all'
	done
	# What was judged and stayed is a sum of its own.
	site_reports --dry-run
	table stayed-verdict '.total == null or .total >= 5'
}

@test "threat 37: every field of a table is text in quotes, and no formula" {
	hub_reports --out rep
	site_reports --out rep2
	no grep -hvE '^("([^"]|"")*",){2}"([^"]|"")*".$' rep/*.csv rep2/*.csv
	no grep -hE '(^|,)"[[:space:]]*[=+@-]' rep/*.csv rep2/*.csv
}

@test "who let go or refused is named with the role that the agreement lists" {
	count=$(decide_held)
	[ "$count" -ge 5 ]
	site_reports --dry-run
	row decided refuse "$count"
	row decided-by 'cp_supervisor, supervisor' "$count"
	# Somebody who has left the list is counted, and not named.
	agreement '.version = 2 | (.nodes[] | select(.code == "ET-GMB-03")).users
	    |= map(select(.user != "cp_supervisor"))' >v2.json
	sign_agreement v2.json
	adopt v2.json site
	site_reports --out rep
	row decided-by 'somebody who is not listed now' "$count"
	no grep -r cp_supervisor rep
}

@test "recalls, by reason and by how long they took" {
	jq -rs 'flatten[].data.case_id' "$examples/cases.json" |
	    while IFS= read -r id; do
		sat --json --home site --user primero_cp recall "$id" \
		    --reason consent_withdrawn
	done
	site_reports --dry-run
	table sent-recall '.total >= 5'
	count=$(jq '.report.tables[] | select(.id == "sent-recall").total' \
	    <<<"$output")
	row sent-recall consent_withdrawn "$count"
	row sent-recall-time 'it had gone nowhere' $((count - 6))
	row sent-recall-time 'not yet, and in time' 6
	at '+5 days' --json --home site --user primero_cp report --dry-run
	row sent-recall-time 'not yet, and overdue' 6
	mkdir there back
	sat --json --home site --user primero_cp export --to ET-HUB-01 \
	    --out there
	sat --json --home hub --user hub_admin import there
	hub_reports --out rep
	row received-recall consent_withdrawn 6
	sat --json --home hub inbox
	jq -r '.referrals[] | select(.state == "recalled") | .ref' \
	    <<<"$output" | sort -u | while IFS= read -r ref; do
		sat --json --home hub --user hub_admin recall --undone "$ref"
	done
	at '+2 days' --json --home hub --user hub_admin export \
	    --to ET-GMB-03 --out back
	at '+2 days' --json --home site --user primero_cp import back
	at '+2 days' --json --home site --user primero_cp report --out rep2
	row sent-recall-time '2 to 3 days' 6
}

@test "how soon it was answered, and what is overdue" {
	hub_reports --dry-run
	row received-answer 'not yet, and in time' 6
	at '+60 days' --json --home hub --user hub_admin report --dry-run
	row received-answer 'not yet, and overdue' 6
	table received-overdue '.total == 6'
	sat --json --home hub inbox
	jq -r '.referrals[].ref' <<<"$output" | sort -u |
	    while IFS= read -r ref; do
		at '+5 days' --json --home hub --user hub_admin answer \
		    --ref "$ref" --decision accepted
	done
	at '+60 days' --json --home hub --user hub_admin report --out rep
	row received-answer answered 6
	row received-answer-time '4 to 7 days' 6
	table received-overdue '.total == 0'
}

@test "only what went or came in the time that was asked for" {
	hub_reports --dry-run --from 2026-01-01
	row received-flow 'UNICEF to UNHCR' 6
	hub_reports --dry-run --to 2026-01-01
	table received-flow '.total == 0'
	hub_reports --dry-run --from 2040-01-01
	table received-flow '.total == 0'
}
