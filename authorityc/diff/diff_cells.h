/* diff_cells.h: in a bucket, which connections cover which names.
 *
 * The rows are put together to cells by their covers of both sides, the columns by the
 * lists of covers that cover them; a hit is a cell and a list that meet on a side.
 * Usually a list is short, so hits are few where pairs are many.
 */
#ifndef ATY_AUTHORITYC_DIFF_CELLS_H
#define ATY_AUTHORITYC_DIFF_CELLS_H

#include "authorityc/diff/diff_bucket.h"

#define ATY_ANY_OUTCOME UINT32_MAX

typedef struct aty_diff_cells aty_diff_cells;
typedef struct aty_diff_hits aty_diff_hits;

/* Rows and columns (const aty_diff_ref *), all of which meet. */
typedef struct {
    apr_array_header_t *rows;
    apr_array_header_t *columns;
} aty_diff_piece;

aty_diff_cells *aty_diff_cells_make(apr_pool_t *pool, const aty_diff_bucket *bucket);

/* The hits of columns of one class: on a side that is open a pair has the outcome if its
 * connection covers the name, and is not-covered if not; else it has the outcome. */
aty_diff_hits *aty_diff_hits_find(apr_pool_t *pool, const aty_diff *diff,
                                  const aty_diff_cells *cells,
                                  const apr_array_header_t *columns,
                                  const uint32_t outcomes[ATY_SIDES],
                                  const uint32_t open[ATY_SIDES]);

/* The hits with these outcomes, in as few pieces (aty_diff_piece) as is easy; of rows
 * whose names are kept or of those whose are not. No two pieces share a pair. */
apr_array_header_t *aty_diff_hits_pieces(const aty_diff_hits *hits, apr_pool_t *pool,
                                         uint32_t old_outcome, uint32_t new_outcome,
                                         bool kept);

#endif
