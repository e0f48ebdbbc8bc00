/* policy_report.c: counting vhosts, names, errors and warnings. */
#include "authorityc/policy_report.h"

#include <apr_strings.h>

static const char *counted(apr_pool_t *pool, uint32_t count, const char *what)
{
    return apr_psprintf(pool, "%u %s%s", count, what, count == 1 ? "" : "s");
}

const char *aty_policy_counts(apr_pool_t *pool, const aty_policy *policy)
{
    uint32_t names = 0;
    for (int i = 0; i < policy->vhosts->nelts; i++) {
        const aty_vhost *vhost = &APR_ARRAY_IDX(policy->vhosts, i, aty_vhost);
        names += 1 + (vhost->aliases ? (uint32_t)vhost->aliases->nelts : 0);
    }
    return apr_psprintf(pool, "%s, %s",
                        counted(pool, (uint32_t)policy->vhosts->nelts, "vhost"),
                        counted(pool, names, "name"));
}

void aty_policy_summary(FILE *stream, const char *path, const aty_policy *policy,
                        const aty_diag *diag)
{
    uint32_t errors = aty_diag_errors(diag), warnings = aty_diag_warnings(diag);
    fprintf(stream, "%s: ", path);
    if (errors > 0) {
        fputs(counted(policy->pool, errors, "error"), stream);
    }
    else {
        fprintf(stream, "%s, no errors", aty_policy_counts(policy->pool, policy));
    }
    if (warnings > 0) {
        fprintf(stream, ", %s", counted(policy->pool, warnings, "warning"));
    }
    fputc('\n', stream);
}
