#!/bin/sh
# oobm-push between a link that works and a home network that must not be used: namespaces and virtual
# Ethernet on this machine. The home's network has the default route and leads nowhere.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

if [ -z "${OOBM_NETNS:-}" ]; then
	PATH=$PATH:/usr/sbin:/sbin
	export PATH OOBM_NETNS=1
	need "$OOBM_BUILD/t/lab/pushd" openssl ip ss dnsmasq unshare nsenter
	for how in -n -rn; do
		unshare $how ip link add name v0 type veth peer name v1 2>/dev/null || continue
		rm -rf "$T"
		exec unshare $how sh "$0"
	done
	skip_all "network namespaces with virtual Ethernet are not allowed here"
fi

fail() { echo "Bail out! $*"; exit 1; }

# --- here: the box; in another namespace: the carrier, behind it the push server --------------
background unshare -n sleep 600
far=$!
apart() { [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
within 5000 apart || fail "no second namespace"
there() { nsenter -t $far -n "$@"; }

ip link set lo up
ip link add wwan0 type veth peer name srv0 && ip link set srv0 netns $far || fail "no veth"
ip link add home0 type veth peer name home1
for i in wwan0 home0 home1; do
	[ ! -e /proc/sys/net/ipv6/conf/$i ] || echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
	ip link set $i up
done
there ip link set lo up
there ip link set srv0 up
ip address add 10.64.0.2/24 dev wwan0
ip address add 192.168.7.2/24 dev home0
ip neigh add 192.168.7.1 lladdr 02:00:00:00:00:01 dev home0 nud permanent
ip route add default via 192.168.7.1 dev home0
# what is bound to the link finds everything there, what is not goes the home's way
ip route add default dev wwan0 metric 700
there ip address add 10.64.0.1/24 dev srv0
hosts="192.0.2.80 192.0.2.81 192.0.2.9 198.51.100.53"
for a in $hosts; do there ip address add $a/32 dev srv0; done

"$OOBM_SRC/t/lab/make-certs" "$T/certs" push.example || fail "no certificates"
"$OOBM_SRC/t/lab/make-certs" "$T/two" two.example || fail "no certificates"
pushd=$OOBM_BUILD/t/lab/pushd
ctl="$pushd --ctl $T/ctl"

# serve NAME PROGRAM ARGUMENT...: starts it in the second namespace, says when it is ready. A script, since
# workerdrive starts some, too; $T/NAME.pid is the process.
cat >"$T/serve" <<END
name=\$1
shift
nsenter -t $far -n "\$@" >"$T/\$name.out" 2>&1 &
echo \$! >"$T/\$name.pid"
t=0
until grep -qsE 'listening|started' "$T/\$name.out"; do
	t=\$((t + 1)); [ \$t -lt 250 ] || exit 1; sleep 0.02
done
END
serve="sh $T/serve"
# name ADDRESS: the carrier's name server, push.example being at ADDRESS
cat >"$T/names" <<END
exec $serve dns dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --user=$(id -un) --pid-file= \
	--listen-address=198.51.100.53 --bind-interfaces --log-queries --log-facility=- --local=/example/ \
	--host-record=push.example,\$1 --host-record=two.example,192.0.2.9 --host-record=two.example,192.0.2.80
END
# push ADDRESS: the push server there
cat >"$T/push" <<END
exec $serve push "$pushd" --listen \$1:443 --cert "$T/certs/server.crt" --key "$T/certs/server.key" \
	--log "$T/push.log" --control "$T/ctl"
END
# stop NAME, until it is gone or waits for a parent who does not care
cat >"$T/stop" <<END
pid=\$(cat "$T/\$1.pid")
kill \$pid && while grep -qs '^State:.[^Z]' /proc/\$pid/status; do sleep 0.02; done
END
names="sh $T/names" push="sh $T/push" stop="sh $T/stop"
trap 'for p in "$T"/*.pid; do kill "$(cat "$p")" 2>/dev/null; done; end_background; rm -rf "$T"' EXIT
$names 192.0.2.80 || fail "no name server"
$push 192.0.2.80 || fail "no push server"
$serve push2 "$pushd" --listen 192.0.2.80:444 --cert "$T/two/server.crt" --key "$T/two/server.key" \
	--log "$T/push.log" --control "$T/ctl2" || fail "no second push server"

# counter INTERFACE FIELD: 1 bytes received, 9 bytes sent, 10 packets sent
cat >"$T/counter" <<'END'
sed -n "s/^ *$1://p" /proc/net/dev | awk -v f="$2" '{ print $f }'
END
# bytes NAME: remembers what the link has carried
cat >"$T/bytes" <<'END'
sed -n 's/^ *wwan0://p' /proc/net/dev | awk '{ print $1 + $9 }' >"$1"
END
counter="sh $T/counter" bytes="sh $T/bytes"
diff="awk 'FNR == 1 { n = \$1 - n } END { print n }'"

account="token=T user=U ca-file=$T/certs/ca.crt"
link="ifname=wwan0 local=10.64.0.2 dns1=198.51.100.53"

"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-push" -d -R <<EOS
test the name is asked at the carrier's server, and the notice goes over the link
> pushover url=https://push.example/1/messages.json $account
> start
< ready
$ $bytes $T/b0
> send id=1 title=t text=one $link
< sent id=1
$ $bytes $T/b1

test the second notice asks nobody, and costs less than a quarter
$ grep -c query $T/dns.out >$T/queries
> send id=2 title=t text=two $link
< sent id=2
$ $bytes $T/b2
$ test \$(grep -c query $T/dns.out) = \$(cat $T/queries)
$ test \$((4 * (\$($diff $T/b1 $T/b2)))) -lt \$($diff $T/b0 $T/b1)

test not one packet has gone the home's way
$ test \$($counter home0 10) = 0
# and the counter would tell:
> send id=3 title=t text=three ifname=home0 local=192.168.7.2 dns1=198.51.100.53 timeout=500
< send-failed id=3 fatal=0
$ test \$($counter home0 10) -gt 0

test a connection that the carrier has forgotten is replaced in time
> send id=4 title=t text=four $link timeout=4000
< sent id=4
$ nsenter -t $far -n ss -Htn 'sport = :443' | awk '{ sub(/.*:/, "", \$5); print \$5 }' >$T/port
$ test \$(wc -l <$T/port) = 1
$ nsenter -t $far -n ip rule add blackhole ipproto 6 dport \$(cat $T/port)
> send id=5 title=t text=five $link timeout=4000
< sent id=5
$ grep -c message=five $T/push.log

test a server that has ended the kept connection is connected again
$ $stop push && $push 192.0.2.80
> send id=11 title=t text=eleven $link timeout=4000
< sent id=11
$ grep -c message=eleven $T/push.log

test a service that has moved is asked for again
$ $stop push && $stop dns && $names 192.0.2.81 && $push 192.0.2.81
> send id=12 title=t text=twelve $link timeout=4000
< send-failed id=12 fatal=0 again=5000 reason~*push.example:443?over?wwan0*refused*
> send id=12 title=t text=twelve $link timeout=4000
< sent id=12

test a second server is asked when the first is silent
> send id=6 title=t text=six ifname=wwan0 local=10.64.0.2 dns1=198.51.100.77 dns2=198.51.100.53
< sent id=6

test silent servers are named
> send id=7 title=t text=seven ifname=wwan0 local=10.64.0.2 dns1=198.51.100.77 timeout=1500
< send-failed id=7 fatal=0 again=5000 reason~*198.51.100.77*

test a link without a name server says so
> send id=8 title=t text=eight ifname=wwan0 local=10.64.0.2 timeout=1500
< send-failed id=8 fatal=0 again=5000 reason~*push.example*no?usable?DNS*

test the link that goes away does not hang the worker
$ $ctl mode slow 60000 1
> send id=9 title=t text=nine $link timeout=1500
$ t=0; while $ctl stats | grep -q posts=1; do t=\$((t + 1)); test \$t -lt 200 || exit 1; sleep 0.02; done
$ ip link del wwan0
< send-failed id=9 fatal=0 again=5000
> send id=10 title=t text=ten $link timeout=1500
< send-failed id=10 fatal=0 again=5000 reason~*wwan0*
end 0

test an unknown name and one with an address that refuses
$ ip link add wwan0 type veth peer name srv1 && ip link set srv1 netns $far
$ nsenter -t $far -n sh -c 'ip link set srv1 up; ip address add 10.64.0.1/24 dev srv1; for a in $hosts; do ip address add \$a/32 dev srv1; done'
$ echo 1 >/proc/sys/net/ipv6/conf/wwan0/disable_ipv6; ip address add 10.64.0.2/24 dev wwan0; ip link set wwan0 up && ip route add default dev wwan0 metric 700
start
> pushover url=https://nobody.example/1/messages.json $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=0 again=5000 reason~*nobody.example*does?not?exist*
end 0
start
> pushover url=https://two.example:444/1/messages.json token=T user=U ca-file=$T/two/ca.crt
> start
< ready
> send id=1 title=t text=x $link
< sent id=1
end 0
EOS
status=$?
[ $status = 0 ] || sed 's/^/# /' "$T/worker.log"
[ ! -s "$T/b2" ] || echo "# bytes over the link: first notice $(($(eval $diff $T/b0 $T/b1))), second $(($(eval $diff $T/b1 $T/b2)))"
exit $status
