/*
 * A row is a piece of HTML and the text that is in it, or a text and the HTML
 * that shows it.
 */
#include "formats/html.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "tests/unit/rows.h"

#define ROOM ((size_t)8 * 1024 * 1024)
#define LONG ((size_t)1024 * 1024)
#define NBSP "\xc2\xa0"
#define BAD "\xef\xbf\xbd" /* U+FFFD */

static const struct row {
	const char *name;
	const char *from;
	const char *want;
} texts[] = {
	/* Plain text. */
	{ "nothing is nothing", "", "" },
	{ "white space is nothing", " \t\r\n " NBSP, "" },
	{ "plain text stays", "She asked for her aunt.",
	    "She asked for her aunt." },
	{ "lines stay lines", "one\ntwo\r\nthree\rfour",
	    "one\ntwo\nthree\nfour" },
	{ "empty lines and space at the ends of lines go",
	    "\n  one \t\n \n" NBSP "\n two" NBSP " \n\n", "one\ntwo" },
	{ "space inside a line stays", "one  two\tthree", "one  two\tthree" },
	{ "other writing stays",
	    "<p>\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xe1\x88\xb0</p>",
	    "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 \xe1\x88\xb0" },
	{ "bytes that are not UTF-8 stay for others to see", "a\xff<b>\xc2</b>",
	    "a\xff\xc2" },

	/* Tags. */
	{ "a paragraph is its text", "<p>test dadaab</p>", "test dadaab" },
	{ "paragraphs are lines", "<p>one</p><p>two</p>", "one\ntwo" },
	{ "an empty paragraph is no line", "<p>one</p><p>&nbsp;</p><p>two</p>",
	    "one\ntwo" },
	{ "breaks are line ends in all their spellings",
	    "a<br>b<br/>c<br />d<BR>e<br clear=\"all\">f", "a\nb\nc\nd\ne\nf" },
	{ "divisions, items, rows and headings are lines",
	    "<h1>a</h1>b<div>c</div>d<ul><li>e<li>f</ul>"
	    "<table><tr><td>g</td></tr><tr><td>h</td></tr></table>i",
	    "a\nb\nc\nd\ne\nf\ng\nh\ni" },
	{ "cells of a row do not run together",
	    "<tr><th>Age</th><th>Sex</th></tr><tr><td>12 <td>f</tr>",
	    "Age Sex\n12 f" },
	{ "other tags leave nothing",
	    "<span style=\"color:red\">r</span><b>e</b><I>d</I><wbr>", "red" },
	{ "quotes in a tag may hold anything",
	    "<a href='x?a>b' title=\"<b>\" class=c>aunt</a>", "aunt" },
	{ "so may space around the sign of equality",
	    "<p class = \"x\"\nid= 'y'>aunt", "aunt" },
	{ "words that need no value are attributes",
	    "<td nowrap>a</td><input CHECKED disabled>", "a" },
	{ "what Word leaves behind goes",
	    "<o:p></o:p><w:WordDocument>a</w:WordDocument>"
	    "<st1:place w:st=\"on\">b</st1:place>"
	    "<?xml:namespace prefix = o ns = \"urn:x\" />"
	    "<v:averyveryverylongname>c",
	    "abc" },
	{ "a picture goes with all that is in its tag",
	    "a<img src=\"data:image/png;base64,AAAA+/==\" alt=\"x\"/>b", "ab" },

	/* What goes with its content. */
	{ "style goes with what is in it",
	    "a<style type=\"text/css\">p > b { x: \"<p>\" }</style >b", "ab" },
	{ "script goes with what is in it",
	    "a<SCRIPT>if (a < b) x('</p>')</Script>b", "ab" },
	{ "only its own end ends it",
	    "a<script>'</scripts>' </style> '</script x'</script>b", "ab" },
	{ "script without an end loses no text", "a<script>b<p>c", "ab\nc" },
	{ "style without an end loses no text", "a<style>b</style",
	    "ab</style" },
	{ "a closing tag alone goes", "a</script>b</style>c", "abc" },
	{ "comments go", "a<!-- <p>no</p> -- > -->b<!---->c<!-->d<!--->e",
	    "abcde" },
	{ "a comment without an end is text", "a<!-- b", "a<!-- b" },
	{ "conditions go, and what they are about stays",
	    "<![if !mso]>a<![endif]><!--[if mso]>b<![endif]-->c", "ac" },
	{ "the kind of document goes", "<!DOCTYPE html><html>a</html>", "a" },
	{ "other declarations are text", "<!b><?php a?>", "<!b><?php a?>" },

	/* Text that only looks like HTML. */
	{ "less than is no tag", "a < b, 3<4 and x<y", "a < b, 3<4 and x<y" },
	{ "a heart is no tag", "I <3 her</3", "I <3 her</3" },
	{ "an address for mail is no tag", "Almaz <almaz@example.invalid>",
	    "Almaz <almaz@example.invalid>" },
	{ "nor is one of the web", "<https://example.invalid/p>",
	    "<https://example.invalid/p>" },
	{ "words in angles are no tag", "<child's name> <a friend of hers>",
	    "<child's name> <a friend of hers>" },
	{ "a name that only begins like a tag is none", "<pa> <p-x> <bro>",
	    "<pa> <p-x> <bro>" },
	{ "a tag without an end is text", "a <p", "a <p" },
	{ "nor is one whose quote has no end", "a <p id=\"b>c",
	    "a <p id=\"b>c" },
	{ "one tag cannot begin in another", "<p <b>c</b>", "<p c" },
	{ "an angle at the end is text", "a<", "a<" },
	{ "an angle and a stroke at the end are text", "a</", "a</" },
	{ "an angle that closes nothing is text", "a > b", "a > b" },

	/* Entities. */
	{ "those of HTML itself", "&lt;b&gt; &amp;amp; &quot;&apos;",
	    "<b> &amp; \"'" },
	{ "what they make is no tag", "&lt;script&gt;&#60;p&#62;",
	    "<script><p>" },
	{ "letters and signs", "&eacute;&Eacute;&szlig;&yuml;&AElig;&zwj;",
	    "\xc3\xa9\xc3\x89\xc3\x9f\xc3\xbf\xc3\x86\xe2\x80\x8d" },
	{ "dashes and quotes", "&ndash;&rsquo;&hellip;&euro;",
	    "\xe2\x80\x93\xe2\x80\x99\xe2\x80\xa6\xe2\x82\xac" },
	{ "space that does not break stays inside a line", "a&nbsp;b",
	    "a" NBSP "b" },
	{ "an unknown one stays as written", "&foo; &EACUTE; &;",
	    "&foo; &EACUTE; &;" },
	{ "one without its end stays as written", "AT&T &amp &eacute &#65",
	    "AT&T &amp &eacute &#65" },
	{ "a name too long stays as written", "&abcdefghijklmnopqrstuvw;",
	    "&abcdefghijklmnopqrstuvw;" },
	{ "numbers, also in sixteens", "&#65;&#x42;&#X43;&#x1F44d;&#0233;",
	    "ABC\xf0\x9f\x91\x8d\xc3\xa9" },
	{ "a line end by number is one", "a&#13;&#10;b&#x0a;c", "a\nb\nc" },
	{ "a tab by number is one", "a&#9;b", "a\tb" },
	{ "a control by number is shown to be bad", "&#7;&#127;&#x9b;",
	    BAD BAD BAD },
	{ "so is nought", "a&#0;b&#x00;", "a" BAD "b" BAD },
	{ "so is half a character", "&#xd800;&#xDFFF;", BAD BAD },
	{ "so is one past the last",
	    "&#x10ffff;&#x110000;&#99999999999999999999;",
	    "\xf4\x8f\xbf\xbf" BAD BAD },
	{ "a number without digits stays as written", "&#; &#x; &#xg; &#1a;",
	    "&#; &#x; &#xg; &#1a;" },
	{ "an ampersand at the end is text", "a&", "a&" },
};

