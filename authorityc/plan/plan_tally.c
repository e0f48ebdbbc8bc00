#include "authorityc/plan/plan_tally.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/ids.h"
#include "authorityc/outcome.h"
#include "core/names.h"
#include "core/search.h"

#define RECENT 4 /* columns of a vhost that a name is compared with */

/* A connection's vhost. */
typedef struct {
    uint32_t class, kind, vhost;
} connection;

/* What vhosts of one kind have in common. */
typedef struct {
    uint32_t group;
    uint32_t effects[ATY_FIELD_TLS_COUNT];
} kind_key;

typedef struct {
    const aty_tally *tally;
    int first; /* column of the vhost at hand */
} maker;

static int connection_compare(const void *a, const void *b)
{
    const connection *x = a;
    const connection *y = b;

    if (x->class != y->class) {
        return aty_number_order(x->class, y->class);
    }
    return x->kind != y->kind ? aty_number_order(x->kind, y->kind)
                              : aty_number_order(x->vhost, y->vhost);
}

/* The group of a vhost, or ATY_NONE. */
static uint32_t group_of(const aty_tally_site *site, uint32_t vhost, uint32_t address_set)
{
    const aty_seat_record *seat = aty_vhost_seat(site->table, vhost, address_set);

    return seat && aty_get(seat->group) > 0 ? aty_get(seat->group) - 1 : ATY_NONE;
}

static kind_key key_of(const aty_table *table, uint32_t base, uint32_t vhost,
                       uint32_t group)
{
    kind_key key = {.group = group};

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        key.effects[field] = aty_field_effect(table, base, vhost, (aty_field)field);
    }
    return key;
}

/* Vhosts without a group, as a damaged table may have them, are left alone. */
static void kinds_find(apr_pool_t *pool, aty_tally *tally)
{
    const aty_tally_site *site = tally->site;
    const uint32_t *starts = site->members.starts + tally->address_set;
    uint32_t base = aty_get(site->table->address_sets[tally->address_set].default_vhost);
    aty_ids *ids = aty_ids_make(pool);

    tally->kinds = apr_array_make(pool, 16, sizeof(aty_tally_kind));
    for (uint32_t i = starts[0]; i < starts[1]; i++) {
        uint32_t vhost = site->members.vhosts[i];
        uint32_t group = group_of(site, vhost, tally->address_set);
        kind_key key = key_of(site->table, base, vhost, group);
        site->kinds[vhost] =
            group == ATY_NONE ? ATY_NONE : aty_ids_take(ids, &key, sizeof key);
        if (group != ATY_NONE && (int)site->kinds[vhost] == tally->kinds->nelts) {
            APR_ARRAY_PUSH(tally->kinds, aty_tally_kind) = (aty_tally_kind){group, vhost};
        }
    }
}

/* The vhosts of the address set whose connections are reused. */
static connection *connections_find(apr_pool_t *pool, const aty_tally *tally,
                                    uint32_t *count)
{
    const aty_tally_site *site = tally->site;
    const uint32_t *starts = site->members.starts + tally->address_set;
    connection *all = apr_palloc(pool, (starts[1] - starts[0] + 1) * sizeof *all);

    *count = 0;
    for (uint32_t i = starts[0]; i < starts[1]; i++) {
        uint32_t vhost = site->members.vhosts[i];
        site->rows[vhost] = ATY_NONE;
        if (site->kinds[vhost] != ATY_NONE &&
            aty_attempt_is_reusable(site->table, vhost) &&
            aty_attempt_is_reached(site->table, tally->address_set, vhost)) {
            all[(*count)++] = (connection){aty_tries_classes(site->tries)->of[vhost],
                                           site->kinds[vhost], vhost};
        }
    }
    qsort(all, *count, sizeof *all, connection_compare);
    return all;
}

