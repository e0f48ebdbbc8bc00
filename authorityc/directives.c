/* directives.c: the table of directives, by name. */
#include "authorityc/directives.h"

#include <stdlib.h>
#include <strings.h>

#include "authorityc/lex.h"

#define IN_TOP       ATY_IN_TOP
#define IN_VHOST     ATY_IN_VHOST
#define IN_SERVER    (ATY_IN_TOP | ATY_IN_VHOST)
#define IN_TLS       (ATY_IN_TOP | ATY_IN_VHOST | ATY_IN_TLS)
#define IN_LOCATION  (IN_TLS | ATY_IN_LOCATION)
#define SLOT(field)  offsetof(aty_scope, field)
#define TLS(index)   offsetof(aty_scope, tls.scalars[index])
#define LOCAL(field) offsetof(aty_location, field)

static const aty_choice on_off[] = {
    {"on", 1, false}, {"off", 0, false}, {NULL, 0, false}};

static const aty_choice verify_client[] = {
    {"none", ATY_VERIFY_NONE, false},
    {"optional", ATY_VERIFY_OPTIONAL, false},
    {"require", ATY_VERIFY_REQUIRE, false},
    {"optional_no_ca", ATY_VERIFY_OPTIONAL_NO_CA, false},
    {"off", ATY_VERIFY_NONE, true},
    {"on", ATY_VERIFY_REQUIRE, true},
    {NULL, 0, false},
};

static const aty_choice crl_check[] = {
    {"none", ATY_CRL_NONE, false},
    {"leaf", ATY_CRL_LEAF, false},
    {"chain", ATY_CRL_CHAIN, false},
    {NULL, 0, false},
};

static const aty_choice crl_flags[] = {
    {"no_crl_for_cert_ok", ATY_CRL_NO_CRL_FOR_CERT, false},
    {NULL, 0, false},
};

static const aty_choice ocsp_enable[] = {
    {"on", ATY_OCSP_CHAIN, false},
    {"leaf", ATY_OCSP_LEAF, false},
    {"off", ATY_OCSP_NONE, false},
    {NULL, 0, false},
};

static const aty_choice ocsp_flags[] = {
    {"no_ocsp_for_cert_ok", ATY_OCSP_NO_OCSP_FOR_CERT, false},
    {NULL, 0, false},
};

static const aty_choice sni_policy[] = {
    {"strict", ATY_SNI_STRICT, false},     {"secure", ATY_SNI_SECURE, false},
    {"authonly", ATY_SNI_AUTHONLY, false}, {"insecure", ATY_SNI_INSECURE, false},
    {"legacy", ATY_SNI_LEGACY, false},     {NULL, 0, false},
};

static const aty_choice unknown_authority[] = {
    {"reject", 1, false},
    {"serve", 0, false},
    {NULL, 0, false},
};

static const aty_choice origin_mode[] = {
    {"auto", ATY_ORIGIN_AUTO_MODE, false},
    {"always", ATY_ORIGIN_ALWAYS_MODE, false},
    {"never", ATY_ORIGIN_NEVER_MODE, false},
    {NULL, 0, false},
};

/* Protocols that httpd and its modules speak; what is none of the two is only carried. */
static const aty_choice protocols[] = {
    {"h2", ATY_HTTP_H2, false},
    {"http/1.1", ATY_HTTP_1_1, false},
    {"h2c", ATY_HTTP_OTHER, false},
    {"acme-tls/1", ATY_HTTP_OTHER, false},
    {NULL, 0, false},
};

