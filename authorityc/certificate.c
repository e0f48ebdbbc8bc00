#include "authorityc/certificate.h"

#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "authorityc/digest.h"
#include "authorityc/pem.h"

/* What reading a path came to. */
typedef struct {
    const char *fault; /* NULL: read */
    uint32_t index;
} path_result;

struct aty_certificates {
    apr_hash_t *paths;        /* absolute path -> path_result */
    apr_hash_t *fingerprints; /* SHA-256 of the DER -> path_result */
};

aty_certificates *aty_certificates_create(apr_pool_t *pool)
{
    aty_certificates *certificates = apr_palloc(pool, sizeof *certificates);

    certificates->paths = apr_hash_make(pool);
    certificates->fingerprints = apr_hash_make(pool);
    return certificates;
}

/* Adds a name, in lower case; one with a NUL inside is a trick, and covers nothing. */
static void name_push(apr_pool_t *pool, apr_array_header_t *names,
                      const ASN1_STRING *string)
{
    size_t length = (size_t)ASN1_STRING_length(string);
    char *name =
        apr_pstrmemdup(pool, (const char *)ASN1_STRING_get0_data(string), length);

    if (length == 0 || strlen(name) != length) {
        return;
    }
    for (char *c = name; *c; c++) {
        *c = (char)apr_tolower(*c);
    }
    APR_ARRAY_PUSH(names, const char *) = name;
}

static void common_names_push(apr_pool_t *pool, apr_array_header_t *names, X509 *x509)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    int at = -1;

    while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) != -1) {
        name_push(pool, names,
                  X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    }
}

static int string_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static apr_array_header_t *names_of(apr_pool_t *pool, X509 *x509)
{
    apr_array_header_t *names = apr_array_make(pool, 4, sizeof(const char *));
    GENERAL_NAMES *alternatives =
        X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);

    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_DNS) {
            name_push(pool, names, name->d.dNSName);
        }
    }
    GENERAL_NAMES_free(alternatives);
    if (apr_is_empty_array(names)) {
        common_names_push(pool, names, x509);
    }
    qsort(names->elts, (size_t)names->nelts, sizeof(const char *), string_compare);
    return names;
}

/* Seconds since 1970 of an ASN.1 time; 0 where it cannot be read. */
static int64_t seconds_of(const ASN1_TIME *time)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0;
    int seconds = 0;
    int known = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time);

    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : 0;
}

static uint32_t record_append(aty_model *model, const char *path, X509 *x509,
                              const uint8_t *fingerprint)
{
    apr_array_header_t *names = names_of(model->pool, x509);
    uint64_t not_after = (uint64_t)seconds_of(X509_get0_notAfter(x509));
    aty_certificate_record record = {
        .path = aty_writer_string(model->writer, aty_model_path(model, path)),
        .first_name =
            aty_put(aty_writer_count(model->writer, ATY_SECTION_CERTIFICATE_NAMES)),
        .name_count = aty_put((uint32_t)names->nelts),
        .not_after_low = aty_put((uint32_t)not_after),
        .not_after_high = aty_put((uint32_t)(not_after >> 32)),
    };

    memcpy(record.fingerprint, fingerprint, sizeof record.fingerprint);
    for (int i = 0; i < names->nelts; i++) {
        aty_le32 name =
            aty_writer_string(model->writer, APR_ARRAY_IDX(names, i, const char *));
        aty_writer_append(model->writer, ATY_SECTION_CERTIFICATE_NAMES, &name, 1);
    }
    return aty_writer_append(model->writer, ATY_SECTION_CERTIFICATES, &record, 1);
}

static void x509_intern(aty_model *model, const char *path, X509 *x509,
                        path_result *result)
{
    apr_hash_t *known = model->certificates->fingerprints;
    uint8_t *fingerprint = apr_palloc(model->pool, ATY_DIGEST_SIZE);
    const path_result *twin;

    if (X509_digest(x509, EVP_sha256(), fingerprint, NULL) != 1) {
        result->fault = "OpenSSL cannot compute its fingerprint";
        return;
    }
    twin = apr_hash_get(known, fingerprint, ATY_DIGEST_SIZE);
    if (twin) {
        *result = *twin;
        return;
    }
    result->index = record_append(model, path, x509, fingerprint);
    apr_hash_set(known, fingerprint, ATY_DIGEST_SIZE, result);
}

static path_result *path_read(aty_model *model, const char *path)
{
    path_result *result = apr_pcalloc(model->pool, sizeof *result);
    BIO *file = aty_pem_open(model->pool, path, &result->fault);
    X509 *x509;

    if (!file) {
        return result;
    }
    x509 = PEM_read_bio_X509_AUX(file, NULL, NULL, NULL);
    if (x509) {
        x509_intern(model, path, x509, result);
    }
    else {
        result->fault = "there is no PEM certificate in it";
    }
    X509_free(x509);
    BIO_free(file);
    ERR_clear_error();
    return result;
}

uint32_t aty_certificate_read(aty_model *model, const aty_directive *directive)
{
    apr_hash_t *paths = model->certificates->paths;
    const path_result *result = apr_hash_get(paths, directive->path, APR_HASH_KEY_STRING);

    if (!result) {
        result = path_read(model, directive->path);
        apr_hash_set(paths, directive->path, APR_HASH_KEY_STRING, result);
    }
    if (result->fault) {
        aty_diag_error(model->diag, &directive->words[0].place,
                       "cannot read certificate '%s': %s",
                       aty_model_path(model, directive->path), result->fault);
        return ATY_NONE;
    }
    return result->index;
}
