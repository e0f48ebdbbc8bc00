/* cover.h: what of an address set the certificates of a vhost cover. */
#ifndef ATY_AUTHORITYC_COVER_H
#define ATY_AUTHORITYC_COVER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/table.h"

/* The names of an address set that lead to their own vhosts, by parent domain. */
typedef struct aty_name_buckets aty_name_buckets;

/* Of the vhosts that sit on the address set. `chains` has room for all names of the table
 * and belongs to the buckets as long as they are used. */
aty_name_buckets *aty_name_buckets_make(apr_pool_t *pool, const aty_table *table,
                                        uint32_t address_set, const uint32_t *vhosts,
                                        uint32_t vhost_count, uint32_t *chains);

/* A name that is covered, and the group of its vhost. */
typedef struct {
    uint32_t group;
    uint32_t name;
} aty_covered_name;

typedef struct {
    apr_array_header_t *names;       /* aty_covered_name, by group, then in file order */
    apr_array_header_t *wild_vhosts; /* uint32_t: vhosts that get covered names by a
                                        wildcard of theirs */
} aty_cover;

/* Finds what every certificate of the vhost covers. */
aty_cover *aty_cover_find(apr_pool_t *pool, const aty_table *table, uint32_t address_set,
                          uint32_t vhost, const aty_name_buckets *buckets);

#endif
