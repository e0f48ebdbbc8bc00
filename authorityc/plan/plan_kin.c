/* Which vhosts are of one kin: groups joined by attempts that only spelling ends. */
#include "authorityc/plan/plan_unify.h"

#include "authorityc/ids.h"
#include "authorityc/plan/plan_tally.h"
#include "core/verdict.h"

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

/* The smaller number is the root, so that the answer does not depend on the order. A
 * group has nothing to do with itself. */
static void join(forest *f, uint32_t a, uint32_t b)
{
    uint32_t x = root_of(f, a);
    uint32_t y = root_of(f, b);

    f->parents[x > y ? x : y] = x > y ? y : x;
    f->joined[a] = f->joined[a] || a != b;
    f->joined[b] = f->joined[b] || a != b;
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

/* What the vhosts of an address set must have in common to be of one kin: all that counts
 * but certificates, and by its effect, whatever its spelling. */
typedef struct {
    uint32_t zone;
    uint32_t effects[ATY_FIELD_TLS_COUNT];
} relation_key;

/* An address set at work. Relations are numbered. */
typedef struct {
    const aty_tally *tally;
    forest *f;
    uint32_t *relations;    /* by kind of the tally */
    uint32_t *names_seen;   /* by relation: the last list with names of it, from 1 */
    uint32_t *first;        /* by relation: the group of the first name there */
    uint32_t *reached_seen; /* by relation: the last list with connections, too */
    bool by_certificate;    /* certificates count */
} relator;

static const aty_pair any_pair = {.authority = "", .had_sni = true, .h2 = true};

static relation_key relation_of(const aty_table *table, uint32_t base, uint32_t vhost)
{
    relation_key key = {
        .zone = aty_get(aty_vhost_setting(table, vhost, ATY_FIELD_ZONE)->text)};

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (field != ATY_FIELD_CERTIFICATE &&
            aty_field_counts(table, &any_pair, (aty_field)field)) {
            key.effects[field] = aty_field_effect(table, base, vhost, (aty_field)field);
        }
    }
    return key;
}

/* Numbers the relations of all kinds; returns how many there are. */
static uint32_t relations_number(apr_pool_t *pool, relator *r)
{
    const aty_table *table = r->tally->site->table;
    uint32_t kinds = (uint32_t)r->tally->kinds->nelts;
    uint32_t base = aty_get(table->address_sets[r->tally->address_set].default_vhost);
    aty_ids *ids = aty_ids_make(pool);

    r->relations = apr_palloc(pool, (kinds + 1) * sizeof *r->relations);
    for (uint32_t kind = 0; kind < kinds; kind++) {
        relation_key key =
            relation_of(table, base, aty_tally_kind_at(r->tally, kind)->vhost);
        r->relations[kind] = aty_ids_take(ids, &key, sizeof key);
    }
    return aty_ids_count(ids);
}

/* Whether a name may be refused for its spelling alone. Where certificates count, one
 * that is not covered is refused for these. */
static bool is_spelling(const relator *r, const aty_tally_column *column)
{
    return column->reason == ATY_REASON_COUNT ||
           (column->reason == ATY_REASON_NOT_COVERED && r->by_certificate);
}

/* Of a list all connections of a relation try all its names: whose connections and whose
 * names these are is one kin, unless it is one group only. */
static void list_join(const relator *r, int first, int end, uint32_t stamp)
{
    const apr_array_header_t *rows =
        aty_tally_rows_of(r->tally, aty_tally_column_at(r->tally, first)->list);

    for (int i = first; i < end; i++) {
        const aty_tally_column *column = aty_tally_column_at(r->tally, i);
        uint32_t relation = r->relations[column->kind];
        if (is_spelling(r, column)) {
            r->names_seen[relation] = stamp;
            r->first[relation] = column->group + 1;
        }
    }
    for (int i = 0; i < rows->nelts; i++) {
        const aty_tally_row *row = aty_tally_row_at(rows, i);
        uint32_t relation = r->relations[row->kind];
        if (r->names_seen[relation] == stamp) {
            r->reached_seen[relation] = stamp;
            join(r->f, row->group + 1, r->first[relation]);
        }
    }
    for (int i = first; i < end; i++) {
        const aty_tally_column *column = aty_tally_column_at(r->tally, i);
        uint32_t relation = r->relations[column->kind];
        if (r->reached_seen[relation] == stamp && is_spelling(r, column)) {
            join(r->f, column->group + 1, r->first[relation]);
        }
    }
}

static void set_join(apr_pool_t *pool, const aty_tally *tally, forest *f)
{
    relator r = {.tally = tally, .f = f};
    uint32_t stamp = 0;
    size_t size = ((size_t)relations_number(pool, &r) + 1) * sizeof(uint32_t);

    r.by_certificate =
        aty_field_counts(tally->site->table, &any_pair, ATY_FIELD_CERTIFICATE);
    r.names_seen = apr_pcalloc(pool, size);
    r.reached_seen = apr_pcalloc(pool, size);
    r.first = apr_pcalloc(pool, size);
    for (int first = 0, end; first < tally->columns->nelts; first = end) {
        end = aty_tally_run_end(tally, first, false);
        list_join(&r, first, end, ++stamp);
    }
}

/* Joins groups with attempts from one to the other that nothing but spelling causes, or
 * certificates, which may turn out to be exchangeable. Their number grows with the square
 * of the groups: none is looked at by itself. */
static void attempts_join(apr_pool_t *pool, const aty_plan_site *site, forest *f)
{
    const uint64_t *reasons = site->attempts->reasons;
    const aty_tally_site *tally_site;
    apr_pool_t *of_set;

    if (reasons[ATY_REASON_TEXTUAL] == 0 && reasons[ATY_REASON_CERTIFICATE] == 0) {
        return;
    }
    apr_pool_create(&of_set, pool);
    tally_site = aty_tally_site_make(of_set, site->table, NULL);
    apr_pool_create(&pool, of_set);
    for (uint32_t set = 0; set < site->table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        aty_tally tally = aty_tally_begin(pool, tally_site, set);
        set_join(pool, &tally, f);
        aty_tally_end(&tally);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(of_set);
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

    attempts_join(unifier->pool, unifier->site, &f);
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
    return field == ATY_FIELD_CIPHERS ||
           aty_mod_ssl_compares(unifier->site->table, &any_pair, field);
}
