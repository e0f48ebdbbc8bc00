#include "mod_authority/startup.h"

#include <http_core.h>
#include <http_log.h>

#include "mod_authority/announce.h"
#include "mod_authority/config.h"
#include "mod_authority/drift.h"
#include "mod_authority/dump.h"
#include "mod_authority/match.h"
#include "mod_authority/origin_frames.h"
#include "mod_authority/sni_policy.h"
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
    apr_finfo_t info;

    site->path = ap_server_root_relative(pool, site->argument);
    if (!site->path) {
        site->path = site->argument;
        site->failure = "it is no path";
        return;
    }
    if (apr_stat(&info, site->path, APR_FINFO_MTIME, pool) == APR_SUCCESS) {
        site->written = info.mtime;
    }
    site->loaded = apr_time_now();
    site->failure = aty_table_file_read(pool, site->path, &site->table);
    if (!site->failure) {
        site->failure = aty_sni_policy_compare(pool, &site->table);
    }
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
    aty_announce_failure(NULL, site, "");
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* What the table comes to on the live vhosts. Where there is no TLS at all, as without
 * mod_ssl, it comes to nothing. */
static void apply(const server_rec *main_server, apr_pool_t *pool, apr_pool_t *scratch)
{
    aty_site *site = aty_config_of(main_server)->site;

    if (!site->live) {
        return;
    }
    aty_match_all(main_server, pool, scratch);
    aty_drift_find(site, pool, scratch);
    aty_origin_frames_mend(site, pool, scratch);
}

static int refuse(const server_rec *main_server)
{
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, main_server,
                 "ATY104: httpd does not start like this (AuthorityDrift refuse)");
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
    aty_sni_policy_remember(main_server, ptemp);
    if (site->failure) {
        /* Not in check_config: only now is the error log of this configuration open. */
        aty_announce_failure(main_server, site,
                             "; going on without it: no ORIGIN frames, and 421 for every "
                             "request of another vhost than its connection's");
        return OK;
    }
    apply(main_server, pconf, ptemp);
    aty_announce_vhosts(main_server, site);
    if (site->drift == ATY_DRIFT_REFUSE && !has_served() && aty_drift_is_any(site)) {
        return refuse(main_server);
    }
    return OK;
}
