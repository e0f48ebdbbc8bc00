/* levels.h: the vhosts of an address set, sorted level by level in the order in which a
 * verdict compares them, so that the outcome of two vhosts is the place where they part.
 *
 * A node is a set of vhosts and an outcome. Any two vhosts are together in exactly one
 * node in which all their marks differ, and the outcome of that node is theirs: but for
 * what the request alone decides (its <Location>s, its Protocols, unknown names) and for
 * the cover of its name. A vhost with itself is in the node that holds nothing else and
 * has no marks.
 *
 * Usually that is a tree: the node of a field has those who agree in all fields before
 * it, and its mark is the field's value. Where a field counts by spelling and effect,
 * being equal in one or the other is not transitive; those with one spelling and several
 * effects then are in a second node, in which the effect is one more mark.
 */
#ifndef ATY_AUTHORITYC_LEVELS_H
#define ATY_AUTHORITYC_LEVELS_H

#include <stdbool.h>

#include <apr_pools.h>

#include "core/table.h"

typedef struct {
    uint32_t node;
    uint32_t outcome; /* of outcome.h */
    uint32_t marks;   /* index of the first of them */
    uint32_t mark_count;
} aty_level_place;

typedef struct {
    const uint32_t *starts; /* vhost number N of the set has the places starts[N] to
                               before starts[N + 1] */
    const aty_level_place *places;
    const uint32_t *marks;
} aty_levels;

/* Sorts the vhosts of an address set, for connections with SNI. */
aty_levels aty_levels_make(apr_pool_t *pool, const aty_table *table, uint32_t address_set,
                           const uint32_t *vhosts, uint32_t vhost_count, bool h2);

#endif
