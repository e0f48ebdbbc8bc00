#include "core/sni_policy.h"

#include <string.h>

#include "core/names.h"

static const char *const names[ATY_SNI_COUNT] = {
    [ATY_SNI_STRICT] = "strict",     [ATY_SNI_SECURE] = "secure",
    [ATY_SNI_AUTHONLY] = "authonly", [ATY_SNI_INSECURE] = "insecure",
    [ATY_SNI_LEGACY] = "legacy",
};

const char *aty_sni_policy_name(aty_sni_policy policy)
{
    return names[policy];
}

aty_sni_policy aty_sni_policy_named(const char *name)
{
    int policy = 0;

    while (policy < ATY_SNI_COUNT &&
           !aty_name_equals(names[policy], strlen(names[policy]), name, strlen(name))) {
        policy++;
    }
    return (aty_sni_policy)policy;
}
