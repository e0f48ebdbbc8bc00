/* How a probe speaks TLS: as much as a server may ask for, and it judges afterwards. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include <apr_strings.h>

#include "authorityc/pem.h"
#include "authorityc/probe/probe_client.h"

static apr_status_t context_free(void *context)
{
    SSL_CTX_free(context);
    return APR_SUCCESS;
}

/* Whatever the machine's openssl.cnf says: a weak server shall be seen, and be told. */
static bool context_allow_all(SSL_CTX *context)
{
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context,
                        SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    return SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, 0) == 1 &&
           SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0") == 1;
}

/* A session of before tells nothing about certificates, and a call that reads on by
 * itself would not see its deadline. */
static void context_set_modes(SSL_CTX *context)
{
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

/* What OpenSSL makes of a file that can be opened. */
static const char *unfit_text(apr_pool_t *pool, const char *path, const char *what)
{
    unsigned long error = ERR_peek_error();
    int reason = ERR_GET_REASON(error);
    const char *text = ERR_reason_error_string(error);
    if (reason == PEM_R_NO_START_LINE || reason == ERR_R_UNSUPPORTED || !text) {
        return apr_psprintf(pool, "there is no PEM %s that OpenSSL can read in '%s'",
                            what, path);
    }
    return apr_psprintf(pool, "cannot use the %s in '%s': %s", what, path, text);
}

/* Reads trusted CAs; their dates are not looked at, as those of the chain are not. */
static const char *context_trust(apr_pool_t *pool, SSL_CTX *context, const char *ca_file)
{
    const char *fault = NULL;
    BIO *file;
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_NO_CHECK_TIME);
    if (!ca_file) {
        SSL_CTX_set_default_verify_paths(context); /* a machine may have none */
        return NULL;
    }
    file = aty_pem_open(pool, ca_file, &fault);
    BIO_free(file);
    if (!file) {
        return apr_psprintf(pool, "cannot read '%s': %s", ca_file, fault);
    }
    if (SSL_CTX_load_verify_file(context, ca_file) != 1) {
        return apr_psprintf(pool, "there is no PEM certificate in '%s'", ca_file);
    }
    /* An intermediate CA, given on purpose, is trusted by itself. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    return NULL;
}

static const char *context_identify(apr_pool_t *pool, SSL_CTX *context,
                                    const char *certificate, const char *key)
{
    const char *paths[2] = {certificate, key};
    for (int i = 0; i < 2; i++) {
        const char *fault = NULL;
        BIO *file = aty_pem_open(pool, paths[i], &fault);
        BIO_free(file);
        if (!file) {
            return apr_psprintf(pool, "cannot read '%s': %s", paths[i], fault);
        }
    }
    /* A <Location> may ask for it later on HTTP/1.1 (RFC 8446 §4.6.2), as curl allows. */
    SSL_CTX_set_post_handshake_auth(context, 1);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
        return unfit_text(pool, certificate, "certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        return unfit_text(pool, key, "key");
    }
    return NULL;
}

SSL_CTX *aty_probe_tls(apr_pool_t *pool, const char *ca_file, const char *certificate,
                       const char *key, const char **fault)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    *fault = NULL;
    if (!context) {
        *fault = "OpenSSL cannot begin";
        return NULL;
    }
    apr_pool_cleanup_register(pool, context, context_free, apr_pool_cleanup_null);
    context_set_modes(context);
    if (!context_allow_all(context)) {
        *fault = "OpenSSL does not know its default ciphers";
    }
    if (!*fault) {
        *fault = context_trust(pool, context, ca_file);
    }
    if (!*fault && certificate) {
        *fault = context_identify(pool, context, certificate, key ? key : certificate);
    }
    ERR_clear_error();
    return *fault ? NULL : context;
}
