#include "authorityc/diff/diff_cells.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/ids.h"
#include "core/search.h"

#define NOT_COVERED ATY_OUTCOME_REASON(ATY_REASON_NOT_COVERED)

/* What a cell's rows have in common. */
typedef struct {
    uint32_t covers[ATY_SIDES];
    uint32_t kept;
} cell_key;

typedef struct {
    cell_key key;
    apr_array_header_t *rows; /* const aty_diff_ref * */
    uint32_t hit;             /* bit N: hit on side N by the list at hand */
} cell;

struct aty_diff_cells {
    const aty_diff_bucket *bucket;
    apr_array_header_t *cells; /* cell */
    aty_ids *covers[ATY_SIDES];
    apr_array_header_t *by_cover[ATY_SIDES]; /* apr_array_header_t * of uint32_t cells */
};

typedef struct {
    uint32_t list, cell;
    uint32_t outcomes[ATY_SIDES];
} hit;

struct aty_diff_hits {
    const aty_diff_cells *cells;
    apr_array_header_t
        *columns;             /* apr_array_header_t * of const aty_diff_ref *, by list */
    apr_array_header_t *hits; /* hit */
};

static cell *cell_at(const aty_diff_cells *cells, uint32_t index)
{
    return &APR_ARRAY_IDX(cells->cells, (int)index, cell);
}

static void cell_enter(apr_pool_t *pool, aty_diff_cells *cells, uint32_t index)
{
    for (int side = 0; side < ATY_SIDES; side++) {
        uint32_t cover = cell_at(cells, index)->key.covers[side];
        apr_array_header_t *by_cover = cells->by_cover[side];
        uint32_t number = aty_ids_take(cells->covers[side], &cover, sizeof cover);
        if ((int)number == by_cover->nelts) {
            APR_ARRAY_PUSH(by_cover, apr_array_header_t *) =
                apr_array_make(pool, 1, sizeof(uint32_t));
        }
        APR_ARRAY_PUSH(APR_ARRAY_IDX(by_cover, (int)number, apr_array_header_t *),
                       uint32_t) = index;
    }
}

aty_diff_cells *aty_diff_cells_make(apr_pool_t *pool, const aty_diff_bucket *bucket)
{
    aty_diff_cells *cells = apr_pcalloc(pool, sizeof *cells);
    aty_ids *keys = aty_ids_make(pool);

    cells->bucket = bucket;
    cells->cells = apr_array_make(pool, 4, sizeof(cell));
    for (int side = 0; side < ATY_SIDES; side++) {
        cells->covers[side] = aty_ids_make(pool);
        cells->by_cover[side] = apr_array_make(pool, 4, sizeof(apr_array_header_t *));
    }
    for (uint32_t i = 0; i < bucket->row_count; i++) {
        const aty_diff_atom *row = aty_diff_row_at(bucket->point, bucket->rows[i]->atom);
        cell_key key = {{row->covers[ATY_OLD], row->covers[ATY_NEW]}, row->kept};
        uint32_t index = aty_ids_take(keys, &key, sizeof key);
        if ((int)index == cells->cells->nelts) {
            APR_ARRAY_PUSH(cells->cells, cell) =
                (cell){key, apr_array_make(pool, 2, sizeof(const aty_diff_ref *)), 0};
            cell_enter(pool, cells, index);
        }
        APR_ARRAY_PUSH(cell_at(cells, index)->rows, const aty_diff_ref *) =
            bucket->rows[i];
    }
    return cells;
}

/* Marks the cells that a list of covers meets on a side; adds those that are new to
 * `met`. */
static void list_meet(const aty_diff_cells *cells, int side,
                      const apr_array_header_t *list, apr_array_header_t *met)
{
    for (int i = 0; i < list->nelts; i++) {
        uint32_t cover = APR_ARRAY_IDX(list, i, uint32_t);
        uint32_t number = aty_ids_find(cells->covers[side], &cover, sizeof cover);
        const apr_array_header_t *indexes =
            number == ATY_NONE ? NULL
                               : APR_ARRAY_IDX(cells->by_cover[side], (int)number,
                                               const apr_array_header_t *);
        for (int c = 0; indexes && c < indexes->nelts; c++) {
            uint32_t index = APR_ARRAY_IDX(indexes, c, uint32_t);
            if (!cell_at(cells, index)->hit) {
                APR_ARRAY_PUSH(met, uint32_t) = index;
            }
            cell_at(cells, index)->hit |= 1u << side;
        }
    }
}

