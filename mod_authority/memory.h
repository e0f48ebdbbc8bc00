/* memory.h: what the children count in: see shared.h.
 */
#ifndef ATY_MOD_AUTHORITY_MEMORY_H
#define ATY_MOD_AUTHORITY_MEMORY_H

#include <httpd.h>

/* post_config hook: takes the blocks of counters.h and busiest.h from the process, or
 * makes them. Where one cannot be had, that is logged (ATY107), and each child counts by
 * itself.
 */
int aty_memory_prepare(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *main_server);

#endif
