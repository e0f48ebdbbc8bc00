/* dns_check.h: the named check not-here, which asks DNS and so is made only on demand.
 */
#ifndef ATY_AUTHORITYC_DNS_CHECK_H
#define ATY_AUTHORITYC_DNS_CHECK_H

#include "authorityc/policy.h"
#include "authorityc/resolve.h"

/* Asks for each name that may be advertised. Warns where it leads only to addresses that
 * its vhost is not declared on, or nowhere; of a vhost on `*`, which is everywhere, only
 * of the latter. Gives up where the resolver does not answer, and says so. */
void aty_dns_check(const aty_policy *policy, aty_diag *diag, aty_resolver *resolver);

#endif
