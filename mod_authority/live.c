#include "mod_authority/live.h"

#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>

#include "mod_authority/config.h"

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
    live->address_set = ATY_NONE;
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

static bool is_any_address(const apr_sockaddr_t *address)
{
    static const char zeros[16];

    return address->ipaddr_len <= (int)sizeof zeros &&
           memcmp(address->ipaddr_ptr, zeros, (size_t)address->ipaddr_len) == 0;
}

/* The address as a table spells it; "*" for any, as server/vhost.c has it. */
static const char *address_host(const server_addr_rec *address, char *text, size_t size)
{
    if (is_any_address(address->host_addr)) {
        return "*";
    }
    return apr_sockaddr_ip_getbuf(text, size, address->host_addr) == APR_SUCCESS ? text
                                                                                 : "";
}

/* What is found of one live vhost while its addresses are looked up. */
typedef struct {
    uint32_t vhost;
    uint32_t *sets; /* distinct */
    uint32_t set_count;
    const char *wrong; /* NULL: all is well */
} match;

static bool match_add_set(match *found, uint32_t set)
{
    for (uint32_t i = 0; i < found->set_count; i++) {
        if (found->sets[i] == set) {
            return false;
        }
    }
    found->sets[found->set_count++] = set;
    return true;
}

static void match_address(match *found, const aty_table *table, const aty_live *live,
                          const server_addr_rec *address, apr_pool_t *scratch)
{
    char text[64];
    const char *host = address_host(address, text, sizeof text);
    uint32_t set = aty_address_set_named(table, host, address->host_port);
    uint32_t vhost;

    if (set == ATY_NONE) {
        found->wrong = apr_psprintf(
            scratch, "the table has no <VirtualHost %s:%s>", host,
            address->host_port ? apr_itoa(scratch, address->host_port) : "*");
        return;
    }
    if (!match_add_set(found, set)) {
        return;
    }
    vhost = aty_vhost_with_server_name(table, set, live->name, strlen(live->name));
    if (vhost == ATY_NONE) {
        found->wrong = apr_psprintf(scratch, "the table has no such ServerName on %s:%u",
                                    host, address->host_port);
    }
    else if (found->set_count > 1 && vhost != found->vhost) {
        found->wrong = "its addresses belong to several vhosts in the table";
    }
    found->vhost = vhost;
}

static uint32_t address_count(const server_rec *server)
{
    uint32_t count = 0;

    for (const server_addr_rec *a = server->addrs; a; a = a->next) {
        count++;
    }
    return count;
}

static match match_live(const aty_table *table, const aty_live *live, apr_pool_t *scratch)
{
    match found = {ATY_NONE, NULL, 0, NULL};

    found.sets = apr_palloc(scratch, sizeof *found.sets * address_count(live->server));
    for (const server_addr_rec *a = live->server->addrs; a && !found.wrong; a = a->next) {
        match_address(&found, table, live, a, scratch);
    }
    if (found.wrong) {
        return found;
    }
    if (found.set_count == 0) {
        found.wrong = "it has no address";
    }
    else if (found.set_count != aty_get(table->vhosts[found.vhost].seat_count)) {
        found.wrong = "the table has it on more addresses";
    }
    return found;
}

/* One vhost of the table is one live vhost: two would be taken for the same one. The
 * first in the order of the configuration is the one that httpd selects by the name. */
static void claim(aty_live *live, match *found, const aty_table *table, bool *taken)
{
    if (!found->wrong && taken[found->vhost]) {
        found->wrong = "an earlier vhost has its ServerName and addresses";
    }
    if (!found->wrong) {
        taken[found->vhost] = true;
        live->vhost = found->vhost;
    }
    if (!found->wrong && found->set_count == 1) {
        const aty_seat_record *seat = aty_vhost_seat(table, live->vhost, found->sets[0]);
        live->address_set = found->sets[0];
        apr_snprintf(live->group, sizeof live->group, "%u", aty_get(seat->group));
    }
}

/* The main server is no <VirtualHost>: no policy can name it, so there is nothing to do
 * about it. */
static bool wants_warning(const aty_live *live)
{
    return live->server->is_virtual &&
           aty_config_of(live->server)->engine != ATY_SWITCH_OFF;
}

static void warn_unknown(const aty_live *live, const char *wrong)
{
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, live->server,
                 "ATY102: vhost '%s' (%s:%u) is not in the authority table: %s; it "
                 "shares no connection with other vhosts. Add it to the policy, compile "
                 "and restart, or set AuthorityEngine off for it",
                 live->server->server_hostname, live->server->defn_name,
                 live->server->defn_line_number, wrong);
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

void aty_live_map(server_rec *main_server, apr_pool_t *scratch)
{
    aty_site *site = aty_config_of(main_server)->site;
    bool *taken = apr_pcalloc(scratch, site->table.counts[ATY_SECTION_VHOSTS] + 1);
    int known = 0;
    int warned = 0;

    /* httpd's list of servers, and so mod_ssl's order, is that of the file reversed. */
    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        aty_live *live = APR_ARRAY_IDX(site->live, i, aty_live *);
        match found = match_live(&site->table, live, scratch);
        claim(live, &found, &site->table, taken);
        known += found.wrong == NULL;
        if (found.wrong && wants_warning(live) && warned++ < WARNINGS_MAX) {
            warn_unknown(live, found.wrong);
        }
    }
    log_counts(main_server, site, known, warned);
}
