/* httpd_needed.h: an httpd or OpenSSL that lacks what the module uses is refused here,
 * before the compiler misses http_ssl.h or OSSL_default_cipher_list.
 */
#ifndef ATY_MOD_AUTHORITY_HTTPD_NEEDED_H
#define ATY_MOD_AUTHORITY_HTTPD_NEEDED_H

#include <ap_mmn.h>
#include <openssl/opensslv.h>

#if !AP_MODULE_MAGIC_AT_LEAST(20120211, 104)
#error "mod_authority needs httpd 2.4.47 or later: http_ssl.h came with it"
#endif

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "mod_authority needs OpenSSL 3.0 or later"
#endif

#endif
