#include "authorityc/x509.h"

#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509v3.h>

/* A library context without algorithms: no key can be decoded with it. NULL, which is the
 * default one, where there is no memory: slower, but the same. */
static OSSL_LIB_CTX *no_algorithms(void)
{
    static OSSL_LIB_CTX *context;

    if (!context) {
        context = OSSL_LIB_CTX_new();
        if (context && !OSSL_PROVIDER_load(context, "null")) {
            OSSL_LIB_CTX_free(context);
            context = NULL;
        }
    }
    return context;
}

X509 *aty_x509_read(BIO *file)
{
    X509 *x509 = X509_new_ex(no_algorithms(), NULL);
    X509 *found = x509 ? PEM_read_bio_X509_AUX(file, &x509, NULL, NULL) : NULL;

    if (!found) {
        X509_free(x509); /* NULL where what came was no certificate */
    }
    return found;
}

bool aty_x509_fingerprint(const X509 *x509, uint8_t fingerprint[ATY_DIGEST_SIZE])
{
    unsigned char *der = NULL;
    int size = i2d_X509(x509, &der);

    if (size <= 0) {
        return false;
    }
    aty_digest_sha256(der, (size_t)size, fingerprint);
    OPENSSL_free(der);
    return true;
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

apr_array_header_t *aty_x509_names(apr_pool_t *pool, X509 *x509)
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

int64_t aty_x509_seconds(const ASN1_TIME *time)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0;
    int seconds = 0;
    int known = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time);

    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : 0;
}
