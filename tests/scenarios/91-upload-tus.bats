#!/usr/bin/env bats
# Bundles to a real upload server that speaks tus, over lines that break off,
# fall silent, lie and cost money.

load sites
load servers

setup_file() {
	needs_tus
	world
	a_ca
	mkdir loaded.tus
	# One small bundle of the site, and a 10 MB one.
	letter small
	post small small.satchel
	a_large 10000000 large.satchel
}

setup() {
	needs_tus
	enter
}

teardown() {
	stop_all
	nothing_open
	leaks_nothing
}

# to NAME: the address of that server, or of the line to it.
to() {
	echo "https://127.0.0.1:${port[$1]}/files/"
}

# up NAME FILE... [OPTION...]: what the site sends there.
up() {
	local name=$1
	shift
	sat --json --home site send "$@" --to "$(to "$name")" --ca ca.pem
}

# the_hub_takes: what lies at the server, as somebody there fetches it.
the_hub_takes() {
	mkdir -p came
	sat --json --home hub fetch "file://$PWD/there" --out came
	ends 0
	take came
}

@test "a bundle arrives, and goes in at the hub; nothing there names a place" {
	tus
	up tus small.satchel
	ends 0
	says '.sent | length == 1 and .[0].state == "arrived"'
	says ".sent[0].bytes == $(size_of small.satchel) and
	    .sent[0].offset == .sent[0].bytes"
	says '.traffic.sent > .sent[0].bytes and .traffic.twice == 0'
	arrived small.satchel
	name=$(jq -r '.sent[0].id[:8]' <<<"$output").satchel
	tells tus '.metadata == ["filename '"$(printf %s "$name" |
	    base64)"'"]'
	tells tus '[.heads[] | test("GMB|UNICEF|made-up"; "i")] | any | not'
	the_hub_takes
	ends 0
	says '.counts.share == 1'
	# It is there: nothing is sent again.
	up tus small.satchel
	ends 0
	says '.sent[0].state == "there"'
	arrived small.satchel
	tells tus '[.requests[] | select(.[0] == "PATCH" or .[0] == "POST")] |
	    length <= 2'
}

@test "a dry run says what it would do, and says nothing to the server" {
	tus
	before=$(state_of site)
	up tus small.satchel --dry-run
	ends 0
	tells tus '[.requests[] | select(.[0] != "OPTIONS" and .[0] != "HEAD")]
	    == []'
	same "$(state_of site)" "$before"
}

@test "nothing but a bundle can be sent" {
	tus
	head -c 5000 /dev/urandom >holiday.satchel
	cp "$examples/cases.json" cases.satchel
	head -c 2000 small.satchel >cut.satchel
	for file in holiday cases; do
		up tus $file.satchel
		[ "$status" -ne 0 ]
	done
	same "$(find there -type f | wc -l)" 0
	rm cases.satchel
}

# bats test_tags=long
@test "10 MB through a hundred cuts, ten kills and two restarts, 2 % twice" {
	tus
	line tus --rate 1200000 --cuts 100 --within 10000000 --seed 20261123
	echo "# cut after: $(told line '.places | join(" ")')" >&3
	size=$(size_of large.satchel)
	body=0
	killed=0
	for ((run = 1; run <= 20 && killed < 10; run++)); do
		"$satchel" --json --home site send large.satchel \
		    --to "$(to line)" --ca ca.pem >>said 2>&1 3>&- &
		client=$!
		sleep "1.$((run * 7 % 10))"
		# One that gave up before counts for nothing.
		if kill -9 "$client"; then
			killed=$((killed + 1))
		fi
		wait "$client" || true
		if [ "$run" -eq 4 ] || [ "$run" -eq 8 ]; then
			body=$((body + $(told tus .body)))
			was=${port[tus]}
			stop tus KILL
			tus port="$was"
		fi
	done
	same "$killed" 10
	for ((try = 0; try < 20; try++)); do
		up line large.satchel
		[ "$status" -ne 0 ] || break
	done
	ends 0
	says '.sent[0].state == "arrived"'
	arrived large.satchel
	body=$((body + $(told tus .body)))
	tells line '.cuts == 100 and .places == []'
	all=$(told line .up)
	connections=$(told line .connections)
	echo "# $size bytes; $body of them reached the server, $all in" \
	    "$connections connections crossed the line" >&3
	# What reached it beyond the file was sent twice; what crossed the
	# line beyond that was TLS, requests, and pieces that were cut.
	[ $((body - size)) -le $((size / 50)) ]
	[ "$all" -le $((size + size / 50 + size * 3 / 200 +
	    connections * 2500)) ]
	the_hub_takes
	ends 0
	says '.bundles[0].state == "imported" and .counts.share > 400'
}

