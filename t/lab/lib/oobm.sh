# oobm.sh - the agent under test, on the small computer at home. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

OOBM_SECRET=correct-horse-battery

# Writes $W/oobmd.conf. Lines of one's own, which come last in their section, stand in these; conf_targets has whole
# sections (server_target writes one):
conf_targets='' conf_top='' conf_modem='' conf_owner='' conf_relay='' conf_push='' conf_window=''
oobmd_config() {
	umask 077
	cat >$W/oobmd.conf <<-X
	log-level = debug
	$conf_top
	modem {
	$(modem_section)
		apn = "internet"
	$conf_modem
	}
	owner "me" {
		number = "$OWNER"
		secret = '$OOBM_SECRET'
	$conf_owner
	}
	relay "relay" {
		host = "$RELAY_NAME"
		key-file = "$W/ssh/tunnel"
		hostkey = "$(ssh-keygen -lf $W/ssh/relay.pub | cut -d' ' -f2)"
	$conf_relay
	}
	pushover {
		url = "https://$PUSH_NAME/1/messages.json"
		token = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi'
		user = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG'
		ca-file = "$PUSH_CA"
	$conf_push
	}
	window {
	$conf_window
	}
	$conf_targets
	X
	umask 022
}

modem_section() {
	case $MODEM_DEVICE in
	/dev/ttyUSB*) printf '\tusb = "12d1:1001"\n';;
	*) printf '\tdevice = "%s"\n\tprofile = "huawei"\n' "$MODEM_DEVICE";;
	esac
}

# oobmd_start [OPTION]...
oobmd_start() {
	[ -e $W/oobmd.conf ] || oobmd_config
	# pppd has no option for this one
	mkdir -p /etc/ppp/ip-pre-up.d
	install -m 755 "$OOBM_SRC/src/link/ip-pre-up" /etc/ppp/ip-pre-up.d/oobmd
	mark oobmd
	daemon oobmd ip netns exec home "$OOBM_BUILD/src/oobmd" -d -f $W/oobmd.conf -L "$OOBM_BUILD/src" "$@"
}

oobmd_stop() { daemon_end oobmd; }

# oobmd_kill PROGRAM [SIGNAL]: oobmd, oobm-agent, oobm-tunnel or oobm-push.
oobmd_kill() { pids_of home "$1" | xargs -r kill "-${2:-KILL}"; }

# oobm ARGUMENT...: the command line, as root on the small computer.
oobm() { ip netns exec home "$OOBM_BUILD/src/oobm" "$@"; }
