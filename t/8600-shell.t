#!/bin/sh
# oobm-shell: what it does, and that nothing leads out of it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
shell=$OOBM_BUILD/src/oobm-shell serve=$OOBM_BUILD/t/lab/ctlserve
need "$shell" "$serve" "$OOBM_BUILD/t/lab/person"
socket=$T/control
unset NO_COLOR SSH_ORIGINAL_COMMAND SSH_USER_AUTH SSH_CONNECTION
TERM=xterm LC_ALL=C.UTF-8 HOME=$T
export TERM LC_ALL HOME

mkfifo "$T/life"
server() {	# server [FAULT]
	rm -f "$socket"
	"$serve" "$socket" "$@" <"$T/life" >"$T/ready" &
	BACKGROUND="${BACKGROUND:-} $!"
	exec 3>"$T/life"
	within 5000 grep -q ready "$T/ready" || { echo "Bail out! no ctlserve"; exit 1; }
}
server

run() { status=0; "$shell" -s "$socket" "$@" >"$T/out" 2>"$T/err" </dev/null 3>&- || status=$?; }
out() { cat "$T/out"; }
err() { cat "$T/err"; }

# --- one command, as sshd passes it
run -c 'power nas cycle'
is "-c does one command" "$status $(err)" "0 "
is "and tells how it goes" "$(out)" "pressing the power button for 0.5 s
the LED is as it should be"
run -c 'oobm power nas cycle'
is "as it is written for an ordinary shell, too" "$status $(out | tail -n 1)" "0 the LED is as it should be"
run -c oobm
like "oobm alone is the status" "$status $(out)" '^0 listening'
run -c '  "power"	'"'nas'"' \on '
is "words may be quoted" "$status" 0
run -c 'targets'
is "what there is is told" "$status $(out | xargs)" "0 nas gateway"
run -c 'status --json'
like "with --json for programs" "$(out)" '"name": "nas"'
run -c 'power gw on'
is "what the agent refuses is refused" "$status $(err)" "1 oobm-shell: there is no such target; see: oobm status"
run -c help
like "help names the commands" "$(out | tr '\n' ' ')" 'status.*history.*power.*exit'
for w in log-level --socket; do
	unlike "and not $w" "$(out)" "$w"
done
run -c '?'
like "so does ?" "$(out)" '^  power'
run -c ''
is "nothing is nothing" "$status $(out)$(err)" "0 "
socket=$T/nowhere run -c status
is "an agent that is away is told, with what can be done here" "$status $(err)" \
	"3 oobm-shell: there is no socket $T/nowhere: is oobmd running? Tell whoever looks after this computer"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	cp "$shell" "$T/shell"
	chmod 711 "$T"
	chmod 660 "$socket"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$T/shell" -s "$socket" -c status >"$T/out" 2>"$T/err" </dev/null
	is "so is a socket of somebody else's" $? 4
	like "with no word of sudo" "$(err)" '^oobm-shell: you may not use .* tell whoever looks after this computer$'
fi

# --- everything else is refused, in one sentence
refused() {	# refused WHAT LINE
	run -c "$2"
	if [ $status = 2 ] && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q '^oobm-shell: ' "$T/err"; then
		ok "$1"
	else
		not_ok "$1"
		echo "#	status $status: $(out) $(err)"
	fi
}
for line in 'status; id' 'status | id' 'status & id' 'status && id' 'status || id' 'status > f' 'status < f' 'status `id`' \
	'status $(id)' 'status ${HOME}' 'power $HOME on' '(id)' '{ id; }' '`id`' '$(id)' '|id' ';id' '&' 'status "' "status '" \
	sh /bin/sh 'bash -i' 'exec sh' 'env sh' '~!' '~!sh' '!sh' '!!' ':!sh' '. /etc/profile' 'cd /' 'su' 'sudo -s' 'vi' 'less /etc/passwd' \
	/usr/lib/openssh/sftp-server internal-sftp 'scp -t /tmp' 'scp -f /etc/passwd' 'rsync --server --sender . /etc' \
	"git-upload-pack '/srv/x'" 'git-shell' "$OOBM_BUILD/src/oobm" oobmd doctor 'oobm oobm' 'oobm sh' 'oobm ; sh' \
	'log-level debug' 'status -s /tmp/x' 'status --socket /tmp/x' 'status --sock=/tmp/x' '-s /tmp/x status' '--frob' '-c sh' '-i' \
	'status --timeout' 'power nas' 'power' 'power nas on off' 'status up' 'history -n x' 'power nas on --in soon'; do
	refused "refused: $line" "$line"
