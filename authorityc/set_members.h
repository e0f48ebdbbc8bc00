/* set_members.h: which vhosts sit on each address set.
 */
#ifndef ATY_AUTHORITYC_SET_MEMBERS_H
#define ATY_AUTHORITYC_SET_MEMBERS_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/table.h"

/* The vhosts of all address sets, in file order: those of set N stand from starts[N] to
 * before starts[N + 1]. */
typedef struct {
    uint32_t *starts;
    uint32_t *vhosts;
} aty_set_members;

aty_set_members aty_set_members_collect(apr_pool_t *pool, const aty_table *table);

#endif
