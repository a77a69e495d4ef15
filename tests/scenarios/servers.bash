# shellcheck shell=bash
# Real upload servers for scenarios, and the bad line to them: everything on
# 127.0.0.1, ended with the test.  Loaded after sites.bash.

tools=$scenarios/../tools
standin=$scenarios/../standin
modules=$scenarios/../../build/npm/node_modules

declare -gA orders answers port pid

# serve NAME COMMAND...: until its standard input ends.  It says "port N".
serve() {
	local name=$1 fd order answer said
	shift
	mkdir -p servers
	rm -f "servers/$name.in" "servers/$name.out"
	mkfifo "servers/$name.in" "servers/$name.out"
	(
		# Nobody else's orders are to stay open because of this one.
		for fd in "${orders[@]}" "${answers[@]}"; do
			eval "exec $fd>&-"
		done
		exec "$@" <"servers/$name.in" >"servers/$name.out" \
		    2>"servers/$name.log" 3>&-
	) &
	pid[$name]=$!
	exec {order}>"servers/$name.in" {answer}<"servers/$name.out"
	orders[$name]=$order
	answers[$name]=$answer
	if ! read -r -t 30 _ said <&"$answer"; then
		echo "$name does not start:"
		cat "servers/$name.log"
		return 1
	fi
	port[$name]=$said
}

# ask NAME ORDER: into $reply.
ask() {
	echo "$2" >&"${orders[$1]}"
	read -r -t 30 reply <&"${answers[$1]}"
}

# stop NAME [SIGNAL]: as it ends, or as it is killed.
stop() {
	eval "exec ${orders[$1]}>&- ${answers[$1]}<&-"
	[ -z "${2-}" ] || kill "-$2" "${pid[$1]}"
	wait "${pid[$1]}" || true
	unset "orders[$1]" "answers[$1]"
}

stop_all() {
	local name
	for name in "${!orders[@]}"; do
		stop "$name"
	done
}

# tells NAME JQ: is this true of what it counted?
tells() {
	ask "$1" count
	jq -e "$2" <<<"$reply" >/dev/null || {
		echo "this does not hold of $1: $2"
		jq -c . <<<"$reply" | cut -c 1-2000
		return 1
	}
}

# told NAME JQ
told() {
	ask "$1" count
	jq -r "$2" <<<"$reply"
}

# --- each of them ---

# a_ca: ca.pem, server.pem with server.key for 127.0.0.1, and what a stranger
# has: stranger.pem with stranger.key.
a_ca() {
	local who
	{
		for who in ca stranger; do
			openssl req -x509 -newkey ec -nodes -days 20000 \
			    -pkeyopt ec_paramgen_curve:prime256v1 \
			    -keyout $who.key -out $who.pem -subj "/CN=$who" \
			    -addext subjectAltName=IP:127.0.0.1
		done
		openssl req -newkey ec -nodes -subj /CN=server \
		    -pkeyopt ec_paramgen_curve:prime256v1 \
		    -keyout server.key -out server.csr
		openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key \
		    -CAcreateserial -days 20000 -out server.pem -extfile \
		    <(echo subjectAltName=IP:127.0.0.1)
	} 2>/dev/null
}

needs_tus() {
	[ -d "$modules/@tus/file-store" ] ||
		skip 'no upload server here: make tus-server'
	node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' ||
		skip 'the upload server needs Node 18'
}

needs_sshd() {
	PATH=$PATH:/usr/sbin command -v sshd >/dev/null ||
		skip 'no OpenSSH server here: make server-deps'
}

needs_nginx() {
	PATH=$PATH:/usr/sbin command -v nginx >/dev/null ||
		skip 'no nginx here: make server-deps'
}

# tus [NAME=VALUE...]: an upload server over TLS that keeps its files in there.
tus() {
	mkdir -p there
	serve tus node "$tools/tus_server.mjs" "$modules" there \
	    cert=server.pem key=server.key "$@"
}

# sshd [NAME=VALUE...]: into the folder there.
sshd() {
	mkdir -p there keys
	serve sshd bash "$tools/sshd.bash" keys "$@"
}

# line NAME [OPTION...]: the bad one, to that server.
line() {
	local to=$1
	shift
	serve line python3 "$standin/cutproxy.py" --to "${port[$to]}" "$@"
}

# login USER PASSWORD URL >FILE: credentials of the site.
login() {
	printf '{"satchel":"credentials/1","system":"upload","url":"%s",
	    "user":"%s","password":"%s"}' "$3" "$1" "$2" |
	    age -r "$(jq -r .open "${of:-site}.card")"
}

# --- what is sent ---

# a_large BYTES FILE: a bundle of the site with good referrals in it, about so
# large: their notes cannot be compressed.
a_large() {
	letter large
	python3 - "$1" <<'END'
import base64, hashlib, json, random, sys
draw = random.Random(6)
with open("good.ndjson") as good:
    referral = json.loads(good.readline())
size, out = int(sys.argv[1]), None
for n in range(-(-size // 24200)):
    if n % 100 == 0:
        out = open("large/records/%06d.ndjson" % (n // 100 + 1), "w")
    for name in "revision", "removed", "judged":
        referral.pop(name, None)
    case = "%08x-7f60-46e3-a92d-094162fb7308" % n
    referral["origin"]["case_id"] = case
    referral["consent"]["subject_ref"] = case
    referral["ref"] = "primero:%s#%s" % (case,
                                         referral["origin"]["service_id"])
    referral["service"]["notes"] = base64.b64encode(
        draw.randbytes(min(24000, size))).decode("ascii")
    body = json.dumps(referral, sort_keys=True, ensure_ascii=False,
                      separators=(",", ":"))
    referral["revision"] = hashlib.blake2b(body.encode(),
                                           digest_size=32).hexdigest()
    out.write(json.dumps(referral, ensure_ascii=False,
                         separators=(",", ":")) + "\n")
END
	post large "$2"
	rm -r large
}

# arrived FILE: the one file in there is that one.
arrived() {
	local found=() one
	for one in there/*; do
		case $one in
		*.json | *.info) ;;
		*) found+=("$one") ;;
		esac
	done
	same "${#found[@]}" 1
	cmp "$1" "${found[0]}"
}

size_of() {
	stat -c %s "$1"
}

# nothing_open: names, numbers and secrets stand in no log of a server.
nothing_open() {
	[ ! -d servers ] || no grep -raFf canaries servers/*.log
	[ ! -e asked ] || no grep -aFf canaries asked
}