/* Turns the cells that were met into hits, and unmarks them. */
static void met_keep(aty_diff_hits *hits, uint32_t list, const apr_array_header_t *met,
                     const uint32_t outcomes[ATY_SIDES], const uint32_t open[ATY_SIDES])
{
    for (int i = 0; i < met->nelts; i++) {
        uint32_t index = APR_ARRAY_IDX(met, i, uint32_t);
        cell *of = cell_at(hits->cells, index);
        hit *new = &APR_ARRAY_PUSH(hits->hits, hit);
        new->list = list;
        new->cell = index;
        for (int side = 0; side < ATY_SIDES; side++) {
            new->outcomes[side] =
                !open[side] || (of->hit & 1u << side) ? outcomes[side] : NOT_COVERED;
        }
        of->hit = 0;
    }
}

/* Puts columns together that the same covers cover. Returns the columns' numbers of lists
 * (pairs of uint32_t; ATY_NONE on a side that is not open). */
static apr_array_header_t *columns_sort(apr_pool_t *pool, aty_diff_hits *hits,
                                        const apr_array_header_t *columns,
                                        const uint32_t open[ATY_SIDES])
{
    apr_array_header_t *lists = apr_array_make(pool, 4, ATY_SIDES * sizeof(uint32_t));
    aty_ids *ids = aty_ids_make(pool);

    for (int i = 0; i < columns->nelts; i++) {
        const aty_diff_ref *ref = APR_ARRAY_IDX(columns, i, const aty_diff_ref *);
        const aty_diff_atom *column =
            aty_diff_column_at(hits->cells->bucket->point, ref->atom);
        uint32_t key[ATY_SIDES];
        uint32_t index;
        for (int side = 0; side < ATY_SIDES; side++) {
            key[side] = open[side] ? column->covers[side] : ATY_NONE;
        }
        index = aty_ids_take(ids, key, sizeof key);
        if ((int)index == lists->nelts) {
            memcpy(apr_array_push(lists), key, sizeof key);
            APR_ARRAY_PUSH(hits->columns, apr_array_header_t *) =
                apr_array_make(pool, 2, sizeof(const aty_diff_ref *));
        }
        APR_ARRAY_PUSH(APR_ARRAY_IDX(hits->columns, (int)index, apr_array_header_t *),
                       const aty_diff_ref *) = ref;
    }
    return lists;
}

aty_diff_hits *aty_diff_hits_find(apr_pool_t *pool, const aty_diff *diff,
                                  const aty_diff_cells *cells,
                                  const apr_array_header_t *columns,
                                  const uint32_t outcomes[ATY_SIDES],
                                  const uint32_t open[ATY_SIDES])
{
    aty_diff_hits *hits = apr_pcalloc(pool, sizeof *hits);
    apr_array_header_t *met = apr_array_make(pool, 8, sizeof(uint32_t));
    const apr_array_header_t *lists;

    hits->cells = cells;
    hits->columns = apr_array_make(pool, 4, sizeof(apr_array_header_t *));
    hits->hits = apr_array_make(pool, 8, sizeof(hit));
    lists = columns_sort(pool, hits, columns, open);
    for (int i = 0; i < lists->nelts; i++) {
        const uint32_t *list =
            (const uint32_t *)(const void *)lists->elts + (ptrdiff_t)i * ATY_SIDES;
        apr_array_clear(met);
        for (int side = 0; side < ATY_SIDES; side++) {
            if (open[side]) {
                list_meet(cells, side,
                          aty_diff_cover_list(diff->sides[side].cover, list[side]), met);
            }
        }
        met_keep(hits, (uint32_t)i, met, outcomes, open);
    }
    return hits;
}

/* Lists and cells of hits, put together by one of the two. */
typedef struct {
    uint32_t left, right;
} edge;

typedef struct {
    apr_array_header_t *lefts;  /* uint32_t */
    apr_array_header_t *rights; /* uint32_t */
} bundle;

static int edge_compare(const void *a, const void *b)
{
    const edge *x = a;
    const edge *y = b;
    int order = aty_number_order(x->left, y->left);

    return order != 0 ? order : aty_number_order(x->right, y->right);
}

/* Puts those on the left together that have the same on the right. */
static apr_array_header_t *bundles_make(apr_pool_t *pool, const edge *edges, int count)
{
    apr_array_header_t *bundles = apr_array_make(pool, 4, sizeof(bundle));
    apr_array_header_t *rights = apr_array_make(pool, 8, sizeof(uint32_t));
    aty_ids *ids = aty_ids_make(pool);

    for (int first = 0, end; first < count; first = end) {
        uint32_t index;
        apr_array_clear(rights);
        for (end = first; end < count && edges[end].left == edges[first].left; end++) {
            APR_ARRAY_PUSH(rights, uint32_t) = edges[end].right;
        }
        index = aty_ids_take(ids, rights->elts, (size_t)rights->nelts * sizeof(uint32_t));
        if ((int)index == bundles->nelts) {
            APR_ARRAY_PUSH(bundles, bundle) = (bundle){
                apr_array_make(pool, 1, sizeof(uint32_t)), apr_array_copy(pool, rights)};
        }
        APR_ARRAY_PUSH(APR_ARRAY_IDX(bundles, (int)index, bundle).lefts, uint32_t) =
            edges[first].left;
    }
    return bundles;
}

