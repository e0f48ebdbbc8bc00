/* connection.h: what is known of a TLS connection once its handshake is done.
 *
 * Made and written on the primary connection alone, before HTTP/2 begins; the threads of
 * its streams only read it.
 */
#ifndef ATY_MOD_AUTHORITY_CONNECTION_H
#define ATY_MOD_AUTHORITY_CONNECTION_H

#include "mod_authority/httpd_needed.h" /* before what an older one has not */

#include <stdbool.h>
#include <stdint.h>

#include <httpd.h>

#include <mod_ssl_openssl.h>

#include "mod_authority/live.h"

typedef struct {
    SSL *ssl;             /* until the first process_connection; mod_ssl frees it */
    server_rec *server;   /* the vhost that the handshake chose; NULL: not known (yet) */
    server_rec *plain;    /* the same; NULL where it has AuthorityEngine off */
    const aty_live *live; /* of that server; NULL as well */
    uint32_t address_set; /* in the table, or ATY_NONE */
    bool had_sni;
} aty_connection;

/* pre_handshake hook of mod_ssl: makes the state of a primary connection from a client.
 */
int aty_connection_begin(conn_rec *c, SSL *ssl, int is_proxy);

/* process_connection hook, after mod_ssl's: at the first call the handshake is done;
 * finds the vhost it chose and installs the ORIGIN filter where there is a frame to send.
 */
int aty_connection_resolve(conn_rec *c);

/* The state of the connection, or of the primary one where it is an HTTP/2 stream's. NULL
 * where TLS is not mod_ssl's or no table is configured. */
const aty_connection *aty_connection_of(const conn_rec *c);

#endif
