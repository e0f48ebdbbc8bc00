/* What a server's certificate says. */
#include <arpa/inet.h>
#include <string.h>

#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/x509v3.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_tls.h"
#include "authorityc/x509.h"

static apr_status_t x509_free(void *x509)
{
    X509_free(x509);
    return APR_SUCCESS;
}

static void address_push(apr_pool_t *pool, apr_array_header_t *names,
                         const ASN1_OCTET_STRING *address)
{
    int size = ASN1_STRING_length(address);
    char text[INET6_ADDRSTRLEN];
    if ((size == 4 || size == 16) &&
        inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text,
                  sizeof text)) {
        APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(pool, text);
    }
}

static void addresses_push(apr_pool_t *pool, apr_array_header_t *names, X509 *x509)
{
    GENERAL_NAMES *alternatives =
        X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(alternatives, i);
        if (name->type == GEN_IPADD) {
            address_push(pool, names, name->d.iPAddress);
        }
    }
    GENERAL_NAMES_free(alternatives);
}

static apr_array_header_t *names_of(apr_pool_t *pool, X509 *x509)
{
    apr_array_header_t *names = aty_x509_names(pool, x509);
    for (int i = 0; i < names->nelts; i++) {
        const char **name = &APR_ARRAY_IDX(names, i, const char *);
        *name = aty_probe_clean(pool, *name, strlen(*name), SIZE_MAX);
    }
    addresses_push(pool, names, x509);
    return names;
}

static const char *fingerprint_of(apr_pool_t *pool, X509 *x509)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(x509, EVP_sha256(), digest, &size) != 1) {
        return "";
    }
    return apr_pescape_hex(pool, digest, size, 0);
}

void aty_probe_certificate_read(apr_pool_t *pool, SSL *ssl,
                                aty_probe_handshake *handshake)
{
    X509 *x509 = SSL_get1_peer_certificate(ssl);
    long judged = SSL_get_verify_result(ssl);
    if (!x509) {
        return;
    }
    apr_pool_cleanup_register(pool, x509, x509_free, apr_pool_cleanup_null);
    handshake->certificate = x509;
    handshake->names = names_of(pool, x509);
    handshake->not_before = aty_x509_seconds(X509_get0_notBefore(x509));
    handshake->not_after = aty_x509_seconds(X509_get0_notAfter(x509));
    handshake->fingerprint = fingerprint_of(pool, x509);
    handshake->trust_fault =
        judged == X509_V_OK ? NULL : X509_verify_cert_error_string(judged);
}
