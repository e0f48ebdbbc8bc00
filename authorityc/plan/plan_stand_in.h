/* plan_stand_in.h: certificates that stand in for those that are planned.
 *
 * A policy that is written has to compile, and certificates that are planned do not exist
 * yet. So each gets a self-signed one with the planned names. One key of each kind signs
 * all of a run; it is made for that, and forgotten: nobody can serve a stand-in by
 * mistake, and no client would trust it. mod_authority compares the names of
 * certificates, so the table of a policy with stand-ins fits the real ones with the same
 * names.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_STAND_IN_H
#define ATY_AUTHORITYC_PLAN_PLAN_STAND_IN_H

#include <apr_pools.h>
#include <apr_tables.h>

typedef struct aty_stand_ins aty_stand_ins;

/* Makes the key, which lives as long as the pool: an EC key, or an RSA key. NULL where
 * OpenSSL cannot. */
aty_stand_ins *aty_stand_ins_make(apr_pool_t *pool);
aty_stand_ins *aty_stand_ins_make_rsa(apr_pool_t *pool);

/* A certificate with these DNS names (const char *, wildcards as well), as PEM behind
 * lines that say what it is. NULL where OpenSSL cannot. */
const char *aty_stand_in_pem(aty_stand_ins *stand_ins, apr_pool_t *pool,
                             const apr_array_header_t *names);

/* What there is under a path. */
typedef enum {
    ATY_STAND_IN_NONE,   /* nothing */
    ATY_STAND_IN_SAME,   /* a certificate with these names: a stand-in, or the real one */
    ATY_STAND_IN_OTHER,  /* a stand-in with other names */
    ATY_STAND_IN_FOREIGN /* anything else */
} aty_stand_in_state;

aty_stand_in_state aty_stand_in_look(apr_pool_t *pool, const char *path,
                                     const apr_array_header_t *names);

#endif
