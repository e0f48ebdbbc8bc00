/* What the arguments of directives come to: a row is a directive at the top level, the
 * number of its value, and whether it is an error or a warning. */
#include <stddef.h>

#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

#include <apr_strings.h>

#define WRONG       UINT32_MAX
#define SLOT(field) offsetof(aty_scope, field)
#define TLS(index)  offsetof(aty_scope, tls.scalars[index])
#define V(minor)    ATY_PROTOCOL_TLSV1_##minor

static const struct {
    const char *line;
    size_t slot;
    uint32_t number; /* WRONG: an error */
    unsigned warnings;
} cases[] = {
    /* As ssl_cmd_protocol_parse of mod_ssl has it, but for an empty set. */
    {"SSLProtocol all", TLS(ATY_TLS_PROTOCOL), ATY_PROTOCOL_ALL, 0},
    {"SSLProtocol ALL -tlsv1 -TLSv1.1", TLS(ATY_TLS_PROTOCOL), V(2) | V(3), 0},
    {"SSLProtocol -all +TLSv1.2 +TLSv1.3", TLS(ATY_TLS_PROTOCOL), V(2) | V(3), 0},
    {"SSLProtocol TLSv1.2", TLS(ATY_TLS_PROTOCOL), V(2), 0},
    {"SSLProtocol +TLSv1.2", TLS(ATY_TLS_PROTOCOL), V(2), 0},
    {"SSLProtocol TLSv1.2 TLSv1.3", TLS(ATY_TLS_PROTOCOL), V(3), 1},
    {"SSLProtocol +TLSv1.2 all", TLS(ATY_TLS_PROTOCOL), ATY_PROTOCOL_ALL, 1},
    {"SSLProtocol TLSv1.2 TLSv1.3 TLSv1", TLS(ATY_TLS_PROTOCOL), ATY_PROTOCOL_TLSV1, 2},
    {"SSLProtocol -all TLSv1.2", TLS(ATY_TLS_PROTOCOL), V(2), 0},
    {"SSLProtocol all -SSLv2 -SSLv3", TLS(ATY_TLS_PROTOCOL), ATY_PROTOCOL_ALL, 0},
    {"SSLProtocol all +SSLv3", TLS(ATY_TLS_PROTOCOL), WRONG, 0},
    {"SSLProtocol SSLv2", TLS(ATY_TLS_PROTOCOL), WRONG, 0},
    {"SSLProtocol all -all", TLS(ATY_TLS_PROTOCOL), WRONG, 0},
    {"SSLProtocol -SSLv3", TLS(ATY_TLS_PROTOCOL), WRONG, 0},
    {"SSLProtocol +", TLS(ATY_TLS_PROTOCOL), WRONG, 0},
    {"SSLProtocol ++TLSv1.2", TLS(ATY_TLS_PROTOCOL), WRONG, 0},

    {"SSLVerifyClient none", TLS(ATY_TLS_VERIFY_CLIENT), ATY_VERIFY_NONE, 0},
    {"SSLVerifyClient off", TLS(ATY_TLS_VERIFY_CLIENT), ATY_VERIFY_NONE, 0},
    {"SSLVerifyClient Optional", TLS(ATY_TLS_VERIFY_CLIENT), ATY_VERIFY_OPTIONAL, 0},
    {"SSLVerifyClient require", TLS(ATY_TLS_VERIFY_CLIENT), ATY_VERIFY_REQUIRE, 0},
    {"SSLVerifyClient on", TLS(ATY_TLS_VERIFY_CLIENT), ATY_VERIFY_REQUIRE, 0},
    {"SSLVerifyClient optional_no_ca", TLS(ATY_TLS_VERIFY_CLIENT),
     ATY_VERIFY_OPTIONAL_NO_CA, 0},
    {"SSLVerifyClient optional-no-ca", TLS(ATY_TLS_VERIFY_CLIENT), WRONG, 0},
    {"SSLVerifyDepth 0", TLS(ATY_TLS_VERIFY_DEPTH), 0, 0},
    {"SSLVerifyDepth 10", TLS(ATY_TLS_VERIFY_DEPTH), 10, 0},
    {"SSLVerifyDepth 010", TLS(ATY_TLS_VERIFY_DEPTH), 10, 0},
    {"SSLVerifyDepth 1x", TLS(ATY_TLS_VERIFY_DEPTH), WRONG, 0},
    {"SSLVerifyDepth -1", TLS(ATY_TLS_VERIFY_DEPTH), WRONG, 0},
    {"SSLVerifyDepth 4294967297", TLS(ATY_TLS_VERIFY_DEPTH), WRONG, 0},

    {"SSLCARevocationCheck none", TLS(ATY_TLS_CRL_CHECK), ATY_CRL_NONE, 0},
    {"SSLCARevocationCheck leaf", TLS(ATY_TLS_CRL_CHECK), ATY_CRL_LEAF, 0},
    {"SSLCARevocationCheck chain no_crl_for_cert_ok", TLS(ATY_TLS_CRL_CHECK),
     ATY_CRL_CHAIN | ATY_CRL_NO_CRL_FOR_CERT, 0},
    {"SSLCARevocationCheck no_crl_for_cert_ok", TLS(ATY_TLS_CRL_CHECK), WRONG, 0},
    {"SSLOCSPEnable off", TLS(ATY_TLS_OCSP_ENABLE), ATY_OCSP_NONE, 0},
    {"SSLOCSPEnable on", TLS(ATY_TLS_OCSP_ENABLE), ATY_OCSP_CHAIN, 0},
    {"SSLOCSPEnable leaf no_ocsp_for_cert_ok", TLS(ATY_TLS_OCSP_ENABLE),
     ATY_OCSP_LEAF | ATY_OCSP_NO_OCSP_FOR_CERT, 0},
    {"SSLOCSPEnable chain", TLS(ATY_TLS_OCSP_ENABLE), WRONG, 0},
    {"SSLOCSPOverrideResponder ON", TLS(ATY_TLS_OCSP_OVERRIDE), 1, 0},
    {"SSLOCSPDefaultResponder http://a.example:80/b", TLS(ATY_TLS_OCSP_RESPONDER), 0, 0},
    {"SSLOCSPDefaultResponder http:///b", TLS(ATY_TLS_OCSP_RESPONDER), WRONG, 0},
    {"SSLOCSPDefaultResponder ftp://a.example/", TLS(ATY_TLS_OCSP_RESPONDER), WRONG, 0},
    {"SSLCipherSuite SSL HIGH", TLS(ATY_TLS_CIPHERS), 0, 0},
    {"SSLCipherSuite HIGH", TLS(ATY_TLS_CIPHERS), 0, 0},
    {"SSLCipherSuite TLSv1.3 X", TLS(ATY_TLS_CIPHERS_13), 1, 0},
    {"SSLCipherSuite TLSv1.2 X", TLS(ATY_TLS_CIPHERS), WRONG, 0},

    {"Protocols h2 http/1.1", SLOT(protocols), ATY_HTTP_H2 | ATY_HTTP_1_1, 0},
    {"Protocols http/1.1", SLOT(protocols), ATY_HTTP_1_1, 0},
    {"Protocols h2 h2c acme-tls/1", SLOT(protocols), ATY_HTTP_H2 | ATY_HTTP_OTHER, 0},
    {"Protocols acme-tls/1", SLOT(protocols), WRONG, 0},
    {"Protocols H2", SLOT(protocols), WRONG, 0},
    {"UnknownAuthority Reject", SLOT(unknown_authority), 1, 0},
    {"UnknownAuthority serve", SLOT(unknown_authority), 0, 0},
    {"Advertise off", SLOT(advertise), 0, 0},
    {"Advertise true", SLOT(advertise), WRONG, 0},
    {"PublicPort 1", SLOT(public_port), 1, 0},
    {"PublicPort 65535", SLOT(public_port), 65535, 0},
    {"PublicPort 65536", SLOT(public_port), WRONG, 0},
    {"PublicPort +443", SLOT(public_port), WRONG, 0},
    {"Origin auto", SLOT(origin), ATY_ORIGIN_AUTO_MODE, 0},
    {"Origin never", SLOT(origin), ATY_ORIGIN_NEVER_MODE, 0},
    {"OriginBudget 32", SLOT(origin_budget), 32, 0},
    {"OriginBudget 31", SLOT(origin_budget), WRONG, 0},
    {"OriginBudget 16384", SLOT(origin_budget), 16384, 0},
    {"OriginBudget 16385", SLOT(origin_budget), WRONG, 0},
};

