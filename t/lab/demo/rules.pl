# rules.pl - what lines of the logs mean: the data of narrate, in the order of the story. A rule is
#
#	log, step, who speaks, what the line looks like, what to tell, options
#
# The line comes without its time, process and level. A step's name stands for having seen such a line. Told is
# the text with %1, %2... from the line; a function makes it from them; undef tells nothing. Options:
#
#	colour => SGR	of the text		once => 1	told only the first time since a rule with begin
#	goes_on => 1	without time and speaker if the same one spoke last
#	news => 1	not told if what follows its first colon was told just before
#	open => 1	the window is open for the time in parentheses at the end of the text; over => 1: no more
package Rules;
use strict;
use warnings;

my $relay = qr/relay\.example\.net/;
my $home = qr/home\.example\.net/;

# What the phone was shown: the form that the push service got.
sub notice {
	my %f = map { /^([a-z-]+)=(.*)$/ ? ($1 => $2) : () } split ' ', shift;

	s/%([0-9A-F]{2})/chr hex $1/ge for values %f;
	return "the phone shows: $f{title}" . ($f{message} ? ": $f{message}" : '');
}

# A message of several lines, as the modem's log has it.
sub lines {
	(my $text = shift) =~ s/\\x0a/ \/ /g;
	return "gets an SMS: $text";
}

