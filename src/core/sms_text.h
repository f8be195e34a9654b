/* sms_text.h - a text of any length made into one message. Pure. */
#ifndef OOBM_CORE_SMS_TEXT_H
#define OOBM_CORE_SMS_TEXT_H

#define SMS_TEXT_MAX 640	/* bytes, with terminator: 160 characters of at most 3, and some */

/* TITLE, if it is not "", and TEXT as one message of at most 160 septets (3GPP TS 23.040 9.2.3.16). Of several lines
 * the first one, or the title, and the last ones are kept; one that is too long is cut at its end. Characters that the
 * alphabet of 3GPP TS 23.038 6.2.1 has not become '?'. */
void sms_fit(const char *title, const char *text, char out[SMS_TEXT_MAX]);

#endif
