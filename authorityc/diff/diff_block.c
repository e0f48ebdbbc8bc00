#include "authorityc/diff/diff_block.h"

#include <apr_strings.h>

#include "authorityc/ids.h"

#define PRUNED_PARTS   300
#define EXAMPLES_TRIED 64 /* parts with rows, and parts with columns */

static aty_diff_part *part_of(apr_pool_t *pool, aty_ids *ids, aty_diff_block *block,
                              const aty_diff_marks *marks, const aty_diff_ref *ref,
                              uint32_t *vector)
{
    uint32_t index;

    for (uint32_t i = 0; i < block->mark_count; i++) {
        vector[i] = aty_diff_mark(marks, ref, i);
    }
    index = aty_ids_take(ids, vector, block->mark_count * sizeof *vector);
    if ((int)index == block->parts->nelts) {
        aty_diff_part *part = &APR_ARRAY_PUSH(block->parts, aty_diff_part);
        part->marks = apr_pmemdup(pool, vector, (block->mark_count + 1) * sizeof *vector);
        part->rows = apr_array_make(pool, 1, sizeof(uint32_t));
        part->columns = apr_array_make(pool, 1, sizeof(uint32_t));
    }
    return &APR_ARRAY_IDX(block->parts, (int)index, aty_diff_part);
}

aty_diff_block aty_diff_block_make(apr_pool_t *pool, const aty_diff_marks *marks,
                                   const apr_array_header_t *rows,
                                   const apr_array_header_t *columns)
{
    aty_diff_block block = {0, apr_array_make(pool, 2, sizeof(aty_diff_part))};
    apr_pool_t *scratch;
    aty_ids *ids;
    uint32_t *vector;

    apr_pool_create(&scratch, pool);
    ids = aty_ids_make(scratch);
    if (rows->nelts > 0) {
        block.mark_count =
            aty_diff_mark_count(APR_ARRAY_IDX(rows, 0, const aty_diff_ref *));
    }
    vector = apr_pcalloc(scratch, (block.mark_count + 1) * sizeof *vector);
    for (int i = 0; i < rows->nelts; i++) {
        const aty_diff_ref *ref = APR_ARRAY_IDX(rows, i, const aty_diff_ref *);
        aty_diff_part *part = part_of(pool, ids, &block, marks, ref, vector);
        APR_ARRAY_PUSH(part->rows, uint32_t) = ref->atom;
    }
    for (int i = 0; i < columns->nelts; i++) {
        const aty_diff_ref *ref = APR_ARRAY_IDX(columns, i, const aty_diff_ref *);
        aty_diff_part *part = part_of(pool, ids, &block, marks, ref, vector);
        APR_ARRAY_PUSH(part->columns, uint32_t) = ref->atom;
    }
    apr_pool_destroy(scratch);
    return block;
}

/* The names of the rows and of the columns of parts. */
typedef struct {
    uint64_t rows, columns;
} weight;

static weight part_weight(const aty_diff_point *point, const aty_diff_part *part)
{
    weight sum = {0, 0};

    for (int i = 0; i < part->rows->nelts; i++) {
        sum.rows += aty_diff_row_at(point, APR_ARRAY_IDX(part->rows, i, uint32_t))->count;
    }
    for (int i = 0; i < part->columns->nelts; i++) {
        sum.columns +=
            aty_diff_column_at(point, APR_ARRAY_IDX(part->columns, i, uint32_t))->count;
    }
    return sum;
}

/* The pairs whose marks are equal at least in the places of `equal` (a bit for each). */
static uint64_t pairs_equal_in(apr_pool_t *pool, const aty_diff_block *block,
                               const weight *weights, uint32_t equal)
{
    aty_ids *ids = aty_ids_make(pool);
    weight *sums = apr_pcalloc(pool, ((size_t)block->parts->nelts + 1) * sizeof *sums);
    uint32_t *vector = apr_palloc(pool, (block->mark_count + 1) * sizeof *vector);
    uint64_t pairs = 0;

    for (int i = 0; i < block->parts->nelts; i++) {
        const uint32_t *marks = APR_ARRAY_IDX(block->parts, i, aty_diff_part).marks;
        size_t size = 0;
        uint32_t index;
        for (uint32_t mark = 0; mark < block->mark_count; mark++) {
            if (equal & 1u << mark) {
                vector[size++] = marks[mark];
            }
        }
        index = aty_ids_take(ids, vector, size * sizeof *vector);
        sums[index].rows += weights[i].rows;
        sums[index].columns += weights[i].columns;
    }
    for (uint32_t i = 0; i < aty_ids_count(ids); i++) {
        pairs += sums[i].rows * sums[i].columns;
    }
    return pairs;
}

