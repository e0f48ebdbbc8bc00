#include "mod_authority/table_file.h"

#include <string.h>

#include <apr_file_io.h>
#include <apr_strings.h>

#include <openssl/evp.h>

/* A table for a million names has about 100 MiB. */
#define TABLE_SIZE_MAX ((apr_off_t)1 << 30)

static const char *error_text(apr_pool_t *pool, const char *action, apr_status_t status)
{
    char text[120];

    return apr_psprintf(pool, "cannot %s it: %s", action,
                        apr_strerror(status, text, sizeof text));
}

void aty_table_file_sha256(const void *bytes, size_t size,
                           uint8_t digest[ATY_DIGEST_SIZE])
{
    if (!EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL)) {
        memset(digest, 0, ATY_DIGEST_SIZE); /* which no table ends with */
    }
}

static const char *check_kind(const apr_finfo_t *info)
{
    if (info->filetype == APR_DIR) {
        return "it is a directory";
    }
    if (info->filetype != APR_REG) {
        return "it is not a regular file";
    }
    if (info->size > TABLE_SIZE_MAX) {
        return "it is larger than 1 GiB";
    }
    return NULL;
}

static const char *read_all(apr_pool_t *pool, apr_file_t *file, aty_table *table)
{
    apr_finfo_t info;
    apr_size_t size;
    char *blob;
    aty_table_status proof;
    const char *wrong;
    apr_status_t status = apr_file_info_get(&info, APR_FINFO_TYPE | APR_FINFO_SIZE, file);

    if (status != APR_SUCCESS) {
        return error_text(pool, "examine", status);
    }
    wrong = check_kind(&info);
    if (wrong) {
        return wrong;
    }
    blob = apr_palloc(pool, (apr_size_t)info.size);
    status = apr_file_read_full(file, blob, (apr_size_t)info.size, &size);
    if (status != APR_SUCCESS && status != APR_EOF) {
        return error_text(pool, "read", status);
    }
    proof = aty_table_open(table, blob, size, aty_table_file_sha256);
    return proof == ATY_TABLE_OK ? NULL : aty_table_status_text(proof);
}

const char *aty_table_file_read(apr_pool_t *pool, const char *path, aty_table *table)
{
    apr_finfo_t info;
    apr_file_t *file;
    const char *wrong;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_SIZE, pool);

    if (status != APR_SUCCESS && status != APR_INCOMPLETE) {
        return error_text(pool, "find", status);
    }
    wrong = check_kind(&info); /* before opening: to open a FIFO would hang */
    if (wrong) {
        return wrong;
    }
    status = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, 0, pool);
    if (status != APR_SUCCESS) {
        return error_text(pool, "open", status);
    }
    wrong = read_all(pool, file, table);
    apr_file_close(file);
    return wrong;
}
