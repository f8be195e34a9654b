#!/bin/sh
# make install: what goes where, with which mode; what somebody edited stays; uninstall takes back the rest.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need make find

# distcheck gives DESTDIR and the like to its own make, and says so in the environment
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR
to() { make -s -C "$OOBM_BUILD" DESTDIR="$1" "$2"; }
value() { sed -n "s/^$1 = //p" "$OOBM_BUILD/Makefile" | head -n 1; }
variable() { printf 'include Makefile\nvalue-of-it:\n\t@echo $(%s)\n' "$1" | make -s -C "$OOBM_BUILD" -f - value-of-it; }
prefix=$(variable prefix) etc=$(variable sysconfdir)/oobmd units=$(variable systemdsystemunitdir) rules=$(variable udevrulesdir)

umask 077
D=$T/root
check "make install" to "$D" install
installed() { (cd "$D" && find . ! -type d -printf '%M .%P\n' | sed "s|\.$|/|; s| \.| /|" | sort -k 2); }
installed >"$T/list"

# in MODE DIRECTORY NAME...: exactly these
in_() {
	mode=$1 dir=$2
	shift 2
	is "$dir" "$(sed -n "s|^\(\S*\) $dir/\([^/]*\)$|\1 \2|p" "$T/list" | tr '\n' ,)" \
		"$(for f; do echo "$f"; done | LC_ALL=C sort | sed "s/^/$mode /" | tr '\n' ,)"
}
in_ -rwxr-xr-x "$(variable sbindir)" oobmd
in_ -rwxr-xr-x "$(variable bindir)" oobm oobm-shell
in_ -rwxr-xr-x "$(variable pkglibexecdir)" ip-down ip-up oobm-agent oobm-console oobm-power oobm-push oobm-tunnel
in_ -rw-r--r-- "$etc" oobmd.conf.sample
in_ -rwxr-xr-x "$(variable pkgdatadir)" relay-setup
in_ -rw-r--r-- "$(variable mandir)/man1" oobm-shell.1 oobm.1
in_ -rw-r--r-- "$(variable datadir)/bash-completion/completions" oobm
in_ -rw-r--r-- "$(variable datadir)/fish/vendor_completions.d" oobm.fish
in_ -rw-r--r-- "$(variable zshcompletiondir)" _oobm
in_ -rw-r--r-- "$(variable docdir)" oobmd.conf.minimal shell-sshd.conf
in_ -rw-r--r-- "$(variable mandir)/man5" oobmd.conf.5
in_ -rw-r--r-- "$(variable mandir)/man8" oobmd.8
if [ -n "$units" ]; then
	in_ -rw-r--r-- "$units" oobmd.service
	in_ -rw-r--r-- "$prefix/lib/sysusers.d" oobmd.conf
	in_ -rw-r--r-- "$prefix/lib/tmpfiles.d" oobmd.conf
	unlike "no name of a place is left open in them" "$(cat "$D$units/oobmd.service" "$D$prefix"/lib/*.d/oobmd.conf)" '@[A-Za-z_]+@|\$\{'
	like "the unit starts what was installed" "$(cat "$D$units/oobmd.service")" "^ExecStart=$(variable sbindir)/oobmd$"
	like "as the user that was configured" "$(cat "$D$prefix/lib/sysusers.d/oobmd.conf")" "^u $(variable OOBM_USER) "
fi
[ -z "$(variable pppdir)" ] || in_ -rwxr-xr-x "$(variable pppdir)" oobmd
[ -z "$rules" ] || in_ -rw-r--r-- "$rules" 60-oobmd.rules
is "nothing is set-id" "$(find "$D" -perm /6000)" ""
is "nothing is written by others" "$(find "$D" ! -type l -perm /022)" ""
is "workers, who are nobody, may enter" "$(stat -c %a "$D$(variable pkglibexecdir)" "$D$etc" | tr '\n' ' ')" "755 755 "
is "no config is made up" "$(find "$D" -name oobmd.conf -path "*$etc/*")" ""

echo "# mine" >"$D$etc/oobmd.conf"
echo "# edited" >"$D$etc/oobmd.conf.sample"
echo key >"$D$etc/id_ed25519"
chmod 600 "$D$etc/oobmd.conf" "$D$etc/id_ed25519"
check "make install, once more" to "$D" install
is "an edited config stays" "$(cat "$D$etc/oobmd.conf")" "# mine"
is "with its mode" "$(stat -c %a "$D$etc/oobmd.conf")" 600
check "the sample is the new one" cmp "$D$etc/oobmd.conf.sample" "$OOBM_SRC/conf/oobmd.conf.sample"
rm "$D$etc/oobmd.conf" "$D$etc/id_ed25519"
is "all else is as before" "$(installed)" "$(cat "$T/list")"
echo "# mine" >"$D$etc/oobmd.conf"
echo key >"$D$etc/id_ed25519"
check "make uninstall" to "$D" uninstall
is "leaves what is somebody's, and nothing else" "$(cd "$D" && find . ! -type d | sort)" ".$etc/id_ed25519
.$etc/oobmd.conf"
done_testing