static void test_values(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *line = cases[i].line;
        aty_diag *diag = aty_diag_create(pool);
        /* A vhost, so that the merged value can be looked at. */
        const char *text = apr_pstrcat(
            pool, line, "\n<VirtualHost *>\nServerName a.example\n</VirtualHost>\n",
            NULL);
        aty_policy *policy = policy_test_read(pool, text, diag);
        const aty_scope *scope = &APR_ARRAY_IDX(policy->vhosts, 0, aty_vhost).scope;
        const aty_directive *value;
        memcpy(&value, (const char *)scope + cases[i].slot, sizeof(value));
        bool wrong = cases[i].number == WRONG;
        bool held = wrong ? !value : value && value->number == cases[i].number;
        tap_ok(held && aty_diag_errors(diag) == wrong &&
                   aty_diag_warnings(diag) == cases[i].warnings,
               "%s", line);
    }
}

static const struct {
    const char *written;
    const char *host; /* NULL: an error */
    uint32_t port;
} addresses[] = {
    {"*", "*", 0},
    {"*:443", "*", 443},
    {"*:*", "*", 0},
    {"_Default_:443", "*", 443},
    {"0.0.0.0:443", "*", 443},
    {"[::]:443", "*", 443},
    {"192.0.2.1", "192.0.2.1", 0},
    {"192.0.2.1:*", "192.0.2.1", 0},
    {"192.0.2.1:65535", "192.0.2.1", 65535},
    {"[2001:DB8:0:0::1]", "2001:db8::1", 0},
    {"[2001:db8::1]:443", "2001:db8::1", 443},
    {"[::ffff:192.0.2.1]:443", "192.0.2.1", 443},
    {"[::ffff:0.0.0.0]", "*", 0},
    {"192.0.2.1:0", NULL, 0},
    {"192.0.2.1:65536", NULL, 0},
    {"192.0.2.1:4 3", NULL, 0},
    {"192.0.2.1.", NULL, 0},
    {"a.example:443", NULL, 0},
    {"443", NULL, 0},
    {":443", NULL, 0},
    {"::1", NULL, 0},
    {"[::1", NULL, 0},
    {"[::1]x", NULL, 0},
    {"[]:443", NULL, 0},
    {"[fe80::1%lo]", NULL, 0},
};

