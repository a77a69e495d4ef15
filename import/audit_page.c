#include "import/audit_page.h"

#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "formats/agreement.h"
#include "import/audit.h"
#include "import/audit_words.h"

#define CELL "</td><td>"
#define FINDINGS_MAX ((size_t)4 * 1024 * 1024)
#define ALARM "ALARM"

/* A list of which so many rows were given. */
struct listing {
	struct page *page;
	size_t count;
};

static bool
one_more(struct listing *l)
{
	return l->count++ < AUDIT_PAGE_MOST;
}

static void
say_more(struct page *p, size_t count)
{
	char text[96];

	if (count <= AUDIT_PAGE_MOST)
		return;
	(void)snprintf(text, sizeof(text),
	    "<p>And %zu more: the table that --csv writes has them all.</p>\n",
	    count - AUDIT_PAGE_MOST);
	page_markup(p, text);
}

void
audit_page_start(struct audit_page *p)
{
	memset(p, 0, sizeof(*p));
	bytes_init(&p->findings.out, FINDINGS_MAX);
}

void
audit_page_free(struct audit_page *p)
{
	page_free(&p->findings);
}

static void
begin_finding(struct audit_page *p, const char *file)
{
	page_markup(&p->findings, "<tr><td>");
	page_text(&p->findings, file);
	page_markup(&p->findings, CELL);
}

static void
put_fault(struct page *p, const struct fault *f)
{
	page_code(p, fault_text(f->id)->code);
	page_markup(p, " ");
	page_text(p, fault_text(f->id)->says);
	page_markup(p, "</td></tr>\n");
}

void
audit_page_add(struct audit_page *p, const char *file, const struct audited *b)
{
	struct page *to = &p->findings;

	if (b->fault.id == FAULT_NONE && !b->untimely)
		return;
	if (p->count++ >= AUDIT_PAGE_MOST)
		return;
	begin_finding(p, file);
	/* Whose key a bad signature names says nothing of who made it. */
	if (b->got.signer != NULL && b->signature != AUDIT_BAD)
		page_code(to, b->got.signer->code);
	page_markup(to, CELL);
	if (b->got.outside.seq != 0)
		page_number(to, b->got.outside.seq);
	page_markup(to, CELL);
	if (b->fault.id != FAULT_NONE)
		put_fault(to, &b->fault);
	else
		page_markup(to,
		    "made on a day when its node did not take part"
		    "</td></tr>\n");
}

void
audit_page_add_unread(struct audit_page *p, const char *file,
    const struct fault *trouble)
{
	if (p->count++ >= AUDIT_PAGE_MOST)
		return;
	begin_finding(p, file);
	page_markup(&p->findings, CELL CELL);
	put_fault(&p->findings, trouble);
}

static int
put_sentence(const char *sentence, void *context, struct fault *why)
{
	struct page *p = context;

	(void)why;
	page_markup(p,
	    strncmp(sentence, ALARM, strlen(ALARM)) == 0 ?
		"<p class=\"alarm\">" :
		"<p>");
	page_text(p, sentence);
	page_markup(p, "</p>\n");
	return 0;
}

static void
put_key(struct page *p, const struct node *n, const struct minisign_public *k)
{
	char key[MINISIGN_PUBLIC_ROOM];

	minisign_public_write(k, key);
	page_markup(p, "<tr><td>");
	page_code(p, n->code);
	page_markup(p, CELL);
	page_code(p, n->party->id);
	page_markup(p, CELL);
	page_code(p, key);
	page_markup(p, CELL);
}

static void
put_signers(struct page *p, const struct audit *u)
{
	const struct audit_signer *s;
	size_t count = audit_signers(u, &s);

	page_markup(p,
	    "<h2>Who signed</h2>\n<table>\n<tr><th>Node</th><th>Party</th>"
	    "<th>Key</th><th>Bundles</th><th>Copies</th><th>Lowest number</th>"
	    "<th>Highest</th><th>Missing</th></tr>\n");
	for (size_t i = 0; i < count; i++, s++) {
		put_key(p, s->node, s->key);
		page_number(p, (int64_t)s->bundles);
		page_markup(p, CELL);
		page_number(p, (int64_t)s->copies);
		page_markup(p, CELL);
		page_number(p, s->first);
		page_markup(p, CELL);
		page_number(p, s->last);
		page_markup(p, CELL);
		page_number(p, s->missing);
		page_markup(p, "</td></tr>\n");
	}
	page_markup(p, "</table>\n");
}

static int
put_gap(const struct audit_gap *g, void *context, struct fault *why)
{
	struct listing *l = context;

	(void)why;
	if (!one_more(l))
		return 0;
	put_key(l->page, g->node, g->key);
	page_number(l->page, g->first);
	page_markup(l->page, CELL);
	page_number(l->page, g->last);
	page_markup(l->page, "</td></tr>\n");
	return 0;
}

