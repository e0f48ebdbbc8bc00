#include "authorityc/origin_names.h"

#include "core/search.h"
#include "core/verdict.h"

static const aty_covered_name *covered_at(const apr_array_header_t *covered, int i)
{
    return &APR_ARRAY_IDX(covered, i, const aty_covered_name);
}

typedef struct {
    const apr_array_header_t *covered;
    uint32_t group;
    uint32_t name;
} wanted;

static int covered_order(const void *what, size_t index)
{
    const wanted *w = what;
    const aty_covered_name *at = covered_at(w->covered, (int)index);

    return at->group != w->group ? aty_number_order(at->group, w->group)
                                 : aty_number_order(at->name, w->name);
}

/* The first covered name that is not before this name of the group. */
static int covered_from(const apr_array_header_t *covered, uint32_t group, uint32_t name)
{
    const wanted what = {covered, group, name};
    size_t index;

    aty_search(&what, (size_t)covered->nelts, covered_order, &index);
    return (int)index;
}

static bool is_advertised(const aty_table *table, uint32_t vhost)
{
    return aty_get(table->vhosts[vhost].flags) & ATY_VHOST_ADVERTISED;
}

aty_origin_names *aty_origin_names_sort(apr_pool_t *pool, const aty_table *table,
                                        const apr_array_header_t *covered, uint32_t group)
{
    aty_origin_names *names = apr_pcalloc(pool, sizeof *names);
    int first = covered_from(covered, group, 0);
    int i = first;
    uint32_t stranger = ATY_NONE;

    names->covered = covered;
    names->group = group;
    names->comers = apr_array_make(pool, 4, sizeof(uint32_t));
    for (; i < covered->nelts && covered_at(covered, i)->group == group; i++) {
        uint32_t name = covered_at(covered, i)->name;
        uint32_t vhost = aty_get(table->names[name].vhost);
        if (!aty_vhost_serves_h2(table, vhost)) {
            names->strangers += vhost != stranger; /* a vhost's names stand together */
            stranger = vhost;
        }
        else if (is_advertised(table, vhost)) {
            APR_ARRAY_PUSH(names->comers, uint32_t) = name;
        }
    }
    names->has_others = i - first < covered->nelts;
    return names;
}

aty_origin_walk aty_origin_walk_begin(const aty_origin_names *names,
                                      const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    uint32_t first = aty_get(record->first_name);
    aty_origin_walk walk = {.names = names, .count = (uint32_t)names->comers->nelts};
    uint32_t strangers = names->strangers;

    if (!aty_vhost_serves_h2(table, vhost)) {
        walk.own = covered_from(names->covered, names->group, first);
        walk.own_end = covered_from(names->covered, names->group,
                                    first + aty_get(record->name_count));
        strangers -= walk.own < walk.own_end;
        if (!is_advertised(table, vhost)) {
            walk.own_end = walk.own;
        }
        walk.count += (uint32_t)(walk.own_end - walk.own);
    }
    walk.protects = names->has_others || strangers > 0;
    return walk;
}

uint32_t aty_origin_walk_next(aty_origin_walk *walk)
{
    const apr_array_header_t *comers = walk->names->comers;
    uint32_t comer = walk->comer < comers->nelts
                         ? APR_ARRAY_IDX(comers, walk->comer, uint32_t)
                         : ATY_NONE;
    uint32_t own = walk->own < walk->own_end
                       ? covered_at(walk->names->covered, walk->own)->name
                       : ATY_NONE;

    if (own < comer) {
        walk->own++;
        return own;
    }
    walk->comer += comer != ATY_NONE;
    return comer;
}
