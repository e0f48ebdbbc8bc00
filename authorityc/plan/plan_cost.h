/* plan_cost.h: what a remedy costs, in a sentence.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_COST_H
#define ATY_AUTHORITYC_PLAN_PLAN_COST_H

#include "authorityc/plan/plan.h"

/* Lower case, without a full stop. */
const char *aty_plan_cost(apr_pool_t *pool, const aty_plan_site *site,
                          const aty_remedy *remedy);

/* "1 vhost", "2 vhosts". */
const char *aty_plan_counted(apr_pool_t *pool, uint64_t count, const char *what);

#endif
