/* plan_tries.h: on which connections a name is tried.
 *
 * Connections are told apart by the class of their vhost (cover_classes.h). A list is a
 * set of classes; equal sets are one list.
 */
#ifndef ATY_AUTHORITYC_PLAN_TRIES_H
#define ATY_AUTHORITYC_PLAN_TRIES_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/cover_classes.h"
#include "core/table.h"

typedef struct aty_tries aty_tries;

/* Classes on whose connections a name is tried. */
typedef struct {
    uint32_t list;
    bool is_refused; /* as not-covered: another of their certificates lacks the name */
} aty_try;

aty_tries *aty_tries_make(apr_pool_t *pool, const aty_table *table);

const aty_cover_classes *aty_tries_classes(const aty_tries *tries);

/* The lists (aty_try) on which a name of the vhost is tried; of several lists no two
 * share a class. The array is good until the next call. */
const apr_array_header_t *aty_tries_of_name(aty_tries *tries, const char *name,
                                            uint32_t vhost);

/* The same of a pattern that the vhost has on the address set, for all names of it that
 * are in a certificate and lead there by it. */
const apr_array_header_t *aty_tries_of_pattern(aty_tries *tries, uint32_t address_set,
                                               const char *pattern, uint32_t vhost);

/* The classes (uint32_t, ascending) of a list. */
const uint32_t *aty_tries_list(const aty_tries *tries, uint32_t list, uint32_t *count);

bool aty_tries_list_has(const aty_tries *tries, uint32_t list, uint32_t class);

#endif
