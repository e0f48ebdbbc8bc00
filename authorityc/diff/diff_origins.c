/* ORIGIN sets that say something else than before. */
#include "authorityc/diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/ids.h"

static int origin_compare(const void *a, const void *b)
{
    const aty_seat_origin *x = a;
    const aty_seat_origin *y = b;
    size_t length = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, length);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static apr_array_header_t *origins_of(apr_pool_t *pool, const aty_table *table,
                                      const aty_seat_record *seat)
{
    apr_array_header_t *origins = apr_array_make(pool, 8, sizeof(aty_seat_origin));
    aty_seat_origin origin = {0};

    while (aty_seat_origin_next(table, seat, &origin)) {
        APR_ARRAY_PUSH(origins, aty_seat_origin) = origin;
    }
    qsort(origins->elts, (size_t)origins->nelts, sizeof origin, origin_compare);
    return origins;
}

/* Those of `a` that `b` has not; both are sorted. */
static apr_array_header_t *origins_less(apr_pool_t *pool, const apr_array_header_t *a,
                                        const apr_array_header_t *b)
{
    apr_array_header_t *rest = apr_array_make(pool, 4, sizeof(aty_seat_origin));
    int j = 0;

    for (int i = 0; i < a->nelts; i++) {
        const aty_seat_origin *origin = &APR_ARRAY_IDX(a, i, const aty_seat_origin);
        int order = -1;
        while (j < b->nelts &&
               (order = origin_compare(&APR_ARRAY_IDX(b, j, const aty_seat_origin),
                                       origin)) < 0) {
            j++;
        }
        if (j == b->nelts || order != 0) {
            APR_ARRAY_PUSH(rest, aty_seat_origin) = *origin;
        }
    }
    return rest;
}

static bool has_frame(const aty_seat_record *seat)
{
    return aty_get(seat->frame) != ATY_NONE;
}

void aty_diff_origin_lists(const aty_diff *diff, apr_pool_t *pool,
                           const aty_seat_record *const seats[ATY_SIDES],
                           apr_array_header_t *lists[ATY_SIDES])
{
    apr_array_header_t *origins[ATY_SIDES];

    for (int side = 0; side < ATY_SIDES; side++) {
        origins[side] = origins_of(pool, &diff->sides[side].table, seats[side]);
    }
    for (int side = 0; side < ATY_SIDES; side++) {
        lists[side] = origins_less(pool, origins[side], origins[1 - side]);
    }
}

/* Whether the two say different things; counts what only one says. */
static bool origin_differs(const aty_diff *diff, apr_pool_t *scratch,
                           aty_diff_origin *origin)
{
    apr_array_header_t *lists[ATY_SIDES];

    apr_pool_clear(scratch);
    aty_diff_origin_lists(diff, scratch, origin->seats, lists);
    for (int side = 0; side < ATY_SIDES; side++) {
        origin->counts[side] = (uint32_t)lists[side]->nelts;
    }
    return origin->counts[ATY_OLD] > 0 || origin->counts[ATY_NEW] > 0 ||
           has_frame(origin->seats[ATY_OLD]) != has_frame(origin->seats[ATY_NEW]);
}

/* The entry for rows of these two frames; NULL where they say the same. */
static aty_diff_origin *origin_of(aty_diff *diff, apr_pool_t *scratch, aty_ids *ids,
                                  apr_array_header_t *indexes,
                                  const aty_diff_point *point,
                                  const aty_seat_record *const seats[ATY_SIDES])
{
    uint32_t key[] = {aty_get(seats[ATY_OLD]->frame), aty_get(seats[ATY_NEW]->frame)};
    uint32_t known = aty_ids_count(ids);
    uint32_t number = aty_ids_take(ids, key, sizeof key);
    uint32_t index;

    if (number == known) {
        aty_diff_origin origin = {.point = point, .seats = {seats[0], seats[1]}};
        bool differs = origin_differs(diff, scratch, &origin);
        APR_ARRAY_PUSH(indexes, uint32_t) =
            differs ? (uint32_t)diff->origins->nelts : ATY_NONE;
        if (differs) {
            origin.rows = apr_array_make(diff->pool, 1, sizeof(uint32_t));
            APR_ARRAY_PUSH(diff->origins, aty_diff_origin) = origin;
        }
    }
    index = APR_ARRAY_IDX(indexes, (int)number, uint32_t);
    return index == ATY_NONE ? NULL
                             : &APR_ARRAY_IDX(diff->origins, (int)index, aty_diff_origin);
}

void aty_diff_origins_compare(aty_diff *diff, const aty_diff_point *point)
{
    aty_ids *ids = aty_ids_make(diff->pool);
    apr_array_header_t *indexes = apr_array_make(diff->pool, 4, sizeof(uint32_t));
    apr_pool_t *scratch;

    apr_pool_create(&scratch, diff->pool);
    for (uint32_t i = 0; i < (uint32_t)point->rows->nelts; i++) {
        const aty_diff_atom *row = aty_diff_row_at(point, i);
        const aty_seat_record *seats[ATY_SIDES];
        aty_diff_origin *origin;
        for (int side = 0; side < ATY_SIDES; side++) {
            seats[side] = aty_vhost_seat(&diff->sides[side].table, row->vhosts[side],
                                         point->sets[side]);
        }
        if (!row->hosts || !row->kept || !seats[ATY_OLD] || !seats[ATY_NEW]) {
            continue;
        }
        origin = origin_of(diff, scratch, ids, indexes, point, seats);
        if (origin) {
            APR_ARRAY_PUSH(origin->rows, uint32_t) = i;
            origin->connections += row->count;
        }
    }
    apr_pool_destroy(scratch);
}
