/* misdirected.h: 421 for a request that came on the wrong connection.
 */
#ifndef ATY_MOD_AUTHORITY_MISDIRECTED_H
#define ATY_MOD_AUTHORITY_MISDIRECTED_H

#include "mod_authority/httpd_needed.h" /* before what an older one has not */

#include <httpd.h>

/* post_read_request hook, before mod_ssl's: DECLINED, or HTTP_MISDIRECTED_REQUEST. Looks
 * only at what clients ask over TLS: no forward-proxy requests, subrequests or internal
 * redirects. */
int aty_misdirected_refuse(request_rec *r);

#endif
