/*
 * consent_inside: reading a consent record that is part of something else.
 *
 * A referral tells apart what is wrong in it (an unknown name refuses the
 * bundle, a wrong value the referral), so it reads its record with its own
 * reader and hears of each.
 */
#ifndef SATCHEL_FORMATS_CONSENT_INSIDE_H
#define SATCHEL_FORMATS_CONSENT_INSIDE_H

struct consent;
struct json_node;
struct shape_reader;

void consent_take(struct shape_reader *r, const struct json_node *n,
    struct consent *out);

#endif
