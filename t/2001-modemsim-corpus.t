#!/bin/bash
# modemsim answers as the real devices did whose replies are in the collection beside the sources
# ($OOBM_CORPUS, else ../shared/modem-corpus). What differs from stick to stick is left out.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
lab=$OOBM_BUILD/t/lab
replies=${OOBM_CORPUS:-$OOBM_SRC/../shared/modem-corpus}/device-replies.tsv
[ -r "$replies" ] || skip_all "no collection of replies (\$OOBM_CORPUS)"

# A perl program reads 'AT+X\r' and 'reply\r\n' in Python's quotes, and asks; blank lines do not count.
cat >"$T/ask" <<'X'
use strict; use warnings; use Fcntl; use POSIX;
my ($model, $path, $file) = @ARGV;
sub unquote { my ($s) = @_; $s =~ s/^['"]|['"]$//g; $s =~ s/\\r/\r/g; $s =~ s/\\n/\n/g; $s =~ s/\\(.)/$1/g; $s }
sub plain { my ($s) = @_; $s =~ s/\d+/N/g if $s =~ /^\s*\+CPMS: \d/; join '|', grep { length } split /[\r\n]+/, $s }
sysopen(my $p, $path, O_RDWR | O_NOCTTY) or die $!;
my $t = POSIX::Termios->new; $t->getattr(fileno $p);
$t->setlflag(0); $t->setiflag(0); $t->setoflag(0); $t->setattr(fileno $p);
my ($n, $bad) = (0, 0);
open(my $f, '<', $file) or die $!;
syswrite $p, "ATE0\r"; my $got = ''; until ($got =~ /OK\r\n$/) { sysread $p, $got, 4096, length $got }
while (<$f>) {
	chomp; my ($m, $command, $want) = split /\t/;
	next if $m ne $model || $command =~ /CLAC|CIMI|CGSN/;
	$want = unquote($want); $n++; $got = '';
	syswrite $p, unquote($command);
	for (;;) {
		my $r = ''; vec($r, fileno $p, 1) = 1;
		last if !select($r, undef, undef, plain($got) eq plain($want) ? 0.02 : 1);
		sysread $p, $got, 4096, length $got;
	}
	next if plain($got) eq plain($want);
	$bad++; print "$command: got ", plain($got), ", wanted ", plain($want), "\n";
}
print "$n commands\n"; exit($bad || !$n ? 1 : 0);
X
for pair in HuaweiE1752:huawei ZteK3565Z:zte WavecomMultiband900E1800:wavecom; do
	background "$lab/modemsim" --pty "$T/modem" --socket "$T/control" --log "$T/log" --profile "${pair#*:}"
	"$lab/modemctl" -S "$T/control" -w 10 wait 'modem: on' 10 >/dev/null
	[ "${pair#*:}" != huawei ] || "$lab/portchat" "$T/modem" send 'AT^CURC=0\r' expect OK >/dev/null
	check "${pair#*:} answers as ${pair%:*} did" perl "$T/ask" "${pair%:*}" "$T/modem" "$replies"
	end_background
done
done_testing
