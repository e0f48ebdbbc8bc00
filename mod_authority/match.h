/* match.h: finds each live vhost in the table.
 *
 * A vhost is known by its ServerName and its addresses. One with the ServerName alone has
 * moved: it is the table's, and has drifted.
 */
#ifndef ATY_MOD_AUTHORITY_MATCH_H
#define ATY_MOD_AUTHORITY_MATCH_H

#include <stdbool.h>

#include <apr_tables.h>
#include <httpd.h>

#include "mod_authority/site.h"

/* Gives each live vhost its vhost of the table and its seats, and says of each that is
 * not there, or elsewhere, why; enters the vhosts of the table that httpd has not in
 * `missing` of the site, and who is first on each address in `first_on`. What is said
 * lives in `pool`; `scratch` lives as long as the call. */
void aty_match_all(const server_rec *main_server, apr_pool_t *pool, apr_pool_t *scratch);

/* The distinct address sets (uint32_t) of a server, as far as the table has them;
 * `has_others`: it has addresses that the table has not. */
apr_array_header_t *aty_match_sets(apr_pool_t *pool, const aty_site *site,
                                   const server_rec *server, bool *has_others);

#endif
