/* shared.h: memory that all processes of one httpd have in common, for as long as it
 * runs.
 *
 * A block belongs to the process, not to a configuration: after a graceful restart the
 * new children and the old ones, which finish their connections, write into the same one.
 * The module itself is unloaded and loaded again meanwhile, maybe as another version; so
 * the process knows a block by name, layout and size.
 */
#ifndef ATY_MOD_AUTHORITY_SHARED_H
#define ATY_MOD_AUTHORITY_SHARED_H

#include <stddef.h>

#include <apr_errno.h>
#include <apr_pools.h>

/* Where a block begins: a multiple of so many bytes, one cache line of the usual
 * machines.
 */
#define ATY_SHARED_ALIGNMENT 64

/* The block of that name and `size` bytes, zeroed when it is made. To be called by the
 * parent, before it forks, with the process's own pool. `name` says the layout's version
 * too. NULL where it cannot be had, with the reason in `status`. */
void *aty_shared_block(apr_pool_t *process_pool, const char *name, size_t size,
                       apr_status_t *status);

#endif
