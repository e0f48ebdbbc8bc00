/* group_list.h: the groups of a table, gathered from the seats of its vhosts. */
#ifndef ATY_AUTHORITYC_GROUP_LIST_H
#define ATY_AUTHORITYC_GROUP_LIST_H

#include <apr_pools.h>

#include "core/reason.h"
#include "core/table.h"

typedef struct {
    uint32_t number; /* as seats say it, from 1 */
    uint32_t address_set;
    uint32_t vhost; /* the first */
    uint32_t vhosts;
    uint32_t names;
} aty_group;

typedef struct {
    aty_group *groups; /* group N stands at N - 1; a number may be unused: no vhosts */
    uint32_t count;
    const aty_group **largest; /* by address set; the first of several */
} aty_group_list;

aty_group_list aty_group_list_make(apr_pool_t *pool, const aty_table *table);

/* What keeps two groups of one address set apart, judged by their first vhosts; without
 * what only names, <Location>s and Protocols decide, which differ within groups. */
aty_reasons aty_group_reasons(const aty_table *table, const aty_group *a,
                              const aty_group *b);

#endif
