#include "authorityc/plan/plan_leaf.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "authorityc/pem.h"
#include "authorityc/x509.h"

#define DAY 86400 /* seconds by which an end may be earlier: both were got together */

struct aty_plan_leaves {
    apr_pool_t *pool;
    bool with_bits;
    apr_hash_t *paths; /* absolute path -> aty_plan_leaf */
};

aty_plan_leaves *aty_plan_leaves_make(apr_pool_t *pool, bool with_bits)
{
    aty_plan_leaves *leaves = apr_palloc(pool, sizeof *leaves);

    *leaves = (aty_plan_leaves){pool, with_bits, apr_hash_make(pool)};
    return leaves;
}

static const char *hex_of(apr_pool_t *pool, const unsigned char *bytes, size_t size)
{
    char *text = apr_palloc(pool, 2 * size + 1);

    for (size_t i = 0; i < size; i++) {
        apr_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    text[2 * size] = '\0';
    return text;
}

static const char *authority_key_of(apr_pool_t *pool, X509 *x509)
{
    AUTHORITY_KEYID *id =
        X509_get_ext_d2i(x509, NID_authority_key_identifier, NULL, NULL);
    const ASN1_OCTET_STRING *key = id ? id->keyid : NULL;
    const char *text =
        key ? hex_of(pool, ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key))
            : "";

    AUTHORITY_KEYID_free(id);
    return text;
}

/* Its name, and which of its keys: an authority with a new key is another one to those
 * who pin the old. */
static const char *issuer_of(apr_pool_t *pool, X509 *x509)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;

    if (X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0 ||
        X509_NAME_digest(X509_get_issuer_name(x509), EVP_sha256(), digest, &size) != 1) {
        return NULL;
    }
    return apr_pstrcat(pool, hex_of(pool, digest, size), " ",
                       authority_key_of(pool, x509), (char *)NULL);
}

/* As X509_get0_pubkey() would have it, but for keys that it cannot decode. */
static int key_kind(X509 *x509)
{
    ASN1_OBJECT *algorithm = NULL;

    if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL,
                               X509_get_X509_PUBKEY(x509)) != 1) {
        return 0;
    }
    return OBJ_obj2nid(algorithm);
}

static void leaf_fill(apr_pool_t *pool, X509 *x509, aty_plan_leaf *leaf)
{
    EVP_PKEY *key = X509_get0_pubkey(x509); /* NULL where nobody asks for its length */

    leaf->key = key_kind(x509);
    leaf->bits = key ? EVP_PKEY_get_bits(key) : 0;
    leaf->issuer = issuer_of(pool, x509);
    leaf->not_before = aty_x509_seconds(X509_get0_notBefore(x509));
    leaf->not_after = aty_x509_seconds(X509_get0_notAfter(x509));
}

static X509 *x509_read(const aty_plan_leaves *leaves, BIO *file)
{
    return leaves->with_bits ? PEM_read_bio_X509_AUX(file, NULL, NULL, NULL)
                             : aty_x509_read(file);
}

const aty_plan_leaf *aty_plan_leaf_read(aty_plan_leaves *leaves, const char *path)
{
    aty_plan_leaf *leaf = apr_hash_get(leaves->paths, path, APR_HASH_KEY_STRING);
    const char *fault;
    BIO *file;
    X509 *x509;

    if (leaf) {
        return leaf;
    }
    leaf = apr_pcalloc(leaves->pool, sizeof *leaf);
    apr_hash_set(leaves->paths, path, APR_HASH_KEY_STRING, leaf);
    file = aty_pem_open(leaves->pool, path, &fault);
    x509 = file ? x509_read(leaves, file) : NULL;
    if (x509) {
        leaf_fill(leaves->pool, x509, leaf);
    }
    X509_free(x509);
    BIO_free(file);
    ERR_clear_error();
    return leaf;
}

bool aty_plan_leaf_replaces(const aty_plan_leaf *giver, const aty_plan_leaf *taker,
                            int64_t now)
{
    return giver->key != 0 && giver->key == taker->key && giver->issuer &&
           taker->issuer && strcmp(giver->issuer, taker->issuer) == 0 &&
           giver->not_before <= now && giver->not_after > now &&
           giver->not_after >= taker->not_after - DAY;
}
