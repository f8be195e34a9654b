# prompt.sh - the commands at the demo's prompt: bash reads this instead of .bashrc.
# shellcheck shell=bash disable=SC2154
. "$OOBM_SRC/t/lab/world.sh"
. "$OOBM_SRC/t/lab/demo/common.sh"
. "$OOBM_SRC/t/lab/demo/faults.sh"

# Read line by line as they grow, by the shell itself: a process would cost a guest more than the wait. Nothing
# ever comes from 6.
exec 8<$W/story 7<$W/log/oobmd.log
mkfifo $W/never && exec 6<>$W/never
state=listening

bold() { if [ -n "$DEMO_COLOUR" ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi; }

# What the narrator has told since the last time; status 1 if nothing.
news() {
	local line some=1
	while IFS= read -r line <&8; do
		printf '%s\n' "$line"
		some=0
	done
	while IFS= read -r line <&7; do
		case $line in *' info: '*' -> '*' ('*) line=${line##* -> } state=${line%% *};; esac
	done
	return $some
}

# Tells what goes on until the agent is at rest and N tenths of a second have brought nothing new: follow [N]
follow() {
	local quiet=0 tries=600
	while [ $quiet -lt "${1:-12}" ] && [ $tries -gt 0 ]; do
		read -rt 0.1 -u 6
		tries=$((tries - 1)) quiet=$((quiet + 1))
		if news; then quiet=0; fi
		case $state in listening|open|offline) ;; *) quiet=0;; esac
	done
}

sms() {
	local from=$OWNER
	case ${1:-} in -f|--from) from=${2:?whose number?}; shift 2;; esac
	if [ $# = 0 ]; then help sms; return 2; fi
	phone_note "SMS \"$*\"$([ "$from" = $OWNER ] || echo " as $from")"
	modem sms "$from" "$*" && follow
}

# A command there does not get what is typed meanwhile for this prompt.
ssh() { if [ $# -gt 0 ] && [ -t 0 ]; then phone_ssh "$@" </dev/null; else phone_ssh "$@"; fi; }

oobm() {
	ip netns exec home "$OOBM_BUILD/src/oobm" "$@"
	local status=$?
	case ${1:-} in up|down|extend|power) follow;; esac
	return $status
}

power() {
	if [ $# = 0 ]; then help power; return 2; fi
	oobm power $SERVER "$@"
}

console() { oobm console $SERVER "$@"; }

server() {
	local status=0
	case ${1:-status} in
	status) server_ctl status; return;;
	press) server_ctl press "${2:-power}" "${3:-500}" || status=$?;;
	*) server_ctl "$@" || status=$?;;
	esac
	follow
	return $status
}

push() {
	if ! grep -q '^push ' $W/log/push.log; then echo "The phone has shown nothing so far."; return; fi
	perl -lne 'next unless s/^push time=(\d+) //; my %f = map { split /=/, $_, 2 } split " ";
		s/%(..)/chr hex $1/ge for values %f;
		my @t = gmtime $1;
		printf "%02d:%02d:%02d  %s\n          %s\n", @t[2, 1, 0], $f{title}, $f{message} // "";
		print "          button \"$f{\"url-title\"}\": $f{url}" if $f{url}' $W/log/push.log
}

log() {
	case ${1:-} in
	'') cat $W/story;;
	-f)
		echo "(Ctrl-C ends this)"
		tail -n +1 -f $W/story;;
	*)
		if [ -e "$W/log/$1.log" ]; then cat "$W/log/$1.log"; return; fi
		echo "There is: $(cd $W/log && ls -- *.log | sed 's/\.log$//' | grep -vx demo | xargs)" >&2
		return 1;;
	esac
}

