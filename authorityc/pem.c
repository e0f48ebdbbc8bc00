#include "authorityc/pem.h"

#include <stdint.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "authorityc/digest.h"
#include "core/ca_directory.h"
#include "core/digest_set.h"

/* What reading a path came to. */
typedef struct {
    const char *fault; /* NULL: read */
    apr_array_header_t *digests;
} pem_result;

struct aty_pems {
    apr_pool_t *pool;
    apr_hash_t *known; /* kind and path -> pem_result */
};

static const char *const kind_names[] = {
    [ATY_PEM_CERTIFICATES] = "certificate",
    [ATY_PEM_SUBJECTS] = "certificate",
    [ATY_PEM_CRLS] = "certificate revocation list",
};

static const char *status_text(apr_pool_t *pool, apr_status_t status)
{
    char buffer[256];

    return apr_pstrdup(pool, apr_strerror(status, buffer, sizeof buffer));
}

BIO *aty_pem_open(apr_pool_t *pool, const char *path, const char **fault)
{
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE, pool);
    BIO *file;

    if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
        *fault = status_text(pool, status);
        return NULL;
    }
    if (info.filetype != APR_REG) {
        *fault =
            info.filetype == APR_DIR ? "it is a directory" : "it is not a plain file";
        return NULL;
    }
    ERR_clear_error();
    file = BIO_new_file(path, "r");
    if (!file) {
        *fault = status_text(pool, APR_FROM_OS_ERROR(ERR_GET_REASON(ERR_peek_error())));
        ERR_clear_error();
    }
    return file;
}

/* Adds the digest of what `item` has of the kind. */
static void item_push(const X509_INFO *item, aty_pem_kind kind,
                      apr_array_header_t *digests)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    int known = 0;

    if (kind == ATY_PEM_CERTIFICATES && item->x509) {
        known = X509_digest(item->x509, EVP_sha256(), digest, NULL);
    }
    if (kind == ATY_PEM_SUBJECTS && item->x509) {
        known = X509_NAME_digest(X509_get_subject_name(item->x509), EVP_sha256(), digest,
                                 NULL);
    }
    if (kind == ATY_PEM_CRLS && item->crl) {
        known =
            X509_NAME_digest(X509_CRL_get_issuer(item->crl), EVP_sha256(), digest, NULL);
    }
    if (known) {
        memcpy(apr_array_push(digests), digest, ATY_DIGEST_SIZE);
    }
}

static const char *file_read(apr_pool_t *pool, const char *path, aty_pem_kind kind,
                             apr_array_header_t *digests)
{
    const char *fault = NULL;
    BIO *file = aty_pem_open(pool, path, &fault);
    STACK_OF(X509_INFO) * items;
    int before = digests->nelts;

    if (!file) {
        return fault;
    }
    items = PEM_X509_INFO_read_bio(file, NULL, NULL, NULL);
    BIO_free(file);
    ERR_clear_error();
    for (int i = 0; items && i < sk_X509_INFO_num(items); i++) {
        item_push(sk_X509_INFO_value(items, i), kind, digests);
    }
    sk_X509_INFO_pop_free(items, X509_INFO_free);
    if (digests->nelts == before) {
        return apr_pstrcat(pool, "there is no PEM ", kind_names[kind], " in it",
                           (char *)NULL);
    }
    return NULL;
}

/* The names of CAs that are sent to clients are read from every file; what clients are
 * verified with, from those that OpenSSL finds. */
static bool is_read(const char *name, aty_pem_kind kind)
{
    return kind == ATY_PEM_SUBJECTS ? name[0] != '.'
                                    : aty_ca_directory_finds(name, kind == ATY_PEM_CRLS);
}

static const char *directory_read(apr_pool_t *pool, const char *path, aty_pem_kind kind,
                                  apr_array_header_t *digests)
{
    apr_dir_t *directory;
    apr_finfo_t info;
    int before = digests->nelts;
    apr_status_t status = apr_dir_open(&directory, path, pool);

    if (status != APR_SUCCESS) {
        return status_text(pool, status);
    }
    while (apr_dir_read(&info, APR_FINFO_NAME, directory) == APR_SUCCESS) {
        if (is_read(info.name, kind)) {
            file_read(pool, apr_pstrcat(pool, path, "/", info.name, (char *)NULL), kind,
                      digests);
        }
    }
    apr_dir_close(directory);
    if (digests->nelts == before) {
        return apr_pstrcat(
            pool, "no file in it holds a PEM ", kind_names[kind],
            kind == ATY_PEM_SUBJECTS ? "" : " under a name that 'openssl rehash' makes",
            (char *)NULL);
    }
    return NULL;
}

apr_array_header_t *aty_pem_set_make(apr_pool_t *pool)
{
    return apr_array_make(pool, 4, ATY_DIGEST_SIZE);
}

aty_pems *aty_pems_create(apr_pool_t *pool)
{
    aty_pems *pems = apr_palloc(pool, sizeof *pems);

    pems->pool = pool;
    pems->known = apr_hash_make(pool);
    return pems;
}

const char *aty_pem_read(aty_pems *pems, const char *path, bool is_directory,
                         aty_pem_kind kind, apr_array_header_t *digests)
{
    const char *key =
        apr_psprintf(pems->pool, "%d%c%s", kind, is_directory ? '/' : ' ', path);
    pem_result *result = apr_hash_get(pems->known, key, APR_HASH_KEY_STRING);

    if (!result) {
        result = apr_palloc(pems->pool, sizeof *result);
        result->digests = aty_pem_set_make(pems->pool);
        result->fault = (is_directory ? directory_read : file_read)(
            pems->pool, path, kind, result->digests);
        apr_hash_set(pems->known, key, APR_HASH_KEY_STRING, result);
    }
    apr_array_cat(digests, result->digests);
    return result->fault;
}

const char *aty_pem_set_text(apr_pool_t *pool, apr_array_header_t *digests)
{
    uint8_t(*set)[ATY_DIGEST_SIZE] = (uint8_t(*)[ATY_DIGEST_SIZE])digests->elts;
    size_t count = aty_digest_set_normalise(set, (size_t)digests->nelts);
    char text[ATY_DIGEST_SET_TEXT_SIZE];

    aty_digest_set_text(text, set, count, aty_digest_sha256);
    return apr_pstrdup(pool, text);
}
