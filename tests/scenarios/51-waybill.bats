#!/usr/bin/env bats
# One page that goes with a bundle, by whoever holds it.

load sites

setup_file() {
	world
	"$satchel" --home site --user primero_cp export --to ET-HUB-01 \
	    --from "$examples/cases.json" \
	    --consents "$examples/consents.ndjson" \
	    --out stick >/dev/null || [ $? -eq 3 ]
}

setup() {
	enter
	bundle=$(the_bundle)
	export HOME=$PWD/nobody
}

teardown() {
	if [ -e page.html ]; then
		plain_leaks_nothing page.html
	fi
	leaks_nothing
}

# The digits of a file, made without satchel.
digits() {
	python3 -c 'import hashlib, sys
h = hashlib.blake2b(open(sys.argv[1], "rb").read(), digest_size=32).digest()
print(" ".join("%05d" % (int.from_bytes(h[5*i:5*i+5], "big") % 100000)
    for i in range(6)))' "$1"
}

# What the QR code on the page says, read by another program.
scanned() {
	python3 -c 'import re, sys
print(re.search("<svg.*?</svg>", open(sys.argv[1]).read(), re.S).group(0))' \
	    "$1" >qr.svg
	rsvg-convert -w 600 qr.svg -o qr.png
	zbarimg --quiet --raw --oneshot -S*.disable -Sqrcode.enable qr.png
}

@test "the page: what the outside says, and digits that others make too" {
	sat --json waybill "$bundle" --out page.html
	ends 0
	trusted=$(sed -n '3s/^trusted comment: //p' "$bundle")
	says "\"satchel bundle/1 id=\(.id) seq=\(.seq) created=\(.sealed)\" ==
	    \"$trusted\""
	says ".bytes == $(wc -c <"$bundle")"
	says ".fingerprint == \"$(digits "$bundle")\""
	grep -q "$(jq -r .id <<<"$output")" page.html
	grep -q "$(cut -c 1-17 <<<"$(digits "$bundle")") - [0-9]" page.html
	grep -q "$(cut -c 19-35 <<<"$(digits "$bundle")") - [0-9]" page.html
	[ ! -e nobody ]
}

@test "the QR code says what is printed, in fewer than 300 bytes" {
	sat --json waybill "$bundle" --out page.html
	ends 0
	said=$(jq -r .qr <<<"$output")
	scanned page.html >seen
	same "$(cat seen)" "$said"
	[ "$(wc -c <seen)" -lt 300 ]
	python3 -c 'import html, re, sys
t = open("page.html").read()
sys.stdout.write(html.unescape(re.search("<pre[^>]*>(.*?)</pre>", t,
    re.S).group(1)))' >printed
	same "$(cat printed)" "$said"
}

@test "threat 58: no names, no office, no counts, no path" {
	cp "$bundle" ET-GMB-03_000001.satchel
	sat waybill ET-GMB-03_000001.satchel --out page.html
	ends 0
	for word in ET-GMB ET-HUB UNICEF UNHCR ET-2026 Gambella GMB-03 \
	    primero "$PWD" _000001; do
		no grep -qi -- "$word" page.html
		no grep -qi -- "$word" <<<"$output"
	done
	# The same page whatever the file is called and wherever it lies.
	cp "$bundle" other.satchel
	sat waybill other.satchel --out second.html
	cmp page.html second.html
}

@test "it prints: no script, nothing fetched, right to left as well" {
	sat waybill "$bundle" --out page.html
	grep -q "default-src 'none'" page.html
	no grep -qi '<script\|https\?://[^w]\|@import\|src=' page.html
	no grep -q 'text-align: left\|margin-left\|float: left' page.html
	[ "$(grep -c '<tr><td>' page.html)" -ge 5 ]
}

@test "verify --waybill takes the digits back, however they are typed" {
	all=$(digits "$bundle")
	sat --json waybill "$bundle"
	ends 0
	both=$(jq -j .qr <<<"$output" | tail -n 2 | sed 's/fingerprint//')
	qr=$(jq -r .qr <<<"$output")
	for typed in "$all" "${all// /}" "$both" "  ${all// /-}" "$qr"; do
		sat --json verify --waybill "$typed" "$bundle"
		ends 0
		says '.waybill.matches'
	done
	sat verify --waybill "$all" "$bundle"
	ends 0
	grep -q 'Who made it was not asked' <<<"$output"
	sat --json verify --waybill "$all" "$bundle" \
	    --agreement agreement.json
	ends 0
	says '.waybill.matches and .bundles[0].signature == "good"'
}

@test "another file, or one changed on the way, is 4" {
	all=$(digits "$bundle")
	for at in 0 30 200 500 3000; do
		cp "$bundle" c.satchel
		flip c.satchel "$at"
		sat --json verify --waybill "$all" c.satchel
		ends 4 B218
		says '.waybill.matches == false'
	done
	cp "$bundle" c.satchel
	echo >>c.satchel
	sat --json verify --waybill "$all" c.satchel
	ends 4 B218
	# Re-signed by a trusted key, it verifies; the waybill tells.
	tail -n +5 "$bundle" >age
	minisign -S -H -s stock.key -m age -x sig -c 'satchel bundle' \
	    -t "$(sed -n '3s/^trusted comment: //p' "$bundle")" >/dev/null
	cat sig age >c.satchel
	sat --json verify --waybill "$all" c.satchel \
	    --agreement agreement.json
	ends 4 B218
	says '.bundles[0].signature == "good"'
}

@test "a wrong digit is told at once, before the file is looked at" {
	sat --json waybill "$bundle"
	both=$(jq -j .qr <<<"$output" | tail -n 2 |
	    sed 's/fingerprint//' | tr -dc 0-9)
	for at in 0 7 14 15; do
		digit=$(((${both:at:1} + 1) % 10))
		typed=${both:0:at}$digit${both:at+1}
		sat --json verify --waybill "$typed" nowhere.satchel
		ends 2 U103
		says '.fault.detail | test("first line")'
	done
	typed=${both:0:20}$(((${both:20:1} + 1) % 10))${both:21}
	sat --json verify --waybill "$typed" nowhere.satchel
	ends 2 U103
	says '.fault.detail | test("second line")'
	for typed in '' 12345 "${both}1" abc "${both:0:31}x"; do
		sat --json verify --waybill "$typed" "$bundle"
		ends 2 U103
	done
	sat --json verify --waybill "$both" "$bundle" "$bundle"
	ends 2 U101
	sat --json verify --waybill "$both" stick
	ends 2 U101
}

@test "to standard output for a printer; what is no bundle gets no page" {
	"$satchel" waybill "$bundle" >page.html
	sat waybill "$bundle" --out second.html
	ends 0
	cmp page.html second.html
	head -c 9000 /dev/urandom >noise
	sat --json waybill noise --out third.html
	ends 5
	[ ! -e third.html ]
	sat --json waybill "$bundle" --out second.html
	ends 7
	sat --json waybill "$bundle" --out third.html --dry-run
	ends 0
	[ ! -e third.html ]
	sat --json waybill
	ends 2 U101
}
