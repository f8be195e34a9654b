#!/bin/bash
# shell.sh - the demo's prompt: the world with an agent that waits for messages, in a guest whose console is
# a terminal. DEMO_COLOUR, DEMO_WIDTH and DEMO_TERM come from the demo.
. "$OOBM_SRC/t/lab/world.sh"
. "$OOBM_SRC/t/lab/demo/common.sh"
export TERM=${DEMO_TERM:-linux}
[ -n "$DEMO_COLOUR" ] || export NO_COLOR=yes

demo_narrate >$W/story &
narrator=$!
if demo_world >$W/story.out 2>&1; then
	export MODEM_DEVICE MODEM_COMMAND_DEVICE
	# A shell of its own: its job control keeps Ctrl-C from the daemons, which are in this one's process group.
	# This outer one would tell which daemons were killed.
	exec 3>&2 2>/dev/null
	bash --noprofile --rcfile "$LAB/demo/prompt.sh" -i 2>&3 3>&-
	status=0
else
	cat $W/story $W/story.out
	echo "demo: the world of the lab could not be set up" >&2
	status=1
fi
demo_note end
wait $narrator
world_down >/dev/null 2>&1
exit $status
