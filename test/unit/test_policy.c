/* What holds for a vhost, out of its own directives, its bundles and the top level. Lists
 * of files merge as in mod_ssl (modssl_ctx_cfg_merge_certkeys_array). */
#include <apr_strings.h>

#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

static const char *words_of(apr_pool_t *pool, const apr_array_header_t *directives)
{
    const char *text = "";
    for (int i = 0; directives && i < directives->nelts; i++) {
        const aty_directive *directive =
            APR_ARRAY_IDX(directives, i, const aty_directive *);
        const aty_word *last = &directive->words[directive->word_count - 1];
        text = apr_pstrcat(pool, text, *text ? " " : "", last->text, NULL);
    }
    return text;
}

static const aty_vhost *only_vhost(const aty_policy *policy)
{
    return &APR_ARRAY_IDX(policy->vhosts, 0, aty_vhost);
}

/* Files of the top level, of a bundle and of the vhost, and what comes of them. */
static const struct {
    const char *base, *bundle, *own;
    const char *merged;
} lists[] = {
    {"", "", "", ""},
    {"a", "", "", "a"},
    {"", "", "x", "x"},
    {"", "u", "", "u"},
    {"a", "", "x", "x"},
    {"a b", "", "x", "x b"},
    {"a b c d", "", "x y", "x y c d"},
    {"a b c d e", "", "v w x y z", "v w x d e y z"},
    {"a", "", "v w x y", "v w x y"},
    {"a b", "u", "", "u b"},
    {"a b", "u v", "x", "x b"}, /* the vhost's own list replaces the bundle's */
};

static const char *lines_of(apr_pool_t *pool, const char *directive, const char *words)
{
    const char *text = "";
    char *state, *copy = apr_pstrdup(pool, words);
    for (char *word = apr_strtok(copy, " ", &state); word;
         word = apr_strtok(NULL, " ", &state)) {
        text = apr_pstrcat(pool, text, directive, " ", word, "\n", NULL);
    }
    return text;
}

static void test_lists(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        aty_diag *diag = aty_diag_create(pool);
        const char *text = apr_pstrcat(
            pool, "<TLS t>\n", lines_of(pool, "SSLCertificateFile", lists[i].bundle),
            "</TLS>\n<VirtualHost *>\nServerName a.example\nUse t\n",
            lines_of(pool, "SSLCertificateFile", lists[i].own), "</VirtualHost>\n",
            lines_of(pool, "SSLCertificateFile", lists[i].base), NULL);
        aty_policy *policy = policy_test_read(pool, text, diag);
        tap_is_str(words_of(pool, only_vhost(policy)->scope.tls.certificates),
                   lists[i].merged, "'%s' over '%s' over '%s'", lists[i].own,
                   lists[i].bundle, lists[i].base);
    }
}

static const char layers[] = "SSLVerifyDepth 1\n"
                             "SSLVerifyClient none\n"
                             "SSLProtocol all\n"
                             "Origin never\n"
                             "SSLOpenSSLConfCmd Options -SessionTicket\n"
                             "SSLOpenSSLConfCmd Curves X25519\n"
                             "<VirtualHost *:443 192.0.2.1>\n"
                             "    ServerName a.example\n"
                             "    ServerAlias B.example *.c.example\n"
                             "    ServerAlias d.example\n"
                             "    Use t\n"
                             "    Use u\n"
                             "    SSLVerifyDepth 3\n"
                             "    SSLOpenSSLConfCmd Curves P-256\n"
                             "    <Location /l>\n"
                             "        SSLVerifyClient require\n"
                             "    </Location>\n"
                             "</VirtualHost>\n"
                             "<TLS t>\n"
                             "    SSLVerifyDepth 2\n"
                             "    SSLVerifyClient optional\n"
                             "    SSLCACertificateFile ../ca/./ca.pem\n"
                             "</TLS>\n"
                             "<TLS u>\n"
                             "    SSLCACertificatePath /etc/ca/\n"
                             "</TLS>\n"
                             "AcceptPair A.example b.example\n";

