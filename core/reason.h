/* reason.h: why a request may not be answered on a connection.
 *
 * A closed list. The order is the order of precedence: where several reasons hold, the
 * first one is *the* reason. Names are stable: they appear in logs, in the environment of
 * requests, in the answers of authorityc and in administrators' scripts.
 */
#ifndef ATY_CORE_REASON_H
#define ATY_CORE_REASON_H

#include <stdint.h>

/* The first seven stand beside the TLS fields of a vhost (enum aty_field in format.h). */
typedef enum {
    ATY_REASON_CLIENT_AUTH,
    ATY_REASON_CLIENT_CA,
    ATY_REASON_REVOCATION,
    ATY_REASON_CERTIFICATE,
    ATY_REASON_PROTOCOL,
    ATY_REASON_CIPHERS,
    ATY_REASON_OPENSSL_CONF,
    ATY_REASON_LOCATION_CLIENT_AUTH,
    ATY_REASON_LOCATION_CIPHERS,
    ATY_REASON_HTTP1_ONLY,
    ATY_REASON_OTHER_ZONE,
    ATY_REASON_NOT_COVERED,
    ATY_REASON_STRICT,
    ATY_REASON_UNKNOWN_AUTHORITY,
    ATY_REASON_NOT_IN_POLICY,
    ATY_REASON_DRIFTED,
    ATY_REASON_NO_TABLE,
    ATY_REASON_TEXTUAL,
    ATY_REASON_COUNT
} aty_reason;

/* A set of reasons: bit N stands for reason N. */
typedef uint32_t aty_reasons;

#define ATY_REASON_BIT(reason) ((aty_reasons)1 << (reason))

/* The stable name, as "client-auth". */
const char *aty_reason_name(aty_reason reason);

/* One sentence for people, lower case, without a full stop. */
const char *aty_reason_sentence(aty_reason reason);

#endif
