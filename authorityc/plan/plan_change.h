/* plan_change.h: changing a policy that was read.
 *
 * Vhosts are copied one by one, directives never: what does not change is the same
 * directive in both policies, and what does is another one.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_CHANGE_H
#define ATY_AUTHORITYC_PLAN_PLAN_CHANGE_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/policy.h"
#include "core/table.h"

/* A policy with vhosts of its own, which are as those of the other. */
aty_policy *aty_plan_policy_copy(apr_pool_t *pool, const aty_policy *policy);

/* Vhost N, to be changed, or to be read. */
aty_vhost *aty_plan_vhost(aty_policy *policy, uint32_t vhost);
const aty_vhost *aty_plan_vhost_of(const aty_policy *policy, uint32_t vhost);

/* A directive with one word. It stands at the place of the one it replaces. */
aty_directive *aty_plan_directive(apr_pool_t *pool, const char *name, const char *word,
                                  const aty_place *place);

/* Where what is new in a vhost is said to be: where what it replaces is, or the vhost. */
const aty_place *aty_plan_place(const aty_vhost *vhost, const aty_directive *replaced);

/* Copies a TLS field of one vhost to another. */
void aty_plan_field_copy(aty_vhost *to, const aty_vhost *from, aty_field field);

/* The vhosts that are not the same in both (aty_plan_change); `directory` is where the
 * changed policy will be. */
apr_array_header_t *aty_plan_changes(apr_pool_t *pool, const aty_policy *before,
                                     const aty_policy *after, const char *directory);

#endif
