/* diff_bucket.h: the pairs of two nodes, one of each side, by what becomes of them. */
#ifndef ATY_AUTHORITYC_DIFF_BUCKET_H
#define ATY_AUTHORITYC_DIFF_BUCKET_H

#include "authorityc/diff/diff_block.h"

typedef struct {
    const aty_diff_point *point;
    const aty_diff_marks *marks;
    const aty_diff_ref **rows;
    uint32_t row_count;
    const aty_diff_ref **columns;
    uint32_t column_count;
} aty_diff_bucket;

/* Whether a pair of this column may change in the bucket of its two places. */
bool aty_diff_may_change(const aty_diff_atom *column, const aty_diff_ref *ref);

/* Whether some row and column differ in each mark; too often yes rather than no. */
bool aty_diff_bucket_has_pairs(const aty_diff_bucket *bucket);

/* Adds the changes of the bucket to those of `diff`. `scratch` is for the while. */
void aty_diff_bucket_compare(aty_diff *diff, apr_pool_t *scratch,
                             const aty_diff_bucket *bucket);

/* The outcome of a row and a column on a side, by aty_verdict_decide. */
uint32_t aty_diff_decide(const aty_diff *diff, const aty_diff_point *point, int side,
                         uint32_t row, uint32_t column);

/* A change from one outcome to another of one row, without marks and yet without columns
 * and pairs. */
aty_diff_change aty_diff_change_begin(const aty_diff *diff, const aty_diff_point *point,
                                      const uint32_t outcomes[ATY_SIDES], bool kept,
                                      uint32_t row);

#endif
