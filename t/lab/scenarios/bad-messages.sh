# Workers that say garbage, too much, or what they may not; and everybody else who can say something: clients of
# the control socket, the link's script. Whoever breaks the protocol is killed and begins anew, the window says
# what happened, and the agent listens again.
# shellcheck disable=SC2034
conf_window='	pause = 5s'

# The workers stand in a directory for -L: real ones, and ones that do what the next line of a plan says, and are
# the real ones when the plan is at its end.
workers=$W/workers bad=$W/bad
mkdir -p $workers $bad
chmod 777 $bad
for f in oobm-agent oobm-tunnel oobm-push ip-up ip-down; do ln -s "$OOBM_BUILD/src/$f" $workers/$f; done
for f in agent tunnel push; do
	cat >$bad/oobm-$f <<-X
	#!/bin/sh
	what=\$(head -n 1 $bad/$f.plan 2>/dev/null)
	if [ "\$what" = always ]; then what=\$(tail -n 1 $bad/$f.plan); else sed -i 1d $bad/$f.plan 2>/dev/null; fi
	case \$what in
	'') exec $OOBM_BUILD/src/oobm-$f "\$@";;
	garbage) head -c 3000 /dev/urandom >&3; sleep 1000;;
	endless) head -c 100000 /dev/zero | tr '\\0' a >&3; sleep 1000;;
	flood) yes alive >&3;;
	deaf) exec 3<&- sleep 1000;;
	hung) exec sleep 1000;;
	*) printf '%b\n' "\$what" >&3; sleep 2; exit 3;;
	esac
	X
	chmod 755 $bad/oobm-$f
done
# play WORKER [always] WHAT...: its next lives
play() {
	local worker=$1
	shift
	printf '%s\n' "$@" >$bad/$worker.plan
	chmod 666 $bad/$worker.plan
	ln -sfn $bad/oobm-$worker $workers/oobm-$worker
}
real() { ln -sfn "$OOBM_BUILD/src/oobm-$1" $workers/oobm-$1; }

# wrong WORKER REGEX: the parent has said so of it.
wrong() { check "$1: $2" wait_log oobmd "protocol error from oobm-$1: $2" 120; mark oobmd; }

world_up
push_start || not_ok "the push server is there"
modem_start || not_ok "the modem is there"

chapter "the agent"
mkdir -p $W/mark && : >$W/log/oobmd.log
play agent garbage endless flood fly claim 'alive nonsense=1' stopped 'ready\nready' 'open id=1 relay=0 ifname=h0 local=1.2.3.4' \
	'claim path=/etc/passwd' 'link-open tty=/etc/passwd dcd=1' "link-open tty=$MODEM_DEVICE dcd=1" deaf
oobmd_start -L $workers
wrong agent 'the line has a byte outside printable ASCII'
wrong agent 'a line (without an end|is too long)'
wrong agent 'too many messages'
wrong agent 'the verb is not allowed here'
wrong agent 'a required field is missing'
wrong agent 'a field is not allowed with this verb'
wrong agent 'it stopped though nobody asked'
wrong agent 'this verb is allowed only once'
check "agent: a file is no port, for the lock file" wait_log oobmd '/etc/passwd is not a port that the config allows' 120
check "agent: pppd gets the modem" wait_log oobmd 'pppd\[[0-9]+\] on ' 240
check "agent: the one that let go of its channel is killed" wait_log oobmd 'oobm-agent.* does not end; killing it' 120
check "the real one listens in the end" wait_log oobmd 'offline -> listening' 120
check_not "pppd did not get a file" grep -q 'pppd.* on /etc/passwd' $W/log/oobmd.log
is "no pppd is left" "$(pids_of home pppd)" ""
is "/etc/passwd is as it was" "$(grep -c '^oobmd:' /etc/passwd)" 1

