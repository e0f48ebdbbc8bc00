/* drift.h: whether the live vhosts are what the table says.
 *
 * A vhost that is not is quarantined: what the table says of it counts no longer. It is
 * served on its own connections only, and no ORIGIN frame names it. Where merely its
 * certificates have lost names, this holds for those names only.
 */
#ifndef ATY_MOD_AUTHORITY_DRIFT_H
#define ATY_MOD_AUTHORITY_DRIFT_H

#include <stdbool.h>

#include <httpd.h>

#include "mod_authority/live.h"
#include "mod_authority/site.h"

/* Compares all live vhosts that were found in the table, once all TLS is set up: fills in
 * `state`, `why` and what follows from them, and `strays` of the site. What is said lives
 * in `pool`; `scratch` lives as long as the call. */
void aty_drift_find(aty_site *site, apr_pool_t *pool, apr_pool_t *scratch);

/* Whether some vhost of the table has drifted or is missing. */
bool aty_drift_is_any(const aty_site *site);

/* Whether certificates of the live vhost have lost the name (lower case) that the table
 * has for them. */
bool aty_drift_lost_name(const aty_table *table, const aty_live *live, const char *name,
                         size_t length);

#endif
