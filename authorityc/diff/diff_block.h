/* diff_block.h: blocks of pairs, made of rows and columns that two nodes have in common.
 */
#ifndef ATY_AUTHORITYC_DIFF_BLOCK_H
#define ATY_AUTHORITYC_DIFF_BLOCK_H

#include "authorityc/diff/diff.h"
#include "authorityc/levels.h"

/* A row or a column at a place of each side. */
typedef struct {
    uint32_t bucket; /* of the two nodes */
    uint32_t atom;
    const aty_level_place *places[ATY_SIDES];
} aty_diff_ref;

/* The marks of both sides, one after the other. */
typedef struct {
    const uint32_t *of[ATY_SIDES];
} aty_diff_marks;

static inline uint32_t aty_diff_mark_count(const aty_diff_ref *ref)
{
    return ref->places[ATY_OLD]->mark_count + ref->places[ATY_NEW]->mark_count;
}

/* Mark `index` of a place on each side. */
static inline uint32_t aty_diff_mark(const aty_diff_marks *marks, const aty_diff_ref *ref,
                                     uint32_t index)
{
    uint32_t old_count = ref->places[ATY_OLD]->mark_count;

    return index < old_count
               ? marks->of[ATY_OLD][ref->places[ATY_OLD]->marks + index]
               : marks->of[ATY_NEW][ref->places[ATY_NEW]->marks + index - old_count];
}

/* The block of these rows and columns (const aty_diff_ref *), which are of one bucket;
 * in the pool. */
aty_diff_block aty_diff_block_make(apr_pool_t *pool, const aty_diff_marks *marks,
                                   const apr_array_header_t *rows,
                                   const apr_array_header_t *columns);

/* How many pairs it has: of names, not of rows and columns. */
uint64_t aty_diff_block_pairs(const aty_diff_point *point, const aty_diff_block *block);

/* The mark with the fewest different values in the block; `mark_count` where there are no
 * marks. */
uint32_t aty_diff_block_coarse_mark(const aty_diff_block *block);

/* Of the block, the pairs whose column has this value of a mark; in the pool. Rows and
 * columns that have no pair are left out, unless that takes long. */
aty_diff_block aty_diff_block_select(apr_pool_t *pool, const aty_diff_block *block,
                                     uint32_t mark, uint32_t value);

/* Finds some row and column that are a pair of the block, looking at a few. */
bool aty_diff_block_example(const aty_diff_block *block, uint32_t *row, uint32_t *column);

#endif
