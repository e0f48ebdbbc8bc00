/* What the page tells of each address set. */
#include "authorityc/report/report.h"

#include <stdlib.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "core/search.h"

static int groups_order(const void *a, const void *b)
{
    const aty_group *x = *(const aty_group *const *)a;
    const aty_group *y = *(const aty_group *const *)b;
    int order = aty_number_order(x->address_set, y->address_set);

    order = order != 0 ? order : aty_number_order(y->names, x->names);
    return order != 0 ? order : aty_number_order(x->number, y->number);
}

/* By address set; the list has the most pairs first, and keeps that. */
static int attempts_order(const void *a, const void *b)
{
    const aty_attempt *x = *(const aty_attempt *const *)a;
    const aty_attempt *y = *(const aty_attempt *const *)b;

    return x->address_set != y->address_set
               ? aty_number_order(x->address_set, y->address_set)
               : (x > y) - (x < y);
}

static int sets_order(const void *a, const void *b)
{
    const aty_report_set *x = a;
    const aty_report_set *y = b;

    if (x->pairs != y->pairs) {
        return x->pairs < y->pairs ? 1 : -1;
    }
    return x->names != y->names ? aty_number_order(y->names, x->names)
                                : aty_number_order(x->address_set, y->address_set);
}

static void groups_gather(aty_report *report, aty_report_set *sets)
{
    uint32_t count = report->groups.count, used = 0;
    const aty_group **sorted = apr_palloc(report->pool, (count + 1) * sizeof *sorted);

    for (uint32_t i = 0; i < count; i++) {
        if (report->groups.groups[i].vhosts > 0) {
            sorted[used++] = &report->groups.groups[i];
        }
    }
    qsort(sorted, used, sizeof *sorted, groups_order);
    for (uint32_t i = 0; i < used; i++) {
        aty_report_set *set = &sets[sorted[i]->address_set];
        if (set->group_count++ == 0) {
            set->groups = &sorted[i];
        }
        set->vhosts += sorted[i]->vhosts;
        set->names += sorted[i]->names;
    }
}

/* Two groups and a reason. */
#define KEY 3

/* The link of a key; its number in the set's list is in `links`, from 1. */
static aty_report_link *link_of(aty_report_set *set, apr_pool_t *pool, apr_hash_t *links,
                                const uint32_t key[KEY])
{
    uintptr_t number = (uintptr_t)apr_hash_get(links, key, KEY * sizeof *key);

    if (number == 0) {
        APR_ARRAY_PUSH(set->links, aty_report_link) =
            (aty_report_link){.ends = {key[0], key[1]}, .reason = (aty_reason)key[2]};
        number = (uintptr_t)set->links->nelts;
        apr_hash_set(links, apr_pmemdup(pool, key, KEY * sizeof *key), KEY * sizeof *key,
                     (const void *)number);
    }
    return &APR_ARRAY_IDX(set->links, (int)number - 1, aty_report_link);
}

static void links_gather(aty_report *report, aty_report_set *set, apr_hash_t *links)
{
    set->links = apr_array_make(report->pool, 4, sizeof(aty_report_link));
    for (uint32_t i = 0; i < set->attempt_count; i++) {
        const aty_attempt *attempt = set->attempts[i];
        bool forwards = attempt->from <= attempt->to;
        const uint32_t key[KEY] = {forwards ? attempt->from : attempt->to,
                                   forwards ? attempt->to : attempt->from,
                                   (uint32_t)attempt->reason};
        link_of(set, report->pool, links, key)->pairs[forwards ? 0 : 1] += attempt->pairs;
    }
}

static void attempts_gather(aty_report *report, aty_report_set *sets)
{
    const apr_array_header_t *list = report->attempts->list;
    const aty_attempt **sorted =
        apr_palloc(report->pool, ((size_t)list->nelts + 1) * sizeof *sorted);

    report->traffic =
        apr_pcalloc(report->pool, (report->groups.count + 1) * sizeof *report->traffic);
    for (int i = 0; i < list->nelts; i++) {
        sorted[i] = &APR_ARRAY_IDX(list, i, const aty_attempt);
        report->traffic[sorted[i]->from - 1].from += sorted[i]->pairs;
        report->traffic[sorted[i]->to - 1].to += sorted[i]->pairs;
    }
    qsort(sorted, (size_t)list->nelts, sizeof *sorted, attempts_order);
    for (int i = 0; i < list->nelts; i++) {
        aty_report_set *set = &sets[sorted[i]->address_set];
        if (set->attempt_count++ == 0) {
            set->attempts = &sorted[i];
        }
        set->pairs += sorted[i]->pairs;
    }
}

void aty_report_gather(aty_report *report)
{
    uint32_t count = report->table->counts[ATY_SECTION_ADDRESS_SETS];
    apr_hash_t *links = apr_hash_make(report->pool);
    aty_report_set *sets;

    report->sets = apr_array_make(report->pool, (int)count + 1, sizeof(aty_report_set));
    for (uint32_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(report->sets, aty_report_set) = (aty_report_set){.address_set = i};
    }
    sets = (aty_report_set *)(void *)report->sets->elts;
    report->groups = aty_group_list_make(report->pool, report->table);
    groups_gather(report, sets);
    attempts_gather(report, sets);
    for (uint32_t i = 0; i < count; i++) {
        links_gather(report, &sets[i], links); /* no group is of two sets */
    }
    qsort(sets, count, sizeof *sets, sets_order);
}
