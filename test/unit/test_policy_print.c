/* A policy is printed as it was read: words with everything in them, merged directives,
 * places, and what changed. With arguments, POLICY and DIRECTORY, it prints that policy
 * for a file in the directory, which policy_print.t uses. */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/policy_print.h"
#include "authorityc/warning_options.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

static const char *printed(apr_pool_t *pool, const aty_policy *policy,
                           const aty_policy *before, const char *directory)
{
    aty_policy_print_options options = {directory, before};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    const char *copy;

    aty_policy_print(pool, policy, &options, stream);
    fclose(stream);
    copy = apr_pstrdup(pool, text);
    free(text);
    return copy;
}

static int print_file(apr_pool_t *pool, const char *path, const char *directory)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *policy = aty_policy_read(pool, path, diag);

    if (!policy || aty_diag_errors(diag) > 0) {
        aty_diag_report(diag);
        return 2;
    }
    fputs(printed(pool, policy, NULL, directory), stdout);
    return 0;
}

static const aty_policy *read_text(apr_pool_t *pool, const char *text)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *policy = policy_test_read(pool, text, diag);

    if (!policy || aty_diag_errors(diag) > 0) {
        printf("# %s\n", policy_test_messages(pool, diag));
    }
    return policy;
}

/* Words that need care, as the policy has them: each is read again as it was. */
static const char *const words[] = {
    "plain",  "'a b'",    "\"it's\"",       "'a \"b\" c'",
    "'#x'",   "a#b",      "'<a>'",          "'back\\\\'",
    "a\\\\b", "'$'",      "'${dollar}{x}'", "\"a ${dollar}{b c}\"",
    "'a\tb'", "\xc3\xa4", "'${dollar}{'",   "'a\\b'",
};

static void check_words(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *text =
            apr_pstrcat(pool,
                        "Define dollar $\n<VirtualHost *:443>\nServerName "
                        "a.test\n<Location /",
                        strchr("'\"", words[i][0]) ? "x>\n" : "y>\n", "SSLCipherSuite ",
                        words[i], "\n</Location>\n</VirtualHost>\n", (char *)NULL);
        const aty_policy *policy = read_text(pool, text);
        const aty_policy *again =
            read_text(pool, printed(pool, policy, NULL, policy->directory));
        const aty_vhost *vhosts[] = {&APR_ARRAY_IDX(policy->vhosts, 0, aty_vhost),
                                     &APR_ARRAY_IDX(again->vhosts, 0, aty_vhost)};
        const char *values[2];
        for (int side = 0; side < 2; side++) {
            values[side] = APR_ARRAY_IDX(vhosts[side]->locations, 0, aty_location)
                               .ciphers->words[0]
                               .text;
        }
        tap_ok(strcmp(values[0], values[1]) == 0, "word %s", words[i]);
    }
}

static const char site[] = "SNIPolicy authonly\n"
                           "UnknownAuthority serve\n"
                           "SSLProtocol -all +TLSv1.2 +TLSv1.3\n"
                           "SSLCertificateFile certs/a.pem\n"
                           "AcceptPair a.test b.test\n"
                           "<TLS more>\n"
                           "SSLVerifyDepth 3\n"
                           "</TLS>\n"
                           "<VirtualHost *:443 [2001:db8::1]:* 192.0.2.1>\n"
                           "ServerName A.test:8443\n"
                           "ServerAlias b.test *.b.test\n"
                           "ServerAlias c?.test\n"
                           "Use more\n"
                           "Zone red\n"
                           "</VirtualHost>\n";

static const char site_printed[] = "\n# from test.policy:1\n"
                                   "SNIPolicy authonly\n"
                                   "UnknownAuthority serve\n"
                                   "# from test.policy:5\n"
                                   "AcceptPair a.test b.test\n"
                                   "\n"
                                   "# from test.policy:9\n"
                                   "<VirtualHost *:443 [2001:db8::1]:* 192.0.2.1:*>\n"
                                   "    ServerName a.test:8443\n"
                                   "    ServerAlias b.test *.b.test\n"
                                   "    ServerAlias c?.test\n"
                                   "    # from test.policy:4\n"
                                   "    SSLCertificateFile certs/a.pem\n"
                                   "    # from test.policy:3\n"
                                   "    SSLProtocol -all +TLSv1.2 +TLSv1.3\n"
                                   "    # from test.policy:7\n"
                                   "    SSLVerifyDepth 3\n"
                                   "    # from test.policy:14\n"
                                   "    Zone red\n"
                                   "</VirtualHost>\n";

static void check_site(apr_pool_t *pool)
{
    const aty_policy *policy = read_text(pool, site);
    const char *text = printed(pool, policy, NULL, policy->directory);
    const char *elsewhere = printed(pool, policy, NULL, "/elsewhere");
    const aty_policy *again = read_text(pool, text);

    tap_is_str(text, site_printed, "merged, explicit, with places");
    tap_ok(strstr(elsewhere, apr_pstrcat(pool, "SSLCertificateFile ", policy->directory,
                                         "/certs/a.pem\n", (char *)NULL)) != NULL,
           "relative paths lead to the same files from elsewhere");
    tap_ok(strstr(elsewhere, apr_pstrcat(pool, "# from ", policy->directory,
                                         "/test.policy:9\n", (char *)NULL)) != NULL,
           "and so do places");
    tap_is_str(printed(pool, again, NULL, again->directory), site_printed,
               "printed twice it names the places of the first");
}

static void check_changes(apr_pool_t *pool)
{
    const aty_policy *before = read_text(pool, "<VirtualHost *:443>\n"
                                               "ServerName a.test\n"
                                               "SSLCertificateFile a.pem\n"
                                               "SSLVerifyDepth 3\n"
                                               "</VirtualHost>\n");
    const aty_policy *after = read_text(pool, "<VirtualHost 192.0.2.1:443>\n"
                                              "ServerName a.test\n"
                                              "SSLCertificateFile b.pem\n"
                                              "Protocols http/1.1\n"
                                              "</VirtualHost>\n");
    const aty_vhost *vhost = &APR_ARRAY_IDX(before->vhosts, 0, aty_vhost);
    const aty_vhost *changed = &APR_ARRAY_IDX(after->vhosts, 0, aty_vhost);
    const char *old, *new;

    tap_ok(!aty_policy_print_changes(pool, vhost, vhost, "/", &old, &new) && !*old &&
               !*new,
           "a vhost has no changes against itself");
    tap_ok(aty_policy_print_changes(pool, vhost, changed, after->directory, &old, &new),
           "and has against another");
    tap_is_str(
        new, "<VirtualHost 192.0.2.1:443>\nProtocols http/1.1\nSSLCertificateFile b.pem",
        "the lines that come");
    tap_ok(strncmp(old, "<VirtualHost *:443>\nSSLCertificateFile ", 39) == 0 &&
               strstr(old, "\nSSLVerifyDepth 3"),
           "the lines that go");
    new = printed(pool, after, before, after->directory);
    tap_ok(strstr(new, "# was <VirtualHost *:443>\n<VirtualHost 192.0.2.1:443>\n") &&
               strstr(new, "    # was SSLVerifyDepth 3\n") &&
               strstr(new, "    Protocols http/1.1\n"),
           "what was there before stands beside it");
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool = policy_test_pool();

    if (argc == 3) {
        return print_file(pool, argv[1], argv[2]);
    }
    check_words(pool);
    check_site(pool);
    check_changes(pool);
    return tap_done();
}