/* Rows are sorted by name without case, since they are searched by halves. */
static const aty_directive_spec table[] = {
    {.name = "AcceptPair",
     .usage = "sni-name authority",
     .contexts = IN_TOP,
     .least_words = 2,
     .most_words = 2,
     .kind = ATY_KIND_ACCEPT_PAIR,
     .parse = aty_value_host_names},
    {.name = "Advertise",
     .usage = "on|off",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(advertise),
     .parse = aty_value_choice,
     .choices = on_off},
    {.name = "Define",
     .usage = "name value",
     .contexts = IN_LOCATION,
     .least_words = 2,
     .most_words = 2,
     .kind = ATY_KIND_DEFINE,
     .parse = aty_value_identifier},
    {.name = "Include",
     .usage = "file|pattern",
     .contexts = IN_LOCATION,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_INCLUDE},
    {.name = "Isolate",
     .usage = "on|off",
     .contexts = IN_VHOST,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(isolate),
     .parse = aty_value_choice,
     .choices = on_off},
    {.name = "Origin",
     .usage = "auto|always|never",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(origin),
     .parse = aty_value_choice,
     .choices = origin_mode},
    {.name = "OriginBudget",
     .usage = "bytes",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(origin_budget),
     .parse = aty_value_number,
     .least = 32, /* hardly a name fits into less */
     .most = 16384},
    {.name = "Protocols",
     .usage = "protocol ...",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = ATY_WORDS_MAX,
     .slot = SLOT(protocols),
     .parse = aty_value_protocols,
     .choices = protocols},
    {.name = "PublicPort",
     .usage = "port",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(public_port),
     .parse = aty_value_number,
     .least = 1,
     .most = 65535},
    {.name = "ServerAlias",
     .usage = "name ...",
     .contexts = IN_VHOST,
     .least_words = 1,
     .most_words = ATY_WORDS_MAX,
     .kind = ATY_KIND_SERVER_ALIAS,
     .parse = aty_value_server_alias},
    {.name = "ServerName",
     .usage = "[scheme://]name[:port]",
     .contexts = IN_VHOST,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_SERVER_NAME,
     .parse = aty_value_server_name},
    {.name = "SNIPolicy",
     .usage = "strict|secure|authonly|insecure|legacy",
     .contexts = IN_TOP,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_SNI_POLICY,
     .parse = aty_value_choice,
     .choices = sni_policy},
    {.name = "SSLCACertificateFile",
     .usage = "file",
     .contexts = IN_LOCATION,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CA_FILE),
     .location_slot = LOCAL(ca_file),
     .parse = aty_value_path},
    {.name = "SSLCACertificatePath",
     .usage = "directory",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CA_PATH),
     .parse = aty_value_path},
    {.name = "SSLCADNRequestFile",
     .usage = "file",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CA_DN_FILE),
     .parse = aty_value_path},
    {.name = "SSLCADNRequestPath",
     .usage = "directory",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CA_DN_PATH),
     .parse = aty_value_path},
    {.name = "SSLCARevocationCheck",
     .usage = "none|leaf|chain [no_crl_for_cert_ok]",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 2,
     .slot = TLS(ATY_TLS_CRL_CHECK),
     .parse = aty_value_choice,
     .choices = crl_check,
     .flags = crl_flags},
    {.name = "SSLCARevocationFile",
     .usage = "file",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CRL_FILE),
     .parse = aty_value_path},
    {.name = "SSLCARevocationPath",
     .usage = "directory",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_CRL_PATH),
     .parse = aty_value_path},
    {.name = "SSLCertificateFile",
     .usage = "file",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_LIST,
     .slot = SLOT(tls.certificates),
     .parse = aty_value_path},
    {.name = "SSLCertificateKeyFile",
     .usage = "file",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_LIST,
     .slot = SLOT(tls.keys),
     .parse = aty_value_path},
    {.name = "SSLCipherSuite",
     .usage = "[SSL|TLSv1.3] ciphers",
     .contexts = IN_LOCATION,
     .least_words = 1,
     .most_words = 2,
     .kind = ATY_KIND_CIPHERS,
     .slot = TLS(ATY_TLS_CIPHERS),
     .location_slot = LOCAL(ciphers),
     .parse = aty_value_ciphers},
    {.name = "SSLOCSPDefaultResponder",
     .usage = "http://host[:port]/path",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_OCSP_RESPONDER),
     .parse = aty_value_responder},
    {.name = "SSLOCSPEnable",
     .usage = "on|leaf|off [no_ocsp_for_cert_ok]",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 2,
     .slot = TLS(ATY_TLS_OCSP_ENABLE),
     .parse = aty_value_choice,
     .choices = ocsp_enable,
     .flags = ocsp_flags},
    {.name = "SSLOCSPOverrideResponder",
     .usage = "on|off",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_OCSP_OVERRIDE),
     .parse = aty_value_choice,
     .choices = on_off},
    {.name = "SSLOpenSSLConfCmd",
     .usage = "command value",
     .contexts = IN_TLS,
     .least_words = 2,
     .most_words = 2,
     .kind = ATY_KIND_LIST,
     .slot = SLOT(tls.conf_cmds),
     .parse = aty_value_openssl_conf},
    {.name = "SSLProtocol",
     .usage = "[+|-]protocol ...",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = ATY_WORDS_MAX,
     .slot = TLS(ATY_TLS_PROTOCOL),
     .parse = aty_value_ssl_protocol},
    {.name = "SSLSRPVerifierFile",
     .usage = "file",
     .contexts = IN_TLS,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_SRP_FILE),
     .parse = aty_value_path},
    {.name = "SSLVerifyClient",
     .usage = "none|optional|require|optional_no_ca",
     .contexts = IN_LOCATION,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_VERIFY_CLIENT),
     .location_slot = LOCAL(verify_client),
     .parse = aty_value_choice,
     .choices = verify_client},
    {.name = "SSLVerifyDepth",
     .usage = "depth",
     .contexts = IN_LOCATION,
     .least_words = 1,
     .most_words = 1,
     .slot = TLS(ATY_TLS_VERIFY_DEPTH),
     .location_slot = LOCAL(verify_depth),
     .parse = aty_value_number,
     .most = 65535},
    {.name = "UnknownAuthority",
     .usage = "reject|serve",
     .contexts = IN_SERVER,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(unknown_authority),
     .parse = aty_value_choice,
     .choices = unknown_authority},
    {.name = "Use",
     .usage = "bundle",
     .contexts = IN_VHOST,
     .least_words = 1,
     .most_words = 1,
     .kind = ATY_KIND_USE},
    {.name = "Zone",
     .usage = "name",
     .contexts = IN_VHOST,
     .least_words = 1,
     .most_words = 1,
     .slot = SLOT(zone),
     .parse = aty_value_identifier},
};

