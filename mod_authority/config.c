#include "mod_authority/config.h"

#include <stddef.h>

#include <apr_strings.h>

void *aty_config_create(apr_pool_t *pool, server_rec *server)
{
    aty_config *config = apr_pcalloc(pool, sizeof *config);

    if (!server->is_virtual) {
        config->site = apr_pcalloc(pool, sizeof *config->site);
    }
    return config;
}

static aty_switch inherit(aty_switch base, aty_switch vhost)
{
    return vhost != ATY_SWITCH_UNSET ? vhost : base;
}

void *aty_config_merge(apr_pool_t *pool, void *base_config, void *vhost_config)
{
    const aty_config *base = base_config;
    const aty_config *vhost = vhost_config;
    aty_config *merged = apr_pcalloc(pool, sizeof *merged);

    merged->engine = inherit(base->engine, vhost->engine);
    merged->origin = inherit(base->origin, vhost->origin);
    merged->site = base->site;
    return merged;
}

/* Only remembered here: the file is read in check_config, where a restart can go on
 * without it. An error from here would end a server that is restarted. */
static const char *set_table(cmd_parms *cmd, void *unused, const char *path)
{
    aty_site *site = aty_config_of(cmd->server)->site;
    const char *misplaced = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)unused;
    if (misplaced) {
        return misplaced;
    }
    site->argument = path;
    site->place = apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename,
                               cmd->directive->line_num);
    return NULL;
}

static const char *set_switch(cmd_parms *cmd, void *unused, const char *word)
{
    char *config = (char *)aty_config_of(cmd->server);
    aty_switch *value = (aty_switch *)(config + (size_t)cmd->info);

    (void)unused;
    if (strcasecmp(word, "on") == 0) {
        *value = ATY_SWITCH_ON;
    }
    else if (strcasecmp(word, "off") == 0) {
        *value = ATY_SWITCH_OFF;
    }
    else {
        return apr_psprintf(cmd->pool, "%s: unknown argument '%s'; expected on or off",
                            cmd->cmd->name, word);
    }
    return NULL;
}

const command_rec aty_config_directives[] = {
    AP_INIT_TAKE1("AuthorityTable", set_table, NULL, RSRC_CONF,
                  "the table that 'authorityc compile' wrote, below ServerRoot"),
    AP_INIT_TAKE1("AuthorityEngine", set_switch, (void *)APR_OFFSETOF(aty_config, engine),
                  RSRC_CONF,
                  "on (default) or off: whether misdirected requests get 421 and "
                  "connections an ORIGIN frame"),
    AP_INIT_TAKE1("AuthorityOrigin", set_switch, (void *)APR_OFFSETOF(aty_config, origin),
                  RSRC_CONF,
                  "on (default) or off: whether connections get an ORIGIN frame"),
    {.name = NULL},
};
