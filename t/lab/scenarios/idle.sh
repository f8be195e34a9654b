# What waiting costs: memory, wake-ups, writes to the disk; and who holds the port's lock file.
story_begin

agent_lock() { pids_of home oobm-agent | grep -qx "$(tr -d ' ' </run/lock/LCK..ttyUSB0)"; }
case $MODEM_DEVICE in
/dev/ttyUSB*) check "the lock file names the agent" agent_lock;;
esac
switches() { cat $(for p in $(pids_of home oobmd) $(pids_of home oobm-agent); do echo /proc/$p/status; done) | awk '/^voluntary/ { n += $2 } END { print n }'; }
sleep 90
before=$(switches)
wrote=$(stat -c %Y.%Z /var/lib/oobmd/window 2>/dev/null)
sleep 600
after=$(switches)
rss=$(cat $(for p in $(pids_of home oobmd) $(pids_of home oobm-agent); do echo /proc/$p/status; done) | awk '/^RssAnon:/ { n += $2 } END { print n }')
say "wake-ups a minute: $(((after - before) / 10)), private memory of all processes: $rss kB"
between "wake-ups in ten minutes" $((after - before)) 1 150
between "private memory (RssAnon, kB)" "$rss" 100 4096
is "nothing is written while waiting" "$(stat -c %Y.%Z /var/lib/oobmd/window 2>/dev/null)" "$wrote"

chapter "after a window"
ask
opened >/dev/null
oobm down >/dev/null
listening >/dev/null
case $MODEM_DEVICE in
/dev/ttyUSB*) check "the lock file names the agent again" wait_until 5 agent_lock;;
esac
is "one process more than none" "$(ps -eo comm= | grep -c '^oobm')" 2