static void rows_make(apr_pool_t *pool, aty_tally *tally)
{
    const aty_tally_site *site = tally->site;
    uint32_t count;
    const connection *all = connections_find(pool, tally, &count);

    tally->rows = apr_palloc(pool, (count + 1) * sizeof *tally->rows);
    for (uint32_t i = 0; i < count; i++) {
        bool is_new =
            i == 0 || all[i].class != all[i - 1].class || all[i].kind != all[i - 1].kind;
        aty_tally_row *row = &tally->rows[tally->row_count - !is_new];
        if (is_new) {
            *row = (aty_tally_row){.class = all[i].class,
                                   .kind = all[i].kind,
                                   .group = aty_tally_kind_at(tally, all[i].kind)->group,
                                   .example = {ATY_NONE, ATY_NONE}};
            site->row_starts[row->class] =
                tally->row_count - site->row_counts[row->class]++;
            tally->row_count++;
        }
        if (row->vhosts < 2) {
            row->example[row->vhosts] = all[i].vhost;
        }
        row->vhosts++;
        site->rows[all[i].vhost] = tally->row_count - 1;
    }
}

/* Goes through the shorter one, the classes of the list or the rows of the set. */
const apr_array_header_t *aty_tally_rows_of(const aty_tally *tally, uint32_t list)
{
    const aty_tally_site *site = tally->site;
    apr_array_header_t *found = site->list_rows;
    uint32_t count;
    const uint32_t *classes = aty_tries_list(site->tries, list, &count);

    apr_array_clear(found);
    for (uint32_t i = 0; count <= tally->row_count && i < count; i++) {
        for (uint32_t r = 0; r < site->row_counts[classes[i]]; r++) {
            APR_ARRAY_PUSH(found, aty_tally_row *) =
                &tally->rows[site->row_starts[classes[i]] + r];
        }
    }
    for (uint32_t i = 0; count > tally->row_count && i < tally->row_count; i++) {
        if (aty_tries_list_has(site->tries, list, tally->rows[i].class)) {
            APR_ARRAY_PUSH(found, aty_tally_row *) = &tally->rows[i];
        }
    }
    return found;
}

bool aty_tally_tries_itself(const aty_tally *tally, const aty_tally_column *column)
{
    const aty_tally_site *site = tally->site;

    return site->rows[column->vhost] != ATY_NONE &&
           aty_tries_list_has(site->tries, column->list,
                              aty_tries_classes(site->tries)->of[column->vhost]);
}

/* Enters a name into a column of its vhost. */
static void column_add(const maker *m, uint32_t vhost, uint32_t name, uint32_t list,
                       aty_reason reason)
{
    apr_array_header_t *columns = m->tally->columns;
    uint32_t kind = m->tally->site->kinds[vhost];
    int last = columns->nelts - RECENT;

    for (int i = columns->nelts; i-- > (last > m->first ? last : m->first);) {
        aty_tally_column *known = &APR_ARRAY_IDX(columns, i, aty_tally_column);
        if (known->list == list && known->reason == reason) {
            known->names++;
            return;
        }
    }
    APR_ARRAY_PUSH(columns, aty_tally_column) = (aty_tally_column){
        list, aty_tally_kind_at(m->tally, kind)->group, kind, vhost, reason, 1, name};
}

/* Whether the address set gives the name of this record to its vhost. */
static bool is_given(const aty_table *table, uint32_t set, uint32_t record,
                     const char *name)
{
    return aty_name_exact(table, set, name, strlen(name)) == record &&
           aty_vhost_named(table, set, name, strlen(name)) ==
               aty_get(table->names[record].vhost);
}

static void name_enter(const maker *m, uint32_t vhost, uint32_t record, aty_reason reason)
{
    const aty_table *table = m->tally->site->table;
    const char *name = aty_table_string(table, table->names[record].name);
    const apr_array_header_t *tries;

    if (aty_name_is_pattern(name)) {
        tries = aty_tries_of_pattern(m->tally->site->tries, m->tally->address_set, name,
                                     vhost);
    }
    else if (is_given(table, m->tally->address_set, record, name)) {
        tries = aty_tries_of_name(m->tally->site->tries, name, vhost);
    }
    else {
        return;
    }
    for (int i = 0; i < tries->nelts; i++) {
        const aty_try *try = &APR_ARRAY_IDX(tries, i, const aty_try);
        column_add(m, vhost, record, try->list,
                   try->is_refused ? aty_tally_first(reason, ATY_REASON_NOT_COVERED)
                                   : reason);
    }
}

