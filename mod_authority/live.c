#include "mod_authority/live.h"

#include <apr_strings.h>
#include <http_core.h>

#include "mod_authority/config.h"

int aty_live_see(server_rec *server, apr_pool_t *pool, int is_proxy, SSL_CTX *context)
{
    aty_config *config = aty_config_of(server);
    aty_site *site = config->site;
    aty_live *live;
    char *name;

    if (is_proxy || !site->argument) {
        return DECLINED;
    }
    live = apr_pcalloc(pool, sizeof *live);
    live->server = server;
    live->context = context;
    name = apr_pstrdup(pool, server->server_hostname);
    ap_str_tolower(name);
    live->name = name;
    live->vhost = ATY_NONE;
    config->live = live;
    if (!site->live) {
        site->live = apr_array_make(pool, 16, sizeof(aty_live *));
        site->by_context = apr_hash_make(pool);
    }
    APR_ARRAY_PUSH(site->live, aty_live *) = live;
    apr_hash_set(site->by_context, &live->context, sizeof live->context, live);
    return DECLINED;
}

const aty_live *aty_live_of_context(const aty_site *site, const SSL_CTX *context)
{
    return site->by_context ? apr_hash_get(site->by_context, &context, sizeof context)
                            : NULL;
}

const aty_live_seat *aty_live_seat_on(const aty_live *live, uint32_t address_set)
{
    for (uint32_t i = 0; i < live->seat_count; i++) {
        if (live->seats[i].address_set == address_set) {
            return &live->seats[i];
        }
    }
    return NULL;
}
