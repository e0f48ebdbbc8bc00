#include "authorityc/digest.h"

#include <stdio.h>
#include <stdlib.h>

#include <apr_strings.h>
#include <openssl/evp.h>

#include "core/digest_set.h"

void aty_digest_sha256(const void *bytes, size_t size, uint8_t digest[ATY_DIGEST_SIZE])
{
    if (EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL) != 1) {
        fputs("authorityc: OpenSSL cannot compute SHA-256\n", stderr);
        abort();
    }
}

const char *aty_digest_text(apr_pool_t *pool, const uint8_t digest[ATY_DIGEST_SIZE])
{
    char hex[ATY_DIGEST_HEX_SIZE];

    aty_digest_hex(hex, digest);
    return apr_pstrcat(pool, "sha256:", hex, (char *)NULL);
}
