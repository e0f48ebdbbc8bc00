#include "authorityc/diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/search.h"

/* Compares what clients see on a point; where only one side serves it there is nothing to
 * compare. */
static void point_compare(aty_diff *diff, uint32_t number, const char *label)
{
    aty_diff_point *point = APR_ARRAY_IDX(diff->points, (int)number, aty_diff_point *);

    if (point->sets[ATY_OLD] == ATY_NONE || point->sets[ATY_NEW] == ATY_NONE) {
        return;
    }
    aty_diff_hosts_find(diff, number, label);
    aty_diff_atoms_form(diff, point);
    aty_diff_pairs_compare(diff, point);
    aty_diff_names_compare(diff, point);
    aty_diff_origins_compare(diff, point);
}

static aty_direction direction_of(const aty_diff_change *change)
{
    return aty_outcome_direction(change->outcomes[ATY_OLD], change->outcomes[ATY_NEW]);
}

/* The dangerous ones first; then those of names that stay; then by point and outcomes, so
 * that what is alike stands together; then the large ones. */
static int change_compare(const void *a, const void *b)
{
    const aty_diff_change *x = a;
    const aty_diff_change *y = b;
    int order = (int)direction_of(x) - (int)direction_of(y);

    order = order != 0 ? order : y->kept - x->kept;
    order = order != 0 ? order : aty_number_order(x->number, y->number);
    for (int side = 0; side < ATY_SIDES && order == 0; side++) {
        order = aty_number_order(x->outcomes[side], y->outcomes[side]);
    }
    order = order != 0 ? order : (x->pairs < y->pairs) - (x->pairs > y->pairs);
    return order != 0 ? order : aty_number_order(x->sequence, y->sequence);
}

static void changes_order(aty_diff *diff)
{
    for (int i = 0; i < diff->changes->nelts; i++) {
        aty_diff_change *change = &APR_ARRAY_IDX(diff->changes, i, aty_diff_change);
        change->number = change->point->number;
        change->sequence = (uint32_t)i;
        diff->pairs[direction_of(change)] += change->pairs;
    }
    qsort(diff->changes->elts, (size_t)diff->changes->nelts, sizeof(aty_diff_change),
          change_compare);
}

void aty_diff_make(aty_diff *diff)
{
    const char *label;

    diff->changes = apr_array_make(diff->pool, 16, sizeof(aty_diff_change));
    diff->names = apr_array_make(diff->pool, 16, sizeof(aty_diff_name));
    diff->origins = apr_array_make(diff->pool, 16, sizeof(aty_diff_origin));
    aty_diff_points_find(diff);
    aty_diff_vhosts_find(diff);
    aty_diff_settings_compare(diff);
    for (int side = 0; side < ATY_SIDES; side++) {
        diff->sides[side].cover =
            aty_diff_cover_make(diff->pool, &diff->sides[side].table);
    }
    label = aty_diff_sample_label(diff);
    for (int i = 0; i < diff->points->nelts; i++) {
        point_compare(diff, (uint32_t)i, label);
    }
    changes_order(diff);
}

static bool points_are_equal(const aty_diff *diff)
{
    for (int i = 0; i < diff->points->nelts; i++) {
        const aty_diff_point *point = APR_ARRAY_IDX(diff->points, i, aty_diff_point *);
        if (point->sets[ATY_OLD] == ATY_NONE || point->sets[ATY_NEW] == ATY_NONE) {
            return false;
        }
    }
    return true;
}

bool aty_diff_is_equal(const aty_diff *diff)
{
    return diff->changes->nelts == 0 && diff->vhosts->nelts == 0 &&
           diff->names->nelts == 0 && diff->origins->nelts == 0 &&
           diff->settings->nelts == 0 && points_are_equal(diff);
}

const char *aty_diff_address(apr_pool_t *pool, const aty_diff_point *point)
{
    const char *port = point->port ? apr_psprintf(pool, "%u", point->port) : "*";

    return apr_psprintf(pool, strchr(point->host, ':') ? "[%s]:%s" : "%s:%s", point->host,
                        port);
}
