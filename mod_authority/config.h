/* config.h: the directives, and what they come to for each server.
 */
#ifndef ATY_MOD_AUTHORITY_CONFIG_H
#define ATY_MOD_AUTHORITY_CONFIG_H

#include <httpd.h>
#include <http_config.h>

#include "mod_authority/live.h"
#include "mod_authority/site.h"

extern module AP_MODULE_DECLARE_DATA authority_module;

/* AuthorityEngine: what becomes of what was decided about a vhost's requests. */
typedef enum {
    ATY_ENGINE_UNSET, /* inherited; where nobody says, on */
    ATY_ENGINE_ON,
    ATY_ENGINE_OFF,    /* nothing is decided */
    ATY_ENGINE_OBSERVE /* it is logged and counted; nobody is refused or told */
} aty_engine;

typedef enum {
    ATY_SWITCH_UNSET, /* inherited; where nobody says, on */
    ATY_SWITCH_ON,
    ATY_SWITCH_OFF
} aty_switch;

/* Every server has its own, also a vhost without a directive of ours. */
typedef struct {
    aty_engine engine; /* AuthorityEngine */
    aty_switch origin; /* AuthorityOrigin */
    aty_site *site;    /* the same for all servers */
    aty_live *live;    /* what is known of this server; NULL: it has no TLS */
} aty_config;

/* The module's directives, for the module record. */
extern const command_rec aty_config_directives[];

/* create_server_config and merge_server_config of the module record. */
void *aty_config_create(apr_pool_t *pool, server_rec *server);
void *aty_config_merge(apr_pool_t *pool, void *base, void *vhost);

/* The configuration of a server; never NULL. */
static inline aty_config *aty_config_of(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &authority_module);
}

#endif
