/* search.h: finding in sorted lists; inline, as requests do it. */
#ifndef ATY_CORE_SEARCH_H
#define ATY_CORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the entry at `index` comes before (negative), is, or comes after what is
 * wanted. */
typedef int aty_search_order(const void *wanted, size_t index);

/* Bisects `count` sorted entries. Tells whether one is what is wanted; `*index` is where
 * it stands, or would stand. */
static inline bool aty_search(const void *wanted, size_t count, aty_search_order *order,
                              size_t *index)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int found = order(wanted, middle);
        if (found == 0) {
            *index = middle;
            return true;
        }
        if (found < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    *index = low;
    return false;
}

/* Negative, 0 or positive, as strcmp. */
static inline int aty_number_order(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/* The same for qsort(3) and bsearch(3) over uint32_t. */
static inline int aty_number_compare(const void *a, const void *b)
{
    const uint32_t *x = a;
    const uint32_t *y = b;

    return aty_number_order(*x, *y);
}

#endif
