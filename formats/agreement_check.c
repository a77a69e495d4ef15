#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/agreement_inside.h"

#define CHILD_UNTIL 17 /* the last age at which somebody is a child */
#define AGES 256       /* of which 0 to 150 can be written */
#define NOT_IN_LIST ((size_t)-1)
#define KEY_HEX 65 /* of 32 bytes, with NUL */

/* "nodes[2].sign[0]", kept as its parts until it has to be shown. */
struct place {
	const char *list; /* NULL: there is none */
	size_t at;
	const char *inner; /* NULL: the item itself */
	size_t inner_at;   /* NOT_IN_LIST: a member, not a list */
};

/* Who uses a name that only one may use. */
struct claim {
	const char *name;
	struct place place;
};

struct claims {
	struct agreement_file *file;
	struct claim *all;
	size_t count;
	size_t room;
};

static void
add_at(struct agreement_file *f, enum agreement_problem kind,
    const struct place *p)
{
	char where[96], index[32] = "";

	if (p->inner != NULL && p->inner_at != NOT_IN_LIST)
		(void)snprintf(index, sizeof(index), "[%zu]", p->inner_at);
	(void)snprintf(where, sizeof(where), "%s[%zu]%s%s%s", p->list, p->at,
	    p->inner != NULL ? "." : "", p->inner != NULL ? p->inner : "",
	    index);
	agreement_problem_add(f, kind, where);
}

/* A list within the item of a list, or its member; see struct place. */
static void
add(struct agreement_file *f, enum agreement_problem kind, const char *list,
    size_t at, const char *inner, size_t inner_at)
{
	struct place p = { list, at, inner, inner_at };

	add_at(f, kind, &p);
}

static int
claims_start(struct claims *c, struct agreement_file *f, size_t room,
    struct fault *why)
{
	*c = (struct claims){ .file = f, .room = room };
	c->all = arena_take_array(f->arena, room, sizeof(*c->all), why);
	return c->all == NULL ? -1 : 0;
}

/* A missing name was told already. */
static void
claim(struct claims *c, const char *name, const char *list, size_t at,
    const char *inner, size_t inner_at)
{
	if (name == NULL || c->count == c->room)
		return;
	c->all[c->count++] =
	    (struct claim){ name, { list, at, inner, inner_at } };
}

static int
compare_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_name(const void *a, const void *b)
{
	const struct claim *x = a;
	const struct claim *y = b;
	int order = strcmp(x->name, y->name);

	/* Then in the order of the file, so that the later one is told of. */
	if (order == 0)
		order = strcmp(x->place.list, y->place.list);
	if (order == 0)
		order = compare_size(x->place.at, y->place.at);
	if (order == 0 && x->place.inner != NULL && y->place.inner != NULL)
		order = strcmp(x->place.inner, y->place.inner);
	return order != 0 ? order :
			    compare_size(x->place.inner_at, y->place.inner_at);
}

/* Tells of each claim after the first to a name; how many there were. */
static size_t
claims_settle(struct claims *c, enum agreement_problem kind)
{
	size_t twice = 0;

	if (c->count > 1)
		qsort(c->all, c->count, sizeof(*c->all), by_name);
	for (size_t i = 1; i < c->count; i++) {
		const struct claim *x = &c->all[i - 1], *y = &c->all[i];

		if (strcmp(x->name, y->name) != 0)
			continue;
		/* One entry may well take a value in several spellings. */
		if (kind == PROBLEM_MAP_MANY && x->place.at == y->place.at)
			continue;
		add_at(c->file, kind, &y->place);
		twice++;
	}
	return twice;
}

/* Does it end before it begins?  What is not known is not wrong. */
static bool
before(day end, day start)
{
	return end != DAY_UNKNOWN && start != DAY_UNKNOWN && end < start;
}

static int
check_parties(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;
	struct claims ids;
	int with_keys = 0;

	if (claims_start(&ids, f, a->party_count, why) != 0)
		return -1;
	for (size_t i = 0; i < a->party_count; i++) {
		const struct party *p = &a->parties[i];

		claim(&ids, p->id, "parties", i, "id", NOT_IN_LIST);
		if (before(p->left, p->joined))
			add(f, PROBLEM_DATES, "parties", i, "left",
			    NOT_IN_LIST);
		/* A key that is still to be filled in counts as one. */
		with_keys += p->signs_with != NULL;
	}
	(void)claims_settle(&ids, PROBLEM_PARTY_TWICE);
	if (a->signatures_needed < 1 || a->signatures_needed > with_keys)
		agreement_problem_add(f, PROBLEM_THRESHOLD,
		    "signatures_needed");
	if (a->environment == AGREEMENT_LIVE && a->party_count < 2)
		agreement_problem_add(f, PROBLEM_LIVE_PARTIES, "parties");
	return 0;
}

