# The small computer loses its power inside a window, and boots again. Two guests, one after the other:
# PHASE=before and PHASE=after; what was on the disk goes from one to the other through /lab.
conf_window='	pause = 10s'
nobody_left() { [ -z "$(ps -eo comm= | grep -E '^oobm|^pppd')" ]; }

before_cut() {
	story_begin
	chapter "a window, and the power fails"
	ask
	check "before: open" opened
	sleep 300
	oobmd_kill oobmd
	check "before: all is gone" wait_until 10 nobody_left
	tar -C /var/lib -cf /lab/disk.tar oobmd
}

after_boot() {
	world_up
	push_start
	modem_start
	tar -C /var/lib -xf /lab/disk.tar
	oobmd_start
	check "after: the window goes on" wait_log oobmd 'a window of an earlier run goes on' 30
	check "after: it opens again without a message" opened 120
	# 30 minutes less 5, less the minute that a boot costs, less what was not yet on the disk
	between "after: with the time that was left" "$(oobm --json status | sed -n 's/.*"left": *\([0-9]*\).*/\1/p')" \
		1380000 1441000
	check "after: a push says that it is back" wait_log push 'title=OOBM%20link%20is%20back' 60
	check "after: the phone lands" phone_ssh true
	check "after: it ends" wait_log oobmd 'open -> closing \(window over\)' 1500
	check "after: the agent listens" listening
	like "after: one SMS reports it" "$(modem sent)" 'OOBM link is down: time is over. It was up 30 min'
	is "after: only one" "$(modem sent | wc -l)" 1
}

case $PHASE in
before) before_cut;;
after) after_boot;;
esac
