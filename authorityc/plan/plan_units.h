/* plan_units.h: vhosts that may have one certificate: each answers on the connections of
 * every other.
 *
 * They are of one group on all addresses that they have in common, and have one. A vhost
 * with a <Location> that needs a renegotiation answers on no HTTP/2 connection but its
 * own, and so is a unit by itself; those without HTTP/2 are apart from the others.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_UNITS_H
#define ATY_AUTHORITYC_PLAN_PLAN_UNITS_H

#include <stdint.h>

#include <apr_pools.h>

#include "core/table.h"

typedef struct {
    uint32_t count;
    uint32_t *of;      /* by vhost: its unit; they are in file order of their firsts */
    uint32_t *starts;  /* by unit, and one more: where its members begin */
    uint32_t *members; /* vhosts, in file order within a unit */
} aty_plan_units;

aty_plan_units aty_plan_units_make(apr_pool_t *pool, const aty_table *table);

#endif
