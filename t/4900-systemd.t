#!/bin/sh
# The installed oobmd under systemd, in a guest.
# lab: real
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need /lib/systemd/systemd nsenter unshare make
variable() { printf 'include Makefile\nvalue-of-it:\n\t@echo $(%s)\n' "$1" | make -s -C "$OOBM_BUILD" -f - value-of-it; }
[ -n "$(variable systemdsystemunitdir)" ] || skip_all "configured without systemd units"

out=$OOBM_BUILD/t/lab/systemd.${OOBM_LAB:-real}
rm -rf "$out"
make -s -C "$OOBM_BUILD" DESTDIR="$out/root" install >"$T/make.log" 2>&1 ||
	{ sed 's/^/# /' "$T/make.log"; echo "not ok 1 - make install"; echo 1..1; exit 1; }
"$OOBM_SRC/t/lab/scenario" systemd -t 600 -o "$out" -e LAB_PREFIX="$(variable prefix)" -e LAB_ETC="$(variable oobmdconfdir)"
status=$?
if [ $status = 0 ]; then rm -rf "$out"; else echo "# the logs are in $out" >&2; fi
exit $status
