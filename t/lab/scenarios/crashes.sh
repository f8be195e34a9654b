# kill -9 of every process in every state: nothing is left behind, nothing is done twice, the owner hears.
conf_window='	pause = 10s'
story_begin

# stay_in STATE: makes the world such that the next window stays in STATE; go_on undoes it.
stay_in() {
	case $1 in
	checking) carrier_dns silent;;
	connecting) relay_stop; relay_forwarding no; relay_start;;
	pausing) modem fault no-carrier 1;;
	esac
}
go_on() {
	case $1 in
	checking) carrier_dns good;;
	connecting) relay_stop; relay_forwarding yes; relay_start;;
	esac
}

# kill_now PROGRAM: at once and without mercy; the parent is started again, as systemd would.
kill_now() {
	mark oobmd
	oobmd_kill "$1"
	[ "$1" = oobmd ] || return 0
	check "$1, $2: nobody outlives it" wait_until 10 nobody_left
	oobmd_start
}

# killed PROGRAM STATE: asks for a window, kills in STATE, expects the window to open in the end, closes it.
killed() {
	chapter "$1 killed while $2"
	stay_in "$2"
	ask
	check "$1, $2: reached" wait_log oobmd "-> $2 " 200
	kill_now "$1" "$2"
	go_on "$2"
	[ "$1, $2" = "oobm-push, open" ] || check "$1, $2: opens in the end" opened 400
	check "$1, $2: the phone lands" phone_ssh true
	is "$1, $2: one link" "$(pids_of home pppd | wc -l)" 1
	oobm down >/dev/null
	check "$1, $2: the agent listens again" listening 400
	is "$1, $2: reported once" "$(sms_since | grep -c 'OOBM link is down')" 1
	clean "$1, $2"
}

# killed_after PROGRAM STATE: kills when a window is over already; it is reported all the same, and once.
killed_after() {
	chapter "$1 killed while $2"
	[ "$2" != reporting ] || modem fault cms500 3
	ask
	opened >/dev/null
	oobm down >/dev/null
	check "$1, $2: reached" wait_log oobmd "-> $2 " 60
	kill_now "$1" "$2"
	check "$1, $2: the agent listens again" wait_log oobmd '-> listening' 400
	like "$1, $2: reported" "$(next_sms 1 1500)" 'OOBM link is down: asked'
	modem fault cms500 off
	is "$1, $2: reported once" "$(sms_since | grep -c 'OOBM link is down')" 1
}

nobody_left() { [ -z "$(ps -eo comm= | grep -E '^oobm|^pppd')" ]; }

for program in oobm-agent oobmd; do
	for state in dialling checking connecting open pausing; do killed $program $state; done
	for state in closing reporting; do killed_after $program $state; done
	chapter "$program killed while listening"
	kill_now $program listening
	check "$program, listening: listens again" wait_log oobmd 'offline -> listening' 120
done
for state in checking connecting open; do killed oobm-tunnel $state; done
for state in checking connecting open; do killed oobm-push $state; done

chapter "stopped and started inside a window"
ask
opened >/dev/null
before=$(oobm --json status | sed -n 's/.*"left": *\([0-9]*\).*/\1/p')
oobmd_stop
check "stop: nothing is left" nobody_left
oobmd_start
check "start: the window goes on" opened 200
after=$(oobm --json status | sed -n 's/.*"left": *\([0-9]*\).*/\1/p')
between "with the time that was left" "$((before - after))" 0 60000
oobm down >/dev/null
check "closed" listening
is "reported once" "$(sms_since | grep -c 'OOBM link is down')" 1

chapter "torn state"
oobmd_stop
printf 'window id=1 beg' >/var/lib/oobmd/window
oobmd_start
check "torn state: said" wait_log oobmd 'damaged' 30
check "torn state: the agent listens, no window is opened" wait_log oobmd 'offline -> listening' 60
check "torn state: set aside" test -e /var/lib/oobmd/window.bad
like "torn state: the owner hears" "$(next_sms 1)" 'damaged and set aside'
oobmd_stop
: >/var/lib/oobmd/window
chapter "empty state"
oobmd_start
check "empty state: said" wait_log oobmd 'damaged' 30
check "empty state: the agent listens" wait_log oobmd 'offline -> listening' 60
