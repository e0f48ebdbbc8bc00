/* One certificate per unit, where attempts begin on connections of its vhosts. */
#include "authorityc/plan/plan_certificates.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/plan/plan_leaf.h"
#include "authorityc/policy_print.h"

static const char *const key_names[ATY_KEY_COUNT] = {
    [ATY_KEY_ECDSA] = "ecdsa",
    [ATY_KEY_RSA] = "rsa",
};

const char *aty_plan_key_name(aty_plan_key key)
{
    return key_names[key];
}

typedef struct {
    apr_pool_t *pool;
    apr_pool_t *scratch; /* cleared after each unit */
    const aty_plan_site *site;
    aty_remedy *remedy;
    aty_policy *policy; /* that is being changed */
    aty_plan_leaves *leaves;
    apr_hash_t *taken; /* absolute paths: of the policy, and those that are planned */
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

static bool record_has(const aty_table *table, uint32_t certificate,
                       const apr_array_header_t *sorted)
{
    const aty_certificate_record *has = &table->certificates[certificate];
    bool alike = aty_get(has->name_count) == (uint32_t)sorted->nelts;

    for (int i = 0; alike && i < sorted->nelts; i++) {
        aty_le32 name = table->certificate_names[aty_get(has->first_name) + (uint32_t)i];
        alike = strcmp(aty_table_string(table, name),
                       APR_ARRAY_IDX(sorted, i, const char *)) == 0;
    }
    return alike;
}

/* Whether all certificates of a vhost have just these names. */
static bool has_names(const certificate_issuer *issuer, uint32_t vhost,
                      const apr_array_header_t *names)
{
    const aty_table *table = issuer->site->table;
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);
    apr_array_header_t *sorted = apr_array_copy(issuer->scratch, names);
    uint32_t count = aty_get(record->certificate_count);
    uint32_t i = 0;

    qsort(sorted->elts, (size_t)sorted->nelts, sizeof(const char *), name_compare);
    while (i < count && record_has(table, aty_get(list[i]), sorted)) {
        i++;
    }
    return count > 0 && i == count;
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

static bool is_taken(const certificate_issuer *issuer, const char *path,
                     const char *ending)
{
    return apr_hash_get(issuer->taken,
                        apr_pstrcat(issuer->scratch, path, ending, (char *)NULL),
                        APR_HASH_KEY_STRING) != NULL;
}

/* The path without its ending: the first name, and a number where a file of the policy or
 * of another certificate is there. `kind` is "" or "-rsa". */
static const char *path_make(const certificate_issuer *issuer, const char *name,
                             const char *kind)
{
    const char *base =
        apr_pstrcat(issuer->pool, issuer->site->options->certificates, "/",
                    aty_plan_is_wildcard(name) ? name + 2 : name, kind, (char *)NULL);
    const char *path = base;

    for (int i = 2; is_taken(issuer, path, ".pem") || is_taken(issuer, path, ".key");
         i++) {
        path = apr_psprintf(issuer->pool, "%s-%d", base, i);
    }
    apr_hash_set(issuer->taken, apr_pstrcat(issuer->pool, path, ".pem", (char *)NULL),
                 APR_HASH_KEY_STRING, path);
    return path;
}

static void files_take(const certificate_issuer *issuer, const apr_array_header_t *files)
{
    for (int i = 0; files && i < files->nelts; i++) {
        const char *path = APR_ARRAY_IDX(files, i, const aty_directive *)->path;
        if (path) {
            apr_hash_set(issuer->taken, path, APR_HASH_KEY_STRING, path);
        }
    }
}

/* What stands in the policy goes on to be what it is: others may use it. */
static void policy_take(const certificate_issuer *issuer)
{
    const apr_array_header_t *certificates = NULL, *keys = NULL;

    for (int i = 0; i < issuer->site->policy->vhosts->nelts; i++) {
        const aty_tls *tls =
            &aty_plan_vhost_of(issuer->site->policy, (uint32_t)i)->scope.tls;
        files_take(issuer, tls->certificates != certificates ? tls->certificates : NULL);
        files_take(issuer, tls->keys != keys ? tls->keys : NULL);
        certificates = tls->certificates;
        keys = tls->keys;
    }
}

/* The lengths of the keys that the vhosts have, by kind; 0: none of it. What cannot be
 * known is the kind that a certificate has by default. */
static void keys_find(const certificate_issuer *issuer, const apr_array_header_t *vhosts,
                      uint32_t bits[ATY_KEY_COUNT])
{
    for (int v = 0; v < vhosts->nelts; v++) {
        const apr_array_header_t *files =
            aty_plan_vhost_of(issuer->site->policy, APR_ARRAY_IDX(vhosts, v, uint32_t))
                ->scope.tls.certificates;
        for (int i = 0; files && i < files->nelts; i++) {
            const aty_plan_leaf *leaf = aty_plan_leaf_read(
                issuer->leaves, APR_ARRAY_IDX(files, i, const aty_directive *)->path);
            bool is_rsa = leaf->key == EVP_PKEY_RSA || leaf->key == EVP_PKEY_RSA_PSS;
            aty_plan_key key = is_rsa && leaf->bits > 0 ? ATY_KEY_RSA : ATY_KEY_ECDSA;
            uint32_t length = leaf->bits > 0 ? (uint32_t)leaf->bits : 256;
            bits[key] = length > bits[key] ? length : bits[key];
        }
    }
}

/* One that takes the place of a file; `list` gets it. */
static void file_push(const certificate_issuer *issuer, const char *name,
                      const char *path, const aty_vhost *vhost,
                      const apr_array_header_t *replaced, apr_array_header_t *list)
{
    const aty_directive *first =
        replaced ? APR_ARRAY_IDX(replaced, 0, const aty_directive *) : NULL;
    aty_directive *directive = aty_plan_directive(
        issuer->pool, name, aty_policy_print_path(issuer->site->options->directory, path),
        aty_plan_place(vhost, first));

    directive->path = path;
    APR_ARRAY_PUSH(list, const aty_directive *) = directive;
}

/* `paths` are those of the certificates, without endings. */
static void vhost_change(const certificate_issuer *issuer, uint32_t index,
                         const apr_array_header_t *paths)
{
    aty_vhost *vhost = aty_plan_vhost(issuer->policy, index);
    aty_tls *tls = &vhost->scope.tls;
    apr_array_header_t *certificates =
        apr_array_make(issuer->pool, paths->nelts, sizeof(aty_directive *));
    apr_array_header_t *keys =
        apr_array_make(issuer->pool, paths->nelts, sizeof(aty_directive *));

    for (int i = 0; i < paths->nelts; i++) {
        const char *path = APR_ARRAY_IDX(paths, i, const char *);
        file_push(issuer, "SSLCertificateKeyFile",
                  apr_pstrcat(issuer->pool, path, ".key", (char *)NULL), vhost, tls->keys,
                  keys);
        file_push(issuer, "SSLCertificateFile",
                  apr_pstrcat(issuer->pool, path, ".pem", (char *)NULL), vhost,
                  tls->certificates, certificates);
    }
    tls->keys = keys;
    tls->certificates = certificates;
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

/* Plans a file for each kind of key that the vhosts have now: who knows only one of them
 * still finds it. */
static void issue(const certificate_issuer *issuer, const aty_plan_bundle *bundle,
                  apr_array_header_t *names)
{
    const char *name = APR_ARRAY_IDX(names, 0, const char *);
    apr_array_header_t *paths = apr_array_make(issuer->scratch, 2, sizeof(const char *));
    aty_plan_certificate certificate = {
        .names = apr_array_copy(issuer->pool, names),
        .vhosts = apr_array_copy(issuer->pool, bundle->vhosts),
        .wildcard = any_wildcard(names),
    };
    uint32_t bits[ATY_KEY_COUNT] = {0};

    keys_find(issuer, bundle->vhosts, bits);
    for (int key = 0; key < ATY_KEY_COUNT; key++) {
        const char *kind = aty_plan_key_name((aty_plan_key)key);
        bool alone = bits[ATY_KEY_COUNT - 1 - key] == 0;
        const char *path, *file;
        if (bits[key] == 0) {
            continue;
        }
        path =
            path_make(issuer, name,
                      alone ? "" : apr_pstrcat(issuer->scratch, "-", kind, (char *)NULL));
        file = apr_pstrcat(issuer->pool, path, ".pem", (char *)NULL);
        apr_hash_set(issuer->policy->planned, file, APR_HASH_KEY_STRING,
                     certificate.names);
        certificate.path = aty_policy_print_path(issuer->site->options->directory, file);
        certificate.key = (aty_plan_key)key;
        certificate.key_bits = bits[key];
        APR_ARRAY_PUSH(paths, const char *) = path;
        APR_ARRAY_PUSH(issuer->remedy->certificates, aty_plan_certificate) = certificate;
    }
    for (int i = 0; i < bundle->vhosts->nelts; i++) {
        vhost_change(issuer, APR_ARRAY_IDX(bundle->vhosts, i, uint32_t), paths);
    }
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
    issuer.leaves = aty_plan_leaves_make(scratch, true);
    policy_take(&issuer);
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
