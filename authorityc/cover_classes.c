#include "authorityc/cover_classes.h"

#include <stdlib.h>

#include "authorityc/ids.h"
#include "core/search.h"

static int number_compare(const void *a, const void *b)
{
    return aty_number_order(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* By certificate, the number of its list of names. */
static uint32_t *name_lists(apr_pool_t *pool, const aty_table *table)
{
    uint32_t count = table->counts[ATY_SECTION_CERTIFICATES];
    uint32_t *numbers = apr_palloc(pool, (count + 1) * sizeof *numbers);
    aty_ids *lists = aty_ids_make(pool);

    for (uint32_t i = 0; i < count; i++) {
        const aty_certificate_record *certificate = &table->certificates[i];
        numbers[i] = aty_ids_take(
            lists, table->certificate_names + aty_get(certificate->first_name),
            aty_get(certificate->name_count) * sizeof(aty_le32));
    }
    return numbers;
}

/* By vhost, whether an AcceptPair is about its connections. */
static bool *accepting_vhosts(apr_pool_t *pool, const aty_table *table)
{
    bool *accepts = apr_pcalloc(pool, table->counts[ATY_SECTION_VHOSTS] + 1);

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        accepts[aty_get(table->pairs[i].vhost)] = true;
    }
    return accepts;
}

/* What the class of a vhost depends on: the names of its certificates, and itself where
 * it accepts more. */
static void key_make(const aty_table *table, const uint32_t *lists, uint32_t vhost,
                     bool accepts, apr_array_header_t *key)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);
    uint32_t *numbers;
    int kept = 0;

    apr_array_clear(key);
    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        APR_ARRAY_PUSH(key, uint32_t) = lists[aty_get(list[i])];
    }
    numbers = (uint32_t *)(void *)key->elts;
    qsort(numbers, (size_t)key->nelts, sizeof *numbers, number_compare);
    for (int i = 0; i < key->nelts; i++) {
        if (i == 0 || numbers[i] != numbers[i - 1]) {
            numbers[kept++] = numbers[i];
        }
    }
    key->nelts = kept;
    APR_ARRAY_PUSH(key, uint32_t) = accepts ? vhost : ATY_NONE;
}

aty_cover_classes aty_cover_classes_find(apr_pool_t *pool, const aty_table *table)
{
    uint32_t count = table->counts[ATY_SECTION_VHOSTS];
    const uint32_t *lists = name_lists(pool, table);
    const bool *accepts = accepting_vhosts(pool, table);
    aty_ids *keys = aty_ids_make(pool);
    apr_array_header_t *key = apr_array_make(pool, 4, sizeof(uint32_t));
    aty_cover_classes classes = {
        apr_palloc(pool, (count + 1) * sizeof(uint32_t)),
        apr_array_make(pool, 16, sizeof(uint32_t)),
        apr_array_make(pool, 16, sizeof(bool)),
    };

    for (uint32_t vhost = 0; vhost < count; vhost++) {
        uint32_t known = aty_ids_count(keys);
        key_make(table, lists, vhost, accepts[vhost], key);
        classes.of[vhost] =
            aty_ids_take(keys, key->elts, (size_t)key->nelts * sizeof(uint32_t));
        if (classes.of[vhost] == known) {
            APR_ARRAY_PUSH(classes.examples, uint32_t) = vhost;
            APR_ARRAY_PUSH(classes.is_mixed, bool) = key->nelts > 2;
        }
    }
    return classes;
}
