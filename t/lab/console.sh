# console.sh - a console on this computer, without root: a machine at a pseudo-terminal (t/lab/ptyline), oobm-console, and
# who plays its parent (t/lab/consoledrive). For tests that have sourced t/lib.sh.
# shellcheck shell=sh disable=SC3043

lab=$OOBM_BUILD/t/lab
oobm=$OOBM_BUILD/src/oobm
run=$T/run
worker=$OOBM_BUILD/src/oobm-console
need "$lab/consoledrive" "$lab/ptyline" "$worker" "$oobm"
unset NO_COLOR
export OOBM_SOCKET=$run/control LC_ALL=C.UTF-8 TZ=UTC TERM=xterm
mkdir "$run"

# As root the worker refuses to run, but for tests.
[ "$(id -u)" = 0 ] && as_root=-R || as_root=

# machine_up [NAME]: plugs a machine in at $T/tty.NAME (nas).
machine_up() {
	local name=${1:-nas}
	mkfifo "$T/line.$name" "$T/answer.$name"
	exec 5<>"$T/line.$name" 6<>"$T/answer.$name"	# both ways, so that no opening waits
	"$lab/ptyline" "$T/tty.$name" <"$T/line.$name" >"$T/answer.$name" 2>"$T/ptyline.log" 5>&- 6>&- &
	BACKGROUND="${BACKGROUND:-} $!"
	read -r answer <&6
	[ "$answer" = ready ] || { echo "Bail out! ptyline does not start"; exit 1; }
}

# machine COMMAND...: what it says or hears (ptyline); prints the answer.
machine() {
	printf '%s\n' "$*" >&5
	read -r answer <&6
	echo "$answer"
}
# The same, if only its success matters.
hears() { [ "$(machine expect "$*")" = ok ]; }

# console_up [-d DIR] [FIELD=VALUE...] [LINE...]: starts the worker for `nas`. A FIELD changes what the console's own
# line has; a LINE (with a blank in it) is another message before `start`.
console_up() {
	local dir=$T/state settings="name=nas speed=115200 parity=none data-bits=8 stop-bits=1 flow=none" size=1024 device=$T/tty.nas n=$#
	while [ "$n" -gt 0 ]; do
		n=$((n - 1))
		case $1 in
		log-size=*) size=${1#*=} ;;
		device=*) device=${1#*=} ;;
		dir=*) dir=${1#*=} ;;
		*) set -- "$@" "$1" ;;
		esac
		shift
	done
	mkdir -p "$dir"
	rm -f "$run/console.nas" "$T/said"
	: >"$T/said"
	said_from=1
	[ -p "$T/parent" ] || mkfifo "$T/parent"
	exec 7<>"$T/parent"
	# shellcheck disable=SC2086
	"$lab/consoledrive" --socket "$run/console.nas" --said "$T/said" --log "$T/worker.log" --deny "$T/deny" \
		"$worker" -d $as_root -- "console $settings log-size=$size dir=$dir device=$device" "$@" <"$T/parent" 5>&- 6>&- 7>&- &
	drive=$!
	BACKGROUND="${BACKGROUND:-} $drive"
	said '^ready' 5000 || { echo "Bail out! oobm-console does not start"; sed 's/^/# /' "$T/worker.log"; exit 1; }
}
parent() { printf '%s\n' "$*" >&7; }

# Ends the worker in an orderly way; its status is that of this.
console_down() {
	parent end
	wait "$drive"
}

# said REGEX MS: waits until the worker has said that (since mark_said).
said_from=1
said_now() { tail -n +$said_from "$T/said" | grep -qE -- "$1"; }
said() { within "$2" said_now "$1"; }
mark_said() { said_from=$(($(wc -l <"$T/said") + 1)); }

# gone PID MS: waits until that process has ended.
ended() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }
gone() { within "$2" ended "$1"; }

worker_pid() { sed -n 's/^worker //p' "$T/said" | tail -n 1; }

recorded() { "$OOBM_SRC/t/lab/recorded" "$@"; }

# viewer NAME OPTION...: somebody who looks on; what is shown goes to $T/NAME.out, $viewer is its process.
viewer() {
	local name=$1
	shift
	"$oobm" console nas "$@" </dev/null >"$T/$name.out" 2>"$T/$name.err" 5>&- 6>&- 7>&- 8>&- 9>&- &
	viewer=$!
	BACKGROUND="${BACKGROUND:-} $viewer"
}
