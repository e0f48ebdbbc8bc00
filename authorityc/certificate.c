#include "authorityc/certificate.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "authorityc/digest.h"
#include "authorityc/pem.h"
#include "authorityc/x509.h"

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

static uint32_t record_append(aty_model *model, const char *path,
                              const apr_array_header_t *names, uint64_t not_after,
                              const uint8_t *fingerprint)
{
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

    if (!aty_x509_fingerprint(x509, fingerprint)) {
        result->fault = "OpenSSL cannot compute its fingerprint";
        return;
    }
    twin = apr_hash_get(known, fingerprint, ATY_DIGEST_SIZE);
    if (twin) {
        *result = *twin;
        return;
    }
    result->index =
        record_append(model, path, aty_x509_names(model->pool, x509),
                      (uint64_t)aty_x509_seconds(X509_get0_notAfter(x509)), fingerprint);
    apr_hash_set(known, fingerprint, ATY_DIGEST_SIZE, result);
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A certificate that does not exist yet is another one than any that does, and is valid.
 */
static path_result *planned_enter(aty_model *model, const char *path,
                                  const apr_array_header_t *names)
{
    path_result *result = apr_pcalloc(model->pool, sizeof *result);
    apr_array_header_t *sorted = apr_array_copy(model->pool, names);
    uint8_t fingerprint[ATY_DIGEST_SIZE];

    qsort(sorted->elts, (size_t)sorted->nelts, sizeof(const char *), name_compare);
    aty_digest_sha256(path, strlen(path), fingerprint);
    result->index = record_append(model, path, sorted, UINT32_MAX, fingerprint);
    return result;
}

static path_result *path_read(aty_model *model, const char *path)
{
    path_result *result = apr_pcalloc(model->pool, sizeof *result);
    BIO *file = aty_pem_open(model->pool, path, &result->fault);
    X509 *x509;

    if (!file) {
        return result;
    }
    x509 = aty_x509_read(file);
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
    apr_hash_t *planned = model->policy->planned;
    const path_result *result = apr_hash_get(paths, directive->path, APR_HASH_KEY_STRING);

    if (!result) {
        const apr_array_header_t *names =
            planned ? apr_hash_get(planned, directive->path, APR_HASH_KEY_STRING) : NULL;
        result = names ? planned_enter(model, directive->path, names)
                       : path_read(model, directive->path);
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
