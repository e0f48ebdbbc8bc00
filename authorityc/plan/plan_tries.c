#include "authorityc/plan/plan_tries.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_entries.h"
#include "authorityc/plan/plan_sample.h"
#include "core/names.h"
#include "core/search.h"

#define TRIED   1u
#define REFUSED 2u

/* Classes that are noted one by one. */
typedef struct {
    uint8_t *bits;               /* by class: TRIED, REFUSED */
    apr_array_header_t *classes; /* uint32_t: those with bits */
} notes;

/* Numbers of a list. */
typedef struct {
    uint32_t first, end;
} range;

struct aty_tries {
    apr_pool_t *pool;
    const aty_table *table;
    aty_cover_classes classes;
    aty_entries *entries;
    uint32_t *entry_lists;       /* by entry: who has it in all; ATY_NONE: not made yet */
    aty_ids *known;              /* lists by their classes */
    apr_array_header_t *lists;   /* range of `numbers` */
    apr_array_header_t *numbers; /* uint32_t */
    apr_array_header_t *found;   /* aty_try: the answer */
    apr_array_header_t *making;  /* uint32_t: a list to be made */
    notes doubtful;              /* who has an entry in some certificates only */
    notes matching;              /* who tries names of a pattern */
};

static notes notes_make(const aty_tries *tries)
{
    return (notes){
        apr_pcalloc(tries->pool, (size_t)tries->classes.examples->nelts + 1),
        apr_array_make(tries->pool, 16, sizeof(uint32_t)),
    };
}

aty_tries *aty_tries_make(apr_pool_t *pool, const aty_table *table)
{
    aty_tries *tries = apr_pcalloc(pool, sizeof *tries);
    size_t count;

    tries->pool = pool;
    tries->table = table;
    tries->classes = aty_cover_classes_find(pool, table);
    tries->entries = aty_entries_make(pool, table, &tries->classes);
    count = aty_entries_count(tries->entries);
    tries->entry_lists = apr_palloc(pool, (count + 1) * sizeof(uint32_t));
    memset(tries->entry_lists, 0xff, count * sizeof(uint32_t));
    tries->known = aty_ids_make(pool);
    tries->lists = apr_array_make(pool, 64, sizeof(range));
    tries->numbers = apr_array_make(pool, 64, sizeof(uint32_t));
    tries->found = apr_array_make(pool, 4, sizeof(aty_try));
    tries->making = apr_array_make(pool, 16, sizeof(uint32_t));
    tries->doubtful = notes_make(tries);
    tries->matching = notes_make(tries);
    return tries;
}

const aty_cover_classes *aty_tries_classes(const aty_tries *tries)
{
    return &tries->classes;
}

const uint32_t *aty_tries_list(const aty_tries *tries, uint32_t list, uint32_t *count)
{
    const range *of = &APR_ARRAY_IDX(tries->lists, (int)list, const range);

    *count = of->end - of->first;
    return (const uint32_t *)(const void *)tries->numbers->elts + of->first;
}

/* The list of the classes in `making`, which are ascending. */
static uint32_t list_made(aty_tries *tries)
{
    uint32_t list = aty_ids_take(tries->known, tries->making->elts,
                                 (size_t)tries->making->nelts * sizeof(uint32_t));

    if ((int)list == tries->lists->nelts) {
        range *new = &APR_ARRAY_PUSH(tries->lists, range);
        new->first = (uint32_t)tries->numbers->nelts;
        apr_array_cat(tries->numbers, tries->making);
        new->end = (uint32_t)tries->numbers->nelts;
    }
    return list;
}

/* The list of the classes that have the entry in all their certificates. */
static uint32_t entry_list(aty_tries *tries, uint32_t entry)
{
    uint32_t count;
    const aty_mention *mentions = aty_entry_mentions(tries->entries, entry, &count);

    if (tries->entry_lists[entry] == ATY_NONE) {
        apr_array_clear(tries->making);
        for (uint32_t i = 0; i < count; i++) {
            if (mentions[i].in_all) {
                APR_ARRAY_PUSH(tries->making, uint32_t) = mentions[i].class;
            }
        }
        tries->entry_lists[entry] = list_made(tries);
    }
    return tries->entry_lists[entry];
}

typedef struct {
    const uint32_t *numbers;
    uint32_t wanted;
} number_search;

static int number_order(const void *wanted, size_t index)
{
    const number_search *search = wanted;

    return aty_number_order(search->numbers[index], search->wanted);
}

