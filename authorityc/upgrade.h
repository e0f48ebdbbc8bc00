/* upgrade.h: what changes when httpd goes from 2.4.63 or older to 2.4.66 or newer.
 *
 * The old one compared two vhosts only where SNI was sent, and fewer of their directives
 * (SNIPolicy legacy); the new one goes by SSLVHostSNIPolicy, also without SNI.
 */
#ifndef ATY_AUTHORITYC_UPGRADE_H
#define ATY_AUTHORITYC_UPGRADE_H

#include <stdbool.h>

#include <apr_pools.h>

#include "core/table.h"

/* Says on standard output which pairs of vhosts change their answer by mod_ssl alone,
 * why, and the smallest change that keeps each working. The new policy is that of the
 * table, or `secure` where that is legacy. Returns how many kinds of pairs break. */
uint32_t aty_upgrade_report(apr_pool_t *pool, const aty_table *table, bool json);

#endif
