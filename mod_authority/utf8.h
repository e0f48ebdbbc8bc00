/* utf8.h: texts of strangers, made fit for a page.
 */
#ifndef ATY_MOD_AUTHORITY_UTF8_H
#define ATY_MOD_AUTHORITY_UTF8_H

#include <apr_pools.h>

/* The text with U+FFFD for each octet that is not part of valid UTF-8 (RFC 3629), and for
 * each control character. The text itself where there is none. */
const char *aty_utf8_clean(apr_pool_t *pool, const char *text);

#endif
