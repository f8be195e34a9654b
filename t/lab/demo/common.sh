# common.sh - what the demo's story and its prompt begin with, in a guest. Sourced after world.sh.
# shellcheck shell=sh disable=SC3043,SC2034,SC2153

RELAY_SSH="ssh -p 31337 root@$RELAY_NAME"
HOME_NAME=home.example.net HOME_PUBLIC_IP=203.0.113.130

# demo_note LINE: to the narrator.
demo_note() { printf '%s\n' "$*" >>$W/log/demo.log; }

# What phone and owner do stands in a log, too, as it would on the screen of the phone.
phone_note() { printf '%s\n' "$*" >>$W/log/phone.log; }

phone_sends() {
	phone_note "SMS \"$1\""
	sms $OWNER "$1"
}

# phone_runs SHOWN COMMAND...: the output is told as it is, while it comes.
phone_runs() {
	phone_note "\$ $1"
	shift
	{
		timeout 60 "$@" 2>&1 </dev/null
		echo $? >$W/phone.status
	} | sed -u 's/^/> /' >>$W/log/phone.log
	return "$(cat $W/phone.status)"
}

# What the owner types once the relay has a port for it.
owner_runs() {
	phone_runs "$RELAY_SSH $*" ip netns exec phone ssh -F $W/ssh/phone_config -p 31337 root@$RELAY_NAME "$@"
}

# owner_at_console: the owner at the console of the server, doing what standard input says: lines for person.
owner_at_console() {
	phone_note "\$ ssh -t${RELAY_SSH#ssh} oobm console $SERVER"
	{
		echo "within 40000"
		cat
		person_types '~~.' '~~. and is out (within ssh, which has a ~, too, it is typed twice)'
		echo "see [$SERVER: left]"
		echo "end 0"
	} | ip netns exec phone "$TOOLS/person" ssh -tt -F $W/ssh/phone_config -p 31337 root@$RELAY_NAME oobm console $SERVER 2>&1 |
		"$LAB/demo/screen" >>$W/log/phone.log
}

# person_types KEYS SHOWN: for person's script; what is shown comes just before what comes of it.
person_types() { printf "run echo '\\\\x01* %s'\ntype %s\n" "$2" "$1"; }

# The whole world, and the agent in it. On the small computer, oobm is where it would be installed.
demo_world() {
	echo box >/proc/sys/kernel/hostname
	ln -sf "$OOBM_BUILD/src/oobm" /usr/local/bin/oobm
	world_up && push_start && modem_start || return
	echo "$HOME_PUBLIC_IP $HOME_NAME" >>/etc/netns/phone/hosts
	echo "[$HOME_NAME]:22 $(cat $W/ssh/box.pub)" >>$W/ssh/phone_known_hosts
	server_up --on --bios-ms 2000 --menu-ms 30000 --kernel-ms 2500 || return
	conf_targets=$(server_target 'off-time = 5s' 'pause = 2s')
	oobmd_start
	wait_log oobmd 'oobm-console.* opened' 60 >/dev/null || return
	wait_log oobmd 'offline -> listening' 60 >/dev/null && wait_until 20 server_led_known
}

# A power LED that may blink is looked at for some seconds before it is believed.
server_led_known() { oobm status | grep -q "^  $SERVER .*on$"; }

demo_narrate() {
	mkdir -p $W/log
	"$LAB/demo/narrate" ${DEMO_COLOUR:+--colour} --width "${DEMO_WIDTH:-100}" "$@" $W/log
}
