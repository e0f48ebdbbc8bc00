#include "authorityc/diff/diff_bucket.h"

#include <string.h>

#include "authorityc/diff/diff_cells.h"
#include "authorityc/ids.h"

#define NOT_COVERED ATY_OUTCOME_REASON(ATY_REASON_NOT_COVERED)

/* What a column has in the two nodes of a bucket. */
typedef struct {
    uint32_t outcomes[ATY_SIDES]; /* on connections that cover it */
    uint32_t open[ATY_SIDES];     /* 1: on all others it is not-covered */
    uint32_t kept;
} column_class;

static bool is_covered_last(uint32_t outcome)
{
    return outcome == ATY_OUTCOME_SHARED ||
           outcome == ATY_OUTCOME_REASON(ATY_REASON_STRICT) ||
           outcome == ATY_OUTCOME_REASON(ATY_REASON_TEXTUAL);
}

/* Whether a column's own reason goes before the outcome of a node: it comes after the
 * fields (verdict.c, pair_reasons; the order of core/reason.h). */
static bool is_before(uint32_t reason, uint32_t outcome)
{
    return reason != 0 && (outcome == ATY_OUTCOME_SHARED ||
                           (outcome != ATY_OUTCOME_SAME && reason < outcome));
}

static column_class class_of(const aty_diff_atom *column, const aty_diff_ref *ref)
{
    column_class class = {.kept = column->kept};

    for (int side = 0; side < ATY_SIDES; side++) {
        uint32_t outcome = ref->places[side]->outcome;
        if (column->unknown[side]) {
            outcome = ATY_OUTCOME_REASON(ATY_REASON_UNKNOWN_AUTHORITY);
        }
        else if (is_before(column->reasons[side], outcome)) {
            outcome = column->reasons[side];
        }
        class.outcomes[side] = outcome;
        class.open[side] = is_covered_last(outcome) && column->covers[side] != ATY_NONE;
    }
    return class;
}

bool aty_diff_may_change(const aty_diff_atom *column, const aty_diff_ref *ref)
{
    column_class class = class_of(column, ref);

    return class.open[ATY_OLD] || class.open[ATY_NEW] ||
           class.outcomes[ATY_OLD] != class.outcomes[ATY_NEW];
}

/* Whether the refs have more than one value of a mark, or another one than `value`. */
static bool mark_varies(const aty_diff_bucket *bucket, const aty_diff_ref **refs,
                        uint32_t count, uint32_t mark, uint32_t value)
{
    for (uint32_t i = 0; i < count; i++) {
        if (aty_diff_mark(bucket->marks, refs[i], mark) != value) {
            return true;
        }
    }
    return false;
}

bool aty_diff_bucket_has_pairs(const aty_diff_bucket *bucket)
{
    if (bucket->row_count == 0 || bucket->column_count == 0) {
        return false;
    }
    for (uint32_t mark = 0; mark < aty_diff_mark_count(bucket->rows[0]); mark++) {
        uint32_t value = aty_diff_mark(bucket->marks, bucket->rows[0], mark);
        if (!mark_varies(bucket, bucket->rows, bucket->row_count, mark, value) &&
            !mark_varies(bucket, bucket->columns, bucket->column_count, mark, value)) {
            return false;
        }
    }
    return true;
}

uint32_t aty_diff_decide(const aty_diff *diff, const aty_diff_point *point, int side,
                         uint32_t row, uint32_t column)
{
    const aty_table *table = &diff->sides[side].table;
    const aty_diff_atom *connection = aty_diff_row_at(point, row);
    const aty_diff_atom *authority = aty_diff_column_at(point, column);
    const char *name =
        aty_diff_host_at(point, APR_ARRAY_IDX(authority->hosts, 0, uint32_t))->name;
    const aty_pair pair = {
        .connection = connection->vhosts[side],
        .address_set = point->sets[side],
        .base = aty_get(table->address_sets[point->sets[side]].default_vhost),
        .request = authority->vhosts[side],
        .authority = name,
        .authority_length = strlen(name),
        .had_sni = connection->hosts != NULL,
        .h2 = diff->h2,
    };
    aty_verdict verdict = aty_verdict_decide(table, &pair);

    return aty_outcome_of(&verdict);
}

