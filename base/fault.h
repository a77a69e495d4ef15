/*
 * fault: why something could not be done, said so a person can act on it.
 *
 * Every function that can fail takes `struct fault *why` as its last argument
 * and returns 0, or -1 after filling it in.  A fault has a short code that
 * never changes meaning (people read it out over the phone), one plain
 * sentence, what to do next, and the exit status it ends the program with.
 * All of those live in one table, in fault.c; the place that fails adds only
 * the detail.
 *
 * Faults reach screens, the journal and support mail.  A detail may name a
 * file's last part, a field, a size, a line number or a count.  It never
 * repeats what a field says about a person, and it is printed through text.h.
 */
#ifndef SATCHEL_BASE_FAULT_H
#define SATCHEL_BASE_FAULT_H

/* What the shell sees (docs/satchel.1, "Exit status"). */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_INSIDE = 1,      /* failed for a reason inside the program */
	EXIT_WRONG_USE = 2,   /* the command was not understood */
	EXIT_LOOK = 3,	      /* done; something was held, refused or noted */
	EXIT_NOT_TRUSTED = 4, /* signature, key, recipient, agreement, replay */
	EXIT_NOT_READABLE = 5, /* damaged, cut short, over a limit, newer */
	EXIT_NO_KEY = 6,       /* key or passphrase */
	EXIT_TRY_AGAIN = 7,    /* disk, stick, busy: nothing changed */
};

/*
 * One line an id; the letter says whose trouble it is: A agreement, B bundle,
 * D disk, J source file, K key, N node, R referral, S the program, U usage,
 * W another system's server.
 */
