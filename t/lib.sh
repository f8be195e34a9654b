# lib.sh - TAP for shell tests (POSIX sh), on the host and inside guests.
#
#	. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
#	is "two and two" "$((2 + 2))" 4
#	done_testing
#
# $T is a directory of the test's own, removed at the end; $OOBM_SRC and $OOBM_BUILD are absolute.
# shellcheck shell=sh disable=SC3043 # local: dash and bash have it

tests=0 failed=0

ok() { tests=$((tests + 1)); printf 'ok %d - %s\n' $tests "$*"; }

not_ok() { tests=$((tests + 1)) failed=$((failed + 1)); printf 'not ok %d - %s\n' $tests "$*"; }

skip() { tests=$((tests + 1)); printf 'ok %d # SKIP %s\n' $tests "$*"; }

# Nothing can be tested here: says why, ends.
skip_all() { echo "1..0 # SKIP $*"; exit 0; }

# check WHAT COMMAND...: ok if COMMAND succeeds; else its output is shown.
check() {
	local what=$1 status=0
	shift
	"$@" >"$T/check.out" 2>&1 || status=$?
	if [ $status = 0 ]; then ok "$what"; return 0; fi
	not_ok "$what"
	echo "#	status $status: $*"
	sed 's/^/#	/' "$T/check.out"
	return 1
}

# check_not WHAT COMMAND...: ok if COMMAND fails.
check_not() {
	local what=$1
	shift
	check "$what" negate "$@"
}
negate() { ! "$@"; }

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then ok "$1"; return 0; fi
	not_ok "$1"
	printf '%s\n' "got:    $2" "wanted: $3" | sed 's/^/#	/'
	return 1
}

# like WHAT GOT REGEX: some line of GOT matches.
like() {
	if printf '%s\n' "$2" | grep -qE -- "$3"; then ok "$1"; return 0; fi
	not_ok "$1"
	printf '%s\n' "got: $2" "wanted something like /$3/" | sed 's/^/#	/'
	return 1
}

# unlike WHAT GOT REGEX: no line of GOT matches.
unlike() {
	if ! printf '%s\n' "$2" | grep -qE -- "$3"; then ok "$1"; return 0; fi
	not_ok "$1"
	printf '%s\n' "got: $2" "wanted nothing like /$3/" | sed 's/^/#	/'
	return 1
}

# between WHAT GOT LOW HIGH: numbers, maybe with decimals.
between() {
	if awk -v g="$2" -v l="$3" -v h="$4" 'BEGIN { exit !(g != "" && g + 0 >= l && g + 0 <= h) }'; then ok "$1"; return 0; fi
	not_ok "$1"
	echo "#	got $2, wanted $3 to $4"
	return 1
}

# Ends the test with its plan. The status says whether all was well.
done_testing() {
	echo "1..$tests"
	[ $failed = 0 ]
}

# need PROGRAM...: nothing can be tested here unless all are there, in $PATH or at their own path.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null 2>&1 || skip_all "$program is not there"
	done
}

# background COMMAND...: starts it; its process is $!, and is ended with the test.
background() {
	"$@" &
	BACKGROUND="${BACKGROUND:-} $!"
}
end_background() {
	local pid
	for pid in ${BACKGROUND:-}; do
		kill "$pid" 2>/dev/null && kill -CONT "$pid" && wait "$pid"
	done 2>/dev/null
	BACKGROUND=
}

# within MS COMMAND...: runs COMMAND until it succeeds; fails after MS milliseconds.
within() {
	local until=$(($(date +%s%N) / 1000000 + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $(($(date +%s%N) / 1000000)) -lt $until ] || return 1
		sleep 0.02
	done
}

# --- on the host -----------------------------------------------------------------------------

if [ -z "${T:-}" ]; then
	OOBM_SRC=$(cd "${OOBM_SRC:-$(dirname "$0")/..}" && pwd -P) || exit 1
	OOBM_BUILD=$(cd "${OOBM_BUILD:-.}" && pwd -P) || exit 1
	T=$(mktemp -d "${TMPDIR:-/tmp}/oobm-test.XXXXXX") || exit 1
	export OOBM_SRC OOBM_BUILD
	trap 'end_background; rm -rf "$T"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
fi
