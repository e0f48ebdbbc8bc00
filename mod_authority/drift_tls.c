/* Client certificates and TLS versions. */
#include "mod_authority/drift_checks.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/digest_set.h"
#include "core/setting.h"
#include "mod_authority/table_file.h"

static const char *meaning(const aty_drift_search *search, const aty_live *live,
                           aty_field field)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, field);

    return aty_table_string(search->table, setting->real);
}

const char *aty_drift_client_auth(aty_drift_search *search, aty_live *live)
{
    int mode = SSL_CTX_get_verify_mode(live->context);
    bool asks = mode & SSL_VERIFY_PEER;
    bool requires = mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    uint32_t flags = aty_get(search->table->vhosts[live->vhost].flags);

    if (asks == ((flags & ATY_VHOST_ASKS) != 0) &&
        requires == ((flags & ATY_VHOST_REQUIRES) != 0)) {
        return NULL;
    }
    return aty_drift_text(search, live, ATY_FIELD_CLIENT_AUTH,
                          meaning(search, live, ATY_FIELD_CLIENT_AUTH),
                          requires ? "client certificate required"
                          : asks   ? "client certificate optional"
                                   : "no client certificate");
}

typedef uint8_t digest[ATY_DIGEST_SIZE];

static const char *set_text(apr_pool_t *pool, digest *digests, size_t count)
{
    char *text = apr_palloc(pool, ATY_DIGEST_SET_TEXT_SIZE);

    count = aty_digest_set_normalise(digests, count);
    aty_digest_set_text(text, digests, count, aty_table_file_sha256);
    return text;
}

/* The CAs in the store of the context, as the compiler says them. Those of a directory
 * come there only when they are needed. */
static const char *live_cas(apr_pool_t *pool, const SSL_CTX *context)
{
    const STACK_OF(X509_OBJECT) *objects =
        X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));
    int total = sk_X509_OBJECT_num(objects);
    digest *digests = apr_palloc(pool, (size_t)(total > 0 ? total : 1) * sizeof *digests);
    size_t count = 0;

    for (int i = 0; i < total; i++) {
        const X509 *ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (ca && X509_digest(ca, EVP_sha256(), digests[count], NULL) == 1) {
            count++;
        }
    }
    return set_text(pool, digests, count);
}

/* The names that are sent to clients, likewise. */
static const char *live_ca_names(apr_pool_t *pool, const SSL_CTX *context)
{
    const STACK_OF(X509_NAME) *names = SSL_CTX_get_client_CA_list(context);
    int total = sk_X509_NAME_num(names);
    digest *digests = apr_palloc(pool, (size_t)(total > 0 ? total : 1) * sizeof *digests);
    size_t count = 0;

    for (int i = 0; i < total; i++) {
        if (X509_NAME_digest(sk_X509_NAME_value(names, i), EVP_sha256(), digests[count],
                             NULL) == 1) {
            count++;
        }
    }
    return set_text(pool, digests, count);
}

static bool has_line(const aty_drift_search *search, const aty_live *live,
                     aty_field field, const char *beginning)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, field);
    size_t length = strlen(beginning);
    aty_setting_line line = {0};

    while (aty_setting_next(search->table, setting, &line)) {
        if (line.length >= length && strncasecmp(line.text, beginning, length) == 0) {
            return true;
        }
    }
    return false;
}

const char *aty_drift_client_ca(aty_drift_search *search, aty_live *live)
{
    static const char names_sent[] = "; names sent: ";
    const char *table = meaning(search, live, ATY_FIELD_CLIENT_CA);
    const char *names = strstr(table, names_sent);
    const char *httpd;

    if (!names) {
        return NULL; /* nobody is asked */
    }
    httpd = apr_pstrcat(search->scratch, names_sent,
                        live_ca_names(search->scratch, live->context), NULL);
    if (has_line(search, live, ATY_FIELD_CLIENT_CA, "SSLCACertificatePath ")) {
        table = names + 2;
        httpd += 2;
    }
    else {
        httpd =
            apr_pstrcat(search->scratch,
                        "CAs: ", live_cas(search->scratch, live->context), httpd, NULL);
    }
    return strcmp(table, httpd) == 0
               ? NULL
               : aty_drift_text(search, live, ATY_FIELD_CLIENT_CA, table, httpd);
}

bool aty_drift_conf_cmds_decide(const aty_drift_search *search, const aty_live *live)
{
    static const char *const commands[] = {"Protocol",     "MinProtocol",  "MaxProtocol",
                                           "CipherString", "Ciphersuites", "Options"};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (has_line(search, live, ATY_FIELD_OPENSSL_CONF,
                     apr_pstrcat(search->scratch, "SSLOpenSSLConfCmd ", commands[i], " ",
                                 NULL))) {
            return true;
        }
    }
    return false;
}

/* The versions that the context allows, as the compiler says them; 0 is no bound. */
static const char *live_protocols(apr_pool_t *pool, SSL_CTX *context)
{
    static const struct {
        long version;
        const char *name;
    } known[] = {{TLS1_VERSION, "TLSv1"},
                 {TLS1_1_VERSION, "TLSv1.1"},
                 {TLS1_2_VERSION, "TLSv1.2"},
                 {TLS1_3_VERSION, "TLSv1.3"}};
    long min = SSL_CTX_get_min_proto_version(context);
    long max = SSL_CTX_get_max_proto_version(context);
    const char *text = "";

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].version >= min && (max == 0 || known[i].version <= max)) {
            text = apr_pstrcat(pool, text, *text ? " " : "", known[i].name, NULL);
        }
    }
    return text;
}

const char *aty_drift_protocol(aty_drift_search *search, aty_live *live)
{
    const char *table = meaning(search, live, ATY_FIELD_PROTOCOL);
    const char *httpd = live_protocols(search->scratch, live->context);

    if (strcmp(table, httpd) == 0 || aty_drift_conf_cmds_decide(search, live)) {
        return NULL;
    }
    return aty_drift_text(search, live, ATY_FIELD_PROTOCOL, table, httpd);
}
