/* x509.h: what counts of a certificate: its names and dates.
 */
#ifndef ATY_AUTHORITYC_X509_H
#define ATY_AUTHORITYC_X509_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>
#include <openssl/x509.h>

#include "authorityc/digest.h"

/* The first certificate of a PEM file, or NULL; the caller frees it. Its public key stays
 * as it is: to decode it takes OpenSSL 3 six times as long as all else, and nobody who
 * reads certificates by the thousand asks for it. So X509_get0_pubkey() has none, and
 * what fetches algorithms for this certificate finds none (X509_digest,
 * X509_check_purpose). */
X509 *aty_x509_read(BIO *file);

/* The SHA-256 of its DER, as X509_digest() has it; false without memory. */
bool aty_x509_fingerprint(const X509 *x509, uint8_t fingerprint[ATY_DIGEST_SIZE]);

/* The DNS names of its subjectAltName (const char *), in lower case and sorted; the
 * common names only where there are none. One with a NUL inside is left out. */
apr_array_header_t *aty_x509_names(apr_pool_t *pool, X509 *x509);

/* Seconds since 1970; 0 where the time cannot be read. */
int64_t aty_x509_seconds(const ASN1_TIME *time);

#endif