bool aty_tries_list_has(const aty_tries *tries, uint32_t list, uint32_t class)
{
    number_search search = {NULL, class};
    uint32_t count;
    size_t index;

    search.numbers = aty_tries_list(tries, list, &count);
    return aty_search(&search, count, number_order, &index);
}

/* The same where there may be no list. */
static bool list_has(const aty_tries *tries, uint32_t list, uint32_t class)
{
    return list != ATY_NONE && aty_tries_list_has(tries, list, class);
}

/* The classes of a list that the other one does not have. */
static uint32_t list_without(aty_tries *tries, uint32_t list, uint32_t other)
{
    uint32_t count;
    const uint32_t *classes = aty_tries_list(tries, list, &count);

    apr_array_clear(tries->making);
    for (uint32_t i = 0; i < count; i++) {
        if (!list_has(tries, other, classes[i])) {
            APR_ARRAY_PUSH(tries->making, uint32_t) = classes[i];
        }
    }
    return list_made(tries);
}

static void try_add(aty_tries *tries, uint32_t list, bool is_refused)
{
    uint32_t count;

    aty_tries_list(tries, list, &count);
    if (count > 0) {
        APR_ARRAY_PUSH(tries->found, aty_try) = (aty_try){list, is_refused};
    }
}

static void note(notes *in, uint32_t class, unsigned bits)
{
    if (in->bits[class] == 0) {
        APR_ARRAY_PUSH(in->classes, uint32_t) = class;
    }
    in->bits[class] |= (uint8_t)bits;
}

