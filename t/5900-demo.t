#!/bin/bash
# The demo tells the main job as it happens, says so if it did not, and has a prompt to play at.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need script
mkdir "$T/tmp"
way=() length='1m 30s'
case ${OOBM_LAB:-} in
travel) way=(--fast) length='30 min';;
stock) way=(--stock);;
esac

# demo [OPTION]...: from another directory, output and status kept.
demo() {
	status=0
	(cd / && TMPDIR=$T/tmp "$OOBM_SRC/contrib/demo" --no-deps --build "$OOBM_BUILD" "$@") >"$T/out" 2>"$T/err" || status=$?
	sed 's/^/# /' "$T/out" "$T/err"
}

# Each of the lines on standard input is in the output, in this order.
in_order() {
	perl -e 'open my $f, "<", shift or die; my @lines = <$f>;
		while (my $want = <STDIN>) {
			chomp $want;
			shift @lines while @lines && $lines[0] !~ /$want/;
			@lines or print "missing, or too early: $want\n" and exit 1;
		}' "$1"
}

story() {
	demo "${way[@]}" --keep-logs "$T/logs"
	is "the demo ends well" $status 0
	check "it tells the story in its order" in_order "$T/out" <<EOT
relay +sshd listens
agent +has got the modem: huawei
agent +waits for messages
server +its kernel panics
phone +gets an SMS: nas: Kernel panic
phone +the owner tries: ssh root@home\\.example\\.net
ssh: connect to host home\\.example\\.net
phone +sends an SMS: "up .*"
modem +has got a message
agent +number and secret are right
agent +has the modem dial: ATD
carrier +takes the data call
carrier +pppd gives the caller the address 10\\.64\\.64\\.65
agent +the link is up
relay +is called from 10\\.64\\.64\\.65
agent +has proven the way
relay +lets the account "oobm" in
agent +the tunnel is up
agent +the window is open until .*\\($length\\)
push +the phone shows: OOBM link up: ssh -p 31337 root@relay
phone +the owner runs: ssh -p 31337
home +sshd lets root in
192\\.168\\.1\\.2 10\\.64\\.64\\.65
phone +the owner runs: ssh -p 31337 .* oobm status
OPEN, .* left
  nas +\\[\\*\\] on
phone +the owner runs: ssh -t .* oobm console nas
\\| \\[.*Kernel panic - not syncing
phone +the owner types ~~\\.
phone +the owner runs: ssh .* oobm power nas cycle
no change in 5 s: it is forced off now
server +is off: power button held
server +is on: power button
phone +the owner runs: ssh -t .* oobm console nas
\\| Lab BIOS
\\| Lab boot loader
\\| +Booting
\\| \\[.*Linux version
\\| nas login:
phone +the owner types ~~\\.
agent +closes: window over
carrier +the call is over
phone +gets an SMS: OOBM link is down: time is over. It was up $length
agent +waits for messages
phone +the owner tries once more
Connection refused
home +tcpdump .*: 0 packets
The whole main job was seen
kB +went through the modem
contrib/demo --shell
EOT
	is "without a terminal there is no colour" "$(grep -c $'\033' "$T/out")" 0
	check "the logs that were asked for are kept" test -s "$T/logs/log/oobmd.log" -a -s "$T/logs/kernel.log"
	is "nothing else is" "$(ls "$T/tmp")" ''
	between "what it says of the bytes is what the carrier counted" \
		"$(sed -n 's/^ *\([0-9.]*\) kB .*/\1/p' "$T/out")" \
		"$(awk '/^Sent .* bytes/ { print ($2 + $5) / 1000 - .1 }' "$T/logs/log/carrier-ppp.log")" \
		"$(awk '/^Sent .* bytes/ { print ($2 + $5) / 1000 + .1 }' "$T/logs/log/carrier-ppp.log")"
}
# In real time it takes minutes, and the prompt below shows the same.
[ "${OOBM_LAB:-real}${OOBM_LONG:-}" = real ] || story

# break WHAT MISSING TOLD: the demo fails, and says why and where to look.
broken() {
	demo "${way[@]}" --break "$1"
	is "$1 broken: the demo fails" $status 1
	like "$1 broken: it says what was expected" "$(grep -A1 'was expected next' "$T/out")" "$2"
	like "$1 broken: what the programs said is told" "$(cat "$T/out")" "$3"
	unlike "$1 broken: nothing is told that did not happen" "$(cat "$T/out")" "main job was seen"
	check "$1 broken: the logs are where it says" test -s "$(sed -n 's/^The logs are in \([^:]*\):.*/\1/p' "$T/out")/log/oobmd.log"
	rm -rf "$T"/tmp/oobm-demo.*
}
if [ "${OOBM_LAB:-}" = travel ]; then
	broken relay 'relay is reached' 'SMS: OOBM failed: reaching the relay'
fi
if [ "${OOBM_LAB:-}" = travel ] && [ -n "${OOBM_LONG:-}" ]; then
	broken secret 'number and secret' 'agent +message from .* ignored'
	broken carrier 'carrier takes the call' 'modem +answers: NO CARRIER'
	broken push 'phone gets the push' 'window over'
fi

demo --break everything
is "an unknown break is refused" $status 1
demo --nonsense
is "an unknown option is refused" $status 2
demo --fast --shell
like "a prompt in time travel is refused" "$(cat "$T/err")" 'real time'
status=0
TMPDIR=$T/tmp "$OOBM_SRC/contrib/demo" --no-deps --build "$T/tmp" >"$T/out" 2>&1 || status=$?
is "a directory without a build is refused" $status 1
like "with what is missing there" "$(cat "$T/out")" 'src/oobmd is missing: run'

# The prompt, with somebody at the keyboard of a terminal.
type_() { from=$(stat -c %s "$T/screen"); printf '%s\r' "$1" >&9; }
screen() { "$OOBM_BUILD/t/lab/waitfor" -o "$from" "$T/screen" "$1" 120; }
if [ "${OOBM_LAB:-}" != travel ]; then
	mkfifo "$T/keys"
	: >"$T/screen"
	from=0
	(cd / && TMPDIR=$T/tmp TERM=xterm NO_COLOR=1 exec script -qefc \
		"$(printf '%q ' "$OOBM_SRC/contrib/demo" --no-deps --build "$OOBM_BUILD" --shell ${way[@]+"${way[@]}"})" "$T/screen") \
		<"$T/keys" >/dev/null &
	pid=$!
	exec 9>"$T/keys"
	check "there is a prompt" screen 'Type help'
	type_ help
	check "help explains the commands" screen '  fault \[NAME\]'
	type_ 'sms --from +491709999999 up 5m correct-horse-battery'
	check "somebody else is ignored" screen 'agent +message from .* ignored'
	type_ 'sms up 5m correct-horse-battery'
	check "the owner is not" screen 'agent +the window is open until .*5 min'
	check "the phone is told" screen 'push +the phone shows: OOBM link up'
	type_ 'ssh echo on $(uname -n)'
	check "ssh runs a command on the small computer" screen 'on box.?$'
	type_ push
	check "the push can be read again" screen 'button "Open SSH": ssh://root@relay'
	type_ 'fault hang-up'
	check "what is broken is told" screen 'demo +the carrier drops the running call'
	# a pseudo-terminal has no line that tells of the carrier's end
	[ "${OOBM_LAB:-}" = stock ] || check "and what comes of it is" screen 'agent +link: the modem hung up'
	type_ 'fault clear'
	check "it is mended" screen 'everything is mended'
	type_ 'oobm down'
	check "oobm works, too" screen 'phone +gets an SMS: OOBM link is down'
	type_ 'log oobmd'
	check "the logs can be read" screen 'oobm-agent\[[0-9]*\] info: down by root'
	type_ 'server panic'
	check "a server that panics is told" screen 'server +its kernel panics'
	check "by SMS, too" screen 'phone +gets an SMS: nas: Kernel panic'
	type_ console
	check "its console is there" screen 'Kernel panic'
	printf '\r~.' >&9
	check "and can be left" screen 'nas: left'
	type_ 'power cycle --escalate'
	check "power shows what it does" screen 'holding the power button|running command-force-off'
	check "to the end" screen 'turned on again, .* after'
	check "what the server makes of it is told" screen 'server +is on: power button'
	type_ 'fault button-cut'
	check "its faults can be had" screen 'demo +the wire to the server'
	type_ exit
	wait $pid
	is "exit ends it well" $? 0
	exec 9>&-
	is "colours are not used if they are not wanted" "$(grep -c $'\033\\[3[0-9]m' "$T/screen")" 0
	is "and nothing is left" "$(ls "$T/tmp")" ''
fi
done_testing
