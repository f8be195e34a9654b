# story.sh - what most scenarios begin and go on with. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2034

SMS_SEEN=0

# story_begin [OPTION OF MODEMSIM]...: the whole world, and an agent that listens. Lines for the config
# stand in conf_* before.
story_begin() {
	world_up
	push_start || not_ok "the push server is there"
	modem_start "$@" || not_ok "the modem is there"
	oobmd_start
	wait_log oobmd 'offline -> listening' 60 >/dev/null || not_ok "the agent listens"
}

# A chapter: everything before it is past for wait_log.
chapter() {
	say "$*"
	mark oobmd push modem
	SMS_SEEN=$(modem sent | wc -l)
}

# ask [TEXT]: the owner's message, with the secret.
ask() { sms $OWNER "${1:-up} $OOBM_SECRET"; }

# The next N messages (1) after the chapter's begin; prints the last.
next_sms() { wait_sms $((SMS_SEEN + ${1:-1})) "${2:-400}"; }
sms_since() { modem sent | tail -n +$((SMS_SEEN + 1)); }

opened() { wait_log oobmd 'connecting -> open' "${1:-120}"; }
listening() { wait_log oobmd 'reporting -> listening' "${1:-500}"; }
failures() { log_since oobmd | grep -c ' -> closing (\(failed\|time-out\|modem lost\))'; }

# clean WHAT: nothing of a window is left.
clean() {
	is "$1: no pppd, no rule, no port is left" \
		"$(pids_of home pppd) $(ip -n home rule show | grep -c 31337) $(ip netns exec internet ss -Hltn 'sport = :31337' | wc -l)" " 0 0"
}

# fails WHAT TRIES REGEX: the window that was asked for fails after so many tries; its SMS matches, and the
# agent listens again.
fails() {
	check "$1: the agent listens again" listening 900
	is "$1: $2 tries" "$(failures)" "$2"
	like "$1: the last SMS names it" "$(sms_since | tail -n 1)" "$3"
	clean "$1"
}
