/* live.h: which vhost of the table a live TLS vhost of this httpd is.
 *
 * mod_ssl shows us each server_rec with its SSL_CTX; the SSL_CTX a handshake ends with is
 * the exact answer to which vhost it chose, also for a resumed session, where the SNI
 * string may be that of another connection.
 */
#ifndef ATY_MOD_AUTHORITY_LIVE_H
#define ATY_MOD_AUTHORITY_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <httpd.h>

#include <mod_ssl_openssl.h>

#include "mod_authority/site.h"

/* What a live vhost is to the table. */
typedef enum {
    ATY_LIVE_UNKNOWN, /* not in it: it shares with nobody */
    ATY_LIVE_AGREES,
    ATY_LIVE_PENDING, /* agrees, but mod_md has no certificate for it yet */
    ATY_LIVE_DRIFTED, /* it is not what the table says */
    ATY_LIVE_STATES
} aty_live_state;

/* A live vhost on one of its address sets. */
typedef struct {
    uint32_t address_set;
    char group[11];       /* decimal */
    const uint8_t *frame; /* ORIGIN, or NULL */
    uint32_t frame_size;  /* bytes */
} aty_live_seat;

/* A server_rec with TLS. */
typedef struct aty_live {
    server_rec *server;
    SSL_CTX *context;
    const char *name; /* ServerName in lower case */
    uint32_t vhost;   /* in the table, or ATY_NONE */
    aty_live_state state;
    const char *why;      /* it does not agree; for people; NULL: it does */
    int order;            /* among all live vhosts, as the configuration has them */
    bool is_double;       /* an earlier one has its ServerName and addresses */
    bool has_moved;       /* its addresses are not the table's */
    bool is_pending;      /* mod_md has no certificate for it yet */
    bool is_quarantined;  /* it shares with nobody, whatever the table says */
    bool lends_other_tls; /* as the default vhost of an address, its TLS versions are not
                             the table's */
    const struct aty_lost_names *lost; /* what its certificates have lost that the table
                                          has; NULL: nothing; shared by vhosts */
    aty_live_seat *seats;
    uint32_t seat_count;
} aty_live;

/* init_server hook of mod_ssl: remembers the server and its context. */
int aty_live_see(server_rec *server, apr_pool_t *pool, int is_proxy, SSL_CTX *context);

/* The seat of the vhost on an address set, or NULL. */
const aty_live_seat *aty_live_seat_on(const aty_live *live, uint32_t address_set);

/* The live vhost that has this context, or NULL. */
const aty_live *aty_live_of_context(const aty_site *site, const SSL_CTX *context);

#endif
