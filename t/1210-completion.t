#!/bin/bash
# Completion of oobm in bash, zsh and fish, with names from an agent; and that they know all there is to complete.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
there=$OOBM_SRC/contrib/completions
need bash "$OOBM_BUILD/src/oobm" "$OOBM_BUILD/t/lab/ctlserve"
export socket="$T/control" HOME=$T TERM=xterm
export PATH=$OOBM_BUILD/src:$PATH OOBM_SOCKET=$socket
mkfifo "$T/life"
"$OOBM_BUILD/t/lab/ctlserve" "$socket" <"$T/life" >"$T/ready" &
BACKGROUND=$!
exec 3>"$T/life"
within 5000 grep -q ready "$T/ready" || { echo "Bail out! no ctlserve"; exit 1; }

# Each line: what is typed, and what may stand at its end.
cat >"$T/cases" <<EOT
pow|power
p|pending power
l|log log-level
power |nas
power nas |cycle force-off off on reset status
power nas o|off on
power --force nas o|off on
power --in 10m nas c|cycle
power nas cycle --i|--in
power nas cycle --in 1|10m 1h
power nas cycle --e|--escalate
power nas on |
console |gateway nas
console g|gateway
console nas --t|--take --timeout
log -n 5 g|gateway
log --f|--follow
history --c|--count
status --w|--watch
--w|--watch
down --w|
cancel |7 all nas
cancel 7|7
targets |console power
log-level d|debug
up 1|15m 1h
-s $socket power n|nas
-s $T/nowhere power n|
EOT

# in_ SHELL: reads lines, writes what may stand at the end of each, sorted, in one line
in_bash() {
	bash --norc --noprofile -c '
		. "$1/oobm.bash"
		while IFS= read -r line; do
			COMP_LINE="oobm $line" COMP_POINT=$((${#line} + 5)) COMP_WORDS=() rest="oobm $line"
			read -r -a COMP_WORDS <<<"$rest"
			[ "${rest: -1}" != " " ] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_oobm
			printf "%s\n" "${COMPREPLY[@]}" | sort -u | xargs
		done' - "$there" 3>&-
}
in_fish() {
	fish --no-config -c '
		source $argv[1]/oobm.fish
		while read -l line
			echo (complete -C "oobm $line" | string replace -r "\t.*" "" | sort -u)
		end' "$there" 3>&-
}

compare() {	# compare SHELL
	cut -d'|' -f1 "$T/cases" | "in_$1" >"$T/got" 2>"$T/err"
	while IFS='|' read -r line wanted <&4 && IFS= read -r got <&5; do
		is "$1: oobm $line" "$got" "$wanted"
	done 4<"$T/cases" 5<"$T/got"
	is "$1: all were asked" "$(wc -l <"$T/got") $(cat "$T/err")" "$(wc -l <"$T/cases") "
}
compare bash
if command -v fish >/dev/null; then compare fish; else skip 'no fish here'; fi

if command -v zsh >/dev/null; then
	check "zsh: it can be read" zsh -fn "$there/_oobm"
	mkdir "$T/functions" && cp "$there/_oobm" "$T/functions"
	cat >"$T/script" <<'EOT'
within 20000
enter PS1='re''ady> '; fpath=($HOME/functions $fpath); autoload -U compinit; compinit -u -D; zstyle ':completion:*' list-prompt ''; setopt nolistbeep
see ready>
type oobm pow\t
see oobm power
type \t
see nas
type cy\t
see cycle
type --esc\t
see --escalate
type \x15oobm console \t
see gateway
see nas
type g\t
see ateway
type \x15oobm cancel 7\t\x01echo is \r
see is oobm cancel 7
see ready>
type oobm cancel \t
see 7
see all
see nas
type \x15oobm log-l\t
see evel
type d\t
see ebug
type \x15oobm -s /nowhere/at/all power n\t\x01echo is \r
see is oobm -s /nowhere/at/all power n
see ready>
enter exit
end 0
EOT
	if "$OOBM_BUILD/t/lab/person" zsh -f <"$T/script" >"$T/seen" 2>"$T/err" 3>&-; then
		ok "zsh: somebody completes commands, targets, verbs, options, what is pending"
	else
		not_ok "zsh: somebody completes commands, targets, verbs, options, what is pending"
		sed 's/^/#	/' "$T/err"
	fi
else
	skip 'no zsh here'
fi

# --- nothing is forgotten
"$OOBM_BUILD/src/oobm" --help >"$T/help"
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' "$T/help")
options=$(sed -n '/^options:/,/^$/s/.*--\([a-z-]*\).*/\1/p' "$T/help")
between "commands are found in the help" "$(echo "$commands" | wc -l)" 10 30
between "options, too" "$(echo "$options" | wc -l)" 8 40
for file in oobm.bash _oobm oobm.fish; do
	missing=
	for c in $commands; do grep -qE "(^|[^a-z-])$c([^a-z-]|\$)" "$there/$file" || missing="$missing $c"; done
	for o in $options; do grep -qE -e "(--|-l )$o([^a-z-]|\$)" "$there/$file" || missing="$missing --$o"; done
	is "$file knows all commands and options" "$missing" ""
done
exec 3>&-
done_testing