done
refused "refused: two lines" 'status
id'
refused "refused: a carriage return" "$(printf 'status\rid')"
refused "refused: an escape sequence" "$(printf 'status \033]0;x\007')"
refused "refused: a line of 4000 bytes" "power $(printf '%04000d' 0) on"
refused "refused: a line of 100000 bytes" "$(printf '%0100000d' 0)"
refused "refused: many words" "power $(seq -s ' ' 100)"

for args in '-i' '-l' '--login' '-x -c status' '-c status -c status' '-c status id' '-c' '-s' '+x' 'status' '- -c status'; do
	# shellcheck disable=SC2086 # words
	status=0 && "$shell" $args >"$T/out" 2>"$T/err" </dev/null || status=$?
	is "oobm-shell $args: refused" "$status $(out)$(err | cut -c 1-18)" "2 usage: oobm-shell "
done

# --- a forced command: what was asked for is in the environment
SSH_ORIGINAL_COMMAND='targets' run
is "what was asked for, where it is the forced command" "$status $(out | xargs)" "0 nas gateway"
SSH_ORIGINAL_COMMAND='targets' run -c "$shell"
is "and where it is the login shell of such an account" "$status $(out | xargs)" "0 nas gateway"
SSH_ORIGINAL_COMMAND='sh -i' run
is "is held to the same" "$status $(out)" "2 "
SSH_ORIGINAL_COMMAND='status' run -c targets
is "but does not replace what is forced" "$status $(out | xargs)" "0 nas gateway"

# --- who it is
ssh-keygen -q -t ed25519 -N '' -f "$T/key" </dev/null
fingerprint=$(ssh-keygen -lf "$T/key.pub" | cut -d' ' -f2)
echo "publickey $(cut -d' ' -f1,2 "$T/key.pub")" >"$T/auth"
SSH_USER_AUTH=$T/auth run -c 'power nas on'
run -c 'history -n 1'
is "the key that sshd noted goes along" "$(out | sed 's/.* the key //')" "$(printf '%.15s' "$fingerprint")"
SSH_USER_AUTH=$T/gone run -c targets
is "without sshd's note it goes on, and says so" "$status $(out | xargs) $(err | cut -c 1-31)" "0 nas gateway oobm-shell: sshd's note of how "

# --- lines from a pipe
printf 'targets\nsh\n\nhistory -n 1' | "$shell" -s "$socket" >"$T/out" 2>"$T/err"
is "lines from a pipe are done one by one" "$? $(out | head -n 2 | xargs) $(out | tail -n 1 | grep -c power) $(err)" \
	"0 nas gateway 1 oobm-shell: there is no command 'sh' here; see: help"
printf 'targets\nexit\nhistory\n' | "$shell" -s "$socket" >"$T/out" 2>"$T/err"
is "until exit" "$(out | xargs)" "nas gateway"
printf 'targets\0; id\n' | "$shell" -s "$socket" >"$T/out" 2>"$T/err"
is "NUL is refused" "$? $(out) $(err)" "2  oobm-shell: there is a control character in the line"
head -c 3000000 /dev/zero | tr '\0' x | "$shell" -s "$socket" >"$T/out" 2>"$T/err"
is "a line of 3 MB is refused" "$? $(err)" "2 oobm-shell: a line has at most 1024 bytes"
"$shell" -s "$socket" -c targets <&- >&- 2>&- 3>&-
is "with no descriptors it does not fall" $? 0

# --- at a terminal
person() {	# person WHAT <SCRIPT: somebody at the prompt
	if "$OOBM_BUILD/t/lab/person" "$shell" -s "$socket" >"$T/seen" 2>"$T/err" 3>&-; then
		ok "$1"
	else
		not_ok "$1"
		sed 's/^/#	/' "$T/err"
	fi
}

# The same, where lines are edited.
if grep -q '^S\["HAVE_LIBEDIT_TRUE"\]="#"' "$OOBM_BUILD/config.status"; then
	editor() { cat >/dev/null; skip "$1: it was built without libedit"; }
else
	editor() { person "$@"; }
fi

