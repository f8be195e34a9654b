#!/bin/bash
# modemsim as a USB device, met through the kernel's option driver and our serial ports: names, lines,
# calls with real pppd on both sides, unplugging. In the lab's guest, since it needs its kernel.
set -u
lab=${OOBM_BUILD:?}/t/lab

if [ "${1:-}" != --guest ]; then
	"$OOBM_SRC/t/lab/kernel" --path >/dev/null 2>&1 || { echo '1..0 # SKIP no lab kernel: build it with t/lab/kernel'; exit 0; }
	exec "$OOBM_SRC/t/lab/boot" ${OOBM_TRAVEL:+--travel} -t 240 "$OOBM_SRC/t/2010-modemsim-usb.t" --guest
fi

run=/run/modemsim
n=0
ctl() { "$lab/modemctl" "$@"; }
ok() {
	n=$((n + 1))
	[ -z "${TIMES:-}" ] || cat /proc/uptime
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else
		echo "not ok $n - $1"
		{ cat $run/out; tail -n 40 $run/log; } 2>/dev/null | sed 's/^/# /'
	fi
}
chat() {
	local name=$1 port=$2
	shift 2
	"$lab/portchat" "$port" seconds 20 "$@" >$run/out 2>&1
	ok "$name" $?
}
# Waits for a condition that has no event of its own; 20 s.
until_true() {
	local i
	for ((i = 0; i < 400; i++)); do
		"$@" && return
		sleep 0.05
	done
	return 1
}
plugged() { until_true test -e /dev/ttyUSB2; }
unplugged() { until_true test ! -e /dev/ttyUSB0; }

mkdir -p $run
cat >$run/carrier <<'X'
#!/bin/sh
exec ip netns exec carrier pppd "$1" 115200 local nocrtscts noauth nodetach silent noipv6 noccp lcp-echo-interval 0 \
	10.64.64.64:10.64.64.65 ms-dns 10.64.64.64 >/run/modemsim/carrier.log 2>&1
X
# client MODE: pppd on our side, in the background; its status goes to a file
cat >$run/client <<'X'
#!/bin/bash
rm -f /run/modemsim/client.rc /run/modemsim/client.log
{ ip netns exec client pppd "$1" 115200 "$2" crtscts noauth nodetach noipdefault usepeerdns noipv6 noccp \
	lcp-restart 1 logfile /run/modemsim/client.log; echo $? >/run/modemsim/client.rc; } >/dev/null 2>&1 &
# looking into the namespace each time round would be slow in the guest
for ((i = 0; i < 400; i++)); do
	[ -e /run/modemsim/client.log ] && [[ $(</run/modemsim/client.log) == *'remote IP address 10.64.64.64'* ]] && exit 0
	sleep 0.05
done
cat /run/modemsim/client.log
exit 1
X
# ended STATUS: waits for that pppd
cat >$run/ended <<'X'
#!/bin/bash
for ((i = 0; i < 400; i++)); do
	[ -s /run/modemsim/client.rc ] && break
	sleep 0.05
