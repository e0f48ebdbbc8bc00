/* checks.c: the named checks as a table. */
#include "authorityc/checks.h"

static const struct {
    const char *name;
    aty_severity severity;
} checks[ATY_CHECK_COUNT] = {
    [ATY_CHECK_DUPLICATE_NAME] = {"duplicate-name", ATY_SEVERITY_ERROR},
    [ATY_CHECK_SHADOWED_NAME] = {"shadowed-name", ATY_SEVERITY_WARNING},
    [ATY_CHECK_NOT_COVERED] = {"not-covered", ATY_SEVERITY_WARNING},
    [ATY_CHECK_FALSE_CONFLICT] = {"false-conflict", ATY_SEVERITY_WARNING},
    [ATY_CHECK_HIDDEN_CONFLICT] = {"hidden-conflict", ATY_SEVERITY_WARNING},
    [ATY_CHECK_LOCATION_CLIENT_AUTH] = {"location-client-auth", ATY_SEVERITY_WARNING},
    [ATY_CHECK_EXPIRED_CERTIFICATE] = {"expired-certificate", ATY_SEVERITY_WARNING},
    [ATY_CHECK_WILDCARD_NOT_ADVERTISED] = {"wildcard-not-advertised",
                                           ATY_SEVERITY_WARNING},
    [ATY_CHECK_OVER_BUDGET] = {"over-budget", ATY_SEVERITY_WARNING},
    [ATY_CHECK_LONE_DEFAULT] = {"lone-default", ATY_SEVERITY_WARNING},
    [ATY_CHECK_IMPOSSIBLE_PAIR] = {"impossible-pair", ATY_SEVERITY_WARNING},
    [ATY_CHECK_PROTOCOL_OVERRIDE] = {"protocol-override", ATY_SEVERITY_WARNING},
    [ATY_CHECK_SHARED_SESSIONS] = {"shared-sessions", ATY_SEVERITY_WARNING},
    [ATY_CHECK_NOT_HERE] = {"not-here", ATY_SEVERITY_WARNING},
};

const char *aty_check_name(aty_check check)
{
    return checks[check].name;
}

aty_severity aty_check_default(aty_check check)
{
    return checks[check].severity;
}
