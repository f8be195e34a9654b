#!/bin/sh
# The shape of the source: what may include what, who knows which library, what stands at the top.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
cd "$OOBM_SRC" || exit 1

# Includes as "file kind header": kind is < or ".
includes() { grep -rnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+' src --include='*.[ch]' |
	sed -E 's/^([^:]*):[0-9]*:.*([<"])(.*)$/\1 \2 \3/'; }
includes >"$T/includes"
between "there are includes to look at" "$(wc -l <"$T/includes")" 100 100000

# Arrows point down only. Directories of one rank do not know each other.
awk -v ranks='base:0 os:1 core:1 ipc:2 run:3 conf:3 net:4 link:4 agent:5 parent:5 tunnel:5 push:5 power:5 console:5 cli:5 shell:6' '
	BEGIN { n = split(ranks, r, " "); for (i = 1; i <= n; i++) { split(r[i], p, ":"); rank[p[1]] = p[2] } }
	$2 == "\"" {
		split($1, from, "/"); split($3, to, "/")
		a = from[2]; b = to[1]
		if (!(a in rank)) { print $1 ": src/" a " has no place in the order"; next }
		if ($3 == "config.h" || a == b) next
		if (!(b in rank)) print $1 ": includes " $3 ", which is named from nowhere in src"
		else if (rank[b] >= rank[a]) print $1 ": includes " $3 ": " a " must not know " b
	}' "$T/includes" >"$T/up"
is "arrows point down only" "$(cat "$T/up")" ''

# core is pure: C itself, nothing that opens, waits, or asks for the time.
awk '$1 ~ /^src\/core\// && $2 == "<" && $3 !~ /^(assert|ctype|errno|inttypes|limits|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|strings)\.h$/ {
	print $1 ": " $3 }' "$T/includes" >"$T/impure"
is "core includes nothing but C" "$(cat "$T/impure")" ''
is "core opens nothing and has no clock" \
	"$(grep -nwE 'fopen|open|socket|time|clock_gettime|clock_mono_ms|clock_wall_ms|getenv|rand|random|fork|poll' src/core/*.c |
		grep -E '\<(fopen|open|socket|time|clock_[a-z_]+|getenv|rand|random|fork|poll)\(' || true)" ''

# What is not the system's is somebody's library: in one .c file, and in no header.
system='^((sys|netinet|net|arpa|linux|asm)/.*|(assert|ctype|dirent|err|errno|fcntl|getopt|glob|grp|ifaddrs|inttypes|limits|locale|math|netdb|poll|pthread|pwd|regex|sched|signal|spawn|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|syslog|termios|time|unistd|utmp|wchar|wctype|libutil|paths)\.h)$'
awk -v system_headers="$system" '$2 == "<" && $3 !~ system_headers { print $3, $1 }' "$T/includes" >"$T/foreign"
between "libraries are found" "$(cut -d' ' -f1 "$T/foreign" | sort -u | wc -l)" 5 100
is "no header of ours includes a library's" "$(grep '\.h$' "$T/foreign" || true)" ''
# libgpiod 1 and 2 have a file each, of which only one is ever compiled.
sed 's#src/power/gpio_gpiod[12]\.c$#src/power/gpio_gpiod.c#' "$T/foreign" | sort -u >"$T/apart"
is "each library's header is in one file" \
	"$(cut -d' ' -f1 "$T/apart" | sort | uniq -c | awk '$1 > 1 { print $2 }' |
		while read -r h; do grep "^$h " "$T/foreign"; done)" ''
# One library, one file, whichever of its headers.
is "each library is in one file" \
	"$(sed -E 's#^(event2|libssh|curl|liboath|gpiod)[^ ]*#\1#; s#^ares[^ ]*#ares#' "$T/apart" | sort -u | cut -d' ' -f1 | uniq -d)" ''
while read -r header where; do
	is "$header is known only to ${where}" \
		"$(awk -v h="^$header" -v w="^src/$where" '$1 ~ h && $2 !~ w' "$T/foreign")" ''
done <<EOT
event2/ run/loop.c
libserialport.h run/serial.c
confuse.h conf/
ares net/
seccomp.h os/
jansson.h ipc/json.c
libssh/ tunnel/
curl/ push/
gpiod.h power/gpio_gpiod[12].c
libgpio.h power/gpio_freebsd.c
histedit.h shell/edit_libedit.c
sha256.h shell/key.c
EOT

is "no system is told from another outside src/os" \
	"$(grep -rnE '#[[:space:]]*(if|ifdef|elif)\b.*\b(__linux__|__FreeBSD__|HAVE_)' src --include='*.c' |
		grep -v '^src/os/' || true)" ''

if git rev-parse --git-dir >/dev/null 2>&1 && [ "$(git rev-parse --show-toplevel)" = "$OOBM_SRC" ]; then
	is "the top level holds what it should" "$(git ls-files | cut -d/ -f1 | sort -u | grep -vxE 'README|conf|contrib' | xargs)" \
		".ci .gitignore LICENSE Makefile.am configure.ac src t"
	allowed='^(\.ci|\.gitignore|LICENSE|Makefile\.am|README|conf|configure\.ac|contrib|src|t)$'
	is "and nothing more" "$(git ls-files | cut -d/ -f1 | sort -u | grep -vE "$allowed" || true)" ''
else
	skip "the top level: this is no git checkout"
fi
done_testing
