/* Which pairs of a point change: from the nodes that rows and columns are in to buckets
 * of two nodes, one of each side. What is in a bucket diff_bucket.c sorts out. */
#include "authorityc/diff/diff_bucket.h"

#include "authorityc/ids.h"

typedef struct {
    aty_diff *diff;
    const aty_diff_point *point;
    apr_pool_t *pool;
    aty_levels levels[ATY_SIDES];
    aty_ids *buckets;            /* by their two nodes */
    apr_array_header_t *rows;    /* aty_diff_ref */
    apr_array_header_t *columns; /* aty_diff_ref */
} comparer;

static void levels_make(comparer *c)
{
    for (int i = 0; i < ATY_SIDES; i++) {
        const aty_diff_side *side = &c->diff->sides[i];
        uint32_t set = c->point->sets[i];
        const uint32_t *vhosts = side->members.vhosts + side->members.starts[set];
        uint32_t count = side->members.starts[set + 1] - side->members.starts[set];
        for (uint32_t number = 0; number < count; number++) {
            side->numbers[vhosts[number]] = number;
        }
        c->levels[i] =
            aty_levels_make(c->pool, &side->table, set, vhosts, count, c->diff->h2);
    }
}

/* The places of an atom on a side, from the first to before the end. A vhost that does
 * not sit on the address set, as a damaged table may have it, has none. */
static const aty_level_place *places_of(const comparer *c, const aty_diff_atom *atom,
                                        int side, const aty_level_place **end)
{
    const aty_diff_side *of = &c->diff->sides[side];
    const uint32_t *starts = of->members.starts + c->point->sets[side];
    const aty_levels *levels = &c->levels[side];
    uint32_t number = of->numbers[atom->vhosts[side]];

    if (number >= starts[1] - starts[0] ||
        of->members.vhosts[starts[0] + number] != atom->vhosts[side]) {
        *end = levels->places;
        return levels->places;
    }
    *end = levels->places + levels->starts[number + 1];
    return levels->places + levels->starts[number];
}

/* Enters an atom into the buckets of all its nodes: a column where pairs in it may
 * change, a row where there are such columns. */
static void atom_enter(comparer *c, const aty_diff_atom *atom, uint32_t index,
                       bool is_column)
{
    aty_diff_ref ref = {.atom = index};
    const aty_level_place *ends[ATY_SIDES];
    const aty_level_place *new_places = places_of(c, atom, ATY_NEW, &ends[ATY_NEW]);

    for (ref.places[ATY_OLD] = places_of(c, atom, ATY_OLD, &ends[ATY_OLD]);
         ref.places[ATY_OLD] < ends[ATY_OLD]; ref.places[ATY_OLD]++) {
        for (ref.places[ATY_NEW] = new_places; ref.places[ATY_NEW] < ends[ATY_NEW];
             ref.places[ATY_NEW]++) {
            uint32_t nodes[ATY_SIDES] = {ref.places[ATY_OLD]->node,
                                         ref.places[ATY_NEW]->node};
            if (!is_column) {
                ref.bucket = aty_ids_find(c->buckets, nodes, sizeof nodes);
                if (ref.bucket != ATY_NONE) {
                    APR_ARRAY_PUSH(c->rows, aty_diff_ref) = ref;
                }
            }
            else if (aty_diff_may_change(atom, &ref)) {
                ref.bucket = aty_ids_take(c->buckets, nodes, sizeof nodes);
                APR_ARRAY_PUSH(c->columns, aty_diff_ref) = ref;
            }
        }
    }
}

static bool is_nameless(const aty_diff_atom *row)
{
    return !row->hosts;
}

/* The refs in the order of their buckets, those of bucket N from starts[N] to before
 * starts[N + 1]. */
typedef struct {
    const aty_diff_ref **refs;
    uint32_t *starts;
} ordered;

