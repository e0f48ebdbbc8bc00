/* Which vhosts are of one kin: groups joined by attempts that only spelling ends. */
#include "authorityc/plan/plan_unify.h"

#include "core/verdict.h"

#define SPELLING \
    (ATY_REASON_BIT(ATY_REASON_TEXTUAL) | ATY_REASON_BIT(ATY_REASON_CERTIFICATE))

/* Groups as a forest of disjoint sets. */
typedef struct {
    uint32_t *parents;
    bool *joined; /* by group: it is in a set with others, or with seats elsewhere */
} forest;

static uint32_t root_of(forest *f, uint32_t group)
{
    while (f->parents[group] != group) {
        f->parents[group] = f->parents[f->parents[group]];
        group = f->parents[group];
    }
    return group;
}

/* The smaller number is the root, so that the answer does not depend on the order. */
static void join(forest *f, uint32_t a, uint32_t b)
{
    uint32_t x = root_of(f, a);
    uint32_t y = root_of(f, b);

    f->parents[x > y ? x : y] = x > y ? y : x;
    f->joined[a] = f->joined[b] = true;
}

static uint32_t group_count(const aty_table *table)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_SEATS]; i++) {
        uint32_t group = aty_get(table->seats[i].group);
        most = group > most ? group : most;
    }
    return most + 1;
}

static forest forest_make(apr_pool_t *pool, uint32_t count)
{
    forest f = {apr_palloc(pool, count * sizeof(uint32_t)),
                apr_pcalloc(pool, count * sizeof(bool))};

    for (uint32_t i = 0; i < count; i++) {
        f.parents[i] = i;
    }
    return f;
}

/* Whether nothing but spelling ends the attempts of an entry. The authority is left out:
 * what depends on it depends on certificates, which are no spelling. */
static bool is_spelling(const aty_table *table, const aty_attempt *attempt)
{
    aty_pair pair = {
        .connection = attempt->connection,
        .address_set = attempt->address_set,
        .base = aty_get(table->address_sets[attempt->address_set].default_vhost),
        .request = aty_get(table->names[attempt->name].vhost),
        .authority = "",
        .had_sni = true,
        .h2 = true,
    };
    aty_verdict verdict = aty_verdict_decide(table, &pair);

    return verdict.outcome == ATY_MISDIRECTED && !(verdict.reasons & ~SPELLING);
}

static void attempts_join(const aty_plan_site *site, forest *f)
{
    for (int i = 0; i < site->attempts->list->nelts; i++) {
        const aty_attempt *attempt =
            &APR_ARRAY_IDX(site->attempts->list, i, const aty_attempt);
        bool may_be = attempt->reason == ATY_REASON_TEXTUAL ||
                      attempt->reason == ATY_REASON_CERTIFICATE;
        if (may_be && is_spelling(site->table, attempt)) {
            join(f, attempt->from, attempt->to);
        }
    }
}

static bool seats_join(const aty_table *table, uint32_t vhost, forest *f)
{
    const aty_seat_record *seats =
        table->seats + aty_get(table->vhosts[vhost].first_seat);
    uint32_t count = aty_get(table->vhosts[vhost].seat_count);
    uint32_t joined = 0;

    for (uint32_t i = 0; i < count; i++) {
        joined += f->joined[aty_get(seats[i].group)];
    }
    for (uint32_t i = 1; i < count && joined > 0; i++) {
        join(f, aty_get(seats[0].group), aty_get(seats[i].group));
    }
    return joined > 0 && joined < count;
}

/* A vhost is spelt one way on all its addresses, and so are those that are spelt like it
 * there. */
static void addresses_join(const aty_table *table, forest *f)
{
    bool any = true;

    while (any) {
        any = false;
        for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
            any |= seats_join(table, vhost, f);
        }
    }
}

bool aty_unifier_find_kin(aty_unifier *unifier)
{
    const aty_table *table = unifier->site->table;
    uint32_t vhosts = table->counts[ATY_SECTION_VHOSTS];
    forest f = forest_make(unifier->pool, group_count(table));
    bool any = false;

    attempts_join(unifier->site, &f);
    addresses_join(table, &f);
    unifier->kin = apr_pcalloc(unifier->pool, (vhosts + 1) * sizeof(uint32_t));
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        uint32_t seat = aty_get(table->vhosts[vhost].first_seat);
        uint32_t group = aty_get(table->seats[seat].group);
        if (f.joined[group]) {
            unifier->kin[vhost] = root_of(&f, group);
            any = true;
        }
    }
    return any;
}

bool aty_unifier_compares(const aty_unifier *unifier, aty_field field)
{
    const aty_pair pair = {.authority = "", .had_sni = true, .h2 = true};

    return field == ATY_FIELD_CIPHERS ||
           aty_mod_ssl_compares(unifier->site->table, &pair, field);
}
