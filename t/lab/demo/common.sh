# common.sh - what the demo's story and its prompt begin with, in a guest. Sourced after world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

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

# phone_runs SHOWN COMMAND...: the output is told as it is.
phone_runs() {
	local status=0
	phone_note "\$ $1"
	shift
	timeout 60 "$@" >$W/phone.out 2>&1 </dev/null || status=$?
	sed 's/^/> /' $W/phone.out >>$W/log/phone.log
	return $status
}

# What the owner types once the relay has a port for it.
owner_runs() {
	phone_runs "$RELAY_SSH $*" ip netns exec phone ssh -F $W/ssh/phone_config -p 31337 root@$RELAY_NAME "$@"
}

# The whole world, and the agent in it. On the small computer, oobm is where it would be installed.
demo_world() {
	echo box >/proc/sys/kernel/hostname
	ln -sf "$OOBM_BUILD/src/oobm" /usr/local/bin/oobm
	world_up && push_start && modem_start || return
	echo "$HOME_PUBLIC_IP $HOME_NAME" >>/etc/netns/phone/hosts
	echo "[$HOME_NAME]:22 $(cat $W/ssh/box.pub)" >>$W/ssh/phone_known_hosts
	oobmd_start
	wait_log oobmd 'offline -> listening' 60 >/dev/null
}

demo_narrate() {
	mkdir -p $W/log
	"$LAB/demo/narrate" ${DEMO_COLOUR:+--colour} --width "${DEMO_WIDTH:-100}" "$@" $W/log
}
