/* status.h: what is going on, for administrators and for what watches over servers.
 *
 *     <Location /authority-status>
 *         SetHandler authority-status
 *         Require    local
 *     </Location>
 */
#ifndef ATY_MOD_AUTHORITY_STATUS_H
#define ATY_MOD_AUTHORITY_STATUS_H

#include <httpd.h>

/* handler hook: answers where the handler is `authority-status`. The query string chooses
 * the format: none for HTML, `auto`, `json` or `prometheus`; any other is a 400 that
 * names them. */
int aty_status_answer(request_rec *r);

/* status_hook of mod_status: adds a section to its page. `flags` are AP_STATUS_…. */
int aty_status_extend(request_rec *r, int flags);

#endif