/* Holds a pair of a change against the verdict itself. */
static void change_prove(aty_diff *diff, const aty_diff_change *change)
{
    uint32_t row, column;

    if (change->except || !aty_diff_block_example(&change->block, &row, &column)) {
        return;
    }
    for (int side = 0; side < ATY_SIDES; side++) {
        if (aty_diff_decide(diff, change->point, side, row, column) !=
            change->outcomes[side]) {
            diff->fault = "internal error: the groups of a comparison disagree with the "
                          "verdict of one of their pairs; please report these policies";
        }
    }
}

aty_diff_change aty_diff_change_begin(const aty_diff *diff, const aty_diff_point *point,
                                      const uint32_t outcomes[ATY_SIDES], bool kept,
                                      uint32_t row)
{
    static const uint32_t no_marks[1];
    aty_diff_change change = {
        .point = point,
        .outcomes = {outcomes[ATY_OLD], outcomes[ATY_NEW]},
        .kept = kept,
        .block = {0, apr_array_make(diff->pool, 1, sizeof(aty_diff_part))},
    };
    aty_diff_part *part = &APR_ARRAY_PUSH(change.block.parts, aty_diff_part);

    part->marks = no_marks;
    part->rows = apr_array_make(diff->pool, 1, sizeof(uint32_t));
    part->columns = apr_array_make(diff->pool, 4, sizeof(uint32_t));
    APR_ARRAY_PUSH(part->rows, uint32_t) = row;
    return change;
}

/* Columns of one class, at work. */
typedef struct {
    aty_diff *diff;
    apr_pool_t *pool; /* for the while */
    const aty_diff_bucket *bucket;
    column_class class;
    apr_array_header_t *columns; /* const aty_diff_ref * */
} class_work;

static void change_add(const class_work *w, const uint32_t outcomes[ATY_SIDES], bool kept,
                       const apr_array_header_t *rows, const apr_array_header_t *columns,
                       apr_array_header_t *except)
{
    aty_diff_change change = {
        .point = w->bucket->point,
        .outcomes = {outcomes[ATY_OLD], outcomes[ATY_NEW]},
        .kept = kept,
        .except = except && except->nelts > 0 ? except : NULL,
    };

    if (rows->nelts == 0 || columns->nelts == 0) {
        return;
    }
    change.block = aty_diff_block_make(w->diff->pool, w->bucket->marks, rows, columns);
    change.pairs = aty_diff_block_pairs(change.point, &change.block);
    for (int i = 0; change.except && i < change.except->nelts; i++) {
        change.pairs -= aty_diff_block_pairs(
            change.point, &APR_ARRAY_IDX(change.except, i, aty_diff_block));
    }
    if (change.pairs > 0) {
        change_prove(w->diff, &change);
        APR_ARRAY_PUSH(w->diff->changes, aty_diff_change) = change;
    }
}

/* The rows of names that are kept, or of those that are not. */
static apr_array_header_t *rows_that(const class_work *w, bool kept)
{
    const aty_diff_bucket *bucket = w->bucket;
    apr_array_header_t *rows = apr_array_make(w->pool, 8, sizeof(const aty_diff_ref *));

    for (uint32_t i = 0; i < bucket->row_count; i++) {
        if (aty_diff_row_at(bucket->point, bucket->rows[i]->atom)->kept == kept) {
            APR_ARRAY_PUSH(rows, const aty_diff_ref *) = bucket->rows[i];
        }
    }
    return rows;
}

static apr_array_header_t *blocks_of(const class_work *w,
                                     const apr_array_header_t *pieces)
{
    apr_array_header_t *blocks =
        apr_array_make(w->diff->pool, pieces->nelts, sizeof(aty_diff_block));

    for (int i = 0; i < pieces->nelts; i++) {
        const aty_diff_piece *piece = &APR_ARRAY_IDX(pieces, i, const aty_diff_piece);
        APR_ARRAY_PUSH(blocks, aty_diff_block) = aty_diff_block_make(
            w->diff->pool, w->bucket->marks, piece->rows, piece->columns);
    }
    return blocks;
}