/* All refs of these cells, or of these lists. */
static apr_array_header_t *refs_of(const aty_diff_hits *hits, apr_pool_t *pool,
                                   const apr_array_header_t *numbers, bool of_cells)
{
    apr_array_header_t *refs = apr_array_make(pool, 4, sizeof(const aty_diff_ref *));

    for (int i = 0; i < numbers->nelts; i++) {
        uint32_t number = APR_ARRAY_IDX(numbers, i, uint32_t);
        apr_array_cat(refs, of_cells ? cell_at(hits->cells, number)->rows
                                     : APR_ARRAY_IDX(hits->columns, (int)number,
                                                     const apr_array_header_t *));
    }
    return refs;
}

static apr_array_header_t *pieces_make(const aty_diff_hits *hits, apr_pool_t *pool,
                                       const apr_array_header_t *bundles, bool cells_left)
{
    apr_array_header_t *pieces =
        apr_array_make(pool, bundles->nelts + 1, sizeof(aty_diff_piece));

    for (int i = 0; i < bundles->nelts; i++) {
        const bundle *b = &APR_ARRAY_IDX(bundles, i, const bundle);
        APR_ARRAY_PUSH(pieces, aty_diff_piece) = (aty_diff_piece){
            refs_of(hits, pool, cells_left ? b->lefts : b->rights, true),
            refs_of(hits, pool, cells_left ? b->rights : b->lefts, false),
        };
    }
    return pieces;
}

/* How much there is to write down. */
static uint64_t bundles_size(const aty_diff_hits *hits, const apr_array_header_t *bundles,
                             bool cells_left)
{
    uint64_t size = 0;

    for (int i = 0; i < bundles->nelts; i++) {
        const bundle *b = &APR_ARRAY_IDX(bundles, i, const bundle);
        const apr_array_header_t *cells = cells_left ? b->lefts : b->rights;
        const apr_array_header_t *lists = cells_left ? b->rights : b->lefts;
        for (int c = 0; c < cells->nelts; c++) {
            size += (uint64_t)cell_at(hits->cells, APR_ARRAY_IDX(cells, c, uint32_t))
                        ->rows->nelts;
        }
        for (int l = 0; l < lists->nelts; l++) {
            size += (uint64_t)APR_ARRAY_IDX(hits->columns,
                                            (int)APR_ARRAY_IDX(lists, l, uint32_t),
                                            const apr_array_header_t *)
                        ->nelts;
        }
    }
    return size;
}

static edge *edges_choose(const aty_diff_hits *hits, apr_pool_t *pool,
                          const uint32_t outcomes[ATY_SIDES], bool kept, int *count)
{
    edge *edges = apr_palloc(pool, ((size_t)hits->hits->nelts + 1) * sizeof *edges);

    *count = 0;
    for (int i = 0; i < hits->hits->nelts; i++) {
        const hit *h = &APR_ARRAY_IDX(hits->hits, i, const hit);
        bool fits = (bool)cell_at(hits->cells, h->cell)->key.kept == kept;
        for (int side = 0; side < ATY_SIDES; side++) {
            fits = fits && (outcomes[side] == ATY_ANY_OUTCOME ||
                            outcomes[side] == h->outcomes[side]);
        }
        if (fits) {
            edges[(*count)++] = (edge){h->list, h->cell};
        }
    }
    return edges;
}

static void edges_turn(edge *edges, int count)
{
    for (int i = 0; i < count; i++) {
        edges[i] = (edge){edges[i].right, edges[i].left};
    }
}

apr_array_header_t *aty_diff_hits_pieces(const aty_diff_hits *hits, apr_pool_t *pool,
                                         uint32_t old_outcome, uint32_t new_outcome,
                                         bool kept)
{
    const uint32_t outcomes[ATY_SIDES] = {old_outcome, new_outcome};
    const apr_array_header_t *by_list, *by_cell;
    bool cells_left;
    int count;
    edge *edges = edges_choose(hits, pool, outcomes, kept, &count);

    qsort(edges, (size_t)count, sizeof *edges, edge_compare);
    by_list = bundles_make(pool, edges, count);
    edges_turn(edges, count);
    qsort(edges, (size_t)count, sizeof *edges, edge_compare);
    by_cell = bundles_make(pool, edges, count);
    cells_left = bundles_size(hits, by_cell, true) < bundles_size(hits, by_list, false);
    return pieces_make(hits, pool, cells_left ? by_cell : by_list, cells_left);
}
