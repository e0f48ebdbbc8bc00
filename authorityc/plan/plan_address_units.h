/* plan_address_units.h: who must not meet on an address set.
 *
 * A unit is a group, as those who share connections had best stay together. Where some of
 * a group must not meet the others, they are units of their own: a vhost with <Location>s
 * that need a renegotiation, those that do not speak HTTP/2, and, where certificates of a
 * vhost name different things, vhosts by their covers.
 */
#ifndef ATY_AUTHORITYC_PLAN_ADDRESS_UNITS_H
#define ATY_AUTHORITYC_PLAN_ADDRESS_UNITS_H

#include <stdint.h>

#include <apr_pools.h>

#include "authorityc/plan/plan_attempts.h"
#include "authorityc/plan/plan_colour.h"
#include "authorityc/plan/plan_tally.h"

typedef struct {
    uint32_t count;   /* of units that have attempts */
    aty_graph *graph; /* of these: joined where there are attempts from one to the other;
                         NULL where they are more than ATY_GRAPH_MAX */
    uint32_t *of;     /* by vhost of the table: its vertex; ATY_NONE: no attempts, or not
                         on this address set */
} aty_address_units;

/* Those of the tally's address set. `attempts` are those of the table. */
aty_address_units aty_address_units_make(apr_pool_t *pool, const aty_tally *tally,
                                         const aty_attempts *attempts);

#endif
