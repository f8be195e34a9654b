# modemsim as a USB device: names, lines, calls with real pppd on both sides, unplugging.
# shellcheck shell=sh disable=SC2016,SC2086
world_up
PDU=0001000B919471325476F800000454747A0E	# "This" to +49172345678, 17 octets

chat() { local what=$1; shift; check "$what" "$TOOLS/portchat" "$@"; }
gone() { wait_until 20 sh -c '! ls /dev/ttyUSB*'; }
back() { wait_log uevents '^/dev/ttyUSB2: group' 20; }
modem_says() { modem wait "$1" 20 --since "${MARK:-0}"; }

# The home's pppd on the port that portchat has lent: home_ppp starts it and waits for its address;
# home_ppp_ended STATUS waits for its end.
cat >$W/home-ppp <<'X'
#!/bin/sh
rm -f $W/home-ppp.status
: >$W/log/home-ppp.log
{ ip netns exec home pppd /dev/ttyUSB0 921600 modem crtscts noauth nodetach nolock noipv6 noipdefault nodefaultroute \
	usepeerdns noccp lcp-restart 1 ifname oobm0 logfd 1 >>$W/log/home-ppp.log 2>&1
  echo $? >$W/home-ppp.status; } &
"$OOBM_BUILD/t/lab/waitfor" $W/log/home-ppp.log 'local +IP address' 20
X
cat >$W/home-ppp-ended <<'X'
#!/bin/sh
"$OOBM_BUILD/t/lab/waitfor" $W/home-ppp.status "^$1\$" 20
X
# What is sent to the carrier's port 7 comes back: `echo BYTES` prints kB/s each way.
cat >$W/echod <<'X'
use strict; use warnings; use IO::Socket::INET; $SIG{CHLD} = 'IGNORE';
my $l = IO::Socket::INET->new(LocalPort => 7, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $l->accept) {
	next if fork;
	my $b;
	while (sysread $c, $b, 65536) { my $o = 0; while ($o < length $b) { $o += syswrite($c, $b, length($b) - $o, $o) // exit } }
	exit;
}
X
cat >$W/echo <<'X'
use strict; use warnings; use IO::Socket::INET; use Time::HiRes 'time';
my ($host, $size) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => "$host:7", Timeout => 20) or die "connect: $!\n";
my $block = join '', map { chr($_ * 7 % 256) } 1 .. $size;
my $start = time;
if (!(my $pid = fork)) { my $o = 0; while ($o < $size) { $o += syswrite($s, $block, 65536, $o) // die } exit 0 }
my $got = '';
while (length $got < $size) { sysread($s, $got, 65536, length $got) or die "short\n" }
die "damaged\n" if $got ne $block;
printf "%.0f kB/s each way\n", $size / 1000 / (time - $start + 1e-6);
X
chmod +x $W/home-ppp $W/home-ppp-ended
daemon echod ip netns exec carrier perl $W/echod

# --- plugging in ---------------------------------------------------------------------------
check "the option driver makes three ports of it" modem_start
like "who asks for another interface is told what is there" "$("$TOOLS/portchat" 12d1:1001/5)" \
	'12d1:1001 with interface 5; seen: .*/dev/ttyUSB1 \(12d1:1001, interface 1\)'
like "the serial number counts" "$("$TOOLS/portchat" 12d1:1001:OTHER/0)" 'no serial port of USB device 12d1:1001:OTHER'
chat "found by id, serial number and interface" 12d1:1001:LAB0001/2 send 'AT^CURC=0\r' expect 'OK\r\n' \
	send 'ATI\r' expect huawei expect 'OK\r\n'
chat "a second user is refused" 12d1:1001/2 \
	run '"$OOBM_BUILD/t/lab/portchat" /dev/ttyUSB2 | grep -q "in use by portchat, process"'

# --- messages ------------------------------------------------------------------------------
chat "messages come and go" 12d1:1001/2 run '"$OOBM_BUILD/t/lab/modemctl" sms +491701234567 "up secret"' \
	expect '+CMTI: "SM",0' send 'AT+CMGR=0\r' expect '+CMGR: 0,,' expect OK send 'AT+CMGD=0\r' expect OK \
	send 'AT+CMGS=17\r' expect '> ' send "$PDU\\x1a" expect '+CMGS: 1' expect OK
is "what was sent is known" "$(wait_sms 1 10)" "+49172345678 This"
check_not "the diagnostic port is mute" "$TOOLS/portchat" 12d1:1001/1 send 'AT\r' seconds 1 expect OK

# --- lines ---------------------------------------------------------------------------------
chat "DCD shows the call, DTR ends it" 12d1:1001/0 send 'ATE0\r' expect OK dcd 0 send 'ATD*99#\r' expect CONNECT dcd 1 \
	dtr 0 run '"$OOBM_BUILD/t/lab/modemctl" wait "call ended: DTR dropped" 10' dcd 0 dtr 1 send 'AT\r' expect OK
MARK=$(modem mark)
chat "a call, and the port closed in the middle of it" 12d1:1001/0 send 'ATD*99#\r' expect CONNECT dcd 1
check "closing hangs up" modem_says 'call ended: DTR dropped'
check "and the carrier ends" modem_says 'carrier ended'

# --- pppd on both sides --------------------------------------------------------------------
chat "PPP through the modem, and the carrier hangs up" 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run $W/home-ppp \
	run "ip netns exec home perl $W/echo $CARRIER_IP 200000 >$W/speed" \
	run '"$OOBM_BUILD/t/lab/portchat" 12d1:1001/2 send "AT+CSQ\r" expect "+CSQ: 20" expect OK' \
	run '"$OOBM_BUILD/t/lab/modemctl" fault drop-carrier' run "$W/home-ppp-ended 16" back send 'AT\r' expect OK dcd 0
say "$(cat $W/speed)"
MARK=$(modem mark)
chat "PPP, and our pppd ends" 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run $W/home-ppp run 'kill $(cat /run/oobm0.pid)' \
	run "$W/home-ppp-ended 5" back send 'AT\r' expect OK dcd 0
check "the carrier noticed" modem_says 'carrier ended'
# TIOCEXCL, which pppd sets, keeps out everybody but root, and outlasts a hang-up
daemon portchat setpriv --reuid oobmd --regid oobmd --groups dialout "$TOOLS/portchat" 12d1:1001/0 seconds 30 \
	send 'ATD*99#\r' expect CONNECT lend run "$TOOLS/waitfor $W/given . 60" back send 'AT\r' expect OK
check "an ordinary user dials" wait_log portchat '[]] lend' 20
check "root's pppd takes over" $W/home-ppp
check "the carrier hangs up" sh -c "'$TOOLS/modemctl' fault drop-carrier && $W/home-ppp-ended 16"
echo yes >$W/given
check "an ordinary user takes the port back" wait_log portchat 'expect OK' 20
wait_until 10 negate daemon_runs portchat
# while pppd has the port, poll(2) on our descriptor tells nothing, not even that it is gone
chat "pulled out during PPP" 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run $W/home-ppp \
	run '"$OOBM_BUILD/t/lab/modemctl" unplug' run "$W/home-ppp-ended 16" gone
check "the ports are gone" gone
check "and back" modem_plug

# --- pulling out and starting anew ---------------------------------------------------------
chat "pulled out while idle" 12d1:1001/0 send 'AT\r' expect OK run '"$OOBM_BUILD/t/lab/modemctl" unplug' gone
gone
like "a missing modem is named" "$("$TOOLS/portchat" 12d1:1001/0)" 'is it plugged in'
modem_plug
mark uevents
chat "AT+CFUN=1,1 makes the device go" 12d1:1001/2 send 'AT+CFUN=1,1\r' gone
check "and come back" back
chat "with its defaults" 12d1:1001/2 send 'AT\r' expect 'AT\r\r\nOK\r\n'
for _ in 1 2 3; do
	modem_unplug && gone && modem_plug || break
done
chat "three more times" 12d1:1001/2 send 'AT\r' expect OK

daemon_signal modem KILL
wait_until 10 negate daemon_runs modem && gone
check "killed, its device goes, and it starts anew" modem_start
chat "the new one answers" 12d1:1001/0 send 'AT\r' expect OK

check "it ends" modem_stop
check_not "and leaves no gadget" test -e /sys/kernel/config/usb_gadget/modemsim
check_not "and no mount" grep functionfs /proc/mounts
