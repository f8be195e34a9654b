#!/bin/sh
# The sample and the manual know every option, its place and its default, and what they show is good.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
sample=$OOBM_SRC/conf/oobmd.conf.sample
manual=$OOBM_SRC/src/conf/oobmd.conf.5
oobmd=$OOBM_BUILD/src/oobmd

"$OOBM_BUILD/t/lab/conftable" >"$T/table"

# section, name, value, active|shown: what the sample has
perl -ne '
	$s = $1 if /^#?([a-z]+)( "[a-z]+")? \{/;
	$s = "" if /^#?}/;
	next unless /^\t?(#?)([a-z][a-z-]*) = (.*)$/;
	($how, $name, $value) = ($1 ? "shown" : "active", $2, $3);
	$value =~ s/\s+#.*//;
	print join("\t", $s || "top", $name, $value, $how), "\n";
' "$sample" >"$T/sample"

# section, name: what the manual has
perl -ne '
	$s = "top" if /^\.Ss Options outside/;
	$s = $1 if /^\.Ss Section ([a-z]+)/;
	print "$s\t$1\n" if /^\.It Ic ([a-z-]+) No =/;
' "$manual" >"$T/manual"

cut -f1,2 "$T/table" | sort >"$T/names"
cut -f1,2 "$T/sample" | sort >"$T/sample.names"
sort "$T/manual" >"$T/manual.names"
check 'the sample has every option, once, and no other' diff "$T/names" "$T/sample.names"
check 'the manual has every option, once, and no other' diff "$T/names" "$T/manual.names"

# A default in the table is what the sample shows, quotes and braces apart. What is marked there for
# editing is an example.
perl -e '
	open T, $ARGV[0]; open S, $ARGV[1];
	while (<S>) { chomp; my ($s, $n, $v, $how) = split /\t/; $shown{"$s $n"} = [$v, $how] }
	while (<T>) {
		chomp;
		my ($s, $n, $kind, $preset) = split /\t/;
		my ($v, $how) = @{$shown{"$s $n"}};
		s/["{} ]//g for $v, $preset;
		print "$s $n: the sample shows $v, the default is $preset\n"
			if $preset ne "-" && $v ne $preset && "$s $n" ne "relay known-hosts";
	}
' "$T/table" "$T/sample" >"$T/defaults"
is 'the sample shows the true defaults' "$(cat "$T/defaults")" ''

# The same of the manual: each default that is one word stands in its paragraph.
perl -0777 -e '
	open T, $ARGV[0]; local $/; open M, $ARGV[1]; my $m = <M>; $m =~ s/\\&//g; my %p; my $s = "top";
	for (split /^(?=\.Ss|\.It Ic)/m, $m) {
		$s = "top" if /^\.Ss Options outside/;
		$s = $1 if /^\.Ss Section ([a-z]+)/;
		$p{"$s $1"} = $_ if /^\.It Ic ([a-z-]+) No =/;
	}
	for (split /\n/, <T>) {
		my ($s, $n, $kind, $preset) = split /\t/;
		next if $preset eq "-";
		for my $w (split /,/, $preset) { print "$s $n: no $w\n" if index($p{"$s $n"}, $w) < 0 }
	}
' "$T/table" "$manual" >"$T/defaults"
is 'the manual names the true defaults' "$(cat "$T/defaults")" ''

# --- the sample with the least of edits -----------------------------------------------------------------

mkdir "$T/etc"
umask 077
echo 'correct horse battery staple' >"$T/etc/secret"
echo azGDORePK8gMaC0QOYAMyEEuzJnyUi >"$T/etc/pushover.token"
echo uQiRzpo4DXghDmr9QzzfQu27cmVRsG >"$T/etc/pushover.user"
echo 1234 >"$T/etc/pin"
echo web >"$T/etc/ppp.password"
echo 'relay.example.org ssh-ed25519 AAAA' >"$T/etc/known_hosts"
echo 'no certificate' >"$T/etc/ca.pem"
chmod 644 "$T/etc/known_hosts" "$T/etc/ca.pem"
ssh-keygen -q -t ed25519 -N '' -f "$T/etc/id_ed25519" </dev/null
hostkey=$(ssh-keygen -lf "$T/etc/id_ed25519.pub" | cut -d' ' -f2)
case $hostkey in
SHA256:*) ok "ssh-keygen makes a key that is taken below" ;;
*) skip_all 'no ssh-keygen' ;;
esac

edit() { sed -e "s,/etc/oobmd,$T/etc,g; s,#key-file,key-file,; s,SHA256:\.\.\.,$hostkey," "$@"; }
good() { "$oobmd" -n -f "$1" >"$T/out" 2>&1; }

