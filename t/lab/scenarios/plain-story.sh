# The story of the product told with pppd and ssh alone: what the world must be able to carry.
world_up
modem_start || not_ok "the modem is there"
push_start || not_ok "the push server is there"
say "world is up"

sms $OWNER "up $OOBM_SECRET"
daemon home-ppp ip netns exec home pppd $MODEM_DEVICE 921600 modem nocrtscts noauth nodetach nolock noipv6 \
	noipdefault nodefaultroute usepeerdns lcp-restart 1 ifname oobm0 logfd 1 \
	connect "/usr/sbin/chat -t 10 '' AT OK ATD*99# CONNECT ''"
check "the link comes up" wait_log home-ppp 'local +IP address' 30
like "the carrier names its server" "$(wait_log home-ppp 'primary +DNS' 10)" "$CARRIER_DNS"
ip -n home route add default dev oobm0 table 31337
ip -n home rule add from $LINK_IP lookup 31337
ip -n home rule add oif oobm0 lookup 31337

printf '%s %s\n' "$RELAY_IP" "$(cat $W/ssh/relay.pub)" >$W/ssh/known
daemon tunnel ip netns exec home ssh -i $W/ssh/tunnel -o UserKnownHostsFile=$W/ssh/known -o BatchMode=yes \
	-o BindInterface=oobm0 -o ExitOnForwardFailure=yes -N -R '*:31337:localhost:22' oobm@$RELAY_IP
check "the relay listens" wait_until 30 relay_listens 31337
is "it is reached by the link" "$(relay_peers)" $LINK_IP
is "the phone lands on the small computer" "$(phone_ssh 'ip -br -4 addr show dev h0' | awk '{ print $3 }')" $HOME_IP/24
say "holding the tunnel for ${HOLD:-5} s"
sleep "${HOLD:-5}"
is "and lands again later" "$(phone_ssh 'echo still there')" "still there"
is "not one packet takes the home's own way" "$(home_packets)" 0

daemon_end tunnel
check "the port is closed after" wait_until 5 negate relay_listens 31337
daemon_end home-ppp
check "the carrier's end notices" wait_until 10 negate carrier_busy
