# oobmd as `make install` leaves it, under a real systemd in the home's network, with all restrictions of its
# unit: start, reload, restart, crash, upgrade and stop with an open window leave no process behind, and no
# window half open. /lab/root is what was installed.
mkdir -p /sys/fs/cgroup /run/systemd/system
mount -t cgroup2 cgroup2 /sys/fs/cgroup || skip_all "this kernel has no cgroups"
world_up
push_start || not_ok "the push server is there"
modem_start || not_ok "the modem is there"
cp -a /lab/root/. /
sed -i '/^oobmd\?:/d' /etc/group
sed -i '/^oobmd:/d' /etc/passwd /etc/shadow

# A container's systemd: its own processes and mounts. Nothing but the basic system is started.
printf '[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n' >/run/systemd/system/lab.target
daemon systemd ip netns exec home unshare --pid --fork --mount --mount-proc --kill-child=KILL \
	env container=lab /lib/systemd/systemd --unit=lab.target --log-target=journal --show-status=no
wait_until 60 test -S /run/systemd/private
INIT=$(pgrep -P "$(daemon_pid systemd)")
boxed() { nsenter -t "$INIT" -m -p -n "$@"; }
boxed systemctl is-system-running --wait >$W/running	# degraded is good enough: some service of a whole system fails here
like "systemd is up" "$(cat $W/running)" '^(running|degraded)$'
daemon oobmd nsenter -t "$INIT" -m -p -n journalctl -b -f -o short-monotonic --no-hostname -u oobmd

# property NAME...: what systemd knows of the unit
property() { local p; for p; do boxed systemctl show -P "$p" oobmd; done | tr '\n' ' '; }
pids() { cat /sys/fs/cgroup/system.slice/oobmd.service/cgroup.procs 2>/dev/null; }
processes() { local p; for p in $(pids); do cat "/proc/$p/comm"; done | sort | tr '\n' ' '; }
nothing_left() { [ -z "$(ps -eo comm= | grep -E '^oobm' | grep -v sshd; pids_of home pppd; pids)" ]; }
is_field() { grep -h "^$1:" $(pids | sed 's#.*#/proc/&/status#') | sort -u | tr -s '\t' ' ' | tr '\n' ,; }
oobmd_pid() { local p; for p in $(pids); do [ "$(cat "/proc/$p/comm")" != oobmd ] || echo "$p"; done; }
ALL="oobm-agent oobm-push oobm-tunnel oobmd pppd "
still_open() {
	check "the window goes on$1" wait_log oobmd 'connecting -> open' 90
	is "and nothing is doubled" "$(processes)" "$ALL"
}

check "setup makes users and directories" boxed "$OOBM_SRC/contrib/setup" "$LAB_PREFIX"
like "the user of the workers" "$(getent passwd oobmd)" '^oobmd:x:[0-9]+:[0-9]+:.*:/usr/sbin/nologin$'
like "the group of those who may use oobm" "$(getent group oobm)" '^oobm:x:[0-9]+:$'
is "the workers' directory" "$(stat -c '%U:%G %a' /var/lib/oobmd)" "oobmd:oobmd 700"
check "pppd finds the script for before" test -x /etc/ppp/ip-pre-up.d/oobmd
is "oobm-shell is a shell that somebody may have" "$(grep -cx "$LAB_PREFIX/bin/oobm-shell" /etc/shells)" 1
oobmd_config
install -m 600 $W/oobmd.conf "$LAB_ETC/oobmd.conf"

mark oobmd
check "start" boxed systemctl start oobmd
is "is over when the agent is there" "$(property ActiveState SubState) $(processes)" "active running  oobm-agent oobmd "
check "it listens" wait_log oobmd 'offline -> listening' 60
like "and systemd shows so" "$(property StatusText)" '^listening\. Lab Mobile'

