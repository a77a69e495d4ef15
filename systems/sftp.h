/*
 * sftp: an SFTP account through libcurl, one transfer after the other.
 *
 * Whoever does not show the host key that was named is told nothing: no user,
 * no key.  What libcurl says is left to be read, as much of it has a meaning
 * where it is used.
 */
#ifndef SATCHEL_SYSTEMS_SFTP_H
#define SATCHEL_SYSTEMS_SFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <curl/curl.h>

#include "base/bytes.h"
#include "base/fault.h"

struct line;
struct place_meter;
struct place_order;

struct sftp {
	struct place_meter *meter;
	char *root; /* "sftp://host:port" */
	char *host; /* as libcurl compares it */
	char *user;
	char *path;   /* of the folder, with its escapes and a / at its end */
	char *folder; /* the same as the server knows it */
	char *key;
	char *pin; /* of the host key, without SHA256: */
	long connect_seconds, stall_seconds;
	struct line *line;
	CURL *curl;
	FILE *known; /* asks for a host key of a kind; see ask_for_kind */
	bool asks;   /* for that kind */
	bool met;    /* the host key was the one */
	bool refused;
	bool whole; /* the line was so after the last transfer */
	int mute;   /* connections in a row without a word of SSH */
	struct bytes url;
	struct fault full; /* what a function of ours gave while it moved */
	bool stopped;
};

/* What a transfer is to do; NULL where it does not apply. */
struct sftp_transfer {
	const char *name; /* in the folder; NULL: the folder itself */
	const char *end;  /* behind it: "", ".part" */
	size_t (*write)(char *at, size_t size, size_t count, void *with);
	size_t (*read)(char *at, size_t size, size_t count, void *with);
	int (*seek)(void *with, curl_off_t offset, int origin);
	void *with;
	int64_t size;	   /* of an upload */
	int64_t from;	   /* of an upload */
	const char *range; /* of a download */
	const char *quote; /* a command, and nothing moves */
	int64_t *length; /* nothing moves, but this is looked up; -1: unsaid */
	bool fresh;	 /* over a connection of its own */
};

int sftp_open(struct sftp *s, const struct place_order *order,
    struct fault *why);
void sftp_close(struct sftp *s);
/* *said: what libcurl said. */
int sftp_run(struct sftp *s, const struct sftp_transfer *t, CURLcode *said,
    struct fault *why);

#endif