static int
check_users(struct agreement_file *f, size_t at, struct fault *why)
{
	const struct node *n = &f->agreement.nodes[at];
	struct claims names;

	if (claims_start(&names, f, n->user_count, why) != 0)
		return -1;
	for (size_t i = 0; i < n->user_count; i++)
		if (n->users[i].user != NULL)
			claim(&names, n->users[i].user, "nodes", at, "users",
			    i);
	(void)claims_settle(&names, PROBLEM_USER_TWICE);
	return 0;
}

static void
check_node(struct agreement_file *f, size_t at)
{
	const struct agreement *a = &f->agreement;
	const struct node *n = &a->nodes[at];

	for (size_t i = 0; i < n->acts_for.count; i++)
		if (agreement_party(a, n->acts_for.items[i]) == NULL)
			add(f, PROBLEM_PARTY_UNKNOWN, "nodes", at, "acts_for",
			    i);
	if (before(n->valid_until, n->valid_from))
		add(f, PROBLEM_DATES, "nodes", at, "valid_until", NOT_IN_LIST);
	if (n->role != NODE_AUDITOR && !n->revoked && n->sign == NULL)
		add(f, PROBLEM_KEY_NONE, "nodes", at, "sign", NOT_IN_LIST);
	if (n->role != NODE_AUDITOR && !n->revoked && n->open == NULL)
		add(f, PROBLEM_KEY_NONE, "nodes", at, "open", NOT_IN_LIST);
	if (n->role == NODE_SITE && n->system == SYSTEM_PRIMERO &&
	    n->polarity == POLARITY_NONE)
		add(f, PROBLEM_POLARITY, "nodes", at, "opt_in_polarity",
		    NOT_IN_LIST);
}

static int
check_nodes(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;
	struct claims codes;

	if (claims_start(&codes, f, a->node_count, why) != 0)
		return -1;
	for (size_t i = 0; i < a->node_count; i++) {
		claim(&codes, a->nodes[i].code, "nodes", i, "code",
		    NOT_IN_LIST);
		check_node(f, i);
		if (check_users(f, i, why) != 0)
			return -1;
	}
	(void)claims_settle(&codes, PROBLEM_NODE_TWICE);
	return 0;
}

/* Claims len bytes as hex, in the arena. */
static int
claim_bytes(struct claims *c, const uint8_t *bytes, size_t len,
    const struct place *p, struct fault *why)
{
	char *hex = arena_take(c->file->arena, KEY_HEX, why);

	if (hex == NULL)
		return -1;
	digest_hex(bytes, len, hex);
	claim(c, hex, p->list, p->at, p->inner, p->inner_at);
	return 0;
}

/* A signing key belongs to one node or one party, once. */
static int
check_signing_keys(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;
	struct claims keys, numbers;
	size_t room = 0;

	for (size_t i = 0; i < a->party_count; i++)
		room += a->parties[i].key_count;
	for (size_t i = 0; i < a->node_count; i++)
		room += a->nodes[i].sign_count;
	if (claims_start(&keys, f, room, why) != 0 ||
	    claims_start(&numbers, f, room, why) != 0)
		return -1;
	for (size_t i = 0; i < a->party_count; i++)
		for (size_t k = 0; k < a->parties[i].key_count; k++) {
			struct place p = { "parties", i, "signs_with", k };

			if (claim_bytes(&keys, a->parties[i].signs_with[k].key,
				sizeof(a->parties[i].signs_with[k].key), &p,
				why) != 0)
				return -1;
		}
	for (size_t i = 0; i < a->node_count; i++)
		for (size_t k = 0; k < a->nodes[i].sign_count; k++) {
			const struct minisign_public *key =
			    &a->nodes[i].sign[k];
			struct place p = { "nodes", i, "sign", k };

			if (claim_bytes(&keys, key->key, sizeof(key->key), &p,
				why) != 0 ||
			    claim_bytes(&numbers, key->number,
				sizeof(key->number), &p, why) != 0)
				return -1;
		}
	/* A key that is there twice bears its number twice: told once. */
	if (claims_settle(&keys, PROBLEM_KEY_TWICE) == 0)
		(void)claims_settle(&numbers, PROBLEM_KEY_NUMBER);
	return 0;
}

static int
check_opening_keys(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;
	struct claims keys;
	size_t room = a->recovery_count;

	for (size_t i = 0; i < a->node_count; i++)
		room += a->nodes[i].open_count;
	if (claims_start(&keys, f, room, why) != 0)
		return -1;
	for (size_t i = 0; i < a->node_count; i++)
		for (size_t k = 0; k < a->nodes[i].open_count; k++)
			claim(&keys, a->nodes[i].open[k], "nodes", i, "open",
			    k);
	for (size_t i = 0; i < a->recovery_count; i++)
		claim(&keys, a->recovery[i], "recovery", i, NULL, NOT_IN_LIST);
	(void)claims_settle(&keys, PROBLEM_KEY_TWICE);
	return 0;
}

