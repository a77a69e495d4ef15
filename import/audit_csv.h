/*
 * audit_csv: an audit as a table, a row for each bundle and, behind them, for
 * each gap and each number or bundle that came twice.
 */
#ifndef SATCHEL_IMPORT_AUDIT_CSV_H
#define SATCHEL_IMPORT_AUDIT_CSV_H

struct audit;
struct audited;
struct fault;
struct sink;

int audit_csv_head(struct sink *to, struct fault *why);
int audit_csv_bundle(struct sink *to, const char *file, const struct audited *b,
    struct fault *why);
/* A file that could not be opened. */
int audit_csv_unread(struct sink *to, const char *file,
    const struct fault *trouble, struct fault *why);
/* After audit_end; does not finish the sink. */
int audit_csv_end(struct sink *to, const struct audit *u, struct fault *why);

#endif
