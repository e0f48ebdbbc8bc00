#include "core/renegotiation.h"

#include <string.h>

#include "core/setting.h"

#define VERIFY (ATY_VHOST_ASKS | ATY_VHOST_REQUIRES)

static uint32_t vhost_flags(const aty_table *table, uint32_t vhost)
{
    return aty_get(table->vhosts[vhost].flags);
}

/* Whether the connection may have a TLS version: ATY_VHOST_OLD_TLS, ATY_VHOST_NEW_TLS. A
 * vhost without SSLProtocol runs with that of the vhost the connection began with. */
static bool allows(const aty_table *table, const aty_pair *pair, uint32_t version)
{
    uint32_t vhost = pair->connection;

    if (pair->base != ATY_NONE && !(vhost_flags(table, vhost) & ATY_VHOST_PROTOCOL_SET)) {
        vhost = pair->base;
    }
    return vhost_flags(table, vhost) & version;
}

/* Whether a vhost has the SSLCipherSuite, which stands first in its setting. TLSv1.3
 * suites have no part in this. */
static bool has_ciphers(const aty_table *table, uint32_t vhost, const char *ciphers,
                        size_t length)
{
    aty_setting_line line = {0};

    return (vhost_flags(table, vhost) & ATY_VHOST_CIPHERS_SET) &&
           aty_setting_next(table, aty_vhost_setting(table, vhost, ATY_FIELD_CIPHERS),
                            &line) &&
           line.length == length && memcmp(line.text, ciphers, length) == 0;
}

/* The vhosts themselves: the requested one is stricter, or has a list of its own. */
static bool vhost_renegotiates(const aty_table *table, const aty_pair *pair)
{
    uint32_t has = vhost_flags(table, pair->connection);
    uint32_t wants = vhost_flags(table, pair->request);
    aty_setting_line line = {0};

    if (wants & ~has & VERIFY) {
        return true;
    }
    return allows(table, pair, ATY_VHOST_OLD_TLS) && (wants & ATY_VHOST_CIPHERS_SET) &&
           aty_setting_next(table,
                            aty_vhost_setting(table, pair->request, ATY_FIELD_CIPHERS),
                            &line) &&
           !has_ciphers(table, pair->connection, line.text, line.length);
}

/* The depth is looked at under TLS 1.3 only: before, the mode must have changed. */
static bool location_renegotiates(const aty_table *table, const aty_pair *pair,
                                  const aty_location_record *location)
{
    uint32_t verify = aty_get(location->verify);
    uint32_t wants = (verify | vhost_flags(table, pair->request)) & VERIFY;
    const char *ciphers = aty_table_string(table, location->ciphers);

    if (wants & ~vhost_flags(table, pair->connection)) {
        return true;
    }
    if ((verify & ATY_LOCATION_STRICTER) && wants &&
        allows(table, pair, ATY_VHOST_NEW_TLS)) {
        return true;
    }
    return *ciphers && allows(table, pair, ATY_VHOST_OLD_TLS) &&
           !has_ciphers(table, pair->connection, ciphers, strlen(ciphers));
}

bool aty_mod_ssl_renegotiates(const aty_table *table, const aty_pair *pair)
{
    const aty_vhost_record *request = &table->vhosts[pair->request];
    const aty_location_record *locations =
        table->locations + aty_get(request->first_location);

    if (pair->connection != pair->request && vhost_renegotiates(table, pair)) {
        return true;
    }
    for (uint32_t i = 0; i < aty_get(request->location_count); i++) {
        if (location_renegotiates(table, pair, &locations[i])) {
            return true;
        }
    }
    return false;
}
