#!/bin/sh
# waitfor sees a line when it is written, and says what it saw if it was not.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
waitfor=$OOBM_BUILD/t/lab/waitfor
f=$T/file

printf 'one\ntwo 22\n' >"$f"
is "a line that is there is found at once" "$("$waitfor" "$f" '^two [0-9]+$' 0)" "two 22"
is "the first that matches" "$("$waitfor" "$f" . 0)" one
is "not before the offset" "$("$waitfor" -o 4 "$f" . 0)" "two 22"
(sleep 0.3; printf 'thr' >>"$f"; sleep 0.2; echo ee >>"$f") &
is "a line is found when it is whole" "$("$waitfor" "$f" '^thr' 10)" three
wait
(sleep 0.3; echo new >"$T/later") &
is "a file may come later" "$("$waitfor" "$T/later" new 10)" new
wait
(sleep 0.3; echo moved >"$T/x"; mv "$T/x" "$T/renamed") &
is "or be put in place" "$("$waitfor" "$T/renamed" moved 10)" moved
wait
"$waitfor" "$f" 'never' 0.2 2>"$T/err"
is "the deadline is a failure" $? 1
like "that says what was seen" "$(cat "$T/err")" '^	two 22$'
"$waitfor" "$T/no/file" x 1 2>/dev/null
is "no directory is wrong usage" $? 2
"$waitfor" "$f" '(' 1 2>/dev/null
is "so is no regular expression" $? 2
done_testing
