#!/bin/sh
# oobm-power as its parent sees it: what is asked, what is told, in which order. The machine is switched by a
# program with a state of its own, as a relay board is; t/7110 has the same by lines.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
power=$OOBM_BUILD/src/oobm-power
need "$power" setsid

# The board. $T/NAME.state is what its machine is; files beside it give it moods: slow (SECONDS), deaf, broken,
# hangs, mute. $T/NAME.log has a line for each call.
cat >"$T/board" <<'EOF'
#!/bin/sh
me=${0%/*}/$1
[ "$2" = status ] || echo "$2" >>"$me.log"
[ ! -e "$me.broken" ] || { echo "no such outlet" >&2; exit 3; }
if [ "$2" = status ]; then
	[ ! -e "$me.mute" ] || exit 7
	cat "$me.state"
	exit
fi
echo $$ >"$me.pid"
[ ! -e "$me.slow" ] || sleep "$(cat "$me.slow")"
[ ! -e "$me.hangs" ] || exec sleep 1000
[ -e "$me.deaf" ] && [ "$2" = off ] && exit
echo "$3" >"$me.state"
EOF
chmod 755 "$T/board"
echo on >"$T/nas.state"
echo off >"$T/gw.state"

times="press=500 hold=5500 on-time=1500 off-time=1500 pause=300"
board() {	# NAME VERB... - the settings of a machine whose board knows these verbs
	name=$1
	shift
	printf '> target name=%s backend=command %s' "$name" "$times"
	for verb; do printf ' command-%s=%s%%20%s%%20%s%%20%s' "$verb" "$T/board" "$name" "$verb" "${verb#force-}"; done
	echo
}
whole() { board "$1" on off force-off reset status; }
burst() { for i in $(seq "$2" "$3"); do echo "> power id=$i target=$1 verb=off force=1"; done; }

"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$power" -d -R <<EOS
test the worker says when it is ready, and what it knows of each machine
$(whole nas)
$(whole gw)
$(board plug on off)
> start
< ready
< led target=nas led=unknown
< queue target=nas n=0
< power-fault target=nas text=
< led target=gw led=unknown
< queue target=gw n=0
< power-fault target=gw text=
< led target=plug led=none
< queue target=plug n=0
< power-fault target=plug text=

test what is seen is told, whichever is seen first
< led target~[ng]* led~o*
< led target~[ng]* led~o*
quiet 200

test a status is asked for anew
> power id=1 target=nas verb=status
< progress id=1 target=nas text~asking*
< power-done id=1 target=nas ok=1 led=on text~*says?on
> power id=2 target=plug verb=status
< power-done id=2 target=plug ok=1 led=none text~*no?command-status*cannot?be?known

test what makes no sense is refused, and not run
> power id=3 target=nas verb=on
< progress id=3
< power-done id=3 target=nas ok=0 led=on text~*says?on*--force*
> power id=4 target=gw verb=off
< progress id=4
< power-done id=4 target=gw ok=0 led=off text~*says?off*--force*
$ test ! -e $T/nas.log && test ! -e $T/gw.log

test off is carried out, shown, and reported
> power id=5 target=nas verb=off
< progress id=5 text~asking*
< progress id=5 text~running?command-off
< progress id=5 text~waiting*
< led target=nas led=off
< progress id=5 text~*said?off?after*
< power-done id=5 target=nas ok=1 led=off text~*said?off?after*
$ test "\$(cat $T/nas.log)" = off && test "\$(cat $T/nas.state)" = off

test cycle of a machine that is off only turns it on
ignore progress
> power id=6 target=nas verb=cycle
< led target=nas led=on
< power-done id=6 target=nas ok=1 led=on text~*said?on?after*

test cycle turns off and on again
> power id=7 target=nas verb=cycle
< led target=nas led=off
< led target=nas led=on
< power-done id=7 target=nas ok=1 led=on text~*said?off?after*turned?on?again*
$ test "\$(tail -n 2 $T/nas.log | xargs)" = "off on"

test a reset is a program of its own
> power id=8 target=nas verb=reset
< power-done id=8 target=nas ok=1 led=on text~reset*says?on*console
$ test "\$(tail -n 1 $T/nas.log)" = reset && echo on >$T/nas.state

test what has no effect is said after off-time
$ : >$T/nas.deaf
> power id=9 target=nas verb=off
< power-done id=9 target=nas ok=0 led=on text~no?change?in?1.5?s:?try?force-off,?or?--escalate

test what has no effect is forced, if that was asked for
> power id=10 target=nas verb=off escalate=1
< led led=off
< power-done id=10 target=nas ok=1 led=off text~no?change*forced?off*
$ test "\$(tail -n 2 $T/nas.log | xargs)" = "off force-off"
$ rm $T/nas.deaf

test without a status nothing is claimed
> power id=11 target=plug verb=cycle
< power-done id=11 target=plug ok=1 led=none text~*cannot?be?known
$ test "\$(xargs <$T/plug.log)" = "off on"
> power id=12 target=plug verb=off escalate=1
< power-done id=12 target=plug ok=0 text~*command-force-off*
> power id=13 target=plug verb=reset
< power-done id=13 target=plug ok=0 text~*command-reset*cycle*

test a program that fails is quoted
$ : >$T/plug.broken
> power id=14 target=plug verb=on
< power-done id=14 target=plug ok=0 text~*$T/board*status?3*no?such?outlet
$ rm $T/plug.broken

test a status that does not tell makes blind, and no more
$ : >$T/gw.mute
> power id=15 target=gw verb=on
< led target=gw led=unknown
< power-done id=15 target=gw ok=1 led=unknown text~*does?not?tell*cannot?be?known
$ test "\$(cat $T/gw.state)" = on && rm $T/gw.mute

test whether it could be done is asked without doing it
> power id=60 target=plug verb=off escalate=1 try=1
< power-done id=60 target=plug ok=0 text~*command-force-off*
> power id=61 target=nas verb=reset try=1
< power-done id=61 target=nas ok=1 text=
$ test "\$(tail -n 1 $T/nas.log)" = force-off

test an unknown machine, and an unknown word
> power id=16 target=tv verb=on
< power-done id=16 target=tv ok=0 led=unknown text~*no?target?tv*
> power id=17 target=nas verb=kick
< power-done id=17 target=nas ok=0 text~*kick*none?of*cycle*

test requests for one machine wait for each other, those for others do not
$ echo 0.3 >$T/plug.slow
> power id=20 target=plug verb=off
> power id=21 target=plug verb=on
> power id=22 target=plug verb=off
> power id=23 target=gw verb=status
< queue target=plug n=1
< queue target=plug n=2
< led target=gw led=on
< power-done id=23 target=gw ok=1 led=on
< power-done id=20 target=plug ok=1
< queue target=plug n=1
< power-done id=21 target=plug ok=1
< queue target=plug n=0
< power-done id=22 target=plug ok=1
$ test "\$(tail -n 3 $T/plug.log | xargs)" = "off on off"

test who waits is told, and who only asks does not wait
$ echo 0.5 >$T/plug.slow
ignore queue
> power id=24 target=plug verb=off
< progress id=24 text~running*
> power id=25 target=plug verb=on
< progress id=25 target=plug text~waiting?for?off*
> power id=26 target=plug verb=status
< power-done id=26 target=plug ok=1 led=none text~*off?is?being?carried?out*more?requests?wait
< power-done id=24
< progress id=25 text~running*
< power-done id=25

test eight wait, no more
ignore progress
$(burst plug 30 39)
< queue n=1
< queue n=2
< queue n=3
< queue n=4
< queue n=5
< queue n=6
< queue n=7
< queue n=8
< power-done id=39 target=plug ok=0 text~8?requests?wait*

test a stop ends what runs and what waits, the program and its children too
$ t=0; until kill -0 \$(cat $T/plug.pid); do t=\$((t + 1)); test \$t -lt 100; sleep 0.02; done
> abort target=plug
< power-done id=31 target=plug ok=0 text~stopped*
< power-done id=32 ok=0
< power-done id=33 ok=0
< power-done id=34 ok=0
< power-done id=35 ok=0
< power-done id=36 ok=0
< power-done id=37 ok=0
< power-done id=38 ok=0
< queue target=plug n=0
< power-done id=30 ok=0 text~stopped?on?request*
$ t=0; while kill -0 \$(cat $T/plug.pid); do t=\$((t + 1)); test \$t -lt 100; sleep 0.02; done
$ rm $T/plug.slow

test a program that hangs is ended by a stop, and what is asked next waits for its end
$ : >$T/plug.hangs
> power id=40 target=plug verb=off
$ t=0; until grep -q sleep /proc/\$(cat $T/plug.pid)/comm; do t=\$((t + 1)); test \$t -lt 100; sleep 0.02; done
> abort target=plug
< power-done id=40 ok=0 text~stopped*
$ rm $T/plug.hangs
> power id=41 target=plug verb=on
< power-done id=41 ok=1
$ test "\$(cat $T/plug.state)" = on

test a new agent is told all again
> tell
< led target=nas led=off
< queue target=nas n=0
< power-fault target=nas text=
< led target=gw led=on
< queue target=gw n=0
< power-fault target=gw text=
< led target=plug led=none
< queue target=plug n=0
< power-fault target=plug text=
> abort target=nas
> abort target=tv
quiet 200

test the end does not wait for a program, and leaves none behind
$ : >$T/plug.hangs
> power id=50 target=plug verb=off
> power id=51 target=plug verb=on
< queue target=plug n=1
> tell
< led target=nas
< queue target=nas n=0
< power-fault target=nas
< led target=gw
< queue target=gw n=0
< power-fault target=gw
< led target=plug led=none
< queue target=plug n=1
< power-fault target=plug text=
< running id=50 target=plug verb=off
< running id=51 target=plug verb=on
$ t=0; until grep -q sleep /proc/\$(cat $T/plug.pid)/comm; do t=\$((t + 1)); test \$t -lt 100; sleep 0.02; done
deadline 1000
end 0
$ t=0; while kill -0 \$(cat $T/plug.pid); do t=\$((t + 1)); test \$t -lt 40; sleep 0.02; done
deadline 10000

test a machine whose lines cannot be had is told with the reason, and the others work
start
> target name=iron backend=gpio $times chip=$T/no-chip power-line=17 led-line=22 led-flags=pull-up
$(whole nas)
> start
< ready
< led target=iron led=unknown
< queue target=iron n=0
< power-fault target=iron text~*
< led target=nas led=unknown
< queue target=nas n=0
< power-fault target=nas text=
< led target=nas led=off
> power id=1 target=iron verb=force-off
< power-done id=1 target=iron ok=0 led=unknown text~?*
> power id=4 target=iron verb=cycle escalate=1 try=1
< power-done id=4 target=iron ok=0 led=unknown text~?*
> power id=2 target=iron verb=status
< power-done id=2 target=iron ok=0 led=unknown text~?*
> power id=3 target=nas verb=status
< power-done id=3 target=nas ok=1 led=off
end 0
EOS
status=$?
[ $status = 0 ] || tail -n 60 "$T/worker.log" | sed 's/^/# /'
exit $status
