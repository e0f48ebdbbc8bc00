/* The CAs of client certificates, by their content. */
#include "mod_authority/drift_checks.h"

#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_config.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/ca_directory.h"
#include "core/digest_set.h"
#include "mod_authority/table_file.h"

typedef uint8_t digest[ATY_DIGEST_SIZE];

static const char *set_text(apr_pool_t *pool, const apr_array_header_t *digests)
{
    char *text = apr_palloc(pool, ATY_DIGEST_SET_TEXT_SIZE);
    digest *first = (digest *)(void *)digests->elts;
    size_t count = aty_digest_set_normalise(first, (size_t)digests->nelts);

    aty_digest_set_text(text, first, count, aty_table_file_sha256);
    return text;
}

static void add_certificate(apr_array_header_t *digests, const X509 *certificate)
{
    digest *next = apr_array_push(digests);

    if (X509_digest(certificate, EVP_sha256(), *next, NULL) != 1) {
        apr_array_pop(digests);
    }
}

/* Those that the context has loaded: of SSLCACertificateFile. */
static void add_store(apr_array_header_t *digests, const SSL_CTX *context)
{
    const STACK_OF(X509_OBJECT) *objects =
        X509_STORE_get0_objects(SSL_CTX_get_cert_store(context));

    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        const X509 *ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (ca) {
            add_certificate(digests, ca);
        }
    }
}

static void add_file(apr_array_header_t *digests, const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    STACK_OF(X509_INFO) *items =
        file ? PEM_X509_INFO_read_bio(file, NULL, NULL, NULL) : NULL;

    for (int i = 0; i < sk_X509_INFO_num(items); i++) {
        const X509_INFO *item = sk_X509_INFO_value(items, i);
        if (item->x509) {
            add_certificate(digests, item->x509);
        }
    }
    sk_X509_INFO_pop_free(items, X509_INFO_free);
    BIO_free(file);
    ERR_clear_error();
}

/* Those of SSLCACertificatePath, from which OpenSSL loads what it needs for a client. */
static void add_directory(apr_array_header_t *digests, apr_pool_t *pool, const char *path)
{
    apr_dir_t *directory;
    apr_finfo_t info;

    if (!path || apr_dir_open(&directory, path, pool) != APR_SUCCESS) {
        return;
    }
    while (apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS) {
        if (aty_ca_directory_finds(info.name, false)) {
            add_file(digests, apr_pstrcat(pool, path, "/", info.name, NULL));
        }
    }
    apr_dir_close(directory);
}

static const char *live_cas(const aty_drift_search *search, apr_pool_t *pool,
                            const aty_live *live)
{
    apr_array_header_t *digests = apr_array_make(pool, 4, sizeof(digest));
    const char *path =
        aty_tree_words(pool, search->tree, live->server, "SSLCACertificatePath");

    add_store(digests, live->context);
    add_directory(digests, pool, path ? ap_server_root_relative(pool, path) : NULL);
    return set_text(pool, digests);
}

/* The names that are sent to clients. */
static const char *live_names(apr_pool_t *pool, const SSL_CTX *context)
{
    const STACK_OF(X509_NAME) *names = SSL_CTX_get_client_CA_list(context);
    apr_array_header_t *digests = apr_array_make(pool, 4, sizeof(digest));

    for (int i = 0; i < sk_X509_NAME_num(names); i++) {
        digest *next = apr_array_push(digests);
        if (X509_NAME_digest(sk_X509_NAME_value(names, i), EVP_sha256(), *next, NULL) !=
            1) {
            apr_array_pop(digests);
        }
    }
    return set_text(pool, digests);
}

const char *aty_drift_client_ca(aty_drift_search *search, aty_live *live)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, ATY_FIELD_CLIENT_CA);
    const char *table = aty_table_string(search->table, setting->real);
    apr_pool_t *pool;
    const char *httpd;

    if (strncmp(table, "CAs: ", 5) != 0) {
        return NULL; /* nobody is asked */
    }
    apr_pool_create(&pool, search->scratch);
    httpd = apr_pstrcat(search->scratch, "CAs: ", live_cas(search, pool, live),
                        "; names sent: ", live_names(pool, live->context), NULL);
    apr_pool_destroy(pool);
    return strcmp(table, httpd) == 0
               ? NULL
               : aty_drift_text(search, live, ATY_FIELD_CLIENT_CA, table, httpd);
}
