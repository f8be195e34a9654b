# What other tests trust: that the watcher at home sees a leak, and that what is switched off is off.
world_up

# banner NAMESPACE: the relay's first line as seen from there, or nothing within 10 s.
banner() { inside "$1" timeout "${2:-10}" bash -c "exec 3<>/dev/tcp/$RELAY_IP/22 && head -n 1 <&3 | cut -c1-8" 2>/dev/null; }
# Hundredths of a second that it takes.
banner_time() {
	local a b
	a=$(uptime | tr -d .)
	banner "$1" 30 >/dev/null
	b=$(uptime | tr -d .)
	echo $((b - a))
}

is "at first nothing has left the home" "$(home_packets)" 0
is "a dead home line reaches nobody" "$(banner home 3)" ''
between "but the attempt is seen" "$(home_packets)" 1 100
before=$(home_packets)
home_internet alive
is "a live one reaches the relay" "$(banner home)" SSH-2.0-
between "and that is seen" "$(home_packets)" $((before + 3)) 10000
like "the relay knows whence" "$(log_since relay)" "$HOME_IP"
before=$(home_packets)
inside home bash -c "echo x >/dev/udp/$ROUTER_IP/53"
is "so is a question to a name server" "$(home_packets)" $((before + 1))
home_internet dead
is "and dead again" "$(banner home 3)" ''

is "the carrier reaches the relay" "$(banner carrier)" SSH-2.0-
carrier_route dead
is "not without its route" "$(banner carrier 3)" ''
carrier_route alive
check "again with it" test "$(banner carrier)" = SSH-2.0-
carrier_quality 3g
between "3G takes two round trips of 200 ms" "$(banner_time carrier)" 36 1500
carrier_quality lost
is "nothing goes through a hole" "$(banner carrier 3)" ''
carrier_quality good
is "and out of it" "$(banner carrier)" SSH-2.0-

relay_freeze
is "a frozen relay says nothing" "$(banner phone 3)" ''
relay_thaw
is "a thawed one does" "$(banner phone)" SSH-2.0-
relay_stop
is "a stopped one refuses" "$(banner phone 3)" ''
relay_start
is "a new one answers" "$(banner phone)" SSH-2.0-

modem_start
check "the modem's ports are for dialout" test "$(stat -Lc '%G %a' $MODEM_DEVICE)" = "dialout 660"
modem_unplug
check "pulled out they are gone" wait_until 5 negate test -e $MODEM_DEVICE
modem_plug
check "plugged in they are back, for dialout" test "$(stat -Lc '%G %a' $MODEM_DEVICE)" = "dialout 660"
