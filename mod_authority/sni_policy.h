/* sni_policy.h: whether the table was compiled for the SSLVHostSNIPolicy of this httpd.
 */
#ifndef ATY_MOD_AUTHORITY_SNI_POLICY_H
#define ATY_MOD_AUTHORITY_SNI_POLICY_H

#include <httpd.h>

#include "core/table.h"

/* NULL, or why the table is for another httpd: its SNIPolicy is not what the
 * configuration tree has (the default where it has none; legacy where this mod_ssl does
 * not know the directive). Without mod_ssl nothing is wrong. */
const char *aty_sni_policy_compare(apr_pool_t *pool, const aty_table *table);

/* Remembers the tree's SSLVHostSNIPolicy for as long as the process lives, and logs where
 * there is none now but has been: mod_ssl goes on with the old one until httpd is stopped
 * (ssl_engine_config.c keeps it in a record that no restart clears). `scratch` lives as
 * long as the call. */
void aty_sni_policy_remember(server_rec *main_server, apr_pool_t *scratch);

#endif
