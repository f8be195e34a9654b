# bash completion for oobm(1). Names are asked for from the agent.
# shellcheck shell=bash disable=SC2207 # names have no blanks

# Of that agent that is meant; one that does not answer at once is not waited for.
_oobm_ask() {
	local i socket=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-s | --socket) socket=(-s "${COMP_WORDS[i + 1]}") ;;
		esac
	done
	command oobm "${socket[@]}" -t 2 "$@" 2>/dev/null
}

_oobm() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i skip='' n=0 words=''
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [ -n "$skip" ]; then
			skip=
			continue
		fi
		case ${COMP_WORDS[i]} in
		-s | --socket | -t | --timeout | -n | --count | -e | --escape | --in | --replay) skip=yes ;;
		-*) ;;
		*) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else n=$((n + 1)); fi ;;
		esac
	done
	case $before in
	-s | --socket)
		COMPREPLY=($(compgen -f -- "$word"))
		return
		;;
	--in) words='5m 10m 30m 1h' ;;
	-t | --timeout | -n | --count | -e | --escape | --replay) return ;;
	*)
		case $word,$command,$n in
		-*)
			words='--json --socket --timeout --help --version'
			case $command in
			'' | status) words="$words --watch" ;;
			esac
			case $command in
			history) words="$words --count" ;;
			log) words="$words --count --follow" ;;
			console) words="$words --read-only --take --escape --replay --follow" ;;
			power) words="$words --in --force --escalate" ;;
			esac
			;;
		*,,*) words='status up down extend history power console log pending cancel targets log-level' ;;
		*,up,0 | *,extend,0) words='15m 30m 1h 2h' ;;
		*,power,0) words=$(_oobm_ask targets power) ;;
		*,power,1) words='on off force-off cycle reset status' ;;
		*,console,0 | *,log,0) words=$(_oobm_ask targets console) ;;
		*,cancel,0) words="all $(_oobm_ask targets power) $(_oobm_ask pending | sed -n 's/^ *pending *\([0-9]*\) .*/\1/p')" ;;
		*,targets,0) words='power console' ;;
		*,log-level,0) words='error warn info debug' ;;
		esac
		;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _oobm oobm
