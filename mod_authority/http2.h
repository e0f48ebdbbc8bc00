/* http2.h: whether this httpd speaks HTTP/2 at all.
 */
#ifndef ATY_MOD_AUTHORITY_HTTP2_H
#define ATY_MOD_AUTHORITY_HTTP2_H

#include <stdbool.h>

/* Whether mod_http2 is there and works: under the prefork MPM it does nothing
 * (modules/http2/mod_http2.c). */
bool aty_http2_is_served(void);

#endif