static int number_compare(const void *a, const void *b)
{
    return aty_number_order(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* Adds to the answer what is noted, but for those in two other lists (or ATY_NONE). */
static void notes_add(aty_tries *tries, const notes *from, const uint32_t but[2])
{
    const uint32_t *classes = (const uint32_t *)(const void *)from->classes->elts;

    qsort(from->classes->elts, (size_t)from->classes->nelts, sizeof *classes,
          number_compare);
    for (int refused = 0; refused < 2; refused++) {
        apr_array_clear(tries->making);
        for (int i = 0; i < from->classes->nelts; i++) {
            if (((from->bits[classes[i]] & REFUSED) != 0) == refused &&
                !list_has(tries, but[0], classes[i]) &&
                !list_has(tries, but[1], classes[i])) {
                APR_ARRAY_PUSH(tries->making, uint32_t) = classes[i];
            }
        }
        try_add(tries, list_made(tries), refused);
    }
}

static void notes_clear(notes *of)
{
    for (int i = 0; i < of->classes->nelts; i++) {
        of->bits[APR_ARRAY_IDX(of->classes, i, uint32_t)] = 0;
    }
    apr_array_clear(of->classes);
}

/* Whether connections of a class, of which some certificate may lack the name, answer
 * that it is not covered (verdict.c, lacks_cover). */
static bool is_refused(const aty_tries *tries, uint32_t class, const char *name,
                       uint32_t vhost)
{
    const aty_table *table = tries->table;
    uint32_t connection = APR_ARRAY_IDX(tries->classes.examples, (int)class, uint32_t);
    size_t length = strlen(name);

    return !aty_vhost_covers(table, connection, name, length) &&
           aty_vhost_covers(table, vhost, name, length) &&
           !aty_vhost_accepts(table, connection, name, length);
}

/* Notes the classes that have an entry in some of their certificates only. */
static void doubtful_note(aty_tries *tries, uint32_t entry, const char *name,
                          uint32_t vhost)
{
    uint32_t count, sure;
    const aty_mention *mentions = aty_entry_mentions(tries->entries, entry, &count);

    aty_tries_list(tries, entry_list(tries, entry), &sure);
    for (uint32_t i = 0; i < count && sure < count; i++) {
        if (!mentions[i].in_all) {
            note(&tries->doubtful, mentions[i].class,
                 is_refused(tries, mentions[i].class, name, vhost) ? TRIED | REFUSED
                                                                   : TRIED);
        }
    }
}

/* The entries that cover a name: `*` with its parent, and itself; ATY_NONE: not there. */
static void entries_find(const aty_tries *tries, const char *name, uint32_t found[2])
{
    const char *parent = strchr(name, '.');
    size_t length = strlen(name);

    found[0] = found[1] = ATY_NONE;
    if (length > ATY_NAME_MAX || aty_name_is_address(name, length)) {
        return;
    }
    found[1] = aty_entry_find(tries->entries, name, length);
    if (parent && parent > name) {
        char wildcard[ATY_NAME_MAX + 2] = "*";
        memcpy(wildcard + 1, parent, strlen(parent) + 1);
        found[0] = aty_entry_find(tries->entries, wildcard, strlen(wildcard));
    }
}

const apr_array_header_t *aty_tries_of_name(aty_tries *tries, const char *name,
                                            uint32_t vhost)
{
    uint32_t entries[2], lists[2] = {ATY_NONE, ATY_NONE};

    apr_array_clear(tries->found);
    entries_find(tries, name, entries);
    for (int i = 0; i < 2; i++) {
        if (entries[i] != ATY_NONE) {
            lists[i] = entry_list(tries, entries[i]);
            if (i == 1 && lists[0] != ATY_NONE) {
                lists[1] = list_without(tries, lists[1], lists[0]);
            }
            try_add(tries, lists[i], false);
            doubtful_note(tries, entries[i], name, vhost);
        }
    }
    if (tries->doubtful.classes->nelts > 0) {
        notes_add(tries, &tries->doubtful, lists);
        notes_clear(&tries->doubtful);
    }
    return tries->found;
}

/* A pattern at work. */
typedef struct {
    aty_tries *tries;
    uint32_t address_set;
    const char *pattern;
    uint32_t vhost;
    aty_ids *seen; /* what is noted already: lists */
} matcher;

/* Notes all that try the names which entry and pattern have in common, if these lead to
 * the vhost by the pattern. */
static void entry_match(const matcher *m, uint32_t entry)
{
    aty_tries *tries = m->tries;
    const aty_table *table = tries->table;
    char sample[ATY_NAME_MAX + 1];
    size_t length;

    if (!aty_plan_sample(sample, m->pattern, aty_entry_text(tries->entries, entry))) {
        return;
    }
    length = strlen(sample);
    if (aty_name_exact(table, m->address_set, sample, length) != ATY_NONE ||
        aty_vhost_named(table, m->address_set, sample, length) != m->vhost) {
        return;
    }
    aty_tries_of_name(tries, sample, m->vhost);
    for (int i = 0; i < tries->found->nelts; i++) {
        const aty_try *try = &APR_ARRAY_IDX(tries->found, i, const aty_try);
        uint32_t key[2] = {try->list, try->is_refused};
        uint32_t known = aty_ids_count(m->seen), count;
        const uint32_t *classes = aty_tries_list(tries, try->list, &count);
        for (uint32_t c = aty_ids_take(m->seen, key, sizeof key) < known ? count : 0;
             c < count; c++) {
            note(&tries->matching, classes[c], try->is_refused ? TRIED | REFUSED : TRIED);
        }
    }
}

/* What follows the last `*` or `?`. */
static const char *tail_of(const char *pattern)
{
    const char *tail = pattern;

    for (const char *c = pattern; *c; c++) {
        if (*c == '*' || *c == '?') {
            tail = c + 1;
        }
    }
    return tail;
}

/* An entry that meets the pattern ends as the pattern does; or it is a wildcard, and the
 * pattern ends as it does. */
static void entries_match(const matcher *m)
{
    const char *tail = tail_of(m->pattern);
    char wildcard[ATY_NAME_MAX + 2] = "*";
    uint32_t count;
    const uint32_t *entries = aty_entries_ending(m->tries->entries, tail, &count);

    for (uint32_t i = 0; i < count; i++) {
        entry_match(m, entries[i]);
    }
    for (const char *dot = *tail ? strchr(tail + 1, '.') : NULL; dot;
         dot = strchr(dot + 1, '.')) {
        uint32_t entry;
        memcpy(wildcard + 1, dot, strlen(dot) + 1);
        entry = aty_entry_find(m->tries->entries, wildcard, strlen(wildcard));
        if (entry != ATY_NONE) {
            entry_match(m, entry);
        }
    }
}

const apr_array_header_t *aty_tries_of_pattern(aty_tries *tries, uint32_t address_set,
                                               const char *pattern, uint32_t vhost)
{
    static const uint32_t nothing[2] = {ATY_NONE, ATY_NONE};
    matcher m = {tries, address_set, pattern, vhost, NULL};
    apr_pool_t *scratch;

    apr_pool_create(&scratch, tries->pool);
    m.seen = aty_ids_make(scratch);
    if (strlen(pattern) <= ATY_NAME_MAX) {
        entries_match(&m);
    }
    apr_pool_destroy(scratch);
    apr_array_clear(tries->found);
    notes_add(tries, &tries->matching, nothing);
    notes_clear(&tries->matching);
    return tries->found;
}
