#include "mod_authority/startup.h"

#include <http_core.h>
#include <http_log.h>

#include "mod_authority/config.h"
#include "mod_authority/dump.h"
#include "mod_authority/live.h"
#include "mod_authority/table_file.h"

APLOG_USE_MODULE(authority);

/* httpd counts its configurations: 0 is the trial pass of every start and of `httpd -t`,
 * 1 the first to serve, and each restart adds one. */
static bool has_served(void)
{
    return ap_state_query(AP_SQ_CONFIG_GEN) > 1;
}

static void load(aty_site *site, apr_pool_t *pool)
{
    site->path = ap_server_root_relative(pool, site->argument);
    if (!site->path) {
        site->path = site->argument;
        site->failure = "it is no path";
        return;
    }
    site->failure = aty_table_file_read(pool, site->path, &site->table);
}

int aty_startup_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *main_server)
{
    aty_site *site = aty_config_of(main_server)->site;

    (void)plog;
    (void)ptemp;
    if (!site->argument || aty_dump_is_wanted()) {
        return OK; /* the first policy is imported before there is a table */
    }
    load(site, pconf);
    if (!site->failure || has_served()) {
        return OK;
    }
    ap_log_error(APLOG_MARK, APLOG_STARTUP | APLOG_ERR, 0, NULL,
                 "ATY101: cannot use authority table '%s' (AuthorityTable at %s): %s",
                 site->path, site->place, site->failure);
    return HTTP_INTERNAL_SERVER_ERROR;
}

int aty_startup_map(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *main_server)
{
    aty_site *site = aty_config_of(main_server)->site;

    (void)plog;
    if (!site->argument ||
        ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    if (site->failure) {
        /* Not in check_config: only now is the error log of this configuration open. */
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, main_server,
                     "ATY101: cannot use authority table '%s' (AuthorityTable at %s): "
                     "%s; going on without it: no ORIGIN frames, and 421 for every "
                     "request of another vhost than its connection's",
                     site->path, site->place, site->failure);
        return OK;
    }
    aty_live_map(main_server, pconf, ptemp);
    return OK;
}
