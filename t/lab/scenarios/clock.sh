# The wall clock is stepped by years inside a window: its end stays where it was.
story_begin
chapter "forward and back"
ask "up 10m"
opened >/dev/null
t0=$(uptime)
today=$(date '+%Y-%m-%d %H:%M:%S')
date -s '2031-01-01 00:00:00' >/dev/null
sleep 60
date -s '1999-01-01 00:00:00' >/dev/null
check "the window ends" wait_log oobmd 'open -> closing \(window over\)' 700
between "after 10 minutes" "$(awk -v a="$t0" -v b="$(uptime)" 'BEGIN { print b - a }')" 598 602
check "the agent listens again" listening
like "reported" "$(sms_since | tail -n 1)" 'OOBM link is down: time is over. It was up 10 min'

date -s "$today" >/dev/null
chapter "the default window, warned before its end"
ask
opened >/dev/null
t0=$(uptime)
check "warned" wait_log push 'title=OOBM%20link%20ends%20soon' 1600
between "5 minutes before the end" "$(awk -v a="$t0" -v b="$(uptime)" 'BEGIN { print b - a }')" 1498 1503
check "over" wait_log oobmd 'open -> closing \(window over\)' 700
between "after 30 minutes" "$(awk -v a="$t0" -v b="$(uptime)" 'BEGIN { print b - a }')" 1798 1802
check "the agent listens again" listening
