# What is to be done later: announced before, done at its time whatever the clock and the processes do, taken back, and
# carried over a power cut: PHASE=before and PHASE=after are two guests, and /lab takes the disk from one to the other.
nobody_left() { [ -z "$(ps -eo comm= | grep '^oobm')" ]; }
pending() { oobm pending; }
number() { pending | sed -n 's/^ *pending *\([0-9]*\).*/\1/p' | head -n 1; }
since_mark() { awk -v a="$1" -v b="$(uptime)" 'BEGIN { print b - a }'; }
everything_up() {
	world_up
	push_start
	server_up "$@"
	conf_targets=$(server_target)
	modem_start
	oobmd_start
}
ready() { check "the small computer is ready" wait_log oobmd 'offline -> listening' 60; }

# How often the file is written within ten minutes: as a new one each time.
written() {
	local i n=0 was='' is
	for i in $(seq 1 60); do
		is=$(stat -c %i.%Z /var/lib/oobmd/pending 2>/dev/null)
		[ "$is" = "$was" ] || n=$((n + 1))
		was=$is
		sleep 10
	done
	echo $n
}
before_cut() {
	everything_up --on
	ready
	chapter "told a minute before, and done at its time"
	t0=$(uptime)
	server_mark
	like "armed" "$(oobm power nas force-off --in 10m)" 'force-off of nas in 10 min\. To stop it: oobm cancel 1'
	date -s '2031-01-01 00:00:00' >/dev/null
	oobmd_kill oobm-agent
	sleep 60
	date -s '1999-01-01 00:00:00' >/dev/null
	oobmd_kill oobm-power
	sleep 60
	mark oobmd
	oobmd_kill oobmd
	wait_until 10 nobody_left
	oobmd_start
	wait_log oobmd 'offline -> listening' 60 >/dev/null
	like "after kills and steps of the clock it is still there" "$(pending)" '1  force-off of nas in 7m [345].s'
	next_sms 1 600 >$W/soon
	between "announced nine minutes after it was armed" "$(since_mark "$t0")" 538 550
	like "by SMS, with how to stop it" "$(cat $W/soon)" 'force-off of nas in 1 min, as root asked. To stop it: oobm cancel 1'
	check "done" wait_log oobmd 'nas: force-off: the LED went off' 90
	between "after ten minutes" "$(since_mark "$t0")" 600 612
	is "once" "$(press_widths | wc -l)" 1
	like "the result comes by SMS" "$(next_sms 2)" 'LED went off'
	like "nothing is pending any more" "$(pending)" 'nothing is pending'

	chapter "taken back"
	server_mark
	oobm power nas on --in 5m >/dev/null
	oobm power nas reset --in 6m >/dev/null
	like "both are shown with status" "$(oobm | grep -c 'pending')" '^2$'
	like "one is cancelled by its number" "$(oobm cancel "$(number)")" 'cancelled: on of nas'
	like "the rest by the target's name" "$(oobm cancel nas)" 'cancelled: reset of nas'
	oobm cancel all >$W/none 2>&1
	is "there is nothing more" $? 1
	like "and it is said so" "$(cat $W/none)" 'nothing of that kind is pending'
	sleep 400
	is "nothing was pressed" "$(press_widths; press_widths reset)" ""

	chapter "a week is long"
	oobm power nas on --in 7d >/dev/null
	sleep 3600
	like "it counts" "$(pending)" 'on of nas in 6d 23h'
	between "and is not written each minute" "$(written)" 1 3
	oobm cancel all >/dev/null
	oobm power nas on --in 20m >/dev/null
	between "what is near is" "$(written)" 9 12
	oobm cancel all >/dev/null

	chapter "the power fails"
	oobm power nas on --in 10m >/dev/null
	sleep 200
	oobmd_kill oobmd
	check "before: all is gone" wait_until 10 nobody_left
	tar -C /var/lib -cf /lab/disk.tar oobmd
}

after_boot() {
	tar -C /var/lib -xf /lab/disk.tar
	everything_up
	ready
	# 10 minutes less 200 s, and up to a minute that was not on the disk yet
	like "after: it goes on with what was left" "$(pending)" 'on of nas in [67]m '
	server_mark
	check "after: done" wait_log oobmd 'nas: on: the LED came on' 500
	is "after: once" "$(press_widths | wc -l)" 1
}

case $PHASE in
before) before_cut;;
after) after_boot;;
esac
