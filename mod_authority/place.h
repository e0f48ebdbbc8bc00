/* place.h: where things are written, as messages say it.
 */
#ifndef ATY_MOD_AUTHORITY_PLACE_H
#define ATY_MOD_AUTHORITY_PLACE_H

#include <httpd.h>

#include "core/verdict.h"

/* "FILE:LINE" of the policy, with ", from FILE:LINE" where that was imported; "the
 * default" for what no line says. */
const char *aty_place_text(apr_pool_t *pool, const aty_table *table, aty_le32 file,
                           aty_le32 line);

/* Where a vhost begins in the policy. */
const char *aty_place_vhost(apr_pool_t *pool, const aty_table *table, uint32_t vhost);

/* Where a server begins in httpd's configuration, or "the main server". */
const char *aty_place_server(apr_pool_t *pool, const server_rec *server);

/* The places that a reason points at, "A" or "A and B". `connection` is the vhost of the
 * connection, or NULL. */
const char *aty_place_reason(const request_rec *r, const server_rec *connection,
                             const aty_pair *pair, aty_reason reason);

#endif