static int column_compare(const void *a, const void *b)
{
    const aty_tally_column *x = a;
    const aty_tally_column *y = b;

    if (x->list != y->list) {
        return aty_number_order(x->list, y->list);
    }
    if (x->kind != y->kind) {
        return aty_number_order(x->kind, y->kind);
    }
    if (x->reason != y->reason) {
        return aty_number_order(x->reason, y->reason);
    }
    return x->vhost != y->vhost ? aty_number_order(x->vhost, y->vhost)
                                : aty_number_order(x->name, y->name);
}

static void columns_make(apr_pool_t *pool, aty_tally *tally)
{
    const aty_tally_site *site = tally->site;
    const uint32_t *starts = site->members.starts + tally->address_set;
    maker m = {.tally = tally};

    tally->columns =
        apr_array_make(pool, (int)(starts[1] - starts[0]) + 1, sizeof(aty_tally_column));
    for (uint32_t i = starts[0]; i < starts[1]; i++) {
        uint32_t vhost = site->members.vhosts[i];
        uint32_t first = aty_get(site->table->vhosts[vhost].first_name);
        uint32_t count = aty_get(site->table->vhosts[vhost].name_count);
        aty_reason reason = aty_request_reason(site->table, vhost);
        m.first = tally->columns->nelts;
        for (uint32_t name = first;
             site->kinds[vhost] != ATY_NONE && name < first + count; name++) {
            name_enter(&m, vhost, name, reason);
        }
    }
    qsort(tally->columns->elts, (size_t)tally->columns->nelts, sizeof(aty_tally_column),
          column_compare);
}

aty_tally aty_tally_begin(apr_pool_t *pool, const aty_tally_site *site,
                          uint32_t address_set)
{
    aty_tally tally = {.site = site, .address_set = address_set};

    kinds_find(pool, &tally);
    rows_make(pool, &tally);
    columns_make(pool, &tally);
    return tally;
}

void aty_tally_end(const aty_tally *tally)
{
    for (uint32_t i = 0; i < tally->row_count; i++) {
        tally->site->row_counts[tally->rows[i].class] = 0;
    }
}

aty_tally_site *aty_tally_site_make(apr_pool_t *pool, const aty_table *table,
                                    aty_attempts *found)
{
    aty_tally_site *site = apr_pcalloc(pool, sizeof *site);
    size_t vhosts = table->counts[ATY_SECTION_VHOSTS] + 1;
    size_t classes, groups;

    site->table = table;
    site->found = found;
    site->members = aty_set_members_collect(pool, table);
    site->groups = aty_group_list_make(pool, table);
    site->tries = aty_tries_make(pool, table);
    classes = (size_t)aty_tries_classes(site->tries)->examples->nelts + 1;
    groups = site->groups.count + 1;
    site->rows = apr_palloc(pool, vhosts * sizeof *site->rows);
    site->kinds = apr_palloc(pool, vhosts * sizeof *site->kinds);
    site->row_starts = apr_pcalloc(pool, classes * sizeof *site->row_starts);
    site->row_counts = apr_pcalloc(pool, classes * sizeof *site->row_counts);
    site->connections = apr_pcalloc(pool, groups * sizeof *site->connections);
    site->names = apr_pcalloc(pool, groups * sizeof *site->names);
    site->list_rows = apr_array_make(pool, 64, sizeof(aty_tally_row *));
    return site;
}

int aty_tally_run_end(const aty_tally *tally, int first, bool of_kind)
{
    const aty_tally_column *begin = aty_tally_column_at(tally, first);
    int end = first + 1;

    for (; end < tally->columns->nelts; end++) {
        const aty_tally_column *column = aty_tally_column_at(tally, end);
        if (column->list != begin->list ||
            (of_kind &&
             (column->kind != begin->kind || column->reason != begin->reason))) {
            break;
        }
    }
    return end;
}
