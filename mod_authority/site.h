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

/* AuthorityDrift: what becomes of a vhost that is not what the table says. */
typedef enum {
    ATY_DRIFT_QUARANTINE,
    ATY_DRIFT_REFUSE, /* httpd does not start; at a restart as QUARANTINE */
    ATY_DRIFT_IGNORE  /* it is logged */
} aty_drift;

/* A vhost of the table that httpd has not. */
typedef struct {
    uint32_t vhost;
    const char *why; /* for people */
} aty_missing;

typedef struct {
    const char
        *argument;     /* of AuthorityTable; NULL: not set, and the module does nothing */
    const char *place; /* of AuthorityTable, "file:line" */
    const char *path;  /* the argument, below ServerRoot */
    const char *failure; /* why there is no table, for people; NULL: `table` is proven */
    aty_table table;
    apr_time_t written; /* when the file was last changed; 0: not known */
    apr_time_t loaded;
    aty_drift drift; /* AuthorityDrift */
    apr_array_header_t
        *live;                  /* aty_live *, in the order in which mod_ssl showed them,
                                   which is that of the configuration reversed; NULL: none */
    apr_hash_t *by_context;     /* SSL_CTX pointer → const aty_live * */
    apr_hash_t *sets;           /* address sets by their address; see match.h */
    struct aty_live **of_vhost; /* by vhost of the table; NULL: httpd has it not */
    struct aty_live **first_on; /* by address set: the live vhost that is first there, the
                                   default one; NULL: none with TLS */
    apr_array_header_t *missing; /* aty_missing; NULL: none */
    struct aty_strays *strays;   /* strays.h: names that live vhosts have against the
                                    table; NULL: there are none */
} aty_site;

#endif
