/* checks.h: the named checks of a policy that is well formed.
 *
 * Each has a stable name that stands in its messages, and a severity.
 */
#ifndef ATY_AUTHORITYC_CHECKS_H
#define ATY_AUTHORITYC_CHECKS_H

typedef enum {
    ATY_CHECK_DUPLICATE_NAME,
    ATY_CHECK_SHADOWED_NAME,
    ATY_CHECK_NOT_COVERED,
    ATY_CHECK_FALSE_CONFLICT,
    ATY_CHECK_HIDDEN_CONFLICT,
    ATY_CHECK_LOCATION_CLIENT_AUTH,
    ATY_CHECK_EXPIRED_CERTIFICATE,
    ATY_CHECK_WILDCARD_NOT_ADVERTISED,
    ATY_CHECK_OVER_BUDGET,
    ATY_CHECK_LONE_DEFAULT,
    ATY_CHECK_IMPOSSIBLE_PAIR,
    ATY_CHECK_PROTOCOL_OVERRIDE,
    ATY_CHECK_SHARED_SESSIONS,
    ATY_CHECK_NOT_HERE, /* of `check --dns` alone */
    ATY_CHECK_COUNT
} aty_check;

typedef enum {
    ATY_SEVERITY_OFF,
    ATY_SEVERITY_WARNING,
    ATY_SEVERITY_ERROR
} aty_severity;

/* The stable name, as "duplicate-name". */
const char *aty_check_name(aty_check check);

/* The severity a check has where nobody asked otherwise. */
aty_severity aty_check_default(aty_check check);

#endif
