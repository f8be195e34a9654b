#!/bin/sh
# The main job in a guest of somebody who is not root.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

if [ "$(id -u)" != 0 ]; then
	rm -rf "$T"
	exec "$OOBM_SRC/t/lab/scenario" seed-story
fi
# Everything of nobody's own, since source and build may be closed to others.
user=65534
mkdir "$T/src" "$T/build" "$T/home"
tar -C "$OOBM_SRC" -cf - t/lab t/lib.sh | tar -C "$T/src" -xf -
tar -C "$OOBM_BUILD" --exclude='*.o' --exclude='*.a' --exclude=failed -cf - src t/lab | tar -C "$T/build" -xf -
case ${OOBM_LAB:-} in
stock) ;;
*) cp "${OOBM_KERNEL:-$("$OOBM_SRC/t/lab/kernel" --path)}" "$T/kernel"; OOBM_KERNEL=$T/kernel; export OOBM_KERNEL;;
esac
chmod 755 "$T"
chown -R $user:$user "$T"
cd /
OOBM_SRC=$T/src OOBM_BUILD=$T/build HOME=$T/home TMPDIR=$T/home \
	setpriv --reuid=$user --regid=$user --clear-groups "$T/src/t/lab/scenario" seed-story --travel
