/*
 * html: the text that is in a piece of HTML, as proGres keeps its notes.
 *
 * Tags go, entities become their characters, paragraphs and breaks become line
 * ends; script, style and comments go with what is in them.  Never fails for
 * what the piece says: text that only looks like HTML stays as it is.
 */
#ifndef SATCHEL_FORMATS_HTML_H
#define SATCHEL_FORMATS_HTML_H

struct arena;
struct bytes;
struct fault;

/*
 * The text, in the arena; white space at the ends of its lines and empty lines
 * are gone.
 */
const char *html_to_text(const char *html, struct arena *a, struct fault *why);

/*
 * Add text to out so that a browser shows exactly it: & < > " ' become
 * entities, controls but LF and TAB are left out, and direction marks are shown
 * as <U+202E> instead of turning the line.
 */
int html_add_text(struct bytes *out, const char *text, struct fault *why);

#endif
