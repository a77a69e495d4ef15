/*
 * text: is it UTF-8, is it clean, and how it is shown.
 *
 * Text from outside is kept as it came and shown only through text_show, which
 * escapes whatever could drive a terminal or turn the reading direction round.
 */
#ifndef SATCHEL_BASE_TEXT_H
#define SATCHEL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct fault;

/* Strict UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
bool text_is_utf8(const void *bytes, size_t len);

/*
 * Take one character from *at (which ends at end, and is not there yet);
 * 0xffffffff if it is not UTF-8.  *at moves past what was taken: the whole
 * character, or one bad byte.
 */
uint32_t text_next(const uint8_t **at, const uint8_t *end);

/* Is it already NFC?  False for what is not UTF-8, or without memory. */
bool text_is_nfc(const char *text, size_t len);

/*
 * No C0 or C1 control and no DEL; LF and TAB pass if lines is true.  This is
 * what a value in a bundle must satisfy, beside being NFC.
 */
bool text_is_clean(const char *text, size_t len, bool lines);

/*
 * What D-TEXT does at export: NFC, controls taken out (CRLF and CR become LF
 * where lines are allowed, else a space; TAB becomes a space there too).  A
 * byte that is not UTF-8 becomes U+FFFD.
 * *changed tells whether anything but NFC form was altered.  The copy is the
 * arena's.  NULL after filling in why.
 */
const char *text_tidy(struct arena *a, const char *text, bool lines,
    bool *changed, struct fault *why);

/*
 * Write `text` for people's eyes, at most room - 1 bytes and a NUL: controls,
 * direction marks, zero-width characters and bad bytes appear as <U+202E> or
 * <0xFF>.  Cut with "..." if it does not fit.  Returns out.
 */
const char *text_show(const void *text, size_t len, char *out, size_t room);

/* A character that leaves no ink: a space of any kind, a mark, a filler. */
bool text_is_blank(uint32_t c);

/*
 * May this be shown as a number that a system gave, where nothing about a
 * person may be?  1 to 40 of A-Z a-z 0-9 . _ : / # -, at least one of them a
 * digit, and letters only as numbers have them: at most four together, in one
 * case (CASE-77, REF-IOP-DAD-000000112), or digits of a UUID, or the PRTITV of
 * proGres.  A name with a year behind it is none.
 */
bool text_is_number(const char *text);

/*
 * Has it a character that nobody can see: a mark of direction, one of no width
 * or a filler?  Two numbers that look alike must not be kept apart by one.
 */
bool text_has_unseen(const char *text);

/* Without the space around it, of whatever width: where it begins. */
const char *text_trim(const char *text, size_t *len);

/* Compares without regard to ASCII letter case and surrounding space. */
bool text_same_loosely(const char *a, const char *b);

/*
 * A number of a case or a person in the form in which numbers are compared:
 * as text_same_loosely compares, and without what nobody can see; any space
 * within is a plain one.  The copy is the arena's.
 */
const char *text_number(struct arena *a, const char *text, struct fault *why);

#endif