done
read -r status </run/modemsim/client.rc && [ "$status" = "$1" ]
X
# Bytes there and back through the call: prints kB/s.
cat >$run/echo <<'X'
use strict; use warnings; use IO::Socket::INET; use Time::HiRes 'time';
my $s = IO::Socket::INET->new(PeerAddr => '10.64.64.64:7', Timeout => 20) or die "connect: $!\n";
my $size = shift; my $block = join '', map { chr($_ * 7 % 256) } 1 .. $size; my $start = time;
if (my $pid = fork) {
	my $got = ''; while (length $got < $size) { sysread($s, $got, 65536, length $got) or die "short\n" }
	waitpid $pid, 0; die "damaged\n" if $got ne $block;
	printf "%.0f kB/s each way\n", $size / 1000 / (time - $start + 1e-6);
} else { my $o = 0; while ($o < $size) { $o += syswrite($s, $block, 65536, $o) // die } exit 0 }
X
cat >$run/echod <<'X'
use strict; use warnings; use IO::Socket::INET; $SIG{CHLD} = 'IGNORE';
my $l = IO::Socket::INET->new(LocalPort => 7, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $l->accept) { next if fork; my $b; while (sysread $c, $b, 65536) { my $o = 0;
	while ($o < length $b) { $o += syswrite($c, $b, length($b) - $o, $o) // exit } } exit }
X
chmod +x $run/carrier $run/client $run/ended
ip netns add carrier; ip netns add client
ip netns exec carrier ip link set lo up
ip netns exec carrier perl $run/echod & echod=$!
"$lab/modemsim" --usb --log $run/log --carrier $run/carrier & sim=$!

# --- plugging in ---------------------------------------------------------------------------
ctl -w 20 wait 'configured by the host' 20 >$run/out 2>&1 && plugged
ok 'the option driver makes three ports of it' $?
"$lab/portchat" 12d1:1001/5 >$run/out 2>&1
grep -q '12d1:1001 with interface 5; seen: /dev/ttyUSB' $run/out && grep -qF '/dev/ttyUSB1 (12d1:1001, interface 1)' $run/out
ok 'who asks for another interface is told what is there' $?
"$lab/portchat" 12d1:1001:OTHER/0 >$run/out 2>&1; [ $? = 1 ]
ok 'the serial number counts' $?
chat 'found by id, serial number and interface' 12d1:1001:LAB0001/2 send 'AT^CURC=0\r' expect 'OK\r\n' send 'ATI\r' expect 'huawei' expect 'OK\r\n'
chat 'a second user is refused' 12d1:1001/2 run "'$lab/portchat' /dev/ttyUSB2 >$run/second; grep -q 'in use by portchat, process' $run/second"

# --- messages ------------------------------------------------------------------------------
chat 'messages come and go' 12d1:1001/2 run "'$lab/modemctl' sms +491701234567 'up secret'" expect '+CMTI: "SM",0' send 'AT+CMGR=0\r' expect '+CMGR: 0,,' expect OK \
	send 'AT+CMGD=0\r' expect OK send 'AT+CMGS=17\r' expect '> ' send '0001000B919471325476F800000454747A0E\x1a' expect '+CMGS: 1' expect OK run "'$lab/modemctl' wait-sent 1 5"
"$lab/portchat" 12d1:1001/1 send 'AT\r' seconds 1 expect OK >$run/out 2>&1; [ $? = 1 ]
ok 'the diagnostic port is mute' $?

# --- lines ---------------------------------------------------------------------------------
chat 'DCD shows the call, DTR ends it' 12d1:1001/0 send 'ATE0\r' expect OK dcd 0 send 'ATD*99#\r' expect CONNECT dcd 1 dtr 0 \
	run "'$lab/modemctl' wait 'call ended: DTR dropped' 10" dcd 0 dtr 1 send 'AT\r' expect OK
mark=$(ctl mark)
chat 'a call, and the port closed in the middle of it' 12d1:1001/0 send 'ATD*99#\r' expect CONNECT dcd 1
ctl wait 'call ended: DTR dropped' 10 --since "$mark" >$run/out 2>&1
ok 'closing hangs up' $?
ctl wait 'carrier ended' 10 --since "$mark" >/dev/null

# --- pppd on both sides --------------------------------------------------------------------
chat 'PPP through the modem, and the carrier hangs up' 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run "$run/client /dev/ttyUSB0 modem" \
	run "ip netns exec client perl $run/echo 200000 >$run/speed" run "'$lab/portchat' 12d1:1001/2 send 'AT+CSQ\r' expect '+CSQ: 20' expect OK" \
	run "'$lab/modemctl' fault drop-carrier" run "$run/ended 16" \
	back send 'AT\r' expect OK dcd 0
echo "# $(cat $run/speed 2>/dev/null)"
mark=$(ctl mark)
chat 'PPP, and our pppd ends' 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run "$run/client /dev/ttyUSB0 modem" run "pkill -TERM -x -P \$(pgrep -xo bash) pppd; kill \$(cat /run/ppp0.pid)" \
	run "$run/ended 5" back run "'$lab/modemctl' wait 'carrier ended: status' 20 --since $mark" send 'AT\r' expect OK
# while pppd has the port, poll(2) on our descriptor tells nothing, not even that it is gone
chat 'pulled out during PPP' 12d1:1001/0 send 'ATD*99#\r' expect CONNECT lend run "$run/client /dev/ttyUSB0 modem" run "'$lab/modemctl' unplug" \
	run "$run/ended 16" gone
unplugged
ok 'the ports are gone' $?
ctl plug && plugged
ok 'and back' $?

# --- pulling out and starting anew -----------------------------------------------------------
chat 'pulled out while idle' 12d1:1001/0 send 'AT\r' expect OK run "'$lab/modemctl' unplug" gone
"$lab/portchat" 12d1:1001/0 >$run/out 2>&1; grep -q 'is the modem plugged in' $run/out
ok 'a missing modem is named' $?
unplugged; ctl plug && plugged
mark=$(ctl mark)
chat 'AT+CFUN=1,1 makes the device go' 12d1:1001/2 send 'AT+CFUN=1,1\r' gone
unplugged; ctl wait 'usb: configured' 20 --since "$mark" >/dev/null && plugged
chat 'and come back with its defaults' 12d1:1001/2 send 'AT\r' expect 'AT\r\r\nOK\r\n'
for i in 1 2 3 4 5; do
	ctl unplug && unplugged && ctl plug && plugged || break
done
chat 'five more times' 12d1:1001/2 send 'AT\r' expect OK

ctl stop; wait $sim
ok 'it ends' $?
[ ! -e /sys/kernel/config/usb_gadget/modemsim ] && ! grep -q functionfs /proc/mounts
ok 'and leaves nothing' $?
kill $echod
echo "1..$n"
