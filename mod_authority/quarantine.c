#include "mod_authority/quarantine.h"

#include "mod_authority/drift.h"

static bool is_quarantined(const aty_live *live)
{
    return live && live->is_quarantined;
}

bool aty_quarantine_parts(const aty_live_pair *live)
{
    return is_quarantined(live->connection) || is_quarantined(live->request);
}

static bool has_own_protocols(const aty_table *table, uint32_t vhost)
{
    return vhost != ATY_NONE &&
           (aty_get(table->vhosts[vhost].flags) & ATY_VHOST_PROTOCOL_SET);
}

bool aty_quarantine_limits(const aty_table *table, const aty_live_pair *live,
                           const aty_pair *pair)
{
    const char *name = pair->authority;
    size_t length = pair->authority_length;

    if (live->base && live->base->lends_other_tls &&
        has_own_protocols(table, pair->connection) !=
            has_own_protocols(table, pair->request)) {
        return true;
    }
    return aty_drift_lost_name(table, live->connection, name, length) ||
           aty_drift_lost_name(table, live->request, name, length);
}
