/* httpd_needed.h: an httpd that lacks what the module uses is refused here, before the
 * compiler misses http_ssl.h.
 */
#ifndef ATY_MOD_AUTHORITY_HTTPD_NEEDED_H
#define ATY_MOD_AUTHORITY_HTTPD_NEEDED_H

#include <ap_mmn.h>

#if !AP_MODULE_MAGIC_AT_LEAST(20120211, 104)
#error "mod_authority needs httpd 2.4.47 or later: http_ssl.h came with it"
#endif

#endif
