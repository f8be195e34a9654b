# fish completion for oobm(1). Names are asked for from the agent.

# Of that agent that is meant; one that does not answer at once is not waited for.
function __oobm_ask
	set -l words (commandline -opc)
	set -l socket
	for i in (seq 2 (math (count $words) - 1))
		contains -- $words[$i] -s --socket; and set socket -s $words[(math $i + 1)]
	end
	command oobm $socket -t 2 $argv 2>/dev/null
end

# The command and its arguments, without options and their values.
function __oobm_words
	set -l skip
	for word in (commandline -opc)[2..-1]
		if test -n "$skip"
			set skip
			continue
		end
		switch $word
			case -s --socket -t --timeout -n --count -e --escape --in --replay
				set skip yes
			case '-*'
			case '*'
				echo $word
		end
	end
end

# __oobm_at N COMMAND...: argument number N of one of these is next
function __oobm_at
	set -l words (__oobm_words)
	test (count $words) -eq $argv[1]; or return 1
	test (count $argv) -eq 1; and return 0
	contains -- $words[1] $argv[2..-1]
end

function __oobm_in
	set -l words (__oobm_words)
	contains -- "$words[1]" $argv
end

function __oobm_pending
	echo all
	__oobm_ask targets power
	__oobm_ask pending | string replace -rf '^ *pending *([0-9]+) .*' '$1'
end

complete -c oobm -f
complete -c oobm -n '__oobm_at 0' -a status -d 'how things stand'
complete -c oobm -n '__oobm_at 0' -a up -d 'open a window'
complete -c oobm -n '__oobm_at 0' -a down -d 'close the window'
complete -c oobm -n '__oobm_at 0' -a extend -d 'make the window longer'
complete -c oobm -n '__oobm_at 0' -a history -d 'what happened'
complete -c oobm -n '__oobm_at 0' -a power -d 'press the buttons of a machine'
complete -c oobm -n '__oobm_at 0' -a console -d 'the serial console of a machine'
complete -c oobm -n '__oobm_at 0' -a log -d 'what a console said'
complete -c oobm -n '__oobm_at 0' -a pending -d 'what is to be done later'
complete -c oobm -n '__oobm_at 0' -a cancel -d 'take it back'
complete -c oobm -n '__oobm_at 0' -a targets -d 'names of the machines'
complete -c oobm -n '__oobm_at 0' -a log-level -d 'how much is logged'

complete -c oobm -n '__oobm_at 1 up extend' -a '15m 30m 1h 2h'
complete -c oobm -n '__oobm_at 1 power' -a '(__oobm_ask targets power)'
complete -c oobm -n '__oobm_at 2 power' -a 'on off force-off cycle reset status'
complete -c oobm -n '__oobm_at 1 console log' -a '(__oobm_ask targets console)'
complete -c oobm -n '__oobm_at 1 cancel' -a '(__oobm_pending)'
complete -c oobm -n '__oobm_at 1 targets' -a 'power console'
complete -c oobm -n '__oobm_at 1 log-level' -a 'error warn info debug'

complete -c oobm -s j -l json -d 'print JSON'
complete -c oobm -s s -l socket -rF -d 'the socket of the agent'
complete -c oobm -s t -l timeout -x -d 'how long to wait for the agent'
complete -c oobm -s h -l help -d help
complete -c oobm -s V -l version -d version
complete -c oobm -n '__oobm_at 0; or __oobm_in status' -l watch -d 'again and again'
complete -c oobm -n '__oobm_in history log' -s n -l count -x -d 'how many'
complete -c oobm -n '__oobm_in log console' -s f -l follow -d 'go on with what comes; take the keyboard'
complete -c oobm -n '__oobm_in console' -s r -l read-only -d 'look on'
complete -c oobm -n '__oobm_in console' -l take -d 'take the keyboard'
complete -c oobm -n '__oobm_in console' -s e -l escape -x -d 'escape character'
complete -c oobm -n '__oobm_in console' -l replay -x -d 'bytes of what came before'
complete -c oobm -n '__oobm_in power' -l in -x -a '5m 10m 30m 1h' -d 'not now, but in a while'
complete -c oobm -n '__oobm_in power' -l force -d 'even if it seems to make no sense'
complete -c oobm -n '__oobm_in power' -l escalate -d 'hold the button if a press does not do'
