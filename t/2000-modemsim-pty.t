#!/bin/bash
# modemsim on pseudo-terminals: what the other tests rely on when they have no lab kernel.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
lab=$OOBM_BUILD/t/lab
export MODEMSIM_SOCKET=$T/control

printf '#!/bin/sh\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chmod +x "$T/carrier"

ctl() { "$lab/modemctl" "$@"; }
# start_sim [OPTION]...: returns when it is registered, if it can be.
start_sim() {
	background "$lab/modemsim" --pty "$T/modem" --pty2 "$T/pcui" --log "$T/log" --socket "$MODEMSIM_SOCKET" \
		--carrier "$T/carrier" --connect-ms 50 --search-ms 10 --submit-ms 10 --boot-ms 10 "$@"
	sim=$!
	ctl -w 10 wait 'modem: on' 10 >/dev/null
}
registered() { ctl wait 'searching -> home' 10 >/dev/null; }
end_sim() {
	end_background
	rm -f "$T/log"
}
# chat WHAT PORT STEP...
chat() {
	local what=$1 port=$2
	shift 2
	check "$what" "$lab/portchat" "$T/$port" seconds 10 "$@" || tail -n 20 "$T/log" | sed 's/^/#	/'
}

# --- lines, echo, results ---------------------------------------------------------------
start_sim
registered
chat 'echo, then CR LF OK' modem send 'AT\r' expect 'AT\r\r\nOK\r\n'
chat 'settings outlast a close' modem send 'ATE0\r' expect 'OK\r\n' reopen send 'AT\r' expect '\r\nOK\r\n' rest
chat 'one line of several commands' modem send 'ATE0V1+CMEE=1;+CSQ;+CMEE?\r' expect '+CSQ: 20,99' expect '+CMEE: 1' expect OK
chat 'A/ repeats the last line' modem send 'AT+CGMM\r' expect 'Modem' send 'A/' expect 'Modem' expect OK
chat 'LF after CR, NUL and noise in front are ignored' modem send 'zz\x00AT\r\nAT+CGSN\r\n' expect OK expect '353456789012348' expect OK
chat 'ESC throws away half a line' modem send 'AT+CFU' send '\x1bAT\r' expect '\r\nOK\r\n'
chat 'an unknown command' modem send 'AT+NONE?\r' expect '\r\nERROR\r\n' send 'AT^CURC=0\r' expect 'ERROR'
chat 'no result in words' modem send 'ATV0\r' expect '0\r' send 'AT+NONE\r' expect '4\r' send 'ATV1\r' expect 'OK'
chat 'errors as +CMEE asks' modem send 'AT+CMEE=0\r' expect OK send 'AT+CPIN="1"\r' expect '\r\nERROR\r\n' \
	send 'AT+CMEE=2\r' expect OK send 'AT+CPIN="1"\r' expect '+CME ERROR: operation not allowed' \
	send 'AT+CMEE=1\r' expect OK send 'AT+CPIN="1"\r' expect '+CME ERROR: 3\r\n'

# --- network -------------------------------------------------------------------------------
chat 'registered, with an operator' modem send 'AT+CREG?;+CGREG?;+CEREG?;+COPS?\r' expect '+CREG: 0,1' expect '+CGREG: 0,1' \
	expect '+CEREG: 0,0' expect '+COPS: 0,0,"Lab Mobile",2' expect OK
chat 'registration comes and goes unasked' modem send 'AT+CREG=2\r' expect OK run "$lab/modemctl register denied" expect '+CREG: 3' \
	run "$lab/modemctl register roaming" expect '+CREG: 5,"E006","00ABE016",2' send 'AT+CREG=0\r' expect OK
chat 'radio off and on' modem send 'AT+CREG=1\r' expect OK send 'AT+CFUN=4\r' expect '+CREG: 0' expect OK send 'AT+CSQ\r' expect '99,99' \
	run "$lab/modemctl register home" send 'AT+CFUN=1\r' expect OK expect '+CREG: 1' send 'AT+CREG=0\r' expect OK

# --- messages ------------------------------------------------------------------------------
chat 'a message arrives, is read and deleted' modem run "$lab/modemctl sms +491701234567 'up 45m geheim' --scts 1700000000" expect '\r\n+CMTI: "SM",0\r\n' \
	send 'AT+CMGL=4\r' expect '+CMGL: 0,0,,31\r\n00040C91947110325476000032114122310200' expect OK \
	send 'AT+CMGR=0\r' expect '+CMGR: 1,,31' expect OK send 'AT+CMGD=0\r' expect OK send 'AT+CMGR=0\r' expect '+CMS ERROR: 321'
