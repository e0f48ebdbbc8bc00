/* What is told where mod_ssl compares what is written: of httpd without the module the
 * fields, by the SNIPolicy of the policy, and where they are written; with it what is
 * spelt differently, the same in effect.
 */
#include <apr_strings.h>

#include "authorityc/probe/probe_judge.h"
#include "test/unit/policy_text.h"
#include "test/unit/probe_site.h"
#include "test/unit/tap.h"

static const char policy[] = "SNIPolicy %s\n"
                             "SSLCertificateFile %s\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName www.a.test\n"
                             "</VirtualHost>\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName admin.a.test\n"
                             "    SSLVerifyClient require\n"
                             "    SSLCACertificateFile %s\n"
                             "    SSLCipherSuite HIGH\n"
                             "</VirtualHost>\n";

static const struct {
    const char *policy;
    int right, wrong; /* the right answer, and the one that is told */
    const char *fault, *expected, *written;
} cases[] = {
    {"secure", 421, 200, "opened",
     "421, since by SNIPolicy secure mod_ssl compares what differs: client-auth, "
     "client-ca, ciphers",
     "SSLVerifyClient none of www.a.test:0; <VirtualHost> of www.a.test:3; "
     "SSLVerifyClient require of admin.a.test:8; SSLCACertificateFile %s of "
     "admin.a.test:9; "
     "SSLCipherSuite HIGH of admin.a.test:10"},
    {"authonly", 421, 200, "opened",
     "421, since by SNIPolicy authonly mod_ssl compares what differs: client-auth, "
     "client-ca",
     "SSLVerifyClient none of www.a.test:0; <VirtualHost> of www.a.test:3; "
     "SSLVerifyClient require of admin.a.test:8; SSLCACertificateFile %s of "
     "admin.a.test:9"},
    {"strict", 421, 200, "opened",
     "421, since SSLVHostSNIPolicy strict lets no two vhosts share",
     "<VirtualHost> of www.a.test:3; <VirtualHost> of admin.a.test:6"},
    {"insecure", 200, 421, "refused", "an answer of admin.a.test",
     "<VirtualHost> of www.a.test:3; <VirtualHost> of admin.a.test:6"},
};

/* The only finding's, each line on its own. */
static const char *written(apr_pool_t *pool, const aty_probe_finding *finding)
{
    const char *text = "";

    for (int i = 0; i < finding->written->nelts; i++) {
        const aty_probe_written *at =
            &APR_ARRAY_IDX(finding->written, i, aty_probe_written);
        text = apr_psprintf(pool, "%s%s%s:%u", text, i ? "; " : "", at->text,
                            aty_get(at->line));
    }
    return text;
}

static void test_case(apr_pool_t *pool, size_t number, const char *certificate)
{
    const char *name = cases[number].policy;
    aty_probe_options options;
    aty_probe *probe = probe_site_make(
        pool, apr_psprintf(pool, policy, name, certificate, certificate), &options);
    aty_probe_visit *visit = aty_probe_visit_add(
        probe, aty_probe_node_add(probe, "192.0.2.1", 443, 0), "www.a.test");
    aty_probe_answer *answer;

    options.server = ATY_SERVER_HTTPD;
    visit->shown.alpn = "h2";
    aty_probe_visit_ask(visit, "admin.a.test");
    answer = aty_probe_answer_at(visit, 0);
    answer->status = cases[number].right;
    aty_judge_answer(probe, visit, answer);
    tap_is_str(probe_site_faults(probe), "", "%s: as mod_ssl answers", name);
    answer->status = cases[number].wrong;
    aty_judge_answer(probe, visit, answer);
    if (tap_is_str(probe_site_faults(probe), cases[number].fault, "%s: otherwise",
                   name)) {
        const aty_probe_finding *finding =
            &APR_ARRAY_IDX(probe->findings, 0, aty_probe_finding);
        tap_is_str(finding->expected, cases[number].expected, "%s: what is expected",
                   name);
        tap_is_str(written(pool, finding),
                   apr_psprintf(pool, cases[number].written, certificate),
                   "%s: where it is written", name);
    }
}

/* With the module, too, mod_ssl refuses what is only spelt differently. */
static void test_textual(apr_pool_t *pool, const char *certificate)
{
    static const char spelt[] = "SSLCertificateFile %s\n"
                                "<VirtualHost *:443>\n"
                                "    ServerName www.a.test\n"
                                "    SSLCipherSuite HIGH\n"
                                "</VirtualHost>\n"
                                "<VirtualHost *:443>\n"
                                "    ServerName admin.a.test\n"
                                "    SSLCipherSuite HIGH:HIGH\n"
                                "</VirtualHost>\n";
    aty_probe_options options;
    aty_probe *probe =
        probe_site_make(pool, apr_psprintf(pool, spelt, certificate), &options);
    aty_probe_visit *visit = aty_probe_visit_add(
        probe, aty_probe_node_add(probe, "192.0.2.1", 443, 0), "www.a.test");
    const aty_probe_finding *finding;

    visit->shown.alpn = "h2";
    aty_probe_visit_ask(visit, "admin.a.test");
    aty_probe_answer_at(visit, 0)->status = 200;
    aty_judge_answer(probe, visit, aty_probe_answer_at(visit, 0));
    tap_is_str(probe_site_faults(probe), "opened", "spelt differently");
    finding = &APR_ARRAY_IDX(probe->findings, 0, aty_probe_finding);
    tap_is_str(finding->reason, "textual", "... is why");
    tap_is_str(written(pool, finding),
               "SSLCipherSuite HIGH of www.a.test:4; SSLCipherSuite HIGH:HIGH of "
               "admin.a.test:8",
               "... and where it is written");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    const char *certificate = probe_site_certificate(pool);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_case(pool, i, certificate);
    }
    test_textual(pool, certificate);
    apr_pool_destroy(pool);
    return tap_done();
}
