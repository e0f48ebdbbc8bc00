#include "mod_authority/counters.h"

static aty_counter_set own_sets[ATY_COUNTER_SETS];

aty_counter_set *aty_counter_sets = own_sets;

void aty_counters_use(void *block)
{
    aty_counter_sets = block;
}

void aty_counters_read(uint64_t counts[ATY_COUNTERS])
{
    for (int counter = 0; counter < ATY_COUNTERS; counter++) {
        counts[counter] = 0;
    }
    for (int set = 0; set < ATY_COUNTER_SETS; set++) {
        for (int counter = 0; counter < ATY_COUNTERS; counter++) {
            counts[counter] += atomic_load_explicit(
                &aty_counter_sets[set].counts[counter], memory_order_relaxed);
        }
    }
}
