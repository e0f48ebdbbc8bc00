/* Which findings people read as one. */
#include <apr_strings.h>

#include "authorityc/probe/probe_alike.h"
#include "authorityc/probe/probe_judge.h"
#include "test/unit/policy_text.h"
#include "test/unit/probe_site.h"
#include "test/unit/tap.h"

static const char policy[] = "SSLCertificateFile %s\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName www.a.test\n"
                             "    ServerAlias a.test\n"
                             "</VirtualHost>\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName api.a.test\n"
                             "    ServerAlias v1.a.test\n"
                             "</VirtualHost>\n";

/* Held against (www.a.test, api.a.test): refused, 421, on the first node. */
static const struct {
    const char *what;
    const char *address, *sni, *authority; /* authority NULL: of the handshake */
    aty_probe_fault fault;
    const char *expected, *got;
    bool is_alike;
} cases[] = {
    {"an alias of the connection's", "192.0.2.1", "a.test", "api.a.test",
     ATY_FAULT_REFUSED, "an answer", "421", true},
    {"an alias of the request's", "192.0.2.1", "www.a.test", "v1.a.test",
     ATY_FAULT_REFUSED, "an answer", "421", true},
    {"a name of nobody on the connection", "192.0.2.1", "any-name.invalid", "api.a.test",
     ATY_FAULT_REFUSED, "an answer", "421", true},
    {"another address", "192.0.2.2", "a.test", "api.a.test", ATY_FAULT_REFUSED,
     "an answer", "421", false},
    {"another connection's vhost", "192.0.2.1", "v1.a.test", "api.a.test",
     ATY_FAULT_REFUSED, "an answer", "421", false},
    {"another request's vhost", "192.0.2.1", "www.a.test", "a.test", ATY_FAULT_REFUSED,
     "an answer", "421", false},
    {"a name of nobody in the request", "192.0.2.1", "www.a.test", "any-name.invalid",
     ATY_FAULT_REFUSED, "an answer", "421", false},
    {"another fault", "192.0.2.1", "a.test", "api.a.test", ATY_FAULT_OPENED, "an answer",
     "421", false},
    {"other expectations", "192.0.2.1", "a.test", "api.a.test", ATY_FAULT_REFUSED,
     "an answer of api.a.test", "421", false},
    {"another answer", "192.0.2.1", "a.test", "api.a.test", ATY_FAULT_REFUSED,
     "an answer", "421 by 'x'", false},
    {"about the handshake", "192.0.2.1", "a.test", NULL, ATY_FAULT_REFUSED, "an answer",
     "421", false},
};

static void finding_make(aty_probe *probe, size_t number)
{
    aty_probe_node *node = aty_probe_node_add(probe, cases[number].address, 443, 0);
    aty_probe_finding *finding = aty_finding_add(
        probe, cases[number].fault, aty_probe_visit_add(probe, node, cases[number].sni));

    finding->authority = cases[number].authority;
    finding->expected = cases[number].expected;
    finding->got = cases[number].got;
}

static void first_make(aty_probe *probe)
{
    aty_probe_finding *finding;

    finding_make(probe, 0);
    finding = &APR_ARRAY_IDX(probe->findings, 0, aty_probe_finding);
    finding->visit = aty_probe_visit_add(
        probe, aty_probe_node_add(probe, "192.0.2.1", 443, 0), "www.a.test");
    finding->name = "www.a.test";
}

static void test_pairs(apr_pool_t *pool, const char *text)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        aty_probe_options options;
        aty_probe *probe = probe_site_make(pool, text, &options);
        first_make(probe);
        finding_make(probe, i);
        tap_is_int(aty_probe_alike_find(probe)->nelts, cases[i].is_alike ? 1 : 2, "%s",
                   cases[i].what);
    }
}

static void test_order(apr_pool_t *pool, const char *text)
{
    aty_probe_options options;
    aty_probe *probe = probe_site_make(pool, text, &options);
    apr_array_header_t *found;

    first_make(probe);
    finding_make(probe, 4);
    finding_make(probe, 0);
    finding_make(probe, 1);
    found = aty_probe_alike_find(probe);
    tap_is_int(found->nelts, 2, "two entries");
    const aty_probe_alike *first = APR_ARRAY_IDX(found, 0, aty_probe_alike *);
    tap_is_str(first->first->name, "www.a.test", "... by the first of each");
    tap_is_int(first->others->nelts, 2, "... with the others");
    tap_is_str(APR_ARRAY_IDX(first->others, 1, aty_probe_finding *)->authority,
               "v1.a.test", "... in their order");
}

/* Names in DNS, and names without a policy. */
static void test_apart(apr_pool_t *pool, const char *text)
{
    aty_probe_options options;
    aty_probe *probe = probe_site_make(pool, text, &options);

    aty_finding_add(probe, ATY_FAULT_RESOLVES_NOWHERE, NULL)->name = "a.test";
    aty_finding_add(probe, ATY_FAULT_RESOLVES_NOWHERE, NULL)->name = "b.test";
    tap_is_int(aty_probe_alike_find(probe)->nelts, 2, "names in DNS are apart");
    probe = aty_probe_make(pool, &options, NULL);
    finding_make(probe, 0);
    finding_make(probe, 0);
    tap_is_int(aty_probe_alike_find(probe)->nelts, 2, "so are names without a policy");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    const char *certificate = probe_site_certificate(pool);
    const char *text = apr_psprintf(pool, policy, certificate);

    test_pairs(pool, text);
    test_order(pool, text);
    test_apart(pool, text);
    apr_pool_destroy(pool);
    return tap_done();
}