enum fault_id {
	FAULT_NONE,
	FAULT_AGREEMENT_NONE,
	FAULT_AGREEMENT_FORM,
	FAULT_AGREEMENT_ERRORS,
	FAULT_AGREEMENT_SIGNATURES,
	FAULT_AGREEMENT_OLDER,
	FAULT_AGREEMENT_JUMP,
	FAULT_AGREEMENT_CONFIRM,
	FAULT_AGREEMENT_FINGERPRINT,
	FAULT_AGREEMENT_PRACTICE_NODE,
	FAULT_AGREEMENT_OTHER,
	FAULT_AGREEMENT_ENDED,
	FAULT_AGREEMENT_NOT_LISTED,
	FAULT_AGREEMENT_NO_NODE,
	FAULT_AGREEMENT_PARTY,
	FAULT_AGREEMENT_LACKS,
	FAULT_ROSTER_FORM,
	FAULT_ROSTER_ERRORS,
	FAULT_ROSTER_SIGNATURE,
	FAULT_ROSTER_OLDER,
	FAULT_ROSTER_JUMP,
	FAULT_ROSTER_TWICE,
	FAULT_ROSTER_NUMBER,
	FAULT_AGREEMENT_AHEAD,
	FAULT_AGREEMENT_MIXED,
	FAULT_BUNDLE_CUT_SHORT,
	FAULT_BUNDLE_TOO_LARGE,
	FAULT_BUNDLE_NOT_ONE,
	FAULT_BUNDLE_LINES,
	FAULT_BUNDLE_TAR,
	FAULT_BUNDLE_GZIP,
	FAULT_BUNDLE_INFLATES,
	FAULT_BUNDLE_TOTALS,
	FAULT_BUNDLE_INSIDE,
	FAULT_BUNDLE_RECORD,
	FAULT_BUNDLE_NEWER,
	FAULT_BUNDLE_ATTACHMENT,
	FAULT_BUNDLE_KEY_UNKNOWN,
	FAULT_BUNDLE_KEY_REVOKED,
	FAULT_BUNDLE_MAY_NOT_SEND,
	FAULT_BUNDLE_SIGNATURE,
	FAULT_BUNDLE_NOT_OURS,
	FAULT_BUNDLE_RECIPIENTS,
	FAULT_BUNDLE_OUTSIDE_INSIDE,
	FAULT_BUNDLE_SIGNER,
	FAULT_BUNDLE_TO,
	FAULT_BUNDLE_ENVIRONMENT,
	FAULT_BUNDLE_AGREEMENT,
	FAULT_BUNDLE_NUMBER_TWICE,
	FAULT_BUNDLE_PREVIOUS,
	FAULT_BUNDLE_CHECKPOINT,
	FAULT_BUNDLE_DISTRUSTED,
	FAULT_BUNDLE_LATE,
	FAULT_BUNDLE_CONTENT_TWICE,
	FAULT_WAYBILL_OTHER,
	FAULT_DISK_NOT_WRITTEN,
	FAULT_DISK_NOT_READ,
	FAULT_DISK_NOT_FOUND,
	FAULT_DISK_EXISTS,
	FAULT_DISK_NOT_A_FOLDER,
	FAULT_DISK_READ_BACK,
	FAULT_STICK_READ_ONLY,
	FAULT_STICK_CLOSED,
	FAULT_STICK_FULL,
	FAULT_STORE_BUSY,
	FAULT_STORE_DAMAGED,
	FAULT_STORE_NEWER,
	FAULT_STORE_FAILED,
	FAULT_JSON,
	FAULT_SOURCE_UNKNOWN,
	FAULT_SOURCE_EMPTY,
	FAULT_SOURCE_FORM,
	FAULT_SOURCE_TOO_LARGE,
	FAULT_CONSENT_FORM,
	FAULT_ZIP,
	FAULT_SOURCE_APART,
	FAULT_ZIP_PASSWORD,
	FAULT_ZIP_PASSWORD_NEEDED,
	FAULT_AGE_HEADER,
	FAULT_AGE_MAC,
	FAULT_AGE_PAYLOAD,
	FAULT_AGE_NO_MATCH,
	FAULT_AGE_WORK_FACTOR,
	FAULT_AGE_ARMOR,
	FAULT_PASSPHRASE_WRONG,
	FAULT_PASSPHRASE_NEEDED,
	FAULT_PASSPHRASE_SHORT,
	FAULT_PASSPHRASE_DIFFERS,
	FAULT_KEY_FILE,
	FAULT_KEY_RECIPIENT,
	FAULT_KEY_PUBLIC,
	FAULT_KEY_NOT_PARTY,
	FAULT_SIGNATURE_FORM,
	FAULT_SIGNATURE_BAD,
	FAULT_SECRETS_FORM,
	FAULT_SECRETS_OTHER,
	FAULT_SECRETS_PRACTICE,
	FAULT_KEYSHEET,
	FAULT_KEYSHEET_SIZE,
	FAULT_CARD,
	FAULT_CARD_DIGITS,
	FAULT_KEYS_CHANGE,
	FAULT_KEYS_REST,
	FAULT_NODE_NONE,
	FAULT_NODE_EXISTS,
	FAULT_NODE_CODE,
	FAULT_NODE_USER_NEEDED,
	FAULT_NODE_USER_UNKNOWN,
	FAULT_NODE_USER_RIGHT,
	FAULT_NODE_CLOCK,
	FAULT_NODE_DISTRUSTED,
	FAULT_NODE_SELF,
	FAULT_NODE_NOT_MADE,
	FAULT_NODE_RECALL_FIRST,
	FAULT_NODE_PURGED,
	FAULT_NODE_CLOCK_AHEAD,
	FAULT_REF_UNKNOWN,
	FAULT_REF_AMBIGUOUS,
	FAULT_REF_STATE,
	FAULT_REF_ASSIGNEE,
	FAULT_REF_RELEASE,
	FAULT_REF_NO,
	FAULT_REVEAL,
	FAULT_TARGET,
	FAULT_TARGET_CASE,
	FAULT_TARGET_VERSION,
	FAULT_LOG_PROOF,
	FAULT_LOG_BROKEN,
	FAULT_LOG_HEAD,
	FAULT_LOG_KEY,
	FAULT_NO_MEMORY,
	FAULT_INSIDE,
	FAULT_NOT_YET,
	FAULT_USAGE,
	FAULT_WAYBILL_DIGITS,
	FAULT_SERVER_UNREACHABLE,
	FAULT_SERVER_TLS,
	FAULT_SERVER_LOGIN,
	FAULT_SERVER_FORBIDDEN,
	FAULT_SERVER_ANSWER,
	FAULT_SERVER_BROKE_OFF,
	FAULT_SERVER_BUSY,
	FAULT_SERVER_REFUSED,
	FAULT_SERVER_TROUBLE,
	FAULT_SERVER_ADDRESS,
	FAULT_CREDENTIALS,
	FAULT_SERVER_UNSURE,
	FAULT_SERVER_PENDING,
	FAULT_SERVER_REJECTED,
	FAULT_SERVER_LOST,
	FAULT_SERVER_NOT_GIVEN,
	FAULT_SERVER_POLARITY,
	FAULT_SERVER_GONE,	/* a case that is known here is not there */
	FAULT_SERVER_NOT_WHOLE, /* one that waits cannot be had in full */
	FAULT_SERVER_SEARCH,	/* its search gives nothing */
	FAULT_SERVER_QUESTION,	/* what the form asks cannot be told */
	FAULT_SERVER_CODES,	/* the agreement's codes are not its own */
	FAULT_SERVER_NO_PROOF,
	FAULT_SERVER_GIVES_NOTHING,
	FAULT_SERVER_UNDO,
	FAULT_SERVER_BY_HAND,
	FAULT_SERVER_HIDDEN,
	FAULT_PLACE_HOST_KEY,
	FAULT_PLACE_WRONG,
	FAULT_PLACE_FULL,
	FAULT_PLACE_TOO_LARGE,
	FAULT_PLACE_TAKEN,
	FAULT_PLACE_DIFFERS,
	FAULT_PLACE_NO_LIST,
	FAULT_PLACE_CHANGED,
	FAULT_ID_COUNT
};

struct fault {
	enum fault_id id;
	char
	    detail[160]; /* NUL-terminated; cut at a character, never overrun */
};

struct fault_text {
	const char *code;
	const char *says;
	const char *remedy;
	enum exit_status exit_status;
};

/* A detail longer than the room is cut between characters. */
void fault_set(struct fault *why, enum fault_id id, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Failing in one line: `return FAIL(why, FAULT_..., "detail");`.  A macro, so
 * that compilers and analyzers can see the -1 without opening fault.c.
 */
#define FAIL(why, id, ...) (fault_set((why), (id), __VA_ARGS__), -1)

/* The catalogue entry for id.  Valid for as long as the program runs. */
const struct fault_text *fault_text(enum fault_id id);
/* The same by its code ("B101"); NULL if this program has no such code. */
const struct fault_text *fault_of_code(const char *code);

#endif
