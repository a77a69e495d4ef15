#!/usr/bin/env bats
# The whole round over the network: what the others left is brought in, what
# matters most goes first, within the time and the volume there are.

load sites
load servers

setup_file() {
	needs_tus
	world
	a_ca
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

to() {
	echo "https://127.0.0.1:${port[$1]}/files/"
}

# sync HOME NAME [OPTION...]
sync() {
	local home=$1 name=$2
	shift 2
	sat --json --home "$home" --user "$(user_of "$home")" sync \
	    --to "$(to "$name")" --ca ca.pem "$@"
}

user_of() {
	case $1 in
	site) echo primero_cp ;;
	*) echo hub_admin ;;
	esac
}

# heavy: the example's cases but for the first, with long notes.
heavy() {
	python3 - "$examples/cases.json" >heavy.json <<'END'
import base64, json, random, sys
draw = random.Random(5)
text, at, cases = open(sys.argv[1]).read(), 0, []
while text[at:].strip():
    more, at = json.JSONDecoder().raw_decode(text, at)
    cases += more if isinstance(more, list) else [more]
    while at < len(text) and text[at].isspace():
        at += 1
for case in cases:
    for service in case["data"].get("services_section", []):
        service["service_referral_notes"] = base64.b64encode(
            draw.randbytes(24000)).decode()
json.dump(cases[1:], sys.stdout)
END
}

