/* live.h: which vhost of the table a live TLS vhost of this httpd is.
 *
 * mod_ssl shows us each server_rec with its SSL_CTX; the SSL_CTX a handshake ends with is
 * the exact answer to which vhost it chose, also for a resumed session, where the SNI
 * string may be that of another connection.
 */
#ifndef ATY_MOD_AUTHORITY_LIVE_H
#define ATY_MOD_AUTHORITY_LIVE_H

#include <stdint.h>

#include <httpd.h>

#include <mod_ssl_openssl.h>

#include "mod_authority/site.h"

/* A server_rec with TLS. */
typedef struct {
    server_rec *server;
    SSL_CTX *context;
    const char *name;     /* ServerName in lower case */
    uint32_t vhost;       /* in the table, or ATY_NONE: it shares with nobody */
    uint32_t address_set; /* the only one that the vhost sits on, or ATY_NONE */
    char group[11];       /* on that address set, decimal */
} aty_live;

/* init_server hook of mod_ssl: remembers the server and its context. */
int aty_live_see(server_rec *server, apr_pool_t *pool, int is_proxy, SSL_CTX *context);

/* Finds for each live vhost its vhost in the table: the same ServerName on exactly the
 * same addresses. One that is not there is logged, unless it has AuthorityEngine off.
 * `scratch` lives as long as the call. */
void aty_live_map(server_rec *main_server, apr_pool_t *scratch);

/* The live vhost that has this context, or NULL. */
const aty_live *aty_live_of_context(const aty_site *site, const SSL_CTX *context);

#endif
