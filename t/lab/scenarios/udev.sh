# The rule for udev, with a real systemd-udevd and a real stick: its ports keep their names whatever the kernel
# calls them, ModemManager is told to stay away, and the agent can be given the name.
world_up
push_start || not_ok "the push server is there"
mkdir -p /etc/udev/rules.d
install -m 644 "$OOBM_SRC/conf/60-oobmd.rules" /etc/udev/rules.d/
daemon udev /lib/systemd/systemd-udevd
check "udev is up" wait_until 20 test -S /run/udev/control
modem_start || not_ok "the modem is there"
case $MODEM_DEVICE in /dev/ttyUSB*) ;; *) skip_all "this kernel has no USB";; esac
name() { readlink -f /dev/oobm-modem"$1"; }
known() { udevadm info -q property -n "$1" 2>/dev/null | grep -x "$2"; }

check "udev has seen it" udevadm settle -t 30 -E /dev/oobm-modem
is "the data port" "$(name)" /dev/ttyUSB0
is "each port by its interface" "$(name -00) $(name -01) $(name -02)" "/dev/ttyUSB0 /dev/ttyUSB1 /dev/ttyUSB2"
is "ModemManager is kept off each" "$(for n in 0 1 2; do known /dev/ttyUSB$n ID_MM_PORT_IGNORE=1; known /dev/ttyUSB$n ID_MM_DEVICE_IGNORE=1; done | wc -l)" 6
is "and off the stick" "$(udevadm info -q property -p "$(cd /sys/bus/usb/devices && for d in *; do
	[ "$(cat $d/idVendor 2>/dev/null)" != 12d1 ] || realpath $d; done)" | grep -x ID_MM_DEVICE_IGNORE=1)" ID_MM_DEVICE_IGNORE=1

# Somebody holds the old number, so that the stick comes back under another.
exec 9<>/dev/ttyUSB0
modem unplug
check "its names go with it" wait_until 20 negate test -e /dev/oobm-modem
modem plug
check "and come back" wait_until 20 test -e /dev/oobm-modem
check_not "though the kernel calls the port something else" test "$(name)" = /dev/ttyUSB0
exec 9>&-
udevadm settle -t 30

chip_make board lab-board 4
chip=/dev/$(chip_device board)
chown root:root $chip
chmod 600 $chip
udevadm trigger --subsystem-match=gpio
udevadm settle -t 30
is "a GPIO chip is for its group" "$(stat -c '%U %G %a' $chip)" "root gpio 660"

MODEM_DEVICE=/dev/oobm-modem
oobmd_config
oobmd_start
check "the agent finds it by its name" wait_log oobmd 'offline -> listening' 60
modem unplug
check "misses it when it is gone" wait_log oobmd 'listening -> offline' 30
mark oobmd
modem plug
check "and finds it again" wait_log oobmd 'offline -> listening' 90
oobmd_stop
daemon_end udev
