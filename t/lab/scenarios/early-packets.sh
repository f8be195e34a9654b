# What reaches the link before our script has set its routes is not answered by the home's own way.
# A connection of the relay's to the link's address: refused (the answer came), or without an answer.
knock() {
	inside internet perl -MIO::Socket::INET -e '$SIG{ALRM} = sub { print "silence"; exit }; alarm 3;
		IO::Socket::INET->new(LocalAddr => $ARGV[0], PeerAddr => "$ARGV[1]:9"); print $!' $RELAY_IP $LINK_IP
}

# A slow ip-up, as on a slow machine.
libexec=$W/libexec
mkdir -p $libexec
cp "$OOBM_BUILD"/src/oobm-* "$OOBM_BUILD"/src/ip-up "$OOBM_BUILD"/src/ip-down $libexec/
mv $libexec/ip-up $libexec/ip-up.real
cat >$libexec/ip-up <<X
#!/bin/sh
touch $W/waiting
while [ ! -e $W/go ]; do sleep 0.1; done
exec $libexec/ip-up.real "\$@"
X
chmod 755 $libexec/ip-up

world_up
push_start || not_ok "the push server is there"
modem_start || not_ok "the modem is there"
oobmd_start -L $libexec
check "the agent listens" wait_log oobmd 'offline -> listening' 60
sms $OWNER "up 5m $OOBM_SECRET"
check "the link is up, its routes are not" wait_until 30 test -e $W/waiting
is "the relay knocks, and hears nothing" "$(knock)" silence
is "nor does the home's own network" "$(home_packets)" 0 || home_packets_seen | sed 's/^/#	/'
touch $W/go
check "the window opens" wait_log oobmd 'connecting -> open' 60
is "now the relay is answered" "$(knock)" "Connection refused"
is "through the link" "$(home_packets)" 0
oobm down >/dev/null
check "closed" wait_log oobmd 'reporting -> listening' 60
is "no rule is left" "$(ip -n home rule show | grep -c 31337)" 0
is "no route is left" "$(ip -n home route show table 31337 2>/dev/null)" ""
oobmd_stop
