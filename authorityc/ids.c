#include "authorityc/ids.h"

#include <apr_hash.h>
#include <apr_strings.h>

#include "core/format.h"

#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

struct aty_ids {
    apr_pool_t *pool;
    apr_hash_t *numbers; /* key -> number + 1 */
};

/* APR's own hash function lets keys of several small numbers collide too often. */
static unsigned int key_hash(const char *key, apr_ssize_t *length)
{
    uint32_t hash = FNV_BASIS;

    for (apr_ssize_t i = 0; i < *length; i++) {
        hash = (hash ^ (uint8_t)key[i]) * FNV_PRIME;
    }
    return hash ^ hash >> 15;
}

aty_ids *aty_ids_make(apr_pool_t *pool)
{
    aty_ids *ids = apr_palloc(pool, sizeof *ids);

    ids->pool = pool;
    ids->numbers = apr_hash_make_custom(pool, key_hash);
    return ids;
}

uint32_t aty_ids_find(const aty_ids *ids, const void *key, size_t size)
{
    const void *found = apr_hash_get(ids->numbers, key, (apr_ssize_t)size);

    return found ? (uint32_t)((uintptr_t)found - 1) : ATY_NONE;
}

uint32_t aty_ids_take(aty_ids *ids, const void *key, size_t size)
{
    uint32_t number = aty_ids_find(ids, key, size);

    if (number == ATY_NONE) {
        number = aty_ids_count(ids);
        apr_hash_set(ids->numbers, apr_pmemdup(ids->pool, key, size), (apr_ssize_t)size,
                     (const void *)((uintptr_t)number + 1));
    }
    return number;
}

uint32_t aty_ids_count(const aty_ids *ids)
{
    return apr_hash_count(ids->numbers);
}
