# What is wrong between the link and the relay: named, with tries where they make sense.
conf_window='	pause = 10s'
story_begin

chapter "no DNS server answers"
carrier_dns silent
ask
fails "DNS silent" 3 'OOBM failed: name resolution: '
carrier_dns nxdomain
chapter "the name is unknown"
ask
fails "unknown name" 3 'OOBM failed: name resolution: .*relay\.example\.net'
carrier_dns good

chapter "no DNS server named"
carrier_set dns=none
ask
fails "no DNS" 3 'OOBM failed: name resolution: '
carrier_set dns=10.11.12.13
chapter "a made-up DNS server"
ask
fails "bogus DNS" 3 'OOBM failed: name resolution: '
carrier_set dns=$CARRIER_DNS

chapter "no route"
carrier_route dead
ask
fails "no route" 3 'OOBM failed: (reaching the relay|checking)'
carrier_route alive

chapter "relay down"
relay_stop
ask
fails "relay down" 3 'OOBM failed: reaching the relay: '

chapter "relay mute"
relay_start
daemon_signal relay STOP
ask
fails "relay mute" 3 'OOBM failed: (proof of the path|reaching the relay|checking|SSH session|connecting)'
daemon_signal relay CONT
relay_stop

chapter "host key changed"
relay_hostkey relay2
relay_start
ask
fails "host key changed" 1 "OOBM failed: relay's host key: "
relay_stop

chapter "forward refused"
relay_forwarding no
relay_start
ask
fails "forward refused" 3 'OOBM failed: port forwarding: '
relay_stop
relay_forwarding yes
relay_start

chapter "our key refused"
mv $W/ssh/authorized.oobm $W/ssh/authorized.aside
ask
fails "key refused" 1 'OOBM failed: login at the relay: '
mv $W/ssh/authorized.aside $W/ssh/authorized.oobm

chapter "all is well again"
ask
check "opened" opened
is "not one packet took the home's own way" "$(home_packets)" 0
