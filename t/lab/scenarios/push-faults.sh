# A push that fails does not harm the window; the owner hears of it by SMS at the end.
story_begin

close_it() { oobm down >/dev/null; listening >/dev/null; }

chapter "400"
push mode 400 1 >/dev/null
ask
check "400: the window opens" opened
check "400: given up at once" wait_log oobmd "push 'OOBM link up' given up" 60
is "400: asked once" "$(log_since oobmd | grep -c "push 'OOBM link up' failed")" 1
close_it
like "400: the SMS says so" "$(sms_since | tail -n 1)" 'OOBM link is down.*Push failed: '

chapter "500"
push mode 500 2 >/dev/null
ask
check "500: delivered at the third try" wait_log oobmd 'push sent: OOBM link up' 120
is "500: two failed" "$(log_since oobmd | grep -c "push 'OOBM link up' failed")" 2
close_it

chapter "no answer"
push mode slow 100000 1 >/dev/null
ask
check "mute: delivered after the time-out" wait_log oobmd 'push sent: OOBM link up' 180
close_it

chapter "garbage"
push mode garbage 1 >/dev/null
ask
check "garbage: delivered at the next try" wait_log oobmd 'push sent: OOBM link up' 120
close_it

for c in expired wrong other; do
	chapter "certificate: $c"
	push_stop
	push_start $c
	ask
	check "$c certificate: the window opens" opened
	check "$c certificate: no push" wait_log oobmd "push 'OOBM link up' given up" 180
	check "$c certificate: the phone can log in all the same" phone_ssh true
	close_it
	like "$c certificate: the SMS says so" "$(sms_since | tail -n 1)" 'Push failed: '
done

chapter "no server"
push_stop
ask
check "no server: the window opens" opened
check "no server: no push" wait_log oobmd "push 'OOBM link up' given up" 180
close_it
is "not one packet took the home's own way" "$(home_packets)" 0
