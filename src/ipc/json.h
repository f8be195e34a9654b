/* json.h - JSON (RFC 8259) for its two uses here: the answer of a push service is read, and what
 * the command line prints with --json is built. The only user of jansson. */
#ifndef OOBM_IPC_JSON_H
#define OOBM_IPC_JSON_H

#include "base/err.h"
#include "ipc/msg.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_TEXT_MAX 16384

struct json;

/* Reads one object from the LEN bytes TEXT (at most JSON_TEXT_MAX). Nothing may follow it but blanks; a
 * key that is there twice is refused. Returns an object for json_free, or NULL with E. */
struct json *json_parse(const char *text, size_t len, struct err *e);
void json_free(struct json *j);	/* NULL is fine */

/* The string KEY, or NULL if there is none of that type. Stays J's. */
const char *json_get_string(const struct json *j, const char *key);
/* The integer KEY in LO..HI. Returns 0, or -1 if it is not there, no integer, or out of range. */
int json_get_int(const struct json *j, const char *key, int64_t lo, int64_t hi, int64_t *out);
/* The string number I, from 0, of the array KEY; NULL if there is none. Stays J's. */
const char *json_get_item(const struct json *j, const char *key, size_t i);

/* An object with the fields of M, in their order, as strings; those that are named in NUMBERS (blanks
 * between the names) and are decimal integers as integers. Bytes that are no UTF-8 become U+FFFD. M may
 * be NULL: an empty object. Never NULL: a program that cannot get this memory ends with a message. */
struct json *json_from_fields(const struct msg *m, const char *numbers);

/* Adds a member to the object J, replacing one of the same name. */
void json_set_string(struct json *j, const char *key, const char *value);
void json_set_int(struct json *j, const char *key, int64_t value);

/* Appends ITEM, which becomes J's, to the array KEY of J. An ITEM of NULL only makes sure that the array
 * is there: an empty list is printed as one. */
void json_append(struct json *j, const char *key, struct json *item);

/* Prints J, indented, with a newline at the end. Returns 0, or -1 if TO could not be written. */
int json_print(const struct json *j, FILE *to);
/* The same in one line. */
int json_print_line(const struct json *j, FILE *to);

#endif
