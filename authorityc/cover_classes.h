/* cover_classes.h: vhosts whose certificates cover the same.
 *
 * Vhosts whose certificates name the same, whatever files they are in, are of one class.
 * A vhost with an AcceptPair is one of its own, as it covers what it accepts: for a
 * verdict both come to the same.
 */
#ifndef ATY_AUTHORITYC_COVER_CLASSES_H
#define ATY_AUTHORITYC_COVER_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/table.h"

typedef struct {
    uint32_t *of;                 /* by vhost: its class */
    apr_array_header_t *examples; /* uint32_t, by class: its first vhost */
    apr_array_header_t *is_mixed; /* bool, by class: the certificates name not all the
                                     same, so that one may cover what another lacks */
} aty_cover_classes;

aty_cover_classes aty_cover_classes_find(apr_pool_t *pool, const aty_table *table);

#endif