chat 'a long message comes in parts' modem run "$lab/modemctl sms 12345 '$(printf 'x%.0s' $(seq 400))'" expect '"SM",0' expect '"SM",1' expect '"SM",2' \
	send 'AT+CMGD=0,4\r' expect OK send 'AT+CPMS?\r' expect '"SM",0,10'
chat 'a message in UCS2' modem run "$lab/modemctl sms 12345 'up' --ucs2" expect '+CMTI' send 'AT+CMGR=0\r' expect '0400750070\r\n' expect OK send 'AT+CMGD=0\r' expect OK
chat 'the other store' modem run "$lab/modemctl sms 12345 x --store ME" expect '+CMTI: "ME",0' send 'AT+CPMS="ME"\r' expect '+CPMS: 1,20,0,10,0,10' \
	send 'AT+CMGD=0\r' expect OK send 'AT+CPMS="SM"\r' expect OK
chat 'a raw PDU as it is' modem run "$lab/modemctl sms --raw 0004ff00" expect '+CMTI: "SM",0' send 'AT+CMGR=0\r' expect '+CMGR: 0,,3\r\n0004FF00\r\n' send 'AT+CMGD=0\r' expect OK
chat 'straight to the host' modem send 'AT+CNMI=2,2\r' expect OK run "$lab/modemctl sms 12345 x" expect '\r\n+CMT: ,' expect '\r\n0004' send 'AT+CNMI=2,1\r' expect OK
chat 'a full store makes messages wait' modem run "$lab/modemctl fault store-full" send 'AT+CPMS?\r' expect '"SM",10,10' expect OK \
	run "$lab/modemctl sms 12345 waits" run "$lab/modemctl wait 'store is full' 5" send 'AT+CMGD=3\r' expect '+CMTI: "SM",3' \
	send 'AT+CMGD=1,4\r' expect OK
chat 'a lost +CMTI' modem run "$lab/modemctl fault lost-urc" run "$lab/modemctl sms 12345 quiet" send 'AT+CMGL=0\r' expect '+CMGL: 0,0' send 'AT+CMGD=0\r' expect OK
chat 'a message is sent' modem send 'AT+CMGS=17\r' expect '\r\n> ' send '0001000B919471325476F800000454747A0E\x1a' expect '+CMGS: 1' expect '\r\nOK\r\n'
is 'what was sent is known' "$(ctl wait-sent 1 10)" '+49172345678 This'
chat 'a client that ends lines in CR LF' modem send 'AT+CMGS=17\r\n' expect '> ' send '0001000B919471325476F800000454747A0E\x1a' expect '+CMGS: 2' expect OK
chat 'ESC cancels' modem send 'AT+CMGS=17\r' expect '> ' send '0001\x1b' expect 'OK\r\n' send 'AT\r' expect OK
chat 'a PDU of a wrong length' modem send 'AT+CMGS=18\r' expect '> ' send '0001000B919471325476F800000454747A0E\x1a' expect '+CMS ERROR: 304'
chat 'no network, no sending' modem run "$lab/modemctl fault not-registered" send 'AT+CMGS=17\r' expect '> ' \
	send '0001000B919471325476F800000454747A0E\x1a' expect '+CMS ERROR: 331' run "$lab/modemctl fault not-registered off"

# --- the call ------------------------------------------------------------------------------
all=$(printf '\\x%02x' $(seq 0 255))
chat 'data mode is 8-bit clean' modem send 'ATD*99#\r' expect 'CONNECT 7200000\r\n' send "$all" expect "$all" \
	run "$lab/modemctl fault drop-carrier" expect '\r\nNO CARRIER\r\n' send 'AT\r' expect OK
chat 'closing the port hangs up' modem send 'ATD*99***1#\r' expect CONNECT reopen run "$lab/modemctl wait 'DTR dropped' 10" send 'AT\r' expect OK
chat 'the escape sequence, back, and hook' modem send 'ATS12=5\r' expect OK send 'ATD*99#\r' expect 'CONNECT 7200000\r\n' send x expect x \
	run "perl -e 'select undef, undef, undef, .15'" send '+++' expect '+++\r\nOK\r\n' send 'AT+CSQ\r' expect '+CSQ' expect OK \
	send 'ATO\r' expect 'CONNECT' send y expect y run "perl -e 'select undef, undef, undef, .15'" send '+++' expect OK send 'ATH\r' expect OK \
	send 'ATO\r' expect 'NO CARRIER' send 'ATS12=50\r' expect OK
chat 'the command port works during a call' modem send 'ATD*99#\r' expect CONNECT run "'$lab/portchat' '$T/pcui' send 'AT+CSQ\r' expect '+CSQ: 20' expect OK" \
	run "$lab/modemctl sms 12345 x" run "$lab/modemctl fault drop-carrier" expect 'NO CARRIER' expect '+CMTI: "SM",0' send 'AT+CMGD=0\r' expect OK
