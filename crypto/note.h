/*
 * note: C2SP signed notes, as far as a bundle carries one: the head of its
 * sender's log (a checkpoint).
 *
 * A note is text that ends in LF, an empty line, and lines of signatures; a
 * checkpoint's text is an origin, a size and a root hash.
 */
#ifndef SATCHEL_CRYPTO_NOTE_H
#define SATCHEL_CRYPTO_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#define NOTE_NAME_ROOM 128
#define NOTE_MAX 65536

/*
 * Is it a checkpoint of this origin, signed under that name by this Ed25519
 * key (type 0x01)?  Signatures by others are passed over; one that claims to
 * be by this key and is not makes the whole note bad.
 */
bool note_is_checkpoint(const char *note, const char *origin,
    const uint8_t key[static 32]);

#endif
