/* probe_plan.c: what is asked on a node, by the policy.
 *
 * Where there are few names, all pairs. Else each vhost once, on a connection of its own,
 * on one of another group and on one of its own group; and each pair of groups, by their
 * first vhosts, or of very many groups a part of the pairs that each is in. The choice is
 * the same every time.
 */
#include "authorityc/probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_names.h"
#include "authorityc/set_members.h"
#include "core/names.h"

#define PAIRS_FEW 1000 /* up to so many, all are asked */
#define NAMES_FEW 1000 /* up to so many, each has a handshake */

#define GROUP_PAIRS_MAX 100000 /* half an hour, at the usual rate */

typedef struct {
    uint32_t first;              /* of the names on the node */
    apr_array_header_t *members; /* int: names, one of each vhost */
} group;

typedef struct {
    aty_probe *probe;
    aty_probe_node *node;
    const apr_array_header_t *names; /* aty_probe_site_name */
    apr_array_header_t *visits;      /* aty_probe_visit *, of each name; NULL: none */
    apr_array_header_t *groups;      /* group */
} planner;

static const aty_probe_site_name *name_at(const planner *p, int index)
{
    return &APR_ARRAY_IDX(p->names, index, const aty_probe_site_name);
}

static aty_probe_visit *visit_of(const planner *p, int index)
{
    return APR_ARRAY_IDX(p->visits, index, aty_probe_visit *);
}

static bool can_be_sni(const aty_probe_site_name *name)
{
    return !aty_name_is_address(name->name, strlen(name->name));
}

/* Asks for a name on the connection of another, or of itself. */
static void pair_ask(planner *p, int connection, int authority)
{
    aty_probe_visit *visit = visit_of(p, connection);

    if (visit) {
        aty_probe_visit_ask(visit, name_at(p, authority)->name);
        p->probe->pairs_planned++;
    }
}

/* A visit for each name, or for the first of each vhost. */
static void visits_make(planner *p, bool all)
{
    uint32_t last = ATY_NONE;

    for (int i = 0; i < p->names->nelts; i++) {
        const aty_probe_site_name *name = name_at(p, i);
        aty_probe_visit *visit = NULL;
        if (can_be_sni(name) && (all || name->vhost != last)) {
            visit = aty_probe_visit_add(p->probe, p->node, name->name);
            last = name->vhost;
        }
        p->probe->names_left_out += can_be_sni(name) && !visit;
        APR_ARRAY_PUSH(p->visits, aty_probe_visit *) = visit;
    }
}

static void pairs_ask_all(planner *p)
{
    for (int connection = 0; connection < p->names->nelts; connection++) {
        for (int authority = 0; authority < p->names->nelts; authority++) {
            pair_ask(p, connection, authority);
        }
    }
}

static int group_compare(const void *a, const void *b)
{
    const group *x = a;
    const group *y = b;

    return x->first < y->first ? -1 : x->first > y->first;
}

/* The groups, each with one name of each of its vhosts. */
static void groups_find(planner *p)
{
    apr_hash_t *known = apr_hash_make(p->probe->pool);
    uint32_t last = ATY_NONE;

    for (int i = 0; i < p->names->nelts; i++) {
        const aty_probe_site_name *name = name_at(p, i);
        group *found;
        if (name->vhost == last || !visit_of(p, i)) {
            continue;
        }
        last = name->vhost;
        found = apr_hash_get(known, &name->group, sizeof name->group);
        if (!found) {
            found = apr_palloc(p->probe->pool, sizeof *found);
            *found = (group){(uint32_t)i, apr_array_make(p->probe->pool, 4, sizeof(int))};
            apr_hash_set(known, &name->group, sizeof name->group, found);
        }
        APR_ARRAY_PUSH(found->members, int) = i;
    }
    for (apr_hash_index_t *at = apr_hash_first(p->probe->pool, known); at;
         at = apr_hash_next(at)) {
        APR_ARRAY_PUSH(p->groups, group) = *(const group *)apr_hash_this_val(at);
    }
    qsort(p->groups->elts, (size_t)p->groups->nelts, sizeof(group), group_compare);
}

static int member_of(const group *of, int index)
{
    return APR_ARRAY_IDX(of->members, index % of->members->nelts, int);
}

/* Member M of group G is asked on a connection of the next in its group, and on one of
 * another group, which takes turns. */
static void member_ask(planner *p, int g, int m)
{
    const group *own = &APR_ARRAY_IDX(p->groups, g, const group);
    int count = p->groups->nelts, name = member_of(own, m);

    if (own->members->nelts > 1) {
        pair_ask(p, member_of(own, m + 1), name);
    }
    if (count > 1 && m > 0) { /* the first is in the pairs of groups */
        int other = (g + 1 + m % (count - 1)) % count;
        pair_ask(p, member_of(&APR_ARRAY_IDX(p->groups, other, const group), m), name);
    }
}

