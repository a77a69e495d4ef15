/*
 * outfile: a new file that a command was asked for by its path.
 *
 * It gets its name only when it is whole, and never takes the place of another.
 * What is written meanwhile lies in a file without a name, so that it is not
 * seen by a command that goes through the same folder.
 */
#ifndef SATCHEL_CLI_OUTFILE_H
#define SATCHEL_CLI_OUTFILE_H

struct fault;
struct outfile;
struct sink;

/* FAULT_DISK_EXISTS at once if the name is taken. */
struct outfile *outfile_new(const char *path, struct fault *why);
void outfile_free(struct outfile *f);		    /* NULL is fine */
struct sink *outfile_sink(const struct outfile *f); /* borrowed */
int outfile_end(struct outfile *f, struct fault *why);

#endif
