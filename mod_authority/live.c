#include "mod_authority/live.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>

#include "mod_authority/config.h"
#include "mod_authority/match.h"

APLOG_USE_MODULE(authority);

/* After so many vhosts that the table does not know, only their number is logged: the
 * table of another machine must not fill the log with 100,000 lines. */
#define WARNINGS_MAX 20

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

/* The main server is no <VirtualHost>: no policy can name it, so there is nothing to do
 * about it. */
static bool wants_warning(const aty_live *live)
{
    return live->server->is_virtual &&
           aty_config_of(live->server)->engine != ATY_ENGINE_OFF;
}

static void warn_unknown(const aty_live *live)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, live->server,
                 "ATY102: vhost '%s' (%s:%u) is not in the authority table: %s; it "
                 "shares no connection with other vhosts. Add it to the policy, compile "
                 "and restart, or set AuthorityEngine off for it",
                 live->server->server_hostname, live->server->defn_name,
                 live->server->defn_line_number, live->why);
}

static void log_counts(const server_rec *main_server, const aty_site *site, int known,
                       int warned)
{
    if (warned > WARNINGS_MAX) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main_server,
                     "ATY102: %d more vhosts are not in the authority table",
                     warned - WARNINGS_MAX);
    }
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, main_server,
                 "ATY103: authority table '%s': %u vhosts, %u names; it knows %d of %d "
                 "vhosts with TLS",
                 site->path, site->table.counts[ATY_SECTION_VHOSTS],
                 site->table.counts[ATY_SECTION_NAMES], known,
                 site->live ? site->live->nelts : 0);
}

void aty_live_map(server_rec *main_server, apr_pool_t *pool, apr_pool_t *scratch)
{
    aty_site *site = aty_config_of(main_server)->site;
    int known = 0;
    int warned = 0;

    aty_match_all(site, pool, scratch);
    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        const aty_live *live = APR_ARRAY_IDX(site->live, i, aty_live *);
        bool is_known = live->vhost != ATY_NONE;
        known += is_known;
        if (!is_known && wants_warning(live) && warned++ < WARNINGS_MAX) {
            warn_unknown(live);
        }
    }
    log_counts(main_server, site, known, warned);
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