static int
put_twice(const struct audit_twice *t, void *context, struct fault *why)
{
	static const char *const words[] = {
		[AUDIT_COPY] = "copy of the same bundle",
		[AUDIT_NUMBER] = "<b>one number, two bundles</b>",
		[AUDIT_ID] = "<b>one id, two bundles</b>",
	};
	struct listing *l = context;

	(void)why;
	if (!one_more(l))
		return 0;
	put_key(l->page, t->node, t->key);
	page_number(l->page, t->seq[1]);
	page_markup(l->page, CELL);
	page_markup(l->page, words[t->kind]);
	page_markup(l->page, CELL);
	page_text(l->page, t->file[0]);
	page_markup(l->page, "<br>");
	page_text(l->page, t->file[1]);
	page_markup(l->page, "</td></tr>\n");
	return 0;
}

static int
put_numbers(struct page *p, const struct audit *u, struct fault *why)
{
	struct listing gaps = { p, 0 }, twice = { p, 0 };
	struct audit_counts c;

	audit_count(u, &c);
	if (c.alarms > 0 || c.copies > 0) {
		page_markup(p,
		    "<h2>What came twice</h2>\n<table>\n<tr><th>Node</th>"
		    "<th>Party</th><th>Key</th><th>Number</th><th>What</th>"
		    "<th>Files</th></tr>\n");
		if (audit_twices(u, put_twice, &twice, why) == -1)
			return -1;
		page_markup(p, "</table>\n");
		say_more(p, twice.count);
	}
	if (c.gaps > 0) {
		page_markup(p,
		    "<h2>Missing numbers</h2>\n<table>\n<tr><th>Node</th>"
		    "<th>Party</th><th>Key</th><th>From</th><th>To</th>"
		    "</tr>\n");
		if (audit_gaps(u, put_gap, &gaps, why) == -1)
			return -1;
		page_markup(p, "</table>\n");
		say_more(p, gaps.count);
	}
	return 0;
}

static void
put_unknown(struct page *p, const struct audit *u)
{
	const struct audit_unknown *k;
	size_t more, count = audit_unknown(u, &k, &more);

	if (count == 0)
		return;
	page_markup(p,
	    "<h2>Keys that the agreement does not know</h2>\n<table>\n"
	    "<tr><th>Number of the key</th><th>Bundles</th></tr>\n");
	for (size_t i = 0; i < count; i++) {
		page_markup(p, "<tr><td>");
		page_code(p, k[i].number);
		page_markup(p, CELL);
		page_number(p, (int64_t)k[i].bundles);
		page_markup(p, "</td></tr>\n");
	}
	page_markup(p, "</table>\n");
	if (more > 0)
		page_markup(p, "<p>And others.</p>\n");
}

static void
put_findings(struct page *p, struct audit_page *from)
{
	if (from->count == 0)
		return;
	page_markup(p,
	    "<h2>What is wrong with single files</h2>\n<table>\n"
	    "<tr><th>File</th><th>Node</th><th>Number</th><th>What</th>"
	    "</tr>\n");
	if (from->findings.failed) {
		p->failed = true;
		p->why = from->findings.why;
	} else if (from->findings.out.len > 0) {
		page_markup(p, (const char *)from->findings.out.at);
	}
	page_markup(p, "</table>\n");
	say_more(p, from->count);
}

static void
put_agreement(struct page *p, const struct agreement *a, moment now)
{
	page_markup(p, "<table>\n");
	page_row(p, "Agreement");
	page_code(p, a->id);
	page_markup(p, ", version ");
	page_number(p, a->version);
	page_row_end(p);
	page_row(p, "Its fingerprint");
	page_code(p, a->fingerprint);
	page_row_end(p);
	page_row(p, "Looked at (UTC)");
	page_moment(p, now);
	page_row_end(p);
	page_row(p, "Auditor (name, signature)");
	page_markup(p, "<br><br>");
	page_row_end(p);
	page_markup(p, "</table>\n<h2>In words</h2>\n");
}

int
audit_page_write(struct audit_page *p, const struct audit *u, size_t others,
    moment now, struct sink *to, struct fault *why)
{
	const struct agreement *a = audit_agreement(u);
	struct page page;

	page_start(&page, "Bundles verified", a->environment == AGREEMENT_TEST);
	put_agreement(&page, a, now);
	if (audit_words(u, others, put_sentence, &page, why) == -1)
		goto failed;
	put_signers(&page, u);
	if (put_numbers(&page, u, why) == -1)
		goto failed;
	put_unknown(&page, u);
	put_findings(&page, p);
	return page_end(&page, to, why);
failed:
	page_free(&page);
	return -1;
}
