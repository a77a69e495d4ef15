/*
 * json_span: walking over a text that is known to be strict JSON, so that parts
 * of it can be taken byte for byte as they came.
 *
 * Each gives where it stopped, at `end` at the latest.
 */
#ifndef SATCHEL_SYSTEMS_JSON_SPAN_H
#define SATCHEL_SYSTEMS_JSON_SPAN_H

const char *json_span_space(const char *at, const char *end);
/* at stands on the opening quote; what follows the closing one. */
const char *json_span_text(const char *at, const char *end);
/* at stands on the first character of a value; what follows its last. */
const char *json_span_value(const char *at, const char *end);
/* Past that colon or comma, if there is one, and the space around it. */
const char *json_span_mark(const char *at, const char *end, char mark);

#endif
