/* digest.h: SHA-256 by OpenSSL, in the shape that core/table.h asks for. */
#ifndef ATY_AUTHORITYC_DIGEST_H
#define ATY_AUTHORITYC_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "core/format.h"

/* An aty_sha256. A library that cannot hash ends the program: nothing could be trusted.
 */
void aty_digest_sha256(const void *bytes, size_t size, uint8_t digest[ATY_DIGEST_SIZE]);

/* The digest as "sha256:" and 64 hexadecimal digits. */
const char *aty_digest_text(apr_pool_t *pool, const uint8_t digest[ATY_DIGEST_SIZE]);

#endif
