/* announce.h: what the error log is told when httpd starts or restarts: what became of
 * the table, and which vhosts are not what it says.
 */
#ifndef ATY_MOD_AUTHORITY_ANNOUNCE_H
#define ATY_MOD_AUTHORITY_ANNOUNCE_H

#include <httpd.h>

#include "mod_authority/site.h"

/* The one line of a table that cannot be used; `consequence` goes on after it. Before the
 * configuration's own error log is open, main_server is NULL. */
void aty_announce_failure(const server_rec *main_server, const aty_site *site,
                          const char *consequence);

/* The vhosts that have drifted, a line each; those that are unknown or pending as well,
 * unless they have AuthorityEngine off; and how many are as they should be. */
void aty_announce_vhosts(const server_rec *main_server, const aty_site *site);

#endif