uint64_t aty_diff_block_pairs(const aty_diff_point *point, const aty_diff_block *block)
{
    uint64_t pairs = 0; /* modulo 2^64: what is taken away too early comes back */
    apr_pool_t *scratch;
    weight *weights;

    apr_pool_create(&scratch, block->parts->pool);
    weights = apr_palloc(scratch, ((size_t)block->parts->nelts + 1) * sizeof *weights);
    for (int i = 0; i < block->parts->nelts; i++) {
        weights[i] = part_weight(point, &APR_ARRAY_IDX(block->parts, i, aty_diff_part));
    }
    for (uint32_t equal = 0; equal < 1u << block->mark_count; equal++) {
        uint64_t some = pairs_equal_in(scratch, block, weights, equal);
        pairs += __builtin_popcount(equal) % 2 ? -some : some;
    }
    apr_pool_destroy(scratch);
    return pairs;
}

static uint32_t values_count(const aty_diff_block *block, uint32_t mark)
{
    apr_pool_t *scratch;
    aty_ids *ids;
    uint32_t count;

    apr_pool_create(&scratch, block->parts->pool);
    ids = aty_ids_make(scratch);
    for (int i = 0; i < block->parts->nelts; i++) {
        aty_ids_take(ids, &APR_ARRAY_IDX(block->parts, i, aty_diff_part).marks[mark],
                     sizeof(uint32_t));
    }
    count = aty_ids_count(ids);
    apr_pool_destroy(scratch);
    return count;
}

uint32_t aty_diff_block_coarse_mark(const aty_diff_block *block)
{
    uint32_t best = block->mark_count;
    uint32_t fewest = 0;

    for (uint32_t mark = 0; mark < block->mark_count; mark++) {
        uint32_t count = values_count(block, mark);
        if (best == block->mark_count || count < fewest) {
            best = mark;
            fewest = count;
        }
    }
    return best;
}

static bool marks_differ(const aty_diff_block *block, const aty_diff_part *a,
                         const aty_diff_part *b)
{
    for (uint32_t i = 0; i < block->mark_count; i++) {
        if (a->marks[i] == b->marks[i]) {
            return false;
        }
    }
    return true;
}

/* Whether a part has rows for some columns, or columns for some rows. */
static bool part_has_pairs(const aty_diff_block *block, const aty_diff_part *part)
{
    for (int i = 0; i < block->parts->nelts; i++) {
        const aty_diff_part *other = &APR_ARRAY_IDX(block->parts, i, aty_diff_part);
        bool meets = (part->rows->nelts > 0 && other->columns->nelts > 0) ||
                     (part->columns->nelts > 0 && other->rows->nelts > 0);
        if (meets && marks_differ(block, part, other)) {
            return true;
        }
    }
    return false;
}

/* Leaves out the parts without pairs, of which each has rows or columns alone. */
static void parts_prune(aty_diff_block *block)
{
    apr_array_header_t *kept =
        apr_array_make(block->parts->pool, block->parts->nelts, sizeof(aty_diff_part));

    for (int i = 0; i < block->parts->nelts; i++) {
        const aty_diff_part *part = &APR_ARRAY_IDX(block->parts, i, aty_diff_part);
        if (part_has_pairs(block, part)) {
            APR_ARRAY_PUSH(kept, aty_diff_part) = *part;
        }
    }
    block->parts = kept;
}

aty_diff_block aty_diff_block_select(apr_pool_t *pool, const aty_diff_block *block,
                                     uint32_t mark, uint32_t value)
{
    aty_diff_block selected = {block->mark_count,
                               apr_array_make(pool, 2, sizeof(aty_diff_part))};
    apr_array_header_t *nothing = apr_array_make(pool, 1, sizeof(uint32_t));

    for (int i = 0; i < block->parts->nelts; i++) {
        aty_diff_part part = APR_ARRAY_IDX(block->parts, i, aty_diff_part);
        if (part.marks[mark] == value) {
            part.rows = nothing;
        }
        else {
            part.columns = nothing;
        }
        APR_ARRAY_PUSH(selected.parts, aty_diff_part) = part;
    }
    if (block->parts->nelts <= PRUNED_PARTS) {
        parts_prune(&selected);
    }
    return selected;
}

bool aty_diff_block_example(const aty_diff_block *block, uint32_t *row, uint32_t *column)
{
    int rows_tried = 0;

    for (int r = 0; r < block->parts->nelts && rows_tried < EXAMPLES_TRIED; r++) {
        const aty_diff_part *of_row = &APR_ARRAY_IDX(block->parts, r, aty_diff_part);
        int columns_tried = 0;
        rows_tried += of_row->rows->nelts > 0;
        for (int c = 0; c < block->parts->nelts && of_row->rows->nelts > 0 &&
                        columns_tried < EXAMPLES_TRIED;
             c++) {
            const aty_diff_part *of_column =
                &APR_ARRAY_IDX(block->parts, c, aty_diff_part);
            columns_tried += of_column->columns->nelts > 0;
            if (of_column->columns->nelts > 0 && marks_differ(block, of_row, of_column)) {
                *row = APR_ARRAY_IDX(of_row->rows, 0, uint32_t);
                *column = APR_ARRAY_IDX(of_column->columns, 0, uint32_t);
                return true;
            }
        }
    }
    return false;
}
