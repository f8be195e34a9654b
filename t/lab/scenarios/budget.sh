# The bytes of a month: counted over windows and restarts, compared with the carrier's own count; the owner is told when they
# come to an end, once, and a window opens all the same.
# shellcheck shell=sh
date -s '2031-05-10 12:00:00' >/dev/null
conf_window='	budget = 100k
	budget-day = 15'
story_begin
month() { oobm --json status | sed -n 's/.*"month": *\([0-9]*\).*/\1/p'; }
# of all calls: pppd says so at the end of each. What was on its way when a call ended is not in ours.
carried() { awk '/^Sent .* bytes/ { n += $2 + $5 } END { print n }' $W/log/carrier-ppp.log; }
told() { grep -c 'title=OOBM%20data' $W/log/push.log; }
text() { grep 'title=OOBM%20data' $W/log/push.log | tail -n 1 | sed 's/%20/ /g; s/%25/%/g; s/%3A/:/g; s/%27/'"'"'/g'; }

chapter "a small window"
ask "up 3m"
opened >/dev/null
check "the window ends" listening
between "what it cost is the month's" "$(month)" $(($(carried) - 400)) "$(carried)"
like "it is seen" "$(oobm)" 'data +[0-9.]+ kB of 100.0 kB this month'
is "nobody is bothered" "$(told)" 0

chapter "a large one"
ask "up 10m"
opened >/dev/null
check "something large" [ "$(phone_ssh head -c 80000 /dev/zero | wc -c)" = 80000 ]
check "the owner is told" wait_log push "title=OOBM%20data" 200
like "how much, and until when" "$(text)" '(80|100) % of this month.s 100.0 kB are used: [0-9.]+ kB. It begins anew on 15 May'
phone_ssh head -c 40000 /dev/zero >/dev/null
used_up() { text | grep -q '100 % of'; }
check "that it is used up, too" wait_until 200 used_up
like "and that it does not matter here" "$(text)" 'Windows open all the same'
seen=$(told)
before=$(month)
oobmd_stop
oobmd_start
check "after a restart the window goes on" wait_log oobmd 'connecting -> open' 200
check "the month has what it had" [ "$(month)" -ge "$before" ]
phone_ssh "$OOBM_BUILD/src/oobm down" >/dev/null
check "closed" listening
between "the month has all windows" "$(month)" $(($(carried) - 1200)) "$(carried)"
is "it is not told again" "$(told)" "$seen"

chapter "the next month"
date -s '2031-05-15 00:00:01' >/dev/null
is "it begins anew" "$(month)" 0
date -s '2031-05-14 12:00:00' >/dev/null
is "a clock that goes back changes nothing" "$(month)" 0
