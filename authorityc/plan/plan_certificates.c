/* One certificate per unit, where attempts begin on connections of its vhosts. */
#include "authorityc/plan/plan_certificates.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/policy_print.h"

typedef struct {
    apr_pool_t *pool;
    apr_pool_t *scratch; /* cleared after each unit */
    const aty_plan_site *site;
    aty_remedy *remedy;
    aty_policy *policy; /* that is being changed */
    apr_hash_t *taken;  /* names of files */
} certificate_issuer;

/* Whether attempts begin on connections of a member. */
static bool is_concerned(const aty_plan_site *site, const uint32_t *members,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (site->attempts->from[members[i]] > 0) {
            return true;
        }
    }
    return false;
}

/* The names of a bundle, in the order of the policy. */
static apr_array_header_t *bundle_names(const certificate_issuer *issuer,
                                        const aty_plan_bundle *bundle)
{
    apr_array_header_t *names = apr_array_make(issuer->scratch, 8, sizeof(const char *));

    for (int i = 0; i < bundle->vhosts->nelts; i++) {
        apr_array_cat(names,
                      aty_plan_wanted_names(issuer->scratch, issuer->site->table,
                                            APR_ARRAY_IDX(bundle->vhosts, i, uint32_t)));
    }
    return aty_plan_names_tidy(issuer->scratch, names);
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whether a vhost has one certificate, with just these names. */
static bool has_names(const certificate_issuer *issuer, uint32_t vhost,
                      const apr_array_header_t *names)
{
    const aty_table *table = issuer->site->table;
    const aty_vhost_record *record = &table->vhosts[vhost];
    apr_array_header_t *sorted = apr_array_copy(issuer->scratch, names);
    const aty_certificate_record *has;
    bool alike;

    if (aty_get(record->certificate_count) != 1) {
        return false;
    }
    has = &table->certificates[aty_get(
        table->certificate_lists[aty_get(record->first_certificate)])];
    qsort(sorted->elts, (size_t)sorted->nelts, sizeof(const char *), name_compare);
    alike = aty_get(has->name_count) == (uint32_t)sorted->nelts;
    for (int i = 0; alike && i < sorted->nelts; i++) {
        aty_le32 name = table->certificate_names[aty_get(has->first_name) + (uint32_t)i];
        alike = strcmp(aty_table_string(table, name),
                       APR_ARRAY_IDX(sorted, i, const char *)) == 0;
    }
    return alike;
}

static uint32_t files_of(const certificate_issuer *issuer, uint32_t vhost)
{
    return aty_get(
        aty_vhost_setting(issuer->site->table, vhost, ATY_FIELD_CERTIFICATE)->text);
}

/* Whether the vhosts have the certificate already. */
static bool is_there(const certificate_issuer *issuer, const apr_array_header_t *vhosts,
                     const apr_array_header_t *names)
{
    uint32_t first = APR_ARRAY_IDX(vhosts, 0, uint32_t);

    for (int i = 1; i < vhosts->nelts; i++) {
        if (files_of(issuer, APR_ARRAY_IDX(vhosts, i, uint32_t)) !=
            files_of(issuer, first)) {
            return false;
        }
    }
    return has_names(issuer, first, names);
}

/* The path without its ending: the first name, and a number where that is taken. */
static const char *path_make(const certificate_issuer *issuer, const char *name)
{
    const char *base = aty_plan_is_wildcard(name) ? name + 2 : name;
    const char *path = base;

    for (int i = 2; apr_hash_get(issuer->taken, path, APR_HASH_KEY_STRING); i++) {
        path = apr_psprintf(issuer->pool, "%s-%d", base, i);
    }
    apr_hash_set(issuer->taken, path, APR_HASH_KEY_STRING, path);
    return apr_pstrcat(issuer->pool, issuer->site->options->certificates, "/", path,
                       (char *)NULL);
}

static apr_array_header_t *file_list(const certificate_issuer *issuer, const char *name,
                                     const char *path, const aty_vhost *vhost,
                                     const apr_array_header_t *replaced)
{
    const aty_directive *first =
        replaced ? APR_ARRAY_IDX(replaced, 0, const aty_directive *) : NULL;
    aty_directive *directive = aty_plan_directive(
        issuer->pool, name, aty_policy_print_path(issuer->site->options->directory, path),
        aty_plan_place(vhost, first));
    apr_array_header_t *list = apr_array_make(issuer->pool, 1, sizeof(aty_directive *));

    directive->path = path;
    APR_ARRAY_PUSH(list, const aty_directive *) = directive;
    return list;
}

static void vhost_change(const certificate_issuer *issuer, uint32_t index,
                         const char *certificate, const char *key)
{
    aty_vhost *vhost = aty_plan_vhost(issuer->policy, index);
    aty_tls *tls = &vhost->scope.tls;

    tls->keys = file_list(issuer, "SSLCertificateKeyFile", key, vhost, tls->keys);
    tls->certificates =
        file_list(issuer, "SSLCertificateFile", certificate, vhost, tls->certificates);
}

static bool any_wildcard(const apr_array_header_t *names)
{
    for (int i = 0; i < names->nelts; i++) {
        if (aty_plan_is_wildcard(APR_ARRAY_IDX(names, i, const char *))) {
            return true;
        }
    }
    return false;
}

static void issue(const certificate_issuer *issuer, const aty_plan_bundle *bundle,
                  apr_array_header_t *names)
{
    const char *base = path_make(issuer, APR_ARRAY_IDX(names, 0, const char *));
    const char *path = apr_pstrcat(issuer->pool, base, ".pem", (char *)NULL);
    const char *key = apr_pstrcat(issuer->pool, base, ".key", (char *)NULL);
    apr_array_header_t *kept = apr_array_copy(issuer->pool, names);

    apr_hash_set(issuer->policy->planned, path, APR_HASH_KEY_STRING, kept);
    for (int i = 0; i < bundle->vhosts->nelts; i++) {
        vhost_change(issuer, APR_ARRAY_IDX(bundle->vhosts, i, uint32_t), path, key);
    }
    APR_ARRAY_PUSH(issuer->remedy->certificates, aty_plan_certificate) =
        (aty_plan_certificate){
            .path = aty_policy_print_path(issuer->site->options->directory, path),
            .names = kept,
            .vhosts = apr_array_copy(issuer->pool, bundle->vhosts),
            .wildcard = any_wildcard(names),
        };
}

static void unit_issue(const certificate_issuer *issuer, const uint32_t *members,
                       uint32_t count)
{
    apr_array_header_t *bundles = aty_plan_bundles_make(
        issuer->scratch, issuer->site->table, members, count,
        issuer->site->options->max_names, issuer->remedy->obstacles);

    for (int i = 0; i < bundles->nelts; i++) {
        const aty_plan_bundle *bundle = &APR_ARRAY_IDX(bundles, i, aty_plan_bundle);
        apr_array_header_t *names = bundle_names(issuer, bundle);
        if (names->nelts > 0 && !is_there(issuer, bundle->vhosts, names)) {
            issue(issuer, bundle, names);
        }
    }
    apr_pool_clear(issuer->scratch);
}

void aty_plan_certificates(apr_pool_t *pool, const aty_plan_site *site,
                           aty_remedy *remedy)
{
    certificate_issuer issuer = {.pool = pool, .site = site, .remedy = remedy};
    apr_pool_t *scratch;
    aty_plan_units units;

    apr_pool_create(&scratch, pool);
    apr_pool_create(&issuer.scratch, scratch);
    units = aty_plan_units_make(scratch, site->table);
    issuer.policy = aty_plan_policy_copy(pool, site->policy);
    issuer.policy->planned = site->policy->planned
                                 ? apr_hash_copy(pool, site->policy->planned)
                                 : apr_hash_make(pool);
    issuer.taken = apr_hash_make(scratch);
    remedy->certificates = apr_array_make(pool, 8, sizeof(aty_plan_certificate));
    remedy->obstacles = apr_array_make(pool, 2, sizeof(aty_plan_obstacle));
    remedy->policy = site->policy;
    for (uint32_t unit = 0; unit < units.count; unit++) {
        const uint32_t *members = units.members + units.starts[unit];
        uint32_t count = units.starts[unit + 1] - units.starts[unit];
        if (is_concerned(site, members, count)) {
            unit_issue(&issuer, members, count);
        }
    }
    apr_pool_destroy(scratch);
    if (remedy->certificates->nelts > 0) {
        remedy->policy = issuer.policy;
    }
    remedy->changes =
        aty_plan_changes(pool, site->policy, remedy->policy, site->options->directory);
}