static void test_addresses(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        aty_diag *diag = aty_diag_create(pool);
        const char *written = addresses[i].written;
        aty_policy *policy = policy_test_read(
            pool,
            apr_psprintf(pool,
                         "<VirtualHost '%s'>\nServerName a.example\n</VirtualHost>\n",
                         written),
            diag);
        if (!addresses[i].host) {
            tap_ok(policy->vhosts->nelts == 0 && aty_diag_errors(diag) == 1,
                   "'%s' is no address", written);
            continue;
        }
        const aty_vhost *vhost = &APR_ARRAY_IDX(policy->vhosts, 0, aty_vhost);
        const aty_vhost_address *address =
            &APR_ARRAY_IDX(vhost->addresses, 0, aty_vhost_address);
        tap_is_str(address->host, addresses[i].host, "host of '%s'", written);
        tap_is_int(address->port, addresses[i].port, "port of '%s'", written);
    }
}

static const struct {
    const char *written;
    const char *name; /* NULL: an error */
} server_names[] = {
    {"www.example.com", "www.example.com"},
    {"WWW.Example.COM", "www.example.com"},
    {"https://www.example.com:443", "www.example.com"},
    {"www.example.com:80", "www.example.com"},
    {"localhost", "localhost"},
    {"under_score.example.com", "under_score.example.com"},
    {"192.0.2.1", "192.0.2.1"},
    {"xn--bcher-kva.example", "xn--bcher-kva.example"},
    {"www.example.com.", NULL},
    {"www..example.com", NULL},
    {".example.com", NULL},
    {"*.example.com", NULL},
    {"www?.example.com", NULL},
    {"www.example.com:0", NULL},
    {"www.example.com:", NULL},
    {"[::1]", NULL},
    {"b\xc3\xbc"
     "cher.example",
     NULL},
    {"-", NULL},
    {"a b", NULL},
};

static void test_server_names(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof(server_names) / sizeof(server_names[0]); i++) {
        aty_diag *diag = aty_diag_create(pool);
        aty_policy *policy = policy_test_read(
            pool,
            apr_psprintf(pool, "<VirtualHost *>\nServerName '%s'\n</VirtualHost>\n",
                         server_names[i].written),
            diag);
        bool any = policy->vhosts->nelts == 1;
        tap_is_str(any ? APR_ARRAY_IDX(policy->vhosts, 0, aty_vhost).server_name->text
                       : NULL,
                   server_names[i].name, "ServerName '%s'", server_names[i].written);
        tap_is_int(aty_diag_errors(diag), !any, "errors of '%s'",
                   server_names[i].written);
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    test_values(pool);
    test_addresses(pool);
    test_server_names(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
