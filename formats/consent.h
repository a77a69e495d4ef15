/*
 * consent: the record of who agreed to what, when and how.
 *
 * Field set after ISO/IEC TS 27560 with what CPIMS+ lacks (docs/consent.md).
 * Texts belong to the arena the record was read into.  What is absent is
 * unknown, never a yes.
 */
#ifndef SATCHEL_FORMATS_CONSENT_H
#define SATCHEL_FORMATS_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"

struct arena;
struct fault;
struct json_node;
struct jsonout;

/* An answer that can be missing. */
enum answer_given { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

enum consent_status {
	CONSENT_UNKNOWN,
	CONSENT_GIVEN,
	CONSENT_REFUSED,
	CONSENT_WITHDRAWN,
	CONSENT_EXPIRED,
	CONSENT_NOT_ASKED,
};

enum consent_kind {
	CONSENT_KIND_UNKNOWN,
	CONSENT_KIND_CONSENT,
	CONSENT_KIND_ASSENT,
	CONSENT_KIND_BOTH,
};

enum consent_role {
	CONSENT_BY_CHILD,
	CONSENT_BY_CAREGIVER,
	CONSENT_BY_GUARDIAN,
	CONSENT_BY_OTHER,
};

enum consent_method {
	CONSENT_METHOD_UNKNOWN,
	CONSENT_WRITTEN,
	CONSENT_THUMBPRINT,
	CONSENT_VERBAL_WITNESSED,
	CONSENT_ATTESTED,
};

enum consent_event_type {
	CONSENT_EVENT_GIVEN,
	CONSENT_EVENT_CONFIRMED,
	CONSENT_EVENT_NARROWED,
	CONSENT_EVENT_WITHDRAWN,
};

/* A list that may be absent (items NULL, count 0, present false) or empty. */
struct texts {
	const char **items;
	size_t count;
	bool present;
};

struct consent_giver {
	enum consent_role role;
	const char *relation; /* NULL: not said */
	day on;		      /* DAY_UNKNOWN: not said */
};

struct consent_event {
	enum consent_event_type type;
	day on;
	const char *by_role;
};

struct consent_override {
	bool present;
	const char *reason_code;
	const char *reason;
	const char *authoriser_name;
	const char *authoriser_role;
	day on;
};

/* What the case itself says, copied by the exporter. */
struct consent_source {
	bool present;
	enum answer_given unhcr_export_opt_in; /* as ticked: see polarity */
	enum answer_given disclosure_other_orgs;
	enum answer_given consent_for_services;
	struct texts consent_info_sharing;
};

struct consent {
	const char *record_id;	 /* a UUID */
	const char *subject_ref; /* case_id or individual number */
	enum consent_status status;
	enum consent_kind kind;
	const char *basis; /* NULL: not said */
	struct consent_giver *given_by;
	size_t given_by_count;
	int64_t age_at_consent; /* -1: not said */
	enum answer_given age_estimated;
	const char *taken_by_agency;
	const char *taken_by_role;
	enum consent_method method;
	const char *attested_by_user; /* with CONSENT_ATTESTED only */
	day attested_on;
	const char *language;
	const char *notice_version;
	const char *purpose;
	struct texts recipients;
	struct texts services;
	struct texts info_categories;
	bool withheld_said; /* is there a member `withheld`? */
	bool withheld_any;
	const char *withheld_reviewed_by;
	struct texts withheld_removed; /* names of fields */
	day given_on;
	day expires_on;
	const char *withdrawal_method;
	struct consent_event *events;
	size_t event_count;
	struct consent_override override;
	struct consent_source source;
};

/* Everything unknown. */
void consent_clear(struct consent *c);

/*
 * Was it taken back since?  A withdrawal of the day consent was given, or
 * without a date, counts: we cannot show that it came first.
 */
bool consent_taken_back(const struct consent *c);

/* The words of the record, for those who read one from something else. */
enum consent_words {
	CONSENT_WORDS_STATUS,
	CONSENT_WORDS_KIND,
	CONSENT_WORDS_ROLE,
	CONSENT_WORDS_METHOD,
	CONSENT_WORDS_CATEGORY, /* the value says nothing */
};

/* False if the list has no such word, exactly. */
bool consent_word_read(enum consent_words list, const char *word, int *out);

/*
 * Strict: unknown names, wrong kinds, words outside the vocabularies, dates
 * that are none and unclean text fault with `form` (FAULT_CONSENT_FORM for a
 * register, FAULT_BUNDLE_RECORD for a bundle) and name the member.
 * So does a subject_ref with a character that nobody can see.
 * A status the record does not name is CONSENT_UNKNOWN only if the word is
 * "unknown"; the member itself is required.
 */
int consent_read(const struct json_node *n, struct arena *a,
    struct consent *out, int form, struct fault *why);
/* As the object `name` (NULL at the top).  Absent stays absent. */
void consent_write(struct jsonout *o, const char *name,
    const struct consent *c);

#endif
