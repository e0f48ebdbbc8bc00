/* ids.h: numbers for keys: the same bytes get the same number, from 0 in the order in
 * which they came first.
 */
#ifndef ATY_AUTHORITYC_IDS_H
#define ATY_AUTHORITYC_IDS_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

typedef struct aty_ids aty_ids;

/* In the pool, as are copies of all keys. */
aty_ids *aty_ids_make(apr_pool_t *pool);

/* The number of the key, a new one where it is new. */
uint32_t aty_ids_take(aty_ids *ids, const void *key, size_t size);

/* The number of the key, or ATY_NONE. */
uint32_t aty_ids_find(const aty_ids *ids, const void *key, size_t size);

/* How many keys there are. */
uint32_t aty_ids_count(const aty_ids *ids);

#endif
