/* sni_policy.h: the names of the SNIPolicies, as policies and messages write them.
 */
#ifndef ATY_CORE_SNI_POLICY_H
#define ATY_CORE_SNI_POLICY_H

#include "core/format.h"

/* "strict", "secure", "authonly", "insecure", "legacy". */
const char *aty_sni_policy_name(aty_sni_policy policy);

/* The policy of that name, in any case; ATY_SNI_COUNT where there is none. */
aty_sni_policy aty_sni_policy_named(const char *name);

#endif
