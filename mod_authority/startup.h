/* startup.h: loading the table when httpd starts, restarts or checks its configuration.
 *
 * A table that cannot be used is refused at the first start and by `httpd -t`. A server
 * that has served goes on without it, closed: no ORIGIN frames, and 421 (no-table) for
 * every request of another vhost than the connection's. httpd ends the running server
 * where a hook returns an error at a restart, so ours never do.
 */
#ifndef ATY_MOD_AUTHORITY_STARTUP_H
#define ATY_MOD_AUTHORITY_STARTUP_H

#include <httpd.h>

/* check_config hook: reads the table. */
int aty_startup_check(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                      server_rec *main_server);

/* post_config hook, after mod_ssl's and mod_md's: finds the live vhosts in the table. */
int aty_startup_map(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                    server_rec *main_server);

#endif
