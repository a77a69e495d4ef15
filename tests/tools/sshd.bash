#!/bin/bash
# sshd.bash FOLDER [NAME=VALUE...]: a real OpenSSH server on 127.0.0.1 that
# gives SFTP and nothing else to whoever runs it, with a key of FOLDER.
#
#	port=N       instead of any
#	requests=L   the SFTP requests it allows, as sftp-server -p takes them;
#	             drop: what an account needs that can write and not read
#
# In FOLDER, made when they are not there yet: id (an ed25519 key, id.pub),
# host (the server's own), fingerprint (SHA256:... of it), log.  Prints
# "port N"; ends, with all its sessions, when its standard input does.
set -eu

folder=$(realpath "$1")
shift
port=
requests=
for word; do
	case $word in
	port=*) port=${word#*=} ;;
	requests=drop)
		requests=' -p open,close,write,lstat,stat,fstat,realpath,rename'
		;;
	requests=*) requests=" -p ${word#*=}" ;;
	*) exit 2 ;;
	esac
done
sshd=$(PATH=$PATH:/usr/sbin command -v sshd)
for key in id host; do
	[ -e "$folder/$key" ] ||
		ssh-keygen -q -t ed25519 -N '' -C '' -f "$folder/$key"
done
ssh-keygen -lf "$folder/host.pub" | cut -d ' ' -f 2 >"$folder/fingerprint"
[ -n "$port" ] || port=$(python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# Where the one of the system has its folder, it needs it.
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
cat >"$folder/sshd_config" <<END
ListenAddress 127.0.0.1
Port $port
HostKey $folder/host
PidFile none
AuthorizedKeysFile $folder/id.pub
AuthenticationMethods publickey
AllowUsers $(id -un)
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
LogLevel DEBUG1
MaxStartups 200
AllowTcpForwarding no
X11Forwarding no
Subsystem sftp internal-sftp
ForceCommand internal-sftp$requests
END
"$sshd" -D -f "$folder/sshd_config" -E "$folder/log" </dev/null >&2 &
server=$!
end() {
	pkill -KILL -P "$server" || true
	kill "$server" 2>/dev/null || true
}
trap end EXIT
for ((n = 0; n < 100; n++)); do
	! (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	kill -0 "$server"
	sleep 0.05
done
echo "port $port"
cat >/dev/null
