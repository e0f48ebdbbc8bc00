/* strays.h: names that live vhosts have and the table gives to others, or to nobody.
 *
 * What the table says of such a name is not so: httpd may give it to another vhost.
 */
#ifndef ATY_MOD_AUTHORITY_STRAYS_H
#define ATY_MOD_AUTHORITY_STRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "mod_authority/site.h"

/* Notes a name or pattern (lower case) of a server, on each address set of the table that
 * the server sits on. What is noted lives in `pool`. */
void aty_strays_note(aty_site *site, apr_pool_t *pool, const server_rec *server,
                     const char *name);

/* Whether the host (lower case) is one on the address set, or matches one. */
bool aty_strays_have(const aty_site *site, uint32_t address_set, const char *host,
                     size_t length);

#endif