/* Can something be sent from it or to it: is there a node for it? */
static bool
has_node(const struct agreement *a, const struct party *p)
{
	for (size_t i = 0; i < a->node_count; i++)
		if (a->nodes[i].role != NODE_AUDITOR && !a->nodes[i].revoked &&
		    agreement_acts_for(&a->nodes[i], p->id))
			return true;
	return false;
}

static void
check_flow_services(struct agreement_file *f, size_t at)
{
	const struct agreement *a = &f->agreement;
	const struct flow *flow = &a->flows[at];

	for (size_t i = 0; i < flow->services.count; i++) {
		const struct map_entry *e =
		    agreement_code(a, MAP_SERVICES, flow->services.items[i]);
		const struct texts *in;

		if (e == NULL) {
			add(f, PROBLEM_MAP_NONE, "flows", at, "services", i);
			continue;
		}
		in = flow->from->system == SYSTEM_PRIMERO ? &e->primero :
							    &e->progres_in;
		if (in->count == 0)
			add(f, PROBLEM_MAP_SOURCE, "flows", at, "services", i);
		if (agreement_to_target(e, flow->to->system) == NULL)
			add(f, PROBLEM_MAP_TARGET, "flows", at, "services", i);
	}
}

static void
check_flow(struct agreement_file *f, size_t at)
{
	const struct agreement *a = &f->agreement;
	const struct flow *flow = &a->flows[at];

	if (flow->from == flow->to)
		add(f, PROBLEM_FLOW_SELF, "flows", at, NULL, NOT_IN_LIST);
	if (!has_node(a, flow->from) || !has_node(a, flow->to))
		add(f, PROBLEM_FLOW_NODE, "flows", at, NULL, NOT_IN_LIST);
	if (flow->services.count == 0 || flow->purposes.count == 0)
		add(f, PROBLEM_FLOW_EMPTY, "flows", at, NULL, NOT_IN_LIST);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (flow->required[i] && !flow->field[i])
			add(f, PROBLEM_REQUIRED, "flows", at,
			    fields_all[i].name, NOT_IN_LIST);
	for (size_t i = 0; i < flow->sensitive.count; i++)
		if (!agreement_lists(&a->sensitive_codes,
			flow->sensitive.items[i]))
			add(f, PROBLEM_SENSITIVE, "flows", at, "sensitive", i);
	check_flow_services(f, at);
}

static int
check_flows(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;
	struct claims pairs;

	if (claims_start(&pairs, f, a->flow_count, why) != 0)
		return -1;
	for (size_t i = 0; i < a->flow_count; i++) {
		const struct flow *flow = &a->flows[i];
		char pair[64];
		const char *name;

		/* A party that is none was told of already. */
		if (flow->from == NULL || flow->to == NULL)
			continue;
		(void)snprintf(pair, sizeof(pair), "%td %td",
		    flow->from - a->parties, flow->to - a->parties);
		name = arena_copy(f->arena, pair, strlen(pair), why);
		if (name == NULL)
			return -1;
		claim(&pairs, name, "flows", i, NULL, NOT_IN_LIST);
		check_flow(f, i);
	}
	(void)claims_settle(&pairs, PROBLEM_FLOW_TWICE);
	return 0;
}

static void
check_age_rules(struct agreement_file *f)
{
	const struct agreement *a = &f->agreement;
	bool held[AGES] = { false };
	bool gap = false;

	for (size_t i = 0; i < a->age_rule_count; i++) {
		const struct age_rule *rule = &a->age_rules[i];
		bool overlap = false, nobody = rule->needs.count == 0;

		if (rule->to < rule->from)
			add(f, PROBLEM_AGE_ORDER, "consent.age_rules", i, NULL,
			    NOT_IN_LIST);
		for (int age = rule->from; age <= rule->to; age++) {
			overlap = overlap || held[age];
			held[age] = true;
		}
		if (overlap)
			add(f, PROBLEM_AGE_OVERLAP, "consent.age_rules", i,
			    NULL, NOT_IN_LIST);
		for (size_t k = 0; k < rule->alternative_count; k++)
			nobody = nobody || rule->alternatives[k].count == 0;
		if (nobody)
			add(f, PROBLEM_AGE_NEEDS, "consent.age_rules", i, NULL,
			    NOT_IN_LIST);
	}
	for (int age = 0; age <= CHILD_UNTIL; age++)
		gap = gap || !held[age];
	if (a->age_rule_count == 0)
		agreement_problem_add(f, PROBLEM_AGE_NONE, "consent.age_rules");
	else if (gap)
		agreement_problem_add(f, PROBLEM_AGE_GAP, "consent.age_rules");
}