/* What becomes of most pairs: of all where covers do not count, else of those whose
 * connection does not cover the name. `hits` are the others. */
static void most_add(const class_work *w, const aty_diff_hits *hits)
{
    uint32_t outcomes[ATY_SIDES];

    for (int side = 0; side < ATY_SIDES; side++) {
        outcomes[side] = w->class.open[side] ? NOT_COVERED : w->class.outcomes[side];
    }
    if (outcomes[ATY_OLD] == outcomes[ATY_NEW]) {
        return;
    }
    for (int kept = 0; kept < 2; kept++) {
        apr_array_header_t *except = NULL;
        if (hits) {
            except = blocks_of(w, aty_diff_hits_pieces(hits, w->pool, ATY_ANY_OUTCOME,
                                                       ATY_ANY_OUTCOME, kept));
        }
        change_add(w, outcomes, kept && w->class.kept, rows_that(w, kept), w->columns,
                   except);
    }
}

/* What becomes of the pairs whose connection covers the name on a side. */
static void hits_add(const class_work *w, const aty_diff_hits *hits)
{
    uint32_t possible[ATY_SIDES][2];

    for (int side = 0; side < ATY_SIDES; side++) {
        possible[side][0] = w->class.outcomes[side];
        possible[side][1] = w->class.open[side] ? NOT_COVERED : ATY_ANY_OUTCOME;
    }
    for (int way = 0; way < 8; way++) {
        const uint32_t outcomes[ATY_SIDES] = {possible[ATY_OLD][way & 1],
                                              possible[ATY_NEW][way >> 1 & 1]};
        bool kept = way >> 2;
        const apr_array_header_t *pieces;
        if (outcomes[ATY_OLD] == outcomes[ATY_NEW] ||
            outcomes[ATY_OLD] == ATY_ANY_OUTCOME ||
            outcomes[ATY_NEW] == ATY_ANY_OUTCOME) {
            continue;
        }
        pieces = aty_diff_hits_pieces(hits, w->pool, outcomes[ATY_OLD], outcomes[ATY_NEW],
                                      kept);
        for (int i = 0; i < pieces->nelts; i++) {
            const aty_diff_piece *piece = &APR_ARRAY_IDX(pieces, i, const aty_diff_piece);
            change_add(w, outcomes, kept && w->class.kept, piece->rows, piece->columns,
                       NULL);
        }
    }
}

static void class_compare(const class_work *w, aty_diff_cells **cells)
{
    aty_diff_hits *hits;

    if (!w->class.open[ATY_OLD] && !w->class.open[ATY_NEW]) {
        most_add(w, NULL);
        return;
    }
    if (!*cells) {
        *cells = aty_diff_cells_make(w->pool, w->bucket);
    }
    hits = aty_diff_hits_find(w->pool, w->diff, *cells, w->columns, w->class.outcomes,
                              w->class.open);
    most_add(w, hits);
    hits_add(w, hits);
}

void aty_diff_bucket_compare(aty_diff *diff, apr_pool_t *scratch,
                             const aty_diff_bucket *bucket)
{
    aty_ids *ids = aty_ids_make(scratch);
    apr_array_header_t *classes = apr_array_make(scratch, 4, sizeof(class_work));
    aty_diff_cells *cells = NULL;

    for (uint32_t i = 0; i < bucket->column_count; i++) {
        const aty_diff_ref *ref = bucket->columns[i];
        column_class class = class_of(aty_diff_column_at(bucket->point, ref->atom), ref);
        uint32_t index = aty_ids_take(ids, &class, sizeof class);
        if ((int)index == classes->nelts) {
            APR_ARRAY_PUSH(classes, class_work) =
                (class_work){diff, scratch, bucket, class,
                             apr_array_make(scratch, 8, sizeof(const aty_diff_ref *))};
        }
        APR_ARRAY_PUSH(APR_ARRAY_IDX(classes, (int)index, class_work).columns,
                       const aty_diff_ref *) = ref;
    }
    for (int i = 0; i < classes->nelts; i++) {
        class_compare(&APR_ARRAY_IDX(classes, i, const class_work), &cells);
    }
}