person "somebody comes, looks round and leaves" <<'EOT'
see you are
see ada
see exit leaves.
see listening for a message
see oobm@
see > 
enter targets
see nas
see gateway
see > 
enter ?
see Tab completes
see > 
enter nonsense
see there is no command 'nonsense' here; see: help
see > 
enter exit
end 2
EOT
editor "Tab completes commands, targets, verbs and options" <<'EOT'
see oobm@
see > 
type pow\tn\tcy\t--f\t\r
see the LED is as it should be
see > 
type h\t\t
see help
see history
type i\t-\x08--co\t1\r
see cycle of nas
see > 
type cancel \t
see 7
see all
see nas
type 7\r
see cancelled
see > 
type console g\t
see ateway
type \x15exit\r
end 0
EOT
editor "what was done is a key away" <<'EOT'
see oobm@
see > 
enter targets
see gateway
see > 
enter power nas on
see as it should be
see > 
type \e[A\x08\x08off\r
see as it should be
see > 
type \x10\x10\x10\x0e\x0e\r
see as it should be
see > 
enter history -n 1
see power    off of nas
see > 
type \x04
end 0
EOT
person "^C takes the line back, ^D leaves, ^Z and ^\\ do nothing" <<'EOT'
see oobm@
see > 
type power nas off\x03
see ^C
see > 
type \x1a\x1c\x13\x11targets\r
see gateway
see > 
type \x04
end 0
EOT
person "the terminal is as it was, whatever ended" <<'EOT'
remember
see oobm@
see > 
type \x04
end 0
same
EOT
person "a hang-up ends it" <<'EOT'
see oobm@
see > 
type power nas
hangup
end 0
EOT
for signal in 1 15; do
	person "signal $signal ends it, and the terminal is as it was" <<-EOT
	remember
	see oobm@
	see >\x20
	type power nas
	signal $signal
	end 0
	same
	EOT
done
person "signals of keys that are not ours are nothing" <<'EOT'
see oobm@
see > 
signal 3
signal 20
signal 21
signal 22
signal 28
enter targets
see gateway
see > 
type \x04
end 0
EOT
person "it may start no program, and gain no right" <<'EOT'
see oobm@
see > 
run grep -q '^Seccomp:.2$' /proc/$PROGRAM/status || ! grep -q '^Seccomp:' /proc/$PROGRAM/status || [ ! -e /proc/sys/kernel/seccomp ]
run grep -q '^NoNewPrivs:.1$' /proc/$PROGRAM/status
type \x04
end 0
EOT
editor "libedit's own commands are not there" <<'EOT'
see oobm@
see > 
type \exbind v vi-histedit\r
see no command 'bind'
see > 
type \eXbind v vi-histedit\r
see no command 'bind'
see > 
type \x18\x05\eev:!sh\r
see no command
see > 
type \x04
end 2
EOT
LC_ALL=C editor "nor where a byte is a character" <<'EOT'
see oobm@
see > 
type \xf8\xd8bind v vi-histedit\r
see no command 'bind'
see > 
type \x04
end 2
EOT
person "a line far too long is refused, and the next is done" <<'EOT'
see oobm@
see > 
flood 5000
enter 
see a line has at most 1024 bytes
see > 
enter targets
see gateway
see > 
type \x04
end 0
EOT
editor "NUL and control characters do no harm" <<'EOT'
see oobm@
see > 
type tar\0gets\x02\x02\x06\x06\x01\x05\x0b\r
see gateway
see > 
type \x16\x01targets\r
see there is a control character in the line
see > 
type \x04
end 2
EOT
person "a terminal that changes its size" <<'EOT'
see oobm@
see > 
type tar
size 10 30
type gets\r
see gateway
see > 
size 50 200
enter targets
see gateway
see > 
type \x04
end 0
EOT

cat >"$T/.editrc" <<'EOT'
bind -s t "hijacked"
bind "^X^E" vi-histedit
bind e vi-histedit
edit on
EOT
cp "$T/.editrc" "$T/editrc"
EDITRC=$T/editrc INPUTRC=$T/editrc EDITOR=/bin/sh VISUAL=/bin/sh PAGER=/bin/sh SHELL=/bin/sh ENV=$T/editrc BASH_ENV=$T/editrc IFS=/ \
	person "nothing of ~/.editrc and the environment is believed" <<'EOT'
see oobm@
see > 
enter targets
see gateway
see > 
type \x04
end 0
EOT
unlike "nor heard of" "$(cat "$T/seen")" hijacked
for term in '' ../../x "$T/x" no-such-terminal dumb vt100 linux; do
	TERM=$term person "TERM='$term'" <<-'EOT'
	see oobm@
	see >\x20
	enter targets
	see gateway
	see >\x20
	type \x04
	end 0
	EOT
done

exec 3>&-
end_background
server mute
person "a mute agent does not keep anybody from the prompt, and ^C ends a command that waits for it" <<'EOT'
see does not answer
see oobm@
see > 
enter status -t 60
run until grep -q . /proc/$PROGRAM/task/$PROGRAM/children; do sleep 0.02; done
type \x03
see oobm@
see > 
enter status -t 60
run until grep -q . /proc/$PROGRAM/task/$PROGRAM/children; do sleep 0.02; done
run kill -9 $(cat /proc/$PROGRAM/task/$PROGRAM/children)
see ended by signal 9
see > 
type help\r
see Tab completes
see > 
type \x04
end 0
EOT
is "^C was shown once" "$(grep -c '^\^C' "$T/seen")" 1
exec 3>&-
done_testing
