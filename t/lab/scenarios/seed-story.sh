# The main job: an SMS opens a window, the owner lands on the small computer, the window ends, an SMS says so.
world_up
push_start || not_ok "the push server is there"
modem_start || not_ok "the modem is there"
oobmd_start
check "the agent listens" wait_log oobmd 'offline -> listening' 60
say "waiting for a message"

sms $OWNER "up 1m $OOBM_SECRET"
check "a secret message opens a window" wait_log oobmd 'connecting -> open' 60
like "a push tells the phone" "$(wait_log push 'title=OOBM%20link%20up' 30)" 'url=ssh://root@relay\.example\.net:31337'
is "the phone lands on the small computer" "$(phone_ssh 'ip -br -4 addr show dev h0' | awk '{ print $3 }')" $HOME_IP/24
is "the relay saw the link's address" "$(relay_peers)" $LINK_IP
like "oobm through the tunnel shows the window" "$(phone_ssh "$OOBM_BUILD/src/oobm status" 2>&1)" '^OPEN, '
is "the home's routing is untouched" "$(ip -n home route show default)" "default via $ROUTER_IP dev h0 "
is "so is /etc/resolv.conf" "$(cat /etc/netns/home/resolv.conf)" "nameserver $ROUTER_IP"
ps -eo user=,comm= | grep ' oobm' | grep -v sshd | sort | tr -s ' ' >$W/users
is "only the parent is root" "$(cat $W/users)" "oobmd oobm-agent
oobmd oobm-push
oobmd oobm-tunnel
root oobmd"

check "the window ends by itself" wait_log oobmd 'open -> closing \(window over\)' 90
like "an SMS says so" "$(wait_sms 1 60)" "^\\$OWNER OOBM link is down: time is over. It was up 1 min, .* in, .* out\\.$"
check "the agent listens again" wait_log oobmd 'reporting -> listening' 60
is "not one packet took the home's own way" "$(home_packets)" 0
check_not "the relay's port is closed" relay_listens 31337
is "no pppd is left" "$(pids_of home pppd)" ""
is "no rule is left" "$(ip -n home rule show | grep -c 31337)" 0

mark oobmd push
sms $OWNER "Up $OOBM_SECRET"
check "the next message opens the next window" wait_log oobmd 'connecting -> open' 60
like "a longer one" "$(oobm --json status)" '"length": *1800000'
like "extend is granted" "$(oobm extend 15m)" '4[45]'
wait_log push 'title=OOBM%20link%20extended' 30 >/dev/null
check "down is granted" oobm down
check "and closes" wait_log oobmd 'open -> closing \(command down\)' 30
like "an SMS says that it was asked for" "$(wait_sms 2 60)" 'OOBM link is down: asked to close'
check "the agent listens again" wait_log oobmd 'reporting -> listening' 60
like "the history has all of it" "$(oobm history -n 100)" 'OOBM link is down: asked to close'
is "the modem's stores are empty" "$(modem store | grep -c PDU)" 0
oobmd_stop
is "oobmd ends well" $? 0
is "nothing of it is left" "$(ps -eo comm= | grep -c -E 'oobm|^pppd')" 0
check_not "the secret is in no log" grep -rq "$OOBM_SECRET" $W/log/oobmd.log
