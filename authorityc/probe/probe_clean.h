/* probe_clean.h: what a server sends, made fit for a terminal.
 */
#ifndef ATY_AUTHORITYC_PROBE_CLEAN_H
#define ATY_AUTHORITYC_PROBE_CLEAN_H

#include <stddef.h>

#include <apr_pools.h>

/* The first `most` bytes of the `size` at `text` (which may hold NULs) as UTF-8: a blank
 * for each tab and each end of a line, U+FFFD for every other control character and for
 * each byte that is no UTF-8. What is cut ends in "…". */
const char *aty_probe_clean(apr_pool_t *pool, const void *text, size_t size, size_t most);

#endif
