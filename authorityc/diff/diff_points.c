/* The points of two tables: what clients connect to. */
#include "authorityc/diff/diff.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"

/* Numbers for "host port". In each side's own they are those of its address sets. */
typedef struct {
    apr_pool_t *pool;
    aty_ids *sets[ATY_SIDES];
    aty_ids *hosts;
    apr_array_header_t *host_list; /* const char * */
    aty_ids *ports;
    apr_array_header_t *port_list; /* uint32_t */
    aty_ids *taken;                /* pairs of sets that have a point */
} finder;

static uint32_t set_of(finder *f, int side, const char *host, uint32_t port)
{
    const char *key = apr_psprintf(f->pool, "%s %u", host, port);

    return aty_ids_find(f->sets[side], key, strlen(key));
}

/* As aty_address_set_serving, for what a side need not declare. */
static uint32_t set_serving(finder *f, int side, const char *host, uint32_t port)
{
    const struct {
        const char *host;
        uint32_t port;
    } tries[] = {{host, port}, {host, 0}, {"*", port}, {"*", 0}};
    uint32_t set = ATY_NONE;

    for (size_t i = 0; i < sizeof tries / sizeof tries[0] && set == ATY_NONE; i++) {
        set = set_of(f, side, tries[i].host, tries[i].port);
    }
    return set;
}

static void point_add(aty_diff *diff, finder *f, const char *host, uint32_t port)
{
    uint32_t sets[ATY_SIDES] = {set_serving(f, ATY_OLD, host, port),
                                set_serving(f, ATY_NEW, host, port)};
    uint32_t known = aty_ids_count(f->taken);
    aty_diff_point *point;

    if ((sets[ATY_OLD] == ATY_NONE && sets[ATY_NEW] == ATY_NONE) ||
        aty_ids_take(f->taken, sets, sizeof sets) < known) {
        return;
    }
    point = apr_pcalloc(diff->pool, sizeof *point);
    point->number = (uint32_t)diff->points->nelts;
    point->host = host;
    point->port = port;
    memcpy(point->sets, sets, sizeof sets);
    APR_ARRAY_PUSH(diff->points, aty_diff_point *) = point;
}

static void set_note(finder *f, int side, const char *host, uint32_t port)
{
    const char *key = apr_psprintf(f->pool, "%s %u", host, port);

    aty_ids_take(f->sets[side], key, strlen(key));
    if ((int)aty_ids_take(f->hosts, host, strlen(host)) == f->host_list->nelts) {
        APR_ARRAY_PUSH(f->host_list, const char *) = host;
    }
    if ((int)aty_ids_take(f->ports, &port, sizeof port) == f->port_list->nelts) {
        APR_ARRAY_PUSH(f->port_list, uint32_t) = port;
    }
}

/* Notes the address sets of a side; the number of each is its own. */
static void sets_note(finder *f, int side, const aty_table *table)
{
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_ADDRESS_SETS]; i++) {
        set_note(f, side, aty_table_string(table, table->address_sets[i].host),
                 aty_get(table->address_sets[i].port));
    }
}

static void declared_add(aty_diff *diff, finder *f, const aty_table *table)
{
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_ADDRESS_SETS]; i++) {
        point_add(diff, f, aty_table_string(table, table->address_sets[i].host),
                  aty_get(table->address_sets[i].port));
    }
}

/* What nobody declares, but a side serves by an address with any port and the other by a
 * port of any address. */
static void crossings_add(aty_diff *diff, finder *f)
{
    for (int host = 0; host < f->host_list->nelts; host++) {
        for (int port = 0; port < f->port_list->nelts; port++) {
            point_add(diff, f, APR_ARRAY_IDX(f->host_list, host, const char *),
                      APR_ARRAY_IDX(f->port_list, port, uint32_t));
        }
    }
}

static void side_prepare(apr_pool_t *pool, aty_diff_side *side)
{
    const uint32_t *counts = side->table.counts;

    side->members = aty_set_members_collect(pool, &side->table);
    side->asked =
        apr_pcalloc(pool, (counts[ATY_SECTION_CERTIFICATES] + 1) * sizeof(uint32_t));
    side->numbers =
        apr_pcalloc(pool, (counts[ATY_SECTION_VHOSTS] + 1) * sizeof(uint32_t));
}

void aty_diff_points_find(aty_diff *diff)
{
    finder f = {
        .pool = diff->pool,
        .sets = {aty_ids_make(diff->pool), aty_ids_make(diff->pool)},
        .hosts = aty_ids_make(diff->pool),
        .host_list = apr_array_make(diff->pool, 4, sizeof(const char *)),
        .ports = aty_ids_make(diff->pool),
        .port_list = apr_array_make(diff->pool, 4, sizeof(uint32_t)),
        .taken = aty_ids_make(diff->pool),
    };

    diff->points = apr_array_make(diff->pool, 4, sizeof(aty_diff_point *));
    for (int side = 0; side < ATY_SIDES; side++) {
        side_prepare(diff->pool, &diff->sides[side]);
        sets_note(&f, side, &diff->sides[side].table);
    }
    declared_add(diff, &f, &diff->sides[ATY_NEW].table);
    declared_add(diff, &f, &diff->sides[ATY_OLD].table);
    crossings_add(diff, &f);
}