chat 'a byte while dialling ends it' modem run "rm '$T/carrier'; printf '#!/bin/sh\nexec sleep 9' >'$T/carrier'; chmod +x '$T/carrier'" \
	send 'ATD*99#\r\n' send x expect 'NO CARRIER' send 'AT\r' expect OK
printf '#!/bin/sh\nexit 3\n' >"$T/carrier"
chat 'a carrier that gives up' modem send 'ATD*99#\r' expect 'NO CARRIER'
printf '#!/bin/sh\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chat 'who cannot be called' modem send 'ATD123;\r' expect 'NO CARRIER' send 'AT+CGATT=0\r' expect OK send 'ATD*99#\r' expect 'NO CARRIER' send 'AT+CGATT=1\r' expect OK

# 1 MiB there and back; the reader is slower than the writer, so that each queue on the way fills up.
cat >"$T/flood" <<'X'
use strict; use warnings; use Fcntl; use POSIX;
my ($path, $want) = @ARGV;
sysopen(my $p, $path, O_RDWR | O_NOCTTY | O_NONBLOCK) or die $!;
my $t = POSIX::Termios->new; $t->getattr(fileno $p);
$t->setlflag(0); $t->setiflag(0); $t->setoflag(0); $t->setattr(fileno $p);
syswrite $p, "ATD*99#\r";
my ($got, $sent, $out) = ('', 0, '');
my $in = sub { my ($w) = @_; my $r = ''; vec($r, fileno $p, 1) = 1; my $o = $w ? $r : '';
	select($r, $o, undef, 10) or die "stuck after $sent sent, " . length($got) . " got\n"; ($r, $o) };