# waiting: the hub has referral 1; since then it was recalled, and much more is
# to go.
waiting() {
	send --only "$(ref_of 1)"
	take stick
	rm stick/*
	heavy
	send --from heavy.json --consents "$examples/consents.ndjson"
	rm stick/* heavy.json
	# Not one of them left.
	sat --home site incident --lost-stick
	sat --json --home site --user primero_cp recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	no test "$status" -eq 5
}

@test "within its budget the recall goes first" {
	waiting
	tus
	line tus
	# As --for 20m --rate 20k: 2.5 KB a second, for a shorter while.
	start=$SECONDS
	sync site line --for 30s --rate 20k
	[ $((SECONDS - start)) -le 40 ]
	ends 0
	says '.sent[0].state == "arrived"'
	says '[.sent[] | select(.state == "begun")] | length == 1'
	tells line '.up + .down < 95000'
	mkdir -p came
	sat --json --home hub fetch "file://$PWD/there" --out came
	# Half of the other lies there under the name it will have: no alarm.
	says '.fetched | length == 1'
	take came
	ends 3
	says '.counts.recall == 1 and .bundles[0].missing == [2]'
	# The rest the next time.
	sync site line
	ends 0
	mkdir -p came
	sat --json --home hub fetch "file://$PWD/there" --out came
	take came
	says '.counts.share >= 3'
	sync site line
	ends 0
	says '[.sent[]? | select(.state == "arrived")] == []'
}

@test "drafted referrals do not hold up a recall that is not packed yet" {
	send --only "$(ref_of 1)"
	take stick
	rm stick/*
	sat --json --home site --user primero_cp recall "$(ref_of 1)" \
	    --reason consent_withdrawn
	tus
	sync site tus
	ends 0
	says '.sent | length >= 1 and .[0].state == "arrived"'
	the_hub came
	says '.counts.recall == 1'
}

# the_hub OUT
the_hub() {
	mkdir -p "$1"
	sat --json --home hub fetch "file://$PWD/there" --out "$1"
	ends 0
	take "$1"
}

@test "both ways: a referral there, a receipt back, nothing twice" {
	needs_nginx
	send --only "$(ref_of 1)"
	rm stick/*
	sat --home site incident --lost-stick
	tus
	mkdir out
	web
	from="https://127.0.0.1:${port[web]}/out/"
	sync site tus --from "$from"
	ends 0
	says '.sent[0].state == "arrived"'
	# At the hub, which sits beside the server.
	sat --json --home hub --user hub_admin sync --from "file://$PWD/there" \
	    --to "file://$PWD/out"
	ends 0
	same "$(bundles_on out)" 1
	sync site tus --from "$from"
	ends 0
	says '[.fetched[] | select(.state == "came")] | length == 1'
	sat --json --home site why "$(ref_of 1)"
	says '.referrals[0].progress == "staged"'
	for ((n = 0; n < 2; n++)); do
		sync site tus --from "$from"
		ends 0
		says '[.sent[]? | select(.state == "arrived")] == [] and
		    [.fetched[]? | select(.state == "came")] == []'
		sat --json --home hub --user hub_admin sync \
		    --from "file://$PWD/there" --to "file://$PWD/out"
		ends 0
	done
	same "$(bundles_on out)" 1
}

# web [JQ...]: nginx, as docs/upload.md sets it up, over the folders there and
# out and the upload server.
web() {
	local p
	p=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkdir -p nginx
	printf 'site:%s\n' "$(openssl passwd -apr1 made-up)" >nginx/users
	sed -e "s|listen 443 ssl;|listen 127.0.0.1:$p ssl;|" \
	    -e "s|server_name .*|server_name 127.0.0.1;|" \
	    -e "s|/etc/ssl/upload.pem|$PWD/server.pem|" \
	    -e "s|/etc/ssl/private/upload.key|$PWD/server.key|" \
	    -e "s|/etc/nginx/upload-users|$PWD/nginx/users|" \
	    -e "s|127.0.0.1:1080|127.0.0.1:${port[tus]-1}|" \
	    -e "s|/srv/satchel/out/|$PWD/out/|" \
	    "$examples/hub/nginx-upload.conf" >nginx/site
	[ -n "${1-}" ] || sed -i '/auth_basic/d' nginx/site
	cat >nginx/conf <<-END
		$([ "$(id -u)" -ne 0 ] || echo "user $(id -un);")
		pid $PWD/nginx/pid;
		error_log $PWD/servers/nginx.log;
		events {}
		http {
		client_body_temp_path $PWD/nginx/body;
		proxy_temp_path $PWD/nginx/proxy;
		fastcgi_temp_path $PWD/nginx/f;
		uwsgi_temp_path $PWD/nginx/u;
		scgi_temp_path $PWD/nginx/s;
		access_log $PWD/servers/access.log;
		include $PWD/nginx/site;
		}
	END
	serve web bash -c '
	    PATH=$PATH:/usr/sbin
	    nginx -p "$PWD" -c "$PWD/nginx/conf" -g "daemon off;" </dev/null &
	    until (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.05; done
	    echo "port $1"; cat >/dev/null; kill $!; wait' web "$p"
}

@test "behind nginx as docs/upload.md has it: login, cuts, and a listing" {
	needs_nginx
	serve tus node "$tools/tus_server.mjs" "$modules" "$PWD/there"
	mkdir -p out
	web login
	line web --rate 400000 --cuts 5 --within 900000
	a_large 900000 large.satchel
	login site made-up "$(to line)" >login.age
	sat --json --home site send large.satchel --to "$(to line)" \
	    --ca ca.pem --credentials login.age
	ends 0
	arrived large.satchel
	tells line '.cuts == 5 and .up < 1010000'
	# And the other way, out of a listing.
	mv large.satchel 'out/Holiday photo.jpg'
	for ((n = 0; n < 1000; n++)); do
		echo "$n" >"out/$n.txt"
	done
	truncate -s 20G out/film.avi
	mkdir out/folder
	ask line 'set flip-down 1000000000'
	from="https://127.0.0.1:${port[line]}/out/"
	of=hub login site made-up "$from" >hub.age
	mkdir came
	sat --json --home hub fetch "$from" --ca ca.pem --credentials hub.age \
	    --out came --for 4s
	ends 0
	for ((try = 0; try < 5; try++)); do
		sat --json --home hub fetch "$from" --ca ca.pem \
		    --credentials hub.age --out came
		ends 0
	done
	cmp 'out/Holiday photo.jpg' came/*.satchel
	no grep -rq made-up said servers/*.log
	take came
	says '.counts.share > 30'
}

@test "what a listing lies about does no harm" {
	mkdir lies
	serve lies node -e '
	    const fs = require("fs");
	    let list = "[]";
	    const s = require("https").createServer({
	        cert: fs.readFileSync("server.pem"),
	        key: fs.readFileSync("server.key")}, (q, a) => {
	            fs.appendFileSync("asked", q.url + "\n");
	            if (q.url === "/out/") {
	                a.setHeader("Content-Type", "application/json");
	                return a.end(fs.readFileSync("list.json"));
	            }
	            a.end("x".repeat(1 << 20));
	    });
	    s.listen(0, "127.0.0.1", () =>
	        console.log("port " + s.address().port));
	    process.stdin.on("end", () => process.exit()).resume();'
	jq -n '[("../../../etc/passwd", "/etc/passwd", "a/b", "..", "",
	    "http://example.invalid/x", "x\u0000y", "%2e%2e%2fx",
	    ("n" * 5000), "ok.satchel") |
	    {name: ., type: "file", size: 9000,
	    mtime: "Mon, 23 Nov 2026 01:00:00 GMT"}]' >list.json
	mkdir -p came
	sat --json --home hub fetch "https://127.0.0.1:${port[lies]}/out/" \
	    --ca ca.pem --out came
	[ "$status" -lt 8 ]
	says '[.fetched[]? | select(.state == "came")] == []'
	no grep -v '^/out/[^/]*$' asked
	same "$(find came -type f 2>/dev/null ! -name '*.part')" ""
	echo '<html>Index of /out/</html>' >list.json
	mkdir -p came
	sat --json --home hub fetch "https://127.0.0.1:${port[lies]}/out/" \
	    --ca ca.pem --out came
	ends 7
	says '[.. | .code? // empty] | index("W124") != null'
}
