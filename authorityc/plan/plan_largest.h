/* plan_largest.h: of many attempts those with the most pairs.
 */
#ifndef ATY_AUTHORITYC_PLAN_LARGEST_H
#define ATY_AUTHORITYC_PLAN_LARGEST_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/plan/plan_attempts.h"

typedef struct {
    apr_array_header_t *heap; /* aty_attempt, the fewest pairs on top */
    uint32_t entries;         /* at most */
    uint64_t pairs;           /* of all that are in it */
} aty_largest;

aty_largest aty_largest_make(apr_pool_t *pool, uint32_t entries);

/* What an entry must have more pairs than, to get in. */
uint64_t aty_largest_bar(const aty_largest *largest);

/* Takes in an entry over the bar, for the one with the fewest if it is full. */
void aty_largest_put(aty_largest *largest, const aty_attempt *entry);

#endif
