/* The changes of a comparison, for people. */
#include "authorityc/diff/diff_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/diff/diff_block.h"
#include "authorityc/ids.h"
#include "authorityc/print.h"

#define CHANGES_SHOWN 3 /* of one kind, on one address */
#define PIECES_SHOWN  2 /* of one change */

static const struct {
    const char *title;
    aty_shown_colour colour;
} directions[ATY_DIRECTIONS] = {
    [ATY_OPENS] = {"become shared: refused before, answered now", ATY_SHOWN_RED},
    [ATY_CLOSES] = {"become misdirected: answered before, 421 now", ATY_SHOWN_YELLOW},
    [ATY_ANSWERED] = {"stay answered, on one vhost instead of two or the other way round",
                      ATY_SHOWN_PLAIN},
    [ATY_REASONS] = {"stay misdirected, for another reason", ATY_SHOWN_PLAIN},
};

static const char *outcome_text(apr_pool_t *pool, uint32_t outcome)
{
    return aty_outcome_is_answered(outcome)
               ? aty_outcome_name((aty_outcome)outcome)
               : apr_pstrcat(
                     pool, "misdirected (",
                     aty_reason_name((aty_reason)(outcome - ATY_OUTCOME_REASON(0))), ")",
                     (char *)NULL);
}

/* Prints a change; returns how many pairs that are. */
static uint64_t piece_print(const aty_diff_change *change)
{
    aty_shown connections = {"      on connections of ", 0, {{NULL, NULL}}};
    aty_shown authorities = {"    requests for ", 0, {{NULL, NULL}}};

    for (int i = 0; i < change->block.parts->nelts; i++) {
        const aty_diff_part *part =
            &APR_ARRAY_IDX(change->block.parts, i, const aty_diff_part);
        for (int r = 0; r < part->rows->nelts; r++) {
            uint32_t row = APR_ARRAY_IDX(part->rows, r, uint32_t);
            aty_diff_atom_show(&connections, change->point,
                               aty_diff_row_at(change->point, row));
        }
        for (int c = 0; c < part->columns->nelts; c++) {
            uint32_t column = APR_ARRAY_IDX(part->columns, c, uint32_t);
            aty_diff_atom_show(&authorities, change->point,
                               aty_diff_column_at(change->point, column));
        }
    }
    aty_shown_print(&authorities);
    aty_shown_print(&connections);
    if (change->pairs < connections.count * authorities.count) {
        printf("      %" PRIu64 " of these %" PRIu64 " pairs%s\n", change->pairs,
               connections.count * authorities.count,
               change->except ? ", not where the certificate covers the name" : "");
    }
    return change->pairs;
}

/* Of a change, the pairs whose column has this value of a mark. */
static aty_diff_change change_select(apr_pool_t *pool, const aty_diff_change *change,
                                     uint32_t mark, uint32_t value)
{
    aty_diff_change piece = *change;

    piece.block = aty_diff_block_select(pool, &change->block, mark, value);
    piece.pairs = aty_diff_block_pairs(piece.point, &piece.block);
    for (int i = 0; change->except && i < change->except->nelts; i++) {
        aty_diff_block except = aty_diff_block_select(
            pool, &APR_ARRAY_IDX(change->except, i, const aty_diff_block), mark, value);
        piece.pairs -= aty_diff_block_pairs(piece.point, &except);
    }
    return piece;
}

/* Prints the first pieces of a change: by the mark with the fewest values, the columns of
 * one value with the rows of all others. Returns how many pairs that are. */
static uint64_t change_print(apr_pool_t *pool, const aty_diff_change *change)
{
    uint32_t mark = aty_diff_block_coarse_mark(&change->block);
    aty_ids *values = aty_ids_make(pool);
    uint64_t shown = 0;
    int pieces = 0;

    if (mark == change->block.mark_count) {
        return piece_print(change);
    }
    for (int i = 0; i < change->block.parts->nelts && pieces < PIECES_SHOWN; i++) {
        const aty_diff_part *part =
            &APR_ARRAY_IDX(change->block.parts, i, const aty_diff_part);
        uint32_t known = aty_ids_count(values);
        if (part->columns->nelts > 0 &&
            aty_ids_take(values, &part->marks[mark], sizeof(uint32_t)) == known) {
            aty_diff_change piece = change_select(pool, change, mark, part->marks[mark]);
            if (piece.pairs > 0) {
                shown += piece_print(&piece);
                pieces++;
            }
        }
    }
    return shown;
}

static bool is_one_kind(const aty_diff_change *a, const aty_diff_change *b)
{
    return a->point == b->point && a->kept == b->kept &&
           memcmp(a->outcomes, b->outcomes, sizeof a->outcomes) == 0;
}

/* Prints the changes of one kind, which stand together from `first`; returns the next. */
static int kind_print(const aty_diff *diff, int first)
{
    const aty_diff_change *changes =
        (const aty_diff_change *)(const void *)diff->changes->elts;
    const aty_diff_change *kind = &changes[first];
    uint64_t pairs = 0, shown = 0;
    apr_pool_t *scratch;
    int end;

    for (end = first; end < diff->changes->nelts && is_one_kind(kind, &changes[end]);
         end++) {
        pairs += changes[end].pairs;
    }
    printf("  %s: %s -> %s, %" PRIu64 " pair%s%s\n",
           aty_diff_address(diff->pool, kind->point),
           outcome_text(diff->pool, kind->outcomes[ATY_OLD]),
           outcome_text(diff->pool, kind->outcomes[ATY_NEW]), pairs, aty_plural(pairs),
           kind->kept ? "" : ", with names that came or went");
    apr_pool_create(&scratch, diff->pool);
    for (int i = first; i < end && i < first + CHANGES_SHOWN; i++) {
        shown += change_print(scratch, &changes[i]);
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    if (pairs > shown) {
        printf("    and %" PRIu64 " pair%s more\n", pairs - shown,
               aty_plural(pairs - shown));
    }
    return end;
}

void aty_diff_changes_print(const aty_diff *diff, bool colour)
{
    aty_direction last = ATY_DIRECTIONS;

    for (int i = 0; i < diff->changes->nelts;) {
        const aty_diff_change *change =
            &APR_ARRAY_IDX(diff->changes, i, const aty_diff_change);
        aty_direction direction =
            aty_outcome_direction(change->outcomes[ATY_OLD], change->outcomes[ATY_NEW]);
        if (direction != last) {
            char title[160];
            snprintf(title, sizeof title, "%" PRIu64 " pair%s %s", diff->pairs[direction],
                     aty_plural(diff->pairs[direction]), directions[direction].title);
            aty_shown_title(title, directions[direction].colour, colour);
            last = direction;
        }
        i = kind_print(diff, i);
    }
}