static void test_tls_layers(apr_pool_t *pool, const aty_policy *policy)
{
    const aty_tls *tls = &only_vhost(policy)->scope.tls;
    const char *slash = strrchr(policy->directory, '/');
    const char *parent =
        apr_pstrmemdup(pool, policy->directory, (size_t)(slash - policy->directory));
    tap_is_int(tls->scalars[ATY_TLS_VERIFY_DEPTH]->number, 3, "the vhost over all");
    tap_is_int(tls->scalars[ATY_TLS_VERIFY_DEPTH]->place.line, 13, "and its line");
    tap_is_int(tls->scalars[ATY_TLS_VERIFY_CLIENT]->number, ATY_VERIFY_OPTIONAL,
               "the bundle over the top level");
    tap_is_int(tls->scalars[ATY_TLS_PROTOCOL]->number, ATY_PROTOCOL_ALL, "the top level");
    tap_is_str(tls->scalars[ATY_TLS_CA_FILE]->path,
               apr_pstrcat(pool, parent, "/ca/ca.pem", NULL), "a relative path");
    tap_is_str(tls->scalars[ATY_TLS_CA_FILE]->words[0].text, "../ca/./ca.pem",
               "as it is written");
    tap_ok(tls->scalars[ATY_TLS_CA_PATH] != NULL, "the other bundle");
    tap_ok(tls->scalars[ATY_TLS_CIPHERS] == NULL, "nobody says");
    tap_is_str(words_of(pool, tls->conf_cmds), "-SessionTicket X25519 P-256",
               "commands of the top level come first");
}

static void test_vhost(const aty_policy *policy)
{
    const aty_vhost *vhost = only_vhost(policy);
    tap_is_int(vhost->addresses->nelts, 2, "addresses");
    tap_is_int(vhost->place.line, 7, "line of the vhost");
    tap_is_int(vhost->place.column, 2, "column of its name in the tag");
    tap_is_int(vhost->aliases->nelts, 3, "aliases of two lines");
    tap_is_str(APR_ARRAY_IDX(vhost->aliases, 0, aty_word).text, "b.example",
               "lower case");
    tap_is_int(vhost->scope.origin->number, ATY_ORIGIN_NEVER_MODE, "Origin is inherited");
    tap_is_int(vhost->locations->nelts, 1, "locations");
    const aty_location *location = &APR_ARRAY_IDX(vhost->locations, 0, aty_location);
    tap_is_str(location->path->text, "/l", "its path");
    tap_is_int(location->verify_client->number, ATY_VERIFY_REQUIRE, "what it wants");
    tap_ok(location->verify_depth == NULL, "what it does not say");
    tap_is_int(policy->pairs->nelts, 1, "pairs");
    tap_is_str(APR_ARRAY_IDX(policy->pairs, 0, aty_accept_pair).sni->text, "a.example",
               "names of a pair are in lower case");
    tap_is_int(policy->sni_policy, ATY_SNI_SECURE, "the default policy");
    tap_ok(policy->sni_policy_directive == NULL, "which nobody wrote");
}

static void test_broken(apr_pool_t *pool)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_policy *policy = policy_test_read(pool,
                                          "<VirtualHost *>\n"
                                          "ServerName fine.example\n"
                                          "</VirtualHost>\n"
                                          "<VirtualHost *>\n"
                                          "</VirtualHost>\n"
                                          "<VirtualHost nowhere.example>\n"
                                          "ServerName b.example\n"
                                          "</VirtualHost>\n",
                                          diag);
    tap_is_int(aty_diag_errors(diag), 2, "errors of two vhosts");
    tap_is_int(policy->vhosts->nelts, 1, "half vhosts are left out");
    diag = aty_diag_create(pool);
    tap_ok(aty_policy_read(pool, "/nonexistent/policy", diag) == NULL,
           "no file, no policy");
    tap_is_int(aty_diag_errors(diag), 1, "but an error");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    aty_diag *diag = aty_diag_create(pool);
    aty_policy *policy = policy_test_read(pool, layers, diag);
    tap_is_int(aty_diag_errors(diag), 0, "the layers have no errors");
    test_tls_layers(pool, policy);
    test_vhost(policy);
    test_lists(pool);
    test_broken(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