help() {
	case ${1:-} in
	'')
		cat <<-EOT
		  sms TEXT       the owner sends a message to the modem, e.g.: sms up 5m $OOBM_SECRET
		  ssh [COMMAND]  from the owner's phone through the relay's port, once a window is open
		  oobm ...       the agent's command line on the small computer: oobm status, oobm down
		  console        the console of the server beside it, as oobm shows it: oobm console nas
		  power VERB     its power button, as oobm presses it: power status, power cycle --escalate
		  server [DEED]  what becomes of the server itself: server panic, server press, server status
		  push           what the phone has shown so far
		  fault [NAME]   break something, or list what can be broken; fault clear mends it all
		  log [NAME]     what has happened so far, or the log of one program
		  help NAME      more about one of these
		  exit           end the virtual machine (so does Ctrl-D)
		What comes of sms, oobm, power, server and fault is told until nothing more happens; Ctrl-C gives the prompt back
		at once.
		EOT
		;;
	sms)
		cat <<-EOT
		sms TEXT                  from the owner's number, $OWNER
		sms --from NUMBER TEXT    from somebody else, e.g. $STRANGER

		The secret is $OOBM_SECRET. Commands:
		  up SECRET, up 5m SECRET    open a window of 30, or 5, minutes; the secret alone will do, too
		  extend 10m SECRET          longer by so much
		  down SECRET                close it
		  status SECRET              the answer comes by SMS
		Anything else is ignored without a word: try it. While PPP holds a modem's only port, a message is
		read once the call is over.
		EOT
		;;
	ssh)
		cat <<-EOT
		ssh                       a shell on the small computer: $RELAY_SSH
		ssh COMMAND               one command there, e.g.: ssh oobm status

		It is the phone that runs this, on the other side of the internet. Without a window the port of
		the relay is closed, and there is nothing to log in to.
		EOT
		;;
	oobm)
		cat <<-EOT
		oobm status               state, window, link, traffic, modem, server (add --json for programs)
		oobm up [5m]              open a window from the small computer itself
		oobm extend [10m], oobm down
		oobm history              what has happened; oobm --help has the rest
		EOT
		;;
	console)
		cat <<-EOT
		console                   the server's serial console, with what it said last; ~. leaves, ~? helps
		console -r                only looks on

		The same from the phone, while a window is open; ~ is typed twice there, as ssh has it, too:
		  ssh -t oobm console $SERVER
		EOT
		;;
	power)
		cat <<-EOT
		power status              on, off or asleep, as the LED says
		power on, power off       presses the power button, and waits for what comes of it
		power force-off           holds it down for 5.5 seconds
		power cycle --escalate    off, by force if need be, and on
		power reset               the other button
		--in 10m does it later: oobm pending, oobm cancel nas. --force does what seems to make no sense.
		EOT
		;;
	server)
		cat <<-EOT
		server                    how it is: power, what it runs, LED
		server panic              its kernel panics; server hang: it does not even say so; server sleep
		server press              somebody presses its power button; server press power 5000 holds it
		server press reset        or the other one
		server mains off|on       somebody trips the fuse
		server say TEXT           its console says so

		Log in on its console as root; poweroff, reboot and panic are commands there. help fault has its faults.
		EOT
		;;
	push) echo "push                      the notices that the push service got, newest last";;
	fault) fault_help;;
	log)
		cat <<-EOT
		log                       the story so far; log -f goes on telling it until Ctrl-C
		log NAME                  one program's own log: $(cd $W/log && ls -- *.log | sed 's/\.log$//' | grep -vx demo | xargs)
		EOT
		;;
	*) command help "$@";;
	esac
}

command_not_found_handle() {
	echo "There is no $1 here; help tells what there is." >&2
	case $1 in
	up|down|extend|status) echo "As a message: sms ${*% "$OOBM_SECRET"} $OOBM_SECRET; on the small computer: oobm $1" >&2;;
	history|pending|cancel|targets) echo "On the small computer: oobm $*" >&2;;
	esac
	return 127
}

PROMPT_COMMAND='news'
PS1='demo> '
HISTFILE=
stty echo 2>/dev/null
news
echo
bold "A small world of your own: its agent waits for a message. Type help, or begin with:"
echo "  sms up 5m $OOBM_SECRET"
echo "  ssh"
echo "or with the server: server panic, console, power cycle --escalate"
