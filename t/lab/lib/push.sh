# push.sh - the push server. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

# Where oobm-push, which is nobody in particular, can read it.
PUSH_CA=$W/push-ca.crt

# push_start [CERTIFICATE]: server (good), expired, wrong (another name), other (nobody's authority).
push_start() {
	local c=$TOOLS/keys/push/${1:-server}
	install -m 644 "$TOOLS/keys/push/ca.crt" $PUSH_CA
	mark push-server
	daemon push-server ip netns exec internet "$TOOLS/pushd" --listen $PUSH_IP:443 --cert "$c.crt" --key "$c.key" \
		--log $W/log/push.log --control $W/push
	wait_log push-server '^listening' 15 >/dev/null
}

push_stop() { daemon_end push-server; }

# push COMMAND...: what pushd --ctl knows: mode, count, wait, last, stats.
push() { "$TOOLS/pushd" --ctl $W/push "$@"; }

push_freeze() { daemon_signal push-server STOP; }
push_thaw() { daemon_signal push-server CONT; }
