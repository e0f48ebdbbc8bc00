#include "authorityc/diff/diff_cover.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/cover_classes.h"
#include "authorityc/ids.h"
#include "core/names.h"
#include "core/search.h"

/* The covers whose (first) certificate has a name. */
typedef struct {
    apr_array_header_t *covers; /* uint32_t */
    bool doubtful;              /* one has other certificates that may lack it */
} named_covers;

struct aty_diff_cover {
    apr_pool_t *pool;
    const aty_table *table;
    aty_cover_classes classes;
    aty_ids *names;                  /* of certificates */
    apr_array_header_t *named;       /* named_covers, by name */
    aty_ids *accepted;               /* authorities of AcceptPair */
    apr_array_header_t *accepting;   /* named_covers, by authority */
    aty_ids *lists;                  /* by their covers */
    apr_array_header_t *list_covers; /* apr_array_header_t *, by list */
    aty_ids *known;                  /* what is found for a name's two entries */
    apr_array_header_t *known_lists; /* uint32_t */
};

static int number_compare(const void *a, const void *b)
{
    return aty_number_order(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* Sorts, and drops doubles. */
static void numbers_settle(apr_array_header_t *numbers)
{
    uint32_t *list = (uint32_t *)(void *)numbers->elts;
    int kept = 0;

    qsort(list, (size_t)numbers->nelts, sizeof *list, number_compare);
    for (int i = 0; i < numbers->nelts; i++) {
        if (i == 0 || list[i] != list[i - 1]) {
            list[kept++] = list[i];
        }
    }
    numbers->nelts = kept;
}

static uint32_t example_of(const aty_diff_cover *cover, uint32_t number)
{
    return APR_ARRAY_IDX(cover->classes.examples, (int)number, uint32_t);
}

static bool is_mixed(const aty_diff_cover *cover, uint32_t number)
{
    return APR_ARRAY_IDX(cover->classes.is_mixed, (int)number, bool);
}

/* Enters the cover under a name. */
static void cover_name(aty_diff_cover *cover, aty_ids *names, apr_array_header_t *named,
                       const char *name, uint32_t number, bool doubtful)
{
    uint32_t index = aty_ids_take(names, name, strlen(name));
    named_covers *entry;

    if ((int)index == named->nelts) {
        APR_ARRAY_PUSH(named, named_covers) =
            (named_covers){apr_array_make(cover->pool, 1, sizeof(uint32_t)), false};
    }
    entry = &APR_ARRAY_IDX(named, (int)index, named_covers);
    APR_ARRAY_PUSH(entry->covers, uint32_t) = number;
    entry->doubtful |= doubtful;
}

/* What all certificates cover, the first one covers. */
static void cover_enter(aty_diff_cover *cover, uint32_t number)
{
    const aty_table *table = cover->table;
    const aty_vhost_record *record = &table->vhosts[example_of(cover, number)];
    const aty_certificate_record *certificate;

    if (aty_get(record->certificate_count) == 0) {
        return;
    }
    certificate = &table->certificates[aty_get(
        table->certificate_lists[aty_get(record->first_certificate)])];
    for (uint32_t i = 0; i < aty_get(certificate->name_count); i++) {
        uint32_t name = aty_get(certificate->first_name) + i;
        cover_name(cover, cover->names, cover->named,
                   aty_table_string(table, table->certificate_names[name]), number,
                   is_mixed(cover, number));
    }
}

static void accept_pairs_read(aty_diff_cover *cover)
{
    const aty_table *table = cover->table;

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        const aty_pair_record *pair = &table->pairs[i];
        cover_name(cover, cover->accepted, cover->accepting,
                   aty_table_string(table, pair->authority),
                   cover->classes.of[aty_get(pair->vhost)], false);
    }
}

aty_diff_cover *aty_diff_cover_make(apr_pool_t *pool, const aty_table *table)
{
    aty_diff_cover *cover = apr_palloc(pool, sizeof *cover);

    *cover = (aty_diff_cover){
        .pool = pool,
        .table = table,
        .classes = aty_cover_classes_find(pool, table),
        .names = aty_ids_make(pool),
        .named = apr_array_make(pool, 16, sizeof(named_covers)),
        .accepted = aty_ids_make(pool),
        .accepting = apr_array_make(pool, 4, sizeof(named_covers)),
        .lists = aty_ids_make(pool),
        .list_covers = apr_array_make(pool, 16, sizeof(apr_array_header_t *)),
        .known = aty_ids_make(pool),
        .known_lists = apr_array_make(pool, 16, sizeof(uint32_t)),
    };
    for (int number = 0; number < cover->classes.examples->nelts; number++) {
        cover_enter(cover, (uint32_t)number);
    }
    accept_pairs_read(cover);
    return cover;
}

uint32_t aty_diff_cover_of(const aty_diff_cover *cover, uint32_t vhost)
{
    return cover->classes.of[vhost];
}

/* The index of the certificates' entry `prefix` and `name`, or ATY_NONE. */
static uint32_t entry_find(const aty_diff_cover *cover, const char *prefix,
                           const char *name)
{
    char entry[ATY_NAME_MAX + 2];
    size_t prefix_length = strlen(prefix);
    size_t length = strlen(name);

    if (prefix_length + length >= sizeof entry) {
        return ATY_NONE;
    }
    memcpy(entry, prefix, prefix_length);
    memcpy(entry + prefix_length, name, length);
    return aty_ids_find(cover->names, entry, prefix_length + length);
}

static void entry_add(const aty_diff_cover *cover, uint32_t entry, const char *name,
                      apr_array_header_t *found)
{
    const apr_array_header_t *covers;

    if (entry == ATY_NONE) {
        return;
    }
    covers = APR_ARRAY_IDX(cover->named, (int)entry, named_covers).covers;
    for (int i = 0; i < covers->nelts; i++) {
        uint32_t number = APR_ARRAY_IDX(covers, i, uint32_t);
        if (!is_mixed(cover, number) ||
            aty_vhost_covers(cover->table, example_of(cover, number), name,
                             strlen(name))) {
            APR_ARRAY_PUSH(found, uint32_t) = number;
        }
    }
}

static void accepting_add(const aty_diff_cover *cover, uint32_t accepted,
                          apr_array_header_t *found)
{
    if (accepted != ATY_NONE) {
        apr_array_cat(
            found, APR_ARRAY_IDX(cover->accepting, (int)accepted, named_covers).covers);
    }
}

static uint32_t list_keep(aty_diff_cover *cover, apr_array_header_t *found)
{
    uint32_t known = aty_ids_count(cover->lists);
    uint32_t number;

    numbers_settle(found);
    number =
        aty_ids_take(cover->lists, found->elts, (size_t)found->nelts * sizeof(uint32_t));
    if (number == known) {
        APR_ARRAY_PUSH(cover->list_covers, apr_array_header_t *) =
            apr_array_copy(cover->pool, found);
    }
    return number;
}

static bool is_doubtful(const aty_diff_cover *cover, uint32_t entry)
{
    return entry != ATY_NONE &&
           APR_ARRAY_IDX(cover->named, (int)entry, named_covers).doubtful;
}

uint32_t aty_diff_covering(aty_diff_cover *cover, const char *name)
{
    bool is_address = aty_name_is_address(name, strlen(name));
    const char *parent = strchr(name, '.');
    uint32_t key[3] = {ATY_NONE, ATY_NONE,
                       aty_ids_find(cover->accepted, name, strlen(name))};
    uint32_t known = aty_ids_count(cover->known), index = known, list;
    bool is_sure;
    apr_array_header_t *found;

    if (!is_address) {
        key[0] = entry_find(cover, "", name);
        key[1] = parent && parent > name ? entry_find(cover, "*", parent) : ATY_NONE;
    }
    is_sure = !is_doubtful(cover, key[0]) && !is_doubtful(cover, key[1]);
    if (is_sure) {
        index = aty_ids_take(cover->known, key, sizeof key);
    }
    if (index < known) {
        return APR_ARRAY_IDX(cover->known_lists, (int)index, uint32_t);
    }
    found = apr_array_make(cover->pool, 4, sizeof(uint32_t));
    entry_add(cover, key[0], name, found);
    entry_add(cover, key[1], name, found);
    accepting_add(cover, key[2], found);
    list = list_keep(cover, found);
    if (is_sure) {
        APR_ARRAY_PUSH(cover->known_lists, uint32_t) = list;
    }
    return list;
}

const apr_array_header_t *aty_diff_cover_list(const aty_diff_cover *cover,
                                              uint32_t number)
{
    return APR_ARRAY_IDX(cover->list_covers, (int)number, apr_array_header_t *);
}
