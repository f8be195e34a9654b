# Tests: unit tests are C programs that speak TAP; t/NNNN-name.t are scripts. All run under prove.
# UNIT_TESTS are run; other check_PROGRAMS (the lab's tools) are only built. SCRIPT_TESTS find what was
# built by $OOBM_BUILD and the sources by $OOBM_SRC.
UNIT_TESTS =
SCRIPT_TESTS = t/0100-install.t t/0110-service.t t/0120-readme.t t/0020-waitfor.t t/9001-layering.t
# LAB_TESTS need a guest each, and its kernel (t/lab/kernel): make check-lab.
LAB_TESTS = t/2010-modemsim-usb.t t/5000-plain-story.t t/5100-seed-story.t t/5200-ignored.t t/5210-carrier-faults.t t/5220-relay-faults.t t/5230-push-faults.t
LAB_TESTS += t/4400-bad-messages.t t/4410-bad-company.t
LAB_TESTS += t/7400-pending.t t/7300-server-model.t t/7310-power-faults.t t/7320-power-presses.t t/7900-dead-server.t
LAB_TESTS += t/8310-console-adapter.t t/7330-power-worker-killed.t t/7331-power-guard-killed.t t/7332-power-parent-killed.t t/7333-power-agent-killed.t
LAB_TESTS += t/0010-lab-boots.t t/5010-world-breaks.t
SCRIPT_TESTS += t/8600-shell.t t/8610-shell-sshd.t t/8620-shell-console.t
LAB_TESTS += t/5360-budget.t t/5340-idle.t t/2100-modem.t t/5300-losses.t t/5310-crashes.t t/5320-reboot.t t/5330-clock.t

check_PROGRAMS += t/lab/ctlserve
t_lab_ctlserve_SOURCES = t/lab/ctlserve.c
t_lab_ctlserve_LDADD = src/libcore.a $(RUN_LIBS)
check_PROGRAMS += t/lab/person
t_lab_person_SOURCES = t/lab/person.c
t_lab_person_LDADD = src/libbase.a
check_PROGRAMS += t/lab/conftable
t_lab_conftable_SOURCES = t/lab/conftable.c
t_lab_conftable_LDADD = $(CONF_LIBS)
SCRIPT_TESTS += t/1100-config-sample.t t/1200-cli.t t/7000-power-by-command.t t/7010-power-agent.t

# --- installing, on the small computer and on the relay ----------------------------------
LAB_TESTS += t/5900-demo.t t/4900-systemd.t t/4910-udev.t t/5350-early-packets.t t/6100-relay-setup.t

if HAVE_CMOCKA
UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

