#!/bin/bash
# kill_sweep.sh [-n MOST] FOLDER CHECK COMMAND...: does what it does survive
# being killed anywhere?
#
# Runs COMMAND in a copy of FOLDER and kills it (-9) as it enters one system
# call that changes something: each one of them, or MOST of them evenly spread.
# After each kill CHECK is called, in that copy, with the word "killed"; then
# COMMAND runs again undisturbed, and CHECK is called with "again".  Whatever
# CHECK says by failing is a finding.  The last line says how many points there
# are, how many were tried, and how many findings there were; the exit status
# is 0 if there were none, and no point was tried in vain.
#
# COMMAND must do without a terminal and end within 20 seconds.
set -u

most=0
if [ "${1-}" = -n ]; then
	most=$2
	shift 2
fi
if [ $# -lt 3 ]; then
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
folder=$(cd "$1" && pwd) check=$2
shift 2
calls=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat
calls+=,unlink,unlinkat,ftruncate,fallocate,mkdir,mkdirat,openat,fchmod
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# fresh: a new copy to run in.
fresh() {
	rm -rf "$work/in"
	cp -a "$folder" "$work/in"
	cd "$work/in" || exit 2
}

# Once in peace: which of these calls it makes, and how often.  An openat
# changes something only if it may make a file.
fresh
timeout 20 strace -f -qq -e signal=none -e "trace=$calls" \
    -o "$work/trace" "$@" >"$work/said" 2>&1 </dev/null
if ! "$check" again >"$work/why" 2>&1; then
	echo "undisturbed it does not end well: $(cat "$work/why")"
	cat "$work/said"
	exit 2
fi
sed -n 's/^[0-9]* *\([a-z0-9_]*\)(\(.*\)/\1 \2/p' "$work/trace" |
    awk '{ n[$1]++ } $1 != "openat" || /O_CREAT/ { print $1, n[$1] }' \
    >"$work/points"
points=$(wc -l <"$work/points")
[ "$most" -gt 0 ] && [ "$most" -lt "$points" ] || most=$points
awk -v points="$points" -v most="$most" '
    int(NR * most / points) > int((NR - 1) * most / points)' \
    "$work/points" >"$work/chosen"

tried=0 findings=0
found() {
	findings=$((findings + 1))
	echo "$call $nth, $1: $(cat "$work/why")"
}
while read -r call nth; do
	fresh
	# The shell would tell of each, too.
	{
		timeout 20 strace -f -qq -e "trace=$call" \
		    -e "inject=$call:signal=KILL:when=$nth" \
		    -o "$work/trace" "$@" >"$work/said" 2>&1 </dev/null
	} 2>/dev/null
	grep -q 'killed by SIGKILL' "$work/trace" || {
		echo 'it was not killed' >"$work/why"
		found 'not tried'
		continue
	}
	tried=$((tried + 1))
	"$check" killed >"$work/why" 2>&1 || found killed
	timeout 20 "$@" >"$work/said" 2>&1 </dev/null
	"$check" again >"$work/why" 2>&1 || found again
done <"$work/chosen"
echo "points $points, tried $tried, findings $findings"
[ "$findings" -eq 0 ] && [ "$tried" -gt 0 ]
