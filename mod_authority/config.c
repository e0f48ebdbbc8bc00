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

void *aty_config_merge(apr_pool_t *pool, void *base_config, void *vhost_config)
{
    const aty_config *base = base_config;
    const aty_config *vhost = vhost_config;
    aty_config *merged = apr_pcalloc(pool, sizeof *merged);

    merged->engine = vhost->engine ? vhost->engine : base->engine;
    merged->origin = vhost->origin ? vhost->origin : base->origin;
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

/* A word that a directive may have, and its value; a list of them ends with NULL. */
typedef struct {
    const char *word;
    int value;
} choice;

/* The value of the word; -1 with what is wrong with it. */
static int choose(const cmd_parms *cmd, const choice *choices, const char *word,
                  const char **wrong)
{
    const char *expected = "";

    for (const choice *c = choices; c->word; c++) {
        if (strcasecmp(c->word, word) == 0) {
            return c->value;
        }
        expected = apr_pstrcat(cmd->pool, expected,
                               c == choices ? ""
                               : c[1].word  ? ", "
                                            : " or ",
                               c->word, NULL);
    }
    *wrong = apr_psprintf(cmd->pool, "%s: unknown argument '%s'; expected %s",
                          cmd->cmd->name, word, expected);
    return -1;
}

static const char *set_engine(cmd_parms *cmd, void *unused, const char *word)
{
    static const choice engines[] = {{"on", ATY_ENGINE_ON},
                                     {"off", ATY_ENGINE_OFF},
                                     {"observe", ATY_ENGINE_OBSERVE},
                                     {NULL, 0}};
    const char *wrong = NULL;
    int engine = choose(cmd, engines, word, &wrong);

    (void)unused;
    if (!wrong) {
        aty_config_of(cmd->server)->engine = (aty_engine)engine;
    }
    return wrong;
}

static const char *set_origin(cmd_parms *cmd, void *unused, const char *word)
{
    static const choice switches[] = {
        {"on", ATY_SWITCH_ON}, {"off", ATY_SWITCH_OFF}, {NULL, 0}};
    const char *wrong = NULL;
    int origin = choose(cmd, switches, word, &wrong);

    (void)unused;
    if (!wrong) {
        aty_config_of(cmd->server)->origin = (aty_switch)origin;
    }
    return wrong;
}

static const char *set_drift(cmd_parms *cmd, void *unused, const char *word)
{
    static const choice answers[] = {{"quarantine", ATY_DRIFT_QUARANTINE},
                                     {"refuse", ATY_DRIFT_REFUSE},
                                     {"ignore", ATY_DRIFT_IGNORE},
                                     {NULL, 0}};
    const char *wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    int drift = wrong ? -1 : choose(cmd, answers, word, &wrong);

    (void)unused;
    if (!wrong) {
        aty_config_of(cmd->server)->site->drift = (aty_drift)drift;
    }
    return wrong;
}

const command_rec aty_config_directives[] = {
    AP_INIT_TAKE1("AuthorityTable", set_table, NULL, RSRC_CONF,
                  "the table that 'authorityc compile' wrote, below ServerRoot"),
    AP_INIT_TAKE1("AuthorityEngine", set_engine, NULL, RSRC_CONF,
                  "on (default), off, or observe: whether misdirected requests get 421 "
                  "and connections an ORIGIN frame, or are only logged and counted"),
    AP_INIT_TAKE1("AuthorityOrigin", set_origin, NULL, RSRC_CONF,
                  "on (default) or off: whether connections get an ORIGIN frame"),
    AP_INIT_TAKE1("AuthorityDrift", set_drift, NULL, RSRC_CONF,
                  "quarantine (default), refuse or ignore: what becomes of a vhost that "
                  "is not what the table says"),
    {.name = NULL},
};
