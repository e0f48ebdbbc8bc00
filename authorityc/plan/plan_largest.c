#include "authorityc/plan/plan_largest.h"

aty_largest aty_largest_make(apr_pool_t *pool, uint32_t entries)
{
    return (aty_largest){apr_array_make(pool, 64, sizeof(aty_attempt)), entries, 0};
}

static aty_attempt *heap_at(const aty_largest *largest, int i)
{
    return &APR_ARRAY_IDX(largest->heap, i, aty_attempt);
}

static void heap_swap(const aty_largest *largest, int a, int b)
{
    aty_attempt of_a = *heap_at(largest, a);

    *heap_at(largest, a) = *heap_at(largest, b);
    *heap_at(largest, b) = of_a;
}

static void heap_rise(const aty_largest *largest, int i)
{
    for (int above; i > 0; i = above) {
        above = (i - 1) / 2;
        if (heap_at(largest, above)->pairs <= heap_at(largest, i)->pairs) {
            return;
        }
        heap_swap(largest, i, above);
    }
}

static void heap_sink(const aty_largest *largest)
{
    int count = largest->heap->nelts;

    for (int i = 0, least; 2 * i + 1 < count; i = least) {
        least = 2 * i + 1;
        if (least + 1 < count &&
            heap_at(largest, least + 1)->pairs < heap_at(largest, least)->pairs) {
            least++;
        }
        if (heap_at(largest, i)->pairs <= heap_at(largest, least)->pairs) {
            return;
        }
        heap_swap(largest, i, least);
    }
}

uint64_t aty_largest_bar(const aty_largest *largest)
{
    if ((uint32_t)largest->heap->nelts < largest->entries) {
        return 0;
    }
    return largest->entries > 0 ? heap_at(largest, 0)->pairs : UINT64_MAX;
}

void aty_largest_put(aty_largest *largest, const aty_attempt *entry)
{
    largest->pairs += entry->pairs;
    if ((uint32_t)largest->heap->nelts < largest->entries) {
        APR_ARRAY_PUSH(largest->heap, aty_attempt) = *entry;
        heap_rise(largest, largest->heap->nelts - 1);
        return;
    }
    largest->pairs -= heap_at(largest, 0)->pairs;
    *heap_at(largest, 0) = *entry;
    heap_sink(largest);
}