static const struct row shown[] = {
	{ "plain text is itself", "Achol", "Achol" },
	{ "nothing is nothing", "", "" },
	{ "what HTML gives a meaning becomes an entity",
	    "<b a=\"1\" c='2'>&amp;",
	    "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;" },
	{ "line ends and tabs stay", "a\nb\tc", "a\nb\tc" },
	{ "other controls are left out",
	    "a\r\x01\x1b[31mb\x7f"
	    "c\xc2\x85"
	    "d",
	    "a[31mbcd" },
	{ "marks that turn the line are shown",
	    "a\xe2\x80\xae"
	    "b\xe2\x81\xa6\xd8\x9c\xe2\x80\x8f",
	    "a&lt;U+202E&gt;b&lt;U+2066&gt;&lt;U+061C&gt;&lt;U+200F&gt;" },
	{ "joiners stay: some names need them", "\xe2\x80\x8d\xe2\x80\x8c",
	    "\xe2\x80\x8d\xe2\x80\x8c" },
	{ "bytes that are not UTF-8 are shown", "a\xff\xc3",
	    "a&lt;0xFF&gt;&lt;0xC3&gt;" },
	{ "other writing stays", "\xd8\xb3\xe1\x88\xb0\xf0\x9f\x91\x8d",
	    "\xd8\xb3\xe1\x88\xb0\xf0\x9f\x91\x8d" },
};