#define TABLE_SIZE (int)(sizeof(table) / sizeof(table[0]))

static int compare_name(const void *name, const void *row)
{
    return strcasecmp(name, ((const aty_directive_spec *)row)->name);
}

const aty_directive_spec *aty_directive_find(const char *name)
{
    return bsearch(name, table, (size_t)TABLE_SIZE, sizeof(table[0]), compare_name);
}

const aty_directive_spec *aty_directive_at(int index)
{
    return index < TABLE_SIZE ? &table[index] : NULL;
}

/* What people paste along with the lines that count. */
static const struct {
    const char *name;
    const char *advice;
} advices[] = {
    {"DocumentRoot", "a policy has no files to serve; leave it out"},
    {"IncludeOptional", "in a policy every file must be there; write 'Include'"},
    {"Listen", "a policy takes its addresses from <VirtualHost>; leave it out"},
    {"LoadModule", "a policy loads no modules; leave it out"},
    {"ServerPath", "mod_authority knows vhosts by name alone; leave it out"},
    {"SSLCertificateChainFile", "it does not count here; leave it out"},
    {"SSLCompression", "it does not count here; leave it out"},
    {"SSLEngine", "every vhost of a policy has TLS; leave it out"},
    {"SSLHonorCipherOrder", "it does not count here; leave it out"},
    {"SSLInsecureRenegotiation", "it does not count here; leave it out"},
    {"SSLOptions", "it does not count here; leave it out"},
    {"SSLSessionTickets", "it does not count here; leave it out"},
    {"SSLStrictSNIVHostCheck", "it does not count here; leave it out"},
    {"SSLUseStapling", "it does not count here; leave it out"},
    {"SSLVHostSNIPolicy", "in a policy it is called 'SNIPolicy'"},
};

const char *aty_directive_advice(const char *name)
{
    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (strcasecmp(name, advices[i].name) == 0) {
            return advices[i].advice;
        }
    }
    return NULL;
}
