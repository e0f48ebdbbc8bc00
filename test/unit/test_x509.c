/* Certificates read without their keys: all else of them is as OpenSSL has it. */
#include <string.h>

#include <apr_general.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "authorityc/x509.h"
#include "test/unit/tap.h"

static X509 *made(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
                                                "DNS:WWW.Example.com,DNS:*.a.test");

    X509_set_version(x509, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    ASN1_TIME_set(X509_getm_notAfter(x509), 2000000000);
    X509_set_pubkey(x509, key);
    X509_add_ext(x509, names, -1);
    X509_sign(x509, key, EVP_sha256());
    X509_EXTENSION_free(names);
    EVP_PKEY_free(key);
    return x509;
}

static X509 *read_text(const char *text)
{
    BIO *file = BIO_new_mem_buf(text, -1);
    X509 *x509 = aty_x509_read(file);

    BIO_free(file);
    return x509;
}

static void same_but_for_its_key(apr_pool_t *pool, X509 *whole)
{
    BIO *file = BIO_new(BIO_s_mem());
    uint8_t expected[EVP_MAX_MD_SIZE], fingerprint[ATY_DIGEST_SIZE];
    const apr_array_header_t *names;
    X509 *x509;

    PEM_write_bio_X509(file, whole);
    x509 = aty_x509_read(file);
    BIO_free(file);
    tap_ok(x509 != NULL, "a certificate is read");
    tap_ok(!X509_get0_pubkey(x509), "but not its key");
    tap_ok(X509_digest(whole, EVP_sha256(), expected, NULL) == 1 &&
               aty_x509_fingerprint(x509, fingerprint) &&
               memcmp(fingerprint, expected, sizeof fingerprint) == 0,
           "the fingerprint is OpenSSL's");
    names = aty_x509_names(pool, x509);
    tap_ok(names->nelts == 2 &&
               strcmp(APR_ARRAY_IDX(names, 0, const char *), "*.a.test") == 0 &&
               strcmp(APR_ARRAY_IDX(names, 1, const char *), "www.example.com") == 0,
           "its names");
    tap_ok(aty_x509_seconds(X509_get0_notAfter(x509)) == 2000000000, "and its end");
    X509_free(x509);
}

int main(void)
{
    apr_pool_t *pool;
    X509 *whole = made();

    apr_initialize();
    apr_pool_create(&pool, NULL);
    same_but_for_its_key(pool, whole);
    tap_ok(!read_text("nothing"), "no PEM is no certificate");
    tap_ok(!read_text("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n"
                      "-----END CERTIFICATE-----\n"),
           "nor is another structure");
    X509_free(whole);
    apr_pool_destroy(pool);
    apr_terminate();
    return tap_done();
}
