#include "authorityc/cipher.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "authorityc needs OpenSSL 3.0 or later: OSSL_default_cipher_list came with it"
#endif

/* What mod_ssl appends to every list (ssl_engine_config.c, ssl_cmd_SSLCipherSuite). */
#define ALWAYS_OFF ":!aNULL:!eNULL:!EXP"

static const char *context_ciphers(apr_pool_t *pool, SSL_CTX *context)
{
    const STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context);
    apr_array_header_t *names = apr_array_make(pool, 32, sizeof(const char *));

    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        APR_ARRAY_PUSH(names, const char *) =
            SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i));
    }
    return apr_psprintf(pool, "%s, at security level %d",
                        apr_array_pstrcat(pool, names, ':'),
                        SSL_CTX_get_security_level(context));
}

static const char *expand(apr_pool_t *pool, const char *list, const char *list_13)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    const char *expanded = NULL;

    list = apr_pstrcat(pool, list ? list : OSSL_default_cipher_list(), ALWAYS_OFF,
                       (char *)NULL);
    if (context && SSL_CTX_set_cipher_list(context, list) &&
        (!list_13 || SSL_CTX_set_ciphersuites(context, list_13))) {
        expanded = context_ciphers(pool, context);
    }
    SSL_CTX_free(context);
    ERR_clear_error();
    return expanded;
}

/* What was expanded already, as long as the pool lives: generated configurations say the
 * same list in every vhost, and OpenSSL takes its time. */
static apr_hash_t *known_lists(apr_pool_t *pool)
{
    static const char key[] = "aty_cipher_expand";
    void *known = NULL;

    apr_pool_userdata_get(&known, key, pool);
    if (!known) {
        known = apr_hash_make(pool);
        apr_pool_userdata_setn(known, key, NULL, pool);
    }
    return known;
}

const char *aty_cipher_expand(apr_pool_t *pool, const char *list, const char *list_13)
{
    apr_hash_t *known = known_lists(pool);
    const char *key = apr_pstrcat(pool, list ? "1" : "0", list_13 ? "1" : "0",
                                  list ? list : "", "\n", list_13, (char *)NULL);
    const char *expanded = apr_hash_get(known, key, APR_HASH_KEY_STRING);

    if (!expanded) {
        expanded = expand(pool, list, list_13);
        apr_hash_set(known, key, APR_HASH_KEY_STRING, expanded ? expanded : "");
    }
    return expanded && *expanded ? expanded : NULL;
}
