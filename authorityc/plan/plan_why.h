/* plan_why.h: why attempts remain after a remedy.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_WHY_H
#define ATY_AUTHORITYC_PLAN_PLAN_WHY_H

#include "authorityc/plan/plan.h"

/* Puts into the obstacles of the remedy, which was proved, the largest of the attempts
 * that remain, each with the reason why no remedy of the kind ends it; of kinds that may
 * fail so. What the remedy itself found is part of the reasons. */
void aty_plan_obstacles_find(apr_pool_t *pool, aty_remedy *remedy);

#endif
