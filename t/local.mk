# Tests: unit tests are C programs that speak TAP; t/NNNN-name.t are scripts. All run under prove.

if HAVE_CMOCKA
UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += t/unit/msg
t_unit_msg_SOURCES = t/unit/msg.c
t_unit_msg_CFLAGS = $(UNIT_CFLAGS)
t_unit_msg_LDADD = src/libipc.a src/libbase.a $(CMOCKA_LIBS)
endif

check-local: $(check_PROGRAMS)
	OOBM_BUILD=$(abs_builddir) OOBM_SRC=$(abs_srcdir) $(PROVE) -e "" $(check_PROGRAMS)
