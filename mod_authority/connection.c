#include "mod_authority/connection.h"

#include <string.h>

#include <http_protocol.h>
#include <http_ssl.h>

#include "mod_authority/config.h"
#include "mod_authority/counters.h"
#include "mod_authority/origin_filter.h"

const aty_connection *aty_connection_of(const conn_rec *c)
{
    const conn_rec *primary = c->master ? c->master : c;

    return ap_get_module_config(primary->conn_config, &authority_module);
}

int aty_connection_begin(conn_rec *c, SSL *ssl, int is_proxy)
{
    aty_connection *connection;

    if (is_proxy || c->master || !aty_config_of(c->base_server)->site->argument) {
        return DECLINED;
    }
    connection = apr_pcalloc(c->pool, sizeof *connection);
    connection->ssl = ssl;
    connection->address_set = ATY_NONE;
    ap_set_module_config(c->conn_config, &authority_module, connection);
    return DECLINED;
}

/* The address set of the connection: the one of the server that httpd chose by address;
 * where that one sits on several, or not where the table has it, by the local address. */
static uint32_t address_set(const conn_rec *c, const aty_site *site)
{
    const aty_live *base = aty_config_of(c->base_server)->live;

    if (site->failure) {
        return ATY_NONE;
    }
    if (base && base->seat_count == 1 && !base->is_quarantined) {
        return base->seats[0].address_set;
    }
    return aty_address_set_serving(&site->table, c->local_ip, c->local_addr->port);
}

/* The seat whose frame the connection gets, or NULL. */
static const aty_live_seat *origin_seat(const aty_connection *connection, conn_rec *c)
{
    const aty_live_seat *seat;
    const aty_config *config;

    if (connection->address_set == ATY_NONE || !connection->had_sni ||
        !connection->live || connection->live->vhost == ATY_NONE) {
        return NULL;
    }
    config = aty_config_of(connection->server);
    if (config->engine == ATY_ENGINE_OFF || config->engine == ATY_ENGINE_OBSERVE ||
        config->origin == ATY_SWITCH_OFF || strcmp(ap_get_protocol(c), "h2") != 0) {
        return NULL;
    }
    seat = aty_live_seat_on(connection->live, connection->address_set);
    return seat && seat->frame ? seat : NULL;
}

static bool is_judged(const server_rec *server)
{
    return server && aty_config_of(server)->engine != ATY_ENGINE_OFF;
}

int aty_connection_resolve(conn_rec *c)
{
    aty_connection *connection;
    const aty_site *site;
    const aty_live_seat *seat;
    SSL *ssl;

    connection = ap_get_module_config(c->conn_config, &authority_module);
    if (c->master || !connection || !connection->ssl) {
        return DECLINED;
    }
    /* The hook runs again for every return to the connection; only before the first can
     * the ORIGIN frame still follow SETTINGS, and only now is the SSL surely alive. */
    ssl = connection->ssl;
    connection->ssl = NULL;
    if (!ap_ssl_conn_is_ssl(c)) {
        return DECLINED; /* the handshake failed, and mod_ssl has freed it */
    }
    site = aty_config_of(c->base_server)->site;
    connection->had_sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) != NULL;
    connection->live = aty_live_of_context(site, SSL_get_SSL_CTX(ssl));
    connection->server = connection->live ? connection->live->server : NULL;
    connection->plain = is_judged(connection->server) ? connection->server : NULL;
    connection->address_set = address_set(c, site);
    if (connection->plain || !connection->server) {
        aty_count(c->id, ATY_COUNT_CONNECTIONS);
    }
    seat = origin_seat(connection, c);
    if (seat) {
        aty_origin_filter_install(c, seat->frame, seat->frame_size);
    }
    return DECLINED;
}
