/* certificate.h: the certificates of the vhosts, read once each.
 *
 * Of a file the first certificate counts, as in mod_ssl; chain certificates and keys in
 * it are left alone. Names are the DNS names of its subjectAltName; the common name only
 * where there are none.
 */
#ifndef ATY_AUTHORITYC_CERTIFICATE_H
#define ATY_AUTHORITYC_CERTIFICATE_H

#include <stdint.h>

#include "authorityc/model.h"

typedef struct aty_certificates aty_certificates;

aty_certificates *aty_certificates_create(apr_pool_t *pool);

/* The index of the record for the file that an SSLCertificateFile names; equal
 * certificates have one record. ATY_NONE after reporting what is wrong at the directive.
 */
uint32_t aty_certificate_read(aty_model *model, const aty_directive *directive);

#endif
