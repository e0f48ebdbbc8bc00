/* cipher.h: cipher lists as OpenSSL expands them. */
#ifndef ATY_AUTHORITYC_CIPHER_H
#define ATY_AUTHORITYC_CIPHER_H

#include <apr_pools.h>

/* The ciphers that an httpd with these lists offers, in order, joined with ':', and
 * OpenSSL's security level, which a list can set. NULL for
 * a list takes mod_ssl's default (ssl_engine_init.c, ssl_init_ctx_cipher_suite). Returns
 * NULL where OpenSSL refuses the lists. */
const char *aty_cipher_expand(apr_pool_t *pool, const char *list, const char *list_13);

#endif
