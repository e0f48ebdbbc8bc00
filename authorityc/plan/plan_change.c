#include "authorityc/plan/plan_change.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/policy_print.h"
#include "authorityc/settings.h"

aty_policy *aty_plan_policy_copy(apr_pool_t *pool, const aty_policy *policy)
{
    aty_policy *copy = apr_pmemdup(pool, policy, sizeof *policy);

    copy->pool = pool;
    copy->vhosts = apr_array_copy(pool, policy->vhosts);
    return copy;
}

aty_vhost *aty_plan_vhost(aty_policy *policy, uint32_t vhost)
{
    return &APR_ARRAY_IDX(policy->vhosts, (int)vhost, aty_vhost);
}

const aty_vhost *aty_plan_vhost_of(const aty_policy *policy, uint32_t vhost)
{
    return &APR_ARRAY_IDX(policy->vhosts, (int)vhost, const aty_vhost);
}

aty_directive *aty_plan_directive(apr_pool_t *pool, const char *name, const char *word,
                                  const aty_place *place)
{
    aty_directive *directive = apr_pcalloc(pool, sizeof *directive);
    aty_word *words = apr_pcalloc(pool, sizeof *words);

    *words = (aty_word){word, *place};
    *directive =
        (aty_directive){.name = name, .words = words, .word_count = 1, .place = *place};
    return directive;
}

const aty_place *aty_plan_place(const aty_vhost *vhost, const aty_directive *replaced)
{
    return replaced ? &replaced->place : &vhost->place;
}

void aty_plan_field_copy(aty_vhost *to, const aty_vhost *from, aty_field field)
{
    for (const aty_tls_scalar *s = aty_setting_scalars(field); *s != ATY_TLS_SCALARS;
         s++) {
        to->scope.tls.scalars[*s] = from->scope.tls.scalars[*s];
    }
    if (field == ATY_FIELD_CERTIFICATE) {
        to->scope.tls.certificates = from->scope.tls.certificates;
        to->scope.tls.keys = from->scope.tls.keys;
    }
    if (field == ATY_FIELD_OPENSSL_CONF) {
        to->scope.tls.conf_cmds = from->scope.tls.conf_cmds;
    }
}

/* Whether two vhosts are one and the same to the compiler. */
static bool is_same(const aty_vhost *a, const aty_vhost *b)
{
    return a->addresses == b->addresses && a->locations == b->locations &&
           memcmp(&a->scope, &b->scope, sizeof a->scope) == 0;
}

apr_array_header_t *aty_plan_changes(apr_pool_t *pool, const aty_policy *before,
                                     const aty_policy *after, const char *directory)
{
    apr_array_header_t *changes = apr_array_make(pool, 4, sizeof(aty_plan_change));

    for (uint32_t i = 0; i < (uint32_t)before->vhosts->nelts; i++) {
        aty_plan_change change = {.vhost = i};
        const aty_vhost *old = aty_plan_vhost_of(before, i);
        const aty_vhost *new = aty_plan_vhost_of(after, i);
        if (!is_same(old, new) &&
            aty_policy_print_changes(pool, old, new, directory, &change.before,
                                     &change.after)) {
            APR_ARRAY_PUSH(changes, aty_plan_change) = change;
        }
    }
    return changes;
}