static void
check_scope_map(struct agreement_file *f)
{
	const struct agreement *a = &f->agreement;

	for (size_t i = 0; i < a->scope_count; i++) {
		const struct scope_entry *e = &a->scope_map[i];
		char where[96], scope[48];

		(void)text_show(e->scope, strlen(e->scope), scope,
		    sizeof(scope));
		for (size_t k = 0; k < e->services.count; k++) {
			if (agreement_code(a, MAP_SERVICES,
				e->services.items[k]) != NULL)
				continue;
			(void)snprintf(where, sizeof(where),
			    "consent.scope_map.%s[%zu]", scope, k);
			agreement_problem_add(f, PROBLEM_SCOPE, where);
		}
	}
}

/* Agencies compare loosely: small letters, and no space around. */
static const char *
folded(struct arena *arena, const char *value, struct fault *why)
{
	static const char space[] = " \t\n\v\f\r";
	size_t len;
	char *copy;

	value += strspn(value, space);
	len = strlen(value);
	while (len > 0 && strchr(space, value[len - 1]) != NULL)
		len--;
	if ((copy = arena_copy(arena, value, len, why)) != NULL)
		for (size_t i = 0; i < len; i++)
			if (copy[i] >= 'A' && copy[i] <= 'Z')
				copy[i] = (char)(copy[i] - 'A' + 'a');
	return copy;
}

/* The values one system writes: each is taken by one entry. */
static int
check_values(struct agreement_file *f, enum map_section section,
    const char *list, enum system_kind system, struct fault *why)
{
	const struct map *m = &f->agreement.maps[section];
	bool primero = system == SYSTEM_PRIMERO;
	const char *inner = primero ? "primero" : "progres_in";
	struct claims values;
	size_t room = 0;

	for (size_t i = 0; i < m->count; i++)
		room += primero ? m->entries[i].primero.count :
				  m->entries[i].progres_in.count;
	if (claims_start(&values, f, room, why) != 0)
		return -1;
	for (size_t i = 0; i < m->count; i++) {
		const struct map_entry *e = &m->entries[i];
		const struct texts *t = primero ? &e->primero : &e->progres_in;

		for (size_t k = 0; k < t->count; k++) {
			const char *value = t->items[k];

			if (section == MAP_AGENCIES)
				value = folded(f->arena, value, why);
			if (value == NULL)
				return -1;
			claim(&values, value, list, i, inner, k);
		}
	}
	(void)claims_settle(&values, PROBLEM_MAP_MANY);
	return 0;
}

static int
check_map(struct agreement_file *f, enum map_section section, struct fault *why)
{
	const struct map *m = &f->agreement.maps[section];
	struct claims codes;
	char *list = arena_take(f->arena, 64, why);

	if (list == NULL || claims_start(&codes, f, m->count, why) != 0)
		return -1;
	(void)snprintf(list, 64, "maps.%s", fields_map_name(section));
	for (size_t i = 0; i < m->count; i++) {
		const char *code = m->entries[i].code;
		bool known = section != MAP_SEX || code == NULL;

		for (const char *const *w = fields_all[FIELD_SEX].words;
		     !known && *w != NULL; w++)
			known = strcmp(*w, code) == 0;
		if (!known)
			add(f, PROBLEM_SEX_CODE, list, i, "code", NOT_IN_LIST);
		claim(&codes, code, list, i, "code", NOT_IN_LIST);
	}
	(void)claims_settle(&codes, PROBLEM_CODE_TWICE);
	if (check_values(f, section, list, SYSTEM_PRIMERO, why) != 0)
		return -1;
	return check_values(f, section, list, SYSTEM_PROGRES, why);
}

int
agreement_check(struct agreement_file *f, struct fault *why)
{
	const struct agreement *a = &f->agreement;

	if (before(a->valid_until, a->valid_from))
		agreement_problem_add(f, PROBLEM_DATES, "valid_until");
	if (before(a->valid_until, a->review_on))
		agreement_problem_add(f, PROBLEM_REVIEW, "review_on");
	/* A key that is still to be filled in counts as one. */
	if (a->recovery == NULL)
		agreement_problem_add(f, PROBLEM_RECOVERY, "recovery");
	if (a->flow_count == 0)
		agreement_problem_add(f, PROBLEM_FLOW_NONE, "flows");
	if (check_parties(f, why) != 0 || check_nodes(f, why) != 0 ||
	    check_signing_keys(f, why) != 0 ||
	    check_opening_keys(f, why) != 0 || check_flows(f, why) != 0)
		return -1;
	check_age_rules(f);
	check_scope_map(f);
	for (size_t i = 0; i < MAP_SECTIONS; i++)
		if (check_map(f, (enum map_section)i, why) != 0)
			return -1;
	return 0;
}
