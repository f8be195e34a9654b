#!/bin/sh
# story.sh - the main job, played once in a guest while narrate tells it; its status is the verdict. The demo
# gives DEMO_COLOUR, DEMO_WIDTH, DEMO_LIVE, DEMO_LENGTH (of the window: "90s", or empty for the default), and
# DEMO_BREAK: what is broken on purpose.
. "$OOBM_SRC/t/lab/world.sh"
. "$OOBM_SRC/t/lab/demo/common.sh"

# How long the agent may take: for three tries, and for the window.
PATIENCE=200 LENGTH=120
[ -n "$DEMO_LENGTH" ] || LENGTH=2000
[ -z "$DEMO_BREAK" ] || conf_window='	pause = 3s'

break_it() {
	case $1 in
	relay) demo_note "say somebody has switched off the relay (--break)"; relay_stop;;
	carrier) demo_note "say the carrier takes no calls today (--break)"; modem fault no-carrier always;;
	push) demo_note "say the push service is down (--break)"; push_stop;;
	secret) demo_note "say the owner has forgotten the secret (--break)"; OOBM_SECRET=open-sesame;;
	esac
}

# Each step waits for what it is about; what has not come by then is not waited for any longer, and the
# narrator says what was missing.
story() {
	demo_world || return
	server_ctl panic
	wait_sms 1 60
	phone_runs "ssh root@$HOME_NAME" ip netns exec phone ssh -F $W/ssh/phone_config -o ConnectTimeout=5 root@$HOME_NAME true
	[ -z "$DEMO_BREAK" ] || break_it "$DEMO_BREAK"
	mark oobmd push
	phone_sends "up ${DEMO_LENGTH:+$DEMO_LENGTH }$OOBM_SECRET"
	wait_log oobmd 'listening -> dialling|message from .* ignored' 30 || return
	wait_log oobmd 'connecting -> open|reporting -> listening|message from .* ignored' $PATIENCE |
		grep -q 'connecting -> open' || return
	wait_log push 'title=OOBM%20link%20up' 30
	owner_runs hostname -I
	owner_runs oobm status
	owner_at_console <<-EOT
	see Kernel panic
	EOT
	owner_runs oobm power $SERVER cycle --escalate
	owner_at_console <<-EOT
	see boot loader
	$(person_types '1\r' '1 and Enter')
	see Linux version
	see login:
	EOT
	demo_note "say all is done; the window stays open until its time is over"
	wait_log oobmd 'open -> closing' $LENGTH || return
	wait_log oobmd 'reporting -> listening' 100 || return
	owner_runs true
	demo_note "home packets $(home_packets)"
}

demo_narrate --main ${DEMO_LIVE:+--live} &
narrator=$!
story >$W/story.out 2>&1
demo_note end
wait $narrator
verdict=$?
world_down >/dev/null 2>&1
exit $verdict
