#include "authorityc/cover.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>

#include "core/names.h"
#include "core/search.h"

/* Chains of names with one parent domain, in file order. */
typedef struct {
    uint32_t first;
    uint32_t last;
} bucket;

struct aty_name_buckets {
    apr_hash_t *parents; /* ".example.com" -> bucket */
    uint32_t *next;      /* by name; ATY_NONE ends a chain */
};

typedef struct {
    const aty_table *table;
    uint32_t address_set;
    uint32_t vhost; /* whose certificates they are */
    aty_cover *cover;
} finder;

static void bucket_push(apr_pool_t *pool, aty_name_buckets *buckets, const char *name,
                        uint32_t index)
{
    const char *parent = strchr(name, '.');
    bucket *b;

    if (!parent) {
        return;
    }
    b = apr_hash_get(buckets->parents, parent, APR_HASH_KEY_STRING);
    if (b) {
        buckets->next[b->last] = index;
    }
    else {
        b = apr_palloc(pool, sizeof *b);
        b->first = index;
        apr_hash_set(buckets->parents, parent, APR_HASH_KEY_STRING, b);
    }
    b->last = index;
}

/* Enters those names of a vhost that httpd really gives to it. */
static void vhost_push(apr_pool_t *pool, aty_name_buckets *buckets,
                       const aty_table *table, uint32_t address_set, uint32_t vhost)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_name);

    for (uint32_t i = first; i < first + aty_get(table->vhosts[vhost].name_count); i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        buckets->next[i] = ATY_NONE;
        if (!aty_name_is_pattern(name) &&
            aty_vhost_named(table, address_set, name, strlen(name)) == vhost) {
            bucket_push(pool, buckets, name, i);
        }
    }
}

aty_name_buckets *aty_name_buckets_make(apr_pool_t *pool, const aty_table *table,
                                        uint32_t address_set, const uint32_t *vhosts,
                                        uint32_t vhost_count, uint32_t *chains)
{
    aty_name_buckets *buckets = apr_palloc(pool, sizeof *buckets);

    buckets->parents = apr_hash_make(pool);
    buckets->next = chains;
    for (uint32_t i = 0; i < vhost_count; i++) {
        vhost_push(pool, buckets, table, address_set, vhosts[i]);
    }
    return buckets;
}

/* Adds a name if all certificates cover it. */
static void name_add(finder *f, uint32_t name)
{
    const char *text = aty_table_string(f->table, f->table->names[name].name);
    uint32_t owner = aty_get(f->table->names[name].vhost);

    if (aty_vhost_covers(f->table, f->vhost, text, strlen(text))) {
        const aty_seat_record *seat = aty_vhost_seat(f->table, owner, f->address_set);
        APR_ARRAY_PUSH(f->cover->names, aty_covered_name) =
            (aty_covered_name){aty_get(seat->group), name};
    }
}

static void wild_vhost_add(finder *f, uint32_t vhost)
{
    const apr_array_header_t *known = f->cover->wild_vhosts;

    for (int i = 0; i < known->nelts; i++) {
        if (APR_ARRAY_IDX(known, i, uint32_t) == vhost) {
            return;
        }
    }
    APR_ARRAY_PUSH(f->cover->wild_vhosts, uint32_t) = vhost;
}

/* Whether an odd pattern and a certificate's wildcard can have a name in common, judged
 * by what follows the pattern's last wild character: too often yes rather than no. */
static bool odd_may_meet(const char *pattern, const char *parent)
{
    const char *tail = pattern;
    size_t tail_length;
    size_t parent_length = strlen(parent);

    for (const char *c = pattern; *c; c++) {
        if (*c == '*' || *c == '?') {
            tail = c + 1;
        }
    }
    tail_length = strlen(tail);
    return tail_length < parent_length
               ? strcmp(parent + parent_length - tail_length, tail) == 0
               : strcmp(tail + tail_length - parent_length, parent) == 0;
}

static void odd_vhosts_add(finder *f, const char *parent)
{
    const aty_address_set_record *set = &f->table->address_sets[f->address_set];
    const aty_le32 *odd = f->table->odd_patterns + aty_get(set->first_odd);

    for (uint32_t i = 0; i < aty_get(set->odd_count); i++) {
        const aty_name_record *record = &f->table->names[aty_get(odd[i])];
        if (odd_may_meet(aty_table_string(f->table, record->name), parent)) {
            wild_vhost_add(f, aty_get(record->vhost));
        }
    }
}

static void wildcard_add(finder *f, const char *san, const aty_name_buckets *buckets)
{
    const bucket *b = apr_hash_get(buckets->parents, san + 1, APR_HASH_KEY_STRING);
    uint32_t unlisted = aty_vhost_named(f->table, f->address_set, san, strlen(san));

    for (uint32_t name = b ? b->first : ATY_NONE; name != ATY_NONE;
         name = buckets->next[name]) {
        name_add(f, name);
    }
    if (unlisted != ATY_NONE) {
        wild_vhost_add(f, unlisted);
    }
    odd_vhosts_add(f, san + 1);
}

static void exact_add(finder *f, const char *san)
{
    size_t length = strlen(san);
    uint32_t vhost = aty_vhost_named(f->table, f->address_set, san, length);
    uint32_t name = aty_name_exact(f->table, f->address_set, san, length);

    if (name != ATY_NONE && aty_get(f->table->names[name].vhost) == vhost) {
        name_add(f, name);
    }
    else if (vhost != ATY_NONE) {
        wild_vhost_add(f, vhost);
    }
}

static int covered_compare(const void *a, const void *b)
{
    const aty_covered_name *x = a;
    const aty_covered_name *y = b;

    return x->group != y->group ? aty_number_order(x->group, y->group)
                                : aty_number_order(x->name, y->name);
}

/* Sorts, and drops names that two entries of the certificate cover. */
static void names_settle(apr_array_header_t *names)
{
    aty_covered_name *list = (aty_covered_name *)(void *)names->elts;
    int kept = 0;

    qsort(list, (size_t)names->nelts, sizeof *list, covered_compare);
    for (int i = 0; i < names->nelts; i++) {
        if (i == 0 || list[i].name != list[i - 1].name) {
            list[kept++] = list[i];
        }
    }
    names->nelts = kept;
}

aty_cover *aty_cover_find(apr_pool_t *pool, const aty_table *table, uint32_t address_set,
                          uint32_t vhost, const aty_name_buckets *buckets)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    aty_cover *cover = apr_palloc(pool, sizeof *cover);
    finder f = {table, address_set, vhost, cover};
    const aty_certificate_record *first;

    cover->names = apr_array_make(pool, 8, sizeof(aty_covered_name));
    cover->wild_vhosts = apr_array_make(pool, 2, sizeof(uint32_t));
    if (aty_get(record->certificate_count) == 0) {
        return cover;
    }
    first = &table->certificates[aty_get(
        table->certificate_lists[aty_get(record->first_certificate)])];
    for (uint32_t i = 0; i < aty_get(first->name_count); i++) {
        const char *san = aty_table_string(
            table, table->certificate_names[aty_get(first->first_name) + i]);
        if (san[0] == '*') {
            wildcard_add(&f, san, buckets);
        }
        else {
            exact_add(&f, san);
        }
    }
    names_settle(cover->names);
    return cover;
}
