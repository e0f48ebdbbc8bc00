/* plan_entries.h: the DNS names in certificates, and whose certificates have them.
 */
#ifndef ATY_AUTHORITYC_PLAN_ENTRIES_H
#define ATY_AUTHORITYC_PLAN_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "authorityc/cover_classes.h"
#include "core/table.h"

typedef struct aty_entries aty_entries;

/* That certificates of a class have an entry. */
typedef struct {
    uint32_t entry;
    uint32_t class;
    bool in_all; /* each of them has it */
} aty_mention;

aty_entries *aty_entries_make(apr_pool_t *pool, const aty_table *table,
                              const aty_cover_classes *classes);

uint32_t aty_entries_count(const aty_entries *entries);

/* The number of the entry, or ATY_NONE. */
uint32_t aty_entry_find(const aty_entries *entries, const char *text, size_t length);

const char *aty_entry_text(const aty_entries *entries, uint32_t index);

/* By whom it is mentioned, ascending by class. */
const aty_mention *aty_entry_mentions(const aty_entries *entries, uint32_t index,
                                      uint32_t *count);

/* The entries whose text ends so. */
const uint32_t *aty_entries_ending(aty_entries *entries, const char *ending,
                                   uint32_t *count);

#endif
