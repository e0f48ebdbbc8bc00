/* Whether client certificates are asked for, and TLS versions. */
#include "mod_authority/drift_checks.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <openssl/ssl.h>

#include "core/setting.h"

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

bool aty_drift_conf_cmds_decide(const aty_drift_search *search, const aty_live *live,
                                aty_field field)
{
    static const struct {
        aty_field field;
        const char *line;
    } deciding[] = {
        {ATY_FIELD_PROTOCOL, "SSLOpenSSLConfCmd Protocol "},
        {ATY_FIELD_PROTOCOL, "SSLOpenSSLConfCmd MinProtocol "},
        {ATY_FIELD_PROTOCOL, "SSLOpenSSLConfCmd MaxProtocol "},
        {ATY_FIELD_CIPHERS, "SSLOpenSSLConfCmd CipherString "},
        {ATY_FIELD_CIPHERS, "SSLOpenSSLConfCmd Ciphersuites "},
    };

    for (size_t i = 0; i < sizeof deciding / sizeof deciding[0]; i++) {
        if (deciding[i].field == field &&
            has_line(search, live, ATY_FIELD_OPENSSL_CONF, deciding[i].line)) {
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

    if (strcmp(table, httpd) == 0 ||
        aty_drift_conf_cmds_decide(search, live, ATY_FIELD_PROTOCOL)) {
        return NULL;
    }
    return aty_drift_text(search, live, ATY_FIELD_PROTOCOL, table, httpd);
}