/* A million bytes of these; what takes a time of their square never ends. */
static const struct row pieces[] = {
	{ "tags that never end are soon read", "<p ", NULL },
	{ "so are quotes that never end", "<p a=\"", NULL },
	{ "so are quotes of two kinds", "<p a=\"<p b='", NULL },
	{ "so are quotes that go on", "<p a=\" b=\"", NULL },
	{ "so are quotes of two kinds that go on",
	    "<p a=\" b=' c=\"d' e=", NULL },
	{ "so are attributes that go on", " a=b", NULL },
	{ "so are comments that never end", "<!--", NULL },
	{ "so are scripts that never end", "<script>", NULL },
	{ "so are styles that hardly end", "<style></style <", NULL },
	{ "so are declarations that never end", "<![if ", NULL },
	{ "so are ampersands", "&", NULL },
	{ "so are numbers that never end", "&#1", NULL },
	{ "so are angles", "<", NULL },
	{ "so is space", " ", NULL },
	{ "so is space that does not break", "&nbsp;", NULL },
	{ "so are lines", "\na", NULL },
	{ "so are rows", "<tr><td>", NULL },
};

static void
text_holds(void **state)
{
	const struct row *row = *state;
	struct fault why;
	struct arena *a = arena_new(ROOM, &why);
	const char *text;

	assert_non_null(a);
	assert_non_null(text = html_to_text(row->from, a, &why));
	assert_string_equal(text, row->want);
	arena_free(a);
}

static void
shown_holds(void **state)
{
	const struct row *row = *state;
	struct bytes out;
	struct fault why;

	bytes_init(&out, ROOM);
	assert_int_equal(bytes_add_text(&out, "!", &why), 0);
	assert_int_equal(html_add_text(&out, row->from, &why), 0);
	assert_string_equal((const char *)out.at + 1, row->want);
	bytes_free(&out);
}

static void
pieces_hold(void **state)
{
	const struct row *row = *state;
	size_t len = strlen(row->from), used = 0;
	char *html = malloc(LONG + 1);
	struct fault why;
	struct arena *a = arena_new(ROOM, &why);
	const char *text;

	assert_non_null(html);
	assert_non_null(a);
	for (; used + len <= LONG; used += len)
		memcpy(html + used, row->from, len);
	html[used] = '\0';
	assert_non_null(text = html_to_text(html, a, &why));
	assert_true(strlen(text) <= used);
	memcpy(html, "<p", 2);
	assert_non_null(html_to_text(html, a, &why));
	arena_free(a);
	free(html);
}

static const struct row limits[] = {
	{ "text needs room", "<p>a</p>", NULL },
};

static void
limits_hold(void **state)
{
	const struct row *row = *state;
	struct fault why = { .id = FAULT_NONE };
	struct arena *a = arena_new(1, &why);
	struct bytes out;

	assert_non_null(a);
	assert_non_null(arena_take(a, 1, &why));
	assert_null(html_to_text(row->from, a, &why));
	assert_int_equal(why.id, FAULT_NO_MEMORY);
	arena_free(a);
	for (size_t room = 0; room < strlen("&lt;p&gt;a&lt;/p&gt;"); room++) {
		bytes_init(&out, room);
		assert_int_equal(html_add_text(&out, row->from, &why), -1);
		assert_int_equal(why.id, FAULT_SOURCE_TOO_LARGE);
		bytes_free(&out);
	}
}

int
main(void)
{
	return ROWS_RUN("html_text", texts, text_holds) +
	    ROWS_RUN("html_shown", shown, shown_holds) +
	    ROWS_RUN("html_pieces", pieces, pieces_hold) +
	    ROWS_RUN("html_limits", limits, limits_hold);
}
