# contrib/relay-setup on a stock sshd: what it makes is enough for the main job, and for nothing else.
# The relay of this world is an sshd with the config that Debian ships.
sed -i '/^oobm:/d' /etc/group
setup() { ip netns exec internet "$OOBM_SRC/contrib/relay-setup" "$@"; }
all_of_it() { sha256sum /etc/passwd /etc/group /etc/shadow $(find /etc/ssh /var/lib/*relay* -type f 2>/dev/null); }
stock_sshd() {
	rm -f /etc/ssh/ssh_host_* /etc/ssh/sshd_config.d/* /run/sshd.pid
	install -m 600 $W/ssh/relay /etc/ssh/ssh_host_ed25519_key
	install -m 644 $W/ssh/relay.pub /etc/ssh/ssh_host_ed25519_key.pub
	printf '%s\n' 'Include /etc/ssh/sshd_config.d/*.conf' 'KbdInteractiveAuthentication no' "${1:-UsePAM yes}" 'X11Forwarding yes' \
		'PrintMotd no' 'AcceptEnv LANG LC_*' 'Subsystem sftp internal-sftp' >/etc/ssh/sshd_config
	mark relay
	daemon relay ip netns exec internet /usr/sbin/sshd -D -e
	wait_log relay '^Server listening' 20 >/dev/null
}

world_up
relay_stop
sed -i '/^oobm:/d' /etc/passwd /etc/shadow /etc/group
stock_sshd
all_of_it >$W/before

# what must not be done
check_not "a private key is refused" setup $W/ssh/tunnel
like "and said to be one" "$(cat $T/check.out)" 'private key, which must never leave'
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== x' >$W/rsa.pub
check_not "a key of another type is refused" setup $W/rsa.pub
check_not "half a key is refused" setup "$(cut -c1-40 $W/ssh/tunnel.pub)"
check_not "root is refused as the account" setup --user root $W/ssh/tunnel.pub
check_not "somebody's account is refused" setup --user oobmd $W/ssh/tunnel.pub
check_not "a port that only root may have is refused" setup --port 22 $W/ssh/tunnel.pub
check "a dry run" setup --dry-run $W/ssh/tunnel.pub
like "says what it would do" "$(cat $T/check.out)" 'would run: useradd'
echo 'NoSuchOption yes' >>/etc/ssh/sshd_config
check_not "a config that sshd refuses is left alone" setup $W/ssh/tunnel.pub
sed -i '$d' /etc/ssh/sshd_config
check "undo, after that" setup --undo
is "and none of this has changed anything" "$(all_of_it)" "$(cat $W/before)"

# done, and done again
mark relay
check "for the agent's key" setup --host $RELAY_NAME "$(cat $W/ssh/tunnel.pub)"
cp $T/check.out $W/said
check "sshd takes it" wait_log relay 'Server listening' 10
like "the snippet is the one in conf/" "$(grep -v '^#' /etc/ssh/sshd_config.d/60-oobm-relay.conf)" 'MaxSessions 0'
is "word for word" "$(cat /etc/ssh/sshd_config.d/60-oobm-relay.conf)" "$(sed -n '/^# Made/,$p' "$OOBM_SRC/conf/relay-sshd.conf")"
like "the account has neither password nor shell" "$(getent passwd oobm) $(getent shadow oobm)" '^oobm:x:.*:/usr/sbin/nologin oobm:\*:'
is "its key may forward one port" "$(cat /var/lib/oobm-relay/.ssh/authorized_keys)" \
	"restrict,port-forwarding,permitlisten=\"31337\" $(cat $W/ssh/tunnel.pub)"
is "and is not the account's to change" "$(stat -c '%U %a' /var/lib/oobm-relay /var/lib/oobm-relay/.ssh /var/lib/oobm-relay/.ssh/* | tr '\n' ,)" \
	"root 755,root 755,root 644,"
all_of_it >$W/sums
check "again" setup --host $RELAY_NAME $W/ssh/tunnel.pub
is "says the same of the agent's config" "$(sed -n '/^In /,$p' $T/check.out)" "$(sed -n '/^In /,$p' $W/said)"
is "and changes nothing" "$(all_of_it)" "$(cat $W/sums)"

# what the holder of the agent's key can do there
as_agent() { ip netns exec carrier timeout 20 ssh -i $W/ssh/tunnel -o UserKnownHostsFile=$W/ssh/known -o BatchMode=yes -o ExitOnForwardFailure=yes \
	-o LogLevel=ERROR "$@"; }
printf '%s %s\n' "$RELAY_IP" "$(cat $W/ssh/relay.pub)" >$W/ssh/known
check_not "it cannot run a command" as_agent oobm@$RELAY_IP id
check_not "nor get a terminal" as_agent -tt oobm@$RELAY_IP
check_not "nor files" sh -c "echo ls | ip netns exec carrier timeout 20 sftp -q -i $W/ssh/tunnel -o UserKnownHostsFile=$W/ssh/known -o BatchMode=yes oobm@$RELAY_IP"
check_not "nor reach another host through the relay" as_agent -W $PUSH_IP:443 oobm@$RELAY_IP
check_not "nor listen on another port" as_agent -N -R 31338:localhost:22 oobm@$RELAY_IP
check_not "nor log in with a password" ip netns exec carrier ssh -o PubkeyAuthentication=no -o UserKnownHostsFile=$W/ssh/known \
	-o BatchMode=yes oobm@$RELAY_IP

# the main job
push_start || not_ok "the push server is there"
modem_start || not_ok "the modem is there"
oobmd_config
# what relay-setup said is what the agent gets, but for the key's place
sed -n '/^relay /,/^}/p' $W/said | sed "s#^}#	key-file = \"$W/ssh/tunnel\"\n}#" >$W/relay-section
sed -i -e '/^relay /,/^}/d' $W/oobmd.conf
cat $W/relay-section >>$W/oobmd.conf
oobmd_start
check "the agent listens" wait_log oobmd 'offline -> listening' 60
sms $OWNER "up 10m $OOBM_SECRET"
check "a window opens" wait_log oobmd 'connecting -> open' 60
is "ssh -p 31337 root@relay lands on the small computer" "$(phone_ssh 'ip -br -4 addr show dev h0' | awk '{ print $3 }')" $HOME_IP/24
inside home "$OOBM_BUILD/src/oobm" down >/dev/null
check "and closes" wait_log oobmd 'reporting -> listening' 60
oobmd_stop

# a second agent, other ports, on the relay only
check "a second key" setup --port 31339 --local --host $RELAY_NAME $W/ssh/stranger.pub
is "both are there" "$(grep -c permitlisten /var/lib/oobm-relay/.ssh/authorized_keys)" 2
daemon second ip netns exec carrier ssh -i $W/ssh/stranger -o UserKnownHostsFile=$W/ssh/known -o BatchMode=yes \
	-o ExitOnForwardFailure=yes -N -R '*:31339:localhost:22' oobm@$RELAY_IP
check "its port listens" wait_until 20 relay_listens 31339
unlike "on the relay alone" "$(ip netns exec internet ss -Hltn 'sport = :31339' | awk '{ print $4 }')" '^(\*|0\.|\[::\]|192)'
check_not "an account in use is not removed" setup --undo
daemon_end second
check "undo" wait_until 20 setup --undo
is "takes back all of it" "$(all_of_it)" "$(cat $W/before)"

# where sshd_config has no Include, and where AllowUsers stands in the way
daemon_end relay
stock_sshd 'AllowUsers root'
sed -i /^Include/d /etc/ssh/sshd_config
cp /etc/ssh/sshd_config $W/sshd_config
check_not "AllowUsers is noticed" setup $W/ssh/tunnel.pub
like "and named" "$(cat $T/check.out)" 'AllowUsers .* does not name oobm'
check "the config is as it was" cmp /etc/ssh/sshd_config $W/sshd_config
sed -i 's/^AllowUsers.*/AllowUsers root oobm/' /etc/ssh/sshd_config $W/sshd_config
check "without Include it goes to the end of sshd_config" setup $W/ssh/tunnel.pub
is "the settings are in force" "$(/usr/sbin/sshd -T -C user=oobm,host=x,addr=127.0.0.1 | grep -E '^(gatewayports|maxsessions)' | sort | tr '\n' ,)" \
	"gatewayports yes,maxsessions 0,"
is "for this account only" "$(/usr/sbin/sshd -T -C user=root,host=x,addr=127.0.0.1 | grep -E '^(gatewayports|maxsessions)' | sort | tr '\n' ,)" \
	"gatewayports no,maxsessions 10,"
check "undo" setup --undo
check "the config is as it was" cmp /etc/ssh/sshd_config $W/sshd_config
