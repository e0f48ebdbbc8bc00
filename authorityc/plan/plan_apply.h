/* plan_apply.h: writing the policy as it would be.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_APPLY_H
#define ATY_AUTHORITYC_PLAN_PLAN_APPLY_H

#include <stdbool.h>

#include "authorityc/plan/plan.h"

typedef struct {
    const aty_policy *policy;
    const aty_compiled *compiled; /* of it */
    const aty_traffic *traffic;   /* NULL: no log */
    const aty_plan_options *options;
    const bool *chosen; /* by aty_remedy_kind */
    const char *path;   /* of the policy, as it was given */
    const char *output; /* or "-" */
    bool json;          /* the answer is JSON */
} aty_plan_order;

/* Applies the chosen remedies one after the other, writes stand-ins for wanted
 * certificates and then the policy, and says what was done. Nothing is written where
 * anything is wrong before that. Returns an exit code of commands.h. */
int aty_plan_apply(apr_pool_t *pool, const aty_plan_order *order);

#endif
