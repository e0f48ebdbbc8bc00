#include "mod_authority/place.h"

#include <apr_strings.h>

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
