#!/bin/bash
# The whole daemon, with a machine whose power is switched by programs, as a relay board's would be: no modem, no GPIO.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'oobmd is started by root'
need ssh-keygen getent perl
getent passwd daemon >/dev/null || skip_all 'there is no account daemon'
chmod 755 "$T"
mkdir "$T/etc" "$T/board"
chown daemon "$T/board"

# The board: a file says whether the machine is on, another what is asked of it.
cat >"$T/hub" <<'EOT'
#!/bin/sh
board=$(dirname "$0")/board
echo "$*" >>"$board/log"
[ ! -e "$board/broken" ] || { echo "no such hub" >&2; exit 3; }
case $1 in
status) cat "$board/state";;
*) [ ! -e "$board/slow" ] || sleep "$(cat "$board/slow")"; echo "$2" >"$board/state";;
esac
EOT
chmod 755 "$T/hub"
echo on >"$T/board/state"
chmod 666 "$T/board/state"

# where everybody can reach them
mkdir "$T/libexec"
install -m 755 "$OOBM_BUILD"/src/oobm-agent "$OOBM_BUILD"/src/oobm-power "$T/libexec"

umask 077
echo 'correct horse battery' >"$T/etc/secret"
ssh-keygen -q -t ed25519 -N '' -f "$T/etc/id_ed25519"
cat >"$T/etc/oobmd.conf" <<EOT
state-dir = "$T/state" run-dir = "$T/run" user = daemon group = daemon tty-group = daemon
modem { device = "$T/no-modem" }
owner me { number = "+491701234567" secret-file = "$T/etc/secret" }
relay home { host = relay.example.org hostkey = "$(ssh-keygen -lf "$T/etc/id_ed25519.pub" | cut -d' ' -f2)" key-file = "$T/etc/id_ed25519" }
target nas {
	command-on = {"$T/hub", set, on}
	command-off = {"$T/hub", set, off}
	command-force-off = {"$T/hub", set, off}
	command-status = {"$T/hub", status}
	off-time = 5s
	on-time = 5s
	pause = 1s
}
EOT
umask 022

pid=
daemon_start() {
	"$OOBM_BUILD/src/oobmd" -d -f "$T/etc/oobmd.conf" -L "$T/libexec" >>"$T/log" 2>&1 &
	pid=$!
	"$OOBM_BUILD/t/lab/waitfor" "$T/log" 'oobm-power is ready' 20 >/dev/null
}
daemon_stop() { kill "$1" "$pid"; wait "$pid" 2>/dev/null; : >"$T/log"; }
finish() {
	if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; fi
	rm -rf "$T"
}
trap finish EXIT
oobm() { status=0; "$OOBM_BUILD/src/oobm" -s "$T/run/control" "$@" >"$T/out" 2>"$T/err" </dev/null || status=$?; }

check "the daemon and oobm-power start" daemon_start || { done_testing; exit 1; }
oobm
is "oobm alone shows how things stand" $status 0
sees() { oobm && grep -qE "$1" "$T/out"; }
check "with the machine" within 5000 sees '^  nas .* on$'
oobm power nas on
is "on, when it is on, is refused" $status 1
like "with a reason" "$(cat "$T/err")" '^oobm: .*on'
oobm power nas force-off
is "its power can be taken away" "$status $(cat "$T/board/state")" "0 off"
oobm power nas status
like "and that is seen" "$(cat "$T/out")" 'off'
oobm power nas on
is "and given back" "$status $(cat "$T/board/state")" "0 on"
oobm power nas cycle
is "cycle does both" "$status $(cat "$T/board/state")" "0 on"
like "and tells it" "$(cat "$T/out")" '.'
oobm power gw on
is "an unknown target is refused" $status 1
like "with what to look at" "$(cat "$T/err")" 'no such target.*oobm status'
oobm power nas explode
is "an unknown verb is refused" $status 1
like "with the known ones" "$(cat "$T/err")" 'on, off, force-off, cycle, reset'

oobm power cycle nas
is "a verb before its target is wrong usage" $status 2
like "and put right" "$(cat "$T/err")" 'the machine comes first: oobm power nas cycle'
oobm power nas status --in 10m
is "a status is not for later" $status 1
like "and is told at once" "$(cat "$T/err")" 'leave --in out'

oobm power nas reset --in 10m
is "what could not be done then is refused now" $status 1
like "with the reason" "$(cat "$T/err")" 'nothing is pending, as it could not be done: this machine has no command-reset'
oobm pending
like "and is not pending" "$(cat "$T/out")" 'nothing is pending'

