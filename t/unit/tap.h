/* tap.h - cmocka with what it wants included first, speaking TAP. */
#ifndef OOBM_T_TAP_H
#define OOBM_T_TAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the above */
#include <cmocka.h>

#define TAP_RUN(tests)                                          \
	(cmocka_set_message_output(CM_OUTPUT_TAP),              \
	 cmocka_run_group_tests(tests, NULL, NULL))

#endif
