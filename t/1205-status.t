#!/bin/sh
# What oobm status looks like: on terminals of each width, without UTF-8, and watched.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
oobm=$OOBM_BUILD/src/oobm
need "$oobm" "$OOBM_BUILD/t/lab/ctlserve" "$OOBM_BUILD/t/lab/person" perl
export TZ=UTC LC_ALL=C.UTF-8 TERM=xterm socket="$T/control"
unset NO_COLOR OOBM_SOCKET

mkfifo "$T/life"
"$OOBM_BUILD/t/lab/ctlserve" "$socket" <"$T/life" >"$T/ready" &
export serve=$!
BACKGROUND=$serve
exec 3>"$T/life"
within 5000 grep -q ready "$T/ready" || { echo "Bail out! no ctlserve"; exit 1; }

# on COLUMNS ARGUMENT...: what is seen on a terminal, without colours
on() {
	columns=$1
	shift
	printf 'size 24 %s\ntype \\r\nend 0\n' "$columns" |
		"$OOBM_BUILD/t/lab/person" sh -c 'read -r go; "$@"' sh "$oobm" -s "$socket" "$@" 2>"$T/err" 3>&- |
		tail -n +2 | tr -d '\r' >"$T/raw"
	sed 's/\x1b\[[0-9;]*m//g' "$T/raw" >"$T/seen"
}
width() { perl -CSD -ne 'chomp; $n = length if length > $n; END { print $n }' "$T/seen"; }

on 80
is "at 80 columns it is this page" "$(sed 's/1 d$/1d/; s/ up 1d.*/ up 1d/' "$T/seen")" "listening for a message

  modem       huawei E1752
  network     Vodafone.de, home
  signal      ▂▄▆█  -71 dBm, excellent
  data        12.3 MB of 500.0 MB this month
  last error  dial: NO CARRIER
  notices     2 waiting to be sent

  nas         ● on
              nas login:                                               1 min ago
  gateway     its console is recorded
              [  123.456789] wan0: link is up, 1000 Mbit/s, full dup…  1 min ago

  pending     7  cycle of nas in 9 min, asked by ada

  since       1h 30m 30s
  oobmd       version 0.1.0, up 1d"
like "what is on is green" "$(cat -v "$T/raw")" '\[1;32m.*on\^\[\[0m'
for columns in 40 60 100 200; do
	on $columns
	between "at $columns columns nothing is wider" "$(width)" 30 $columns
done
on 200
like "what fits is not cut" "$(cat "$T/seen")" 'a driver finds worth telling  +1 min ago$'
LC_ALL=C on 80
like "without UTF-8 the LED is drawn in ASCII" "$(cat "$T/seen")" '^  nas         \[\*\] on$'
like "and cut with dots" "$(cat "$T/seen")" '^ {14}\[  123\.456789\].*\.\.\.  1 min ago$'
is "with nothing else" "$(LC_ALL=C tr -d '\000-\177' <"$T/seen" | wc -c)" 0
NO_COLOR=1 on 80
unlike "NO_COLOR is respected" "$(cat -v "$T/raw")" '\^\['
"$oobm" -s "$socket" power nas off >/dev/null 3>&-
on 80
like "off is seen" "$(cat "$T/seen")" '^  nas         ○ off$'
"$oobm" -s "$socket" >"$T/seen" 3>&-
like "in a pipe nothing is cut" "$(cat "$T/seen")" 'worth telling  1 min ago$'

on 40
like "what is longer than a line is broken between words" "$(cat "$T/seen")" '^ {17}asked by ada$'
"$oobm" -s "$socket" power nas on >/dev/null 3>&-

# --- watched
"$oobm" -s "$socket" status --watch >"$T/watched" 2>&1 3>&- &
BACKGROUND="$BACKGROUND $!"
"$oobm" -s "$socket" status --json --watch >"$T/lines" 2>&1 3>&- &
BACKGROUND="$BACKGROUND $!"
check "in a pipe it is printed at once" within 5000 grep -q '^listening' "$T/watched"
cat >"$T/script" <<'EOT'
see listening for a message
see oobmd
run "$oobm" -s "$socket" up 45m >/dev/null
see \e[H
see OPEN
see 44m 
see ssh -p 31337
see oobmd
see \e[J
size 10 50
see \e[H
see OPEN
see network
see home
see \e[J
size 24 80
see nas
run until grep -q '"open"' "$T/lines" && grep -q OPEN "$T/watched"; do sleep 0.02; done
run kill $serve
see nobody listens at
type \x03
end 130
EOT
export oobm T
if "$OOBM_BUILD/t/lab/person" "$oobm" -s "$socket" status --watch <"$T/script" >"$T/screen" 2>"$T/err" 3>&-; then
	ok "on a terminal it is refreshed in place, and outlives the agent"
else
	not_ok "on a terminal it is refreshed in place, and outlives the agent"
	sed 's/^/#	/' "$T/err"
fi
unlike "without clearing the screen" "$(cat -v "$T/screen")" '\^\[\[2J'
check "elsewhere a change is printed" within 5000 grep -q '^OPEN' "$T/watched"
is "each once" "$(grep -cE '^(listening|OPEN)' "$T/watched")" 2
check "until the agent is gone" within 8000 grep -q '^oobm: nobody listens' "$T/watched"
is "and as one object a line" "$(sed '/"code"/,$d; /^{$/,$d' "$T/lines" | perl -MJSON::PP -ne 'print decode_json($_)->{state}, " "')" "listening open "
exec 3>&-
for arguments in 'history --watch' 'power nas on --watch'; do
	# shellcheck disable=SC2086 # words
	like "oobm $arguments is refused" "$("$oobm" -s "$socket" $arguments 2>&1)" 'watch goes with: status'
done
done_testing
