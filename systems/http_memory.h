/*
 * http_memory: starts libcurl with memory that is wiped when it is given back.
 *
 * libcurl copies passwords, headers and pieces of answers into memory of its
 * own and frees it as it is.  Nothing of them stays behind this way.  (What
 * the TLS library holds is its own.)
 */
#ifndef SATCHEL_SYSTEMS_HTTP_MEMORY_H
#define SATCHEL_SYSTEMS_HTTP_MEMORY_H

struct fault;

/* Once is enough, more do no harm.  Not for several threads at once. */
int http_memory_start(struct fault *why);

#endif
