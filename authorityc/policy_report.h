/* policy_report.h: one line about a policy that was read. */
#ifndef ATY_AUTHORITYC_POLICY_REPORT_H
#define ATY_AUTHORITYC_POLICY_REPORT_H

#include <stdio.h>

#include "authorityc/policy.h"

/* "site.policy: 5 vhosts, 9 names, no errors", or how many errors and warnings. */
void aty_policy_summary(FILE *stream, const char *path, const aty_policy *policy,
                        const aty_diag *diag);

/* "5 vhosts, 9 names". */
const char *aty_policy_counts(apr_pool_t *pool, const aty_policy *policy);

#endif
