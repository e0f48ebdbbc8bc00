/* Unify ends all attempts that only spelling causes, however many groups meet: there are
 * more ways for them to than the list of attempts has entries. And only these: a vhost
 * whose cipher list comes to something else keeps it, and so does one that nobody meets.
 */
#include "test/unit/tap.h"

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define ZONES     200
#define SPELLINGS 3 /* of each, in every zone */
#define GROUPS    (ZONES * SPELLINGS)

static const aty_plan_options options = {
    .max_names = 100, .directory = "/", .certificates = "/"};

static const char *const spellings[SPELLINGS] = {"HIGH", "HIGH:HIGH", "HIGH:HIGH:HIGH"};

/* A vhost for each zone and spelling, behind one certificate. */
static const char *many_groups(apr_pool_t *pool)
{
    apr_array_header_t *parts = apr_array_make(pool, GROUPS, sizeof(const char *));

    for (int i = 0; i < GROUPS; i++) {
        APR_ARRAY_PUSH(parts, const char *) = apr_psprintf(
            pool,
            "<VirtualHost *:443>\nServerName v%d.test\nZone z%d\nSSLCipherSuite %s\n"
            "SSLCertificateFile /certificates/all.pem\n"
            "SSLCertificateKeyFile /certificates/all.pem\n</VirtualHost>\n",
            i, i / SPELLINGS, spellings[i % SPELLINGS]);
    }
    return apr_array_pstrcat(pool, parts, '\0');
}

static void many_groups_test(apr_pool_t *pool, const random_site *site)
{
    aty_compiled compiled;
    const aty_policy *policy =
        random_policy_compile_text(site, pool, many_groups(pool), &compiled);
    const aty_plan *plan;
    const aty_remedy *unify, *addresses;

    tap_ok(policy != NULL, "%d groups", GROUPS);
    if (!policy) {
        return;
    }
    plan = aty_plan_make(pool, policy, &compiled, NULL, &options);
    unify = &plan->remedies[ATY_REMEDY_UNIFY];
    addresses = &plan->remedies[ATY_REMEDY_ADDRESSES];
    tap_ok(plan->attempts->unlisted > 0, "... meet in more ways than are listed");
    tap_is_int((long long)plan->attempts->reasons[ATY_REASON_TEXTUAL],
               ZONES * SPELLINGS * (SPELLINGS - 1), "... some by their spelling only");
    tap_is_int((long long)unify->after->reasons[ATY_REASON_TEXTUAL], 0,
               "... all of which end");
    tap_is_int((long long)(unify->before->pairs - unify->after->pairs),
               ZONES * SPELLINGS * (SPELLINGS - 1), "... and nothing else does");
    tap_is_int(addresses->addresses->nelts, ZONES - 1,
               "... so that every zone but one needs an address");
    tap_ok(addresses->least, "... and it is proven that fewer are not enough");
}

#define VHOST(address, name, ciphers, certificate)                                \
    "<VirtualHost " address ":443>\nServerName " name "\nSSLCipherSuite " ciphers \
    "\nSSLCertificateFile /certificates/" certificate ".pem\n"                    \
    "SSLCertificateKeyFile /certificates/" certificate ".pem\n</VirtualHost>\n"

/* By vhost, whether its spelling changes. */
static const struct {
    const char *text;
    bool changes;
} few[] = {
    {VHOST("*", "v0.test", "HIGH", "all"), false},
    {VHOST("*", "v1.test", "HIGH", "all"), false},
    {VHOST("*", "v2.test", "HIGH:HIGH", "all"), true},
    {VHOST("*", "v3.test", "ECDHE-RSA-AES128-GCM-SHA256", "all"), false},
    {VHOST("*", "alone.invalid", "HIGH:HIGH:HIGH", "alone"), false},
    {VHOST("10.0.0.1", "v4.test", "HIGH:HIGH:HIGH", "all"), false},
};
#define FEW (sizeof few / sizeof few[0])

static bool changes_vhost(const aty_remedy *remedy, uint32_t vhost)
{
    for (int i = 0; i < remedy->changes->nelts; i++) {
        if (APR_ARRAY_IDX(remedy->changes, i, aty_plan_change).vhost == vhost) {
            return true;
        }
    }
    return false;
}

static void few_test(apr_pool_t *pool, const random_site *site)
{
    const char *text = "";
    aty_compiled compiled;
    const aty_policy *policy;
    const aty_plan *plan;

    for (size_t i = 0; i < FEW; i++) {
        text = apr_pstrcat(pool, text, few[i].text, NULL);
    }
    policy = random_policy_compile_text(site, pool, text, &compiled);
    tap_ok(policy != NULL, "%zu vhosts", FEW);
    if (!policy) {
        return;
    }
    plan = aty_plan_make(pool, policy, &compiled, NULL, &options);
    for (uint32_t i = 0; i < FEW; i++) {
        tap_ok(changes_vhost(&plan->remedies[ATY_REMEDY_UNIFY], i) == few[i].changes,
               "... %s %s", aty_vhost_server_name(&compiled.table, i),
               few[i].changes ? "is spelt like the others" : "stays as it is");
    }
}

static void certificate_add(apr_pool_t *pool, random_site *site, const char *path,
                            const char *name)
{
    apr_array_header_t *names = apr_array_make(pool, 1, sizeof(const char *));

    APR_ARRAY_PUSH(names, const char *) = name;
    random_certificate_add(site, path, names);
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    random_site *site = random_site_make(pool);

    certificate_add(pool, site, "/certificates/all.pem", "*.test");
    certificate_add(pool, site, "/certificates/alone.pem", "alone.invalid");
    few_test(pool, site);
    many_groups_test(pool, site);
    apr_pool_destroy(pool);
    return tap_done();
}
