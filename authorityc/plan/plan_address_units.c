#include "authorityc/plan/plan_address_units.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/ids.h"
#include "core/search.h"

/* Why a vhost must not meet others of its group. */
#define HIT_BY_ITSELF 1u /* for what it answers on any other connection */
#define HIT_BY_COVER  2u /* as not-covered */

/* What members of a unit have in common. */
typedef enum {
    OF_GROUP,
    OF_HTTP1, /* of its group, without HTTP/2 */
    OF_COVER, /* of its group, with one class of covers */
    OF_VHOST
} unit_kind;

/* A unit of connections in a row of the tally. */
typedef struct {
    uint32_t row;
    uint32_t vertex;
} row_unit;

typedef struct {
    apr_pool_t *pool;
    const aty_tally *tally;
    const aty_tally_site *site;
    uint8_t *hits;          /* by vhost */
    bool *is_covered_apart; /* by group of the site: some are hit by their cover */
    aty_address_units units;
    uint32_t *groups;        /* by vertex */
    row_unit *row_units;     /* by row, then by vertex */
    uint32_t *row_starts;    /* by row, and one more */
    uint32_t *seen;          /* by vertex: the last list, from 1 */
    uint32_t *seen_names[2]; /* by vertex: the same, of names; with a reason second */
    apr_array_header_t *connections; /* uint32_t: vertices of the list at hand */
} maker;

/* The vhosts of the address set. */
static const uint32_t *members_of(const maker *m, uint32_t *count)
{
    const uint32_t *starts = m->site->members.starts + m->tally->address_set;

    *count = starts[1] - starts[0];
    return m->site->members.vhosts + starts[0];
}

/* Of a list, names with a reason of their own that others of their group try. */
static void list_hit(maker *m, int first, int end)
{
    const apr_array_header_t *rows =
        aty_tally_rows_of(m->tally, aty_tally_column_at(m->tally, first)->list);
    uint64_t *connections = m->site->connections;

    for (int i = 0; i < rows->nelts; i++) {
        connections[aty_tally_row_at(rows, i)->group] +=
            aty_tally_row_at(rows, i)->vhosts;
    }
    for (int i = first; i < end; i++) {
        const aty_tally_column *column = aty_tally_column_at(m->tally, i);
        bool by_cover = column->reason == ATY_REASON_NOT_COVERED;
        if (column->reason != ATY_REASON_COUNT &&
            connections[column->group] > aty_tally_tries_itself(m->tally, column)) {
            m->hits[column->vhost] |= by_cover ? HIT_BY_COVER : HIT_BY_ITSELF;
            m->is_covered_apart[column->group] |= by_cover;
        }
    }
    for (int i = 0; i < rows->nelts; i++) {
        connections[aty_tally_row_at(rows, i)->group] = 0;
    }
}

static uint32_t unit_of(const maker *m, aty_ids *ids, uint32_t vhost)
{
    uint32_t group = aty_tally_kind_at(m->tally, m->site->kinds[vhost])->group;
    uint32_t key[3] = {OF_GROUP, group, 0};

    if (m->hits[vhost] & HIT_BY_ITSELF) {
        bool connects = m->site->rows[vhost] != ATY_NONE;
        key[0] = connects ? OF_VHOST : OF_HTTP1;
        key[2] = connects ? vhost : 0;
    }
    else if (m->is_covered_apart[group]) {
        key[0] = OF_COVER;
        key[2] = aty_tries_classes(m->site->tries)->of[vhost];
    }
    return aty_ids_take(ids, key, sizeof key);
}

/* Numbers the units that have attempts, and gives each vhost its own. */
static void vertices_number(maker *m, const aty_attempts *attempts)
{
    uint32_t count;
    const uint32_t *vhosts = members_of(m, &count);
    aty_ids *ids = aty_ids_make(m->pool);
    uint32_t *numbers = apr_palloc(m->pool, (count + 1) * sizeof *numbers);

    memset(numbers, 0xff, (count + 1) * sizeof *numbers);
    m->groups = apr_palloc(m->pool, (count + 1) * sizeof *m->groups);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t vhost = vhosts[i];
        uint32_t unit =
            m->site->kinds[vhost] == ATY_NONE ? ATY_NONE : unit_of(m, ids, vhost);
        m->units.of[vhost] = unit;
        if (unit != ATY_NONE && numbers[unit] == ATY_NONE &&
            (attempts->from[vhost] > 0 || attempts->to[vhost] > 0)) {
            m->groups[m->units.count] =
                aty_tally_kind_at(m->tally, m->site->kinds[vhost])->group;
            numbers[unit] = m->units.count++;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *unit = &m->units.of[vhosts[i]];
        *unit = *unit == ATY_NONE ? ATY_NONE : numbers[*unit];
    }
}

