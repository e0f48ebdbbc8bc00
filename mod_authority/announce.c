#include "mod_authority/announce.h"

#include <http_core.h>
#include <http_log.h>

#include "mod_authority/config.h"
#include "mod_authority/place.h"

APLOG_USE_MODULE(authority);

/* After so many lines of a kind only the number of the others is logged: the table of
 * another machine must not fill the log with 100,000 lines. */
#define LINES_MAX 20

void aty_announce_failure(const server_rec *main_server, const aty_site *site,
                          const char *consequence)
{
    /* Without a server the terminal is told, as httpd -t does. */
    ap_log_error(APLOG_MARK, main_server ? APLOG_ERR : APLOG_STARTUP | APLOG_ERR, 0,
                 main_server,
                 "ATY101: cannot use authority table '%s' (AuthorityTable at %s): %s%s",
                 site->path, site->place, site->failure, consequence);
}

/* What is announced about. */
typedef struct {
    const server_rec *main_server;
    const aty_site *site;
    int lines[ATY_LIVE_STATES]; /* so far */
    int agreeing;
} announcement;

/* Counts a line of a kind; false where it is one too many. */
static bool has_room(announcement *a, aty_live_state state)
{
    return a->lines[state]++ < LINES_MAX;
}

static void say_unknown(const aty_live *live)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, live->server,
                 "ATY102: vhost '%s' (%s:%u) is not in the authority table: %s; it "
                 "shares no connection with other vhosts. %s",
                 live->server->server_hostname, live->server->defn_name,
                 live->server->defn_line_number, live->why,
                 live->is_double
                     ? "httpd selects it for no name: take it out of the configuration"
                     : "Add it to the policy, compile and restart, or set "
                       "AuthorityEngine off for it");
}

static void say_pending(const aty_live *live)
{
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, live->server,
                 "ATY106: vhost '%s' (%s:%u) is pending: %s; its connections get no "
                 "ORIGIN frame until httpd is restarted with one",
                 live->server->server_hostname, live->server->defn_name,
                 live->server->defn_line_number, live->why);
}

static int drift_level(const aty_site *site)
{
    return site->drift == ATY_DRIFT_IGNORE ? APLOG_WARNING : APLOG_ERR;
}

static const char *consequence(const aty_site *site, const aty_live *live)
{
    if (site->drift == ATY_DRIFT_IGNORE) {
        return "nothing is done about it (AuthorityDrift ignore)";
    }
    return live->is_quarantined
               ? "it is quarantined: no ORIGIN frame names it, and it is answered on its "
                 "own connections only"
               : "no ORIGIN frame has these names, and under them it shares with nobody";
}

static void say_drifted(const aty_site *site, const aty_live *live)
{
    ap_log_error(APLOG_MARK, drift_level(site), 0, live->server,
                 "ATY104: vhost '%s' (%s:%u) is not what the authority table says: %s; "
                 "%s. Bring policy and configuration together, compile and restart "
                 "gracefully",
                 live->server->server_hostname, live->server->defn_name,
                 live->server->defn_line_number, live->why, consequence(site, live));
}

static void say_missing(const announcement *a, const aty_missing *missing)
{
    const aty_table *table = &a->site->table;
    apr_pool_t *pool;

    apr_pool_create(&pool, a->main_server->process->pconf);
    ap_log_error(APLOG_MARK, drift_level(a->site), 0, a->main_server,
                 "ATY104: vhost '%s' (%s) of the authority table is not there: %s; %s. "
                 "Bring policy and configuration together, compile and restart "
                 "gracefully",
                 aty_vhost_server_name(table, missing->vhost),
                 aty_place_vhost(pool, table, missing->vhost), missing->why,
                 a->site->drift == ATY_DRIFT_IGNORE
                     ? "nothing is done about it (AuthorityDrift ignore)"
                     : "no ORIGIN frame names it");
    apr_pool_destroy(pool);
}

/* The main server is no <VirtualHost>: no policy can name it, so there is nothing to do
 * about it. Drift concerns others as well, whatever is done about the vhost itself. */
static bool is_of_interest(const aty_live *live)
{
    return live->server->is_virtual &&
           (live->state == ATY_LIVE_DRIFTED ||
            aty_config_of(live->server)->engine != ATY_ENGINE_OFF);
}

static void say_live(announcement *a, const aty_live *live)
{
    a->agreeing += live->state == ATY_LIVE_AGREES;
    if (!is_of_interest(live) || live->state == ATY_LIVE_AGREES ||
        !has_room(a, live->state)) {
        return;
    }
    if (live->state == ATY_LIVE_UNKNOWN) {
        say_unknown(live);
    }
    else if (live->state == ATY_LIVE_PENDING) {
        say_pending(live);
    }
    else {
        say_drifted(a->site, live);
    }
}

static void say_more(const announcement *a, aty_live_state state, int level,
                     const char *tag, const char *what)
{
    if (a->lines[state] > LINES_MAX) {
        ap_log_error(APLOG_MARK, level, 0, a->main_server, "%s: %d more vhosts %s", tag,
                     a->lines[state] - LINES_MAX, what);
    }
}

static void say_counts(const announcement *a)
{
    const aty_site *site = a->site;

    say_more(a, ATY_LIVE_UNKNOWN, APLOG_WARNING, "ATY102",
             "are not in the authority table");
    say_more(a, ATY_LIVE_PENDING, APLOG_INFO, "ATY106", "are pending");
    say_more(a, ATY_LIVE_DRIFTED, drift_level(site), "ATY104",
             "are not what the authority table says");
    ap_log_error(
        APLOG_MARK, APLOG_INFO, 0, a->main_server,
        "ATY103: authority table '%s': %u vhosts, %u names; %d of %d vhosts with "
        "TLS are what it says",
        site->path, site->table.counts[ATY_SECTION_VHOSTS],
        site->table.counts[ATY_SECTION_NAMES], a->agreeing,
        site->live ? site->live->nelts : 0);
}

void aty_announce_vhosts(const server_rec *main_server, const aty_site *site)
{
    announcement a = {.main_server = main_server, .site = site};

    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        say_live(&a, APR_ARRAY_IDX(site->live, i, const aty_live *));
    }
    for (int i = 0; site->missing && i < site->missing->nelts; i++) {
        if (has_room(&a, ATY_LIVE_DRIFTED)) {
            say_missing(&a, &APR_ARRAY_IDX(site->missing, i, aty_missing));
        }
    }
    say_counts(&a);
}
