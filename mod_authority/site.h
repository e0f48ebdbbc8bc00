/* site.h: the one table of this httpd and what it comes to on its live vhosts.
 *
 * One aty_site belongs to the main server's configuration and lives in pconf: it is made
 * while the configuration is read, filled by check_config and post_config, and constant
 * once the children run, so that their threads read it without a lock.
 */
#ifndef ATY_MOD_AUTHORITY_SITE_H
#define ATY_MOD_AUTHORITY_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_tables.h>
#include <httpd.h>

#include "core/table.h"

typedef struct {
    const char
        *argument;     /* of AuthorityTable; NULL: not set, and the module does nothing */
    const char *place; /* of AuthorityTable, "file:line" */
    const char *path;  /* the argument, below ServerRoot */
    const char *failure; /* why there is no table, for people; NULL: `table` is proven */
    aty_table table;
    apr_array_header_t *live; /* aty_live *, in the order in which mod_ssl showed them */
    apr_hash_t *by_context;   /* SSL_CTX pointer → const aty_live * */
} aty_site;

#endif
