#!/bin/sh
# A console in oobm-shell: there and back, whatever ends it, and only for whom the key says.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"
shell=$OOBM_BUILD/src/oobm-shell
need "$shell" "$lab/person" "$lab/ctlserve" ssh-keygen
unset SSH_ORIGINAL_COMMAND SSH_USER_AUTH SSH_CONNECTION

mkfifo "$T/life"
"$lab/ctlserve" "$run/control" <"$T/life" >"$T/ready" &
BACKGROUND="${BACKGROUND:-} $!"
exec 8>"$T/life"
for who in ada bob eve; do
	ssh-keygen -q -t ed25519 -N '' -f "$T/$who" </dev/null
	echo "publickey $(cut -d' ' -f1,2 "$T/$who.pub")" >"$T/auth.$who"
	eval "$who=\$(ssh-keygen -lf '$T/$who.pub' | cut -d' ' -f2)"
done
machine_up
# shellcheck disable=SC2154 # set by eval
console_up "operator name=ada uid=$(id -u) key=$ada write=nas window=no" "operator name=bob uid=$(id -u) key=$bob read=nas window=no"
said 'console-state .*ok=1' 5000
export run T

# person WHAT WHO <SCRIPT: somebody at the prompt, with that key
person() {
	if SSH_USER_AUTH=$T/auth.$2 "$lab/person" "$shell" -s "$run/control" >"$T/seen" 2>"$T/err" 8>&-; then
		ok "$1"
	else
		not_ok "$1"
		sed 's/^/#	/' "$T/err"
	fi
}

machine clear >/dev/null
person "to the console and back, with the terminal as it was" ada <<'EOT'
see oobm@
see > 
remember
enter console nas
see ~? for help]
type root\r
run printf '%s\n' 'expect root\r' >&5; read a <&6; [ "$a" = ok ]
run printf '%s\n' 'send Password: ' >&5; read a <&6; [ "$a" = ok ]
see Password: 
type \r~.
see [nas: left]
see oobm@
see > 
same
enter targets
see gateway
see > 
type \x04
end 0
EOT
machine clear >/dev/null
person "keys that mean something to a shell go to the machine" ada <<'EOT'
see > 
enter console nas
see ~? for help]
type \x03\x1a\x1c\x04!;|\r
run printf '%s\n' 'expect !;|\r' >&5; read a <&6; [ "$a" = ok ]
type ~?
see leave
type ~\x1a
see nothing here that oobm could be suspended to
type ~!
type \r~.
see [nas: left]
see > 
type \x04
end 0
EOT
machine received "$T/got" >/dev/null
like "as they were typed" "$(cat -v "$T/got")" '^\^C\^Z\^\\\^D!;\|\^M'
person "a machine that sets the terminal on its head leaves no trace" ada <<'EOT'
see > 
remember
enter console nas
see ~? for help]
run printf '%s\n' 'send \e[?1049h\e[31m\e(0\e[?25l\e[?1000h' >&5; read a <&6; [ "$a" = ok ]
see \e[?1000h
type \r~.
see \e[?1000l
see > 
same
type \x04
end 0
EOT
person "one that is killed leads back to the prompt" ada <<'EOT'
see > 
remember
enter console nas
see ~? for help]
run kill -9 $(cat /proc/$PROGRAM/task/$PROGRAM/children)
see ended by signal 9
see > 
same
enter targets
see gateway
see > 
enter console nas
see ~? for help]
signal 15
run kill -15 $(cat /proc/$PROGRAM/task/$PROGRAM/children)
end 143
EOT
person "a hang-up in a console ends all" ada <<'EOT'
see > 
enter console nas
see ~? for help]
hangup
end
EOT
person "who may only look, looks" bob <<'EOT'
see > 
enter console nas
see look on with -r
see > 
enter console nas -r
see look on
type \x03
see > 
enter log nas
see Password: 
see > 
type \x04
end 0
EOT
person "who may nothing, sees nothing" eve <<'EOT'
see > 
enter console nas
see oobm-shell: 
see > 
enter log nas
see oobm-shell: 
see > 
enter console ../control
see oobm-shell: 
see > 
type \x04
end 2
EOT
unlike "not a line of it" "$(cat "$T/seen")" 'Password'
nobody_left() { ! pgrep -f "^$shell -s $run/control"; }
check "nobody's process is left" within 5000 nobody_left
exec 8>&-
done_testing