for what in garbage endless flood fly tunnel-up 'checked id=1 address=a peer=b nonsense=1' 'sent id=1' deaf hung \
		'tunnel-up id=1 address=1.2.3.4 peer=1.2.3.4 ports=31337' 'checked id=x address=a peer=b'; do
	chapter "the tunnel: $what"
	play tunnel "$what"
	ask
	check "tunnel, $what: the window opens in the end" opened 200
	check "tunnel, $what: the phone lands" phone_ssh true
	oobm down >/dev/null
	check "tunnel, $what: the agent listens again" listening
	clean "tunnel, $what"
done

chapter "the tunnel, whatever it is"
play tunnel always garbage
ask
fails "tunnel, always" 3 'OOBM failed: SSH session: oobm-tunnel .*it broke the protocol'
real tunnel

chapter "a tunnel that hangs inside a window"
ask
opened >/dev/null
mark oobmd
t0=$(uptime)
oobmd_kill oobm-tunnel STOP
check "hung tunnel: killed" wait_log oobmd 'oobm-tunnel.* no sign of life' 60
between "hung tunnel: noticed within 45 s" "$(awk -v a="$t0" -v b="$(uptime)" 'BEGIN { print b - a }')" 0 46
check "hung tunnel: opened again" opened 200
check "hung tunnel: the phone lands" phone_ssh true

chapter "news that are none"
mark oobmd
echo 'up ifname=h0' >/run/oobmd/link
check "odd news: the link ends" wait_log oobmd 'open -> closing' 60
like "odd news: named" "$(oobm history -n 20)" "the link's script said something that is no news"
check "odd news: opened again" opened 200
oobm down >/dev/null
check "the agent listens again" listening

for what in garbage flood 'sent id=1' deaf; do
	chapter "push: $what"
	play push "$what"
	mark push
	ask
	check "push, $what: the notice arrives in the end" wait_log push 'title=OOBM%20link%20up' 200
	oobm down >/dev/null
	check "push, $what: the agent listens again" listening
done
chapter "push, whatever it is"
play push always garbage
ask
check "push, always: the window opens" opened
check "push, always: given up" wait_log oobmd "push 'OOBM link up' given up: oobm-push died: it broke the protocol" 200
oobm down >/dev/null
like "push, always: the report names it" "$(next_sms 1)" 'Push failed: oobm-push died'
check "push, always: the agent listens again" listening
real push

chapter "the control socket"
# say_control SECONDS TEXT [CONNECTIONS]: says it on so many connections, prints what comes within that time.
say_control() {
	ip netns exec home perl -MIO::Socket::UNIX -MIO::Select -e '
		my ($seconds, $text, $n) = @ARGV;
		$SIG{PIPE} = "IGNORE";
		my $s = IO::Select->new;
		for (1 .. $n) {
			my $c = IO::Socket::UNIX->new("/run/oobmd/control") or next;
			syswrite $c, $text;
			$s->add($c);
		}
		my $end = time + $seconds;
		while ($s->count && time <= $end) {
			for my $c ($s->can_read(0.2)) { if (sysread $c, my $b, 4096) { print STDOUT $b } else { $s->remove($c) } }
		}
		print "open: ", $s->count, "\n"' "$1" "$2" "${3:-1}"
}
like "garbage is shown out" "$(say_control 5 "$(head -c 500 /dev/urandom | tr '\0\n' 'xx')
")" '^open: 0'
like "a line that is too long is shown out" "$(say_control 5 "$(head -c 20000 /dev/zero | tr '\0' a)")" '^open: 0'
like "an unknown request is shown out" "$(say_control 5 'open the door
')" '^open: 0'
like "a wrong length is told" "$(say_control 3 'up length=1
')" '^error code=usage'
like "half a line is shown out after 10 s" "$(say_control 15 'stat')" '^open: 0'
say_control 1 'stat' 100 >/dev/null
like "after 100 connections it answers" "$(oobm status 2>&1)" 'LISTENING|[Ll]istening'
like "a second request of the same kind is shown out" "$(say_control 5 'status
status
')" '^open: 0'
is "the agent is the same all the time" "$(log_since oobmd | grep -c 'oobm-agent.* died')" 0
oobmd_stop
is "oobmd ends well" $? 0