static int row_unit_compare(const void *a, const void *b)
{
    const row_unit *x = a;
    const row_unit *y = b;

    return x->row != y->row ? aty_number_order(x->row, y->row)
                            : aty_number_order(x->vertex, y->vertex);
}

/* Notes whose connections are in each row. */
static void rows_read(maker *m)
{
    uint32_t count, used = 0, kept = 0;
    const uint32_t *vhosts = members_of(m, &count);

    m->row_units = apr_palloc(m->pool, (count + 1) * sizeof *m->row_units);
    m->row_starts = apr_pcalloc(m->pool, (m->tally->row_count + 2) * sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = m->site->rows[vhosts[i]], vertex = m->units.of[vhosts[i]];
        if (row != ATY_NONE && vertex != ATY_NONE) {
            m->row_units[used++] = (row_unit){row, vertex};
        }
    }
    qsort(m->row_units, used, sizeof *m->row_units, row_unit_compare);
    for (uint32_t i = 0; i < used; i++) {
        if (i == 0 || row_unit_compare(&m->row_units[i], &m->row_units[kept - 1]) != 0) {
            m->row_units[kept++] = m->row_units[i];
            m->row_starts[m->row_units[kept - 1].row + 1]++;
        }
    }
    for (uint32_t row = 0; row < m->tally->row_count; row++) {
        m->row_starts[row + 1] += m->row_starts[row];
    }
}

static void connections_collect(maker *m, uint32_t list, uint32_t stamp)
{
    const apr_array_header_t *rows = aty_tally_rows_of(m->tally, list);

    apr_array_clear(m->connections);
    for (int i = 0; i < rows->nelts; i++) {
        uint32_t row = (uint32_t)(aty_tally_row_at(rows, i) - m->tally->rows);
        for (uint32_t u = m->row_starts[row]; u < m->row_starts[row + 1]; u++) {
            uint32_t vertex = m->row_units[u].vertex;
            if (m->seen[vertex] != stamp) {
                m->seen[vertex] = stamp;
                APR_ARRAY_PUSH(m->connections, uint32_t) = vertex;
            }
        }
    }
}

/* Joins the unit of a name with all whose connections try it and must not have it. */
static void name_join(const maker *m, uint32_t vertex, bool has_reason)
{
    for (int i = 0; i < m->connections->nelts; i++) {
        uint32_t connection = APR_ARRAY_IDX(m->connections, i, uint32_t);
        if (has_reason || m->groups[connection] != m->groups[vertex]) {
            aty_graph_join(m->units.graph, connection, vertex);
        }
    }
}

static void list_join(maker *m, int first, int end, uint32_t stamp)
{
    connections_collect(m, aty_tally_column_at(m->tally, first)->list, stamp);
    for (int i = first; i < end; i++) {
        const aty_tally_column *column = aty_tally_column_at(m->tally, i);
        uint32_t vertex = m->units.of[column->vhost];
        bool has_reason = column->reason != ATY_REASON_COUNT;
        if (vertex != ATY_NONE && m->seen_names[has_reason][vertex] != stamp) {
            m->seen_names[has_reason][vertex] = stamp;
            name_join(m, vertex, has_reason);
        }
    }
}

static void graph_make(apr_pool_t *pool, maker *m)
{
    size_t size = (m->units.count + 1) * sizeof(uint32_t);
    uint32_t stamp = 0;

    m->units.graph = aty_graph_make(pool, m->units.count);
    m->seen = apr_pcalloc(m->pool, size);
    m->seen_names[0] = apr_pcalloc(m->pool, size);
    m->seen_names[1] = apr_pcalloc(m->pool, size);
    m->connections = apr_array_make(m->pool, 64, sizeof(uint32_t));
    for (int first = 0, end; first < m->tally->columns->nelts; first = end) {
        end = aty_tally_run_end(m->tally, first, false);
        list_join(m, first, end, ++stamp);
    }
}

aty_address_units aty_address_units_make(apr_pool_t *pool, const aty_tally *tally,
                                         const aty_attempts *attempts)
{
    const aty_tally_site *site = tally->site;
    size_t vhosts = site->table->counts[ATY_SECTION_VHOSTS] + 1;
    maker m = {.tally = tally, .site = site};

    apr_pool_create(&m.pool, pool);
    m.units.of = apr_palloc(pool, vhosts * sizeof *m.units.of);
    memset(m.units.of, 0xff, vhosts * sizeof *m.units.of);
    m.hits = apr_pcalloc(m.pool, vhosts);
    m.is_covered_apart = apr_pcalloc(m.pool, site->groups.count + 1);
    for (int first = 0, end; first < tally->columns->nelts; first = end) {
        end = aty_tally_run_end(tally, first, false);
        list_hit(&m, first, end);
    }
    vertices_number(&m, attempts);
    if (m.units.count <= ATY_GRAPH_MAX) {
        rows_read(&m);
        graph_make(pool, &m);
    }
    apr_pool_destroy(m.pool);
    return m.units;
}
