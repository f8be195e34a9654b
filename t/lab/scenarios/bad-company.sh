# Users of the same computer, a carrier with addresses of its choice, a disk that takes nothing, a config that
# changes under way, an agent that dies while it stops: nothing of it locks the owner out or touches the home.
# shellcheck disable=SC2034
conf_window='	pause = 5s
	close-timeout = 1s'
nobody_left() { [ -z "$(ps -eo comm= | grep -E '^oobm|^pppd')" ]; }
no_rules() { [ "$(ip -n home rule show | grep -c 31337)" = 0 ]; }
# as_stranger COMMAND...: a user who may do nothing here.
as_stranger() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
port=${MODEM_DEVICE:-ttyUSB0}

# What a stranger can prepare before oobmd runs; 1777 is what Debian 12 gives the directory.
mkdir -p /run/lock
chmod 1777 /run/lock
as_stranger mkfifo -m 666 /run/lock/LCK..ttyUSB0 /run/lock/LCK..ttyUSB2
story_begin
ok "a FIFO in the place of the lock file keeps nobody waiting"

chapter "a closing that takes longer than its time"
ask
check "slow closing: opened" opened
modem fault slow 2500
oobm down >/dev/null
check "slow closing: given up" wait_log oobmd 'closing -> offline' 60
modem fault slow off
check "slow closing: the modem is opened anew, and the agent listens" wait_log oobmd 'offline -> listening' 300
like "slow closing: reported" "$(next_sms 1)" 'OOBM link is down: asked'
ask
check "slow closing: the next window opens" opened 200
oobm down >/dev/null
check "slow closing: and is closed" wait_log oobmd '-> listening' 300

chapter "a lock file of somebody who may not use the port"
oobmd_stop
rm -f /run/lock/LCK..ttyUSB?
as_stranger sh -c 'echo "         1" >/run/lock/LCK..ttyUSB0; echo "         1" >/run/lock/LCK..ttyUSB2'
oobmd_start
check "stranger's lock file: the agent listens all the same" wait_log oobmd 'offline -> listening' 60
oobmd_stop
rm -f /run/lock/LCK..ttyUSB?
as_stranger mkdir -p /run/lock/LCK..ttyUSB0/x
oobmd_start
check "stranger's directory: the agent listens all the same" wait_log oobmd 'offline -> listening' 60
ask
check "stranger's directory: the window opens" opened 200
oobm down >/dev/null
check "stranger's directory: listens again" listening
oobmd_stop
rm -rf /run/lock/LCK..ttyUSB0
echo "         1" >/run/lock/LCK..ttyUSB0
oobmd_start
case $MODEM_DEVICE in
/dev/ttyUSB*) check "root's lock file counts" wait_log oobmd 'ttyUSB0 is used by process 1 ' 60;;
esac
rm -f /run/lock/LCK..ttyUSB0
check "until it is gone" wait_log oobmd 'offline -> listening' 120

chapter "a stranger who holds what he can"
is "nobody else can open the pid file" "$(stat -c %a /run/oobmd/oobmd.pid)" 600
check_not "nobody else can lock it" as_stranger flock -n /run/oobmd/oobmd.pid true
check_not "nobody else reaches the control socket" as_stranger "$OOBM_BUILD/src/oobm" status
check_not "nobody else can read the state" as_stranger ls /var/lib/oobmd

chapter "a carrier that gives us our own address at home"
carrier_set remote=$HOME_IP
ask
fails "own address" 3 'OOBM failed: PPP: the carrier gave us the address 192.168.1.2, which this computer has'
is "own address: the home's is still there" "$(ip -n home -br -4 addr show dev h0 | awk '{ print $3 }')" $HOME_IP/24
chapter "a carrier that says it is the home's router"
carrier_set remote=$LINK_IP local=$ROUTER_IP
# as for a server of dial-in, which this computer may be, too
printf 'proxyarp\nidle 3\n' >>/etc/ppp/options
ask
check "the router's address: opened" opened 200
like "the router's address: packets for it stay at home" "$(ip -n home route get $ROUTER_IP)" 'dev h0'
is "the router's address: nor are the home's taken for it" "$(ip -n home neigh show proxy)" ""
check_not "a link may be idle" wait_log oobmd 'open -> ' 10
oobm down >/dev/null
check "the router's address: closed" listening
carrier_set local=$CARRIER_IP

chapter "pppd killed as the last thing"
ask
opened >/dev/null
oobmd_kill oobm-agent STOP
pids_of home pppd | xargs kill -KILL
check "killed pppd: its rules go with it" wait_until 5 no_rules
oobmd_kill oobm-agent CONT
oobm down >/dev/null
check "killed pppd: the agent listens again" wait_log oobmd '(reporting|offline) -> listening' 300

chapter "reloads"
sed 's#^log-level.*#&\nrun-dir = "/run/elsewhere"\nstate-dir = "/var/lib/elsewhere"#' $W/oobmd.conf >$W/moved.conf
cp $W/oobmd.conf $W/first.conf
cat $W/moved.conf >$W/oobmd.conf
daemon_signal oobmd HUP
check "other places: said" wait_log oobmd 'are taken up at the next start only' 30
check "other places: the agent listens" wait_log oobmd 'offline -> listening' 60
ask
check "other places: the window opens all the same" opened 200
cat $W/first.conf >$W/oobmd.conf
daemon_signal oobmd HUP
daemon_signal oobmd HUP
check "inside a window: reloaded" wait_log oobmd 'reloaded ' 60
check "inside a window: the window goes on" opened 200
is "inside a window: one pppd" "$(pids_of home pppd | wc -l)" 1

chapter "an agent that dies while it stops"
oobmd_kill oobm-agent STOP
daemon_signal oobmd TERM
oobmd_kill oobm-agent KILL
check "nothing is left within 20 s" wait_until 20 nobody_left
oobmd_start
check "and the window goes on after it" opened 200
oobm down >/dev/null
check "and is closed" listening
oobmd_stop

chapter "a disk that takes nothing"
mount --bind /var/lib/oobmd /var/lib/oobmd && mount -o remount,bind,ro /var/lib/oobmd
oobmd_start
check "read-only: the agent listens" wait_log oobmd 'offline -> listening' 60
ask
check "read-only: the window opens" opened 200
check "read-only: the phone lands" phone_ssh true
oobm down >/dev/null
check "read-only: reported" wait_log oobmd 'reporting -> listening' 60
like "read-only: by SMS" "$(next_sms 1)" 'OOBM link is down: asked'
oobmd_stop
umount /var/lib/oobmd
mount -t tmpfs -o size=16k,uid=990,gid=990,mode=700 tmpfs /var/lib/oobmd
head -c 100000 /dev/zero >/var/lib/oobmd/full 2>/dev/null
chapter "a full disk"
oobmd_start
check "full: the agent listens" wait_log oobmd 'offline -> listening' 60
ask
check "full: the window opens" opened 200
oobm down >/dev/null
like "full: reported by SMS" "$(next_sms 1)" 'OOBM link is down: asked'
