#include "authorityc/plan/plan_address_moves.h"

#include <stdlib.h>
#include <string.h>

#include "core/names.h"

/* A name that a pattern matches: `any` for a star, and a letter for `?`. */
static size_t sample_of(char sample[ATY_NAME_MAX + 1], const char *pattern)
{
    size_t length = 0;

    for (const char *c = pattern; *c && length + sizeof "any" <= ATY_NAME_MAX; c++) {
        const char *text = *c == '*' ? "any" : *c == '?' ? "x" : NULL;
        size_t size = text ? strlen(text) : 1;
        memcpy(sample + length, text ? text : c, size);
        length += size;
    }
    sample[length] = '\0';
    return length;
}

static void name_judge(const aty_table *before, const aty_remedy *remedy,
                       const aty_plan_address *address, uint32_t name,
                       apr_array_header_t *left)
{
    const aty_table *after = &remedy->compiled.table;
    const aty_vhost_address *was = address->was;
    uint32_t old = aty_address_set_serving(before, was->host, was->port);
    uint32_t new = aty_address_set_serving(after, was->host, was->port);
    uint32_t vhost = aty_get(before->names[name].vhost);
    const char *text = aty_table_string(before, before->names[name].name);
    char sample[ATY_NAME_MAX + 1];
    size_t length = sample_of(sample, text);
    uint32_t to;

    if (old == ATY_NONE || new == ATY_NONE ||
        aty_vhost_named(before, old, sample, length) != vhost) {
        return;
    }
    to = aty_vhost_named(after, new, sample, length);
    if (to != ATY_NONE && to != vhost) {
        APR_ARRAY_PUSH(left, aty_plan_left_name) =
            (aty_plan_left_name){vhost, text, address->instead, to};
    }
}

/* By vhost, then as they are read best. */
static int left_compare(const void *a, const void *b)
{
    const aty_plan_left_name *x = a;
    const aty_plan_left_name *y = b;
    int order = strcmp(x->old, y->old);

    if (x->vhost != y->vhost) {
        return x->vhost < y->vhost ? -1 : 1;
    }
    return order != 0 ? order : strcmp(x->name, y->name);
}

apr_array_header_t *aty_plan_left_names(apr_pool_t *pool, const aty_table *before,
                                        const aty_remedy *remedy)
{
    apr_array_header_t *left = apr_array_make(pool, 4, sizeof(aty_plan_left_name));

    for (int i = 0; i < remedy->addresses->nelts; i++) {
        const aty_plan_address *address =
            &APR_ARRAY_IDX(remedy->addresses, i, const aty_plan_address);
        for (int v = 0; v < address->vhosts->nelts; v++) {
            const aty_vhost_record *vhost =
                &before->vhosts[APR_ARRAY_IDX(address->vhosts, v, uint32_t)];
            uint32_t first = aty_get(vhost->first_name);
            for (uint32_t n = first; n < first + aty_get(vhost->name_count); n++) {
                name_judge(before, remedy, address, n, left);
            }
        }
    }
    qsort(left->elts, (size_t)left->nelts, sizeof(aty_plan_left_name), left_compare);
    return left;
}

const char *aty_plan_lost_family(const aty_plan_address *address)
{
    if (strcmp(address->was->host, "*") != 0) {
        return NULL;
    }
    return strchr(address->at->host, ':') ? "IPv4" : "IPv6";
}
