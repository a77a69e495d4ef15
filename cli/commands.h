/*
 * commands: the table of every command there is, sorted by name.
 *
 * A new command is one file, one line here and one line in commands.c.
 */
#ifndef SATCHEL_CLI_COMMANDS_H
#define SATCHEL_CLI_COMMANDS_H

#include <stddef.h>

struct command;

extern const struct command cmd_age_decrypt;
extern const struct command cmd_age_encrypt;
extern const struct command cmd_agreement_adopt;
extern const struct command cmd_agreement_check;
extern const struct command cmd_agreement_diff;
extern const struct command cmd_agreement_explain;
extern const struct command cmd_agreement_fill;
extern const struct command cmd_agreement_show;
extern const struct command cmd_agreement_sign;
extern const struct command cmd_agreement_try;
extern const struct command cmd_answer;
extern const struct command cmd_assign;
extern const struct command cmd_attest;
extern const struct command cmd_consent_add;
extern const struct command cmd_consent_check;
extern const struct command cmd_decide;
extern const struct command cmd_export;
extern const struct command cmd_fetch;
extern const struct command cmd_identity;
extern const struct command cmd_import;
extern const struct command cmd_inbox;
extern const struct command cmd_incident;
extern const struct command cmd_init;
extern const struct command cmd_keys_finish;
extern const struct command cmd_keys_passphrase;
extern const struct command cmd_keys_read;
extern const struct command cmd_keys_recover;
extern const struct command cmd_keys_rotate;
extern const struct command cmd_keys_sheet;
extern const struct command cmd_keys_show;
extern const struct command cmd_load;
extern const struct command cmd_log_export;
extern const struct command cmd_log_prove;
extern const struct command cmd_log_show;
extern const struct command cmd_log_verify;
extern const struct command cmd_match;
extern const struct command cmd_outbox;
extern const struct command cmd_plumbing_json;
extern const struct command cmd_plumbing_minisig_verify;
extern const struct command cmd_plumbing_print;
extern const struct command cmd_plumbing_state_hash;
extern const struct command cmd_plumbing_unpack;
extern const struct command cmd_plumbing_vectors;
extern const struct command cmd_purge;
extern const struct command cmd_recall;
extern const struct command cmd_report;
extern const struct command cmd_resend;
extern const struct command cmd_send;
extern const struct command cmd_show;
extern const struct command cmd_status;
extern const struct command cmd_stick;
extern const struct command cmd_sync;
extern const struct command cmd_verify;
extern const struct command cmd_waybill;
extern const struct command cmd_why;

extern const struct command *const commands_all[];
extern const size_t commands_count;

/* Words that a later version will understand; ends with NULL. */
extern const char *const commands_later[];

#endif
