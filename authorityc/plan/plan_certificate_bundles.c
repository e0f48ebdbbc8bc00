/* The vhosts of a unit, on as many certificates as it takes. */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan_certificates.h"
#include "core/search.h"

typedef struct {
    apr_pool_t *pool;
    const aty_table *table;
    uint32_t most;
    apr_array_header_t *bundles;   /* aty_plan_bundle */
    apr_hash_t *parents;           /* of wildcards: ".example.com" -> index + 1 */
    apr_array_header_t *obstacles; /* aty_plan_obstacle */
} packer;

static bool has_wildcard(const apr_array_header_t *names)
{
    for (int i = 0; i < names->nelts; i++) {
        if (aty_plan_is_wildcard(APR_ARRAY_IDX(names, i, const char *))) {
            return true;
        }
    }
    return false;
}

static aty_plan_bundle *bundle_at(const packer *p, int index)
{
    return &APR_ARRAY_IDX(p->bundles, index, aty_plan_bundle);
}

/* The bundle with a wildcard that covers the name, or -1. */
static int covering(const packer *p, const char *name)
{
    const char *parent = aty_plan_is_wildcard(name) ? NULL : aty_plan_parent(name);
    const void *found =
        parent ? apr_hash_get(p->parents, parent, APR_HASH_KEY_STRING) : NULL;

    return found ? (int)((uintptr_t)found - 1) : -1;
}

static bool is_on(const packer *p, int index, const char *name)
{
    return covering(p, name) == index ||
           apr_hash_get(bundle_at(p, index)->names, name, APR_HASH_KEY_STRING);
}

static bool fits(const packer *p, int index, const apr_array_header_t *names)
{
    unsigned count = apr_hash_count(bundle_at(p, index)->names);

    for (int i = 0; i < names->nelts; i++) {
        count += !is_on(p, index, APR_ARRAY_IDX(names, i, const char *));
    }
    return count <= p->most;
}

/* Where the vhost belongs: beside a wildcard that covers a name of it, since clients try
 * that name there; else where there is room. */
static int bundle_for(const packer *p, const apr_array_header_t *names)
{
    int last = p->bundles->nelts - 1;

    for (int i = 0; i < names->nelts; i++) {
        int index = covering(p, APR_ARRAY_IDX(names, i, const char *));
        if (index >= 0 && fits(p, index, names)) {
            return index;
        }
    }
    return last >= 0 && fits(p, last, names) ? last : -1;
}

static int bundle_add(packer *p)
{
    aty_plan_bundle *bundle = apr_array_push(p->bundles);

    bundle->vhosts = apr_array_make(p->pool, 4, sizeof(uint32_t));
    bundle->names = apr_hash_make(p->pool);
    return p->bundles->nelts - 1;
}

static void names_put(packer *p, int index, const apr_array_header_t *names)
{
    apr_hash_t *on = bundle_at(p, index)->names;

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (aty_plan_is_wildcard(name) && covering(p, name) < 0) {
            apr_hash_set(p->parents, name + 1, APR_HASH_KEY_STRING,
                         (const void *)((uintptr_t)index + 1));
        }
    }
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (!is_on(p, index, name)) {
            apr_hash_set(on, name, APR_HASH_KEY_STRING, name);
        }
    }
}

static void vhost_put(packer *p, uint32_t vhost, const apr_array_header_t *names)
{
    int index;

    index = bundle_for(p, names);
    if (index < 0) {
        index = bundle_add(p);
    }
    APR_ARRAY_PUSH(bundle_at(p, index)->vhosts, uint32_t) = vhost;
    names_put(p, index, names);
}

/* By their first vhosts. */
static int bundle_compare(const void *a, const void *b)
{
    const aty_plan_bundle *x = a;
    const aty_plan_bundle *y = b;

    return aty_number_compare(x->vhosts->elts, y->vhosts->elts);
}

static void bundles_sort(packer *p)
{
    for (int i = 0; i < p->bundles->nelts; i++) {
        apr_array_header_t *vhosts = bundle_at(p, i)->vhosts;
        qsort(vhosts->elts, (size_t)vhosts->nelts, sizeof(uint32_t), aty_number_compare);
    }
    qsort(p->bundles->elts, (size_t)p->bundles->nelts, sizeof(aty_plan_bundle),
          bundle_compare);
}

/* The names of all members, or NULL where one has more than a certificate may have: then
 * all keep theirs, or that one would be kept apart from those that share with it. */
static apr_array_header_t **names_of_all(const packer *p, const uint32_t *members,
                                         uint32_t count)
{
    apr_array_header_t **names = apr_palloc(p->pool, (count + 1) * sizeof *names);

    for (uint32_t i = 0; i < count; i++) {
        names[i] = aty_plan_names_tidy(
            p->pool, aty_plan_wanted_names(p->pool, p->table, members[i]));
        if (names[i]->nelts > (int)p->most) {
            const char *why = apr_psprintf(
                p->obstacles->pool,
                "'%s' has %d names, more than --max-names %u, and one certificate; who "
                "shares with it keeps the same",
                aty_vhost_server_name(p->table, members[i]), names[i]->nelts, p->most);
            for (uint32_t m = 0; m < count; m++) {
                APR_ARRAY_PUSH(p->obstacles, aty_plan_obstacle) =
                    (aty_plan_obstacle){members[m], ATY_NONE, 0, why};
            }
            return NULL;
        }
    }
    return names;
}

apr_array_header_t *aty_plan_bundles_make(apr_pool_t *pool, const aty_table *table,
                                          const uint32_t *members, uint32_t count,
                                          uint32_t most, apr_array_header_t *obstacles)
{
    packer p = {.pool = pool, .table = table, .most = most, .obstacles = obstacles};
    apr_array_header_t **names = names_of_all(&p, members, count);

    p.bundles = apr_array_make(pool, 2, sizeof(aty_plan_bundle));
    p.parents = apr_hash_make(pool);
    for (int wildcards = 1; names && wildcards >= 0; wildcards--) {
        for (uint32_t i = 0; i < count; i++) {
            if (has_wildcard(names[i]) == wildcards) {
                vhost_put(&p, members[i], names[i]);
            }
        }
    }
    bundles_sort(&p);
    return p.bundles;
}