static int first_of(const planner *p, int g)
{
    return member_of(&APR_ARRAY_IDX(p->groups, g, const group), 0);
}

/* Group `a` is asked for on connections of the groups behind it, as many as there is room
 * for: of all others, if they are not too many. */
static void group_pairs_ask(planner *p)
{
    int count = p->groups->nelts;
    int others = count - 1;

    if (count > 0 && (uint64_t)count * (uint64_t)others > GROUP_PAIRS_MAX) {
        others = GROUP_PAIRS_MAX / count + 1;
    }
    for (int a = 0; a < count; a++) {
        for (int next = 1; next <= others; next++) {
            pair_ask(p, first_of(p, (a + next) % count), first_of(p, a));
        }
    }
}

static void pairs_ask_some(planner *p)
{
    for (int i = 0; i < p->names->nelts; i++) {
        pair_ask(p, i, i);
    }
    groups_find(p);
    group_pairs_ask(p);
    for (int g = 0; g < p->groups->nelts; g++) {
        const group *of = &APR_ARRAY_IDX(p->groups, g, const group);
        for (int m = 0; m < of->members->nelts; m++) {
            member_ask(p, g, m);
        }
    }
}

/* The first name of a vhost that is not the default one. */
static const char *other_name(const planner *p)
{
    uint32_t usual =
        aty_get(p->probe->table->address_sets[p->node->address_set].default_vhost);

    for (int i = 0; i < p->names->nelts; i++) {
        if (name_at(p, i)->vhost != usual) {
            return name_at(p, i)->name;
        }
    }
    return NULL;
}

/* A connection without SNI, one for a name of nobody, and that name elsewhere. */
static void strangers_ask(planner *p, const char *stranger)
{
    const char *first = p->names->nelts ? name_at(p, 0)->name : NULL;
    const char *other = other_name(p);
    aty_probe_visit *visit = aty_probe_visit_add(p->probe, p->node, NULL);
    bool is_nobodys = aty_vhost_named(p->probe->table, p->node->address_set, stranger,
                                      strlen(stranger)) == ATY_NONE;

    if (first) {
        aty_probe_visit_ask(visit, first);
    }
    if (other && other != first) {
        aty_probe_visit_ask(visit, other);
    }
    if (!is_nobodys) {
        return;
    }
    visit = aty_probe_visit_add(p->probe, p->node, stranger);
    aty_probe_visit_ask(visit, stranger);
    if (first) {
        aty_probe_visit_ask(visit, first);
    }
    if (p->names->nelts && visit_of(p, 0)) {
        aty_probe_visit_ask(visit_of(p, 0), stranger);
    }
}

/* Names asked for on connections. Addresses have none of their own (RFC 6066 §3). */
static uint64_t pairs_count(const planner *p)
{
    uint64_t connections = 0;

    for (int i = 0; i < p->names->nelts; i++) {
        connections += can_be_sni(name_at(p, i));
    }
    return connections * (uint64_t)p->names->nelts;
}

static const char *node_plan(aty_probe *probe, aty_probe_node *node,
                             const aty_set_members *members, const char *label)
{
    planner p = {
        .probe = probe,
        .node = node,
        .names = aty_probe_names_on(probe, node, members, label),
        .visits = apr_array_make(probe->pool, 16, sizeof(aty_probe_visit *)),
        .groups = apr_array_make(probe->pool, 4, sizeof(group)),
    };
    uint64_t pairs = pairs_count(&p);
    bool all = probe->options->all_pairs;

    probe->pairs += pairs;
    if (all && probe->pairs > ATY_PROBE_PAIRS_MAX) {
        return apr_psprintf(
            probe->pool,
            "--all-pairs would be more than %d pairs; leave it out, and a "
            "sample is asked",
            ATY_PROBE_PAIRS_MAX);
    }
    visits_make(&p, all || p.names->nelts <= NAMES_FEW);
    if (all || pairs <= PAIRS_FEW) {
        pairs_ask_all(&p);
    }
    else {
        pairs_ask_some(&p);
    }
    strangers_ask(&p, apr_pstrcat(probe->pool, label, ".invalid", (char *)NULL));
    return NULL;
}

const char *aty_probe_plan(aty_probe *probe)
{
    aty_set_members members = aty_set_members_collect(probe->pool, probe->table);
    const char *label = aty_probe_sample_label(probe);
    const char *fault = NULL;

    for (int i = 0; i < probe->nodes->nelts && !fault; i++) {
        fault = node_plan(probe, APR_ARRAY_IDX(probe->nodes, i, aty_probe_node *),
                          &members, label);
    }
    return fault;
}