until ($got =~ s/.*CONNECT \d+\r\n//s) { $in->(0); sysread $p, $got, 4096, length $got }
srand 7; $out = join '', map { chr int rand 256 } 1 .. $want;
while (length $got < $want) {
	my ($r, $o) = $in->($sent < $want);
	if (vec $o, fileno $p, 1) { my $n = syswrite $p, $out, 16384, $sent; $sent += $n if $n }
	if (vec $r, fileno $p, 1) { sysread $p, $got, 700, length $got }
}
exit($got eq $out ? 0 : 1);
X
check '1 MiB passes unharmed when nobody hurries' perl "$T/flood" "$T/modem" 1048576
rss=$(awk '/VmHWM/ { print $2 }' "/proc/$sim/status")
between 'and is not kept in memory (kB)' "$rss" 100 16384
ctl wait 'call ended' 10 >/dev/null

# --- faults --------------------------------------------------------------------------------
chat 'NO CARRIER, BUSY, NO DIALTONE, +CME ERROR: 30' modem send 'AT+CMEE=1\r' expect OK run "$lab/modemctl fault no-carrier; $lab/modemctl fault cme30 2" \
	send 'ATD*99#\r' expect '+CME ERROR: 30' send 'ATD*99#\r' expect '+CME ERROR: 30' send 'ATD*99#\r' expect 'NO CARRIER' \
	run "$lab/modemctl fault busy; $lab/modemctl fault no-dialtone" send 'ATD*99#\r' expect BUSY send 'ATD*99#\r' expect 'NO DIALTONE'
chat 'silence, garbage, late answers' modem run "$lab/modemctl fault silent 2" send 'AT+CSQ\r' send 'AT+CGMM\r' send 'AT+CGMI\r' expect '\r\nLab\r\n' expect OK \
	run "$lab/modemctl fault garbage" send 'AT\r' expect 'KO\n' run "$lab/modemctl fault slow 100" send 'AT\r' send 'AT+CSQ\r' expect OK expect CSQ run "$lab/modemctl fault slow off"
chat 'messages that are not sent' modem run "$lab/modemctl fault cms500" send 'AT+CMGS=17\r' expect '> ' send '0001000B919471325476F800000454747A0E\x1a' expect '+CMS ERROR: 500' \
	run "$lab/modemctl fault cmgs-timeout" send 'AT+CMGS=17\r' expect '> ' send '0001000B919471325476F800000454747A0E\x1a' send 'AT\r' expect '\r\nOK\r\n'
chat 'no card' modem run "$lab/modemctl fault sim-missing" send 'AT+CPIN?\r' expect '+CME ERROR: 10' send 'AT+CMGL=4\r' expect '+CMS ERROR: 310' \
	run "$lab/modemctl fault sim-missing off" send 'AT+CPIN?\r' expect READY
like 'a fault that is not known' "$(ctl fault nonsense 2>&1; echo $?)" "no fault 'nonsense'"
chat 'unplugging is seen' modem run "$lab/modemctl unplug" gone run "$lab/modemctl plug" reopen send 'AT\r' expect OK
mark=$(ctl mark)
chat 'a reboot' modem send 'ATE0\r' expect OK send 'AT+CFUN=1,1\r' gone run "$lab/modemctl wait 'modem: on' 10 --since $mark" reopen send 'AT\r' expect 'AT\r\r\nOK'

end_sim

# --- the PIN ---------------------------------------------------------------------------------
start_sim --pin 4711
chat 'the card asks for its PIN' modem send 'AT+CMEE=1\r' expect OK send 'AT+CPIN?\r' expect '+CPIN: SIM PIN' send 'AT+CMGL=4\r' expect '+CMS ERROR: 311' \
	send 'AT+CPIN="1111"\r' expect '+CME ERROR: 16' send 'AT+CPIN="4711"\r' expect OK send 'AT+CPIN?\r' expect READY run "$lab/modemctl wait 'searching -> home' 5"
end_sim
start_sim --pin 4711
chat 'three wrong PINs lock the card' modem send 'AT+CMEE=1\r' expect OK send 'AT+CPIN="1"\r' expect '16\r\n' send 'AT+CPIN="2"\r' expect '16\r\n' \
	send 'AT+CPIN="3"\r' expect '16\r\n' send 'AT+CPIN?\r' expect 'SIM PUK'
end_sim

# --- bad manners -------------------------------------------------------------------------------
start_sim
registered
# quirk NAME STEP...: with it on
quirk() {
	local name=$1
	shift
	chat "quirk: $name" modem run "$lab/modemctl quirk $name" "$@" run "$lab/modemctl quirk $name off"
}
quirk lf-only send 'AT+CGMM\r' expect 'AT+CGMM\r\nModem\n\nOK\n'
quirk no-lead send 'AT+CGMM\r' expect 'AT+CGMM\rModem\r\nOK\r\n'
quirk cr-cr-lf send 'AT+CGMM\r' expect 'Modem\r\r\n' expect 'OK\r\r\n'
quirk no-blank send 'AT+CSQ\r' expect '+CSQ:20,99' expect OK
quirk blank-lines send 'AT\r' expect 'OK\r\n\r\n\r\n'
quirk echo-twice send 'ATI0\r' expect 'ATI0\rATI0\r\r\n' expect OK
quirk echo-broken send 'AT+CSQ\r' expect '\x01\x14+CSQ\r\r\n' expect OK
quirk prompt-bare send 'AT+CMGS=17\r' expect 'AT+CMGS=17\r> ' send '\x1b' expect OK
quirk prompt-line send 'AT+CMGS=17\r' expect '\r\n>\r\n' send '\x1b' expect OK
quirk no-cmgs send 'ATE0\r' expect OK send 'AT+CMGS=17\r' expect '\r\n> ' send '0001000B919471325476F800000454747A0E\x1a' expect '\r\nOK\r\n' send 'ATE1\r' expect OK
ctl quirk stale >/dev/null
ctl sms 12345 while-closed
chat 'quirk: stale' modem send 'AT\r' expect '\r\n+CMTI: "SM",0\r\nAT\r\r\nOK' run "$lab/modemctl quirk stale off"
chat 'any unsolicited code' modem run "$lab/modemctl urc '+CRING: VOICE'" expect '\r\n+CRING: VOICE\r\n'
chat 'the wrong APN' modem run "$lab/modemctl apn internet" send 'AT+CGDCONT=1,"IP","wap"\r' expect OK send 'ATD*99#\r' expect 'NO CARRIER' \
	send 'AT+CGDCONT=1,"IP","Internet"\r' expect OK send 'ATD*99#\r' expect CONNECT
end_sim
start_sim --quirk sim-busy --quirk sleepy
chat 'quirk: sim-busy, sleepy' modem send 'AT+CMEE=1\r' send 'AT+CMEE=1\r' expect OK send 'AT+CIMI\r' expect '+CME ERROR: 14'
end_sim

# --- makes of modems ---------------------------------------------------------------------------
start_sim --profile huawei
registered
chat "Huawei's manners" modem send 'AT+FOO\r' expect 'COMMAND NOT SUPPORT\r\n' send 'AT+CLAC\r' expect '+CMGS\r\r\n' expect OK send 'AT^SYSINFO\r' expect '^SYSINFO:2,3,0,5,1,,4' expect OK
chat 'it talks unasked until told not to' modem expect '^RSSI:' send 'AT^CURC=0\r' expect OK
end_sim
start_sim --profile wavecom
chat "Wavecom's manners" modem send 'AT+CPIN?\r' expect '+CPIN: READY\r\n' send 'AT+CGMI\r' expect '\r\n WAVECOM MODEM\r\n' send 'AT+CPMS="SM","SM","SM"\r' expect ERROR send 'AT+CPMS="SM","SM"\r' expect '+CPMS: 0,10'
end_sim

done_testing
