#include "authorityc/plan/plan_units.h"

#include <string.h>

#include <apr_tables.h>

#include "authorityc/ids.h"
#include "core/verdict.h"

/* What vhosts of a unit have in common beside their groups. */
typedef enum {
    KIND_H2,
    KIND_HTTP1,
    KIND_ALONE /* plus the vhost */
} unit_kind;

/* Vhosts with the same seats and kind, and those that were joined with them. */
typedef struct {
    uint32_t parent;           /* class; its own where it is the root */
    apr_array_header_t *seats; /* uint32_t: address set, group, address set … */
} class;

typedef struct {
    apr_pool_t *pool;
    const aty_table *table;
    aty_ids *keys;
    apr_array_header_t *classes; /* class, by number of the key */
    aty_ids *seats;              /* class (a root) and address set */
    apr_array_header_t *groups;  /* uint32_t: the group there, by number */
} units_maker;

static uint32_t kind_of(const aty_table *table, uint32_t vhost)
{
    if (aty_vhost_serves_h2(table, vhost)) {
        return KIND_H2;
    }
    return aty_vhost_location_needing(table, vhost, ATY_LOCATION_ANY) ? KIND_ALONE + vhost
                                                                      : KIND_HTTP1;
}

static class *class_at(const units_maker *m, uint32_t number)
{
    return &APR_ARRAY_IDX(m->classes, (int)number, class);
}

static uint32_t root_of(const units_maker *m, uint32_t number)
{
    while (class_at(m, number)->parent != number) {
        number = class_at(m, number)->parent;
    }
    return number;
}

static void group_note(units_maker *m, uint32_t root, uint32_t set, uint32_t group)
{
    uint32_t key[] = {root, set};

    if (aty_ids_take(m->seats, key, sizeof key) == (uint32_t)m->groups->nelts) {
        APR_ARRAY_PUSH(m->groups, uint32_t) = group;
    }
}

/* The class of a vhost, made at its first. */
static uint32_t class_of(units_maker *m, uint32_t vhost)
{
    const aty_vhost_record *record = &m->table->vhosts[vhost];
    const aty_seat_record *seats = m->table->seats + aty_get(record->first_seat);
    uint32_t count = aty_get(record->seat_count);
    apr_array_header_t *key =
        apr_array_make(m->pool, (int)(2 * count + 1), sizeof(uint32_t));
    uint32_t number;

    for (uint32_t i = 0; i < count; i++) {
        APR_ARRAY_PUSH(key, uint32_t) = aty_get(seats[i].address_set);
        APR_ARRAY_PUSH(key, uint32_t) = aty_get(seats[i].group);
    }
    APR_ARRAY_PUSH(key, uint32_t) = kind_of(m->table, vhost);
    number = aty_ids_take(m->keys, key->elts, (size_t)key->nelts * sizeof(uint32_t));
    if (number == (uint32_t)m->classes->nelts) {
        key->nelts--;
        APR_ARRAY_PUSH(m->classes, class) = (class){number, key};
        for (uint32_t i = 0; i < count; i++) {
            group_note(m, number, aty_get(seats[i].address_set), aty_get(seats[i].group));
        }
    }
    return number;
}

/* Whether two roots agree wherever they meet. */
static bool agree(const units_maker *m, uint32_t small, uint32_t large)
{
    const apr_array_header_t *seats = class_at(m, small)->seats;

    for (int i = 0; i < seats->nelts; i += 2) {
        uint32_t key[] = {large, APR_ARRAY_IDX(seats, i, uint32_t)};
        uint32_t known = aty_ids_find(m->seats, key, sizeof key);
        if (known != ATY_NONE && APR_ARRAY_IDX(m->groups, (int)known, uint32_t) !=
                                     APR_ARRAY_IDX(seats, i + 1, uint32_t)) {
            return false;
        }
    }
    return true;
}

static void merge(units_maker *m, uint32_t a, uint32_t b)
{
    uint32_t x = root_of(m, a);
    uint32_t y = root_of(m, b);
    bool x_is_larger = class_at(m, x)->seats->nelts >= class_at(m, y)->seats->nelts;
    uint32_t large = x_is_larger ? x : y;
    uint32_t small = x_is_larger ? y : x;
    const apr_array_header_t *seats = class_at(m, small)->seats;

    if (x == y || !agree(m, small, large)) {
        return;
    }
    for (int i = 0; i < seats->nelts; i += 2) {
        group_note(m, large, APR_ARRAY_IDX(seats, i, uint32_t),
                   APR_ARRAY_IDX(seats, i + 1, uint32_t));
    }
    apr_array_cat(class_at(m, large)->seats, seats);
    class_at(m, small)->parent = large;
}

/* Joins classes that have a group in common: the first with it, and each other. */
static void classes_merge(units_maker *m, const uint32_t *classes)
{
    aty_ids *ids = aty_ids_make(m->pool);
    apr_array_header_t *firsts = apr_array_make(m->pool, 64, sizeof(uint32_t));

    for (uint32_t vhost = 0; vhost < m->table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        const aty_vhost_record *record = &m->table->vhosts[vhost];
        const aty_seat_record *seats = m->table->seats + aty_get(record->first_seat);
        uint32_t own_kind = kind_of(m->table, vhost);
        for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
            uint32_t key[] = {own_kind, aty_get(seats[i].group)};
            uint32_t id = aty_ids_take(ids, key, sizeof key);
            if (id == (uint32_t)firsts->nelts) {
                APR_ARRAY_PUSH(firsts, uint32_t) = classes[vhost];
            }
            merge(m, APR_ARRAY_IDX(firsts, (int)id, uint32_t), classes[vhost]);
        }
    }
}

/* Lists the members of the units. */
static void members_list(apr_pool_t *pool, aty_plan_units *units, uint32_t vhosts)
{
    uint32_t *next = apr_palloc(pool, (units->count + 1) * sizeof *next);

    units->starts = apr_pcalloc(pool, (units->count + 2) * sizeof *units->starts);
    units->members = apr_palloc(pool, (vhosts + 1) * sizeof *units->members);
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        units->starts[units->of[vhost] + 1]++;
    }
    for (uint32_t unit = 0; unit < units->count; unit++) {
        units->starts[unit + 1] += units->starts[unit];
        next[unit] = units->starts[unit];
    }
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        units->members[next[units->of[vhost]]++] = vhost;
    }
}

aty_plan_units aty_plan_units_make(apr_pool_t *pool, const aty_table *table)
{
    uint32_t vhosts = table->counts[ATY_SECTION_VHOSTS];
    units_maker m = {.table = table};
    aty_plan_units units = {0, apr_palloc(pool, (vhosts + 1) * sizeof(uint32_t)), NULL,
                            NULL};
    aty_ids *numbers;

    apr_pool_create(&m.pool, pool);
    m.keys = aty_ids_make(m.pool);
    m.classes = apr_array_make(m.pool, 64, sizeof(class));
    m.seats = aty_ids_make(m.pool);
    m.groups = apr_array_make(m.pool, 64, sizeof(uint32_t));
    numbers = aty_ids_make(m.pool);
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        units.of[vhost] = class_of(&m, vhost);
    }
    classes_merge(&m, units.of);
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        uint32_t root = root_of(&m, units.of[vhost]);
        units.of[vhost] = aty_ids_take(numbers, &root, sizeof root);
    }
    units.count = aty_ids_count(numbers);
    members_list(pool, &units, vhosts);
    apr_pool_destroy(m.pool);
    return units;
}