static ordered refs_order(comparer *c, const apr_array_header_t *refs)
{
    uint32_t buckets = aty_ids_count(c->buckets);
    ordered order = {
        apr_palloc(c->pool, ((size_t)refs->nelts + 1) * sizeof *order.refs),
        apr_pcalloc(c->pool, (buckets + 2) * sizeof *order.starts),
    };

    for (int i = 0; i < refs->nelts; i++) {
        order.starts[APR_ARRAY_IDX(refs, i, const aty_diff_ref).bucket + 2]++;
    }
    for (uint32_t i = 2; i < buckets + 2; i++) {
        order.starts[i] += order.starts[i - 1];
    }
    for (int i = 0; i < refs->nelts; i++) {
        const aty_diff_ref *ref = &APR_ARRAY_IDX(refs, i, const aty_diff_ref);
        order.refs[order.starts[ref->bucket + 1]++] = ref;
    }
    return order;
}

static void buckets_compare(comparer *c)
{
    aty_diff_marks marks = {{c->levels[ATY_OLD].marks, c->levels[ATY_NEW].marks}};
    ordered rows = refs_order(c, c->rows);
    ordered columns = refs_order(c, c->columns);
    apr_pool_t *scratch;

    apr_pool_create(&scratch, c->pool);
    for (uint32_t i = 0; i < aty_ids_count(c->buckets); i++) {
        aty_diff_bucket bucket = {
            .point = c->point,
            .marks = &marks,
            .rows = rows.refs + rows.starts[i],
            .row_count = rows.starts[i + 1] - rows.starts[i],
            .columns = columns.refs + columns.starts[i],
            .column_count = columns.starts[i + 1] - columns.starts[i],
        };
        if (aty_diff_bucket_has_pairs(&bucket)) {
            aty_diff_bucket_compare(c->diff, scratch, &bucket);
            apr_pool_clear(scratch);
        }
    }
}

/* What a connection without SNI answers does not depend on covers, and unknown names are
 * served: each column is asked for by itself. */
static void nameless_compare(comparer *c)
{
    uint32_t row = (uint32_t)c->point->rows->nelts - 1;
    aty_ids *kinds = aty_ids_make(c->pool);
    apr_array_header_t *changes = apr_array_make(c->pool, 4, sizeof(aty_diff_change));

    for (uint32_t i = 0; i < (uint32_t)c->point->columns->nelts; i++) {
        const aty_diff_atom *column = aty_diff_column_at(c->point, i);
        uint32_t kind[3] = {aty_diff_decide(c->diff, c->point, ATY_OLD, row, i),
                            aty_diff_decide(c->diff, c->point, ATY_NEW, row, i),
                            column->kept};
        uint32_t index = kind[0] != kind[1] ? aty_ids_take(kinds, kind, sizeof kind) : 0;
        aty_diff_change *change;
        if (kind[0] == kind[1]) {
            continue;
        }
        if ((int)index == changes->nelts) {
            change = &APR_ARRAY_PUSH(changes, aty_diff_change);
            *change = aty_diff_change_begin(c->diff, c->point, kind, column->kept, row);
        }
        change = &APR_ARRAY_IDX(changes, (int)index, aty_diff_change);
        change->pairs += column->count;
        APR_ARRAY_PUSH(APR_ARRAY_IDX(change->block.parts, 0, aty_diff_part).columns,
                       uint32_t) = i;
    }
    apr_array_cat(c->diff->changes, changes);
}

void aty_diff_pairs_compare(aty_diff *diff, const aty_diff_point *point)
{
    comparer c = {.diff = diff, .point = point};

    apr_pool_create(&c.pool, diff->pool);
    c.buckets = aty_ids_make(c.pool);
    c.rows = apr_array_make(c.pool, 64, sizeof(aty_diff_ref));
    c.columns = apr_array_make(c.pool, 64, sizeof(aty_diff_ref));
    levels_make(&c);
    for (uint32_t i = 0; i < (uint32_t)point->columns->nelts; i++) {
        atom_enter(&c, aty_diff_column_at(point, i), i, true);
    }
    for (uint32_t i = 0; i < (uint32_t)point->rows->nelts; i++) {
        const aty_diff_atom *row = aty_diff_row_at(point, i);
        if (!is_nameless(row)) {
            atom_enter(&c, row, i, false);
        }
    }
    buckets_compare(&c);
    nameless_compare(&c);
    apr_pool_destroy(c.pool);
}
