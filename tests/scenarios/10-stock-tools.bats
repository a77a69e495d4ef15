#!/usr/bin/env bats
# What the stock age and minisign programs write, satchel reads, and the other
# way round; so nobody has to trust satchel to get at their own files.

setup() {
	satchel=${SATCHEL:-"$BATS_TEST_DIRNAME/../../build/satchel"}
	case $satchel in
	/*) ;;
	*) satchel=$PWD/$satchel ;;
	esac
	cd "$BATS_TEST_TMPDIR"
	age-keygen -o key.txt 2>keygen.log
	recipient=$(age-keygen -y key.txt)
	minisign -G -W -f -p site.pub -s site.key >minisign.log 2>&1
	public=$(sed -n 2p site.pub)
	head -c 200000 /dev/urandom >plain
}

@test "age opens what satchel encrypts, at every size around a chunk" {
	for size in 0 1 65535 65536 65537 131072; do
		head -c "$size" plain >some
		"$satchel" age-encrypt -r "$recipient" some >some.age
		[ "$(age -d -i key.txt some.age | sha256sum)" = \
		    "$(sha256sum <some)" ]
	done
}

@test "satchel opens what age encrypts, at every size around a chunk" {
	for size in 0 1 65535 65536 65537 131072; do
		head -c "$size" plain >some
		age -r "$recipient" -o some.age some
		"$satchel" age-decrypt -i key.txt some.age >again
		cmp some again
		rm some.age
	done
}

@test "a file for somebody else ends with 6" {
	age-keygen -o other.txt 2>keygen.log
	age -r "$recipient" -o plain.age plain
	run "$satchel" age-decrypt -i other.txt plain.age
	[ "$status" -eq 6 ]
}

@test "a file cut at the end of a chunk ends with 5" {
	age -r "$recipient" -o plain.age plain
	head -c $((200 - 16 + 65552)) plain.age >cut.age
	run "$satchel" age-decrypt -i key.txt cut.age
	[ "$status" -eq 5 ]
}

@test "an armored file ends with 5" {
	age -a -r "$recipient" -o plain.age plain
	run "$satchel" age-decrypt -i key.txt plain.age
	[ "$status" -eq 5 ]
}

@test "satchel opens a file under a passphrase, and not under another" {
	echo 'correct horse battery' >words
	echo 'correct horse' >other
	# age asks on the terminal alone, and script gives it one.
	command -v script >/dev/null || skip "script is not installed"
	# age drops what was typed before it asks, so the words come late.
	{
		sleep 1
		cat words
		sleep 1
		cat words
		sleep 3
	} | script -qec "age -p -o plain.age plain" script.log >script.out
	[ -s plain.age ] || skip "age could not be asked here"
	"$satchel" --passphrase-file words age-decrypt plain.age >again
	cmp plain again
	run "$satchel" --passphrase-file other age-decrypt plain.age
	[ "$status" -eq 6 ]
	run "$satchel" age-decrypt -i key.txt plain.age
	[ "$status" -eq 6 ]
}

@test "satchel checks what minisign signs" {
	minisign -S -s site.key -m plain -x plain.minisig >minisign.log
	"$satchel" plumbing minisig-verify -P "$public" plain plain.minisig
}

@test "a file changed after it was signed ends with 4" {
	minisign -S -s site.key -m plain -x plain.minisig >minisign.log
	echo >>plain
	run "$satchel" plumbing minisig-verify -P "$public" plain plain.minisig
	[ "$status" -eq 4 ]
}

@test "a signature by another key ends with 4" {
	minisign -G -W -f -p other.pub -s other.key >minisign.log 2>&1
	minisign -S -s other.key -m plain -x plain.minisig >minisign.log
	run "$satchel" plumbing minisig-verify -P "$public" plain plain.minisig
	[ "$status" -eq 4 ]
}

@test "a signature in the legacy form ends with 4" {
	minisign -S -l -s site.key -m plain -x plain.minisig >minisign.log
	minisign -V -p site.pub -m plain -x plain.minisig >minisign.log
	run "$satchel" plumbing minisig-verify -P "$public" plain plain.minisig
	[ "$status" -eq 4 ]
}
