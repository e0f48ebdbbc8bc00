/* plan_address_moves.h: what clients go through while vhosts move to other addresses.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_ADDRESS_MOVES_H
#define ATY_AUTHORITYC_PLAN_PLAN_ADDRESS_MOVES_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/plan/plan.h"

/* A name that goes on to be asked for at the old address, as DNS caches have it, and is
 * another vhost's there, since the one that had it has gone. */
typedef struct {
    uint32_t vhost;   /* that has gone */
    const char *name; /* or a pattern */
    const char *old;  /* the address, "*:443" */
    uint32_t to;      /* that has it now */
} aty_plan_left_name;

/* Those of a remedy with addresses (aty_plan_left_name), by vhost. `before` is the
 * table without it. */
apr_array_header_t *aty_plan_left_names(apr_pool_t *pool, const aty_table *before,
                                        const aty_remedy *remedy);

/* "IPv6" where the vhosts leave all addresses of a machine for one of IPv4, and the other
 * way round; else NULL. */
const char *aty_plan_lost_family(const aty_plan_address *address);

#endif
