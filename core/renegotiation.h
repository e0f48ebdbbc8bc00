/* renegotiation.h: where mod_ssl would negotiate TLS anew for a request, which HTTP/2
 * forbids: it resets the stream with HTTP_1_1_REQUIRED.
 *
 * Pure functions over a proven table.
 */
#ifndef ATY_CORE_RENEGOTIATION_H
#define ATY_CORE_RENEGOTIATION_H

#include <stdbool.h>

#include "core/verdict.h"

/* Whether it would for some path of the requested vhost, in some TLS version that the
 * connection may have (ssl_engine_kernel.c, ssl_hook_Access_classic and _modern). Both
 * vhosts must be known. */
bool aty_mod_ssl_renegotiates(const aty_table *table, const aty_pair *pair);

#endif
