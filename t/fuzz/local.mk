# Fuzzers. In `make check` they run over their seeds and random changes to them, driven by t/fuzz/drive.c;
# with --enable-fuzzers (and CC=clang) t/fuzz/libfuzzer-NAME are built too, from sources compiled for
# them: `t/fuzz/libfuzzer-pdu -max_total_time=300 DIR t/fuzz/seeds/pdu` puts what it finds into DIR.
FUZZ_DRIVE = t/fuzz/drive.c t/fuzz/fuzz.h t/unit/random.h
FUZZ_UTF8 = src/base/utf8.c
FUZZ_PDU = src/core/pdu.c src/core/pdu_encode.c src/core/gsm7.c src/core/gsm7_tables.c $(FUZZ_UTF8)
FUZZ_AT = src/core/at.c src/core/at_errors.c src/core/at_field.c src/core/at_tables.c src/base/buf.c $(FUZZ_UTF8)
FUZZ_MSG = src/ipc/msg.c src/ipc/permit.c src/base/buf.c $(FUZZ_UTF8)
FUZZ_PUSH = src/push/pushover.c src/ipc/json.c src/ipc/msg.c src/base/buf.c src/base/clock.c src/base/err.c \
	src/base/log.c $(FUZZ_UTF8)
FUZZ_COMMAND = src/core/command.c src/core/duration.c $(FUZZ_UTF8)

UNIT_TESTS += t/fuzz/pdu t/fuzz/at t/fuzz/msg t/fuzz/command t/fuzz/push
t_fuzz_pdu_SOURCES = t/fuzz/fuzz_pdu.c $(FUZZ_DRIVE)
t_fuzz_pdu_LDADD = src/libcore.a src/libbase.a
t_fuzz_at_SOURCES = t/fuzz/fuzz_at.c $(FUZZ_DRIVE)
t_fuzz_at_LDADD = src/libcore.a src/libbase.a
t_fuzz_msg_SOURCES = t/fuzz/fuzz_msg.c $(FUZZ_DRIVE)
t_fuzz_msg_LDADD = src/libipc.a src/libbase.a
t_fuzz_command_SOURCES = t/fuzz/fuzz_command.c $(FUZZ_DRIVE)
t_fuzz_command_LDADD = src/libcore.a src/libbase.a
t_fuzz_push_SOURCES = t/fuzz/fuzz_push.c $(FUZZ_DRIVE)
t_fuzz_push_LDADD = src/libpush.a $(JSON_LIBS) src/libipc.a src/libbase.a

UNIT_TESTS += t/fuzz/frame
t_fuzz_frame_SOURCES = t/fuzz/fuzz_frame.c $(FUZZ_DRIVE)
t_fuzz_frame_LDADD = src/libipc.a src/libbase.a

UNIT_TESTS += t/fuzz/term
t_fuzz_term_SOURCES = t/fuzz/fuzz_term.c $(FUZZ_DRIVE)
t_fuzz_term_LDADD = src/libcore.a src/libbase.a

UNIT_TESTS += t/fuzz/shell
FUZZ_SHELL = src/shell/complete.c src/shell/key.c src/shell/words.c
t_fuzz_shell_SOURCES = t/fuzz/fuzz_shell.c $(FUZZ_DRIVE) $(FUZZ_SHELL)
t_fuzz_shell_CFLAGS = $(AM_CFLAGS) $(MD_CFLAGS)
t_fuzz_shell_LDADD = $(CLI_LIBS) $(MD_LIBS)

UNIT_TESTS += t/fuzz/conf
t_fuzz_conf_SOURCES = t/fuzz/fuzz_conf.c $(FUZZ_DRIVE)
t_fuzz_conf_LDADD = $(CONF_LIBS)

if FUZZERS
LIBFUZZER_FLAGS_C = $(AM_CFLAGS) -U_FORTIFY_SOURCE -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
LIBFUZZER_FLAGS_LD = -fsanitize=fuzzer,address,undefined
noinst_PROGRAMS += t/fuzz/libfuzzer-pdu t/fuzz/libfuzzer-at t/fuzz/libfuzzer-msg t/fuzz/libfuzzer-command \
	t/fuzz/libfuzzer-push
t_fuzz_libfuzzer_pdu_SOURCES = t/fuzz/fuzz_pdu.c t/fuzz/fuzz.h $(FUZZ_PDU)
t_fuzz_libfuzzer_pdu_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_pdu_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_at_SOURCES = t/fuzz/fuzz_at.c t/fuzz/fuzz.h $(FUZZ_AT)
t_fuzz_libfuzzer_at_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_at_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_msg_SOURCES = t/fuzz/fuzz_msg.c t/fuzz/fuzz.h $(FUZZ_MSG)
t_fuzz_libfuzzer_msg_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_msg_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_command_SOURCES = t/fuzz/fuzz_command.c t/fuzz/fuzz.h $(FUZZ_COMMAND)
t_fuzz_libfuzzer_command_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_command_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
noinst_PROGRAMS += t/fuzz/libfuzzer-term
t_fuzz_libfuzzer_term_SOURCES = t/fuzz/fuzz_term.c t/fuzz/fuzz.h src/core/ansi.c src/core/match.c src/core/stamp.c \
	src/core/tail.c src/core/termstate.c $(FUZZ_UTF8)
t_fuzz_libfuzzer_term_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_term_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
noinst_PROGRAMS += t/fuzz/libfuzzer-frame
t_fuzz_libfuzzer_frame_SOURCES = t/fuzz/fuzz_frame.c t/fuzz/fuzz.h src/ipc/frame.c src/ipc/msg.c src/base/buf.c
t_fuzz_libfuzzer_frame_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_frame_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
noinst_PROGRAMS += t/fuzz/libfuzzer-shell
t_fuzz_libfuzzer_shell_SOURCES = t/fuzz/fuzz_shell.c t/fuzz/fuzz.h $(FUZZ_SHELL)
t_fuzz_libfuzzer_shell_CFLAGS = $(LIBFUZZER_FLAGS_C) $(MD_CFLAGS)
t_fuzz_libfuzzer_shell_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_shell_LDADD = $(CLI_LIBS) $(MD_LIBS)
noinst_PROGRAMS += t/fuzz/libfuzzer-conf
t_fuzz_libfuzzer_conf_SOURCES = t/fuzz/fuzz_conf.c t/fuzz/fuzz.h $(src_libconf_a_SOURCES) $(src_libbase_a_SOURCES) \
	src/core/bytes.c src/core/command.c src/core/duration.c
t_fuzz_libfuzzer_conf_CPPFLAGS = $(src_libconf_a_CPPFLAGS)
t_fuzz_libfuzzer_conf_CFLAGS = $(LIBFUZZER_FLAGS_C) $(CONFUSE_CFLAGS)
t_fuzz_libfuzzer_conf_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_conf_LDADD = $(CONFUSE_LIBS)
t_fuzz_libfuzzer_push_SOURCES = t/fuzz/fuzz_push.c t/fuzz/fuzz.h $(FUZZ_PUSH)
t_fuzz_libfuzzer_push_CFLAGS = $(LIBFUZZER_FLAGS_C)
t_fuzz_libfuzzer_push_LDFLAGS = $(LIBFUZZER_FLAGS_LD)
t_fuzz_libfuzzer_push_LDADD = $(JANSSON_LIBS)
endif

EXTRA_DIST += t/fuzz/seeds
