/* The names on a certificate. */
#include <string.h>

#include "authorityc/plan/plan_certificates.h"
#include "authorityc/plan/plan_sample.h"
#include "core/names.h"

bool aty_plan_is_wildcard(const char *name)
{
    return name[0] == '*' && name[1] == '.';
}

const char *aty_plan_parent(const char *name)
{
    return strchr(name, '.');
}

static void push_once(apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return;
        }
    }
    APR_ARRAY_PUSH(names, const char *) = name;
}

/* What the vhost's certificates name of a pattern, and lead there. */
static void pattern_push(const aty_table *table, uint32_t vhost, const char *pattern,
                         apr_array_header_t *names)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);
    char sample[ATY_NAME_MAX + 1];

    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        const aty_certificate_record *c = &table->certificates[aty_get(list[i])];
        const aty_le32 *sans = table->certificate_names + aty_get(c->first_name);
        for (uint32_t n = 0; n < aty_get(c->name_count); n++) {
            const char *san = aty_table_string(table, sans[n]);
            bool leads = aty_plan_is_wildcard(san) ||
                         aty_vhost_owns(table, vhost, san, strlen(san));
            if (leads && aty_plan_sample(sample, pattern, san)) {
                push_once(names, san);
            }
        }
    }
}

apr_array_header_t *aty_plan_wanted_names(apr_pool_t *pool, const aty_table *table,
                                          uint32_t vhost)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_name);
    uint32_t count = aty_get(table->vhosts[vhost].name_count);
    apr_array_header_t *names = apr_array_make(pool, (int)count, sizeof(const char *));

    for (uint32_t i = first; i < first + count; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        if (aty_name_is_pattern(name)) {
            pattern_push(table, vhost, name, names);
        }
        else if (!aty_name_is_address(name, strlen(name)) &&
                 aty_vhost_owns(table, vhost, name, strlen(name))) {
            APR_ARRAY_PUSH(names, const char *) = name;
        }
    }
    return names;
}

apr_array_header_t *aty_plan_names_tidy(apr_pool_t *pool, const apr_array_header_t *names)
{
    apr_array_header_t *tidy = apr_array_make(pool, names->nelts, sizeof(const char *));
    apr_hash_t *seen = apr_hash_make(pool);
    apr_hash_t *parents = apr_hash_make(pool);
    int main_name = 0;

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (aty_plan_is_wildcard(name)) {
            apr_hash_set(parents, name + 1, APR_HASH_KEY_STRING, name);
        }
    }
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        const char *parent = aty_plan_parent(name);
        bool covered = parent && !aty_plan_is_wildcard(name) &&
                       apr_hash_get(parents, parent, APR_HASH_KEY_STRING);
        if (!covered && !apr_hash_get(seen, name, APR_HASH_KEY_STRING)) {
            apr_hash_set(seen, name, APR_HASH_KEY_STRING, name);
            APR_ARRAY_PUSH(tidy, const char *) = name;
        }
    }
    while (main_name < tidy->nelts &&
           aty_plan_is_wildcard(APR_ARRAY_IDX(tidy, main_name, const char *))) {
        main_name++;
    }
    for (; main_name > 0 && main_name < tidy->nelts; main_name--) {
        const char **at = &APR_ARRAY_IDX(tidy, main_name, const char *);
        const char *other = at[-1];
        at[-1] = at[0];
        at[0] = other;
    }
    return tidy;
}