UNIT_TESTS += t/unit/pppd_text
t_unit_pppd_text_SOURCES = t/unit/pppd_text.c src/link/pppd_text.c
t_unit_pppd_text_CFLAGS = $(UNIT_CFLAGS)
t_unit_pppd_text_LDADD = $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/pdu
t_unit_pdu_SOURCES = t/unit/pdu.c t/unit/pdu_vectors.h t/unit/random.h t/unit/tap.h
t_unit_pdu_CFLAGS = $(UNIT_CFLAGS)
t_unit_pdu_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/gsm7
t_unit_gsm7_SOURCES = t/unit/gsm7.c
t_unit_gsm7_CFLAGS = $(UNIT_CFLAGS)
t_unit_gsm7_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/at
t_unit_at_SOURCES = t/unit/at.c
t_unit_at_CFLAGS = $(UNIT_CFLAGS)
t_unit_at_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/corpus
t_unit_corpus_SOURCES = t/unit/corpus.c
t_unit_corpus_CFLAGS = $(UNIT_CFLAGS)
t_unit_corpus_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/command
t_unit_command_SOURCES = t/unit/command.c
t_unit_command_CFLAGS = $(UNIT_CFLAGS)
t_unit_command_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/sms_text
t_unit_sms_text_SOURCES = t/unit/sms_text.c
t_unit_sms_text_CFLAGS = $(UNIT_CFLAGS)
t_unit_sms_text_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/rights
t_unit_rights_SOURCES = t/unit/rights.c
t_unit_rights_CFLAGS = $(UNIT_CFLAGS)
t_unit_rights_LDADD = src/libcore.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/usage
t_unit_usage_SOURCES = t/unit/usage.c
t_unit_usage_CFLAGS = $(UNIT_CFLAGS)
t_unit_usage_LDADD = src/libcore.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/words t/unit/complete t/unit/key
t_unit_words_SOURCES = t/unit/words.c src/shell/words.c
t_unit_words_CFLAGS = $(UNIT_CFLAGS)
t_unit_words_LDADD = src/libbase.a $(CMOCKA_LIBS)
t_unit_complete_SOURCES = t/unit/complete.c src/shell/complete.c
t_unit_complete_CFLAGS = $(UNIT_CFLAGS)
t_unit_complete_LDADD = $(CLI_LIBS) $(CMOCKA_LIBS)
t_unit_key_SOURCES = t/unit/key.c src/shell/key.c
t_unit_key_CFLAGS = $(UNIT_CFLAGS) $(MD_CFLAGS)
t_unit_key_LDADD = src/libcore.a src/libbase.a $(MD_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/msg
t_unit_msg_SOURCES = t/unit/msg.c
t_unit_msg_CFLAGS = $(UNIT_CFLAGS)
t_unit_msg_LDADD = src/libipc.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/frame
t_unit_frame_SOURCES = t/unit/frame.c
t_unit_frame_CFLAGS = $(UNIT_CFLAGS)
t_unit_frame_LDADD = src/libipc.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/ansi
t_unit_ansi_SOURCES = t/unit/ansi.c
t_unit_ansi_CFLAGS = $(UNIT_CFLAGS)
t_unit_ansi_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/escape
t_unit_escape_SOURCES = t/unit/escape.c
t_unit_escape_CFLAGS = $(UNIT_CFLAGS)
t_unit_escape_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/ring
t_unit_ring_SOURCES = t/unit/ring.c
t_unit_ring_CFLAGS = $(UNIT_CFLAGS)
t_unit_ring_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/tail
t_unit_tail_SOURCES = t/unit/tail.c
t_unit_tail_CFLAGS = $(UNIT_CFLAGS)
t_unit_tail_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/intake
t_unit_intake_SOURCES = t/unit/intake.c src/console/intake.c
t_unit_intake_CFLAGS = $(UNIT_CFLAGS) $(EVENT_CFLAGS) -pthread
t_unit_intake_LDFLAGS = $(AM_LDFLAGS) -pthread
t_unit_intake_LDADD = $(SERIAL_LIBS) $(RUN_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/serial
t_unit_serial_SOURCES = t/unit/serial.c
t_unit_serial_CFLAGS = $(UNIT_CFLAGS)
t_unit_serial_LDADD = $(SERIAL_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/lockfile
t_unit_lockfile_SOURCES = t/unit/lockfile.c
t_unit_lockfile_CFLAGS = $(UNIT_CFLAGS)
t_unit_lockfile_LDADD = src/libos.a src/libbase.a $(SECCOMP_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/sandbox
t_unit_sandbox_SOURCES = t/unit/sandbox.c
t_unit_sandbox_CFLAGS = $(UNIT_CFLAGS)
t_unit_sandbox_LDADD = src/libos.a src/libbase.a $(SECCOMP_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/program
t_unit_program_SOURCES = t/unit/program.c
t_unit_program_CFLAGS = $(UNIT_CFLAGS)
t_unit_program_LDADD = $(POWER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/guard
t_unit_guard_SOURCES = t/unit/guard.c src/power/guard.c
t_unit_guard_CFLAGS = $(UNIT_CFLAGS)
t_unit_guard_LDADD = src/libos.a src/libbase.a $(SECCOMP_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/chan
t_unit_chan_SOURCES = t/unit/chan.c
t_unit_chan_CFLAGS = $(UNIT_CFLAGS)
t_unit_chan_LDADD = $(RUN_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/state
t_unit_state_SOURCES = t/unit/state.c
t_unit_state_CFLAGS = $(UNIT_CFLAGS)
t_unit_state_LDADD = $(RUN_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/notify
t_unit_notify_SOURCES = t/unit/notify.c src/parent/notify.c
t_unit_notify_CFLAGS = $(UNIT_CFLAGS)
t_unit_notify_LDADD = $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/json
t_unit_json_SOURCES = t/unit/json.c
t_unit_json_CFLAGS = $(UNIT_CFLAGS)
t_unit_json_LDADD = $(JSON_LIBS) src/libipc.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/pushover
t_unit_pushover_SOURCES = t/unit/pushover.c
t_unit_pushover_CFLAGS = $(UNIT_CFLAGS)
t_unit_pushover_LDADD = src/libpush.a $(JSON_LIBS) src/libipc.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/net
t_unit_net_SOURCES = t/unit/net.c
t_unit_net_CFLAGS = $(UNIT_CFLAGS)
t_unit_net_LDADD = $(NET_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/alive
t_unit_alive_SOURCES = t/unit/alive.c src/tunnel/alive.c
t_unit_alive_CFLAGS = $(UNIT_CFLAGS)
t_unit_alive_LDADD = $(RUN_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/relay
t_unit_relay_SOURCES = t/unit/relay.c src/tunnel/refusal.c src/tunnel/relay.c
t_unit_relay_CFLAGS = $(UNIT_CFLAGS)
t_unit_relay_LDADD = src/libipc.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/utf8
t_unit_utf8_SOURCES = t/unit/utf8.c
t_unit_utf8_CFLAGS = $(UNIT_CFLAGS)
t_unit_utf8_LDADD = src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/conf
t_unit_conf_SOURCES = t/unit/conf.c
t_unit_conf_CFLAGS = $(UNIT_CFLAGS)
t_unit_conf_LDADD = $(CONF_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/policy
t_unit_policy_SOURCES = t/unit/policy.c
t_unit_policy_CFLAGS = $(UNIT_CFLAGS)
t_unit_policy_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/led
t_unit_led_SOURCES = t/unit/led.c t/unit/random.h
t_unit_led_CFLAGS = $(UNIT_CFLAGS)
t_unit_led_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/press
t_unit_press_SOURCES = t/unit/press.c t/unit/press_stories.h
t_unit_press_CFLAGS = $(UNIT_CFLAGS)
t_unit_press_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/machine t/unit/machine_window t/unit/machine_restart
t_unit_machine_SOURCES = t/unit/machine.c t/unit/situation.c t/unit/situation.h
t_unit_machine_CFLAGS = $(UNIT_CFLAGS)
t_unit_machine_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)
t_unit_machine_window_SOURCES = t/unit/machine_window.c t/unit/situation.c t/unit/situation.h
t_unit_machine_window_CFLAGS = $(UNIT_CFLAGS)
t_unit_machine_window_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)
t_unit_machine_restart_SOURCES = t/unit/machine_restart.c t/unit/situation.c t/unit/situation.h
t_unit_machine_restart_CFLAGS = $(UNIT_CFLAGS)
t_unit_machine_restart_LDADD = src/libcore.a src/libbase.a $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/atx
t_unit_atx_SOURCES = t/unit/atx.c $(ATX_MODEL)
t_unit_atx_CFLAGS = $(UNIT_CFLAGS)
t_unit_atx_LDADD = src/libbase.a $(CMOCKA_LIBS)
endif

# --- the state machine under a virtual clock ---------------------------------------------
UNIT_TESTS += t/sim/explore
t_sim_explore_SOURCES = t/sim/check.c t/sim/exhaust.c t/sim/explore.c t/sim/random.c t/sim/sim.c t/sim/sim.h
t_sim_explore_LDADD = src/libcore.a src/libbase.a
EXTRA_DIST += t/sim/mutants
UNIT_TESTS += t/sim/press
t_sim_press_SOURCES = t/sim/atx.c t/sim/atx.h t/sim/press.c
t_sim_press_LDADD = src/libcore.a src/libbase.a

# --- plays the parent to a worker ---------------------------------------------------------
check_PROGRAMS += t/lab/workerdrive
t_lab_workerdrive_SOURCES = t/lab/workerdrive.c
t_lab_workerdrive_LDADD = src/libipc.a src/libbase.a

# --- holds lines and presses, as the power worker does --------------------------------------
check_PROGRAMS += t/lab/linesctl
t_lab_linesctl_SOURCES = t/lab/linesctl.c
t_lab_linesctl_LDADD = $(POWER_LIBS)
LAB_TESTS += t/7200-gpio-lines.t

SCRIPT_TESTS += t/8000-console-load.t t/8010-console-viewers.t t/8020-console-port.t t/8030-console-recording.t t/8040-console-terminal.t t/8050-consoles-of-a-daemon.t
# --- a console: plays its parent, and the machine at its line -----------------------------
check_PROGRAMS += t/lab/consoledrive t/lab/ptychat t/lab/ptyline
t_lab_ptychat_SOURCES = t/lab/ptychat.c
t_lab_consoledrive_SOURCES = t/lab/consoledrive.c
t_lab_consoledrive_LDADD = src/libipc.a src/libbase.a
t_lab_ptyline_SOURCES = t/lab/ptyline.c

# --- the lab's push server --------------------------------------------------------------
if HAVE_MICROHTTPD
check_PROGRAMS += t/lab/pushd
t_lab_pushd_SOURCES = t/lab/pushd.c t/lab/pushd.h t/lab/pushctl.c
t_lab_pushd_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) -pthread
t_lab_pushd_LDADD = $(MICROHTTPD_LIBS) -lpthread
endif
EXTRA_DIST += t/lab/make-certs
SCRIPT_TESTS += t/4200-push.t t/4201-push-link.t
SCRIPT_TESTS += t/6200-link-scripts.t
SCRIPT_TESTS += t/4010-agent-late-close.t t/4011-agent-reports-once.t t/4012-agent-full-store.t t/4013-agent-unsure-sms.t t/4014-agent-stale-notices.t t/4015-agent-relays.t t/4016-agent-pin.t t/4017-agent-one-store.t t/4018-agent-noisy-machine.t

# --- the lab: guests, the world in them, and what waits and listens there ----------------
check_PROGRAMS += t/lab/waitfor t/lab/uevents
t_lab_waitfor_SOURCES = t/lab/waitfor.c
t_lab_uevents_SOURCES = t/lab/uevents.c
LAB_TESTS += t/5020-ordinary-user.t
EXTRA_DIST += t/lab/boot t/lab/carrier-ppp t/lab/keeper t/lab/init t/lab/kernel t/lab/make-keys t/lab/prove t/lab/scenario t/lab/recorded t/lab/uml.fragment \
	t/lab/world.sh t/lab/demo t/lab/lib t/lab/scenarios contrib/demo contrib/sources
t/lab/keys/made: $(srcdir)/t/lab/make-keys $(srcdir)/t/lab/make-certs
	$(AM_V_GEN)rm -rf t/lab/keys && $(srcdir)/t/lab/make-keys $(abs_builddir)/t/lab/keys
clean-local:
	rm -rf t/lab/keys t/lab/failed t/lab/systemd.*

# --- the lab's modem ----------------------------------------------------------------------
# The sources are not in t/lab/modemsim, since that is the program's name in the build directory.
if OS_LINUX
check_PROGRAMS += t/lab/modemsim t/lab/modemctl
LAB_KIT = \
	t/lab/kit/aio.c t/lab/kit/aio.h \
	t/lab/kit/ctl.c t/lab/kit/ctl.h \
	t/lab/kit/events.c t/lab/kit/events.h \
	t/lab/kit/gadget.c t/lab/kit/gadget.h
t_lab_modemsim_SOURCES = $(LAB_KIT) \
	t/lab/modem/call.c \
	t/lab/modem/cmd_basic.c t/lab/modem/cmd_huawei.c t/lab/modem/cmd_network.c t/lab/modem/cmd_sms.c \
	t/lab/modem/ctl_cmd.c \
	t/lab/modem/dce.c t/lab/modem/dce.h t/lab/modem/dce_out.c \
	t/lab/modem/deliver.c t/lab/modem/deliver.h \
	t/lab/modem/fault.c t/lab/modem/fault.h \
	t/lab/modem/main.c \
	t/lab/modem/modem.c t/lab/modem/modem.h \
	t/lab/modem/network.c t/lab/modem/network.h \
	t/lab/modem/port.c t/lab/modem/port.h \
	t/lab/modem/profile.c t/lab/modem/profile.h \
	t/lab/modem/pty.c \
	t/lab/modem/quirk.c t/lab/modem/quirk.h \
	t/lab/modem/sim.c t/lab/modem/sim.h \
	t/lab/modem/usb.c
t_lab_modemsim_LDADD = src/libcore.a $(RUN_LIBS)
t_lab_modemctl_SOURCES = t/lab/kit/simctl.c
t_lab_modemctl_LDADD = src/libipc.a src/libbase.a
check_PROGRAMS += t/lab/portchat
t_lab_portchat_SOURCES = t/lab/portchat.c
t_lab_portchat_LDADD = $(SERIAL_LIBS)
SCRIPT_TESTS += t/2000-modemsim-pty.t t/2001-modemsim-corpus.t
endif

# --- the lab's server: the model, and what puts it on GPIO lines and a serial port ---------
ATX_MODEL = \
	t/lab/server/atx.h t/lab/server/parts.h \
	t/lab/server/button.c \
	t/lab/server/kernel.c \
	t/lab/server/line.c t/lab/server/line.h \
	t/lab/server/menu.c \
	t/lab/server/power.c \
	t/lab/server/say.c \
	t/lab/server/shell.c \
	t/lab/server/stage.c \
	t/lab/server/texts.c \
	t/lab/server/tty.c \
	t/lab/server/uart.c t/lab/server/uart.h
if OS_LINUX
check_PROGRAMS += t/lab/atxserver t/lab/atxctl
t_lab_atxserver_SOURCES = $(LAB_KIT) $(ATX_MODEL) \
	t/lab/server/adapter.c t/lab/server/adapter.h \
	t/lab/server/bank.c t/lab/server/bank.h \
	t/lab/server/cmd.c \
	t/lab/server/main.c \
	t/lab/server/pl2303.c \
	t/lab/server/pty.c \
	t/lab/server/server.c t/lab/server/server.h \
	t/lab/server/wires.c t/lab/server/wires.h
t_lab_atxserver_LDADD = $(RUN_LIBS)
t_lab_atxctl_SOURCES = t/lab/kit/simctl.c
t_lab_atxctl_LDADD = src/libipc.a src/libbase.a
SCRIPT_TESTS += t/8300-console-model.t
endif

# --- the tunnel --------------------------------------------------------------------------
SCRIPT_TESTS += \
	t/6010-tunnel-up-and-down.t \
	t/6011-tunnel-traffic.t \
	t/6012-tunnel-slow.t \
	t/6013-tunnel-hostkey.t \
	t/6014-tunnel-login.t \
	t/6015-tunnel-forward.t \
	t/6016-tunnel-dead.t \
	t/6017-tunnel-dns.t \
	t/6018-tunnel-link.t \
	t/6019-tunnel-check.t \
	t/6020-tunnel-requests.t
EXTRA_DIST += t/lab/console.sh t/lab/relay.sh t/bench/tunnel
check_PROGRAMS += t/lab/flow
t_lab_flow_SOURCES = t/lab/flow.c

# --- power -----------------------------------------------------------------------------
SCRIPT_TESTS += t/7100-power-requests.t t/7101-power-protocol.t
LAB_TESTS += t/7110-power-worker.t

# --- fuzzers -----------------------------------------------------------------------------
include $(srcdir)/t/fuzz/local.mk

check_PROGRAMS += $(UNIT_TESTS)
EXTRA_DIST += t/README t/lib.sh $(SCRIPT_TESTS) $(LAB_TESTS)

check-programs: all-am $(check_PROGRAMS) t/lab/keys/made

# The same environment for all: where the sources and what was built are. TESTS_FROM may be what was unpacked from a
# distribution, to see whether that is complete.
TESTS_FROM = $(abs_srcdir)
TEST_ENVIRONMENT = OOBM_BUILD=$(abs_builddir) OOBM_SRC=$(TESTS_FROM)
HOST_TESTS = $(UNIT_TESTS) $(SCRIPT_TESTS:%=$(TESTS_FROM)/%)

check-local: check-programs
	$(TEST_ENVIRONMENT) $(PROVE) -e "" $(HOST_TESTS)

# In guests, in real time and in time travel, some at once; check-all-lab runs the others beside them.
check-lab: check-programs
	$(srcdir)/t/lab/kernel
	$(TEST_ENVIRONMENT) $(TESTS_FROM)/t/lab/prove $(LAB_TESTS)
check-all-lab: check-programs
	$(srcdir)/t/lab/kernel
	$(TEST_ENVIRONMENT) $(TESTS_FROM)/t/lab/prove $(LAB_TESTS) -- $(HOST_TESTS)
check-all: check-local

# What takes hours: larger spaces, a million schedules, each damage of the tables, minutes of each fuzzer.
check-long: check-programs
	t/sim/explore --campaign
	t/sim/press --campaign
	$(TEST_ENVIRONMENT) $(TESTS_FROM)/t/sim/mutants machine
	$(TEST_ENVIRONMENT) $(TESTS_FROM)/t/sim/mutants press
	OOBM_FUZZ_RUNS=3000000 $(PROVE) -e "" $(filter t/fuzz/%,$(UNIT_TESTS))
.PHONY: check-programs check-lab check-all-lab check-all check-long
