/* The cipher list. What a list comes to depends on OpenSSL, and the table may have been
 * compiled with another one: so its spelling is expanded once more, here. */
#include "mod_authority/httpd_needed.h"

#include "mod_authority/drift_checks.h"

#include <string.h>

#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/setting.h"

/* What mod_ssl appends to every list (ssl_engine_config.c, ssl_cmd_SSLCipherSuite). */
#define ALWAYS_OFF ":!aNULL:!eNULL:!EXP"

#define DIRECTIVE "SSLCipherSuite "
#define TLS_1_3   "TLSv1.3 "

static const char *after(const char *line, const char *beginning)
{
    size_t length = strlen(beginning);

    return strncmp(line, beginning, length) == 0 ? line + length : NULL;
}

static SSL_CTX *context_make(const char *list, const char *list_13)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context && SSL_CTX_set_cipher_list(context, list) &&
        (!list_13 || SSL_CTX_set_ciphersuites(context, list_13))) {
        return context;
    }
    SSL_CTX_free(context);
    ERR_clear_error();
    return NULL;
}

static apr_status_t context_free(void *context)
{
    SSL_CTX_free(context);
    return APR_SUCCESS;
}

/* A context with the lists of a setting; NULL where OpenSSL refuses them. */
static SSL_CTX *context_of(const aty_drift_search *search,
                           const aty_setting_record *setting)
{
    const char *list = OSSL_default_cipher_list();
    const char *list_13 = NULL;
    aty_setting_line line = {0};
    SSL_CTX *context;

    while (aty_setting_next(search->table, setting, &line)) {
        const char *text = apr_pstrmemdup(search->scratch, line.text, line.length);
        const char *words = after(text, DIRECTIVE);
        const char *words_13 = words ? after(words, TLS_1_3) : NULL;
        if (words_13) {
            list_13 = words_13;
        }
        else if (words) {
            list = words;
        }
    }
    context = context_make(apr_pstrcat(search->scratch, list, ALWAYS_OFF, NULL), list_13);
    if (context) {
        apr_pool_cleanup_register(search->scratch, context, context_free,
                                  apr_pool_cleanup_null);
    }
    return context;
}

static SSL_CTX *expanded(const aty_drift_search *search,
                         const aty_setting_record *setting)
{
    const char *text = aty_table_string(search->table, setting->text);
    SSL_CTX *context = apr_hash_get(search->ciphers, text, APR_HASH_KEY_STRING);

    if (!context) {
        context = context_of(search, setting);
        apr_hash_set(search->ciphers, text, APR_HASH_KEY_STRING, context);
    }
    return context;
}

/* The name of a context's cipher; "nothing" after the last. */
static const char *cipher_name(const SSL_CTX *context, int index)
{
    const STACK_OF(SSL_CIPHER) *ciphers = context ? SSL_CTX_get_ciphers(context) : NULL;

    return index < sk_SSL_CIPHER_num(ciphers)
               ? SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, index))
               : "nothing";
}

/* Where two lists differ first; -1: they are the same. */
static int first_difference(const SSL_CTX *a, const SSL_CTX *b)
{
    int count_a = sk_SSL_CIPHER_num(a ? SSL_CTX_get_ciphers(a) : NULL);
    int count_b = sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(b));
    int count = count_a > count_b ? count_a : count_b;

    for (int i = 0; i < count; i++) {
        if (strcmp(cipher_name(a, i), cipher_name(b, i)) != 0) {
            return i;
        }
    }
    return -1;
}

/* The lines of a setting, with commas between. */
static const char *on_one_line(const aty_drift_search *search, const char *text)
{
    char *copy = apr_pstrdup(search->scratch, text);

    for (char *c = copy; *c; c++) {
        *c = *c == '\n' ? ',' : *c;
    }
    return copy;
}

const char *aty_drift_ciphers(aty_drift_search *search, aty_live *live)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, ATY_FIELD_CIPHERS);
    const SSL_CTX *wanted = expanded(search, setting);
    int at = first_difference(wanted, live->context);
    const char *text = aty_table_string(search->table, setting->text);

    if (aty_drift_conf_cmds_decide(search, live, ATY_FIELD_CIPHERS)) {
        return NULL;
    }
    if (at < 0 &&
        SSL_CTX_get_security_level(wanted) == SSL_CTX_get_security_level(live->context)) {
        return NULL;
    }
    text = *text ? apr_psprintf(search->scratch, "'%s'", on_one_line(search, text))
                 : "OpenSSL's default list";
    if (at < 0) {
        return aty_drift_text(search, live, ATY_FIELD_CIPHERS, text,
                              apr_psprintf(search->scratch, "security level %d",
                                           SSL_CTX_get_security_level(live->context)));
    }
    return aty_drift_text(
        search, live, ATY_FIELD_CIPHERS, text,
        apr_psprintf(search->scratch, "another list: as cipher %d %s instead of %s",
                     at + 1, cipher_name(live->context, at), cipher_name(wanted, at)));
}
