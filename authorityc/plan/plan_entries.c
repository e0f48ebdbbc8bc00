#include "authorityc/plan/plan_entries.h"

#include <stdlib.h>
#include <string.h>

#include <apr_tables.h>

#include "authorityc/ids.h"
#include "core/search.h"

typedef struct {
    const char *text;
    uint32_t first, end; /* of the mentions */
} entry;

struct aty_entries {
    apr_pool_t *pool;
    aty_ids *numbers;
    apr_array_header_t *entries;  /* entry */
    apr_array_header_t *mentions; /* aty_mention, by entry, then by class */
    uint32_t *by_ending; /* by their text read from its end; NULL: not made yet */
};

static entry *entry_at(const aty_entries *entries, uint32_t index)
{
    return &APR_ARRAY_IDX(entries->entries, (int)index, entry);
}

static int number_compare(const void *a, const void *b)
{
    return aty_number_order(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* All names of all certificates of a vhost, as offsets of strings, in order. */
static void names_collect(const aty_table *table, uint32_t vhost,
                          apr_array_header_t *names)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);

    apr_array_clear(names);
    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        const aty_certificate_record *certificate =
            &table->certificates[aty_get(list[i])];
        uint32_t first = aty_get(certificate->first_name);
        for (uint32_t n = first; n < first + aty_get(certificate->name_count); n++) {
            APR_ARRAY_PUSH(names, uint32_t) = aty_get(table->certificate_names[n]);
        }
    }
    qsort(names->elts, (size_t)names->nelts, sizeof(uint32_t), number_compare);
}

static uint32_t entry_take(aty_entries *entries, const char *text)
{
    uint32_t index = aty_ids_take(entries->numbers, text, strlen(text));

    if ((int)index == entries->entries->nelts) {
        APR_ARRAY_PUSH(entries->entries, entry) = (entry){.text = text};
    }
    return index;
}

/* The names stand together that are the same. */
static void names_enter(aty_entries *entries, const aty_table *table, uint32_t class,
                        uint32_t certificates, const apr_array_header_t *names)
{
    for (int i = 0, end; i < names->nelts; i = end) {
        uint32_t name = APR_ARRAY_IDX(names, i, uint32_t);
        uint32_t index = entry_take(entries, table->strings + name);
        end = i + 1;
        while (end < names->nelts && APR_ARRAY_IDX(names, end, uint32_t) == name) {
            end++;
        }
        APR_ARRAY_PUSH(entries->mentions, aty_mention) =
            (aty_mention){index, class, (uint32_t)(end - i) == certificates};
    }
}

static int mention_compare(const void *a, const void *b)
{
    const aty_mention *x = a;
    const aty_mention *y = b;

    return x->entry != y->entry ? aty_number_order(x->entry, y->entry)
                                : aty_number_order(x->class, y->class);
}

static void mentions_sort(aty_entries *entries)
{
    uint32_t count = (uint32_t)entries->mentions->nelts;
    const aty_mention *mentions = (const void *)entries->mentions->elts;

    qsort(entries->mentions->elts, count, sizeof *mentions, mention_compare);
    for (uint32_t i = 0; i < count; i++) {
        entry *of = entry_at(entries, mentions[i].entry);
        if (of->end == 0) {
            of->first = i;
        }
        of->end = i + 1;
    }
}

aty_entries *aty_entries_make(apr_pool_t *pool, const aty_table *table,
                              const aty_cover_classes *classes)
{
    aty_entries *entries = apr_pcalloc(pool, sizeof *entries);
    apr_array_header_t *names = apr_array_make(pool, 64, sizeof(uint32_t));

    entries->pool = pool;
    entries->numbers = aty_ids_make(pool);
    entries->entries = apr_array_make(pool, 64, sizeof(entry));
    entries->mentions = apr_array_make(pool, 64, sizeof(aty_mention));
    for (int i = 0; i < classes->examples->nelts; i++) {
        uint32_t vhost = APR_ARRAY_IDX(classes->examples, i, uint32_t);
        names_collect(table, vhost, names);
        names_enter(entries, table, (uint32_t)i,
                    aty_get(table->vhosts[vhost].certificate_count), names);
    }
    mentions_sort(entries);
    return entries;
}

uint32_t aty_entries_count(const aty_entries *entries)
{
    return (uint32_t)entries->entries->nelts;
}

uint32_t aty_entry_find(const aty_entries *entries, const char *text, size_t length)
{
    return aty_ids_find(entries->numbers, text, length);
}

const char *aty_entry_text(const aty_entries *entries, uint32_t index)
{
    return entry_at(entries, index)->text;
}

const aty_mention *aty_entry_mentions(const aty_entries *entries, uint32_t index,
                                      uint32_t *count)
{
    const entry *of = entry_at(entries, index);

    *count = of->end - of->first;
    return (const aty_mention *)(const void *)entries->mentions->elts + of->first;
}

/* Compares from the end; what is at an end comes first. */
static int ending_compare(const char *a, const char *b)
{
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    while (a_length > 0 && b_length > 0 && a[a_length - 1] == b[b_length - 1]) {
        a_length--;
        b_length--;
    }
    return aty_number_order(a_length > 0 ? (unsigned char)a[a_length - 1] : 0,
                            b_length > 0 ? (unsigned char)b[b_length - 1] : 0);
}

static int entry_by_ending(const void *a, const void *b, void *entries)
{
    return ending_compare(aty_entry_text(entries, *(const uint32_t *)a),
                          aty_entry_text(entries, *(const uint32_t *)b));
}

static void endings_sort(aty_entries *entries)
{
    uint32_t count = aty_entries_count(entries);

    entries->by_ending = apr_palloc(entries->pool, (count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < count; i++) {
        entries->by_ending[i] = i;
    }
    qsort_r(entries->by_ending, count, sizeof(uint32_t), entry_by_ending, entries);
}

/* A place between those that come before it and those that do not. */
typedef struct {
    const aty_entries *entries;
    const char *ending;
    size_t length;
    bool after; /* those with the ending come before it, too */
} ending_place;

static int ending_order(const void *wanted, size_t index)
{
    const ending_place *place = wanted;
    const char *text = aty_entry_text(place->entries, place->entries->by_ending[index]);
    size_t length = strlen(text);

    if (length >= place->length &&
        memcmp(text + length - place->length, place->ending, place->length) == 0) {
        return place->after ? -1 : 1;
    }
    return ending_compare(text, place->ending) < 0 ? -1 : 1;
}

const uint32_t *aty_entries_ending(aty_entries *entries, const char *ending,
                                   uint32_t *count)
{
    ending_place place = {entries, ending, strlen(ending), false};
    size_t first, end;

    if (!entries->by_ending) {
        endings_sort(entries);
    }
    aty_search(&place, aty_entries_count(entries), ending_order, &first);
    place.after = true;
    aty_search(&place, aty_entries_count(entries), ending_order, &end);
    *count = (uint32_t)(end - first);
    return entries->by_ending + first;
}
