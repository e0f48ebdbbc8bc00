#include "authorityc/plan/plan_stand_in.h"

#include <stdlib.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "authorityc/pem.h"
#include "authorityc/x509.h"

/* The subject: whoever finds the file asks `openssl x509 -subject`. */
#define SUBJECT "stand-in of authorityc plan; nobody has its key"

#define YEARS 10 /* the real ones are there before that */

/* All but the names is the same in all, and made once: OpenSSL takes long to put a key
 * into a certificate. */
struct aty_stand_ins {
    EVP_PKEY *key;
    X509 *x509;
};

static apr_status_t stand_ins_free(void *data)
{
    aty_stand_ins *stand_ins = data;

    X509_free(stand_ins->x509);
    EVP_PKEY_free(stand_ins->key);
    return APR_SUCCESS;
}

static bool subject_set(X509 *x509)
{
    X509_NAME *subject = X509_get_subject_name(x509);

    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                      (const unsigned char *)SUBJECT, -1, -1, 0) == 1 &&
           X509_set_issuer_name(x509, subject) == 1;
}

static bool fields_set(X509 *x509, EVP_PKEY *key)
{
    return X509_set_version(x509, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1 && subject_set(x509) &&
           X509_gmtime_adj(X509_getm_notBefore(x509), 0) &&
           X509_time_adj_ex(X509_getm_notAfter(x509), YEARS * 365, 0, NULL) &&
           X509_set_pubkey(x509, key) == 1;
}

/* The key is owned from here on. */
static aty_stand_ins *stand_ins_with(apr_pool_t *pool, EVP_PKEY *key)
{
    aty_stand_ins *stand_ins = apr_palloc(pool, sizeof *stand_ins);

    stand_ins->key = key;
    stand_ins->x509 = X509_new();
    apr_pool_cleanup_register(pool, stand_ins, stand_ins_free, apr_pool_cleanup_null);
    return stand_ins->key && stand_ins->x509 &&
                   fields_set(stand_ins->x509, stand_ins->key)
               ? stand_ins
               : NULL;
}

aty_stand_ins *aty_stand_ins_make(apr_pool_t *pool)
{
    return stand_ins_with(pool, EVP_EC_gen("P-256"));
}

aty_stand_ins *aty_stand_ins_make_rsa(apr_pool_t *pool)
{
    return stand_ins_with(pool, EVP_RSA_gen(2048));
}

static bool name_add(GENERAL_NAMES *list, const char *text)
{
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *value = ASN1_IA5STRING_new();

    if (!name || !value || !ASN1_STRING_set(value, text, -1)) {
        GENERAL_NAME_free(name);
        ASN1_IA5STRING_free(value);
        return false;
    }
    GENERAL_NAME_set0_value(name, GEN_DNS, value);
    return sk_GENERAL_NAME_push(list, name) > 0;
}

static bool names_set(X509 *x509, const apr_array_header_t *names)
{
    GENERAL_NAMES *list = GENERAL_NAMES_new();
    bool fine = list != NULL;

    for (int i = 0; fine && i < names->nelts; i++) {
        fine = name_add(list, APR_ARRAY_IDX(names, i, const char *));
    }
    fine = fine && X509_add1_ext_i2d(x509, NID_subject_alt_name, list, 0,
                                     X509V3_ADD_REPLACE) == 1;
    GENERAL_NAMES_free(list);
    return fine;
}

static const char *pem_of(apr_pool_t *pool, X509 *x509, const apr_array_header_t *names)
{
    BIO *memory = BIO_new(BIO_s_mem());
    const char *text = NULL;
    char *bytes;

    if (memory && PEM_write_bio_X509(memory, x509) == 1) {
        long size = BIO_get_mem_data(memory, &bytes);
        text =
            apr_psprintf(pool,
                         "%s.\nThe certificate that belongs here has the names:\n    "
                         "%s\n%.*s",
                         SUBJECT, apr_array_pstrcat(pool, names, ' '), (int)size, bytes);
    }
    BIO_free(memory);
    return text;
}

const char *aty_stand_in_pem(aty_stand_ins *stand_ins, apr_pool_t *pool,
                             const apr_array_header_t *names)
{
    X509 *x509 = stand_ins->x509;

    return names_set(x509, names) && X509_sign(x509, stand_ins->key, EVP_sha256()) > 0
               ? pem_of(pool, x509, names)
               : NULL;
}

static bool is_stand_in(X509 *x509)
{
    char name[sizeof SUBJECT];

    return X509_NAME_get_text_by_NID(X509_get_subject_name(x509), NID_commonName, name,
                                     sizeof name) == (int)sizeof SUBJECT - 1 &&
           strcmp(name, SUBJECT) == 0;
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_names(apr_pool_t *pool, X509 *x509, const apr_array_header_t *names)
{
    const apr_array_header_t *has = aty_x509_names(pool, x509); /* sorted */
    apr_array_header_t *wanted = apr_array_copy(pool, names);

    qsort(wanted->elts, (size_t)wanted->nelts, sizeof(const char *), name_compare);
    for (int i = 0; i < wanted->nelts && wanted->nelts == has->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(wanted, i, const char *),
                   APR_ARRAY_IDX(has, i, const char *)) != 0) {
            return false;
        }
    }
    return wanted->nelts == has->nelts;
}

static bool is_there(apr_pool_t *pool, const char *path)
{
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_LINK, pool);

    return status == APR_SUCCESS || status == APR_INCOMPLETE;
}

aty_stand_in_state aty_stand_in_look(apr_pool_t *pool, const char *path,
                                     const apr_array_header_t *names)
{
    aty_stand_in_state state = ATY_STAND_IN_FOREIGN;
    const char *fault;
    BIO *file;
    X509 *x509 = NULL;

    if (!is_there(pool, path)) {
        return ATY_STAND_IN_NONE;
    }
    file = aty_pem_open(pool, path, &fault);
    if (file) {
        x509 = PEM_read_bio_X509(file, NULL, NULL, NULL);
    }
    if (x509 && has_names(pool, x509, names)) {
        state = ATY_STAND_IN_SAME;
    }
    else if (x509 && is_stand_in(x509)) {
        state = ATY_STAND_IN_OTHER;
    }
    X509_free(x509);
    BIO_free(file);
    ERR_clear_error();
    return state;
}
