/*
 * ping_text: the JSON of PING, where quotes within a quoted text were left bare.
 *
 * A status answer may hold JSON in a string, and that again in a string, and
 * somewhere on the way the backslashes get lost:
 *
 *	[{"Status":"Success","Data":"{"ExternalId":"x"}"}]
 *
 * What is strict JSON is taken as that and as nothing else.  Otherwise a string
 * that begins with a bracket, and whose first bare quote can only begin a name
 * or a text within, is read as what it holds.  Where two readings are possible,
 * or none, the text is unreadable.
 */
#ifndef SATCHEL_SYSTEMS_PING_TEXT_H
#define SATCHEL_SYSTEMS_PING_TEXT_H

#include <stddef.h>

struct fault;
struct json;

#define PING_TEXT_MAX ((size_t)1024 * 1024)

/*
 * *out is the caller's; a string whose quotes were bare stands there as the
 * object or list that it holds.  FAULT_SERVER_ANSWER if it cannot be read in
 * exactly one way, or is longer than that; FAULT_NO_MEMORY.
 */
int ping_text_read(const void *text, size_t len, struct json **out,
    struct fault *why);

#endif
