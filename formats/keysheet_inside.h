/* keysheet_inside: what writing a key sheet and reading it share. */
#ifndef SATCHEL_FORMATS_KEYSHEET_INSIDE_H
#define SATCHEL_FORMATS_KEYSHEET_INSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/keysheet.h"

#define KEYSHEET_ID ((size_t)5) /* the first bytes of the file's SHA-256 */
#define KEYSHEET_HALF ((size_t)16)
#define KEYSHEET_CHECK 4

/* Crockford's: without I, L, O and U. */
extern const char keysheet_alphabet[];

/* Lines of parity for that many of data. */
size_t keysheet_parity(size_t data);

/* The 36 digits (0 to 31) of a line: its bytes, then their check. */
void keysheet_digits(const uint8_t id[static KEYSHEET_ID], unsigned number,
    const uint8_t bytes[static KEYSHEET_LINE],
    uint8_t out[static KEYSHEET_DIGITS]);
/* The bytes of the first 32 digits. */
void keysheet_undigits(const uint8_t digits[static KEYSHEET_DIGITS],
    uint8_t out[static KEYSHEET_LINE]);

/* Exclusive or, in place: the lines of one class give zero together. */
void keysheet_fold(uint8_t to[static KEYSHEET_LINE],
    const uint8_t from[static KEYSHEET_LINE]);

#endif
