#include "authorityc/outcome.h"

/* As verdict.c has it (http2_reasons). */
aty_reason aty_request_reason(const aty_table *table, uint32_t vhost)
{
    if (aty_vhost_location_needing(table, vhost, ATY_LOCATION_CLIENT_AUTH)) {
        return ATY_REASON_LOCATION_CLIENT_AUTH;
    }
    if (aty_vhost_location_needing(table, vhost, ATY_LOCATION_CIPHERS)) {
        return ATY_REASON_LOCATION_CIPHERS;
    }
    return (aty_get(table->vhosts[vhost].flags) & ATY_VHOST_H2) ? ATY_REASON_COUNT
                                                                : ATY_REASON_HTTP1_ONLY;
}