sms $OWNER "up 1h $OOBM_SECRET"
check "a message opens a window" wait_log oobmd 'connecting -> open' 60
is "the phone lands on the small computer" "$(phone_ssh 'echo landed')" landed
is "all programs run" "$(processes)" "$ALL"
is "the home's routing is untouched" "$(ip -n home route show default)" "default via $ROUTER_IP dev h0 "
is "oobmd may do what it must" "$(is_field CapBnd)" "CapBnd: 00000000000010e9,"
is "its workers nothing" "$(is_field CapEff)" "CapEff: 0000000000000000,CapEff: 00000000000010e9,"
is "none can gain more" "$(is_field NoNewPrivs) $(is_field Seccomp)" "NoNewPrivs: 1, Seccomp: 2,"
is "and oobmd itself changes nothing of the system" "$(nsenter -t "$(oobmd_pid)" -m sh -c '
	for d in /etc /etc/ppp /usr /usr/local /boot /root /home /var/lib /sys /proc/sys; do [ ! -w $d ] || echo $d; done')" ""
main=$(property MainPID)

mark oobmd
check "reload" boxed systemctl reload oobmd
check "closes the link" wait_log oobmd 'open -> closing' 5
still_open ""
is "with the same oobmd" "$(property MainPID)" "$main"

echo 'modem {' >>"$LAB_ETC/oobmd.conf"
check_not "reload with an error in the config fails" boxed systemctl reload oobmd
is "and all run on" "$(property ActiveState) $(processes)" "active  $ALL"
check "the journal says where" wait_log oobmd 'oobmd.conf:[0-9]+: ' 10
check_not "an upgrade then leaves the old ones running" boxed "$OOBM_SRC/contrib/setup" "$LAB_PREFIX"
is "as they were" "$(property MainPID)" "$main"
sed -i '$d' "$LAB_ETC/oobmd.conf"

mark oobmd
check "an upgrade starts the new programs" boxed "$OOBM_SRC/contrib/setup" "$LAB_PREFIX"
still_open ""
check_not "with another oobmd" test "$(property MainPID)" = "$main"
is "the phone lands again" "$(phone_ssh 'echo landed')" landed

# Only a device forgets pppd's TIOCEXCL when a killed pppd closes it; a pseudo-terminal does not.
case $MODEM_DEVICE in
/dev/ttyUSB*)
	mark oobmd
	boxed systemctl kill --kill-who=main -s KILL oobmd
	check "killed, all go with it" wait_until 9 nothing_left
	still_open " after 10 s"

	if [ -n "$LAB_TRAVEL" ]; then
		mark oobmd
		kill -STOP "$(oobmd_pid)"
		check "hung, it is killed by systemd's watchdog" wait_log oobmd 'Watchdog timeout' 330
		check "and all with it" wait_until 9 nothing_left
		still_open ""
	fi;;
esac

mark oobmd
check "stop" boxed systemctl stop oobmd
is "was in order" "$(property ActiveState Result)" "inactive success "
check "leaves no process" nothing_left
check_not "nor the relay's port open" relay_listens 31337
check "nor the call" wait_until 10 negate carrier_busy
is "nor a rule" "$(ip -n home rule show | grep -c 31337)" 0
is "nor a lock" "$(ls /run/lock | grep -c LCK)" 0
mark oobmd
check "start" boxed systemctl start oobmd
still_open " with the time it had left"
between "which is less than an hour" "$(inside home "$LAB_PREFIX/bin/oobm" --json status | sed -n 's/.*"left": *\([0-9]*\).*/\1/p')" 3000000 3599999
check "oobm closes it" inside home "$LAB_PREFIX/bin/oobm" down
like "an SMS says so" "$(wait_sms 1 60)" "OOBM link is down: asked to close"
check "it listens" wait_log oobmd 'reporting -> listening' 60
is "not one packet took the home's own way" "$(home_packets)" 0 || home_packets_seen | sed 's/^/#	/'
check "stop" boxed systemctl stop oobmd
check "leaves no process" nothing_left
daemon_end oobmd
