/* x509.h: what counts of a certificate: its names and dates.
 */
#ifndef ATY_AUTHORITYC_X509_H
#define ATY_AUTHORITYC_X509_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>
#include <openssl/x509.h>

/* The DNS names of its subjectAltName (const char *), in lower case and sorted; the
 * common names only where there are none. One with a NUL inside is left out. */
apr_array_header_t *aty_x509_names(apr_pool_t *pool, X509 *x509);

/* Seconds since 1970; 0 where the time cannot be read. */
int64_t aty_x509_seconds(const ASN1_TIME *time);

#endif
