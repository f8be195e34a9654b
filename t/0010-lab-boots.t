#!/bin/sh
# A guest runs a command, passes on what it says and how it ends, and leaves the host alone.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

way=
case ${OOBM_LAB:-} in travel) way=--travel;; stock) way=--stock;; esac
# Everything of boot's own goes to $TMPDIR, so that leftovers show.
mkdir -m 777 "$T/tmp" "$T/out"
chmod 755 "$T"
boot() { TMPDIR=$T/tmp "$OOBM_SRC/t/lab/boot" $way "$@"; }
now() { date +%s; }

boot -o "$T/out" -- sh -c 'head -c 300000 /dev/urandom | base64 >/lab/sent; printf "end\r\n\t\303\244" >>/lab/sent
	cat /lab/sent; touch /etc/oobm-was-here; exit 7' >"$T/got"
is "the command's status comes back" $? 7
check "its output comes byte for byte" cmp "$T/out/sent" "$T/got"
check_not "what it writes on its root stays in the guest" test -e /etc/oobm-was-here
is "source and build are there, for all users" \
	"$(boot -- setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'cat "$OOBM_SRC/configure.ac" "$OOBM_BUILD/config.status"' | wc -c)" \
	"$(cat "$OOBM_SRC/configure.ac" "$OOBM_BUILD/config.status" | wc -c)"
mkdir "$T/out/a b"
is "words stay words, the environment and the directory come along" \
	"$(cd "$T/out/a b" && boot -e "GREETING=it's \$5" -- sh -c 'echo "$GREETING|$1|$2|$(basename "$PWD")"' sh 'one word' '')" \
	"it's \$5|one word||a b"
is "randomness is there at once" "$(boot -t 60 -- perl -e 'use strict; syscall(318, my $b = "\0" x 16, 16, 0) == 16 and print "some"')" some

case $way in
--travel)
	from=$(now)
	guest=$(boot -- sh -c 'a=$(date +%s); sleep 1800; echo $(($(date +%s) - a))')
	between "half an hour passes in the guest" "$guest" 1800 1801
	between "and seconds here" $(($(now) - from)) 0 60;;
*)
	is "time is real" "$(boot -- sh -c 'read a _ </proc/uptime; sleep 2; read b _ </proc/uptime; echo "$a $b"' |
		awk '{ d = $2 - $1; print (d >= 1.9 && d < 4 ? "yes" : d) }')" yes;;
esac

boot -t 60 -- sh -c 'sleep 1; echo c >/proc/sysrq-trigger; sleep 60' 2>"$T/err"
is "a guest that dies is told from a command that fails" $? 125
like "with its last words" "$(cat "$T/err")" 'the guest died'
mark=$$.$(now)
from=$(now)
boot -t 8 -e MARK=$mark -- sh -c 'while :; do :; done' 2>"$T/err"
is "the time limit ends it" $? 124
between "in time" $(($(now) - from)) 7 20

# Programs that run, wait and sleep when boot ends before its time, by a signal that it sees or cannot see. Where time
# stands still while somebody computes, nobody else has a turn after the last one.
guests() { grep -lsF "uml_dir=$T/tmp/" /proc/[0-9]*/cmdline; }
for signal in INT TERM KILL; do
	TMPDIR=$T/tmp perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$OOBM_SRC/t/lab/boot" $way -t 100 -o "$T/out" -- \
		sh -c '(exec tail -f /dev/null) & touch /lab/runs; cat /dev/zero >/dev/null & while :; do :; done & wait' &
	pid=$!
	within 60000 test -e "$T/out/runs" || not_ok "a guest runs"
	rm -f "$T/out/runs"
	kill -$signal $pid
	wait $pid 2>/dev/null
	check "nothing of it outlives boot, which SIG$signal ended" within 10000 negate guests
done
within 10000 negate ls -d "$T"/tmp/oobm-boot.*

# Ctrl-C reaches boot and what copies the guest's output to the terminal at the same time; so more than once.
if command -v script >/dev/null; then
	mkfifo "$T/keys"
	cat >"$T/on-terminal" <<-'EOT'
	exec perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$OOBM_SRC/t/lab/boot" $WAY -t 100 -- sh -c 'echo it runs; sleep 100'
	EOT
	for i in 1 2 3 4 5; do
		: >"$T/screen"
		rm -f "$T/ended"
		(WAY=$way TMPDIR=$T/tmp script -qefc "sh $T/on-terminal" "$T/screen" >/dev/null; echo $? >"$T/ended") <"$T/keys" &
		exec 9>"$T/keys"
		within 60000 grep -q 'it runs' "$T/screen" || not_ok "a guest runs on a terminal"
		printf '\003' >&9
		within 10000 test -s "$T/ended" || break
		exec 9>&-
	done
	is "Ctrl-C on a terminal ends it, each time" "$i $(cat "$T/ended")" "5 130"
	exec 9>&-
	check "and all of the guest" within 10000 negate guests
else
	skip "Ctrl-C on a terminal: script is not there"
fi

if [ "$(id -u)" = 0 ]; then
	# Its own kernel and copy of boot, as /root may be closed to others.
	cp -r "$OOBM_SRC/t/lab" "$T/lab"
	case $way in --stock) kernel=;; *) kernel=${OOBM_KERNEL:-$("$OOBM_SRC/t/lab/kernel" --path)}; cp "$kernel" "$T/kernel"; kernel=$T/kernel;; esac
	is "nobody needs to be root" "$(cd / && TMPDIR=$T/tmp OOBM_KERNEL=$kernel OOBM_SRC=$T OOBM_BUILD='' \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$T/lab/boot" $way -- sh -c 'ip netns add x && touch /etc/x && id -u')" 0
else
	ok "nobody needs to be root: this was not"
fi
is "nothing is left behind" "$(ls "$T/tmp")" ''
done_testing