check_not 'the sample is refused until it is edited' "$oobmd" -n -f "$sample"
like 'and says where' "$("$oobmd" -n -f "$sample" 2>&1)" 'oobmd\.conf\.sample:[0-9]+: '
edit "$sample" >"$T/sample.conf"
check 'the sample is good once it is edited where it says so' "$oobmd" -n -f "$T/sample.conf"
edit "$OOBM_SRC/conf/oobmd.conf.minimal" |
	sed "s,hostkey =,key-file = \"$T/etc/id_ed25519\" &," >"$T/minimal.conf"
check 'so is the minimal config' "$oobmd" -n -f "$T/minimal.conf"
check 'which has 15 lines at most' [ "$(wc -l <"$T/minimal.conf")" -le 15 ]
sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' "$manual" | grep -v '^\.' | edit - >"$T/manual.conf"
printf 'relay "2" { host = h known-hosts = "%s/etc/known_hosts" key-file = "%s/etc/id_ed25519" }\n' "$T" "$T" >>"$T/manual.conf"
sed -i "s,hostkey =,key-file = \"$T/etc/id_ed25519\" hostkey =," "$T/manual.conf"
check 'so is the example in the manual' "$oobmd" -n -f "$T/manual.conf"

# Every line that is shown can be switched on by itself, without what it stands instead of, and with what it needs.
awk -F'\t' '$4 == "shown" { print $1 "\t" $2 }' "$T/sample" >"$T/shown"
bad=
while IFS='	' read -r section name; do
	instead='' with=
	case $section.$name in
	modem.device) instead=usb ;;
	modem.command-device) instead=usb with=modem.device ;;
	modem.password | modem.password-file) with=modem.user ;;
	relay.known-hosts) instead=hostkey ;;
	owner.secret) instead=secret-file ;;
	pushover.token) instead=token-file ;;
	pushover.user) instead=user-file ;;
	target.command-on) ;;
	target.command-*) with=target.command-on ;;
	target.console | target.console-usb) ;;
	target.console-interface) with=target.console-usb ;;
	target.speed | target.parity | target.*-bits | target.flow | target.log-size | target.alert | target.watch) with=target.console ;;
	target.*) with='target.power-line target.chip' ;;
	operator.*) with='target.console operator.account' ;;
	esac
	perl -pe '
		BEGIN { ($section, $name, $instead, $with) = splice @ARGV, 0, 4; %off = map { ("$section.$_" => 1) } split / /, $instead;
			%on = map { $_ => 1 } "$section.$name", split / /, $with; %sections = map { /(.*)\./; $1 => 1 } keys %on; $s = "top" }
		$s = $2 if /^(#?)([a-z]+)( "[a-z]+")? \{/;
		s/^#// if $sections{$s} && /^#([a-z]+ "[a-z]+" \{|\})/;
		$s = "top" if /^#?}/;
		if (/^(\t?)(#?)([a-z][a-z-]*)( = .*)/s) {
			$_ = $on{"$s.$3"} ? "$1$3$4" : $off{"$s.$3"} ? "$1#$3$4" : $_;
		}
	' "$section" "$name" "$instead" "$with" "$T/sample.conf" | sed "s/account = .*/account = root/" >"$T/one.conf"
	[ "$name" != key-file ] || continue
	if cmp -s "$T/one.conf" "$T/sample.conf" || ! good "$T/one.conf"; then
		bad="$bad $section.$name"
		sed 's/^/#	/' "$T/out"
	fi
done <"$T/shown"
is 'every line of the sample that is off can be switched on' "$bad" ''

"$oobmd" -n -v -f "$T/sample.conf" >"$T/dump" 2>/dev/null
chmod 600 "$T/dump"
"$oobmd" -n -v -f "$T/dump" >"$T/dump2" 2>/dev/null
check 'a dump is read back as the same' cmp "$T/dump" "$T/dump2"
unlike 'and has no secret' "$(cat "$T/dump")" 'horse|azGDO|uQiRz|PRIVATE'

# --- the manuals ----------------------------------------------------------------------------------------------

if command -v mandoc >/dev/null; then
	for m in src/cli/oobm.1 src/shell/oobm-shell.1 src/conf/oobmd.conf.5 src/parent/oobmd.8; do
		is "$m: mandoc has nothing to say" "$(mandoc -Tlint "$OOBM_SRC/$m" 2>/dev/null |
			grep -v 'referenced manual not found')" ''
	done
else
	skip 'the manuals: no mandoc here'
fi
manual_options() { perl -ne 'print "$1\n" if /^\.It Fl ([A-Za-z])\b/' "$1" | sort | tr -d '\n'; }
help_options() { "$1" -h | perl -ne 'print "$1\n" if /^  -([A-Za-z])\b/' | sort | tr -d '\n'; }
is "oobmd's help and its manual name the same options" \
	"$(help_options "$oobmd" | tr -d hv)" "$(manual_options "$OOBM_SRC/src/parent/oobmd.8" | tr -d hv)"
is "oobm's help and its manual name the same options" "$(help_options "$OOBM_BUILD/src/oobm")" "$(manual_options "$OOBM_SRC/src/cli/oobm.1")"
done_testing