our @rules = (
	# What the world does by itself
	['modem', '', 'modem', qr/^world: plug$/, 'is plugged in'],
	['modem', '', 'modem', qr/^world: unplug$/, 'is pulled out'],
	['oobmd', '', 'agent', qr/^\w+ -> offline \((.*)\)/, 'has no usable modem: %1', over => 1, colour => 33],
	['demo', '', 'demo', qr/^say (.*)/, '%1'],

	# Who is there
	['nas', '', 'server', qr/^stage: login/, 'is up, with a login prompt on its console'],
	['oobmd', '', 'agent', qr/^nas: (?!the \w+ button was)/, undef],	# who asked tells it
	['oobmd', '', 'agent', qr/^[a-z-]+: [a-z ]+ -> [a-z ]+$/, undef],	# a sequence's next state
	['carrier-dns', '', 'carrier', qr/: started,/, 'the mobile network is there, with its own name server', once => 1],
	['relay', '', 'relay', qr/^Server listening on ([\d.]+) port (\d+)/, 'sshd listens at %1 port %2 on the internet'],
	['push-server', '', 'push', qr/^listening (\d+)/, 'the push service listens at port %1 (HTTPS)'],
	['box-sshd', '', 'home', qr/^Server listening on ([\d.]+) port (\d+)/,
		'sshd listens at %1 port %2: out of reach from outside'],
	['modem', '', 'modem', qr/^network: searching -> home/, 'has found its mobile network'],
	['oobmd', '', 'agent', qr/^modem ready: (.*)/, 'has got the modem: %1'],
	['oobmd', 'listening', 'agent', qr/^offline -> listening/, 'waits for messages'],
	['nas', 'panicked', 'server', qr/^stage: panic/, 'its kernel panics', colour => 31],
	['modem', 'alarm', 'phone', qr/^modem: sms sent to \S+ '(nas: .*)'$/, \&lines, colour => 1],
	['phone', '', 'phone', qr/^\$ (ssh .*$home)/, 'the owner tries: %1'],
	['phone', 'locked-out', 'phone', qr/^> (ssh: connect to host $home.*)/, '| %1', colour => 2, goes_on => 1],

	# The message
	['phone', '', 'phone', qr/^SMS (.*)/, 'sends an SMS: %1', begin => 1],
	['modem', 'sent', 'phone', qr/^world: sms from/, undef],
	['modem', 'stored', 'modem', qr/^modem -> (\+CMTI: .*)/, 'has got a message: %1'],
	['oobmd', '', 'agent', qr/^(message from .* (?:ignored|refused): .*)/, '%1', colour => 33],
	['oobmd', 'allowed', 'agent', qr/^(\w+) by (me)$/, 'number and secret are right: "%1" by "%2"'],
	['oobmd', '', 'agent', qr/^(\w+) by (\S+)$/, 'is told "%1" by %2, on the small computer'],

	# The link
	['oobmd', '', 'agent', qr/^pausing -> dialling/, 'tries again'],
	['modem', 'dialled', 'agent', qr/^modem <- (ATD.*)/, 'has the modem dial: %1'],
	['modem', 'called', 'carrier', qr/^carrier called: .*APN '(.*)'/, 'takes the data call to access point "%1"'],
	['modem', '', 'modem', qr/^modem -> \\r\\n(NO CARRIER|BUSY|NO DIALTONE|\+CME ERROR: \d+)/, 'answers: %1', colour => 33],
	['carrier-ppp', 'ppp', 'carrier', qr/^sent \[IPCP ConfAck .*<addr ([\d.]+)>(?: <ms-dns1 ([\d.]+)>)?/,
		'pppd gives the caller the address %1 and the name server %2'],
	['oobmd', 'link', 'agent', qr/^link up: (ppp\d+) ([\d.]+)/, 'the link is up: %1 with %2'],
	['carrier-dns', 'name', 'carrier', qr/: config ($relay) is ([\d.]+)/, 'its name server says: %1 is %2', once => 1],

	# The proof, and the tunnel
	['relay', 'reached', 'relay', qr/^Connection from ([\d.]+) port/, 'is called from %1, through the modem', once => 1],
	['oobmd', 'proven', 'agent', qr/^path proven: (relay \S+ over \S+)/, 'has proven the way through the modem: %1'],
	['oobmd', 'hostkey', 'agent', qr/^host key (\S+) .* is right/, "the relay's host key is the right one"],
	['relay', 'login', 'relay', qr/^Accepted publickey for (oobm) .*: (\w+) SHA256/, 'lets the account "%1" in, by its %2 key'],
	['oobmd', 'tunnel', 'agent', qr/^tunnel up: (.*)/, 'the tunnel is up: %1'],
	['oobmd', 'open', 'agent', qr/^OOBM link up (.*)/, 'the window is open %1', open => 1, colour => 1],
	['oobmd', '', 'agent', qr/^OOBM link is back (.*)/, 'the window is open again, %1', open => 1, colour => 1],
	['oobmd', '', 'agent', qr/^extended: (.*)/, 'the window is longer: %1', open => 1],
	['push', 'push', 'push', qr/^push (.*title=OOBM%20link%20up .*)/, \&notice, colour => 1],
	['push', '', 'push', qr/^push (.*)/, \&notice],

	# What the server does before anybody sees it
	['nas', 'off', 'server', qr/^power: on -> off \((.*)\)/, 'is off: %1', colour => 1],
	['nas', 'on', 'server', qr/^power: off -> on \((?!so it is)(.*)\)/, 'is on: %1', colour => 1],

	# The owner is on the small computer
	['phone', '', 'phone', qr/^\$ (?!.* true$)(.*)/, 'the owner runs: %1'],
	['oobmd', 'through', 'agent', qr/^connection from ([\d.]+) to the relay's port (\d+)/,
		"passes on a connection from %1, which came to the relay's port %2"],
	['box-sshd', 'landed', 'home', qr/^Accepted publickey for (\S+) .*: (\w+) SHA256/,
		"sshd lets %1 in, by the owner's %2 key"],
	['phone', 'answered', 'phone', qr/^> (OPEN\b.*)/, '| %1', colour => 1, goes_on => 1],
	['phone', '', 'phone', qr/^> (?!.*refused)(.*\S)/, '| %1', colour => 2, goes_on => 1],

	# The server, by hand: what its console said last, its buttons, and how it starts
	['phone', '', 'console', qr/^= .*?((?:\[ *[\d.]+\] )?BUG: .*)/, '| %1', once => 1, colour => 2, goes_on => 1],
	['phone', 'replayed', 'console', qr/^= ((?:\[ *[\d.]+\] )?Kernel panic.*)/, '| %1', once => 1, colour => 1, goes_on => 1],
	['phone', '', 'phone', qr/^\* (.*)/, 'the owner types %1', goes_on => 1],
	['nas', 'pressed', 'server', qr/^button: (\w+) pressed/, 'its %1 button is pressed'],
	['oobmd', '', 'agent', qr/^nas: the (\w+) button was pressed for (\d+) ms/, 'had the %1 button down for %2 ms'],
	['nas', '', 'server', qr/^stage: menu/, "shows its boot loader's menu"],
	['nas', '', 'server', qr/^boot: (.*)/, 'boots %1'],
	['phone', 'menu', 'console', qr/^= (Lab boot loader.*)/, '| %1', colour => 2, goes_on => 1],
	['phone', '', 'console', qr/^= (\*1\. .*)/, '| %1', once => 1, colour => 2, goes_on => 1],
	['phone', 'boot', 'console', qr/^= (\[ .*Linux version \S+)/, '| %1 ...', colour => 2, goes_on => 1],
	['phone', '', 'console', qr/^= (Lab BIOS.*|Booting from.*|  Booting .*|\[ .*mounted filesystem|\[ .*Started OpenBSD.*)/,
		'| %1', colour => 2, goes_on => 1],
	['phone', 'login', 'console', qr/^= (\S+ login:) $/, '| %1', colour => 1, goes_on => 1],
	['phone', '', 'console', qr/^= (person: .*)/, '%1', colour => 33],

	# The end
	['oobmd', 'over', 'agent', qr/^open -> closing \((.*)\)/, 'closes: %1', over => 1, colour => 1],
	['oobmd', '', 'agent', qr/^(?!open)\w+ -> closing \((.*)\)/, 'gives up this try: %1', over => 1, colour => 33],
	['oobmd', '', 'agent', qr/^((?!OOBM |push |SMS |link (?:up|ended)|path |tunnel |modem )[a-zP][\w' ]*: .*)/, '%1',
		colour => 33, news => 1],
	['oobmd', 'down', 'agent', qr/^tunnel down: (.*)/, 'the tunnel is down: %1'],
	['relay', 'left', 'relay', qr/^Disconnected from user (oobm) /, 'the account "%1" has left'],
	['carrier-ppp', 'billed', 'carrier', qr/^Sent (\d+) bytes, received (\d+) bytes/,
		'the call is over; it took %1 bytes to the modem and %2 bytes from it'],
	['modem', '', 'modem', qr/^call ended: (.*?);/, 'hangs up: %1'],
	['modem', 'told', 'phone', qr/^modem: sms sent to \S+ '(OOBM link is down.*)'$/, 'gets an SMS: %1', colour => 1],
	['modem', '', 'phone', qr/^modem: sms sent to \S+ '(.*)'$/, 'gets an SMS: %1', colour => 1],
	['oobmd', '', 'agent', qr/^closing -> pausing/, 'makes a pause before the next try'],
	['oobmd', 'again', 'agent', qr/^reporting -> listening/, 'waits for messages'],
	['phone', '', 'phone', qr/^\$ (.*) true$/, 'the owner tries once more: %1'],
	['phone', 'refused', 'phone', qr/^> (ssh: .*refused.*)/, '| %1', colour => 2, goes_on => 1],
	['demo', 'untouched', 'home', qr/^home packets (0)$/,
		"tcpdump on its own network: %1 packets for relay, push service or name servers"],
	['demo', '', 'home', qr/^home packets (.*)$/,
		"tcpdump on its own network: %1 packets for relay, push service or name servers", colour => 31],
	['demo', 'end', '', qr/^end$/, undef],
);

# The steps of the main job, and how it is said that one was missed.
our @main = (
	[listening => 'the agent finds its modem and waits for messages'],
	[panicked => 'the server dies'],
	[alarm => 'the phone gets an SMS with the last words of the server'],
	['locked-out' => 'the owner is locked out: home does not answer by its own internet'],
	[sent => 'the message reaches the mobile network'],
	[stored => 'the modem gets the message'],
	[allowed => 'the agent takes the command: number and secret are those of an owner'],
	[dialled => 'the agent has the modem dial'],
	[called => 'the carrier takes the call'],
	[ppp => 'the carrier gives the modem an address'],
	[link => 'the agent says that the link is up'],
	[name => "the carrier's name server gives the relay's address"],
	[reached => 'the relay is reached from the address of the link'],
	[proven => 'the agent says that the way through the modem is proven'],
	[hostkey => "the relay's host key is the one that the agent knows"],
	[login => "the relay lets the tunnel's account in"],
	[tunnel => 'the tunnel is up'],
	[open => 'the agent opens the window'],
	[push => 'the phone gets the push "OOBM link up"'],
	[through => "a connection comes through the relay's port"],
	[landed => "the small computer's sshd lets the owner in"],
	[answered => 'a command run on the small computer answers that the window is open'],
	[replayed => "the server's console is seen, with the panic that it said last"],
	[pressed => "the server's power button is pressed"],
	[off => 'the server goes off'],
	[on => 'the server goes on again'],
	[menu => "the menu of the server's boot loader is seen"],
	[boot => 'its kernel starts'],
	[login => 'its login prompt is seen'],
	[over => 'the window ends by itself'],
	[down => 'the tunnel is taken down'],
	[left => 'the relay sees the tunnel leave'],
	[billed => "the carrier's call ends"],
	[told => 'the phone gets the SMS "OOBM link is down"'],
	[again => 'the agent waits for messages again'],
	[refused => "the relay's port is closed: ssh is refused"],
	[untouched => "not one packet for relay, push service or name servers takes the home's own network"],
);

1;