# begun VERB: is asked of a board that takes its time; returns when it is being done.
begun() {
	echo 2 >"$T/board/slow"
	: >"$T/asked"
	"$OOBM_BUILD/src/oobm" -s "$T/run/control" power nas "$1" >"$T/asked" 2>&1 </dev/null &
	asker=$!
	within 5000 grep -q running "$T/asked"
}
noted() { "$OOBM_BUILD/src/oobm" -s "$T/run/control" history -n 1000 >"$T/history" && grep -qE "$1" "$T/history"; }
# The process of the last PROGRAM that was started.
last_pid() { grep -o "$1\[[0-9]*\] started" "$T/log" | tail -n 1 | tr -dc 0-9; }

# an asynchronous command of a script ignores SIGINT; perl does not
begun_at_terminal() {
	echo 2 >"$T/board/slow"
	: >"$T/asked"
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$OOBM_BUILD/src/oobm" -s "$T/run/control" power nas "$1" >"$T/asked" 2>&1 </dev/null &
	asker=$!
	within 5000 grep -q running "$T/asked"
}
begun_at_terminal off
kill -INT "$asker"
wait "$asker"
is "^C ends who asked" $? 130
like "who is told that it goes on" "$(cat "$T/asked")" '^oobm: this goes on without you. To stop it: oobm cancel nas'
oobm cancel nas
like "and can stop it" "$status $(cat "$T/out")" '^0 what was running is ended'
check "which is noted" within 5000 noted 'nas: off: stopped on request'

echo on >"$T/board/state"
begun off
oobm power nas on --in 10m
kill -9 "$(last_pid oobm-agent)"
wait "$asker"
is "who asked does not wait for an agent that is dead" $? 5
like "and hears what to do" "$(cat "$T/asked")" 'hung up.*oobm history. To stop it: oobm cancel nas'
check "there is another" within 5000 oobm status
oobm cancel nas
like "through which it can be stopped" "$status $(cat "$T/out")" '^0 cancelled: on of nas; what was running is ended'

echo on >"$T/board/state"
begun off
kill -HUP "$pid"
check "while it runs, the config is read again" "$OOBM_BUILD/t/lab/waitfor" "$T/log" 'reloaded' 10
wait "$asker"
check "it goes on" within 5000 noted 'nas: off: command-status said off'
like "and is not said to be cut short" "$(cat "$T/history"; cat "$T/board/state")" '^off'

echo on >"$T/board/state"
begun off
sed -i 's/off-time = 5s/off-time = 6s/' "$T/etc/oobmd.conf"
kill -HUP "$pid"
wait "$asker"
is "other settings end it" $? 1
like "which is told to who asked" "$(cat "$T/asked")" 'oobm-power was ended .the config was changed.*Look at the machine'
check "and noted" within 5000 noted 'nas: off: oobm-power was ended'
check "the new ones are used" within 10000 sees '^  nas .* o(n|ff)$'

begun off
# The agent first: what it was told in the moment of its own death is in the log alone.
agent=$(last_pid oobm-agent)
worker=$(last_pid oobm-power)
kill -9 "$agent"
while grep -q '^State:.[^Z]' "/proc/$agent/status" 2>/dev/null; do :; done
kill -9 "$worker"
wait "$asker"
check "agent and oobm-power die at once: it is noted" within 10000 noted 'oobm-power died: killed by signal 9'
rm "$T/board/slow"
check "and all goes on" within 10000 sees '^  nas .* o(n|ff)$'
echo on >"$T/board/state"

oobm power nas force-off --in 10m
is "--in is taken" $status 0
like "with how to stop it" "$(cat "$T/out")" 'force-off of nas in 10 min.*oobm cancel 1'
oobm pending
like "it is pending" "$(cat "$T/out")" '1 +force-off of nas in (10 min|9m 5[0-9]s)'
kill -9 "$("$OOBM_BUILD/t/lab/waitfor" "$T/log" 'oobm-agent\[[0-9]*\] started' 1 | sed 's/.*oobm-agent\[\([0-9]*\)\].*/\1/')" 2>/dev/null
daemon_stop -TERM
check "after a restart" daemon_start
oobm pending
like "it still is" "$(cat "$T/out")" '1 +force-off of nas in 9m'
oobm cancel nas
is "cancel takes it back" $status 0
oobm pending
like "and nothing is pending" "$(cat "$T/out")" 'nothing is pending'
oobm power nas force-off --in 1s
check "a second is enough to be late" "$OOBM_BUILD/t/lab/waitfor" "$T/log" 'now: the pending force-off of nas' 10
check "and it is done" "$OOBM_BUILD/t/lab/waitfor" "$T/log" 'nas: force-off: ' 10
is "once" "$(cat "$T/board/state")" off
check "it is noted in the history" sh -c '"$1/src/oobm" -s "$2/run/control" history | grep -q "pending: force-off"' - "$OOBM_BUILD" "$T"

: >"$T/board/broken"
oobm power nas on
is "a board that is out of order is told" $status 1
like "in its own words" "$(cat "$T/err")" 'no such hub'
daemon_stop -TERM
pid=
done_testing