@test "threat 64: wherever the answers are lost, it goes in once" {
	tus
	line tus
	for after in 700 1000 1300 1600 2000 2500 3200 3500; do
		rm -rf there/* site came hub
		cp -a "$BATS_FILE_TMPDIR/world/site" .
		cp -a "$BATS_FILE_TMPDIR/world/hub" .
		ask line "set drop-reply $after"
		up line small.satchel
		ends 0
		# Where the answer to its creation was lost it is there twice:
		# nobody else than the server knew of the first.
		the_hub_takes
		ends 0
		says '.counts.share == 1'
		sat --json --home hub inbox
		says '.referrals | length == 1'
	done
	# After that of 3500 nothing more came up, and no answer was lost.
	tells line '.drops >= 6'
}

@test "threat 16: a line that falls silent ends with the time there is" {
	tus
	line tus --rate 200000 --stall-after 300000
	start=$SECONDS
	up line large.satchel --for 8s
	[ $((SECONDS - start)) -le 14 ]
	ends 0
	says '.sent[0].state == "begun" and .sent[0].offset > 200000'
	kept=$(jq '.sent[0].offset' <<<"$output")
	ask line 'set rate 0'
	up line large.satchel
	ends 0
	arrived large.satchel
	says ".traffic.sent < $(($(size_of large.satchel) * 102 / 100 -
	    kept + 20000))"
}

@test "a budget of bytes a second is kept" {
	tus
	line tus
	up line large.satchel --for 10s --rate 200k
	ends 0
	says '.sent[0].state == "begun"'
	# 25,000 bytes a second, and a little that was on its way.
	tells line '.up + .down < 320000 and .up > 120000'
}

@test "a byte that is changed within TLS never arrives" {
	tus
	line tus --flip-at 400000
	up line large.satchel
	ends 0
	tells line '.flips == 1'
	arrived large.satchel
}

@test "a changed byte is noticed at import, and it goes again past its deadline" {
	serve tus node "$tools/tus_server.mjs" "$modules" there
	line tus --flip-at 4000
	send --only "$(ref_of 1)"
	url=http://127.0.0.1:${port[line]}/files/
	file=$(the_bundle)
	sat --json --home site send "$file" --to "$url"
	ends 0
	tells line '.flips == 1'
	no arrived "$file"
	mkdir -p came
	sat --json --home hub fetch "file://$PWD/there" --out came
	take came
	[ "$status" -ne 0 ]
	says '[.bundles[] | select(.state == "imported")] == []'
	# Within the deadline it is taken to be under way.
	sat --json --home site sync --to "$url"
	ends 0
	says '[.sent[]? | select(.state == "arrived")] == []'
	rm -rf there/* came
	run --separate-stderr faketime -f '+8d' "$satchel" --json --home site \
	    sync --to "$url"
	printf '%s\n%s\n' "$output" "$stderr" >>said
	ends 0
	says '[.sent[] | select(.state == "arrived")] | length == 1'
	arrived "$file"
	the_hub_takes
	says '.counts.share >= 1'
}

@test "what expired at the server is begun anew" {
	tus lives=1500
	line tus --rate 400000
	up line large.satchel --for 4s
	ends 0
	says '.sent[0].state == "begun" and .sent[0].offset > 0'
	sleep 2
	stop line
	stop tus
	tus lives=600000
	rm -rf there/*
	up tus large.satchel
	ends 0
	arrived large.satchel
}

@test "an upload that the server forgot is begun anew, once a run" {
	tus
	line tus --rate 400000
	up line large.satchel --for 3s
	rm there/*
	ask line 'set rate 0'
	up line large.satchel
	ends 0
	arrived large.satchel
}

# liar MODE: a server of tus that is not to be trusted.
#	forgets   takes 2 MB of an upload, and then knows nothing of it
#	claims    takes 100 KB, and then says that it has all
#	busy      a front whose server is not up the first three times
liar() {
	cat >liar.py <<-'END'
		import http.server, sys, threading
		mode, count = sys.argv[1], {"posts": 0, "total": 0, "asked": 0}
		class H(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def log_message(self, *a): pass
		    def out(self, status, *fields):
		        self.send_response(status)
		        if status != 502:
		            self.send_header("Tus-Resumable", "1.0.0")
		        for name, value in fields:
		            self.send_header(name, value)
		        self.send_header("Content-Length", "0")
		        self.end_headers()
		    def do_OPTIONS(self):
		        count["asked"] += 1
		        if mode == "busy" and count["asked"] <= 3:
		            return self.out(502)
		        self.out(204, ("Tus-Version", "1.0.0"),
		            ("Tus-Extension", "creation,checksum"),
		            ("Tus-Checksum-Algorithm", "sha1"))
		    def do_POST(self):
		        count["posts"] += 1
		        self.size = self.headers["upload-length"]
		        H.length = int(self.size)
		        self.out(201, ("Location", "/files/%d" % count["posts"]))
		    def do_HEAD(self):
		        if mode == "forgets":
		            return self.out(404)
		        self.out(200, ("Upload-Offset", str(H.length)))
		    def do_PATCH(self):
		        size = int(self.headers["content-length"])
		        at = int(self.headers["upload-offset"])
		        most = {"claims": 100000}.get(mode, size)
		        got = len(self.rfile.read(min(size, most)))
		        count["total"] += got
		        if mode == "claims" or (mode == "forgets" and
		                at >= 2 << 20):
		            self.close_connection = True
		            self.connection.close()
		            return
		        self.out(204, ("Upload-Offset", str(at + size)))
		s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
		print("port", s.server_port, flush=True)
		threading.Thread(target=s.serve_forever, daemon=True).start()
		for line in sys.stdin:
		    print(str(count).replace("'", '"'), flush=True)
	END
	serve liar python3 liar.py "$1"
	liar=http://127.0.0.1:${port[liar]}/files/
}

@test "a server that forgets is not sent the same for ever" {
	liar forgets
	sat --json --home site send large.satchel --to "$liar" --for 60s
	ends 7
	says '.sent[0].state == "failed" and .sent[0].fault.code == "W109"'
	tells liar '.posts == 2'
}

@test "a server that claims what was never sent is not believed" {
	liar claims
	sat --json --home site send large.satchel --to "$liar" --rate 2M \
	    --for 2s
	no says '.sent[0].state == "arrived"' >/dev/null
	# Another run knows what went in the first one.
	sat --json --home site send large.satchel --to "$liar" --for 20s
	[ "$status" -ne 0 ]
	says '.sent[0].state == "failed" and .sent[0].fault.code == "W105"'
	says '.sent[0].proof == null'
}

@test "a front whose server comes up is waited for" {
	liar busy
	sat --json --home site send small.satchel --to "$liar"
	ends 0
	says '.sent[0].state == "arrived" and .sent[0].proof == "checksum"'
	tells liar '.asked == 4'
}

@test "no network, wrong server, full, too large, wrong password, a stranger" {
	tus user=site:right
	login site wrong "$(to tus)" >login.age
	up tus small.satchel --credentials login.age
	ends 6
	says '[.. | .code? // empty] | index("W103") != null'
	tells tus '[.requests[] | select(.[1] == 401)] | length == 1'
	tells tus '.body == 0'
	login site right "$(to tus)" >login.age
	up tus small.satchel --credentials login.age
	ends 0
	arrived small.satchel
	no grep -aq 'right\|wrong' said servers/*.log
	rm -r there
	stop tus

	# Its certificate is nobody's we know: not a word to it.
	serve tus node "$tools/tus_server.mjs" "$modules" there \
	    cert=stranger.pem key=stranger.key
	up tus large.satchel
	ends 4
	says '[.. | .code? // empty] | index("W102") != null'
	tells tus '.heads == []'
	stop tus

	# Nobody there.
	up tus large.satchel
	ends 7
	says '[.. | .code? // empty] | index("W101") != null'
	no says '.sent[0].state == "arrived"'

	# Something there that takes no uploads.
	mkdir page
	serve page node -e '
	    const fs = require("fs");
	    const s = require("https").createServer({
	        cert: fs.readFileSync("server.pem"),
	        key: fs.readFileSync("server.key")}, (q, a) => a.end("hello"));
	    s.listen(0, "127.0.0.1", () =>
	        console.log("port " + s.address().port));
	    process.stdin.on("end", () => process.exit()).resume();'
	up page large.satchel
	ends 7
	says '[.. | .code? // empty] | index("W119") != null'
	stop page

	tus
	ask tus 'status 507'
	up tus large.satchel small.satchel
	ends 7
	# Hopeless for all: the second is not tried.
	tells tus '[.requests[] | select(.[1] == 507)] | length == 1'
	ask tus 'status 0'
	stop tus
	tus largest=100000
	up tus large.satchel small.satchel
	ends 7
	says '[.sent[].state] | sort == ["arrived", "failed"]'
	arrived small.satchel
}

@test "on a kept connection a small bundle costs at most 1.5 KB each way" {
	tus
	for n in 1 2 3; do
		letter l$n
		post l$n l$n.satchel
	done
	line tus
	up line l1.satchel
	ends 0
	one_up=$(told line .up) one_down=$(told line .down)
	up line l2.satchel l3.satchel
	ends 0
	# The second run's connection and first bundle cost as the first's:
	# what is left is one more bundle, without its own bytes.
	more_up=$(($(told line .up) - 2 * one_up - $(size_of l3.satchel)))
	more_down=$(($(told line .down) - 2 * one_down))
	echo "# one more bundle: $more_up bytes up beside itself," \
	    "$more_down down" >&3
	[ "$more_up" -le 1536 ]
	[ "$more_down" -le 1536 ]
}

@test "64 kbit/s in both directions, as a namespace has it" {
	unshare -rn true 2>/dev/null || skip 'no network namespace here'
	unshare -rn sh -c 'ip link set lo up &&
	    tc qdisc add dev lo root tbf rate 64kbit burst 1540 latency 400ms' \
	    2>/dev/null || skip 'no tbf here'
	export -f serve
	a_large 60000 some.satchel
	declare -f >functions
	cat >run <<-'END'
		set -eu
		declare -A orders answers port pid
		. ./functions
		ip link set lo up mtu 1400
		tc qdisc add dev lo root handle 1: tbf rate 64kbit \
		    burst 1540 latency 2000ms
		tc qdisc add dev lo parent 1: netem delay 250ms loss 30% \
		    2>/dev/null || echo 'without loss: no netem here'
		mkdir -p there
		serve tus node "$tools/tus_server.mjs" "$modules" there \
		    cert=server.pem key=server.key
		"$satchel" --json --home site send some.satchel \
		    --to "https://127.0.0.1:${port[tus]}/files/" --ca ca.pem
	END
	export tools modules satchel
	run --separate-stderr unshare -rn bash run
	printf '%s\n' "$output" "$stderr" >>said
	ends 0
	! grep 'without loss' <<<"$output" >&3 || output=${output#*here}
	says '.sent[0].state == "arrived"'
	arrived some.satchel
}
