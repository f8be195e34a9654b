#!/bin/sh
# What the README claims about the tree is so.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
cd "$OOBM_SRC" || exit 1
readme=$(cat README)

# every directory has its line in the source map, and every line its directory
map=$(sed -n '/^Source map/,/^Arrows/s/^    \([a-z/]*\)  .*/\1/p' README | sort)
is "the source map has each directory" "$map" "$(ls -d src/*/ conf contrib t | sed 's#/$##' | sort)"

# each state is explained, and drawn
"$OOBM_BUILD/src/oobmd" -D >"$T/dot"
states=$(sed -n 's/^\t\([a-z]*\) -> .*/\1/p' "$T/dot" | grep -v start | sort -u)
is "the states are explained" "$(sed -n '/^How it works/,/^Each state/s/^  \([a-z][a-z]*\)   *[A-Za-z].*/\1/p' README | sort)" "$states"
edges() { sed -n 's/^\t\([a-z]*\) -> \([a-z]*\)\( \[label="\(.*\)"\)\{0,1\}.*/\1 \2/p' "$T/dot" | sort; }
drawn() { sed -n 's#^<title>\([a-z]*\)&\#45;&gt;\([a-z]*\)</title>#\1 \2#p' contrib/doc/states.svg | sort; }
is "states.svg has the same transitions as oobmd -D" "$(drawn)" "$(edges)"
missing() { # edges of the drawing in the text that the machine does not have
	for e in "offline listening" "listening dialling" "dialling checking" "checking connecting" "connecting open" "open connecting" \
		"dialling closing" "checking closing" "connecting closing" "open closing" "closing pausing" "pausing dialling" \
		"closing reporting" "reporting listening" "listening offline"; do
		edges | grep -qx "$e" || echo "$e"
	done
}
is "what is drawn in the text is so" "$(missing)" ""

# what it names is there
for f in $(printf '%s\n' "$readme" | grep -oE '\b(contrib|conf|t|src)/[A-Za-z0-9_./*-]*[A-Za-z0-9*]' | sort -u); do
	# shellcheck disable=SC2086 # patterns
	set -- $f
	case $f in contrib/build-aux) continue;; esac
	[ -e "$1" ] || echo "$f"
done >"$T/gone"
is "the files it names are there" "$(cat "$T/gone")" ""
help=$(sh contrib/relay-setup --help 2>&1)
for o in --dry-run --undo --local; do like "relay-setup has $o" "$help" "^  $o "; done
cli=$("$OOBM_BUILD/src/oobm" --help)
for c in up down extend history log-level --json; do like "oobm has $c" "$cli" "^ .*$c\b"; done

# the config in it is short, and good
sed -n '/^8\. /,/^9\. /s/^    //p' README >"$T/shown"
between "the config takes at most 15 lines" "$(grep -c . "$T/shown")" 5 15
mkdir "$T/etc"
sed "s#/etc/oobmd/#$T/etc/#; s#/etc/oobmd/pushover.user#$T/etc/pushover.user#" "$T/shown" >"$T/etc/oobmd.conf"
sed -i "s#relay.example.org\"#&\\n\\tkey-file = \"$T/etc/id_ed25519\"#" "$T/etc/oobmd.conf"
umask 077
echo correct-horse-battery >"$T/etc/secret"
echo azGDORePK8gMaC0QOYAMyEEuzJnyUi >"$T/etc/pushover.token"
echo uQiRzpo4DXghDmr9QzzfQu27cmVRsG >"$T/etc/pushover.user"
ssh-keygen -q -t ed25519 -N '' -f "$T/etc/id_ed25519"
chmod 644 "$T/etc/oobmd.conf"
check "and is accepted" "$OOBM_BUILD/src/oobmd" -n -f "$T/etc/oobmd.conf"

# figures and limits that stand in the sources
like "three tries" "$("$OOBM_BUILD/t/lab/conftable")" '^window	tries	[a-z]*	3'
like "ten minutes" "$("$OOBM_BUILD/t/lab/conftable")" '^window	age	[a-z]*	10m'
is "ten wrong secrets" "$(sed -n 's/^#define POLICY_ATTEMPTS_MAX \([0-9]*\).*/\1/p' src/core/policy.h)" 10
is "an hour" "$(sed -n 's/^#define POLICY_ATTEMPTS_MS INT64_C(\([0-9]*\))/\1/p' src/core/policy.h)" 3600000
is "six of root's rights" "$(sed -n 's/^CapabilityBoundingSet=//p' conf/oobmd.service.in | wc -w)" 6
done_testing
