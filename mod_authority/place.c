#include "mod_authority/place.h"

#include <apr_strings.h>

#include "core/setting.h"
#include "mod_authority/config.h"

const char *aty_place_text(apr_pool_t *pool, const aty_table *table, aty_le32 file,
                           aty_le32 line)
{
    const char *name = aty_table_string(table, file);
    const char *source = aty_table_source(table, file, line);

    if (!*name) {
        return "the default";
    }
    return source ? apr_psprintf(pool, "%s:%u, from %s", name, aty_get(line), source)
                  : apr_psprintf(pool, "%s:%u", name, aty_get(line));
}

const char *aty_place_vhost(apr_pool_t *pool, const aty_table *table, uint32_t vhost)
{
    return aty_place_text(pool, table, table->vhosts[vhost].file,
                          table->vhosts[vhost].line);
}

const char *aty_place_server(apr_pool_t *pool, const server_rec *server)
{
    if (!server || !server->defn_name) {
        return "the main server";
    }
    return apr_psprintf(pool, "%s:%u", server->defn_name, server->defn_line_number);
}

/* The field behind a reason, or -1. */
static int reason_field(const aty_table *table, const aty_pair *pair, aty_reason reason)
{
    if (reason < (aty_reason)ATY_FIELD_TLS_COUNT) {
        return (int)reason;
    }
    if (reason == ATY_REASON_HTTP1_ONLY) {
        return ATY_FIELD_HTTP;
    }
    if (reason == ATY_REASON_OTHER_ZONE) {
        return ATY_FIELD_ZONE;
    }
    if (reason == ATY_REASON_TEXTUAL) {
        for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
            if (aty_field_difference(table, pair, (aty_field)field) == ATY_TEXTUAL &&
                aty_field_counts(table, pair, (aty_field)field)) {
                return field;
            }
        }
    }
    return -1;
}

/* The <Location> of the vhost that an h2 connection cannot serve. */
static const char *location_place(apr_pool_t *pool, const aty_table *table,
                                  uint32_t vhost, uint32_t need)
{
    const aty_location_record *location = aty_vhost_location_needing(table, vhost, need);

    return location ? aty_place_text(pool, table, location->file, location->line) : "";
}

/* Where it is written what a vhost has and the other has not: the directive of the field,
 * or else the vhost. */
static const char *vhost_place(apr_pool_t *pool, const aty_table *table, uint32_t vhost,
                               uint32_t other, int field)
{
    aty_setting_line line = {0};

    if (field < 0 || other == ATY_NONE) {
        return aty_place_vhost(pool, table, vhost);
    }
    if (aty_setting_next_unlike(table, aty_vhost_setting(table, vhost, (aty_field)field),
                                aty_vhost_setting(table, other, (aty_field)field),
                                &line)) {
        return aty_place_text(pool, table, line.place->file, line.place->line);
    }
    return "the default";
}

/* The same of a vhost that the table may not know. */
static const char *side_place(apr_pool_t *pool, const aty_site *site, uint32_t vhost,
                              uint32_t other, const server_rec *server, int field)
{
    if (vhost != ATY_NONE) {
        return vhost_place(pool, &site->table, vhost, other, field);
    }
    return aty_place_server(pool, server);
}

const char *aty_place_reason(const request_rec *r, const server_rec *connection,
                             const aty_pair *pair, aty_reason reason)
{
    const aty_site *site = aty_config_of(r->server)->site;
    const char *first;
    int field = -1;

    if (reason == ATY_REASON_NO_TABLE) {
        return site->place;
    }
    if (reason == ATY_REASON_LOCATION_CLIENT_AUTH) {
        return location_place(r->pool, &site->table, pair->request,
                              ATY_LOCATION_CLIENT_AUTH);
    }
    if (reason == ATY_REASON_LOCATION_CIPHERS) {
        return location_place(r->pool, &site->table, pair->request, ATY_LOCATION_CIPHERS);
    }
    if (pair->connection != ATY_NONE && pair->request != ATY_NONE) {
        field = reason_field(&site->table, pair, reason);
    }
    first = side_place(r->pool, site, pair->connection, pair->request, connection, field);
    if (r->server == connection) {
        return first;
    }
    return apr_pstrcat(
        r->pool, first, " and ",
        side_place(r->pool, site, pair->request, pair->connection, r->server, field),
        NULL);
}
